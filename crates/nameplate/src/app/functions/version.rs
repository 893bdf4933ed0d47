//! Published versions. API: PublishVersion.

use super::definition::latest_of;
use super::refusal::CHANGED;
use super::{Functions, Refusal, Shown};
use crate::app::caller::Caller;
use crate::app::error::Result;
use crate::app::ids;
use nameplate_core::function::{Function, Place, Settings, Version};
use nameplate_store::Tx;

impl Functions {
    /// Publishes `$LATEST` as it is. Where nothing has changed since the last version, that one is the answer.
    pub async fn publish_version(
        &self,
        caller: &Caller,
        name: &str,
        description: Option<String>,
        code_sha256: Option<String>,
        expected: Option<String>,
    ) -> Result<Shown> {
        let reference = self.reference(name, None)?;
        let absent = self.absent(&reference).message;
        self.kernel
            .change(caller, "publish-version", move |tx| {
                let (function, latest) = latest_of(tx, &reference.name, &absent)?;
                if code_sha256.as_ref().is_some_and(|sha| *sha != latest.code_sha256) {
                    return Err(crate::app::Error::invalid(format!(
                        "CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST ({}). Please try again with \
                         the CodeSHA256 in $LATEST.",
                        code_sha256.as_deref().unwrap_or_default(),
                        latest.code_sha256
                    )));
                }
                if expected.as_ref().is_some_and(|revision| *revision != latest.revision) {
                    return Err(Refusal::Changed.because(CHANGED));
                }
                if let Place::Folder(path) = &latest.settings.place {
                    return Err(crate::app::Error::invalid(format!(
                        "the function's code is the folder {path}, which changes; a version stays as it is"
                    )));
                }
                let version = publish(tx, &function, &latest, description.as_deref())?;
                Shown::of(tx, function, version, None)
            })
            .await
    }

    /// `$LATEST` and the published versions, beyond the number `after`; -1 begins with `$LATEST`.
    pub async fn function_versions(
        &self,
        name: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Shown>> {
        let reference = self.reference(name, None)?;
        let found = self
            .kernel
            .store
            .read(|conn| {
                let Some(function) = conn.function(&reference.name)? else {
                    return Ok::<_, crate::app::Error>(None);
                };
                let versions = conn.function_versions(function.key, after + 1, limit)?;
                let shown = versions.into_iter().map(|version| {
                    let name = version.name();
                    Shown::of(conn, function.clone(), version, Some(name))
                });
                shown.collect::<Result<_>>().map(Some)
            })
            .await?;
        found.ok_or_else(|| self.absent(&reference))
    }
}

/// Publishes `latest` under the next number, unless the last published version is the same, or `latest` has not changed since: a
/// description for the version alone is no change. [Lambda API: PublishVersion]
pub(super) fn publish(
    tx: &mut Tx<'_>,
    function: &Function,
    latest: &Version,
    description: Option<&str>,
) -> Result<Version> {
    let mut version = Version {
        number: function.next_version,
        revision: ids::uuid(),
        ..latest.clone()
    };
    if let Some(description) = description {
        version.settings.description = description.to_owned();
    }
    version.settings.published_from = Some(latest.revision.clone());
    let last = tx.function_version(function.key, function.next_version - 1)?;
    let unchanged = |last: &Version| {
        let like_the_last = Settings {
            published_from: last.settings.published_from.clone(),
            ..version.settings.clone()
        };
        last.settings == like_the_last
            || last.settings.published_from.as_deref() == Some(latest.revision.as_str())
    };
    if let Some(last) = last.filter(|last| last.number > 0)
        && last.code_sha256 == version.code_sha256
        && unchanged(&last)
    {
        return Ok(last);
    }
    tx.put_function_version(&version)?;
    tx.set_next_function_version(function.key, function.next_version + 1)?;
    Ok(version)
}
