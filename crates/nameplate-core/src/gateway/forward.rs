//! Integrations that pass a request on to another server: where it goes, and which of its parts go with it.
//!
//! Must not know: how it is sent. [API Gateway developer guide: HTTP integrations, HTTP proxy integrations]

use super::Refusal;
use std::borrow::Cow;

/// Header fields that are about one connection [RFC 9110 7.6.1], and those that are made anew for the next.
const OWN: [&str; 11] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Header fields that REST APIs leave behind when they read a request: nothing behind them sees them, as recorded of AWS.
const UNSEEN: [&str; 12] = [
    "connection",
    "content-length",
    "content-md5",
    "expect",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
];
/// Header fields of integrations' answers that REST APIs give on under another name, since they are about the answer that the
/// gateway itself makes. [Developer guide: important notes for REST APIs]
const REMAPPED: [&str; 15] = [
    "authorization",
    "connection",
    "content-length",
    "content-md5",
    "date",
    "expect",
    "host",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "trailer",
    "upgrade",
    "user-agent",
    "www-authenticate",
    "x-amzn-requestid",
];
/// Header fields that no integration of a REST API may be told to send; those behind the first four none with Lambda.
const UNSENT: [&str; 9] = [
    "content-length",
    "transfer-encoding",
    "x-amzn-trace-id",
    "x-amzn-apigateway-api-id",
    "authorization",
    "connection",
    "expect",
    "proxy-authenticate",
    "te",
];
/// By which a gateway is known in `via`.
const NAME: &str = "AmazonAPIGateway";
/// How many gateways in a row a request may pass.
const GATEWAYS: usize = 8;

/// A part of a URI.
enum Part<'u> {
    Literal(&'u str),
    /// `{name}`
    Parameter(&'u str),
    /// `${stageVariables.name}`
    Variable(&'u str),
}

fn parts(uri: &str) -> Option<Vec<Part<'_>>> {
    let mut all = Vec::new();
    let mut rest = uri;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        if let Some(before) = before.strip_suffix('$') {
            all.push(Part::Literal(before));
            all.push(Part::Variable(name.strip_prefix("stageVariables.")?));
        } else {
            all.push(Part::Literal(before));
            all.push(Part::Parameter(name.trim_end_matches('+')));
        }
        rest = behind;
    }
    all.push(Part::Literal(rest));
    Some(all)
}

/// The host and the rest of an `http` or `https` URI; none where it is no such.
fn split(uri: &str) -> Option<(&str, &str)> {
    let rest = uri
        .strip_prefix("http://")
        .or_else(|| uri.strip_prefix("https://"))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    Some(rest.split_at(end))
}

/// Whether a URI can be one that requests are passed on to.
///
/// # Errors
/// It is not one of HTTP, names a user, or has parameters in its host.
pub fn check_uri(uri: &str) -> Result<(), Refusal> {
    let wrong = || Refusal::Invalid("Invalid HTTP endpoint specified for URI".into());
    let (host, rest) = split(uri).ok_or_else(wrong)?;
    let in_host = parts(host).ok_or_else(wrong)?;
    let in_rest = parts(rest).ok_or_else(wrong)?;
    let printable = uri.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    let plain = !in_host
        .iter()
        .any(|part| matches!(part, Part::Parameter(_)));
    let named = in_host.len() > 1 || host.split(':').next().is_some_and(|name| !name.is_empty());
    match printable
        && plain
        && named
        && !in_rest.is_empty()
        && !host.contains('@')
        && !uri.contains('#')
    {
        true => Ok(()),
        false => Err(wrong()),
    }
}

