//! `RegisterThing`: one device by a template, as the caller.

use crate::api::Call;
use crate::app::Error;
use nameplate_core::pki::CertificateId;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// `RegisterThing`.
pub async fn register_thing(call: &Call<'_>) -> Result<Value, Error> {
    let body = call.required("templateBody")?;
    // Validation has seen that they are strings.
    let parameters: BTreeMap<String, String> = call
        .input
        .object("parameters")
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    let registered = call
        .app
        .provisioning
        .register_thing(&call.caller, body, parameters)
        .await?;
    for (_, arn) in &registered.resource_arns {
        if let Some((_, id)) = arn.rsplit_once(":cert/")
            && let Ok(id) = id.parse::<CertificateId>()
        {
            call.made_certificate(id);
        }
    }
    let mut members = Map::new();
    if let Some(pem) = registered.certificate_pem {
        members.insert("certificatePem".into(), pem.into());
    }
    let arns = registered.resource_arns.into_iter();
    let arns: Map<String, Value> = arns.map(|(name, arn)| (name, arn.into())).collect();
    members.insert("resourceArns".into(), arns.into());
    Ok(Value::Object(members))
}
