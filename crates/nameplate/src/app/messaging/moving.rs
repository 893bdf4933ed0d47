//! Sessions that go from one node to another with their client, and those of nodes that are no more.
//!
//! A session is one node's, which alone writes what comes for it; the store says whose, and by its epoch who writes too
//! late. A node whose client comes to it takes the session in the store, has the other nodes know of its filters, and then
//! has the one that had it write down what it was keeping and let go. In between both keep what comes, so that nothing is
//! lost: a message of those instants may come twice, as QoS 1 allows.

use super::sessions::{Sessions, chunk, options, record, will};
use crate::app::ingress::TOPIC_LIMITS;
use crate::app::peers::{Ask, Peers};
use crate::app::{Error, Result};
use crate::router::journal::WillRecord;
use crate::router::session::SessionRecord;
use nameplate_mqtt::packet::SubscribeOptions;
use nameplate_mqtt::topic::Filter;
use nameplate_store::{Conn, SubscriptionRow};
use std::time::Duration;

/// How long the node that had a session may take to write down what it was keeping.
const RELEASE_LIMIT: Duration = Duration::from_secs(2);
/// How often a session is asked for that goes elsewhere at the same time.
const TRIES: usize = 4;

/// What a session subscribes to.
type Filters = Vec<(Filter, SubscribeOptions)>;

impl Sessions {
    /// Has the session of a client id here, where the store has one. For a client that is being let in. With `wait` other
    /// nodes hear of that by a notice alone, and within this time.
    ///
    /// # Errors
    /// That the store does not say.
    pub(crate) async fn fetch(
        &self,
        client_id: &str,
        own: i64,
        peers: Option<&Peers>,
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
            let taken = store.tx("session", move |tx| {
                Ok::<_, Error>(tx.take_mqtt_session(key, epoch, own)?)
            });
            if !taken.await? {
                continue;
            }
            let mut record = record(row);
            record.epoch += 1;
            let told = self.take_over(record, peers).await?;
            // Other nodes know of its filters: what comes from here on is kept here.
            let ask = Ask::Release {
                client_id: client_id.to_owned(),
                epoch: epoch + 1,
                told: Some(told),
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

    /// Has a session go on here; the nodes that know so.
    async fn take_over(&self, record: SessionRecord, peers: Option<&Peers>) -> Result<Vec<i64>> {
        let key = record.key;
        let read = |conn: &Conn<'_>| Ok::<_, Error>(conn.mqtt_subscriptions_of(key)?);
        let rows = self.kernel.store.read(read).await?;
        if let Some(peers) = peers {
            peers.came_back(&record.client_id);
        }
        self.router.take_over(record, filters(&rows));
        Ok(match peers {
            Some(peers) => peers.heard().await,
            None => Vec::new(),
        })
    }

    async fn take_chunks(&self, key: i64, client_id: &str) -> Result<()> {
        let read = |conn: &Conn<'_>| Ok::<_, Error>(conn.mqtt_chunks_of(key)?);
        let rows = self.kernel.store.read(read).await?;
        let held = self.router.session(client_id);
        let held = held.and_then(|(client, _)| client.session().cloned());
        let held = held.or_else(|| self.router.waiting_for(client_id));
        if let Some(session) = held.filter(|session| session.key() == key) {
            session.arrived(rows.iter().map(chunk).collect(), self.router.journal());
        }
        Ok(())
    }

    /// Another node has the session of a client id, with this epoch. When this returns, the store has all that was kept for
    /// it here; what nodes send here that it has not told goes there.
    pub(crate) async fn release(
        &self,
        client_id: &str,
        epoch: i64,
        (owner, told, peers): (i64, &[i64], Option<&Peers>),
    ) {
        let held = self.router.session(client_id);
        let held = held.filter(|(_, view)| view.record.epoch < epoch);
        if let (Some(peers), Some((client, _))) = (peers, held) {
            let filters = client.filters().into_iter().map(|(filter, _)| filter);
            peers.left_for(owner, told, client_id, filters.collect());
        }
        self.router.release_session(client_id, epoch);
        self.router.journal().all_written().await;
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
        let count = rows.len();
        let mut keys = Vec::with_capacity(count);
        for row in rows {
            let (key, epoch) = (row.key, row.epoch);
            let taken = store.tx("session", move |tx| {
                Ok::<_, Error>(tx.take_mqtt_session(key, epoch, own)?)
            });
            if taken.await? {
                let mut record = record(row);
                record.epoch += 1;
                let client_id = record.client_id.clone();
                let read = |conn: &Conn<'_>| Ok::<_, Error>(conn.mqtt_subscriptions_of(key)?);
                let subscribed = store.read(read).await?;
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
            let key = row.key;
            let taken = store.tx("will", move |tx| {
                Ok::<_, Error>(tx.take_mqtt_will(key, dead, own)?)
            });
            if taken.await? {
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

    /// Lets a session go that the store says is another node's.
    pub(crate) async fn release_if_gone(
        &self,
        client_id: &str,
        peers: Option<&Peers>,
    ) -> Result<()> {
        if self.router.session(client_id).is_none() {
            return Ok(());
        }
        let own = self.kernel.incarnation();
        let read = |conn: &Conn<'_>| Ok::<_, Error>(conn.mqtt_session_of(client_id)?);
        if let Some(row) = self.kernel.store.read(read).await?
            && row.owner != own
        {
            // By the notice of a node that may have reached nobody.
            let to = (row.owner, &[][..], peers);
            self.release(client_id, row.epoch, to).await;
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
