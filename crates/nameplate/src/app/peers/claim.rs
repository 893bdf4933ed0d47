//! A client id is one connection's in the whole fleet: the newest, by the stamps that nodes agree on.
//!
//! Who is about to let a client in asks all other nodes first; each ends its own connection of that client id and says so.
//! Two that come at the same time see each other's claim, and the lower stamp gives way.

use super::{Ask, Peers, Told};
use crate::app::App;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long other nodes may take to end a connection.
const CLAIM_LIMIT: Duration = Duration::from_secs(1);
/// How long a node takes at most to write a session down before it says that it has ended the connection: it is to be heard
/// in time also while the store is away.
const WRITTEN_WITHIN: Duration = Duration::from_millis(500);

/// A claim goes at once where none has gone for so long, for each of those that went together last, up to [`MANY`]; those
/// that come meanwhile go together. A packet costs two nodes and the bus far more than what is in it. Clients that come one
/// by one come further apart than this, and of many that come at once each waits for the others.
const EVERY: Duration = Duration::from_millis(10);
/// More of them than these are not waited for any longer.
const MANY: u32 = 4;

/// When claims are sent.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When some went last, and how many.
    sent: Option<(Instant, u32)>,
    waiting: u32,
}

impl Pace {
    /// A claim is there: `None` where it is to be sent now, otherwise when it is to be.
    fn comes(&mut self, now: Instant) -> Option<Instant> {
        self.waiting += 1;
        self.due(now)
    }

    /// When those that wait are to be sent, as [`Self::comes`] says it.
    fn due(&mut self, now: Instant) -> Option<Instant> {
        let rest = |count: u32| EVERY * count.clamp(1, MANY);
        let next = self.sent.map(|(sent, count)| sent + rest(count));
        let waits = next.filter(|next| now < *next);
        if waits.is_none() && self.waiting > 0 {
            self.sent = Some((now, std::mem::take(&mut self.waiting)));
        }
        waits
    }
}

/// A client that is being let in here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pending {
    stamp: u64,
    is_lost: bool,
}

/// The client id came back with a newer connection, elsewhere or here, before this one was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a newer connection has this client id")]
pub struct TakenOver;

/// A client id that is asked for. Dropping it gives it up.
pub struct Claim<'a> {
    peers: &'a Peers,
    client_id: Arc<str>,
    stamp: u64,
    /// The highest version number that other nodes had for the client's connections.
    pub version: Option<u64>,
    /// Some node did not answer.
    pub is_doubtful: bool,
}

