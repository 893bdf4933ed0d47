//! What of sessions is to be written down, in the order it happened, gathered for one commit after another.
//!
//! Publishers and connections leave entries here and go on; whoever must not answer before an entry is on disk keeps its
//! [`Ticket`] and waits for that. Somebody else (`app/messaging/sessions.rs`) takes what has gathered, makes it durable and
//! says so. While one commit is under way the next one gathers, so that a commit costs the same for one message as for
//! hundreds. Must not know the store.

use super::session::{Session, SessionRecord};
use super::{Message, stored};
use nameplate_core::ctx::Millis;
use nameplate_mqtt::packet::SubscribeOptions;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How long a batch is held back at most, to be as large as the one before it.
const GATHER: Duration = Duration::from_millis(1);
/// Entries beyond which no batch is held back.
const ENOUGH: usize = 1024;
/// How long entries may wait that nobody waits for.
const LAZILY: Duration = Duration::from_millis(500);
/// Bits of a key that one start of a node numbers: at a million rows a second they last twelve days, at what sessions write
/// for years.
const KEY_BITS: u32 = 40;
/// Messages of one session go into one row up to this size.
const ROW_BYTES: usize = 256 * 1024;

/// What is to happen before somebody may be told that something was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket {
    /// The batch that an entry will be written with.
    batch: u64,
    /// Number of the message that other nodes are to keep; 0 where none is.
    elsewhere: u64,
}

impl Ticket {
    fn of(batch: u64) -> Self {
        let elsewhere = 0;
        Self { batch, elsewhere }
    }

    /// For a message that other nodes are to keep, by [`Journal::begin_elsewhere`]'s number.
    pub fn elsewhere(number: u64) -> Self {
        let elsewhere = number;
        Self {
            batch: 0,
            elsewhere,
        }
    }

    /// Whether other nodes are to keep it.
    pub fn is_elsewhere(&self) -> bool {
        self.elsewhere != 0
    }

    /// What this node keeps of a message and what others do.
    #[must_use]
    pub fn and(here: Option<Self>, elsewhere: Option<Self>) -> Option<Self> {
        match (here, elsewhere) {
            (Some(here), Some(there)) => Some(Self {
                batch: here.batch,
                elsewhere: there.elsewhere,
            }),
            (here, there) => here.or(there),
        }
    }
}

/// Something to write down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// A session as it is now.
    Session(SessionRecord),
    /// A session is over, unless it has gone to another node since this epoch.
    EndSession {
        /// Its key.
        key: i64,
        /// Its epoch.
        epoch: i64,
    },
    /// A session subscribes.
    Subscription {
        /// Key of the session.
        session: i64,
        /// The filter as sent.
        filter: Box<str>,
        /// What was granted.
        options: SubscribeOptions,
    },
    /// A session unsubscribes.
    Unsubscription {
        /// Key of the session.
        session: i64,
        /// The filter as sent.
        filter: Box<str>,
    },
    /// Messages for a session, encoded as [`stored`] says.
    Chunk {
        /// Key of the row.
        key: i64,
        /// Key of the session.
        session: i64,
        /// Its epoch: rows are in the order of epochs, and then of keys.
        epoch: i64,
        /// How many there are.
        messages: usize,
        /// Bit n: the n-th is done with already.
        acknowledged: u64,
        /// The messages.
        content: Vec<u8>,
    },
    /// Which messages of a row are done with.
    Mark {
        /// Key of the row.
        key: i64,
        /// Bit n: the n-th is.
        acknowledged: u64,
    },
    /// All messages of a row are done with.
    Forget(i64),
    /// The will of a connection.
    Will(Box<WillRecord>),
    /// When a will is to be published.
    WillDue {
        /// Its key.
        key: i64,
        /// Then.
        due: Millis,
    },
    /// The will of this key was published, or is not to be.
    ForgetWill(i64),
}

/// A will as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WillRecord {
    /// Key of its row.
    pub key: i64,
    /// Client id of the connection.
    pub client_id: Arc<str>,
    /// Who connected.
    pub principal: Arc<str>,
    /// Where from.
    pub source_ip: Option<IpAddr>,
    /// Key of the session that outlives the connection.
    pub session: Option<i64>,
    /// Will Delay Interval, seconds.
    pub delay_seconds: u32,
    /// When it is to be published; `None` while the connection is open.
    pub due: Option<Millis>,
    /// The message, encoded as [`stored`] says; its expiry has not begun.
    pub content: Vec<u8>,
}

/// A message for a session, and the RETAIN flag that it is sent with.
pub(super) type ForSession = (Arc<Message>, bool);

#[derive(Debug)]
pub(super) enum Entry {
    /// The session's own row is another.
    State(Arc<Session>),
    /// The session is over; nothing is written for it from here on.
    End(Arc<Session>),
    /// With the RETAIN flag that it is sent with.
    Message(Arc<Session>, Arc<Message>, bool),
    Write(Write),
}

