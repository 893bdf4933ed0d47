//! CA certificates and the registration code as an SDK sees them.

use super::trial::{BODY, ROLE, fixture, in_query, registered, role, user};
use crate::app::Kind;
use crate::app::registry::ca::NewCa;
use crate::testing::{ARN, Ca, TestApp};
use nameplate_core::registry::ca::RegistrationConfig;
use nameplate_core::registry::certificate::Mode;
use serde_json::{Value, json};

const REGISTER: &str = "POST /cacertificate";

async fn code(test: &TestApp) -> String {
    let body = test.iot("GET /registrationcode", Value::Null).await.ok();
    body["registrationCode"]
        .as_str()
        .expect("a code")
        .to_owned()
}

async fn described(test: &TestApp, id: &str) -> Value {
    let line = format!("GET /cacertificate/{id}");
    test.iot(&line, Value::Null).await.ok()
}

/// A CA in SNI_ONLY mode, which needs no verification certificate, with a registration config.
fn with_config(config: Value) -> Value {
    json!({
        "caCertificate": Ca::new("owner").pem(),
        "certificateMode": "SNI_ONLY",
        "registrationConfig": config,
    })
}

async fn template(test: &TestApp, name: &str, kind: &str) {
    let body = json!({
        "templateName": name,
        "templateBody": BODY,
        "provisioningRoleArn": ROLE,
        "type": kind,
    });
    test.iot("POST /provisioning-templates", body).await.ok();
}

#[tokio::test]
async fn the_registration_code_stays_until_deleted() {
    let test = TestApp::new().await;
    let line = "DELETE /registrationcode";
    test.iot(line, Value::Null)
        .await
        .refused("ResourceNotFoundException");
    let first = code(&test).await;
    assert!(first.len() == 64 && first.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(code(&test).await, first);
    test.iot(line, Value::Null).await.ok();
    assert_ne!(code(&test).await, first);
}

#[tokio::test]
async fn a_ca_is_registered_and_shown() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    let id = registered(&test, &ca, "?setAsActive=true&allowAutoRegistration=true").await;
    let shown = described(&test, &id).await;
    assert_eq!(shown.get("registrationConfig"), None);
    let shown = &shown["certificateDescription"];
    assert_eq!(shown["certificateArn"], format!("{ARN}cacert/{id}"));
    assert_eq!(shown["certificateId"], id);
    assert_eq!(shown["status"], "ACTIVE");
    assert_eq!(shown["autoRegistrationStatus"], "ENABLE");
    assert_eq!(shown["certificateMode"], "DEFAULT");
    assert_eq!(shown["ownedBy"], "123456789012");
    assert_eq!(shown["customerVersion"], 1);
    let pem = shown["certificatePem"].as_str().expect("a PEM");
    assert_eq!(pem, ca.pem().replace("\r\n", "\n"));
    assert_eq!(shown["validity"]["notBefore"], 1_577_836_800.0);

    let code = code(&test).await;
    let body = json!({"caCertificate": ca.pem(), "verificationCertificate": ca.sign(&code)});
    let again = test.iot(REGISTER, body).await;
    assert_eq!((again.status, &again.body["resourceId"]), (409, &json!(id)));
    again.refused("ResourceAlreadyExistsException");

    let id = registered(&test, &Ca::new("quiet"), "").await;
    let shown = described(&test, &id).await;
    assert_eq!(shown["certificateDescription"]["status"], "INACTIVE");
    let off = &shown["certificateDescription"]["autoRegistrationStatus"];
    assert_eq!(off, "DISABLE");
}

#[tokio::test]
async fn possession_must_be_proven() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    let check = async |mode: &str, verification: Option<String>, name: &str, part: &str| {
        let mut body = json!({"caCertificate": ca.pem(), "certificateMode": mode});
        if let Some(verification) = verification {
            body["verificationCertificate"] = verification.into();
        }
        let text = test.iot(REGISTER, body).await.refused(name);
        assert!(text.contains(part), "{text}");
    };
    const CODE: &str = "RegistrationCodeValidationException";
    const CERTIFICATE: &str = "CertificateValidationException";
    check(
        "DEFAULT",
        Some(ca.sign("x")),
        CODE,
        "There is no registration code",
    )
    .await;
    let code = code(&test).await;
    check(
        "DEFAULT",
        None,
        "InvalidRequestException",
        "Need to provide verification certificate",
    )
    .await;
    check(
        "SNI_ONLY",
        Some(ca.sign(&code)),
        "InvalidRequestException",
        "Cannot provide verification certificate",
    )
    .await;
    check(
        "DEFAULT",
        Some(ca.sign("x")),
        CODE,
        &format!("It must be {code:?} and is \"x\""),
    )
    .await;
    check(
        "DEFAULT",
        Some(Ca::new("owner").sign(&code)),
        CERTIFICATE,
        "The signature of the certificate failed verification",
    )
    .await;
    check(
        "DEFAULT",
        Some(Ca::new(&code).pem()),
        CERTIFICATE,
        "The issuer of the certificate did not match the subject",
    )
    .await;
    let expired = ca.sign_expired(&code);
    check("DEFAULT", Some(expired), CERTIFICATE, "valid until 2021").await;
    let nonsense = "nonsense".to_owned();
    check(
        "DEFAULT",
        Some(nonsense),
        CERTIFICATE,
        "verificationCertificate: no PEM block",
    )
    .await;
}

