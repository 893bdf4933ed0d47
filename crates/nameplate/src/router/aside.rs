//! What waits for a shared subscription whose members are away, until one of them is back. AWS guide: mqtt, shared
//! subscriptions.
//!
//! QoS 1 messages that no connected member takes are kept for the group, if one of its members has a session that stays,
//! in rows of the store like those of a session: the group is a [`Session`] that no client has. Whoever empties it
//! (`app/messaging/sessions.rs`) hands each message to a member that is connected and keeps up. Where nodes share the
//! subscriptions, each message waits for one member's session instead: there a group has no node of its own.

use super::filters::Filters;
use super::journal::Entry;
use super::session::{Session, SessionLimits, SessionRecord};
use super::{Message, Pushed, Router, Shares};
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
    groups: HashMap<Arc<str>, Arc<Session>>,
}

/// Whether a message that has waited was handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// A member has it.
    Taken,
    /// Members are connected, but none takes it now.
    NotNow,
    /// No member is connected.
    Nobody,
}

/// Whether a session's record is that of what waits for a group.
pub(super) fn is_group(record: &SessionRecord) -> bool {
    record.client_id.starts_with(PREFIX)
}

impl Router {
    /// Keeps a message for a group none of whose connected members takes it.
    pub(super) fn keep_for_group(&self, group: &str, message: &Arc<Message>) -> Pushed {
        let limits = SessionLimits {
            messages: self.limits.share.messages,
            ..self.limits.session
        };
        let session = self.waiting_of(group);
        session.keep(None, message, message.retain, &limits, &self.journal)
    }

    fn waiting_of(&self, group: &str) -> Arc<Session> {
        let mut waiting = self.waiting.lock();
        if let Some(session) = waiting.groups.get(group) {
            return Arc::clone(session);
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
        waiting.groups.insert(client_id, Arc::clone(&session));
        self.journal.push(Entry::State(Arc::clone(&session)));
        session
    }

    /// Puts back what the store has for a group.
    pub(super) fn restore_group(&self, session: Session, client_id: Arc<str>) {
        let mut waiting = self.waiting.lock();
        waiting
            .groups
            .entry(client_id)
            .or_insert_with(|| Arc::new(session));
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
    pub(super) fn end_group(&self, group: &str) {
        let session = self.waiting.lock().groups.remove(group);
        if let Some(session) = session {
            session.end(&self.journal);
        }
    }

    /// Groups for which something waits, and what.
    pub fn groups_waiting(&self) -> Vec<(Arc<str>, Arc<Session>)> {
        let waiting = self.waiting.lock();
        let some = waiting.groups.iter().filter(|(_, of)| of.messages() > 0);
        some.map(|(group, session)| (Arc::clone(group), Arc::clone(session)))
            .collect()
    }

    /// What waits for a group.
    pub fn waiting_for(&self, group: &str) -> Option<Arc<Session>> {
        self.waiting.lock().groups.get(group).cloned()
    }

    /// Waits until a member of a group has come since the last time. May also return for nothing.
    pub async fn member_came(&self) {
        self.came.notified().await;
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
            if let Pushed::Queued { .. } | Pushed::Stored { .. } =
                self.push(member, message, retain)
            {
                return Offered::Taken;
            }
        }
        offered
    }

    /// Takes a subscription out; what waits for its group goes with the group's last member.
    pub(super) fn take_out(&self, filters: &mut Filters, filter: &Filter, number: u64) {
        if filters.remove(filter, number) {
            self.end_group(filter.as_str());
        }
    }

    /// Whether what comes for this group may wait for it, whoever of its members is back first.
    pub(super) fn keeps_for_groups(filters: &Filters, shares: Shares<'_>) -> bool {
        matches!(shares, Shares::All) && !filters.is_followed()
    }
}
