//! Forms by which browsers upload: read as they come, held against their policy, and put as an object is put.
//! [S3 API reference: POST Object]
//!
//! Who signed a form and what its policy says is [`nameplate_aws::post_form`]'s.

use super::body::{BodyStream, Sent};
use super::{Failure, Fault, ROW, Reply, Request, Response, argument, read, text};
use crate::api::call::Output;
use crate::api::pipeline::{Told, audited, carry_out, kept_from, refused};
use crate::api::signature::credential;
use crate::api::write;
use crate::app::App;
use crate::app::audit::Door;
use crate::app::caller::Caller;
use bytes::Bytes;
use futures_util::StreamExt as _;
use nameplate_aws::headers::Headers;
use nameplate_aws::model::Service;
use nameplate_aws::post_form::{PostForm, PostSigner};
use nameplate_aws::request::Element;
use nameplate_aws::respond::Node;
use nameplate_aws::sigv4::{AuthFailure, Explanation};
use nameplate_aws::uri;
use nameplate_core::ctx::Ctx;
use std::sync::Arc;
use std::time::Duration;

/// Bytes of a form before its file. [POST Object: form fields]
const FIELDS_BYTES: usize = 20 * 1024;
/// A browser that sends nothing for so long is not waited for.
const PIECE_TIME: Duration = Duration::from_secs(30);
/// Fields that say how an object is kept, as header fields of PutObject do. Those of metadata begin with `x-amz-meta-`.
const KEPT: [&str; 8] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
    "x-amz-storage-class",
    "x-amz-acl",
];

/// Where the boundary stands in a content type, if a request is such a form for a bucket: one that no header signs.
fn boundary(request: &Request<'_>) -> Option<String> {
    let headers = &request.headers;
    if request.method != "POST" || headers.get("authorization").is_some() {
        return None;
    }
    let kind = headers.text("content-type")?;
    let (kind, parameters) = kind.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    bucket(request)?;
    let found = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        let named = name.eq_ignore_ascii_case("boundary");
        named.then(|| value.trim_matches('"').to_owned())
    });
    found.filter(|boundary| (1..=70).contains(&boundary.len()))
}

/// The bucket that the path names, where it names that alone.
fn bucket(request: &Request<'_>) -> Option<String> {
    let (path, query) = uri::split_target(request.target);
    let name = path.strip_prefix('/')?;
    let name = name.strip_suffix('/').unwrap_or(name);
    let part =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    let fits = (3..=63).contains(&name.len()) && name.bytes().all(part);
    (fits && query.is_empty()).then(|| name.to_owned())
}

/// Whether a request is a form that uploads to a bucket.
pub fn is_sent(request: &Request<'_>) -> bool {
    boundary(request).is_some()
}

/// Answers such a form.
pub async fn answer(app: &Arc<App>, request: &Request<'_>, body: BodyStream) -> Response {
    let (ctx, mut told) = (app.ctx(), Told::default());
    let mut sent = Sent::default();
    match upload(app, request, body, &mut sent, &ctx, &mut told).await {
        Ok(response) => {
            app.metrics().api(ROW.name(), told.label, response.status);
            if let Some(call) = told.audited.take() {
                call.ended(app.audit(), response.status, None);
            }
            response
        }
        Err(failure) => refused(app, &ROW, request, &told, failure, &mut sent, &ctx).await,
    }
}

