//! Certificates of ACM as clients see them.

use crate::app::audit::Position;
use crate::testing::{Answer, NOW, TestApp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, DnType, KeyPair, KeyUsagePurpose, date_time_ymd};
use serde_json::{Value, json};

const GONE: &str = "ResourceNotFoundException";
const WRONG: &str = "ValidationException";

async fn call(test: &TestApp, operation: &str, body: Value) -> Answer {
    let target = format!("CertificateManager.{operation}");
    test.call("acm", "POST /", &[("x-amz-target", &target)], body)
        .await
}

async fn ok(test: &TestApp, operation: &str, body: Value) -> Value {
    call(test, operation, body).await.ok()
}

async fn refused(test: &TestApp, operation: &str, body: Value, name: &str, text: &str) {
    let message = call(test, operation, body.clone()).await.refused(name);
    assert!(message.contains(text), "{operation} {body}: {message}");
}

/// A certificate for these names, signed by itself, and its private key.
fn made(names: &[&str], key: &KeyPair, usages: &[KeyUsagePurpose]) -> (String, String) {
    let all = names.iter().map(|name| (*name).to_owned());
    let mut params = CertificateParams::new(all.collect::<Vec<_>>()).expect("names");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, names[0]);
    params.key_usages = usages.to_vec();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2100, 1, 1);
    let pem = params.self_signed(key).expect("a certificate").pem();
    (pem, key.serialize_pem())
}

fn ec() -> KeyPair {
    KeyPair::generate().expect("a key")
}

fn encoded(text: &str) -> Value {
    STANDARD.encode(text).into()
}

fn body((certificate, key): &(String, String)) -> Value {
    json!({"Certificate": encoded(certificate), "PrivateKey": encoded(key)})
}

async fn import(test: &TestApp, names: &[&str]) -> String {
    let answer = ok(test, "ImportCertificate", body(&made(names, &ec(), &[]))).await;
    answer["CertificateArn"]
        .as_str()
        .expect("an ARN")
        .to_owned()
}

#[tokio::test]
async fn a_certificate_is_imported_told_of_and_removed() {
    let test = TestApp::new().await;
    let brought = made(&["iot.example.com", "*.a.example.com"], &ec(), &[]);
    let answer = ok(&test, "ImportCertificate", body(&brought)).await;
    let arn = answer["CertificateArn"].as_str().expect("an ARN");
    let id = arn.strip_prefix("arn:aws:acm:us-east-1:123456789012:certificate/");
    assert_eq!(id.map(str::len), Some(36), "{arn}");
    let of = json!({"CertificateArn": arn});
    let mut told = ok(&test, "DescribeCertificate", of.clone()).await["Certificate"].take();
    let serial = told["Serial"].take();
    let colons = serial.as_str().is_some_and(|serial| serial.contains(':'));
    assert!(colons, "{serial}");
    let expected = json!({
        "CertificateArn": arn, "CertificateKeyPairOrigin": "CUSTOMER_PROVIDED", "CreatedAt": NOW.as_seconds_f64(),
        "DomainName": "iot.example.com",
        "DomainValidationOptions": [{"DomainName": "*.a.example.com"}, {"DomainName": "iot.example.com"}],
        "ExtendedKeyUsages": [], "ImportedAt": NOW.as_seconds_f64(), "InUseBy": [], "Issuer": "iot.example.com",
        "KeyAlgorithm": "EC-prime256v1", "KeyUsages": [], "NotAfter": 4_102_444_800.0, "NotBefore": 1_577_836_800.0,
        "Options": {"CertificateTransparencyLoggingPreference": "DISABLED"}, "RenewalEligibility": "INELIGIBLE",
        "Serial": null, "SignatureAlgorithm": "SHA256WITHECDSA", "Status": "ISSUED", "Subject": "CN=iot.example.com",
        "SubjectAlternativeNames": ["*.a.example.com", "iot.example.com"], "Type": "IMPORTED",
    });
    assert_eq!(told, expected);
    let found = ok(&test, "GetCertificate", of.clone()).await;
    assert_eq!(
        found,
        json!({"Certificate": brought.0.replace("\r\n", "\n")})
    );
    ok(&test, "DeleteCertificate", of.clone()).await;
    let text = format!("Could not find certificate {arn}.");
    for operation in [
        "DescribeCertificate",
        "GetCertificate",
        "DeleteCertificate",
        "ListTagsForCertificate",
    ] {
        refused(&test, operation, of.clone(), GONE, &text).await;
    }
    let elsewhere = json!({"CertificateArn": arn.replace("us-east-1", "us-west-2")});
    refused(
        &test,
        "DescribeCertificate",
        elsewhere,
        GONE,
        "Could not find",
    )
    .await;
}

