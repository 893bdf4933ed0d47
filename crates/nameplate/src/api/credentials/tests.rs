//! Credentials of a role by certificate: who gets them, what they are good for, and how refusals are told.

use super::*;
use crate::api::Content;
use crate::app::admission::explain::Which;
use crate::app::admission::{Dialled, Peer};
use crate::testing::{ARN, NOW, TestApp};
use nameplate_aws::headers::Headers;
use nameplate_core::admission::ServerName;
use nameplate_core::ctx::Millis;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::net::SocketAddr;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Principal":{"Service":"credentials.iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A device with a thing and a role alias for it.
struct World {
    test: TestApp,
    der: Vec<u8>,
    arn: String,
}

impl World {
    async fn new() -> Self {
        let test = TestApp::new().await;
        let (arn, der) = test.device("lamp").await;
        let world = Self { test, der, arn };
        let test = &world.test;
        test.iot("POST /thing-types/bulb", json!({})).await.ok();
        test.iot("POST /things/lamp", json!({"thingTypeName": "bulb"}))
            .await
            .ok();
        test.iot("POST /things/other", json!({})).await.ok();
        let principal = [("x-amzn-principal", world.arn.as_str())];
        test.iot_with("PUT /things/lamp/principals", &principal, Value::Null)
            .await
            .ok();
        world.role("device", TRUST, 3600).await;
        world.alias("alias", "device", json!({})).await;
        world
    }

    async fn iam(&self, rest: String) {
        let form = format!("Version=2010-05-08&Action={rest}");
        self.test
            .call("iam", "POST /", &[], Value::String(form))
            .await
            .ok();
    }

    async fn role(&self, name: &str, trust: &str, longest: u32) {
        let trust = utf8_percent_encode(trust, NON_ALPHANUMERIC);
        self.iam(format!(
            "CreateRole&RoleName={name}&MaxSessionDuration={longest}&AssumeRolePolicyDocument={trust}"
        ))
        .await;
    }

    /// What the role may do.
    async fn grants(&self, role: &str, statement: Value) {
        let policy = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
        let policy = utf8_percent_encode(&policy, NON_ALPHANUMERIC);
        self.iam(format!(
            "PutRolePolicy&RoleName={role}&PolicyName=p&PolicyDocument={policy}"
        ))
        .await;
    }

    async fn alias(&self, name: &str, role: &str, mut more: Value) {
        more["roleArn"] = format!("arn:aws:iam::123456789012:role/{role}").into();
        let line = format!("POST /role-aliases/{name}");
        self.test.iot(&line, more).await.ok();
    }

    /// What the certificate may do.
    async fn allows(&self, name: &str, statement: Value) {
        let document = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
        let line = format!("POST /policies/{name}");
        self.test
            .iot(&line, json!({"policyDocument": document}))
            .await
            .ok();
        let line = format!("PUT /target-policies/{name}");
        self.test.iot(&line, json!({"target": self.arn})).await.ok();
    }

    async fn allows_all(&self) {
        let allow =
            json!({"Effect": "Allow", "Action": "iot:AssumeRoleWithCertificate", "Resource": "*"});
        self.allows("all", allow).await;
    }

    async fn ask(&self, alias: &str, thing: Option<&str>) -> (u16, Value) {
        let address: SocketAddr = "10.0.0.1:1000".parse().expect("an address");
        let peer = Peer {
            address,
            chain: vec![self.der.clone()],
            server_name: ServerName {
                sent: Some("localhost".into()),
                ours: true,
            },
            dialled: Dialled::default(),
        };
        let attempt = Attempt::new("https", address, NOW);
        let target = format!("/role-aliases/{alias}/credentials");
        assert!(is_asked("GET", &target));
        let headers: Headers<'_> = thing
            .map(|name| ("x-amzn-iot-thingname", name))
            .into_iter()
            .collect();
        let request = Request {
            method: "GET",
            target: &target,
            headers,
            body: &[],
            source_ip: address.ip(),
            secure: true,
        };
        let told = answer(&self.test.app, &request, Some((peer, attempt))).await;
        let Content::Bytes(body) = told.body else {
            panic!("a file")
        };
        (told.status, serde_json::from_slice(&body).expect("JSON"))
    }

