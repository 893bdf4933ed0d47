//! One environment: a confined process under a runtime client, from its start to its end, and the calls between.

use super::desk::{self, Body, Delivery, Desk, Event};
use super::output::{self, Output, Report};
use super::pool::Held;
use super::process::{Process, plan};
use super::{Host, Invocation, peer, variables};
use crate::confine::{self, Bind, Program};
use crate::function::{Answer, Code, Failure, Function, UNHANDLED, error_payload};
use crate::runtime::{self, Family, Places};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// The highest number of a signal that has a meaning of its own (signal(7)).
const MOST_SIGNALS: i32 = 31;
/// How long an idle runtime may take to ask for its next event.
const RETURN: Duration = Duration::from_secs(5);

/// A process that runs a function, or waits to. Dropping it ends everything in it.
pub(super) struct Environment {
    revision: String,
    expires: Option<SystemTime>,
    events: mpsc::Receiver<Event>,
    /// The runtime's question for an event, while it has one.
    parked: Option<oneshot::Sender<Delivery>>,
    output: Arc<Output>,
    flushes: mpsc::Sender<oneshot::Sender<()>>,
    ended: Arc<AtomicBool>,
    /// What it runs from.
    _held: Held,
    /// Its end is the order to end.
    _alive: oneshot::Sender<()>,
    server: tokio::task::AbortHandle,
    helper: u32,
    /// How many processes are between the helper and the runtime.
    depth: usize,
}

