//! Who calls, and what IAM lets them do: keys, sessions, roles assumed for a device's provisioning.
//!
//! Owns the way from an access key or a role to its policies. The decisions themselves are `core::policy`'s. What is
//! read is cached until a commit changes anything of IAM. The entities themselves are managed in one file per noun.

mod bucket_policy;
mod connection;
mod granted;
pub mod group;
pub mod holder;
pub mod instance_profile;
mod pass_role;
pub mod policy;
mod publish;
mod resource_policy;
pub mod role;
pub mod service_role;
pub mod session;
mod signing;
pub mod simulate;
pub mod user;

pub use bucket_policy::AccessBlock;
pub(super) use bucket_policy::{ACCESS_BLOCK, access_block};
pub use nameplate_store::iam::{AccessKey, Role, User};
pub use nameplate_store::iam_group::{Group, InstanceProfile};
pub use publish::PublishPermit;
pub(crate) use service_role::NoRole;

use super::error::{Error, Kind, Result};
use super::kernel::Kernel;
use crate::app::cached::{Cached, Kept, Keyed};
use crate::app::caller::Caller;
use granted::{Asker, Granted};
use nameplate_core::arn::{Arn, Realm};
use nameplate_core::ctx::Millis;
use nameplate_core::policy::caller::{Asked, CallerFacts, Origin};
use nameplate_core::policy::iam::{self, Principal};
use nameplate_core::policy::{
    Decision, Dialect, NamedPolicy, PolicyDocument, Request, Verdict, decide, malformed, managed,
};
use nameplate_store::Conn;
use signing::SigningKeys;
use std::collections::HashSet;
use std::sync::Arc;

/// The service that provisions and runs rules.
pub const IOT_SERVICE: &str = "iot.amazonaws.com";
/// The principal of the part of the service that hands credentials of roles to devices.
pub const CREDENTIALS_SERVICE: &str = "credentials.iot.amazonaws.com";

/// An access key with the policies of whoever it belongs to.
#[derive(Debug)]
pub struct Credential {
    /// The key.
    pub key: AccessKey,
    grants: Grants,
    arn: String,
    /// Of the role, with its path, where it is a role's session.
    role_arn: Option<String>,
    user_id: String,
    user_name: Option<String>,
    tags: Vec<(String, String)>,
    // Condition keys that its session was given.
    given: Vec<(String, String)>,
}

#[derive(Debug)]
enum Grants {
    /// The account's root: everything.
    Root,
    Policies(Granted),
}

/// Who makes a request, from where, with which permissions.
#[derive(Debug, Clone)]
pub struct Identity {
    credential: Arc<Credential>,
    caller: Arc<CallerFacts>,
    realm: Arc<Realm>,
}

impl Identity {
    /// ARN of the user, of the role's session, or of the account's root.
    pub fn arn(&self) -> &str {
        &self.caller.arn
    }

    /// `AIDA…`, `AROA…:session`, or the account for the root.
    pub fn user_id(&self) -> &str {
        &self.caller.user_id
    }

    /// Address that it signs from, where a request came.
    pub(crate) fn source_ip(&self) -> Option<std::net::IpAddr> {
        self.caller.origin.source_ip
    }

    /// Where its request came from.
    pub(crate) fn origin(&self) -> &Origin {
        &self.caller.origin
    }

    /// Name of the user, if it is one.
    pub fn user_name(&self) -> Option<&str> {
        self.caller.user_name.as_deref()
    }

    /// Whether it is the account's root.
    pub fn is_root(&self) -> bool {
        matches!(self.credential.grants, Grants::Root)
    }

    /// Whether it is the session of a role.
    pub fn is_role_session(&self) -> bool {
        self.credential.key.role.is_some()
    }

    /// The access key the caller signed with.
    pub fn access_key(&self) -> &AccessKey {
        &self.credential.key
    }

    /// Whether the caller may do `action` on `resource`; the refusal is IAM's own text. `conn` is asked for the
    /// resource's tags, if a policy is about them.
    pub fn may_in(
        &self,
        conn: &Conn<'_>,
        action: &str,
        resource: &str,
        keys: &[(String, String)],
        now: Millis,
    ) -> Result<()> {
        match self.decision_in(conn, action, resource, keys, now)? {
            Some(decision) => self.answer(decision),
            None => Ok(()),
        }
    }

    /// The decision itself; `None` for the root, who may do everything that no resource's policy denies.
    pub(crate) fn decision_in(
        &self,
        conn: &Conn<'_>,
        action: &str,
        resource: &str,
        keys: &[(String, String)],
        now: Millis,
    ) -> Result<Option<Decision>> {
        let of_resource = resource_policy::policy_of(conn, resource)?;
        self.decision_under(conn, (action, resource, keys), of_resource.as_ref(), now)
    }

