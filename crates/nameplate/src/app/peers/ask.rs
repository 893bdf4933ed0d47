//! Questions between nodes and their answers: who has a client, and what is to be done about it.
//!
//! As JSON, whose members a later release may add to; a question that a release does not know is answered so.

use super::{Answer, Peer, Peers};
use crate::app::App;
use crate::app::error::{Error, Kind};
use crate::app::history;
use crate::app::log_groups::{LogAsk, LogTold};
use crate::app::log_ins::LogIn;
use crate::app::presence::{Connected, ConnectionView, Refusal};
use crate::router::{Message, Offered, stored};
use bytes::Bytes;
use futures_util::future::join_all;
use nameplate_core::ctx::Millis;
use nameplate_mqtt::topic::Filter;
use nameplate_mqtt::{DisconnectReason, QoS};
use nameplate_peers::Frame;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How long other nodes may take to say whether they have a client, beyond what is asked of it.
const ANSWER_LIMIT: Duration = Duration::from_secs(3);
/// How long they may take to say who is connected, and how many they name at a time.
const LIST_LIMIT: Duration = Duration::from_secs(1);
const MOST_LISTED: usize = 1001;
/// How long a node may take to hand messages of a shared subscription to its members, and to write them down.
const HAND_LIMIT: Duration = Duration::from_secs(15);
/// How long DeleteConnection may take on another node.
const DELETE_LIMIT: Duration = Duration::from_secs(15);

/// What one node asks another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// A client is being let in: end your connection of it.
    Claim {
        /// Its client id.
        client_id: String,
        /// The claim's stamp.
        stamp: u64,
    },
    /// A session is the asker's: write down what waits for it and let it go.
    Release {
        /// Its client id.
        client_id: String,
        /// Its epoch from now on.
        epoch: i64,
        /// The nodes that know where it is; none of an earlier release.
        #[serde(default)]
        told: Option<Vec<i64>>,
        /// It ends there: its client does not want it. An earlier release does not say so.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ends: bool,
    },
    /// The asker has the sessions of a node that is no more.
    Adopted {
        /// That node.
        dead: i64,
    },
    /// GetConnection.
    Connection {
        /// The client id.
        client_id: String,
    },
    /// Who is connected.
    Connected {
        /// By client id beyond this.
        after: String,
        /// At most so many.
        limit: usize,
    },
    /// What happened in the last so many minutes.
    History {
        /// Minutes.
        minutes: usize,
    },
    /// ListSubscriptions.
    Subscriptions {
        /// The client id.
        client_id: String,
    },
    /// DeleteConnection.
    Delete {
        /// The client id.
        client_id: String,
        /// The session too.
        clean: bool,
        /// With its will.
        will: bool,
    },
    /// Something about log groups.
    Logs(LogAsk),
    /// A log-in to the console.
    LogIn {
        /// Digest of the random number, in hex.
        key: String,
    },
    /// A log-in has ended.
    LogOut {
        /// As above.
        key: String,
    },
    /// SendDirectMessage.
    Direct {
        /// The client id.
        client_id: String,
        /// The message, in hex, as it waits for sessions.
        message: String,
        /// How long the client's acknowledgement is waited for, milliseconds.
        confirmation_ms: Option<u64>,
    },
    /// Messages that wait for a shared subscription, for its members that are connected to whoever is asked.
    Hand {
        /// Its filter as sent.
        group: String,
        /// The messages in their order, in hex, as they wait for sessions.
        messages: Vec<String>,
    },
    /// Of a later release.
    #[serde(other)]
    Unknown,
}

