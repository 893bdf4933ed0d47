//! The connection bench: rounds of mosquitto and nameplate in turn, and what each device costs its server.

use crate::device::{Client, Connection};
use crate::fill;
use crate::fleet::{Device, Fleet};
use crate::messages;
use crate::nameplate::{self, Listener};
use crate::postgres::Postgres;
use crate::report::{Measure, Report, Sample, Subject};
use crate::server::{self, Cores, Program, Server};
use anyhow::{Context as _, bail};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, SupportedProtocolVersion};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How long a server is left alone before its CPU time is read, so that what it puts off is counted too.
const SETTLE: Duration = Duration::from_millis(600);
/// How long one test may take.
const LIMIT: Duration = Duration::from_secs(300);
/// Devices that connect before anything is measured.
const WARM_UP: usize = 64;
/// Serial of the first of them, far from those of the rounds.
const WARM_UP_SERIAL: usize = 9_000_000;

/// Flags of `connect`.
#[derive(clap::Args)]
pub struct Options {
    /// Devices in each test.
    #[arg(long, default_value_t = 2_000)]
    devices: usize,
    /// Rounds; medians are printed.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Connections that are being made at a time.
    #[arg(long, default_value_t = 32)]
    concurrency: usize,
    /// Connections held open in the memory test.
    #[arg(long, default_value_t = 1_000)]
    idle: usize,
    /// Things registered beforehand: the first number for every test, the others for known and first connections.
    #[arg(long, value_delimiter = ',', default_value = "1000,1000000")]
    registered: Vec<u64>,
    /// Also measure devices that come back with the session of their last connection.
    #[arg(long)]
    resume: bool,
    /// Messages of each kind, where messages are measured.
    #[arg(long, default_value_t = 200_000)]
    messages: usize,
    /// What is measured.
    #[arg(long, value_delimiter = ',', default_value = "connections")]
    tests: Vec<Tests>,
    /// Which servers, in the order of a round.
    #[arg(long, value_delimiter = ',', default_value = "mosquitto,nameplate")]
    servers: Vec<Which>,
    /// The program nameplate; the one beside this program when not given.
    #[arg(long)]
    nameplate: Option<PathBuf>,
    /// The program mosquitto.
    #[arg(long, default_value = "/usr/sbin/mosquitto")]
    mosquitto: PathBuf,
    /// Where keys, data directories and logs are kept.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Tests {
    /// Connections being made and held.
    Connections,
    /// Messages between connections that stay open.
    Messages,
}

/// A server that can be measured.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    Mosquitto,
    Nameplate,
    /// Nameplate with its registry in PostgreSQL, which is started for it.
    Postgres,
}

/// What every test needs.
struct Bench<'a> {
    options: &'a Options,
    nameplate: PathBuf,
    fleet: Fleet,
    warm_up: Vec<Device>,
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    postgres: Option<Arc<Postgres>>,
}

/// Runs the bench and prints its table.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let nameplate = nameplate::program(options.nameplate.as_deref())?;
    std::fs::create_dir_all(&options.dir)
        .with_context(|| format!("make {}", options.dir.display()))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let fleet = Fleet::new()?;
    let warm_up = devices(&fleet, WARM_UP, WARM_UP_SERIAL)?;
    std::fs::write(options.dir.join("device-ca.pem"), fleet.ca_pem())?;
    let mut bench = Bench {
        options,
        nameplate,
        fleet,
        warm_up,
        provider,
        roots: Arc::new(RootCertStore::empty()),
        postgres: None,
    };
    bench.roots = Arc::new(bench.server_identity().await?);
    for &registered in &options.registered {
        if options.servers != [Which::Mosquitto] {
            bench
                .make_registry(&bench.registry(registered), registered)
                .await?;
        }
    }
    if options.servers.contains(&Which::Postgres) {
        let postgres = Arc::new(Postgres::start(true)?);
        for &registered in &options.registered {
            let (from, to) = (bench.registry(registered), bench.postgres_home(registered));
            postgres.copy_of(&from, &database(registered))?;
            bench.share_keys(&to)?;
        }
        bench.postgres = Some(postgres);
    }

    let mut report = Report::default();
    for round in 0..options.rounds {
        // Of their own for each round: a first connection is one only once.
        let devices = devices(&bench.fleet, options.devices, round * options.devices)?;
        for which in &options.servers {
            match which {
                Which::Mosquitto => bench.mosquitto_round(&devices, &mut report).await?,
                Which::Nameplate => {
                    for (at, &registered) in options.registered.iter().enumerate() {
                        let everything = at == 0;
                        let subject = Subject::Nameplate { registered };
                        bench
                            .nameplate_round(subject, everything, &devices, &mut report)
                            .await?;
                    }
                }
                Which::Postgres => {
                    for &registered in &options.registered {
                        let subject = Subject::Postgres { registered };
                        bench
                            .nameplate_round(subject, false, &devices, &mut report)
                            .await?;
                    }
                }
            }
        }
        eprintln!("round {} of {} done", round + 1, options.rounds);
    }
    println!(
        "{} devices in each test, {} rounds in turn, {} connections at a time, {}.\n\
         P-256 everywhere, each device its own key, leaf and CA certificate sent, resumption only where it says so, logs of \
         errors only.\n",
        options.devices,
        options.rounds,
        options.concurrency,
        server::pinned(),
    );
    print!("{}", report.table());
    Ok(())
}

