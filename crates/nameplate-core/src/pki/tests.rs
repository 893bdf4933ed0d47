//! Cases on the certificates in `fixtures/pki`, which `make.sh` there makes anew.

mod chain;
mod made;
mod paths;

use super::*;
use crate::ctx::Millis;
use proptest::prelude::*;

/// 2060-01-01T00:00:00Z; the fixtures are valid from 2020 to 2120, or from when they were made.
const NOW: Millis = Millis(2_840_140_800_000);

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/pki/", $name))
    };
}

macro_rules! certificate {
    ($name:literal) => {
        Certificate::parse_pem(fixture!($name)).expect("the fixture is a certificate")
    };
}

fn fields(name: &Name) -> Vec<(Field, &str)> {
    name.fields()
        .iter()
        .map(|(field, value)| (*field, value.as_str()))
        .collect()
}

#[test]
fn identity_version_and_serial() {
    let v1 = certificate!("v1_rsa.pem");
    assert_eq!(v1.version(), 1);
    assert_eq!(v1.key(), &KeyKind::Rsa { bits: 2048 });
    assert_eq!(certificate!("v1_ec.pem").version(), 1);
    let v3 = certificate!("v3_ec.pem");
    assert_eq!(v3.version(), 3);
    assert_eq!(v3.key(), &KeyKind::EcP256);
    assert_eq!(v3.signature_algorithm(), &SignatureAlgorithm::RsaSha256);
    assert_eq!(
        v3.validity().not_before.to_string(),
        "2020-01-01T00:00:00.000Z"
    );
    assert_eq!(
        v3.validity().not_after.to_string(),
        "2120-01-01T00:00:00.000Z"
    );
    assert_eq!(v3.ca_flag(), Some(false));
    assert_eq!(v3.key_cert_sign(), Some(false));
    assert_eq!(spki_of(v3.der()).expect("it was read before"), v3.spki());
    assert_eq!(CertificateId::of(v3.der()), v3.id());
    // "No well-defined expiration" (RFC 5280, 4.1.2.5), as factory certificates have.
    let no_end = certificate!("no_end.pem");
    assert_eq!(
        no_end.validity().not_after.to_string(),
        "9999-12-31T23:59:59.000Z"
    );
    let strings = certificate!("strings.pem");
    assert_eq!(
        (
            strings.serial_decimal().as_str(),
            strings.serial_hex().as_str()
        ),
        ("7", "07")
    );
}

#[test]
fn serial_numbers_of_any_length() {
    fn check(hex: &str, decimal: &str, lower: &str) {
        let mut der = certificate!("strings.pem").der().to_vec();
        // The fixture's serial number is the INTEGER 7 right after the two outer headers.
        let at = der
            .windows(3)
            .position(|window| window == [2, 1, 7])
            .expect("the serial number is there");
        let bytes = hex::decode(hex).expect("hex");
        der.splice(
            at + 1..at + 3,
            [vec![bytes.len() as u8], bytes.clone()].concat(),
        );
        let grown = bytes.len() - 1;
        der[3] += grown as u8;
        // The signed part's length is one byte of its own after 0x81 or the low byte of two.
        let low = if der[5] == 0x81 { 6 } else { 7 };
        let sum = usize::from(der[low]) + grown;
        der[low] = sum as u8;
        if sum > 255 {
            panic!("choose a shorter serial number for this fixture");
        }
        let certificate = Certificate::parse_der(&der).expect("only the serial number changed");
        assert_eq!(certificate.serial_decimal(), decimal);
        assert_eq!(certificate.serial_hex(), lower);
    }
    check("00", "0", "00");
    check("0A", "10", "0a");
    check("00FF", "255", "ff");
    check("3B9ACA00", "1000000000", "3b9aca00");
    check(
        "7FFFFFFFFFFFFFFFFF",
        "2361183241434822606847",
        "7fffffffffffffffff",
    );
    // A negative INTEGER is read as the unsigned number that its bytes are.
    check("FF", "255", "ff");
}

