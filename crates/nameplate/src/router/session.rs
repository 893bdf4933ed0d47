//! A session that outlives its connection: which of its messages are where, and which are done with.
//!
//! QoS 1 messages for a session are numbered as they come and go to the [`Journal`], which puts them into rows of the
//! store. While its client keeps up they also go into the connection's outbox; while it is away, or has more than its
//! outbox takes, they are in the store alone, and the connection reads them from there, in order, until it has caught up.
//! A message is done with when the client has acknowledged it or must not have it; a row goes when all of its messages
//! are. Must not know the store, policies, or the wire.

use super::journal::{Entry, ForSession, Journal, Write};
use super::{Client, Delivery, Message, Pushed, stored};
use nameplate_core::ctx::Millis;
use nameplate_mqtt::QoS;
use nameplate_mqtt::packet::SubscribeOptions;
use parking_lot::Mutex;
use std::collections::{HashSet, VecDeque};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Number of the first message that comes to a session here that was another node's: those before it are fewer.
const ARRIVING: u64 = 1 << 40;

/// How much may wait for sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Sessions at the same time.
    pub sessions: usize,
    /// Messages of one session.
    pub messages: usize,
    /// Bytes of one session.
    pub bytes: u64,
    /// Bytes of all sessions.
    pub total_bytes: u64,
}

/// What a session is, but for its subscriptions and messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Key of its row.
    pub key: i64,
    /// How often it has gone from one node to another.
    pub epoch: i64,
    /// The client id that it belongs to.
    pub client_id: Arc<str>,
    /// Who connected last.
    pub principal: Arc<str>,
    /// MQTT's major version, 3 or 5. A session is not resumed over the other one (AWS guide: mqtt).
    pub protocol: u8,
    /// How long it is kept after its connection has ended.
    pub expiry: Duration,
    /// Keep alive of the last connection, seconds.
    pub keep_alive_seconds: u16,
    /// When its client connected last.
    pub connected: Millis,
    /// When that connection ended; `None` while it is open, or until the end has been written down.
    pub disconnected: Option<Millis>,
}

impl SessionRecord {
    /// Whether a CONNECT that asks for this gets the session, which a connection has now or none.
    pub(crate) fn suits(&self, ask: &SessionAsk, is_held: bool) -> bool {
        !ask.fresh
            && !self.expiry.is_zero()
            && self.protocol == ask.protocol
            && (is_held || !self.has_expired(ask.now))
    }

    fn has_expired(&self, now: Millis) -> bool {
        let kept = i64::try_from(self.expiry.as_millis()).unwrap_or(i64::MAX);
        self.disconnected
            .is_some_and(|left| left.0.saturating_add(kept) <= now.0)
    }
}

/// What a CONNECT asks of the session that is there, and of the one that it is to leave behind.
#[derive(Debug, Clone)]
pub struct SessionAsk {
    /// The session that is there already is not wanted (clean start of MQTT 5).
    pub fresh: bool,
    /// As [`SessionRecord::protocol`].
    pub protocol: u8,
    /// As [`SessionRecord::expiry`].
    pub expiry: Duration,
    /// As [`SessionRecord::keep_alive_seconds`].
    pub keep_alive_seconds: u16,
    /// Now.
    pub now: Millis,
}

/// Messages of a session in one row of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Key of the row.
    pub key: i64,
    /// How many messages.
    pub messages: usize,
    /// Bit n: the n-th is done with.
    pub acknowledged: u64,
    /// Size of the row.
    pub bytes: u64,
}

/// Where a connection finds its session's next messages.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// In its outbox; nothing is left in the store that it has not read.
    Outbox,
    /// In the store, after a commit that has not yet been made.
    AfterCommit,
    /// In this row of the store. When it has been read, [`Session::has_read`].
    Row(Unread),
    /// Nowhere: the session is another connection's, or over.
    Gone,
}

/// A row of which a connection has not read all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// Key of the row.
    pub key: i64,
    /// Number of its first message.
    first: u64,
    // Messages before this number have been read.
    from: u64,
    end: u64,
    acknowledged: u64,
}

