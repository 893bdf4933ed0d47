//! Certificates and requests put together byte by byte: what no tool writes, and chains of any shape.

use super::*;
use rcgen::{KeyPair, PublicKeyData as _, SigningKey as _};

pub(super) const UTF8: u8 = 12;
pub(super) const PRINTABLE: u8 = 19;
pub(super) const UTC: u8 = 0x17;
pub(super) const GENERALIZED: u8 = 0x18;

pub(super) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        short @ 0..=127 => vec![short as u8],
        long @ 128..=255 => vec![0x81, long as u8],
        long => [vec![0x82], (long as u16).to_be_bytes().to_vec()].concat(),
    };
    [vec![tag], length, content.to_vec()].concat()
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// An attribute of the arc 2.5.4.
pub(super) fn attribute(last: u8, tag: u8, value: &[u8]) -> Vec<u8> {
    sequence(&[&[6, 3, 0x55, 4, last], &tlv(tag, value)])
}

/// A name of sets with one attribute each.
pub(super) fn name(attributes: &[(u8, u8, &[u8])]) -> Vec<u8> {
    let sets: Vec<u8> = attributes
        .iter()
        .flat_map(|(last, tag, value)| tlv(0x31, &attribute(*last, *tag, value)))
        .collect();
    tlv(0x30, &sets)
}

pub(super) fn common_name(text: &str) -> Vec<u8> {
    name(&[(3, UTF8, text.as_bytes())])
}

pub(super) fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    sequence(&[&tlv(6, oid), flag, &tlv(4, value)])
}

/// basicConstraints with `CA:TRUE` and, if given, a path length.
pub(super) fn ca_extension(path_length: Option<u8>) -> Vec<u8> {
    let length = path_length.map_or(Vec::new(), |length| vec![2, 1, length]);
    extension(
        &[0x55, 0x1d, 0x13],
        true,
        &sequence(&[&[1, 1, 0xff], &length]),
    )
}

const ECDSA_SHA256: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];

pub(super) fn key() -> KeyPair {
    KeyPair::generate().expect("a key can be made")
}

fn signed(content: &[u8], by: &KeyPair) -> Vec<u8> {
    let signature = by.sign(content).expect("a key can sign");
    sequence(&[
        content,
        ECDSA_SHA256,
        &tlv(3, &[vec![0], signature].concat()),
    ])
}

/// A certificate in the making; valid from 2020 to 2120 unless told otherwise.
pub(super) struct Making {
    pub(super) issuer: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) times: [Vec<u8>; 2],
    pub(super) extensions: Vec<Vec<u8>>,
}

impl Making {
    pub(super) fn new(subject: &str, issuer: &str) -> Self {
        Making {
            issuer: common_name(issuer),
            subject: common_name(subject),
            times: [
                tlv(UTC, b"200101000000Z"),
                tlv(GENERALIZED, b"21200101000000Z"),
            ],
            extensions: Vec::new(),
        }
    }

    /// A CA certificate.
    pub(super) fn ca(subject: &str, issuer: &str) -> Self {
        let mut making = Making::new(subject, issuer);
        making.extensions.push(ca_extension(None));
        making
    }

