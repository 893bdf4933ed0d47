//! Which other node is told of the clients of this one, and that it is.

use super::{Peers, State, TICK};
use crate::app::App;
use crate::app::presence::Word;
use nameplate_peers::Frame;

impl State {
    /// The node with the next higher incarnation, or the lowest, of those that were heard and are not known to be gone.
    fn next_after(&self, own: i64) -> Option<i64> {
        let mut nodes = self.peers.keys();
        let next = nodes.find(|node| **node > own);
        next.or_else(|| self.peers.keys().next()).copied()
    }
}

impl Peers {
    /// Who is told of the clients here.
    pub(crate) fn heir(&self) -> Option<i64> {
        self.state.lock().heir
    }

    /// Tells the heir something.
    pub(crate) fn to_heir(&self, words: &[Word]) {
        let mut state = self.state.lock();
        let Some(heir) = state.heir else { return };
        if let (Some(peer), Ok(words)) = (state.peers.get_mut(&heir), serde_json::to_vec(words)) {
            peer.out
                .push_always(Frame::Presence(words.into()).to_bytes());
        }
    }

    /// Whether much waits for the heir.
    pub(crate) fn is_heir_crowded(&self) -> bool {
        let state = self.state.lock();
        let heir = state.heir.and_then(|heir| state.peers.get(&heir));
        heir.is_some_and(|peer| peer.out.is_crowded())
    }

    /// Has whoever is the heir know of all clients, as long as the server runs.
    pub(super) async fn keep_heir(&self, app: &App) {
        loop {
            let is_another = {
                let mut state = self.state.lock();
                let next = state.next_after(self.own);
                let before = std::mem::replace(&mut state.heir, next);
                if before != next
                    && let Some(peer) = before.and_then(|before| state.peers.get_mut(&before))
                    && let Ok(words) = serde_json::to_vec(&[Word::End])
                {
                    peer.out
                        .push_always(Frame::Presence(words.into()).to_bytes());
                }
                before != next
            };
            if is_another {
                app.presence.tell_heir().await;
            }
            tokio::time::sleep(TICK).await;
        }
    }
}
