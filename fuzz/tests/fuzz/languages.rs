//! Languages that owners write, and the documents they are about.

use crate::kept::Kept;
use crate::{ITERATIONS, TIME};
use bolero::check;
use nameplate_core::log_filter::Pattern;
use nameplate_core::search::{Query, Subject};
use nameplate_dynamodb::expression::{Condition, Projection, Scope, Update};
use nameplate_dynamodb::{AttributeValue, Item};
use nameplate_rules::{
    Answers, Decision, Evaluation, Message, Properties, SqlVersion, Statement, TopicRule,
};
use serde_json::{Map, Value, json};

/// Statements of rules are read or refused; what is read is evaluated.
#[test]
fn rules() {
    let kept = Kept::of("languages__rules");
    for bytes in kept.inputs() {
        assert!(statement(bytes), "{}", String::from_utf8_lossy(bytes));
    }
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| {
            kept.each(bytes, |bytes| {
                statement(bytes);
            });
        });
}

/// Whether it is a statement of the later version.
fn statement(bytes: &[u8]) -> bool {
    let sql = String::from_utf8_lossy(bytes);
    let mut is_read = false;
    for version in [SqlVersion::V2015, SqlVersion::V2016] {
        match Statement::parse(&sql, version) {
            Ok(statement) => {
                is_read = true;
                evaluated(
                    &statement,
                    br#"{"a": {"b": [1, 2.5, "x", null, true]}, "t": 31}"#,
                );
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    is_read
}

/// What a rule gives is JSON, if it gives all of its payload or parts of it.
fn evaluated(statement: &Statement, payload: &[u8]) {
    let message = Message {
        topic: "sensors/D7/data",
        payload,
        client_id: Some("D7"),
        principal: None,
        source_ip: None,
        trace_id: None,
        account_id: "123456789012",
        now_ms: 1_795_392_000_000,
        seed: [7; 16],
        properties: Properties::default(),
    };
    let answers = Answers::new();
    let _ = Evaluation::new(statement, &message, &answers).decide();
}

/// Payloads as rules read them, by a reader of their own. What comes of a payload that is JSON is JSON.
#[test]
fn payloads() {
    let kept = Kept::of("languages__payloads");
    let sql = "SELECT *, a.b AS x, topic(2) AS device FROM 'sensors/+/data'";
    let Ok(statement) = Statement::parse(sql, SqlVersion::V2016) else {
        panic!("a statement");
    };
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| kept.each(bytes, |bytes| selected(&statement, bytes)));
}

fn selected(statement: &Statement, payload: &[u8]) {
    let message = Message {
        topic: "sensors/D7/data",
        payload,
        client_id: None,
        principal: None,
        source_ip: None,
        trace_id: None,
        account_id: "123456789012",
        now_ms: 0,
        seed: [0; 16],
        properties: Properties::default(),
    };
    let answers = Answers::new();
    if let Ok(Decision::Selected(output)) = Evaluation::new(statement, &message, &answers).decide()
    {
        // Rules keep numbers that no double holds, and what they put a payload into is deeper than what they read.
        let bounds = ["number out of range", "recursion limit exceeded"];
        if let Err(error) = serde_json::from_slice::<Value>(output.as_bytes()) {
            let text = error.to_string();
            assert!(bounds.iter().any(|bound| text.starts_with(bound)), "{text}");
        }
    }
}

/// Whole rules, with their actions and templates.
#[test]
fn topic_rules() {
    let kept = Kept::of("languages__topic_rules");
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| {
            kept.each(bytes, |bytes| {
                let Ok(document) = serde_json::from_slice::<Value>(bytes) else {
                    return;
                };
                if let Err(error) = TopicRule::parse(&document) {
                    assert!(!error.to_string().is_empty());
                }
            });
        });
}

/// Expressions of DynamoDB: what is read is asked about an item and changes one.
#[test]
fn dynamodb() {
    let kept = Kept::of("languages__dynamodb");
    let values = json!({":n": {"N": "1"}, ":s": {"S": "x"}, ":l": {"L": [{"N": "2"}]}, ":b": {"BOOL": true}, ":ss": {"SS": ["a", "b"]}});
    let names = json!({"#a": "a", "#size": "size"});
    let item = json!({"a": {"N": "5"}, "b": {"L": [{"S": "x"}, {"M": {"c": {"N": "-1.5"}}}]}, "s": {"SS": ["a"]}});
    let (Value::Object(values), Value::Object(names), Value::Object(item)) = (values, names, item)
    else {
        panic!("objects");
    };
    let Ok(item) = nameplate_dynamodb::value::parse_item(item) else {
        panic!("an item");
    };
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| {
            kept.each(bytes, |bytes| expression(bytes, &names, &values, &item))
        });
}

fn expression(bytes: &[u8], names: &Map<String, Value>, values: &Map<String, Value>, item: &Item) {
    let text = String::from_utf8_lossy(bytes);
    let scope = || {
        let scope = Scope::read(
            Some(names.clone()),
            Some(values.clone()),
            &[("ConditionExpression", true)],
        );
        scope.unwrap_or_else(|error| panic!("{error:?}"))
    };
    if let Ok(condition) = Condition::parse(&text, "ConditionExpression", &mut scope()) {
        let _ = condition.holds(item);
    }
    if let Ok(projection) = Projection::parse(&text, &mut scope()) {
        let _ = projection.of(item);
    }
    if let Ok(update) = Update::parse(&text, &mut scope())
        && let Ok(after) = update.apply(item)
    {
        let text = nameplate_dynamodb::value::item_text(&after);
        let again = nameplate_dynamodb::value::stored_item(text.as_bytes());
        assert_eq!(again.ok(), Some(after));
    }
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        let _ = AttributeValue::parse(value);
    }
}

/// Queries of the fleet's index.
#[test]
fn queries() {
    let kept = Kept::of("languages__queries");
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| {
            kept.each(bytes, |bytes| {
                let text = String::from_utf8_lossy(bytes);
                if let Err(error) = Query::parse(Subject::Things, &text) {
                    assert!(!error.to_string().is_empty());
                }
            });
        });
}

/// Filter patterns of logs: a pattern in the first line, a message behind it.
#[test]
fn log_filters() {
    let kept = Kept::of("languages__log_filters");
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| {
            kept.each(bytes, |bytes| {
                let text = String::from_utf8_lossy(bytes);
                let (pattern, message) = text.split_once('\n').unwrap_or((&text, &text));
                if let Ok(pattern) = Pattern::parse(pattern) {
                    let _ = pattern.finds(message);
                }
            });
        });
}
