//! One MQTT connection's task: bytes in, packets decided, bytes out.
//!
//! Reading, deciding and writing happen in this one task. It reads into one buffer, handles every packet in it,
//! appends everything due (acknowledgements, deliveries) to one buffer and writes once for each wake-up; that is
//! where dense traffic gets its speed (`docs/adr/0004-broker.md`).
//!
//! Must not know: the store, SQL, HTTP, how a policy is decided.

mod opening;
mod record;
mod service;

use super::throttle::{Meter, Over};
use super::{Control, Delivery, Message, Registration, Router};
use crate::app::App;
use crate::app::admission::attempt::{Attempt, Seat, Stage};
use crate::app::admission::{
    Admit, Admitted, ConnectAsk, Entrance, Peer, Permit, Recheck, Refusal, Refused,
};
use bytes::BytesMut;
use nameplate_core::limits;
use nameplate_core::policy::MqttAction;
use nameplate_core::topic::{self, Publishing, Subscribing};
use nameplate_mqtt::codec::{self, DecodeError};
use nameplate_mqtt::connection::{
    Config, ConnectRefusal, ConnectRequest, SubscribeAnswer, SubscribeRequest, assigned_client_id,
};
use nameplate_mqtt::packet::{Packet, Publish};
use nameplate_mqtt::topic::Filter;
use nameplate_mqtt::{DisconnectReason, QoS, Step, Text};
use opening::hung_up;
use record::Withheld;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::OwnedSemaphorePermit;

/// What every connection of a server shares.
pub struct Shared {
    /// The use cases.
    pub app: Arc<App>,
    /// Who is connected.
    pub router: Arc<Router>,
    /// Rules of a connection.
    pub config: Arc<Config>,
    /// Start of the clock that connections count by.
    pub epoch: Instant,
    /// What becomes of a client whose first byte shows that it speaks something else.
    pub stranger: fn(u8) -> Option<Stranger>,
    /// Turns true when the server drains.
    pub draining: tokio::sync::watch::Receiver<bool>,
}

/// A client that does not speak MQTT but something that is known.
pub struct Stranger {
    /// What it is sent before the end.
    pub answer: Vec<u8>,
    /// What the log and the record hear.
    pub why: &'static str,
}

/// Room a connection starts to read with. Grows with what arrives and is given back when idle.
const READ_ROOM: usize = 2 * 1024;
/// Buffers larger than this are not kept while nothing happens.
const KEPT: usize = 8 * 1024;
/// Output is written before it grows beyond this, so that one client's backlog does not become one buffer.
const WRITE_AT: usize = 64 * 1024;
/// How long a closed connection waits for the client to close its side, and how much it reads meanwhile.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 256 * 1024;
/// How long a client may take to accept what is written to it.
const WRITE_LIMIT: Duration = Duration::from_secs(30);

/// How a connection ends.
struct End {
    reason: DisconnectReason,
    // For the record and the log of a connection that was open. No code, no record: nobody refused anything.
    code: Cow<'static, str>,
    text: String,
}

impl End {
    fn of(close: nameplate_mqtt::Close) -> Self {
        Self {
            reason: close.reason,
            code: Cow::Borrowed(close.cause.code()),
            text: close.cause.to_string(),
        }
    }

    fn lost(text: impl Into<String>) -> Self {
        Self {
            reason: DisconnectReason::ConnectionLost,
            code: Cow::Borrowed(""),
            text: text.into(),
        }
    }

    /// Reading or writing failed, `when` (empty, or with a space before it).
    fn broken(when: &str, error: &std::io::Error) -> Self {
        // Many devices close the socket without a word of TLS, and what the library says of it is for programmers.
        Self::lost(match error.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                format!("the client closed the connection{when}, without TLS's close_notify")
            }
            _ => format!("the connection broke{when}: {error}"),
        })
    }

    fn client_error(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            reason: DisconnectReason::ClientError,
            code: Cow::Borrowed(code),
            text: text.into(),
        }
    }

    /// Ours to decide, and no fault of the client's.
    fn of_server(reason: DisconnectReason, text: impl Into<String>) -> Self {
        Self {
            reason,
            code: Cow::Borrowed(""),
            text: text.into(),
        }
    }
}