#[tokio::test]
async fn a_list_has_what_was_asked_for() {
    let test = TestApp::new().await;
    let list = async |body: Value| {
        let all = ok(&test, "ListCertificates", body).await;
        let all = all["CertificateSummaryList"].as_array().expect("a list");
        let mut all: Vec<String> = all
            .iter()
            .map(|one| one["DomainName"].as_str().expect("a name").to_owned())
            .collect();
        all.sort();
        all
    };
    let ec_keys = json!({"keyTypes": ["EC_prime256v1"]});
    import(&test, &["a.example"]).await;
    let signing = made(&["b.example"], &ec(), &[KeyUsagePurpose::DigitalSignature]);
    ok(&test, "ImportCertificate", body(&signing)).await;
    import(&test, &["c.example"]).await;
    // As at AWS, keys other than RSA are to be asked for.
    assert!(list(json!({})).await.is_empty());
    let all = list(json!({"Includes": ec_keys})).await;
    assert_eq!(all, ["a.example", "b.example", "c.example"]);
    let keys = ["EC_prime256v1", "RSA_2048"];
    let signs = json!({"keyTypes": keys, "keyUsage": ["DIGITAL_SIGNATURE"]});
    assert_eq!(list(json!({"Includes": signs})).await, ["b.example"]);
    let of_status = |status: &str| json!({"Includes": ec_keys, "CertificateStatuses": [status]});
    assert_eq!(list(of_status("ISSUED")).await.len(), 3);
    assert!(list(of_status("EXPIRED")).await.is_empty());
    let exported = json!({"keyTypes": ["EC_prime256v1"], "exportOption": "ENABLED"});
    assert!(list(json!({"Includes": exported})).await.is_empty());
    let made_by_acm = json!({"Includes": ec_keys, "CertificateKeyPairOrigins": ["AWS_MANAGED"]});
    assert!(list(made_by_acm).await.is_empty());
    let mut seen = 0;
    let mut page = json!({"Includes": ec_keys, "MaxItems": 2, "SortBy": "CREATED_AT", "SortOrder": "DESCENDING"});
    loop {
        let answer = ok(&test, "ListCertificates", page.clone()).await;
        let items = answer["CertificateSummaryList"].as_array();
        seen += items.expect("a list").len();
        match answer.get("NextToken") {
            Some(next) => page["NextToken"] = next.clone(),
            None => break,
        }
    }
    assert_eq!(seen, 3);
    let half = json!({"SortBy": "CREATED_AT"});
    let text = "SortOrder is required";
    refused(&test, "ListCertificates", half, WRONG, text).await;
}

