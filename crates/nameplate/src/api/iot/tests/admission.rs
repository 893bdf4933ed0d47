//! What becomes of a certificate, at every door where one is met: registration, provisioning, and what `simulate` says
//! of a connection with it, which the same table decides.

use super::trial::{BODY, ROLE, fixture, registered, role};
use crate::app::Error;
use crate::testing::{Ca, NOW, TestApp, key};
use nameplate_core::pki::Certificate;
use nameplate_core::registry::ca::CaCertificate;
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_store::NewCertificate;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use serde_json::{Value, json};

/// A name of one part, as UTF8String or PrintableString.
fn name(text: &str, printable: bool) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    let value = match printable {
        true => DnValue::PrintableString(text.try_into().expect("printable")),
        false => DnValue::Utf8String(text.into()),
    };
    name.push(DnType::CommonName, value);
    name
}

/// The parts of a CA from 2020 until the end of a year.
fn ca_params(subject: DistinguishedName, until: i32) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 12, 31);
    params
}

/// A device's certificate by a CA of this name and key.
fn device(issuer: DistinguishedName, by: &KeyPair) -> String {
    let issuer = Issuer::new(ca_params(issuer, 2040), by);
    let mut params = CertificateParams::default();
    params.distinguished_name = name("device", false);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2040, 1, 1);
    let signed = params.signed_by(&key(), &issuer);
    signed.expect("a certificate can be made").pem()
}

/// Puts an ACTIVE CA with auto-registration into the registry, past every check; its key there.
async fn kept(test: &TestApp, pem: &str) -> i64 {
    let certificate = Certificate::parse_pem(pem).expect("a certificate");
    let row = CaCertificate {
        key: 0,
        hash: certificate.id().0,
        subject: certificate.subject().der().to_vec(),
        der: certificate.der().to_vec(),
        active: true,
        auto_registration: true,
        mode: Mode::Default,
        registration_config: None,
        created: NOW,
        modified: NOW,
        version: 1,
        deleted: false,
    };
    test.app
        .kernel
        .store
        .tx("test-ca", move |tx| Ok::<_, Error>(tx.insert_ca(&row)?))
        .await
        .expect("a CA can be stored")
}

/// What a connection would meet: a code, or the steps of the plan, and the text of it.
async fn met(test: &TestApp, pem: &str, chain: &[&str]) -> (String, String) {
    let body =
        json!({"template": BODY, "certificates": [{"label": "d", "pem": pem, "chain": chain}]});
    let line = "POST /nameplate/simulate";
    let answer = test.call("nameplate", line, &[], body).await.ok();
    let outcome = &answer["devices"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match outcome["code"].as_str() {
        Some(code) => (code.to_owned(), text(&outcome["reason"])),
        None => {
            let steps = outcome["plan"]["steps"].as_array().map_or(0, Vec::len);
            (format!("{steps} steps"), text(&outcome["text"]))
        }
    }
}

#[track_caller]
fn same(found: (String, String), code: &str, part: &str) {
    assert!(found.0 == code && found.1.contains(part), "{found:?}");
}

#[tokio::test]
async fn simulate_says_what_a_connection_would_meet() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    let pem = ca.sign("device");
    same(met(&test, &pem, &[]).await, "ca-unknown", "CN=owner");
    same(met(&test, &pem, &[&ca.pem()]).await, "ca-unknown", "");
    let id = registered(&test, &ca, "").await;
    same(met(&test, &pem, &[]).await, "ca-inactive", "it is INACTIVE");
    let line = format!("PUT /cacertificate/{id}");
    test.iot(&format!("{line}?newStatus=ACTIVE"), json!({}))
        .await
        .ok();
    same(
        met(&test, &pem, &[]).await,
        "auto-registration-disabled",
        &id,
    );
    let on = format!("{line}?newAutoRegistrationStatus=ENABLE");
    test.iot(&on, json!({})).await.ok();
    same(
        met(&test, &pem, &[]).await,
        "1 steps",
        "a connection only registers the certificate",
    );

    role(&test).await;
    let config =
        |body: &str| json!({"registrationConfig": {"templateBody": body, "roleArn": ROLE}});
    test.iot(&line, config(&format!(" {BODY}"))).await.ok();
    let (steps, text) = met(&test, &pem, &[]).await;
    assert!(steps == "1 steps" && !text.contains("note"), "{text}");
    let other = BODY.replace("\"d\"", "\"e\"");
    test.iot(&line, config(&other)).await.ok();
    same(
        met(&test, &pem, &[]).await,
        "1 steps",
        "by another template, cacert/",
    );

    let expired = ca.sign_expired("device");
    same(
        met(&test, &expired, &[]).await,
        "certificate-expired",
        "valid until 2021-01-01",
    );
    let weak = fixture!("weak_key.pem");
    same(
        met(&test, weak, &[]).await,
        "certificate-weak-key",
        "RSA 1024",
    );
    same(
        met(&test, fixture!("sha1.pem"), &[]).await,
        "certificate-weak-signature",
        "SHA-1",
    );
    same(
        met(&test, &Ca::new("owner").sign("d"), &[]).await,
        "certificate-signature",
        "",
    );
    same(met(&test, &ca.pem(), &[]).await, "ca-as-device", "");

    let known = |status: &str| json!({"certificatePem": pem, "status": status});
    let answer = test
        .iot("POST /certificate/register", known("INACTIVE"))
        .await
        .ok();
    let certificate = answer["certificateId"].as_str().expect("an id").to_owned();
    let set = async |status: &str| {
        let line = format!("PUT /certificates/{certificate}?newStatus={status}");
        test.iot(&line, Value::Null).await.ok();
    };
    same(met(&test, &pem, &[]).await, "certificate-inactive", "");
    set("ACTIVE").await;
    same(met(&test, &pem, &[]).await, "0 steps", "no template runs");
    set("REVOKED").await;
    same(met(&test, &pem, &[]).await, "certificate-revoked", "");
}

