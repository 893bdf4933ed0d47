//! Limits that several nodes have together: what one takes of them the others hear of, so that a limit is the fleet's and
//! not each node's.
//!
//! Over the bus, gathered for a tenth of a second, and not sent again where the bus is away: until others hear of it, and
//! without a bus, each node counts what comes to it alone. Services note what they take; which limits those are they know.

use super::App;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::net::IpAddr;

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Spend {
    /// A failure at a custom authorizer.
    Guess {
        /// From where.
        source: IpAddr,
        /// Under which name.
        user: String,
    },
    /// A failure at the console's log-in.
    LogIn {
        /// From where.
        source: IpAddr,
    },
    /// A failure at vending.
    Vending {
        /// From where.
        source: IpAddr,
        /// Which serial number, or what else is guessed.
        name: String,
    },
    /// A device of a batch.
    Batch {
        /// Key of its row.
        key: i64,
        /// How many there may be a second.
        rate: u32,
    },
    /// Something of one of AWS's rates that an account has.
    Rate {
        /// The limit's name.
        limit: String,
    },
    /// A call of an operation that has a rate of its own.
    Call {
        /// The service's name in credential scopes.
        service: String,
        /// The operation's.
        operation: String,
    },
    /// A request with an API key.
    Plan {
        /// The usage plan.
        plan: String,
        /// The key's id.
        key: String,
    },
}

/// Of failures that another node tells of at a time so many count: after them nobody may try for a while anyway.
pub(crate) const MOST_ELSEWHERE: u32 = 1000;
/// Most that is gathered at a time; the rest is this node's alone.
const GATHERED: usize = 10_000;

/// What this node took and others have not been told of.
#[derive(Debug, Default)]
pub(crate) struct Spent {
    gathered: Mutex<HashMap<Spend, u32>>,
    has_others: bool,
}

impl Spent {
    /// Where there may be others to tell.
    pub(crate) fn new(has_others: bool) -> Self {
        Self {
            gathered: Mutex::default(),
            has_others,
        }
    }

    /// Something was taken. What it is is made only where there are others.
    pub(crate) fn note(&self, what: impl FnOnce() -> Spend) {
        self.note_many(1, what);
    }

    /// The same so many times.
    pub(crate) fn note_many(&self, count: u32, what: impl FnOnce() -> Spend) {
        if !self.has_others || count == 0 {
            return;
        }
        let mut gathered = self.gathered.lock();
        if gathered.len() < GATHERED {
            let taken = gathered.entry(what()).or_default();
            *taken = taken.saturating_add(count);
        }
    }

    /// All of it, for the others; `None` where there is nothing.
    pub(crate) fn take(&self) -> Option<Vec<u8>> {
        let gathered = std::mem::take(&mut *self.gathered.lock());
        if gathered.is_empty() {
            return None;
        }
        let all: Vec<(Spend, u32)> = gathered.into_iter().collect();
        serde_json::to_vec(&all).ok()
    }
}

impl App {
    /// Another node has taken something.
    pub(crate) fn spent_elsewhere(&self, node: i64, words: &[u8]) {
        let all: Vec<(Spend, u32)> = match serde_json::from_slice(words) {
            Ok(all) => all,
            // Of a later release.
            Err(error) => {
                return tracing::debug!("what node {node} took of limits is not read: {error}");
            }
        };
        for (what, count) in all {
            match what {
                Spend::Guess { source, user } => {
                    self.admission.guessed_elsewhere(source, &user, count);
                }
                Spend::Vending { source, name } => {
                    self.vending.guessed_elsewhere(&name, source, count);
                }
                Spend::LogIn { source } => self.log_ins.guessed_elsewhere(source, count),
                Spend::Batch { key, rate } => self.vending.vended_elsewhere(key, rate, count),
                Spend::Rate { limit } => self.quota.taken_elsewhere(&limit, count),
                Spend::Call { service, operation } => {
                    self.quota.called_elsewhere(&service, &operation, count);
                }
                Spend::Plan { plan, key } => self.gateway.used_elsewhere(plan, key, count),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_gathered_for_others_where_there_are_some() {
        let spend = || Spend::Batch { key: 7, rate: 10 };
        let alone = Spent::new(false);
        alone.note(spend);
        assert_eq!(alone.take(), None);
        let spent = Spent::new(true);
        for _ in 0..3 {
            spent.note(spend);
        }
        spent.note(|| Spend::Plan {
            plan: "p".into(),
            key: "k".into(),
        });
        let words = spent.take().expect("something was taken");
        let all: HashMap<Spend, u32> = serde_json::from_slice::<Vec<_>>(&words)
            .expect("read")
            .into_iter()
            .collect();
        assert_eq!((all.len(), all[&spend()]), (2, 3));
        assert_eq!(spent.take(), None, "once");
    }
}
