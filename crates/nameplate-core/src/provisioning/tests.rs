//! Plans for the situations of AWS's guide, the three templates the project began with, and whole fleets.

use super::simulate::{Outcome, Registry, Simulation};
use super::*;
use crate::arn::Realm;
use crate::ctx::{Ctx, Millis};
use crate::registry::certificate::Status;
use crate::registry::thing::PrincipalType;
use crate::template::{
    Environment, FailureClass, Parameters, SubjectField, Template, TemplateKind,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const ID: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn ctx() -> Ctx {
    Ctx {
        realm: Arc::new(Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        }),
        now: Millis(0),
        request_id: String::new(),
    }
}

/// A thing `lamp` with these properties and settings, the certificate `ID`, the policy `Fleet`.
fn template(thing: Value, thing_overrides: Value, certificate: Value, status: Value) -> Value {
    let mut body = json!({
        "Parameters": {"AWS::IoT::Certificate::Id": {"Type": "String"}},
        "Resources": {
            "thing": {
                "Type": "AWS::IoT::Thing",
                "Properties": {"ThingName": "lamp"},
                "OverrideSettings": thing_overrides,
            },
            "certificate": {
                "Type": "AWS::IoT::Certificate",
                "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}},
                "OverrideSettings": status,
            },
            "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "Fleet"}},
        },
    });
    for (resource, extra) in [("thing", thing), ("certificate", certificate)] {
        let properties = body["Resources"][resource]["Properties"]
            .as_object_mut()
            .expect("an object");
        for (key, value) in extra.as_object().expect("an object") {
            if value.is_null() {
                properties.remove(key);
            } else {
                properties.insert(key.clone(), value.clone());
            }
        }
    }
    body
}

/// What only the thing's properties and settings matter for.
fn thing(properties: Value, overrides: Value) -> Value {
    template(properties, overrides, json!({}), json!({}))
}

fn certificate(properties: Value, overrides: Value) -> Value {
    template(json!({}), json!({}), properties, overrides)
}

fn existing_thing() -> ExistingThing {
    ExistingThing {
        thing_id: "id".into(),
        version: 4,
        attributes: [("a".into(), "1".into())].into(),
        thing_type: Some("Old".into()),
        groups: vec![member("in"), dynamic("found")],
        billing_group: Some("paid".into()),
    }
}

fn member(name: &str) -> Membership {
    Membership {
        name: name.into(),
        group: group(name, GroupKind::Static),
    }
}

fn dynamic(name: &str) -> Membership {
    Membership {
        name: name.into(),
        group: group(name, GroupKind::Dynamic),
    }
}

fn group(root: &str, kind: GroupKind) -> Group {
    Group {
        kind,
        root: root.into(),
    }
}

/// A certificate that is attached to the lamp and has its policy, so that nothing about it changes.
fn existing_certificate(status: Status) -> ExistingCertificate {
    ExistingCertificate {
        id: ID.into(),
        status,
        policies: BTreeSet::from(["Fleet".into()]),
        things: BTreeMap::from([("lamp".into(), PrincipalType::NonExclusive)]),
    }
}

/// A registry in which the template alone, and the lamp as `existing_thing`, need no change.
fn registry() -> Existing {
    Existing {
        thing: Some(existing_thing()),
        thing_type: Some(ThingType { deprecated: false }),
        groups: [
            ("in", "in", GroupKind::Static),
            ("new", "new", GroupKind::Static),
            ("found", "found", GroupKind::Dynamic),
            ("query", "query", GroupKind::Dynamic),
            ("nephew", "in", GroupKind::Static),
        ]
        .map(|(name, root, kind)| (name.to_owned(), group(root, kind)))
        .into(),
        billing_group: true,
        certificate: Some(existing_certificate(Status::Active)),
        policies: [("Fleet".to_owned(), "{}".to_owned())].into(),
        iam_policies: BTreeSet::new(),
        children: BTreeMap::new(),
    }
}

