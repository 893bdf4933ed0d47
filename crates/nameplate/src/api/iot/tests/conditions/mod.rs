//! Policies with conditions at every door where permissions are asked: the API, a first connection, RegisterThing and
//! bulk registration. Each case is one statement beside an Allow of everything, or alone.

mod first;
mod requests;
mod runs;
mod sessions;

use super::trial::user;
use crate::app::Error;
use crate::testing::{NOW, TestApp};
use nameplate_store::iam::AccessKey;
use serde_json::Value;

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
const ACCOUNT: &str = "123456789012";

/// A Deny of these actions beside an Allow of everything.
fn deny(actions: &str, condition: &str) -> String {
    format!(
        r#"{ALL},{{"Effect":"Deny","Action":"{actions}","Resource":"*","Condition":{condition}}}"#
    )
}

fn allow(actions: &str, condition: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{actions}","Resource":"*","Condition":{condition}}}"#)
}

fn equals(key: &str, value: &str) -> String {
    format!(r#"{{"StringEquals":{{"{key}":"{value}"}}}}"#)
}

fn differs(key: &str, value: &str) -> String {
    format!(r#"{{"StringNotEquals":{{"{key}":"{value}"}}}}"#)
}

/// Gives `user/NAME` or `role/NAME` these statements and no others.
async fn grant(test: &TestApp, owner: &str, statements: &str) {
    let policy = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let owner = owner.to_owned();
    let put = test.app.kernel.store.tx("test-policy", move |tx| {
        tx.put_inline_policy(&owner, "p", &policy)?;
        Ok::<_, Error>(())
    });
    put.await.expect("a policy can be stored");
}

/// Lets the service, or another principal, assume the role under a condition.
async fn trust(test: &TestApp, principal: &str, condition: &str) {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},
            "Action":"sts:AssumeRole","Condition":{condition}}}]}}"#
    );
    let change = test.app.kernel.store.tx("test-trust", move |tx| {
        let mut role = tx.iam_role("JITPRole")?.expect("the role");
        role.trust.clone_from(&trust);
        tx.update_iam_role(&role)?;
        Ok::<_, Error>(())
    });
    change.await.expect("a role can be changed");
}

async fn tag(test: &TestApp, arn: &str, key: &str, value: &str) {
    let (arn, tags) = (arn.to_owned(), [(key.to_owned(), value.to_owned())]);
    let put = test.app.kernel.store.tx("test-tags", move |tx| {
        tx.put_tags(&arn, &tags)?;
        tx.notice(nameplate_store::Notice::Iam);
        Ok::<_, Error>(())
    });
    put.await.expect("tags can be stored");
}

/// Calls as this key; whether permission was given. Anything else that goes wrong is the case's mistake.
async fn may(test: &TestApp, key: &AccessKey, line: &str, body: Value) -> bool {
    let answer = test.call_as(key, "iot", line, &[], body).await;
    match answer.status {
        200 => true,
        403 => false,
        _ => panic!("{line}: {answer:?}"),
    }
}

/// Asks STS or IAM for something; the body, or the error's name.
async fn form(
    test: &TestApp,
    key: &AccessKey,
    service: &str,
    form: &str,
) -> Result<String, String> {
    let version = match service {
        "sts" => "2011-06-15",
        _ => "2010-05-08",
    };
    let form = format!("Version={version}&Action={form}");
    let answer = test
        .call_as(key, service, "POST /", &[], Value::String(form))
        .await;
    match answer.error {
        Some(name) => Err(name),
        None => Ok(answer.body.as_str().unwrap_or_default().to_owned()),
    }
}

/// The temporary key in an answer of STS.
fn session(body: &str) -> AccessKey {
    let element = |name: &str| {
        let (_, rest) = body.split_once(&format!("<{name}>")).expect(name);
        rest.split('<').next().unwrap_or_default().to_owned()
    };
    AccessKey {
        id: element("AccessKeyId"),
        secret: element("SecretAccessKey"),
        active: true,
        created: NOW,
        user: None,
        session_token: Some(element("SessionToken")),
        expires: None,
        role: None,
        session_name: None,
        session_policy: None,
        session_keys: None,
    }
}

/// A server with a user who may do everything yet.
async fn with_user() -> (TestApp, AccessKey) {
    let test = TestApp::new().await;
    let key = user(&test, ALL)
        .await
        .identity()
        .expect("signed")
        .access_key()
        .clone();
    (test, key)
}
