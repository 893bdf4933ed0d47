//! Devices that provision themselves by claim with signing requests, for the bench that is written in Python: its own
//! cryptography would be what is measured.

use crate::device::Client;
use crate::fleet::Device;
use anyhow::Context as _;
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::RootCertStore;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::version::TLS13;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;

/// Flags of `provision`.
#[derive(clap::Args)]
pub struct Options {
    /// Where the server listens for MQTT over TLS.
    #[arg(long)]
    address: SocketAddr,
    /// PEMs of the root that the server's certificate is of.
    #[arg(long)]
    root_ca: PathBuf,
    /// PEMs of the claim's key and certificate.
    #[arg(long)]
    claim: PathBuf,
    /// The template; the parameter of its that devices give is SerialNumber.
    #[arg(long)]
    template: String,
    /// Devices.
    #[arg(long)]
    count: usize,
    /// Devices at once.
    #[arg(long, default_value_t = 32)]
    at_once: usize,
}

/// What a device has before it is switched on.
struct New {
    serial: String,
    key: KeyPair,
    request: String,
}

struct Shared {
    options: Options,
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    claim: Device,
}

/// Devices a second, from the first connection to the CONNACK of the one with the device's own certificate. Keys and
/// signing requests are made before.
pub async fn run(options: Options) -> anyhow::Result<f64> {
    let pem =
        |path: &PathBuf| std::fs::read(path).with_context(|| format!("read {}", path.display()));
    let (claim, root) = (pem(&options.claim)?, pem(&options.root_ca)?);
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&root) {
        roots.add(certificate?)?;
    }
    let mut shares: Vec<Vec<New>> = (0..options.at_once).map(|_| Vec::new()).collect();
    for number in 0..options.count {
        shares[number % options.at_once].push(new_device()?);
    }
    let count = options.count;
    let shared = Arc::new(Shared {
        provider: Arc::new(aws_lc_rs::default_provider()),
        roots: Arc::new(roots),
        claim: Device {
            name: String::new(),
            chain: CertificateDer::pem_slice_iter(&claim).collect::<Result<_, _>>()?,
            key: PrivateKeyDer::from_pem_slice(&claim)?,
        },
        options,
    });
    let began = Instant::now();
    let mut devices = JoinSet::new();
    for share in shares {
        let shared = Arc::clone(&shared);
        devices.spawn(async move {
            for device in share {
                shared.provision(device).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(device) = devices.join_next().await {
        device??;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

fn new_device() -> anyhow::Result<New> {
    let serial = uuid::Uuid::new_v4().simple().to_string();
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params
        .distinguished_name
        .push(DnType::CommonName, serial.as_str());
    let request = params.serialize_request(&key)?.pem()?;
    Ok(New {
        serial,
        key,
        request,
    })
}

impl Shared {
    async fn provision(&self, device: New) -> anyhow::Result<()> {
        let create = "$aws/certificates/create-from-csr/json";
        let register = format!(
            "$aws/provisioning-templates/{}/provision/json",
            self.options.template
        );
        let claim = Device {
            name: device.serial.clone(),
            chain: self.claim.chain.clone(),
            key: self.claim.key.clone_key(),
        };
        let mut connection = self.client(&claim)?.connect(self.options.address).await?;
        let answers: Vec<String> = [create, register.as_str()]
            .into_iter()
            .flat_map(|topic| [format!("{topic}/accepted"), format!("{topic}/rejected")])
            .collect();
        connection.subscribe(&answers).await?;
        let asked = json!({ "certificateSigningRequest": device.request });
        let made = connection.ask(create, &asked).await?;
        let asked = json!({
            "certificateOwnershipToken": made["certificateOwnershipToken"],
            "parameters": { "SerialNumber": device.serial },
        });
        connection.ask(&register, &asked).await?;
        connection.disconnect().await?;
        let certificate = text(&made, "certificatePem")?;
        let own = Device {
            name: device.serial,
            chain: vec![CertificateDer::from_pem_slice(certificate.as_bytes())?],
            key: PrivatePkcs8KeyDer::from(device.key.serialize_der()).into(),
        };
        let connection = self.client(&own)?.connect(self.options.address).await?;
        connection.disconnect().await
    }

    fn client(&self, device: &Device) -> anyhow::Result<Client> {
        Client::new(device, &self.provider, &self.roots, &TLS13, false)
    }
}

fn text<'a>(answer: &'a Value, member: &str) -> anyhow::Result<&'a str> {
    answer[member]
        .as_str()
        .with_context(|| format!("the answer has no {member}"))
}
