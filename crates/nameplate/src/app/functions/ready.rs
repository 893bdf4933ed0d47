//! A function made ready to run: which version a name means, the folders it sees, the credentials it gets.
//!
//! What a name means is kept until a function changes, so that a warm call reads nothing from the store.

use super::definition::find;
use super::{Functions, LAMBDA_SERVICE, permission};
use crate::app::cached::Kept;
use crate::app::error::{Error, Kind, Result};
use crate::app::iam::session::ServiceSession;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::function::{LATEST, Place, Reference, Version, policy_text};
use nameplate_core::policy::{Dialect, NamedPolicy, PolicyDocument};
use nameplate_functions::{Code, Credentials, Function, Runtime};
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A function that can be called.
pub(super) struct Ready {
    /// What is run.
    pub function: Arc<Function>,
    /// ARN of its role.
    pub role: String,
    /// Its own policy; `None` where it has none.
    pub policy: Option<NamedPolicy>,
}

/// What an alias or another name stands for.
#[derive(Clone)]
pub(super) struct Target {
    first: Arc<Ready>,
    // With the share of calls that goes there.
    second: Option<(Arc<Ready>, f64)>,
}

impl Target {
    /// The version that a call goes to; `chance` is at least 0 and less than 1.
    pub(super) fn choose(&self, chance: f64) -> &Arc<Ready> {
        match &self.second {
            Some((second, share)) if chance < *share => second,
            _ => &self.first,
        }
    }

    pub(super) fn policy(&self) -> Option<&NamedPolicy> {
        self.first.policy.as_ref()
    }
}

/// Credentials of functions' roles, by the revision of the version that gets them.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<String, Credentials>>);

/// How long a function's credentials are good, seconds: as AWS's are about, and within every role's limit.
const SESSION_SECONDS: i64 = 3600;
/// New ones are made so long before the end.
const BEFORE_END: Duration = Duration::from_secs(900);

impl Sessions {
    pub(super) fn of(&self, function: &Function) -> Option<Credentials> {
        self.0.lock().get(&function.revision).cloned()
    }

    fn is_good(&self, revision: &str, now: SystemTime) -> bool {
        let held = self.0.lock();
        held.get(revision)
            .and_then(|found| found.expires)
            .is_some_and(|end| end > now + BEFORE_END)
    }
}

impl Functions {
    /// What a reference stands for, as of the last change.
    pub(super) async fn target(&self, reference: &Reference) -> Result<Target> {
        let generation = self.kernel.generations.of(Kept::Functions);
        if let Some(found) = self.targets.get(generation, reference) {
            return Ok(found);
        }
        let target = self.resolve(reference).await?;
        self.targets
            .put(generation, reference.clone(), target.clone());
        Ok(target)
    }

    async fn resolve(&self, reference: &Reference) -> Result<Target> {
        let (shown, second, statements) = self
            .kernel
            .store
            .read(|conn| {
                let Some(shown) = find(conn, reference)? else {
                    return Ok::<_, Error>(None);
                };
                let qualifier = reference.qualifier.as_deref().unwrap_or_default();
                let alias = match qualifier {
                    "" | LATEST => None,
                    name => conn.function_alias(shown.function.key, name)?,
                };
                let second = match alias.and_then(|alias| alias.routing) {
                    Some((number, share)) => conn
                        .function_version(shown.function.key, number)?
                        .map(|version| (version, share)),
                    None => None,
                };
                let statements = conn.function_permissions(shown.function.key, qualifier)?;
                Ok(Some((shown, second, statements)))
            })
            .await?
            .ok_or_else(|| self.absent(reference))?;
        let policy = match statements.is_empty() {
            true => None,
            false => {
                let text = policy_text(&permission::statements(&statements)?);
                let document =
                    PolicyDocument::parse(&text, Dialect::Resource).map_err(Error::internal)?;
                Some(NamedPolicy {
                    name: "resource policy".into(),
                    document: Arc::new(document),
                })
            }
        };
        let concurrency = shown.function.concurrency;
        let name = &shown.function.name;
        let first = self.ready(name, shown.version, concurrency, policy).await?;
        let second = match second {
            Some((version, share)) => {
                let ready = self.ready(name, version, concurrency, None).await?;
                Some((Arc::new(ready), share))
            }
            None => None,
        };
        Ok(Target {
            first: Arc::new(first),
            second,
        })
    }

