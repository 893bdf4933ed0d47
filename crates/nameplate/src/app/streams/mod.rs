//! Streams: files of S3 that devices read in blocks over MQTT, as a role that the stream names. AWS guide:
//! mqtt-based-file-delivery.
//!
//! Requests, blocks and answers are `core::stream`'s. Must not know: connections; whom an answer reaches is `Ingress`'s.

mod device;
#[cfg(test)]
mod tests;

pub use nameplate_store::StreamRow;

use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::iam::Iam;
use crate::app::kernel::Kernel;
use crate::app::objects::Objects;
use crate::app::registry::tag::{self, Tag};
use nameplate_core::stream::FILES;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A file of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamFile {
    /// Its number, 0 to 255.
    pub id: i64,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
}

/// A stream to create, or what of it changes.
#[derive(Debug, Clone, Default)]
pub struct StreamChange {
    /// Its description.
    pub description: Option<String>,
    /// Its files.
    pub files: Option<Vec<StreamFile>>,
    /// ARN of the role that reads them.
    pub role_arn: Option<String>,
}

/// The use cases of streams.
pub struct Streams {
    kernel: Arc<Kernel>,
    iam: Arc<Iam>,
    objects: Arc<Objects>,
}

fn unknown(id: &str) -> Error {
    Error::not_found(format!("Stream {id} cannot be found."))
}

/// Files as they are kept.
fn written(files: &[StreamFile]) -> Result<String> {
    serde_json::to_string(files).map_err(Error::internal)
}

/// The files of a stream.
pub fn files_of(row: &StreamRow) -> Result<Vec<StreamFile>> {
    serde_json::from_str(&row.files).map_err(Error::internal)
}

fn check(files: &[StreamFile]) -> Result<()> {
    if files.is_empty() || files.len() > FILES {
        return Err(Error::invalid(format!(
            "A stream has 1 to {FILES} files, and these are {}",
            files.len()
        )));
    }
    for (at, file) in files.iter().enumerate() {
        if files.iter().take(at).any(|other| other.id == file.id) {
            return Err(Error::invalid(format!(
                "Two files of the stream have the fileId {}",
                file.id
            )));
        }
    }
    Ok(())
}

impl Streams {
    pub(crate) fn new(kernel: Arc<Kernel>, iam: Arc<Iam>, objects: Arc<Objects>) -> Self {
        Self {
            kernel,
            iam,
            objects,
        }
    }

    fn arn(&self, id: &str) -> String {
        self.kernel.realm().iot(format_args!("stream/{id}"))
    }

    /// Creates a stream; its version, which is 1.
    pub async fn create_stream(
        &self,
        caller: &Caller,
        id: &str,
        change: StreamChange,
        tags: Vec<Tag>,
    ) -> Result<StreamRow> {
        tag::check(&tags)?;
        let files = change.files.unwrap_or_default();
        check(&files)?;
        let role = change.role_arn.unwrap_or_default();
        let arn = self.arn(id);
        self.iam.pass_role(caller, &role, &arn).await?;
        let now = caller.ctx.now;
        let row = StreamRow {
            key: 0,
            name: id.to_owned(),
            version: 1,
            description: change.description,
            files: written(&files)?,
            role_arn: role,
            created: now,
            modified: now,
        };
        self.kernel
            .change(caller, "create-stream", move |tx| {
                if tx.stream(&row.name)?.is_some() {
                    return Err(Error::new(
                        Kind::Exists {
                            id: Some(row.name.clone()),
                            arn: Some(arn.clone()),
                        },
                        format!("Stream {} already exists.", row.name),
                    ));
                }
                tx.insert_stream(&row)?;
                tx.put_tags(&arn, &tags)?;
                Ok(row.clone())
            })
            .await
    }

    /// The stream of this id.
    pub async fn stream(&self, id: &str) -> Result<StreamRow> {
        self.kernel
            .store
            .read(|conn| conn.stream(id)?.ok_or_else(|| unknown(id)))
            .await
    }

    /// Streams beyond the key `from`, in the order they were created or against it.
    pub async fn streams(
        &self,
        ascending: bool,
        from: Option<i64>,
        limit: usize,
    ) -> Result<Vec<StreamRow>> {
        let from = from.unwrap_or(if ascending { 0 } else { i64::MAX });
        self.kernel
            .store
            .read(|conn| Ok(conn.streams(ascending, from, limit)?))
            .await
    }

    /// Changes what is given; the stream, with its next version.
    pub async fn update_stream(
        &self,
        caller: &Caller,
        id: &str,
        change: StreamChange,
    ) -> Result<StreamRow> {
        /// The largest version. API: `StreamVersion`.
        const VERSIONS: i64 = 65_535;
        if let Some(role) = &change.role_arn {
            self.iam.pass_role(caller, role, &self.arn(id)).await?;
        }
        if let Some(files) = &change.files {
            check(files)?;
        }
        let (id, now) = (id.to_owned(), caller.ctx.now);
        self.kernel
            .change(caller, "update-stream", move |tx| {
                let mut row = tx.stream(&id)?.ok_or_else(|| unknown(&id))?;
                if row.version >= VERSIONS {
                    let text = format!("A stream has at most {VERSIONS} versions");
                    return Err(Error::new(Kind::Limit, text));
                }
                row.version += 1;
                row.modified = now;
                if let Some(files) = &change.files {
                    row.files = written(files)?;
                }
                if let Some(role) = &change.role_arn {
                    row.role_arn.clone_from(role);
                }
                if change.description.is_some() {
                    row.description.clone_from(&change.description);
                }
                tx.update_stream(&row)?;
                Ok(row)
            })
            .await
    }

    /// Deletes a stream. Its files stay.
    pub async fn delete_stream(&self, caller: &Caller, id: &str) -> Result<()> {
        let (id, arn) = (id.to_owned(), self.arn(id));
        self.kernel
            .change(caller, "delete-stream", move |tx| {
                let row = tx.stream(&id)?.ok_or_else(|| unknown(&id))?;
                tx.delete_stream(row.key)?;
                Ok(tx.delete_all_tags(&arn)?)
            })
            .await
    }
}
