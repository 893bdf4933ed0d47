//! Of each node's clients one other node knows, its heir: it tells of their end when the node dies without a word, and the
//! version number of whoever comes back elsewhere goes on.
//!
//! The heir of a node is the one with the next higher incarnation, or the lowest. It holds a few hundred bytes for each
//! client of that node, in memory: where both die at once nobody tells of those. Which nodes there are is `peers`' to know.

use super::{Arrival, Left, Presence, Present, Seen, Telling};
use nameplate_core::ctx::Millis;
use nameplate_mqtt::DisconnectReason;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Clients that an heir is told of at once, when it becomes one.
const PAGE: usize = 256;
/// How long is waited where much waits for the heir already.
const PAUSE: Duration = Duration::from_millis(20);

/// What a node tells its heir.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// You are it. What you were told before is void.
    Begin,
    /// A client is connected.
    Came(Box<Entry>),
    /// Its connection has ended, and that has been told.
    Went {
        /// Its client id.
        client_id: String,
        /// Which connection.
        session: String,
    },
    /// Another is it from now on.
    End,
}

/// A client of another node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    client_id: String,
    principal: String,
    session: String,
    version: u64,
    since: i64,
    address: SocketAddr,
    clean_session: bool,
    keep_alive_seconds: u16,
    session_expiry_seconds: u64,
    thing: Option<String>,
    /// Whether its end is told.
    told: bool,
}

impl From<&Present> for Entry {
    fn from(present: &Present) -> Self {
        let arrival = &present.arrival;
        Self {
            client_id: arrival.client_id.to_string(),
            principal: arrival.principal.to_string(),
            session: present.session.clone(),
            version: present.version,
            since: present.since.0,
            address: arrival.address,
            clean_session: arrival.clean_session,
            keep_alive_seconds: arrival.keep_alive_seconds,
            session_expiry_seconds: arrival.session_expiry.as_secs(),
            thing: present.thing.clone(),
            told: present.told.load(Ordering::Acquire),
        }
    }
}

impl From<Entry> for Present {
    fn from(entry: Entry) -> Self {
        Self {
            session: entry.session,
            version: entry.version,
            since: Millis(entry.since),
            thing: entry.thing,
            told: AtomicBool::new(entry.told),
            telling: Telling::default(),
            arrival: Arrival {
                // Below all that come here.
                number: 0,
                client_id: entry.client_id.into(),
                principal: entry.principal.into(),
                certificate: None,
                exclusive_thing: None,
                address: entry.address,
                clean_session: entry.clean_session,
                keep_alive_seconds: entry.keep_alive_seconds,
                session_expiry: Duration::from_secs(entry.session_expiry_seconds),
                version_elsewhere: None,
            },
        }
    }
}

/// The words of a text, without those of a later release.
fn read(text: &[u8]) -> serde_json::Result<Vec<Word>> {
    let all: Vec<serde_json::Value> = serde_json::from_slice(text)?;
    let known = all.into_iter();
    Ok(known
        .filter_map(|word| serde_json::from_value(word).ok())
        .collect())
}

/// The clients of nodes that this one is the heir of, by node and client id.
#[derive(Debug, Default)]
pub(super) struct Estates(Mutex<HashMap<i64, HashMap<String, Entry>>>);

impl Estates {
    /// A node says what has become of its clients.
    fn hear(&self, node: i64, words: Vec<Word>) {
        let mut all = self.0.lock();
        for word in words {
            match word {
                Word::Begin => {
                    all.insert(node, HashMap::new());
                }
                Word::End => {
                    all.remove(&node);
                }
                Word::Came(entry) => {
                    if let Some(clients) = all.get_mut(&node) {
                        clients.insert(entry.client_id.clone(), *entry);
                    }
                }
                Word::Went { client_id, session } => {
                    let clients = all.get_mut(&node);
                    if let Some(clients) = clients
                        && clients
                            .get(&client_id)
                            .is_some_and(|known| known.session == session)
                    {
                        clients.remove(&client_id);
                    }
                }
            }
        }
    }

