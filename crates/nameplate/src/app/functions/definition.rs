//! Creating, changing, showing and deleting functions. API: CreateFunction, UpdateFunctionCode,
//! UpdateFunctionConfiguration.

use super::refusal::CHANGED;
use super::{Functions, LAMBDA_SERVICE, Refusal};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::ids;
use nameplate_core::function::{Function, LATEST, Place, Reference, Settings, Version};
use nameplate_functions::{CodeStore, Limits, Package, Runtime};
use nameplate_store::{Conn, Tx};

/// Where the code of a function comes from.
#[derive(Debug, Clone)]
pub enum NewCode {
    /// A zip, as it is.
    Zip(Vec<u8>),
    /// A zip in a bucket.
    Object {
        /// Name of the bucket.
        bucket: String,
        /// Key of the object.
        key: String,
    },
}

/// A function that is to be created.
#[derive(Debug, Clone)]
pub struct NewFunction {
    /// Its name, or an ARN that ends in it.
    pub name: String,
    /// What is set for it.
    pub settings: Settings,
    /// Its code.
    pub code: NewCode,
    /// Whether it is published as version 1 at once.
    pub publish: bool,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

/// What an update changes; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// ARN of the role.
    pub role: Option<String>,
    /// Name of the runtime.
    pub runtime: Option<String>,
    /// What in the code is called.
    pub handler: Option<String>,
    /// A text of the owner's.
    pub description: Option<String>,
    /// Seconds.
    pub timeout: Option<u32>,
    /// MB.
    pub memory: Option<u32>,
    /// MB of `/tmp`.
    pub ephemeral: Option<u32>,
    /// All variables.
    pub environment: Option<std::collections::BTreeMap<String, String>>,
    /// All layers.
    pub layers: Option<Vec<String>>,
    /// `Active` or `PassThrough`.
    pub tracing: Option<String>,
    /// The log group.
    pub log_group: Option<String>,
    /// Where calls go that failed for the last time; empty for nowhere.
    pub dead_letter: Option<String>,
    /// Architectures, which come with code.
    pub architectures: Option<Vec<String>>,
    /// The revision that the caller believes to be there.
    pub expected: Option<String>,
}

impl Change {
    fn apply(&self, settings: &mut Settings) {
        fn set<T: Clone>(place: &mut T, value: &Option<T>) {
            if let Some(value) = value {
                place.clone_from(value);
            }
        }
        set(&mut settings.role, &self.role);
        set(&mut settings.runtime, &self.runtime);
        set(&mut settings.handler, &self.handler);
        set(&mut settings.description, &self.description);
        set(&mut settings.timeout, &self.timeout);
        set(&mut settings.memory, &self.memory);
        set(&mut settings.ephemeral, &self.ephemeral);
        set(&mut settings.environment, &self.environment);
        settings.environment_given |= self.environment.is_some();
        set(&mut settings.layers, &self.layers);
        set(&mut settings.tracing, &self.tracing);
        set(&mut settings.architectures, &self.architectures);
        if let Some(group) = &self.log_group {
            settings.log_group = Some(group.clone()).filter(|group| !group.is_empty());
        }
        if let Some(target) = &self.dead_letter {
            settings.dead_letter = Some(target.clone()).filter(|target| !target.is_empty());
        }
    }
}

/// A version of a function as it is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The function.
    pub function: Function,
    /// The version.
    pub version: Version,
    /// The qualifier that was named, if it was.
    pub qualifier: Option<String>,
    /// Bytes of the zips of its layers, in their order; of one that has been deleted, none.
    pub layer_sizes: Vec<i64>,
}

impl Shown {
    /// What is told of a version.
    pub(super) fn of(
        conn: &Conn<'_>,
        function: Function,
        version: Version,
        qualifier: Option<String>,
    ) -> Result<Self> {
        let size = |arn: &String| {
            let found = match super::layer::parse_arn(arn) {
                Some((name, number)) => conn.layer_version(name, number)?,
                None => None,
            };
            Ok(found.map_or(0, |layer| layer.code_size))
        };
        let layer_sizes = version.settings.layers.iter().map(size);
        let layer_sizes = layer_sizes.collect::<Result<_>>()?;
        Ok(Self {
            function,
            version,
            qualifier,
            layer_sizes,
        })
    }
}

