//! Tables that are made of files in S3: asked for, told of, and worked on. API reference: ImportTable.
//!
//! How far an import has come is in the store beside the items that it has put, in the same transactions, so that it goes on
//! after a start where it was, and two nodes that work on one do nothing twice. What a record is, is
//! [`nameplate_dynamodb::import`]'s business.

mod work;

use super::refusal::Refusal;
use super::table::insert;
use super::{Known, Tables};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::ids;
use crate::app::log_groups::LogGroups;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Millis;
use nameplate_dynamodb::request::Fields;
use nameplate_dynamodb::table::NewTable;
use nameplate_store::Notice;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Imports that may be under way at once. Developer guide: import quotas.
const OPEN: usize = 50;
/// How long imports are told of. API reference: ListImports.
const KEPT_MILLIS: i64 = 90 * 24 * 3600 * 1000;
/// How long a token stands for its request. API reference: ImportTable.
const TOKEN_MILLIS: i64 = 8 * 3600 * 1000;

/// Where lines about records go that are no items. Developer guide: data import, error logs.
pub const LOG_GROUP: &str = "/aws-dynamodb/imports";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// `S3BucketSource`, as it was given.
    pub source: Map<String, Value>,
    /// `InputFormat`
    pub format: String,
    /// `InputFormatOptions`, as it was given.
    pub options: Option<Value>,
    /// `InputCompressionType`
    pub compression: String,
    /// `TableCreationParameters`, as it was given.
    pub creation: Map<String, Value>,
}

impl Asked {
    /// The bucket that is read.
    pub fn bucket(&self) -> &str {
        self.source["S3Bucket"].as_str().unwrap_or_default()
    }

    /// How the keys begin that are read.
    pub fn prefix(&self) -> &str {
        let prefix = self.source.get("S3KeyPrefix").and_then(Value::as_str);
        prefix.unwrap_or_default()
    }
}

/// Where an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// `IN_PROGRESS`
    #[serde(rename = "IN_PROGRESS")]
    InProgress,
    /// `COMPLETED`
    #[serde(rename = "COMPLETED")]
    Completed,
    /// `FAILED`
    #[serde(rename = "FAILED")]
    Failed,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// Its ARN.
    pub arn: String,
    /// `ClientToken`
    pub token: String,
    /// The table's name.
    pub table: String,
    /// `TableId`
    pub table_id: String,
    /// The store's key of the table.
    table_key: i64,
    /// What is asked.
    pub asked: Asked,
    /// Where it is.
    pub status: Status,
    /// When it was asked for, milliseconds since the epoch.
    pub started: i64,
    /// When the newest of its objects was written, by the clock of the node that it came to.
    #[serde(default)]
    newest: i64,
    /// When it ended.
    pub ended: Option<i64>,
    /// `FailureCode` and `FailureMessage`
    pub failure: Option<(String, String)>,
    /// Records that were read.
    pub processed: u64,
    /// Records that are items of the table now.
    pub imported: u64,
    /// Records that are not.
    pub errors: u64,
    /// Bytes that were read, unpacked, of objects that are done.
    bytes: u64,
    /// The last object that is done.
    object: String,
    /// The one that is read.
    #[serde(default)]
    reading: String,
    /// Of that, records that are done.
    here: u64,
    /// The same in bytes.
    bytes_here: u64,
}

impl Import {
    /// Bytes that were read, unpacked.
    pub fn processed_bytes(&self) -> u64 {
        self.bytes + self.bytes_here
    }

    /// Up to where it has come.
    fn position(&self) -> (&str, &str, u64) {
        (&self.object, &self.reading, self.here)
    }

    /// Whether it reads what was written then: nobody has looked whether who asked may read what came later. By the clock of
    /// one node it may be later than by that of another.
    fn reads(&self, modified: Millis) -> bool {
        modified.0 <= self.started.max(self.newest)
    }

    /// Begins with an object, unless it has begun. One of which some was read and that is no more is as good as done.
    fn begin(&mut self, object: &str) {
        if self.reading != object {
            self.bytes += self.bytes_here;
            (self.here, self.bytes_here) = (0, 0);
            object.clone_into(&mut self.reading);
        }
    }

    /// Whether the bucket is somebody else's, as it was asked for.
    fn is_elsewhere(&self, realm: &Realm) -> bool {
        let owner = self.asked.source.get("S3BucketOwner");
        owner.is_some_and(|owner| *owner != *realm.account)
    }

    fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    fn of(document: &str) -> Result<Self> {
        serde_json::from_str(document).map_err(Error::internal)
    }
}

