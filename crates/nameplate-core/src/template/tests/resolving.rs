//! What functions and values come to.

use super::*;

#[track_caller]
fn name_is(function: serde_json::Value, expected: &str) {
    let mut template: serde_json::Value = serde_json::from_str(&body(json!({
        "Mappings": {"Sites": {"DE": {"Group": "berlin"}}},
    })))
    .expect("JSON");
    template["Resources"]["thing"]["Properties"]["ThingName"] = function;
    let desired = resolved(&template.to_string()).expect("resolved");
    assert_eq!(desired.thing.expect("a thing").name, expected);
}

#[test]
fn functions_give_what_they_say() {
    name_is(json!({"Ref": "Serial"}), "SN-1");
    name_is(json!({"Ref": "Country"}), "DE");
    name_is(
        json!({"Fn::Join": ["", ["a", {"Ref": "Serial"}, "b"]]}),
        "aSN-1b",
    );
    name_is(json!({"Fn::Join": ["-", ["a", 1, true]]}), "a-1-true");
    name_is(
        json!({"Fn::Select": ["1", {"Fn::Split": ["-", {"Ref": "Serial"}]}]}),
        "1",
    );
    name_is(json!({"Fn::Select": [0, ["x", "y"]]}), "x");
    name_is(
        json!({"Fn::FindInMap": ["Sites", {"Ref": "Country"}, "Group"]}),
        "berlin",
    );
    name_is(json!({"Fn::Sub": "a-${Serial}-${Country}"}), "a-SN-1-DE");
    name_is(
        json!({"Fn::Sub": ["${x}-${Serial}", {"x": {"Ref": "Country"}}]}),
        "DE-SN-1",
    );
    name_is(
        json!({"Fn::Sub": "${AWS::Region}:${AWS::AccountId}:${AWS::Partition}"}),
        "us-east-1:123456789012:aws",
    );
    name_is(json!({"Ref": "policy"}), "Fleet");
    name_is(json!({"Ref": "certificate"}), ID);
    name_is(
        json!({"Fn::Join": ["", {"Fn::Split": ["S", {"Ref": "Serial"}]}]}),
        "N-1",
    );
}

#[test]
fn policy_variables_are_the_policys() {
    let document = r#"{"r":"${iot:Connection.Thing.ThingName}${aws:x}${cognito-identity.amazonaws.com:sub}${!Serial}${Serial}${*}"}"#;
    let desired = resolved(&body(resource(
        "policy",
        json!({"PolicyName": null, "PolicyDocument": {"Fn::Sub": document}}),
    )))
    .expect("resolved");
    assert_eq!(
        desired.policies[0].source,
        PolicySource::Document(
            r#"{"r":"${iot:Connection.Thing.ThingName}${aws:x}${cognito-identity.amazonaws.com:sub}${Serial}SN-1${*}"}"#.into()
        )
    );
}

