//! Sessions that have gone from here to another node which could not tell every node so, for as long as one that was not told
//! may send messages for them here.
//!
//! Who takes a session over has all nodes that it hears know of it before the session is let go here. One that was not heard
//! then goes on to send here what it knew sessions here to keep, once it is heard. Its publishers wait for a session to keep
//! that, and there is none here any more: so it goes on to where the session is.

use super::{Peers, State};
use nameplate_mqtt::topic::Filter;
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::Instant;

/// For how long a node has to be heard until what it did not know before has reached it, and what it sent before has come:
/// what waits for it is sent at once when it is heard, and what was lost again after half a second.
const CAUGHT_UP: Duration = Duration::from_secs(5);
/// Sessions that are kept in mind at most, each with its filters: only faults of the bus make any.
const MOST: usize = 65_536;

/// A session that has gone from here.
pub(super) struct Left {
    owner: i64,
    filters: Vec<Filter>,
    at: Instant,
    /// Nodes that may not know yet where it is.
    untold: HashSet<i64>,
}

impl Peers {
    /// A session is another node's from now on, which has told these nodes so; to be said before it is let go here.
    pub(crate) fn left_for(&self, owner: i64, told: &[i64], client_id: &str, filters: Vec<Filter>) {
        if filters.is_empty() || owner == self.own {
            return;
        }
        let mut state = self.state.lock();
        let others = state.peers.keys().chain(state.members.keys());
        let untold: HashSet<i64> = others
            .copied()
            .filter(|node| *node != owner && !told.contains(node))
            .collect();
        if untold.is_empty() {
            return;
        }
        if !state.peers.contains_key(&owner) && !state.gone.contains(&owner) {
            // Not heard yet: what is for it waits.
            state.orphans.entry(owner).or_default();
        }
        if state.left.len() == MOST && !state.left.contains_key(client_id) {
            tracing::error!(
                "{MOST} sessions have gone from here while nodes were not heard: of further ones messages on their way are lost"
            );
            return;
        }
        let left = Left {
            owner,
            filters,
            at: Instant::now(),
            untold,
        };
        state.left.insert(client_id.into(), left);
    }

    /// The session of a client id is here again.
    pub(crate) fn came_back(&self, client_id: &str) {
        self.state.lock().left.remove(client_id);
    }

    /// The filters of sessions that have gone which a message of a topic is for, and the nodes that have them, if the node
    /// that sent it may not know.
    pub(super) fn left_by(&self, from: i64, topic: &str) -> Vec<(i64, Filter)> {
        let state = self.state.lock();
        let left = state.left.values();
        let left = left.filter(|left| left.untold.contains(&from));
        let filters =
            left.flat_map(|left| left.filters.iter().map(move |filter| (left.owner, filter)));
        filters
            .filter(|(_, filter)| filter.matches(topic))
            .map(|(owner, filter)| (owner, filter.clone()))
            .collect()
    }

    /// Sessions that are kept in mind.
    #[cfg(test)]
    pub(crate) fn left(&self) -> usize {
        self.state.lock().left.len()
    }

    /// Forgets the sessions for which nothing can be on its way any more.
    pub(super) fn forget_left(&self) {
        let mut state = self.state.lock();
        if state.left.is_empty() {
            return;
        }
        let (now, mut left) = (Instant::now(), std::mem::take(&mut state.left));
        left.retain(|_, left| {
            let is_new = now.duration_since(left.at) < CAUGHT_UP;
            left.untold.retain(|node| {
                let has_caught_up = !is_new && state.has_caught_up(*node, left.owner, now);
                !has_caught_up && !state.gone.contains(node)
            });
            !left.untold.is_empty()
        });
        state.left = left;
    }
}

impl State {
    /// Whether a node knows by now what the owner of a session has told all, and what it sent before it knew has come.
    fn has_caught_up(&self, node: i64, owner: i64, now: Instant) -> bool {
        // An owner that is no more has told whom it could.
        self.is_heard(node, now) && (self.is_heard(owner, now) || self.gone.contains(&owner))
    }

    /// Whether a node has been heard for so long that what it has told before has come.
    pub(super) fn is_heard(&self, node: i64, now: Instant) -> bool {
        let peer = self.peers.get(&node);
        peer.is_some_and(|peer| {
            !peer.paused(now) && now.duration_since(peer.heard_since) >= CAUGHT_UP
        })
    }
}
