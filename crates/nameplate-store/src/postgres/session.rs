//! One connection, and the closures that run over it.
//!
//! A statement whose answer nobody reads is sent and not waited for: the server answers in order, so the answers are
//! looked at with the next query's or with the commit's. Each is taken by a task as it comes: the connection holds two
//! pieces of an answer and reads nothing more, not even what a later query waits for, until one is taken. Rows that the
//! same statement writes wait for each other (`many.rs`). After a statement has failed the transaction is lost, and
//! everything asked of the session fails until it begins another.

use super::failure::{Failure, FailureKind};
use super::lease::Holder;
use super::many::{self, Gathered, Many, Rows};
use super::options::PostgresOptions;
use crate::entry::CertificateEntry;
use crate::sql::{Conn, Datum, Value, View};
use crate::{Error, Result};
use futures_util::FutureExt;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;
use tokio_postgres::types::{BorrowToSql, ToSql};
use tokio_postgres::{Client, Statement};

/// How many keys of one of [`MANY`] or [`UNLISTED`] are reserved at once; what is left of them when the server ends is not used.
const BLOCK: i64 = 1024;
/// Tables into which devices write, by the thousand a second. Of others, but [`UNLISTED`], each key is reserved by itself, when
/// it is needed: what operators create is listed in the order in which they did.
const MANY: [&str; 4] = ["certificate", "job_execution", "policy", "thing"];
/// For how long keys of one of [`MANY`] are given out. Lists are in the order of keys, which is that of creation, whichever
/// server created, but for this.
const BLOCK_TIME: Duration = Duration::from_secs(1);
/// Tables of which no list has rows that several servers wrote.
const UNLISTED: [&str; 4] = ["dynamodb_task", "lambda_event", "outbox", "vending_entry"];
/// What the writer's transaction begins with.
const BEGIN_WRITING: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";
/// What a closure that reads begins with.
const BEGIN_READING: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// How many statements may be under way before their answers are waited for.
const UNDER_WAY: usize = 512;
/// What the server's own limit leaves for the way there and back.
const MARGIN: Duration = Duration::from_secs(5);
/// How often, and after which pauses, a server that is starting up is asked again: for half a minute.
const START_TRIES: u32 = 60;
const START_PAUSE: Duration = Duration::from_millis(500);

/// What is taking the answer to a statement that was sent.
type Answer = JoinHandle<Result<u64, tokio_postgres::Error>>;

/// By what a transaction of the writer is known to be still this server's to make.
#[derive(Debug, Clone)]
pub(super) enum Fence {
    /// The server holds the registry alone, since this start of it.
    Alone(Holder),
    /// The server is one of several, and this start of it has not been declared dead.
    Member(i64),
}

/// What a closure of the writer's is in its transaction, by which it is undone where it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Others have written before it: it has a savepoint.
    OneOfSeveral,
    /// Nobody has: the transaction begins anew.
    First,
    /// It fails only with all that was written before it.
    Last,
}

/// One connection with the runtime that drives it.
pub(crate) struct Session {
    // `None` only while it is dropped.
    runtime: Option<Runtime>,
    client: Arc<Client>,
    statements: RefCell<HashMap<Box<str>, Statement>>,
    under_way: RefCell<Vec<Answer>>,
    failure: RefCell<Option<Failure>>,
    // How the statements that write rows are put for many; `None` where they are not.
    for_many: RefCell<HashMap<&'static str, Option<Arc<Many>>>>,
    // Rows of the transaction that have not been sent.
    gathered: RefCell<Gathered>,
    // How many statements have been sent since it was asked last.
    sent: Cell<u64>,
    // Whether the running closure has changed anything.
    changed: Cell<bool>,
    // Whether changes of the running closure were sent, and so it has a savepoint where it is to have one.
    wrote: Cell<bool>,
    part: Cell<Part>,
    // By what the writer's transaction began.
    fence: RefCell<Option<Fence>>,
    // Whether a closure that reads is running which has asked nothing yet: its transaction begins with its first question.
    reads: Cell<bool>,
    // `None` outside of the writer's transaction.
    known: RefCell<Option<Known>>,
    keys: RefCell<Keys>,
    options: PostgresOptions,
}