#[test]
fn a_document_names_its_policy() {
    let name_of = |document: serde_json::Value| {
        let extra = resource(
            "policy",
            json!({"PolicyName": null, "PolicyDocument": document}),
        );
        resolved(&body(extra)).expect("resolved").policies[0].clone()
    };
    // The digests are those of `printf %s … | sha1sum`.
    let text = name_of(json!(r#"{ "a": 1 }"#));
    assert_eq!(text.name, "B9DBA726FB73CFECCDA66DF8DF4762EE60E9F4C8");
    assert_eq!(text.source, PolicySource::Document(r#"{ "a": 1 }"#.into()));
    let object = name_of(json!({"b": {"Ref": "Serial"}, "a": [1, true, null]}));
    assert_eq!(
        object.source,
        PolicySource::Document(r#"{"b":"SN-1","a":[1,true,null]}"#.into())
    );
    // Inside a string nothing is evaluated.
    let raw = r#"{"b":{"Ref":"Serial"}}"#;
    assert_eq!(
        name_of(json!(raw)).source,
        PolicySource::Document(raw.into())
    );
}

#[test]
fn values_meet_their_rules() {
    let thing = |properties: serde_json::Value| resource("thing", properties);
    let mut named: serde_json::Value = serde_json::from_str(&body(json!({}))).expect("JSON");
    named["Resources"]["thing"]["Properties"]["ThingName"] = json!("my device");
    let refusal = resolved(&named.to_string()).expect_err("refused");
    assert_eq!(
        refusal.to_string(),
        "thing, property ThingName: thing name \"my device\" does not match [a-zA-Z0-9:_-]+: the space is not allowed"
    );
    assert_eq!(
        refusal.pattern(),
        "thing, property ThingName: thing name … does not match [a-zA-Z0-9:_-]+"
    );
    unresolved(
        thing(json!({"AttributePayload": {"device type": "x"}})),
        "attribute-name-invalid",
        "attribute name \"device type\" does not match [a-zA-Z0-9_.,@/:#-]+",
    );
    unresolved(
        thing(json!({"AttributePayload": {"o": "Müller GmbH"}})),
        "attribute-value-invalid",
        "thing, property AttributePayload.o: attribute value \"Müller GmbH\"",
    );
    unresolved(
        thing(json!({"ThingTypeName": "a b"})),
        "thing-type-name-invalid",
        "thing, property ThingTypeName",
    );
    unresolved(
        thing(json!({"BillingGroup": "a b"})),
        "billing-group-name-invalid",
        "\"a b\"",
    );
    unresolved(
        thing(json!({"ThingGroups": ["a", "a b"]})),
        "thing-group-name-invalid",
        "\"a b\"",
    );
    unresolved(
        resource("policy", json!({"PolicyName": "a b"})),
        "policy-name-invalid",
        "policy, property PolicyName",
    );
    unresolved(
        resource("certificate", json!({"CertificateId": "x"})),
        "certificate-id-invalid",
        "certificate id \"x\" has 1 characters",
    );
    unresolved(
        resource("certificate", json!({"Status": {"Ref": "Serial"}})),
        "certificate-status-invalid",
        "must be ACTIVE or INACTIVE, and is \"SN-1\"",
    );
    let policy =
        |d: serde_json::Value| resource("policy", json!({"PolicyName": null, "PolicyDocument": d}));
    unresolved(
        policy(json!("[]")),
        "policy-document-invalid",
        "the document is not a JSON object",
    );
    unresolved(
        policy(json!({"a": "x".repeat(2050)})),
        "policy-document-invalid",
        "has 2058 characters without white space, and may have at most 2048",
    );
    assert!(resolved(&body(policy(json!({"a": " ".repeat(2050)})))).is_ok());
    unresolved(
        thing(json!({"ThingGroups": [{"Fn::Select": ["3", ["a"]]}]})),
        "select-out-of-bounds",
        "the index \"3\" for a list of length 1",
    );
    let extra = json!({
        "Mappings": {"Sites": {"FR": {}}},
        "Resources": {"thing": {"Properties": {"ThingTypeName": {"Fn::FindInMap": ["Sites", {"Ref": "Country"}, "Group"]}}}},
    });
    unresolved(
        extra,
        "mapping-key-missing",
        "the mapping \"Sites\" has no key \"DE\"",
    );
    unresolved(
        resource(
            "certificate",
            json!({"CertificateId": null, "CertificatePem": "nonsense"}),
        ),
        "certificate-pem-invalid",
        "the value is no certificate in PEM: no PEM block -----BEGIN CERTIFICATE-----",
    );
}

#[test]
fn a_pem_is_known_by_its_digest() {
    let certificate = rcgen::KeyPair::generate()
        .and_then(|key| rcgen::CertificateParams::default().self_signed(&key))
        .expect("a certificate");
    let pem = format!("subject=x\r\n{}", certificate.pem());
    let extra = json!({"CertificateId": null, "CertificatePem": pem});
    let desired = resolved(&body(resource("certificate", extra))).expect("resolved");
    let CertificateSource::Pem { id, .. } = desired.certificate.expect("a certificate").source
    else {
        panic!("a PEM")
    };
    use aws_lc_rs::digest::{SHA256, digest};
    assert_eq!(id, hex::encode(digest(&SHA256, certificate.der())));
}

#[test]
fn a_small_template_cannot_build_a_large_result() {
    // Each level multiplies the one before by twenty.
    let mut function = json!({"Ref": "Serial"});
    for _ in 0..6 {
        let refs = "${x}".repeat(20);
        function = json!({"Fn::Sub": [refs, {"x": function}]});
    }
    let extra = resource(
        "policy",
        json!({"PolicyName": null, "PolicyDocument": {"a": function}}),
    );
    unresolved(extra, "result-too-large", "more than 262144 bytes");
}

#[test]
fn names_may_be_chained_without_multiplying_work() {
    let mut resources = serde_json::Map::new();
    for i in 0..90 {
        let next = format!("{}", i + 1);
        resources.insert(
            i.to_string(),
            json!({"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": {"Ref": next}}}),
        );
    }
    resources.insert(
        "90".into(),
        json!({"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": {"Ref": "Serial"}}}),
    );
    let desired = resolved(&body(json!({"Resources": resources}))).expect("resolved");
    assert_eq!(desired.policies[0].name, "Fleet");
    assert_eq!(desired.policies[1].name, "SN-1");
}

#[test]
fn device_configuration_keeps_its_types() {
    let extra = json!({"DeviceConfiguration": {
        "url": {"Fn::Sub": "https://${Country}"}, "n": 1.5, "b": false, "l": [1, "x"], "s": {"Fn::Split": ["-", "a-b"]},
    }});
    let desired = resolved(&body(extra)).expect("resolved");
    assert_eq!(
        serde_json::Value::Object(desired.device_configuration),
        json!({"url": "https://DE", "n": 1.5, "b": false, "l": [1, "x"], "s": ["a", "b"]})
    );
}

#[test]
fn properties_come_through() {
    let extra = json!({"Resources": {
        "thing": {
            "Properties": {"AttributePayload": {"n": 7, "gone": "", "country": {"Ref": "Country"}}, "ThingTypeName": "T", "ThingGroups": ["g", {"Ref": "Country"}, "g"], "BillingGroup": "b", "PackageVersions": {"p": "1"}},
            "OverrideSettings": {"AttributePayload": "MERGE", "ThingTypeName": "REPLACE", "ThingGroups": "DO_NOTHING"},
        },
        "certificate": {"Properties": {"Status": "inActive", "ThingPrincipalType": "EXCLUSIVE_THING"}, "OverrideSettings": {"Status": "REPLACE"}},
    }});
    let desired = resolved(&body(extra)).expect("resolved");
    let thing = desired.thing.expect("a thing");
    assert_eq!(
        thing.attributes,
        Some(
            [("n", "7"), ("gone", ""), ("country", "DE")]
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .into()
        )
    );
    assert_eq!(thing.groups, Some(vec!["g".to_owned(), "DE".to_owned()]));
    assert_eq!(
        (thing.thing_type.as_deref(), thing.billing_group.as_deref()),
        (Some("T"), Some("b"))
    );
    assert_eq!(thing.package_versions, Some(json!({"p": "1"})));
    let certificate = desired.certificate.expect("a certificate");
    assert_eq!(
        certificate.status,
        Some(crate::registry::certificate::Status::Inactive)
    );
    assert_eq!(certificate.status_override, Some(Override::Replace));
}
