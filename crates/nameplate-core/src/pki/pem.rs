//! PEM blocks as people paste them: text before and after, CRLF, several blocks, older labels.
//!
//! Owns the text form; must not know what the DER inside is.

use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, Engine};

/// Labels of certificates; OpenSSL once wrote the second.
pub(super) const CERTIFICATE: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE"];
/// Labels of certificate signing requests; Microsoft's and Java's tools write the second.
pub(super) const REQUEST: &[&str] = &["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/// Label of certificate revocation lists (RFC 7468, 6).
pub(super) const REVOCATION_LIST: &[&str] = &["X509 CRL"];

/// Label of public keys (RFC 7468, 13).
pub(super) const PUBLIC_KEY: &[&str] = &["PUBLIC KEY"];

/// Why a text holds no usable PEM block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// No block with the wanted label; says which others there were.
    #[error("no PEM block -----BEGIN {wanted}-----; {}", found_text(.found))]
    Missing {
        /// Label looked for.
        wanted: &'static str,
        /// Labels that were there instead.
        found: Vec<String>,
    },
    /// A block begins and does not end.
    #[error("the PEM block -----BEGIN {label}----- has no -----END {label}-----")]
    Unterminated {
        /// The block's label.
        label: String,
    },
    /// Between the lines is something other than base64.
    #[error("the PEM block {label} is not base64: {reason}")]
    Base64 {
        /// The block's label.
        label: String,
        /// What is wrong with it.
        reason: String,
    },
}

fn found_text(found: &[String]) -> String {
    match found {
        [] => "the text holds no PEM block at all".to_owned(),
        labels => format!("found only: {}", labels.join(", ")),
    }
}

/// The first block that has one of `labels`. The first label names the kind in errors.
pub(super) fn first(text: &str, labels: &'static [&'static str]) -> Result<Vec<u8>, PemError> {
    let mut found = Vec::new();
    for (label, rest) in openings(text) {
        if labels.contains(&label) {
            return decode(label, rest);
        }
        found.push(label.to_owned());
    }
    Err(PemError::Missing {
        wanted: labels[0],
        found,
    })
}

/// Every block that has one of `labels`, in order; none is an error.
pub(super) fn all(text: &str, labels: &'static [&'static str]) -> Result<Vec<Vec<u8>>, PemError> {
    let blocks: Vec<_> = openings(text)
        .filter(|(label, _)| labels.contains(label))
        .map(|(label, rest)| decode(label, rest))
        .collect::<Result<_, _>>()?;
    if blocks.is_empty() {
        first(text, labels)?;
    }
    Ok(blocks)
}

/// Labels in the order in which blocks begin, each with the text after its first line.
fn openings(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices("-----BEGIN ").filter_map(|(at, mark)| {
        let rest = &text[at + mark.len()..];
        let (label, rest) = rest.split_once("-----")?;
        (!label.contains(['\n', '\r'])).then_some((label, rest))
    })
}

fn decode(label: &str, rest: &str) -> Result<Vec<u8>, PemError> {
    let end = format!("-----END {label}-----");
    let (body, _) = rest
        .split_once(end.as_str())
        .ok_or_else(|| PemError::Unterminated {
            label: label.to_owned(),
        })?;
    base64(body).map_err(|error| PemError::Base64 {
        label: label.to_owned(),
        reason: error.to_string(),
    })
}

/// Bytes of base64 in lines of any length.
pub(super) fn base64(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    // Some tools drop the last line's padding.
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    LENIENT.decode(text)
}

/// One PEM block with lines of 64 characters and LF, as the service returns certificates and keys.
pub fn to_pem(label: &str, der: &[u8]) -> String {
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let mut text = String::with_capacity(body.len() + body.len() / 64 + 2 * label.len() + 40);
    text.push_str(&format!("-----BEGIN {label}-----\n"));
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}
