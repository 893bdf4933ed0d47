//! The session that a connection leaves behind: getting it at CONNECT, reading what waits in it, and what waits for it.

use super::end::End;
use super::link::Transport;
use super::open::Open;
use crate::app::App;
use crate::app::admission::attempt::Stage;
use crate::app::admission::{Permit, Refused};
use crate::app::error::log_failure;
use crate::app::messaging::sessions::WRITE_LIMIT;
use crate::app::peers::TakenOver;
use crate::app::takeover::NotNow;
use crate::app::wills::KeptWill;
use crate::router::journal::Ticket;
use crate::router::session::{Next, Session, SessionAsk, Unread};
use crate::router::{Delivery, Direct, DirectEnd, Registration, stored};
use nameplate_mqtt::connection::ConnectRequest;
use nameplate_mqtt::packet::PacketId;
use nameplate_mqtt::topic::Filter;
use nameplate_mqtt::{DisconnectReason, QoS, Version};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

/// Places for messages that are kept where none is under way.
const ROOM_KEPT: usize = 8;
/// How long the store is left alone that could not be read.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// A client's place in the router.
pub(super) struct Place {
    pub(super) registration: Registration,
    /// Filters of the session that it has got back.
    pub(super) resumed: Option<Vec<Filter>>,
    /// Its will, as it is kept.
    pub(super) will: Option<KeptWill>,
    /// The version number that another node had for its connections.
    pub(super) version: Option<u64>,
}

/// Takes a client in whose CONNECT was decided; its session and its will are kept when this returns.
pub(super) async fn take_place(
    app: &App,
    client_id: Arc<str>,
    principal: Arc<str>,
    request: &ConnectRequest,
    permit: &Permit,
) -> Result<Place, Refused> {
    let ask = SessionAsk {
        fresh: request.clean_session,
        protocol: match request.version {
            Version::V311 => 3,
            Version::V5 => 5,
        },
        expiry: Duration::from_secs(u64::from(request.session_expiry_seconds)),
        keep_alive_seconds: request.keep_alive_seconds,
        now: app.now(),
    };
    let claim = app.let_in(&client_id, &ask).await;
    let claim = claim.map_err(|why| not_now(&client_id, why))?;
    // A session that is there is resumed also where it then ends with this connection, as MQTT 5 allows.
    let resumes = !request.clean_session && app.router.session(&client_id).is_some();
    let (mut ticket, mut is_new) = (None, false);
    let (registration, resumed) = if request.session_expiry_seconds == 0 && !resumes {
        (app.router.register(client_id, principal), None)
    } else {
        let ask = SessionAsk {
            now: app.now(),
            ..ask
        };
        let taken = app.router.register_session(client_id, principal, &ask);
        let taken = taken.map_err(|full| {
            Refused::new(Stage::Authorized, "session-limit", full.to_string()).for_now()
        })?;
        // One that was there is in the store already.
        is_new = taken.filters.is_none();
        if is_new {
            ticket = Some(taken.ticket);
        }
        (taken.registration, taken.filters)
    };
    let mut version = None;
    if let Some(claim) = &claim {
        if let Err(taken) = claim.settle() {
            turn_away(app, &registration, is_new);
            return Err(taken_over(taken));
        }
        // One that others do not know may be higher than that of their next claim, where their clocks are behind.
        registration.came_with(claim.stamp());
        version = claim.version;
    }
    let will = request.will.as_ref().map(|will| {
        let (kept, noted) = app.wills.keep(will, permit, &registration);
        ticket = ticket.max(Some(noted));
        kept
    });
    if let Some(ticket) = ticket
        && !written(app, ticket).await
    {
        turn_away(app, &registration, is_new);
        let reason = "the session or will could not be written down; the server's log says why";
        return Err(Refused::new(Stage::Authorized, "session-not-kept", reason).for_now());
    }
    Ok(Place {
        registration,
        resumed,
        will,
        version,
    })
}

/// The client is not let in: a session that began with this is none. One that was there stays.
fn turn_away(app: &App, registration: &Registration, is_new: bool) {
    if is_new {
        app.router.end_session_of(registration);
    }
}

fn not_now(client_id: &str, why: NotNow) -> Refused {
    match why {
        NotNow::TakenOver(taken) => taken_over(taken),
        NotNow::Failed(error) => {
            log_failure!(error, client.id = %client_id, "{client_id} could not be had: {error:?}");
            let reason = "its session could not be had from the store; the server's log says why";
            Refused::new(Stage::Authorized, "session-not-kept", reason).for_now()
        }
    }
}

