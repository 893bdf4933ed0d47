//! Bodies in `aws-chunked` framing: chunks of data, each perhaps signed, and fields after the last.
//! [S3: sigv4-streaming, sigv4-streaming-trailers]
//!
//! Owns the framing. Data passes through; only lines are kept, and those are bounded. Must not know where bytes come
//! from, nor what the fields mean.

use crate::sigv4::{ChunkSignatures, Streaming};
use aws_lc_rs::digest;
use thiserror::Error;

/// Longest line: a chunk's head, or a field after the last chunk.
const LINE_BYTES: usize = 8 * 1024;
/// Most fields after the last chunk.
const FIELDS: usize = 32;
/// The field that signs the others.
const SIGNATURE: &str = "x-amz-trailer-signature";

/// What is wrong with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChunkFault {
    /// It is not framed as it says.
    #[error("the body is not a sequence of chunks")]
    Malformed,
    /// It ends before its last chunk.
    #[error("the body ends before its last chunk")]
    Truncated,
    /// A chunk or the fields after the last are not signed as they have to be.
    #[error("the signature of a chunk does not match")]
    Signature,
}

/// Takes the framing off a body, piece by piece.
pub struct Decoder {
    signatures: Option<ChunkSignatures>,
    fields_signed: bool,
    state: State,
    line: Vec<u8>,
    chunk: Option<digest::Context>,
    chunk_signature: String,
    fields: Vec<(String, String)>,
    signed_text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At a chunk's head.
    Head,
    /// In a chunk with so many bytes to come.
    Data(u64),
    /// At the line end after a chunk.
    DataEnd,
    /// After the last chunk.
    Fields,
    /// Past it all.
    End,
}

impl Decoder {
    /// A decoder for a body of this kind. `signatures` verify it; a body that is not signed ignores them.
    pub fn new(kind: Streaming, signatures: ChunkSignatures) -> Self {
        Self {
            signatures: (kind != Streaming::UnsignedTrailer).then_some(signatures),
            fields_signed: kind == Streaming::SignedTrailer,
            state: State::Head,
            line: Vec::new(),
            chunk: None,
            chunk_signature: String::new(),
            fields: Vec::new(),
            signed_text: String::new(),
        }
    }

