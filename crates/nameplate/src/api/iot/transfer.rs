//! The transfer of certificates to other accounts.

use crate::api::Call;
use crate::api::iot::certificate::ascending;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::registry::transfer::Decision;
use nameplate_core::registry::transfer::Transfer;
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 25;

/// `TransferCertificate`.
pub async fn transfer_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("certificateId")?;
    let target = call.required("targetAwsAccount")?;
    let message = call.input.text("transferMessage");
    call.app
        .registry
        .transfer_certificate(&call.caller, id, target, message)
        .await?;
    let arn = call.caller.ctx.realm.certificate(&id.to_ascii_lowercase());
    Ok(json!({"transferredCertificateArn": arn}))
}

/// `CancelCertificateTransfer`.
pub async fn cancel_certificate_transfer(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("certificateId")?;
    call.app.registry.cancel_transfer(&call.caller, id).await?;
    Ok(json!({}))
}

/// `AcceptCertificateTransfer`.
pub async fn accept_certificate_transfer(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("certificateId")?;
    call.app
        .registry
        .decide_transfer(id, Decision::Accept)
        .await?;
    Ok(json!({}))
}

/// `RejectCertificateTransfer`.
pub async fn reject_certificate_transfer(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("certificateId")?;
    call.app
        .registry
        .decide_transfer(id, Decision::Reject)
        .await?;
    Ok(json!({}))
}

/// `ListOutgoingCertificates`: what waits for another account, newest first unless asked otherwise.
pub async fn list_outgoing_certificates(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::markers(call, PAGE)?;
    let mut found = call
        .app
        .registry
        .outgoing_certificates(ascending(call), page.key()?, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |(certificate, _)| certificate.key.to_string());
    let items = found
        .into_iter()
        .map(|(certificate, transfer)| {
            let id = certificate.id();
            let mut item = json!({
                "certificateArn": call.caller.ctx.realm.certificate(&id),
                "certificateId": id,
                "transferredTo": transfer.target,
                "transferDate": transfer.offered.as_seconds_f64(),
                "creationDate": certificate.created.as_seconds_f64(),
            });
            if let Some(message) = transfer.message {
                item["transferMessage"] = message.into();
            }
            item
        })
        .collect();
    Ok(page.answer("outgoingCertificates", items, next))
}

/// `transferData` of DescribeCertificate.
pub(super) fn data(transfer: Transfer) -> Value {
    let mut members = Map::new();
    if let Some(message) = transfer.message {
        members.insert("transferMessage".into(), message.into());
    }
    members.insert(
        "transferDate".into(),
        transfer.offered.as_seconds_f64().into(),
    );
    members.into()
}
