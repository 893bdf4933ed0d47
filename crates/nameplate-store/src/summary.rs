//! Attempts and refusals that repeat: one row for each kind and source, with a count, however often they come.
//!
//! What strangers can cause at will, and what an open connection can cause many times a second, must neither fill the
//! disk nor push out the record of single attempts. All summaries are in memory, and on disk as far as a count of the
//! last seconds may be missing.

use crate::attempt_row::{self, AttemptFilter, AttemptRow};
use crate::node::Node;
use crate::tx::Tx;
use crate::{Conn, Result};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Whose summaries share a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SummaryOf {
    /// Peers that have shown no certificate.
    Strangers,
    /// Open connections of devices.
    Devices,
}

impl SummaryOf {
    fn number(self) -> i64 {
        match self {
            SummaryOf::Strangers => 0,
            SummaryOf::Devices => 1,
        }
    }

    fn of(number: i64) -> Self {
        match number {
            0 => SummaryOf::Strangers,
            _ => SummaryOf::Devices,
        }
    }

    fn kept(self) -> usize {
        match self {
            SummaryOf::Strangers => 256,
            SummaryOf::Devices => 4096,
        }
    }
}

/// Summaries of one certificate; one device must not push out those of all others.
const PER_CERTIFICATE: usize = 16;
/// A summary that goes on is written at most so often, milliseconds.
const WRITE_EVERY: i64 = 10_000;

#[derive(Debug, Clone)]
pub(crate) struct Summary {
    key: Arc<str>,
    of: SummaryOf,
    row: AttemptRow,
    // When it was last given to the writer.
    written: Option<i64>,
}

/// All summaries, by the sequence number of their newest occurrence.
#[derive(Default)]
pub(crate) struct Summaries {
    rows: BTreeMap<i64, Summary>,
    by_key: HashMap<Arc<str>, i64>,
    due: HashSet<Arc<str>>,
    gone: Vec<Arc<str>>,
}

/// What the writer is to put on disk.
#[derive(Default, Clone)]
pub(crate) struct Due {
    fresh: Vec<Summary>,
    gone: Vec<Arc<str>>,
}

impl Due {
    pub(crate) fn is_empty(&self) -> bool {
        self.fresh.is_empty() && self.gone.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.fresh.len()
    }
}

impl Summaries {
    /// Counts this row, whose `seq` is new and `count` says how often it came, into the summary of its key; how often
    /// that has come by now.
    pub(crate) fn add(&mut self, of: SummaryOf, key: &str, mut row: AttemptRow) -> i64 {
        let before = self.by_key.get(key).and_then(|seq| self.rows.remove(seq));
        let (key, written) = match before {
            Some(before) => {
                row.count += before.row.count;
                row.first_at = before.row.first_at;
                (before.key, before.written)
            }
            None => {
                self.make_room(of, row.certificate);
                (Arc::from(key), None)
            }
        };
        let written = match written {
            Some(at) if row.at - at < WRITE_EVERY => Some(at),
            _ => {
                self.due.insert(Arc::clone(&key));
                Some(row.at)
            }
        };
        let count = row.count;
        self.by_key.insert(Arc::clone(&key), row.seq);
        self.rows.insert(
            row.seq,
            Summary {
                key,
                of,
                row,
                written,
            },
        );
        count
    }

    fn make_room(&mut self, of: SummaryOf, certificate: Option<[u8; 32]>) {
        let of_it = |summary: &Summary| {
            certificate.is_some() && summary.row.certificate == certificate && summary.of == of
        };
        let mut its = self.rows.values().filter(|summary| of_it(summary));
        let oldest = match its.next().map(|summary| summary.row.seq) {
            Some(seq) if its.count() + 1 >= PER_CERTIFICATE => Some(seq),
            _ => {
                let mut all = self.rows.values().filter(|summary| summary.of == of);
                let first = all.next().map(|summary| summary.row.seq);
                first.filter(|_| all.count() + 1 >= of.kept())
            }
        };
        if let Some(summary) = oldest.and_then(|seq| self.rows.remove(&seq)) {
            self.by_key.remove(&summary.key);
            self.due.remove(&summary.key);
            self.gone.push(summary.key);
        }
    }

