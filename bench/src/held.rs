//! Many connections held open by one server: what they take, how soon a revoked one ends, what others notice of devices
//! that come for the first time, and what is given back when they leave.

use crate::device::{Client, Connection};
use crate::figures::grouped;
use crate::fleet::{Device, Fleet};
use crate::nameplate;
use crate::registry::http;
use crate::server::Server;
use anyhow::{Context as _, ensure};
use nameplate_mqtt::QoS;
use rustls::RootCertStore;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::version::TLS13;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{interval, sleep, timeout};

/// Descriptors that server and client need beside their connections.
const OTHER_FILES: usize = 300;
/// Connections to one address: what Linux gives as ports of its own, with room.
const PORTS: usize = 20_000;
/// Connections that are being made at a time.
const CONCURRENCY: usize = 32;
/// Filters in one SUBSCRIBE, as AWS limits them.
const FILTERS_AT_ONCE: usize = 8;
/// Filters of one connection, as AWS limits them.
const FILTERS: usize = 50;

/// Flags of `held`.
#[derive(clap::Args)]
pub struct Options {
    /// Connections held open; fewer where the limit of open files is lower.
    #[arg(long, default_value_t = 50_000)]
    connections: usize,
    /// Certificates that are revoked while all are connected.
    #[arg(long, default_value_t = 300)]
    revoked: usize,
    /// Devices a second that connect for the first time beside a connected pair.
    #[arg(long, default_value_t = 500)]
    newcomers: usize,
    /// Seconds that the pair is watched, with them and without.
    #[arg(long, default_value_t = 10)]
    seconds: usize,
    /// Also subscribe each connection to 50 topics.
    #[arg(long)]
    subscriptions: bool,
    /// The program nameplate; the one beside this program when not given.
    #[arg(long)]
    nameplate: Option<PathBuf>,
    /// Where keys, data directories and logs are kept.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

/// A fleet and the server that it connects to.
struct Held {
    fleet: Fleet,
    server: Server,
    api: http::Caller,
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    made: AtomicUsize,
}

/// Runs the bench and prints its lines.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let held = Held::start(options).await?;
    let newcomers = options.newcomers * options.seconds;
    let room = open_files()?.saturating_sub(OTHER_FILES + newcomers);
    let count = options.connections.min(room);
    if count < options.connections {
        println!(
            "{} connections: the limit of open files is {}",
            grouped(count as f64),
            grouped(open_files()? as f64)
        );
    }
    let before = held.server.own_kib()?;
    let (connections, clients) = held.open(count).await?;
    held.watch_pair("alone", options, false).await?;
    held.watch_pair("with newcomers", options, true).await?;
    let mut connections = held.revoke(connections, clients, options.revoked).await?;
    if options.subscriptions {
        held.subscribe(&mut connections).await?;
        held.watch_pair("with subscriptions", options, false)
            .await?;
    }
    let full = held.server.own_kib()?;
    drop(connections);
    for seconds in [2, 8, 20] {
        sleep(Duration::from_secs(seconds)).await;
        let left = held.server.own_kib()? - before;
        println!(
            "{seconds} s later, all connections gone: {left:.0} KiB of {:.0} KiB are left",
            full - before
        );
    }
    held.server.stop().await
}

impl Held {
    async fn start(options: &Options) -> anyhow::Result<Self> {
        let home = std::path::absolute(options.dir.join("held"))?;
        let fleet = Fleet::new()?;
        let sample = fleet.device(usize::MAX)?;
        let program = nameplate::program(options.nameplate.as_deref())?;
        let log = options.dir.join("held.log");
        let sample = &sample.chain[0];
        nameplate::filled(&program, &home, &log, Some(fleet.ca()), sample, 1_000).await?;
        // On all of the loopback's addresses, each of which has ports for some of the connections.
        let (server, api) = nameplate::serve(&program, &home, &log, Ipv4Addr::UNSPECIFIED).await?;
        let mut roots = RootCertStore::empty();
        for root in CertificateDer::pem_file_iter(home.join("root-ca.pem"))? {
            roots.add(root?)?;
        }
        let (access_key, secret) = nameplate::access_key(&home)?;
        Ok(Self {
            fleet,
            server,
            api: http::Caller {
                address: api,
                access_key,
                secret,
            },
            provider: Arc::new(aws_lc_rs::default_provider()),
            roots: Arc::new(roots),
            made: AtomicUsize::new(0),
        })
    }

