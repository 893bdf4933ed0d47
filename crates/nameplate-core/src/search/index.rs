//! An inverted index in memory: for each value of each field, which documents have it.
//!
//! Documents are numbered in the order of their keys, so that a set of documents is a compressed bitmap and a page of
//! results is in a steady order. A few may come late, with a key below one that is there already, as of another server
//! that takes its keys from another block: these have numbers above all others, and are found in order by their keys. A term that few values can meet becomes a bitmap by looking the values up; one that
//! many might meet (a prefix that half the fleet shares) is instead tried on one candidate after the other, of which a
//! page needs few. Values are kept as they were given; searching is in lower case.

use super::document::Document;
use super::field::number;
use super::query::{Bound, Query, Term, Test};
use super::texts::{Place, Texts, number_of};
use roaring::{MultiOps, RoaringBitmap};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

/// Values that are looked at before a term is tried on documents instead. A page of a hundred that so many values of
/// a million meet is found among some ten thousand documents, so both ways take a millisecond or two.
const VALUES_LOOKED_AT: usize = 8_192;
/// Between a value in lower case and the same as it was given, where they differ. Sorts before all other characters.
const AS_GIVEN: char = '\0';
/// The lowest number of a document that came late.
const LATE: u32 = 1 << 31;
/// Documents that may come late before the index is better built anew, besides an eighth of the others.
const LATE_ALLOWED: usize = 4_096;

/// The index of one subject.
#[derive(Debug, Default)]
pub struct Index {
    fields: Vec<FieldIndex>,
    by_name: HashMap<Box<str>, u32>,
    values: Vec<Value>,
    // Places in `values` that nothing has any more.
    free: Vec<u32>,
    // In the order of keys. A removed document keeps its place, without values.
    documents: Vec<Entry>,
    // In the order in which they came, and their numbers by key.
    late: Vec<Entry>,
    late_numbers: BTreeMap<i64, u32>,
    live: RoaringBitmap,
}

#[derive(Debug)]
pub(super) struct FieldIndex {
    name: Box<str>,
    values: BTreeMap<Arc<str>, u32>,
    // Those values that are numbers, in their order.
    numbers: BTreeSet<(u64, u32)>,
    // Those values that are several words.
    phrases: BTreeSet<u32>,
    texts: Texts,
    holders: RoaringBitmap,
}

#[derive(Debug)]
struct Value {
    text: Arc<str>,
    place: Place,
    holders: Holders,
}

/// Documents that have a value; most values of a fleet are one device's own.
#[derive(Debug)]
enum Holders {
    None,
    One(u32),
    Many(Box<RoaringBitmap>),
}

#[derive(Debug)]
struct Entry {
    key: i64,
    // Field and value, in order.
    values: Box<[(u32, u32)]>,
}

