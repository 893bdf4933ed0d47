//! What is refused or doubted when a template is saved.

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
    let csr = with(json!({"CertificateId": null, "CertificateSigningRequest": {"Ref": "Serial"}}));
    assert!(Template::parse(&csr, Bulk).is_ok());
    for kind in [Jitp, Fleet] {
        refused(kind, &csr, "takes its certificate by CertificateId only");
        refused(
            kind,
            &with(json!({"CertificateId": "x"})),
            "CertificateId must contain a reference to AWS::IoT::Certificate::Id.",
        );
    }
    for kind in [Jitp, Fleet] {
        refused(
            kind,
            &body(json!({"Resources": {"certificate": null}})),
            "Template must have certificate resource.",
        );
    }
    let spelt = |more: serde_json::Value| {
        let id = json!({"Ref": "AWS::IoT::Certificate::Id"});
        let mut properties = json!({"CertificateId": null, "CertificateID": id});
        merge(&mut properties, more);
        body(resource("certificate", properties)).replace("\"CertificateId\":null,", "")
    };
    for kind in [RegisterThing, Bulk, Jitp, Fleet] {
        warned(kind, &spelt(json!({})), &["is taken for CertificateId"]);
    }
    refused(
        RegisterThing,
        &with(json!({"CertificateID": "x"})),
        "is CertificateId, which is given too",
    );
    refused(
        Jitp,
        &spelt(json!({"CertificateID": "x"})),
        "must contain a reference",
    );
    refused_with(
        json!({"Resources": {"thing": {"Properties": {"CertificateID": "x"}}}}),
        "AWS::IoT::Thing has no property",
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
            json!({"Ref": "AWS::IoT::Certificate::CommonNam"}),
            "thing, property ThingName: refers to \"AWS::IoT::Certificate::CommonNam\", and no value is supplied under this name; did you mean \"AWS::IoT::Certificate::CommonName\"?",
        ),
        (
            json!({"Fn::Sub": "${AWS::StackName}"}),
            "refers to \"AWS::StackName\", and no value is supplied",
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
    let payload = |p: serde_json::Value| body(resource("thing", json!({"AttributePayload": p})));
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
        &body(resource(
            "thing",
            json!({"PackageVersions": {"firmware": "1.0"}}),
        )),
        &["thing, PackageVersions: has no effect"],
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
        &document(json!(r#"{"Resource": {"Ref": "Country"}}"#)).replace("Ref\\\": ", "Ref\\\":"),
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

#[test]
fn what_the_service_supplies_needs_no_declaration() {
    use TemplateKind::{Bulk, Fleet, Jitp, RegisterThing};
    let undeclared = |more: serde_json::Value| {
        let mut extra = json!({"Parameters": {"AWS::IoT::Certificate::Id": null}});
        merge(&mut extra, more);
        body(extra)
    };
    for kind in [RegisterThing, Bulk, Jitp, Fleet] {
        warned(kind, &undeclared(json!({})), &[]);
        warned(kind, &undeclared(json!({"Parameters": null})), &[]);
        let template = Template::parse(&undeclared(json!({})), kind).expect("valid");
        let mut names: Vec<_> = template.parameter_names().collect();
        names.sort_unstable();
        assert_eq!(names, ["Country", "Serial"]);
    }
    for name in super::super::parameters::CERTIFICATE_PARAMETERS {
        let attribute = json!({"AttributePayload": {"a": {"Fn::Sub": format!("x${{{name}}}")}}});
        warned(Jitp, &undeclared(resource("thing", attribute)), &[]);
    }
}

#[test]
fn other_undeclared_names_are_saved_with_a_warning() {
    use TemplateKind::{Bulk, Fleet, Jitp, RegisterThing};
    let named = |name: serde_json::Value| body(resource("thing", json!({"ThingName": name})));
    let reference = |name: &str| {
        let mut body: serde_json::Value = serde_json::from_str(&named(json!("x"))).expect("JSON");
        body["Resources"]["thing"]["Properties"]["ThingName"] = json!({"Ref": name});
        body.to_string()
    };
    for kind in [RegisterThing, Bulk, Fleet] {
        warned(
            kind,
            &reference("Contry"),
            &[
                "thing, ThingName: refers to \"Contry\", which Parameters does not declare; did you mean \"Country\"?; a device that is given no value by that name will be refused",
            ],
        );
    }
    warned(
        Jitp,
        &reference("Contry"),
        &["a first connection gives no value by that name, so every device will be refused"],
    );
    let sub = json!({"AttributePayload": {"a": {"Fn::Sub": ["${x}", {"y": "z"}]}}});
    warned(
        RegisterThing,
        &body(resource("thing", sub)),
        &["thing, AttributePayload.a: refers to \"x\""],
    );
}