    fn device(&self) -> anyhow::Result<Device> {
        self.fleet.device(self.made.fetch_add(1, Ordering::Relaxed))
    }

    fn client(&self) -> anyhow::Result<Client> {
        Client::new(&self.device()?, &self.provider, &self.roots, &TLS13, false)
    }

    fn address(&self, number: usize) -> SocketAddr {
        let host = u8::try_from(1 + number / PORTS).unwrap_or(u8::MAX);
        SocketAddr::from((Ipv4Addr::new(127, 0, 0, host), self.server.address().port()))
    }

    /// Opens connections, all of them first ones, and says what each takes.
    async fn open(&self, count: usize) -> anyhow::Result<(Vec<Connection>, Vec<Arc<Client>>)> {
        let clients = (0..count)
            .map(|_| self.client().map(Arc::new))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let (before, cpu, began) = (self.server.own_kib()?, self.server.cpu()?, Instant::now());
        let mut connections = Vec::with_capacity(count);
        let mut opening = JoinSet::new();
        for (number, client) in clients.iter().enumerate() {
            let (client, address) = (Arc::clone(client), self.address(number));
            opening.spawn(async move { client.connect(address).await });
            if opening.len() >= CONCURRENCY {
                connections.push(opening.join_next().await.context("a task")???);
            }
        }
        while let Some(opened) = opening.join_next().await {
            connections.push(opened??);
        }
        let took = began.elapsed();
        sleep(Duration::from_secs(2)).await;
        println!(
            "{} connections, all first ones: open in {:.1} s, {:.0} µs CPU and {:.1} KiB each",
            grouped(count as f64),
            took.as_secs_f64(),
            (self.server.cpu()? - cpu).as_secs_f64() * 1e6 / count as f64,
            (self.server.own_kib()? - before) / count as f64,
        );
        Ok((connections, clients))
    }