#[tokio::test]
async fn what_cannot_be_imported_is_refused() {
    let test = TestApp::new().await;
    let check = async |member: &str, value: Value, text: &str| {
        let mut body = body(&made(&["a.example"], &ec(), &[]));
        body[member] = value;
        refused(&test, "ImportCertificate", body, WRONG, text).await;
    };
    let text = "The certificate is not valid: no PEM block";
    check("Certificate", encoded("x"), text).await;
    let text = "The private key is not valid: there is no private key";
    check("PrivateKey", encoded("x"), text).await;
    let other = encoded(&ec().serialize_pem());
    check("PrivateKey", other, "does not belong to the certificate").await;
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    check(
        "PrivateKey",
        encoded(encrypted),
        "the private key is encrypted",
    )
    .await;
    let stranger = encoded(&made(&["b.example"], &ec(), &[]).0);
    let text = "Could not validate the certificate with the certificate chain.";
    check("CertificateChain", stranger, text).await;
    let own = json!([{"Key": "aws:x"}]);
    check("Tags", own, "AWS internal tags cannot be changed").await;
    let twice = json!([{"Key": "x"}, {"Key": "x"}]);
    check("Tags", twice, "is given twice").await;
    let mut again = body(&made(&["a.example"], &ec(), &[]));
    let nobody =
        "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000";
    again["CertificateArn"] = nobody.into();
    refused(&test, "ImportCertificate", again, GONE, "Could not find").await;
    let all = json!({"Includes": {"keyTypes": ["EC_prime256v1"]}});
    let all = ok(&test, "ListCertificates", all).await;
    assert_eq!(all["CertificateSummaryList"], json!([]));
}

#[tokio::test]
async fn another_takes_the_place_of_an_imported_one() {
    let test = TestApp::new().await;
    let signs = [KeyUsagePurpose::DigitalSignature];
    let first = body(&made(&["a.example"], &ec(), &signs));
    let arn = ok(&test, "ImportCertificate", first).await["CertificateArn"].take();
    let again = |names: &[&str], key: &KeyPair, usages: &[KeyUsagePurpose]| {
        let mut body = body(&made(names, key, usages));
        body["CertificateArn"] = arn.clone();
        body
    };
    let less = again(&["a.example"], &ec(), &[]);
    let text = "lacks the key usage DIGITAL_SIGNATURE";
    refused(&test, "ImportCertificate", less, WRONG, text).await;
    let other = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).expect("a key");
    let other = again(&["a.example"], &other, &signs);
    let text = "the kind and size stay";
    refused(&test, "ImportCertificate", other, WRONG, text).await;
    let mut tagged = again(&["b.example"], &ec(), &signs);
    tagged["Tags"] = json!([{"Key": "x"}]);
    let text = "Tagging is not permitted on re-import.";
    refused(&test, "ImportCertificate", tagged, WRONG, text).await;
    let second = again(&["b.example"], &ec(), &signs);
    let answer = ok(&test, "ImportCertificate", second).await;
    assert_eq!(answer["CertificateArn"], arn);
    let told = ok(&test, "DescribeCertificate", json!({"CertificateArn": arn})).await;
    assert_eq!(told["Certificate"]["DomainName"], "b.example");
}

#[tokio::test]
async fn certificates_have_tags() {
    let test = TestApp::new().await;
    let arn = import(&test, &["a.example"]).await;
    let tags = async || {
        let of = json!({"CertificateArn": arn});
        let all = ok(&test, "ListTagsForCertificate", of).await;
        let again = ok(&test, "ListTagsForResource", json!({"ResourceArn": arn})).await;
        assert_eq!(all, again);
        all["Tags"].clone()
    };
    let with = |tags: Value| json!({"CertificateArn": arn, "Tags": tags});
    let four = json!([
        {"Key": "k1", "Value": "v1"}, {"Key": "k2"}, {"Key": "k3", "Value": "v3"}, {"Key": "k4", "Value": "v4"},
    ]);
    ok(&test, "AddTagsToCertificate", with(four.clone())).await;
    assert_eq!(tags().await, four);
    let some =
        json!([{"Key": "k1", "Value": "other"}, {"Key": "k3", "Value": "v3"}, {"Key": "k4"}]);
    ok(&test, "RemoveTagsFromCertificate", with(some)).await;
    let left = json!([{"Key": "k1", "Value": "v1"}, {"Key": "k2"}]);
    assert_eq!(tags().await, left);
    let one = json!({"ResourceArn": arn, "Tags": [{"Key": "k5", "Value": ""}]});
    ok(&test, "TagResource", one).await;
    let two = json!({"ResourceArn": arn, "TagKeys": ["k1", "k2"]});
    ok(&test, "UntagResource", two).await;
    assert_eq!(tags().await, json!([{"Key": "k5"}]));
    let many: Vec<Value> = (0..50)
        .map(|n| json!({"Key": format!("n{n}"), "Value": "v"}))
        .collect();
    let text = "contains too many Tags";
    let all = with(json!(many));
    let name = "TooManyTagsException";
    refused(&test, "AddTagsToCertificate", all, name, text).await;
    let all = json!({"ResourceArn": arn, "Tags": many});
    let name = "ServiceQuotaExceededException";
    refused(&test, "TagResource", all, name, text).await;
    for operation in ["AddTagsToCertificate", "RemoveTagsFromCertificate"] {
        let own = with(json!([{"Key": "AWS:x"}]));
        refused(&test, operation, own, WRONG, "AWS internal tags").await;
    }
}

