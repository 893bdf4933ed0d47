//! What devices are answered, what comes to exist, and what is on record of it.

mod children;

use super::{Answer, Asker};
use crate::app::admission::explain::Subject;
use crate::testing::{Outcome, TestApp, answered, crashed, key};
use nameplate_core::cbor;
use nameplate_core::ctx::Millis;
use serde_json::{Value, json};

const CREATE: &str = "$aws/certificates/create/json";
const FROM_CSR: &str = "$aws/certificates/create-from-csr/json";
const PROVISION: &str = "$aws/provisioning-templates/fleet/provision/json";
const CLAIM: &str = "11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa";
const ROLE: &str = "arn:aws:iam::123456789012:role/fleet";
const SPENT: &str = "The certificate ownership token was used before, or its certificate is gone.";

fn body(extra: &Value) -> Value {
    let mut body = json!({
        "Parameters": {"SerialNumber": {"Type": "String"}, "AWS::IoT::Certificate::Id": {"Type": "String"}},
        "Resources": {
            "thing": {"Type": "AWS::IoT::Thing", "Properties": {
                "ThingName": {"Fn::Join": ["", ["lamp-", {"Ref": "SerialNumber"}]]},
                "AttributePayload": {"serial": {"Ref": "SerialNumber"}}}},
            "certificate": {"Type": "AWS::IoT::Certificate", "Properties": {
                "CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}}},
            "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "device"}},
        },
    });
    for (name, value) in extra.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

struct World {
    test: TestApp,
}

impl World {
    /// A server with a role that may do this, and a template.
    async fn new(actions: &str, template: &Value) -> Self {
        use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
        let test = TestApp::new().await;
        let trust = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
        let may = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": actions, "Resource": "*"}]});
        let encoded =
            |of: &Value| utf8_percent_encode(&of.to_string(), NON_ALPHANUMERIC).to_string();
        for rest in [
            format!("CreateRole&AssumeRolePolicyDocument={}", encoded(&trust)),
            format!(
                "PutRolePolicy&PolicyName=p&PolicyDocument={}",
                encoded(&may)
            ),
        ] {
            let form = format!("Version=2010-05-08&RoleName=fleet&Action={rest}");
            test.call("iam", "POST /", &[], Value::String(form))
                .await
                .ok();
        }
        let policy = json!({"policyDocument": may.to_string()});
        test.iot("POST /policies/device", policy).await.ok();
        let mut new =
            json!({"templateName": "fleet", "provisioningRoleArn": ROLE, "enabled": true});
        new["templateBody"] = template.to_string().into();
        test.iot("POST /provisioning-templates", new).await.ok();
        Self { test }
    }

    async fn ready() -> Self {
        Self::new("iot:*", &body(&Value::Null)).await
    }

    async fn raw(&self, connection: u64, topic: &str, payload: &[u8]) -> Answer {
        let asker = Asker {
            principal: CLAIM,
            client_id: "lamp",
            source_ip: None,
            connection,
        };
        let answered = self
            .test
            .app
            .fleet_provisioning
            .answer(asker, topic, payload);
        answered.await.expect("the topic asks something")
    }

    /// The last level of the answer's topic, and the answer.
    async fn ask(&self, topic: &str, payload: &Value) -> (String, Value) {
        self.ask_over(1, topic, payload).await
    }

    async fn ask_over(&self, connection: u64, topic: &str, payload: &Value) -> (String, Value) {
        let answer = self
            .raw(connection, topic, payload.to_string().as_bytes())
            .await;
        let word = answer.topic.strip_prefix(topic).expect("below the topic");
        let document = serde_json::from_slice(&answer.payload).expect("JSON");
        (word.trim_start_matches('/').to_owned(), document)
    }

    #[track_caller]
    fn refused(answer: &(String, Value), status: u16, code: &str, message: &str) {
        let expected = json!({"statusCode": status, "errorCode": code, "errorMessage": message});
        assert_eq!(answer, &("rejected".to_owned(), expected));
    }

    /// A certificate for a new key, and the token that owns it.
    async fn certificate(&self, connection: u64) -> (String, String) {
        let csr = rcgen::CertificateParams::default().serialize_request(&key());
        let csr = csr.and_then(|csr| csr.pem()).expect("a request");
        let payload = json!({"certificateSigningRequest": csr});
        let (word, made) = self.ask_over(connection, FROM_CSR, &payload).await;
        assert_eq!(word, "accepted", "{made}");
        let text = |name: &str| made[name].as_str().expect("text").to_owned();
        assert!(made.get("privateKey").is_none(), "{made}");
        (text("certificateId"), text("certificateOwnershipToken"))
    }

    async fn status(&self, id: &str) -> Value {
        let described = self
            .test
            .iot(&format!("GET /certificates/{id}"), Value::Null)
            .await;
        match described.status {
            200 => described.body["certificateDescription"]["status"].clone(),
            _ => Value::Null,
        }
    }

    /// Code, reason and plan of the newest record about a subject.
    async fn record(&self, of: &str) -> Value {
        let admission = &self.test.app.admission;
        let found = admission.explain(&Subject::parse(of), 1).await;
        let found = found.expect("the store answers");
        let newest = found.first().expect("there is a record");
        serde_json::from_str(&newest.text).expect("JSON")
    }
}

fn register(token: &str, serial: &str) -> Value {
    json!({"certificateOwnershipToken": token, "parameters": {"SerialNumber": serial}})
}

#[tokio::test]
async fn a_device_gets_keys_and_is_registered() {
    let world = World::new(
        "iot:*",
        &body(&json!({"DeviceConfiguration": {"interval": 60}})),
    )
    .await;
    let (word, made) = world.ask(CREATE, &json!({})).await;
    assert_eq!(word, "accepted");
    let text = |name: &str| made[name].as_str().expect("text");
    assert!(text("privateKey").starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    assert!(text("certificatePem").starts_with("-----BEGIN CERTIFICATE-----\n"));
    let (id, token) = (text("certificateId"), text("certificateOwnershipToken"));
    assert!(token.len() <= 512);
    assert_eq!(world.status(id).await, "PENDING_ACTIVATION");
    assert_eq!(world.record(id).await["code"], "fleet-keys-created");

    let answer = world.ask(PROVISION, &register(token, "7")).await;
    let expected = json!({"deviceConfiguration": {"interval": 60}, "thingName": "lamp-7"});
    assert_eq!(answer, ("accepted".to_owned(), expected));
    assert_eq!(world.status(id).await, "ACTIVE");
    let thing = world.test.iot("GET /things/lamp-7", Value::Null).await.ok();
    assert_eq!(thing["attributes"]["serial"], "7");
    let principals = world
        .test
        .iot("GET /things/lamp-7/principals", Value::Null)
        .await
        .ok();
    assert_eq!(
        principals["principals"][0]
            .as_str()
            .map(|arn| arn.ends_with(id)),
        Some(true)
    );

    let record = world.record("lamp-7").await;
    assert_eq!(record["code"], "fleet-provisioned");
    assert_eq!(record["template"], "fleet@1");
    assert_eq!(record["claimCertificateId"], CLAIM);
    assert!(
        record["plan"]
            .as_array()
            .is_some_and(|plan| plan.len() >= 4),
        "{record}"
    );
    for secret in [token, text("privateKey")] {
        assert!(!record.to_string().contains(secret));
    }
    // A token is good once.
    let again = world.ask(PROVISION, &register(token, "8")).await;
    World::refused(&again, 400, "InvalidCertificateOwnershipToken", SPENT);
}

#[tokio::test]
async fn cbor_is_answered_in_cbor() {
    let world = World::ready().await;
    let answer = world.raw(1, "$aws/certificates/create/cbor", b"").await;
    assert_eq!(answer.topic, "$aws/certificates/create/cbor/accepted");
    let made = cbor::decode(&answer.payload).expect("CBOR");
    let mut payload = Vec::new();
    let token = made["certificateOwnershipToken"].as_str().expect("text");
    cbor::encode(&register(token, "1"), &mut payload);
    let topic = "$aws/provisioning-templates/fleet/provision/cbor";
    let answer = world.raw(1, topic, &payload).await;
    assert_eq!(answer.topic, format!("{topic}/accepted"));
    let expected = json!({"deviceConfiguration": {}, "thingName": "lamp-1"});
    assert_eq!(cbor::decode(&answer.payload), Ok(expected));
    let answer = world.raw(1, topic, &vec![0x9f; 100_000]).await;
    assert_eq!(answer.topic, format!("{topic}/rejected"));
    let refused = cbor::decode(&answer.payload).expect("CBOR");
    assert_eq!(refused["errorCode"], "InvalidPayload");
}

#[tokio::test]
async fn tokens_are_for_one_connection_and_one_use() {
    let world = World::ready().await;
    let (id, token) = world.certificate(1).await;
    let invalid = "InvalidCertificateOwnershipToken";
    let other = world.ask_over(2, PROVISION, &register(&token, "1")).await;
    let why = "The certificate ownership token was given to another connection.";
    World::refused(&other, 400, invalid, why);
    assert_eq!(world.record("lamp").await["code"], "fleet-token");
    let empty = world.ask(PROVISION, &json!({})).await;
    World::refused(
        &empty,
        400,
        invalid,
        "Certificate ownership token cannot be empty.",
    );
    let first = if token.starts_with('A') { "B" } else { "A" };
    let changed = format!("{first}{}", &token[1..]);
    let foreign = world.ask(PROVISION, &register(&changed, "1")).await;
    let why = "The certificate ownership token is not one of this server's.";
    World::refused(&foreign, 400, invalid, why);
    // None of this used the right one up, and neither does a template that cannot be carried out.
    let missing = json!({"certificateOwnershipToken": token});
    let (word, refused) = world.ask(PROVISION, &missing).await;
    assert_eq!(
        (word.as_str(), &refused["errorCode"]),
        ("rejected", &json!("InvalidParameters"))
    );
    assert_eq!(world.status(&id).await, "PENDING_ACTIVATION");
    assert_eq!(
        world.ask(PROVISION, &register(&token, "1")).await.0,
        "accepted"
    );
    let spent = world.ask(PROVISION, &register(&token, "1")).await;
    World::refused(&spent, 400, invalid, SPENT);
}

#[tokio::test]
async fn two_requests_with_one_token_register_once() {
    let world = World::ready().await;
    let (_, token) = world.certificate(1).await;
    let (a, b) = (register(&token, "1"), register(&token, "2"));
    let (one, other) = tokio::join!(world.ask(PROVISION, &a), world.ask(PROVISION, &b));
    let accepted = [&one, &other]
        .iter()
        .filter(|answer| answer.0 == "accepted")
        .count();
    assert_eq!(accepted, 1, "{one:?} {other:?}");
    let things = world.test.iot("GET /things", Value::Null).await.ok();
    assert_eq!(things["things"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn nobody_is_registered_after_the_hour() {
    let world = World::ready().await;
    let (gone, token) = world.certificate(1).await;
    let (attached, _) = world.certificate(1).await;
    let (active, _) = world.certificate(1).await;
    let target = json!({"target": format!("{}cert/{attached}", crate::testing::ARN)});
    world
        .test
        .iot("PUT /target-policies/device", target)
        .await
        .ok();
    let line = format!("PUT /certificates/{active}?newStatus=ACTIVE");
    world.test.iot(&line, Value::Null).await.ok();
    let service = &world.test.app.fleet_provisioning;
    service.expire().await.expect("it commits");
    assert_eq!(
        world.status(&gone).await,
        "PENDING_ACTIVATION",
        "it is not time"
    );
    let passed = async |id: &str| {
        let hash: [u8; 32] = hex::decode(id).expect("hex").try_into().expect("32 bytes");
        let store = &world.test.app.kernel.store;
        let moved = store.tx("test", move |tx| {
            let entry = tx.certificate_entry(&hash)?.expect("it is there");
            tx.delete_pending_certificate(entry.key)?;
            tx.insert_pending_certificate(entry.key, Millis(0))?;
            Ok::<_, crate::app::Error>(())
        });
        moved.await.expect("it commits");
    };
    for id in [&gone, &attached, &active] {
        passed(id).await;
    }
    let late = world.ask(PROVISION, &register(&token, "1")).await;
    World::refused(&late, 400, "InvalidCertificateOwnershipToken", SPENT);
    service.expire().await.expect("it commits");
    assert_eq!(world.status(&gone).await, Value::Null);
    assert_eq!(world.status(&attached).await, "PENDING_ACTIVATION");
    assert_eq!(world.status(&active).await, "ACTIVE");
}

#[tokio::test]
async fn a_certificate_that_its_owner_deleted_is_gone() {
    let world = World::ready().await;
    let (id, token) = world.certificate(1).await;
    let deleted = world
        .test
        .iot(&format!("DELETE /certificates/{id}"), Value::Null)
        .await;
    deleted.ok();
    let answer = world.ask(PROVISION, &register(&token, "1")).await;
    World::refused(&answer, 400, "InvalidCertificateOwnershipToken", SPENT);
}

#[tokio::test]
async fn templates_that_cannot_be_used_say_so() {
    let world = World::ready().await;
    let (id, token) = world.certificate(1).await;
    let absent = world
        .ask(
            "$aws/provisioning-templates/none/provision/json",
            &register(&token, "1"),
        )
        .await;
    World::refused(
        &absent,
        404,
        "ResourceNotFound",
        "Unable to find template named none",
    );
    let jitp = json!({"templateName": "jitp", "type": "JITP", "provisioningRoleArn": ROLE,
        "templateBody": body(&json!({"Parameters": {
            "SerialNumber": {"Type": "String", "Default": "1"},
            "AWS::IoT::Certificate::Id": {"Type": "String"}}})).to_string()});
    world
        .test
        .iot("POST /provisioning-templates", jitp)
        .await
        .ok();
    let (_, other) = world
        .ask(
            "$aws/provisioning-templates/jitp/provision/json",
            &register(&token, "1"),
        )
        .await;
    assert_eq!(
        other["errorMessage"],
        "The template jitp is not of type FLEET_PROVISIONING"
    );
    let off = json!({"enabled": false});
    world
        .test
        .iot("PATCH /provisioning-templates/fleet", off)
        .await
        .ok();
    let disabled = world.ask(PROVISION, &register(&token, "1")).await;
    World::refused(
        &disabled,
        403,
        "AccessDenied",
        "The template fleet is not enabled",
    );
    assert_eq!(world.record(&id).await["code"], "fleet-template-disabled");
}

#[tokio::test]
async fn a_role_that_may_not_leaves_nothing_behind() {
    let world = World::new("iot:Describe*", &body(&Value::Null)).await;
    let (id, token) = world.certificate(1).await;
    let denied = world.ask(PROVISION, &register(&token, "1")).await;
    World::refused(
        &denied,
        403,
        "AccessDenied",
        "The device may not be provisioned.",
    );
    let record = world.record(&id).await;
    assert!(
        record["reason"]
            .as_str()
            .is_some_and(|why| why.contains("role/fleet")),
        "{record}"
    );
    assert_eq!(world.status(&id).await, "PENDING_ACTIVATION");
    let things = world.test.iot("GET /things", Value::Null).await.ok();
    assert_eq!(things["things"], json!([]));
}

#[tokio::test]
async fn another_things_attributes_are_a_conflict() {
    let world = World::ready().await;
    let thing = json!({"attributePayload": {"attributes": {"serial": "other"}}});
    world.test.iot("POST /things/lamp-1", thing).await.ok();
    let (_, token) = world.certificate(1).await;
    let (word, refused) = world.ask(PROVISION, &register(&token, "1")).await;
    assert_eq!(
        (word.as_str(), &refused["statusCode"]),
        ("rejected", &json!(409))
    );
}

#[tokio::test]
async fn what_only_the_service_says_is_not_taken_from_a_device() {
    let world = World::ready().await;
    let (id, token) = world.certificate(1).await;
    let (victim, _) = world.certificate(1).await;
    let payload = json!({"certificateOwnershipToken": token,
        "parameters": {"SerialNumber": "1", "AWS::IoT::Certificate::Id": victim}});
    assert_eq!(world.ask(PROVISION, &payload).await.0, "accepted");
    assert_eq!(world.status(&id).await, "ACTIVE");
    assert_eq!(world.status(&victim).await, "PENDING_ACTIVATION");
}

#[tokio::test]
async fn signing_requests_that_are_none_are_refused() {
    let world = World::ready().await;
    for csr in [
        "",
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
    ] {
        let (word, refused) = world
            .ask(FROM_CSR, &json!({"certificateSigningRequest": csr}))
            .await;
        assert_eq!(word, "rejected");
        assert_eq!(
            refused["errorCode"], "InvalidCertificateSigningRequest",
            "{refused}"
        );
    }
    let certificates = world.test.iot("GET /certificates", Value::Null).await.ok();
    assert_eq!(certificates["certificates"], json!([]));
}

/// A world whose template asks a function that does this.
async fn hooked(answer: impl Fn(Value) -> Outcome + Send + Sync + 'static) -> World {
    let world = World::ready().await;
    let function = world.test.function("hook", answer).await;
    let hook =
        json!({"preProvisioningHook": {"targetArn": function, "payloadVersion": "2020-04-01"}});
    let line = "PATCH /provisioning-templates/fleet";
    world.test.iot(line, hook).await.ok();
    world
}

#[tokio::test]
async fn a_hook_sees_the_device_and_has_the_last_word_on_its_parameters() {
    let world = hooked(|event| {
        assert_eq!(event["claimCertificateId"], CLAIM);
        assert_eq!(event["clientId"], "lamp");
        assert_eq!(event["parameters"], json!({"SerialNumber": "1"}));
        let arn = format!("{}provisioningtemplate/fleet", crate::testing::ARN);
        assert_eq!(event["templateArn"], arn);
        let pem = event["certificatePem"].as_str().unwrap_or_default();
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"));
        let overrides = json!({"SerialNumber": format!("{}-checked", 1)});
        let answer = json!({"allowProvisioning": true, "parameterOverrides": overrides});
        answered(answer.to_string())
    })
    .await;
    let (id, token) = world.certificate(1).await;
    let answer = world.ask(PROVISION, &register(&token, "1")).await;
    let expected = json!({"deviceConfiguration": {}, "thingName": "lamp-1-checked"});
    assert_eq!(answer, ("accepted".to_owned(), expected));
    let stages = world.record(&id).await["stages"].to_string();
    assert!(stages.contains("hook"), "{stages}");
}

#[tokio::test]
async fn a_hook_that_does_not_say_yes_provisions_nobody() {
    let says = |event: Value| match event["parameters"]["SerialNumber"].as_str() {
        Some("no") => answered(r#"{"allowProvisioning": false}"#),
        Some("garbage") => answered("[]"),
        _ => crashed("not on the list", "looking"),
    };
    let world = hooked(says).await;
    let (id, token) = world.certificate(1).await;
    for (serial, code) in [
        ("no", "hook-denied"),
        ("garbage", "hook-answer"),
        ("crash", "hook-failed"),
    ] {
        let denied = world.ask(PROVISION, &register(&token, serial)).await;
        let why = "The device may not be provisioned.";
        World::refused(&denied, 403, "AccessDenied", why);
        assert_eq!(world.record(&id).await["code"], code);
    }
    assert_eq!(world.status(&id).await, "PENDING_ACTIVATION");
    let things = world.test.iot("GET /things", Value::Null).await.ok();
    assert_eq!(things["things"], json!([]));
}

/// A signing request, and a certificate that a CA elsewhere may have made for it.
fn signed_elsewhere(name: &str) -> (String, String) {
    let mut params = rcgen::CertificateParams::default();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2040, 1, 1);
    let key = key();
    let csr = params.serialize_request(&key).and_then(|csr| csr.pem());
    let certificate = params.self_signed(&key).expect("a certificate");
    (csr.expect("a request"), certificate.pem())
}

const PROVIDER: &str = "/certificate-providers/own";

#[tokio::test]
async fn a_certificate_provider_signs_what_devices_ask_for() {
    let world = World::ready().await;
    let (csr, pem) = signed_elsewhere("lamp");
    let (other, _) = signed_elsewhere("lamp");
    let answer = json!({"certificatePem": pem}).to_string();
    let expected = csr.clone();
    let function = world
        .test
        .function("signer", move |event| {
            assert_eq!(event["principalId"], CLAIM);
            assert_eq!(event["clientId"], "lamp");
            match event["certificateSigningRequest"] == expected.as_str() {
                true => answered(answer.clone()),
                false => answered(r#"{"certificatePem": "none"}"#),
            }
        })
        .await;
    let new = json!({"lambdaFunctionArn": function, "accountDefaultForOperations": ["CreateCertificateFromCsr"]});
    let line = format!("POST {PROVIDER}");
    let made = world.test.iot(&line, new.clone()).await.ok();
    let arn = format!("{}certificateprovider/own", crate::testing::ARN);
    assert_eq!(made["certificateProviderArn"], arn);
    let ask = async |csr: &str| {
        world
            .ask(FROM_CSR, &json!({"certificateSigningRequest": csr}))
            .await
    };
    let (word, made) = ask(&csr).await;
    assert_eq!(word, "accepted", "{made}");
    assert_eq!(
        made["certificatePem"].as_str().map(str::trim),
        Some(pem.trim())
    );
    let id = made["certificateId"].as_str().expect("text");
    assert_eq!(world.status(id).await, "PENDING_ACTIVATION");
    let told = "The certificate provider gave no certificate.";
    World::refused(&ask(&other).await, 403, "AccessDenied", told);
    assert_eq!(world.record("lamp").await["code"], "provider-answer");
    let (_, again) = ask(&csr).await;
    assert_eq!(again["errorCode"], "Conflict", "{again}");
    // Over HTTP the service's own CA signs as ever.
    let body = json!({"certificateSigningRequest": csr});
    let made = world.test.iot("POST /certificates", body).await.ok();
    assert_ne!(made["certificateId"], id);
    let gone = world
        .test
        .iot(&format!("DELETE {PROVIDER}"), Value::Null)
        .await;
    gone.ok();
    assert_eq!(ask(&other).await.0, "accepted");
}

#[tokio::test]
async fn an_account_has_one_certificate_provider() {
    let world = World::ready().await;
    let test = &world.test;
    let of = |function: &str| {
        let arn = format!("arn:aws:lambda:us-east-1:123456789012:function:{function}");
        json!({"lambdaFunctionArn": arn, "accountDefaultForOperations": ["CreateCertificateFromCsr"]})
    };
    let post = format!("POST {PROVIDER}");
    test.iot(&post, of("f")).await.ok();
    test.iot(&post, of("f")).await.ok();
    test.refused(&[
        (
            &post,
            of("g"),
            "ResourceAlreadyExistsException",
            "Certificate provider own already exists",
        ),
        (
            "POST /certificate-providers/second",
            of("f"),
            "LimitExceededException",
            "An account has at most 1 certificate provider",
        ),
        (
            "GET /certificate-providers/second",
            Value::Null,
            "ResourceNotFoundException",
            "Certificate provider second does not exist",
        ),
        (
            &format!("PUT {PROVIDER}"),
            json!({"lambdaFunctionArn": "nonsense"}),
            "InvalidRequestException",
            "lambdaFunctionArn \"nonsense\" is not the ARN of a Lambda function",
        ),
    ])
    .await;
    test.iot(&format!("PUT {PROVIDER}"), of("g")).await.ok();
    let described = test.iot(&format!("GET {PROVIDER}"), Value::Null).await.ok();
    assert_eq!(described["lambdaFunctionArn"], of("g")["lambdaFunctionArn"]);
    assert_eq!(
        described["accountDefaultForOperations"],
        json!(["CreateCertificateFromCsr"])
    );
    let listed = test
        .iot("GET /certificate-providers/", Value::Null)
        .await
        .ok();
    assert_eq!(
        listed["certificateProviders"][0]["certificateProviderName"],
        "own"
    );
    // The function does not exist, so nobody is given a certificate.
    let (csr, _) = signed_elsewhere("lamp");
    let (_, refused) = world
        .ask(FROM_CSR, &json!({"certificateSigningRequest": csr}))
        .await;
    assert_eq!(refused["statusCode"], 403);
    assert_eq!(world.record("lamp").await["code"], "provider-absent");
}

#[tokio::test]
async fn claims_are_for_templates_that_provision_fleets() {
    let world = World::ready().await;
    let test = &world.test;
    let line = "POST /provisioning-templates/fleet/provisioning-claim";
    let claim = test.iot(line, Value::Null).await.ok();
    assert_eq!(
        claim["expiration"],
        (crate::testing::NOW.0 + 300_000) as f64 / 1000.0
    );
    let id = claim["certificateId"].as_str().expect("text");
    test.iot(&format!("GET /certificates/{id}"), Value::Null)
        .await
        .refused("ResourceNotFoundException");
    let listed = test.iot("GET /certificates", Value::Null).await.ok();
    assert_eq!(listed["certificates"], json!([]));
    let off = json!({"enabled": false});
    test.iot("PATCH /provisioning-templates/fleet", off)
        .await
        .ok();
    test.refused(&[
        (
            line,
            Value::Null,
            "InvalidRequestException",
            "The template fleet is not enabled",
        ),
        (
            "POST /provisioning-templates/none/provisioning-claim",
            Value::Null,
            "ResourceNotFoundException",
            "Unable to find template named none",
        ),
    ])
    .await;
}

const RENEW: &str = "$nameplate/certificates/renew/json";

fn request_of(algorithm: &'static rcgen::SignatureAlgorithm, name: &str) -> Value {
    let key = rcgen::KeyPair::generate_for(algorithm).expect("a key");
    let mut params = rcgen::CertificateParams::default();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    let csr = params.serialize_request(&key).and_then(|csr| csr.pem());
    json!({"certificateSigningRequest": csr.expect("a request")})
}

impl World {
    async fn ask_as(&self, principal: &str, topic: &str, payload: &Value) -> (String, Value) {
        let asker = Asker {
            principal,
            client_id: "lamp",
            source_ip: None,
            connection: 1,
        };
        let payload = payload.to_string();
        let service = &self.test.app.fleet_provisioning;
        let answer = service.answer(asker, topic, payload.as_bytes()).await;
        let answer = answer.expect("the topic asks something");
        let word = answer.topic.strip_prefix(topic).expect("below the topic");
        let document = serde_json::from_slice(&answer.payload).expect("JSON");
        (word.trim_start_matches('/').to_owned(), document)
    }

    /// A device that is registered; its certificate's id.
    async fn registered(&self) -> String {
        let (id, token) = self.certificate(1).await;
        let answer = self.ask(PROVISION, &register(&token, "1")).await;
        assert_eq!(answer.0, "accepted");
        id
    }

    async fn principals(&self) -> Vec<String> {
        let line = "GET /things/lamp-1/principals";
        let answer = self.test.iot(line, Value::Null).await.ok();
        let all = answer["principals"].as_array().expect("a list").iter();
        let id = |arn: &Value| {
            arn.as_str()
                .unwrap_or_default()
                .rsplit('/')
                .next()
                .map(str::to_owned)
        };
        let mut all: Vec<String> = all.filter_map(id).collect();
        all.sort();
        all
    }
}

#[tokio::test]
async fn a_certificate_is_renewed_and_retired_once_its_successor_has_connected() {
    let world = World::ready().await;
    let old = world.registered().await;
    let request = request_of(&rcgen::PKCS_ECDSA_P256_SHA256, "somebody-else");
    let (word, unused) = world.ask_as(&old, RENEW, &request).await;
    assert_eq!(word, "accepted", "{unused}");
    let unused = unused["certificateId"].as_str().expect("text").to_owned();
    // Asked again, since the answer got lost: there is one successor.
    let request = request_of(&rcgen::PKCS_ECDSA_P256_SHA256, "somebody-else");
    let (_, made) = world.ask_as(&old, RENEW, &request).await;
    assert_eq!(world.status(&unused).await, Value::Null);
    let new = made["certificateId"].as_str().expect("text").to_owned();
    let subject = |pem: &str| {
        let certificate = nameplate_core::pki::Certificate::parse_pem(pem);
        certificate.expect("it is one").subject().to_string()
    };
    let described = world
        .test
        .iot(&format!("GET /certificates/{old}"), Value::Null)
        .await
        .ok();
    let before = described["certificateDescription"]["certificatePem"].as_str();
    let after = made["certificatePem"].as_str();
    assert_eq!(
        before.map(subject),
        after.map(subject),
        "it stays who it is"
    );
    assert_eq!(world.record(&new).await["code"], "certificate-renewed");

    let mut both = vec![old.clone(), new.clone()];
    both.sort();
    assert_eq!(world.principals().await, both);
    for id in &both {
        assert_eq!(world.status(id).await, "ACTIVE");
    }
    let test = world.test.restarted().await;
    let world = World { test };
    let service = &world.test.app.fleet_provisioning;
    let hash = |id: &str| hex::decode(id).expect("hex").try_into().expect("32 bytes");
    service.successors.connected(&hash(&old)).await;
    assert_eq!(world.principals().await, both, "the old one is not awaited");
    // Its connection may last: once the store is back, and not with the next one.
    let store = &world.test.app.kernel.store;
    store.fail_next("certificate-retire", nameplate_store::Failing::Away);
    service.successors.connected(&hash(&new)).await;
    while world.status(&old).await != "REVOKED" {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(world.principals().await, std::slice::from_ref(&new));
    let targets = world
        .test
        .iot("POST /policy-targets/device", Value::Null)
        .await
        .ok();
    let expected = json!([format!("{}cert/{new}", crate::testing::ARN)]);
    assert_eq!(targets["targets"], expected);
    // And on it goes.
    let request = request_of(&rcgen::PKCS_ECDSA_P256_SHA256, "");
    assert_eq!(world.ask_as(&new, RENEW, &request).await.0, "accepted");
    let (word, refused) = world.ask_as(&old, RENEW, &request).await;
    assert_eq!(
        (word.as_str(), &refused["statusCode"]),
        ("rejected", &json!(403))
    );
}

#[tokio::test]
async fn only_a_registered_device_renews_with_a_key_like_its_own() {
    let world = World::ready().await;
    let id = world.registered().await;
    let good = request_of(&rcgen::PKCS_ECDSA_P256_SHA256, "lamp");
    let other = request_of(&rcgen::PKCS_ECDSA_P384_SHA384, "lamp");
    let (_, refused) = world.ask_as(&id, RENEW, &other).await;
    assert_eq!(refused["errorCode"], "InvalidCertificateSigningRequest");
    assert_eq!(world.record(&id).await["code"], "renewal-key");
    let (pending, _) = world.certificate(1).await;
    let claim = world.test.certificate("claim").await;
    let claim = claim.rsplit('/').next().expect("an id");
    for who in [CLAIM, claim, pending.as_str(), "AIDAEXAMPLE"] {
        let (_, refused) = world.ask_as(who, RENEW, &good).await;
        assert_eq!(refused["errorCode"], "AccessDenied", "{who}");
    }
    let line = format!("PUT /certificates/{id}?newStatus=REVOKED");
    world.test.iot(&line, Value::Null).await.ok();
    let (_, refused) = world.ask_as(&id, RENEW, &good).await;
    assert_eq!(refused["statusCode"], 403);
}
