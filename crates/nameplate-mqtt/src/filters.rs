//! Values by topic filter, found by topic.
//!
//! Filters without wildcards, which most devices use, are looked up as a whole; the others are a tree by level. Rules of
//! matching are those of [`crate::topic::matches`], AWS's departures included.

use crate::topic::has_wildcard;
use foldhash::quality::RandomState;

/// By name. Every message is looked up, and SipHash takes longer over its topic than all else here; this hash has a secret of
/// the process in it as well, so that whoever chooses the names cannot choose which of them collide.
type HashMap<V> = std::collections::HashMap<Box<str>, V, RandomState>;

/// A map from topic filters to values. A filter is its text as MQTT has it; that of a shared subscription comes without
/// `$share/NAME/`.
#[derive(Debug)]
pub struct FilterMap<V> {
    exact: HashMap<V>,
    root: Level<V>,
}

/// A level of the tree of filters with wildcards.
#[derive(Debug)]
struct Level<V> {
    named: HashMap<Level<V>>,
    /// Below `+`.
    any: Option<Box<Level<V>>>,
    /// The filter that ends here.
    here: Option<Box<V>>,
    /// The filter that ends here with `#`.
    rest: Option<Box<V>>,
}

impl<V> Default for FilterMap<V> {
    fn default() -> Self {
        Self {
            exact: HashMap::default(),
            root: Level::default(),
        }
    }
}

impl<V> Default for Level<V> {
    fn default() -> Self {
        Self {
            named: HashMap::default(),
            any: None,
            here: None,
            rest: None,
        }
    }
}

impl<V> Level<V> {
    fn is_empty(&self) -> bool {
        self.named.is_empty() && self.any.is_none() && self.here.is_none() && self.rest.is_none()
    }
}

impl<V> FilterMap<V> {
    /// Whether it has no filter.
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.root.is_empty()
    }

    /// The value of a filter.
    pub fn get(&self, filter: &str) -> Option<&V> {
        if !has_wildcard(filter) {
            return self.exact.get(filter);
        }
        let mut level = &self.root;
        for name in filter.split('/') {
            level = match name {
                "#" => return level.rest.as_deref(),
                "+" => level.any.as_deref()?,
                name => level.named.get(name)?,
            };
        }
        level.here.as_deref()
    }

    /// Hands the value of every filter that matches the topic to `found`, each once.
    pub fn matching<'a>(&'a self, topic: &str, mut found: impl FnMut(&'a V)) {
        if let Some(value) = self.exact.get(topic) {
            found(value);
        }
        if !self.root.is_empty() {
            // [MQTT-4.7.2-1]: no wildcard at the first level for topics of the server's own.
            match_below(&self.root, Some(topic), topic.starts_with('$'), &mut found);
        }
    }

    /// Lets `change` change the value of a filter, if there is one, and drops it where `change` says that nothing is left
    /// of it, with the levels that hold nothing any more.
    pub fn change(&mut self, filter: &str, mut change: impl FnMut(&mut V) -> bool) {
        if has_wildcard(filter) {
            change_below(&mut self.root, filter, &mut change);
        } else if self.exact.get_mut(filter).is_some_and(change) {
            self.exact.remove(filter);
        }
    }
}

impl<V: Default> FilterMap<V> {
    /// The value of a filter, which is put there where there is none.
    pub fn entry(&mut self, filter: &str) -> &mut V {
        if !has_wildcard(filter) {
            return named(&mut self.exact, filter);
        }
        let mut level = &mut self.root;
        for name in filter.split('/') {
            level = match name {
                "#" => return level.rest.get_or_insert_default(),
                "+" => level.any.get_or_insert_default(),
                name => named(&mut level.named, name),
            };
        }
        level.here.get_or_insert_default()
    }
}

/// What has this name, put there where there is none. The name is copied only then.
fn named<'m, T: Default>(map: &'m mut HashMap<T>, name: &str) -> &'m mut T {
    if !map.contains_key(name) {
        map.insert(name.into(), T::default());
    }
    map.get_mut(name)
        .expect("it was there or has just been put there")
}

/// `rest` is what of the topic lies below `level`, `None` after its last level. Depth is bounded by the number of
/// levels a filter may have.
fn match_below<'a, V>(
    level: &'a Level<V>,
    rest: Option<&str>,
    reserved: bool,
    found: &mut impl FnMut(&'a V),
) {
    let Some(rest) = rest else {
        if let Some(value) = &level.here {
            found(value);
        }
        return;
    };
    if let (Some(value), false) = (&level.rest, reserved) {
        found(value);
    }
    let (name, rest) = first_level(rest);
    if let (Some(any), false) = (&level.any, reserved) {
        match_below(any, rest, false, found);
    }
    if let Some(named) = level.named.get(name) {
        match_below(named, rest, false, found);
    }
}

fn change_below<V>(level: &mut Level<V>, rest: &str, change: &mut impl FnMut(&mut V) -> bool) {
    let (name, rest) = first_level(rest);
    if name == "#" {
        level.rest.take_if(|value| change(value));
        return;
    }
    let mut descend = |below: &mut Level<V>| {
        match rest {
            Some(rest) => change_below(below, rest, change),
            None => {
                below.here.take_if(|value| change(value));
            }
        }
        below.is_empty()
    };
    if name == "+" {
        level.any.take_if(|below| descend(below));
    } else if level.named.get_mut(name).is_some_and(descend) {
        level.named.remove(name);
    }
}

/// The first level of a filter or topic, and those below it.
fn first_level(text: &str) -> (&str, Option<&str>) {
    match text.split_once('/') {
        Some((name, rest)) => (name, Some(rest)),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::matches;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const LEVELS: &[&str] = &["", "a", "b", "$aws", "+"];

    fn filters() -> impl Strategy<Value = Vec<String>> {
        let level = prop::sample::select(LEVELS);
        let filter =
            (prop::collection::vec(level, 1..4), any::<bool>()).prop_map(|(mut levels, open)| {
                if open {
                    levels.push("#");
                }
                levels.join("/")
            });
        prop::collection::vec(filter, 0..12)
    }

    proptest! {
        #[test]
        fn finds_what_matching_each_would(filters in filters(), topics in filters()) {
            let mut map: FilterMap<Vec<usize>> = FilterMap::default();
            let mut all: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            for (number, filter) in filters.iter().enumerate() {
                map.entry(filter).push(number);
                all.entry(filter).or_default().push(number);
            }
            for (filter, value) in &all {
                prop_assert_eq!(map.get(filter), Some(value));
            }
            for topic in topics.iter().filter(|topic| !has_wildcard(topic)) {
                let mut found: Vec<usize> = Vec::new();
                map.matching(topic, |value| found.extend(value));
                found.sort_unstable();
                let mut expected: Vec<usize> = (0..filters.len())
                    .filter(|number| matches(&filters[*number], topic))
                    .collect();
                expected.sort_unstable();
                prop_assert_eq!(found, expected, "{}", topic);
            }
            for filter in all.keys() {
                map.change(filter, |value| {
                    value.clear();
                    true
                });
                prop_assert_eq!(map.get(filter), None);
            }
            prop_assert!(map.is_empty());
        }
    }

    #[test]
    fn what_is_left_of_a_value_stays() {
        let mut map: FilterMap<u32> = FilterMap::default();
        for filter in ["a/b", "a/+", "a/#"] {
            map.change(filter, |_| unreachable!("there is none"));
            *map.entry(filter) = 2;
            map.change(filter, |value| {
                *value -= 1;
                *value == 0
            });
            assert_eq!(map.get(filter), Some(&1));
        }
    }
}
