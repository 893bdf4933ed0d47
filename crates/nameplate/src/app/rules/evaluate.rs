//! One rule and one message: what the rule selects, and what its actions would do.

use super::lane::Arrived;
use super::live::Compiled;
use bytes::Bytes;
use nameplate_core::ctx::Millis;
use nameplate_rules::{
    Action, Answers, Decision, Evaluation, Failure, Lookup, Message, Output, Properties, Stop,
    Template,
};

/// What a rule hands to its actions.
#[derive(Debug, Clone)]
pub(super) struct Payload {
    pub(super) bytes: Bytes,
    /// Whether it is JSON, and not bytes as they came.
    pub(super) is_json: bool,
}

impl Payload {
    /// It as text, which some services ask for.
    pub(super) fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(&self.bytes).map_err(|_| "the payload is not text in UTF-8".to_owned())
    }
}

/// What comes of a rule and a message.
pub(super) enum Outcome {
    /// WHERE is not true.
    Rejected,
    /// A question must be answered first.
    Needs(Lookup),
    /// It cannot be evaluated.
    Failed(Failure),
    /// Its actions, templates filled in, or why one could not be.
    Selected(Payload, Vec<Result<Action<String>, Failure>>),
}

/// The surroundings of an evaluation, the same each time it is begun anew.
#[derive(Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) account: &'a str,
    pub(super) now: Millis,
    pub(super) seed: [u8; 16],
}

/// The message as the language sees it.
pub(super) fn message<'a>(arrived: &'a Arrived, moment: &Moment<'a>) -> Message<'a> {
    let by_mqtt = arrived.client_id.is_some();
    Message {
        topic: &arrived.topic,
        payload: &arrived.payload,
        client_id: arrived.client_id.as_deref(),
        principal: arrived.principal.as_deref(),
        source_ip: arrived.source_ip.as_deref(),
        trace_id: by_mqtt.then_some(&*arrived.trace_id),
        account_id: moment.account,
        now_ms: moment.now.0,
        seed: moment.seed,
        properties: arrived
            .properties
            .as_ref()
            .map_or_else(Properties::default, |own| own.seen()),
    }
}

/// Evaluates a rule for a message.
pub(super) fn evaluate(
    compiled: &Compiled,
    arrived: &Arrived,
    answers: &Answers,
    moment: &Moment<'_>,
) -> Outcome {
    let message = message(arrived, moment);
    let mut evaluation = Evaluation::new(&compiled.rule.statement, &message, answers);
    let output = match evaluation.decide() {
        Ok(Decision::Rejected) => return Outcome::Rejected,
        Ok(Decision::Selected(output)) => output,
        Err(Stop::Needs(lookup)) => return Outcome::Needs(lookup),
        Err(stop) => return Outcome::Failed(stopped(&stop)),
    };
    let payload = Payload {
        is_json: output.is_json(),
        bytes: match output {
            Output::Json(bytes) => bytes.into(),
            Output::Bytes(_) => arrived.payload.clone(),
        },
    };
    let mut actions = Vec::with_capacity(compiled.rule.actions.len());
    for action in &compiled.rule.actions {
        match action.render(&mut evaluation) {
            Ok(rendered) => actions.push(Ok(rendered)),
            Err(Stop::Needs(lookup)) => return Outcome::Needs(lookup),
            Err(stop) => actions.push(Err(unrendered(action, &stop))),
        }
    }
    Outcome::Selected(payload, actions)
}

/// The error action for a message, its templates filled in; they may not ask anybody.
pub(super) fn error_action(
    compiled: &Compiled,
    arrived: &Arrived,
    moment: &Moment<'_>,
) -> Option<Result<Action<String>, Failure>> {
    let action = compiled.rule.error_action.as_ref()?;
    let message = message(arrived, moment);
    let answers = Answers::new();
    let mut evaluation = Evaluation::new(&compiled.rule.statement, &message, &answers);
    Some(
        action
            .render(&mut evaluation)
            .map_err(|stop| unrendered(action, &stop)),
    )
}

fn unrendered(action: &Action<Template>, stop: &Stop) -> Failure {
    Failure {
        action: action.failed_action().to_owned(),
        resource: action.resource().as_str().to_owned(),
        message: stop.to_string(),
    }
}

fn stopped(stop: &Stop) -> Failure {
    let action = match stop {
        Stop::External { function, .. } => (*function).to_owned(),
        _ => "RuleEvaluation".to_owned(),
    };
    Failure {
        action,
        resource: String::new(),
        message: stop.to_string(),
    }
}
