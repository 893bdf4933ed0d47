//! What other servers commit: each numbers those of its commits that others must hear of, and this one reads them.
//!
//! One thread of a server numbers what it commits, one transaction after the other, so whoever sees a number has been able
//! to see all before it, and the last number that was read of each server says where to go on. A commit of which nobody
//! knows whether it happened has its number settled before the next ([`settle`]). Rows go after ten minutes; who finds
//! that one is missing takes everything to be another.

use super::failure::Failure;
use super::options::PostgresOptions;
use super::session::Session;
use crate::tx::{Change, Notice};
use crate::{Error, Result};
use parking_lot::{Condvar, Mutex};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often it is read what others have committed, where nobody rings.
const EVERY: Duration = Duration::from_millis(500);
/// How long a server that is gone is read on: a commit of it may have been under way.
const AFTERWARDS: Duration = Duration::from_secs(60);
/// How often old rows are removed.
const TRIM: Duration = Duration::from_secs(60);
/// Rows of one server read at once.
const ROWS: i64 = 1_000;

pub(super) type Told = Arc<dyn Fn(Vec<Change>) + Send + Sync>;

/// How far this server has followed the others.
#[derive(Default)]
pub(super) struct Followed {
    state: Mutex<State>,
    wake: Condvar,
    looks: watch::Sender<Looks>,
}

#[derive(Default)]
struct State {
    rung: bool,
    ended: bool,
    /// How often it was asked to follow what there is by then.
    asked: u64,
    positions: BTreeMap<i64, Position>,
    /// All that was committed before this has been followed.
    until: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Position {
    last: i64,
    gone: Option<Instant>,
}

/// Up to which asking it was looked. A look answers all who asked before it began.
#[derive(Default)]
struct Looks {
    done: u64,
    failed: u64,
    why: String,
    ended: bool,
}

impl Followed {
    /// Begins with what is there now, before anything that follows it is read. Servers that are dead by then are told with
    /// the first notices.
    pub(super) fn start(session: &Session, own: i64) -> Result<Arc<Self>, Failure> {
        let followed = Self::default();
        let begun = Instant::now();
        let rows = session.rows(
            "SELECT node.incarnation,
             COALESCE((SELECT MAX(notice.number) FROM notice WHERE notice.incarnation = node.incarnation), 0)
             FROM node WHERE node.incarnation <> $1",
            &[&own],
        )?;
        let mut state = followed.state.lock();
        for row in &rows {
            let (incarnation, last) = (read(row, 0)?, read(row, 1)?);
            let position = Position { last, gone: None };
            state.positions.insert(incarnation, position);
        }
        state.until = Some(begun);
        drop(state);
        Ok(Arc::new(followed))
    }

    /// The last number read of a server.
    pub(super) fn of(&self, incarnation: i64) -> i64 {
        let state = self.state.lock();
        state
            .positions
            .get(&incarnation)
            .map_or(0, |position| position.last)
    }

    /// All that was committed before this has been followed.
    pub(super) fn until(&self) -> Option<Instant> {
        self.state.lock().until
    }

    /// Reads at once.
    pub(super) fn ring(&self) {
        self.state.lock().rung = true;
        self.wake.notify_all();
    }

    /// Follows what others have committed by now; who asks at the same time shares a look.
    ///
    /// # Errors
    /// That the database does not say; [`Error::Closed`] where this server ends.
    pub(super) async fn catch_up(&self) -> Result<()> {
        let mut looks = self.looks.subscribe();
        let asked = {
            let mut state = self.state.lock();
            state.asked += 1;
            state.rung = true;
            state.asked
        };
        self.wake.notify_all();
        let looked =
            looks.wait_for(|looks| looks.ended || looks.done >= asked || looks.failed >= asked);
        match looked.await {
            Ok(looks) if looks.done >= asked => Ok(()),
            Ok(looks) if !looks.ended => Err(Error::Away(looks.why.clone())),
            _ => Err(Error::Closed),
        }
    }

    fn looked(&self, asked: u64, failed: Option<&str>) {
        self.looks.send_if_modified(|looks| match failed {
            None => std::mem::replace(&mut looks.done, asked) != asked,
            Some(why) => {
                looks.failed = asked;
                looks.why = why.to_owned();
                true
            }
        });
    }

    pub(super) fn end(&self) {
        self.state.lock().ended = true;
        self.wake.notify_all();
    }

    /// Follows the others until the end, on a thread of its own.
    pub(super) fn run(
        self: &Arc<Self>,
        server: &PostgresOptions,
        own: i64,
        session: Session,
        told: Told,
    ) -> std::io::Result<()> {
        let (followed, server) = (Arc::clone(self), server.clone());
        std::thread::Builder::new()
            .name("store-notices".into())
            .spawn(move || followed.follow(&server, own, Some(session), &told))
            .map(drop)
    }

