//! Topic names and filters: their syntax, their sizes, and which filter matches which name.
//!
//! Follows AWS where it departs from the specification: a filter `a/#` does not match `a`, and `$share` works in
//! 3.1.1 too. Must not know which `$` topics exist or who may use them.

use std::fmt;
use std::sync::Arc;

/// Longest name of a rule, bytes (API: `ruleName`).
const RULE_NAME_BYTES: usize = 128;

/// Sizes that topic names and filters may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicLimits {
    /// Longest name or filter, bytes.
    pub bytes: usize,
    /// Most slashes in a name or filter.
    pub slashes: usize,
    /// Longest share name of a `$share` filter, characters.
    pub share_name_chars: usize,
}

/// Why a string is not a topic name or filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// No character at all `[MQTT-4.7.3-1]`.
    #[error("is empty")]
    Empty,
    /// U+0000 `[MQTT-4.7.3-2]`, which a string of MQTT cannot hold but others can.
    #[error("holds the character U+0000")]
    Nul,
    /// `+` or `#` in a topic name `[MQTT-3.3.2-2]`.
    #[error("holds a wildcard, which a topic name must not")]
    WildcardInName,
    /// `#` not last, or `+` or `#` not alone in its level `[MQTT-4.7.1-2]`, `[MQTT-4.7.1-3]`.
    #[error("holds a wildcard that does not fill its level, or a # that is not last")]
    WildcardPlace,
    /// Too many bytes.
    #[error("is {bytes} bytes long, over the limit of {limit}")]
    TooLong {
        /// Length without parts that do not count.
        bytes: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// Too many levels.
    #[error("has {slashes} slashes, over the limit of {limit}")]
    TooDeep {
        /// Slashes without those that do not count.
        slashes: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// `$share/` not followed by a share name, a slash and a filter.
    #[error("is no $share/NAME/FILTER with a NAME of 1 to {limit} characters without +, # and /")]
    Share {
        /// Most characters of the share name.
        limit: usize,
    },
}

/// Checks a topic name to publish to.
pub fn check_name(name: &str, limits: &TopicLimits) -> Result<(), TopicError> {
    let found = Found::in_topic(name);
    if name.is_empty() {
        return Err(TopicError::Empty);
    }
    if found.wildcard {
        return Err(TopicError::WildcardInName);
    }
    check_size(name, found, limits)
}

/// Characters that mean something in a topic name or filter.
#[derive(Debug, Clone, Copy)]
struct Found {
    nul: bool,
    wildcard: bool,
    slashes: usize,
}

impl Found {
    /// Every topic of every message is looked through: many bytes at a time, which compilers do not make of it.
    fn in_topic(topic: &str) -> Self {
        let bytes = topic.as_bytes();
        Self {
            nul: memchr::memchr(0, bytes).is_some(),
            wildcard: memchr::memchr2(b'+', b'#', bytes).is_some(),
            slashes: memchr::memchr_iter(b'/', bytes).count(),
        }
    }
}

/// Length and depth, without the first three levels of `$aws/rules/RULE/…`, which count in neither
/// (General Reference, IoT Core quotas). A rule's name that is longer than rules' names are counts.
fn check_size(topic: &str, found: Found, limits: &TopicLimits) -> Result<(), TopicError> {
    if found.nul {
        return Err(TopicError::Nul);
    }
    let (counted, slashes) = match topic
        .strip_prefix("$aws/rules/")
        .and_then(|rest| rest.split_once('/'))
    {
        Some((rule, rest)) if rule.len() <= RULE_NAME_BYTES => (rest, found.slashes - 3),
        _ => (topic, found.slashes),
    };
    if counted.len() > limits.bytes {
        return Err(TopicError::TooLong {
            bytes: counted.len(),
            limit: limits.bytes,
        });
    }
    if slashes > limits.slashes {
        return Err(TopicError::TooDeep {
            slashes,
            limit: limits.slashes,
        });
    }
    Ok(())
}

/// A topic filter of right syntax, `$share/NAME/…` included. Cloning shares the string.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Filter {
    text: Arc<str>,
    /// Where the part that is matched begins; 0 without `$share`.
    topic_at: usize,
}

impl Filter {
    /// Parses a filter as a client sends it.
    pub fn parse(text: &str, limits: &TopicLimits) -> Result<Self, TopicError> {
        let share_error = TopicError::Share {
            limit: limits.share_name_chars,
        };
        let topic_at = match text.strip_prefix("$share/") {
            None => 0,
            Some(rest) => {
                let (name, _) = rest.split_once('/').ok_or(share_error.clone())?;
                let length = name.chars().count();
                if length == 0 || length > limits.share_name_chars || name.contains(['+', '#']) {
                    return Err(share_error);
                }
                "$share/".len() + name.len() + 1
            }
        };
        let topic = &text[topic_at..];
        if topic.is_empty() {
            return Err(if topic_at == 0 {
                TopicError::Empty
            } else {
                share_error
            });
        }
        let found = Found::in_topic(topic);
        for (at, level) in topic.split('/').enumerate() {
            let misplaced = level.len() > 1 && level.contains(['+', '#']);
            if misplaced || (level == "#" && at != found.slashes) {
                return Err(TopicError::WildcardPlace);
            }
        }
        check_size(topic, found, limits)?;
        Ok(Self {
            text: Arc::from(text),
            topic_at,
        })
    }

    /// The filter as sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part that topic names are matched with: all of it, or what follows `$share/NAME/`.
    pub fn topic_filter(&self) -> &str {
        &self.text[self.topic_at..]
    }

    /// Share name of a `$share` filter.
    pub fn share_name(&self) -> Option<&str> {
        if self.topic_at == 0 {
            None
        } else {
            Some(&self.text["$share/".len()..self.topic_at - 1])
        }
    }