/// Calls that an account may have under way (AWS Lambda quotas: concurrent executions). As many run at once as the
/// machine takes; the others wait.
pub const CONCURRENCY: u32 = 1000;
/// How many of them must be left for functions that reserve none (AWS developer guide: configuring reserved concurrency).
const UNRESERVED: u32 = 100;

/// What an account's functions take (API: GetAccountSettings).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many functions there are.
    pub functions: usize,
    /// Bytes of the zips of all versions and layers.
    pub code_bytes: i64,
    /// Calls that functions keep for themselves.
    pub reserved: u32,
}

/// Bytes of all variables together (AWS Lambda quotas).
const ENVIRONMENT_BYTES: usize = 4096;
/// Bytes of a zip in a bucket: no zip that unpacks to what is allowed need be longer.
const ZIP_BYTES: u64 = 262_144_000;
/// Layers of a function (AWS Lambda quotas).
const LAYERS: usize = 5;

fn not_uploaded() -> Error {
    Error::not_found("it was not uploaded")
}

impl Functions {
    /// Creates a function. The caller must be allowed to pass its role, which Lambda must be able to assume.
    pub async fn create_function(&self, caller: &Caller, new: NewFunction) -> Result<Shown> {
        let reference = self.reference(&new.name, None)?;
        if !reference.is_latest() {
            return Err(Error::invalid(format!(
                "{} has a qualifier; a function is created without one",
                new.name
            )));
        }
        let arn = reference.arn(&caller.ctx.realm);
        self.check_settings(&new.settings).await?;
        self.check_role(caller, &new.settings.role, &arn).await?;
        let _adding = self.sweeping.read().await;
        let package = self.package(caller, new.code).await?;
        let name = reference.name.clone();
        let latest = Version {
            function: 0,
            number: 0,
            settings: new.settings,
            code_sha256: package.sha256,
            code_size: i64::try_from(package.size).unwrap_or(i64::MAX),
            modified: caller.ctx.now,
            revision: ids::uuid(),
        };
        self.insert(caller, name, latest, new.publish, new.tags)
            .await
    }

    /// Creates a function that was checked.
    pub(super) async fn insert(
        &self,
        caller: &Caller,
        name: String,
        latest: Version,
        publish: bool,
        tags: Vec<(String, String)>,
    ) -> Result<Shown> {
        let arn = self.kernel.realm().function(&name);
        self.kernel
            .change(caller, "create-function", move |tx| {
                if tx.function(&name)?.is_some() {
                    return Err(Refusal::Exists.because(format!("Function already exist: {name}")));
                }
                check_layers(tx, &latest.settings)?;
                let key = tx.insert_function(&name, &latest)?;
                check_tags(tags.len())?;
                tx.put_tags(&arn, &tags)?;
                let mut version = Version {
                    function: key,
                    ..latest.clone()
                };
                if publish {
                    version.number = 1;
                    tx.put_function_version(&version)?;
                    tx.set_next_function_version(key, 2)?;
                }
                let function = tx.function(&name)?.ok_or_else(|| missing(&name))?;
                Shown::of(tx, function, version, None)
            })
            .await
    }

    /// Gives a function other code. `expected` is the revision that the caller believes to be there; `dry_run` only
    /// says what would be.
    pub async fn update_function_code(
        &self,
        caller: &Caller,
        name: &str,
        code: NewCode,
        change: Change,
        publish: bool,
        dry_run: bool,
    ) -> Result<Shown> {
        let reference = self.reference(name, None)?;
        let _adding = self.sweeping.read().await;
        let replaced = self.function(&reference.name, None).await?.version;
        let package = self.package(caller, code).await?;
        if !dry_run {
            self.loosen(vec![replaced.code_sha256]).await?;
        }
        let revision = ids::uuid();
        let (absent, now) = (self.absent(&reference), caller.ctx.now);
        let absent = absent.message;
        let name = reference.name.clone();
        let shown = self
            .kernel
            .change(caller, "update-function-code", move |tx| {
                let (function, mut latest) = latest_of(tx, &name, &absent)?;
                check_revision(&change, &latest)?;
                if let Place::Folder(path) = &latest.settings.place {
                    return Err(Refusal::Exists.because(format!(
                        "the function's code is the folder {path}: change it there, or delete the function first"
                    )));
                }
                change.apply(&mut latest.settings);
                latest.settings.place = Place::Uploaded;
                latest.code_sha256.clone_from(&package.sha256);
                latest.code_size = i64::try_from(package.size).unwrap_or(i64::MAX);
                latest.modified = now;
                latest.revision.clone_from(&revision);
                let mut qualifier = None;
                if !dry_run {
                    tx.put_function_version(&latest)?;
                    if publish {
                        latest = super::version::publish(tx, &function, &latest, None)?;
                        // As recorded of AWS; CreateFunction tells no version's ARN.
                        qualifier = Some(latest.number.to_string());
                    }
                }
                Shown::of(tx, function, latest, qualifier)
            })
            .await?;
        self.retire(&shown.function.name);
        Ok(shown)
    }

