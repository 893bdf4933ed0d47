//! URLs of functions. API: CreateFunctionUrlConfig.

use super::{list, markers};
use crate::api::Call;
use crate::app::Error;
use nameplate_core::function::Reference;
use serde_json::{Value, json};

/// Settings of a page where the caller does not say (API: ListFunctionUrlConfigs).
const PAGE: usize = 50;

fn reference(call: &Call<'_>) -> Result<Reference, Error> {
    let name = call.required("FunctionName")?;
    let qualifier = call.input.text("Qualifier");
    Reference::parse(call.app.realm(), name, qualifier).map_err(Error::from)
}

/// `FunctionUrlConfig`.
fn shown(call: &Call<'_>, url: &Value, modified: bool) -> Value {
    let realm = &call.caller.ctx.realm;
    let text = |name: &str| url[name].as_str().unwrap_or_default();
    let arn = realm.function(text("function"));
    let arn = match url["alias"].as_str() {
        Some(alias) => format!("{arn}:{alias}"),
        None => arn,
    };
    let mut members = json!({
        "FunctionUrl": format!("https://{}.lambda-url.{}.on.aws/", text("id"), realm.region),
        "FunctionArn": arn,
        "AuthType": url["authType"],
        "CreationTime": url["created"],
        "InvokeMode": url["invokeMode"],
    });
    if url["cors"].is_object() {
        members["Cors"] = url["cors"].clone();
    }
    if modified {
        members["LastModifiedTime"] = url["modified"].clone();
    }
    members
}

fn check(call: &Call<'_>) -> Result<(), Error> {
    if call.input.text("InvokeMode") == Some("RESPONSE_STREAM") {
        return call.not_built(&["InvokeMode"]);
    }
    Ok(())
}

/// `CreateFunctionUrlConfig`.
pub async fn create(call: &Call<'_>) -> Result<Value, Error> {
    check(call)?;
    let at = call.caller.ctx.now.to_string();
    let url = json!({
        "authType": call.required("AuthType")?,
        "cors": call.input.get("Cors"),
        "invokeMode": "BUFFERED",
        "created": at,
        "modified": at,
    });
    let made = call
        .app
        .gateway
        .add_url(&call.caller, &reference(call)?, url)
        .await?;
    let mut shown = shown(call, &made, false);
    if call.input.text("InvokeMode").is_none()
        && let Some(members) = shown.as_object_mut()
    {
        members.remove("InvokeMode");
    }
    Ok(shown)
}

/// `GetFunctionUrlConfig`.
pub async fn get(call: &Call<'_>) -> Result<Value, Error> {
    let url = call.app.gateway.url_of(&reference(call)?).await?;
    Ok(shown(call, &url, true))
}

/// `ListFunctionUrlConfigs`.
pub async fn list_all(call: &Call<'_>) -> Result<Value, Error> {
    let (after, limit) = markers(call, PAGE)?;
    let all = call.app.gateway.urls_of(&reference(call)?.name).await?;
    let id = |url: &Value| url["alias"].as_str().unwrap_or("$LATEST").to_owned();
    let mut rest = all.iter().filter(|url| id(url) > after);
    let page: Vec<&Value> = rest.by_ref().take(limit).collect();
    let next = page.last().map(|url| id(url));
    let next = next.filter(|_| rest.next().is_some());
    let items = page.into_iter().map(|url| shown(call, url, true));
    Ok(list("FunctionUrlConfigs", items.collect(), next))
}

/// `UpdateFunctionUrlConfig`: what is left out stays.
pub async fn update(call: &Call<'_>) -> Result<Value, Error> {
    check(call)?;
    let at = call.caller.ctx.now.to_string();
    let auth = call.input.get("AuthType").cloned();
    let cors = call.input.get("Cors").cloned();
    let of = reference(call)?;
    let changed = call.app.gateway.change_url(&call.caller, &of, move |url| {
        for (name, value) in [("authType", &auth), ("cors", &cors)] {
            if let Some(value) = value {
                url[name] = value.clone();
            }
        }
        url["modified"] = json!(at);
        Ok(())
    });
    Ok(shown(call, &changed.await?, true))
}

/// `DeleteFunctionUrlConfig`.
pub async fn delete(call: &Call<'_>) -> Result<Value, Error> {
    call.app
        .gateway
        .remove_url(&call.caller, &reference(call)?)
        .await?;
    Ok(json!({}))
}
