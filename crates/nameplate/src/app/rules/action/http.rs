//! Payloads as requests to a confirmed destination. AWS guide: https-rule-action, http_batching.

use super::Ended;
use crate::app::rules::engine::{Engine, again};
use crate::app::rules::evaluate::Payload;
use crate::app::rules::lane::Arrived;
use crate::app::rules::live::Running;
use bytes::Bytes;
use http::Uri;
use nameplate_aws::sigv4::Signer;
use nameplate_rules::{Batch, Http};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, oneshot};

/// How long one attempt may take.
const POST_TIME: Duration = Duration::from_secs(10);
/// Attempts, and the pause after the first; the next is twice as long.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);
/// Bytes of an answer after which a request is not repeated (AWS guide: https-rule-action).
const ANSWER_BYTES: usize = 16_384;

/// What makes two payloads go to the same place in the same way: URL, headers, and topic unless topics may come
/// together.
type Key = (String, Vec<(String, String)>, Option<String>);

/// Payloads that are put together.
#[derive(Default)]
pub(in crate::app::rules) struct Batches(Mutex<HashMap<Key, Open>>);

struct Open {
    payloads: Vec<Bytes>,
    bytes: usize,
    waiting: Vec<oneshot::Sender<Ended>>,
    full: Arc<Notify>,
}

impl Engine {
    pub(super) async fn post(
        &self,
        to: &Http<String>,
        message: &Arrived,
        payload: &Payload,
    ) -> Ended {
        let running = again(|| async { Ok(self.rules.live.get(&self.rules).await?) }).await?;
        check_destination(&running, to)?;
        match to.batch.filter(|_| payload.is_json) {
            None => self.post_now(to, &payload.bytes, payload.is_json).await,
            Some(batch) => self.post_together(to, message, payload, batch).await,
        }
    }

    /// Joins the batch that is open for the same place, and waits until it was sent. Whoever opens one sends it.
    async fn post_together(
        &self,
        to: &Http<String>,
        message: &Arrived,
        payload: &Payload,
        batch: Batch,
    ) -> Ended {
        let topic = (!batch.across_topics).then(|| message.topic.clone());
        let key = (to.url.clone(), to.headers.clone(), topic);
        let most = usize::from(batch.max_size);
        let (tell, told) = oneshot::channel();
        let opened = {
            let mut open = self.batches.0.lock();
            let size = payload.bytes.len();
            // One that would grow too large is left to go as it is.
            let fits = open.get(&key).is_some_and(|one| {
                one.payloads.len() < most && one.bytes + size < batch.max_bytes as usize
            });
            if !fits && let Some(full) = open.get(&key) {
                full.full.notify_one();
            }
            if fits && let Some(one) = open.get_mut(&key) {
                one.payloads.push(payload.bytes.clone());
                one.bytes += size + 1;
                one.waiting.push(tell);
                if one.payloads.len() >= most {
                    one.full.notify_one();
                }
                None
            } else {
                let left = open.remove(&key);
                let full = Arc::new(Notify::new());
                open.insert(
                    key.clone(),
                    Open {
                        payloads: vec![payload.bytes.clone()],
                        bytes: size + 2,
                        waiting: vec![tell],
                        full: Arc::clone(&full),
                    },
                );
                Some((full, left))
            }
        };
        if let Some((full, left)) = opened {
            if let Some(left) = left {
                self.send_batch(to, left).await;
            }
            let open = Duration::from_millis(batch.max_open_ms.into());
            let _ = tokio::time::timeout(open, full.notified()).await;
            let mine = {
                let mut all = self.batches.0.lock();
                match all.get(&key) {
                    Some(one) if Arc::ptr_eq(&one.full, &full) => all.remove(&key),
                    // It was taken over by whoever found it full.
                    _ => None,
                }
            };
            if let Some(mine) = mine {
                self.send_batch(to, mine).await;
            }
        }
        told.await
            .unwrap_or_else(|_| Err("the batch was not sent".to_owned()))
    }

    async fn send_batch(&self, to: &Http<String>, batch: Open) {
        let mut body = Vec::with_capacity(batch.bytes);
        body.push(b'[');
        for (at, payload) in batch.payloads.iter().enumerate() {
            if at > 0 {
                body.push(b',');
            }
            body.extend_from_slice(payload);
        }
        body.push(b']');
        let ended = self.post_now(to, &body, true).await;
        for waiting in batch.waiting {
            let _ = waiting.send(ended.clone());
        }
    }