    /// Changes what is set for a function.
    pub async fn update_function_settings(
        &self,
        caller: &Caller,
        name: &str,
        change: Change,
    ) -> Result<Shown> {
        let reference = self.reference(name, None)?;
        let arn = reference.arn(&caller.ctx.realm);
        if let Some(role) = &change.role {
            self.check_role(caller, role, &arn).await?;
        }
        let mut tried = self.function(&reference.name, None).await?.version.settings;
        change.apply(&mut tried);
        self.check_settings(&tried).await?;
        let what = "update-function-configuration";
        self.change_latest(caller, what, &reference, move |latest| {
            check_revision(&change, latest)?;
            change.apply(&mut latest.settings);
            Ok(())
        })
        .await
    }

    /// Changes what calls without a qualifier run, gives it a new revision, and ends the environments that run it as it
    /// was.
    pub(super) async fn change_latest(
        &self,
        caller: &Caller,
        what: &'static str,
        reference: &Reference,
        mut change: impl FnMut(&mut Version) -> Result<()> + Send + 'static,
    ) -> Result<Shown> {
        let revision = ids::uuid();
        let (absent, now) = (self.absent(reference).message, caller.ctx.now);
        let name = reference.name.clone();
        let shown = self
            .kernel
            .change(caller, what, move |tx| {
                let (function, mut latest) = latest_of(tx, &name, &absent)?;
                change(&mut latest)?;
                check_layers(tx, &latest.settings)?;
                latest.modified = now;
                latest.revision.clone_from(&revision);
                tx.put_function_version(&latest)?;
                Shown::of(tx, function, latest, None)
            })
            .await?;
        self.retire(&shown.function.name);
        Ok(shown)
    }

    /// A function's version by any of its names.
    pub async fn function(&self, name: &str, qualifier: Option<&str>) -> Result<Shown> {
        let reference = self.reference(name, qualifier)?;
        let found = self
            .kernel
            .store
            .read(|conn| find(conn, &reference))
            .await?;
        found.ok_or_else(|| self.absent(&reference))
    }

    /// The zip that a version was uploaded as.
    pub async fn zip(&self, name: &str, qualifier: Option<&str>) -> Result<Vec<u8>> {
        let shown = self.function(name, qualifier).await?;
        match shown.version.settings.place {
            Place::Uploaded => self.zip_of(&shown.version.code_sha256).await,
            _ => Err(not_uploaded()),
        }
    }

