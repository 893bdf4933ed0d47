//! Our own CAs, for operators.

use super::Call;
use crate::app::Error;
use crate::app::device_cas::Standing;
use crate::authority::{CaChange, CaKey, OwnCa};
use nameplate_aws::uri;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::Certificate;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Which segment of the path is a CA's id.
const CA: usize = 3;

/// Refuses whoever may not, by the action that has the operation's name; the CA that the path names.
async fn allowed(call: &Call<'_>) -> Result<String, Error> {
    let action = format!("nameplate:{}", call.operation.name);
    call.app.iam.may(&call.caller, &action, "*", &[]).await?;
    let (path, _) = uri::split_target(call.request.target);
    Ok(path.split('/').nth(CA).unwrap_or_default().to_owned())
}

/// What a body may have.
struct Members(Map<String, Value>);

impl Members {
    fn read(body: &[u8], known: &[&str]) -> Result<Self, Error> {
        let body: Value = match body.is_empty() {
            true => json!({}),
            false => serde_json::from_slice(body)
                .map_err(|error| Error::invalid(format!("the body is not JSON: {error}")))?,
        };
        let Value::Object(members) = body else {
            return Err(Error::invalid("the body must be a JSON object"));
        };
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(Error::invalid(format!(
                "{name:?} is not known; known are {}",
                known.join(", ")
            ))),
            None => Ok(Self(members)),
        }
    }

    fn text(&self, name: &str) -> Result<Option<String>, Error> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Error::invalid(format!("{name} must be text"))),
        }
    }

    /// Seconds since 1970, RFC 3339, or a day, which begins at midnight UTC.
    fn time(&self, name: &str) -> Result<Option<Millis>, Error> {
        let wrong = || {
            Error::invalid(format!(
                "{name} must be a time such as 2027-01-31 or 2027-01-31T08:00:00Z, or seconds since 1970"
            ))
        };
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(seconds)) => {
                let seconds = seconds
                    .as_f64()
                    .filter(|seconds| (0.0..1e11).contains(seconds));
                Ok(Some(Millis((seconds.ok_or_else(wrong)? * 1000.0) as i64)))
            }
            Some(Value::String(text)) => {
                let whole = match text.len() {
                    10 => format!("{text}T00:00:00Z"),
                    _ => text.clone(),
                };
                let at = OffsetDateTime::parse(&whole, &Rfc3339).map_err(|_| wrong())?;
                let millis = i64::try_from(at.unix_timestamp_nanos() / 1_000_000);
                Ok(Some(Millis(millis.map_err(|_| wrong())?)))
            }
            Some(_) => Err(wrong()),
        }
    }

    fn key(&self) -> Result<Option<CaKey>, Error> {
        match self.text("keyAlgorithm")?.as_deref() {
            None => Ok(None),
            Some("RSA_2048") => Ok(Some(CaKey::Rsa2048)),
            Some("EC_P256") => Ok(Some(CaKey::EcdsaP256)),
            Some(other) => Err(Error::invalid(format!(
                "keyAlgorithm is {other:?}; it must be RSA_2048 or EC_P256"
            ))),
        }
    }
}

fn shown(ca: &OwnCa, standing: Standing) -> Value {
    let status = match standing {
        Standing::Waiting => "WAITING",
        Standing::Issuing => "ISSUING",
        Standing::Scheduled => "SCHEDULED",
        Standing::Retired => "RETIRED",
        Standing::Ended => "ENDED",
    };
    let algorithm = match ca.key_kind() {
        Some(CaKey::Rsa2048) => "RSA_2048",
        Some(CaKey::EcdsaP256) => "EC_P256",
        None => "RSA",
    };
    let mut value = json!({"keyId": ca.key_id(), "status": status, "keyAlgorithm": algorithm});
    if let Some(own) = ca.certificate() {
        let validity = own.validity();
        let from = ca.issues_from().map(|from| from.max(validity.not_before));
        value["certificateId"] = own.id().to_string().into();
        value["subject"] = own.subject().to_string().into();
        value["issuer"] = own.issuer().to_string().into();
        value["notBefore"] = validity.not_before.as_seconds_f64().into();
        value["notAfter"] = validity.not_after.as_seconds_f64().into();
        value["issuesFrom"] = from.map(Millis::as_seconds_f64).into();
        value["certificatePem"] = own.to_pem().into();
        let above: String = ca.above().iter().map(Certificate::to_pem).collect();
        if !above.is_empty() {
            value["certificateChain"] = above.into();
        }
    }
    if let Some(request) = ca.request() {
        value["certificateSigningRequest"] = request.into();
    }
    value
}

