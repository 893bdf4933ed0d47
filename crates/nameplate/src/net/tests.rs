//! Handshakes of the real `openssl s_client` with a small server on these settings, and of a client that lies.

use super::secured::{Broken, Secured, greet};
use super::socket::Socket;
use super::tls::{ServerCertificates, Tickets, provider, server_config, tickets};
use crate::authority::ServerAuthority;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::CertificateId;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, ClientConnection, HandshakeKind, RootCertStore, ServerConfig, SignatureScheme,
    StreamOwned, SupportedProtocolVersion,
};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A data directory with roots, and device keys with certificates of X.509 version 1 in `NAME.pem` and
/// `NAME.key`; beside them `other_rsa.key` and `other_p256.key`, which belong to no certificate.
struct World {
    dir: TempDir,
    certificates: Arc<ServerCertificates>,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a directory");
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("the clock is past 1970")
            .as_millis() as i64;
        let authority = ServerAuthority::open(dir.path(), Millis(now)).expect("roots");
        let identity = authority
            .identity("localhost", &[], Millis(now))
            .expect("an identity");
        let certificates = ServerCertificates::new(&identity).expect("rustls takes it");
        run(dir.path(), "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=CA");
        for (name, algorithm) in [
            ("rsa", "rsa:2048"),
            ("p256", "ec -pkeyopt ec_paramgen_curve:P-256"),
            ("p384", "ec -pkeyopt ec_paramgen_curve:P-384"),
            ("p521", "ec -pkeyopt ec_paramgen_curve:P-521"),
        ] {
            run(
                dir.path(),
                &format!("req -new -newkey {algorithm} -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}"),
            );
            // Without an extension file this makes a certificate of version 1.
            run(
                dir.path(),
                &format!("x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {name}.pem"),
            );
        }
        for (name, algorithm) in [
            ("other_rsa", "rsa -pkeyopt rsa_keygen_bits:2048"),
            ("other_p256", "ec -pkeyopt ec_paramgen_curve:P-256"),
        ] {
            run(dir.path(), &format!("genpkey -algorithm {algorithm} -out {name}.key"));
        }
        World { dir, certificates }
    })
}

fn run(dir: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(dir)
        .output()
        .expect("openssl is installed");
    assert!(
        output.status.success(),
        "{arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// What the server saw of one client.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    certificate: Option<CertificateId>,
    alpn: Option<String>,
    resumed: bool,
}

/// Serves one connection on a free port: finishes the handshake, says hello, closes.
fn serve_one(config: Arc<ServerConfig>) -> (u16, std::thread::JoinHandle<Result<Seen, String>>) {
    serve_with(config, async |mut stream: Secured| {
        let tls = stream.tls();
        let seen = Seen {
            certificate: tls
                .peer_certificates()
                .map(|chain| CertificateId::of(&chain[0])),
            alpn: tls
                .alpn_protocol()
                .map(|alpn| String::from_utf8_lossy(alpn).into_owned()),
            resumed: tls.handshake_kind() == Some(HandshakeKind::Resumed),
        };
        let _ = stream.write_all(b"hello\n").await;
        let _ = stream.shutdown().await;
        seen
    })
}

/// Serves one connection on a free port, in a thread of its own.
fn serve_with<T: Send + 'static>(
    config: Arc<ServerConfig>,
    serve: impl AsyncFnOnce(Secured) -> T + Send + 'static,
) -> (u16, std::thread::JoinHandle<Result<T, String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let server = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let (socket, _) = listener.accept().map_err(|error| error.to_string())?;
            socket.set_nonblocking(true).expect("it can be set");
            let socket = tokio::net::TcpStream::from_std(socket).expect("it is a socket");
            let made = async { greet(Socket::new(socket)).await?.accept(config).await };
            match made.await {
                Ok(mut stream) => {
                    stream.socket_mut().handshake_done(true);
                    Ok(serve(stream).await)
                }
                Err(Broken { error, mut socket }) => {
                    // Closing with bytes unread resets the connection, and the alert would be lost with it.
                    let _ = socket.shutdown().await;
                    let _ = socket.read_to_end(&mut Vec::new()).await;
                    Err(error.to_string())
                }
            }
        })
    });
    (port, server)
}

struct Case<'a> {
    mandatory: bool,
    alpn: &'a [&'a [u8]],
    /// Key and certificate of the client.
    device: Option<&'a str>,
    tickets: Option<&'a Tickets>,
    arguments: &'a str,
}

