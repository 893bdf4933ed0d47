//! Who is logged in to the console: in memory, so a restart logs everybody out.
//!
//! A browser holds a random number; what is kept here is its digest, when it was last used, and whose access key it stands
//! for. With several nodes a log-in is good at each: one that does not know it asks the others. Must not know HTTP.

use super::App;
use super::kernel::Kernel;
use super::peers::Ask;
use super::spent::{MOST_ELSEWHERE, Spend};
use aws_lc_rs::digest::{SHA256, digest};
use nameplate_core::ctx::Millis;
use nameplate_core::quota::{Bucket, Rate};
use nameplate_core::vending::{self, Brake};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
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
/// How often a second other nodes are asked about what a browser sent: anybody can send something.
const ASKED: Rate = Rate::per_second(50);

/// One log-in. Nodes tell each other of theirs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogIn {
    /// Its access key.
    pub access_key: String,
    /// The token that the key is used with, where it is that of a session.
    pub session_token: Option<String>,
    /// Digest of the key's secret.
    pub secret: [u8; 32],
    /// What forms of this log-in carry, so that no other site can send them.
    pub token: String,
    /// When it began, milliseconds.
    pub began: i64,
}

impl std::fmt::Debug for LogIn {
    /// Without what proves it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogIn")
            .field("access_key", &self.access_key)
            .field("began", &self.began)
            .finish_non_exhaustive()
    }
}

struct Kept {
    // `None` once it was ended: a node that has not heard so yet would hand it out again.
    log_in: Option<Arc<LogIn>>,
    began: i64,
    seen: Millis,
}

impl Kept {
    fn is_kept(&self, now: Millis) -> bool {
        now.0 < self.began + WHOLE && (self.log_in.is_none() || now.0 < self.seen.0 + IDLE)
    }
}

/// Everybody who is logged in here.
pub struct LogIns {
    kernel: Arc<Kernel>,
    known: Mutex<HashMap<[u8; 32], Kept>>,
    guesses: Mutex<Brake>,
    asked: Mutex<Bucket>,
}

/// By what a log-in is kept.
fn key(number: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, number.as_bytes()).as_ref());
    bytes
}

fn put(known: &mut HashMap<[u8; 32], Kept>, key: [u8; 32], kept: Kept) {
    if known.len() >= MOST {
        let oldest = known.iter().min_by_key(|(_, kept)| kept.seen);
        if let Some(oldest) = oldest.map(|(key, _)| *key) {
            known.remove(&oldest);
        }
    }
    known.insert(key, kept);
}

impl LogIns {
    pub(crate) fn new(kernel: Arc<Kernel>) -> Self {
        Self {
            kernel,
            known: Mutex::default(),
            guesses: Mutex::new(Brake::new(GUESSES.0, GUESSES.1)),
            asked: Mutex::default(),
        }
    }

    /// Begins a log-in, for whoever shows this random number.
    pub fn begin(&self, number: &str, log_in: LogIn) {
        self.keep(key(number), log_in, self.kernel.now());
    }

    /// Keeps it, unless it has been ended meanwhile.
    fn keep(&self, key: [u8; 32], log_in: LogIn, now: Millis) -> Option<Arc<LogIn>> {
        let mut known = self.known.lock();
        known.retain(|_, kept| kept.is_kept(now));
        if known.get(&key).is_some_and(|kept| kept.log_in.is_none()) {
            return None;
        }
        let (began, log_in) = (log_in.began, Arc::new(log_in));
        let kept = Kept {
            log_in: Some(Arc::clone(&log_in)),
            began,
            seen: now,
        };
        put(&mut known, key, kept);
        Some(log_in)
    }

    /// Ends it, for as long as another node may have it.
    fn end(&self, key: [u8; 32], now: Millis) {
        let kept = Kept {
            log_in: None,
            began: now.0,
            seen: now,
        };
        put(&mut self.known.lock(), key, kept);
    }

    fn has_ended(&self, key: &[u8; 32]) -> bool {
        let known = self.known.lock();
        known.get(key).is_some_and(|kept| kept.log_in.is_none())
    }

    /// The log-in of a key, while it is good; it has been used now.
    fn find(&self, key: &[u8; 32], now: Millis) -> Option<Arc<LogIn>> {
        let mut known = self.known.lock();
        let kept = known.get_mut(key)?;
        if !kept.is_kept(now) {
            known.remove(key);
            return None;
        }
        let found = kept.log_in.clone()?;
        kept.seen = now;
        Some(found)
    }

    /// The log-in that another node asks for, while it is good.
    pub(crate) fn known(&self, key: &str) -> Option<LogIn> {
        let mut of = [0; 32];
        hex::decode_to_slice(key, &mut of).ok()?;
        let found = self.find(&of, self.kernel.now())?;
        Some((*found).clone())
    }

