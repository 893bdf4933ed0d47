//! Names of owners' own, kept, and what they lead to.

use super::{Gateway, Result, read, written};
use crate::app::cached::Kept;
use crate::app::caller::Caller;
use crate::app::error::Error;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::domain::{Domain, folded};
use nameplate_store::{Conn, Tx};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The kind of the documents.
pub(super) const DOMAIN: &str = "domain";

/// Where a request under such a name leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Led {
    /// Id of the API.
    pub api: String,
    /// Its stage.
    pub stage: String,
    /// What the path begins with, behind a slash; empty where it is nothing.
    pub base: String,
    /// The rest of the path, as sent.
    pub path: String,
}

/// The names of the domain configurations of AWS IoT, folded.
pub(super) fn of_devices(conn: &Conn<'_>) -> Result<HashSet<String>> {
    let all = conn.domains()?.into_iter();
    Ok(all.map(|domain| folded(&domain.host)).collect())
}

/// Whether a name of this kind is kept.
pub fn is_kept(tx: &Tx<'_>, host: &str) -> Result<bool> {
    Ok(tx.gateway_document(DOMAIN, &folded(host))?.is_some())
}

/// ARNs of certificates, each with a name that has it.
pub fn certificates_of_names(conn: &Conn<'_>) -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for (name, document) in conn.gateway_documents(DOMAIN)? {
        if let Some(arn) = read::<Domain>(&document)?.certificate() {
            all.push((arn.to_owned(), name));
        }
    }
    Ok(all)
}

pub(super) fn in_force(conn: &Conn<'_>, served: &mut HashMap<String, Arc<Domain>>) -> Result<()> {
    for (name, document) in conn.gateway_documents(DOMAIN)? {
        served.insert(name, Arc::new(read(&document)?));
    }
    Ok(())
}

impl Gateway {
    /// Where a host and a path lead; `None` where the host is no such name, and `Some(None)` where nothing is below the path.
    /// Neither is said before it is known what other nodes have changed, unless the store is away.
    pub async fn led(&self, host: &str, path: &str) -> Result<Option<Option<Led>>> {
        let host = host.rsplit_once(':').map_or(host, |(name, port)| {
            match port.bytes().all(|byte| byte.is_ascii_digit()) {
                true => name,
                false => host,
            }
        });
        let host = folded(host);
        // Under its own names the server answers itself, whatever covers them.
        if self.is_own(&host) {
            return Ok(None);
        }
        let heard = self.kernel.heard([Kept::Domains, Kept::Gateway]);
        match self.led_as_heard(&host, path).await? {
            Some(Some(led)) => Ok(Some(Some(led))),
            // Without the store the server's own pages are answered all the same.
            _ if self.kernel.may_be_outdated(&heard).await.unwrap_or(false) => {
                self.led_as_heard(&host, path).await
            }
            nowhere => Ok(nowhere),
        }
    }

