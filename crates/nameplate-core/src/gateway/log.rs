//! What stages log of requests: the line of an access log, and how much of an execution is told.
//! [API Gateway developer guide: Set up CloudWatch logging for REST APIs; Customize HTTP API access logs]

use super::Refusal;
use crate::arn::Realm;
use serde_json::{Value, json};

/// Bytes of a line's format (API Gateway quotas: access log template size).
const FORMAT_BYTES: usize = 3 * 1024;
/// Bytes of what one line of an execution log tells of a request's data.
const DATA_BYTES: usize = 1024;
/// What stands where there is nothing.
const NOTHING: &str = "-";
/// What stands for what is secret.
const HIDDEN: &str = "******";
/// Header fields that no log gets, in lower case. [Developer guide: CloudWatch log formats for API Gateway]
const SECRET: [&str; 5] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "x-amz-security-token",
    "x-api-key",
];

/// The name of the log group that the ARN of an access log's destination means.
///
/// # Errors
/// It is no log group of this account and region, or another kind of destination.
pub fn destination<'a>(arn: &'a str, realm: &Realm) -> Result<&'a str, Refusal> {
    let wrong = || {
        Refusal::Invalid(format!(
            "Invalid ARN specified in the request: access logs go to a log group of this account and region: {arn}"
        ))
    };
    if arn.contains(":firehose:") {
        return Err(Refusal::NotBuilt(
            "access logs that go to Firehose".to_owned(),
        ));
    }
    let all = realm.log_group("");
    let head = all.strip_suffix(":*").unwrap_or(&all);
    let name = arn.strip_prefix(head).ok_or_else(wrong)?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.".contains(&byte);
    if !name.bytes().all(fits) {
        return Err(Refusal::Invalid(format!(
            "Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': 'log-group:{name}'"
        )));
    }
    match name.len() {
        1..=512 => Ok(name),
        _ => Err(wrong()),
    }
}

/// Refuses what is no format of access logs: one line, which names the request.
pub fn check_format(format: &str) -> Result<(), Refusal> {
    let wrong = |why: &str| Err(Refusal::Invalid(why.to_owned()));
    let line = format.trim_end_matches(['\n', '\r']);
    if line.contains(['\n', '\r']) {
        return wrong(
            "Access Log format must be single line, new line character is allowed only at end of the format",
        );
    }
    if format.len() > FORMAT_BYTES {
        return wrong("Access Log format must not be larger than 3 KB");
    }
    let names = variables(line);
    let mut names = names.iter().filter_map(|piece| match piece {
        Piece::Variable(name) => Some(*name),
        Piece::Text(_) => None,
    });
    match names.any(|name| matches!(name, "requestId" | "extendedRequestId")) {
        true => Ok(()),
        false => {
            wrong("Access Log format must include $context.requestId or $context.extendedRequestId")
        }
    }
}

#[derive(Debug, PartialEq)]
enum Piece<'f> {
    Text(&'f str),
    /// Behind `$context.`
    Variable(&'f str),
}

/// A format in pieces.
fn variables(mut rest: &str) -> Vec<Piece<'_>> {
    const HEAD: &str = "$context.";
    let mut pieces = Vec::new();
    while let Some(at) = rest.find(HEAD) {
        let (text, found) = rest.split_at(at);
        let found = &found[HEAD.len()..];
        let part = |byte: char| byte.is_ascii_alphanumeric() || "_-.".contains(byte);
        let end = found.find(|byte| !part(byte)).unwrap_or(found.len());
        // What ends a sentence, or joins two variables, is text.
        let name = found[..end].trim_end_matches(['.', '-']);
        pieces.push(Piece::Text(text));
        pieces.push(Piece::Variable(name));
        rest = &found[name.len()..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The line that a format makes of what is known of a request. What is not known is `-`; texts are escaped as in JSON,
/// so that no request ends a line or a text.
pub fn line(format: &str, context: &Value) -> String {
    let mut line = String::new();
    for piece in variables(format.trim_end_matches(['\n', '\r'])) {
        match piece {
            Piece::Text(text) => line.push_str(text),
            // It has its quotation marks with it.
            Piece::Variable(name @ "error.messageString") => {
                let text = member(context, name).and_then(Value::as_str);
                line.push_str(text.unwrap_or(NOTHING));
            }
            Piece::Variable(name) => match member(context, name) {
                None | Some(Value::Null) => line.push_str(NOTHING),
                Some(Value::String(text)) if text.is_empty() => line.push_str(NOTHING),
                Some(Value::String(text)) => {
                    let quoted = json!(text).to_string();
                    line.push_str(&quoted[1..quoted.len() - 1]);
                }
                Some(other) => line.push_str(&other.to_string()),
            },
        }
    }
    line
}

/// A member by its name with points, of which members' own names may have some.
fn member<'v>(of: &'v Value, name: &str) -> Option<&'v Value> {
    if let Some(found) = of.get(name) {
        return Some(found);
    }
    let points = name.match_indices('.');
    points.into_iter().find_map(|(at, _)| {
        let inner = of.get(&name[..at])?;
        member(inner, &name[at + 1..])
    })
}

/// How much of executions is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Level {
    /// Nothing.
    #[default]
    Off,
    /// What failed.
    Error,
    /// Each step.
    Info,
}

