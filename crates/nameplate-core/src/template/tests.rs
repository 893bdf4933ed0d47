//! Templates as users write them: AWS's examples, the known traps, and any text at all.

use super::*;
use crate::arn::Realm;
use proptest::prelude::*;
use serde_json::json;

/// A template with a thing that is named by the certificate, and whatever else a case is about.
fn body(extra: serde_json::Value) -> String {
    let mut body = json!({
        "Parameters": {
            "AWS::IoT::Certificate::Id": {"Type": "String"},
            "Country": {"Type": "String", "Default": "DE"},
            "Serial": {"Type": "String"},
        },
        "Resources": {
            "thing": {
                "Type": "AWS::IoT::Thing",
                "Properties": {"ThingName": {"Ref": "AWS::IoT::Certificate::Id"}},
            },
            "certificate": {
                "Type": "AWS::IoT::Certificate",
                "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}},
            },
            "policy": {
                "Type": "AWS::IoT::Policy",
                "Properties": {"PolicyName": "Fleet"},
            },
        },
    });
    merge(&mut body, extra);
    body.to_string()
}

/// Overlays `extra`; null removes a key.
fn merge(base: &mut serde_json::Value, extra: serde_json::Value) {
    match (base, extra) {
        (serde_json::Value::Object(base), serde_json::Value::Object(extra)) => {
            for (key, value) in extra {
                if value.is_null() {
                    base.remove(&key);
                } else {
                    merge(base.entry(key).or_insert(serde_json::Value::Null), value);
                }
            }
        }
        (base, extra) => *base = extra,
    }
}

/// Properties and settings of one resource of `body`.
fn resource(name: &str, properties: serde_json::Value) -> serde_json::Value {
    json!({"Resources": {name: {"Properties": properties}}})
}

fn realm() -> Realm {
    Realm {
        account: "123456789012".into(),
        region: "us-east-1".into(),
    }
}

const ID: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn parameters() -> Parameters {
    Parameters::from_caller([
        ("AWS::IoT::Certificate::Id".to_owned(), ID.to_owned()),
        ("Serial".to_owned(), "SN-1".to_owned()),
    ])
}

fn resolved(body: &str) -> Result<Desired, Refusal> {
    Template::parse(body, TemplateKind::RegisterThing)
        .expect("a valid template")
        .resolve(&parameters(), &Environment::new(&realm()))
}

/// The template is refused, with a text that begins as AWS's does and holds `expected`.
#[track_caller]
fn refused(kind: TemplateKind, body: &str, expected: &str) {
    let error = Template::parse(body, kind).expect_err(body).to_string();
    assert!(
        error.starts_with("Invalid registration template. ") && error.contains(expected),
        "expected {expected:?}\n     got {error:?}"
    );
}

#[track_caller]
fn refused_with(extra: serde_json::Value, expected: &str) {
    refused(TemplateKind::RegisterThing, &body(extra), expected);
}

/// The template is accepted, with exactly these warnings (parts of their texts).
#[track_caller]
fn warned(kind: TemplateKind, body: &str, expected: &[&str]) {
    let template = Template::parse(body, kind).expect(body);
    let texts: Vec<String> = template
        .warnings()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(texts.len(), expected.len(), "{texts:#?}");
    for part in expected {
        assert!(
            texts.iter().any(|t| t.contains(part)),
            "{part:?} in {texts:#?}"
        );
    }
}

/// The device is refused with this code and a text that holds `expected`.
#[track_caller]
fn unresolved(extra: serde_json::Value, code: &str, expected: &str) {
    let refusal = resolved(&body(extra)).expect_err("refused");
    assert_eq!(refusal.code(), code, "{refusal}");
    assert!(
        refusal.to_string().contains(expected),
        "expected {expected:?}\n     got {:?}",
        refusal.to_string()
    );
}

mod saving {
    use super::*;

