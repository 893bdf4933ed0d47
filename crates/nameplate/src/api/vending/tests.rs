//! Devices that ask, and operators who let them.

use super::{Device, PREFIX, answer};
use crate::api::{Content, Request};
use crate::testing::{ARN, Answer, TestApp};
use bytes::Bytes;
use nameplate_core::pki::{Certificate, CertificateRequest};
use nameplate_core::vending::proof;
use nameplate_store::Failing;
use serde_json::{Value, json};
use std::net::SocketAddr;

const BODY: &str = r#"{
  "Parameters": {"serialNumber": {"Type": "String"}, "colour": {"Type": "String", "Default": "none"},
                 "AWS::IoT::Certificate::Id": {"Type": "String"}},
  "Resources": {
    "thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "serialNumber"},
      "AttributePayload": {"colour": {"Ref": "colour"}}}, "OverrideSettings": {"AttributePayload": "REPLACE"}},
    "certificate": {"Type": "AWS::IoT::Certificate",
      "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"}},
    "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument":
      "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iot:*\", \"Resource\": \"*\"}]}"}}
  },
  "DeviceConfiguration": {"interval": "60"}
}"#;
const ROLE: &str = "arn:aws:iam::123456789012:role/vending";

/// An app with a role that templates may run as.
pub(in crate::api) async fn ready() -> TestApp {
    let test = TestApp::new().await;
    let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22iot.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    for form in [
        format!("Version=2010-05-08&Action=CreateRole&RoleName=vending&AssumeRolePolicyDocument={trust}"),
        "Version=2010-05-08&Action=AttachRolePolicy&RoleName=vending&PolicyArn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2Fservice-role%2FAWSIoTThingsRegistration".to_owned(),
    ] {
        test.call("iam", "POST /", &[], Value::String(form)).await.ok();
    }
    test
}

async fn own(test: &TestApp, line: &str, body: Value) -> Answer {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let line = format!("{method} /nameplate/vending/{target}");
    test.call("nameplate", &line, &[], body).await
}

/// Puts a batch with these members beside its template.
pub(in crate::api) async fn batch(test: &TestApp, name: &str, more: Value) -> Value {
    let mut document = json!({"templateBody": BODY, "roleArn": ROLE});
    for (member, value) in more.as_object().expect("members") {
        document[member] = value.clone();
    }
    own(test, &format!("PUT batches/{name}"), document)
        .await
        .ok()
}

pub(in crate::api) async fn list(test: &TestApp, batch: &str, lines: &[Value]) -> Value {
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    let body = Value::String(lines.join("\n"));
    own(test, &format!("POST batches/{batch}/entries"), body)
        .await
        .ok()
}

/// What a device at an address is answered: status, body, and when it may come again.
async fn from(test: &TestApp, peer: &str, line: &str, body: &str) -> (u16, String, Option<String>) {
    let (method, path) = line.split_once(' ').expect("a method and a path");
    let address: SocketAddr = peer.parse().expect("an address");
    let target = format!("{PREFIX}{path}");
    let request = Request {
        method,
        target: &target,
        headers: std::iter::empty::<(&str, &str)>().collect(),
        body: body.as_bytes(),
        source_ip: address.ip(),
        secure: true,
    };
    let device = Device {
        address,
        secure: true,
        root_ca: &Bytes::from_static(b"ROOT\n"),
        plain: false,
    };
    let answer = answer(&test.app, &request, &device).await;
    let retry = answer
        .headers
        .iter()
        .find(|(name, _)| *name == "retry-after");
    let retry = retry.map(|(_, value)| value.clone());
    let Content::Bytes(body) = answer.body else {
        panic!("a file")
    };
    (answer.status, String::from_utf8(body).expect("text"), retry)
}

async fn ask(test: &TestApp, body: Value) -> (u16, Value) {
    let line = "POST certificates";
    let (status, body, _) = from(test, "10.0.0.1:1000", line, &body.to_string()).await;
    (status, serde_json::from_str(&body).expect("JSON"))
}

