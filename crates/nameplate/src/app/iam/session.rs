//! Sessions: temporary keys for a role taken on, or for the caller itself.
//!
//! Owns who gets one, for how long, and with which narrowing. A session is an access key with a token and an end.

use super::{AccessKey, Iam, Identity, check_document, holder, named, policy, role};
use crate::app::caller::Caller;
use crate::app::{Error, Kind, Result};
use crate::authority::{KeyPrefix, new_access_key, new_session_token};
use nameplate_aws::model::Service;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::policy::caller::Asked;
use nameplate_core::policy::{Dialect, NamedPolicy};
use std::collections::BTreeMap;

/// Length of a role's session whose caller named none, seconds (API: AssumeRole).
const ROLE_SECONDS: i64 = 3600;
/// Longest session of a role taken on from another role's session, seconds (IAM user guide: role chaining).
const CHAINED_SECONDS: i64 = 3600;
/// Length of a user's session whose caller named none, seconds (API: GetSessionToken).
const USER_SECONDS: i64 = 43_200;
/// Longest session of the root, and its default, seconds (API: GetSessionToken).
const ROOT_SECONDS: i64 = 3600;
/// Managed policies that may narrow one session (API: AssumeRole).
const SESSION_POLICIES: usize = 10;
/// How long an ended session is remembered, so that its user reads that it has expired.
const REMEMBERED_MILLIS: i64 = 3_600_000;

/// What AssumeRole is asked for.
#[derive(Debug, Clone)]
pub struct Assume {
    /// The role.
    pub role_arn: String,
    /// Name of the session.
    pub session_name: String,
    /// Length, seconds.
    pub seconds: Option<i64>,
    /// A document that narrows the session.
    pub policy: Option<String>,
    /// Managed policies that narrow the session.
    pub policy_arns: Vec<String>,
    /// What the trust policy may ask for as `sts:ExternalId`.
    pub external_id: Option<String>,
}

/// A session that has begun.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its key, with token and end.
    pub key: AccessKey,
    /// `arn:aws:sts::…:assumed-role/ROLE/SESSION`.
    pub arn: String,
    /// `AROA…:SESSION`.
    pub user_id: String,
}

/// A session of a role that a service begins, on whose behalf, and for how long.
#[derive(Debug, Clone)]
pub(crate) struct ServiceSession<'a> {
    /// The role.
    pub role_arn: &'a str,
    /// Principal of the service.
    pub service: &'a str,
    /// ARN of what names the role.
    pub source: &'a str,
    /// Name of the session.
    pub name: &'a str,
    /// Length, seconds.
    pub seconds: i64,
    /// Condition keys that its requests have beside those that all have.
    pub keys: BTreeMap<String, String>,
}

/// What a session is kept from, whatever its policies say.
#[derive(Debug)]
pub enum Kept {
    /// Refused, with a reason.
    From(Error),
    /// The service does not know its key.
    Unknown,
}

impl Identity {
    /// Why an operation is closed to this kind of session (IAM user guide: comparison of the STS operations that give
    /// credentials). Keys of GetSessionToken are unknown to IAM, and to STS but for taking on a role and asking who one
    /// is; sessions of roles get no other session of themselves. Each of them could outlive or widen what it came from.
    /// With MFA, which is not built, more would be open.
    pub fn session_kept_from(&self, service: Service, operation: &str) -> Option<Kept> {
        let key = self.access_key();
        key.session_token.as_ref()?;
        let own = key.role.is_none();
        let open = match service {
            Service::Iam if own => return Some(Kept::Unknown),
            Service::Sts if own => matches!(operation, "AssumeRole" | "GetCallerIdentity"),
            Service::Sts => !matches!(operation, "GetFederationToken" | "GetSessionToken"),
            _ => true,
        };
        (!open).then(|| {
            Kept::From(Error::denied(format!(
                "Cannot call {operation} with session credentials"
            )))
        })
    }
}

/// The ARN of a role's session.
pub(super) fn arn(realm: &Realm, role: &str, session: &str) -> String {
    format!(
        "arn:{}:sts::{}:assumed-role/{role}/{session}",
        realm.partition(),
        realm.account
    )
}