    #[test]
    fn what_arrives_must_be_one_json_object() {
        use TemplateKind::RegisterThing as R;
        let twice = serde_json::to_string(&body(json!({}))).expect("a string");
        refused(R, &twice, "encoded twice");
        refused(R, "\"x\"", "must be a JSON object, and is a string");
        refused(R, "[]", "must be a JSON object, and is a list");
        refused(R, "{", "(line 1, column 2)");
        refused(
            R,
            "{\"Resources\": {\n \"a\": 1, \"a\": 2}}",
            "The key \"a\" stands twice in one object. (line 2, column 10)",
        );
        refused(R, "{\"a\0\": 1}", "NUL");
        refused(
            R,
            &" ".repeat(10_241),
            "The body has 10241 characters, and may have at most 10240.",
        );
        refused(
            R,
            &format!("{{\"Resources\": {}", "[".repeat(40)),
            "nests deeper than 32 levels",
        );
        let crlf = format!("\u{feff}{}", body(json!({})).replace(',', ",\r\n"));
        assert!(Template::parse(&crlf, R).is_ok());
    }

    #[test]
    fn sections_are_known() {
        refused_with(
            json!({"Mapping": {}}),
            "There is no section \"Mapping\". Did you mean \"Mappings\"? (line 1",
        );
        refused_with(
            json!({"Outputs": {}}),
            "There are Parameters, Resources, Mappings, DeviceConfiguration.",
        );
        refused_with(
            json!({"templateBody": "{}"}),
            "looks like a registration config",
        );
        refused_with(json!({"Resources": null}), "no Resources section");
        refused(
            TemplateKind::Jitp,
            r#"{"Resources": {}}"#,
            "Resources is empty",
        );
        refused(
            TemplateKind::Jitp,
            r#"{"Resources": []}"#,
            "Resources: must be an object, and is a list",
        );
        assert!(
            Template::parse(
                &body(json!({"AWSTemplateFormatVersion": "2010-09-09", "Description": "x"})),
                TemplateKind::Jitp
            )
            .is_ok()
        );
    }

    #[test]
    fn parameters_are_strings() {
        refused_with(
            json!({"Parameters": {"Country": {"Type": "Number"}}}),
            "Parameters, property Country: Type must be \"String\", and is \"Number\".",
        );
        refused_with(
            json!({"Parameters": {"Country": {"Type": null}}}),
            "Type is missing",
        );
        refused_with(
            json!({"Parameters": {"Country": {"Default": 1}}}),
            "Default must be a string, and is a number",
        );
        refused_with(
            json!({"Parameters": {"Country": {"default": "x"}}}),
            "no \"default\"; did you mean \"Default\"?",
        );
        refused_with(
            json!({"Parameters": {"Country": "String"}}),
            "must be an object, and is a string",
        );
        refused_with(
            json!({"Parameters": {"AWS::IoT::Certificate::CommonNam": {"Type": "String"}}}),
            "no value is supplied under this name; did you mean \"AWS::IoT::Certificate::CommonName\"?",
        );
    }

