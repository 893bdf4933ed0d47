//! Device certificates.

use crate::api::Call;
use crate::api::iot::transfer;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::registry::certificate::generation_id;
use nameplate_core::pki::{CertificateId, to_pem};
use nameplate_core::registry::certificate::{Certificate, Status};
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 25;

fn ids(call: &Call<'_>, id: CertificateId) -> Map<String, Value> {
    let id = id.to_string();
    let mut members = Map::new();
    members.insert(
        "certificateArn".into(),
        call.caller.ctx.realm.certificate(&id).into(),
    );
    members.insert("certificateId".into(), id.into());
    members
}

/// The status a caller names. `REGISTER_INACTIVE` is in the model and nowhere else.
fn status(name: &str, text: &str) -> Result<Status, Error> {
    Status::parse(text).ok_or_else(|| {
        Error::invalid(format!(
            "{name} {text} is deprecated; use ACTIVE, INACTIVE or REVOKED"
        ))
    })
}

/// The first status of a certificate: `status`, or the older `setAsActive`, or INACTIVE.
fn first_status(call: &Call<'_>) -> Result<Status, Error> {
    match call.input.text("status") {
        Some(text) => status("status", text),
        None if call.input.flag("setAsActive") == Some(true) => Ok(Status::Active),
        None => Ok(Status::Inactive),
    }
}

/// Registers a certificate that a registered CA signed.
pub async fn register_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let pem = call.required("certificatePem")?;
    let ca = call.input.text("caCertificatePem");
    let id = call
        .app
        .registry
        .register_certificate(&call.caller, pem, ca, first_status(call)?)
        .await?;
    call.made_certificate(id);
    Ok(ids(call, id).into())
}

/// Registers a certificate of any origin.
pub async fn register_certificate_without_ca(call: &Call<'_>) -> Result<Value, Error> {
    let pem = call.required("certificatePem")?;
    let id = call
        .app
        .registry
        .register_certificate_without_ca(&call.caller, pem, first_status(call)?)
        .await?;
    call.made_certificate(id);
    Ok(ids(call, id).into())
}

/// Makes a key pair and a certificate for it.
pub async fn create_keys_and_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let active = call.input.flag("setAsActive").unwrap_or(false);
    let issued = call
        .app
        .registry
        .create_keys_and_certificate(&call.caller, active)
        .await?;
    call.made_certificate(issued.certificate.id());
    let mut members = ids(call, issued.certificate.id());
    let pem = to_pem("CERTIFICATE", issued.certificate.der());
    members.insert("certificatePem".into(), pem.into());
    members.insert(
        "keyPair".into(),
        json!({"PublicKey": issued.public_key_pem, "PrivateKey": issued.private_key_pem}),
    );
    Ok(members.into())
}

/// Makes a certificate for the key of a signing request.
pub async fn create_certificate_from_csr(call: &Call<'_>) -> Result<Value, Error> {
    let csr = call.required("certificateSigningRequest")?;
    let active = call.input.flag("setAsActive").unwrap_or(false);
    let certificate = call
        .app
        .registry
        .create_certificate_from_csr(&call.caller, csr, active)
        .await?;
    call.made_certificate(certificate.id());
    let mut members = ids(call, certificate.id());
    let pem = to_pem("CERTIFICATE", certificate.der());
    members.insert("certificatePem".into(), pem.into());
    Ok(members.into())
}

/// All about one certificate.
pub async fn describe_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let found = call
        .app
        .registry
        .describe_certificate(call.required("certificateId")?)
        .await?;
    let certificate = &found.certificate;
    let mut members = ids(call, CertificateId(certificate.hash));
    if let Some(ca) = found.ca_id {
        members.insert("caCertificateId".into(), ca.into());
    }
    for (name, value) in [
        ("status", json!(certificate.status.as_str())),
        ("certificatePem", json!(found.pem)),
        ("ownedBy", json!(call.caller.ctx.realm.account)),
        ("creationDate", json!(certificate.created.as_seconds_f64())),
        (
            "lastModifiedDate",
            json!(certificate.modified.as_seconds_f64()),
        ),
        ("customerVersion", json!(certificate.version)),
        (
            "generationId",
            json!(generation_id(&certificate.hash, certificate.version)),
        ),
        (
            "validity",
            json!({
                "notBefore": certificate.not_before.as_seconds_f64(),
                "notAfter": certificate.not_after.as_seconds_f64(),
            }),
        ),
        ("certificateMode", json!(certificate.mode.as_str())),
    ] {
        members.insert(name.into(), value);
    }
    // Sent though there was none.
    let transfer = found.transfer.map_or_else(|| json!({}), transfer::data);
    members.insert("transferData".into(), transfer);
    Ok(json!({"certificateDescription": members}))
}

/// Sets a certificate's status.
pub async fn update_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let status = status("newStatus", call.required("newStatus")?)?;
    call.app
        .registry
        .set_certificate_status(&call.caller, call.required("certificateId")?, status)
        .await?;
    Ok(json!({}))
}

/// Deletes a certificate that is not in force.
pub async fn delete_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let force = call.input.flag("forceDelete").unwrap_or(false);
    call.app
        .registry
        .delete_certificate(&call.caller, call.required("certificateId")?, force)
        .await?;
    Ok(json!({}))
}

/// All certificates, newest first unless asked otherwise.
pub async fn list_certificates(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::markers(call, PAGE)?;
    let found = call
        .app
        .registry
        .certificates(ascending(call), page.key()?, page.size + 1)
        .await?;
    Ok(listed(call, &page, found))
}

/// The certificates registered through one CA.
pub async fn list_certificates_by_ca(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::markers(call, PAGE)?;
    let ca = call.required("caCertificateId")?;
    let found = call
        .app
        .registry
        .certificates_by_ca(ca, ascending(call), page.key()?, page.size + 1)
        .await?;
    Ok(listed(call, &page, found))
}

pub(super) fn ascending(call: &Call<'_>) -> bool {
    call.input.flag("ascendingOrder").unwrap_or(false)
}

fn listed(call: &Call<'_>, page: &Page, mut found: Vec<Certificate>) -> Value {
    let next = page.cut(&mut found, |certificate| certificate.key.to_string());
    let items = found
        .iter()
        .map(|certificate| {
            let mut members = ids(call, CertificateId(certificate.hash));
            members.insert("status".into(), certificate.status.as_str().into());
            members.insert("certificateMode".into(), certificate.mode.as_str().into());
            members.insert(
                "creationDate".into(),
                certificate.created.as_seconds_f64().into(),
            );
            members.into()
        })
        .collect();
    page.answer("certificates", items, next)
}
