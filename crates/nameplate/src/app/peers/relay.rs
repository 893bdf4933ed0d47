//! Messages between nodes: to those whose clients want them, and for clients here.

use super::{Keeping, LIMITS, Peers, State};
use crate::router::journal::Ticket;
use crate::router::{Message, Routed, Shares, stored};
use bytes::Bytes;
use nameplate_mqtt::QoS;
use nameplate_peers::{Frame, Interest, Wanted};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// What became of a message's way to other nodes.
#[derive(Debug, Default)]
pub(crate) struct Forwarded {
    /// Shared subscriptions of which a member elsewhere gets it.
    pub(crate) groups: Vec<Box<str>>,
    /// Shared subscriptions of which a member here gets it, though there are members elsewhere.
    pub(crate) own: Vec<Box<str>>,
    /// To wait for before its publisher is told that it was taken.
    pub(crate) ticket: Option<Ticket>,
    /// More than half of the room for some node is taken.
    pub(crate) crowded: bool,
    /// Nodes that it goes to.
    nodes: Vec<i64>,
    /// Of the table of what nodes want. None where the message is held until that is known.
    version: Option<u64>,
}

/// Some node is to keep the message, and too much waits for it already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMuchWaits;

/// Where a message that waits for a shared subscription is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To a member that is connected here.
    Here,
    /// To a node where one is.
    To(i64),
    /// No member is connected anywhere, as far as that is known.
    Nowhere,
}

/// For how long a message waits that finds no room on its way to another node.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

#[derive(Clone, Default)]
pub(super) struct For {
    pub(super) durable: bool,
    pub(super) groups: Vec<Box<str>>,
}

impl For {
    /// Some member of a shared subscription gets it there, or a session keeps it for one.
    fn share(&mut self, group: Box<str>, durable: bool) {
        self.durable |= durable;
        self.groups.push(group);
    }
}

impl Peers {
    /// Has a message reach the clients of other nodes.
    pub(crate) fn forward(
        &self,
        message: &Message,
        publisher: Option<&str>,
    ) -> Result<Forwarded, TooMuchWaits> {
        let is_held = message.qos > QoS::AtMostOnce && !self.is_sure();
        let (wanted, version) = {
            let table = self.table.read();
            let version = (!is_held).then(|| table.version());
            let wanted = match table.is_empty() {
                true => Wanted::default(),
                false => table.matching(message.topic.as_str()),
            };
            (wanted, version)
        };
        if wanted.is_empty() && !is_held {
            return Ok(Forwarded {
                version,
                ..Forwarded::default()
            });
        }
        let mut targets: BTreeMap<i64, For> = BTreeMap::new();
        for (node, durable) in wanted.nodes {
            targets.entry(node).or_default().durable |= durable;
        }
        let (mut elsewhere, mut own) = (Vec::new(), Vec::new());
        let known: Vec<Box<str>> = match is_held {
            true => wanted
                .groups
                .iter()
                .map(|(group, _)| group.clone())
                .collect(),
            false => Vec::new(),
        };
        let (gone, near): (Vec<i64>, Vec<i64>) = match wanted.groups.is_empty() {
            true => Default::default(),
            false => {
                let state = self.state.lock();
                let gone = state.orphans.keys().copied().collect();
                (gone, state.near(self.own))
            }
        };
        for (group, mut of) in wanted.groups {
            // Members of a node that is no more are not connected, and their sessions go on somewhere.
            of.retain(|(node, own)| !gone.contains(node) || own.durable);
            for (_, own) in of.iter_mut().filter(|(node, _)| gone.contains(node)) {
                own.connected = 0;
            }
            of.extend(self.router.interest(&group).map(|own| (self.own, own)));
            if of.is_empty() {
                continue;
            }
            let (node, interest) = self.choose(&of, &near);
            if node != self.own {
                let target = targets.entry(node).or_default();
                target.share(group.clone(), interest.durable);
                elsewhere.push(group);
            } else if of.len() > 1 {
                own.push(group);
            }
        }
        let mut forwarded = match is_held {
            false => self.send_to(targets, message, publisher)?,
            true => self.hold(targets, known, message, publisher)?,
        };
        forwarded.groups = elsewhere;
        forwarded.own = own;
        forwarded.version = version;
        Ok(forwarded)
    }

