//! How an import goes on: object by object, some records at a time.
//!
//! An object is read and unpacked by a thread that may block, at most some batches ahead of what is written.

use super::{Import, LOG_GROUP, OPEN, Status};
use crate::app::error::{Error, Kind, Result, log_failure};
use crate::app::log_groups::LogGroups;
use crate::app::objects::{Item, Selection};
use crate::app::tables::table::{drop_table, made};
use crate::app::tables::write::{check, put_all};
use crate::app::tables::{Known, Tables};
use bytes::Bytes;
use nameplate_dynamodb::import::{CsvRecords, JsonRecords, Record, Records};
use nameplate_dynamodb::key::KeyBytes;
use nameplate_dynamodb::request::{Fields, Write};
use nameplate_store::Notice;
use nameplate_store::dynamodb_import::ImportRow;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Objects that are listed at a time.
const PAGE: usize = 100;
/// How often imports are looked for that another node has left.
const TICK: Duration = Duration::from_secs(5);
/// Records that are written in one transaction.
const BATCH: usize = 100;
/// Records of an import that lines are written about. Developer guide: data import, error logs.
const LOGGED: u64 = 10_000;
/// Unpacked bytes that are read at a time.
const PIECE: usize = 16 * 1024;
/// Unpacked bytes after which a batch is written though it has fewer records.
const BATCH_BYTES: usize = 1024 * 1024;

/// Records of an object.
struct Batch {
    records: Vec<Record>,
    /// Bytes of the object up to here, unpacked; none where they were not read.
    bytes: Option<u64>,
    /// Whether the object ends here.
    last: bool,
}

/// A batch that was written: where the import is, and lines about those of its records that are no items.
struct Written {
    import: Import,
    lines: Vec<String>,
}

/// Until when imports rest that could not go on, by the store's keys.
type Rests = HashMap<i64, Instant>;

/// Starts the task. It ends when the tables are stopped or gone.
pub(super) fn start(tables: &Arc<Tables>, logs: &Arc<LogGroups>) {
    let (weak, logs) = (Arc::downgrade(tables), Arc::clone(logs));
    tokio::spawn(async move {
        let mut rests = Rests::new();
        loop {
            let Some(tables) = weak.upgrade() else {
                return;
            };
            if tables.stopped.load(Ordering::Acquire) {
                return;
            }
            let more = tables
                .go_on_with_imports(&logs, &mut rests)
                .await
                .unwrap_or_else(|error| {
                    log_failure!(error, error = ?error, "imports of tables wait: {error:?}");
                    false
                });
            if more {
                tokio::task::yield_now().await;
                continue;
            }
            let woken = tables.import_waits.notified();
            tables.kernel.time().at_most(TICK, woken).await;
        }
    });
}

impl Tables {
    /// Reads one object for each import that this server works on, or ends it: one that cannot go on keeps no other from it.
    /// Whether any went on.
    async fn go_on_with_imports(&self, logs: &LogGroups, rests: &mut Rests) -> Result<bool> {
        let open =
            |conn: &nameplate_store::Conn<'_>| Ok::<_, Error>(conn.dynamodb_imports_open(OPEN)?);
        let open = self.kernel.store.read(open).await?;
        rests.retain(|_, until| Instant::now() < *until);
        let mut more = false;
        for row in open {
            if rests.contains_key(&row.key) || self.stopped.load(Ordering::Acquire) {
                continue;
            }
            let key = row.key;
            match self.go_on_with(row, logs).await {
                Ok(went_on) => more |= went_on,
                Err(error) => {
                    log_failure!(error, error = ?error, "an import of a table waits: {error:?}");
                    rests.insert(key, Instant::now() + TICK);
                }
            }
        }
        Ok(more)
    }

    /// The same of one import, unless another server works on it.
    async fn go_on_with(&self, row: ImportRow, logs: &LogGroups) -> Result<bool> {
        let import = Import::of(&row.document)?;
        let lease = format!("table-import/{}", import.table);
        if !self.kernel.leads(&lease).await {
            return Ok(false);
        }
        let bucket = import.asked.bucket().to_owned();
        let failure = match self.next_object(&import, &bucket).await {
            Ok(_) if import.is_elsewhere(self.kernel.realm()) => {
                Some(("S3AccessDenied", "Access Denied"))
            }
            Ok(Some(key)) => return self.read_object(row, import, (&bucket, key), logs).await,
            Ok(None) => None,
            Err(error) if is_ours(&error) => return Err(error),
            Err(_) => Some(("S3NoSuchBucket", "The specified bucket does not exist")),
        };
        let ended = self.end(row, failure).await?;
        if let Err(error) = self.kernel.store.give_back(&lease).await {
            tracing::debug!("the lease of an import ends with the server: {error}");
        }
        Ok(ended)
    }

