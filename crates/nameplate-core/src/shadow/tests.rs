use super::*;
use serde_json::{Value, json};

const NOW: i64 = 1_700_000_000;

/// A shadow of thing `T` that requests are made to, one after the other.
#[derive(Default)]
struct Run {
    current: Current,
}

impl Run {
    fn name() -> ShadowName {
        ShadowName::new("T", None).expect("a right name")
    }

    fn try_update(&mut self, body: &str) -> Result<Updated, Refusal> {
        let request = Update::parse(body.as_bytes()).map_err(|rejected| rejected.refusal)?;
        let updated = update(&self.current, &request, NOW)?;
        // Kept as text between two requests.
        let content = Content::decode(&updated.content.encode());
        assert_eq!(content.as_ref(), Some(&updated.content));
        self.current = Current {
            version: updated.version,
            content,
        };
        Ok(updated)
    }

    fn update(&mut self, body: &str) -> Updated {
        self.try_update(body)
            .unwrap_or_else(|refusal| panic!("{body}: {refusal}"))
    }

    fn get(&self) -> Result<Value, Refusal> {
        get(&Self::name(), &self.current, None, NOW)
    }

    fn delete(&mut self) -> Value {
        self.current.content = None;
        deleted(self.current.version, None, NOW)
    }
}

/// Updates one after the other, then what `get` says of the state.
#[track_caller]
fn check(updates: &[&str], state: Value) -> Run {
    let mut run = Run::default();
    for body in updates {
        run.update(body);
    }
    let got = run.get().expect("there is a shadow");
    assert_eq!(got["state"], state, "{updates:?}");
    assert_eq!(got["version"], json!(updates.len()), "{updates:?}");
    run
}

/// The delta after two updates.
#[track_caller]
fn check_delta(first: &str, second: &str, delta: Value) {
    let mut run = Run::default();
    run.update(first);
    let updated = run.update(second);
    let told = updated
        .delta
        .as_ref()
        .map_or(Value::Null, |d| d["state"].clone());
    assert_eq!(told, delta, "{second} after {first}");
}

#[track_caller]
fn check_refused(body: &str, text: &str, code: u16) {
    let refusal = Run::default()
        .try_update(body)
        .expect_err("it is to be refused");
    assert_eq!((refusal.to_string().as_str(), refusal.code()), (text, code));
}

#[test]
fn nothing_is_there_before_the_first_update() {
    let refusal = Run::default().get().expect_err("there is none");
    assert_eq!(refusal.to_string(), "No shadow exists with name: 'T'");
    assert_eq!(refusal.code(), 404);
    let named = ShadowName::new("T", Some("n")).expect("a right name");
    let refusal = get(&named, &Current::default(), None, NOW).expect_err("there is none");
    assert_eq!(refusal.to_string(), "No shadow exists with name: 'n'");
}