    /// Has a QoS 1 message that clients here have by now reach sessions that went from here to other nodes meanwhile; `None`
    /// where there are none.
    pub(crate) fn forward_after(
        &self,
        forwarded: &Forwarded,
        message: &Message,
        publisher: Option<&str>,
    ) -> Option<Result<Forwarded, TooMuchWaits>> {
        let known = forwarded.version?;
        let wanted = {
            let table = self.table.read();
            if table.version() == known || message.qos == QoS::AtMostOnce {
                return None;
            }
            table.matching(message.topic.as_str())
        };
        let durable = wanted.nodes.into_iter().filter(|(_, durable)| *durable);
        let mut targets: BTreeMap<i64, For> = BTreeMap::new();
        for (node, _) in durable.filter(|(node, _)| !forwarded.nodes.contains(node)) {
            targets.entry(node).or_default().durable = true;
        }
        for (group, mut of) in wanted.groups {
            let chosen = forwarded.groups.iter().chain(&forwarded.own);
            of.retain(|(_, interest)| interest.durable);
            // Of which a member here had the message, if there was one.
            let is_here = self.router.interest(&group).is_some();
            if !is_here && !of.is_empty() && !chosen.into_iter().any(|known| *known == group) {
                let (node, _) = self.choose(&of, &self.near());
                targets.entry(node).or_default().share(group, true);
            }
        }
        (!targets.is_empty()).then(|| self.send_to(targets, message, publisher))
    }

    /// Has a message reach a member elsewhere of each of these shared subscriptions, of which one here was chosen and had left
    /// before the message came to it.
    pub(crate) fn forward_in_place(
        &self,
        left: &[Box<str>],
        message: &Message,
        publisher: Option<&str>,
    ) -> Result<Forwarded, TooMuchWaits> {
        let mut targets: BTreeMap<i64, For> = BTreeMap::new();
        let wanted = self.table.read().matching(message.topic.as_str());
        let near = self.near();
        for (group, of) in wanted.groups {
            if left.contains(&group) && !of.is_empty() {
                let (node, interest) = self.choose(&of, &near);
                let target = targets.entry(node).or_default();
                target.share(group, interest.durable);
            }
        }
        self.send_to(targets, message, publisher)
    }

    /// Keeps a message here for those groups that have members here of which none took it, where a session of theirs stays
    /// at another node. Those that have no members here.
    pub(crate) fn keep_missed(&self, message: &Arc<Message>, routed: &mut Routed) -> Vec<Box<str>> {
        let mut absent = std::mem::take(&mut routed.missed);
        let present = absent.extract_if(.., |group| self.router.interest(group).is_some());
        for group in present {
            let kept = self.keep_if_it_stays(&group, message);
            routed.stored = routed.stored.max(kept);
            match kept {
                Some(_) => routed.queued += 1,
                None => routed.dropped += 1,
            }
        }
        absent
    }

    /// Keeps a message here for a group with members elsewhere, if the session of one stays.
    fn keep_if_it_stays(&self, group: &str, message: &Arc<Message>) -> Option<Ticket> {
        let stays = {
            let table = self.table.read();
            let mut of = table.group(group).into_iter().flatten();
            of.any(|(_, interest)| interest.durable)
        };
        match stays && message.qos > QoS::AtMostOnce {
            true => self.router.keep_for_others(group, message),
            false => None,
        }
    }

    /// Where messages that wait for a group are to go now, but for some ways: each member that is connected has the same
    /// chance.
    pub(crate) fn way_to(&self, group: &str, but: &[Way]) -> Way {
        let mut of = self.table.read().group(group).cloned().unwrap_or_default();
        if !of.is_empty() {
            let near = self.near();
            of.retain(|(node, _)| near.contains(node));
        }
        of.extend(self.router.interest(group).map(|own| (self.own, own)));
        let way = |node: i64| match node == self.own {
            true => Way::Here,
            false => Way::To(node),
        };
        of.retain(|(node, interest)| interest.connected > 0 && !but.contains(&way(*node)));
        match of.is_empty() {
            true => Way::Nowhere,
            false => way(self.choose(&of, &[]).0),
        }
    }

    /// Whether a group has no members at any node, as all have told.
    pub(crate) fn is_left(&self, group: &str) -> bool {
        let is_known = self.table.read().group(group).is_some();
        !is_known && self.router.interest(group).is_none() && self.hears_all()
    }

    /// What is to happen before two ways of a message to other nodes are at their end.
    pub(crate) fn both(&self, one: Option<Ticket>, other: Option<Ticket>) -> Option<Ticket> {
        let (Some(one), Some(other)) = (one, other) else {
            return one.or(other);
        };
        let id = self.router.journal().begin_elsewhere(2);
        for ticket in [one, other] {
            let router = Arc::clone(&self.router);
            tokio::spawn(async move {
                router.journal().written(ticket).await;
                router.journal().kept_elsewhere(id);
            });
        }
        Some(Ticket::elsewhere(id))
    }

