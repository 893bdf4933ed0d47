//! The beginning of a connection: there is no client yet. The certificate is admitted, CONNECT awaited and decided.

use super::Visitor;
use super::end::End;
use super::link::{Link, Transport, WRITE_AT, read};
use super::open::Open;
use super::session::{Place, take_place};
use crate::app::admission::attempt::{Attempt, Seat, Stage};
use crate::app::admission::{Admit, ConnectAsk, Entrance, Permit, Refused, Who};
use crate::app::faults::Fault;
use crate::app::ids;
use ConnectRefusal::{NotAuthenticated, NotAuthorized};
use bytes::BytesMut;
use nameplate_core::custom_auth::Mqtt;
use nameplate_core::limits;
use nameplate_mqtt::codec::DecodeError;
use nameplate_mqtt::connection::{ConnectRefusal, ConnectRequest, assigned_client_id};
use nameplate_mqtt::packet::Packet;
use nameplate_mqtt::{DisconnectReason, Step, Text, Version};
use std::sync::Arc;
use std::time::Duration;

/// How long a CONNECT stays unanswered that a test has asked not to be.
const UNANSWERED: Duration = Duration::from_secs(300);

/// A connection whose CONNECT has not been accepted.
pub(super) struct Opening<'l, 's, S> {
    link: &'l mut Link<'s, S>,
}

impl<'l, 's, S: Transport> Opening<'l, 's, S> {
    pub(super) fn new(link: &'l mut Link<'s, S>) -> Self {
        Self { link }
    }

    /// Reads and decides CONNECT, registering or provisioning a first connection on the way; CONNACK is due when this
    /// returns.
    pub(super) async fn admit(
        mut self,
        arrived: Box<(Visitor, Attempt)>,
    ) -> Result<Open<'l, 's, S>, End> {
        let (visitor, mut attempt) = *arrived;
        let app = &self.link.shared.app;
        let admit = match visitor {
            Visitor::Peer(peer) => app.admission.meet(peer, &mut attempt).await,
            Visitor::Caller(identity) => Admit::Enter(Who::Caller(identity)),
            Visitor::Guest(guest) => Admit::Ask(guest),
        };
        let request = match self.first_packet(&mut attempt).await {
            Ok(request) => request,
            Err(missing) => return Err(self.without_connect(admit, attempt, missing).await),
        };
        let client_id = match &request.client_id {
            Some(id) => Arc::clone(id),
            None => assigned_client_id(&ids::uuid()),
        };
        attempt.client_id = Some(client_id.to_string());
        attempt.passed(Stage::Connect, app.now());
        if app.faults().due(Fault::DropConnect, &client_id).is_some() {
            let why = "dropped, as a test had asked by POST /nameplate/faults";
            let refused = Refused::new(Stage::Connect, "fault-drop-connect", why);
            app.admission.record_refused(attempt, &refused).await;
            return Err(End::lost(why.to_owned()));
        }
        if app.faults().due(Fault::LoseConnack, &client_id).is_some() {
            let why = "never answered, as a test had asked by POST /nameplate/faults";
            let refused = Refused::new(Stage::Connect, "fault-lose-connack", why);
            app.admission.record_refused(attempt, &refused).await;
            let gone = hung_up(&mut self.link.stream, &mut self.link.input);
            // Past the patience of any client.
            let _ = tokio::time::timeout(UNANSWERED, gone).await;
            return Err(End::lost(why.to_owned()));
        }
        let admit = match admit {
            Admit::Ask(guest) => {
                let shown = shown(&request);
                app.admission.greet(*guest, shown, &mut attempt).await
            }
            told => told,
        };
        let who = match admit {
            Admit::Enter(who) => who,
            Admit::Ask(_) => {
                return Err(End::of_server(
                    DisconnectReason::ServerError,
                    "a guest was asked twice",
                ));
            }
            Admit::Refuse(refused) => {
                return Err(self.refuse(attempt, &refused, NotAuthenticated).await);
            }
            Admit::First(newcomer) => {
                let gone = hung_up(&mut self.link.stream, &mut self.link.input);
                match app.admission.enter(*newcomer, &mut attempt, gone).await {
                    Entrance::Enter(admitted) => admitted.into(),
                    Entrance::Refuse(refused) => {
                        return Err(self.refuse(attempt, &refused, NotAuthenticated).await);
                    }
                    Entrance::ComeBack => {
                        // As AWS: the CONNECT is taken and the connection closed without an answer.
                        app.admission.record_come_back(attempt).await;
                        return Err(End::of_server(
                            DisconnectReason::ServerInitiatedDisconnect,
                            "the device is to come back",
                        ));
                    }
                }
            }
        };
        let seat = attempt.seat(app.now());
        match self.decide(&who, &request, client_id, seat).await {
            Ok((place, permit)) => {
                attempt.passed(Stage::Authorized, app.now());
                let assigned = request.client_id.is_none();
                Ok(Open::accept(self.link, place, permit, seat, attempt, assigned).await)
            }
            Err(refused) => {
                if let (false, Some(client_id)) = (refused.is_temporary(), &attempt.client_id) {
                    let presence = &app.presence;
                    presence
                        .refused(client_id, &who.principal(), seat.address())
                        .await;
                }
                Err(self.refuse(attempt, &refused, NotAuthorized).await)
            }
        }
    }

