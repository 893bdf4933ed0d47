//! What others left in a client's outbox: messages that it may receive, and instructions about the connection.

use super::end::End;
use super::link::{Transport, WRITE_AT};
use super::open::Open;
use crate::app::App;
use crate::broker::throttle::Over;
use crate::router::{Client, Control, Delivery, DirectEnd};
use nameplate_core::ctx::Millis;
use nameplate_core::policy::MqttAction;
use nameplate_mqtt::DisconnectReason;
use nameplate_mqtt::connection::{Overdue, Sending, Sent};
use std::borrow::Cow;
use std::sync::Arc;

/// What a PUBLISH has beside its topic, payload and properties, most often.
const PACKET_OVERHEAD: usize = 8;

impl<S: Transport> Open<'_, '_, S> {
    /// Does what others left for this connection.
    pub(super) async fn handle_outbox(&mut self) -> Result<(), End> {
        loop {
            if let Some(control) = self.registration.outbox().take(&mut self.hand) {
                self.obey(control).await?;
            }
            self.send_waiting_direct().await?;
            if self.hand.is_empty() && !self.read_session().await {
                return Ok(());
            }
            self.deliver().await?;
            // The window is full: the client's acknowledgements have to come first.
            if !self.hand.is_empty() {
                return Ok(());
            }
        }
    }

    /// Does what the connection is told to.
    pub(super) async fn obey(&mut self, control: Control) -> Result<(), End> {
        match control {
            Control::Disconnect(reason) => {
                return Err(match reason {
                    DisconnectReason::DuplicateClientId => End {
                        reason,
                        code: Cow::Borrowed("client-id-taken"),
                        text: "another connection has taken the client id".to_owned(),
                    },
                    _ => End::of_server(reason, reason.as_str()),
                });
            }
            Control::Reauthorize => {
                self.reauthorize().await?;
                self.send_direct();
            }
            Control::Delete { will } => {
                self.without_will = !will;
                let reason = DisconnectReason::ApiInitiatedDisconnect;
                return Err(End::of_server(reason, "DeleteConnection was called"));
            }
            Control::Direct => self.send_direct(),
        }
        Ok(())
    }

    /// Writes what is due. A client that does not read holds up what is for it alone, not the end of its connection.
    pub(super) async fn flush(&mut self) -> Result<(), End> {
        loop {
            tokio::select! {
                biased;
                written = self.link.flush() => return written,
                () = self.registration.outbox().instructed() => {}
            }
            if let Some(control) = self.registration.outbox().take_control() {
                self.obey(control).await?;
            }
        }
    }

    /// Takes what is for this client alone.
    fn send_direct(&mut self) {
        let direct = self.registration.outbox().take_direct();
        self.kept.direct.extend(direct);
    }

    /// Sends it, as far as the window has room.
    async fn send_waiting_direct(&mut self) -> Result<(), End> {
        let app = &self.link.shared.app;
        let clock = app.now();
        let mut asked_anew = false;
        while let Some(direct) = self.kept.direct.pop_front() {
            let message = &direct.message;
            let may = self
                .permit
                .authorizer
                .check(MqttAction::Receive, message.topic.as_str(), || clock)
                .is_allowed();
            if !may && !std::mem::replace(&mut asked_anew, true) {
                let behind = self.was_behind(true).await;
                self.kept.direct.push_front(direct);
                behind?;
                continue;
            }
            if !may {
                // Whoever asked may have gone.
                let _ = direct.end.send(DirectEnd::Withheld);
                continue;
            }
            let sending = Sending {
                topic: &message.topic,
                payload: &message.payload,
                qos: message.qos,
                retain: false,
                properties: message.properties.as_deref(),
                expiry_seconds: message.expiry_left(clock),
            };
            let now = self.link.now();
            let link = &mut *self.link;
            match link.protocol.send(&sending, now, &mut link.output) {
                Sent::NotYet => {
                    self.kept.direct.push_front(direct);
                    return Ok(());
                }
                Sent::Once => drop(direct.end.send(DirectEnd::Delivered)),
                Sent::Numbered(number) => self.kept.confirming.push((number, direct.end)),
                Sent::TooLarge => drop(direct.end.send(DirectEnd::Withheld)),
            }
            app.metrics().sent.inc();
        }
        Ok(())
    }

