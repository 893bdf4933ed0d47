//! A registry to measure against: many things, each with a certificate, its attachments and the one shared policy,
//! and a CA whose devices are provisioned at their first connection.
//!
//! Written through nameplate's store, in transactions of thousands: what a fleet's rows look like, without the hours
//! that a million API calls take.

use anyhow::Context as _;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{Certificate, CertificateId};
use nameplate_core::registry::ca::{CaCertificate, RegistrationConfig};
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_core::registry::thing::PrincipalType;
use nameplate_store::iam::Role;
use nameplate_store::{EngineOptions, Error, NewCertificate, Store, StoreOptions, Tx};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Things in one transaction.
const BATCH: u64 = 5_000;
/// Name of the policy of the things filled in; a first connection's has the name of its document's hash.
const POLICY: &str = "bench-device";
const ROLE: &str = "bench-provisioning";
const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";

/// Where a bench that works in `dir` keeps a registry of so many things.
pub fn home(dir: &Path, registered: u64) -> PathBuf {
    dir.join(format!("registry-{registered}"))
}

/// Clears the data directory `home` and fills it; what an earlier run left there is not what it was made of.
pub async fn anew(home: &Path, ca: Option<&[u8]>, sample: &[u8], count: u64) -> anyhow::Result<()> {
    clear(home)?;
    fill(home, ca, sample, count).await
}

/// Removes the data directory `home`, if it is there.
pub fn clear(home: &Path) -> anyhow::Result<()> {
    if home.exists() {
        std::fs::remove_dir_all(home).with_context(|| format!("clear {}", home.display()))?;
    }
    Ok(())
}

/// Registers `ca`, if given, with its template, and `count` things, and says how long it took. `sample` is a device's
/// certificate; the certificates filled in are copies of it that differ in their last bytes, so they are of the usual
/// size.
pub async fn fill(
    data_dir: &Path,
    ca: Option<&[u8]>,
    sample: &[u8],
    count: u64,
) -> anyhow::Result<()> {
    let started = Instant::now();
    let options = StoreOptions {
        directory: data_dir.to_owned(),
        engine: EngineOptions::Sqlite,
        attempts: 1_000,
        cluster: None,
    };
    let store = Store::open(&options, |_| {})
        .with_context(|| format!("open the store in {}", data_dir.display()))?;
    let now = now()?;
    let policy = store
        .tx("bench-policy", move |tx| match tx.policy(POLICY)? {
            Some(policy) => Ok(policy.key),
            None => tx.insert_policy(POLICY, &policy_document(), now),
        })
        .await?;
    let ca = match ca {
        Some(der) => Some(register_ca(&store, der, now).await?),
        None => None,
    };
    let already = u64::try_from(store.counts().await?.0)?;
    let mut first = already;
    while first < already + count {
        let batch = first..(first + BATCH).min(already + count);
        let sample = sample.to_vec();
        first = batch.end;
        store
            .tx("bench-fill", move |tx| {
                for number in batch.clone() {
                    thing(tx, number, &sample, policy, ca, now)?;
                }
                Ok::<_, Error>(())
            })
            .await?;
    }
    store.close();
    eprintln!(
        "{count} things registered in {:.1} s",
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// The name of the thing with this number, counted from 0, in a registry filled with `sample`.
pub fn name(sample: &[u8], number: u64) -> String {
    CertificateId::of(&certificate(sample, number)).to_string()
}

/// The attribute `serial` of the thing with this number.
pub fn serial(number: u64) -> String {
    format!("filled-{number:07}")
}

fn certificate(sample: &[u8], number: u64) -> Vec<u8> {
    let mut der = sample.to_vec();
    if let Some(tail) = der.last_chunk_mut::<8>() {
        *tail = number.to_be_bytes();
    }
    der
}

fn thing(
    tx: &mut Tx<'_>,
    number: u64,
    sample: &[u8],
    policy: i64,
    ca: Option<i64>,
    now: Millis,
) -> Result<(), Error> {
    let der = certificate(sample, number);
    let id = CertificateId::of(&der);
    let attributes = [("serial".to_owned(), serial(number))].into();
    let thing_id = uuid::Uuid::new_v4().to_string();
    let thing = tx.insert_thing(&id.to_string(), &thing_id, None, None, &attributes)?;
    let certificate = tx.insert_certificate(&NewCertificate {
        hash: id.0,
        der: &der,
        status: Status::Active,
        mode: Mode::Default,
        ca,
        created: now,
        not_before: Millis(0),
        not_after: Millis(i64::MAX),
    })?;
    tx.attach_policy(policy, certificate, &id.0)?;
    tx.attach_thing(certificate, &id.0, thing, PrincipalType::NonExclusive)
}

/// What `register-ca-certificate` with a template and `create-role` with AWS's managed policy leave behind.
async fn register_ca(store: &Store, der: &[u8], now: Millis) -> anyhow::Result<i64> {
    let certificate = Certificate::parse_der(der).context("read the device CA")?;
    let role = Role {
        key: 0,
        name: ROLE.to_owned(),
        role_id: "AROABENCHBENCHBENCH01".to_owned(),
        path: "/".to_owned(),
        trust: json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"Service": "iot.amazonaws.com"},
                "Action": "sts:AssumeRole"
            }]
        })
        .to_string(),
        description: None,
        max_session_seconds: 3_600,
        created: now,
    };
    let new = CaCertificate {
        key: 0,
        hash: certificate.id().0,
        der: der.to_vec(),
        subject: certificate.subject().der().to_vec(),
        active: true,
        auto_registration: true,
        mode: Mode::Default,
        registration_config: Some(RegistrationConfig {
            template_body: Some(template()),
            role_arn: Some(format!("arn:aws:iam::{ACCOUNT}:role/{ROLE}")),
            template_name: None,
        }),
        created: now,
        modified: now,
        version: 1,
        deleted: false,
    };
    let key = store
        .tx("bench-ca", move |tx| {
            tx.insert_iam_role(&role)?;
            tx.attach_iam_policy(
                &format!("role/{ROLE}"),
                "arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration",
            )?;
            tx.insert_ca(&new)
        })
        .await?;
    Ok(key)
}

