//! The other nodes of the fleet, over the bus: which filters their clients have, messages for those, and questions.
//!
//! Each node tells all others which filters its clients have, and a message goes to the nodes that want it, once to each;
//! rules, retaining and services have seen it where it came in. Who published with QoS 1 is told that it was taken once
//! sessions on other nodes keep it too. While the bus is away numbered frames wait, within bounds, and loose ones are lost
//! and counted. What nodes say is `nameplate-peers`', how it travels `bus/`. Must not know sockets.

mod ask;
mod claim;
mod heir;
mod left;
mod relay;
mod sure;

pub(crate) use ask::encoded;
pub use ask::{Ask, Told};
pub use claim::{Claim, TakenOver};
pub(crate) use relay::Way;

use super::App;
use super::kernel::Kernel;
use crate::bus::{self, Bus, Inbox, Membership, Opened};
use crate::router::Router;
use crate::router::journal::Ticket;
use bytes::Bytes;
use nameplate_peers::{Frame, Incoming, Interest, LinkLimits, Outgoing, Packet, Table};
use parking_lot::{Mutex, RwLock};
use prometheus_client::metrics::counter::Counter;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::Instant;

/// What may wait for one node: a minute of a thousand messages a second.
const LIMITS: LinkLimits = LinkLimits {
    frames: 65_536,
    bytes: 64 * 1024 * 1024,
};
/// How often a node says that it is there.
const HELLO_EVERY: Duration = Duration::from_millis(500);
/// A node that was not heard for so long is not waited for.
const SILENT_AFTER: Duration = Duration::from_millis(1500);
/// A node that lives as the store says counts as one that does not answer when it was not heard for so long: before, it
/// starts, and has no clients.
const UNHEARD_AFTER: Duration = Duration::from_secs(1);
/// What is looked at regularly. So long, at most, waits what the heir is told for a packet that goes there anyway, such as
/// the next client's claim.
const TICK: Duration = Duration::from_millis(100);
/// How long a node that goes waits until the bus has what it says last.
const SAID_WITHIN: Duration = Duration::from_millis(500);
/// What was not acknowledged for so long is sent again.
const RESEND_AFTER: Duration = Duration::from_millis(500);
/// Bytes of one packet, about: below what a server of NATS takes at a time, a message of the largest size included.
const PACKET: usize = 256 * 1024;
/// Frames that are acknowledged at once; fewer with what is looked at next.
const ACKNOWLEDGED: u32 = 256;
/// How long what others are rung for is gathered.
const GATHER: Duration = Duration::from_millis(5);
/// Filters in one frame.
const FILTERS: usize = 1024;
/// How long a subscription waits for other nodes to know of it.
const HEARD_LIMIT: Duration = Duration::from_secs(2);
/// A node that lives and was not heard for so long is worth a word: one that ended without one is taken for dead by then.
const UNHEARD_WARNED: Duration = Duration::from_secs(15);
/// How long a node that was taken for dead, and still has the bus, takes to hear so: it says twice a second that it is there.
const TOLD_DEAD_WITHIN: Duration = Duration::from_secs(2);
/// How long is waited to hear of all nodes before it is looked again which there are.
const JOIN_LIMIT: Duration = Duration::from_millis(500);

/// The other nodes.
pub struct Peers {
    kernel: Arc<Kernel>,
    router: Arc<Router>,
    bus: Bus,
    own: i64,
    state: Mutex<State>,
    table: RwLock<Table>,
    claims: Mutex<HashMap<Arc<str>, Vec<claim::Pending>>>,
    asked: Mutex<ask::Asked>,
    /// Something is to be sent.
    due: Notify,
    /// A claim waits to be sent with others.
    claimed: Notify,
    /// When claims are sent.
    pace: Mutex<claim::Pace>,
    /// Something was acknowledged or heard.
    news: Notify,
    inbox: tokio::sync::Mutex<Option<Inbox>>,
    /// What nodes had said in the store before this has been followed here.
    followed: Mutex<std::time::Instant>,
    keeping: mpsc::UnboundedSender<Keeping>,
    kept: tokio::sync::Mutex<mpsc::UnboundedReceiver<Keeping>>,
    lost: Counter,
    refused: Counter,
    forwarded: Counter,
    received: Counter,
}

