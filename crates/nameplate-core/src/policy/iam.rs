//! What IAM adds to the policy language: roles assumed, policies of resources, sessions that are narrowed.
//!
//! Owns how principals in a policy are matched. Must not know how a caller was authenticated or where roles
//! are kept.

use super::context::Context;
use super::decide::{Decision, NamedPolicy, Request, StatementRef, Verdict, decide_where};
use super::document::{Patterns, PrincipalPattern, Statement};
use super::variable::View;
use crate::arn::Arn;

/// The answer where identity policies are narrowed by a session policy: both must allow.
pub fn narrowed(identity: Decision, session: Decision) -> Decision {
    match (identity.verdict, session.verdict) {
        (Verdict::ExplicitDeny, _) | (_, Verdict::Allowed) => identity,
        (_, Verdict::ExplicitDeny) | (Verdict::Allowed, _) => session,
        (Verdict::ImplicitDeny, Verdict::ImplicitDeny) => identity,
    }
}

/// Who asks a trust or resource policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal<'a> {
    /// A service, for example `iot.amazonaws.com`.
    Service(&'a str),
    /// A user, role, session or account root.
    Arn(&'a str),
    /// Nobody in particular: an unsigned request.
    Anonymous,
}

impl std::fmt::Display for Principal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Principal::Service(name) => write!(f, "service {name}"),
            Principal::Arn(arn) => f.write_str(arn),
            Principal::Anonymous => f.write_str("an anonymous caller"),
        }
    }
}

/// What the policy of a resource, or of a role, says about one principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Says {
    /// The decision. Statements that do not name the principal play no part.
    pub decision: Decision,
    /// The policy allows the principal only as part of its account. Then the principal's own policies
    /// must allow it too (IAM user guide: account principals).
    pub through_account: bool,
}

/// What a resource's own policy says about a principal.
pub fn says(
    policy: &NamedPolicy,
    principal: Principal<'_>,
    request: Request<'_>,
    context: &Context,
) -> Says {
    let policies = std::slice::from_ref(policy);
    let view = View::whole(context);
    let decision = decide_where(policies, request, view, |statement| {
        names(statement, principal) != Named::No
    });
    let directly = decide_where(policies, request, view, |statement| {
        names(statement, principal) == Named::Directly
    });
    Says {
        through_account: decision.is_allowed() && !directly.is_allowed(),
        decision,
    }
}

/// The answer where the resource that is asked about has a policy of its own, within one account: either may allow,
/// and either may deny (IAM user guide: policy evaluation logic).
pub fn joined(identity: Decision, resource: Says) -> Decision {
    let by_resource = resource.decision.verdict;
    match identity.verdict {
        Verdict::ExplicitDeny => identity,
        _ if by_resource == Verdict::ExplicitDeny => resource.decision,
        Verdict::ImplicitDeny if by_resource.is_allowed() && !resource.through_account => {
            resource.decision
        }
        _ => identity,
    }
}

/// Whether `principal` may assume the role that `trust` belongs to. `context` brings `aws:SourceAccount`
/// and `aws:SourceArn` where a service asks on someone's behalf.
pub fn may_assume(
    trust: &NamedPolicy,
    role_arn: &str,
    principal: Principal<'_>,
    context: &Context,
) -> Says {
    let request = Request {
        action: "sts:AssumeRole",
        resource: role_arn,
    };
    says(trust, principal, request, context)
}

/// What a resource's own policy says about a principal, for example whether a topic rule may invoke a
/// Lambda function. Statements that do not name the principal play no part.
pub fn decide_for_resource(
    policy: &NamedPolicy,
    principal: Principal<'_>,
    request: Request<'_>,
    context: &Context,
) -> Decision {
    says(policy, principal, request, context).decision
}

/// What reasons call the policy of a resource.
pub const RESOURCE_POLICY: &str = "the resource-based policy";

/// Whether a statement is about a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    No,
    /// Its account is named.
    ByAccount,
    Directly,
}

fn names(statement: &Statement, principal: Principal<'_>) -> Named {
    let Some(Patterns { not, any }) = &statement.principals else {
        return Named::No;
    };
    let best = any
        .iter()
        .map(|pattern| match_principal(pattern, principal))
        .max()
        .unwrap_or(Named::No);
    match (not, best) {
        (false, best) => best,
        (true, Named::No) => Named::Directly,
        (true, _) => Named::No,
    }
}

fn match_principal(pattern: &PrincipalPattern, principal: Principal<'_>) -> Named {
    let direct = |same: bool| if same { Named::Directly } else { Named::No };
    match (pattern, principal) {
        (PrincipalPattern::Anyone, _) => Named::Directly,
        (PrincipalPattern::Service(wanted), Principal::Service(name)) => direct(wanted == name),
        (PrincipalPattern::Aws(wanted), Principal::Arn(arn)) => {
            if wanted == arn || role_of_session(arn).is_some_and(|role| same_role(wanted, &role)) {
                return Named::Directly;
            }
            let account = match Arn::parse(wanted) {
                Some(parsed) if parsed.resource == "root" => parsed.account,
                Some(_) => return Named::No,
                None => wanted.as_str(),
            };
            match Arn::parse(arn) {
                Some(parsed) if parsed.account == account => Named::ByAccount,
                _ => Named::No,
            }
        }
        _ => Named::No,
    }
}

