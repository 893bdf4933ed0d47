//! SimulatePrincipalPolicy, SimulateCustomPolicy, and which keys policies ask for.

use super::{owned, strings};
use crate::api::Call;
use crate::api::page::Page;
use crate::api::query::Members;
use crate::app::Error;
use crate::app::iam::simulate::{GivenKey, Question, Simulated};
use nameplate_aws::respond::Node;
use nameplate_core::policy::simulation::ValueType;
use nameplate_core::policy::{Position, Verdict};
use serde_json::Value;

/// SimulatePrincipalPolicy.
pub async fn simulate_principal_policy(call: &Call<'_>) -> Result<Node, Error> {
    let question = question(call)?;
    let source = owned(call, "PolicySourceArn")?;
    let page = Page::truncated(call)?;
    let answers = call
        .app
        .iam
        .simulate_principal(&call.caller, &source, &question)
        .await?;
    Ok(results(&page, &answers))
}

/// SimulateCustomPolicy.
pub async fn simulate_custom_policy(call: &Call<'_>) -> Result<Node, Error> {
    let question = question(call)?;
    let page = Page::truncated(call)?;
    let answers = call
        .app
        .iam
        .simulate_custom(&call.caller, &question)
        .await?;
    Ok(results(&page, &answers))
}

/// GetContextKeysForCustomPolicy and GetContextKeysForPrincipalPolicy.
pub async fn get_context_keys(call: &Call<'_>) -> Result<Node, Error> {
    let texts = strings(call.input.items("PolicyInputList"));
    let source = call.input.text("PolicySourceArn");
    let keys = call.app.iam.context_keys(source, &texts).await?;
    let names = keys.iter().map(Node::text).collect();
    Ok(Members::new()
        .node("ContextKeyNames", Node::List(names))
        .build())
}

fn question(call: &Call<'_>) -> Result<Question, Error> {
    call.not_built(&[
        "PolicyExclusionList",
        "ResourceHandlingOption",
        "ResourceOwner",
        "ResourcePolicy",
    ])?;
    let boundaries = strings(call.input.items("PermissionsBoundaryPolicyInputList"));
    if boundaries.len() > 1 {
        return Err(Error::invalid(
            "PermissionsBoundaryPolicyInputList can have only one policy",
        ));
    }
    let mut resources = strings(call.input.items("ResourceArns"));
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    let entries = call.input.items("ContextEntries").iter();
    Ok(Question {
        policies: strings(call.input.items("PolicyInputList")),
        boundaries,
        caller_arn: call.input.text("CallerArn").map(str::to_owned),
        actions: strings(call.input.items("ActionNames")),
        resources,
        context: entries.map(given_key).collect::<Result<_, _>>()?,
    })
}

fn given_key(entry: &Value) -> Result<GivenKey, Error> {
    let Some(name) = entry["ContextKeyName"].as_str() else {
        return Err(Error::invalid("ContextEntries must have a ContextKeyName"));
    };
    Ok(GivenKey {
        name: name.to_owned(),
        of: entry["ContextKeyType"]
            .as_str()
            .and_then(ValueType::parse)
            .unwrap_or(ValueType::Text),
        values: strings(
            entry["ContextKeyValues"]
                .as_array()
                .map_or(&[], Vec::as_slice),
        ),
    })
}

fn results(page: &Page, answers: &[Simulated]) -> Node {
    let numbered = answers.iter().enumerate().collect();
    let (shown, next) = page.of_whole(numbered, |(number, _)| format!("{number:010}"));
    let nodes = shown
        .into_iter()
        .map(|(_, answer)| result(answer))
        .collect();
    page.truncated_answer([("EvaluationResults", nodes)], next)
}

fn position(at: Position) -> Node {
    Members::new()
        .text("Line", at.line)
        .text("Column", at.column)
        .build()
}

fn result(answer: &Simulated) -> Node {
    let decision = &answer.decision;
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
                .node("StartPosition", position(statement.span.start))
                .node("EndPosition", position(statement.span.end))
                .build()
        })
        .collect();
    let missing = decision.missing.iter().map(Node::text).collect();
    let mut members = Members::new()
        .text("EvalActionName", &decision.action)
        .text("EvalResourceName", &decision.resource)
        .text("EvalDecision", verdict)
        .node("MatchedStatements", Node::List(matched))
        .node("MissingContextValues", Node::List(missing));
    if let Some(within) = answer.within_boundary {
        let detail = Members::new().text("AllowedByPermissionsBoundary", within);
        members = members.node("PermissionsBoundaryDecisionDetail", detail.build());
    }
    members.build()
}