impl Peers {
    /// Asks for a client id: no other node has a connection with it when this returns, as far as nodes are heard.
    pub async fn claim(&self, client_id: &Arc<str>) -> Result<Claim<'_>, TakenOver> {
        let stamp = self.router.clock().next();
        let pending = Pending {
            stamp,
            is_lost: false,
        };
        // Of several here the router's order decides.
        self.claims
            .lock()
            .entry(Arc::clone(client_id))
            .or_default()
            .push(pending);
        let mut claim = Claim {
            peers: self,
            client_id: Arc::clone(client_id),
            stamp,
            version: None,
            is_doubtful: false,
        };
        self.ask_for(&mut claim).await?;
        Ok(claim)
    }

    /// Asks once more, as some node did not answer.
    pub async fn claim_again(&self, claim: &mut Claim<'_>) -> Result<(), TakenOver> {
        self.ask_for(claim).await
    }

    async fn ask_for(&self, claim: &mut Claim<'_>) -> Result<(), TakenOver> {
        let ask = Ask::Claim {
            client_id: claim.client_id.to_string(),
            stamp: claim.stamp,
        };
        let (answers, missing) = self.ask_all(&ask, CLAIM_LIMIT).await;
        claim.is_doubtful = missing > 0;
        for told in answers {
            match told {
                Told::Newer { stamp } => {
                    self.router.clock().hear(stamp);
                    return Err(TakenOver);
                }
                Told::Yielded { version } => claim.version = claim.version.max(version),
                _ => claim.is_doubtful = true,
            }
        }
        Ok(())
    }

    /// A claim waits to be sent.
    pub(super) fn claim_is_due(&self) {
        match self.pace.lock().comes(Instant::now()) {
            None => self.due.notify_one(),
            Some(_) => self.claimed.notify_one(),
        }
    }

    /// Sends claims together that come at the same time, as long as the server runs.
    pub(super) async fn gather_claims(&self) {
        loop {
            self.claimed.notified().await;
            loop {
                let waits = self.pace.lock().due(Instant::now());
                let Some(next) = waits else { break };
                tokio::time::sleep_until(next).await;
            }
            self.due.notify_one();
        }
    }

    /// Another node lets a client in of which nothing is to be ended or told here, as is nearly always so; `None` where
    /// there is, or may be, for [`Self::yield_to`].
    pub(super) fn yield_at_once(&self, app: &App, client_id: &str, stamp: u64) -> Option<Told> {
        self.router.clock().hear(stamp);
        // In this order: who has its place had a claim before, and a claim from here on has a higher stamp.
        let is_claimed = self.claims.lock().contains_key(client_id);
        if is_claimed || self.router.client(client_id).is_some() {
            return None;
        }
        let version = app.presence.is_over(client_id)?;
        Some(Told::Yielded { version })
    }

    /// Another node lets a client in.
    pub(super) async fn yield_to(&self, app: &App, client_id: &str, stamp: u64) -> Told {
        self.router.clock().hear(stamp);
        // Before claims are looked at: one that has its place is not to be lost as well.
        if let Some(client) = self.router.client(client_id)
            && client.stamp() > stamp
        {
            return Told::Newer {
                stamp: client.stamp(),
            };
        }
        {
            let mut claims = self.claims.lock();
            let own = claims.get_mut(client_id).into_iter().flatten();
            for own in own {
                if own.stamp > stamp {
                    return Told::Newer { stamp: own.stamp };
                }
                own.is_lost = true;
            }
        }
        // Who has got its place since the first look finds its claim lost, or is ended here.
        let has_session = self.router.evict(client_id);
        let version = app.presence.taken_over(client_id).await;
        if has_session {
            // Whoever is told looks for it in the store, where one of this moment may not be yet.
            let written = self.router.journal().all_written();
            let _ = tokio::time::timeout(WRITTEN_WITHIN, written).await;
        }
        Told::Yielded { version }
    }
}

impl Claim<'_> {
    /// By which other nodes know which of two is newer.
    pub(crate) fn stamp(&self) -> u64 {
        self.stamp
    }

    /// The client has its place in the router: from here on other nodes find it there.
    pub fn settle(&self) -> Result<(), TakenOver> {
        let claims = self.peers.claims.lock();
        let mut own = claims.get(&self.client_id).into_iter().flatten();
        match own.any(|own| own.stamp == self.stamp && own.is_lost) {
            true => Err(TakenOver),
            false => Ok(()),
        }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut claims = self.peers.claims.lock();
        if let Some(own) = claims.get_mut(&self.client_id) {
            own.retain(|own| own.stamp != self.stamp);
            if own.is_empty() {
                claims.remove(&self.client_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_that_come_at_the_same_time_go_together() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(pace.comes(at(0)), None, "nobody waits for it");
        assert_eq!(pace.comes(at(1)), Some(at(10)));
        assert_eq!(pace.comes(at(9)), Some(at(10)), "with the one before");
        assert_eq!(pace.due(at(10)), None, "both go");
        assert_eq!(pace.due(at(10)), Some(at(30)), "as soon again as two may");
        assert_eq!(pace.comes(at(11)), Some(at(30)));
        assert_eq!(pace.comes(at(35)), None, "late, and so with the one before");
        for waiting in 0..9 {
            assert_eq!(pace.comes(at(40 + waiting)), Some(at(55)));
        }
        assert_eq!(pace.due(at(55)), None);
        assert_eq!(pace.comes(at(94)), Some(at(95)), "many have gone");
        assert_eq!(pace.due(at(95)), None);
        assert_eq!(pace.comes(at(105)), None, "one by one");
        assert_eq!(pace.comes(at(114)), Some(at(115)));
        assert_eq!(pace.comes(at(415)), None, "late");
        assert_eq!(pace.comes(at(500)), None, "one that comes alone");
    }
}
