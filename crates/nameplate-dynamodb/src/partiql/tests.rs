use super::{Reads, Statement};
use crate::key::{KeyAttribute, KeyKind, KeySchema};
use crate::table::{Billing, Index, IndexProjection, Table};
use crate::value::{AttributeValue, item_text};

fn key(name: &str) -> KeyAttribute {
    KeyAttribute {
        name: name.into(),
        kind: KeyKind::S,
    }
}

fn table() -> Table {
    let schema = KeySchema::of(key("pk"), Some(key("sk")));
    Table {
        name: "tab".into(),
        id: String::new(),
        created: 0,
        attributes: ["pk", "sk", "g"].map(key).to_vec(),
        indexes: vec![Index {
            name: "by-g".into(),
            key: 2,
            local: false,
            schema: KeySchema::of(key("g"), None),
            projection: IndexProjection::Include(vec!["p".into()]),
            throughput: None,
            throughput_history: Default::default(),
            backfilling: false,
        }],
        schema,
        billing: Billing::OnDemand,
        throughput_history: Default::default(),
        on_demand_since: None,
        class: None,
        protected: false,
        ttl: None,
        ttl_since: None,
        importing: false,
        class_since: None,
    }
}

fn parse(text: &str) -> Result<Statement, String> {
    Statement::parse(text, Vec::new()).map_err(|why| why.0)
}

/// What a statement is refused with, as it is read.
fn refused(text: &str, why: &str) {
    assert_eq!(parse(text), Err(why.to_owned()), "{text}");
}

fn malformed(text: &str, why: &str) {
    let why = format!("Statement wasn't well formed, can't be processed: {why}");
    refused(text, &why);
}

#[test]
fn statements_that_cannot_be_read_are_refused_as_the_service_does() {
    let leftover = "Unexpected token after expression";
    for text in [
        "SELECT * FROM tab WHERE pk = 1 foo",
        "SELECT * FROM tab WHERE pk = 1 e5",
        "SELECT * FROM tab WHERE pk = 1)",
        "SELECT * FROM tab ORDER BY pk WHERE pk = 1",
        "INSERT INTO tab VALUE {'pk': 1} foo",
        "INSERT INTO tab t VALUE {'pk': 'x'}",
        "UPDATE tab SET a = 9 WHERE pk = 1 foo",
        "DELETE FROM tab WHERE pk = 1 ORDER BY pk",
        "FROM tab SET c = 1 WHERE pk = 'a'",
        "SELECTT * FROMM tab",
    ] {
        malformed(text, leftover);
    }
    for text in [
        "SELECT * FROM tab WHERE pk = 1e2147483648",
        "SELECT * FROM tab WHERE pk = 1.5e-2147483647",
        "SELECT * FROM tab WHERE pk = 1 # note",
        "SELECT * FROM tab WHERE pk = 1 /* note",
        "SELECT * FROM tab WHERE pk = 'a",
    ] {
        malformed(text, "");
    }
    for text in [
        "SELECT * FROM tab WHERE",
        "SELECT * FROM tab WHERE;",
        "SELECT * FROM tab WHERE NOT",
        "SELECT * FROM tab WHERE (",
        "DELETE FROM tab WHERE",
        "SELECT * FROM",
        "",
    ] {
        malformed(text, "Unexpected term");
    }
    let missing = "Missing right-hand side expression of infix operator";
    malformed("SELECT * FROM tab WHERE pk = 'p1' AND", missing);
    malformed("SELECT * FROM tab WHERE pk = 'p1' OR", missing);
    malformed("SELECT * FROM tab WHERE ORDER BY pk", "Unexpected keyword");
    malformed("SELECT * FROM tab WHERE IS NULL", "Unexpected operator");
    malformed("SELECT * FROM tab WHERE pk = LIKE", "Unexpected operator");
    malformed("SELECT * FROM tab WHERE x IS FOO", "Expected type name");
    malformed("DELETE FROM", "Expected identifier for simple path");
    malformed(
        "SELECT * FROM tab WHERE attribute_exists(m.inner)",
        "Invalid path dot component",
    );
    refused("x IS INT4", "Unsupported operation: IsType");
    for text in [
        "SELECT * FROM tab t WHERE pk = 'x'",
        "DELETE FROM tab AS t WHERE pk = 'x'",
    ] {
        refused(text, "Aliasing is not supported");
    }
    let deep = format!("SELECT * FROM tab WHERE {}a = 1", "(".repeat(8000));
    malformed(&deep, "Expressions are nested too deeply");
}

