//! What the language means, on documents small enough to see.

use crate::search::{Document, Query, QueryError, Subject};

/// `thingName=lamp-1 attributes.color=Red …`; `_` stands for a space in a value.
fn document(text: &str) -> Document {
    let mut document = Document::default();
    for pair in text.split_whitespace() {
        let (field, value) = pair.split_once('=').expect("field=value");
        document.add(field, &value.replace('_', " "));
    }
    document
}

const LAMP: &str = "thingName=Lamp-1 thingTypeName=light thingGroupNames=Hall thingGroupNames=upstairs \
    attributes.color=Red attributes.watt=75 attributes.serial=abce connectivity.connected=true \
    connectivity.timestamp=1557700000000 registry.version=4242";

#[track_caller]
fn check(query: &str, expected: bool) {
    let parsed = Query::parse(Subject::Things, query).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        parsed.matches(&document(LAMP)),
        expected,
        "{query}: {parsed:?}"
    );
}

#[test]
fn the_examples_of_the_guide() {
    check("thingName:lamp-1", true);
    check("thingName:la*", true);
    check("thingName:lamp-?", true);
    check("thingName:lamp?", false);
    check("thingTypeName:light", true);
    check("attributes.watt:75", true);
    check("attributes.watt:[75 TO 80]", true);
    check("attributes.watt:{75 TO 80]", false);
    check("attributes.watt:[70 TO 75}", false);
    check("attributes.serial:[\"abcd\" TO \"abcf\"]", true);
    check("attributes.color:r*d", true);
    check(
        "attributes.color:red AND attributes.watt<80 NOT attributes.watt>100",
        true,
    );
    check(
        "attributes.color:red AND attributes.watt<5 NOT attributes.watt>100",
        false,
    );
    check("NOT attributes.model:legacy", true);
    check("shadow.hasDelta:true", false);
    check(
        "shadow.reported.location:* NOT shadow.desired.stats.battery:*",
        false,
    );
    check("connectivity.connected:true", true);
    check(
        "connectivity.connected:true AND connectivity.timestamp : [1557651600000 TO 1557867600000]",
        true,
    );
    check(
        "connectivity.connected:true AND connectivity.timestamp > 1557867600000",
        false,
    );
    check("connectivity.connected:*", true);
    check("thingName:(la* AND -plasma)", true);
    check("thingName:(la* AND -lamp-1)", false);
    check("*", true);
}

#[test]
fn numbers_are_equal_however_they_are_written() {
    let found = |value: &str, query: &str| {
        let parsed = Query::parse(Subject::Things, query).unwrap_or_else(|error| panic!("{error}"));
        parsed.matches(&document(&format!(
            "thingName=007 attributes.fw={value} shadow.reported.t={value}"
        )))
    };
    for value in [
        "10", "10.0", "1e1", "1.0E+1", "+10", "10.00", "0.1e2", "100e-1",
    ] {
        for query in [
            "shadow.reported.t:10",
            "shadow.reported.t:10.0",
            "shadow.reported.t:1e1",
            "attributes.fw:10",
            "attributes.fw:(9 OR 10.000)",
            "10",
            "shadow.reported.t>=10 AND shadow.reported.t<=10.0",
            "shadow.reported.t:[10 TO 1e1]",
            "NOT shadow.reported.t:11",
        ] {
            assert!(found(value, query), "{value} by {query}");
        }
        for query in [
            "attributes.fw:100",
            "attributes.fw:1",
            "attributes.fw:-10",
            "attributes.fw>10",
        ] {
            assert!(!found(value, query), "{value} by {query}");
        }
    }
    for value in ["0", "-0", "0.0", "0e5"] {
        assert!(found(value, "attributes.fw:0"), "{value}");
    }
    // Quoted it is a text, and so is a name.
    assert!(found("10", "attributes.fw:\"10\""));
    assert!(!found("10.0", "attributes.fw:\"10\""));
    assert!(found("x", "thingName:007"));
    assert!(!found("x", "thingName:7"));
    assert!(!found("x", "7"));
    // Twenty digits are all compared.
    let serial = "89440000000000000001";
    assert!(found(serial, "attributes.fw:89440000000000000001"));
    assert!(!found(serial, "attributes.fw:89440000000000000002"));
}

#[test]
fn terms() {
    // Case of letters does not matter in values.
    check("attributes.color:RED", true);
    check("LAMP-1", true);
    check("thingGroupNames:hall", true);
    check("thingGroupNames:(hall AND upstairs)", true);
    check("thingGroupNames:(hall AND cellar)", false);
    // Without a field, all fields; but versions cannot be searched.
    check("upstairs", true);
    check("75", true);
    check("4242", false);
    check("ups*", true);
    check("75.0", true);
    // Whole words only.
    check("attributes.color:re", false);
    check("attributes.color:\"Red\"", true);
    check("attributes.color:\"Re*\"", false);
    check("thingName:lamp\\-1", true);
    check("thingName:lamp\\*", false);
    check("attributes.none:*", false);
    check("-attributes.none:*", true);
}

