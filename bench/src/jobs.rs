//! A job for every thing of a large fleet: how soon all have it pending, what devices that connect notice of it, what it
//! takes, and how soon it is canceled and deleted.

use crate::device::Client;
use crate::figures::{grouped, percentile};
use crate::fleet::Fleet;
use crate::registry::http;
use crate::server::Server;
use crate::{fill, nameplate};
use anyhow::{Context as _, bail, ensure};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::thing::Attributes;
use nameplate_store::{EngineOptions, Error, NewGroup, Store, StoreOptions};
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::version::TLS13;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const GROUP: &str = "bench-jobs";
const JOB: &str = "bench-job";
/// How long a rollout, a cancellation or a deletion may take.
const LIMIT: Duration = Duration::from_secs(600);
/// How often the job is described while it is at work.
const LOOK: Duration = Duration::from_millis(250);

/// Flags of `jobs`.
#[derive(clap::Args)]
pub struct Options {
    /// Things of the group that the job is for.
    #[arg(long, default_value_t = 100_000)]
    things: u64,
    /// Things that join the group when all others have been told.
    #[arg(long, default_value_t = 1_000)]
    joining: u64,
    /// Seconds for which devices connect, before the job and with its executions pending.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Things that ask for their executions, one after the other.
    #[arg(long, default_value_t = 1_000)]
    asking: u64,
    /// The program nameplate; the one beside this program when not given.
    #[arg(long)]
    nameplate: Option<PathBuf>,
    /// Where keys, data directories and logs are kept.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

/// The server, its callers, and a device that connects again and again.
struct Bench {
    server: Server,
    api: http::Caller,
    device: Arc<Client>,
    sample: Vec<u8>,
}

/// Runs the bench and prints its lines.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let bench = Bench::start(options).await?;
    let seconds = Duration::from_secs(options.seconds);
    let before = bench.server.own_kib()?;
    bench.connects("no job", sleep(seconds)).await?;

    let (things, all) = (options.things, options.things + options.joining);
    let document = json!({"operation": "bench"}).to_string();
    let body = json!({
        "targets": [bench.group()], "document": document, "targetSelection": "CONTINUOUS",
    });
    let path = format!("/jobs/{JOB}");
    let rolled = bench.connects("while all are told", async {
        bench.timed("CreateJob", "PUT", &path, &body).await?;
        bench.until("numberOfQueuedThings", things).await
    });
    bench.report("told", things, rolled.await??);
    let after = bench.server.own_kib()?;
    println!(
        "memory: {} MiB before, {} MiB with {} pending",
        grouped(before / 1024.0),
        grouped(after / 1024.0),
        grouped(things as f64)
    );
    bench.connects("with all pending", sleep(seconds)).await?;
    bench.ask(options.asking).await?;

    let began = Instant::now();
    let joined = bench.connects("while things join", async {
        bench.join(things..all).await?;
        let added = began.elapsed();
        bench
            .until("numberOfQueuedThings", all - options.asking)
            .await?;
        anyhow::Ok(added)
    });
    let added = joined.await??;
    println!(
        "{} things joined by calls in {:.1} s, and the last was told {:.1} s later",
        grouped(options.joining as f64),
        added.as_secs_f64(),
        (began.elapsed() - added).as_secs_f64()
    );
    let canceled = bench.connects("while it is canceled", async {
        let path = format!("{path}/cancel");
        bench.timed("CancelJob", "PUT", &path, &Value::Null).await?;
        bench
            .until("numberOfCanceledThings", all - options.asking)
            .await
    });
    bench.report("canceled", all - options.asking, canceled.await??);
    let deleted = bench.connects("while it is deleted", async {
        let path = format!("{path}?force=true");
        bench
            .timed("DeleteJob", "DELETE", &path, &Value::Null)
            .await?;
        bench.until_gone().await
    });
    bench.report("deleted", all, deleted.await??);
    bench.server.stop().await
}