fn taken_over(taken: TakenOver) -> Refused {
    Refused::new(Stage::Authorized, "taken-over", taken.to_string()).for_now()
}

/// Whether something is on disk within the time that a client's request may wait.
async fn written(app: &App, ticket: Ticket) -> bool {
    let written = app.router.journal().written(ticket);
    tokio::time::timeout(WRITE_LIMIT, written).await.is_ok()
}

/// What a connection knows of the store's part in its messages. Most have none.
#[derive(Default)]
pub(super) struct Kept {
    /// Messages sent and not yet acknowledged, with their numbers in the protocol, in their order.
    sent: VecDeque<(u64, Delivery)>,
    /// Messages of the client that are not yet acknowledged, since sessions of others are to keep them.
    unsettled: VecDeque<(PacketId, Ticket)>,
    /// Messages for this client alone: not yet sent, and sent and not yet acknowledged.
    pub(super) direct: VecDeque<Direct>,
    pub(super) confirming: Vec<(u64, oneshot::Sender<DirectEnd>)>,
    /// The next messages are in the store after the next commit.
    waits: bool,
    /// When the store is asked again that could not be.
    again: Option<Instant>,
    commits: Option<watch::Receiver<u64>>,
}

impl Kept {
    /// A message was sent, with this number in the protocol.
    pub(super) fn sent(&mut self, number: u64, delivery: Delivery) {
        self.sent.push_back((number, delivery));
    }

    /// The message that the protocol gave this number.
    pub(super) fn unacknowledged(&self, number: u64) -> Option<&Delivery> {
        let at = self.sent.binary_search_by_key(&number, |(sent, _)| *sent);
        Some(&self.sent.get(at.ok()?)?.1)
    }

    /// It is waited for no more.
    fn acknowledged(&mut self, number: u64) -> Option<Delivery> {
        // Nearly always it is the oldest.
        let (_, delivery) = match self.sent.front() {
            Some((oldest, _)) if *oldest == number => self.sent.pop_front()?,
            _ => {
                let at = self.sent.binary_search_by_key(&number, |(sent, _)| *sent);
                self.sent.remove(at.ok()?)?
            }
        };
        if self.sent.is_empty() && self.sent.capacity() > ROOM_KEPT {
            self.sent = VecDeque::new();
        }
        Some(delivery)
    }

    /// The protocol has given up to wait for it. A session keeps it until its client is back.
    pub(super) fn given_up(&mut self, number: u64) {
        self.acknowledged(number);
        self.confirming.retain(|(sent, _)| *sent != number);
    }

    /// The store could not be asked: not at once again, and soon without a commit.
    pub(super) fn ask_again(&mut self) {
        self.again = Some(Instant::now() + AGAIN_AFTER);
    }

    /// Whether it may be asked.
    pub(super) fn may_ask_store(&mut self) -> bool {
        if self.again.is_some_and(|again| Instant::now() < again) {
            return false;
        }
        self.again = None;
        true
    }

    /// Waits for the next commit, or for the store, where there is something to do after it.
    pub(super) async fn commit(&mut self) {
        let (commits, waits) = (&mut self.commits, self.waits || !self.unsettled.is_empty());
        let committed = async {
            match commits {
                Some(commits) if waits => {
                    // The sender lives as long as the server.
                    let _ = commits.changed().await;
                }
                _ => std::future::pending().await,
            }
        };
        let Some(again) = self.again else {
            return committed.await;
        };
        tokio::select! {
            () = committed => {}
            // Whatever is done about it: once.
            () = tokio::time::sleep_until(again) => self.again = None,
        }
    }
}

impl<S: Transport> Open<'_, '_, S> {
    /// A message of the client's was taken, and is acknowledged once sessions keep it.
    pub(super) fn acknowledge_when(&mut self, packet_id: PacketId, ticket: Ticket) {
        let journal = self.link.shared.app.router.journal();
        self.kept.commits.get_or_insert_with(|| journal.commits());
        self.kept.unsettled.push_back((packet_id, ticket));
    }

    /// Acknowledges what sessions keep by now. Whether there was something.
    pub(super) fn settle(&mut self) -> bool {
        let Some(commits) = &mut self.kept.commits else {
            return false;
        };
        // Seen before anything is looked at, so that what is committed from here on wakes the connection again.
        commits.mark_unchanged();
        let journal = self.link.shared.app.router.journal();
        let before = self.kept.unsettled.len();
        while let Some((packet_id, ticket)) = self.kept.unsettled.front() {
            if !journal.is_written(*ticket) {
                break;
            }
            let link = &mut *self.link;
            link.protocol.published(Some(*packet_id), &mut link.output);
            self.kept.unsettled.pop_front();
        }
        self.kept.unsettled.len() < before
    }

