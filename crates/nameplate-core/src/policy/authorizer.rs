//! Policies compiled for one connection, so that a check of a message costs next to nothing.
//!
//! Owns the compiled form. What does not depend on the connection is compiled once per [`PolicySet`] and
//! shared; the rest once per [`Authorizer`]. Gives the same answers as [`super::decide()`], which is the
//! definition. Must not know sessions, packets or when policies change.

use super::context::Context;
use super::decide::{Decision, NamedPolicy, Request, Verdict, decide_where};
use super::document::{Effect, Statement};
use super::glob::Glob;
use super::iam::narrowed;
use super::variable::{Key, Missing, View};
use crate::arn::Realm;
use crate::ctx::Millis;
use std::sync::Arc;

/// What an MQTT connection asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MqttAction {
    /// `iot:Connect` on `client/<client id>`.
    Connect,
    /// `iot:Publish` on `topic/<topic>`.
    Publish,
    /// `iot:RetainPublish` on `topic/<topic>`, besides `iot:Publish`.
    RetainPublish,
    /// `iot:Receive` on `topic/<topic>`, for each delivery.
    Receive,
    /// `iot:Subscribe` on `topicfilter/<filter as sent>`.
    Subscribe,
}

impl MqttAction {
    /// All five.
    pub const ALL: [MqttAction; 5] = [
        MqttAction::Connect,
        MqttAction::Publish,
        MqttAction::RetainPublish,
        MqttAction::Receive,
        MqttAction::Subscribe,
    ];

    /// The action's name in policies.
    pub fn name(self) -> &'static str {
        match self {
            MqttAction::Connect => "iot:Connect",
            MqttAction::Publish => "iot:Publish",
            MqttAction::RetainPublish => "iot:RetainPublish",
            MqttAction::Receive => "iot:Receive",
            MqttAction::Subscribe => "iot:Subscribe",
        }
    }

    /// The resource asked about, without the ARN's first five parts.
    pub fn resource(self, name: &str) -> String {
        format!("{}{name}", self.kind().prefix())
    }

    fn kind(self) -> Kind {
        match self {
            MqttAction::Connect => Kind::Client,
            MqttAction::Subscribe => Kind::Filter,
            _ => Kind::Topic,
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Resources that share an ARN prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Client,
    Topic,
    Filter,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Client, Kind::Topic, Kind::Filter];

    fn prefix(self) -> &'static str {
        match self {
            Kind::Client => "client/",
            Kind::Topic => "topic/",
            Kind::Filter => "topicfilter/",
        }
    }
}

/// A statement reduced to what one kind of resource needs.
#[derive(Debug)]
struct Rule {
    /// Bits of the actions it covers; all have the same kind of resource.
    actions: u8,
    test: RuleTest,
}

#[derive(Debug)]
enum RuleTest {
    /// Patterns for what stands behind the ARN prefix; `not` for `NotResource`.
    Rest { not: bool, any: Arc<[Glob]> },
    /// Depends on the time: the statement itself is asked each time.
    Clock(Origin),
}

/// Where a rule comes from: indexes of policy and statement.
#[derive(Debug, Clone, Copy)]
struct Origin {
    policy: u32,
    statement: u32,
}

#[derive(Debug, Default)]
struct Rules {
    deny: Box<[Rule]>,
    allow: Box<[Rule]>,
}

impl Rules {
    fn collect(rules: Vec<(Effect, Rule)>) -> Rules {
        let (deny, allow): (Vec<_>, Vec<_>) = rules
            .into_iter()
            .partition(|(effect, _)| *effect == Effect::Deny);
        let strip = |rules: Vec<(Effect, Rule)>| rules.into_iter().map(|(_, rule)| rule).collect();
        Rules {
            deny: strip(deny),
            allow: strip(allow),
        }
    }
}

/// A statement that has to be looked at for each connection.
#[derive(Debug)]
struct Pending {
    origin: Origin,
    kind: Kind,
    actions: u8,
    /// Present where the resources have no variable.
    rest: Option<Arc<[Glob]>>,
    clock: bool,
}

/// The policies that apply to a principal, compiled as far as they are the same for all connections.
///
/// Two connections with the same policies should share one set.
#[derive(Debug)]
pub struct PolicySet {
    policies: Vec<NamedPolicy>,
    /// `arn:aws:iot:REGION:ACCOUNT:`
    arn: String,
    plain: Rules,
    pending: Vec<Pending>,
}