impl Drop for Environment {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// How a start, or the wait for the next question, ended.
enum Ready {
    Parked,
    InitError(Bytes),
    Exited(i32),
    TimedOut,
}

/// How an invocation ended.
struct Ended {
    payload: Bytes,
    /// `Runtime.ExitError` and the like; absent where the function answered.
    error: Option<String>,
    /// What REPORT says of it: `timeout` or `error`.
    status: Option<&'static str>,
    /// Whether the environment can be used again.
    whole: bool,
    duration: Duration,
}

/// Runs one invocation, in `idle` if it is there and still well. Gives back the environment if it is.
pub(super) async fn invoke(
    host: &Host,
    function: &Function,
    revision: &str,
    invocation: Invocation,
    id: String,
    idle: Option<Environment>,
) -> (Option<Environment>, Result<Answer, Failure>) {
    let mut init = None;
    let mut warm = None;
    if let Some(mut environment) = idle
        && matches!(environment.ready(RETURN).await, Ready::Parked)
    {
        warm = Some(environment);
    }
    let (mut environment, ready) = match warm {
        Some(environment) => (environment, Ready::Parked),
        None => {
            let begun = Instant::now();
            match start(host, function, revision).await {
                Ok(started) => {
                    init = Some(begun.elapsed());
                    started
                }
                Err(e) => return (None, Err(e)),
            }
        }
    };
    if init.is_none() {
        environment.output.begin();
    }
    environment.output.line(format!(
        "START RequestId: {id} Version: {}",
        function.version
    ));
    let ended = match ready {
        Ready::Parked => environment.run(function, invocation, &id).await,
        Ready::InitError(body) => Ended {
            error: Some(error_type(&body)),
            payload: body,
            status: Some("error"),
            whole: false,
            duration: Duration::ZERO,
        },
        Ready::Exited(code) => {
            environment.flush().await;
            exited(function, code, &id, Duration::ZERO)
        }
        Ready::TimedOut => timed_out(function, &id),
    };
    let memory = environment.memory().min(function.memory_mb);
    environment.flush().await;
    let answer = report(&environment, function, id, ended, init, memory);
    environment.output.write(true);
    let (answer, whole) = answer;
    (whole.then_some(environment), Ok(answer))
}

/// Starts an environment and waits until it is ready. One that is not within the time for starts is started once more, with
/// the function's own time (AWS: Lambda guide, "Init phase").
async fn start(
    host: &Host,
    function: &Function,
    revision: &str,
) -> Result<(Environment, Ready), Failure> {
    let begun = Instant::now();
    let mut environment = spawn(host, function, revision).await?;
    let mut ready = environment.ready(host.settings.init).await;
    if matches!(ready, Ready::TimedOut) {
        environment.output.line(format!(
            "INIT_REPORT Init Duration: {:.2} ms\tPhase: init\tStatus: timeout",
            begun.elapsed().as_secs_f64() * 1000.0
        ));
        environment.flush().await;
        drop(environment);
        environment = spawn(host, function, revision).await?;
        ready = environment.ready(function.timeout).await;
    }
    if matches!(ready, Ready::Exited(confine::NOT_CONFINED)) {
        return Err(Failure::NotConfined(
            "the function could not be confined as this machine seemed to allow; the function's log says more".into(),
        ));
    }
    Ok((environment, ready))
}

fn exited(function: &Function, code: i32, id: &str, duration: Duration) -> Ended {
    let (kind, message) = match code {
        confine::NOT_STARTED if function.runtime.family() == Family::Provided => (
            "Runtime.InvalidEntrypoint",
            format!(
                "RequestId: {id} Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
            ),
        ),
        confine::NOT_STARTED => (
            "Runtime.InvalidEntrypoint",
            format!(
                "RequestId: {id} Error: the interpreter could not be started; the log says why"
            ),
        ),
        0 => (
            "Runtime.ExitError",
            format!("RequestId: {id} Error: Runtime exited without providing a reason"),
        ),
        _ if (1..=MOST_SIGNALS).contains(&(code - confine::SIGNALLED)) => (
            "Runtime.ExitError",
            format!(
                "RequestId: {id} Error: Runtime exited with error: signal: {}",
                signal(code - confine::SIGNALLED)
            ),
        ),
        _ => (
            "Runtime.ExitError",
            format!("RequestId: {id} Error: Runtime exited with error: exit status {code}"),
        ),
    };
    Ended {
        payload: error_payload(kind, &message),
        error: Some(kind.into()),
        status: Some("error"),
        whole: false,
        duration,
    }
}

/// Signals by the names that AWS's messages have for them.
fn signal(number: i32) -> String {
    match number {
        libc::SIGKILL => "killed".into(),
        libc::SIGSEGV => "segmentation fault".into(),
        libc::SIGABRT => "aborted".into(),
        libc::SIGTERM => "terminated".into(),
        libc::SIGBUS => "bus error".into(),
        libc::SIGILL => "illegal instruction".into(),
        libc::SIGFPE => "floating point exception".into(),
        libc::SIGXFSZ => "file size limit exceeded".into(),
        libc::SIGSYS => "bad system call".into(),
        number => format!("signal {number}"),
    }
}

fn timed_out(function: &Function, id: &str) -> Ended {
    let message = format!(
        "RequestId: {id} Error: Task timed out after {:.2} seconds",
        function.timeout.as_secs_f64()
    );
    Ended {
        payload: error_payload("Sandbox.Timedout", &message),
        error: Some("Sandbox.Timedout".into()),
        status: Some("timeout"),
        whole: false,
        duration: function.timeout,
    }
}

/// Writes the invocation's last lines, and makes the answer of it.
fn report(
    environment: &Environment,
    function: &Function,
    id: String,
    ended: Ended,
    init: Option<Duration>,
    memory: u32,
) -> (Answer, bool) {
    let output = &environment.output;
    match (ended.status, &ended.error) {
        (Some("timeout"), _) => output.line(format!(
            "{} {id} Task timed out after {:.2} seconds",
            iso(OffsetDateTime::now_utc()),
            function.timeout.as_secs_f64()
        )),
        (_, Some(kind)) if kind == "Runtime.ExitError" || kind == "Runtime.InvalidEntrypoint" => {
            let text = serde_json::from_slice::<serde_json::Value>(&ended.payload)
                .ok()
                .and_then(|error| Some(error["errorMessage"].as_str()?.to_owned()));
            output.line(format!("{}\n{kind}", text.unwrap_or_default()));
        }
        _ => {}
    }
    let millis = ended.duration.as_secs_f64() * 1000.0;
    let billed = Duration::from_millis(
        u64::try_from(ended.duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX),
    );
    let mut line = format!(
        "REPORT RequestId: {id}\tDuration: {millis:.2} ms\tBilled Duration: {} ms\tMemory Size: {} MB\tMax Memory Used: \
         {memory} MB\t",
        billed.as_millis(),
        function.memory_mb
    );
    if let Some(init) = init {
        line += &format!("Init Duration: {:.2} ms\t", init.as_secs_f64() * 1000.0);
    }
    if let Some(status) = ended.status {
        line += &format!("Status: {status}");
        if let Some(kind) = &ended.error
            && status == "error"
        {
            line += &format!("\tError Type: {kind}");
        }
    }
    output.line(format!("END RequestId: {id}"));
    output.line(line);
    let answer = Answer {
        version: function.version.clone(),
        payload: ended.payload,
        function_error: ended.error.is_some().then_some(UNHANDLED),
        log_tail: output.tail(),
        log_stream: Some(output.stream.clone()),
        duration: ended.duration,
        billed,
        init,
        request_id: id,
    };
    (answer, ended.whole)
}

fn iso(at: OffsetDateTime) -> String {
    format!(
        "{}T{:02}:{:02}:{:02}.{:03}Z",
        at.date(),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    )
}

/// `errorType` of what a runtime reported.
fn error_type(body: &[u8]) -> String {
    serde_json::from_slice::<serde_json::Value>(body)
        .ok()
        .and_then(|error| Some(error["errorType"].as_str()?.to_owned()))
        .unwrap_or_else(|| "Runtime.Unknown".into())
}

impl Environment {
    /// Whether it is alive, of this revision, and its credentials are good for a while.
    pub(super) fn fits(&self, revision: &str) -> bool {
        let soon = SystemTime::now() + Duration::from_secs(60);
        !self.ended() && self.revision == revision && self.expires.is_none_or(|at| at > soon)
    }