    async fn is_refused(
        &self,
        alias: &str,
        thing: Option<&str>,
        status: u16,
        text: &str,
        code: &str,
    ) {
        let answer = self.ask(alias, thing).await;
        assert_eq!(
            answer,
            (status, json!({"message": text})),
            "{alias} {thing:?}"
        );
        let admission = &self.test.app.admission;
        let told = admission.recent_attempts(Which::Failed, None, 20).await;
        let told = told.expect("records");
        let records = told.iter().map(|told| {
            let record: Value = serde_json::from_str(&told.text).expect("a record is JSON");
            record["code"].as_str().map(str::to_owned)
        });
        let codes: Vec<_> = records.flatten().collect();
        assert!(codes.iter().any(|found| found == code), "{code} {codes:?}");
    }

    async fn key(&self, thing: Option<&str>) -> AccessKey {
        let (status, answer) = self.ask("alias", thing).await;
        assert_eq!(status, 200, "{answer}");
        let given = &answer["credentials"];
        let text = |name: &str| given[name].as_str().expect("a text").to_owned();
        let end = Millis(NOW.0 + 3_600_000);
        assert_eq!(text("expiration"), whole_seconds(end));
        assert_eq!(given.as_object().map(|all| all.len()), Some(4));
        AccessKey {
            id: text("accessKeyId"),
            secret: text("secretAccessKey"),
            session_token: Some(text("sessionToken")),
            ..self.test.app.iam.root_access_key().clone()
        }
    }
}

#[tokio::test]
async fn refusals_are_told_in_their_order() {
    let world = World::new().await;
    let denied = "Access Denied";
    for (thing, text, code) in [
        (
            Some("other"),
            "Invalid thing name passed",
            "credentials-thing",
        ),
        (
            Some("absent"),
            "Invalid thing name passed",
            "credentials-thing",
        ),
        (Some("lamp"), denied, "credentials-denied"),
        (None, denied, "credentials-denied"),
    ] {
        // Whoever may not is not told what there is.
        world.is_refused("absent", thing, 403, text, code).await;
    }
    world.allows_all().await;
    let absent = "Role alias does not exist";
    let long = format!("alias{}", "x".repeat(5000));
    for alias in ["absent", "a%2Fb", &long] {
        world
            .is_refused(alias, None, 404, absent, "credentials-alias")
            .await;
    }
    let nobody = TRUST.replace("credentials.iot", "ec2");
    world.role("closed", &nobody, 3600).await;
    world.alias("closed", "closed", json!({})).await;
    let not_assumed = "Unable to assume the role, or the role to assume does not exist";
    world
        .is_refused("closed", None, 400, not_assumed, "credentials-role")
        .await;
    world.iam("DeleteRole&RoleName=closed".into()).await;
    world
        .is_refused("closed", None, 400, not_assumed, "credentials-role")
        .await;
    world
        .alias("long", "device", json!({"credentialDurationSeconds": 3601}))
        .await;
    let too_long =
        "The requested CredentialDurationSeconds exceeds the MaxSessionDuration set for the role";
    world
        .is_refused("long", None, 400, too_long, "credentials-duration")
        .await;
}

#[tokio::test]
async fn policies_see_the_alias_and_the_thing() {
    let world = World::new().await;
    let of = |resource: &str, condition: Value| {
        json!({"Effect": "Allow", "Action": "iot:AssumeRoleWithCertificate",
               "Resource": format!("{ARN}rolealias/{resource}"), "Condition": condition})
    };
    let statements = [
        of(
            "alias",
            json!({"StringEquals": {"iot:Connection.Thing.ThingTypeName": "bulb"}}),
        ),
        of(
            "for-${iot:Connection.Thing.ThingName}",
            json!({"Bool": {"iot:Connection.Thing.IsAttached": "true"}}),
        ),
        of(
            "by-${iot:Certificate.Subject.CommonName}",
            json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        ),
        of("client-${iot:ClientId}", json!({})),
    ];
    world.allows("some", json!(statements)).await;
    for alias in ["for-lamp", "for-other", "by-lamp", "client-lamp", "client-"] {
        world.alias(alias, "device", json!({})).await;
    }
    for (alias, thing, status) in [
        ("alias", Some("lamp"), 200),
        // Variables of a thing have no value where none is named.
        ("alias", None, 403),
        ("for-lamp", Some("lamp"), 200),
        ("for-lamp", None, 403),
        ("for-other", Some("lamp"), 403),
        ("by-lamp", None, 200),
        // There is no client id.
        ("client-lamp", Some("lamp"), 403),
        ("client-", None, 403),
    ] {
        assert_eq!(world.ask(alias, thing).await.0, status, "{alias} {thing:?}");
    }
}

