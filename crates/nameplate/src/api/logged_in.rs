//! Requests of somebody who has logged in to the console with an access key.
//!
//! What they ask goes the way of every request from where its signature has been verified, so that the same limits,
//! permissions and refusals hold, and every page is a client of the API. Owns: whether an access key and its secret belong
//! together, and still do. Must not know what pages there are.

use super::call::{Failure, Output};
use super::pipeline::{self, UNKNOWN};
use super::s3::Sent;
use super::{Request, service, signature};
use crate::app::audit::Door;
use crate::app::caller::Caller;
use crate::app::iam::Identity;
use crate::app::log_ins::LogIn;
use crate::app::{App, Error, Kind};
use nameplate_aws::headers::Headers;
use nameplate_core::policy::caller::Origin;
use serde_json::Value;
use std::sync::Arc;
use std::time::Instant;

/// Whoever has shown an access key and its secret. Keeps no secret, only its digest.
#[derive(Debug, Clone)]
pub struct Login(Arc<LogIn>);

/// What a page asks of a service.
#[derive(Debug, Default)]
pub struct Question {
    /// Credential scope of the service.
    pub service: &'static str,
    /// Method.
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// Header fields.
    pub headers: Vec<(&'static str, String)>,
    /// Body; nothing is sent of null.
    pub body: Value,
    /// Body of the query protocol, in place of the other.
    pub form: Option<String>,
}

/// A refusal of the API, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The error's name; empty where the service gives none.
    pub code: String,
    /// What the caller may read.
    pub message: String,
}

impl Login {
    /// The holder of an access key; `None` where there is no such active key, or its secret or token is another, or it
    /// has expired. `token` is what forms of the log-in carry.
    pub async fn new(
        app: &Arc<App>,
        access_key: &str,
        secret: &str,
        session_token: Option<&str>,
        token: String,
    ) -> Result<Option<Self>, Refusal> {
        let login = Self(Arc::new(LogIn {
            access_key: access_key.to_owned(),
            session_token: session_token.map(str::to_owned),
            secret: digest(secret),
            token,
            began: app.now().0,
        }));
        let identity = login.identity(app, Origin::default()).await?;
        Ok(identity.map(|_| login))
    }

    /// One that is kept.
    pub fn of(kept: Arc<LogIn>) -> Self {
        Self(kept)
    }

    /// What is to be kept of it.
    pub fn kept(&self) -> &LogIn {
        &self.0
    }

    /// Its access key.
    pub fn access_key(&self) -> &str {
        &self.0.access_key
    }

    /// What its forms carry.
    pub fn token(&self) -> &str {
        &self.0.token
    }

    /// The caller as it is now; `None` where the key is no longer good. `origin` is that of the request.
    pub async fn identity(
        &self,
        app: &Arc<App>,
        origin: Origin,
    ) -> Result<Option<Identity>, Refusal> {
        let token = self.0.session_token.as_deref();
        let found = signature::credential(app, &self.0.access_key, token, &app.ctx()).await;
        let credential = match found {
            Ok(credential) => credential,
            Err(Failure::App(error)) => return Err(refusal_of(&error)),
            Err(_) => return Ok(None),
        };
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(
            &digest(&credential.key.secret),
            &self.0.secret,
        );
        Ok(same.ok().map(|()| app.iam.identity(credential, origin)))
    }
}

fn digest(text: &str) -> [u8; 32] {
    use aws_lc_rs::digest::{SHA256, digest};
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    bytes
}

fn refusal_of(error: &Error) -> Refusal {
    Refusal {
        status: match error.kind {
            Kind::Unavailable => 503,
            _ => 500,
        },
        code: String::new(),
        message: error.message.clone(),
    }
}

/// Whether `identity` may do `action` on anything.
pub async fn may(app: &App, identity: Identity, action: &str) -> bool {
    let caller = Caller::new(app.ctx(), identity);
    app.iam.may(&caller, action, "*", &[]).await.is_ok()
}