#[test]
fn certificate_ids() {
    fn check(text: &str, expected: Option<&str>) {
        let parsed = text.parse::<CertificateId>().map(|id| id.to_string());
        assert_eq!(parsed.ok().as_deref(), expected, "{text}");
    }
    let lower = "ab".repeat(32);
    check(&lower, Some(&lower));
    check(&lower.to_uppercase(), Some(&lower));
    check(&format!("0x{lower}"), Some(&lower));
    check(&lower[1..], None);
    check(&format!("{lower}00"), None);
    check("", None);
    check(&"g".repeat(64), None);
}

#[test]
fn names() {
    use Field::*;
    fn check(certificate: &Certificate, expected: &[(Field, &str)]) {
        assert_eq!(fields(certificate.subject()), expected);
    }
    let v3 = certificate!("v3_ec.pem");
    check(
        &v3,
        &[
            (Country, "US"),
            (State, "Washington"),
            (Organization, "Example"),
            (OrganizationalUnit, "Things"),
            (CommonName, "v3-ec"),
            (SerialNumber, "SN-7"),
        ],
    );
    assert_eq!(
        v3.subject().to_string(),
        "C=US, ST=Washington, L=Seattle, O=Example, OU=Things, CN=v3-ec, serialNumber=SN-7, \
         emailAddress=a@example.com"
    );
    assert_eq!(v3.issuer().der(), certificate!("ca.pem").subject().der());
    let two = certificate!("two_units.pem");
    check(
        &two,
        &[
            (OrganizationalUnit, "first"),
            (OrganizationalUnit, "second"),
            (CommonName, "two-units"),
        ],
    );
    assert_eq!(two.subject().first(OrganizationalUnit), Some("first"));
    assert_eq!(two.subject().first(Country), None);
    let multi = certificate!("multi_valued.pem");
    assert_eq!(multi.subject().first(CommonName), Some("multi"));
    assert_eq!(multi.subject().all(CommonName).count(), 2);
    assert_eq!(
        multi.subject().first(OrganizationalUnit),
        Some("in one set")
    );
    // A common name that is not UTF-8 counts as missing, so the next one is the first.
    check(
        &certificate!("strings.pem"),
        &[
            (Organization, "Grüße"),
            (OrganizationalUnit, "Größe"),
            (CommonName, "strings"),
        ],
    );
}

#[test]
fn alternative_names() {
    let certificate = certificate!("alternative_names.pem");
    let names = certificate.alternative_names();
    assert_eq!(names.rfc822, ["owner@example.com"]);
    assert_eq!(names.dns, ["one.example.com", "two.example.com"]);
    assert_eq!(names.uri, ["urn:device:1"]);
    assert_eq!(names.ip, ["192.0.2.7", "2001:db8::7"]);
    assert_eq!(names.directory, ["CN=in a directory"]);
}

#[test]
fn pem_as_people_paste_it() {
    let expected = certificate!("v3_ec.pem").id();
    fn check(text: &str) -> Result<CertificateId, String> {
        Certificate::parse_pem(text)
            .map(|certificate| certificate.id())
            .map_err(|error| error.to_string())
    }
    let pasted = fixture!("pasted.pem");
    assert_eq!(check(pasted), Ok(expected));
    assert_eq!(check(&pasted.replace('\n', "\r\n")), Ok(expected));
    assert_eq!(check(&certificate!("v3_ec.pem").to_pem()), Ok(expected));
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    assert_eq!(check(&format!("{key}{pasted}")), Ok(expected));
    assert_eq!(
        check(key),
        Err("no PEM block -----BEGIN CERTIFICATE-----; found only: PRIVATE KEY".to_owned())
    );
    assert_eq!(
        check("hello"),
        Err(
            "no PEM block -----BEGIN CERTIFICATE-----; the text holds no PEM block at all"
                .to_owned()
        )
    );
    assert!(check("-----BEGIN CERTIFICATE-----\nAAAA").is_err_and(|e| e.contains("no -----END")));
    assert!(
        check("-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----")
            .is_err_and(|e| e.contains("not base64"))
    );
    assert!(
        check("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")
            .is_err_and(|e| e.contains("not an X.509 certificate"))
    );
    let both = Certificate::parse_pem_many(pasted).expect("two certificates");
    let ids: Vec<_> = both.iter().map(Certificate::id).collect();
    assert_eq!(ids, [expected, certificate!("ca.pem").id()]);
}

