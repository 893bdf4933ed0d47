//! A small client for the server's APIs, used by the program's own commands.
//!
//! Finds the server of the data directory, makes sure of each connection that it leads there, signs, sends, and reads
//! answers and errors. Plain HTTP only: that is what the API listener speaks.

use super::place::{self, PlaceError};
use super::serve::clock;
use crate::net::content::FileBody;
use crate::net::http::DIRECTORY_PATH;
use bytes::Bytes;
use http_body_util::{BodyExt, Either, Full, Limited};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper::{HeaderMap, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use nameplate_aws::sigv4::Signer;
use nameplate_core::escape;
use serde_json::Value;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// How long a connection may take to open.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// As long as the answer may be that says whose server it is, bytes.
const DIRECTORY_ANSWER: usize = 4096;

/// Why a call had no answer, or not the one that was hoped for.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server cannot be found.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// Somebody else listens there.
    #[error(
        "http://{address} is not the server of {}, which said that it listens there; nothing was done",
        directory.display()
    )]
    Elsewhere {
        /// Host and port.
        address: String,
        /// The data directory whose server was looked for.
        directory: PathBuf,
    },
    /// Nobody listens there.
    #[error("no server answers at http://{address} ({reason}); `nameplate serve` starts one")]
    Unreachable {
        /// Host and port.
        address: String,
        /// Why not.
        reason: String,
    },
    /// The connection broke, or what came is not HTTP.
    #[error("http://{address} does not answer as Nameplate does: {reason}")]
    Transport {
        /// Host and port.
        address: String,
        /// What went wrong.
        reason: String,
    },
    /// A file of this machine.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: String,
        /// What went wrong.
        reason: String,
    },
    /// The server answered with an error.
    #[error("{}", refusal_text(*status, code, message))]
    Refused {
        /// HTTP status.
        status: u16,
        /// Name of the error; empty where it has none, as those of the server's own API.
        code: String,
        /// What the server says about it.
        message: String,
    },
}

impl ClientError {
    /// Whether there is no server to ask.
    pub fn is_nobody(&self) -> bool {
        match self {
            ClientError::Place(place) => place.is_nobody(),
            ClientError::Unreachable { .. } | ClientError::Elsewhere { .. } => true,
            _ => false,
        }
    }

    /// Whether the server answered with this error.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, ClientError::Refused { code, .. } if code == name)
    }

    /// Whether the server was asked too often (`--quotas aws`).
    pub fn is_throttled(&self) -> bool {
        matches!(self, ClientError::Refused { code, .. } if code.starts_with("Throttling"))
    }
}

/// Where to call and as whom.
#[derive(Clone)]
pub struct Client {
    address: String,
    access_key: String,
    secret: String,
    region: String,
    directory: PathBuf,
    directory_id: String,
}

impl fmt::Debug for Client {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("address", &self.address)
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the server that serves `data_dir`, or the directory that the settings name.
    pub fn find(data_dir: Option<&Path>) -> Result<Self, ClientError> {
        Ok(Self::of(&place::find(data_dir)?))
    }

    /// A client for the server of a data directory.
    pub fn of(place: &place::Place) -> Self {
        Client {
            address: place.api.to_string(),
            access_key: place.access_key.id.clone(),
            secret: place.access_key.secret.clone(),
            region: place.region.clone(),
            directory: place.directory.clone(),
            directory_id: place.directory_id.clone(),
        }
    }

    /// Makes sure that the server of the directory answers, without asking it for anything.
    pub async fn reach(&self) -> Result<(), ClientError> {
        self.open::<Full<Bytes>>().await.map(drop)
    }