#[tokio::test]
async fn a_domain_configuration_says_how_it_stands_with_its_certificate() {
    let test = TestApp::new().await;
    let arn = import(&test, &["iot.example.com"]).await;
    let line = "POST /domainConfigurations/fleet";
    let other = json!({"domainName": "other.example.com", "serverCertificateArns": [arn]});
    let refusal = test.iot(line, other).await;
    let text = refusal.refused("CertificateValidationException");
    let end = "is for iot.example.com, and not for other.example.com";
    assert!(text.ends_with(end), "{text}");
    let right = json!({"domainName": "iot.example.com", "serverCertificateArns": [arn]});
    let domain = test.iot(line, right).await.ok();
    let certificate = async || {
        let line = "GET /domainConfigurations/fleet";
        let told = test.iot(line, Value::Null).await.ok();
        told["serverCertificates"][0].clone()
    };
    let valid = json!({"serverCertificateArn": arn, "serverCertificateStatus": "VALID"});
    assert_eq!(certificate().await, valid);
    let of = json!({"CertificateArn": arn});
    let used = ok(&test, "DescribeCertificate", of.clone()).await;
    let users = json!([domain["domainConfigurationArn"]]);
    assert_eq!(used["Certificate"]["InUseBy"], users);
    let text = format!("Certificate {arn} in account 123456789012 is in use.");
    let name = "ResourceInUseException";
    refused(&test, "DeleteCertificate", of, name, &text).await;
    // Another name is in it now.
    let mut again = body(&made(&["new.example.com"], &ec(), &[]));
    again["CertificateArn"] = arn.clone().into();
    ok(&test, "ImportCertificate", again).await;
    let now = certificate().await;
    assert_eq!(now["serverCertificateStatus"], "INVALID");
    let why = "The certificate is for new.example.com, and not for iot.example.com";
    assert_eq!(now["serverCertificateStatusDetail"], why);
}

#[tokio::test]
async fn a_private_key_is_kept_sealed_and_told_nobody() {
    let test = TestApp::new().await;
    let brought = made(&["a.example"], &ec(), &[]);
    let answer = ok(&test, "ImportCertificate", body(&brought)).await;
    let arn = answer["CertificateArn"].as_str().expect("an ARN");
    let id = arn.rsplit('/').next().expect("an id").to_owned();
    let row = test.app.kernel.store.read(|conn| conn.acm_certificate(&id));
    let row = row.await.expect("readable").expect("a row");
    let secret = brought.1.lines().nth(1).expect("a line").as_bytes();
    assert!(!row.sealed_key.windows(8).any(|part| part == &secret[..8]));
    let logged = test
        .app
        .audit()
        .read(Position::default())
        .expect("readable")
        .0;
    let logged = serde_json::to_string(&logged).expect("JSON");
    assert!(logged.contains("ImportCertificate"), "{logged}");
    assert!(!logged.contains("PrivateKey"), "{logged}");
}
