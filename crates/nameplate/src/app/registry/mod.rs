//! The registry: things and what they are grouped by, certificates, CAs, policies, templates, domains, authorizers.
//!
//! One file for each noun. Must not know: connections, messages, how a template is carried out.

pub mod authorities;
pub mod authorizer;
pub mod billing_group;
pub mod ca;
pub mod certificate;
pub mod domain;
pub mod event_config;
pub mod group;
pub mod logging;
pub mod policy;
pub mod principal;
pub mod removal;
pub mod role_alias;
pub mod tag;
pub mod template;
pub mod thing;
pub mod thing_type;
pub mod transfer;

use super::iam::Iam;
use super::kernel::{Follower, Kernel};
use super::{Error, Result};
use authorities::Authorities;
use domain::Domains;
use logging::Logging;
use nameplate_store::Change;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The use cases of the registry.
pub struct Registry {
    kernel: Arc<Kernel>,
    iam: Arc<Iam>,
    domains: Arc<Domains>,
    logging: Arc<Logging>,
    authorities: Mutex<Arc<Authorities>>,
}

/// What of the registry is in force at once and is kept in memory for it.
#[derive(Default)]
pub(crate) struct InForce {
    domains: Arc<Domains>,
    logging: Arc<Logging>,
}

impl InForce {
    /// What keeps it up with commits.
    pub(crate) fn follower(&self) -> Follower {
        let (domains, logging) = (Arc::clone(&self.domains), Arc::clone(&self.logging));
        Box::new(move |change| match change {
            Change::Domains(now) => domains.replace(now.clone()),
            Change::Logging(now) => logging.replace(now.clone()),
            _ => {}
        })
    }
}

impl Registry {
    /// Over a kernel that `in_force` follows.
    pub(crate) async fn open(
        kernel: Arc<Kernel>,
        iam: Arc<Iam>,
        in_force: InForce,
    ) -> Result<Self> {
        let InForce { domains, logging } = in_force;
        let kept = kernel
            .store
            .read(|conn| Ok::<_, Error>((conn.domains()?, conn.log_levels()?)))
            .await?;
        domains.replace(kept.0);
        logging.replace(kept.1);
        Ok(Self {
            kernel,
            iam,
            domains,
            logging,
            authorities: Mutex::new(Arc::new(Authorities::never())),
        })
    }

    /// The registered CAs and what they provision by, as of the last commit.
    pub(crate) async fn authorities(&self) -> Result<Arc<Authorities>> {
        let wanted = self.kernel.generations.authorities.load(Ordering::Acquire);
        let current = Arc::clone(&self.authorities.lock());
        if current.is_of(wanted) {
            return Ok(current);
        }
        let fresh = Arc::new(Authorities::read(&self.kernel.store, wanted).await?);
        *self.authorities.lock() = Arc::clone(&fresh);
        Ok(fresh)
    }
}
