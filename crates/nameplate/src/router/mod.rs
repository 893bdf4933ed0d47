//! Who is connected, who subscribes to what, and who gets a message.
//!
//! Owns the client ids in use (one connection each), the way from a certificate to its connections, and the
//! subscriptions. A publish takes a shared read lock, pushes one pointer to each subscriber's [`Outbox`] and waits
//! for nothing. Must not know policies: whether a client may publish was decided before, whether it may receive a
//! message is decided by its own connection task, which finds the topic in the [`Delivery`]. Nor must it know the store,
//! who publishes, or what a topic means: messages come from `app`'s ingress alone.
//!
//! Sessions that outlive their connection stay here between two of them: the client of the last connection stands for
//! its session, with all it subscribes to, until another takes its place ([`session`]).
//!
//! Locks are taken in this order and never the other way: registry, subscriptions, one client's list, what waits for
//! groups, one session, journal.

mod aside;
mod blocks;
mod client;
mod filters;
pub mod journal;
mod message;
mod outbox;
pub mod session;
mod sessions;
pub mod stored;
#[cfg(test)]
mod tests;

pub use aside::{Offered, is_group};
pub use client::Client;
pub use filters::ShareLimits;
pub use message::{Delivery, Message};
pub use outbox::{Control, Direct, DirectEnd, Outbox, OutboxLimits, Pushed};

use blocks::{Blocks, Numbered};
use filters::{Entry, Filters, Group, Subscriber};
use journal::{Journal, Ticket};
use nameplate_mqtt::packet::SubscribeOptions;
use nameplate_mqtt::topic::Filter;
use nameplate_mqtt::{DisconnectReason, QoS};
use nameplate_peers::{Clock, Interest};
use parking_lot::{Mutex, RwLock};
use session::SessionLimits;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Notify;

/// What one router may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouterLimits {
    /// Of each connected client.
    pub outbox: OutboxLimits,
    /// Shared subscriptions.
    pub share: ShareLimits,
    /// Sessions that outlive their connection.
    pub session: SessionLimits,
}

impl RouterLimits {
    /// Those of a server. The outbox bounds are our own: AWS states none for a connected client beyond a rate. They let
    /// a subscriber fall a second or so behind a dense stream.
    pub const SERVER: Self = Self {
        outbox: OutboxLimits {
            messages: 16_384,
            bytes: 8 * 1024 * 1024,
        },
        share: ShareLimits {
            groups: 100,
            members: 100,
            messages: 500_000,
        },
        // AWS states how fast messages may be queued, not how many. As many sessions as an account may have connections;
        // bounds of what waits for them are our own.
        session: SessionLimits {
            sessions: 500_000,
            messages: 100_000,
            bytes: 256 * 1024 * 1024,
            total_bytes: 8 * 1024 * 1024 * 1024,
        },
    };
}

/// What became of a published message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routed {
    /// Outboxes it was put into.
    pub queued: usize,
    /// Subscribers that missed it because their outbox was full.
    pub dropped: usize,
    /// Of the shared subscriptions named ([`Shares`]) those that have no member here, and of a QoS 1 message also those of
    /// which no member takes it and none has a session here that stays.
    pub missed: Vec<Box<str>>,
    /// Some outbox is more than half full: the publisher's task should let others run before it reads on.
    pub crowded: bool,
    /// Some session keeps it, once this is written: the publisher must not be told before that the message was taken.
    pub stored: Option<Ticket>,
}

/// Why a subscription was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// The connection was taken over or is over.
    #[error("the connection is over")]
    Gone,
    /// Too many share groups, or members of this one.
    #[error("over the limit of share groups or of members in one")]
    ShareLimit,
}

/// Routes messages between the connections of this process.
#[derive(Debug)]
pub struct Router {
    limits: RouterLimits,
    registry: Mutex<Registry>,
    filters: RwLock<Filters>,
    journal: Journal,
    /// For shared subscriptions.
    waiting: Mutex<aside::Waiting>,
    /// A member of one has come.
    came: Notify,
    /// State of the choice among members of a share group.
    dice: AtomicU64,
    clock: Clock,
}

