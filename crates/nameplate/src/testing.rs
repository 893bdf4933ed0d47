//! A whole app for tests: a store in a directory of its own, a clock that stands still, and calls as an SDK makes
//! them, signed with the root's key.

use crate::api::{self, Request};
use crate::app::{App, AppSettings, Effect, Error};
use crate::authority::DeviceAuthority;
use crate::config::{FirstConnect, Refusals};
use nameplate_aws::headers::Headers;
use nameplate_aws::sigv4::Signer;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::CertificateId;
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_store::NewCertificate;
use nameplate_store::iam::AccessKey;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;

/// 2026-11-23T15:42:12.345Z, at which every test runs.
pub const NOW: Millis = Millis(1_795_448_532_345);

/// The beginning of every IoT ARN in tests.
pub const ARN: &str = "arn:aws:iot:us-east-1:123456789012:";

/// An app in a directory that goes with it.
pub struct TestApp {
    /// The app.
    pub app: Arc<App>,
    /// What a broker would be told.
    pub effects: UnboundedReceiver<Effect>,
    root_key: AccessKey,
    _directory: tempfile::TempDir,
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
        let text = self.body["message"].as_str().or(self.body.as_str());
        text.unwrap_or_default().to_owned()
    }
}

impl TestApp {
    /// A new, empty registry.
    pub async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
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
        };
        let settings = AppSettings {
            realm: Arc::new(Realm {
                account: "123456789012".into(),
                region: "us-east-1".into(),
            }),
            endpoint_host: "localhost".into(),
            first_connect: FirstConnect::Inline,
            refusals: Refusals::Clear,
            jitr_wait_seconds: 10,
            attempts: 100,
        };
        let authority = DeviceAuthority::open(directory.path(), NOW).expect("a CA can be made");
        let (app, effects) = App::open(
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
            effects,
            root_key,
            _directory: directory,
        }
    }

    /// Calls the control plane: `GET /things?maxResults=1`, with a JSON body unless it is null.
    pub async fn iot(&self, line: &str, body: Value) -> Answer {
        self.call("iot", line, &[], body).await
    }

    /// Calls the control plane with header fields.
    pub async fn iot_with(&self, line: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        self.call("iot", line, headers, body).await
    }

    /// Calls any service by the name of its credential scope. A text is sent as a form, anything else as JSON.
    pub async fn call(
        &self,
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
            access_key: &self.root_key.id,
            secret: &self.root_key.secret,
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
        let text = String::from_utf8_lossy(&response.body).into_owned();
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

    /// Registers a new active certificate with this common name; its ARN.
    pub async fn certificate(&self, common_name: &str) -> String {
        let mut params = rcgen::CertificateParams::default();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, common_name);
        let key = rcgen::KeyPair::generate().expect("a key can be made");
        let certificate = params
            .self_signed(&key)
            .expect("a certificate can be signed");
        let der = certificate.der().to_vec();
        let id = CertificateId::of(&der);
        self.app
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
        format!("{ARN}cert/{id}")
    }
}
