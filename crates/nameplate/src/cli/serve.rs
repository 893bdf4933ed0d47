//! `nameplate serve`: settings, store, listeners, the `ready` line, wait, drain.

use super::certificate::{Brought, Shown};
use super::generation::{Generation, Generations, Plan};
use super::log;
use super::out::{say, tell};
use super::tickets;
use crate::app::directory::Kept;
use crate::app::functions::HostSettings;
use crate::app::iam::root_access_key;
use crate::app::traces::Traces;
use crate::app::{self, App, AppSettings};
use crate::authority::shared::SharedSecrets;
use crate::authority::{self, DeviceAuthority, ServerAuthority};
use crate::broker;
use crate::bus;
use crate::config::{self, EndpointPort, LIKE_AWS, Layer, LogFormat, Refusals, SETTINGS, Settings};
use crate::net::current::Current;
use crate::net::dialled::Names;
use crate::net::http::{Arrived, HttpService};
use crate::net::listen::{self, GUESTS_ALPN, HTTPS_ALPN, Speaks, TlsShared};
use crate::net::tls::{self, ListenerTls, ServerCertificates, Tickets};
use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command};
use nameplate_core::ctx::Millis;
use nameplate_core::endpoint::{AwsForm, hosts_of};
use nameplate_store::{ClusterOptions, EngineOptions, Standing};
use serde_json::json;
use std::fmt;
use std::io::IsTerminal as _;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{Semaphore, watch};

/// How long connections may take to end once the server drains.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);
/// How long rules may take to end what they were at, once nothing comes in any more.
const RULES_LIMIT: Duration = Duration::from_secs(2);
/// How long writing down what waits for sessions may take.
const SESSIONS_LIMIT: Duration = Duration::from_secs(5);
/// How long requests that are under way may take once the server drains: an upload's bytes are still coming. Orchestrators
/// kill after 30 s and more.
const REQUEST_LIMIT: Duration = Duration::from_secs(25);
/// File descriptors asked for: one for each connection, and some.
const MOST_CONNECTIONS: u64 = 1_048_576;
/// File in the data directory that says where the running server listens.
pub const ENDPOINTS_FILE: &str = "endpoints.json";

/// The subcommand and its flags.
pub fn command() -> Command {
    let mut command = Command::new("serve").about("Runs the server");
    command = command
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .help("Settings file [default: nameplate.toml, if there is one]"),
        )
        .arg(
            Arg::new("like-aws")
                .long("like-aws")
                .action(ArgAction::SetTrue)
                .help(format!(
                    "Same as {}",
                    LIKE_AWS
                        .iter()
                        .map(|(name, value)| format!("--{name} {value}"))
                        .collect::<Vec<_>>()
                        .join(" ")
                )),
        );
    for setting in SETTINGS {
        let arg = Arg::new(setting.name).long(setting.name);
        let arg = match setting.value {
            "" => arg
                .value_name("true|false")
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true"),
            value => arg.value_name(value),
        };
        command = command.arg(arg.action(ArgAction::Append).help(format!(
            "{} [default: {}]{}",
            setting.help,
            setting.default,
            if setting.many {
                " (may be given several times)"
            } else {
                ""
            }
        )));
    }
    command
}

/// The flags that were given, as a layer of settings.
pub fn flags(matches: &ArgMatches) -> Layer {
    let mut layer = Layer::new();
    for setting in SETTINGS {
        if let Some(values) = matches.get_many::<String>(setting.name) {
            layer.insert(setting.name.to_owned(), values.cloned().collect());
        }
    }
    if matches.get_flag("like-aws") {
        layer.insert("like-aws".into(), vec!["true".into()]);
    }
    layer
}

