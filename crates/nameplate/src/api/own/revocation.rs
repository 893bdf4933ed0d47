//! Revocation lists of registered CAs, for operators.

use super::Call;
use crate::app::Error;
use crate::app::revocation::{ListView, Replaced};
use nameplate_aws::uri;
use serde_json::{Value, json};

/// Which segment of the path is a CA's id.
const CA: usize = 3;

/// Refuses whoever may not, by the action that has the operation's name; the CA that the path names.
async fn allowed(call: &Call<'_>) -> Result<String, Error> {
    let action = format!("nameplate:{}", call.operation.name);
    call.app.iam.may(&call.caller, &action, "*", &[]).await?;
    let (path, _) = uri::split_target(call.request.target);
    Ok(path.split('/').nth(CA).unwrap_or_default().to_owned())
}

fn shown(view: &ListView) -> Value {
    let seconds = |millis: nameplate_core::ctx::Millis| millis.0 as f64 / 1000.0;
    let in_force = view.in_force.map(|(made, due, count)| {
        json!({
            "thisUpdate": seconds(made), "nextUpdate": due.map(seconds), "certificates": count, "stale": view.stale,
        })
    });
    json!({
        "certificateId": view.ca, "url": view.url, "refuseStale": view.refuse_stale,
        "askedAt": view.asked.map(seconds), "failure": view.failure, "list": in_force,
    })
}

/// `GET /nameplate/revocation-lists`.
pub async fn all(call: &Call<'_>) -> Result<Value, Error> {
    allowed(call).await?;
    let lists = call.app.revocation.lists().await?;
    let lists: Vec<Value> = lists.iter().map(shown).collect();
    Ok(json!({"revocationLists": lists}))
}

/// `GET /nameplate/revocation-lists/CA`.
pub async fn one(call: &Call<'_>) -> Result<Value, Error> {
    let ca = allowed(call).await?;
    Ok(shown(&call.app.revocation.list(&ca).await?))
}

/// `PUT /nameplate/revocation-lists/CA` with the list in DER or PEM.
pub async fn put(call: &Call<'_>) -> Result<Value, Error> {
    let ca = allowed(call).await?;
    let body = call.request.body;
    let view = call.app.revocation.put_list(&call.caller, &ca, body);
    Ok(shown(&view.await?))
}

/// `PATCH /nameplate/revocation-lists/CA` with `url` (text, or null for none) and `refuseStale`; what is left out stays.
pub async fn update(call: &Call<'_>) -> Result<Value, Error> {
    let ca = allowed(call).await?;
    let body: Value = serde_json::from_slice(call.request.body)
        .map_err(|error| Error::invalid(format!("the body is not JSON: {error}")))?;
    let members = body
        .as_object()
        .ok_or_else(|| Error::invalid("the body must be a JSON object"))?;
    let mut change = Replaced::default();
    for (name, value) in members {
        match (name.as_str(), value) {
            ("url", Value::Null) => change.url = Some(None),
            ("url", Value::String(url)) => change.url = Some(Some(url.clone())),
            ("refuseStale", Value::Bool(refuse)) => change.refuse_stale = Some(*refuse),
            ("url", _) => return Err(Error::invalid("url must be text or null")),
            ("refuseStale", _) => return Err(Error::invalid("refuseStale must be true or false")),
            _ => {
                return Err(Error::invalid(format!(
                    "{name:?} is not known; known are url, refuseStale"
                )));
            }
        }
    }
    let view = call.app.revocation.put_source(&call.caller, &ca, change);
    Ok(shown(&view.await?))
}

/// `DELETE /nameplate/revocation-lists/CA`.
pub async fn delete(call: &Call<'_>) -> Result<Value, Error> {
    let ca = allowed(call).await?;
    call.app.revocation.delete_list(&call.caller, &ca).await?;
    Ok(json!({}))
}
