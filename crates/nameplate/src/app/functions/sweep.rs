//! Removing code that no version and no layer names any more.
//!
//! Code is noted on the disk before a row names it and before one ceases to, so that nothing is forgotten when the server
//! is killed in between; and only what was noted is looked at, so that a registry that was copied and shares the folder
//! keeps its own. It goes once nothing names it and nothing runs from it.

use super::Functions;
use crate::app::error::{Error, Result};
use nameplate_functions::SavedLogs;
use std::sync::Arc;
use std::time::Duration;

/// How often what was noted is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How long code stays after it was noted: as a call that knows it may take to reach the host.
const STAYS: Duration = Duration::from_secs(10);

/// Removes what the last process left, then what becomes of no use.
pub(super) fn start(functions: &Arc<Functions>) {
    let weak = Arc::downgrade(functions);
    if let Err(error) = functions.code.tidy() {
        tracing::warn!(target: "nameplate::functions", "what was left of code stays: {error}");
    }
    tokio::spawn(async move {
        let mut stays = Duration::ZERO;
        loop {
            let Some(functions) = weak.upgrade() else {
                return;
            };
            if functions.queue.is_stopped() {
                return;
            }
            if let Err(error) = functions.sweep(stays).await {
                tracing::warn!(
                    target: "nameplate::functions",
                    error = ?error,
                    "code that is of no use stays: {error:?}"
                );
            }
            drop(functions);
            stays = STAYS;
            tokio::time::sleep(LOOK).await;
        }
    });
}

impl Functions {
    /// Digests of a function's code, all versions.
    pub(super) async fn codes_of(&self, name: &str) -> Result<Vec<String>> {
        self.kernel
            .store
            .read(|conn| {
                let Some(function) = conn.function(name)? else {
                    return Ok::<_, Error>(Vec::new());
                };
                let versions = conn.function_versions(function.key, 0, usize::MAX >> 1)?;
                Ok(versions
                    .into_iter()
                    .map(|version| version.code_sha256)
                    .collect())
            })
            .await
    }

