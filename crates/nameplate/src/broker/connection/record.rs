//! What an open connection puts on record: what its client is refused, and how it ended.

use super::end::End;
use super::link::Transport;
use super::open::Open;
use crate::app::admission::Refusal;
use crate::router::Message;
use nameplate_core::policy::MqttAction;
use nameplate_mqtt::{DisconnectReason, Text};
use std::time::Duration;

/// How often withheld messages of one connection are put on record.
const WITHHELD_EVERY: Duration = Duration::from_secs(10);

/// Messages that the policies withhold from a client.
pub(super) struct Withheld {
    // Of one of them.
    topic: Text,
    // How many are not yet on record.
    times: u64,
    // When some last were put there.
    noted: Option<Duration>,
}

impl<S: Transport> Open<'_, '_, S> {
    /// Puts withheld messages on record: at once, then once in a while, and what is left at the end.
    pub(super) fn withhold(&mut self, message: &Message, times: u64) {
        let now = self.link.now();
        let withheld = self.withheld.get_or_insert_with(|| {
            Box::new(Withheld {
                topic: message.topic.detached(),
                times: 0,
                noted: None,
            })
        });
        withheld.times += times;
        if withheld
            .noted
            .is_none_or(|noted| now - noted >= WITHHELD_EVERY)
        {
            withheld.noted = Some(now);
            withheld.topic = message.topic.detached();
            self.note_withheld();
        }
    }

    /// Puts on record what is not there yet.
    pub(super) fn note_withheld(&mut self) {
        let Some(withheld) = &mut self.withheld else {
            return;
        };
        let app = &self.link.shared.app;
        let times = std::mem::take(&mut withheld.times);
        if times > 0 {
            let topic = withheld.topic.as_str();
            let authorizer = &self.permit.authorizer;
            let decision = authorizer.decide(MqttAction::Receive, topic, app.now());
            let refusal = Refusal {
                code: "receive-denied",
                reason: &decision.to_string(),
                kind: "",
                times,
            };
            app.admission
                .record_refusal(&self.permit, self.seat, &refusal);
        }
    }

    /// Puts on record what a client of MQTT 5 was refused without losing its connection.
    pub(super) fn record_denied(&self, code: &str, reason: &str) {
        let refusal = Refusal {
            code,
            reason,
            kind: reason,
            times: 1,
        };
        let app = &self.link.shared.app;
        app.admission
            .record_refusal(&self.permit, self.seat, &refusal);
    }

    /// What ended an open connection goes on record before the client hears of it.
    pub(super) async fn record_end(&self, end: &End) {
        let blamed = matches!(
            end.reason,
            DisconnectReason::AuthError
                | DisconnectReason::ForbiddenAccess
                | DisconnectReason::ClientError
        );
        let app = &self.link.shared.app;
        if !end.code.is_empty() {
            let refusal = Refusal {
                code: &end.code,
                reason: &end.text,
                kind: &end.text,
                times: 1,
            };
            app.admission
                .record_refusal(&self.permit, self.seat, &refusal);
        }
        app.admission
            .record_disconnected(&self.permit, end.reason.as_str(), &end.text, blamed)
            .await;
    }
}
