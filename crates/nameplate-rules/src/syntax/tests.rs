use crate::{SqlVersion, Statement};
use proptest::prelude::*;

fn parse(sql: &str) -> Result<Statement, crate::SqlError> {
    Statement::parse(sql, SqlVersion::V2016)
}

#[test]
fn statements_of_guides_and_public_rules_are_taken() {
    for sql in [
        "SELECT * FROM 'a/b'",
        "select color as rgb from 'topic/subtopic' where temperature > 50",
        "SELECT * FROM '$aws/events/certificates/registered/#' WHERE certificateStatus = \"PENDING_ACTIVATION\"",
        "SELECT * FROM '$aws/things/MyRPi/shadow/update/accepted' WHERE state.reported.moisture = 'low'\n",
        "SELECT *, topic(1) as deviceId, topic(2) as actuatorId FROM '+/+/+/req'",
        "SELECT (temperature - 32) * 5 / 9 AS celsius, upper(color) as my_color FROM 'a/b'",
        "SELECT VALUE *.messages FROM 'test/test2'",
        "SELECT get((SELECT *, topic() as topic FROM *),0) as data FROM 'test/test1'",
        "SELECT temperature, humidity, cast(light as double) as newLight FROM 'test/test4'",
        "SELECT state.debug AS state.debug, version FROM 't' WHERE IsUndefined(state.debug) = False",
        "SELECT * AS payload, topic() AS topic FROM '/+/tms'",
        "SELECT aws_lambda(\"arn:aws:lambda:us-east-1:1:function:f\",{\"p\": a, \"w\": b}) as p, timestamp() as t",
        "SELECT 'd' AS device, timestamp()/1000 + 604800 AS expireAt FROM '$aws/things/d/shadow/name/s/update/documents'",
        "SELECT get(get(get(state, \"reported\"), \"14203:1.0\"), \"0\") as c, topic(3) as id from '$aws/things/+/shadow/name/l/update/accepted' WHERE isUndefined(get(state,\"reported\")) = False",
        "SELECT topic(1) as deviceId, btn.ts as ts, parse_time(\"yyyy-MM-dd'T'HH:mm:ss.S'Z'\", timestamp()) as timestamp FROM '+/messages' WHERE btn.v = 42",
        "SELECT value, unit FROM 'a'",
        "SELECT value FROM 'a' WHERE value > 5 AND value NOT IN (7, 8)",
        "SELECT value * 2 AS twice, value AS value FROM 'a'",
        "SELECT value - 5 AS less FROM 'a'",
        "SELECT VALUE (value) FROM 'a'",
        "SELECT a IN ['x', 'y'] AS found FROM 'a' WHERE color IN ('red', 'blue') AND NOT b IN (SELECT VALUE n FROM e)",
        "SET @x = (f - 32) * 5 / 9, @y = @x + 1 SELECT @x AS c, @y.z FROM 'd' WHERE @x > 2",
        "SELECT CASE color WHEN 'green' THEN 'go' ELSE 'x' END as i FROM 'a/b'",
        "SELECT NULL AS n, true AS t FROM 'a/b'",
        "SELECT 'it''s' AS a, \"say \"\"x\"\"\" AS b, 'a\\'b' AS c FROM 'a'",
    ] {
        if let Err(error) = parse(sql) {
            panic!("{sql}: {error}");
        }
    }
}