async fn upload(
    app: &Arc<App>,
    request: &Request<'_>,
    body: BodyStream,
    sent: &mut Sent,
    ctx: &Ctx,
    told: &mut Told,
) -> Result<Response, Failure> {
    let mark = boundary(request).unwrap_or_default();
    let bucket = bucket(request).unwrap_or_default();
    let (form, file) = Parts::new(body, &mark).fields().await?;
    let signer = form.signer().map_err(Fault::from)?;
    let caller = caller(app, request, &form, &signer, ctx).await?;
    let range = form.check(&bucket, app.time().machine().0 / 1000);
    *sent = Sent::of_form(file.stream, range.map_err(Fault::from)?);
    let Some(key) = form.get("key").filter(|key| !key.is_empty()) else {
        let rule = "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.";
        return Err(Fault::Argument {
            name: "key",
            value: String::new(),
            message: rule.to_owned(),
        }
        .into());
    };
    let key = key.replace("${filename}", &file.name);
    let fields = kept(&form, file.kind)?;
    let headers = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()));
    let target = format!("/{bucket}/{}", uri::encode_path(key.as_bytes()));
    let put = Request {
        method: "PUT",
        target: &target,
        headers: headers.collect::<Headers<'_>>(),
        body: &[],
        source_ip: request.source_ip,
        secure: request.secure,
    };
    let read = read(&ROW, app, &put).map_err(|(_, failure)| failure)?;
    (told.label, told.operation) = ("PostObject", Some(read.operation));
    told.audited = audited(app, &ROW, Door::Api, &put, &read, &caller);
    let (operation, output) = carry_out(app, &ROW, &put, read, caller, sent).await?;
    let reply = match output {
        Output::Reply(reply) => stored(request, reply, &form, (&bucket, &key)),
        other => return Ok(write::answer(&ROW, operation, other, &ctx.request_id)),
    };
    Ok(write::answer(
        &ROW,
        operation,
        Output::Reply(reply),
        &ctx.request_id,
    ))
}

/// Who signed the form.
async fn caller(
    app: &Arc<App>,
    request: &Request<'_>,
    form: &PostForm,
    signer: &PostSigner<'_>,
    ctx: &Ctx,
) -> Result<Caller, Failure> {
    let token = form.get("x-amz-security-token");
    let credential = credential(app, signer.access_key, token, ctx).await?;
    let signed = match &signer.scope {
        Some(scope) => signer.is_of_key(&app.iam.signing_key(&credential, scope)),
        None => signer.is_of_secret(&credential.key.secret),
    };
    if !signed {
        let explanation = Box::new(Explanation {
            canonical_request: String::new(),
            string_to_sign: form.get("policy").unwrap_or_default().to_owned(),
        });
        return Err(AuthFailure::NoMatch { explanation }.into());
    }
    let identity = app.iam.identity(credential, request.origin());
    if let Some(kept) = identity.session_kept_from(Service::S3, "PutObject") {
        return Err(kept_from(kept, &identity));
    }
    Ok(Caller::new(ctx.clone(), identity))
}