    /// Takes the clients of nodes that are no more.
    fn of_dead(&self, lives: impl Fn(i64) -> bool) -> Vec<Entry> {
        let mut all = self.0.lock();
        let dead: Vec<i64> = all.keys().copied().filter(|node| !lives(*node)).collect();
        let clients = dead.into_iter().filter_map(|node| all.remove(&node));
        clients.flat_map(HashMap::into_values).collect()
    }

    /// Takes a client of a node that does not answer for it.
    fn take(&self, client_id: &str, answers: impl Fn(i64) -> bool) -> Option<Entry> {
        let mut all = self.0.lock();
        let silent = all.iter_mut().filter(|(node, _)| !answers(**node));
        let mut found = silent.filter_map(|(_, clients)| clients.remove(client_id));
        found.next()
    }

    /// Whether [`Self::take`] would find a client.
    fn has(&self, client_id: &str, answers: impl Fn(i64) -> bool) -> bool {
        let all = self.0.lock();
        let mut silent = all.iter().filter(|(node, _)| !answers(**node));
        silent.any(|(_, clients)| clients.contains_key(client_id))
    }

    /// How many clients of other nodes are known.
    fn len(&self) -> usize {
        self.0.lock().values().map(HashMap::len).sum()
    }
}

impl Presence {
    /// Another node says what has become of its clients.
    pub(crate) fn hear(&self, node: i64, words: &[u8]) {
        match read(words) {
            Ok(words) => self.estates.hear(node, words),
            Err(error) => {
                tracing::debug!("what node {node} says of its clients is not read: {error}")
            }
        }
    }

    /// The heir is another node: it is told of all clients that are here. Those that come and go meanwhile it is told of
    /// beside.
    pub(crate) async fn tell_heir(&self) {
        let Some(peers) = &self.peers else { return };
        let clients: Vec<Arc<str>> = {
            let known = self.known.lock();
            peers.to_heir(&[Word::Begin]);
            let here = known.clients.iter();
            let here = here.filter(|(_, seen)| matches!(seen, Seen::Here(_)));
            here.map(|(client_id, _)| Arc::clone(client_id)).collect()
        };
        let heir = peers.heir();
        for page in clients.chunks(PAGE) {
            while peers.is_heir_crowded() {
                tokio::time::sleep(PAUSE).await;
            }
            // Under the lock, so that nobody is said to be here after it was said that they went.
            let known = self.known.lock();
            let words = page
                .iter()
                .filter_map(|client_id| match known.clients.get(client_id) {
                    Some(Seen::Here(present)) => {
                        Some(Word::Came(Box::new(Entry::from(&**present))))
                    }
                    _ => None,
                });
            let words: Vec<Word> = words.collect();
            if peers.heir() != heir {
                // Who is it now is told from the beginning.
                return;
            }
            peers.to_heir(&words);
        }
    }

    /// Nodes are no more: tells of the end of the clients that they had, as far as this node is their heir.
    pub(crate) async fn inherit(&self, lives: impl Fn(i64) -> bool) {
        let entries = self.estates.of_dead(lives);
        if !entries.is_empty() {
            tracing::info!(
                "the end of {} connections to a node that is no more is told",
                entries.len()
            );
        }
        for entry in entries {
            self.end_of(entry).await;
        }
    }

    /// A client is about to be let in, here or at another node: where the node that it was connected to does not answer and
    /// this one is its heir, the end of that connection is told. Its version number.
    pub(crate) async fn ended_with_its_node(&self, client_id: &str) -> Option<u64> {
        let peers = self.peers.as_ref()?;
        let entry = self.estates.take(client_id, |node| peers.is_near(node))?;
        let version = entry.version;
        self.end_of(entry).await;
        Some(version)
    }

    /// Whether a client was connected to a node that does not answer, and this one is its heir.
    pub(super) fn is_heir_of(&self, client_id: &str) -> bool {
        let peers = self.peers.as_ref();
        peers.is_some_and(|peers| self.estates.has(client_id, |node| peers.is_near(node)))
    }

