//! Reading the XML bodies of S3: elements and text. Attributes, namespaces, comments and entities of one's own are not
//! among what its documents are made of.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use thiserror::Error;

/// How deep elements may lie in each other; S3's lie four deep.
const DEPTH: usize = 16;

/// A body that is not the XML it should be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "The XML you provided was not well-formed or did not validate against our published schema"
)]
pub struct MalformedXml;

/// An element with what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name without prefix.
    pub name: String,
    /// The text directly in it.
    pub text: String,
    /// The elements directly in it, in order.
    pub children: Vec<Element>,
}

impl Element {
    /// Reads a document.
    ///
    /// # Errors
    /// [`MalformedXml`].
    pub fn parse(body: &[u8]) -> Result<Self, MalformedXml> {
        let text = std::str::from_utf8(body).map_err(|_| MalformedXml)?;
        let mut reader = Reader::from_str(text);
        // Begun and not ended; under them all, what holds the root.
        let mut open = vec![Self::default()];
        loop {
            let event = reader.read_event().map_err(|_| MalformedXml)?;
            let top = open.last_mut().ok_or(MalformedXml)?;
            match event {
                Event::Start(tag) => {
                    let name = tag.local_name();
                    open.push(Self::named(name.as_ref())?);
                    if open.len() > DEPTH {
                        return Err(MalformedXml);
                    }
                }
                Event::Empty(tag) => top.children.push(Self::named(tag.local_name().as_ref())?),
                Event::End(_) => {
                    let ended = open.pop().ok_or(MalformedXml)?;
                    let holder = open.last_mut().ok_or(MalformedXml)?;
                    holder.children.push(ended);
                }
                Event::Text(text) => {
                    top.text
                        .push_str(&text.xml10_content().map_err(|_| MalformedXml)?);
                }
                Event::CData(text) => {
                    top.text.push_str(&text.decode().map_err(|_| MalformedXml)?);
                }
                Event::GeneralRef(reference) => {
                    match reference.resolve_char_ref().map_err(|_| MalformedXml)? {
                        Some(character) => top.text.push(character),
                        None => {
                            let name = reference.decode().map_err(|_| MalformedXml)?;
                            let text = resolve_predefined_entity(&name).ok_or(MalformedXml)?;
                            top.text.push_str(text);
                        }
                    }
                }
                Event::DocType(_) => return Err(MalformedXml),
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
        let holder = open.pop().ok_or(MalformedXml)?;
        let mut roots = holder.children.into_iter();
        match (open.is_empty(), roots.next(), roots.next()) {
            (true, Some(root), None) if holder.text.trim().is_empty() => Ok(root),
            _ => Err(MalformedXml),
        }
    }

    fn named(name: &[u8]) -> Result<Self, MalformedXml> {
        let name = std::str::from_utf8(name).map_err(|_| MalformedXml)?;
        Ok(Self {
            name: name.to_owned(),
            ..Self::default()
        })
    }

    /// The elements of this name directly in it.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element of this name directly in it.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element of this name directly in it.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn documents() {
        let parsed = Element::parse(
            br#"<?xml version="1.0"?>
<!-- what goes --><s3:Delete xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/">
  <Object><Key>a &amp; b&#x20;&lt;c&gt;</Key></Object>
  <Object><Key><![CDATA[<d>]]></Key><VersionId/></Object><Quiet>true</Quiet>
</s3:Delete>"#,
        )
        .expect("well formed");
        assert_eq!(parsed.name, "Delete");
        let keys: Vec<_> = parsed
            .all("Object")
            .map(|object| object.value("Key"))
            .collect();
        assert_eq!(keys, [Some("a & b <c>"), Some("<d>")]);
        assert_eq!(parsed.value("Quiet"), Some("true"));
    }

    #[test]
    fn what_is_no_document() {
        let deep = "<a>".repeat(20) + &"</a>".repeat(20);
        for body in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a>&undefined;</a>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            &deep,
        ] {
            assert_eq!(Element::parse(body.as_bytes()), Err(MalformedXml), "{body}");
        }
        assert_eq!(Element::parse(b"<a>\xff</a>"), Err(MalformedXml));
    }

    proptest! {
        #[test]
        fn any_body_has_an_answer(body in "(?s)(<[a/!?]|a|>|&|;|\\[|.)*") {
            let _ = Element::parse(body.as_bytes());
        }
    }
}
