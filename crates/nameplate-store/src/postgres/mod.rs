//! PostgreSQL 15 or newer: one writer and a few readers, each a connection with a runtime of its own.
//!
//! Closures stay synchronous: whoever runs one waits on the connection's own small runtime, so nothing of the
//! server's runtime has to turn for a statement to be answered. Statements that only write are sent without waiting
//! ([`Session`]), so a device costs a few round trips rather than one for each of its rows.
//!
//! Nothing here is particular to PostgreSQL's own locks, triggers or notifications, so that what speaks its protocol
//! and keeps SERIALIZABLE may serve as well.

mod ahead;
mod cluster;
mod copy;
mod failure;
mod follow;
mod lease;
mod many;
mod migrate;
mod options;
mod secret;
mod session;
mod value;
mod writer;

pub use ahead::Ahead;
pub(crate) use cluster::{forget, number_of_dead};
pub(crate) use copy::PostgresSide;
pub(crate) use failure::{Failure, FailureKind};
pub use options::PostgresOptions;
pub use secret::{
    SharedSecret, SharedTicketKey, exchange_secrets, forget_ticket_keys, leave_secret,
    share_secrets, shared_secrets, ticket_keys,
};
pub(crate) use session::Session;

use crate::attempt::AttemptQueue;
use crate::cluster::{Member, Standing};
use crate::directory::DirectoryLock;
use crate::entry::{Attached, CertificateEntry, Few};
use crate::queue::Queue;
use crate::sql::{Conn, Row, View};
use crate::sqlite::Opened;
use crate::store::StoreOptions;
use crate::summary::Summaries;
use crate::tx::Change;
use crate::{Error, Result};
use cluster::Membership;
use follow::{Followed, Told};
use lease::{Holder, Lease};
use nameplate_core::registry::certificate::{Mode, Status};
use parking_lot::{Condvar, Mutex};
use session::Fence;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_postgres::types::Type;

/// How long a reader waits for a connection while all are in use.
const READER_PATIENCE: Duration = Duration::from_secs(10);

/// A registry in a database of PostgreSQL.
pub(crate) struct Postgres {
    options: PostgresOptions,
    readers: Mutex<Readers>,
    returned: Condvar,
    held: Held,
    urgent: watch::Sender<i64>,
    /// How many statements the writer has sent.
    statements: Arc<AtomicU64>,
}

/// How this server has the registry.
enum Held {
    Alone {
        holder: Holder,
        // `None` once it was given back.
        lease: Mutex<Option<Lease>>,
    },
    Together {
        membership: Membership,
        followed: Arc<Followed>,
    },
}

