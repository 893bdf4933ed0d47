//! Signing a request, for our own command line and for tests.
//!
//! Owns the other half of verification and uses its canonical forms, so that the two cannot drift apart. Must not
//! know where keys are kept.

use super::canonical;
use super::key::{Scope, SigningKey, sha256_hex};
use super::request::ALGORITHM;
use super::timestamp;
use crate::headers::Headers;
use crate::uri;

/// Who signs, and for which service and region.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// Access key id.
    pub access_key: &'a str,
    /// The secret access key; it goes into no header.
    pub secret: &'a str,
    /// Region of the credential scope.
    pub region: &'a str,
    /// Service of the credential scope, such as `iot`.
    pub service: &'a str,
}

impl Signer<'_> {
    /// The header fields to add to a request so that it is signed.
    ///
    /// `headers` are the fields that will be sent: `host` must be among them, and `x-amz-security-token` where the
    /// key belongs to a session. All of them are signed. `target` is path and query as they will be sent.
    pub fn sign(
        &self,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: &[u8],
        now_milliseconds: i64,
    ) -> Vec<(&'static str, String)> {
        let date = timestamp::write_basic(now_milliseconds.div_euclid(1000));
        let scope = self.scope(&date);
        let payload = sha256_hex(body);
        let mut added = vec![("x-amz-date", date.clone())];
        if self.service == "s3" {
            // S3 alone insists on the declaration. [S3: x-amz-content-sha256]
            added.push(("x-amz-content-sha256", payload.clone()));
        }
        let all: Headers<'_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(added.iter().map(|(name, value)| (*name, value.as_str())))
            .collect();
        let mut names: Vec<String> = all
            .iter()
            .map(|(name, _)| name.to_ascii_lowercase())
            .collect();
        names.sort();
        names.dedup();
        let (path, query) = uri::split_target(target);
        let mut canonical = format!(
            "{method}\n{}\n{}\n",
            canonical::path(path, self.service),
            canonical::query(query, &[])
        )
        .into_bytes();
        for name in &names {
            canonical.extend_from_slice(name.as_bytes());
            canonical.push(b':');
            canonical.extend_from_slice(&canonical::header_value(all.all(name)));
            canonical.push(b'\n');
        }
        let names = names.join(";");
        canonical.extend_from_slice(format!("\n{names}\n{payload}").as_bytes());
        let string_to_sign = format!("{ALGORITHM}\n{date}\n{scope}\n{}", sha256_hex(&canonical));
        let signature = SigningKey::derive(self.secret, &scope).sign(string_to_sign.as_bytes());
        added.push((
            "authorization",
            format!(
                "{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
                self.access_key
            ),
        ));
        added
    }
}

impl Signer<'_> {
    /// The query of a presigned URL for `path` at `host`, good for `expires_seconds` (1 to 604,800). `host` is as the
    /// client will send it, with its port. `query` holds further parameters of the request, raw.
    pub fn presign(
        &self,
        method: &str,
        host: &str,
        path: &str,
        query: &str,
        expires_seconds: u32,
        now_milliseconds: i64,
    ) -> String {
        let date = timestamp::write_basic(now_milliseconds.div_euclid(1000));
        let scope = self.scope(&date);
        let credential = uri::encode(format!("{}/{scope}", self.access_key).as_bytes());
        let query = canonical::query(
            &format!(
                "{query}&X-Amz-Algorithm={ALGORITHM}&X-Amz-Credential={credential}&X-Amz-Date={date}\
                 &X-Amz-Expires={expires_seconds}&X-Amz-SignedHeaders=host"
            ),
            &[],
        );
        let stated = uri::query_pairs(&query)
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("x-amz-content-sha256"));
        let payload = match stated {
            Some((_, payload)) => payload,
            None if self.service == "s3" => "UNSIGNED-PAYLOAD".to_owned(),
            None => sha256_hex(&[]),
        };
        let path = canonical::path(path, self.service);
        let canonical = format!("{method}\n{path}\n{query}\nhost:{host}\n\nhost\n{payload}");
        let string_to_sign = format!(
            "{ALGORITHM}\n{date}\n{scope}\n{}",
            sha256_hex(canonical.as_bytes())
        );
        let signature = SigningKey::derive(self.secret, &scope).sign(string_to_sign.as_bytes());
        format!("{query}&X-Amz-Signature={signature}")
    }

    fn scope(&self, date: &str) -> Scope {
        Scope {
            date: date.split('T').next().unwrap_or_default().to_owned(),
            region: self.region.to_owned(),
            service: self.service.to_owned(),
        }
    }
}

impl std::fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer")
            .field("access_key", &self.access_key)
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigv4::{Body, SignedRequest};

    /// 2026-11-23T15:42:12Z
    const NOW: i64 = 1_795_448_532_000;

    fn verifies(service: &str, method: &str, target: &str, headers: &[(&str, &str)], body: &str) {
        let signer = Signer {
            access_key: "AKIDEXAMPLE",
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            service,
        };
        let mut sent: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let added = signer.sign(method, target, &sent, body.as_bytes(), NOW);
        sent.extend(
            added
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        let received: Headers<'_> = sent
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let request = SignedRequest::parse(method, target, &received).expect("well formed");
        assert_eq!(request.access_key(), "AKIDEXAMPLE");
        let verify =
            |body: &str| request.verify(signer.secret, Body::Bytes(body.as_bytes()), NOW + 60_000);
        assert_eq!(verify(body).err(), None, "{method} {target}");
        assert!(verify("another body").is_err(), "{method} {target}");
    }

    #[test]
    fn what_is_signed_verifies() {
        let host = ("Host", "localhost:4566");
        verifies(
            "iot",
            "GET",
            "/things?maxResults=2&attributeName=a%20b",
            &[host],
            "",
        );
        verifies(
            "iot",
            "POST",
            "/things/a%3Ab",
            &[host, ("content-type", "application/json")],
            "{}",
        );
        let token = ("x-amz-security-token", "token");
        verifies("iot", "GET", "/endpoint", &[host, token], "");
        verifies("s3", "PUT", "/bucket/a//b", &[host], "data");
        verifies(
            "nameplate",
            "POST",
            "/nameplate/simulate",
            &[host, host],
            "{}",
        );
    }

    #[test]
    fn what_is_presigned_verifies() {
        let check = |service: &str, host: &str, path: &str, query: &str| {
            let signer = Signer {
                access_key: "AKIDEXAMPLE",
                secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                region: "us-east-1",
                service,
            };
            let target = format!(
                "{path}?{}",
                signer.presign("GET", host, path, query, 60, NOW)
            );
            let parse = |target: &str| {
                let headers = [("host", host)].into_iter().collect();
                SignedRequest::parse("GET", target, &headers).expect("well formed")
            };
            let verify =
                |target: &str, now: i64| parse(target).verify(signer.secret, Body::Unread, now);
            assert_eq!(verify(&target, NOW + 60_000), Ok(()), "{target}");
            assert!(verify(&target, NOW + 61_000).is_err(), "{target}");
            let longer = target.replace("Expires=60", "Expires=600");
            assert!(verify(&longer, NOW).is_err(), "{target}");
        };
        check("s3", "localhost:4566", "/bucket/a%20b/c", "");
        check(
            "s3",
            "localhost",
            "/bucket/a//b",
            "response-content-type=text%2Fplain",
        );
        check("iotdevicegateway", "localhost:8443", "/mqtt", "");
    }
}
