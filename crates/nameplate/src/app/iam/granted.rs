//! Policies that belong together, and decisions by them.
//!
//! Owns what a decision needs besides the policies: the condition keys of the request, and the resource's tags where a
//! policy is about them.

use super::{holder, resource_policy};
use crate::app::Result;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Millis;
use nameplate_core::policy::caller::{Asked, CallerFacts, ask_for_context, ask_for_resource_tags};
use nameplate_core::policy::iam::Principal;
use nameplate_core::policy::{Context, Decision, NamedPolicy, PolicySet, Request, decide, iam};
use nameplate_store::Conn;
use std::sync::{Arc, OnceLock};

/// The policies of a user or role, and what narrows a session; both must allow.
#[derive(Debug)]
pub(super) struct Granted {
    /// What hangs on the user or role.
    pub identity: Vec<NamedPolicy>,
    /// What narrows the session.
    pub session: Option<Vec<NamedPolicy>>,
    /// Whether a decision may depend on the resource's tags, which have to be read.
    asks_for_tags: bool,
    /// Whether it may depend on anything but action and resource. Most policies of fleets do not, and filling in a
    /// context for each line of a bulk registration costs as much as deciding.
    asks_for_context: bool,
    /// For connections, once there is one.
    compiled: OnceLock<Compiled>,
}

/// The same policies, compiled for connections.
#[derive(Debug)]
pub(super) struct Compiled {
    pub identity: Arc<PolicySet>,
    pub session: Option<Arc<PolicySet>>,
}

/// Who asks, and when.
pub(super) struct Asker<'a> {
    pub caller: &'a CallerFacts,
    pub realm: &'a Realm,
    pub now: Millis,
}

impl Asker<'_> {
    pub(super) fn context(&self, asked: &Asked<'_>) -> Context {
        asked.complete(self.caller.context(self.now), self.realm)
    }
}

impl Granted {
    pub(super) fn new(identity: Vec<NamedPolicy>, session: Option<Vec<NamedPolicy>>) -> Self {
        let documents = || {
            let all = identity.iter().chain(session.iter().flatten());
            all.map(|policy| &*policy.document)
        };
        Self {
            asks_for_tags: ask_for_resource_tags(documents()),
            asks_for_context: ask_for_context(documents()),
            identity,
            session,
            compiled: OnceLock::new(),
        }
    }

    pub(super) fn compiled(&self, realm: &Realm) -> &Compiled {
        self.compiled.get_or_init(|| {
            let set =
                |policies: &Vec<NamedPolicy>| Arc::new(PolicySet::new(realm, policies.clone()));
            Compiled {
                identity: set(&self.identity),
                session: self.session.as_ref().map(set),
            }
        })
    }

    pub(super) fn decide(&self, asker: &Asker<'_>, asked: &Asked<'_>) -> Decision {
        self.decide_beside(asker, asked, None)
    }

    /// The same where the resource has a policy of its own.
    fn decide_beside(
        &self,
        asker: &Asker<'_>,
        asked: &Asked<'_>,
        of_resource: Option<&NamedPolicy>,
    ) -> Decision {
        let context = if self.asks_for_context || of_resource.is_some() {
            asker.context(asked)
        } else {
            Context::default()
        };
        let request = Request {
            action: asked.action,
            resource: asked.resource,
        };
        let mut decision = decide(&self.identity, request, &context);
        if let Some(policy) = of_resource {
            let principal = Principal::Arn(&asker.caller.arn);
            decision = iam::joined(decision, iam::says(policy, principal, request, &context));
        }
        match &self.session {
            Some(session) => iam::narrowed(decision, decide(session, request, &context)),
            None => decision,
        }
    }

    /// Whether a decision depends on the resource's tags.
    pub(super) fn asks_for_tags(&self) -> bool {
        self.asks_for_tags
    }

    /// Whether a decision about the resource depends on what the store has of it: its tags, or a policy of its own.
    pub(super) fn asks_store(&self, resource: &str) -> bool {
        self.asks_for_tags || resource_policy::can_have(resource)
    }

    /// The same with what the store has of the resource: its tags, if they matter, and its own policy.
    pub(super) fn decide_in(
        &self,
        conn: &Conn<'_>,
        asker: &Asker<'_>,
        action: &str,
        resource: &str,
        keys: &[(String, String)],
    ) -> Result<Decision> {
        let of_resource = resource_policy::policy_of(conn, resource)?;
        self.decide_under(conn, asker, (action, resource, keys), of_resource.as_ref())
    }

    /// The same of an action, a resource and the keys that the request brings, where the resource has this policy.
    pub(super) fn decide_under(
        &self,
        conn: &Conn<'_>,
        asker: &Asker<'_>,
        (action, resource, keys): (&str, &str, &[(String, String)]),
        of_resource: Option<&NamedPolicy>,
    ) -> Result<Decision> {
        // A policy of a resource is asked once, and may be about them.
        let tags = if self.asks_for_tags || of_resource.is_some() {
            holder::tags_of(conn, resource)?
        } else {
            Vec::new()
        };
        let asked = Asked {
            action,
            resource,
            tags: &tags,
            keys,
        };
        Ok(self.decide_beside(asker, &asked, of_resource))
    }
}
