//! Measures bulk registration in one process, without sockets: devices a second, durable, reports included.
//!
//! `cargo run --release -p nameplate --example bulk -- [DEVICES] [DIRECTORY]`. Three runs over as many devices each:
//! by certificates of the owner's CA (`pem`), by the ids of certificates that are registered (`id`), and by signing
//! requests (`csr`), which an ECDSA P-256 CA grants. Beside the last stands what the same cores sign alone.

use anyhow::{Context, anyhow};
use nameplate::app::bulk::NewTask;
use nameplate::app::ca::NewCa;
use nameplate::app::iam::{Identity, root_access_key};
use nameplate::app::object::{Details, Expected};
use nameplate::app::{App, AppSettings, Error};
use nameplate::authority::{CaKey, DeviceAuthority};
use nameplate::cli::serve::clock;
use nameplate::config::{FirstConnect, Objects, Refusals};
use nameplate_core::arn::Realm;
use nameplate_core::pki::CertificateRequest;
use nameplate_core::registry::certificate::Mode;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BUCKET: &str = "fleet";
const CA_KEY: CaKey = CaKey::EcdsaP256;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let devices: usize = match arguments.next() {
        Some(text) => text.parse().context("DEVICES")?,
        None => 100_000,
    };
    let scratch = tempfile::tempdir()?;
    let directory = arguments
        .next()
        .map_or_else(|| scratch.path().to_owned(), Into::into);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(measure(&directory, devices))
}

async fn measure(directory: &Path, devices: usize) -> anyhow::Result<()> {
    let (app, root) = open(directory).await?;
    let ca = authority()?;
    register(&app, &root, &ca.pem()).await?;
    let key = KeyPair::generate()?;
    let certificates = devices_of(&ca, &key, devices)?;
    let template = template(json!({"CertificatePem": {"Ref": "Certificate"}}));
    let lines = lines("pem", certificates.iter().map(|(_, pem)| pem.as_str()));
    run(&app, &root, "pem", &template, lines, devices).await?;

    let template = self::template(json!({"CertificateId": {"Ref": "Certificate"}}));
    let lines = self::lines("id", certificates.iter().map(|(id, _)| id.as_str()));
    run(&app, &root, "id", &template, lines, devices).await?;
    drop(certificates);

    let requests = devices;
    let csr = CertificateParams::default()
        .serialize_request(&key)?
        .pem()?;
    let template = self::template(json!({"CertificateSigningRequest": {"Ref": "Certificate"}}));
    let lines = self::lines("csr", std::iter::repeat_n(csr.as_str(), requests));
    run(&app, &root, "csr", &template, lines, requests).await?;
    signatures(directory, &csr)?;
    let (things, certificates) = app.counts();
    println!("{things} things, {certificates} certificates");
    tokio::task::spawn_blocking(move || app.close()).await?;
    Ok(())
}

/// Devices a second that the cores sign if they do nothing else.
fn signatures(directory: &Path, csr: &str) -> anyhow::Result<()> {
    let authority = DeviceAuthority::open(directory, CA_KEY, clock())?;
    let cores = std::thread::available_parallelism()?.get();
    let until = Instant::now() + Duration::from_secs(2);
    let signed: usize = std::thread::scope(|scope| {
        let sign = || {
            let mut count = 0;
            while Instant::now() < until {
                let request = CertificateRequest::parse_pem(csr).ok()?;
                authority.certificate_from_request(&request, clock()).ok()?;
                count += 1;
            }
            Some(count)
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(sign)).collect();
        let counts = threads
            .into_iter()
            .map(|thread| thread.join().ok().flatten());
        counts.sum::<Option<usize>>().unwrap_or(0)
    });
    println!("{:>4}: {:>7.0}/s signed alone", "", signed as f64 / 2.0);
    Ok(())
}