    /// The same where the resource has this policy.
    fn decision_under(
        &self,
        conn: &Conn<'_>,
        (action, resource, keys): (&str, &str, &[(String, String)]),
        of_resource: Option<&NamedPolicy>,
        now: Millis,
    ) -> Result<Option<Decision>> {
        match &self.credential.grants {
            Grants::Root => {
                let asked = Asked {
                    action,
                    resource,
                    tags: &[],
                    keys,
                };
                resource_policy::denies_root(conn, &self.asker(now), &asked, of_resource)
            }
            Grants::Policies(granted) => {
                let asker = self.asker(now);
                let asked = (action, resource, keys);
                let decision = granted.decide_under(conn, &asker, asked, of_resource)?;
                Ok(Some(decision))
            }
        }
    }

    /// Whether the caller may assume the role that `trust` belongs to.
    ///
    /// A trust policy that names the caller is enough; one that names its account leaves it to the caller's own
    /// policies. A Deny of theirs always counts, and so does what narrows a session (IAM user guide: policy
    /// evaluation logic).
    fn may_assume(&self, trust: &NamedPolicy, asked: &Asked<'_>, now: Millis) -> bool {
        let context = self.asker(now).context(asked);
        let trusted = iam::may_assume(trust, asked.resource, Principal::Arn(self.arn()), &context);
        if !trusted.decision.is_allowed() {
            return false;
        }
        match &self.credential.grants {
            // AWS lets no root assume a role. Here the root's is the key that everyone begins with.
            Grants::Root => true,
            Grants::Policies(granted) => {
                let request = Request {
                    action: asked.action,
                    resource: asked.resource,
                };
                let by_own = match decide(&granted.identity, request, &context).verdict {
                    Verdict::Allowed => true,
                    Verdict::ImplicitDeny => !trusted.through_account,
                    Verdict::ExplicitDeny => false,
                };
                let by_session = granted
                    .session
                    .as_ref()
                    .is_none_or(|session| decide(session, request, &context).is_allowed());
                by_own && by_session
            }
        }
    }

    fn asker(&self, now: Millis) -> Asker<'_> {
        Asker {
            caller: &self.caller,
            realm: &self.realm,
            now,
        }
    }

    fn answer(&self, decision: Decision) -> Result<()> {
        if decision.is_allowed() {
            Ok(())
        } else {
            Err(Error::denied(iam::refusal(self.arn(), &decision)))
        }
    }
}

/// The use cases of IAM.
pub struct Iam {
    kernel: Arc<Kernel>,
    credentials: Keyed<String, Arc<Credential>>,
    roles: Keyed<String, service_role::Found>,
    signing_keys: SigningKeys,
    // Names of tables that have policies of their own.
    policed_tables: Cached<HashSet<String>>,
    root_key: AccessKey,
    root_credential: Arc<Credential>,
}

impl Iam {
    pub(crate) fn new(kernel: Arc<Kernel>, root_key: AccessKey) -> Self {
        let root_credential = Arc::new(Self::root_credential(kernel.realm(), root_key.clone()));
        Self {
            kernel,
            credentials: Keyed::default(),
            roles: Keyed::default(),
            signing_keys: SigningKeys::default(),
            policed_tables: Cached::new(Kept::Tables, resource_policy::tables),
            root_key,
            root_credential,
        }
    }

    /// The account's root, calling now: for a program that holds the use cases itself.
    pub fn root(&self) -> Caller {
        let credential = Arc::clone(&self.root_credential);
        Caller::new(
            self.kernel.ctx(),
            self.identity(credential, Origin::default()),
        )
    }

    /// The account's first key, which its root signs with.
    pub fn root_access_key(&self) -> &AccessKey {
        &self.root_key
    }

    /// Whether the caller may do `action` on `resource`; the refusal is IAM's own text. `keys` are condition keys that
    /// the request brings, such as `iam:PolicyARN` and those of its tags.
    pub async fn may(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
        keys: &[(String, String)],
    ) -> Result<()> {
        let now = caller.ctx.now;
        if let Some(origin) = caller.as_anonymous() {
            let asked = Asked {
                action,
                resource,
                tags: &[],
                keys,
            };
            return self.may_anybody(origin, &asked, now).await;
        }
        let identity = caller.identity()?;
        let has_policy = self.may_have_policy(resource).await?;
        let asks_store = match &identity.credential.grants {
            Grants::Root if !has_policy => return Ok(()),
            Grants::Root => true,
            Grants::Policies(granted) => has_policy || granted.asks_for_tags(),
        };
        if asks_store {
            let asked = |conn: &Conn<'_>| identity.may_in(conn, action, resource, keys, now);
            return self.kernel.store.read(asked).await;
        }
        let Grants::Policies(granted) = &identity.credential.grants else {
            return Ok(());
        };
        let asked = Asked {
            action,
            resource,
            tags: &[],
            keys,
        };
        identity.answer(granted.decide(&identity.asker(now), &asked))
    }

