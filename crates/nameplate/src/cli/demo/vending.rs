//! `nameplate demo --flow vending`: a device with nothing but its serial number and what its batch's secret makes of it.

use super::fleet;
use super::transcript::{Told, Transcript};
use super::{recorded, used};
use crate::cli::client::Client;
use crate::cli::device::{Device, DeviceIdentity};
use crate::cli::place::Place;
use crate::net::tls::provider;
use anyhow::{Context, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use nameplate_core::vending::proof;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;

/// An answer is a few kilobytes.
const ANSWER_BYTES: usize = 256 * 1024;

/// Shows the flow from the role on.
pub async fn show(
    mut transcript: Transcript,
    place: &Place,
    mqtt: SocketAddr,
    role: &str,
    suffix: &str,
) -> anyhow::Result<()> {
    let client = Client::of(place);
    let https = place
        .https
        .context("the server does not say where it listens for HTTPS; is it running?")?;
    let (name, serial) = (format!("demo-{suffix}"), format!("SN-{suffix}"));
    let secret = transcript
        .step(
            "Make a batch whose devices prove themselves by HMAC",
            batch(&client, &name, role),
        )
        .await?;
    transcript
        .step("List a device in it", list(&client, &name, &serial))
        .await?;
    let ask = ask(place, https, &serial, &secret);
    let given = transcript
        .step("Ask for a certificate as that device (HTTPS)", ask)
        .await?;
    let connect = async {
        let device =
            Device::connect(mqtt, &place.endpoint_host, identity(&given)?, &serial).await?;
        let lines = vec![device.tls(), "CONNACK 0: accepted".to_owned()];
        Ok((device, lines))
    };
    let device = transcript
        .step("Connect with it (MQTT, mutual TLS)", connect)
        .await?;
    used(&mut transcript, device, &serial).await?;
    let id = member(&given, "certificateId")?;
    recorded(&mut transcript, &client, id).await?;
    transcript.end(&format!(
        "All is as it should be: {serial} has the certificate {}…",
        fleet::start(id)
    ))
}

async fn call(client: &Client, line: &str, body: &Value) -> anyhow::Result<Value> {
    let (method, path) = line.split_once(' ').context("a method and a path")?;
    let target = format!("/nameplate/vending/{path}");
    Ok(client.json("nameplate", method, &target, body).await?)
}

pub(super) fn member<'v>(value: &'v Value, name: &str) -> anyhow::Result<&'v str> {
    let member = value.get(name).and_then(Value::as_str);
    member.with_context(|| format!("the answer has no {name}"))
}

/// Makes the batch; its secret, which the server has made.
async fn batch(client: &Client, name: &str, role: &str) -> Told<String> {
    let mut template: Value = serde_json::from_str(&fleet::template(client, role)?)?;
    // The device is named by its list instead of by its certificate.
    template["Parameters"] = json!({
        "serialNumber": {"Type": "String"},
        "AWS::IoT::Certificate::Id": {"Type": "String"},
    });
    let thing = &mut template["Resources"]["thing"]["Properties"];
    *thing = json!({"ThingName": {"Ref": "serialNumber"}});
    let document = json!({"proof": "hmac", "templateBody": template.to_string(), "roleArn": role});
    let made = call(client, &format!("PUT batches/{name}"), &document).await?;
    let secret = member(&made, "secret")?.to_owned();
    let lines = vec![format!("batch {name}, with a secret that is shown once")];
    Ok((secret, lines))
}

async fn list(client: &Client, name: &str, serial: &str) -> Told<()> {
    let line = json!({"serialNumber": serial});
    let listed = call(client, &format!("POST batches/{name}/entries"), &line).await?;
    ensure!(listed["added"] == 1, "the list was not taken: {listed}");
    Ok(((), vec![format!("serial number {serial}")]))
}

/// What the device does: it has the server's root, its serial number, and the signature that the factory gave it.
async fn ask(place: &Place, https: SocketAddr, serial: &str, secret: &str) -> Told<Value> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(place.root_ca())? {
        roots.add(root?)?;
    }
    let config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(place.endpoint_host.clone())?;
    let stream = TcpStream::connect(https).await?;
    let stream = tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let body = json!({
        "serialNumber": serial,
        "signature": proof::signature(secret.as_bytes(), serial),
    });
    let request = hyper::Request::post("/vending/certificates")
        .header("host", &place.endpoint_host)
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body.to_string())))?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = Limited::new(response.into_body(), ANSWER_BYTES)
        .collect()
        .await;
    let body = body.map_err(|error| anyhow::anyhow!("the answer broke off: {error}"))?;
    connection.abort();
    let given: Value = serde_json::from_slice(&body.to_bytes())?;
    ensure!(status == 200, "the device was answered {status}: {given}");
    let id = member(&given, "certificateId")?;
    let lines = vec![
        format!("POST /vending/certificates, signed for {serial}"),
        format!(
            "certificate {}… and a private key that is nowhere else",
            fleet::start(id)
        ),
        format!("thing {}", member(&given, "thingName")?),
    ];
    Ok((given, lines))
}

pub(super) fn identity(given: &Value) -> anyhow::Result<DeviceIdentity> {
    let roots = member(given, "rootCa")?.as_bytes();
    Ok(DeviceIdentity {
        chain: vec![CertificateDer::from_pem_slice(
            member(given, "certificatePem")?.as_bytes(),
        )?],
        key: PrivateKeyDer::from_pem_slice(member(given, "privateKey")?.as_bytes())?,
        roots: CertificateDer::pem_slice_iter(roots).collect::<Result<_, _>>()?,
    })
}
