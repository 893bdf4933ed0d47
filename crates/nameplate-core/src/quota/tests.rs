//! Buckets by tables of moments, and the lists by what they must hold.

use super::*;
use crate::arn::Realm;
use crate::ctx::Millis;
use crate::template::{Environment, Parameters, Template, TemplateKind};
use std::collections::BTreeMap;

/// Calls at these moments, in milliseconds: which of them are within the rate.
fn check(per_second: u32, moments: &[i64], expected: &str) {
    let rate = Rate::per_second(per_second);
    let mut bucket = Bucket::default();
    let start = 1_795_448_532_345;
    let found: String = moments
        .iter()
        .map(|at| match bucket.take(rate, 1, Millis(start + at)) {
            true => 'y',
            false => 'n',
        })
        .collect();
    assert_eq!(found, expected, "{per_second} a second at {moments:?}");
}

#[test]
fn a_second_s_worth_and_what_comes_back() {
    check(1, &[0, 0, 999, 1000, 1000, 1999, 2000], "ynnynny");
    check(2, &[0, 0, 0, 499, 500, 500, 1000], "yynnyny");
    check(3, &[0; 5], "yyynn");
    check(3, &[0, 0, 0, 333, 334, 667, 1000], "yyynyyy");
    // Full again after a pause of any length, and never more than that.
    check(2, &[0, 0, 100_000, 100_000, 100_000], "yyyyn");
    // What is refused costs nothing.
    check(1, &[0, 1, 2, 3, 4, 1000], "ynnnny");
    check(20_000, &[0, 0, 0], "yyy");
}

#[test]
fn over_an_hour_a_rate_is_what_it_says() {
    for per_second in [1u32, 7, 15, 100, 3000] {
        let rate = Rate::per_second(per_second);
        let mut bucket = Bucket::default();
        let mut passed = 0u32;
        // Four times as many as may pass, for a hundred seconds.
        for at in 0..400 * per_second {
            let now = Millis(i64::from(at) * 250 / i64::from(per_second));
            passed += u32::from(bucket.take(rate, 1, now));
        }
        assert!(
            (100 * per_second..=101 * per_second).contains(&passed),
            "{per_second}: {passed}"
        );
    }
}

#[test]
fn debt_is_paid_in_time() {
    let rate = Rate::per_second(10);
    let mut bucket = Bucket::default();
    bucket.charge(rate, 10, Millis(0));
    assert_eq!(bucket.debt(Millis(0)), 0);
    assert!(!bucket.take(rate, 1, Millis(0)));
    bucket.charge(rate, 15, Millis(0));
    assert_eq!(bucket.debt(Millis(0)), 1500);
    assert_eq!(bucket.debt(Millis(1000)), 500);
    assert!(!bucket.take(rate, 1, Millis(1599)));
    assert!(bucket.take(rate, 1, Millis(1600)));
    // However much it is, and whatever the clock does, it ends.
    bucket.charge(rate, u64::MAX, Millis(10_000));
    assert!(bucket.debt(Millis(10_000)) <= 60_000);
    assert!(!bucket.take(rate, 1, Millis(0)));
    assert!(bucket.take(rate, 10, Millis(60_000)));
}

#[test]
fn several_are_taken_together_or_not_at_all() {
    let rate = Rate::per_second(10);
    let mut bucket = Bucket::default();
    assert!(bucket.take(rate, 8, Millis(0)));
    assert!(!bucket.take(rate, 3, Millis(0)));
    assert!(bucket.take(rate, 2, Millis(0)));
    assert!(!bucket.take(rate, 11, Millis(100_000)));
}