fn told(call: &Call<'_>, ca: &OwnCa) -> Result<Value, Error> {
    let (ca, standing) = call.app.device_cas.one(&ca.key_id())?;
    Ok(shown(&ca, standing))
}

/// `GET /nameplate/device-cas`.
pub async fn all(call: &Call<'_>) -> Result<Value, Error> {
    allowed(call).await?;
    let all = call.app.device_cas.all();
    let all: Vec<Value> = all
        .iter()
        .map(|(ca, standing)| shown(ca, *standing))
        .collect();
    Ok(json!({"deviceCas": all}))
}

/// `GET /nameplate/device-cas/CA`.
pub async fn one(call: &Call<'_>) -> Result<Value, Error> {
    let id = allowed(call).await?;
    let (ca, standing) = call.app.device_cas.one(&id)?;
    Ok(shown(&ca, standing))
}

/// `POST /nameplate/device-cas` with `keyAlgorithm`, `issuesFrom` and `notAfter`: a CA that signs itself. With `request`
/// true, a key and the request for its certificate, about `subject`.
pub async fn create(call: &Call<'_>) -> Result<Value, Error> {
    allowed(call).await?;
    let known = [
        "keyAlgorithm",
        "request",
        "subject",
        "issuesFrom",
        "notAfter",
    ];
    let members = Members::read(call.request.body, &known)?;
    let request = match members.0.get("request") {
        None | Some(Value::Bool(false)) => false,
        Some(Value::Bool(true)) => true,
        Some(_) => return Err(Error::invalid("request must be true or false")),
    };
    let change = CaChange {
        key: members.key()?,
        from: members.time("issuesFrom")?,
        not_after: members.time("notAfter")?,
        subject: members.text("subject")?,
    };
    let (app, caller) = (call.app, &call.caller);
    let made = match request {
        true if change.from.or(change.not_after).is_some() => {
            return Err(Error::invalid(
                "issuesFrom and notAfter are not for a request: its issuer says how long it is valid, and the chain comes with \
                 the moment from which it issues",
            ));
        }
        true => app.device_cas.request(caller, change).await?,
        false if change.subject.is_some() => {
            return Err(Error::invalid(
                "subject is for a request: a CA that signs itself has the name that AWS's has",
            ));
        }
        false => app.device_cas.succeed(caller, change).await?,
    };
    told(call, &made)
}

/// `POST /nameplate/device-cas/install` with `chain` (PEM), and if they shall be others than they are, `privateKey` (PEM) and
/// `issuesFrom`.
pub async fn install(call: &Call<'_>) -> Result<Value, Error> {
    allowed(call).await?;
    let members = Members::read(call.request.body, &["chain", "privateKey", "issuesFrom"])?;
    let chain = members.text("chain")?;
    let chain = chain.ok_or_else(|| Error::invalid("chain is required"))?;
    let (key, from) = (members.text("privateKey")?, members.time("issuesFrom")?);
    let cas = &call.app.device_cas;
    let made = cas.install(&call.caller, chain, key, from).await?;
    told(call, &made)
}

/// `PATCH /nameplate/device-cas/CA` with `issuesFrom`; null: never again.
pub async fn update(call: &Call<'_>) -> Result<Value, Error> {
    let id = allowed(call).await?;
    let members = Members::read(call.request.body, &["issuesFrom"])?;
    if !members.0.contains_key("issuesFrom") {
        return Err(Error::invalid("issuesFrom is required; null is for never"));
    }
    let from = members.time("issuesFrom")?;
    let changed = call
        .app
        .device_cas
        .schedule(&call.caller, &id, from)
        .await?;
    told(call, &changed)
}

/// `POST /nameplate/device-cas/CA/key` with `passphrase`.
pub async fn key(call: &Call<'_>) -> Result<Value, Error> {
    let id = allowed(call).await?;
    let members = Members::read(call.request.body, &["passphrase"])?;
    let passphrase = members.text("passphrase")?;
    let passphrase = passphrase.ok_or_else(|| Error::invalid("passphrase is required"))?;
    let key = call
        .app
        .device_cas
        .key(&call.caller, &id, passphrase)
        .await?;
    Ok(json!({"encryptedPrivateKey": key}))
}

/// `DELETE /nameplate/device-cas/CA`.
pub async fn delete(call: &Call<'_>) -> Result<Value, Error> {
    let id = allowed(call).await?;
    call.app.device_cas.remove(&call.caller, &id).await?;
    Ok(json!({}))
}
