//! Events and answers, by examples.

use super::{Answered, Asked, Format, Via, extended_id, read, read_for_rest, read_for_url};
use crate::arn::Realm;
use crate::ctx::Millis;
use serde_json::{Value, json};

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

struct Line<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    pairs: &'a [(&'a str, &'a str)],
    headers: &'a [(&'a str, &'a str)],
    body: &'a [u8],
}

const GETCERT: Line<'_> = Line {
    method: "GET",
    path: "/getcert",
    query: "serialNumber=SN%201&a=1&a=2",
    pairs: &[("serialNumber", "SN 1"), ("a", "1"), ("a", "2")],
    headers: &[
        ("host", "vend.example:8443"),
        ("user-agent", "curl/8"),
        ("x-forwarded-for", "6.6.6.6"),
        ("x-id", "1"),
        ("x-id", "2"),
        ("cookie", "a=b; c=d"),
    ],
    body: b"",
};

fn event(line: &Line<'_>, format: Format) -> Value {
    named(line, format, &[])
}

/// The event of a request whose client wrote names so.
fn named(line: &Line<'_>, format: Format, names: &[&str]) -> Value {
    let realm = Realm {
        account: "123456789012".into(),
        region: "eu-west-1".into(),
    };
    let (headers, pairs) = (pairs(line.headers), pairs(line.pairs));
    let asked = Asked {
        method: line.method,
        via: Via {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Via::door("cvm", line.path)
        },
        path: line.path,
        query: line.query,
        pairs: &pairs,
        headers: &headers,
        body: line.body,
        source_ip: "10.0.0.7",
        secure: true,
        request_id: "id-1",
        now: Millis(1_428_582_896_123),
        realm: &realm,
    };
    let mut event = asked.event(format).expect("an event");
    if event.is_object() {
        event["source"] = json!(asked.source_arn());
        event["serial"] = json!(asked.serial());
    }
    event
}

#[test]
fn format_1() {
    let event = event(&GETCERT, Format::Proxy1);
    #[rustfmt::skip]
    let cases = [
        ("/version", json!("1.0")),
        ("/resource", json!("/{proxy+}")),
        ("/path", json!("/getcert")),
        ("/httpMethod", json!("GET")),
        ("/serial", json!("SN 1")),
        ("/queryStringParameters", json!({"serialNumber": "SN 1", "a": "2"})),
        ("/multiValueQueryStringParameters/a", json!(["1", "2"])),
        ("/headers/Host", json!("vend.example:8443")),
        ("/headers/X-Id", json!("2")),
        ("/multiValueHeaders/X-Id", json!(["1", "2"])),
        // Not what the device says of itself.
        ("/multiValueHeaders/X-Forwarded-For", json!(["10.0.0.7"])),
        ("/headers/X-Amzn-Trace-Id", json!("Root=1-552671f0-00000000000000000000001d")),
        ("/headers/X-Forwarded-Proto", json!("https")),
        ("/headers/X-Forwarded-Port", json!("8443")),
        ("/requestContext/identity/userArn", Value::Null),
        ("/pathParameters", json!({"proxy": "getcert"})),
        ("/stageVariables", Value::Null),
        ("/requestContext/accountId", json!("123456789012")),
        ("/requestContext/path", json!("/vending/functions/cvm/getcert")),
        ("/requestContext/identity/sourceIp", json!("10.0.0.7")),
        ("/requestContext/identity/userAgent", json!("curl/8")),
        ("/requestContext/domainName", json!("vend.example")),
        ("/requestContext/domainPrefix", json!("vend")),
        ("/requestContext/requestTime", json!("09/Apr/2015:12:34:56 +0000")),
        ("/requestContext/requestTimeEpoch", json!(1_428_582_896_123_i64)),
        ("/requestContext/requestId", json!("id-1")),
        ("/body", Value::Null),
        ("/isBase64Encoded", json!(false)),
        ("/source", json!("arn:aws:execute-api:eu-west-1:123456789012:vending/functions/GET/getcert")),
    ];
    for (pointer, wanted) in cases {
        assert_eq!(event.pointer(pointer), Some(&wanted), "{pointer}");
    }
}

