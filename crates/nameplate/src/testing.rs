//! A whole app for tests: a store in a directory of its own, a clock that stands still, and calls as an SDK makes
//! them, signed with the root's key.

mod ca;
mod function;

pub use ca::{Ca, key};
pub use function::{Outcome, answered, crashed, zip};

use crate::api::{self, Request};
use crate::app::effects::Effect;
use crate::app::ingress::TOPIC_LIMITS;
use crate::app::objects::{Details, Expected, NewObject};
use crate::app::{App, AppSettings, Error};
use crate::authority::{CaKey, DeviceAuthority};
use crate::config::{FirstConnect, Objects, Quotas, Refusals};
use crate::outbound::aws::AwsPlaces;
use crate::router::{Message, Registration};
use nameplate_aws::headers::Headers;
use nameplate_aws::sigv4::Signer;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::CertificateId;
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_core::registry::thing::Attributes;
use nameplate_mqtt::QoS;
use nameplate_mqtt::topic::Filter;
use nameplate_store::iam::AccessKey;
use nameplate_store::{EngineOptions, NewCertificate, NewGroup};
use serde_json::Value;
use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// 2026-11-23T15:42:12.345Z, at which every test runs.
pub const NOW: Millis = Millis(1_795_448_532_345);

/// The beginning of every IoT ARN in tests.
pub const ARN: &str = "arn:aws:iot:us-east-1:123456789012:";

/// An app in a directory that goes with it.
pub struct TestApp {
    /// The app.
    pub app: Arc<App>,
    root_key: AccessKey,
    directory: tempfile::TempDir,
}

/// What a call was answered.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The error's name, where it is one.
    pub error: Option<String>,
    /// The body; text where it is no JSON.
    pub body: Value,
}

impl Answer {
    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!((self.status, &self.error), (200, &None), "{}", self.body);
        self.body
    }

    /// The message of an error of this name.
    #[track_caller]
    pub fn refused(self, name: &str) -> String {
        assert_eq!(self.error.as_deref(), Some(name), "{}", self.body);
        assert_ne!(self.status, 200);
        // An XML body is the message as a whole.
        let text = self.body["message"].as_str();
        let text = text
            .or(self.body["Message"].as_str())
            .or(self.body.as_str());
        text.unwrap_or_default().to_owned()
    }
}

