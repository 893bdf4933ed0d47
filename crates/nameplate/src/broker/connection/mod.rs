//! One MQTT connection's task: bytes in, packets decided, bytes out.
//!
//! Reading, deciding and writing happen in this one task. It reads into one buffer, handles every packet in it,
//! appends everything due (acknowledgements, deliveries) to one buffer and writes once for each wake-up; that is
//! where dense traffic gets its speed (`docs/adr/0004-broker.md`).
//!
//! A connection is an `Opening` until its CONNECT was accepted, and an `Open` with a client from then on. Both work
//! on the same `Link`.
//!
//! Must not know: the store, SQL, HTTP, how a policy is decided.

mod deliver;
mod end;
mod link;
mod open;
mod opening;
mod publish;
mod record;
mod session;
mod subscribe;
#[cfg(test)]
mod tests;

use crate::app::App;
use crate::app::admission::attempt::Attempt;
use crate::app::admission::{Guest, Peer};
use crate::app::iam::Identity;
use link::{Link, Transport};
use nameplate_core::limits;
use nameplate_mqtt::connection::Config;
use opening::Opening;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;

/// What every connection of a server shares.
pub struct Shared {
    /// The use cases.
    pub app: Arc<App>,
    /// Rules of a connection.
    pub config: Arc<Config>,
    /// Start of the clock that connections count by.
    pub epoch: Instant,
    /// What becomes of a client whose first byte shows that it speaks something else.
    pub stranger: fn(u8) -> Option<Stranger>,
    /// Turns true when the server drains.
    pub draining: tokio::sync::watch::Receiver<bool>,
    /// How far the clock was moved.
    #[cfg(test)]
    pub ahead: parking_lot::Mutex<Duration>,
}

impl Shared {
    /// Time since the start of the clock that connections count by.
    fn elapsed(&self) -> Duration {
        let elapsed = self.epoch.elapsed();
        #[cfg(test)]
        let elapsed = elapsed + *self.ahead.lock();
        elapsed
    }
}

/// The client has said at the level below MQTT that it leaves, as a WebSocket's close frame does; that the connection then
/// ends is what it wants. [AWS guide: life-cycle-events, CLIENT_INITIATED_DISCONNECT]
#[derive(Debug, thiserror::Error)]
#[error("the client closed the WebSocket")]
pub struct TookLeave;

impl From<TookLeave> for std::io::Error {
    fn from(leave: TookLeave) -> Self {
        Self::new(std::io::ErrorKind::ConnectionAborted, leave)
    }
}

/// A client that does not speak MQTT but something that is known.
pub struct Stranger {
    /// What it is sent before the end.
    pub answer: Vec<u8>,
    /// What the log and the record hear.
    pub why: &'static str,
}

/// Who is at the other end of a stream before there is a CONNECT.
pub enum Visitor {
    /// A peer of a TLS handshake, whose certificate is still to be looked at.
    Peer(Peer),
    /// Who signed the upgrade to a WebSocket.
    Caller(Box<Identity>),
    /// Whoever asked for a WebSocket without a signature, to be known by an authorizer.
    Guest(Box<Guest>),
}

impl Visitor {
    /// How long its connection may last.
    fn lifetime(&self) -> Option<Duration> {
        match self {
            Visitor::Peer(_) => None,
            Visitor::Caller(_) | Visitor::Guest(_) => {
                Some(Duration::from_secs(limits::WEBSOCKET_SECONDS))
            }
        }
    }
}

/// Serves one connection to its close, from the end of its TLS handshake or of its upgrade to a WebSocket. `place` is
/// held until the client is accepted.
pub fn serve<S: Transport>(
    shared: Arc<Shared>,
    stream: S,
    visitor: Visitor,
    attempt: Attempt,
    place: OwnedSemaphorePermit,
) -> impl Future<Output = ()> {
    // Whatever a future is given it keeps room for to its end; of this, nothing is needed after the beginning.
    let arrived = Box::new((visitor, attempt));
    serve_arrived(shared, stream, arrived, place)
}

async fn serve_arrived<S: Transport>(
    shared: Arc<Shared>,
    stream: S,
    arrived: Box<(Visitor, Attempt)>,
    place: OwnedSemaphorePermit,
) {
    let mut link = Link::new(&shared, stream, arrived.0.lifetime());
    // Boxed: what a decision needs while it is made must not lie idle in every open connection. What was read of the
    // certificates is kept; their DER as well would cost every open connection 1.5 KiB.
    let opened = Box::pin(Opening::new(&mut link).admit(arrived))
        .await
        .map(Box::new);
    drop(place);
    let end = match opened {
        Ok(open) => open.serve().await,
        Err(end) => {
            link.flush_at(&end).await;
            end
        }
    };
    link.close(end.reason).await;
}
