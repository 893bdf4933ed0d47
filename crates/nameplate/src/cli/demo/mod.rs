//! `nameplate demo`: the main job end to end, on real sockets, over the real APIs.

mod claim;
mod fleet;
mod hook;
mod jitr;
mod pki;
mod transcript;
mod vending;

use super::args::{DemoArgs, Flow};
use super::client::Client;
use super::device::{Device, DeviceError, DeviceIdentity};
use super::explain;
use super::out::{complain, tell};
use super::place::{self, Place};
use super::serve::{self, Running, clock};
use crate::app::ids;
use crate::config::{self, Layer};
use anyhow::{Context, ensure};
use bytes::Bytes;
use nameplate_core::pki::CertificateId;
use pki::{Owner, Signed};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::Value;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use transcript::{Told, Transcript};

/// How long a device waits before it comes back after a first connection that was closed, as on AWS.
const COME_BACK: Duration = Duration::from_millis(500);

/// Runs the command.
pub async fn run(args: &DemoArgs) -> anyhow::Result<u8> {
    let id = ids::hex();
    let directory = std::env::temp_dir().join(format!("nameplate-demo-{}", &id[..8]));
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(&directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    let mut running = None;
    let result = show(args, &directory, &id[..8], &mut running).await;
    if let Some(running) = running {
        running.stop().await;
    }
    if args.keep {
        tell(&how_to_go_on(args, &directory))?;
    } else if let Err(error) = std::fs::remove_dir_all(&directory) {
        complain(format_args!(
            "{} is left behind: {error}",
            directory.display()
        ));
    }
    result.map(|()| 0)
}

async fn show(
    args: &DemoArgs,
    directory: &Path,
    suffix: &str,
    running: &mut Option<Running>,
) -> anyhow::Result<()> {
    let mut transcript = Transcript::begin(match args.flow {
        Flow::Jitp => "A device's first connection provisions it: end to end, on real sockets.",
        Flow::Jitr => "A function of the owner's lets a device in: end to end, on real sockets.",
        Flow::Hook => {
            "A function of the owner's decides before a device is provisioned: end to end, on real sockets."
        }
        Flow::Claim => {
            "A device trades the claim certificate of many for its own: end to end, on real sockets."
        }
        Flow::Vending => {
            "A device without a certificate asks for one: end to end, on real sockets."
        }
    })?;
    let place = match &args.data_dir {
        Some(data_dir) => {
            let find = async {
                let place = place::find(Some(data_dir))?;
                Client::of(&place).reach().await?;
                found(place)
            };
            transcript.step("Find the running server", find).await?
        }
        None => {
            let start = async {
                let settings = own_settings(&directory.join("data"))?;
                *running = Some(serve::start(settings.clone()).await?);
                found(Place::open(&settings.data_dir)?)
            };
            transcript.step("Start a server", start).await?
        }
    };
    let client = Client::of(&place);
    let mqtt = place
        .mqtt
        .context("the server does not say where it listens for MQTT; is it running?")?;

    let own = args.data_dir.is_none();
    match args.flow {
        Flow::Jitr => {
            return jitr::show(transcript, &place, mqtt, directory, suffix, own).await;
        }
        Flow::Hook => {
            return hook::show(transcript, &place, mqtt, directory, suffix, own).await;
        }
        Flow::Jitp | Flow::Claim | Flow::Vending => {}
    }
    let role = transcript
        .step(
            "Create the role that provisioning runs by (IAM)",
            fleet::role(&client),
        )
        .await?;
    match args.flow {
        Flow::Jitp | Flow::Jitr | Flow::Hook => {}
        Flow::Claim => return claim::show(transcript, &place, mqtt, &role, suffix).await,
        Flow::Vending => return vending::show(transcript, &place, mqtt, &role, suffix).await,
    }
    let owner = Owner::new(suffix, clock())?;
    let registered = transcript
        .step(
            "Make a CA and register it with a template",
            fleet::register_ca(&client, &owner, &role),
        )
        .await?;
    let device = owner.device()?;
    let certificate_id = CertificateId::of(device.certificate.der()).to_string();
    let files = async {
        let written = write_files(directory, &owner, &device, &registered.template)?;
        let mut lines = vec![format!(
            "certificate {}…, C={}, P-256; the server has not seen it",
            fleet::start(&certificate_id),
            pki::COUNTRY
        )];
        lines.extend(args.keep.then_some(written));
        Ok(((), lines))
    };
    transcript
        .step("Sign a device certificate with the CA", files)
        .await?;

    let how = (
        "provisioned and closed, as AWS does; the device comes back",
        "provisioned on the way",
    );
    let connect = first_connection(&place, mqtt, &device, &certificate_id, how);
    let connected = transcript
        .step(
            "Connect with it for the first time (MQTT, mutual TLS)",
            connect,
        )
        .await?;
    used(&mut transcript, connected, &certificate_id).await?;
    let check = fleet::check(&client, &certificate_id);
    transcript
        .step("Look at what came to exist (IoT API)", check)
        .await?;
    recorded(&mut transcript, &client, &certificate_id).await?;
    transcript.end(&format!(
        "All is as it should be under CA {}…",
        fleet::start(&registered.id)
    ))
}

fn found(place: Place) -> Told<Place> {
    let mut lines = vec![format!("API   {}", place.endpoint_url())];
    lines.extend(
        place
            .mqtt
            .map(|mqtt| format!("MQTT  {}:{}", place.endpoint_host, mqtt.port())),
    );
    Ok((place, lines))
}

/// A server on loopback with free ports, for nobody else.
fn own_settings(data_dir: &Path) -> anyhow::Result<config::Settings> {
    let data_dir = data_dir
        .to_str()
        .context("the temporary directory's path is not UTF-8")?;
    let free = || vec!["127.0.0.1:0".to_owned()];
    let flags = Layer::from([
        ("data-dir".to_owned(), vec![data_dir.to_owned()]),
        ("api".to_owned(), free()),
        ("mqtt".to_owned(), free()),
        ("https".to_owned(), free()),
    ]);
    Ok(config::resolve(&[("demo", flags)])?)
}

/// Connects as a device that the server does not know; `closed` and `held` say what a first connection went through.
async fn first_connection(
    place: &Place,
    mqtt: std::net::SocketAddr,
    device: &Signed,
    thing: &str,
    (closed, held): (&str, &str),
) -> Told<Device> {
    let open = async || {
        let identity = identity(place, device)?;
        anyhow::Ok(Device::connect(mqtt, &place.endpoint_host, identity, thing).await)
    };
    let mut lines = Vec::new();
    let connected = match open().await? {
        Err(DeviceError::Closed(_)) => {
            lines.push(closed.to_owned());
            tokio::time::sleep(COME_BACK).await;
            open().await?
        }
        other => {
            lines.push(held.to_owned());
            other
        }
    };
    let connected = connected.context(format!(
        "`nameplate explain --data-dir {} {thing}` says why",
        place.directory.display()
    ))?;
    lines.push(connected.tls());
    lines.push("CONNACK 0: accepted".to_owned());
    Ok((connected, lines))
}

/// Shows that a device which has connected can do its work, and lets it go.
async fn used(transcript: &mut Transcript, mut device: Device, thing: &str) -> anyhow::Result<()> {
    let talk = publish_and_receive(&mut device, thing);
    transcript
        .step("Publish a message and receive it", talk)
        .await?;
    let leave = async { Ok((device.disconnect().await?, Vec::new())) };
    transcript.step("Disconnect", leave).await
}

/// Shows what the server has on record of a connection.
async fn recorded(
    transcript: &mut Transcript,
    client: &Client,
    certificate_id: &str,
) -> anyhow::Result<()> {
    let account = account(client, certificate_id);
    transcript
        .step(
            "Read the server's record of it (nameplate explain)",
            account,
        )
        .await
}

async fn publish_and_receive(device: &mut Device, thing: &str) -> Told<()> {
    let topic = fleet::topic(thing);
    let payload = Bytes::from_static(b"{\"hello\":\"world\"}");
    device.subscribe(&topic).await?;
    device.publish(&topic, payload.clone()).await?;
    let delivered = device.receive().await?;
    ensure!(
        delivered.topic == topic && delivered.payload == payload,
        "{delivered:?} came instead of what was published to {topic}"
    );
    let lines = vec![
        format!("demo/{}…/hello, QoS 1", fleet::start(thing)),
        String::from_utf8_lossy(&payload).into_owned(),
    ];
    Ok(((), lines))
}

/// The server's record of the connection, stage by stage.
async fn account(client: &Client, certificate_id: &str) -> Told<()> {
    let target = format!("/nameplate/attempts?limit=2&of={certificate_id}");
    let answer = client
        .json("nameplate", "GET", &target, &Value::Null)
        .await?;
    let newest = answer
        .get("attempts")
        .and_then(|attempts| attempts.get(0))
        .context("the server has no record of the connection")?;
    let code = newest.get("code").and_then(Value::as_str);
    ensure!(
        code == Some(crate::app::admission::attempt::CONNECTED),
        "the server's record of the connection ends with {code:?}"
    );
    let mut newest = newest.clone();
    if let Some(members) = newest.as_object_mut() {
        // The step before has shown what came of it.
        members.remove("plan");
    }
    let lines = explain::stages(&newest).lines().map(short_ids).collect();
    Ok(((), lines))
}

/// The line with the beginnings of ids instead of all their digits.
fn short_ids(line: &str) -> String {
    let is_id = |word: &&str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    match line.split(' ').find(is_id) {
        Some(id) => line.replace(id, &format!("{}…", fleet::start(id))),
        None => line.to_owned(),
    }
    .trim_start()
    .to_owned()
}

fn identity(place: &Place, device: &Signed) -> anyhow::Result<DeviceIdentity> {
    let path = place.root_ca();
    let pem = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let roots = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    Ok(DeviceIdentity {
        chain: vec![CertificateDer::from(device.certificate.der().to_vec())],
        key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(device.key_der().to_vec())),
        roots,
    })
}