    /// The zip with this digest, as it was uploaded.
    pub(super) async fn zip_of(&self, sha256: &str) -> Result<Vec<u8>> {
        self.code_folder(sha256).await?;
        let path = self.code.zip(sha256).ok_or_else(not_uploaded)?;
        tokio::task::spawn_blocking(move || std::fs::read(path))
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)
    }

    /// Functions beyond the name `after`, as their `$LATEST` is.
    pub async fn functions(&self, after: &str, limit: usize) -> Result<Vec<Shown>> {
        self.kernel
            .store
            .read(|conn| {
                let mut shown = Vec::new();
                for function in conn.functions(after, limit)? {
                    if let Some(version) = conn.function_version(function.key, 0)? {
                        shown.push(Shown::of(conn, function, version, None)?);
                    }
                }
                Ok::<_, Error>(shown)
            })
            .await
    }

    /// The tags of a function.
    pub async fn function_tags(&self, arn: &str) -> Result<Vec<(String, String)>> {
        let reference = self.tagged(arn)?;
        let arn = self.kernel.realm().function(&reference.name);
        let tags = self
            .kernel
            .store
            .read(|conn| {
                if conn.function(&reference.name)?.is_none() {
                    return Ok::<_, Error>(None);
                }
                Ok(Some(conn.tags(&arn, "", usize::MAX >> 1)?))
            })
            .await?;
        tags.ok_or_else(|| self.absent(&reference))
    }

    /// Sets tags of a function, or removes those that are named.
    pub async fn tag_function(
        &self,
        caller: &Caller,
        arn: &str,
        set: Vec<(String, String)>,
        remove: Vec<String>,
    ) -> Result<()> {
        self.tagged(arn)?;
        self.alter(caller, "tag-function", arn, move |tx, _, arn| {
            tx.put_tags(arn, &set)?;
            tx.delete_tags(arn, &remove)?;
            check_tags(tx.tags(arn, "", usize::MAX >> 1)?.len())
        })
        .await
    }

    /// A function by its ARN, which alone has tags.
    fn tagged(&self, arn: &str) -> Result<Reference> {
        let reference = self.reference(arn, None)?;
        match reference.qualifier {
            None => Ok(reference),
            Some(_) => Err(Error::invalid(
                "Tags on function aliases and versions are not supported. Please specify a function ARN.",
            )),
        }
    }

    /// Deletes a function, or one published version of it.
    pub async fn delete_function(
        &self,
        caller: &Caller,
        name: &str,
        qualifier: Option<&str>,
    ) -> Result<()> {
        let reference = self.reference(name, qualifier)?;
        let number = match &reference.qualifier {
            None => None,
            Some(text) if text == LATEST => {
                return Err(Error::invalid(
                    "$LATEST version cannot be deleted without deleting the function.",
                ));
            }
            Some(text) => match text.parse::<i64>() {
                Ok(number) => Some(number),
                Err(_) => {
                    return Err(Error::invalid(format!(
                        "{text} is an alias; DeleteFunction deletes versions"
                    )));
                }
            },
        };
        let arn = self.kernel.realm().function(&reference.name);
        let name = reference.name.clone();
        let absent = format!("Function not found: {arn}");
        self.loosen(self.codes_of(&reference.name).await?).await?;
        self.kernel
            .change(caller, "delete-function", move |tx| {
                let function = tx
                    .function(&name)?
                    .ok_or_else(|| Error::not_found(absent.clone()))?;
                let Some(number) = number else {
                    tx.delete_function(function.key)?;
                    super::url::remove_all(tx, &name)?;
                    tx.delete_all_tags(&arn)?;
                    return Ok(());
                };
                if tx.function_version(function.key, number)?.is_none() {
                    // As recorded of AWS: it is gone either way.
                    return Ok(());
                }
                let aliases = tx.function_aliases(function.key)?;
                let held = aliases.iter().find(|alias| {
                    alias.version == number
                        || alias.routing.is_some_and(|(other, _)| other == number)
                });
                if let Some(alias) = held {
                    return Err(Refusal::Exists.because(format!(
                        "Function version {number} is still the alias {}; point it elsewhere first",
                        alias.name
                    )));
                }
                Ok(tx.delete_function_version(function.key, number)?)
            })
            .await?;
        self.retire(&reference.name);
        Ok(())
    }

    /// Sets how many calls of a function may run at once; `None` leaves it to the host.
    ///
    /// # Errors
    /// `Invalid` where fewer than `UNRESERVED` of `CONCURRENCY` are left for the other functions.
    pub async fn set_concurrency(
        &self,
        caller: &Caller,
        name: &str,
        most: Option<u32>,
    ) -> Result<()> {
        self.whole(name)?;
        let absent = self.absent(&self.reference(name, None)?).message;
        let set = self.alter(
            caller,
            "set-function-concurrency",
            name,
            move |tx, key, _| {
                if let Some(most) = most {
                    let others = tx.functions("", usize::MAX >> 1)?.into_iter();
                    let others = others.filter(|other| other.key != key);
                    let reserved = others.fold(most, |sum, other| {
                        sum.saturating_add(other.concurrency.unwrap_or(0))
                    });
                    if most > 0 && reserved > CONCURRENCY - UNRESERVED {
                        return Err(Error::invalid(format!(
                            "Specified ReservedConcurrentExecutions for function decreases account's \
                             UnreservedConcurrentExecution below its minimum value of [{UNRESERVED}]."
                        )));
                    }
                }
                Ok(tx.set_function_concurrency(key, most)?)
            },
        );
        set.await.map_err(|error| match error.message == absent {
            true => Error::not_found(format!("{absent}:{LATEST}")),
            false => error,
        })
    }

    /// Refuses the name of a version or an alias where only a function can be meant.
    pub fn whole(&self, name: &str) -> Result<()> {
        match self.reference(name, None)?.qualifier {
            None => Ok(()),
            Some(_) => Err(Error::invalid(
                "This operation is permitted on Lambda functions only. Aliases and versions do not support this \
                 operation. Please specify either a function name or an unqualified function ARN.",
            )),
        }
    }

    /// What functions and layers take, and how many calls run at once.
    pub async fn usage(&self) -> Result<Usage> {
        self.kernel.store.read(used).await
    }

    /// Ends idle environments of a function that has changed.
    pub(super) fn retire(&self, name: &str) {
        if let Some(host) = self.host.get() {
            host.retire(name);
        }
    }

    /// Takes code in: durable and unpacked before a row names it.
    pub(super) async fn package(&self, caller: &Caller, code: NewCode) -> Result<Package> {
        let zip = match code {
            NewCode::Zip(zip) => zip,
            NewCode::Object { bucket, key } => {
                let arn = format!(
                    "arn:{}:s3:::{bucket}/{key}",
                    self.kernel.realm().partition()
                );
                self.iam.may(caller, "s3:GetObject", &arn, &[]).await?;
                let found = self.objects.open_whole_object(&bucket, &key).await;
                let (_, mut reading) = found.map_err(|error| match error.kind {
                    Kind::Internal | Kind::Unavailable | Kind::Object(_) => error,
                    _ => Error::invalid(format!(
                        "Error occurred while GetObject. {}: s3://{bucket}/{key}",
                        error.message
                    )),
                })?;
                if reading.left() > ZIP_BYTES {
                    return Err(Refusal::TooLarge.because(format!(
                        "the zip is {} bytes long and may be {ZIP_BYTES}",
                        reading.left()
                    )));
                }
                let mut zip = Vec::new();
                while let Some(piece) = reading.next().await? {
                    zip.extend_from_slice(&piece);
                }
                zip
            }
        };
        let store = self.code.clone();
        let add = move || {
            let wrong = |e| nameplate_functions::CodeError::Io("the folder of code".into(), e);
            // Until a row names it.
            store.loosen(&CodeStore::sha256(&zip)).map_err(wrong)?;
            store.add(&zip, &Limits::default())
        };
        let package = tokio::task::spawn_blocking(add)
            .await
            .map_err(Error::internal)??;
        self.share_code(&package.sha256).await?;
        Ok(package)
    }

    pub(super) async fn check_settings(&self, settings: &Settings) -> Result<()> {
        if matches!(settings.place, Place::Url(_)) && settings.runtime.is_empty() {
            return Ok(());
        }
        let Some(runtime) = Runtime::parse(&settings.runtime) else {
            return Err(Error::new(
                Kind::NotBuilt,
                format!(
                    "Nameplate runs python, nodejs and provided runtimes, and {} is none of them.",
                    settings.runtime
                ),
            ));
        };
        let needs_handler = runtime.family() != nameplate_functions::Family::Provided;
        if needs_handler && settings.handler.is_empty() {
            return Err(Error::invalid(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
            ));
        }
        if let Some(name) = settings
            .environment
            .keys()
            .find(|name| nameplate_functions::is_reserved(name))
        {
            return Err(Error::invalid(format!(
                "Lambda was unable to configure your environment variables because the environment variables you \
                 have provided contains reserved keys that are currently not supported for modification. Reserved \
                 keys used in this request: {name}"
            )));
        }
        let bytes: usize = settings
            .environment
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        if bytes > ENVIRONMENT_BYTES {
            return Err(Error::invalid(format!(
                "Lambda was unable to configure your environment variables because the environment variables you \
                 have provided exceeded the 4KB limit. String measured: {bytes} bytes"
            )));
        }
        if settings.layers.len() > LAYERS {
            return Err(Error::invalid(format!(
                "Cannot reference more than {LAYERS} layers."
            )));
        }
        Ok(())
    }

    /// Refuses a role that the caller may not pass or that Lambda cannot assume.
    pub(super) async fn check_role(&self, caller: &Caller, role: &str, arn: &str) -> Result<()> {
        let account = &caller.ctx.realm.account;
        if role.split(':').nth(4).is_some_and(|of| of != account) {
            return Err(Error::denied("Cross-account pass role is not allowed."));
        }
        self.iam.may_pass(caller, role, LAMBDA_SERVICE).await?;
        let why = self
            .iam
            .why_not_assumed(role, LAMBDA_SERVICE, arn, &caller.ctx)
            .await?;
        match why {
            Some(_) => Err(Error::invalid(
                "The role defined for the function cannot be assumed by Lambda.",
            )),
            None => Ok(()),
        }
    }
}

