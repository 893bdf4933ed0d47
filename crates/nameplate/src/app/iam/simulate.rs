//! What the policies of a user, role or group would decide, without asking anything of anyone.

use super::holder::{self, Holder};
use super::{Iam, check_document, identity_policies, named, user_policies};
use crate::app::caller::Caller;
use crate::app::{Error, Result};
use nameplate_core::arn::Arn;
use nameplate_core::policy::caller::{CallerFacts, Origin};
use nameplate_core::policy::{Context, Decision, Dialect, Request, decide};

/// What SimulatePrincipalPolicy is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The user, role or group.
    pub source_arn: String,
    /// More identity policies, as if they hung on it too.
    pub policies: Vec<String>,
    /// Actions.
    pub actions: Vec<String>,
    /// Resources; each action is asked about each.
    pub resources: Vec<String>,
    /// Condition keys and their values.
    pub context: Vec<(String, Vec<String>)>,
}

impl Iam {
    /// One decision for each action and resource, in that order.
    pub async fn simulate_principal(
        &self,
        caller: &Caller,
        question: &Question,
    ) -> Result<Vec<Decision>> {
        let ctx = &caller.ctx;
        let holder = Arn::parse(&question.source_arn)
            .filter(|arn| arn.service == "iam")
            .and_then(|arn| {
                let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
                let of = |kind: &str, made: fn(String) -> Holder| {
                    arn.name_of(kind).and_then(name).map(made)
                };
                of("user", Holder::User)
                    .or_else(|| of("role", Holder::Role))
                    .or_else(|| of("group", Holder::Group))
            })
            .ok_or_else(|| {
                Error::invalid(format!(
                    "{:?} is not the ARN of a user, role or group",
                    question.source_arn
                ))
            })?;
        let (mut policies, tags, user_id) = self
            .kernel
            .store
            .read(|conn| {
                let found = match &holder {
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
                let (arn, id) = found
                    .filter(|(arn, _)| *arn == question.source_arn)
                    .ok_or_else(|| {
                        Error::not_found(format!("Entity {} was not found.", question.source_arn))
                    })?;
                let policies = match &holder {
                    Holder::User(name) => user_policies(conn, name)?,
                    Holder::Role(_) | Holder::Group(_) => identity_policies(conn, &holder.owner())?,
                };
                Ok::<_, Error>((policies, holder::tags_of(conn, &arn)?, id))
            })
            .await?;
        for (number, text) in question.policies.iter().enumerate() {
            check_document(text, Dialect::IamIdentity)?;
            policies.push(named(
                &format!("PolicyInputList.{}", number + 1),
                text,
                Dialect::IamIdentity,
            )?);
        }
        let caller = CallerFacts {
            arn: question.source_arn.clone(),
            role_arn: None,
            user_id,
            user_name: match &holder {
                Holder::User(name) => Some(name.clone()),
                Holder::Role(_) | Holder::Group(_) => None,
            },
            tags,
            issued: None,
            given: Vec::new(),
            // Not asked over any connection: such keys have the values that the question gives them, or none.
            origin: Origin::default(),
        };
        let mut context = caller.context(ctx.now);
        for (key, values) in &question.context {
            context = with_key(context, key, values)?;
        }
        Ok(question
            .actions
            .iter()
            .flat_map(|action| {
                question
                    .resources
                    .iter()
                    .map(move |resource| (action, resource))
            })
            .map(|(action, resource)| decide(&policies, Request { action, resource }, &context))
            .collect())
    }
}

fn with_key(mut context: Context, key: &str, values: &[String]) -> Result<Context> {
    let bad = || Error::invalid(format!("The context key {key} cannot have that value"));
    match (key.to_ascii_lowercase().as_str(), values) {
        ("aws:sourceip", [value]) => {
            context.source_ip = Some(value.parse().map_err(|_| bad())?);
        }
        ("aws:securetransport", [value]) => {
            context.secure_transport = Some(value.parse().map_err(|_| bad())?);
        }
        _ => context = context.set(key, values),
    }
    Ok(context)
}
