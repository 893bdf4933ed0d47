//! Connection attempts: the newest in the store, and those not yet written in memory.
//!
//! An attempt is a note, not a promise: it is written with the next commit, at the latest after 200 ms.

use crate::attempt_row::{AttemptFilter, AttemptRow, KNOWN, NEW, addresses, row};
use crate::node::Node;
use crate::sql::Value;
use crate::summary::{self, Due, Summaries, SummaryOf};
use crate::tx::Tx;
use crate::{Conn, Result};
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Attempts not yet written. Bounded: when the disk cannot follow, the oldest unwritten notes are dropped.
pub(crate) struct AttemptQueue {
    waiting: Mutex<Waiting>,
    /// How many are kept in the store.
    pub(crate) kept: i64,
}

struct Waiting {
    next: i64,
    fresh: VecDeque<AttemptRow>,
    // Taken by the writer and not yet committed; still visible to readers.
    writing: Arc<Vec<AttemptRow>>,
    summaries: Summaries,
    summaries_writing: Due,
    // Those before this number are not to be written any more.
    forgotten: i64,
}

/// What the writer writes in one commit.
#[derive(Default)]
pub(crate) struct Taken {
    rows: Arc<Vec<AttemptRow>>,
    summaries: Due,
}

impl Taken {
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.summaries.is_empty()
    }

    /// How many records are in it.
    pub(crate) fn len(&self) -> usize {
        self.rows.len() + self.summaries.len()
    }
}

const WAITING: usize = 16_384;

impl AttemptQueue {
    /// The number after the highest that this node has given.
    pub(crate) fn next(conn: &Conn<'_>) -> Result<i64> {
        let (lowest, highest) = conn.node().keys();
        let newest = conn.one(
            "SELECT COALESCE(MAX(seq) + 1, $1) FROM attempt WHERE seq BETWEEN $2 AND $3",
            &[lowest.into(), lowest.into(), highest.into()],
            |row| row.int(0),
        )?;
        Ok(newest.unwrap_or(lowest))
    }

    pub(crate) fn new(next: i64, kept: i64, summaries: Summaries) -> Self {
        let next = next.max(summaries.newest().map_or(0, |seq| seq + 1));
        Self {
            waiting: Mutex::new(Waiting {
                next,
                fresh: VecDeque::new(),
                writing: Arc::default(),
                summaries,
                summaries_writing: Due::default(),
                forgotten: 0,
            }),
            kept,
        }
    }

    /// Forgets all that has come so far; `summaries` are what there is now. What the writer has taken of it and not yet
    /// written is not written.
    pub(crate) fn forget(&self, summaries: Summaries) {
        let mut waiting = self.waiting.lock();
        waiting.forgotten = waiting.next;
        waiting.fresh.clear();
        waiting.writing = Arc::default();
        waiting.summaries = summaries;
        waiting.summaries_writing = Due::default();
    }

    /// The first number that is not forgotten.
    fn forgotten(&self) -> i64 {
        self.waiting.lock().forgotten
    }

    pub(crate) fn push(&self, mut row: AttemptRow) -> i64 {
        let mut waiting = self.waiting.lock();
        let seq = waiting.next;
        waiting.next += 1;
        row.seq = seq;
        if waiting.fresh.len() == WAITING {
            waiting.fresh.pop_front();
        }
        waiting.fresh.push_back(row);
        seq
    }

    /// Counts a row into the summary of its key; how often that has come by now.
    pub(crate) fn summarise(&self, of: SummaryOf, key: &str, mut row: AttemptRow) -> i64 {
        let mut waiting = self.waiting.lock();
        row.seq = waiting.next;
        waiting.next += 1;
        waiting.summaries.add(of, key, row)
    }

    /// What the writer is to write now.
    pub(crate) fn take(&self) -> Taken {
        let mut waiting = self.waiting.lock();
        waiting.writing = Arc::new(waiting.fresh.drain(..).collect());
        waiting.summaries_writing = waiting.summaries.take();
        Taken {
            rows: Arc::clone(&waiting.writing),
            summaries: waiting.summaries_writing.clone(),
        }
    }

    /// What was taken is on disk.
    pub(crate) fn written(&self) {
        let mut waiting = self.waiting.lock();
        waiting.writing = Arc::default();
        waiting.summaries_writing = Due::default();
    }