    /// Sends again what the client has not acknowledged in time, as far as it may still have it.
    pub(super) fn resend(&mut self) {
        let clock = self.link.shared.app.now();
        let link = &mut *self.link;
        let now = link.now();
        for overdue in link.protocol.overdue(now) {
            let number = match overdue {
                Overdue::Resend(number) => number,
                Overdue::GivenUp(number) => {
                    self.kept.given_up(number);
                    continue;
                }
            };
            let Some(delivery) = self.kept.unacknowledged(number) else {
                continue;
            };
            let message = &delivery.message;
            let topic = message.topic.as_str();
            let authorizer = &self.permit.authorizer;
            let may = authorizer.check(MqttAction::Receive, topic, || clock);
            if may.is_allowed() && !message.is_expired(clock) {
                let sending = sending(delivery, clock);
                link.protocol
                    .resend(number, &sending, now, &mut link.output);
            }
        }
    }

    async fn deliver(&mut self) -> Result<(), End> {
        let app = &self.link.shared.app;
        let clock = app.now();
        let now = self.link.now();
        let mut sent = 0u64;
        let mut withheld = 0u64;
        let mut refused = None;
        let mut asked_anew = false;
        if let Some(delivery) = self.hand.front() {
            // Room for all that comes, as far as it is like the first, and not twice as much each time.
            let each = delivery.message.size() + PACKET_OVERHEAD;
            let all = each.saturating_mul(self.hand.len());
            self.link.output.reserve(all.min(WRITE_AT));
        }
        while let Some(delivery) = self.hand.front() {
            if self.link.pause().is_some() {
                break;
            }
            let mut numbered = None;
            let link = &mut *self.link;
            let message = &delivery.message;
            let authorizer = &self.permit.authorizer;
            if message.is_expired(clock) {
                done_with(app, &self.registration, delivery);
                self.hand.pop_front();
                continue;
            }
            let may = authorizer
                .check(MqttAction::Receive, message.topic.as_str(), || clock)
                .is_allowed();
            if !may && !std::mem::replace(&mut asked_anew, true) {
                self.was_behind(false).await?;
                continue;
            }
            let exceeded = match &mut link.meter {
                // What the window has no room for is asked about again.
                Some(meter) if may && link.protocol.can_send(delivery.qos) => {
                    meter.message(app).err()
                }
                _ => None,
            };
            if let (Some(exceeded), Some(meter)) = (exceeded, &mut link.meter) {
                meter.tell(app, &self.permit, self.seat, (Over::Receive, exceeded));
            } else if may {
                let sending = sending(delivery, clock);
                match link.protocol.send(&sending, now, &mut link.output) {
                    Sent::NotYet => break,
                    Sent::Once => sent += 1,
                    Sent::Numbered(number) => {
                        sent += 1;
                        numbered = Some(number);
                    }
                    Sent::TooLarge => {
                        done_with(app, &self.registration, delivery);
                        tracing::debug!(
                            client.id = %self.registration.client_id(),
                            topic = message.topic.as_str(),
                            "a message is larger than the packets that the client takes"
                        );
                    }
                }
            } else {
                withheld += 1;
                done_with(app, &self.registration, delivery);
                refused = Some(Arc::clone(message));
                tracing::debug!(
                    client.id = %self.registration.client_id(),
                    topic = message.topic.as_str(),
                    "withheld a message: {}",
                    authorizer.decide(MqttAction::Receive, message.topic.as_str(), clock)
                );
            }
            if let (Some(delivery), Some(number)) = (self.hand.pop_front(), numbered) {
                self.kept.sent(number, delivery);
            }
            if self.link.output.len() > WRITE_AT {
                self.flush().await?;
            }
        }
        let metrics = app.metrics();
        metrics.sent.inc_by(sent);
        let handled = usize::try_from(sent + withheld).unwrap_or(usize::MAX);
        if let Some(message) = refused {
            metrics.withheld.inc_by(withheld);
            self.withhold(&message, withheld);
        }
        self.link.worked(handled).await;
        Ok(())
    }
}

fn sending(delivery: &Delivery, clock: Millis) -> Sending<'_> {
    let message = &delivery.message;
    Sending {
        topic: &message.topic,
        payload: &message.payload,
        qos: delivery.qos,
        retain: delivery.retain,
        properties: message.properties.as_deref(),
        expiry_seconds: message.expiry_left(clock),
    }
}

/// A message that its client does not get needs no acknowledgement of it.
fn done_with(app: &App, client: &Client, delivery: &Delivery) {
    if let (Some(number), Some(session)) = (delivery.number, client.session()) {
        session.acknowledge(number, app.router.journal());
    }
}
