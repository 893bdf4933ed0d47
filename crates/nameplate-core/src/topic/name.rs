//! Legal topic names and filters (AWS guide: topics; General Reference: IoT Core message broker quotas).

use crate::limits::{TOPIC_BYTES, TOPIC_SLASHES};

/// Longest name of a shared subscription, characters (General Reference, IoT Core quotas).
const SHARE_NAME_CHARS: usize = 128;

/// Why a text is no topic name or filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// Nothing at all.
    #[error("a topic must have at least one character")]
    Empty,
    /// Too long.
    #[error("the topic is {bytes} bytes long; at most {TOPIC_BYTES} are allowed")]
    TooLong {
        /// Bytes that count.
        bytes: usize,
    },
    /// Too deep.
    #[error("topic {topic:?} has {slashes} slashes; at most {TOPIC_SLASHES} are allowed")]
    TooDeep {
        /// The name or filter.
        topic: String,
        /// Slashes that count.
        slashes: usize,
    },
    /// U+0000 [MQTT-4.7.3-2].
    #[error("a topic must not contain the character U+0000")]
    Nul,
    /// `+` or `#` in a name [MQTT-3.3.2-2].
    #[error("topic {topic:?} contains {wildcard}, which only a filter may")]
    Wildcard {
        /// The name.
        topic: String,
        /// The character.
        wildcard: char,
    },
    /// A wildcard that is not a whole level, or `#` before the end [MQTT-4.7.1-1], [MQTT-4.7.1-2].
    #[error(
        "filter {filter:?} has {wildcard} where it does not stand for a whole level or not at the end"
    )]
    WildcardPlace {
        /// The filter.
        filter: String,
        /// The character.
        wildcard: char,
    },
    /// `$share` without a usable name and filter [MQTT-4.8.2-1], [MQTT-4.8.2-2].
    #[error(
        "{filter:?} is not of the form $share/NAME/FILTER with a name of 1 to {SHARE_NAME_CHARS} characters without +, # or /"
    )]
    Share {
        /// The filter as sent.
        filter: String,
    },
}

/// Whether `topic` may be published to, as far as its form goes.
pub fn check_name(topic: &str) -> Result<(), TopicError> {
    check_size(topic)?;
    match topic.chars().find(|c| matches!(c, '+' | '#')) {
        None => Ok(()),
        Some(wildcard) => Err(TopicError::Wildcard {
            topic: topic.to_owned(),
            wildcard,
        }),
    }
}

/// A legal topic filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Filter<'a> {
    /// Name of the shared subscription's group, of `$share/NAME/FILTER`.
    pub share: Option<&'a str>,
    /// The filter that topics are matched against, without the `$share` prefix.
    pub filter: &'a str,
}