    pub(super) fn send_to(
        &self,
        mut targets: BTreeMap<i64, For>,
        message: &Message,
        publisher: Option<&str>,
    ) -> Result<Forwarded, TooMuchWaits> {
        let mut body = Vec::with_capacity(stored::size(message));
        stored::write(message, false, &mut body);
        let (body, certain) = (Bytes::from(body), message.qos > QoS::AtMostOnce);
        let frame = |id, groups| Frame::Message {
            id,
            publisher: publisher.map(Into::into),
            groups,
            body: body.clone(),
        };
        let mut state = self.state.lock();
        if certain {
            self.redirect(&state, &mut targets, message.topic.as_str());
        }
        // Whoever publishes with QoS 1 hears that it was taken when sessions keep it, and when it has come to where clients
        // are connected: a node that dies with it on its way has acknowledged nothing.
        let answers = |node: &i64, target: &For| {
            certain && (target.durable && state.knows(*node) || self.is_to_answer(&state, *node))
        };
        let keepers = targets
            .iter()
            .filter(|(node, target)| answers(node, target));
        let keepers: Vec<i64> = keepers.map(|(node, _)| *node).collect();
        let has_room = |node: &i64| match (state.peers.get(node), state.orphans.get(node)) {
            (Some(peer), _) => peer.out.has_room(body.len()),
            (None, orphans) => orphans.is_none_or(|orphans| orphans.len() < LIMITS.frames),
        };
        if !keepers.iter().all(has_room) {
            self.refused.inc();
            return Err(TooMuchWaits);
        }
        let mut forwarded = Forwarded {
            nodes: targets.keys().copied().collect(),
            ..Forwarded::default()
        };
        let id = match keepers.len() {
            0 => 0,
            nodes => self.router.journal().begin_elsewhere(nodes),
        };
        forwarded.ticket = (id != 0).then(|| Ticket::elsewhere(id));
        for (node, target) in targets {
            let keeps = certain && target.durable;
            let is_waited_for = keeps || keepers.contains(&node);
            let frame = frame(if is_waited_for { id } else { 0 }, target.groups).to_bytes();
            let Some(peer) = state.peers.get_mut(&node) else {
                if let (true, Some(orphans)) = (keeps, state.orphans.get_mut(&node)) {
                    orphans.insert(id, frame);
                }
                continue;
            };
            if keeps {
                peer.open.insert(id, frame.clone());
            } else if is_waited_for {
                peer.unanswered.insert(id);
            }
            let pushed = match (is_waited_for, certain) {
                // There was room for its body, and its publisher waits until it has come.
                (true, _) => {
                    peer.out.push_always(frame);
                    Ok(())
                }
                (false, true) => peer.out.push(frame).map(drop),
                (false, false) => peer.out.push_loose(frame),
            };
            match pushed {
                Ok(()) => self.forwarded.inc(),
                Err(_) => self.lost.inc(),
            };
            forwarded.crowded |= peer.out.is_crowded();
        }
        drop(state);
        self.due.notify_one();
        Ok(forwarded)
    }

    /// What a node that is no more was to keep, and for which nothing waits any longer, is for those that have its sessions now.
    fn redirect(&self, state: &State, targets: &mut BTreeMap<i64, For>, topic: &str) {
        let is_over = |node: &i64, of: &For| of.durable && !state.knows(*node);
        if !targets.iter().any(|(node, of)| is_over(node, of)) {
            return;
        }
        let over: Vec<For> = {
            let over = targets.extract_if(.., |node, of| is_over(node, of));
            over.map(|(_, of)| of).collect()
        };
        let wanted = self.table.read().matching(topic);
        let durable = wanted.nodes.into_iter().filter(|(_, durable)| *durable);
        for (node, _) in durable.filter(|(node, _)| state.knows(*node)) {
            targets.entry(node).or_default().durable = true;
        }
        for group in over.into_iter().flat_map(|of| of.groups) {
            let of = wanted.groups.iter().find(|(known, _)| *known == group);
            let known = of.into_iter().flat_map(|(_, of)| of);
            let known: Vec<_> = known
                .filter(|(node, _)| state.knows(*node))
                .copied()
                .collect();
            if !known.is_empty() {
                let (node, interest) = self.choose(&known, &state.near(self.own));
                let target = targets.entry(node).or_default();
                target.share(group, interest.durable);
            }
        }
    }

    /// The nodes that are heard, and this one.
    pub(super) fn near(&self) -> Vec<i64> {
        self.state.lock().near(self.own)
    }

