//! Domain configurations: other names of the endpoint, and how devices may speak to it under them.
//!
//! AWS guide: iot-custom-endpoints-configurable. The names of those in force are kept in memory, for handshakes. A
//! certificate of ACM is kept by its ARN; whether it was imported, and is for the name, is `acm`'s to say.

use super::Refusal;
use super::Registry;
use super::tag::{self, Tag};
use crate::app::acm;
use crate::app::cached::Kept;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use nameplate_core::arn::Arn;
use nameplate_core::limits;
use nameplate_core::pki::CertificateId;
use nameplate_core::registry::domain::{
    Authentication, Domain, Protocol, RESERVED, SecurityPolicy, Service, is_host_name,
};
use nameplate_store::Conn;
use std::net::IpAddr;
use std::sync::Arc;

/// A domain configuration that is to be created.
#[derive(Debug, Clone)]
pub struct NewDomain {
    /// Its name.
    pub name: String,
    /// The host name; this server makes one where it is absent.
    pub host: Option<String>,
    /// What is served under it.
    pub service: Service,
    /// An ARN of ACM.
    pub server_certificate: Option<String>,
    /// An ARN of ACM.
    pub validation_certificate: Option<String>,
    /// The rest.
    pub settings: Changes,
}

/// Members that creating and updating share; what is absent stays, or is the default.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// In force.
    pub enabled: Option<bool>,
    /// The authorizer for those who name none, and whether they may name another.
    pub authorizer: Option<(Option<String>, Option<bool>)>,
    /// Forget both.
    pub remove_authorizer: bool,
    /// ARN of the function that validates client certificates; `Some(None)` removes it.
    pub certificate_callback: Option<Option<String>>,
    /// Name of a security policy.
    pub security: Option<String>,
    /// How clients prove who they are.
    pub authentication: Option<Authentication>,
    /// What they speak.
    pub protocol: Option<Protocol>,
}

impl Changes {
    fn is_empty(&self) -> bool {
        self.enabled.is_none()
            && self.authorizer.is_none()
            && !self.remove_authorizer
            && self.certificate_callback.is_none()
            && self.security.is_none()
            && self.authentication.is_none()
            && self.protocol.is_none()
    }

    /// Applies them.
    fn apply(&self, domain: &mut Domain, conn: &Conn<'_>) -> Result<()> {
        if self.remove_authorizer {
            if self.authorizer.is_some() {
                return Err(Error::invalid(
                    "authorizerConfig cannot be given where removeAuthorizerConfig is true",
                ));
            }
            (domain.authorizer, domain.authorizer_override) = (None, None);
        }
        if let Some((name, override_allowed)) = &self.authorizer {
            if let Some(name) = name
                && conn.authorizer(name)?.is_none()
            {
                return Err(Error::invalid(format!(
                    "authorizerConfig names the authorizer {name}, which does not exist"
                )));
            }
            domain.authorizer.clone_from(name);
            domain.authorizer_override = *override_allowed;
        }
        if let Some(callback) = &self.certificate_callback {
            if let Some(arn) = callback
                && !is_function(arn)
            {
                return Err(Error::invalid(format!(
                    "clientCertificateCallbackArn {arn:?} is not the ARN of a Lambda function"
                )));
            }
            domain.certificate_callback.clone_from(callback);
        }
        if let Some(text) = &self.security {
            domain.security = SecurityPolicy::parse(text).ok_or_else(|| {
                Error::invalid(format!("{text:?} is not a security policy of AWS IoT"))
            })?;
        }
        domain.enabled = self.enabled.unwrap_or(domain.enabled);
        domain.authentication = self.authentication.unwrap_or(domain.authentication);
        domain.protocol = self.protocol.unwrap_or(domain.protocol);
        let client_certificate = matches!(
            domain.authentication,
            Authentication::X509 | Authentication::CustomX509
        );
        let no_certificate = matches!(
            domain.authentication,
            Authentication::SigV4 | Authentication::Custom
        );
        if no_certificate && domain.certificate_callback.is_some() {
            return Err(Error::invalid(format!(
                "clientCertificateConfig cannot be had with authenticationType {}, which asks for no client certificate",
                domain.authentication.as_str()
            )));
        }
        let impossible = match domain.protocol {
            Protocol::WebSocket => client_certificate,
            Protocol::Mqtt => domain.authentication == Authentication::SigV4,
            Protocol::Default | Protocol::Https => false,
        };
        if impossible {
            return Err(Error::invalid(format!(
                "authenticationType {} cannot be had with applicationProtocol {}",
                domain.authentication.as_str(),
                domain.protocol.as_str()
            )));
        }
        Ok(())
    }
}

