//! Who is logged in: in memory, so a restart logs everybody out.
//!
//! A browser holds a random number in a cookie; what is kept here is its digest, when it was last used, and whose access
//! key it stands for. The key itself is looked up anew for each request, so one that is taken away ends its log-ins.

use crate::api::Request;
use crate::api::logged_in::Login;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nameplate_core::ctx::Millis;
use nameplate_core::vending::Brake;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// A log-in ends so long after it began, milliseconds.
pub const WHOLE: i64 = 12 * 3600 * 1000;
/// And so long after its last request.
pub const IDLE: i64 = 2 * 3600 * 1000;
/// Log-ins at a time; of more, the one that was not used for longest ends.
const MOST: usize = 1000;
/// Failures from one address that are free, and milliseconds after which one is forgotten.
const GUESSES: (u32, u32) = (10, 6_000);

/// Everybody who is logged in.
pub struct Sessions {
    known: Mutex<HashMap<[u8; 32], Kept>>,
    guesses: Mutex<Brake>,
}

struct Kept {
    session: Arc<Session>,
    seen: Millis,
}

/// One log-in.
pub struct Session {
    /// Whose.
    pub login: Login,
    /// What forms of this log-in carry, so that no other site can send them.
    pub token: String,
    began: Millis,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            known: Mutex::default(),
            guesses: Mutex::new(Brake::new(GUESSES.0, GUESSES.1)),
        }
    }
}

impl Kept {
    fn is_good(&self, now: Millis) -> bool {
        now.0 < self.session.began.0 + WHOLE && now.0 < self.seen.0 + IDLE
    }
}

/// 256 random bits as text.
pub fn random() -> Option<String> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

fn key(cookie: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, cookie.as_bytes()).as_ref());
    bytes
}

impl Sessions {
    /// Begins a log-in; what the cookie is to hold. `None` where no random number is to be had.
    pub fn begin(&self, login: Login, now: Millis) -> Option<String> {
        let cookie = random()?;
        let session = Arc::new(Session {
            login,
            token: random()?,
            began: now,
        });
        let mut known = self.known.lock();
        known.retain(|_, kept| kept.is_good(now));
        if known.len() >= MOST {
            let oldest = known
                .iter()
                .min_by_key(|(_, kept)| kept.seen)
                .map(|(key, _)| *key);
            if let Some(oldest) = oldest {
                known.remove(&oldest);
            }
        }
        known.insert(key(&cookie), Kept { session, seen: now });
        Some(cookie)
    }

    /// The log-in of a cookie, while it is good; it has been used now.
    pub fn find(&self, cookie: &str, now: Millis) -> Option<Arc<Session>> {
        let key = key(cookie);
        let mut known = self.known.lock();
        let kept = known.get_mut(&key)?;
        if !kept.is_good(now) {
            known.remove(&key);
            return None;
        }
        kept.seen = now;
        Some(Arc::clone(&kept.session))
    }

    /// Ends the log-in of a cookie.
    pub fn end(&self, cookie: &str) {
        self.known.lock().remove(&key(cookie));
    }

    /// Seconds that somebody has to wait before trying another secret; 0 where it may be now.
    pub fn wait(&self, source: IpAddr, now: Millis) -> u64 {
        let waits = self.guesses.lock().wait(&source.to_string(), now);
        waits.div_ceil(1000)
    }

    /// A secret was wrong.
    pub fn failed(&self, source: IpAddr, now: Millis) {
        self.guesses.lock().failed(&source.to_string(), now);
    }
}

/// The name of the log-in's cookie. Cookies do not know ports, and two servers on one machine shall not log each other's
/// visitors out.
pub fn cookie_name(request: &Request<'_>) -> String {
    let host = request.headers.text("host").unwrap_or_default();
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    match !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) {
        true => format!("nameplate-{port}"),
        false => "nameplate".to_owned(),
    }
}

/// The value of a cookie of this name.
pub fn cookie(request: &Request<'_>, name: &str) -> Option<String> {
    request.headers.all("cookie").find_map(|field| {
        let text = std::str::from_utf8(field).ok()?;
        text.split(';').find_map(|pair| {
            let (found, value) = pair.trim().split_once('=')?;
            (found == name).then(|| value.to_owned())
        })
    })
}
