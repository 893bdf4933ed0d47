//! A small client for the server's APIs, used by the program's own commands.
//!
//! Finds the server as AWS's tools would, signs, sends, and reads answers and errors. Plain HTTP only: that is what
//! the API listener speaks.

use super::place::{self, PlaceError};
use super::serve::clock;
use crate::net::content::FileBody;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use nameplate_aws::sigv4::Signer;
use serde_json::Value;
use std::fmt;
use std::path::Path;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// How long a connection may take to open.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Why a call had no answer, or not the one that was hoped for.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server cannot be found.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// `AWS_ENDPOINT_URL` comes without keys, and there are none elsewhere.
    #[error(
        "AWS_ENDPOINT_URL is set without AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and no other keys are at hand: {0}"
    )]
    Keys(#[source] PlaceError),
    /// `AWS_ENDPOINT_URL` names something else.
    #[error(
        "AWS_ENDPOINT_URL is {url:?}; this command speaks plain HTTP to an API listener, such as \
         http://127.0.0.1:4566. Unset it, or name the server with --data-dir"
    )]
    Endpoint {
        /// Its value.
        url: String,
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
    #[error("{code}: {message} (HTTP {status})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Name of the error.
        code: String,
        /// What the server says about it.
        message: String,
    },
}

impl ClientError {
    /// Whether the server answered with this error.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, ClientError::Refused { code, .. } if code == name)
    }
}

/// Where to call and as whom.
#[derive(Clone)]
pub struct Client {
    address: String,
    access_key: String,
    secret: String,
    session_token: Option<String>,
    region: String,
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
    /// A client for the server of `data_dir`; without one, for what the environment names as it does for AWS's
    /// tools, else for the server of the default directory.
    pub fn find(data_dir: Option<&Path>) -> Result<Self, ClientError> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let url = match data_dir {
            Some(_) => None,
            None => variable("AWS_ENDPOINT_URL"),
        };
        let Some(url) = url else {
            return Ok(Self::of(&place::find(data_dir)?));
        };
        let address = address_of(&url).ok_or(ClientError::Endpoint { url })?;
        // Keys without an endpoint are meant for somebody else; an endpoint without keys is one of ours.
        let keys = variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY"));
        let Some((access_key, secret)) = keys else {
            let place = place::find(None).map_err(ClientError::Keys)?;
            return Ok(Client {
                address,
                ..Self::of(&place)
            });
        };
        Ok(Client {
            address,
            access_key,
            secret,
            session_token: variable("AWS_SESSION_TOKEN"),
            region: variable("AWS_REGION")
                .or_else(|| variable("AWS_DEFAULT_REGION"))
                .unwrap_or_else(|| "us-east-1".to_owned()),
        })
    }

    /// A client for the server of a data directory.
    pub fn of(place: &place::Place) -> Self {
        Client {
            address: place.api.to_string(),
            access_key: place.access_key.id.clone(),
            secret: place.access_key.secret.clone(),
            session_token: None,
            region: place.region.clone(),
        }
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
        let mut headers = vec![
            ("host".to_owned(), self.address.clone()),
            ("content-type".to_owned(), kind.to_owned()),
        ];
        if let Some(token) = &self.session_token {
            headers.push(("x-amz-security-token".to_owned(), token.clone()));
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
        self.whole(response).await
    }

    /// Makes a file an object of a bucket. It is read as it is sent.
    pub async fn put_file(&self, bucket: &str, key: &str, path: &Path) -> Result<(), ClientError> {
        let failed = |error: std::io::Error| ClientError::File {
            path: path.display().to_string(),
            reason: error.to_string(),
        };
        let file = tokio::fs::File::open(path).await.map_err(failed)?;
        let size = file.metadata().await.map_err(failed)?.len();
        let signer = Signer {
            access_key: &self.access_key,
            secret: &self.secret,
            region: &self.region,
            service: "s3",
        };
        let token = self
            .session_token
            .as_ref()
            .map_or_else(String::new, |token| {
                let token = nameplate_aws::uri::encode(token.as_bytes());
                format!("X-Amz-Security-Token={token}")
            });
        let object = format!("/{bucket}/{key}");
        let query = signer.presign("PUT", &self.address, &object, &token, 3600, clock().0);
        let request = Request::builder()
            .method("PUT")
            .uri(format!("{object}?{query}"))
            .header("host", &self.address)
            .body(FileBody::new(file, size))
            .map_err(|error| self.transport(error))?;
        let response = self.exchange(request).await?;
        self.whole(response).await.map(drop)
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

    async fn exchange<B>(&self, request: Request<B>) -> Result<Response<Incoming>, ClientError>
    where
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let stream = self.connect().await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| self.transport(error))?;
        // Ends with the answer, since `sender` goes out of scope; its errors come out of the request, too.
        tokio::spawn(connection);
        sender
            .send_request(request)
            .await
            .map_err(|error| self.transport(error))
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

/// Host and port of a plain HTTP URL without a path.
fn address_of(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    if uri.scheme_str() != Some("http") || !matches!(uri.path(), "" | "/") {
        return None;
    }
    let authority = uri.authority()?;
    match authority.port_u16() {
        Some(_) => Some(authority.as_str().to_owned()),
        None => Some(format!("{}:80", authority.host())),
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
        .or_else(|| xml_text(&text, "Code"))
        .unwrap_or_else(|| "Error".to_owned());
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
    fn endpoints() {
        let check = |url: &str, address: Option<&str>| {
            assert_eq!(address_of(url).as_deref(), address, "{url}");
        };
        check("http://127.0.0.1:4566", Some("127.0.0.1:4566"));
        check("http://[::1]:4566/", Some("[::1]:4566"));
        check("http://iot.factory", Some("iot.factory:80"));
        check("https://iot.us-east-1.amazonaws.com", None);
        check("http://host:4566/prefix", None);
        check("nonsense", None);
    }

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
        check(None, "plain\n", "Error: plain (HTTP 400)");
    }
}
