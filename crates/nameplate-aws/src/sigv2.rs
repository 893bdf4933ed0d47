//! Links to S3 signed by Signature Version 2, which AWS CLI v1 still makes for custom endpoints.
//! [S3: RESTAuthentication, query string request authentication alternative]
//!
//! Owns what such a link signs. Requests signed by version 2 in a header are refused by [`sigv4`](crate::sigv4).

use crate::headers::Headers;
use crate::sigv4::{AuthFailure, Explanation};
use crate::uri;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Parameters that are part of what is asked for, so part of what is signed.
const SIGNED: &[&str] = &[
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "select",
    "select-type",
    "storageClass",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
];

/// A link that carries a signature, not yet verified.
pub struct Link {
    access_key: String,
    signature: String,
    security_token: Option<String>,
    expires_at: i64,
    string_to_sign: String,
}

impl Link {
    /// Finds the signature in a query; `None` where it carries none of version 2. `path` is raw and begins with the
    /// bucket, also where the host names it.
    ///
    /// # Errors
    /// [`AuthFailure::Malformed`].
    pub fn parse(
        method: &str,
        path: &str,
        query: &str,
        headers: &Headers<'_>,
    ) -> Result<Option<Self>, AuthFailure> {
        let pairs = uri::query_pairs(query);
        let value = |name: &str| {
            let mut values = pairs.iter().filter(|(key, _)| key == name);
            values.next().map(|(_, value)| value.clone())
        };
        let Some(access_key) = value("AWSAccessKeyId") else {
            return Ok(None);
        };
        let (Some(signature), Some(expires)) = (value("Signature"), value("Expires")) else {
            return Err(AuthFailure::malformed_query(
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
            ));
        };
        let expires_at = expires.parse().map_err(|_| {
            AuthFailure::malformed_query(format!(
                "Invalid date (should be seconds since epoch): {expires}"
            ))
        })?;
        // Fields of the request that the signer knew of may stand in the link.
        let field = |name: &str| {
            let sent = headers.text(name).map(|value| value.into_owned());
            sent.or_else(|| value(name)).unwrap_or_default()
        };
        let mut string_to_sign = format!(
            "{method}\n{}\n{}\n{expires}\n",
            field("content-md5"),
            field("content-type")
        );
        let mut amz: Vec<(String, String)> = headers
            .iter()
            .map(|(name, _)| name.to_ascii_lowercase())
            .chain(pairs.iter().map(|(name, _)| name.clone()))
            .filter(|name| name.starts_with("x-amz-"))
            .map(|name| {
                let value = field(&name);
                (name, value)
            })
            .collect();
        amz.sort();
        amz.dedup();
        for (name, value) in &amz {
            string_to_sign.push_str(&format!("{name}:{value}\n"));
        }
        string_to_sign.push_str(path);
        let mut resources: Vec<String> = uri::raw_pairs(query)
            .filter(|(name, _)| SIGNED.contains(name))
            .map(|(name, value)| match value {
                "" => name.to_owned(),
                value => format!("{name}={}", uri::decode_text(value)),
            })
            .collect();
        resources.sort();
        if !resources.is_empty() {
            string_to_sign.push_str(&format!("?{}", resources.join("&")));
        }
        let security_token = value("x-amz-security-token");
        Ok(Some(Self {
            access_key,
            signature,
            security_token,
            expires_at,
            string_to_sign,
        }))
    }

    /// The access key id.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// The session token, which the caller compares with the key's own.
    pub fn security_token(&self) -> Option<&str> {
        self.security_token.as_deref()
    }

    /// Verifies time and signature.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn verify(&self, secret: &str, now_milliseconds: i64) -> Result<(), AuthFailure> {
        let now = now_milliseconds.div_euclid(1000);
        if self.expires_at < now {
            return Err(AuthFailure::PresignExpired {
                signed_at: self.expires_at,
                now,
                expires_seconds: 0,
            });
        }
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
        let sent = STANDARD.decode(&self.signature).unwrap_or_default();
        hmac::verify(&key, self.string_to_sign.as_bytes(), &sent).map_err(|_| {
            AuthFailure::NoMatch {
                explanation: Box::new(Explanation {
                    canonical_request: String::new(),
                    string_to_sign: self.string_to_sign.clone(),
                }),
            }
        })
    }
}

impl std::fmt::Debug for Link {
    /// Without signature and token: whoever has them may use the link.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("access_key", &self.access_key)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    /// 2026-11-23T15:42:12Z
    const NOW: i64 = 1_795_448_532;

    fn link(method: &str, target: &str, headers: &[(&str, &str)]) -> Link {
        let (path, query) = uri::split_target(target);
        let headers = headers.iter().copied().collect();
        Link::parse(method, path, query, &headers)
            .expect("well formed")
            .expect("signed")
    }

    /// The links were made by botocore 1.43.11's HmacV1QueryAuth at `NOW` for an hour.
    #[test]
    fn links_of_botocore() {
        let check = |method: &str, target: &str, headers: &[(&str, &str)], valid: bool| {
            let link = link(method, target, headers);
            let verified = link.verify(SECRET, NOW * 1000);
            assert_eq!(verified.is_ok(), valid, "{target}: {}", link.string_to_sign);
            let late = link.verify(SECRET, (NOW + 3601) * 1000);
            assert!(matches!(late, Err(AuthFailure::PresignExpired { .. })));
        };
        check(
            "GET",
            "/bucket/key?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=G%2BnV8a9rUBhZH7Fu8i2N1dt0MCc%3D&Expires=1795452132",
            &[],
            true,
        );
        check(
            "GET",
            "/bucket/a%20b/%C3%BC.json?response-content-type=text%2Fplain&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=3vWQ7MbyS5xNa5JIn8yH9z%2BRIfw%3D&Expires=1795452132",
            &[],
            true,
        );
        check(
            "PUT",
            "/bucket/key?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=2hgfmfR4mI2kZB7rKtLIHEsvaeM%3D&content-type=text%2Fcsv&x-amz-meta-a=b&Expires=1795452132",
            &[("content-type", "text/csv"), ("x-amz-meta-a", "b")],
            true,
        );
        check(
            "GET",
            "/bucket/key?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=O12cxjqYq2LTZ6m71xTjJMCp6bo%3D&x-amz-security-token=to%2Fk%2Ben%3D&Expires=1795452132",
            &[],
            true,
        );
        check(
            "PUT",
            "/bucket/key?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=QwMDDdauzeAe9yLAFt22ruT46h8%3D&Expires=1795452132",
            &[("x-amz-acl", "public-read")],
            false,
        );
        check(
            "GET",
            "/bucket/other?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=G%2BnV8a9rUBhZH7Fu8i2N1dt0MCc%3D&Expires=1795452132",
            &[],
            false,
        );
    }

    #[test]
    fn malformed_links() {
        let parse = |query: &str| Link::parse("GET", "/b/k", query, &Headers::default());
        assert!(matches!(parse("versionId=1"), Ok(None)));
        assert!(parse("AWSAccessKeyId=A&Signature=s").is_err());
        assert!(parse("AWSAccessKeyId=A&Signature=s&Expires=soon").is_err());
    }
}
