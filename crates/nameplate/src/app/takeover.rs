//! A client id is one connection's among all servers over one registry, and its session is where that is.
//!
//! Over the bus other nodes are asked, and have ended their connection before a client is let in ([`Peers::claim`](super::peers::Peers::claim)). Where
//! there is no bus, or a node does not answer, they hear of it by a notice of the store: half a second later, or when they
//! have the store again. Must not know sockets.

use super::App;
use super::error::{Error, Kind, Result, log_failure};
use super::kernel::Kernel;
use super::peers::{Ask, Claim, Peers, TakenOver};
use crate::router::session::SessionAsk;
use nameplate_store::{Conn, Notice};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long other nodes take to hear of a notice, and to write down what they keep for a session.
const NOTICED_WITHIN: Duration = Duration::from_millis(1200);

/// A connection that has been here for so long is older than any claim of which a notice comes now.
const OLDER_MS: u64 = 3000;

/// How long other nodes may take to send on what waited for sessions of a node that is no more.
const ADOPTED_WITHIN: Duration = Duration::from_secs(2);

/// How often it is looked up to when the notices of others have been followed.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How soon a notice is followed again that the store did not let be followed.
const AGAIN_AFTER: Duration = Duration::from_millis(200);

/// How long a start waits for nodes that are not heard: those that live say so twice a second.
const JOIN_LIMIT: Duration = Duration::from_millis(1500);

/// Another node lets a client in.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    pub(crate) client_id: String,
    /// That node.
    pub(crate) incarnation: i64,
    pub(crate) stamp: u64,
}

/// Why a client is not let in now.
#[derive(Debug)]
pub enum NotNow {
    /// It has a newer connection.
    TakenOver(TakenOver),
    /// The store does not answer.
    Failed(Error),
}

impl From<Error> for NotNow {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl App {
    /// Has a client id and its session be this node's, where there may be others, for a CONNECT that asks for this; to be
    /// held until the client has its place in the router.
    ///
    /// # Errors
    /// That the client is to try again.
    pub async fn let_in(
        &self,
        client_id: &Arc<str>,
        asked: &SessionAsk,
    ) -> std::result::Result<Option<Claim<'_>>, NotNow> {
        let own = self.kernel.incarnation();
        if own == 0 {
            return Ok(None);
        }
        if self.peers.as_ref().is_some_and(|peers| peers.is_cut_off()) {
            let why = "this node has neither the database nor the bus; others serve its devices";
            return Err(Error::new(Kind::Unavailable, why).into());
        }
        self.router.clock().tick(self.kernel.now().0);
        let mut claim = match &self.peers {
            Some(peers) => Some(peers.claim(client_id).await.map_err(NotNow::TakenOver)?),
            None => None,
        };
        let is_heard = claim.as_ref().is_some_and(|claim| !claim.is_doubtful);
        if !is_heard {
            let stamp = claim
                .as_ref()
                .map_or_else(|| self.router.clock().next(), Claim::stamp);
            self.notice(client_id, stamp).await?;
        }
        let has_bus = claim.is_some();
        if has_bus && !is_heard {
            // Who has the store hears of it meanwhile; who has neither is soon declared dead.
            tokio::time::sleep(NOTICED_WITHIN).await;
        }
        if let (Some(peers), Some(claim)) = (&self.peers, &mut claim) {
            if claim.is_doubtful {
                // By now a node that does not answer counts as silent, and its heir tells of the client's end there.
                peers.claim_again(claim).await.map_err(NotNow::TakenOver)?;
            }
            let inherited = self.presence.ended_with_its_node(client_id).await;
            claim.version = claim.version.max(inherited);
        }
        let peers = self.peers.as_deref();
        let wait = (!has_bus).then_some(NOTICED_WITHIN);
        let here = (own, peers);
        self.sessions.fetch(client_id, asked, here, wait).await?;
        Ok(claim)
    }

    /// Other nodes hear by a notice of the store that a client is here.
    async fn notice(&self, client_id: &str, stamp: u64) -> Result<()> {
        let (client_id, incarnation) = (client_id.to_owned(), self.kernel.incarnation());
        let noticed = self.kernel.store.tx("claim", move |tx| {
            tx.notice(Notice::Claimed {
                client_id: client_id.clone(),
                incarnation,
                stamp,
            });
            Ok::<_, Error>(())
        });
        noticed.await
    }

