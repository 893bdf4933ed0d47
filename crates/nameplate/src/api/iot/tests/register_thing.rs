//! RegisterThing as an SDK sees it.

use super::trial::{fixture, registered, user};
use crate::testing::{ARN, Ca, TestApp};
use nameplate_store::iam::AccessKey;
use serde_json::{Value, json};

const LINE: &str = "POST /things";

/// A template that names its certificate by these properties.
fn template(certificate: Value, settings: Value) -> String {
    let parameter = json!({"Type": "String"});
    json!({
        "Parameters": {"Name": parameter, "Place": parameter, "Certificate": parameter, "Ca": parameter},
        "Resources": {
            "lamp": {
                "Type": "AWS::IoT::Thing",
                "Properties": {"ThingName": {"Ref": "Name"}, "AttributePayload": {"place": {"Ref": "Place"}}},
                "OverrideSettings": settings,
            },
            "paper": {"Type": "AWS::IoT::Certificate", "Properties": certificate},
            "rule": {
                "Type": "AWS::IoT::Policy",
                "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}},
            },
        },
    })
    .to_string()
}

fn by_id() -> String {
    template(
        json!({"CertificateId": {"Ref": "Certificate"}, "Status": "ACTIVE"}),
        json!({}),
    )
}

fn by_pem() -> String {
    template(json!({"CertificatePem": {"Ref": "Certificate"}}), json!({}))
}

fn by_request() -> String {
    template(
        json!({"CertificateSigningRequest": {"Ref": "Certificate"}}),
        json!({}),
    )
}

fn call(body: &str, certificate: &str) -> Value {
    json!({"templateBody": body, "parameters": {"Name": "lamp-1", "Place": "Ulm", "Certificate": certificate}})
}

/// The certificate's id, after a look at what the answer and the registry say.
async fn provisioned(test: &TestApp, answer: Value) -> String {
    let arns = answer["resourceArns"].as_object().expect("ARNs");
    assert_eq!(
        arns.keys().collect::<Vec<_>>(),
        ["lamp", "paper", "rule"],
        "{answer}"
    );
    assert_eq!(arns["lamp"], format!("{ARN}thing/lamp-1"));
    let pem = answer["certificatePem"].as_str().expect("a PEM");
    assert!(pem.ends_with("-----END CERTIFICATE-----\n"), "{pem}");
    let certificate = arns["paper"].as_str().expect("an ARN");
    let id = certificate
        .strip_prefix(&format!("{ARN}cert/"))
        .expect("the ARN of a certificate");
    let get = async |line: String| test.iot(&line, Value::Null).await.ok();
    let shown = get(format!("GET /certificates/{id}")).await;
    assert_eq!(shown["certificateDescription"]["status"], "ACTIVE");
    assert_eq!(shown["certificateDescription"]["certificatePem"], pem);
    let thing = get("GET /things/lamp-1".into()).await;
    assert_eq!(thing["attributes"], json!({"place": "Ulm"}));
    let principals = get("GET /things/lamp-1/principals".into()).await;
    let principals = principals["principals"].as_array().expect("a list").clone();
    assert!(principals.contains(&arns["paper"]), "{principals:?}");
    let attached = test
        .iot(&format!("POST /attached-policies/{certificate}"), json!({}))
        .await
        .ok();
    assert_eq!(attached["policies"][0]["policyArn"], arns["rule"]);
    id.to_owned()
}

#[tokio::test]
async fn a_signing_request_gives_another_certificate_each_time() {
    let test = TestApp::new().await;
    let body = call(&by_request(), fixture!("request_rsa.csr"));
    let first = provisioned(&test, test.iot(LINE, body.clone()).await.ok()).await;
    let second = provisioned(&test, test.iot(LINE, body).await.ok()).await;
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_certificate_of_the_registry_is_switched_on() {
    let test = TestApp::new().await;
    let csr = json!({"certificateSigningRequest": fixture!("request_rsa.csr")});
    let made = test.iot("POST /certificates", csr).await.ok();
    let id = made["certificateId"].as_str().expect("an id");
    let body = call(&by_id(), id);
    let first = test.iot(LINE, body.clone()).await.ok();
    assert_eq!(provisioned(&test, first.clone()).await, id);
    // Again is no change.
    assert_eq!(test.iot(LINE, body).await.ok(), first);
}

#[tokio::test]
async fn a_certificate_of_the_owners_is_registered_through_its_ca() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    let ca_id = registered(&test, &ca, "?setAsActive=true").await;
    let body = call(&by_pem(), &ca.sign("lamp"));
    let first = test.iot(LINE, body.clone()).await.ok();
    let id = provisioned(&test, first.clone()).await;
    let line = format!("GET /certificates/{id}");
    let shown = test.iot(&line, Value::Null).await.ok();
    assert_eq!(shown["certificateDescription"]["caCertificateId"], ca_id);
    assert_eq!(test.iot(LINE, body).await.ok(), first);
}

#[tokio::test]
async fn two_cas_of_one_name_are_told_apart_by_pem() {
    let test = TestApp::new().await;
    let (one, other) = (Ca::new("owner"), Ca::new("owner"));
    registered(&test, &one, "?setAsActive=true").await;
    let other_id = registered(&test, &other, "?setAsActive=true").await;
    let body = call(&by_pem(), &other.sign("lamp"));
    let text = test
        .iot(LINE, body)
        .await
        .refused("InvalidRequestException");
    assert!(
        text.starts_with("paper, property CertificatePem: 2 registered CA certificates"),
        "{text}"
    );
    let with_ca = template(
        json!({"CertificatePem": {"Ref": "Certificate"}, "CACertificatePem": {"Ref": "Ca"}}),
        json!({}),
    );
    let mut body = call(&with_ca, &other.sign("lamp"));
    body["parameters"]["Ca"] = other.pem().into();
    let id = provisioned(&test, test.iot(LINE, body).await.ok()).await;
    let line = format!("GET /certificates/{id}");
    let shown = test.iot(&line, Value::Null).await.ok();
    assert_eq!(shown["certificateDescription"]["caCertificateId"], other_id);
}

