//! How our own CAs take over from each other: steps of an operator, with OpenSSL as the owner's PKI, and what is there after
//! each, also of a server that was killed.

use super::der;
use super::issue::{COMMON_NAME, Content, Purpose, issue_under};
use super::key::PrivateKey;
use super::*;
use nameplate_core::pki::{Certificate, CertificateRequest};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// OpenSSL has no other clock than the machine's; a little later, so that what it has made is valid.
static NOW: LazyLock<Millis> = LazyLock::new(|| {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    Millis(i64::try_from(now.as_secs()).expect("a time") * 1000 + 600_000)
});
const DAY: i64 = 24 * 60 * 60 * 1000;

fn later(days: i64) -> Millis {
    Millis(NOW.0 + days * DAY)
}

fn openssl(dir: &Path, arguments: &str) -> String {
    let output = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(dir)
        .output()
        .expect("openssl is installed");
    let (out, err) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments}: {err}");
    String::from_utf8(out.clone()).expect("text")
}

/// A data directory beside an owner's PKI.
struct Owner {
    dir: tempfile::TempDir,
    authority: DeviceAuthority,
}

impl Owner {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let this = Self {
            authority: open(dir.path()),
            dir,
        };
        this.openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -subj /CN=Root -days 3650");
        this
    }

    fn openssl(&self, arguments: &str) -> String {
        openssl(self.dir.path(), arguments)
    }

    /// What the owner's root makes of a request.
    fn signed(&self, request: &str, days: u32) -> String {
        std::fs::write(self.dir.path().join("own.csr"), request).expect("written");
        self.openssl(&format!(
            "x509 -req -in own.csr -CA root.pem -CAkey root.key -days {days} -copy_extensions copy -out own.pem"
        ));
        self.read("own.pem")
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(name)).expect("readable")
    }

    /// As a server that was killed starts again.
    fn again(&mut self) {
        check_whole(self.dir.path(), None).expect("whole");
        self.authority = open(self.dir.path());
    }

    fn device(&self, now: Millis) -> Certificate {
        let request = self.openssl("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout device.key -subj /CN=device");
        let request = CertificateRequest::parse_pem(&request).expect("a request");
        self.authority
            .certificate_from_request(&request, now)
            .expect("issued")
    }
}

fn open(dir: &Path) -> DeviceAuthority {
    DeviceAuthority::open(dir, CaKey::EcdsaP256, *NOW).expect("CAs")
}

fn refused<T: std::fmt::Debug>(result: Result<T, CaRefused>, part: &str) {
    let told = result.expect_err("refused").to_string();
    assert!(told.contains(part) && !told.contains('\n'), "{told}");
}

#[test]
fn an_intermediate_of_the_owners() {
    let mut owner = Owner::new();
    let first = owner.authority.issuing(*NOW).expect("a CA").key_id();
    let secret = owner.authority.derived_key(b"x");
    let change = CaChange {
        subject: Some("/O=Example/CN=Device CA".into()),
        ..CaChange::default()
    };
    let waiting = owner.authority.request_ca(&change).expect("a key");
    let request = waiting.request().expect("a request").to_owned();
    owner.again();
    let waiting = owner.authority.find(&waiting.key_id()).expect("kept");
    assert_eq!(waiting.request(), Some(request.as_str()));
    assert_eq!(
        owner.authority.issuing(*NOW).expect("the first").key_id(),
        first
    );
    refused(
        owner
            .authority
            .schedule(&waiting.key_id(), Some(*NOW), *NOW),
        "a key that waits for its certificate cannot issue",
    );

    let own = owner.signed(&request, 365);
    let chain = format!("{own}{}", owner.read("root.pem"));
    let soon = later(10);
    owner
        .authority
        .install(&chain, None, Some(soon), *NOW)
        .expect("installed");
    owner.again();
    assert_eq!(
        owner.device(*NOW).validity().not_after.to_string(),
        "2049-12-31T23:59:59.000Z"
    );
    let device = owner.device(soon);
    let ca = owner.authority.issuing(soon).expect("the owner's");
    assert_eq!(ca.above().len(), 1);
    assert!(ca.has_issued(&device));
    assert_eq!(device.issuer().to_string(), "O=Example, CN=Device CA");
    // Nothing outlives its CA.
    let end = ca.certificate().expect("there").validity().not_after;
    assert_eq!(device.validity().not_after, end);
    let above = owner.authority.chain_above(&device).expect("a chain");
    assert_eq!(above, chain);
    // OpenSSL knows the root alone, and how its own certificate calls the key.
    std::fs::write(owner.dir.path().join("device.pem"), device.to_pem()).expect("written");
    std::fs::write(owner.dir.path().join("above.pem"), above).expect("written");
    let at = soon.as_seconds();
    owner.openssl(&format!(
        "verify -attime {at} -CAfile root.pem -untrusted above.pem device.pem"
    ));
    owner.openssl(&format!(
        "verify -attime {at} -CAfile device-ca.pem device.pem"
    ));
    // Its turn is over, and it still says what it revoked.
    let list = owner
        .authority
        .revocation_list(&ca, &[(device.serial().to_vec(), *NOW)], soon, later(11))
        .expect("a list");
    std::fs::write(owner.dir.path().join("list.der"), list).expect("written");
    owner.openssl("crl -inform DER -in list.der -CAfile device-ca.pem -noout");
    assert!(matches!(
        owner.authority.issuing(later(366)),
        Err(AuthorityError::NoIssuer { .. })
    ));
    assert_eq!(owner.authority.derived_key(b"x"), secret);
}

