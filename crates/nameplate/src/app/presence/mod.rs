//! Who is connected: lifecycle events, and what the API tells of a connection. AWS guide: life-cycle-events.
//!
//! Connections' own tasks say what happens to them, and events are published there and then. Those of a client come in
//! order: one after the other of each connection, and those of a newer connection once the end of the one before is told,
//! whoever tells that. Kept in memory, by client id; what outlives a restart is a session (`messaging/sessions.rs`) and whether
//! a thing is connected (`search/connectivity.rs`). Must not know sockets.

mod api;
mod event;
mod heir;
#[cfg(test)]
mod tests;

pub use api::{Connected, ConnectionView, DirectMessage, Refusal};
pub(crate) use heir::Word;

use crate::app::ids;
use crate::app::ingress::{Ingress, ServicePermit};
use crate::app::kernel::Kernel;
use crate::app::peers::Peers;
use crate::router::Router;
use nameplate_core::ctx::Millis;
use nameplate_mqtt::DisconnectReason;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long the version number of a client that is away goes on (AWS guide: life-cycle-events).
const REMEMBERED: Duration = Duration::from_secs(3600);
/// Client ids are looked through for those that are forgotten when there are so many, and then twice as many as stayed.
const LOOK_THROUGH: usize = 4096;

/// What a connection is, as events and the API tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Number of the connection in the router; grows.
    pub number: u64,
    /// Client id.
    pub client_id: Arc<str>,
    /// Certificate id, or the identity that another way of authentication gave.
    pub principal: Arc<str>,
    /// Digest of the certificate, where there is one.
    pub certificate: Option<[u8; 32]>,
    /// Key of the thing that its certificate belongs to alone (AWS guide: exclusive-thing).
    pub exclusive_thing: Option<i64>,
    /// The peer's address.
    pub address: SocketAddr,
    /// Whether no session outlives the connection.
    pub clean_session: bool,
    /// Keep alive in effect, seconds.
    pub keep_alive_seconds: u16,
    /// How long the session is kept after the connection.
    pub session_expiry: Duration,
    /// The version number that another node had for the client's connections.
    pub version_elsewhere: Option<u64>,
}

/// A connection that events have told of, until [`Presence::leave`].
#[derive(Debug)]
pub struct Present {
    arrival: Arrival,
    /// `sessionIdentifier`.
    session: String,
    /// `versionNumber`.
    version: u64,
    since: Millis,
    /// The thing that the certificate belongs to alone.
    thing: Option<String>,
    /// Its end has been told, or its client id has no events.
    told: AtomicBool,
    /// Held while an event of it is published: what comes after waits.
    telling: Telling,
}

type Telling = tokio::sync::Mutex<()>;

/// Who is connected.
pub struct Presence {
    kernel: Arc<Kernel>,
    ingress: Arc<Ingress>,
    router: Arc<Router>,
    peers: Option<Arc<Peers>>,
    known: Mutex<Known>,
    estates: heir::Estates,
}

#[derive(Debug)]
struct Known {
    clients: HashMap<Arc<str>, Seen>,
    look_through: usize,
}

#[derive(Debug)]
enum Seen {
    Here(Arc<Present>),
    Gone(Left),
}

/// A connection that has ended.
#[derive(Debug, Clone)]
struct Left {
    present: Arc<Present>,
    at: Millis,
    reason: DisconnectReason,
}

impl Seen {
    fn present(&self) -> &Arc<Present> {
        match self {
            Seen::Here(present) => present,
            Seen::Gone(left) => &left.present,
        }
    }

    /// Why and when it ended, where a newer connection comes now.
    fn end(&self, now: Millis) -> (DisconnectReason, Millis) {
        match self {
            Seen::Here(_) => (DisconnectReason::DuplicateClientId, now),
            Seen::Gone(left) => (left.reason, left.at),
        }
    }

