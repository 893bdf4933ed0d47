//! Answers that one HTTP connection keeps, by what was shown for them (`enableCachingForHttp`). API: CreateAuthorizer.

use super::event::Http;
use crate::ctx::Millis;
use crate::registry::authorizer::Authorizer;
use aws_lc_rs::digest::{Context, SHA256};
use std::collections::VecDeque;

/// Answers that one connection keeps. Behind a proxy there may be several clients on it.
const ANSWERS: usize = 8;

/// Header fields that tell of one message rather than of who sends it.
const OF_MESSAGE: &[&str] = &[
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "expect",
    "transfer-encoding",
];
/// The same of MQTT 5's properties (API: Publish).
const PROPERTIES: &str = "x-amz-mqtt5-";

/// A digest of what a request shows of its sender: the query, and the header fields but for those that tell of one
/// message alone. Functions may decide by any of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown([u8; 32]);

impl Shown {
    /// Of a request.
    pub fn of(http: &Http) -> Self {
        let mut digest = Context::new(&SHA256);
        // Lengths come first, so that no two requests are written alike.
        let mut add = |text: &str| {
            digest.update(&(text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        };
        add(http.query_string.as_deref().unwrap_or_default());
        for (name, value) in http.headers.iter().flatten() {
            let name = name.to_ascii_lowercase();
            if !OF_MESSAGE.contains(&name.as_str()) && !name.starts_with(PROPERTIES) {
                add(&name);
                add(value);
            }
        }
        let mut own = [0; 32];
        own.copy_from_slice(digest.finish().as_ref());
        Self(own)
    }
}

/// What authorizers answered on one connection.
pub struct Kept<T> {
    // The oldest first.
    held: VecDeque<Held<T>>,
}

struct Held<T> {
    authorizer: Authorizer,
    shown: Shown,
    since: Millis,
    until: Millis,
    answer: T,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            held: VecDeque::new(),
        }
    }
}

impl<T: Clone> Kept<T> {
    /// What this authorizer answered to the same before, where that still holds. What has been changed about the
    /// authorizer since then ends it.
    pub fn find(&mut self, authorizer: &Authorizer, shown: &Shown, now: Millis) -> Option<T> {
        // A clock that steps back shall not make an answer last.
        self.held
            .retain(|held| held.since <= now && now < held.until);
        let mut found = self
            .held
            .iter()
            .filter(|held| held.shown == *shown && held.authorizer == *authorizer);
        found.next().map(|held| held.answer.clone())
    }

    /// Keeps an answer for so many seconds; the oldest one makes room.
    pub fn keep(
        &mut self,
        authorizer: Authorizer,
        shown: Shown,
        answer: T,
        now: Millis,
        seconds: u64,
    ) {
        self.held
            .retain(|held| held.shown != shown || held.authorizer.key != authorizer.key);
        if self.held.len() >= ANSWERS {
            self.held.pop_front();
        }
        let milliseconds = i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX);
        self.held.push_back(Held {
            authorizer,
            shown,
            since: now,
            until: Millis(now.0.saturating_add(milliseconds)),
            answer,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn http(headers: &[(&str, &str)], query: Option<&str>) -> Http {
        Http {
            headers: Some(
                headers
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
            ),
            query_string: query.map(str::to_owned),
        }
    }

    fn authorizer() -> Authorizer {
        Authorizer {
            key: 1,
            name: "a".into(),
            function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
            token_key: None,
            signing_keys: BTreeMap::new(),
            signing_disabled: true,
            active: true,
            cache_http: true,
            created: Millis(0),
            modified: Millis(0),
        }
    }

    #[test]
    fn what_tells_of_the_sender_and_what_of_one_message() {
        #[track_caller]
        fn check(one: &Http, other: &Http, same: bool) {
            assert_eq!(Shown::of(one) == Shown::of(other), same);
        }
        let first = http(&[("token", "a"), ("content-length", "5")], Some("?qos=1"));
        check(&first, &first, true);
        let longer = http(
            &[
                ("token", "a"),
                ("Content-Length", "6"),
                ("x-amz-mqtt5-user-properties", "W10="),
            ],
            Some("?qos=1"),
        );
        check(&first, &longer, true);
        check(&first, &http(&[("token", "b")], Some("?qos=1")), false);
        check(&first, &http(&[("token", "a")], Some("?token=b")), false);
        check(&first, &http(&[("token", "a")], None), false);
        // Nothing is moved from a name to its value.
        let (one, other) = (http(&[("ab", "c")], None), http(&[("a", "bc")], None));
        check(&one, &other, false);
        check(&Http::default(), &Http::default(), true);
    }

    #[test]
    fn an_answer_holds_for_its_time_and_its_authorizer() {
        let mut kept = Kept::default();
        let shown = |token: &str| Shown::of(&http(&[("token", token)], None));
        let at = Millis(1_000_000);
        kept.keep(authorizer(), shown("a"), 1, at, 300);
        let find = |kept: &mut Kept<i32>, token: &str, now: i64| {
            kept.find(&authorizer(), &shown(token), Millis(now))
        };
        assert_eq!(find(&mut kept, "a", at.0), Some(1));
        assert_eq!(find(&mut kept, "b", at.0), None);
        assert_eq!(find(&mut kept, "a", at.0 + 299_999), Some(1));
        let changed = Authorizer {
            modified: Millis(5),
            ..authorizer()
        };
        assert_eq!(kept.find(&changed, &shown("a"), at), None);
        assert_eq!(find(&mut kept, "a", at.0 + 300_000), None);
        kept.keep(authorizer(), shown("a"), 1, at, 300);
        kept.keep(authorizer(), shown("a"), 2, at, 300);
        assert_eq!(find(&mut kept, "a", at.0), Some(2));
        assert_eq!(find(&mut kept, "a", at.0 - 1), None);
        for token in 0..=ANSWERS {
            kept.keep(authorizer(), shown(&token.to_string()), 3, at, 300);
        }
        assert_eq!(kept.held.len(), ANSWERS);
        assert_eq!(find(&mut kept, "0", at.0), None);
        assert_eq!(find(&mut kept, "1", at.0), Some(3));
        kept.keep(authorizer(), shown("x"), 4, at, u64::MAX);
        assert_eq!(find(&mut kept, "x", i64::MAX - 1), Some(4));
    }
}