fn write_files(
    directory: &Path,
    owner: &Owner,
    device: &Signed,
    template: &str,
) -> anyhow::Result<String> {
    let write = |name: &str, content: &str| {
        let path: PathBuf = directory.join(name);
        std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| std::io::Write::write_all(&mut file, content.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))
    };
    write("ca.pem", &owner.ca().certificate.to_pem())?;
    write("ca.key", &owner.ca().key_pem())?;
    write("device.pem", &device.certificate.to_pem())?;
    write("device.key", &device.key_pem())?;
    write("template.json", template)?;
    Ok(format!("kept in {}", directory.display()))
}

fn how_to_go_on(args: &DemoArgs, directory: &Path) -> String {
    let quoted = |path: &Path| super::env::quoted(&path.to_string_lossy());
    let own = directory.join("data");
    let data = quoted(args.data_dir.as_deref().unwrap_or(&own));
    let mut text = "\nTo go on:\n".to_owned();
    if args.data_dir.is_none() {
        text.push_str(&format!("  nameplate serve --data-dir {data} &\n"));
    }
    if [Flow::Jitr, Flow::Hook].contains(&args.flow) {
        text.push_str(&format!(
            "  eval \"$(nameplate env --data-dir {data})\"\n  nameplate function list --data-dir {data}\n"
        ));
        return text;
    }
    if args.flow == Flow::Vending {
        text.push_str(&format!(
            "  eval \"$(nameplate env --data-dir {data})\"\n  nameplate vending batch list --data-dir {data}\n"
        ));
        return text;
    }
    if args.flow == Flow::Claim {
        text.push_str(&format!(
            "  eval \"$(nameplate env --data-dir {data})\"\n  aws iot list-provisioning-templates\n"
        ));
        return text;
    }
    text.push_str(&format!(
        "  eval \"$(nameplate env --data-dir {data})\"\n  \
         aws iot list-things\n  \
         nameplate simulate --data-dir {data} --template {} --certs {}\n  \
         openssl x509 -in {} -noout -text\n",
        quoted(&directory.join("template.json")),
        quoted(&directory.join("device.pem")),
        quoted(&directory.join("device.pem")),
    ));
    text
}
