//! An open connection: it has a client, a place in the router and a permit.

use super::end::End;
use super::link::{Link, Transport, WRITE_AT, read};
use super::record::Withheld;
use super::session::{Kept, Place};
use crate::app::App;
use crate::app::admission::attempt::{Attempt, Seat};
use crate::app::admission::{Permit, Recheck, Refused};
use crate::app::faults::Fault;
use crate::app::presence::{Arrival, Present};
use crate::app::search::connectivity::Connected;
use crate::app::wills::KeptWill;
use crate::router::{Control, Delivery, Registration};
use bytes::BytesMut;
use nameplate_mqtt::connection::Accepted;
use nameplate_mqtt::packet::Packet;
use nameplate_mqtt::{DisconnectReason, Step};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// When an authorizer is asked once more that could not be asked.
const REFRESH_AGAIN: Duration = Duration::from_secs(60);

/// Has the authorizer of an open connection asked again, while the connection goes on.
fn ask_again(app: &Arc<App>, permit: &Permit) -> oneshot::Receiver<Result<Permit, Refused>> {
    let (tell, answer) = oneshot::channel();
    let (app, permit) = (Arc::clone(app), permit.clone());
    tokio::spawn(async move {
        let _ = tell.send(app.admission.refresh(&permit).await);
    });
    answer
}

/// What a packet costs, in messages.
fn work(packet: &Packet) -> usize {
    /// Each is decided, put into the router's tables and told of.
    const FILTER: usize = 8;
    match packet {
        Packet::Subscribe(subscribe) => FILTER * subscribe.filters.len(),
        Packet::Unsubscribe(unsubscribe) => FILTER * unsubscribe.filters.len(),
        _ => 1,
    }
}

/// The answer, once it is there.
async fn answered(
    waits: &mut Option<oneshot::Receiver<Result<Permit, Refused>>>,
) -> Option<Result<Permit, Refused>> {
    match waits {
        Some(answer) => answer.await.ok(),
        None => std::future::pending().await,
    }
}

/// A connection from its CONNACK to its end.
pub(super) struct Open<'l, 's, S> {
    pub(super) link: &'l mut Link<'s, S>,
    /// The client's place in the router.
    pub(super) registration: Registration,
    /// Its will, as it is kept.
    will: Option<KeptWill>,
    /// What the policies let the client do.
    pub(super) permit: Permit,
    /// What records say of the connection.
    pub(super) seat: Seat,
    pub(super) withheld: Option<Box<Withheld>>,
    /// Taken from the outbox and not yet sent.
    pub(super) hand: VecDeque<Delivery>,
    /// What the store has to do with messages in both directions.
    pub(super) kept: Kept,
    /// What the client may do could not be read when it changed.
    doubted: bool,
    /// The log has heard of a topic that no table knows.
    pub(super) unknown_told: bool,
    /// The thing that has the client id as its name.
    thing: Option<Connected>,
    /// What its authorizer answers, while it is asked again.
    asked_again: Option<oneshot::Receiver<Result<Permit, Refused>>>,
    /// What events tell of the connection.
    pub(super) present: Arc<Present>,
    /// The API ended the connection without its will.
    pub(super) without_will: bool,
}

impl<'l, 's, S: Transport> Open<'l, 's, S> {
    /// Accepts a CONNECT: CONNACK is due, and the attempt on record as one that connected. `assigned` where the client
    /// brought no client id.
    pub(super) async fn accept(
        link: &'l mut Link<'s, S>,
        place: Place,
        permit: Permit,
        seat: Seat,
        attempt: Attempt,
        assigned: bool,
    ) -> Self {
        let app = &link.shared.app;
        let registration = place.registration;
        let (client_id, number) = (registration.client_id(), registration.number());
        let thing = app.arrived(permit.certificate(), client_id, number).await;
        let how = Accepted {
            resumed: place.resumed,
            assigned_client_id: assigned.then(|| &**registration.client_id()),
        };
        link.protocol.accept(how, link.now(), &mut link.output);
        app.admission.record_connected(attempt).await;
        if let Some(known) = permit.authenticated() {
            link.last(known);
        }
        let arrival = Arrival {
            number: registration.number(),
            client_id: Arc::clone(registration.client_id()),
            principal: Arc::clone(registration.principal()),
            certificate: permit.certificate().copied(),
            exclusive_thing: permit.exclusive_thing(),
            address: seat.address(),
            clean_session: link.protocol.session_expiry_seconds() == 0,
            keep_alive_seconds: link.protocol.keep_alive_seconds(),
            session_expiry: Duration::from_secs(u64::from(link.protocol.session_expiry_seconds())),
            version_elsewhere: place.version,
        };
        let present = app.presence.arrive(arrival).await;
        Self {
            link,
            registration,
            will: place.will,
            permit,
            seat,
            withheld: None,
            hand: VecDeque::new(),
            kept: Kept::default(),
            doubted: false,
            unknown_told: false,
            thing,
            asked_again: None,
            present,
            without_will: false,
        }
    }

