//! What the API tells of connections and does to them. API: GetConnection, DeleteConnection, ListSubscriptions,
//! SendDirectMessage.

use super::{Left, Presence, Present, Seen};
use crate::app::admission::associated_thing;
use crate::app::error::{Error, Kind, Result};
use crate::app::ingress::TOPIC_LIMITS;
use crate::router::{Control, Direct, DirectEnd, Message};
use nameplate_core::ctx::Millis;
use nameplate_core::limits;
use nameplate_mqtt::topic::{Filter, check_name};
use nameplate_mqtt::{DisconnectReason, MessageProperties, QoS, Text};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long the end of a connection is told (API: GetConnection).
const TOLD: Duration = Duration::from_secs(30 * 60);
/// How long DeleteConnection waits for the connection's task to end it.
const END_LIMIT: Duration = Duration::from_secs(10);
/// How long a message without confirmation may take to be written.
const WRITE_LIMIT: Duration = Duration::from_secs(5);

/// Why a message for one client was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Its payload is over the limit.
    TooLarge,
    /// The client may not receive it.
    NotReceivable,
    /// It was not delivered, or not confirmed, in time.
    TimedOut,
}

impl From<Refusal> for Kind {
    fn from(refusal: Refusal) -> Self {
        Self::Direct(refusal)
    }
}

/// A connection, or what is left of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionView {
    /// The client id.
    pub client_id: String,
    /// Since when it is connected.
    pub connected_since: Option<Millis>,
    /// Since when it is not, and why, as far as that is still told.
    pub disconnected: Option<(Millis, Option<DisconnectReason>)>,
    /// Whether no session outlives the connection.
    pub clean_session: bool,
    /// Keep alive, seconds.
    pub keep_alive_seconds: u16,
    /// How long the session is kept after the connection.
    pub session_expiry: Duration,
    /// The thing that belongs to it.
    pub thing: Option<String>,
    /// The peer's address, while it is connected.
    pub address: Option<SocketAddr>,
}

/// A message for one client.
#[derive(Debug, Clone)]
pub struct DirectMessage {
    /// Topic.
    pub topic: String,
    /// Payload.
    pub payload: Vec<u8>,
    /// Properties of MQTT 5.
    pub properties: MessageProperties,
    /// How long the client's acknowledgement is waited for; `None` for none.
    pub confirmation: Option<Duration>,
}

/// Somebody who is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// Client id.
    pub client_id: Arc<str>,
    /// Certificate id, or the identity that another way of authentication gave.
    pub principal: Arc<str>,
    /// Whether the principal is a certificate.
    pub by_certificate: bool,
    /// Since when.
    pub since: Millis,
    /// The peer's address.
    pub address: SocketAddr,
    /// The thing that the certificate belongs to alone.
    pub thing: Option<String>,
}

impl Presence {
    /// Who is connected, by client id beyond `after`, at most `limit`; and how many are.
    pub fn connected(&self, after: &str, limit: usize) -> (Vec<Connected>, usize) {
        let mut count = 0;
        let mut found: Vec<Arc<Present>> = {
            let known = self.known.lock();
            let here = known.clients.iter().filter_map(|(id, seen)| match seen {
                Seen::Here(present) => Some((id, present)),
                Seen::Gone(_) => None,
            });
            here.inspect(|_| count += 1)
                .filter(|(id, _)| ***id > *after)
                .map(|(_, present)| Arc::clone(present))
                .collect()
        };
        if found.len() > limit {
            found.select_nth_unstable_by(limit, |one, other| {
                one.arrival.client_id.cmp(&other.arrival.client_id)
            });
            found.truncate(limit);
        }
        found.sort_by(|one, other| one.arrival.client_id.cmp(&other.arrival.client_id));
        let shown = found.iter().map(|present| Connected {
            client_id: Arc::clone(&present.arrival.client_id),
            principal: Arc::clone(&present.arrival.principal),
            by_certificate: present.arrival.certificate.is_some(),
            since: present.since,
            address: present.arrival.address,
            thing: present.thing.clone(),
        });
        (shown.collect(), count)
    }

    /// The same at all nodes; the last number is how many nodes did not say.
    pub async fn connected_anywhere(
        &self,
        after: &str,
        limit: usize,
    ) -> (Vec<Connected>, usize, usize) {
        let (mut found, mut count) = self.connected(after, limit);
        let Some(peers) = &self.peers else {
            return (found, count, 0);
        };
        let (elsewhere, more, missing) = peers.connected(after, limit).await;
        found.extend(elsewhere);
        count += more;
        found.sort_by(|one, other| one.client_id.cmp(&other.client_id));
        // One that goes from one to another at this moment.
        found.dedup_by(|one, other| one.client_id == other.client_id);
        found.truncate(limit);
        (found, count, missing)
    }

