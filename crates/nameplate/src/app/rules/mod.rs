//! Topic rules: how they are kept, which messages they are for, and what became of them. AWS guide: iot-rules.
//!
//! [`Rules`] keeps rules and destinations, finds the rules that a message is for, and puts it into their lanes; that is
//! all that happens while the message's sender waits. [`Engine`] takes it from there, evaluates and acts. The language
//! itself is `nameplate_rules`. Must not know: who is connected, how a message reached the server.

mod action;
mod destination;
mod engine;
mod evaluate;
mod lane;
mod live;
mod look_up;
mod record;
mod refusal;
mod rule;
#[cfg(test)]
mod tests;
mod unread;

pub use destination::{Destination, DestinationStatus};
pub(crate) use engine::Services;
pub use engine::{Engine, Invocation, Invoke};
pub use lane::Figures;
pub use nameplate_store::rule::RuleFailureRow as RuleFailure;
pub use refusal::Refusal;
pub use rule::{Rule, RuleInfo};

use super::cached::Kept;
use super::error::{Error, Kind, Result};
use super::iam::Iam;
use super::kernel::Kernel;
use crate::outbound::web::Web;
use bytes::Bytes;
use lane::{Arrived, Job, Lanes};
use live::Live;
use nameplate_core::ctx::Millis;
use nameplate_mqtt::MessageProperties;
use nameplate_rules::Action;
use parking_lot::Mutex;
use record::Records;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock, Weak};
use unread::{Pushed, Unread, passed_by, read_rules};

/// What topics of messages begin with that name the rule which they are for. [IoT guide: basic ingest]
const BASIC_INGEST: &str = "$aws/rules/";
/// A message may be republished by so many rules, one after the other, before it is taken for a loop.
pub const HOPS: u8 = 10;

/// A message that was accepted, for rules to see.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// Its topic.
    pub topic: &'a str,
    /// Its payload.
    pub payload: &'a Bytes,
    /// Client that published it over MQTT.
    pub client_id: Option<&'a str>,
    /// Certificate or identity that published it; none for the service's own.
    pub principal: Option<&'a str>,
    /// Address that it came from.
    pub source_ip: Option<IpAddr>,
    /// Properties of MQTT 5 that it came with.
    pub properties: Option<&'a MessageProperties>,
    /// How many rules have republished it.
    pub hops: u8,
    /// Key of the registry event that it is, which is owed until the rules are done with it.
    pub event: Option<i64>,
}

impl<'a> Arrival<'a> {
    /// A message of a service.
    pub fn of_service(topic: &'a str, payload: &'a Bytes) -> Self {
        Self {
            topic,
            payload,
            client_id: None,
            principal: None,
            source_ip: None,
            properties: None,
            hops: 0,
            event: None,
        }
    }
}

/// A rule, and what has become of its messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The rule.
    pub rule: Rule,
    /// Counts since the server started; none are kept of a rule that does not run.
    pub figures: Figures,
    /// What failed, the newest first.
    pub failures: Vec<RuleFailure>,
}

/// A rule that heard of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// Its name.
    pub rule: String,
    /// ARNs of the functions that it calls.
    pub functions: Vec<String>,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

/// Rules and their destinations.
pub struct Rules {
    pub(super) kernel: Arc<Kernel>,
    iam: Arc<Iam>,
    web: Web,
    live: Live,
    lanes: Arc<Lanes>,
    records: Arc<Records>,
    unread: Unread,
    events: Arc<Mutex<BTreeMap<i64, usize>>>,
    // What carries the work out; it holds what is built after this.
    engine: OnceLock<Weak<Engine>>,
}

/// Whether a topic names a rule that is none of those that run.
fn names_none_of(running: &live::Running, topic: &str) -> bool {
    let mut found = false;
    let names_one = topic.starts_with(BASIC_INGEST);
    if names_one {
        running.matching(topic, |_| found = true);
    }
    names_one && !found
}