async fn vended(test: &TestApp, body: Value) -> Value {
    let (status, answer) = ask(test, body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// Ids of a thing's certificates, and their statuses.
async fn certificates(test: &TestApp, thing: &str) -> Vec<(String, String)> {
    let line = format!("GET /things/{thing}/principals");
    let answer = test.iot(&line, Value::Null).await.ok();
    let mut found = Vec::new();
    for arn in answer["principals"].as_array().expect("a list") {
        let id = arn
            .as_str()
            .and_then(|arn| arn.rsplit('/').next())
            .expect("an id");
        found.push((id.to_owned(), status(test, id).await));
    }
    found
}

pub(in crate::api) async fn status(test: &TestApp, id: &str) -> String {
    let answer = test
        .iot(&format!("GET /certificates/{id}"), Value::Null)
        .await
        .ok();
    let status = answer["certificateDescription"]["status"].as_str();
    status.expect("a status").to_owned()
}

fn id_of(answer: &Value) -> String {
    answer["certificateId"].as_str().expect("an id").to_owned()
}

/// Code and reason of the newest record.
async fn explained(test: &TestApp, subject: &str) -> (String, String) {
    test.app.kernel.store.flush().await;
    let line = format!("GET /nameplate/attempts?of={subject}&limit=1");
    let answer = test.call("nameplate", &line, &[], Value::Null).await.ok();
    let member = |name: &str| {
        answer["attempts"][0][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (member("code"), member("reason"))
}

#[tokio::test]
async fn vending_takes_few_statements() {
    let test = ready().await;
    batch(&test, "b", json!({"proof": "token"})).await;
    let line = |serial| json!({"serialNumber": serial, "token": "right"});
    list(&test, "b", &[line("SN-1"), line("SN-2")]).await;
    let store = &test.app.kernel.store;
    let mut counted = Vec::new();
    // The first one also makes the template's policy and begins blocks of keys.
    for serial in ["SN-1", "SN-2"] {
        store.flush().await;
        let before = store.statements();
        vended(&test, line(serial)).await;
        store.flush().await;
        counted.push(store.statements() - before);
    }
    // The line with its batch, the policy; certificate, DER, thing, two attachments, the line; and the record, which makes
    // the oldest go. Beginning and end of two transactions.
    assert_eq!(counted[1], 2 + 6 + 2 + 4, "{counted:?}");
}

#[tokio::test]
async fn a_token_buys_an_identity_once() {
    let test = ready().await;
    batch(&test, "b", json!({"proof": "token", "validityDays": 30})).await;
    let line = json!({"serialNumber": "SN-1", "token": "right", "colour": "red"});
    let listed = list(&test, "b", &[line]).await;
    assert_eq!(listed["added"], 1);
    let right = json!({"serialNumber": "SN-1", "token": "right"});
    let answer = vended(&test, right.clone()).await;
    let id = id_of(&answer);
    assert_eq!(answer["certificateArn"], format!("{ARN}cert/{id}"));
    assert_eq!(
        (&answer["rootCa"], &answer["thingName"]),
        (&json!("ROOT\n"), &json!("SN-1"))
    );
    assert_eq!(answer["deviceConfiguration"], json!({"interval": "60"}));
    assert_eq!(answer["endpoint"], "localhost");
    assert!(
        answer["privateKey"]
            .as_str()
            .is_some_and(|key| key.contains("PRIVATE KEY-----"))
    );
    assert_eq!(
        certificates(&test, "SN-1").await,
        [(id.clone(), "ACTIVE".into())]
    );
    let thing = test.iot("GET /things/SN-1", Value::Null).await.ok();
    assert_eq!(thing["attributes"], json!({"colour": "red"}));
    let certificate = test
        .iot(&format!("GET /certificates/{id}"), Value::Null)
        .await
        .ok();
    let validity = &certificate["certificateDescription"]["validity"];
    let seconds = |name: &str| validity[name].as_f64().expect("a time");
    assert_eq!(
        (seconds("notAfter") - crate::testing::NOW.as_seconds_f64()).round(),
        30.0 * 86_400.0
    );
    let entry = own(&test, "GET entries/SN-1", Value::Null).await.ok();
    assert_eq!(
        (&entry["status"], &entry["certificateId"]),
        (&json!("VENDED"), &json!(id))
    );
    assert_eq!(explained(&test, "SN-1").await.0, "vended");
    assert_eq!(explained(&test, &id).await.0, "vended");
    let (code, again) = ask(&test, right).await;
    assert_eq!((code, &again["code"]), (409, &json!("AlreadyVended")));
    assert_eq!(explained(&test, "SN-1").await.0, "vending-already-vended");
}

#[tokio::test]
async fn one_answer_for_all_refusals() {
    let test = ready().await;
    batch(&test, "b", json!({"proof": "token"})).await;
    batch(&test, "closed", json!({"proof": "token", "closes": 1000})).await;
    let line = |serial: &str| json!({"serialNumber": serial, "token": "t"});
    list(
        &test,
        "b",
        &[line("wrong"), line("none"), line("blocked"), line("other")],
    )
    .await;
    list(&test, "closed", &[line("late")]).await;
    let blocked = json!({"status": "BLOCKED"});
    own(&test, "PATCH entries/blocked", blocked).await.ok();
    let cases = [
        (line("unknown"), "vending-serial-unknown"),
        (
            json!({"serialNumber": "wrong", "token": "x"}),
            "vending-token-wrong",
        ),
        (json!({"serialNumber": "none"}), "vending-proof-missing"),
        (line("blocked"), "vending-blocked"),
        (line("late"), "vending-batch-closed"),
        (
            json!({"serialNumber": "other", "token": "t", "batch": "closed"}),
            "vending-batch-other",
        ),
        (
            json!({"serialNumber": "lost", "token": "t", "batch": "gone"}),
            "vending-batch-unknown",
        ),
    ];
    for (body, code) in cases {
        let serial = body["serialNumber"]
            .as_str()
            .expect("a serial number")
            .to_owned();
        let body = body.to_string();
        let answer = from(&test, "10.0.0.1:1000", "POST certificates", &body).await;
        assert_eq!(
            answer,
            (403, r#"{"code":"AccessDenied"}"#.into(), None),
            "{body}"
        );
        let line = format!("GET Prod/getcert?serialNumber={serial}&deviceToken=x");
        let answer = from(&test, "10.0.0.2:1000", &line, "").await;
        assert_eq!(answer, (500, "Access Denied".into(), None), "{serial}");
        let body = json!({"device_uid": serial, "device_token": "x"}).to_string();
        let (status, answer, _) = from(&test, "10.0.0.3:1000", "POST registration", &body).await;
        assert_eq!(
            (status, answer.as_str()),
            (
                200,
                r#"{"statusCode":404,"status":"ERROR","message":"Device not found"}"#
            )
        );
        let found = explained(&test, "10.0.0.1").await;
        assert_eq!(found.0, code, "{serial}: {found:?}");
    }
    let things = test.iot("GET /things", Value::Null).await.ok();
    assert_eq!(things["things"], json!([]));
}

#[tokio::test]
async fn a_secret_of_the_batch_and_the_samples_shapes() {
    let test = ready().await;
    let made = batch(&test, "b", json!({"proof": "hmac"})).await;
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    for view in [
        own(&test, "GET batches/b", Value::Null).await.ok(),
        own(&test, "GET batches", Value::Null).await.ok(),
        // It stays, though it was not given.
        batch(&test, "b", json!({"proof": "hmac", "repeat": "reissue"})).await,
    ] {
        assert!(!view.to_string().contains(&secret), "{view}");
    }
    let serials = ["1", "2", "3"].map(|serial| json!({"serialNumber": serial}));
    list(&test, "b", &serials).await;
    let test = test.restarted().await;
    let signed = |serial: &str| proof::signature(secret.as_bytes(), serial);
    let own = json!({"serialNumber": "1", "signature": signed("1").to_uppercase()});
    vended(&test, own).await;
    let line = format!(
        "GET Prod/getcert?serialNumber=2&deviceToken={}",
        signed("2")
    );
    let (status, text, _) = from(&test, "10.0.0.1:1", &line, "").await;
    let body: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((status, &body["RootCA"]), (200, &json!("ROOT\n")));
    assert!(text.starts_with("{\n\t\"certificateArn\""), "{text}");
    assert!(
        body["keyPair"]["PublicKey"]
            .as_str()
            .is_some_and(|key| key.contains("PUBLIC KEY"))
    );
    let body = json!({"device_uid": "3", "device_token": signed("3")}).to_string();
    let (status, text, _) = from(&test, "10.0.0.1:1", "POST dev/registration", &body).await;
    let body: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        (status, &body["statusCode"], &body["status"]),
        (200, &json!(200), &json!("SUCCESS"))
    );
    assert_eq!(body["payload"]["thing_name"], "3");
}

#[tokio::test]
async fn a_key_that_was_registered() {
    let test = ready().await;
    batch(&test, "b", json!({"proof": "key", "repeat": "reissue"})).await;
    let request = |key: &rcgen::KeyPair| {
        let params = rcgen::CertificateParams::default();
        let request = params
            .serialize_request(key)
            .and_then(|request| request.pem());
        request.expect("a request")
    };
    let key = rcgen::KeyPair::generate().expect("a key");
    let other = rcgen::KeyPair::generate().expect("a key");
    let line = json!({"serialNumber": "1", "publicKey": key.public_key_pem()});
    list(&test, "b", &[line]).await;
    let csr = request(&key);
    let answer = vended(&test, json!({"serialNumber": "1", "csr": csr})).await;
    assert!(answer.get("privateKey").is_none());
    let asked = CertificateRequest::parse_pem(&csr).expect("a request");
    let given = answer["certificatePem"].as_str().expect("a certificate");
    let given = nameplate_core::pki::Certificate::parse_pem(given).expect("a certificate");
    assert_eq!(given.spki(), asked.spki());
    let (status, _) = ask(&test, json!({"serialNumber": "1", "csr": request(&other)})).await;
    assert_eq!(status, 403);
    assert_eq!(explained(&test, "10.0.0.1").await.0, "vending-key-wrong");
    let (status, _) = ask(&test, json!({"serialNumber": "1"})).await;
    assert_eq!(status, 403);
    let (status, answer) = ask(&test, json!({"serialNumber": "1", "csr": "-----BEGIN"})).await;
    assert_eq!((status, &answer["code"]), (400, &json!("InvalidRequest")));
}

#[tokio::test]
async fn an_operator_decides() {
    let test = ready().await;
    batch(
        &test,
        "b",
        json!({"proof": "none", "approval": true, "repeat": "reissue"}),
    )
    .await;
    list(&test, "b", &[json!({"serialNumber": "1"})]).await;
    let asked = json!({"serialNumber": "1"});
    for _ in 0..2 {
        let (status, answer) = ask(&test, asked.clone()).await;
        assert_eq!(
            (status, &answer["status"]),
            (202, &json!("PENDING_APPROVAL"))
        );
        assert!(
            answer["retryAfter"]
                .as_u64()
                .is_some_and(|seconds| seconds > 0)
        );
    }
    let entry = own(&test, "GET entries/1", Value::Null).await.ok();
    assert_eq!(entry["status"], "PENDING_APPROVAL");
    let waiting = own(&test, "GET pending", Value::Null).await.ok();
    assert_eq!(waiting["entries"], json!([entry]));
    let approved = json!({"status": "APPROVED"});
    own(&test, "PATCH entries/1", approved.clone()).await.ok();
    let waiting = own(&test, "GET pending", Value::Null).await.ok();
    assert_eq!(waiting, json!({"entries": [], "nextToken": null}));
    let first = id_of(&vended(&test, asked.clone()).await);
    // Once; another certificate is another decision.
    let (status, _) = ask(&test, asked.clone()).await;
    assert_eq!(status, 202);
    assert_eq!(self::status(&test, &first).await, "ACTIVE");
    own(
        &test,
        "PATCH entries/1",
        json!({"status": "BLOCKED", "revoke": true}),
    )
    .await
    .ok();
    assert_eq!(self::status(&test, &first).await, "REVOKED");
    let refused = own(&test, "PATCH entries/1", approved.clone()).await;
    assert_eq!(refused.status, 400);
    own(&test, "PATCH entries/1", json!({"status": "NEW"}))
        .await
        .ok();
    own(&test, "PATCH entries/1", approved).await.ok();
    vended(&test, asked).await;
}

#[tokio::test]
async fn one_live_certificate() {
    let test = ready().await;
    batch(&test, "b", json!({"proof": "none", "repeat": "reissue"})).await;
    list(&test, "b", &[json!({"serialNumber": "1"})]).await;
    let asked = json!({"serialNumber": "1"});
    let first = id_of(&vended(&test, asked.clone()).await);
    let second = id_of(&vended(&test, asked.clone()).await);
    assert_eq!(
        certificates(&test, "1").await,
        [(second.clone(), "ACTIVE".into())]
    );
    assert_eq!(status(&test, &first).await, "REVOKED");
    // Deleted by hand: it is not missed.
    let line = format!("PUT /certificates/{second}?newStatus=INACTIVE");
    test.iot(&line, Value::Null).await.ok();
    // What an operator has switched off, a device does not switch on.
    let (code, _) = ask(&test, asked.clone()).await;
    assert_eq!(code, 403);
    assert_eq!(
        explained(&test, "10.0.0.1").await.0,
        "vending-certificate-inactive"
    );
    test.iot_with(
        "DELETE /things/1/principals",
        &[("x-amzn-principal", &format!("{ARN}cert/{second}"))],
        Value::Null,
    )
    .await
    .ok();
    test.iot(
        &format!("DELETE /certificates/{second}?forceDelete=true"),
        Value::Null,
    )
    .await
    .ok();
    vended(&test, asked.clone()).await;
    // Two at the same time.
    let (one, two) = tokio::join!(ask(&test, asked.clone()), ask(&test, asked));
    assert_eq!((one.0, two.0), (200, 200));
    let live = certificates(&test, "1").await;
    assert_eq!(live.len(), 1, "{live:?}");
    assert_eq!(live[0].1, "ACTIVE");
    assert!([id_of(&one.1), id_of(&two.1)].contains(&live[0].0));
}

#[tokio::test]
async fn two_requests_and_one_certificate() {
    let test = ready().await;
    batch(&test, "b", json!({"proof": "none"})).await;
    list(&test, "b", &[json!({"serialNumber": "1"})]).await;
    let asked = || ask(&test, json!({"serialNumber": "1"}));
    let (one, two) = tokio::join!(asked(), asked());
    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(certificates(&test, "1").await.len(), 1);
}

#[tokio::test]
async fn the_old_certificate_goes_when_the_new_one_has_connected() {
    let test = ready().await;
    let document = json!({"proof": "none", "repeat": "reissue", "retireOld": "when-connected"});
    batch(&test, "b", document).await;
    list(&test, "b", &[json!({"serialNumber": "1"})]).await;
    let asked = || vended(&test, json!({"serialNumber": "1"}));
    let (first, unused, third) = (
        id_of(&asked().await),
        id_of(&asked().await),
        id_of(&asked().await),
    );
    // The second was never used, so it is not what the device lives on.
    assert_eq!(status(&test, &first).await, "ACTIVE");
    assert_eq!(status(&test, &unused).await, "REVOKED");
    let test = test.restarted().await;
    let hash = |id: &str| {
        hex::decode(id)
            .ok()
            .and_then(|id| id.try_into().ok())
            .unwrap_or([0; 32])
    };
    test.app.vending.successors.connected(&hash(&first)).await;
    assert_eq!(status(&test, &first).await, "ACTIVE");
    // Its connection may last: once the store is back, and not with the next one.
    for how in [Failing::Away, Failing::Unanswered] {
        test.app.kernel.store.fail_next("vending-retire", how);
    }
    test.app.vending.successors.connected(&hash(&third)).await;
    while status(&test, &first).await != "REVOKED" {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(certificates(&test, "1").await, [(third, "ACTIVE".into())]);
}

#[tokio::test]
async fn guesses_are_slowed_and_the_device_is_not_locked_out() {
    let test = ready().await;
    batch(&test, "b", json!({"proof": "token"})).await;
    list(
        &test,
        "b",
        &[
            json!({"serialNumber": "1", "token": "t"}),
            json!({"serialNumber": "2", "token": "t"}),
        ],
    )
    .await;
    let guess = json!({"serialNumber": "1", "token": "x"}).to_string();
    for _ in 0..5 {
        let answer = from(&test, "10.0.0.1:1", "POST certificates", &guess).await;
        assert_eq!(answer.0, 403);
    }
    let (status, body, retry) = from(&test, "10.0.0.1:2", "POST certificates", &guess).await;
    assert_eq!((status, retry.as_deref()), (429, Some("10")));
    assert!(body.contains("TooManyRequests"), "{body}");
    let right = json!({"serialNumber": "1", "token": "t"}).to_string();
    let answer = from(&test, "10.0.0.2:1", "POST certificates", &right).await;
    assert_eq!(answer.0, 200);
    vended(&test, json!({"serialNumber": "2", "token": "t"})).await;
}

#[tokio::test]
async fn a_rate_of_the_batch() {
    let test = ready().await;
    batch(&test, "b", json!({"proof": "none", "ratePerSecond": 1})).await;
    list(
        &test,
        "b",
        &[json!({"serialNumber": "1"}), json!({"serialNumber": "2"})],
    )
    .await;
    vended(&test, json!({"serialNumber": "1"})).await;
    let (status, _) = ask(&test, json!({"serialNumber": "2"})).await;
    assert_eq!(status, 429);
    assert_eq!(explained(&test, "2").await.0, "vending-rate");
}

#[tokio::test]
async fn lists() {
    let test = ready().await;
    batch(&test, "b", json!({"proof": "token"})).await;
    batch(&test, "c", json!({"proof": "none"})).await;
    let csv = "serialNumber,token,colour\n1,a,red\n,b,green\n2,c,\n\"3\nx\",d,\n";
    let answer = own(&test, "POST batches/b/entries", Value::String(csv.into()))
        .await
        .ok();
    assert_eq!(
        (&answer["added"], &answer["refused"]),
        (&json!(2), &json!(2)),
        "{answer}"
    );
    let lines: Vec<_> = answer["refusedLines"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|line| &line["line"])
        .collect();
    assert_eq!(lines, [3, 5]);
    let answer = list(
        &test,
        "c",
        &[
            json!({"serialNumber": "1"}),
            json!({"serialNumber": "4"}),
            json!(5),
        ],
    )
    .await;
    assert_eq!(
        (&answer["added"], &answer["refused"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        answer["refusedLines"][0],
        json!({"line": 1, "reason": "its serial number is in the batch b"})
    );
    let answer = list(&test, "b", &[json!({"serialNumber": "1", "token": "z"})]).await;
    assert_eq!(answer["updated"], 1);
    let (status, _) = ask(&test, json!({"serialNumber": "1", "token": "a"})).await;
    assert_eq!(status, 403);
    vended(&test, json!({"serialNumber": "1", "token": "z"})).await;
    let page = own(&test, "GET batches/b/entries?maxResults=1", Value::Null)
        .await
        .ok();
    assert_eq!(page["entries"][0]["serialNumber"], "1");
    let next = page["nextToken"].as_str().expect("a token");
    let page = own(
        &test,
        &format!("GET batches/b/entries?nextToken={next}"),
        Value::Null,
    )
    .await
    .ok();
    assert_eq!(
        (&page["entries"][0]["serialNumber"], &page["nextToken"]),
        (&json!("2"), &Value::Null)
    );
    let view = own(&test, "GET batches/b", Value::Null).await.ok();
    assert_eq!(view["entries"], json!({"NEW": 1, "VENDED": 1}));
    let gone = own(&test, "DELETE batches/b", Value::Null).await.ok();
    assert_eq!(gone, json!({"entries": 2}));
    assert_eq!(own(&test, "GET batches/b", Value::Null).await.status, 404);
    assert_eq!(certificates(&test, "1").await.len(), 1);
}

#[tokio::test]
async fn codes() {
    let test = ready().await;
    batch(&test, "b", json!({"proof": "token"})).await;
    list(
        &test,
        "b",
        &[
            json!({"serialNumber": "1"}),
            json!({"serialNumber": "2", "token": "own"}),
        ],
    )
    .await;
    let answer = own(&test, "POST batches/b/codes", Value::Null).await.ok();
    let codes = answer["codes"].as_array().expect("a list");
    assert_eq!((codes.len(), &codes[0]["serialNumber"]), (1, &json!("1")));
    let body: Value =
        serde_json::from_str(codes[0]["code"].as_str().expect("a code")).expect("JSON");
    vended(&test, body).await;
    vended(&test, json!({"serialNumber": "2", "token": "own"})).await;
    // They have been handed out.
    let answer = own(&test, "POST batches/b/codes", Value::Null).await.ok();
    assert_eq!(answer["codes"], json!([]));
}

#[tokio::test]
async fn what_operators_may_not() {
    let test = ready().await;
    let put = async |document: Value| {
        let answer = own(&test, "PUT batches/b", document).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        answer.body["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let template = |more: Value| {
        let mut document = json!({"templateBody": BODY, "roleArn": ROLE, "proof": "none"});
        for (member, value) in more.as_object().expect("members") {
            document[member] = value.clone();
        }
        document
    };
    let cases = [
        (
            json!({"proof": "none", "templateName": "gone"}),
            "The template gone does not exist",
        ),
        (
            template(json!({"templateBody": "{}"})),
            "The template cannot be used",
        ),
        (
            template(json!({"roleArn": "arn:aws:iam::123456789012:role/gone"})),
            "does not exist",
        ),
        (template(json!({"surprise": 1})), "surprise is not known"),
        (
            template(
                json!({"source": {"kind": "mysql", "url": "mysql://u:hunter2@h", "query": "SELECT :serialNumber"}}),
            ),
            "it names no database",
        ),
    ];
    for (document, wanted) in cases {
        let why = put(document).await;
        assert!(why.contains(wanted) && !why.contains("hunter2"), "{why}");
    }
    let nobody = test
        .user_with(&json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}))
        .await;
    for line in [
        "GET /nameplate/vending/batches",
        "GET /nameplate/vending/entries/1",
        "GET /nameplate/vending/pending",
        "DELETE /nameplate/vending/batches/b",
    ] {
        let answer = test
            .call_as(&nobody, "nameplate", line, &[], Value::Null)
            .await;
        assert_eq!(answer.status, 403, "{line}");
    }
}

#[tokio::test]
async fn a_batch_that_cannot_be_asked_stops_no_other() {
    let test = ready().await;
    let directory = tempfile::tempdir().expect("a directory");
    let roots = directory.path().join("roots.pem");
    let (_, der) = test.device("device").await;
    let certificate = Certificate::parse_der(&der).expect("a certificate");
    std::fs::write(&roots, certificate.to_pem()).expect("written");
    let url = format!(
        "postgres://u:hunter2@127.0.0.1:1/d?sslrootcert={}",
        roots.display()
    );
    let query = "SELECT 1 AS n WHERE $$$$ <> :serialNumber";
    let source = json!({"kind": "postgres", "url": url, "query": query});
    batch(&test, "away", json!({"proof": "none", "source": source})).await;
    batch(&test, "b", json!({"proof": "none"})).await;
    list(&test, "b", &[json!({"serialNumber": "1"})]).await;
    std::fs::remove_file(&roots).expect("removed");
    let test = test.restarted().await;
    vended(&test, json!({"serialNumber": "1"})).await;
    assert_eq!(ask(&test, json!({"serialNumber": "2"})).await.0, 503);
    let (code, reason) = explained(&test, "2").await;
    assert_eq!(code, "vending-database-away");
    assert!(
        reason.contains("roots.pem") && !reason.contains("hunter2"),
        "{reason}"
    );
    let batches = own(&test, "GET batches", Value::Null).await.ok();
    let why = batches["batches"][0]["unusable"].as_str();
    assert!(
        why.is_some_and(|why| why.contains("roots.pem")),
        "{batches}"
    );
    own(&test, "DELETE batches/away", Value::Null).await.ok();
    assert_eq!(ask(&test, json!({"serialNumber": "2"})).await.0, 403);
}

#[tokio::test]
async fn devices_of_all_batches_wait_in_the_order_in_which_they_were_listed() {
    let test = ready().await;
    for name in ["a", "b"] {
        batch(&test, name, json!({"proof": "none", "approval": true})).await;
        let lines: Vec<Value> = (0..3)
            .map(|n| json!({"serialNumber": format!("{name}{n}")}))
            .collect();
        list(&test, name, &lines).await;
    }
    for serial in ["b1", "a2", "b0", "a0"] {
        let (status, _) = ask(&test, json!({"serialNumber": serial})).await;
        assert_eq!(status, 202);
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let line = format!("GET pending?maxResults=3{token}");
        let page = own(&test, &line, Value::Null).await.ok();
        for entry in page["entries"].as_array().expect("a list") {
            seen.push((entry["batch"].clone(), entry["serialNumber"].clone()));
        }
        match page["nextToken"].as_str() {
            Some(next) => token = format!("&nextToken={next}"),
            None => break,
        }
    }
    let wanted = [("a", "a0"), ("a", "a2"), ("b", "b0"), ("b", "b1")];
    assert_eq!(
        seen,
        wanted.map(|(batch, serial)| (json!(batch), json!(serial)))
    );
}

/// The first sample's second path.
#[tokio::test]
async fn a_devices_shadow_by_its_proof() {
    let test = ready().await;
    batch(&test, "b", json!({"proof": "token"})).await;
    list(
        &test,
        "b",
        &[
            json!({"serialNumber": "1", "token": "one"}),
            json!({"serialNumber": "2", "token": "two"}),
        ],
    )
    .await;
    let asked = async |line: &str, body: &str| {
        let (status, body, _) = from(&test, "10.0.0.1:1", line, body).await;
        (
            status,
            serde_json::from_str(&body).unwrap_or(Value::String(body)),
        )
    };
    let denied = (500, json!("Access Denied"));
    let get = "GET Prod/shadow?serialNumber=1&deviceToken=one";
    assert_eq!(asked(get, "").await, denied, "it has no certificate yet");
    test.app.kernel.store.flush().await;
    assert_eq!(explained(&test, "1").await.0, "vending-not-vended");
    let made = vended(&test, json!({"serialNumber": "1", "token": "one"})).await;
    assert_eq!(asked(get, "").await, (200, json!({})));
    let shadow = r#"{"state":{"reported":{"on":true}}}"#;
    test.call(
        "iotdata",
        "POST /things/1/shadow",
        &[],
        serde_json::from_str(shadow).expect("JSON"),
    )
    .await
    .ok();
    assert_eq!(asked(get, "").await, (200, json!({"on": true})));
    // The credentials may stand in the body, and are no part of the state.
    let body = r#"{"serialNumber":"1","deviceToken":"one","on":false}"#;
    let (status, document) = asked("PUT shadow", body).await;
    assert_eq!(
        (status, &document["state"]["desired"]),
        (200, &json!({"on": false}))
    );
    assert_eq!(explained(&test, "1").await.0, "vending-shadow");
    for (line, body) in [
        ("GET shadow?serialNumber=1&deviceToken=two", ""),
        ("GET shadow?serialNumber=3&deviceToken=one", ""),
        ("PUT shadow?serialNumber=1&deviceToken=one", "[]"),
        ("PUT shadow?serialNumber=1&deviceToken=one", ""),
        ("GET shadow", ""),
    ] {
        assert_eq!(asked(line, body).await, denied, "{line} {body}");
    }
    let line = format!("PUT /certificates/{}?newStatus=INACTIVE", id_of(&made));
    test.iot(&line, Value::Null).await.ok();
    assert_eq!(asked(get, "").await, denied);
    assert_eq!(
        explained(&test, "1").await.0,
        "vending-certificate-inactive"
    );
}

/// Names of functions are guessed no faster than serial numbers, and elsewhere nobody notices.
#[tokio::test]
async fn guessing_functions_is_slowed() {
    let test = ready().await;
    for _ in 0..5 {
        let (status, ..) = from(&test, "10.0.0.1:1", "POST functions/f", "").await;
        assert_eq!(status, 403);
    }
    let (status, body, _) = from(&test, "10.0.0.1:2", "POST functions/f", "").await;
    assert_eq!(status, 429, "{body}");
    for (peer, line) in [
        ("10.0.0.1:1", "POST functions/g"),
        ("10.0.0.2:1", "POST functions/f"),
    ] {
        assert_eq!(from(&test, peer, line, "").await.0, 403, "{peer} {line}");
    }
}

#[tokio::test]
async fn doors() {
    let test = ready().await;
    #[rustfmt::skip]
    let cases = [
        ("GET root-ca.pem", 200), ("POST root-ca.pem", 405), ("GET certificates", 405), ("POST getcert", 405),
        ("POST functions/f/x", 403), ("GET functions/a:b:c:d", 403), ("GET Prod/shadow", 500), ("DELETE shadow", 405), ("PUT shadow", 500), ("GET nothing", 404), ("POST certificates", 400),
        ("GET getcert", 500), ("POST registration", 200),
    ];
    for (line, status) in cases {
        assert_eq!(
            from(&test, "10.0.0.1:1", line, "").await.0,
            status,
            "{line}"
        );
    }
    let plain = async |peer: &str, plain| {
        let address: SocketAddr = peer.parse().expect("an address");
        let request = Request {
            method: "POST",
            target: "/vending/certificates",
            headers: std::iter::empty::<(&str, &str)>().collect(),
            body: br#"{"serialNumber": "1"}"#,
            source_ip: address.ip(),
            secure: false,
        };
        let root_ca = &Bytes::new();
        let device = Device {
            address,
            secure: false,
            root_ca,
            plain,
        };
        let answer = answer(&test.app, &request, &device).await;
        let Content::Bytes(body) = answer.body else {
            panic!("a file")
        };
        String::from_utf8_lossy(&body).contains("TlsRequired")
    };
    assert!(plain("10.0.0.1:1", false).await);
    assert!(!plain("10.0.0.1:1", true).await);
    assert!(!plain("127.0.0.1:1", false).await);
    assert!(!plain("[::1]:1", false).await);
    assert!(!plain("[::ffff:127.0.0.1]:1", false).await);
}
