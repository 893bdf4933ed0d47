//! A method of a REST API as it is edited, tried without a stage: without authorizer, key or policy, with the execution's
//! log. [API Gateway REST API reference: TestInvokeMethod]

use super::record::Record;
use super::{Failed, Found, integrate, refused};
use crate::api::Content;
use crate::app::caller::Caller;
use crate::app::gateway::Api;
use crate::app::{App, Error};
use nameplate_aws::uri;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::rest::{Matched, Rest, parameters_in, path_of};
use nameplate_core::vending::gateway::{Asked, Via};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What stands for the stage, which functions' policies may name.
const STAGE: &str = "test-invoke-stage";
/// What stands for the caller's address.
const ADDRESS: &str = "test-invoke-source-ip";

/// What is tried.
pub struct Trial<'a> {
    /// Id of the API.
    pub api: &'a str,
    /// Id of the resource.
    pub resource: &'a str,
    /// The method.
    pub method: &'a str,
    /// Path and query; empty where the resource's own path is meant.
    pub target: &'a str,
    /// Header fields, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The same names as they were written.
    pub names: Vec<String>,
    /// The body.
    pub body: &'a str,
    /// Variables that a stage would have.
    pub variables: Map<String, Value>,
}

/// What came of it.
pub struct Tried {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// Header fields.
    pub headers: Vec<(String, String)>,
    /// The execution's log.
    pub log: String,
    /// Milliseconds.
    pub latency: i64,
}

/// Tries a method.
///
/// # Errors
/// There is no such method, or the path is none of its resource.
pub async fn tried(
    app: &Arc<App>,
    caller: &Caller,
    rest: Rest,
    trial: Trial<'_>,
) -> Result<Tried, Error> {
    let ctx = &caller.ctx;
    let deployment = rest.snapshot(Map::new());
    let resource = rest.resource(trial.resource)?;
    let method = resource.methods.get(trial.method);
    let method = method.ok_or_else(|| Refusal::unknown("Method"))?.clone();
    let path = path_of(&rest.resources, trial.resource);
    let (sent, query) = uri::split_target(trial.target);
    let sent = if sent.is_empty() { path.as_str() } else { sent };
    let parameters = match trial.target.is_empty() {
        true => Vec::new(),
        false => parameters_in(&path, sent).ok_or_else(|| {
            Error::invalid(format!(
                "Invalid path: {sent} is none of the resource {path}"
            ))
        })?,
    };
    let or_null = |members: Map<String, Value>| match members.is_empty() {
        true => Value::Null,
        false => Value::Object(members),
    };
    let named = parameters.iter();
    let named = named.map(|(name, value)| (name.clone(), json!(value)));
    let who = caller.identity()?;
    let identity = json!({
        "accessKey": who.access_key().id, "accountId": ctx.realm.account,
        "apiKey": "test-invoke-api-key", "apiKeyId": "test-invoke-api-key-id",
        "caller": who.user_id(), "user": who.user_id(), "userArn": who.arn(),
    });
    let pairs = uri::form_pairs(query);
    let asked = Asked {
        method: trial.method,
        via: Via {
            api: trial.api.to_owned(),
            stage: STAGE.to_owned(),
            resource_id: trial.resource.to_owned(),
            resource: path.clone(),
            whole_path: sent.to_owned(),
            parameters: or_null(named.collect()),
            variables: or_null(trial.variables.clone()),
            identity: identity.as_object().cloned().unwrap_or_default(),
            // It is none, and events of REST APIs have one.
            deployment: STAGE.to_owned(),
            names: trial.names,
            ..Via::default()
        },
        path: sent,
        query,
        pairs: &pairs,
        headers: &trial.headers,
        body: trial.body.as_bytes(),
        source_ip: ADDRESS,
        secure: true,
        request_id: &ctx.request_id,
        now: ctx.now,
        realm: &ctx.realm,
    };
    let api = Arc::new(Api {
        rest,
        deployments: std::collections::HashMap::new(),
    });
    let found = Found {
        api,
        deployment: &deployment,
        matched: Matched {
            id: trial.resource,
            path: path.clone(),
            method: &method,
            parameters,
        },
        variables: trial.variables,
    };
    let mut record = Record::whole();
    record.started(app, (&found, &asked));
    let began = app.now();
    let answered = match refused::check(&found, &asked) {
        Err(failed) => Err(failed),
        Ok(()) => {
            let answered = integrate(app, &found, &asked, ctx, &mut record).await;
            record.integrated(app, Some(&found), began, &answered);
            answered
        }
    };
    let latency = app.now().0 - began.0;
    let response = answered.unwrap_or_else(|failed| {
        let failed = Failed::named(failed);
        let shown = refused::shown(&deployment, &asked, &failed);
        shown.unwrap_or_else(|| super::said(failed.status, &failed.body))
    });
    record.completed(app, response.status);
    let body = match response.body {
        Content::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        _ => String::new(),
    };
    let headers = response.headers.into_iter();
    Ok(Tried {
        status: response.status,
        body,
        headers: headers
            .map(|(name, value)| (name.into_owned(), value))
            .collect(),
        log: record.log(&ctx.request_id),
        latency,
    })
}