#[test]
fn what_does_not_parse_is_refused_with_place_and_reason() {
    let cases = [
        (
            "",
            "line 1, column 1: found the end; a statement begins with SELECT",
        ),
        (
            "SELEC * FROM 'a'",
            "line 1, column 1: found \"SELEC\"; a statement begins with SELECT",
        ),
        (
            "SELECT FROM 'a'",
            "line 1, column 8: found \"FROM\" where an expression was expected",
        ),
        (
            "SELECT * FROM a/b",
            "line 1, column 15: found \"a\" where FROM needs a topic filter in quotes, such as 'sensors/+/data'",
        ),
        (
            "SELECT * FROM 'a/#/b'",
            "line 1, column 15: the topic filter \"a/#/b\" has a # that is not last",
        ),
        (
            "SELECT * FROM 'a",
            "line 1, column 15: the text that begins here has no closing '",
        ),
        (
            "SELECT *\nFROM 'a'\nWHERE",
            "line 3, column 6: found the end where an expression was expected",
        ),
        (
            "SELECT a b FROM 'a'",
            "line 1, column 10: found \"b\" where WHERE, FROM or the end of the statement was expected",
        ),
        (
            "SELECT nosuch(1) FROM 'a'",
            "line 1, column 8: there is no function \"nosuch\"",
        ),
        (
            "SELECT abs() FROM 'a'",
            "line 1, column 8: abs takes 1 argument and was given 0",
        ),
        (
            "SELECT substring(a) FROM 'a'",
            "line 1, column 8: substring takes 2 to 3 arguments and was given 1",
        ),
        (
            "SELECT a == 1 FROM 'a'",
            "line 1, column 11: equality is written with one =",
        ),
        (
            "SELECT a LIKE 'b' AS c FROM 'a'",
            "line 1, column 10: LIKE does not exist; use regexp_matches, startswith or endswith",
        ),
        (
            "SELECT * FROM 'a' WHERE a IS NULL",
            "line 1, column 27: IS does not exist; use isNull or isUndefined",
        ),
        (
            "SELECT 1abc FROM 'a'",
            "line 1, column 8: a name begins with a letter or _; a key that begins otherwise is read with get(object, \"key\")",
        ),
        (
            "SELECT a-b.c-, FROM 'a'",
            "line 1, column 14: found \",\" where an expression was expected",
        ),
        (
            "SELECT a[0] FROM 'a'",
            "line 1, column 9: elements of an array are read with get(array, index)",
        ),
        (
            "SELECT (a FROM 'a'",
            "line 1, column 11: found \"FROM\" where \")\" was expected",
        ),
        (
            "SELECT cast(a AS Date) FROM 'a'",
            "line 1, column 18: there is no type \"Date\"; types are String, Nvarchar, Text, Ntext, Varchar, Int, Integer, Double, Decimal, Bool and Boolean",
        ),
        (
            "SELECT CASE WHEN a THEN b END FROM 'a'",
            "line 1, column 13: CASE is followed by the expression that the values after WHEN are compared with",
        ),
        (
            "SELECT CASE a END FROM 'a'",
            "line 1, column 15: found \"END\" where WHEN, which a CASE has at least once, was expected",
        ),
        (
            "SELECT @x FROM 'a'",
            "line 1, column 8: @x is not set by a SET before this place",
        ),
        (
            "SET @x = @x SELECT 1 FROM 'a'",
            "line 1, column 10: @x is not set by a SET before this place",
        ),
        (
            "SET @x = 1, @x = 2 SELECT 1 FROM 'a'",
            "line 1, column 13: @x is set already, and cannot be changed",
        ),
        (
            "SELECT regexp_matches(a, '(?=x)') FROM 'a'",
            "line 1, column 8: the regular expression \"(?=x)\" looks ahead or behind, which is not supported",
        ),
        (
            "SELECT encode(a, 'hex') FROM 'a'",
            "line 1, column 8: encode knows the scheme 'base64', not \"hex\"",
        ),
        (
            "SELECT decode(a, 'proto', 'b', 'k', 'n', 't') FROM 'a'",
            "line 1, column 8: decode with the scheme 'proto' is not supported",
        ),
        (
            "SELECT get_thing_shadow('t', role) FROM 'a'",
            "line 1, column 8: get_thing_shadow's last argument is the ARN of a role as a literal text",
        ),
        (
            "SELECT machinelearning_predict('m', 'arn:r', *) FROM 'a'",
            "line 1, column 8: the function machinelearning_predict is not supported: it asks Amazon Machine Learning, a service that takes no new users",
        ),
        (
            "SELECT 1e1000 FROM 'a'",
            "line 1, column 8: the number is larger than 9.999E999",
        ),
        (
            "SELECT a; FROM 'a'",
            "line 1, column 9: the character ';' does not belong to the language",
        ),
        (
            "SELECT * FROM 'a' WHERE a = b = c",
            "line 1, column 31: a comparison's result is compared only in parentheses",
        ),
    ];
    for (sql, expected) in cases {
        match parse(sql) {
            Ok(_) => panic!("{sql} was taken"),
            Err(error) => assert_eq!(error.to_string(), expected, "{sql}"),
        }
    }
    let twice = "SELECT get_dynamodb('t','k',1,'arn:r') AS a, get_dynamodb('t','k',2,'arn:r') AS b FROM 'a'";
    assert!(parse(twice).is_err_and(|error| error.reason.contains("once")));
}

