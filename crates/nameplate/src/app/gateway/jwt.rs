//! JWT authorizers: the keys of their issuers, asked for and kept, and whether a token is one of them.

use super::{Gateway, Unreached};
use nameplate_core::ctx::Millis;
use nameplate_core::gateway::jwt::{self, Keys, Token};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// How long keys are used (developer guide, JWT authorizers: up to two hours).
const KEPT_MILLIS: i64 = 2 * 3_600_000;
/// How often an issuer is asked again, for a key that is new or after it did not answer.
const AGAIN_MILLIS: i64 = 30_000;
/// How long an issuer may take for each of its two documents.
const LIMIT: Duration = Duration::from_secs(3);
/// Issuers whose keys are kept; beyond that all are forgotten.
const ISSUERS: usize = 1000;

/// What is known of an issuer.
#[derive(Debug, Clone)]
pub(super) struct Issuer {
    /// Its keys, and since when.
    keys: Option<(Arc<Keys>, Millis)>,
    /// When it was asked.
    asked: Millis,
}

/// Why a token lets nobody through.
#[derive(Debug)]
pub enum JwtRefused {
    /// The token is why.
    Token(jwt::Refused),
    /// Its issuer could not be asked; the reason, for the log.
    Issuer(String),
}

impl Gateway {
    /// The claims of a token, by its authorizer and the scopes of the route.
    ///
    /// # Errors
    /// It does not count, or nobody can say.
    pub async fn verify_jwt(
        &self,
        authorizer: &Value,
        token: &str,
        scopes: &[&str],
        now: Millis,
    ) -> Result<Map<String, Value>, JwtRefused> {
        let token = Token::read(token).map_err(JwtRefused::Token)?;
        let configured = &authorizer["jwtConfiguration"];
        let issuer = configured["issuer"].as_str().unwrap_or_default();
        let keys = self.keys_of(issuer, token.key.as_deref(), now).await;
        let keys = keys.map_err(JwtRefused::Issuer)?;
        token
            .verified(&keys, configured, scopes, now)
            .map_err(JwtRefused::Token)
    }

    async fn keys_of(
        &self,
        issuer: &str,
        key: Option<&str>,
        now: Millis,
    ) -> Result<Arc<Keys>, String> {
        let known = self.issuers.lock().get(issuer).cloned();
        if let Some(known) = &known {
            let waits = now.0 - known.asked.0 < AGAIN_MILLIS;
            match &known.keys {
                Some((keys, since))
                    if now.0 - since.0 < KEPT_MILLIS && (waits || keys.has(key)) =>
                {
                    return Ok(Arc::clone(keys));
                }
                None if waits => return Err("it did not answer a moment ago".to_owned()),
                _ => {}
            }
        }
        let fetched = self.fetch(issuer).await.map(Arc::new);
        let before = known.and_then(|known| known.keys);
        let before = before.filter(|(_, since)| now.0 - since.0 < KEPT_MILLIS);
        let keys = match &fetched {
            Ok(keys) => Some((Arc::clone(keys), now)),
            // Those from before count until their time is over.
            Err(_) => before,
        };
        let mut issuers = self.issuers.lock();
        if issuers.len() >= ISSUERS {
            issuers.clear();
        }
        let found = keys.as_ref().map(|(keys, _)| Arc::clone(keys));
        issuers.insert(issuer.to_owned(), Issuer { keys, asked: now });
        match (found, fetched) {
            (Some(keys), _) => Ok(keys),
            (None, Err(why)) => Err(why),
            (None, Ok(keys)) => Ok(keys),
        }
    }

    async fn fetch(&self, issuer: &str) -> Result<Keys, String> {
        if !jwt::may_be_asked(issuer) {
            return Err("it is not asked without TLS".to_owned());
        }
        let document = self.get(&jwt::discovery(issuer)).await?;
        let url = jwt::keys_at(&document, issuer)?;
        Ok(Keys::read(&self.get(&url).await?)?)
    }

    async fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let request = ::http::Request::get(url).header("accept", "application/json");
        let request = request
            .body(Vec::new())
            .map_err(|wrong| wrong.to_string())?;
        let sent = self.forward(request, LIMIT).await;
        let answer = sent
            .map_err(|error| error.message)?
            .map_err(|why| match why {
                Unreached::Late => "it did not answer in time".to_owned(),
                Unreached::Broken(why) => why,
            })?;
        match answer.status {
            200 => Ok(answer.body.to_vec()),
            status => Err(format!("it answered with status {status}")),
        }
    }
}