struct Connection<'s, S> {
    shared: &'s Shared,
    stream: S,
    protocol: nameplate_mqtt::Connection,
    input: BytesMut,
    output: BytesMut,
    hand: VecDeque<Delivery>,
    open: Option<Open>,
    /// The log has heard of a topic that no table knows.
    unknown_told: bool,
    meter: Option<Box<Meter>>,
}

/// What a connection has once its CONNECT was accepted.
struct Open {
    registration: Registration,
    permit: Permit,
    seat: Seat,
    withheld: Option<Box<Withheld>>,
}

/// Serves one connection from the end of its TLS handshake to its close. `place` is held until the client is
/// accepted.
pub async fn serve<S>(
    shared: Arc<Shared>,
    stream: S,
    peer: Peer,
    mut attempt: Attempt,
    place: OwnedSemaphorePermit,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    // Boxed, here and below: what a decision needs while it is made must not lie idle in every open connection. What
    // was read of the certificates is kept; their DER as well would cost every open connection 1.5 KiB.
    let admit = Box::pin(shared.app.admission.admit(peer, &mut attempt)).await;
    let mut connection = Connection {
        protocol: nameplate_mqtt::Connection::new(
            Arc::clone(&shared.config),
            shared.epoch.elapsed(),
        ),
        shared: &shared,
        stream,
        input: BytesMut::with_capacity(READ_ROOM),
        output: BytesMut::new(),
        hand: VecDeque::new(),
        open: None,
        unknown_told: false,
        meter: Meter::new(&shared.app),
    };
    let end = connection.run(admit, attempt, place).await;
    connection.finish(end).await;
}