    /// The node of which a member gets a message of a shared subscription: one with members that are connected, each with
    /// the same chance; where there is none, one where a member's session stays, which keeps it for the group. Of those it is
    /// the first that is `near`, so that what waits for a group is in one place most often, and in its order.
    pub(super) fn choose(&self, of: &[(i64, Interest)], near: &[i64]) -> (i64, Interest) {
        let connected: usize = of.iter().map(|(_, own)| own.connected as usize).sum();
        if connected == 0 {
            let durable: Vec<_> = of.iter().filter(|(_, own)| own.durable).collect();
            let heard = durable.iter().filter(|(node, _)| near.contains(node));
            if let Some(first) = heard.min_by_key(|(node, _)| *node) {
                return **first;
            }
            return match durable.len() {
                0 => of[0],
                several => *durable[self.router.roll(several)],
            };
        }
        let mut at = self.router.roll(connected);
        for (node, interest) in of {
            let connected = interest.connected as usize;
            if at < connected {
                return (*node, *interest);
            }
            at -= connected;
        }
        of[0]
    }

    /// A message of another node for clients here.
    pub(super) fn deliver(
        self: &Arc<Self>,
        from: i64,
        id: u64,
        publisher: Option<&str>,
        groups: &[Box<str>],
        body: Bytes,
    ) {
        self.received.inc();
        let read = stored::read(body).ok();
        let Some(stored) = read.and_then(|read| read.into_iter().flatten().next()) else {
            tracing::error!("a message of node {from} cannot be read and is lost");
            return self.done(from, id);
        };
        let message = Arc::new(stored.message);
        let shares = Shares::Only(groups);
        let mut routed = self.router.publish_to(&message, publisher, shares);
        let absent = self.keep_missed(&message, &mut routed);
        if routed.dropped > 0 {
            self.kernel.metrics.outbox_full(routed.dropped as u64);
        }
        let absent: Vec<&str> = absent.iter().map(|group| &**group).collect();
        if !absent.is_empty() {
            // Whoever may send it back hears first that there is nobody here.
            self.announce();
        }
        if id != 0
            && let Some(targets) = self.left_behind(from, &message, &absent)
        {
            return self.pass_on((from, id), message, publisher, (targets, routed.stored));
        }
        match routed.stored {
            Some(ticket) if id != 0 => {
                // The receiver lives as long as this does.
                let _ = self.keeping.send(Keeping { from, id, ticket });
            }
            _ => self.done(from, id),
        }
    }

    /// The nodes that have the sessions now for which a node sent a message here, where it could not know that they have
    /// gone. Of shared subscriptions it cannot in any case: it hears of the members that came elsewhere before it hears that
    /// those here have left, and chooses between both meanwhile. Those without members here are `absent`.
    fn left_behind(
        &self,
        from: i64,
        message: &Message,
        absent: &[&str],
    ) -> Option<BTreeMap<i64, For>> {
        let mut targets: BTreeMap<i64, For> = BTreeMap::new();
        let mut shared: BTreeMap<&str, i64> = BTreeMap::new();
        for (owner, filter) in self.left_by(from, message.topic.as_str()) {
            match filter.share_name() {
                None => targets.entry(owner).or_default().durable = true,
                // One of its members has it.
                Some(_) => {
                    let group = absent.iter().find(|group| **group == filter.as_str());
                    if let Some(group) = group {
                        shared.entry(group).or_insert(owner);
                    }
                }
            }
        }
        let wanted = match absent.is_empty() {
            true => None,
            false => Some(self.table.read().matching(message.topic.as_str())),
        };
        for group in absent {
            let of = wanted.as_ref().and_then(|wanted| {
                let of = wanted.groups.iter().find(|(known, _)| **known == **group);
                of.map(|(_, of)| of).filter(|of| !of.is_empty())
            });
            let (node, durable) = match (shared.get(group), of) {
                (Some(owner), _) => (*owner, true),
                (None, Some(of)) => {
                    let (node, interest) = self.choose(of, &self.near());
                    (node, interest.durable)
                }
                (None, None) => continue,
            };
            let target = targets.entry(node).or_default();
            target.share((*group).into(), durable);
        }
        (!targets.is_empty()).then_some(targets)
    }

