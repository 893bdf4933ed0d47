//! The writer: a thread that takes all closures that wait, runs them in one transaction, commits, and only then
//! answers, as with SQLite. There is one writer, so its transactions meet nobody else's but another node's.

use super::failure::{Failure, FailureKind};
use super::follow::{self, Told};
use super::options::PostgresOptions;
use super::session::{Fence, Lost, Part, Session};
use crate::Error;
use crate::attempt::{AttemptQueue, Taken};
use crate::directory::DirectoryLock;
use crate::queue::Queue;
use crate::sql::{Conn, View};
use crate::tx::{Change, Job, Notice, Tx};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often a transaction that others were in the way of is run again.
const CONFLICT_TRIES: u32 = 10;
/// How often one alone that met a row of another's is run again. Each time it sees that row, and may meet another's next.
const DUPLICATE_TRIES: u32 = 5;
/// How often a server that is away is asked again before the writes that wait for it fail, and after which pauses.
const AWAY_TRIES: u32 = 10;
const AWAY_PAUSE: Duration = Duration::from_millis(500);
/// How often it is asked what became of a commit that was not answered, where nothing is to be written.
const SETTLE_EVERY: Duration = Duration::from_secs(1);

pub(super) struct Writer {
    options: PostgresOptions,
    fence: Fence,
    numbers: Numbers,
    session: Option<Session>,
    requests: Arc<Queue>,
    attempts: Arc<AttemptQueue>,
    changes: Told,
    statements: Arc<AtomicU64>,
    /// When it was last asked what became of a commit.
    asked: Instant,
    // The directory is another server's only when nothing is written any more.
    _lock: Arc<DirectoryLock>,
}

/// How this server numbers its commits that others must hear of: 1, 2, 3 …, and none without a row.
pub(super) struct Numbers {
    /// The last that was committed.
    pub(super) last: i64,
    /// The last of those that others should hear of at once, for whoever rings them.
    urgent: watch::Sender<i64>,
    /// Nobody knows whether the next was: it must be settled first.
    unsettled: bool,
}

impl Numbers {
    pub(super) fn new(urgent: watch::Sender<i64>) -> Self {
        Self {
            last: 0,
            urgent,
            unsettled: false,
        }
    }

    fn next(&self) -> i64 {
        self.last + 1
    }

    fn committed(&mut self, number: i64, is_urgent: bool) {
        self.last = number;
        if is_urgent {
            self.urgent.send_replace(number);
        }
    }
}

impl Writer {
    pub(super) fn new(
        options: PostgresOptions,
        (fence, numbers): (Fence, Numbers),
        session: Session,
        requests: Arc<Queue>,
        attempts: Arc<AttemptQueue>,
        changes: Told,
        lock: Arc<DirectoryLock>,
    ) -> Self {
        Self {
            options,
            fence,
            numbers,
            session: Some(session),
            requests,
            attempts,
            changes,
            statements: Arc::default(),
            asked: Instant::now(),
            _lock: lock,
        }
    }

    /// Counts the statements that it sends there.
    pub(super) fn counting(self, statements: Arc<AtomicU64>) -> Self {
        Self { statements, ..self }
    }

    /// Runs until the queue is closed and empty.
    pub(super) fn run(mut self) {
        let requests = Arc::clone(&self.requests);
        requests.serve(|batch| self.write(batch));
    }

    /// Runs a batch of closures and writes the connection attempts that wait, in one commit, and answers. Where that
    /// fails by one of them, each gets a transaction of its own.
    fn write(&mut self, batch: &mut Vec<Box<dyn Job>>) {
        let attempts = self.attempts.take();
        if batch.is_empty() && attempts.is_empty() {
            return self.settle();
        }
        match self.commit(batch, &attempts) {
            Ok(changes) => {
                self.attempts.written();
                self.tell(changes);
                for job in batch.drain(..) {
                    job.finish(Ok(()));
                }
            }
            Err(lost) if lost.may_have_happened || lost.is_away() => {
                self.attempts.put_back();
                give_up(batch, attempts.len(), &lost);
            }
            Err(_) => {
                for job in batch.drain(..) {
                    job.retried();
                    self.alone(job);
                }
                match self.commit(&mut [], &attempts) {
                    Ok(_) => self.attempts.written(),
                    Err(lost) => {
                        tracing::error!(
                            error = %lost.failure.text,
                            "connection attempts were not recorded: {}", lost.failure.text
                        );
                        self.attempts.put_back();
                    }
                }
            }
        }
    }

    /// Finds out what became of a commit that was not answered, where no write does: who follows commits waits for that.
    fn settle(&mut self) {
        if !self.numbers.unsettled || self.asked.elapsed() < SETTLE_EVERY {
            return;
        }
        self.asked = Instant::now();
        // It begins with that, and has nothing else.
        if let Err(lost) = self.transaction(&mut [], &Taken::default()) {
            tracing::debug!(
                "what became of a commit is not known yet: {}",
                lost.failure.text
            );
            self.session = None;
        }
    }