    /// What is to be written now.
    pub(crate) fn take(&mut self) -> Due {
        let due = std::mem::take(&mut self.due);
        let fresh = due
            .iter()
            .filter_map(|key| self.rows.get(self.by_key.get(key)?).cloned())
            .collect();
        Due {
            fresh,
            gone: std::mem::take(&mut self.gone),
        }
    }

    /// What was taken could not be written; it is tried again.
    pub(crate) fn put_back(&mut self, due: Due) {
        let fresh = due.fresh.into_iter().map(|summary| summary.key);
        self.due
            .extend(fresh.filter(|key| self.by_key.contains_key(key)));
        let gone = due.gone.into_iter();
        self.gone
            .extend(gone.filter(|key| !self.by_key.contains_key(key)));
    }

    /// All rows, oldest first.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &AttemptRow> {
        self.rows.values().map(|summary| &summary.row)
    }

    /// The highest sequence number.
    pub(crate) fn newest(&self) -> Option<i64> {
        self.rows.keys().next_back().copied()
    }

    /// What an earlier run of this node has left.
    pub(crate) fn read(conn: &Conn<'_>) -> Result<Self> {
        let node = conn.node();
        let mut all = Self::default();
        for summary in kept(conn)? {
            if Node::of(summary.row.seq) != node {
                continue;
            }
            all.by_key.insert(Arc::clone(&summary.key), summary.row.seq);
            all.rows.insert(summary.row.seq, summary);
        }
        Ok(all)
    }
}

/// Summaries of other nodes that match.
pub(crate) fn of_others(conn: &Conn<'_>, filter: &AttemptFilter) -> Result<Vec<AttemptRow>> {
    if !conn.has_others() {
        return Ok(Vec::new());
    }
    let node = conn.node();
    let rows = kept(conn)?.into_iter().map(|summary| summary.row);
    Ok(rows
        .filter(|row| Node::of(row.seq) != node && filter.matches(row))
        .collect())
}

/// All that are on disk, of all nodes; their bounds keep them few.
fn kept(conn: &Conn<'_>) -> Result<Vec<Summary>> {
    conn.all(
        "SELECT seq, at, certificate, serial, client_id, address, code, record, count, first_at, fold, class
         FROM attempt_summary",
        &[],
        |row| {
            let mut kept = attempt_row::row(row)?;
            kept.count = row.int(8)?;
            kept.first_at = row.int(9)?;
            let (prefix, key) = (Node::of(kept.seq).prefix(), row.text(10)?);
            Ok(Summary {
                key: Arc::from(key.strip_prefix(&prefix).unwrap_or(&key)),
                of: SummaryOf::of(row.int(11)?),
                written: Some(kept.at),
                row: kept,
            })
        },
    )
}

/// Writes what is due, but for what is older than the number `forgotten`.
pub(crate) fn write(tx: &mut Tx<'_>, due: &Due, forgotten: i64) -> Result<()> {
    let prefix = tx.node().prefix();
    for key in &due.gone {
        let key = format!("{prefix}{key}");
        tx.write(
            "DELETE FROM attempt_summary WHERE fold = $1",
            &[(&key).into()],
        )?;
    }
    let fresh = due.fresh.iter();
    for Summary { key, of, row, .. } in fresh.filter(|summary| summary.row.seq >= forgotten) {
        let key = format!("{prefix}{key}");
        tx.write(
            "INSERT INTO attempt_summary
             (fold, class, seq, at, first_at, count, certificate, serial, client_id, address, code, record)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (fold) DO UPDATE SET class = excluded.class, seq = excluded.seq, at = excluded.at,
             first_at = excluded.first_at, count = excluded.count, certificate = excluded.certificate,
             serial = excluded.serial, client_id = excluded.client_id, address = excluded.address,
             code = excluded.code, record = excluded.record",
            &[
                (&key).into(),
                of.number().into(),
                row.seq.into(),
                row.at.into(),
                row.first_at.into(),
                row.count.into(),
                row.certificate.as_ref().map(|c| c.as_slice()).into(),
                row.serial.as_deref().into(),
                row.client_id.as_deref().into(),
                (&row.address).into(),
                (&row.code).into(),
                (&row.record).into(),
            ],
        )?;
    }
    Ok(())
}