#[test]
fn a_first_update_answers_what_was_sent() {
    let mut run = Run::default();
    let updated = run.update(r#"{"state":{"desired":{"led":"on"}}}"#);
    let stamp = json!({"led": {"timestamp": NOW}});
    assert_eq!(
        updated.accepted,
        json!({
            "state": {"desired": {"led": "on"}}, "metadata": {"desired": stamp},
            "version": 1, "timestamp": NOW,
        })
    );
    assert_eq!(
        updated.delta,
        Some(json!({"version": 1, "timestamp": NOW, "state": {"led": "on"}, "metadata": stamp}))
    );
    assert_eq!(
        updated.documents,
        json!({
            "previous": {"state": {}, "metadata": {}, "version": 0},
            "current": {
                "state": {"desired": {"led": "on"}}, "metadata": {"desired": stamp}, "version": 1,
            },
            "timestamp": NOW,
        })
    );
    assert_eq!(
        run.get(),
        Ok(json!({
            "state": {"desired": {"led": "on"}, "delta": {"led": "on"}},
            "metadata": {"desired": stamp}, "version": 1, "timestamp": NOW,
        }))
    );
    let updated = run.update(r#"{"state":{"reported":{"led":"on"}}}"#);
    assert_eq!(
        updated.accepted["state"],
        json!({"reported": {"led": "on"}})
    );
    assert_eq!(updated.version, 2);
    assert_eq!(updated.delta, None);
    assert_eq!(updated.documents["previous"]["version"], 1);
    assert_eq!(
        run.get().expect("it is there")["state"],
        json!({"desired": {"led": "on"}, "reported": {"led": "on"}})
    );
}

#[test]
fn a_version_is_an_optimistic_lock() {
    let mut run = check(
        &[
            r#"{"state":{"desired":{"led":"on"}}}"#,
            r#"{"state":{"reported":{"led":"on"}},"version":1}"#,
        ],
        json!({"desired": {"led": "on"}, "reported": {"led": "on"}}),
    );
    for version in ["1", "3", "0"] {
        let body = format!(r#"{{"state":{{"desired":{{"led":"on"}}}},"version":{version}}}"#);
        assert_eq!(run.try_update(&body), Err(Refusal::VersionConflict));
    }
    assert_eq!(Refusal::VersionConflict.code(), 409);
}

#[test]
fn states_merge_and_null_removes() {
    let s1 = r#"{"state":{"desired":{"s1":1,"s2":2}}}"#;
    let s1_gone = r#"{"state":{"desired":{"s1":null}}}"#;
    let left = json!({"s2": 2});
    check(&[s1, s1_gone], json!({"desired": left, "delta": left}));
    check(
        &[s1, s1_gone, r#"{"state":{"desired":{"s2":null}}}"#],
        json!({}),
    );
    check(&[r#"{"state":{}}"#], json!({}));
    check(&[r#"{"state":{"desired":{}}}"#], json!({}));
    check(
        &[
            r#"{"state":{"desired":{}}}"#,
            r#"{"state":{"reported":{"online":false}}}"#,
        ],
        json!({"reported": {"online": false}}),
    );
    check(
        &[
            r#"{"state":{}}"#,
            r#"{"state":{"reported":{"online":null}}}"#,
        ],
        json!({}),
    );
    let last = json!({"a": 1, "b": {"c": {}}, "d": {}});
    check(
        &[
            r#"{"state":{"desired":{"a":1,"b":{"c":3},"d":{}}}}"#,
            r#"{"state":{"desired":{"a":1,"b":{"c":{}},"d":{}}}}"#,
        ],
        json!({"desired": last, "delta": last}),
    );
    let last = json!({"a": 1, "b": {"c": {"d": 3}}});
    check(
        &[
            r#"{"state":{"desired":{"a":1,"b":{"c":3}}}}"#,
            r#"{"state":{"desired":{"a":1,"b":{"c":{"d":3}}}}}"#,
        ],
        json!({"desired": last, "delta": last}),
    );
    check(
        &[
            r#"{"state":{"desired":{"led":"on"}}}"#,
            r#"{"state":{"reported":{"c":"red"},"desired":null}}"#,
        ],
        json!({"reported": {"c": "red"}}),
    );
    check(
        &[r#"{"state":{"reported":{"n":18446744073709551615}}}"#],
        json!({"reported": {"n": 18_446_744_073_709_551_615_u64}}),
    );
}

#[test]
fn a_null_state_removes_all() {
    let mut run = check(
        &[r#"{"state":{"desired":{"a":1}}}"#],
        json!({
            "desired": {"a": 1}, "delta": {"a": 1},
        }),
    );
    let updated = run.update(r#"{"state":null}"#);
    assert_eq!(
        updated.accepted,
        json!({"state": null, "metadata": {"timestamp": NOW}, "version": 2, "timestamp": NOW})
    );
    let got = run.get().expect("it is there");
    assert_eq!(got["state"], json!({}));
    assert_eq!(got["metadata"], json!({}));
    let updated = run.update(r#"{"state":{"desired":{"a":"b"}}}"#);
    assert_eq!(updated.version, 3);
    assert_eq!(
        run.get().expect("it is there")["state"],
        json!({
            "desired": {"a": "b"}, "delta": {"a": "b"},
        })
    );
}

#[test]
fn the_delta_is_what_is_desired_and_not_reported() {
    for (first, second, delta) in [
        (
            r#"{"desired":{"enabled":true}}"#,
            r#"{"reported":{"online":false,"enabled":true}}"#,
            Value::Null,
        ),
        (
            r#"{"desired":{"online":true}}"#,
            r#"{"reported":{"online":false}}"#,
            json!({"online": true}),
        ),
        (
            r#"{"desired":{"enabled":true}}"#,
            r#"{"reported":{}}"#,
            json!({"enabled": true}),
        ),
        (
            r#"{"reported":{"list":["v1","v2"]}}"#,
            r#"{"desired":{"list":["v1"]}}"#,
            json!({"list": ["v1"]}),
        ),
        (
            r#"{"reported":{"a":{"b":["d"]}}}"#,
            r#"{"desired":{"a":{"b":["c","d"]}}}"#,
            json!({"a": {"b": ["c", "d"]}}),
        ),
        (
            r#"{"reported":{"a":{"b":{"c":"d","e":"f"}}}}"#,
            r#"{"desired":{"a":{"b":{"c":"d2"}}}}"#,
            json!({"a": {"b": {"c": "d2"}}}),
        ),
        (
            r#"{"reported":{"a1":{"b1":{"c":"d"}}}}"#,
            r#"{"desired":{"a1":{"b1":{"c":"d"}},"a2":{"b2":"sth"}}}"#,
            json!({"a2": {"b2": "sth"}}),
        ),
        (
            r#"{"reported":{"a":{"b1":{"c":"d"}}}}"#,
            r#"{"desired":{"a":{"b1":{"c":"d"},"b2":"sth"}}}"#,
            json!({"a": {"b2": "sth"}}),
        ),
        (
            r#"{"desired":{"c":{"r":255,"g":255}}}"#,
            r#"{"reported":{"c":{"r":255,"g":0}}}"#,
            json!({"c": {"g": 255}}),
        ),
        (
            r#"{"desired":{"n":1}}"#,
            r#"{"reported":{"n":1.0}}"#,
            Value::Null,
        ),
        (
            r#"{"desired":{"n":[1,{"a":2}]}}"#,
            r#"{"reported":{"n":[1.0,{"a":2.0}]}}"#,
            Value::Null,
        ),
        (
            r#"{"reported":{"a":{"b":1}}}"#,
            r#"{"desired":{"a":5}}"#,
            json!({"a": 5}),
        ),
    ] {
        let body = |state: &str| format!(r#"{{"state":{state}}}"#);
        check_delta(&body(first), &body(second), delta);
    }
}

#[test]
fn a_delta_says_when_it_was_desired() {
    let mut run = Run::default();
    run.update(r#"{"state":{"desired":{"a":{"b":1,"c":2},"d":[1]}}}"#);
    let updated = run.update(r#"{"state":{"reported":{"a":{"b":1}}}}"#);
    let stamp = json!({"timestamp": NOW});
    assert_eq!(
        updated.delta.expect("they differ")["metadata"],
        json!({"a": {"c": stamp}, "d": [stamp]})
    );
}

#[test]
fn metadata_has_a_time_for_each_leaf() {
    let mut run = Run::default();
    run.update(r#"{"state":{"reported":{"rgb":[128,128,{"x":1}],"o":{"p":true,"q":{}}}}}"#);
    let stamp = json!({"timestamp": NOW});
    assert_eq!(
        run.get().expect("it is there")["metadata"],
        json!({"reported": {"rgb": [stamp, stamp, {"x": stamp}], "o": {"p": stamp, "q": {}}}})
    );
}

#[test]
fn what_is_wrong_is_named() {
    check_refused("not json", "Invalid JSON", 400);
    check_refused("[]", "Invalid JSON", 400);
    check_refused("", "Invalid JSON", 400);
    check_refused(
        r#"{"desired":{"a":1}}"#,
        "Missing required node: state",
        400,
    );
    check_refused(r#"{"state":"x"}"#, "State node must be an object", 400);
    check_refused(
        r#"{"state":{"desired":[]}}"#,
        "Desired node must be an object",
        400,
    );
    check_refused(
        r#"{"state":{"reported":1}}"#,
        "Reported node must be an object",
        400,
    );
    check_refused(
        r#"{"state":{"foo":{}}}"#,
        "State contains an invalid node: 'foo'",
        400,
    );
    check_refused(
        r#"{"state":{"delta":{}}}"#,
        "State contains an invalid node: 'delta'",
        400,
    );
    check_refused(
        r#"{"state":{"desired":{"l":[null,"x"]}}}"#,
        "State contains an invalid node: 'l'",
        400,
    );
    for version in ["-1", "1.5", "\"1\"", "null"] {
        let body = format!(r#"{{"state":{{}},"version":{version}}}"#);
        check_refused(&body, "Invalid version", 400);
    }
    let long = format!(r#"{{"state":{{}},"clientToken":"{}"}}"#, "t".repeat(65));
    check_refused(&long, "Invalid clientToken", 400);
    check_refused(
        r#"{"state":{},"clientToken":7}"#,
        "Invalid clientToken",
        400,
    );
    let rejected = Update::parse(b"\xff").expect_err("no UTF-8");
    assert_eq!(rejected.refusal.code(), 415);
}

#[test]
fn state_is_bounded_in_depth_and_size() {
    let nested = |levels: usize| {
        let (open, close) = (r#"{"a":"#.repeat(levels), "}".repeat(levels));
        format!(r#"{{"state":{{"desired":{open}1{close}}}}}"#)
    };
    Run::default().update(&nested(STATE_DEPTH));
    for levels in [STATE_DEPTH + 1, 1300] {
        check_refused(
            &nested(levels),
            "JSON contains too many levels of nesting; maximum is 8",
            400,
        );
    }
    let sized = |bytes: usize| {
        let text = "x".repeat(bytes - r#"{"a":""}"#.len());
        format!(r#"{{"state":{{"desired":{{"a":"{text}"}}}}}}"#)
    };
    let mut run = Run::default();
    run.update(&sized(STATE_BYTES));
    assert_eq!(
        run.try_update(&sized(STATE_BYTES + 1)),
        Err(Refusal::TooLarge)
    );
    // Both sections count, and what is there already.
    assert_eq!(
        run.try_update(r#"{"state":{"reported":{"a":1}}}"#),
        Err(Refusal::TooLarge)
    );
    assert_eq!(Refusal::TooLarge.code(), 413);
}

#[test]
fn a_token_comes_back() {
    let mut run = Run::default();
    let updated = run.update(r#"{"state":{"desired":{"a":1}},"clientToken":"t1"}"#);
    for document in [&updated.accepted, &updated.documents] {
        assert_eq!(document["clientToken"], "t1");
    }
    assert_eq!(updated.delta.expect("they differ")["clientToken"], "t1");
    let rejected =
        Update::parse(br#"{"state":1,"clientToken":"t2"}"#).expect_err("the state is no object");
    assert_eq!(rejected.client_token.as_deref(), Some("t2"));
    assert_eq!(
        rejection(&rejected.refusal, Some("t2"), NOW),
        json!({
            "code": 400, "message": "State node must be an object", "timestamp": NOW, "clientToken": "t2",
        })
    );
}

#[test]
fn of_get_and_delete_only_the_token_is_looked_at() {
    let check = |body: &[u8], expected: Option<&str>| {
        assert_eq!(client_token(body).as_deref(), expected, "{body:?}");
    };
    check(br#"{"clientToken":"t3","x":1}"#, Some("t3"));
    let long = format!(r#"{{"clientToken":"{}"}}"#, "t".repeat(65));
    for body in [
        "",
        "{",
        "nonsense",
        "[]",
        "7",
        "{}",
        r#"{"clientToken":7}"#,
        &long,
    ] {
        check(body.as_bytes(), None);
    }
    check(b"\xff\x00", None);
}

#[test]
fn a_deleted_shadow_goes_on_counting() {
    let mut run = check(
        &[
            r#"{"state":{"desired":{"a":1}}}"#,
            r#"{"state":{"desired":null}}"#,
        ],
        json!({}),
    );
    assert_eq!(run.delete(), json!({"version": 2, "timestamp": NOW}));
    assert!(run.get().is_err());
    let updated = run.update(r#"{"state":{"desired":{"b":1}}}"#);
    assert_eq!(updated.version, 3);
    assert_eq!(updated.documents["previous"]["version"], 0);
    assert_eq!(
        updated.documents["current"]["state"],
        json!({"desired": {"b": 1}})
    );
}

#[test]
fn topics_name_a_shadow_and_an_operation() {
    for (topic, expected) in [
        (
            "$aws/things/T/shadow/get",
            Some(("T", None, Operation::Get)),
        ),
        (
            "$aws/things/T/shadow/update",
            Some(("T", None, Operation::Update)),
        ),
        (
            "$aws/things/a:b/shadow/name/n/delete",
            Some(("a:b", Some("n"), Operation::Delete)),
        ),
        ("$aws/things/T/shadow/update/accepted", None),
        ("$aws/things/T/shadow/name/update", None),
        ("$aws/things/T/shadow/other", None),
        ("$aws/things/T/x/shadow/get", None),
        ("things/T/shadow/get", None),
    ] {
        assert_eq!(of_topic(topic), expected, "{topic}");
    }
    let named = ShadowName::new("T", Some("$n")).expect("a right name");
    assert_eq!(named.topic_prefix(), "$aws/things/T/shadow/name/$n");
    assert_eq!(ShadowName::new("T", Some("")), Err(Refusal::ShadowName));
    assert_eq!(
        ShadowName::new("T", Some(&"n".repeat(65))),
        Err(Refusal::ShadowName)
    );
    assert_eq!(ShadowName::new("a b", None), Err(Refusal::ThingName));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_survived(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let _ = Update::parse(&body);
        let _ = client_token(&body);
    }

    /// Applying what the delta says as reported leaves no delta.
    #[test]
    fn reporting_the_delta_ends_it(
        desired in "[a-c]", nested in "[a-c]", first in 0..3_i64, second in 0..3_i64,
    ) {
        let mut run = Run::default();
        run.update(&json!({"state": {"reported": {"a": first, "b": {"a": second}}}}).to_string());
        let mut wanted = serde_json::Map::new();
        wanted.insert(desired, json!(second));
        wanted.insert("n".into(), json!({nested: first}));
        let updated = run.update(&json!({"state": {"desired": wanted}}).to_string());
        let delta = updated.delta.expect("n is not reported");
        let updated = run.update(&json!({"state": {"reported": delta["state"]}}).to_string());
        proptest::prop_assert_eq!(updated.delta, None);
    }
}