    /// A session here subscribes to something, which the store has and these nodes know. Returns once the others know it too
    /// that live: by a notice, after which they read it in the store, so that none acknowledges a message for the session
    /// which nobody keeps.
    ///
    /// # Errors
    /// That the store takes no notice.
    pub async fn session_subscribed(&self, client_id: &str, told: &[i64]) -> Result<()> {
        let (Some(peers), Some(client)) = (&self.peers, self.router.client(client_id)) else {
            return Ok(());
        };
        if peers.are_all(told) {
            return Ok(());
        }
        self.notice(client_id, client.stamp()).await?;
        tokio::time::sleep(NOTICED_WITHIN).await;
        Ok(())
    }

    /// Whether a node is heard over the bus.
    pub(crate) fn hears(&self, node: i64) -> bool {
        self.peers.as_ref().is_some_and(|peers| peers.is_near(node))
    }

    /// What a node that is no more had goes on here: sessions and wills.
    pub(crate) async fn adopt(&self, dead: i64) -> Result<()> {
        let own = self.kernel.incarnation();
        let peers = self.peers.as_deref();
        let wills = self.sessions.adopt(dead, own, peers).await?;
        // What waits for them goes on, here and at the others.
        let mut adopted = Ok(());
        if let Some(peers) = peers {
            peers.node_gone(dead);
            adopted = self.adopted(dead).await;
            peers.ask_all(&Ask::Adopted { dead }, ADOPTED_WITHIN).await;
        }
        self.wills.resume(wills).await;
        adopted
    }

    /// Others have the sessions of a node that is no more. What waited for those goes to where they are, also where nodes have
    /// them that are not heard: the store says what their sessions want.
    ///
    /// # Errors
    /// That the store does not say; then it is to be tried again, and waits meanwhile.
    pub(crate) async fn adopted(&self, dead: i64) -> Result<()> {
        let Some(peers) = &self.peers else {
            return Ok(());
        };
        if self.kernel.store.is_clustered() {
            // One that came a moment ago may have them.
            let members = self.kernel.store.members().await?;
            let live = members.iter().filter(|member| member.live);
            peers.expect(live.map(|member| member.incarnation));
        }
        for node in peers.untold_of() {
            self.ask_store_for(peers, node).await?;
        }
        peers.adopted(dead);
        Ok(())
    }

    /// Reads what the sessions of a node want that may not have told it here.
    async fn ask_store_for(&self, peers: &Peers, node: i64) -> Result<()> {
        let store = &self.kernel.store;
        let filters = store.look(|conn| conn.mqtt_filters_of_owner(node));
        peers.assume(node, &filters.await?);
        Ok(())
    }

    /// Waits until all nodes that live have told what their clients want, a while at most. What the sessions of those want
    /// that are not heard, or dead and not yet taken over, is known from the store: no message for one of them is
    /// acknowledged here and kept nowhere.
    pub async fn join_peers(&self) -> Result<()> {
        let Some(peers) = &self.peers else {
            return Ok(());
        };
        let (store, begun) = (&self.kernel.store, Instant::now());
        loop {
            let members = store.members().await?;
            let all: Vec<i64> = members.iter().map(|member| member.incarnation).collect();
            let live = members.iter().filter(|member| member.live);
            peers.expect(live.map(|member| member.incarnation));
            if peers.join(&all).await && members.iter().all(|member| member.live) {
                return Ok(());
            }
            if begun.elapsed() < JOIN_LIMIT {
                continue;
            }
            for member in members {
                let node = member.incarnation;
                if node == peers.own() || member.live && peers.is_near(node) {
                    continue;
                }
                self.ask_store_for(peers, node).await?;
                tracing::info!(
                    "node {node} is not heard over the bus {}; what its sessions want is known from the store",
                    peers.place()
                );
            }
            return Ok(());
        }
    }

    /// Another node lets a client in, as a notice says: a connection here is over, and its session goes there.
    async fn follow_claim(&self, claimed: &Claimed) -> Result<()> {
        let clock = self.router.clock();
        clock.hear(claimed.stamp);
        clock.tick(self.kernel.now().0);
        let peers = self.peers.as_deref();
        // Before its connection is over, which would write it down once more.
        self.sessions
            .release_if_gone(&claimed.client_id, peers)
            .await?;
        let held = self.router.client(&claimed.client_id);
        // Stamps of a node that is not heard are by its own clock, which may be minutes behind.
        let is_older = |stamp| {
            stamp < claimed.stamp
                || !self.hears(claimed.incarnation) && clock.age_ms(stamp) > OLDER_MS
        };
        if held.is_some_and(|client| is_older(client.stamp())) {
            self.router.evict(&claimed.client_id);
            self.presence.taken_over(&claimed.client_id).await;
            // What the other node has done meanwhile.
            self.sessions
                .release_if_gone(&claimed.client_id, peers)
                .await?;
        }
        match peers {
            Some(peers) if peers.untold_of().contains(&claimed.incarnation) => {
                self.ask_store_of(peers, &claimed.client_id).await
            }
            _ => Ok(()),
        }
    }

