//! What a data directory holds after the first start, and what is issued from it.

use super::credentials::{KeyPrefix, default_access_key, new_access_key, new_session_token};
use super::*;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{
    Certificate, CertificateRequest, Field, KeyKind, check_ca, check_device, verify_signed_by,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// 2026-11-24T00:00:00Z
const NOW: Millis = Millis(1_795_478_400_000);
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The certificate of the CA that issues.
fn own(authority: &DeviceAuthority) -> Certificate {
    let issuing = authority.issuing(NOW).expect("a CA");
    issuing.certificate().expect("it has one").clone()
}

fn mode(path: &Path) -> u32 {
    let data = std::fs::metadata(path).expect("the file is there");
    data.permissions().mode() & 0o777
}

fn leaf(side: &KeyAndChain) -> Certificate {
    Certificate::parse_der(&side.chain[0]).expect("the leaf is a certificate")
}

#[test]
fn roots_are_made_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    let first = ServerAuthority::open(&data, NOW).expect("first start");
    let path = first.root_ca_path();
    let text = std::fs::read_to_string(&path).expect("root-ca.pem");
    assert_eq!(mode(&path), 0o644);
    assert_eq!(mode(&data.join("keys/root-ecdsa.pem")), 0o600);
    assert_eq!(mode(&data.join("keys/root-rsa.pem")), 0o600);
    assert!(!text.contains("PRIVATE"));
    let roots = Certificate::parse_pem_many(&text).expect("two roots");
    let keys: Vec<_> = roots.iter().map(|root| root.key().clone()).collect();
    assert_eq!(keys, [KeyKind::EcP256, KeyKind::Rsa { bits: 2048 }]);
    for root in &roots {
        assert_eq!(check_ca(root, NOW), Ok(()));
        assert_eq!(verify_signed_by(root, root.spki()), Ok(()));
        assert_eq!(
            root.validity().not_after.to_string(),
            "2049-12-31T23:59:59.000Z"
        );
    }
    std::fs::remove_file(&path).expect("removed");
    let again = ServerAuthority::open(&data, Millis(NOW.0 + DAY)).expect("second start");
    assert_eq!(again.root_ca_pem(), text);
    assert_eq!(std::fs::read_to_string(&path).expect("made again"), text);
}

#[test]
fn server_certificates_follow_names_and_time() {
    let dir = tempfile::tempdir().expect("a directory");
    let authority = ServerAuthority::open(dir.path(), NOW).expect("roots");
    let more = ["Broker.example.com".to_owned(), "192.0.2.1".to_owned()];
    let identity = |host: &str, now: i64| {
        let identity = authority
            .identity(host, &more, Millis(now))
            .expect("an identity");
        (leaf(&identity.ecdsa), leaf(&identity.rsa))
    };
    let (ecdsa, rsa) = identity("iot.example.com", NOW.0);
    for leaf in [&ecdsa, &rsa] {
        let names = leaf.alternative_names();
        assert_eq!(
            names.dns,
            ["iot.example.com", "localhost", "broker.example.com"]
        );
        assert_eq!(names.ip, ["127.0.0.1", "::1", "192.0.2.1"]);
        assert_eq!(
            leaf.subject().first(Field::CommonName),
            Some("iot.example.com")
        );
        assert_eq!(check_device(leaf, NOW), Ok(()));
    }
    assert_eq!(ecdsa.key(), &KeyKind::EcP256);
    assert_eq!(rsa.key(), &KeyKind::Rsa { bits: 2048 });
    // Kept over a restart and with most of its time left, renewed for another name or before its end.
    assert_eq!(
        identity("iot.example.com", NOW.0 + 300 * DAY),
        (ecdsa.clone(), rsa.clone())
    );
    let (renewed, _) = identity("iot.example.com", NOW.0 + 370 * DAY);
    assert_ne!(renewed, ecdsa);
    let (renamed, _) = identity("localhost", NOW.0);
    assert_eq!(
        renamed.alternative_names().dns,
        ["localhost", "broker.example.com"]
    );
    for bad in ["", "two words", "ümlaut.example"] {
        assert!(matches!(
            authority.identity(bad, &[], NOW),
            Err(AuthorityError::Name { .. })
        ));
    }
}

