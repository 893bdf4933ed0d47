//! Code of functions where several servers run them: each has it unpacked in its data directory, and all have the zip in
//! a bucket of ours, named by its digest.
//!
//! Must not know what runs, or who uses which digest.

use super::Functions;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use nameplate_functions::{CodeStore, Limits};
use std::path::PathBuf;

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

/// Digests are in Base64, which a path in a bucket had better not be.
fn key_of(sha256: &str) -> String {
    format!("{}.zip", hex::encode(sha256))
}
