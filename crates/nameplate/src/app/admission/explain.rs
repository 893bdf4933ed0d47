//! Why connections ended as they did, for those who ask later.

use super::Admission;
use super::attempt::member;
use super::remedy;
use crate::app::{Error, Result};
use nameplate_core::pki::CertificateId;
use nameplate_store::{AttemptFilter, AttemptRow, Before};
use serde_json::Value;
use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

/// Certificates of one thing that are looked for, the newest ones.
const THING_CERTIFICATES: usize = 20;

/// Attempts that are looked through for certificates.
const ATTEMPTS_FOR_CERTIFICATES: usize = 500;

/// What is kept of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Grows with each attempt.
    pub sequence: i64,
    /// The record as JSON text: stages, code, reason.
    pub text: String,
}

/// Which attempts somebody wants to see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    #[default]
    All,
    /// Those that ended otherwise than well.
    Failed,
    /// Those of devices that were not registered before, and refusals.
    First,
}

impl From<AttemptRow> for Record {
    fn from(row: AttemptRow) -> Self {
        let mut text = row.record;
        // What repeats is one record.
        if row.count > 1
            && let Some(open) = text.strip_suffix('}')
        {
            let (count, first) = (row.count, row.first_at);
            text = format!("{open},\"count\":{count},\"firstAt\":{first}}}");
        }
        Self {
            sequence: row.seq,
            text,
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
    /// Anything else: a client identifier, a thing's name, a certificate's common name, a serial number in hex or decimal,
    /// or the beginning of a certificate id.
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

impl Admission {
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
                // A child has its name there, having no certificate.
                for serial in serials(name).into_iter().chain([name.clone()]) {
                    filters.push(AttemptFilter {
                        serial: Some(serial),
                        ..AttemptFilter::default()
                    });
                }
                for of in ["commonName", "thingName"] {
                    filters.push(AttemptFilter {
                        holding: Some(member(of, name)),
                        ..AttemptFilter::default()
                    });
                }
                if let Some(range) = range(name) {
                    filters.push(AttemptFilter {
                        certificates: Some(range),
                        ..AttemptFilter::default()
                    });
                }
                if let Some(thing) = self.kernel.store.thing_key(name).await? {
                    let its = self.registry.certificates_of_thing(thing).await?;
                    for hash in its.into_iter().rev().take(THING_CERTIFICATES) {
                        filters.push(AttemptFilter {
                            certificate: Some(hash),
                            ..AttemptFilter::default()
                        });
                    }
                }
            }
        }
        let mut found: Vec<AttemptRow> = Vec::new();
        for filter in filters {
            found.extend(self.kernel.store.attempts(&filter, limit).await?);
        }
        found.sort_by_key(|row| std::cmp::Reverse(row.seq));
        found.dedup_by_key(|row| row.seq);
        found.truncate(limit);
        Ok(found.into_iter().map(Record::from).collect())
    }

    /// The newest attempts of anyone, newest first; with `before`, those that are older than the one of that number.
    ///
    /// # Errors
    /// Invalid where the one to begin after is no longer kept.
    pub async fn recent_attempts(
        &self,
        which: Which,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Record>> {
        let before = match before {
            None => None,
            Some(seq) => Some(self.attempt_row(seq).await?.map_or_else(
                || Err(Error::invalid(format!("attempt {seq} is no longer kept"))),
                |row| Ok(Before { seq, at: row.at }),
            )?),
        };
        let filter = AttemptFilter {
            only_failed: which == Which::Failed,
            only_first: which == Which::First,
            before,
            ..AttemptFilter::default()
        };
        let rows = self.kernel.store.attempts(&filter, limit).await?;
        Ok(rows.into_iter().map(Record::from).collect())
    }

    /// Completes a record for people: what to do about a failure, with the commands for it.
    pub fn advise(&self, record: &mut Value) {
        remedy::fill(record, self.kernel.realm());
    }

    /// What a record means in Chinese, and what to do about it, where that has been translated.
    pub fn in_chinese(&self, record: &Value) -> Option<(&'static str, Option<String>)> {
        remedy::in_chinese(record, self.kernel.realm())
    }

    /// The attempt of this number, while it is kept.
    pub async fn attempt(&self, sequence: i64) -> Result<Option<Record>> {
        Ok(self.attempt_row(sequence).await?.map(Record::from))
    }

    /// The newest attempts of certificates, one of each, with what their devices presented, leaf first: of those that
    /// are registered, or have come to this process lately.
    pub async fn presented(&self, limit: usize) -> Result<Vec<(Record, Vec<Vec<u8>>)>> {
        let filter = AttemptFilter {
            only_first: true,
            ..AttemptFilter::default()
        };
        let rows = self
            .kernel
            .store
            .attempts(&filter, ATTEMPTS_FOR_CERTIFICATES)
            .await?;
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        for row in rows {
            let Some(hash) = row.certificate.filter(|hash| seen.insert(*hash)) else {
                continue;
            };
            let chain = match self.presented.chain(&hash) {
                Some(chain) => chain,
                None => {
                    let der = self
                        .kernel
                        .store
                        .read(|conn| match conn.certificate(&hash)? {
                            Some(known) => conn.certificate_der(known.key),
                            None => Ok(None),
                        });
                    match der.await? {
                        Some(der) => vec![der],
                        None => continue,
                    }
                }
            };
            found.push((Record::from(row), chain));
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }

    async fn attempt_row(&self, sequence: i64) -> Result<Option<AttemptRow>> {
        let filter = AttemptFilter {
            number: Some(sequence),
            ..AttemptFilter::default()
        };
        let mut rows = self.kernel.store.attempts(&filter, 1).await?;
        Ok(rows.pop())
    }
}

/// The certificate ids that begin like this. Fewer digits than a person would copy are rather a word.
fn range(text: &str) -> Option<([u8; 32], [u8; 32])> {
    let known = text.len();
    if !(4..64).contains(&known) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let filled = |digit: &str| -> Option<[u8; 32]> {
        let whole = format!("{text}{}", digit.repeat(64 - known));
        hex::decode(whole).ok()?.try_into().ok()
    };
    Some((filled("0")?, filled("f")?))
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
    fn beginnings_of_certificate_ids() {
        let mut from = [0; 32];
        let mut to = [0xff; 32];
        (from[0], from[1], from[2]) = (0xab, 0xcd, 0xe0);
        (to[0], to[1], to[2]) = (0xab, 0xcd, 0xef);
        assert_eq!(range("ABcde"), Some((from, to)));
        assert_eq!(range("abc"), None);
        assert_eq!(range("lamp"), None);
        assert_eq!(range(&"a".repeat(64)), None);
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
