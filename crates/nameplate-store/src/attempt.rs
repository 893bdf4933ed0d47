//! Connection attempts: a ring of slots in the store, and those not yet written in memory.
//!
//! An attempt is a note, not a promise: it is written with the next commit, at the latest after 200 ms.

use crate::sql::Value;
use crate::writer::Tx;
use crate::{Conn, Result};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};

/// One attempt as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// Grows by one with each attempt; given by the queue.
    pub seq: i64,
    /// When it ended, milliseconds.
    pub at: i64,
    /// SHA-256 of the leaf's DER, where a certificate was sent.
    pub certificate: Option<[u8; 32]>,
    /// The certificate's serial number, lower-case hex.
    pub serial: Option<String>,
    /// MQTT client identifier, where one was sent.
    pub client_id: Option<String>,
    /// The peer's address and port.
    pub address: String,
    /// How it ended, in one word.
    pub code: String,
    /// The whole record, JSON text.
    pub record: String,
}

/// Which attempts to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttemptFilter {
    /// Of this certificate.
    pub certificate: Option<[u8; 32]>,
    /// Of a certificate with this serial number, lower-case hex.
    pub serial: Option<String>,
    /// With this client identifier.
    pub client_id: Option<String>,
    /// From this address, with or without the port.
    pub address: Option<String>,
    /// Only those that ended otherwise than well.
    pub only_failed: bool,
}

impl AttemptFilter {
    fn matches(&self, row: &AttemptRow) -> bool {
        self.certificate.is_none_or(|c| row.certificate == Some(c))
            && self
                .serial
                .as_ref()
                .is_none_or(|s| row.serial.as_ref() == Some(s))
            && self
                .client_id
                .as_ref()
                .is_none_or(|c| row.client_id.as_ref() == Some(c))
            && self.address.as_ref().is_none_or(|a| {
                row.address == *a
                    || row
                        .address
                        .strip_prefix(a.as_str())
                        .is_some_and(|rest| rest.starts_with(':'))
            })
            && !(self.only_failed && row.code == "connected")
    }
}

/// Attempts not yet written. Bounded: when the disk cannot follow, the oldest unwritten notes are dropped.
pub(crate) struct AttemptQueue {
    waiting: Mutex<Waiting>,
    next: AtomicI64,
    pub(crate) slots: i64,
}

#[derive(Default)]
struct Waiting {
    fresh: VecDeque<AttemptRow>,
    // Taken by the writer and not yet committed; still visible to readers.
    writing: Vec<AttemptRow>,
}

const WAITING: usize = 16_384;

impl AttemptQueue {
    pub(crate) fn new(next: i64, slots: i64) -> Self {
        Self {
            waiting: Mutex::default(),
            next: AtomicI64::new(next),
            slots,
        }
    }

    pub(crate) fn push(&self, mut row: AttemptRow) -> i64 {
        let mut waiting = self.waiting.lock();
        row.seq = self.next.fetch_add(1, Ordering::Relaxed);
        let seq = row.seq;
        if waiting.fresh.len() == WAITING {
            waiting.fresh.pop_front();
        }
        waiting.fresh.push_back(row);
        seq
    }

    pub(crate) fn take(&self) -> Vec<AttemptRow> {
        let mut waiting = self.waiting.lock();
        let rows: Vec<AttemptRow> = waiting.fresh.drain(..).collect();
        waiting.writing.clone_from(&rows);
        rows
    }

    pub(crate) fn written(&self) {
        self.waiting.lock().writing.clear();
    }

    fn recent(&self, filter: &AttemptFilter) -> Vec<AttemptRow> {
        let waiting = self.waiting.lock();
        waiting
            .fresh
            .iter()
            .rev()
            .chain(waiting.writing.iter().rev())
            .filter(|row| filter.matches(row))
            .cloned()
            .collect()
    }
}

pub(crate) fn write(tx: &mut Tx<'_>, rows: &[AttemptRow]) -> Result<()> {
    for row in rows {
        let slots = tx.slots();
        tx.write(
            "INSERT INTO attempt (slot, seq, at, certificate, serial, client_id, address, code, record)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (slot) DO UPDATE SET seq = excluded.seq, at = excluded.at,
             certificate = excluded.certificate, serial = excluded.serial, client_id = excluded.client_id,
             address = excluded.address, code = excluded.code, record = excluded.record",
            &[
                Value::Int(row.seq.rem_euclid(slots) + 1),
                Value::Int(row.seq),
                Value::Int(row.at),
                row.certificate.as_ref().map(|c| c.as_slice()).into(),
                row.serial.as_deref().into(),
                row.client_id.as_deref().into(),
                Value::Text(&row.address),
                Value::Text(&row.code),
                Value::Text(&row.record),
            ],
        )?;
    }
    Ok(())
}

/// The newest attempts that match, newest first, at most `limit`.
pub(crate) fn read(
    conn: &Conn<'_>,
    queue: &AttemptQueue,
    filter: &AttemptFilter,
    limit: usize,
) -> Result<Vec<AttemptRow>> {
    // The queue first: what is committed in between is then seen twice, never missed.
    let mut found = queue.recent(filter);
    let oldest_waiting = found.last().map_or(i64::MAX, |row| row.seq);
    // The ring is bounded, so a scan of it is too; an index would cost every connection.
    let mut stored = conn.all(
        "SELECT seq, at, certificate, serial, client_id, address, code, record FROM attempt
         WHERE ($1 IS NULL OR certificate = $1) AND ($2 IS NULL OR serial = $2)
         AND ($3 IS NULL OR client_id = $3) AND ($4 IS NULL OR address = $4 OR address LIKE $5)
         AND ($6 = 0 OR code <> 'connected') ORDER BY seq DESC LIMIT $7",
        &[
            filter.certificate.as_ref().map(|c| c.as_slice()).into(),
            filter.serial.as_deref().into(),
            filter.client_id.as_deref().into(),
            filter.address.as_deref().into(),
            filter
                .address
                .as_ref()
                .map(|a| format!("{}:%", a.replace(['%', '_'], "")))
                .as_deref()
                .into(),
            filter.only_failed.into(),
            Value::Int(i64::try_from(limit).unwrap_or(i64::MAX)),
        ],
        |row| {
            Ok(AttemptRow {
                seq: row.int(0)?,
                at: row.int(1)?,
                certificate: match row.opt_blob(2)? {
                    Some(_) => Some(row.hash(2)?),
                    None => None,
                },
                serial: row.opt_text(3)?,
                client_id: row.opt_text(4)?,
                address: row.text(5)?,
                code: row.text(6)?,
                record: row.text(7)?,
            })
        },
    )?;
    stored.retain(|row| row.seq < oldest_waiting);
    found.append(&mut stored);
    found.truncate(limit);
    Ok(found)
}