#[tokio::test]
async fn they_are_good_for_what_the_role_may_do() {
    let world = World::new().await;
    world.allows_all().await;
    world
        .grants("device", json!([
            {"Effect": "Allow", "Action": "iot:DescribeThing", "Resource": format!("{ARN}thing/${{credentials-iot:ThingName}}")},
            {"Effect": "Allow", "Action": "iot:DescribeThingType",
             "Resource": format!("{ARN}thingtype/${{credentials-iot:ThingTypeName}}")},
            {"Effect": "Allow", "Action": "iot:DescribeCertificate",
             "Resource": format!("{ARN}cert/${{credentials-iot:AwsCertificateId}}")},
        ]))
        .await;
    let id = world.arn.rsplit_once('/').expect("an ARN").1;
    let certificate = format!("GET /certificates/{id}");
    for (thing, lines) in [
        (
            Some("lamp"),
            [
                ("GET /things/lamp", 200),
                ("GET /things/other", 403),
                ("GET /thing-types/bulb", 200),
            ],
        ),
        (
            None,
            [
                ("GET /things/lamp", 403),
                ("GET /things/other", 403),
                ("GET /thing-types/bulb", 403),
            ],
        ),
    ] {
        let key = world.key(thing).await;
        let call = async |service: &str, line: &str, body: Value| {
            world.test.call_as(&key, service, line, &[], body).await
        };
        for (line, status) in lines.into_iter().chain([(certificate.as_str(), 200)]) {
            let found = call("iot", line, Value::Null).await;
            assert_eq!(found.status, status, "{thing:?} {line} {}", found.body);
        }
        let form = "Action=GetCallerIdentity&Version=2011-06-15";
        let who = call("sts", "POST /", form.into()).await.ok();
        let arn = format!("arn:aws:sts::123456789012:assumed-role/device/{id}");
        assert!(
            who.as_str().is_some_and(|text| text.contains(&arn)),
            "{who}"
        );
        // A token belongs to it.
        let bare = AccessKey {
            session_token: None,
            ..key.clone()
        };
        let line = certificate.as_str();
        assert_eq!(
            world
                .test
                .call_as(&bare, "iot", line, &[], Value::Null)
                .await
                .status,
            403
        );
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_in_force_gets_none_and_one_that_asks_without_end_waits() {
    let world = World::new().await;
    world.allows_all().await;
    let times = nameplate_core::limits::CREDENTIALS_PER_SECOND;
    for _ in 0..times {
        assert_eq!(world.ask("alias", None).await.0, 200);
    }
    world
        .is_refused("alias", None, 429, "Rate exceeded", "credentials-too-often")
        .await;
    let id = world.arn.rsplit_once('/').expect("an ARN").1;
    let line = format!("PUT /certificates/{id}?newStatus=INACTIVE");
    world.test.iot(&line, Value::Null).await.ok();
    let (status, told) = world.ask("alias", None).await;
    assert_eq!(status, 403, "{told}");
    let target = "/role-aliases/alias/credentials";
    let request = Request {
        method: "GET",
        target,
        headers: Headers::default(),
        body: &[],
        source_ip: [127, 0, 0, 1].into(),
        secure: false,
    };
    assert_eq!(answer(&world.test.app, &request, None).await.status, 403);
}

#[test]
fn other_requests_are_no_concern_of_it() {
    for (method, target, asked) in [
        ("GET", "/role-aliases/a/credentials", true),
        ("GET", "/role-aliases/a/credentials?x=y", true),
        ("GET", "/role-aliases/a%2Fb/credentials", true),
        ("POST", "/role-aliases/a/credentials", false),
        ("GET", "/role-aliases/a", false),
        ("GET", "/role-aliases/a/b/credentials", false),
        ("GET", "/role-aliases//credentials", false),
        ("GET", "/role-aliases/credentials", false),
        ("GET", "/x/role-aliases/a/credentials", false),
    ] {
        assert_eq!(is_asked(method, target), asked, "{method} {target}");
    }
}
