//! HTTP/1.1: reads requests, hands them to `api`, writes answers. Health and metrics are answered here, and connections
//! that are upgraded to WebSockets leave for `broker`.

use super::content::{LiveBody, ObjectBody, ResponseBody};
use super::emulators;
use super::websocket::{self, Under, WebSocket};
use crate::api::authorizer::Proof;
use crate::api::device::Shown;
use crate::api::{self, Bodies, Content, Unserved};
use crate::app::admission::attempt::{Attempt, Stage};
use crate::app::admission::{Answers, OverHttp, Peer, Refused};
use crate::app::{App, metrics};
use crate::broker::connection::{self, Shared, Stranger, Visitor};
use crate::net::current::Current;
use crate::net::heard::Hearing;
use crate::net::patient::{PATIENCE, Patience, Patient};
use crate::web::{self, Console};
use arc_swap::ArcSwap;
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Either, Full, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper_util::rt::{TokioIo, TokioTimer};
use nameplate_aws::headers::Headers;
use nameplate_core::limits;
use nameplate_core::registry::domain::{Domain, DomainRefusal, Requested};
use parking_lot::Mutex;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// A peer that has not sent its request head by then is dropped (contract).
const HEAD_LIMIT: Duration = Duration::from_secs(30);
/// How long a request body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(120);
/// How much of a body that is too large is let in, and for how long, before that is said: a client that reads nothing until it
/// has sent all would find its connection reset in place of the answer.
const UNREAD_BYTES: usize = 64 << 20;
const UNREAD_TIME: Duration = Duration::from_secs(2);
/// Where a command asks whose server it has reached.
pub const DIRECTORY_PATH: &str = "/nameplate/directory";
/// The field of every answer that says which request it is of.
static REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// How long a connection without a request may take to end once the server drains: the end of an answer is still on
/// its way.
const LINGER: Duration = Duration::from_secs(1);

/// Where devices that are set up for AWS download what they trust the server by.
/// [AWS guide: server-authentication, CA certificates]
const AMAZON_ROOTS: &[&str] = &[
    "/repository/AmazonRootCA1.pem",
    "/repository/AmazonRootCA2.pem",
    "/repository/AmazonRootCA3.pem",
    "/repository/AmazonRootCA4.pem",
];

/// How a connection came.
pub struct Arrived {
    /// The peer's address.
    pub address: SocketAddr,
    /// Name of the listener, for records.
    pub listener: &'static str,
    /// What its TLS handshake established, where there was one.
    pub secure: Option<Secure>,
    /// What authorizers have answered about its requests.
    answers: Answers,
    // Its place among strangers, until one of its requests has shown whose it is.
    place: Mutex<Option<OwnedSemaphorePermit>>,
}

/// What a TLS handshake established.
pub struct Secure {
    /// Who the peer is.
    pub peer: Peer,
    /// Protocol version and suite, for records.
    pub tls: Option<String>,
    /// The domain configuration whose name was dialled.
    pub domain: Option<Domain>,
}

impl Arrived {
    /// A connection that has come by this listener.
    pub fn new(address: SocketAddr, listener: &'static str, secure: Option<Secure>) -> Self {
        Self {
            address,
            listener,
            secure,
            answers: Answers::default(),
            place: Mutex::default(),
        }
    }

    /// The same with a place among those who have not shown who they are.
    pub fn with_place(mut self, place: OwnedSemaphorePermit) -> Self {
        self.place = Mutex::new(Some(place));
        self
    }

    /// Gives its place back to strangers: a request of its caller's has been carried out, which takes a proof.
    fn is_known(&self) {
        drop(self.place.lock().take());
    }

    /// Whether it still has a place among strangers.
    fn is_unknown(&self) -> bool {
        self.place.lock().is_some()
    }

    /// The peer, where it has shown a certificate.
    fn certified(&self) -> Option<&Peer> {
        let peer = self.secure.as_ref().map(|secure| &secure.peer);
        peer.filter(|peer| !peer.chain.is_empty())
    }

    /// The domain configuration whose name was dialled.
    fn domain(&self) -> Option<&Domain> {
        self.secure
            .as_ref()
            .and_then(|secure| secure.domain.as_ref())
    }