/// The fields that become header fields of a PutObject.
fn kept(form: &PostForm, kind: Option<String>) -> Result<Vec<(String, String)>, Failure> {
    let kept = |name: &str| {
        KEPT.contains(&name)
            || name.starts_with("x-amz-meta-")
            || name.starts_with("x-amz-checksum-")
    };
    let mut fields: Vec<(String, String)> = form
        .fields()
        .filter(|(name, _)| kept(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if let Some(acl) = form.get("acl") {
        fields.push(("x-amz-acl".to_owned(), acl.to_owned()));
    }
    if form.get("content-type").is_none()
        && let Some(kind) = kind
    {
        fields.push(("content-type".to_owned(), kind));
    }
    if let Some(document) = form.get("tagging") {
        let document = Element::parse(document.as_bytes()).map_err(|_| Fault::Xml)?;
        let set = document.child("TagSet").ok_or(Fault::Xml)?;
        let tags = set.all("Tag").map(|tag| {
            let part = |name: &str| uri::encode(tag.value(name).unwrap_or_default().as_bytes());
            format!("{}={}", part("Key"), part("Value"))
        });
        let tags: Vec<String> = tags.collect();
        fields.push(("x-amz-tagging".to_owned(), tags.join("&")));
    }
    Ok(fields)
}

/// The answer that the form asks for, of what PutObject answered.
fn stored(
    request: &Request<'_>,
    put: Reply,
    form: &PostForm,
    (bucket, key): (&str, &str),
) -> Reply {
    let etag = put.headers.iter().find(|(name, _)| name == "etag");
    let etag = etag.map(|(_, value)| value.clone()).unwrap_or_default();
    let host = request.headers.text("host").unwrap_or_default();
    let scheme = if request.secure { "https" } else { "http" };
    let path = uri::encode_path(key.as_bytes());
    let location = format!("{scheme}://{host}/{bucket}/{path}");
    let redirect = form.get("success_action_redirect").or(form.get("redirect"));
    let plain = |url: &&str| {
        url.starts_with("http") && url.bytes().all(|byte| (b'!'..=b'~').contains(&byte))
    };
    if let Some(url) = redirect.filter(plain) {
        let sign = if url.contains('?') { '&' } else { '?' };
        let part = |text: &str| uri::encode(text.as_bytes());
        let to = format!(
            "{url}{sign}bucket={}&key={}&etag={}",
            part(bucket),
            part(key),
            part(&etag)
        );
        let reply = put.with("location", to);
        return Reply {
            status: Some(303),
            ..reply
        };
    }
    let reply = put.with("location", location.clone());
    match form.get("success_action_status") {
        Some("200") => Reply {
            status: Some(200),
            ..reply
        },
        Some("201") => {
            let node = Node::structure([
                text("Location", location),
                text("Bucket", bucket),
                text("Key", key),
                text("ETag", etag),
            ]);
            let document = Reply::document("PostResponse", &node);
            let mut headers = reply.headers;
            headers.extend(document.headers);
            Reply {
                status: Some(201),
                headers,
                content: document.content,
            }
        }
        _ => Reply {
            status: Some(204),
            ..reply
        },
    }
}

/// The file of a form.
struct File {
    name: String,
    kind: Option<String>,
    stream: BodyStream,
}

/// A form while it is read.
struct Parts {
    stream: BodyStream,
    held: Vec<u8>,
    /// What stands before each part, and behind the last.
    mark: Vec<u8>,
    read: usize,
}

impl Parts {
    fn new(stream: BodyStream, boundary: &str) -> Self {
        Self {
            stream,
            // As if a line had ended before the first.
            held: b"\r\n".to_vec(),
            mark: format!("\r\n--{boundary}").into_bytes(),
            read: 0,
        }
    }

    /// Reads more. `false` at the end.
    async fn more(&mut self) -> Result<bool, Failure> {
        match tokio::time::timeout(PIECE_TIME, self.stream.next()).await {
            Err(_) => Err(Fault::Timeout.into()),
            Ok(Some(Ok(piece))) => {
                self.held.extend_from_slice(&piece);
                Ok(true)
            }
            Ok(Some(Err(error))) => {
                tracing::debug!("a form broke off: {error}");
                Err(Fault::Incomplete.into())
            }
            Ok(None) => Ok(false),
        }
    }

    /// What stands before `mark`, which is passed over.
    async fn until(&mut self, mark: &[u8]) -> Result<Vec<u8>, Failure> {
        loop {
            if let Some(at) = find(&self.held, mark) {
                let before: Vec<u8> = self.held.drain(..at).collect();
                self.held.drain(..mark.len());
                self.read += before.len();
                if self.read > FIELDS_BYTES {
                    return Err(Fault::FormTooLong.into());
                }
                return Ok(before);
            }
            if self.read + self.held.len() > FIELDS_BYTES + mark.len() {
                return Err(Fault::FormTooLong.into());
            }
            if !self.more().await? {
                return Err(Fault::Incomplete.into());
            }
        }
    }

    /// The fields before the file, and the file, which is still to come.
    async fn fields(mut self) -> Result<(PostForm, File), Failure> {
        let mark = self.mark.clone();
        self.until(&mark).await?;
        let mut fields = Vec::new();
        loop {
            // Behind a boundary a line ends, or the form.
            let rest = self.until(b"\r\n").await?;
            if rest.starts_with(b"--") {
                return Err(argument("file", "", "is missing: the form has no file"));
            }
            let mut head = vec![b'\r', b'\n'];
            self.held.splice(0..0, head.drain(..));
            let head = self.until(b"\r\n\r\n").await?;
            let head = String::from_utf8_lossy(&head).into_owned();
            let line = |wanted: &str| {
                head.split("\r\n").find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    name.trim()
                        .eq_ignore_ascii_case(wanted)
                        .then(|| value.trim().to_owned())
                })
            };
            let disposition = line("content-disposition").unwrap_or_default();
            let name = parameter(&disposition, "name").unwrap_or_default();
            if name.eq_ignore_ascii_case("file") {
                let file = parameter(&disposition, "filename").unwrap_or_default();
                // Some browsers send the whole path.
                let file = file
                    .rsplit(['/', '\\'])
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                let kind = line("content-type").filter(|kind| !kind.is_empty());
                let stream = self.rest();
                return Ok((
                    PostForm::new(fields),
                    File {
                        name: file,
                        kind,
                        stream,
                    },
                ));
            }
            let value = self.until(&mark).await?;
            let value = String::from_utf8(value)
                .map_err(|_| argument("form", &name, "has a value that is no UTF-8"))?;
            fields.push((name, value));
        }
    }

    /// The bytes up to the next boundary.
    fn rest(self) -> BodyStream {
        let pieces = futures_util::stream::unfold(Some(self), |parts| async move {
            let mut parts = parts?;
            loop {
                if let Some(at) = find(&parts.held, &parts.mark) {
                    parts.held.truncate(at);
                    let last = Bytes::from(std::mem::take(&mut parts.held));
                    return Some((Ok(last), None));
                }
                // What may be the begin of a boundary waits.
                let safe = parts.held.len().saturating_sub(parts.mark.len());
                if safe > 0 {
                    let piece: Vec<u8> = parts.held.drain(..safe).collect();
                    return Some((Ok(Bytes::from(piece)), Some(parts)));
                }
                match parts.more().await {
                    Ok(true) => {}
                    Ok(false) | Err(_) => return Some((Err("the form breaks off".into()), None)),
                }
            }
        });
        // Whoever drains a body asks again behind its end.
        Box::pin(pieces.fuse())
    }
}