    pub(super) fn ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Waits until the runtime asks for an event.
    async fn ready(&mut self, limit: Duration) -> Ready {
        let until = tokio::time::Instant::now() + limit;
        loop {
            // One whose connection has gone asks no more.
            if self
                .parked
                .as_ref()
                .is_some_and(|parked| !parked.is_closed())
            {
                return match self.ended() {
                    false => Ready::Parked,
                    true => Ready::Exited(1),
                };
            }
            match tokio::time::timeout_at(until, self.events.recv()).await {
                Err(_) => return Ready::TimedOut,
                Ok(Some(Event::Next(sender))) => self.parked = Some(sender),
                Ok(Some(Event::Answer { ack, .. })) => {
                    let _ = ack.send(StatusCode::BAD_REQUEST);
                }
                Ok(Some(Event::InitError { body })) => return Ready::InitError(body),
                Ok(Some(Event::Exited(code))) => return Ready::Exited(code),
                Ok(None) => return Ready::Exited(1),
            }
        }
    }

    async fn run(&mut self, function: &Function, invocation: Invocation, id: &str) -> Ended {
        let begun = tokio::time::Instant::now();
        let delivery = Delivery {
            headers: headers(function, &invocation, id),
            payload: invocation.payload,
        };
        if let Some(parked) = self.parked.take() {
            // If the runtime has gone this moment, its exit is the next event.
            let _ = parked.send(delivery);
        }
        let until = begun + function.timeout;
        loop {
            let event = match tokio::time::timeout_at(until, self.events.recv()).await {
                Err(_) => return timed_out(function, id),
                Ok(event) => event,
            };
            let duration = begun.elapsed();
            match event {
                Some(Event::Answer {
                    id: of,
                    body,
                    failed,
                    ack,
                }) if of == id => {
                    let _ = ack.send(StatusCode::ACCEPTED);
                    return answered(body, failed, duration);
                }
                Some(Event::Answer { ack, .. }) => {
                    let _ = ack.send(StatusCode::BAD_REQUEST);
                }
                // It asks for more without having answered: with a new connection, after its own was lost.
                Some(Event::Next(sender)) => self.parked = Some(sender),
                Some(Event::InitError { body }) => {
                    return Ended {
                        error: Some(error_type(&body)),
                        payload: body,
                        status: Some("error"),
                        whole: false,
                        duration,
                    };
                }
                Some(Event::Exited(code)) => {
                    self.flush().await;
                    return exited(function, code, id, duration);
                }
                None => return exited(function, 1, id, duration),
            }
        }
    }

