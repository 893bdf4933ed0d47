//! `nameplate demo --flow claim`: a device that shipped with a certificate of many asks for one of its own.

use super::fleet::{self, start};
use super::transcript::{Told, Transcript};
use super::vending::{identity, member};
use super::{recorded, used};
use crate::cli::client::Client;
use crate::cli::device::Device;
use crate::cli::place::Place;
use anyhow::{Context, ensure};
use bytes::Bytes;
use nameplate_core::arn::Arn;
use serde_json::{Value, json};
use std::net::SocketAddr;

const CREATE: &str = "$aws/certificates/create/json";

/// Shows the flow from the role on.
pub async fn show(
    mut transcript: Transcript,
    place: &Place,
    mqtt: SocketAddr,
    role: &str,
    suffix: &str,
) -> anyhow::Result<()> {
    let client = Client::of(place);
    let (name, serial) = (format!("demo-{suffix}"), format!("SN-{suffix}"));
    let plain = Template {
        name: &name,
        role,
        hook: None,
    };
    let made = template(&client, &plain);
    transcript.step("Make a fleet template", made).await?;
    let making = certificate(&client, &name, role);
    let claim = transcript
        .step(
            "Make the claim certificate that all devices ship with",
            making,
        )
        .await?;
    let root = std::fs::read_to_string(place.root_ca())?;
    let connect = connect(place, mqtt, &root, &claim, &serial);
    let mut device = transcript
        .step("Connect with it (MQTT, mutual TLS)", connect)
        .await?;
    let given = transcript
        .step("Ask for a key and a certificate", keys(&mut device))
        .await?;
    let registering = register(&mut device, &name, &serial, &given);
    transcript
        .step("Register the thing with it", registering)
        .await?;
    let leave = async { Ok((device.disconnect().await?, Vec::new())) };
    transcript.step("Disconnect", leave).await?;
    let connect = self::connect(place, mqtt, &root, &given, &serial);
    let device = transcript
        .step("Connect with the device's own certificate", connect)
        .await?;
    used(&mut transcript, device, &serial).await?;
    let id = member(&given, "certificateId")?;
    recorded(&mut transcript, &client, id).await?;
    transcript.end(&format!(
        "All is as it should be: {serial} has the certificate {}…",
        start(id)
    ))
}

/// A fleet template.
pub(super) struct Template<'a> {
    /// Its name.
    pub name: &'a str,
    /// ARN of the role that it provisions by.
    pub role: &'a str,
    /// ARN of the function that is asked before, which says where a device is.
    pub hook: Option<&'a str>,
}

/// The template of the other flows, with a serial number that the device says in the place of the certificate's values.
pub(super) async fn template(client: &Client, template: &Template<'_>) -> Told<()> {
    let Template { name, role, hook } = template;
    let mut body: Value = serde_json::from_str(&fleet::template(client, role)?)?;
    body["Parameters"] = json!({
        "SerialNumber": {"Type": "String"},
        "AWS::IoT::Certificate::Id": {"Type": "String"},
    });
    body["Resources"]["thing"]["Properties"] = json!({"ThingName": {"Ref": "SerialNumber"}});
    body["DeviceConfiguration"] = json!({"interval": 60});
    if hook.is_some() {
        body["Parameters"]["Location"] = json!({"Type": "String"});
        body["Resources"]["thing"]["Properties"]["AttributePayload"] =
            json!({"location": {"Ref": "Location"}});
    }
    let mut new = json!({
        "templateName": name,
        "templateBody": body.to_string(),
        "provisioningRoleArn": role,
        "enabled": true,
    });
    if let Some(function) = hook {
        new["preProvisioningHook"] = json!({"targetArn": function});
    }
    client
        .json("iot", "POST", "/provisioning-templates", &new)
        .await?;
    let lines = vec![format!("{name}, which names things by SerialNumber")];
    Ok(((), lines))
}

