//! An S3-compatible store elsewhere: one bucket, asked for what bodies of objects need.
//!
//! Signs, sends, tries again what may be asked twice, and tells apart *there is none*, *refused* and *no answer*.
//! Buckets stand in the path (`http://host/bucket/key`), which every such store and AWS understand. Must not know:
//! what the objects are for.

mod keys;

pub use keys::{Keys, KeysFile};

use super::http::{Broken, Endpoint, Flow, Http};
use ::http::header::{CONTENT_LENGTH, ETAG};
use arc_swap::ArcSwap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use nameplate_aws::checksum::Algorithm;
use nameplate_aws::request::Element;
use nameplate_aws::sigv4::Signer;
use nameplate_aws::uri;
use nameplate_core::ctx::Millis;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long a call may take in all, attempts and pauses included.
const CALL_TIME: Duration = Duration::from_secs(30);
/// What a store copies or joins in a second at the least, bytes; so much longer may a call take that has it do so.
const COPY_SPEED: u64 = 16 * 1024 * 1024;
/// Attempts of a call that may be repeated, and the pause after the first; the next is four times as long.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);
/// Largest document that is read: a thousand keys of 1 KiB, with what is said of each.
const DOCUMENT_BYTES: usize = 8 * 1024 * 1024;
/// Most keys of one removal.
const REMOVALS: usize = 1000;
/// How much of the store's own words goes on.
const WORDS: usize = 200;

/// Which bucket, where, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where the store is.
    pub endpoint: Endpoint,
    /// Region of the credential scope.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// What all keys begin with: nothing, or ends with a slash.
    pub prefix: String,
    /// The keys.
    pub keys: KeysFile,
}

impl std::fmt::Display for Place {
    /// As it is set: `s3://bucket/prefix`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let prefix = self.prefix.trim_end_matches('/');
        let slash = if prefix.is_empty() { "" } else { "/" };
        write!(f, "s3://{}{slash}{prefix}", self.bucket)
    }
}

/// Why a call was not answered as hoped.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store did not answer.
    #[error("the object store at {endpoint} does not answer: {reason}")]
    Unreachable {
        /// Where it is.
        endpoint: Endpoint,
        /// What went wrong.
        reason: String,
    },
    /// It answered with an error.
    #[error("the object store at {endpoint} answers {method} with HTTP {status} {words}")]
    Answer {
        /// Where it is.
        endpoint: Endpoint,
        /// What was asked.
        method: &'static str,
        /// HTTP status.
        status: u16,
        /// Name and text of the error, as far as it said them.
        words: String,
    },
}

impl Failure {
    /// The HTTP status that it answered with.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answer { status, .. } => Some(*status),
            Self::Unreachable { .. } => None,
        }
    }

    /// Whether another attempt may have more luck.
    fn passes(&self) -> bool {
        self.status()
            .is_none_or(|status| status >= 500 && status != 501 || status == 429)
    }
}

/// An upload in parts that has begun and is over in no way yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The key it would have.
    pub key: String,
    /// Its id.
    pub upload: String,
}

/// A page of keys.
#[derive(Debug, Default)]
pub struct Keyed {
    /// The keys.
    pub keys: Vec<String>,
    /// What to ask the next page with.
    pub next: Option<String>,
}

/// One bucket of the store.
#[derive(Debug)]
pub struct S3 {
    http: Http,
    bucket: String,
    region: String,
    keys: ArcSwap<Keys>,
    keys_path: PathBuf,
    clock: fn() -> Millis,
}

/// One call.
struct Ask {
    method: &'static str,
    key: String,
    /// As it is sent.
    query: String,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
    /// Whether asking twice is as good as once.
    repeatable: bool,
    limit: Duration,
}

impl Ask {
    fn new(method: &'static str, key: &str) -> Self {
        Self {
            method,
            key: key.to_owned(),
            query: String::new(),
            headers: Vec::new(),
            body: Bytes::new(),
            repeatable: true,
            limit: CALL_TIME,
        }
    }

