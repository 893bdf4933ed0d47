//! Sessions that go from one node to another with their client, and those of nodes that are no more.
//!
//! A session is one node's, which alone writes what comes for it; the store says whose, and by its epoch who writes too
//! late. A node whose client comes to it takes the session in the store, has the other nodes know of its filters, and then
//! has the one that had it write down what it was keeping and let go. In between both keep what comes, so that nothing is
//! lost: a message of those instants may come twice, as QoS 1 allows.

use super::sessions::{Sessions, chunk, keeper, options, record, will};
use crate::app::ingress::TOPIC_LIMITS;
use crate::app::patience::Patience;
use crate::app::peers::{Ask, Peers};
use crate::app::{Error, Result};
use crate::router::is_group;
use crate::router::journal::WillRecord;
use crate::router::session::{SessionAsk, SessionRecord};
use nameplate_mqtt::packet::SubscribeOptions;
use nameplate_mqtt::topic::Filter;
use nameplate_store::{Conn, SessionRow, SubscriptionRow};
use std::sync::Arc;
use std::time::Duration;

/// How long the node that had a session may take to write down what it was keeping.
const RELEASE_LIMIT: Duration = Duration::from_secs(2);
/// How often a session is asked for that goes elsewhere at the same time.
const TRIES: usize = 4;

/// What a session subscribes to.
type Filters = Vec<(Filter, SubscribeOptions)>;

impl Sessions {
    /// Has the session of a client id here, where the store has one. For a client that is being let in, whose CONNECT asks
    /// for this. With `wait` other nodes hear of that by a notice alone, and within this time.
    ///
    /// One that is this node's by then is brought here, however long the store is away meanwhile: it would be nobody's
    /// otherwise, with all that waits in it.
    ///
    /// # Errors
    /// That the store does not say whose it is.
    pub(crate) async fn fetch(
        &self,
        client_id: &str,
        asked: &SessionAsk,
        (own, peers): (i64, Option<&Peers>),
        wait: Option<Duration>,
    ) -> Result<()> {
        let store = &self.kernel.store;
        for _ in 0..TRIES {
            let found = store.look(|conn| conn.mqtt_session_of(client_id));
            let Some(row) = found.await? else {
                return Ok(());
            };
            let held = self.router.session(client_id);
            if row.owner == own && held.is_some_and(|(_, view)| view.record.key == row.key) {
                return Ok(());
            }
            let (key, epoch, had) = (row.key, row.epoch, row.owner);
            if !self.take(key, epoch, own).await? {
                continue;
            }
            let mut record = record(row);
            record.epoch += 1;
            let suits = record.suits(asked, false);
            let taken = self.take_over(record, peers).await?;
            // One that went on to another node meanwhile does not end.
            let ends = !suits && taken.is_some();
            let told = taken.unwrap_or_default();
            // Other nodes know of its filters: what comes from here on is kept here.
            let ask = Ask::Release {
                client_id: client_id.to_owned(),
                epoch: epoch + 1,
                told: Some(told),
                ends,
            };
            match (peers, wait) {
                (Some(peers), _)
                    if peers.is_near(had)
                        && peers.ask(had, &ask, RELEASE_LIMIT).await.is_none() =>
                {
                    tracing::warn!("node {had} does not say that it has let go of a session");
                }
                (None, Some(wait)) => tokio::time::sleep(wait).await,
                _ => {}
            }
            return self.take_chunks(key, client_id).await;
        }
        Ok(())
    }

    /// Has a session of this epoch be `own`'s in the store; false where it has gone elsewhere.
    ///
    /// # Errors
    /// That it is not this node's, and cannot be for now.
    async fn take(&self, key: i64, epoch: i64, own: i64) -> Result<bool> {
        let mut patience = Patience::new("a session that may be this node's waits");
        let mut may_be_ours = false;
        loop {
            let taken = self.kernel.store.tx("session", move |tx| {
                Ok::<_, Error>(tx.take_mqtt_session(key, epoch, own)?)
            });
            match taken.await {
                Err(error) if may_be_ours || error.may_have_happened() => {
                    may_be_ours = true;
                    patience.wait(error).await?;
                }
                said => return said,
            }
        }
    }

    /// Has a session go on here; the nodes that know so. `None` where it has gone on to another by then.
    async fn take_over(
        &self,
        record: SessionRecord,
        peers: Option<&Peers>,
    ) -> Result<Option<Vec<i64>>> {
        let Some(rows) = self.subscriptions_of(&record).await? else {
            return Ok(None);
        };
        if let Some(peers) = peers {
            peers.came_back(&record.client_id);
        }
        self.router.take_over(record, filters(&rows));
        Ok(Some(match peers {
            Some(peers) => peers.heard().await,
            None => Vec::new(),
        }))
    }

