//! Handing on what waits for shared subscriptions, at this node and to other nodes, and ending what is for nobody.
//!
//! Each node has a queue of its own for a group and empties it alone. A message is offered to members here, or, some
//! together, to a node where one is connected, which offers them to its members and says how many those have: what they do
//! not take waits on here. So a message comes twice only where that node does not get to say it, as QoS 1 allows. Must not
//! know connections.

use super::sessions::{RETRY_AFTER, read_row};
use crate::app::Error;
use crate::app::error::log_failure;
use crate::app::kernel::Kernel;
use crate::app::peers::{Peers, Way, encoded};
use crate::router::session::{Next, Session, Unread};
use crate::router::{Message, Offered, Router, stored};
use bytes::Bytes;
use std::collections::{HashMap, HashSet, VecDeque};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How soon members of shared subscriptions are asked again who had as much as they take.
const OFFER_AGAIN: Duration = Duration::from_millis(200);
/// Bytes of a question with messages for another node; one message may have more. A packet of the bus has 1 MiB.
const OFFERED_BYTES: usize = 256 * 1024;
/// How often groups are looked for that have no members any more, and for ones whose members are heard of again.
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

/// Messages that wait, by their numbers.
type Rest = VecDeque<(NonZeroU64, Message)>;

/// What is known of the ways on which messages of one group may go, while it is emptied.
#[derive(Default)]
struct Ways {
    /// These took less of a row than they were offered: of the next one they may take more.
    closed: Vec<Way>,
    /// These took all that they were offered last.
    open: Vec<Way>,
}

impl Ways {
    fn note(&mut self, way: Way, takes: bool) {
        match takes {
            true if !self.open.contains(&way) => self.open.push(way),
            true => {}
            false => {
                self.open.retain(|open| *open != way);
                self.closed.push(way);
            }
        }
    }
}

/// The first messages, which another node is offered together, as it gets them: one, or as many as a question may have.
fn some_of(rest: &Rest, is_one: bool) -> Vec<String> {
    let (mut some, mut bytes) = (Vec::new(), 0);
    for (_, message) in rest {
        let encoded = encoded(message);
        bytes += encoded.len();
        if !some.is_empty() && (is_one || bytes > OFFERED_BYTES) {
            break;
        }
        some.push(encoded);
    }
    some
}

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
                if !busy.contains(&group) && self.way_to(&group, &[]) != Way::Nowhere {
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
                () = tokio::time::sleep(LOOK_EVERY), if self.peers.is_some() => {}
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

    /// Where messages that wait for a group are to go now, but for some ways.
    fn way_to(&self, group: &str, but: &[Way]) -> Way {
        match &self.peers {
            Some(peers) => peers.way_to(group, but),
            None => match self.router.interest(group) {
                Some(own) if own.connected > 0 && but.is_empty() => Way::Here,
                _ => Way::Nowhere,
            },
        }
    }

    /// Hands on what waits for one group. Whether that is all.
    async fn empty_one(&self, group: &str) -> bool {
        let mut ways = Ways::default();
        for waiting in self.router.waiting_for(group) {
            if !self.empty_queue(group, &waiting, &mut ways).await {
                return false;
            }
        }
        self.router.forget_emptied(group);
        true
    }

    async fn empty_queue(&self, group: &str, waiting: &Session, ways: &mut Ways) -> bool {
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
                    if !self.hand_on((group, waiting), &row, content, ways).await {
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
        ways: &mut Ways,
    ) -> bool {
        let Ok(messages) = stored::read(content) else {
            tracing::error!("messages that wait for {group} cannot be read and are lost");
            self.give_up(waiting, row);
            return true;
        };
        let journal = self.router.journal();
        let (now, mut rest) = (self.kernel.now(), Rest::with_capacity(messages.len()));
        for place in 0..stored::MESSAGES {
            let Some(number) = row.number(place) else {
                continue;
            };
            let stored = messages.get(place).and_then(Option::as_ref);
            match stored.filter(|stored| !stored.message.is_expired(now)) {
                Some(stored) => rest.push_back((number, stored.message.clone())),
                // It is over, or was never there.
                None => waiting.acknowledge(number, journal),
            }
        }
        ways.closed.clear();
        while let Some((_, next)) = rest.front() {
            let way = self.way_to(group, &ways.closed);
            let (offered, taken) = match (way, &self.peers) {
                (Way::To(node), Some(peers)) => {
                    // One that has taken nothing yet is asked with little.
                    let some = some_of(&rest, !ways.open.contains(&way));
                    (some.len(), peers.hand(node, group, some).await)
                }
                (Way::Here, _) => {
                    let offered = self.router.offer(group, &Arc::new(next.clone()));
                    (1, matches!(offered, Offered::Taken(_)).into())
                }
                _ => return false,
            };
            ways.note(way, taken == offered);
            for (number, _) in rest.drain(..taken) {
                waiting.acknowledge(number, journal);
            }
        }
        true
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

#[cfg(test)]
mod tests {
    use super::*;
    use nameplate_mqtt::MessageProperties;

    #[test]
    fn a_question_has_some_messages_or_one() {
        let queue = |sizes: &[usize]| -> Rest {
            let numbered = sizes.iter().zip(1..);
            let one = |(size, number): (&usize, u64)| {
                let message = Message {
                    payload: vec![0; *size].into(),
                    ..Message::default()
                };
                (NonZeroU64::new(number).expect("from one on"), message)
            };
            numbered.map(one).collect()
        };
        let count = |sizes: &[usize], is_one| some_of(&queue(sizes), is_one).len();
        assert_eq!(count(&[5; 64], false), 64);
        assert_eq!(count(&[5; 64], true), 1);
        assert_eq!(count(&[128 * 1024; 3], false), 1);
        assert_eq!(count(&[40_000; 64], false), 3);
        assert_eq!(count(&[], false), 0);
        // Properties take more on their way than they have letters.
        let mut of_properties = queue(&[0; 64]);
        for (_, message) in &mut of_properties {
            message.properties = Some(Box::new(MessageProperties {
                user: vec![Default::default(); 20_000],
                ..MessageProperties::default()
            }));
        }
        assert_eq!(some_of(&of_properties, false).len(), 1);
    }

    #[test]
    fn a_way_that_takes_nothing_is_left_out() {
        let mut ways = Ways::default();
        ways.note(Way::To(1), true);
        ways.note(Way::To(1), true);
        ways.note(Way::Here, false);
        assert_eq!(
            (ways.open, ways.closed),
            (vec![Way::To(1)], vec![Way::Here])
        );
    }
}
