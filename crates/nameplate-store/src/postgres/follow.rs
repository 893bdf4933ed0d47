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
use parking_lot::{Condvar, Mutex};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often it is read what others have committed, where nobody rings.
const EVERY: Duration = Duration::from_millis(500);
/// How long a server that is gone is read on: a commit of it may have been under way.
const AFTERWARDS: Duration = Duration::from_secs(60);
/// How often old rows are removed.
const TRIM: Duration = Duration::from_secs(60);
/// Rows read at once.
const ROWS: i64 = 1_000;

pub(super) type Told = Arc<dyn Fn(Vec<Change>) + Send + Sync>;

/// How far this server has followed the others.
#[derive(Default)]
pub(super) struct Followed {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    rung: bool,
    ended: bool,
    positions: BTreeMap<i64, Position>,
}

#[derive(Debug, Clone, Copy)]
struct Position {
    last: i64,
    gone: Option<Instant>,
}

impl Followed {
    /// Begins with what is there now, before anything that follows it is read. Servers that are dead by then are told with
    /// the first notices.
    pub(super) fn start(session: &Session, own: i64) -> Result<Arc<Self>, Failure> {
        let followed = Self::default();
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

    /// Reads at once.
    pub(super) fn ring(&self) {
        self.state.lock().rung = true;
        self.wake.notify_all();
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
            let mut state = self.state.lock();
            if !state.ended && !state.rung && !matches!(more, Ok(true)) {
                self.wake.wait_for(&mut state, EVERY);
            }
            if state.ended {
                return;
            }
            state.rung = false;
        }
    }

    /// What is new; whether there is more.
    fn read(&self, session: &Session, own: i64) -> Result<(Vec<Notice>, bool), Failure> {
        let mut notices = self.read_members(session, own)?;
        let (incarnations, lasts): (Vec<i64>, Vec<i64>) = {
            let state = self.state.lock();
            let positions = state.positions.iter();
            positions.map(|(of, position)| (*of, position.last)).unzip()
        };
        if incarnations.is_empty() {
            return Ok((notices, false));
        }
        let rows = session.rows(
            "SELECT notice.incarnation, notice.number, notice.content
             FROM unnest($1::BIGINT[], $2::BIGINT[]) AS followed(incarnation, last)
             JOIN notice ON notice.incarnation = followed.incarnation AND notice.number > followed.last
             ORDER BY notice.incarnation, notice.number LIMIT $3",
            &[&incarnations, &lasts, &ROWS],
        )?;
        let mut state = self.state.lock();
        for row in &rows {
            let (incarnation, number) = (read(row, 0)?, read(row, 1)?);
            let content: &str = row.try_get(2).map_err(|failed| Failure::of(&failed))?;
            let Some(position) = state.positions.get_mut(&incarnation) else {
                continue;
            };
            if number > position.last + 1 {
                notices.push(Notice::Everything);
            }
            position.last = number;
            notices.extend(crate::notice::decode(content));
        }
        let more = i64::try_from(rows.len()).unwrap_or(0) >= ROWS;
        Ok((notices, more))
    }

    /// Who has come and who has gone.
    fn read_members(&self, session: &Session, own: i64) -> Result<Vec<Notice>, Failure> {
        let rows = session.rows(
            "SELECT incarnation, live FROM node WHERE incarnation <> $1",
            &[&own],
        )?;
        let mut live = BTreeMap::new();
        for row in &rows {
            live.insert(read(row, 0)?, read(row, 1)? == 1);
        }
        let mut notices = Vec::new();
        let mut state = self.state.lock();
        for incarnation in live.keys() {
            state.positions.entry(*incarnation).or_insert_with(|| {
                notices.push(Notice::NodeCame(*incarnation));
                Position {
                    last: 0,
                    gone: None,
                }
            });
        }
        state.positions.retain(|incarnation, position| {
            let is_live = live.get(incarnation).copied().unwrap_or(false);
            if !is_live && position.gone.is_none() {
                position.gone = Some(Instant::now());
                notices.push(Notice::NodeGone(*incarnation));
            }
            // A row that is dead stays until somebody has taken care of it.
            live.contains_key(incarnation)
                || position.gone.is_none_or(|gone| gone.elapsed() < AFTERWARDS)
        });
        Ok(notices)
    }
}

fn read(row: &tokio_postgres::Row, column: usize) -> Result<i64, Failure> {
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
