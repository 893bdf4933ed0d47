//! Which pages of other origins may read and write a bucket.
//!
//! Owns the rules and which of them is for a request. [Fetch standard: CORS protocol; S3 user guide: CORS]

use super::Objects;
use crate::app::caller::Caller;
use crate::app::{Error, Result};
use serde::{Deserialize, Serialize};

/// The name of the setting.
const CORS: &str = "cors";

/// One rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorsRule {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Headers that a request may have; `*` stands for any run of characters.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Methods that a request may have.
    pub methods: Vec<String>,
    /// Where the page may come from; `*` stands for any run of characters.
    pub origins: Vec<String>,
    /// Headers of the answer that the page may read.
    #[serde(default)]
    pub exposed: Vec<String>,
    /// How long a browser may remember the answer, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<u32>,
}

impl CorsRule {
    /// The pattern that lets in a request with this method and these headers from a page of this origin.
    pub fn lets_in(&self, origin: &str, method: &str, headers: &[String]) -> Option<&str> {
        let named = |header: &String| {
            let mut patterns = self.headers.iter();
            let header = header.to_ascii_lowercase();
            patterns.any(|pattern| covers(&pattern.to_ascii_lowercase(), &header))
        };
        if !self.methods.iter().any(|allowed| allowed == method) || !headers.iter().all(named) {
            return None;
        }
        let found = self.origins.iter().find(|pattern| covers(pattern, origin));
        found.map(String::as_str)
    }
}

/// Whether a pattern with at most one `*` is of this text.
fn covers(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => {
            text.len() >= head.len() + tail.len() && text.starts_with(head) && text.ends_with(tail)
        }
    }
}

impl Objects {
    /// The rules of a bucket; none where it has none.
    pub async fn cors(&self, bucket: &str) -> Result<Vec<CorsRule>> {
        match self.setting(bucket, CORS).await? {
            Some(kept) => serde_json::from_str(&kept).map_err(Error::internal),
            None => Ok(Vec::new()),
        }
    }

    /// Sets the rules of a bucket.
    pub async fn set_cors(&self, caller: &Caller, bucket: &str, rules: &[CorsRule]) -> Result<()> {
        let value = match rules {
            [] => None,
            rules => Some(serde_json::to_string(rules).map_err(Error::internal)?),
        };
        self.set(caller, bucket, CORS, value).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_requests() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let rule = CorsRule {
            headers: texts(&["x-amz-*", "Content-Type"]),
            methods: texts(&["GET", "PUT"]),
            origins: texts(&["https://*.example.com", "http://localhost:3000"]),
            ..CorsRule::default()
        };
        let check = |origin: &str, method: &str, headers: &[&str], wanted: Option<&str>| {
            let headers: Vec<String> = texts(headers);
            assert_eq!(
                rule.lets_in(origin, method, &headers),
                wanted,
                "{origin} {method}"
            );
        };
        let lamps = "https://lamps.example.com";
        let pattern = Some("https://*.example.com");
        check(lamps, "GET", &[], pattern);
        check(lamps, "GET", &["X-Amz-Date", "content-type"], pattern);
        check(lamps, "GET", &["authorization"], None);
        check(lamps, "DELETE", &[], None);
        check("https://example.com", "GET", &[], None);
        check(
            "http://localhost:3000",
            "PUT",
            &[],
            Some("http://localhost:3000"),
        );
        check("http://localhost:30001", "PUT", &[], None);
        assert!(covers("*", "") && covers("a*b", "ab") && !covers("a*a", "a"));
    }
}
