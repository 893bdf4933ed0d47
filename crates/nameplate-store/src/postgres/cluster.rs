//! The servers over one database: each has a row, which it renews by the database's clock, and is declared dead by the
//! others when it does not.
//!
//! A row's number is what keys of its server begin with; its incarnation is another with every start. A start never takes
//! over a row: what the one before left is adopted like that of any other that died. Each transaction of a server begins
//! by reading that it is alive. Declaring it dead is a SERIALIZABLE write of the same row, so a transaction under way
//! either comes before that, for whoever reads what it wrote, or is undone.

use super::failure::{Failure, FailureKind};
use super::lease::{self, CLUSTER};
use super::migrate;
use super::options::PostgresOptions;
use super::session::Session;
use crate::cluster::{ClusterOptions, Member, Standing, TERM};
use crate::node::Node;
use crate::sql::Conn;
use crate::tx::Tx;
use crate::{Error, Result};
use parking_lot::{Condvar, Mutex};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often it says so.
const RENEWAL: Duration = Duration::from_secs(2);
/// How often a start that meets another is tried again.
const JOIN_TRIES: u32 = 20;

/// The tables of servers. They are no part of the registry: a copy has none of it.
pub(super) const TABLES: &str = "CREATE TABLE IF NOT EXISTS node (
    number BIGINT PRIMARY KEY, incarnation BIGINT NOT NULL UNIQUE, name TEXT NOT NULL, release TEXT NOT NULL,
    knows BIGINT NOT NULL, addresses TEXT NOT NULL, started TIMESTAMPTZ NOT NULL, until TIMESTAMPTZ NOT NULL,
    live BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS node_bus (incarnation BIGINT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS node_lease (name TEXT PRIMARY KEY, incarnation BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS notice (
    incarnation BIGINT NOT NULL, number BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now(), content TEXT NOT NULL,
    PRIMARY KEY (incarnation, number));";

/// A server's place among the others.
pub(super) struct Membership {
    pub(super) node: Node,
    pub(super) incarnation: i64,
    /// Name of its data directory: the same after a restart.
    pub(super) name: String,
    shared: Arc<Shared>,
    /// Leases that it holds: they end with it, or when it gives them back.
    held: Mutex<HashSet<String>>,
}

struct Shared {
    standing: watch::Sender<Standing>,
    renewed: Mutex<Instant>,
    ended: Mutex<bool>,
    wake: Condvar,
}

impl Membership {
    /// Joins the servers over this database, once none holds it alone, and none runs with a copy of the data directory.
    pub(super) fn join(
        session: &Session,
        server: &PostgresOptions,
        (name, directory): (&str, &Path),
        options: &ClusterOptions,
    ) -> Result<Self> {
        lease::obtain(session, server, CLUSTER, |why| tracing::info!("{why}"))?;
        refuse_others_of_another_schema(session, server)?;
        let last = lease::last_start_of(directory);
        let (mut tries, mut waited) = (0, Duration::ZERO);
        let (number, incarnation) = loop {
            match join(session, (name, last), options) {
                Ok(Joined::Here {
                    number,
                    incarnation,
                }) => break (number, incarnation),
                Ok(Joined::Copied { addresses }) => {
                    let _ = session.batch("ROLLBACK");
                    if waited.is_zero() {
                        tracing::info!(
                            "a server of this name is there ({addresses}), which another start has made; waiting in case \
                             it has died"
                        );
                    }
                    if waited > TERM + RENEWAL {
                        return Err(Error::Refused(format!(
                            "a server ({addresses}) runs with a copy of {}: each has a data directory of its own; without \
                             the file `node` in it this one is another's",
                            directory.display()
                        )));
                    }
                    waited += Duration::from_secs(1);
                    std::thread::sleep(Duration::from_secs(1));
                }
                Ok(Joined::Unheard { addresses }) => {
                    let _ = session.batch("ROLLBACK");
                    return Err(Error::Refused(format!(
                        "a server ({addresses}) talks to the others over a bus, and this one has none: its clients would miss \
                         messages, and the others' be let in late; start this one with the same --bus, or stop those that \
                         have one first"
                    )));
                }
                Ok(Joined::NotThese) => {
                    let _ = session.batch("ROLLBACK");
                    migrate::check(session, server)?;
                    // A moment later they can be used again.
                    tries += 1;
                    if tries >= JOIN_TRIES {
                        return Err(Error::Away("its tables change all the time".to_owned()));
                    }
                }
                Err(failed)
                    if tries < JOIN_TRIES
                        && matches!(
                            failed.kind,
                            FailureKind::Conflict | FailureKind::Duplicate
                        ) =>
                {
                    tries += 1;
                    let _ = session.batch("ROLLBACK");
                    std::thread::sleep(Duration::from_millis(10 * u64::from(tries)));
                }
                Err(failed) => return Err(server.refusal(&failed)),
            }
        };
        let Some(node) = u16::try_from(number).ok().and_then(Node::new) else {
            return Err(Error::Refused(format!(
                "{} has as many servers as there can be",
                server.place()
            )));
        };
        lease::note_start(directory, incarnation)?;
        Ok(Self {
            node,
            incarnation,
            name: name.to_owned(),
            shared: Arc::new(Shared {
                standing: watch::channel(Standing::Sure).0,
                renewed: Mutex::new(Instant::now()),
                ended: Mutex::new(false),
                wake: Condvar::new(),
            }),
            held: Mutex::default(),
        })
    }

    /// Says from now on, over a connection of its own, that it is there.
    pub(super) fn keep(&self, server: &PostgresOptions, own: Session) -> Result<()> {
        let (shared, server) = (Arc::clone(&self.shared), server.clone());
        let incarnation = self.incarnation;
        std::thread::Builder::new()
            .name("store-node".into())
            .spawn(move || keep(&shared, &server, incarnation, Some(own)))
            .map(drop)
            .map_err(|failed| Error::Refused(format!("no thread for the node's row: {failed}")))
    }

    pub(super) fn standing(&self) -> watch::Receiver<Standing> {
        self.shared.standing.subscribe()
    }

    /// Why it may not be one of them, as far as it knows itself.
    pub(super) fn doubt(&self) -> Option<&'static str> {
        if *self.shared.standing.borrow() == Standing::Lost {
            return Some("this server was declared dead by the others");
        }
        (self.silent() > 3 * RENEWAL)
            .then_some("this server could not tell the others that it is there")
    }

    /// For how long it has not said that it is there.
    pub(super) fn silent(&self) -> Duration {
        self.shared.renewed.lock().elapsed()
    }

    /// The others say that they have declared it dead.
    pub(super) fn is_dead(&self) {
        self.shared.lose(|| {
            tracing::error!("this server was declared dead by the others; it writes no more");
        });
    }

    /// Whether it holds what only one does, where that can be told without asking.
    pub(super) fn knows(&self, name: &str) -> Option<bool> {
        if *self.shared.standing.borrow() == Standing::Lost {
            return Some(false);
        }
        self.held.lock().contains(name).then_some(true)
    }

    /// Takes what only one does.
    pub(super) fn lease(&self, session: &Session, name: &str) -> Result<bool> {
        let taken = session
            .rows(
                "INSERT INTO node_lease (name, incarnation)
                 SELECT $1::TEXT, $2::BIGINT WHERE EXISTS (SELECT 1 FROM node WHERE incarnation = $2 AND live = 1)
                 ON CONFLICT (name) DO UPDATE SET incarnation = excluded.incarnation
                 WHERE node_lease.incarnation = excluded.incarnation OR NOT EXISTS (
                     SELECT 1 FROM node WHERE node.incarnation = node_lease.incarnation AND node.live = 1)
                 RETURNING incarnation",
                &[&name, &self.incarnation],
            )
            .map_err(Error::from)?;
        let is_held = !taken.is_empty();
        if is_held {
            self.held.lock().insert(name.to_owned());
        }
        Ok(is_held)
    }

    pub(super) fn give_back(&self, session: &Session, name: &str) -> Result<()> {
        if !self.held.lock().remove(name) {
            return Ok(());
        }
        session
            .rows(
                "DELETE FROM node_lease WHERE name = $1 AND incarnation = $2",
                &[&name, &self.incarnation],
            )
            .map(drop)
            .map_err(Error::from)
    }

    /// It says no more that it is there.
    pub(super) fn end(&self) {
        *self.shared.ended.lock() = true;
        self.shared.wake.notify_all();
    }

    /// It goes: others need not wait for its term's end. Nothing may be written any more.
    pub(super) fn leave(&self, session: &Session) {
        let left = session
            .rows(
                "UPDATE node SET live = 0, until = now() WHERE incarnation = $1",
                &[&self.incarnation],
            )
            .and_then(|_| {
                session.rows(
                    "UPDATE lease SET until = now() WHERE name = 'node' AND node = $1
                     AND NOT EXISTS (SELECT 1 FROM node WHERE live = 1)",
                    &[&CLUSTER],
                )
            });
        if let Err(failed) = left {
            tracing::debug!("the term ends by itself: {}", failed.text);
        }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.end();
    }
}

/// Refuses to start beside servers that could not use the tables as this release would leave them.
pub(super) fn refuse_others_of_another_schema(
    session: &Session,
    server: &PostgresOptions,
) -> Result<()> {
    let others = session
        .rows(
            "SELECT release, addresses FROM node WHERE live = 1 AND until >= now() AND knows < $1 LIMIT 1",
            &[&migrate::USABLE_FROM],
        )
        .map_err(|failed| server.refusal(&failed))?;
    match others.first() {
        None => Ok(()),
        Some(row) => Err(Error::Refused(format!(
            "a server of release {} ({}) uses {} and cannot go on with the tables of this release; stop the servers of \
             that release first, or update them to the one between",
            row.try_get::<_, String>(0)?,
            row.try_get::<_, String>(1)?,
            server.place()
        ))),
    }
}

/// What became of joining the others.
enum Joined {
    /// There is a row for this start.
    Here {
        /// Its number.
        number: i64,
        /// Its incarnation.
        incarnation: i64,
    },
    /// The tables have become another release's since they were looked at.
    NotThese,
    /// A start of this name lives that was not this data directory's last one.
    Copied {
        /// Where it listens.
        addresses: String,
    },
    /// It has no bus, and a server that lives has one.
    Unheard {
        /// Where that listens.
        addresses: String,
    },
}

/// A row for this start. A release that brings the tables to its own holds the version's row, and looks after that who is there:
/// so either it sees this one, or this one sees what has become of the tables.
fn join(
    session: &Session,
    (name, last): (&str, Option<i64>),
    options: &ClusterOptions,
) -> Result<Joined, Failure> {
    session.batch("BEGIN ISOLATION LEVEL SERIALIZABLE")?;
    let known = migrate::known();
    let tables = session.rows(
        "SELECT version > $1 AND COALESCE(usable_from > $1, true) FROM schema_version FOR SHARE",
        &[&known],
    )?;
    for row in &tables {
        if row.try_get::<_, bool>(0).map_err(|e| Failure::of(&e))? {
            return Ok(Joined::NotThese);
        }
    }
    // The data directory is locked, so whoever had it is no more. Of a copy of it nobody knows.
    session.rows(
        "UPDATE node SET live = 0 WHERE name = $1 AND live = 1
         AND (until < now() OR $2::BIGINT IS NULL OR incarnation = $2)",
        &[&name, &last],
    )?;
    let copied = session.rows(
        "SELECT addresses FROM node WHERE name = $1 AND live = 1",
        &[&name],
    )?;
    if let Some(row) = copied.first() {
        let addresses = row.try_get(0).map_err(|e| Failure::of(&e))?;
        return Ok(Joined::Copied { addresses });
    }
    if !options.has_bus {
        // The other way round all are given a bus, one after the other.
        let heard = session.rows(
            "SELECT n.addresses FROM node n JOIN node_bus b ON b.incarnation = n.incarnation
             WHERE n.live = 1 AND n.until >= now() LIMIT 1",
            &[],
        )?;
        if let Some(row) = heard.first() {
            let addresses = row.try_get(0).map_err(|e| Failure::of(&e))?;
            return Ok(Joined::Unheard { addresses });
        }
    }
    let taken = session.rows("SELECT number FROM node ORDER BY number", &[])?;
    let mut number = 0_i64;
    for row in &taken {
        if row.try_get::<_, i64>(0).map_err(|e| Failure::of(&e))? == number {
            number += 1;
        }
    }
    // By the database's clock as well: after a backup has been put back none comes again that was given since it was made.
    // What nodes say to each other is sealed under keys that an incarnation makes its own.
    let next = session.rows(
        "INSERT INTO lease (name, node, until, epoch)
         VALUES ('incarnation', '', now(), (EXTRACT(EPOCH FROM now()) * 1000)::BIGINT)
         ON CONFLICT (name) DO UPDATE SET epoch = GREATEST(lease.epoch + 1, excluded.epoch) RETURNING epoch",
        &[],
    )?;
    let incarnation = match next.first() {
        Some(row) => row.try_get::<_, i64>(0).map_err(|e| Failure::of(&e))?,
        None => return Err(Failure::away("no number was given")),
    };
    session.rows(
        "INSERT INTO node (number, incarnation, name, release, knows, addresses, started, until, live)
         VALUES ($1, $2, $3, $4, $5, $6, now(), now() + interval '10 seconds', 1)",
        &[
            &number,
            &incarnation,
            &name,
            &options.release.as_str(),
            &migrate::known(),
            &options.addresses.as_str(),
        ],
    )?;
    session.rows(
        "DELETE FROM node_bus WHERE NOT EXISTS (SELECT 1 FROM node WHERE node.incarnation = node_bus.incarnation)",
        &[],
    )?;
    if options.has_bus {
        session.rows(
            "INSERT INTO node_bus (incarnation) VALUES ($1)",
            &[&incarnation],
        )?;
    }
    session.batch("COMMIT")?;
    Ok(Joined::Here {
        number,
        incarnation,
    })
}

impl Shared {
    /// It is none of them any more, for ever. Where that is news, the log says why first: whoever hears of it ends.
    fn lose(&self, say_why: impl FnOnce()) {
        self.standing.send_if_modified(|standing| {
            let is_news = *standing != Standing::Lost;
            if is_news {
                say_why();
                *standing = Standing::Lost;
            }
            is_news
        });
    }

    /// So it stands, unless it is lost.
    fn stand(&self, now: Standing) {
        self.standing.send_if_modified(|standing| {
            *standing != Standing::Lost && std::mem::replace(standing, now) != now
        });
    }
}

fn keep(shared: &Shared, server: &PostgresOptions, incarnation: i64, mut own: Option<Session>) {
    // Since when it has been renewed without fail.
    let mut since: Option<Instant> = None;
    let mut ended = shared.ended.lock();
    while !*ended {
        drop(ended);
        // The term counts from before it was asked for.
        let begun = Instant::now();
        let renewed = match own.take() {
            Some(open) => Ok(open),
            None => Session::connect(server),
        }
        .and_then(|open| {
            let renewed = renew(&open, incarnation)?;
            // A server that was cut off with all others must not declare them dead when the database is back: first they
            // get the time to say that they are there.
            if renewed && since.is_some_and(|since| since.elapsed() >= TERM) {
                declare_dead(&open);
            }
            own = Some(open);
            Ok(renewed)
        });
        match renewed {
            Ok(true) => {
                since.get_or_insert_with(Instant::now);
                *shared.renewed.lock() = begun;
                shared.stand(Standing::Sure);
            }
            Ok(false) => {
                shared.lose(|| {
                    tracing::error!(
                        "this server was declared dead by the others over {}, or one has taken the registry alone; it \
                         writes no more",
                        server.place()
                    );
                });
                return;
            }
            Err(failed) => {
                since = None;
                tracing::warn!(error = %failed.text, "the node's row was not renewed: {}", failed.text);
                shared.stand(Standing::Doubtful);
            }
        }
        ended = shared.ended.lock();
        if !*ended {
            shared.wake.wait_for(&mut ended, RENEWAL);
        }
    }
}

/// Says that it is there for another term; false where it no longer counts.
fn renew(session: &Session, incarnation: i64) -> Result<bool, Failure> {
    let renewed = session.rows(
        "UPDATE node SET until = now() + interval '10 seconds' WHERE incarnation = $1 AND live = 1 RETURNING number",
        &[&incarnation],
    )?;
    Ok(!renewed.is_empty() && lease::hold_together(session)?)
}

/// Declares those dead whose term is over.
fn declare_dead(session: &Session) {
    let found = session.rows(
        "SELECT number, addresses FROM node WHERE live = 1 AND until < now()",
        &[],
    );
    let Ok(found) = found else {
        return;
    };
    if found.is_empty() {
        return;
    }
    let declared = session.batch(
        "BEGIN ISOLATION LEVEL SERIALIZABLE;
         UPDATE node SET live = 0 WHERE live = 1 AND until < now();
         COMMIT",
    );
    match declared {
        Ok(()) => {
            for row in &found {
                tracing::warn!(
                    "the server {} did not say for {} s that it is there, and is taken for dead",
                    row.try_get::<_, String>(1).unwrap_or_default(),
                    TERM.as_secs()
                );
            }
        }
        // It was renewed after all, or another declared it.
        Err(failed) => {
            tracing::debug!("nobody was declared dead: {}", failed.text);
            let _ = session.batch("ROLLBACK");
        }
    }
}

/// All servers, with what of their commits is to be followed.
pub(super) fn members(session: &Session) -> Result<Vec<Member>> {
    let rows = session
        .rows(
            "SELECT number, incarnation, name, release, addresses, (EXTRACT(EPOCH FROM started) * 1000)::BIGINT,
             (EXTRACT(EPOCH FROM now() - (until - interval '10 seconds')) * 1000)::BIGINT, live,
             COALESCE((SELECT MAX(notice.number) FROM notice WHERE notice.incarnation = node.incarnation), 0)
             FROM node ORDER BY number",
            &[],
        )
        .map_err(Error::from)?;
    rows.iter()
        .map(|row| {
            Ok(Member {
                number: u16::try_from(row.try_get::<_, i64>(0)?).unwrap_or(u16::MAX),
                incarnation: row.try_get(1)?,
                name: row.try_get(2)?,
                release: row.try_get(3)?,
                addresses: row.try_get(4)?,
                started: row.try_get(5)?,
                silent: row.try_get::<_, i64>(6)?.max(0),
                live: row.try_get::<_, i64>(7)? == 1,
                newest: row.try_get(8)?,
                followed: 0,
            })
        })
        .collect()
}

/// What only one does, and who does.
pub(super) fn leases(session: &Session) -> Result<Vec<(String, i64)>> {
    let rows = session
        .rows(
            "SELECT name, incarnation FROM node_lease ORDER BY name",
            &[],
        )
        .map_err(Error::from)?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// The number of a server that died and that nobody has taken care of yet.
pub(crate) fn number_of_dead(conn: &Conn<'_>, incarnation: i64) -> Result<Option<Node>> {
    let found = conn.one(
        "SELECT number FROM node WHERE incarnation = $1 AND live = 0",
        &[incarnation.into()],
        |row| row.int(0),
    )?;
    Ok(found.and_then(|number| u16::try_from(number).ok().and_then(Node::new)))
}

/// Forgets a server that died, and what it did alone.
pub(crate) fn forget(tx: &mut Tx<'_>, incarnation: i64) -> Result<()> {
    tx.write(
        "DELETE FROM node_lease WHERE incarnation = $1",
        &[incarnation.into()],
    )?;
    tx.write(
        "DELETE FROM node WHERE incarnation = $1 AND live = 0",
        &[incarnation.into()],
    )
}
