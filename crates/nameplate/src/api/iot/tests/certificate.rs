//! Device certificates as an SDK sees them.

use super::trial::{fixture, in_query, registered};
use crate::app::Error;
use crate::app::effects::Effect;
use crate::testing::{ARN, Ca, NOW, TestApp};
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::thing::PrincipalType;
use serde_json::{Value, json};

const REGISTER: &str = "POST /certificate/register";
const REGISTER_NO_CA: &str = "POST /certificate/register-no-ca";

fn id_of(body: &Value) -> String {
    let id = body["certificateId"].as_str().expect("an id");
    assert_eq!(body["certificateArn"], format!("{ARN}cert/{id}"));
    id.to_owned()
}

async fn described(test: &TestApp, id: &str) -> Value {
    let answer = test
        .iot(&format!("GET /certificates/{id}"), Value::Null)
        .await;
    answer.ok()["certificateDescription"].clone()
}

async fn created(test: &TestApp) -> String {
    let csr = json!({"certificateSigningRequest": fixture!("request_rsa.csr")});
    id_of(&test.iot("POST /certificates", csr).await.ok())
}

async fn set(test: &TestApp, id: &str, status: Status) {
    let hash = crate::app::registry::certificate::parse_id(id).expect("an id");
    test.app
        .kernel
        .store
        .tx("test-status", move |tx| {
            tx.set_certificate_status(&hash, status, NOW)?;
            Ok::<_, Error>(())
        })
        .await
        .expect("a status can be stored");
}

#[tokio::test]
async fn keys_come_with_a_certificate_once() {
    let test = TestApp::new().await;
    let line = "POST /keys-and-certificate?setAsActive=true";
    let body = test.iot(line, Value::Null).await.ok();
    let begins = |value: &Value, label: &str| {
        let text = value.as_str().expect("a PEM");
        assert!(text.starts_with(&format!("-----BEGIN {label}-----\n")));
        assert!(text.ends_with(&format!("-----END {label}-----\n")));
    };
    begins(&body["keyPair"]["PrivateKey"], "RSA PRIVATE KEY");
    begins(&body["keyPair"]["PublicKey"], "PUBLIC KEY");
    begins(&body["certificatePem"], "CERTIFICATE");
    let id = id_of(&body);
    let shown = described(&test, &id).await;
    assert_eq!(shown["certificatePem"], body["certificatePem"]);
    assert_eq!(shown["status"], "ACTIVE");
    assert_eq!(shown["ownedBy"], "123456789012");
    assert_eq!(shown["customerVersion"], 1);
    assert_eq!(shown["certificateMode"], "DEFAULT");
    assert_eq!(shown["creationDate"], 1_795_448_532.345);
    assert_eq!(shown["validity"]["notAfter"], 2_524_607_999.0);
    assert_eq!(shown.get("caCertificateId"), None);
    assert_eq!(shown["generationId"].as_str().map(str::len), Some(36));
}

#[tokio::test]
async fn a_signing_request_is_granted_as_often_as_it_comes() {
    let test = TestApp::new().await;
    let (first, second) = (created(&test).await, created(&test).await);
    assert_ne!(first, second);
    assert_eq!(described(&test, &first).await["status"], "INACTIVE");
}

#[tokio::test]
async fn an_unfit_signing_request_is_refused() {
    let test = TestApp::new().await;
    for (csr, reason) in [
        (fixture!("request_weak.csr"), "at least 2048 bits"),
        (fixture!("request_sha1.csr"), "SHA-256"),
        (fixture!("ca.pem"), "no PEM block"),
        ("nonsense", "no PEM block"),
    ] {
        let body = json!({"certificateSigningRequest": csr});
        let answer = test.iot("POST /certificates", body).await;
        let text = answer.refused("InvalidRequestException");
        assert!(text.starts_with("CSR violates constraints: "), "{text}");
        assert!(text.contains(reason), "{text}");
    }
}