#[test]
fn signatures() {
    #[track_caller]
    fn check(child: &Certificate, issuer: &Certificate, expected: Result<(), &str>) {
        let found = verify_signed_by(child, issuer.spki()).map_err(|error| error.to_string());
        match (&found, expected) {
            (Ok(()), Ok(())) => {}
            (Err(found), Err(part)) if found.contains(part) => {}
            _ => panic!("found {found:?}, expected {expected:?}"),
        }
    }
    let ca = certificate!("ca.pem");
    let twin = certificate!("ca_twin.pem");
    check(&ca, &ca, Ok(()));
    check(&certificate!("v1_rsa.pem"), &ca, Ok(()));
    check(&certificate!("v1_ec.pem"), &ca, Ok(()));
    check(&certificate!("v3_ec.pem"), &ca, Ok(()));
    check(&certificate!("strings.pem"), &ca, Ok(()));
    check(&certificate!("p521.pem"), &ca, Ok(()));
    check(&certificate!("pss.pem"), &ca, Ok(()));
    check(&certificate!("p384.pem"), &twin, Ok(()));
    check(&certificate!("of_twin.pem"), &twin, Ok(()));
    check(
        &certificate!("intermediate.pem"),
        &certificate!("root.pem"),
        Ok(()),
    );
    check(&certificate!("pss_long_salt.pem"), &ca, Ok(()));
    check(
        &certificate!("forged.pem"),
        &ca,
        Err("not made by the issuer's key"),
    );
    check(
        &certificate!("of_twin.pem"),
        &ca,
        Err("issuer's key (RSA 2048) cannot"),
    );
    check(
        &certificate!("sha1.pem"),
        &ca,
        Err("SHA-1 with RSA (1.2.840.113549.1.1.5)"),
    );
    check(
        &certificate!("v3_ec.pem"),
        &certificate!("weak_key.pem"),
        Err("issuer's key (RSA 1024) cannot"),
    );
}

#[test]
fn pss_signatures_as_openssl_makes_them() {
    let ca = certificate!("pss_ca.pem");
    assert_eq!(check_ca(&ca, NOW), Ok(()));
    for sound in [
        ca.clone(),
        certificate!("pss_default.pem"),
        certificate!("pss_digest.pem"),
        certificate!("pss_20.pem"),
        certificate!("pss_none.pem"),
        certificate!("pss_max.pem"),
        certificate!("pss_sha512.pem"),
    ] {
        let subject = sound.subject().to_string();
        assert_eq!(verify_signed_by(&sound, ca.spki()), Ok(()), "{subject}");
        assert_eq!(check_device(&sound, NOW), Ok(()), "{subject}");
    }
    // A key for PSS alone holds those it signs to its digest and to its shortest salt.
    let key_ca = certificate!("pss_key_ca.pem");
    let of_key = certificate!("pss_key.pem");
    assert_eq!(check_ca(&key_ca, NOW), Ok(()));
    assert_eq!(verify_signed_by(&of_key, key_ca.spki()), Ok(()));
    for other in [certificate!("pss_20.pem"), certificate!("pss_sha512.pem")] {
        assert!(matches!(
            verify_signed_by(&other, key_ca.spki()),
            Err(SignatureError::Key { .. })
        ));
    }
    assert_eq!(
        verify_signed_by(&certificate!("pss_default.pem"), key_ca.spki()),
        Err(SignatureError::Mismatch)
    );
    let check = |unfit: &Certificate, part: &str| {
        let rule = check_device(unfit, NOW).expect_err(part).to_string();
        assert!(rule.contains(part), "{rule}");
        let why = verify_signed_by(unfit, ca.spki()).expect_err(part);
        assert!(matches!(why, SignatureError::Algorithm { .. }), "{why}");
    };
    check(
        &certificate!("pss_sha1.pem"),
        "it is signed with RSA-PSS with another digest than SHA-256, SHA-384 and SHA-512;",
    );
    check(
        &certificate!("pss_two_digests.pem"),
        "RSA-PSS with two digests",
    );
    assert!(CertificateRequest::parse_pem(fixture!("request_pss.csr")).is_ok());
}

