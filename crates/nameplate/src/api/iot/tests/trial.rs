//! What the tests of this directory share: CAs, roles and users in the registry.

use crate::app::Error;
use crate::app::caller::Caller;
use crate::testing::{Ca, NOW, TestApp};
use nameplate_core::policy::caller::Origin;
use nameplate_store::iam::{AccessKey, Role, User};
use serde_json::{Value, json};

/// A certificate or request among the fixtures of `core/pki`.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../nameplate-core/fixtures/pki/",
            $name
        ))
    };
}
pub(super) use fixture;

/// A template that any flow accepts.
pub const BODY: &str = r#"{
    "Parameters": {"AWS::IoT::Certificate::Id": {"Type": "String"}, "Name": {"Type": "String", "Default": "d"}},
    "Resources": {"certificate": {
        "Type": "AWS::IoT::Certificate",
        "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"}
    }}
}"#;

/// A role that [`role`] has put there.
pub const ROLE: &str = "arn:aws:iam::123456789012:role/JITPRole";

/// A token as it stands in a query.
pub fn in_query(token: &str) -> String {
    percent_encoding::utf8_percent_encode(token, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Registers a CA in mode DEFAULT with these query parameters; its id.
pub async fn registered(test: &TestApp, ca: &Ca, query: &str) -> String {
    let code = test.iot("GET /registrationcode", Value::Null).await.ok();
    let code = code["registrationCode"].as_str().expect("a code");
    let body = json!({"caCertificate": ca.pem(), "verificationCertificate": ca.sign(code)});
    let answer = test.iot(&format!("POST /cacertificate{query}"), body).await;
    answer.ok()["certificateId"]
        .as_str()
        .expect("an id")
        .to_owned()
}

/// Creates the role [`ROLE`], which the service may assume.
pub async fn role(test: &TestApp) {
    let role = Role {
        key: 0,
        name: "JITPRole".into(),
        role_id: "AROAEXAMPLE".into(),
        path: "/".into(),
        trust: r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#
            .into(),
        description: None,
        max_session_seconds: 3600,
        created: NOW,
    };
    test.app
        .kernel
        .store
        .tx("test-role", move |tx| {
            tx.insert_iam_role(&role)?;
            Ok::<_, Error>(())
        })
        .await
        .expect("a role can be stored");
}

/// A user who may do what the policy's statement says.
pub async fn user(test: &TestApp, statement: &str) -> Caller {
    let user = User {
        key: 0,
        name: "carol".into(),
        user_id: "AIDAEXAMPLE".into(),
        path: "/".into(),
        created: NOW,
    };
    let key = AccessKey {
        id: "AKIAEXAMPLECAROL".into(),
        secret: "secret".into(),
        active: true,
        created: NOW,
        user: Some("carol".into()),
        session_token: None,
        expires: None,
        role: None,
        session_name: None,
        session_policy: None,
        session_keys: None,
    };
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let id = key.id.clone();
    test.app
        .kernel
        .store
        .tx("test-user", move |tx| {
            tx.insert_iam_user(&user)?;
            tx.insert_access_key(&key)?;
            tx.put_inline_policy("user/carol", "p", &policy)?;
            Ok::<_, Error>(())
        })
        .await
        .expect("a user can be stored");
    let credential = test
        .app
        .iam
        .credential(&id)
        .await
        .expect("a key can be read");
    let credential = credential.expect("the key was stored");
    let identity = test.app.iam.identity(credential, Origin::default());
    Caller::new(test.app.ctx(), identity)
}
