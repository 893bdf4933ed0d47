//! Handing on what waits for shared subscriptions, at this node and to other nodes, and ending what is for nobody.
//!
//! Each node has a queue of its own for a group and empties it alone. A message goes to a member here that takes it, or to
//! a node where one is connected: there it is as if it had just been published, and it is done with here once that node
//! has said that it keeps it. So it may come twice where a node dies meanwhile, as QoS 1 allows. Must not know connections.

use super::sessions::{RETRY_AFTER, read_row};
use crate::app::Error;
use crate::app::error::log_failure;
use crate::app::kernel::Kernel;
use crate::app::peers::{Peers, Way};
use crate::router::journal::Ticket;
use crate::router::session::{Next, Session, Unread};
use crate::router::{Offered, Router, stored};
use bytes::Bytes;
use std::collections::{HashMap, HashSet, VecDeque};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How soon members of shared subscriptions are asked again who had as much as they take.
const OFFER_AGAIN: Duration = Duration::from_millis(200);
/// Messages of one group that are on their way to other nodes.
const ON_THE_WAY: usize = 256;
/// How often groups are looked for that have no members any more.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// For how long nobody may know of a member of a group before it is over: one that goes from one node to another is known of
/// at the one or at the other.
const LEFT_FOR: Duration = Duration::from_secs(5);
/// How much longer, where the store knows of one.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// What waits for shared subscriptions, and where their members are.
pub(super) struct Groups {
    kernel: Arc<Kernel>,
    router: Arc<Router>,
    peers: Option<Arc<Peers>>,
}

/// Messages of one group that other nodes are to keep, by their numbers in its queue.
type Sent = VecDeque<(NonZeroU64, Ticket)>;

