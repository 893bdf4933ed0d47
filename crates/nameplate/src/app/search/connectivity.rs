//! Whether things are connected: a client is the thing whose name its client id is. AWS guide:
//! device-connectivity-status.
//!
//! Known in memory, by the thing's key, and kept in the store: changes are gathered for a moment and written together,
//! each thing once, since a commit for each connection would cost more than all that is known of it. What was connected
//! when the server ended without a word is not connected at the next start. Must not know the router; the connection's own
//! task tells how it went.

use super::Search;
use crate::app::error::log_failure;
use crate::app::kernel::Kernel;
use crate::app::{Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::search::Connectivity;
use nameplate_mqtt::DisconnectReason;
use nameplate_store::{ConnectivityRow, Notice};
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How long changes are gathered.
const GATHER: Duration = Duration::from_secs(1);
/// Rows written at once.
const PAGE: usize = 500;

/// What is known of things' connections.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    known: Mutex<HashMap<i64, Connectivity>>,
    /// Number of the newest connection of each thing that is connected here.
    newest: Mutex<HashMap<i64, u64>>,
    /// Things whose row is another.
    changed: Mutex<HashSet<i64>>,
    wake: Notify,
}

/// A thing's connection; whoever holds it tells when it ends.
#[derive(Debug)]
pub struct Connected {
    thing: i64,
    version: u64,
}

impl Connections {
    /// What the store has. Nobody is connected before somebody connects.
    pub(crate) async fn open(kernel: &Kernel) -> Result<Self> {
        let read = |conn: &nameplate_store::Conn<'_>| Ok::<_, Error>(conn.connectivity()?);
        let rows = kernel.store.read(read).await?;
        let connections = Self::default();
        for row in rows {
            let thing = row.thing;
            // Another server's connections are that one's to end.
            let was_connected = row.connected && (row.owner == 0 || !kernel.store.is_clustered());
            let mut known = connectivity(row);
            if was_connected {
                known = Connectivity {
                    connected: false,
                    at: Some(kernel.now()),
                    disconnect_reason: Some(DisconnectReason::ServerError.as_str()),
                    version: known.version + 1,
                };
                connections.change(thing);
            }
            connections.known.lock().insert(thing, known);
        }
        Ok(connections)
    }

    pub(crate) fn of(&self, thing: i64) -> Connectivity {
        self.known.lock().get(&thing).copied().unwrap_or_default()
    }

    pub(crate) fn forget(&self, thing: i64) {
        self.newest.lock().remove(&thing);
        self.known.lock().remove(&thing);
    }

    /// Takes over how a thing is connected at another server.
    pub(crate) fn follow(&self, row: ConnectivityRow) {
        let (thing, is_elsewhere) = (row.thing, row.owner != 0);
        let next = connectivity(row);
        let mut known = self.known.lock();
        let held = known.entry(thing).or_default();
        // What this server has written itself it may know better by now.
        if is_elsewhere || next.version > held.version {
            *held = next;
        }
    }

    fn change(&self, thing: i64) {
        let is_first = {
            let mut changed = self.changed.lock();
            changed.insert(thing);
            changed.len() == 1
        };
        if is_first {
            self.wake.notify_one();
        }
    }

    /// Writes down what has changed.
    pub(crate) async fn keep(&self, kernel: &Kernel) -> Result<()> {
        let changed = std::mem::take(&mut *self.changed.lock());
        if changed.is_empty() {
            return Ok(());
        }
        let owner = kernel.store.incarnation();
        let rows: Vec<ConnectivityRow> = {
            let known = self.known.lock();
            let row = |thing: &i64| Some(row(*thing, known.get(thing)?, owner));
            changed.iter().filter_map(row).collect()
        };
        let written = kernel.store.tx("connectivity", move |tx| {
            for row in &rows {
                if owner == 0 {
                    tx.put_connectivity(row)?;
                    continue;
                }
                // It may have gone on at another server, which its end here does not concern.
                tx.put_connectivity_of(row, owner)?;
                tx.notice(Notice::Connectivity {
                    thing: row.thing,
                    at: owner,
                });
            }
            Ok::<_, Error>(())
        });
        let written = written.await;
        if written.is_err() {
            self.changed.lock().extend(changed);
        }
        written
    }

    /// The version that the connection of this number makes; `None` where a newer one has been told of before: it has lost
    /// its client id by then.
    fn begin(&self, thing: i64, number: u64, now: Millis) -> Option<u64> {
        let mut newest = self.newest.lock();
        if newest.get(&thing).is_some_and(|newest| *newest > number) {
            return None;
        }
        newest.insert(thing, number);
        let mut all = self.known.lock();
        let version = all.get(&thing).map_or(1, |known| known.version + 1);
        let state = Connectivity {
            connected: true,
            at: Some(now),
            disconnect_reason: None,
            version,
        };
        all.insert(thing, state);
        drop((all, newest));
        self.change(thing);
        Some(version)
    }

