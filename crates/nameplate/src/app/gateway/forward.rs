//! Requests of integrations that are passed on to other servers.

use super::Gateway;
use crate::app::error::{Error, Result};
use crate::outbound::web::{Answer, Web};
use std::time::{Duration, Instant};

/// Bytes of an answer (API Gateway quotas: payload size).
const ANSWER_BYTES: usize = 10 * 1024 * 1024;

/// Why a server did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreached {
    /// Not within the integration's time.
    Late,
    /// Because.
    Broken(String),
}

impl Gateway {
    /// Sends a request to the server that its URL names; redirections are not followed.
    ///
    /// # Errors
    /// This machine's list of authorities cannot be used.
    pub async fn forward(
        &self,
        request: ::http::Request<Vec<u8>>,
        limit: Duration,
    ) -> Result<Result<Answer, Unreached>> {
        let web = match self.web.get() {
            Some(web) => web,
            None => {
                let web = Web::new().map_err(|broken| Error::internal(broken.0))?;
                self.web.get_or_init(|| web)
            }
        };
        let begun = Instant::now();
        let sent = web.send_for(request, limit, ANSWER_BYTES).await;
        Ok(sent.map_err(|broken| match begun.elapsed() >= limit {
            true => Unreached::Late,
            false => Unreached::Broken(broken.0),
        }))
    }
}
