//! The rule language: AWS IoT's SQL, substitution templates, documents of rules, and which rules a topic concerns.
//!
//! A rule is saved as a [`TopicRule`] and evaluated for a message by an [`Evaluation`]:
//!
//! ```
//! use nameplate_rules::{Answers, Decision, Evaluation, Message, Properties, SqlVersion, Statement};
//!
//! let sql = "SELECT temperature, topic(2) AS device FROM 'sensors/+/data' WHERE temperature > 30";
//! let statement = Statement::parse(sql, SqlVersion::V2016)?;
//! let message = Message {
//!     topic: "sensors/D7/data",
//!     payload: br#"{"temperature": 31}"#,
//!     client_id: Some("D7"),
//!     principal: None,
//!     source_ip: None,
//!     trace_id: None,
//!     account_id: "123456789012",
//!     now_ms: 0,
//!     seed: [0; 16],
//!     properties: Properties::default(),
//! };
//! let answers = Answers::new();
//! let Ok(Decision::Selected(output)) = Evaluation::new(&statement, &message, &answers).decide() else {
//!     panic!("31 is more than 30");
//! };
//! assert_eq!(output.as_bytes(), br#"{"temperature":31,"device":"D7"}"#);
//! # Ok::<(), nameplate_rules::SqlError>(())
//! ```
//!
//! Functions that ask other services end an evaluation with [`Stop::Needs`]; the host asks, in its own way and time,
//! puts what came among the [`Answers`], and evaluates again.
//!
//! Must not know clock, chance, files, sockets, or who stores rules and carries actions out.

mod error;
mod evaluate;
mod explain;
mod index;
mod json;
mod lookup;
mod message;
mod number;
mod rule;
mod statement;
mod syntax;
mod template;
mod time;
mod value;
mod version;

pub use error::SqlError;
pub use evaluate::{Decision, Evaluation, Output};
pub use explain::{ExplainedAction, Explanation, explain};
pub use index::{Ingest, RuleIndex, ingest};
pub use lookup::{Answers, Lookup, Stop};
pub use message::{Message, Properties};
pub use rule::{
    Action, Batch, CloudwatchAlarm, CloudwatchLogs, CloudwatchMetric, DynamoDb, DynamoDbV2,
    Failure, Firehose, Http, Kafka, Kinesis, LambdaFunction, Permission, Place, Republish,
    RuleError, S3, Separator, SigV4, Sns, Sqs, TopicRule, error_payload,
};
pub use statement::{SQL_BYTES, Statement};
pub use template::{Template, TemplateUse};
pub use version::SqlVersion;