/// A query with its terms looked up.
enum Node<'i> {
    Set(Cow<'i, RoaringBitmap>),
    Try(&'i Term),
    Not(Box<Node<'i>>),
    And(Vec<Node<'i>>),
    Or(Vec<Node<'i>>),
}

impl Index {
    /// How many documents there are.
    pub fn len(&self) -> u64 {
        self.live.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    /// Whether an index that is built anew would be better: where removed documents take more room than living ones, or
    /// many came late.
    pub fn is_wasteful(&self) -> bool {
        let documents = self.documents.len() + self.late.len();
        documents as u64 > 2 * self.live.len() + 1024
            || self.late.len() > self.documents.len() / 8 + LATE_ALLOWED
    }

    /// Whether a document of this key is there.
    pub fn contains(&self, key: i64) -> bool {
        self.slot(key).is_some_and(|slot| self.live.contains(slot))
    }

    /// Puts a document in the place of the one with this key, or adds it.
    pub fn set(&mut self, key: i64, document: &Document) {
        let slot = match self.slot(key) {
            Some(slot) => slot,
            None => {
                let entry = Entry {
                    key,
                    values: Box::default(),
                };
                if self.documents.last().is_some_and(|last| last.key > key) {
                    self.late.push(entry);
                    let slot = LATE | number_of(self.late.len() - 1);
                    self.late_numbers.insert(key, slot);
                    slot
                } else {
                    self.documents.push(entry);
                    number_of(self.documents.len() - 1)
                }
            }
        };
        let mut wanted: Vec<(u32, u32)> = document
            .values()
            .map(|(field, value)| {
                let field = self.field(field);
                (field, self.value(field, value))
            })
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        self.live.insert(slot);
        self.replace(slot, wanted.into_boxed_slice());
    }

    /// Removes the document with this key, if there is one.
    pub fn remove(&mut self, key: i64) {
        if let Some(slot) = self.slot(key) {
            self.live.remove(slot);
            self.replace(slot, Box::default());
        }
    }

    /// Keys of the documents that match, in order, beyond `after`: at most `limit`, and whether there are more.
    pub fn search(&self, query: &Query, after: i64, limit: usize) -> (Vec<i64>, bool) {
        let node = self.look_up(query);
        let candidates = self.candidates(&node);
        let from = self.documents.partition_point(|entry| entry.key <= after);
        let mut slots = candidates.iter();
        slots.advance_to(number_of(from));
        let mut slots = slots
            .take_while(|slot| *slot < LATE)
            .filter(|slot| self.passes(&node, *slot))
            .map(|slot| self.entry(slot).key)
            .peekable();
        let mut late = self
            .late_numbers
            .range((Excluded(after), Unbounded))
            .filter(|(_, slot)| candidates.contains(**slot) && self.passes(&node, **slot))
            .map(|(key, _)| *key)
            .peekable();
        let mut found = Vec::new();
        loop {
            let next = match (slots.peek(), late.peek()) {
                (Some(key), Some(late_key)) if late_key < key => late.next(),
                (Some(_), _) => slots.next(),
                (None, _) => late.next(),
            };
            let Some(key) = next else {
                return (found, false);
            };
            if found.len() == limit {
                return (found, true);
            }
            found.push(key);
        }
    }

    /// Keys of the documents that have this very value in a field, in any case of letters.
    pub fn holders(&self, field: &str, value: &str) -> Vec<i64> {
        let query = Query::Term(Term {
            field: Some(field.to_owned()),
            test: Test::Word(value.to_lowercase()),
        });
        self.search(&query, i64::MIN, usize::MAX).0
    }

    /// All documents that match.
    pub(super) fn matching(&self, query: &Query) -> RoaringBitmap {
        let node = self.look_up(query);
        let candidates = self.candidates(&node);
        if let Node::Set(set) = node {
            return set.into_owned();
        }
        let mut found = RoaringBitmap::new();
        for slot in candidates.iter() {
            if self.passes(&node, slot) {
                found.insert(slot);
            }
        }
        found
    }

    /// How many of `among` have each value of a field, values as they were given.
    pub(super) fn counts(&self, field: &str, among: &RoaringBitmap) -> Vec<(&str, u64)> {
        let Some(&field) = self.by_name.get(field) else {
            return Vec::new();
        };
        let index = &self.fields[field as usize];
        if among.len() < index.values.len() as u64 {
            let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
            for slot in among {
                for value in self.values_of(slot, field) {
                    *counts.entry(value).or_default() += 1;
                }
            }
            let count = |(value, count): (u32, u64)| (self.given(value), count);
            return counts.into_iter().map(count).collect();
        }
        let counted = |&value: &u32| {
            let count = match &self.values[value as usize].holders {
                Holders::None => 0,
                Holders::One(slot) => u64::from(among.contains(*slot)),
                Holders::Many(set) => set.intersection_len(among),
            };
            (count > 0).then(|| (self.given(value), count))
        };
        index.values.values().filter_map(counted).collect()
    }

    fn slot(&self, key: i64) -> Option<u32> {
        self.documents
            .binary_search_by_key(&key, |entry| entry.key)
            .ok()
            .map(number_of)
            .or_else(|| self.late_numbers.get(&key).copied())
    }

    fn entry(&self, slot: u32) -> &Entry {
        match slot & LATE {
            0 => &self.documents[slot as usize],
            _ => &self.late[(slot ^ LATE) as usize],
        }
    }

    fn entry_mut(&mut self, slot: u32) -> &mut Entry {
        match slot & LATE {
            0 => &mut self.documents[slot as usize],
            _ => &mut self.late[(slot ^ LATE) as usize],
        }
    }

    fn field(&mut self, name: &str) -> u32 {
        if let Some(&field) = self.by_name.get(name) {
            return field;
        }
        let field = number_of(self.fields.len());
        self.fields.push(FieldIndex {
            name: name.into(),
            values: BTreeMap::new(),
            numbers: BTreeSet::new(),
            phrases: BTreeSet::new(),
            texts: Texts::default(),
            holders: RoaringBitmap::new(),
        });
        self.by_name.insert(name.into(), field);
        field
    }

    fn value(&mut self, field: u32, given: &str) -> u32 {
        let text = stored(given);
        let index = &mut self.fields[field as usize];
        if let Some(&value) = index.values.get(text.as_ref()) {
            return value;
        }
        let text: Arc<str> = text.into();
        let lower = lower(&text);
        let value = self.free.pop();
        let value = value.unwrap_or_else(|| number_of(self.values.len()));
        let new = Value {
            text: Arc::clone(&text),
            place: index.texts.insert(lower, value),
            holders: Holders::None,
        };
        match self.values.get_mut(value as usize) {
            Some(free) => *free = new,
            None => self.values.push(new),
        }
        if let Some(number) = number(lower) {
            index.numbers.insert((sortable(number), value));
        }
        if lower.contains(char::is_whitespace) {
            index.phrases.insert(value);
        }
        index.values.insert(text, value);
        value
    }

    /// Gives a document these values instead of those it has.
    fn replace(&mut self, slot: u32, wanted: Box<[(u32, u32)]>) {
        let had = std::mem::replace(&mut self.entry_mut(slot).values, wanted.clone());
        for added in wanted.iter().filter(|v| had.binary_search(v).is_err()) {
            self.values[added.1 as usize].holders.insert(slot);
            self.fields[added.0 as usize].holders.insert(slot);
        }
        for &(field, value) in had.iter().filter(|v| wanted.binary_search(v).is_err()) {
            let index = &mut self.fields[field as usize];
            if !wanted.iter().any(|(other, _)| *other == field) {
                index.holders.remove(slot);
            }
            let old = &mut self.values[value as usize];
            old.holders.remove(slot);
            if let Holders::None = old.holders {
                let text = std::mem::replace(&mut old.text, Arc::from(""));
                let moved = index.texts.remove(old.place);
                index.values.remove(&text);
                index.phrases.remove(&value);
                if let Some(number) = number(lower(&text)) {
                    index.numbers.remove(&(sortable(number), value));
                }
                self.free.push(value);
                for (value, place) in moved {
                    self.values[value as usize].place = place;
                }
            }
        }
    }

    fn look_up<'i>(&'i self, query: &'i Query) -> Node<'i> {
        match query {
            Query::All => Node::Set(Cow::Borrowed(&self.live)),
            Query::Term(term) => self.look_up_term(term),
            Query::Not(inner) => match self.look_up(inner) {
                Node::Set(set) => Node::Set(Cow::Owned(&self.live - set.as_ref())),
                node => Node::Not(Box::new(node)),
            },
            Query::And(all) => {
                let mut set: Option<Cow<'i, RoaringBitmap>> = None;
                let mut rest = Vec::new();
                for node in all.iter().map(|one| self.look_up(one)) {
                    match (node, &mut set) {
                        (Node::Set(found), None) => set = Some(found),
                        (Node::Set(found), Some(set)) => *set.to_mut() &= found.as_ref(),
                        (node, _) => rest.push(node),
                    }
                }
                joined(set, rest, Node::And)
            }
            Query::Or(any) => {
                let mut set: Option<Cow<'i, RoaringBitmap>> = None;
                let mut rest = Vec::new();
                for node in any.iter().map(|one| self.look_up(one)) {
                    match (node, &mut set) {
                        (Node::Set(found), None) => set = Some(found),
                        (Node::Set(found), Some(set)) => *set.to_mut() |= found.as_ref(),
                        (node, _) => rest.push(node),
                    }
                }
                joined(set, rest, Node::Or)
            }
        }
    }

    fn look_up_term<'i>(&'i self, term: &'i Term) -> Node<'i> {
        let Some(name) = &term.field else {
            let mut all = RoaringBitmap::new();
            let mut left = VALUES_LOOKED_AT;
            for field in self.fields.iter().filter(|f| term.concerns(&f.name)) {
                match self.holders_of(field, &term.test, &mut left) {
                    Some(set) => all |= set.as_ref(),
                    None => return Node::Try(term),
                }
            }
            return Node::Set(Cow::Owned(all));
        };
        let Some(&field) = self.by_name.get(name.as_str()) else {
            return Node::Set(Cow::Owned(RoaringBitmap::new()));
        };
        let mut left = VALUES_LOOKED_AT;
        match self.holders_of(&self.fields[field as usize], &term.test, &mut left) {
            Some(set) => Node::Set(set),
            None => Node::Try(term),
        }
    }

    /// Documents with a value that passes; `None` where too many values would have to be looked at.
    fn holders_of<'i>(
        &'i self,
        field: &'i FieldIndex,
        test: &Test,
        left: &mut usize,
    ) -> Option<Cow<'i, RoaringBitmap>> {
        let mut gathered = Gathered::default();
        let mut look = |value: u32, gathered: &mut Gathered<'i>, tried: bool| {
            *left = left.checked_sub(1)?;
            let value = &self.values[value as usize];
            if tried || test.matches(lower(&value.text)) {
                gathered.add(&value.holders);
            }
            Some(())
        };
        match test {
            Test::Exists => return Some(Cow::Borrowed(&field.holders)),
            Test::Word(word) => {
                for (_, &value) in
                    values_from(field, word).take_while(|(text, _)| lower(text) == word)
                {
                    look(value, &mut gathered, true)?;
                }
                for &value in &field.phrases {
                    look(value, &mut gathered, false)?;
                }
            }
            Test::Phrase(_) => {
                for &value in &field.phrases {
                    look(value, &mut gathered, false)?;
                }
            }
            Test::Like(pattern) if pattern.prefix().is_empty() && !pattern.piece().is_empty() => {
                let mut looked = Some(());
                field.texts.holding(pattern.piece(), |value, text| {
                    if test.matches(text) {
                        looked = look(value, &mut gathered, true);
                    }
                    looked.is_some()
                });
                looked?;
            }
            Test::Like(pattern) => {
                let prefix = pattern.prefix();
                for (_, &value) in
                    values_from(field, prefix).take_while(|(text, _)| text.starts_with(prefix))
                {
                    look(value, &mut gathered, false)?;
                }
                // With several words, one further in may be the match.
                if !prefix.is_empty() {
                    for &value in &field.phrases {
                        look(value, &mut gathered, false)?;
                    }
                }
            }
            Test::Number(wanted) => {
                if let Some(at) = number(wanted).map(sortable) {
                    for &(_, value) in field.numbers.range((at, 0)..=(at, u32::MAX)) {
                        look(value, &mut gathered, false)?;
                    }
                }
            }
            Test::Numbers(low, high) => {
                let from = match low {
                    Bound::Open => 0,
                    Bound::Included(low) | Bound::Excluded(low) => sortable(*low),
                };
                let to = match high {
                    Bound::Open => u64::MAX,
                    Bound::Included(high) | Bound::Excluded(high) => sortable(*high),
                };
                if from <= to {
                    for &(_, value) in field.numbers.range((from, 0)..=(to, u32::MAX)) {
                        look(value, &mut gathered, false)?;
                    }
                }
            }
            Test::Texts(low, high) => {
                let from = match low {
                    Bound::Open => "",
                    Bound::Included(low) | Bound::Excluded(low) => low,
                };
                let within = |text: &str| high.lets_down(|end| text.partial_cmp(end.as_str()));
                for (text, &value) in values_from(field, from) {
                    if !within(lower(text)) {
                        break;
                    }
                    look(value, &mut gathered, false)?;
                }
            }
        }
        Some(gathered.into_set())
    }

    /// A set that every match is in.
    fn candidates<'n>(&'n self, node: &'n Node<'_>) -> Cow<'n, RoaringBitmap> {
        match node {
            Node::Set(set) => Cow::Borrowed(set.as_ref()),
            Node::Try(term) => match term
                .field
                .as_ref()
                .and_then(|name| self.by_name.get(name.as_str()))
            {
                Some(&field) => Cow::Borrowed(&self.fields[field as usize].holders),
                None => Cow::Borrowed(&self.live),
            },
            Node::Not(_) => Cow::Borrowed(&self.live),
            // The set, where there is one, is the first.
            Node::And(all) => all
                .first()
                .map_or(Cow::Borrowed(&self.live), |first| self.candidates(first)),
            Node::Or(any) => {
                let mut set = RoaringBitmap::new();
                for one in any {
                    set |= self.candidates(one).as_ref();
                }
                Cow::Owned(set)
            }
        }
    }

    fn passes(&self, node: &Node<'_>, slot: u32) -> bool {
        match node {
            Node::Set(set) => set.contains(slot),
            Node::Try(term) => self.entry(slot).values.iter().any(|&(field, value)| {
                term.concerns(&self.fields[field as usize].name)
                    && term.test.matches(lower(&self.values[value as usize].text))
            }),
            Node::Not(inner) => !self.passes(inner, slot),
            Node::And(all) => all.iter().all(|one| self.passes(one, slot)),
            Node::Or(any) => any.iter().any(|one| self.passes(one, slot)),
        }
    }

    fn values_of(&self, slot: u32, field: u32) -> impl Iterator<Item = u32> {
        let values = &self.entry(slot).values;
        values
            .iter()
            .filter(move |(of, _)| *of == field)
            .map(|(_, value)| *value)
    }

    fn given(&self, value: u32) -> &str {
        let text = &self.values[value as usize].text;
        text.split_once(AS_GIVEN).map_or(text, |(_, given)| given)
    }
}

