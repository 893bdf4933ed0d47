//! The calls that a fleet's owner makes, and the template they register.

use super::pki::{COUNTRY, Owner};
use super::transcript::Told;
use crate::cli::client::{Client, xml_text};
use anyhow::{Context, ensure};
use nameplate_core::arn::Arn;
use serde_json::{Value, json};

/// The role that the template runs by; the same in every demo.
const ROLE: &str = "nameplate-demo-provisioning";

/// A registered CA.
pub struct Registered {
    /// Its id.
    pub id: String,
    /// The template that its devices are provisioned by.
    pub template: String,
}

/// Makes the role unless an earlier demo did, and gives it AWS's policy for provisioning. Its ARN.
pub async fn role(client: &Client) -> Told<String> {
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "iot.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }],
    })
    .to_string();
    let version = ("Version", "2010-05-08");
    let created = client
        .form(
            "iam",
            &[
                ("Action", "CreateRole"),
                version,
                ("RoleName", ROLE),
                ("AssumeRolePolicyDocument", &trust),
            ],
        )
        .await;
    let answer = match created {
        Err(error) if error.is("EntityAlreadyExists") => {
            client
                .form("iam", &[("Action", "GetRole"), version, ("RoleName", ROLE)])
                .await?
        }
        other => other?,
    };
    let arn = xml_text(&answer, "Arn").context("IAM's answer names no ARN")?;
    let partition = Arn::parse(&arn)
        .context("the role's ARN is none")?
        .partition;
    let policy = format!("arn:{partition}:iam::aws:policy/service-role/AWSIoTThingsRegistration");
    client
        .form(
            "iam",
            &[
                ("Action", "AttachRolePolicy"),
                version,
                ("RoleName", ROLE),
                ("PolicyArn", &policy),
            ],
        )
        .await?;
    let lines = vec![arn.clone(), "with AWSIoTThingsRegistration".to_owned()];
    Ok((arn, lines))
}

/// Registers the CA, active, with automatic registration and a template of its own.
pub async fn register_ca(client: &Client, owner: &Owner, role_arn: &str) -> Told<Registered> {
    let answer = client
        .json("iot", "GET", "/registrationcode", &Value::Null)
        .await?;
    let code = text(&answer, "registrationCode")?;
    let verification = owner.verification(code)?;
    let template = template(client, role_arn)?;
    let body = json!({
        "caCertificate": owner.ca().certificate.to_pem(),
        "verificationCertificate": verification.to_pem(),
        "registrationConfig": {"templateBody": template, "roleArn": role_arn},
    });
    let target = "/cacertificate?setAsActive=true&allowAutoRegistration=true";
    let answer = client.json("iot", "POST", target, &body).await?;
    let id = text(&answer, "certificateId")?.to_owned();
    let lines = vec![
        format!(
            "{} proved its key with registration code {}…",
            owner.name(),
            start(code)
        ),
        format!(
            "CA certificate {}…, its template asks for Country and the certificate's id",
            start(&id)
        ),
    ];
    Ok((Registered { id, template }, lines))
}

/// What came to exist for the device, checked.
pub async fn check(client: &Client, certificate_id: &str) -> Told<()> {
    let get = async |target: String| client.json("iot", "GET", &target, &Value::Null).await;
    let thing = get(format!("/things/{certificate_id}")).await?;
    let country = thing
        .get("attributes")
        .and_then(|attributes| attributes.get("country"))
        .and_then(Value::as_str);
    ensure!(
        country == Some(COUNTRY),
        "the thing's attribute country is {country:?}, not {COUNTRY:?}"
    );
    let certificate = get(format!("/certificates/{certificate_id}")).await?;
    let certificate = certificate
        .get("certificateDescription")
        .context("DescribeCertificate describes nothing")?;
    let status = text(certificate, "status")?;
    ensure!(
        status == "ACTIVE",
        "the certificate is {status}, not ACTIVE"
    );
    let arn = text(certificate, "certificateArn")?;
    let target = format!(
        "/attached-policies/{}",
        nameplate_aws::uri::encode(arn.as_bytes())
    );
    let policies = client.json("iot", "POST", &target, &Value::Null).await?;
    let policies = policies.get("policies").and_then(Value::as_array);
    let [policy] = policies.map_or(&[][..], Vec::as_slice) else {
        anyhow::bail!("the certificate has {policies:?} attached, not one policy");
    };
    let principals = get(format!("/things/{certificate_id}/principals")).await?;
    let principals = principals.get("principals").and_then(Value::as_array);
    ensure!(
        principals.is_some_and(|all| all.iter().any(|p| p.as_str() == Some(arn))),
        "the certificate is not attached to its thing but {principals:?}"
    );
    let lines = vec![
        format!(
            "thing        {}… with country = {COUNTRY}",
            start(certificate_id)
        ),
        format!(
            "certificate  {}… is ACTIVE and attached to the thing",
            start(certificate_id)
        ),
        format!(
            "policy       {} is attached to the certificate",
            text(policy, "policyName")?
        ),
    ];
    Ok(((), lines))
}

/// Topics of a device.
pub fn topic(thing: &str) -> String {
    format!("demo/{thing}/hello")
}

/// Thing named by certificate id, country from the certificate, and a policy that lets each device do its own.
pub fn template(client: &Client, role_arn: &str) -> anyhow::Result<String> {
    let arn = Arn::parse(role_arn).context("the role's ARN is none")?;
    let own = |resource: &str| {
        format!(
            "arn:{}:iot:{}:{}:{resource}",
            arn.partition,
            client.region(),
            arn.account
        )
    };
    let thing = "${iot:Connection.Thing.ThingName}";
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "iot:Connect", "Resource": own(&format!("client/{thing}"))},
            {
                "Effect": "Allow",
                "Action": ["iot:Publish", "iot:Receive"],
                "Resource": own(&format!("topic/demo/{thing}/*")),
            },
            {
                "Effect": "Allow",
                "Action": "iot:Subscribe",
                "Resource": own(&format!("topicfilter/demo/{thing}/*")),
            },
        ],
    });
    let body = json!({
        "Parameters": {
            "AWS::IoT::Certificate::Country": {"Type": "String"},
            "AWS::IoT::Certificate::Id": {"Type": "String"},
        },
        "Resources": {
            "thing": {
                "Type": "AWS::IoT::Thing",
                "Properties": {
                    "ThingName": {"Ref": "AWS::IoT::Certificate::Id"},
                    "AttributePayload": {"country": {"Ref": "AWS::IoT::Certificate::Country"}},
                },
            },
            "certificate": {
                "Type": "AWS::IoT::Certificate",
                "Properties": {
                    "CertificateId": {"Ref": "AWS::IoT::Certificate::Id"},
                    "Status": "ACTIVE",
                },
            },
            "policy": {
                "Type": "AWS::IoT::Policy",
                "Properties": {"PolicyDocument": policy.to_string()},
            },
        },
    });
    Ok(serde_json::to_string_pretty(&body)?)
}

fn text<'a>(value: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    value
        .get(name)
        .and_then(Value::as_str)
        .with_context(|| format!("the answer has no {name}"))
}

/// As much of an id as tells it from others on a screen.
pub fn start(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