    /// Another node has ended a log-in.
    pub(crate) fn ended(&self, key: &str) {
        let mut of = [0; 32];
        if hex::decode_to_slice(key, &mut of).is_ok() {
            self.end(of, self.kernel.now());
        }
    }

    /// Seconds that somebody has to wait before trying another secret; 0 where it may be now.
    pub fn wait(&self, source: IpAddr) -> u64 {
        let waits = self
            .guesses
            .lock()
            .wait(&vending::source(source), self.kernel.now());
        waits.div_ceil(1000)
    }

    /// A secret was right or wrong: 0, and a wrong one counts; or the seconds to wait where so many have failed meanwhile
    /// that it is to be refused either way. Those that come together are let in together.
    pub fn guessed(&self, source: IpAddr, right: bool) -> u64 {
        let waits = self
            .guesses
            .lock()
            .judged(&vending::source(source), right, self.kernel.now());
        if !right && waits == 0 {
            self.kernel.spent.note(|| Spend::LogIn { source });
        }
        waits.div_ceil(1000)
    }

    /// So many were wrong at another node.
    pub(crate) fn guessed_elsewhere(&self, source: IpAddr, count: u32) {
        let (now, source) = (self.kernel.now(), vending::source(source));
        let mut guesses = self.guesses.lock();
        for _ in 0..count.min(MOST_ELSEWHERE) {
            guesses.failed(&source, now);
        }
    }
}

impl App {
    /// The log-in that a random number stands for, while it is good; it has been used now.
    pub async fn log_in(&self, number: &str) -> Option<Arc<LogIn>> {
        let (key, now) = (key(number), self.now());
        if let Some(found) = self.log_ins.find(&key, now) {
            return Some(found);
        }
        let peers = self.peers.as_ref()?;
        if self.log_ins.has_ended(&key) {
            return None;
        }
        if !self.log_ins.asked.lock().take(ASKED, 1, now) {
            return None;
        }
        let log_in = peers.log_in(&hex::encode(key)).await?;
        self.log_ins.keep(key, log_in, now)
    }

    /// Ends the log-in of a random number, at all nodes.
    pub fn log_out(&self, number: &str) {
        let key = key(number);
        self.log_ins.end(key, self.now());
        if let Some(peers) = &self.peers {
            let key = hex::encode(key);
            peers.tell_all(&Ask::LogOut { key });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, TestApp};

    fn log_in() -> LogIn {
        LogIn {
            access_key: "AKIAIOSFODNN7EXAMPLE".into(),
            session_token: None,
            secret: [7; 32],
            token: "form".into(),
            began: NOW.0,
        }
    }

    #[tokio::test]
    async fn a_log_in_ends_when_it_is_idle_or_old() {
        let test = TestApp::new().await;
        let log_ins = &test.app.log_ins;
        let later = |by: i64| Millis(NOW.0 + by);
        log_ins.begin("idle", log_in());
        assert!(log_ins.find(&key("idle"), later(IDLE - 1)).is_some());
        assert!(log_ins.find(&key("idle"), later(2 * IDLE)).is_none());
        log_ins.begin("busy", log_in());
        let mut at = 0;
        while at < WHOLE {
            assert!(log_ins.find(&key("busy"), later(at)).is_some(), "{at}");
            at += IDLE / 2;
        }
        assert!(log_ins.find(&key("busy"), later(WHOLE)).is_none());
        // What is asked for by another node is by its digest.
        log_ins.begin("there", log_in());
        let digest = hex::encode(key("there"));
        assert_eq!(log_ins.known(&digest), Some(log_in()));
        assert_eq!(log_ins.known("there"), None);
        log_ins.ended(&digest);
        assert_eq!(log_ins.known(&digest), None);
        // A node that has not heard of it yet answers that it is good.
        assert_eq!(log_ins.keep(key("there"), log_in(), NOW), None);
        assert!(log_ins.find(&key("there"), NOW).is_none());
        assert!(log_ins.has_ended(&key("there")) && !log_ins.has_ended(&key("elsewhere")));
        let over = later(WHOLE);
        assert!(log_ins.find(&key("there"), over).is_none());
        assert!(!log_ins.has_ended(&key("there")), "nobody has it any more");
    }

    #[tokio::test]
    async fn guessing_at_another_node_counts_here() {
        let test = TestApp::new().await;
        let source = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..5 {
            assert_eq!(test.app.log_ins.guessed(source, false), 0);
        }
        assert_eq!(test.app.log_ins.wait(source), 0);
        test.app.log_ins.guessed_elsewhere(source, 5);
        assert!(test.app.log_ins.wait(source) > 0);
        assert_eq!(test.app.log_ins.wait(IpAddr::from([192, 0, 2, 2])), 0);
    }

    #[test]
    fn what_proves_a_log_in_is_not_shown() {
        let shown = format!("{:?}", log_in());
        assert!(!shown.contains("form") && !shown.contains('7'.to_string().repeat(3).as_str()));
    }
}