#[tokio::test]
async fn a_certificate_follows_its_ca() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    let ca_id = registered(&test, &ca, "?setAsActive=true").await;
    let body = json!({"certificatePem": ca.sign("device"), "status": "ACTIVE"});
    let id = id_of(&test.iot(REGISTER, body.clone()).await.ok());
    let shown = described(&test, &id).await;
    assert_eq!(shown["caCertificateId"], ca_id);
    assert_eq!(shown["certificateMode"], "DEFAULT");
    assert_eq!(shown["status"], "ACTIVE");

    let again = test.iot(REGISTER, body).await;
    assert_eq!((again.status, &again.body["resourceId"]), (409, &json!(id)));
    assert_eq!(again.body["resourceArn"], format!("{ARN}cert/{id}"));
    assert_eq!(
        again.refused("ResourceAlreadyExistsException"),
        "The certificate is already provisioned or registered"
    );

    let only = Ca::new("sni");
    let body = json!({"caCertificate": only.pem(), "certificateMode": "SNI_ONLY"});
    test.iot("POST /cacertificate?setAsActive=true", body)
        .await
        .ok();
    let line = "POST /certificate/register?setAsActive=true";
    let body = json!({"certificatePem": only.sign("device")});
    let id = id_of(&test.iot(line, body).await.ok());
    let shown = described(&test, &id).await;
    assert_eq!(shown["certificateMode"], "SNI_ONLY");
    assert_eq!(shown["status"], "ACTIVE");
}

