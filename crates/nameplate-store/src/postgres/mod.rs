//! PostgreSQL 15 or newer: one writer and a few readers, each a connection with a runtime of its own.
//!
//! Closures stay synchronous: whoever runs one waits on the connection's own small runtime, so nothing of the
//! server's runtime has to turn for a statement to be answered. Statements that only write are sent without waiting
//! ([`Session`]), so a device costs a few round trips rather than one for each of its rows.
//!
//! Nothing here is particular to PostgreSQL's own locks, triggers or notifications, so that what speaks its protocol
//! and keeps SERIALIZABLE may serve as well.

mod copy;
mod failure;
mod lease;
mod migrate;
mod options;
mod session;
mod value;
mod writer;

pub(crate) use copy::PostgresSide;
pub(crate) use failure::{Failure, FailureKind};
pub use options::PostgresOptions;
pub(crate) use session::Session;

use crate::attempt::AttemptQueue;
use crate::directory::DirectoryLock;
use crate::entry::{Attached, CertificateEntry, Few};
use crate::queue::Queue;
use crate::sql::Conn;
use crate::sqlite::Opened;
use crate::store::StoreOptions;
use crate::summary::Summaries;
use crate::tx::Change;
use crate::{Error, Result};
use lease::Lease;
use nameplate_core::registry::certificate::{Mode, Status};
use parking_lot::{Condvar, Mutex};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::types::Type;

/// How long a reader waits for a connection while all are in use.
const READER_PATIENCE: Duration = Duration::from_secs(10);

/// A registry in a database of PostgreSQL.
pub(crate) struct Postgres {
    options: PostgresOptions,
    readers: Mutex<Readers>,
    returned: Condvar,
    node: String,
    // `None` once it was given back.
    lease: Mutex<Option<Lease>>,
}

#[derive(Default)]
struct Readers {
    idle: Vec<Session>,
    /// Connections that exist, idle or in use.
    open: usize,
}

impl Postgres {
    /// Connects, looks whether the database may be used, migrates it, and starts the writer.
    pub(crate) fn open(
        options: &StoreOptions,
        server: &PostgresOptions,
        lock: &Arc<DirectoryLock>,
        queue: &Arc<Queue>,
        changes: impl Fn(Vec<Change>) + Send + 'static,
    ) -> Result<Opened<Self>> {
        let node = lease::node_of(&options.directory)?;
        let (session, reader, lease, next, summaries) = waiting(|| {
            let session = Session::first(server)?;
            migrate::check(&session, server)?;
            migrate::prepare(&session, server)?;
            // The fewest that work needs are had now, or the start is refused.
            let further = || Session::connect(server).map_err(|failed| server.refusal(&failed));
            session
                .connect_for_keys()
                .map_err(|failed| server.refusal(&failed))?;
            let (reader, own) = (further()?, further()?);
            let waits = |why: &str| tracing::info!("{why}");
            let lease = Lease::take(&session, server, &node, waits, Some(own))?;
            migrate::run(&session, server)?;
            let next = session.read(AttemptQueue::next)?;
            let summaries = session.read(Summaries::read)?;
            Ok::<_, Error>((session, reader, lease, next, summaries))
        })?;
        let attempts = Arc::new(AttemptQueue::new(
            next,
            i64::from(options.attempts.max(1)),
            summaries,
        ));
        let writer = writer::Writer::new(
            server.clone(),
            node.clone(),
            session,
            Arc::clone(queue),
            Arc::clone(&attempts),
            Box::new(changes),
            Arc::clone(lock),
        );
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(crate::directory::io(&options.directory))?;
        Ok((
            Self {
                options: server.clone(),
                readers: Mutex::new(Readers {
                    idle: vec![reader],
                    open: 1,
                }),
                returned: Condvar::new(),
                node,
                lease: Mutex::new(Some(lease)),
            },
            attempts,
            thread,
        ))
    }

