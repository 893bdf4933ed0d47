//! Certificates for names of owners' own, as imported into ACM: kept, told of, and made ready for whoever dials such a name.
//!
//! Private keys are kept sealed. Which certificates may be imported is `core::acm`'s; which names there are, and which
//! certificate each has, is said by domain configurations and by API Gateway's custom domain names. Must not know TLS.

use super::cached::{Kept, Keyed};
use super::caller::Caller;
use super::error::{Error, Kind, Result};
use super::gateway::domain::certificates_of_names;
use super::ids;
use super::kernel::Kernel;
use super::registry::tag::Tag;
use super::sealed::Seal;
use crate::authority::HandedKey;
use nameplate_core::acm::{CERTIFICATES, Imported, Refusal};
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Millis;
use nameplate_core::limits::TAGS;
use nameplate_store::{AcmCertificate, Conn, Tx};
use rustls::sign::CertifiedKey;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The use cases of ACM.
pub struct Acm {
    kernel: Arc<Kernel>,
    seal: Arc<Seal>,
    /// By ARN; none where there is no such certificate.
    ready: Keyed<String, Option<Arc<Ready>>>,
}

/// What is to be imported.
#[derive(Clone)]
pub struct Import {
    /// ARN of the certificate that it is to take the place of.
    pub arn: Option<String>,
    /// PEM of one certificate.
    pub certificate: Vec<u8>,
    /// PEM of its private key.
    pub private_key: Vec<u8>,
    /// PEM of those that lead to its root.
    pub chain: Option<Vec<u8>>,
    /// Tags.
    pub tags: Vec<Tag>,
}

/// An imported certificate as it is told of.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its ARN.
    pub arn: String,
    /// Its PEM, and that of its chain.
    pub row: AcmCertificate,
    /// What it says.
    pub imported: Imported,
    /// ARNs of the names that it is the certificate of.
    pub in_use_by: Vec<String>,
}

impl Found {
    /// Whether it is over.
    pub fn has_expired(&self, now: Millis) -> bool {
        now > self.imported.leaf.validity().not_after
    }
}

/// An imported certificate, ready to be shown to whoever dials its name.
#[derive(Debug)]
pub struct Ready {
    /// Key and chain.
    pub certified: Arc<CertifiedKey>,
    /// What it says.
    pub imported: Imported,
}

/// How a name stands with the certificate that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Whoever dials the name sees it.
    Valid,
    /// Its clients refuse it, or there is none: why.
    Invalid(String),
}

impl Acm {
    pub(super) fn new(kernel: Arc<Kernel>) -> Result<Self> {
        let seal = Seal::new(&kernel.device_authority.derived_key(b"private keys of ACM"))?;
        Ok(Self {
            kernel,
            seal: Arc::new(seal),
            ready: Keyed::default(),
        })
    }