/// A value as a part of a path: each segment encoded, so that it stays in its place.
fn encoded(value: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'.' | b'_' | b'~' | b'/' | b':' | b'@' | b'!' | b'$' | b'\'' | b'(' | b')'
            | b'*' | b'+' | b',' | b';' | b'=' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// The URL that a request is passed on to: parameters and stage variables in their places, and the request's query.
///
/// # Errors
/// What is missing, or why it is no URL.
pub fn url(
    uri: &str,
    query: &str,
    parameter: impl Fn(&str) -> Option<String>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let wrong = || "its URI is no URL".to_owned();
    let mut found = String::with_capacity(uri.len() + query.len() + 1);
    for part in parts(uri).ok_or_else(wrong)? {
        match part {
            Part::Literal(text) => found.push_str(text),
            Part::Parameter(name) => {
                let value =
                    parameter(name).ok_or_else(|| format!("nothing gives its URI's {{{name}}}"))?;
                found.push_str(&encoded(&value));
            }
            Part::Variable(name) => {
                let value =
                    variable(name).ok_or_else(|| format!("the stage has no variable {name}"))?;
                found.push_str(&value);
            }
        }
    }
    // A variable may have brought anything.
    check_uri(&found).map_err(|_| wrong())?;
    if !query.is_empty() {
        found.push(if found.contains('?') { '&' } else { '?' });
        found.push_str(query);
    }
    Ok(found)
}

/// The header fields of a message that the next one gets, too: none about the connection, nor those that the sender says
/// are. Names are in lower case.
pub fn passed_on(headers: &[(String, String)]) -> impl Iterator<Item = &(String, String)> {
    let named: Vec<String> = headers
        .iter()
        .filter(|(name, _)| name == "connection")
        .flat_map(|(_, value)| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    headers
        .iter()
        .filter(move |(name, _)| !OWN.contains(&name.as_str()) && !named.contains(name))
}

/// What is seen of a request's header fields behind a REST API, names in lower case.
pub fn seen(headers: &[(String, String)]) -> Vec<(String, String)> {
    let all = headers.iter();
    all.filter(|(name, _)| !UNSEEN.contains(&name.as_str()))
        .cloned()
        .collect()
}

/// What a REST API calls a header field of an integration's answer, by its name in lower case; none where it leaves it out.
pub fn answered_as(name: &str) -> Option<Cow<'_, str>> {
    match name {
        "keep-alive" | "transfer-encoding" => None,
        name if REMAPPED.contains(&name) => Some(format!("x-amzn-remapped-{name}").into()),
        name => Some(name.into()),
    }
}

/// Whether a REST API's integration, with Lambda or with another server, may be told to send a header field.
pub fn may_be_sent(name: &str, with_lambda: bool) -> bool {
    let name = name.to_ascii_lowercase();
    let unsent = match with_lambda {
        true => &UNSENT[..],
        false => &UNSENT[..4],
    };
    !unsent.contains(&name.as_str())
}

/// What `via` says with this gateway in it; none where the request has passed too many, which are in a circle then.
pub fn via(headers: &[(String, String)]) -> Option<String> {
    let before: Vec<&str> = headers
        .iter()
        .filter(|(name, _)| name == "via")
        .map(|(_, value)| value.as_str())
        .collect();
    let before = before.join(", ");
    if before.matches(NAME).count() >= GATEWAYS {
        return None;
    }
    Some(match before.is_empty() {
        true => format!("1.1 {NAME}"),
        false => format!("{before}, 1.1 {NAME}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_requests_go() {
        let check = |uri: &str, query: &str, expected: Result<&str, &str>| {
            let parameter = |name: &str| (name == "proxy").then(|| "a b/c?d".to_owned());
            let variable = |name: &str| (name == "host").then(|| "h:8080".to_owned());
            let found = check_uri(uri)
                .map_err(|why| why.to_string())
                .and_then(|()| url(uri, query, parameter, variable));
            assert_eq!(
                found,
                expected.map(str::to_owned).map_err(str::to_owned),
                "{uri}"
            );
        };
        check("http://h", "", Ok("http://h"));
        check(
            "https://h:8443/x?y=1",
            "z=2",
            Ok("https://h:8443/x?y=1&z=2"),
        );
        check("http://h/{proxy}", "", Ok("http://h/a%20b/c%3Fd"));
        check(
            "http://h/x/{proxy+}/y",
            "q",
            Ok("http://h/x/a%20b/c%3Fd/y?q"),
        );
        check("http://${stageVariables.host}/x", "", Ok("http://h:8080/x"));
        check(
            "http://h/{other}",
            "",
            Err("nothing gives its URI's {other}"),
        );
        check(
            "http://h/${stageVariables.none}",
            "",
            Err("the stage has no variable none"),
        );
        let wrong = Err("Invalid HTTP endpoint specified for URI");
        for uri in [
            "",
            "h",
            "ftp://h",
            "http://",
            "http:///x",
            "http://u@h",
            "http://{proxy}/x",
            "http://h/{x",
            "http://h/a b",
            "http://h/#x",
            "http://h/${x.y}",
        ] {
            check(uri, "", wrong);
        }
        let taken = url(
            "http://h.${stageVariables.v}",
            "",
            |_| None,
            |_| Some("x/@y#".into()),
        );
        assert_eq!(taken, Err("its URI is no URL".to_owned()));
    }

    #[test]
    fn rest_apis_keep_what_is_about_connections_to_themselves() {
        let field = |name: &str| (name.to_owned(), "v".to_owned());
        let sent = ["content-md5", "upgrade", "via", "content-type", "date"].map(field);
        let names: Vec<String> = seen(&sent).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["via", "content-type", "date"]);
        for (name, wanted) in [
            ("www-authenticate", Some("x-amzn-remapped-www-authenticate")),
            ("date", Some("x-amzn-remapped-date")),
            ("x-amzn-requestid", Some("x-amzn-remapped-x-amzn-requestid")),
            ("content-type", Some("content-type")),
            ("via", Some("via")),
            ("transfer-encoding", None),
        ] {
            assert_eq!(answered_as(name).as_deref(), wanted, "{name}");
        }
        for (name, with_lambda, with_others) in [
            ("Content-Length", false, false),
            ("x-amzn-trace-id", false, false),
            ("Authorization", false, true),
            ("TE", false, true),
            ("Host", true, true),
        ] {
            assert_eq!(may_be_sent(name, true), with_lambda, "{name}");
            assert_eq!(may_be_sent(name, false), with_others, "{name}");
        }
    }

    #[test]
    fn what_goes_with_a_request() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = [
            field("host", "h"),
            field("accept", "*/*"),
            field("connection", "close, X-Mine"),
            field("x-mine", "1"),
            field("cookie", "c"),
            field("transfer-encoding", "chunked"),
            field("via", "1.0 other"),
        ];
        let names: Vec<&str> = passed_on(&headers).map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["accept", "cookie", "via"]);
        let mut passed = via(&headers);
        assert_eq!(passed.as_deref(), Some("1.0 other, 1.1 AmazonAPIGateway"));
        let mut count = 1;
        while let Some(value) = passed {
            passed = via(&[field("via", &value)]);
            count += 1;
        }
        assert_eq!(count, GATEWAYS + 1);
    }
}
