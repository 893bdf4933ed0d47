//! The bus between nodes: packets to one node or to all, over NATS. What they say is `nameplate-peers`'.
//!
//! Core NATS alone: what it is given while nobody listens is lost, which links above it make good. Every packet is sealed
//! (`seal`). Must not know the store, use cases, or what a packet means.

mod options;
mod seal;

pub use options::BusOptions;
pub use seal::Opened;

use anyhow::{Context, bail};
use async_nats::connection::State;
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use options::Login;
use parking_lot::Mutex;
use seal::{ALL, Opener, Sealer};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long a start waits for a bus that does not answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it is left alone in between.
const RETRY_AFTER: Duration = Duration::from_millis(500);
/// The longest pause before it is tried again, once it was there.
const RECONNECT_WITHIN: Duration = Duration::from_millis(500);
/// How often the connection is tried; it is given up after two that nobody answered.
const PING_EVERY: Duration = Duration::from_secs(2);
/// Packets that may wait for us.
const INBOX: usize = 65_536;

/// Whether there is a bus.
#[derive(Debug, Clone)]
pub enum Setting {
    /// This node is alone.
    None,
    /// Over NATS.
    Nats(BusOptions),
    /// In the process, as this incarnation.
    #[cfg(test)]
    Hub(hub::Hub, i64),
}

impl Setting {
    /// The incarnation that a test wants; 0 otherwise.
    pub(crate) fn incarnation(&self) -> i64 {
        match self {
            Setting::None | Setting::Nats(_) => 0,
            #[cfg(test)]
            Setting::Hub(_, own) => *own,
        }
    }
}

/// Which fleet, which node of it, and the key that its nodes share.
#[derive(Clone)]
pub struct Membership {
    /// What subjects begin with.
    pub prefix: String,
    /// Incarnation of this node.
    pub own: i64,
    /// The key.
    pub key: [u8; 32],
}

/// The way out.
pub struct Bus {
    wire: Wire,
    prefix: String,
    sealer: Mutex<Sealer>,
    up: watch::Receiver<bool>,
    place: String,
}

enum Wire {
    Nats(Client),
    #[cfg(test)]
    Hub(hub::Plug),
}

/// The way in.
pub struct Inbox {
    wire: Incoming,
    opener: Opener,
}

enum Incoming {
    Nats(Subscriber, Subscriber),
    #[cfg(test)]
    Hub(tokio::sync::mpsc::UnboundedReceiver<Bytes>),
}

impl Bus {
    /// Whether there is a bus that lets us in: to be known before a server is one of several, since the others would wait
    /// for one that they do not hear.
    ///
    /// # Errors
    /// As of [`Self::connect`].
    pub async fn try_out(options: &BusOptions) -> anyhow::Result<()> {
        reach(options, || settings(options)).await.map(drop)
    }

    /// Connects. A bus that does not answer is waited for, a while; one that refuses us is not.
    ///
    /// # Errors
    /// That there is none, in words that name it without what proves who we are.
    pub async fn connect(options: &BusOptions, of: &Membership) -> anyhow::Result<(Self, Inbox)> {
        let (tell, up) = watch::channel(false);
        let tell = Arc::new(tell);
        let place = options.place();
        let client = reach(options, || lasting(options, Arc::clone(&tell))).await?;
        let subscribed = async {
            let all = client.subscribe(format!("{}.all", of.prefix)).await?;
            let own = format!("{}.node.{}", of.prefix, of.own);
            let own = client.subscribe(own).await?;
            client.flush().await?;
            anyhow::Ok((all, own))
        };
        let (all, own) = subscribed
            .await
            .with_context(|| format!("--bus {place} takes no subscriptions"))?;
        tell.send_replace(client.connection_state() == State::Connected);
        let bus = Self {
            wire: Wire::Nats(client),
            prefix: of.prefix.clone(),
            sealer: Mutex::new(Sealer::new(&of.key, of.own)),
            up,
            place,
        };
        let inbox = Inbox {
            wire: Incoming::Nats(all, own),
            opener: Opener::new(&of.key, of.own),
        };
        Ok((bus, inbox))
    }

    /// Whether there is a connection, and news of that.
    pub fn up(&self) -> watch::Receiver<bool> {
        self.up.clone()
    }

    /// Where it is.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Sends a packet to all nodes, this one too. Lost where there is no connection.
    pub async fn to_all(&self, packet: &[u8]) {
        let sealed = self.sealer.lock().seal(ALL, packet);
        self.publish(format!("{}.all", self.prefix), sealed).await;
    }

    /// Sends a packet to one node. Lost where there is no connection.
    pub async fn to(&self, node: i64, packet: &[u8]) {
        let sealed = self.sealer.lock().seal(node, packet);
        self.publish(format!("{}.node.{node}", self.prefix), sealed)
            .await;
    }

    /// A node is gone for ever.
    pub fn forget(&self, node: i64) {
        self.sealer.lock().forget(node);
    }

    async fn publish(&self, subject: String, sealed: Bytes) {
        match &self.wire {
            Wire::Nats(client) => {
                // The library would keep it for a connection to come, and links send again what counts.
                if client.connection_state() == State::Connected {
                    let _ = client.publish(subject, sealed).await;
                }
            }
            #[cfg(test)]
            Wire::Hub(plug) => plug.publish(&subject, sealed),
        }
    }
}

impl Inbox {
    /// The next packet. Ends where the bus is closed for good.
    pub async fn next(&mut self) -> Option<Opened> {
        loop {
            let sealed = match &mut self.wire {
                Incoming::Nats(all, own) => tokio::select! {
                    message = own.next() => message?.payload,
                    message = all.next() => message?.payload,
                },
                #[cfg(test)]
                Incoming::Hub(queue) => queue.recv().await?,
            };
            if let Some(opened) = self.opener.open(&sealed) {
                return Some(opened);
            }
        }
    }

