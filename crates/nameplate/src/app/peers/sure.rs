//! Whether this node may say that it has taken what others are to get: while it has heard of everything that they keep, and
//! is one of them.
//!
//! A node may be cut off from the store, from the bus or from both, and be taken for dead meanwhile. Then others go on
//! without it, and what it would still acknowledge to a publisher would be lost. So it acknowledges a QoS 1 message that
//! other nodes want when they have it; and one that may be for sessions of which it has not heard once it has heard again.
//! Cut off from both for its whole term it lets its clients go to the others. Must not know sockets.

use super::relay::{For, Forwarded, TooMuchWaits};
use super::{LIMITS, Peer, Peers, SILENT_AFTER, State};
use crate::router::journal::Ticket;
use crate::router::{Control, Message, stored};
use bytes::Bytes;
use nameplate_mqtt::DisconnectReason;
use nameplate_peers::{Frame, Packet};
use nameplate_store::TERM;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// What nodes said in the store up to so long ago is enough: they go on a fifth of a second later than that
/// ([`App::session_subscribed`](crate::app::App::session_subscribed)).
const FOLLOWED_WITHIN: Duration = Duration::from_secs(1);

/// Messages that may be for sessions of which this node has not heard, in the order in which they came.
#[derive(Default)]
pub(super) struct Held {
    messages: Vec<Unsure>,
    bytes: usize,
}

/// One of them.
struct Unsure {
    /// Its number in the journal.
    id: u64,
    message: Arc<Message>,
    publisher: Option<Box<str>>,
    /// The nodes that it was sent to for sessions that keep it.
    nodes: HashSet<i64>,
    /// The shared subscriptions of which a member got it.
    groups: Vec<Box<str>>,
}

impl Peers {
    /// The notices of other nodes that were committed before this have been followed.
    pub(crate) fn has_followed(&self, until: std::time::Instant) {
        *self.followed.lock() = until;
    }

    /// Whether this node has heard of every session whose client was told so: by the store a moment ago, or over the bus by
    /// all nodes.
    pub(super) fn is_sure(&self) -> bool {
        if !self.kernel.store.is_clustered() {
            return true;
        }
        if self.followed.lock().elapsed() < FOLLOWED_WITHIN {
            return true;
        }
        self.hears_all()
    }

    /// Whether all nodes that live have been heard for so long that what they have told has come.
    pub(super) fn hears_all(&self) -> bool {
        let (now, state) = (Instant::now(), self.state.lock());
        let mut others = state.peers.keys().chain(state.members.keys());
        state.hears_itself(now) && others.all(|node| state.is_heard(*node, now))
    }

    /// Whether a node is waited for that is to get a QoS 1 message which no session keeps there.
    pub(super) fn is_to_answer(&self, state: &State, node: i64) -> bool {
        let peer = state.peers.get(&node);
        peer.is_some_and(|peer| self.is_waited_for(peer))
    }

    /// While a node is heard, and until this one has had the store since it was not: then it is not what took both from this
    /// one, which stays to send what waits. A node that is cut off from all may be no more by then.
    fn is_waited_for(&self, peer: &Peer) -> bool {
        let renewed = Instant::now().checked_sub(self.kernel.store.silent());
        renewed.is_none_or(|renewed| renewed < peer.heard + SILENT_AFTER)
    }

    /// Whether this node has had neither store nor bus for so long that others have taken over what it has.
    pub(crate) fn is_cut_off(&self) -> bool {
        if self.kernel.store.silent() <= TERM {
            return false;
        }
        let (now, state) = (Instant::now(), self.state.lock());
        !state.members.is_empty() && !state.hears_itself(now)
    }

    /// Waits no longer for nodes that are not heard to say that they have messages for clients that are connected there.
    pub(super) fn let_go_unanswered(&self) {
        let over: Vec<u64> = {
            let mut state = self.state.lock();
            let peers = state.peers.values_mut();
            let over =
                peers.filter(|peer| !peer.unanswered.is_empty() && !self.is_waited_for(peer));
            over.flat_map(|peer| std::mem::take(&mut peer.unanswered))
                .collect()
        };
        for id in over {
            self.router.journal().kept_elsewhere(id);
        }
    }