    /// A request as an authorizer is shown it.
    fn over_http(&self, asked: &api::Request<'_>) -> OverHttp {
        OverHttp {
            peer: self.secure.as_ref().map(|secure| secure.peer.clone()),
            address: self.address.ip(),
            http: api::authorizer::shown(asked),
        }
    }

    /// Refuses what the domain configuration leaves out whose name was dialled.
    fn check(&self, requested: Requested) -> Result<(), DomainRefusal> {
        self.domain()
            .map_or(Ok(()), |domain| domain.check_requested(requested))
    }

    /// The record of what a request asks for.
    fn attempt(&self, app: &App) -> Attempt {
        let now = app.now();
        let mut attempt = Attempt::new(self.listener, self.address, now);
        if let Some(secure) = &self.secure {
            attempt
                .server_name
                .clone_from(&secure.peer.server_name.sent);
            attempt.tls.clone_from(&secure.tls);
            attempt.passed(Stage::Tls, now);
        }
        attempt
    }
}

/// Serves HTTP on any stream.
pub struct HttpService {
    current: Arc<Current>,
    // Places for clients of WebSockets that have not sent CONNECT.
    strangers: Arc<Semaphore>,
    roots: ArcSwap<Bytes>,
    // Whether devices may ask for certificates without TLS from anywhere.
    vending_plain: bool,
    patience: Patience,
    ready: AtomicBool,
    draining: tokio::sync::watch::Receiver<bool>,
    // Connections that are open.
    open: TaskTracker,
}

impl HttpService {
    /// A service that is not ready yet; `roots` is the PEM of the certificates that clients trust the server by, and
    /// `vending_plain` says whether certificates are vended without TLS to other machines.
    pub fn new(
        current: Arc<Current>,
        draining: tokio::sync::watch::Receiver<bool>,
        strangers: Arc<Semaphore>,
        roots: String,
        vending_plain: bool,
    ) -> Arc<Self> {
        Arc::new(Self {
            current,
            draining,
            strangers,
            roots: ArcSwap::from_pointee(Bytes::from(roots)),
            vending_plain,
            patience: PATIENCE,
            ready: AtomicBool::new(false),
            open: TaskTracker::new(),
        })
    }

    /// Clients trust the server by other certificates from now on: PEM.
    pub fn set_roots(&self, roots: String) {
        self.roots.store(Arc::new(Bytes::from(roots)));
    }

    /// Waits until no connection is open. While the server drains, those are that still have a request to answer.
    pub async fn drained(&self) {
        self.open.close();
        self.open.wait().await;
    }

    /// All listeners accept; `/readyz` says so.
    pub fn set_ready(&self) {
        self.ready.store(true, Ordering::Release);
    }