/// A message of another node's that this one is about to keep.
struct Keeping {
    from: i64,
    id: u64,
    ticket: Ticket,
}

#[derive(Default)]
struct State {
    peers: BTreeMap<i64, Peer>,
    /// The other nodes that live, as the store says, and since when that is known. Some may never have been heard.
    members: HashMap<i64, Instant>,
    /// Incarnations that are no more.
    gone: HashSet<i64>,
    /// What others were told that clients here want.
    announced: HashMap<Box<str>, Interest>,
    /// Messages for sessions of nodes that are no more, until others have those: what comes meanwhile joins them.
    orphans: HashMap<i64, BTreeMap<u64, Bytes>>,
    /// Nodes whose sessions others have by now.
    adopted: HashSet<i64>,
    /// When this node heard itself.
    echo: Option<Instant>,
    /// The node that is told of the clients of this one.
    heir: Option<i64>,
    /// Sessions that have gone from here, by client id, while messages for them may be on their way here.
    left: HashMap<Box<str>, left::Left>,
    /// Messages that may be for sessions of which this node has not heard.
    held: sure::Held,
    /// When the last of the nodes was found to be no more.
    went: Option<Instant>,
    /// Clients have been sent elsewhere, since this node is cut off.
    is_deserted: bool,
    /// Nodes of which the log says that they are not heard.
    unheard: HashSet<i64>,
}

struct Peer {
    out: Outgoing,
    incoming: Incoming,
    /// It is to hear what was received, and whether something was missing.
    ack: Option<bool>,
    /// At once: it waits for that, or has sent much since it heard so.
    ack_now: bool,
    unacknowledged: u32,
    heard: Instant,
    /// Since when without a pause that might be longer at another node.
    heard_since: Instant,
    progressed: Instant,
    /// It has told what its clients want.
    synced: bool,
    /// Messages that it has not said to keep, by their number.
    open: BTreeMap<u64, Bytes>,
    /// Messages for clients that are connected to it, which it has not said to have.
    unanswered: BTreeSet<u64>,
}

impl Peer {
    fn is_near(&self, now: Instant) -> bool {
        now.duration_since(self.heard) < SILENT_AFTER
    }

    /// Whether another node may take it for silent by now, which hears it a moment earlier or later than this one.
    fn paused(&self, now: Instant) -> bool {
        now.duration_since(self.heard) >= SILENT_AFTER - HELLO_EVERY
    }
}

/// Another node as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerView {
    /// Its incarnation.
    pub incarnation: i64,
    /// It is heard.
    pub near: bool,
    /// Frames that wait for it or for its acknowledgement.
    pub waiting: u64,
    /// Messages that it has not yet said to keep.
    pub open: usize,
}

impl Peers {
    /// Connects to the bus, where there is one.
    ///
    /// # Errors
    /// That it cannot be had.
    pub(crate) async fn open(
        kernel: &Arc<Kernel>,
        router: &Arc<Router>,
    ) -> super::Result<Option<Arc<Self>>> {
        // All nodes have the device CA, and no other fleet has.
        let authority = &kernel.device_authority;
        let of = Membership {
            prefix: format!(
                "nameplate.{}",
                hex::encode(&authority.derived_key(b"the name of the fleet")[..8])
            ),
            own: kernel.incarnation(),
            key: authority.derived_key(b"the bus between nodes"),
        };
        let connected = match &kernel.settings.bus {
            bus::Setting::None => return Ok(None),
            bus::Setting::Nats(options) => Bus::connect(options, &of)
                .await
                .map_err(|error| super::Error::internal(error.to_string()))?,
            #[cfg(test)]
            bus::Setting::Hub(hub, own) => hub.plug(&Membership {
                prefix: "test".into(),
                own: *own,
                key: [1; 32],
            }),
        };
        let (kernel, router) = (Arc::clone(kernel), Arc::clone(router));
        Ok(Some(Self::new(kernel, router, of.own, connected)))
    }