    /// The key of the object that is read next.
    async fn next_object(&self, import: &Import, bucket: &str) -> Result<Option<String>> {
        let mut selection = Selection {
            prefix: import.asked.prefix().to_owned(),
            delimiter: String::new(),
            after: import.object.clone(),
            limit: PAGE,
        };
        loop {
            let listed = self.objects.list_objects(bucket, &selection).await?;
            if let Some(last) = listed.items.last() {
                last.position().clone_into(&mut selection.after);
            }
            let key = listed.items.into_iter().find_map(|item| match item {
                Item::Object { key, info } => import.reads(info.modified).then_some(key),
                Item::CommonPrefix(_) => None,
            });
            if key.is_some() || !listed.more {
                return Ok(key);
            }
        }
    }

    async fn read_object(
        &self,
        row: ImportRow,
        mut import: Import,
        (bucket, key): (&str, String),
        logs: &LogGroups,
    ) -> Result<bool> {
        let mut reading = match self.objects.open_whole_object(bucket, &key).await {
            Ok((info, reading)) if import.reads(info.modified) => reading,
            Err(error) if waits(&error) => return Err(error),
            gone => {
                // It has just been deleted, or is another by now; or its body cannot be had.
                let broken = gone.err().filter(|error| error.kind == Kind::Internal);
                if let Some(error) = &broken {
                    log_unreadable(error);
                }
                let batch = Batch {
                    records: broken
                        .map(|_| Record::broken(UNREADABLE))
                        .into_iter()
                        .collect(),
                    bytes: None,
                    last: true,
                };
                return self
                    .write_and_log((row.key, &key), &mut import, batch, logs)
                    .await;
            }
        };
        let (pieces, unread) = mpsc::channel::<std::io::Result<Bytes>>(2);
        let (batches, mut read) = mpsc::channel::<Batch>(2);
        let (records, packed) = (records_of(&import), import.asked.compression.clone());
        let skip = match import.reading == key {
            true => import.here,
            false => 0,
        };
        let unpacking = tokio::task::spawn_blocking(move || {
            let source = Pieces {
                unread,
                piece: Bytes::new(),
            };
            unpack(source, &packed, records, skip, &batches);
        });
        let feeding = async move {
            loop {
                match reading.next().await {
                    Ok(Some(piece)) => {
                        if pieces.send(Ok(piece)).await.is_err() {
                            return Ok(());
                        }
                    }
                    Ok(None) => return Ok(()),
                    Err(error) if waits(&error) => {
                        // What cannot be read now is read again; it is not the object's end.
                        let broken = std::io::Error::other("the object cannot be read now");
                        drop(pieces.send(Err(broken)).await);
                        return Err(error);
                    }
                    Err(error) => {
                        log_unreadable(&error);
                        let broken = std::io::Error::new(std::io::ErrorKind::NotFound, UNREADABLE);
                        drop(pieces.send(Err(broken)).await);
                        return Ok(());
                    }
                }
            }
        };
        let writing = async {
            let mut goes_on = true;
            while let Some(batch) = read.recv().await {
                if self.stopped.load(Ordering::Acquire) {
                    break;
                }
                let of = (row.key, &*key);
                if !self.write_and_log(of, &mut import, batch, logs).await? {
                    goes_on = false;
                    break;
                }
            }
            drop(read);
            Ok::<_, Error>(goes_on)
        };
        let (fed, wrote) = tokio::join!(feeding, writing);
        unpacking.await.map_err(Error::internal)?;
        fed?;
        wrote
    }

    /// Writes a batch of an import, by the store's key, from an object. Whether it was to be written: another node may have gone
    /// on with the import.
    async fn write_and_log(
        &self,
        (key, object): (i64, &str),
        import: &mut Import,
        batch: Batch,
        logs: &LogGroups,
    ) -> Result<bool> {
        let Some(written) = self.write_batch_of(key, import, batch, object).await? else {
            return Ok(false);
        };
        self.log(&written, logs).await;
        *import = written.import;
        Ok(true)
    }

