//! A job's document: what it may be, and the placeholders in it. AWS guide: create-manage-jobs.

use super::{DOCUMENT_BYTES, SUBSTITUTIONS};
use serde_json::Value;
use std::collections::BTreeMap;

const LINKS: [&str; 2] = [
    "${aws:iot:s3-presigned-url-v2:",
    "${aws:iot:s3-presigned-url:",
];
const PARAMETER: &str = "${aws:iot:parameter:";
/// How every placeholder begins.
const PLACEHOLDER: &str = "${aws:iot:";
const SIGNATURE: &str = "${aws:iot:code-sign-signature";

/// A place of a document that a link to an object of S3 is put into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The placeholder, as it stands in the document.
    pub placeholder: String,
    /// Scheme, host and port of its URL, where they are not AWS's own.
    pub place: Option<String>,
    /// The bucket.
    pub bucket: String,
    /// The key, decoded.
    pub key: String,
}

/// Whether a text may be a job's document.
///
/// # Errors
/// Why not.
pub fn check_document(text: &str) -> Result<(), String> {
    if text.len() > DOCUMENT_BYTES {
        return Err(format!(
            "The job document is {} bytes long and may be {DOCUMENT_BYTES}",
            text.len()
        ));
    }
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(_) | Value::Array(_)) => {}
        Ok(_) => return Err("The job document is no JSON object".into()),
        Err(why) => return Err(format!("The job document is no JSON: {why}")),
    }
    let places = text.matches(PLACEHOLDER).count();
    if places > SUBSTITUTIONS {
        return Err(format!(
            "The job document has {places} places to be filled in and may have {SUBSTITUTIONS}"
        ));
    }
    if text.contains(SIGNATURE) {
        return Err("The placeholder aws:iot:code-sign-signature cannot be filled in".into());
    }
    links(text).map(drop)
}

/// The links that a document has places for, each once.
///
/// # Errors
/// Which placeholder names no object.
pub fn links(text: &str) -> Result<Vec<Link>, String> {
    let mut found: Vec<Link> = Vec::new();
    for opening in LINKS {
        let mut rest = text;
        while let Some(at) = rest.find(opening) {
            rest = &rest[at + opening.len()..];
            let end = closing(rest)
                .ok_or_else(|| format!("the placeholder {opening} has no closing brace"))?;
            let url = &rest[..end];
            // What stands in it is filled in first.
            if url.contains(PARAMETER) {
                continue;
            }
            let (place, bucket, key) = object_of(url)
                .ok_or_else(|| format!("{url:?} is not the URL of an object of S3"))?;
            let link = Link {
                placeholder: format!("{opening}{url}}}"),
                place,
                bucket,
                key,
            };
            if !found.contains(&link) {
                found.push(link);
            }
        }
    }
    Ok(found)
}

/// Where the placeholder ends that begins before `text`: there may be others in it.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The document with links in their places.
pub fn with_links(text: &str, made: &[(Link, String)]) -> String {
    let mut filled = text.to_owned();
    for (link, url) in made {
        filled = filled.replace(&link.placeholder, &escaped(url));
    }
    filled
}

