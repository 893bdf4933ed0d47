//! The decision: which statements apply to a request, and what follows from them.
//!
//! Owns the algorithm (AWS guide: iot-policies; IAM user guide: policy evaluation logic) and the reasons
//! it gives. Must not know which policies apply to whom; the caller brings them.

use super::context::Context;
use super::document::{Effect, PolicyDocument, Statement};
use super::json::Span;
use super::variable::{Missing, View};
use std::fmt;
use std::sync::Arc;

/// Near misses that the sentence about a decision tells; the decision itself keeps all.
const MISSES_TOLD: usize = 3;

/// A policy under the name that reasons mention, for example an IoT policy's name.
#[derive(Debug, Clone)]
pub struct NamedPolicy {
    /// What reasons call it; nothing is decided by it.
    pub name: Arc<str>,
    /// The parsed document.
    pub document: Arc<PolicyDocument>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// For example `iot:Publish`; case does not matter.
    pub action: &'a str,
    /// The full ARN, or `*` for operations that have no resource.
    pub resource: &'a str,
}

/// The answer without its reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// A statement allows, none denies.
    Allowed,
    /// A statement denies.
    ExplicitDeny,
    /// No statement applies.
    ImplicitDeny,
}

impl Verdict {
    /// Whether the request may go ahead.
    pub fn is_allowed(self) -> bool {
        self == Verdict::Allowed
    }
}

/// A statement that took part in a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRef {
    /// Name of its policy.
    pub policy: Arc<str>,
    /// Its place in the document, counted from 1.
    pub number: usize,
    /// Its Sid, where it has one.
    pub sid: Option<String>,
    /// Where it stands in its document's text.
    pub span: Span,
}

impl fmt::Display for StatementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "statement {}", self.number)?;
        if let Some(sid) = &self.sid {
            write!(f, " ({sid})")?;
        }
        write!(f, " of policy {}", self.policy)
    }
}

/// An Allow statement that names the action but does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// Where it stands: policy, number and Sid.
    pub statement: StatementRef,
    /// Why it does not apply.
    pub why: MissReason,
}

/// Why a statement that names the action does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissReason {
    /// Its resources are others.
    Resource,
    /// This condition does not hold, written `StringEquals on iot:ClientId`.
    Condition(String),
}

/// An answer with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The action asked about.
    pub action: String,
    /// The resource asked about.
    pub resource: String,
    /// The answer.
    pub verdict: Verdict,
    /// Statements that allow it, whether or not another denies.
    pub allowing: Vec<StatementRef>,
    /// Statements that deny it.
    pub denying: Vec<StatementRef>,
    /// Allow statements that name the action but do not apply, in the policies' order.
    pub near_misses: Vec<NearMiss>,
    /// Variables and condition keys that were needed and had no value.
    pub missing: Vec<String>,
    /// Names of all policies that were asked.
    pub policies: Vec<Arc<str>>,
}

impl Decision {
    /// Whether the request may go ahead.
    pub fn is_allowed(&self) -> bool {
        self.verdict.is_allowed()
    }

    /// The statements the verdict rests on; none where nothing applied.
    pub fn responsible(&self) -> &[StatementRef] {
        match self.verdict {
            Verdict::Allowed => &self.allowing,
            Verdict::ExplicitDeny => &self.denying,
            Verdict::ImplicitDeny => &[],
        }
    }
}

impl fmt::Display for Decision {
    /// One sentence without a full stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (action, resource) = (&self.action, &self.resource);
        match self.verdict {
            Verdict::Allowed => {
                write!(f, "{action} on {resource} is allowed by ")?;
                list(f, self.allowing.iter())
            }
            Verdict::ExplicitDeny => {
                write!(f, "{action} on {resource} is denied by ")?;
                list(f, self.denying.iter())
            }
            Verdict::ImplicitDeny => {
                write!(f, "{action} on {resource} is denied: ")?;
                self.explain_implicit(f)
            }
        }
    }
}

impl Decision {
    fn explain_implicit(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.policies.as_slice() {
            [] => return f.write_str("there is no policy"),
            [one] => write!(f, "no statement of policy {one} allows it")?,
            many => {
                f.write_str("no statement of the policies ")?;
                list(f, many.iter())?;
                f.write_str(" allows it")?;
            }
        }
        for miss in self.near_misses.iter().take(MISSES_TOLD) {
            match &miss.why {
                MissReason::Resource => {
                    write!(
                        f,
                        "; {} names the action but other resources",
                        miss.statement
                    )?;
                }
                MissReason::Condition(condition) => {
                    write!(
                        f,
                        "; the condition {condition} of {} does not hold",
                        miss.statement
                    )?;
                }
            }
        }
        if let more @ 1.. = self.near_misses.len().saturating_sub(MISSES_TOLD) {
            write!(
                f,
                "; {more} more statements name the action and do not apply"
            )?;
        }
        if !self.missing.is_empty() {
            f.write_str("; without a value: ")?;
            list(f, self.missing.iter())?;
        }
        Ok(())
    }
}

