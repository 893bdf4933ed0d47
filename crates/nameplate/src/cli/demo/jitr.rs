//! `nameplate demo --flow jitr`: the owner's own code decides, as it does in AWS Lambda behind a topic rule.

use super::pki::{COUNTRY, Owner};
use super::transcript::{Told, Transcript};
use super::{first_connection, fleet, recorded, short_ids, used};
use crate::app::functions::toolchain;
use crate::cli::client::Client;
use crate::cli::function::{FUNCTIONS, role};
use crate::cli::place::Place;
use crate::cli::serve::clock;
use crate::config;
use anyhow::{Context, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_core::pki::CertificateId;
use nameplate_functions::{Family, pack};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;

/// A function of Python's that answers an empty event with `ready`.
pub(super) struct Handler<'a> {
    /// Its code.
    pub code: &'a str,
    /// AWS's managed policies that its role has.
    pub policies: &'a [&'a str],
    /// Its environment.
    pub variables: Value,
    /// What it does, for people.
    pub does: &'a str,
}

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
    let name = format!("demo-{suffix}");
    if own {
        prepare(&mut transcript, place).await?;
    }
    let handler = Handler {
        code: include_str!("jitr.py"),
        policies: &["AWSIoTFullAccess"],
        variables: json!({"COUNTRY": COUNTRY}),
        does: "it makes a thing and a policy, and the certificate ACTIVE",
    };
    let create = function(&client, directory, &name, handler);
    let arn = transcript
        .step("Create a function and the role it runs as (Lambda)", create)
        .await?;
    let owner = Owner::new(suffix, clock())?;
    let ca = transcript
        .step(
            "Make a CA and register it without a template",
            register_ca(&client, &owner),
        )
        .await?;
    let rule = name.replace('-', "_");
    transcript
        .step(
            "Have a topic rule call the function for its devices (IoT)",
            topic_rule(&client, &rule, &name, &arn, &ca),
        )
        .await?;
    let device = owner.device()?;
    let id = CertificateId::of(device.certificate.der()).to_string();
    let signed = async {
        let line = format!(
            "certificate {}…; the server has not seen it",
            fleet::start(&id)
        );
        Ok(((), vec![line]))
    };
    transcript
        .step("Sign a device certificate with the CA", signed)
        .await?;
    let how = (
        "registered and closed, as AWS does; the device comes back",
        "held until the function had let it in",
    );
    let connect = first_connection(place, mqtt, &device, &id, how);
    let connected = transcript
        .step(
            "Connect with it for the first time (MQTT, mutual TLS)",
            connect,
        )
        .await?;
    used(&mut transcript, connected, &id).await?;
    transcript
        .step(
            "Look at what the function did (IoT API)",
            fleet::check(&client, &id),
        )
        .await?;
    transcript
        .step(
            "Read what it printed (nameplate logs)",
            printed(&client, &name, &id),
        )
        .await?;
    recorded(&mut transcript, &client, &id).await?;
    // The function stays to be looked at; nothing calls it any more.
    let target = format!("/rules/{rule}");
    client.json("iot", "DELETE", &target, &Value::Null).await?;
    transcript.end(&format!(
        "All is as it should be: a function let {}… in",
        fleet::start(&id)
    ))
}

/// Sees to it that a server of the demo's own can run Python: with what this machine has, or with what pip brings.
pub(super) async fn prepare(transcript: &mut Transcript, place: &Place) -> anyhow::Result<()> {
    let [python, node] = config::interpreters()?;
    let directory = std::path::absolute(&place.directory)?;
    let toolchain = toolchain(&directory, &python, &node);
    let reports = toolchain.report().await;
    let report = reports
        .into_iter()
        .find(|report| report.family == Family::Python)
        .context("there is no report on Python")?;
    let boto3 = report
        .packages
        .iter()
        .any(|(name, at)| name == "boto3" && at.is_some());
    if report.missing.is_none() && boto3 {
        return Ok(());
    }
    if report.interpreter.is_none() {
        bail!("{}", report.missing.unwrap_or_default());
    }
    let install = async {
        let installed = toolchain.install(Family::Python).await.context(
            "the function needs awslambdaric and boto3: install them with pip for this Python, or where pip reaches its \
             index",
        )?;
        Ok(((), vec![installed.directory.display().to_string()]))
    };
    transcript
        .step("Install what AWS brings for Python (pip)", install)
        .await
}