/// Which shared subscriptions a message is for.
#[derive(Debug, Clone, Copy)]
pub enum Shares<'a> {
    /// All whose filter matches.
    All,
    /// Some, as sent.
    Except {
        /// Not these: a member on another node gets the message.
        elsewhere: &'a [Box<str>],
        /// A member here gets it of these, and of all others that are not named.
        own: &'a [Box<str>],
    },
    /// These, as sent.
    Only(&'a [Box<str>]),
}

impl Shares<'_> {
    fn include(&self, group: &str) -> bool {
        match self {
            Shares::All => true,
            Shares::Except { elsewhere, .. } => !elsewhere.iter().any(|other| **other == *group),
            Shares::Only(these) => these.iter().any(|this| **this == *group),
        }
    }

    /// Those of which it is to be known whether a member here, or what waits for them here, has the message.
    fn named(&self) -> &[Box<str>] {
        match self {
            Shares::All => &[],
            Shares::Except { own, .. } => own,
            Shares::Only(these) => these,
        }
    }
}

#[derive(Debug, Default)]
struct Registry {
    by_client_id: HashMap<Arc<str>, Arc<Client>>,
    by_principal: HashMap<Arc<str>, Blocks<Arc<Client>>>,
    /// Who stands for a session: the client that is connected, or was last.
    sessions: HashMap<Arc<str>, Arc<Client>>,
    connections: u64,
}

impl Numbered for Arc<Client> {
    fn number(&self) -> u64 {
        self.number
    }
}

impl Registry {
    fn next_number(&mut self) -> u64 {
        self.connections += 1;
        self.connections
    }

    fn forget_principal(&mut self, client: &Client) {
        if let Some(clients) = self.by_principal.get_mut(&client.principal) {
            clients.remove(client.number);
            if clients.is_empty() {
                self.by_principal.remove(&client.principal);
            }
        }
    }
}

/// A client's place in the router. Dropping it takes the client out, however its task ended.
#[derive(Debug)]
pub struct Registration {
    router: Arc<Router>,
    client: Arc<Client>,
}

impl std::ops::Deref for Registration {
    type Target = Arc<Client>;

    fn deref(&self) -> &Arc<Client> {
        &self.client
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.router.remove(&self.client);
    }
}

impl Router {
    /// A router without clients. `seed` starts the choice among members of share groups.
    pub fn new(limits: RouterLimits, seed: u64) -> Arc<Self> {
        Arc::new(Self {
            limits,
            registry: Mutex::default(),
            filters: RwLock::default(),
            journal: Journal::default(),
            waiting: Mutex::default(),
            came: Notify::new(),
            dice: AtomicU64::new(seed),
            clock: Clock::default(),
        })
    }

    /// Takes a client in whose CONNECT was accepted and which leaves no session behind; one that was there is over.
    /// Another connection with that client id, of whatever principal, loses it: from here on it gets no message, and is
    /// told to end with `DUPLICATE_CLIENTID`.
    pub fn register(self: &Arc<Self>, client_id: Arc<str>, principal: Arc<str>) -> Registration {
        let mut registry = self.registry.lock();
        let client = self.enter(&mut registry, client_id, principal, None);
        if let Some(over) = registry.sessions.remove(&client.client_id) {
            self.end(&over);
        }
        drop(registry);
        Registration {
            router: Arc::clone(self),
            client,
        }
    }

    /// Puts a new client in the place of whoever has its client id.
    fn enter(
        &self,
        registry: &mut Registry,
        client_id: Arc<str>,
        principal: Arc<str>,
        session: Option<(u64, Arc<session::Session>)>,
    ) -> Arc<Client> {
        let (number, session) = match session {
            Some((number, session)) => (number, Some(session)),
            None => (registry.next_number(), None),
        };
        let client = Arc::new(Client {
            number,
            client_id: Arc::clone(&client_id),
            principal: Arc::clone(&principal),
            outbox: Outbox::new(self.limits.outbox),
            session,
            held: Mutex::default(),
            stamp: self.clock.next().into(),
        });
        let old = registry.by_client_id.insert(client_id, Arc::clone(&client));
        if let Some(old) = &old {
            registry.forget_principal(old);
        }
        registry
            .by_principal
            .entry(principal)
            .or_default()
            .put(Arc::clone(&client));
        if let Some(old) = old {
            if old.session.is_none() {
                self.drop_subscriptions(&old);
            }
            old.outbox
                .signal(Control::Disconnect(DisconnectReason::DuplicateClientId));
        }
        client
    }

