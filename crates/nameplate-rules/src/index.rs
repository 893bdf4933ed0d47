//! Which rules a topic concerns: a tree by level of all FROM filters, and Basic Ingest, which goes by name.
//!
//! Filters match as the broker's do (AWS guide: topics): `a/#` does not match `a`, and a filter that begins with a
//! wildcard does not match topics that begin with `$` `[MQTT-4.7.2-1]`.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Bytes of a filter, and slashes in it (General Reference, IoT Core quotas).
const FILTER_BYTES: usize = 256;
const FILTER_SLASHES: usize = 7;
/// Bytes of a rule's name.
const NAME_BYTES: usize = 128;

/// Checks a FROM filter. The error is the rest of a sentence that begins with the filter.
pub(crate) fn check_filter(filter: &str) -> Result<(), String> {
    if filter.is_empty() {
        return Err("is empty".into());
    }
    if filter.contains('\0') {
        return Err("holds the character U+0000".into());
    }
    if filter.len() > FILTER_BYTES {
        return Err(format!("may have {FILTER_BYTES} bytes"));
    }
    let last = filter.matches('/').count();
    if last > FILTER_SLASHES {
        return Err(format!("may have {FILTER_SLASHES} slashes"));
    }
    for (at, level) in filter.split('/').enumerate() {
        if level.len() > 1 && level.contains(['+', '#']) {
            return Err("has a wildcard that does not fill its level".into());
        }
        if level == "#" && at != last {
            return Err("has a # that is not last".into());
        }
    }
    Ok(())
}

/// A topic of Basic Ingest, `$aws/rules/RULE/TOPIC`: the message is for that rule alone and for no subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ingest<'a> {
    /// Name of the rule.
    pub rule: &'a str,
    /// The topic as the rule sees it. Empty where only the rule is named.
    pub topic: &'a str,
}

/// Tells a topic of Basic Ingest from others.
pub fn ingest(topic: &str) -> Option<Ingest<'_>> {
    let rest = topic.strip_prefix("$aws/rules/")?;
    let (rule, topic) = rest.split_once('/').unwrap_or((rest, ""));
    (!rule.is_empty() && rule.len() <= NAME_BYTES).then_some(Ingest { rule, topic })
}

/// Whether a checked filter matches a topic.
pub(crate) fn matches(filter: &str, topic: &str) -> bool {
    let mut index = RuleIndex::new();
    index.insert("", Some(filter), ());
    let mut found = false;
    index.matching(topic, |()| found = true);
    found
}

/// Rules by the topics they are for. `K` is what the host knows a rule by; equal keys under one name and filter are
/// one rule.
#[derive(Debug, Clone)]
pub struct RuleIndex<K> {
    nodes: Vec<Node<K>>,
    /// Places in `nodes` that are free.
    free: Vec<u32>,
    names: HashMap<Box<str>, K>,
}

type Children = HashMap<Box<str>, u32, BuildHasherDefault<LevelHasher>>;

#[derive(Debug, Clone)]
struct Node<K> {
    named: Children,
    /// Below `+`.
    any: Option<u32>,
    /// Rules whose filter ends here, and those that end here with `#`.
    here: Vec<K>,
    rest: Vec<K>,
}

impl<K> Default for Node<K> {
    fn default() -> Self {
        Self {
            named: Children::default(),
            any: None,
            here: Vec::new(),
            rest: Vec::new(),
        }
    }
}

impl<K> Node<K> {
    fn is_empty(&self) -> bool {
        self.named.is_empty() && self.any.is_none() && self.here.is_empty() && self.rest.is_empty()
    }
}

impl<K> Default for RuleIndex<K> {
    fn default() -> Self {
        Self {
            nodes: vec![Node::default()],
            free: Vec::new(),
            names: HashMap::new(),
        }
    }
}

impl<K: Clone + PartialEq> RuleIndex<K> {
    /// An index without rules.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an enabled rule in. One without a FROM is found by Basic Ingest only.
    pub fn insert(&mut self, name: &str, filter: Option<&str>, key: K) {
        self.names.insert(name.into(), key.clone());
        let Some(filter) = filter else {
            return;
        };
        let mut at = 0;
        let mut levels = filter.split('/').peekable();
        while let Some(level) = levels.next() {
            if level == "#" && levels.peek().is_none() {
                self.nodes[at].rest.push(key);
                return;
            }
            at = self.child(at, level);
        }
        self.nodes[at].here.push(key);
    }

