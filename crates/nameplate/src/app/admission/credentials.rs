//! Credentials of a role for a device that asks by its certificate. AWS guide: authorizing-direct-aws.
//!
//! Owns the order of the questions, which is AWS's, and what the session is told of its device. What a role alias is, is
//! the registry's; how a session begins, IAM's.

use super::attempt::{Attempt, Stage};
use super::authorize::thing_facts;
use super::{Admission, Admitted, Peer, Refused};
use crate::app::audit;
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::iam::session::ServiceSession;
use crate::app::iam::{AccessKey, CREDENTIALS_SERVICE};
use nameplate_core::ctx::Millis;
use nameplate_core::limits::CREDENTIALS_PER_SECOND;
use nameplate_core::policy::{Association, Request, ThingFacts, decide};
use nameplate_core::quota::{Keyed, Rate};
use nameplate_core::registry::role_alias::RoleAlias;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// The action that a policy of the certificate allows on the alias.
const ACTION: &str = "iot:AssumeRoleWithCertificate";

/// Longest name of a thing or a role alias.
const NAME_CHARS: usize = 128;

/// How often each certificate has asked lately. A session is a row that stays until it ends, and no device needs many.
#[derive(Default)]
pub(super) struct Asked(Mutex<Keyed>);

impl Asked {
    fn may_ask(&self, principal: &str, now: Millis) -> bool {
        let rate = Rate::per_second(CREDENTIALS_PER_SECOND);
        self.0.lock().take(principal, rate, now)
    }
}

/// What a device asks for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Name of the role alias.
    pub alias: &'a str,
    /// The thing that the device says it is, which policies may then ask for.
    pub thing: Option<&'a str>,
}

/// Why a device gets no credentials.
#[derive(Debug)]
pub enum Withheld {
    /// Its certificate may not come in, which the text says.
    Certificate(Error),
    /// The certificate is not attached to the thing.
    NotTheThing,
    /// Its policies do not allow it.
    Denied,
    /// There is no such role alias.
    NoAlias,
    /// There is no such role, or it does not let itself be assumed.
    NoRole,
    /// The alias asks for a longer session than the role allows.
    TooLong,
    /// The certificate has asked too often.
    TooOften,
    /// It could not be decided.
    Failed(Error),
}

impl From<Error> for Withheld {
    fn from(error: Error) -> Self {
        Withheld::Failed(error)
    }
}

impl Admission {
    /// Begins a session of the role that the alias stands for; its key, with token and end. What is refused goes on
    /// record.
    pub async fn credentials(
        &self,
        peer: Peer,
        attempt: Attempt,
        wanted: Wanted<'_>,
    ) -> std::result::Result<AccessKey, Withheld> {
        let source_ip = peer.address.ip().to_canonical();
        let came_in = self.admitted_over_https(peer, attempt).await;
        let (admitted, mut attempt) = came_in.map_err(Withheld::Certificate)?;
        let (alias, thing) = (bounded(wanted.alias), wanted.thing.map(bounded));
        let wanted = Wanted {
            alias: &alias,
            thing: thing.as_deref(),
        };
        attempt.thing.clone_from(&thing);
        let principal = hex::encode(admitted.hash);
        if !self.credentials.may_ask(&principal, self.kernel.now()) {
            let reason = format!(
                "the certificate has asked for credentials more than {CREDENTIALS_PER_SECOND} times a second"
            );
            let refused = Refused::new(Stage::Authorized, "credentials-too-often", reason);
            self.record_request_refused(attempt, &refused).await;
            return Err(Withheld::TooOften);
        }
        let mut granted = self.granted(&admitted, source_ip, wanted).await;
        if matches!(granted, Err((_, Some(_)))) && self.kernel.catch_up().await? {
            // What grants it may have been said at another node a moment ago.
            granted = self.granted(&admitted, source_ip, wanted).await;
        }
        let granted = match granted {
            Ok(granted) => granted,
            Err((withheld, refused)) => {
                if let Some(refused) = refused {
                    self.record_request_refused(attempt, &refused).await;
                }
                return Err(withheld);
            }
        };
        let Granted { alias, keys } = granted;
        let ctx = self.kernel.ctx();
        let source = ctx.realm.role_alias(&alias.name);
        let session = ServiceSession {
            role_arn: &alias.role_arn,
            service: CREDENTIALS_SERVICE,
            source: &source,
            // As the calls of the device are told by, in logs and to policies: aws:userid ends with it.
            name: &principal,
            seconds: alias.seconds,
            keys,
        };
        let key = self.iam.service_session(session, &ctx).await?;
        self.tell(&admitted, source_ip, &source, wanted).await?;
        Ok(key)
    }