#[tokio::test]
async fn the_same_certificate_twice_is_a_repetition() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    registered(&test, &ca, "?setAsActive=true&allowAutoRegistration=true").await;
    let item = json!({"pem": ca.sign("device")});
    let body = json!({"template": BODY, "certificates": [item, item, {"pem": ca.sign("other")}]});
    let line = "POST /nameplate/simulate";
    let answer = test.call("nameplate", line, &[], body).await.ok();
    let count = |name: &str| answer["summary"][name].as_u64();
    assert_eq!(
        ["devices", "unchanged", "repeated", "refused"].map(count),
        [3, 0, 1, 0].map(Some)
    );
}

#[tokio::test]
async fn a_ca_certificate_is_no_device_certificate() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    let without_ca = "POST /certificate/register-no-ca";
    // Registered for a device first, then as a CA: it does not connect any more.
    let body = json!({"certificatePem": ca.pem(), "status": "ACTIVE"});
    test.iot(without_ca, body.clone()).await.ok();
    same(met(&test, &ca.pem(), &[]).await, "0 steps", "");
    registered(&test, &ca, "?setAsActive=true").await;
    same(met(&test, &ca.pem(), &[]).await, "ca-as-device", "");

    let other = Ca::new("other");
    registered(&test, &other, "?setAsActive=true").await;
    let body = json!({"certificatePem": other.pem(), "status": "ACTIVE"});
    for line in [without_ca, "POST /certificate/register"] {
        let answer = test.iot(line, body.clone()).await;
        let text = answer.refused("CertificateValidationException");
        assert!(text.contains("is a registered CA certificate"), "{text}");
    }
    let template = json!({"Resources": {"certificate": {
        "Type": "AWS::IoT::Certificate", "Properties": {"CertificatePem": other.pem()}}}});
    let answer = test
        .iot(
            "POST /things",
            json!({"templateBody": template.to_string()}),
        )
        .await;
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert!(
        answer
            .body
            .to_string()
            .contains("is a registered CA certificate")
    );
}

#[tokio::test]
async fn an_expired_ca_registers_nobody_and_its_renewal_does() {
    let test = TestApp::new().await;
    let ca = key();
    let owner = || name("owner", false);
    let sealed = |until| {
        let sealed = ca_params(owner(), until).self_signed(&ca);
        sealed.expect("a CA can be made").pem()
    };
    let (old, new) = (sealed(2025), sealed(2040));
    kept(&test, &old).await;
    let pem = device(owner(), &ca);
    same(
        met(&test, &pem, &[]).await,
        "ca-expired",
        "valid until 2025-12-31",
    );
    // Nobody has vouched for the renewal but the device.
    same(met(&test, &pem, &[&new]).await, "ca-expired", "");

    let register =
        |ca_pem: Option<&str>| json!({"certificatePem": pem, "caCertificatePem": ca_pem});
    let line = "POST /certificate/register";
    let text = test
        .iot(line, register(None))
        .await
        .refused("CertificateValidationException");
    assert!(text.contains("valid until 2025-12-31"), "{text}");
    let template = json!({"Resources": {"certificate": {
        "Type": "AWS::IoT::Certificate", "Properties": {"CertificatePem": pem}}}});
    let text = test
        .iot(
            "POST /things",
            json!({"templateBody": template.to_string()}),
        )
        .await
        .refused("InvalidRequestException");
    assert!(text.contains("valid until 2025-12-31"), "{text}");

    kept(&test, &new).await;
    same(met(&test, &pem, &[]).await, "1 steps", "");
    test.iot(line, register(Some(&old)))
        .await
        .refused("CertificateValidationException");
    test.iot(line, register(Some(&new))).await.ok();
    // A certificate that is in use stays in use.
    let certificate = Certificate::parse_pem(&pem).expect("a certificate").id();
    let on = format!("PUT /certificates/{certificate}?newStatus=ACTIVE");
    test.iot(&on, Value::Null).await.ok();
    same(met(&test, &pem, &[]).await, "0 steps", "");
}

