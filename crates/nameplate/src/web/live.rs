//! What connections come to, as it happens: server-sent events for any number of open pages.
//!
//! One task reads the newest records twice a second while anybody looks, whoever looks gets the rows of what is new, and
//! what is too much for a person to read is left out and said so. No connection of a device waits for any of it.

use super::pages::connections::{Shown, row};
use super::text::{self, Text};
use crate::app::App;
use crate::app::admission::explain::{Record, Which};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

/// How often is looked.
const EVERY: Duration = Duration::from_millis(500);
/// Records that are shown at a time.
const MOST: usize = 20;
/// How often those who look hear that the stream is alive, and whether their log-in still is.
pub const BEAT: Duration = Duration::from_secs(15);
/// What ended so much before a stream began is sent again, milliseconds: a page knows by its number what it has.
const OVERLAP: i64 = 1000;
/// Pages that may look at a time.
const PAGES: usize = 256;
/// Batches that a slow reader may be behind.
const BEHIND: usize = 16;

/// Those who look.
pub struct Live {
    app: Arc<App>,
    sender: broadcast::Sender<Arc<Batch>>,
    runs: Mutex<bool>,
    places: Arc<Semaphore>,
}

/// What is new.
pub struct Batch {
    // For each language and choice of records, the events as they are sent.
    events: Vec<(&'static str, Shown, Bytes)>,
}

impl Live {
    /// Nobody looks yet.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self {
            app,
            sender: broadcast::channel(BEHIND).0,
            runs: Mutex::new(false),
            places: Arc::new(Semaphore::new(PAGES)),
        })
    }

    /// The events for one page, those of `first` before the others; `None` where too many look already. `still` is
    /// asked every so often whether the page may go on.
    pub fn events(
        self: &Arc<Self>,
        t: &'static Text,
        shown: Shown,
        first: &[Value],
        still: Still,
    ) -> Option<BoxStream<'static, Bytes>> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let receiver = self.sender.subscribe();
        let mut runs = self.runs.lock();
        if !*runs {
            *runs = true;
            tokio::spawn(watch(Arc::clone(self)));
        }
        drop(runs);
        let state = (receiver, place, still);
        let later = futures_util::stream::unfold(state, move |state| next(state, t.lang, shown));
        let first = format!("retry: 3000\n\n{}", rows(t, shown, first));
        let first = futures_util::stream::once(std::future::ready(Bytes::from(first)));
        Some(first.chain(later).boxed())
    }
}

/// Whether a page may go on.
pub type Still = Box<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

type Reader = (broadcast::Receiver<Arc<Batch>>, OwnedSemaphorePermit, Still);

/// The next bytes for a page; `None` where it may not go on.
async fn next(mut state: Reader, lang: &'static str, shown: Shown) -> Option<(Bytes, Reader)> {
    loop {
        match tokio::time::timeout(BEAT, state.0.recv()).await {
            Err(_) => {
                return match (state.2)().await {
                    true => Some((Bytes::from_static(b": still here\n\n"), state)),
                    false => None,
                };
            }
            Ok(Ok(batch)) => {
                let mut events = batch.events.iter();
                let its = events.find(|(of, which, _)| *of == lang && *which == shown);
                if let Some((_, _, bytes)) = its {
                    return Some((bytes.clone(), state));
                }
            }
            Ok(Err(broadcast::error::RecvError::Lagged(_))) => {}
            Ok(Err(broadcast::error::RecvError::Closed)) => return None,
        }
    }
}

/// Looks until nobody else does.
async fn watch(live: Arc<Live>) {
    let mut seen: Option<HashSet<i64>> = None;
    let began = live.app.now().0 - OVERLAP;
    loop {
        tokio::time::sleep(EVERY).await;
        {
            let mut runs = live.runs.lock();
            if live.sender.receiver_count() == 0 {
                *runs = false;
                return;
            }
        }
        let Ok(records) = live
            .app
            .admission
            .recent_attempts(Which::All, None, 2 * MOST)
            .await
        else {
            continue;
        };
        let now: HashSet<i64> = records.iter().map(|record| record.sequence).collect();
        let before = seen.replace(now);
        let fresh: Vec<Value> = records
            .iter()
            .filter(|record| {
                let before = before.as_ref();
                before.is_none_or(|before| !before.contains(&record.sequence))
            })
            .filter_map(value)
            // What was there before anybody looked is on their pages already.
            .filter(|value| before.is_some() || since(value, began))
            .collect();
        if fresh.is_empty() {
            continue;
        }
        let more = fresh.len() == records.len();
        let _ = live.sender.send(Arc::new(batch(&fresh, more)));
    }
}

fn value(record: &Record) -> Option<Value> {
    let mut value: Value = serde_json::from_str(&record.text).ok()?;
    value["sequence"] = record.sequence.into();
    Some(value)
}

/// Whether a record is of an attempt that ended at this time or later.
pub fn since(record: &Value, at: i64) -> bool {
    record["endedAt"].as_i64().is_some_and(|ended| ended >= at)
}

fn batch(fresh: &[Value], more: bool) -> Batch {
    let mut events = Vec::new();
    for t in text::ALL {
        for shown in Shown::ALL {
            let rows = rows(t, *shown, fresh);
            let more = match more {
                true => "event: more\ndata: more\n\n",
                false => "",
            };
            if !rows.is_empty() || !more.is_empty() {
                events.push((t.lang, *shown, Bytes::from(format!("{rows}{more}"))));
            }
        }
    }
    Batch { events }
}

/// The event of these rows; nothing where none of them is shown.
fn rows(t: &'static Text, shown: Shown, records: &[Value]) -> String {
    let rows: String = records
        .iter()
        .filter(|record| shown.has(record))
        .take(MOST)
        .map(|record| {
            format!(
                "data: {}\n",
                row(t, record).to_string().replace(['\n', '\r'], " ")
            )
        })
        .collect();
    match rows.is_empty() {
        true => rows,
        false => format!("event: rows\n{rows}\n"),
    }
}