    async fn granted(
        &self,
        admitted: &Admitted,
        source_ip: IpAddr,
        wanted: Wanted<'_>,
    ) -> std::result::Result<Granted, (Withheld, Option<Refused>)> {
        let failed = |error: Error| (Withheld::Failed(error), None);
        let refuse = |withheld, code: &str, reason: String| {
            let refused = Refused::new(Stage::Authorized, code, reason);
            (withheld, Some(refused))
        };
        let mut keys = BTreeMap::from([key("AwsCertificateId", hex::encode(admitted.hash))]);
        let mut association = Association::NotAsked;
        if let Some(name) = wanted.thing {
            let Some(thing) = self.attached(admitted, name).await.map_err(failed)? else {
                let reason =
                    format!("the certificate is not attached to a thing with the name {name:?}");
                return Err(refuse(Withheld::NotTheThing, "credentials-thing", reason));
            };
            keys.extend([key("ThingName", name.to_owned())]);
            let type_name = thing.type_name.clone();
            keys.extend(type_name.map(|name| key("ThingTypeName", name)));
            association = Association::Thing(Arc::new(thing));
        }
        let policies = self.policies_over_https(admitted, wanted.thing).await;
        let policies = policies.map_err(failed)?;
        let context = self.context_over_https(admitted, source_ip, association);
        let resource = self.kernel.realm().role_alias(wanted.alias);
        let request = Request {
            action: ACTION,
            resource: &resource,
        };
        let decision = decide(policies.policies(), request, &context);
        if !decision.is_allowed() {
            let why = decision.to_string();
            return Err(refuse(Withheld::Denied, "credentials-denied", why));
        }
        let name = wanted.alias;
        let alias = self.kernel.store.read(|conn| conn.role_alias(name)).await;
        let Some(alias) = alias.map_err(|error| failed(error.into()))? else {
            let reason = format!("there is no role alias {name:?}");
            return Err(refuse(Withheld::NoAlias, "credentials-alias", reason));
        };
        let ctx = self.kernel.ctx();
        let (role, source) = (alias.role_arn.as_str(), ctx.realm.role_alias(name));
        let refusal = self
            .iam
            .why_not_assumed(role, CREDENTIALS_SERVICE, &source, &ctx);
        if let Some(why) = refusal.await.map_err(failed)? {
            return Err(refuse(Withheld::NoRole, "credentials-role", why));
        }
        let longest = self.iam.longest_session(role).await.map_err(failed)?;
        if let Some(longest) = longest.filter(|longest| alias.seconds > *longest) {
            let reason = format!(
                "the role alias {name} asks for sessions of {} s, and its role allows {longest} s",
                alias.seconds
            );
            return Err(refuse(Withheld::TooLong, "credentials-duration", reason));
        }
        Ok(Granted { alias, keys })
    }

    /// What policies may ask of a thing that the certificate is attached to.
    async fn attached(&self, admitted: &Admitted, name: &str) -> Result<Option<ThingFacts>> {
        let found = self.kernel.store.read(|conn| {
            let Some(thing) = conn.thing(name)? else {
                return Ok(None);
            };
            match conn.attachment(admitted.key, thing.key)? {
                Some(_) => thing_facts(conn, thing, true).map(Some),
                None => Ok(None),
            }
        });
        found.await
    }

    /// Tells the audit log who got credentials of what.
    async fn tell(
        &self,
        admitted: &Admitted,
        source_ip: IpAddr,
        alias_arn: &str,
        wanted: Wanted<'_>,
    ) -> Result<()> {
        if !self.kernel.audit.is_kept() {
            return Ok(());
        }
        let requester = self.requester_of(admitted, source_ip).await?;
        let caller = Caller::device(self.kernel.ctx(), requester);
        let mut members = Map::from_iter([("roleAliasArn".to_owned(), Value::from(alias_arn))]);
        members.extend(
            wanted
                .thing
                .map(|name| ("thingName".to_owned(), name.into())),
        );
        let operation = ("iot", "AssumeRoleWithCertificate");
        let call = audit::Call::begin(audit::Door::Device, operation, &caller, &members, "");
        call.ended(&self.kernel.audit, 200, None);
        Ok(())
    }
}

/// What a device is to get.
struct Granted {
    alias: RoleAlias,
    keys: BTreeMap<String, String>,
}

/// A name that was asked for, as long as is needed to see that it is none: nothing longer goes on record.
fn bounded(name: &str) -> String {
    name.chars().take(NAME_CHARS + 1).collect()
}

/// A condition key that the session has.
fn key(name: &str, value: String) -> (String, String) {
    (format!("credentials-iot:{name}"), value)
}
