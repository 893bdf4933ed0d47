//! Sessions that outlive their connection: how a client gets its own back, and how they end.

use super::aside::is_group;
use super::client::{Client, Held};
use super::journal::{Entry, Journal, Ticket, Write};
use super::session::{Restored, Session, SessionAsk, SessionRecord};
use super::{Control, Outbox, Registration, Router};
use nameplate_core::ctx::Millis;
use nameplate_mqtt::DisconnectReason;
use nameplate_mqtt::packet::SubscribeOptions;
use nameplate_mqtt::topic::Filter;
use parking_lot::Mutex;
use std::sync::Arc;

/// A client that leaves a session behind, taken in.
#[derive(Debug)]
pub struct Resumed {
    /// Its place.
    pub registration: Registration,
    /// Filters of the session that was there; `None` where there was none.
    pub filters: Option<Vec<Filter>>,
    /// The session is kept once this is written.
    pub ticket: Ticket,
}

/// There are as many sessions as there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are {0} sessions that outlive their connection, as many as there may be")]
pub struct TooManySessions(pub usize);

/// A session as operators see it.
#[derive(Debug, Clone)]
pub struct SessionView {
    /// What it is.
    pub record: SessionRecord,
    /// Messages that wait or are not acknowledged.
    pub messages: usize,
}

impl Router {
    /// Takes a client in as [`Router::register`] does, which leaves a session behind. It gets the one that is there, where
    /// that is what it asks for.
    pub fn register_session(
        self: &Arc<Self>,
        client_id: Arc<str>,
        principal: Arc<str>,
        ask: &SessionAsk,
    ) -> Result<Resumed, TooManySessions> {
        let mut registry = self.registry.lock();
        let before = registry.sessions.get(&client_id).cloned();
        let suits = |client: &Arc<Client>| client.session.clone().filter(|found| found.suits(ask));
        let resumed = before.as_ref().and_then(suits);
        let most = self.limits.session.sessions;
        if before.is_none() && registry.sessions.len() >= most {
            return Err(TooManySessions(most));
        }
        let number = registry.next_number();
        let session = match &resumed {
            Some(session) => Arc::clone(session),
            None => Arc::new(Session::new(
                SessionRecord {
                    key: self.journal.next_key(),
                    epoch: 0,
                    client_id: Arc::clone(&client_id),
                    principal: Arc::clone(&principal),
                    protocol: ask.protocol,
                    expiry: ask.expiry,
                    keep_alive_seconds: ask.keep_alive_seconds,
                    connected: ask.now,
                    disconnected: None,
                },
                number,
            )),
        };
        let entering = Some((number, Arc::clone(&session)));
        let client = self.enter(&mut registry, client_id, Arc::clone(&principal), entering);
        let mut filters = None;
        match (&resumed, &before) {
            (Some(session), Some(before)) => {
                session.attach(number, principal, ask);
                filters = Some(self.hand_over(before, &client));
            }
            (_, Some(before)) => self.end(before),
            (_, None) => {}
        }
        registry
            .sessions
            .insert(Arc::clone(&client.client_id), Arc::clone(&client));
        let ticket = self.journal.push(Entry::State(session));
        drop(registry);
        if filters
            .iter()
            .flatten()
            .any(|filter: &Filter| filter.share_name().is_some())
        {
            self.came.notify_one();
        }
        Ok(Resumed {
            registration: Registration {
                router: Arc::clone(self),
                client,
            },
            filters,
            ticket,
        })
    }

    /// Puts a session back that the store has. For the start, before anybody connects.
    pub fn restore(&self, restored: Restored) {
        self.journal.keys_behind(restored.record.key);
        if let Some(last) = restored.chunks.last() {
            self.journal.keys_behind(last.key);
        }
        let session = Session::restored(restored.record.clone(), restored.chunks, &self.journal);
        self.put_back(restored.record, restored.filters, session);
    }

    /// Takes a session over from another node, which may go on to keep messages for it until it is told; those follow by
    /// [`Session::arrived`]. One that is here already goes on instead.
    pub fn take_over(&self, record: SessionRecord, filters: Vec<(Filter, SubscribeOptions)>) {
        // One of an earlier epoch has been another node's since.
        self.release_session(&record.client_id, record.epoch, false);
        let session = Session::arriving(record.clone());
        self.put_back(record, filters, session);
    }

    fn put_back(
        &self,
        record: SessionRecord,
        subscribed: Vec<(Filter, SubscribeOptions)>,
        session: Session,
    ) {
        if is_group(&record.client_id) {
            return self.restore_group(session, record.client_id);
        }
        let mut registry = self.registry.lock();
        if registry.sessions.contains_key(&record.client_id) {
            return;
        }
        let number = registry.next_number();
        let client_id = Arc::clone(&record.client_id);
        let was_open = record.disconnected.is_none();
        let principal = record.principal;
        let session = Arc::new(session);
        let client = Arc::new(Client {
            number,
            client_id: Arc::clone(&client_id),
            principal,
            outbox: Outbox::new(self.limits.outbox),
            session: Some(Arc::clone(&session)),
            held: Mutex::default(),
            stamp: 0.into(),
        });
        client.outbox.close();
        let mut filters = self.filters.write();
        for (filter, options) in subscribed {
            let added = filters.add(&filter, &client, options, &self.limits.share);
            if added.is_ok() {
                client.held.lock().filters.push((filter, options));
            }
        }
        drop(filters);
        registry.sessions.insert(client_id, client);
        if was_open {
            // The server ended before its connection did; its time begins now.
            self.journal.push_lazily(Entry::State(session));
        }
    }