async fn open(directory: &Path) -> anyhow::Result<(Arc<App>, Identity)> {
    let settings = AppSettings {
        realm: Arc::new(Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        }),
        endpoint_host: "localhost".into(),
        objects: Objects::DataDir,
        first_connect: FirstConnect::Inline,
        refusals: Refusals::Clear,
        jitr_wait_seconds: 10,
        attempts: 100,
        thing_type_deletion_wait_seconds: 0,
    };
    let key = root_access_key("AKIAIOSFODNN7EXAMPLE".into(), "a secret of no use".into());
    let authority = DeviceAuthority::open(directory, CA_KEY, clock())?;
    let (app, mut effects) = App::open(directory, settings, authority, key.clone(), clock)
        .await
        .map_err(plain)?;
    // A broker would drain it.
    tokio::spawn(async move { while effects.recv().await.is_some() {} });
    let credential = app.credential(&key.id).await.map_err(plain)?;
    let credential = credential.context("the root's key")?;
    let root = app.identity(credential, IpAddr::V4(Ipv4Addr::LOCALHOST), false);
    Ok((app, root))
}

fn plain(error: Error) -> anyhow::Error {
    anyhow!("{error:?}")
}

fn authority() -> anyhow::Result<CertifiedIssuer<'static, KeyPair>> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.distinguished_name.push(DnType::CommonName, "owner");
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

async fn register(app: &Arc<App>, root: &Identity, pem: &str) -> anyhow::Result<()> {
    let new = NewCa {
        pem: pem.to_owned(),
        verification_pem: None,
        mode: Mode::SniOnly,
        active: true,
        auto_registration: false,
        config: None,
        tags: Vec::new(),
    };
    app.register_ca(new, root, &app.ctx())
        .await
        .map_err(plain)?;
    Ok(())
}

/// Ids and PEMs of certificates, all for one key, which registration does not mind.
fn devices_of(
    ca: &CertifiedIssuer<'static, KeyPair>,
    key: &KeyPair,
    count: usize,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut devices = Vec::with_capacity(count);
    for number in 0..count {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, format!("device {number}"));
        let certificate = params.signed_by(key, ca)?;
        let id = nameplate_core::pki::CertificateId::of(certificate.der());
        devices.push((id.to_string(), certificate.pem()));
    }
    Ok(devices)
}

fn template(certificate: serde_json::Value) -> String {
    let parameter = json!({"Type": "String"});
    json!({
        "Parameters": {"Name": parameter, "Certificate": parameter, "Place": parameter},
        "Resources": {
            "thing": {"Type": "AWS::IoT::Thing", "Properties": {
                "ThingName": {"Ref": "Name"}, "AttributePayload": {"place": {"Ref": "Place"}}}},
            "certificate": {"Type": "AWS::IoT::Certificate", "Properties": certificate},
            "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}}},
        },
    })
    .to_string()
}

fn lines<'a>(kind: &str, certificates: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut file = Vec::new();
    for (number, certificate) in certificates.enumerate() {
        let line =
            json!({"Name": format!("{kind}-{number}"), "Certificate": certificate, "Place": "Ulm"});
        file.extend_from_slice(line.to_string().as_bytes());
        file.push(b'\n');
    }
    file
}

async fn run(
    app: &Arc<App>,
    root: &Identity,
    kind: &str,
    template: &str,
    file: Vec<u8>,
    devices: usize,
) -> anyhow::Result<()> {
    app.ensure_bucket(BUCKET).await.map_err(plain)?;
    let mut incoming = app.begin_body().await.map_err(plain)?;
    incoming.write(&file).await.map_err(plain)?;
    let finished = incoming.finish().await.map_err(plain)?;
    let (details, expected) = (Details::default(), Expected::default());
    app.put_object(BUCKET, kind, finished, details, Vec::new(), expected)
        .await
        .map_err(plain)?;
    drop(file);
    let new = NewTask {
        template_body: template.to_owned(),
        bucket: BUCKET.into(),
        object_key: kind.into(),
        role_arn: None,
    };
    let (began, busy) = (Instant::now(), processor_seconds());
    let id = app
        .start_registration_task(new, root, &app.ctx())
        .await
        .map_err(plain)?;
    let task = loop {
        let task = app.registration_task(&id).await.map_err(plain)?;
        if task.status.is_over() {
            break task;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let seconds = began.elapsed().as_secs_f64();
    anyhow::ensure!(
        task.progress.succeeded == devices as i64,
        "{kind}: {task:?}"
    );
    println!(
        "{kind:>4}: {:>7.0}/s, {devices} devices in {seconds:.1} s, {:.2} cores busy, {} MiB resident at most",
        devices as f64 / seconds,
        (processor_seconds() - busy) / seconds,
        peak_mebibytes()
    );
    Ok(())
}

/// User and system time of this process so far, of which the kernel counts a hundred a second.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) / 1024
}