#[test]
fn sources_and_columns_that_cannot_be_are_refused() {
    refused(
        "SELECT * FROM \"\" WHERE pk = 'x'",
        "Path component cannot be an empty string",
    );
    refused(
        "SELECT * FROM tab.\"\"",
        "Path component cannot be an empty string",
    );
    refused(
        "SELECT * FROM tab.a.b",
        "A path may contain at most 2 components in the FROM clause",
    );
    refused(
        "UPDATE tab.\"by-g\" SET a = 1 WHERE pk = 'a'",
        "This operation is not supported on an index",
    );
    refused(
        "SELECT a, b.a FROM tab",
        "Duplicate identifiers in select clause: a",
    );
    refused(
        "SELECT l[-1] FROM tab",
        "List index is not within the allowable range; index: [-1] at 1:11:1",
    );
    refused(
        "SELECT l[2147483648] FROM tab",
        "List index is not within the allowable range; index: [2147483648] at 1:10:10",
    );
    refused(
        "SELECT attribute_exists(a) FROM tab",
        "Unexpected path component at 1:8:16",
    );
    let Ok(Statement::Select(select)) = parse("SELECT m.k[0], l[-0], \"a b\" FROM tab") else {
        panic!("a SELECT");
    };
    let names: Vec<&str> = select
        .columns
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["k[0]", "l[0]", "a b"]);
}

#[test]
fn functions_and_operands_that_do_not_fit_are_refused() {
    let with = |condition: &str, why: &str| {
        refused(
            &format!("SELECT * FROM tab WHERE pk = 'a' AND {condition}"),
            why,
        );
    };
    let document =
        "Operator or function requires a document path; operator or function: attribute_exists";
    with("attribute_exists('a')", document);
    with(
        "attribute_exists()",
        "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 0",
    );
    with(
        "a < true",
        "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
    );
    with(
        "attribute_type(a, 1)",
        "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N",
    );
    with("EXISTS(a)", "Unrecognized function: exists at 1:38:6");
    let many = vec!["1"; 101].join(",");
    with(
        &format!("a IN [{many}]"),
        "The IN operator is provided with too many operands; number of operands: 101",
    );
    let set =
        |value: &str, why: &str| refused(&format!("UPDATE tab SET {value} WHERE pk = 'a'"), why);
    set(
        "t = set_add(s, <<'x'>>)",
        "The first argument to SET_ADD must equal the assignment value at 1:20:7",
    );
    set(
        "s = set_add(s, 'x')",
        "The second argument to SET_ADD must be a value with type SET at 1:28:1",
    );
    set(
        "s = set_delete(s)",
        "SET_DELETE must have exactly two arguments at 1:20:10",
    );
    set("s = set_add(s, <<>>)", "Empty bags are not supported");
    set(
        "s = [?]",
        "Unsupported data type: Parameter under key root[0] at 1:21:1",
    );
    set(
        "n = 'a' + 1",
        "Incorrect operand type for operator or function; operator or function: +, operand type: S",
    );
    set(
        "a.b = 1, a = 2",
        "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]",
    );
    let nested = format!("d = {}1{}", "{'a':".repeat(32), "}".repeat(32));
    let path = ".a".repeat(32);
    set(
        &nested,
        &format!("Nesting Levels have exceeded supported limits under root{path}"),
    );
    let nested = format!(
        "UPDATE tab SET d = {}1{} WHERE pk = 'a'",
        "{'a':".repeat(31),
        "}".repeat(31)
    );
    assert!(parse(&nested).is_ok());
    refused(
        "INSERT INTO tab VALUE {'pk': 'a', 'm': {'x': 1e126}}",
        "Number overflow. Attempting to store a number with magnitude larger than supported range under root.x",
    );
    refused(
        "INSERT INTO tab VALUE {'pk': 'a', 's': set_add(<<'a'>>, <<'b'>>)}",
        "Unsupported data type: set_add under key root at 1:40:7",
    );
    refused(
        "DELETE FROM tab WHERE pk = 'x' RETURNING MODIFIED OLD *",
        "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
    );
    let repeated = "One or more parameter values were invalid: Input collection";
    set(
        "s = <<'x', 'x'>>",
        &format!("{repeated} [x, x] contains duplicates."),
    );
    set(
        "s = <<2, 2.0>>",
        &format!("{repeated} [2, 2.0] contains duplicates! under root"),
    );
}