    /// Host and port that are called.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Region of the credential scope.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Calls a REST-JSON operation; `body` of `Null` is none.
    pub async fn json(
        &self,
        service: &str,
        method: &str,
        target: &str,
        body: &Value,
    ) -> Result<Value, ClientError> {
        let body = match body {
            Value::Null => Vec::new(),
            body => body.to_string().into_bytes(),
        };
        let answer = self
            .send(service, method, target, "application/json", body)
            .await?;
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&answer).map_err(|error| self.transport(error))
    }

    /// Calls with lines of JSON as the body.
    pub async fn lines(
        &self,
        service: &str,
        method: &str,
        target: &str,
        lines: Vec<u8>,
    ) -> Result<Value, ClientError> {
        let kind = "application/x-ndjson";
        let answer = self.send(service, method, target, kind, lines).await?;
        serde_json::from_slice(&answer).map_err(|error| self.transport(error))
    }

    /// Calls an operation of a service that takes forms and answers XML (IAM, STS).
    pub async fn form(
        &self,
        service: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, ClientError> {
        let encode = |text: &str| nameplate_aws::uri::encode(text.as_bytes());
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let kind = "application/x-www-form-urlencoded";
        let answer = self
            .send(service, "POST", "/", kind, body.join("&").into_bytes())
            .await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    async fn send(
        &self,
        service: &str,
        method: &str,
        target: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> Result<Bytes, ClientError> {
        let added = [("content-type", kind)];
        let (_, body) = self.call(service, method, target, &added, body).await?;
        Ok(body)
    }

    /// Calls anything with headers of the caller's, whose names are in lower case; headers and body of a success.
    pub async fn call(
        &self,
        service: &str,
        method: &str,
        target: &str,
        added: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<(HeaderMap, Bytes), ClientError> {
        let mut headers = vec![("host".to_owned(), self.address.clone())];
        for (name, value) in added {
            headers.push(((*name).to_owned(), (*value).to_owned()));
        }
        let signer = Signer {
            access_key: &self.access_key,
            secret: &self.secret,
            region: &self.region,
            service,
        };
        let added = signer.sign(method, target, &headers, &body, clock().0);
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        for (name, value) in &added {
            request = request.header(*name, value);
        }
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| self.transport(error))?;

        let response = self.exchange(request).await?;
        let headers = response.headers().clone();
        Ok((headers, self.whole(response).await?))
    }

    /// Makes a file an object of a bucket. It is read as it is sent.
    pub async fn put_file(&self, bucket: &str, key: &str, path: &Path) -> Result<(), ClientError> {
        let failed = |error: std::io::Error| ClientError::File {
            path: path.display().to_string(),
            reason: error.to_string(),
        };
        let file = tokio::fs::File::open(path).await.map_err(failed)?;
        let size = file.metadata().await.map_err(failed)?.len();
        let request = Request::builder()
            .method("PUT")
            .uri(self.presigned("PUT", bucket, key))
            .header("host", &self.address)
            // Said also where it is 0, which a body of no bytes leaves out.
            .header("content-length", size)
            .body(FileBody::new(file, size))
            .map_err(|error| self.transport(error))?;
        let response = self.exchange(request).await?;
        self.whole(response).await.map(drop)
    }

    /// Path and query by which an object may be reached.
    fn presigned(&self, method: &str, bucket: &str, key: &str) -> String {
        let signer = Signer {
            access_key: &self.access_key,
            secret: &self.secret,
            region: &self.region,
            service: "s3",
        };
        let key: Vec<String> = key
            .split('/')
            .map(|part| nameplate_aws::uri::encode(part.as_bytes()))
            .collect();
        let object = format!("/{bucket}/{}", key.join("/"));
        let query = signer.presign(method, &self.address, &object, "", 3600, clock().0);
        format!("{object}?{query}")
    }

    /// Loads an object into a file; the bytes of it.
    pub async fn get_object(
        &self,
        bucket: &str,
        key: &str,
        path: &Path,
    ) -> Result<u64, ClientError> {
        let target = self.presigned("GET", bucket, key);
        let link = format!("http://{}{target}", self.address);
        self.get_file(&link, path).await
    }

    /// Loads a link of this server into a file; the bytes of it.
    pub async fn get_file(&self, link: &str, path: &Path) -> Result<u64, ClientError> {
        let uri: Uri = link.parse().map_err(|error| self.transport(error))?;
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let host = uri.authority().map_or("", |host| host.as_str());
        let request = Request::builder()
            .method("GET")
            .uri(target)
            .header("host", host)
            .body(Full::<Bytes>::default())
            .map_err(|error| self.transport(error))?;
        let mut response = self.exchange(request).await?;
        if !response.status().is_success() {
            return Err(match self.whole(response).await {
                Err(refused) => refused,
                Ok(_) => self.transport("it answered neither with a file nor with an error"),
            });
        }
        let failed = |error: std::io::Error| ClientError::File {
            path: path.display().to_string(),
            reason: error.to_string(),
        };
        let file = tokio::fs::File::create(path).await.map_err(failed)?;
        let mut file = tokio::io::BufWriter::new(file);
        let mut size = 0;
        while let Some(frame) = response.frame().await {
            let frame = frame.map_err(|error| self.transport(error))?;
            if let Some(bytes) = frame.data_ref() {
                file.write_all(bytes).await.map_err(failed)?;
                size += bytes.len() as u64;
            }
        }
        file.flush().await.map_err(failed)?;
        Ok(size)
    }

    /// Calls an operation whose answer is long, and writes that to `to` as it comes; `tell` is told how many bytes have.
    ///
    /// # Errors
    /// Those of [`Client::json`], and where the answer breaks off.
    pub async fn stream(
        &self,
        service: &str,
        method: &str,
        target: &str,
        to: &mut (impl tokio::io::AsyncWrite + Unpin),
        tell: &mut dyn FnMut(u64),
    ) -> Result<(), ClientError> {
        let headers = [("host".to_owned(), self.address.clone())];
        let signer = Signer {
            access_key: &self.access_key,
            secret: &self.secret,
            region: &self.region,
            service,
        };
        let added = signer.sign(method, target, &headers, b"", clock().0);
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", &self.address);
        for (name, value) in &added {
            request = request.header(*name, value);
        }
        let request = request
            .body(Full::<Bytes>::default())
            .map_err(|error| self.transport(error))?;
        let mut response = self.exchange(request).await?;
        if !response.status().is_success() {
            return match self.whole(response).await {
                Err(refused) => Err(refused),
                Ok(_) => Err(self.transport("it answered neither with content nor with an error")),
            };
        }
        let mut size = 0;
        while let Some(frame) = response.frame().await {
            let frame = frame.map_err(|error| self.transport(error))?;
            if let Some(bytes) = frame.data_ref() {
                to.write_all(bytes)
                    .await
                    .map_err(|error| ClientError::File {
                        path: "the file".to_owned(),
                        reason: error.to_string(),
                    })?;
                size += bytes.len() as u64;
                tell(size);
            }
        }
        Ok(())
    }

    async fn exchange<B>(&self, request: Request<B>) -> Result<Response<Incoming>, ClientError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut sender = self.open().await?;
        sender
            .send_request(request.map(Either::Right))
            .await
            .map_err(|error| self.transport(error))
    }

    /// A connection to the server of the directory. Who listens is asked on the connection itself: the file of
    /// addresses may be older than whoever has the port now.
    async fn open<B>(&self) -> Result<SendRequest<Either<Full<Bytes>, B>>, ClientError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let stream = self.connect().await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| self.transport(error))?;
        // Ends with the answer, since `sender` goes out of scope; its errors come out of the request, too.
        tokio::spawn(connection);
        let elsewhere = || ClientError::Elsewhere {
            address: self.address.clone(),
            directory: self.directory.clone(),
        };
        let question = Request::builder()
            .uri(DIRECTORY_PATH)
            .header("host", &self.address)
            .body(Either::Left(Full::default()))
            .map_err(|error| self.transport(error))?;
        let asking = async {
            let answer = sender.send_request(question).await.ok()?;
            let body = Limited::new(answer.into_body(), DIRECTORY_ANSWER)
                .collect()
                .await
                .ok()?;
            serde_json::from_slice::<Value>(&body.to_bytes()).ok()
        };
        let answer = tokio::time::timeout(CONNECT_LIMIT, asking).await;
        let answer = answer.ok().flatten().ok_or_else(elsewhere)?;
        if answer["directory"].as_str() != Some(self.directory_id.as_str()) {
            return Err(elsewhere());
        }
        sender
            .ready()
            .await
            .map_err(|error| self.transport(error))?;
        Ok(sender)
    }

    /// The body of a success; anything else is an error.
    async fn whole(&self, response: Response<Incoming>) -> Result<Bytes, ClientError> {
        let status = response.status().as_u16();
        let type_field = response
            .headers()
            .get("x-amzn-errortype")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let body = response
            .into_body()
            .collect()
            .await
            .map_err(|error| self.transport(error))?
            .to_bytes();
        if (200..300).contains(&status) {
            return Ok(body);
        }
        Err(refusal(status, type_field.as_deref(), &body))
    }

    async fn connect(&self) -> Result<TcpStream, ClientError> {
        let unreachable = |reason: String| ClientError::Unreachable {
            address: self.address.clone(),
            reason,
        };
        let connecting = TcpStream::connect(&self.address);
        match tokio::time::timeout(CONNECT_LIMIT, connecting).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(unreachable(error.to_string())),
            Err(_) => Err(unreachable(format!(
                "nothing for {} s",
                CONNECT_LIMIT.as_secs()
            ))),
        }
    }

    fn transport(&self, error: impl fmt::Display) -> ClientError {
        ClientError::Transport {
            address: self.address.clone(),
            reason: error.to_string(),
        }
    }
}

