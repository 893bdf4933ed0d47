//! CA certificates that their owners register, the registration code that proves possession of their keys, and what
//! first connections under them are provisioned by.
//!
//! Owns the order of the checks and the texts of refusals. What makes a CA and what proves possession is
//! `core::pki`'s.

use super::Refusal;
use super::certificate::{PEM_LABEL, parse, parse_id};
use super::template::{self, Doubts};
use super::{Registry, tag};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use nameplate_core::limits::CAS_PER_SUBJECT;
use nameplate_core::pki::{self, Certificate, Name, Validity, VerificationError, to_pem};
use nameplate_core::registry::ca::{CaCertificate, RegistrationConfig};
use nameplate_core::registry::certificate::Mode;
use nameplate_core::registry::template::TemplateType;
use nameplate_core::template::TemplateKind;
use nameplate_store::Conn;

/// Name under which the store keeps the registration code.
const REGISTRATION_CODE: &str = "registration_code";

/// A CA certificate to be registered.
#[derive(Debug, Clone, Default)]
pub struct NewCa {
    /// `caCertificate`.
    pub pem: String,
    /// `verificationCertificate`.
    pub verification_pem: Option<String>,
    /// Whether devices must send SNI.
    pub mode: Mode,
    /// ACTIVE rather than INACTIVE.
    pub active: bool,
    /// Register unknown certificates at their first connection.
    pub auto_registration: bool,
    /// What first connections are provisioned by.
    pub config: Option<RegistrationConfig>,
    /// Names and values.
    pub tags: Vec<tag::Tag>,
}

/// What an update changes of a CA; `None` leaves it.
#[derive(Debug, Clone, Default)]
pub struct CaChange {
    /// ACTIVE rather than INACTIVE.
    pub active: Option<bool>,
    /// Register unknown certificates at their first connection.
    pub auto_registration: Option<bool>,
    /// `Some(None)` removes it: just-in-time registration instead of provisioning.
    pub config: Option<Option<RegistrationConfig>>,
}

/// A CA certificate with all that DescribeCACertificate shows.
#[derive(Debug, Clone)]
pub struct Description {
    /// The row.
    pub ca: CaCertificate,
    /// When it is valid.
    pub validity: Validity,
    /// The certificate, with a newline at its end.
    pub pem: String,
}

impl Registry {
    /// The account's registration code, made when first asked for.
    pub async fn registration_code(&self, caller: &Caller) -> Result<String> {
        let known = self
            .kernel
            .store
            .read(|conn| conn.meta(REGISTRATION_CODE))
            .await?;
        if let Some(code) = known {
            return Ok(code);
        }
        let mut bytes = [0; 32];
        aws_lc_rs::rand::fill(&mut bytes)
            .map_err(|_| Error::internal("the crypto library could not draw random bytes"))?;
        let fresh = hex::encode(bytes);
        self.kernel
            .change(caller, "make-registration-code", move |tx| {
                // Two may ask for the first time at once.
                if let Some(code) = tx.meta(REGISTRATION_CODE)? {
                    return Ok(code);
                }
                tx.set_meta(REGISTRATION_CODE, Some(&fresh))?;
                Ok::<_, Error>(fresh.clone())
            })
            .await
    }

    /// Forgets the registration code.
    pub async fn delete_registration_code(&self, caller: &Caller) -> Result<()> {
        self.kernel
            .change(caller, "delete-registration-code", move |tx| {
                if tx.meta(REGISTRATION_CODE)?.is_none() {
                    return Err(Error::not_found("Registration code does not exist"));
                }
                Ok(tx.set_meta(REGISTRATION_CODE, None)?)
            })
            .await
    }

