//! Cases of the policy language as its users meet them. Owns the short form that cases are written in.

use super::*;
use crate::arn::Realm;
use crate::ctx::Millis;
use proptest::prelude::*;
use std::sync::Arc;

mod caller;
mod cases;
mod conditions;
mod documents;
mod oracle;
mod variables;

const NOW: Millis = Millis(1_700_000_000_000);

fn realm() -> Realm {
    Realm {
        account: "123456789012".into(),
        region: "us-east-1".into(),
    }
}

/// `A:` in texts stands for the ARN prefix of the account.
fn expand(text: &str) -> String {
    text.replace("A:", &realm().iot(""))
}

fn policy(name: &str, text: &str) -> NamedPolicy {
    let document = PolicyDocument::parse(&expand(text), Dialect::Iot);
    NamedPolicy {
        name: name.into(),
        document: Arc::new(document.unwrap_or_else(|error| panic!("{text}: {error}"))),
    }
}

/// Statements in short form: `+Connect,Publish client/a` allows, `-` denies, `[…]` is the inside of a
/// condition block, `+!Publish` is NotAction, `!topic/a` NotResource.
fn statements(short: &[&str]) -> NamedPolicy {
    let statements: Vec<String> = short.iter().map(|line| statement(line)).collect();
    policy(
        "p",
        &format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            statements.join(",")
        ),
    )
}

fn statement(line: &str) -> String {
    let (line, condition) = match line.split_once(" [") {
        Some((line, condition)) => (line, condition.strip_suffix(']').expect("a closing ]")),
        None => (line, ""),
    };
    let (actions, resource) = line.split_once(' ').expect("actions and a resource");
    let effect = if actions.starts_with('+') {
        "Allow"
    } else {
        "Deny"
    };
    let (not_action, actions) = match actions[1..].strip_prefix('!') {
        Some(actions) => ("Not", actions),
        None => ("", &actions[1..]),
    };
    let actions: Vec<String> = actions
        .split(',')
        .map(|action| format!(r#""iot:{action}""#))
        .collect();
    let (not_resource, resource) = match resource.strip_prefix('!') {
        Some(resource) => ("Not", resource),
        None => ("", resource),
    };
    let resource = match resource {
        "*" => "*".to_owned(),
        resource => format!("A:{resource}"),
    };
    format!(
        r#"{{"Effect":"{effect}","{not_action}Action":[{}],"{not_resource}Resource":"{resource}","Condition":{{{condition}}}}}"#,
        actions.join(",")
    )
}

/// A connection of certificate `c1` with this client identifier that belongs to no thing.
fn client(id: &str) -> Context {
    Context {
        client_id: Some(id.into()),
        association: Association::None,
        now: Some(NOW),
        certificate: Some(Arc::new(certificate(&[]))),
        ..Context::default()
    }
}

fn thing(name: &str, type_name: Option<&str>, attributes: &[(&str, &str)]) -> Association {
    Association::Thing(Arc::new(ThingFacts {
        name: name.into(),
        type_name: type_name.map(Into::into),
        attributes: attributes
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect(),
        children: Vec::new(),
    }))
}

fn gateway(name: &str, children: &[&str]) -> Context {
    let association = Association::Thing(Arc::new(ThingFacts {
        name: name.into(),
        children: children.iter().map(|name| (*name).into()).collect(),
        ..ThingFacts::default()
    }));
    of_thing(name, association)
}

fn certificate(subject: &[(&'static str, &str)]) -> CertificateFacts {
    CertificateFacts {
        id: "c1".into(),
        serial_hex: "0a1b".into(),
        subject: subject
            .iter()
            .map(|(name, value)| (*name, (*value).into()))
            .collect(),
        ..CertificateFacts::default()
    }
}

fn with_subject(subject: &[(&'static str, &str)]) -> Context {
    Context {
        certificate: Some(Arc::new(certificate(subject))),
        ..client("dev1")
    }
}

fn of_thing(id: &str, association: Association) -> Context {
    Context {
        association,
        ..client(id)
    }
}

/// Asks the compiled form and the explained one, which must agree.
fn ask(policies: &[NamedPolicy], context: &Context, action: MqttAction, name: &str) -> Verdict {
    let set = PolicySet::new(&realm(), policies.to_vec());
    let authorizer = Authorizer::build(Arc::new(set), Arc::new(context.clone()));
    let verdict = authorizer.check(action, name, || NOW);
    let decision = authorizer.decide(action, name, NOW);
    assert_eq!(verdict, decision.verdict, "{decision}");
    verdict
}

/// A request such as `Publish a/b`, with `A`, `D` (implicit) or `X` (explicit) as the wanted answer.
#[track_caller]
fn check_all(policies: &[NamedPolicy], context: &Context, requests: &[(&str, char)]) {
    for (request, wanted) in requests {
        let (action, name) = request.split_once(' ').expect("an action and a name");
        let action = MqttAction::ALL
            .into_iter()
            .find(|known| known.name().strip_prefix("iot:") == Some(action))
            .expect("an action of MQTT");
        let letter = match ask(policies, context, action, name) {
            Verdict::Allowed => 'A',
            Verdict::ImplicitDeny => 'D',
            Verdict::ExplicitDeny => 'X',
        };
        assert_eq!(letter, *wanted, "{request}");
    }
}

#[track_caller]
fn check(short: &[&str], context: &Context, requests: &[(&str, char)]) {
    let policies = match short {
        [] => vec![],
        short => vec![statements(short)],
    };
    check_all(&policies, context, requests);
}

/// A Sid may be as long as its document, and each of a statement's faults is held.
#[test]
fn of_many_faults_of_a_statement_one_is_told_with_its_sid() {
    let text =
        r#"{"Statement":{"Sid":"one","Effect":"Allow","Action":["s3:*"],"Resource":["","",""]}}"#;
    let node = super::document::tree(text, Dialect::IamIdentity).expect("it is JSON");
    let (_, faults) = super::document::document(node, Dialect::IamIdentity);
    assert!(faults.len() > 1);
    let told: Vec<bool> = faults
        .iter()
        .map(|fault| fault.to_string().contains("one"))
        .collect();
    assert_eq!(told.iter().filter(|told| **told).count(), 1);
    assert!(told[0]);
}