    /// Subscribes a client, or changes its subscription. `options` are what it is granted. Where its session keeps the
    /// subscription, that is so once the ticket's batch is written.
    pub fn subscribe(
        &self,
        client: &Arc<Client>,
        filter: &Filter,
        options: SubscribeOptions,
    ) -> Result<Option<Ticket>, SubscribeError> {
        let mut filters = self.filters.write();
        let mut held = client.held.lock();
        if held.gone {
            return Err(SubscribeError::Gone);
        }
        filters
            .add(filter, client, options, &self.limits.share)
            .map_err(|_| SubscribeError::ShareLimit)?;
        match held.position(filter) {
            Some(at) => held.filters[at].1 = options,
            None => held.filters.push((filter.clone(), options)),
        }
        if filter.share_name().is_some() {
            self.came.notify_one();
        }
        Ok(self.note_subscription(client, filter, Some(options)))
    }

    /// Drops subscriptions. Those that the client does not hold are passed over. A session's are dropped for good once the
    /// ticket's batch is written.
    pub fn unsubscribe(&self, client: &Client, dropped: &[Filter]) -> Option<Ticket> {
        let mut filters = self.filters.write();
        let mut held = client.held.lock();
        let mut ticket = None;
        for filter in dropped {
            if let Some(at) = held.position(filter) {
                held.filters.swap_remove(at);
                self.take_out(&mut filters, filter, client.number);
                ticket = ticket.max(self.note_subscription(client, filter, None));
            }
        }
        ticket
    }

    /// Whether a client here subscribes to a topic.
    pub fn is_subscribed(&self, topic: &str) -> bool {
        let mut found = false;
        self.filters.read().matching(topic, |_| found = true);
        found
    }

    /// Puts a message into the outbox of everyone who subscribes to its topic: once for each client, with the
    /// highest QoS of its matching filters but not above the message's own, and once for one member of each
    /// matching share group. `publisher` is the client id of who published it over a connection, of which subscriptions
    /// with No Local get nothing.
    pub fn publish(&self, message: &Arc<Message>, publisher: Option<&str>) -> Routed {
        self.publish_to(message, publisher, Shares::All)
    }

    /// The same, for some of the shared subscriptions alone.
    pub fn publish_to(
        &self,
        message: &Arc<Message>,
        publisher: Option<&str>,
        shares: Shares<'_>,
    ) -> Routed {
        let mut routed = Routed {
            missed: shares.named().to_vec(),
            ..Routed::default()
        };
        let filters = self.filters.read();
        let mut first: Option<&Entry> = None;
        let mut others: Vec<&Entry> = Vec::new();
        filters.matching(message.topic.as_str(), |entry| match first {
            None => first = Some(entry),
            Some(_) => others.push(entry),
        });
        let Some(first) = first else { return routed };
        if others.is_empty() {
            for subscriber in first.each.iter() {
                if subscriber.takes_from(publisher) {
                    let retain = message.retain && subscriber.options.retain_as_published;
                    routed.count(self.push(subscriber, message, retain));
                }
            }
        } else {
            let entries = || std::iter::once(first).chain(others.iter().copied());
            let mut each: Vec<(&Subscriber, bool)> = entries()
                .flat_map(|entry| entry.each.iter())
                .filter(|subscriber| subscriber.takes_from(publisher))
                .map(|subscriber| {
                    let retain = message.retain && subscriber.options.retain_as_published;
                    (subscriber, retain)
                })
                .collect();
            each.sort_unstable_by_key(|(subscriber, _)| {
                let qos = subscriber.options.qos;
                (subscriber.number, std::cmp::Reverse(qos))
            });
            each.dedup_by(|other, first| {
                let same = other.0.number == first.0.number;
                first.1 |= same && other.1;
                same
            });
            for (subscriber, retain) in each {
                routed.count(self.push(subscriber, message, retain));
            }
        }
        for entry in std::iter::once(first).chain(others) {
            for group in &entry.groups {
                if !shares.include(&group.whole) {
                    continue;
                }
                let missed = routed.missed.iter().position(|name| *name == group.whole);
                let has_it = self.push_to_one(group, message, &mut routed);
                match missed {
                    Some(at) if has_it || message.qos == QoS::AtMostOnce => {
                        routed.missed.swap_remove(at);
                    }
                    _ => {}
                }
                // One that is missed is for whoever asked.
                routed.dropped +=
                    usize::from(!has_it && (missed.is_none() || message.qos == QoS::AtMostOnce));
            }
        }
        routed
    }