    /// Registers a CA certificate; its id. AWS guide: register-CA-cert.
    pub async fn register_ca(&self, caller: &Caller, new: NewCa) -> Result<String> {
        let ctx = &caller.ctx;
        tag::check(&new.tags)?;
        let certificate = parse("caCertificate", &new.pem)?;
        pki::check_ca(&certificate, ctx.now).map_err(|rule| {
            Error::new(
                Refusal::CertificateInvalid,
                format!("The CA certificate cannot be registered: {rule}"),
            )
        })?;
        self.check_possession(caller, &new, &certificate).await?;
        let config = new.config.as_ref();
        let id = certificate.id().to_string();
        let doubts = self.check_config(caller, &id, config).await?;

        let row = CaCertificate {
            key: 0,
            hash: certificate.id().0,
            subject: certificate.subject().der().to_vec(),
            der: certificate.der().to_vec(),
            active: new.active,
            auto_registration: new.auto_registration,
            mode: new.mode,
            registration_config: new.config,
            created: ctx.now,
            modified: ctx.now,
            version: 1,
            deleted: false,
        };
        let id = row.id();
        let arn = ctx.realm.ca_certificate(&id);
        let (subject, tags) = (certificate.subject().clone(), new.tags);
        self.kernel.change(caller, "register-ca", {
                let id = id.clone();
                move |tx| {
                    if tx.ca(&row.hash)?.is_some() {
                        return Err(Error::new(
                            Kind::Exists {
                                id: Some(id.clone()),
                                arn: Some(arn.clone()),
                            },
                            "The CA certificate is already registered",
                        ));
                    }
                    let same = |ca: &CaCertificate| {
                        !ca.deleted
                            && Name::from_der(&ca.subject).is_ok_and(|name| name.matches(&subject))
                    };
                    if tx.cas()?.iter().filter(|ca| same(ca)).count() >= CAS_PER_SUBJECT {
                        return Err(Error::new(
                            Kind::Limit,
                            format!(
                                "{CAS_PER_SUBJECT} CA certificates with the subject {:?} are registered already, and no more may share it",
                                subject.to_string()
                            ),
                        ));
                    }
                    // The template may have been deleted since it was looked at.
                    check_template(tx, row.registration_config.as_ref())?;
                    tx.insert_ca(&row)?;
                    tx.put_tags(&arn, &tags)?;
                    Ok(())
                }
            })
            .await?;
        doubts.log(ctx);
        Ok(id)
    }

    /// Whether the caller holds the CA's key, as far as its mode asks.
    async fn check_possession(&self, caller: &Caller, new: &NewCa, ca: &Certificate) -> Result<()> {
        let ctx = &caller.ctx;
        let pem = match (new.mode, &new.verification_pem) {
            (Mode::SniOnly, None) => return Ok(()),
            (Mode::SniOnly, Some(_)) => {
                return Err(Error::invalid(
                    "Cannot provide verification certificate for registering CA Certificates in SNI_ONLY mode; leave verificationCertificate out",
                ));
            }
            (Mode::Default, None) => {
                return Err(Error::invalid(
                    "Need to provide verification certificate for registering CA Certificates in DEFAULT mode",
                ));
            }
            (Mode::Default, Some(pem)) => pem,
        };
        let verification = parse("verificationCertificate", pem)?;
        if !verification.issuer().matches(ca.subject()) {
            return Err(Error::new(
                Refusal::CertificateInvalid,
                format!(
                    "The issuer of the certificate did not match the subject of the provided CA certificate. The issuer is {:?}, the subject is {:?}.",
                    verification.issuer().to_string(),
                    ca.subject().to_string()
                ),
            ));
        }
        let code = self
            .kernel
            .store
            .read(|conn| conn.meta(REGISTRATION_CODE))
            .await?;
        // No common name is empty, so without a code none fits.
        let expected = code.as_deref().unwrap_or_default();
        pki::check_verification(&verification, ca, expected, ctx.now).map_err(|error| {
            let (kind, text) = match &error {
                VerificationError::NotSignedByCa(why) => (
                    Refusal::CertificateInvalid,
                    format!(
                        "The signature of the certificate failed verification against the provided CA certificate: {why}."
                    ),
                ),
                VerificationError::CommonName { .. } if code.is_none() => (
                    Refusal::RegistrationCode,
                    "Registration code provided in the CN field of verification certificate is invalid. There is no registration code; get one with get-registration-code and make the certificate with it.".to_owned(),
                ),
                VerificationError::CommonName { expected, found } => (
                    Refusal::RegistrationCode,
                    format!(
                        "Registration code provided in the CN field of verification certificate is invalid. It must be {expected:?} and is {}.",
                        found.as_ref().map_or("missing".to_owned(), |found| format!("{found:?}"))
                    ),
                ),
                VerificationError::Validity(_) => (Refusal::CertificateInvalid, error.to_string()),
            };
            Error::new(kind, text)
        })
    }

    /// Whether first connections under the CA with this id can be provisioned by this, and the caller may hand over its role.
    async fn check_config(
        &self,
        caller: &Caller,
        ca: &str,
        config: Option<&RegistrationConfig>,
    ) -> Result<Doubts> {
        let ctx = &caller.ctx;
        let Some(config) = config else {
            return Ok(Doubts::default());
        };
        match config {
            RegistrationConfig {
                template_name: Some(_),
                template_body: None,
                role_arn: None,
            } => {
                self.kernel
                    .store
                    .read(|conn| check_template(conn, Some(config)))
                    .await?;
                Ok(Doubts::default())
            }
            RegistrationConfig {
                template_name: None,
                template_body: Some(body),
                role_arn: Some(role_arn),
            } => {
                let what = "the template in registrationConfig";
                let doubts = template::check_body(what, body, TemplateKind::Jitp)
                    .map_err(|error| Error::invalid(error.to_string()))?;
                let source = ctx.realm.ca_certificate(ca);
                self.iam.pass_role(caller, role_arn, &source).await?;
                Ok(doubts)
            }
            _ => Err(Error::invalid(
                "registrationConfig must have either templateName alone, or templateBody and roleArn",
            )),
        }
    }

