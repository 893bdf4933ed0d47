//! Several servers over one database: which there are, what each may do alone, and how they hear of each other's commits.
//!
//! Only an engine behind a network has others (`postgres/cluster.rs`, `postgres/follow.rs`). With SQLite, and with
//! PostgreSQL where one server holds the registry, there is one node of incarnation 0, which holds every lease.

use crate::Result;
use crate::store::{Engine, Store};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// For how long a server counts as alive after it last said that it is there.
pub const TERM: Duration = Duration::from_secs(10);

/// What a server that is one of several says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterOptions {
    /// Where it listens, as its operator shall read it.
    pub addresses: String,
    /// Its release.
    pub release: String,
    /// Whether it talks to the others over a bus.
    pub has_bus: bool,
}

/// Whether a server is one of those that serve the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It has said so within its term.
    Sure,
    /// It could not say so the last time. Others may declare it dead soon.
    Doubtful,
    /// It was declared dead, or the registry is another's, for ever: nothing that it writes is committed.
    Lost,
}

/// One of several servers, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What its keys begin with.
    pub number: u16,
    /// Which start of which server: grows with every start, and is never used again.
    pub incarnation: i64,
    /// Name of its data directory.
    pub name: String,
    /// Its release.
    pub release: String,
    /// Where it listens.
    pub addresses: String,
    /// When it started, milliseconds since the epoch by the database's clock.
    pub started: i64,
    /// Milliseconds since it last said that it is there.
    pub silent: i64,
    /// Whether it is taken to be there.
    pub live: bool,
    /// Its newest commit that others must hear of.
    pub newest: i64,
    /// The newest of those that the server that is asked has followed.
    pub followed: i64,
}

impl Store {
    /// Which start of which server this is, among all over the database; 0 where there are no others.
    pub fn incarnation(&self) -> i64 {
        match self.engine() {
            Engine::Sqlite(_) => 0,
            Engine::Postgres(engine) => engine.incarnation(),
        }
    }

    /// By what this server's data directory is told from those of the others, the same after a restart; empty where there
    /// are none.
    pub fn name(&self) -> &str {
        match self.engine() {
            Engine::Sqlite(_) => "",
            Engine::Postgres(engine) => engine.name(),
        }
    }

    /// The number that this server's keys begin with; 0 where there is one.
    pub fn node_number(&self) -> u16 {
        match self.engine() {
            Engine::Sqlite(_) => 0,
            Engine::Postgres(engine) => engine.node_number(),
        }
    }

    /// Whether there may be other servers.
    pub fn is_clustered(&self) -> bool {
        self.incarnation() != 0
    }

    /// Whether this server is one of those that serve the registry, now and when it changes.
    pub fn standing(&self) -> watch::Receiver<Standing> {
        match self.engine() {
            Engine::Sqlite(_) => watch::channel(Standing::Sure).1,
            Engine::Postgres(engine) => engine.standing(),
        }
    }

    /// For how long this server has not been able to say that it is there: beyond [`TERM`] others may have declared it dead.
    /// Zero where there are no others.
    pub fn silent(&self) -> Duration {
        match self.engine() {
            Engine::Sqlite(_) => Duration::ZERO,
            Engine::Postgres(engine) => engine.silent(),
        }
    }

    /// Whatever others had committed before this has been passed on; `None` where there are no others.
    pub fn followed_until(&self) -> Option<Instant> {
        match self.engine() {
            Engine::Sqlite(_) => None,
            Engine::Postgres(engine) => engine.followed_until(),
        }
    }

    /// The others say that they have declared this server dead, which the database may not be able to tell it: it is
    /// [`Standing::Lost`].
    pub fn is_declared_dead(&self) {
        if let Engine::Postgres(engine) = self.engine() {
            engine.is_dead();
        }
    }

    /// All servers that are known; none where there are no others.
    pub async fn members(&self) -> Result<Vec<Member>> {
        match self.engine() {
            Engine::Sqlite(_) => Ok(Vec::new()),
            Engine::Postgres(engine) => engine.members(),
        }
    }

    /// What only one server does at a time, and the incarnation of who does.
    pub async fn leases(&self) -> Result<Vec<(String, i64)>> {
        match self.engine() {
            Engine::Sqlite(_) => Ok(Vec::new()),
            Engine::Postgres(engine) => engine.leases(),
        }
    }

    /// Takes or keeps what only one server does at a time; false where another does. It need not be renewed: it is this
    /// server's until it is given back or the server is declared dead, after which nothing that it writes is committed.
    pub async fn lease(&self, name: &str) -> Result<bool> {
        match self.engine() {
            Engine::Sqlite(_) => Ok(true),
            Engine::Postgres(engine) => engine.lease(name),
        }
    }

    /// Lets another server do it.
    pub async fn give_back(&self, name: &str) -> Result<()> {
        match self.engine() {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(engine) => engine.give_back(name),
        }
    }

    /// Others have committed something: reads what at once, and not at the next of the moments when it does so anyway.
    pub fn ring(&self) {
        if let Engine::Postgres(engine) = self.engine() {
            engine.ring();
        }
    }

    /// Follows what others have committed by now: what is kept in memory by notices is as the store has it when this
    /// returns. At once where there are no others.
    ///
    /// # Errors
    /// [`Error::Away`](crate::Error::Away) where the database does not say: then nobody knows.
    pub async fn catch_up(&self) -> Result<()> {
        match self.engine() {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(engine) => engine.catch_up().await,
        }
    }

    /// The number of this server's newest commit that others should hear of at once, now and when it grows. Of what else
    /// they must hear they do half a second later at most.
    pub fn urgent(&self) -> watch::Receiver<i64> {
        match self.engine() {
            Engine::Sqlite(_) => watch::channel(0).1,
            Engine::Postgres(engine) => engine.urgent(),
        }
    }
}
