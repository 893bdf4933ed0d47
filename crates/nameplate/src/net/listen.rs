//! Accepting connections: sockets, TLS, and which protocol follows.

use crate::app::App;
use crate::app::acm::Ready;
use crate::app::admission::attempt::{Attempt, Stage};
use crate::app::admission::{Dialled, Peer, Refused};
use crate::broker::connection::{self, Visitor};
use crate::net::current::Current;
use crate::net::dialled::Names;
use crate::net::http::{Arrived, HttpService, Secure};
use crate::net::secured::{Broken, Secured, greet};
use crate::net::socket::Socket;
use crate::net::tls::{ListenerTls, showing};
use crate::net::verifier::unfit_key;
use arc_swap::ArcSwap;
use nameplate_core::admission::ServerName;
use nameplate_core::registry::domain::{Authentication, Domain, Service, Spoken};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// A peer that has not finished its TLS handshake by then is dropped (contract).
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(30);
/// Connections that may wait to be accepted.
const BACKLOG: i32 = 4096;

/// ALPN of the listener that speaks everything (AWS guide: protocols). HTTP/2 is not among it, as AWS speaks 1.1.
pub const HTTPS_ALPN: &[&[u8]] = &[
    b"x-amzn-mqtt-ca",
    b"mqtt",
    b"x-amzn-http-ca",
    b"http/1.1",
    b"http/1.0",
];

/// By which clients ask for MQTT with a custom authorizer (AWS guide: protocols).
const MQTT_ALPN: &[u8] = b"mqtt";

/// ALPN of the listener that speaks MQTT alone, for clients that offer `mqtt`; whatever others offer is ignored
/// there.
pub const GUESTS_ALPN: &[&[u8]] = &[b"x-amzn-mqtt-ca", MQTT_ALPN];

/// What a TLS listener speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// MQTT, whatever the ALPN.
    Mqtt,
    /// By ALPN, and by first bytes where none is offered.
    Everything,
}

impl Speaks {
    fn name(self) -> &'static str {
        match self {
            Speaks::Mqtt => "mqtt",
            Speaks::Everything => "https",
        }
    }
}

