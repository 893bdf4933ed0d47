//! CBOR (RFC 8949), as much as requests and answers of MQTT services need: documents that JSON could say too.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use serde_json::{Map, Number, Value};

/// Nesting that is followed in what a client sends.
const DEPTH: usize = 16;

/// Why bytes are no document that JSON could say too.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// No CBOR, or cut off.
    #[error("it is no well-formed CBOR at byte {0}")]
    Syntax(usize),
    /// An item that a JSON document cannot hold.
    #[error("{what} at byte {at} has no place in it")]
    Item {
        /// What it is.
        what: &'static str,
        /// Where.
        at: usize,
    },
    /// The document ends before the bytes do.
    #[error("it goes on after its end at byte {0}")]
    Trailing(usize),
}

/// Encodes a document. Numbers that are no 64-bit integers become doubles; lengths are definite.
pub fn encode(value: &Value, out: &mut Vec<u8>) {
    // A vector takes whatever is written, so nothing fails here.
    let _ = write(value, &mut Encoder::new(out));
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn write(value: &Value, out: &mut Encoder<&mut Vec<u8>>) -> Written {
    match value {
        Value::Null => out.null()?,
        Value::Bool(truth) => out.bool(*truth)?,
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => out.u64(number)?,
            (None, Some(number)) => out.i64(number)?,
            (None, None) => out.f64(number.as_f64().unwrap_or_default())?,
        },
        Value::String(text) => out.str(text)?,
        Value::Array(items) => {
            out.array(items.len() as u64)?;
            return items.iter().try_for_each(|item| write(item, out));
        }
        Value::Object(members) => {
            out.map(members.len() as u64)?;
            return members.iter().try_for_each(|(name, value)| {
                out.str(name)?;
                write(value, out)
            });
        }
    };
    Ok(())
}

/// Reads a document whole: maps with text keys, lists, texts, numbers, booleans and null, with definite or open lengths;
/// tags are passed over. Memory follows the bytes that are there, never a length that they claim.
pub fn decode(document: &[u8]) -> Result<Value, Malformed> {
    let mut rest = Decoder::new(document);
    let value = read(&mut rest, DEPTH)?;
    match rest.position() {
        end if end < document.len() => Err(Malformed::Trailing(end)),
        _ => Ok(value),
    }
}

fn read(rest: &mut Decoder<'_>, depth: usize) -> Result<Value, Malformed> {
    let at = rest.position();
    let odd = |what| Malformed::Item { what, at };
    let syntax = |_| Malformed::Syntax(at);
    let depth = depth.checked_sub(1).ok_or(odd("so deep a nesting"))?;
    Ok(match rest.datatype().map_err(syntax)? {
        Type::Null | Type::Undefined => {
            rest.skip().map_err(syntax)?;
            Value::Null
        }
        Type::Bool => rest.bool().map_err(syntax)?.into(),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => rest.u64().map_err(syntax)?.into(),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => rest.i64().map_err(syntax)?.into(),
        Type::F16 => return Err(odd("a number of half precision")),
        Type::F32 | Type::F64 => {
            let number = Number::from_f64(rest.f64().map_err(syntax)?);
            number.ok_or(odd("a number that is none"))?.into()
        }
        Type::String | Type::StringIndef => text(rest)?.into(),
        Type::Array | Type::ArrayIndef => {
            let mut left = rest.array().map_err(syntax)?;
            let mut items = Vec::new();
            while more(rest, &mut left)? {
                items.push(read(rest, depth)?);
            }
            items.into()
        }
        Type::Map | Type::MapIndef => {
            let mut left = rest.map().map_err(syntax)?;
            let mut members = Map::new();
            while more(rest, &mut left)? {
                let at = rest.position();
                let odd = |what| Malformed::Item { what, at };
                let name = match rest.datatype().map_err(|_| Malformed::Syntax(at))? {
                    Type::String | Type::StringIndef => text(rest)?,
                    _ => return Err(odd("a key that is no text")),
                };
                if members.insert(name, read(rest, depth)?).is_some() {
                    return Err(odd("a key that was there before"));
                }
            }
            members.into()
        }
        Type::Tag => {
            rest.tag().map_err(syntax)?;
            return read(rest, depth);
        }
        Type::Bytes | Type::BytesIndef => return Err(odd("a byte string")),
        Type::Int => return Err(odd("an integer of more than 64 bits")),
        Type::Simple => return Err(odd("a simple value")),
        Type::Break | Type::Unknown(_) => return Err(Malformed::Syntax(at)),
    })
}

