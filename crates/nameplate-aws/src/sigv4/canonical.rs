//! What was signed: the canonical form of a request.

use crate::uri;

/// Prepares a path. S3 signs it as sent; all other services normalise it and encode it once
/// more, so that a segment sent as `cert%2Fabc` is signed as `cert%252Fabc`.
pub(super) fn path(raw: &str, service: &str) -> String {
    if service == "s3" {
        return raw.to_owned();
    }
    uri::encode_path(uri::normalised_path(raw).as_bytes())
}

/// Decodes and strictly re-encodes the parameters and sorts them by name, then value. Those
/// named in `without` are left out.
pub(super) fn query(raw: &str, without: &[&str]) -> String {
    if raw.is_empty() {
        return String::new();
    }
    let recode = |text: &str| uri::encode(&uri::decode(text));
    let mut pairs: Vec<(String, String)> = uri::raw_pairs(raw)
        .map(|(name, value)| (recode(name), recode(value)))
        .filter(|(name, _)| !without.contains(&name.as_str()))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// A header's value: the values of one name trimmed, runs of spaces made one, joined with
/// commas.
pub(super) fn header_value<'a>(values: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, value) in values.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let words = value.trim_ascii().split(|byte| *byte == b' ');
        for (at, word) in words.filter(|word| !word.is_empty()).enumerate() {
            if at > 0 {
                out.push(b' ');
            }
            out.extend_from_slice(word);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let check = |raw: &str, expected: &str| assert_eq!(path(raw, "iot"), expected, "{raw}");
        check("/", "/");
        check("/cert%2Fabc", "/cert%252Fabc");
        check("/a//b/./c/../d", "/a/b/d");
        check("/a/", "/a/");
        check("/a/..", "/");
        check("/../a", "/a");
        check("/things/t/jobs/$next", "/things/t/jobs/%24next");
        check("/topics/é~", "/topics/%C3%A9~");
        assert_eq!(path("/b//a%20b/../c", "s3"), "/b//a%20b/../c");
    }

    #[test]
    fn queries() {
        let check = |raw: &str, expected: &str| assert_eq!(query(raw, &[]), expected, "{raw}");
        check("", "");
        check("b=1&a=2", "a=2&b=1");
        check("a=2&a=1&a", "a=&a=1&a=2");
        check("a=b+c%20d%2f", "a=b%2Bc%20d%2F");
        check("a=%zz", "a=%25zz");
        check("k=a=b", "k=a%3Db");
        assert_eq!(query("X-Amz-Signature=x&a", &["X-Amz-Signature"]), "a=");
    }

    #[test]
    fn header_values() {
        let check = |values: &[&str], expected: &str| {
            let value = header_value(values.iter().map(|value| value.as_bytes()));
            assert_eq!(value, expected.as_bytes());
        };
        check(&["  a   b  c "], "a b c");
        check(&["\t a\t  b "], "a\t b");
        check(&["   ", "a"], ",a");
        check(&["a", " b"], "a,b");
        check(&[], "");
    }
}
