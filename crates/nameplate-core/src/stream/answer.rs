//! What devices are answered.

use super::request::Format;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minicbor::Encoder;
use serde_json::{Map, Value, json};

/// Why a request is rejected. AWS guide: mqtt-based-file-delivery-in-devices, error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The payload is no JSON.
    Json,
    /// The payload is no CBOR.
    Cbor,
    /// It is no right request.
    Request,
    /// The stream's role may not read the file.
    Unauthorized,
    /// A block is too small or too large.
    BlockSize,
    /// The first block lies behind the file's end.
    Offset,
    /// More blocks than may be asked for.
    BlockCount,
    /// A longer bitmap than may be sent.
    Bitmap,
    /// No such stream, or file.
    Absent,
    /// The stream has another version.
    Version,
    /// Ours.
    Internal,
}

impl Why {
    /// `o` of the rejection.
    pub fn code(self) -> &'static str {
        match self {
            Self::Json => "InvalidJson",
            Self::Cbor => "InvalidCbor",
            Self::Request => "InvalidRequest",
            Self::Unauthorized => "Unauthorized",
            Self::BlockSize => "BlockSizeOutOfBounds",
            Self::Offset => "OffsetOutOfBounds",
            Self::BlockCount => "BlockCountLimitExceeded",
            Self::Bitmap => "BlockBitmapLimitExceeded",
            Self::Absent => "ResourceNotFound",
            Self::Version => "VersionMismatch",
            Self::Internal => "InternalError",
        }
    }
}

/// A request that is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Why.
    pub why: Why,
    /// `m`, for the device's maker.
    pub message: String,
}

impl Rejection {
    /// A rejection with this message.
    pub fn new(why: Why, message: impl Into<String>) -> Self {
        Self {
            why,
            message: message.into(),
        }
    }

    /// The payload of `rejected`.
    pub fn write(&self, format: Format, token: Option<&str>) -> Vec<u8> {
        let mut members = Map::new();
        members.insert("o".into(), self.why.code().into());
        members.insert("m".into(), self.message.as_str().into());
        format.write(with(members, token))
    }
}

fn with(mut members: Map<String, Value>, token: Option<&str>) -> Value {
    if let Some(token) = token {
        members.insert("c".into(), token.into());
    }
    Value::Object(members)
}

/// The payload of `description`: the stream's version, and ids and sizes of its files.
pub fn description(
    format: Format,
    token: Option<&str>,
    version: i64,
    text: Option<&str>,
    files: &[(i64, u64)],
) -> Vec<u8> {
    let files: Vec<Value> = files
        .iter()
        .map(|(id, size)| json!({"f": id, "z": size}))
        .collect();
    let mut members = Map::new();
    members.insert("s".into(), version.into());
    if let Some(text) = text {
        members.insert("d".into(), text.into());
    }
    members.insert("r".into(), files.into());
    format.write(with(members, token))
}

/// A block of a file.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// The file.
    pub file: i64,
    /// Its number, from 0.
    pub number: u64,
    /// Its bytes: of the last block, those that are left.
    pub bytes: &'a [u8],
}

impl Block<'_> {
    /// The payload of `data`.
    pub fn write(&self, format: Format, token: Option<&str>) -> Vec<u8> {
        match format {
            Format::Json => {
                let mut members = Map::new();
                members.insert("f".into(), self.file.into());
                members.insert("l".into(), self.bytes.len().into());
                members.insert("i".into(), self.number.into());
                members.insert("p".into(), STANDARD.encode(self.bytes).into());
                with(members, token).to_string().into_bytes()
            }
            Format::Cbor => {
                let mut out = Vec::with_capacity(self.bytes.len() + 64);
                // A vector takes whatever is written, so nothing fails here.
                let _ = self.encode(&mut Encoder::new(&mut out), token);
                out
            }
        }
    }

    fn encode(
        &self,
        out: &mut Encoder<&mut Vec<u8>>,
        token: Option<&str>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        out.map(4 + u64::from(token.is_some()))?;
        if let Some(token) = token {
            out.str("c")?.str(token)?;
        }
        out.str("f")?.i64(self.file)?;
        out.str("l")?.u64(self.bytes.len() as u64)?;
        out.str("i")?.u64(self.number)?;
        out.str("p")?.bytes(self.bytes)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_those_of_the_guide() {
        let described = description(
            Format::Json,
            Some("t"),
            1,
            Some("d"),
            &[(0, 131_072), (1, 51_200)],
        );
        let described: Value = serde_json::from_slice(&described).expect("JSON");
        assert_eq!(
            described,
            json!({"c": "t", "s": 1, "d": "d", "r": [{"f": 0, "z": 131_072}, {"f": 1, "z": 51_200}]})
        );
        let block = Block {
            file: 3,
            number: 2,
            bytes: b"data",
        };
        let sent: Value = serde_json::from_slice(&block.write(Format::Json, None)).expect("JSON");
        assert_eq!(sent, json!({"f": 3, "l": 4, "i": 2, "p": "ZGF0YQ=="}));
        let sent = block.write(Format::Cbor, Some("t"));
        assert_eq!(
            hex::encode(sent),
            "a5616361746166036 16c04616902617044 64617461".replace(' ', "")
        );
        let refused = Rejection::new(Why::BlockSize, "The block size is out of bounds");
        let told: Value =
            serde_json::from_slice(&refused.write(Format::Json, Some("t"))).expect("JSON");
        assert_eq!(
            told,
            json!({"o": "BlockSizeOutOfBounds", "m": "The block size is out of bounds", "c": "t"})
        );
    }
}