    /// Notes that code may be of no use soon.
    pub(super) async fn loosen(&self, codes: Vec<String>) -> Result<()> {
        let store = self.code.clone();
        tokio::task::spawn_blocking(move || codes.iter().try_for_each(|code| store.loosen(code)))
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)
    }

    /// Notes that all code may be of no use soon.
    pub(crate) async fn loosen_all(&self) -> Result<()> {
        let read = self.kernel.store.read(|conn| conn.codes());
        let codes = read.await?;
        match codes.is_empty() {
            true => Ok(()),
            false => self.loosen(codes).await,
        }
    }

    /// Puts these log groups in the place of all that functions printed and owners put; nothing is kept from then on.
    pub(crate) async fn replace_logs(&self, with: Option<Arc<SavedLogs>>) -> Result<()> {
        if with.is_none() && self.logs.is_empty() {
            // Nothing that takes its time, so no other thread to wait for.
            return self.logs.end(None).map_err(Error::internal);
        }
        let logs = Arc::clone(&self.logs);
        let replaced = tokio::task::spawn_blocking(move || logs.end(with.as_deref())).await;
        replaced.map_err(Error::internal)?.map_err(Error::internal)
    }

    /// All log groups as they are now; none where they have more than `most` bytes.
    pub(crate) async fn saved_logs(&self, most: u64) -> Result<Option<SavedLogs>> {
        let logs = Arc::clone(&self.logs);
        let saved = tokio::task::spawn_blocking(move || logs.saved(most)).await;
        saved.map_err(Error::internal)?.map_err(Error::internal)
    }

    /// Removes noted code that nothing names or runs from, if it was noted at least `stays` ago.
    pub(super) async fn sweep(&self, stays: Duration) -> Result<()> {
        let store = self.code.clone();
        let loose = tokio::task::spawn_blocking(move || store.loose())
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)?;
        for (sha256, age) in loose {
            if age < stays {
                continue;
            }
            let _alone = self.sweeping.write().await;
            let used = self
                .kernel
                .store
                .read(|conn| Ok::<_, Error>(conn.is_code_used(&sha256)?))
                .await?;
            let runs = self.code.folder(&sha256).is_some_and(|folder| {
                let host = self.host.get();
                host.is_some_and(|host| host.uses(&folder))
            });
            // A backup copies it, or a snapshot has it.
            let wanted = self.kernel.hold().is_held() || self.kernel.ground.keeps_code(&sha256);
            if !used && (runs || wanted) {
                continue;
            }
            let store = self.code.clone();
            let settle = move || {
                if !used {
                    store.remove(&sha256)?;
                }
                store.keep(&sha256)
            };
            tokio::task::spawn_blocking(settle)
                .await
                .map_err(Error::internal)?
                .map_err(Error::internal)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::app::functions::{Change, NewCode, NewFunction, NewLayer};
    use crate::testing::{TestApp, zip};
    use nameplate_core::function::Settings;
    use std::time::Duration;

    const ROLE: &str = "arn:aws:iam::123456789012:role/lambda";

    /// A zip that says this.
    fn code(text: &str) -> NewCode {
        NewCode::Zip(zip("app.py", text.as_bytes()))
    }

    fn new(name: &str, text: &str, publish: bool) -> NewFunction {
        NewFunction {
            name: name.into(),
            settings: Settings {
                runtime: "python3.12".into(),
                handler: "app.handler".into(),
                role: ROLE.into(),
                ..Settings::default()
            },
            code: code(text),
            publish,
            tags: Vec::new(),
        }
    }

    /// Which of these texts are code on the disk still.
    async fn kept(test: &TestApp, texts: &[&str]) -> String {
        let functions = &test.app.functions;
        functions.sweep(Duration::ZERO).await.unwrap();
        let there = |text: &&&str| {
            let sha256 = nameplate_functions::CodeStore::sha256(&zip("app.py", text.as_bytes()));
            functions.code.folder(&sha256).is_some()
        };
        texts.iter().filter(there).copied().collect()
    }

    #[tokio::test]
    async fn code_goes_when_nothing_names_it() {
        let test = TestApp::new().await;
        test.lambda_role().await;
        let (root, functions) = (test.app.iam.root(), &test.app.functions);
        functions
            .create_function(&root, new("f", "a", true))
            .await
            .unwrap();
        let refused = functions.create_function(&root, new("f", "b", false)).await;
        assert!(refused.is_err());
        assert_eq!(
            kept(&test, &["a", "b"]).await,
            "a",
            "what was refused is gone"
        );
        for (text, dry) in [("c", true), ("d", false), ("e", false)] {
            let change = Change::default();
            functions
                .update_function_code(&root, "f", code(text), change, false, dry)
                .await
                .unwrap();
        }
        // Version 1 is as it was published.
        assert_eq!(kept(&test, &["a", "b", "c", "d", "e"]).await, "ae");
        let layer = NewLayer {
            name: "l".into(),
            description: String::new(),
            license: None,
            runtimes: Vec::new(),
            architectures: Vec::new(),
            content: code("d"),
        };
        functions.publish_layer(&root, layer).await.unwrap();
        functions
            .create_function(&root, new("g", "e", false))
            .await
            .unwrap();
        functions.delete_function(&root, "f", None).await.unwrap();
        assert_eq!(
            kept(&test, &["a", "d", "e"]).await,
            "de",
            "g and the layer have theirs"
        );
        functions.delete_function(&root, "g", None).await.unwrap();
        // Just now it was in use.
        functions.sweep(Duration::from_secs(60)).await.unwrap();
        let sha256 = nameplate_functions::CodeStore::sha256(&zip("app.py", b"e"));
        assert!(functions.code.folder(&sha256).is_some());
        assert_eq!(kept(&test, &["d", "e"]).await, "d");
        assert!(functions.code.loose().unwrap().is_empty());
    }
}
