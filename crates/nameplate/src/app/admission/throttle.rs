//! What `--quotas aws` refuses on the way to CONNACK. The device may come again, and CONNACK says so.

use super::attempt::Stage;
use super::{Admission, Refused};
use crate::app::quota::Exceeded;
use nameplate_core::template::Desired;

/// What the codes of these refusals begin with.
const THROTTLED: &str = "throttled";

impl Refused {
    fn throttled(stage: Stage, code: &'static str, exceeded: Exceeded) -> Self {
        Refused::new(stage, code, format!("--quotas aws: {exceeded}"))
    }

    /// Whether the same may succeed in a moment: CONNACK 3 rather than 5.
    pub fn is_temporary(&self) -> bool {
        self.internal || self.code.starts_with(THROTTLED)
    }
}

impl Admission {
    /// Refuses a CONNECT that is too much for the account or for its client id.
    pub fn admit_connect(&self, client_id: &str) -> Result<(), Refused> {
        self.quota.may_connect(client_id).map_err(|exceeded| {
            let code = match exceeded.limit {
                "connects-of-client" => "throttled-client-id",
                _ => "throttled-account",
            };
            Refused::throttled(Stage::Authorized, code, exceeded)
        })
    }

    /// Refuses a first connection that would register one certificate too much.
    pub(super) async fn admit_registration(&self, hash: &[u8; 32]) -> Result<(), Refused> {
        // One that waits for activation is registered already.
        if self.quota.quotas().is_none() {
            return Ok(());
        }
        let known = self
            .kernel
            .store
            .certificate_entry(hash)
            .await
            .map_err(|error| Refused::internal(Stage::AutoRegistered, &error.into()))?;
        if known.is_some() {
            return Ok(());
        }
        self.quota.may_register_first().map_err(|exceeded| {
            Refused::throttled(Stage::AutoRegistered, "throttled-registration", exceeded)
        })
    }

    /// Refuses a first connection whose provisioning would call an operation too often.
    pub(super) fn admit_provisioning(&self, desired: &Desired) -> Result<(), Refused> {
        self.quota.may_provision(desired).map_err(|exceeded| {
            Refused::throttled(Stage::Provisioned, "throttled-provisioning", exceeded)
        })
    }
}