/// A domain configuration as it is shown: one of the caller's, or one that is there from the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Made by the caller.
    Own(Box<Domain>),
    /// There from the start.
    Reserved(&'static str, Service),
}

fn is_function(arn: &str) -> bool {
    Arn::parse(arn).is_some_and(|arn| {
        let name = arn.resource.strip_prefix("function:");
        arn.service == "lambda" && name.is_some_and(|name| !name.is_empty())
    })
}

fn unknown(name: &str) -> Error {
    Error::not_found(format!("Domain configuration {name} does not exist"))
}

fn reserved(name: &str) -> Option<(&'static str, Service)> {
    RESERVED.iter().copied().find(|(known, _)| *known == name)
}

impl Registry {
    /// Creates a domain configuration, which is in force at once; with its host name.
    pub async fn create_domain(
        &self,
        caller: &Caller,
        new: NewDomain,
        tags: Vec<Tag>,
    ) -> Result<Domain> {
        tag::check(&tags)?;
        check_certificates(&new)?;
        let host = match &new.host {
            Some(host) => self.custom_host(host)?,
            None => self.managed_host(&new.name),
        };
        let arn = self.kernel.realm().domain_configuration(&new.name);
        let now = caller.ctx.now;
        let realm = Arc::clone(self.kernel.realm());
        self.kernel
            .change(caller, "create-domain", move |tx| {
                let exists = |name: &str, what: String| {
                    let kind = Kind::Exists {
                        id: Some(name.to_owned()),
                        arn: Some(realm.domain_configuration(name)),
                    };
                    Err(Error::new(kind, what))
                };
                let all = tx.domains()?;
                if all.iter().any(|other| other.name == new.name) {
                    let text = format!("Domain configuration {} already exists", new.name);
                    return exists(&new.name, text);
                }
                if let Some(other) = all.iter().find(|other| other.host == host) {
                    let text = format!(
                        "The domain name {host} belongs to domain configuration {} already",
                        other.name
                    );
                    return exists(&other.name, text);
                }
                if crate::app::gateway::domain::is_kept(tx, &host)? {
                    return Err(Error::invalid(format!(
                        "domainName {host:?} is a domain name of API Gateway"
                    )));
                }
                if let Some(certificate) = &new.server_certificate {
                    acm::check_host(tx, &realm, certificate, &host)?
                        .map_err(|why| Error::new(Refusal::CertificateInvalid, why))?;
                }
                if all.len() as i64 >= limits::DOMAIN_CONFIGURATIONS {
                    return Err(Error::new(
                        Kind::Limit,
                        format!(
                            "An account has at most {} domain configurations",
                            limits::DOMAIN_CONFIGURATIONS
                        ),
                    ));
                }
                let mut domain = Domain {
                    key: 0,
                    name: new.name.clone(),
                    host: host.clone(),
                    managed: new.host.is_none(),
                    service: new.service,
                    enabled: true,
                    server_certificate: new.server_certificate.clone(),
                    validation_certificate: new.validation_certificate.clone(),
                    authorizer: None,
                    authorizer_override: None,
                    certificate_callback: None,
                    security: SecurityPolicy::Tls12And13,
                    authentication: Authentication::Default,
                    protocol: Protocol::Default,
                    status_changed: now,
                };
                new.settings.apply(&mut domain, tx)?;
                tx.insert_domain(&domain)?;
                tx.put_tags(&arn, &tags)?;
                Ok(domain)
            })
            .await
    }

    fn custom_host(&self, host: &str) -> Result<String> {
        let host = host.to_ascii_lowercase();
        if !is_host_name(&host) {
            return Err(Error::invalid(format!(
                "domainName {host:?} is not a fully qualified domain name"
            )));
        }
        if self.kernel.is_own_host(&host) {
            return Err(Error::invalid(format!(
                "domainName {host:?} is the endpoint itself or a name of the server's own"
            )));
        }
        Ok(host)
    }

    /// A host name below the endpoint's, the same for the same configuration.
    fn managed_host(&self, name: &str) -> String {
        let endpoint = self.kernel.endpoint_host().to_ascii_lowercase();
        let CertificateId(digest) = CertificateId::of(format!("{endpoint}/{name}").as_bytes());
        let id = format!("d{}", hex::encode(&digest[..7]));
        // An address has nothing below it.
        match endpoint.parse::<IpAddr>() {
            Ok(_) => format!("{id}.localhost"),
            Err(_) => format!("{id}.{endpoint}"),
        }
    }