    /// True where the filter holds `+` or `#`.
    pub fn has_wildcard(&self) -> bool {
        has_wildcard(self.topic_filter())
    }

    /// Whether a topic name is matched.
    pub fn matches(&self, name: &str) -> bool {
        matches(self.topic_filter(), name)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text, f)
    }
}

/// True where a filter holds `+` or `#`.
pub fn has_wildcard(filter: &str) -> bool {
    filter.bytes().any(|byte| byte == b'+' || byte == b'#')
}

/// Whether a filter of right syntax, without `$share/NAME/`, matches a topic name.
///
/// `a/#` does not match `a` (AWS guide: topics; the specification says it does). A filter that begins with a
/// wildcard does not match names that begin with `$` `[MQTT-4.7.2-1]`.
pub fn matches(filter: &str, name: &str) -> bool {
    if name.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut levels = name.split('/');
    for wanted in filter.split('/') {
        match (wanted, levels.next()) {
            ("#", Some(_)) => return true,
            (_, None) => return false,
            ("+", Some(_)) => {}
            (wanted, Some(level)) if wanted == level => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: TopicLimits = TopicLimits {
        bytes: 256,
        slashes: 7,
        share_name_chars: 128,
    };

    fn check_match(filter: &str, name: &str, expected: bool) {
        let parsed = Filter::parse(filter, &LIMITS).expect("the case's filter is right");
        assert_eq!(parsed.matches(name), expected, "{filter} against {name}");
    }

    #[test]
    fn filters_match_as_aws_documents() {
        check_match("a/b", "a/b", true);
        check_match("a/b", "a/B", false);
        check_match("a/b", "a/b/", false);
        check_match("/a", "a", false);
        check_match("a/+", "a/b", true);
        check_match("a/+", "a/", true);
        check_match("a/+", "a", false);
        check_match("a/+", "a/b/c", false);
        check_match("+/b", "a/b", true);
        check_match("+", "/", false);
        check_match("+/+", "/", true);
        check_match("a/#", "a", false);
        check_match("a/#", "a/", true);
        check_match("a/#", "a/b/c", true);
        check_match("+/#", "a", false);
        check_match("+/#", "a/b", true);
        check_match("#", "a", true);
        check_match("#", "/a/b", true);
        check_match("#", "$aws/things/x", false);
        check_match("+/things/x", "$aws/things/x", false);
        check_match("$aws/#", "$aws/things/x", true);
        check_match("$aws/+/x", "$aws/things/x", true);
        check_match("$share/g/a/+", "a/b", true);
        check_match("$share/g/#", "$aws/b", false);
    }

    fn check_filter(filter: &str, expected: Result<(), TopicError>) {
        assert_eq!(
            Filter::parse(filter, &LIMITS).map(|_| ()),
            expected,
            "{filter}"
        );
    }

    #[test]
    fn filters_have_syntax_and_sizes() {
        let share = TopicError::Share { limit: 128 };
        check_filter("#", Ok(()));
        check_filter("/", Ok(()));
        check_filter("", Err(TopicError::Empty));
        check_filter("a#", Err(TopicError::WildcardPlace));
        check_filter("a/+b", Err(TopicError::WildcardPlace));
        check_filter("#/a", Err(TopicError::WildcardPlace));
        check_filter("a/##", Err(TopicError::WildcardPlace));
        check_filter("1/2/3/4/5/6/7/8", Ok(()));
        check_filter(
            "1/2/3/4/5/6/7/8/9",
            Err(TopicError::TooDeep {
                slashes: 8,
                limit: 7,
            }),
        );
        check_filter("$share/g/1/2/3/4/5/6/7/8", Ok(()));
        check_filter("$share/g", Err(share.clone()));
        check_filter("$share//a", Err(share.clone()));
        check_filter("$share/g/", Err(share.clone()));
        check_filter("$share/+/a", Err(share.clone()));
        check_filter(&format!("$share/{}/a", "n".repeat(129)), Err(share));
        check_filter(&"t".repeat(256), Ok(()));
        check_filter(
            &"t".repeat(257),
            Err(TopicError::TooLong {
                bytes: 257,
                limit: 256,
            }),
        );
    }

    #[test]
    fn names_have_syntax_and_sizes() {
        let check =
            |name: &str, expected| assert_eq!(check_name(name, &LIMITS), expected, "{name}");
        check("a", Ok(()));
        check("", Err(TopicError::Empty));
        check("a/+", Err(TopicError::WildcardInName));
        check("a\0b", Err(TopicError::Nul));
        check("a#b", Err(TopicError::WildcardInName));
        check(
            "1/2/3/4/5/6/7/8/9",
            Err(TopicError::TooDeep {
                slashes: 8,
                limit: 7,
            }),
        );
        check("$aws/rules/r/1/2/3/4/5/6/7/8", Ok(()));
        check(
            &format!("$aws/rules/{}/{}", "r".repeat(128), "t".repeat(256)),
            Ok(()),
        );
        let long = format!("$aws/rules/{}/t", "r".repeat(60_000));
        check(
            &long,
            Err(TopicError::TooLong {
                bytes: long.len(),
                limit: 256,
            }),
        );
        check(
            "$aws/rules/r/1/2/3/4/5/6/7/8/9",
            Err(TopicError::TooDeep {
                slashes: 8,
                limit: 7,
            }),
        );
    }

    #[test]
    fn share_filters_come_apart() {
        let filter = Filter::parse("$share/group/a/+", &LIMITS).expect("right syntax");
        assert_eq!(
            (filter.share_name(), filter.topic_filter()),
            (Some("group"), "a/+")
        );
        assert_eq!(filter.as_str(), "$share/group/a/+");
    }
}
