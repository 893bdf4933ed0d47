//! What objects have besides their bodies, from headers and to headers.

use super::{Call, Failure, Fault, Reply, argument, tagging};
use crate::app::Kind;
use crate::app::objects::{Checksum, Details, Expected, OBJECT, ObjectInfo, Refusal, check_tags};
use nameplate_aws::checksum::Algorithm;
use nameplate_aws::headers::Headers;
use nameplate_core::ctx::Millis;

/// User metadata, names and values together, bytes (S3 user guide: object metadata).
const METADATA_BYTES: usize = 2 * 1024;
/// What names user metadata.
const METADATA: &str = "x-amz-meta-";
/// What an object without a type of its own is.
const CONTENT_TYPE: &str = "binary/octet-stream";
/// Headers of writers that promise what is not kept here: encryption, locks, redirections.
pub(super) const UNKEPT: &[&str] = &[
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-object-lock-event-hold",
    "x-amz-object-lock-event-hold-duration-days",
    "x-amz-object-lock-event-hold-duration-years",
    "x-amz-object-lock-legal-hold",
    "x-amz-website-redirect-location",
    "x-amz-write-offset-bytes",
];

/// The details that a writer states.
pub(super) fn details(headers: &Headers<'_>) -> Result<Details, Failure> {
    let text = |name: &str| headers.text(name).map(|value| value.into_owned());
    let mut details = Details {
        content_type: text("content-type").filter(|value| !value.is_empty()),
        cache_control: text("cache-control"),
        content_disposition: text("content-disposition"),
        content_encoding: text("content-encoding").and_then(|value| stored_encoding(&value)),
        content_language: text("content-language"),
        expires: text("expires"),
        storage_class: storage_class(headers)?,
        ..Details::default()
    };
    for (name, value) in headers.iter() {
        let name = name.to_ascii_lowercase();
        if let Some(name) = name.strip_prefix(METADATA) {
            let value = String::from_utf8_lossy(value.trim_ascii());
            details
                .metadata
                .entry(name.to_owned())
                .and_modify(|before| before.push_str(&format!(",{value}")))
                .or_insert_with(|| value.into_owned());
        }
    }
    let sizes = details.metadata.iter();
    let bytes = sizes.map(|(name, value)| name.len() + value.len()).sum();
    if bytes > METADATA_BYTES {
        return Err(Refusal::MetadataTooLarge { bytes }.into());
    }
    Ok(details)
}

/// `aws-chunked` is how the body travels, not what it is.
fn stored_encoding(value: &str) -> Option<String> {
    let kept: Vec<&str> = value
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("aws-chunked"))
        .collect();
    (!kept.is_empty()).then(|| kept.join(","))
}

fn storage_class(headers: &Headers<'_>) -> Result<Option<String>, Failure> {
    const KNOWN: &[&str] = &[
        "STANDARD_IA",
        "ONEZONE_IA",
        "INTELLIGENT_TIERING",
        "REDUCED_REDUNDANCY",
        "GLACIER_IR",
    ];
    match headers.text("x-amz-storage-class").as_deref() {
        None | Some("STANDARD") => Ok(None),
        Some(class) if KNOWN.contains(&class) => Ok(Some(class.to_owned())),
        Some(_) => Err(Fault::StorageClass.into()),
    }
}

/// The tags that a writer states.
pub(super) fn tags(headers: &Headers<'_>) -> Result<Vec<(String, String)>, Failure> {
    const NAME: &str = "x-amz-tagging";
    let Some(value) = headers.text(NAME) else {
        return Ok(Vec::new());
    };
    let tags = tagging::of_header(&value);
    match check_tags(&tags, OBJECT) {
        Ok(()) => Ok(tags),
        // Of a header S3 does not say which tag it is, unless it is the system's.
        Err(error) => match error.kind {
            Kind::Object(Refusal::Tag { key, .. }) if !key.starts_with("aws:") => {
                Err(Fault::Argument {
                    name: NAME,
                    value: value.into_owned(),
                    message: "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query \
                              parameters without tag name duplicates."
                        .to_owned(),
                }
                .into())
            }
            _ => Err(error.into()),
        },
    }
}

/// What a writer expects of the object that it would replace: that there is none, or that it is a certain one.
pub(super) fn expected_by_writer(headers: &Headers<'_>) -> Result<Expected, Failure> {
    let refused = |header, why: &str| {
        let why = why.to_owned();
        Err(Fault::HeaderValue { header, why }.into())
    };
    match (headers.text("if-match"), headers.text("if-none-match")) {
        (Some(_), Some(_)) => refused(
            "If-Match,If-None-Match",
            "Multiple conditional request headers present in the request",
        ),
        (Some(tag), None) if unquoted(&tag) == "*" => refused(
            "If-Match",
            "We don't accept the provided value of If-Match header for this API",
        ),
        _ => expected(headers),
    }
}

