//! Bulk registration through the program's own command: devices a second, durable, reports included, and how the
//! server's memory depends on the length of the file.
//!
//! Three files of each length, for the same server: certificates of an owner's CA (`pem`), the ids of certificates that
//! are registered by then (`id`), and signing requests (`csr`), which an ECDSA P-256 CA grants. Beside the last stands
//! what the same cores verify and sign if they do nothing else.

use crate::figures::grouped;
use crate::fleet::Fleet;
use crate::nameplate::{self, Listener};
use crate::postgres::Postgres;
use crate::registry::http::{Caller, Connection};
use crate::server::{Cores, Server};
use ::nameplate::authority::{CaKey, DeviceAuthority};
use ::nameplate::cli::serve::clock;
use anyhow::{Context as _, bail, ensure};
use nameplate_core::pki::{CertificateId, CertificateRequest};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How long a server is left alone before its memory at rest is read.
const REST: Duration = Duration::from_secs(2);
/// How long the cores sign alone.
const ALONE: Duration = Duration::from_secs(3);

/// Flags of `bulk`.
#[derive(clap::Args)]
pub struct Options {
    /// Lines of a file; a server of its own for each length.
    #[arg(long, value_delimiter = ',', default_value = "100000,500000")]
    lines: Vec<usize>,
    /// Keeps the registry in PostgreSQL, which is started for it.
    #[arg(long)]
    postgres: bool,
    /// The program nameplate; the one beside this program when not given.
    #[arg(long)]
    nameplate: Option<PathBuf>,
    /// Where data directories, files and logs are kept.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

/// What a line names its device's certificate by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pem,
    Id,
    Csr,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Pem => "pem",
            Self::Id => "id",
            Self::Csr => "csr",
        }
    }

    fn property(self) -> &'static str {
        match self {
            Self::Pem => "CertificatePem",
            Self::Id => "CertificateId",
            Self::Csr => "CertificateSigningRequest",
        }
    }

    fn template(self) -> Value {
        let parameter = json!({"Type": "String"});
        json!({
            "Parameters": {"Name": parameter, "Certificate": parameter, "Place": parameter},
            "Resources": {
                "thing": {"Type": "AWS::IoT::Thing", "Properties": {
                    "ThingName": {"Ref": "Name"}, "AttributePayload": {"place": {"Ref": "Place"}}}},
                "certificate": {"Type": "AWS::IoT::Certificate", "Properties": {
                    self.property(): {"Ref": "Certificate"}}},
                "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}}},
            },
        })
    }
}

/// What registering one file came to.
struct Sample {
    rate: f64,
    whole: f64,
    cores: f64,
    database: Option<f64>,
    before: f64,
    most: f64,
    after: f64,
}

/// Runs the bench and prints its table.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let dir = options.dir.join("bulk");
    for &lines in &options.lines {
        if dir.exists() {
            std::fs::remove_dir_all(&dir).with_context(|| format!("clear {}", dir.display()))?;
        }
        std::fs::create_dir_all(&dir).with_context(|| format!("make {}", dir.display()))?;
        let fleet = Fleet::new()?;
        files(&dir, &fleet, lines)?;
        println!("{} lines", grouped(lines as f64));
        for (kind, s) in measure(options, &dir, &fleet, lines).await? {
            println!(
                "  {:<4} {:>8}/s, {:.2} cores busy in all; with upload and reports {:>8}/s; memory {:>4} MiB before, {:>4} at \
                 most, {:>4} after: {:.2} KiB a device stay, {:>4} MiB were for the task",
                kind.name(),
                grouped(s.rate),
                s.cores,
                grouped(s.whole),
                grouped(s.before / 1024.0),
                grouped(s.most / 1024.0),
                grouped(s.after / 1024.0),
                (s.after - s.before) / lines as f64,
                grouped((s.most - s.after.max(s.before)) / 1024.0),
            );
            if let Some(database) = s.database {
                println!("       {database:.2} of the busy cores are PostgreSQL's");
            }
            if kind == Kind::Csr {
                let request = std::fs::read_to_string(dir.join("request.pem"))?;
                let alone = alone(&dir, &request)?;
                println!(
                    "       {:>8}/s verified and signed alone by the same cores: bulk registration is × {:.2} of it",
                    grouped(alone),
                    s.rate / alone
                );
            }
        }
    }
    std::fs::remove_dir_all(&dir).with_context(|| format!("clear {}", dir.display()))
}

async fn measure(
    options: &Options,
    dir: &Path,
    fleet: &Fleet,
    lines: usize,
) -> anyhow::Result<Vec<(Kind, Sample)>> {
    let program = nameplate::program(options.nameplate.as_deref())?;
    let home = dir.join("home");
    let postgres = match options.postgres {
        true => Some(Arc::new(Postgres::start(false)?)),
        false => None,
    };
    let url = postgres
        .as_ref()
        .map(|server| server.empty("bulk"))
        .transpose()?;
    let mut flags = vec!["--device-ca-key", "ecdsa"];
    flags.extend(url.iter().flat_map(|url| ["--store", url]));
    let log = options.dir.join("nameplate-bulk.log");
    let server = nameplate::start(&program, &home, Listener::Api, log, Cores::All, &flags)
        .await?
        .over(postgres);
    let (access_key, secret) = nameplate::access_key(&home)?;
    let caller = Caller {
        address: server.address(),
        access_key,
        secret,
    };
    let body = json!({"caCertificate": fleet.ca_pem(), "certificateMode": "SNI_ONLY"}).to_string();
    ask(&caller, "POST", "/cacertificate?setAsActive=true", &body).await?;
    let mut samples = Vec::new();
    for kind in [Kind::Pem, Kind::Id, Kind::Csr] {
        let sample = register(&server, &caller, &program, dir, kind, lines).await?;
        samples.push((kind, sample));
    }
    server.stop().await?;
    Ok(samples)
}

