//! What policies would decide, those of a user, role or group or any others, without asking anything of anyone.

use super::holder::{self, Holder};
use super::{Iam, check_document, identity_policies, named, user_policies};
use crate::app::caller::Caller;
use crate::app::{Error, Result};
use nameplate_core::arn::Arn;
use nameplate_core::policy::caller::{CallerFacts, Origin};
use nameplate_core::policy::simulation::{ValueType, keys, missing};
use nameplate_core::policy::{Context, Decision, Dialect, NamedPolicy, Request, Verdict, decide};
use nameplate_store::Conn;

/// What SimulatePrincipalPolicy and SimulateCustomPolicy are asked.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Identity policies; beside those of the principal, if there is one.
    pub policies: Vec<String>,
    /// At most one policy that is the most that the others can allow.
    pub boundaries: Vec<String>,
    /// ARN of the user that makes the call; the principal itself, where none is named.
    pub caller_arn: Option<String>,
    /// Actions.
    pub actions: Vec<String>,
    /// Resources; each action is asked about each.
    pub resources: Vec<String>,
    /// Condition keys.
    pub context: Vec<GivenKey>,
}

/// A condition key with the values that the caller supposes.
#[derive(Debug, Clone)]
pub struct GivenKey {
    /// Its name; case does not matter.
    pub name: String,
    /// What its values must be.
    pub of: ValueType,
    /// None make the key absent.
    pub values: Vec<String>,
}

/// The answer for one action and resource.
#[derive(Debug)]
pub struct Simulated {
    /// The decision, within the boundary if there is one. What it lacked is every key that statements about the
    /// action ask for and that has no value.
    pub decision: Decision,
    /// Whether the boundary allows it.
    pub within_boundary: Option<bool>,
}

impl Iam {
    /// One answer for each action and resource, in that order, by the policies of `source_arn` and those of the
    /// question. The caller's own keys have their values; a key of the moment, such as the time, has only the one it
    /// is given.
    pub async fn simulate_principal(
        &self,
        caller: &Caller,
        source_arn: &str,
        question: &Question,
    ) -> Result<Vec<Simulated>> {
        let (mut policies, facts) = self
            .kernel
            .store
            .read(|conn| {
                let holder = holder_of(source_arn)?;
                let mut policies = sources(conn, &holder.owner())?;
                if let Holder::User(name) = &holder {
                    for group in conn.iam_groups_of(name)? {
                        policies.extend(sources(conn, &Holder::Group(group).owner())?);
                    }
                }
                let own = self.facts(conn, source_arn, &holder)?;
                let facts = match &question.caller_arn {
                    Some(arn) => self.calling_user(conn, arn)?,
                    None => own,
                };
                Ok::<_, Error>((policies, facts))
            })
            .await?;
        policies.extend(given_policies("PolicyInputList", &question.policies)?);
        // Not asked over any connection, nor at any time: such keys have the values that the question gives them.
        let mut context = facts.context(caller.ctx.now);
        context.now = None;
        simulated(&policies, question, context)
    }

    /// The same by the policies of the question alone.
    pub async fn simulate_custom(
        &self,
        caller: &Caller,
        question: &Question,
    ) -> Result<Vec<Simulated>> {
        let policies = given_policies("PolicyInputList", &question.policies)?;
        let mut context = Context::default();
        if let Some(arn) = &question.caller_arn {
            let facts = self
                .kernel
                .store
                .read(|conn| self.calling_user(conn, arn))
                .await?;
            context = facts.context(caller.ctx.now);
            context.now = None;
        }
        simulated(&policies, question, context)
    }

    /// The condition keys and variables in these policies, and in those of the user, role or group.
    pub async fn context_keys(
        &self,
        source_arn: Option<&str>,
        texts: &[String],
    ) -> Result<Vec<String>> {
        let mut policies = match source_arn {
            None => Vec::new(),
            Some(arn) => {
                let read = |conn: &Conn<'_>| {
                    let holder = holder_of(arn)?;
                    self.facts(conn, arn, &holder)?;
                    match &holder {
                        Holder::User(name) => user_policies(conn, name),
                        Holder::Role(_) | Holder::Group(_) => {
                            identity_policies(conn, &holder.owner())
                        }
                    }
                };
                self.kernel.store.read(read).await?
            }
        };
        policies.extend(given_policies("PolicyInputList", texts)?);
        Ok(keys(policies.iter().map(|policy| &*policy.document)))
    }

    /// What is known of a user that a question supposes to call.
    fn calling_user(&self, conn: &Conn<'_>, arn: &str) -> Result<CallerFacts> {
        match holder_of(arn)? {
            user @ Holder::User(_) => self.facts(conn, arn, &user),
            _ => Err(Error::invalid(format!(
                "Invalid Entity Arn: {arn} is not the ARN of a user"
            ))),
        }
    }

    fn facts(&self, conn: &Conn<'_>, arn: &str, holder: &Holder) -> Result<CallerFacts> {
        let found = match holder {
            Holder::User(name) => conn
                .iam_user(name)?
                .map(|user| (self.user_arn(&user), user.user_id)),
            Holder::Role(name) => conn
                .iam_role(name)?
                .map(|role| (self.role_arn(&role), role.role_id)),
            Holder::Group(name) => conn
                .iam_group(name)?
                .map(|group| (self.group_arn(&group), group.group_id)),
        };
        let (_, user_id) = found
            .filter(|(found, _)| found == arn)
            .ok_or_else(|| Error::not_found(format!("Entity {arn} was not found.")))?;
        Ok(CallerFacts {
            arn: arn.to_owned(),
            role_arn: None,
            user_id,
            user_name: match holder {
                Holder::User(name) => Some(name.clone()),
                Holder::Role(_) | Holder::Group(_) => None,
            },
            tags: holder::tags_of(conn, arn)?,
            issued: None,
            given: Vec::new(),
            origin: Origin::default(),
        })
    }
}