impl Unread {
    /// Number of the message at this place of the row; `None` where it is not to be sent.
    pub fn number(&self, place: usize) -> Option<NonZeroU64> {
        let bit = 1u64.checked_shl(u32::try_from(place).ok()?)?;
        let number = self.first + place as u64;
        let wanted = (self.from..self.end).contains(&number) && self.acknowledged & bit == 0;
        NonZeroU64::new(number).filter(|_| wanted)
    }

    /// Numbers of all messages that are to be sent.
    pub fn numbers(&self) -> impl Iterator<Item = NonZeroU64> + '_ {
        (0..stored::MESSAGES).filter_map(|place| self.number(place))
    }
}

/// A session.
#[derive(Debug)]
pub struct Session {
    key: i64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    record: SessionRecord,
    /// Number of the connection that has it.
    holder: Option<u64>,
    /// Number of the connection that has it or had it last.
    latest: u64,
    gone: bool,
    /// It is another node's.
    released: bool,
    /// That node has ended it.
    over_elsewhere: bool,
    /// Told of the next connection that gets it, and of its end. Few ask.
    changes: Option<Arc<Notify>>,
    /// Number of the next message; they begin with 1.
    next: u64,
    /// Messages before this number are in rows.
    in_rows: u64,
    /// Of those from `in_rows` on: which are done with already.
    on_the_way: VecDeque<bool>,
    rows: VecDeque<Row>,
    /// New messages go into the outbox too.
    live: bool,
    /// The connection has had the messages before this number. Means nothing while `live`.
    read: u64,
    /// Not done with.
    messages: usize,
    bytes: u64,
}

#[derive(Debug)]
struct Row {
    chunk: Chunk,
    first: u64,
    batch: u64,
    /// What the store has of `acknowledged`.
    marked: u64,
}

impl Row {
    fn end(&self) -> u64 {
        self.first + self.chunk.messages as u64
    }

    fn is_done(&self) -> bool {
        self.chunk.acknowledged.count_ones() as usize >= self.chunk.messages
    }
}

impl Session {
    /// A session whose client is connecting.
    pub(super) fn new(record: SessionRecord, holder: u64) -> Self {
        Self {
            key: record.key,
            state: Mutex::new(State {
                record,
                holder: Some(holder),
                latest: holder,
                gone: false,
                released: false,
                over_elsewhere: false,
                changes: None,
                next: 1,
                in_rows: 1,
                on_the_way: VecDeque::new(),
                rows: VecDeque::new(),
                live: true,
                read: 1,
                messages: 0,
                bytes: 0,
            }),
        }
    }

    /// One that no connection has or will have: what is kept for it is looked for by [`Self::next_aside`].
    pub(super) fn aside(record: SessionRecord) -> Self {
        let session = Self::new(record, 0);
        {
            let mut state = session.state.lock();
            state.holder = None;
            state.live = false;
        }
        session
    }

    /// A session as the store has it.
    pub(super) fn restored(record: SessionRecord, chunks: Vec<Chunk>, journal: &Journal) -> Self {
        let session = Self::new(record, 0);
        let mut state = session.state.lock();
        state.holder = None;
        state.live = false;
        for chunk in chunks {
            let row = Row {
                first: state.next,
                batch: 0,
                marked: chunk.acknowledged,
                chunk,
            };
            state.next = row.end();
            state.messages += row.chunk.messages - row.chunk.acknowledged.count_ones() as usize;
            state.bytes += row.chunk.bytes;
            journal.add_bytes(row.chunk.bytes);
            state.rows.push_back(row);
        }
        state.in_rows = state.next;
        drop(state);
        session
    }

    /// A session that comes from another node, which may have messages before those that come here.
    pub(super) fn arriving(record: SessionRecord) -> Self {
        let session = Self::new(record, 0);
        let mut state = session.state.lock();
        state.holder = None;
        state.live = false;
        (state.next, state.in_rows, state.read) = (ARRIVING, ARRIVING, ARRIVING);
        drop(state);
        session
    }