    /// Whether its version number still counts.
    fn is_remembered(&self, now: Millis) -> bool {
        match self {
            Seen::Here(_) => true,
            Seen::Gone(left) => {
                let arrival = &left.present.arrival;
                let kept = match arrival.clean_session {
                    true => REMEMBERED,
                    false => REMEMBERED.max(arrival.session_expiry),
                };
                now.0 - left.at.0 < i64::try_from(kept.as_millis()).unwrap_or(i64::MAX)
            }
        }
    }
}

impl Presence {
    pub(crate) fn new(
        kernel: Arc<Kernel>,
        ingress: Arc<Ingress>,
        router: Arc<Router>,
        peers: Option<Arc<Peers>>,
    ) -> Self {
        Self {
            kernel,
            ingress,
            router,
            peers,
            known: Mutex::new(Known {
                clients: HashMap::new(),
                look_through: LOOK_THROUGH,
            }),
            estates: heir::Estates::default(),
        }
    }

    /// A client's CONNECT was accepted. The end of the connection before is told first.
    pub async fn arrive(&self, arrival: Arrival) -> Arc<Present> {
        let now = self.kernel.now();
        let thing = self.exclusive_thing(&arrival).await;
        let (present, before, telling);
        {
            let mut known = self.known.lock();
            (present, before) = known.arrive(arrival, thing, now);
            if known.is_here(&present) {
                self.came(&present);
            }
            // Nobody else has seen it yet; whoever tells of its end waits from here on.
            telling = present.telling.try_lock();
        }
        if let Some(before) = before {
            self.tell_end(before.present(), before.end(now)).await;
        }
        if !present.told.load(Ordering::Acquire) {
            let topic = event::topic("presence", "connected", &present.arrival.client_id);
            self.publish(topic, || event::connected(&present, now))
                .await;
        }
        drop(telling);
        present
    }

    /// Another node has a newer connection of the client: the one here is over, which is told before this returns. The
    /// version number of the last connection here, as long as it counts.
    pub async fn taken_over(&self, client_id: &str) -> Option<u64> {
        let inherited = self.ended_with_its_node(client_id).await;
        let now = self.kernel.now();
        let (present, end) = {
            let mut known = self.known.lock();
            let seen = known.clients.get(client_id);
            let Some(seen) = seen.filter(|seen| seen.is_remembered(now)) else {
                return inherited;
            };
            let (present, end) = (Arc::clone(seen.present()), seen.end(now));
            if known.leave(&present, end.0, end.1) {
                self.went(&present);
            }
            (present, end)
        };
        self.tell_end(&present, end).await;
        Some(present.version).max(inherited)
    }

    /// The version number of the last connection of a client, as long as it counts, where the client has none here and
    /// nothing of it is to be told: what [`Self::taken_over`] says of such a client. `None` where that is to be asked.
    pub(crate) fn is_over(&self, client_id: &str) -> Option<Option<u64>> {
        if self.is_heir_of(client_id) {
            return None;
        }
        let (known, now) = (self.known.lock(), self.kernel.now());
        let seen = known.clients.get(client_id);
        match seen.filter(|seen| seen.is_remembered(now)) {
            None => Some(None),
            Some(Seen::Gone(left)) if left.present.told.load(Ordering::Acquire) => {
                Some(Some(left.present.version))
            }
            Some(_) => None,
        }
    }

    /// The connection has ended.
    pub async fn leave(&self, present: &Arc<Present>, reason: DisconnectReason) {
        let now = self.kernel.now();
        {
            let mut known = self.known.lock();
            if known.leave(present, reason, now) {
                self.went(present);
            }
        }
        self.tell_end(present, (reason, now)).await;
    }

    /// A client that is known by its certificate may not connect.
    pub async fn refused(&self, client_id: &str, principal: &str, address: SocketAddr) {
        if has_events(client_id) {
            let now = self.kernel.now();
            let topic = event::topic("presence", "connect_failed", client_id);
            self.publish(topic, || {
                event::connect_failed(client_id, principal, address, now)
            })
            .await;
        }
    }

    /// The client has subscribed to these filters.
    pub async fn subscribed(&self, present: &Present, filters: &[&str]) {
        self.subscriptions(present, "subscribed", filters).await;
    }