impl<'a> Filter<'a> {
    /// Reads the filter of a SUBSCRIBE or UNSUBSCRIBE. The two slashes of a `$share` prefix and its length
    /// do not count towards the limits (AWS guide: mqtt, shared subscriptions).
    pub fn parse(text: &'a str) -> Result<Filter<'a>, TopicError> {
        let (share, filter) = if text == "$share" || text.starts_with("$share/") {
            let refused = || TopicError::Share {
                filter: text.chars().take(TOPIC_BYTES).collect(),
            };
            let rest = text.strip_prefix("$share/").ok_or_else(refused)?;
            let (name, filter) = rest.split_once('/').ok_or_else(refused)?;
            let length = name.chars().count();
            if length == 0
                || length > SHARE_NAME_CHARS
                || name.contains(['+', '#', '\0'])
                || filter.is_empty()
            {
                return Err(refused());
            }
            (Some(name), filter)
        } else {
            (None, text)
        };
        check_size(filter)?;
        let mut levels = filter.split('/').peekable();
        while let Some(level) = levels.next() {
            let alone = level.len() == 1;
            let last = levels.peek().is_none();
            let misplaced = level.chars().find(|c| match c {
                '+' => !alone,
                '#' => !alone || !last,
                _ => false,
            });
            if let Some(wildcard) = misplaced {
                return Err(TopicError::WildcardPlace {
                    filter: filter.to_owned(),
                    wildcard,
                });
            }
        }
        Ok(Filter { share, filter })
    }

    /// Whether the filter has a wildcard. Without one it matches exactly the topic of the same name, and
    /// only then are retained messages delivered on subscribing (AWS guide: mqtt, differences).
    pub fn has_wildcard(&self) -> bool {
        self.filter.contains(['+', '#'])
    }

    /// Whether topics of this name match, see [`super::matches`].
    pub fn matches(&self, topic: &str) -> bool {
        super::matches(self.filter, topic)
    }
}

/// Length and depth, of names and filters alike.
fn check_size(topic: &str) -> Result<(), TopicError> {
    if topic.is_empty() {
        return Err(TopicError::Empty);
    }
    let counted = without_rule_prefix(topic);
    if counted.len() > TOPIC_BYTES {
        return Err(TopicError::TooLong {
            bytes: counted.len(),
        });
    }
    if topic.contains('\0') {
        return Err(TopicError::Nul);
    }
    let slashes = counted.bytes().filter(|byte| *byte == b'/').count();
    if slashes > TOPIC_SLASHES {
        return Err(TopicError::TooDeep {
            topic: topic.to_owned(),
            slashes,
        });
    }
    Ok(())
}

/// What counts towards the limits: of `$aws/rules/RULE/…` only what follows (AWS guide: topics).
fn without_rule_prefix(topic: &str) -> &str {
    super::basic_ingest(topic).map_or(topic, |(_rule, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let check = |topic: &str, wanted: Result<(), TopicError>| {
            assert_eq!(check_name(topic), wanted, "{topic}");
        };
        check("a", Ok(()));
        check("/", Ok(()));
        check("a b/é", Ok(()));
        check("1/2/3/4/5/6/7/8", Ok(()));
        check("$aws/rules/r/1/2/3/4/5/6/7/8", Ok(()));
        check(&format!("$aws/rules/rule/{}", "x".repeat(256)), Ok(()));
        check("", Err(TopicError::Empty));
        check("a\0b", Err(TopicError::Nul));
        let topic = String::from("a/+");
        check(
            "a/+",
            Err(TopicError::Wildcard {
                topic,
                wildcard: '+',
            }),
        );
        let topic = String::from("a#");
        check(
            "a#",
            Err(TopicError::Wildcard {
                topic,
                wildcard: '#',
            }),
        );
        let topic = String::from("1/2/3/4/5/6/7/8/9");
        check(
            "1/2/3/4/5/6/7/8/9",
            Err(TopicError::TooDeep { topic, slashes: 8 }),
        );
        check(&"é".repeat(129), Err(TopicError::TooLong { bytes: 258 }));
    }

    #[test]
    fn filters() {
        let good = |text: &str, share: Option<&str>, filter: &str| {
            assert_eq!(Filter::parse(text), Ok(Filter { share, filter }));
        };
        good("#", None, "#");
        good("+/a/#", None, "+/a/#");
        good("$share/g/a/+", Some("g"), "a/+");
        good("$share/g//", Some("g"), "/");
        good("$share/g/1/2/3/4/5/6/7/8", Some("g"), "1/2/3/4/5/6/7/8");
        good("$shared/x", None, "$shared/x");
        let bad = |text: &str, wanted: fn(&TopicError) -> bool| {
            let error = Filter::parse(text).expect_err("not a filter");
            assert!(wanted(&error), "{text}: {error}");
        };
        for text in ["a+", "+a/b", "a/#/b", "a#", "a/b#", "##", "é+"] {
            bad(text, |error| {
                matches!(error, TopicError::WildcardPlace { .. })
            });
        }
        for text in [
            "$share",
            "$share/",
            "$share/g",
            "$share/g/",
            "$share//a",
            "$share/+/a",
        ] {
            bad(text, |error| matches!(error, TopicError::Share { .. }));
        }
        bad(&format!("$share/{}/a", "n".repeat(129)), |error| {
            matches!(error, TopicError::Share { .. })
        });
        bad("", |error| *error == TopicError::Empty);
        bad("a/1/2/3/4/5/6/7/+", |error| {
            matches!(error, TopicError::TooDeep { .. })
        });
    }
}
