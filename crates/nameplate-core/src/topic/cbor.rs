//! CBOR (RFC 8949), as much as requests and answers of MQTT services need: documents that JSON could say too.

use serde_json::Value;

/// Nesting that is followed in what a client sends.
const DEPTH: usize = 32;

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const OTHER: u8 = 7;
/// Additional information of an item whose end is marked by [`BREAK`].
const INDEFINITE: u8 = 31;
const BREAK: u8 = 0xff;

/// Encodes a document. Numbers that are no 64-bit integers become doubles.
pub fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(false) => out.push(0xf4),
        Value::Bool(true) => out.push(0xf5),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => head(UNSIGNED, number, out),
            // -1 - n, as the format has it; a negative i64 fits.
            (None, Some(number)) => head(NEGATIVE, number.unsigned_abs() - 1, out),
            (None, None) => {
                out.push(0xfb);
                out.extend(number.as_f64().unwrap_or_default().to_be_bytes());
            }
        },
        Value::String(text) => {
            head(TEXT, text.len() as u64, out);
            out.extend(text.as_bytes());
        }
        Value::Array(items) => {
            head(ARRAY, items.len() as u64, out);
            items.iter().for_each(|item| encode(item, out));
        }
        Value::Object(members) => {
            head(MAP, members.len() as u64, out);
            for (name, value) in members {
                head(TEXT, name.len() as u64, out);
                out.extend(name.as_bytes());
                encode(value, out);
            }
        }
    }
}

fn head(major: u8, number: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    match number {
        0..=23 => out.push(major | number as u8),
        24..=0xff => out.extend([major | 24, number as u8]),
        0x100..=0xffff => {
            out.push(major | 25);
            out.extend((number as u16).to_be_bytes());
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 26);
            out.extend((number as u32).to_be_bytes());
        }
        _ => {
            out.push(major | 27);
            out.extend(number.to_be_bytes());
        }
    }
}

/// The text that a map has under a key, the first of them; `None` where it has none or is no right document up to
/// there.
pub fn text_member<'a>(document: &'a [u8], key: &str) -> Option<&'a str> {
    let mut rest = Reader(document);
    let (MAP, count) = rest.head()? else {
        return None;
    };
    let mut left = count;
    loop {
        match &mut left {
            Some(0) => return None,
            Some(left) => *left -= 1,
            None if rest.0.first() == Some(&BREAK) => return None,
            None => {}
        }
        let name = rest.text()?;
        if name == Some(key) {
            return rest.text()?;
        }
        rest.skip(DEPTH)?;
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    /// Major type and number of the next item; no number where its length is open.
    fn head(&mut self) -> Option<(u8, Option<u64>)> {
        let first = *self.take(1)?.first()?;
        let (major, info) = (first >> 5, first & 0x1f);
        let number = match info {
            0..=23 => u64::from(info),
            24..=27 => self
                .take(1 << (info - 24))?
                .iter()
                .fold(0, |number, byte| number << 8 | u64::from(*byte)),
            INDEFINITE if matches!(major, BYTES | TEXT | ARRAY | MAP) => {
                return Some((major, None));
            }
            _ => return None,
        };
        Some((major, Some(number)))
    }

    /// The next item: its text, or that it is none in one piece.
    fn text(&mut self) -> Option<Option<&'a str>> {
        let mut after = Reader(self.0);
        if let (TEXT, Some(length)) = after.head()? {
            let text = std::str::from_utf8(after.take(length)?).ok()?;
            self.0 = after.0;
            return Some(Some(text));
        }
        self.skip(DEPTH)?;
        Some(None)
    }

    fn skip(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let (major, number) = self.head()?;
        match (major, number) {
            (UNSIGNED | NEGATIVE | OTHER, _) => {}
            (BYTES | TEXT, Some(length)) => {
                self.take(length)?;
            }
            (TAG, _) => self.skip(depth)?,
            (ARRAY | MAP, Some(count)) => {
                let items = count.checked_mul(if major == MAP { 2 } else { 1 })?;
                // Each takes a byte at least, so a count that lies ends with the document.
                for _ in 0..items {
                    self.skip(depth)?;
                }
            }
            _ => {
                while self.0.first() != Some(&BREAK) {
                    self.skip(depth)?;
                }
                self.take(1)?;
            }
        }
        Some(())
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

    /// Cases of RFC 8949, appendix A.
    #[test]
    fn encodes_as_the_rfc() {
        for (value, bytes) in [
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
            let bytes = hex::decode(bytes.replace(' ', "")).expect("hex");
            assert_eq!(encoded(&value), bytes, "{value}");
        }
    }

    #[test]
    fn finds_a_text() {
        let document = encoded(&json!({"a": {"c": "no"}, "b": [1, "x"], "c": "token", "d": 1}));
        assert_eq!(text_member(&document, "c"), Some("token"));
        assert_eq!(text_member(&document, "b"), None);
        assert_eq!(text_member(&document, "z"), None);
        // Open lengths: {_ "a": [_ 1], "c": "t"}
        let open = hex::decode("bf61619f01ff61636174ff").expect("hex");
        assert_eq!(text_member(&open, "c"), Some("t"));
        assert_eq!(text_member(b"", "c"), None);
        assert_eq!(text_member(&[0x9f; 200], "c"), None);
        assert_eq!(text_member(&[0xbf; 200], "c"), None);
        assert_eq!(
            text_member(&hex::decode("bbffffffffffffffff6161").expect("hex"), "c"),
            None
        );
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = text_member(&bytes, "c");
        }
    }
}
