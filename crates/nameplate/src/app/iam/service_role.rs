//! Roles that the service runs as.
//!
//! Owns how the service assumes a role and what it may do then. What is read of a role is cached; whether it may be
//! assumed is decided each time, since that depends on the hour and on whose behalf it is asked.

use super::granted::{Asker, Granted};
use super::{IOT_SERVICE, Iam, entity_arn, holder, identity_policies, named, session};
use crate::app::cached::Kept;
use crate::app::{Error, Result};
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Ctx;
use nameplate_core::policy::caller::{Asked, CallerFacts, Origin, service_context};
use nameplate_core::policy::iam::{self, Principal};
use nameplate_core::policy::{Decision, Dialect, NamedPolicy};
use nameplate_store::{Conn, Store};
use std::sync::Arc;

/// Name of the sessions that the service begins.
const SESSION: &str = "iot";

/// A role as it is stored, or why there is none.
pub(super) type Found = std::result::Result<Arc<KnownRole>, String>;

/// A role with its policies.
#[derive(Debug)]
pub(super) struct KnownRole {
    arn: String,
    name: String,
    role_id: String,
    tags: holder::Tags,
    trust: NamedPolicy,
    max_session_seconds: i64,
    granted: Granted,
}

/// A role that the service has assumed for one run.
#[derive(Debug)]
pub struct ServiceRole {
    role: Arc<KnownRole>,
    caller: CallerFacts,
    realm: Arc<Realm>,
}

/// Why a service may not do something by a role.
#[derive(Debug)]
pub(crate) enum NoRole {
    /// It cannot assume it; the reason.
    Unassumed(String),
    /// The role's policies do not allow it; the first decision against it.
    Denied(Decision),
}

impl ServiceRole {
    /// ARN of the role.
    pub fn arn(&self) -> &str {
        &self.role.arn
    }

    /// `AROA…:session`.
    pub(crate) fn user_id(&self) -> &str {
        &self.caller.user_id
    }

    /// What the role's policies say; `conn` is asked for the resource's tags, if one is about them.
    pub(crate) fn decision_in(
        &self,
        conn: &Conn<'_>,
        action: &str,
        resource: &str,
        keys: &[(String, String)],
        ctx: &Ctx,
    ) -> Result<Decision> {
        self.role
            .granted
            .decide_in(conn, &self.asker(ctx), action, resource, keys)
    }

    /// The first decision against the role, of what is asked as actions and resources; `None` where it may do all. The store is
    /// asked, once, where it has anything to say: a rule decides for each message.
    async fn denied(
        &self,
        store: &Store,
        asked: &[(&str, &str)],
        ctx: &Ctx,
    ) -> Result<Option<Decision>> {
        let granted = &self.role.granted;
        if asked
            .iter()
            .any(|(_, resource)| granted.asks_store(resource))
        {
            let denied = |conn: &Conn<'_>| -> Result<Option<Decision>> {
                for (action, resource) in asked {
                    let decision = self.decision_in(conn, action, resource, &[], ctx)?;
                    if !decision.is_allowed() {
                        return Ok(Some(decision));
                    }
                }
                Ok(None)
            };
            return store.read(denied).await;
        }
        let asker = self.asker(ctx);
        let mut decisions = asked.iter().map(|(action, resource)| {
            let asked = Asked {
                action,
                resource,
                tags: &[],
                keys: &[],
            };
            granted.decide(&asker, &asked)
        });
        Ok(decisions.find(|decision| !decision.is_allowed()))
    }

    fn asker(&self, ctx: &Ctx) -> Asker<'_> {
        Asker {
            caller: &self.caller,
            realm: &self.realm,
            now: ctx.now,
        }
    }
}

impl KnownRole {
    /// Why the service may not assume it on behalf of `source`, if it may not.
    fn refuses(&self, service: &str, source: &str, ctx: &Ctx) -> Option<String> {
        let asked = Asked {
            action: "sts:AssumeRole",
            resource: &self.arn,
            tags: &self.tags,
            keys: &[],
        };
        let context = asked.complete(
            service_context(&ctx.realm, service, source, ctx.now),
            &ctx.realm,
        );
        let principal = Principal::Service(service);
        let answer = iam::may_assume(&self.trust, &self.arn, principal, &context);
        (!answer.decision.is_allowed()).then(|| {
            format!(
                "the trust policy of {} does not let {service} assume it for {source}",
                self.arn
            )
        })
    }
}

impl Iam {
    /// Assumes a role as the service does before it provisions; the inner error says why it cannot. `source` is the ARN
    /// of the resource that names the role.
    pub async fn service_role(
        &self,
        role_arn: &str,
        source: &str,
        ctx: &Ctx,
    ) -> Result<std::result::Result<Arc<ServiceRole>, String>> {
        self.role_of_service((IOT_SERVICE, SESSION), role_arn, source, ctx)
            .await
    }

