//! The registered CAs and their templates, parsed and ready for first connections.
//!
//! There are few CAs and they rarely change, so all are held in memory and read again after a commit that changed
//! one, or a template.

use crate::app::error::Result;
use nameplate_core::admission::CaFacts;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{
    Bridging, Certificate, CertificateId, Name, NoIssuer, RuleError, check_validity, find_issuer,
};
use nameplate_core::registry::ca::CaCertificate;
use nameplate_core::registry::template::TemplateType;
use nameplate_core::template::{Template, TemplateKind};
use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::Arc;

/// A registered CA.
#[derive(Debug)]
pub struct Authority {
    /// The row.
    pub ca: CaCertificate,
    /// The certificate, parsed.
    pub certificate: Certificate,
    /// What its first connections are provisioned by; `None` for just-in-time registration.
    pub program: Option<Program>,
}

/// A template with the role that runs it.
#[derive(Debug)]
pub struct Program {
    /// `template@version`, or the CA's id where the CA holds the body itself.
    pub label: String,
    /// Name of the template, where the CA names one.
    pub named: Option<String>,
    /// Role that a run assumes.
    pub role_arn: String,
    /// The template as its owner wrote it, where there is one.
    pub body: Option<String>,
    /// The template, or why there is none to run.
    pub template: std::result::Result<Arc<Template>, String>,
}

impl Authority {
    /// What the admission table asks.
    pub fn facts(&self) -> CaFacts {
        CaFacts {
            id: self.ca.id(),
            active: self.ca.active,
            auto_registration: self.ca.auto_registration,
            provisions: self.program.is_some(),
            mode: self.ca.mode,
            validity: self.certificate.validity(),
        }
    }
}

/// An [`Authority`] among its like, so that it can be searched by certificate.
#[derive(Debug, Clone)]
pub struct Found(pub Arc<Authority>);

impl Borrow<Certificate> for Found {
    fn borrow(&self) -> &Certificate {
        &self.0.certificate
    }
}

/// Why a certificate cannot be registered through any registered CA.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSigner {
    /// Several could have issued it. The signature would tell them apart; AWS asks the caller (API:
    /// RegisterCertificate, caCertificatePem).
    #[error(
        "{count} registered CA certificates have the subject {subject:?}; name the one that signed the certificate, by its PEM"
    )]
    Ambiguous {
        /// How many.
        count: usize,
        /// The issuer's name.
        subject: String,
    },
    /// One has the issuer's name, and did not sign it.
    #[error("{0}")]
    Signature(NoIssuer),
    /// One did, and its own certificate is out of its time.
    #[error("the CA certificate {ca} signed it, but {rule}")]
    OutOfTime {
        /// Id of the CA.
        ca: String,
        /// Expired or not yet valid.
        rule: RuleError,
    },
    /// None has.
    #[error("{0}")]
    Unknown(NoIssuer),
}

/// All registered CAs.
#[derive(Debug, Default)]
pub struct Authorities {
    by_key: HashMap<i64, Arc<Authority>>,
    /// By the form in which names are compared.
    by_subject: HashMap<Vec<u8>, Vec<Found>>,
    digests: HashMap<[u8; 32], i64>,
}

impl Authorities {
    /// Reads all from the store.
    pub fn read(conn: &nameplate_store::Conn<'_>) -> Result<Self> {
        let mut all = Self::default();
        for ca in conn.cas()?.into_iter().filter(|ca| !ca.deleted) {
            let certificate = match Certificate::parse_der(&ca.der) {
                Ok(certificate) => certificate,
                Err(damaged) => {
                    tracing::error!(
                        ca.id = ca.id(),
                        "stored CA certificate {} cannot be read: {damaged}",
                        ca.id()
                    );
                    continue;
                }
            };
            let program = program(conn, &ca)?;
            let authority = Arc::new(Authority {
                ca,
                certificate,
                program,
            });
            all.digests.insert(authority.ca.hash, authority.ca.key);
            all.by_subject
                .entry(authority.certificate.subject().canonical())
                .or_default()
                .push(Found(Arc::clone(&authority)));
            all.by_key.insert(authority.ca.key, authority);
        }
        Ok(all)
    }

