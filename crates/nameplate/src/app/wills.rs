//! Wills: kept with the connection that brought them, and published when it has ended without taking its will along.
//!
//! A will is on disk before its client gets CONNACK, so that one whose server was killed is published at the next start:
//! that connection did end without DISCONNECT. With a Will Delay Interval it is published that much later, or when the
//! session ends, whichever comes first, and not at all if the client has come back to its session by then
//! (MQTT 5, 3.1.3.2.2). Must not know sockets.

use super::admission::Permit;
use super::error::Error;
use super::ingress::{FormerClient, Ingress, Refusal, Sender};
use super::kernel::Kernel;
use super::time::Time;
use crate::router::journal::{Ticket, WillRecord, Write};
use crate::router::session::Session;
use crate::router::{Client, Message, Router, stored};
use bytes::Bytes;
use nameplate_core::ctx::Millis;
use nameplate_mqtt::packet::Will;
use nameplate_store::Conn;
use std::sync::Arc;
use std::time::Duration;

/// The wills of this server's connections.
pub struct Wills {
    kernel: Arc<Kernel>,
    router: Arc<Router>,
    ingress: Arc<Ingress>,
    /// Held by whoever is about to publish one.
    at_work: Arc<()>,
}

/// A connection's will, as it is kept. Dropping it forgets the will: whoever ends the connection with it calls
/// [`KeptWill::publish`].
pub struct KeptWill {
    wills: Arc<Wills>,
    key: i64,
    is_forgotten: bool,
}

impl Drop for KeptWill {
    fn drop(&mut self) {
        if self.is_forgotten {
            self.wills.forget(self.key);
        }
    }
}

/// A will whose connection is over.
struct Due {
    key: i64,
    from: FormerClient,
    /// Its expiry has not begun.
    message: Message,
}

/// How waiting for a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waited {
    /// The time is over, or the session is.
    Over,
    /// Another connection has the session.
    CameBack,
}

impl Wills {
    pub(crate) fn new(kernel: Arc<Kernel>, router: Arc<Router>, ingress: Arc<Ingress>) -> Self {
        Self {
            kernel,
            router,
            ingress,
            at_work: Arc::new(()),
        }
    }

    /// Keeps the will of a client that is being let in: on disk once the ticket's batch is.
    pub fn keep(
        self: &Arc<Self>,
        will: &Will,
        permit: &Permit,
        client: &Client,
    ) -> (KeptWill, Ticket) {
        let journal = self.router.journal();
        let key = journal.next_key();
        let from = FormerClient::from(permit);
        let mut content = Vec::new();
        stored::write(&message(will.clone()), false, &mut content);
        let record = WillRecord {
            key,
            client_id: Arc::clone(client.client_id()),
            principal: from.principal().into(),
            source_ip: from.source_ip(),
            session: client.session().map(|session| session.key()),
            delay_seconds: will.delay_seconds,
            due: None,
            content,
        };
        let ticket = journal.write_down(Write::Will(Box::new(record)));
        let kept = KeptWill {
            wills: Arc::clone(self),
            key,
            is_forgotten: true,
        };
        (kept, ticket)
    }

    /// Goes on with the wills that the last run of the server has left: those of connections that were open count from
    /// now on.
    pub(crate) async fn resume(self: &Arc<Self>, left: Vec<WillRecord>) {
        for record in left {
            let client_id = &record.client_id;
            let read = stored::read(Bytes::from(record.content));
            let Some(will) = read.ok().and_then(|read| read.into_iter().flatten().next()) else {
                tracing::error!(client.id = %client_id, "the will of {client_id} cannot be read");
                self.forget(record.key);
                continue;
            };
            let session = self.router.session(client_id);
            let session = session.and_then(|(client, _)| client.session().map(Arc::clone));
            let session = session.filter(|own| Some(own.key()) == record.session);
            let due = Due {
                key: record.key,
                from: FormerClient::new(client_id, &record.principal, record.source_ip),
                message: Message {
                    expires: None,
                    ..will.message
                },
            };
            match session {
                Some(session) => {
                    let delay = Duration::from_secs(u64::from(record.delay_seconds));
                    let holder = session.history().0;
                    self.publish_in_time(due, delay, record.due, &session, holder)
                        .await;
                }
                None if record.delay_seconds > 0
                    && self.is_elsewhere(client_id, record.session).await =>
                {
                    self.forget(record.key);
                }
                None => self.publish(due).await,
            }
        }
    }

    /// Whether the session goes on at another node, where its client has come back.
    async fn is_elsewhere(&self, client_id: &str, key: Option<i64>) -> bool {
        let Some(key) = key else { return false };
        let read = |conn: &Conn<'_>| Ok::<_, Error>(conn.mqtt_session_of(client_id)?);
        match self.kernel.store.read(read).await {
            Ok(row) => row.is_some_and(|row| row.key == key),
            Err(error) => {
                tracing::debug!("whose the session of {client_id} is cannot be told: {error:?}");
                false
            }
        }
    }

    /// Whether no will is about to be published but those that wait for their time.
    pub fn are_idle(&self) -> bool {
        Arc::strong_count(&self.at_work) == 1
    }

