//! Changes of what an API consists of, by patch operations, and its tags.

use super::method::{Place, check_declared, integration, no_response, of_resource, place};
use super::{check_roles, domain, patched, patched_in, patches};
use crate::api::call::Reply;
use crate::api::domain_names::named_by;
use crate::api::{Call, Content};
use crate::app::Error;
use crate::app::gateway::change_deployment;
use nameplate_core::gateway::rest::{Rest, check_integration, check_response, shown_resource};
use nameplate_core::gateway::{Allowed, Refusal, Type, Words};
use serde_json::{Map, Value, json};

/// What UpdateMethod may change.
const METHOD: &[Allowed] = &[
    ("/authorizationType", Type::Text),
    ("/authorizerId", Type::Text),
    ("/apiKeyRequired", Type::Flag),
    ("/operationName", Type::Text),
    ("/requestValidatorId", Type::Text),
    ("/requestParameters/*", Type::Flag),
    ("/requestModels/*", Type::Text),
];
/// What UpdateIntegration may change.
const INTEGRATION: &[Allowed] = &[
    ("/httpMethod", Type::Text),
    ("/credentials", Type::Text),
    ("/uri", Type::Text),
    ("/passthroughBehavior", Type::Text),
    ("/contentHandling", Type::Text),
    ("/timeoutInMillis", Type::Whole),
    ("/cacheNamespace", Type::Text),
    ("/requestTemplates/*", Type::Text),
    ("/requestParameters/*", Type::Text),
];
/// What UpdateMethodResponse may change.
const METHOD_RESPONSE: &[Allowed] = &[
    ("/responseParameters/*", Type::Flag),
    ("/responseModels/*", Type::Text),
];
/// What UpdateIntegrationResponse may change.
const INTEGRATION_RESPONSE: &[Allowed] = &[
    ("/selectionPattern", Type::Text),
    ("/contentHandling", Type::Text),
    ("/responseTemplates/*", Type::Text),
    ("/responseParameters/*", Type::Text),
];
/// What UpdateResource may change.
const RESOURCE: &[Allowed] = &[("/parentId", Type::Text), ("/pathPart", Type::Text)];
/// What UpdateAuthorizer may change.
const AUTHORIZER: &[Allowed] = &[
    ("/name", Type::Text),
    ("/authType", Type::Text),
    ("/authorizerCredentials", Type::Text),
    ("/authorizerUri", Type::Text),
    ("/identitySource", Type::Text),
    ("/identityValidationExpression", Type::Text),
    ("/authorizerResultTtlInSeconds", Type::Whole),
];
/// What UpdateDeployment may change.
const DEPLOYMENT: &[Allowed] = &[("/description", Type::Text)];

fn members(of: &Value) -> Map<String, Value> {
    of.as_object().cloned().unwrap_or_default()
}

/// `UpdateMethod`.
pub async fn update_method(call: &Call<'_>) -> Result<Value, Error> {
    let (place, patches) = (place(call)?, patches(call));
    let api = place.api.clone();
    let changed = call.app.gateway.change(&call.caller, &api, move |rest, _| {
        let method = rest.method(&place.resource, &place.method)?;
        let mut changed = patched_in(method, &patches, METHOD, Words::Plain)?;
        rest.check_method(&members(&changed))?;
        // What needs no authorizer has none.
        let asked = matches!(changed["authorizationType"].as_str(), Some("CUSTOM"));
        if let Some(members) = changed.as_object_mut() {
            members.retain(|name, value| match name.as_str() {
                "authorizerId" => asked,
                "requestValidatorId" => *value != "",
                _ => true,
            });
        }
        *rest.method_mut(&place.resource, &place.method)? = changed.clone();
        Ok(changed)
    });
    changed.await.map_err(of_resource)
}