fn find(within: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(within, wanted)
}

/// A parameter of a header field, which may be quoted. Browsers write `%22` for a quote within, others `\"`; a `\` before
/// anything else is of a path.
fn parameter(field: &str, wanted: &str) -> Option<String> {
    let (_, mut rest) = field.split_once(';')?;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, left) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => {
                let mut quotes = quoted.match_indices('"').map(|(at, _)| at);
                let end = quotes.find(|at| !quoted[..*at].ends_with('\\'));
                let end = end.unwrap_or(quoted.len());
                let left = quoted.get(end + 1..).unwrap_or_default();
                (quoted[..end].replace("\\\"", "\""), left)
            }
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = left.trim_start().strip_prefix(';')?;
    }
}

#[cfg(test)]
mod tests {
    use super::parameter;

    #[test]
    fn parameters_are_read_as_browsers_write_them() {
        for (field, name, file) in [
            ("form-data; name=\"key\"", Some("key"), None),
            ("form-data; name=key ; x=y", Some("key"), None),
            (
                "form-data; name=\"file\"; filename=\"a; name=b=c.txt\"",
                Some("file"),
                Some("a; name=b=c.txt"),
            ),
            (
                r#"form-data; filename="a \"b\".txt"; name="file""#,
                Some("file"),
                Some("a \"b\".txt"),
            ),
            (
                r#"form-data; filename="C:\dir\a.txt""#,
                None,
                Some(r"C:\dir\a.txt"),
            ),
            ("form-data; name=\"open", Some("open"), None),
            ("form-data", None, None),
            ("", None, None),
        ] {
            assert_eq!(parameter(field, "name").as_deref(), name, "{field}");
            assert_eq!(parameter(field, "FileName").as_deref(), file, "{field}");
        }
    }
}