impl Groups {
    pub(super) fn new(
        kernel: &Arc<Kernel>,
        router: &Arc<Router>,
        peers: Option<Arc<Peers>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            kernel: Arc::clone(kernel),
            router: Arc::clone(router),
            peers,
        })
    }

    /// Hands what waits to members that are connected, as far as they take it. Each group is by itself: one waits for a node
    /// that does not answer, and the others do not.
    pub(super) async fn empty(self: Arc<Self>) {
        let (mut busy, mut tasks) = (HashSet::new(), JoinSet::new());
        loop {
            for (group, _) in self.router.groups_waiting() {
                if !busy.contains(&group) && !matches!(self.way_to(&group), Way::Nowhere) {
                    busy.insert(Arc::clone(&group));
                    let groups = Arc::clone(&self);
                    tasks.spawn(async move {
                        if !groups.empty_one(&group).await {
                            tokio::time::sleep(OFFER_AGAIN).await;
                        }
                        group
                    });
                }
            }
            tokio::select! {
                () = self.router.member_came() => {}
                Some(ended) = tasks.join_next() => match ended {
                    Ok(group) => {
                        busy.remove(&group);
                    }
                    Err(error) => {
                        tracing::error!("what waits for shared subscriptions is begun again: {error}");
                        tasks.shutdown().await;
                        busy.clear();
                    }
                },
            }
        }
    }

    /// Where a message that waits for a group is to go now.
    fn way_to(&self, group: &str) -> Way {
        match &self.peers {
            Some(peers) => peers.way_to(group),
            None => match self.router.interest(group) {
                Some(own) if own.connected > 0 => Way::Here,
                _ => Way::Nowhere,
            },
        }
    }

    /// Hands on what waits for one group. Whether that is all.
    async fn empty_one(&self, group: &str) -> bool {
        for waiting in self.router.waiting_for(group) {
            let mut sent = Sent::new();
            let is_empty = self.empty_queue(group, &waiting, &mut sent).await;
            while let Some(first) = sent.pop_front() {
                self.settle(&waiting, first).await;
            }
            if !is_empty {
                return false;
            }
        }
        self.router.forget_emptied(group);
        true
    }

    async fn empty_queue(&self, group: &str, waiting: &Session, sent: &mut Sent) -> bool {
        let journal = self.router.journal();
        let mut commits = journal.commits();
        waiting.read_again();
        loop {
            commits.mark_unchanged();
            let row = match waiting.next_aside(journal) {
                Next::Row(row) => row,
                Next::AfterCommit => {
                    // What waits in it is written by then, or the store is away.
                    match tokio::time::timeout(OFFER_AGAIN, commits.changed()).await {
                        Ok(Ok(())) => continue,
                        _ => return false,
                    }
                }
                Next::Outbox | Next::Gone => return true,
            };
            match read_row(&self.kernel, row.key).await {
                Ok(Some(content)) => {
                    if !self.hand_on((group, waiting), &row, content, sent).await {
                        return false;
                    }
                }
                Ok(None) => self.give_up(waiting, &row),
                Err(error) => {
                    log_failure!(error, "what waits for {group} cannot be read: {error:?}");
                    tokio::time::sleep(RETRY_AFTER).await;
                    return false;
                }
            }
            waiting.has_read(&row);
        }
    }

    /// Hands on the messages of a row, and says of each that it is done with: that comes to the store behind what the
    /// member's session has got. Whether all of them have gone.
    async fn hand_on(
        &self,
        (group, waiting): (&str, &Session),
        row: &Unread,
        content: Bytes,
        sent: &mut Sent,
    ) -> bool {
        let Ok(messages) = stored::read(content) else {
            tracing::error!("messages that wait for {group} cannot be read and are lost");
            self.give_up(waiting, row);
            return true;
        };
        for (place, stored) in messages.into_iter().enumerate() {
            let Some(number) = row.number(place) else {
                continue;
            };
            let stored = stored.filter(|stored| !stored.message.is_expired(self.kernel.now()));
            let Some(stored) = stored else {
                waiting.acknowledge(number, self.router.journal());
                continue;
            };
            match (self.way_to(group), &self.peers) {
                (Way::To(node), Some(peers)) => {
                    let Some(ticket) = peers.send_waiting(node, group, &stored.message) else {
                        return false;
                    };
                    sent.push_back((number, ticket));
                    if sent.len() >= ON_THE_WAY
                        && let Some(first) = sent.pop_front()
                    {
                        self.settle(waiting, first).await;
                    }
                }
                (Way::Here, _) => {
                    let message = Arc::new(stored.message);
                    if self.router.offer(group, &message) != Offered::Taken {
                        return false;
                    }
                    waiting.acknowledge(number, self.router.journal());
                }
                _ => return false,
            }
        }
        true
    }

    /// A message is done with here once another node keeps it.
    async fn settle(&self, waiting: &Session, (number, ticket): (NonZeroU64, Ticket)) {
        let journal = self.router.journal();
        journal.written(ticket).await;
        waiting.acknowledge(number, journal);
    }

    /// A row that cannot be read holds nothing up for ever.
    fn give_up(&self, waiting: &Session, row: &Unread) {
        row.numbers()
            .for_each(|number| waiting.acknowledge(number, self.router.journal()));
    }

    /// Ends groups that no node has members of any more, where there are other nodes.
    pub(super) async fn end_left(self: Arc<Self>) {
        let Some(peers) = &self.peers else { return };
        let mut since: HashMap<Arc<str>, Instant> = HashMap::new();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let left: HashMap<_, _> = self.router.groups_left().into_iter().collect();
            since.retain(|group, _| left.contains_key(group));
            for (group, messages) in left {
                if messages == 0 {
                    self.router.end_group_left(&group, 0);
                } else if !peers.is_left(&group) {
                    since.remove(&group);
                } else {
                    let begun = since.entry(Arc::clone(&group)).or_insert_with(Instant::now);
                    if begun.elapsed() >= LEFT_FOR {
                        self.end_if_over(&group).await;
                        // Where it is not over.
                        since.insert(group, Instant::now() + ASK_AGAIN);
                    }
                }
            }
        }
    }

    /// Ends a group that no node has told a member of, if the store knows none either.
    async fn end_if_over(&self, group: &Arc<str>) {
        let read =
            |conn: &nameplate_store::Conn<'_>| Ok::<_, Error>(conn.mqtt_is_subscribed(group)?);
        match self.kernel.store.read(read).await {
            Ok(false) => self.router.end_group_left(group, usize::MAX),
            Ok(true) => {}
            Err(error) => tracing::debug!("whether {group} has members cannot be told: {error:?}"),
        }
    }
}