    /// Whether the caller may hand the role to a service.
    pub async fn may_pass(&self, caller: &Caller, role_arn: &str, service: &str) -> Result<()> {
        let keys = [("iam:PassedToService".to_owned(), service.to_owned())];
        self.may(caller, "iam:PassRole", role_arn, &keys).await
    }
}

/// The account's root key, which lives in the data directory's `credentials` file and not in the store.
pub fn root_access_key(id: String, secret: String) -> AccessKey {
    AccessKey {
        id,
        secret,
        active: true,
        created: Millis(0),
        user: None,
        session_token: None,
        expires: None,
        role: None,
        session_name: None,
        session_policy: None,
        session_keys: None,
    }
}

impl Iam {
    /// The access key with this id and its owner's policies; `None` where there is no such active key. Whether a
    /// session has expired is for the caller to see.
    pub async fn credential(&self, access_key_id: &str) -> Result<Option<Arc<Credential>>> {
        if access_key_id == self.root_key.id {
            return Ok(Some(Arc::clone(&self.root_credential)));
        }
        let generation = self.kernel.generations.of(Kept::Iam);
        if let Some(found) = self.credentials.get(generation, access_key_id) {
            return Ok(Some(found));
        }
        let found = self
            .kernel
            .store
            .read(|conn| self.read_credential(conn, access_key_id))
            .await?
            .map(Arc::new);
        if let Some(found) = &found {
            let id = access_key_id.to_owned();
            self.credentials.put(generation, id, Arc::clone(found));
        }
        Ok(found)
    }

    /// The caller by what is known of its key now; `None` where the key is no longer good.
    ///
    /// # Errors
    /// That the store does not say.
    pub(crate) async fn again(&self, identity: &Identity) -> Result<Option<Identity>> {
        let before = &identity.credential;
        let Some(now) = self.credential(&before.key.id).await? else {
            return Ok(None);
        };
        if Arc::ptr_eq(&now, before) {
            return Ok(Some(identity.clone()));
        }
        let same = now.key.secret == before.key.secret
            && now.key.session_token == before.key.session_token;
        Ok(same.then(|| self.identity(now, identity.origin().clone())))
    }

    /// The caller behind a credential.
    pub fn identity(&self, credential: Arc<Credential>, origin: Origin) -> Identity {
        let issued = credential
            .key
            .session_token
            .as_ref()
            .map(|_| credential.key.created);
        let caller = Arc::new(CallerFacts {
            arn: credential.arn.clone(),
            role_arn: credential.role_arn.clone(),
            user_id: credential.user_id.clone(),
            user_name: credential.user_name.clone(),
            tags: credential.tags.clone(),
            issued,
            given: credential.given.clone(),
            origin,
        });
        Identity {
            credential,
            caller,
            realm: Arc::clone(self.kernel.realm()),
        }
    }

    pub(crate) fn root_credential(realm: &Realm, key: AccessKey) -> Credential {
        Credential {
            tags: Vec::new(),
            given: Vec::new(),
            arn: realm.iam("root"),
            role_arn: None,
            user_id: realm.account.clone(),
            user_name: None,
            grants: Grants::Root,
            key,
        }
    }

