//! Writing DER: the dozen forms that a certificate is made of. Must not know what they mean there.

use super::AuthorityError;
use nameplate_core::ctx::Millis;
use time::OffsetDateTime;

/// A tag, the length of `content` in its shortest form, and `content`.
pub(super) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    if content.len() < 0x80 {
        out.push(content.len() as u8);
    } else {
        out.push(0x80 | significant.len() as u8);
        out.extend_from_slice(significant);
    }
    out.extend_from_slice(content);
    out
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// An INTEGER from unsigned big-endian bytes.
pub(super) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let significant = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
    match significant.first() {
        None => tlv(0x02, &[0]),
        Some(first) if *first >= 0x80 => tlv(0x02, &[&[0], significant].concat()),
        Some(_) => tlv(0x02, significant),
    }
}

/// A BIT STRING of whole bytes.
pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], bytes].concat())
}

pub(super) fn octets(bytes: &[u8]) -> Vec<u8> {
    tlv(0x04, bytes)
}

/// An OBJECT IDENTIFIER from its encoded content.
pub(super) fn oid(content: &[u8]) -> Vec<u8> {
    tlv(0x06, content)
}

/// A Name of single-valued attributes in the order given, each a UTF8String.
pub(crate) fn name(attributes: &[(&[u8], &str)]) -> Vec<u8> {
    let sets: Vec<u8> = attributes
        .iter()
        .flat_map(|(kind, value)| tlv(0x31, &sequence(&[&oid(kind), &tlv(0x0c, value.as_bytes())])))
        .collect();
    tlv(0x30, &sets)
}

/// A Time as RFC 5280 wants it: UTCTime through 2049, GeneralizedTime after.
pub(super) fn time(at: Millis) -> Result<Vec<u8>, AuthorityError> {
    match parts(at)? {
        (year @ 1950..=2049, rest) => Ok(tlv(0x17, format!("{:02}{rest}", year % 100).as_bytes())),
        _ => generalized_time(at),
    }
}

/// A GeneralizedTime to the second, from 1950 on.
pub(super) fn generalized_time(at: Millis) -> Result<Vec<u8>, AuthorityError> {
    match parts(at)? {
        (year @ 1950..=9999, rest) => Ok(tlv(0x18, format!("{year}{rest}").as_bytes())),
        _ => Err(AuthorityError::Time(at.0)),
    }
}

/// The year, and the rest of both forms.
fn parts(at: Millis) -> Result<(i32, String), AuthorityError> {
    let moment = OffsetDateTime::from_unix_timestamp(at.as_seconds());
    let moment = moment.map_err(|_| AuthorityError::Time(at.0))?;
    let rest = format!(
        "{:02}{:02}{:02}{:02}{:02}Z",
        u8::from(moment.month()),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second()
    );
    Ok((moment.year(), rest))
}
