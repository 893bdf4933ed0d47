//! Lambda authorizers of REST APIs: what they are asked about a request, and the trial of one without a request.
//! [API Gateway developer guide: Input to an API Gateway Lambda authorizer; API Gateway REST API reference:
//! TestInvokeAuthorizer]

use super::record::Record;
use super::{Failed, Refused, authorizer_source, header, mapped};
use crate::app::caller::Caller;
use crate::app::{App, Error};
use nameplate_aws::uri;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::policy::Authorized;
use nameplate_core::gateway::rest::{Rest, function_of, selection};
use nameplate_core::vending::gateway::{Asked, Format, Via};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What stands for the stage, which authorizers see in the method's ARN.
const STAGE: &str = "ESTestInvoke-stage";

/// What an authorizer is asked.
pub(super) struct Question {
    /// What its identity sources have, in their order.
    pub(super) identity: Vec<String>,
    /// What its function gets.
    pub(super) event: Value,
}

/// What an authorizer is asked about a request; `given` goes before what is known of the request.
///
/// # Errors
/// An identity source has nothing, or the token is none that the authorizer wants to see: 401.
pub(super) fn question(
    authorizer: &Value,
    asked: &Asked<'_>,
    variables: &Map<String, Value>,
    given: &Map<String, Value>,
) -> Result<Question, Failed> {
    let unauthorized = || Failed::told(401, "Unauthorized");
    let text = |of: &Map<String, Value>, name: &str| of.get(name)?.as_str().map(str::to_owned);
    let sources = authorizer["identitySource"].as_str().unwrap_or_default();
    let mut identity = Vec::new();
    for source in sources.split(',').map(str::trim) {
        if source.is_empty() {
            continue;
        }
        let value = if let Some(name) = source.strip_prefix("method.request.header.") {
            header(asked.headers, &name.to_ascii_lowercase()).map(str::to_owned)
        } else if let Some(name) = source.strip_prefix("method.request.querystring.") {
            let mut values = asked.pairs.iter().filter(|(known, _)| known == name);
            values.next().map(|(_, value)| value.clone())
        } else if let Some(name) = source.strip_prefix("context.") {
            text(given, name).or_else(|| mapped::member(&mapped::context(asked), name))
        } else {
            let name = source.strip_prefix("stageVariables.").unwrap_or_default();
            text(variables, name)
        };
        identity.push(
            value
                .filter(|value| !value.is_empty())
                .ok_or_else(unauthorized)?,
        );
    }
    let arn = asked.method_arn();
    if authorizer["type"] == "TOKEN" {
        let token = identity.first().ok_or_else(unauthorized)?;
        if let Some(pattern) = authorizer["identityValidationExpression"].as_str()
            && !selection(pattern).is_some_and(|pattern| pattern.is_match(token))
        {
            return Err(unauthorized());
        }
        let event = json!({"type": "TOKEN", "authorizationToken": token, "methodArn": arn});
        return Ok(Question { identity, event });
    }
    let broken = |why: &str| Failed::spoken(500, json!({"message": null})).because(why);
    let mut event = asked.event(Format::Proxy1).map_err(|why| broken(&why.0))?;
    for name in ["body", "isBase64Encoded"] {
        event
            .as_object_mut()
            .and_then(|members| members.remove(name));
    }
    for (name, value) in given {
        let mut at = &mut event["requestContext"];
        // No deeper than `$context` is.
        for part in name.splitn(4, '.') {
            if !at.is_object() {
                *at = json!({});
            }
            at = &mut at[part];
        }
        *at = value.clone();
    }
    event["type"] = json!("REQUEST");
    event["methodArn"] = json!(arn);
    Ok(Question { identity, event })
}

/// What an authorizer is tried with.
pub struct Trial<'a> {
    /// Id of the API.
    pub api: &'a str,
    /// Id of the authorizer.
    pub authorizer: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Header fields, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: &'a str,
    /// Variables that a stage would have.
    pub variables: Map<String, Value>,
    /// Variables of `$context` that a request would have.
    pub context: Map<String, Value>,
}

/// What came of it.
pub struct Tried {
    /// What a client would have been answered; 0 where the authorizer answered as one does.
    pub status: u16,
    /// Who it says it is.
    pub principal: Option<String>,
    /// The policy that it gives, in JSON.
    pub policy: Option<String>,
    /// The execution's log.
    pub log: String,
    /// Milliseconds.
    pub latency: i64,
}