impl Bench<'_> {
    /// Has nameplate make the server key and certificate that both servers use, once, and reads the root to trust.
    async fn server_identity(&self) -> anyhow::Result<RootCertStore> {
        let home = self.identity_home();
        if !self.server_pem().exists() {
            self.start_nameplate(&home, None).await?.stop().await?;
        }
        let mut roots = RootCertStore::empty();
        let path = home.join("root-ca.pem");
        for root in CertificateDer::pem_file_iter(&path)
            .with_context(|| format!("read {}", path.display()))?
        {
            roots.add(root?)?;
        }
        Ok(roots)
    }

    fn identity_home(&self) -> PathBuf {
        self.options.dir.join("identity")
    }

    /// Private key and certificate of the server, P-256.
    fn server_pem(&self) -> PathBuf {
        self.identity_home().join("keys").join("server-ecdsa.pem")
    }

    fn registry(&self, registered: u64) -> PathBuf {
        fill::home(&self.options.dir, registered)
    }

    fn postgres_home(&self, registered: u64) -> PathBuf {
        self.options.dir.join(format!("postgres-{registered}"))
    }

    async fn make_registry(&self, home: &Path, registered: u64) -> anyhow::Result<()> {
        let sample = &self.warm_up[0].chain[0];
        fill::anew(home, Some(self.fleet.ca()), sample, registered).await?;
        self.share_keys(home)
    }

    /// Gives a data directory the keys that the servers share.
    fn share_keys(&self, home: &Path) -> anyhow::Result<()> {
        let keys = home.join("keys");
        std::fs::create_dir_all(&keys)?;
        for entry in std::fs::read_dir(self.identity_home().join("keys"))? {
            let entry = entry?;
            // That there is a database beside them is said only where there is.
            if entry.file_name() == "database" {
                continue;
            }
            std::fs::copy(entry.path(), keys.join(entry.file_name()))?;
        }
        Ok(())
    }

    /// Starts it; `persistent` as its users set it where sessions are to outlive it.
    async fn start_mosquitto(&self, persistent: bool) -> anyhow::Result<Server> {
        let address = server::free_address()?;
        let conf = self.options.dir.join("mosquitto.conf");
        let absolute = |path: &Path| -> anyhow::Result<String> {
            Ok(std::path::absolute(path)?.display().to_string())
        };
        // `user root`: where root starts it, it must still be able to read the key.
        let text = format!(
            "listener {} {}\n\
             cafile {}\n\
             certfile {pem}\n\
             keyfile {pem}\n\
             require_certificate true\n\
             use_identity_as_username false\n\
             allow_anonymous true\n\
             user root\n\
             persistence {persistent}\n\
             persistence_location {}/\n\
             max_inflight_messages 1000\n\
             max_queued_messages 1000000\n\
             set_tcp_nodelay true\n\
             log_dest stderr\n\
             log_type error\n",
            address.port(),
            address.ip(),
            absolute(&self.options.dir.join("device-ca.pem"))?,
            absolute(&self.mosquitto_home()?)?,
            pem = absolute(&self.server_pem())?,
        );
        std::fs::write(&conf, text)?;
        Server::start(Program {
            path: self.options.mosquitto.clone(),
            arguments: vec!["-c".to_owned(), conf.display().to_string()],
            environment: Vec::new(),
            address,
            log: self.options.dir.join("mosquitto.log"),
            cores: Cores::One,
        })
        .await
    }

    /// Starts it over a data directory; with its registry in this database, where one is given.
    async fn start_nameplate(&self, home: &Path, url: Option<&str>) -> anyhow::Result<Server> {
        let log = self.options.dir.join("nameplate.log");
        let flags: Vec<&str> = url.iter().flat_map(|url| ["--store", url]).collect();
        let server = nameplate::start(
            &self.nameplate,
            home,
            Listener::Mqtt,
            log,
            Cores::One,
            &flags,
        )
        .await?;
        Ok(server.over(url.and(self.postgres.clone())))
    }

    /// Where it keeps sessions; empty for each start.
    fn mosquitto_home(&self) -> anyhow::Result<PathBuf> {
        let home = self.options.dir.join("mosquitto");
        fill::clear(&home)?;
        std::fs::create_dir_all(&home)?;
        Ok(home)
    }

    fn measures(&self, tests: Tests) -> bool {
        self.options.tests.contains(&tests)
    }

    /// Messages, in a server without sessions, and to a session in a server that keeps them.
    async fn messages(
        &self,
        server: Server,
        devices: &[Device],
        subject: Subject,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        self.warm_up(&server).await?;
        let clients = self.message_clients(devices)?;
        let samples = messages::measure(&server, &clients, self.options.messages).await?;
        for (measure, sample) in samples {
            report.add(measure, subject, sample);
        }
        server.stop().await
    }

    async fn durable(
        &self,
        server: Server,
        devices: &[Device],
        subject: Subject,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        self.warm_up(&server).await?;
        let clients = self.message_clients(devices)?;
        // All of them wait in the session, which takes 100,000.
        let count = (self.options.messages / 3).min(75_000);
        let sample = messages::measure_durable(&server, &clients, count).await?;
        report.add(Measure::Durable, subject, sample);
        server.stop().await
    }

    fn message_clients(&self, devices: &[Device]) -> anyhow::Result<Vec<Arc<Client>>> {
        let devices = devices.get(..=messages::FAN).context("more devices")?;
        let clients = self.clients(devices, &TLS13, false)?;
        Ok(clients.into_iter().map(Arc::new).collect())
    }

    async fn mosquitto_round(&self, devices: &[Device], report: &mut Report) -> anyhow::Result<()> {
        if self.measures(Tests::Messages) {
            let server = self.start_mosquitto(false).await?;
            self.messages(server, devices, Subject::Mosquitto, report)
                .await?;
            let server = self.start_mosquitto(true).await?;
            self.durable(server, devices, Subject::Mosquitto, report)
                .await?;
        }
        if !self.measures(Tests::Connections) {
            return Ok(());
        }
        let server = self.start_mosquitto(false).await?;
        self.warm_up(&server).await?;
        self.known(&server, devices, Subject::Mosquitto, true, report)
            .await?;
        server.stop().await?;
        let server = self.start_mosquitto(false).await?;
        self.idle(server, devices, Subject::Mosquitto, report).await
    }

    async fn nameplate_round(
        &self,
        subject: Subject,
        everything: bool,
        devices: &[Device],
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let (home, url) = match (subject, &self.postgres) {
            (Subject::Postgres { registered }, Some(postgres)) => (
                self.postgres_home(registered),
                Some(postgres.url(&database(registered))),
            ),
            (Subject::Nameplate { registered }, _) => (self.registry(registered), None),
            _ => bail!("there is no such server"),
        };
        if everything && self.measures(Tests::Messages) {
            let server = self.start_nameplate(&home, url.as_deref()).await?;
            self.messages(server, devices, subject, report).await?;
            let server = self.start_nameplate(&home, url.as_deref()).await?;
            self.durable(server, devices, subject, report).await?;
        }
        if !self.measures(Tests::Connections) {
            return Ok(());
        }
        let server = self.start_nameplate(&home, url.as_deref()).await?;
        self.warm_up(&server).await?;
        let first = self.measure(&server, devices, &TLS13, false).await?;
        report.add(Measure::First, subject, first);
        self.known(&server, devices, subject, everything, report)
            .await?;
        server.stop().await?;
        if everything {
            let server = self.start_nameplate(&home, url.as_deref()).await?;
            self.idle(server, devices, subject, report).await?;
        }
        Ok(())
    }

    async fn known(
        &self,
        server: &Server,
        devices: &[Device],
        subject: Subject,
        everything: bool,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let sample = self.measure(server, devices, &TLS13, false).await?;
        report.add(Measure::KnownTls13, subject, sample);
        // mosquitto resumes no session of a client that showed a certificate.
        if self.options.resume && subject != Subject::Mosquitto {
            for (measure, version) in [
                (Measure::ResumedTls13, &TLS13),
                (Measure::ResumedTls12, &TLS12),
            ] {
                let sample = self.measure_resumed(server, devices, version).await?;
                report.add(measure, subject, sample);
            }
        }
        if everything {
            let sample = self.measure(server, devices, &TLS12, false).await?;
            report.add(Measure::KnownTls12, subject, sample);
            let sample = self.measure(server, devices, &TLS13, true).await?;
            report.add(Measure::Publish, subject, sample);
        }
        Ok(())
    }

    async fn warm_up(&self, server: &Server) -> anyhow::Result<()> {
        self.measure(server, &self.warm_up, &TLS13, false)
            .await
            .map(drop)
    }

    /// All devices connect once; what each cost the server.
    async fn measure(
        &self,
        server: &Server,
        devices: &[Device],
        version: &'static SupportedProtocolVersion,
        publish: bool,
    ) -> anyhow::Result<Sample> {
        let clients = self.clients(devices, version, false)?;
        self.measure_clients(server, clients, publish).await
    }

    /// The same of devices that have been there before and come back with their sessions.
    async fn measure_resumed(
        &self,
        server: &Server,
        devices: &[Device],
        version: &'static SupportedProtocolVersion,
    ) -> anyhow::Result<Sample> {
        let clients = self.clients(devices, version, true)?;
        let clients = self
            .all(server, clients, |client, address| async move {
                client.connect(address).await?.disconnect().await?;
                Ok(client)
            })
            .await?;
        let clients: Vec<Client> = clients.into_iter().filter_map(Arc::into_inner).collect();
        anyhow::ensure!(clients.len() == devices.len(), "a client is still in use");
        self.measure_clients(server, clients, false).await
    }

    async fn measure_clients(
        &self,
        server: &Server,
        clients: Vec<Client>,
        publish: bool,
    ) -> anyhow::Result<Sample> {
        let devices = clients.len();
        tokio::time::sleep(SETTLE).await;
        let (before, database) = (server.cpu()?, server.database_cpu()?);
        let started = Instant::now();
        self.all(server, clients, move |client, address| async move {
            let mut connection = client.connect(address).await?;
            if publish {
                connection.publish(&client.topic()).await?;
            }
            connection.disconnect().await
        })
        .await?;
        let took = started.elapsed();
        tokio::time::sleep(SETTLE).await;
        let count = devices as f64;
        let each = |cpu: Duration| cpu.as_secs_f64() * 1e6 / count;
        let databases = server.database_cpu()?.zip(database);
        Ok(Sample {
            cost: each(server.cpu()? - before),
            rate: Some(count / took.as_secs_f64()),
            database: databases.map(|(after, before)| each(after - before)),
        })
    }

    /// Memory of connections that do nothing, in a fresh process.
    async fn idle(
        &self,
        server: Server,
        devices: &[Device],
        subject: Subject,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        self.warm_up(&server).await?;
        let count = self.options.idle.min(devices.len());
        let clients = self.clients(&devices[..count], &TLS13, false)?;
        let before = server.resident_kib()?;
        let held: Vec<Connection> = self
            .all(&server, clients, |client, address| async move {
                client.connect(address).await
            })
            .await?;
        tokio::time::sleep(SETTLE).await;
        let grown = server.resident_kib()? - before;
        report.add(
            Measure::Idle,
            subject,
            Sample {
                cost: grown / count as f64,
                rate: None,
                database: None,
            },
        );
        drop(held);
        server.stop().await
    }

    fn clients(
        &self,
        devices: &[Device],
        version: &'static SupportedProtocolVersion,
        resumes: bool,
    ) -> anyhow::Result<Vec<Client>> {
        devices
            .iter()
            .map(|device| Client::new(device, &self.provider, &self.roots, version, resumes))
            .collect()
    }

    /// Runs `act` for every client, `concurrency` of them at a time; the first failure ends it.
    async fn all<T, A, F>(
        &self,
        server: &Server,
        clients: Vec<Client>,
        act: A,
    ) -> anyhow::Result<Vec<T>>
    where
        A: Fn(Arc<Client>, SocketAddr) -> F + Clone + Send + 'static,
        F: Future<Output = anyhow::Result<T>> + Send,
        T: Send + 'static,
    {
        let address = server.address();
        let clients: Arc<Vec<Arc<Client>>> = Arc::new(clients.into_iter().map(Arc::new).collect());
        let next = Arc::new(AtomicUsize::new(0));
        let mut workers = JoinSet::new();
        for _ in 0..self.options.concurrency.max(1) {
            let (clients, next, act) = (Arc::clone(&clients), Arc::clone(&next), act.clone());
            workers.spawn(async move {
                let mut done = Vec::new();
                while let Some(client) = clients.get(next.fetch_add(1, Ordering::Relaxed)) {
                    done.push(act(Arc::clone(client), address).await?);
                }
                Ok::<_, anyhow::Error>(done)
            });
        }
        let all = async {
            let mut done = Vec::with_capacity(clients.len());
            while let Some(worker) = workers.join_next().await {
                done.extend(worker??);
            }
            Ok::<_, anyhow::Error>(done)
        };
        let context = || format!("the server's last words:\n{}", server.said());
        match tokio::time::timeout(LIMIT, all).await {
            Ok(result) => result.with_context(context),
            Err(_) => {
                bail!("not done after {} s; {}", LIMIT.as_secs(), context())
            }
        }
    }
}

/// The database with so many things.
fn database(registered: u64) -> String {
    format!("registered_{registered}")
}

fn devices(fleet: &Fleet, count: usize, first: usize) -> anyhow::Result<Vec<Device>> {
    (first..first + count)
        .map(|serial| fleet.device(serial))
        .collect()
}
