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
mod subscribe;
#[cfg(test)]
mod tests;

use crate::app::App;
use crate::app::admission::Peer;
use crate::app::admission::attempt::Attempt;
use link::{Link, Transport};
use nameplate_mqtt::connection::Config;
use opening::Opening;
use std::sync::Arc;
use std::time::Instant;
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
}

/// A client that does not speak MQTT but something that is known.
pub struct Stranger {
    /// What it is sent before the end.
    pub answer: Vec<u8>,
    /// What the log and the record hear.
    pub why: &'static str,
}

/// Serves one connection from the end of its TLS handshake to its close. `place` is held until the client is
/// accepted.
pub async fn serve<S: Transport>(
    shared: Arc<Shared>,
    stream: S,
    peer: Peer,
    attempt: Attempt,
    place: OwnedSemaphorePermit,
) {
    let mut link = Link::new(&shared, stream);
    // Boxed: what a decision needs while it is made must not lie idle in every open connection. What was read of the
    // certificates is kept; their DER as well would cost every open connection 1.5 KiB.
    let opened = Box::pin(Opening::new(&mut link).admit(peer, attempt)).await;
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