#[tokio::test]
async fn what_is_refused() {
    let test = TestApp::new().await;
    let (known, inactive, stranger) = (Ca::new("owner"), Ca::new("asleep"), Ca::new("stranger"));
    registered(&test, &known, "?setAsActive=true").await;
    registered(&test, &inactive, "").await;
    let check = async |body: Value, name: &str, begins: &str| {
        let text = test.iot(LINE, body).await.refused(name);
        assert!(text.starts_with(begins), "{text}");
        // Nothing of it remains.
        let things = test.iot("GET /things", Value::Null).await.ok();
        assert_eq!(things["things"], json!([]), "{text}");
        let certificates = test.iot("GET /certificates", Value::Null).await.ok();
        assert_eq!(certificates["certificates"], json!([]), "{text}");
    };
    let invalid = "InvalidRequestException";
    let absent = "ResourceRegistrationFailureException";
    check(
        json!({"templateBody": "{"}),
        invalid,
        "Invalid registration template. ",
    )
    .await;
    let mut missing = call(&by_pem(), &known.sign("lamp"));
    missing["parameters"] = json!({"Name": "lamp-1", "Place": "Ulm"});
    check(
        missing,
        invalid,
        "paper, property CertificatePem: the parameter \"Certificate\" has no value",
    )
    .await;
    let mut name = call(&by_pem(), &known.sign("lamp"));
    name["parameters"]["Name"] = "lamp 1".into();
    check(
        name,
        invalid,
        "lamp, property ThingName: thing name \"lamp 1\" does not match",
    )
    .await;
    let pem = "paper, property CertificatePem: ";
    check(call(&by_pem(), &known.sign_expired("x")), invalid, pem).await;
    check(call(&by_pem(), "x"), invalid, pem).await;
    check(call(&by_pem(), &Ca::new("owner").sign("x")), invalid, pem).await;
    check(
        call(&by_pem(), &stranger.sign("x")),
        absent,
        &format!("{pem}no registered CA certificate"),
    )
    .await;
    check(
        call(&by_pem(), &inactive.sign("x")),
        absent,
        &format!("{pem}the CA certificate "),
    )
    .await;
    check(
        call(&by_request(), "x"),
        invalid,
        "paper, property CertificateSigningRequest: ",
    )
    .await;
    check(
        call(&by_request(), fixture!("request_weak.csr")),
        invalid,
        "paper, property CertificateSigningRequest: ",
    )
    .await;
    check(
        call(&by_id(), &"a".repeat(64)),
        absent,
        "paper, property CertificateId: there is no certificate",
    )
    .await;
}

#[tokio::test]
async fn what_exists_must_be_equal_unless_the_template_says_otherwise() {
    let test = TestApp::new().await;
    let csr = fixture!("request_rsa.csr");
    test.iot(LINE, call(&by_request(), csr)).await.ok();
    let mut moved = call(&by_request(), csr);
    moved["parameters"]["Place"] = "Wien".into();
    let text = test
        .iot(LINE, moved.clone())
        .await
        .refused("ConflictingResourceUpdateException");
    assert!(
        text.contains("place=Ulm") && text.contains("place=Wien"),
        "{text}"
    );
    let replacing = template(
        json!({"CertificateSigningRequest": {"Ref": "Certificate"}}),
        json!({"AttributePayload": "REPLACE"}),
    );
    moved["templateBody"] = replacing.into();
    test.iot(LINE, moved).await.ok();
    let thing = test.iot("GET /things/lamp-1", Value::Null).await.ok();
    assert_eq!(
        (&thing["attributes"], &thing["version"]),
        (&json!({"place": "Wien"}), &json!(2))
    );
}

#[tokio::test]
async fn the_caller_needs_every_permission_of_the_plan() {
    let test = TestApp::new().await;
    let statement = r#"{"Effect": "Allow", "Action": ["iot:RegisterThing", "iot:CreateCertificateFromCsr",
        "iot:CreateThing", "iot:CreatePolicy", "iot:AttachPrincipalPolicy"], "Resource": "*"}"#;
    let caller = user(&test, statement).await;
    let key: AccessKey = caller.identity().expect("signed").access_key().clone();
    let body = call(&by_request(), fixture!("request_rsa.csr"));
    let text = test
        .call_as(&key, "iot", LINE, &[], body.clone())
        .await
        .refused("AccessDeniedException");
    let expected = format!(
        "User: arn:aws:iam::123456789012:user/carol is not authorized to perform: iot:AttachThingPrincipal on resource: {ARN}cert/"
    );
    assert!(text.starts_with(&expected), "{text}");
    let things = test.iot("GET /things", Value::Null).await.ok();
    assert_eq!(things["things"], json!([]));
    // AttachPrincipalPolicy is as good as AttachPolicy, so this is all that is missing.
    let more = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iot:AttachThingPrincipal", "Resource": "*"}]}"#;
    test.app
        .kernel
        .store
        .tx("test-policy", move |tx| {
            tx.put_inline_policy("user/carol", "q", more)?;
            Ok::<_, crate::app::Error>(())
        })
        .await
        .expect("a policy can be stored");
    let answer = test.call_as(&key, "iot", LINE, &[], body).await.ok();
    provisioned(&test, answer).await;
}
