//! Who may write: one server at a time holds the registry, for as long as it says so.

use super::options::PostgresOptions;
use super::session::Session;
use crate::directory::io;
use crate::{Error, Result};
use parking_lot::{Condvar, Mutex};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a server that died holds the registry against one with another data directory.
const TERM_SECONDS: u32 = 15;
/// How often the term is begun anew.
const RENEWAL: Duration = Duration::from_secs(4);
/// How long a start waits for a server that may have died.
const PATIENCE_SECONDS: u32 = TERM_SECONDS + 5;

/// This server's name among those that use the database, the same after a restart: one that was killed finds the
/// registry its own.
pub(super) fn node_of(directory: &Path) -> Result<String> {
    let path = directory.join("node");
    match std::fs::read_to_string(&path) {
        Ok(name) if !name.trim().is_empty() => Ok(name.trim().to_owned()),
        Err(failed) if failed.kind() != std::io::ErrorKind::NotFound => Err(io(&path)(failed)),
        _ => {
            let name = uuid::Uuid::new_v4().to_string();
            let write = || {
                use std::io::Write;
                let mut file = std::fs::File::options()
                    .create(true)
                    .write(true)
                    .truncate(true)
                    .mode(0o600)
                    .open(&path)?;
                file.write_all(name.as_bytes())?;
                file.sync_all()
            };
            write().map_err(io(&path))?;
            Ok(name)
        }
    }
}

/// Who holds the registry while several servers do together.
pub(super) const CLUSTER: &str = "cluster";

/// The registry, held and held again by a thread of its own until this is dropped.
pub(super) struct Lease {
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    ended: Mutex<bool>,
    wake: Condvar,
}

impl Lease {
    /// Takes the registry. One that another server holds is waited for as long as it may be a dead one's, which `waits`
    /// is told once. It is held over `own` later, or over a connection that is made then.
    pub(super) fn take(
        session: &Session,
        options: &PostgresOptions,
        node: &str,
        waits: impl FnOnce(&str),
        own: Option<Session>,
    ) -> Result<Self> {
        obtain(session, options, node, waits)?;
        let shared = Arc::new(Shared::default());
        let thread = std::thread::Builder::new()
            .name("store-lease".into())
            .spawn({
                let (shared, options, node) =
                    (Arc::clone(&shared), options.clone(), node.to_owned());
                move || renew(&shared, &options, &node, own)
            })
            .map_err(|failed| Error::Refused(format!("no thread for the lease: {failed}")))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }
}

/// Waits for the registry for as long as whoever holds it may be dead.
pub(super) fn obtain(
    session: &Session,
    options: &PostgresOptions,
    node: &str,
    waits: impl FnOnce(&str),
) -> Result<()> {
    let (mut waited, mut waits) = (0, Some(waits));
    while !hold(session, node).map_err(|failed| options.refusal(&failed))? {
        if let Some(waits) = waits.take() {
            waits(&format!(
                "another server holds the registry in {}; waiting in case it has died",
                options.place()
            ));
        }
        if waited >= PATIENCE_SECONDS {
            return Err(Error::Refused(format!(
                "the registry in {} is in use by another server; stop that one first, or run all with --cluster",
                options.place()
            )));
        }
        waited += 1;
        std::thread::sleep(Duration::from_secs(1));
    }
    Ok(())
}

impl Lease {
    /// Gives the registry back at once, over a connection that is there.
    pub(super) fn end(self, session: &Session, node: &str) {
        drop(self);
        leave(session, node);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        *self.shared.ended.lock() = true;
        self.shared.wake.notify_all();
        // It may be waiting for the network; nothing depends on its end.
        drop(self.thread.take());
    }
}

/// Says that the registry is this node's for another term; false where it is another's.
pub(super) fn hold(session: &Session, node: &str) -> Result<bool, super::Failure> {
    let node = plain(node);
    let held = session.ask(&format!(
        "INSERT INTO lease (name, node, until, epoch)
         VALUES ('node', '{node}', now() + interval '{TERM_SECONDS} seconds', 1)
         ON CONFLICT (name) DO UPDATE SET node = excluded.node, until = excluded.until,
         epoch = lease.epoch + CASE WHEN lease.node = excluded.node THEN 0 ELSE 1 END
         WHERE lease.node = excluded.node OR lease.until < now() RETURNING epoch"
    ))?;
    Ok(held.is_some())
}

/// Ends the term.
fn leave(session: &Session, node: &str) {
    let node = plain(node);
    // Where that fails, the term ends by itself.
    let _ = session.ask(&format!(
        "UPDATE lease SET until = now() WHERE name = 'node' AND node = '{node}'"
    ));
}

/// A node's name as it can stand in a statement's text. It is a UUID of ours, but comes from a file.
fn plain(node: &str) -> String {
    node.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect()
}

fn renew(shared: &Shared, options: &PostgresOptions, node: &str, mut session: Option<Session>) {
    let mut ended = shared.ended.lock();
    while !*ended {
        shared.wake.wait_for(&mut ended, RENEWAL);
        if *ended {
            break;
        }
        drop(ended);
        let held = match session.take() {
            Some(open) => Ok(open),
            None => Session::connect(options),
        }
        .and_then(|open| {
            let held = hold(&open, node)?;
            session = Some(open);
            Ok(held)
        });
        match held {
            Ok(true) => {}
            Ok(false) => tracing::error!(
                "another server has taken the registry in {}; this one writes no more",
                options.place()
            ),
            Err(failed) => {
                tracing::warn!(error = %failed.text, "the registry's lease was not renewed: {}", failed.text);
            }
        }
        ended = shared.ended.lock();
    }
    drop(ended);
    // Whoever comes next need not wait for the term's end.
    if let Some(session) = session {
        leave(&session, node);
    }
}