/// `a, b and c`
fn list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    items: impl ExactSizeIterator<Item = T>,
) -> fmt::Result {
    let last = items.len().saturating_sub(1);
    for (index, item) in items.enumerate() {
        match index {
            0 => {}
            _ if index == last => f.write_str(" and ")?,
            _ => f.write_str(", ")?,
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

/// How far a statement is from applying.
enum Fit<'a> {
    Applies,
    OtherAction,
    OtherResource,
    ConditionFails(&'a super::condition::Condition),
}

impl Statement {
    /// Whether the statement speaks about the action, given in lower case.
    pub(super) fn covers_action(&self, action: &str) -> bool {
        let named = self.actions.any.iter().any(|glob| glob.matches(action));
        named != self.actions.not
    }

    fn covers_resource(&self, resource: &str, view: View<'_>, missing: &mut Missing) -> bool {
        let Some(resources) = &self.resources else {
            return true;
        };
        let named = resources
            .any
            .iter()
            .any(|pattern| pattern.covers(resource, view, missing));
        named != resources.not
    }

    fn fit(&self, action: &str, resource: &str, view: View<'_>, missing: &mut Missing) -> Fit<'_> {
        if !self.covers_action(action) {
            return Fit::OtherAction;
        }
        if !self.covers_resource(resource, view, missing) {
            return Fit::OtherResource;
        }
        self.conditions
            .iter()
            .find(|condition| !condition.holds(view, missing))
            .map_or(Fit::Applies, Fit::ConditionFails)
    }

    /// Whether the statement applies; `action` in lower case.
    pub(super) fn applies(&self, action: &str, resource: &str, view: View<'_>) -> bool {
        let mut missing = Missing::default();
        matches!(self.fit(action, resource, view, &mut missing), Fit::Applies)
    }
}

/// Decides `request` by `policies`: a Deny that applies wins, else an Allow that applies, else it is
/// denied. The order of policies and statements does not matter.
pub fn decide(policies: &[NamedPolicy], request: Request<'_>, context: &Context) -> Decision {
    decide_where(policies, request, View::whole(context), |_| true)
}

/// The same, among the statements that `concerns` picks.
pub(super) fn decide_where(
    policies: &[NamedPolicy],
    request: Request<'_>,
    view: View<'_>,
    concerns: impl Fn(&Statement) -> bool,
) -> Decision {
    let mut decision = Decision {
        action: request.action.to_owned(),
        resource: request.resource.to_owned(),
        verdict: Verdict::ImplicitDeny,
        allowing: Vec::new(),
        denying: Vec::new(),
        near_misses: Vec::new(),
        missing: Vec::new(),
        policies: policies.iter().map(|policy| policy.name.clone()).collect(),
    };
    let action = request.action.to_ascii_lowercase();
    let mut missing = Missing::default();
    for policy in policies {
        for (index, statement) in policy.document.statements.iter().enumerate() {
            if !concerns(statement) {
                continue;
            }
            let reference = || StatementRef {
                policy: policy.name.clone(),
                number: index + 1,
                sid: statement.sid.clone(),
                span: statement.span,
            };
            let why = match statement.fit(&action, request.resource, view, &mut missing) {
                Fit::OtherAction => continue,
                Fit::Applies => {
                    match statement.effect {
                        Effect::Allow => decision.allowing.push(reference()),
                        Effect::Deny => decision.denying.push(reference()),
                    }
                    continue;
                }
                Fit::OtherResource => MissReason::Resource,
                Fit::ConditionFails(condition) => MissReason::Condition(condition.to_string()),
            };
            if statement.effect == Effect::Allow {
                let statement = reference();
                decision.near_misses.push(NearMiss { statement, why });
            }
        }
    }
    decision.missing = missing.0;
    decision.verdict = match (&*decision.denying, &*decision.allowing) {
        ([], []) => Verdict::ImplicitDeny,
        ([], _) => Verdict::Allowed,
        _ => Verdict::ExplicitDeny,
    };
    decision
}