    async fn led_as_heard(&self, host: &str, path: &str) -> Result<Option<Option<Led>>> {
        let Some(domain) = self.domain_of_host(host).await? else {
            return Ok(None);
        };
        let Some((mapping, left)) = domain.find(path) else {
            return Ok(Some(None));
        };
        let (stage, path) = match &mapping.stage {
            Some(stage) => (stage.clone(), left),
            None => {
                let rest = left.strip_prefix('/').unwrap_or(left);
                let end = rest.find('/').unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        let base = match mapping.key.as_str() {
            "" => String::new(),
            key => format!("/{key}"),
        };
        Ok(Some(Some(Led {
            api: mapping.api.clone(),
            stage,
            base,
            path: path.to_owned(),
        })))
    }

    /// The name that a host, folded and none of the server's own, falls under.
    async fn domain_of_host(&self, host: &str) -> Result<Option<Arc<Domain>>> {
        let served = self.kernel.cached(&self.served).await?;
        // So under the names of its devices.
        if served.domains.is_empty() || self.kernel.cached(&self.of_devices).await?.contains(host) {
            return Ok(None);
        }
        let wild = || {
            let (_, rest) = host.split_once('.')?;
            served.domains.get(&format!("*.{rest}"))
        };
        Ok(served.domains.get(host).or_else(wild).cloned())
    }

    /// The ARN of the certificate of the name that this host falls under, if it is one and has one, as far as this node has
    /// heard.
    pub async fn certificate_of_host(&self, host: &str) -> Result<Option<String>> {
        let host = folded(host);
        if self.is_own(&host) {
            return Ok(None);
        }
        let domain = self.domain_of_host(&host).await?;
        let arn = domain.as_ref().and_then(|domain| domain.certificate());
        Ok(arn.map(str::to_owned))
    }

    fn is_own(&self, host: &str) -> bool {
        self.kernel.is_own_host(host) || self.kernel.is_host_of_service(host)
    }

    /// All names.
    pub async fn domains(&self) -> Result<Vec<Domain>> {
        self.all(DOMAIN.to_owned()).await
    }

    /// A name.
    ///
    /// # Errors
    /// [`crate::app::Kind::NotFound`], in the given words.
    pub async fn domain(&self, name: &str, absent: &str) -> Result<Domain> {
        let key = folded(name);
        let found = self
            .kernel
            .store
            .read(move |conn| conn.gateway_document(DOMAIN, &key));
        let absent = || Error::not_found(absent.to_owned());
        read(&found.await?.ok_or_else(absent)?)
    }

    /// Keeps a new name.
    ///
    /// # Errors
    /// [`crate::app::Kind::Exists`], in the given words; [`crate::app::Kind::Limit`]; [`crate::app::Kind::Invalid`] for a
    /// name of the server's own or of a domain configuration of AWS IoT.
    pub async fn add_domain(
        &self,
        caller: &Caller,
        name: &str,
        domain: &Domain,
        taken: &'static str,
    ) -> Result<()> {
        let key = folded(name);
        if self.is_own(&key) {
            return Err(Error::invalid(format!(
                "Invalid domain name '{name}': under it the server itself answers"
            )));
        }
        if self.kernel.cached(&self.of_devices).await?.contains(&key) {
            return Err(Error::invalid(format!(
                "Invalid domain name '{name}': a domain configuration of AWS IoT has it"
            )));
        }
        let there = key.clone();
        let known = self
            .kernel
            .store
            .read(move |conn| conn.gateway_document(DOMAIN, &there));
        if known.await?.is_some() {
            return Err(Refusal::Exists(taken.to_owned()).into());
        }
        self.add(caller, DOMAIN, &key, written(domain)?).await
    }

    /// Changes a name and its mappings.
    ///
    /// # Errors
    /// [`crate::app::Kind::NotFound`], in the given words; what the closure refuses.
    pub async fn change_domain<T, F>(
        &self,
        caller: &Caller,
        name: &str,
        absent: &'static str,
        mut body: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Domain, &mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let key = folded(name);
        self.kernel
            .change(caller, "change_gateway_domain", move |tx| {
                let found = tx.gateway_document(DOMAIN, &key)?;
                let found = found.ok_or_else(|| Error::not_found(absent))?;
                let mut domain = read(&found)?;
                let done = body(&mut domain, tx)?;
                tx.put_gateway_document(DOMAIN, &key, &written(&domain)?)?;
                Ok(done)
            })
            .await
    }

    /// Removes a name, with its mappings.
    ///
    /// # Errors
    /// That there is none: `absent`.
    pub async fn remove_domain(
        &self,
        caller: &Caller,
        name: &str,
        absent: &'static str,
    ) -> Result<()> {
        let key = folded(name);
        self.kernel
            .change(caller, "change_gateway_domain", move |tx| {
                let found = tx.gateway_document(DOMAIN, &key)?;
                found.ok_or_else(|| Error::not_found(absent))?;
                Ok(tx.delete_gateway_document(DOMAIN, &key)?)
            })
            .await
    }
}

/// Whether there is an API of this id, of either kind; and whether it has a stage.
pub fn has_stage(tx: &Tx<'_>, api: &str, stage: Option<&str>) -> Result<Option<bool>> {
    for kind in [super::REST, super::http::HTTP] {
        let Some(document) = tx.gateway_document(kind, api)? else {
            continue;
        };
        let document: serde_json::Value = read(&document)?;
        let has = stage.is_none_or(|stage| document["stages"].get(stage).is_some());
        return Ok(Some(has));
    }
    Ok(None)
}

/// Refuses to remove an API, or a stage of one, to which a name leads. [REST API reference: DeleteRestApi]
pub fn check_unmapped(tx: &Tx<'_>, api: &str) -> Result<()> {
    for (_, document) in tx.gateway_documents(DOMAIN)? {
        let domain: Domain = read(&document)?;
        if domain.mappings.values().any(|mapping| mapping.api == api) {
            return Err(Error::invalid(
                "Please remove all base path mappings related to the domain name in your account.",
            ));
        }
    }
    Ok(())
}