/// Runs the server until it is told to stop; the exit status.
pub fn run(matches: &ArgMatches) -> u8 {
    let named = matches.get_one::<String>("config").map(Path::new);
    let (settings, warning) = match config::gather(flags(matches), named) {
        Ok(gathered) => gathered,
        Err(mistakes) => {
            let format = config::wanted_log_format(&flags(matches));
            log::complain_as(format, format_args!("{mistakes}"));
            return 2;
        }
    };
    log::start(&settings);
    let format = settings.log_format;
    if let Some(warning) = warning {
        tracing::warn!("{warning}");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            log::complain_as(format, format_args!("cannot start: {error}"));
            return 1;
        }
    };
    let status = runtime.block_on(until_stopped(settings, config::exposed_by(&flags(matches))));
    // Whatever still runs is not waited for: all that counts is on disk, or its caller was told nothing. Nor is it stopped
    // before the process ends: a task that asks a runtime for a timer while that is being shut down panics.
    std::mem::forget(runtime);
    status
}

/// `exposed` is told of a server that does start: one that does not says why in one line.
async fn until_stopped(settings: Settings, exposed: Vec<String>) -> u8 {
    // In place before the `ready` line: who reads that may send a signal.
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            log::complain_as(
                settings.log_format,
                format_args!("cannot start: signals cannot be listened for: {error}"),
            );
            return 1;
        }
    };
    let format = settings.log_format;
    // On a thread of its own, since reading a large registry takes its time, and a signal need not wait for that.
    let mut starting = tokio::spawn(start(settings));
    let started = tokio::select! {
        started = &mut starting => started,
        () = signals.asked_to_stop() => {
            tracing::info!("stopped before it was ready");
            return 0;
        }
    };
    let running = match started
        .map_err(anyhow::Error::from)
        .and_then(|started| started)
    {
        Ok(running) => running,
        Err(error) => {
            log::complain_as(format, format_args!("cannot start: {error:#}"));
            return 1;
        }
    };
    for warning in exposed {
        tracing::warn!("{warning}");
    }
    if let Err(error) = say(&running.endpoints().ready(format)) {
        // It serves all the same, and endpoints.json says where.
        tracing::error!("standard output does not take the `ready` line: {error}");
    }
    if format == LogFormat::Text && std::io::stdout().is_terminal() {
        // As above.
        let _ = tell(&running.endpoints().hint(&running.data_dir));
    }
    let mut standing = running.standing();
    let lost = async {
        let lost = standing.wait_for(|standing| *standing == Standing::Lost);
        if lost.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = signals.asked_to_stop() => {}
        () = lost => {
            log::complain_as(
                format,
                format_args!("stopped: another server has the registry now, or the others took this one for dead; start it again"),
            );
            return 1;
        }
    }
    tracing::info!("draining");
    tokio::select! {
        () = running.stop() => 0,
        () = signals.asked_to_stop() => {
            tracing::warn!("a second signal: what was under way is broken off");
            1
        }
    }
}

/// The signals that ask a server to stop.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    // None where whoever started the process has it ignored, as `nohup` does.
    hangup: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    /// From now on a signal no longer ends the process by itself.
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: match hangup_is_ignored() {
                true => None,
                false => Some(signal(SignalKind::hangup())?),
            },
        })
    }

    async fn asked_to_stop(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => drop(hangup.recv().await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            () = hangup => {}
        }
    }
}

/// Linux says so in the process's status: a mask in hex, SIGHUP its lowest bit. Elsewhere the signal is heard.
fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}

/// The system's clock. The only place that reads it.
pub fn clock() -> Millis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Where a running server listens. Prints as the `ready` line's fields.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// Plain HTTP.
    pub api: Vec<SocketAddr>,
    /// MQTT.
    pub mqtt: Vec<SocketAddr>,
    /// Everything by ALPN.
    pub https: Vec<SocketAddr>,
    /// What `DescribeEndpoint` answers.
    pub endpoint_host: String,
    /// PEM that devices trust the server by, absolute.
    pub root_ca: PathBuf,
}

