//! What becomes of an attempt's record when the connection stands, is refused, or ends; and its line in the log.

use super::attempt::{self, Attempt, Seat, Stage};
use super::{Admission, Permit, Refused};
use crate::app::history::Ended;
use nameplate_core::registry::logging::Level;
use nameplate_store::SummaryOf;
use std::net::{IpAddr, Ipv6Addr};

/// Something that the client of an open connection was refused, or that ended the connection.
#[derive(Debug, Clone, Copy)]
pub struct Refusal<'a> {
    /// Stable word, the label of the counter.
    pub code: &'a str,
    /// In words.
    pub reason: &'a str,
    /// What makes it the same as another of its code.
    pub kind: &'a str,
    /// How often.
    pub times: u64,
}

/// Codes of refusals by the state of the registered CA that signed the certificate.
const OF_REGISTERED_CAS: [&str; 4] = [
    "auto-registration-disabled",
    "ca-expired",
    "ca-inactive",
    "ca-not-yet-valid",
];

/// Where a peer comes from, as far as it cannot choose: of IPv6 it has a whole network of 64 bits.
fn source(attempt: &Attempt) -> IpAddr {
    match attempt.address().ip().to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        ip @ IpAddr::V4(_) => ip,
    }
}

impl Admission {
    /// Records an attempt that ended well.
    pub async fn record_connected(&self, mut attempt: Attempt) {
        let now = self.kernel.now();
        attempt.passed(Stage::Connected, now);
        self.kernel.metrics.attempt(attempt::CONNECTED);
        let took = attempt.took(now);
        let first = attempt.has_passed(Stage::Provisioned);
        self.kernel.metrics.connect_took(first, took);
        if let Some(flow) = attempt.flow.filter(|_| first) {
            self.kernel.metrics.provision_took(flow, took);
        }
        let ended = match first {
            true => Ended::Provisioned(took),
            false => Ended::Connected(took),
        };
        self.kernel.metrics.history.ended(now, ended);
        if self.registry.logs_attempt(Level::Info, &attempt).await {
            tracing::info!(
                client.id = attempt.client_id.as_deref(),
                certificate.id = attempt.certificate.map(hex::encode),
                peer = %attempt.address(),
                flow = attempt.flow,
                "{} connected as {:?}{}",
                attempt.address(),
                attempt.client_id.as_deref().unwrap_or_default(),
                if attempt.has_passed(Stage::Provisioned) { ", provisioned" } else { "" },
            );
        }
        let reason = if attempt.has_passed(Stage::Provisioned) {
            "provisioned and connected"
        } else {
            "connected"
        };
        self.kernel
            .record_attempt(attempt.into_row(attempt::CONNECTED, reason, None, now));
    }

    /// Records an attempt that was provisioned and closed.
    pub async fn record_come_back(&self, attempt: Attempt) {
        if attempt.has_passed(Stage::Provisioned) {
            let reason =
                "provisioned; closed as --first-connect aws does, the device must connect again";
            self.record_end(attempt, attempt::PROVISIONED, reason, None)
                .await;
        } else {
            let reason = "registered as PENDING_ACTIVATION and announced by an event; closed as --first-connect aws \
                          does, the device must connect again";
            self.record_end(attempt, attempt::REGISTERED, reason, None)
                .await;
        }
    }

    /// Records an attempt that was refused or broke.
    pub async fn record_refused(&self, attempt: Attempt, refused: &Refused) {
        let vouched = attempt.has_passed(Stage::Registered)
            || attempt.has_passed(Stage::Authenticated)
            || attempt.has_passed(Stage::Issuer)
            || OF_REGISTERED_CAS.contains(&refused.code.as_ref());
        let is_stranger = match attempt.certificate {
            _ if vouched => false,
            None => true,
            Some(_) => {
                let kept = self.kernel.settings.attempts;
                !self
                    .strangers
                    .is_whole(source(&attempt), kept, self.kernel.now())
            }
        };
        if is_stranger {
            return self.record_stranger(attempt, refused).await;
        }
        self.record_end(attempt, &refused.code, &refused.reason, Some(refused.stage))
            .await;
    }

    /// Records an attempt of a peer that has not even begun to speak: a load balancer's check, a scanner. It is counted,
    /// and warns nobody.
    pub fn record_silent(&self, attempt: Attempt, refused: &Refused) {
        self.kernel.metrics.attempt(&refused.code);
        let now = self.kernel.now();
        tracing::debug!(peer = %attempt.address(), "{} {}", attempt.address(), refused.reason);
        let key = format!("silent {}", source(&attempt));
        let row = attempt.into_row(&refused.code, &refused.reason, Some(refused.stage), now);
        self.kernel
            .summarise_attempt(SummaryOf::Strangers, &key, row);
    }

