//! A function's own policy: who may invoke it besides its account.

use serde_json::{Map, Value, json};

/// One statement, as AddPermission is asked for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grant {
    /// `StatementId`.
    pub id: String,
    /// For example `lambda:InvokeFunction`.
    pub action: String,
    /// A service, an account, an ARN or `*`.
    pub principal: String,
    /// The resource on whose behalf the service asks; may have `*` in it.
    pub source_arn: Option<String>,
    /// The account of that resource.
    pub source_account: Option<String>,
    /// The organisation that the caller must belong to.
    pub principal_org: Option<String>,
    /// How the function's URL lets callers in: `NONE` or `AWS_IAM`.
    pub url_auth: Option<String>,
    /// Only calls by the function's URL.
    pub by_url: bool,
}

impl Grant {
    /// The statement about the function `arn`, as AWS writes it.
    pub fn statement(&self, arn: &str) -> Value {
        let principal = match self.principal.as_str() {
            "*" => json!("*"),
            service if is_service(service) => json!({"Service": service}),
            account if account.bytes().all(|byte| byte.is_ascii_digit()) => {
                json!({"AWS": format!("arn:aws:iam::{account}:root")})
            }
            arn => json!({"AWS": arn}),
        };
        let mut statement = Map::new();
        statement.insert("Sid".into(), json!(self.id));
        statement.insert("Effect".into(), json!("Allow"));
        statement.insert("Principal".into(), principal);
        statement.insert("Action".into(), json!(self.action));
        statement.insert("Resource".into(), json!(arn));
        let mut condition = Map::new();
        let mut equals = Map::new();
        if let Some(account) = &self.source_account {
            equals.insert("AWS:SourceAccount".into(), json!(account));
        }
        if let Some(org) = &self.principal_org {
            equals.insert("aws:PrincipalOrgID".into(), json!(org));
        }
        if let Some(auth) = &self.url_auth {
            equals.insert("lambda:FunctionUrlAuthType".into(), json!(auth));
        }
        if !equals.is_empty() {
            condition.insert("StringEquals".into(), Value::Object(equals));
        }
        if self.by_url {
            condition.insert(
                "Bool".into(),
                json!({"lambda:InvokedViaFunctionUrl": "true"}),
            );
        }
        if let Some(source) = &self.source_arn {
            condition.insert("ArnLike".into(), json!({"AWS:SourceArn": source}));
        }
        if !condition.is_empty() {
            statement.insert("Condition".into(), Value::Object(condition));
        }
        Value::Object(statement)
    }
}

fn is_service(text: &str) -> bool {
    text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn")
}

/// The policy whose statements these are.
pub fn policy_text(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Id": "default", "Statement": statements}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::Realm;
    use crate::ctx::Millis;
    use crate::policy::caller::service_context;
    use crate::policy::iam::{Principal, decide_for_resource};
    use crate::policy::{Dialect, NamedPolicy, PolicyDocument, Request};
    use std::sync::Arc;

    const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";
    const RULE: &str = "arn:aws:iot:us-east-1:123456789012:rule/jitr";

    fn allows(grant: &Grant, service: &str, source: &str) -> bool {
        let text = policy_text(&[grant.statement(ARN)]);
        let document = PolicyDocument::parse(&text, Dialect::Resource).expect("a policy");
        let policy = NamedPolicy {
            name: "p".into(),
            document: Arc::new(document),
        };
        let realm = Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        };
        let request = Request {
            action: "lambda:InvokeFunction",
            resource: ARN,
        };
        let context = service_context(&realm, service, source, Millis(0));
        decide_for_resource(&policy, Principal::Service(service), request, &context).is_allowed()
    }

    #[test]
    fn a_service_is_let_in_for_what_is_named() {
        let iot = Grant {
            id: "s".into(),
            action: "lambda:InvokeFunction".into(),
            principal: "iot.amazonaws.com".into(),
            ..Grant::default()
        };
        assert!(allows(&iot, "iot.amazonaws.com", RULE));
        assert!(!allows(&iot, "s3.amazonaws.com", RULE));
        let by_rule = Grant {
            source_arn: Some(RULE.into()),
            source_account: Some("123456789012".into()),
            ..iot.clone()
        };
        assert!(allows(&by_rule, "iot.amazonaws.com", RULE));
        assert!(!allows(
            &by_rule,
            "iot.amazonaws.com",
            "arn:aws:iot:us-east-1:123456789012:rule/other"
        ));
        let any_rule = Grant {
            source_arn: Some("arn:aws:iot:us-east-1:123456789012:rule/*".into()),
            ..iot.clone()
        };
        assert!(allows(&any_rule, "iot.amazonaws.com", RULE));
        let elsewhere = Grant {
            source_account: Some("999999999999".into()),
            ..iot.clone()
        };
        assert!(!allows(&elsewhere, "iot.amazonaws.com", RULE));
        let other_action = Grant {
            action: "lambda:GetFunction".into(),
            ..iot
        };
        assert!(!allows(&other_action, "iot.amazonaws.com", RULE));
    }

    #[test]
    fn statements_have_the_form_that_aws_writes() {
        let grant = Grant {
            id: "rule".into(),
            action: "lambda:InvokeFunction".into(),
            principal: "iot.amazonaws.com".into(),
            source_arn: Some(RULE.into()),
            ..Grant::default()
        };
        assert_eq!(
            grant.statement(ARN).to_string(),
            format!(
                r#"{{"Sid":"rule","Effect":"Allow","Principal":{{"Service":"iot.amazonaws.com"}},"Action":"lambda:InvokeFunction","Resource":"{ARN}","Condition":{{"ArnLike":{{"AWS:SourceArn":"{RULE}"}}}}}}"#
            )
        );
    }
}
