//! How an import goes on: object by object, some records at a time.
//!
//! An object is read and unpacked by a thread that may block, at most some batches ahead of what is written.

use super::{Import, LOG_GROUP, Status};
use crate::app::error::{Error, Kind, Result, log_failure};
use crate::app::log_groups::LogGroups;
use crate::app::objects::{Item, Selection};
use crate::app::tables::table::{drop_table, made};
use crate::app::tables::write::{apply, check};
use crate::app::tables::{Known, Tables};
use bytes::Bytes;
use nameplate_dynamodb::import::{CsvRecords, JsonRecords, Record, Records};
use nameplate_dynamodb::request::{Fields, Write};
use nameplate_store::dynamodb_import::ImportRow;
use nameplate_store::{Notice, Tx};
use serde_json::{Map, Value, json};
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
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
    /// Bytes of the object up to here, unpacked.
    bytes: u64,
    /// Whether the object ends here.
    last: bool,
}

/// A batch that was written: where the import is, and lines about those of its records that are no items.
struct Written {
    import: Import,
    lines: Vec<String>,
}

/// Starts the task. It ends when the tables are stopped or gone.
pub(super) fn start(tables: &Arc<Tables>, logs: &Arc<LogGroups>) {
    let (weak, logs) = (Arc::downgrade(tables), Arc::clone(logs));
    tokio::spawn(async move {
        loop {
            let Some(tables) = weak.upgrade() else {
                return;
            };
            if tables.stopped.load(Ordering::Acquire) {
                return;
            }
            let more = tables
                .go_on_with_imports(&logs)
                .await
                .unwrap_or_else(|error| {
                    log_failure!(error, error = ?error, "an import of a table waits: {error:?}");
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
    /// Reads one object for the import that waits longest, or ends it. Whether there was one.
    async fn go_on_with_imports(&self, logs: &LogGroups) -> Result<bool> {
        let open =
            |conn: &nameplate_store::Conn<'_>| Ok::<_, Error>(conn.dynamodb_imports_open(1)?);
        let Some(row) = self.kernel.store.read(open).await?.pop() else {
            return Ok(false);
        };
        let import = Import::of(&row.document)?;
        let bucket = import.asked.bucket().to_owned();
        match self.next_object(&import, &bucket).await {
            Ok(Some(key)) => self.read_object(row, import, (&bucket, key), logs).await,
            Ok(None) => self.end(row, None).await,
            Err(error) if is_ours(&error) => Err(error),
            Err(_) => {
                let why = ("S3NoSuchBucket", "The specified bucket does not exist");
                self.end(row, Some(why)).await
            }
        }
    }

    /// The key of the object that is read next. What was written since the import was asked for is none: nobody has looked
    /// whether who asked may read it.
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
                Item::Object { key, info } => (info.modified.0 <= import.started).then_some(key),
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
            Ok((info, reading)) if info.modified.0 <= import.started => Some(reading),
            Err(error) if is_ours(&error) => return Err(error),
            // It has just been deleted, or is another by now.
            Ok(_) | Err(_) => None,
        };
        let (pieces, unread) = mpsc::channel::<std::io::Result<Bytes>>(2);
        let (batches, mut read) = mpsc::channel::<Batch>(2);
        let (records, packed) = (records_of(&import), import.asked.compression.clone());
        let skip = import.here;
        let unpacking = tokio::task::spawn_blocking(move || {
            let source = Pieces {
                unread,
                piece: Bytes::new(),
            };
            unpack(source, &packed, records, skip, &batches);
        });
        let feeding = async move {
            while let Some(reading) = &mut reading {
                match reading.next().await {
                    Ok(Some(piece)) => {
                        if pieces.send(Ok(piece)).await.is_err() {
                            break;
                        }
                    }
                    Ok(None) => break,
                    Err(error) => {
                        // What cannot be read now is read again; it is not the object's end.
                        let broken = std::io::Error::other("the object cannot be read");
                        drop(pieces.send(Err(broken)).await);
                        return Err(error);
                    }
                }
            }
            Ok(())
        };
        let writing = async {
            let mut goes_on = true;
            while let Some(batch) = read.recv().await {
                if self.stopped.load(Ordering::Acquire) {
                    break;
                }
                match self.write_batch_of(row.key, &import, batch, &key).await? {
                    Some(written) => {
                        self.log(&written, logs).await;
                        import = written.import;
                    }
                    // Another node goes on with it.
                    None => {
                        goes_on = false;
                        break;
                    }
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
                let known = Arc::new(Known::of(&kept)?);
                let mut lines = Vec::new();
                for (index, record) in (import.here..).zip(&batch.records) {
                    import.processed += 1;
                    match put(tx, &known, record) {
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
                import.bytes_here = batch.bytes;
                if batch.last {
                    import.bytes += import.bytes_here;
                    import.object.clone_from(&object);
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

fn put(tx: &mut Tx<'_>, known: &Arc<Known>, record: &Record) -> Result<()> {
    let item = record.clone().map_err(Error::invalid)?;
    let mut fields = Map::new();
    fields.insert("TableName".into(), Value::String(known.table.name.clone()));
    fields.insert("Item".into(), Value::Object(item));
    let write = Write::put(Fields(fields))?;
    let key = check(&known.table, &write)?;
    apply(tx, known, &key, &write, false)?;
    Ok(())
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
    Records::Csv(records)
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

/// Unpacks an object and sends its records but for the first `skip`, until nobody wants more. What cannot be unpacked is one
/// record that is none, and the object's end; unless it could not be read, when nothing is said of its end.
fn unpack(source: Pieces, packed: &str, mut records: Records, skip: u64, to: &mpsc::Sender<Batch>) {
    let mut source: Box<dyn Read> = match packed {
        "GZIP" => Box::new(flate2::read::MultiGzDecoder::new(source)),
        _ => Box::new(source),
    };
    let (mut piece, mut found) = (vec![0; PIECE], Vec::new());
    let (mut skip, mut bytes, mut since) = (usize::try_from(skip).unwrap_or(usize::MAX), 0, 0);
    loop {
        let last = match source.read(&mut piece) {
            Ok(0) => {
                records.end(&mut found);
                true
            }
            Ok(some) => {
                bytes += some as u64;
                since += some;
                records.feed(&piece[..some], &mut found);
                false
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == std::io::ErrorKind::Other => return,
            Err(_) => {
                found.push(Err("the object cannot be unpacked"));
                true
            }
        };
        let passed = skip.min(found.len());
        found.drain(..passed);
        skip -= passed;
        if last || found.len() >= BATCH || (since >= BATCH_BYTES && skip == 0) {
            since = 0;
            let batch = Batch {
                records: std::mem::take(&mut found),
                bytes,
                last,
            };
            if to.blocking_send(batch).is_err() || last {
                return;
            }
        }
    }
}
