//! Expressions in tables of cases.

use super::*;
use crate::value::{Item, item_text, parse_item};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn object(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

fn item(value: Value) -> Item {
    parse_item(object(value)).expect("an item")
}

fn scope() -> Scope {
    let names = json!({"#s": "status", "#d": "a.b"});
    let values = json!({
        ":a": {"S": "a"}, ":b": {"S": "b"}, ":z": {"S": "z"}, ":n": {"N": "5"}, ":one": {"N": "1"}, ":t": {"BOOL": true},
        ":l": {"L": [{"N": "9"}]}, ":null": {"NULL": true}, ":set": {"SS": ["x"]}, ":ns": {"NS": ["1"]}, ":N": {"S": "N"}, ":Q": {"S": "Q"},
    });
    let given = [("UpdateExpression", true)];
    Scope::read(Some(object(names)), Some(object(values)), &given).expect("well formed")
}

fn thing() -> Item {
    item(json!({
        "k": {"S": "key"}, "n": {"N": "5"}, "status": {"S": "new"}, "a.b": {"S": "dotted"},
        "m": {"M": {"x": {"N": "1"}, "l": {"L": [{"S": "p"}, {"S": "q"}]}}},
        "l": {"L": [{"N": "1"}, {"N": "2"}, {"N": "3"}]}, "ss": {"SS": ["x", "y"]}, "bin": {"B": "AQI="},
    }))
}

fn check(text: &str, expected: &str) {
    let found = match Condition::parse(text, "FilterExpression", &mut scope()) {
        Ok(condition) => condition.holds(&thing()).to_string(),
        Err(error) => error.0,
    };
    assert_eq!(found, expected, "{text}");
}

#[test]
fn conditions_hold_or_not() {
    for (text, expected) in [
        ("n = :n", true),
        ("n <> :n", false),
        ("n > :one AND n >= :n", true),
        ("n BETWEEN :one AND :n", true),
        ("k > :a", true),
        ("k < :n", false),
        ("absent = :a", false),
        ("absent <> :a", true),
        ("absent <> gone", true),
        ("absent = gone", false),
        ("attribute_type(:n, :N)", true),
        ("attribute_type(absent, :N)", false),
        ("#s IN (:a, :b)", false),
        ("n in (:a, :n)", true),
        ("attribute_exists(m.x)", true),
        ("attribute_exists(m.l[1])", true),
        ("attribute_exists(m.l[2])", false),
        ("attribute_not_exists(absent)", true),
        ("attribute_type(n, :N)", true),
        ("begins_with(k, :a)", false),
        ("contains(k, :b) OR contains(ss, :a)", false),
        ("contains(#d, :a)", false),
        ("size(l) = size(m.l)", false),
        ("size(k) < :n", true),
        ("size(bin) > :one", true),
        ("NOT n = :n OR n = :n", true),
        ("NOT (n = :n OR n = :n)", false),
        ("NOT NOT n = :n", true),
        ("NOT n = :a AND NOT (n = :b AND n = :n)", true),
        ("n = :a AND n = :n OR n = :n", true),
        ("n = :n OR (n = :a AND (n = :b OR n = :n))", true),
        ("n = :n OR n = :a AND n = :b", true),
        ("(n = :n OR n = :a) AND n = :b", false),
        ("not attribute_exists ( k )", false),
        (":n = n", true),
        ("n <= l[0]", false),
    ] {
        check(text, &expected.to_string());
    }
}

#[test]
fn conditions_that_cannot_be_read_are_refused_in_the_services_words() {
    for (text, expected) in [
        ("", "The expression can not be empty;"),
        ("  ", "The expression can not be empty;"),
        ("a", r#"Syntax error; token: "<EOF>", near: "a""#),
        ("a = ", r#"Syntax error; token: "<EOF>", near: "=""#),
        ("a = b c", r#"Syntax error; token: "c", near: "b c""#),
        ("a == :a", r#"Syntax error; token: "=", near: "== :a""#),
        ("a = $b", r#"Syntax error; token: "$", near: "= $b""#),
        ("a = :a)", r#"Syntax error; token: ")", near: ":a)""#),
        (
            "status = :a",
            "Attribute name is a reserved keyword; reserved keyword: status",
        ),
        (
            "a.Name = :a",
            "Attribute name is a reserved keyword; reserved keyword: Name",
        ),
        (
            "#x = :a",
            "An expression attribute name used in the document path is not defined; attribute name: #x",
        ),
        (
            "a = :x",
            "An expression attribute value used in expression is not defined; attribute value: :x",
        ),
        ("foo(a)", "Invalid function name; function: foo"),
        (
            "attribute_exists(a, b)",
            "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
        ),
        (
            "attribute_exists(:a)",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (
            "begins_with(a, :n)",
            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        ),
        (
            "begins_with(size(a), :a)",
            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        ),
        (
            "size(a)",
            "The function is not allowed to be used this way in an expression; function: size",
        ),
        (
            "attribute_exists(a) = :t",
            "The function is not allowed to be used this way in an expression; function: attribute_exists",
        ),
        (
            "a = a",
            "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]",
        ),
        (
            "a < :null",
            "Incorrect operand type for operator or function; operator or function: <, operand type: NULL",
        ),
        (
            "a BETWEEN :null AND :a",
            "Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: NULL",
        ),
        (
            "a BETWEEN :z AND :a",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {S:z}, upper bound operand: AttributeValue: {S:a}",
        ),
        ("((a = :a))", "The expression has redundant parentheses;"),
        (
            "attribute_type(a, :Q)",
            "Invalid attribute type name found; type: Q, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
        (
            "a > :t",
            "Incorrect operand type for operator or function; operator or function: >, operand type: BOOL",
        ),
    ] {
        check(text, &format!("Invalid FilterExpression: {expected}"));
    }
    let deep = format!("{}a = :a{}", "(".repeat(2000), ")".repeat(2000));
    check(
        &deep,
        "Invalid FilterExpression: The expression has redundant parentheses;",
    );
    let many = "NOT ".repeat(1000) + "a = :a";
    check(
        &many,
        "Invalid FilterExpression: The expression contains too many operators; operator count: 301",
    );
    let long = format!("a = :a{}", " ".repeat(4096));
    check(
        &long,
        "Invalid FilterExpression: Expression size has exceeded the maximum allowed size; expression size: 4102",
    );
}

fn update(text: &str, expected: &str) {
    let found = Update::parse(text, &mut scope()).and_then(|update| update.apply(&thing()));
    let found = match found {
        // What has changed, and what is gone.
        Ok(after) => {
            let before = thing();
            let changed: Item = after
                .iter()
                .filter(|(name, value)| before.get(*name) != Some(value))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            let gone: Vec<&str> = before
                .keys()
                .filter(|name| !after.contains_key(*name))
                .map(String::as_str)
                .collect();
            format!("{} -{}", item_text(&changed), gone.join(",")).replace('"', "")
        }
        Err(error) => error.0,
    };
    assert_eq!(found, expected, "{text}");
}

#[test]
fn updates_make_items() {
    for (text, expected) in [
        ("SET x = :a, #s = :b", "{status:{S:b},x:{S:a}} -"),
        ("set n = n + :one", "{n:{N:6}} -"),
        ("SET n = :one - n", "{n:{N:-4}} -"),
        ("SET n = (n - :one)", "{n:{N:4}} -"),
        ("SET n = (n) + (:one), x = (:a)", "{n:{N:6},x:{S:a}} -"),
        ("SET n = (if_not_exists(x, :one) + n)", "{n:{N:6}} -"),
        (
            "SET x = if_not_exists(x, :a), y = if_not_exists(n, :a)",
            "{x:{S:a},y:{N:5}} -",
        ),
        ("SET x = if_not_exists(absent, :one) + :one", "{x:{N:2}} -"),
        (
            "SET l = list_append(l, :l)",
            "{l:{L:[{N:1},{N:2},{N:3},{N:9}]}} -",
        ),
        (
            "SET l[1] = :a, l[8] = :b",
            "{l:{L:[{N:1},{S:a},{N:3},{S:b}]}} -",
        ),
        (
            "SET m.y = :a",
            "{m:{M:{l:{L:[{S:p},{S:q}]},x:{N:1},y:{S:a}}}} -",
        ),
        (
            "SET m.l[0] = m.x",
            "{m:{M:{l:{L:[{N:1},{S:q}]},x:{N:1}}}} -",
        ),
        ("SET x = n, n = :one", "{n:{N:1},x:{N:5}} -"),
        (
            "REMOVE n, m.x, l[0], l[1]",
            "{l:{L:[{N:3}]},m:{M:{l:{L:[{S:p},{S:q}]}}}} -n",
        ),
        ("REMOVE absent, l[77]", "{} -"),
        (
            "ADD n :one, x :n, ss :set, y :set",
            "{n:{N:6},x:{N:5},y:{SS:[x]}} -",
        ),
        ("DELETE ss :set", "{ss:{SS:[y]}} -"),
        ("DELETE absent :set SET x = :a REMOVE n", "{x:{S:a}} -n"),
    ] {
        update(text, expected);
    }
}

#[test]
fn updates_that_cannot_be_are_refused_in_the_services_words() {
    let invalid = |why: &str| format!("Invalid UpdateExpression: {why}");
    for (text, expected) in [
        (
            "SET",
            invalid(r#"Syntax error; token: "<EOF>", near: "SET""#),
        ),
        (
            "FOO a = :a",
            invalid(r#"Syntax error; token: "FOO", near: "FOO a""#),
        ),
        (
            "SET a = :a,",
            invalid(r#"Syntax error; token: "<EOF>", near: ",""#),
        ),
        (
            "SET a = :a SET b = :a",
            invalid("The \"SET\" section can only be used once in an update expression;"),
        ),
        (
            "SET a = :a REMOVE a",
            invalid(
                "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
            ),
        ),
        (
            "SET a.b = :a, a[0] = :a",
            invalid(
                "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]",
            ),
        ),
        (
            "SET name = :a",
            invalid("Attribute name is a reserved keyword; reserved keyword: name"),
        ),
        (
            "ADD a :a",
            invalid(
                "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND",
            ),
        ),
        (
            "DELETE a :n",
            invalid(
                "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND",
            ),
        ),
        (
            "SET a = list_append(:a, :l)",
            invalid(
                "Incorrect operand type for operator or function; operator or function: list_append, operand type: S",
            ),
        ),
        (
            "SET a = n + :a",
            invalid(
                "Incorrect operand type for operator or function; operator or function: +, operand type: S",
            ),
        ),
        (
            "SET a = (n + :one",
            invalid(r#"Syntax error; token: "<EOF>", near: ":one""#),
        ),
        (
            "SET a = (n + :one) + :one",
            invalid(r#"Syntax error; token: "+", near: ") + :one""#),
        ),
        (
            "SET a = size(b)",
            invalid("The function is not allowed in an update expression; function: size"),
        ),
        (
            "SET x = absent",
            "The provided expression refers to an attribute that does not exist in the item".into(),
        ),
        (
            "SET x = absent + :one",
            "The provided expression refers to an attribute that does not exist in the item".into(),
        ),
        (
            "SET x = k + :one",
            "An operand in the update expression has an incorrect data type".into(),
        ),
        (
            "ADD k :one",
            "An operand in the update expression has an incorrect data type".into(),
        ),
        (
            "SET absent.x = :a",
            "The document path provided in the update expression is invalid for update".into(),
        ),
        (
            "SET n.x = :a",
            "The document path provided in the update expression is invalid for update".into(),
        ),
        (
            "REMOVE absent.x",
            "The document path provided in the update expression is invalid for update".into(),
        ),
    ] {
        update(text, &expected);
    }
    let deep = format!("SET a = {}a", "if_not_exists(a,".repeat(200));
    update(
        &deep,
        &invalid("The expression contains too many operators"),
    );
}

#[test]
fn projections_keep_what_is_asked_for() {
    let check = |text: &str, expected: &str| {
        let found = match Projection::parse(text, &mut scope()) {
            Ok(projection) => item_text(&projection.of(&thing())).replace('"', ""),
            Err(error) => error.0,
        };
        assert_eq!(found, expected, "{text}");
    };
    check("k, #s", "{k:{S:key},status:{S:new}}");
    check("m.x, m.l[1], absent", "{m:{M:{l:{L:[{S:q}]},x:{N:1}}}}");
    check("l[2], l[0]", "{l:{L:[{N:1},{N:3}]}}");
    check("#d", "{a.b:{S:dotted}}");
    check("m.l[7], m.y", "{}");
    check(
        "a, a.b",
        "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
    );
    check(
        "a,",
        "Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\"",
    );
    check(
        "a[x]",
        "Invalid ProjectionExpression: Syntax error; token: \"x\", near: \"[x]\"",
    );
}

#[test]
fn key_conditions_are_about_keys() {
    use crate::key::{KeyAttribute, KeyKind, KeySchema};
    let attribute = |name: &str, kind| KeyAttribute {
        name: name.into(),
        kind,
    };
    let schema = KeySchema::of(attribute("h", KeyKind::S), Some(attribute("r", KeyKind::N)));
    let check = |text: &str, expected: &str| {
        let found = Condition::parse(text, "KeyConditionExpression", &mut scope())
            .and_then(|condition| KeyCondition::of(condition, &schema));
        let found = match found {
            Ok(found) => match found.sort {
                Some(_) => "both".to_owned(),
                None => "hash".to_owned(),
            },
            Err(error) => error.0,
        };
        assert_eq!(found, expected, "{text}");
    };
    check("h = :a", "hash");
    check(":a = h AND r > :n", "both");
    check("r BETWEEN :one AND :n AND h = :a", "both");
    check("(h = :a) AND (r = :n)", "both");
    check("r = :n", "Query condition missed key schema element: h");
    check(
        "h = :a AND x = :n",
        "Query condition missed key schema element: r",
    );
    check(
        "h = :n",
        "One or more parameter values were invalid: Condition parameter type does not match schema type",
    );
    check("h > :a", "Query key condition not supported");
    // Of the wrong type, before how it is compared.
    check(
        "h > :n",
        "One or more parameter values were invalid: Condition parameter type does not match schema type",
    );
    check("h > :a AND x = :n", "Query key condition not supported");
    check(
        "h = :a OR r = :n",
        "Invalid operator used in KeyConditionExpression: OR",
    );
    check(
        "h = :a AND r <> :n",
        "Invalid operator used in KeyConditionExpression: <>",
    );
    check(
        "h = :a AND h = :b",
        "KeyConditionExpressions must only contain one condition per key",
    );
    check(
        "h.x = :a",
        "KeyConditionExpressions cannot have conditions on nested attributes",
    );
    check(
        "contains(h, :a)",
        "Invalid operator used in KeyConditionExpression: contains",
    );
}

#[test]
fn names_and_values_must_be_used() {
    let scope = scope();
    let unused = scope.all_used().expect_err("none is used");
    assert_eq!(
        unused.0,
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#d, #s}"
    );
}

proptest! {
    #[test]
    fn any_text_is_an_expression_or_refused(text in "[ -~]{0,60}") {
        let _ = Condition::parse(&text, "FilterExpression", &mut scope());
        let _ = Update::parse(&text, &mut scope()).map(|update| update.apply(&thing()));
        let _ = Projection::parse(&text, &mut scope()).map(|projection| projection.of(&thing()));
    }

    #[test]
    fn any_words_are_an_expression_or_refused(words in proptest::collection::vec("SET|REMOVE|a|#s|:a|:n|=|\\(|\\)|,|\\.|\\[|0|\\]|AND|OR|NOT|IN|BETWEEN|size|if_not_exists|\\+", 0..20)) {
        let text = words.join(" ");
        let _ = Condition::parse(&text, "FilterExpression", &mut scope());
        let _ = Update::parse(&text, &mut scope()).map(|update| update.apply(&thing()));
    }
}

#[test]
fn what_counts_as_an_operator() {
    let nested =
        |depth: usize| format!("n < :n{}{}", " or (n < :n".repeat(depth), ")".repeat(depth));
    check(&nested(149), "false");
    check(
        &nested(150),
        "Invalid FilterExpression: The expression contains too many operators; operator count: 301",
    );
    check(
        &format!("{}n = :n{}", "(".repeat(1000), ")".repeat(1000)),
        "Invalid FilterExpression: The expression has redundant parentheses;",
    );
    check(
        &format!("n < {}k{}", "f(".repeat(1000), ")".repeat(1000)),
        "Invalid FilterExpression: Invalid function name; function: f",
    );
    check(
        &format!("n < {}k{}", "size(".repeat(500), ")".repeat(500)),
        "Invalid FilterExpression: The function is not allowed to be used this way in an expression; function: size",
    );
}

#[test]
fn functions_stand_where_the_service_takes_them() {
    for (text, why) in [
        (
            "attribute_type(n, k)",
            "Operator or function requires an expression attribute value; operator or function: attribute_type",
        ),
        (
            "if_not_exists(n, :n) = :n",
            "The function is not allowed in a condition expression; function: if_not_exists",
        ),
        (
            "size(size(k)) = :n",
            "Incorrect operand type for operator or function; operator or function: size, operand type: N",
        ),
        ("_n = :n", "Syntax error; token: \"_\", near: \"_n\""),
    ] {
        check(text, &format!("Invalid FilterExpression: {why}"));
    }
    let twice = "SET l = list_append(list_append(:l, :l), :l)";
    assert_eq!(
        Update::parse(twice, &mut scope()).expect_err("refused").0,
        "Invalid UpdateExpression: The function is not allowed to be used this way in an expression; function: list_append"
    );
}

#[test]
fn what_only_takes_away_makes_no_item() {
    for (text, only) in [
        ("REMOVE a", true),
        ("DELETE ss :set", true),
        ("REMOVE a.b SET c = :a", false),
        ("REMOVE a ADD n :n", false),
    ] {
        let update = Update::parse(text, &mut scope()).expect("it reads");
        assert_eq!(update.only_removes(), only, "{text}");
    }
    assert!(!Update::default().only_removes());
}
