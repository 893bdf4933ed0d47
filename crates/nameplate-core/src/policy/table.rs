//! Policies of DynamoDB's tables: what the service takes.
//!
//! Owns what is DynamoDB's own about a policy of a resource. Must not know tables that exist, or who asks.

use super::bucket::is_principal;
use super::decide::NamedPolicy;
use super::document::{Dialect, PolicyDocument, PrincipalPattern, Statement};
use super::error::PolicyError;
use super::iam::RESOURCE_POLICY;
use serde_json::Value;
use std::sync::Arc;

/// Longest policy of a table, bytes, white space counted (developer guide: resource-based policy considerations).
pub const BYTES: usize = 20 * 1024;

/// What a policy of a table can be about, in lower case (developer guide: API operations supported by resource-based
/// policies).
const ACTIONS: [&str; 38] = [
    "batchgetitem",
    "batchwriteitem",
    "conditioncheckitem",
    "createbackup",
    "deleteitem",
    "deleteresourcepolicy",
    "deletetable",
    "describecontinuousbackups",
    "describecontributorinsights",
    "describekinesisstreamingdestination",
    "describetable",
    "describetablereplicaautoscaling",
    "describetimetolive",
    "disablekinesisstreamingdestination",
    "enablekinesisstreamingdestination",
    "exporttabletopointintime",
    "getitem",
    "getresourcepolicy",
    "listtagsofresource",
    "partiqldelete",
    "partiqlinsert",
    "partiqlselect",
    "partiqlupdate",
    "putitem",
    "putresourcepolicy",
    "query",
    "restoretabletopointintime",
    "scan",
    "tagresource",
    "untagresource",
    "updatecontinuousbackups",
    "updatecontributorinsights",
    "updateitem",
    "updatekinesisstreamingdestination",
    "updatetable",
    "updatetablereplicaautoscaling",
    "updatetimetolive",
    "readdatafortablereplication",
];

/// Services that can be let in; none of them is here (developer guide: zero-ETL integrations, global tables).
const SERVICES: [&str; 3] = [
    "glue.amazonaws.com",
    "redshift.amazonaws.com",
    "replication.dynamodb.amazonaws.com",
];

/// Why DynamoDB does not take a policy of a table. Of the texts, those of actions and services are the service's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TablePolicyError {
    /// Too long.
    #[error("The policy document is longer than {BYTES} bytes")]
    TooLong,
    /// Actions that are none of a table's, as the document writes them.
    #[error("The following action names are invalid: {}", quoted(.0))]
    Actions(Vec<String>),
    /// A resource that is neither the table nor an index of it.
    #[error("Policy contains a resource that is not the table: {0}")]
    Resource(String),
    /// A principal that is none.
    #[error("Policy contains invalid principal")]
    Principal,
    /// A service that cannot be let in.
    #[error("Policy contains invalid service principal")]
    Service,
    /// It lets in anybody.
    #[error("Policy grants public access, which is blocked")]
    Public,
    /// Anything else that is wrong with it.
    #[error("{0}")]
    Syntax(PolicyError),
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}

/// Reads the policy of the table with this ARN, as DynamoDB takes it.
///
/// # Errors
/// [`TablePolicyError`]
pub fn parse(text: &str, table: &str) -> Result<NamedPolicy, TablePolicyError> {
    if text.len() > BYTES {
        return Err(TablePolicyError::TooLong);
    }
    let document =
        PolicyDocument::parse(text, Dialect::Resource).map_err(TablePolicyError::Syntax)?;
    let strange: Vec<String> = actions(text)
        .into_iter()
        .filter(|action| !is_action(action))
        .collect();
    if !strange.is_empty() {
        return Err(TablePolicyError::Actions(strange));
    }
    for statement in &document.statements {
        check(statement, table)?;
    }
    if document.is_public() {
        return Err(TablePolicyError::Public);
    }
    Ok(NamedPolicy {
        name: RESOURCE_POLICY.into(),
        document: Arc::new(document),
    })
}