    /// What a session of this node's subscribes to, once the store says; `None` where it has gone on to another by then.
    async fn subscriptions_of(
        &self,
        record: &SessionRecord,
    ) -> Result<Option<Vec<SubscriptionRow>>> {
        let read = |conn: &Conn<'_>| {
            let row = conn.mqtt_session_of(&record.client_id)?;
            let is_here = |row: &SessionRow| (row.key, row.epoch) == (record.key, record.epoch);
            Ok::<_, Error>(match row.is_some_and(|row| is_here(&row)) {
                true => Some(conn.mqtt_subscriptions_of(record.key)?),
                false => None,
            })
        };
        Patience::new("a session on its way here waits")
            .until_done(|| self.kernel.store.read(read))
            .await
    }

    /// Has what waits for a session be there, once the store says what that is.
    async fn take_chunks(&self, key: i64, client_id: &str) -> Result<()> {
        let read = |conn: &Conn<'_>| Ok::<_, Error>(conn.mqtt_chunks_of(key)?);
        let rows = Patience::new("what is kept for a session on its way here waits")
            .until_done(|| self.kernel.store.read(read))
            .await?;
        let held = self.router.session(client_id);
        let held = held.and_then(|(client, _)| client.session().cloned());
        if let Some(session) = held.filter(|session| session.key() == key) {
            session.arrived(rows.iter().map(chunk).collect(), self.router.journal());
        }
        Ok(())
    }

    /// Another node has the session of a client id, with this epoch, where it goes on or `ends`. When this returns, the
    /// store has all that was kept for it here; what nodes send here that it has not told goes there.
    pub(crate) async fn release(
        &self,
        client_id: &str,
        (epoch, ends): (i64, bool),
        (owner, told, peers): (i64, &[i64], Option<&Peers>),
    ) {
        let held = self.router.session(client_id);
        if held.is_some_and(|(_, view)| view.record.epoch < epoch) {
            self.leaves(client_id, (owner, told, peers));
        }
        self.router.release_session(client_id, epoch, ends);
        self.router.journal().all_written().await;
    }

    /// The session of a client id goes to another node: what nodes send here that it has not told follows it.
    fn leaves(&self, client_id: &str, (owner, told, peers): (i64, &[i64], Option<&Peers>)) {
        if let (Some(peers), Some((client, _))) = (peers, self.router.session(client_id)) {
            let filters = client.filters().into_iter().map(|(filter, _)| filter);
            peers.left_for(owner, told, client_id, filters.collect());
        }
    }

    /// Has the sessions of a node that is no more go on here; its wills, which are to be published.
    ///
    /// # Errors
    /// That the store does not say; then it is to be tried again.
    pub(crate) async fn adopt(
        &self,
        dead: i64,
        own: i64,
        peers: Option<&Peers>,
    ) -> Result<Vec<WillRecord>> {
        let store = &self.kernel.store;
        let read = |conn: &Conn<'_>| Ok::<_, Error>(conn.mqtt_sessions_of_owner(dead)?);
        let rows = store.read(read).await?;
        // Of a server that was alone, or of a release that knew no other place for them.
        let of_groups = |row: &SessionRow| is_group(&row.client_id);
        let (groups, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(of_groups);
        self.take_groups(groups, own).await?;
        self.adopt_groups(dead, own).await?;
        let count = rows.len();
        let mut keys = Vec::with_capacity(count);
        for row in rows {
            let (key, epoch) = (row.key, row.epoch);
            if self.take_in_time(key, epoch, own).await? {
                let mut record = record(row);
                record.epoch += 1;
                let client_id = record.client_id.clone();
                let Some(subscribed) = self.subscriptions_of(&record).await? else {
                    continue;
                };
                if let Some(peers) = peers {
                    peers.came_back(&client_id);
                }
                self.router.take_over(record, filters(&subscribed));
                keys.push((key, client_id));
            }
        }
        if let Some(peers) = peers {
            peers.heard().await;
        }
        for (key, client_id) in keys {
            self.take_chunks(key, &client_id).await?;
        }
        let read = |conn: &Conn<'_>| Ok::<_, Error>(conn.mqtt_wills_of_owner(dead)?);
        let mut wills = Vec::new();
        for row in store.read(read).await? {
            if self.take_will(row.key, dead, own).await? {
                wills.push(will(row));
            }
        }
        if count + wills.len() > 0 {
            tracing::info!(
                "{count} sessions and {} wills of node {dead}, which is no more, go on here",
                wills.len()
            );
        }
        Ok(wills)
    }

    /// Has what a node that is no more has kept for groups go on here.
    ///
    /// # Errors
    /// That the store does not say; then it is to be tried again.
    pub(crate) async fn adopt_groups(&self, dead: i64, own: i64) -> Result<()> {
        if dead == 0 {
            return Ok(());
        }
        let read = |conn: &Conn<'_>| Ok::<_, Error>(conn.mqtt_sessions_of_owner(keeper(dead))?);
        let rows = self.kernel.store.read(read).await?;
        self.take_groups(rows, own).await
    }

    async fn take_groups(&self, rows: Vec<SessionRow>, own: i64) -> Result<()> {
        for row in rows {
            let key = row.key;
            if !self.take_in_time(key, row.epoch, keeper(own)).await? {
                continue;
            }
            let read = |conn: &Conn<'_>| Ok::<_, Error>(conn.mqtt_chunks_of(key)?);
            let rows = Patience::new("what a node that is no more kept for a group waits")
                .until_done(|| self.kernel.store.read(read))
                .await?;
            let mut record = record(row);
            record.epoch += 1;
            let group = Arc::clone(&record.client_id);
            let chunks = rows.iter().map(chunk).collect();
            self.router.adopt_group(record, chunks);
            tracing::debug!("what another node has kept for {group} goes on here");
        }
        Ok(())
    }

    /// The same as [`Self::take`], however long the store is away: those that have been taken by then are not left half done.
    async fn take_in_time(&self, key: i64, epoch: i64, own: i64) -> Result<bool> {
        Patience::new("sessions of a node that is no more wait")
            .until_done(|| self.take(key, epoch, own))
            .await
    }

    /// Has a will of a node that is no more be `own`'s; false where it is another's.
    async fn take_will(&self, key: i64, dead: i64, own: i64) -> Result<bool> {
        let take = || {
            self.kernel.store.tx("will", move |tx| {
                Ok::<_, Error>(tx.take_mqtt_will(key, dead, own)?)
            })
        };
        Patience::new("wills of a node that is no more wait")
            .until_done(take)
            .await
    }

    /// Lets a session go that the store says is another node's.
    pub(crate) async fn release_if_gone(
        &self,
        client_id: &str,
        peers: Option<&Peers>,
    ) -> Result<()> {
        let key_here = || Some(self.router.session(client_id)?.1.record.key);
        let Some(key) = key_here() else {
            return Ok(());
        };
        // One that is not in the store then was ended by another node.
        self.router.journal().all_written().await;
        let own = self.kernel.incarnation();
        let read = |conn: &Conn<'_>| {
            let row = conn.mqtt_session_of(client_id)?;
            Ok::<_, Error>((row, conn.mqtt_has_session(key)?))
        };
        let (row, is_kept) = self.kernel.store.read(read).await?;
        if key_here() != Some(key) {
            return Ok(());
        }
        match row {
            Some(row) if row.key == key && row.owner != own => {
                // By the notice of a node that may have reached nobody.
                let to = (row.owner, &[][..], peers);
                self.release(client_id, (row.epoch, false), to).await;
            }
            row if !is_kept => {
                if let Some(row) = row.filter(|row| row.owner != own) {
                    self.leaves(client_id, (row.owner, &[], peers));
                }
                self.router.forget_session(client_id, key);
                self.router.journal().all_written().await;
            }
            _ => {}
        }
        Ok(())
    }
}

