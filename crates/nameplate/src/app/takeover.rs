//! A client id is one connection's among all servers over one registry, and its session is where that is.
//!
//! Over the bus other nodes are asked, and have ended their connection before a client is let in ([`Peers::claim`](super::peers::Peers::claim)). Where
//! there is no bus, or a node does not answer, they hear of it by a notice of the store: half a second later, or when they
//! have the store again. Must not know sockets.

use super::App;
use super::error::{Error, Result};
use super::kernel::Kernel;
use super::peers::{Claim, TakenOver};
use nameplate_store::Notice;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long other nodes take to hear of a notice, and to write down what they keep for a session.
const NOTICED_WITHIN: Duration = Duration::from_millis(1200);

/// A connection that has been here for so long is older than any claim of which a notice comes now.
const OLDER_MS: u64 = 3000;

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
    /// Has a client id and its session be this node's, where there may be others; to be held until the client has its
    /// place in the router.
    ///
    /// # Errors
    /// That the client is to try again.
    pub async fn let_in(
        &self,
        client_id: &Arc<str>,
    ) -> std::result::Result<Option<Claim<'_>>, NotNow> {
        let own = self.kernel.incarnation();
        if own == 0 {
            return Ok(None);
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
            let client_id = client_id.to_string();
            let noticed = self.kernel.store.tx("claim", move |tx| {
                tx.notice(Notice::Claimed {
                    client_id: client_id.clone(),
                    incarnation: own,
                    stamp,
                });
                Ok::<_, Error>(())
            });
            noticed.await?;
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
        self.sessions.fetch(client_id, own, peers, wait).await?;
        Ok(claim)
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
        self.wills.resume(wills).await;
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
                let filters = store.read(|conn| Ok::<_, Error>(conn.mqtt_filters_of_owner(node)?));
                peers.assume(node, &filters.await?);
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
        let held = self.router.client(&claimed.client_id);
        // Stamps of a node that is not heard are by its own clock, which may be minutes behind.
        let is_older = |stamp| {
            stamp < claimed.stamp
                || !self.hears(claimed.incarnation) && clock.age_ms(stamp) > OLDER_MS
        };
        if held.is_some_and(|client| is_older(client.stamp())) {
            self.router.evict(&claimed.client_id);
            self.presence.taken_over(&claimed.client_id).await;
        }
        let peers = self.peers.as_deref();
        self.sessions
            .release_if_gone(&claimed.client_id, peers)
            .await
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
        let claimed = tokio::select! {
            biased;
            _ = draining.wait_for(|draining| *draining) => return,
            claimed = claimed.recv() => claimed,
        };
        let Some(claimed) = claimed else { return };
        if claimed.incarnation == own {
            continue;
        }
        if let Err(error) = app.follow_claim(&claimed).await {
            tracing::error!("a session that went to another node is still held here: {error:?}");
        }
    }
}

impl Kernel {
    /// Has other nodes look at the notices of this one as soon as there are some, over the bus.
    pub(crate) fn urgent(&self) -> watch::Receiver<i64> {
        self.store.urgent()
    }
}
