//! Functions that are somewhere else: a URL takes the event as the body of a request and answers with the result.
//!
//! Another Lambda, AWS's own or one that speaks as it does, is called by the URL of its Invoke, signed with the keys of
//! `--rule-credentials`. Anything else is called as it is.

use super::{Functions, Shown};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::ids;
use crate::outbound::s3::KeysFile;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use nameplate_aws::sigv4::Signer;
use nameplate_core::ctx::Millis;
use nameplate_core::function::{Place, Settings, Version};
use nameplate_functions::Sign;
use std::sync::Arc;

/// Bytes of a URL.
const URL_BYTES: usize = 2048;
/// Seconds that a call may take (AWS: 1 to 900).
const SECONDS: std::ops::RangeInclusive<u32> = 1..=900;

/// A function that is elsewhere, as its owner wants it.
#[derive(Debug, Clone, Default)]
pub struct Remote {
    /// Its URL, `http` or `https`.
    pub url: String,
    /// A text of the owner's; absent, it stays.
    pub description: Option<String>,
    /// Seconds that a call may take; absent, they stay.
    pub timeout: Option<u32>,
}

/// Reads a URL that a function may be behind.
pub(super) fn parse_url(text: &str) -> Result<Uri> {
    let wrong = |why: &str| Err(Error::invalid(format!("the function's URL {why}")));
    if text.len() > URL_BYTES {
        return wrong("is too long");
    }
    let Ok(url) = text.parse::<Uri>() else {
        return wrong("cannot be read");
    };
    if !matches!(url.scheme_str(), Some("http" | "https")) {
        return wrong("is neither http nor https");
    }
    match url.authority() {
        // They would be shown wherever the function is.
        Some(authority) if authority.as_str().contains('@') => wrong("may hold no credentials"),
        Some(authority) if !authority.host().is_empty() => Ok(url),
        _ => wrong("names no host"),
    }
}

/// What stands for the digest of code that is not uploaded.
pub(super) fn sha256_of(place: &str) -> String {
    STANDARD.encode(digest(&SHA256, place.as_bytes()).as_ref())
}

impl Functions {
    /// Creates a function that is elsewhere, or says where one is now that may have been here; whether it is new.
    pub async fn put_remote_function(
        &self,
        caller: &Caller,
        name: &str,
        remote: Remote,
    ) -> Result<(Shown, bool)> {
        let reference = self.reference(name, None)?;
        let url = parse_url(&remote.url)?.to_string();
        if remote
            .timeout
            .is_some_and(|seconds| !SECONDS.contains(&seconds))
        {
            return Err(Error::invalid(format!(
                "the timeout may be {} to {} seconds",
                SECONDS.start(),
                SECONDS.end()
            )));
        }
        let set = move |settings: &mut Settings| {
            settings.place = Place::Url(url.clone());
            if let Some(description) = &remote.description {
                settings.description.clone_from(description);
            }
            settings.timeout = remote.timeout.unwrap_or(settings.timeout);
        };
        self.put(caller, &reference.name, set).await
    }

    /// Creates a function whose code is not uploaded, or changes one; whether it is new. `set` is applied to the settings
    /// that are there, or to AWS's defaults, and says where the code is.
    pub(super) async fn put<F>(&self, caller: &Caller, name: &str, set: F) -> Result<(Shown, bool)>
    where
        F: Fn(&mut Settings) + Send + 'static,
    {
        let prepare = move |version: &mut Version| {
            set(&mut version.settings);
            version.code_sha256 = match &version.settings.place {
                Place::Folder(place) | Place::Url(place) => sha256_of(place),
                Place::Uploaded => version.code_sha256.clone(),
            };
            version.code_size = 0;
        };
        let there = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.function(name)?))
            .await?;
        if there.is_none() {
            let mut version = Version {
                function: 0,
                number: 0,
                settings: Settings::default(),
                code_sha256: String::new(),
                code_size: 0,
                modified: caller.ctx.now,
                revision: ids::uuid(),
            };
            prepare(&mut version);
            self.check_settings(&version.settings).await?;
            let made = self
                .insert(caller, name.to_owned(), version, false, Vec::new())
                .await?;
            return Ok((made, true));
        }
        let mut tried = self.function(name, None).await?.version;
        prepare(&mut tried);
        self.check_settings(&tried.settings).await?;
        let reference = self.reference(name, None)?;
        let changed = self.change_latest(caller, "put-function", &reference, move |latest| {
            prepare(latest);
            Ok(())
        });
        Ok((changed.await?, false))
    }
}

/// Signs calls of another Lambda's Invoke.
pub(super) fn signer(file: KeysFile, region: String, clock: fn() -> Millis) -> Arc<Sign> {
    Arc::new(
        move |url: &Uri, headers: &[(String, String)], body: &[u8]| {
            let mut added = Vec::new();
            if let Some(token) = &file.keys.session_token {
                added.push(("x-amz-security-token".to_owned(), token.clone()));
            }
            let headers: Vec<_> = headers.iter().chain(&added).cloned().collect();
            let region = region_of(url).unwrap_or(&region);
            let signer = Signer {
                access_key: &file.keys.access_key,
                secret: &file.keys.secret,
                region,
                service: "lambda",
            };
            let target = url.path_and_query().map_or("/", |target| target.as_str());
            let signed = signer.sign("POST", target, &headers, body, clock().0);
            added.extend(
                signed
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value)),
            );
            added
        },
    )
}

/// The region of an endpoint of AWS's: `lambda.REGION.amazonaws.com`.
fn region_of(url: &Uri) -> Option<&str> {
    let mut labels = url.host()?.split('.');
    let (service, region, amazon) = (labels.next()?, labels.next()?, labels.next()?);
    (service == "lambda" && amazon == "amazonaws").then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        for (text, expected) in [
            ("http://127.0.0.1:8080/", None),
            ("https://example.com/a?b=c", None),
            ("http://[::1]:1/x", None),
            ("ftp://h/", Some("neither http nor https")),
            ("h/x", Some("cannot be read")),
            ("http://u:p@h/", Some("may hold no credentials")),
            ("http://", Some("cannot be read")),
            ("", Some("cannot be read")),
            ("http://h/ x", Some("cannot be read")),
        ] {
            match (parse_url(text), expected) {
                (Ok(_), None) => {}
                (Err(error), Some(part)) => {
                    assert!(error.message.contains(part), "{text}: {}", error.message);
                    assert!(!error.message.contains("u:p"));
                }
                (other, _) => panic!("{text}: {other:?}"),
            }
        }
        assert!(parse_url(&format!("http://h/{}", "x".repeat(URL_BYTES))).is_err());
    }

    #[test]
    fn regions_stand_in_aws_s_own_names() {
        for (url, expected) in [
            (
                "https://lambda.eu-west-1.amazonaws.com/x",
                Some("eu-west-1"),
            ),
            (
                "https://lambda.cn-north-1.amazonaws.com.cn/x",
                Some("cn-north-1"),
            ),
            ("http://localhost:4566/x", None),
            ("http://lambda.example.com.org/x", None),
        ] {
            assert_eq!(region_of(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