    fn follow(
        &self,
        server: &PostgresOptions,
        own: i64,
        mut session: Option<Session>,
        told: &Told,
    ) {
        let mut trimmed = Instant::now();
        let mut failing = false;
        loop {
            let asked = {
                let mut state = self.state.lock();
                state.rung = false;
                state.asked
            };
            let begun = Instant::now();
            let open = match session.take() {
                Some(open) if !open.has_failed() => Ok(open),
                _ => Session::connect(server),
            };
            let more = open.and_then(|open| {
                let (notices, more) = self.read(&open, own)?;
                if !notices.is_empty() {
                    told(notices.into_iter().map(Change::Notice).collect());
                }
                if trimmed.elapsed() >= TRIM {
                    trimmed = Instant::now();
                    trim(&open, own)?;
                }
                session = Some(open);
                Ok(more)
            });
            if let Err(failed) = &more
                && !failing
            {
                tracing::warn!(
                    error = %failed.text,
                    "what other servers commit cannot be read at the moment: {}", failed.text
                );
            }
            failing = more.is_err();
            match &more {
                Ok(true) => {}
                Ok(false) => {
                    self.state.lock().until = Some(begun);
                    self.looked(asked, None);
                }
                Err(failed) => self.looked(asked, Some(&failed.text)),
            }
            let mut state = self.state.lock();
            if !state.ended && !state.rung && !matches!(more, Ok(true)) {
                self.wake.wait_for(&mut state, EVERY);
            }
            if state.ended {
                drop(state);
                return self.looks.send_modify(|looks| looks.ended = true);
            }
        }
    }

    /// What is new, who has come and who has gone; whether there is more.
    fn read(&self, session: &Session, own: i64) -> Result<(Vec<Notice>, bool), Failure> {
        let (incarnations, lasts): (Vec<i64>, Vec<i64>) = {
            let state = self.state.lock();
            let positions = state.positions.iter();
            positions.map(|(of, position)| (*of, position.last)).unzip()
        };
        // All in one query, since it is asked with each commit of others.
        let rows = session.rows(
            "SELECT COALESCE(node.incarnation, followed.incarnation), node.live, fresh.number, fresh.content
             FROM (SELECT incarnation, live FROM node WHERE incarnation <> $1) AS node
             FULL JOIN unnest($2::BIGINT[], $3::BIGINT[]) AS followed(incarnation, last)
             ON followed.incarnation = node.incarnation
             LEFT JOIN LATERAL (
                 SELECT notice.number, notice.content FROM notice
                 WHERE notice.incarnation = COALESCE(node.incarnation, followed.incarnation)
                 AND notice.number > COALESCE(followed.last, 0)
                 ORDER BY notice.number LIMIT $4) AS fresh ON TRUE
             ORDER BY 1, 3",
            &[&own, &incarnations, &lasts, &ROWS],
        )?;
        let (mut live, mut fresh) = (BTreeMap::new(), Vec::new());
        let mut read_of: BTreeMap<i64, i64> = BTreeMap::new();
        for row in &rows {
            let incarnation = read(row, 0)?;
            if let Some(is_live) = read_if_any(row, 1)? {
                live.insert(incarnation, is_live == 1);
            }
            if let Some(number) = read_if_any(row, 2)? {
                let content: &str = row.try_get(3).map_err(|failed| Failure::of(&failed))?;
                fresh.push((incarnation, number, content));
                *read_of.entry(incarnation).or_default() += 1;
            }
        }
        let mut state = self.state.lock();
        let mut notices = state.meet(&live);
        for (incarnation, number, content) in fresh {
            let Some(position) = state.positions.get_mut(&incarnation) else {
                continue;
            };
            if number > position.last + 1 {
                notices.push(Notice::Everything);
            }
            position.last = number;
            notices.extend(crate::notice::decode(content));
        }
        Ok((notices, read_of.values().any(|count| *count >= ROWS)))
    }
}

impl State {
    /// These servers are there, and whether each lives: who has come and who has gone.
    fn meet(&mut self, live: &BTreeMap<i64, bool>) -> Vec<Notice> {
        let mut notices = Vec::new();
        for incarnation in live.keys() {
            self.positions.entry(*incarnation).or_insert_with(|| {
                notices.push(Notice::NodeCame(*incarnation));
                Position {
                    last: 0,
                    gone: None,
                }
            });
        }
        self.positions.retain(|incarnation, position| {
            let is_live = live.get(incarnation).copied().unwrap_or(false);
            if !is_live && position.gone.is_none() {
                position.gone = Some(Instant::now());
                notices.push(Notice::NodeGone(*incarnation));
            }
            // A row that is dead stays until somebody has taken care of it.
            live.contains_key(incarnation)
                || position.gone.is_none_or(|gone| gone.elapsed() < AFTERWARDS)
        });
        notices
    }
}

fn read(row: &tokio_postgres::Row, column: usize) -> Result<i64, Failure> {
    row.try_get(column).map_err(|failed| Failure::of(&failed))
}

fn read_if_any(row: &tokio_postgres::Row, column: usize) -> Result<Option<i64>, Failure> {
    row.try_get(column).map_err(|failed| Failure::of(&failed))
}

/// Removes what everybody has had the time to read: of this server all but the newest, which says where it is, and of
/// those that are no more.
fn trim(session: &Session, own: i64) -> Result<(), Failure> {
    session.rows(
        "DELETE FROM notice WHERE incarnation = $1 AND at < now() - interval '10 minutes'
         AND number < (SELECT MAX(number) FROM notice WHERE incarnation = $1)",
        &[&own],
    )?;
    session.rows(
        "DELETE FROM notice WHERE at < now() - interval '10 minutes'
         AND NOT EXISTS (SELECT 1 FROM node WHERE node.incarnation = notice.incarnation)",
        &[],
    )?;
    Ok(())
}

/// Makes sure of a number whose commit was sent and not answered: after this it is there, or never will be. A commit that
/// is still under way at the server holds the row's key, and is waited for.
pub(super) fn settle(session: &Session, incarnation: i64, number: i64) -> Result<(), Failure> {
    session
        .rows(
            "INSERT INTO notice (incarnation, number, content) VALUES ($1, $2, '[[\"everything\"]]')
             ON CONFLICT (incarnation, number) DO NOTHING",
            &[&incarnation, &number],
        )
        .map(drop)
}
