//! Cases of AWS's guide first, function by function; what it leaves open is pinned with them.

use crate::{
    Answers, Decision, Evaluation, Lookup, Message, Properties, SqlVersion, Statement, Stop,
    Template, TemplateUse,
};
use proptest::prelude::*;

fn message<'a>(topic: &'a str, payload: &'a [u8]) -> Message<'a> {
    Message {
        topic,
        payload,
        client_id: Some("client-1"),
        principal: Some("ba67293af50bf250"),
        source_ip: Some("192.0.2.1"),
        trace_id: Some("7e146a2c-95b5-6caf-98b9-50e3969734c7"),
        account_id: "123456789012",
        now_ms: 1_481_825_251_155,
        seed: [7; 16],
        properties: Properties::default(),
    }
}

/// What becomes of a payload: the output, `rejected`, or why it failed.
fn run(sql: &str, version: SqlVersion, topic: &str, payload: &[u8]) -> String {
    let statement = match Statement::parse(sql, version) {
        Ok(statement) => statement,
        Err(error) => panic!("{sql}: {error}"),
    };
    let (message, answers) = (message(topic, payload), Answers::new());
    match Evaluation::new(&statement, &message, &answers).decide() {
        Ok(Decision::Rejected) => "rejected".into(),
        Ok(Decision::Selected(output)) => String::from_utf8_lossy(output.as_bytes()).into_owned(),
        Err(stop) => format!("failed: {stop}"),
    }
}

fn check(sql: &str, payload: &str, expected: &str) {
    let sql = format!("{sql} FROM 'a/b'");
    let sql = match sql.split_once(" WHERE ") {
        // FROM stands before WHERE.
        Some((select, rest)) if !sql.contains("(SELECT") => {
            format!(
                "{select} FROM 'a/b' WHERE {}",
                rest.trim_end_matches(" FROM 'a/b'")
            )
        }
        _ => sql,
    };
    assert_eq!(
        run(&sql, SqlVersion::V2016, "a/b", payload.as_bytes()),
        expected,
        "{sql}"
    );
}

/// The value of one expression, by both versions where they agree.
fn value(expression: &str, version: SqlVersion) -> String {
    let output = run(
        &format!("SELECT {expression} AS x FROM 'a/b'"),
        version,
        "a/b",
        b"{}",
    );
    match output
        .strip_prefix("{\"x\":")
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some(value) => value.into(),
        None if output == "{}" => "Undefined".into(),
        None => output,
    }
}