/// A version by its reference: a number, `$LATEST` or an alias. Of an alias with two, the first.
pub(super) fn find(conn: &Conn<'_>, reference: &Reference) -> Result<Option<Shown>> {
    let Some(function) = conn.function(&reference.name)? else {
        return Ok(None);
    };
    let number = match reference.qualifier.as_deref() {
        None | Some(LATEST) => Some(0),
        Some(text) => match text.parse() {
            Ok(number) => Some(number).filter(|number| *number > 0),
            Err(_) => conn
                .function_alias(function.key, text)?
                .map(|alias| alias.version),
        },
    };
    let version = match number {
        Some(number) => conn.function_version(function.key, number)?,
        None => None,
    };
    version
        .map(|version| Shown::of(conn, function, version, reference.qualifier.clone()))
        .transpose()
}

pub(super) fn latest_of(tx: &mut Tx<'_>, name: &str, absent: &str) -> Result<(Function, Version)> {
    let function = tx.function(name)?.ok_or_else(|| Error::not_found(absent))?;
    let latest = tx
        .function_version(function.key, 0)?
        .ok_or_else(|| missing(name))?;
    Ok((function, latest))
}

/// Most tags of a function (AWS Lambda developer guide: tags).
fn check_tags(count: usize) -> Result<()> {
    match count > 50 {
        true => Err(Error::invalid("Number of tags exceeds resource tag limit.")),
        false => Ok(()),
    }
}