/// An ordinary certificate whose policy allows the topics of fleet provisioning and no other (AWS guide:
/// provision-wo-cert).
pub(super) async fn certificate(client: &Client, template: &str, role: &str) -> Told<Value> {
    let target = "/keys-and-certificate?setAsActive=true";
    let made = client.json("iot", "POST", target, &Value::Null).await?;
    let arn = Arn::parse(role).context("the role's ARN is none")?;
    let resources = |kind: &str| {
        let provision = format!("provisioning-templates/{template}/provision/*");
        let topics = ["certificates/create/*", provision.as_str()];
        let of = |topic: &str| {
            let (partition, account) = (&arn.partition, &arn.account);
            let region = client.region();
            format!("arn:{partition}:iot:{region}:{account}:{kind}/$aws/{topic}")
        };
        topics.map(of)
    };
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"},
        {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": resources("topic")},
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": resources("topicfilter")},
    ]});
    let name = format!("{template}-claim");
    let body = json!({"policyDocument": policy.to_string()});
    client
        .json("iot", "POST", &format!("/policies/{name}"), &body)
        .await?;
    let target = json!({"target": member(&made, "certificateArn")?});
    client
        .json("iot", "PUT", &format!("/target-policies/{name}"), &target)
        .await?;
    let id = member(&made, "certificateId")?;
    let lines = vec![
        format!("certificate {}…", start(id)),
        "its policy allows the topics of fleet provisioning, and nothing else".to_owned(),
    ];
    Ok((made, lines))
}

/// Connects with what CreateKeysAndCertificate gave, over either way.
pub(super) async fn connect(
    place: &Place,
    mqtt: SocketAddr,
    root: &str,
    given: &Value,
    serial: &str,
) -> Told<Device> {
    let over_api = &given["keyPair"]["PrivateKey"];
    let key = given.get("privateKey").unwrap_or(over_api);
    let identity = identity(&json!({
        "rootCa": root,
        "certificatePem": given["certificatePem"],
        "privateKey": key,
    }))?;
    let device = Device::connect(mqtt, &place.endpoint_host, identity, serial).await?;
    let lines = vec![device.tls(), "CONNACK 0: accepted".to_owned()];
    Ok((device, lines))
}

/// Asks, and takes the answer.
async fn asked(device: &mut Device, topic: &str, payload: &Value) -> anyhow::Result<Value> {
    device
        .publish(topic, Bytes::from(payload.to_string()))
        .await?;
    let answer = device.receive().await?;
    let document: Value = serde_json::from_slice(&answer.payload)?;
    ensure!(
        answer.topic == format!("{topic}/accepted"),
        "{} says {document}",
        answer.topic
    );
    Ok(document)
}

pub(super) async fn keys(device: &mut Device) -> Told<Value> {
    for word in ["accepted", "rejected"] {
        device.subscribe(&format!("{CREATE}/{word}")).await?;
    }
    let given = asked(device, CREATE, &json!({})).await?;
    let id = member(&given, "certificateId")?;
    let lines = vec![
        CREATE.to_owned(),
        format!(
            "certificate {}… is PENDING_ACTIVATION; nobody else sees its private key",
            start(id)
        ),
    ];
    Ok((given, lines))
}

pub(super) async fn register(
    device: &mut Device,
    template: &str,
    serial: &str,
    given: &Value,
) -> Told<()> {
    let topic = format!("$aws/provisioning-templates/{template}/provision/json");
    for word in ["accepted", "rejected"] {
        device.subscribe(&format!("{topic}/{word}")).await?;
    }
    let request = json!({
        "certificateOwnershipToken": member(given, "certificateOwnershipToken")?,
        "parameters": {"SerialNumber": serial},
    });
    let answer = asked(device, &topic, &request).await?;
    let lines = vec![
        topic,
        format!("thing {}", member(&answer, "thingName")?),
        format!("deviceConfiguration {}", answer["deviceConfiguration"]),
    ];
    Ok(((), lines))
}
