//! Principals of things.

use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use nameplate_core::pki::CertificateId;
use nameplate_core::registry::thing::PrincipalType;
use serde_json::{Value, json};

/// Items of a page where the caller does not say; AWS does not document it.
const PAGE: usize = 50;

/// `AttachThingPrincipal`.
pub async fn attach_thing_principal(call: &Call<'_>) -> Result<Value, Error> {
    let kind = kind(call)?.unwrap_or_default();
    let (thing, principal) = (call.required("thingName")?, call.required("principal")?);
    call.app
        .registry
        .attach_thing_principal(&call.caller, thing, principal, kind)
        .await?;
    Ok(json!({}))
}

/// `DetachThingPrincipal`.
pub async fn detach_thing_principal(call: &Call<'_>) -> Result<Value, Error> {
    let (thing, principal) = (call.required("thingName")?, call.required("principal")?);
    call.app
        .registry
        .detach_thing_principal(&call.caller, thing, principal)
        .await?;
    Ok(json!({}))
}

/// `ListThingPrincipals`.
pub async fn list_thing_principals(call: &Call<'_>) -> Result<Value, Error> {
    thing_principals(call, "principals", |arn, _| json!(arn)).await
}

/// `ListThingPrincipalsV2`.
pub async fn list_thing_principals_v2(call: &Call<'_>) -> Result<Value, Error> {
    thing_principals(
        call,
        "thingPrincipalObjects",
        |arn, kind| json!({"principal": arn, "thingPrincipalType": kind.as_str()}),
    )
    .await
}

/// `ListPrincipalThings`.
pub async fn list_principal_things(call: &Call<'_>) -> Result<Value, Error> {
    principal_things(call, "things", |name, _| json!(name)).await
}

/// `ListPrincipalThingsV2`.
pub async fn list_principal_things_v2(call: &Call<'_>) -> Result<Value, Error> {
    principal_things(
        call,
        "principalThingObjects",
        |name, kind| json!({"thingName": name, "thingPrincipalType": kind.as_str()}),
    )
    .await
}

async fn thing_principals(
    call: &Call<'_>,
    member: &str,
    item: impl Fn(&str, PrincipalType) -> Value,
) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let wanted = kind(call)?;
    let after = page.key()?.unwrap_or_default();
    let mut found = call
        .app
        .registry
        .thing_principals(call.required("thingName")?, after, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |last| last.certificate.to_string());
    let items = found
        .iter()
        .filter(|attached| wanted.is_none_or(|kind| kind == attached.kind))
        .map(|attached| {
            let id = CertificateId(attached.hash).to_string();
            item(&call.app.realm().certificate(&id), attached.kind)
        })
        .collect();
    Ok(page.answer(member, items, next))
}

async fn principal_things(
    call: &Call<'_>,
    member: &str,
    item: impl Fn(&str, PrincipalType) -> Value,
) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let wanted = kind(call)?;
    let after = page.key()?.unwrap_or_default();
    let mut found = call
        .app
        .registry
        .principal_things(call.required("principal")?, after, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |last| last.thing.to_string());
    let items = found
        .iter()
        .filter(|attached| wanted.is_none_or(|kind| kind == attached.kind))
        .map(|attached| item(&attached.name, attached.kind))
        .collect();
    Ok(page.answer(member, items, next))
}

/// `thingPrincipalType`, where it is given.
fn kind(call: &Call<'_>) -> Result<Option<PrincipalType>, Error> {
    call.input
        .text("thingPrincipalType")
        .map(|text| {
            PrincipalType::parse(text).ok_or_else(|| {
                Error::invalid(format!(
                    "thingPrincipalType is {text}; it must be EXCLUSIVE_THING or NON_EXCLUSIVE_THING"
                ))
            })
        })
        .transpose()
}