#[tokio::test]
async fn only_ca_certificates_are_registered() {
    let test = TestApp::new().await;
    for (pem, part) in [
        (fixture!("ca_v1.pem"), "version 1"),
        (fixture!("ca_no_constraints.pem"), "basicConstraints"),
        (fixture!("ca_false.pem"), "CA:FALSE"),
        ("nonsense", "caCertificate: no PEM block"),
    ] {
        let body = json!({"caCertificate": pem, "certificateMode": "SNI_ONLY"});
        let answer = test.iot(REGISTER, body).await;
        let text = answer.refused("CertificateValidationException");
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn a_registration_config_has_one_of_two_forms() {
    let test = TestApp::new().await;
    role(&test).await;
    template(&test, "jitp", "JITP").await;
    template(&test, "fleet", "FLEET_PROVISIONING").await;
    for config in [
        json!({"templateBody": BODY, "roleArn": ROLE}),
        json!({"templateName": "jitp"}),
    ] {
        let body = test.iot(REGISTER, with_config(config.clone())).await.ok();
        let id = body["certificateId"].as_str().expect("an id");
        assert_eq!(described(&test, id).await["registrationConfig"], config);
    }
    let stranger = "arn:aws:iam::999999999999:role/JITPRole";
    let missing = "arn:aws:iam::123456789012:role/Missing";
    for (config, name, part) in [
        (
            json!({"templateBody": BODY, "roleArn": ROLE, "templateName": "jitp"}),
            "InvalidRequestException",
            "either templateName alone, or templateBody and roleArn",
        ),
        (
            json!({"templateBody": BODY}),
            "InvalidRequestException",
            "templateBody and roleArn",
        ),
        (
            json!({"templateName": "fleet"}),
            "InvalidRequestException",
            "is of type FLEET_PROVISIONING",
        ),
        (
            json!({"templateName": "nobody"}),
            "ResourceNotFoundException",
            "Unable to find template named nobody",
        ),
        (
            json!({"templateBody": "{", "roleArn": ROLE}),
            "InvalidRequestException",
            "Invalid registration template. ",
        ),
        (
            json!({"templateBody": BODY, "roleArn": missing}),
            "InvalidRequestException",
            "role/Missing does not exist",
        ),
        (
            json!({"templateBody": BODY, "roleArn": stranger}),
            "InvalidRequestException",
            "belongs to another account",
        ),
        (
            json!({"templateBody": BODY, "roleArn": "arn:aws:iam::123456789012:user/x"}),
            "InvalidRequestException",
            "is not the ARN of a role",
        ),
    ] {
        let text = test.iot(REGISTER, with_config(config)).await.refused(name);
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn a_role_must_be_passable() {
    let test = TestApp::new().await;
    role(&test).await;
    let carol = user(
        &test,
        r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
            "Condition": {"StringEquals": {"iam:PassedToService": "iot.amazonaws.com"}}}"#,
    )
    .await;
    let new = |role: &str| NewCa {
        pem: Ca::new("owner").pem(),
        mode: Mode::SniOnly,
        config: Some(RegistrationConfig {
            template_body: Some(BODY.into()),
            role_arn: Some(role.into()),
            template_name: None,
        }),
        ..NewCa::default()
    };
    let _ctx = test.app.ctx();
    let registered = test.app.registry.register_ca(&carol, new(ROLE)).await;
    registered.expect("carol may pass the role");

    let other = TestApp::new().await;
    role(&other).await;
    let carol = user(
        &other,
        r#"{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}"#,
    )
    .await;
    // What does not exist is not told to those who may not pass it.
    for role in [ROLE, "arn:aws:iam::123456789012:role/Missing"] {
        let refused = other.app.registry.register_ca(&carol, new(role)).await;
        let error = refused.expect_err("carol may not pass a role");
        assert_eq!(error.kind, Kind::Denied);
        assert_eq!(
            error.message,
            format!(
                "User: arn:aws:iam::123456789012:user/carol is not authorized to perform: iam:PassRole on resource: {role} because no identity-based policy allows the iam:PassRole action"
            )
        );
    }
}

#[tokio::test]
async fn ten_cas_may_share_a_subject() {
    let test = TestApp::new().await;
    let body = || json!({"caCertificate": Ca::new("same").pem(), "certificateMode": "SNI_ONLY"});
    for _ in 0..10 {
        test.iot(REGISTER, body()).await.ok();
    }
    let answer = test.iot(REGISTER, body()).await;
    assert_eq!(answer.status, 410);
    let text = answer.refused("LimitExceededException");
    assert!(text.contains("CN=same"), "{text}");
}

#[tokio::test]
async fn an_update_changes_what_it_names() {
    let test = TestApp::new().await;
    role(&test).await;
    let id = registered(&test, &Ca::new("owner"), "").await;
    let update = async |query: &str, body: Value| {
        let line = format!("PUT /cacertificate/{id}{query}");
        test.iot(&line, body).await
    };
    let check = async |status: &str, auto: &str, version: i64, config: Option<&Value>| {
        let shown = described(&test, &id).await;
        assert_eq!(shown.get("registrationConfig"), config);
        let shown = &shown["certificateDescription"];
        assert_eq!(shown["status"], status);
        assert_eq!(shown["autoRegistrationStatus"], auto);
        assert_eq!(shown["customerVersion"], version);
    };
    let both = "?newStatus=ACTIVE&newAutoRegistrationStatus=ENABLE";
    update(both, json!({})).await.ok();
    check("ACTIVE", "ENABLE", 2, None).await;
    update(both, json!({})).await.ok();
    check("ACTIVE", "ENABLE", 2, None).await;
    let config = json!({"templateBody": BODY, "roleArn": ROLE});
    let given = json!({"registrationConfig": config});
    update("", given.clone()).await.ok();
    check("ACTIVE", "ENABLE", 3, Some(&config)).await;
    // The workshop's way from provisioning back to registration only.
    let removed = json!({"removeAutoRegistration": true});
    update("?newAutoRegistrationStatus=DISABLE", removed)
        .await
        .ok();
    check("ACTIVE", "DISABLE", 4, None).await;
    let mut contradictory = given;
    contradictory["removeAutoRegistration"] = true.into();
    update("", contradictory)
        .await
        .refused("InvalidRequestException");
    let bad = json!({"registrationConfig": {"templateBody": "{}", "roleArn": ROLE}});
    let text = update("", bad).await.refused("InvalidRequestException");
    assert!(
        text.starts_with("Invalid registration template. "),
        "{text}"
    );
    let nobody = format!("PUT /cacertificate/{}?newStatus=ACTIVE", "0".repeat(64));
    assert_eq!(
        test.iot(&nobody, json!({}))
            .await
            .refused("ResourceNotFoundException"),
        "Requested CA Certificate does not exist."
    );
}

#[tokio::test]
async fn devices_outlive_their_ca() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    let id = registered(&test, &ca, "?setAsActive=true").await;
    let body = json!({"certificatePem": ca.sign("device")});
    let device = test.iot("POST /certificate/register", body).await.ok();
    let device = device["certificateId"].as_str().expect("an id").to_owned();
    let line = format!("DELETE /cacertificate/{id}");
    let answer = test.iot(&line, Value::Null).await;
    assert_eq!(answer.status, 406);
    assert_eq!(
        answer.refused("CertificateStateException"),
        format!("CA Certificate must be deactivated (not ACTIVE) before deletion. Id: {id}")
    );
    let off = format!("PUT /cacertificate/{id}?newStatus=INACTIVE");
    test.iot(&off, json!({})).await.ok();
    test.iot(&line, Value::Null).await.ok();
    test.iot(&line, Value::Null)
        .await
        .refused("ResourceNotFoundException");
    let listed = test.iot("GET /cacertificates", Value::Null).await.ok();
    assert_eq!(listed, json!({"certificates": []}));

    let shown = format!("GET /certificates/{device}");
    let shown = test.iot(&shown, Value::Null).await.ok();
    assert_eq!(shown["certificateDescription"]["caCertificateId"], id);
    let listed = format!("GET /certificates-by-ca/{id}");
    let listed = test.iot(&listed, Value::Null).await.ok();
    assert_eq!(listed["certificates"][0]["certificateId"], device);
    // And it may be registered anew.
    assert_eq!(registered(&test, &ca, "").await, id);
}

#[tokio::test]
async fn cas_are_listed_newest_first_and_by_template() {
    let test = TestApp::new().await;
    role(&test).await;
    template(&test, "jitp", "JITP").await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(registered(&test, &Ca::new(name), "").await);
    }
    let body = test
        .iot(REGISTER, with_config(json!({"templateName": "jitp"})))
        .await
        .ok();
    ids.push(body["certificateId"].as_str().expect("an id").to_owned());
    let list = async |query: &str| {
        let line = format!("GET /cacertificates?{query}");
        let body = test.iot(&line, Value::Null).await.ok();
        let items = body["certificates"].as_array().expect("a list");
        let found: Vec<String> = items
            .iter()
            .map(|item| item["certificateId"].as_str().expect("an id").to_owned())
            .collect();
        let next = body.get("nextMarker").and_then(Value::as_str);
        let next = next.map(in_query);
        (found, next)
    };
    assert_eq!(list("isAscendingOrder=true").await, (ids.clone(), None));
    assert_eq!(list("templateName=jitp").await.0, ids[3..]);
    assert_eq!(list("templateName=other").await.0, ids[..0]);
    ids.reverse();
    let (found, next) = list("pageSize=3").await;
    assert_eq!(found, ids[..3]);
    let next = next.expect("there is one more");
    let rest = list(&format!("pageSize=3&marker={next}")).await;
    assert_eq!(rest, (ids[3..].to_vec(), None));
}
