//! Which log lines about devices are written: those of connections that begin, are refused, are provisioned or end.
//!
//! AWS guide: configure-logging. Lines go where the server's log goes, and `--log` has been before. Levels are kept in
//! memory; only a level for a thing group costs a read for each line.

use super::Refusal;
use super::Registry;
use super::principal::group_named;
use crate::app::admission::attempt::Attempt;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use nameplate_core::limits;
use nameplate_core::registry::logging::{About, Level, Levels, Options, TargetKind};
use std::net::IpAddr;
use std::sync::Arc;

/// Whom a level is set for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Whoever has no level of their own.
    Default,
    /// Some.
    Some(TargetKind, String),
}

impl Target {
    /// As the API names it.
    pub fn parse(kind: &str, name: Option<&str>) -> Result<Self> {
        match (
            TargetKind::parse(kind),
            name.filter(|name| !name.is_empty()),
        ) {
            (Some(kind), Some(name)) => Ok(Target::Some(kind, name.to_owned())),
            (Some(_), None) => Err(Error::invalid(format!(
                "targetName is required for the target type {kind}"
            ))),
            (None, None) => Ok(Target::Default),
            (None, Some(name)) => Err(Error::invalid(format!(
                "The target type DEFAULT has no targetName, and {name:?} is given"
            ))),
        }
    }
}

/// Changes of the account's options; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// The role that AWS would write to its log service with.
    pub role_arn: Option<String>,
    /// For whoever has no level of their own.
    pub default_level: Option<Level>,
    /// Whether nothing is logged at all.
    pub disabled: Option<bool>,
}

fn not_configured() -> Error {
    Error::new(
        Refusal::NotConfigured,
        "Logging is not configured; call SetV2LoggingOptions first",
    )
}

impl Registry {
    /// Everything that is set, as of the last commit.
    pub async fn log_levels(&self) -> Result<Arc<Levels>> {
        self.kernel.cached(&self.log_levels).await
    }

    /// What is set, or the refusal where nothing ever was.
    pub async fn configured_log_levels(&self) -> Result<Arc<Levels>> {
        let levels = self.log_levels().await?;
        match levels.options {
            Some(_) => Ok(levels),
            None => Err(not_configured()),
        }
    }

    /// Sets the account's options. The role must be one that the caller may pass.
    pub async fn set_log_options(&self, caller: &Caller, changes: Changes) -> Result<()> {
        let ctx = &caller.ctx;
        if let Some(role_arn) = &changes.role_arn {
            // No resource has the role; it is the account's.
            let source = ctx.realm.iot("*");
            self.iam.pass_role(caller, role_arn, &source).await?;
        }
        self.kernel
            .change(caller, "set-log-options", move |tx| {
                let before = tx.log_levels()?.options.unwrap_or_default();
                let options = Options {
                    role_arn: changes.role_arn.clone().or(before.role_arn),
                    default_level: changes.default_level.unwrap_or(before.default_level),
                    disabled: changes.disabled.unwrap_or(before.disabled),
                };
                Ok(tx.set_log_options(&options)?)
            })
            .await
    }

    /// Sets a level.
    pub async fn set_log_level(&self, caller: &Caller, target: Target, level: Level) -> Result<()> {
        let realm = Arc::clone(self.kernel.realm());
        self.kernel
            .change(caller, "set-log-level", move |tx| {
                let levels = tx.log_levels()?;
                let Some(options) = levels.options else {
                    return Err(not_configured());
                };
                let (kind, name) = match &target {
                    Target::Some(kind, name) => (*kind, name),
                    Target::Default => {
                        let default_level = level;
                        return Ok(tx.set_log_options(&Options {
                            default_level,
                            ..options
                        })?);
                    }
                };
                match kind {
                    TargetKind::ThingGroup => drop(group_named(tx, &realm, name)?),
                    TargetKind::SourceIp if name.parse::<IpAddr>().is_err() => {
                        return Err(Error::invalid(format!("{name:?} is not an IP address")));
                    }
                    _ => {}
                }
                let known = levels.targets.contains_key(&(kind, name.clone()));
                if !known && levels.targets.len() >= limits::LOG_TARGETS {
                    return Err(Error::new(
                        Kind::Limit,
                        format!("At most {} targets have a log level", limits::LOG_TARGETS),
                    ));
                }
                Ok(tx.set_log_level(kind, name, Some(level))?)
            })
            .await
    }

    /// Takes a level back; one that was not set is no error.
    pub async fn delete_log_level(&self, caller: &Caller, target: Target) -> Result<()> {
        let Target::Some(kind, name) = target else {
            return Err(Error::invalid(
                "The default log level cannot be deleted; set another, or DISABLED",
            ));
        };
        self.kernel
            .change(caller, "delete-log-level", move |tx| {
                Ok(tx.set_log_level(kind, &name, None)?)
            })
            .await
    }

    /// Whether a line of this level about this attempt is written.
    pub(crate) async fn logs_attempt(&self, level: Level, attempt: &Attempt) -> bool {
        let address = attempt.address().ip().to_canonical();
        let client_id = attempt.client_id.as_deref();
        self.logs(level, client_id, attempt.certificate, Some(address))
            .await
    }

    /// Whether a line of this level about a device is written.
    pub async fn logs(
        &self,
        level: Level,
        client_id: Option<&str>,
        certificate: Option<[u8; 32]>,
        address: Option<IpAddr>,
    ) -> bool {
        // A line that may be one too many is worth less than one that is missing.
        let Ok(levels) = self.log_levels().await else {
            return true;
        };
        if levels.options.is_none() {
            return true;
        }
        let principal = certificate.map(hex::encode);
        let address = address.map(|address| address.to_string());
        let groups = match certificate {
            Some(hash) if levels.needs_groups() => self.groups_of_certificate(&hash).await,
            _ => Vec::new(),
        };
        let about = About {
            client_id,
            principal: principal.as_deref(),
            address: address.as_deref(),
            groups: &groups,
        };
        levels.write(level, &about)
    }

    /// Names of the groups that a certificate's things are in, and of all groups above them. None where they cannot be
    /// read: a line is not worth a failure.
    async fn groups_of_certificate(&self, hash: &[u8; 32]) -> Vec<String> {
        /// Things of one certificate that are looked at.
        const THINGS: usize = 100;
        let Ok(Some(entry)) = self.kernel.store.certificate_entry(hash).await else {
            return Vec::new();
        };
        let names: Result<Vec<String>> = self
            .kernel
            .store
            .read(|conn| {
                let mut names = Vec::new();
                for attached in conn.things_of_certificate(entry.key, 0, THINGS)? {
                    for group in conn.groups_of_thing(attached.thing)? {
                        let line = conn.group_and_ancestors(group.key)?;
                        names.extend(line.into_iter().map(|group| group.name));
                    }
                }
                Ok(names)
            })
            .await;
        names.unwrap_or_default()
    }
}
