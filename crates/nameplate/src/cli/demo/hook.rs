//! `nameplate demo --flow hook`: before a device is provisioned by a claim, a function of the owner's is asked.

use super::claim::{self, Template};
use super::fleet;
use super::jitr::{self, Handler};
use super::transcript::{Told, Transcript};
use super::vending::member;
use super::{recorded, used};
use crate::cli::client::{Client, ClientError};
use crate::cli::device::Device;
use crate::cli::function::FUNCTIONS;
use crate::cli::place::Place;
use anyhow::ensure;
use bytes::Bytes;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;

/// Where the function says that devices are.
const LOCATION: &str = "berlin/hall-3";

/// Shows the flow; `directory` is the demo's own, and the server is, too, where `own` says so.
pub async fn show(
    mut transcript: Transcript,
    place: &Place,
    mqtt: SocketAddr,
    directory: &Path,
    suffix: &str,
    own: bool,
) -> anyhow::Result<()> {
    let client = Client::of(place);
    let (name, serial) = (format!("demo-{suffix}"), format!("SN-{suffix}"));
    if own {
        jitr::prepare(&mut transcript, place).await?;
    }
    let role = transcript
        .step(
            "Create the role that provisioning runs by (IAM)",
            fleet::role(&client),
        )
        .await?;
    let handler = Handler {
        code: include_str!("hook.py"),
        policies: &[],
        variables: json!({"ALLOWED": serial, "LOCATION": LOCATION}),
        does: "it has a list of serial numbers, and says where their devices are",
    };
    let create = jitr::function(&client, directory, &name, handler);
    let function = transcript
        .step("Create a function with a list of devices (Lambda)", create)
        .await?;
    let template = Template {
        name: &name,
        role: &role,
        hook: Some(&function),
    };
    let made = with_hook(&client, &template, &function);
    transcript
        .step("Make a fleet template that asks the function", made)
        .await?;
    let making = claim::certificate(&client, &name, &role);
    let shipped = transcript
        .step(
            "Make the claim certificate that all devices ship with",
            making,
        )
        .await?;
    let root = std::fs::read_to_string(place.root_ca())?;
    let connect = claim::connect(place, mqtt, &root, &shipped, &serial);
    let mut device = transcript
        .step("Connect with it (MQTT, mutual TLS)", connect)
        .await?;
    let stranger = format!("SN-{suffix}-copied");
    let turned = turned_away(&mut device, &name, &stranger);
    transcript
        .step("Register a serial number that is not on the list", turned)
        .await?;
    let given = transcript
        .step("Ask for a key and a certificate", claim::keys(&mut device))
        .await?;
    let registering = claim::register(&mut device, &name, &serial, &given);
    transcript
        .step("Register the one that is", registering)
        .await?;
    let leave = async { Ok((device.disconnect().await?, Vec::new())) };
    transcript.step("Disconnect", leave).await?;
    let connect = claim::connect(place, mqtt, &root, &given, &serial);
    let device = transcript
        .step("Connect with the device's own certificate", connect)
        .await?;
    used(&mut transcript, device, &serial).await?;
    transcript
        .step(
            "Look at what came to exist (IoT API)",
            located(&client, &serial, &stranger),
        )
        .await?;
    for serial in [&stranger, &serial] {
        transcript
            .step(
                "Read what the function printed (nameplate logs)",
                jitr::printed(&client, &name, serial),
            )
            .await?;
    }
    let id = member(&given, "certificateId")?;
    recorded(&mut transcript, &client, id).await?;
    transcript.end(&format!(
        "All is as it should be: a function let {serial} in, and {stranger} not"
    ))
}

async fn with_hook(client: &Client, template: &Template<'_>, function: &str) -> Told<()> {
    let name = template.name;
    let (prefix, _) = function.split_once(":function:").unwrap_or((function, ""));
    let source = prefix.replacen(":lambda:", ":iot:", 1);
    let permission = json!({
        "StatementId": "template",
        "Action": "lambda:InvokeFunction",
        "Principal": "iot.amazonaws.com",
        "SourceArn": format!("{source}:provisioningtemplate/{name}"),
    });
    // The function has the template's name.
    let target = format!("{FUNCTIONS}/{name}/policy");
    client.json("lambda", "POST", &target, &permission).await?;
    let ((), mut lines) = claim::template(client, template).await?;
    lines.push(format!(
        "preProvisioningHook {name}, whose policy lets the template"
    ));
    Ok(((), lines))
}

/// Asks for what the function does not allow.
async fn turned_away(device: &mut Device, template: &str, serial: &str) -> Told<()> {
    let (given, _) = claim::keys(device).await?;
    let topic = format!("$aws/provisioning-templates/{template}/provision/json");
    let rejected = format!("{topic}/rejected");
    device.subscribe(&rejected).await?;
    let request = json!({
        "certificateOwnershipToken": member(&given, "certificateOwnershipToken")?,
        "parameters": {"SerialNumber": serial},
    });
    device
        .publish(&topic, Bytes::from(request.to_string()))
        .await?;
    let answer = device.receive().await?;
    let document: Value = serde_json::from_slice(&answer.payload)?;
    ensure!(
        answer.topic == rejected && document["statusCode"] == 403,
        "{} says {document}",
        answer.topic
    );
    let lines = vec![format!("{serial}: rejected, {document}")];
    Ok(((), lines))
}

/// The thing of the one, with what the function said of it, and that there is none of the other.
async fn located(client: &Client, serial: &str, stranger: &str) -> Told<()> {
    let get = async |name: &str| {
        let target = format!("/things/{name}");
        client.json("iot", "GET", &target, &Value::Null).await
    };
    let thing = get(serial).await?;
    let location = &thing["attributes"]["location"];
    ensure!(
        location == LOCATION,
        "the thing's attribute location is {location}, not {LOCATION:?}"
    );
    let other = get(stranger).await;
    ensure!(
        matches!(other, Err(ClientError::Refused { status: 404, .. })),
        "there is a thing {stranger}"
    );
    let lines = vec![
        format!("thing {serial} with location = {LOCATION}"),
        format!("no thing {stranger}"),
    ];
    Ok(((), lines))
}
