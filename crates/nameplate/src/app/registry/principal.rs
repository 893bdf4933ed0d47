//! Principals: what the ARNs of certificates and groups name, and the attachment of certificates to things.
//!
//! AWS guide: attach-to-cert, exclusive-thing.

use super::Refusal;
use super::Registry;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use nameplate_core::arn::{Arn, Realm};
use nameplate_core::pki::CertificateId;
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::thing::{PrincipalType, ThingGroup};
use nameplate_store::{CertificateEntry, Conn, ThingAttachment, ThingPrincipal};

/// What a policy can be attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A device certificate.
    Certificate(CertificateId),
    /// A thing group, by name.
    Group(String),
}

impl Target {
    /// What the ARN names; `None` where it is no certificate or thing group of this account and region.
    ///
    /// # Errors
    /// [`Kind::NotBuilt`] for a Cognito identity, which can be a principal and a target at AWS.
    pub fn parse(realm: &Realm, text: &str) -> Result<Option<Self>> {
        if is_cognito_identity(text) {
            return Err(Error::new(
                Kind::NotBuilt,
                format!(
                    "Nameplate does not implement Amazon Cognito identities, such as {text}, yet."
                ),
            ));
        }
        Ok(Self::of_arn(realm, text))
    }

    fn of_arn(realm: &Realm, text: &str) -> Option<Self> {
        let arn = Arn::parse(text)?;
        let here = arn.service == "iot"
            && arn.partition == realm.partition()
            && arn.region == realm.region
            && arn.account == realm.account;
        if !here {
            return None;
        }
        if let Some(id) = arn.name_of("cert") {
            return id.parse().ok().map(Target::Certificate);
        }
        arn.name_of("thinggroup")
            .map(|name| Target::Group(name.to_owned()))
    }

    /// Its ARN.
    pub fn arn(&self, realm: &Realm) -> String {
        match self {
            Target::Certificate(id) => realm.certificate(&id.to_string()),
            Target::Group(name) => realm.thing_group(name),
        }
    }
}

