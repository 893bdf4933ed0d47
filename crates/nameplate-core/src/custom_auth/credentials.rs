//! Where a client's credentials stand: in the query string behind a user name, in that of a URL, in header fields.
//!
//! Nothing here can be printed.

use super::event::Http;
use percent_encoding::percent_decode_str;

/// Names the authorizer.
const NAME: &str = "x-amz-customauthorizer-name";
/// Base64 of the token's signature.
const SIGNATURE: &str = "x-amz-customauthorizer-signature";

/// Names and values that a client sent.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    fields: Vec<(String, String)>,
    query: Vec<(String, String)>,
}

/// The pairs of a query string, decoded. SDKs append theirs with a second question mark (aws-iot-device-sdk-embedded-C
/// and others), which therefore separates as well; a plus sign stays one, since signatures have it.
fn pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    query
        .split(['?', '&'])
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

impl Credentials {
    /// In an MQTT user name: what follows its first question mark.
    pub fn of_username(username: &str) -> Self {
        Self {
            fields: Vec::new(),
            query: username
                .split_once('?')
                .map(|(_, query)| pairs(query))
                .unwrap_or_default(),
        }
    }

    /// In an HTTP request; header fields come before the query.
    pub fn of_http(http: &Http) -> Self {
        let fields = http.headers.iter().flatten();
        Self {
            fields: fields
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            query: http.query_string.as_deref().map(pairs).unwrap_or_default(),
        }
    }

    /// These, and behind them the others: a WebSocket's request before its CONNECT.
    #[must_use]
    pub fn or(mut self, others: Self) -> Self {
        self.fields.extend(others.fields);
        self.query.extend(others.query);
        self
    }

    /// Whether anything here is meant for an authorizer.
    pub fn concern_authorizer(&self) -> bool {
        self.authorizer().is_some() || self.signature().is_some()
    }

    /// The authorizer that is named.
    pub fn authorizer(&self) -> Option<&str> {
        self.service(NAME)
    }

    /// Base64 of the token's signature.
    pub fn signature(&self) -> Option<&str> {
        self.service(SIGNATURE)
    }

    /// The token, under the authorizer's `tokenKeyName`.
    pub fn token(&self, key: &str) -> Option<&str> {
        self.field(key)
            .or_else(|| first(&self.query, |name| name == key))
    }

    fn service(&self, wanted: &str) -> Option<&str> {
        let value = self
            .field(wanted)
            .or_else(|| first(&self.query, |name| name.eq_ignore_ascii_case(wanted)));
        value.filter(|value| !value.is_empty())
    }

    fn field(&self, wanted: &str) -> Option<&str> {
        first(&self.fields, |name| name.eq_ignore_ascii_case(wanted))
    }
}

fn first(pairs: &[(String, String)], is: impl Fn(&str) -> bool) -> Option<&str> {
    let mut found = pairs.iter().filter(|(name, _)| is(name));
    found.next().map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn told(credentials: &Credentials) -> [Option<&str>; 3] {
        [
            credentials.authorizer(),
            credentials.token("token"),
            credentials.signature(),
        ]
    }

    #[test]
    fn user_names() {
        #[track_caller]
        fn check(username: &str, wanted: [Option<&str>; 3]) {
            assert!(
                told(&Credentials::of_username(username)) == wanted,
                "{username}"
            );
        }
        check("user", [None; 3]);
        check("", [None; 3]);
        check("user?", [None; 3]);
        // AWS guide: custom-auth.
        check(
            "username?x-amz-customauthorizer-name=a&x-amz-customauthorizer-signature=s&token=t",
            [Some("a"), Some("t"), Some("s")],
        );
        // As aws-iot-device-sdk-python-v2 and -embedded-C append what they are.
        check(
            "?x-amz-customauthorizer-name=a&token=t&SDK=PythonV2&Version=1",
            [Some("a"), Some("t"), None],
        );
        check(
            "u?token=t?SDK=CSDK&x-amz-customauthorizer-name=a",
            [Some("a"), Some("t"), None],
        );
        check(
            "?x-amz-customauthorizer-signature=ab%2Bc%2F%3D%3D&token=x%20y",
            [None, Some("x y"), Some("ab+c/==")],
        );
        // Not encoded at all.
        check(
            "?x-amz-customauthorizer-signature=ab+c/==&token=a=b%zz",
            [None, Some("a=b%zz"), Some("ab+c/==")],
        );
        // The first of a name counts, and the token's key is case-sensitive.
        check("?token=a&token=b&Token=c", [None, Some("a"), None]);
        check("?Token=c", [None, None, None]);
        check("?token", [None, Some(""), None]);
        check("?x-amz-customauthorizer-name=", [None; 3]);
        check("?X-Amz-CustomAuthorizer-Name=a", [Some("a"), None, None]);
    }

    #[test]
    fn requests() {
        let http = Http {
            headers: Some(BTreeMap::from([
                ("Token".into(), "of a field".into()),
                ("X-AMZ-CustomAuthorizer-Name".into(), "a".into()),
            ])),
            query_string: Some(
                "?qos=1&token=of+a%20query&x-amz-customauthorizer-signature=s".into(),
            ),
        };
        let whole = Credentials::of_http(&http);
        assert!(told(&whole) == [Some("a"), Some("of a field"), Some("s")]);
        let query = Credentials::of_http(&Http {
            headers: None,
            ..http
        });
        assert!(told(&query) == [None, Some("of+a query"), Some("s")]);
        let username = Credentials::of_username("?x-amz-customauthorizer-name=b&token=c");
        assert!(told(&query.or(username)) == [Some("b"), Some("of+a query"), Some("s")]);
        assert!(told(&Credentials::default()) == [None; 3]);
        assert!(!Credentials::of_username("me?SDK=x").concern_authorizer());
    }
}
