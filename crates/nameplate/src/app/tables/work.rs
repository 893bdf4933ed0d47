//! What is done later, in steps that leave room for others: items that expire, indexes that are filled, and what
//! tables and indexes leave behind. Where it has come to is in the store, so that it goes on after a start.

use super::write::{expire, fill};
use super::{Known, Tables, table};
use crate::app::error::{Error, Result, log_failure};
use nameplate_dynamodb::key::{BEHIND_ALL, KeyBytes};
use nameplate_dynamodb::value::stored_item;
use nameplate_store::dynamodb::TaskRow;
use nameplate_store::{Notice, Tx};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often items are looked for that have expired.
const TICK: Duration = Duration::from_secs(2);
/// Rows of one step.
const STEP: usize = 100;

/// What goes over a whole table or index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    /// Items of a table that is gone are removed.
    RemoveItems = 1,
    /// Entries of an index that is gone are removed.
    RemoveEntries = 2,
    /// An index gets entries of items that were there before it.
    FillIndex = 3,
    /// It is noted when items expire that were there before their table said so.
    SetExpiry = 4,
}

impl Task {
    pub(super) fn add(self, tx: &mut Tx<'_>, subject: i64, index: i64) -> Result<()> {
        Ok(tx.insert_dynamodb_task(self as i64, subject, index)?)
    }

    fn of(row: &TaskRow) -> Option<Self> {
        [
            Self::RemoveItems,
            Self::RemoveEntries,
            Self::FillIndex,
            Self::SetExpiry,
        ]
        .into_iter()
        .find(|task| *task as i64 == row.kind)
    }
}

/// Starts the task. It ends when the tables are stopped or gone.
pub(super) fn start(tables: &Arc<Tables>) {
    let weak = Arc::downgrade(tables);
    tokio::spawn(async move {
        loop {
            let Some(tables) = weak.upgrade() else {
                return;
            };
            if tables.stopped.load(Ordering::Acquire) {
                return;
            }
            let more = tables.step().await.unwrap_or_else(|error| {
                log_failure!(error, error = ?error, "work on tables waits: {error:?}");
                false
            });
            if more {
                tokio::task::yield_now().await;
                continue;
            }
            let woken = tables.wake.notified();
            tables.kernel.time().at_most(TICK, woken).await;
        }
    });
}

impl Tables {
    /// Ends what is done later, until the next start.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.wake.notify_one();
        self.import_waits.notify_one();
    }

    /// Does one step of what is due. Whether there is more.
    ///
    /// # Errors
    /// Ours alone.
    pub(crate) async fn step(&self) -> Result<bool> {
        let now = self.kernel.now().0 / 1000;
        let (task, expired) = self
            .kernel
            .store
            .read(|conn| {
                let task = conn.dynamodb_task()?;
                Ok::<_, Error>((task, conn.dynamodb_expired(now, STEP)?))
            })
            .await?;
        let more = task.is_some() || expired.len() == STEP;
        if !expired.is_empty() {
            self.kernel
                .store
                .tx("expire-dynamodb-items", move |tx| {
                    for (table, key) in &expired {
                        let key = KeyBytes {
                            hash: key.0.clone(),
                            range: key.1.clone(),
                        };
                        match tx.dynamodb_table_of(*table)? {
                            Some(row) => expire(tx, &Known::of(&row)?, &key, now)?,
                            // What the table left is removed by its own task.
                            None => {
                                tx.expire_dynamodb_item(*table, (&key.hash, &key.range), None)?
                            }
                        }
                    }
                    Ok::<_, Error>(())
                })
                .await?;
        }
        if let Some(row) = task {
            self.kernel
                .store
                .tx("work-on-dynamodb-table", move |tx| advance(tx, &row))
                .await?;
        }
        Ok(more)
    }
}

/// Goes a step further with a task, and removes it at its end.
fn advance(tx: &mut Tx<'_>, row: &TaskRow) -> Result<()> {
    let done = match Task::of(row) {
        None => true,
        Some(Task::RemoveItems) => tx.purge_dynamodb_items(row.subject, STEP)? < STEP,
        Some(Task::RemoveEntries) => tx.purge_dynamodb_entries(row.subject, STEP)? < STEP,
        Some(task @ (Task::FillIndex | Task::SetExpiry)) => over_items(tx, row, task)?,
    };
    if done {
        tx.delete_dynamodb_task(row.key)?;
    }
    Ok(())
}

fn over_items(tx: &mut Tx<'_>, row: &TaskRow, task: Task) -> Result<bool> {
    let Some(kept) = tx.dynamodb_table_of(row.subject)? else {
        return Ok(true);
    };
    let known = Known::of(&kept)?;
    let index = known
        .table
        .indexes
        .iter()
        .find(|index| index.key == row.index);
    if task == Task::FillIndex && index.is_none() {
        return Ok(true);
    }
    let items = tx.dynamodb_scan(known.key, (&row.at.0, &row.at.1), BEHIND_ALL, STEP)?;
    for found in &items {
        let item = stored_item(&found.row.item).map_err(Error::internal)?;
        let key = (found.key.0.as_slice(), found.key.1.as_slice());
        match index {
            Some(index) if task == Task::FillIndex => fill(tx, &known.table, index, key, &item)?,
            _ => tx.expire_dynamodb_item(known.key, key, known.table.expiry(&item))?,
        }
    }
    if let Some(last) = items.last() {
        tx.advance_dynamodb_task(row.key, (&last.key.0, &last.key.1))?;
    }
    let done = items.len() < STEP;
    if done && let Some(index) = index {
        tx.update_dynamodb_table(known.key, &table::filled(&known.table, index.key)?)?;
        tx.notice(Notice::Tables);
    }
    Ok(done)
}