fn planned(body: &Value, existing: &Existing) -> Result<Plan, PlanError> {
    let ctx = ctx();
    let fresh = Fresh {
        thing_id: "fresh".into(),
        child_ids: vec!["first".into(), "second".into()],
        certificate: Some(NewCertificate {
            id: "b".repeat(64),
            pem: "PEM".into(),
            ca_certificate_id: Some("ca".into()),
        }),
    };
    let desired = Template::parse(&body.to_string(), TemplateKind::RegisterThing)
        .expect("a valid template")
        .resolve(
            &Parameters::from_caller([("AWS::IoT::Certificate::Id".to_owned(), ID.to_owned())]),
            &Environment::new(&ctx.realm),
        )
        .expect("resolved");
    plan(&ctx, &desired, existing, &fresh)
}

/// The plan consists of exactly these steps, as a person reads them.
#[track_caller]
fn steps(body: &Value, existing: &Existing, expected: &[&str]) {
    let plan = planned(body, existing).expect("a plan");
    let steps: Vec<String> = plan
        .steps
        .iter()
        .map(|step| {
            step.to_string()
                .replace(ID, "ID")
                .replace(&"b".repeat(64), "NEW")
        })
        .collect();
    assert_eq!(steps, expected);
}

/// The device is refused with this class, code and text.
#[track_caller]
fn refused(body: &Value, existing: &Existing, class: FailureClass, code: &str, text: &str) {
    let refusal = planned(body, existing).expect_err("refused");
    assert_eq!(
        (
            refusal.class(),
            refusal.code(),
            refusal.to_string().replace(ID, "ID").as_str()
        ),
        (class, code, text)
    );
}

mod things;

mod certificates;

mod policies;

mod fleets;

fn facts() -> impl Strategy<Value = Existing> {
    let status = proptest::sample::select(Status::ALL.to_vec());
    let kind = prop_oneof![
        Just(PrincipalType::Exclusive),
        Just(PrincipalType::NonExclusive)
    ];
    (any::<[bool; 8]>(), status, kind).prop_map(|(yes, status, kind)| {
        let mut existing = registry();
        if yes[0] {
            existing.thing = None;
        }
        if let (Some(thing), true) = (&mut existing.thing, yes[1]) {
            thing.thing_type = None;
            thing.groups.clear();
        }
        if yes[2] {
            existing.groups.clear();
        }
        existing.billing_group = yes[3];
        let certificate = existing.certificate.as_mut().expect("one");
        certificate.status = status;
        if yes[4] {
            certificate.things = BTreeMap::from([("fan".into(), kind)]);
        }
        if yes[5] {
            certificate.policies.clear();
        }
        if yes[6] {
            existing.policies.clear();
        }
        if yes[7] {
            existing.thing_type = None;
        }
        existing
    })
}

proptest! {
    /// What was planned and applied needs no second plan: a retry after success changes nothing.
    #[test]
    fn a_plan_is_done_once(existing in facts(), setting in 0usize..4, status_setting in 0usize..3, exclusive in any::<bool>()) {
        let setting = ["DO_NOTHING", "REPLACE", "MERGE", ""][setting];
        let overrides = if setting.is_empty() { json!({}) } else { json!({"AttributePayload": setting, "ThingGroups": setting}) };
        let status = [json!({}), json!({"Status": "DO_NOTHING"}), json!({"Status": "REPLACE"})][status_setting].clone();
        let kind = if exclusive { "EXCLUSIVE_THING" } else { "NON_EXCLUSIVE_THING" };
        let body = template(
            json!({"AttributePayload": {"a": "1", "b": "", "c": "x"}, "ThingGroups": ["in", "new"], "BillingGroup": "paid"}),
            overrides,
            json!({"Status": "ACTIVE", "ThingPrincipalType": kind}),
            status,
        );
        if let Ok(first) = planned(&body, &existing) {
            let lookups = Lookups {
                thing: Some("lamp".into()),
                billing_group: Some("paid".into()),
                certificate: Some(ID.into()),
                policies: vec!["Fleet".into()],
                groups: vec!["in".into(), "new".into()],
                thing_type: None,
                children: Vec::new(),
            };
            let mut registry = Registry::default();
            registry.learn(&lookups, existing);
            registry.apply(&first);
            let second = planned(&body, &registry.existing_for(&lookups)).expect("a plan");
            prop_assert!(second.is_empty(), "{first}\nthen\n{second}");
        }
    }
}