    /// What is known of the connection of a client id, here or at another node.
    pub async fn connection(&self, client_id: &str) -> Result<ConnectionView> {
        let here = self.connection_here(client_id).await;
        if let Some(view) = &here
            && view.connected_since.is_some()
        {
            return Ok(view.clone());
        }
        let elsewhere = match &self.peers {
            Some(peers) => peers.connection(client_id).await,
            None => None,
        };
        // Who is connected, or was so last.
        let last = |view: &ConnectionView| view.disconnected.map(|(at, _)| at);
        match (here, elsewhere) {
            (Some(here), Some(there)) => {
                let newer = there.connected_since.is_some() || last(&there) > last(&here);
                Ok(if newer { there } else { here })
            }
            (here, there) => here.or(there).ok_or_else(|| nobody(client_id)),
        }
    }

    /// The same, as far as this node knows.
    pub(crate) async fn connection_here(&self, client_id: &str) -> Option<ConnectionView> {
        let now = self.kernel.now();
        let seen = {
            let known = self.known.lock();
            match known.clients.get(client_id) {
                Some(Seen::Here(present)) => Some((Arc::clone(present), None)),
                Some(Seen::Gone(left)) => Some((Arc::clone(&left.present), Some(left.clone()))),
                None => None,
            }
        };
        let session = self.router.session(client_id).map(|(_, view)| view.record);
        match (seen, session) {
            (Some((present, None)), _) => {
                let mut view = view_of(&present);
                view.connected_since = Some(present.since);
                view.address = Some(present.arrival.address);
                view.thing = self.thing_of(&present).await;
                Some(view)
            }
            (Some((present, Some(left))), session) if session.is_some() || left.is_told(now) => {
                let mut view = view_of(&present);
                view.clean_session = session.is_none();
                view.disconnected = left.is_told(now).then_some((left.at, Some(left.reason)));
                view.thing = self.thing_of(&present).await;
                Some(view)
            }
            (_, Some(record)) => Some(ConnectionView {
                client_id: client_id.to_owned(),
                connected_since: None,
                disconnected: record
                    .disconnected
                    .filter(|at| is_told(*at, now))
                    .map(|at| (at, None)),
                clean_session: false,
                keep_alive_seconds: record.keep_alive_seconds,
                session_expiry: record.expiry,
                thing: None,
                address: None,
            }),
            (_, None) => None,
        }
    }

    /// What the client of this id subscribes to, connected or not, in the order of its filters.
    pub async fn subscriptions_of(&self, client_id: &str) -> Result<Vec<(Filter, QoS)>> {
        if let Some(granted) = self.subscriptions_here(client_id) {
            return Ok(granted);
        }
        let elsewhere = match &self.peers {
            Some(peers) => peers.subscriptions(client_id).await,
            None => None,
        };
        elsewhere.ok_or_else(|| nobody(client_id))
    }

    /// The same, as far as this node knows.
    pub(crate) fn subscriptions_here(&self, client_id: &str) -> Option<Vec<(Filter, QoS)>> {
        let client = self
            .router
            .client(client_id)
            .or_else(|| self.router.session(client_id).map(|(client, _)| client))?;
        let granted = client.filters().into_iter();
        let mut filters: Vec<(Filter, QoS)> = granted
            .map(|(filter, options)| (filter, options.qos))
            .collect();
        filters.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        Some(filters)
    }

    /// Ends the connection of a client id, with or without its will; with `clean`, its session too. When this returns the
    /// connection is over.
    pub async fn delete_connection(&self, client_id: &str, clean: bool, will: bool) -> Result<()> {
        if self.delete_here(client_id, clean, will).await {
            return Ok(());
        }
        let elsewhere = match &self.peers {
            Some(peers) => peers.delete(client_id, clean, will).await,
            None => None,
        };
        elsewhere.unwrap_or_else(|| Err(nobody(client_id)))
    }

