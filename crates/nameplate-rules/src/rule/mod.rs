//! The document of a topic rule, `TopicRulePayload`: SQL, actions, error action. AWS API: CreateTopicRule.

mod action;
mod failure;
mod permission;
mod read;
mod reader;
#[cfg(test)]
mod tests;

pub use action::{
    Action, Batch, CloudwatchAlarm, CloudwatchLogs, CloudwatchMetric, DynamoDb, DynamoDbV2,
    Firehose, Http, Kafka, Kinesis, LambdaFunction, Republish, S3, Separator, SigV4, Sns, Sqs,
};
pub use failure::{Failure, error_payload};
pub use permission::{Permission, Place};

use crate::error::SqlError;
use crate::statement::Statement;
use crate::template::TemplateUse;
use crate::version::SqlVersion;
use reader::Reader;
use serde_json::Value;

/// Actions of a rule (General Reference, IoT Core quotas).
const ACTIONS: usize = 10;
/// Bytes of a rule's document (General Reference, IoT Core quotas: size of a rule).
const BYTES: usize = 256 * 1024;

/// A rule as it was saved, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct TopicRule {
    /// The SQL as it was written.
    pub sql: String,
    /// The SQL, read.
    pub statement: Statement,
    /// What the owner says of it.
    pub description: Option<String>,
    /// Whether it was saved as disabled.
    pub disabled: bool,
    /// What is done with each selected payload; one failing does not stop the others.
    pub actions: Vec<Action>,
    /// What is done once for each message of which anything failed.
    pub error_action: Option<Action>,
}

/// Why a rule's document is not saved. Each names the member, as in `actions[0].s3.key`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// SQL or a substitution template does not parse.
    #[error("{member} is not valid SQL: {error}")]
    Sql {
        /// Which.
        member: String,
        /// Where in its text, and why.
        error: SqlError,
    },
    /// A member is missing, or its value none that it may have.
    #[error("{member} {reason}")]
    Invalid {
        /// Which.
        member: String,
        /// The rest of a sentence.
        reason: String,
    },
    /// An action of AWS's that is not built.
    #[error("the rule action {action} is not supported")]
    Unsupported {
        /// Its name.
        action: &'static str,
    },
}

impl TopicRule {
    /// Reads a document as CreateTopicRule and ReplaceTopicRule take it. Members that AWS does not know are left out of
    /// account.
    pub fn parse(document: &Value) -> Result<Self, RuleError> {
        let reader = Reader::new(document, "")?;
        let version = match reader.text("awsIotSqlVersion")? {
            None => SqlVersion::default(),
            Some(text) => SqlVersion::parse(text).ok_or_else(|| {
                reader.invalid(
                    "awsIotSqlVersion",
                    "is none of 2015-10-08, 2016-03-23 and beta",
                )
            })?,
        };
        let sql = reader.required("sql")?;
        let statement = Statement::parse(sql, version).map_err(|error| RuleError::Sql {
            member: "sql".into(),
            error,
        })?;
        let listed = document["actions"]
            .as_array()
            .ok_or_else(|| reader.invalid("actions", "must be a list"))?;
        if listed.len() > ACTIONS {
            return Err(reader.invalid("actions", &format!("may have {ACTIONS} elements")));
        }
        if document.to_string().len() > BYTES {
            return Err(RuleError::Invalid {
                member: "the rule".into(),
                reason: format!("may have {BYTES} bytes"),
            });
        }
        let mut actions = Vec::with_capacity(listed.len());
        for (at, action) in listed.iter().enumerate() {
            let member = format!("actions[{at}]");
            actions.push(read::action(
                action,
                &member,
                &statement,
                TemplateUse::Action,
            )?);
        }
        let error_action = match &document["errorAction"] {
            Value::Null => None,
            action => Some(read::action(
                action,
                "errorAction",
                &statement,
                TemplateUse::ErrorAction,
            )?),
        };
        Ok(Self {
            sql: sql.into(),
            statement,
            description: reader.text("description")?.map(Into::into),
            disabled: reader.boolean("ruleDisabled")?.unwrap_or(false),
            actions,
            error_action,
        })
    }

    /// ARNs of all roles that the rule uses, each once. Who saves it must be allowed to pass them.
    pub fn roles(&self) -> Vec<&str> {
        let mut roles: Vec<&str> = self.statement.roles().collect();
        for action in self.actions.iter().chain(&self.error_action) {
            roles.extend(action.role());
            action.templates(|template| roles.extend(template.roles()));
        }
        roles.sort_unstable();
        roles.dedup();
        roles
    }
}