    /// Puts records as items, and notes it; `None` where the import is not where it was.
    async fn write_batch_of(
        &self,
        key: i64,
        before: &Import,
        batch: Batch,
        object: &str,
    ) -> Result<Option<Written>> {
        let (before, object) = (before.clone(), object.to_owned());
        self.kernel
            .store
            .tx("import-dynamodb-items", move |tx| {
                let Some(row) = tx.dynamodb_import(&before.arn)?.filter(|row| row.is_open) else {
                    return Ok(None);
                };
                let mut import = Import::of(&row.document)?;
                if import.position() != before.position() {
                    return Ok(None);
                }
                let Some(kept) = tx.dynamodb_table_of(import.table_key)? else {
                    return Ok(None);
                };
                let known = Known::of(&kept)?;
                let mut lines = Vec::new();
                import.begin(&object);
                let writes = batch.records.iter().map(|record| write_of(&known, record));
                let outcomes = put_all(tx, &known, writes.collect())?;
                for (index, outcome) in (import.here..).zip(outcomes) {
                    import.processed += 1;
                    match outcome {
                        Ok(()) => import.imported += 1,
                        Err(error) if is_ours(&error) => return Err(error),
                        Err(error) => {
                            import.errors += 1;
                            if import.errors <= LOGGED {
                                lines.push(line(&import, (&object, index), &error.message));
                            }
                        }
                    }
                }
                import.here += batch.records.len() as u64;
                import.bytes_here = batch.bytes.unwrap_or(import.bytes_here);
                if batch.last {
                    import.bytes += import.bytes_here;
                    import.object.clone_from(&object);
                    import.reading.clear();
                    (import.here, import.bytes_here) = (0, 0);
                }
                tx.update_dynamodb_import(key, true, &import.text()?)?;
                Ok(Some(Written { import, lines }))
            })
            .await
    }

    /// Writes the lines about records that are no items. An import does not wait for a log that cannot be written.
    async fn log(&self, written: &Written, logs: &LogGroups) {
        if written.lines.is_empty() {
            return;
        }
        let now = self.kernel.now().0;
        let lines = written.lines.iter().map(|line| (now, line.clone()));
        let of = (written.import.arn.as_str(), "error");
        if let Err(error) = logs.deliver(LOG_GROUP, of, lines.collect()).await {
            log_failure!(
                error,
                "lines about an import could not be written: {error:?}"
            );
        }
    }

    /// Ends an import. Without its bucket there is no table; where items are amiss there is one without them.
    async fn end(
        &self,
        row: ImportRow,
        failure: Option<(&'static str, &'static str)>,
    ) -> Result<bool> {
        let now = self.kernel.now().0;
        let realm = self.kernel.realm().clone();
        self.kernel
            .store
            .tx("end-dynamodb-import", move |tx| {
                let before = Import::of(&row.document)?;
                let Some(kept) = tx.dynamodb_import(&before.arn)?.filter(|row| row.is_open) else {
                    return Ok(true);
                };
                let mut import = Import::of(&kept.document)?;
                if import.position() != before.position() {
                    return Ok(true);
                }
                let amiss = (import.errors > 0).then_some((
                    "ItemValidationError",
                    "Some of the items failed validation checks. Please check CloudWatch error logs for more details.",
                ));
                import.failure = failure
                    .or(amiss)
                    .map(|(code, why)| (code.to_owned(), why.to_owned()));
                import.status = match import.failure {
                    Some(_) => Status::Failed,
                    None => Status::Completed,
                };
                import.ended = Some(now);
                if let Some(table) = tx.dynamodb_table_of(import.table_key)? {
                    let known = Known::of(&table)?;
                    match failure.is_some() && import.imported == 0 {
                        true => drop_table(tx, &known, &realm.table(&known.table.name))?,
                        false => tx.update_dynamodb_table(known.key, &made(&known.table)?)?,
                    }
                    tx.notice(Notice::Tables);
                }
                tx.update_dynamodb_import(kept.key, false, &import.text()?)?;
                Ok(true)
            })
            .await
    }
}

/// The line about a record, the n-th of its object from 0, that is no item.
fn line(import: &Import, (object, index): (&str, u64), why: &str) -> String {
    let bucket = import.asked.bucket();
    json!({
        "itemS3Pointer": {"bucket": bucket, "key": object, "itemIndex": index},
        "importArn": import.arn,
        "errorMessages": [why],
    })
    .to_string()
}

/// Whether it says nothing of what is imported: the store is away, or we are at fault.
fn is_ours(error: &Error) -> bool {
    matches!(error.kind, Kind::Internal | Kind::Unavailable)
}