#[test]
fn operators() {
    check("light red", true);
    check("light blue", false);
    check("light OR blue", true);
    // AND binds closer than OR, NOT closer than AND.
    check("red OR blue AND green", true);
    check("(red OR blue) AND green", false);
    check("NOT red OR light", true);
    check("NOT (red OR light)", false);
    check("NOT NOT red", true);
    check("--red", true);
    check("light -red", false);
    check("attributes.color:(blue OR red)", true);
    check("attributes.color:(blue OR thingName:lamp-1)", true);
}

#[test]
fn ranges() {
    check("attributes.watt>74.5", true);
    check("attributes.watt>=75", true);
    check("attributes.watt>75", false);
    check("attributes.watt<=75", true);
    check("attributes.watt <75.1", true);
    check("attributes.watt:[* TO 80]", true);
    check("attributes.watt:[80 TO *]", false);
    check("attributes.watt:[-5 TO 80]", true);
    check("attributes.watt:[* TO *]", true);
    // Quoted, they are texts: "75" < "8".
    check("attributes.watt:[\"7\" TO \"8\"]", true);
    check("attributes.watt:[7 TO 8]", false);
    // A value that is no number is in no range of numbers.
    check("attributes.color>1", false);
    check("attributes.color:[pink TO rose]", true);
    check("attributes.color:{red TO rose]", false);
}

#[test]
fn several_words() {
    let room = document("thingGroupName=R description=The_Big__Meeting_Room_7");
    let check = |query: &str, expected| {
        let parsed = Query::parse(Subject::ThingGroups, query).expect(query);
        assert_eq!(parsed.matches(&room), expected, "{query}");
    };
    check("meeting", true);
    check("description:\"big meeting\"", true);
    check("thingGroupDescription:\"big room\"", false);
    check("description:me*", true);
    check("description:*eet*", true);
    check("description:7", true);
}

#[test]
fn what_is_no_query() {
    let check = |query: &str, expected: &str| {
        let text = match Query::parse(Subject::Things, query) {
            Ok(parsed) => format!("{parsed:?}"),
            Err(QueryError::UnknownField { field, .. }) => format!("field {field}"),
            Err(QueryError::Malformed { why, .. }) => why,
        };
        assert!(text.contains(expected), "{query}: {text}");
    };
    check("thingGroupName:x", "field thingGroupName");
    check("registry.version:1", "field registry.version");
    check("ThingName:x", "field ThingName");
    check("attributes.:x", "field attributes.");
    check("shadow.x:1", "field shadow.x");
    check("shadow.name.a:1", "field shadow.name.a");
    check("attributes.a*:x", "field attributes.a*");
    check("", "ends where a term is expected");
    check("   ", "ends where a term is expected");
    check("a AND", "ends where a term is expected");
    check("AND a", "AND stands where a term");
    check("a OR OR b", "OR stands where a term");
    check("thingName:", "ends where a value is expected");
    check("(a", "\"(\" is not closed");
    check("thingName:(a", "\"(\" is not closed");
    check("a)", "')' closes nothing");
    check("\"a", "a quoted text is not closed");
    check("\"  \"", "a quoted text is empty");
    check("attributes.a:[1 TO 2", "a range is not closed");
    check("attributes.a:[1 2]", "[LOW TO HIGH]");
    check("[1 TO 2]", "a range needs a field");
    check("attributes.a:[1* TO 2]", "1* is no end of a range");
    check("a@b", "'@' is not supported");
    check("attributes.a:x/y", "'/' is not supported");
    check("attributes.a:b:c", "':' stands where a term");
    check("lamp~", "'~' is not supported");
    check("+lamp", "cannot begin with '+'");
    check("a -", "nothing follows \"-\"");
    check("a\\", "nothing follows \"\\\"");
    check("a?b?c?", "3 wildcards");
    check("*a thingName:?b", "only one term may begin with a wildcard");
    check(&format!("*a OR {}", "b".repeat(95)), "it may be 100");
    check(&"a".repeat(1001), "1001 characters long");
    check(&"a ".repeat(13), "more than 12 terms");
    check(&format!("{}a", "(".repeat(101)), "nested too deeply");
    check(&format!("{}a", "-".repeat(101)), "nested too deeply");
}

#[test]
fn the_wording_of_an_unknown_field_is_that_of_aws() {
    let error = Query::parse(Subject::Things, "thingGroupName:x").expect_err("it is unknown");
    assert_eq!(
        error.to_string(),
        "Unable to parse query, invalid field name, field name: thingGroupName, query string: thingGroupName:x"
    );
}