#[test]
fn a_root_is_not_judged_by_its_own_signature() {
    let root = certificate!("root_sha1.pem");
    assert_eq!(check_ca(&root, NOW), Ok(()));
    for judged in [
        check_intermediate(&root, NOW),
        check_ca(&certificate!("under_sha1.pem"), NOW),
        check_intermediate(&certificate!("under_sha1.pem"), NOW),
        check_device(&root, NOW),
    ] {
        assert!(matches!(judged, Err(RuleError::SignatureAlgorithm { .. })));
    }
}

#[test]
fn device_rules() {
    #[track_caller]
    fn check(certificate: &Certificate, now: Millis, expected: Result<(), &str>) {
        let found = check_device(certificate, now).map_err(|error| error.to_string());
        assert_eq!(found, expected.map_err(str::to_owned));
    }
    for sound in [
        certificate!("v1_rsa.pem"),
        certificate!("v1_ec.pem"),
        certificate!("v3_ec.pem"),
        certificate!("p384.pem"),
        certificate!("p521.pem"),
        certificate!("pss.pem"),
        certificate!("self_signed.pem"),
        certificate!("no_end.pem"),
    ] {
        check(&sound, NOW, Ok(()));
    }
    check(
        &certificate!("weak_key.pem"),
        NOW,
        Err("its key is RSA 1024; RSA keys need at least 2048 bits"),
    );
    check(
        &certificate!("secp256k1.pem"),
        NOW,
        Err(
            "its key is EC secp256k1 (1.3.132.0.10); accepted are RSA of 2048 bits or more and EC P-256, P-384 and P-521",
        ),
    );
    check(
        &certificate!("ed25519.pem"),
        NOW,
        Err(
            "its key is Ed25519; accepted are RSA of 2048 bits or more and EC P-256, P-384 and P-521",
        ),
    );
    check(
        &certificate!("sha1.pem"),
        NOW,
        Err(
            "it is signed with SHA-1 with RSA (1.2.840.113549.1.1.5); accepted are SHA-256, SHA-384 and SHA-512 with RSA, RSA-PSS or ECDSA",
        ),
    );
    let expired = certificate!("expired.pem");
    check(
        &expired,
        NOW,
        Err(
            "it was valid until 2021-01-01T00:00:00.000Z; the time here is 2060-01-01T00:00:00.000Z",
        ),
    );
    check(
        &expired,
        Millis(expired.validity().not_before.0 - 1),
        Err(
            "it is not valid before 2020-01-01T00:00:00.000Z; the time here is 2019-12-31T23:59:59.999Z",
        ),
    );
    check(&expired, expired.validity().not_before, Ok(()));
    check(
        &expired,
        Millis(expired.validity().not_after.0 + 999),
        Ok(()),
    );
    assert!(check_device(&expired, Millis(expired.validity().not_after.0 + 1000)).is_err());
}

#[test]
fn ca_rules() {
    #[track_caller]
    fn check(certificate: &Certificate, expected: Result<(), RuleError>) {
        assert_eq!(check_ca(certificate, NOW), expected);
    }
    check(&certificate!("ca.pem"), Ok(()));
    check(&certificate!("ca_no_key_usage.pem"), Ok(()));
    check(&certificate!("intermediate.pem"), Ok(()));
    check(
        &certificate!("ca_v1.pem"),
        Err(RuleError::CaVersion { version: 1 }),
    );
    check(
        &certificate!("ca_no_constraints.pem"),
        Err(RuleError::NoBasicConstraints),
    );
    check(&certificate!("ca_false.pem"), Err(RuleError::NotCa));
    check(&certificate!("v3_ec.pem"), Err(RuleError::NotCa));
    // AWS takes it when it is registered; a client that presents it does not get far.
    check(&certificate!("ca_without_sign.pem"), Ok(()));
    assert_eq!(
        check_intermediate(&certificate!("ca_without_sign.pem"), NOW),
        Err(RuleError::NoKeyCertSign)
    );
    let ca = certificate!("ca.pem");
    let late = Millis(ca.validity().not_after.0 + 1000);
    assert!(matches!(
        check_ca(&ca, late),
        Err(RuleError::Expired { .. })
    ));
}

