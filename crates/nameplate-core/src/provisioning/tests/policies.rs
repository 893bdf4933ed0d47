//! Named policies and documents.

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