/// The actions of all statements in their order, as they are written: the document that was read has them in lower case.
fn actions(text: &str) -> Vec<String> {
    let read: Value = serde_json::from_str(text).unwrap_or_default();
    let statements = match &read["Statement"] {
        Value::Array(statements) => statements.clone(),
        one => vec![one.clone()],
    };
    let mut found = Vec::new();
    for statement in &statements {
        for member in ["Action", "NotAction"] {
            match &statement[member] {
                Value::Array(names) => {
                    found.extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                Value::String(name) => found.push(name.clone()),
                _ => {}
            }
        }
    }
    found
}

fn is_action(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    match action.strip_prefix("dynamodb:") {
        Some(name) => name.contains(['*', '?']) || ACTIONS.contains(&name),
        None => action == "*",
    }
}

fn check(statement: &Statement, table: &str) -> Result<(), TablePolicyError> {
    let within = |text: &str| {
        text == "*"
            || text
                .strip_prefix(table)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '*']))
    };
    for pattern in statement.resources.iter().flat_map(|list| &list.any) {
        let text = pattern.text();
        if !within(&text) {
            return Err(TablePolicyError::Resource(text));
        }
    }
    for pattern in statement.principals.iter().flat_map(|list| &list.any) {
        match pattern {
            PrincipalPattern::Service(name) if !SERVICES.contains(&name.as_str()) => {
                return Err(TablePolicyError::Service);
            }
            PrincipalPattern::Federated(_) => return Err(TablePolicyError::Principal),
            pattern if !is_principal(pattern) => return Err(TablePolicyError::Principal),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/lamps";

    #[track_caller]
    fn check(statement: &str, wanted: Option<&str>) {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{{{statement}}}]}}"#);
        let refused = parse(&text, TABLE).err().map(|why| why.to_string());
        assert_eq!(refused.as_deref(), wanted, "{text}");
    }

    #[test]
    fn actions_are_those_of_tables() {
        let of = |action: &str| {
            format!(
                r#""Effect":"Allow","Principal":{{"AWS":"123456789012"}},"Resource":"*","Action":{action}"#
            )
        };
        check(&of(r#""dynamodb:*""#), None);
        check(&of(r#""*""#), None);
        check(&of(r#"["dynamodb:GetItem","dynamodb:Batch*"]"#), None);
        // Recorded by users of the CDK and of the controllers for Kubernetes.
        check(
            &of(r#"["dynamodb:GetItem","dynamodb:GetRecords","dynamodb:ListStreams"]"#),
            Some(
                "The following action names are invalid: \"dynamodb:GetRecords\", \"dynamodb:ListStreams\"",
            ),
        );
        check(
            &of(r#""s3:GetObject""#),
            Some("The following action names are invalid: \"s3:GetObject\""),
        );
    }

    #[test]
    fn resources_are_the_table_and_what_is_of_it() {
        let of = |resource: &str| {
            format!(
                r#""Effect":"Allow","Principal":{{"AWS":"123456789012"}},"Action":"dynamodb:Query","Resource":"{resource}""#
            )
        };
        check(&of(TABLE), None);
        check(&of(&format!("{TABLE}/index/*")), None);
        let other = format!("{TABLE}2");
        let refused = format!("Policy contains a resource that is not the table: {other}");
        check(&of(&other), Some(&refused));
    }

    #[test]
    fn principals_are_somebody_and_not_anybody() {
        let of = |principal: &str| {
            format!(
                r#""Effect":"Allow","Principal":{principal},"Action":"dynamodb:Query","Resource":"*""#
            )
        };
        check(&of(r#"{"AWS":"arn:aws:iam::123456789012:user/ann"}"#), None);
        check(&of(r#"{"Service":"redshift.amazonaws.com"}"#), None);
        check(
            &of(r#"{"Service":"iot.amazonaws.com"}"#),
            Some("Policy contains invalid service principal"),
        );
        check(
            &of(r#"{"AWS":"ann"}"#),
            Some("Policy contains invalid principal"),
        );
        check(
            &of(r#""*""#),
            Some("Policy grants public access, which is blocked"),
        );
        let deny = of(r#""*""#).replace("Allow", "Deny");
        check(&deny, None);
        let long = format!(r#"{{"Statement":[]{}}}"#, " ".repeat(BYTES));
        let refused = parse(&long, TABLE).expect_err("it is too long");
        assert_eq!(refused, TablePolicyError::TooLong);
    }
}