    fn new(
        kernel: Arc<Kernel>,
        router: Arc<Router>,
        own: i64,
        (bus, inbox): (Bus, Inbox),
    ) -> Arc<Self> {
        router.follow_filters();
        router.clock().tick(kernel.now().0);
        let (keeping, kept) = mpsc::unbounded_channel();
        let metrics = &kernel.metrics;
        Arc::new(Self {
            lost: metrics.peer_messages("lost"),
            refused: metrics.peer_messages("refused"),
            forwarded: metrics.peer_messages("sent"),
            received: metrics.peer_messages("received"),
            kernel,
            router,
            bus,
            own,
            state: Mutex::default(),
            table: RwLock::default(),
            claims: Mutex::default(),
            asked: Mutex::default(),
            due: Notify::new(),
            claimed: Notify::new(),
            pace: Mutex::default(),
            news: Notify::new(),
            inbox: tokio::sync::Mutex::new(Some(inbox)),
            followed: Mutex::new(std::time::Instant::now()),
            keeping,
            kept: tokio::sync::Mutex::new(kept),
        })
    }

    /// Incarnation of this node.
    pub fn own(&self) -> i64 {
        self.own
    }

    /// Where the bus is.
    pub fn place(&self) -> &str {
        self.bus.place()
    }

    /// Whether the bus brings this node's packets.
    pub fn is_up(&self) -> bool {
        *self.bus.up().borrow() && self.state.lock().hears_itself(Instant::now())
    }

    /// The other nodes that are known.
    pub fn view(&self) -> Vec<PeerView> {
        let now = Instant::now();
        let state = self.state.lock();
        let peers = state.peers.iter().map(|(incarnation, peer)| PeerView {
            incarnation: *incarnation,
            near: peer.is_near(now),
            waiting: peer.out.last() + 1 - peer.out.acknowledged(),
            open: peer.open.len(),
        });
        peers.collect()
    }

    /// Filters that clients of other nodes have.
    pub fn filters(&self) -> usize {
        self.table.read().len()
    }

    /// Works until the server ends.
    pub async fn run(self: Arc<Self>, app: Arc<App>) {
        let Some(mut inbox) = self.inbox.lock().await.take() else {
            return;
        };
        let receive = async {
            while let Some(opened) = inbox.next().await {
                self.receive(&app, opened);
            }
            tracing::error!("the bus {} is closed for good", self.bus.place());
        };
        tokio::join!(
            receive,
            self.send(),
            self.tick(),
            self.keep_heir(&app),
            self.tell_kept(),
            self.ring(),
            self.gather_claims()
        );
    }

    /// Waits until these nodes have told what their clients want, a moment at most; whether they have.
    pub async fn join(&self, members: &[i64]) -> bool {
        self.until(JOIN_LIMIT, || {
            let state = self.state.lock();
            members
                .iter()
                .filter(|member| **member != self.own)
                .all(|member| state.peers.get(member).is_some_and(|peer| peer.synced))
        })
        .await
    }