/// Whether a body that cannot be read may be read later.
fn waits(error: &Error) -> bool {
    error.kind == Kind::Unavailable || error.is_of_the_end()
}

/// What is told of an object whose body cannot be read, now or later.
const UNREADABLE: &str = "the object cannot be read";

fn log_unreadable(error: &Error) {
    tracing::error!(error = ?error, "an object of an import cannot be read: {error:?}");
}

/// The write of a record, and where its item lies.
///
/// # Errors
/// It is no item of the table.
fn write_of(known: &Known, record: &Record) -> Result<(KeyBytes, Write)> {
    let item = record.item.clone().map_err(Error::invalid)?;
    let mut fields = Map::new();
    fields.insert("TableName".into(), Value::String(known.table.name.clone()));
    fields.insert("Item".into(), Value::Object(item));
    let write = Write::put(Fields(fields))?;
    Ok((check(&known.table, &write)?, write))
}

fn records_of(import: &Import) -> Records {
    if import.asked.format != "CSV" {
        return Records::Json(JsonRecords::default());
    }
    let csv = import.asked.options.as_ref().map(|options| &options["Csv"]);
    let delimiter = csv.and_then(|csv| csv["Delimiter"].as_str()?.bytes().next());
    let names = csv.and_then(|csv| {
        let names = csv["HeaderList"].as_array()?.iter();
        Some(names.filter_map(Value::as_str).map(str::to_owned).collect())
    });
    let keys = import.asked.creation.get("AttributeDefinitions");
    let keys = keys.and_then(|keys| nameplate_dynamodb::table::key_attributes(keys).ok());
    let records = CsvRecords::new(delimiter.unwrap_or(b','), names, keys.unwrap_or_default());
    Records::Csv(Box::new(records))
}

/// What comes over a channel, as a file.
struct Pieces {
    unread: mpsc::Receiver<std::io::Result<Bytes>>,
    piece: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.piece.is_empty() {
            match self.unread.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let some = self.piece.len().min(into.len());
        into[..some].copy_from_slice(&self.piece.split_to(some));
        Ok(some)
    }
}

/// Records that make up a batch.
struct Batches<'a> {
    found: Vec<Record>,
    /// Records that are not sent: they were before.
    skip: u64,
    /// What the records take, and what was read for them.
    held: usize,
    /// Bytes of the object up to here.
    bytes: u64,
    to: &'a mpsc::Sender<Batch>,
}

impl Batches<'_> {
    /// Whether anybody wants more.
    fn add(&mut self, record: Option<Record>, taken: usize) -> bool {
        self.bytes += taken as u64;
        self.held += taken;
        if let Some(record) = record {
            if self.skip > 0 {
                self.skip -= 1;
            } else {
                self.held += record.bytes;
                self.found.push(record);
            }
        }
        let is_full = self.found.len() >= BATCH || (self.held >= BATCH_BYTES && self.skip == 0);
        !is_full || self.send(false)
    }

    fn send(&mut self, last: bool) -> bool {
        self.held = 0;
        let batch = Batch {
            records: std::mem::take(&mut self.found),
            bytes: Some(self.bytes),
            last,
        };
        self.to.blocking_send(batch).is_ok()
    }
}

/// Unpacks an object and sends its records but for the first `skip`, until nobody wants more. What cannot be unpacked is one
/// record that is none, and the object's end; unless it could not be read, when nothing is said of its end.
fn unpack(source: Pieces, packed: &str, mut records: Records, skip: u64, to: &mpsc::Sender<Batch>) {
    let mut source: Box<dyn Read> = match packed {
        "GZIP" => Box::new(flate2::read::MultiGzDecoder::new(source)),
        _ => Box::new(source),
    };
    let mut batches = Batches {
        found: Vec::new(),
        skip,
        held: 0,
        bytes: 0,
        to,
    };
    let mut piece = vec![0; PIECE];
    let last = loop {
        let mut unread = match source.read(&mut piece) {
            Ok(0) => break records.end(),
            Ok(some) => &piece[..some],
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == std::io::ErrorKind::Other => return,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                break Some(Record::broken(UNREADABLE));
            }
            Err(_) => break Some(Record::broken("the object cannot be unpacked")),
        };
        while !unread.is_empty() {
            let (taken, record) = records.take(unread);
            unread = &unread[taken..];
            if !batches.add(record, taken) {
                return;
            }
        }
    };
    if batches.add(last, 0) {
        batches.send(true);
    }
}