    fn read_credential(&self, conn: &Conn<'_>, id: &str) -> Result<Option<Credential>> {
        let Some(key) = conn.access_key(id)?.filter(|key| key.active) else {
            return Ok(None);
        };
        let realm = self.kernel.realm();
        let session = match &key.session_policy {
            Some(texts) => Some(session::policies(texts)?),
            None => None,
        };
        let given = match &key.session_keys {
            Some(keys) => session::keys(keys)?,
            None => Vec::new(),
        };
        if let Some(role_name) = &key.role {
            let Some(role) = conn.iam_role(role_name)? else {
                return Ok(None);
            };
            let session_name = key.session_name.clone().unwrap_or_default();
            let role_arn = entity_arn(realm, "role", &role.path, role_name);
            let identity = identity_policies(conn, &format!("role/{role_name}"))?;
            return Ok(Some(Credential {
                arn: session::arn(realm, role_name, &session_name),
                tags: holder::tags_of(conn, &role_arn)?,
                role_arn: Some(role_arn),
                user_id: format!("{}:{session_name}", role.role_id),
                user_name: None,
                given,
                grants: Grants::Policies(Granted::new(identity, session)),
                key,
            }));
        }
        let Some(user_name) = key.user.clone() else {
            // A session of the root.
            return Ok(Some(Self::root_credential(realm, key)));
        };
        let Some(user) = conn.iam_user(&user_name)? else {
            return Ok(None);
        };
        let arn = entity_arn(realm, "user", &user.path, &user.name);
        let identity = user_policies(conn, &user_name)?;
        Ok(Some(Credential {
            tags: holder::tags_of(conn, &arn)?,
            arn,
            role_arn: None,
            user_id: user.user_id,
            given,
            grants: Grants::Policies(Granted::new(identity, session)),
            user_name: Some(user_name),
            key,
        }))
    }

    /// Name of a role of this account, from its ARN; the error says what is wrong with the ARN.
    pub fn role_name(&self, role_arn: &str) -> std::result::Result<String, String> {
        let arn = Arn::parse(role_arn).filter(|arn| arn.service == "iam");
        let Some(arn) = arn else {
            return Err(format!("{role_arn:?} is not the ARN of a role"));
        };
        if arn.account != self.kernel.realm().account {
            return Err(format!("the role {role_arn} belongs to another account"));
        }
        let hint = self.kernel.realm().partition_hint(role_arn);
        if !hint.is_empty() {
            return Err(format!("the role {role_arn} does not exist.{hint}"));
        }
        match arn.name_of("role").and_then(|path| path.rsplit('/').next()) {
            Some(name) if !name.is_empty() => Ok(name.to_owned()),
            _ => Err(format!("{role_arn:?} is not the ARN of a role")),
        }
    }
}

/// The ARN of a user, role or policy.
fn entity_arn(realm: &Realm, kind: &str, path: &str, name: &str) -> String {
    realm.iam(format_args!("{kind}{path}{name}"))
}

fn exists(message: String) -> Error {
    let kind = Kind::Exists {
        id: None,
        arn: None,
    };
    Error::new(kind, message)
}

fn in_use(message: &str) -> Error {
    Error::new(Kind::InUse, message)
}

fn over_quota(quota: &str, most: usize) -> Error {
    Error::new(
        Kind::Limit,
        format!("Cannot exceed quota for {quota}: {most}"),
    )
}

/// Refuses a document that is no policy of its kind. Length is the caller's to judge where a quota is lower.
fn check_document(text: &str, dialect: Dialect) -> Result<()> {
    malformed::parse(text, dialect)
        .map(drop)
        .map_err(|why| Error::new(Kind::MalformedPolicy, why))
}

/// Characters that count against IAM's quotas.
fn policy_chars(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

fn named(name: &str, text: &str, dialect: Dialect) -> Result<NamedPolicy> {
    Ok(NamedPolicy {
        name: name.into(),
        // Checked when it was saved; one that no longer parses must not let anyone in.
        document: Arc::new(PolicyDocument::parse(text, dialect).map_err(Error::internal)?),
    })
}

/// The identity-based policies of a user: its own, and those of the groups that it is in.
pub(crate) fn user_policies(conn: &Conn<'_>, name: &str) -> Result<Vec<NamedPolicy>> {
    let mut policies = identity_policies(conn, &format!("user/{name}"))?;
    for group in conn.iam_groups_of(name)? {
        policies.extend(identity_policies(conn, &format!("group/{group}"))?);
    }
    Ok(policies)
}

/// The identity-based policies of an owner itself, `user/NAME`, `role/NAME` or `group/NAME`.
pub(crate) fn identity_policies(conn: &Conn<'_>, owner: &str) -> Result<Vec<NamedPolicy>> {
    let mut policies = Vec::new();
    for arn in conn.attached_policies_of(owner)? {
        if let Some(policy) = managed::find(&arn) {
            policies.push(named(&arn, &policy.document(), Dialect::IamIdentity)?);
        } else if let Some(policy) = conn.managed_policy(&arn)?
            && let Some(version) =
                conn.managed_policy_version(policy.key, policy.default_version)?
        {
            policies.push(named(&arn, &version.document, Dialect::IamIdentity)?);
        }
    }
    for (name, document) in conn.inline_policies_of(owner)? {
        policies.push(named(&name, &document, Dialect::IamIdentity)?);
    }
    Ok(policies)
}