async fn register(
    server: &Server,
    caller: &Caller,
    program: &Path,
    dir: &Path,
    kind: Kind,
    lines: usize,
) -> anyhow::Result<Sample> {
    tokio::time::sleep(REST).await;
    let (before, began, cpu) = (server.own_kib()?, Instant::now(), server.cpu()?);
    let database = server.database_cpu()?;
    let mut command = Command::new(program)
        .arg("bulk")
        .arg(dir.join(kind.name()).with_extension("json"))
        .arg("--template")
        .arg(dir.join(kind.name()).with_extension("template"))
        .arg("--data-dir")
        .arg(dir.join("home"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("start nameplate bulk")?;
    let mut most = before;
    // The task's own times are in whole seconds.
    let (mut task, mut first, mut last) = (None, began, began);
    let status = loop {
        if let Some(status) = command.try_wait()? {
            break status;
        }
        most = server.own_kib()?.max(most);
        let running = ask(
            caller,
            "GET",
            "/thing-registration-tasks?status=InProgress",
            "",
        )
        .await?;
        if let Some(id) = running["taskIds"][0].as_str() {
            last = Instant::now();
            if task.is_none() {
                (task, first) = (Some(id.to_owned()), last);
            }
        }
        tokio::time::sleep(LOOK).await;
    };
    let whole = began.elapsed().as_secs_f64();
    let cpu = (server.cpu()? - cpu).as_secs_f64();
    let databases = server.database_cpu()?.zip(database);
    ensure!(
        status.success(),
        "nameplate bulk of {}: {status}",
        kind.name()
    );
    let id = task.context("the task was over before it was seen: more lines are needed")?;
    let task = ask(
        caller,
        "GET",
        &format!("/thing-registration-tasks/{id}"),
        "",
    )
    .await?;
    ensure!(task["successCount"] == lines, "{}: {task}", kind.name());
    let took = (last - first).as_secs_f64();
    tokio::time::sleep(REST).await;
    Ok(Sample {
        rate: lines as f64 / took,
        whole: lines as f64 / whole,
        cores: cpu / whole,
        database: databases.map(|(now, then)| (now - then).as_secs_f64() / whole),
        before,
        most,
        after: server.own_kib()?,
    })
}

async fn ask(caller: &Caller, method: &str, target: &str, body: &str) -> anyhow::Result<Value> {
    let request = caller.request(method, target, body, String::new())?;
    let answer = Connection::new(caller.address).ask(&request).await?;
    Ok(serde_json::from_slice(&answer.body)?)
}

/// Writes the files and their templates. All devices have one key, which registration does not mind.
fn files(dir: &Path, fleet: &Fleet, lines: usize) -> anyhow::Result<()> {
    let key = KeyPair::generate()?;
    let request = CertificateParams::default()
        .serialize_request(&key)?
        .pem()?;
    std::fs::write(dir.join("request.pem"), &request)?;
    let open = |kind: Kind| -> anyhow::Result<_> {
        let path = dir.join(kind.name());
        std::fs::write(path.with_extension("template"), kind.template().to_string())?;
        Ok(BufWriter::new(File::create(path.with_extension("json"))?))
    };
    let (mut pem, mut id, mut csr) = (open(Kind::Pem)?, open(Kind::Id)?, open(Kind::Csr)?);
    for number in 0..lines {
        let certificate = fleet.certificate(number, &key)?;
        let line = |kind: Kind, value: &str| json!({"Name": format!("{}-{number}", kind.name()), "Certificate": value, "Place": "Ulm"});
        writeln!(pem, "{}", line(Kind::Pem, &certificate.pem()))?;
        let hash = CertificateId::of(certificate.der()).to_string();
        writeln!(id, "{}", line(Kind::Id, &hash))?;
        writeln!(csr, "{}", line(Kind::Csr, &request))?;
    }
    for file in [&mut pem, &mut id, &mut csr] {
        file.flush()?;
    }
    Ok(())
}

/// Requests a second that all cores verify and grant if they do nothing else. `dir` is where the authority's key is
/// kept; `request` is a signing request for a P-256 key, PEM.
pub fn alone(dir: &Path, request: &str) -> anyhow::Result<f64> {
    let authority = DeviceAuthority::open(&dir.join("alone"), CaKey::EcdsaP256, clock())?;
    let until = Instant::now() + ALONE;
    let grant = || {
        let mut count = 0u64;
        while Instant::now() < until {
            let request = CertificateRequest::parse_pem(request).ok()?;
            authority.certificate_from_request(&request, clock()).ok()?;
            count += 1;
        }
        Some(count)
    };
    let granted = std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(grant)).collect();
        let counts = threads
            .into_iter()
            .map(|thread| thread.join().ok().flatten());
        counts.sum::<Option<u64>>()
    });
    match granted {
        Some(granted) => Ok(granted as f64 / ALONE.as_secs_f64()),
        None => bail!("a request was not granted"),
    }
}
