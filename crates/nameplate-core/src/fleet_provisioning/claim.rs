//! A temporary claim, which a trusted user hands to a device. AWS guide: provision-wo-cert, provisioning by trusted user.

use crate::arn::Realm;
use serde_json::{Value, json};

/// How long a claim can be connected with, and how long a connection may then last that has been made in time,
/// milliseconds.
pub const CLAIM_MILLIS: i64 = 5 * 60 * 1000;

/// What a claim may do: connect under any client id, and use the topics of fleet provisioning with this template.
pub fn claim_policy(realm: &Realm, template: &str) -> Value {
    let resources = |kind: &str| -> Vec<String> {
        let provision = format!("provisioning-templates/{template}/provision/*");
        [
            "certificates/create/*",
            "certificates/create-from-csr/*",
            &provision,
        ]
        .iter()
        .map(|topic| realm.iot(format_args!("{kind}/$aws/{topic}")))
        .collect()
    };
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": realm.iot("client/*")},
        {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": resources("topic")},
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": resources("topicfilter")},
    ]})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctx::Millis;
    use crate::policy::{
        Authorizer, Context, Dialect, MqttAction, NamedPolicy, PolicyDocument, PolicySet,
    };
    use std::sync::Arc;

    #[test]
    fn a_claim_may_use_its_templates_topics_and_no_others() {
        let realm = Arc::new(Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        });
        let document = claim_policy(&realm, "mine").to_string();
        let document = PolicyDocument::parse(&document, Dialect::Iot).expect("it is a policy");
        let policy = NamedPolicy {
            name: "claim".into(),
            document: Arc::new(document),
        };
        let set = Arc::new(PolicySet::new(&realm, vec![policy]));
        let authorizer = Authorizer::build(set, Arc::new(Context::default()));
        let may = |action, name: &str| authorizer.check(action, name, || Millis(0)).is_allowed();
        use MqttAction::{Connect, Publish, Receive, Subscribe};
        assert!(may(Connect, "any client"));
        for topic in [
            "$aws/certificates/create/json",
            "$aws/certificates/create-from-csr/cbor",
            "$aws/provisioning-templates/mine/provision/json",
        ] {
            assert!(may(Publish, topic), "{topic}");
            assert!(may(Receive, &format!("{topic}/accepted")), "{topic}");
            assert!(may(Subscribe, &format!("{topic}/+")), "{topic}");
        }
        for topic in [
            "hello",
            "$aws/things/t/shadow/update",
            "$aws/provisioning-templates/other/provision/json",
            "$aws/provisioning-templates/mine2/provision/json",
        ] {
            assert!(!may(Publish, topic), "{topic}");
        }
        for filter in [
            "#",
            "$aws/#",
            "$aws/provisioning-templates/+/provision/json/accepted",
        ] {
            assert!(!may(Subscribe, filter), "{filter}");
        }
    }
}
