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
mod refusal;
pub mod removal;
pub mod role_alias;
pub mod tag;
pub mod template;
pub mod thing;
pub mod thing_type;
pub mod transfer;

pub use refusal::Refusal;

use super::Result;
use super::cached::{Cached, Kept};
use super::iam::Iam;
use super::kernel::Kernel;
use authorities::Authorities;
use nameplate_core::registry::domain::Domain;
use nameplate_core::registry::logging::Levels;
use std::sync::Arc;

/// The use cases of the registry.
pub struct Registry {
    kernel: Arc<Kernel>,
    iam: Arc<Iam>,
    authorities: Cached<Authorities>,
    domains: Cached<Vec<Domain>>,
    log_levels: Cached<Levels>,
}

impl Registry {
    pub(crate) fn new(kernel: Arc<Kernel>, iam: Arc<Iam>) -> Self {
        Self {
            kernel,
            iam,
            authorities: Cached::new(Kept::Authorities, Authorities::read),
            domains: Cached::new(Kept::Domains, |conn| Ok(conn.domains()?)),
            log_levels: Cached::new(Kept::Logging, |conn| Ok(conn.log_levels()?)),
        }
    }

    /// The registered CAs and what they provision by, as of the last commit.
    pub(crate) async fn authorities(&self) -> Result<Arc<Authorities>> {
        self.kernel.cached(&self.authorities).await
    }
}