#[test]
fn values_are_read_as_they_are_written() {
    let insert = "INSERT INTO \"tab\" VALUE {'a': 'it''s', 'b': -.73e1, 'c': [1, - -2, null], 'd': {'e': TRUE}, 'f': <<2, 1>>, 'g': ?, 'h': 7.31E+6}; -- done";
    let parameters = vec![AttributeValue::B(vec![1])];
    let Ok(Statement::Insert(source, item)) = Statement::parse(insert, parameters) else {
        panic!("an INSERT");
    };
    assert_eq!((source.table.as_str(), source.index), ("tab", None));
    assert_eq!(
        item_text(&item),
        r#"{"a":{"S":"it's"},"b":{"N":"-7.3"},"c":{"L":[{"N":"1"},{"N":"2"},{"NULL":true}]},"d":{"M":{"e":{"BOOL":true}}},"f":{"NS":["1","2"]},"g":{"B":"AQ=="},"h":{"N":"7310000"}}"#
    );
    let count = "Number of parameters in request and statement don't match.";
    refused("SELECT * FROM tab WHERE pk = ?", count);
    let left = Statement::parse("SELECT * FROM tab", vec![AttributeValue::Null]);
    assert_eq!(left.map_err(|why| why.0), Err(count.to_owned()));
}

fn reads(condition: &str, index: bool) -> Result<Reads, String> {
    let from = if index { "tab.\"by-g\"" } else { "tab" };
    let text = format!("SELECT pk FROM {from} WHERE {condition}");
    let Ok(Statement::Select(select)) = parse(&text) else {
        panic!("{text}: {:?}", parse(&text));
    };
    let table = table();
    let index = index.then(|| &table.indexes[0]);
    select.reads(&table, index).map_err(|why| why.0)
}