/// A thing named by its certificate's id, an attribute from the common name, and the shared policy.
fn template() -> String {
    json!({
        "Parameters": {
            "AWS::IoT::Certificate::Id": {"Type": "String"},
            "AWS::IoT::Certificate::CommonName": {"Type": "String"}
        },
        "Resources": {
            "thing": {
                "Type": "AWS::IoT::Thing",
                "Properties": {
                    "ThingName": {"Ref": "AWS::IoT::Certificate::Id"},
                    "AttributePayload": {"serial": {"Ref": "AWS::IoT::Certificate::CommonName"}}
                }
            },
            "certificate": {
                "Type": "AWS::IoT::Certificate",
                "Properties": {
                    "CertificateId": {"Ref": "AWS::IoT::Certificate::Id"},
                    "Status": "ACTIVE"
                }
            },
            "policy": {
                "Type": "AWS::IoT::Policy",
                "Properties": {"PolicyDocument": policy_document()}
            }
        }
    })
    .to_string()
}

/// Six statements, each device kept to its own topics by policy variables.
fn policy_document() -> String {
    let arn = |resource: &str| format!("arn:aws:iot:{REGION}:{ACCOUNT}:{resource}");
    let thing = "${iot:Connection.Thing.ThingName}";
    let allow = |action: &str, resources: Vec<String>| json!({"Effect": "Allow", "Action": format!("iot:{action}"), "Resource": resources});
    json!({
        "Version": "2012-10-17",
        "Statement": [
            allow("Connect", vec![arn(&format!("client/{thing}"))]),
            allow("Publish", vec![
                arn(&format!("topic/dt/{thing}/*")),
                arn(&format!("topic/log/{thing}")),
                arn("topic/cmd/*"),
            ]),
            allow("Publish", vec![arn(&format!("topic/$aws/things/{thing}/shadow/*"))]),
            allow("Subscribe", vec![
                arn(&format!("topicfilter/cmd/{thing}/*")),
                arn("topicfilter/cmd/all/*"),
            ]),
            allow("Receive", vec![
                arn(&format!("topic/cmd/{thing}/*")),
                arn("topic/cmd/all/*"),
            ]),
            allow("Receive", vec![arn(&format!("topic/$aws/things/{thing}/shadow/*"))]),
        ]
    })
    .to_string()
}

fn now() -> anyhow::Result<Millis> {
    let since: Duration = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(Millis(i64::try_from(since.as_millis())?))
}