#[test]
fn verification_certificates() {
    let ca = certificate!("ca.pem");
    let code = "a".repeat(64);
    let check =
        |verification: &Certificate, code: &str| check_verification(verification, &ca, code, NOW);
    let sound = certificate!("verification.pem");
    assert_eq!(check(&sound, &code), Ok(()));
    assert_eq!(check(&sound, &code.to_uppercase()), Ok(()));
    assert_eq!(
        check(&certificate!("verification_other_name.pem"), &code),
        Err(VerificationError::CommonName {
            expected: code.clone(),
            found: Some("someone".to_owned()),
        })
    );
    assert!(matches!(
        check(&certificate!("verification_self_signed.pem"), &code),
        Err(VerificationError::NotSignedByCa(_))
    ));
    assert!(matches!(
        check(&certificate!("verification_expired.pem"), &code),
        Err(VerificationError::Validity(RuleError::Expired { .. }))
    ));
    assert_eq!(
        check_verification(&sound, &certificate!("forger.pem"), &code, NOW),
        Err(VerificationError::NotSignedByCa(SignatureError::Mismatch))
    );
}

fn search(
    leaf: &Certificate,
    presented: &[Certificate],
    bridging: Bridging,
    registered: &[Certificate],
) -> Result<(CertificateId, usize), NoIssuer> {
    find_issuer(leaf, presented, bridging, NOW, |subject| {
        registered
            .iter()
            .filter(|ca| ca.subject().matches(subject))
            .collect::<Vec<_>>()
    })
    .map(|issuer| (issuer.ca.id(), issuer.through.len()))
}