impl Holders {
    fn insert(&mut self, slot: u32) {
        match self {
            Holders::None => *self = Holders::One(slot),
            Holders::One(held) if *held == slot => {}
            Holders::One(held) => {
                *self = Holders::Many(Box::new([*held, slot].into_iter().collect()));
            }
            Holders::Many(set) => {
                set.insert(slot);
            }
        }
    }

    fn remove(&mut self, slot: u32) {
        match self {
            Holders::One(held) if *held == slot => *self = Holders::None,
            Holders::None | Holders::One(_) => {}
            Holders::Many(set) => {
                set.remove(slot);
                if set.is_empty() {
                    *self = Holders::None;
                }
            }
        }
    }
}

/// The union of many holders, most of them single.
#[derive(Default)]
struct Gathered<'i> {
    singles: Vec<u32>,
    sets: Vec<&'i RoaringBitmap>,
}

impl<'i> Gathered<'i> {
    fn add(&mut self, holders: &'i Holders) {
        match holders {
            Holders::None => {}
            Holders::One(slot) => self.singles.push(*slot),
            Holders::Many(set) => self.sets.push(set),
        }
    }

    fn into_set(mut self) -> Cow<'i, RoaringBitmap> {
        if self.singles.is_empty()
            && let [only] = self.sets[..]
        {
            return Cow::Borrowed(only);
        }
        self.singles.sort_unstable();
        let singles: RoaringBitmap = self.singles.into_iter().collect();
        Cow::Owned(self.sets.into_iter().chain([&singles]).union())
    }
}