    /// The same for another service, whose sessions have a name of their own. Where it cannot, that counts what other nodes
    /// have changed.
    async fn role_of_service(
        &self,
        who: (&'static str, &str),
        role_arn: &str,
        source: &str,
        ctx: &Ctx,
    ) -> Result<std::result::Result<Arc<ServiceRole>, String>> {
        let heard = self.kernel.heard([Kept::Iam]);
        match self.assumed(who, role_arn, source, ctx).await? {
            Err(_) if self.kernel.may_be_outdated(&heard).await? => {
                self.assumed(who, role_arn, source, ctx).await
            }
            assumed => Ok(assumed),
        }
    }

    /// A role assumed by the service that rules and streams are of, which may do all that is asked. See [`Iam::role_may`].
    pub(crate) async fn service_role_may(
        &self,
        role_arn: &str,
        source: &str,
        asked: &[(&str, &str)],
        ctx: &Ctx,
    ) -> Result<std::result::Result<Arc<ServiceRole>, NoRole>> {
        let who = (IOT_SERVICE, SESSION);
        self.role_may(who, role_arn, source, asked, ctx).await
    }

    /// A role that a service has assumed for `source`, with a session of this name, and that may do all that is asked as
    /// actions and resources; or why not, where what other nodes have changed counts.
    pub(crate) async fn role_may(
        &self,
        who: (&'static str, &str),
        role_arn: &str,
        source: &str,
        asked: &[(&str, &str)],
        ctx: &Ctx,
    ) -> Result<std::result::Result<Arc<ServiceRole>, NoRole>> {
        let decide = async || {
            let role = match self.assumed(who, role_arn, source, ctx).await? {
                Ok(role) => role,
                Err(why) => return Ok(Err(NoRole::Unassumed(why))),
            };
            let denied = role.denied(&self.kernel.store, asked, ctx).await?;
            Ok::<_, Error>(match denied {
                None => Ok(role),
                Some(decision) => Err(NoRole::Denied(decision)),
            })
        };
        let heard = self.kernel.heard([Kept::Iam]);
        match decide().await? {
            Err(_) if self.kernel.may_be_outdated(&heard).await? => decide().await,
            decided => Ok(decided),
        }
    }

    async fn assumed(
        &self,
        (service, session): (&'static str, &str),
        role_arn: &str,
        source: &str,
        ctx: &Ctx,
    ) -> Result<std::result::Result<Arc<ServiceRole>, String>> {
        let role = match self.known_role(role_arn).await? {
            Ok(role) => role,
            Err(why) => return Ok(Err(why)),
        };
        if let Some(why) = role.refuses(service, source, ctx) {
            return Ok(Err(why));
        }
        let caller = CallerFacts {
            arn: session::arn(&ctx.realm, &role.name, session),
            role_arn: Some(role.arn.clone()),
            user_id: format!("{}:{session}", role.role_id),
            user_name: None,
            tags: role.tags.clone(),
            issued: Some(ctx.now),
            given: Vec::new(),
            origin: Origin::of_service(service),
        };
        Ok(Ok(Arc::new(ServiceRole {
            role,
            caller,
            realm: Arc::clone(&ctx.realm),
        })))
    }

    /// Why the service cannot assume the role for `source`, if it cannot.
    pub(crate) async fn why_not_assumed(
        &self,
        role_arn: &str,
        service: &str,
        source: &str,
        ctx: &Ctx,
    ) -> Result<Option<String>> {
        Ok(match self.known_role(role_arn).await? {
            Ok(role) => role.refuses(service, source, ctx),
            Err(why) => Some(why),
        })
    }

    /// How long a session of the role may last, seconds; `None` where there is no such role.
    pub(crate) async fn longest_session(&self, role_arn: &str) -> Result<Option<i64>> {
        let known = self.known_role(role_arn).await?;
        Ok(known.ok().map(|role| role.max_session_seconds))
    }

    async fn known_role(&self, role_arn: &str) -> Result<Found> {
        let generation = self.kernel.generations.of(Kept::Iam);
        if let Some(found) = self.roles.get(generation, role_arn) {
            return Ok(found);
        }
        let found = self
            .kernel
            .store
            .read(|conn| self.read_role(conn, role_arn))
            .await?
            .map(Arc::new);
        self.roles
            .put(generation, role_arn.to_owned(), found.clone());
        Ok(found)
    }

    fn read_role(
        &self,
        conn: &Conn<'_>,
        role_arn: &str,
    ) -> Result<std::result::Result<KnownRole, String>> {
        let name = match self.role_name(role_arn) {
            Ok(name) => name,
            Err(why) => return Ok(Err(why)),
        };
        let role = conn.iam_role(&name)?.filter(|role| {
            entity_arn(self.kernel.realm(), "role", &role.path, &role.name) == role_arn
        });
        let Some(role) = role else {
            return Ok(Err(format!("the role {role_arn} does not exist")));
        };
        Ok(Ok(KnownRole {
            arn: role_arn.to_owned(),
            tags: holder::tags_of(conn, role_arn)?,
            trust: named("trust policy", &role.trust, Dialect::IamTrust)?,
            granted: Granted::new(identity_policies(conn, &format!("role/{name}"))?, None),
            role_id: role.role_id,
            max_session_seconds: role.max_session_seconds,
            name,
        }))
    }
}