    /// The same, of a client of this node; false where there is none.
    pub(crate) async fn delete_here(&self, client_id: &str, clean: bool, will: bool) -> bool {
        let connected = self.router.client(client_id);
        if connected.is_none() && self.router.session(client_id).is_none() {
            return false;
        }
        if clean {
            self.router.end_session(client_id);
        }
        if let Some(client) = connected {
            client.outbox().signal(Control::Delete { will });
            let gone = async {
                while self
                    .router
                    .client(client_id)
                    .is_some_and(|found| found.number() == client.number())
                {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            // One whose peer takes nothing ends a little later.
            let _ = tokio::time::timeout(END_LIMIT, gone).await;
        }
        true
    }

    /// Sends a message to one client, whether it subscribes or not. Neither rules nor sessions get it.
    pub async fn send_direct(&self, client_id: &str, direct: DirectMessage) -> Result<()> {
        check_name(&direct.topic, &TOPIC_LIMITS)
            .map_err(|error| Error::invalid(format!("Invalid topic: it {error}")))?;
        if direct.topic.starts_with('$') {
            return Err(Error::invalid("Invalid topic: it is a reserved one"));
        }
        let topic = Text::try_from(direct.topic.as_str())
            .map_err(|error| Error::invalid(format!("Invalid topic: it {error}")))?;
        if direct.payload.len() > limits::PAYLOAD_BYTES {
            return Err(Error::new(
                Refusal::TooLarge,
                format!(
                    "The payload is {} bytes long and may be {}",
                    direct.payload.len(),
                    limits::PAYLOAD_BYTES
                ),
            ));
        }
        let qos = match direct.confirmation {
            Some(_) => QoS::AtLeastOnce,
            None => QoS::AtMostOnce,
        };
        let message = Message {
            topic,
            payload: direct.payload.into(),
            qos,
            ..Message::default()
        }
        .with(direct.properties, self.kernel.now());
        let wait = direct.confirmation;
        if self.router.client(client_id).is_none()
            && let Some(peers) = &self.peers
            && let Some(sent) = peers.send_direct(client_id, &message, wait).await
        {
            return sent;
        }
        if let Some(sent) = self.send_here(client_id, message, wait).await {
            return sent;
        }
        let session = match self.router.session(client_id) {
            Some(_) => "it has a persistent session",
            None => "it has no persistent session",
        };
        let text = format!("Client {client_id} is not connected; {session}");
        Err(Error::not_found(text))
    }

    /// Sends a message to a client of this node; `None` where it is not connected here.
    pub(crate) async fn send_here(
        &self,
        client_id: &str,
        message: Message,
        confirmation: Option<Duration>,
    ) -> Option<Result<()>> {
        let client = self.router.client(client_id)?;
        let (end, ended) = tokio::sync::oneshot::channel();
        if !client.outbox().send_direct(Direct { message, end }) {
            let text = "Too many messages wait for this client";
            return Some(Err(Error::new(Kind::Throttled(None), text)));
        }
        let wait = confirmation.unwrap_or(WRITE_LIMIT);
        Some(match tokio::time::timeout(wait, ended).await {
            Ok(Ok(DirectEnd::Delivered)) => Ok(()),
            Ok(Ok(DirectEnd::Withheld)) => Err(Error::new(
                Refusal::NotReceivable,
                "The client's policies do not allow iot:Receive on this topic",
            )),
            Ok(Err(_)) => Err(Error::not_found(format!(
                "Client {client_id} has disconnected"
            ))),
            Err(_) => {
                let text = match confirmation {
                    Some(_) => "The client did not confirm the message in time",
                    None => "The message could not be written in time",
                };
                Err(Error::new(Refusal::TimedOut, text))
            }
        })
    }

    /// The thing that belongs to a connection: that of its certificate alone, or the one that has the client id as name
    /// and the certificate attached.
    async fn thing_of(&self, present: &Present) -> Option<String> {
        if present.thing.is_some() {
            return present.thing.clone();
        }
        let hash = present.arrival.certificate?;
        let client_id = &present.arrival.client_id;
        let found = self.kernel.store.read(|conn| {
            let Some(entry) = conn.certificate_entry(&hash)? else {
                return Ok::<_, Error>(None);
            };
            associated_thing(conn, entry.key, client_id)
        });
        // One that belongs to it and is no other's has been found above.
        let found = found.await.ok().flatten();
        found.map(|_| client_id.to_string())
    }
}

fn view_of(present: &Present) -> ConnectionView {
    let arrival = &present.arrival;
    ConnectionView {
        client_id: arrival.client_id.to_string(),
        connected_since: None,
        disconnected: None,
        clean_session: arrival.clean_session,
        keep_alive_seconds: arrival.keep_alive_seconds,
        session_expiry: arrival.session_expiry,
        thing: None,
        address: None,
    }
}

impl Left {
    fn is_told(&self, now: Millis) -> bool {
        is_told(self.at, now)
    }
}

fn is_told(at: Millis, now: Millis) -> bool {
    now.0 - at.0 < TOLD.as_millis() as i64
}

fn nobody(client_id: &str) -> Error {
    Error::not_found(format!(
        "Client {client_id} is not connected and has no persistent session"
    ))
}
