//! Requests: what a topic asks for, and what its payload holds.

use super::answer::{Rejection, Why};
use crate::cbor;
use minicbor::Decoder;
use minicbor::data::Type;
use serde_json::{Map, Value};

/// Bytes of a token that is sent back.
const TOKEN_BYTES: usize = 64;
/// Bytes of a block, at the least and at the most.
const BLOCK_BYTES: std::ops::RangeInclusive<u64> = 256..=131_072;
/// The number of a block, and how many blocks are asked for, at the most.
const BLOCKS: u64 = 98_304;
/// Bytes of a bitmap.
const BITMAP_BYTES: usize = 12_288;
/// Members of a request in CBOR that are read; those of ours are seven.
const MEMBERS: usize = 32;

/// How payloads are written, which the last level of the topic says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `…/json`.
    Json,
    /// `…/cbor`.
    Cbor,
}

impl Format {
    /// Its name in topics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Cbor => "cbor",
        }
    }

    pub(super) fn write(self, document: Value) -> Vec<u8> {
        match self {
            Self::Json => document.to_string().into_bytes(),
            Self::Cbor => {
                let mut out = Vec::new();
                cbor::encode(&document, &mut out);
                out
            }
        }
    }
}

/// What a topic asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Blocks of a file.
    Get,
    /// Which files there are.
    Describe,
}

impl Operation {
    /// The topic up to the stream's id, that id, what is asked for and how it is written. `None` for other topics.
    pub fn of_topic(topic: &str) -> Option<(&str, &str, Self, Format)> {
        let (rest, format) = topic.rsplit_once('/')?;
        let format = match format {
            "json" => Format::Json,
            "cbor" => Format::Cbor,
            _ => return None,
        };
        let (above, word) = rest.rsplit_once('/')?;
        let operation = match word {
            "get" => Self::Get,
            "describe" => Self::Describe,
            _ => return None,
        };
        let (before, stream) = above.rsplit_once('/')?;
        let thing = before
            .strip_prefix("$aws/things/")?
            .strip_suffix("/streams")?;
        let right = !thing.is_empty() && !thing.contains('/') && !stream.is_empty();
        right.then_some((above, stream, operation, format))
    }
}

/// What a device asks for, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Which files there are.
    Describe,
    /// Blocks of a file.
    Get(Get),
}

/// A request for blocks of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Get {
    /// The version that the stream must have.
    pub version: Option<i64>,
    /// The file.
    pub file: i64,
    /// Bytes of a block.
    pub size: u64,
    offset: u64,
    count: u64,
    bitmap: Option<Vec<u8>>,
}

impl Get {
    /// The blocks that are meant of a file of so many bytes, in their order.
    ///
    /// # Errors
    /// The first lies behind the file's end.
    pub fn blocks(
        &self,
        bytes: u64,
    ) -> Result<impl Iterator<Item = u64> + Send + use<>, Rejection> {
        let all = bytes.div_ceil(self.size);
        if self.offset >= all {
            let why = format!("The file has {all} blocks of {} bytes", self.size);
            return Err(Rejection::new(Why::Offset, why));
        }
        let (offset, bitmap) = (self.offset, self.bitmap.clone());
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        let asked = move |number: &u64| match &bitmap {
            None => true,
            Some(bitmap) => {
                let at = number - offset;
                let byte = usize::try_from(at / 8).ok().and_then(|at| bitmap.get(at));
                byte.is_some_and(|byte| byte & 1 << (at % 8) != 0)
            }
        };
        Ok((offset..all).filter(asked).take(count))
    }
}

/// What a request holds, whatever its format.
#[derive(Default)]
struct Members {
    version: Option<i64>,
    file: Option<i64>,
    size: Option<i64>,
    offset: Option<i64>,
    count: Option<i64>,
    bitmap: Option<Vec<u8>>,
}

/// The token of a payload, where it has a right one. It is answered even to a request that is refused.
pub fn token(format: Format, payload: &[u8]) -> Option<String> {
    let token = match format {
        Format::Json => {
            let document: Value = serde_json::from_slice(payload).ok()?;
            document.get("c")?.as_str()?.to_owned()
        }
        Format::Cbor => read_cbor(payload).ok()?.1?,
    };
    (token.len() <= TOKEN_BYTES).then_some(token)
}

impl Request {
    /// Reads a payload.
    ///
    /// # Errors
    /// What the device is answered.
    pub fn read(operation: Operation, format: Format, payload: &[u8]) -> Result<Self, Rejection> {
        if operation == Operation::Describe && payload.is_empty() {
            return Ok(Self::Describe);
        }
        let members = match format {
            Format::Json => read_json(payload)?,
            Format::Cbor => read_cbor(payload)?.0,
        };
        match operation {
            Operation::Describe => Ok(Self::Describe),
            Operation::Get => members.get().map(Self::Get),
        }
    }
}