/// What the server saw, and what `s_client` printed.
fn s_client(case: &Case<'_>) -> (Result<Seen, String>, String) {
    let world = world();
    let config = server_config(
        world.certificates.clone(),
        case.mandatory,
        case.alpn,
        case.tickets,
    )
    .expect("sound settings");
    let (port, server) = serve_one(config);
    let mut command = Command::new("openssl");
    command
        .args(["s_client", "-connect", &format!("127.0.0.1:{port}")])
        .args(["-servername", "localhost", "-CAfile", "root-ca.pem"])
        .args(["-verify_return_error", "-verify_hostname", "localhost"])
        .args(case.arguments.split_whitespace())
        .current_dir(world.dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(device) = case.device {
        command
            .args(["-cert", &format!("{device}.pem")])
            .args(["-key", &format!("{device}.key")]);
    }
    let mut client = command.spawn().expect("openssl is installed");
    // s_client leaves at the end of its input; so that it stays for the server's last word, there is no end.
    let input = client.stdin.take();
    let output = client.wait_with_output().expect("openssl ends");
    drop(input);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    let seen = server.join().expect("the server does not panic");
    (seen, printed)
}

fn id_of(device: &str) -> CertificateId {
    let path = world().dir.path().join(format!("{device}.pem"));
    CertificateId::of(&CertificateDer::from_pem_file(path).expect("a certificate"))
}

#[test]
fn version_1_certificates_pass_with_their_key() {
    for device in ["rsa", "p256", "p384", "p521"] {
        for version in ["-tls1_2", "-tls1_3"] {
            let (seen, printed) = s_client(&Case {
                mandatory: true,
                alpn: &[],
                device: Some(device),
                tickets: None,
                arguments: version,
            });
            let seen =
                seen.unwrap_or_else(|error| panic!("{device} {version}: {error}\n{printed}"));
            assert_eq!(seen.certificate, Some(id_of(device)), "{device} {version}");
            assert!(printed.contains("Verify return code: 0 (ok)"), "{printed}");
        }
    }
}

#[test]
fn a_certificate_may_be_mandatory() {
    for version in ["-tls1_2", "-tls1_3"] {
        let check = |mandatory| {
            s_client(&Case {
                mandatory,
                alpn: &[],
                device: None,
                tickets: None,
                arguments: version,
            })
        };
        let (seen, _) = check(false);
        assert_eq!(seen.map(|seen| seen.certificate), Ok(None));
        let (seen, printed) = check(true);
        let error = seen.expect_err("no certificate, no handshake");
        assert!(error.contains("sent no certificates"), "{error}");
        assert!(printed.contains("alert"), "{printed}");
    }
}

#[test]
fn the_server_shows_the_certificate_that_the_client_can_check() {
    #[track_caller]
    fn check(arguments: &str, kind: &str) {
        let (seen, printed) = s_client(&Case {
            mandatory: false,
            alpn: &[],
            device: None,
            tickets: None,
            arguments,
        });
        assert!(seen.is_ok(), "{seen:?}\n{printed}");
        assert!(printed.contains("Verify return code: 0 (ok)"), "{printed}");
        assert!(
            printed.contains(&format!("Peer signature type: {kind}")),
            "{printed}"
        );
    }
    check("-tls1_3", "ECDSA");
    check("-tls1_2", "ECDSA");
    check("-tls1_3 -sigalgs rsa_pss_rsae_sha256", "RSA-PSS");
    check("-tls1_2 -sigalgs RSA+SHA256", "RSA");
    // ECDSA among the schemes, but no suite to use it with.
    check("-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256", "RSA-PSS");
}

#[test]
fn alpn_and_no_resumption() {
    let alpn: &[&[u8]] = &[b"x-amzn-mqtt-ca", b"mqtt"];
    let check = |arguments: &str| {
        s_client(&Case {
            mandatory: false,
            alpn,
            device: None,
            tickets: None,
            arguments,
        })
    };
    let alpn_of = |arguments: &str| check(arguments).0.map(|seen| seen.alpn);
    assert_eq!(alpn_of("-alpn mqtt"), Ok(Some("mqtt".to_owned())));
    assert_eq!(alpn_of(""), Ok(None));
    assert!(alpn_of("-alpn h3").is_err());
    let (_, printed) = check("-tls1_3");
    assert!(!printed.contains("Session Ticket"), "{printed}");
    let (_, printed) = check("-tls1_2");
    assert!(!printed.contains("TLS session ticket:"), "{printed}");
    assert!(printed.contains("Session-ID: \n"), "{printed}");
}

/// Two visits of a client, the second with the session of the first; what the server saw of the second.
fn come_back(
    version: &str,
    device: Option<&str>,
    tickets: [Option<&Tickets>; 2],
    mandatory: bool,
) -> Seen {
    let name = device.unwrap_or("nobody");
    let session = format!("{name}{version}{mandatory}.session");
    let visit = |option: &str, mandatory, tickets| {
        let arguments = format!("{version} {option} {session}");
        let (seen, printed) = s_client(&Case {
            mandatory,
            alpn: &[],
            device,
            tickets,
            arguments: &arguments,
        });
        seen.unwrap_or_else(|error| panic!("{arguments}: {error}\n{printed}"))
    };
    let [first, second] = tickets;
    assert!(!visit("-sess_out", false, first).resumed);
    visit("-sess_in", mandatory, second)
}

#[test]
fn a_resumed_session_brings_the_certificate_of_its_first_handshake() {
    let ours = tickets().expect("keys can be made");
    for version in ["-tls1_2", "-tls1_3"] {
        for device in ["rsa", "p256"] {
            let seen = come_back(version, Some(device), [Some(&ours); 2], true);
            let expected = (true, Some(id_of(device)));
            assert_eq!(
                (seen.resumed, seen.certificate),
                expected,
                "{device} {version}"
            );
        }
        // Nothing was asked of it then, and nothing is now: whoever needs a certificate has to look for it.
        let seen = come_back(version, None, [Some(&ours); 2], true);
        assert_eq!(
            (seen.resumed, seen.certificate),
            (true, None),
            "nobody {version}"
        );
    }
}

#[test]
fn a_session_that_is_too_long_gets_no_ticket() {
    let ours = tickets().expect("keys can be made");
    let ticket = ours.encrypt(&[7; 16 * 1024]).expect("it is short enough");
    assert_eq!(ours.decrypt(&ticket), Some(vec![7; 16 * 1024]));
    assert_eq!(ours.encrypt(&[7; 16 * 1024 + 1]), None);
}

#[test]
fn tickets_of_other_keys_cost_a_full_handshake() {
    let [before, after] = [(); 2].map(|()| tickets().expect("keys can be made"));
    for version in ["-tls1_2", "-tls1_3"] {
        let tickets = [Some(&before), Some(&after)];
        let seen = come_back(version, Some("p384"), tickets, false);
        let expected = (false, Some(id_of("p384")));
        assert_eq!((seen.resumed, seen.certificate), expected, "{version}");
    }
}

/// A client certificate with whatever key.
#[derive(Debug)]
struct Pretender(Arc<CertifiedKey>);

impl ResolvesClientCert for Pretender {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let file = world().dir.path().join("root-ca.pem");
    for root in CertificateDer::pem_file_iter(file).expect("roots") {
        roots.add(root.expect("a root")).expect("a sound root");
    }
    roots
}

/// Records in pieces of one byte and many records in one piece, and more in each direction than the kernel takes at once;
/// where nothing more comes, no buffer is left.
#[test]
fn records_come_in_any_pieces_and_leave_nothing() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let certificates = world().certificates.clone();
        let config = server_config(certificates, false, &[], None).expect("sound settings");
        let (port, server) = serve_with(config, async |mut stream: Secured| {
            let mut all = vec![0; 3 + 2_000_000];
            stream.read_exact(&mut all).await.expect("it comes");
            let mut one = [0; 1];
            let more = std::future::poll_fn(|cx| {
                let mut room = tokio::io::ReadBuf::new(&mut one);
                let stream = std::pin::Pin::new(&mut stream);
                std::task::Poll::Ready(tokio::io::AsyncRead::poll_read(stream, cx, &mut room))
            });
            assert!(more.await.is_pending());
            let nothing = (stream.holds(), all.len());
            stream.write_all(&all).await.expect("it goes");
            stream.flush().await.expect("it goes");
            let end = stream.read(&mut one).await.map_err(|error| error.kind());
            let last = (end, stream.holds());
            stream.shutdown().await.expect("it ends");
            (nothing, last)
        });
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[version])
            .expect("a sound version")
            .with_root_certificates(roots())
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").expect("a name");
        let mut client = ClientConnection::new(Arc::new(config), name).expect("a client");
        let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
        socket.set_nodelay(true).expect("it can be set");
        while client.is_handshaking() {
            client.complete_io(&mut socket).expect("a handshake");
        }
        for byte in *b"abc" {
            client.writer().write_all(&[byte]).expect("taken");
        }
        let mut records = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut records).expect("a Vec takes all");
        }
        for byte in records {
            socket.write_all(&[byte]).expect("sent");
        }
        let mut stream = StreamOwned::new(client, socket);
        let many: Vec<u8> = (0..2_000_000u32)
            .map(|number| (number % 251) as u8)
            .collect();
        stream.write_all(&many).expect("sent");
        stream.flush().expect("sent");
        let mut back = vec![0; 3 + many.len()];
        stream.read_exact(&mut back).expect("it comes back");
        assert!(back.starts_with(b"abc") && back[3..] == many);
        stream.conn.send_close_notify();
        stream.flush().expect("sent");
        assert_eq!(stream.read(&mut [0; 1]).expect("a clean end"), 0);
        let seen = server.join().expect("the server does not panic");
        assert_eq!(seen, Ok(((0, back.len()), (Ok(0), 0))));
    }
}

