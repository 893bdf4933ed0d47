//! What a rule would do with a message, in words: for `nameplate rule test` and a person who asks why.

use crate::evaluate::{Decision, Evaluation};
use crate::lookup::{Answers, Lookup, Stop};
use crate::message::Message;
use crate::rule::TopicRule;
use std::fmt;

/// What a rule does with a message, and why. Displayed as lines of text; what comes from the message is not escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Whether the topic concerns the rule: by FROM, or by Basic Ingest, of which the rule's name is taken for right.
    pub matched: bool,
    /// WHERE's value as JSON, or `Undefined`; none without a WHERE, or where it was not evaluated.
    pub condition: Option<String>,
    /// What SELECT gives, if WHERE is true.
    pub output: Option<Vec<u8>>,
    /// A question that has no answer among those given, so that nothing is known from there on.
    pub asks: Option<Lookup>,
    /// Why WHERE or SELECT failed.
    pub failure: Option<String>,
    /// The actions that would run, in order.
    pub actions: Vec<ExplainedAction>,
}

/// One action, with its templates filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedAction {
    /// Its name, as in `s3`.
    pub name: &'static str,
    /// Members by AWS's names, or why they could not be filled in.
    pub fields: Result<Vec<(String, String)>, String>,
}

/// Evaluates a rule for a message and keeps what happens on the way.
pub fn explain(rule: &TopicRule, message: &Message<'_>, answers: &Answers) -> Explanation {
    let matched = match crate::index::ingest(message.topic) {
        Some(_) => true,
        None => rule
            .statement
            .filter()
            .is_some_and(|filter| crate::index::matches(filter, message.topic)),
    };
    let mut explanation = Explanation {
        matched,
        condition: None,
        output: None,
        asks: None,
        failure: None,
        actions: Vec::new(),
    };
    if !matched {
        return explanation;
    }
    let mut evaluation = Evaluation::new(&rule.statement, message, answers);
    let decided = evaluation.condition().and_then(|condition| {
        explanation.condition = condition;
        // Once more from the beginning, so that what chance gives is what the rule would get.
        evaluation = Evaluation::new(&rule.statement, message, answers);
        evaluation.decide()
    });
    match decided {
        Ok(Decision::Rejected) => return explanation,
        Ok(Decision::Selected(output)) => explanation.output = Some(output.as_bytes().to_vec()),
        Err(Stop::Needs(lookup)) => {
            explanation.asks = Some(lookup);
            return explanation;
        }
        Err(stop) => {
            explanation.failure = Some(stop.to_string());
            return explanation;
        }
    }
    for action in &rule.actions {
        let fields = action.render(&mut evaluation).map(|action| {
            let fields = action.fields().into_iter();
            fields.map(|(name, value)| (name, value.clone())).collect()
        });
        explanation.actions.push(ExplainedAction {
            name: action.name(),
            fields: fields.map_err(|stop| stop.to_string()),
        });
    }
    explanation
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.matched {
            return writeln!(f, "FROM does not match the topic: the rule does not run.");
        }
        writeln!(f, "FROM matches the topic.")?;
        if let Some(condition) = &self.condition {
            writeln!(f, "WHERE is {condition}.")?;
        }
        if let Some(lookup) = &self.asks {
            return writeln!(
                f,
                "{} is asked about {}, which is not done here.",
                lookup.function(),
                lookup.resource()
            );
        }
        if let Some(failure) = &self.failure {
            return writeln!(f, "The rule fails: {failure}.");
        }
        let Some(output) = &self.output else {
            return writeln!(f, "No action runs.");
        };
        match std::str::from_utf8(output) {
            Ok(text) => writeln!(f, "Payload: {text}")?,
            Err(_) => writeln!(f, "Payload: {} bytes that are no text", output.len())?,
        }
        for action in &self.actions {
            match &action.fields {
                Err(reason) => writeln!(f, "Action {} fails: {reason}.", action.name)?,
                Ok(fields) => {
                    writeln!(f, "Action {}:", action.name)?;
                    for (name, value) in fields {
                        writeln!(f, "  {name}: {value}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Properties;
    use serde_json::json;

    fn explained(sql: &str, topic: &str, payload: &str) -> String {
        let rule = TopicRule::parse(&json!({
            "sql": sql, "awsIotSqlVersion": "2016-03-23",
            "actions": [
                {"s3": {"bucketName": "b", "key": "${topic()}/${id}", "roleArn": "arn:aws:iam::1:role/r"}},
                {"republish": {"topic": "$$aws/x/${missing}", "roleArn": "arn:aws:iam::1:role/r"}},
            ],
        }))
        .expect("it is right");
        let message = Message {
            topic,
            payload: payload.as_bytes(),
            client_id: None,
            principal: None,
            source_ip: None,
            trace_id: None,
            account_id: "1",
            now_ms: 0,
            seed: [0; 16],
            properties: Properties::default(),
        };
        explain(&rule, &message, &Answers::new()).to_string()
    }

    #[test]
    fn what_happens_is_said() {
        let sql = "SELECT id FROM 'a/+' WHERE n > 5";
        assert_eq!(
            explained(sql, "a/b", r#"{"id":"x","n":6}"#),
            "FROM matches the topic.\nWHERE is true.\nPayload: {\"id\":\"x\"}\nAction s3:\n  bucketName: b\n  key: a/b/x\n\
             Action republish fails: the substitution template ${missing} is Undefined for this message.\n"
        );
        assert_eq!(
            explained(sql, "a/b", r#"{"id":"x"}"#),
            "FROM matches the topic.\nWHERE is Undefined.\nNo action runs.\n"
        );
        assert_eq!(
            explained(sql, "b", "{}"),
            "FROM does not match the topic: the rule does not run.\n"
        );
        assert!(
            explained(
                "SELECT get_thing_shadow('T', 'arn:r') AS s FROM 'a'",
                "a",
                "{}"
            )
            .ends_with("get_thing_shadow is asked about T, which is not done here.\n")
        );
        assert!(
            explained("SELECT *, 1 AS x", "$aws/rules/R/a", "no JSON")
                .contains("The rule fails: the payload is no JSON")
        );
    }
}