fn filters(rows: &[SubscriptionRow]) -> Filters {
    let parsed = rows
        .iter()
        .filter_map(|row| match Filter::parse(&row.filter, &TOPIC_LIMITS) {
            Ok(filter) => Some((filter, options(row))),
            Err(error) => {
                tracing::error!("a session's subscription cannot be read: it {error}");
                None
            }
        });
    parsed.collect()
}

#[cfg(test)]
mod tests {
    use crate::app::Error;
    use crate::router::session::SessionAsk;
    use crate::testing::{NOW, TestApp};
    use nameplate_store::{Failing, SessionRow, SubscriptionRow, WillRow};
    use std::time::Duration;

    #[tokio::test]
    async fn what_dead_nodes_kept_for_a_group_waits_here_in_one_queue_after_the_other() {
        let test = TestApp::new().await;
        let store = &test.app.kernel.store;
        let group = "$share/g/t";
        // One of a release that kept it as a session, and two as this one does.
        for (key, owner) in [(1, 7), (2, -7), (3, -8)] {
            let row = SessionRow {
                key,
                owner,
                epoch: 3,
                client_id: group.into(),
                principal: String::new(),
                protocol: 0,
                expiry_seconds: 0,
                keep_alive_seconds: 0,
                connected: NOW,
                disconnected: None,
                will: None,
            };
            let left = store.tx("test", move |tx| {
                tx.put_mqtt_session(&row)?;
                Ok::<_, Error>(tx.insert_mqtt_chunk(10 + key, (key, 3), 2, 1, b"x")?)
            });
            left.await.expect("the store works");
        }
        store.fail_next("session", Failing::Unanswered);
        let sessions = &test.app.sessions;
        let wills = sessions.adopt(7, 0, None).await.expect("the store works");
        assert!(wills.is_empty());
        assert!(test.app.router.session(group).is_none(), "it is no session");
        sessions.adopt_groups(8, 0).await.expect("the store works");
        // Once more there is nothing.
        sessions.adopt_groups(8, 0).await.expect("the store works");
        let router = &test.app.router;
        assert_eq!(router.groups_waiting(), [(group.into(), 3)]);
        let keys: Vec<i64> = router.waiting_for(group).iter().map(|s| s.key()).collect();
        assert_eq!(keys, [3, 2, 1]);
        router.end_group_left(group, 2);
        assert_eq!(router.groups_left(), [(group.into(), 3)], "more waits");
        router.end_group_left(group, 3);
        router.journal().all_written().await;
        let left = store
            .read(|conn| Ok::<_, Error>((conn.mqtt_sessions()?.len(), conn.mqtt_chunks()?.len())));
        assert_eq!(left.await.expect("the store works"), (0, 0));
    }