/// What narrows a session, from the form it is stored in.
pub(super) fn policies(texts: &str) -> Result<Vec<NamedPolicy>> {
    let texts: Vec<String> = serde_json::from_str(texts).map_err(Error::internal)?;
    texts
        .iter()
        .map(|text| named("session policy", text, Dialect::IamIdentity))
        .collect()
}

/// Condition keys of a session, from the form they are stored in.
pub(super) fn keys(text: &str) -> Result<Vec<(String, String)>> {
    let keys: BTreeMap<String, String> = serde_json::from_str(text).map_err(Error::internal)?;
    Ok(keys.into_iter().collect())
}

/// A new temporary key that belongs to nobody yet.
fn temporary_key(now: Millis, seconds: i64) -> Result<AccessKey> {
    let pair = new_access_key(KeyPrefix::Asia).map_err(Error::internal)?;
    // Answers tell the end in whole seconds, so it is one.
    let expires = Millis((now.as_seconds() + seconds) * 1000);
    Ok(AccessKey {
        id: pair.id,
        secret: pair.secret,
        active: true,
        created: now,
        user: None,
        session_token: Some(new_session_token().map_err(Error::internal)?),
        expires: Some(expires),
        role: None,
        session_name: None,
        session_policy: None,
        session_keys: None,
    })
}

impl Iam {
    /// Takes on a role for the caller.
    pub async fn assume_role(&self, caller: &Caller, wanted: Assume) -> Result<Session> {
        let ctx = &caller.ctx;
        let identity = caller.identity()?;
        let Assume {
            role_arn,
            session_name,
            ..
        } = &wanted;
        // One text for all reasons: who may not assume a role does not learn whether it exists.
        let denied = || {
            Error::denied(format!(
                "User: {} is not authorized to perform: sts:AssumeRole on resource: {role_arn}",
                identity.arn()
            ))
        };
        let Ok(name) = self.role_name(role_arn) else {
            return Err(denied());
        };
        let (role, tags) = self
            .kernel
            .store
            .read(|conn| {
                let role = conn
                    .iam_role(&name)?
                    .filter(|role| self.role_arn(role) == *role_arn);
                Ok::<_, Error>((role, holder::tags_of(conn, role_arn)?))
            })
            .await?;
        let role = role.ok_or_else(denied)?;
        let trust = named("trust policy", &role.trust, Dialect::IamTrust)?;
        let mut keys = vec![("sts:RoleSessionName".to_owned(), session_name.clone())];
        keys.extend(
            wanted
                .external_id
                .clone()
                .map(|id| ("sts:ExternalId".to_owned(), id)),
        );
        let asked = Asked {
            action: "sts:AssumeRole",
            resource: role_arn,
            tags: &tags,
            keys: &keys,
        };
        if !identity.may_assume(&trust, &asked, ctx.now) {
            return Err(denied());
        }
        let seconds = wanted.seconds.unwrap_or(ROLE_SECONDS);
        if seconds > role.max_session_seconds {
            return Err(Error::invalid(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ));
        }
        if identity.is_role_session() && seconds > CHAINED_SECONDS {
            return Err(Error::invalid(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            ));
        }
        let session_policy = self.session_policy(&wanted).await?;
        let key = AccessKey {
            role: Some(role.name.clone()),
            session_name: Some(session_name.clone()),
            session_policy,
            ..temporary_key(ctx.now, seconds)?
        };
        let session = Session {
            arn: arn(self.kernel.realm(), &role.name, session_name),
            user_id: format!("{}:{session_name}", role.role_id),
            key,
        };
        let forgotten = Millis(ctx.now.0 - REMEMBERED_MILLIS);
        self.kernel
            .change(caller, "assume-role", move |tx| {
                // The role may have gone, or be another of the same name, since it was read.
                tx.iam_role(&role.name)?
                    .filter(|found| found.role_id == role.role_id)
                    .ok_or_else(|| role::no_role(&role.name))?;
                tx.delete_expired_sessions(forgotten)?;
                tx.insert_access_key(&session.key)?;
                Ok(session.clone())
            })
            .await
    }