    /// Waits until something is so, for a time at most.
    async fn until(&self, limit: Duration, so: impl Fn() -> bool) -> bool {
        let end = Instant::now() + limit;
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            // From here on no news is missed.
            news.as_mut().enable();
            if so() {
                return true;
            }
            if tokio::time::timeout_at(end, news).await.is_err() {
                return so();
            }
        }
    }

    /// Has other nodes know of the filters that have changed, and waits until those that are heard do, or a while; which do.
    pub async fn heard(&self) -> Vec<i64> {
        let marks = self.announce();
        if !*self.bus.up().borrow() {
            return Vec::new();
        }
        let knows = |state: &State, (node, mark): &(i64, u64)| {
            let peer = state.peers.get(node);
            peer.map(|peer| peer.out.acknowledged() > *mark)
        };
        self.until(HEARD_LIMIT, || {
            let (state, now) = (self.state.lock(), Instant::now());
            marks.iter().all(|told| {
                let peer = state.peers.get(&told.0);
                peer.is_none_or(|peer| !peer.is_near(now)) || knows(&state, told) == Some(true)
            })
        })
        .await;
        let state = self.state.lock();
        let told = marks
            .iter()
            .filter(|told| knows(&state, told) == Some(true));
        told.map(|(node, _)| *node).collect()
    }

    /// Tells other nodes of the filters that have changed; the number that each has heard of them by.
    fn announce(&self) -> Vec<(i64, u64)> {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        let mut changes = self.router.changed_filters();
        changes.retain(|(filter, interest)| state.announced.get(filter) != interest.as_ref());
        for (filter, interest) in &changes {
            match interest {
                Some(interest) => state.announced.insert(filter.clone(), *interest),
                None => state.announced.remove(filter),
            };
        }
        for part in changes.chunks(FILTERS) {
            let frame = Frame::Interests(part.to_vec()).to_bytes();
            for peer in state.peers.values_mut() {
                peer.out.push_always(frame.clone());
            }
        }
        let peers = state.peers.iter();
        let marks = peers.map(|(node, peer)| (*node, peer.out.last())).collect();
        drop(guard);
        if !changes.is_empty() {
            self.due.notify_one();
        }
        marks
    }

    fn receive(self: &Arc<Self>, app: &Arc<App>, opened: Opened) {
        let from = opened.from;
        let Ok(packet) = Packet::read(opened.packet) else {
            tracing::debug!("a packet of node {from} is of a release that this one does not know");
            return;
        };
        if from == self.own {
            self.state.lock().echo = Some(Instant::now());
            self.news.notify_waiters();
            return;
        }
        match packet {
            Packet::Bell => self.kernel.look_at_notices(),
            Packet::Hello { stamp } => {
                self.router.clock().hear(stamp);
                let is_dead = self.state.lock().meet(from).is_none();
                if is_dead {
                    self.is_dead(from);
                }
                self.due.notify_one();
            }
            Packet::Dead { node } => {
                if node == self.own {
                    self.kernel.store.is_declared_dead();
                }
            }
            Packet::Frames { first, frames } => {
                let (due, gap) = {
                    let mut state = self.state.lock();
                    let Some(peer) = state.meet(from) else { return };
                    let numbered = frames.iter().map(|(numbered, _)| *numbered);
                    peer.incoming.accept(first, numbered)
                };
                let mut is_waited_for = false;
                for place in due {
                    let frame = Frame::read(frames[place].1.clone());
                    // A SUBACK may wait until it is known here.
                    is_waited_for |= matches!(frame, Ok(Frame::Interests(_)));
                    match frame {
                        Ok(frame) => self.carry_out(app, from, frame),
                        Err(error) => tracing::error!("a frame of node {from} is lost: {error}"),
                    }
                }
                let numbered = frames.iter().filter(|(numbered, _)| *numbered).count();
                if numbered > 0
                    && let Some(peer) = self.state.lock().peers.get_mut(&from)
                {
                    let count = u32::try_from(numbered).unwrap_or(u32::MAX);
                    peer.unacknowledged = peer.unacknowledged.saturating_add(count);
                    peer.ack = Some(gap);
                    peer.ack_now |= gap || is_waited_for || peer.unacknowledged >= ACKNOWLEDGED;
                    if peer.ack_now {
                        self.due.notify_one();
                    }
                }
            }
            Packet::Ack { next, gap } => {
                if let Some(peer) = self.state.lock().peers.get_mut(&from) {
                    if peer.out.acknowledge(next, gap) {
                        peer.progressed = Instant::now();
                    }
                    if peer.out.is_due() {
                        self.due.notify_one();
                    }
                }
            }
        }
        self.news.notify_waiters();
    }

    fn carry_out(self: &Arc<Self>, app: &Arc<App>, from: i64, frame: Frame) {
        match frame {
            Frame::Interests(changes) => {
                if changes.is_empty() {
                    if let Some(peer) = self.state.lock().peers.get_mut(&from) {
                        peer.synced = true;
                    }
                    return;
                }
                // Of one that is known to be no more nothing is noted, since nobody would forget it.
                let state = self.state.lock();
                if state.gone.contains(&from) {
                    return;
                }
                let mut has_come = false;
                let mut table = self.table.write();
                for (filter, interest) in changes {
                    let connected = interest.is_some_and(|interest| interest.connected > 0);
                    has_come |= connected && filter.starts_with("$share/");
                    table.set(from, &filter, interest);
                }
                if has_come {
                    self.router.member_came_elsewhere();
                }
            }
            Frame::Message {
                id,
                publisher,
                groups,
                body,
            } => self.deliver(from, id, publisher.as_deref(), &groups, body),
            Frame::Done(id) => {
                let known = {
                    let mut state = self.state.lock();
                    let peer = state.peers.get_mut(&from);
                    peer.is_some_and(|peer| {
                        peer.open.remove(&id).is_some() || peer.unanswered.remove(&id)
                    })
                };
                if known {
                    self.router.journal().kept_elsewhere(id);
                }
            }
            Frame::Request { id, body } => {
                let Some(ask) = ask::read(from, &body) else {
                    return self.push(from, &Told::Unknown.of(id));
                };
                if let Ask::Claim { client_id, stamp } = &ask
                    && let Some(told) = self.yield_at_once(app, client_id, *stamp)
                {
                    // The answers to all claims of a packet go in one.
                    return self.push(from, &told.of(id));
                }
                let (peers, app) = (Arc::clone(self), Arc::clone(app));
                tokio::spawn(async move {
                    let told = ask::carry_out(&app, from, ask).await;
                    peers.push(from, &told.of(id));
                });
            }
            Frame::Reply { id, body } => self.asked.lock().answered(id, body),
            Frame::Presence(words) => app.presence.hear(from, &words),
            Frame::Spent(words) => app.spent_elsewhere(from, &words),
            Frame::Unknown => tracing::debug!("node {from} says what this release does not know"),
        }
    }

    /// Says something to a node, for certain unless it is gone.
    fn push(&self, to: i64, frame: &Frame) {
        self.queue_for(to, frame);
        self.due.notify_one();
    }

    /// The same, with the next packet that goes there.
    fn queue_for(&self, to: i64, frame: &Frame) {
        if let Some(peer) = self.state.lock().peers.get_mut(&to) {
            peer.out.push_always(frame.to_bytes());
        }
    }

    async fn send(&self) {
        let mut up = self.bus.up();
        loop {
            tokio::select! {
                () = self.due.notified() => {}
                // A bus that is back has lost what was under way.
                _ = up.changed() => self.rewind(|_| true),
            }
            while let Some((to, packet)) = self.next_packet() {
                self.bus.to(to, &packet.to_bytes()).await;
            }
        }
    }

    fn next_packet(&self) -> Option<(i64, Packet)> {
        let up = *self.bus.up().borrow();
        let mut state = self.state.lock();
        for (node, peer) in &mut state.peers {
            if !up {
                self.lost.inc_by(peer.out.drop_loose() as u64);
                continue;
            }
            if std::mem::take(&mut peer.ack_now)
                && let Some(gap) = peer.ack.take()
            {
                peer.unacknowledged = 0;
                let next = peer.incoming.next();
                return Some((*node, Packet::Ack { next, gap }));
            }
            let was_waiting = peer.out.is_waiting();
            if let Some((first, frames)) = peer.out.take(PACKET) {
                if !was_waiting {
                    // From here on it is waited for its acknowledgement.
                    peer.progressed = Instant::now();
                }
                return Some((*node, Packet::Frames { first, frames }));
            }
        }
        None
    }

    fn rewind(&self, which: impl Fn(&Peer) -> bool) {
        let mut state = self.state.lock();
        let mut due = false;
        for peer in state.peers.values_mut().filter(|peer| which(peer)) {
            peer.out.rewind();
            peer.progressed = Instant::now();
            due |= peer.out.is_due();
        }
        drop(state);
        if due {
            self.due.notify_one();
        }
    }

    /// Has others look at what this node has committed, and looks itself when the bus is back.
    async fn ring(&self) {
        let (mut urgent, mut up) = (self.kernel.urgent(), self.bus.up());
        loop {
            let more = async {
                if urgent.changed().await.is_err() {
                    // An engine that has one server tells nobody.
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = more => {
                    self.bus.to_all(&Packet::Bell.to_bytes()).await;
                    tokio::time::sleep(GATHER).await;
                }
                _ = up.changed() => self.kernel.look_at_notices(),
            }
        }
    }

    /// Has what waits be sent before this node goes, if the bus takes it soon.
    pub(crate) async fn say_the_rest(&self) {
        self.due.notify_one();
        let is_due = || {
            self.state
                .lock()
                .peers
                .values()
                .any(|peer| peer.out.is_due())
        };
        let begun = Instant::now();
        while is_due() && begun.elapsed() < SAID_WITHIN {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Other nodes hear what was received since they heard so, and what has waited to be sent.
    fn acknowledge(&self) {
        let mut due = false;
        for peer in self.state.lock().peers.values_mut() {
            peer.ack_now = peer.ack.is_some();
            due |= peer.ack_now || peer.out.is_due();
        }
        if due {
            self.due.notify_one();
        }
    }

    async fn tick(&self) {
        let mut hello = Instant::now();
        loop {
            if hello <= Instant::now() {
                hello = Instant::now() + HELLO_EVERY;
                self.router.clock().tick(self.kernel.now().0);
                let stamp = self.router.clock().last();
                self.bus.to_all(&Packet::Hello { stamp }.to_bytes()).await;
            }
            self.announce();
            self.let_go_unanswered();
            self.settle_held();
            self.desert();
            self.tell_spent();
            self.forget_left();
            self.acknowledge();
            self.rewind(|peer| peer.out.is_waiting() && peer.progressed.elapsed() > RESEND_AFTER);
            tokio::time::sleep(TICK).await;
        }
    }

    /// Tells other nodes what was taken here of limits that all have together.
    fn tell_spent(&self) {
        let texts = self.kernel.spent.take();
        if texts.is_empty() {
            return;
        }
        for words in texts {
            let frame = Frame::Spent(words.into()).to_bytes();
            for peer in self.state.lock().peers.values_mut() {
                // Where much waits it counts here alone.
                let _ = peer.out.push_loose(frame.clone());
            }
        }
        self.due.notify_one();
    }

    /// Tells other nodes of their messages that sessions here keep by now.
    async fn tell_kept(&self) {
        let mut kept = self.kept.lock().await;
        while let Some(keeping) = kept.recv().await {
            self.router.journal().written(keeping.ticket).await;
            self.push(keeping.from, &Frame::Done(keeping.id));
        }
    }

    /// These are the nodes that the store knows, and whether each lives. One that it knows no more has been taken over: those
    /// of which that is so and for which something may wait here.
    pub(crate) fn reconcile(&self, members: &HashMap<i64, bool>) -> Vec<i64> {
        let live = members.iter().filter(|(_, live)| **live);
        self.expect(live.map(|(node, _)| *node));
        self.warn_of_unheard();
        let (gone, over): (Vec<i64>, Vec<i64>) = {
            let state = self.state.lock();
            let gone = |node: &&i64| members.get(node) != Some(&true);
            (
                state.peers.keys().filter(gone).copied().collect(),
                state.orphans.keys().copied().collect(),
            )
        };
        for node in gone {
            // One that came a moment ago is not known to be gone.
            if members.contains_key(&node) || !self.is_near(node) {
                self.node_gone(node);
            }
        }
        let over = over.into_iter();
        over.filter(|node| !members.contains_key(node)).collect()
    }

    /// Says of nodes that live and are not heard what that costs.
    fn warn_of_unheard(&self) {
        let mut guard = self.state.lock();
        let (now, state) = (Instant::now(), &mut *guard);
        let mut unheard = HashSet::new();
        for (node, since) in &state.members {
            let heard = state.peers.get(node).map_or(*since, |peer| peer.heard);
            if now.duration_since(heard) > UNHEARD_WARNED {
                unheard.insert(*node);
            }
        }
        let up = state.hears_itself(now);
        for node in unheard.difference(&state.unheard).filter(|_| up) {
            tracing::warn!(
                "node {node} lives and is not heard over the bus {}: clients are let in a second later, and QoS 1 messages \
                 for its sessions wait; do all nodes have the same --bus?",
                self.bus.place()
            );
        }
        state.unheard = match up {
            true => unheard,
            false => HashSet::new(),
        };
    }

    /// These nodes live, this one among them, whether or not they are heard.
    pub(crate) fn expect(&self, live: impl Iterator<Item = i64>) {
        let now = Instant::now();
        let mut state = self.state.lock();
        let before = std::mem::take(&mut state.members);
        let others = live.filter(|node| *node != self.own && !state.gone.contains(node));
        let since = |node: i64| (node, before.get(&node).copied().unwrap_or(now));
        state.members = others.map(since).collect();
    }

    /// A node is not heard that may have sessions which keep what comes by these filters: that waits for it, or for whoever
    /// gets its sessions.
    pub(crate) fn assume(&self, node: i64, filters: &[String]) {
        let mut state = self.state.lock();
        if !state.peers.contains_key(&node) {
            state.orphans.entry(node).or_default();
        }
        drop(state);
        let mut table = self.table.write();
        for filter in filters {
            table.keeps(node, filter);
        }
    }

    /// The nodes that live and may have told something which has not come here: what their sessions want the store says.
    pub(crate) fn untold_of(&self) -> Vec<i64> {
        let now = Instant::now();
        let state = self.state.lock();
        let members = state.members.keys().copied();
        members.filter(|node| !state.is_heard(*node, now)).collect()
    }

    /// Whether these are all other nodes that live, but for those that start.
    pub(crate) fn are_all(&self, nodes: &[i64]) -> bool {
        let now = Instant::now();
        let state = self.state.lock();
        // One that is no more may go on for a moment before it hears so.
        let is_quiet = state
            .went
            .is_none_or(|went| now.duration_since(went) >= TOLD_DEAD_WITHIN);
        let mut members = state.members.iter();
        is_quiet
            && members.all(|(node, since)| {
                nodes.contains(node) || now.duration_since(*since) <= UNHEARD_AFTER
            })
    }

    /// Whether a node is heard.
    pub(crate) fn is_near(&self, node: i64) -> bool {
        let now = Instant::now();
        let state = self.state.lock();
        state.peers.get(&node).is_some_and(|peer| peer.is_near(now))
    }

    /// A node is no more: what waits for it waits for whoever gets its sessions.
    pub(crate) fn node_gone(&self, incarnation: i64) {
        let mut state = self.state.lock();
        if !state.gone.insert(incarnation) {
            return;
        }
        state.went = Some(Instant::now());
        state.members.remove(&incarnation);
        let mut unanswered = BTreeSet::new();
        if let Some(peer) = state.peers.remove(&incarnation) {
            state.orphans.insert(incarnation, peer.open);
            unanswered = peer.unanswered;
        }
        drop(state);
        // Its clients have no connection any more.
        for id in unanswered {
            self.router.journal().kept_elsewhere(id);
        }
        self.bus.forget(incarnation);
        self.asked.lock().node_gone(incarnation);
        self.news.notify_waiters();
    }
}

impl State {
    /// What waits for whoever has the sessions of a node. Somebody may have looked up a moment ago that a message is for that
    /// node, and is about to leave it here: what comes so is taken the next time, and where nothing has come there is no
    /// place for more.
    fn take_orphans(&mut self, dead: i64) -> BTreeMap<u64, Bytes> {
        let is_first = self.adopted.insert(dead);
        let taken = self
            .orphans
            .get_mut(&dead)
            .map(std::mem::take)
            .unwrap_or_default();
        if taken.is_empty() && !is_first {
            self.orphans.remove(&dead);
        }
        taken
    }

    /// How many nodes live that have not been heard for as long as a start takes.
    fn unheard(&self, now: Instant) -> usize {
        let unheard = self.members.iter().filter(|(node, since)| {
            !self.peers.contains_key(node) && now.duration_since(**since) > UNHEARD_AFTER
        });
        unheard.count()
    }

    /// A node was heard; `None` for one that is no more.
    fn meet(&mut self, node: i64) -> Option<&mut Peer> {
        if self.gone.contains(&node) {
            return None;
        }
        let now = Instant::now();
        let (announced, orphans) = (&self.announced, &mut self.orphans);
        let peer = self.peers.entry(node).or_insert_with(|| {
            let mut out = Outgoing::new(LIMITS);
            let all: Vec<_> = announced
                .iter()
                .map(|(filter, interest)| (filter.clone(), Some(*interest)))
                .collect();
            // An empty one says that this was all.
            for part in all.chunks(FILTERS).chain([&[][..]]) {
                out.push_always(Frame::Interests(part.to_vec()).to_bytes());
            }
            // What has waited for it before it was heard.
            let open = orphans.remove(&node).unwrap_or_default();
            for frame in open.values() {
                out.push_always(frame.clone());
            }
            tracing::info!("node {node} is heard");
            Peer {
                out,
                incoming: Incoming::default(),
                ack: None,
                ack_now: false,
                unacknowledged: 0,
                heard: now,
                heard_since: now,
                progressed: now,
                synced: false,
                open,
                unanswered: BTreeSet::new(),
            }
        });
        if peer.paused(now) {
            peer.heard_since = now;
        }
        peer.heard = now;
        Some(peer)
    }
}

/// Somebody waits for the answer of a node.
type Answer = oneshot::Sender<Bytes>;