    fn query(mut self, name: &str, value: &str) -> Self {
        let joint = if self.query.is_empty() { '?' } else { '&' };
        let value = uri::encode(value.as_bytes());
        let _ = write!(self.query, "{joint}{name}={value}");
        self
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// So many bytes are copied inside the store.
    fn moving(mut self, size: u64) -> Self {
        self.limit += Duration::from_secs(size / COPY_SPEED);
        self
    }

    fn once(mut self) -> Self {
        self.repeatable = false;
        self
    }
}

/// An answer that is a success.
struct Answer {
    head: ::http::response::Parts,
    flow: Flow,
}

impl S3 {
    /// A client for a bucket; nothing is asked yet.
    ///
    /// # Errors
    /// [`Failure::Unreachable`] where TLS cannot be set up.
    pub fn new(place: &Place, clock: fn() -> Millis) -> Result<Self, Failure> {
        let http = Http::new(place.endpoint.clone()).map_err(|broken| Failure::Unreachable {
            endpoint: place.endpoint.clone(),
            reason: broken.0,
        })?;
        Ok(Self {
            http,
            bucket: place.bucket.clone(),
            region: place.region.clone(),
            keys: ArcSwap::from_pointee(place.keys.keys.clone()),
            keys_path: place.keys.path.clone(),
            clock,
        })
    }

    /// Where the store is.
    pub fn endpoint(&self) -> &Endpoint {
        self.http.endpoint()
    }

    /// Writes an object that is at hand, and waits until the store has it.
    pub async fn put(&self, key: &str, body: Bytes) -> Result<(), Failure> {
        self.document(Ask::new("PUT", key).body(body)).await?;
        Ok(())
    }

    /// Writes an object unless there is one of that key; whether it was written. A store that does not know the
    /// condition writes it in any case.
    pub async fn put_new(&self, key: &str, body: Bytes) -> Result<bool, Failure> {
        let ask = Ask::new("PUT", key).header("if-none-match", "*").body(body);
        match self.document(ask).await {
            Err(failure) if matches!(failure.status(), Some(409 | 412)) => Ok(false),
            other => other.map(|_| true),
        }
    }

    /// All of a small object, `None` where there is none.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, Failure> {
        match self.document(Ask::new("GET", key)).await {
            Err(failure) if failure.status() == Some(404) => Ok(None),
            other => other.map(|(_, body)| Some(body)),
        }
    }

    /// So many bytes of an object, at least one; `None` where there is no such object.
    pub async fn range(&self, key: &str, offset: u64, size: u64) -> Result<Option<Flow>, Failure> {
        let last = offset + size - 1;
        let ask = Ask::new("GET", key).header("range", format!("bytes={offset}-{last}"));
        let answer = match self.call(&ask).await {
            Err(failure) if failure.status() == Some(404) => return Ok(None),
            other => other?,
        };
        let length = answer.head.headers.get(CONTENT_LENGTH);
        let length = length.and_then(|text| text.to_str().ok()?.parse().ok());
        // More than was asked for would be the whole object; less, an object that is not as long as it should be.
        if length != Some(size) {
            let words = format!("and {} bytes, not {size}", length.unwrap_or_default());
            return Err(self.refused(&ask, answer.head.status.as_u16(), words));
        }
        Ok(Some(answer.flow))
    }

    /// Removes objects, those that exist; how many of them the store would not remove.
    pub async fn remove(&self, keys: &[String]) -> Result<usize, Failure> {
        if let [key] = keys {
            self.document(Ask::new("DELETE", key)).await?;
            return Ok(0);
        }
        let mut failed = 0;
        for keys in keys.chunks(REMOVALS) {
            let mut body = String::from("<Delete>");
            for key in keys {
                let _ = write!(body, "<Object><Key>{key}</Key></Object>");
            }
            body.push_str("<Quiet>true</Quiet></Delete>");
            let mut md5 = Algorithm::Md5.hasher();
            md5.update(body.as_bytes());
            let ask = Ask::new("POST", "")
                .query("delete", "")
                .header("content-md5", STANDARD.encode(md5.bytes()))
                .header("content-type", "application/xml")
                .body(body);
            let answer = self.element(ask).await?;
            failed += answer.all("Error").count();
        }
        Ok(failed)
    }

    /// Keys that begin with `prefix`, at most `limit` (1000 at most) of them, after those of the page before.
    pub async fn list(
        &self,
        prefix: &str,
        limit: usize,
        next: Option<&str>,
    ) -> Result<Keyed, Failure> {
        let mut ask = Ask::new("GET", "");
        // In the order of their names, as they are signed.
        if let Some(next) = next {
            ask = ask.query("continuation-token", next);
        }
        let ask = ask
            .query("list-type", "2")
            .query("max-keys", &limit.to_string())
            .query("prefix", prefix);
        let answer = self.element(ask).await?;
        let keys = answer
            .all("Contents")
            .filter_map(|object| object.value("Key").map(str::to_owned))
            .collect();
        let more = answer.value("IsTruncated") == Some("true");
        let next = answer.value("NextContinuationToken").filter(|_| more);
        Ok(Keyed {
            keys,
            next: next.map(str::to_owned),
        })
    }