    async fn ready(
        &self,
        name: &str,
        version: Version,
        concurrency: Option<u32>,
        policy: Option<NamedPolicy>,
    ) -> Result<Ready> {
        let settings = &version.settings;
        let code = match &settings.place {
            Place::Uploaded => {
                let folder = self.code_folder(&version.code_sha256).await?;
                Code::Folder(folder.ok_or_else(|| {
                    Error::internal(format!(
                        "the code of the function {name} is not in the data directory"
                    ))
                })?)
            }
            Place::Folder(path) => Code::Live(path.into()),
            Place::Url(url) => Code::Url(super::elsewhere::parse_url(url)?),
        };
        // Nothing runs here of what is elsewhere.
        let runtime = match &code {
            Code::Url(_) => "provided",
            _ => settings.runtime.as_str(),
        };
        let runtime = Runtime::parse(runtime).ok_or_else(|| {
            Error::new(
                Kind::NotBuilt,
                format!("{} is not run here", settings.runtime),
            )
        })?;
        let layers = self.layers_of(&settings.layers).await?;
        for layer in &layers {
            self.code_folder(layer).await?;
        }
        let store = self.code.clone();
        let layers = tokio::task::spawn_blocking(move || store.compose(&layers))
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)?;
        let function = Function {
            name: name.to_owned(),
            version: version.name(),
            revision: version.revision.clone(),
            runtime,
            handler: settings.handler.clone(),
            code,
            layers,
            environment: settings.environment.clone().into_iter().collect(),
            timeout: Duration::from_secs(u64::from(settings.timeout)),
            memory_mb: settings.memory,
            ephemeral_mb: settings.ephemeral,
            reserved_concurrency: concurrency,
            log_group: settings.log_group_of(name),
        };
        Ok(Ready {
            function: Arc::new(function),
            role: settings.role.clone(),
            policy,
        })
    }

    async fn layers_of(&self, arns: &[String]) -> Result<Vec<String>> {
        self.kernel
            .store
            .read(|conn| {
                let mut codes = Vec::new();
                for arn in arns {
                    let found = match super::layer::parse_arn(arn) {
                        Some((name, number)) => conn.layer_version(name, number)?,
                        None => None,
                    };
                    let found = found.ok_or_else(|| {
                        Error::invalid(format!("Layer version {arn} does not exist."))
                    })?;
                    codes.push(found.code_sha256);
                }
                Ok(codes)
            })
            .await
    }

    /// Sees to it that the host finds credentials of the function's role.
    pub(super) async fn assume(&self, ready: &Ready, ctx: &Ctx) -> Result<()> {
        // Nobody else gets credentials of this account's.
        if matches!(ready.function.code, Code::Url(_)) {
            return Ok(());
        }
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(ctx.now.0.unsigned_abs());
        if self.sessions.is_good(&ready.function.revision, now) {
            return Ok(());
        }
        let arn = ctx.realm.function(&ready.function.name);
        let session = session_of(&ready.function.name);
        let key = self
            .iam
            .service_session(
                ServiceSession {
                    role_arn: &ready.role,
                    service: LAMBDA_SERVICE,
                    source: &arn,
                    name: &session,
                    seconds: SESSION_SECONDS,
                    keys: BTreeMap::new(),
                },
                ctx,
            )
            .await?;
        let end = key.expires.unwrap_or(Millis(ctx.now.0)).0;
        let credentials = Credentials {
            access_key_id: key.id,
            secret_access_key: key.secret,
            session_token: key.session_token,
            expires: Some(SystemTime::UNIX_EPOCH + Duration::from_millis(end.unsigned_abs())),
        };
        let mut held = self.sessions.0.lock();
        held.retain(|_, held| held.expires.is_none_or(|end| end > now));
        held.insert(ready.function.revision.clone(), credentials);
        Ok(())
    }
}

/// The name of a function's session, which has two characters at least: as recorded of AWS.
fn session_of(function: &str) -> String {
    match function.len() {
        ..2 => format!("{function}@lambda_function"),
        _ => function.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_have_a_name() {
        assert_eq!(session_of("f"), "f@lambda_function");
        assert_eq!(session_of("fn"), "fn");
    }
}
