//! Writes: closures over a transaction, what they tell others of, and how their callers are answered.
//!
//! Whatever the engine, a closure that fails or panics is undone alone, many may share a commit, and callers are
//! answered after it. An engine that detects conflicts may run a closure again: it must neither send nor log success.

use crate::entry::CertificateEntry;
use crate::sql::{Conn, Value, View};
use crate::transactions::{Asked, Outcome};
use crate::{Error, Result};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An event to publish on an MQTT topic, at least once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Key of its row; those of one node grow in commit order.
    pub key: i64,
    /// For example `$aws/events/certificates/registered/…`.
    pub topic: String,
    /// JSON.
    pub payload: Vec<u8>,
}

/// What others must hear of after the commit that made it true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Something in the store is another now.
    Notice(Notice),
    /// An event waits to be published.
    Event(Event),
    /// A message to send, which is not kept.
    Message {
        /// The topic to publish it on.
        topic: String,
        /// As it is sent.
        payload: Vec<u8>,
    },
}

/// That something in the store is another now: its kind and key, never what it has become. Whoever keeps a copy reads
/// it again, so a notice may come late, twice, or from another server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A device certificate's status, policies or things changed, or it is gone.
    Certificate([u8; 32]),
    /// A policy has another document in force, or is gone.
    Policy(i64),
    /// A thing was created.
    NewThing(i64),
    /// A thing's attributes, type or groups changed, or it is gone.
    Thing(i64),
    /// A thing group's policies or place changed.
    Group(i64),
    /// A thing group was created, or its description, attributes or query changed.
    GroupData(i64),
    /// A thing group is gone, and its things left it.
    GroupGone {
        /// The key that it had; no other group gets it.
        key: i64,
        /// The name that it had, under which others may know it.
        name: String,
    },
    /// A shadow of a registered thing changed, or is gone.
    Shadow(i64),
    /// The registered CAs or what they provision by changed.
    Authorities,
    /// Users, roles, keys or IAM policies changed.
    Iam,
    /// Kinds of events were switched on or off.
    EventKinds,
    /// The domain configurations changed.
    Domains,
    /// The log levels changed.
    Logging,
    /// What is indexed changed.
    Indexing,
    /// Functions, their versions, aliases or permissions changed.
    Functions,
    /// Topic rules or their destinations changed.
    Rules,
    /// Definitions of DynamoDB tables changed.
    Tables,
    /// APIs of API Gateway, their deployments, keys or usage plans changed.
    Gateway,
    /// Revocation lists of registered CAs, or where they come from, changed.
    Revocations,
    /// Certificates for names of owners' own changed.
    ServerCertificates,
    /// A thing was connected or disconnected at one of several servers.
    Connectivity {
        /// Key of the thing.
        thing: i64,
        /// The server's incarnation.
        at: i64,
    },
    /// Secrets that several servers share are others: a device CA was made, changed or removed.
    Secrets,
    /// A client is being let in at another of several servers, of this incarnation: by the stamp of its connection the
    /// newest counts.
    Claimed {
        /// Its client id.
        client_id: String,
        /// The server's incarnation.
        incarnation: i64,
        /// The stamp.
        stamp: u64,
    },
    /// Anything may be another: what another server committed was missed, or comes from a release that this one does not
    /// understand.
    Everything,
    /// Another server of this incarnation serves the registry too.
    NodeCame(i64),
    /// The server of this incarnation is gone. What it owned is to be taken over.
    NodeGone(i64),
}

impl Notice {
    /// Whether another server should hear of it at once: something that it has in force may be another now. What only the
    /// fleet's index reads by itself is no such thing.
    pub(crate) fn is_urgent(&self) -> bool {
        !matches!(
            self,
            Notice::NewThing(_)
                | Notice::GroupData(_)
                | Notice::GroupGone { .. }
                | Notice::Shadow(_)
                | Notice::Connectivity { .. }
                | Notice::NodeCame(_)
                | Notice::NodeGone(_)
        )
    }
}

pub(crate) trait Job: Send {
    /// Runs the closure and keeps its result; `false` where it failed.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// It is about to run once more.
    fn retried(&self);
    /// Answers the caller.
    fn finish(self: Box<Self>, commit: Result<()>);
}

struct Closure<T, E, F> {
    asked: Asked,
    body: F,
    result: Option<Result<T, E>>,
    answer: tokio::sync::oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Closure<T, E, F>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let result = (self.body)(tx);
        let ok = result.is_ok();
        self.result = Some(result);
        ok
    }

    fn retried(&self) {
        self.asked.ended(Outcome::Retried);
    }

    fn finish(self: Box<Self>, commit: Result<()>) {
        self.asked.answered(match (&commit, &self.result) {
            (Ok(()), Some(Ok(_))) => Outcome::Committed,
            (Ok(()), Some(Err(_))) => Outcome::Refused,
            _ => Outcome::Failed,
        });
        let result = match (commit, self.result) {
            // A refusal too: it may rest on what another closure wrote and the failed commit took away.
            (Err(failed), _) => Err(failed.into()),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(Error::Panicked(self.asked.name).into()),
        };
        // A caller that went away has lost interest, not its data.
        let _ = self.answer.send(result);
    }
}