    /// Imports a certificate, or another in the place of one that was imported; its ARN.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for what is refused by a rule of ACM's, [`Kind::NotFound`] where there is none to replace,
    /// [`Kind::Limit`].
    pub async fn import(&self, caller: &Caller, new: Import) -> Result<String> {
        check_tags(&new.tags)?;
        if new.arn.is_some() && !new.tags.is_empty() {
            return Err(Error::invalid("Tagging is not permitted on re-import."));
        }
        let now = caller.ctx.now;
        let public = HandedKey::read(&new.private_key).and_then(|key| key.public());
        let public = public
            .map_err(|why| Error::invalid(format!("The private key is not valid: {why}.")))?;
        let imported = Imported::read(&new.certificate, new.chain.as_deref(), &public, now)?;
        let id = match &new.arn {
            Some(arn) => self.id(arn)?.to_owned(),
            None => ids::uuid(),
        };
        let pem = |all: &[nameplate_core::pki::Certificate]| {
            all.iter().map(|one| one.to_pem()).collect::<String>()
        };
        let row = AcmCertificate {
            sealed_key: self.seal.close(&id, new.private_key)?,
            certificate: imported.leaf.to_pem(),
            chain: new.chain.map(|_| pem(&imported.chain)),
            created: now,
            imported: now,
            id,
        };
        let (arn, again) = (
            self.kernel.realm().acm_certificate(&row.id),
            new.arn.is_some(),
        );
        let (told, tags) = (arn.clone(), new.tags);
        self.kernel
            .change(caller, "import-server-certificate", move |tx| {
                let mut row = row.clone();
                match tx.acm_certificate(&row.id)? {
                    Some(old) => {
                        imported.check_replaces(&read(&old)?)?;
                        row.created = old.created;
                    }
                    None if again => return Err(unknown(&arn)),
                    None if tx.count_acm_certificates()? >= CERTIFICATES => {
                        let text =
                            format!("An account has at most {CERTIFICATES} imported certificates.");
                        return Err(Error::new(Kind::Limit, text));
                    }
                    None => {}
                }
                tx.put_acm_certificate(&row)?;
                Ok(tx.put_tags(&arn, &tags)?)
            })
            .await?;
        Ok(told)
    }

    /// An imported certificate.
    ///
    /// # Errors
    /// [`Kind::NotFound`].
    pub async fn get(&self, arn: &str) -> Result<Found> {
        let (arn, realm) = (arn.to_owned(), Arc::clone(self.kernel.realm()));
        let id = self.id(&arn)?.to_owned();
        let found = self.kernel.store.read(move |conn| {
            let row = conn.acm_certificate(&id)?.ok_or_else(|| unknown(&arn))?;
            found(&realm, &users(conn, &realm)?, row)
        });
        found.await
    }

    /// All imported certificates, in the order in which they were first imported.
    pub async fn list(&self) -> Result<Vec<Found>> {
        let realm = Arc::clone(self.kernel.realm());
        let all = self.kernel.store.read(move |conn| {
            let rows = conn.acm_certificates()?.into_iter();
            let users = users(conn, &realm)?;
            rows.map(|row| found(&realm, &users, row)).collect()
        });
        all.await
    }

    /// Removes an imported certificate that no name has.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::InUse`].
    pub async fn delete(&self, caller: &Caller, arn: &str) -> Result<()> {
        let realm = Arc::clone(self.kernel.realm());
        self.with(
            caller,
            "delete-server-certificate",
            arn,
            move |tx, id, arn| {
                if !in_use_by(&users(tx, &realm)?, arn).is_empty() {
                    let text = format!("Certificate {arn} in account {} is in use.", realm.account);
                    return Err(Error::new(Kind::InUse, text));
                }
                tx.delete_acm_certificate(id)?;
                Ok(tx.delete_all_tags(arn)?)
            },
        )
        .await
    }

    /// The tags of a certificate, by key.
    ///
    /// # Errors
    /// [`Kind::NotFound`].
    pub async fn tags(&self, arn: &str) -> Result<Vec<Tag>> {
        let arn = arn.to_owned();
        let id = self.id(&arn)?.to_owned();
        let tags = self.kernel.store.read(move |conn| {
            conn.acm_certificate(&id)?.ok_or_else(|| unknown(&arn))?;
            Ok(conn.tags(&arn, "", TAGS)?)
        });
        tags.await
    }

    /// Sets tags of a certificate; those of other keys stay.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Limit`]; [`Kind::Invalid`] for a key of AWS's own.
    pub async fn tag(&self, caller: &Caller, arn: &str, tags: Vec<Tag>) -> Result<()> {
        check_tags(&tags)?;
        self.with(caller, "tag-server-certificate", arn, move |tx, _, arn| {
            let mut all: BTreeMap<_, _> = tx.tags(arn, "", TAGS)?.into_iter().collect();
            all.extend(tags.iter().cloned());
            if all.len() > TAGS {
                let all = all.iter().map(|(key, value)| format!("{key}={value}"));
                let all = all.collect::<Vec<_>>().join(", ");
                return Err(Error::new(
                    Kind::Limit,
                    format!("the TagSet: '{{{all}}}' contains too many Tags"),
                ));
            }
            Ok(tx.put_tags(arn, &tags)?)
        })
        .await
    }