    /// Begins an upload in parts; its id.
    pub async fn begin_upload(&self, key: &str) -> Result<String, Failure> {
        let ask = Ask::new("POST", key).query("uploads", "");
        let answer = self.element(ask).await?;
        Ok(answer.value("UploadId").unwrap_or_default().to_owned())
    }

    /// Uploads a part, from 1; its entity tag.
    pub async fn upload_part(
        &self,
        pending: &Pending,
        number: usize,
        body: Bytes,
    ) -> Result<String, Failure> {
        let ask = part(pending, number).body(body);
        let (head, _) = self.document(ask).await?;
        let etag = head.headers.get(ETAG).and_then(|etag| etag.to_str().ok());
        Ok(etag.unwrap_or_default().to_owned())
    }

    /// Makes another object, of so many bytes, a part, from 1, inside the store; its entity tag.
    pub async fn copy_part(
        &self,
        pending: &Pending,
        number: usize,
        from: &str,
        size: u64,
    ) -> Result<String, Failure> {
        let ask = part(pending, number)
            .header("x-amz-copy-source", self.source(from))
            .moving(size);
        let answer = self.element(ask).await?;
        Ok(answer.value("ETag").unwrap_or_default().to_owned())
    }

    /// Makes one object of another, of so many bytes, inside the store.
    pub async fn copy(&self, from: &str, to: &str, size: u64) -> Result<(), Failure> {
        let ask = Ask::new("PUT", to)
            .header("x-amz-copy-source", self.source(from))
            .moving(size);
        self.element(ask).await.map(drop)
    }

    /// Makes the object, of so many bytes, of the parts with these entity tags, which are in order from 1.
    pub async fn complete(
        &self,
        pending: &Pending,
        etags: &[String],
        size: u64,
    ) -> Result<(), Failure> {
        let mut body = String::from("<CompleteMultipartUpload>");
        for (at, etag) in etags.iter().enumerate() {
            let etag = etag.replace('"', "&quot;");
            let number = at + 1;
            let _ = write!(
                body,
                "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
            );
        }
        body.push_str("</CompleteMultipartUpload>");
        let ask = Ask::new("POST", &pending.key)
            .query("uploadId", &pending.upload)
            .header("content-type", "application/xml")
            .body(body)
            .moving(size)
            .once();
        self.element(ask).await.map(drop)
    }

    /// Ends an upload without an object; that it is over already is well.
    pub async fn abort(&self, pending: &Pending) -> Result<(), Failure> {
        let ask = Ask::new("DELETE", &pending.key).query("uploadId", &pending.upload);
        match self.document(ask).await {
            Err(failure) if failure.status() == Some(404) => Ok(()),
            other => other.map(drop),
        }
    }

    /// All uploads that have begun, of keys that begin with `prefix`.
    pub async fn uploads(&self, prefix: &str) -> Result<Vec<Pending>, Failure> {
        let mut found = Vec::new();
        let mut after: Option<Pending> = None;
        loop {
            let mut ask = Ask::new("GET", "");
            if let Some(after) = &after {
                ask = ask.query("key-marker", &after.key);
            }
            ask = ask.query("prefix", prefix);
            if let Some(after) = &after {
                ask = ask.query("upload-id-marker", &after.upload);
            }
            let answer = self.element(ask.query("uploads", "")).await?;
            let pending = |of: &Element, key: &str, upload: &str| {
                Some(Pending {
                    key: of.value(key)?.to_owned(),
                    upload: of.value(upload)?.to_owned(),
                })
            };
            found.extend(
                answer
                    .all("Upload")
                    .filter_map(|upload| pending(upload, "Key", "UploadId")),
            );
            let next = pending(&answer, "NextKeyMarker", "NextUploadIdMarker");
            if answer.value("IsTruncated") != Some("true") || next.is_none() || next == after {
                return Ok(found);
            }
            after = next;
        }
    }

    fn source(&self, key: &str) -> String {
        format!("/{}/{}", self.bucket, uri::encode_path(key.as_bytes()))
    }

    /// A call whose answer is a document. Copying and completing may answer 200 and fail in it.
    async fn element(&self, ask: Ask) -> Result<Element, Failure> {
        let method = ask.method;
        let (head, body) = self.document(ask).await?;
        match Element::parse(&body) {
            Ok(element) if element.name != "Error" => Ok(element),
            _ => Err(Failure::Answer {
                endpoint: self.endpoint().clone(),
                method,
                status: head.status.as_u16(),
                words: words(&body).unwrap_or_else(|| "and no document".to_owned()),
            }),
        }
    }