/// What a node answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// A connection of that client is newer than the claim.
    Newer {
        /// Its stamp.
        stamp: u64,
    },
    /// There is none here, now.
    Yielded {
        /// The version number of the last one that is remembered.
        version: Option<u64>,
    },
    /// It is done.
    Done,
    /// Nothing is known of the client.
    Nobody,
    /// What is known of its connection.
    Connection(Box<Shown>),
    /// Some of who is connected, and how many are.
    Connected {
        /// By client id.
        some: Vec<OneConnected>,
        /// All.
        count: usize,
    },
    /// What happened.
    History(Box<history::Told>),
    /// What is known of log groups.
    Logs(LogTold),
    /// A log-in that is good.
    LogIn(Box<LogIn>),
    /// What it subscribes to, with the QoS granted.
    Subscriptions(Vec<(String, u8)>),
    /// It was not done.
    Refused {
        /// Why: `too-large`, `not-receivable`, `timed-out`, `throttled`, or `internal`.
        why: String,
        /// The sentence for the caller.
        text: String,
    },
    /// Members have so many messages, the first of those that were handed, and sessions keep what they are to keep.
    Took {
        /// How many.
        count: usize,
    },
    /// Not of this release.
    #[serde(other)]
    Unknown,
}

/// A connection, for another node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    client_id: String,
    connected_since: Option<i64>,
    disconnected: Option<(i64, Option<String>)>,
    clean_session: bool,
    keep_alive_seconds: u16,
    session_expiry_seconds: u64,
    thing: Option<String>,
    address: Option<std::net::SocketAddr>,
}

impl From<ConnectionView> for Shown {
    fn from(view: ConnectionView) -> Self {
        let reason = |reason: DisconnectReason| reason.as_str().to_owned();
        Self {
            client_id: view.client_id,
            connected_since: view.connected_since.map(|at| at.0),
            disconnected: view.disconnected.map(|(at, why)| (at.0, why.map(reason))),
            clean_session: view.clean_session,
            keep_alive_seconds: view.keep_alive_seconds,
            session_expiry_seconds: view.session_expiry.as_secs(),
            thing: view.thing,
            address: view.address,
        }
    }
}

impl From<Shown> for ConnectionView {
    fn from(shown: Shown) -> Self {
        let reason = |name: String| DisconnectReason::from_name(&name);
        Self {
            client_id: shown.client_id,
            connected_since: shown.connected_since.map(Millis),
            disconnected: shown
                .disconnected
                .map(|(at, why)| (Millis(at), why.and_then(reason))),
            clean_session: shown.clean_session,
            keep_alive_seconds: shown.keep_alive_seconds,
            session_expiry: Duration::from_secs(shown.session_expiry_seconds),
            thing: shown.thing,
            address: shown.address,
        }
    }
}

/// Somebody who is connected, for another node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneConnected {
    client_id: String,
    principal: String,
    by_certificate: bool,
    since: i64,
    address: std::net::SocketAddr,
    thing: Option<String>,
}

impl From<Connected> for OneConnected {
    fn from(one: Connected) -> Self {
        Self {
            client_id: one.client_id.to_string(),
            principal: one.principal.to_string(),
            by_certificate: one.by_certificate,
            since: one.since.0,
            address: one.address,
            thing: one.thing,
        }
    }
}

impl From<OneConnected> for Connected {
    fn from(one: OneConnected) -> Self {
        Self {
            client_id: one.client_id.into(),
            principal: one.principal.into(),
            by_certificate: one.by_certificate,
            since: Millis(one.since),
            address: one.address,
            thing: one.thing,
        }
    }
}

/// A question that a node is asked.
struct Question {
    id: u64,
    answered: oneshot::Receiver<Bytes>,
}

/// Questions that are not answered yet.
#[derive(Default)]
pub(super) struct Asked {
    last: u64,
    waiting: HashMap<u64, (i64, Answer)>,
}

impl Asked {
    pub(super) fn answered(&mut self, id: u64, body: Bytes) {
        if let Some((_, answer)) = self.waiting.remove(&id) {
            // Whoever asked may have given up.
            let _ = answer.send(body);
        }
    }

    /// It answers no more; who waits hears so.
    pub(super) fn node_gone(&mut self, node: i64) {
        self.waiting.retain(|_, (of, _)| *of != node);
    }
}

