//! What waits for a shared subscription whose members are away, until one of them is back. AWS guide: mqtt, shared
//! subscriptions.
//!
//! QoS 1 messages that no connected member takes are kept for the group, if one of its members has a session that stays,
//! in rows of the store like those of a session: the group is a [`Session`] that no client has. Whoever empties it
//! (`app/messaging/groups.rs`) hands each message to a member that is connected and keeps up.
//!
//! Where nodes share the subscriptions each keeps what has come to it, and members may be anywhere: whether a group is over
//! is not for one node's router to say. What a node kept that is no more is a queue beside the own one of whoever has it now.

use super::filters::Filters;
use super::journal::{Entry, Ticket};
use super::session::{Chunk, Session, SessionLimits, SessionRecord};
use super::{Message, Pushed, Router};
use nameplate_core::ctx::Millis;
use nameplate_mqtt::topic::Filter;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The client id under which the store has what waits for a group begins so; that of no client does.
const PREFIX: &str = "$share/";

/// What waits for groups, by their filter as sent.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    groups: HashMap<Arc<str>, Queues>,
}

/// What waits for one group: in the last of these what comes, in the others what other nodes or starts had kept.
type Queues = Vec<Arc<Session>>;

/// How many messages wait in these.
fn messages(queues: &[Arc<Session>]) -> usize {
    queues.iter().map(|session| session.messages()).sum()
}

/// Whether a message that has waited was handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// A member has it; where its session keeps it, once this is written.
    Taken(Option<Ticket>),
    /// Members are connected, but none takes it now.
    NotNow,
    /// No member is connected.
    Nobody,
}

/// Whether the store has what waits for a group under this client id.
pub fn is_group(client_id: &str) -> bool {
    client_id.starts_with(PREFIX)
}

impl Router {
    /// Keeps a message for a group none of whose connected members takes it.
    pub(super) fn keep_for_group(&self, group: &str, message: &Arc<Message>) -> Pushed {
        let (session, others) = self.waiting_of(group);
        let limits = SessionLimits {
            messages: self.limits.share.messages.saturating_sub(others),
            ..self.limits.session
        };
        let is_first = session.messages() == 0;
        let kept = session.keep(None, message, message.retain, &limits, &self.journal);
        if is_first {
            // Who empties it sees whether somebody is there.
            self.came.notify_one();
        }
        kept
    }

    /// The same, for a group that lives elsewhere; `None` where there is no room.
    pub fn keep_for_others(&self, group: &str, message: &Arc<Message>) -> Option<Ticket> {
        // The group does not end meanwhile.
        let _filters = self.filters.read();
        match self.keep_for_group(group, message) {
            Pushed::Stored { ticket, .. } => Some(ticket),
            _ => None,
        }
    }

    /// Where what comes for a group is kept, and how many messages wait for it otherwise.
    fn waiting_of(&self, group: &str) -> (Arc<Session>, usize) {
        let mut waiting = self.waiting.lock();
        if let Some((last, others)) = waiting.groups.get(group).and_then(|q| q.split_last()) {
            return (Arc::clone(last), messages(others));
        }
        let client_id: Arc<str> = group.into();
        let session = Arc::new(Session::aside(SessionRecord {
            key: self.journal.next_key(),
            epoch: 0,
            client_id: Arc::clone(&client_id),
            principal: "".into(),
            protocol: 0,
            // It ends with its members.
            expiry: Duration::ZERO,
            keep_alive_seconds: 0,
            connected: Millis(0),
            disconnected: None,
        }));
        waiting.groups.insert(client_id, vec![Arc::clone(&session)]);
        self.journal.push(Entry::State(Arc::clone(&session)));
        (session, 0)
    }

    /// Puts back what the store has for a group.
    pub(super) fn restore_group(&self, session: Session, client_id: Arc<str>) {
        let mut waiting = self.waiting.lock();
        waiting
            .groups
            .entry(client_id)
            .or_default()
            .push(Arc::new(session));
    }

    /// Takes on what another node has kept for a group, which nobody but this node adds to from now on.
    pub fn adopt_group(&self, record: SessionRecord, chunks: Vec<Chunk>) {
        let group = Arc::clone(&record.client_id);
        let session = Session::restored(record, chunks, &self.journal);
        self.waiting
            .lock()
            .groups
            .entry(group)
            .or_default()
            .insert(0, Arc::new(session));
        self.came.notify_one();
    }

