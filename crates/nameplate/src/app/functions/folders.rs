//! Functions that live in folders of the owner's: each folder in `--function-dir` is one, by the folder's name.
//!
//! Looks at the folders while the server runs. New ones become functions; one whose manifest or files have changed is set
//! anew, and the host sees changed code by itself. A folder that is gone leaves its function, whose calls then say so:
//! a disk that is not mounted deletes nothing.

use super::elsewhere::parse_url;
use super::{Functions, LAMBDA_SERVICE, Manifest};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::iam::holder::Holder;
use crate::app::iam::role::NewRole;
use nameplate_core::function::{Grant, Place, Settings};
use nameplate_core::policy::managed;
use nameplate_functions::Sources;
use serde_json::json;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often the folders are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// What every function's own role may do.
const BASIC: &str = "AWSLambdaBasicExecutionRole";
/// Characters of a role's name (API: CreateRole).
const ROLE_NAME: usize = 64;
/// Folders that are looked at.
const MOST: usize = 1000;

impl Functions {
    /// Makes functions of the folders in `directory`, and follows them until the functions are stopped.
    ///
    /// # Errors
    /// The directory cannot be read. What is wrong with one folder is logged, and costs that folder alone.
    pub async fn follow(self: &Arc<Self>, directory: PathBuf) -> Result<()> {
        let mut seen = HashMap::new();
        self.look(&directory, &mut seen).await.map_err(|error| {
            Error::invalid(format!("{} cannot be read: {error}", directory.display()))
        })?;
        let weak = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(LOOK);
            loop {
                ticks.tick().await;
                let Some(functions) = weak.upgrade() else {
                    return;
                };
                if functions.queue.is_stopped() {
                    return;
                }
                // What cannot be read now may be there again later.
                let _ = functions.look(&directory, &mut seen).await;
            }
        });
        Ok(())
    }

    /// Looks once; `seen` has the mark of each folder as it was last looked at.
    async fn look(
        &self,
        directory: &Path,
        seen: &mut HashMap<PathBuf, u64>,
    ) -> std::io::Result<()> {
        let directory = directory.to_owned();
        let found = tokio::task::spawn_blocking(move || folders(&directory))
            .await
            .map_err(std::io::Error::other)??;
        seen.retain(|path, _| found.iter().any(|(there, _)| there == path));
        for (path, mark) in found {
            if seen.insert(path.clone(), mark) == Some(mark) {
                continue;
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            match self.adopt(&name, &path).await {
                Ok(true) => tracing::info!(
                    target: "nameplate::functions",
                    function = &*name,
                    "the function {name} lives in {}",
                    path.display()
                ),
                Ok(false) => {}
                Err(error) => tracing::error!(
                    target: "nameplate::functions",
                    function = &*name,
                    "the folder {} is no function: {}",
                    path.display(),
                    error.message
                ),
            }
        }
        Ok(())
    }

    /// Makes a folder a function, or sets the function as the folder says now; whether anything was changed.
    async fn adopt(&self, name: &str, folder: &Path) -> Result<bool> {
        let path = folder.to_owned();
        let (manifest, guess) = tokio::task::spawn_blocking(move || read(&path))
            .await
            .map_err(Error::internal)??;
        let there = match self.function(name, None).await {
            Ok(there) => Some(there.version.settings),
            Err(error) if error.kind == Kind::NotFound => None,
            Err(error) => return Err(error),
        };
        if let Some(there) = &there
            && there.place == Place::Uploaded
        {
            return Err(Error::invalid(format!(
                "a function {name} was uploaded; `nameplate function rm {name}` makes room, or rename the folder"
            )));
        }
        let caller = Caller::server(self.kernel.ctx());
        let place = match &manifest.url {
            Some(url) => Place::Url(parse_url(url)?.to_string()),
            None => Place::Folder(folder.display().to_string()),
        };
        let role = match &place {
            Place::Url(_) => String::new(),
            _ => self.role_of(&caller, name, &manifest).await?,
        };
        let (runtime, handler) = guess.unwrap_or_default();
        let default = Settings::default();
        let wanted = Settings {
            runtime,
            handler,
            role,
            description: manifest.description.clone().unwrap_or_default(),
            timeout: manifest.timeout.unwrap_or(default.timeout),
            memory: manifest.memory.unwrap_or(default.memory),
            ephemeral: manifest.ephemeral.unwrap_or(default.ephemeral),
            environment: manifest.environment.clone().unwrap_or_default(),
            layers: manifest.layers.clone().unwrap_or_default(),
            place,
            ..there.clone().unwrap_or_default()
        };
        check_figures(&wanted)?;
        let changed = there.as_ref() != Some(&wanted);
        if changed {
            self.put(&caller, name, move |settings| *settings = wanted.clone())
                .await?;
        }
        for service in &manifest.invoked_by {
            self.allow(&caller, name, service).await?;
        }
        Ok(changed)
    }

    async fn allow(&self, caller: &Caller, name: &str, service: &str) -> Result<()> {
        let grant = Grant {
            id: service.replace('.', "-"),
            action: "lambda:InvokeFunction".into(),
            principal: service.to_owned(),
            source_account: Some(self.kernel.realm().account.clone()),
            ..Grant::default()
        };
        match self.add_permission(caller, (name, None), grant, None).await {
            Err(error) if error.kind == Kind::Function(super::Refusal::Exists) => Ok(()),
            other => other.map(drop),
        }
    }

    /// The ARN of the role that the manifest names, or of the function's own, which is made.
    async fn role_of(&self, caller: &Caller, name: &str, manifest: &Manifest) -> Result<String> {
        let realm = self.kernel.realm();
        if let Some(role) = &manifest.role {
            let role = role.rsplit('/').next().unwrap_or(role);
            let found = self.iam.role(role).await?;
            let arn = realm.function(name);
            let why = self
                .iam
                .why_not_assumed(&found.arn, LAMBDA_SERVICE, &arn, &caller.ctx);
            return match why.await? {
                Some(_) => Err(Error::invalid(format!(
                    "the role {role} cannot be assumed by Lambda: its trust policy must allow {LAMBDA_SERVICE}"
                ))),
                None => Ok(found.arn),
            };
        }
        let mut role = format!("nameplate-function-{name}");
        role.truncate(ROLE_NAME);
        let found = match self.iam.role(&role).await {
            Err(error) if error.kind == Kind::NotFound => {
                let trust = json!({"Version": "2012-10-17", "Statement": [{
                    "Effect": "Allow",
                    "Principal": {"Service": LAMBDA_SERVICE},
                    "Action": "sts:AssumeRole",
                }]});
                let new = NewRole {
                    name: role.clone(),
                    path: "/".into(),
                    trust: trust.to_string(),
                    description: Some(format!("What the function {name} runs as")),
                    max_session_seconds: None,
                    tags: Vec::new(),
                };
                self.iam.create_role(caller, new).await?
            }
            other => other?,
        };
        for policy in std::iter::once(BASIC).chain(manifest.policies.iter().map(String::as_str)) {
            let arn = match managed::all().iter().find(|known| known.name == policy) {
                _ if policy.starts_with("arn:") => policy.to_owned(),
                Some(known) => known.arn(realm.partition()),
                None => {
                    return Err(Error::invalid(format!(
                        "{policy} is none of AWS's managed policies that are known here; name one of your own by its ARN"
                    )));
                }
            };
            let holder = Holder::Role(role.clone());
            self.iam.attach_managed_policy(caller, holder, arn).await?;
        }
        Ok(found.arn)
    }
}

