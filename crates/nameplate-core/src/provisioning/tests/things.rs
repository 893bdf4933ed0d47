//! Things and their override settings.

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
            "iot:AttachThingPrincipal cert/ID",
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

/// Ours: things that the template's thing speaks for.
#[test]
fn children_are_new_or_its_own() {
    let gateway = |list: Value| thing(json!({"ChildThings": list}), json!({}));
    let two = gateway(json!({"Fn::Split": [",", "lamp-1,,lamp-2,lamp-1"]}));
    let with = |children: &[(&str, Option<&str>)]| Existing {
        children: children
            .iter()
            .map(|(name, parent)| ((*name).to_owned(), parent.map(Into::into)))
            .collect(),
        ..registry()
    };
    let made = |name: &str| format!("create thing {name} with parent=lamp");
    steps(&two, &registry(), &[&made("lamp-1"), &made("lamp-2")]);
    let own = with(&[("lamp-1", Some("lamp"))]);
    steps(&two, &own, &[&made("lamp-2")]);
    for (parent, part) in [
        (Some("other"), "is a child of"),
        (None, "is nobody's child"),
    ] {
        let refused = planned(&two, &with(&[("lamp-2", parent)])).expect_err("refused");
        assert_eq!(refused.code(), "child-of-another");
        assert!(refused.to_string().contains(part), "{refused}");
    }
    steps(&gateway(json!({"Fn::Split": [",", ""]})), &registry(), &[]);
}