    /// The CA with this id, and all about it.
    pub async fn describe_ca(&self, id: &str) -> Result<Description> {
        let hash = parse_id(id)?;
        let ca = self
            .kernel
            .store
            .read(|conn| conn.ca(&hash))
            .await?
            .ok_or_else(absent)?;
        let certificate = Certificate::parse_der(&ca.der).map_err(Error::internal)?;
        Ok(Description {
            validity: certificate.validity(),
            pem: to_pem(PEM_LABEL, &ca.der),
            ca,
        })
    }

    /// Changes a CA's statuses and what first connections are provisioned by.
    pub async fn update_ca(&self, caller: &Caller, id: &str, change: CaChange) -> Result<()> {
        let ctx = &caller.ctx;
        let hash = parse_id(id)?;
        if self
            .kernel
            .store
            .read(|conn| conn.ca(&hash))
            .await?
            .is_none()
        {
            return Err(absent());
        }
        let config = change.config.as_ref().and_then(Option::as_ref);
        let doubts = self
            .check_config(caller, &hex::encode(hash), config)
            .await?;
        let now = ctx.now;
        self.kernel
            .change(caller, "update-ca", move |tx| {
                let old = tx.ca(&hash)?.ok_or_else(absent)?;
                let mut ca = old.clone();
                ca.active = change.active.unwrap_or(ca.active);
                ca.auto_registration = change.auto_registration.unwrap_or(ca.auto_registration);
                if let Some(config) = &change.config {
                    check_template(tx, config.as_ref())?;
                    ca.registration_config = config.clone();
                }
                if ca != old {
                    tx.update_ca(&ca, now)?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        doubts.log(ctx);
        Ok::<_, Error>(())
    }

    /// Deletes a CA that is not in force. The device certificates registered through it stay and keep working.
    pub async fn delete_ca(&self, caller: &Caller, id: &str) -> Result<()> {
        let ctx = &caller.ctx;
        let hash = parse_id(id)?;
        let (now, realm) = (ctx.now, std::sync::Arc::clone(&ctx.realm));
        self.kernel.change(caller, "delete-ca", move |tx| {
                let ca = tx.ca(&hash)?.ok_or_else(absent)?;
                if ca.active {
                    return Err(Error::new(
                        Refusal::CertificateState,
                        format!(
                            "CA Certificate must be deactivated (not ACTIVE) before deletion. Id: {}",
                            ca.id()
                        ),
                    ));
                }
                tx.delete_ca(ca.key, now)?;
                tx.delete_all_tags(&realm.ca_certificate(&ca.id()))?;
                Ok(())
            })
            .await
    }

    /// CAs in the order they were registered, or newest first, beyond the key `from`; with `template`, those that
    /// are provisioned by the template of that name.
    pub async fn cas(
        &self,
        template: Option<&str>,
        ascending: bool,
        from: Option<i64>,
        limit: usize,
    ) -> Result<Vec<CaCertificate>> {
        let mut cas = self.kernel.store.read(|conn| conn.cas()).await?;
        if !ascending {
            cas.reverse();
        }
        let beyond = |key: i64| match from {
            Some(from) if ascending => key > from,
            Some(from) => key < from,
            None => true,
        };
        cas.retain(|ca| {
            let named = ca
                .registration_config
                .as_ref()
                .and_then(|config| config.template_name.as_deref());
            !ca.deleted && beyond(ca.key) && (template.is_none() || named == template)
        });
        cas.truncate(limit);
        Ok(cas)
    }
}

fn absent() -> Error {
    Error::not_found("Requested CA Certificate does not exist.")
}

/// Whether the template that a config names can serve first connections.
fn check_template(conn: &Conn<'_>, config: Option<&RegistrationConfig>) -> Result<()> {
    let Some(name) = config.and_then(|config| config.template_name.as_deref()) else {
        return Ok(());
    };
    let template = conn.template(name)?.ok_or_else(|| template::absent(name))?;
    if template.kind != TemplateType::Jitp {
        return Err(Error::invalid(format!(
            "The template {name} is of type {}; a CA certificate needs one of type JITP",
            template.kind.as_str()
        )));
    }
    Ok(())
}