    /// Serves the client until the connection is to be closed.
    pub(super) async fn serve(mut self: Box<Self>) -> End {
        let metrics = self.link.shared.app.metrics();
        metrics.connections.inc();
        let end = self.converse().await;
        if let Some(thing) = &self.thing {
            let reason = end.reason.as_str();
            self.link
                .shared
                .app
                .search
                .thing_disconnected(thing, reason);
        }
        let presence = &self.link.shared.app.presence;
        presence.leave(&self.present, end.reason).await;
        metrics.connections.dec();
        // As the opening: what the end needs is not kept ready all the while.
        Box::pin(self.finish(&end)).await;
        end
    }

    async fn converse(&mut self) -> End {
        let mut draining = self.link.shared.draining.clone();
        // The keep-alive moves on with every packet; the timer is only reset when it goes off, or something is due before.
        let timer = tokio::time::sleep_until(self.link.deadline());
        tokio::pin!(timer);
        loop {
            // What is acknowledged makes room for what has been read and could not be received.
            loop {
                if let Err(end) = self.handle_input().await {
                    return end;
                }
                if !self.settle() {
                    break;
                }
            }
            if let Err(end) = self.handle_outbox().await {
                return end;
            }
            if let Err(end) = self.flush().await {
                return end;
            }
            self.link.shrink();
            if self.doubted
                && self.kept.may_ask_store()
                && let Err(end) = self.reauthorize().await
            {
                return end;
            }
            if let Some(end) = self.link.over() {
                return end;
            }
            if self.link.is_refresh_due() {
                self.asked_again = Some(ask_again(&self.link.shared.app, &self.permit));
            }
            if let Some(due) = self.link.protocol.resend_due() {
                let due = tokio::time::Instant::from_std(self.link.shared.epoch + due);
                if due < timer.deadline() {
                    timer.as_mut().reset(due);
                }
            }
            // Over its throughput nothing is read; what it may be told to do still reaches it.
            let pause = self.link.pause();
            if let Some(pause) = pause {
                let over = tokio::time::Instant::now() + pause;
                timer.as_mut().reset(over.min(self.link.deadline()));
            }
            let link = &mut *self.link;
            let can_read = link.protocol.can_receive() && pause.is_none();
            tokio::select! {
                read = read(&mut link.stream, &mut link.input), if can_read => match read {
                    Ok(0) => return End::lost("the client closed the connection"),
                    Ok(count) => {
                        if let Some(meter) = &mut link.meter {
                            meter.bytes(&link.shared.app, count);
                        }
                    }
                    Err(error) => return End::broken("", &error),
                },
                () = self.registration.outbox().changed() => {}
                () = self.kept.commit() => {}
                answer = answered(&mut self.asked_again) => {
                    if let Err(end) = self.asked_again(answer) {
                        return end;
                    }
                    timer.as_mut().reset(self.link.deadline());
                }
                () = timer.as_mut() => {
                    if let Some(close) = link.protocol.on_timer(link.now(), &mut link.output) {
                        return End::of(close);
                    }
                    self.resend();
                    timer.as_mut().reset(self.link.deadline());
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
        // The clock is read once for all that has come together.
        let mut now = None;
        while self.link.protocol.can_receive() {
            let link = &mut *self.link;
            let packet = match link.protocol.decode(&mut link.input) {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(()),
                Err(malformed) => {
                    return Err(End::of(
                        link.protocol.malformed(malformed, &mut link.output),
                    ));
                }
            };
            let work = work(&packet);
            let now = *now.get_or_insert_with(|| link.now());
            let mut nowhere = BytesMut::new();
            let client = self.registration.client_id();
            let is_lost = || {
                let faults = link.shared.app.faults();
                faults.due(Fault::LosePingresp, client).is_some()
            };
            let out = match matches!(packet, Packet::PingReq) && is_lost() {
                true => &mut nowhere,
                false => &mut link.output,
            };
            match link.protocol.receive(packet, now, out) {
                Step::Done => {}
                Step::Acknowledged(number) => self.acknowledged(number),
                Step::Publish(publish) => self.publish(publish).await?,
                Step::Subscribe(request) => self.subscribe(request).await?,
                Step::Unsubscribe(filters) => self.unsubscribe(&filters).await?,
                Step::Close(close) => return Err(End::of(close)),
                Step::Connect(_) => {
                    return Err(End::client_error("packet-unexpected", "a second CONNECT"));
                }
            }
            if self.link.output.len() > WRITE_AT {
                self.flush().await?;
            }
            self.link.worked(work).await;
        }
        Ok(())
    }

    /// Decides anew whether the client may stay, and what it may do.
    pub(super) async fn reauthorize(&mut self) -> Result<(), End> {
        match self.link.shared.app.admission.recheck(&self.permit).await {
            Recheck::Stay(permit) => {
                self.permit = permit;
                self.doubted = false;
                Ok(())
            }
            Recheck::NotNow => {
                self.doubted = true;
                self.kept.ask_again();
                Ok(())
            }
            Recheck::End(refused) => Err(End {
                reason: DisconnectReason::AuthError,
                code: refused.code.into(),
                text: refused.reason,
            }),
        }
    }

    /// Whether the permit may be older than the last change of the registry; it is of now then. What an older one refuses
    /// is to be asked again: the client may have been told that it has a right by whoever gave it. Where somebody is
    /// `told` of the refusal, what other nodes have changed counts, too: it is not tried again.
    pub(super) async fn was_behind(&mut self, told: bool) -> Result<bool, End> {
        let app = &self.link.shared.app;
        if told && let Err(error) = app.catch_up().await {
            tracing::debug!("a refusal does not know what other nodes have changed: {error:?}");
        }
        // In this order: whoever is told is told before nothing is owed any more.
        let owed = app.owes_a_look();
        let control = self.registration.outbox().take_control();
        if let Some(control) = control {
            self.obey(control).await?;
        }
        let is_anew = control == Some(Control::Reauthorize);
        if owed && !is_anew {
            self.reauthorize().await?;
        }
        Ok(owed || is_anew)
    }

    /// What its authorizer answered when it was asked again. Where that cannot be found out now, it is asked once more
    /// in a while.
    fn asked_again(&mut self, answer: Option<Result<Permit, Refused>>) -> Result<(), End> {
        self.asked_again = None;
        match answer {
            Some(Ok(permit)) => {
                let after = permit.authenticated().and_then(|known| known.refresh_after);
                self.link.refresh_at = after.map(|after| self.link.now() + after);
                self.permit = permit;
                Ok(())
            }
            Some(Err(refused)) if !refused.internal => Err(End {
                reason: DisconnectReason::AuthError,
                code: refused.code.into(),
                text: refused.reason,
            }),
            Some(Err(_)) | None => {
                self.link.refresh_at = Some(self.link.now() + REFRESH_AGAIN);
                Ok(())
            }
        }
    }

    /// Writes what is left, and publishes the will if the end calls for it.
    async fn finish(mut self: Box<Self>, end: &End) {
        let shared = self.link.shared;
        let link = &mut *self.link;
        let will = link.protocol.end(end.reason, &mut link.output);
        self.note_withheld();
        if let Some(meter) = &mut self.link.meter {
            meter.record_rest(&shared.app, &self.permit, self.seat);
        }
        self.record_end(end).await;
        self.link.flush_at(end).await;
        let _at_work = shared.app.wills.at_work();
        // Its client id is free, and it gets no more messages, from here on.
        self.leave_session();
        let client = Arc::clone(&self.registration);
        drop(self.registration);
        // One that is not published is forgotten.
        if let (Some(kept), Some(will), false) = (self.will, will, self.without_will) {
            kept.publish(will, &self.permit, &client).await;
        }
    }
}