impl Rules {
    /// Rules as they are kept.
    pub(crate) fn new(kernel: Arc<Kernel>, iam: Arc<Iam>) -> Result<Self> {
        Ok(Self {
            kernel,
            iam,
            web: Web::new().map_err(Error::internal)?,
            live: Live::default(),
            lanes: Arc::default(),
            records: Arc::default(),
            unread: Unread::default(),
            events: Arc::default(),
            engine: OnceLock::new(),
        })
    }

    /// Hands a message over to the rules that it is for, and waits for none of them. The rules are those of the last
    /// commit. How many they are.
    pub(crate) async fn offer(&self, arrival: Arrival<'_>) -> usize {
        // What comes after one that waits would only wait for the same.
        if !self.unread.is_waiting()
            && let Some(Some(held)) = self.live.at_hand(self).as_deref()
            && !names_none_of(&held.1, arrival.topic)
        {
            return self.offer_to(&held.1, &arrival);
        }
        // On the heap: every open connection would have room for it otherwise.
        Box::pin(self.offer_to_read(arrival)).await
    }

    /// The same where the rules may have to be read first.
    async fn offer_to_read(&self, arrival: Arrival<'_>) -> usize {
        if self.unread.is_waiting() {
            self.wait_for_rules(self.arrived(&arrival));
            return 0;
        }
        match self.running_for(arrival.topic).await {
            Ok(running) => self.offer_to(&running, &arrival),
            Err(error) if error.kind == Kind::Unavailable => {
                self.wait_for_rules(self.arrived(&arrival));
                0
            }
            Err(error) => {
                passed_by(arrival.topic, &error);
                0
            }
        }
    }

    /// The rules that run; that one is not among them which a topic names is not believed before it is known what other nodes
    /// have changed.
    async fn running_for(&self, topic: &str) -> Result<Arc<live::Running>> {
        let heard = self.kernel.heard([Kept::Rules]);
        let running = self.live.get(self).await?;
        match names_none_of(&running, topic) && self.kernel.may_be_outdated(&heard).await? {
            true => self.live.get(self).await,
            false => Ok(running),
        }
    }

    fn offer_to(&self, running: &live::Running, arrival: &Arrival<'_>) -> usize {
        let mut kept = None;
        let arrived = || Arc::clone(kept.get_or_insert_with(|| self.arrived(arrival)));
        self.hand_over(running, arrival.topic, arrival.hops, arrived)
    }

    fn arrived(&self, arrival: &Arrival<'_>) -> Arc<Arrived> {
        Arc::new(Arrived::new(arrival, self.kernel.now(), &self.events))
    }

    /// Puts a message into the lanes of the rules that it is for; how many they are.
    fn hand_over(
        &self,
        running: &live::Running,
        topic: &str,
        hops: u8,
        mut arrived: impl FnMut() -> Arc<Arrived>,
    ) -> usize {
        let mut found = 0;
        running.matching(topic, |rule| {
            found += 1;
            let arrived = arrived();
            if hops >= HOPS {
                self.looped(rule, &arrived);
                return;
            }
            self.enqueue(Job {
                rule: Arc::clone(rule),
                message: arrived,
            });
        });
        if found == 0
            && let Some(ingest) = nameplate_rules::ingest(topic)
        {
            self.not_found(ingest.rule, topic);
        }
        found
    }

    /// Keeps a message until it can be read which rules it is for: its sender may have been told that it was taken.
    fn wait_for_rules(&self, arrived: Arc<Arrived>) {
        let Some(engine) = self.engine.get().filter(|engine| engine.strong_count() > 0) else {
            return;
        };
        let topic = arrived.topic.clone();
        match self.unread.push(arrived, &self.lanes) {
            Pushed::First => {
                tokio::spawn(read_rules(Weak::clone(engine)));
            }
            Pushed::Behind => {}
            Pushed::LeftOut => tracing::error!(
                topic,
                "a message passes all rules by: they cannot be read, and too many wait for that"
            ),
        }
    }

    /// Whether a rule that runs is for a topic, or that cannot be known.
    pub(crate) async fn has_rule_for(&self, topic: &str) -> bool {
        let mut found = false;
        match self.live.get(self).await {
            Ok(running) => running.matching(topic, |_| found = true),
            Err(_) => found = true,
        }
        found
    }