/// Makes the function with a role of its own, and has it started. Its ARN.
pub(super) async fn function(
    client: &Client,
    directory: &Path,
    name: &str,
    handler: Handler<'_>,
) -> Told<String> {
    let policies: Vec<String> = handler
        .policies
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    let (role_name, role) = role::own(client, name, &policies).await?;
    let folder = directory.join("function");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("app.py"), handler.code)?;
    let zip = pack(&folder, &[])?;
    let body = json!({
        "FunctionName": name,
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Role": role,
        "Timeout": 30,
        "Environment": {"Variables": handler.variables},
        "Code": {"ZipFile": STANDARD.encode(zip)},
    });
    let made = client.json("lambda", "POST", FUNCTIONS, &body).await?;
    let arn = made["FunctionArn"]
        .as_str()
        .context("the function has no ARN")?;
    // It is warm when the device comes, and what is missing is told here.
    let target = format!("{FUNCTIONS}/{name}/invocations");
    let answer = client.json("lambda", "POST", &target, &json!({})).await?;
    ensure!(answer == "ready", "the function answered {answer}");
    let lines = vec![
        format!("{name}, Python with boto3, as {role_name}"),
        handler.does.to_owned(),
    ];
    Ok((arn.to_owned(), lines))
}

async fn register_ca(client: &Client, owner: &Owner) -> Told<String> {
    let answer = client
        .json("iot", "GET", "/registrationcode", &Value::Null)
        .await?;
    let code = answer["registrationCode"]
        .as_str()
        .context("there is no registration code")?;
    let body = json!({
        "caCertificate": owner.ca().certificate.to_pem(),
        "verificationCertificate": owner.verification(code)?.to_pem(),
    });
    let target = "/cacertificate?setAsActive=true&allowAutoRegistration=true";
    let answer = client.json("iot", "POST", target, &body).await?;
    let id = answer["certificateId"]
        .as_str()
        .context("the CA has no id")?
        .to_owned();
    let lines = vec![format!("{}, {}…", owner.name(), fleet::start(&id))];
    Ok((id, lines))
}

async fn topic_rule(client: &Client, rule: &str, function: &str, arn: &str, ca: &str) -> Told<()> {
    let topic = format!("$aws/events/certificates/registered/{ca}");
    let document = json!({
        "sql": format!("SELECT * FROM '{topic}'"),
        "actions": [{"lambda": {"functionArn": arn}}],
    });
    let target = format!("/rules/{rule}");
    client.json("iot", "POST", &target, &document).await?;
    let source = arn.replacen(":lambda:", ":iot:", 1);
    let (source, _) = source
        .split_once(":function:")
        .context("the function's ARN is none")?;
    let permission = json!({
        "StatementId": "rule",
        "Action": "lambda:InvokeFunction",
        "Principal": "iot.amazonaws.com",
        "SourceArn": format!("{source}:rule/{rule}"),
    });
    let target = format!("{FUNCTIONS}/{function}/policy");
    client.json("lambda", "POST", &target, &permission).await?;
    let lines = vec![
        short_ids(&format!("FROM $aws/events/certificates/registered/ {ca}")),
        format!("calls {function}, whose policy lets the rule"),
    ];
    Ok(((), lines))
}

/// The line that the function printed.
pub(super) async fn printed(client: &Client, function: &str, id: &str) -> Told<()> {
    let target = format!("/nameplate/logs?function={function}");
    // Its log is written when the call has ended, which the device has not waited for.
    for _ in 0..200 {
        let log = client
            .json("nameplate", "GET", &target, &Value::Null)
            .await?;
        let events = log["events"].as_array().into_iter().flatten();
        let mut lines = events.filter_map(|event| event["message"].as_str());
        // Of one whose name begins with this one's it says nothing.
        let names = |line: &&str| {
            let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            words.any(|word| word == id)
        };
        if let Some(line) = lines.find(names) {
            return Ok(((), vec![short_ids(line)]));
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    bail!("the function has printed nothing of the device");
}
