//! A store of its own for each test. What is particular to the engine is in [`engine_of`].
//!
//! `NAMEPLATE_TEST_ENGINE` says over which: `sqlite`, which is the default; `postgres`, a server that the tests start;
//! `postgres-conflicts`, the same, of which one commit in four fails at first as if another node had been in the way.

use crate::server;
use nameplate_core::ctx::Millis;
use nameplate_core::registry::ca::CaCertificate;
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_store::{
    AttemptRow, Change, EngineOptions, Error, NewCertificate, PostgresOptions, Store, StoreOptions,
    Tx,
};
use std::path::Path;
use std::sync::{Arc, Mutex};

pub type Done = Result<(), Box<dyn std::error::Error>>;

pub const NOW: Millis = Millis(1_700_000_000_000);

/// A store and what it told of its commits, one list a commit.
pub struct TestStore {
    pub store: Store,
    commits: Arc<Mutex<Vec<Vec<Change>>>>,
    directory: tempfile::TempDir,
    attempts: u32,
}

impl TestStore {
    pub fn open() -> Result<Self, Box<dyn std::error::Error>> {
        Self::keeping(1000)
    }

    pub fn keeping(attempts: u32) -> Result<Self, Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        let commits = Arc::default();
        Ok(Self {
            store: open(directory.path(), attempts, &commits)?,
            commits,
            directory,
            attempts,
        })
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The same data in a server that starts anew, keeping as many attempts as given.
    pub fn reopened(self, attempts: Option<u32>) -> Result<Self, Error> {
        let Self {
            store,
            commits,
            directory,
            attempts: before,
        } = self;
        store.close();
        drop(store);
        let attempts = attempts.unwrap_or(before);
        Ok(Self {
            store: open(directory.path(), attempts, &commits)?,
            commits,
            directory,
            attempts,
        })
    }

    /// What commits made known since the last call.
    pub fn commits(&self) -> Vec<Vec<Change>> {
        self.commits
            .lock()
            .map(|mut commits| std::mem::take(&mut *commits))
            .unwrap_or_default()
    }

    /// The changes of all commits since the last call.
    pub fn changes(&self) -> Vec<Change> {
        self.commits().concat()
    }

    /// One write.
    pub async fn tx<T: Send + 'static>(
        &self,
        body: impl FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.store.tx("test", body).await
    }

    /// Registers a certificate.
    pub async fn certificate(&self, number: u64, ca: Option<i64>) -> Result<i64, Error> {
        self.tx(move |tx| certificate(tx, number, ca)).await
    }

    /// Adds a thing.
    pub async fn thing(&self, name: &'static str) -> Result<i64, Error> {
        self.tx(move |tx| thing(tx, name)).await
    }
}

/// Which engine the tests run over.
pub fn is_sqlite() -> bool {
    !std::env::var("NAMEPLATE_TEST_ENGINE").is_ok_and(|engine| engine.starts_with("postgres"))
}

/// Each directory has a database of its own, which a reopened store finds again.
pub fn engine_of(directory: &Path) -> Result<EngineOptions, Error> {
    if is_sqlite() {
        return Ok(EngineOptions::Sqlite);
    }
    let url = server::database_of(directory);
    let mut options = PostgresOptions::parse(&url).map_err(Error::Refused)?;
    if std::env::var("NAMEPLATE_TEST_ENGINE").as_deref() == Ok("postgres-conflicts") {
        options = options.with_conflicts(4, 4711);
    }
    Ok(EngineOptions::Postgres(Box::new(options)))
}

fn open(
    directory: &Path,
    attempts: u32,
    commits: &Arc<Mutex<Vec<Vec<Change>>>>,
) -> Result<Store, Error> {
    let commits = Arc::clone(commits);
    Store::open(
        &StoreOptions {
            directory: directory.to_owned(),
            engine: engine_of(directory)?,
            attempts,
            cluster: None,
        },
        move |changes| {
            if let Ok(mut commits) = commits.lock() {
                commits.push(changes);
            }
        },
    )
}

/// A store that tells nobody of its commits.
pub fn open_quietly(directory: &Path) -> Result<Store, Error> {
    open(directory, 1000, &Arc::default())
}

/// A digest that no other number has.
pub fn digest(number: u64) -> [u8; 32] {
    let mut hash = [0; 32];
    for (at, chunk) in hash.chunks_mut(8).enumerate() {
        let mixed = (number * 4 + at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        chunk.copy_from_slice(&mixed.to_be_bytes());
    }
    hash
}

pub fn certificate(tx: &mut Tx<'_>, number: u64, ca: Option<i64>) -> Result<i64, Error> {
    tx.insert_certificate(&NewCertificate {
        hash: digest(number),
        der: format!("DER of {number}").as_bytes(),
        status: Status::PendingActivation,
        mode: Mode::SniOnly,
        ca,
        created: NOW,
        not_before: Millis(1),
        not_after: Millis(2),
    })
}

pub fn thing(tx: &mut Tx<'_>, name: &str) -> Result<i64, Error> {
    tx.insert_thing(name, "id", None, None, &Default::default())
}

pub fn ca(number: u64) -> CaCertificate {
    CaCertificate {
        key: 0,
        hash: digest(number),
        der: format!("DER of CA {number}").into_bytes(),
        subject: b"CN=Factory".to_vec(),
        active: true,
        auto_registration: true,
        mode: Mode::Default,
        registration_config: None,
        created: NOW,
        modified: NOW,
        version: 1,
        deleted: false,
    }
}

pub fn attempt(address: &str) -> AttemptRow {
    AttemptRow {
        seq: 0,
        at: NOW.0,
        certificate: None,
        serial: None,
        client_id: None,
        address: address.to_owned(),
        code: "connected".to_owned(),
        record: "{}".to_owned(),
        count: 1,
        first_at: NOW.0,
    }
}