#[test]
fn names_do_not_share_and_are_forgotten() {
    let rate = Rate::per_second(1);
    let mut keyed = Keyed::default();
    assert!(keyed.take("a", rate, Millis(0)));
    assert!(keyed.take("b", rate, Millis(0)));
    assert!(!keyed.take("a", rate, Millis(999)));
    assert!(!keyed.take("b", rate, Millis(999)));
    assert!(keyed.take("a", rate, Millis(1000)));
    // Kept over the change of generations.
    assert!(!keyed.take("a", rate, Millis(1999)));
    assert!(keyed.take("a", rate, Millis(2000)));
    for n in 0..100_000 {
        let at = Millis(3000 + n / 10);
        assert!(keyed.take(&n.to_string(), rate, at), "{n}");
        assert!(keyed.len() <= 30_000, "{}", keyed.len());
    }
    keyed.take("a", rate, Millis(20_000));
    keyed.take("a", rate, Millis(30_000));
    assert_eq!(keyed.len(), 1);
    // A clock that steps back makes nobody wait for ever.
    assert!(keyed.take("c", rate, Millis(0)));
}

#[test]
fn lists_are_in_order() {
    for (at, entry) in LIMITS.iter().enumerate() {
        assert_eq!(entry.limit as usize, at, "{entry:?}");
        assert_eq!(entry.limit.published(), entry);
    }
    for entry in OPERATIONS {
        let at = operations::position(entry.service, entry.name);
        assert_eq!(at.map(|at| &OPERATIONS[at]), Some(entry));
    }
    assert_eq!(operations::position("iot", "NoSuchThing"), None);
}

#[test]
fn figures_by_region() {
    let check = |limit: Limit, region: &str, expected: u32| {
        assert_eq!(limit.rate(region).get(), expected, "{limit:?} in {region}");
    };
    check(Limit::Connects, "us-east-1", 3000);
    check(Limit::Connects, "eu-west-3", 100);
    check(Limit::Connects, "us-west-1", 100);
    check(Limit::ShadowRequests, "us-west-1", 4000);
    check(Limit::ShadowRequests, "cn-northwest-1", 400);
    check(Limit::ConnectsOfClient, "cn-north-1", 1);
    check(Limit::BytesOfConnection, "us-east-1", 524_288);
    let operation = |name: &str, small: bool, expected: u32| {
        let at = operations::position("iot", name).expect("it has a rate");
        assert_eq!(OPERATIONS[at].rate(small).get(), expected, "{name}");
    };
    operation("CreateThing", false, 100);
    operation("CreateThing", true, 50);
    operation("RegisterThing", false, 10);
    operation("DescribeThing", true, 350);
    operation("UpdateIndexingConfiguration", false, 1);
}

#[test]
fn what_a_run_calls() {
    let check = |resources: &str, expected: &[&str]| {
        let text = format!(
            r#"{{"Parameters": {{"Name": {{"Type": "String"}}}}, "Resources": {resources}}}"#
        );
        let template = Template::parse(&text, TemplateKind::RegisterThing).expect("a template");
        let values = BTreeMap::from([("Name".to_owned(), "lamp".to_owned())]);
        let realm = Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        };
        let environment = Environment {
            realm: &realm,
            check_policy: |_| Ok(()),
        };
        let desired = template
            .resolve(&Parameters::from_caller(values), &environment)
            .expect("all values are there");
        assert_eq!(calls_of(&desired), expected, "{resources}");
    };
    check(
        r#"{"t": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "Name"}, "ThingGroups": ["a", "b"]}}}"#,
        &[
            "CreateThing",
            "AddThingToThingGroup",
            "AddThingToThingGroup",
        ],
    );
    let certificate = "ab".repeat(32);
    check(
        &format!(
            r#"{{"t": {{"Type": "AWS::IoT::Thing", "Properties": {{"ThingName": {{"Ref": "Name"}}}}}},
            "c": {{"Type": "AWS::IoT::Certificate", "Properties": {{"CertificateId": "{certificate}", "Status": "Active"}}}},
            "p": {{"Type": "AWS::IoT::Policy", "Properties": {{"PolicyName": "P"}}}},
            "q": {{"Type": "AWS::IoT::Policy", "Properties": {{"PolicyDocument": "{{}}"}}}}}}"#
        ),
        &[
            "CreateThing",
            "UpdateCertificate",
            "AttachPolicy",
            "CreatePolicy",
            "AttachPolicy",
            "AttachThingPrincipal",
        ],
    );
}
