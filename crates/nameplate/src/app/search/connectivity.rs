//! Whether things are connected, for those that were since the server started: a client is the thing whose name its
//! client id is. AWS guide: device-connectivity-status.
//!
//! Kept in memory, by the thing's key: a commit per connection would cost more than all that is known of it. Must not
//! know the router; the connection's own task tells how it went.

use super::Search;
use nameplate_core::ctx::Millis;
use nameplate_core::search::Connectivity;
use parking_lot::Mutex;
use std::collections::HashMap;

/// What is known of things' connections.
#[derive(Debug, Default)]
pub(crate) struct Connections(Mutex<HashMap<i64, Connectivity>>);

/// A thing's connection; whoever holds it tells when it ends.
#[derive(Debug)]
pub struct Connected {
    thing: i64,
    version: u64,
}

impl Connections {
    pub(crate) fn of(&self, thing: i64) -> Connectivity {
        self.0.lock().get(&thing).copied().unwrap_or_default()
    }

    pub(crate) fn forget(&self, thing: i64) {
        self.0.lock().remove(&thing);
    }

    fn begin(&self, thing: i64, now: Millis) -> u64 {
        let mut all = self.0.lock();
        let version = all.get(&thing).map_or(1, |known| known.version + 1);
        let state = Connectivity {
            connected: true,
            at: Some(now),
            disconnect_reason: None,
            version,
        };
        all.insert(thing, state);
        version
    }

    /// Whether it was the connection that counts: a newer one may have taken its client id.
    fn end(&self, connected: &Connected, now: Millis, reason: &'static str) -> bool {
        let mut all = self.0.lock();
        let Some(known) = all.get_mut(&connected.thing) else {
            return false;
        };
        if known.version != connected.version {
            return false;
        }
        *known = Connectivity {
            connected: false,
            at: Some(now),
            disconnect_reason: Some(reason),
            version: known.version + 1,
        };
        true
    }
}

impl Search {
    /// A client's CONNECT was accepted. `None` where no thing has its client id as name, or that cannot be known.
    pub async fn thing_connected(&self, client_id: &str) -> Option<Connected> {
        let thing = self
            .kernel
            .store
            .thing_key(client_id)
            .await
            .ok()
            .flatten()?;
        let version = self.connections.begin(thing, self.kernel.now());
        self.fleet.note_connection(thing);
        Some(Connected { thing, version })
    }

    /// The connection ended, for this reason as lifecycle events name it.
    pub fn thing_disconnected(&self, connected: &Connected, reason: &'static str) {
        if self.connections.end(connected, self.kernel.now(), reason) {
            self.fleet.note_connection(connected.thing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_replaced_connection_changes_nothing() {
        let all = Connections::default();
        let begin = |at| Connected {
            thing: 1,
            version: all.begin(1, Millis(at)),
        };
        let first = begin(10);
        let second = begin(20);
        assert!(!all.end(&first, Millis(21), "DUPLICATE_CLIENTID"));
        let known = all.of(1);
        assert_eq!((known.connected, known.at), (true, Some(Millis(20))));
        assert!(all.end(&second, Millis(30), "CONNECTION_LOST"));
        let known = all.of(1);
        assert_eq!((known.connected, known.at), (false, Some(Millis(30))));
        assert_eq!(known.disconnect_reason, Some("CONNECTION_LOST"));
        assert_eq!(all.of(2), Connectivity::default());
    }
}