    /// Decides a CONNECT. From its registration on, a change of its certificate, caller or policies reaches the client; what
    /// changed between the decision and the registration is noticed by the mark, and decided again.
    async fn decide(
        &self,
        who: &Who,
        request: &ConnectRequest,
        client_id: Arc<str>,
        seat: Seat,
    ) -> Result<(Place, Permit), Refused> {
        let address = seat.address();
        let ask = ConnectAsk {
            client_id: &client_id,
            persistent: request.session_expiry_seconds > 0
                || (request.version == Version::V311 && !request.clean_session),
            will: request
                .will
                .as_ref()
                .map(|will| (will.topic.as_str(), will.retain)),
        };
        let app = &self.link.shared.app;
        app.admission.admit_connect(&client_id)?;
        let mark = app.admission.mark(who);
        // Decided before the old holder of the client id loses it.
        let mut permit = app.admission.open_connection(who, &ask, address).await?;
        let principal: Arc<str> = who.principal().into();
        let place = take_place(app, Arc::clone(&client_id), principal, request, &permit).await?;
        if app.admission.mark(who) != mark {
            permit = app.admission.open_connection(who, &ask, address).await?;
        }
        Ok((place, permit))
    }

    /// Turns the CONNECT away: for `why`, or for now.
    async fn refuse(&mut self, attempt: Attempt, refused: &Refused, why: ConnectRefusal) -> End {
        let why = if refused.is_temporary() {
            ConnectRefusal::Unavailable
        } else {
            why
        };
        let close = self.link.protocol.refuse(why, &mut self.link.output);
        self.link
            .shared
            .app
            .admission
            .record_refused(attempt, refused)
            .await;
        End::of(close)
    }

    /// Puts on record why there was no CONNECT to decide.
    async fn without_connect(
        &self,
        admit: Admit,
        mut attempt: Attempt,
        (code, end): (&'static str, End),
    ) -> End {
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
        self.link
            .shared
            .app
            .admission
            .record_refused(attempt, &refused)
            .await;
        end
    }

    /// Reads until the CONNECT is there; otherwise the code of the attempt's failure, and the end.
    async fn first_packet(
        &mut self,
        attempt: &mut Attempt,
    ) -> Result<Box<ConnectRequest>, (&'static str, End)> {
        let link = &mut *self.link;
        let lost = |text: String| ("connect-missing", End::lost(text));
        loop {
            let first = link.input.first().copied();
            if let Some(stranger) = first.and_then(link.shared.stranger) {
                link.output.extend_from_slice(&stranger.answer);
                return Err((
                    "connect-malformed",
                    End::client_error("connect-malformed", stranger.why),
                ));
            }
            match link.protocol.decode(&mut link.input) {
                Ok(Some(packet)) => {
                    if let Packet::Connect(connect) = &packet {
                        attempt.client_id = Some(bounded(&connect.client_id));
                    }
                    let now = link.now();
                    return match link.protocol.receive(packet, now, &mut link.output) {
                        Step::Connect(request) => Ok(request),
                        Step::Close(close) => Err(("connect-malformed", End::of(close))),
                        _ => Err((
                            "connect-malformed",
                            End::client_error("", "the first packet is not CONNECT"),
                        )),
                    };
                }
                Ok(None) => {}
                Err(malformed) => {
                    if let DecodeError::ProtocolLevel {
                        client_id: Some(client_id),
                        ..
                    } = &malformed
                    {
                        attempt.client_id = Some(bounded(client_id));
                    }
                    let close = link.protocol.malformed(malformed, &mut link.output);
                    return Err(("connect-malformed", End::of(close)));
                }
            }
            let deadline = link.deadline();
            match tokio::time::timeout_at(deadline, read(&mut link.stream, &mut link.input)).await {
                Ok(Ok(0)) => {
                    return Err(lost(
                        "the client closed the connection before CONNECT".into(),
                    ));
                }
                Ok(Ok(_)) => {}
                Ok(Err(error)) => {
                    return Err(("connect-missing", End::broken(" before CONNECT", &error)));
                }
                Err(_) => {
                    if let Some(close) = link.protocol.on_timer(link.now(), &mut link.output) {
                        return Err(("connect-timeout", End::of(close)));
                    }
                }
            }
        }
    }
}

/// What CONNECT shows to an authorizer.
fn shown(request: &ConnectRequest) -> Mqtt {
    Mqtt {
        username: request
            .user_name
            .as_ref()
            .map(|name| name.as_str().to_owned()),
        password: request.password.as_ref().map(|secret| secret.0.to_vec()),
        client_id: request.client_id.as_deref().map(str::to_owned),
    }
}

/// Ends when the client has closed the connection. What it sends until then is kept for later, as far as there is room.
async fn hung_up<S: Transport>(stream: &mut S, input: &mut BytesMut) {
    while input.len() < WRITE_AT {
        match read(stream, input).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
    std::future::pending().await
}

/// A client id for a record: one that is too long to be taken is too long to be kept.
fn bounded(client_id: &Text) -> String {
    let shown = client_id.as_str().chars();
    shown.take(limits::CLIENT_ID_BYTES).collect()
}
