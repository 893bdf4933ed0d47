//! The rules that run, compiled, as of the last commit.

use super::lane::{Figures, Lane};
use super::{Rules, destination};
use crate::app::cached::Kept;
use crate::app::error::Result;
use arc_swap::{ArcSwapOption, Guard};
use nameplate_rules::{RuleIndex, TopicRule};
use nameplate_store::rule::RuleRow;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// A rule that runs.
#[derive(Debug)]
pub(super) struct Compiled {
    key: i64,
    revision: i64,
    /// Its name.
    pub(super) name: String,
    /// Its ARN.
    pub(super) arn: String,
    /// What it says.
    pub(super) rule: TopicRule,
    /// Where its messages wait.
    pub(super) lane: Arc<Lane>,
}

/// All that run, and where they may send by HTTP.
#[derive(Default)]
pub(super) struct Running {
    index: RuleIndex<u32>,
    rules: Vec<Arc<Compiled>>,
    by_key: HashMap<i64, u32>,
    destinations: Vec<destination::Known>,
}

impl Running {
    /// Each rule that a topic is for.
    pub(super) fn matching(&self, topic: &str, mut found: impl FnMut(&Arc<Compiled>)) {
        self.index
            .matching(topic, |at| found(&self.rules[*at as usize]));
    }

    /// What became of messages, by rule.
    pub(super) fn figures(&self) -> Vec<(String, Figures)> {
        self.rules
            .iter()
            .map(|rule| (rule.name.clone(), rule.lane.figures()))
            .collect()
    }

    /// The destinations.
    pub(super) fn destinations(&self) -> &[destination::Known] {
        &self.destinations
    }
}

/// The rules, read again when they are asked for and have changed; of those, only what has.
#[derive(Default)]
pub(super) struct Live {
    held: ArcSwapOption<(u64, Arc<Running>)>,
    reading: tokio::sync::Mutex<()>,
}

/// The rules that were read at a generation of the registry.
type Held = Arc<(u64, Arc<Running>)>;

impl Live {
    /// The rules as they were read, where they have not changed since: what nearly every message finds, without waiting
    /// or counting references.
    pub(super) fn at_hand(&self, rules: &Rules) -> Option<Guard<Option<Held>>> {
        let now = rules.kernel.generations.of(Kept::Rules);
        let held = self.held.load();
        held.as_ref()
            .is_some_and(|held| held.0 == now)
            .then_some(held)
    }

    pub(super) async fn get(&self, rules: &Rules) -> Result<Arc<Running>> {
        let kernel = &rules.kernel;
        // The number first: what is committed meanwhile makes this value stale, never a stale one current.
        let now = kernel.generations.of(Kept::Rules);
        if let Some(held) = &*self.held.load()
            && held.0 == now
        {
            return Ok(Arc::clone(&held.1));
        }
        // One reads, and the others wait for what it finds.
        let _reading = self.reading.lock().await;
        let now = kernel.generations.of(Kept::Rules);
        let before = self.held.load_full();
        if let Some(held) = &before
            && held.0 == now
        {
            return Ok(Arc::clone(&held.1));
        }
        let before = before.map(|held| Arc::clone(&held.1));
        let running =
            Arc::new(read(rules, before.as_deref().unwrap_or(&Running::default())).await?);
        self.held.store(Some(Arc::new((now, Arc::clone(&running)))));
        Ok(running)
    }
}

async fn read(rules: &Rules, before: &Running) -> Result<Running> {
    let kernel = &rules.kernel;
    let (kept, changed, destinations) = kernel
        .store
        .read(|conn| {
            let mut kept = Vec::new();
            let mut changed = Vec::new();
            for (key, revision) in conn.enabled_topic_rules()? {
                match before
                    .by_key
                    .get(&key)
                    .map(|at| &before.rules[*at as usize])
                {
                    Some(known) if known.revision == revision => kept.push(Arc::clone(known)),
                    _ => changed.extend(conn.topic_rule_of(key)?),
                }
            }
            Ok::<_, crate::app::Error>((kept, changed, conn.rule_destinations()?))
        })
        .await?;
    let mut running = Running {
        rules: kept,
        destinations: destinations.iter().map(destination::Known::of).collect(),
        ..Running::default()
    };
    for row in changed {
        let lane = before.by_key.get(&row.key).map_or_else(
            || Arc::new(Lane::default()),
            |at| Arc::clone(&before.rules[*at as usize].lane),
        );
        running
            .rules
            .extend(compiled(rules, row, lane).map(Arc::new));
    }
    for (at, rule) in running.rules.iter().enumerate() {
        let at = at as u32;
        running.by_key.insert(rule.key, at);
        running
            .index
            .insert(&rule.name, rule.rule.statement.filter(), at);
    }
    Ok(running)
}

/// A rule that was saved is one that could be read; if it no longer can, it does not run, and the log says so.
fn compiled(rules: &Rules, row: RuleRow, lane: Arc<Lane>) -> Option<Compiled> {
    let document: std::result::Result<Value, _> = serde_json::from_str(&row.document);
    let read = document
        .map_err(|error| error.to_string())
        .and_then(|document| TopicRule::parse(&document).map_err(|error| error.to_string()));
    match read {
        Ok(rule) => Some(Compiled {
            key: row.key,
            revision: row.revision,
            arn: rules.kernel.realm().topic_rule(&row.name),
            name: row.name,
            rule,
            lane,
        }),
        Err(why) => {
            let name = row.name;
            tracing::error!("the rule {name} does not run, since it cannot be read: {why}");
            None
        }
    }
}