impl Members {
    fn get(self) -> Result<Get, Rejection> {
        let needed = |what: &str| Rejection::new(Why::Request, format!("{what} is required"));
        let size = self.size.ok_or_else(|| needed("l, the size of a block,"))?;
        let size = u64::try_from(size)
            .ok()
            .filter(|size| BLOCK_BYTES.contains(size));
        let size =
            size.ok_or_else(|| Rejection::new(Why::BlockSize, "The block size is out of bounds"))?;
        let bounded = |number: i64, why: Why, what: &str| {
            let found = u64::try_from(number)
                .ok()
                .filter(|number| *number <= BLOCKS);
            found.ok_or_else(|| Rejection::new(why, format!("{what} is out of bounds")))
        };
        if self
            .bitmap
            .as_ref()
            .is_some_and(|bitmap| bitmap.len() > BITMAP_BYTES)
        {
            let why = format!("The bitmap is longer than {BITMAP_BYTES} bytes");
            return Err(Rejection::new(Why::Bitmap, why));
        }
        let count = self.count.unwrap_or(match self.bitmap {
            Some(_) => BLOCKS as i64,
            None => 1,
        });
        Ok(Get {
            version: self.version,
            file: self.file.ok_or_else(|| needed("f, the file,"))?,
            size,
            offset: bounded(self.offset.unwrap_or(0), Why::Offset, "The offset")?,
            count: bounded(count, Why::BlockCount, "The number of blocks")?,
            bitmap: self.bitmap,
        })
    }
}

fn read_json(payload: &[u8]) -> Result<Members, Rejection> {
    let document = serde_json::from_slice(payload)
        .map_err(|why| Rejection::new(Why::Json, format!("The payload is no JSON: {why}")))?;
    let Value::Object(members) = document else {
        return Err(Rejection::new(Why::Request, "The payload is no object"));
    };
    let number = |name: &str| integer(&members, name);
    Ok(Members {
        version: number("s")?,
        file: number("f")?,
        size: number("l")?,
        offset: number("o")?,
        count: number("n")?,
        bitmap: match members.get("b") {
            None | Some(Value::Null) => None,
            Some(bitmap) => Some(bits(bitmap)?),
        },
    })
}

fn integer(members: &Map<String, Value>, name: &str) -> Result<Option<i64>, Rejection> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_i64() {
            Some(number) => Ok(Some(number)),
            None => Err(Rejection::new(
                Why::Request,
                format!("{name} is no whole number"),
            )),
        },
    }
}

/// A bitmap as JSON has it: hexadecimal digits.
fn bits(bitmap: &Value) -> Result<Vec<u8>, Rejection> {
    let text = bitmap.as_str().unwrap_or_default();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode(digits)
        .ok()
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| Rejection::new(Why::Request, "b is not a bitmap in hexadecimal digits"))
}

