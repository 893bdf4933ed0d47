//! Which value a parameter has, by flow.

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
        ("empty, no default", ["\"\""; 4]),
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
fn names_without_a_declaration_take_what_a_run_is_given() {
    let template = |name: &str| {
        let mut extra = json!({"Parameters": {"AWS::IoT::Certificate::Id": null, "Serial": null}});
        merge(
            &mut extra,
            resource(
                "thing",
                json!({"AttributePayload": {"a": {"Fn::Sub": format!("${{{name}}}")}}}),
            ),
        );
        body(extra)
    };
    let value = |kind, name: &str, parameters: &Parameters| {
        Template::parse(&template(name), kind)
            .expect("valid")
            .resolve(parameters, &Environment::new(&realm()))
            .map(|desired| {
                let thing = desired.thing.expect("a thing");
                thing.attributes.expect("attributes")["a"].clone()
            })
            .map_err(|refusal| refusal.to_string())
    };
    let given = |name: &str| {
        let id = "AWS::IoT::Certificate::Id".to_owned();
        Parameters::from_caller([(id, ID.to_owned()), (name.to_owned(), "v".to_owned())])
    };
    let country = "AWS::IoT::Certificate::Country";
    let subject = [(SubjectField::Country, "DE".to_owned())];
    let certificate = Parameters::from_certificate(ID, &subject, "1");
    let missing = |name: &str| {
        Err(format!(
            "thing, property AttributePayload.a: the parameter \"{name}\" has no value and no Default"
        ))
    };
    for kind in [RegisterThing, Bulk] {
        assert_eq!(value(kind, "Typo", &given("Typo")), Ok("v".to_owned()));
        assert_eq!(value(kind, country, &given(country)), Ok("v".to_owned()));
        assert_eq!(value(kind, country, &given("x")), missing(country));
        assert_eq!(
            value(kind, "Typo", &given("x")),
            Err("thing, property AttributePayload.a: Parameters does not declare \"Typo\", and no value is given by that name".to_owned())
        );
        let id = "AWS::IoT::Certificate::Id";
        assert_eq!(
            value(kind, id, &Parameters::new()),
            missing("AWS::IoT::Certificate::Id")
        );
    }
    assert_eq!(value(Jitp, country, &certificate), Ok("DE".to_owned()));
    let without = Parameters::from_certificate(ID, &[], "1");
    assert!(
        value(Jitp, country, &without).is_err_and(|e| e.contains("has no value and no Default"))
    );
    let fleet = given(country).with_certificate(ID, &subject, "1");
    assert_eq!(value(Fleet, country, &fleet), Ok("DE".to_owned()));
    let fleet = given("Typo").with_certificate(ID, &[], "1");
    assert_eq!(value(Fleet, "Typo", &fleet), Ok("v".to_owned()));
}

#[test]
fn an_empty_subject_field_is_an_empty_string() {
    let subject = [
        (SubjectField::CommonName, "lamp".to_owned()),
        (SubjectField::Country, String::new()),
    ];
    let parameters = Parameters::from_certificate(ID, &subject, "1");
    let resolve = |default: Option<&str>, property: serde_json::Value| {
        let country = match default {
            Some(default) => json!({"Type": "String", "Default": default}),
            None => json!({"Type": "String"}),
        };
        let mut template: serde_json::Value = serde_json::from_str(&body(json!({
            "Parameters": {"Serial": null, "AWS::IoT::Certificate::Country": country},
        })))
        .expect("JSON");
        merge(&mut template["Resources"]["thing"]["Properties"], property);
        Template::parse(&template.to_string(), Jitp)
            .expect("valid")
            .resolve(&parameters, &Environment::new(&realm()))
            .map(|desired| desired.thing.expect("a thing"))
            .map_err(|refusal| refusal.code())
    };
    let country = json!({"Ref": "AWS::IoT::Certificate::Country"});
    let attribute = || json!({"AttributePayload": {"country": country}});
    let thing = resolve(None, attribute()).expect("resolved");
    assert_eq!(thing.attributes.expect("attributes")["country"], "");
    let thing = resolve(Some("none"), attribute()).expect("resolved");
    assert_eq!(thing.attributes.expect("attributes")["country"], "none");
    // What may not be empty says so.
    assert_eq!(
        resolve(None, json!({"ThingGroups": [country]})).err(),
        Some("thing-group-name-invalid")
    );
    assert_eq!(
        resolve(
            None,
            json!({"BillingGroup": null, "ThingTypeName": {"Fn::Join": ["", [country]]}})
        )
        .err(),
        Some("thing-type-name-invalid")
    );
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
