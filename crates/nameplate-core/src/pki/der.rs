//! The few steps of DER reading that X.509 needs, without copying and without recursion.
//!
//! Owns positions in a byte string; must not know what the elements mean.

use std::ops::Range;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const NULL: u8 = 0x05;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// Bytes that are not the DER of what was expected; the text says which part is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not valid DER: {0}")]
pub struct MalformedDer(pub(super) &'static str);

/// One tag-length-value, as positions in the bytes that the reader was made from.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) tag: u8,
    /// Tag, length and content.
    pub(super) full: Range<usize>,
    /// Content only.
    pub(super) body: Range<usize>,
}

/// Reads the elements that stand one after the other in a range of bytes.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader {
            bytes,
            at: 0,
            end: bytes.len(),
        }
    }

    /// A reader of what is inside `element`, which must come from a reader of the same bytes.
    pub(super) fn inside(&self, element: &Element) -> Self {
        Reader {
            bytes: self.bytes,
            at: element.body.start,
            end: element.body.end,
        }
    }

    pub(super) fn body(&self, element: &Element) -> &'a [u8] {
        &self.bytes[element.body.clone()]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at == self.end
    }

    pub(super) fn peek_tag(&self) -> Option<u8> {
        (!self.is_empty()).then(|| self.bytes[self.at])
    }

    fn byte(&mut self) -> Result<u8, MalformedDer> {
        if self.at >= self.end {
            return Err(MalformedDer("it ends in the middle of an element"));
        }
        let byte = self.bytes[self.at];
        self.at += 1;
        Ok(byte)
    }

    /// The next element, whatever its tag.
    pub(super) fn element(&mut self) -> Result<Element, MalformedDer> {
        let start = self.at;
        let tag = self.byte()?;
        if tag & 0x1f == 0x1f {
            return Err(MalformedDer("a tag number above 30"));
        }
        let first = self.byte()?;
        let length = match first {
            0..=0x7f => usize::from(first),
            // Four bytes of length are 4 GiB; nothing here comes near, and the sum below cannot overflow.
            0x81..=0x84 => {
                let mut length = 0u64;
                for _ in 0..first & 0x7f {
                    length = length << 8 | u64::from(self.byte()?);
                }
                let shortest = match first {
                    0x81 => 0x80,
                    more => 1u64 << (8 * (more - 0x81)),
                };
                if length < shortest {
                    return Err(MalformedDer("a length is not in its shortest form"));
                }
                usize::try_from(length).map_err(|_| MalformedDer("a length is too large"))?
            }
            _ => return Err(MalformedDer("a length is indefinite or too large")),
        };
        if length > self.end - self.at {
            return Err(MalformedDer("an element is longer than what holds it"));
        }
        let body = self.at..self.at + length;
        self.at = body.end;
        Ok(Element {
            tag,
            full: start..body.end,
            body,
        })
    }

    /// The next element, which must have this tag; `what` completes "expected …".
    pub(super) fn expect(&mut self, tag: u8, what: &'static str) -> Result<Element, MalformedDer> {
        let element = self.element()?;
        if element.tag == tag {
            Ok(element)
        } else {
            Err(MalformedDer(what))
        }
    }

    /// Nothing may follow.
    pub(super) fn finish(&self, what: &'static str) -> Result<(), MalformedDer> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(MalformedDer(what))
        }
    }
}

/// The positions of a signed structure's parts: certificates and requests share the frame
/// `SEQUENCE { to-be-signed, AlgorithmIdentifier, BIT STRING }`.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    /// What the signature covers, tag and length included.
    pub(super) message: Element,
    /// Content of the AlgorithmIdentifier.
    pub(super) algorithm: Range<usize>,
    /// Bits of the signature.
    pub(super) signature: Range<usize>,
}

pub(super) fn read_signed(reader: &mut Reader<'_>) -> Result<Signed, MalformedDer> {
    let outer = reader.expect(SEQUENCE, "the outermost element is not a SEQUENCE")?;
    let mut inner = reader.inside(&outer);
    let message = inner.expect(SEQUENCE, "the signed part is not a SEQUENCE")?;
    let algorithm = inner
        .expect(SEQUENCE, "the signature algorithm is not a SEQUENCE")?
        .body;
    let bits = inner.expect(BIT_STRING, "the signature is not a BIT STRING")?;
    inner.finish("something follows the signature")?;
    Ok(Signed {
        message,
        algorithm,
        signature: whole_bytes(reader, &bits)?,
    })
}

/// The content of a BIT STRING that has no unused bits.
pub(super) fn whole_bytes(
    reader: &Reader<'_>,
    bits: &Element,
) -> Result<Range<usize>, MalformedDer> {
    match reader.body(bits).first() {
        Some(0) => Ok(bits.body.start + 1..bits.body.end),
        _ => Err(MalformedDer("a BIT STRING is not whole bytes")),
    }
}

/// An object identifier's content as dotted decimals; bytes that are none, as `hex:…`.
pub(super) fn dotted(oid: &[u8]) -> String {
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc: u64 = 0;
    let mut complete = true;
    for byte in oid {
        if arc >> 57 != 0 {
            return format!("hex:{}", hex::encode(oid));
        }
        arc = arc << 7 | u64::from(byte & 0x7f);
        complete = byte & 0x80 == 0;
        if complete {
            if arcs.is_empty() {
                // The first two arcs share one number: 40 × first + second, first at most 2.
                let first = (arc / 40).min(2);
                arcs.extend([first, arc - 40 * first]);
            } else {
                arcs.push(arc);
            }
            arc = 0;
        }
    }
    if !complete || arcs.is_empty() {
        return format!("hex:{}", hex::encode(oid));
    }
    arcs.iter()
        .map(u64::to_string)
        .collect::<Vec<_>>()
        .join(".")
}
