//! Questions to other services that an evaluation cannot answer itself.
//!
//! An evaluation that needs an answer ends with [`Stop::Needs`]. The host asks, puts the answer among the
//! [`Answers`], and evaluates again; nothing else has changed, so it gets as far as before and further.

use std::collections::HashMap;
use std::fmt;

/// A question that a function asks. Equal ones are asked once.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Lookup {
    /// `aws_lambda`: invoke a function and wait, 2 s at most. The function's resource policy must allow
    /// `iot.amazonaws.com` for this rule. Answer: the JSON it returned.
    Lambda {
        /// ARN of the function.
        function_arn: String,
        /// The event, JSON.
        input: String,
    },
    /// `get_thing_shadow`, permission `iot:GetThingShadow`. Answer: the shadow's document.
    ThingShadow {
        /// Name of the thing.
        thing: String,
        /// Name of the shadow; none for the classic one.
        shadow: Option<String>,
        /// Role to ask as.
        role_arn: String,
    },
    /// `get_dynamodb`, permission `dynamodb:GetItem`. Answer: the item as plain JSON, or `{}` where there is none.
    DynamoDb {
        /// Name of the table.
        table: String,
        /// Name and value of the partition key, and of the sort key; values are JSON scalars.
        key: Vec<(String, String)>,
        /// Role to ask as.
        role_arn: String,
    },
    /// `get_secret`, permissions `secretsmanager:GetSecretValue` and `secretsmanager:DescribeSecret`. Answer: the
    /// current version's text, or Base64 of its bytes; a key in it is found here.
    Secret {
        /// Name or ARN of the secret.
        id: String,
        /// Whether `SecretBinary` is asked for instead of `SecretString`.
        binary: bool,
        /// Role to ask as.
        role_arn: String,
    },
    /// `get_registry_data`, permission `iot:` and the operation. Answer: the operation's answer, JSON.
    Registry {
        /// `DescribeThing` or `ListThingGroupsForThing`.
        operation: String,
        /// Name of the thing.
        thing: String,
        /// Role to ask as.
        role_arn: String,
    },
}

impl Lookup {
    /// The function of the language that asks.
    pub fn function(&self) -> &'static str {
        match self {
            Self::Lambda { .. } => "aws_lambda",
            Self::ThingShadow { .. } => "get_thing_shadow",
            Self::DynamoDb { .. } => "get_dynamodb",
            Self::Secret { .. } => "get_secret",
            Self::Registry { .. } => "get_registry_data",
        }
    }

    /// Whom or what is asked, for a log line.
    pub fn resource(&self) -> &str {
        match self {
            Self::Lambda { function_arn, .. } => function_arn,
            Self::ThingShadow { thing, .. } | Self::Registry { thing, .. } => thing,
            Self::DynamoDb { table, .. } => table,
            Self::Secret { id, .. } => id,
        }
    }
}

/// Without what it sends, which is made of payloads.
impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?})", self.function(), self.resource())
    }
}

/// What was answered to the questions of one message and rule.
#[derive(Default)]
pub struct Answers(HashMap<Lookup, Result<String, String>>);

impl Answers {
    /// No answers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an answer, or the reason why there is none, as a sentence that the rule's owner may read.
    pub fn put(&mut self, lookup: Lookup, answer: Result<String, String>) {
        self.0.insert(lookup, answer);
    }

    pub(crate) fn get(&self, lookup: &Lookup) -> Option<&Result<String, String>> {
        self.0.get(lookup)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Answers may hold secrets.
impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Why an evaluation did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// An answer is needed: ask, and evaluate again.
    #[error("{} of {} has not been answered", .0.function(), .0.resource())]
    Needs(Lookup),
    /// A function could not ask its service. The rule's actions do not run; its error action does.
    #[error("{function} failed: {reason}")]
    External {
        /// The function.
        function: &'static str,
        /// The host's reason.
        reason: String,
    },
    /// The statement or template cannot be evaluated for this message.
    #[error("{0}")]
    Failed(String),
}