impl<S> Connection<'_, S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    fn now(&self) -> Duration {
        self.shared.epoch.elapsed()
    }

    async fn run(
        &mut self,
        admit: Admit,
        mut attempt: Attempt,
        place: OwnedSemaphorePermit,
    ) -> End {
        let request = match self.first_packet(&mut attempt).await {
            Ok(request) => request,
            Err((code, end)) => {
                // A certificate that is refused is the better reason, when the client is too shy to send CONNECT.
                let refused = match (admit, attempt.doubt.take()) {
                    (Admit::Refuse(refused), _) => refused,
                    // Some clients look at the name only after the handshake.
                    (_, Some(doubt)) if code == "connect-missing" => {
                        let reason = format!("{doubt} ({})", end.text);
                        Refused::new(Stage::Connect, "tls-wrong-name", reason)
                    }
                    _ => Refused::new(Stage::Connect, code, end.text.clone()),
                };
                self.shared
                    .app
                    .admission
                    .record_refused(attempt, &refused)
                    .await;
                return end;
            }
        };
        let client_id = match &request.client_id {
            Some(id) => Arc::clone(id),
            None => assigned_client_id(&uuid::Uuid::new_v4().to_string()),
        };
        attempt.client_id = Some(client_id.to_string());
        attempt.passed(Stage::Connect, self.shared.app.now());
        let admitted = match admit {
            Admit::Enter(admitted) => Ok(admitted),
            Admit::Refuse(refused) => Err(refused),
            Admit::First(newcomer) => {
                let gone = hung_up(&mut self.stream, &mut self.input);
                match Box::pin(
                    self.shared
                        .app
                        .admission
                        .enter(*newcomer, &mut attempt, gone),
                )
                .await
                {
                    Entrance::Enter(admitted) => Ok(admitted),
                    Entrance::Refuse(refused) => Err(refused),
                    Entrance::ComeBack => {
                        // As AWS: the CONNECT is taken and the connection closed without an answer.
                        self.shared.app.admission.record_come_back(attempt).await;
                        return End::of_server(
                            DisconnectReason::ServerInitiatedDisconnect,
                            "the device is to come back",
                        );
                    }
                }
            }
        };
        let permit = match admitted {
            Ok(admitted) => {
                let seat = attempt.seat(self.shared.app.now());
                Box::pin(self.decide(&admitted, &request, client_id, seat)).await
            }
            Err(refused) => Err(refused),
        };
        match permit {
            Ok(open) => {
                attempt.passed(Stage::Authorized, self.shared.app.now());
                let connected = self
                    .shared
                    .app
                    .search
                    .thing_connected(open.registration.client_id())
                    .await;
                self.open = Some(open);
                self.protocol.accept(self.now(), &mut self.output);
                self.shared.app.admission.record_connected(attempt).await;
                drop(place);
                self.shared
                    .app
                    .metrics()
                    .connections
                    .fetch_add(1, Ordering::Relaxed);
                let end = self.converse().await;
                if let Some(connected) = connected {
                    let reason = end.reason.as_str();
                    self.shared
                        .app
                        .search
                        .thing_disconnected(&connected, reason);
                }
                self.shared
                    .app
                    .metrics()
                    .connections
                    .fetch_sub(1, Ordering::Relaxed);
                end
            }
            Err(refused) => {
                let why = if refused.is_temporary() {
                    ConnectRefusal::Unavailable
                } else {
                    ConnectRefusal::NotAuthorized
                };
                let close = self.protocol.refuse(why, &mut self.output);
                self.shared
                    .app
                    .admission
                    .record_refused(attempt, &refused)
                    .await;
                End { ..End::of(close) }
            }
        }
    }

    /// Decides a CONNECT. From its registration on, a change of its certificate or policies reaches the client; what
    /// changed between the decision and the registration is noticed by the mark, and decided again.
    async fn decide(
        &mut self,
        admitted: &Admitted,
        request: &ConnectRequest,
        client_id: Arc<str>,
        seat: Seat,
    ) -> Result<Open, Refused> {
        let address = seat.address();
        let ask = ConnectAsk {
            client_id: &client_id,
            persistent: !request.clean_session,
            will: request
                .will
                .as_ref()
                .map(|will| (will.topic.as_str(), will.retain)),
        };
        let app = &self.shared.app;
        app.admission.admit_connect(&client_id)?;
        let mark = app.admission.mark(&admitted.hash);
        // Decided before the old holder of the client id loses it.
        let mut permit = app
            .admission
            .open_connection(admitted, &ask, address)
            .await?;
        let principal: Arc<str> = hex::encode(admitted.hash).into();
        let registration = self
            .shared
            .router
            .register(Arc::clone(&client_id), principal);
        if app.admission.mark(&admitted.hash) != mark {
            permit = app
                .admission
                .open_connection(admitted, &ask, address)
                .await?;
        }
        Ok(Open {
            registration,
            permit,
            seat,
            withheld: None,
        })
    }

    fn deadline(&self) -> tokio::time::Instant {
        let at = match self.protocol.next_deadline() {
            Some(at) => self.shared.epoch + at,
            None => Instant::now() + Duration::from_secs(3600),
        };
        tokio::time::Instant::from_std(at)
    }

    /// The open connection.
    async fn converse(&mut self) -> End {
        let mut draining = self.shared.draining.clone();
        // The keep-alive moves on with every packet; the timer is only reset when it goes off.
        let timer = tokio::time::sleep_until(self.deadline());
        tokio::pin!(timer);
        loop {
            if let Err(end) = self.handle_input().await {
                return end;
            }
            if let Err(end) = self.handle_outbox().await {
                return end;
            }
            if let Err(end) = self.flush().await {
                return end;
            }
            if self.input.is_empty() && self.input.capacity() > KEPT {
                self.input = BytesMut::with_capacity(READ_ROOM);
            }
            let Some(open) = &self.open else {
                return End::lost("the connection has no client");
            };
            let outbox = open.registration.outbox();
            // Over its throughput nothing is read; what it may be told to do still reaches it.
            let pause = self
                .meter
                .as_ref()
                .and_then(|meter| meter.pause(&self.shared.app));
            if let Some(pause) = pause {
                let over = tokio::time::Instant::now() + pause;
                timer.as_mut().reset(over.min(self.deadline()));
            }
            let can_read = self.protocol.can_receive() && pause.is_none();
            tokio::select! {
                read = self.stream.read_buf(&mut self.input), if can_read => match read {
                    Ok(0) => return End::lost("the client closed the connection"),
                    Ok(count) => {
                        if let Some(meter) = &mut self.meter {
                            meter.bytes(&self.shared.app, count);
                        }
                    }
                    Err(error) => return End::broken("", &error),
                },
                () = outbox.changed() => {}
                () = timer.as_mut() => {
                    if let Some(close) = self.protocol.on_timer(self.now()) {
                        return End::of(close);
                    }
                    timer.as_mut().reset(self.deadline());
                }
                _ = draining.wait_for(|draining| *draining) => {
                    return End::of_server(
                        DisconnectReason::ServerInitiatedDisconnect,
                        "the server is shutting down",
                    );
                }
            }
        }
    }

    /// Handles every whole packet that has been read.
    async fn handle_input(&mut self) -> Result<(), End> {
        while self.protocol.can_receive() {
            let packet = match codec::decode(&mut self.input, limits::PACKET_BYTES) {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(()),
                Err(malformed) => {
                    return Err(End::of(
                        self.protocol.malformed(malformed, &mut self.output),
                    ));
                }
            };
            let now = self.now();
            match self.protocol.receive(packet, now, &mut self.output) {
                Step::Done => {}
                Step::Publish(publish) => self.publish(publish).await?,
                Step::Subscribe(request) => self.subscribe(request).await?,
                Step::Unsubscribe(filters) => {
                    if let Some(open) = &self.open {
                        if self.meter.is_some() {
                            for group in filters.iter().filter(|f| f.share_name().is_some()) {
                                self.shared.app.quota.unsubscribed_group(group.as_str());
                            }
                        }
                        self.shared.router.unsubscribe(&open.registration, &filters);
                    }
                }
                Step::Close(close) => return Err(End::of(close)),
                Step::Connect(_) => {
                    return Err(End::client_error("packet-unexpected", "a second CONNECT"));
                }
            }
            if self.output.len() > WRITE_AT {
                self.flush().await?;
            }
        }
        Ok(())
    }

    async fn publish(&mut self, publish: Publish) -> Result<(), End> {
        let Some(open) = &self.open else {
            return Ok(());
        };
        let name = publish.topic.as_str();
        let packet_id = publish.packet_id;
        let goes = match topic::publishing(name, publish.retain) {
            Ok(goes) => goes,
            Err(nobody) => return Err(End::client_error("topic-reserved", nobody.to_string())),
        };
        let now = self.shared.app.now();
        let authorizer = &open.permit.authorizer;
        let allowed = authorizer
            .check(MqttAction::Publish, name, now)
            .is_allowed()
            && (!publish.retain
                || authorizer
                    .check(MqttAction::RetainPublish, name, now)
                    .is_allowed());
        if !allowed {
            let mut decision = authorizer.decide(MqttAction::Publish, name, now);
            if decision.is_allowed() {
                decision = authorizer.decide(MqttAction::RetainPublish, name, now);
            }
            let close = self.protocol.deny_publish();
            return Err(End {
                text: decision.to_string(),
                ..End::of(close)
            });
        }
        if let Some(meter) = &mut self.meter {
            let app = &self.shared.app;
            let within = meter
                .message(app)
                .and_then(|()| app.quota.may_publish(name, publish.retain));
            if let Err(exceeded) = within {
                meter.tell(app, &open.permit, open.seat, (Over::Publish, exceeded));
                self.protocol.discard(packet_id, &mut self.output);
                return Ok(());
            }
        }
        self.shared
            .app
            .metrics()
            .received
            .fetch_add(1, Ordering::Relaxed);
        if publish.retain {
            // Durable before it is acknowledged.
            let kept = self
                .shared
                .app
                .messaging
                .retain(name, &publish.payload, i64::from(publish.qos as u8))
                .await;
            if let Err(error) = kept {
                tracing::error!(
                    topic = name,
                    "a retained message could not be kept: {error:?}"
                );
                self.protocol.discard(packet_id, &mut self.output);
                return Ok(());
            }
        }
        // Only what is sent to a service; a payload is shared, not copied.
        let request = topic::is_reserved(name).then(|| publish.clone());
        let mut crowded = false;
        if goes != Publishing::Service {
            let routed = self
                .shared
                .router
                .publish(&Arc::new(Message::from(publish)));
            self.shared.app.quota.delivered(routed.queued);
            crowded = routed.crowded;
        }
        if let Some(request) = request
            && let Err(error) = self.request(&request, goes).await
        {
            tracing::error!(
                topic = request.topic.as_str(),
                "a request to a shadow could not be carried out: {error:?}"
            );
            self.protocol.discard(packet_id, &mut self.output);
            return Ok(());
        }
        self.protocol.published(packet_id, &mut self.output);
        if crowded {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn subscribe(&mut self, mut request: SubscribeRequest) -> Result<(), End> {
        let Some(open) = &self.open else {
            return Ok(());
        };
        let now = self.shared.app.now();
        let (mut denied, mut unknown) = (None, None);
        for entry in &mut request.entries {
            if entry.answer.is_some() {
                continue;
            }
            let sent = entry.filter.as_str();
            let Some(can_match) = topic::subscribing(entry.filter.topic_filter()) else {
                entry.answer = Some(SubscribeAnswer::Denied);
                denied.get_or_insert_with(|| format!("a client may not subscribe to {sent}"));
                continue;
            };
            if open
                .permit
                .authorizer
                .check(MqttAction::Subscribe, sent, now)
                .is_allowed()
            {
                entry.answer = Some(SubscribeAnswer::Granted);
                if can_match == Subscribing::Unknown {
                    unknown.get_or_insert_with(|| sent.to_owned());
                }
            } else {
                entry.answer = Some(SubscribeAnswer::Denied);
                let decision = open
                    .permit
                    .authorizer
                    .decide(MqttAction::Subscribe, sent, now);
                denied.get_or_insert_with(|| decision.to_string());
            }
        }
        if let Some(filter) = unknown {
            self.tell_unknown(&filter);
        }
        let Some(open) = &self.open else {
            return Ok(());
        };
        if denied.is_none()
            && let Some(meter) = &mut self.meter
        {
            let app = &self.shared.app;
            let account = app.quota.may_subscribe(request.entries.len());
            for entry in &mut request.entries {
                let within = account.and_then(|()| match entry.filter.share_name() {
                    Some(_) => app.quota.may_subscribe_group(entry.filter.as_str()),
                    None => Ok(()),
                });
                if let Err(exceeded) = within {
                    entry.answer = Some(SubscribeAnswer::Failed);
                    meter.tell(app, &open.permit, open.seat, (Over::Subscribe, exceeded));
                }
            }
        }
        let mut granted = Vec::new();
        if denied.is_none() {
            for entry in &mut request.entries {
                if entry.answer == Some(SubscribeAnswer::Granted) {
                    match self
                        .shared
                        .router
                        .subscribe(&open.registration, &entry.filter, entry.qos)
                    {
                        Ok(()) => granted.push((entry.filter.clone(), entry.qos)),
                        Err(_) => entry.answer = Some(SubscribeAnswer::Failed),
                    }
                }
            }
        }
        let failed = request
            .entries
            .iter()
            .find(|entry| entry.answer == Some(SubscribeAnswer::Failed))
            .map(|entry| {
                let filter = entry.filter.as_str();
                format!(
                    "no subscription to {filter}: the connection or its share group has as many as it may"
                )
            });
        self.protocol
            .subscribed(request, &mut self.output)
            .map_err(|close| End {
                text: denied.unwrap_or_else(|| close.cause.to_string()),
                ..End::of(close)
            })?;
        if let Some(reason) = failed {
            let refusal = Refusal {
                code: "subscription-limit",
                reason: &reason,
                kind: "",
                times: 1,
            };
            self.shared
                .app
                .admission
                .record_refusal(&open.permit, open.seat, &refusal);
        }
        for (filter, qos) in granted {
            self.push_retained(&filter, qos).await;
        }
        Ok(())
    }

    /// Puts the retained message of a new subscription into the outbox. AWS delivers one only where the filter is
    /// the topic itself, never for a filter with wildcards or a shared one (AWS guide: mqtt).
    async fn push_retained(&self, filter: &Filter, qos: QoS) {
        if filter.has_wildcard() || filter.share_name().is_some() {
            return;
        }
        let name = filter.topic_filter();
        let (Some(open), Ok(topic)) = (&self.open, Text::try_from(name)) else {
            return;
        };
        match self.shared.app.messaging.retained(name).await {
            Ok(Some(kept)) => {
                let published = if kept.qos == 0 {
                    QoS::AtMostOnce
                } else {
                    QoS::AtLeastOnce
                };
                open.registration.outbox().push(Delivery {
                    message: Arc::new(Message {
                        topic,
                        payload: kept.payload.into(),
                        qos: published,
                        retain: true,
                    }),
                    qos: published.min(qos),
                    retain: true,
                });
            }
            Ok(None) => {}
            Err(error) => tracing::error!(
                topic = name,
                "a retained message could not be read: {error:?}"
            ),
        }
    }

    /// Does what others left for this connection.
    async fn handle_outbox(&mut self) -> Result<(), End> {
        loop {
            let Some(open) = &self.open else {
                return Ok(());
            };
            match open.registration.outbox().take(&mut self.hand) {
                Some(Control::Disconnect(reason)) => {
                    return Err(match reason {
                        DisconnectReason::DuplicateClientId => End {
                            reason,
                            code: Cow::Borrowed("client-id-taken"),
                            text: "another connection has taken the client id".to_owned(),
                        },
                        _ => End::of_server(reason, reason.as_str()),
                    });
                }
                Some(Control::Reauthorize) => self.reauthorize().await?,
                None => {}
            }
            if self.hand.is_empty() {
                return Ok(());
            }
            self.deliver().await?;
            // The window is full: the client's acknowledgements have to come first.
            if !self.hand.is_empty() {
                return Ok(());
            }
        }
    }

    async fn deliver(&mut self) -> Result<(), End> {
        let clock = self.shared.app.now();
        let now = self.now();
        let mut sent = 0u64;
        let mut withheld = 0u64;
        let mut refused = None;
        while let Some(delivery) = self.hand.front() {
            let Some(open) = &self.open else {
                break;
            };
            if let Some(meter) = &self.meter
                && meter.pause(&self.shared.app).is_some()
            {
                break;
            }
            let message = &delivery.message;
            let may = open
                .permit
                .authorizer
                .check(MqttAction::Receive, message.topic.as_str(), clock)
                .is_allowed();
            let exceeded = match &mut self.meter {
                // What the window has no room for is asked about again.
                Some(meter) if may && self.protocol.can_send(delivery.qos) => {
                    meter.message(&self.shared.app).err()
                }
                _ => None,
            };
            if let (Some(exceeded), Some(meter)) = (exceeded, &mut self.meter) {
                let over = (Over::Receive, exceeded);
                meter.tell(&self.shared.app, &open.permit, open.seat, over);
            } else if may {
                let written = self.protocol.send(
                    &message.topic,
                    &message.payload,
                    delivery.qos,
                    delivery.retain,
                    now,
                    &mut self.output,
                );
                if !written {
                    break;
                }
                sent += 1;
            } else {
                withheld += 1;
                refused = Some(Arc::clone(message));
                tracing::debug!(
                    client.id = %open.registration.client_id(),
                    topic = message.topic.as_str(),
                    "withheld a message: {}",
                    open.permit.authorizer.decide(MqttAction::Receive, message.topic.as_str(), clock)
                );
            }
            self.hand.pop_front();
            if self.output.len() > WRITE_AT {
                self.flush().await?;
            }
        }
        let metrics = self.shared.app.metrics();
        metrics.sent.fetch_add(sent, Ordering::Relaxed);
        if let Some(message) = refused {
            metrics.withheld.fetch_add(withheld, Ordering::Relaxed);
            self.withhold(&message, withheld);
        }
        Ok(())
    }

    async fn reauthorize(&mut self) -> Result<(), End> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        match self.shared.app.admission.recheck(&open.permit).await {
            Recheck::Stay(permit) => {
                open.permit = permit;
                Ok(())
            }
            Recheck::End(refused) => Err(End {
                reason: DisconnectReason::AuthError,
                code: refused.code.into(),
                text: refused.reason,
            }),
        }
    }

    async fn flush(&mut self) -> Result<(), End> {
        if self.output.is_empty() {
            return Ok(());
        }
        let stream = &mut self.stream;
        let output = &mut self.output;
        if let Some(meter) = &mut self.meter {
            meter.bytes(&self.shared.app, output.len());
        }
        let written = tokio::time::timeout(WRITE_LIMIT, async {
            stream.write_all_buf(output).await?;
            stream.flush().await
        })
        .await;
        if self.output.capacity() > KEPT {
            self.output = BytesMut::new();
        }
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(End::broken("", &error)),
            Err(_) => Err(End::lost(format!(
                "the client took nothing for {} s",
                WRITE_LIMIT.as_secs()
            ))),
        }
    }

    /// Writes what is left, publishes the will if the end calls for it, and closes.
    async fn finish(mut self, end: End) {
        let will = self.protocol.end(end.reason);
        let mut open = self.open.take();
        if let Some(open) = &mut open {
            open.note_withheld(&self.shared.app);
            if let Some(meter) = &mut self.meter {
                meter.record_rest(&self.shared.app, &open.permit, open.seat);
            }
            self.record_end(open, &end).await;
        }
        if end.reason != DisconnectReason::ConnectionLost {
            let _ = self.flush().await;
        }
        if let Some(open) = open {
            // Its client id is free, and it gets no more messages, from here on.
            drop(open);
            if let Some(will) = will {
                self.publish_will(will).await;
            }
        }
        self.close(end.reason).await;
    }

    /// Closes. A client that did not ask for it may still be sending, and what it sends would turn the close into a
    /// reset, which can lose it our last words; so it is read for a while.
    async fn close(&mut self, reason: DisconnectReason) {
        let closed = tokio::time::timeout(LINGER, self.stream.shutdown()).await;
        let lost = !matches!(closed, Ok(Ok(())));
        if lost || reason == DisconnectReason::ClientInitiatedDisconnect {
            return;
        }
        let _ = tokio::time::timeout(LINGER, async {
            let mut left = LINGER_BYTES;
            self.input.clear();
            while let Ok(read @ 1..) = self.stream.read_buf(&mut self.input).await {
                self.input.clear();
                left = left.saturating_sub(read);
                if left == 0 {
                    break;
                }
            }
        })
        .await;
    }
}

#[cfg(test)]
mod tests;
