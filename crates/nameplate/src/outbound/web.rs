//! Requests to whatever server a URL names.
//!
//! Must not know: whose server it is, what the request is for.

use super::http::{self, Broken, Pool};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use std::time::Duration;
use tokio::time::timeout;

/// Bytes of an answer that are read.
const ANSWER_BYTES: usize = 256 * 1024;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Its header fields.
    pub headers: ::http::HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// A client of any server. Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct Web {
    pool: Pool,
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Web").finish_non_exhaustive()
    }
}

impl Web {
    /// A client; nothing is connected yet.
    ///
    /// # Errors
    /// This machine's list of authorities cannot be used.
    pub fn new() -> Result<Self, Broken> {
        Ok(Self {
            pool: http::pool(&http::connector()?, http::IDLE),
        })
    }

    /// Sends a request to the server that its URL names; all of the answer, if it comes within `limit` and is no larger
    /// than 256 KiB. Redirections are not followed.
    ///
    /// # Errors
    /// There is no such answer.
    pub async fn send(
        &self,
        request: ::http::Request<Vec<u8>>,
        limit: Duration,
    ) -> Result<Answer, Broken> {
        self.send_for(request, limit, ANSWER_BYTES).await
    }

    /// The same for an answer of up to `most` bytes.
    ///
    /// # Errors
    /// There is no such answer.
    pub async fn send_for(
        &self,
        request: ::http::Request<Vec<u8>>,
        limit: Duration,
        most: usize,
    ) -> Result<Answer, Broken> {
        let exchange = async {
            let request = request.map(|body| Full::new(Bytes::from(body)));
            let sent = self.pool.request(request).await;
            let (head, mut body) = sent.map_err(|error| Broken::because(&error))?.into_parts();
            let mut whole = Vec::new();
            while let Some(frame) = body.frame().await {
                let frame = frame.map_err(|error| Broken::because(&error))?;
                if let Ok(bytes) = frame.into_data() {
                    if whole.len() + bytes.len() > most {
                        return Err(Broken(format!("an answer of more than {most} bytes")));
                    }
                    whole.extend_from_slice(&bytes);
                }
            }
            Ok(Answer {
                status: head.status.as_u16(),
                headers: head.headers,
                body: whole.into(),
            })
        };
        match timeout(limit, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(Broken(format!("no answer within {} s", limit.as_secs()))),
        }
    }
}
