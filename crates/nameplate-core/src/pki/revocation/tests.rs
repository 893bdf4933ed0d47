use super::*;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason, RevokedCertParams, SerialNumber,
    SigningKey as _,
};
use time::OffsetDateTime;
use time::macros::datetime;

struct Ca {
    issuer: CertifiedIssuer<'static, KeyPair>,
    certificate: Certificate,
}

fn ca(name: &str) -> Ca {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate().expect("a key");
    let issuer = CertifiedIssuer::self_signed(params, key).expect("a CA");
    let certificate = Certificate::parse_der(issuer.der()).expect("it is one");
    Ca {
        issuer,
        certificate,
    }
}

const MADE: OffsetDateTime = datetime!(2026-11-01 0:00 UTC);
const DUE: OffsetDateTime = datetime!(2026-12-01 0:00 UTC);

fn millis(at: OffsetDateTime) -> Millis {
    Millis(at.unix_timestamp() * 1000)
}

/// As a CA's own tools make one.
fn list(
    ca: &Ca,
    number: u64,
    made: OffsetDateTime,
    serials: &[(u64, RevocationReason)],
) -> Vec<u8> {
    let revoked = serials.iter().map(|(serial, reason)| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: datetime!(2026-10-01 0:00 UTC),
        reason_code: Some(*reason),
        invalidity_date: None,
    });
    let params = CertificateRevocationListParams {
        this_update: made,
        next_update: DUE,
        crl_number: SerialNumber::from(number),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let list = params.signed_by(&ca.issuer).expect("a list");
    list.der().to_vec()
}

#[test]
fn a_list_of_the_ca_is_read() {
    let ca = ca("Fleet CA");
    let serials = [
        (7, RevocationReason::KeyCompromise),
        (300, RevocationReason::CertificateHold),
    ];
    let der = list(&ca, 1, MADE, &serials);
    let list = RevocationList::read(&der, &ca.certificate).expect("it is one");
    assert_eq!((list.len(), list.is_empty()), (2, false));
    assert_eq!(list.this_update(), millis(MADE));
    assert_eq!(list.next_update(), Some(millis(DUE)));
    let found = list.revoked(&[1, 44]).expect("300");
    assert_eq!(found.reason, Reason::CertificateHold);
    assert_eq!(found.reason.to_string(), "certificateHold");
    assert_eq!(found.at, millis(datetime!(2026-10-01 0:00 UTC)));
    assert_eq!(list.revoked(&[8]), None);
    assert!(!list.is_stale(millis(DUE)));
    assert!(list.is_stale(Millis(millis(DUE).0 + 1)));
}

#[test]
fn der_and_pem_are_both_handed_in() {
    let ca = ca("Fleet CA");
    let der = list(&ca, 1, MADE, &[]);
    let pem = crate::pki::to_pem("X509 CRL", &der);
    assert_eq!(revocation_list_der(&der).as_ref(), Ok(&der));
    assert_eq!(revocation_list_der(pem.as_bytes()).as_ref(), Ok(&der));
    let other = crate::pki::to_pem("CERTIFICATE", &der);
    let refused = revocation_list_der(other.as_bytes()).expect_err("no list");
    assert!(refused.to_string().contains("X509 CRL"), "{refused}");
    let much = vec![0; REVOCATION_LIST_BYTES * 2];
    let refused = revocation_list_der(&much).expect_err("too large");
    assert!(matches!(refused, RevocationListError::TooLarge { .. }));
}

#[test]
fn what_is_forged_is_refused() {
    let (one, other) = (ca("Fleet CA"), ca("Fleet CA"));
    let der = list(&one, 1, MADE, &[(7, RevocationReason::Superseded)]);
    let read = |der: &[u8], ca: &Ca| RevocationList::read(der, &ca.certificate).map(drop);
    // The same name, another key.
    let refused = read(&der, &other).expect_err("another's");
    assert!(matches!(refused, RevocationListError::Signature(_)));
    let refused = read(&der, &ca("Other CA")).expect_err("another's");
    assert!(matches!(refused, RevocationListError::Issuer { .. }));
    for at in 0..der.len() {
        let mut forged = der.clone();
        forged[at] ^= 1;
        assert!(read(&forged, &one).is_err(), "byte {at}");
        assert!(read(&der[..at], &one).is_err(), "cut at {at}");
    }
    assert!(read(&[der.clone(), vec![0]].concat(), &one).is_err());
}

