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
    }
}

fn planned(body: &Value, existing: &Existing) -> Result<Plan, PlanError> {
    let ctx = ctx();
    let fresh = Fresh {
        thing_id: "fresh".into(),
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

mod things {
    use super::*;

    #[test]
    fn a_new_device_is_made_in_order() {
        let everything = template(
            json!({"AttributePayload": {"a": "1", "gone": ""}, "ThingTypeName": "T", "ThingGroups": ["new", "in"], "BillingGroup": "paid"}),
            json!({}),
            json!({"ThingPrincipalType": "EXCLUSIVE_THING"}),
            json!({}),
        );
        let existing = Existing {
            thing: None,
            certificate: Some(ExistingCertificate {
                status: Status::PendingActivation,
                policies: BTreeSet::new(),
                things: BTreeMap::new(),
                id: ID.into(),
            }),
            ..registry()
        };
        steps(
            &everything,
            &existing,
            &[
                "create thing lamp of type T with a=1",
                "add thing lamp to thing group new",
                "add thing lamp to thing group in",
                "put thing lamp into billing group paid",
                "attach policy Fleet to certificate ID",
                "attach certificate ID to thing lamp as EXCLUSIVE_THING",
                "set certificate ID from PENDING_ACTIVATION to ACTIVE",
            ],
        );
        let plan = planned(&everything, &existing).expect("a plan");
        assert_eq!(
            plan.resource_arns(&ctx().realm),
            [
                (
                    "thing".to_owned(),
                    "arn:aws:iot:us-east-1:123456789012:thing/lamp".to_owned()
                ),
                (
                    "certificate".to_owned(),
                    format!("arn:aws:iot:us-east-1:123456789012:cert/{ID}")
                ),
                (
                    "policy".to_owned(),
                    "arn:aws:iot:us-east-1:123456789012:policy/Fleet".to_owned()
                ),
            ]
        );
        let permissions: Vec<String> = plan
            .permissions(&ctx().realm)
            .iter()
            .map(|p| {
                format!(
                    "{} {}",
                    p.any_of.join("|"),
                    p.resource
                        .rsplit(':')
                        .next()
                        .unwrap_or_default()
                        .replace(ID, "ID")
                )
            })
            .collect();
        assert_eq!(
            permissions,
            [
                "iot:CreateThing thing/lamp",
                "iot:AddThingToThingGroup thinggroup/new",
                "iot:AddThingToThingGroup thing/lamp",
                "iot:AddThingToThingGroup thinggroup/in",
                "iot:AddThingToBillingGroup billinggroup/paid",
                "iot:AddThingToBillingGroup thing/lamp",
                "iot:AttachPolicy|iot:AttachPrincipalPolicy cert/ID",
                "iot:AttachThingPrincipal thing/lamp",
                "iot:UpdateCertificate cert/ID",
            ]
        );
        assert!(plan.to_string().starts_with(" 1. create thing lamp"));
        assert_eq!(
            plan.to_json()["steps"][0],
            json!({"step": "CreateThing", "thingName": "lamp", "thingId": "fresh", "thingTypeName": "T", "attributes": {"a": "1"}})
        );
    }

    #[test]
    fn a_provisioned_device_needs_nothing() {
        let body = thing(
            json!({"AttributePayload": {"a": "1"}, "ThingTypeName": "Old", "ThingGroups": ["in"], "BillingGroup": "paid"}),
            json!({}),
        );
        steps(&body, &registry(), &[]);
        assert_eq!(
            planned(&body, &registry()).expect("a plan").to_string(),
            "nothing to change\n"
        );
        // Nothing in the template, nothing to compare.
        steps(&thing(json!({}), json!({})), &registry(), &[]);
        steps(
            &thing(
                json!({}),
                json!({"AttributePayload": "REPLACE", "ThingTypeName": "REPLACE", "ThingGroups": "REPLACE"}),
            ),
            &registry(),
            &[],
        );
    }

    #[test]
    fn attributes_follow_their_setting() {
        let with = |setting: Option<&str>| {
            thing(
                json!({"AttributePayload": {"b": "2", "a": ""}}),
                setting.map_or(json!({}), |s| json!({"AttributePayload": s})),
            )
        };
        steps(&with(Some("DO_NOTHING")), &registry(), &[]);
        steps(
            &with(Some("REPLACE")),
            &registry(),
            &["update thing lamp to version 5 of type Old with b=2"],
        );
        // An empty value removes, also when merging.
        steps(
            &with(Some("MERGE")),
            &registry(),
            &["update thing lamp to version 5 of type Old with b=2"],
        );
        let merge = thing(
            json!({"AttributePayload": {"b": "2"}}),
            json!({"ATTRIBUTE_PAYLOAD": "MERGE"}),
        );
        steps(
            &merge,
            &registry(),
            &["update thing lamp to version 5 of type Old with a=1, b=2"],
        );
        refused(
            &with(None),
            &registry(),
            FailureClass::Conflict,
            "attributes-differ",
            "thing, property AttributePayload: the thing \"lamp\" exists and has {a=1}, the template says {b=2}; without an override setting for AttributePayload they must be equal",
        );
        refused(
            &with(Some("FAIL")),
            &registry(),
            FailureClass::Conflict,
            "attributes-exist",
            "thing, property AttributePayload: the thing \"lamp\" exists and has {a=1}, the template says {b=2}, and the override setting for AttributePayload is FAIL",
        );
    }

    #[test]
    fn the_type_follows_its_setting() {
        let with = |setting: Option<&str>| {
            thing(
                json!({"ThingTypeName": "New"}),
                setting.map_or(json!({}), |s| json!({"ThingTypeName": s})),
            )
        };
        steps(&with(Some("DO_NOTHING")), &registry(), &[]);
        steps(
            &with(Some("REPLACE")),
            &registry(),
            &["update thing lamp to version 5 of type New with a=1"],
        );
        refused(
            &with(None),
            &registry(),
            FailureClass::Conflict,
            "thing-type-differs",
            "thing, property ThingTypeName: the thing \"lamp\" exists and has Old, the template says New; without an override setting for ThingTypeName they must be equal",
        );
        refused(
            &with(Some("FAIL")),
            &registry(),
            FailureClass::Conflict,
            "thing-type-exists",
            "thing, property ThingTypeName: the thing \"lamp\" exists and has Old, the template says New, and the override setting for ThingTypeName is FAIL",
        );
        let absent = Existing {
            thing_type: None,
            ..registry()
        };
        refused(
            &with(Some("REPLACE")),
            &absent,
            FailureClass::Absent,
            "thing-type-absent",
            "thing, property ThingTypeName: there is no thing type \"New\"",
        );
        let deprecated = Existing {
            thing_type: Some(ThingType { deprecated: true }),
            ..registry()
        };
        refused(
            &with(Some("REPLACE")),
            &deprecated,
            FailureClass::Invalid,
            "thing-type-deprecated",
            "thing, property ThingTypeName: the thing type \"New\" is deprecated and takes no more things",
        );
        refused(
            &with(None),
            &Existing {
                thing: None,
                ..deprecated.clone()
            },
            FailureClass::Invalid,
            "thing-type-deprecated",
            "thing, property ThingTypeName: the thing type \"New\" is deprecated and takes no more things",
        );
        // A thing keeps the type it has, deprecated or not.
        steps(
            &thing(
                json!({"ThingTypeName": "Old"}),
                json!({"ThingTypeName": "REPLACE"}),
            ),
            &deprecated,
            &[],
        );
    }

    #[test]
    fn groups_follow_their_setting() {
        let with = |groups: Value, setting: Option<&str>| {
            thing(
                json!({"ThingGroups": groups}),
                setting.map_or(json!({}), |s| json!({"ThingGroups": s})),
            )
        };
        steps(&with(json!(["new"]), Some("DO_NOTHING")), &registry(), &[]);
        steps(
            &with(json!(["new"]), Some("REPLACE")),
            &registry(),
            &[
                "remove thing lamp from thing group in",
                "add thing lamp to thing group new",
            ],
        );
        steps(
            &with(json!([]), Some("REPLACE")),
            &registry(),
            &["remove thing lamp from thing group in"],
        );
        steps(
            &with(json!(["new", "in"]), Some("MERGE")),
            &registry(),
            &["add thing lamp to thing group new"],
        );
        steps(&with(json!([]), None), &registry(), &[]);
        refused(
            &with(json!(["new"]), None),
            &registry(),
            FailureClass::Conflict,
            "thing-groups-differ",
            "thing, property ThingGroups: the thing \"lamp\" exists and has [in, found], the template says [new]; without an override setting for ThingGroups they must be equal",
        );
        refused(
            &with(json!(["in"]), Some("FAIL")),
            &registry(),
            FailureClass::Conflict,
            "thing-groups-exist",
            "thing, property ThingGroups: the thing \"lamp\" exists and has [in, found], the template says [in], and the override setting for ThingGroups is FAIL",
        );
        let merge = |groups: Value| with(groups, Some("MERGE"));
        refused(
            &merge(json!(["DE"])),
            &registry(),
            FailureClass::Absent,
            "thing-group-absent",
            "thing, property ThingGroups: there is no thing group \"DE\"",
        );
        assert_eq!(
            planned(&merge(json!(["DE"])), &registry())
                .expect_err("refused")
                .remedy_text(),
            Some("aws iot create-thing-group --thing-group-name DE")
        );
        refused(
            &merge(json!(["query"])),
            &registry(),
            FailureClass::Invalid,
            "thing-group-dynamic",
            "thing, property ThingGroups: the thing group \"query\" is dynamic, and things cannot be added to it",
        );
        refused(
            &merge(json!(["nephew"])),
            &registry(),
            FailureClass::Conflict,
            "thing-groups-related",
            "thing, property ThingGroups: the thing \"lamp\" would be in \"in\" and in \"nephew\", which belong to one hierarchy under \"in\"; it may be in one group of a hierarchy",
        );
        steps(
            &with(json!(["nephew"]), Some("REPLACE")),
            &registry(),
            &[
                "remove thing lamp from thing group in",
                "add thing lamp to thing group nephew",
            ],
        );
        let mut full = registry();
        full.thing.as_mut().expect("a thing").groups = (0..9)
            .map(|i| member(&format!("g{i}")))
            .chain([dynamic("found")])
            .collect();
        refused(
            &merge(json!(["new"])),
            &full,
            FailureClass::Limit,
            "too-many-thing-groups",
            "thing, property ThingGroups: the thing \"lamp\" would be in 11 groups, and may be in at most 10",
        );
    }

    #[test]
    fn the_thing_moves_to_the_billing_group() {
        let with = thing(json!({"BillingGroup": "other"}), json!({}));
        steps(
            &with,
            &registry(),
            &["put thing lamp into billing group other, out of paid"],
        );
        refused(
            &with,
            &Existing {
                billing_group: false,
                ..registry()
            },
            FailureClass::Absent,
            "billing-group-absent",
            "thing, property BillingGroup: there is no billing group \"other\"",
        );
    }

    #[test]
    fn attributes_are_counted_after_merging() {
        let four = json!({"AttributePayload": {"a": "1", "b": "2", "c": "3", "d": "4"}});
        let text = "thing, property AttributePayload: a thing without a thing type may have at most 3 attributes, and this one would have 4; with a thing type it may have 50";
        refused(
            &thing(four.clone(), json!({})),
            &Existing {
                thing: None,
                ..registry()
            },
            FailureClass::Limit,
            "too-many-attributes",
            text,
        );
        let mut untyped = registry();
        untyped.thing.as_mut().expect("a thing").thing_type = None;
        let three = thing(
            json!({"AttributePayload": {"b": "2", "c": "3", "d": "4"}}),
            json!({"AttributePayload": "MERGE"}),
        );
        refused(
            &three,
            &untyped,
            FailureClass::Limit,
            "too-many-attributes",
            text,
        );
        steps(
            &three,
            &registry(),
            &["update thing lamp to version 5 of type Old with a=1, b=2, c=3, d=4"],
        );
        let mut typed = four;
        typed["ThingTypeName"] = json!("T");
        steps(
            &thing(
                typed,
                json!({"AttributePayload": "REPLACE", "ThingTypeName": "REPLACE"}),
            ),
            &untyped,
            &["update thing lamp to version 5 of type T with a=1, b=2, c=3, d=4"],
        );
    }
}

mod certificates {
    use super::*;

    fn status(
        template_says: Option<&str>,
        setting: Option<&str>,
        is: Status,
    ) -> Result<Vec<String>, String> {
        let body = certificate(
            template_says.map_or(json!({}), |s| json!({"Status": s})),
            setting.map_or(json!({}), |s| json!({"Status": s})),
        );
        let existing = Existing {
            certificate: Some(existing_certificate(is)),
            ..registry()
        };
        match planned(&body, &existing) {
            Ok(plan) => Ok(plan
                .steps
                .iter()
                .map(|s| s.to_string().replace(ID, "ID"))
                .collect()),
            Err(refusal) => {
                assert_eq!(refusal.class(), FailureClass::Conflict);
                Err(refusal.code().to_owned())
            }
        }
    }

    #[test]
    fn the_status_follows_its_setting() {
        use Status::*;
        let none = || Ok(Vec::new());
        let set =
            |from: &str, to: &str| Ok(vec![format!("set certificate ID from {from} to {to}")]);
        let err = |code: &str| Err(code.to_owned());
        let cases = [
            (None, None, Inactive, none()),
            (Some("ACTIVE"), None, Active, none()),
            (Some("ACTIVE"), None, Inactive, err("status-differs")),
            (
                Some("ACTIVE"),
                Some("REPLACE"),
                Inactive,
                set("INACTIVE", "ACTIVE"),
            ),
            (None, Some("REPLACE"), Inactive, set("INACTIVE", "ACTIVE")),
            (
                Some("Inactive"),
                Some("REPLACE"),
                Active,
                set("ACTIVE", "INACTIVE"),
            ),
            (Some("ACTIVE"), Some("DO_NOTHING"), Inactive, none()),
            (Some("ACTIVE"), Some("FAIL"), Inactive, err("status-exists")),
            (Some("ACTIVE"), Some("FAIL"), Active, err("status-exists")),
            // No setting protects a certificate that waits for activation.
            (
                Some("ACTIVE"),
                Some("DO_NOTHING"),
                PendingActivation,
                set("PENDING_ACTIVATION", "ACTIVE"),
            ),
            (
                Some("ACTIVE"),
                Some("FAIL"),
                PendingActivation,
                set("PENDING_ACTIVATION", "ACTIVE"),
            ),
            (
                None,
                None,
                PendingActivation,
                set("PENDING_ACTIVATION", "ACTIVE"),
            ),
            (
                Some("INACTIVE"),
                None,
                PendingActivation,
                set("PENDING_ACTIVATION", "INACTIVE"),
            ),
            // Nothing changes a revoked one.
            (
                Some("ACTIVE"),
                Some("REPLACE"),
                Revoked,
                err("certificate-revoked"),
            ),
            (Some("ACTIVE"), Some("DO_NOTHING"), Revoked, none()),
            (Some("ACTIVE"), None, Revoked, err("status-differs")),
            (
                Some("ACTIVE"),
                Some("DO_NOTHING"),
                PendingTransfer,
                err("certificate-in-transfer"),
            ),
        ];
        for (says, setting, is, expected) in cases {
            assert_eq!(
                status(says, setting, is),
                expected,
                "{says:?} {setting:?} {is:?}"
            );
        }
    }

    #[test]
    fn a_conflict_names_both_values() {
        let body = certificate(json!({"Status": "ACTIVE"}), json!({}));
        let existing = Existing {
            certificate: Some(existing_certificate(Status::Inactive)),
            ..registry()
        };
        refused(
            &body,
            &existing,
            FailureClass::Conflict,
            "status-differs",
            "certificate, property Status: the certificate \"ID\" is INACTIVE and the template says ACTIVE; without an override setting for Status they must be equal",
        );
    }

    #[test]
    fn an_absent_certificate_is_refused_by_id_and_registered_by_pem() {
        let existing = Existing {
            certificate: None,
            ..registry()
        };
        refused(
            &certificate(json!({}), json!({})),
            &existing,
            FailureClass::Absent,
            "certificate-absent",
            "certificate, property CertificateId: there is no certificate \"ID\"",
        );
        let pem = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n";
        let by_pem = certificate(
            json!({"CertificateId": null, "CertificatePem": pem, "Status": "INACTIVE"}),
            json!({}),
        );
        steps(
            &by_pem,
            &existing,
            &[
                "register certificate NEW as INACTIVE",
                "attach policy Fleet to certificate NEW",
                "attach certificate NEW to thing lamp as NON_EXCLUSIVE_THING",
            ],
        );
        // Registered already: the repeat keeps everything.
        let again = certificate(
            json!({"CertificateId": null, "CertificatePem": pem}),
            json!({}),
        );
        steps(&again, &registry(), &[]);
        let by_csr = certificate(
            json!({"CertificateId": null, "CertificateSigningRequest": "x"}),
            json!({}),
        );
        steps(
            &by_csr,
            &registry(),
            &[
                "issue certificate NEW as ACTIVE",
                "attach policy Fleet to certificate NEW",
                "attach certificate NEW to thing lamp as NON_EXCLUSIVE_THING",
            ],
        );
    }

    #[test]
    fn an_exclusive_thing_is_the_only_one() {
        let body = |kind: Option<&str>| {
            certificate(
                kind.map_or(json!({}), |k| json!({"ThingPrincipalType": k})),
                json!({}),
            )
        };
        let attached = |things: &[(&str, PrincipalType)]| {
            let mut existing = registry();
            existing.certificate.as_mut().expect("one").things =
                things.iter().map(|(n, k)| ((*n).to_owned(), *k)).collect();
            existing
        };
        use PrincipalType::{Exclusive, NonExclusive};
        let attach = |kind: &str| vec![format!("attach certificate ID to thing lamp as {kind}")];
        let cases: &[(
            Option<&str>,
            &[(&str, PrincipalType)],
            Result<Vec<String>, &str>,
        )] = &[
            (None, &[], Ok(attach("NON_EXCLUSIVE_THING"))),
            (Some("EXCLUSIVE_THING"), &[], Ok(attach("EXCLUSIVE_THING"))),
            (
                None,
                &[("fan", NonExclusive)],
                Ok(attach("NON_EXCLUSIVE_THING")),
            ),
            (
                Some("EXCLUSIVE_THING"),
                &[("fan", NonExclusive)],
                Err("certificate-has-other-thing"),
            ),
            (
                None,
                &[("fan", Exclusive)],
                Err("certificate-has-exclusive-thing"),
            ),
            (None, &[("lamp", Exclusive)], Ok(vec![])),
            (Some("EXCLUSIVE_THING"), &[("lamp", Exclusive)], Ok(vec![])),
            (
                Some("NON_EXCLUSIVE_THING"),
                &[("lamp", Exclusive)],
                Err("attachment-differs"),
            ),
            (
                Some("EXCLUSIVE_THING"),
                &[("lamp", NonExclusive)],
                Err("attachment-differs"),
            ),
        ];
        for (kind, things, expected) in cases {
            let got = planned(&body(*kind), &attached(things));
            let got = got.map(|p| {
                p.steps
                    .iter()
                    .map(|s| s.to_string().replace(ID, "ID"))
                    .collect::<Vec<_>>()
            });
            let got = got.map_err(|r| r.code());
            assert_eq!(got, *expected, "{kind:?} {things:?}");
        }
        refused(
            &body(Some("EXCLUSIVE_THING")),
            &attached(&[("fan", NonExclusive)]),
            FailureClass::Conflict,
            "certificate-has-other-thing",
            "certificate, property ThingPrincipalType: the certificate \"ID\" is attached to the thing \"fan\", and the template wants \"lamp\" as its only thing; detach it first",
        );
    }
}

mod policies {
    use super::*;

    fn document(document: Value) -> Value {
        let mut body = thing(json!({}), json!({}));
        body["Resources"]["policy"]["Properties"] = json!({"PolicyDocument": document});
        body
    }

    #[test]
    fn a_named_policy_must_exist() {
        let absent = Existing {
            policies: BTreeMap::new(),
            ..registry()
        };
        let body = thing(json!({}), json!({}));
        refused(
            &body,
            &absent,
            FailureClass::Absent,
            "policy-absent",
            "policy, property PolicyName: there is no IoT policy \"Fleet\"",
        );
        let iam = Existing {
            iam_policies: BTreeSet::from(["Fleet".into()]),
            ..absent
        };
        refused(
            &body,
            &iam,
            FailureClass::Absent,
            "policy-absent",
            "policy, property PolicyName: there is no IoT policy \"Fleet\"; there is an IAM policy arn:aws:iam::123456789012:policy/Fleet, which is another kind: a certificate takes IoT policies only",
        );
    }

    #[test]
    fn a_document_is_made_a_policy_once() {
        let body = document(json!({"a": 1}));
        let plan = planned(&body, &registry()).expect("a plan");
        let made = plan.policies[0].name.clone();
        // The guide's sample shows 40 hexadecimal digits.
        assert_eq!(made.len(), 40);
        assert_eq!(
            plan.steps[0],
            Step::CreatePolicy {
                name: made.clone(),
                document: r#"{"a":1}"#.into()
            }
        );
        assert_eq!(
            plan.steps[1],
            Step::AttachPolicy {
                policy: made.clone(),
                certificate: ID.into()
            }
        );
        let mut second = registry();
        second.policies.insert(made.clone(), r#"{"a":1}"#.into());
        assert_eq!(planned(&body, &second).expect("a plan").steps.len(), 1);
        // The owner gave it a new version for the whole fleet.
        second.policies.insert(made, "{}".into());
        assert!(planned(&body, &second).expect("a plan").notes[0].contains("attached as it is"));
        // The same document twice in one template.
        let mut twice = body;
        twice["Resources"]["again"] = twice["Resources"]["policy"].clone();
        assert_eq!(planned(&twice, &registry()).expect("a plan").steps.len(), 2);
    }

    #[test]
    fn a_certificate_has_ten_policies() {
        let mut full = registry();
        full.certificate.as_mut().expect("one").policies = (0..10).map(|i| i.to_string()).collect();
        refused(
            &thing(json!({}), json!({})),
            &full,
            FailureClass::Limit,
            "too-many-policies",
            "certificate: the certificate \"ID\" would have 11 policies, and may have at most 10",
        );
        full.certificate
            .as_mut()
            .expect("one")
            .policies
            .insert("Fleet".into());
        steps(&thing(json!({}), json!({})), &full, &[]);
    }
}

mod fleets {
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
        // A device that comes again needs nothing.
        let Outcome::Planned(plan) = simulation.device("x", &device(7, "DE"), None) else {
            panic!("planned")
        };
        assert!(plan.is_empty());
        assert_eq!(simulation.summary().unchanged(), 1);
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
        assert!(failures[0].examples[0].1.contains(
            "{country=DE, device_type=mesh, version=v1}, the template says {country=FR,"
        ));
        assert!(summary.to_string().starts_with(
            "4 devices: 2 would be provisioned (0 of them already are), 2 would not\n"
        ));
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
        known.registry_mut().learn(
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
}

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
            };
            let mut registry = Registry::default();
            registry.learn(&lookups, existing);
            registry.apply(&first);
            let second = planned(&body, &registry.existing_for(&lookups)).expect("a plan");
            prop_assert!(second.is_empty(), "{first}\nthen\n{second}");
        }
    }
}