impl Endpoints {
    /// What somebody who started it by hand may want to do next.
    fn hint(&self, data_dir: &Path) -> String {
        let place = match data_dir == Path::new("nameplate-data") {
            true => String::new(),
            false => format!(" --data-dir {}", data_dir.display()),
        };
        let console = self.api.first().map(|api| format!("http://{api}/"));
        format!(
            "\n  AWS's tools here:      eval \"$(nameplate env{place})\"\n  a device's first day:  nameplate demo{place}\n  \
             the console:           {}\n  how it is:             nameplate status{place}\n  Ctrl-C ends it.\n\n",
            console.unwrap_or_default()
        )
    }

    /// The line that says that every listener accepts, in the format of the log.
    fn ready(&self, format: LogFormat) -> String {
        match format {
            LogFormat::Text => format!("ready {self}\n"),
            LogFormat::Json => {
                let line = json!({
                    "ready": true,
                    "api": texts(&self.api),
                    "mqtt": texts(&self.mqtt),
                    "https": texts(&self.https),
                    "endpoint": self.endpoint_host,
                    "root-ca": self.root_ca,
                });
                format!("{line}\n")
            }
        }
    }
}

fn texts(addresses: &[SocketAddr]) -> Vec<String> {
    addresses.iter().map(ToString::to_string).collect()
}

impl fmt::Display for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |addresses: &[SocketAddr]| texts(addresses).join(",");
        write!(
            f,
            "api={} mqtt={} https={} endpoint={} root-ca={}",
            list(&self.api),
            list(&self.mqtt),
            list(&self.https),
            self.endpoint_host,
            self.root_ca.display()
        )
    }
}