impl Peers {
    /// Asks a node. `None` where it does not answer in time.
    pub(crate) async fn ask(&self, node: i64, ask: &Ask, limit: Duration) -> Option<Told> {
        let question = self.question(node, ask);
        self.due.notify_one();
        self.answer(question, limit).await
    }

    /// Has a node be asked with the next packet that goes there.
    fn question(&self, node: i64, ask: &Ask) -> Question {
        let (answer, answered) = oneshot::channel();
        let id = {
            let mut asked = self.asked.lock();
            asked.last += 1;
            let id = asked.last;
            asked.waiting.insert(id, (node, answer));
            id
        };
        let body = serde_json::to_vec(ask).unwrap_or_default().into();
        self.queue_for(node, &Frame::Request { id, body });
        Question { id, answered }
    }

    async fn answer(&self, question: Question, limit: Duration) -> Option<Told> {
        let body = tokio::time::timeout(limit, question.answered).await;
        self.asked.lock().waiting.remove(&question.id);
        serde_json::from_slice(&body.ok()?.ok()?).ok()
    }

    /// Says something to all other nodes, also to those that are not heard now; what they answer is not waited for.
    pub(crate) fn tell_all(&self, ask: &Ask) {
        let nodes: Vec<i64> = self.state.lock().peers.keys().copied().collect();
        let body: Bytes = serde_json::to_vec(ask).unwrap_or_default().into();
        for node in nodes {
            let body = body.clone();
            self.push(node, &Frame::Request { id: 0, body });
        }
    }

    /// A log-in to the console that another node knows, by the digest of its random number in hex.
    pub(crate) async fn log_in(&self, key: &str) -> Option<LogIn> {
        let key = key.to_owned();
        let (answers, _) = self.ask_all(&Ask::LogIn { key }, LIST_LIMIT).await;
        answers.into_iter().find_map(|told| match told {
            Told::LogIn(log_in) => Some(*log_in),
            _ => None,
        })
    }

    /// The other nodes that are heard, and how many are not.
    pub(crate) fn nodes(&self) -> (Vec<i64>, usize) {
        let (state, now) = (self.state.lock(), Instant::now());
        let near = state.peers.iter().filter(|(_, peer)| peer.is_near(now));
        let near: Vec<i64> = near.map(|(node, _)| *node).collect();
        let far = state.peers.len() - near.len() + state.unheard(now);
        (near, far)
    }

    /// Asks all other nodes that are heard; what they answer, and how many nodes do not.
    pub(crate) async fn ask_all(&self, ask: &Ask, limit: Duration) -> (Vec<Told>, usize) {
        let (near, far) = self.nodes();
        let asked = near.len() + far;
        let questions: Vec<_> = near.iter().map(|node| self.question(*node, ask)).collect();
        match ask {
            Ask::Claim { .. } => self.claim_is_due(),
            _ => self.due.notify_one(),
        }
        let questions = questions.into_iter();
        let answers = join_all(questions.map(|question| self.answer(question, limit))).await;
        let answers: Vec<Told> = answers.into_iter().flatten().collect();
        let missing = asked - answers.len();
        (answers, missing)
    }

    /// The answer of whoever knows the client.
    async fn of_client(&self, ask: &Ask, limit: Duration) -> Option<Told> {
        let (answers, _) = self.ask_all(ask, limit).await;
        let mut known = answers
            .into_iter()
            .filter(|told| !matches!(told, Told::Nobody | Told::Unknown));
        let first = known.next()?;
        // Who is connected is told before who was.
        let here = |told: &Told| matches!(told, Told::Connection(shown) if shown.connected_since.is_some());
        Some(match here(&first) {
            true => first,
            false => known.find(here).unwrap_or(first),
        })
    }

