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

mod saving;

mod resolving;

mod values;

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
