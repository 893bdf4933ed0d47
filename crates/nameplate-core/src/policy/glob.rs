//! Patterns with `*` and `?`, and whether a text matches one.
//!
//! Owns the compiled form of a pattern. Must not know policies, variables or ARNs: characters that came
//! from a variable arrive here already as literals.

use std::fmt;

/// Any run of characters. UTF-8 never contains this byte, so it cannot be mistaken for text.
const ANY: u8 = 0xFF;
/// Exactly one character. UTF-8 never contains this byte either.
const ONE: u8 = 0xFE;

/// How much of the general search a pattern needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `*` alone.
    Everything,
    /// No wildcard.
    Exact,
    /// Text, then one `*` at the end.
    Prefix,
    /// Anything else.
    General,
}

/// A compiled pattern: `*` stands for any run of characters, also an empty one, and `?` for exactly one.
///
/// Matching allocates nothing and never costs more than pattern length times text length.
#[derive(Clone, PartialEq, Eq)]
pub struct Glob {
    code: Box<[u8]>,
    shape: Shape,
}

impl Glob {
    /// Compiles `pattern`, in which `*` and `?` are wildcards.
    pub fn new(pattern: &str) -> Self {
        let mut builder = GlobBuilder::default();
        builder.wild(pattern);
        builder.build()
    }

    /// A pattern that matches `text` and nothing else.
    pub fn literal(text: &str) -> Self {
        let mut builder = GlobBuilder::default();
        builder.literal(text);
        builder.build()
    }

    fn from_code(code: &[u8]) -> Self {
        let shape = match code.iter().position(|byte| *byte >= ONE) {
            None => Shape::Exact,
            Some(at) if at + 1 == code.len() && code[at] == ANY => match at {
                0 => Shape::Everything,
                _ => Shape::Prefix,
            },
            Some(_) => Shape::General,
        };
        Glob {
            code: code.into(),
            shape,
        }
    }

    /// Whether the whole of `text` matches.
    #[inline]
    pub fn matches(&self, text: &str) -> bool {
        let text = text.as_bytes();
        match self.shape {
            Shape::Everything => true,
            Shape::Exact => *self.code == *text,
            Shape::Prefix => text.starts_with(&self.code[..self.code.len() - 1]),
            Shape::General => search(&self.code, text),
        }
    }

