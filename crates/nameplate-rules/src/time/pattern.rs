//! Patterns as both Joda-Time and `java.time` write them: letters, each repeated for its width, and text.

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A letter and how often it stands.
    Field(char, usize),
    Text(String),
    /// `[` and `]` of an optional section.
    Open,
    Close,
}

/// Most parts of a pattern.
const PARTS: usize = 200;

/// Reads a pattern. `None` where a quote is not closed. Brackets are sections only with `sections`.
pub(super) fn parse(pattern: &str, sections: bool) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let part = match c {
            '\'' => {
                if chars.next_if_eq(&'\'').is_some() {
                    text.push('\'');
                    continue;
                }
                loop {
                    match chars.next()? {
                        '\'' if chars.next_if_eq(&'\'').is_some() => text.push('\''),
                        '\'' => break,
                        c => text.push(c),
                    }
                }
                continue;
            }
            '[' if sections => Part::Open,
            ']' if sections => Part::Close,
            c if c.is_ascii_alphabetic() => {
                let mut count = 1;
                while chars.next_if_eq(&c).is_some() {
                    count += 1;
                }
                Part::Field(c, count)
            }
            c => {
                text.push(c);
                continue;
            }
        };
        if !text.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut text)));
        }
        parts.push(part);
        if parts.len() > PARTS {
            return None;
        }
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Some(parts)
}