fn refusal(status: u16, type_field: Option<&str>, body: &[u8]) -> ClientError {
    let text = String::from_utf8_lossy(body);
    let json: Option<Value> = serde_json::from_str(&text).ok();
    let member = |name: &str| {
        let value = json.as_ref()?.get(name)?.as_str()?;
        Some(value.to_owned())
    };
    let code = type_field
        .and_then(|field| field.split(':').next())
        .map(str::to_owned)
        .or_else(|| member("code"))
        .or_else(|| xml_text(&text, "Code"))
        .unwrap_or_default();
    let message = member("message")
        .or_else(|| member("Message"))
        .or_else(|| xml_text(&text, "Message"))
        .unwrap_or_else(|| text.trim().to_owned());
    ClientError::Refused {
        status,
        code,
        message,
    }
}

/// What the user reads of a refusal. A sentence of the server's own is told as it is.
fn refusal_text(status: u16, code: &str, message: &str) -> String {
    let message = escape::line(message);
    match (code.is_empty(), message.is_empty()) {
        (true, true) => format!("the server answered with HTTP {status}"),
        (true, false) => message.into_owned(),
        (false, _) => format!("{}: {message} (HTTP {status})", escape::line(code)),
    }
}

/// The text of the first element of that name.
pub fn xml_text(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let plain = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_both_protocols() {
        let check = |field: Option<&str>, body: &str, text: &str| {
            assert_eq!(refusal(400, field, body.as_bytes()).to_string(), text);
        };
        check(
            Some("InvalidRequestException:http://x"),
            r#"{"message":"no"}"#,
            "InvalidRequestException: no (HTTP 400)",
        );
        check(
            None,
            "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>a &amp; b</Message></Error>",
            "NoSuchEntity: a & b (HTTP 400)",
        );
        check(None, r#"{"message":"own\u001b"}"#, r"own\u{1b}");
        check(None, "plain\n", "plain");
        check(None, "", "the server answered with HTTP 400");
        check(
            Some("A\u{1b}[1m"),
            r#"{"message":"x\nnameplate rm: removed\u009b"}"#,
            r"A\u{1b}[1m: x\nnameplate rm: removed\u{9b} (HTTP 400)",
        );
    }
}