#[tokio::test]
async fn a_pending_certificate_is_told_that_its_ca_was_deleted() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    let key = kept(&test, &ca.pem()).await;
    let pem = ca.sign("device");
    let certificate = Certificate::parse_pem(&pem).expect("a certificate");
    test.app
        .kernel
        .store
        .tx("test-pending", move |tx| {
            tx.insert_certificate(&NewCertificate {
                hash: certificate.id().0,
                der: certificate.der(),
                status: Status::PendingActivation,
                mode: Mode::Default,
                ca: Some(key),
                created: NOW,
                not_before: certificate.validity().not_before,
                not_after: certificate.validity().not_after,
            })?;
            Ok::<_, Error>(())
        })
        .await
        .expect("a certificate can be stored");
    same(met(&test, &pem, &[]).await, "1 steps", "");
    let id = Certificate::parse_pem(&ca.pem())
        .expect("a certificate")
        .id();
    let line = format!("/cacertificate/{id}");
    test.iot(&format!("PUT {line}?newStatus=INACTIVE"), json!({}))
        .await
        .ok();
    same(met(&test, &pem, &[]).await, "ca-inactive", "");
    test.iot(&format!("DELETE {line}"), Value::Null).await.ok();
    let part = format!("the CA certificate {id} that it was registered through has been deleted");
    same(met(&test, &pem, &[]).await, "ca-deleted", &part);
    kept(&test, &ca.pem()).await;
    same(met(&test, &pem, &[]).await, "1 steps", "");
}

#[tokio::test]
async fn names_are_the_same_however_they_are_written() {
    let test = TestApp::new().await;
    let ca = key();
    let sealed = ca_params(name("Device  CA", true), 2040).self_signed(&ca);
    let sealed = sealed.expect("a CA can be made").pem();
    let code = test.iot("GET /registrationcode", Value::Null).await.ok();
    let code = code["registrationCode"].as_str().expect("a code");
    let issuer = Issuer::new(ca_params(name("DEVICE CA", false), 2040), &ca);
    let mut proof = CertificateParams::default();
    proof.distinguished_name = name(code, false);
    let proof = proof
        .signed_by(&key(), &issuer)
        .expect("a certificate")
        .pem();
    let body = json!({"caCertificate": sealed, "verificationCertificate": proof});
    test.iot(
        "POST /cacertificate?setAsActive=true&allowAutoRegistration=true",
        body,
    )
    .await
    .ok();
    let pem = device(name("device ca", false), &ca);
    same(met(&test, &pem, &[]).await, "1 steps", "");
    let body = json!({"certificatePem": pem});
    test.iot("POST /certificate/register", body).await.ok();
    // They count as one subject where CAs are counted.
    for number in 0..9 {
        let other = ca_params(name("device CA", number % 2 == 0), 2040).self_signed(&key());
        let body =
            json!({"caCertificate": other.expect("a CA").pem(), "certificateMode": "SNI_ONLY"});
        test.iot("POST /cacertificate", body).await.ok();
    }
    let other = ca_params(name("DEVICE CA", true), 2040).self_signed(&key());
    let body = json!({"caCertificate": other.expect("a CA").pem(), "certificateMode": "SNI_ONLY"});
    test.iot("POST /cacertificate", body)
        .await
        .refused("LimitExceededException");
}