    /// The oldest registry event that rules are not done with. It and those after it are still owed.
    pub(crate) fn oldest_event(&self) -> Option<i64> {
        self.events.lock().keys().next().copied()
    }

    /// Lets go of what waits for failures to write down.
    pub(super) fn stop(&self) {
        self.records.wake();
    }

    /// Waits until the rules have nothing more to do.
    pub async fn idle(&self) {
        self.lanes.idle().await;
    }

    /// What is known of the rule of this name, if there is one.
    pub async fn known(&self, name: &str) -> Result<Option<Known>> {
        let rule = match self.topic_rule(name).await {
            Ok(rule) => rule,
            Err(error) if error.kind == Refusal::Unknown.into() => return Ok(None),
            Err(error) => return Err(error),
        };
        let figures = self.figures().await;
        let figures = figures.into_iter().find(|(other, _)| other == name);
        Ok(Some(Known {
            rule,
            figures: figures.map(|(_, figures)| figures).unwrap_or_default(),
            failures: self.failures(name).await?,
        }))
    }

    /// What failed when this rule ran, the newest first.
    pub async fn failures(&self, name: &str) -> Result<Vec<RuleFailure>> {
        self.records.flush(&self.kernel).await?;
        let mut found = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.rule_failures(name)?))
            .await?;
        found.sort_by_key(|failure| std::cmp::Reverse(failure.last));
        Ok(found)
    }

    /// The rules that a topic is for, each with the functions that it calls and the last failure since `since`: for who
    /// asks why nothing came of a message.
    pub(crate) async fn told(&self, topic: &str, since: Millis) -> Result<Vec<Told>> {
        let running = self.live.get(self).await?;
        let mut told = Vec::new();
        running.matching(topic, |rule| {
            let functions = rule.rule.actions.iter().filter_map(|action| match action {
                Action::Lambda(to) => to.function_arn.literal().map(str::to_owned),
                _ => None,
            });
            told.push(Told {
                rule: rule.name.clone(),
                functions: functions.collect(),
                failure: None,
            });
        });
        for told in &mut told {
            let failures = self.failures(&told.rule).await?;
            let last = failures.into_iter().find(|failure| failure.last >= since);
            told.failure = last.map(|failure| failure.reason);
        }
        Ok(told)
    }

    /// What has become of messages, by rule, of those that run.
    pub async fn figures(&self) -> Vec<(String, Figures)> {
        match self.live.get(self).await {
            Ok(running) => running.figures(),
            Err(_) => Vec::new(),
        }
    }

    /// Messages that no rule could take because too much was waiting, since the start; and those of Basic Ingest that
    /// named no rule that runs.
    pub fn lost(&self) -> (u64, u64) {
        self.lanes.lost()
    }

    fn enqueue(&self, job: Job) {
        let Some(engine) = self.engine.get().and_then(Weak::upgrade) else {
            return;
        };
        let rule = Arc::clone(&job.rule);
        let message = Arc::clone(&job.message);
        if !self.lanes.push(job, &engine) {
            let reason = "too many messages wait for the rules: this one was left out";
            self.failed(&rule, &message, "Queue", "", reason);
        }
    }

    fn looped(&self, rule: &live::Compiled, message: &Arrived) {
        let reason = format!(
            "the message was republished by {HOPS} rules, one after the other, which is taken for a loop: it ends here"
        );
        self.failed(rule, message, "RepublishAction", "", &reason);
    }

    fn not_found(&self, name: &str, topic: &str) {
        if self.lanes.rule_not_found(self.kernel.now()) {
            tracing::warn!(
                topic,
                "a message of Basic Ingest names the rule {}, which does not run or does not exist",
                nameplate_core::escape::line(name)
            );
        }
    }

    /// Counts, logs and keeps that something failed.
    fn failed(
        &self,
        rule: &live::Compiled,
        message: &Arrived,
        action: &str,
        resource: &str,
        reason: &str,
    ) {
        rule.lane.count_failure();
        self.records
            .add(rule, message, action, resource, reason, self.kernel.now());
    }
}
