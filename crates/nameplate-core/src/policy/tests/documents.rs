//! What is a policy, what is not, and what is said about it.

use super::*;

#[test]
fn what_is_no_policy_and_why() {
    #[track_caller]
    fn check(dialect: Dialect, text: &str, wanted: &str) {
        match PolicyDocument::parse(text, dialect) {
            Ok(_) => assert_eq!(wanted, "", "{text} was accepted"),
            Err(error) => assert_eq!(error.to_string(), wanted),
        }
    }
    let iot = |text: &str, wanted: &str| check(Dialect::Iot, text, wanted);
    let one = |statement: &str, wanted: &str| {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{{{statement}}}]}}"#);
        check(Dialect::Iot, &text, wanted);
    };
    let good = r#""Effect":"Allow","Action":"iot:Connect","Resource":"*""#;
    one(good, "");
    iot(
        "{\"Statement\":\n[}",
        "the policy document is not valid JSON: expected value (line 2, column 2)",
    );
    iot(
        r#"{"Version":"2012-10-17","Version":"2012-10-17"}"#,
        "the policy document is not valid JSON: the key \"Version\" appears twice (line 1, column 33)",
    );
    iot(
        "[]",
        "the policy document: the document must be an object, not a list",
    );
    iot("{}", "the policy document: Statement is missing");
    iot(
        r#"{"Statement":[]}"#,
        "the policy document: Statement is an empty list; it must have at least one item",
    );
    iot(
        r#"{"Version":"2012-10-18"}"#,
        "the policy document: Version has the value \"2012-10-18\"; it must be 2012-10-17 or 2008-10-17",
    );
    iot(
        r#"{"Rules":1}"#,
        "the policy document: Rules is not allowed here",
    );
    one(
        r#""Sid":"s","Effect":"allow","Action":"iot:Connect","Resource":"*""#,
        "statement 1 (s): Effect has the value \"allow\"; it must be Allow or Deny",
    );
    one(
        r#""Action":"iot:Connect","Resource":"*""#,
        "statement 1: Effect is missing",
    );
    one(
        r#""Effect":"Allow","Resource":"*""#,
        "statement 1: Action or NotAction is missing",
    );
    one(
        r#""Effect":"Allow","Action":"*""#,
        "statement 1: Resource or NotResource is missing",
    );
    one(
        &format!(r#"{good},"NotAction":"iot:Publish""#),
        "statement 1: Action and NotAction cannot both be given",
    );
    one(
        &format!(r#"{good},"Principal":"*""#),
        "statement 1: Principal is not allowed here",
    );
    one(
        r#""Effect":"Allow","Action":"Connect","Resource":"*""#,
        "statement 1: Action has the value \"Connect\"; an action is * or a service prefix, a colon and a \
         name, as in iot:Connect",
    );
    one(
        r#""Effect":"Allow","Action":[1],"Resource":"*""#,
        "statement 1: Action must be a string or a list of strings, not a number",
    );
    one(
        &format!(r#"{good},"Condition":{{"StringIs":{{"a":"b"}}}}"#),
        "statement 1: Condition has the value \"StringIs\"; it is not an operator of the policy language",
    );
    one(
        &format!(r#"{good},"Condition":{{"IpAddress":{{"aws:SourceIp":"10.0.0.0/99"}}}}"#),
        "statement 1: IpAddress of aws:SourceIp has the value \"10.0.0.0/99\"; it must be an IP address or \
         a range such as 10.0.0.0/8",
    );
    let long = |count: usize| {
        let text = r#"{"Statement":{"Sid":"","Effect":"Allow","Action":"*","Resource":"*"}}"#;
        let free = 2048 - text.len();
        text.replace(
            "\"Sid\":\"\"",
            &format!("\"Sid\":\"{}\"", "x".repeat(free + count)),
        ) + &" \n\t".repeat(5000)
    };
    iot(&long(0), "");
    iot(
        &long(1),
        "the policy document has 2049 characters, white space not counted; at most 2048 are allowed",
    );
    let deep = "[".repeat(1000);
    assert!(PolicyDocument::parse(&deep, Dialect::Iot).is_err());

    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["iot.amazonaws.com"]},"Action":"sts:AssumeRole"}]}"#;
    check(Dialect::IamTrust, trust, "");
    check(
        Dialect::Iot,
        trust,
        "statement 1: Principal is not allowed here",
    );
    check(
        Dialect::IamTrust,
        r#"{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}}"#,
        "statement 1: Principal is missing",
    );
    check(
        Dialect::IamIdentity,
        r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}}"#,
        "statement 1: Resource has the value \"bucket\"; a resource is * or an ARN",
    );
    check(
        Dialect::IamIdentity,
        r#"{"Statement":{"Sid":"a b","Effect":"Allow","Action":"s3:*","Resource":"*"}}"#,
        "statement 1 (a b): Sid has the value \"a b\"; it may hold only letters A-Z, a-z and digits",
    );
}

proptest! {
    #[test]
    fn reading_survives_any_text(text in ".{0,200}") {
        let _ = PolicyDocument::parse(&text, Dialect::Iot);
    }

    #[test]
    fn reading_survives_any_json(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"Statement\"", "\"Effect\"", "\"Allow\"", "\"Action\"",
            "\"iot:*\"", "\"Resource\"", "\"*\"", "\"Condition\"", "\"Bool\"", "true", "1e999", "-1",
            "\"${\"", "\"${}\"", "null", "\"Principal\"", "\"AWS\"",
        ]), 0..30)
    ) {
        for dialect in [Dialect::Iot, Dialect::IamTrust, Dialect::Resource] {
            let _ = PolicyDocument::parse(&pieces.concat(), dialect);
        }
    }
}
