//! Policies of buckets: what S3 takes, and when one is public.
//!
//! Owns what is S3's own about a policy of a resource. Must not know buckets that exist, or who asks.

use super::decide::NamedPolicy;
use super::document::{Dialect, Effect, PolicyDocument, PrincipalPattern, Statement};
use super::error::{PolicyError, Problem};
use super::iam::RESOURCE_POLICY;
use std::sync::Arc;

/// Longest policy of a bucket, bytes (S3 user guide: bucket policies).
pub const BYTES: usize = 20 * 1024;

/// Why S3 does not take a policy of a bucket. The texts are S3's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BucketPolicyError {
    /// Not JSON.
    #[error("Policies must be valid JSON and the first byte must be '{{'")]
    NotJson,
    /// Too long.
    #[error("Policy exceeds the maximum allowed document size.")]
    TooLong,
    /// A member that must be there is not.
    #[error("Missing required field {0}")]
    Missing(&'static str),
    /// A resource that is neither the bucket nor in it.
    #[error("Policy has invalid resource")]
    Resource,
    /// An action that is none of S3's.
    #[error("Policy has invalid action")]
    Action,
    /// A principal that is none.
    #[error("Invalid principal in policy")]
    Principal,
    /// Anything else that is wrong with it.
    #[error("Invalid policy syntax. {0}")]
    Syntax(String),
}

impl From<PolicyError> for BucketPolicyError {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::NotJson { .. } => Self::NotJson,
            PolicyError::TooLarge { .. } | PolicyError::TooLong { .. } => Self::TooLong,
            PolicyError::Invalid { problem, place } => match problem {
                Problem::Missing { key } => Self::Missing(match key {
                    "Action or NotAction" => "Action",
                    "Resource or NotResource" => "Resource",
                    key => key,
                }),
                Problem::Empty { key } if key == "Statement" => Self::Missing("Statement"),
                Problem::Value { ref key, .. } if key == "Action" => Self::Action,
                Problem::Value { ref key, .. } if key.ends_with("Resource") => Self::Resource,
                problem => {
                    let invalid = PolicyError::Invalid { place, problem };
                    Self::Syntax(invalid.to_string())
                }
            },
        }
    }
}

/// Reads the policy of the bucket with this ARN, as S3 takes it.
///
/// # Errors
/// [`BucketPolicyError`]
pub fn parse(text: &str, bucket: &str) -> Result<NamedPolicy, BucketPolicyError> {
    if !text.starts_with('{') {
        return Err(BucketPolicyError::NotJson);
    }
    if text.len() > BYTES {
        return Err(BucketPolicyError::TooLong);
    }
    let document = PolicyDocument::parse(text, Dialect::Resource)?;
    for statement in &document.statements {
        check(statement, bucket)?;
    }
    Ok(NamedPolicy {
        name: RESOURCE_POLICY.into(),
        document: Arc::new(document),
    })
}

fn check(statement: &Statement, bucket: &str) -> Result<(), BucketPolicyError> {
    let of_s3 = |action: &str| action == "*" || action.starts_with("s3:");
    let actions = &statement.actions.any;
    if !actions.iter().all(|action| of_s3(&action.text())) {
        return Err(BucketPolicyError::Action);
    }
    let within = |text: &str| {
        text.strip_prefix(bucket)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '*']))
    };
    let mut resources = statement.resources.iter().flat_map(|list| &list.any);
    if !resources.all(|pattern| within(&pattern.text())) {
        return Err(BucketPolicyError::Resource);
    }
    let mut principals = statement.principals.iter().flat_map(|list| &list.any);
    if !principals.all(is_principal) {
        return Err(BucketPolicyError::Principal);
    }
    Ok(())
}

/// Whether somebody can be meant.
pub(super) fn is_principal(pattern: &PrincipalPattern) -> bool {
    match pattern {
        PrincipalPattern::Anyone | PrincipalPattern::Federated(_) => true,
        PrincipalPattern::Service(name) => name.contains('.'),
        PrincipalPattern::Aws(text) => {
            let account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
            let arn = crate::arn::Arn::parse(text);
            account || arn.is_some_and(|arn| matches!(arn.service, "iam" | "sts"))
        }
    }
}