    /// What was taken could not be written; it is tried again.
    pub(crate) fn put_back(&self) {
        let mut waiting = self.waiting.lock();
        let room = WAITING.saturating_sub(waiting.fresh.len());
        for row in std::mem::take(&mut waiting.writing).iter().rev().take(room) {
            waiting.fresh.push_front(row.clone());
        }
        let due = std::mem::take(&mut waiting.summaries_writing);
        waiting.summaries.put_back(due);
    }

    /// Summaries that match.
    fn summaries(&self, filter: &AttemptFilter) -> Vec<AttemptRow> {
        let waiting = self.waiting.lock();
        let matching = waiting.summaries.rows().filter(|row| filter.matches(row));
        matching.cloned().collect()
    }

    /// Those that match, newest first, and the oldest number that is here at all.
    fn recent(&self, filter: &AttemptFilter) -> (Vec<AttemptRow>, i64) {
        let waiting = self.waiting.lock();
        let newest_first = waiting
            .fresh
            .iter()
            .rev()
            .chain(waiting.writing.iter().rev());
        let oldest = newest_first.clone().last().map_or(i64::MAX, |row| row.seq);
        let matching = newest_first.filter(|row| filter.matches(row)).cloned();
        (matching.collect(), oldest)
    }
}

/// Writes attempts and forgets those of this node that are more than `kept` behind.
pub(crate) fn write(tx: &mut Tx<'_>, taken: &Taken, queue: &AttemptQueue) -> Result<()> {
    let (kept, forgotten) = (queue.kept, queue.forgotten());
    summary::write(tx, &taken.summaries, forgotten)?;
    for row in taken.rows.iter().filter(|row| row.seq >= forgotten) {
        tx.write(
            "INSERT INTO attempt (seq, at, certificate, serial, client_id, address, code, record, notable)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                row.seq.into(),
                row.at.into(),
                row.certificate.as_ref().map(|c| c.as_slice()).into(),
                row.serial.as_deref().into(),
                row.client_id.as_deref().into(),
                (&row.address).into(),
                (&row.code).into(),
                (&row.record).into(),
                row.is_notable().into(),
            ],
        )?;
    }
    if let Some(newest) = taken.rows.last() {
        tx.write(
            "DELETE FROM attempt WHERE seq BETWEEN $1 AND $2",
            &[tx.node().keys().0.into(), (newest.seq - kept).into()],
        )?;
    }
    Ok(())
}

/// The newest attempts that match, of all nodes, newest first, at most `limit`. Those of one node are in the order of
/// their numbers, those of several by when they ended: clocks differ, and the order within a node must not suffer.
pub(crate) fn read(
    conn: &Conn<'_>,
    queue: &AttemptQueue,
    filter: &AttemptFilter,
    limit: usize,
) -> Result<Vec<AttemptRow>> {
    // The queue first: what is committed in between is then seen twice, never missed.
    let (mut found, oldest_waiting) = queue.recent(filter);
    found.truncate(limit);
    let own = conn.node();
    let (lowest, highest) = own.keys();
    let before = oldest_waiting.min(highest + 1);
    let mut stored = stored(conn, filter, (lowest, before), limit - found.len())?;
    found.append(&mut stored);
    found.extend(queue.summaries(filter));
    let mut by_node = BTreeMap::from([(own, found)]);
    for node in others(conn, own)? {
        let (lowest, highest) = node.keys();
        let its = self::stored(conn, filter, (lowest, highest + 1), limit)?;
        by_node.insert(node, its);
    }
    for row in summary::of_others(conn, filter)? {
        by_node.entry(Node::of(row.seq)).or_default().push(row);
    }
    let mut lists: Vec<_> = by_node.into_values().collect();
    for list in &mut lists {
        list.sort_by_key(|row| std::cmp::Reverse(row.seq));
    }
    Ok(merged(lists, limit))
}

/// Lists that are each newest first as one, at most `limit`.
fn merged(mut lists: Vec<Vec<AttemptRow>>, limit: usize) -> Vec<AttemptRow> {
    if lists.len() == 1 {
        let mut only = lists.remove(0);
        only.truncate(limit);
        return only;
    }
    let mut lists: Vec<_> = lists
        .into_iter()
        .map(|list| list.into_iter().peekable())
        .collect();
    let next = || {
        let newest = lists
            .iter_mut()
            .filter_map(|list| Some((list.peek()?.at, list)))
            .max_by_key(|(at, _)| *at);
        newest.and_then(|(_, list)| list.next())
    };
    std::iter::from_fn(next).take(limit).collect()
}

