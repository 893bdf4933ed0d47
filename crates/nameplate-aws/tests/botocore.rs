//! Requests that boto3's own machinery made and signed (botocore 1.43.11, credentials as in
//! [`SECRET`]), taken all the way from the wire to a validated input. User-Agent and the SDK's
//! own bookkeeping headers, which it does not sign, were left out of the file.

use nameplate_aws::headers::Headers;
use nameplate_aws::model::{Protocol, Service};
use nameplate_aws::request::Input;
use nameplate_aws::route::{Route, by_action, route_with_headers};
use nameplate_aws::sigv4::{AuthFailure, Body, SignedRequest};
use nameplate_aws::uri;
use nameplate_aws::validate::validate;
use serde_json::Value;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// Verifies, routes, reads and validates; returns the operation's name and its input.
fn walk(request: &Value) -> (String, Input) {
    let text = |name: &str| request[name].as_str().expect("the file has it").to_owned();
    let (method, target, body) = (text("method"), text("target"), text("body"));
    let headers: Headers = request["headers"]
        .as_array()
        .expect("a list of pairs")
        .iter()
        .map(|pair| {
            (
                pair[0].as_str().unwrap_or_default(),
                pair[1].as_str().unwrap_or_default(),
            )
        })
        .collect();

    let signed = SignedRequest::parse(&method, &target, &headers).expect("it is signed");
    let now = signed.signed_at() * 1000;
    assert_eq!(
        signed.verify(SECRET, Body::Bytes(body.as_bytes()), now),
        Ok(()),
        "{target}"
    );
    let wrong = signed.verify("other", Body::Bytes(body.as_bytes()), now);
    assert!(matches!(wrong, Err(AuthFailure::NoMatch { .. })));

    let service = Service::from_scope(&signed.scope().service).expect("a service of ours");
    let (path, query) = uri::split_target(&target);
    let (operation, input) = if service.protocol() == Protocol::Query {
        let pairs = uri::form_pairs(&body);
        let value = |name| {
            pairs
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let operation = by_action(
            service,
            value("Action").expect("an action"),
            value("Version"),
        );
        let operation = operation.expect("the table has it");
        (operation, Input::from_form(operation, &pairs))
    } else {
        let has_header = |name: &str| headers.get(name).is_some();
        let route = route_with_headers(service, &method, path, query, has_header);
        let Route::Operation { operation, labels } = route else {
            panic!("nothing at {target}")
        };
        (
            operation,
            Input::from_rest(operation, &labels, query, &headers, body.as_bytes()),
        )
    };
    let input = input.expect("it is well formed");
    assert_eq!(validate(operation, &input), Ok(()), "{target}");
    (operation.name.to_owned(), input)
}

#[test]
fn requests_of_botocore() {
    let file = include_str!("botocore.json");
    let requests: Vec<Value> = serde_json::from_str(file).expect("the file is JSON");
    let mut found = String::new();
    for request in &requests {
        let (name, input) = walk(request);
        assert_eq!(Some(name.as_str()), request["operation"].as_str());
        found.push_str(&format!("{name} {}", Value::Object(input.members)));
        if let Some(payload) = input.payload {
            found.push_str(&format!(" + {:?}", String::from_utf8_lossy(&payload)));
        }
        found.push('\n');
    }
    let expected = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/botocore.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(expected, &found).expect("the source can be written");
    }
    let expected = std::fs::read_to_string(expected).expect("the file is there");
    assert_eq!(found, expected, "`UPDATE=1 cargo test` writes it anew");
}