#[test]
fn what_does_not_fit_is_refused() {
    let owner = Owner::new();
    let authority = &owner.authority;
    let waiting = authority.request_ca(&CaChange::default()).expect("a key");
    let request = waiting.request().expect("a request").to_owned();
    let own = owner.signed(&request, 365);
    let root = owner.read("root.pem");
    let install = |chain: &str, key: Option<&str>| authority.install(chain, key, None, *NOW);
    refused(
        install(&root, None),
        "no key of this server is the one of its first certificate",
    );
    refused(
        install(&format!("{root}{own}"), None),
        "wrong order: certificate 2",
    );
    refused(
        install(&format!("{own}junk"), None),
        "something follows the last certificate",
    );
    refused(install("junk", None), "no PEM block");
    refused(install(&own, Some(&root)), "the key cannot be read");
    let key = owner.read("root.key");
    refused(install(&own, Some(&key)), "the chain does not fit the key");
    refused(
        authority.install(&own, None, None, later(366)),
        "certificate 1 of the chain (CN=Nameplate device CA) cannot be used: it was valid until",
    );
    refused(
        authority.install(&own, None, Some(later(366)), *NOW),
        "would end before it issues",
    );
    owner.openssl("x509 -req -in own.csr -CA root.pem -CAkey root.key -days 365 -out leaf.pem");
    refused(install(&owner.read("leaf.pem"), None), "basicConstraints");
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n";
    refused(install(&own, Some(encrypted)), "the key is encrypted");
    for (subject, part) in [
        ("Device CA", "must be attributes such as"),
        ("CN=", "1 to 64 characters"),
        ("X=1", "has the attribute \"X\""),
        ("C=USA", "two letters"),
    ] {
        let change = CaChange {
            subject: Some(subject.into()),
            ..CaChange::default()
        };
        refused(authority.request_ca(&change), part);
    }
    // Another subject for the same key would leave what it issued without an issuer.
    install(&own, None).expect("installed");
    let root = Certificate::parse_pem(&root).expect("a root");
    let content = Content {
        subject: &der::name(&[(COMMON_NAME, "Other")]),
        spki: waiting.key.spki(),
        not_before: *NOW,
        not_after: later(400),
        purpose: Purpose::Authority,
    };
    let key = PrivateKey::from_pem(&key).expect("the root's key");
    let other = issue_under(&content, &root, &key).expect("signed");
    refused(
        install(&other.to_pem(), None),
        "would no longer be verified",
    );
    // Renewed under the same name, it takes its own place.
    let renewed = owner.signed(&request, 800);
    let before = authority.issuing(*NOW).expect("the owner's").key_id();
    install(&renewed, None).expect("renewed");
    let issuing = authority
        .issuing(later(500))
        .expect("it is valid for longer");
    assert_eq!(issuing.key_id(), before);
    check_whole(owner.dir.path(), None).expect("whole");
}