/// Entries that are to be one commit.
#[derive(Debug)]
pub struct Batch {
    number: u64,
    entries: Vec<Entry>,
}

/// What waits to be written down.
#[derive(Debug)]
pub struct Journal {
    waiting: Mutex<Waiting>,
    wake: Notify,
    committed: watch::Sender<u64>,
    /// Bytes that wait for all sessions, in the store and on their way there.
    bytes: AtomicU64,
    next_key: AtomicI64,
    elsewhere: Mutex<Elsewhere>,
}

/// Messages that other nodes are to keep.
#[derive(Debug, Default)]
struct Elsewhere {
    last: u64,
    /// Which of them some node has not yet said to keep, and how many nodes have not.
    open: HashMap<u64, usize>,
}

#[derive(Debug)]
struct Waiting {
    /// Number of the batch that gathers; the first is 1.
    number: u64,
    entries: Vec<Entry>,
    urgent: bool,
    /// Who writes is woken for so many that somebody waits for.
    wanted: usize,
    /// How many the last batch had, where somebody waited for it.
    last: usize,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                number: 1,
                entries: Vec::new(),
                urgent: false,
                wanted: 1,
                last: 0,
            }),
            wake: Notify::new(),
            committed: watch::Sender::new(0),
            bytes: AtomicU64::new(0),
            next_key: AtomicI64::new(1),
            elsewhere: Mutex::default(),
        }
    }
}

impl Journal {
    /// Adds an entry that somebody waits for.
    pub(super) fn push(&self, entry: Entry) -> Ticket {
        let mut waiting = self.waiting.lock();
        waiting.entries.push(entry);
        let ticket = Ticket::of(waiting.number);
        waiting.urgent = true;
        let wake = waiting.wanted > 0 && waiting.entries.len() >= waiting.wanted;
        if wake {
            // Once is enough.
            waiting.wanted = 0;
        }
        drop(waiting);
        if wake {
            self.wake.notify_one();
        }
        ticket
    }

    /// Has something written down that is no session's own.
    pub fn write_down(&self, write: Write) -> Ticket {
        self.push(Entry::Write(write))
    }

    /// Adds an entry that nobody waits for: it is written with others, or after a while.
    pub(super) fn push_lazily(&self, entry: Entry) {
        let mut waiting = self.waiting.lock();
        waiting.entries.push(entry);
        let wake = waiting.entries.len() == 1;
        drop(waiting);
        if wake {
            self.wake.notify_one();
        }
    }

    /// The next entries that are to be one commit. For one caller alone, who says [`Self::committed`] before it comes again.
    ///
    /// A publisher goes on when what it has sent is acknowledged: after a batch of several, as many more are likely to
    /// come in a moment, and are waited for. Taken as they come they would be two batches in turn, one on its way to disk
    /// while the other gathers, with two flushes and twice the wake-ups.
    pub async fn next(&self) -> Batch {
        let last = self.waiting.lock().last.min(ENOUGH);
        if last > 1 {
            let more = async {
                while !self.has_or_wants(last) {
                    self.wake.notified().await;
                }
            };
            // What has come by then has waited long enough.
            let _ = tokio::time::timeout(GATHER, more).await;
        }
        loop {
            let (urgent, some) = {
                let mut waiting = self.waiting.lock();
                waiting.wanted = 1;
                (waiting.urgent, !waiting.entries.is_empty())
            };
            if urgent {
                return self.take();
            }
            if some {
                if tokio::time::timeout(LAZILY, self.wake.notified())
                    .await
                    .is_err()
                {
                    return self.take();
                }
            } else {
                self.wake.notified().await;
            }
        }
    }

    /// Whether so many wait; otherwise who writes is woken when they do.
    fn has_or_wants(&self, wanted: usize) -> bool {
        let mut waiting = self.waiting.lock();
        waiting.wanted = wanted;
        waiting.entries.len() >= wanted
    }

    /// What has gathered, without waiting for more; `None` where that is nothing.
    pub fn take_now(&self) -> Option<Batch> {
        let some = !self.waiting.lock().entries.is_empty();
        some.then(|| self.take())
    }

    fn take(&self) -> Batch {
        let mut waiting = self.waiting.lock();
        let number = waiting.number;
        waiting.number += 1;
        waiting.last = match std::mem::take(&mut waiting.urgent) {
            true => waiting.entries.len(),
            false => 0,
        };
        waiting.wanted = 0;
        // A batch is likely to be as large as the one before it.
        let room = waiting.entries.len().min(1024);
        let entries = std::mem::replace(&mut waiting.entries, Vec::with_capacity(room));
        Batch { number, entries }
    }