/// The set first, then what has to be tried.
fn joined<'i>(
    set: Option<Cow<'i, RoaringBitmap>>,
    rest: Vec<Node<'i>>,
    join: fn(Vec<Node<'i>>) -> Node<'i>,
) -> Node<'i> {
    match set {
        Some(set) if rest.is_empty() => Node::Set(set),
        set => join(set.map(Node::Set).into_iter().chain(rest).collect()),
    }
}

fn values_from<'i>(
    field: &'i FieldIndex,
    from: &str,
) -> impl Iterator<Item = (&'i str, &'i u32)> + use<'i> {
    field
        .values
        .range::<str, _>((std::ops::Bound::Included(from), std::ops::Bound::Unbounded))
        .map(|(text, value)| (text.as_ref(), value))
}

/// A value as it is kept: in lower case, followed by what was given where that differs. Documents hold no
/// [`AS_GIVEN`].
fn stored(given: &str) -> Cow<'_, str> {
    let lower = given.to_lowercase();
    if lower == given {
        Cow::Borrowed(given)
    } else {
        Cow::Owned(format!("{lower}{AS_GIVEN}{given}"))
    }
}

fn lower(text: &str) -> &str {
    text.split_once(AS_GIVEN).map_or(text, |(lower, _)| lower)
}

/// Bits that sort as the number does.
fn sortable(number: f64) -> u64 {
    // There are two zeros.
    let bits = (number + 0.0).to_bits();
    if bits >> 63 == 0 {
        bits | 1 << 63
    } else {
        !bits
    }
}