    /// The pattern as it is written.
    pub fn text(&self) -> String {
        let mut bytes = Vec::with_capacity(self.code.len());
        bytes.extend(self.code.iter().map(|byte| match *byte {
            ANY => b'*',
            ONE => b'?',
            byte => byte,
        }));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The text of a pattern that has no wildcard.
    pub fn as_literal(&self) -> Option<&str> {
        match self.shape {
            Shape::Exact => std::str::from_utf8(&self.code).ok(),
            _ => None,
        }
    }

    /// What must match the rest of a text that begins with `head`: the text matches this pattern exactly
    /// where its rest matches one of the returned ones. Empty where no such text can match.
    ///
    /// A connection asks about thousands of topics behind one and the same ARN prefix; this walks over the
    /// prefix once.
    pub fn after(&self, head: &str) -> Vec<Glob> {
        // Nearly every pattern begins with the prefix in full, or with something else.
        let text = self.code.iter().take_while(|byte| **byte < ONE).count();
        if text >= head.len() {
            return match self.code.starts_with(head.as_bytes()) {
                true => vec![Glob::from_code(&self.code[head.len()..])],
                false => Vec::new(),
            };
        }
        // The text before the first wildcard ends where a character ends, in `head` too if it is its start.
        let Some(rest) = head
            .as_bytes()
            .starts_with(&self.code[..text])
            .then(|| head.get(text..))
            .flatten()
        else {
            return Vec::new();
        };
        let mut places = vec![text];
        for character in rest.chars() {
            let mut buffer = [0; 4];
            let character = character.encode_utf8(&mut buffer).as_bytes();
            let mut next = Vec::with_capacity(places.len() + 1);
            for place in self.behind_stars(places) {
                match self.code.get(place) {
                    Some(&ANY) => next.push(place),
                    Some(&ONE) => next.push(place + 1),
                    _ if self.code[place..].starts_with(character) => {
                        next.push(place + character.len());
                    }
                    _ => {}
                }
            }
            next.dedup();
            places = next;
        }
        // A star swallows whatever an earlier place would still have to match, and what follows it directly.
        let star = places
            .iter()
            .copied()
            .filter(|place| self.code.get(*place) == Some(&ANY))
            .max();
        places.retain(|place| star.is_none_or(|star| *place == star || *place > star + 1));
        places.sort_unstable();
        places.dedup();
        places
            .into_iter()
            .map(|place| Glob::from_code(&self.code[place..]))
            .collect()
    }

    /// `places`, and for each that stands at a star also the place behind it.
    fn behind_stars(&self, places: Vec<usize>) -> Vec<usize> {
        let mut all = places;
        let mut index = 0;
        while index < all.len() {
            if self.code.get(all[index]) == Some(&ANY) {
                all.push(all[index] + 1);
            }
            index += 1;
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Cuts the pattern at its first `count - 1` literal occurrences of `separator`, an ASCII character.
    pub fn split(&self, separator: u8, count: usize) -> Vec<Glob> {
        self.code
            .splitn(count, |byte| *byte == separator)
            .map(Glob::from_code)
            .collect()
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Glob({self})")
    }
}

impl fmt::Display for Glob {
    /// The pattern as it would be written; a literal `*` or `?` looks like a wildcard here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.code.chunk_by(|a, b| *a < ONE && *b < ONE) {
            match part {
                [ANY] => f.write_str("*")?,
                [ONE] => f.write_str("?")?,
                text => f.write_str(&String::from_utf8_lossy(text))?,
            }
        }
        Ok(())
    }
}

/// Puts a pattern together from text with wildcards and text without.
#[derive(Debug, Default, Clone)]
pub struct GlobBuilder {
    code: Vec<u8>,
}

impl GlobBuilder {
    /// Appends `text`, character by character as it stands.
    pub fn literal(&mut self, text: &str) {
        self.code.extend_from_slice(text.as_bytes());
    }

    /// Appends `pattern`, in which `*` and `?` are wildcards.
    pub fn wild(&mut self, pattern: &str) {
        for byte in pattern.bytes() {
            match byte {
                b'*' if self.code.last() == Some(&ANY) => {}
                b'*' => self.code.push(ANY),
                b'?' => self.code.push(ONE),
                byte => self.code.push(byte),
            }
        }
    }

    /// Appends a pattern that is compiled already.
    pub fn glob(&mut self, glob: &Glob) {
        self.code.extend_from_slice(&glob.code);
    }