    fn child(&mut self, at: usize, level: &str) -> usize {
        let known = match level {
            "+" => self.nodes[at].any,
            level => self.nodes[at].named.get(level).copied(),
        };
        if let Some(child) = known {
            return child as usize;
        }
        let child = match self.free.pop() {
            Some(free) => free,
            None => {
                self.nodes.push(Node::default());
                (self.nodes.len() - 1) as u32
            }
        };
        match level {
            "+" => self.nodes[at].any = Some(child),
            level => {
                self.nodes[at].named.insert(level.into(), child);
            }
        }
        child as usize
    }

    /// Takes a rule out: name, filter and key as they were put in.
    pub fn remove(&mut self, name: &str, filter: Option<&str>, key: &K) {
        if self.names.get(name) == Some(key) {
            self.names.remove(name);
        }
        if let Some(filter) = filter {
            self.remove_below(0, filter, key);
        }
    }

    fn remove_below(&mut self, at: usize, filter: &str, key: &K) {
        let drop_one = |keys: &mut Vec<K>| {
            if let Some(place) = keys.iter().position(|own| own == key) {
                keys.swap_remove(place);
            }
        };
        let (level, rest) = match filter.split_once('/') {
            Some((level, rest)) => (level, Some(rest)),
            None => (filter, None),
        };
        if level == "#" && rest.is_none() {
            drop_one(&mut self.nodes[at].rest);
            return;
        }
        let child = match level {
            "+" => self.nodes[at].any,
            level => self.nodes[at].named.get(level).copied(),
        };
        let Some(child) = child else {
            return;
        };
        match rest {
            Some(rest) => self.remove_below(child as usize, rest, key),
            None => drop_one(&mut self.nodes[child as usize].here),
        }
        if self.nodes[child as usize].is_empty() {
            match level {
                "+" => self.nodes[at].any = None,
                level => {
                    self.nodes[at].named.remove(level);
                }
            }
            self.free.push(child);
        }
    }

    /// Hands over each rule that a published topic concerns, once. A topic of Basic Ingest concerns the rule it names,
    /// whatever that rule's FROM says.
    pub fn matching(&self, topic: &str, mut found: impl FnMut(&K)) {
        if let Some(ingest) = ingest(topic) {
            if let Some(key) = self.names.get(ingest.rule) {
                found(key);
            }
            return;
        }
        let reserved = topic.starts_with('$');
        self.match_below(0, Some(topic), reserved, &mut found);
    }

    /// `topic` is what of it lies below the node, `None` behind its last level.
    fn match_below(
        &self,
        at: usize,
        topic: Option<&str>,
        reserved: bool,
        found: &mut impl FnMut(&K),
    ) {
        let node = &self.nodes[at];
        let Some(topic) = topic else {
            node.here.iter().for_each(found);
            return;
        };
        if !reserved {
            node.rest.iter().for_each(&mut *found);
        }
        if node.named.is_empty() && node.any.is_none() {
            return;
        }
        let (level, rest) = match topic.split_once('/') {
            Some((level, rest)) => (level, Some(rest)),
            None => (topic, None),
        };
        if let (Some(any), false) = (node.any, reserved) {
            self.match_below(any as usize, rest, false, found);
        }
        if let Some(&child) = node.named.get(level) {
            self.match_below(child as usize, rest, false, found);
        }
    }
}

/// FNV-1a. Filters come from whoever may make rules, topics only look up: nobody else can make keys collide.
#[derive(Debug, Clone)]
struct LevelHasher(u64);

