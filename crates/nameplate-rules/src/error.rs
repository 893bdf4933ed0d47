//! Why a rule's text is refused, and where in it.

use std::fmt;

/// A statement or expression that cannot be saved. Displayed as a sentence that names line and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlError {
    /// Line of the place, from 1.
    pub line: usize,
    /// Column of the place, in characters from 1.
    pub column: usize,
    /// Byte of the text at which the place begins.
    pub offset: usize,
    /// What is wrong there, as the rest of a sentence. Parts of the text that it quotes are shortened, not escaped.
    pub reason: String,
}

impl SqlError {
    /// An error at a byte of a text; an offset beyond its end means its end.
    pub(crate) fn at(text: &str, offset: usize, reason: impl Into<String>) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line_begins = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_begins..].chars().count() + 1,
            offset,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.reason
        )
    }
}

impl std::error::Error for SqlError {}

/// A text quoted in a reason, shortened to 40 characters.
pub(crate) fn quoted(text: &str) -> String {
    let mut chars = text.chars();
    let begin: String = chars.by_ref().take(40).collect();
    match chars.next() {
        None => format!("{begin:?}"),
        Some(_) => format!("{:?}", format!("{begin}…")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let cases = [
            ("SELECT", 0, 1, 1),
            ("SELECT", 6, 1, 7),
            ("SELECT", 99, 1, 7),
            ("é+", 2, 1, 2),
            ("é+", 1, 1, 1),
            ("a\nbc\n d", 6, 3, 2),
        ];
        for (text, offset, line, column) in cases {
            let error = SqlError::at(text, offset, "is wrong");
            assert_eq!((error.line, error.column), (line, column), "{text:?}");
        }
        assert_eq!(
            SqlError::at("a\nb", 2, "is wrong").to_string(),
            "line 2, column 1: is wrong"
        );
    }

    #[test]
    fn what_is_quoted_is_short() {
        assert_eq!(quoted("a\"b"), r#""a\"b""#);
        assert_eq!(quoted(&"é".repeat(41)).chars().count(), 43);
    }
}