    /// What the other node has left in the store, before all that came here. Rows that are known already are passed over.
    pub fn arrived(&self, chunks: Vec<Chunk>, journal: &Journal) {
        let mut state = self.state.lock();
        let known: HashSet<i64> = state.rows.iter().map(|row| row.chunk.key).collect();
        let mut first = state.rows.front().map_or(state.in_rows, |row| row.first);
        for chunk in chunks.into_iter().rev() {
            let room = (chunk.messages as u64) < first;
            if known.contains(&chunk.key) || state.gone || !room {
                continue;
            }
            first -= chunk.messages as u64;
            state.messages += chunk.messages - chunk.acknowledged.count_ones() as usize;
            state.bytes += chunk.bytes;
            journal.add_bytes(chunk.bytes);
            state.rows.push_front(Row {
                first,
                batch: 0,
                marked: chunk.acknowledged,
                chunk,
            });
            state.rewind();
        }
    }

    /// It goes on, or `ends`, at another node: nothing is kept for it here any more, and what is on its way to the store
    /// still gets there.
    pub(super) fn release(&self, ends: bool, journal: &Journal) {
        let mut state = self.state.lock();
        if state.gone || std::mem::replace(&mut state.released, true) {
            return;
        }
        state.holder = None;
        state.over_elsewhere = ends;
        if !ends {
            state.latest = u64::MAX;
        }
        state.mark(journal);
        journal.remove_bytes(state.rows.iter().map(|row| row.chunk.bytes).sum());
        state.rows.clear();
        state.tell();
    }

    /// Key of its row.
    pub fn key(&self) -> i64 {
        self.key
    }

    /// What it is now; `None` once it is over, or another node's.
    pub fn record(&self) -> Option<SessionRecord> {
        let state = self.state.lock();
        (!state.gone && !state.released).then(|| state.record.clone())
    }

    /// How often it has gone from one node to another.
    pub(super) fn epoch(&self) -> i64 {
        self.state.lock().record.epoch
    }

    /// Messages that wait for it or are not acknowledged.
    pub fn messages(&self) -> usize {
        self.state.lock().messages
    }

    /// Whether a connection has it.
    pub fn is_held(&self) -> bool {
        self.state.lock().holder.is_some()
    }

    /// Whether a CONNECT that asks for this gets it. One that is to end with its connection, as MQTT 5 lets a client say of
    /// a session that it has got back, nobody gets: whoever takes the client id ends the connection.
    pub(super) fn suits(&self, ask: &SessionAsk) -> bool {
        let state = self.state.lock();
        !state.gone && state.record.suits(ask, state.holder.is_some())
    }

    /// Whether its time is over.
    pub(super) fn has_expired(&self, now: Millis) -> bool {
        let state = self.state.lock();
        state.holder.is_none() && state.has_expired(now)
    }

    /// The connection has ended, at this time. Before that is said it is taken to go on.
    pub(super) fn left_at(&self, now: Millis) {
        let mut state = self.state.lock();
        if state.holder.is_none() && state.record.disconnected.is_none() {
            state.record.disconnected = Some(now);
        }
    }

    /// Another connection has it from now on, which is to read everything that is not done with.
    pub(super) fn attach(&self, holder: u64, principal: Arc<str>, ask: &SessionAsk) {
        let mut state = self.state.lock();
        state.holder = Some(holder);
        state.latest = holder;
        state.rewind();
        let record = &mut state.record;
        record.principal = principal;
        record.expiry = ask.expiry;
        record.keep_alive_seconds = ask.keep_alive_seconds;
        record.connected = ask.now;
        record.disconnected = None;
        state.tell();
    }

    /// The connection of this number is over. Whether it still had the session.
    pub(super) fn detach(self: &Arc<Self>, holder: u64, journal: &Journal) -> bool {
        let mut state = self.state.lock();
        if state.holder != Some(holder) || state.gone {
            return false;
        }
        state.holder = None;
        state.rewind();
        state.mark(journal);
        drop(state);
        journal.push(Entry::State(Arc::clone(self)));
        true
    }

    /// It is over. False where it was already.
    pub(super) fn end(self: &Arc<Self>, journal: &Journal) -> bool {
        let was_over = {
            let mut state = self.state.lock();
            state.tell();
            std::mem::replace(&mut state.gone, true)
        };
        if !was_over {
            journal.push(Entry::End(Arc::clone(self)));
        }
        !was_over
    }