/// What the writer's transaction has read, with its own changes: a provisioning asks for the same certificate half a dozen
/// times, and a task for all that a chunk of lines names at once.
#[derive(Default)]
struct Known {
    certificates: HashMap<[u8; 32], Option<CertificateEntry>>,
    things: HashMap<String, Option<i64>>,
    // Rows of its own may be there that are in none of these.
    forgot: bool,
    // Secrets that nobody removes before its end.
    standing: HashSet<String>,
}

/// Blocks of keys, taken in transactions of their own, so that an undone write gives none back.
#[derive(Default)]
struct Keys {
    /// A second connection, opened when the first block is needed.
    second: Option<Arc<Second>>,
    /// What is left of blocks, by table.
    blocks: HashMap<&'static str, Block>,
}

/// A connection beside the writer's transaction.
struct Second {
    client: Client,
    /// What is asked over it of names.
    named: OnceCell<Statement>,
}

impl Second {
    fn over(client: Client) -> Arc<Self> {
        Arc::new(Self {
            client,
            named: OnceCell::new(),
        })
    }
}

/// Keys that are this server's to give out.
struct Block {
    next: i64,
    end: i64,
    taken: Instant,
}

impl Session {
    /// The first connection of a start. A server that is only starting up itself is waited for.
    pub(super) fn first(options: &PostgresOptions) -> Result<Self> {
        for _ in 0..START_TRIES {
            match Self::connect(options) {
                Err(failed) if failed.state.as_deref() == Some("57P03") => {
                    tracing::info!(
                        "PostgreSQL at {} is starting; waiting for it",
                        options.place()
                    );
                    std::thread::sleep(START_PAUSE);
                }
                other => return other.map_err(|failed| options.refusal(&failed)),
            }
        }
        Self::connect(options).map_err(|failed| options.refusal(&failed))
    }

    /// A further connection.
    pub(super) fn open(options: &PostgresOptions) -> Result<Self> {
        Self::connect(options)
            .map_err(|failed| Error::Away(format!("{}: {}", options.place(), failed.text)))
    }