    /// A node is gone for ever.
    pub fn forget(&mut self, node: i64) {
        self.opener.forget(node);
    }
}

fn addresses(options: &BusOptions) -> Vec<String> {
    let scheme = if options.tls { "tls" } else { "nats" };
    let servers = options.servers.iter();
    servers
        .map(|server| format!("{scheme}://{server}"))
        .collect()
}

/// A connection; a bus that does not answer is waited for, a while.
async fn reach(options: &BusOptions, made: impl Fn() -> ConnectOptions) -> anyhow::Result<Client> {
    let (place, since, mut told) = (options.place(), Instant::now(), false);
    loop {
        let error = match made().connect(addresses(options)).await {
            Ok(client) => return Ok(client),
            Err(error) => error,
        };
        let kind = error.kind();
        let refused = matches!(
            kind,
            ConnectErrorKind::Authentication
                | ConnectErrorKind::AuthorizationViolation
                | ConnectErrorKind::ServerParse
        );
        if refused {
            bail!("--bus {place} does not let this server in: {kind}");
        }
        if since.elapsed() > PATIENCE {
            bail!(
                "--bus {place} could not be reached for {} s: {error}",
                PATIENCE.as_secs()
            );
        }
        if !std::mem::replace(&mut told, true) {
            tracing::warn!("waiting for the bus {place}: {error}");
        }
        tokio::time::sleep(RETRY_AFTER).await;
    }
}

fn settings(options: &BusOptions) -> ConnectOptions {
    let mut settings = ConnectOptions::new()
        .name("nameplate")
        .connection_timeout(Duration::from_secs(3));
    settings = match &options.login {
        Login::None => settings,
        Login::Token(token) => settings.token(token.clone()),
        Login::User(user, password) => settings.user_and_password(user.clone(), password.clone()),
    };
    if options.tls {
        settings = settings.require_tls(true);
    }
    match &options.authority {
        Some(path) => settings.add_root_certificates(path.clone()),
        None => settings,
    }
}

/// Of a connection that is made again whenever it ends.
fn lasting(options: &BusOptions, up: Arc<watch::Sender<bool>>) -> ConnectOptions {
    let place = options.place();
    settings(options)
        .ping_interval(PING_EVERY)
        .subscription_capacity(INBOX)
        .reconnect_delay_callback(|attempts| {
            let pause = 20_u64.saturating_mul(1 << attempts.min(10));
            Duration::from_millis(pause).min(RECONNECT_WITHIN)
        })
        .event_callback(move |event| {
            let (up, place) = (Arc::clone(&up), place.clone());
            async move {
                match event {
                    Event::Connected => {
                        if !up.send_replace(true) {
                            tracing::info!("connected to the bus {place}");
                        }
                    }
                    Event::Disconnected | Event::Closed => {
                        if up.send_replace(false) {
                            tracing::warn!("the bus {place} is away; messages between nodes wait");
                        }
                    }
                    Event::SlowConsumer(_) => {
                        tracing::warn!("this node does not keep up with the bus {place}");
                    }
                    other => tracing::debug!("the bus {place}: {other}"),
                }
            }
        })
}

/// A bus in the process, for tests: what is plugged in hears of everything, unless the plug is pulled.
#[cfg(test)]
pub mod hub {
    use super::*;
    use std::collections::HashMap;
    use tokio::sync::mpsc;

    /// The bus.
    #[derive(Clone, Default)]
    pub struct Hub(Arc<Mutex<HashMap<i64, Socket>>>);

    impl std::fmt::Debug for Hub {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("hub")
        }
    }

    struct Socket {
        to: mpsc::UnboundedSender<Bytes>,
        up: watch::Sender<bool>,
        prefix: String,
    }

    pub(super) struct Plug {
        hub: Hub,
        own: i64,
    }

    impl Hub {
        /// Connects a node.
        pub(crate) fn plug(&self, of: &Membership) -> (Bus, Inbox) {
            let (to, queue) = mpsc::unbounded_channel();
            let (tell, up) = watch::channel(true);
            let socket = Socket {
                to,
                up: tell,
                prefix: of.prefix.clone(),
            };
            self.0.lock().insert(of.own, socket);
            let bus = Bus {
                wire: Wire::Hub(Plug {
                    hub: self.clone(),
                    own: of.own,
                }),
                prefix: of.prefix.clone(),
                sealer: Mutex::new(Sealer::new(&of.key, of.own)),
                up,
                place: "hub".into(),
            };
            let inbox = Inbox {
                wire: Incoming::Hub(queue),
                opener: Opener::new(&of.key, of.own),
            };
            (bus, inbox)
        }

        /// Cuts a node off, or brings it back.
        pub(crate) fn pull(&self, node: i64, away: bool) {
            if let Some(socket) = self.0.lock().get(&node) {
                socket.up.send_replace(!away);
            }
        }
    }

    impl Plug {
        pub(super) fn publish(&self, subject: &str, sealed: Bytes) {
            let sockets = self.hub.0.lock();
            if !sockets.get(&self.own).is_some_and(|own| *own.up.borrow()) {
                return;
            }
            for (node, socket) in sockets.iter().filter(|(_, socket)| *socket.up.borrow()) {
                let own = format!("{}.node.{node}", socket.prefix);
                if subject == own || subject == format!("{}.all", socket.prefix) {
                    let _ = socket.to.send(sealed.clone());
                }
            }
        }
    }
}