    /// A call whose answer is short.
    async fn document(&self, ask: Ask) -> Result<(::http::response::Parts, Bytes), Failure> {
        let whole = async {
            let answer = self.call(&ask).await?;
            let body = answer.flow.whole(DOCUMENT_BYTES).await;
            Ok((answer.head, body.map_err(|broken| self.broken(broken))?))
        };
        match timeout(ask.limit, whole).await {
            Ok(answer) => answer,
            Err(_) => Err(self.late(ask.limit)),
        }
    }

    /// A call; as many attempts as it may have.
    async fn call(&self, ask: &Ask) -> Result<Answer, Failure> {
        let attempts = async {
            let mut pause = PAUSE;
            let mut attempt = 1;
            loop {
                let keys = self.keys.load_full();
                let failure = match self.attempt(ask, &keys, attempt > 1).await {
                    Ok(answer) => return Ok(answer),
                    Err(failure) => failure,
                };
                let refused = matches!(failure.status(), Some(400 | 401 | 403));
                if refused && self.other_keys(&keys) {
                    continue;
                }
                if !ask.repeatable || !failure.passes() || attempt == ATTEMPTS {
                    return Err(failure);
                }
                tracing::debug!("attempt {attempt}: {failure}");
                tokio::time::sleep(pause).await;
                attempt += 1;
                pause *= 4;
            }
        };
        match timeout(ask.limit, attempts).await {
            Ok(answer) => answer,
            Err(_) => Err(self.late(ask.limit)),
        }
    }

    /// Reads the keys again; whether they are others than those. Keys of a session are renewed in their file.
    fn other_keys(&self, than: &Keys) -> bool {
        match KeysFile::read(&self.keys_path) {
            Ok(file) if file.keys != *than => {
                self.keys.store(Arc::new(file.keys));
                true
            }
            _ => false,
        }
    }

    async fn attempt(&self, ask: &Ask, keys: &Keys, again: bool) -> Result<Answer, Failure> {
        let slash = if ask.key.is_empty() { "" } else { "/" };
        let key = uri::encode_path(ask.key.as_bytes());
        let target = format!("/{}{slash}{key}{}", self.bucket, ask.query);
        let mut headers = vec![("host".to_owned(), self.endpoint().authority())];
        headers.extend(
            ask.headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        if let Some(token) = &keys.session_token {
            headers.push(("x-amz-security-token".to_owned(), token.clone()));
        }
        let signer = Signer {
            access_key: &keys.access_key,
            secret: &keys.secret,
            region: &self.region,
            service: "s3",
        };
        let added = signer.sign(ask.method, &target, &headers, &ask.body, (self.clock)().0);
        let mut request = ::http::Request::builder().method(ask.method).uri(&target);
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        for (name, value) in &added {
            request = request.header(*name, value);
        }
        if matches!(ask.method, "PUT" | "POST") {
            // Also that it is empty, which nobody would say otherwise.
            request = request.header(CONTENT_LENGTH, ask.body.len());
        }
        let request = request
            .body(Full::new(ask.body.clone()))
            .map_err(|error| self.broken(Broken(error.to_string())))?;
        // What may be asked only once must not meet a connection that has been closed meanwhile.
        let fresh = again || !ask.repeatable;
        let sent = self.http.send(request, fresh).await;
        let (head, flow) = sent.map_err(|broken| self.broken(broken))?;
        if head.status.is_success() {
            return Ok(Answer { head, flow });
        }
        let body = flow.whole(DOCUMENT_BYTES).await.unwrap_or_default();
        let words = words(&body).unwrap_or_default();
        Err(self.refused(ask, head.status.as_u16(), words))
    }

    fn refused(&self, ask: &Ask, status: u16, words: String) -> Failure {
        Failure::Answer {
            endpoint: self.endpoint().clone(),
            method: ask.method,
            status,
            words,
        }
    }

    fn broken(&self, broken: Broken) -> Failure {
        Failure::Unreachable {
            endpoint: self.endpoint().clone(),
            reason: broken.0,
        }
    }

    fn late(&self, limit: Duration) -> Failure {
        self.broken(Broken(format!("nothing within {} s", limit.as_secs())))
    }
}

fn part(pending: &Pending, number: usize) -> Ask {
    Ask::new("PUT", &pending.key)
        .query("partNumber", &number.to_string())
        .query("uploadId", &pending.upload)
}

/// Name and text of an error; nothing else of it, since stores repeat what was signed.
fn words(body: &[u8]) -> Option<String> {
    let error = Element::parse(body).ok()?;
    let code = error.value("Code")?;
    let message = error.value("Message").unwrap_or_default();
    let words = format!("{code}: {message}");
    Some(
        words
            .chars()
            .filter(|c| !c.is_control())
            .take(WORDS)
            .collect(),
    )
}