    /// Removes tags of a certificate: by key, and where a value is named, only if it is that.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Invalid`] for a key of AWS's own.
    pub async fn untag(
        &self,
        caller: &Caller,
        arn: &str,
        tags: Vec<(String, Option<String>)>,
    ) -> Result<()> {
        let keys = tags.iter().map(|(key, _)| (key.clone(), String::new()));
        check_tags(&keys.collect::<Vec<_>>())?;
        self.with(
            caller,
            "untag-server-certificate",
            arn,
            move |tx, _, arn| {
                let all = tx.tags(arn, "", TAGS)?;
                let goes = |(key, value): &&(String, String)| {
                    let named = tags.iter().filter(|(named, _)| named == key);
                    let mut values = named.map(|(_, value)| value);
                    values.any(|named| named.as_ref().is_none_or(|named| named == value))
                };
                let keys = all.iter().filter(goes).map(|(key, _)| key.clone());
                Ok(tx.delete_tags(arn, &keys.collect::<Vec<_>>())?)
            },
        )
        .await
    }

    /// The certificate of this ARN, ready to be shown; `None` where there is none, or its key cannot be opened.
    ///
    /// # Errors
    /// That the store cannot be read.
    pub async fn ready(&self, arn: &str) -> Result<Option<Arc<Ready>>> {
        let now = self.kernel.generations.of(Kept::ServerCertificates);
        if let Some(ready) = self.ready.get(now, arn) {
            return Ok(ready);
        }
        let Ok(id) = self.id(arn).map(str::to_owned) else {
            return Ok(None);
        };
        let row = self
            .kernel
            .store
            .read(move |conn| Ok::<_, Error>(conn.acm_certificate(&id)?));
        let ready = match row.await? {
            Some(row) => made_ready(&self.seal, &row),
            None => None,
        };
        self.ready.put(now, arn.to_owned(), ready.clone());
        Ok(ready)
    }

    /// How a name stands with the certificate of this ARN.
    ///
    /// # Errors
    /// That the store cannot be read.
    pub async fn standing(&self, arn: &str, host: &str) -> Result<Standing> {
        let invalid = |why: String| Ok(Standing::Invalid(why));
        let Some(ready) = self.ready(arn).await? else {
            let missing = match self.get(arn).await {
                Ok(_) => {
                    "Its private key cannot be opened: it was sealed with the keys of another data directory. Import the \
                     certificate again; until then devices see the server's own"
                }
                Err(error) if error.kind == Kind::NotFound => {
                    "No certificate with this ARN was imported here; devices see the server's own"
                }
                Err(error) => return Err(error),
            };
            return invalid(missing.into());
        };
        let validity = ready.imported.leaf.validity();
        if !ready.imported.is_for(host) {
            return invalid(format!(
                "The certificate is for {}, and not for {host}",
                ready.imported.names().join(", ")
            ));
        }
        if self.kernel.now() > validity.not_after {
            return invalid(format!(
                "The certificate has expired at {}",
                validity.not_after
            ));
        }
        Ok(Standing::Valid)
    }

    /// Changes what belongs to a certificate that is there.
    async fn with<F>(
        &self,
        caller: &Caller,
        name: &'static str,
        arn: &str,
        mut body: F,
    ) -> Result<()>
    where
        F: FnMut(&mut Tx<'_>, &str, &str) -> Result<()> + Send + 'static,
    {
        let arn = arn.to_owned();
        let id = self.id(&arn)?.to_owned();
        let changed = self.kernel.change(caller, name, move |tx| {
            tx.acm_certificate(&id)?.ok_or_else(|| unknown(&arn))?;
            body(tx, &id, &arn)
        });
        changed.await
    }

    /// What an ARN of this account and region ends in.
    fn id<'a>(&self, arn: &'a str) -> Result<&'a str> {
        id_of(self.kernel.realm(), arn).ok_or_else(|| unknown(arn))
    }
}

