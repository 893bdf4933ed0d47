//! SimulatePrincipalPolicy.

use super::{owned, strings};
use crate::api::Call;
use crate::api::page::Page;
use crate::api::query::Members;
use crate::app::Error;
use crate::app::iam::simulate::Question;
use nameplate_aws::respond::Node;
use nameplate_core::policy::{Decision, Verdict};

/// SimulatePrincipalPolicy.
pub async fn simulate_principal_policy(call: &Call<'_>) -> Result<Node, Error> {
    call.not_built(&[
        "CallerArn",
        "PermissionsBoundaryPolicyInputList",
        "PolicyExclusionList",
        "ResourceOwner",
        "ResourcePolicy",
    ])?;
    let mut resources = strings(call.input.items("ResourceArns"));
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    let context = call
        .input
        .items("ContextEntries")
        .iter()
        .filter_map(|entry| {
            let values = entry["ContextKeyValues"].as_array()?;
            Some((
                entry["ContextKeyName"].as_str()?.to_owned(),
                strings(values),
            ))
        })
        .collect();
    let question = Question {
        source_arn: owned(call, "PolicySourceArn")?,
        policies: strings(call.input.items("PolicyInputList")),
        actions: strings(call.input.items("ActionNames")),
        resources,
        context,
    };
    let page = Page::truncated(call)?;
    let decisions = call
        .app
        .iam
        .simulate_principal(&call.caller, &question)
        .await?;
    let numbered = decisions.iter().enumerate().collect();
    let (shown, next) = page.of_whole(numbered, |(number, _)| format!("{number:010}"));
    let nodes = shown
        .into_iter()
        .map(|(_, decision)| result(decision))
        .collect();
    Ok(page.truncated_answer([("EvaluationResults", nodes)], next))
}

fn result(decision: &Decision) -> Node {
    let verdict = match decision.verdict {
        Verdict::Allowed => "allowed",
        Verdict::ExplicitDeny => "explicitDeny",
        Verdict::ImplicitDeny => "implicitDeny",
    };
    let matched = decision
        .responsible()
        .iter()
        .map(|statement| {
            Members::new()
                .text("SourcePolicyId", &statement.policy)
                .text("SourcePolicyType", "IAM Policy")
                .build()
        })
        .collect();
    let missing = decision.missing.iter().map(Node::text).collect();
    Members::new()
        .text("EvalActionName", &decision.action)
        .text("EvalResourceName", &decision.resource)
        .text("EvalDecision", verdict)
        .node("MatchedStatements", Node::List(matched))
        .node("MissingContextValues", Node::List(missing))
        .build()
}
