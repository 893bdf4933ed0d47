//! The index against the plain way: after any changes, the same answer to any query, in pages of any size.

use crate::search::aggregate::{buckets, statistics};
use crate::search::field::indexed_name;
use crate::search::{Document, Field, FieldType, Index, Query, Subject};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[aAbB]{1,3}",
        "[ab] [ab]{1,2}",
        "-?[0-9]{1,2}(\\.[05])?",
        Just("true".to_owned()),
        Just("É".to_owned()),
    ]
}

fn field() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "thingName",
        "thingGroupNames",
        "attributes.a",
        "attributes.b",
    ])
}

fn document() -> impl Strategy<Value = Document> {
    vec((field(), value()), 0..5).prop_map(|values| {
        let mut document = Document::default();
        for (field, value) in values {
            document.add(field, &value);
        }
        document.add("registry.version", "7");
        document
    })
}

fn term() -> impl Strategy<Value = String> {
    let field =
        || prop_oneof![3 => field().prop_map(|f| format!("{f}:")), 1 => Just(String::new())];
    let end = || {
        prop_oneof![
            "[0-9]{1,2}",
            Just("*".to_owned()),
            "[ab]{1,2}",
            "\"[ab0-9]{1,2}\""
        ]
    };
    prop_oneof![
        (field(), "[aAbB]{1,3}").prop_map(|(f, v)| f + &v),
        (field(), "[ab]\\*|[ab]\\?|[ab]\\*[ab]|\\*").prop_map(|(f, v)| f + &v),
        (field(), "[0-9]{1,2}(\\.[05])?").prop_map(|(f, v)| f + &v),
        (field(), "\"[ab] [ab]{1,2}\"").prop_map(|(f, v)| f + &v),
        (field(), "<|<=|>|>=", "-?[0-9]{1,2}").prop_map(|(f, o, v)| format!("{f}{o}{v}")),
        (field(), "[\\[{]", end(), end(), "[\\]}]")
            .prop_map(|(f, open, low, high, close)| format!("{f}:{open}{low} TO {high}{close}")),
    ]
}

fn query() -> impl Strategy<Value = String> {
    term().prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), "AND|OR|", inner.clone())
                .prop_map(|(a, o, b)| format!("({a}) {o} ({b})")),
            inner.prop_map(|one| format!("NOT ({one})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_index_answers_like_the_plain_way(
        changes in vec((1i64..40, prop::option::weighted(0.8, document())), 0..60),
        queries in vec(query(), 1..8),
        page in 1usize..5,
    ) {
        let mut index = Index::default();
        let mut plain: BTreeMap<i64, Document> = BTreeMap::new();
        for (key, document) in changes {
            match document {
                Some(document) => {
                    // In any order, as of several servers.
                    index.set(key, &document);
                    plain.insert(key, document);
                }
                None => {
                    index.remove(key);
                    plain.remove(&key);
                }
            }
        }
        prop_assert_eq!(index.len(), plain.len() as u64);
        for text in queries {
            let Ok(query) = Query::parse(Subject::Things, &text) else { continue };
            let expected: Vec<i64> = plain
                .iter()
                .filter(|(_, document)| query.matches(document))
                .map(|(key, _)| *key)
                .collect();
            let mut found: Vec<i64> = Vec::new();
            let mut after = i64::MIN;
            loop {
                let (keys, more) = index.search(&query, after, page);
                prop_assert!(keys.len() <= page);
                found.extend(&keys);
                match keys.last() {
                    Some(last) if more => after = *last,
                    _ => break,
                }
            }
            prop_assert_eq!(&found, &expected, "{}", text);
            for field in ["attributes.a", "registry.version"] {
                let counts = |document: &Document| {
                    let mut values: Vec<String> = document
                        .values()
                        .filter(|(name, _)| *name == indexed_name(field))
                        .map(|(_, value)| value.to_owned())
                        .collect();
                    values.sort();
                    values.dedup();
                    values
                };
                let mut plain_counts: BTreeMap<String, u64> = BTreeMap::new();
                for key in &expected {
                    for value in counts(&plain[key]) {
                        *plain_counts.entry(value).or_default() += 1;
                    }
                }
                let field = Field { name: field.to_owned(), kind: FieldType::String };
                let told = buckets(&index, &query, &field, 10_000);
                prop_assert_eq!(told.total, expected.len() as u64);
                prop_assert_eq!(told.buckets.into_iter().collect::<BTreeMap<_, _>>(), plain_counts.clone());
                let count = statistics(&index, &query, &field).count;
                prop_assert_eq!(count, plain_counts.values().sum::<u64>());
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}|[a-c:()\"*?\\[\\]{}<> -]{0,30}|(AND |OR |NOT |thingName:){0,6}") {
        let _ = Query::parse(Subject::Things, &text);
    }
}

/// More values than are looked at one by one: the same answers.
#[test]
fn a_field_of_very_many_values() {
    let mut index = Index::default();
    let mut plain = Vec::new();
    for key in 0..40_000i64 {
        let mut document = Document::default();
        document.add("thingName", &format!("Device-{key:06}"));
        document.add("attributes.serial", &(key * 3).to_string());
        document.add(
            "attributes.lot",
            if key % 1000 == 7 { "rare" } else { "common" },
        );
        index.set(key, &document);
        plain.push(document);
    }
    for text in [
        "thingName:device-*",
        "NOT thingName:device-*",
        "thingName:*99",
        "attributes.serial>300 AND attributes.lot:rare",
        "attributes.serial>300 attributes.serial<=119000 NOT attributes.lot:common",
        "attributes.lot:rare OR attributes.serial:[10 TO 110000]",
        "*7",
    ] {
        let query = Query::parse(Subject::Things, text).expect(text);
        let expected: Vec<i64> = (0..40_000)
            .filter(|key| query.matches(&plain[*key as usize]))
            .collect();
        assert_eq!(index.search(&query, -1, 40_000).0, expected, "{text}");
        assert_eq!(
            index.matching(&query).len(),
            expected.len() as u64,
            "{text}"
        );
        let (page, more) = index.search(&query, 20_000, 3);
        let rest: Vec<i64> = expected
            .iter()
            .copied()
            .filter(|key| *key > 20_000)
            .collect();
        assert_eq!(
            (page.as_slice(), more),
            (&rest[..rest.len().min(3)], rest.len() > 3),
            "{text}"
        );
    }
}
