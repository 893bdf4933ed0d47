//! The three templates the project began with, and many devices.

use super::*;

/// One of the three templates that the project began with.
fn seed(number: usize) -> String {
    let subject = |names: &[&str]| -> Value {
        names
            .iter()
            .map(|n| {
                (
                    format!("AWS::IoT::Certificate::{n}"),
                    json!({"Type": "String"}),
                )
            })
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let certificate = json!({"Type": "AWS::IoT::Certificate", "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"}});
    let country = json!({"Ref": "AWS::IoT::Certificate::Country"});
    let named =
        json!({"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "MeshThingPolicy"}});
    let (thing, policy) = match number {
        1 => (
            json!({"ThingName": "MeshThing", "AttributePayload": {"version": "v1", "device type": "mesh", "country": country}}),
            named,
        ),
        2 => (
            json!({"ThingName": {"Ref": "AWS::IoT::Certificate::Id"}, "AttributePayload": {"version": "v1", "country": country}}),
            json!({"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iot:Connect","iot:Publish"],"Resource":["*"]}]}"#}}),
        ),
        _ => (
            json!({"ThingName": "MeshThing", "AttributePayload": {"version": "v1", "device_type": "mesh", "country": country}}),
            named,
        ),
    };
    json!({
        "Parameters": subject(&["Country", "Id"]),
        "Resources": {"thing": {"Type": "AWS::IoT::Thing", "Properties": thing}, "certificate": certificate, "policy": policy},
    })
    .to_string()
}

fn simulation(body: &str, kind: TemplateKind) -> Simulation {
    let mut registry = Registry::default();
    registry
        .policies
        .insert("MeshThingPolicy".into(), "{}".into());
    Simulation::new(
        ctx(),
        Template::parse(body, kind).expect("a valid template"),
        registry,
    )
}

fn device(number: u32, country: &str) -> Parameters {
    let subject = [
        (SubjectField::CommonName, format!("device {number}")),
        (SubjectField::Country, country.to_owned()),
    ];
    Parameters::from_certificate(&format!("{number:064x}"), &subject, "1")
}

#[test]
fn the_first_seed_template_provisions_nobody_because_of_a_space() {
    let mut simulation = simulation(&seed(1), TemplateKind::Jitp);
    let Outcome::Refused(refusal) = simulation.device("one", &device(1, "DE"), None) else {
        panic!("refused")
    };
    assert_eq!(
        refusal.to_string(),
        "thing, property AttributePayload: attribute name \"device type\" does not match [a-zA-Z0-9_.,@/:#-]+: the space is not allowed"
    );
}

#[test]
fn the_second_gives_each_device_its_thing_and_all_one_policy() {
    let mut simulation = simulation(&seed(2), TemplateKind::Jitp);
    for number in 0..100 {
        assert!(matches!(
            simulation.device("x", &device(number, "DE"), None),
            Outcome::Planned(_)
        ));
    }
    let steps = simulation.summary().steps();
    assert_eq!(
        (
            steps["CreateThing"],
            steps["CreatePolicy"],
            steps["UpdateCertificate"]
        ),
        (100, 1, 100)
    );
    // A device that comes again needs nothing, and the registry did not hold it before.
    let Outcome::Planned(plan) = simulation.device("x", &device(7, "DE"), None) else {
        panic!("planned")
    };
    assert!(plan.is_empty());
    let summary = simulation.summary();
    assert_eq!((summary.unchanged(), summary.repeated()), (0, 1));
}