/// Tries an authorizer. Its answer is not kept, and none that is kept is used.
///
/// # Errors
/// There is no such authorizer.
pub async fn tried(
    app: &Arc<App>,
    caller: &Caller,
    rest: &Rest,
    trial: Trial<'_>,
) -> Result<Tried, Error> {
    let ctx = &caller.ctx;
    let authorizer = rest.authorizers.get(trial.authorizer);
    let authorizer = authorizer.ok_or_else(|| Refusal::unknown("Authorizer"))?;
    let (path, query) = uri::split_target(trial.target);
    let path = if path.is_empty() { "/" } else { path };
    let pairs = uri::form_pairs(query);
    let variables = match trial.variables.is_empty() {
        true => Value::Null,
        false => Value::Object(trial.variables.clone()),
    };
    let asked = Asked {
        method: "GET",
        via: Via {
            api: trial.api.to_owned(),
            stage: STAGE.to_owned(),
            resource: path.to_owned(),
            whole_path: path.to_owned(),
            variables,
            deployment: STAGE.to_owned(),
            ..Via::default()
        },
        path,
        query,
        pairs: &pairs,
        headers: &trial.headers,
        body: trial.body.as_bytes(),
        source_ip: "test-invoke-source-ip",
        secure: true,
        request_id: &ctx.request_id,
        now: ctx.now,
        realm: &ctx.realm,
    };
    let mut record = Record::whole();
    let (id, request) = (trial.authorizer, &ctx.request_id);
    record.step(app, || {
        format!("Starting authorizer: {id} for request: {request}")
    });
    let began = app.now();
    let said = ask(app, caller, authorizer, &asked, &trial, &mut record).await;
    let latency = app.now().0 - began.0;
    let (status, said) = match said {
        Ok((said, policy)) => {
            let principal = &said.principal;
            record.step(app, || {
                format!("Using valid authorizer policy for principal: {principal}")
            });
            record.step(app, || {
                "Successfully completed authorizer execution".to_owned()
            });
            (0, Some((said.principal, policy)))
        }
        Err(failed) => {
            if let Some(why) = &failed.why {
                record.step(app, || format!("Execution failed: {why}"));
            }
            record.step(app, || {
                format!("Execution failed with status: {}", failed.status)
            });
            (failed.status, None)
        }
    };
    let (principal, policy) = said.unzip();
    Ok(Tried {
        status,
        principal,
        policy,
        log: record.log(request),
        latency,
    })
}

/// What it says, and the policy as it gave it.
async fn ask(
    app: &Arc<App>,
    caller: &Caller,
    authorizer: &Value,
    asked: &Asked<'_>,
    trial: &Trial<'_>,
    record: &mut Record,
) -> Result<(Authorized, String), Failed> {
    let broken = |why: &str| Failed::told(500, "Internal server error").because(why);
    let asked_with = question(authorizer, asked, &trial.variables, &trial.context)?;
    record.hide(&asked_with.identity);
    let variable = |name: &str| trial.variables.get(name)?.as_str().map(str::to_owned);
    let uri = authorizer["authorizerUri"].as_str().unwrap_or_default();
    let function = function_of(uri, variable);
    let function = function.ok_or_else(|| broken("its authorizer names no function"))?;
    record.step(app, || {
        let region = &caller.ctx.realm.region;
        format!("Endpoint request URI: https://lambda.{region}.amazonaws.com/2015-03-31/functions/{function}/invocations")
    });
    record.data(app, "Endpoint request body after transformations", || {
        asked_with.event.to_string()
    });
    let role = &authorizer["authorizerCredentials"];
    let source = authorizer_source(&caller.ctx, asked, (trial.authorizer, role));
    let said = app
        .gateway
        .ask_authorizer(&caller.ctx, (&source, &function), asked_with.event)
        .await?;
    let payload = said.map_err(|refused| match refused {
        Refused::Unauthorized => Failed::told(401, "Unauthorized"),
        Refused::Failed(why) => broken(&why),
    })?;
    record.data(app, "Authorizer result body before parsing", || {
        String::from_utf8_lossy(&payload).into_owned()
    });
    let said = Authorized::read(&payload);
    let said = said.ok_or_else(|| broken("its answer is no policy of a principal"))?;
    let told: Value = serde_json::from_slice(&payload).unwrap_or_default();
    Ok((said, told["policyDocument"].to_string()))
}
