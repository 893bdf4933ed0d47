//! The model's regular expressions.
//!
//! They are Java's, and must match the whole value. Most of the syntax is the same here; what
//! is not is rewritten, and the few that look around themselves are split in two.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use regex::{Regex, RegexBuilder};

/// A pattern ready for use.
struct Compiled {
    matches: Regex,
    /// What a look-around of the pattern forbids.
    forbids: Option<Regex>,
}

/// Patterns with look-around, which the engine does not have: the pattern, the same without it,
/// and what it forbids (found anywhere in the value).
const LOOK_AROUND: &[(&str, &str, &str)] = &[
    (
        r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
        r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
        r"--",
    ),
    (
        r"((?!^\d+$)^[0-9a-zA-Z-_]+$)",
        r"[0-9a-zA-Z_-]+",
        r"\A[0-9]+\z",
    ),
    (
        r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)",
        r"[a-zA-Z0-9_-]+",
        r"\A[0-9]+\z",
    ),
    (
        r"(^(?!(system\x2e)))(^[_a-zA-Z0-9])([^$]*)",
        r"[_a-zA-Z0-9][^$]*",
        r"\Asystem\.",
    ),
    (
        r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])",
        r"(\*\.)?([A-Za-z0-9-]{0,62}[A-Za-z0-9]\.)+[A-Za-z0-9-]{1,62}[A-Za-z0-9]",
        r"(\A|\.)-",
    ),
    (r"[0-9A-Za-z\.\-_]*(?<!\.)", r"[0-9A-Za-z._-]*", r"\.\z"),
    // What lies beyond 16 bits is written as two halves in Java, which are no characters here. Nothing is forbidden.
    (
        r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*",
        r"[\u0020-\uD7FF\uE000-\uFFFD\x{10000}-\x{10FFFF}\r\n\t]*",
        r"[^\s\S]",
    ),
    // A version is a number only behind the word; without it, the name itself may be one.
    (
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]{1,64})(:((?!\d+$)[0-9a-zA-Z-_]+))?",
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]{1,64})(:[0-9a-zA-Z-_]+)?",
        r"function:[a-zA-Z0-9-_]{1,64}:[0-9]+\z",
    ),
];

type Cache = RwLock<HashMap<&'static str, Option<Arc<Compiled>>>>;

static CACHE: LazyLock<Cache> = LazyLock::new(Cache::default);

/// Whether the whole of `text` matches. A pattern that cannot be compiled matches everything:
/// refusing would make an operation unusable for a fault of ours (and a test compiles all).
pub(super) fn matches(pattern: &'static str, text: &str) -> bool {
    // A poisoned cache holds only whole entries: nothing is done to it while it is locked.
    let cached = CACHE
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(pattern)
        .cloned();
    let compiled = cached.unwrap_or_else(|| {
        let compiled = compile(pattern).ok().map(Arc::new);
        let mut cache = CACHE.write().unwrap_or_else(PoisonError::into_inner);
        cache.insert(pattern, compiled.clone());
        compiled
    });
    compiled.is_none_or(|compiled| {
        compiled.matches.is_match(text)
            && !compiled
                .forbids
                .as_ref()
                .is_some_and(|forbids| forbids.is_match(text))
    })
}

fn compile(pattern: &str) -> Result<Compiled, regex::Error> {
    let split = LOOK_AROUND
        .iter()
        .find(|(original, ..)| *original == pattern);
    let (pattern, forbids) = match split {
        Some((_, pattern, forbids)) => (*pattern, Some(Regex::new(forbids)?)),
        None => (pattern, None),
    };
    let whole = format!(r"\A(?:{})\z", translated(pattern));
    // Counted repetitions of character classes (`{1,2048}`) take room.
    let matches = RegexBuilder::new(&whole).size_limit(64 << 20).build()?;
    Ok(Compiled { matches, forbids })
}