#[test]
fn the_third_shares_one_thing_until_a_device_from_abroad_comes() {
    let mut simulation = simulation(&seed(3), TemplateKind::Jitp);
    simulation.device("first", &device(1, "DE"), None);
    simulation.device("second", &device(2, "DE"), None);
    simulation.device("abroad", &device(3, "FR"), None);
    simulation.device("farther", &device(4, "JP"), None);
    let summary = simulation.summary();
    assert_eq!(
        (
            summary.devices(),
            summary.provisioned(),
            summary.refused_devices()
        ),
        (4, 2, 2)
    );
    let failures = summary.failures();
    assert_eq!(failures.len(), 1);
    assert_eq!(
        (failures[0].code, failures[0].count),
        ("attributes-differ", 2)
    );
    assert_eq!(
        failures[0].pattern,
        "thing, property AttributePayload: the thing … exists and has …, the template says …; without an override setting for AttributePayload they must be equal"
    );
    assert_eq!(failures[0].examples[0].0, "abroad");
    assert!(
        failures[0].examples[0]
            .1
            .contains("exists and has {country=DE}, the template says {country=FR}")
    );
    assert!(
        summary.to_string().starts_with(
            "4 devices: 2 would be provisioned (0 of them already are, 0 repeat one before), 2 would not\n"
        )
    );
    assert_eq!(summary.to_json()["failures"][0]["count"], json!(2));
}

#[test]
fn a_field_that_the_certificates_lack_is_named_with_those_they_have() {
    let mut simulation = simulation(&seed(2), TemplateKind::Jitp);
    for number in 0..5 {
        let subject = [(SubjectField::CommonName, format!("d{number}"))];
        simulation.device(
            "x",
            &Parameters::from_certificate(&format!("{number:064x}"), &subject, "1"),
            None,
        );
    }
    let failures = simulation.summary().failures();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].count, 5);
    assert!(
        failures[0].examples[0].1.ends_with("has CommonName=d0"),
        "{failures:?}"
    );
}

#[test]
fn flows_bring_their_certificates() {
    let csr = certificate(
        json!({"CertificateId": null, "CertificateSigningRequest": "x"}),
        json!({}),
    )
    .to_string()
    .replace("Fleet", "MeshThingPolicy");
    let mut bulk = simulation(&csr, TemplateKind::Bulk);
    for _ in 0..3 {
        let outcome = bulk.device("line", &Parameters::new(), None);
        assert!(matches!(outcome, Outcome::Planned(_)), "{outcome:?}");
    }
    assert_eq!(bulk.summary().steps()["AttachThingPrincipal"], 3);
    let fleet = template(json!({}), json!({}), json!({}), json!({}))
        .to_string()
        .replace("Fleet", "MeshThingPolicy");
    let mut claim = simulation(&fleet, TemplateKind::Fleet);
    for _ in 0..3 {
        let outcome = claim.device("request", &Parameters::new(), None);
        assert!(matches!(outcome, Outcome::Planned(_)), "{outcome:?}");
    }
    assert_eq!(claim.summary().steps()["CreateThing"], 1);
    // What the real registry holds is learned device by device and not forgotten.
    let mut known = simulation(&fleet, TemplateKind::RegisterThing);
    let parameters =
        Parameters::from_caller([("AWS::IoT::Certificate::Id".to_owned(), ID.to_owned())]);
    assert!(matches!(
        known.device("x", &parameters, None),
        Outcome::Refused(_)
    ));
    let lookups = known.lookups(&parameters).expect("resolved");
    known.learn(
        &lookups,
        Existing {
            certificate: Some(existing_certificate(Status::Active)),
            ..Existing::default()
        },
    );
    assert!(matches!(
        known.device("x", &parameters, None),
        Outcome::Planned(_)
    ));
}

#[test]
fn reasons_are_bounded() {
    let body = thing(json!({"ThingGroups": [{"Ref": "G"}]}), json!({}))
        .to_string()
        .replace(
            r#""Parameters":{"#,
            r#""Parameters":{"G":{"Type":"String"},"#,
        );
    let mut simulation = simulation(&body, TemplateKind::Jitp);
    for number in 0..1500 {
        let parameters = Parameters::from_caller([("G".to_owned(), format!("g{number}"))]);
        simulation.device("x", &parameters, None);
    }
    let failures = simulation.summary().failures();
    assert_eq!(failures.len(), 1001);
    assert_eq!(
        (failures[0].count, failures[0].pattern.as_str()),
        (500, "… and more reasons of this kind")
    );
}
