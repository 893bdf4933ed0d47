//! Which filters the clients of other nodes have, and so which of them a message concerns.
//!
//! Filters are matched as MQTT says, AWS's departure for topics that begin with `$` included: no wildcard stands at their
//! first level. They are never turned into subjects of the bus, whose alphabet is another one.

use nameplate_mqtt::filters::FilterMap;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What the clients of one node want by one filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interest {
    /// Some keep what comes while they are away, so a publisher waits for them.
    pub durable: bool,
    /// Of a shared subscription: members that are connected.
    pub connected: u32,
}

/// Nodes, and what each wants.
pub type Members = Vec<(i64, Interest)>;

#[derive(Debug, Default)]
struct Entry {
    /// The nodes with a plain subscription.
    plain: Members,
    /// Shared subscriptions, by their whole text.
    groups: Vec<(Box<str>, Members)>,
}

impl Entry {
    fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.groups.is_empty()
    }
}

/// What all other nodes want.
#[derive(Debug, Default)]
pub struct Table {
    by_filter: FilterMap<Entry>,
    /// Filters of each node.
    nodes: HashMap<i64, HashSet<Box<str>>>,
    /// How often something has changed.
    version: u64,
}

/// Who gets a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Nodes with plain subscriptions, and whether some of them are durable.
    pub nodes: BTreeMap<i64, bool>,
    /// Shared subscriptions that have members on other nodes.
    pub groups: Vec<(Box<str>, Members)>,
}

impl Wanted {
    /// Whether it concerns no other node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.groups.is_empty()
    }
}

impl Table {
    /// A node's clients want this by this filter from now on.
    pub fn set(&mut self, node: i64, filter: &str, interest: Option<Interest>) {
        let filters = self.nodes.entry(node).or_default();
        match interest {
            Some(_) => {
                if !filters.contains(filter) {
                    filters.insert(filter.into());
                }
            }
            None => {
                if !filters.remove(filter) {
                    return;
                }
            }
        }
        self.change(node, filter, interest);
    }

    /// A node has sessions that keep what comes by this filter, whatever else it wants by it.
    pub fn keeps(&mut self, node: i64, filter: &str) {
        let known = self.nodes.get(&node);
        if !known.is_some_and(|filters| filters.contains(filter)) {
            let durable = Interest {
                durable: true,
                connected: 0,
            };
            return self.set(node, filter, Some(durable));
        }
        let (group, filter) = split(filter);
        self.by_filter.change(filter, |entry| {
            let of = match group {
                None => Some(&mut entry.plain),
                Some(name) => entry
                    .groups
                    .iter_mut()
                    .find(|(known, _)| **known == *name)
                    .map(|(_, of)| of),
            };
            let own = of.into_iter().flatten().find(|(known, _)| *known == node);
            if let Some((_, interest)) = own {
                interest.durable = true;
            }
            entry.is_empty()
        });
    }

    /// Forgets all that a node's clients want.
    pub fn forget(&mut self, node: i64) {
        for filter in self.nodes.remove(&node).unwrap_or_default() {
            self.change(node, &filter, None);
        }
    }

    /// The nodes with members of a shared subscription, by its whole text.
    pub fn group(&self, whole: &str) -> Option<&Members> {
        let groups = &self.by_filter.get(split_shared(whole)?)?.groups;
        let found = groups.iter().find(|(known, _)| **known == *whole);
        found.map(|(_, of)| of)
    }

    /// Number of filters of all nodes.
    pub fn len(&self) -> usize {
        self.nodes.values().map(HashSet::len).sum()
    }

    /// Whether nobody wants anything.
    pub fn is_empty(&self) -> bool {
        self.by_filter.is_empty()
    }

    /// Grows with each change.
    pub fn version(&self) -> u64 {
        self.version
    }

    fn change(&mut self, node: i64, whole: &str, interest: Option<Interest>) {
        self.version += 1;
        let (group, filter) = split(whole);
        if interest.is_some() {
            self.by_filter.entry(filter);
        }
        self.by_filter.change(filter, |entry| {
            let of = match group {
                None => &mut entry.plain,
                Some(name) => {
                    let at = entry.groups.iter().position(|(known, _)| **known == *name);
                    let at = at.unwrap_or_else(|| {
                        entry.groups.push((name.into(), Vec::new()));
                        entry.groups.len() - 1
                    });
                    &mut entry.groups[at].1
                }
            };
            match (of.iter().position(|(known, _)| *known == node), interest) {
                (Some(at), Some(interest)) => of[at].1 = interest,
                (Some(at), None) => {
                    of.swap_remove(at);
                }
                (None, Some(interest)) => of.push((node, interest)),
                (None, None) => {}
            }
            entry.groups.retain(|(_, of)| !of.is_empty());
            entry.is_empty()
        });
    }