#[test]
fn a_list_takes_the_place_of_older_ones_only() {
    let ca = ca("Fleet CA");
    let read = |number, made| {
        let der = list(&ca, number, made, &[]);
        RevocationList::read(&der, &ca.certificate).expect("it is one")
    };
    let now = millis(datetime!(2026-11-20 0:00 UTC));
    let held = read(5, MADE);
    let check = |list: &RevocationList, now| match list.check_successor(Some(&held), now) {
        Ok(()) => "taken",
        Err(RevocationListError::Older { .. }) => "older",
        Err(RevocationListError::Stale { .. }) => "stale",
        Err(RevocationListError::NotYet { .. }) => "not yet",
        Err(_) => "other",
    };
    assert_eq!(
        check(&read(6, datetime!(2026-11-02 0:00 UTC)), now),
        "taken"
    );
    assert_eq!(check(&read(5, MADE), now), "taken", "the same again");
    assert_eq!(
        check(&read(6, datetime!(2026-10-31 0:00 UTC)), now),
        "older"
    );
    assert_eq!(
        check(&read(4, datetime!(2026-11-02 0:00 UTC)), now),
        "older"
    );
    // 256 is more than 5, though it begins with a smaller byte.
    assert_eq!(check(&read(256, MADE), now), "taken");
    let late = Millis(millis(DUE).0 + 1);
    assert_eq!(check(&read(6, MADE), late), "stale");
    let ahead = read(6, datetime!(2026-11-20 0:04 UTC));
    assert_eq!(check(&ahead, now), "taken", "clocks differ");
    let ahead = read(6, datetime!(2026-11-20 0:06 UTC));
    assert_eq!(check(&ahead, now), "not yet");
    assert_eq!(read(1, MADE).check_successor(None, now), Ok(()));
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    match content.len() {
        short @ 0..=127 => [vec![tag, short as u8], content.to_vec()].concat(),
        long @ 128..=255 => [vec![tag, 0x81, long as u8], content.to_vec()].concat(),
        long => [
            vec![tag, 0x82],
            (long as u16).to_be_bytes().to_vec(),
            content.to_vec(),
        ]
        .concat(),
    }
}

fn extension(last: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    tlv(
        0x30,
        &[&[6, 3, 0x55, 0x1d, last], flag, &tlv(4, value)].concat(),
    )
}

/// A list with these extensions, of itself and of its one entry.
fn made(ca: &Ca, of_list: &[Vec<u8>], of_entry: &[Vec<u8>]) -> Vec<u8> {
    const ECDSA_SHA256: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    let wrapped = |all: &[Vec<u8>]| match all.is_empty() {
        true => Vec::new(),
        false => tlv(0x30, &all.concat()),
    };
    let time = tlv(0x17, b"261101000000Z");
    let entry = tlv(
        0x30,
        &[vec![2, 1, 7], time.clone(), wrapped(of_entry)].concat(),
    );
    let extensions = match of_list.is_empty() {
        true => Vec::new(),
        false => tlv(0xa0, &wrapped(of_list)),
    };
    let tbs = tlv(
        0x30,
        &[
            &[2, 1, 1],
            ECDSA_SHA256,
            ca.certificate.subject().der(),
            &time,
            &tlv(0x30, &entry),
            &extensions,
        ]
        .concat(),
    );
    let signature = ca.issuer.key().sign(&tbs).expect("a key can sign");
    let bits = tlv(3, &[vec![0], signature].concat());
    tlv(0x30, &[&tbs, ECDSA_SHA256, &bits].concat())
}

#[test]
fn what_is_not_evaluated_is_refused_by_name() {
    let ca = ca("Fleet CA");
    let check = |of_list: &[Vec<u8>], of_entry: &[Vec<u8>], expected: &str| {
        let read = RevocationList::read(&made(&ca, of_list, of_entry), &ca.certificate);
        let found = match &read {
            Ok(list) => list.revoked(&[7]).expect("on it").reason.to_string(),
            Err(why) => why.to_string(),
        };
        assert!(found.contains(expected), "{expected}: {found}");
    };
    check(&[], &[], "unspecified");
    check(&[], &[extension(21, false, &[10, 1, 4])], "superseded");
    check(&[], &[extension(21, false, &[10, 1, 99])], "unspecified");
    check(&[], &[extension(29, true, &[0x30, 0])], "indirect");
    check(&[], &[extension(99, true, &[])], "2.5.29.99");
    check(&[], &[extension(99, false, &[])], "unspecified");
    check(&[extension(27, true, &[2, 1, 1])], &[], "delta");
    check(&[extension(99, true, &[])], &[], "2.5.29.99");
    check(&[extension(35, false, &[])], &[], "unspecified");
    let point = |content: &[u8]| [extension(28, true, &tlv(0x30, content))];
    check(&point(&[0x81, 1, 0xff]), &[], "unspecified");
    check(&point(&[0xa0, 0]), &[], "unspecified");
    check(&point(&[0x82, 1, 0xff]), &[], "onlyContainsCACerts");
    check(&point(&[0x83, 2, 1, 6]), &[], "onlySomeReasons");
    check(&point(&[0x84, 1, 0xff]), &[], "indirect");
    check(&point(&[0x84, 1, 0]), &[], "unspecified");
    check(&point(&[0x85, 1, 0xff]), &[], "onlyContainsAttributeCerts");
}