impl Default for LevelHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for LevelHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(index: &RuleIndex<u32>, topic: &str) -> Vec<u32> {
        let mut keys = Vec::new();
        index.matching(topic, |key| keys.push(*key));
        keys.sort_unstable();
        keys
    }

    #[test]
    fn filters_are_checked() {
        for good in [
            "a",
            "a/b",
            "+",
            "#",
            "a/+/b",
            "a/#",
            "/",
            "$aws/things/+/shadow/update",
        ] {
            assert_eq!(check_filter(good), Ok(()), "{good}");
        }
        for bad in ["", "a+", "a/#/b", "a#", "##", "a\0", "1/2/3/4/5/6/7/8/9"] {
            assert!(check_filter(bad).is_err(), "{bad}");
        }
        assert!(check_filter(&"a".repeat(257)).is_err());
    }

    #[test]
    fn topics_find_their_rules() {
        let mut index = RuleIndex::new();
        let rules = [
            ("a", "sensors/+/data"),
            ("b", "sensors/#"),
            ("c", "#"),
            ("d", "$aws/things/+/shadow/update"),
            ("e", "sensors/1/data"),
            ("f", "+/+/data"),
            ("g", "+"),
        ];
        for (number, (name, filter)) in rules.iter().enumerate() {
            index.insert(name, Some(filter), number as u32);
        }
        index.insert("alone", None, 9);
        assert_eq!(found(&index, "sensors/1/data"), [0, 1, 2, 4, 5]);
        assert_eq!(found(&index, "sensors"), [2, 6]);
        assert_eq!(found(&index, "sensors/"), [1, 2]);
        assert_eq!(found(&index, "$aws/things/T/shadow/update"), [3]);
        assert_eq!(found(&index, "$aws/events/x"), [0u32; 0]);
        // Basic Ingest goes by name, and does not look at FROM.
        assert_eq!(found(&index, "$aws/rules/alone/x/y"), [9]);
        assert_eq!(found(&index, "$aws/rules/d/sensors/1/data"), [3]);
        assert_eq!(found(&index, "$aws/rules/none/x"), [0u32; 0]);
        for (number, (name, filter)) in rules.iter().enumerate() {
            index.remove(name, Some(filter), &(number as u32));
        }
        assert_eq!(found(&index, "sensors/1/data"), [0u32; 0]);
        assert!(index.nodes[0].is_empty());
        index.insert("a", Some("x/y"), 1);
        assert_eq!(found(&index, "x/y"), [1]);
    }

    #[test]
    fn basic_ingest_is_told_apart() {
        assert_eq!(
            ingest("$aws/rules/R/a/b"),
            Some(Ingest {
                rule: "R",
                topic: "a/b"
            })
        );
        assert_eq!(
            ingest("$aws/rules/R"),
            Some(Ingest {
                rule: "R",
                topic: ""
            })
        );
        for other in [
            "$aws/rules/",
            "$aws/rule/R/a",
            "aws/rules/R/a",
            "$aws/rules//a",
        ] {
            assert_eq!(ingest(other), None, "{other}");
        }
    }

    /// Level by level, as the guide says it.
    fn naive(filter: &str, topic: &str) -> bool {
        if topic.starts_with('$') && filter.starts_with(['+', '#']) {
            return false;
        }
        let (filter, topic): (Vec<_>, Vec<_>) =
            (filter.split('/').collect(), topic.split('/').collect());
        let fits = |(wanted, level): (&&str, &&str)| *wanted == "+" || wanted == level;
        match filter.split_last() {
            Some((&"#", before)) => {
                topic.len() > before.len() && before.iter().zip(&topic).all(fits)
            }
            _ => filter.len() == topic.len() && filter.iter().zip(&topic).all(fits),
        }
    }

    proptest! {
        #[test]
        fn the_tree_agrees_with_a_naive_matcher(
            filters in prop::collection::vec(r"(\$?[ab+]|[ab]?)(/[ab+]?){0,3}(/#)?|#", 1..12),
            topic in r"\$?[ab]?(/[ab]?){0,4}",
        ) {
            let filters: Vec<_> = filters.into_iter().filter(|filter| check_filter(filter).is_ok()).collect();
            let mut index = RuleIndex::new();
            for (number, filter) in filters.iter().enumerate() {
                index.insert(&number.to_string(), Some(filter), number as u32);
            }
            let expected: Vec<u32> = (0..filters.len() as u32)
                .filter(|number| naive(&filters[*number as usize], &topic))
                .collect();
            prop_assert_eq!(found(&index, &topic), expected);
        }
    }
}