impl Bench {
    async fn start(options: &Options) -> anyhow::Result<Self> {
        let home = std::path::absolute(options.dir.join("jobs"))?;
        let fleet = Fleet::new()?;
        let sample = fleet.device(usize::MAX)?.chain[0].to_vec();
        let all = options.things + options.joining;
        let program = nameplate::program(options.nameplate.as_deref())?;
        let log = options.dir.join("jobs.log");
        nameplate::filled(&program, &home, &log, Some(fleet.ca()), &sample, all).await?;
        group(&home, &sample, options.things).await?;
        let (server, api) = nameplate::serve(&program, &home, &log, Ipv4Addr::LOCALHOST).await?;
        let mqtt = server.address();
        let mut roots = RootCertStore::empty();
        for root in CertificateDer::pem_file_iter(home.join("root-ca.pem"))? {
            roots.add(root?)?;
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let device = fleet.device(0)?;
        let device = Client::new(&device, &provider, &Arc::new(roots), &TLS13, false)?;
        // The first time it is registered.
        device.connect(mqtt).await?.disconnect().await?;
        let (access_key, secret) = nameplate::access_key(&home)?;
        Ok(Self {
            server,
            api: http::Caller {
                address: api,
                access_key,
                secret,
            },
            device: Arc::new(device),
            sample,
        })
    }

    fn group(&self) -> String {
        format!("arn:aws:iot:us-east-1:123456789012:thinggroup/{GROUP}")
    }

    /// Does something while a device connects over and over, and prints how long that took it.
    async fn connects<T>(&self, what: &str, work: impl Future<Output = T>) -> anyhow::Result<T> {
        let over = Arc::new(AtomicBool::new(false));
        let cpu = self.server.cpu()?;
        let connecting = connecting(
            Arc::clone(&self.device),
            self.server.address(),
            Arc::clone(&over),
        );
        let (began, done) = (Instant::now(), work.await);
        over.store(true, Ordering::Relaxed);
        let took = began.elapsed();
        let times = connecting
            .join()
            .map_err(|_| anyhow::anyhow!("the thread of the device"))??;
        println!(
            "connects, {what}: {} ({} of them; the server was {:.0} % busy)",
            quantiles(&times),
            grouped(times.len() as f64),
            (self.server.cpu()? - cpu).as_secs_f64() * 100.0 / took.as_secs_f64()
        );
        Ok(done)
    }

    async fn ask_one(
        &self,
        connection: &mut http::Connection,
        service: &str,
        method: &str,
        target: &str,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let request = self
            .api
            .request_of(service, method, target, &body, String::new())?;
        let answer = connection.ask(&request).await?;
        Ok(serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    async fn timed(
        &self,
        name: &str,
        method: &str,
        target: &str,
        body: &Value,
    ) -> anyhow::Result<()> {
        let mut connection = http::Connection::new(self.api.address);
        let began = Instant::now();
        self.ask_one(&mut connection, "iot", method, target, body)
            .await?;
        println!("{name} is answered in {:.0} ms", millis(began.elapsed()));
        Ok(())
    }

    /// Waits until so many things of the job are counted so; how long that took.
    async fn until(&self, counted: &str, count: u64) -> anyhow::Result<Duration> {
        let (began, mut connection) = (Instant::now(), http::Connection::new(self.api.address));
        loop {
            let target = format!("/jobs/{JOB}");
            let described = self
                .ask_one(&mut connection, "iot", "GET", &target, &Value::Null)
                .await?;
            let found = described["job"]["jobProcessDetails"][counted].as_u64();
            if found.is_some_and(|found| found >= count) {
                return Ok(began.elapsed());
            }
            ensure!(began.elapsed() < LIMIT, "{counted} is {found:?}");
            sleep(LOOK).await;
        }
    }

    async fn until_gone(&self) -> anyhow::Result<Duration> {
        let (began, mut connection) = (Instant::now(), http::Connection::new(self.api.address));
        loop {
            let listed = self
                .ask_one(&mut connection, "iot", "GET", "/jobs", &Value::Null)
                .await?;
            match listed["jobs"].as_array().map(Vec::len) {
                Some(0) => return Ok(began.elapsed()),
                None => bail!("no list of jobs: {listed}"),
                Some(_) => ensure!(began.elapsed() < LIMIT, "the job is there still"),
            }
            sleep(LOOK).await;
        }
    }

    fn report(&self, what: &str, count: u64, took: Duration) {
        println!(
            "{} things {what} in {:.1} s: {}/s",
            grouped(count as f64),
            took.as_secs_f64(),
            grouped(count as f64 / took.as_secs_f64())
        );
    }

    /// Things ask what is pending, begin it, and are done with it.
    async fn ask(&self, count: u64) -> anyhow::Result<()> {
        let mut connection = http::Connection::new(self.api.address);
        let mut times = [const { Vec::new() }; 3];
        for number in 0..count {
            let path = format!("/things/{}/jobs", fill::name(&self.sample, number));
            let done = json!({"status": "SUCCEEDED"});
            let calls = [
                ("GET", path.clone(), Value::Null),
                ("PUT", format!("{path}/$next"), json!({})),
                ("POST", format!("{path}/{JOB}"), done),
            ];
            for ((method, target, body), times) in calls.into_iter().zip(&mut times) {
                let began = Instant::now();
                self.ask_one(&mut connection, "iot-jobs-data", method, &target, &body)
                    .await?;
                times.push(millis(began.elapsed()));
            }
        }
        let names = [
            "GetPendingJobExecutions",
            "StartNextPendingJobExecution",
            "UpdateJobExecution",
        ];
        for (name, times) in names.iter().zip(&times) {
            println!("{name}: {}", quantiles(times));
        }
        Ok(())
    }

    async fn join(&self, numbers: std::ops::Range<u64>) -> anyhow::Result<()> {
        let mut connection = http::Connection::new(self.api.address);
        for number in numbers {
            let body =
                json!({"thingGroupName": GROUP, "thingName": fill::name(&self.sample, number)});
            let target = "/thing-groups/addThingToThingGroup";
            self.ask_one(&mut connection, "iot", "PUT", target, &body)
                .await?;
        }
        Ok(())
    }
}

/// A device connects and leaves until it is over, on a thread of its own; how long each took until it was in, in
/// milliseconds.
fn connecting(
    device: Arc<Client>,
    address: SocketAddr,
    over: Arc<AtomicBool>,
) -> JoinHandle<anyhow::Result<Vec<f64>>> {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let mut times = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let began = Instant::now();
                let connection = device.connect(address).await?;
                times.push(millis(began.elapsed()));
                connection.disconnect().await?;
                sleep(Duration::from_millis(5)).await;
            }
            Ok(times)
        })
    })
}