    #[tokio::test]
    async fn a_session_that_another_node_has_ended_is_none_here_either() {
        let test = TestApp::new().await;
        let (router, sessions) = (&test.app.router, &test.app.sessions);
        let ask = SessionAsk {
            fresh: false,
            protocol: 5,
            expiry: Duration::from_secs(60),
            keep_alive_seconds: 60,
            now: NOW,
        };
        let taken = router.register_session("c".into(), "p".into(), &ask);
        drop(taken.expect("there is room"));
        let (client, view) = router.session("c").expect("it stays");
        sessions
            .release_if_gone("c", None)
            .await
            .expect("the store works");
        assert!(router.session("c").is_some(), "not yet in the store before");
        let (key, epoch) = (view.record.key, view.record.epoch);
        let store = &test.app.kernel.store;
        let end = store.tx("test", move |tx| {
            Ok::<_, Error>(tx.delete_mqtt_session(key, epoch)?)
        });
        end.await.expect("the store works");
        sessions
            .release_if_gone("c", None)
            .await
            .expect("the store works");
        assert!(router.session("c").is_none());
        let session = client.session().expect("it had one");
        assert!(session.history().1, "wills hear that it is over");
    }

    #[tokio::test]
    async fn what_a_dead_node_had_comes_here_whatever_the_store_answers() {
        let test = TestApp::new().await;
        let store = &test.app.kernel.store;
        let session = SessionRow {
            key: 9,
            owner: 7,
            epoch: 3,
            client_id: "c".into(),
            principal: "p".into(),
            protocol: 3,
            expiry_seconds: 3600,
            keep_alive_seconds: 60,
            connected: NOW,
            disconnected: Some(NOW),
            will: None,
        };
        let subscription = SubscriptionRow {
            session: 9,
            filter: "a/+".into(),
            qos: 1,
            options: 0,
        };
        let will = WillRow {
            key: 6,
            owner: 7,
            client_id: "c".into(),
            principal: "p".into(),
            source_ip: None,
            session: Some(9),
            delay_seconds: 60,
            due: None,
            content: Vec::new(),
        };
        let left = store.tx("test", move |tx| {
            tx.put_mqtt_session(&session)?;
            tx.put_mqtt_subscription(&subscription)?;
            Ok::<_, Error>(tx.insert_mqtt_will(&will)?)
        });
        left.await.expect("the store works");
        // Made and not told, and then away for a while.
        store.fail_next("session", Failing::Unanswered);
        store.fail_next("session", Failing::Away);
        store.fail_next("will", Failing::Unanswered);
        let wills = test.app.sessions.adopt(7, 0, None).await;
        let wills = wills.expect("the store is back");
        let keys: Vec<i64> = wills.iter().map(|will| will.key).collect();
        assert_eq!(keys, [6]);
        let (client, view) = test.app.router.session("c").expect("it is here");
        assert_eq!((view.record.key, view.record.epoch), (9, 4));
        assert_eq!(client.filters().len(), 1);
    }
}