impl Level {
    /// `OFF`, `ERROR` or `INFO`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "OFF" => Some(Self::Off),
            "ERROR" => Some(Self::Error),
            "INFO" => Some(Self::Info),
            _ => None,
        }
    }
}

/// The level of a method of a stage, and whether its data is traced. Its own settings go before those of all methods.
pub fn level(stage: &Value, path: &str, method: &str) -> (Level, bool) {
    let settings = super::settings::of(stage, path, method).map(|(_, of)| of);
    let level = settings.and_then(|of| Level::parse(of["loggingLevel"].as_str()?));
    let traced = settings.is_some_and(|of| of["dataTraceEnabled"] == true);
    (level.unwrap_or_default(), traced)
}

/// Named values as execution logs have them, without what is secret: `{a=1, b=2}`.
pub fn named<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.into_iter().map(|(name, value)| {
        let secret = SECRET
            .iter()
            .any(|secret| name.eq_ignore_ascii_case(secret));
        let value = if secret { "******" } else { value };
        format!("{name}={value}")
    });
    cut(&format!("{{{}}}", pairs.collect::<Vec<_>>().join(", ")))
}

/// Whether a header field's value is no log's business.
pub fn is_secret(name: &str) -> bool {
    SECRET
        .iter()
        .any(|secret| name.eq_ignore_ascii_case(secret))
}

/// A text without what is secret of its request.
pub fn without(text: String, secrets: &[String]) -> String {
    secrets
        .iter()
        .fold(text, |text, secret| text.replace(secret.as_str(), HIDDEN))
}

/// A text of a request or an answer, as far as logs have it.
pub fn cut(text: &str) -> String {
    if text.len() <= DATA_BYTES {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(DATA_BYTES);
    format!("{} [TRUNCATED]", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_formats() {
        let context = json!({
            "requestId": "r1", "status": 200, "identity": {"sourceIp": "10.0.0.1", "userAgent": "a \"b\"\n"},
            "authorizer": {"claims": {"sub": "me"}, "a.b": "c"}, "error": {"messageString": "\"No\"", "message": ""},
        });
        let check = |format: &str, expected: &str| assert_eq!(line(format, &context), expected);
        check("$context.requestId", "r1");
        check(
            "$context.identity.sourceIp [$context.requestId] $context.status\n",
            "10.0.0.1 [r1] 200",
        );
        check("$context.requestId-$context.status.", "r1-200.");
        check("\"$context.identity.userAgent\"", "\"a \\\"b\\\"\\n\"");
        check("$context.authorizer.claims.sub", "me");
        check("$context.authorizer.a.b", "c");
        check("$context.error.messageString", "\"No\"");
        check("$context.error.message $context.none.such", "- -");
        check(
            "$context $contexts.a costs $5",
            "$context $contexts.a costs $5",
        );
    }

    #[test]
    fn formats_that_cannot_be() {
        let check = |format: &str, part: &str| {
            let why = check_format(format).expect_err(part).to_string();
            assert!(why.contains(part), "{why}");
        };
        assert_eq!(check_format("{\"id\": \"$context.requestId\"}\n"), Ok(()));
        assert_eq!(check_format("$context.extendedRequestId"), Ok(()));
        check("$context.requestId\n$context.status", "single line");
        check("$context.status", "must include $context.requestId");
        check("$context.requestIds", "must include $context.requestId");
        check(&format!("$context.requestId{}", "x".repeat(3072)), "3 KB");
    }

    #[test]
    fn destinations() {
        let realm = Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        };
        let of = |arn: &str| {
            let found = destination(arn, &realm).map(str::to_owned);
            found.map_err(|why| why.to_string())
        };
        let head = "arn:aws:logs:us-east-1:123456789012:log-group:";
        assert_eq!(
            of(&format!("{head}/aws/a.b-c_d")),
            Ok("/aws/a.b-c_d".into())
        );
        assert_eq!(
            of(&format!("{head}a:*")),
            Err(
                "Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': 'log-group:a:*'"
                    .into()
            )
        );
        for wrong in ["", "x", head, &head.replace("9012", "9013")] {
            let why = of(wrong).expect_err(wrong);
            assert!(why.starts_with("Invalid ARN"), "{why}");
        }
    }

    #[test]
    fn what_no_log_gets() {
        let pairs = [
            ("Authorization", "Bearer x"),
            ("x-api-key", "k"),
            ("a", "b"),
        ];
        assert_eq!(
            named(pairs),
            "{Authorization=******, x-api-key=******, a=b}"
        );
        let text = "{\"Authorization\": \"Bearer x\"}".to_owned();
        assert_eq!(
            without(text, &["Bearer x".to_owned()]),
            "{\"Authorization\": \"******\"}"
        );
        assert_eq!(cut(&"ä".repeat(600)).len(), 1024 + " [TRUNCATED]".len());
    }
}
