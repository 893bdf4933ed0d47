//! Connection attempts: the newest in the store, and those not yet written in memory.
//!
//! An attempt is a note, not a promise: it is written with the next commit, at the latest after 200 ms.

use crate::sql::Value;
use crate::tx::Tx;
use crate::{Conn, Result};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

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

/// Codes of attempts that ended as they should; the query below names them too.
const ENDED_WELL: [&str; 3] = [
    "connected",
    "provisioned-and-closed",
    "registered-and-closed",
];

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
            && self.address.as_ref().is_none_or(|address| {
                let (whole, host) = addresses(address);
                row.address == whole || row.address.starts_with(&host)
            })
            && !(self.only_failed && ENDED_WELL.contains(&row.code.as_str()))
    }
}

/// An address as records write it, and what a record begins with when its address is this one with a port.
fn addresses(text: &str) -> (String, String) {
    let plain = text.trim_start_matches('[').trim_end_matches(']');
    match (text.parse::<SocketAddr>(), plain.parse::<IpAddr>()) {
        // No record begins with an address, its port and more.
        (Ok(with_port), _) => (with_port.to_string(), format!("{with_port}:")),
        (_, Ok(ip @ IpAddr::V4(_))) => (ip.to_string(), format!("{ip}:")),
        (_, Ok(ip @ IpAddr::V6(_))) => (ip.to_string(), format!("[{ip}]:")),
        _ => (text.to_owned(), format!("{text}:")),
    }
}

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
}

const WAITING: usize = 16_384;

impl AttemptQueue {
    pub(crate) fn new(next: i64, kept: i64) -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                next,
                fresh: VecDeque::new(),
                writing: Arc::default(),
            }),
            kept,
        }
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

    /// What the writer is to write now.
    pub(crate) fn take(&self) -> Arc<Vec<AttemptRow>> {
        let mut waiting = self.waiting.lock();
        waiting.writing = Arc::new(waiting.fresh.drain(..).collect());
        Arc::clone(&waiting.writing)
    }

    /// What was taken is on disk.
    pub(crate) fn written(&self) {
        self.waiting.lock().writing = Arc::default();
    }

    /// What was taken could not be written; it is tried again.
    pub(crate) fn put_back(&self) {
        let mut waiting = self.waiting.lock();
        let room = WAITING.saturating_sub(waiting.fresh.len());
        for row in std::mem::take(&mut waiting.writing).iter().rev().take(room) {
            waiting.fresh.push_front(row.clone());
        }
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

/// Writes attempts and forgets those that are more than `kept` behind.
pub(crate) fn write(tx: &mut Tx<'_>, rows: &[AttemptRow], kept: i64) -> Result<()> {
    for row in rows {
        tx.write(
            "INSERT INTO attempt (seq, at, certificate, serial, client_id, address, code, record)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                row.seq.into(),
                row.at.into(),
                row.certificate.as_ref().map(|c| c.as_slice()).into(),
                row.serial.as_deref().into(),
                row.client_id.as_deref().into(),
                (&row.address).into(),
                (&row.code).into(),
                (&row.record).into(),
            ],
        )?;
    }
    if let Some(newest) = rows.last() {
        tx.write(
            "DELETE FROM attempt WHERE seq <= $1",
            &[(newest.seq - kept).into()],
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
    let (mut found, oldest_waiting) = queue.recent(filter);
    found.truncate(limit);
    let address = filter.address.as_deref().map(addresses);
    let (whole, host) = match &address {
        Some((whole, host)) => (Some(whole), Some(host)),
        None => (None, None),
    };
    // Walks back from the newest. What is kept is bounded, so a search that finds nothing is too; an index on each
    // column would cost every connection.
    let mut stored = conn.all(
        "SELECT seq, at, certificate, serial, client_id, address, code, record FROM attempt
         WHERE seq < $1 AND (certificate = $2 OR $2 IS NULL) AND (serial = $3 OR $3 IS NULL)
         AND (client_id = $4 OR $4 IS NULL)
         AND (address = $5 OR substr(address, 1, length($6)) = $6 OR $5 IS NULL)
         AND ($7 = 0 OR code NOT IN ('connected', 'provisioned-and-closed', 'registered-and-closed')) ORDER BY seq DESC LIMIT $8",
        &[
            oldest_waiting.into(),
            filter.certificate.as_ref().map(|c| c.as_slice()).into(),
            filter.serial.as_deref().into(),
            filter.client_id.as_deref().into(),
            whole.into(),
            host.into(),
            filter.only_failed.into(),
            Value::Int(i64::try_from(limit - found.len()).unwrap_or(i64::MAX)),
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
    found.append(&mut stored);
    Ok(found)
}