    /// Waits until everything that was printed by now is in the log.
    async fn flush(&self) {
        let (sender, done) = oneshot::channel();
        if self.flushes.send(sender).await.is_ok() {
            let _ = done.await;
        }
    }

    /// The most memory that the runtime's own process has had, in MB, as far as the kernel says.
    fn memory(&self) -> u32 {
        let mut process = self.helper;
        for _ in 0..=self.depth {
            match peer::children(process).first() {
                Some(child) => process = *child,
                None => return 0,
            }
        }
        let kilobytes = fs::read_to_string(format!("/proc/{process}/status"))
            .ok()
            .and_then(|text| {
                let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
                line.split_whitespace().nth(1)?.parse::<u32>().ok()
            });
        kilobytes.unwrap_or(0).div_ceil(1024)
    }
}

fn answered(body: Body, failed: bool, duration: Duration) -> Ended {
    let (payload, error, status) = match body {
        Body::Whole(body) if failed => {
            let kind = error_type(&body);
            (body, Some(kind), None)
        }
        Body::Whole(body) => (body, None, None),
        Body::TooLarge => (
            error_payload(
                "Function.ResponseSizeTooLarge",
                &format!(
                    "Response payload size exceeded maximum allowed payload size ({} bytes).",
                    crate::MAX_PAYLOAD
                ),
            ),
            Some("Function.ResponseSizeTooLarge".into()),
            Some("error"),
        ),
    };
    Ended {
        payload,
        error,
        status,
        whole: true,
        duration,
    }
}

fn headers(function: &Function, invocation: &Invocation, id: &str) -> HeaderMap {
    let deadline = output::now() + i64::try_from(function.timeout.as_millis()).unwrap_or(i64::MAX);
    let trace = uuid::Uuid::new_v4().simple().to_string();
    let context = invocation.client_context.as_ref().and_then(|text| {
        // A header holds no line ends; JSON between its tokens does.
        serde_json::from_str::<serde_json::Value>(text).ok()
    });
    let lines =
        [
            ("content-type", Some("application/json".to_owned())),
            ("lambda-runtime-aws-request-id", Some(id.to_owned())),
            ("lambda-runtime-deadline-ms", Some(deadline.to_string())),
            (
                "lambda-runtime-invoked-function-arn",
                Some(invocation.function_arn.clone()),
            ),
            (
                "lambda-runtime-trace-id",
                Some(invocation.trace_id.clone().unwrap_or_else(|| {
                    format!("Root=1-{}-{};Sampled=0", &trace[..8], &trace[8..])
                })),
            ),
            (
                "lambda-runtime-client-context",
                context.map(|context| context.to_string()),
            ),
        ];
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        if let Some(value) = value.and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok())
        {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}

async fn spawn(host: &Host, function: &Function, revision: &str) -> Result<Environment, Failure> {
    let confinement = host.confinement().await?.clone();
    let own_root = confinement.namespaces;
    let wrong = |step: &'static str| move |e: io::Error| Failure::Io(step.into(), e);
    let (Code::Folder(code) | Code::Live(code)) = &function.code else {
        return Err(Failure::RuntimeMissing(
            "a function behind a URL has no process".into(),
        ));
    };
    let code = code
        .canonicalize()
        .map_err(|e| Failure::Io(format!("the function's code in {}", code.display()), e))?;
    let places = Places {
        task: if own_root {
            "/var/task".into()
        } else {
            code.clone()
        },
        opt: function
            .layers
            .clone()
            .map(|opt| if own_root { "/opt".into() } else { opt }),
        own_root,
    };
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .map_err(wrong("opening the Runtime API"))?;
    let port = listener
        .local_addr()
        .map_err(wrong("opening the Runtime API"))?
        .port();
    let launch = runtime::launch(&host.settings.toolchain, &host.shims, function, &places).await?;
    let output = Arc::new(Output::new(
        &host.logs,
        &function.log_group,
        &function.version,
    ));
    let scratch = host
        .settings
        .directory
        .join("tmp")
        .join(uuid::Uuid::new_v4().simple().to_string());
    if !own_root {
        fs::create_dir_all(&scratch).map_err(wrong("making a folder for temporary files"))?;
    }
    let tmp = if own_root {
        Path::new("/tmp")
    } else {
        &scratch
    };
    let mut own = launch.readable.clone();
    own.push(Bind {
        source: code,
        target: places.task.clone(),
    });
    if let (Some(source), Some(target)) = (&function.layers, &places.opt) {
        own.push(Bind {
            source: source.clone(),
            target: target.clone(),
        });
    }
    let bytes = u64::from(function.ephemeral_mb) << 20;
    let mut plan = plan(host, own_root, &scratch, bytes, own)?;
    plan.data_bytes = launch.data_bytes;
    plan.connect.iter_mut().for_each(|ports| ports.push(port));
    let api = format!("127.0.0.1:{port}");
    let (environment, expires) = variables::of(
        host,
        function,
        &launch,
        &places,
        (&output.stream, tmp, &api),
    );
    let wrapper = environment
        .iter()
        .find(|(name, _)| name == runtime::WRAPPER);
    let (path, arguments) = launch.command(wrapper.map(|(_, value)| value.as_str()));
    plan.program = Some(Program {
        path,
        arguments,
        environment,
        folder: places.task,
    });
    output.aside(format!("INIT_START Runtime Version: {}", launch.banner));
    if !confinement.full() {
        output.line(format!(
            "[nameplate] confined with gaps: {}",
            confinement.gaps.join("; ")
        ));
    }
    let (process, report, flushes) = Process::start(host, &plan, Some(Arc::clone(&output))).await?;
    let (events, received) = mpsc::channel(16);
    let helper = process.helper;
    let (alive, gone) = oneshot::channel();
    let ended = Arc::new(AtomicBool::new(false));
    tokio::spawn(watch(
        process,
        report,
        gone,
        events.clone(),
        Arc::clone(&ended),
        (Arc::clone(&output), scratch),
    ));
    let authority = host.settings.authority.clone().map(Bytes::from);
    let desk = Desk {
        events,
        helper,
        authority,
    };
    let server = tokio::spawn(desk::serve(listener, Arc::new(desk))).abort_handle();
    Ok(Environment {
        revision: revision.to_owned(),
        expires,
        events: received,
        parked: None,
        output,
        flushes,
        ended,
        _held: host.pool.hold(function),
        _alive: alive,
        server,
        helper,
        depth: usize::from(own_root),
    })
}

/// Waits for the end of the helper, or for the order to end it.
async fn watch(
    process: Process,
    report: oneshot::Receiver<Report>,
    gone: oneshot::Receiver<()>,
    events: mpsc::Sender<Event>,
    ended: Arc<AtomicBool>,
    (output, scratch): (Arc<Output>, PathBuf),
) {
    let Process {
        mut child,
        line,
        helper,
    } = process;
    let status = tokio::select! {
        status = child.wait() => status,
        _ = gone => {
            // The helper ends the function, and then itself. Should it not, the whole group is killed.
            drop(line);
            match tokio::time::timeout(Duration::from_secs(2), child.wait()).await {
                Ok(status) => status,
                Err(_) => {
                    let group = nix::unistd::Pid::from_raw(i32::try_from(helper).unwrap_or(i32::MAX));
                    let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
                    child.wait().await
                }
            }
        }
    };
    ended.store(true, Ordering::Relaxed);
    if let Ok(Err(line)) = report.await
        && !line.is_empty()
    {
        output.line(format!(
            "[nameplate] not confined: {}",
            nameplate_core::escape::line(&line)
        ));
        output.write(true);
    }
    use std::os::unix::process::ExitStatusExt;
    let code = status.map_or(1, |status| {
        let ended = status.signal().unwrap_or(libc::SIGKILL);
        // Those of real time would meet what the helper itself says.
        status.code().unwrap_or(match ended {
            ..=MOST_SIGNALS => confine::SIGNALLED + ended,
            _ => 128 + ended,
        })
    });
    let _ = fs::remove_dir_all(scratch);
    let _ = events.send(Event::Exited(code)).await;
}