/// As CreateFunction bounds them (AWS Lambda quotas).
fn check_figures(settings: &Settings) -> Result<()> {
    for (name, value, most) in [
        ("timeout", settings.timeout, 1..=900),
        ("memory", settings.memory, 128..=10_240),
        ("ephemeral", settings.ephemeral, 512..=10_240),
    ] {
        if !most.contains(&value) {
            return Err(Error::invalid(format!(
                "{name} is {value}, and may be {} to {}",
                most.start(),
                most.end()
            )));
        }
    }
    Ok(())
}

/// The manifest, and runtime and handler of what runs here.
fn read(folder: &Path) -> Result<(Manifest, Option<(String, String)>)> {
    let manifest = Manifest::read(folder)?;
    if manifest.url.is_some() {
        return Ok((manifest, None));
    }
    let wrong = |why: String| Error::invalid(why);
    let sources = Sources::of_folder(folder).map_err(|e| wrong(e.to_string()))?;
    let guess = sources
        .guess(manifest.runtime.as_deref(), manifest.handler.as_deref())
        .map_err(|unclear| wrong(format!("{unclear}, in {}", super::MANIFEST)))?;
    Ok((manifest, Some((guess.runtime, guess.handler))))
}

/// The folders that may be functions, each with a mark that changes with what stands in its front.
fn folders(directory: &Path) -> std::io::Result<Vec<(PathBuf, u64)>> {
    let directory = directory.canonicalize()?;
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let hidden = name.is_none_or(|name| name.starts_with(['.', '_']));
        if hidden || !path.is_dir() {
            continue;
        }
        if let Ok(mark) = mark(&path) {
            found.push((path, mark));
        }
        if found.len() >= MOST {
            break;
        }
    }
    found.sort();
    Ok(found)
}