/// What is expected of the object that is replaced or removed.
pub(super) fn expected(headers: &Headers<'_>) -> Result<Expected, Failure> {
    let absent = match headers.text("if-none-match") {
        None => false,
        Some(value) if value == "*" => true,
        Some(_) => {
            return Err(Fault::HeaderValue {
                header: "If-None-Match",
                why: "We don't accept the provided value of If-None-Match header for this API"
                    .to_owned(),
            }
            .into());
        }
    };
    let etag = headers
        .text("if-match")
        .map(|value| unquoted(&value).to_owned());
    Ok(Expected { absent, etag })
}

/// An entity tag without its quotes. S3 takes tags that lack one of them or both.
pub(super) fn unquoted(etag: &str) -> &str {
    let etag = etag.trim();
    let etag = etag.strip_prefix('"').unwrap_or(etag);
    etag.strip_suffix('"').unwrap_or(etag)
}

/// An entity tag with its quotes.
pub(super) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

/// How the checksum of an object came to be.
pub(super) fn checksum_type(checksum: &Checksum) -> &'static str {
    if checksum.whole {
        "FULL_OBJECT"
    } else {
        "COMPOSITE"
    }
}

/// The checksum of a body that came as a whole.
pub(super) fn whole_checksum(checksum: Option<(Algorithm, String)>) -> Option<Checksum> {
    checksum.map(|(algorithm, value)| Checksum {
        algorithm: algorithm.name().to_owned(),
        value,
        whole: true,
    })
}

/// The algorithm that a header asks for.
pub(super) fn wanted_algorithm(headers: &Headers<'_>) -> Result<Option<Algorithm>, Failure> {
    const NAME: &str = "x-amz-checksum-algorithm";
    match headers.text(NAME) {
        None => Ok(None),
        Some(name) => match Algorithm::named(&name) {
            Some(algorithm) => Ok(Some(algorithm)),
            None => Err(argument(NAME, name, "must be an algorithm that is known")),
        },
    }
}

impl Reply {
    /// The same with the headers of a checksum.
    pub(super) fn with_checksum(self, checksum: Option<&Checksum>) -> Self {
        let found =
            checksum.and_then(|checksum| Some((Algorithm::named(&checksum.algorithm)?, checksum)));
        match found {
            Some((algorithm, checksum)) => self
                .with(algorithm.header(), &checksum.value)
                .with("x-amz-checksum-type", checksum_type(checksum)),
            None => self,
        }
    }

    /// The same with the headers that describe an object, some of them as a reader wants them.
    pub(super) fn with_object(mut self, call: &Call<'_>, info: &ObjectInfo) -> Self {
        let details = &info.details;
        self = self
            .with("etag", quoted(&info.etag))
            .with("last-modified", http_date(info.modified))
            .with("accept-ranges", "bytes");
        let content_type = details.content_type.as_deref().unwrap_or(CONTENT_TYPE);
        let fields: [(&'static str, &str, Option<&str>); 6] = [
            ("content-type", "ResponseContentType", Some(content_type)),
            (
                "cache-control",
                "ResponseCacheControl",
                details.cache_control.as_deref(),
            ),
            (
                "content-disposition",
                "ResponseContentDisposition",
                details.content_disposition.as_deref(),
            ),
            (
                "content-encoding",
                "ResponseContentEncoding",
                details.content_encoding.as_deref(),
            ),
            (
                "content-language",
                "ResponseContentLanguage",
                details.content_language.as_deref(),
            ),
            ("expires", "ResponseExpires", details.expires.as_deref()),
        ];
        for (header, parameter, own) in fields {
            if let Some(value) = call.wanted(parameter).as_deref().or(own) {
                self = self.with(header, value);
            }
        }
        if let Some(class) = &details.storage_class {
            self = self.with("x-amz-storage-class", class);
        }
        for (name, value) in &details.metadata {
            self = self.with(format!("{METADATA}{name}"), value);
        }
        self
    }
}

impl Call<'_> {
    /// A header of the answer as the caller wants it.
    fn wanted(&self, parameter: &str) -> Option<String> {
        match self.input.get(parameter)? {
            serde_json::Value::String(text) => Some(text.clone()),
            // The one that is a time.
            serde_json::Value::Number(seconds) => {
                Some(http_date(Millis(seconds.as_i64()?.checked_mul(1000)?)))
            }
            _ => None,
        }
    }
}

/// A time as headers write it. [RFC 7231, 7.1.1.1]
pub(super) fn http_date(at: Millis) -> String {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    time::OffsetDateTime::from_unix_timestamp(at.as_seconds())
        .ok()
        .and_then(|at| at.format(&format).ok())
        .unwrap_or_default()
}