    /// Lets a session go on, or end where it `ends`, at another node, which has it in the store with this epoch; its
    /// connection here ends. What is on its way to the store gets there.
    pub fn release_session(&self, client_id: &str, epoch: i64, ends: bool) {
        self.release_session_if(client_id, ends, |session| session.epoch() < epoch);
    }

    /// The same of the session of this key, which is not in the store any more.
    pub fn forget_session(&self, client_id: &str, key: i64) {
        self.release_session_if(client_id, true, |session| session.key() == key);
    }

    fn release_session_if(&self, client_id: &str, ends: bool, which: impl Fn(&Session) -> bool) {
        let mut registry = self.registry.lock();
        let held = registry.sessions.get(client_id);
        let session = held.and_then(|client| client.session.clone());
        let Some(session) = session.filter(|session| which(session)) else {
            return;
        };
        let Some(client) = registry.sessions.remove(client_id) else {
            return;
        };
        self.drop_subscriptions(&client);
        session.release(ends, &self.journal);
        drop(registry);
        client
            .outbox
            .signal(Control::Disconnect(DisconnectReason::DuplicateClientId));
    }

    /// Ends the connection of a client id since another node has a newer one: from here on it gets no message. Its session
    /// stays until that node asks for it; whether it has one.
    pub fn evict(&self, client_id: &str) -> bool {
        let mut registry = self.registry.lock();
        let Some(client) = registry.by_client_id.remove(client_id) else {
            return false;
        };
        registry.forget_principal(&client);
        let stays = registry
            .sessions
            .get(client_id)
            .is_some_and(|held| Arc::ptr_eq(held, &client));
        if stays && let Some(session) = &client.session {
            session.detach(client.number, &self.journal);
        }
        drop(registry);
        match stays {
            true => self.note_shared(&client),
            false => self.drop_subscriptions(&client),
        }
        client
            .outbox
            .signal(Control::Disconnect(DisconnectReason::DuplicateClientId));
        stays
    }

    /// Ends the session of a client id; its connection, where there is one, goes on without. False where there is none.
    pub fn end_session(&self, client_id: &str) -> bool {
        let mut registry = self.registry.lock();
        let Some(client) = registry.sessions.remove(client_id) else {
            return false;
        };
        self.end(&client);
        true
    }

    /// Ends the session of a client that still stands for it.
    pub fn end_session_of(&self, client: &Arc<Client>) {
        let mut registry = self.registry.lock();
        let stands = registry.sessions.get(&client.client_id);
        if stands.is_some_and(|held| Arc::ptr_eq(held, client)) {
            registry.sessions.remove(&client.client_id);
            self.end(client);
        }
    }

    /// Ends the sessions whose time is over; how many.
    pub fn expire_sessions(&self, now: Millis) -> usize {
        let mut registry = self.registry.lock();
        let over: Vec<Arc<Client>> = registry
            .sessions
            .values()
            .filter(|client| client.session.as_ref().is_some_and(|s| s.has_expired(now)))
            .cloned()
            .collect();
        for client in &over {
            registry.sessions.remove(&client.client_id);
            self.end(client);
        }
        over.len()
    }

    /// The session of a client id, and who stands for it.
    pub fn session(&self, client_id: &str) -> Option<(Arc<Client>, SessionView)> {
        let client = self.registry.lock().sessions.get(client_id).cloned()?;
        let session = client.session.as_ref()?;
        let view = SessionView {
            record: session.record()?,
            messages: session.messages(),
        };
        Some((client, view))
    }

    /// Number of sessions that outlive their connection.
    pub fn sessions(&self) -> usize {
        self.registry.lock().sessions.len()
    }

    /// What of sessions waits to be written down.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Drops what a session subscribes to and ends it.
    pub(super) fn end(&self, client: &Client) {
        self.drop_subscriptions(client);
        if let Some(session) = &client.session {
            session.end(&self.journal);
        }
    }

    /// Gives the subscriptions of a session to the client that stands for it now, so that no message is missed between.
    fn hand_over(&self, before: &Client, client: &Arc<Client>) -> Vec<Filter> {
        let mut filters = self.filters.write();
        let held = {
            let mut held = before.held.lock();
            held.gone = true;
            std::mem::take(&mut held.filters)
        };
        for (filter, options) in &held {
            filters.remove(filter, before.number);
            // There is room: the place in a share group that it takes has just been left.
            let _ = filters.add(filter, client, *options, &self.limits.share);
        }
        let names = held.iter().map(|(filter, _)| filter.clone()).collect();
        *client.held.lock() = Held {
            filters: held,
            gone: false,
        };
        names
    }

    /// Has the session of a client keep or drop a subscription.
    pub(super) fn note_subscription(
        &self,
        client: &Client,
        filter: &Filter,
        options: Option<SubscribeOptions>,
    ) -> Option<Ticket> {
        let session = client.session.as_ref()?.key();
        let filter = filter.as_str().into();
        let write = match options {
            Some(options) => Write::Subscription {
                session,
                filter,
                options,
            },
            None => Write::Unsubscription { session, filter },
        };
        Some(self.journal.push(Entry::Write(write)))
    }
}