    /// What narrows the session, as it is stored. Managed policies count as they are now: a session keeps what it
    /// began with.
    async fn session_policy(&self, wanted: &Assume) -> Result<Option<String>> {
        let mut texts = Vec::new();
        if let Some(text) = &wanted.policy {
            check_document(text, Dialect::Session)?;
            texts.push(text.clone());
        }
        if wanted.policy_arns.len() > SESSION_POLICIES {
            return Err(Error::invalid(format!(
                "PolicyArns names {} policies; at most {SESSION_POLICIES} may narrow a session",
                wanted.policy_arns.len()
            )));
        }
        let managed = self
            .kernel
            .store
            .read(|conn| {
                wanted
                    .policy_arns
                    .iter()
                    .map(|arn| policy::document_in_force(conn, self.kernel.realm(), arn))
                    .collect::<Result<Vec<_>>>()
            })
            .await?;
        texts.extend(managed);
        if texts.is_empty() {
            return Ok(None);
        }
        serde_json::to_string(&texts)
            .map(Some)
            .map_err(Error::internal)
    }

    /// Begins a session of the caller itself, with all that the caller may do.
    pub async fn session_token(&self, caller: &Caller, seconds: Option<i64>) -> Result<AccessKey> {
        let ctx = &caller.ctx;
        let identity = caller.identity()?;
        // A longer session of the root is shortened, as AWS does.
        let seconds = match identity.is_root() {
            true => seconds.unwrap_or(ROOT_SECONDS).min(ROOT_SECONDS),
            false => seconds.unwrap_or(USER_SECONDS),
        };
        let key = AccessKey {
            user: identity.user_name().map(str::to_owned),
            ..temporary_key(ctx.now, seconds)?
        };
        let forgotten = Millis(ctx.now.0 - REMEMBERED_MILLIS);
        self.kernel
            .change(caller, "session-token", move |tx| {
                if let Some(name) = &key.user {
                    tx.iam_user(name)?
                        .ok_or_else(|| super::user::no_user(name))?;
                }
                tx.delete_expired_sessions(forgotten)?;
                tx.insert_access_key(&key)?;
                Ok(key.clone())
            })
            .await
    }

    /// Begins a session of a role for a service, such as Lambda for a function; its key.
    ///
    /// # Errors
    /// `Invalid` where the service cannot assume the role.
    pub(crate) async fn service_session(
        &self,
        wanted: ServiceSession<'_>,
        ctx: &Ctx,
    ) -> Result<AccessKey> {
        let (role_arn, source) = (wanted.role_arn, wanted.source);
        let refusal = self.why_not_assumed(role_arn, wanted.service, source, ctx);
        if let Some(why) = refusal.await? {
            return Err(Error::invalid(format!(
                "The role defined for {source} cannot be assumed: {why}"
            )));
        }
        let name = self.role_name(role_arn).map_err(Error::invalid)?;
        let keys = match wanted.keys.is_empty() {
            true => None,
            false => Some(serde_json::to_string(&wanted.keys).map_err(Error::internal)?),
        };
        let key = AccessKey {
            role: Some(name.clone()),
            session_name: Some(wanted.name.to_owned()),
            session_keys: keys,
            ..temporary_key(ctx.now, wanted.seconds)?
        };
        let forgotten = Millis(ctx.now.0 - REMEMBERED_MILLIS);
        self.kernel
            .store
            .tx("service-session", move |tx| {
                tx.iam_role(&name)?.ok_or_else(|| role::no_role(&name))?;
                tx.delete_expired_sessions(forgotten)?;
                tx.insert_access_key(&key)?;
                Ok(key.clone())
            })
            .await
    }

    /// Refuses unless the access key is one of this account's.
    pub async fn check_access_key_known(&self, id: &str) -> Result<()> {
        let known = id == self.root_key.id
            || self
                .kernel
                .store
                .read(|conn| Ok::<_, Error>(conn.access_key(id)?))
                .await?
                .is_some();
        if known {
            Ok(())
        } else {
            Err(Error::new(
                Kind::NotFound,
                format!("The access key {id} belongs to no account of this server"),
            ))
        }
    }
}
