//! Answers of the query protocol: the few forms that values take in XML.

use nameplate_aws::respond::Node;
use nameplate_core::ctx::Millis;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986; a space is `%20`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A point in time: ISO 8601 in whole seconds.
pub fn date(at: Millis) -> Node {
    Node::Text(whole_seconds(at))
}

/// The same as a text.
pub fn whole_seconds(at: Millis) -> String {
    let text = Millis(at.as_seconds() * 1000).to_string();
    text.replace(".000Z", "Z")
}

/// A policy document, percent-encoded as IAM sends them.
pub fn document(text: &str) -> Node {
    Node::Text(utf8_percent_encode(text, RESERVED).to_string())
}

/// The members of a structure, in the order they are added.
#[derive(Default)]
pub struct Members(Vec<(String, Node)>);

impl Members {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text or a number.
    #[must_use]
    pub fn text(self, name: &str, value: impl ToString) -> Self {
        self.node(name, Node::Text(value.to_string()))
    }

    /// Adds a text where there is one.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds any value.
    #[must_use]
    pub fn node(mut self, name: &str, value: Node) -> Self {
        self.0.push((name.to_owned(), value));
        self
    }

    /// The structure.
    pub fn build(self) -> Node {
        Node::Structure(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_whole_seconds_and_documents_no_plus() {
        assert_eq!(
            date(Millis(1_764_000_000_999)),
            Node::text("2025-11-24T16:00:00Z")
        );
        assert_eq!(
            document(r#"{"a": "é+"}"#),
            Node::text("%7B%22a%22%3A%20%22%C3%A9%2B%22%7D")
        );
    }
}
