//! Code of functions where several servers run them: each has it unpacked in its data directory, and all have the zip in
//! a bucket of ours, named by its digest.
//!
//! Must not know what runs, or who uses which digest.

use super::Functions;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::objects::{Expected, Item, Selection, Suspects};
use nameplate_core::ctx::Millis;
use nameplate_functions::{CodeStore, Limits};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::Instant;

/// How long code in the bucket is seen to be of no use before it goes: a function may be about to name it.
const CODE_STAYS: Duration = Duration::from_secs(55 * 60);

impl Functions {
    /// The bucket of these servers that code is put into.
    fn code_bucket(&self) -> String {
        format!("nameplate-function-code-{}", self.kernel.realm().account)
    }

    /// Lets the other servers have the zip of this digest, before a row names it.
    pub(super) async fn share_code(&self, sha256: &str) -> Result<()> {
        if !self.kernel.store.is_clustered() {
            return Ok(());
        }
        let Some(zip) = self.code.zip(sha256) else {
            return Ok(());
        };
        let caller = &Caller::server(self.kernel.ctx());
        let bucket = self.code_bucket();
        self.objects.ensure_bucket(caller, &bucket).await?;
        // What is given to the store of bodies is no longer where it was.
        let given = zip.with_extension(format!("{}.given", crate::app::ids::uuid()));
        let link = given.clone();
        tokio::task::spawn_blocking(move || std::fs::hard_link(&zip, &link))
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)?;
        let key = key_of(sha256);
        self.objects
            .store_object(caller, &bucket, &key, "application/zip", given)
            .await
            .map(drop)
    }

    /// The folder of unpacked code, brought here where another server took it in; `None` where nobody has it.
    pub(super) async fn code_folder(&self, sha256: &str) -> Result<Option<PathBuf>> {
        if let Some(folder) = self.code.folder(sha256) {
            return Ok(Some(folder));
        }
        if !self.kernel.store.is_clustered() {
            return Ok(None);
        }
        let found = self
            .objects
            .open_whole_object(&self.code_bucket(), &key_of(sha256))
            .await;
        let mut reading = match found {
            Ok((_, reading)) => reading,
            Err(error) if matches!(error.kind, Kind::Internal | Kind::Unavailable) => {
                return Err(error);
            }
            Err(_) => return Ok(None),
        };
        let mut zip = Vec::new();
        while let Some(piece) = reading.next().await? {
            zip.extend_from_slice(&piece);
        }
        if CodeStore::sha256(&zip) != sha256 {
            return Err(Error::internal(format!(
                "the bucket {} holds other code under the digest {sha256}",
                self.code_bucket()
            )));
        }
        let store = self.code.clone();
        tokio::task::spawn_blocking(move || store.add(&zip, &Limits::default()))
            .await
            .map_err(Error::internal)??;
        Ok(self.code.folder(sha256))
    }
}

impl Functions {
    /// Removes code from the servers' bucket that no version and no layer has named for long. To be called by one server of
    /// several, now and then, with what it found before.
    pub(crate) async fn sweep_shared(&self, left: &mut SharedLeft, now: Instant) -> Result<()> {
        let bucket = self.code_bucket();
        let mut selection = Selection {
            limit: 1000,
            ..Selection::default()
        };
        let mut unused = Vec::new();
        loop {
            let page = match self.objects.list_objects(&bucket, &selection).await {
                Ok(page) => page,
                // Nobody has put code there yet.
                Err(error) if matches!(error.kind, Kind::Object(_)) => return Ok(()),
                Err(error) => return Err(error),
            };
            for item in &page.items {
                if let Item::Object { key, info } = item
                    && let Some(sha256) = sha256_in(key)
                {
                    let read = |conn: &nameplate_store::Conn<'_>| {
                        Ok::<_, Error>(conn.is_code_used(&sha256)?)
                    };
                    if !self.kernel.store.read(read).await? {
                        // Given anew, it counts as new.
                        unused.push((key.clone(), info.modified));
                    }
                }
            }
            let Some(last) = page.items.last().filter(|_| page.more) else {
                break;
            };
            selection.after = last.position().to_owned();
        }
        let due = left.0.due(unused, CODE_STAYS, now);
        if due.is_empty() {
            return Ok(());
        }
        tracing::info!("code that no function has is removed: {}", due.len());
        let keys = due.into_iter().map(|(key, _)| (key, Expected::default()));
        let caller = Caller::server(self.kernel.ctx());
        let removed = self
            .objects
            .delete_objects(&caller, &bucket, keys.collect())
            .await;
        removed.map(drop)
    }

    /// Notes code that is unpacked here and that nothing names: another server may have removed the last function that had
    /// it.
    pub(crate) async fn loosen_unused(&self) -> Result<()> {
        let store = self.code.clone();
        let all = tokio::task::spawn_blocking(move || store.all()).await;
        let mut unused = Vec::new();
        for sha256 in all.map_err(Error::internal)?.map_err(Error::internal)? {
            let read =
                |conn: &nameplate_store::Conn<'_>| Ok::<_, Error>(conn.is_code_used(&sha256)?);
            if !self.kernel.store.read(read).await? {
                unused.push(sha256);
            }
        }
        self.loosen(unused).await
    }
}

/// Code in the bucket that was found to be of no use so far, and when it was put there.
#[derive(Debug, Default)]
pub(crate) struct SharedLeft(Suspects<(String, Millis)>);

/// Digests are in Base64, which a path in a bucket had better not be.
fn key_of(sha256: &str) -> String {
    format!("{}.zip", hex::encode(sha256))
}

/// The digest in such a key.
fn sha256_in(key: &str) -> Option<String> {
    let digest = hex::decode(key.strip_suffix(".zip")?).ok()?;
    String::from_utf8(digest).ok()
}

#[cfg(test)]
mod tests {
    use super::{key_of, sha256_in};

    #[test]
    fn a_key_has_its_digest() {
        let sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(sha256_in(&key_of(sha256)).as_deref(), Some(sha256));
        for other in ["x.zip", "README", "", "ff.zip"] {
            assert_eq!(sha256_in(other), None, "{other}");
        }
    }
}