    /// GetConnection of a client that is not here.
    pub(crate) async fn connection(&self, client_id: &str) -> Option<ConnectionView> {
        let client_id = client_id.to_owned();
        match self
            .of_client(&Ask::Connection { client_id }, ANSWER_LIMIT)
            .await
        {
            Some(Told::Connection(shown)) => Some((*shown).into()),
            _ => None,
        }
    }

    /// Who is connected to other nodes, by client id beyond `after`, at most `limit` of each; how many are in all, and how
    /// many nodes did not say.
    pub(crate) async fn connected(
        &self,
        after: &str,
        limit: usize,
    ) -> (Vec<Connected>, usize, usize) {
        let after = after.to_owned();
        let ask = Ask::Connected { after, limit };
        let (answers, mut missing) = self.ask_all(&ask, LIST_LIMIT).await;
        let (mut found, mut all) = (Vec::new(), 0);
        for told in answers {
            match told {
                Told::Connected { some, count } => {
                    found.extend(some.into_iter().map(Connected::from));
                    all += count;
                }
                // Of an earlier release.
                _ => missing += 1,
            }
        }
        (found, all, missing)
    }

    /// What happened at other nodes in the last so many minutes, and how many nodes did not say.
    pub(crate) async fn history(&self, minutes: usize) -> (Vec<history::Told>, usize) {
        let (answers, mut missing) = self.ask_all(&Ask::History { minutes }, LIST_LIMIT).await;
        let mut found = Vec::new();
        for told in answers {
            match told {
                Told::History(told) => found.push(*told),
                // Of an earlier release.
                _ => missing += 1,
            }
        }
        (found, missing)
    }

    /// ListSubscriptions of a client that is not here.
    pub(crate) async fn subscriptions(&self, client_id: &str) -> Option<Vec<(Filter, QoS)>> {
        let client_id = client_id.to_owned();
        let ask = Ask::Subscriptions { client_id };
        let Some(Told::Subscriptions(found)) = self.of_client(&ask, ANSWER_LIMIT).await else {
            return None;
        };
        let granted = found.into_iter().filter_map(|(filter, qos)| {
            let filter = Filter::parse(&filter, &crate::app::ingress::TOPIC_LIMITS).ok()?;
            let qos = match qos {
                0 => QoS::AtMostOnce,
                _ => QoS::AtLeastOnce,
            };
            Some((filter, qos))
        });
        Some(granted.collect())
    }

    /// DeleteConnection of a client that is not here; `None` where nobody has it.
    pub(crate) async fn delete(
        &self,
        client_id: &str,
        clean: bool,
        will: bool,
    ) -> Option<Result<(), Error>> {
        let client_id = client_id.to_owned();
        let ask = Ask::Delete {
            client_id,
            clean,
            will,
        };
        Some(refusal(self.of_client(&ask, DELETE_LIMIT).await?))
    }

    /// Hands messages that wait for a shared subscription here, [`encoded`], to members that are connected to another node.
    /// How many of the first of them they have; where the node does not say it, none, as far as is known.
    pub(crate) async fn hand(&self, node: i64, group: &str, messages: Vec<String>) -> usize {
        let is_crowded = |peer: &Peer| peer.out.is_crowded();
        // Publishers wait for the rest of the room.
        if (self.state.lock().peers.get(&node)).is_none_or(is_crowded) {
            return 0;
        }
        let count = messages.len();
        let group = group.to_owned();
        let ask = Ask::Hand { group, messages };
        match self.ask(node, &ask, HAND_LIMIT).await {
            Some(Told::Took { count: taken }) => taken.min(count),
            _ => 0,
        }
    }

    /// Hands messages that wait at another node to members here that keep up with what they get; how many of the first.
    async fn take_handed(&self, group: &str, messages: &[String]) -> usize {
        let (mut count, mut kept) = (0, None);
        for message in messages {
            let Some(message) = decoded(message) else {
                break;
            };
            let Offered::Taken(ticket) = self.router.offer(group, &Arc::new(message)) else {
                break;
            };
            kept = kept.max(ticket);
            count += 1;
        }
        if let Some(ticket) = kept {
            self.router.journal().written(ticket).await;
        }
        count
    }