    /// Takes bytes off the front of `input` until there is data, which it returns; `None` once all is taken.
    ///
    /// # Errors
    /// What is wrong with the body.
    pub fn next<'b>(&mut self, input: &mut &'b [u8]) -> Result<Option<&'b [u8]>, ChunkFault> {
        while !input.is_empty() {
            match self.state {
                State::Data(left) => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
                    let (data, rest) = input.split_at(here);
                    *input = rest;
                    if let Some(chunk) = &mut self.chunk {
                        chunk.update(data);
                    }
                    self.state = match left - data.len() as u64 {
                        0 => State::DataEnd,
                        left => State::Data(left),
                    };
                    if self.state == State::DataEnd {
                        self.check_chunk()?;
                    }
                    return Ok(Some(data));
                }
                // What follows the end is nothing a client would send.
                State::End => return Err(ChunkFault::Malformed),
                State::Head | State::DataEnd | State::Fields => {
                    if self.read_line(input)? {
                        let line = std::mem::take(&mut self.line);
                        let line = std::str::from_utf8(&line).map_err(|_| ChunkFault::Malformed)?;
                        self.take_line(line.trim_end_matches('\r'))?;
                    }
                }
            }
        }
        Ok(None)
    }

    /// The fields after the last chunk, names in lower case, once the body has ended.
    ///
    /// # Errors
    /// [`ChunkFault::Truncated`]; [`ChunkFault::Signature`] where the fields had to be signed and are not.
    pub fn finish(self) -> Result<Vec<(String, String)>, ChunkFault> {
        match self.state {
            // Some clients leave out the last line end.
            State::End => Ok(self.fields),
            State::Fields if self.fields_signed => Err(ChunkFault::Signature),
            State::Fields if self.line.is_empty() => Ok(self.fields),
            _ => Err(ChunkFault::Truncated),
        }
    }

    /// Moves input to the line; whether it is complete, its line feed not kept.
    fn read_line(&mut self, input: &mut &[u8]) -> Result<bool, ChunkFault> {
        let (line, rest, complete) = match input.iter().position(|byte| *byte == b'\n') {
            Some(at) => (&input[..at], &input[at + 1..], true),
            None => (*input, &input[input.len()..], false),
        };
        if self.line.len() + line.len() > LINE_BYTES {
            return Err(ChunkFault::Malformed);
        }
        self.line.extend_from_slice(line);
        *input = rest;
        Ok(complete)
    }

    fn take_line(&mut self, line: &str) -> Result<(), ChunkFault> {
        match self.state {
            State::Head => self.take_head(line),
            State::DataEnd if line.is_empty() => {
                self.state = State::Head;
                Ok(())
            }
            State::Fields => self.take_field(line),
            State::DataEnd | State::Data(_) | State::End => Err(ChunkFault::Malformed),
        }
    }

    fn take_head(&mut self, line: &str) -> Result<(), ChunkFault> {
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        let size = size.trim();
        // `from_str_radix` would take a sign.
        if !size.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ChunkFault::Malformed);
        }
        let size = u64::from_str_radix(size, 16).map_err(|_| ChunkFault::Malformed)?;
        if self.signatures.is_some() {
            self.chunk = Some(digest::Context::new(&digest::SHA256));
            extension
                .trim()
                .strip_prefix("chunk-signature=")
                .unwrap_or_default()
                .clone_into(&mut self.chunk_signature);
        }
        self.state = match size {
            0 => State::Fields,
            size => State::Data(size),
        };
        if size == 0 {
            self.check_chunk()?;
        }
        Ok(())
    }

    fn check_chunk(&mut self) -> Result<(), ChunkFault> {
        let (Some(signatures), Some(chunk)) = (&mut self.signatures, self.chunk.take()) else {
            return Ok(());
        };
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(chunk.finish().as_ref());
        if signatures.accepts_chunk(&sha256, &self.chunk_signature) {
            Ok(())
        } else {
            Err(ChunkFault::Signature)
        }
    }

    fn take_field(&mut self, line: &str) -> Result<(), ChunkFault> {
        if line.is_empty() {
            // Where a signature must follow, an empty line before it is a separator.
            if !self.fields_signed {
                self.state = State::End;
            }
            return Ok(());
        }
        let (name, value) = line.split_once(':').ok_or(ChunkFault::Malformed)?;
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        if name == SIGNATURE {
            let genuine = self
                .signatures
                .as_mut()
                .is_some_and(|ours| ours.accepts_trailer(self.signed_text.as_bytes(), value));
            if !genuine {
                return Err(ChunkFault::Signature);
            }
            self.fields_signed = false;
            return Ok(());
        }
        if self.fields.len() == FIELDS {
            return Err(ChunkFault::Malformed);
        }
        self.signed_text.push_str(&format!("{name}:{value}\n"));
        self.fields.push((name, value.to_owned()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigv4::{Scope, SignedRequest, SigningKey};
    use proptest::prelude::*;

    type Decoded = (String, Vec<(String, String)>);

    fn signatures() -> ChunkSignatures {
        let authorization = "AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/s3/aws4_request, \
                             SignedHeaders=host, Signature=seed";
        let headers = [
            ("authorization", authorization),
            ("host", "h"),
            ("x-amz-date", "20261123T154212Z"),
        ]
        .into_iter()
        .collect();
        SignedRequest::parse("PUT", "/b/k", &headers)
            .expect("well formed")
            .chunk_signatures(key())
    }

    fn key() -> SigningKey {
        let scope = Scope {
            date: "20261123".into(),
            region: "us-east-1".into(),
            service: "s3".into(),
        };
        SigningKey::derive("secret", &scope)
    }

    fn decode(kind: Streaming, body: &str, piece: usize) -> Result<Decoded, ChunkFault> {
        let mut decoder = Decoder::new(kind, signatures());
        let mut data = Vec::new();
        for mut piece in body.as_bytes().chunks(piece) {
            while let Some(found) = decoder.next(&mut piece)? {
                data.extend_from_slice(found);
            }
        }
        Ok((String::from_utf8(data).expect("text"), decoder.finish()?))
    }

    #[test]
    fn unsigned_bodies() {
        type Whole<'a> = (&'a str, &'a [(&'a str, &'a str)]);
        let check = |body: &str, expected: Result<Whole<'_>, ChunkFault>| {
            let expected = expected.map(|(data, fields)| {
                let fields = fields
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
                (data.to_owned(), fields.collect())
            });
            for piece in [1, 2, 3, 7, 1000] {
                let found = decode(Streaming::UnsignedTrailer, body, piece);
                assert_eq!(found, expected, "{body:?} in pieces of {piece}");
            }
        };
        let crc: &[(&str, &str)] = &[("x-amz-checksum-crc32", "NhCmhg==")];
        check(
            "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",
            Ok(("hello", crc)),
        );
        check(
            "3\r\nhel\r\n2\r\nlo\r\n0\r\nX-Amz-Checksum-CRC32: NhCmhg==\r\n",
            Ok(("hello", crc)),
        );
        check("0\r\n\r\n", Ok(("", &[])));
        check("A\r\n0123\r\n6789\r\n0\r\n\r\n", Ok(("0123\r\n6789", &[])));
        check("5\r\nhel", Err(ChunkFault::Truncated));
        check("5\r\nhello\r\n", Err(ChunkFault::Truncated));
        check("", Err(ChunkFault::Truncated));
        check("5\r\nhelloX\r\n0\r\n\r\n", Err(ChunkFault::Malformed));
        check("+5\r\nhello\r\n0\r\n\r\n", Err(ChunkFault::Malformed));
        check("x\r\n", Err(ChunkFault::Malformed));
        check("0\r\n\r\nmore", Err(ChunkFault::Malformed));
        check("0\r\nno field\r\n\r\n", Err(ChunkFault::Malformed));
        check("11111111111111111\r\n", Err(ChunkFault::Malformed));
    }

    /// A signed body as a client makes it.
    fn signed(chunks: &[&str], trailer: Option<&str>) -> String {
        let scope = "20261123T154212Z\n20261123/us-east-1/s3/aws4_request";
        let hash = |text: &str| hex::encode(digest::digest(&digest::SHA256, text.as_bytes()));
        let mut previous = "seed".to_owned();
        let mut body = String::new();
        for chunk in chunks.iter().chain([&""]) {
            let text = format!(
                "AWS4-HMAC-SHA256-PAYLOAD\n{scope}\n{previous}\n{}\n{}",
                hash(""),
                hash(chunk)
            );
            previous = key().sign(text.as_bytes());
            body.push_str(&format!("{:x};chunk-signature={previous}\r\n", chunk.len()));
            if !chunk.is_empty() {
                body.push_str(&format!("{chunk}\r\n"));
            }
        }
        if let Some(trailer) = trailer {
            let text = format!(
                "AWS4-HMAC-SHA256-TRAILER\n{scope}\n{previous}\n{}",
                hash(&format!("{trailer}\n"))
            );
            let signature = key().sign(text.as_bytes());
            body.push_str(&format!(
                "{trailer}\r\nx-amz-trailer-signature:{signature}\r\n"
            ));
        }
        body + "\r\n"
    }

    #[test]
    fn signed_bodies() {
        let check = |kind, body: &str, expected: Result<&str, ChunkFault>| {
            for piece in [1, 5, 1000] {
                let found = decode(kind, body, piece).map(|(data, _)| data);
                assert_eq!(found, expected.map(str::to_owned), "{body:?}");
            }
        };
        let plain = signed(&["hello ", "world"], None);
        check(Streaming::Signed, &plain, Ok("hello world"));
        check(
            Streaming::Signed,
            &plain.replace("world", "World"),
            Err(ChunkFault::Signature),
        );
        check(
            Streaming::Signed,
            "5\r\nhello\r\n0\r\n\r\n",
            Err(ChunkFault::Signature),
        );
        // Chunks in another order, each with a genuine signature.
        let mut parts: Vec<&str> = plain.split_inclusive("\r\n").collect();
        parts.swap(0, 2);
        parts.swap(1, 3);
        check(
            Streaming::Signed,
            &parts.concat(),
            Err(ChunkFault::Signature),
        );
        let trailer = signed(&["hello"], Some("x-amz-checksum-crc32:NhCmhg=="));
        check(Streaming::SignedTrailer, &trailer, Ok("hello"));
        check(
            Streaming::SignedTrailer,
            &trailer.replace("NhCmhg", "AAAAAA"),
            Err(ChunkFault::Signature),
        );
        check(Streaming::SignedTrailer, &plain, Err(ChunkFault::Signature));
    }

    proptest! {
        #[test]
        fn any_body_has_an_answer(body in "(?s)([0-9a-f]{0,3}\r\n.{0,9}\r\n?)*.*", piece in 1usize..9) {
            for kind in [Streaming::UnsignedTrailer, Streaming::Signed, Streaming::SignedTrailer] {
                let mut decoder = Decoder::new(kind, signatures());
                for mut piece in body.as_bytes().chunks(piece) {
                    while let Ok(Some(_)) = decoder.next(&mut piece) {}
                }
                let _ = decoder.finish();
            }
        }
    }
}