    /// Serves one connection until it closes or the server drains.
    pub async fn serve<S>(self: &Arc<Self>, stream: S, arrived: Arrived)
    where
        S: Under + 'static,
    {
        let _open = self.open.token();
        let this = Arc::clone(self);
        let patience = &self.patience;
        let address = arrived.address;
        let arrived = Arc::new(arrived);
        let came = Arc::clone(&arrived);
        let answering = TaskTracker::new();
        let under_way = answering.clone();
        let (stream, heard) = Hearing::new(stream);
        let service = service_fn(move |request| {
            let this = Arc::clone(&this);
            let arrived = Arc::clone(&arrived);
            let under_way = under_way.token();
            let heard = heard.clone();
            async move {
                let taken_back = websocket::taken_back::<S>;
                let sent = heard.take();
                let answer = this.answer((request, &sent), &arrived, taken_back).await;
                heard.await_next();
                Ok::<_, Infallible>(answer.map(|body| Held {
                    body,
                    _until_sent: under_way,
                }))
            }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_LIMIT)
            .serve_connection(TokioIo::new(Patient::new(stream, patience.taking)), service)
            .with_upgrades();
        tokio::pin!(connection);
        let mut draining = self.draining.clone();
        let drained = async move {
            let _ = draining.wait_for(|draining| *draining).await;
        };
        let unknown = async {
            tokio::time::sleep(patience.unknown).await;
            if !came.is_unknown() {
                std::future::pending().await
            }
        };
        tokio::pin!(drained, unknown);
        let mut is_last = false;
        let ended = loop {
            tokio::select! {
                ended = connection.as_mut() => break Some(ended),
                () = drained.as_mut() => break None,
                () = unknown.as_mut(), if !is_last => {
                    // The request that it is at is answered.
                    connection.as_mut().graceful_shutdown();
                    is_last = true;
                }
            }
        };
        let ended = match ended {
            Some(ended) => ended,
            None => {
                connection.as_mut().graceful_shutdown();
                // A head that is half there is no request yet, and may never be one.
                let idle = async {
                    loop {
                        tokio::time::sleep(LINGER).await;
                        if answering.is_empty() {
                            return;
                        }
                    }
                };
                tokio::select! {
                    ended = connection.as_mut() => ended,
                    () = idle => Ok(()),
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(peer = %address, "an HTTP connection of {address} ended: {error}");
        }
    }

    async fn answer(
        &self,
        (mut request, sent): (Request<Incoming>, &[u8]),
        arrived: &Arrived,
        taken_back: TakenBack,
    ) -> Response<ResponseBody> {
        // A connection outlives resets; a request is for those who serve when it comes.
        let serving = self.current.load_full();
        let (shared, app) = (&serving.mqtt, &serving.mqtt.app);
        let upgrade = hyper::upgrade::on(&mut request);
        let (head, body) = request.into_parts();
        let (address, secure) = (arrived.address, arrived.secure.is_some());
        let asked = api::Request {
            method: head.method.as_str(),
            target: head
                .uri
                .path_and_query()
                .map_or("/", |target| target.as_str()),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_bytes()))
                .collect::<Headers<'_>>()
                .of_head(sent),
            body: &[],
            source_ip: address.ip(),
            secure,
        };
        if api::upgrade::is_asked(&asked) {
            let upgrade = async move {
                // Who does not take the answer is as good as gone.
                let upgraded = tokio::time::timeout(HEAD_LIMIT, upgrade).await;
                taken_back(upgraded.ok()?.ok()?)
            };
            return self.upgrade(shared, &head, &asked, arrived, upgrade).await;
        }
        let host = asked.headers.text("host");
        let mut deployed = api::execute::Door::of(host.as_deref(), asked.target);
        // What is signed for another service is for that, whatever the host.
        if deployed.is_none() && (!is_signed_for_aws(&head) || is_signed_for_apis(&head)) {
            let door = api::execute::Door::of_domain(app, host.as_deref(), asked.target);
            deployed = door.await;
        }
        let limit = match api::bodies(&asked) {
            // A form for a function is no upload to a bucket.
            Bodies::Streamed if deployed.is_some() && !is_signed_for_aws(&head) => 0,
            Bodies::Streamed => {
                if let Err(why) = arrived.check(Requested::Signed) {
                    let answer = api::denied(app, &asked, why.to_string());
                    return response(&head.method, answer);
                }
                let body = body.into_data_stream().map_err(Into::into);
                let answer = api::answer_streamed(app, &asked, Box::pin(body)).await;
                if answer.status < 400 && is_signed(&head) {
                    arrived.is_known();
                }
                return of_owner(&head, secure, response(&head.method, answer));
            }
            Bodies::Whole(limit) => limit(&asked),
        };
        let path = head.uri.path();
        let vending = path.starts_with(api::vending::PREFIX) && !is_signed_for_aws(&head);
        if deployed.is_none()
            && let Some(answer) = api::cors::preflight(&asked)
        {
            return response(&head.method, answer);
        }
        let pki = path.starts_with(api::pki::PREFIX);
        let est = path.starts_with(api::est::PREFIX);
        let credentials =
            deployed.is_none() && api::credentials::is_asked(asked.method, asked.target);
        let console = !secure
            && deployed.is_none()
            // A proxy in front of it may have its own use for the header.
            && !is_signed_for_aws(&head)
            && Console::is_asked(asked.method, asked.target);
        let limit = if vending {
            api::vending::body_limit(path)
        } else if est {
            api::est::BODY_BYTES
        } else if pki {
            api::pki::BODY_BYTES
        } else if credentials {
            api::credentials::BODY_BYTES
        } else if console {
            web::FORM_BYTES
        } else if deployed.is_some() {
            api::execute::BODY_BYTES
        } else {
            limit
        };
        let unserved = async |what| {
            let answer = match (&what, &deployed) {
                (Unserved::TooLarge(_), Some(door)) => api::execute::too_large(app, door).await,
                (Unserved::TooLarge(limit), None) if vending => {
                    api::vending::too_large(path, *limit)
                }
                _ => api::unserved(app, &asked, &what),
            };
            response(&head.method, answer)
        };
        if !is_signed(&head)
            && deployed.is_none()
            && !est
            && !console
            && let Some(answer) = self.answer_unsigned(app, &head).await
        {
            return answer;
        }
        let mut body = body;
        if body.size_hint().lower() > limit as u64 {
            // Who asks first is told before anything is sent.
            if !head.headers.contains_key(http::header::EXPECT) {
                let_in(&mut body).await;
            }
            return unserved(Unserved::TooLarge(limit)).await;
        }
        let collected = Limited::new(&mut body, limit).collect();
        let collected = tokio::time::timeout(BODY_TIME, collected).await;
        let body = match collected {
            Err(_) => return unserved(Unserved::TooSlow).await,
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) if error.is::<LengthLimitError>() => {
                let_in(&mut body).await;
                return unserved(Unserved::TooLarge(limit)).await;
            }
            Ok(Err(error)) => return unserved(Unserved::Unreadable(error.to_string())).await,
        };
        let asked = api::Request {
            body: &body,
            ..asked
        };
        if let Some(door) = deployed {
            if let Err(why) = arrived.check(Requested::Signed) {
                let answer = api::denied(app, &asked, why.to_string());
                return response(&head.method, answer);
            }
            let answer = api::execute::answer(app, &asked, door).await;
            return of_owner(&head, secure, response(&head.method, answer));
        }
        if console {
            let answer = serving.console.answer(&asked).await;
            return page(&head.method, answer, shared.draining.clone());
        }
        if vending {
            if let Err(why) = arrived.check(Requested::Signed) {
                return response(&head.method, api::denied(app, &asked, why.to_string()));
            }
            let device = api::vending::Device {
                address,
                secure,
                root_ca: &self.roots.load(),
                plain: self.vending_plain,
            };
            let answer = api::vending::answer(app, &asked, &device).await;
            return of_owner(&head, secure, response(&head.method, answer));
        }
        if pki {
            if let Err(why) = arrived.check(Requested::Signed) {
                let answer = api::denied(app, &asked, why.to_string());
                return response(&head.method, answer);
            }
            return response(&head.method, api::pki::answer(app, &asked).await);
        }
        if est {
            if let Err(why) = arrived.check(Requested::ByCertificate) {
                let answer = api::denied(app, &asked, why.to_string());
                return response(&head.method, answer);
            }
            let secure = arrived.secure.as_ref();
            let device = api::est::Device {
                address,
                secure: secure.map(|secure| (secure.peer.clone(), arrived.attempt(app))),
                root_ca: &self.roots.load(),
            };
            let answer = api::est::answer(app, &asked, device).await;
            return response(&head.method, answer);
        }
        if credentials {
            if let Err(why) = arrived.check(Requested::ByCertificate) {
                let answer = api::denied(app, &asked, why.to_string());
                return response(&head.method, answer);
            }
            let peer = arrived.certified();
            let peer = peer.map(|peer| (peer.clone(), arrived.attempt(app)));
            let answer = api::credentials::answer(app, &asked, peer).await;
            if answer.status < 400 {
                arrived.is_known();
            }
            return response(&head.method, answer);
        }
        let mut is_proved = is_signed(&head);
        let answer = match self.proof(app, &asked, arrived).await {
            Err(refused) => api::authorizer::turned_away(app, &asked, &refused),
            Ok((proof, peer)) => match (arrived.check(proof.requested()), proof, peer) {
                (Err(why), ..) => api::denied(app, &asked, why.to_string()),
                (Ok(()), Proof::Authorizer, _) => {
                    let shown = Shown::Authorizer(arrived.over_http(&asked), &arrived.answers);
                    let attempt = arrived.attempt(app);
                    is_proved = true;
                    api::device::answer(app, &asked, shown, attempt).await
                }
                (Ok(()), Proof::Certificate, Some(peer)) => {
                    let attempt = arrived.attempt(app);
                    let shown = Shown::Certificate(peer.clone());
                    is_proved = true;
                    api::device::answer(app, &asked, shown, attempt).await
                }
                (Ok(()), ..) => api::answer(app, &asked).await,
            },
        };
        if answer.status < 400 && is_proved {
            arrived.is_known();
        }
        response(&head.method, answer)
    }