    pub(super) fn with(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    pub(super) fn der(&self, key: &KeyPair, by: &KeyPair) -> Vec<u8> {
        let version: &[u8] = &[0xa0, 3, 2, 1, 2];
        let extensions = match self.extensions.is_empty() {
            true => Vec::new(),
            false => tlv(0xa3, &tlv(0x30, &self.extensions.concat())),
        };
        let content = sequence(&[
            version,
            &[2, 1, 7],
            ECDSA_SHA256,
            &self.issuer,
            &tlv(0x30, &self.times.concat()),
            &self.subject,
            &key.subject_public_key_info(),
            &extensions,
        ]);
        signed(&content, by)
    }

    pub(super) fn certificate(&self, key: &KeyPair, by: &KeyPair) -> Certificate {
        Certificate::parse_der(&self.der(key, by)).expect("a certificate")
    }
}

/// A request for this subject (DER of a Name).
pub(super) fn request(subject: &[u8]) -> Vec<u8> {
    let key = key();
    let content = sequence(&[
        &[2, 1, 0],
        subject,
        &key.subject_public_key_info(),
        &[0xa0, 0],
    ]);
    signed(&content, &key)
}

#[test]
fn times_have_two_forms() {
    let key = key();
    let check = |tag: u8, text: &str, expected: Result<&str, &str>| {
        let mut making = Making::new("device", "device");
        making.times[0] = tlv(tag, text.as_bytes());
        let found = Certificate::parse_der(&making.der(&key, &key));
        match (&found, expected) {
            (Ok(found), Ok(moment)) => {
                assert_eq!(found.validity().not_before.to_string(), moment, "{text}");
            }
            (Err(error), Err(part)) if error.to_string().contains(part) => {}
            _ => panic!("{text}: {found:?}, expected {expected:?}"),
        }
    };
    check(UTC, "200229235959Z", Ok("2020-02-29T23:59:59.000Z"));
    check(UTC, "491231235959Z", Ok("2049-12-31T23:59:59.000Z"));
    check(UTC, "500101000000Z", Ok("1950-01-01T00:00:00.000Z"));
    check(
        GENERALIZED,
        "20500101000000Z",
        Ok("2050-01-01T00:00:00.000Z"),
    );
    check(
        GENERALIZED,
        "99991231235959Z",
        Ok("9999-12-31T23:59:59.000Z"),
    );
    // Against RFC 5280, and unambiguous.
    check(
        GENERALIZED,
        "20200101000000Z",
        Ok("2020-01-01T00:00:00.000Z"),
    );
    let utc = "UTCTime is not of the form YYMMDDHHMMSSZ";
    check(UTC, "2001010000Z", Err(utc));
    check(UTC, "200101000000", Err(utc));
    check(UTC, "200101000000+0000", Err(utc));
    check(UTC, "200101000000-0800", Err(utc));
    check(UTC, "200101000000.5Z", Err(utc));
    check(UTC, "20010100000 Z", Err(utc));
    check(UTC, "20200101000000Z", Err(utc));
    check(UTC, "", Err(utc));
    let generalized = "GeneralizedTime is not of the form YYYYMMDDHHMMSSZ";
    check(GENERALIZED, "20500101000000.5Z", Err(generalized));
    check(GENERALIZED, "20500101000000,5Z", Err(generalized));
    check(GENERALIZED, "205001010000Z", Err(generalized));
    check(GENERALIZED, "2050010100Z", Err(generalized));
    check(GENERALIZED, "20500101000000", Err(generalized));
    check(GENERALIZED, "20500101000000+0100", Err(generalized));
    check(GENERALIZED, "500101000000Z", Err(generalized));
    let absent = "not one that the calendar and the clock have";
    check(UTC, "200230000000Z", Err(absent));
    check(UTC, "201301000000Z", Err(absent));
    check(UTC, "200100000000Z", Err(absent));
    check(UTC, "200101240000Z", Err(absent));
    check(UTC, "200101006000Z", Err(absent));
    check(UTC, "200101000060Z", Err(absent));
    check(
        22,
        "200101000000Z",
        Err("neither UTCTime nor GeneralizedTime"),
    );
}

#[test]
fn every_kind_of_string_is_read() {
    let check = |tag: u8, value: &[u8], expected: Option<&str>| {
        let name = Name::from_der(&name(&[(3, tag, value)])).expect("a name");
        assert_eq!(
            name.first(Field::CommonName),
            expected,
            "tag {tag}, {value:?}"
        );
    };
    check(UTF8, "Grüße".as_bytes(), Some("Grüße"));
    check(UTF8, &[0xff], None);
    check(18, b"0815", Some("0815"));
    check(PRINTABLE, b"lamp-1", Some("lamp-1"));
    check(PRINTABLE, &[0xe9], None);
    check(20, &[b'G', 0xfc], Some("Gü"));
    check(22, b"a@example.com", Some("a@example.com"));
    check(26, b"lamp", Some("lamp"));
    check(28, &[0, 0, 0, b'A', 0, 1, 0xf6, 0], Some("A😀"));
    check(28, &[0, 0, 0], None);
    check(28, &[0, 0x11, 0, 0], None);
    check(30, &[0, b'A', 0x20, 0xac], Some("A€"));
    check(30, &[0xd8, 0], None);
    check(30, &[0], None);
    check(5, &[], None);
    check(UTF8, b"", Some(""));
}

#[test]
fn names_are_compared_by_what_they_say() {
    type Parts<'a> = &'a [(u8, u8, &'a [u8])];
    let check = |one: Parts<'_>, other: Parts<'_>, same: bool| {
        let [one, other] = [one, other].map(|parts| Name::from_der(&name(parts)).expect("a name"));
        assert_eq!(one.matches(&other), same, "{one} and {other}");
        assert_eq!(one.canonical() == other.canonical(), same);
    };
    let utf8: Parts<'_> = &[(10, UTF8, b"Example"), (3, UTF8, b"Device CA")];
    check(utf8, utf8, true);
    check(
        utf8,
        &[(10, PRINTABLE, b"EXAMPLE"), (3, PRINTABLE, b"device ca")],
        true,
    );
    check(
        utf8,
        &[
            (10, 22, b"example"),
            (3, 30, b"\0D\0e\0v\0i\0c\0e\0 \0C\0A"),
        ],
        true,
    );
    check(
        utf8,
        &[(10, UTF8, b" Example "), (3, UTF8, b"  Device   CA")],
        true,
    );
    check(
        &[(3, UTF8, "GRÜSSE".as_bytes())],
        &[(3, 20, &[b'g', b'r', 0xfc, 0xdf, b'e'])],
        true,
    );
    check(
        utf8,
        &[(10, UTF8, b"Example"), (3, UTF8, b"DeviceCA")],
        false,
    );
    check(
        utf8,
        &[(3, UTF8, b"Device CA"), (10, UTF8, b"Example")],
        false,
    );
    check(
        utf8,
        &[(10, UTF8, b"Example"), (11, UTF8, b"Device CA")],
        false,
    );
    check(utf8, &[(10, UTF8, b"Example")], false);
    check(utf8, &[], false);
    check(&[], &[], true);
    // What cannot be read is compared as it stands.
    check(&[(3, UTF8, &[0xff])], &[(3, UTF8, &[0xff])], true);
    check(&[(3, UTF8, &[0xff])], &[(3, UTF8, &[0xfe])], false);
    check(&[(3, 5, &[])], &[(3, UTF8, b"")], false);

    let two = |attributes: [Vec<u8>; 2]| tlv(0x30, &tlv(0x31, &attributes.concat()));
    let (a, b) = (attribute(3, UTF8, b"a"), attribute(11, UTF8, b"b"));
    let [one, other] =
        [two([a.clone(), b.clone()]), two([b, a])].map(|der| Name::from_der(&der).expect("a name"));
    assert!(one.matches(&other), "a set has no order");
    let apart = Name::from_der(&name(&[(3, UTF8, b"a"), (11, UTF8, b"b")])).expect("a name");
    assert!(!one.matches(&apart));
}

#[test]
fn subjects_of_requests_can_be_issued() {
    let check = |subject: &[u8], expected: Result<(), &str>| {
        let found = CertificateRequest::parse_der(&request(subject)).map(|_| ());
        match (&found, expected) {
            (Ok(()), Ok(())) => {}
            (Err(error), Err(part)) if error.to_string().contains(part) => {}
            _ => panic!("{found:?}, expected {expected:?}"),
        }
    };
    check(&common_name("lamp"), Ok(()));
    check(&common_name(""), Ok(()));
    check(&tlv(0x30, &[]), Ok(()));
    check(&name(&[(3, 30, &[0, b'a'])]), Ok(()));
    check(&tlv(0x30, &tlv(0x31, &[])), Err("empty set"));
    let filled = tlv(0x31, &attribute(3, UTF8, b"a"));
    let empty = tlv(0x31, &[]);
    for sets in [
        [filled.clone(), empty.clone(), filled.clone()].concat(),
        [empty, filled].concat(),
    ] {
        check(&tlv(0x30, &sets), Err("empty set"));
    }
    check(&name(&[(3, 5, &[])]), Err("the subject's CN is not text"));
    check(&name(&[(10, 2, &[7])]), Err("the subject's O is not text"));
    check(
        &name(&[(3, UTF8, &[0xff])]),
        Err("the subject's CN cannot be read"),
    );
    check(
        &name(&[(99, PRINTABLE, &[0xe9])]),
        Err("the subject's 2.5.4.99 cannot be read"),
    );
    check(
        &name(&[(3, 28, &[0, 0, 0])]),
        Err("the subject's CN cannot be read"),
    );
}
