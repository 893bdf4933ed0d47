//! The compiled form and the explained one against a slow definition of the same.

use super::*;

/// The definition written out: every variable replaced by hand, globs by recursion, nothing compiled.
mod slow {
    use super::*;

    #[derive(Debug, Clone)]
    pub struct Rule {
        pub allow: bool,
        pub not_action: bool,
        pub actions: Vec<String>,
        pub not_resource: bool,
        pub resources: Vec<String>,
        /// `StringLike iot:ClientId`, or nothing.
        pub client_like: Option<String>,
    }

    impl Rule {
        pub fn json(&self) -> serde_json::Value {
            let effect = if self.allow { "Allow" } else { "Deny" };
            let action = if self.not_action {
                "NotAction"
            } else {
                "Action"
            };
            let resource = if self.not_resource {
                "NotResource"
            } else {
                "Resource"
            };
            let mut value = serde_json::json!({
                "Effect": effect, action: self.actions, resource: self.resources,
            });
            if let Some(like) = &self.client_like {
                value["Condition"] = serde_json::json!({"StringLike": {"iot:ClientId": like}});
            }
            value
        }
    }

    pub fn glob(pattern: &str, text: &str) -> bool {
        match (pattern.chars().next(), text.chars().next()) {
            (None, None) => true,
            (Some('*'), found) => {
                glob(&pattern[1..], text)
                    || found.is_some_and(|found| glob(pattern, &text[found.len_utf8()..]))
            }
            (Some('?'), Some(found)) => glob(&pattern[1..], &text[found.len_utf8()..]),
            (Some(wanted), Some(found)) if wanted == found => {
                glob(&pattern[wanted.len_utf8()..], &text[found.len_utf8()..])
            }
            _ => false,
        }
    }

    pub fn decide(rules: &[Rule], client: &str, action: &str, resource: &str) -> Verdict {
        // Client identifiers of this test have no wildcard, so plain replacement is right.
        let fill = |text: &str| text.replace("${iot:ClientId}", client);
        let applies = |rule: &&Rule| {
            let lower = action.to_lowercase();
            let named = rule.actions.iter().any(|a| glob(&a.to_lowercase(), &lower));
            let meant = rule.resources.iter().any(|r| glob(&fill(r), resource));
            named != rule.not_action
                && meant != rule.not_resource
                && rule
                    .client_like
                    .iter()
                    .all(|like| glob(&fill(like), client))
        };
        let found: Vec<&Rule> = rules.iter().filter(applies).collect();
        match (found.iter().any(|rule| !rule.allow), found.is_empty()) {
            (true, _) => Verdict::ExplicitDeny,
            (false, true) => Verdict::ImplicitDeny,
            (false, false) => Verdict::Allowed,
        }
    }
}

fn rules() -> impl Strategy<Value = Vec<slow::Rule>> {
    let action = prop::sample::select(vec![
        "iot:Connect",
        "iot:Publish",
        "iot:publish",
        "iot:Pub*",
        "iot:*",
        "*",
        "iot:Receive",
        "iot:?ubscribe",
        "iot:RetainPublish",
    ])
    .prop_map(String::from);
    let resource = (
        prop::sample::select(vec![
            "arn:aws:iot:us-east-1:123456789012:",
            "arn:aws:iot:*:*:",
            "arn:*:",
            "*",
            "",
            "arn:aws:iot:us-east-?:123456789012:",
        ]),
        prop::sample::select(vec![
            "topic/",
            "topicfilter/",
            "client/",
            "topic*/",
            "*",
            "",
        ]),
        "([ab/*?]|\\$\\{iot:ClientId\\}|c1){0,4}",
    )
        .prop_map(|(arn, kind, name)| format!("{arn}{kind}{name}"))
        .prop_filter("not empty", |text| !text.is_empty());
    let like = prop::option::of(
        prop::sample::select(vec!["*", "c?", "c1", "b*", "${iot:ClientId}"]).prop_map(String::from),
    );
    let rule = (
        any::<bool>(),
        prop::bool::weighted(0.15),
        prop::collection::vec(action, 1..3),
        prop::bool::weighted(0.15),
        prop::collection::vec(resource, 1..3),
        like,
    )
        .prop_map(
            |(allow, not_action, actions, not_resource, resources, client_like)| slow::Rule {
                allow,
                not_action,
                actions,
                not_resource,
                resources,
                client_like,
            },
        );
    prop::collection::vec(rule, 1..6)
}

proptest! {
    #[test]
    fn agrees_with_a_slow_oracle(
        rules in rules(),
        id in prop::sample::select(vec!["c1", "c2", "a"]),
        name in "([ab/]|c1){0,4}",
        action in prop::sample::select(MqttAction::ALL.to_vec()),
    ) {
        let statements: Vec<_> = rules.iter().map(slow::Rule::json).collect();
        let text = serde_json::json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let resource = realm().iot(action.resource(&name));
        prop_assert_eq!(
            ask(&[policy("p", &text)], &client(id), action, &name),
            slow::decide(&rules, id, action.name(), &resource),
            "{}", text
        );
    }
}