fn check_revision(change: &Change, latest: &Version) -> Result<()> {
    match &change.expected {
        Some(expected) if *expected != latest.revision => Err(Refusal::Changed.because(CHANGED)),
        _ => Ok(()),
    }
}

/// Refuses layers that do not exist.
pub(super) fn check_layers(tx: &mut Tx<'_>, settings: &Settings) -> Result<()> {
    for arn in &settings.layers {
        let found = match super::layer::parse_arn(arn) {
            Some((name, number)) => tx.layer_version(name, number)?,
            None => None,
        };
        if found.is_none() {
            return Err(Error::invalid(format!(
                "Layer version {arn} does not exist."
            )));
        }
    }
    Ok(())
}

fn used(conn: &Conn<'_>) -> Result<Usage> {
    let mut usage = Usage::default();
    for function in conn.functions("", usize::MAX >> 1)? {
        usage.functions += 1;
        usage.reserved = usage
            .reserved
            .saturating_add(function.concurrency.unwrap_or(0));
        let versions = conn.function_versions(function.key, 0, usize::MAX >> 1)?;
        usage.code_bytes += versions.iter().map(|one| one.code_size).sum::<i64>();
    }
    for newest in conn.layers()? {
        let versions = conn.layer_versions(&newest.layer)?;
        usage.code_bytes += versions.iter().map(|one| one.code_size).sum::<i64>();
    }
    Ok(usage)
}

fn missing(name: &str) -> Error {
    Error::internal(format!("the function {name} has no $LATEST"))
}