    /// From now on it is known which filters change, for other nodes to hear of.
    pub fn follow_filters(&self) {
        self.filters.write().follow();
    }

    /// The filters that have changed since this was asked last, and what subscribers want of each now.
    pub fn changed_filters(&self) -> Vec<(Box<str>, Option<Interest>)> {
        self.filters.write().take_changed()
    }

    /// What subscribers want by a filter as sent; `None` where there are none.
    pub fn interest(&self, filter: &str) -> Option<Interest> {
        self.filters.read().interest(filter)
    }

    /// Stamps of connections.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The members that a client's shared subscriptions have connected are others.
    fn note_shared(&self, client: &Client) {
        let held = client.held.lock();
        let shared = held.filters.iter().map(|(filter, _)| filter);
        let shared: Vec<Filter> = shared
            .filter(|filter| filter.share_name().is_some())
            .cloned()
            .collect();
        drop(held);
        if !shared.is_empty() {
            let mut filters = self.filters.write();
            shared
                .iter()
                .for_each(|filter| filters.note(filter.as_str()));
        }
    }

    /// The highest QoS that a client's subscriptions to a topic were granted; `None` where it has none.
    pub fn granted(&self, client: &Client, topic: &str) -> Option<QoS> {
        let mut granted = None;
        self.filters.read().matching(topic, |entry| {
            let groups = entry.groups.iter().map(|group| &group.members);
            for subscribers in std::iter::once(&entry.each).chain(groups) {
                let found = subscribers.get(client.number);
                granted = granted.max(found.map(|found| found.options.qos));
            }
        });
        granted
    }

    /// The connection that has this client id.
    pub fn client(&self, client_id: &str) -> Option<Arc<Client>> {
        self.registry.lock().by_client_id.get(client_id).cloned()
    }