#[test]
fn device_certificates_look_like_the_services() {
    let dir = tempfile::tempdir().expect("a directory");
    let authority = DeviceAuthority::open(dir.path(), CaKey::Rsa2048, NOW).expect("a CA");
    let issuing = authority.issuing(NOW).expect("a CA");
    let ca = issuing.certificate().expect("its certificate");
    assert_eq!(check_ca(ca, NOW), Ok(()));
    let issued = authority
        .create_keys_and_certificate(NOW)
        .expect("a certificate");
    let certificate = &issued.certificate;
    assert_eq!(certificate.version(), 3);
    assert_eq!(certificate.subject().to_string(), "CN=AWS IoT Certificate");
    assert_eq!(
        certificate.issuer().first(Field::OrganizationalUnit),
        Some("Amazon Web Services O=Amazon.com Inc. L=Seattle ST=Washington C=US")
    );
    assert_eq!(
        certificate.validity().not_after.to_string(),
        "2049-12-31T23:59:59.000Z"
    );
    assert_eq!(certificate.serial_hex().len(), 40);
    assert_eq!(certificate.ca_flag(), Some(false));
    assert_eq!(check_device(certificate, NOW), Ok(()));
    assert_eq!(verify_signed_by(certificate, ca.spki()), Ok(()));
    // Device buffers hold 2048 characters of each.
    assert!(certificate.to_pem().len() <= 2048);
    assert!(issued.private_key_pem.len() <= 2048);
    assert!(
        issued
            .public_key_pem
            .starts_with("-----BEGIN PUBLIC KEY-----\n")
    );
    match PrivateKeyDer::from_pem_slice(issued.private_key_pem.as_bytes()) {
        Ok(PrivateKeyDer::Pkcs1(key)) => {
            aws_lc_rs::rsa::KeyPair::from_der(key.secret_pkcs1_der()).expect("a sound key");
        }
        other => panic!("not PKCS#1: {other:?}"),
    }
    assert!(!format!("{issued:?}").contains("PRIVATE"));
    let again = DeviceAuthority::open(dir.path(), CaKey::Rsa2048, NOW).expect("the same CA");
    assert_eq!(own(&again), *ca);
    // The other kind has a CA of its own, with the same subject.
    let later = Millis(NOW.0 + 60_000);
    let other = DeviceAuthority::open(dir.path(), CaKey::EcdsaP256, later).expect("another CA");
    assert_eq!(other.derived_key(b"x"), authority.derived_key(b"x"));
    let of_other = own(&other);
    assert_ne!(of_other, *ca);
    assert_eq!(of_other.subject(), ca.subject());
    let both = std::fs::read_to_string(dir.path().join("device-ca.pem")).expect("a file");
    assert_eq!(both, of_other.to_pem() + &ca.to_pem());
    let again = DeviceAuthority::open(dir.path(), CaKey::Rsa2048, later).expect("the first CA");
    assert_eq!(again.derived_key(b"x"), authority.derived_key(b"x"));
    let issued = other
        .create_keys_and_certificate(NOW)
        .expect("a certificate");
    assert_eq!(
        verify_signed_by(&issued.certificate, of_other.spki()),
        Ok(())
    );
    assert_eq!(check_device(&issued.certificate, NOW), Ok(()));
}

#[test]
fn requests_keep_their_subject_byte_for_byte() {
    let dir = tempfile::tempdir().expect("a directory");
    let authority = DeviceAuthority::open(dir.path(), CaKey::Rsa2048, NOW).expect("a CA");
    let request = openssl(
        dir.path(),
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout device.key -multivalue-rdn \
         -subj /OU=first/OU=second/CN=device+serialNumber=7",
    );
    let request = CertificateRequest::parse_pem(&request).expect("a request");
    let issue = || {
        authority
            .certificate_from_request(&request, NOW)
            .expect("a certificate")
    };
    let certificate = issue();
    assert_eq!(certificate.subject().der(), request.subject().der());
    assert_eq!(certificate.spki(), request.spki());
    assert_ne!(issue().id(), certificate.id());
    // OpenSSL agrees about the chain.
    let write = |name: &str, certificate: &Certificate| {
        std::fs::write(dir.path().join(name), certificate.to_pem()).expect("written");
    };
    let issuing = authority.issuing(NOW).expect("a CA");
    write("ca.pem", issuing.certificate().expect("its certificate"));
    write("device.pem", &certificate);
    let verdict = openssl(dir.path(), "verify -x509_strict -CAfile ca.pem device.pem");
    assert_eq!(verdict.trim(), "device.pem: OK");
}

/// Runs openssl in a directory and gives its output.
fn openssl(dir: &Path, arguments: &str) -> String {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(dir)
        .output()
        .expect("openssl is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn credentials_are_made_once_and_follow_the_region() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("credentials");
    let key = default_access_key(dir.path(), "us-east-1").expect("first start");
    assert_eq!(mode(&path), 0o600);
    assert!(key.id.starts_with("AKIA") && key.id.len() == 20);
    assert_eq!(key.secret.len(), 40);
    assert_eq!(
        default_access_key(dir.path(), "eu-central-1").expect("again"),
        key
    );
    let text = std::fs::read_to_string(&path).expect("the file");
    assert_eq!(
        text,
        format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\nregion = eu-central-1\n",
            key.id, key.secret
        )
    );
    assert_eq!(mode(&path), 0o600);
    assert!(!format!("{key:?}").contains(&key.secret));
}

#[test]
fn credentials_by_hand() {
    let dir = tempfile::tempdir().expect("a directory");
    let check = |text: &str| {
        std::fs::write(dir.path().join("credentials"), text).expect("written");
        default_access_key(dir.path(), "us-east-1")
    };
    let key = check(
        "[other]\naws_access_key_id=A\n\n[default]\n aws_access_key_id=test\naws_secret_access_key = a=b\n",
    )
    .expect("sound");
    assert_eq!((key.id.as_str(), key.secret.as_str()), ("test", "a=b"));
    let error = check("[default]\naws_access_key_id = test\naws_secret_access_key =\n")
        .expect_err("no secret")
        .to_string();
    assert!(
        error.ends_with("the profile [default] has no aws_secret_access_key"),
        "{error}"
    );
}

#[test]
fn access_keys_look_like_the_services() {
    let key = new_access_key(KeyPrefix::Asia).expect("a key");
    let (prefix, rest) = key.id.split_at(4);
    assert_eq!(prefix, "ASIA");
    assert_eq!(rest.len(), 16);
    assert!(rest.chars().all(|c| matches!(c, 'A'..='Z' | '2'..='7')));
    assert_ne!(key, new_access_key(KeyPrefix::Asia).expect("another"));
    assert!(new_session_token().expect("a token").len() > 300);
}