impl PolicyDocument {
    /// Whether it lets in whoever comes (S3 user guide: the meaning of "public").
    pub fn is_public(&self) -> bool {
        self.statements.iter().any(|statement| {
            statement.effect == Effect::Allow
                && names_anyone(statement)
                && !statement
                    .conditions
                    .iter()
                    .any(|condition| condition.fixes_callers())
        })
    }
}

fn names_anyone(statement: &Statement) -> bool {
    let anyone = |pattern: &PrincipalPattern| *pattern == PrincipalPattern::Anyone;
    statement
        .principals
        .as_ref()
        .is_some_and(|list| list.not || list.any.iter().any(anyone))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUCKET: &str = "arn:aws:s3:::lamps";

    fn text(statement: &str) -> String {
        format!(r#"{{"Version":"2012-10-17","Statement":[{{{statement}}}]}}"#)
    }

    #[test]
    fn what_is_taken() {
        let check = |text: &str, wanted: Option<&str>| {
            let refused = parse(text, BUCKET).err().map(|why| why.to_string());
            assert_eq!(refused.as_deref(), wanted, "{text}");
        };
        let all = r#""Effect":"Allow","Principal":"*""#;
        let of = |action: &str, resource: &str| {
            text(&format!(
                r#"{all},"Action":"{action}","Resource":"{resource}""#
            ))
        };
        check(&of("s3:GetObject", "arn:aws:s3:::lamps/*"), None);
        check(&of("s3:*", "arn:aws:s3:::lamps"), None);
        check(&of("s3:Get*", "arn:aws:s3:::lamps*"), None);
        check(
            &of("s3:GetObject", "arn:aws:s3:::lamps2/*"),
            Some("Policy has invalid resource"),
        );
        check(
            &of("s3:GetObject", "*"),
            Some("Policy has invalid resource"),
        );
        check(
            &of("iot:Publish", "arn:aws:s3:::lamps"),
            Some("Policy has invalid action"),
        );
        check(
            &text(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::lamps/*""#),
            Some("Missing required field Principal"),
        );
        check(
            &text(
                r#""Effect":"Allow","Principal":{"AWS":"ann"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::lamps/*""#,
            ),
            Some("Invalid principal in policy"),
        );
        let json = Some("Policies must be valid JSON and the first byte must be '{'");
        check("nonsense", json);
        check("{nonsense", json);
        check("{}", Some("Missing required field Statement"));
    }

    #[test]
    fn what_is_public() {
        let check = |principal: &str, condition: &str, wanted: bool| {
            let text = text(&format!(
                r#""Effect":"Allow","Principal":{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::lamps/*"{condition}"#
            ));
            let policy = parse(&text, BUCKET).expect("a valid policy");
            assert_eq!(policy.document.is_public(), wanted, "{text}");
        };
        let with = |operator: &str, key: &str, value: &str| {
            format!(r#","Condition":{{"{operator}":{{"{key}":"{value}"}}}}"#)
        };
        check(r#""*""#, "", true);
        check(r#"{"AWS":"*"}"#, "", true);
        check(r#"{"AWS":"123456789012"}"#, "", false);
        check(
            r#""*""#,
            &with("IpAddress", "aws:SourceIp", "192.0.2.0/24"),
            false,
        );
        check(
            r#""*""#,
            &with("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
            true,
        );
        check(
            r#""*""#,
            &with("NotIpAddress", "aws:SourceIp", "192.0.2.0/24"),
            true,
        );
        check(
            r#""*""#,
            &with("StringEquals", "aws:SourceAccount", "123456789012"),
            false,
        );
        check(
            r#""*""#,
            &with("StringLike", "aws:SourceAccount", "*"),
            true,
        );
        check(
            r#""*""#,
            &with("StringLike", "aws:Referer", "https://example.com/"),
            true,
        );
        check(r#""*""#, &with("Bool", "aws:SecureTransport", "true"), true);
    }
}