    /// Held while a connection ends, so that the server does not end before its will is published.
    pub fn at_work(&self) -> Arc<()> {
        Arc::clone(&self.at_work)
    }

    /// Publishes a will now, or after its delay. `since` is when that is, where it is known already; `holder` the number
    /// of the connection that had the session.
    async fn publish_in_time(
        self: &Arc<Self>,
        will: Due,
        delay: Duration,
        since: Option<Millis>,
        session: &Arc<Session>,
        holder: u64,
    ) {
        // Whoever has the session by now may have it end sooner than this client did.
        if !delay.is_zero() && session.history().0 != holder {
            return self.forget(will.key);
        }
        // A session that is over has no record.
        let expiry = session.record().map_or(Duration::ZERO, |own| own.expiry);
        let now = self.kernel.now();
        let due = since.unwrap_or_else(|| {
            let wait = delay.min(expiry).as_millis();
            Millis(
                now.0
                    .saturating_add(i64::try_from(wait).unwrap_or(i64::MAX)),
            )
        });
        let wait = Duration::from_millis(u64::try_from(due.0 - now.0).unwrap_or_default());
        if wait.is_zero() || delay.is_zero() {
            return self.publish(will).await;
        }
        if since.is_none() {
            let key = will.key;
            let journal = self.router.journal();
            journal.write_down(Write::WillDue { key, due });
        }
        // The server may end meanwhile, and goes on when it is back.
        let (wills, time) = (Arc::downgrade(self), Arc::clone(self.kernel.time()));
        let session = Arc::clone(session);
        tokio::spawn(async move {
            let waited = wait_for(&time, &session, holder, wait).await;
            let Some(wills) = wills.upgrade() else { return };
            match waited {
                Waited::Over => wills.publish(will).await,
                Waited::CameBack => wills.forget(will.key),
            }
        });
    }

    /// Publishes a will, as its client was allowed to when it connected.
    async fn publish(self: &Arc<Self>, will: Due) {
        let at_work = self.at_work();
        let since = self.kernel.now();
        let mut message = will.message;
        if let Some(properties) = message.properties.take() {
            message = message.with(*properties, self.kernel.now());
        }
        let message = Arc::new(message);
        let from = Sender::Will(&will.from);
        match self.ingress.accept(from, &message).await {
            Ok(accepted) if accepted.unretained || accepted.unrouted => {
                // Nobody waits for it. Should the server end before, it is published again.
                let wills = Arc::clone(self);
                tokio::spawn(async move {
                    if accepted.unretained {
                        wills.ingress.retain_late(&message, since).await;
                    }
                    if accepted.unrouted {
                        wills.ingress.route_late(&will.from, &message).await;
                    }
                    wills.ingress.kept(&accepted).await;
                    wills.forget(will.key);
                });
                return;
            }
            // Not forgotten before other nodes have it, which may take as long as they are away. What is kept here is written
            // down before that it is forgotten.
            Ok(accepted) if accepted.stored.is_some_and(|ticket| ticket.is_elsewhere()) => {
                let wills = Arc::clone(self);
                tokio::spawn(async move {
                    wills.ingress.kept(&accepted).await;
                    wills.forget(will.key);
                    drop(at_work);
                });
                return;
            }
            Ok(_) => {}
            Err(Refusal::Throttled(exceeded)) => {
                let topic = message.topic.as_str();
                tracing::warn!(topic, "a will is discarded: {exceeded}");
            }
            Err(other) => {
                let topic = message.topic.as_str();
                tracing::error!(topic, "a will is discarded: {other:?}");
            }
        }
        self.forget(will.key);
    }

    fn forget(&self, key: i64) {
        let _ = self.router.journal().write_down(Write::ForgetWill(key));
    }
}

impl KeptWill {
    /// The connection of `client` has ended and leaves this will: publishes it, at once or in time.
    pub async fn publish(mut self, will: Will, permit: &Permit, client: &Client) {
        self.is_forgotten = false;
        let delay = Duration::from_secs(u64::from(will.delay_seconds));
        let due = Due {
            key: self.key,
            from: FormerClient::from(permit),
            message: message(will),
        };
        match client.session() {
            Some(session) => {
                let holder = client.number();
                self.wills
                    .publish_in_time(due, delay, None, session, holder)
                    .await;
            }
            // The session ends with the connection.
            None => self.wills.publish(due).await,
        }
    }
}

/// The will's message; its expiry counts from when it is published.
fn message(will: Will) -> Message {
    Message {
        topic: will.topic,
        payload: will.payload,
        qos: will.qos,
        retain: will.retain,
        properties: will.properties,
        expires: None,
    }
}

/// Waits while the session is left to itself by the connection of this number, for so long at most.
async fn wait_for(clock: &Time, session: &Session, holder: u64, time: Duration) -> Waited {
    let changes = session.changes();
    let end = clock.sleep(time);
    tokio::pin!(end);
    loop {
        let changed = changes.notified();
        tokio::pin!(changed);
        // From here on no change is missed.
        changed.as_mut().enable();
        let (latest, is_over) = session.history();
        if latest != holder {
            return Waited::CameBack;
        }
        if is_over {
            return Waited::Over;
        }
        tokio::select! {
            () = &mut end => return Waited::Over,
            () = changed => {}
        }
    }
}