#[tokio::test]
async fn registration_is_refused_with_the_reason() {
    let test = TestApp::new().await;
    let (active, inactive, stranger) = (Ca::new("on"), Ca::new("off"), Ca::new("stranger"));
    let forger = Ca::new("on");
    registered(&test, &active, "?setAsActive=true").await;
    registered(&test, &inactive, "").await;
    let check = async |body: Value, name: &str, part: &str| {
        let text = test.iot(REGISTER, body).await.refused(name);
        assert!(text.contains(part), "{text}");
    };
    let pem = |pem: String| json!({"certificatePem": pem});
    check(
        pem(stranger.sign("d")),
        "CertificateStateException",
        "No CA certificate exists for the given certificate",
    )
    .await;
    check(
        pem(inactive.sign("d")),
        "CertificateStateException",
        "The CA certificate is not active",
    )
    .await;
    check(
        pem(forger.sign("d")),
        "CertificateValidationException",
        "none signed this certificate",
    )
    .await;
    check(
        pem(active.sign_expired("d")),
        "CertificateValidationException",
        "valid until 2021-01-01",
    )
    .await;
    for (text, part) in [
        (fixture!("weak_key.pem"), "RSA 1024"),
        (fixture!("sha1.pem"), "SHA-1"),
        ("nonsense", "certificatePem: no PEM block"),
    ] {
        check(pem(text.into()), "CertificateValidationException", part).await;
    }
    for (status, name, part) in [
        (
            "PENDING_ACTIVATION",
            "CertificateStateException",
            "Not allowed to register certificate with PENDING_ACTIVATION status",
        ),
        (
            "PENDING_TRANSFER",
            "CertificateStateException",
            "PENDING_TRANSFER",
        ),
        (
            "REGISTER_INACTIVE",
            "InvalidRequestException",
            "is deprecated",
        ),
    ] {
        let body = json!({"certificatePem": active.sign("d"), "status": status});
        check(body.clone(), name, part).await;
        let text = test.iot(REGISTER_NO_CA, body).await.refused(name);
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn one_of_several_cas_of_a_name_must_be_named() {
    let test = TestApp::new().await;
    let (first, second) = (Ca::new("twins"), Ca::new("twins"));
    registered(&test, &first, "?setAsActive=true").await;
    let second_id = registered(&test, &second, "?setAsActive=true").await;
    let device = second.sign("device");
    let answer = test.iot(REGISTER, json!({"certificatePem": device})).await;
    assert_eq!(answer.status, 409);
    answer.refused("CertificateConflictException");
    let named = |ca: &Ca| json!({"certificatePem": device, "caCertificatePem": ca.pem()});
    test.iot(REGISTER, named(&first))
        .await
        .refused("CertificateValidationException");
    let id = id_of(&test.iot(REGISTER, named(&second)).await.ok());
    assert_eq!(described(&test, &id).await["caCertificateId"], second_id);
}

#[tokio::test]
async fn without_a_ca_sni_is_needed() {
    let test = TestApp::new().await;
    let body = json!({"certificatePem": fixture!("self_signed.pem"), "status": "REVOKED"});
    let id = id_of(&test.iot(REGISTER_NO_CA, body.clone()).await.ok());
    let shown = described(&test, &id).await;
    assert_eq!(shown["certificateMode"], "SNI_ONLY");
    assert_eq!(shown["status"], "REVOKED");
    test.iot(REGISTER_NO_CA, body)
        .await
        .refused("ResourceAlreadyExistsException");
    let body = json!({"certificatePem": fixture!("weak_key.pem")});
    test.iot(REGISTER_NO_CA, body)
        .await
        .refused("CertificateValidationException");
}

#[tokio::test]
async fn statuses_change_where_they_may() {
    let test = TestApp::new().await;
    let id = created(&test).await;
    let update = async |id: &str, status: &str| {
        let line = format!("PUT /certificates/{id}?newStatus={status}");
        test.iot(&line, Value::Null).await
    };
    update(&id, "ACTIVE").await.ok();
    let shown = described(&test, &id).await;
    assert_eq!(
        (&shown["status"], &shown["customerVersion"]),
        (&json!("ACTIVE"), &json!(2))
    );
    update(&id, "ACTIVE").await.ok();
    assert_eq!(described(&test, &id).await, shown);
    for status in [
        "PENDING_ACTIVATION",
        "PENDING_TRANSFER",
        "REGISTER_INACTIVE",
    ] {
        update(&id, status).await.refused("InvalidRequestException");
    }
    set(&test, &id, Status::PendingActivation).await;
    update(&id, "ACTIVE").await.ok();
    update(&id, "REVOKED").await.ok();
    update(&id, "REVOKED").await.ok();
    let back = update(&id, "ACTIVE").await;
    assert_eq!(back.status, 406);
    let text = back.refused("CertificateStateException");
    assert!(text.contains("REVOKED, which cannot be undone"), "{text}");
    set(&test, &id, Status::PendingTransfer).await;
    update(&id, "INACTIVE")
        .await
        .refused("CertificateStateException");
    let absent = "0".repeat(64);
    assert_eq!(
        update(&absent, "ACTIVE")
            .await
            .refused("ResourceNotFoundException"),
        format!("CertificateId {absent} does not exist")
    );
}

#[tokio::test]
async fn open_connections_hear_of_a_change() {
    let test = TestApp::new().await;
    let arn = test.certificate("device").await;
    let id = arn.rsplit('/').next().expect("an id");
    while test.effect().is_some() {}
    let line = format!("PUT /certificates/{id}?newStatus=INACTIVE");
    test.iot(&line, Value::Null).await.ok();
    let hash = crate::app::registry::certificate::parse_id(id).expect("an id");
    assert_eq!(test.effect(), Some(Effect::Certificate(hash)));
}

#[tokio::test]
async fn ids_are_read_in_either_case() {
    let test = TestApp::new().await;
    let id = created(&test).await;
    assert_eq!(
        described(&test, &id.to_uppercase()).await["certificateId"],
        id
    );
    let short = format!("GET /certificates/0x{}", &id[2..]);
    test.iot(&short, Value::Null)
        .await
        .refused("InvalidRequestException");
}

#[tokio::test]
async fn what_is_in_use_is_not_deleted() {
    let test = TestApp::new().await;
    let id = created(&test).await;
    let hash = crate::app::registry::certificate::parse_id(&id).expect("an id");
    let delete = async |query: &str| {
        let line = format!("DELETE /certificates/{id}{query}");
        test.iot(&line, Value::Null).await
    };
    let thing = test
        .app
        .kernel
        .store
        .tx("test-attach", move |tx| {
            let entry = tx.certificate_entry(&hash)?.expect("it was created");
            let thing = tx.insert_thing("lamp", "id", None, None, &Default::default())?;
            let policy = tx.insert_policy("p", "{}", NOW)?;
            tx.attach_thing(entry.key, &hash, thing, PrincipalType::NonExclusive)?;
            tx.attach_policy(policy, entry.key, &hash)?;
            Ok::<_, Error>(thing)
        })
        .await
        .expect("they can be stored");
    for status in [Status::Active, Status::PendingTransfer] {
        set(&test, &id, status).await;
        let answer = delete("?forceDelete=true").await;
        assert_eq!(answer.status, 406);
        let text = answer.refused("CertificateStateException");
        assert!(text.ends_with(&format!("before deletion. Id: {id}")));
    }
    set(&test, &id, Status::PendingActivation).await;
    assert_eq!(
        delete("?forceDelete=true")
            .await
            .refused("DeleteConflictException"),
        format!("Things must be detached before deletion (arn: {ARN}cert/{id})")
    );
    test.app
        .kernel
        .store
        .tx("test-detach", move |tx| {
            let entry = tx.certificate_entry(&hash)?.expect("it was created");
            tx.detach_thing(entry.key, &hash, thing)?;
            Ok::<_, Error>(())
        })
        .await
        .expect("it can be detached");
    assert_eq!(
        delete("").await.refused("DeleteConflictException"),
        format!("Certificate policies must be detached before deletion (arn: {ARN}cert/{id})")
    );
    delete("?forceDelete=true").await.ok();
    delete("").await.refused("ResourceNotFoundException");
    let policy_free = test
        .app
        .kernel
        .store
        .read(|conn| {
            let policy = conn.policy("p")?.expect("it was stored");
            Ok::<_, Error>(!conn.policy_in_use(policy.key)?)
        })
        .await;
    assert!(policy_free.expect("it can be read"));
}

#[tokio::test]
async fn lists_begin_with_the_newest_and_go_on() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    let ca_id = registered(&test, &ca, "?setAsActive=true").await;
    let mut ids = vec![created(&test).await];
    for number in 0..3 {
        let body = json!({"certificatePem": ca.sign(&number.to_string())});
        ids.push(id_of(&test.iot(REGISTER, body).await.ok()));
    }
    let pages = async |path: &str, query: &str| {
        let mut found = Vec::new();
        let mut marker = String::new();
        loop {
            let line = format!("GET {path}?pageSize=2{query}{marker}");
            let body = test.iot(&line, Value::Null).await.ok();
            let items = body["certificates"].as_array().expect("a list");
            found.extend(items.iter().map(id_of));
            match body.get("nextMarker") {
                Some(next) => {
                    let next = next.as_str().expect("a marker");
                    let next = in_query(next);
                    marker = format!("&marker={next}");
                }
                None => return found,
            }
        }
    };
    let rising = "&isAscendingOrder=true";
    assert_eq!(pages("/certificates", rising).await, ids);
    let of_ca = format!("/certificates-by-ca/{ca_id}");
    assert_eq!(pages(&of_ca, rising).await, ids[1..]);
    ids.reverse();
    assert_eq!(pages("/certificates", "").await, ids);
    assert_eq!(pages(&of_ca, "").await, ids[..3]);
    let nobody = format!("/certificates-by-ca/{}", "0".repeat(64));
    assert_eq!(pages(&nobody, "").await, Vec::<String>::new());
    let forged = "GET /certificates?marker=Zm9yZ2Vk";
    test.iot(forged, Value::Null)
        .await
        .refused("InvalidRequestException");
}
