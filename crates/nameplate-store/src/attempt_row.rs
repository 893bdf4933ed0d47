//! One connection attempt as it is kept, and which of them a search is for.

use crate::Result;
use crate::node::Node;
use crate::sql::Row;
use std::net::{IpAddr, SocketAddr};

/// One attempt as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// Grows by one with each attempt of a node; given by the queue.
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
    /// How often it came; more than once only in a summary.
    pub count: i64,
    /// When it came first, milliseconds; as `at` where it came once.
    pub first_at: i64,
}

/// Codes of attempts that ended as they should; the query below names them too.
const ENDED_WELL: [&str; 13] = [
    "connected",
    "provisioned-and-closed",
    "registered-and-closed",
    "vended",
    "vending-pending",
    "vending-shadow",
    "function-vended",
    "function-answered",
    "fleet-keys-created",
    "fleet-certificate-created",
    "fleet-provisioned",
    "certificate-renewed",
    "child-registered",
];

/// Which attempts to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttemptFilter {
    /// Made with the certificate of this SHA-256.
    pub certificate: Option<[u8; 32]>,
    /// Of a certificate with this serial number, lower-case hex.
    pub serial: Option<String>,
    /// With this client identifier.
    pub client_id: Option<String>,
    /// From this address, with or without the port.
    pub address: Option<String>,
    /// Of certificates with a digest from the first to the second, both included.
    pub certificates: Option<([u8; 32], [u8; 32])>,
    /// Whose record holds this piece of JSON.
    pub holding: Option<String>,
    /// Only those that ended otherwise than well.
    pub only_failed: bool,
    /// Only those of newcomers, and what newcomers are refused: neither of a certificate or caller that is known, nor
    /// what the client of an open connection met.
    pub only_first: bool,
    /// The one with this number.
    pub number: Option<i64>,
    /// Older than the one with this number: of the same node those with a lower one, of others those that did not end
    /// later.
    pub before: Option<Before>,
}

/// From where on to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Number of an attempt.
    pub seq: i64,
    /// When it ended, milliseconds.
    pub at: i64,
}

impl Before {
    /// Lowest and highest number of the node that the attempt is of.
    pub(crate) fn node(self) -> (i64, i64) {
        Node::of(self.seq).keys()
    }

    fn holds(self, row: &AttemptRow) -> bool {
        let (lowest, highest) = self.node();
        match (lowest..=highest).contains(&row.seq) {
            true => row.seq < self.seq,
            false => row.at <= self.at,
        }
    }
}

/// Pieces of the record of somebody who is known.
pub(crate) const KNOWN: [&str; 3] = [
    "{\"stage\":\"registered\"",
    "{\"stage\":\"authenticated\"",
    "\"failedStage\":\"open\"",
];
/// Pieces of the record of somebody who is a newcomer all the same: it was provisioned, or refused.
pub(crate) const NEW: [&str; 2] = ["\"flow\":\"", "\"failedStage\":\""];

impl AttemptFilter {
    /// Whether the search is for this one.
    pub(crate) fn matches(&self, row: &AttemptRow) -> bool {
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
            && self
                .certificates
                .is_none_or(|(from, to)| row.certificate.is_some_and(|c| from <= c && c <= to))
            && self
                .holding
                .as_ref()
                .is_none_or(|piece| row.record.contains(piece))
            && !(self.only_failed && ENDED_WELL.contains(&row.code.as_str()))
            && (!self.only_first || is_first(&row.record))
            && self.number.is_none_or(|seq| row.seq == seq)
            && self.before.is_none_or(|before| before.holds(row))
    }
}

impl AttemptRow {
    /// Whether a search for refusals or for first connections may be for this one: they have an index, by what this
    /// answers when a row is written.
    pub(crate) fn is_notable(&self) -> bool {
        !ENDED_WELL.contains(&self.code.as_str()) || is_first(&self.record)
    }
}

fn is_first(record: &str) -> bool {
    let has = |pieces: &[&str]| pieces.iter().any(|piece| record.contains(piece));
    !has(&KNOWN[2..]) && (!has(&KNOWN) || has(&NEW))
}

/// An address as records write it, and what a record begins with when its address is this one with a port.
pub(crate) fn addresses(text: &str) -> (String, String) {
    let plain = text.trim_start_matches('[').trim_end_matches(']');
    match (text.parse::<SocketAddr>(), plain.parse::<IpAddr>()) {
        // No record begins with an address, its port and more.
        (Ok(with_port), _) => (with_port.to_string(), format!("{with_port}:")),
        (_, Ok(ip @ IpAddr::V4(_))) => (ip.to_string(), format!("{ip}:")),
        (_, Ok(ip @ IpAddr::V6(_))) => (ip.to_string(), format!("[{ip}]:")),
        _ => (text.to_owned(), format!("{text}:")),
    }
}

/// An attempt from a row that begins with seq, at, certificate, serial, client_id, address, code and record.
pub(crate) fn row(row: &Row<'_>) -> Result<AttemptRow> {
    let at = row.int(1)?;
    Ok(AttemptRow {
        seq: row.int(0)?,
        at,
        certificate: match row.opt_blob(2)? {
            Some(_) => Some(row.hash(2)?),
            None => None,
        },
        serial: row.opt_text(3)?,
        client_id: row.opt_text(4)?,
        address: row.text(5)?,
        code: row.text(6)?,
        record: row.text(7)?,
        count: 1,
        first_at: at,
    })
}
