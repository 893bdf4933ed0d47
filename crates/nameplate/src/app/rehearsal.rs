//! The fleet's years, played: what the registry has is gathered here, and played by `core::rehearsal`. Nothing is changed.

use super::error::{Error, Kind, Result};
use super::kernel::Kernel;
use super::registry::Registry;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{Validity, issuing};
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::template::TemplateType;
use nameplate_core::rehearsal::{Conduct, DAY, Device, Play, Report};
use std::sync::Arc;

/// Certificates that are read at once.
const PAGE: usize = 1000;
/// Most devices that are made for a rehearsal.
pub const FLEET: u64 = 1_000_000;
/// Most years that are played.
pub const YEARS: u32 = 30;

/// What is to be played.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Devices that are made during the play, beside those of the registry.
    pub fleet: u64,
    /// Years that are played.
    pub years: u32,
    /// How devices behave; the grace is the server's to say.
    pub conduct: Conduct,
    /// The devices that are made come from this CA, by its id, and its successors of the same name.
    pub ca: Option<String>,
    /// The devices that are made are provisioned by this template.
    pub template: Option<String>,
    /// Over how many days they are made.
    pub over_days: u32,
    /// How long their first certificates are valid, days; `None`: from our own CA as it issues, from another ten years.
    pub validity_days: Option<u32>,
}

/// The use case.
pub struct Rehearsals {
    kernel: Arc<Kernel>,
    registry: Arc<Registry>,
}

impl Rehearsals {
    pub(crate) fn new(kernel: Arc<Kernel>, registry: Arc<Registry>) -> Self {
        Self { kernel, registry }
    }

    /// Plays the registry as it is, and the devices that are asked for: from when, and what was found.
    pub async fn play(&self, ask: Ask) -> Result<(Millis, Report)> {
        if ask.fleet > FLEET || !(1..=YEARS).contains(&ask.years) {
            return Err(Error::invalid(format!(
                "A rehearsal has at most {FLEET} new devices and lasts 1 to {YEARS} years"
            )));
        }
        let start = self.kernel.now();
        let mut devices = self.registered().await?;
        let authorities = self.registry.authorities().await?;
        let all = authorities.all();
        let from = self.source(&ask).await?;
        let subject = match &from {
            Some(id) => {
                let named = all.iter().find(|authority| authority.ca.id() == *id);
                let named = named.ok_or_else(|| {
                    Error::not_found(format!("There is no registered CA certificate {id}"))
                })?;
                Some(named.certificate.subject().canonical())
            }
            None => None,
        };
        let turns = self.kernel.device_authority.turns();
        let play = Play {
            start,
            end: Millis(start.0 + i64::from(ask.years) * 365 * DAY),
            conduct: Conduct {
                grace: i64::from(self.kernel.settings.renew_expired_days) * DAY,
                ..ask.conduct.clone()
            },
            cas: all
                .iter()
                .map(|authority| (authority.facts(), start))
                .collect(),
            issuers: turns.clone(),
            trust_ends: None,
        };
        let days = i64::from(ask.validity_days.unwrap_or(3650));
        let step = i64::from(ask.over_days) * DAY / i64::try_from(ask.fleet.max(1)).unwrap_or(1);
        for number in 0..ask.fleet {
            let first = Millis(start.0 + step * i64::try_from(number).unwrap_or_default());
            let ca = subject.as_ref().map(|subject| {
                let of_name = all.iter().enumerate().filter(|(_, authority)| {
                    authority.certificate.subject().canonical() == *subject
                });
                // The one that its owner signs with then: of those that are valid, the newest.
                let newest = of_name.max_by_key(|(_, authority)| {
                    let validity = authority.certificate.validity();
                    (validity.contains(first), validity.not_before)
                });
                newest.map_or(0, |(at, _)| at)
            });
            let not_after = match (ca, ask.validity_days) {
                (None, None) => match issuing(&turns, first) {
                    Some(at) => turns[at].validity.not_after,
                    // Nobody can issue, and the device has nothing to come with.
                    None => first,
                },
                _ => Millis(first.0 + days * DAY),
            };
            devices.push(Device::New {
                first,
                validity: Validity {
                    not_before: first,
                    not_after,
                },
                ca,
            });
        }
        // Thousands of devices over years are seconds of work.
        let report = tokio::task::spawn_blocking(move || play.run(devices));
        Ok((start, report.await.map_err(Error::internal)?))
    }

    /// Every ACTIVE certificate.
    async fn registered(&self) -> Result<Vec<Device>> {
        let mut devices = Vec::new();
        let mut from = None;
        loop {
            let page = self
                .kernel
                .store
                .read(|conn| conn.certificates(None, true, from, PAGE))
                .await?;
            let active = page.iter().filter(|row| row.status == Status::Active);
            devices.extend(active.map(|row| Device::Registered {
                validity: Validity {
                    not_before: row.not_before,
                    not_after: row.not_after,
                },
            }));
            match page.last() {
                Some(last) if page.len() == PAGE => from = Some(last.key),
                _ => return Ok(devices),
            }
        }
    }

    /// The CA that new devices come from, where it is not our own.
    async fn source(&self, ask: &Ask) -> Result<Option<String>> {
        let Some(name) = &ask.template else {
            return Ok(ask.ca.clone());
        };
        let found = self
            .kernel
            .store
            .read(|conn| {
                let template = conn.template(name)?;
                Ok::<_, nameplate_store::Error>((template, conn.ca_of_template(name)?))
            })
            .await?;
        let (Some(template), ca) = found else {
            return Err(Error::not_found(format!("There is no template {name}")));
        };
        if !template.enabled {
            let why = format!("The template {name} is disabled: no device would get in by it");
            return Err(Error::new(Kind::InUse, why));
        }
        match (template.kind, ca) {
            (TemplateType::FleetProvisioning, _) => Ok(None),
            (_, Some(ca)) => Ok(Some(ca.id())),
            (_, None) => Err(Error::invalid(format!(
                "No registered CA certificate is provisioned by the template {name}: no device would get in by it"
            ))),
        }
    }
}
