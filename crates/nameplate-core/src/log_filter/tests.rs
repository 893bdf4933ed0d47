use super::*;
use proptest::prelude::*;

#[track_caller]
fn check(pattern: &str, found: &[&str], not: &[&str]) {
    let parsed = Pattern::parse(pattern).unwrap_or_else(|bad| panic!("{pattern}: {bad}"));
    for message in found {
        assert!(parsed.finds(message), "{pattern} does not find {message}");
    }
    for message in not {
        assert!(!parsed.finds(message), "{pattern} finds {message}");
    }
}

/// The guide's own examples are among them.
#[test]
fn terms_of_text() {
    check("", &["", "anything"], &[]);
    check("  ", &["anything"], &[]);
    check(
        "ERROR",
        &["[ERROR 400] BAD REQUEST", "[ERROR 401] UNAUTHORIZED"],
        &["[WARN] slow", "error"],
    );
    check(
        "ERROR ARGUMENTS",
        &["[ERROR 419] MISSING ARGUMENTS"],
        &["[ERROR 400] BAD REQUEST", "ARGUMENTS"],
    );
    check(
        "?ERROR ?ARGUMENTS",
        &["[ERROR 400] BAD REQUEST", "420 INVALID ARGUMENTS"],
        &["fine"],
    );
    check(
        "ERROR -ARGUMENTS",
        &["[ERROR 400] BAD REQUEST"],
        &["[ERROR 419] MISSING ARGUMENTS", "fine"],
    );
    check("-START", &["END"], &["START RequestId"]);
    check(
        "\"INTERNAL SERVER ERROR\"",
        &["[ERROR 500] INTERNAL SERVER ERROR"],
        &["INTERNAL ERROR SERVER"],
    );
    check("-\"a b\" c", &["c a", "c"], &["a b c"]);
    // `?` beside a term has no effect.
    check("?INFO ?ERROR REQUEST", &["REQUEST"], &["INFO ERROR"]);
    check(r#""say \"hi\" \d""#, &[r#"say "hi" \d"#], &["say hi"]);
    check(
        "%AUTHORI[ZS]ED%",
        &["UNAUTHORIZED", "AUTHORISED"],
        &["AUTHOR"],
    );
    check("ERROR %4\\d\\d%", &["ERROR 404"], &["ERROR 500", "404"]);
    check("größe", &["die größe"], &["grosse"]);
}

#[test]
fn conditions_on_json() {
    let event = r#"{"eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111", "arrayKey": ["value", "another"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}], "SomeObject": null, "ThisFlag": true,
        "n": 12.5, "text": "12", "a.b": {"c d": "x"}}"#;
    let cases = [
        (r#"{ $.eventType = "UpdateTrail" }"#, true),
        (r#"{$.eventType="UpdateTrail"}"#, true),
        ("{ $.eventType = UpdateTrail }", true),
        ("{ $.eventType = Update* }", true),
        ("{ $.eventType = *Trail }", true),
        ("{ $.eventType = *date*il }", true),
        ("{ $.eventType = Update }", false),
        (r#"{ $.eventType != "DeleteTrail" }"#, true),
        (r#"{ $.sourceIPAddress != 123.123.* }"#, true),
        (r#"{ $.sourceIPAddress != 111.111.* }"#, false),
        (r#"{ $.arrayKey[0] = "value" }"#, true),
        (r#"{ $.arrayKey[1] = "value" }"#, false),
        (r#"{ $.arrayKey[*] = "another" }"#, true),
        ("{ $.objectList[1].id = 2 }", true),
        ("{ $.objectList[*].id > 1 }", true),
        ("{ $.objectList[*].id > 2 }", false),
        ("{ $.SomeObject IS NULL }", true),
        ("{ $.Other IS NULL }", false),
        ("{ $.SomeOtherObject NOT EXISTS }", true),
        ("{ $.SomeObject NOT EXISTS }", false),
        ("{ $.ThisFlag IS TRUE }", true),
        ("{ $.ThisFlag is false }", false),
        ("{ $.n > 12 && $.n <= 12.5 }", true),
        ("{ $.n >= 1e2 }", false),
        ("{ $.n < 12.5 || $.n = 12.5 }", true),
        ("{ $.n != 12.5 }", false),
        ("{ $.text = 12 }", true),
        ("{ ($.n = 1 || $.n = 12.5) && ($.ThisFlag IS TRUE) }", true),
        // `&&` binds more tightly.
        ("{ $.ThisFlag IS TRUE || $.n = 1 && $.n = 2 }", true),
        ("{ $.eventType = %^Update[A-Z]% }", true),
        ("{ $.eventType != %Update% }", false),
        (r#"{ $.["a.b"].["c d"] = "x" }"#, true),
        ("{ $['a.b']['c d'] = x }", true),
        ("{ $.missing = x }", false),
        ("{ $.missing != x }", false),
    ];
    for (pattern, found) in cases {
        match found {
            true => check(pattern, &[event], &["no JSON", "12", ""]),
            false => check(pattern, &[], &[event]),
        }
    }
}

#[test]
fn what_is_no_pattern_is_told_where() {
    let check = |pattern: &str, expected: &str| {
        let bad = Pattern::parse(pattern).expect_err(pattern);
        let told = bad.to_string();
        assert!(told.contains(expected), "{pattern}: {told}");
    };
    check("\"open", "a quotation mark is missing at character 6");
    check("a -", "a term is expected at character 4");
    check("? b", "a term is expected");
    check("%[%", "no regular expression");
    check("%a", "the second %");
    check(
        "{ $.a }",
        "a comparison, IS or NOT EXISTS is expected at character 7",
    );
    check(
        "{ a = 1 }",
        "a selector that begins with $ is expected at character 3",
    );
    check("{ $ = 1 }", "the name of a member is expected");
    check("{ $.a > x }", "a number is expected");
    check("{ $.a = }", "a value is expected");
    check("{ $.a = 1", "&&, || or } is expected");
    check("{ $.a = 1 } b", "something stands behind");
    check("{ ($.a = 1 }", ") is expected");
    check("{ $.a[x] = 1 }", "a number, a name");
    check(&format!("{{ {}$.a = 1", "(".repeat(1000)), "nest too deep");
    check("{}", "a selector");
    check("[ip, user]", "does not implement space-delimited fields");
}

proptest! {
    #[test]
    fn any_pattern_has_an_answer(pattern in ".{0,80}", message in ".*") {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            let _ = pattern.finds(&message);
        }
    }

    #[test]
    fn anything_like_a_condition_has_an_answer(
        pattern in r#"\{[ $.a\[\]0*="%<>!&|()x}]{0,40}"#,
        message in r#"\{"a": (1|"x"|\[1, 2\]|null)\}"#,
    ) {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            let _ = pattern.finds(&message);
        }
    }
}