    /// The connections of this principal, for instance of a certificate that was revoked.
    pub fn clients_of(&self, principal: &str) -> Vec<Arc<Client>> {
        self.registry
            .lock()
            .by_principal
            .get(principal)
            .map(|clients| clients.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// All connections.
    pub fn clients(&self) -> Vec<Arc<Client>> {
        self.registry
            .lock()
            .by_client_id
            .values()
            .cloned()
            .collect()
    }

    /// Number of connections.
    pub fn len(&self) -> usize {
        self.registry.lock().by_client_id.len()
    }

    /// True without connections.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Leaves an instruction for every connection of a principal; returns how many there are.
    pub fn signal_principal(&self, principal: &str, control: Control) -> usize {
        let clients = self.clients_of(principal);
        clients
            .iter()
            .for_each(|client| client.outbox.signal(control));
        clients.len()
    }

    /// Leaves an instruction for every connection whose principal is one of these; returns how many there are.
    pub fn signal_where(&self, chosen: fn(&str) -> bool, control: Control) -> usize {
        let clients: Vec<Arc<Client>> = {
            let registry = self.registry.lock();
            let chosen = registry
                .by_principal
                .iter()
                .filter(|(principal, _)| chosen(principal));
            chosen
                .flat_map(|(_, clients)| clients.iter())
                .cloned()
                .collect()
        };
        clients
            .iter()
            .for_each(|client| client.outbox.signal(control));
        clients.len()
    }

    /// Leaves an instruction for every connection; returns how many there are.
    pub fn signal_all(&self, control: Control) -> usize {
        let clients = self.clients();
        clients
            .iter()
            .for_each(|client| client.outbox.signal(control));
        clients.len()
    }

    #[cfg(test)]
    pub(super) fn holds_no_filters(&self) -> bool {
        self.filters.read().is_empty()
    }

    /// Takes a client out; its client id only if no other connection has taken it over. Its session stays.
    fn remove(&self, client: &Arc<Client>) {
        let mut registry = self.registry.lock();
        if registry
            .by_client_id
            .get(&client.client_id)
            .is_some_and(|held| Arc::ptr_eq(held, client))
        {
            registry.by_client_id.remove(&client.client_id);
            registry.forget_principal(client);
        }
        let stays = registry
            .sessions
            .get(&client.client_id)
            .is_some_and(|held| Arc::ptr_eq(held, client));
        if stays && let Some(session) = &client.session {
            session.detach(client.number, &self.journal);
        }
        drop(registry);
        if stays {
            self.note_shared(client);
        } else {
            self.drop_subscriptions(client);
        }
        client.outbox.close();
    }

    /// Drops all subscriptions of a client, for good.
    fn drop_subscriptions(&self, client: &Client) {
        let mut filters = self.filters.write();
        let mut held = client.held.lock();
        held.gone = true;
        for (filter, _) in std::mem::take(&mut held.filters) {
            self.take_out(&mut filters, &filter, client.number);
        }
    }

    /// Chooses a member at random, and the next ones where its outbox takes nothing, among those who are connected. What
    /// none of them takes waits for whoever is back first, where a member's session stays. False where it does not.
    fn push_to_one(&self, group: &Group, message: &Arc<Message>, routed: &mut Routed) -> bool {
        let members = &group.members;
        let start = self.roll(members.len());
        let all = || members.iter().skip(start).chain(members.iter().take(start));
        for subscriber in all().filter(|member| !member.is_away()) {
            let retain = message.retain && subscriber.options.retain_as_published;
            let pushed = self.push(subscriber, message, retain);
            if matches!(pushed, Pushed::Queued { .. } | Pushed::Stored { .. }) {
                routed.count(pushed);
                return true;
            }
        }
        let waits = members.are_durable() && message.qos > QoS::AtMostOnce;
        if waits {
            routed.count(self.keep_for_group(&group.whole, message));
            if all().any(|member| !member.is_away()) {
                self.came.notify_one();
            }
        }
        waits
    }

    /// Puts a message where its subscriber finds it; `retain` is the flag that it is sent with.
    fn push(&self, subscriber: &Subscriber, message: &Arc<Message>, retain: bool) -> Pushed {
        let granted = subscriber.options.qos;
        self.deliver(&subscriber.client, message, granted, retain)
    }

    /// Puts a message where one client finds it: with QoS 1 in its session, where it leaves one behind, which keeps the
    /// message until it is acknowledged. `granted` is the QoS of the subscription that it is for, and `retain` the flag that
    /// it is sent with.
    pub fn deliver(
        &self,
        client: &Client,
        message: &Arc<Message>,
        granted: QoS,
        retain: bool,
    ) -> Pushed {
        let qos = granted.min(message.qos);
        if let (Some(session), QoS::AtLeastOnce) = (&client.session, qos) {
            let limits = &self.limits.session;
            return session.keep(Some(client), message, retain, limits, &self.journal);
        }
        client.outbox.push(Delivery {
            message: Arc::clone(message),
            number: None,
            qos,
            retain,
        })
    }

    /// A number below `sides` that is hard to foresee but repeatable from the seed (splitmix64).
    pub(crate) fn roll(&self, sides: usize) -> usize {
        let mut z = self
            .dice
            .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides.max(1) as u64) as usize
    }
}

impl Routed {
    fn count(&mut self, pushed: Pushed) {
        match pushed {
            Pushed::Queued { crowded } => {
                self.queued += 1;
                self.crowded |= crowded;
            }
            Pushed::Stored { ticket, crowded } => {
                self.queued += 1;
                self.crowded |= crowded;
                self.stored = self.stored.max(Some(ticket));
            }
            Pushed::Full => self.dropped += 1,
            Pushed::Closed => {}
        }
    }
}