/// A map of texts, numbers and byte strings, and its token. Members of other kinds and names are passed over; memory
/// follows the bytes that are there, never a length that they claim.
fn read_cbor(payload: &[u8]) -> Result<(Members, Option<String>), Rejection> {
    let malformed = || Rejection::new(Why::Cbor, "The payload is no map of CBOR");
    let mut rest = Decoder::new(payload);
    let mut left = rest.map().map_err(|_| malformed())?;
    let (mut members, mut token) = (Members::default(), None);
    for _ in 0..=MEMBERS {
        match left {
            Some(0) => return Ok((members, token)),
            Some(count) => left = Some(count - 1),
            None => {
                if rest.datatype().map_err(|_| malformed())? == Type::Break {
                    return Ok((members, token));
                }
            }
        }
        let name = rest.str().map_err(|_| malformed())?;
        let kind = rest.datatype().map_err(|_| malformed())?;
        let whole = matches!(
            kind,
            Type::U8
                | Type::U16
                | Type::U32
                | Type::U64
                | Type::I8
                | Type::I16
                | Type::I32
                | Type::I64
        );
        let place = match name {
            "s" => &mut members.version,
            "f" => &mut members.file,
            "l" => &mut members.size,
            "o" => &mut members.offset,
            "n" => &mut members.count,
            "b" if kind == Type::Bytes => {
                members.bitmap = Some(rest.bytes().map_err(|_| malformed())?.to_vec());
                continue;
            }
            "c" if kind == Type::String => {
                token = Some(rest.str().map_err(|_| malformed())?.to_owned());
                continue;
            }
            "b" => return Err(Rejection::new(Why::Request, "b is no byte string")),
            _ => {
                rest.skip().map_err(|_| malformed())?;
                continue;
            }
        };
        if !whole {
            let why = format!("{name} is no whole number");
            return Err(Rejection::new(Why::Request, why));
        }
        *place = Some(rest.i64().map_err(|_| malformed())?);
    }
    Err(Rejection::new(
        Why::Request,
        "The payload has too many members",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn topics_say_what_is_asked() {
        for (topic, found) in [
            (
                "$aws/things/t/streams/s/get/cbor",
                Some(("$aws/things/t/streams/s", "s", Operation::Get, Format::Cbor)),
            ),
            (
                "$aws/things/t/streams/s/describe/json",
                Some((
                    "$aws/things/t/streams/s",
                    "s",
                    Operation::Describe,
                    Format::Json,
                )),
            ),
            ("$aws/things/t/streams/s/get/xml", None),
            ("$aws/things/t/streams/s/data/json", None),
            ("$aws/things//streams/s/get/json", None),
            ("$aws/things/t/jobs/get", None),
            ("a/b", None),
        ] {
            assert_eq!(Operation::of_topic(topic), found, "{topic}");
        }
    }

    fn get(document: &Value) -> Result<Get, &'static str> {
        let json = Request::read(
            Operation::Get,
            Format::Json,
            document.to_string().as_bytes(),
        );
        match json {
            Ok(Request::Get(get)) => Ok(get),
            Ok(Request::Describe) => Err("described"),
            Err(refused) => Err(refused.why.code()),
        }
    }

    #[test]
    fn blocks_are_those_that_are_asked_for() {
        let blocks = |document: Value, bytes: u64| -> Result<Vec<u64>, &'static str> {
            let found = get(&document)?
                .blocks(bytes)
                .map_err(|refused| refused.why.code())?;
            Ok(found.collect())
        };
        for (document, bytes, found) in [
            (json!({"f": 0, "l": 256}), 1000, Ok(vec![0])),
            (
                json!({"f": 0, "l": 256, "o": 2, "n": 5}),
                1000,
                Ok(vec![2, 3]),
            ),
            (json!({"f": 0, "l": 256, "o": 0, "n": 0}), 1000, Ok(vec![])),
            (json!({"f": 0, "l": 256, "b": "0x05"}), 1000, Ok(vec![0, 2])),
            (
                json!({"f": 0, "l": 256, "o": 1, "n": 1, "b": "06"}),
                1000,
                Ok(vec![2]),
            ),
            (
                json!({"f": 0, "l": 256, "o": 4}),
                1000,
                Err("OffsetOutOfBounds"),
            ),
            (json!({"f": 0, "l": 256}), 0, Err("OffsetOutOfBounds")),
            (json!({"f": 0, "l": 255}), 1000, Err("BlockSizeOutOfBounds")),
            (
                json!({"f": 0, "l": 131_073}),
                1000,
                Err("BlockSizeOutOfBounds"),
            ),
            (
                json!({"f": 0, "l": 256, "o": -1}),
                1000,
                Err("OffsetOutOfBounds"),
            ),
            (
                json!({"f": 0, "l": 256, "n": 98_305}),
                1000,
                Err("BlockCountLimitExceeded"),
            ),
            (
                json!({"f": 0, "l": 256, "b": "0".repeat(24_578)}),
                1000,
                Err("BlockBitmapLimitExceeded"),
            ),
            (json!({"l": 256}), 1000, Err("InvalidRequest")),
            (json!({"f": 0}), 1000, Err("InvalidRequest")),
            (json!({"f": "0", "l": 256}), 1000, Err("InvalidRequest")),
            (
                json!({"f": 0, "l": 256, "b": "zz"}),
                1000,
                Err("InvalidRequest"),
            ),
            (json!([]), 1000, Err("InvalidRequest")),
        ] {
            assert_eq!(blocks(document.clone(), bytes), found, "{document}");
        }
        let garbage = Request::read(Operation::Get, Format::Json, b"\xff");
        assert_eq!(garbage.expect_err("no JSON").why, Why::Json);
        assert_eq!(
            Request::read(Operation::Describe, Format::Json, b""),
            Ok(Request::Describe)
        );
    }

    /// As the library of FreeRTOS encodes it.
    #[test]
    fn cbor_has_byte_strings_for_bitmaps() {
        let mut out = Vec::new();
        let mut encoder = minicbor::Encoder::new(&mut out);
        let done = (|| {
            encoder
                .map(6)?
                .str("c")?
                .str("rdy")?
                .str("f")?
                .u8(3)?
                .str("l")?
                .u16(4096)?;
            encoder
                .str("o")?
                .u8(0)?
                .str("b")?
                .bytes(&[0b1010])?
                .str("n")?
                .u8(1)?;
            Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        assert!(done.is_ok());
        let Ok(Request::Get(get)) = Request::read(Operation::Get, Format::Cbor, &out) else {
            panic!("it is right")
        };
        let found: Vec<u64> = get.blocks(100_000).expect("within it").collect();
        assert_eq!((get.file, get.size, found), (3, 4096, vec![1]));
        assert_eq!(token(Format::Cbor, &out).as_deref(), Some("rdy"));
        for bytes in [
            &b"\xa1"[..],
            b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff",
            b"\xa1\x61\x62\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
            b"\xa1\x01\x02",
            b"\x80",
            b"",
        ] {
            let refused = Request::read(Operation::Get, Format::Cbor, bytes);
            assert_eq!(refused.expect_err("no map").why, Why::Cbor, "{bytes:?}");
        }
        let bomb = [b"\xa1\x61\x78".as_slice(), &vec![0x81; 100_000]].concat();
        assert!(Request::read(Operation::Get, Format::Cbor, &bomb).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..100)) {
            for format in [Format::Json, Format::Cbor] {
                let _ = Request::read(Operation::Get, format, &bytes);
                let _ = token(format, &bytes);
            }
        }
    }
}
