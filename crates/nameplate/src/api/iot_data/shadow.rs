//! Shadows over HTTP. AWS guide: device-shadow-rest-api.

use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use nameplate_core::shadow::{ShadowName, Update};
use serde_json::{Value, json};

/// Names of a page where the caller does not say; AWS does not document it.
const PAGE: usize = 25;

fn named(call: &Call<'_>) -> Result<ShadowName, Error> {
    let name = call.input.text("shadowName");
    Ok(ShadowName::new(call.required("thingName")?, name)?)
}

/// `GetThingShadow`.
pub async fn get_thing_shadow(call: &Call<'_>) -> Result<Value, Error> {
    call.app.messaging.shadow(&named(call)?, None).await
}

/// `UpdateThingShadow`: what was accepted, and subscribers hear of it.
pub async fn update_thing_shadow(call: &Call<'_>) -> Result<Value, Error> {
    let of = named(call)?;
    let body = call.input.payload.as_deref().unwrap_or_default();
    let update = Update::parse(body).map_err(|rejected| rejected.refusal)?;
    call.app.messaging.update_shadow(&of, update).await
}

/// `DeleteThingShadow`.
pub async fn delete_thing_shadow(call: &Call<'_>) -> Result<Value, Error> {
    call.app.messaging.delete_shadow(&named(call)?, None).await
}

/// `ListNamedShadowsForThing`. A thing that is not there has none.
pub async fn list_named_shadows_for_thing(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::sized_tokens(call, PAGE)?;
    let after = page.from.as_deref().unwrap_or_default();
    let thing = call.required("thingName")?;
    let mut names = call
        .app
        .messaging
        .named_shadows(thing, after, page.size + 1)
        .await?;
    let more = names.len() > page.size;
    names.truncate(page.size);
    let next = names.last().cloned().filter(|_| more);
    let items = names.into_iter().map(Value::from).collect();
    let mut answer = page.answer("results", items, next);
    answer["timestamp"] = json!(call.caller.ctx.now.0 / 1000);
    Ok(answer)
}
