//! Distinguished names: the raw bytes that issuers are compared by, and the fields that people use.
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
        for_each_attribute(der, |oid, tag, value| {
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

    /// The name's own bytes: what an issuer is looked up and compared by.
    pub fn der(&self) -> &[u8] {
        &self.der
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
        let mut parts = Vec::new();
        // The bytes were read once already when the value was made.
        let _ = for_each_attribute(&self.der, |oid, tag, value| {
            let value = match decode_string(tag, value) {
                Some(text) => text,
                None => format!("#{}", hex::encode(value)),
            };
            parts.push(format!("{}={value}", short_name(oid)));
        });
        match parts.as_slice() {
            [] => f.write_str("(empty name)"),
            parts => f.write_str(&parts.join(", ")),
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

fn for_each_attribute(
    der: &[u8],
    mut each: impl FnMut(&[u8], u8, &[u8]),
) -> Result<(), MalformedDer> {
    let mut reader = Reader::new(der);
    let name = reader.expect(der::SEQUENCE, "a name is not a SEQUENCE")?;
    reader.finish("something follows a name")?;
    let mut sets = reader.inside(&name);
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
            each(pair.body(&oid), value.tag, pair.body(&value));
        }
    }
    Ok(())
}

/// UTF8String, PrintableString, T61String, IA5String and BMPString; anything else has no text.
fn decode_string(tag: u8, value: &[u8]) -> Option<String> {
    match tag {
        // UTF8String
        12 => String::from_utf8(value.to_vec()).ok(),
        // PrintableString, IA5String. What tools put in a PrintableString goes beyond its alphabet
        // (`@`, `*`); ASCII is the border.
        19 | 22 => value
            .is_ascii()
            .then(|| value.iter().copied().map(char::from).collect()),
        // T61String: in practice Latin-1 (what OpenSSL takes it for).
        20 => Some(value.iter().copied().map(char::from).collect()),
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