    /// Number of the connection that has it or had it last, and whether it is over.
    pub fn history(&self) -> (u64, bool) {
        let state = self.state.lock();
        (state.latest, state.gone || state.over_elsewhere)
    }

    /// Told each time that another connection gets it, and when it is over: look at [`Self::history`] then.
    pub fn changes(&self) -> Arc<Notify> {
        Arc::clone(self.state.lock().changes.get_or_insert_default())
    }

    /// Changes how long it is kept after its connection (DISCONNECT of MQTT 5), as the connection of this number says; one
    /// that has lost the session to another has no say in it.
    pub fn set_expiry(&self, holder: u64, expiry: Duration) {
        let mut state = self.state.lock();
        if state.holder == Some(holder) {
            state.record.expiry = expiry;
        }
    }

    /// Takes a QoS 1 message for the session, whose connection's client is `client`; `retain` is the flag that it is sent
    /// with.
    pub(super) fn keep(
        self: &Arc<Self>,
        client: Option<&Client>,
        message: &Arc<Message>,
        retain: bool,
        limits: &SessionLimits,
        journal: &Journal,
    ) -> Pushed {
        let size = stored::size(message) as u64;
        let mut state = self.state.lock();
        if state.gone || state.released {
            return Pushed::Closed;
        }
        if state.messages >= limits.messages
            || (state.bytes + size > limits.bytes && state.messages > 0)
            || journal.bytes() + size > limits.total_bytes
        {
            return Pushed::Full;
        }
        let number = state.next;
        state.next += 1;
        state.on_the_way.push_back(false);
        state.messages += 1;
        state.bytes += size;
        journal.add_bytes(size);
        let mut crowded = false;
        if let (true, Some(client)) = (state.live, client) {
            let pushed = client.outbox.push(Delivery {
                message: Arc::clone(message),
                number: NonZeroU64::new(number),
                qos: QoS::AtLeastOnce,
                retain,
            });
            match pushed {
                Pushed::Queued { crowded: is } => crowded = is,
                _ => {
                    state.live = false;
                    state.read = number;
                }
            }
        }
        // While the lock is held, so that the journal has a session's messages in their order.
        let ticket = journal.push(Entry::Message(
            Arc::clone(self),
            Arc::clone(message),
            retain,
        ));
        Pushed::Stored { ticket, crowded }
    }

    /// Puts the next messages into a row; `None` where all of them are done with already.
    pub(super) fn write_down(
        &self,
        messages: &[ForSession],
        batch: u64,
        journal: &Journal,
    ) -> Option<Write> {
        let mut state = self.state.lock();
        let first = state.in_rows;
        state.in_rows += messages.len() as u64;
        let done: Vec<bool> = state.on_the_way.drain(..messages.len()).collect();
        let size: usize = messages
            .iter()
            .map(|(message, _)| stored::size(message))
            .sum();
        state.bytes = state.bytes.saturating_sub(size as u64);
        journal.remove_bytes(size as u64);
        if state.gone || done.iter().all(|done| *done) {
            return None;
        }
        let mut content = Vec::with_capacity(size);
        let mut acknowledged = 0;
        for (place, ((message, retain), done)) in messages.iter().zip(done).enumerate() {
            if done {
                acknowledged |= 1 << place;
                stored::write_done(&mut content);
            } else {
                stored::write(message, *retain, &mut content);
            }
        }
        let key = journal.next_key();
        let bytes = content.len() as u64;
        if !state.released {
            state.bytes += bytes;
            journal.add_bytes(bytes);
            state.rows.push_back(Row {
                first,
                batch,
                marked: acknowledged,
                chunk: Chunk {
                    key,
                    messages: messages.len(),
                    acknowledged,
                    bytes,
                },
            });
        }
        Some(Write::Chunk {
            key,
            session: self.key,
            epoch: state.record.epoch,
            messages: messages.len(),
            acknowledged,
            content,
        })
    }

    /// Keys of its rows, which it has no more.
    pub(super) fn take_chunks(&self, journal: &Journal) -> Vec<i64> {
        let rows = std::mem::take(&mut self.state.lock().rows);
        journal.remove_bytes(rows.iter().map(|row| row.chunk.bytes).sum());
        rows.into_iter().map(|row| row.chunk.key).collect()
    }