/// Changes a part of a method in its place.
async fn change<F>(call: &Call<'_>, mut body: F) -> Result<Value, Error>
where
    F: FnMut(&mut Value, &Place) -> Result<Value, Error> + Send + 'static,
{
    let place = place(call)?;
    let api = place.api.clone();
    let changed = call.app.gateway.change(&call.caller, &api, move |rest, _| {
        let method = rest.method_mut(&place.resource, &place.method)?;
        body(method, &place)
    });
    changed.await.map_err(of_resource)
}

/// `UpdateIntegration`.
pub async fn update_integration(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    check_roles(call, &patches, "/credentials").await?;
    change(call, move |method, _| {
        let kept = integration(method)?;
        let mut changed = patched(kept, &patches, INTEGRATION)?;
        if changed["credentials"] == ""
            && let Some(members) = changed.as_object_mut()
        {
            members.remove("credentials");
        }
        check_integration(&members(&changed))?;
        *kept = changed.clone();
        Ok(changed)
    })
    .await
}

fn response<'v>(of: &'v mut Value, list: &str, status: &str) -> Result<&'v mut Value, Error> {
    let found = of
        .get_mut(list)
        .and_then(|responses| responses.get_mut(status));
    found.ok_or_else(no_response)
}

/// `UpdateMethodResponse`.
pub async fn update_method_response(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    change(call, move |method, place| {
        let kept = response(method, "methodResponses", &place.status)?;
        *kept = patched_in(kept, &patches, METHOD_RESPONSE, Words::Named)?;
        Ok(kept.clone())
    })
    .await
}

/// `UpdateIntegrationResponse`.
pub async fn update_integration_response(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    change(call, move |method, place| {
        let kept = response(integration(method)?, "integrationResponses", &place.status)?;
        let changed = patched(kept, &patches, INTEGRATION_RESPONSE)?;
        check_response(&members(&changed))?;
        check_declared(method, &members(&changed))?;
        let kept = response(integration(method)?, "integrationResponses", &place.status)?;
        *kept = changed.clone();
        Ok(changed)
    })
    .await
}

/// `UpdateResource`.
pub async fn update_resource(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    let id = call.required("resourceId")?.to_owned();
    let changed = call.app.gateway.change(
        &call.caller,
        call.required("restApiId")?,
        move |rest: &mut Rest, _| {
            let kept = rest.resource(&id)?;
            let now = json!({"pathPart": kept.part, "parentId": kept.parent});
            let changed = patched(&now, &patches, RESOURCE)?;
            let text = |name: &str| changed[name].as_str().unwrap_or_default();
            rest.move_resource(&id, text("parentId"), text("pathPart"))?;
            Ok(shown_resource(&rest.resources, &id, false))
        },
    );
    changed.await
}

/// `UpdateAuthorizer`.
pub async fn update_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    check_roles(call, &patches, "/authorizerCredentials").await?;
    let id = call.required("authorizerId")?.to_owned();
    let changed =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                let kept = rest.authorizers.get(&id);
                let kept = kept.ok_or_else(|| Refusal::unknown("Authorizer"))?;
                let mut changed = patched(kept, &patches, AUTHORIZER)?;
                if changed["authorizerCredentials"] == ""
                    && let Some(members) = changed.as_object_mut()
                {
                    members.remove("authorizerCredentials");
                }
                super::authorizer::check(&changed)?;
                let mut others = rest.authorizers.iter().filter(|(other, _)| **other != id);
                if others.any(|(_, other)| other["name"] == changed["name"]) {
                    return Err(Refusal::Exists("Authorizer name must be unique.".into()).into());
                }
                rest.authorizers.insert(id.clone(), changed.clone());
                Ok(changed)
            });
    changed.await
}

/// `UpdateDeployment`.
pub async fn update_deployment(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    let api = call.required("restApiId")?.to_owned();
    let id = call.required("deploymentId")?.to_owned();
    let changed =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |_, tx| {
                change_deployment(tx, &api, &id, |about| patched(about, &patches, DEPLOYMENT))
            });
    changed.await
}