/// Names of the parameters that a document has places for.
pub fn parameters_of(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for rest in text.split(PARAMETER).skip(1) {
        if let Some((name, _)) = rest.split_once('}')
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The document with the values of parameters in their places. One that has none stays.
pub fn with_parameters(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(PARAMETER) {
        let (before, behind) = rest.split_at(at);
        filled.push_str(before);
        let inner = &behind[PARAMETER.len()..];
        match inner.split_once('}') {
            Some((name, after)) if values.contains_key(name) => {
                filled.push_str(&escaped(&values[name]));
                rest = after;
            }
            _ => {
                filled.push_str(PARAMETER);
                rest = inner;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// As it stands within the quotes of a JSON text.
fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Place, bucket and key of the URL of an object: with the bucket in the path or in the host's name, at AWS or elsewhere,
/// where it stands in the path.
fn object_of(url: &str) -> Option<(Option<String>, String, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() || path.contains(['?', '#']) {
        return None;
    }
    let decode = |path: &str| {
        let decoded = percent_encoding::percent_decode_str(path)
            .decode_utf8()
            .ok()?;
        (!decoded.is_empty()).then(|| decoded.into_owned())
    };
    if scheme == "s3" {
        return Some((None, host.to_owned(), decode(path)?));
    }
    if !matches!(scheme, "http" | "https") {
        return None;
    }
    let in_path = || {
        let (bucket, key) = path.split_once('/')?;
        (!bucket.is_empty()).then_some((bucket.to_owned(), decode(key)?))
    };
    let lower = host.to_ascii_lowercase();
    let of_aws = lower
        .strip_suffix(".amazonaws.com")
        .or_else(|| lower.strip_suffix(".amazonaws.com.cn"));
    let Some(of_aws) = of_aws else {
        let (bucket, key) = in_path()?;
        return Some((Some(format!("{scheme}://{host}")), bucket, key));
    };
    let is_s3 = |label: &str| label == "s3" || label.starts_with("s3-");
    if is_s3(of_aws.split('.').next()?) {
        let (bucket, key) = in_path()?;
        return Some((None, bucket, key));
    }
    // `bucket.s3`, `bucket.s3-region`, `bucket.s3.region`, and buckets' names may have dots.
    let labels: Vec<&str> = of_aws.split('.').collect();
    let at = labels.iter().rposition(|label| is_s3(label))?;
    let bucket = labels[..at].join(".");
    (!bucket.is_empty()).then_some((None, bucket, decode(path)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_json_of_a_bounded_length() {
        let sized = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
        assert_eq!(sized(DOCUMENT_BYTES).len(), DOCUMENT_BYTES);
        assert_eq!(check_document(&sized(DOCUMENT_BYTES)), Ok(()));
        assert!(check_document(&sized(DOCUMENT_BYTES + 1)).is_err());
        assert_eq!(check_document("[]"), Ok(()));
        for text in ["", "x", "7", "\"x\"", "{", "{}{}", "null"] {
            assert!(check_document(text).is_err(), "{text}");
        }
        let deep = "[".repeat(20_000);
        assert!(check_document(&deep).is_err());
        let places = |count: usize| format!("[\"{}\"]", "${aws:iot:parameter:p}".repeat(count));
        assert_eq!(check_document(&places(SUBSTITUTIONS)), Ok(()));
        assert!(check_document(&places(SUBSTITUTIONS + 1)).is_err());
        let signed = r#"{"s":"${aws:iot:code-sign-signature:s3://b/k}"}"#;
        assert!(check_document(signed).is_err());
    }

    #[test]
    fn links_name_objects() {
        for (url, place, bucket, key) in [
            ("https://s3.amazonaws.com/b/k", None, "b", "k"),
            ("https://s3.eu-west-1.amazonaws.com/b/d/k", None, "b", "d/k"),
            (
                "https://s3-eu-west-1.amazonaws.com/b/k%20x",
                None,
                "b",
                "k x",
            ),
            ("https://b.s3.amazonaws.com/k", None, "b", "k"),
            (
                "https://b.c.s3.us-east-1.amazonaws.com/k/l",
                None,
                "b.c",
                "k/l",
            ),
            ("https://b.s3-us-west-2.amazonaws.com/k", None, "b", "k"),
            ("https://b.s3.cn-north-1.amazonaws.com.cn/k", None, "b", "k"),
            ("s3://b/k", None, "b", "k"),
            ("http://h:4566/b/k", Some("http://h:4566"), "b", "k"),
        ] {
            for opening in LINKS {
                let text = format!("{{\"u\":\"{opening}{url}}}\"}}");
                let found = links(&text).expect(url);
                assert_eq!(found.len(), 1, "{text}");
                assert_eq!(found[0].place.as_deref(), place, "{url}");
                assert_eq!((&*found[0].bucket, &*found[0].key), (bucket, key), "{url}");
                let filled = with_links(&text, &[(found[0].clone(), "https://x/\"y".into())]);
                assert_eq!(filled, r#"{"u":"https://x/\"y"}"#);
            }
        }
        for url in [
            "",
            "x",
            "https://",
            "ftp://b/k",
            "https://s3.amazonaws.com/b",
            "https://s3.amazonaws.com/b/",
            "https://b.s3.amazonaws.com",
            "https://b.ec2.amazonaws.com/k",
            "s3://b",
            "https://h/b/k?x",
        ] {
            let text = format!("{{\"u\":\"{}{url}}}\"}}", LINKS[1]);
            assert!(links(&text).is_err(), "{url}");
        }
        assert!(links("${aws:iot:s3-presigned-url:https://b").is_err());
        assert_eq!(links("{}"), Ok(Vec::new()));
    }

    #[test]
    fn parameters_are_filled_in_first() {
        let text = r#"{"p":"${aws:iot:parameter:path}","u":"${aws:iot:s3-presigned-url:${aws:iot:parameter:url}}"}"#;
        assert_eq!(parameters_of(text), ["path", "url"]);
        assert_eq!(links(text), Ok(Vec::new()));
        let values = BTreeMap::from([
            ("path".to_owned(), "a\"b".to_owned()),
            ("url".to_owned(), "https://s3.amazonaws.com/b/k".to_owned()),
        ]);
        let filled = with_parameters(text, &values);
        assert!(filled.starts_with(r#"{"p":"a\"b","#), "{filled}");
        assert_eq!(links(&filled).expect("one")[0].key, "k");
        assert_eq!(with_parameters(text, &BTreeMap::new()), text);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in r#"(\$\{aws:iot:(parameter|s3-presigned-url):|[a-z:/.{}"]){0,12}"#) {
            let _ = check_document(&text);
            let _ = links(&text);
            let values = BTreeMap::from([("a".to_owned(), "${aws:iot:parameter:a}".to_owned())]);
            let _ = with_parameters(&text, &values);
        }
    }
}