    /// SendDirectMessage to a client that is not here; `None` where nobody has it.
    pub(crate) async fn send_direct(
        &self,
        client_id: &str,
        message: &Message,
        confirmation: Option<Duration>,
    ) -> Option<Result<(), Error>> {
        let ask = Ask::Direct {
            client_id: client_id.to_owned(),
            message: encoded(message),
            confirmation_ms: confirmation
                .map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
        };
        let limit = confirmation.unwrap_or_default() + 2 * ANSWER_LIMIT;
        Some(refusal(self.of_client(&ask, limit).await?))
    }
}

fn refusal(told: Told) -> Result<(), Error> {
    let (why, text) = match told {
        Told::Done => return Ok(()),
        Told::Refused { why, text } => (why, text),
        _ => (String::new(), "another node could not do it".into()),
    };
    let kind: Kind = match why.as_str() {
        "too-large" => Refusal::TooLarge.into(),
        "not-receivable" => Refusal::NotReceivable.into(),
        "timed-out" => Refusal::TimedOut.into(),
        "throttled" => Kind::Throttled(None),
        "not-found" => Kind::NotFound,
        _ => return Err(Error::internal(text)),
    };
    Err(Error::new(kind, text))
}

fn told(done: Result<(), Error>) -> Told {
    let Err(error) = done else { return Told::Done };
    let why = match error.kind {
        Kind::Direct(Refusal::TooLarge) => "too-large",
        Kind::Direct(Refusal::NotReceivable) => "not-receivable",
        Kind::Direct(Refusal::TimedOut) => "timed-out",
        Kind::Throttled(_) => "throttled",
        Kind::NotFound => "not-found",
        _ => "internal",
    };
    Told::Refused {
        why: why.into(),
        text: error.message.to_string(),
    }
}

/// A question of another node; `None` where it is of a later release.
pub(super) fn read(from: i64, body: &[u8]) -> Option<Ask> {
    let read = serde_json::from_slice(body);
    read.inspect_err(|error| {
        tracing::debug!("a question of node {from} is of a later release: {error}");
    })
    .ok()
}

impl Told {
    /// As the answer to the question of this number.
    pub(super) fn of(&self, id: u64) -> Frame {
        let body = serde_json::to_vec(self).unwrap_or_default().into();
        Frame::Reply { id, body }
    }
}

/// A message as nodes hand it to each other: in hex, as it waits for sessions.
pub(crate) fn encoded(message: &Message) -> String {
    let mut body = Vec::with_capacity(stored::size(message));
    stored::write(message, false, &mut body);
    hex::encode(body)
}

/// The message of [`encoded`].
fn decoded(message: &str) -> Option<Message> {
    let body = Bytes::from(hex::decode(message).ok()?);
    let stored = stored::read(body).ok()?.into_iter().flatten().next()?;
    Some(stored.message)
}