#[test]
fn rest_apis_leave_names_as_they_were_written() {
    let line = Line {
        headers: &[
            ("authorization", "a"),
            ("user-agent", "u"),
            ("test-header", "t"),
            ("headervar", "h"),
            ("x-plain", "p"),
            ("x-amzn-trace-id", "Root=1-2-3;Sampled=1"),
        ],
        ..GETCERT
    };
    let names = ["aUThorization", "user-Agent", "tEsT-HEADeR", "headerVar"];
    let event = named(&line, Format::Proxy1, &names);
    let shown: Vec<&String> = event["headers"].as_object().expect("some").keys().collect();
    let wanted = [
        "Authorization",
        "User-Agent",
        "X-Amzn-Trace-Id",
        "X-Forwarded-For",
        "X-Forwarded-Port",
        "X-Forwarded-Proto",
        "X-Plain",
        "headerVar",
        "tEsT-HEADeR",
    ];
    let mut shown: Vec<&str> = shown.into_iter().map(String::as_str).collect();
    shown.sort_unstable();
    assert_eq!(shown, wanted);
    assert_eq!(event["headers"]["X-Amzn-Trace-Id"], "Root=1-2-3;Sampled=1");
    assert_eq!(event["multiValueHeaders"]["tEsT-HEADeR"], json!(["t"]));
}

#[test]
fn ids_beside_the_first() {
    let id = "01234567-89ab-cdef-0123-456789abcdef";
    assert_eq!(extended_id(id), "/ty6mHZUMhD+3Lo=");
    assert_eq!(extended_id("").len(), 16);
}

#[test]
fn format_1_of_little() {
    let bare = Line {
        path: "",
        query: "",
        pairs: &[],
        headers: &[],
        method: "POST",
        body: b"\xff\x00",
    };
    let event = event(&bare, Format::Proxy1);
    #[rustfmt::skip]
    let cases = [
        ("/resource", json!("/")),
        ("/path", json!("/")),
        ("/queryStringParameters", Value::Null),
        ("/multiValueQueryStringParameters", Value::Null),
        ("/pathParameters", Value::Null),
        ("/requestContext/path", json!("/vending/functions/cvm")),
        ("/body", json!("/wA=")),
        ("/isBase64Encoded", json!(true)),
        ("/source", json!("arn:aws:execute-api:eu-west-1:123456789012:vending/functions/POST/")),
    ];
    for (pointer, wanted) in cases {
        assert_eq!(event.pointer(pointer), Some(&wanted), "{pointer}");
    }
}

#[test]
fn format_2() {
    let event = event(&GETCERT, Format::Proxy2);
    #[rustfmt::skip]
    let cases = [
        ("/version", json!("2.0")),
        ("/routeKey", json!("$default")),
        ("/rawPath", json!("/getcert")),
        ("/rawQueryString", json!("serialNumber=SN%201&a=1&a=2")),
        ("/queryStringParameters", json!({"serialNumber": "SN 1", "a": "1,2"})),
        ("/headers/x-id", json!("1,2")),
        ("/cookies", json!(["a=b", "c=d"])),
        ("/requestContext/http/method", json!("GET")),
        ("/requestContext/http/path", json!("/getcert")),
        ("/requestContext/http/sourceIp", json!("10.0.0.7")),
    ];
    for (pointer, wanted) in cases {
        assert_eq!(event.pointer(pointer), Some(&wanted), "{pointer}");
    }
    for absent in ["/body", "/headers/cookie", "/httpMethod"] {
        assert_eq!(event.pointer(absent), None, "{absent}");
    }
}