    #[test]
    fn resources_have_known_types_and_properties() {
        let type_of = |t: &str| json!({"Resources": {"thing": {"Type": t}}});
        refused_with(
            type_of("AWS::IoT::Things"),
            "thing: there is no resource type \"AWS::IoT::Things\"; did you mean \"AWS::IoT::Thing\"?",
        );
        refused_with(
            json!({"Resources": {"thing": {"Type": null}}}),
            "Type is missing",
        );
        refused_with(
            json!({"Resources": {"thing": {"Metadata": {}}}}),
            "no \"Metadata\"",
        );
        refused_with(
            json!({"Resources": {"thing": {"Properties": null}}}),
            "Properties of a resource cannot be null.",
        );
        refused_with(
            resource("thing", json!({"thingName": "x"})),
            "AWS::IoT::Thing has no property \"thingName\"; did you mean \"ThingName\"?",
        );
        refused_with(
            resource("thing", json!({"ThingName": null})),
            "thing, property ThingName: is missing",
        );
        refused_with(
            resource("thing", json!({"ThingName": 1})),
            "must be a string or a function, and is a number",
        );
        refused_with(
            json!({"Resources": {"other": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": "x"}}}}),
            "Only one thing resource can be defined, and there are \"thing\" and \"other\".",
        );
        refused_with(
            json!({"Resources": {"other": {"Type": "AWS::IoT::Certificate", "Properties": {}}}}),
            "Only one certificate resource can be defined",
        );
        refused_with(
            json!({"Resources": {"thing": {"DependsOn": ["polcy"]}}}),
            "thing, property DependsOn: there is no resource \"polcy\"; did you mean \"policy\"?",
        );
        refused_with(
            json!({"Resources": {"thing": {"DependsOn": 1}}}),
            "must name resources of the template",
        );
        assert!(
            resolved(&body(
                json!({"Resources": {"thing": {"DependsOn": "policy"}}})
            ))
            .is_ok()
        );
        refused_with(
            resource("thing", json!({"ThingGroups": "a"})),
            "must be a list of strings or Fn::Split, and is a string",
        );
    }

    #[test]
    fn attributes_are_a_flat_map() {
        let payload = |p: serde_json::Value| resource("thing", json!({"AttributePayload": p}));
        refused_with(
            payload(json!({"attributes": {"a": "b"}, "merge": true})),
            "not the {\"attributes\": {…}, \"merge\": …} of the API",
        );
        refused_with(
            payload(json!({"a": {"b": "c"}})),
            "thing, property AttributePayload.a: must be a string or a function, and is an object.",
        );
        refused_with(
            payload(json!({"Ref": "Country"})),
            "must be a map of names to values, and \"Ref\" gives one string",
        );
        refused_with(payload(json!(["a"])), "must be an object, and is a list");
    }

    #[test]
    fn a_certificate_comes_one_way() {
        use TemplateKind::{Bulk, Fleet, Jitp, RegisterThing};
        let with = |properties: serde_json::Value| body(resource("certificate", properties));
        refused(
            RegisterThing,
            &with(json!({"CertificateId": null})),
            "exactly one of CertificateId, CertificateSigningRequest and CertificatePem must be given, and 0 are",
        );
        refused(
            RegisterThing,
            &with(json!({"CertificatePem": "x"})),
            "and 2 are",
        );
        refused(
            RegisterThing,
            &with(json!({"CACertificatePem": "x"})),
            "has a meaning only beside CertificatePem",
        );
        let csr =
            with(json!({"CertificateId": null, "CertificateSigningRequest": {"Ref": "Serial"}}));
        assert!(Template::parse(&csr, Bulk).is_ok());
        for kind in [Jitp, Fleet] {
            refused(kind, &csr, "takes its certificate by CertificateId only");
            refused(
                kind,
                &with(json!({"CertificateId": "x"})),
                "CertificateId must contain a reference to AWS::IoT::Certificate::Id.",
            );
        }
        refused(
            Fleet,
            &body(json!({"Resources": {"certificate": null}})),
            "Template must have certificate resource.",
        );
        refused(
            RegisterThing,
            &with(json!({"Status": "REVOKED"})),
            "certificate, property Status: must be ACTIVE or INACTIVE, and is \"REVOKED\"",
        );
        refused(
            RegisterThing,
            &with(json!({"ThingPrincipalType": "exclusive"})),
            "must be EXCLUSIVE_THING or NON_EXCLUSIVE_THING",
        );
        for status in ["Active", "ACTIVE", "inactive"] {
            assert!(Template::parse(&with(json!({"Status": status})), Jitp).is_ok());
        }
        // The id of a certificate that is issued in the run is not known while names are made.
        let named_by_csr = body(json!({"Resources": {
            "certificate": {"Properties": {"CertificateId": null, "CertificateSigningRequest": "x"}},
            "thing": {"Properties": {"ThingName": {"Ref": "certificate"}}},
        }}));
        let named_by_csr = named_by_csr.replace(r#""Ref":"AWS::IoT::Certificate::Id","#, "");
        refused(
            RegisterThing,
            &named_by_csr,
            "whose id is known only after it is issued",
        );
    }

    #[test]
    fn a_policy_is_named_or_written_out() {
        let with = |properties: serde_json::Value| resource("policy", properties);
        refused_with(
            with(json!({"PolicyName": null})),
            "Neither policyName nor policyDocument is present in the Template.",
        );
        refused_with(
            with(json!({"PolicyName": ""})),
            "Neither policyName nor policyDocument is present in the Template.",
        );
        refused_with(
            with(json!({"PolicyDocument": "{}"})),
            "exactly one of PolicyName and PolicyDocument must be given, and both are",
        );
        refused_with(
            with(json!({"PolicyName": null, "PolicyDocument": 1})),
            "must be a policy document as an object or as a string, and is a number",
        );
        refused_with(
            json!({"Resources": {"policy": {"OverrideSettings": {"PolicyName": "REPLACE"}}}}),
            "AWS::IoT::Policy has no override settings",
        );
    }

    #[test]
    fn override_settings_are_known() {
        let thing = |key: &str, value: &str| json!({"Resources": {"thing": {"OverrideSettings": {key: value}}}});
        let certificate = |key: &str, value: &str| json!({"Resources": {"certificate": {"OverrideSettings": {key: value}}}});
        for (good, key) in [
            ("AttributePayload", "attributes"),
            ("ATTRIBUTE_PAYLOAD", "attributes"),
            ("ThingGroups", "groups"),
            ("THING_GROUPS", "groups"),
        ] {
            let template =
                Template::parse(&body(thing(good, "MERGE")), TemplateKind::Jitp).expect(good);
            let overrides = template.thing.as_ref().expect("a thing").overrides;
            let got = if key == "groups" {
                overrides.groups
            } else {
                overrides.attributes
            };
            assert_eq!(got, Some(Override::Merge), "{good}");
        }
        assert!(resolved(&body(thing("THING_TYPE_NAME", "REPLACE"))).is_ok());
        assert!(resolved(&body(certificate("Status", "DO_NOTHING"))).is_ok());
        refused_with(
            thing("ThingTypeName", "MERGE"),
            "thing, property OverrideSettings: ThingTypeName must be DO_NOTHING, REPLACE or FAIL, and is \"MERGE\"",
        );
        refused_with(
            certificate("Status", "MERGE"),
            "Status must be DO_NOTHING, REPLACE or FAIL",
        );
        refused_with(
            thing("ThingGroups", "replace"),
            "DO_NOTHING, REPLACE, MERGE or FAIL, and is \"replace\"",
        );
        refused_with(
            thing("ThingGroup", "FAIL"),
            "there is no setting \"ThingGroup\"; did you mean \"ThingGroups\"?",
        );
        refused_with(thing("Status", "FAIL"), "there is no setting \"Status\"");
        refused_with(
            json!({"Resources": {"thing": {"OverrideSettings": {"ThingGroups": "FAIL", "THING_GROUPS": "FAIL"}}}}),
            "set twice",
        );
        refused_with(
            json!({"Resources": {"thing": {"OverrideSettings": {"ThingGroups": {"Ref": "Country"}}}}}),
            "must be a string, and is an object",
        );
    }

    #[test]
    fn functions_are_known_and_bound() {
        let name = |f: serde_json::Value| {
            let mut body: serde_json::Value = serde_json::from_str(&body(
                json!({"Mappings": {"Sites": {"DE": {"Group": "x"}}}}),
            ))
            .expect("JSON");
            body["Resources"]["thing"]["Properties"]["ThingName"] = f;
            body.to_string()
        };
        let cases = [
            (
                json!({"Ref": "Contry"}),
                "thing, property ThingName: refers to \"Contry\", which Parameters does not declare; did you mean \"Country\"?",
            ),
            (json!({"Ref": 1}), "Ref takes a name, and is given a number"),
            (
                json!({"Fn::GetAtt": ["a", "b"]}),
                "there is no function \"Fn::GetAtt\"",
            ),
            (
                json!({"Ref": "Country", "x": 1}),
                "a function is an object with exactly one key",
            ),
            (
                json!({"Fn::Join": "x"}),
                "Fn::Join takes [delimiter, list], and is given a string",
            ),
            (json!({"Fn::Join": ["-"]}), "and is given a list of 1"),
            (
                json!({"Fn::Join": ["-", "x"]}),
                "must be a list of strings or Fn::Split",
            ),
            (
                json!({"Fn::Join": ["-", {"Ref": "Country"}]}),
                "must be a list, and Ref gives one string",
            ),
            (
                json!({"Fn::Select": ["x", ["a"]]}),
                "Fn::Select takes an index from 0, and is given \"x\"",
            ),
            (json!({"Fn::Select": [-1, ["a"]]}), "is given \"-1\""),
            (
                json!({"Fn::Split": ["-", "a"]}),
                "Fn::Split gives a list where one string is needed",
            ),
            (
                json!({"Fn::Select": [0, {"Fn::Split": ["", "a"]}]}),
                "a delimiter of at least one character",
            ),
            (
                json!({"Fn::FindInMap": ["Site", "DE", "Group"]}),
                "the mapping \"Site\", which Mappings does not have; did you mean \"Sites\"?",
            ),
            (
                json!({"Fn::FindInMap": [{"Ref": "Country"}, "DE", "Group"]}),
                "takes the name of a mapping",
            ),
            (json!({"Fn::Sub": "${Contry}"}), "refers to \"Contry\""),
            (json!({"Fn::Sub": ["${x}", {"y": "z"}]}), "refers to \"x\""),
            (
                json!({"Fn::Sub": ["${x}", []]}),
                "takes a map of names to values",
            ),
            (
                json!({"Fn::Sub": {"Ref": "Country"}}),
                "Fn::Sub takes text or [text, map], and is given an object",
            ),
            (
                json!({"Ref": "thing"}),
                "refer to each other in a circle: thing → thing.",
            ),
        ];
        for (function, expected) in cases {
            refused(TemplateKind::RegisterThing, &name(function), expected);
        }
        let circle = body(json!({"Resources": {
            "policy": {"Properties": {"PolicyName": {"Fn::Sub": "p-${second}"}}},
            "second": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": {"Fn::Join": ["", [{"Ref": "policy"}]]}}},
        }}));
        refused(
            TemplateKind::RegisterThing,
            &circle,
            "in a circle: policy → second → policy.",
        );
    }

    #[test]
    fn mappings_and_device_configuration_are_flat() {
        refused_with(
            json!({"Mappings": {"M": {"a": {"b": {"Ref": "Country"}}}}}),
            "functions and parameters have no place in Mappings",
        );
        refused_with(
            json!({"Mappings": {"M": {"a": "b"}}}),
            "Mappings, property M: must be an object, and is a string",
        );
        refused_with(
            json!({"DeviceConfiguration": {"a": {"b": 1}}}),
            "DeviceConfiguration, property a: must be a string, number, boolean, list or function",
        );
        refused_with(
            json!({"DeviceConfiguration": {"a": [{"b": 1}]}}),
            "without objects in it",
        );
    }

    #[test]
    fn doubtful_templates_are_saved_with_a_warning() {
        use TemplateKind::{Fleet, Jitp, RegisterThing};
        warned(Jitp, &body(json!({})), &[]);
        let mut constant: serde_json::Value = serde_json::from_str(&body(json!({}))).expect("JSON");
        constant["Resources"]["thing"]["Properties"]["ThingName"] = json!("My Thing");
        warned(
            Jitp,
            &constant.to_string(),
            &[
                "thing name \"My Thing\" does not match",
                "thing, ThingName: refers to no parameter",
            ],
        );
        warned(
            RegisterThing,
            &constant.to_string(),
            &["thing name \"My Thing\" does not match"],
        );
        let payload =
            |p: serde_json::Value| body(resource("thing", json!({"AttributePayload": p})));
        warned(
            Jitp,
            &payload(json!({"device type": "x", "a": "b c"})),
            &["\"device type\"", "\"b c\""],
        );
        warned(
            Jitp,
            &payload(json!({"a": "1", "b": "2", "c": "3", "d": "4"})),
            &["has 4 attributes, and a thing may have 3 without a thing type and 50 with one"],
        );
        let extra = json!({"Mappings": {}, "DeviceConfiguration": {}});
        warned(
            Jitp,
            &body(extra.clone()),
            &[
                "Mappings: AWS documents",
                "DeviceConfiguration: AWS documents",
            ],
        );
        warned(Fleet, &body(extra), &[]);
        warned(
            Jitp,
            &body(json!({"Resources": {"certificate": null}})),
            &["no device's certificate will ever become ACTIVE"],
        );
        warned(
            Jitp,
            &body(json!({"Resources": {"policy": null}})),
            &["will be allowed nothing"],
        );
        warned(
            Jitp,
            &body(resource("policy", json!({"PolicyName": "a b"}))),
            &["policy name \"a b\""],
        );
        let document = |d: serde_json::Value| {
            body(resource(
                "policy",
                json!({"PolicyName": null, "PolicyDocument": d}),
            ))
        };
        warned(Jitp, &document(json!("{")), &["the document is not JSON"]);
        warned(
            Jitp,
            &document(json!({"Resource": {"Fn::Join": ["", ["a"]]}})),
            &["AWS does not support it"],
        );
        warned(
            Jitp,
            &document(json!(r#"{"Resource": {"Ref": "Country"}}"#))
                .replace("Ref\\\": ", "Ref\\\":"),
            &["not evaluated"],
        );
        warned(
            Jitp,
            &body(
                json!({"Resources": {"thing": null, "certificate": {"Properties": {"ThingPrincipalType": "EXCLUSIVE_THING"}}}}),
            ),
            &["has no effect, since the template has no thing"],
        );
    }
}

mod resolving {
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
        let policy = |d: serde_json::Value| {
            resource("policy", json!({"PolicyName": null, "PolicyDocument": d}))
        };
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
            "\"nonsense\"",
        );
    }

    #[test]
    fn a_pem_is_known_by_its_digest() {
        let pem = "subject=x\n-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n";
        let desired = resolved(&body(resource(
            "certificate",
            json!({"CertificateId": null, "CertificatePem": pem}),
        )))
        .expect("resolved");
        let CertificateSource::Pem { id, .. } = desired.certificate.expect("a certificate").source
        else {
            panic!("a PEM")
        };
        assert_eq!(
            id,
            "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc"
        );
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
}

mod values {
    use super::*;
    use TemplateKind::{Bulk, Fleet, Jitp, RegisterThing};

    /// What the parameter `P` is worth in the attribute `p`, or the code of the refusal.
    fn worth(
        kind: TemplateKind,
        default: Option<&str>,
        referenced: bool,
        parameters: Parameters,
    ) -> String {
        let mut template: serde_json::Value = serde_json::from_str(&body(
            json!({"Parameters": {"Serial": null, "P": {"Type": "String"}}}),
        ))
        .expect("JSON");
        if let Some(default) = default {
            template["Parameters"]["P"]["Default"] = json!(default);
        }
        if referenced {
            template["Resources"]["thing"]["Properties"]["AttributePayload"] =
                json!({"p": {"Ref": "P"}});
        }
        let parameters =
            parameters.with_service([("AWS::IoT::Certificate::Id".to_owned(), ID.to_owned())]);
        match Template::parse(&template.to_string(), kind)
            .expect("valid")
            .resolve(&parameters, &Environment::new(&realm()))
        {
            Ok(desired) => match desired.thing.and_then(|t| t.attributes) {
                Some(attributes) => format!("{:?}", attributes["p"]),
                None => "unused".to_owned(),
            },
            Err(refusal) => refusal.code().to_owned(),
        }
    }

    #[test]
    fn missing_and_empty_values_follow_the_flow() {
        let none = Parameters::new;
        let given = |v: &str| Parameters::from_caller([("P".to_owned(), v.to_owned())]);
        let cases: &[(&str, [&str; 4])] = &[
            ("none, default", ["\"d\""; 4]),
            ("none, referenced", ["parameter-missing"; 4]),
            (
                "none, only declared",
                ["unused", "unused", "parameter-missing", "unused"],
            ),
            ("empty, default", ["\"\"", "\"d\"", "\"d\"", "\"\""]),
            (
                "empty, no default",
                ["\"\"", "\"\"", "parameter-missing", "\"\""],
            ),
            ("given", ["\"v\""; 4]),
        ];
        for (case, expected) in cases {
            let got = [RegisterThing, Bulk, Jitp, Fleet].map(|kind| match *case {
                "none, default" => worth(kind, Some("d"), true, none()),
                "none, referenced" => worth(kind, None, true, none()),
                "none, only declared" => worth(kind, None, false, none()),
                "empty, default" => worth(kind, Some("d"), true, given("")),
                "empty, no default" => worth(kind, None, true, given("")),
                _ => worth(kind, Some("d"), true, given("v")),
            });
            assert_eq!(got, *expected, "{case}");
        }
    }

    #[test]
    fn the_hook_comes_before_the_caller() {
        let p = |v: &str| [("P".to_owned(), v.to_owned())];
        assert_eq!(
            worth(
                Fleet,
                None,
                true,
                Parameters::from_caller(p("device")).with_hook(p("hook"))
            ),
            "\"hook\""
        );
        assert_eq!(
            worth(Fleet, None, true, Parameters::new().with_hook(p("hook"))),
            "\"hook\""
        );
    }

    #[test]
    fn a_device_does_not_choose_its_certificate() {
        let id = || ("AWS::IoT::Certificate::Id".to_owned(), "b".repeat(64));
        let template = |kind| {
            Template::parse(&body(json!({"Parameters": {"Serial": null}})), kind).expect("valid")
        };
        for kind in [Jitp, Fleet] {
            let parameters = Parameters::from_caller([id()])
                .with_certificate(ID, &[], "1")
                .with_hook([id()]);
            let desired = template(kind)
                .resolve(&parameters, &Environment::new(&realm()))
                .expect("resolved");
            assert_eq!(desired.thing.expect("a thing").name, ID);
            assert_eq!(desired.notes.len(), 2);
            assert!(desired.notes[0].contains("\"AWS::IoT::Certificate::Id\" is not used"));
        }
        for kind in [RegisterThing, Bulk] {
            let desired = template(kind)
                .resolve(
                    &Parameters::from_caller([id()]),
                    &Environment::new(&realm()),
                )
                .expect("resolved");
            assert_eq!(desired.thing.expect("a thing").name, "b".repeat(64));
        }
    }

    #[test]
    fn the_subject_becomes_parameters() {
        let names = [
            "CommonName",
            "Country",
            "Organization",
            "OrganizationalUnit",
            "DistinguishedNameQualifier",
            "StateName",
            "SerialNumber",
        ];
        let oids = [
            "2.5.4.3", "2.5.4.6", "2.5.4.10", "2.5.4.11", "2.5.4.46", "2.5.4.8", "2.5.4.5",
        ];
        let mut declared = serde_json::Map::new();
        let mut configuration = serde_json::Map::new();
        for name in names {
            let parameter = format!("AWS::IoT::Certificate::{name}");
            configuration.insert(name.into(), json!({"Ref": parameter}));
            declared.insert(parameter, json!({"Type": "String"}));
        }
        let template = Template::parse(
            &body(json!({"Parameters": declared, "DeviceConfiguration": configuration}))
                .replace(r#""Serial":{"Type":"String"},"#, ""),
            Jitp,
        )
        .expect("valid");
        let mut subject: Vec<(SubjectField, String)> = oids
            .iter()
            .zip(names)
            .map(|(oid, name)| (SubjectField::from_oid(oid), format!("{name} one")))
            .collect();
        subject.push((SubjectField::OrganizationalUnit, "second".into()));
        subject.push((SubjectField::from_oid("2.5.4.7"), "Leipzig".into()));
        let resolve = |subject: &[(SubjectField, String)]| {
            template.resolve(
                &Parameters::from_certificate(ID, subject, "4711"),
                &Environment::new(&realm()),
            )
        };
        let desired = resolve(&subject).expect("resolved");
        for name in names {
            assert_eq!(
                desired.device_configuration[name],
                json!(format!("{name} one"))
            );
        }
        // Without a serial number in the subject it is the certificate's own.
        subject.retain(|(field, _)| *field != SubjectField::SerialNumber);
        assert_eq!(
            resolve(&subject).expect("resolved").device_configuration["SerialNumber"],
            json!("4711")
        );
        subject.retain(|(field, _)| {
            *field == SubjectField::CommonName || *field == SubjectField::Other("2.5.4.7".into())
        });
        let refusal = resolve(&subject).expect_err("refused");
        assert_eq!(
            refusal.to_string(),
            "the parameter \"AWS::IoT::Certificate::Country\" has no value and no Default; the subject of the certificate has CommonName=CommonName one, 2.5.4.7=Leipzig"
        );
        assert_eq!(refusal.class(), FailureClass::MissingValue);
    }

    #[test]
    fn json_values_become_text() {
        let text = |v: serde_json::Value| Parameters::text_of(&v);
        assert_eq!(text(json!("a")), Some("a".into()));
        assert_eq!(text(json!(1.5)), Some("1.5".into()));
        assert_eq!(text(json!(true)), Some("true".into()));
        assert_eq!(text(json!(null)), None);
        assert_eq!(text(json!(["a"])), None);
    }
}

/// Text that is nearly a template, so that parsing gets far.
fn nearly_a_template() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("Serial".to_owned()),
        Just("Country".to_owned()),
        Just("thing".to_owned()),
        Just("policy".to_owned()),
        Just("certificate".to_owned()),
        Just("AWS::Region".to_owned()),
        Just(ID.to_owned()),
        Just("0".to_owned()),
        Just(String::new()),
        "[a-z ${}!:-]{0,8}",
        Just("${Serial}${thing}".to_owned()),
    ];
    let leaf = prop_oneof![
        word.clone().prop_map(serde_json::Value::from),
        any::<i8>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
        word.clone().prop_map(|w| json!({"Ref": w})),
        word.prop_map(|w| json!({"Fn::Sub": w})),
    ];
    let expression = leaf.prop_recursive(4, 24, 3, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone()
                .prop_map(|(a, b)| json!({"Fn::Join": [a, [b]]})),
            pair.clone()
                .prop_map(|(a, b)| json!({"Fn::Select": [a, [b]]})),
            pair.clone()
                .prop_map(|(a, b)| json!({"Fn::Select": [0, {"Fn::Split": [a, b]}]})),
            pair.clone()
                .prop_map(|(a, b)| json!({"Fn::FindInMap": ["M", a, b]})),
            pair.clone()
                .prop_map(|(a, b)| json!({"Fn::Sub": ["${x}${x}", {"x": a, "y": b}]})),
            pair.prop_map(|(a, b)| json!([a, b])),
            inner.prop_map(|a| json!({"a": a})),
        ]
    });
    proptest::collection::vec(expression, 6).prop_map(|e| {
        let mut body: serde_json::Value =
            serde_json::from_str(&body(json!({"Mappings": {"M": {"DE": {"0": "x"}}}})))
                .expect("JSON");
        let resources = &mut body["Resources"];
        resources["thing"]["Properties"] =
            json!({"ThingName": e[0], "AttributePayload": {"a": e[1]}, "ThingGroups": [e[2]]});
        resources["policy"]["Properties"] = json!({"PolicyDocument": e[3]});
        resources["second"] =
            json!({"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": e[4]}});
        body["DeviceConfiguration"] = json!({"a": e[5]});
        body.to_string()
    })
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(text in any::<String>()) {
        let _ = Template::parse(&text, TemplateKind::Bulk);
    }

    #[test]
    fn a_damaged_template_is_parsed_or_refused(at in 0usize..600, with in "[\\PC]{0,3}") {
        let mut text = body(json!({}));
        if let Some((start, c)) = text.char_indices().nth(at) {
            text.replace_range(start..start + c.len_utf8(), &with);
        }
        let _ = Template::parse(&text, TemplateKind::Jitp);
    }

    #[test]
    fn whatever_parses_resolves_or_is_refused(text in nearly_a_template(), serial in any::<String>(), kind in 0usize..4) {
        use TemplateKind::*;
        let kind = [RegisterThing, Bulk, Jitp, Fleet][kind];
        if let Ok(template) = Template::parse(&text, kind) {
            let parameters = parameters().with_hook([("Serial".to_owned(), serial)]).with_service([("AWS::IoT::Certificate::Id".to_owned(), ID.to_owned())]);
            let _ = template.resolve(&parameters, &Environment::new(&realm()));
        }
    }
}