    /// By what a request shows who makes it, and the peer where it has a certificate.
    async fn proof<'a>(
        &self,
        app: &Arc<App>,
        asked: &api::Request<'_>,
        arrived: &'a Arrived,
    ) -> Result<(Proof, Option<&'a Peer>), Refused> {
        if !api::device::is_asked(asked) {
            return Ok((Proof::Signature, None));
        }
        let peer = arrived.certified();
        let domain = arrived.domain();
        let proof = api::authorizer::of_operation(app, asked, domain, peer.is_some());
        Ok((proof.await?, peer))
    }

    /// Answers a request for a WebSocket; the connection goes on as one of MQTT's once its answer has been sent.
    async fn upgrade(
        &self,
        shared: &Arc<Shared>,
        head: &Parts,
        asked: &api::Request<'_>,
        arrived: &Arrived,
        upgrade: impl Future<Output = Option<Box<dyn Under>>> + Send + 'static,
    ) -> Response<ResponseBody> {
        let app = &shared.app;
        let fields = match websocket::accept(head) {
            Ok(fields) => fields,
            Err(why) => {
                let answer = api::upgrade::malformed(app, asked, why);
                return response(&head.method, answer);
            }
        };
        let guest = match api::authorizer::of_upgrade(app, asked, arrived.domain()).await {
            Ok(guest) => guest,
            Err(refused) => {
                let answer = api::authorizer::turned_away(app, asked, &refused);
                return response(&head.method, answer);
            }
        };
        let requested = match guest {
            true => Requested::WebSocketByAuthorizer,
            false => Requested::WebSocket,
        };
        if let Err(why) = arrived.check(requested) {
            let answer = api::denied(app, asked, why.to_string());
            return response(&head.method, answer);
        }
        let mut attempt = arrived.attempt(app);
        let Ok(place) = Arc::clone(&self.strangers).try_acquire_owned() else {
            app.metrics().attempt("overloaded");
            return text(
                StatusCode::SERVICE_UNAVAILABLE,
                "too many clients are being let in\n",
            );
        };
        let visitor = match guest {
            true => self.guest(app, asked, arrived, &mut attempt).await,
            false => self.caller(app, asked, &mut attempt).await,
        };
        let visitor = match visitor {
            Ok(visitor) => visitor,
            Err((why, answer)) => {
                app.admission.record_refused(attempt, &why).await;
                return response(&head.method, answer);
            }
        };
        let mqtt = Arc::clone(shared);
        tokio::spawn(async move {
            if let Some(stream) = upgrade.await {
                let most = limits::WEBSOCKET_MESSAGE_BYTES;
                let stream = Box::new(WebSocket::new(stream, most));
                connection::serve(mqtt, stream, visitor, attempt, place).await;
            }
        });
        let mut answer = Response::new(Either::Left(Full::default()));
        *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *answer.headers_mut() = fields;
        answer
    }

    /// Who signed a request for a WebSocket; otherwise why not, and what the client is answered.
    async fn caller(
        &self,
        app: &Arc<App>,
        asked: &api::Request<'_>,
        attempt: &mut Attempt,
    ) -> Result<Visitor, (Refused, api::Response)> {
        match api::upgrade::caller(app, asked).await {
            Ok(caller) => {
                let arn = caller.arn().to_owned();
                attempt.passed_with(Stage::Authenticated, app.now(), arn);
                Ok(Visitor::Caller(Box::new(caller)))
            }
            Err(refused) => Err((Refused::signature(refused.reason), refused.response)),
        }
    }

    /// Whoever wants a WebSocket to be known by an authorizer once there is a CONNECT.
    async fn guest(
        &self,
        app: &Arc<App>,
        asked: &api::Request<'_>,
        arrived: &Arrived,
        attempt: &mut Attempt,
    ) -> Result<Visitor, (Refused, api::Response)> {
        let shown = arrived.over_http(asked);
        match app.admission.meet_over_http(shown, attempt).await {
            Ok(guest) => Ok(Visitor::Guest(Box::new(guest))),
            Err(refused) => {
                let answer = api::authorizer::turned_away(app, asked, &refused);
                Err((refused, answer))
            }
        }
    }

    /// Answers what is no operation of AWS's.
    async fn answer_unsigned(&self, app: &App, head: &Parts) -> Option<Response<ResponseBody>> {
        let answer = match (head.method.as_str(), head.uri.path()) {
            ("GET" | "HEAD", "/healthz") => text(StatusCode::OK, "ok\n"),
            (method, path) if emulators::is_asked(path) => {
                let ready = self.ready.load(Ordering::Acquire) && !*self.draining.borrow();
                let (status, body) = emulators::answer(method, path, ready);
                let mut answer = of_type("application/json", body);
                *answer.status_mut() = status;
                answer
            }
            ("GET" | "HEAD", "/readyz") => {
                if !self.ready.load(Ordering::Acquire) || *self.draining.borrow() {
                    text(StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
                } else if app.store_answers().await {
                    // Devices are served without it, and every node would be without it at once.
                    match &app.peers {
                        Some(peers) if !peers.is_up() => {
                            text(StatusCode::OK, "ready; the bus between nodes is away\n")
                        }
                        _ => text(StatusCode::OK, "ready\n"),
                    }
                } else {
                    text(StatusCode::SERVICE_UNAVAILABLE, "the database is away\n")
                }
            }
            ("GET" | "HEAD", DIRECTORY_PATH) => {
                let id = app.directory_id();
                of_type("application/json", format!("{{\"directory\":\"{id}\"}}\n"))
            }
            ("GET" | "HEAD", path) if AMAZON_ROOTS.contains(&path) => {
                of_type("application/x-pem-file", Bytes::clone(&self.roots.load()))
            }
            // Also while the database is away: that is when they are looked at.
            ("GET" | "HEAD", "/metrics") => of_type(metrics::CONTENT_TYPE, app.exposition().await),
            // An operation: most of them need a signature, which is theirs to say.
            _ => return None,
        };
        Some(answer)
    }
}