    async fn end_of(&self, entry: Entry) {
        let (present, now) = (Arc::new(Present::from(entry)), self.kernel.now());
        let reason = DisconnectReason::ServerError;
        {
            let mut known = self.known.lock();
            let client_id = Arc::clone(&present.arrival.client_id);
            let seen = known.clients.get(&client_id);
            if seen.is_some_and(|seen| seen.present().version > present.version) {
                return;
            }
            let present = Arc::clone(&present);
            let left = Left {
                present,
                at: now,
                reason,
            };
            known.clients.insert(client_id, Seen::Gone(left));
        }
        self.tell_end(&present, (reason, now)).await;
    }

    /// Clients of other nodes whose end this one would tell.
    pub fn inherited(&self) -> usize {
        self.estates.len()
    }

    /// The heir is to know of it. To be called under the lock of what is known.
    pub(super) fn came(&self, present: &Present) {
        if let Some(peers) = &self.peers {
            peers.to_heir(&[Word::Came(Box::new(Entry::from(present)))]);
        }
    }

    /// The same of a connection that has ended.
    pub(super) fn went(&self, present: &Present) {
        if let Some(peers) = &self.peers {
            peers.to_heir(&[Word::Went {
                client_id: present.arrival.client_id.to_string(),
                session: present.session.clone(),
            }]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(client_id: &str, session: &str) -> Entry {
        Entry {
            client_id: client_id.into(),
            principal: "p".into(),
            session: session.into(),
            version: 3,
            since: 1,
            address: SocketAddr::from(([192, 0, 2, 1], 4711)),
            clean_session: true,
            keep_alive_seconds: 60,
            session_expiry_seconds: 0,
            thing: None,
            told: false,
        }
    }

    fn came(client_id: &str, session: &str) -> Word {
        Word::Came(Box::new(entry(client_id, session)))
    }

    fn went(client_id: &str, session: &str) -> Word {
        Word::Went {
            client_id: client_id.into(),
            session: session.into(),
        }
    }

    #[test]
    fn an_heir_knows_who_is_left() {
        let estates = Estates::default();
        // Nobody has begun.
        estates.hear(1, vec![came("early", "s")]);
        assert_eq!(estates.len(), 0);
        estates.hear(1, vec![Word::Begin, came("a", "1"), came("b", "1")]);
        // The newer connection of a client id came before the end of the older.
        estates.hear(1, vec![came("a", "2"), went("a", "1"), went("b", "1")]);
        estates.hear(2, vec![Word::Begin, came("c", "1")]);
        assert!(estates.has("a", |_| false) && !estates.has("a", |_| true));
        assert_eq!(estates.take("a", |_| true), None, "its node answers");
        assert_eq!(estates.of_dead(|node| node == 2), [entry("a", "2")]);
        assert_eq!(estates.of_dead(|node| node == 2), [], "once");
        assert_eq!(estates.take("c", |node| node != 2), Some(entry("c", "1")));
        assert_eq!(estates.take("c", |node| node != 2), None);
        estates.hear(2, vec![came("d", "1"), Word::End]);
        assert_eq!(estates.len(), 0);
        estates.hear(2, vec![Word::Begin, came("d", "1"), Word::Begin]);
        assert_eq!(estates.len(), 0, "what was told before is void");
    }

    #[test]
    fn what_is_said_is_understood() {
        let words = [Word::Begin, came("a", "1"), went("a", "1"), Word::End];
        let text = serde_json::to_string(&words).expect("written");
        // What earlier releases wrote, and read.
        let recorded = concat!(
            r#"["begin",{"came":{"client_id":"a","principal":"p","session":"1","version":3,"since":1,"#,
            r#""address":"192.0.2.1:4711","clean_session":true,"keep_alive_seconds":60,"session_expiry_seconds":0,"#,
            r#""thing":null,"told":false}},{"went":{"client_id":"a","session":"1"}},"end"]"#,
        );
        assert_eq!(text, recorded);
        assert_eq!(read(text.as_bytes()).expect("read"), words);
        let later = br#"["later",{"later":{}},{"went":{"client_id":"a","session":"1","later":2}}]"#;
        assert_eq!(read(later).expect("read"), [went("a", "1")]);
        assert!(read(b"later").is_err());
    }
}
