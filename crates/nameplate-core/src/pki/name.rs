//! Distinguished names: their bytes, the form in which issuers are compared, and the fields that people use.
//!
//! Owns decoding of attribute values; must not know what templates or policies call the fields.

use super::der::{self, MalformedDer, Reader};
use std::fmt;

/// The attributes of a name that policy variables and template parameters can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// 2.5.4.46
    DistinguishedNameQualifier,
    /// 2.5.4.6
    Country,
    /// 2.5.4.10
    Organization,
    /// 2.5.4.11
    OrganizationalUnit,
    /// 2.5.4.8
    State,
    /// 2.5.4.3
    CommonName,
    /// 2.5.4.5, the attribute; not the certificate's serial number
    SerialNumber,
    /// 2.5.4.12
    Title,
    /// 2.5.4.4
    Surname,
    /// 2.5.4.42
    GivenName,
    /// 2.5.4.43
    Initials,
    /// 2.5.4.65
    Pseudonym,
    /// 2.5.4.44
    GenerationQualifier,
}

impl Field {
    /// Every field, in the order of AWS's list of policy variables.
    pub const ALL: [Field; 13] = [
        Field::DistinguishedNameQualifier,
        Field::Country,
        Field::Organization,
        Field::OrganizationalUnit,
        Field::State,
        Field::CommonName,
        Field::SerialNumber,
        Field::Title,
        Field::Surname,
        Field::GivenName,
        Field::Initials,
        Field::Pseudonym,
        Field::GenerationQualifier,
    ];

    /// The name after `iot:Certificate.Subject.` in policy variables (AWS guide: cert-policy-variables).
    pub fn variable_name(self) -> &'static str {
        match self {
            Field::DistinguishedNameQualifier => "DistinguishedNameQualifier",
            Field::Country => "Country",
            Field::Organization => "Organization",
            Field::OrganizationalUnit => "OrganizationalUnit",
            Field::State => "State",
            Field::CommonName => "CommonName",
            Field::SerialNumber => "SerialNumber",
            Field::Title => "Title",
            Field::Surname => "Surname",
            Field::GivenName => "GivenName",
            Field::Initials => "Initials",
            Field::Pseudonym => "Pseudonym",
            Field::GenerationQualifier => "GenerationQualifier",
        }
    }

    /// Its object identifier in dotted form.
    pub fn oid(self) -> &'static str {
        match self {
            Field::CommonName => "2.5.4.3",
            Field::Surname => "2.5.4.4",
            Field::SerialNumber => "2.5.4.5",
            Field::Country => "2.5.4.6",
            Field::State => "2.5.4.8",
            Field::Organization => "2.5.4.10",
            Field::OrganizationalUnit => "2.5.4.11",
            Field::Title => "2.5.4.12",
            Field::GivenName => "2.5.4.42",
            Field::Initials => "2.5.4.43",
            Field::GenerationQualifier => "2.5.4.44",
            Field::DistinguishedNameQualifier => "2.5.4.46",
            Field::Pseudonym => "2.5.4.65",
        }
    }

    /// All of them are in the X.520 arc 2.5.4, whose last number fits in one byte.
    fn from_oid(oid: &[u8]) -> Option<Field> {
        let [0x55, 0x04, last] = oid else {
            return None;
        };
        Some(match last {
            3 => Field::CommonName,
            4 => Field::Surname,
            5 => Field::SerialNumber,
            6 => Field::Country,
            8 => Field::State,
            10 => Field::Organization,
            11 => Field::OrganizationalUnit,
            12 => Field::Title,
            42 => Field::GivenName,
            43 => Field::Initials,
            44 => Field::GenerationQualifier,
            46 => Field::DistinguishedNameQualifier,
            65 => Field::Pseudonym,
            _ => return None,
        })
    }
}

/// A distinguished name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    der: Vec<u8>,
    fields: Vec<(Field, String)>,
}