/// Answers a question of another node.
pub(super) async fn carry_out(app: &App, from: i64, ask: Ask) -> Told {
    let (presence, Some(peers)) = (&app.presence, &app.peers) else {
        return Told::Unknown;
    };
    match ask {
        Ask::Claim { client_id, stamp } => peers.yield_to(app, &client_id, stamp).await,
        Ask::Release {
            client_id,
            epoch,
            told,
            ends,
        } => {
            // One of an earlier release does not say whom it has told.
            let peers = told.as_ref().map(|_| &**peers);
            let told = told.unwrap_or_default();
            app.sessions
                .release(&client_id, (epoch, ends), (from, &told, peers))
                .await;
            Told::Done
        }
        Ask::Adopted { dead } => {
            peers.node_gone(dead);
            // Where the store does not say it is tried again when it is looked which nodes there are.
            if let Err(error) = app.adopted(dead).await {
                tracing::warn!("what waited for node {dead} waits on: {error:?}");
            }
            Told::Done
        }
        Ask::Connection { client_id } => match presence.connection_here(&client_id).await {
            Some(view) => Told::Connection(Box::new(view.into())),
            None => Told::Nobody,
        },
        Ask::Connected { after, limit } => {
            let (some, count) = presence.connected(&after, limit.min(MOST_LISTED));
            let some = some.into_iter().map(OneConnected::from).collect();
            Told::Connected { some, count }
        }
        Ask::History { minutes } => Told::History(Box::new(app.history_here(minutes))),
        Ask::Logs(ask) => Told::Logs(app.log_groups.answer(ask).await),
        Ask::Hand { group, messages } => {
            let count = peers.take_handed(&group, &messages).await;
            Told::Took { count }
        }
        Ask::LogIn { key } => match app.log_ins.known(&key) {
            Some(log_in) => Told::LogIn(Box::new(log_in)),
            None => Told::Nobody,
        },
        Ask::LogOut { key } => {
            app.log_ins.ended(&key);
            Told::Done
        }
        Ask::Subscriptions { client_id } => match presence.subscriptions_here(&client_id) {
            Some(granted) => {
                let granted = granted.into_iter();
                let shown = |(filter, qos): (Filter, QoS)| (filter.as_str().to_owned(), qos as u8);
                Told::Subscriptions(granted.map(shown).collect())
            }
            None => Told::Nobody,
        },
        Ask::Delete {
            client_id,
            clean,
            will,
        } => match presence.delete_here(&client_id, clean, will).await {
            true => Told::Done,
            false => Told::Nobody,
        },
        Ask::Direct {
            client_id,
            message,
            confirmation_ms,
        } => {
            let Some(message) = decoded(&message) else {
                return Told::Unknown;
            };
            let wait = confirmation_ms.map(Duration::from_millis);
            match presence.send_here(&client_id, message, wait).await {
                Some(done) => told(done),
                None => Told::Nobody,
            }
        }
        Ask::Unknown => Told::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What earlier releases write and read is this, and stays so.
    fn check<T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(
        of: T,
        recorded: &str,
    ) {
        assert_eq!(serde_json::to_string(&of).expect("written"), recorded);
        let read: T = serde_json::from_str(recorded).expect("read");
        assert_eq!(read, of);
        // A later release may add members.
        if let Some(begin) = recorded.strip_suffix("}}")
            && !begin.ends_with('}')
        {
            let more: T = serde_json::from_str(&format!("{begin},\"later\":1}}}}")).expect("read");
            assert_eq!(more, of);
        }
    }

    #[test]
    fn questions_are_those_that_earlier_releases_know() {
        let client_id = || "c".to_owned();
        check(
            Ask::Claim {
                client_id: client_id(),
                stamp: u64::MAX,
            },
            r#"{"claim":{"client_id":"c","stamp":18446744073709551615}}"#,
        );
        check(
            Ask::Release {
                client_id: client_id(),
                epoch: 2,
                told: Some(vec![1, 3]),
                ends: false,
            },
            r#"{"release":{"client_id":"c","epoch":2,"told":[1,3]}}"#,
        );
        check(
            Ask::Release {
                client_id: client_id(),
                epoch: 2,
                told: Some(vec![1, 3]),
                ends: true,
            },
            r#"{"release":{"client_id":"c","epoch":2,"told":[1,3],"ends":true}}"#,
        );
        // As releases before it wrote it.
        let earlier: Ask =
            serde_json::from_str(r#"{"release":{"client_id":"c","epoch":2}}"#).expect("a question");
        let release = Ask::Release {
            client_id: client_id(),
            epoch: 2,
            told: None,
            ends: false,
        };
        assert_eq!(earlier, release);
        check(Ask::Adopted { dead: 3 }, r#"{"adopted":{"dead":3}}"#);
        check(
            Ask::Connection {
                client_id: client_id(),
            },
            r#"{"connection":{"client_id":"c"}}"#,
        );
        check(
            Ask::Connected {
                after: client_id(),
                limit: 5,
            },
            r#"{"connected":{"after":"c","limit":5}}"#,
        );
        check(
            Ask::History { minutes: 60 },
            r#"{"history":{"minutes":60}}"#,
        );
        check(
            Ask::Subscriptions {
                client_id: client_id(),
            },
            r#"{"subscriptions":{"client_id":"c"}}"#,
        );
        let delete = Ask::Delete {
            client_id: client_id(),
            clean: true,
            will: false,
        };
        check(
            delete,
            r#"{"delete":{"client_id":"c","clean":true,"will":false}}"#,
        );
        check(
            Ask::Logs(LogAsk::Group { group: "g".into() }),
            r#"{"logs":{"group":{"group":"g"}}}"#,
        );
        check(
            Ask::LogIn { key: "00".into() },
            r#"{"log_in":{"key":"00"}}"#,
        );
        check(
            Ask::LogOut { key: "00".into() },
            r#"{"log_out":{"key":"00"}}"#,
        );
        let direct = Ask::Direct {
            client_id: client_id(),
            message: "00".into(),
            confirmation_ms: None,
        };
        check(
            direct,
            r#"{"direct":{"client_id":"c","message":"00","confirmation_ms":null}}"#,
        );
    }

    #[test]
    fn answers_are_those_that_earlier_releases_know() {
        check(Told::Newer { stamp: 1 }, r#"{"newer":{"stamp":1}}"#);
        check(
            Told::Yielded { version: Some(2) },
            r#"{"yielded":{"version":2}}"#,
        );
        check(Told::Done, r#""done""#);
        check(Told::Nobody, r#""nobody""#);
        check(Told::Unknown, r#""unknown""#);
        let address = std::net::SocketAddr::from(([192, 0, 2, 1], 4711));
        let shown = Shown {
            client_id: "c".into(),
            connected_since: Some(1),
            disconnected: Some((2, Some("CLIENT_ERROR".into()))),
            clean_session: true,
            keep_alive_seconds: 60,
            session_expiry_seconds: 0,
            thing: None,
            address: Some(address),
        };
        check(
            Told::Connection(Box::new(shown)),
            concat!(
                r#"{"connection":{"client_id":"c","connected_since":1,"disconnected":[2,"CLIENT_ERROR"],"clean_session":true,"#,
                r#""keep_alive_seconds":60,"session_expiry_seconds":0,"thing":null,"address":"192.0.2.1:4711"}}"#,
            ),
        );
        let one = OneConnected {
            client_id: "c".into(),
            principal: "p".into(),
            by_certificate: true,
            since: 1,
            address,
            thing: Some("t".into()),
        };
        check(
            Told::Connected {
                some: vec![one],
                count: 2,
            },
            concat!(
                r#"{"connected":{"some":[{"client_id":"c","principal":"p","by_certificate":true,"since":1,"#,
                r#""address":"192.0.2.1:4711","thing":"t"}],"count":2}}"#,
            ),
        );
        check(
            Told::Subscriptions(vec![("a/#".into(), 1)]),
            r#"{"subscriptions":[["a/#",1]]}"#,
        );
        let refused = Told::Refused {
            why: "throttled".into(),
            text: "x".into(),
        };
        check(refused, r#"{"refused":{"why":"throttled","text":"x"}}"#);
    }

    #[test]
    fn what_a_later_release_asks_is_answered() {
        assert_eq!(
            serde_json::from_str::<Ask>(r#""later""#).expect("read"),
            Ask::Unknown
        );
        assert_eq!(
            serde_json::from_str::<Told>(r#""later""#).expect("read"),
            Told::Unknown
        );
        // With members it cannot be read, which is answered in the same way.
        assert!(serde_json::from_str::<Ask>(r#"{"later":{"x":1}}"#).is_err());
    }
}