    /// Runs `body` over one committed state of the data. The calling thread waits; where it is one of a runtime's,
    /// the runtime is told so.
    pub(crate) fn read<T, E>(
        &self,
        body: impl FnOnce(&Conn<'_>) -> Result<T, E> + Send,
    ) -> Result<T, E>
    where
        T: Send,
        E: From<Error> + Send,
    {
        waiting(|| self.reader()?.session()?.read(body))
    }

    /// Whether the database answers and the registry is still this server's.
    pub(crate) fn check(&self) -> Result<()> {
        let held = self.read(|conn| {
            conn.one(
                "SELECT COUNT(*) FROM lease WHERE name = 'node' AND node = $1",
                &[self.node.as_str().into()],
                |row| row.flag(0),
            )
        })?;
        match held {
            Some(true) => Ok(()),
            _ => Err(Error::Away(format!(
                "another server has taken the registry in {}",
                self.options.place()
            ))),
        }
    }

    /// The state of the last commit, as one side of a copy.
    pub(crate) fn snapshot(&self) -> Result<PostgresSide> {
        waiting(|| PostgresSide::snapshot(&self.options))
    }

    /// Gives the registry back, so that another server need not wait for the term's end. Nothing may be written any more.
    pub(crate) fn release(&self) {
        let Some(lease) = self.lease.lock().take() else {
            return;
        };
        waiting(|| {
            // Where there is no connection to be had, the term ends by itself.
            if let Ok(mut reader) = self.reader()
                && let Some(session) = reader.session.take_if(|session| !session.has_failed())
            {
                lease.end(&session, &self.node);
                reader.session = Some(session);
            }
        });
    }

    /// A connection for reading: one at rest that still stands, or a new one.
    fn reader(&self) -> Result<Reader<'_>> {
        loop {
            let idle = self.place()?;
            let mut reader = Reader {
                of: self,
                session: None,
            };
            match idle {
                Some(session) if session.is_alive() => reader.session = Some(session),
                // Gives its place back.
                Some(_) => continue,
                None => reader.session = Some(Session::open(&self.options)?),
            }
            return Ok(reader);
        }
    }

    /// A place among the connections for reading, with the one that is at rest there.
    fn place(&self) -> Result<Option<Session>> {
        let mut readers = self.readers.lock();
        loop {
            if let Some(session) = readers.idle.pop() {
                return Ok(Some(session));
            }
            if readers.open < self.options.readers() {
                readers.open += 1;
                return Ok(None);
            }
            let waited = self.returned.wait_for(&mut readers, READER_PATIENCE);
            if waited.timed_out() {
                return Err(Error::Away(format!(
                    "all {} reading connections to the database were in use for {} s",
                    self.options.readers(),
                    READER_PATIENCE.as_secs()
                )));
            }
        }
    }
}

/// A connection for reading that is in use. Where it is dropped in a panic or has failed, its place is free for a new
/// one.
struct Reader<'p> {
    of: &'p Postgres,
    session: Option<Session>,
}

impl Reader<'_> {
    fn session(&self) -> Result<&Session> {
        self.session.as_ref().ok_or(Error::Closed)
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let fit = self
            .session
            .take()
            .filter(|session| !std::thread::panicking() && !session.has_failed());
        let mut readers = self.of.readers.lock();
        match fit {
            Some(session) => readers.idle.push(session),
            None => readers.open -= 1,
        }
        drop(readers);
        self.of.returned.notify_one();
    }
}

/// The single values kept under these names in a registry that is there; none where there is none.
pub(crate) fn remembered(
    server: &PostgresOptions,
    names: &[&str],
) -> Result<BTreeMap<String, String>> {
    waiting(|| {
        let session = Session::first(server)?;
        migrate::check(&session, server)?;
        if !migrate::is_there(&session, server)? {
            return Ok(BTreeMap::new());
        }
        session.read(|conn| {
            let mut found = BTreeMap::new();
            for name in names {
                found.extend(conn.meta(name)?.map(|value| ((*name).to_owned(), value)));
            }
            Ok(found)
        })
    })
}