    /// Sends a message to the nodes that are known to want it, and remembers it for those of which nothing has been heard:
    /// its publisher is told that it was taken after that.
    pub(super) fn hold(
        &self,
        targets: BTreeMap<i64, For>,
        groups: Vec<Box<str>>,
        message: &Message,
        publisher: Option<&str>,
    ) -> Result<Forwarded, TooMuchWaits> {
        let size = stored::size(message);
        {
            let state = self.state.lock();
            let held = &state.held;
            if held.messages.len() >= LIMITS.frames || held.bytes + size > LIMITS.bytes {
                self.refused.inc();
                return Err(TooMuchWaits);
            }
        }
        let keep = targets.iter().filter(|(_, target)| target.durable);
        let nodes = keep.map(|(node, _)| *node).collect();
        let mut forwarded = self.send_to(targets, message, publisher)?;
        let journal = self.router.journal();
        let id = journal.begin_elsewhere(1);
        if let Some(sent) = forwarded.ticket.replace(Ticket::elsewhere(id)) {
            journal.also_elsewhere(id);
            let router = Arc::clone(&self.router);
            tokio::spawn(async move {
                router.journal().written(sent).await;
                router.journal().kept_elsewhere(id);
            });
        }
        let mut state = self.state.lock();
        state.held.bytes += size;
        state.held.messages.push(Unsure {
            id,
            message: Arc::new(message.clone()),
            publisher: publisher.map(Into::into),
            nodes,
            groups,
        });
        Ok(forwarded)
    }

    /// Has messages that may have been for sessions of which nothing was known here go to where those are, as soon as that is
    /// known.
    pub(super) fn settle_held(&self) {
        let is_empty = self.state.lock().held.messages.is_empty();
        if is_empty || !self.is_sure() {
            return;
        }
        let held = std::mem::take(&mut self.state.lock().held);
        for unsure in held.messages {
            self.send_held(unsure);
        }
        self.due.notify_one();
    }

    fn send_held(&self, unsure: Unsure) {
        let wanted = self.table.read().matching(unsure.message.topic.as_str());
        let durable = wanted.nodes.into_iter().filter(|(_, durable)| *durable);
        let mut targets: BTreeMap<i64, Vec<Box<str>>> = durable
            .filter(|(node, _)| *node != self.own && !unsure.nodes.contains(node))
            .map(|(node, _)| (node, Vec::new()))
            .collect();
        for (group, mut of) in wanted.groups {
            of.retain(|(_, interest)| interest.durable);
            let is_new = !unsure.groups.contains(&group) && self.router.interest(&group).is_none();
            if is_new && !of.is_empty() {
                let (node, _) = self.choose(&of, &self.near());
                targets.entry(node).or_default().push(group);
            }
        }
        let mut body = Vec::with_capacity(stored::size(&unsure.message));
        stored::write(&unsure.message, false, &mut body);
        let body = Bytes::from(body);
        let journal = self.router.journal();
        let mut state = self.state.lock();
        targets.retain(|node, _| state.knows(*node));
        for (node, groups) in targets {
            // A number of its own: a node that is no more may have it sent elsewhere under that.
            let id = journal.begin_elsewhere(1);
            let frame = Frame::Message {
                id,
                publisher: unsure.publisher.clone(),
                groups,
                body: body.clone(),
            };
            state.keep_for(node, id, &frame.to_bytes());
            journal.also_elsewhere(unsure.id);
            let (router, whole) = (Arc::clone(&self.router), unsure.id);
            tokio::spawn(async move {
                router.journal().written(Ticket::elsewhere(id)).await;
                router.journal().kept_elsewhere(whole);
            });
        }
        drop(state);
        journal.kept_elsewhere(unsure.id);
    }

    /// Has clients go to other nodes while this one is cut off: what they send is not acknowledged here, and what is for them
    /// is kept elsewhere by now.
    pub(super) fn desert(&self) {
        let is_cut_off = self.is_cut_off();
        let was = std::mem::replace(&mut self.state.lock().is_deserted, is_cut_off);
        if !is_cut_off {
            return;
        }
        if !was {
            tracing::error!(
                "this node has had neither the database nor the bus {} for {} s: others go on without it, and its clients \
                 are sent there",
                self.place(),
                TERM.as_secs()
            );
        }
        self.router
            .signal_all(Control::Disconnect(DisconnectReason::ServerError));
    }

    /// A node that is taken for dead is heard: it may have no other way to learn so, and goes on to acknowledge what nobody
    /// here takes from it.
    pub(super) fn is_dead(self: &Arc<Self>, node: i64) {
        let peers = Arc::clone(self);
        tokio::spawn(async move {
            peers.bus.to_all(&Packet::Dead { node }.to_bytes()).await;
        });
    }
}

impl State {
    /// Whether the bus brings this node its own packets.
    pub(super) fn hears_itself(&self, now: Instant) -> bool {
        self.echo
            .is_some_and(|echo| now.duration_since(echo) < SILENT_AFTER)
    }
}