#[test]
fn the_first_version_lacks_what_the_second_brought() {
    let old = |sql: &str| Statement::parse(sql, SqlVersion::V2015);
    assert!(old("SELECT md5(a) AS h FROM 'a' WHERE a IN (1, 2)").is_ok());
    for (sql, reason) in [
        (
            "SELECT [1] AS a FROM 'a'",
            "literal arrays exist in SQL version 2016-03-23 and later; this rule's awsIotSqlVersion is 2015-10-08",
        ),
        (
            "SELECT {'a': 1} AS a FROM 'a'",
            "literal objects exist in SQL version 2016-03-23 and later; this rule's awsIotSqlVersion is 2015-10-08",
        ),
        (
            "SELECT (SELECT a FROM e) AS a FROM 'a'",
            "a SELECT within another exists in SQL version 2016-03-23 and later; this rule's awsIotSqlVersion is 2015-10-08",
        ),
        (
            "SELECT encode(*, 'base64') AS a FROM 'a'",
            "the function encode exists in SQL version 2016-03-23 and later; this rule's awsIotSqlVersion is 2015-10-08",
        ),
        (
            "SELECT cast(a AS Bool) AS a FROM 'a'",
            "the type Bool exists in SQL version 2016-03-23 and later; this rule's awsIotSqlVersion is 2015-10-08",
        ),
    ] {
        match old(sql) {
            Ok(_) => panic!("{sql} was taken"),
            Err(error) => assert_eq!(error.reason, reason),
        }
    }
}

#[test]
fn depth_is_bounded_and_length_is_not() {
    let nested = |levels: usize| {
        format!(
            "SELECT {}1{} AS a FROM 'a'",
            "(".repeat(levels),
            ")".repeat(levels)
        )
    };
    assert!(parse(&nested(50)).is_ok());
    assert!(parse(&nested(5000)).is_err());
    assert!(parse(&format!("SELECT {}a AS a FROM 'a'", "NOT ".repeat(5000))).is_err());
    assert!(parse(&format!("SELECT {}a AS a FROM 'a'", "- ".repeat(5000))).is_err());
    assert!(parse(&format!("SELECT a{} AS a FROM 'a'", " + a".repeat(5000))).is_ok());
    assert!(
        parse(&format!(
            "SELECT a FROM 'a' WHERE a{}",
            " OR a".repeat(5000)
        ))
        .is_ok()
    );
    assert!(parse(&format!("SELECT a{} FROM 'a'", ".b".repeat(5000))).is_ok());
    assert!(
        parse(&format!(
            "SELECT '{}' AS a FROM 'a'",
            "x".repeat(crate::SQL_BYTES)
        ))
        .is_err()
    );
}

#[test]
fn roles_and_filters_are_known_when_the_rule_is_saved() {
    let statement = parse(
        "SELECT get_thing_shadow('t', 'arn:aws:iam::1:role/a') AS a, get_secret('s', 'SecretString', 'arn:aws:iam::1:role/b') AS b, \
         get_thing_shadow('u', 'arn:aws:iam::1:role/a') AS c FROM 'x/+'",
    )
    .expect("it parses");
    assert_eq!(
        statement.roles().collect::<Vec<_>>(),
        ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b"]
    );
    assert_eq!(statement.filter(), Some("x/+"));
    assert_eq!(parse("SELECT a").expect("it parses").filter(), None);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = parse(&text);
    }

    #[test]
    fn any_words_are_read_or_refused(words in prop::collection::vec(prop::sample::select(vec![
        "SELECT", "VALUE", "FROM", "WHERE", "AS", "AND", "OR", "NOT", "IN", "CASE", "WHEN", "THEN", "ELSE", "END", "SET",
        "'a/b'", "\"x\"", "1", "1.5e3", "*", "(", ")", "[", "]", "{", "}", ",", ".", ":", "=", "<>", "-", "+", "/", "%",
        "a", "@v", "abs", "get", "cast", "topic", "é", "'", "\\",
    ]), 0..24), space in any::<bool>()) {
        let text = format!("SELECT {}", words.join(if space { " " } else { "" }));
        if let Err(error) = parse(&text) {
            prop_assert!(error.line >= 1 && error.column >= 1 && error.offset <= text.len());
        }
        let _ = Statement::parse(&text, SqlVersion::V2015);
    }
}