/// Puts the first things of a registry into a group, through its store.
async fn group(home: &Path, sample: &[u8], count: u64) -> anyhow::Result<()> {
    const BATCH: u64 = 5_000;
    let options = StoreOptions {
        directory: home.to_owned(),
        engine: EngineOptions::Sqlite,
        attempts: 1_000,
        cluster: None,
    };
    let store = Store::open(&options, |_| {}).context("open the store")?;
    let group = store
        .tx("bench-group", |tx| {
            tx.insert_group(&NewGroup {
                name: GROUP,
                group_id: &uuid::Uuid::new_v4().to_string(),
                parent: None,
                description: None,
                attributes: &Attributes::new(),
                query: None,
                created: Millis(0),
            })
        })
        .await?;
    for first in (0..count).step_by(BATCH as usize) {
        let names: Vec<String> = (first..(first + BATCH).min(count))
            .map(|number| fill::name(sample, number))
            .collect();
        store
            .tx("bench-members", move |tx| {
                for name in &names {
                    if let Some(thing) = tx.thing_key(name)? {
                        tx.add_to_group(thing, group)?;
                    }
                }
                Ok::<_, Error>(())
            })
            .await?;
    }
    store.close();
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn quantiles(times: &[f64]) -> String {
    format!(
        "median {:.2} ms, p99 {:.2} ms, longest {:.2} ms",
        percentile(times, 0.5),
        percentile(times, 0.99),
        percentile(times, 1.0)
    )
}