/// How the stream under a connection is had back once it is upgraded.
type TakenBack = fn(Upgraded) -> Option<Box<dyn Under>>;

fn is_signed(head: &Parts) -> bool {
    let query = head.uri.query();
    head.headers.contains_key(AUTHORIZATION)
        || query.is_some_and(|query| query.contains("X-Amz-Signature"))
}

/// Whether a request is signed as AWS's are. A function of the owner's may be shown something else: a bearer's token.
fn is_signed_for_aws(head: &Parts) -> bool {
    let mut shown = head.headers.get_all(AUTHORIZATION).iter();
    shown.any(|value| value.as_bytes().starts_with(b"AWS"))
        || (is_signed(head) && !head.headers.contains_key(AUTHORIZATION))
}

/// Whether it is signed for deployed APIs.
fn is_signed_for_apis(head: &Parts) -> bool {
    let scope = "/execute-api/aws4_request";
    let mut shown = head.headers.get_all(AUTHORIZATION).iter();
    let within = |value: &http::HeaderValue| value.to_str().is_ok_and(|text| text.contains(scope));
    let query = head.uri.query().unwrap_or_default();
    shown.any(within) || query.contains(scope) || query.contains("%2Fexecute-api%2Faws4_request")
}

/// A body, and what is to be let go when it has been sent.
struct Held {
    body: ResponseBody,
    _until_sent: TaskTrackerToken,
}