/// A server that accepts.
pub struct Running {
    generations: Arc<Generations>,
    http: Arc<HttpService>,
    endpoints: Endpoints,
    data_dir: PathBuf,
    drain: watch::Sender<bool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Running {
    /// Where it listens.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Whether it is one of the servers of its registry.
    fn standing(&self) -> watch::Receiver<Standing> {
        self.generations.current.load().mqtt.app.standing()
    }

    /// What it runs.
    #[cfg(test)]
    pub(crate) fn app(&self) -> Arc<App> {
        Arc::clone(&self.generations.current.load().mqtt.app)
    }

    /// Stops accepting, answers the requests that are under way, ends all connections, writes everything down.
    pub async fn stop(self) {
        let _ = self.drain.send(true);
        // No reset comes in between any more.
        let serving = self.generations.serving.lock().await;
        let app = Arc::clone(serving.app());
        let devices = serving.send_away(DRAIN_LIMIT);
        let requests = tokio::time::timeout(REQUEST_LIMIT, self.http.drained());
        let ((), requests) = tokio::join!(devices, requests);
        if requests.is_err() {
            tracing::warn!(
                "requests were still under way after {} s and are broken off",
                REQUEST_LIMIT.as_secs()
            );
        }
        if tokio::time::timeout(RULES_LIMIT, app.rules.idle())
            .await
            .is_err()
        {
            tracing::warn!(
                "rules were still at work after {} s: messages that they were at are lost, but for registry events",
                RULES_LIMIT.as_secs()
            );
        }
        // Who was connected until now, and what waits for them.
        let written = app.router.journal().all_written();
        if tokio::time::timeout(SESSIONS_LIMIT, written).await.is_err() {
            tracing::warn!("not everything about MQTT sessions could be written down");
        }
        if let Err(error) = app.search.keep_connectivity().await {
            tracing::warn!("who was connected could not be written down: {error:?}");
        }
        if let Err(error) = app.gateway.write_usage().await {
            tracing::warn!("what API keys used last could not be written down: {error:?}");
        }
        if let Some(peers) = &app.peers {
            // That clients have gone, which the heir would tell once more otherwise.
            peers.say_the_rest().await;
        }
        serving.end();
        for task in &self.tasks {
            task.abort();
        }
        let _ = std::fs::remove_file(self.data_dir.join(ENDPOINTS_FILE));
        let _ = tokio::task::spawn_blocking(move || app.close()).await;
    }
}

/// Starts a server: everything that `serve` runs, in this process.
pub async fn start(settings: Settings) -> anyhow::Result<Running> {
    let data_dir = settings.data_dir.clone();
    let (opened, settings) =
        tokio::task::spawn_blocking(move || open_authorities(settings)).await??;
    let Opened {
        server,
        shown,
        device,
        root_key,
        kept,
        shared,
    } = opened;
    let root_key = root_access_key(root_key.id.clone(), root_key.secret.clone());
    let app_settings = app_settings(&settings).map_err(readable)?;
    if let Some(options) = &settings.bus {
        bus::Bus::try_out(options).await?;
    }
    let app = App::open(&data_dir, app_settings, device, root_key, clock)
        .await
        .map_err(readable)?;
    let begun = begin(Arc::clone(&app), settings, (server, shown), &kept, shared).await;
    if begun.is_err() {
        // As where it could not be opened.
        let _ = tokio::task::spawn_blocking(move || app.close()).await;
    }
    begun
}

/// Serves what is open.
async fn begin(
    app: Arc<App>,
    settings: Settings,
    (server, shown): (ServerAuthority, Shown),
    kept: &Kept,
    shared: Option<Arc<SharedSecrets>>,
) -> anyhow::Result<Running> {
    let data_dir = settings.data_dir.clone();
    app.remember(kept).await.map_err(readable)?;
    if matches!(settings.engine, EngineOptions::Sqlite) {
        authority::mark_served(&data_dir)?;
    }
    warn_of_region(&settings);
    let (drain, draining) = watch::channel(false);
    let config = Arc::new(broker::connection_config(
        match settings.refusals {
            Refusals::Clear => nameplate_mqtt::connection::Refusals::Clear,
            Refusals::Aws => nameplate_mqtt::connection::Refusals::Aws,
        },
        settings.session_expiry_seconds,
    ));
    let serving = Generation::begin(app, &config);
    let current = Arc::new(Current::new(Arc::clone(serving.serving())));
    let strangers = Arc::new(Semaphore::new(places_for_strangers()));
    let http = HttpService::new(
        Arc::clone(&current),
        draining.clone(),
        Arc::clone(&strangers),
        shown.trust.clone(),
        settings.vending_plain,
    );
    serving.app().join_peers().await.map_err(readable)?;
    let mut tasks = Vec::new();
    let tickets = tickets::open(settings.first_connect, shared, &mut tasks).await?;
    let names = certificate_names(&settings);
    let tls_shared = Arc::new(TlsShared {
        current: Arc::clone(&current),
        http: Arc::clone(&http),
        names: Arc::clone(&shown.names),
        hosts: Names::new(names.iter().map(String::as_str).chain(LOOPBACK)),
        strangers,
    });
    let (root_ca, root_ca_pem) = (shown.trust_path.clone(), shown.trust.clone());
    let endpoints = listen_on(
        &settings,
        &tls_shared,
        &shown.certificates,
        (root_ca, draining, tickets),
        &mut tasks,
    )?;
    tasks.push(tokio::spawn(shown.keep(server, Arc::clone(&http))));
    let plan = Plan {
        config,
        host: host_settings(&settings, &endpoints, root_ca_pem)?,
        function_dir: match &settings.function_dir {
            Some(directory) => Some(std::path::absolute(directory)?),
            None => None,
        },
    };
    serving.set_going(&plan).await.map_err(readable)?;
    let app = Arc::clone(serving.app());
    let generations = Arc::new(Generations {
        current,
        serving: tokio::sync::Mutex::new(serving),
        plan,
    });
    let https = endpoints.https.first().map(SocketAddr::port);
    let port = match settings.endpoint_port {
        EndpointPort::None => None,
        EndpointPort::Https => https,
        EndpointPort::Number(port) => Some(port),
    };
    if let Some(port) = port {
        app.ground().set_endpoint_port(port);
    }
    if settings.allow_reset {
        let asks = app.ground().serve_resets();
        tasks.push(tokio::spawn(Arc::clone(&generations).follow(asks)));
    }
    let region = &settings.realm.region;
    write_endpoints(&data_dir, &endpoints, region, app.directory_id())?;
    http.set_ready();
    Ok(Running {
        generations,
        http,
        endpoints,
        data_dir,
        drain,
        tasks,
    })
}

/// What functions need to know of this server.
fn host_settings(
    settings: &Settings,
    endpoints: &Endpoints,
    authority: String,
) -> anyhow::Result<HostSettings> {
    let mut api = *endpoints.api.first().context("no address of the API")?;
    if api.ip().is_unspecified() {
        api.set_ip(match api.is_ipv4() {
            true => Ipv4Addr::LOCALHOST.into(),
            false => Ipv6Addr::LOCALHOST.into(),
        });
    }
    Ok(HostSettings {
        program: std::env::current_exe().context("cannot find this program")?,
        python: settings.python.clone(),
        node: settings.node.clone(),
        endpoint_url: format!("http://{api}"),
        device_host: settings.endpoint_host.clone(),
        authority,
        data_dir: std::path::absolute(&settings.data_dir)?,
        keys: settings.rule_places.keys.clone(),
        files: Arc::default(),
    })
}

/// What of the settings the use cases need.
fn app_settings(settings: &Settings) -> app::Result<AppSettings> {
    Ok(AppSettings {
        realm: Arc::new(settings.realm.clone()),
        engine: settings.engine.clone(),
        cluster: settings.cluster.is_some().then(|| ClusterOptions {
            addresses: addresses(settings),
            release: env!("CARGO_PKG_VERSION").to_owned(),
            has_bus: settings.bus.is_some(),
        }),
        endpoint_host: settings.endpoint_host.clone(),
        further_hosts: settings.further_hosts.clone(),
        objects: settings.objects.clone(),
        rule_places: settings.rule_places.clone(),
        first_connect: settings.first_connect,
        refusals: settings.refusals,
        jitr_wait_seconds: settings.jitr_wait_seconds,
        renew_expired_days: settings.renew_expired_days,
        attempts: settings.attempts,
        audit_megabytes: settings.audit_megabytes,
        thing_type_deletion_wait_seconds: settings.thing_type_deletion_wait_seconds,
        quotas: settings.quotas,
        allow_reset: settings.allow_reset,
        bus: match &settings.bus {
            None => bus::Setting::None,
            Some(options) => bus::Setting::Nats(options.clone()),
        },
        traces: Arc::new(match &settings.traces {
            None => Traces::none(),
            Some(collector) => Traces::start(collector, clock)?,
        }),
    })
}

/// The machine's name and where it is asked to listen, for the operators of several servers: all may listen alike.
fn addresses(settings: &Settings) -> String {
    let list = |addresses: &[SocketAddr]| texts(addresses).join(",");
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!(
        "{} api={} mqtt={} https={}",
        nameplate_core::escape::line(machine.trim()),
        list(&settings.api),
        list(&settings.mqtt),
        list(&settings.https)
    )
}

fn warn_of_region(settings: &Settings) {
    let region = &settings.realm.region;
    if let Some(form) = AwsForm::parse(&settings.endpoint_host)
        && form.region() != region
    {
        tracing::warn!(
            "--endpoint-host names the region {}, and --region is {region}: clients that take the region out of the name \
             will sign for another",
            form.region(),
        );
    }
}

/// Binds every listener and serves it in a task; where they listen.
fn listen_on(
    settings: &Settings,
    tls_shared: &Arc<TlsShared>,
    certificates: &Arc<ServerCertificates>,
    (root_ca, draining, tickets): (PathBuf, watch::Receiver<bool>, Option<Tickets>),
    tasks: &mut Vec<tokio::task::JoinHandle<()>>,
) -> anyhow::Result<Endpoints> {
    let tls_config = |mandatory, alpn| {
        tls::server_config(Arc::clone(certificates), mandatory, alpn, tickets.as_ref())
    };
    let guests = tls_config(false, &[])?;
    let mqtt_tls = ListenerTls::with_guests(tls_config(true, &[])?, &guests, GUESTS_ALPN);
    let https_tls = ListenerTls::same(tls_config(false, HTTPS_ALPN)?);
    let mut endpoints = Endpoints {
        api: Vec::new(),
        mqtt: Vec::new(),
        https: Vec::new(),
        endpoint_host: settings.endpoint_host.clone(),
        root_ca,
    };
    for address in &settings.api {
        let listener = listen::bind(*address).with_context(|| format!("--api {address}"))?;
        endpoints.api.push(listener.local_addr()?);
        let http = Arc::clone(&tls_shared.http);
        tasks.push(tokio::spawn(listen::accept(
            listener,
            draining.clone(),
            move |stream, address| {
                let http = Arc::clone(&http);
                let arrived = Arrived::new(address, "api", None);
                async move { http.serve(stream, arrived).await }
            },
        )));
    }
    let secure = [
        ("mqtt", &settings.mqtt, Speaks::Mqtt, &mqtt_tls),
        ("https", &settings.https, Speaks::Everything, &https_tls),
    ];
    for (name, addresses, speaks, config) in secure {
        for address in addresses {
            let listener = listen::bind(*address).with_context(|| format!("--{name} {address}"))?;
            let bound = listener.local_addr()?;
            match speaks {
                Speaks::Mqtt => endpoints.mqtt.push(bound),
                Speaks::Everything => endpoints.https.push(bound),
            }
            let shared = Arc::clone(tls_shared);
            let config = config.clone();
            tasks.push(tokio::spawn(listen::accept(
                listener,
                draining.clone(),
                move |stream, peer| {
                    listen::serve_tls(Arc::clone(&shared), config.clone(), speaks, stream, peer)
                },
            )));
        }
    }
    Ok(endpoints)
}

struct Opened {
    server: ServerAuthority,
    shown: Shown,
    device: DeviceAuthority,
    root_key: authority::AccessKey,
    kept: Kept,
    shared: Option<Arc<SharedSecrets>>,
}

/// Reads the server's keys, or makes them at the first start, while no other server can. Nothing is made in a directory
/// that has been served and is no longer whole, or that belongs to another account or region.
fn open_authorities(mut settings: Settings) -> anyhow::Result<(Opened, Settings)> {
    // Before anything is made.
    let brought = Brought::read(&settings)?;
    let directory = &settings.data_dir;
    let lock = nameplate_store::DirectoryLock::take(directory)?;
    // What a server that was killed left behind would lead commands to whoever has its ports now.
    match std::fs::remove_file(directory.join(ENDPOINTS_FILE)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| {
                format!("cannot remove {}", directory.join(ENDPOINTS_FILE).display())
            });
        }
        _ => {}
    }
    let engine = &settings.engine;
    let shared = match (&settings.cluster, engine) {
        (Some(cluster), EngineOptions::Postgres(server)) => {
            Some(SharedSecrets::open(&cluster.secrets_key, server)?)
        }
        _ => None,
    };
    if let Some(shared) = &shared {
        share_first(shared, &settings)?;
    }
    if matches!(engine, EngineOptions::Sqlite) {
        authority::check_whole(directory, None)?;
    }
    let remembered = nameplate_store::remembered(directory, engine, Kept::NAMES)?;
    if let EngineOptions::Postgres(server) = engine {
        let place = server.place();
        authority::check_whole(directory, (!remembered.is_empty()).then_some(&place))?;
    }
    let mut kept = Kept::of(&remembered);
    kept.settle(&mut settings)?;
    let directory = &settings.data_dir;
    let now = clock();
    let server = ServerAuthority::open(directory, now)?;
    let device = DeviceAuthority::open(directory, settings.device_ca_key, now)?
        .issuing_for(settings.device_certificate_days);
    kept.settle_keys(directory, &settings.engine, &server, &device)?;
    let had_credentials = directory.join("credentials").exists();
    let root_key = authority::default_access_key(directory, &settings.realm.region)?;
    if !had_credentials && !remembered.is_empty() {
        tracing::warn!(
            "{} was missing: the account's root has a new access key, and the one before no longer works",
            directory.join("credentials").display()
        );
    }
    if let Some(shared) = &shared {
        // Keys of a kind that is new.
        shared.share(directory)?;
    }
    let shared = shared.map(Arc::new);
    let device = device.shared_by(shared.clone());
    let names = certificate_names(&settings);
    let identity = server.identity(&settings.endpoint_host, &names, now)?;
    let opened = Opened {
        shown: Shown::new(&settings, &server, &identity, brought)?,
        device,
        root_key,
        server,
        kept,
        shared,
    };
    // The store takes it again; whoever comes in between finds whole files.
    drop(lock);
    Ok((opened, settings))
}