/// Whether a text has the form of a Cognito identity's id, `REGION:UUID`, or is the ARN of something of Cognito's. API:
/// `IdentityId` of cognito-identity.
fn is_cognito_identity(text: &str) -> bool {
    if let Some(arn) = Arn::parse(text) {
        return arn.service.starts_with("cognito");
    }
    let Some((region, id)) = text.split_once(':') else {
        return false;
    };
    region.contains('-')
        && region
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// The certificate that a principal's ARN names.
pub fn certificate_of(realm: &Realm, principal: &str) -> Result<CertificateId> {
    match Target::parse(realm, principal)? {
        Some(Target::Certificate(id)) => Ok(id),
        _ => Err(Error::invalid(format!(
            "Invalid principal {principal}: it must be the ARN of a certificate, {}",
            realm.certificate("<id>")
        ))),
    }
}

/// The thing group of this name, or the refusal that names it.
pub(crate) fn group_named(conn: &Conn<'_>, realm: &Realm, name: &str) -> Result<ThingGroup> {
    conn.group(name)?.ok_or_else(|| {
        Error::not_found(format!(
            "Cannot find requested thing group for accountId: {} and thing group name: {name}",
            realm.account
        ))
    })
}

/// Refuses what a certificate in transfer must not get: its next owner would inherit it.
pub(crate) fn check_not_in_transfer(id: &CertificateId, entry: &CertificateEntry) -> Result<()> {
    if entry.status == Status::PendingTransfer {
        return Err(Error::new(
            Refusal::CertificateState,
            format!("The certificate {id} is being transferred and cannot be attached to anything"),
        ));
    }
    Ok(())
}

impl Registry {
    /// The certificates attached to a thing.
    pub async fn certificates_of_thing(&self, thing: i64) -> Result<Vec<[u8; 32]>> {
        self.kernel
            .store
            .read(|conn| {
                let mut found = Vec::new();
                let mut after = 0;
                loop {
                    let page = conn.principals_of_thing(thing, after, 250)?;
                    let Some(last) = page.last() else { break };
                    after = last.certificate;
                    found.extend(page.iter().map(|principal| principal.hash));
                }
                Ok(found)
            })
            .await
    }

    /// Attaches a certificate to a thing. Again with the same kind is no change.
    pub async fn attach_thing_principal(
        &self,
        caller: &Caller,
        thing: &str,
        principal: &str,
        kind: PrincipalType,
    ) -> Result<()> {
        let id = certificate_of(self.kernel.realm(), principal)?;
        let (thing, principal) = (thing.to_owned(), principal.to_owned());
        self.kernel.change(caller, "attach-thing-principal", move |tx| {
                let Some(thing_key) = tx.thing_key(&thing)? else {
                    return Err(Error::not_found(format!(
                        "Failed to attach the principal {principal} to thing {thing} because the thing does not exist in your account"
                    )));
                };
                let Some(entry) = tx.certificate_entry(&id.0)? else {
                    return Err(Error::not_found(format!(
                        "Can't attach the principal {principal} to thing {thing} because the principal does not exist in your account"
                    )));
                };
                check_not_in_transfer(&id, &entry)?;
                if let Some(present) = tx.attachment(entry.key, thing_key)? {
                    return if present == kind {
                        Ok(())
                    } else {
                        Err(Error::invalid(format!(
                            "The principal {principal} is attached to thing {thing} as {}; detach it before attaching it as {}",
                            present.as_str(),
                            kind.as_str()
                        )))
                    };
                }
                // An exclusive attachment is the only one, so the first tells.
                if let Some(other) = tx.things_of_certificate(entry.key, 0, 1)?.first()
                    && (other.kind == PrincipalType::Exclusive || kind == PrincipalType::Exclusive)
                {
                    return Err(Error::invalid(format!(
                        "Can't attach the principal {principal} to thing {thing} as {} because it is attached to thing {} as {}",
                        kind.as_str(),
                        other.name,
                        other.kind.as_str()
                    )));
                }
                tx.attach_thing(entry.key, &id.0, thing_key, kind)?;
                Ok(())
            })
            .await
    }

    /// Detaches a certificate from a thing.
    pub async fn detach_thing_principal(
        &self,
        caller: &Caller,
        thing: &str,
        principal: &str,
    ) -> Result<()> {
        let id = certificate_of(self.kernel.realm(), principal)?;
        let (thing, principal) = (thing.to_owned(), principal.to_owned());
        self.kernel.change(caller, "detach-thing-principal", move |tx| {
                let missing = |what: &str| {
                    Error::not_found(format!(
                        "Failed to detach the principal {principal} from thing {thing} because {what}"
                    ))
                };
                let thing_key = tx
                    .thing_key(&thing)?
                    .ok_or_else(|| missing("the thing does not exist in your account"))?;
                let entry = tx
                    .certificate_entry(&id.0)?
                    .ok_or_else(|| missing("the principal does not exist in your account"))?;
                if tx.attachment(entry.key, thing_key)?.is_none() {
                    return Err(missing("it is not attached to it"));
                }
                tx.detach_thing(entry.key, &id.0, thing_key)?;
                Ok(())
            })
            .await
    }

    /// Certificates attached to a thing, beyond the key `after`.
    pub async fn thing_principals(
        &self,
        thing: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<ThingPrincipal>> {
        self.kernel.store
            .read(|conn| {
                let Some(key) = conn.thing_key(thing)? else {
                    return Err(Error::not_found(format!(
                        "Failed to list principals for thing {thing} because the thing does not exist in your account"
                    )));
                };
                Ok(conn.principals_of_thing(key, after, limit)?)
            })
            .await
    }

    /// Things that a certificate is attached to, beyond the key `after`.
    pub async fn principal_things(
        &self,
        principal: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<ThingAttachment>> {
        let id = certificate_of(self.kernel.realm(), principal)?;
        self.kernel.store
            .read(|conn| {
                let Some(entry) = conn.certificate_entry(&id.0)? else {
                    return Err(Error::not_found(format!(
                        "Can't list things for the principal {principal} because the principal does not exist in your account"
                    )));
                };
                Ok(conn.things_of_certificate(entry.key, after, limit)?)
            })
            .await
    }
}