impl Tables {
    /// Begins to work on imports, and tells these log groups of records that are no items.
    pub(crate) fn start_imports(self: &Arc<Self>, logs: &Arc<LogGroups>) {
        work::start(self, logs);
    }

    /// Begins to make a table of files, the `newest` of which was written then.
    ///
    /// # Errors
    /// There is a table of this name, it cannot be so, or the token stands for another request.
    pub async fn import_table(
        &self,
        caller: &Caller,
        (asked, newest): (Asked, Millis),
        token: Option<String>,
    ) -> Result<Import> {
        // Tags and policies are no part of what is asked, and their rights were not looked at.
        let new = NewTable {
            tags: Vec::new(),
            policy: None,
            protected: false,
            ..NewTable::read(Fields(asked.creation.clone()))?
        };
        let now = caller.ctx.now.0;
        let (id, tag) = (ids::uuid(), ids::uuid());
        let token = token.unwrap_or_else(ids::uuid);
        let table_arn = self.kernel.realm().table(&new.name);
        let arn = format!("{table_arn}/import/{now:014}-{}", &tag[..8]);
        let begun = self
            .kernel
            .change(caller, "import-dynamodb-table", move |tx| {
                if let Some(row) = tx.dynamodb_import_by_token(&token)? {
                    let before = Import::of(&row.document)?;
                    if now - before.started < TOKEN_MILLIS {
                        return match before.asked == asked {
                            true => Ok(before),
                            false => Err(Refusal::ImportConflict.because(
                                "The import was asked for with a client token that stands for another request",
                            )),
                        };
                    }
                }
                if tx.dynamodb_imports_open(OPEN)?.len() >= OPEN {
                    return Err(Error::new(
                        Kind::Limit,
                        format!("Subscriber limit exceeded: There is a limit of {OPEN} imports at once"),
                    ));
                }
                let made = insert(tx, new.clone(), &table_arn, (now, id.as_str()), true)?;
                let import = Import {
                    arn: arn.clone(),
                    token: token.clone(),
                    table: made.1.name,
                    table_id: made.1.id,
                    table_key: made.0,
                    asked: asked.clone(),
                    status: Status::InProgress,
                    started: now,
                    newest: newest.0,
                    ended: None,
                    failure: None,
                    processed: 0,
                    imported: 0,
                    errors: 0,
                    bytes: 0,
                    object: String::new(),
                    reading: String::new(),
                    here: 0,
                    bytes_here: 0,
                };
                let of = (import.arn.as_str(), import.token.as_str());
                tx.insert_dynamodb_import(of, now, &import.text()?, now - KEPT_MILLIS)?;
                tx.notice(Notice::Tables);
                Ok(import)
            })
            .await?;
        self.import_waits.notify_one();
        Ok(begun)
    }

    /// An import.
    ///
    /// # Errors
    /// There is none.
    pub async fn import(&self, arn: &str) -> Result<Import> {
        let row = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.dynamodb_import(arn)?))
            .await?;
        match row {
            Some(row) => Import::of(&row.document),
            None => Err(Refusal::NoImport.because(format!("Import not found: {arn}"))),
        }
    }

    /// Imports of the last 90 days from before a place in the list, the last first, of one table or of all; and the place that
    /// a next page begins at, where there are more.
    ///
    /// # Errors
    /// Ours alone.
    pub async fn imports(
        &self,
        table: Option<&str>,
        before: i64,
        limit: usize,
    ) -> Result<(Vec<Import>, Option<i64>)> {
        let since = self.kernel.now().0 - KEPT_MILLIS;
        self.kernel
            .store
            .read(|conn| {
                let (mut found, mut at) = (Vec::new(), before);
                loop {
                    let rows = conn.dynamodb_imports(at, 100)?;
                    for row in &rows {
                        let import = Import::of(&row.document)?;
                        let of_table = table
                            .is_none_or(|arn| import.arn.starts_with(&format!("{arn}/import/")));
                        if of_table && import.started >= since {
                            if found.len() == limit {
                                return Ok((found, Some(at)));
                            }
                            found.push(import);
                        }
                        at = row.key;
                    }
                    if rows.len() < 100 {
                        return Ok((found, None));
                    }
                }
            })
            .await
    }
}

impl Known {
    /// Refuses where the table is still being made of files.
    pub(super) fn is_made(&self) -> Result<()> {
        match self.table.importing {
            true => Err(Refusal::InUse.because(format!(
                "Attempt to change a resource which is still in use: Table is being created: {}",
                self.table.name
            ))),
            false => Ok(()),
        }
    }
}