/// The policies of an owner under the names that results have for them: a managed policy's own, and that of an inline
/// one behind its owner's, such as `user_alice_Read`.
fn sources(conn: &Conn<'_>, owner: &str) -> Result<Vec<NamedPolicy>> {
    let policies = identity_policies(conn, owner)?.into_iter();
    Ok(policies
        .map(|policy| {
            // No name of an inline policy has a colon.
            let name = match policy.name.contains(':') {
                true => policy.name.rsplit('/').next().unwrap_or_default().into(),
                false => format!("{}_{}", owner.replacen('/', "_", 1), policy.name).into(),
            };
            NamedPolicy { name, ..policy }
        })
        .collect())
}

fn holder_of(arn: &str) -> Result<Holder> {
    Arn::parse(arn)
        .filter(|arn| arn.service == "iam")
        .and_then(|arn| {
            let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
            let of =
                |kind: &str, made: fn(String) -> Holder| arn.name_of(kind).and_then(name).map(made);
            of("user", Holder::User)
                .or_else(|| of("role", Holder::Role))
                .or_else(|| of("group", Holder::Group))
        })
        .ok_or_else(|| {
            Error::invalid(format!(
                "Invalid Entity Arn: {arn} does not clearly define entity type and name."
            ))
        })
}

/// Policies under the names that results have for them, such as `PolicyInputList.1`.
fn given_policies(list: &str, texts: &[String]) -> Result<Vec<NamedPolicy>> {
    let numbered = texts.iter().enumerate();
    numbered
        .map(|(number, text)| {
            check_document(text, Dialect::IamIdentity)?;
            named(
                &format!("{list}.{}", number + 1),
                text,
                Dialect::IamIdentity,
            )
        })
        .collect()
}

fn simulated(
    policies: &[NamedPolicy],
    question: &Question,
    mut context: Context,
) -> Result<Vec<Simulated>> {
    for key in &question.context {
        if let Some(value) = key.values.iter().find(|value| !key.of.takes(value)) {
            return Err(Error::invalid(format!(
                "Invalid value for context key {}: {value:?} is not of its ContextKeyType",
                key.name
            )));
        }
        context = context.given(&key.name, &key.values);
    }
    for action in &question.actions {
        let named = action
            .split_once(':')
            .is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
        if !named || action.contains(['*', '?']) {
            return Err(Error::invalid(format!(
                "Invalid Action: {action:?} is no name of an operation, such as iam:CreateUser"
            )));
        }
    }
    let boundary = given_policies("PermissionsBoundaryPolicyInputList", &question.boundaries)?;
    let pairs = question.actions.iter().flat_map(|action| {
        let resources = question.resources.iter();
        resources.map(move |resource| Request { action, resource })
    });
    Ok(pairs
        .map(|request| answer(policies, &boundary, request, &context))
        .collect())
}

fn answer(
    policies: &[NamedPolicy],
    boundary: &[NamedPolicy],
    request: Request<'_>,
    context: &Context,
) -> Simulated {
    let mut decision = decide(policies, request, context);
    let asked: Vec<NamedPolicy> = policies.iter().chain(boundary).cloned().collect();
    decision.missing = missing(&asked, request.action, context);
    if boundary.is_empty() {
        return Simulated {
            decision,
            within_boundary: None,
        };
    }
    // IAM user guide: permissions boundaries. A boundary allows nothing by itself; it denies what it does not allow.
    let most = decide(boundary, request, context);
    decision.denying.extend(most.denying);
    decision.verdict = match (decision.verdict, most.verdict) {
        (Verdict::ExplicitDeny, _) | (_, Verdict::ExplicitDeny) => Verdict::ExplicitDeny,
        (Verdict::Allowed, Verdict::Allowed) => Verdict::Allowed,
        _ => Verdict::ImplicitDeny,
    };
    Simulated {
        decision,
        within_boundary: Some(most.verdict.is_allowed()),
    }
}
