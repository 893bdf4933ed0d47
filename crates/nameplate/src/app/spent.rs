//! Limits that several nodes have together: what one takes of them the others hear of, so that a limit is the fleet's and
//! not each node's.
//!
//! Over the bus, gathered for a tenth of a second, and not sent again where the bus is away: until others hear of it, and
//! without a bus, each node counts what comes to it alone. Services note what they take; which limits those are they know.

use super::App;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    /// Something of one of AWS's rates that a client id, topic, shadow or share group has.
    Of {
        /// The limit's name.
        limit: String,
        /// Whose it is.
        key: String,
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

    /// All of it, for the others, in the texts that are to be sent; none where there is nothing.
    pub(crate) fn take(&self) -> Vec<Vec<u8>> {
        let gathered = std::mem::take(&mut *self.gathered.lock());
        // Earlier releases read nothing of a text in which there is a kind that they do not know.
        let (later, all): (Vec<_>, Vec<_>) = gathered
            .into_iter()
            .partition(|(what, _)| matches!(what, Spend::Of { .. }));
        let texts = [all, later].into_iter().filter(|some| !some.is_empty());
        texts
            .filter_map(|some| serde_json::to_vec(&some).ok())
            .collect()
    }
}

/// What a text of another node says, without what is of a later release.
fn read(words: &[u8]) -> serde_json::Result<Vec<(Spend, u32)>> {
    let all: Vec<(Value, u32)> = serde_json::from_slice(words)?;
    let known = all
        .into_iter()
        .filter_map(|(what, count)| Some((serde_json::from_value(what).ok()?, count)));
    Ok(known.collect())
}

impl App {
    /// Another node has taken something.
    pub(crate) fn spent_elsewhere(&self, node: i64, words: &[u8]) {
        let all = match read(words) {
            Ok(all) => all,
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
                Spend::Of { limit, key } => self.quota.taken_of_elsewhere(&limit, &key, count),
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
        assert!(alone.take().is_empty());
        let spent = Spent::new(true);
        for _ in 0..3 {
            spent.note(spend);
        }
        spent.note(|| Spend::Plan {
            plan: "p".into(),
            key: "k".into(),
        });
        let [words] = <[_; 1]>::try_from(spent.take()).expect("something was taken");
        let all: HashMap<Spend, u32> = read(&words).expect("read").into_iter().collect();
        assert_eq!((all.len(), all[&spend()]), (2, 3));
        assert!(spent.take().is_empty(), "once");
    }

    #[test]
    fn what_is_said_is_what_earlier_releases_read_and_wrote() {
        let source = IpAddr::from([192, 0, 2, 1]);
        let check = |what: Spend, recorded: &str| {
            let spent = Spent::new(true);
            spent.note_many(7, || what.clone());
            let [words] = <[_; 1]>::try_from(spent.take()).expect("something was taken");
            assert_eq!(String::from_utf8_lossy(&words), recorded);
            assert_eq!(read(&words).expect("read"), [(what, 7)]);
        };
        let name = || "n".to_owned();
        check(
            Spend::Guess {
                source,
                user: name(),
            },
            r#"[[{"guess":{"source":"192.0.2.1","user":"n"}},7]]"#,
        );
        check(
            Spend::LogIn { source },
            r#"[[{"log_in":{"source":"192.0.2.1"}},7]]"#,
        );
        check(
            Spend::Vending {
                source,
                name: name(),
            },
            r#"[[{"vending":{"source":"192.0.2.1","name":"n"}},7]]"#,
        );
        check(
            Spend::Batch { key: 3, rate: 10 },
            r#"[[{"batch":{"key":3,"rate":10}},7]]"#,
        );
        check(
            Spend::Rate { limit: name() },
            r#"[[{"rate":{"limit":"n"}},7]]"#,
        );
        check(
            Spend::Call {
                service: name(),
                operation: name(),
            },
            r#"[[{"call":{"service":"n","operation":"n"}},7]]"#,
        );
        check(
            Spend::Plan {
                plan: name(),
                key: name(),
            },
            r#"[[{"plan":{"plan":"n","key":"n"}},7]]"#,
        );
        check(
            Spend::Of {
                limit: name(),
                key: name(),
            },
            r#"[[{"of":{"limit":"n","key":"n"}},7]]"#,
        );
        let later =
            br#"[[{"of_a_later_release":{}},1],[{"rate":{"limit":"n","later":1}},2],["later",3]]"#;
        assert_eq!(
            read(later).expect("read"),
            [(Spend::Rate { limit: name() }, 2)]
        );
        // What an earlier release would not know goes apart.
        let spent = Spent::new(true);
        spent.note(|| Spend::Rate { limit: name() });
        spent.note(|| Spend::Of {
            limit: name(),
            key: name(),
        });
        assert_eq!(spent.take().len(), 2);
    }
}