    /// The client has unsubscribed from these filters.
    pub async fn unsubscribed(&self, present: &Present, filters: &[&str]) {
        self.subscriptions(present, "unsubscribed", filters).await;
    }

    async fn subscriptions(&self, present: &Present, what: &'static str, filters: &[&str]) {
        if !filters.is_empty() && has_events(&present.arrival.client_id) {
            let _telling = present.telling.lock().await;
            if present.told.load(Ordering::Acquire) && present.arrival.clean_session {
                // They ended with the connection, which has been told.
                return;
            }
            let now = self.kernel.now();
            let topic = event::topic("subscriptions", what, &present.arrival.client_id);
            self.publish(topic, || event::subscriptions(present, what, filters, now))
                .await;
        }
    }

    /// Tells of the end of a connection, once. It has been told when this returns, also where somebody else was at it.
    async fn tell_end(&self, present: &Present, (reason, at): (DisconnectReason, Millis)) {
        let _telling = present.telling.lock().await;
        if !present.told.load(Ordering::Acquire) {
            let topic = event::topic("presence", "disconnected", &present.arrival.client_id);
            self.publish(topic, || event::disconnected(present, reason, at))
                .await;
            present.told.store(true, Ordering::Release);
        }
    }

    async fn publish(&self, topic: String, document: impl FnOnce() -> Vec<u8> + Send) {
        let own = ServicePermit::own();
        self.ingress.announce_if_heard(own, &topic, document).await;
    }

    /// Name of the thing that the certificate belongs to alone.
    async fn exclusive_thing(&self, arrival: &Arrival) -> Option<String> {
        let thing = arrival.exclusive_thing?;
        let named = self
            .kernel
            .store
            .read(|conn| conn.thing_by_key(thing))
            .await
            .ok()
            .flatten()?;
        Some(named.name)
    }
}

impl Known {
    /// The new connection, and the one before it, whose end may not have been told. Of two at the same time the one with the lower number lost its
    /// client id before it got here: nobody is told of it.
    fn arrive(
        &mut self,
        arrival: Arrival,
        thing: Option<String>,
        now: Millis,
    ) -> (Arc<Present>, Option<Seen>) {
        let seen = self.clients.get(&arrival.client_id);
        let version = seen
            .filter(|seen| seen.is_remembered(now))
            .map_or(0, |seen| seen.present().version + 1)
            .max(arrival.version_elsewhere.map_or(0, |version| version + 1));
        let late = seen.is_some_and(|seen| seen.present().arrival.number > arrival.number);
        let present = Arc::new(Present {
            session: ids::uuid(),
            version,
            since: now,
            thing,
            told: AtomicBool::new(late || !has_events(&arrival.client_id)),
            telling: Telling::default(),
            arrival,
        });
        if late {
            return (present, None);
        }
        let client_id = Arc::clone(&present.arrival.client_id);
        let before = self
            .clients
            .insert(client_id, Seen::Here(Arc::clone(&present)));
        if self.clients.len() >= self.look_through {
            self.clients.retain(|_, seen| seen.is_remembered(now));
            self.look_through = LOOK_THROUGH.max(2 * self.clients.len());
        }
        (present, before)
    }

    /// Whether it is the connection of its client id that counts.
    fn is_here(&self, present: &Arc<Present>) -> bool {
        let seen = self.clients.get(&present.arrival.client_id);
        matches!(seen, Some(Seen::Here(here)) if Arc::ptr_eq(here, present))
    }

    /// Whether it was the one that counted.
    fn leave(&mut self, present: &Arc<Present>, reason: DisconnectReason, now: Millis) -> bool {
        let counted = self.is_here(present);
        if counted {
            let left = Left {
                present: Arc::clone(present),
                at: now,
                reason,
            };
            let client_id = Arc::clone(&present.arrival.client_id);
            self.clients.insert(client_id, Seen::Gone(left));
        }
        counted
    }
}

/// Client ids that look like filters have no events (AWS guide: life-cycle-events).
fn has_events(client_id: &str) -> bool {
    !client_id.contains(['#', '+'])
}