/// `FlushStageAuthorizersCache`.
pub async fn flush_stage_authorizers_cache(call: &Call<'_>) -> Result<Reply, Error> {
    let (api, stage) = (call.required("restApiId")?, call.required("stageName")?);
    let rest = call.app.gateway.rest(api).await?;
    if !rest.stages.contains_key(stage) {
        return Err(Refusal::unknown("stage").into());
    }
    call.app.gateway.forget_said(&call.caller).await?;
    Ok(nothing())
}

pub(super) fn nothing() -> Reply {
    Reply {
        status: None,
        headers: Vec::new(),
        content: Content::Bytes(Vec::new()),
    }
}

/// What has tags beside names of owners' own: an API, or one of its stages.
fn tagged(call: &Call<'_>) -> Result<(String, Option<String>), Error> {
    let arn = call.required("resourceArn")?;
    let realm = call.app.realm();
    let (partition, region) = (realm.partition(), &realm.region);
    let prefix = format!("arn:{partition}:apigateway:{region}::/restapis/");
    let rest = arn.strip_prefix(&prefix);
    let rest = rest.ok_or_else(|| Error::invalid(format!("Invalid ARN specified: {arn}")))?;
    match rest.split('/').collect::<Vec<_>>().as_slice() {
        [api] => Ok(((*api).to_owned(), None)),
        [api, "stages", stage] => Ok(((*api).to_owned(), Some((*stage).to_owned()))),
        _ => Err(Error::invalid(format!("Invalid ARN specified: {arn}"))),
    }
}

fn tags_of(rest: &Rest, stage: Option<&str>) -> Result<Map<String, Value>, Error> {
    let tags = match stage {
        None => rest.about.get("tags"),
        Some(name) => {
            let stage = rest.stages.get(name);
            stage.ok_or_else(|| Refusal::unknown("stage"))?.get("tags")
        }
    };
    Ok(tags.map(members).unwrap_or_default())
}

async fn change_tags<F>(call: &Call<'_>, mut body: F) -> Result<Reply, Error>
where
    F: FnMut(&mut Map<String, Value>) + Send + 'static,
{
    let mut body = move |tags: &mut Map<String, Value>| {
        body(tags);
        match tags.len() > 50 {
            true => Err(Error::invalid("There may be at most 50 tags")),
            false => Ok(()),
        }
    };
    if let Some(name) = named_by(call, call.required("resourceArn")?) {
        domain::WORDS.change_tags(call, name, body).await?;
        return Ok(nothing());
    }
    let (api, stage) = tagged(call)?;
    let done = call.app.gateway.change(&call.caller, &api, move |rest, _| {
        let mut tags = tags_of(rest, stage.as_deref())?;
        body(&mut tags)?;
        match &stage {
            None => drop(rest.about.insert("tags".into(), Value::Object(tags))),
            Some(name) => {
                if let Some(stage) = rest.stages.get_mut(name) {
                    stage["tags"] = Value::Object(tags);
                }
            }
        }
        Ok(())
    });
    done.await?;
    Ok(nothing())
}

/// `GetTags`.
pub async fn get_tags(call: &Call<'_>) -> Result<Value, Error> {
    if let Some(name) = named_by(call, call.required("resourceArn")?) {
        return Ok(json!({"tags": domain::WORDS.tags(call, name).await?}));
    }
    let (api, stage) = tagged(call)?;
    let rest = call.app.gateway.rest(&api).await?;
    Ok(json!({"tags": tags_of(&rest, stage.as_deref())?}))
}

/// `TagResource`.
pub async fn tag_resource(call: &Call<'_>) -> Result<Reply, Error> {
    let new = call.input.object("tags").cloned().unwrap_or_default();
    change_tags(call, move |tags| tags.extend(new.clone())).await
}

/// `UntagResource`.
pub async fn untag_resource(call: &Call<'_>) -> Result<Reply, Error> {
    let keys = call.input.items("tagKeys").to_vec();
    change_tags(call, move |tags| {
        tags.retain(|name, _| !keys.iter().any(|key| key == name.as_str()));
    })
    .await
}
