//! Writing XML: the answers of the query protocol, and error documents.

use quick_xml::escape::escape;
use serde_json::Value;

use crate::model::{Operation, model};

/// A value in an answer of the query protocol or of S3. S3 repeats an element instead of wrapping a list's items.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Text; also numbers, booleans and dates, already written out.
    Text(String),
    /// Named elements, in order.
    Structure(Vec<(String, Node)>),
    /// Items, each wrapped in `<member>`.
    List(Vec<Node>),
}

impl Node {
    /// A text node.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A structure of named nodes.
    pub fn structure<N: Into<String>>(members: impl IntoIterator<Item = (N, Node)>) -> Self {
        Self::Structure(
            members
                .into_iter()
                .map(|(name, node)| (name.into(), node))
                .collect(),
        )
    }
}

/// JSON as XML would have it: numbers and booleans written out, members without a value left
/// out.
impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Structure(Vec::new()),
            Value::Bool(value) => Self::Text(value.to_string()),
            Value::Number(number) => Self::Text(number.to_string()),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Object(members) => Self::Structure(
                members
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(name, value)| (name.clone(), value.into()))
                    .collect(),
            ),
        }
    }
}

/// The success body of a query-protocol operation. The result element is there whenever the
/// operation declares an output, also when `result` is `None`; an operation without output has
/// only the metadata.
pub fn query_response(operation: &Operation, result: Option<&Node>, request_id: &str) -> Vec<u8> {
    let namespace = model(operation.service).xml_namespace;
    let response = format!("{}Response", operation.name);
    let mut writer = Writer::new();
    writer.open_in(&response, namespace);
    if operation.has_output {
        let empty = Node::Structure(Vec::new());
        writer.node(
            &format!("{}Result", operation.name),
            result.unwrap_or(&empty),
        );
    }
    writer.open("ResponseMetadata");
    writer.element("RequestId", request_id);
    writer.close("ResponseMetadata");
    writer.close(&response);
    writer.finish()
}

/// A document of S3: the element `root` with what is in it.
pub fn s3_document(root: &str, node: &Node) -> Vec<u8> {
    const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
    let mut writer = Writer::with_declaration();
    writer.open_in(root, NAMESPACE);
    writer.content(node);
    writer.close(root);
    writer.finish()
}

/// Appends elements to a document. Element names come from tables and are not escaped.
pub(super) struct Writer {
    out: String,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { out: String::new() }
    }

    pub(super) fn with_declaration() -> Self {
        Self {
            out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
        }
    }

    pub(super) fn open(&mut self, name: &str) {
        self.out.push_str(&format!("<{name}>"));
    }

    pub(super) fn open_in(&mut self, name: &str, namespace: &str) {
        self.out
            .push_str(&format!("<{name} xmlns=\"{}\">", escape(namespace)));
    }

    pub(super) fn close(&mut self, name: &str) {
        self.out.push_str(&format!("</{name}>"));
    }

    pub(super) fn element(&mut self, name: &str, text: &str) {
        self.open(name);
        self.text(text);
        self.close(name);
    }

    pub(super) fn node(&mut self, name: &str, node: &Node) {
        self.open(name);
        self.content(node);
        self.close(name);
    }

    fn content(&mut self, node: &Node) {
        match node {
            Node::Text(text) => self.text(text),
            Node::Structure(members) => {
                for (name, member) in members {
                    self.node(name, member);
                }
            }
            Node::List(items) => {
                for item in items {
                    self.node("member", item);
                }
            }
        }
    }

    /// Text with markup escaped. Characters that XML 1.0 cannot hold at all become U+FFFD, so
    /// that a hostile name never makes the answer unreadable. A carriage return is written as
    /// a reference, or readers would turn it into a line feed.
    fn text(&mut self, text: &str) {
        let text: String = text
            .chars()
            .map(|c| match c {
                '\t' | '\n' | '\r' => c,
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
                _ => c,
            })
            .collect();
        self.out
            .push_str(&escape(text.as_str()).replace('\r', "&#13;"));
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }
}
