//! What a device's policies let it do, asked without a device: `GetEffectivePolicies` and `TestAuthorization`.
//!
//! The decision is `core::policy::decide`, the same that connections are held to. Here is only which policies and
//! which facts go into it.

use super::Admission;
use super::authorize::{associated_thing, certificate_facts, policies_of_groups, thing_facts};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::registry::policy::{attached_keys, policy_named};
use crate::app::registry::principal::Target;
use nameplate_core::ctx::Ctx;
use nameplate_core::pki::Certificate;
use nameplate_core::policy::simulation::missing;
use nameplate_core::policy::{
    Association, Context, Dialect, NamedPolicy, PolicyDocument, Request, Verdict, decide,
};
use nameplate_store::Conn;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A policy that applies, with its document in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectivePolicy {
    /// Its name.
    pub name: String,
    /// Its document as it was given.
    pub document: String,
}

/// A question of `TestAuthorization`.
#[derive(Debug, Clone)]
pub struct Question {
    /// For example `iot:Publish`.
    pub action: &'static str,
    /// ARNs; all must be allowed.
    pub resources: Vec<String>,
}

/// Who would ask, and what to change about their policies before they do.
#[derive(Debug, Clone, Default)]
pub struct Supposed {
    /// The certificate, or a thing group for what its policies alone allow.
    pub principal: Option<Target>,
    /// The MQTT client identifier they would connect with.
    pub client_id: Option<String>,
    /// Policies to add, by name.
    pub add: Vec<String>,
    /// Policies to leave out, by name.
    pub skip: Vec<String>,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What would happen.
    pub verdict: Verdict,
    /// Names of policies that allow it.
    pub allowing: Vec<Arc<str>>,
    /// Names of policies that deny it.
    pub denying: Vec<Arc<str>>,
    /// Names of policies that do neither.
    pub silent: Vec<Arc<str>>,
    /// Variables and condition keys that policies ask for and that have no value.
    pub missing: Vec<String>,
}

impl Admission {
    /// The policies that apply to a principal; with a thing, those of the groups it is in and of the groups above
    /// them too.
    pub async fn effective_policies(
        &self,
        principal: Option<&Target>,
        thing: Option<&str>,
    ) -> Result<Vec<EffectivePolicy>> {
        self.kernel
            .store
            .read(|conn| {
                let mut keys = BTreeSet::new();
                if let Some(target) = principal {
                    keys.extend(attached_keys(conn, self.kernel.realm(), target, true)?);
                }
                if let Some(name) = thing {
                    let Some(thing) = conn.thing_key(name)? else {
                        let account = &self.kernel.realm().account;
                        return Err(Error::not_found(format!(
                            "Thing {account}:{name} not found."
                        )));
                    };
                    keys.extend(policies_of_groups(conn, thing)?);
                }
                let mut found = Vec::new();
                for key in keys {
                    if let Some((name, document)) = conn.policy_in_force(key)? {
                        found.push(EffectivePolicy { name, document });
                    }
                }
                Ok(found)
            })
            .await
    }

    /// Answers the questions as a connection of the supposed asker would be answered.
    pub async fn test_authorization(
        &self,
        caller: &Caller,
        supposed: &Supposed,
        questions: &[Question],
    ) -> Result<Vec<Answer>> {
        let ctx = &caller.ctx;
        self.kernel
            .store
            .read(|conn| {
                let (policies, context) = self.suppose(conn, supposed, ctx)?;
                Ok(questions
                    .iter()
                    .map(|question| answer(question, &policies, &context))
                    .collect())
            })
            .await
    }

    /// The policies that would apply, and what would be known of the asker. The peer's address is not: conditions
    /// on it are answered as missing.
    fn suppose(
        &self,
        conn: &Conn<'_>,
        supposed: &Supposed,
        ctx: &Ctx,
    ) -> Result<(Vec<NamedPolicy>, Context)> {
        let mut keys = BTreeSet::new();
        let mut context = Context {
            client_id: supposed.client_id.clone(),
            secure_transport: Some(true),
            now: Some(ctx.now),
            association: Association::None,
            ..Context::default()
        };
        if let Some(target) = &supposed.principal {
            keys.extend(attached_keys(conn, self.kernel.realm(), target, true)?);
        }
        if let Some(Target::Certificate(id)) = &supposed.principal
            && let Some(entry) = conn.certificate_entry(&id.0)?
        {
            if let Some(der) = conn.certificate_der(entry.key)? {
                let certificate = Certificate::parse_der(&der).map_err(Error::internal)?;
                context.certificate = Some(Arc::new(certificate_facts(&certificate)));
            }
            // Without a client identifier only an exclusive attachment tells the thing; no thing has an empty name.
            let client_id = supposed.client_id.as_deref().unwrap_or_default();
            if let Some(key) = associated_thing(conn, entry.key, client_id)?
                && let Some(thing) = conn.thing_by_key(key)?
            {
                keys.extend(policies_of_groups(conn, key)?);
                context.association = Association::Thing(Arc::new(thing_facts(conn, thing, true)?));
            }
        }
        for name in &supposed.add {
            keys.insert(policy_named(conn, name)?.key);
        }
        let mut policies = Vec::new();
        for key in keys {
            if let Some((name, document)) = conn.policy_in_force(key)?
                && !supposed.skip.contains(&name)
            {
                let document =
                    PolicyDocument::parse(&document, Dialect::Iot).map_err(Error::internal)?;
                policies.push(NamedPolicy {
                    name: name.into(),
                    document: Arc::new(document),
                });
            }
        }
        Ok((policies, context))
    }
}

fn answer(question: &Question, policies: &[NamedPolicy], context: &Context) -> Answer {
    let mut verdict = Verdict::Allowed;
    let mut allowing = BTreeSet::new();
    let mut denying = BTreeSet::new();
    for resource in &question.resources {
        let request = Request {
            action: question.action,
            resource,
        };
        let decision = decide(policies, request, context);
        verdict = match (verdict, decision.verdict) {
            (Verdict::ExplicitDeny, _) | (_, Verdict::ExplicitDeny) => Verdict::ExplicitDeny,
            (Verdict::ImplicitDeny, _) | (_, Verdict::ImplicitDeny) => Verdict::ImplicitDeny,
            (Verdict::Allowed, Verdict::Allowed) => Verdict::Allowed,
        };
        allowing.extend(
            decision
                .allowing
                .into_iter()
                .map(|statement| statement.policy),
        );
        denying.extend(
            decision
                .denying
                .into_iter()
                .map(|statement| statement.policy),
        );
    }
    let silent = policies
        .iter()
        .map(|policy| Arc::clone(&policy.name))
        .filter(|name| !allowing.contains(name) && !denying.contains(name))
        .collect();
    Answer {
        verdict,
        allowing: allowing.into_iter().collect(),
        denying: denying.into_iter().collect(),
        silent,
        missing: missing(policies, question.action, context),
    }
}