#[test]
fn a_successor_and_a_handed_in_key() {
    let mut owner = Owner::new();
    let first = owner.authority.issuing(*NOW).expect("a CA").key_id();
    let change = CaChange {
        key: Some(CaKey::Rsa2048),
        from: Some(later(30)),
        not_after: Some(later(400)),
        ..CaChange::default()
    };
    let next = owner
        .authority
        .succeed(&change, *NOW)
        .expect("made")
        .key_id();
    owner.openssl("genrsa -traditional -out handed.key 2048");
    owner.openssl("req -x509 -key handed.key -subj /CN=Handed -days 300 -out handed.pem");
    let (handed, key) = (owner.read("handed.pem"), owner.read("handed.key"));
    let handed = owner
        .authority
        .install(&handed, Some(&key), Some(later(60)), *NOW);
    let handed = handed.expect("installed").key_id();
    owner.again();
    for (at, issuer) in [
        (0, &first),
        (29, &first),
        (30, &next),
        (59, &next),
        (60, &handed),
    ] {
        let issuing = owner.authority.issuing(later(at)).expect("a CA");
        assert_eq!(&issuing.key_id(), issuer, "{at}");
    }
    // Of two CAs with one name, each knows its own.
    let (old, new) = (owner.device(*NOW), owner.device(later(30)));
    assert_eq!(old.issuer(), new.issuer());
    let find = |id: &str| owner.authority.find(id).expect("there");
    assert!(find(&first).has_issued(&old) && !find(&first).has_issued(&new));
    assert!(find(&next).has_issued(&new) && !find(&next).has_issued(&old));

    // Back to the first, and what no longer issues may go.
    refused(
        owner.authority.forget(&next, *NOW),
        "the CA issues, or will",
    );
    owner.authority.schedule(&next, None, *NOW).expect("never");
    refused(
        owner.authority.schedule(&first, None, *NOW),
        "no CA would issue now",
    );
    refused(
        owner.authority.forget(&first, *NOW),
        "the CA of the first start stays",
    );
    owner.authority.forget(&next, *NOW).expect("forgotten");
    owner.again();
    refused(owner.authority.find(&next), "no CA of this server");
    assert_eq!(
        owner.authority.issuing(later(59)).expect("a CA").key_id(),
        first
    );
    refused(
        owner.authority.schedule(&first, Some(later(61)), *NOW),
        "no CA would issue now",
    );
    for (id, from) in [(&handed, *NOW), (&first, later(61))] {
        owner
            .authority
            .schedule(id, Some(from), *NOW)
            .expect("it takes over");
    }
    owner.again();
    assert_eq!(
        owner.authority.issuing(later(60)).expect("a CA").key_id(),
        handed
    );
    assert_eq!(
        owner.authority.issuing(later(61)).expect("a CA").key_id(),
        first
    );
}

#[test]
fn a_key_leaves_encrypted_or_not_at_all() {
    let owner = Owner::new();
    let id = owner.authority.issuing(*NOW).expect("a CA").key_id();
    refused(
        owner.authority.encrypted_key(&id, "short"),
        "at least 12 bytes",
    );
    let pem = owner
        .authority
        .encrypted_key(&id, "correct horse")
        .expect("encrypted");
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    std::fs::write(owner.dir.path().join("out.pem"), &pem).expect("written");
    let opened = Command::new("openssl")
        .args([
            "pkey",
            "-in",
            "out.pem",
            "-passin",
            "pass:correct horse",
            "-pubout",
            "-outform",
            "DER",
        ])
        .current_dir(owner.dir.path())
        .output()
        .expect("openssl is installed");
    let ca = owner.authority.find(&id).expect("there");
    assert_eq!(opened.stdout, ca.certificate().expect("there").spki());
    let wrong = Command::new("openssl")
        .args([
            "pkey",
            "-in",
            "out.pem",
            "-passin",
            "pass:wrong horse",
            "-noout",
        ])
        .current_dir(owner.dir.path())
        .output();
    assert!(!wrong.expect("openssl is installed").status.success());
}

/// Two operators at once, one with a chain for a key and one with its turn: nothing of either is lost.
#[test]
fn changes_at_the_same_time() {
    let owner = Owner::new();
    let waiting = owner
        .authority
        .request_ca(&CaChange::default())
        .expect("a key");
    let request = waiting.request().expect("a request").to_owned();
    let chains: Vec<_> = (0..24)
        .map(|more| owner.signed(&request, 365 + more))
        .collect();
    let (authority, id) = (&owner.authority, waiting.key_id());
    authority
        .install(&chains[0], None, Some(later(30)), *NOW)
        .expect("installed");
    for (turn, chain) in (40..).zip(&chains[1..]) {
        std::thread::scope(|scope| {
            scope.spawn(|| authority.install(chain, None, None, *NOW).expect("renewed"));
            scope.spawn(|| {
                let from = Some(later(turn));
                authority.schedule(&id, from, *NOW).expect("scheduled")
            });
        });
        let found = authority.find(&id).expect("there");
        let own = found.certificate().expect("a certificate");
        assert_eq!(&own.to_pem(), chain, "{turn}");
        assert_eq!(found.issues_from(), Some(later(turn)));
    }
}

/// What a server that is killed between two writes leaves: nothing that the next start refuses.
#[test]
fn a_crash_between_two_writes() {
    let mut owner = Owner::new();
    let waiting = owner
        .authority
        .request_ca(&CaChange::default())
        .expect("a key");
    let own = owner.signed(waiting.request().expect("a request"), 365);
    let handed_out = owner.read("device-ca.pem");
    owner
        .authority
        .install(&own, None, None, *NOW)
        .expect("installed");
    // The certificate was written, and what is handed out was not yet.
    std::fs::write(owner.dir.path().join("device-ca.pem"), &handed_out).expect("written");
    owner.again();
    assert!(owner.read("device-ca.pem").contains(&own));
    assert_eq!(
        owner.authority.issuing(*NOW).expect("the owner's").key_id(),
        waiting.key_id()
    );
}