    /// Whether it was the connection that counts: a newer one may have taken its client id.
    fn end(&self, connected: &Connected, now: Millis, reason: &'static str) -> bool {
        let mut newest = self.newest.lock();
        let mut all = self.known.lock();
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
        newest.remove(&connected.thing);
        drop((all, newest));
        self.change(connected.thing);
        true
    }
}

fn connectivity(row: ConnectivityRow) -> Connectivity {
    let reason = row.reason.as_deref().and_then(DisconnectReason::from_name);
    Connectivity {
        connected: row.connected,
        at: Some(row.at),
        disconnect_reason: reason.map(DisconnectReason::as_str),
        version: row.version.unsigned_abs(),
    }
}

fn row(thing: i64, known: &Connectivity, owner: i64) -> ConnectivityRow {
    ConnectivityRow {
        thing,
        owner: if known.connected { owner } else { 0 },
        connected: known.connected,
        at: known.at.unwrap_or(Millis(0)),
        reason: known.disconnect_reason.map(str::to_owned),
        version: i64::try_from(known.version).unwrap_or(i64::MAX),
    }
}

/// Keeps the store up with what is known, as long as there is a search.
pub(super) fn start(search: &Arc<Search>) -> tokio::task::AbortHandle {
    let (weak, kernel) = (Arc::downgrade(search), Arc::downgrade(&search.kernel));
    let wait = tokio::spawn(async move {
        while let Some(search) = weak.upgrade() {
            let connections = Arc::clone(&search.connections);
            drop(search);
            connections.wake.notified().await;
            tokio::time::sleep(GATHER).await;
            let Some(kernel) = kernel.upgrade() else {
                return;
            };
            if let Err(error) = connections.keep(&kernel).await {
                log_failure!(
                    error,
                    "who is connected could not be written down: {error:?}"
                );
                connections.wake.notify_one();
            }
        }
    });
    wait.abort_handle()
}

impl Search {
    /// A client's CONNECT was accepted, over the connection of this number. `None` where no thing has its client id as name,
    /// or that cannot be known, or a newer connection has been told of.
    pub async fn thing_connected(&self, client_id: &str, number: u64) -> Option<Connected> {
        let thing = self
            .kernel
            .store
            .thing_key(client_id)
            .await
            .ok()
            .flatten()?;
        self.connection_of(thing, number)
    }

    /// The same, of the thing of this key.
    pub(crate) fn connection_of(&self, thing: i64, number: u64) -> Option<Connected> {
        let version = self.connections.begin(thing, number, self.kernel.now())?;
        self.fleet.note_connection(thing);
        Some(Connected { thing, version })
    }

    /// A server is gone, and with it the connections that things had there.
    pub(crate) async fn forget_connections_of(&self, incarnation: i64) -> Result<()> {
        let now = self.kernel.now();
        loop {
            let ended = self.kernel.store.tx("connectivity-of-dead", move |tx| {
                let rows = tx.connected_at(incarnation, PAGE)?;
                for row in &rows {
                    tx.put_connectivity(&ConnectivityRow {
                        connected: false,
                        at: now,
                        reason: Some(DisconnectReason::ServerError.as_str().to_owned()),
                        version: row.version + 1,
                        owner: 0,
                        ..row.clone()
                    })?;
                    // Also for the server that says so.
                    tx.notice(Notice::Connectivity {
                        thing: row.thing,
                        at: 0,
                    });
                }
                Ok::<_, Error>(rows.len())
            });
            if ended.await? < PAGE {
                return Ok(());
            }
        }
    }

    /// Writes down who is connected.
    pub async fn keep_connectivity(&self) -> Result<()> {
        self.connections.keep(&self.kernel).await
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
        let begin = |number, at| {
            let version = all.begin(1, number, Millis(at))?;
            Some(Connected { thing: 1, version })
        };
        let first = begin(1, 10).expect("nobody was before it");
        let second = begin(3, 20).expect("it is the newer one");
        // One that lost its client id before it was told of.
        assert!(begin(2, 21).is_none());
        assert!(!all.end(&first, Millis(21), "DUPLICATE_CLIENTID"));
        let known = all.of(1);
        assert_eq!((known.connected, known.at), (true, Some(Millis(20))));
        assert!(all.end(&second, Millis(30), "CONNECTION_LOST"));
        let known = all.of(1);
        assert_eq!((known.connected, known.at), (false, Some(Millis(30))));
        assert_eq!(known.disconnect_reason, Some("CONNECTION_LOST"));
        assert_eq!(all.of(2), Connectivity::default());
        // Nobody is left whom it could be held against; its own end follows.
        assert!(begin(2, 40).is_some());
    }
}