    /// Posts, three times at the most: again only where the server says that it may help.
    async fn post_now(&self, to: &Http<String>, body: &[u8], is_json: bool) -> Ended {
        let mut pause = PAUSE;
        for attempt in 1.. {
            let request = self.request(to, body, is_json)?;
            let answer = self.web.send(request, POST_TIME).await;
            let answer = answer.map_err(|broken| format!("no answer: {broken}"))?;
            if (200..300).contains(&answer.status) {
                return Ok(());
            }
            let may_pass = answer.status == 429 || answer.status >= 500;
            if attempt == ATTEMPTS || !may_pass || answer.body.len() > ANSWER_BYTES {
                return Err(format!("the endpoint answered with HTTP {}", answer.status));
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Ok(())
    }

    fn request(
        &self,
        to: &Http<String>,
        body: &[u8],
        is_json: bool,
    ) -> Result<http::Request<Vec<u8>>, String> {
        let uri: Uri = to
            .url
            .parse()
            .map_err(|error| format!("the URL cannot be used: {error}"))?;
        let host = uri.authority().map_or("", |host| host.as_str()).to_owned();
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in &to.headers {
            let name = name.to_ascii_lowercase();
            // The request would be another than what was sent.
            if matches!(
                name.as_str(),
                "host" | "content-length" | "transfer-encoding"
            ) {
                return Err(format!("the header {name} cannot be set"));
            }
            headers.retain(|(other, _)| *other != name);
            headers.push((name, value.clone()));
        }
        if !headers.iter().any(|(name, _)| name == "content-type") {
            let kind = match is_json {
                true => "application/json",
                false => "application/octet-stream",
            };
            headers.push(("content-type".to_owned(), kind.to_owned()));
        }
        if let Some(auth) = &to.auth {
            let Some(file) = &self.kernel.settings.rule_places.keys else {
                return Err(
                    "requests can be signed only with the keys of --rule-credentials".to_owned(),
                );
            };
            headers.push(("host".to_owned(), host));
            if let Some(token) = &file.keys.session_token {
                headers.push(("x-amz-security-token".to_owned(), token.clone()));
            }
            let signer = Signer {
                access_key: &file.keys.access_key,
                secret: &file.keys.secret,
                region: &auth.signing_region,
                service: &auth.service_name,
            };
            let target = uri.path_and_query().map_or("/", |target| target.as_str());
            let now = self.kernel.now().0;
            let added = signer.sign("POST", target, &headers, body, now);
            headers.extend(
                added
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value)),
            );
        }
        let mut request = http::Request::post(uri);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request
            .body(body.to_vec())
            .map_err(|error| format!("the request cannot be made: {error}"))
    }
}

/// Refuses a URL that no destination was confirmed for.
fn check_destination(running: &Running, to: &Http<String>) -> Ended {
    let confirmed = to.confirmation_url.as_ref().unwrap_or(&to.url);
    let known = running
        .destinations()
        .iter()
        .find(|known| known.url == *confirmed);
    match known {
        None => Err(format!("there is no destination for {confirmed}")),
        Some(known) if !known.enabled => {
            Err(format!("the destination for {confirmed} is not enabled"))
        }
        Some(_) if !is_below(&to.url, confirmed) => {
            Err(format!("{} does not begin with {confirmed}", to.url))
        }
        Some(_) => Ok(()),
    }
}

/// Whether a URL begins with another, and leads to the same server: `https://a.example` is not the beginning of
/// `https://a.example.org`.
fn is_below(url: &str, beginning: &str) -> bool {
    let (Ok(uri), Ok(begins)) = (url.parse::<Uri>(), beginning.parse::<Uri>()) else {
        return false;
    };
    uri.scheme() == begins.scheme()
        && uri.authority() == begins.authority()
        && url.starts_with(beginning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lead_to_the_server_that_was_confirmed() {
        assert!(is_below("https://a.example/x", "https://a.example"));
        assert!(is_below("https://a.example/x?y", "https://a.example/x"));
        assert!(is_below("http://a.example:81", "http://a.example:81"));
        for (url, beginning) in [
            ("https://a.example.org/x", "https://a.example"),
            ("https://a.example@b.example/x", "https://a.example"),
            ("http://a.example/x", "https://a.example"),
            ("https://a.example/y", "https://a.example/x"),
            ("https://a.example:8443/x", "https://a.example"),
        ] {
            assert!(!is_below(url, beginning), "{url}");
        }
    }
}
