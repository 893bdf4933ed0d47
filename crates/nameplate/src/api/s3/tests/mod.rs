//! S3 as an SDK sees it: signed requests in, headers and XML out.

mod access;
mod bodies;
mod buckets;
mod forms;
mod lists;
mod objects;
mod recorded;
mod uploads;
mod words;

use crate::api::{BodyStream, Content, Request, answer_streamed};
use crate::testing::{NOW, TestApp};
use bytes::Bytes;
use nameplate_aws::headers::Headers;
use nameplate_aws::sigv4::Signer;
use nameplate_store::iam::AccessKey;
use std::net::{IpAddr, Ipv4Addr};

/// An answer, read to its end.
#[derive(Debug)]
struct Got {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Got {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    #[track_caller]
    fn ok(self) -> Self {
        assert!(self.status < 300, "{} {}", self.status, self.text());
        self
    }

    /// The texts of all elements of this name.
    fn all(&self, element: &str) -> Vec<String> {
        let text = self.text();
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        text.split(&open)
            .skip(1)
            .filter_map(|piece| piece.split_once(&close))
            .map(|(text, _)| text.to_owned())
            .collect()
    }

    fn one(&self, element: &str) -> String {
        self.all(element).into_iter().next().unwrap_or_default()
    }
}

/// A call that must be refused: line, headers, body, status and the error's name.
type Refused<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, u16, &'a str);

impl TestApp {
    /// Calls S3 as the root: `PUT /bucket/key`.
    async fn s3(&self, line: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Got {
        let key = self.app.iam.root_access_key().clone();
        self.s3_as(&key, line, headers, body).await
    }

    async fn s3_as(
        &self,
        key: &AccessKey,
        line: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Got {
        let body = body.as_ref();
        let (method, target) = line.split_once(' ').expect("a method and a target");
        let mut headers: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        if !headers.iter().any(|(name, _)| name == "host") {
            headers.push(("host".into(), "localhost:4566".into()));
        }
        headers.push(("content-length".into(), body.len().to_string()));
        if let Some(token) = &key.session_token {
            headers.push(("x-amz-security-token".into(), token.clone()));
        }
        let signer = Signer {
            access_key: &key.id,
            secret: &key.secret,
            region: "us-east-1",
            service: "s3",
        };
        let added = signer.sign(method, target, &headers, body, NOW.0);
        headers.extend(
            added
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        self.send(method, target, &headers, body).await
    }

    /// Sends a request as it is, its body in pieces.
    async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Got {
        let headers: Headers<'_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let request = Request {
            method,
            target,
            headers,
            body: &[],
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            secure: false,
        };
        let response = answer_streamed(&self.app, &request, pieces(body)).await;
        let mut body = Vec::new();
        match response.body {
            Content::Bytes(bytes) => body = bytes,
            Content::Object(mut reading) => {
                while let Some(piece) = reading.next().await.expect("a body is there") {
                    body.extend_from_slice(&piece);
                }
            }
            Content::Backup(_) => panic!("S3 answers with no backup"),
        }
        Got {
            status: response.status,
            headers: response
                .headers
                .into_iter()
                .map(|(name, value)| (name.into_owned(), value))
                .collect(),
            body,
        }
    }

    /// Makes calls that must be refused.
    async fn s3_refused(&self, cases: &[Refused<'_>]) {
        for (line, headers, body, status, name) in cases {
            let got = self.s3(line, headers, body).await;
            let found = (got.status, got.one("Code"));
            assert_eq!(
                found,
                (*status, (*name).to_owned()),
                "{line} {headers:?}: {}",
                got.text()
            );
        }
    }

    /// Names of the files that are bodies, finished or not.
    fn bodies(&self) -> Vec<String> {
        let mut found = Vec::new();
        let root = self.directory().join("objects");
        for shelf in std::fs::read_dir(root).expect("bodies are kept there") {
            let shelf = shelf.expect("readable").path();
            for file in std::fs::read_dir(shelf).expect("readable") {
                found.push(file.expect("readable").path().display().to_string());
            }
        }
        found
    }
}

/// A body in pieces of a size that no framing has.
fn pieces(body: &[u8]) -> BodyStream {
    let pieces: Vec<_> = body
        .chunks(70_001)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    Box::pin(futures_util::stream::iter(pieces))
}

/// An app with the bucket `bucket`.
async fn with_bucket() -> TestApp {
    let app = TestApp::new().await;
    app.s3("PUT /bucket", &[], "").await.ok();
    app
}