fn mark(folder: &Path) -> std::io::Result<u64> {
    let mut entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let mut hasher = DefaultHasher::new();
    for entry in entries {
        let about = entry.metadata()?;
        if about.is_file() {
            let time = (about.mtime(), about.mtime_nsec());
            (entry.file_name(), about.len(), time).hash(&mut hasher);
        }
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::functions::{MANIFEST, NewCode, NewFunction};
    use crate::testing::TestApp;

    /// An owner's directory, and what has been seen of it.
    struct Owner {
        test: TestApp,
        directory: tempfile::TempDir,
        seen: HashMap<PathBuf, u64>,
    }

    impl Owner {
        async fn new() -> Self {
            Self {
                test: TestApp::new().await,
                directory: tempfile::tempdir().unwrap(),
                seen: HashMap::new(),
            }
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.directory.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }

        async fn look(&mut self) {
            let functions = &self.test.app.functions;
            let directory = self.directory.path();
            functions.look(directory, &mut self.seen).await.unwrap();
        }

        async fn settings(&self, name: &str) -> Option<Settings> {
            let found = self.test.app.functions.function(name, None).await;
            found.ok().map(|shown| shown.version.settings)
        }

        /// Why a folder is no function.
        async fn refused(&self, name: &str) -> String {
            let folder = self.directory.path().join(name);
            let adopted = self.test.app.functions.adopt(name, &folder).await;
            adopted.unwrap_err().message
        }
    }

    #[tokio::test]
    async fn folders_become_functions_and_follow_their_manifests() {
        let mut owner = Owner::new().await;
        owner.write("one/app.py", "def handler(event, context): pass");
        owner.write(".hidden/app.py", "def handler(event, context): pass");
        owner.write(
            "two/function.toml",
            "url = 'http://127.0.0.1:9/x'\ntimeout = 5",
        );
        owner.look().await;
        let one = owner.settings("one").await.expect("a function");
        assert_eq!(
            (one.runtime.as_str(), one.handler.as_str()),
            ("python3.13", "app.handler")
        );
        assert!(
            one.role.ends_with(":role/nameplate-function-one"),
            "{}",
            one.role
        );
        let two = owner.settings("two").await.expect("a function");
        assert_eq!(two.place, Place::Url("http://127.0.0.1:9/x".into()));
        assert_eq!((two.timeout, two.role.as_str()), (5, ""));
        assert_eq!(owner.settings(".hidden").await, None);

        owner.write(
            "one/function.toml",
            "timeout = 9\npolicies = ['AWSIoTFullAccess']\ninvoked-by = ['iot.amazonaws.com']",
        );
        owner.look().await;
        assert_eq!(owner.settings("one").await.expect("a function").timeout, 9);
        let role = Holder::Role("nameplate-function-one".into());
        let attached = owner
            .test
            .app
            .iam
            .attached_managed_policies(&role)
            .await
            .unwrap();
        assert_eq!(attached.len(), 2, "{attached:?}");
        let policy = owner
            .test
            .app
            .functions
            .function_policy("one", None)
            .await
            .unwrap();
        assert!(policy.text.contains("iot.amazonaws.com"), "{}", policy.text);
        // Its code is the folder's, and no version can stay as it is.
        let root = owner.test.app.iam.root();
        let functions = &owner.test.app.functions;
        let published = functions
            .publish_version(&root, "one", None, None, None)
            .await;
        assert!(published.unwrap_err().message.contains("which changes"));
        // A folder that is gone deletes nothing.
        std::fs::remove_dir_all(owner.directory.path().join("one")).unwrap();
        owner.look().await;
        assert!(owner.settings("one").await.is_some());
    }

    #[tokio::test]
    async fn what_is_no_function_is_told() {
        let owner = Owner::new().await;
        let python = "def handler(event, context): pass";
        for (name, manifest, code, part) in [
            ("a", "", "x = 1", "name the handler"),
            (
                "b",
                "timeout = 0",
                python,
                "timeout is 0, and may be 1 to 900",
            ),
            ("c", "role = 'nobody'", python, "nobody"),
            (
                "d",
                "policies = ['NoSuch']",
                python,
                "none of AWS's managed policies",
            ),
            ("e", "url = 'ftp://x/'", python, "neither http nor https"),
            ("f g", "", python, "f g"),
            ("h", "[environment]\nAWS_REGION = 'x'", python, "reserved"),
            (
                "i",
                "layers = ['arn:aws:lambda:us-east-1:123456789012:layer:no:1']",
                python,
                "does not exist",
            ),
        ] {
            owner.write(&format!("{name}/app.py"), code);
            owner.write(&format!("{name}/{MANIFEST}"), manifest);
            let told = owner.refused(name).await;
            assert!(told.contains(part), "{name}: {told}");
            assert_eq!(owner.settings(name).await, None, "{name}");
        }
        let root = owner.test.app.iam.root();
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        let new = NewRole {
            name: "r".into(),
            path: "/".into(),
            trust: trust.into(),
            description: None,
            max_session_seconds: None,
            tags: Vec::new(),
        };
        let role = owner
            .test
            .app
            .iam
            .create_role(&root, new)
            .await
            .unwrap()
            .arn;
        owner.write("taken/app.py", python);
        let zip = nameplate_functions::pack(&owner.directory.path().join("taken"), &[]).unwrap();
        let new = NewFunction {
            name: "taken".into(),
            settings: Settings {
                runtime: "python3.13".into(),
                handler: "app.handler".into(),
                role,
                ..Settings::default()
            },
            code: NewCode::Zip(zip),
            publish: false,
            tags: Vec::new(),
        };
        owner
            .test
            .app
            .functions
            .create_function(&root, new)
            .await
            .unwrap();
        let told = owner.refused("taken").await;
        assert!(told.contains("was uploaded"), "{told}");
    }
}