    pub(super) fn connect(options: &PostgresOptions) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|failed| Failure::away(failed.to_string()))?;
        let client = runtime.block_on(options.connect())?;
        Ok(Self {
            runtime: Some(runtime),
            client: Arc::new(client),
            statements: RefCell::default(),
            under_way: RefCell::default(),
            failure: RefCell::default(),
            for_many: RefCell::default(),
            gathered: RefCell::default(),
            sent: Cell::new(0),
            changed: Cell::new(false),
            wrote: Cell::new(false),
            part: Cell::new(Part::OneOfSeveral),
            fence: RefCell::default(),
            reads: Cell::new(false),
            known: RefCell::default(),
            keys: RefCell::default(),
            options: options.clone(),
        })
    }

    /// Waits for the server, within its limit.
    fn wait<T, E: Into<Failure>>(
        &self,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        let runtime = self.runtime()?;
        let limit = self.options.statement_limit() + MARGIN;
        match runtime.block_on(async { tokio::time::timeout(limit, answer).await }) {
            Ok(answer) => answer.map_err(E::into),
            Err(_) => Err(Failure::stuck(format!(
                "the database did not answer within {} s",
                limit.as_secs()
            ))),
        }
    }

    /// Notes that the transaction is lost, and says so.
    fn fail(&self, failed: Failure) -> Error {
        let error = Error::from(failed.clone());
        self.failure.borrow_mut().get_or_insert(failed);
        error
    }

    fn still_open(&self) -> Result<()> {
        match &*self.failure.borrow() {
            Some(failed) => Err(failed.clone().into()),
            None => Ok(()),
        }
    }

    /// Whether nothing more can be had of this connection.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.borrow().is_some() || self.client.is_closed()
    }

    /// Whether the connection still stands, as far as can be told without asking the server.
    pub(super) fn still_stands(&self) -> bool {
        // The end of a connection is noticed when the task that drives it has turned: once for the driver to hear of it,
        // once for the task to read it, once for the task to end.
        for _ in 0..3 {
            self.push_out();
        }
        !self.has_failed()
    }

    /// Whether the connection still stands; what its last transaction left to be answered is looked at.
    pub(super) fn is_alive(&self) -> bool {
        self.still_stands() && self.settle().is_ok()
    }

    fn prepared(&self, sql: &str) -> Result<Statement> {
        if let Some(known) = self.statements.borrow().get(sql) {
            return Ok(known.clone());
        }
        let statement = self
            .wait(self.client.prepare(sql))
            .map_err(|failed| self.first_failure(failed))?;
        self.statements
            .borrow_mut()
            .insert(sql.into(), statement.clone());
        Ok(statement)
    }

    /// All rows of a query.
    pub(crate) fn query(
        &self,
        sql: &str,
        params: &[Value<'_>],
    ) -> Result<Vec<tokio_postgres::Row>> {
        let params: Vec<&(dyn ToSql + Sync)> = params
            .iter()
            .map(|value| value as &(dyn ToSql + Sync))
            .collect();
        self.query_of(sql, &params)
    }

    /// The same with parameters that may be arrays.
    pub(super) fn query_of(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<tokio_postgres::Row>> {
        self.still_open()?;
        if self.reads.take() {
            self.send(BEGIN_READING, &[])?;
        }
        if self.gathered.borrow().concern(sql) {
            self.write_gathered()?;
        }
        let statement = self.prepared(sql)?;
        self.sent.set(self.sent.get() + 1);
        self.wait(self.client.query(&statement, params))
            .map_err(|failed| self.first_failure(failed))
    }

    /// Runs a statement whose parameters are whole columns; how many rows it changed.
    pub(super) fn fill(&self, sql: &str, columns: &[&(dyn ToSql + Sync)]) -> Result<u64> {
        self.still_open()?;
        let statement = self.prepared(sql)?;
        self.wait(self.client.execute(&statement, columns))
            .map_err(|failed| self.first_failure(failed))
    }

    /// A statement failed; the reason may be an earlier one, whose answer nobody has looked at.
    fn first_failure(&self, failed: Failure) -> Error {
        if failed.state.as_deref() == Some("25P02")
            && let Err(earlier) = self.settle()
        {
            return earlier;
        }
        self.fail(failed)
    }

    /// Sends a statement without waiting for its answer.
    pub(super) fn send(&self, sql: &'static str, params: &[Value<'_>]) -> Result<()> {
        self.send_of(sql, many::row(params))
    }

    fn send_of<P>(&self, sql: &str, params: Vec<P>) -> Result<()>
    where
        P: BorrowToSql + Send + 'static,
    {
        self.still_open()?;
        if self.under_way.borrow().len() >= UNDER_WAY {
            self.settle()?;
        }
        let statement = self.prepared(sql)?;
        self.sent.set(self.sent.get() + 1);
        let client = Arc::clone(&self.client);
        let mut answer = Box::pin(async move { client.execute_raw(&statement, params).await });
        // Asked once, it is on its way; the connection sends it with the next thing that is waited for.
        match (&mut answer).now_or_never() {
            None => {
                let answer = self.runtime()?.spawn(answer);
                self.under_way.borrow_mut().push(answer);
            }
            Some(Ok(_)) => {}
            Some(Err(failed)) => return Err(self.fail(Failure::of(&failed))),
        }
        Ok(())
    }

    /// Waits for the answers to all that was sent.
    fn settle(&self) -> Result<()> {
        let under_way = std::mem::take(&mut *self.under_way.borrow_mut());
        if under_way.is_empty() {
            return Ok(());
        }
        self.wait(async {
            for answer in under_way {
                taken(answer).await?;
            }
            Ok::<_, Failure>(())
        })
        .map_err(|failed| self.fail(failed))
    }

    /// Hands what was sent to the network, without waiting for answers.
    fn push_out(&self) {
        if let Some(runtime) = &self.runtime {
            runtime.block_on(tokio::task::yield_now());
        }
    }

    /// Runs `body` over one committed state of the data. Where it asks nothing the database hears of nothing.
    pub(super) fn read<T, E>(&self, body: impl FnOnce(&Conn<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<Error>,
    {
        self.reads.set(true);
        let result = body(&Conn(View::Postgres(self)));
        if self.reads.take() {
            return result;
        }
        let failed = self.failure.borrow().as_ref().map(|failed| failed.kind);
        match failed {
            None => {
                // Nobody waits for the end of what only read.
                if self.send("COMMIT", &[]).is_ok() {
                    self.push_out();
                }
            }
            Some(FailureKind::Away | FailureKind::Stuck) => {}
            Some(_) => self.rollback(),
        }
        result
    }

    /// Answers what one query tells, in no transaction.
    pub(super) fn look<T>(&self, body: impl FnOnce(&Conn<'_>) -> Result<T>) -> Result<T> {
        let result = body(&Conn(View::Postgres(self)));
        let failed = self.failure.borrow().as_ref().map(|failed| failed.kind);
        if let Some(kind) = failed
            && !matches!(kind, FailureKind::Away | FailureKind::Stuck)
        {
            *self.failure.borrow_mut() = None;
        }
        result
    }

    /// What the writer's transaction has read of a certificate, as it has changed it since.
    pub(crate) fn known_certificate(&self, hash: &[u8; 32]) -> Option<CertificateEntry> {
        self.read_certificate(hash).flatten()
    }

    /// The same; `None` where it has read nothing, and not that there is none.
    pub(crate) fn read_certificate(&self, hash: &[u8; 32]) -> Option<Option<CertificateEntry>> {
        let known = self.known.borrow();
        known.as_ref()?.certificates.get(hash).copied()
    }

    /// Notes what a certificate is in the writer's transaction.
    pub(crate) fn know_certificate(&self, hash: [u8; 32], entry: Option<CertificateEntry>) {
        if let Some(known) = &mut *self.known.borrow_mut() {
            known.certificates.insert(hash, entry);
        }
    }

    /// The key of the thing of this name, where the writer's transaction has read it or that there is none.
    pub(crate) fn read_thing(&self, name: &str) -> Option<Option<i64>> {
        self.known.borrow().as_ref()?.things.get(name).copied()
    }

    /// Notes which thing has this name in the writer's transaction.
    pub(crate) fn know_thing(&self, name: &str, key: Option<i64>) {
        if let Some(known) = &mut *self.known.borrow_mut() {
            known.things.insert(name.to_owned(), key);
        }
    }

    /// Whether the writer's transaction keeps this secret from being removed.
    pub(super) fn knows_standing(&self, name: &str) -> bool {
        let known = self.known.borrow();
        known.as_ref().is_some_and(|k| k.standing.contains(name))
    }

    /// Notes that it does.
    pub(super) fn know_standing(&self, name: &str) {
        if let Some(known) = &mut *self.known.borrow_mut() {
            known.standing.insert(name.to_owned());
        }
    }

    /// Forgets what is known in the writer's transaction: the rows may be others.
    pub(crate) fn forget_known(&self) {
        if let Some(known) = &mut *self.known.borrow_mut() {
            *known = Known {
                forgot: true,
                ..Known::default()
            };
        }
    }

    /// Whether a thing has this name, as committed at this moment, where that is all that the writer's transaction needs to
    /// know; `None` where it must be asked in the transaction.
    ///
    /// Asked there, PostgreSQL holds against the transaction whatever others write to the same page of the index while it is
    /// under way: of two servers that make things with neighbouring names, as those of a factory have, one would be undone.
    pub(crate) fn is_named(&self, name: &str) -> Result<Option<bool>> {
        let is_asked = {
            let known = self.known.borrow();
            let is_new = |known: &Known| !known.forgot && !known.things.contains_key(name);
            known.as_ref().is_some_and(is_new)
                && matches!(*self.fence.borrow(), Some(Fence::Member(_)))
        };
        if !is_asked {
            return Ok(None);
        }
        self.still_open()?;
        let second = self.beside(&mut self.keys.borrow_mut())?;
        self.sent.set(self.sent.get() + 1);
        let found = self.wait(async {
            let prepare = || second.client.prepare(super::THING_BY_NAME);
            let named = second.named.get_or_try_init(prepare).await?;
            second.client.query_opt(named, &[&name]).await
        });
        let found = found.map_err(|failed| self.fail(failed))?;
        Ok(Some(found.is_some()))
    }

    /// Says what the next closure is.
    pub(super) fn next_is(&self, part: Part) {
        self.part.set(part);
    }

    /// Begins the writer's transaction, which fails if the registry is no longer this server's.
    pub(super) fn begin(&self, fence: &Fence) -> Result<()> {
        *self.fence.borrow_mut() = Some(fence.clone());
        self.send(BEGIN_WRITING, &[])?;
        *self.known.borrow_mut() = Some(Known::default());
        // Divided by no rows, it fails, and with it the transaction.
        match fence {
            Fence::Alone(holder) => self.send(
                "SELECT 1 / COUNT(*) FROM lease WHERE name = 'node' AND node = $1 AND epoch = $2",
                &[holder.node.as_str().into(), holder.epoch.into()],
            ),
            Fence::Member(incarnation) => self.send(
                "SELECT 1 / COUNT(*) FROM node, lease WHERE node.incarnation = $1 AND node.live = 1
                 AND lease.name = 'node' AND lease.node = 'cluster'",
                &[(*incarnation).into()],
            ),
        }
    }

    /// The rows of a statement that is no part of a closure.
    pub(super) fn rows(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<tokio_postgres::Row>, Failure> {
        let known = self.statements.borrow().get(sql).cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                let statement = self.wait(self.client.prepare(sql))?;
                let kept = statement.clone();
                self.statements.borrow_mut().insert(sql.into(), kept);
                statement
            }
        };
        self.wait(self.client.query(&statement, params))
    }

    /// Makes the transaction's writes durable.
    pub(super) fn commit(&self) -> Result<(), Lost> {
        *self.known.borrow_mut() = None;
        let lost = |_| Lost {
            failure: self
                .failure
                .borrow()
                .clone()
                .unwrap_or_else(|| Failure::away("the connection to the database was lost")),
            may_have_happened: false,
        };
        self.still_open().map_err(lost)?;
        self.write_gathered().map_err(lost)?;
        if self.options.is_to_fail() {
            return Err(lost(self.fail(Failure::injected())));
        }
        self.send("COMMIT", &[]).map_err(lost)?;
        let under_way = std::mem::take(&mut *self.under_way.borrow_mut());
        let (before, answered) = (under_way.len() - 1, Cell::new(0));
        // A transaction that had failed is undone by its commit, and one of the answers before says so.
        self.wait(async {
            for answer in under_way {
                taken(answer).await?;
                answered.set(answered.get() + 1);
            }
            Ok::<_, Failure>(())
        })
        .map_err(|failure| {
            // What the server says of a statement before, it says before it has read the commit.
            let known = failure.state.is_some() && answered.get() < before;
            let lost = Lost {
                failure,
                may_have_happened: false,
            };
            Lost {
                may_have_happened: lost.is_away() && !known,
                ..lost
            }
        })
        .inspect_err(|lost| {
            self.fail(lost.failure.clone());
        })
    }

    /// Undoes the transaction and makes the session fit for another.
    pub(super) fn rollback(&self) {
        *self.known.borrow_mut() = None;
        *self.gathered.borrow_mut() = Gathered::default();
        let under_way = std::mem::take(&mut *self.under_way.borrow_mut());
        let ended = self.wait(async {
            for answer in under_way {
                let _ = taken(answer).await;
            }
            self.client.batch_execute("ROLLBACK").await
        });
        *self.failure.borrow_mut() = ended.err();
    }

    /// A closure begins.
    pub(crate) fn begin_part(&self) {
        self.changed.set(false);
        self.wrote.set(false);
    }

    /// A closure has ended. Where it is not kept, its rows are as if it had not run.
    pub(crate) fn end_part(&self, kept: bool) -> Result<()> {
        self.still_open()?;
        if !self.changed.get() {
            return Ok(());
        }
        if kept {
            self.gathered.borrow_mut().keep();
        } else {
            self.gathered.borrow_mut().undo();
            self.forget_known();
        }
        if !self.wrote.get() {
            // The server has heard of nothing.
            return Ok(());
        }
        match (self.part.get(), kept) {
            (Part::First | Part::Last, true) => Ok(()),
            (Part::OneOfSeveral, true) => self.send("RELEASE SAVEPOINT closure", &[]),
            (Part::OneOfSeveral, false) => {
                self.send("ROLLBACK TO SAVEPOINT closure", &[])?;
                self.send("RELEASE SAVEPOINT closure", &[])
            }
            (Part::First, false) => {
                self.send("ROLLBACK", &[])?;
                let fence = self.fence.borrow().clone().ok_or(Error::Closed)?;
                self.begin(&fence)
            }
            (Part::Last, false) => {
                let why = "what is written last in a transaction failed";
                Err(self.fail(Failure {
                    kind: FailureKind::Other,
                    ..Failure::away(why)
                }))
            }
        }
    }

    fn save_point(&self) -> Result<()> {
        if !self.wrote.replace(true) && self.part.get() == Part::OneOfSeveral {
            self.send("SAVEPOINT closure", &[])?;
        }
        Ok(())
    }

    /// Sends a statement that changes rows, now or with others; its failure shows with the next query or with the commit.
    pub(crate) fn write(&self, sql: &'static str, params: &[Value<'_>]) -> Result<()> {
        self.still_open()?;
        self.changed.set(true);
        let Some(many) = self.for_many(sql)? else {
            self.write_gathered()?;
            self.save_point()?;
            return self.send(sql, params);
        };
        let row = many::row(params);
        if self.gathered.borrow().bars(sql, &many, &row) {
            self.write_gathered()?;
            // The server writes them while others are gathered.
            self.push_out();
        }
        self.gathered.borrow_mut().add(sql, &many, row);
        Ok(())
    }

    /// How a statement is put for many rows.
    fn for_many(&self, sql: &'static str) -> Result<Option<Arc<Many>>> {
        if let Some(known) = self.for_many.borrow().get(sql) {
            return Ok(known.clone());
        }
        let many = Many::of(sql, self.prepared(sql)?.params()).map(Arc::new);
        self.for_many.borrow_mut().insert(sql, many.clone());
        Ok(many)
    }

    /// Sends the rows that wait: those of closures that have ended, and behind its savepoint those of the running one.
    fn write_gathered(&self) -> Result<()> {
        let (ended, running) = self.gathered.borrow_mut().take();
        for rows in ended {
            self.send_rows(rows)?;
        }
        for rows in running {
            self.save_point()?;
            self.send_rows(rows)?;
        }
        Ok(())
    }

    fn send_rows(&self, mut rows: Rows) -> Result<()> {
        if rows.rows.len() == 1
            && let Some(row) = rows.rows.pop()
        {
            return self.send_of(rows.one, row);
        }
        let many = Arc::clone(&rows.many);
        self.send_of(&many.sql, rows.into_columns())
    }

    /// How many statements were sent since this was asked last.
    pub(super) fn take_sent(&self) -> u64 {
        self.sent.take()
    }

    /// Runs a statement that changes rows; how many it changed.
    pub(crate) fn count(&self, sql: &'static str, params: &[Value<'_>]) -> Result<usize> {
        self.still_open()?;
        self.changed.set(true);
        self.write_gathered()?;
        self.save_point()?;
        let statement = self.prepared(sql)?;
        self.sent.set(self.sent.get() + 1);
        let params: Vec<Datum> = params.iter().map(Datum::from).collect();
        let changed = self
            .wait(self.client.execute_raw(&statement, params))
            .map_err(|failed| self.first_failure(failed))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    /// How the database is reached, and as which of its servers.
    pub(crate) fn options(&self) -> &PostgresOptions {
        &self.options
    }

    /// The next key of a table. Blocks are taken over a connection of their own, so that no undone write gives one
    /// back.
    pub(crate) fn next_key(&self, table: &'static str) -> Result<i64> {
        self.still_open()?;
        let mut keys = self.keys.borrow_mut();
        if let Some(block) = keys.blocks.get_mut(table)
            && block.next <= block.end
            && (block.taken.elapsed() < BLOCK_TIME || UNLISTED.contains(&table))
        {
            let key = block.next;
            block.next += 1;
            return Ok(key);
        }
        let taken = Instant::now();
        let many = MANY.contains(&table) || UNLISTED.contains(&table);
        let count = if many { BLOCK } else { 1 };
        let second = self.beside(&mut keys)?;
        let end: i64 = self
            .wait(async {
                let row = second
                    .client
                    .query_one(
                        "INSERT INTO counter (name, value) VALUES ($1, $2)
                         ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value",
                        &[&table, &count],
                    )
                    .await?;
                row.try_get(0)
            })
            .map_err(|failed| self.fail(failed))?;
        let key = end - count + 1;
        let next = key + 1;
        (keys.blocks).insert(table, Block { next, end, taken });
        Ok(key)
    }

    /// The second connection.
    fn beside(&self, keys: &mut Keys) -> Result<Arc<Second>> {
        match &keys.second {
            Some(second) if !second.client.is_closed() => Ok(Arc::clone(second)),
            _ => {
                let client = self.further().map_err(|failed| self.fail(failed))?;
                Ok(Arc::clone(keys.second.insert(Second::over(client))))
            }
        }
    }

    /// Makes the connection that blocks of keys are taken over.
    pub(super) fn connect_for_keys(&self) -> Result<(), Failure> {
        let client = self.further()?;
        self.keys.borrow_mut().second = Some(Second::over(client));
        Ok(())
    }

    /// Another connection on the same runtime.
    fn further(&self) -> Result<Client, Failure> {
        self.runtime()?.block_on(self.options.connect())
    }

    fn runtime(&self) -> Result<&Runtime, Failure> {
        let closed = || Failure::away("the connection is closed");
        self.runtime.as_ref().ok_or_else(closed)
    }

    /// Runs a few statements that are no part of a closure.
    pub(super) fn batch(&self, sql: &str) -> Result<(), Failure> {
        self.wait(self.client.batch_execute(sql))
    }

    /// The first column of the one row that a question without parameters has, as text.
    pub(super) fn ask(&self, sql: &str) -> Result<Option<String>, Failure> {
        let answers = self.wait(self.client.simple_query(sql))?;
        Ok(answers.iter().find_map(|answer| match answer {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        }))
    }
}

/// The answer to a statement that was sent.
async fn taken(answer: Answer) -> Result<u64, Failure> {
    match answer.await {
        Ok(answer) => Ok(answer?),
        // It ends without one only with the connection's runtime.
        Err(ended) => Err(Failure::away(ended.to_string())),
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        self.under_way.borrow_mut().clear();
        // Whatever thread this is, it may not be one that can wait; the socket is closed with the runtime.
        runtime.shutdown_background();
    }
}

/// A transaction that was not committed, or of which that is not known.
pub(super) struct Lost {
    pub(super) failure: Failure,
    /// The server had been asked to commit when it was no longer heard from.
    pub(super) may_have_happened: bool,
}

impl Lost {
    /// The server is not to be had, whatever is asked of it.
    pub(super) fn is_away(&self) -> bool {
        matches!(self.failure.kind, FailureKind::Away | FailureKind::Stuck)
    }
}