    /// The domain configuration of this name.
    pub async fn domain(&self, name: &str) -> Result<Shown> {
        if let Some((name, service)) = reserved(name) {
            return Ok(Shown::Reserved(name, service));
        }
        self.kernel
            .store
            .read(|conn| {
                let found = conn.domain(name)?.ok_or_else(|| unknown(name))?;
                Ok(Shown::Own(Box::new(found)))
            })
            .await
    }

    /// All domain configurations: those that are there from the start, then the caller's in the order of creation.
    pub async fn domains(&self) -> Result<Vec<Shown>> {
        let own = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.domains()?))
            .await?;
        let reserved = RESERVED
            .iter()
            .map(|(name, service)| Shown::Reserved(name, *service));
        Ok(reserved
            .chain(own.into_iter().map(Box::new).map(Shown::Own))
            .collect())
    }

    /// Changes a domain configuration.
    pub async fn update_domain(&self, caller: &Caller, name: &str, changes: Changes) -> Result<()> {
        if changes.is_empty() {
            return Err(Error::invalid("No arguments supplied to update"));
        }
        if reserved(name).is_some() {
            // It would restrict the endpoint itself, for the API and for devices that send no name at all.
            return Err(Error::new(
                Kind::NotBuilt,
                format!("Nameplate does not change the domain configuration {name} yet."),
            ));
        }
        let (name, now) = (name.to_owned(), caller.ctx.now);
        self.kernel
            .change(caller, "update-domain", move |tx| {
                let mut domain = tx.domain(&name)?.ok_or_else(|| unknown(&name))?;
                let was_enabled = domain.enabled;
                changes.apply(&mut domain, tx)?;
                if domain.enabled != was_enabled {
                    domain.status_changed = now;
                }
                Ok(tx.update_domain(&domain)?)
            })
            .await
    }

    /// Deletes a domain configuration that is not in force. AWS makes the caller of one that it manages wait seven
    /// days after disabling it; nothing here needs that.
    pub async fn delete_domain(&self, caller: &Caller, name: &str) -> Result<()> {
        let arn = self.kernel.realm().domain_configuration(name);
        let name = name.to_owned();
        self.kernel
            .change(caller, "delete-domain", move |tx| {
                let domain = tx.domain(&name)?.ok_or_else(|| unknown(&name))?;
                if domain.enabled {
                    return Err(Error::invalid(
                        "Cannot delete a domain configuration that is not disabled",
                    ));
                }
                tx.delete_domain(domain.key)?;
                Ok(tx.delete_all_tags(&arn)?)
            })
            .await
    }

    /// The configuration in force for devices that dial `host`. That there is none is not said of a name that is not the
    /// server's own before it is known what other nodes have changed, unless the store is away.
    pub async fn domain_of_host(&self, host: &str) -> Result<Option<Domain>> {
        let host = host.to_ascii_lowercase();
        let heard = self.kernel.heard([Kept::Domains]);
        let found = self.domain_as_heard(&host).await?;
        let is_none_of_ours = found.is_none() && !self.kernel.is_own_host(&host);
        match is_none_of_ours && self.kernel.may_be_outdated(&heard).await.unwrap_or(false) {
            true => self.domain_as_heard(&host).await,
            false => Ok(found),
        }
    }

    async fn domain_as_heard(&self, host: &str) -> Result<Option<Domain>> {
        let all = self.kernel.cached(&self.domains).await?;
        let mut all = all.iter();
        Ok(all
            .find(|domain| domain.enabled && domain.host == host)
            .cloned())
    }
}

/// Refuses certificates where this server makes the name, and a name without one.
fn check_certificates(new: &NewDomain) -> Result<()> {
    match (&new.host, &new.server_certificate) {
        (Some(host), None) => Err(Error::invalid(format!(
            "serverCertificateArns is required where domainName is given, and {host} has none"
        ))),
        (None, Some(_)) => Err(Error::invalid(
            "serverCertificateArns cannot be given without domainName",
        )),
        (None, None) if new.validation_certificate.is_some() => Err(Error::invalid(
            "validationCertificateArn cannot be given without domainName",
        )),
        _ => Ok(()),
    }
}