#[test]
fn selections_of_the_guide() {
    let red = r#"{"color":"red","temperature":50}"#;
    check("SELECT *", red, red);
    check(
        "SELECT color AS my_color, temperature as fahrenheit",
        red,
        r#"{"my_color":"red","fahrenheit":50}"#,
    );
    check(
        "SELECT *, 15 as speed",
        red,
        r#"{"color":"red","temperature":50,"speed":15}"#,
    );
    check(
        "SELECT *, 'blue' AS color",
        red,
        r#"{"color":"blue","temperature":50}"#,
    );
    check("SELECT VALUE color", red, "\"red\"");
    check(
        "SELECT color.red as red_value",
        r#"{"color":{"red":255,"green":0}}"#,
        r#"{"red_value":255}"#,
    );
    check(
        "SELECT (temperature - 32) * 5 / 9 AS celsius, upper(color) as my_color",
        red,
        r#"{"celsius":10,"my_color":"RED"}"#,
    );
    check(
        "SELECT color AS my_color WHERE temperature > 50 AND color <> 'red'",
        r#"{"color":"red","temperature":40}"#,
        "rejected",
    );
    check(
        "SELECT foo.bar AS bar.baz",
        r#"{"foo":{"bar":"RED"}}"#,
        r#"{"bar":{"baz":"RED"}}"#,
    );
    check(
        "SELECT a AS x.y, b AS x.z, c AS x.y",
        r#"{"a":1,"b":2,"c":3}"#,
        r#"{"x":{"y":3,"z":2}}"#,
    );
    check(
        "SELECT *, 1 AS a.b",
        r#"{"a":{"c":2}}"#,
        r#"{"a":{"c":2,"b":1}}"#,
    );
    check(
        "SELECT VALUE arr",
        r#"{"a":{"b":"c"},"arr":[1,2,3,4]}"#,
        "[1,2,3,4]",
    );
    check("SELECT missing, color", red, r#"{"color":"red"}"#);
    check("SELECT missing", red, "{}");
    check("SELECT VALUE missing", red, "");
    check("SELECT NULL AS n", red, r#"{"n":null}"#);
    check(
        "SELECT *",
        r#"{ "a" : [ 1.0, 2.50 ] }"#,
        r#"{"a":[1,2.50]}"#,
    );
    check(
        "SELECT * AS message",
        red,
        &format!(r#"{{"message":{red}}}"#),
    );
    check(
        "SELECT VALUE *.messages",
        r#"{"messages":[{"message":"a"}]}"#,
        r#"[{"message":"a"}]"#,
    );
    check(
        "SELECT value, value * 2 AS twice",
        r#"{"value":4}"#,
        r#"{"value":4,"twice":8}"#,
    );
    check("SELECT topic(2), 1 + 1", "{}", r#"{"topic":"b","1 + 1":2}"#);
    check("SELECT a", r#"{"a":1,"a":2}"#, r#"{"a":2}"#);
    check(
        "SELECT state.debug AS state.debug, state.command AS state.command, version WHERE IsUndefined(state.debug) = False",
        r#"{"state":{"command":"DOOR_OPEN","debug":"FALSE"},"version":"3.1"}"#,
        r#"{"state":{"debug":"FALSE","command":"DOOR_OPEN"},"version":"3.1"}"#,
    );
    check("SELECT *", "[1, 2]", "[1,2]");
    check("SELECT get(*, 1) AS second", "[1, 2]", r#"{"second":2}"#);
}

#[test]
fn selections_within() {
    let e = r#"{"e":[{"n":"temperature","u":"Cel","v":22.5},{"n":"light","v":135}],"o":{"a":1,"c":[7]}}"#;
    check(
        "SELECT (SELECT VALUE n FROM e) as sensors",
        e,
        r#"{"sensors":["temperature","light"]}"#,
    );
    check(
        "SELECT (SELECT v FROM e WHERE n = 'temperature') as temperature",
        e,
        r#"{"temperature":[{"v":22.5}]}"#,
    );
    check(
        "SELECT get((SELECT v FROM e WHERE n = 'temperature'), 0).v as temperature",
        e,
        r#"{"temperature":22.5}"#,
    );
    check(
        "SELECT (SELECT a FROM o) AS one, (SELECT VALUE c FROM o) AS list",
        e,
        r#"{"one":{"a":1},"list":[7]}"#,
    );
    check(
        "SELECT get((SELECT a, topic() as topic FROM *), 0) as data",
        r#"{"a":1}"#,
        r#"{"data":{"a":1,"topic":"a/b"}}"#,
    );
    check(
        "SELECT (SELECT *, 1 AS k FROM e WHERE v > 100) AS x",
        e,
        r#"{"x":[{"n":"light","v":135,"k":1}]}"#,
    );
    check(
        "SELECT (SELECT v FROM missing) AS x, (SELECT v FROM 5) AS y",
        e,
        "{}",
    );
    check("SELECT VALUE (SELECT VALUE * FROM e WHERE false)", e, "[]");
}

#[test]
fn conditions() {
    let cases = [
        ("a = \"1\"", r#"{"a":1}"#, false),
        ("a > 5", r#"{"a":"7"}"#, true),
        ("a > 5", r#"{"a":"x"}"#, false),
        ("a > 5", r#"{"a":true}"#, false),
        ("NOT missing", "{}", false),
        ("NOT a", r#"{"a":"FALSE"}"#, true),
        ("a", r#"{"a":"True"}"#, true),
        ("a", r#"{"a":1}"#, false),
        ("a = 1 AND b = 2 OR c = 3", r#"{"a":0,"b":0,"c":3}"#, true),
        (
            "a = 1 AND (b = 2 OR c = 3)",
            r#"{"a":0,"b":0,"c":3}"#,
            false,
        ),
        ("a = 1.0", r#"{"a":1}"#, true),
        (
            "a = b",
            r#"{"a":[1,{"x":2,"y":3}],"b":[1.0,{"y":3,"x":2}]}"#,
            true,
        ),
        ("a <> b", r#"{"a":[1,2],"b":[2,1]}"#, true),
        ("a = null", r#"{"a":null}"#, true),
        ("a <> null", r#"{"a":5}"#, true),
        ("a <> 5", "{}", false),
        ("a != 5", r#"{"a":6}"#, true),
        ("a IN ('x', 'y')", r#"{"a":"y"}"#, true),
        ("a IN ['x', 'y']", r#"{"a":"z"}"#, false),
        ("a IN b", r#"{"a":2,"b":[1,2]}"#, true),
        ("a NOT IN (1, 2)", r#"{"a":3}"#, true),
        ("a NOT IN (1, 2)", "{}", false),
        ("isUndefined(a) OR a > 5", "{}", false),
        (
            "certificateStatus = \"PENDING_ACTIVATION\"",
            r#"{"certificateStatus":"PENDING_ACTIVATION"}"#,
            true,
        ),
        (
            "get(get(get(mydata,\"item2\"),\"0\"),\"my-key\") = \"myValue\"",
            r#"{"mydata":{"item2":{"0":{"my-key":"myValue"}}}}"#,
            true,
        ),
        ("timestamp() % 12 = 3", "{}", true),
        (
            "9999999999999999999999999999999999 > a",
            r#"{"a":9999999999999999999999999999999998}"#,
            true,
        ),
    ];
    for (condition, payload, passes) in cases {
        let sql = format!("SELECT 1 AS x FROM 'a/b' WHERE {condition}");
        let expected = if passes { "{\"x\":1}" } else { "rejected" };
        assert_eq!(
            run(&sql, SqlVersion::V2016, "a/b", payload.as_bytes()),
            expected,
            "{condition} of {payload}"
        );
    }
}

#[test]
fn cases_take_the_first_that_is_equal() {
    let sql = "SELECT CASE color WHEN 'green' THEN 'go' WHEN 'yellow' THEN 'caution' WHEN 'red' THEN 'stop' ELSE 'none' END as instructions";
    check(
        sql,
        r#"{"color":"yellow"}"#,
        r#"{"instructions":"caution"}"#,
    );
    check(sql, r#"{"color":"blue"}"#, r#"{"instructions":"none"}"#);
    check(sql, "{}", "{}");
    check(
        "SELECT CASE a WHEN 1 THEN 'one' END AS x",
        r#"{"a":2}"#,
        "{}",
    );
}

#[test]
fn numbers_by_version() {
    for (expression, old, new) in [
        ("10.0", "10.0", "10"),
        ("2.50", "2.50", "2.50"),
        ("7 / 2", "3", "3"),
        ("7 / 2.0", "3.5", "3.5"),
        ("8 / 2.0", "4", "4"),
        ("7 / 0", "Undefined", "Undefined"),
        ("7 % 0", "Undefined", "Undefined"),
        ("'7' - 2", "5", "5"),
        ("'7' / 2", "3.5", "3.5"),
        ("1 + 'x'", "\"1x\"", "\"1x\""),
        ("1.0 + 'x'", "\"1.0x\"", "\"1x\""),
        ("1 + true", "Undefined", "Undefined"),
        ("true + 'x'", "\"truex\"", "\"truex\""),
        ("null + 'x'", "Undefined", "Undefined"),
        ("- 'x'", "Undefined", "Undefined"),
        ("1 - -1", "2", "2"),
        ("2 + 3 * 4 - 6 / 2", "11", "11"),
        ("cast(5.0 AS Double)", "5.0", "5"),
        ("cast(true AS Int)", "1", "1"),
        ("cast(true AS Double)", "1.0", "1"),
        ("cast('1.7' AS Int)", "1", "1"),
        ("cast('x' AS Int)", "Undefined", "Undefined"),
        ("cast(-1.7 AS Integer)", "-1", "-1"),
        ("cast(1.5 AS String)", "\"1.5\"", "\"1.5\""),
        ("cast(null AS Text)", "Undefined", "Undefined"),
        ("cast('5E-12' AS Double)", "5E-12", "5E-12"),
        ("sqrt(9)", "3.0", "3"),
        ("power(2, 5)", "32.0", "32"),
        ("log(100)", "2.0", "2"),
        ("sql_version()", "\"2015-10-08\"", "\"2016-03-23\""),
    ] {
        assert_eq!(value(expression, SqlVersion::V2015), old, "{expression}");
        assert_eq!(value(expression, SqlVersion::V2016), new, "{expression}");
    }
}

#[test]
fn functions_of_numbers() {
    check_all(&[
        ("abs(-5)", "5"),
        ("abs('-5.123')", "5.123"),
        ("abs(true)", "Undefined"),
        ("abs(null)", "Undefined"),
        ("acos(0)", "1.5707963267948966"),
        ("asin(0)", "0"),
        ("atan(0)", "0"),
        ("atan2(1, 0)", "1.5707963267948966"),
        ("acos(2)", "Undefined"),
        ("sqrt(-1)", "Undefined"),
        ("ln(0)", "Undefined"),
        ("bitand(13, 5)", "5"),
        ("bitor(8, 5)", "13"),
        ("bitxor(13, 5)", "8"),
        ("bitnot(13)", "-14"),
        ("bitand('13.9', 5)", "5"),
        ("ceil(1.2)", "2"),
        ("ceil(-1.2)", "-1"),
        ("floor(1.2)", "1"),
        ("floor(-1.2)", "-2"),
        ("floor('x')", "Undefined"),
        ("cos(0)", "1"),
        ("cosh(2.3)", "5.037220649268761"),
        ("exp(0)", "1"),
        ("sin(0)", "0"),
        ("sinh(2.3)", "4.936961805545957"),
        ("tan(3)", "-0.1425465430742778"),
        ("tanh(2.3)", "0.9800963962661914"),
        ("mod(8, 3)", "2"),
        ("remainder(8, 3)", "2"),
        ("mod(5.5, 2)", "1.5"),
        ("mod(1, 0)", "Undefined"),
        ("round(1.2)", "1"),
        ("round(1.5)", "2"),
        ("round(1.7)", "2"),
        ("round(-1.1)", "-1"),
        ("round(-1.5)", "-2"),
        ("sign(-7)", "-1"),
        ("sign(0)", "0"),
        ("sign(13)", "1"),
        ("sign('-0.5')", "-1"),
        ("trunc(2.3, 0)", "2"),
        ("trunc(2.3123, 2)", "2.31"),
        ("trunc(2.888, 2)", "2.88"),
        ("trunc(2.00, 5)", "2"),
        ("trunc(2.5, -3)", "2"),
        ("nanvl(8, 3)", "8"),
        ("nanvl(null, 3)", "3"),
        ("nanvl(missing, 3)", "3"),
        ("cast(0 AS Bool)", "false"),
        ("cast('TRUE' AS Boolean)", "true"),
        ("cast(10.0 AS Decimal)", "10"),
        (
            "1234567890123456789012345678901234 + 1",
            "1234567890123456789012345678901235",
        ),
        ("0.1 + 0.2", "0.3"),
    ]);
}

fn check_all(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(
            value(expression, SqlVersion::V2016),
            *expected,
            "{expression}"
        );
    }
}

#[test]
fn functions_of_texts() {
    check_all(&[
        ("chr(65)", "\"A\""),
        ("chr(49)", "\"1\""),
        ("chr(65.9)", "\"A\""),
        ("chr(200)", "Undefined"),
        ("chr(-1)", "Undefined"),
        ("concat()", "Undefined"),
        ("concat(1)", "1"),
        ("concat([1, 2, 3], 4)", "[1,2,3,4]"),
        ("concat([1, 2, 3], \"hello\")", "[1,2,3,\"hello\"]"),
        ("concat(\"con\", \"cat\")", "\"concat\""),
        ("concat(1, \"hello\")", "\"1hello\""),
        ("concat(\"he\",\"is\",\"man\")", "\"heisman\""),
        (
            "concat([1, 2, 3], \"hello\", [4, 5, 6])",
            "[1,2,3,\"hello\",4,5,6]",
        ),
        ("concat('a', null)", "Undefined"),
        ("endswith(\"cat\",\"at\")", "true"),
        ("endswith(null, 'a')", "Undefined"),
        ("startswith(\"ranger\",\"ran\")", "true"),
        ("startswith(12, 1)", "true"),
        ("indexof(\"abcd\", \"bc\")", "1"),
        ("indexof('abcd', 'x')", "Undefined"),
        ("indexof('é€b', 'b')", "2"),
        ("length(\"hi\")", "2"),
        ("length(false)", "5"),
        ("numbytes(\"hi\")", "2"),
        ("numbytes(\"€\")", "3"),
        ("lower(\"HELLO\")", "\"hello\""),
        ("lower([\"HELLO\"])", "\"[\\\"hello\\\"]\""),
        ("upper(\"hello\")", "\"HELLO\""),
        ("lpad(\"hello\", 2)", "\"  hello\""),
        ("lpad(1, 3)", "\"   1\""),
        ("rpad(\"hello\", 2)", "\"hello  \""),
        ("rpad('x', -5)", "\"x\""),
        ("rpad('x', 'y')", "Undefined"),
        ("length(lpad('x', 99999))", "1001"),
        ("ltrim(\" h i \")", "\"h i \""),
        ("rtrim(\" h i \")", "\" h i\""),
        ("trim(\" hi \")", "\"hi\""),
        ("replace(\"abcd\", \"bc\", \"x\")", "\"axd\""),
        ("replace(\"abcdabcd\", \"b\", \"x\")", "\"axcdaxcd\""),
        ("replace(null, 'a', 'b')", "Undefined"),
        ("substring(\"012345\", 0)", "\"012345\""),
        ("substring(\"012345\", 2.745)", "\"2345\""),
        ("substring(123, 2)", "\"3\""),
        ("substring(\"012345\", -1)", "\"012345\""),
        ("substring(true, 1.2)", "\"rue\""),
        ("substring(false, -2.411E247)", "\"false\""),
        ("substring(\"012345\", 1, 3)", "\"12\""),
        ("substring(\"012345\", -50, 50)", "\"012345\""),
        ("substring(\"012345\", 3, 1)", "\"\""),
        ("substring('abc', 'x')", "Undefined"),
        ("substring('äöü', 1, 2)", "\"ö\""),
        ("regexp_matches(\"aaaa\", \"a{2,}\")", "true"),
        ("regexp_matches(\"aaaa\", \"b\")", "false"),
        ("regexp_matches('xaby', 'ab')", "true"),
        ("regexp_matches('a', '(')", "Undefined"),
        ("regexp_matches(null, 'a')", "Undefined"),
        ("regexp_matches('a', concat('[', 'a]'))", "true"),
        ("regexp_replace(\"abcd\", \"bc\", \"x\")", "\"axd\""),
        ("regexp_replace(\"abcd\", \"b(.*)d\", \"$1\")", "\"ac\""),
        ("regexp_substr(\"hihihello\", \"hi\")", "\"hi\""),
        ("regexp_substr(\"hihihello\", \"(hi)*\")", "\"hihi\""),
        ("regexp_substr('a', 'b')", "Undefined"),
        ("regexp_replace('a1b22', '\\d+', '#')", "\"a#b#\""),
        ("md2(\"hello\")", "\"a9046c73e00331af68917d3804f70655\""),
        ("md5(\"hello\")", "\"5d41402abc4b2a76b9719d911017c592\""),
        (
            "sha1('hello')",
            "\"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d\"",
        ),
        (
            "sha224('hello')",
            "\"ea09ae9cc6768c50fcee903ed054556e5bfc8347907f12598aa24193\"",
        ),
        (
            "sha256('hello')",
            "\"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\"",
        ),
        ("length(sha384('hello'))", "96"),
        ("length(sha512('hello'))", "128"),
        ("md5(null)", "Undefined"),
    ]);
}

#[test]
fn functions_of_collections() {
    check_all(&[
        ("get([\"a\", \"b\", \"c\"], 1)", "\"b\""),
        ("get({\"a\":\"b\"}, \"a\")", "\"b\""),
        ("get(\"abc\", 1)", "\"b\""),
        ("get([1], 1)", "Undefined"),
        ("get([1], -1)", "Undefined"),
        ("get([1], 'x')", "Undefined"),
        ("get([1], '0')", "1"),
        ("get({'a': 1}, 0)", "Undefined"),
        ("get(5, 0)", "Undefined"),
        ("isNull(5)", "false"),
        ("isNull(Null)", "true"),
        ("isNull(missing)", "false"),
        ("isUndefined(5)", "false"),
        ("isUndefined(floor([1,2,3]))", "true"),
        ("encode('hello', 'base64')", "\"aGVsbG8=\""),
        ("encode(5, 'base64')", "\"NQ==\""),
        ("encode(missing, 'base64')", "Undefined"),
        ("decode('aGVsbG8=', 'base64')", "\"hello\""),
        ("decode('eyJhIjp7ImIiOjF9fQ==', 'base64').a.b", "1"),
        ("decode('!', 'base64')", "null"),
        ("get_or_default(missing, 5)", "5"),
        ("get_or_default(missing)", "null"),
        ("get_or_default(1, 5)", "1"),
        ("{'a': 1, 'b': missing, 'a': [2, missing]}", r#"{"a":[2]}"#),
        (
            "parse_time(\"yyyy.MM.dd G 'at' HH:mm:ss z\", 100000000, \"America/Belize\")",
            "\"1970.01.01 AD at 21:46:40 CST\"",
        ),
        ("parse_time('yyyy', 0, 'UTC')", "\"1970\""),
        ("parse_time('yyyy', timestamp())", "\"2016\""),
        ("parse_time('yyyy', 'x')", "Undefined"),
        ("parse_time('yyyy', 0, missing)", "Undefined"),
        (
            "time_to_epoch(\"18 December 2015\", \"dd MMMM yyyy\")",
            "1450396800000",
        ),
        ("transform('other', {}, [])", "Undefined"),
        ("transform('enrichArray', {'a': 1}, [5])", "Undefined"),
    ]);
    let payload = r#"{"attributes":{"data1":1,"data2":2},"values":[{"a":3},{"b":4},{"c":5}],
        "data2":{"a":"first","b":"second","c":[{"x":{"n":5},"y":true},{"x":{"n":10},"y":false}]}}"#;
    check(
        "select value transform(\"enrichArray\", attributes, values)",
        payload,
        r#"[{"a":3,"data1":1,"data2":2},{"b":4,"data1":1,"data2":2},{"c":5,"data1":1,"data2":2}]"#,
    );
    check(
        "select value transform(\"enrichArray\", {\"key\": attributes.data1}, values)",
        payload,
        r#"[{"a":3,"key":1},{"b":4,"key":1},{"c":5,"key":1}]"#,
    );
    check(
        "select value transform('enrichArray', (select a, b from data2), (select value c from data2))",
        payload,
        r#"[{"x":{"n":5},"y":true,"a":"first","b":"second"},{"x":{"n":10},"y":false,"a":"first","b":"second"}]"#,
    );
    check(
        "SELECT {'latitude': get(lat_long, 0),'longitude':get(lat_long, 1)} as lat_long, [a, b] AS ab",
        r#"{"lat_long":[47.606,-122.332],"a":1,"b":2}"#,
        r#"{"lat_long":{"latitude":47.606,"longitude":-122.332},"ab":[1,2]}"#,
    );
}

#[test]
fn functions_of_the_message() {
    check_all(&[
        ("topic()", "\"a/b\""),
        ("topic(1)", "\"a\""),
        ("topic(2.9)", "\"b\""),
        ("topic(3)", "Undefined"),
        ("topic(0)", "Undefined"),
        ("clientid()", "\"client-1\""),
        ("principal()", "\"ba67293af50bf250\""),
        ("accountid()", "\"123456789012\""),
        ("sourceip()", "\"192.0.2.1\""),
        ("traceid()", "\"7e146a2c-95b5-6caf-98b9-50e3969734c7\""),
        ("timestamp()", "1481825251155"),
        ("length(newuuid())", "36"),
        ("newuuid() = newuuid()", "false"),
        ("rand() >= 0 AND rand() < 1", "true"),
        ("get_mqtt_property('content_type')", "Undefined"),
        ("get_user_properties('k')", "Undefined"),
    ]);
    let ingest = |expression: &str| {
        run(
            &format!("SELECT VALUE {expression}"),
            SqlVersion::V2016,
            "$aws/rules/BuildingManager/Buildings/Building5/Floor2/Room201/Lights",
            b"{}",
        )
    };
    assert_eq!(
        ingest("topic()"),
        "\"Buildings/Building5/Floor2/Room201/Lights\""
    );
    assert_eq!(ingest("topic(3)"), "\"Floor2\"");
    // Twice the same message gives the same: an answer may be waited for in between.
    assert_eq!(
        value("newuuid()", SqlVersion::V2016),
        value("newuuid()", SqlVersion::V2016)
    );

    let statement = Statement::parse("SELECT clientid() AS c, principal() AS p, traceid() AS t, get_mqtt_property('content_type') AS ct, \
        get_mqtt_property('format_indicator') AS f, get_mqtt_property('correlation_data') AS cd, get_user_properties() AS u, get_user_properties('k') AS k", SqlVersion::V2016)
        .expect("it parses");
    let user = [
        ("k".to_owned(), "1".to_owned()),
        ("l".to_owned(), "2".to_owned()),
        ("k".to_owned(), "3".to_owned()),
    ];
    let mut message = message("a", b"{}");
    (message.client_id, message.principal, message.trace_id) = (None, None, None);
    message.properties = Properties {
        utf8: Some(true),
        content_type: Some("text/plain"),
        response_topic: None,
        correlation_data: Some(&[255]),
        user: &user,
    };
    let answers = Answers::new();
    let Ok(Decision::Selected(output)) = Evaluation::new(&statement, &message, &answers).decide()
    else {
        panic!("it selects");
    };
    assert_eq!(
        String::from_utf8_lossy(output.as_bytes()),
        r#"{"c":"n/a","ct":"text/plain","f":"UTF8_DATA","cd":"/w==","u":[{"k":"1"},{"l":"2"},{"k":"3"}],"k":["1","3"]}"#
    );
}

#[test]
fn payloads_that_are_no_json() {
    let cases: [(&str, &[u8], &str); 9] = [
        ("SELECT * FROM 'a/b'", b"hello", "hello"),
        ("SELECT * FROM 'a/b'", b"", ""),
        (
            "SELECT encode(*, 'base64') AS data, timestamp() AS ts FROM 'a/b'",
            b"hello",
            r#"{"data":"aGVsbG8=","ts":1481825251155}"#,
        ),
        (
            "SELECT encode(*, 'base64') AS data FROM 'a/b'",
            &[0xff, 0],
            r#"{"data":"/wA="}"#,
        ),
        (
            "SELECT decode(encode(*, 'base64'), 'base64') AS value FROM 'a/b' WHERE decode(encode(*, 'base64'), 'base64') > 50",
            b"80",
            r#"{"value":80}"#,
        ),
        (
            "SELECT * FROM 'a/b' WHERE device_type = 'thermostat'",
            b"hello",
            "rejected",
        ),
        (
            "SELECT * FROM 'a/b' WHERE timestamp() % 12 = 3",
            b"hello",
            "hello",
        ),
        ("SELECT color FROM 'a/b'", b"hello", "{}"),
        (
            "SELECT *, timestamp() AS timestamp FROM 'a/b'",
            b"hello",
            "failed: the payload is no JSON, so * must be the only thing selected, or stand in encode(*, 'base64')",
        ),
    ];
    for (sql, payload, expected) in cases {
        assert_eq!(
            run(sql, SqlVersion::V2016, "a/b", payload),
            expected,
            "{sql}"
        );
    }
}

#[test]
fn the_first_version_selects_no_array() {
    let payload = br#"{"arr":[1,2],"a":10.0}"#;
    assert_eq!(
        run("SELECT VALUE arr FROM 'a'", SqlVersion::V2015, "a", payload),
        "failed: SELECT VALUE gives an array, which needs SQL version 2016-03-23"
    );
    assert_eq!(
        run("SELECT a FROM 'a'", SqlVersion::V2015, "a", payload),
        r#"{"a":10.0}"#
    );
    assert_eq!(
        run("SELECT * FROM 'a'", SqlVersion::V2015, "a", payload),
        r#"{"arr":[1,2],"a":10.0}"#
    );
    assert_eq!(
        run("SELECT * FROM 'a'", SqlVersion::V2016, "a", payload),
        r#"{"arr":[1,2],"a":10}"#
    );
}

#[test]
fn variables() {
    check(
        "SET @c = (f - 32) * 5 / 9, @twice = @c * 2 SELECT @c AS c, @twice, h",
        r#"{"f":50,"h":60}"#,
        r#"{"c":10,"twice":20,"h":60}"#,
    );
    check(
        "SET @s = d.s SELECT @s.t AS t, @s",
        r#"{"d":{"s":{"t":75}}}"#,
        r#"{"t":75,"s":{"t":75}}"#,
    );
    check(
        "SET @u = newuuid() SELECT @u = @u AS same, (SELECT VALUE @x FROM e) AS e"
            .replace("@x", "@u = @u")
            .as_str(),
        r#"{"e":[1]}"#,
        r#"{"same":true,"e":[true]}"#,
    );
    let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(130 * 1024));
    assert!(
        run(
            "SET @a = a SELECT length(@a) AS l FROM 'a'",
            SqlVersion::V2016,
            "a",
            long.as_bytes()
        )
        .contains("131072 bytes")
    );
}

fn answered(sql: &str, answers: &Answers) -> Result<String, Stop> {
    let statement = Statement::parse(sql, SqlVersion::V2016).expect("the case parses");
    let message = message("a/b", br#"{"id":"T1","n":5}"#);
    match Evaluation::new(&statement, &message, answers).decide()? {
        Decision::Rejected => Ok("rejected".into()),
        Decision::Selected(output) => Ok(String::from_utf8_lossy(output.as_bytes()).into_owned()),
    }
}

#[test]
fn other_services_are_asked_by_the_host() {
    let role = "arn:aws:iam::123456789012:role/r";
    let cases = [
        (format!("SELECT get_thing_shadow(id, '{role}').state.x AS x FROM 'a/b'"),
            Lookup::ThingShadow { thing: "T1".into(), shadow: None, role_arn: role.into() }, r#"{"state":{"x":7}}"#, r#"{"x":7}"#),
        (format!("SELECT get_thing_shadow(id, 'named', '{role}') AS x FROM 'a/b'"),
            Lookup::ThingShadow { thing: "T1".into(), shadow: Some("named".into()), role_arn: role.into() }, "{}", r#"{"x":{}}"#),
        ("SELECT aws_lambda('arn:aws:lambda:us-east-1:1:function:f', {'p': n}).out AS x FROM 'a/b'".into(),
            Lookup::Lambda { function_arn: "arn:aws:lambda:us-east-1:1:function:f".into(), input: r#"{"p":5}"#.into() }, r#"{"out":[1]}"#, r#"{"x":[1]}"#),
        ("SELECT aws_lambda('arn:aws:lambda:us-east-1:1:function:f', *) AS x FROM 'a/b'".into(),
            Lookup::Lambda { function_arn: "arn:aws:lambda:us-east-1:1:function:f".into(), input: r#"{"id":"T1","n":5}"#.into() }, "\"ok\"", r#"{"x":"ok"}"#),
        (format!("SELECT *, get_dynamodb('InServiceDevices', 'deviceId', id, 'sort', n, '{role}').location AS location FROM 'a/b'"),
            Lookup::DynamoDb { table: "InServiceDevices".into(), key: vec![("deviceId".into(), "\"T1\"".into()), ("sort".into(), "5".into())], role_arn: role.into() },
            r#"{"location":"Ulm"}"#, r#"{"id":"T1","n":5,"location":"Ulm"}"#),
        (format!("SELECT get_secret('S', 'SecretString', 'key', '{role}') AS x FROM 'a/b'"),
            Lookup::Secret { id: "S".into(), binary: false, role_arn: role.into() }, r#"{"key":"v"}"#, r#"{"x":"v"}"#),
        (format!("SELECT get_secret('S', 'SecretString', '{role}') AS x FROM 'a/b'"),
            Lookup::Secret { id: "S".into(), binary: false, role_arn: role.into() }, "12", r#"{"x":"12"}"#),
        (format!("SELECT get_registry_data('DescribeThing', id, '{role}').attributes AS x FROM 'a/b'"),
            Lookup::Registry { operation: "DescribeThing".into(), thing: "T1".into(), role_arn: role.into() }, r#"{"attributes":{"m":"1"}}"#, r#"{"x":{"m":"1"}}"#),
    ];
    for (sql, lookup, answer, expected) in cases {
        let mut answers = Answers::new();
        assert_eq!(
            answered(&sql, &answers),
            Err(Stop::Needs(lookup.clone())),
            "{sql}"
        );
        answers.put(lookup.clone(), Ok(answer.into()));
        assert_eq!(answered(&sql, &answers).as_deref(), Ok(expected), "{sql}");
        answers.put(lookup.clone(), Err("it is away".into()));
        assert_eq!(
            answered(&sql, &answers),
            Err(Stop::External {
                function: lookup.function(),
                reason: "it is away".into()
            })
        );
        let guarded = sql
            .replacen("SELECT ", "SELECT get_or_default(", 1)
            .replacen(" AS x", ", 0) AS x", 1);
        if guarded.contains(", 0)") {
            assert_eq!(
                answered(&guarded, &answers).as_deref(),
                Ok(r#"{"x":0}"#),
                "{guarded}"
            );
        }
    }
    // WHERE is evaluated first, and spares what SELECT would ask.
    let spared = format!("SELECT get_thing_shadow(id, '{role}') AS x FROM 'a/b' WHERE n > 5");
    assert_eq!(
        answered(&spared, &Answers::new()).as_deref(),
        Ok("rejected")
    );
    // Without a name nothing is asked.
    let undefined = format!("SELECT get_thing_shadow(missing, '{role}') AS x FROM 'a/b'");
    assert_eq!(answered(&undefined, &Answers::new()).as_deref(), Ok("{}"));
    let mut secret = Answers::new();
    secret.put(
        Lookup::Secret {
            id: "S".into(),
            binary: false,
            role_arn: role.into(),
        },
        Ok("hunter2".into()),
    );
    assert!(!format!("{secret:?}").contains("hunter2"));
}

#[test]
fn templates_are_filled_in() {
    let statement = Statement::parse(
        "SET @v = n + 1 SELECT n AS alias FROM 'a/b'",
        SqlVersion::V2016,
    )
    .expect("it parses");
    let (message, answers) = (
        message("a/b", br#"{"n":5,"o":{"k":[1, 2]},"s":"x","z":null}"#),
        Answers::new(),
    );
    for (template, expected) in [
        ("plain", Ok("plain")),
        ("", Ok("")),
        ("${topic()}/republish", Ok("a/b/republish")),
        ("${topic(2)}-${n}-${s}-${o}", Ok("b-5-x-{\"k\":[1,2]}")),
        (
            "${replace(topic(), '/', '-') + '-' + timestamp()}",
            Ok("a-b-1481825251155"),
        ),
        ("${parse_time(\"yyyy\", timestamp(), \"UTC\")}", Ok("2016")),
        ("${ {'a': '}'} }", Ok("{\"a\":\"}\"}")),
        ("${@v}", Ok("6")),
        ("$$aws/${n}", Ok("$$aws/5")),
        ("$n {n} $", Ok("$n {n} $")),
        (
            "${alias}",
            Err("the substitution template ${alias} is Undefined for this message"),
        ),
        (
            "x${ z }",
            Err("the substitution template ${z} is null for this message"),
        ),
    ] {
        let parsed =
            Template::parse(template, &statement, TemplateUse::Action).expect("the case parses");
        let mut evaluation = Evaluation::new(&statement, &message, &answers);
        let rendered = evaluation.render(&parsed).map_err(|stop| stop.to_string());
        assert_eq!(
            rendered.as_deref().map_err(|reason| &**reason),
            expected,
            "{template}"
        );
    }
    for (template, reason) in [
        (
            "${",
            "line 1, column 3: found the end where an expression was expected",
        ),
        (
            "${n",
            "line 1, column 4: found the end where an operator, or } where the template ends was expected",
        ),
        (
            "a ${nosuch()}",
            "line 1, column 5: there is no function \"nosuch\"",
        ),
        (
            "${@w}",
            "line 1, column 3: @w is not set by a SET before this place",
        ),
    ] {
        let error =
            Template::parse(template, &statement, TemplateUse::Action).expect_err("it is wrong");
        assert_eq!(error.to_string(), reason, "{template}");
    }
    let external = "${get_thing_shadow('t', 'arn:r')}";
    assert!(Template::parse(external, &statement, TemplateUse::Action).is_ok());
    assert!(Template::parse(external, &statement, TemplateUse::ErrorAction).is_err());
}

#[test]
fn work_is_bounded() {
    let array = format!("[{}]", vec!["1"; 3000].join(","));
    let payload = format!(r#"{{"a":{array}}}"#);
    let squared =
        "SET @a = a SELECT length((SELECT VALUE (SELECT VALUE 1 FROM @a) FROM @a)) AS x FROM 'a'";
    assert!(run(squared, SqlVersion::V2016, "a", payload.as_bytes()).contains("more work"));
    let doubled = format!(
        "SELECT {}'{}'{} AS x FROM 'a'",
        "replace(".repeat(40),
        "x".repeat(100),
        ", 'x', 'xx')".repeat(40)
    );
    assert!(run(&doubled, SqlVersion::V2016, "a", b"{}").contains("bytes"));
    let big = format!(r#"{{"a":"{}"}}"#, "x".repeat(100_000));
    let pattern = "SELECT regexp_replace(a, '', a) AS x FROM 'a'";
    assert!(run(pattern, SqlVersion::V2016, "a", big.as_bytes()).contains("failed"));
}

proptest! {
    #[test]
    fn any_payload_is_evaluated(payload in prop::collection::vec(any::<u8>(), 0..64)) {
        for sql in ["SELECT * FROM 'a'", "SELECT a.b, *, encode(*, 'base64') AS e FROM 'a' WHERE a > 1 OR true"] {
            let _ = run(sql, SqlVersion::V2016, "a", &payload);
        }
    }

    #[test]
    fn any_call_ends(name in prop::sample::select(crate::syntax::function::Function::names().collect::<Vec<_>>()),
        arguments in prop::collection::vec(prop::sample::select(vec![
            "a", "b.c", "missing", "null", "true", "'x'", "''", "'é€😀'", "-1", "0", "1e999", "-1.5", "1e-999", "9999999999999999999999999999999999",
            "[1, [2]]", "{'a': {'b': []}}", "'base64'", "'(a'", "'$1'", "*", "(SELECT VALUE * FROM b.c)", "'enrichArray'", "'yyyy-MM-dd'",
        ]), 0..5)) {
        let sql = format!("SELECT {name}({}) AS x FROM 'a'", arguments.join(", "));
        if let Ok(statement) = Statement::parse(&sql, SqlVersion::V2016) {
            let (message, answers) = (message("a", r#"{"a":"1.5","b":{"c":[1,{"d":null}]}}"#.as_bytes()), Answers::new());
            if let Ok(Decision::Selected(output)) = Evaluation::new(&statement, &message, &answers).decide() {
                prop_assert!(serde_json::from_slice::<serde_json::Value>(output.as_bytes()).is_ok()
                    || String::from_utf8_lossy(output.as_bytes()).contains("E+"));
            }
        }
    }

    #[test]
    fn any_operation_ends(left in "[a-c.0-9'e-]{1,8}", operator in prop::sample::select(vec!["+", "-", "*", "/", "%", "=", "<", "AND", "IN"]), right in "[a-c.0-9'e-]{1,8}") {
        let sql = format!("SELECT {left} {operator} {right} AS x FROM 'a'");
        if Statement::parse(&sql, SqlVersion::V2016).is_ok() {
            let _ = run(&sql, SqlVersion::V2016, "a", br#"{"a":1e500,"b":-3,"c":"0.1"}"#);
        }
    }
}