/// `arn:aws:iam::A:role/R` for `arn:aws:sts::A:assumed-role/R/session`.
fn role_of_session(arn: &str) -> Option<String> {
    let parsed = Arn::parse(arn)?;
    let (role, _session) = parsed.name_of("assumed-role")?.split_once('/')?;
    Some(format!(
        "arn:{}:iam::{}:role/{role}",
        parsed.partition, parsed.account
    ))
}

/// A session's ARN has lost its role's path, so the path is not compared.
fn same_role(wanted: &str, role: &str) -> bool {
    let parts = |arn| {
        let parsed = Arn::parse(arn)?;
        let name = parsed.name_of("role")?.rsplit('/').next()?;
        Some((parsed.account, name))
    };
    matches!((parts(wanted), parts(role)), (Some(a), Some(b)) if a == b)
}

/// What a refused caller reads, in the words that SDK users search for.
pub fn refusal(caller_arn: &str, decision: &Decision) -> String {
    let (action, resource) = (&decision.action, &decision.resource);
    let reason = match decision.verdict {
        Verdict::ExplicitDeny => {
            let by_resource = |denying: &StatementRef| &*denying.policy == RESOURCE_POLICY;
            let kind = match decision.denying.iter().any(by_resource) {
                true => "a resource-based policy",
                false => "an identity-based policy",
            };
            format!("with an explicit deny in {kind}")
        }
        _ => format!("because no identity-based policy allows the {action} action"),
    };
    format!(
        "User: {caller_arn} is not authorized to perform: {action} on resource: {resource} {reason}"
    )
}

#[cfg(test)]
mod tests {
    use super::super::caller::{CallerFacts, Origin};
    use super::super::decide::decide;
    use super::super::document::{Dialect, PolicyDocument};
    use super::*;
    use crate::ctx::Millis;
    use std::sync::Arc;

    const ROLE: &str = "arn:aws:iam::123456789012:role/JITPRole";

    fn policy(text: &str, dialect: Dialect) -> NamedPolicy {
        NamedPolicy {
            name: "p".into(),
            document: Arc::new(PolicyDocument::parse(text, dialect).expect("a valid policy")),
        }
    }

    fn ann() -> CallerFacts {
        CallerFacts {
            arn: "arn:aws:iam::123456789012:user/ann".into(),
            user_id: "AIDAEXAMPLE".into(),
            user_name: Some("ann".into()),
            role_arn: None,
            tags: vec![("team".into(), "red".into())],
            issued: None,
            given: Vec::new(),
            origin: Origin {
                source_ip: Some([192, 0, 2, 7].into()),
                secure_transport: Some(true),
                ..Origin::default()
            },
        }
    }

    #[track_caller]
    fn check(statement: &str, action: &str, resource: &str, wanted: Verdict) {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        let policies = [policy(&text, Dialect::IamIdentity)];
        let decision = decide(
            &policies,
            Request { action, resource },
            &ann().context(Millis(0)),
        );
        assert_eq!(decision.verdict, wanted, "{decision}");
    }