/// Rewrites what Java means otherwise: its classes are ASCII unless they name a Unicode
/// category, and within brackets `[`, `--` and `~~` are no operators.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('p') => {
                    let name: String = rest
                        .by_ref()
                        .skip_while(|c| *c == '{')
                        .take_while(|c| *c != '}')
                        .collect();
                    out.push_str(&class(&name));
                }
                Some(c) => match shorthand(c) {
                    Some(class) => out.push_str(class),
                    None => out.extend(['\\', c]),
                },
                None => out.push('\\'),
            },
            '[' if in_class => out.push_str(r"\["),
            '[' => {
                in_class = true;
                out.push('[');
                // A bracket that closes at once stands for itself, also behind `^`.
                if rest.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                if rest.next_if_eq(&']').is_some() {
                    out.push_str(r"\]");
                }
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            '-' | '~' if in_class && rest.peek() == Some(&c) => {
                out.extend(['\\', c]);
            }
            _ => out.push(c),
        }
    }
    out
}

/// `\p{…}`: the POSIX names by their ASCII classes, the rest as Unicode categories.
fn class(name: &str) -> String {
    let posix = match name {
        "Alnum" => "[:alnum:]",
        "Alpha" => "[:alpha:]",
        "ASCII" => "[:ascii:]",
        "Cntrl" => "[:cntrl:]",
        "Digit" => "[:digit:]",
        "Graph" => "[:graph:]",
        "Lower" => "[:lower:]",
        "Print" => "[:print:]",
        "Punct" => "[:punct:]",
        "Space" => r"\t\n\x0B\f\r ",
        "Upper" => "[:upper:]",
        category => return format!(r"\p{{{category}}}"),
    };
    format!("[{posix}]")
}

fn shorthand(c: char) -> Option<&'static str> {
    Some(match c {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => r"[\t\n\x0B\f\r ]",
        'S' => r"[^\t\n\x0B\f\r ]",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::{Kind, Shape, models};

    fn collect(
        shape: &'static Shape,
        seen: &mut BTreeSet<*const Shape>,
        out: &mut BTreeSet<&'static str>,
    ) {
        if !seen.insert(shape) {
            return;
        }
        out.extend(shape.pattern);
        match shape.kind {
            Kind::List(item) => collect(item, seen, out),
            Kind::Map(key, value) => {
                collect(key, seen, out);
                collect(value, seen, out);
            }
            Kind::Structure(members) => {
                for member in members {
                    collect(member.shape, seen, out);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn every_pattern_of_the_tables_compiles() {
        let (mut seen, mut patterns) = (BTreeSet::new(), BTreeSet::new());
        for operation in models().flat_map(|model| model.operations) {
            if let Some(input) = operation.input {
                collect(input, &mut seen, &mut patterns);
            }
        }
        assert!(patterns.len() > 100, "{} patterns", patterns.len());
        for pattern in patterns {
            if let Err(error) = compile(pattern) {
                panic!("{pattern}: {error}");
            }
        }
    }

    #[test]
    fn java_meanings() {
        let check = |pattern: &'static str, text: &str, expected: bool| {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text:?}");
        };
        check(r"[a-zA-Z0-9:_-]+", "lamp:1", true);
        check(r"[a-zA-Z0-9:_-]+", "lamp 1", false);
        check(r"[a-zA-Z0-9:_-]+", "lamp\n", false);
        check(r"[a-zA-Z0-9:_-]+", "", false);
        check(r"[\w+=,.@-]+", "é", false);
        check(r"[\w+=,.@-]+", "a=b", true);
        check(r"[\p{Graph}\x20]*", "a b", true);
        check(r"[\p{Graph}\x20]*", "é", false);
        check(r"[^\p{C}]*", "é\u{7f}", false);
        check(r"[^\p{C}]*", "日本", true);
        check(r"[\s\S]*", "any\nthing", true);
        check(r"[a-zA-Z0-9_.,@/:#=\[\]-]*", "a[0]", true);
        let domain =
            r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])";
        check(domain, "*.a-b.example", true);
        check(domain, "a.-b.example", false);
        check(domain, "-a.example", false);
        check(r"([\n\t])|(\r\n)|(,)", "\r\n", true);
        check(r"[a-zA-Z0-9_-]+|^\$next", "$next", true);
        check(r"[a-zA-Z0-9-_.]+", "a-b_c.d", true);
        check(r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", "a-b-c", true);
        check(r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", "a--b", false);
        check(r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)", "123", false);
        check(r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)", "v123", true);
    }
}
