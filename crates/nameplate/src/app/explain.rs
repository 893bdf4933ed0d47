//! Why connections ended as they did, for those who ask later.

use super::{App, Result};
use nameplate_core::pki::CertificateId;
use nameplate_store::{AttemptFilter, AttemptRow};
use std::net::{IpAddr, SocketAddr};

/// What is kept of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Grows with each attempt.
    pub sequence: i64,
    /// The record as JSON text: stages, code, reason.
    pub text: String,
}

impl From<AttemptRow> for Record {
    fn from(row: AttemptRow) -> Self {
        Self {
            sequence: row.seq,
            text: row.record,
        }
    }
}

/// What somebody gave to name a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// 64 hex digits.
    Certificate([u8; 32]),
    /// An address, with or without port.
    Address(String),
    /// Anything else: a client identifier, or a serial number in hex or decimal.
    Name(String),
}

impl Subject {
    /// Finds out what the text is.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let id = text.rsplit_once("cert/").map_or(text, |(_, id)| id);
        if let Ok(CertificateId(hash)) = id.parse::<CertificateId>() {
            return Subject::Certificate(hash);
        }
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Subject::Address(match ip {
                IpAddr::V4(ip) => ip.to_string(),
                IpAddr::V6(ip) => format!("[{ip}]"),
            });
        }
        if text.parse::<SocketAddr>().is_ok() {
            return Subject::Address(text.to_owned());
        }
        Subject::Name(text.to_owned())
    }
}

impl App {
    /// The newest attempts of a device, newest first, at most `limit`.
    pub async fn explain(&self, subject: &Subject, limit: usize) -> Result<Vec<Record>> {
        let mut filters = Vec::new();
        match subject {
            Subject::Certificate(hash) => filters.push(AttemptFilter {
                certificate: Some(*hash),
                ..AttemptFilter::default()
            }),
            Subject::Address(address) => filters.push(AttemptFilter {
                address: Some(address.clone()),
                ..AttemptFilter::default()
            }),
            Subject::Name(name) => {
                filters.push(AttemptFilter {
                    client_id: Some(name.clone()),
                    ..AttemptFilter::default()
                });
                for serial in serials(name) {
                    filters.push(AttemptFilter {
                        serial: Some(serial),
                        ..AttemptFilter::default()
                    });
                }
            }
        }
        let mut found: Vec<AttemptRow> = Vec::new();
        for filter in filters {
            found.extend(self.store.attempts(&filter, limit).await?);
        }
        found.sort_by_key(|row| std::cmp::Reverse(row.seq));
        found.dedup_by_key(|row| row.seq);
        found.truncate(limit);
        Ok(found.into_iter().map(Record::from).collect())
    }

    /// The newest attempts of anyone, newest first.
    pub async fn recent_attempts(&self, only_failed: bool, limit: usize) -> Result<Vec<Record>> {
        let filter = AttemptFilter {
            only_failed,
            ..AttemptFilter::default()
        };
        let rows = self.store.attempts(&filter, limit).await?;
        Ok(rows.into_iter().map(Record::from).collect())
    }
}

/// The lower-case hex forms that a serial number written by a person may have in records: openssl prints hex,
/// possibly with colons, and templates use decimal.
fn serials(text: &str) -> Vec<String> {
    let plain: String = text
        .trim_start_matches("0x")
        .chars()
        .filter(|c| *c != ':')
        .collect();
    let mut forms = Vec::new();
    if !plain.is_empty() && plain.len() <= 80 {
        if plain.bytes().all(|b| b.is_ascii_hexdigit()) {
            let hex = plain.to_ascii_lowercase();
            forms.push(hex.trim_start_matches('0').to_owned());
            forms.push(hex);
        }
        if plain.bytes().all(|b| b.is_ascii_digit()) {
            forms.push(decimal_to_hex(&plain));
        }
    }
    let padded: Vec<String> = forms
        .iter()
        .filter(|form| form.len() % 2 == 1)
        .map(|form| format!("0{form}"))
        .collect();
    forms.extend(padded);
    forms.sort();
    forms.dedup();
    forms
}

fn decimal_to_hex(decimal: &str) -> String {
    // Base 256, least significant byte first.
    let mut bytes: Vec<u8> = Vec::new();
    for digit in decimal.bytes() {
        let mut carry = u32::from(digit - b'0');
        for byte in &mut bytes {
            let value = u32::from(*byte) * 10 + carry;
            *byte = (value & 0xff) as u8;
            carry = value >> 8;
        }
        if carry > 0 {
            bytes.push(carry as u8);
        }
    }
    bytes.reverse();
    hex::encode(bytes).trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_recognised() {
        let id = "ab".repeat(32);
        assert_eq!(Subject::parse(&id), Subject::Certificate([0xab; 32]));
        assert_eq!(
            Subject::parse(&format!("arn:aws:iot:us-east-1:123456789012:cert/{id}")),
            Subject::Certificate([0xab; 32])
        );
        assert_eq!(
            Subject::parse("127.0.0.1"),
            Subject::Address("127.0.0.1".into())
        );
        assert_eq!(
            Subject::parse("127.0.0.1:99"),
            Subject::Address("127.0.0.1:99".into())
        );
        assert_eq!(Subject::parse("::1"), Subject::Address("[::1]".into()));
        assert_eq!(
            Subject::parse("anyclientID"),
            Subject::Name("anyclientID".into())
        );
    }

    #[test]
    fn serial_numbers_in_any_dress() {
        assert!(serials("0A:FF").contains(&"0aff".to_owned()));
        assert!(
            serials("2815").contains(&"0aff".to_owned()),
            "{:?}",
            serials("2815")
        );
        assert!(serials("my-lamp").is_empty());
    }
}