/// Binds a listener with a backlog that a wave of devices fits in.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    use socket2::{Domain, Protocol, Socket, Type};
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // A restart must not wait for the old connections' ports.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Accepts until the server drains; each connection gets a task of its own.
pub async fn accept<F, T>(
    listener: TcpListener,
    mut draining: tokio::sync::watch::Receiver<bool>,
    mut each: F,
) where
    F: FnMut(TcpStream, SocketAddr) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = draining.wait_for(|draining| *draining) => return,
        };
        match accepted {
            Ok((stream, address)) => {
                // Answers are written whole; waiting to fill a segment only adds delay.
                let _ = stream.set_nodelay(true);
                tokio::spawn(each(stream, address));
            }
            Err(error) => {
                // Out of file descriptors, mostly: those who are connected go on, newcomers wait.
                tracing::error!(error = %error, "cannot accept a connection: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// What the connections of TLS listeners share.
pub struct TlsShared {
    /// Who serves.
    pub current: Arc<Current>,
    /// HTTP.
    pub http: Arc<HttpService>,
    /// What the server's certificate is for, which an owner may change; names of domain configurations come beside it.
    pub names: Arc<ArcSwap<Names>>,
    /// What the endpoint is called, whatever certificate it has.
    pub hosts: Names,
    /// Places for peers that have not shown yet who they are. They are fewer than the connections the process may
    /// have, so that strangers who stall cannot keep devices out.
    pub strangers: Arc<Semaphore>,
}

/// Serves one TLS connection.
pub async fn serve_tls(
    shared: Arc<TlsShared>,
    config: ListenerTls,
    speaks: Speaks,
    stream: TcpStream,
    address: SocketAddr,
) {
    let mqtt = Arc::clone(&shared.current.load().mqtt);
    let Ok(place) = Arc::clone(&shared.strangers).try_acquire_owned() else {
        mqtt.app.metrics().attempt("overloaded");
        return;
    };
    // On the heap for as long as it takes: what the arrival needs must not lie idle in every open connection.
    let arriving = Box::pin(arrive(&shared, &mqtt.app, config, speaks, stream, address));
    let Some(guest) = arriving.await else {
        return;
    };
    match guest.spoken {
        Spoken::Mqtt => {
            let Guest {
                stream,
                peer,
                attempt,
                ..
            } = *guest;
            connection::serve(mqtt, stream, Visitor::Peer(peer), attempt, place).await;
        }
        Spoken::Http => {
            let Guest {
                stream,
                peer,
                domain,
                mut attempt,
                ..
            } = *guest;
            let tls = attempt.tls.take();
            let secure = Secure { peer, tls, domain };
            let arrived = Arrived::new(address, speaks.name(), Some(secure)).with_place(place);
            Box::pin(shared.http.serve(stream, arrived)).await;
        }
    }
}

/// Who has come in by TLS, and what is to be spoken.
struct Guest {
    // Moved by its pointer: each place that a stream is moved to would keep room for it.
    stream: Box<Secured>,
    peer: Peer,
    domain: Option<Domain>,
    attempt: Attempt,
    spoken: Spoken,
}

/// From the first byte to what is to be spoken. None when it is over, and then it is on record why.
async fn arrive(
    shared: &TlsShared,
    app: &App,
    config: ListenerTls,
    speaks: Speaks,
    stream: TcpStream,
    address: SocketAddr,
) -> Option<Box<Guest>> {
    let mut attempt = Attempt::new(speaks.name(), address, app.now());
    let until = tokio::time::Instant::now() + HANDSHAKE_LIMIT;
    let handshake = handshake(Socket::new(stream), &config, app);
    let (mut stream, shown) = match tokio::time::timeout_at(until, handshake).await {
        Ok(Ok((stream, shown))) => (Box::new(stream), shown),
        // Who closes before it says a word is no device: a load balancer's check, a scanner.
        Ok(Err(failed)) if failed.is_silent() => {
            let reason = "the peer closed the connection without sending anything";
            app.admission
                .record_silent(attempt, &Refused::new(Stage::Tls, "tls-closed", reason));
            return None;
        }
        Ok(Err(failed)) => {
            failed.record(shared, app, speaks, attempt).await;
            return None;
        }
        Err(_) => {
            let reason = format!(
                "the TLS handshake was not finished within {} s",
                HANDSHAKE_LIMIT.as_secs()
            );
            app.admission
                .record_refused(attempt, &Refused::new(Stage::Tls, "tls-timeout", reason))
                .await;
            return None;
        }
    };
    handshake_done(&mut stream);
    let met = shared.meet(app, &stream, shown.as_deref(), address, &mut attempt);
    let (peer, domain) = match met.await {
        Ok(met) => met,
        Err(refused) => {
            app.admission.record_refused(attempt, &refused).await;
            let _ = stream.shutdown().await;
            return None;
        }
    };
    let spoken = match speaks {
        Speaks::Mqtt => Ok(Spoken::Mqtt),
        Speaks::Everything => spoken(&mut stream, domain.as_ref(), &mut attempt).await,
    };
    let spoken = spoken.and_then(|spoken| {
        check_domain(&stream, domain.as_ref(), spoken).map_err(Some)?;
        Ok(spoken)
    });
    match spoken {
        Ok(spoken) => Some(Box::new(Guest {
            stream,
            peer,
            domain,
            attempt,
            spoken,
        })),
        Err(refused) => {
            if let Some(refused) = refused {
                app.admission.record_refused(attempt, &refused).await;
            }
            let _ = stream.shutdown().await;
            None
        }
    }
}

impl TlsShared {
    /// What a handshake established: who the peer is, and the domain configuration whose name it dialled.
    async fn meet(
        &self,
        app: &App,
        stream: &Secured,
        shown: Option<&Ready>,
        address: SocketAddr,
        attempt: &mut Attempt,
    ) -> Result<(Peer, Option<Domain>), Refused> {
        let (socket, tls) = (stream.socket(), stream.tls());
        let chain: Vec<Vec<u8>> = tls
            .peer_certificates()
            .unwrap_or_default()
            .iter()
            .map(|certificate| certificate.as_ref().to_vec())
            .collect();
        let sent = stream.server_name().map(str::to_owned);
        let domain = match &sent {
            Some(name) => app.admission.domain_of_host(name).await?,
            None => None,
        };
        // Only data is served to certificates; a name for something else is no name of the endpoint they need.
        let names = self.names.load();
        let ours = sent
            .as_ref()
            .is_some_and(|name| names.has_host(name) || self.hosts.has_host(name))
            || domain
                .as_ref()
                .is_some_and(|domain| domain.service == Service::Data);
        let arrived_at = socket.tcp().local_addr().ok().map(|address| address.ip());
        attempt.doubt = doubt(&names, shown, sent.as_deref(), arrived_at);
        attempt.server_name.clone_from(&sent);
        attempt.tls = Some(tls_text(tls));
        attempt.passed(Stage::Tls, app.now());
        let peer = Peer {
            address,
            chain,
            server_name: ServerName { sent, ours },
            dialled: Dialled {
                domain: domain.clone().map(Arc::new),
                mqtt_alpn: tls.alpn_protocol() == Some(MQTT_ALPN),
            },
        };
        Ok((peer, domain))
    }
}

/// What a peer of the listener for everything speaks. Otherwise it is to be closed, with a refusal if there is anybody
/// to blame.
async fn spoken(
    stream: &mut Secured,
    domain: Option<&Domain>,
    attempt: &mut Attempt,
) -> Result<Spoken, Option<Refused>> {
    // A domain configuration may pin the protocol, and then ALPN is not asked (AWS guide: protocols).
    if let Some(pinned) = domain.and_then(Domain::pinned) {
        return Ok(pinned);
    }
    match stream.tls().alpn_protocol() {
        Some(b"x-amzn-mqtt-ca" | b"mqtt") => return Ok(Spoken::Mqtt),
        Some(_) => return Ok(Spoken::Http),
        None => {}
    }
    by_first_byte(stream).await.map_err(|nonsense| {
        let (code, reason) = match (nonsense, attempt.doubt.take()) {
            (Some(reason), _) => ("protocol-unknown", reason),
            (None, Some(doubt)) => ("tls-wrong-name", doubt),
            (None, None) => return None,
        };
        Some(Refused::new(Stage::Connect, code, reason))
    })
}

/// Whether the domain configuration takes this version of TLS and this protocol.
fn check_domain(stream: &Secured, domain: Option<&Domain>, spoken: Spoken) -> Result<(), Refused> {
    let Some(domain) = domain else { return Ok(()) };
    let version = stream.tls().protocol_version();
    let is_13 = version == Some(rustls::ProtocolVersion::TLSv1_3);
    domain
        .check_tls(is_13)
        .and_then(|()| domain.check_spoken(spoken))
        .map_err(|why| Refused::new(Stage::Connect, "domain-configuration", why.to_string()))
}

/// A handshake that failed.
struct Failed {
    error: io::Error,
    socket: Socket,
    // The server name that the client sent, once its first message had come, and the certificate of that name.
    hello: Option<(Option<String>, Option<Arc<Ready>>)>,
}

impl Failed {
    fn new(broken: Broken, hello: Option<(Option<String>, Option<Arc<Ready>>)>) -> Self {
        let Broken { error, socket } = broken;
        Self {
            error,
            socket,
            hello,
        }
    }

    /// Whether the peer went without having said anything.
    fn is_silent(&self) -> bool {
        !self.socket.has_heard()
    }

    /// Puts on record why, unless it was a stray, and lets the peer read the alert.
    async fn record(self, shared: &TlsShared, app: &App, speaks: Speaks, mut attempt: Attempt) {
        let Self {
            error,
            socket,
            hello,
        } = self;
        let admission = &app.admission;
        let doubt = hello.and_then(|(sent, shown)| {
            let arrived_at = socket.tcp().local_addr().ok();
            attempt.server_name.clone_from(&sent);
            let arrived_at = arrived_at.map(|address| address.ip());
            let names = shared.names.load();
            doubt(&names, shown.as_deref(), sent.as_deref(), arrived_at)
        });
        if speaks == Speaks::Mqtt || doubt.is_some() || !is_stray(&error) {
            let refused = match unfit_key(&error) {
                Some(unfit) => admission.look_at(&unfit.leaf, &mut attempt).err(),
                None => None,
            };
            let refused = refused.unwrap_or_else(|| {
                let (code, reason) = tls_reason(&error);
                let (code, reason) = with_doubt(&error, code, reason, doubt);
                Refused::new(Stage::Tls, code, reason)
            });
            admission.record_refused(attempt, &refused).await;
        }
        linger(socket).await;
    }
}

/// Why a client may not take the certificate that it is shown: that of the name it dialled, or the server's.
fn doubt(
    names: &Names,
    shown: Option<&Ready>,
    sent: Option<&str>,
    arrived_at: Option<IpAddr>,
) -> Option<String> {
    match (shown, sent) {
        (Some(shown), Some(name)) if shown.imported.is_for(name) => None,
        (Some(shown), Some(name)) => Some(format!(
            "the client dialled {name:?}, whose certificate in ACM is for {}; import one for that name in its place",
            shown.imported.names().join(", ")
        )),
        _ => names.doubt(sent, arrived_at),
    }
}

/// With the certificate of the name that was dialled, where it has one of its own.
async fn handshake(
    socket: Socket,
    config: &ListenerTls,
    app: &App,
) -> Result<(Secured, Option<Arc<Ready>>), Failed> {
    let greeted = match greet(socket).await {
        Ok(greeted) => greeted,
        Err(broken) => return Err(Failed::new(broken, None)),
    };
    let (sent, offers_mqtt) = {
        let hello = greeted.client_hello();
        let offers_mqtt = hello
            .alpn()
            .is_some_and(|mut offered| offered.any(|protocol| protocol == MQTT_ALPN));
        (hello.server_name().map(str::to_owned), offers_mqtt)
    };
    // Where it cannot be read, the usual settings hold; the name is looked up again after the handshake.
    let domain = match &sent {
        Some(name) => app.admission.domain_of_host(name).await,
        None => Ok(None),
    };
    let domain = domain.unwrap_or_default();
    let is_guest = domain
        .as_ref()
        .is_some_and(|domain| domain.authentication == Authentication::Custom);
    let config = config.of(offers_mqtt, is_guest);
    let shown = match &sent {
        Some(name) => app.certificate_of_host(name, domain.as_ref()).await,
        None => None,
    };
    let config = match &shown {
        Some(shown) => showing(config, Arc::clone(&shown.certified)),
        None => Arc::clone(config),
    };
    match greeted.accept(config).await {
        Ok(stream) => Ok((stream, shown)),
        Err(broken) => Err(Failed::new(broken, Some((sent, shown)))),
    }
}

/// What a failure most likely means where the client dialled a name that the certificate lacks. Clients differ: most
/// send an alert about a bad certificate, some another, some none at all.
fn with_doubt(
    error: &io::Error,
    code: &'static str,
    reason: String,
    doubt: Option<String>,
) -> (&'static str, String) {
    use rustls::{AlertDescription, Error};
    let Some(doubt) = doubt else {
        return (code, reason);
    };
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    match tls {
        // The root is what it does not know; its name would be the next thing.
        Some(Error::AlertReceived(AlertDescription::UnknownCA)) => {
            (code, format!("{reason}. Besides, {doubt}"))
        }
        Some(Error::AlertReceived(alert)) => {
            ("tls-wrong-name", format!("{doubt} (it sent {alert:?})"))
        }
        None => ("tls-wrong-name", format!("{doubt} ({reason})")),
        Some(_) => (code, reason),
    }
}

/// From here on nothing that is written waits for more.
///
/// Acknowledges the end of the client's handshake at once, where nothing has come behind it. In TLS 1.3 the server has
/// nothing to say to it that the client waits for, so the kernel would hold the acknowledgement back for 40 ms, and a client
/// with Nagle's algorithm on, such as Python's or mosquitto's, its CONNECT for as long.
fn handshake_done(stream: &mut Secured) {
    let is_waiting = stream.tls().protocol_version() != Some(rustls::ProtocolVersion::TLSv1_3);
    // Where acknowledging alone cannot be had, the ticket does it.
    let at_once = is_waiting || cfg!(not(target_os = "linux"));
    stream.socket_mut().handshake_done(at_once);
    // Of a client that does not wait, it has read its CONNECT, too.
    if is_waiting || stream.has_more() {
        return;
    }
    let socket = stream.socket();
    // An acknowledgement alone would cost a packet.
    let waits = socket2::SockRef::from(socket.tcp())
        .peek(&mut [std::mem::MaybeUninit::uninit()])
        .is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    // Only Linux lets a program say so. Where it fails, the connection is merely as slow as it was.
    #[cfg(target_os = "linux")]
    if waits {
        let _ = socket.tcp().set_quickack(true);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = waits;
}

/// Without ALPN the first byte tells: CONNECT begins with 0x10, and no HTTP method does. Otherwise what is wrong, if
/// there is anybody to blame: a probe or a browser that thought better of it is nobody's device.
async fn by_first_byte(stream: &mut Secured) -> Result<Spoken, Option<String>> {
    let first = match tokio::time::timeout(HANDSHAKE_LIMIT, stream.fill_buf()).await {
        Ok(Ok(bytes)) => bytes.first().copied(),
        _ => None,
    };
    match first {
        Some(0x10) => Ok(Spoken::Mqtt),
        Some(byte) if byte.is_ascii_alphabetic() => Ok(Spoken::Http),
        Some(byte) => Err(Some(format!(
            "the first byte is {byte:#04x}, which begins neither MQTT nor HTTP"
        ))),
        None => Err(None),
    }
}

/// Lets an alert reach the peer: data that is still unread would turn the close into a reset, which loses it.
async fn linger(mut socket: Socket) {
    let _ = tokio::time::timeout(Duration::from_secs(2), async {
        let _ = socket.shutdown().await;
        let mut rest = [0; 512];
        while matches!(socket.read(&mut rest).await, Ok(n) if n > 0) {}
    })
    .await;
}

fn tls_text(tls: &rustls::CommonState) -> String {
    let version = match tls.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS",
    };
    let resumed = match tls.handshake_kind() {
        Some(rustls::HandshakeKind::Resumed) => ", resumed",
        _ => "",
    };
    match tls.negotiated_cipher_suite() {
        Some(suite) => format!("{version} {:?}{resumed}", suite.suite()),
        None => format!("{version}{resumed}"),
    }
}

/// A browser or scanner that opens a connection and closes it is nobody's device.
fn is_stray(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
}

/// Why a handshake failed, in a code and in words.
fn tls_reason(error: &io::Error) -> (&'static str, String) {
    use rustls::{AlertDescription, Error};
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    match tls {
        Some(Error::AlertReceived(alert)) => match alert {
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown => (
                "tls-client-distrusts",
                format!(
                    "the client does not trust this server's certificate (it sent {alert:?}); give it root-ca.pem of the \
                     data directory, the file that NAMEPLATE_ROOT_CA names"
                ),
            ),
            other => (
                "tls-alert",
                format!("the client ended the handshake with {other:?}"),
            ),
        },
        Some(Error::NoCertificatesPresented) => (
            "no-certificate",
            "the client sent no certificate; this listener needs one".into(),
        ),
        Some(Error::InvalidMessage(_)) => (
            "tls-not-tls",
            "what the client sent is not TLS; is it speaking plain MQTT to this port?".into(),
        ),
        Some(Error::PeerIncompatible(what)) => (
            "tls-incompatible",
            format!(
                "the client and this server have no version or cipher suite in common: {what:?}"
            ),
        ),
        Some(Error::InvalidCertificate(what)) => (
            "tls-certificate",
            format!("the client's certificate or the proof of its key is not valid: {what:?}"),
        ),
        Some(Error::NoApplicationProtocol) => (
            "tls-alpn",
            "the client offers no ALPN protocol that this listener speaks".into(),
        ),
        Some(other) => ("tls-failed", format!("the TLS handshake failed: {other}")),
        None if error.kind() == io::ErrorKind::UnexpectedEof => (
            "tls-closed",
            "the client closed the connection during the TLS handshake".into(),
        ),
        None => (
            "tls-broken",
            format!("the connection broke during the TLS handshake: {error}"),
        ),
    }
}