    /// Reads what a session wants that is a node's which may not have told it here.
    async fn ask_store_of(&self, peers: &Peers, client_id: &str) -> Result<()> {
        let read = |conn: &Conn<'_>| {
            let Some(row) = conn.mqtt_session_of(client_id)? else {
                return Ok(None);
            };
            let subscribed = conn.mqtt_subscriptions_of(row.key)?;
            let filters = subscribed.into_iter().map(|row| row.filter);
            Ok::<_, Error>(Some((row.owner, filters.collect::<Vec<_>>())))
        };
        match self.kernel.store.read(read).await? {
            Some((owner, filters)) if owner != peers.own() => peers.assume(owner, &filters),
            _ => {}
        }
        Ok(())
    }
}

/// Follows the notices of clients that other nodes let in, until the server drains.
pub(crate) async fn follow(app: &Arc<App>, mut draining: watch::Receiver<bool>) {
    let own = app.kernel.incarnation();
    if own == 0 {
        return;
    }
    let Some(mut claimed) = app.kernel.take_claims() else {
        return;
    };
    loop {
        // What was committed before this waits here by now.
        let until = app.kernel.store.followed_until();
        let next = match claimed.try_recv() {
            Ok(next) => next,
            Err(TryRecvError::Disconnected) => return,
            Err(TryRecvError::Empty) => {
                if let (Some(peers), Some(until)) = (&app.peers, until) {
                    peers.has_followed(until);
                }
                tokio::select! {
                    biased;
                    _ = draining.wait_for(|draining| *draining) => return,
                    next = claimed.recv() => match next {
                        Some(next) => next,
                        None => return,
                    },
                    () = tokio::time::sleep(LOOK_EVERY) => continue,
                }
            }
        };
        if next.incarnation == own {
            continue;
        }
        // Those that come after it wait: a session of which nobody here knows would lose what is acknowledged here.
        let mut told = false;
        while let Err(error) = app.follow_claim(&next).await {
            let is_away = error.kind == Kind::Unavailable;
            if !is_away || !std::mem::replace(&mut told, true) {
                log_failure!(
                    error,
                    "a session that went to another node is still held here: {error:?}"
                );
            }
            if !is_away {
                break;
            }
            tokio::select! {
                biased;
                _ = draining.wait_for(|draining| *draining) => return,
                () = tokio::time::sleep(AGAIN_AFTER) => {}
            }
        }
    }
}

impl Kernel {
    /// Has other nodes look at the notices of this one as soon as there are some, over the bus.
    pub(crate) fn urgent(&self) -> watch::Receiver<i64> {
        self.store.urgent()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, TestApp};

    #[tokio::test]
    async fn a_session_that_has_ended_elsewhere_ends_with_its_connection() {
        let test = TestApp::new().await;
        let (app, store) = (&test.app, &test.app.kernel.store);
        let ask = SessionAsk {
            fresh: false,
            protocol: 3,
            expiry: Duration::from_secs(60),
            keep_alive_seconds: 60,
            now: NOW,
        };
        let taken = app.router.register_session("c".into(), "p".into(), &ask);
        let registration = taken.expect("there is room").registration;
        app.router.journal().all_written().await;
        let row = store.look(|conn| conn.mqtt_session_of("c"));
        let row = row.await.expect("the store works").expect("it is there");
        let end = store.tx("test", move |tx| {
            Ok::<_, Error>(tx.delete_mqtt_session(row.key, row.epoch)?)
        });
        end.await.expect("the store works");
        let claimed = Claimed {
            client_id: "c".into(),
            incarnation: 99,
            stamp: registration.stamp() + 1,
        };
        let followed = app.follow_claim(&claimed).await;
        followed.expect("the store works");
        assert!(app.router.client("c").is_none());
        drop(registration);
        app.router.journal().all_written().await;
        let row = store.look(|conn| conn.mqtt_session_of("c"));
        assert_eq!(row.await.expect("the store works"), None);
        assert!(app.router.session("c").is_none());
    }
}