    /// Turns entries into rows. Connections that have ended since the last batch ended now.
    pub fn writes(&self, batch: &mut Batch, now: Millis) -> Vec<Write> {
        let mut writes = Vec::with_capacity(batch.entries.len());
        let mut queues: HashMap<i64, (Arc<Session>, Vec<ForSession>)> = HashMap::new();
        for entry in batch.entries.drain(..) {
            match entry {
                Entry::State(session) => {
                    session.left_at(now);
                    writes.extend(session.record().map(Write::Session));
                }
                Entry::End(session) => {
                    writes.extend(session.take_chunks(self).into_iter().map(Write::Forget));
                    let (key, epoch) = (session.key(), session.epoch());
                    writes.push(Write::EndSession { key, epoch });
                }
                Entry::Message(session, message, retain) => queues
                    .entry(session.key())
                    .or_insert_with(|| (session, Vec::new()))
                    .1
                    .push((message, retain)),
                Entry::Write(write) => writes.push(write),
            }
        }
        for (session, messages) in queues.into_values() {
            let mut rest = &messages[..];
            while !rest.is_empty() {
                let mut size = 0;
                let fits = rest
                    .iter()
                    .take(stored::MESSAGES)
                    .take_while(|(message, _)| {
                        size += stored::size(message);
                        size <= ROW_BYTES
                    });
                let (row, others) = rest.split_at(fits.count().max(1));
                rest = others;
                writes.extend(session.write_down(row, batch.number, self));
            }
        }
        writes
    }

    /// A batch is on disk.
    pub fn committed(&self, batch: &Batch) {
        self.committed.send_replace(batch.number);
    }

    /// Hears of each commit.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.committed.subscribe()
    }

    /// Whether what the ticket is for is on disk.
    pub fn is_written(&self, ticket: Ticket) -> bool {
        *self.committed.borrow() >= ticket.batch && !self.is_open(ticket)
    }

    /// Waits until what the ticket is for is on disk.
    pub async fn written(&self, ticket: Ticket) {
        // The sender lives as long as this does.
        let _ = self
            .committed
            .subscribe()
            .wait_for(|number| *number >= ticket.batch && !self.is_open(ticket))
            .await;
    }

    fn is_open(&self, ticket: Ticket) -> bool {
        ticket.elsewhere != 0 && self.elsewhere.lock().open.contains_key(&ticket.elsewhere)
    }

    /// A message goes to so many other nodes that are to keep it; its number.
    pub fn begin_elsewhere(&self, nodes: usize) -> u64 {
        let mut elsewhere = self.elsewhere.lock();
        elsewhere.last += 1;
        let number = elsewhere.last;
        elsewhere.open.insert(number, nodes);
        number
    }

    /// A message that is still open is to be kept once more.
    pub fn also_elsewhere(&self, number: u64) {
        if let Some(open) = self.elsewhere.lock().open.get_mut(&number) {
            *open += 1;
        }
    }

    /// One of them keeps it.
    pub fn kept_elsewhere(&self, number: u64) {
        let mut elsewhere = self.elsewhere.lock();
        let Some(open) = elsewhere.open.get_mut(&number) else {
            return;
        };
        *open -= 1;
        if *open == 0 {
            elsewhere.open.remove(&number);
            drop(elsewhere);
            // Who waits looks again.
            self.committed.send_modify(|_| {});
        }
    }

    /// Messages that other nodes have not yet said to keep.
    pub fn open_elsewhere(&self) -> usize {
        self.elsewhere.lock().open.len()
    }

    /// Waits until everything that was added so far is on disk.
    pub async fn all_written(&self) {
        let ticket = {
            let mut waiting = self.waiting.lock();
            if waiting.entries.is_empty() {
                waiting.number - 1
            } else {
                waiting.urgent = true;
                self.wake.notify_one();
                waiting.number
            }
        };
        self.written(Ticket::of(ticket)).await;
    }

    pub(super) fn has_committed(&self, number: u64) -> bool {
        *self.committed.borrow() >= number
    }

    /// A key for a row that is to be written.
    pub fn next_key(&self) -> i64 {
        self.next_key.fetch_add(1, Ordering::Relaxed)
    }

    /// Keys are this node's own: those of one start of a node are a range that no other has.
    pub fn keys_of(&self, incarnation: i64) {
        let first = (incarnation << KEY_BITS) + 1;
        self.next_key.store(first, Ordering::Relaxed);
    }

    /// Keys up to this one are taken, where it is of those that this node numbers.
    pub fn keys_behind(&self, last: i64) {
        let own = self.next_key.load(Ordering::Relaxed) >> KEY_BITS;
        if last >> KEY_BITS == own {
            self.next_key
                .fetch_max(last.saturating_add(1), Ordering::Relaxed);
        }
    }

    /// Bytes that wait for all sessions.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn remove_bytes(&self, bytes: u64) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}