    /// All sessions are back: what waits for groups without members is for nobody.
    pub fn all_restored(&self) {
        let filters = self.filters.read();
        let waiting: Vec<Arc<str>> = self.waiting.lock().groups.keys().cloned().collect();
        for group in waiting {
            if filters.group(&group).is_none() {
                self.end_group(&group);
            }
        }
    }

    /// A group has no members any more.
    fn end_group(&self, group: &str) {
        let queues = self.waiting.lock().groups.remove(group);
        for session in queues.into_iter().flatten() {
            session.end(&self.journal);
        }
    }

    /// Groups for which something waits, and how many messages.
    pub fn groups_waiting(&self) -> Vec<(Arc<str>, usize)> {
        let waiting = self.waiting.lock();
        let counted = waiting.groups.iter();
        let counted = counted.map(|(group, queues)| (Arc::clone(group), messages(queues)));
        counted.filter(|(_, messages)| *messages > 0).collect()
    }

    /// What waits for a group, the oldest first.
    pub fn waiting_for(&self, group: &str) -> Vec<Arc<Session>> {
        let waiting = self.waiting.lock();
        waiting.groups.get(group).cloned().unwrap_or_default()
    }

    /// Forgets what other nodes had kept for a group and is handed on.
    pub fn forget_emptied(&self, group: &str) {
        let mut waiting = self.waiting.lock();
        let Some(queues) = waiting.groups.get_mut(group) else {
            return;
        };
        let others = ..queues.len().saturating_sub(1);
        for session in queues.extract_if(others, |session| session.messages() == 0) {
            session.end(&self.journal);
        }
    }

    /// Groups that have a place in the store and no member here, and how many messages wait for each.
    pub fn groups_left(&self) -> Vec<(Arc<str>, usize)> {
        let filters = self.filters.read();
        let waiting = self.waiting.lock();
        let left = waiting.groups.iter();
        let left = left.filter(|(group, _)| filters.group(group).is_none());
        left.map(|(group, queues)| (Arc::clone(group), messages(queues)))
            .collect()
    }

    /// A group has no members any more, at any node, or nothing waits for it here: where it still has none here, and at most
    /// so many messages wait, it ends here.
    pub fn end_group_left(&self, group: &str, at_most: usize) {
        let filters = self.filters.write();
        if filters.group(group).is_some() {
            return;
        }
        let waiting = self.waiting.lock().groups.get(group).map(|q| messages(q));
        if waiting.unwrap_or_default() <= at_most {
            self.end_group(group);
        }
    }

    /// Waits until a member of a group has come, or something waits for one, since the last time. May also return for
    /// nothing.
    pub async fn member_came(&self) {
        self.came.notified().await;
    }

    /// A member of a group has come to another node.
    pub fn member_came_elsewhere(&self) {
        self.came.notify_one();
    }

    /// Hands a message that has waited for a group to a member that keeps up with what it gets.
    pub fn offer(&self, group: &str, message: &Arc<Message>) -> Offered {
        let filters = self.filters.read();
        let Some(found) = filters.group(group) else {
            return Offered::Nobody;
        };
        let members = &found.members;
        let start = self.roll(members.len());
        let mut offered = Offered::Nobody;
        for member in members.iter().skip(start).chain(members.iter().take(start)) {
            if member.is_away() {
                continue;
            }
            offered = Offered::NotNow;
            let session = member.client.session();
            if session.is_some_and(|session| !session.is_live()) {
                continue;
            }
            let retain = message.retain && member.options.retain_as_published;
            match self.push(member, message, retain) {
                Pushed::Queued { .. } => return Offered::Taken(None),
                Pushed::Stored { ticket, .. } => return Offered::Taken(Some(ticket)),
                Pushed::Full | Pushed::Closed => {}
            }
        }
        offered
    }

    /// Takes a subscription out. What waits for its group goes with the group's last member, which where there are other
    /// nodes may be at one of them.
    pub(super) fn take_out(&self, filters: &mut Filters, filter: &Filter, number: u64) {
        if filters.remove(filter, number) && !filters.is_followed() {
            self.end_group(filter.as_str());
        }
    }
}
