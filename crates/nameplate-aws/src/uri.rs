//! Percent-encoding, and taking request targets apart.
//!
//! Owns the difference between a path or query as sent and as meant. Works on raw targets only:
//! what a framework has decoded can neither be verified nor routed.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// Everything but the unreserved characters `A-Z a-z 0-9 - . _ ~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// As [`RESERVED`], but the slash stays.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Encodes all but unreserved characters.
pub fn encode(bytes: &[u8]) -> String {
    Cow::from(percent_encode(bytes, RESERVED)).into_owned()
}

/// Encodes all but unreserved characters and slashes.
pub fn encode_path(bytes: &[u8]) -> String {
    Cow::from(percent_encode(bytes, RESERVED_IN_PATH)).into_owned()
}

/// Decodes `%XX`; anything that is no such escape stays as it is, `+` included.
pub fn decode(text: &str) -> Vec<u8> {
    percent_decode(text.as_bytes()).collect()
}

/// As [`decode`], with bytes that are no UTF-8 replaced by U+FFFD, which no pattern of a name
/// admits.
pub fn decode_text(text: &str) -> String {
    decoded_text(text).into_owned()
}

/// The same, borrowed where nothing is escaped.
pub(crate) fn decoded_text(text: &str) -> Cow<'_, str> {
    match text.contains('%') {
        true => percent_decode(text.as_bytes()).decode_utf8_lossy(),
        false => text.into(),
    }
}

/// Whether what is meant by `%XX` is UTF-8, as all names are.
pub fn is_text(text: &str) -> bool {
    percent_decode(text.as_bytes()).decode_utf8().is_ok()
}

/// The path and the query of a request target, both raw. A target in absolute form
/// (`http://host/path`) loses its scheme and authority. The path is never empty.
pub fn split_target(target: &str) -> (&str, &str) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path.starts_with('/') {
        return (path, query);
    }
    let path = match path.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => {
            rest.find('/').map_or("/", |slash| &rest[slash..])
        }
        _ => path,
    };
    (if path.is_empty() { "/" } else { path }, query)
}

/// A raw path without empty, `.` and `..` segments. A slash at the end stays. [RFC 3986, 5.2.4]
/// Every service but S3 signs paths in this form.
pub fn normalised_path(raw: &str) -> Cow<'_, str> {
    if is_normalised(raw) {
        return raw.into();
    }
    let mut kept: Vec<&str> = Vec::new();
    for segment in raw.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let mut path = format!("/{}", kept.join("/"));
    let directory = ["/", "/.", "/.."].iter().any(|end| raw.ends_with(end));
    if directory && !kept.is_empty() {
        path.push('/');
    }
    path.into()
}

/// Whether [`normalised_path`] leaves a path as it is.
pub(crate) fn is_normalised(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else {
        return false;
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    rest.is_empty() && path.len() == 1
        || rest
            .split('/')
            .all(|segment| !matches!(segment, "" | "." | ".."))
}

/// The keys and values of a raw query, decoded; `+` is a plus. [SigV4: canonical query]
pub fn query_pairs(query: &str) -> Vec<(String, String)> {
    raw_pairs(query)
        .map(|(key, value)| (decode_text(key), decode_text(value)))
        .collect()
}

/// The same of an `application/x-www-form-urlencoded` body, or of a query of API Gateway: `+` is a
/// space.
pub fn form_pairs(body: &str) -> Vec<(String, String)> {
    let decode = |text: &str| -> String {
        let text: Cow<str> = if text.contains('+') {
            text.replace('+', " ").into()
        } else {
            text.into()
        };
        decode_text(&text)
    };
    raw_pairs(body)
        .map(|(key, value)| (decode(key), decode(value)))
        .collect()
}

/// The raw keys and values; a key without `=` has the empty value, empty parts are skipped.
pub(crate) fn raw_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_split_at_the_first_question_mark() {
        let check = |target: &str, path: &str, query: &str| {
            assert_eq!(split_target(target), (path, query), "{target}");
        };
        check("/things/a?b=c", "/things/a", "b=c");
        check("/things/a", "/things/a", "");
        check("/a?b?c", "/a", "b?c");
        check("", "/", "");
        check("?uploads", "/", "uploads");
        check("http://localhost:4566/things?x", "/things", "x");
        check("http://localhost:4566", "/", "");
        check("/destinations/http://x/y", "/destinations/http://x/y", "");
    }

    #[test]
    fn paths_that_are_normalised_stay() {
        for path in ["/", "/a", "/a/", "/a/b.c/..d", "/%2e", "/é"] {
            assert!(is_normalised(path), "{path}");
            assert_eq!(normalised_path(path), path);
        }
        for (path, normal) in [
            ("", "/"),
            ("a", "/a"),
            ("//", "/"),
            ("/a//", "/a/"),
            ("//a", "/a"),
            ("/./", "/"),
            ("/a/.", "/a/"),
            ("/a/..", "/"),
            ("/../", "/"),
            ("/a/../b", "/b"),
        ] {
            assert!(!is_normalised(path), "{path}");
            assert_eq!(normalised_path(path), normal, "{path}");
        }
    }

    #[test]
    fn what_escapes_stand_for_is_text_or_not() {
        for text in ["/topics/a%2Fb", "%C3%BC", "a%zz", "100%", "ü", ""] {
            assert!(is_text(text), "{text}");
        }
        for bytes in ["/topics/a%FF", "%C3", "x=%ED%A0%80"] {
            assert!(!is_text(bytes), "{bytes}");
        }
    }

    #[test]
    fn plus_is_a_space_in_forms_only() {
        assert_eq!(query_pairs("a=b+c%20d"), [("a".into(), "b+c d".into())]);
        assert_eq!(form_pairs("a=b+c%20d%2B"), [("a".into(), "b c d+".into())]);
        assert_eq!(
            query_pairs("&uploads&x="),
            [
                ("uploads".into(), String::new()),
                ("x".into(), String::new())
            ]
        );
    }
}