#[test]
fn the_body_as_the_event() {
    let with = |body| Line {
        body,
        method: "POST",
        ..GETCERT
    };
    let of = |body: &'static [u8]| event(&with(body), Format::Body);
    assert_eq!(of(br#"{"device_uid": "U"}"#)["device_uid"], "U");
    // The query's serial number is before the body's.
    assert_eq!(of(br#"{"device_uid": "U"}"#)["serial"], "SN 1");
    assert_eq!(of(b"[1]"), json!([1]));
    assert_eq!(of(b"").get("path"), None);
}

#[test]
fn who_a_device_says_that_it_is() {
    let check = |body: &'static [u8], query: &'static [(&str, &str)], expected: Value| {
        let line = Line {
            body,
            pairs: query,
            ..GETCERT
        };
        assert_eq!(event(&line, Format::Proxy1)["serial"], expected);
    };
    check(
        b"",
        &[("deviceToken", "t"), ("SERIAL_number", "1")],
        json!("1"),
    );
    check(
        br#"{"device-uid": "U", "device_token": "T"}"#,
        &[],
        json!("U"),
    );
    check(br#"{"thingName": "lamp", "sn": "7"}"#, &[], json!("7"));
    check(br#"{"device_uid": 7}"#, &[], Value::Null);
    check(b"no", &[("serialNumber", "")], Value::Null);
    check(b"[]", &[], Value::Null);
}

#[test]
fn answers() {
    use Format::{Body, Proxy1, Proxy2};
    type Fields = &'static [(&'static str, &'static str)];
    const JSON: Fields = &[("content-type", "application/json")];
    #[rustfmt::skip]
    let cases: &[(Format, &str, u16, Fields, &str)] = &[
        (Proxy1, r#"{"statusCode": 200, "body": "hi"}"#, 200, JSON, "hi"),
        (Proxy1, r#"{"statusCode": "404"}"#, 404, JSON, ""),
        (Proxy1, r#"{"statusCode": 200, "body": null, "headers": null}"#, 200, JSON, ""),
        (Proxy1, r#"{"statusCode": 200, "body": "aGk=", "isBase64Encoded": true}"#, 200, JSON, "hi"),
        (Proxy1, r#"{"statusCode": 500, "headers": {"Content-Type": "text/plain", "X-N": 1, "X-B": true, "X-0": null}}"#, 500,
         &[("content-type", "text/plain"), ("x-b", "true"), ("x-n", "1")], ""),
        (Proxy1, r#"{"statusCode": 200, "multiValueHeaders": {"X": ["1", "2"]}, "headers": {"X": "2"}}"#, 200,
         &[("x", "1"), ("x", "2"), ("content-type", "application/json")], ""),
        // What the connection alone knows.
        (Proxy1, r#"{"statusCode": 200, "headers": {"Content-Length": "9", "Transfer-Encoding": "chunked"}}"#, 200, JSON, ""),
        (Proxy2, r#"{"statusCode": 201, "cookies": ["a=b", "c=d"]}"#, 201,
         &[("set-cookie", "a=b"), ("set-cookie", "c=d"), ("content-type", "application/json")], ""),
        (Proxy2, r#"{"a":1}"#, 200, JSON, r#"{"a":1}"#),
        (Proxy2, r#""hi""#, 200, JSON, "hi"),
        (Proxy2, "null", 200, JSON, "null"),
        (Body, r#"{"statusCode":404}"#, 200, JSON, r#"{"statusCode":404}"#),
        (Body, "null", 200, JSON, "null"),
    ];
    for (format, payload, status, headers, body) in cases {
        let Answered {
            status: got,
            headers: mut fields,
            body: text,
        } = read(*format, payload.as_bytes()).unwrap_or_else(|why| panic!("{payload}: {why}"));
        let mut wanted = pairs(headers);
        wanted.sort();
        fields.sort();
        assert_eq!((got, fields), (*status, wanted), "{payload}");
        assert_eq!(String::from_utf8_lossy(&text), *body, "{payload}");
    }
}

#[test]
fn answers_to_rest_apis() {
    let json = ("content-type", "application/json");
    let told = |status: u16, headers: &[(&str, &str)], body: &str| {
        Some(Answered {
            status,
            headers: pairs(headers),
            body: body.into(),
        })
    };
    for (payload, wanted) in [
        ("{}", told(200, &[json], "")),
        (
            r#"{"headers": {"Test-Header": "v"}}"#,
            told(200, &[("test-header", "v"), json], ""),
        ),
        (
            r#"{"statusCode": "201", "body": "b"}"#,
            told(201, &[json], "b"),
        ),
        // What belongs to the connection has its name changed later.
        (
            r#"{"headers": {"Date": "d"}}"#,
            told(200, &[("date", "d"), json], ""),
        ),
        (r#"{"statusCode": 200, "wrongValue": "value"}"#, None),
        (r#"{"statusCode": 200, "cookies": ["a=b"]}"#, None),
        (r#"{"message": "hi"}"#, None),
        (r#"{"statusCode": "test"}"#, None),
        (r#"{"multiValueHeaders": {"a": "b"}}"#, None),
        (r#""justAString""#, None),
        ("null", None),
    ] {
        let found = read_for_rest(payload.as_bytes()).ok();
        assert_eq!(found, wanted, "{payload}");
    }
}

#[test]
fn answers_that_are_none() {
    #[rustfmt::skip]
    let cases = [
        ("", "not JSON"),
        ("null", "no object"),
        (r#""text""#, "no object"),
        ("[200]", "no object"),
        ("{}", "no statusCode"),
        (r#"{"statusCode": null}"#, "no status"),
        (r#"{"statusCode": 100}"#, "no status"),
        (r#"{"statusCode": 600}"#, "no status"),
        (r#"{"statusCode": 200.5}"#, "no status"),
        (r#"{"statusCode": 200, "body": {"a": 1}}"#, "no text"),
        (r#"{"statusCode": 200, "body": 1}"#, "no text"),
        (r#"{"statusCode": 200, "body": "?", "isBase64Encoded": true}"#, "not base64"),
        (r#"{"statusCode": 200, "headers": []}"#, "no object"),
        (r#"{"statusCode": 200, "headers": {"a": ["b"]}}"#, "no text"),
        (r#"{"statusCode": 200, "headers": {"a b": "c"}}"#, "a name that is none"),
        (r#"{"statusCode": 200, "headers": {"a": "b\r\nc: d"}}"#, "cannot be sent"),
        (r#"{"statusCode": 200, "headers": {"a": "\u00e9"}}"#, "cannot be sent"),
        (r#"{"statusCode": 200, "multiValueHeaders": {"a": "b"}}"#, "no list"),
    ];
    for (payload, wanted) in cases {
        let why = read(Format::Proxy1, payload.as_bytes())
            .expect_err(payload)
            .to_string();
        assert!(why.contains(wanted), "{payload}: {why}");
    }
}

#[test]
fn settings_of_a_door() {
    let cases = [
        ("1.0", Some(Format::Proxy1)),
        ("2.0", Some(Format::Proxy2)),
        ("body", Some(Format::Body)),
        ("", None),
        ("2", None),
    ];
    for (text, wanted) in cases {
        assert_eq!(Format::parse(text), wanted, "{text}");
    }
}

#[test]
fn answers_to_urls() {
    let check = |payload: &str, status: u16, body: &str| {
        let found = read_for_url(payload.as_bytes()).map(|answer| {
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            (answer.status, text)
        });
        assert_eq!(found, Ok((status, body.to_owned())), "{payload}");
    };
    // As recorded of AWS.
    check(r#"{"hello": "world"}"#, 200, r#"{"hello":"world"}"#);
    check(r#"["hello", 3, true]"#, 200, r#"["hello",3,true]"#);
    check(r#""hello""#, 200, "hello");
    check("3.1", 200, "3.1");
    check(r#"{"statusCode": 200, "body": "a b"}"#, 200, "a b");
    check(
        r#"{"statusCode": 201, "body": {"b": 1, "a": [2]}}"#,
        201,
        r#"{"b":1,"a":[2]}"#,
    );
    check(
        r#"{"a \" b" : "c \\" , "d":"e f" }"#,
        200,
        r#"{"a \" b":"c \\","d":"e f"}"#,
    );
    assert!(read_for_url(br#"{"statusCode": "abc"}"#).is_err());
}