    fn alone(&mut self, job: Box<dyn Job>) {
        let mut one = vec![job];
        match self.commit(&mut one, &Taken::default()) {
            Ok(changes) => {
                self.tell(changes);
                for job in one {
                    job.finish(Ok(()));
                }
            }
            Err(lost) => give_up(&mut one, 0, &lost),
        }
    }

    fn tell(&self, changes: Vec<Change>) {
        if !changes.is_empty() {
            (self.changes)(changes);
        }
    }

    /// One transaction, run again where others were in its way or the server was away for a moment.
    fn commit(
        &mut self,
        batch: &mut [Box<dyn Job>],
        attempts: &Taken,
    ) -> Result<Vec<Change>, Lost> {
        let (mut conflicts, mut away, mut duplicates) = (0, 0, 0);
        loop {
            let lost = match self.transaction(batch, attempts) {
                Ok(changes) => return Ok(changes),
                Err(lost) => lost,
            };
            if lost.may_have_happened {
                self.session = None;
                self.numbers.unsettled = true;
                return Err(lost);
            }
            let again = |batch: &[Box<dyn Job>]| batch.iter().for_each(|job| job.retried());
            match lost.failure.kind {
                FailureKind::Conflict if conflicts < CONFLICT_TRIES => {
                    conflicts += 1;
                    again(batch);
                    self.undo();
                    std::thread::sleep(Duration::from_millis(u64::from(conflicts)));
                }
                FailureKind::Duplicate if batch.len() == 1 && duplicates < DUPLICATE_TRIES => {
                    duplicates += 1;
                    again(batch);
                    self.undo();
                }
                FailureKind::Away if away < AWAY_TRIES => {
                    self.session = None;
                    away += 1;
                    again(batch);
                    std::thread::sleep(AWAY_PAUSE);
                }
                FailureKind::Away | FailureKind::Stuck => {
                    self.session = None;
                    return Err(lost);
                }
                _ => {
                    self.undo();
                    return Err(lost);
                }
            }
        }
    }

    fn undo(&mut self) {
        if let Some(session) = &self.session {
            session.rollback();
            if session.has_failed() {
                self.session = None;
            }
        }
    }

    fn transaction(
        &mut self,
        batch: &mut [Box<dyn Job>],
        attempts: &Taken,
    ) -> Result<Vec<Change>, Lost> {
        let before = |failure| Lost {
            failure,
            may_have_happened: false,
        };
        let session = match self.session.take() {
            Some(session) if session.still_stands() => session,
            _ => Session::connect(&self.options).map_err(before)?,
        };
        let session = self.session.insert(session);
        if self.numbers.unsettled {
            if let Fence::Member(incarnation) = self.fence {
                let number = self.numbers.next();
                follow::settle(session, incarnation, number).map_err(before)?;
                self.numbers.committed(number, true);
            }
            self.numbers.unsettled = false;
            // What it changed, if it did, is as new to this server as to the others.
            (self.changes)(vec![Change::Notice(Notice::Everything)]);
        }
        // What fails on the way is the session's to tell: it is lost, and says why when it is to commit.
        let mut tx = Tx::new(Conn(View::Postgres(session)));
        let mut going = session.begin(&self.fence).is_ok();
        session.next_is(Part::First);
        for job in batch {
            going = going && tx.apart(|tx| job.run(tx)).is_ok();
            session.next_is(Part::OneOfSeveral);
        }
        if going && !attempts.is_empty() {
            session.next_is(Part::Last);
            let queue = &self.attempts;
            let _ = tx.apart(|tx| crate::attempt::write(tx, attempts, queue).is_ok());
        }
        let is_urgent = tx.is_urgent();
        let changes = tx.into_changes();
        let told = match self.fence {
            Fence::Member(incarnation) => {
                crate::notice::encode(&changes).map(|content| (incarnation, content))
            }
            Fence::Alone(_) => None,
        };
        if let Some((incarnation, content)) = &told {
            // Where that fails, so does the commit.
            let _ = session.send(
                "INSERT INTO notice (incarnation, number, content) VALUES ($1, $2, $3)",
                &[
                    (*incarnation).into(),
                    self.numbers.next().into(),
                    content.into(),
                ],
            );
        }
        let committed = session.commit();
        self.statements
            .fetch_add(session.take_sent(), Ordering::Relaxed);
        committed?;
        if told.is_some() {
            self.numbers.committed(self.numbers.next(), is_urgent);
        }
        Ok(changes)
    }
}

fn give_up(batch: &mut Vec<Box<dyn Job>>, attempts: usize, lost: &Lost) {
    let Failure { text, .. } = &lost.failure;
    let what = crate::attempt::lost(batch.len(), attempts);
    tracing::error!(error = %text, "{what} failed: {text}");
    for job in batch.drain(..) {
        job.finish(Err(if lost.may_have_happened {
            Error::Unanswered(text.clone())
        } else if lost.is_away() {
            Error::Away(text.clone())
        } else {
            Error::Commit(text.clone())
        }));
    }
}