impl Name {
    /// Reads a Name: `SEQUENCE OF SET OF SEQUENCE { OBJECT IDENTIFIER, ANY }`.
    pub(super) fn parse(der: &[u8]) -> Result<Self, MalformedDer> {
        let mut fields = Vec::new();
        for_each_attribute(der, |_, oid, tag, value| {
            // An attribute that cannot be decoded counts as missing.
            if let (Some(field), Some(text)) = (Field::from_oid(oid), decode_string(tag, value)) {
                fields.push((field, text));
            }
        })?;
        Ok(Name {
            der: der.to_vec(),
            fields,
        })
    }

    /// Reads a name that was kept as its DER.
    pub fn from_der(der: &[u8]) -> Result<Self, MalformedDer> {
        Name::parse(der)
    }

    /// The name's own bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// What two names have in common exactly when they are the same (RFC 5280, 7.1): the kind of string, letter case
    /// and white space at the ends or repeated do not count. For looking issuers up; not DER.
    pub fn canonical(&self) -> Vec<u8> {
        let mut sets: Vec<Vec<Vec<u8>>> = Vec::new();
        // The bytes were read once already when the value was made.
        let _ = for_each_attribute(&self.der, |set, oid, tag, value| {
            sets.resize_with(sets.len().max(set + 1), Vec::new);
            let mut attribute = Vec::new();
            push(&mut attribute, oid);
            match decode_string(tag, value) {
                Some(text) => {
                    attribute.push(0);
                    push(&mut attribute, folded(&text).as_bytes());
                }
                None => {
                    attribute.push(tag);
                    push(&mut attribute, value);
                }
            }
            sets[set].push(attribute);
        });
        let mut canonical = Vec::new();
        for mut set in sets {
            // Within one set no order means anything.
            set.sort();
            push(&mut canonical, &(set.len() as u64).to_be_bytes());
            for attribute in set {
                push(&mut canonical, &attribute);
            }
        }
        canonical
    }

    /// Whether both are the same name, however written.
    pub fn matches(&self, other: &Name) -> bool {
        self.der == other.der || self.canonical() == other.canonical()
    }

    /// Checks what a certificate to be issued may say: no part is empty, and every value is text that can be read.
    /// Certificates that others issued are not held to this.
    pub fn check(&self) -> Result<(), NameError> {
        let mut filled = 0;
        let mut wrong = None;
        // The bytes were read once already when the value was made.
        let sets = for_each_attribute(&self.der, |set, oid, tag, value| {
            filled += usize::from(filled == set);
            if decode_string(tag, value).is_none() && wrong.is_none() {
                let attribute = short_name(oid);
                wrong = Some(match is_string(tag) {
                    true => NameError::Undecodable { attribute },
                    false => NameError::NotText { attribute },
                });
            }
        });
        match wrong {
            Some(wrong) => Err(wrong),
            None if sets.is_ok_and(|sets| sets != filled) => Err(NameError::EmptySet),
            None => Ok(()),
        }
    }

    /// As [`Display`](fmt::Display), with `joint` between the attributes; empty where there are none.
    pub fn joined(&self, joint: &str) -> String {
        let mut parts = Vec::new();
        // The bytes were read once already when the value was made.
        let _ = for_each_attribute(&self.der, |_, oid, tag, value| {
            let value = match decode_string(tag, value) {
                Some(text) => text,
                None => format!("#{}", hex::encode(value)),
            };
            parts.push(format!("{}={value}", short_name(oid)));
        });
        parts.join(joint)
    }

    /// Known fields with a decodable value, in DER order; multi-valued RDNs contribute each value.
    pub fn fields(&self) -> &[(Field, String)] {
        &self.fields
    }

    /// The first value of a field in DER order.
    pub fn first(&self, field: Field) -> Option<&str> {
        self.all(field).next()
    }

    /// All values of a field in DER order.
    pub fn all(&self, field: Field) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |(is, _)| *is == field)
            .map(|(_, value)| value.as_str())
    }
}

impl fmt::Display for Name {
    /// For people: `CN=device, O=Example`, in DER order, every attribute included.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.joined(", ").as_str() {
            "" => f.write_str("(empty name)"),
            text => f.write_str(text),
        }
    }
}

fn short_name(oid: &[u8]) -> String {
    let oid = der::dotted(oid);
    let short = match oid.as_str() {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.42" => "GN",
        "2.5.4.43" => "initials",
        "2.5.4.44" => "generationQualifier",
        "2.5.4.46" => "dnQualifier",
        "2.5.4.65" => "pseudonym",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        _ => return oid,
    };
    short.to_owned()
}