impl TestApp {
    /// A new, empty registry.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn with(change: impl FnOnce(&mut AppSettings)) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        Self::open(directory, change).await
    }

    /// The same registry after a restart. What is under way ends where it is.
    pub async fn restarted(self) -> Self {
        let Self { app, directory, .. } = self;
        app.close();
        // The store lets go of its directory with the last of its users, who end now that it is closed.
        let kernel = Arc::downgrade(&app.kernel);
        drop(app);
        while kernel.strong_count() > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        Self::open(directory, |_| {}).await
    }

    /// The data directory.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    async fn open(directory: tempfile::TempDir, change: impl FnOnce(&mut AppSettings)) -> Self {
        let root_key = AccessKey {
            id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            active: true,
            created: NOW,
            user: None,
            session_token: None,
            expires: None,
            role: None,
            session_name: None,
            session_policy: None,
            session_keys: None,
        };
        let mut settings = AppSettings {
            realm: Arc::new(Realm {
                account: "123456789012".into(),
                region: "us-east-1".into(),
            }),
            engine: EngineOptions::Sqlite,
            cluster: None,
            endpoint_host: "localhost".into(),
            further_hosts: Vec::new(),
            objects: Objects::DataDir,
            rule_places: AwsPlaces::default(),
            first_connect: FirstConnect::Inline,
            refusals: Refusals::Clear,
            jitr_wait_seconds: 10,
            renew_expired_days: 0,
            attempts: 100,
            audit_megabytes: 1,
            thing_type_deletion_wait_seconds: 0,
            quotas: Quotas::Off,
            allow_reset: true,
            bus: crate::bus::Setting::None,
            traces: Arc::new(crate::app::traces::Traces::none()),
        };
        change(&mut settings);
        let authority = DeviceAuthority::open(directory.path(), CaKey::EcdsaP256, NOW)
            .expect("a CA can be made");
        let app = App::open(
            directory.path(),
            settings,
            authority,
            root_key.clone(),
            || NOW,
        )
        .await
        .expect("an app opens in an empty directory");
        Self {
            app,
            root_key,
            directory,
        }
    }

    /// A client that subscribes to these filters, and hears what is routed.
    pub fn watcher(&self, filters: &[&str]) -> Registration {
        let router = &self.app.router;
        let client = router.register("watcher".into(), "watcher".into());
        for filter in filters {
            let filter = Filter::parse(filter, &TOPIC_LIMITS).expect("the filter is right");
            let subscribed = router.subscribe(&client, &filter, QoS::AtLeastOnce.into());
            subscribed.expect("there is room");
        }
        client
    }

    /// The next of what commits made necessary, which no pump takes.
    pub fn effect(&self) -> Option<Effect> {
        self.app.kernel.effects.try_recv()
    }

    /// Calls the control plane: `GET /things?maxResults=1`, with a JSON body unless it is null.
    pub async fn iot(&self, line: &str, body: Value) -> Answer {
        self.call("iot", line, &[], body).await
    }

    /// Calls the control plane with header fields.
    pub async fn iot_with(&self, line: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        self.call("iot", line, headers, body).await
    }

    /// Calls of the control plane that must be refused: call, body, the error's name and its message.
    pub async fn refused(&self, cases: &[(&str, Value, &str, &str)]) {
        for (line, body, name, message) in cases {
            let answer = self.iot(line, body.clone()).await;
            let found = (answer.error.as_deref(), answer.body["message"].as_str());
            assert_eq!(found, (Some(*name), Some(*message)), "{line} {body}");
        }
    }

    /// All items of a list, page by page; each answer must hold at most one. `line` has a query already.
    pub async fn pages(&self, line: &str, headers: &[(&str, &str)], items: &str) -> Vec<Value> {
        let mut found = Vec::new();
        let mut token = String::new();
        loop {
            let answer = self
                .iot_with(&format!("{line}{token}"), headers, Value::Null)
                .await
                .ok();
            let page = answer[items].as_array().expect("a list");
            assert!(page.len() <= 1, "{line}: {answer}");
            found.extend(page.iter().cloned());
            let next = |name: &str| {
                let text = answer.get(name)?.as_str()?;
                Some(
                    text.replace('+', "%2B")
                        .replace('/', "%2F")
                        .replace('=', "%3D"),
                )
            };
            token = match (next("nextToken"), next("nextMarker")) {
                (Some(text), _) => format!("&nextToken={text}"),
                (_, Some(text)) => format!("&marker={text}"),
                _ => return found,
            };
        }
    }

    /// Calls any service by the name of its credential scope. A text is sent as a form, anything else as JSON.
    pub async fn call(
        &self,
        service: &str,
        line: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        self.call_as(&self.root_key, service, line, headers, body)
            .await
    }

    /// The same, signed with another key than the root's.
    pub async fn call_as(
        &self,
        key: &AccessKey,
        service: &str,
        line: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let (method, target) = line.split_once(' ').expect("a method and a target");
        let mut headers: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        headers.push(("host".into(), "localhost:4566".into()));
        if let Some(token) = &key.session_token {
            headers.push(("x-amz-security-token".into(), token.clone()));
        }
        let body = match body {
            Value::Null => Vec::new(),
            Value::String(form) => {
                let kind = "application/x-www-form-urlencoded";
                headers.push(("content-type".into(), kind.into()));
                form.into_bytes()
            }
            json => json.to_string().into_bytes(),
        };
        let signer = Signer {
            access_key: &key.id,
            secret: &key.secret,
            region: "us-east-1",
            service,
        };
        let added = signer.sign(method, target, &headers, &body, NOW.0);
        headers.extend(
            added
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        let headers: Headers<'_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let request = Request {
            method,
            target,
            headers,
            body: &body,
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            secure: false,
        };
        let response = api::answer(&self.app, &request).await;
        let api::Content::Bytes(body) = &response.body else {
            panic!("{line} answered with a file")
        };
        let text = String::from_utf8_lossy(body).into_owned();
        let error = response
            .headers
            .iter()
            .find(|(name, _)| *name == "x-amzn-errortype")
            .map(|(_, value)| value.clone());
        // XML protocols name it in the body only.
        let code = || Some(text.split_once("<Code>")?.1.split_once("</Code>")?.0.into());
        Answer {
            status: response.status,
            error: error.or_else(code),
            body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
        }
    }

    /// Puts an object into a bucket, which is made if need be.
    pub async fn object(&self, bucket: &str, key: &str, body: &[u8]) {
        let put = async {
            self.app
                .objects
                .ensure_bucket(&self.app.iam.root(), bucket)
                .await?;
            let mut incoming = self.app.objects.begin_body().await?;
            incoming.write(body).await?;
            let finished = incoming.finish().await?;
            self.app
                .objects
                .put_object(
                    &self.app.iam.root(),
                    bucket,
                    key,
                    NewObject {
                        finished,
                        details: Details::default(),
                        tags: Vec::new(),
                    },
                    Expected::default(),
                )
                .await
        };
        put.await.expect("an object can be stored");
    }

    /// The key of a new IAM user who has this policy alone.
    pub async fn user_with(&self, policy: &Value) -> AccessKey {
        use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
        let policy = policy.to_string();
        let policy = utf8_percent_encode(&policy, NON_ALPHANUMERIC);
        let iam = async |rest: String| {
            let form = format!("Version=2010-05-08&UserName=user&Action={rest}");
            self.call("iam", "POST /", &[], Value::String(form))
                .await
                .ok()
        };
        iam("CreateUser".into()).await;
        iam(format!(
            "PutUserPolicy&PolicyName=p&PolicyDocument={policy}"
        ))
        .await;
        let answer = iam("CreateAccessKey".into()).await;
        let element = |name: &str| {
            let text = answer.as_str().expect("XML");
            let (_, rest) = text.split_once(&format!("<{name}>")).expect("an element");
            rest.split('<').next().unwrap_or_default().to_owned()
        };
        AccessKey {
            id: element("AccessKeyId"),
            secret: element("SecretAccessKey"),
            user: Some("user".into()),
            ..self.root_key.clone()
        }
    }

    /// Creates a thing group, static or with a query, below another; its ARN.
    pub async fn group(&self, name: &str, parent: Option<&str>, query: Option<&str>) -> String {
        let arn = format!("{ARN}thinggroup/{name}");
        let owned = |text: &str| text.to_owned();
        let (name, parent, query) = (owned(name), parent.map(owned), query.map(owned));
        self.app
            .kernel
            .store
            .tx("test-group", move |tx| {
                let parent = match &parent {
                    Some(parent) => tx.group(parent)?.map(|found| found.key),
                    None => None,
                };
                tx.insert_group(&NewGroup {
                    name: &name,
                    group_id: "0f0e0d0c-0b0a-4900-8807-060504030201",
                    parent,
                    description: None,
                    attributes: &Attributes::new(),
                    query: query.as_deref(),
                    created: NOW,
                })?;
                Ok::<_, Error>(())
            })
            .await
            .expect("a group can be stored");
        arn
    }

    /// Puts a thing into a thing group.
    pub async fn join(&self, thing: &str, group: &str) {
        let (thing, group) = (thing.to_owned(), group.to_owned());
        self.app
            .kernel
            .store
            .tx("test-membership", move |tx| {
                let thing = tx.thing_key(&thing)?.expect("the thing exists");
                let group = tx.group(&group)?.expect("the group exists").key;
                Ok::<_, Error>(tx.add_to_group(thing, group)?)
            })
            .await
            .expect("a membership can be stored");
    }

    /// Registers a new active certificate with this common name; its ARN.
    pub async fn certificate(&self, common_name: &str) -> String {
        self.device(common_name).await.0
    }

    /// The same; its ARN and its DER.
    pub async fn device(&self, common_name: &str) -> (String, Vec<u8>) {
        let mut params = rcgen::CertificateParams::default();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, common_name);
        let certificate = params
            .self_signed(&key())
            .expect("a certificate can be signed");
        let sent = certificate.der().to_vec();
        let (der, id) = (sent.clone(), CertificateId::of(&sent));
        self.app
            .kernel
            .store
            .tx("test-certificate", move |tx| {
                tx.insert_certificate(&NewCertificate {
                    hash: id.0,
                    der: &der,
                    status: Status::Active,
                    mode: Mode::Default,
                    ca: None,
                    created: NOW,
                    not_before: NOW,
                    not_after: Millis(NOW.0 + 86_400_000),
                })?;
                Ok::<_, Error>(())
            })
            .await
            .expect("a certificate can be stored");
        (format!("{ARN}cert/{id}"), sent)
    }
}

/// The messages that wait for a client.
pub fn heard(client: &Registration) -> Vec<Arc<Message>> {
    let mut hand = VecDeque::new();
    client.outbox().take(&mut hand);
    hand.into_iter().map(|delivery| delivery.message).collect()
}