    /// The finished pattern.
    pub fn build(self) -> Glob {
        Glob::from_code(&self.code)
    }
}

/// Bytes of the character that begins with `lead`.
fn width(lead: u8) -> usize {
    match lead {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    }
}

/// Goes through both from the left; after a mismatch it returns to the last star only, which suffices
/// because that star can take over what an earlier one would have swallowed.
fn search(code: &[u8], text: &[u8]) -> bool {
    let differ = |a: u8, b: u8| a < ONE && a != b;
    if let (Some(wanted), Some(found)) = (code.last(), text.last())
        && differ(*wanted, *found)
    {
        return false;
    }
    let (mut place, mut at) = (0, 0);
    let mut resume = None;
    loop {
        match (code.get(place), text.get(at)) {
            (Some(&ANY), _) => {
                place += 1;
                let Some(wanted) = code.get(place) else {
                    return true;
                };
                let Some(start) = next_start(*wanted, text, at) else {
                    return false;
                };
                at = start;
                resume = Some((place, at));
            }
            (None, None) => return true,
            // What is left of the pattern needs at least one character more.
            (Some(_), None) => return false,
            (Some(&ONE), Some(&lead)) => {
                place += 1;
                at += width(lead);
            }
            (Some(wanted), Some(found)) if wanted == found => {
                place += 1;
                at += 1;
            }
            (_, Some(_)) => {
                let Some((star, from)) = resume else {
                    return false;
                };
                let Some(start) = next_start(code[star], text, from + width(text[from])) else {
                    return false;
                };
                resume = Some((star, start));
                (place, at) = (star, start);
            }
        }
    }
}

/// The first place from `from` on where a pattern that begins with `wanted` can start. A literal byte
/// there begins a character, so it is found only where a character begins.
fn next_start(wanted: u8, text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    match wanted {
        ANY => Some(from),
        ONE => (!rest.is_empty()).then_some(from),
        wanted => Some(from + rest.iter().position(|byte| *byte == wanted)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let glob = Glob::new(pattern);
        for text in yes {
            assert!(glob.matches(text), "{pattern} should match {text}");
        }
        for text in no {
            assert!(!glob.matches(text), "{pattern} should not match {text}");
        }
    }

    #[test]
    fn stars_and_question_marks() {
        check("", &[""], &["a"]);
        check("*", &["", "a", "a/b:c"], &[]);
        check("a", &["a"], &["", "A", "ab"]);
        check("a*", &["a", "ab"], &["", "ba"]);
        check("*a", &["a", "ba", "aa"], &["ab"]);
        check("a*b*c", &["abc", "aXbYc", "abbcc"], &["ab", "acb"]);
        check("a**c", &["ac", "abc"], &["ab"]);
        check("?", &["a", "é", "漢", "😀"], &["", "ab"]);
        check("*?", &["a", "é", "é漢"], &[""]);
        check("a?*", &["ab", "abc"], &["a"]);
        check("*é", &["é", "aé"], &["e"]);
    }

    #[test]
    fn literals_are_no_wildcards() {
        let mut builder = GlobBuilder::default();
        builder.wild("a/*/");
        builder.literal("*?");
        let glob = builder.build();
        assert!(glob.matches("a/x/*?"));
        assert!(!glob.matches("a/x/yz"));
        let mut stars = GlobBuilder::default();
        stars.wild("a*");
        stars.literal("");
        stars.glob(&Glob::new("*"));
        let stars = stars.build();
        assert!(stars.matches("a") && stars.matches("ab") && !stars.matches("b"));
        assert_eq!(Glob::literal("*").as_literal(), Some("*"));
        assert_eq!(Glob::new("*").as_literal(), None);
    }

    #[test]
    fn the_rest_behind_an_arn_prefix() {
        let after = |pattern: &str| {
            Glob::new(pattern)
                .after("arn:aws:iot:us-east-1:1:topic/")
                .iter()
                .map(Glob::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(after("*"), ["*"]);
        assert_eq!(after("arn:aws:iot:us-east-1:1:topic/a/*"), ["a/*"]);
        assert_eq!(after("arn:aws:iot:*:*:topic/a"), ["*:topic/a", "a"]);
        assert!(after("arn:aws:iot:us-east-1:1:client/a").is_empty());
        assert!(after("arn:aws:iot:us-east-1:1:topic").is_empty());
    }

    /// The definition, by recursion.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some('*'), _) => {
                naive(&pattern[1..], text) || (!text.is_empty() && naive(pattern, &text[1..]))
            }
            (Some('?'), Some(_)) => naive(&pattern[1..], &text[1..]),
            (Some(wanted), Some(found)) if wanted == found => naive(&pattern[1..], &text[1..]),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab*?é]{0,9}", text in "[abé]{0,9}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(
                Glob::new(&pattern).matches(&text),
                naive(&chars(&pattern), &chars(&text))
            );
        }

        #[test]
        fn the_rest_decides_the_whole(
            pattern in "[ab*?é]{0,9}", head in "[abé]{0,5}", tail in "[abé]{0,5}"
        ) {
            let glob = Glob::new(&pattern);
            prop_assert_eq!(
                glob.matches(&format!("{head}{tail}")),
                glob.after(&head).iter().any(|rest| rest.matches(&tail))
            );
        }

        #[test]
        fn long_repetitions_stay_quick(count in 1usize..200) {
            let pattern = "a*".repeat(count) + "b";
            prop_assert!(!Glob::new(&pattern).matches(&"a".repeat(2000)));
        }
    }
}