/// Calls `each` with the number of the set, the identifier, and tag and content of the value of every attribute; how
/// many sets there are.
fn for_each_attribute(
    der: &[u8],
    mut each: impl FnMut(usize, &[u8], u8, &[u8]),
) -> Result<usize, MalformedDer> {
    let mut reader = Reader::new(der);
    let name = reader.expect(der::SEQUENCE, "a name is not a SEQUENCE")?;
    reader.finish("something follows a name")?;
    let mut sets = reader.inside(&name);
    let mut count = 0;
    while !sets.is_empty() {
        let set = sets.expect(der::SET, "a part of a name is not a SET")?;
        let mut attributes = sets.inside(&set);
        while !attributes.is_empty() {
            let pair = attributes.expect(der::SEQUENCE, "a name's attribute is not a SEQUENCE")?;
            let mut pair = attributes.inside(&pair);
            let oid = pair.expect(
                der::OBJECT_IDENTIFIER,
                "a name's attribute has no identifier",
            )?;
            let value = pair.element()?;
            pair.finish("something follows a name's value")?;
            each(count, pair.body(&oid), value.tag, pair.body(&value));
        }
        count += 1;
    }
    Ok(count)
}

/// Why a name cannot stand in a certificate that is to be issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// A part of it has no attribute.
    #[error("a part of the subject is an empty set; each must hold at least one attribute")]
    EmptySet,
    /// A value of another type than a string.
    #[error("the subject's {attribute} is not text")]
    NotText {
        /// Its usual short name, or its dotted object identifier.
        attribute: String,
    },
    /// A string whose bytes are not of its kind.
    #[error(
        "the subject's {attribute} cannot be read: its bytes are not what its kind of string has"
    )]
    Undecodable {
        /// Its usual short name, or its dotted object identifier.
        attribute: String,
    },
}

/// Appends bytes with their length before them, so that no two sequences of parts look alike.
fn push(to: &mut Vec<u8>, part: &[u8]) {
    to.extend_from_slice(&(part.len() as u64).to_be_bytes());
    to.extend_from_slice(part);
}

/// Text as names are compared by it. Each character is folded by itself: full case folding, but for the compatibility
/// forms of RFC 4518, which no two issuers are known to differ in.
fn folded(text: &str) -> String {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            word.chars()
                .flat_map(char::to_uppercase)
                .flat_map(char::to_lowercase)
                .collect()
        })
        .collect();
    words.join(" ")
}

/// Whether a value of this tag is one of the strings that are read.
fn is_string(tag: u8) -> bool {
    matches!(tag, 12 | 18 | 19 | 20 | 22 | 26 | 28 | 30)
}

/// UTF8String, NumericString, PrintableString, T61String, IA5String, VisibleString, UniversalString and BMPString;
/// anything else has no text.
fn decode_string(tag: u8, value: &[u8]) -> Option<String> {
    match tag {
        // UTF8String
        12 => String::from_utf8(value.to_vec()).ok(),
        // NumericString, PrintableString, IA5String, VisibleString. What tools put in a PrintableString goes beyond
        // its alphabet (`@`, `*`); ASCII is the border.
        18 | 19 | 22 | 26 => value
            .is_ascii()
            .then(|| value.iter().copied().map(char::from).collect()),
        // T61String: in practice Latin-1 (what OpenSSL takes it for).
        20 => Some(value.iter().copied().map(char::from).collect()),
        // UniversalString: UTF-32, big-endian.
        28 => {
            let (fours, rest) = value.as_chunks::<4>();
            if !rest.is_empty() {
                return None;
            }
            fours
                .iter()
                .map(|four| char::from_u32(u32::from_be_bytes(*four)))
                .collect()
        }
        // BMPString: UTF-16, big-endian.
        30 => {
            let (pairs, rest) = value.as_chunks::<2>();
            if !rest.is_empty() {
                return None;
            }
            char::decode_utf16(pairs.iter().map(|pair| u16::from_be_bytes(*pair)))
                .collect::<Result<_, _>>()
                .ok()
        }
        _ => None,
    }
}