impl Body for Held {
    type Data = <ResponseBody as Body>::Data;
    type Error = <ResponseBody as Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What a client is answered that speaks HTTP to a listener of MQTT, or where it has agreed on MQTT by ALPN, by the first byte
/// it sends: no packet that may come first begins with a letter. The whole answer, and what the log hears.
pub fn on_mqtt_listener(first: u8) -> Option<Stranger> {
    if !first.is_ascii_alphabetic() {
        return None;
    }
    let answer = api::not_mqtt();
    let mut head = format!("HTTP/1.1 {} Bad Request\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let Content::Bytes(body) = answer.body else {
        return None;
    };
    head.push_str(&format!(
        "content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    ));
    Some(Stranger {
        answer: [head.as_bytes(), &body].concat(),
        why: "the client speaks HTTP where its port, or its ALPN protocol, is MQTT's; HTTPS is served on the --https listener, \
              with http/1.1 as ALPN protocol or none",
    })
}

/// An answer whose content is an owner's, an object or what a function says, on the listener that also has the console:
/// a browser shows it, but not as a page of the same origin.
fn of_owner(
    head: &Parts,
    secure: bool,
    mut answer: Response<ResponseBody>,
) -> Response<ResponseBody> {
    let accepted = head.headers.get(http::header::ACCEPT);
    let shows = accepted.is_some_and(|kinds| {
        let kinds = kinds.as_bytes();
        kinds
            .windows(9)
            .any(|kind| kind.eq_ignore_ascii_case(b"text/html"))
    });
    if shows && !secure {
        answer.headers_mut().append(
            http::header::CONTENT_SECURITY_POLICY,
            http::HeaderValue::from_static(web::SANDBOX),
        );
    }
    answer
}

/// A page of the console; what goes on ends when the server drains.
fn page(
    method: &http::Method,
    answer: web::Response,
    mut draining: tokio::sync::watch::Receiver<bool>,
) -> Response<ResponseBody> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(*name, value.as_ref());
    }
    let body = match answer.body {
        _ if method == http::Method::HEAD => Either::Left(Full::default()),
        web::Body::Whole(bytes) => Either::Left(Full::new(bytes)),
        web::Body::Live(events) => {
            let drains = async move {
                let _ = draining.wait_for(|draining| *draining).await;
            };
            let events = events.take_until(Box::pin(drains)).boxed();
            Either::Right(Either::Right(LiveBody::new(events)))
        }
    };
    built(response.body(body))
}

fn built(response: http::Result<Response<ResponseBody>>) -> Response<ResponseBody> {
    response.unwrap_or_else(|error| {
        tracing::error!("an answer could not be built: {error}");
        text(StatusCode::INTERNAL_SERVER_ERROR, "")
    })
}

fn response(method: &http::Method, answer: api::Response) -> Response<ResponseBody> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        // What nearly all answers have; any other name is read.
        response = match &*name {
            "content-type" => response.header(CONTENT_TYPE, value),
            "x-amzn-requestid" => response.header(&REQUEST_ID, value),
            name => response.header(name, value),
        };
    }
    let body = match answer.body {
        _ if method == http::Method::HEAD => Either::Left(Full::default()),
        Content::Bytes(bytes) => Either::Left(Full::new(Bytes::from(bytes))),
        Content::Object(reading) => Either::Right(Either::Left(ObjectBody::new(reading))),
        Content::Backup(made) => Either::Right(Either::Right(LiveBody::breaking_off(made.0))),
    };
    built(response.body(body))
}

/// Reads what is left of a body and forgets it, within bounds.
async fn let_in(body: &mut Incoming) {
    let all = async {
        let mut unread = UNREAD_BYTES;
        while let Some(Ok(frame)) = body.frame().await {
            let some = frame.data_ref().map_or(0, Bytes::len);
            match unread.checked_sub(some) {
                Some(left) => unread = left,
                None => return,
            }
        }
    };
    // What has not come by then is not waited for.
    let _ = tokio::time::timeout(UNREAD_TIME, all).await;
}

fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<ResponseBody> {
    let mut response = of_type("text/plain; charset=utf-8", body);
    *response.status_mut() = status;
    response
}

fn of_type(kind: &'static str, body: impl Into<Bytes>) -> Response<ResponseBody> {
    let mut response = Response::new(Either::Left(Full::new(body.into())));
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static(kind),
    );
    response
}

#[cfg(test)]
mod tests;