#[tokio::test]
async fn roots_with_old_signatures_and_pss_are_taken() {
    let test = TestApp::new().await;
    let register = async |pem: &str| {
        let body = json!({"caCertificate": pem, "certificateMode": "SNI_ONLY"});
        let line = "POST /cacertificate?setAsActive=true&allowAutoRegistration=true";
        test.iot(line, body).await
    };
    register(fixture!("root_sha1.pem")).await.ok();
    register(fixture!("ca_without_sign.pem")).await.ok();
    let text = register(fixture!("under_sha1.pem"))
        .await
        .refused("CertificateValidationException");
    assert!(text.contains("SHA-1"), "{text}");
    register(fixture!("pss_ca.pem")).await.ok();
    for pem in [
        fixture!("pss_default.pem"),
        fixture!("pss_20.pem"),
        fixture!("pss_max.pem"),
    ] {
        same(met(&test, pem, &[]).await, "1 steps", "");
        let body = json!({"certificatePem": pem});
        test.iot("POST /certificate/register", body).await.ok();
    }
    for line in [
        "POST /certificate/register",
        "POST /certificate/register-no-ca",
    ] {
        let body = json!({"certificatePem": fixture!("pss_sha1.pem")});
        let text = test
            .iot(line, body)
            .await
            .refused("CertificateValidationException");
        assert!(text.contains("RSA-PSS with another digest"), "{text}");
    }
    let csr = json!({"certificateSigningRequest": fixture!("request_pss.csr")});
    test.iot("POST /certificates", csr).await.ok();
}

#[tokio::test]
async fn what_a_certificate_is_meant_for_is_not_looked_at() {
    let test = TestApp::new().await;
    for usage in [
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::CodeSigning,
    ] {
        let mut params = CertificateParams::default();
        params.extended_key_usages = vec![usage];
        params.not_after = rcgen::date_time_ymd(2040, 1, 1);
        let pem = params.self_signed(&key()).expect("a certificate").pem();
        let body = json!({"certificatePem": pem, "status": "ACTIVE"});
        test.iot("POST /certificate/register-no-ca", body)
            .await
            .ok();
        same(met(&test, &pem, &[]).await, "0 steps", "no template runs");
    }
}

#[tokio::test]
async fn what_the_service_supplies_needs_no_declaration_at_any_door() {
    let test = TestApp::new().await;
    role(&test).await;
    // As Terraform's acceptance tests write it.
    let body = json!({
        "Parameters": {"SerialNumber": {"Type": "String", "Default": "1"}},
        "Resources": {"certificate": {
            "Type": "AWS::IoT::Certificate",
            "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "Active"},
        }},
    })
    .to_string();
    for kind in ["JITP", "FLEET_PROVISIONING"] {
        let new = json!({"templateName": kind, "type": kind, "templateBody": body, "provisioningRoleArn": ROLE});
        test.iot("POST /provisioning-templates", new).await.ok();
        let version = format!("POST /provisioning-templates/{kind}/versions");
        test.iot(&version, json!({"templateBody": body})).await.ok();
    }
    let ca = Ca::new("owner");
    let id = registered(&test, &ca, "?setAsActive=true&allowAutoRegistration=true").await;
    let config = json!({"registrationConfig": {"templateBody": body, "roleArn": ROLE}});
    test.iot(&format!("PUT /cacertificate/{id}"), config)
        .await
        .ok();
    let answer = test
        .iot("POST /keys-and-certificate", Value::Null)
        .await
        .ok();
    let own = &answer["certificateId"];
    let run = json!({"templateBody": body, "parameters": {"AWS::IoT::Certificate::Id": own}});
    test.iot("POST /things", run).await.ok();
    let text = test
        .iot("POST /things", json!({"templateBody": body}))
        .await
        .refused("InvalidRequestException");
    assert!(
        text.contains("\"AWS::IoT::Certificate::Id\" has no value"),
        "{text}"
    );
}

#[tokio::test]
async fn a_template_for_first_connections_has_a_certificate() {
    let test = TestApp::new().await;
    role(&test).await;
    let body = json!({"Resources": {"policy": {
        "Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "p"}}}})
    .to_string();
    let new = json!({"templateName": "t", "type": "JITP", "templateBody": body, "provisioningRoleArn": ROLE});
    let part = "Template must have certificate resource";
    let ca = Ca::new("owner");
    let id = registered(&test, &ca, "").await;
    let config = json!({"registrationConfig": {"templateBody": body, "roleArn": ROLE}});
    for (line, body) in [
        ("POST /provisioning-templates".to_owned(), new),
        (format!("PUT /cacertificate/{id}"), config),
    ] {
        let text = test
            .iot(&line, body)
            .await
            .refused("InvalidRequestException");
        assert!(text.contains(part), "{text}");
    }
}