    /// Who on other nodes gets a message of this topic.
    pub fn matching(&self, topic: &str) -> Wanted {
        let mut wanted = Wanted::default();
        self.by_filter.matching(topic, |entry| {
            for (node, interest) in &entry.plain {
                *wanted.nodes.entry(*node).or_default() |= interest.durable;
            }
            wanted.groups.extend(entry.groups.iter().cloned());
        });
        wanted
    }
}

/// The whole text of a shared subscription, and its topic filter; or a topic filter alone.
fn split(whole: &str) -> (Option<&str>, &str) {
    match split_shared(whole) {
        Some(filter) => (Some(whole), filter),
        None => (None, whole),
    }
}

/// The topic filter of `$share/NAME/FILTER`.
fn split_shared(filter: &str) -> Option<&str> {
    filter
        .strip_prefix("$share/")?
        .split_once('/')
        .map(|(_, filter)| filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Interest = Interest {
        durable: false,
        connected: 0,
    };
    const DURABLE: Interest = Interest {
        durable: true,
        connected: 0,
    };

    #[test]
    fn filters_match_as_mqtt_says() {
        let check = |filter: &str, topic: &str, matches: bool| {
            let mut table = Table::default();
            table.set(1, filter, Some(PLAIN));
            assert_eq!(
                !table.matching(topic).is_empty(),
                matches,
                "{filter} {topic}"
            );
            table.set(1, filter, None);
            assert!(table.is_empty(), "{filter} leaves something");
        };
        check("a/b", "a/b", true);
        check("a/b", "a/b/", false);
        check("a/+", "a/b", true);
        check("a/+", "a", false);
        check("a/+", "a/", true);
        check("+/+", "/", true);
        check("a/#", "a/b/c", true);
        // AWS guide: topics. Not the level above.
        check("a/#", "a", false);
        check("#", "a/b", true);
        check("#", "$aws/things/a", false);
        check("+/things/a", "$aws/things/a", false);
        check("$aws/things/+", "$aws/things/a", true);
        // What a subject of NATS could not say, or would say otherwise.
        check("a.b/*/>", "a.b/*/>", true);
        check("a.b", "a/b", false);
        check("a b//c", "a b//c", true);
        check("*", "a", false);
        check(">", "a", false);
        check("$share/g/a/+", "a/b", true);
        check("$share/g/a", "a", true);
        check("$share/g/a", "$share/g/a", false);
    }

    #[test]
    fn a_message_goes_once_to_a_node_and_is_durable_where_one_filter_is() {
        let mut table = Table::default();
        table.set(1, "a/b", Some(PLAIN));
        table.set(1, "a/+", Some(DURABLE));
        table.set(2, "#", Some(PLAIN));
        table.set(3, "other", Some(DURABLE));
        let wanted = table.matching("a/b");
        assert_eq!(wanted.nodes, BTreeMap::from([(1, true), (2, false)]));
        table.set(1, "a/+", Some(PLAIN));
        assert!(!table.matching("a/b").nodes[&1]);
        table.forget(1);
        assert_eq!(table.matching("a/b").nodes, BTreeMap::from([(2, false)]));
        assert_eq!(table.len(), 2);
        table.forget(2);
        table.forget(3);
        assert!(table.is_empty());
    }

    #[test]
    fn what_a_node_keeps_is_added_to_what_it_told() {
        let mut table = Table::default();
        let member = Interest {
            durable: false,
            connected: 2,
        };
        table.set(1, "$share/g/a", Some(member));
        table.set(1, "a", Some(PLAIN));
        for filter in ["$share/g/a", "a", "b", "$share/g/b"] {
            table.keeps(1, filter);
            table.keeps(1, filter);
        }
        assert_eq!(table.len(), 4);
        let wanted = table.matching("a");
        assert_eq!(wanted.nodes, [(1, true)].into());
        let both = Interest {
            durable: true,
            connected: 2,
        };
        assert_eq!(wanted.groups, [("$share/g/a".into(), vec![(1, both)])]);
        let wanted = table.matching("b");
        assert_eq!(wanted.nodes, [(1, true)].into());
        assert_eq!(wanted.groups, [("$share/g/b".into(), vec![(1, DURABLE)])]);
        table.forget(1);
        assert!(table.is_empty());
    }

    #[test]
    fn shared_subscriptions_say_where_their_members_are() {
        let mut table = Table::default();
        let members = |connected| Interest {
            durable: false,
            connected,
        };
        table.set(1, "$share/g/a/+", Some(members(2)));
        table.set(2, "$share/g/a/+", Some(members(1)));
        table.set(2, "$share/h/a/+", Some(members(1)));
        let mut groups = table.matching("a/b").groups;
        groups.sort_by(|(one, _), (other, _)| one.cmp(other));
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].1, vec![(1, members(2)), (2, members(1))]);
        assert_eq!(table.group("$share/g/a/+"), Some(&groups[0].1));
        for nobody in ["$share/g/a/b", "$share/i/a/+", "a/+"] {
            assert_eq!(table.group(nobody), None);
        }
        assert_eq!(groups[1], ("$share/h/a/+".into(), vec![(2, members(1))]));
    }
}
