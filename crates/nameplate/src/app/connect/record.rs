//! What becomes of an attempt's record when the connection stands, is refused, or ends; and its line in the log.

use super::{Permit, Refused};
use crate::app::App;
use crate::app::attempt::{self, Attempt, Stage};
use nameplate_core::registry::logging::Level;

impl App {
    /// Records an attempt that ended well.
    pub async fn record_connected(&self, mut attempt: Attempt) {
        let now = self.now();
        attempt.passed(Stage::Connected, now);
        self.metrics.attempt(attempt::CONNECTED);
        if self.logs_attempt(Level::Info, &attempt).await {
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
        self.store
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
        self.record_end(attempt, &refused.code, &refused.reason, Some(refused.stage))
            .await;
    }

    async fn record_end(&self, attempt: Attempt, code: &str, reason: &str, failed: Option<Stage>) {
        let now = self.now();
        self.metrics.attempt(code);
        // AWS logs a failed Connect as ERROR; a device that is to come back has failed at nothing.
        let level = match failed {
            Some(_) => Level::Error,
            None => Level::Info,
        };
        if self.logs_attempt(level, &attempt).await {
            tracing::warn!(
                client.id = attempt.client_id.as_deref(),
                certificate.id = attempt.certificate.map(hex::encode),
                peer = %attempt.address(),
                reason = code,
                "{} not connected ({code}): {reason}",
                attempt.address(),
            );
        }
        self.store
            .record_attempt(attempt.into_row(code, reason, failed, now));
    }

    /// Records that an open connection ended; `failed` where its client is to blame or was thrown out.
    pub async fn record_disconnected(
        &self,
        permit: &Permit,
        reason: &str,
        text: &str,
        failed: bool,
    ) {
        let level = if failed { Level::Error } else { Level::Info };
        let (client_id, address) = (permit.asker.client_id.as_str(), permit.asker.source_ip);
        if !self
            .logs(
                level,
                Some(client_id),
                Some(permit.asker.hash),
                Some(address),
            )
            .await
        {
            return;
        }
        let id = hex::encode(permit.asker.hash);
        let line = format!("{client_id} disconnected ({reason}): {text}");
        if failed {
            tracing::warn!(client.id = %client_id, certificate.id = %id, reason, "{line}");
        } else {
            tracing::info!(client.id = %client_id, certificate.id = %id, reason, "{line}");
        }
    }
}
