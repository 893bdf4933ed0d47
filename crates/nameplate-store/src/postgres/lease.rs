//! Who may write: one server at a time holds the registry, for as long as it says so.

use super::failure::{Failure, FailureKind};
use super::options::PostgresOptions;
use super::session::Session;
use crate::cluster::Standing;
use crate::directory::io;
use crate::{Error, Result};
use parking_lot::{Condvar, Mutex};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long a server that died holds the registry against one with another data directory.
const TERM_SECONDS: u32 = 15;
/// How often the term is begun anew.
const RENEWAL: Duration = Duration::from_secs(4);
/// How long a start waits for a server that may have died.
const PATIENCE_SECONDS: u32 = TERM_SECONDS + 5;
/// How often taking the registry is tried again where others are at it.
const TAKE_TRIES: u32 = 50;

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

/// Which start of a server among several was this directory's last; `None` before the first. A server with a copy of the
/// directory has started since where the database knows another of its name.
pub(super) fn last_start_of(directory: &Path) -> Option<i64> {
    let last = std::fs::read_to_string(directory.join("node-start")).ok()?;
    last.trim().parse().ok()
}

/// Notes this start for the next one.
pub(super) fn note_start(directory: &Path, incarnation: i64) -> Result<()> {
    let path = directory.join("node-start");
    std::fs::write(&path, incarnation.to_string()).map_err(io(&path))
}

/// Who holds the registry while several servers do together.
pub(super) const CLUSTER: &str = "cluster";

/// By what a server that has the registry alone is known: its name, and which of its starts it is. A start of the same
/// name takes the registry over at once, and what the start before it would still write is not committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) node: String,
    pub(super) epoch: i64,
}

/// The registry, held and held again by a thread of its own until this is dropped.
pub(super) struct Lease {
    pub(super) holder: Holder,
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

struct Shared {
    ended: Mutex<bool>,
    wake: Condvar,
    standing: watch::Sender<Standing>,
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
        let epoch = obtain(session, options, node, waits)?;
        let node = node.to_owned();
        let holder = Holder { node, epoch };
        let shared = Arc::new(Shared {
            ended: Mutex::new(false),
            wake: Condvar::new(),
            standing: watch::channel(Standing::Sure).0,
        });
        let thread = std::thread::Builder::new()
            .name("store-lease".into())
            .spawn({
                let (shared, options, holder) =
                    (Arc::clone(&shared), options.clone(), holder.clone());
                move || renew(&shared, &options, &holder, own)
            })
            .map_err(|failed| Error::Refused(format!("no thread for the lease: {failed}")))?;
        Ok(Self {
            holder,
            shared,
            thread: Some(thread),
        })
    }
}

/// Waits for the registry for as long as whoever holds it may be dead; the number of this term.
pub(super) fn obtain(
    session: &Session,
    options: &PostgresOptions,
    node: &str,
    waits: impl FnOnce(&str),
) -> Result<i64> {
    let (mut waited, mut conflicts, mut waits) = (0, 0, Some(waits));
    loop {
        match take(session, node) {
            Ok(Some(epoch)) => return Ok(epoch),
            Ok(None) => {}
            // Others take it at the same moment.
            Err(failed) if failed.kind == FailureKind::Conflict && conflicts < TAKE_TRIES => {
                conflicts += 1;
                let _ = session.batch("ROLLBACK");
                continue;
            }
            Err(failed) => return Err(options.refusal(&failed)),
        }
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
}

impl Lease {
    /// Whether it is held, now and when another has it.
    pub(super) fn standing(&self) -> watch::Receiver<Standing> {
        self.shared.standing.subscribe()
    }

    /// Gives the registry back at once, over a connection that is there.
    pub(super) fn end(self, session: &Session) {
        let holder = self.holder.clone();
        drop(self);
        leave(session, &holder);
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

/// Begins a term of this node's, where nobody else has one; its number. Of servers that hold the registry together the
/// term is one. As the writer's transactions, which read this row first, it is SERIALIZABLE: one that is under way
/// counts as before this for whoever reads what it wrote, or is undone.
fn take(session: &Session, node: &str) -> Result<Option<i64>, Failure> {
    let node = plain(node);
    session.batch("BEGIN ISOLATION LEVEL SERIALIZABLE")?;
    let taken = session.ask(&format!(
        "INSERT INTO lease (name, node, until, epoch)
         VALUES ('node', '{node}', now() + interval '{TERM_SECONDS} seconds', 1)
         ON CONFLICT (name) DO UPDATE SET node = excluded.node, until = excluded.until,
         epoch = lease.epoch + CASE WHEN lease.node = '{CLUSTER}' AND excluded.node = '{CLUSTER}' THEN 0 ELSE 1 END
         WHERE lease.node = excluded.node OR lease.until < now() RETURNING epoch"
    ))?;
    session.batch("COMMIT")?;
    Ok(taken.and_then(|epoch| epoch.parse().ok()))
}

/// Says that the registry is its servers' together for another term; false where it is another's.
pub(super) fn hold_together(session: &Session) -> Result<bool, Failure> {
    let held = session.ask(&format!(
        "UPDATE lease SET until = now() + interval '{TERM_SECONDS} seconds'
         WHERE name = 'node' AND node = '{CLUSTER}' RETURNING epoch"
    ))?;
    Ok(held.is_some())
}

/// The same of a server that holds it alone.
fn hold(session: &Session, holder: &Holder) -> Result<bool, Failure> {
    let held = session.ask(&format!(
        "UPDATE lease SET until = now() + interval '{TERM_SECONDS} seconds'
         WHERE name = 'node' AND node = '{}' AND epoch = {} RETURNING epoch",
        plain(&holder.node),
        holder.epoch
    ))?;
    Ok(held.is_some())
}

/// Ends the term.
fn leave(session: &Session, holder: &Holder) {
    // Where that fails, the term ends by itself.
    let _ = session.ask(&format!(
        "UPDATE lease SET until = now() WHERE name = 'node' AND node = '{}' AND epoch = {}",
        plain(&holder.node),
        holder.epoch
    ));
}

/// A node's name as it can stand in a statement's text. It is a UUID of ours, but comes from a file.
fn plain(node: &str) -> String {
    node.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect()
}

fn renew(
    shared: &Shared,
    options: &PostgresOptions,
    holder: &Holder,
    mut session: Option<Session>,
) {
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
            let held = hold(&open, holder)?;
            session = Some(open);
            Ok(held)
        });
        match held {
            Ok(true) => {}
            Ok(false) => {
                tracing::error!(
                    "another server has taken the registry in {}; this one writes no more",
                    options.place()
                );
                shared.standing.send_replace(Standing::Lost);
                return;
            }
            Err(failed) => {
                tracing::warn!(error = %failed.text, "the registry's lease was not renewed: {}", failed.text);
            }
        }
        ended = shared.ended.lock();
    }
    drop(ended);
    // Whoever comes next need not wait for the term's end.
    if let Some(session) = session {
        leave(&session, holder);
    }
}