    #[test]
    fn identity_policies() {
        use Verdict::{Allowed, ExplicitDeny, ImplicitDeny};
        let own = r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}/*"}"#;
        check(own, "s3:GetObject", "arn:aws:s3:::home/ann/x", Allowed);
        check(own, "S3:getobject", "arn:aws:s3:::home/ann/x", Allowed);
        check(own, "s3:GetObject", "arn:aws:s3:::home/bob/x", ImplicitDeny);
        let default = r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:PrincipalTag/unit, 'common'}/*"}"#;
        check(default, "s3:GetObject", "arn:aws:s3:::common/x", Allowed);
        let tag = r#"{"Effect":"Allow","Action":"iot:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/a":"b"}}}"#;
        check(tag, "iot:CreateThing", "*", ImplicitDeny);
        let absent = r#"{"Effect":"Allow","Action":"iot:*","Resource":"*","Condition":{"Null":{"aws:RequestTag/a":true}}}"#;
        check(absent, "iot:CreateThing", "*", Allowed);
        let arn = r#"{"Effect":"Deny","Action":"iot:*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/a*"}}}"#;
        check(arn, "iot:CreateThing", "*", ExplicitDeny);
        let user = r#"{"Effect":"Allow","Action":"iot:*","Resource":"*","Condition":{"StringLike":{"aws:userid":"AIDA*"},"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#;
        check(user, "iot:CreateThing", "*", Allowed);
    }

    #[test]
    fn passing_a_role() {
        let statement = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::123456789012:role/JITP*","Condition":{"StringEquals":{"iam:PassedToService":"iot.amazonaws.com"}}}}"#;
        let policies = [policy(statement, Dialect::IamIdentity)];
        let ask = |role: &str, service: &str| {
            let context = ann()
                .context(Millis(0))
                .with("iam:PassedToService", service);
            let request = Request {
                action: "iam:PassRole",
                resource: role,
            };
            decide(&policies, request, &context)
        };
        assert!(ask(ROLE, "iot.amazonaws.com").is_allowed());
        assert!(!ask(ROLE, "lambda.amazonaws.com").is_allowed());
        let refused = ask("arn:aws:iam::123456789012:role/other", "iot.amazonaws.com");
        assert_eq!(
            refusal(&ann().arn, &refused),
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:PassRole on \
             resource: arn:aws:iam::123456789012:role/other because no identity-based policy allows the \
             iam:PassRole action"
        );
    }

    #[test]
    fn trust_of_a_service() {
        let trust = |condition: &str| {
            policy(
                &format!(
                    r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"iot.amazonaws.com"}},"Action":"sts:AssumeRole"{condition}}}]}}"#
                ),
                Dialect::IamTrust,
            )
        };
        let context = Context::default()
            .with("aws:SourceAccount", "123456789012")
            .with(
                "aws:SourceArn",
                "arn:aws:iot:us-east-1:123456789012:provisioningtemplate/t",
            );
        let ask = |condition: &str, service| {
            may_assume(
                &trust(condition),
                ROLE,
                Principal::Service(service),
                &context,
            )
            .decision
            .is_allowed()
        };
        let guarded = r#","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},"ArnLike":{"aws:SourceArn":"arn:aws:iot:us-east-1:123456789012:*"}}"#;
        assert!(ask("", "iot.amazonaws.com"));
        assert!(!ask("", "lambda.amazonaws.com"));
        assert!(ask(guarded, "iot.amazonaws.com"));
        let other = r#","Condition":{"StringEquals":{"aws:SourceAccount":"210987654321"}}"#;
        assert!(!ask(other, "iot.amazonaws.com"));
    }

    #[test]
    fn trust_of_people() {
        let ask = |aws: &str, arn| {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{aws}"}},"Action":"sts:AssumeRole"}}}}"#
            );
            let trust = policy(&text, Dialect::IamTrust);
            let trust = may_assume(&trust, ROLE, Principal::Arn(arn), &Context::default());
            (trust.decision.is_allowed(), trust.through_account)
        };
        let user = "arn:aws:iam::123456789012:user/ann";
        let session = "arn:aws:sts::123456789012:assumed-role/ops/s1";
        assert_eq!(ask(user, user), (true, false));
        assert_eq!(ask("*", user), (true, false));
        assert_eq!(ask("123456789012", user), (true, true));
        assert_eq!(ask("arn:aws:iam::123456789012:root", user), (true, true));
        assert_eq!(ask("210987654321", user), (false, false));
        assert_eq!(
            ask("arn:aws:iam::123456789012:role/team/ops", session),
            (true, false)
        );
        assert_eq!(
            ask("arn:aws:iam::123456789012:role/dev", session),
            (false, false)
        );
    }

    #[test]
    fn a_rule_may_invoke_a_function() {
        let function = "arn:aws:lambda:us-east-1:123456789012:function:f";
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"a_b","Effect":"Allow","Principal":{{"Service":"iot.amazonaws.com"}},"Action":"lambda:InvokeFunction","Resource":"{function}","Condition":{{"ArnLike":{{"aws:SourceArn":"arn:aws:iot:us-east-1:123456789012:rule/r"}}}}}}]}}"#
        );
        let policy = policy(&text, Dialect::Resource);
        let ask = |source: &str| {
            let context = Context::default().with("aws:SourceArn", source);
            let request = Request {
                action: "lambda:InvokeFunction",
                resource: function,
            };
            let iot = Principal::Service("iot.amazonaws.com");
            decide_for_resource(&policy, iot, request, &context).is_allowed()
        };
        assert!(ask("arn:aws:iot:us-east-1:123456789012:rule/r"));
        assert!(!ask("arn:aws:iot:us-east-1:123456789012:rule/other"));
    }

    #[test]
    fn a_session_policy_narrows() {
        let ask = |identity: &str, session: &str| {
            let decide = |effect_and_action: &str| {
                let text = format!(
                    r#"{{"Version":"2012-10-17","Statement":{{{effect_and_action},"Resource":"*"}}}}"#
                );
                let request = Request {
                    action: "iot:Connect",
                    resource: "*",
                };
                decide(
                    &[policy(&text, Dialect::Session)],
                    request,
                    &Context::default(),
                )
            };
            narrowed(decide(identity), decide(session)).verdict
        };
        let (allow, deny) = (
            r#""Effect":"Allow","Action":"*""#,
            r#""Effect":"Deny","Action":"*""#,
        );
        let other = r#""Effect":"Allow","Action":"s3:*""#;
        assert_eq!(ask(allow, allow), Verdict::Allowed);
        assert_eq!(ask(allow, other), Verdict::ImplicitDeny);
        assert_eq!(ask(other, allow), Verdict::ImplicitDeny);
        assert_eq!(ask(allow, deny), Verdict::ExplicitDeny);
        assert_eq!(ask(deny, allow), Verdict::ExplicitDeny);
        assert_eq!(ask(other, deny), Verdict::ExplicitDeny);
    }
}