/// Whether one more item follows, of those that are `left` or up to a break.
fn more(rest: &mut Decoder<'_>, left: &mut Option<u64>) -> Result<bool, Malformed> {
    let at = rest.position();
    match left {
        Some(0) => Ok(false),
        Some(left) => {
            *left -= 1;
            Ok(true)
        }
        None => match rest.datatype().map_err(|_| Malformed::Syntax(at))? {
            Type::Break => {
                rest.skip().map_err(|_| Malformed::Syntax(at))?;
                Ok(false)
            }
            _ => Ok(true),
        },
    }
}

fn text(rest: &mut Decoder<'_>) -> Result<String, Malformed> {
    let at = rest.position();
    let mut whole = String::new();
    for part in rest.str_iter().map_err(|_| Malformed::Syntax(at))? {
        whole.push_str(part.map_err(|_| Malformed::Syntax(at))?);
    }
    Ok(whole)
}

/// The text that a document has under a key; `None` where it has none or is no right document.
pub fn text_member(document: &[u8], key: &str) -> Option<String> {
    match decode(document).ok()?.get_mut(key)?.take() {
        Value::String(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn encoded(value: &Value) -> Vec<u8> {
        let mut out = Vec::new();
        encode(value, &mut out);
        out
    }

    fn bytes(hex: &str) -> Vec<u8> {
        hex::decode(hex.replace(' ', "")).expect("hex")
    }

    /// Cases of RFC 8949, appendix A.
    #[test]
    fn encodes_as_the_rfc_and_reads_it_back() {
        for (value, written) in [
            (json!(0), "00"),
            (json!(23), "17"),
            (json!(24), "1818"),
            (json!(1000), "1903e8"),
            (json!(1_000_000), "1a000f4240"),
            (json!(u64::MAX), "1bffffffffffffffff"),
            (json!(-1), "20"),
            (json!(-100), "3863"),
            (json!(1.1), "fb3ff199999999999a"),
            (json!(null), "f6"),
            (json!(true), "f5"),
            (json!("ü"), "62c3bc"),
            (json!([1, [2, 3]]), "8201820203"),
            (json!({"a": 1, "b": [2]}), "a26161016162 8102"),
        ] {
            assert_eq!(encoded(&value), bytes(written), "{value}");
            assert_eq!(decode(&bytes(written)), Ok(value));
        }
    }

    #[test]
    fn reads_open_lengths_and_tags() {
        for (written, value) in [
            ("bf6161016162 9f0203ff ff", json!({"a": 1, "b": [2, 3]})),
            ("7f657374726561646d696e67ff", json!("streaming")),
            ("bf 7f6161 6162ff 7f6163ff ff", json!({"ab": "c"})),
            ("d9d9f7 a0", json!({})),
            ("fa3fc00000", json!(1.5)),
            ("f7", json!(null)),
        ] {
            assert_eq!(decode(&bytes(written)), Ok(value), "{written}");
        }
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let item = |what, at| Malformed::Item { what, at };
        for (written, why) in [
            ("", Malformed::Syntax(0)),
            ("a1", Malformed::Syntax(1)),
            ("ff", Malformed::Syntax(0)),
            ("bf6161", Malformed::Syntax(3)),
            ("62ff00", Malformed::Syntax(0)),
            ("a0a0", Malformed::Trailing(1)),
            ("4161", item("a byte string", 0)),
            ("a10101", item("a key that is no text", 1)),
            ("a2616101616102", item("a key that was there before", 4)),
            ("f93e00", item("a number of half precision", 0)),
            ("fa7fc00000", item("a number that is none", 0)),
            (
                "3bffffffffffffffff",
                item("an integer of more than 64 bits", 0),
            ),
        ] {
            assert_eq!(decode(&bytes(written)), Err(why), "{written}");
        }
    }

    /// Lengths that lie and nesting without end cost no more than their bytes.
    #[test]
    fn bombs_do_not_go_off() {
        for head in ["9b", "bb", "7b", "5b"] {
            let lie = bytes(&format!("{head}7fffffffffffffff"));
            assert!(decode(&lie).is_err(), "{head}");
        }
        for open in [0x81, 0x9f, 0xbf, 0xc1, 0xa1, 0x7f] {
            assert!(decode(&vec![open; 128 * 1024]).is_err(), "{open:x}");
        }
        let mut deep = vec![0x81; DEPTH];
        deep.push(0);
        assert!(decode(&deep).is_err());
        assert!(decode(&deep[1..]).is_ok());
    }

    #[test]
    fn finds_a_text() {
        let document = encoded(&json!({"a": {"c": "no"}, "b": [1, "x"], "c": "token", "d": 1}));
        assert_eq!(text_member(&document, "c").as_deref(), Some("token"));
        assert_eq!(text_member(&document, "b"), None);
        assert_eq!(text_member(&document, "z"), None);
        assert_eq!(text_member(b"", "c"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            if let Ok(value) = decode(&bytes) {
                proptest::prop_assert_eq!(decode(&encoded(&value)), Ok(value));
            }
        }
    }
}