impl Held {
    fn fence(&self) -> Fence {
        match self {
            Held::Alone { holder, .. } => Fence::Alone(holder.clone()),
            Held::Together { membership, .. } => Fence::Member(membership.incarnation),
        }
    }
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
        changes: impl Fn(Vec<Change>) + Send + Sync + 'static,
    ) -> Result<Opened<Self>> {
        let name = lease::node_of(&options.directory)?;
        let told: Told = Arc::new(changes);
        let began = waiting(|| begin(options, server, name, &told))?;
        let attempts = Arc::new(AttemptQueue::new(
            began.next,
            i64::from(options.attempts.max(1)),
            began.summaries,
        ));
        let urgent = watch::channel(0).0;
        let statements = Arc::new(AtomicU64::new(0));
        let writer = writer::Writer::new(
            began.server.clone(),
            (began.held.fence(), writer::Numbers::new(urgent.clone())),
            began.session,
            Arc::clone(queue),
            Arc::clone(&attempts),
            told,
            Arc::clone(lock),
        )
        .counting(Arc::clone(&statements));
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(crate::directory::io(&options.directory))?;
        Ok((
            Self {
                options: began.server,
                readers: Mutex::new(Readers {
                    idle: vec![began.reader],
                    open: 1,
                }),
                returned: Condvar::new(),
                held: began.held,
                urgent,
                statements,
            },
            attempts,
            thread,
        ))
    }

    /// How many statements the writer has sent, transactions' own included.
    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
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

    /// Answers what one query tells, for which no transaction is begun: a statement sees one committed state by itself.
    pub(crate) fn look<T: Send>(
        &self,
        body: impl FnOnce(&Conn<'_>) -> Result<T> + Send,
    ) -> Result<T> {
        waiting(|| self.reader()?.session()?.look(body))
    }

    /// Whether the database answers and the registry is still this server's.
    pub(crate) fn check(&self) -> Result<()> {
        let held = match &self.held {
            Held::Alone { holder, .. } => self.read(|conn| {
                conn.one(
                    "SELECT COUNT(*) FROM lease WHERE name = 'node' AND node = $1 AND epoch = $2",
                    &[holder.node.as_str().into(), holder.epoch.into()],
                    |row| row.flag(0),
                )
            })?,
            Held::Together { membership, .. } => {
                if let Some(doubt) = membership.doubt() {
                    return Err(Error::Away(doubt.to_owned()));
                }
                self.read(|conn| {
                    conn.one(
                        "SELECT COUNT(*) FROM node WHERE incarnation = $1 AND live = 1",
                        &[membership.incarnation.into()],
                        |row| row.flag(0),
                    )
                })?
            }
        };
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
        match &self.held {
            Held::Alone { lease, .. } => {
                if let Some(lease) = lease.lock().take() {
                    self.last_word(|session| lease.end(session));
                }
            }
            Held::Together {
                membership,
                followed,
            } => {
                followed.end();
                membership.end();
                self.last_word(|session| membership.leave(session));
            }
        }
    }

    /// Says something to the database, where there is a connection to be had; otherwise the term ends by itself.
    fn last_word(&self, say: impl FnOnce(&Session) + Send) {
        waiting(|| {
            if let Ok(mut reader) = self.reader()
                && let Some(session) = reader.session.take_if(|session| !session.has_failed())
            {
                say(&session);
                reader.session = Some(session);
            }
        });
    }

    /// Which start of which server this is; 0 where it has the registry alone.
    pub(crate) fn incarnation(&self) -> i64 {
        match &self.held {
            Held::Alone { .. } => 0,
            Held::Together { membership, .. } => membership.incarnation,
        }
    }

    /// The name of the data directory among those of the others; empty where it has the registry alone.
    pub(crate) fn name(&self) -> &str {
        match &self.held {
            Held::Alone { .. } => "",
            Held::Together { membership, .. } => &membership.name,
        }
    }

    /// The number that keys of this server begin with.
    pub(crate) fn node_number(&self) -> u16 {
        self.options.node().number()
    }

    pub(crate) fn standing(&self) -> watch::Receiver<Standing> {
        match &self.held {
            Held::Alone { lease, .. } => match &*lease.lock() {
                Some(lease) => lease.standing(),
                None => watch::channel(Standing::Sure).1,
            },
            Held::Together { membership, .. } => membership.standing(),
        }
    }

    pub(crate) fn silent(&self) -> Duration {
        match &self.held {
            Held::Alone { .. } => Duration::ZERO,
            Held::Together { membership, .. } => membership.silent(),
        }
    }

    pub(crate) fn followed_until(&self) -> Option<Instant> {
        match &self.held {
            Held::Alone { .. } => None,
            Held::Together { followed, .. } => followed.until(),
        }
    }

    pub(crate) fn is_dead(&self) {
        if let Held::Together { membership, .. } = &self.held {
            membership.is_dead();
        }
    }

    pub(crate) fn urgent(&self) -> watch::Receiver<i64> {
        self.urgent.subscribe()
    }

    pub(crate) fn ring(&self) {
        if let Held::Together { followed, .. } = &self.held {
            followed.ring();
        }
    }

    pub(crate) async fn catch_up(&self) -> Result<()> {
        match &self.held {
            Held::Alone { .. } => Ok(()),
            Held::Together { followed, .. } => followed.catch_up().await,
        }
    }

    pub(crate) fn members(&self) -> Result<Vec<Member>> {
        let Held::Together {
            membership,
            followed,
        } = &self.held
        else {
            return Ok(Vec::new());
        };
        let mut all = waiting(|| cluster::members(self.reader()?.session()?))?;
        for member in &mut all {
            member.followed = match member.incarnation == membership.incarnation {
                true => member.newest,
                false => followed.of(member.incarnation),
            };
        }
        Ok(all)
    }

    pub(crate) fn leases(&self) -> Result<Vec<(String, i64)>> {
        match &self.held {
            Held::Alone { .. } => Ok(Vec::new()),
            Held::Together { .. } => waiting(|| cluster::leases(self.reader()?.session()?)),
        }
    }

    pub(crate) fn lease(&self, name: &str) -> Result<bool> {
        match &self.held {
            Held::Alone { .. } => Ok(true),
            Held::Together { membership, .. } => {
                if let Some(known) = membership.knows(name) {
                    return Ok(known);
                }
                waiting(|| membership.lease(self.reader()?.session()?, name))
            }
        }
    }

    pub(crate) fn give_back(&self, name: &str) -> Result<()> {
        match &self.held {
            Held::Alone { .. } => Ok(()),
            Held::Together { membership, .. } => {
                waiting(|| membership.give_back(self.reader()?.session()?, name))
            }
        }
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

/// What a start has made before the writer works.
struct Began {
    server: PostgresOptions,
    session: Session,
    reader: Session,
    held: Held,
    next: i64,
    summaries: Summaries,
}

fn begin(
    options: &StoreOptions,
    server: &PostgresOptions,
    name: String,
    told: &Told,
) -> Result<Began> {
    let mut server = match options.cluster {
        Some(_) => server.clone().with_others(),
        None => server.clone(),
    };
    let session = Session::first(&server)?;
    migrate::check(&session, &server)?;
    migrate::prepare(&session, &server)?;
    let membership = match &options.cluster {
        None => None,
        Some(cluster) => {
            let joined = Membership::join(&session, &server, (&name, &options.directory), cluster)?;
            server = server.with_node(joined.node);
            Some(joined)
        }
    };
    let further = || Session::connect(&server).map_err(|failed| server.refusal(&failed));
    // Which node it is of, a connection knows from its beginning.
    let session = match &membership {
        Some(_) => further()?,
        None => session,
    };
    // The fewest that work needs are had now, or the start is refused.
    session
        .connect_for_keys()
        .map_err(|failed| server.refusal(&failed))?;
    let (reader, own) = (further()?, further()?);
    let held = match membership {
        None => {
            let waits = |why: &str| tracing::info!("{why}");
            let lease = Lease::take(&session, &server, &name, waits, Some(own))?;
            migrate::run(&session, &server)?;
            Held::Alone {
                holder: lease.holder.clone(),
                lease: Mutex::new(Some(lease)),
            }
        }
        Some(membership) => {
            membership.keep(&server, own)?;
            migrate::run(&session, &server)?;
            let follower = further()?;
            let followed = Followed::start(&session, membership.incarnation)
                .map_err(|failed| server.refusal(&failed))?;
            followed
                .run(&server, membership.incarnation, follower, Arc::clone(told))
                .map_err(crate::directory::io(&options.directory))?;
            Held::Together {
                membership,
                followed,
            }
        }
    };
    let next = session.read(AttemptQueue::next)?;
    let summaries = session.read(Summaries::read)?;
    Ok(Began {
        server,
        session,
        reader,
        held,
        next,
        summaries,
    })
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

/// The row of the thing of a name.
const THING_BY_NAME: &str = "SELECT id FROM thing WHERE name = $1";

/// Key of the thing of this name, by an index that SQLite has no need of.
pub(crate) fn thing_key(conn: &Conn<'_>, name: &str) -> Result<Option<i64>> {
    let View::Postgres(session) = &conn.0 else {
        return Ok(None);
    };
    if let Some(key) = session.read_thing(name) {
        return Ok(key);
    }
    let key = conn.one(THING_BY_NAME, &[name.into()], |row| row.int(0))?;
    session.know_thing(name, key);
    Ok(key)
}

/// What is known of the certificate with this digest: one query for what SQLite's lookups hold in memory.
pub(crate) fn certificate_entry(
    conn: &Conn<'_>,
    hash: &[u8; 32],
) -> Result<Option<CertificateEntry>> {
    let View::Postgres(session) = &conn.0 else {
        return Ok(None);
    };
    if let Some(entry) = session.read_certificate(hash) {
        return Ok(entry);
    }
    let entry = read_certificate_entry(conn, hash)?;
    session.know_certificate(*hash, entry);
    Ok(entry)
}

/// A query for rows that [`entry`] reads: its columns, and which certificates.
macro_rules! select_entry {
    ($which:literal) => {
        concat!(
            "SELECT c.id, c.ca_id, c.status, c.mode,
             (SELECT COUNT(*) FROM policy_certificate p WHERE p.certificate_id = c.id),
             (SELECT MIN(p.policy_id) FROM policy_certificate p WHERE p.certificate_id = c.id),
             (SELECT MAX(p.policy_id) FROM policy_certificate p WHERE p.certificate_id = c.id),
             (SELECT COUNT(*) FROM thing_principal a WHERE a.certificate_id = c.id),
             (SELECT MIN(a.thing_id) FROM thing_principal a WHERE a.certificate_id = c.id),
             (SELECT MAX(a.exclusive) FROM thing_principal a WHERE a.certificate_id = c.id), c.hash
             FROM certificate c WHERE ",
            $which
        )
    };
}
use select_entry;

/// The same by the certificate's key, of either engine's rows.
pub(crate) fn certificate_entry_of(conn: &Conn<'_>, key: i64) -> Result<Option<CertificateEntry>> {
    conn.one(select_entry!("c.id = $1"), &[key.into()], entry)
}

fn read_certificate_entry(conn: &Conn<'_>, hash: &[u8; 32]) -> Result<Option<CertificateEntry>> {
    conn.one(
        select_entry!("c.hash = $1"),
        &[hash.as_slice().into()],
        entry,
    )
}

fn entry(row: &Row<'_>) -> Result<CertificateEntry> {
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
}