    /// The CA in this row.
    pub fn by_key(&self, key: i64) -> Option<&Arc<Authority>> {
        self.by_key.get(&key)
    }

    /// All of them, in the order in which they were registered.
    pub fn all(&self) -> Vec<Arc<Authority>> {
        let mut all: Vec<_> = self.by_key.values().cloned().collect();
        all.sort_unstable_by_key(|authority| authority.ca.key);
        all
    }

    /// Whether this certificate is itself a registered CA.
    pub fn is_ca(&self, hash: &[u8; 32]) -> bool {
        self.digests.contains_key(hash)
    }

    /// The registered CA, active or not, that signed a certificate itself; `named` where the owner says which.
    pub(crate) fn signer_of(
        &self,
        certificate: &Certificate,
        named: Option<CertificateId>,
        now: Millis,
    ) -> Result<Arc<Authority>, NoSigner> {
        let mut candidates = self.by_subject(certificate.issuer());
        candidates.retain(|found| named.is_none_or(|named| named.0 == found.0.ca.hash));
        if candidates.len() > 1 {
            return Err(NoSigner::Ambiguous {
                count: candidates.len(),
                subject: certificate.issuer().to_string(),
            });
        }
        let direct = Bridging::DirectIssuerOnly;
        match find_issuer(certificate, &[], direct, now, |_| candidates.clone()) {
            Ok(found) => {
                let authority = found.ca.0;
                check_validity(authority.certificate.validity(), now).map_err(|rule| {
                    NoSigner::OutOfTime {
                        ca: authority.ca.id(),
                        rule,
                    }
                })?;
                Ok(authority)
            }
            Err(why @ NoIssuer::Signature { .. }) => Err(NoSigner::Signature(why)),
            Err(why) => Err(NoSigner::Unknown(why)),
        }
    }

    /// The CAs with this subject name, however it is written.
    pub fn by_subject(&self, subject: &Name) -> Vec<Found> {
        let found = self.by_subject.get(&subject.canonical());
        found.cloned().unwrap_or_default()
    }
}

fn program(conn: &nameplate_store::Conn<'_>, ca: &CaCertificate) -> Result<Option<Program>> {
    let Some(config) = &ca.registration_config else {
        return Ok(None);
    };
    let parse = |body: &str| {
        Template::parse(body, TemplateKind::Jitp)
            .map(Arc::new)
            .map_err(|e| e.to_string())
    };
    if let Some(name) = &config.template_name {
        let Some(named) = conn.template(name)? else {
            return Ok(Some(Program {
                label: name.clone(),
                named: Some(name.clone()),
                role_arn: String::new(),
                body: None,
                template: Err(format!("the provisioning template {name} does not exist")),
            }));
        };
        let label = format!("{name}@{}", named.default_version);
        let mut body = None;
        let template = if named.kind != TemplateType::Jitp {
            Err(format!(
                "the provisioning template {name} is of type {}, not JITP",
                named.kind.as_str()
            ))
        } else if !named.enabled {
            Err(format!(
                "the provisioning template {name} is disabled; enable it with update-provisioning-template --enabled"
            ))
        } else {
            match conn.template_version(named.key, named.default_version)? {
                Some(version) => {
                    let parsed = parse(&version.body);
                    body = Some(version.body);
                    parsed
                }
                None => Err(format!(
                    "the provisioning template {name} has no default version"
                )),
            }
        };
        return Ok(Some(Program {
            label,
            named: Some(name.clone()),
            role_arn: named.role_arn,
            body,
            template,
        }));
    }
    Ok(Some(Program {
        label: format!("cacert/{}", ca.id()),
        named: None,
        role_arn: config.role_arn.clone().unwrap_or_default(),
        body: config.template_body.clone(),
        template: parse(config.template_body.as_deref().unwrap_or_default()),
    }))
}