#[test]
fn issuer_is_found_by_name_and_signature() {
    let (ca, twin) = (certificate!("ca.pem"), certificate!("ca_twin.pem"));
    let both = [twin.clone(), ca.clone()];
    let find = |leaf: &Certificate, presented: &[Certificate]| {
        search(leaf, presented, Bridging::DirectIssuerOnly, &both)
    };
    assert_eq!(find(&certificate!("v1_rsa.pem"), &[]), Ok((ca.id(), 0)));
    assert_eq!(find(&certificate!("v3_ec.pem"), &[]), Ok((ca.id(), 0)));
    assert_eq!(find(&certificate!("of_twin.pem"), &[]), Ok((twin.id(), 0)));
    // Leaf and CA, as `cat device.pem ca.pem` sends them.
    let sent = [ca.clone()];
    assert_eq!(find(&certificate!("v3_ec.pem"), &sent), Ok((ca.id(), 0)));
    // Same issuer name, another key; sending the forger's CA along does not help.
    let forged = certificate!("forged.pem");
    for presented in [vec![], vec![certificate!("forger.pem")]] {
        match find(&forged, &presented) {
            Err(NoIssuer::Signature { issuer, tried }) => {
                assert_eq!(issuer, "C=US, O=Example, CN=Example CA");
                let ids: Vec<_> = tried.iter().map(|(id, _)| *id).collect();
                assert_eq!(ids, [twin.id(), ca.id()]);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        find(&certificate!("self_signed.pem"), &[]),
        Err(NoIssuer::SelfSigned {
            issuer: "CN=self-signed".to_owned()
        })
    );
    assert_eq!(
        find(&certificate!("of_intermediate.pem"), &[]),
        Err(NoIssuer::Unknown {
            issuer: "O=Example, CN=Example Intermediate".to_owned()
        })
    );
}

#[test]
fn presented_intermediates_bridge_to_a_registered_root() {
    let root = certificate!("root.pem");
    let leaf = certificate!("of_intermediate.pem");
    let intermediate = certificate!("intermediate.pem");
    let registered = [
        root.clone(),
        certificate!("ca.pem"),
        certificate!("root_tight.pem"),
    ];
    let find = |leaf: &Certificate, presented: &[Certificate], bridging| {
        search(leaf, presented, bridging, &registered)
    };
    let sent = [certificate!("ca.pem"), root.clone(), intermediate.clone()];
    assert_eq!(find(&leaf, &sent, Bridging::Allowed), Ok((root.id(), 1)));
    assert_eq!(
        find(&leaf, &sent, Bridging::DirectIssuerOnly),
        Err(NoIssuer::OnlyItsIssuer {
            issuer: "O=Example, CN=Example Intermediate".to_owned(),
            registered: root.id(),
            registered_subject: "O=Example, CN=Example Root".to_owned(),
        })
    );
    // A device that signs another device vouches for nothing.
    match find(
        &certificate!("of_device.pem"),
        &[certificate!("v3_ec.pem")],
        Bridging::Allowed,
    ) {
        Err(NoIssuer::UnfitIntermediate { reason, .. }) => {
            assert_eq!(reason, Unfit::Rule(RuleError::NotCa));
        }
        other => panic!("{other:?}"),
    }
    // The registered root allows no CA below itself.
    match find(
        &certificate!("of_under_tight.pem"),
        &[certificate!("under_tight.pem")],
        Bridging::Allowed,
    ) {
        Err(NoIssuer::UnfitIntermediate { reason, .. }) => {
            assert_eq!(reason, Unfit::PathLength { allowed: 0 });
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn requests() {
    let sound = fixture!("request_rsa.csr");
    let parsed = CertificateRequest::parse_pem(sound).expect("a sound request");
    assert_eq!(
        fields(parsed.subject()),
        [
            (Field::Organization, "Example"),
            (Field::OrganizationalUnit, "first"),
            (Field::OrganizationalUnit, "second"),
            (Field::CommonName, "request"),
        ]
    );
    assert_eq!(parsed.key(), &KeyKind::Rsa { bits: 2048 });
    assert_eq!(
        CertificateRequest::parse_pem(&sound.replace('\n', "\r\n")),
        Ok(parsed.clone())
    );
    let mut der = pem_bytes(sound);
    der.extend([0; 7]);
    assert_eq!(CertificateRequest::parse_der(&der), Ok(parsed));
    assert!(fixture!("request_new.csr").contains("NEW CERTIFICATE REQUEST"));
    assert!(CertificateRequest::parse_pem(fixture!("request_new.csr")).is_ok());

    #[track_caller]
    fn check(text: &str, part: &str) {
        match CertificateRequest::parse_pem(text) {
            Err(error) => assert!(error.to_string().contains(part), "{error}"),
            Ok(_) => panic!("accepted; expected {part:?}"),
        }
    }
    check(fixture!("request_weak.csr"), "its key is RSA 1024");
    check(fixture!("request_sha1.csr"), "ECDSA with SHA-1");
    check(fixture!("v3_ec.pem"), "found only: CERTIFICATE");
    let mut other_name = pem_bytes(sound);
    let at = other_name
        .windows(5)
        .position(|window| window == b"first")
        .expect("the name is there");
    other_name[at] = b'F';
    check(
        &to_pem("CERTIFICATE REQUEST", &other_name),
        "not signed by its own key",
    );
}

fn pem_bytes(text: &str) -> Vec<u8> {
    super::pem::first(text, super::pem::REQUEST).expect("the fixture is a request")
}

fn read_everything(bytes: &[u8]) {
    if let Ok(certificate) = Certificate::parse_der(bytes) {
        let _ = certificate.serial_decimal();
        let _ = certificate.subject().to_string();
        let _ = verify_signed_by(&certificate, certificate.spki());
        let _ = check_ca(&certificate, NOW);
    }
    let _ = spki_of(bytes);
    let _ = CertificateRequest::parse_der(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        read_everything(&bytes);
        let _ = Certificate::parse_pem(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn changed_certificates_are_survived(
        which in 0usize..4,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut der = match which {
            0 => certificate!("alternative_names.pem").der().to_vec(),
            1 => certificate!("strings.pem").der().to_vec(),
            2 => certificate!("pss.pem").der().to_vec(),
            _ => pem_bytes(fixture!("request_rsa.csr")),
        };
        for (at, value) in changes {
            let at = at.index(der.len());
            der[at] = value;
        }
        read_everything(&der);
        let cut = cut.index(der.len());
        read_everything(&der[..cut]);
    }

    #[test]
    fn any_text_is_survived(text in "(-----BEGIN |CERTIFICATE|-----END |-----|\\PC|\n|MIIB){0,40}") {
        let _ = Certificate::parse_pem_many(&text);
        let _ = CertificateRequest::parse_pem(&text);
    }
}