/// Brings the secrets of the other servers, or gives them this one's, made now where there are none at all.
fn share_first(shared: &SharedSecrets, settings: &Settings) -> anyhow::Result<()> {
    let directory = &settings.data_dir;
    if shared.bring(directory)? {
        return Ok(());
    }
    let had = authority::shared::has_secrets(directory);
    if !had {
        let now = clock();
        ServerAuthority::open(directory, now)?;
        DeviceAuthority::open(directory, settings.device_ca_key, now)?;
        authority::default_access_key(directory, &settings.realm.region)?;
    }
    if shared.share(directory)? {
        return Ok(());
    }
    // Another server began at the same moment.
    if !had {
        authority::shared::discard(directory)?;
    }
    shared.bring(directory)?;
    Ok(())
}

fn readable(error: crate::app::Error) -> anyhow::Error {
    match error.source {
        // Its own cause is as telling.
        Some(source) => anyhow::Error::from_boxed(source),
        None => anyhow::anyhow!("{}", error.message),
    }
}

/// As many connections as the system lets this process have, and half of them for peers not yet accepted.
fn places_for_strangers() -> usize {
    // A failure leaves the limit as it is, which is then what counts.
    let limit = rlimit::increase_nofile_limit(MOST_CONNECTIONS).unwrap_or(1024);
    usize::try_from(limit / 2)
        .unwrap_or(usize::MAX)
        .clamp(64, 16_384)
}

/// What the server's certificate has besides these.
pub(super) const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The names and addresses that are this server.
pub(super) fn certificate_names(settings: &Settings) -> Vec<String> {
    let given = std::iter::once(&settings.endpoint_host).chain(&settings.further_hosts);
    given.flat_map(|host| hosts_of(host)).collect()
}

fn write_endpoints(
    data_dir: &Path,
    endpoints: &Endpoints,
    region: &str,
    directory_id: &str,
) -> anyhow::Result<()> {
    let content = json!({
        "api": texts(&endpoints.api),
        "mqtt": texts(&endpoints.mqtt),
        "https": texts(&endpoints.https),
        "endpointHost": endpoints.endpoint_host,
        "region": region,
        "directory": directory_id,
    });
    let path = data_dir.join(ENDPOINTS_FILE);
    let fresh = data_dir.join(format!("{ENDPOINTS_FILE}.new"));
    std::fs::write(&fresh, content.to_string())
        .with_context(|| format!("cannot write {}", fresh.display()))?;
    std::fs::rename(&fresh, &path).with_context(|| format!("cannot write {}", path.display()))
}