    /// The client has acknowledged the message that the protocol gave this number.
    pub(super) fn acknowledged(&mut self, number: u64) {
        let confirming = &mut self.kept.confirming;
        if let Some(at) = confirming.iter().position(|(sent, _)| *sent == number) {
            let (_, end) = confirming.swap_remove(at);
            // Whoever asked may have gone.
            let _ = end.send(DirectEnd::Delivered);
            return;
        }
        if let Some(delivery) = self.kept.acknowledged(number)
            && let (Some(session), Some(number)) = (self.registration.session(), delivery.number)
        {
            session.acknowledge(number, self.link.shared.app.router.journal());
        }
    }

    /// Takes what waits in the session into the hand, where the outbox has none of it. Whether there was something.
    pub(super) async fn read_session(&mut self) -> bool {
        let Some(session) = self.registration.session().map(Arc::clone) else {
            return false;
        };
        if !self.kept.may_ask_store() {
            return false;
        }
        let app = &self.link.shared.app;
        let journal = app.router.journal();
        self.kept.waits = false;
        self.kept.commits.get_or_insert_with(|| journal.commits());
        loop {
            match session.next(self.registration.number(), journal) {
                Next::Outbox | Next::Gone => return false,
                Next::AfterCommit => {
                    self.kept.waits = true;
                    return false;
                }
                Next::Row(row) => {
                    match app.sessions.row(row.key).await {
                        Ok(Some(content)) => self.take_row(&session, &row, content),
                        Ok(None) => give_up(&session, &row, app),
                        Err(error) => {
                            log_failure!(
                                error,
                                "what waits for a session cannot be read: {error:?}"
                            );
                            self.kept.ask_again();
                            return false;
                        }
                    }
                    session.has_read(&row);
                    if !self.hand.is_empty() {
                        return true;
                    }
                }
            }
        }
    }

    fn take_row(&mut self, session: &Session, row: &Unread, content: bytes::Bytes) {
        let Ok(messages) = stored::read(content) else {
            let client_id = self.registration.client_id();
            tracing::error!(
                client.id = %client_id,
                "messages that wait for {client_id} cannot be read and are lost"
            );
            return give_up(session, row, &self.link.shared.app);
        };
        for (place, stored) in messages.into_iter().enumerate() {
            let Some(number) = row.number(place) else {
                continue;
            };
            match stored {
                Some(stored) => self.hand.push_back(Delivery {
                    message: Arc::new(stored.message),
                    number: Some(number),
                    qos: QoS::AtLeastOnce,
                    retain: stored.retain,
                }),
                None => session.acknowledge(number, self.link.shared.app.router.journal()),
            }
        }
    }

    /// What the client asked for its session at the end, which MQTT 5 lets it change.
    pub(super) fn leave_session(&self) {
        let Some(session) = self.registration.session() else {
            return;
        };
        match self.link.protocol.session_expiry_seconds() {
            0 => self
                .link
                .shared
                .app
                .router
                .end_session_of(&self.registration),
            seconds => {
                let expiry = Duration::from_secs(u64::from(seconds));
                session.set_expiry(self.registration.number(), expiry);
            }
        }
    }

    /// Waits until a subscription, or its end, is on disk.
    pub(super) async fn noted(&self, ticket: Option<Ticket>) -> Result<(), End> {
        let app = &self.link.shared.app;
        match ticket {
            Some(ticket) if !written(app, ticket).await => Err(End::of_server(
                DisconnectReason::ServerError,
                "the session's subscriptions could not be written down",
            )),
            _ => Ok(()),
        }
    }
}

/// A row that cannot be read holds nothing up for ever.
fn give_up(session: &Session, row: &Unread, app: &App) {
    let journal = app.router.journal();
    row.numbers()
        .for_each(|number| session.acknowledge(number, journal));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_could_not_be_read_is_read_again_without_a_commit() {
        let mut kept = Kept {
            again: Some(Instant::now()),
            ..Kept::default()
        };
        kept.commit().await;
        let waits = tokio::time::timeout(Duration::from_millis(1), kept.commit());
        assert!(waits.await.is_err(), "it wakes once");
        assert!(kept.may_ask_store());
    }
}
