//! Figures over a handful of documents, those of AWS's guide where it gives any.

use crate::search::aggregate::{Buckets, PERCENTS, buckets, cardinality, percentiles, statistics};
use crate::search::field::{CUSTOM_FIELDS, FieldError};
use crate::search::{Configuration, Document, Field, FieldType, Index, Query, Subject};

fn index(field: &str, values: &[&str]) -> Index {
    let mut index = Index::default();
    for (key, value) in (1..).zip(values) {
        let mut document = Document::default();
        document.add("thingName", &format!("thing{key}"));
        if !value.is_empty() {
            document.add(field, value);
        }
        index.set(key, &document);
    }
    index
}

fn field(name: &str, kind: FieldType) -> Field {
    Field {
        name: name.to_owned(),
        kind,
    }
}

#[test]
fn statistics_of_numbers() {
    let index = index("attributes.n", &["-125", "75", "150", "tall", ""]);
    let told = statistics(
        &index,
        &Query::All,
        &field("attributes.n", FieldType::Number),
    );
    assert_eq!(told.count, 3);
    let figures = told.figures.expect("there are numbers");
    assert_eq!(
        (figures.sum, figures.minimum, figures.maximum),
        (100.0, -125.0, 150.0)
    );
    assert_eq!(figures.average, 33.333_333_333_333_336);
    assert_eq!(figures.sum_of_squares, 43_750.0);
    assert!((figures.variance - 13_472.222_222_222_22).abs() < 1e-9);
    assert!((figures.std_deviation - 116.069_902_309_867_66).abs() < 1e-12);
}

#[test]
fn a_number_is_one_value_however_it_is_written() {
    let index = index("attributes.n", &["10", "10.0", "1e1", "11", "x"]);
    let numbers = field("attributes.n", FieldType::Number);
    assert_eq!(cardinality(&index, &Query::All, &numbers), 2);
    let told = buckets(&index, &Query::All, &numbers, 10);
    assert_eq!(told.buckets, [("10".to_owned(), 3), ("11".to_owned(), 1)]);
    let texts = field("attributes.n", FieldType::String);
    assert_eq!(cardinality(&index, &Query::All, &texts), 5);
}

#[test]
fn statistics_of_truths_and_texts() {
    let index = index("attributes.on", &["true", "False", "true", "maybe"]);
    let told = statistics(
        &index,
        &Query::All,
        &field("attributes.on", FieldType::Boolean),
    );
    let figures = told.figures.expect("there are truths");
    assert_eq!((told.count, figures.sum), (3, 2.0));
    assert_eq!((figures.minimum, figures.maximum), (0.0, 1.0));
    let told = statistics(
        &index,
        &Query::All,
        &field("attributes.on", FieldType::String),
    );
    assert_eq!((told.count, told.figures), (4, None));
    let told = statistics(
        &index,
        &Query::All,
        &field("attributes.none", FieldType::Number),
    );
    assert_eq!((told.count, told.figures), (0, None));
}

#[test]
fn percentiles_lie_between_values() {
    let index = index("attributes.n", &["1", "1", "2", "2", "2", "3", "3"]);
    let field = field("attributes.n", FieldType::Number);
    let told = percentiles(
        &index,
        &Query::All,
        &field,
        &[50.0, 10.0, 75.0, 100.0, 50.0],
    );
    assert_eq!(told, [(10.0, 1.0), (50.0, 2.0), (75.0, 2.5), (100.0, 3.0)]);
    assert_eq!(percentiles(&index, &Query::All, &field, &PERCENTS).len(), 7);
    let none = Query::parse(Subject::Things, "thingName:none*").expect("a query");
    assert_eq!(percentiles(&index, &none, &field, &PERCENTS), []);
}

#[test]
fn buckets_are_the_commonest_values_as_they_were_given() {
    let index = index("attributes.m", &["S3", "C6", "S3", "s3", "C6", "S3", ""]);
    let field = field("attributes.m", FieldType::String);
    let told = buckets(&index, &Query::All, &field, 2);
    let expected = Buckets {
        total: 7,
        buckets: vec![("S3".into(), 3), ("C6".into(), 2)],
    };
    assert_eq!(told, expected);
    assert_eq!(cardinality(&index, &Query::All, &field), 3);
}

#[test]
fn which_fields_can_be_had() {
    let check = |names: &[&str], connectivity, expected: Option<&str>| {
        let configuration = Configuration {
            things: true,
            connectivity,
            thing_fields: names
                .iter()
                .map(|name| field(name, FieldType::Number))
                .collect(),
            ..Configuration::default()
        };
        let told = configuration.check().map_err(|error| error.to_string());
        match (told, expected) {
            (Ok(()), None) => {}
            (Err(text), Some(expected)) if text.contains(expected) => {}
            (told, _) => panic!("{names:?}: {told:?}"),
        }
    };
    check(&["attributes.a", "attributes.b"], false, None);
    check(
        &["attributes.a", "attributes.a"],
        false,
        Some("given twice"),
    );
    check(&["thingName"], false, Some("it is a managed field"));
    check(
        &["shadow.reported.a"],
        false,
        Some("that shadow is not indexed"),
    );
    check(&["shadow.reported"], false, Some("only attributes.NAME"));
    check(&["attributes."], false, Some("only attributes.NAME"));
    check(
        &["connectivity.connected"],
        true,
        Some("it is a managed field"),
    );
    let mut shadows = Configuration {
        things: true,
        shadows: true,
        named_shadows: vec!["n".into()],
        thing_fields: [
            "shadow.reported.a.b",
            "shadow.name.n.desired.c",
            "shadow.delta.d",
        ]
        .iter()
        .map(|name| field(name, FieldType::Number))
        .collect(),
        ..Configuration::default()
    };
    assert_eq!(shadows.check(), Ok(()));
    let can = |name: &str| {
        shadows
            .aggregatable(Subject::Things, name)
            .map(|field| (field.name, field.kind))
    };
    for (name, kind) in [
        ("shadow.version", FieldType::Number),
        ("shadow.hasDelta", FieldType::Boolean),
        ("shadow.name.n.version", FieldType::Number),
        ("shadow.name.n.hasDelta", FieldType::Boolean),
        ("shadow.name.n.desired.c", FieldType::Number),
    ] {
        assert_eq!(can(name), Some((name.to_owned(), kind)));
    }
    for name in [
        "shadow.name.m.version",
        "shadow.name.n.desired.d",
        "shadow.reported.a",
    ] {
        assert_eq!(can(name), None);
    }
    shadows.thing_fields = vec![field("shadow.name.m.desired.c", FieldType::Number)];
    assert!(shadows.check().is_err());
    shadows.named_shadows = (0..11).map(|n| format!("n{n}")).collect();
    assert_eq!(
        shadows.check(),
        Err(FieldError::TooManyShadows { count: 11 })
    );
    let off = Configuration {
        group_fields: vec![field("attributes.a", FieldType::String)],
        ..Configuration::default()
    };
    assert!(matches!(off.check(), Err(FieldError::Unusable { .. })));
    let many: Vec<String> = (0..=CUSTOM_FIELDS)
        .map(|n| format!("attributes.f{n}"))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    check(&many, false, Some("and these are 6"));
}