    /// Sends a message of another node on, and says that it is kept once it is, there and here.
    fn pass_on(
        self: &Arc<Self>,
        (from, id): (i64, u64),
        message: Arc<Message>,
        publisher: Option<&str>,
        (targets, stored): (BTreeMap<i64, For>, Option<Ticket>),
    ) {
        // Now, so that messages stay in their order; where too much waits, as soon as there is room.
        let first = self.send_to(targets.clone(), &message, publisher);
        let (peers, publisher) = (Arc::clone(self), publisher.map(Box::<str>::from));
        tokio::spawn(async move {
            let mut sent = first;
            let forwarded = loop {
                match sent {
                    Ok(forwarded) => break forwarded,
                    Err(TooMuchWaits) => {
                        tokio::time::sleep(AGAIN_AFTER).await;
                        sent = peers.send_to(targets.clone(), &message, publisher.as_deref());
                    }
                }
            };
            if let Some(ticket) = Ticket::and(stored, forwarded.ticket) {
                peers.router.journal().written(ticket).await;
            }
            peers.done(from, id);
        });
    }

    fn done(&self, from: i64, id: u64) {
        if id != 0 {
            self.push(from, &Frame::Done(id));
        }
    }

    /// Others have the sessions of a node that is no more: messages that waited for those go wherever a session keeps them
    /// now.
    pub(crate) fn adopted(&self, dead: i64) {
        self.table.write().forget(dead);
        let orphans = self.state.lock().take_orphans(dead);
        for (id, frame) in orphans {
            match Frame::read(frame) {
                Ok(Frame::Message {
                    publisher,
                    groups,
                    body,
                    ..
                }) => self.forward_again(id, publisher, groups, body),
                _ => self.router.journal().kept_elsewhere(id),
            }
        }
        self.due.notify_one();
    }

    fn forward_again(
        &self,
        id: u64,
        publisher: Option<Box<str>>,
        groups: Vec<Box<str>>,
        body: Bytes,
    ) {
        let read = stored::read(body.clone()).ok();
        let Some(stored) = read.and_then(|read| read.into_iter().flatten().next()) else {
            return self.router.journal().kept_elsewhere(id);
        };
        let wanted = {
            let table = self.table.read();
            table.matching(stored.message.topic.as_str())
        };
        let durable = wanted.nodes.into_iter().filter(|(_, durable)| *durable);
        let mut targets: BTreeMap<i64, Vec<Box<str>>> =
            durable.map(|(node, _)| (node, Vec::new())).collect();
        for group in groups {
            let of = wanted.groups.iter().find(|(known, _)| *known == group);
            let mut of = of.map(|(_, of)| of.clone()).unwrap_or_default();
            of.extend(self.router.interest(&group).map(|own| (self.own, own)));
            if !of.is_empty() {
                let (node, _) = self.choose(&of, &self.near());
                targets.entry(node).or_default().push(group);
            }
        }
        let own = targets.remove(&self.own).unwrap_or_default();
        let mut state = self.state.lock();
        targets.retain(|node, _| state.knows(*node));
        // A number of its own: a node of these may still have to say that it keeps the message under the first one.
        let again =
            (!targets.is_empty()).then(|| self.router.journal().begin_elsewhere(targets.len()));
        if let Some(id) = again {
            for (node, groups) in targets {
                let (publisher, body) = (publisher.clone(), body.clone());
                let frame = Frame::Message {
                    id,
                    publisher,
                    groups,
                    body,
                };
                state.keep_for(node, id, &frame.to_bytes());
            }
        }
        drop(state);
        let message = Arc::new(stored.message);
        let publisher = publisher.as_deref();
        let shares = Shares::Only(&own);
        let mut routed = self.router.publish_to(&message, publisher, shares);
        for group in self.keep_missed(&message, &mut routed) {
            // Its members have left in this moment.
            let kept = self.keep_if_it_stays(&group, &message);
            routed.stored = routed.stored.max(kept);
        }
        let router = Arc::clone(&self.router);
        tokio::spawn(async move {
            let again = again.map(Ticket::elsewhere);
            if let Some(ticket) = Ticket::and(routed.stored, again) {
                router.journal().written(ticket).await;
            }
            router.journal().kept_elsewhere(id);
        });
    }
}

impl State {
    /// The nodes that are heard, and this one.
    fn near(&self, own: i64) -> Vec<i64> {
        let now = Instant::now();
        let near = self.peers.iter().filter(|(_, peer)| peer.is_near(now));
        near.map(|(node, _)| *node).chain([own]).collect()
    }

    /// Whether messages can wait for a node.
    pub(super) fn knows(&self, node: i64) -> bool {
        self.peers.contains_key(&node) || self.orphans.contains_key(&node)
    }

    /// A node is to keep this message, or whoever gets its sessions.
    pub(super) fn keep_for(&mut self, node: i64, id: u64, frame: &Bytes) {
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.open.insert(id, frame.clone());
            peer.out.push_always(frame.clone());
        } else if let Some(orphans) = self.orphans.get_mut(&node) {
            orphans.insert(id, frame.clone());
        }
    }
}