/// Refuses a certificate that was imported here and is not for this name.
pub(super) fn check_host(
    conn: &Conn<'_>,
    realm: &Realm,
    arn: &str,
    host: &str,
) -> Result<std::result::Result<(), String>> {
    let Some(id) = id_of(realm, arn) else {
        return Ok(Ok(()));
    };
    let Some(row) = conn.acm_certificate(id)? else {
        return Ok(Ok(()));
    };
    let imported = read(&row)?;
    Ok(match imported.is_for(host) {
        true => Ok(()),
        false => Err(format!(
            "The certificate {arn} is for {}, and not for {host}",
            imported.names().join(", ")
        )),
    })
}

fn id_of<'a>(realm: &Realm, arn: &'a str) -> Option<&'a str> {
    let id = arn.strip_prefix(realm.acm_certificate("").as_str())?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

fn unknown(arn: &str) -> Error {
    Error::not_found(format!("Could not find certificate {arn}."))
}

/// What a row says.
fn read(row: &AcmCertificate) -> Result<Imported> {
    let chain = row.chain.as_deref().map(str::as_bytes);
    Imported::kept(row.certificate.as_bytes(), chain).map_err(Error::internal)
}

fn found(realm: &Realm, users: &[(String, String)], row: AcmCertificate) -> Result<Found> {
    let arn = realm.acm_certificate(&row.id);
    Ok(Found {
        imported: read(&row)?,
        in_use_by: in_use_by(users, &arn),
        arn,
        row,
    })
}

/// ARNs of certificates, each with that of a domain configuration or custom domain name that has it.
fn users(conn: &Conn<'_>, realm: &Realm) -> Result<Vec<(String, String)>> {
    let mut all = certificates_of_names(conn)?;
    for (_, name) in &mut all {
        *name = realm.custom_domain_name(name);
    }
    for domain in conn.domains()? {
        if let Some(arn) = domain.server_certificate {
            all.push((arn, realm.domain_configuration(&domain.name)));
        }
    }
    Ok(all)
}

fn in_use_by(users: &[(String, String)], arn: &str) -> Vec<String> {
    let users = users.iter().filter(|(certificate, _)| certificate == arn);
    users.map(|(_, user)| user.clone()).collect()
}

fn made_ready(seal: &Seal, row: &AcmCertificate) -> Option<Arc<Ready>> {
    let cannot = |why: &dyn std::fmt::Display| {
        tracing::error!("the imported certificate {} cannot be used: {why}", row.id);
    };
    let Some(key) = seal.open(&row.id, &row.sealed_key) else {
        cannot(&"its private key was sealed with the keys of another data directory");
        return None;
    };
    let made = read(row)
        .map_err(|error| error.to_string())
        .and_then(|imported| {
            let key = HandedKey::read(&key)?;
            let chain = [&imported.leaf].into_iter().chain(&imported.chain);
            let certified = key.certified(chain);
            Ok(Arc::new(Ready {
                certified,
                imported,
            }))
        });
    made.inspect_err(|why| cannot(why)).ok()
}

/// Refuses tags that are AWS's own, and a key twice. How many there are, and their lengths, are the model's.
fn check_tags(tags: &[Tag]) -> Result<()> {
    for (at, (key, _)) in tags.iter().enumerate() {
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Error::invalid(
                "AWS internal tags cannot be changed with this API",
            ));
        }
        if tags[..at].iter().any(|(other, _)| other == key) {
            return Err(Error::invalid(format!(
                "The tag key {key:?} is given twice."
            )));
        }
    }
    Ok(())
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::invalid(refusal.to_string())
    }
}
