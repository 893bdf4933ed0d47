//! Certificates over MQTT. Fleet provisioning by claim: a device that connects with a certificate shared by many asks for
//! one of its own and to be registered with it. AWS guide: provision-wo-cert, fleet-provision-api. And what is ours: a device
//! asks for the successor of its own (renewal), a gateway registers a thing that it speaks for.
//!
//! Owns the order of what is checked, what is on record of it, and the end of certificates that nobody registered.
//! Requests and answers are `core`'s. Must not know: topics' rights, connections; whom an answer reaches is
//! `Ingress`'s, and that is the connection that asked and no other.

mod child;
mod claim;
mod create;
mod expire;
mod provider;
mod record;
mod refused;
mod register;
mod renew;
#[cfg(test)]
mod tests;

pub use claim::Claim;
pub use provider::provider_arn;
pub use record::{CHILD, CREATED, KEYS_CREATED, PROVISIONED, RENEWED};

use crate::app::error::Result;
use crate::app::functions::Functions;
use crate::app::heavy;
use crate::app::iam::Iam;
use crate::app::kernel::Kernel;
use crate::app::provisioning::{ParsedTemplates, Provisioning};
use crate::app::quota::Quota;
use crate::app::registry::Registry;
use crate::app::successors::Successors;
use nameplate_core::fleet_provisioning::{
    Accepted, ConnectionId, Operation, Payload, Request, TokenKey,
};
use record::Record;
use refused::Refused;
use renew::{Named, retire_before};
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Who asks, and over which connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    /// Id of the certificate that it connected with: the claim.
    pub(crate) principal: &'a str,
    /// Its client identifier.
    pub(crate) client_id: &'a str,
    /// Its address.
    pub(crate) source_ip: Option<IpAddr>,
    /// The number that the router gave its connection.
    pub(crate) connection: u64,
}

/// What the connection that asked is told, and nobody else. It may hold a private key.
pub(crate) struct Answer {
    /// It holds what must be kept nowhere: it is sent as a message that nobody keeps.
    pub(crate) secret: bool,
    pub(crate) topic: String,
    pub(crate) payload: Vec<u8>,
}

/// The use cases of fleet provisioning.
pub struct FleetProvisioning {
    kernel: Arc<Kernel>,
    quota: Arc<Quota>,
    iam: Arc<Iam>,
    functions: Arc<Functions>,
    registry: Arc<Registry>,
    provisioning: Arc<Provisioning>,
    tokens: TokenKey,
    templates: ParsedTemplates,
    // Tells the connections of this process from those of others.
    server: [u8; 16],
    // Keys and signatures that are made at once: more would only be slower, and hold up others.
    makers: Semaphore,
    /// Certificates that were renewed, whose first connections end those that they take the place of.
    pub(crate) successors: Successors,
}

impl FleetProvisioning {
    pub(crate) async fn open(
        kernel: Arc<Kernel>,
        quota: Arc<Quota>,
        iam: Arc<Iam>,
        functions: Arc<Functions>,
        registry: Arc<Registry>,
        provisioning: Arc<Provisioning>,
    ) -> Result<Self> {
        let awaited = kernel.store.read(|conn| conn.awaited_renewals()).await?;
        let secret = kernel.device_authority.derived_key(b"ownership tokens");
        let processors = heavy::processors();
        Ok(Self {
            successors: Successors::new(&kernel, awaited, "certificate-retire", retire_before),
            kernel,
            quota,
            iam,
            functions,
            registry,
            provisioning,
            tokens: TokenKey::new(&secret),
            templates: ParsedTemplates::default(),
            server: uuid::Uuid::new_v4().into_bytes(),
            makers: Semaphore::new(processors),
        })
    }

    /// Carries a request out. What it answers is on disk, and on record. `None` for a topic that asks nothing of it.
    pub(crate) async fn answer(
        &self,
        asker: Asker<'_>,
        topic: &str,
        payload: &[u8],
    ) -> Option<Answer> {
        let (operation, format) = Operation::of_topic(topic)?;
        let mut record = Record::new(operation, self.kernel.now());
        let result = self
            .carry_out(asker, operation, format, payload, &mut record)
            .await;
        let (word, payload) = match &result {
            Ok(accepted) => ("accepted", accepted.write(format)),
            Err(refused) => ("rejected", refused.rejection.write(format)),
        };
        self.keep(asker, operation, record, &result).await;
        Some(Answer {
            secret: matches!(result, Ok(Accepted::Certificate { .. })),
            topic: format!("{topic}/{word}"),
            payload,
        })
    }

    async fn carry_out(
        &self,
        asker: Asker<'_>,
        operation: Operation<'_>,
        format: Payload,
        payload: &[u8],
        record: &mut Record,
    ) -> std::result::Result<Accepted, Refused> {
        let request = Request::read(operation, format, payload)?;
        record.passed("request", self.kernel.now());
        self.kernel.catch_up().await?;
        match (request, operation) {
            (Request::Register { token, parameters }, Operation::RegisterThing(template)) => {
                self.register(asker, template, &token, parameters, record)
                    .await
            }
            (
                Request::Child {
                    thing_type,
                    attributes,
                },
                Operation::RegisterChild(child),
            ) => {
                let wanted = child::Wanted {
                    thing_type,
                    attributes,
                };
                self.register_child(asker, child, wanted, record).await
            }
            (Request::Csr(csr), Operation::RenewCertificate) => {
                self.renew(asker, csr, Named::AsBefore, record).await
            }
            (Request::Csr(csr), _) => self.create_from_csr(asker, csr, record).await,
            (Request::Keys | Request::Register { .. } | Request::Child { .. }, _) => {
                self.create_keys(asker, record).await
            }
        }
    }

    fn connection(&self, asker: Asker<'_>) -> ConnectionId {
        ConnectionId {
            server: self.server,
            number: asker.connection,
        }
    }
}