/// A peer that is gone without goodbye is told apart from one that has said it.
#[test]
fn an_end_without_goodbye_is_an_error() {
    for version in ["-tls1_2", "-tls1_3"] {
        let certificates = world().certificates.clone();
        let config = server_config(certificates, false, &[], None).expect("sound settings");
        let (port, server) = serve_with(config, async |mut stream: Secured| {
            let read = stream.read(&mut [0; 1]).await;
            read.map_err(|error| error.kind())
        });
        let mut client = Command::new("openssl")
            .args([
                "s_client",
                "-connect",
                &format!("127.0.0.1:{port}"),
                version,
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl is installed");
        // After its handshake it prints what was agreed upon.
        let mut printed = client.stdout.take().expect("it is piped");
        let mut seen = String::new();
        while !seen.contains("Verify return code") {
            let mut some = [0; 1024];
            let read = printed.read(&mut some).expect("it prints");
            assert!(read > 0, "{seen}");
            seen.push_str(&String::from_utf8_lossy(&some[..read]));
        }
        client.kill().expect("it is there");
        client.wait().expect("it ends");
        let seen = server.join().expect("the server does not panic");
        assert_eq!(
            seen,
            Ok(Err(std::io::ErrorKind::UnexpectedEof)),
            "{version}"
        );
    }
}

fn pretend(
    certificate: &str,
    key: &str,
    version: &'static SupportedProtocolVersion,
) -> Result<Seen, String> {
    let world = world();
    let file = |name: &str| world.dir.path().join(name);
    let config =
        server_config(world.certificates.clone(), true, &[], None).expect("sound settings");
    let (port, server) = serve_one(config);
    let leaf = CertificateDer::from_pem_file(file(&format!("{certificate}.pem"))).expect("a leaf");
    let key = PrivateKeyDer::from_pem_file(file(&format!("{key}.key"))).expect("a key");
    let key = provider()
        .key_provider
        .load_private_key(key)
        .expect("a sound key");
    let config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[version])
        .expect("a sound version")
        .with_root_certificates(roots())
        .with_client_cert_resolver(Arc::new(Pretender(Arc::new(CertifiedKey::new(
            vec![leaf],
            key,
        )))));
    let name = ServerName::try_from("localhost").expect("a name");
    let client = ClientConnection::new(Arc::new(config), name).expect("a client");
    let socket = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    let _ = StreamOwned::new(client, socket).read_to_end(&mut Vec::new());
    server.join().expect("the server does not panic")
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        // The same client with the right key passes, so what is refused below is the key.
        let seen = pretend("p256", "p256", version).expect("its own key");
        assert_eq!(seen.certificate, Some(id_of("p256")));
        for (certificate, key) in [
            ("p256", "other_p256"),
            ("rsa", "other_rsa"),
            ("rsa", "p256"),
        ] {
            let error = pretend(certificate, key, version).expect_err("another's key");
            assert!(
                error.contains("BadSignature") || error.contains("invalid peer certificate"),
                "{error}"
            );
        }
    }
}

/// What every open connection holds of its task, besides what its protocol and its TLS session do.
#[test]
fn a_connections_task_is_small() {
    fn size<A, B, C, D, E, F>(_: impl Fn(A, B, C, D, E) -> F) -> usize {
        size_of::<F>()
    }
    let bytes = size(super::listen::serve_tls);
    assert!(
        bytes <= 3 * 1024,
        "{bytes} bytes: box what is needed for a while only"
    );
}