/// Asks as `identity`. `from` is the request that the page answers.
pub async fn ask(
    app: &Arc<App>,
    identity: &Identity,
    from: &Request<'_>,
    question: Question,
) -> Result<Value, Refusal> {
    let ctx = app.ctx();
    let row = service::of_scope(question.service).unwrap_or(&super::own::ROW);
    let body = match (&question.form, &question.body) {
        (Some(form), _) => form.clone().into_bytes(),
        (None, Value::Null) => Vec::new(),
        (None, body) => body.to_string().into_bytes(),
    };
    // Links in answers lead to where the page came from.
    let host = from.headers.get("host").map(|host| ("host", host));
    let headers: Headers<'_> = question
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .chain(host)
        .collect();
    let request = Request {
        method: question.method,
        target: &question.target,
        headers,
        body: &body,
        source_ip: from.source_ip,
        secure: from.secure,
    };
    let (mut label, mut told) = (UNKNOWN, None);
    let asked = async {
        let read = (row.read)(row, app, &request).map_err(|(name, failure)| {
            label = name;
            (failure, None)
        })?;
        let operation = read.operation;
        label = operation.name;
        if let Some(kept) = identity.session_kept_from(row.service, operation.name) {
            return Err((pipeline::kept_from(kept, identity), Some(operation)));
        }
        let caller = Caller::new(ctx.clone(), identity.clone());
        told = pipeline::audited(app, row, Door::Console, &request, &read, &caller);
        let mut sent = Sent::default();
        pipeline::carry_out(app, row, &request, read, caller, &mut sent)
            .await
            .map(|(operation, output)| (operation.status, output))
            .map_err(|failure| (failure, Some(operation)))
    };
    let since = Instant::now();
    let answered = asked.await;
    app.metrics().api_took(row.name(), label, since.elapsed());
    match answered {
        Ok((status, output)) => {
            app.metrics().api(row.name(), label, status);
            if let Some(call) = told {
                call.ended(app.audit(), status, None);
            }
            Ok(match output {
                Output::Json(value) => value,
                Output::Xml(_) | Output::Reply(_) => Value::Null,
            })
        }
        Err((failure, operation)) => {
            let error = pipeline::named(row, label, operation, failure, &ctx);
            app.metrics().api(row.name(), label, error.status);
            if let Some(call) = told {
                call.ended(app.audit(), error.status, Some(&error.code));
            }
            Err(Refusal {
                status: error.status,
                code: error.code.into_owned(),
                message: error.message,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;
    use serde_json::json;

    async fn login(test: &TestApp, key: &str, secret: &str) -> Option<Login> {
        let login = Login::new(&test.app, key, secret, None, String::new()).await;
        login.expect("the store answers")
    }

    #[tokio::test]
    async fn a_key_and_its_secret_belong_together_until_they_do_not() {
        let test = TestApp::new().await;
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "iot:ListThings", "Resource": "*"}]});
        let key = test.user_with(&policy).await;
        assert!(login(&test, &key.id, "wrong").await.is_none());
        assert!(
            login(&test, "AKIAIOSFODNN7NOBODY0", &key.secret)
                .await
                .is_none()
        );
        let good = login(&test, &key.id, &key.secret).await.expect("a login");
        let identity = good.identity(&test.app, Origin::default()).await;
        let identity = identity.expect("the store answers").expect("a caller");

        let from = Request {
            method: "GET",
            target: "/console",
            headers: Headers::default(),
            body: &[],
            source_ip: std::net::Ipv4Addr::LOCALHOST.into(),
            secure: false,
        };
        let asked = async |target: &str| {
            let question = Question {
                service: "iot",
                method: "GET",
                target: target.to_owned(),
                ..Question::default()
            };
            ask(&test.app, &identity, &from, question).await
        };
        assert_eq!(
            asked("/things").await.expect("allowed")["things"],
            json!([])
        );
        let refused = asked("/policies").await.expect_err("not allowed");
        assert_eq!(refused.status, 403);
        assert!(refused.message.contains("iot:ListPolicies"), "{refused:?}");
        assert_eq!(
            asked("/nothing").await.expect_err("no operation").status,
            404
        );

        let form = format!(
            "Version=2010-05-08&Action=DeleteAccessKey&UserName=user&AccessKeyId={}",
            key.id
        );
        test.call("iam", "POST /", &[], Value::String(form))
            .await
            .ok();
        let gone = good.identity(&test.app, Origin::default()).await;
        assert!(gone.expect("the store answers").is_none());
    }
}