impl PolicySet {
    /// Compiles `policies`. An empty list is a set that allows nothing.
    pub fn new(realm: &Realm, policies: Vec<NamedPolicy>) -> PolicySet {
        let arn = realm.iot("");
        let mut plain = Vec::new();
        let mut pending = Vec::new();
        for (policy_index, policy) in policies.iter().enumerate() {
            for (index, statement) in policy.document.statements.iter().enumerate() {
                let origin = Origin {
                    policy: policy_index as u32,
                    statement: index as u32,
                };
                for kind in Kind::ALL {
                    let actions = covered(statement, kind);
                    if actions == 0 {
                        continue;
                    }
                    let rest = fixed_rest(statement, &format!("{arn}{}", kind.prefix()));
                    match rest {
                        Some(rest) if statement.conditions.is_empty() => {
                            if let Some(test) = rest_test(statement, rest) {
                                plain.push((statement.effect, Rule { actions, test }));
                            }
                        }
                        rest => pending.push(Pending {
                            origin,
                            kind,
                            actions,
                            rest,
                            clock: statement.reads(Key::is_clock),
                        }),
                    }
                }
            }
        }
        PolicySet {
            policies,
            arn,
            plain: Rules::collect(plain),
            pending,
        }
    }

    /// The policies it was made of.
    pub fn policies(&self) -> &[NamedPolicy] {
        &self.policies
    }

    /// Whether any answer depends on more of the connection's thing than its name.
    pub fn depends_on_thing_details(&self) -> bool {
        self.pending
            .iter()
            .any(|pending| self.statement(pending.origin).reads(Key::is_thing_detail))
    }

    /// Whether any answer depends on the children of the connection's thing.
    pub fn depends_on_children(&self) -> bool {
        self.pending
            .iter()
            .any(|pending| self.statement(pending.origin).reads(Key::is_children))
    }

    /// Whether any answer depends on who is connected: a variable or condition that is about MQTT. Where none does,
    /// an empty [`Context`] gives the same answers.
    pub fn depends_on_context(&self) -> bool {
        !self.pending.is_empty()
    }

    fn statement(&self, origin: Origin) -> &Statement {
        let policy = &self.policies[origin.policy as usize];
        &policy.document.statements[origin.statement as usize]
    }

    fn full_resource(&self, action: MqttAction, name: &str) -> String {
        format!("{}{}{name}", self.arn, action.kind().prefix())
    }
}

/// Bits of the actions of this kind that the statement covers.
fn covered(statement: &Statement, kind: Kind) -> u8 {
    MqttAction::ALL
        .into_iter()
        .filter(|action| action.kind() == kind)
        .filter(|action| statement.covers_action(&action.name().to_ascii_lowercase()))
        .fold(0, |bits, action| bits | action.bit())
}

/// What must match behind `head`, where no resource has a variable.
fn fixed_rest(statement: &Statement, head: &str) -> Option<Arc<[Glob]>> {
    let mut rest = Vec::new();
    for pattern in statement.resources.iter().flat_map(|list| &list.any) {
        rest.extend(pattern.fixed()?.after(head));
    }
    Some(rest.into())
}

/// `None` where the statement can apply to nothing of this kind.
fn rest_test(statement: &Statement, any: Arc<[Glob]>) -> Option<RuleTest> {
    let not = statement.resources.as_ref().is_none_or(|list| list.not);
    (not || !any.is_empty()).then_some(RuleTest::Rest { not, any })
}

/// The policies of one connection, with everything the connection is known by filled in.
///
/// [`Authorizer::check`] answers without allocating, except for statements that look at the time.
#[derive(Debug)]
pub struct Authorizer {
    set: Arc<PolicySet>,
    context: Arc<Context>,
    own: Rules,
    /// What narrows these policies: both must allow.
    narrowing: Option<Box<Authorizer>>,
}