pub(crate) fn job<T, E, F>(
    asked: Asked,
    body: F,
    answer: tokio::sync::oneshot::Sender<Result<T, E>>,
) -> Box<dyn Job>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    Box::new(Closure {
        asked,
        body,
        result: None,
        answer,
    })
}

/// A view that can also write. Dereferences to [`Conn`] for reading, its own writes included.
pub struct Tx<'t> {
    conn: Conn<'t>,
    changes: Vec<Change>,
    // Certificates that it registers: nobody has them in force yet.
    registered: Vec<[u8; 32]>,
}

impl<'t> Deref for Tx<'t> {
    type Target = Conn<'t>;
    fn deref(&self) -> &Conn<'t> {
        &self.conn
    }
}

impl<'t> Tx<'t> {
    /// A transaction that an engine has begun.
    pub(crate) fn new(conn: Conn<'t>) -> Self {
        Self {
            conn,
            changes: Vec::new(),
            registered: Vec::new(),
        }
    }

    /// What others must hear of once it is committed.
    pub(crate) fn into_changes(self) -> Vec<Change> {
        self.changes
    }

    /// Whether other servers should hear of it at once.
    pub(crate) fn is_urgent(&self) -> bool {
        self.changes.iter().any(|change| match change {
            Change::Notice(Notice::Certificate(hash)) => !self.registered.contains(hash),
            Change::Notice(notice) => notice.is_urgent(),
            Change::Event(_) | Change::Message { .. } => false,
        })
    }

    /// Notes that a certificate is registered that was not.
    pub(crate) fn registers(&mut self, hash: [u8; 32]) {
        self.registered.push(hash);
    }

    /// Runs a statement that changes rows. An engine behind a network may answer only with the next read or with the
    /// commit, where a failure then shows.
    pub(crate) fn write(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<()> {
        match &self.conn.0 {
            View::Sqlite(view) => view.write(sql, params).map(drop),
            View::Postgres(session) => session.write(sql, params),
        }
    }

    /// Runs a statement that changes rows; how many it changed.
    pub(crate) fn count(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<usize> {
        match &self.conn.0 {
            View::Sqlite(view) => view.write(sql, params),
            View::Postgres(session) => session.count(sql, params),
        }
    }

    /// The next key of a table; keys grow and are never used twice.
    pub(crate) fn next_key(&mut self, table: &'static str) -> Result<i64> {
        match &self.conn.0 {
            View::Sqlite(view) => view.next_key(&self.conn, table),
            View::Postgres(session) => session.next_key(table),
        }
    }

    /// Notes that something is another now, which others must hear of after the commit.
    pub fn notice(&mut self, notice: Notice) {
        let change = Change::Notice(notice);
        if self.changes.last() != Some(&change) {
            self.changes.push(change);
        }
    }

    /// How often others hear of this certificate after the commit.
    pub fn notices_of(&self, hash: &[u8; 32]) -> u64 {
        let of = |change: &&Change| matches!(change, Change::Notice(Notice::Certificate(other)) if other == hash);
        self.changes.iter().filter(of).count() as u64
    }

    /// Sends something after the commit.
    pub(crate) fn send(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Notes where a thing of this name is from now on.
    pub(crate) fn index_thing(&mut self, name: &str, key: Option<i64>) {
        match &self.conn.0 {
            View::Sqlite(view) => view.index_thing(name, key),
            View::Postgres(session) => session.know_thing(name, key),
        }
    }

    /// What an engine's memory has on the certificate with this digest, which a change of the certificate must change
    /// too. An engine that keeps only what a transaction has read has nothing of others.
    pub(crate) fn indexed_certificate(&self, hash: &[u8; 32]) -> Option<CertificateEntry> {
        match &self.conn.0 {
            View::Sqlite(view) => view.certificate_entry(hash),
            View::Postgres(session) => session.known_certificate(hash),
        }
    }

    /// The same of a certificate.
    pub(crate) fn index_certificate(&mut self, hash: [u8; 32], entry: Option<CertificateEntry>) {
        match &self.conn.0 {
            View::Sqlite(view) => view.index_certificate(hash, entry),
            View::Postgres(session) => session.know_certificate(hash, entry),
        }
    }

    /// Looks names and digests up in the rows as they are now, all of which may be others.
    pub(crate) fn index_anew(&mut self) -> Result<()> {
        match &self.conn.0 {
            View::Sqlite(view) => view.index_anew(),
            View::Postgres(session) => {
                session.forget_known();
                Ok(())
            }
        }
    }

    /// Runs something that writes all it wants or, when it fails or panics, nothing. Fails only where the whole
    /// transaction is lost.
    pub(crate) fn apart(&mut self, body: impl FnOnce(&mut Self) -> bool) -> Result<()> {
        let (changes, registered) = (self.changes.len(), self.registered.len());
        match &self.conn.0 {
            View::Sqlite(view) => view.begin_part(),
            View::Postgres(session) => session.begin_part(),
        }
        // Nothing of a closure that panicked is looked at again: its rows, lookups and changes are undone.
        let kept = catch_unwind(AssertUnwindSafe(|| body(self))).unwrap_or(false);
        if !kept {
            self.changes.truncate(changes);
            self.registered.truncate(registered);
        }
        match &self.conn.0 {
            View::Sqlite(view) => view.end_part(kept),
            View::Postgres(session) => session.end_part(kept),
        }
    }
}
