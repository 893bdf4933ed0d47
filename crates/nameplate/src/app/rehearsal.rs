//! The fleet's years, played: what the registry has is gathered here, and played by `core::rehearsal`. Nothing is changed.

use super::error::{Error, Kind, Result};
use super::kernel::Kernel;
use super::registry::Registry;
use super::registry::tag::tagged_days;
use crate::authority::trust_in_use;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{Certificate, Validity, issuing};
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::lifetime::{RENEW_EXPIRED, VALIDITY};
use nameplate_core::registry::template::TemplateType;
use nameplate_core::rehearsal::{Conduct, DAY, Device, Play, Renewal, Report};
use nameplate_store::{Attached, Conn};
use std::collections::{BTreeMap, BTreeSet};
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
    /// How long their first certificates are valid, days; `None`: from our own CA as it issues otherwise, from another ten
    /// years.
    pub validity_days: Option<u32>,
}

/// What registered CAs say of the renewal of their certificates, by their keys.
#[derive(Default)]
struct Terms(BTreeMap<i64, Renewal>);

impl Terms {
    async fn of(&mut self, kernel: &Kernel, ca: i64) -> Result<Renewal> {
        if let Some(known) = self.0.get(&ca) {
            return Ok(*known);
        }
        let realm = kernel.realm();
        let (lifetime, grace) = kernel
            .store
            .read(|conn| {
                let Some(found) = conn.ca_by_key(ca)? else {
                    return Ok((None, None));
                };
                let arn = realm.ca_certificate(&found.id());
                let days = |name| tagged_days(conn, &arn, name);
                Ok::<_, Error>((days(VALIDITY)?, days(RENEW_EXPIRED)?))
            })
            .await?;
        let millis = |days: Option<u32>| days.map(|days| i64::from(days) * DAY);
        let renewal = Renewal {
            lifetime: millis(lifetime),
            grace: millis(grace),
            ..Renewal::default()
        };
        self.0.insert(ca, renewal);
        Ok(renewal)
    }
}

/// Digests of the certificates that have a successor which has not connected yet.
fn succeeded(conn: &Conn<'_>) -> Result<BTreeSet<[u8; 32]>> {
    let mut found = BTreeSet::new();
    for successor in conn.awaited_renewals()? {
        if let Some(entry) = conn.certificate_entry(&successor)? {
            found.extend(conn.renewed_certificate(entry.key)?);
        }
    }
    Ok(found)
}

/// When the first of the roots among these certificates ends.
fn roots_end(pem: &str) -> Result<Option<Millis>> {
    let all = Certificate::parse_pem_many(pem).map_err(Error::internal)?;
    let roots = all.iter().filter(|one| one.is_self_issued());
    Ok(roots.map(|root| root.validity().not_after).min())
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
        let mut terms = Terms::default();
        let mut devices = self.registered(&mut terms).await?;
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
        let usual = self.kernel.device_authority.days().map(i64::from);
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
            usual: usual.map(|days| days * DAY),
            trust_ends: self.trust_ends().await?,
        };
        let days = i64::from(ask.validity_days.unwrap_or(3650));
        let ours = ask.validity_days.map(i64::from).or(usual);
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
            let (not_after, renewal) = match ca {
                Some(at) => {
                    let renewal = terms.of(&self.kernel, all[at].ca.key).await?;
                    (Millis(first.0 + days * DAY), renewal)
                }
                None => {
                    let end = match issuing(&turns, first) {
                        Some(at) => turns[at].validity.not_after,
                        // Nobody can issue, and the device has nothing to come with.
                        None => first,
                    };
                    let wanted = ours.map_or(end, |days| Millis(first.0 + days * DAY));
                    (end.min(wanted), Renewal::default())
                }
            };
            devices.push(Device::New {
                first,
                validity: Validity {
                    not_before: first,
                    not_after,
                },
                ca,
                renewal,
            });
        }
        // Thousands of devices over years are seconds of work.
        let report = tokio::task::spawn_blocking(move || play.run(devices));
        Ok((start, report.await.map_err(Error::internal)?))
    }

    /// When the first of the roots ends that devices are given to trust this server by. Of an owner's certificate whose
    /// chain does not reach its root nothing is known: what comes before the root can be replaced, and devices do not
    /// notice.
    async fn trust_ends(&self) -> Result<Option<Millis>> {
        let path = trust_in_use(self.kernel.directory());
        let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(path));
        match read.await.map_err(Error::internal)? {
            Ok(pem) => roots_end(&pem),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// Every ACTIVE certificate but those whose devices have a successor already, which counts in their place.
    async fn registered(&self, terms: &mut Terms) -> Result<Vec<Device>> {
        let store = &self.kernel.store;
        let succeeded = store.read(succeeded).await?;
        let mut devices = Vec::new();
        let mut from = None;
        loop {
            let page = store
                .read(|conn| {
                    let rows = conn.certificates(None, true, from, PAGE)?;
                    let with_things = rows.into_iter().map(|row| {
                        let entry = conn.certificate_entry(&row.hash)?;
                        let alone = entry.is_none_or(|entry| entry.things == Attached::None);
                        Ok((row, alone))
                    });
                    with_things.collect::<Result<Vec<_>>>()
                })
                .await?;
            for (row, alone) in &page {
                if row.status != Status::Active || succeeded.contains(&row.hash) {
                    continue;
                }
                let renewal = match row.ca {
                    Some(ca) => terms.of(&self.kernel, ca).await?,
                    None => Renewal::default(),
                };
                devices.push(Device::Registered {
                    validity: Validity {
                        not_before: row.not_before,
                        not_after: row.not_after,
                    },
                    renewal: Renewal {
                        possible: !alone,
                        ..renewal
                    },
                });
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => from = Some(last.key),
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

#[cfg(test)]
mod tests {
    use crate::authority::{ServerAuthority, keep_trust};
    use crate::testing::{NOW, TestApp};
    use nameplate_core::pki::Certificate;
    use serde_json::json;

    #[tokio::test]
    async fn devices_lose_the_server_with_its_root() {
        let test = TestApp::new().await;
        let play = async |years| {
            let ask = json!({"years": years, "fleet": 3, "connectEveryHours": 240});
            let line = "POST /nameplate/rehearsal";
            test.call("nameplate", line, &[], ask).await.ok()
        };
        let server = ServerAuthority::open(test.directory(), NOW).expect("roots are made");
        assert_eq!(play(22).await["lockedOut"], 0);
        let reason = "the root that they trust this server by expires";
        assert_eq!(
            play(25).await["days"],
            json!([{"day": "2049-12-31", "devices": 3, "code": "server-trust-expired", "reason": reason}])
        );
        // An owner's certificate that comes without its root.
        let identity = server.identity("localhost", &[], NOW).expect("issued");
        let leaf = Certificate::parse_der(&identity.ecdsa.chain[0]).expect("a certificate");
        keep_trust(test.directory(), Some(&leaf.to_pem())).expect("written");
        let found = play(25).await;
        assert_ne!(found["days"][0]["code"], "server-trust-expired", "{found}");
    }
}