#[test]
fn conditions_become_reads_of_partitions_or_of_all() {
    let check = |condition: &str, partitions: usize, filtered: bool| {
        let found = reads(condition, false).unwrap_or_else(|why| panic!("{condition}: {why}"));
        let keyed = found.all.iter().filter(|read| read.keys.is_some()).count();
        assert_eq!(keyed, partitions, "{condition}");
        let any = found.all.iter().any(|read| read.filter.is_some());
        assert_eq!(any, filtered, "{condition}");
    };
    check("pk = 'a'", 1, false);
    check("'a' = pk AND sk > 'b'", 1, false);
    check("(pk = 'a' AND sk = '1') AND x = 1", 1, true);
    check("pk = 'a' AND sk = '1' AND sk > '0'", 1, true);
    check("pk = 'a' AND NOT sk = '1'", 1, true);
    check("pk = 'a' AND sk IN ['1', '2']", 2, false);
    check("pk = 'a' AND (sk < '1' OR sk > '1' OR sk = '1')", 3, false);
    check("pk IN ['a', 'b'] AND x = 1", 2, true);
    check("pk = 'a' OR pk = 'b'", 2, false);
    check("pk = 'a' AND (pk = 'b' OR x = 1)", 1, true);
    check("pk = 'a' OR sk = '1'", 0, true);
    check("pk > 'a'", 0, true);
    check("x = 1", 0, true);
    let overlapping = "Overlapping conditions with range keys are not supported in where clause";
    for condition in [
        "pk IN ['a', 'a']",
        "pk = 'a' OR pk = 'a'",
        "pk = 'a' AND (sk > '0' OR sk < '5')",
        "pk = 'a' AND (sk = '1' OR x = 1)",
        "pk = 'a' AND x <> '1' OR pk = 'a' AND sk = '2'",
    ] {
        assert_eq!(
            reads(condition, false),
            Err(overlapping.to_owned()),
            "{condition}"
        );
    }
    let wrong = "Key attribute's data type should match its data type in table's schema: Key sk";
    assert_eq!(
        reads("pk = 'a' AND sk IN ['1', 2]", false),
        Err(wrong.to_owned())
    );
    let values = |count: usize| {
        (0..count)
            .map(|at| format!("'{at}'"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let many = "Too many decomposed read operations for a given query.";
    for condition in [
        format!("pk IN [{}]", values(51)),
        format!("pk = 'a' AND sk IN [{}]", values(51)),
        format!("pk IN [{}] AND sk IN ['1', '2']", values(26)),
    ] {
        assert_eq!(reads(&condition, false), Err(many.to_owned()));
    }
    check(&format!("pk IN [{}] OR x = 1", values(51)), 0, true);
}

#[test]
fn an_index_is_not_filtered_by_what_it_lacks() {
    let lacks = |condition: &str, names: &str| {
        let why = format!(
            "One or more parameter values were invalid: Secondary index by-g does not project one or more filter attributes: [{names}]"
        );
        assert_eq!(reads(condition, true), Err(why), "{condition}");
    };
    lacks("g = 'y' AND b = '1' AND (a = '2' OR p = '3')", "a, b");
    lacks(
        "g = 'y' AND (zz = '1' OR aa = '2' OR mm = '3')",
        "zz, aa, mm",
    );
    assert!(reads("g = 'y' AND p = '1'", true).is_ok());
    assert!(reads("g > 'a' AND zz = '1'", true).is_ok());
}

#[test]
fn items_are_in_the_order_that_is_asked_for() {
    let order = |rest: &str| -> Result<bool, String> {
        let Statement::Select(select) = parse(&format!("SELECT * FROM tab {rest}"))? else {
            panic!("a SELECT");
        };
        let reads = select.reads(&table(), None).map_err(|why| why.0)?;
        Ok(reads.forward)
    };
    assert_eq!(order("WHERE pk = 'a' ORDER BY sk DESC"), Ok(false));
    assert_eq!(order("WHERE pk = 'a' ORDER BY sk ASC"), Ok(true));
    let refused = |rest: &str, why: &str| assert_eq!(order(rest), Err(why.to_owned()), "{rest}");
    refused(
        "ORDER BY sk",
        "Must have WHERE clause in the statement when using ORDER BY clause.",
    );
    refused(
        "WHERE x = 1 ORDER BY sk",
        "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
    );
    refused(
        "WHERE pk = 'a' ORDER BY x",
        "Variable reference x in ORDER BY clause must be part of the primary key",
    );
    refused(
        "WHERE pk IN ['a', 'b'] ORDER BY sk",
        "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.",
    );
}

#[test]
fn a_write_names_one_item() {
    let write = |text: &str| -> Result<String, String> {
        let write = parse(text)?.write(&table().schema).map_err(|why| why.0)?;
        Ok(write.map_or_else(String::new, |write| item_text(write.action.key())))
    };
    let whole = r#"{"pk":{"S":"a"},"sk":{"S":"1"}}"#;
    for text in [
        "UPDATE tab SET x = 1 WHERE (pk = 'a' AND sk = '1') AND y = 2",
        "FROM tab WHERE pk = 'a' AND sk = '1' REMOVE x",
        "DELETE FROM tab WHERE sk = '1' AND 'a' = pk AND pk = 'a'",
    ] {
        assert_eq!(write(text), Ok(whole.to_owned()), "{text}");
    }
    let refused = |text: &str, why: &str| assert_eq!(write(text), Err(why.to_owned()), "{text}");
    let whole = "Where clause does not contain a mandatory equality on all key attributes";
    refused("UPDATE tab SET x = 1", whole);
    refused("DELETE FROM tab WHERE pk = 'a'", whole);
    refused("DELETE FROM tab WHERE pk = 'a' AND sk IN ['1']", whole);
    refused(
        "DELETE FROM tab WHERE pk = 'a' AND sk = '1' AND pk = 'b'",
        "Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported",
    );
    refused(
        "DELETE FROM tab WHERE pk = 'a' AND sk = 1",
        "Key attribute's data type should match its data type in table's schema: Key sk",
    );
    refused(
        "EXISTS(SELECT * FROM tab WHERE pk = 'a' AND sk = '1')",
        "EXISTS() must contain a single item read with additional condition",
    );
}
