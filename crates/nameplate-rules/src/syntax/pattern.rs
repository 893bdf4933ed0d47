//! Regular expressions of the `regexp_` functions.
//!
//! AWS takes Java's; these are the `regex` crate's, whose time grows with the text only. What only Java has
//! (look-around, back-references, possessive quantifiers) is refused when the rule is saved, if it is written
//! literally.

use regex::{Regex, RegexBuilder};

/// Bytes that a compiled expression may have; texts of devices may name one, too.
const COMPILED_BYTES: usize = 1 << 18;

#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    Valid(Regex),
    /// No regular expression: the function's result is Undefined.
    Invalid,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        match compile(text) {
            Ok(regex) => Self::Valid(regex),
            Err(_) => Self::Invalid,
        }
    }

    /// As [`Pattern::new`], but says what a literal expression has that only Java knows, or that it is too large.
    pub(crate) fn literal(text: &str) -> Result<Self, &'static str> {
        match compile(text) {
            Ok(regex) => Ok(Self::Valid(regex)),
            Err(regex::Error::CompiledTooBig(_)) => Err("is too large"),
            Err(regex::Error::Syntax(reason)) if reason.contains("look-around") => {
                Err("looks ahead or behind, which is not supported")
            }
            Err(regex::Error::Syntax(reason)) if reason.contains("backreferences") => {
                Err("refers back to a group, which is not supported")
            }
            Err(_) => Ok(Self::Invalid),
        }
    }
}

fn compile(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text)
        .size_limit(COMPILED_BYTES)
        .dfa_size_limit(COMPILED_BYTES)
        .nest_limit(50)
        .build()
}

/// Java's replacement text: `$1` takes one more digit only while there is such a group, `\` takes the next character
/// literally. `None` where it is none, as with a lone `$`. A result of more than `most` bytes ends somewhere behind them:
/// whole it could be as long as the square of what a message may have.
pub(crate) fn replace_all(regex: &Regex, text: &str, with: &str, most: usize) -> Option<String> {
    let parts = replacement(regex, with)?;
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for captures in regex.captures_iter(text) {
        let whole = captures.get(0).expect("group 0 is the match");
        out.push_str(&text[end..whole.start()]);
        for part in &parts {
            if out.len() > most {
                return Some(out);
            }
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Group(number) => {
                    out.push_str(captures.get(*number).map_or("", |group| group.as_str()));
                }
            }
        }
        end = whole.end();
    }
    out.push_str(&text[end..]);
    Some(out)
}

enum Part {
    Text(String),
    Group(usize),
}

fn replacement(regex: &Regex, with: &str) -> Option<Vec<Part>> {
    let groups = regex.captures_len();
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut chars = with.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next()?),
            '$' => {
                let group = if chars.next_if_eq(&'{').is_some() {
                    let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                    regex
                        .capture_names()
                        .position(|known| known == Some(name.as_str()))?
                } else {
                    let digit = |c: &char| c.is_ascii_digit();
                    let mut number = chars.next_if(digit)?.to_digit(10)? as usize;
                    while let Some(next) = chars.peek().and_then(|c| c.to_digit(10)) {
                        let longer = number * 10 + next as usize;
                        if longer >= groups {
                            break;
                        }
                        number = longer;
                        chars.next();
                    }
                    (number < groups).then_some(number)?
                };
                parts.push(Part::Text(std::mem::take(&mut text)));
                parts.push(Part::Group(group));
            }
            c => text.push(c),
        }
    }
    parts.push(Part::Text(text));
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_java_knows_is_named() {
        assert!(matches!(Pattern::literal("a{2,}"), Ok(Pattern::Valid(_))));
        assert!(matches!(Pattern::literal("("), Ok(Pattern::Invalid)));
        for java in ["(?=a)", "(?<!a)b", r"(a)\1"] {
            assert!(Pattern::literal(java).is_err(), "{java}");
        }
        assert!(Pattern::literal(r"\w{1000}{100}").is_err());
        assert!(matches!(Pattern::new("(?=a)"), Pattern::Invalid));
    }

    #[test]
    fn replacements_are_javas() {
        let cases = [
            ("b(.*)d", "abcd", "$1", Some("ac")),
            ("bc", "abcd", "x", Some("axd")),
            ("(b)(c)", "abcd", "$2$1", Some("acbd")),
            ("(b)", "abc", "$10", Some("ab0c")),
            ("b", "abc", r"\$1", Some("a$1c")),
            ("(?<x>b)", "abc", "<${x}>", Some("a<b>c")),
            ("b", "abc", "$1", None),
            ("b", "abc", "$", None),
            ("b", "abc", "\\", None),
            ("b", "abc", "${y}", None),
            ("", "ab", "-", Some("-a-b-")),
        ];
        for (pattern, text, with, expected) in cases {
            let regex = Regex::new(pattern).expect("the case's pattern is right");
            assert_eq!(
                replace_all(&regex, text, with, 100).as_deref(),
                expected,
                "{pattern} {with}"
            );
        }
    }

    #[test]
    fn what_would_be_too_long_is_not_made() {
        let text = "x".repeat(1000);
        for (pattern, with) in [("", &*text), ("x", &*text), (".*", &*"$0".repeat(500))] {
            let regex = Regex::new(pattern).expect("the case's pattern is right");
            let made = replace_all(&regex, &text, with, 5000).expect("it is a replacement");
            assert!(
                (5001..=7000).contains(&made.len()),
                "{pattern}: {}",
                made.len()
            );
        }
    }
}