/// Which other nodes have attempts in the store.
fn others(conn: &Conn<'_>, own: Node) -> Result<Vec<Node>> {
    let (mut found, mut from) = (Vec::new(), Some(0));
    while let Some(lowest) = from.filter(|_| conn.has_others()) {
        let next = conn.one(
            "SELECT seq FROM attempt WHERE seq >= $1 ORDER BY seq LIMIT 1",
            &[Value::Int(lowest)],
            |row| row.int(0),
        )?;
        let node = next.map(Node::of);
        found.extend(node.filter(|node| *node != own));
        from = node.and_then(|node| node.keys().1.checked_add(1));
    }
    Ok(found)
}

/// The newest first, of a range of numbers.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT seq, at, certificate, serial, client_id, address, code, record FROM attempt
             WHERE seq < $1 AND (certificate = $2 OR $2 IS NULL) AND (serial = $3 OR $3 IS NULL)
             AND (client_id = $4 OR $4 IS NULL)
             AND (address = $5 OR substr(address, 1, length($6)) = $6 OR $5 IS NULL)
             AND ($7 = 0 OR code NOT IN ('connected', 'provisioned-and-closed', 'registered-and-closed', 'vended',
             'vending-pending', 'function-vended', 'function-answered', 'fleet-keys-created', 'fleet-certificate-created',
             'fleet-provisioned', 'certificate-renewed', 'vending-shadow', 'child-registered'))
             AND (certificate BETWEEN $8 AND $9 OR $8 IS NULL)
             AND (replace(record, $10, '') <> record OR $10 IS NULL)
             AND ($11 = 0 OR replace(record, $12, '') = record AND (replace(record, $13, '') = record
               AND replace(record, $14, '') = record OR replace(record, $15, '') <> record
               OR replace(record, $16, '') <> record))
             AND (seq = $17 OR $17 IS NULL)
             AND (seq BETWEEN $18 AND $19 AND seq < $20 OR NOT seq BETWEEN $18 AND $19 AND at <= $21 OR $20 IS NULL)
             AND seq >= $22 ",
            $rest
        )
    };
}

/// Those on disk that match, of the numbers from the first to before the second, newest first.
fn stored(
    conn: &Conn<'_>,
    filter: &AttemptFilter,
    (from, before): (i64, i64),
    limit: usize,
) -> Result<Vec<AttemptRow>> {
    let address = filter.address.as_deref().map(addresses);
    let (whole, host) = match &address {
        Some((whole, host)) => (Some(whole), Some(host)),
        None => (None, None),
    };
    // Walks back from the newest. What is kept is bounded, so a search that finds nothing is too; an index on each
    // column would cost every connection. The one that there is costs those alone that people look for most.
    let sql = match filter.only_failed || filter.only_first {
        true => select!("AND notable = 1 ORDER BY seq DESC LIMIT $23"),
        false => select!("ORDER BY seq DESC LIMIT $23"),
    };
    conn.all(
        sql,
        &[
            before.into(),
            filter.certificate.as_ref().map(|c| c.as_slice()).into(),
            filter.serial.as_deref().into(),
            filter.client_id.as_deref().into(),
            whole.into(),
            host.into(),
            filter.only_failed.into(),
            filter
                .certificates
                .as_ref()
                .map(|(from, _)| from.as_slice())
                .into(),
            filter
                .certificates
                .as_ref()
                .map(|(_, to)| to.as_slice())
                .into(),
            filter.holding.as_deref().into(),
            filter.only_first.into(),
            KNOWN[2].into(),
            KNOWN[0].into(),
            KNOWN[1].into(),
            NEW[0].into(),
            NEW[1].into(),
            filter.number.into(),
            filter.before.map(|before| before.node().0).into(),
            filter.before.map(|before| before.node().1).into(),
            filter.before.map(|before| before.seq).into(),
            filter.before.map(|before| before.at).into(),
            from.into(),
            Value::Int(i64::try_from(limit).unwrap_or(i64::MAX)),
        ],
        row,
    )
}

/// What a failed commit would have written, for the log.
pub(crate) fn lost(writes: usize, attempts: usize) -> String {
    let counted = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    };
    let parts = [
        counted(writes, "write", "writes"),
        counted(
            attempts,
            "record of a connection attempt",
            "records of connection attempts",
        ),
    ];
    parts
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" and ")
}

#[cfg(test)]
mod tests {
    use super::lost;

    #[test]
    fn what_failed_is_counted_by_kind() {
        assert_eq!(lost(1, 0), "1 write");
        assert_eq!(lost(0, 1), "1 record of a connection attempt");
        assert_eq!(lost(3, 2), "3 writes and 2 records of connection attempts");
    }
}