/// Runs what waits for the network, from wherever it is called.
fn waiting<T: Send>(body: impl FnOnce() -> T + Send) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Err(_) => body(),
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(body),
        // A runtime of one thread cannot be told: the work goes to a thread that belongs to none.
        Ok(_) => std::thread::scope(|scope| match scope.spawn(body).join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }),
    }
}

/// A whole number of whichever width the server computes it in.
pub(crate) fn int(row: &tokio_postgres::Row, column: usize) -> Result<i64> {
    opt_int(row, column)?.ok_or_else(|| Error::Damaged {
        what: "number",
        detail: format!("column {column} is NULL"),
    })
}

/// The same, or NULL.
pub(crate) fn opt_int(row: &tokio_postgres::Row, column: usize) -> Result<Option<i64>> {
    let kind = row.columns().get(column).map(tokio_postgres::Column::type_);
    Ok(match kind {
        Some(&Type::INT4) => row.try_get::<_, Option<i32>>(column)?.map(i64::from),
        Some(&Type::BOOL) => row.try_get::<_, Option<bool>>(column)?.map(i64::from),
        Some(&Type::INT2) => row.try_get::<_, Option<i16>>(column)?.map(i64::from),
        _ => row.try_get(column)?,
    })
}

/// How many things and device certificates there are.
pub(crate) fn counts(conn: &Conn<'_>) -> Result<(usize, usize)> {
    let counted = conn.one(
        "SELECT (SELECT COUNT(*) FROM thing), (SELECT COUNT(*) FROM certificate)",
        &[],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    let (things, certificates) = counted.unwrap_or_default();
    Ok((
        usize::try_from(things).unwrap_or(0),
        usize::try_from(certificates).unwrap_or(0),
    ))
}

/// Key of the thing of this name, by an index that SQLite has no need of.
pub(crate) fn thing_key(conn: &Conn<'_>, name: &str) -> Result<Option<i64>> {
    conn.one(
        "SELECT id FROM thing WHERE name = $1",
        &[name.into()],
        |row| row.int(0),
    )
}

/// What is known of the certificate with this digest: one query for what SQLite's lookups hold in memory.
pub(crate) fn certificate_entry(
    conn: &Conn<'_>,
    hash: &[u8; 32],
) -> Result<Option<CertificateEntry>> {
    conn.one(
        "SELECT c.id, c.ca_id, c.status, c.mode,
         (SELECT COUNT(*) FROM policy_certificate p WHERE p.certificate_id = c.id),
         (SELECT MIN(p.policy_id) FROM policy_certificate p WHERE p.certificate_id = c.id),
         (SELECT MAX(p.policy_id) FROM policy_certificate p WHERE p.certificate_id = c.id),
         (SELECT COUNT(*) FROM thing_principal a WHERE a.certificate_id = c.id),
         (SELECT MIN(a.thing_id) FROM thing_principal a WHERE a.certificate_id = c.id),
         (SELECT MAX(a.exclusive) FROM thing_principal a WHERE a.certificate_id = c.id)
         FROM certificate c WHERE c.hash = $1",
        &[hash.as_slice().into()],
        |row| {
            Ok(CertificateEntry {
                key: row.int(0)?,
                ca: row.opt_int(1)?,
                // A status that cannot be understood lets nobody in.
                status: Status::from_code(row.int(2)?).unwrap_or(Status::Inactive),
                mode: Mode::from_code(row.int(3)?),
                policies: match (row.int(4)?, row.opt_int(5)?, row.opt_int(6)?) {
                    (1, Some(one), _) => Few::One(one),
                    (2, Some(one), Some(two)) => Few::Two(one, two),
                    (0, ..) => Few::None,
                    _ => Few::Many,
                },
                things: match (row.int(7)?, row.opt_int(8)?, row.opt_int(9)?) {
                    (1, Some(thing), exclusive) => Attached::One {
                        thing,
                        exclusive: exclusive == Some(1),
                    },
                    (0, ..) => Attached::None,
                    _ => Attached::Many,
                },
            })
        },
    )
}