    /// A peer without a certificate, or with one that nobody vouches for and that comes too often, is nobody's device as
    /// far as one can tell, and may come as often as it likes: one
    /// record for each code and source, and a line in the log for the first, the tenth, the hundredth.
    async fn record_stranger(&self, attempt: Attempt, refused: &Refused) {
        self.kernel.metrics.attempt(&refused.code);
        let (now, address) = (self.kernel.now(), attempt.address());
        self.kernel.metrics.history.ended(now, Ended::Refused);
        self.kernel.metrics.history.refused(now, &refused.code);
        let logged = self.registry.logs_attempt(Level::Error, &attempt).await;
        let key = format!("{} {}", refused.code, source(&attempt));
        let row = attempt.into_row(&refused.code, &refused.reason, Some(refused.stage), now);
        let count = self
            .kernel
            .summarise_attempt(SummaryOf::Strangers, &key, row);
        if logged && is_power_of_ten(count) {
            let (code, reason) = (&refused.code, &refused.reason);
            let times = match count {
                1 => String::new(),
                count => format!(" ({count} times by now)"),
            };
            tracing::warn!(
                peer = %address,
                reason = code,
                "{address} not connected ({code}): {reason}{times}"
            );
        }
    }

    async fn record_end(&self, attempt: Attempt, code: &str, reason: &str, failed: Option<Stage>) {
        let now = self.kernel.now();
        self.kernel.metrics.attempt(code);
        let ended = match failed {
            Some(_) => {
                self.kernel.metrics.history.refused(now, code);
                Ended::Refused
            }
            None => {
                let took = attempt.took(now);
                if let Some(flow) = attempt.flow {
                    self.kernel.metrics.provision_took(flow, took);
                }
                Ended::Provisioned(took)
            }
        };
        self.kernel.metrics.history.ended(now, ended);
        // AWS logs a failed Connect as ERROR; a device that is to come back has failed at nothing.
        let level = match failed {
            Some(_) => Level::Error,
            None => Level::Info,
        };
        if self.registry.logs_attempt(level, &attempt).await {
            tracing::warn!(
                client.id = attempt.client_id.as_deref(),
                certificate.id = attempt.certificate.map(hex::encode),
                peer = %attempt.address(),
                reason = code,
                "{} not connected ({code}): {reason}",
                attempt.address(),
            );
        }
        self.kernel
            .record_attempt(attempt.into_row(code, reason, failed, now));
    }

    /// Records that the client of an open connection was refused something, so many times. What repeats is one record
    /// with a count, for each certificate, client id, code and `kind`.
    pub fn record_refusal(&self, permit: &Permit, seat: Seat, refusal: &Refusal<'_>) {
        let asker = &permit.asker;
        self.kernel.metrics.refusal(refusal.code, refusal.times);
        let mut attempt = seat.record();
        if let Some(admitted) = asker.who.certificate() {
            attempt.certificate = Some(admitted.hash);
            attempt.describe(&admitted.certificate);
        }
        attempt.client_id = Some(asker.client_id.clone());
        let id = permit.principal();
        let key = format!("{id} {} {} {}", refusal.code, asker.client_id, refusal.kind);
        let now = self.kernel.now();
        let mut row = attempt.into_row(refusal.code, refusal.reason, Some(Stage::Open), now);
        row.count = i64::try_from(refusal.times).unwrap_or(i64::MAX);
        self.kernel.summarise_attempt(SummaryOf::Devices, &key, row);
    }

    /// Records that a certificate that may come in was refused what it asked for over HTTP. What repeats is one record with a
    /// count, for each certificate and code, and a line in the log for the first, the tenth, the hundredth.
    pub(super) async fn record_request_refused(&self, attempt: Attempt, refused: &Refused) {
        let (code, reason) = (refused.code.as_str(), refused.reason.as_str());
        self.kernel.metrics.refusal(code, 1);
        let logged = self.registry.logs_attempt(Level::Error, &attempt).await;
        let (now, address) = (self.kernel.now(), attempt.address());
        let id = attempt.certificate.map(hex::encode);
        let key = format!("{} {code}", id.as_deref().unwrap_or_default());
        let row = attempt.into_row(code, reason, Some(refused.stage), now);
        let count = self.kernel.summarise_attempt(SummaryOf::Devices, &key, row);
        if logged && is_power_of_ten(count) {
            tracing::warn!(
                certificate.id = id,
                peer = %address,
                reason = code,
                "{address} was refused ({code}): {reason}"
            );
        }
    }

    /// Records that an open connection ended; `failed` where its client is to blame or was thrown out.
    pub async fn record_disconnected(
        &self,
        permit: &Permit,
        reason: &'static str,
        text: &str,
        failed: bool,
    ) {
        self.kernel.metrics.disconnect(reason);
        let level = if failed { Level::Error } else { Level::Info };
        let (client_id, address) = (permit.asker.client_id.as_str(), permit.asker.source_ip);
        if !self
            .registry
            .logs(
                level,
                Some(client_id),
                permit.certificate().copied(),
                Some(address),
            )
            .await
        {
            return;
        }
        let id = permit.certificate().map(hex::encode);
        let line = format!("{client_id} disconnected ({reason}): {text}");
        if failed {
            tracing::warn!(client.id = %client_id, certificate.id = id, reason, "{line}");
        } else {
            tracing::info!(client.id = %client_id, certificate.id = id, reason, "{line}");
        }
    }
}

fn is_power_of_ten(count: i64) -> bool {
    count > 0 && 10_i64.checked_pow(count.ilog10()) == Some(count)
}