impl Authorizer {
    /// Fills in the variables of `set` and decides its conditions with the values of `context`.
    ///
    /// Neither is watched: when policies, attachments or the thing change, build anew, with
    /// [`Authorizer::context`] as a start.
    pub fn build(set: Arc<PolicySet>, context: Arc<Context>) -> Authorizer {
        let mut own = Vec::new();
        for pending in &set.pending {
            let statement = set.statement(pending.origin);
            let actions = pending.actions;
            if pending.clock {
                let test = RuleTest::Clock(pending.origin);
                own.push((statement.effect, Rule { actions, test }));
                continue;
            }
            let connecting = pending.kind == Kind::Client;
            let view = View::on_connection(&context, connecting, context.now);
            let mut missing = Missing::default();
            let mut conditions = statement.conditions.iter();
            if !conditions.all(|condition| condition.holds(view, &mut missing)) {
                continue;
            }
            let rest = match &pending.rest {
                Some(rest) => rest.clone(),
                None => {
                    let head = format!("{}{}", set.arn, pending.kind.prefix());
                    statement
                        .resources
                        .iter()
                        .flat_map(|list| &list.any)
                        .flat_map(|pattern| pattern.fill_each(view, &mut missing))
                        .flat_map(|glob| glob.after(&head))
                        .collect()
                }
            };
            if let Some(test) = rest_test(statement, rest) {
                own.push((statement.effect, Rule { actions, test }));
            }
        }
        Authorizer {
            own: Rules::collect(own),
            set,
            context,
            narrowing: None,
        }
    }

    /// The same policies, narrowed by those of a session: both must allow (IAM user guide: policy evaluation logic).
    #[must_use]
    pub fn narrowed_by(self, session: Authorizer) -> Authorizer {
        Authorizer {
            narrowing: Some(Box::new(session)),
            ..self
        }
    }

    /// The verdict about `name`: a topic, a filter as sent or a client identifier, as the action wants it.
    /// `now` is asked only where a statement looks at the time.
    #[inline]
    pub fn check(&self, action: MqttAction, name: &str, now: impl Fn() -> Millis) -> Verdict {
        self.check_by(action, name, &now)
    }

    fn check_by(&self, action: MqttAction, name: &str, now: &impl Fn() -> Millis) -> Verdict {
        let verdict = self.check_alone(action, name, now);
        match &self.narrowing {
            Some(session) if verdict != Verdict::ExplicitDeny => {
                match session.check_by(action, name, now) {
                    Verdict::Allowed => verdict,
                    denied => denied,
                }
            }
            _ => verdict,
        }
    }

    #[inline]
    fn check_alone(&self, action: MqttAction, name: &str, now: &impl Fn() -> Millis) -> Verdict {
        let any = |rules: &[Rule]| {
            rules.iter().any(|rule| {
                rule.actions & action.bit() != 0 && self.applies(rule, action, name, now)
            })
        };
        if any(&self.set.plain.deny) || any(&self.own.deny) {
            Verdict::ExplicitDeny
        } else if any(&self.set.plain.allow) || any(&self.own.allow) {
            Verdict::Allowed
        } else {
            Verdict::ImplicitDeny
        }
    }

    #[inline]
    fn applies(
        &self,
        rule: &Rule,
        action: MqttAction,
        name: &str,
        now: &impl Fn() -> Millis,
    ) -> bool {
        match &rule.test {
            RuleTest::Rest { not, any } => any.iter().any(|glob| glob.matches(name)) != *not,
            RuleTest::Clock(origin) => self.set.statement(*origin).applies(
                &action.name().to_ascii_lowercase(),
                &self.set.full_resource(action, name),
                self.view(action, now()),
            ),
        }
    }

    fn view(&self, action: MqttAction, now: Millis) -> View<'_> {
        View::on_connection(&self.context, action == MqttAction::Connect, Some(now))
    }

    /// The same answer as [`Authorizer::check`], with its reasons.
    pub fn decide(&self, action: MqttAction, name: &str, now: Millis) -> Decision {
        let resource = self.set.full_resource(action, name);
        let request = Request {
            action: action.name(),
            resource: &resource,
        };
        let decision = decide_where(&self.set.policies, request, self.view(action, now), |_| {
            true
        });
        match &self.narrowing {
            Some(session) => narrowed(decision, session.decide(action, name, now)),
            None => decision,
        }
    }

    /// The values it was built with.
    pub fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// The policies it was built from.
    pub fn policies(&self) -> &Arc<PolicySet> {
        &self.set
    }
}