    /// Where the connection of this number finds its next messages.
    pub fn next(&self, holder: u64, journal: &Journal) -> Next {
        let mut state = self.state.lock();
        if state.holder != Some(holder) || state.gone {
            return Next::Gone;
        }
        if state.live {
            return Next::Outbox;
        }
        let next = state.next_row(journal);
        state.live = next == Next::Outbox;
        next
    }

    /// Where the next messages are of one that no connection has.
    pub fn next_aside(&self, journal: &Journal) -> Next {
        let state = self.state.lock();
        match state.gone || state.released {
            true => Next::Gone,
            false => state.next_row(journal),
        }
    }

    /// What was not acknowledged is read once more.
    pub fn read_again(&self) {
        self.state.lock().rewind();
    }

    /// Whether its connection has read all that waited, and keeps up.
    pub fn is_live(&self) -> bool {
        self.state.lock().live
    }

    /// The connection has read a row to its end.
    pub fn has_read(&self, row: &Unread) {
        let mut state = self.state.lock();
        state.read = state.read.max(row.end);
    }

    /// A message is done with: its client has acknowledged it, or must not have it.
    pub fn acknowledge(&self, number: NonZeroU64, journal: &Journal) {
        let number = number.get();
        let mut state = self.state.lock();
        if state.released {
            return;
        }
        if number >= state.in_rows {
            let place = (number - state.in_rows) as usize;
            if let Some(done) = state.on_the_way.get_mut(place)
                && !std::mem::replace(done, true)
            {
                state.messages -= 1;
            }
            return;
        }
        let at = state.rows.partition_point(|row| row.end() <= number);
        let Some(row) = state.rows.get_mut(at).filter(|row| row.first <= number) else {
            return;
        };
        let bit = 1 << (number - row.first);
        if row.chunk.acknowledged & bit != 0 {
            return;
        }
        row.chunk.acknowledged |= bit;
        let done = row.is_done().then_some((row.chunk.key, row.chunk.bytes));
        state.messages -= 1;
        if let Some((key, bytes)) = done {
            state.rows.remove(at);
            state.bytes = state.bytes.saturating_sub(bytes);
            journal.remove_bytes(bytes);
            if !state.gone {
                journal.push_lazily(Entry::Write(Write::Forget(key)));
            }
        }
    }
}

impl State {
    /// Has written down which messages of rows are done with.
    fn mark(&mut self, journal: &Journal) {
        for row in &mut self.rows {
            if row.chunk.acknowledged != row.marked {
                row.marked = row.chunk.acknowledged;
                journal.push_lazily(Entry::Write(Write::Mark {
                    key: row.chunk.key,
                    acknowledged: row.marked,
                }));
            }
        }
    }

    /// Where the next messages are; in the outbox those that are not in the store.
    fn next_row(&self, journal: &Journal) -> Next {
        let read = self.read;
        let at = self.rows.partition_point(|row| row.end() <= read);
        match self.rows.get(at) {
            Some(row) if journal.has_committed(row.batch) => Next::Row(Unread {
                key: row.chunk.key,
                first: row.first,
                from: read,
                end: row.end(),
                acknowledged: row.chunk.acknowledged,
            }),
            Some(_) => Next::AfterCommit,
            None if self.in_rows < self.next => Next::AfterCommit,
            None => Next::Outbox,
        }
    }

    fn tell(&self) {
        if let Some(changes) = &self.changes {
            changes.notify_waiters();
        }
    }

    fn has_expired(&self, now: Millis) -> bool {
        self.record.has_expired(now)
    }

    /// Everything that is not done with is to be read from the store.
    fn rewind(&mut self) {
        self.live = false;
        self.read = self.rows.front().map_or(self.in_rows, |row| row.first);
    }
}

/// A session of the store, to go on with.
#[derive(Debug)]
pub struct Restored {
    /// The session.
    pub record: SessionRecord,
    /// Its filters and what was granted for each.
    pub filters: Vec<(nameplate_mqtt::topic::Filter, SubscribeOptions)>,
    /// Its messages, in their order.
    pub chunks: Vec<Chunk>,
}