    /// What a message takes from a connected device to another, while the rest is still or others come.
    async fn watch_pair(&self, what: &str, options: &Options, coming: bool) -> anyhow::Result<()> {
        let (from, to) = (self.client()?, self.client()?);
        let seconds = Duration::from_secs(options.seconds as u64);
        let count = match coming {
            true => options.newcomers * options.seconds,
            false => 0,
        };
        // Made before anything is watched: keys and certificates of so many take this process a while, on the core that
        // the pair has too.
        let clients = (0..count)
            .map(|_| self.client())
            .collect::<anyhow::Result<Vec<_>>>()?;
        let address = self.server.address();
        let over = Arc::new(AtomicBool::new(false));
        let watching = {
            let over = Arc::clone(&over);
            // A thread of its own: what this process does for the newcomers is not the pair's.
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?;
                runtime.block_on(travel_times(&from, &to, address, &over))
            })
        };
        let mut newcomers = JoinSet::new();
        if coming {
            let mut tick = interval(seconds / u32::try_from(count)?);
            let began = Instant::now();
            for client in clients {
                tick.tick().await;
                newcomers.spawn(async move { client.connect(address).await });
            }
            let rate = count as f64 / began.elapsed().as_secs_f64();
            println!("{rate:.0} devices a second connect for the first time");
        } else {
            sleep(seconds).await;
        }
        over.store(true, Ordering::Relaxed);
        let mut times = watching
            .join()
            .map_err(|_| anyhow::anyhow!("the pair's thread"))??;
        // Those of the first half second are warm-up.
        times.drain(..times.len() / 20);
        println!("a message between two, {what}: {}", quantiles(times)?);
        while let Some(came) = newcomers.join_next().await {
            drop(came??);
        }
        Ok(())
    }

    /// Revokes certificates one after the other and waits until each one's connection has ended.
    async fn revoke(
        &self,
        mut connections: Vec<Connection>,
        clients: Vec<Arc<Client>>,
        count: usize,
    ) -> anyhow::Result<Vec<Connection>> {
        let mut api = http::Connection::new(self.api.address);
        let mut times = Vec::with_capacity(count);
        let count = count.min(connections.len());
        for client in clients.iter().take(count) {
            let target = format!("/certificates/{}?newStatus=REVOKED", client.name());
            let position = connections
                .iter()
                .position(|connection| connection.name() == client.name())
                .context("its connection")?;
            let mut connection = connections.swap_remove(position);
            let request = self.api.request("PUT", &target, "", String::new())?;
            let began = Instant::now();
            let ended = async {
                connection.ended().await;
                began.elapsed()
            };
            let (answered, ended) =
                tokio::join!(api.ask(&request), timeout(Duration::from_secs(30), ended));
            answered?;
            times.push(ended.context("the connection stays")?);
        }
        println!(
            "from the call that revokes a certificate to its connection's end, {} connected: {}",
            grouped(connections.len() as f64),
            quantiles(times)?
        );
        Ok(connections)
    }

    /// Fifty subscriptions for each connection.
    async fn subscribe(&self, connections: &mut [Connection]) -> anyhow::Result<()> {
        let (before, cpu, began) = (self.server.own_kib()?, self.server.cpu()?, Instant::now());
        for connection in connections.iter_mut() {
            let filters: Vec<String> = (0..FILTERS)
                .map(|number| format!("cmd/{}/{number}", connection.name()))
                .collect();
            for some in filters.chunks(FILTERS_AT_ONCE) {
                connection.subscribe(some).await?;
            }
        }
        let count = (connections.len() * FILTERS) as f64;
        println!(
            "{} subscriptions: in {:.1} s, {:.1} µs CPU and {:.0} bytes each",
            grouped(count),
            began.elapsed().as_secs_f64(),
            (self.server.cpu()? - cpu).as_secs_f64() * 1e6 / count,
            (self.server.own_kib()? - before) * 1024.0 / count,
        );
        Ok(())
    }
}

/// Sends a message every two milliseconds and waits for it at the other, until it is over.
async fn travel_times(
    from: &Client,
    to: &Client,
    address: SocketAddr,
    over: &AtomicBool,
) -> anyhow::Result<Vec<Duration>> {
    let mut receiver = to.connect(address).await?;
    receiver.subscribe(&[to.inbox()]).await?;
    let (mut incoming, _acknowledges) = receiver.split();
    let (_nothing, mut outgoing) = from.connect(address).await?.split();
    let topic = to.commands();
    let mut tick = interval(Duration::from_millis(2));
    let mut times = Vec::new();
    while !over.load(Ordering::Relaxed) {
        tick.tick().await;
        let began = Instant::now();
        outgoing.publish(&topic, QoS::AtMostOnce, 1).await?;
        let came = incoming.messages().await?;
        ensure!(came.count == 1, "a message came twice");
        times.push(began.elapsed());
    }
    Ok(times)
}

/// Median, 99th percentile and the longest.
fn quantiles(mut times: Vec<Duration>) -> anyhow::Result<String> {
    times.sort();
    let at = |part: f64| {
        let place = (times.len() as f64 * part) as usize;
        let time = times.get(place.min(times.len().saturating_sub(1)));
        time.map(|time| time.as_secs_f64() * 1e3)
            .context("no times")
    };
    Ok(format!(
        "median {:.2} ms, p99 {:.2} ms, longest {:.2} ms ({} times)",
        at(0.5)?,
        at(0.99)?,
        at(1.0)?,
        times.len()
    ))
}

/// Files that this process, and a server that it starts, may have open.
fn open_files() -> anyhow::Result<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").context("read /proc/self/limits")?;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().nth(3));
    match soft.context("/proc/self/limits names no open files")? {
        "unlimited" => Ok(usize::MAX),
        number => number.parse().context("the limit of open files"),
    }
}
