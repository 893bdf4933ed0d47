//! The body of a request, read as it comes: framing taken off, hashes computed on the way.

use super::{Failure, Fault, argument};
use crate::app::objects::{Finished, Incoming, Refusal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use nameplate_aws::checksum::{Algorithm, Hasher};
use nameplate_aws::chunked::{ChunkFault, Decoder};
use nameplate_aws::headers::Headers;
use nameplate_aws::sigv4::{AuthFailure, Payload, SignedRequest, SigningKey};
use std::pin::Pin;
use std::time::Duration;

/// The bytes of a body as the connection gives them.
pub type BodyStream = Pin<
    Box<dyn Stream<Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>> + Send + Sync>,
>;

/// A peer that sends nothing of its body for so long is not waited for.
const PIECE_TIME: Duration = Duration::from_secs(30);
/// What is read of a body that nobody wants, so that its sender gets to the answer.
const UNWANTED_BYTES: usize = 1024 * 1024;
/// And for how long.
const UNWANTED_TIME: Duration = Duration::from_secs(5);

/// A body on its way in. Without a stream, all of it has come.
#[derive(Default)]
pub struct Sent {
    stream: Option<BodyStream>,
    pending: Bytes,
    framing: Option<Decoder>,
    sha256: Option<(Hasher, [u8; 32])>,
    length: Option<u64>,
    read: u64,
    fields: Vec<(String, String)>,
    /// Bytes that it may have, from and to, where it is the file of a form.
    allowed: Option<(u64, u64)>,
}

impl Sent {
    /// A body of which nothing is known yet.
    pub fn new(stream: BodyStream) -> Self {
        Self {
            stream: Some(stream),
            ..Self::default()
        }
    }

    /// The file of a form, whose length nobody states, and what the form's policy says of that.
    pub fn of_form(stream: BodyStream, allowed: Option<(u64, u64)>) -> Self {
        Self {
            stream: Some(stream),
            allowed: Some(allowed.unwrap_or((0, u64::MAX))),
            ..Self::default()
        }
    }

    /// Whether it is the file of a form.
    pub fn is_of_form(&self) -> bool {
        self.allowed.is_some()
    }

    /// A body that is there already.
    pub fn whole(body: &[u8]) -> Self {
        Self {
            pending: Bytes::copy_from_slice(body),
            ..Self::default()
        }
    }

    /// Takes a body as it comes: no signature says anything of it.
    pub fn expect_unsigned(&mut self, headers: &Headers<'_>) -> Result<(), Failure> {
        self.length = length(headers, "content-length")?;
        Ok(())
    }

    /// Learns from a signature what the body has to be. `key` signs its chunks.
    pub fn expect_signed(
        &mut self,
        signed: &SignedRequest,
        key: SigningKey,
        headers: &Headers<'_>,
    ) -> Result<(), Failure> {
        self.length = length(headers, "content-length")?;
        let declared = match signed.payload() {
            Payload::Streaming(kind) => {
                self.framing = Some(Decoder::new(kind, signed.chunk_signatures(key)));
                let decoded = length(headers, "x-amz-decoded-content-length")?;
                self.length = Some(decoded.ok_or(Fault::Length)?);
                return Ok(());
            }
            // A hash that nobody declared was taken for that of nothing.
            Payload::Body => EMPTY_SHA256,
            Payload::Sha256(declared) => declared,
            Payload::Unsigned => return Ok(()),
        };
        self.sha256 = Some((Algorithm::Sha256.hasher(), declared));
        Ok(())
    }

    /// Whether something is to come of which nothing was read.
    pub fn is_untouched(&self) -> bool {
        self.stream.is_some() && self.read == 0 && self.pending.is_empty()
    }

    /// Whether nothing was read of it.
    pub fn is_unread(&self) -> bool {
        self.read == 0
    }

    /// Length of the content, bytes.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// All of the content, which must not be longer than `most`.
    pub async fn collect(&mut self, most: u64) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        while let Some(piece) = self.next().await? {
            if self.read > most {
                return Err(too_large(self.read, most));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// Writes the content, which must not be longer than `most`, and makes it durable once everything the client said
    /// of it is true. The second value is its checksum.
    pub async fn store(
        &mut self,
        mut body: Incoming,
        most: u64,
        mut checks: Checks,
    ) -> Result<(Finished, Option<(Algorithm, String)>), Failure> {
        if let Some(length) = self.length.filter(|length| *length > most) {
            return Err(too_large(length, most));
        }
        while let Some(piece) = self.next().await? {
            if self.read > most {
                return Err(too_large(self.read, most));
            }
            checks.update(&piece);
            body.write(&piece).await?;
        }
        let checksum = checks.checksum(&self.fields)?;
        let finished = body.finish().await?;
        checks.check_md5(&finished.md5)?;
        Ok((finished, checksum))
    }

    /// The next bytes of the content; `None` at its end, when all is as it was declared.
    async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            if let Some(content) = self.content()? {
                self.read += content.len() as u64;
                if let Some((_, most)) = self.allowed.filter(|(_, most)| self.read > *most) {
                    return Err(too_large(self.read, most));
                }
                if let Some((hasher, _)) = &mut self.sha256 {
                    hasher.update(&content);
                }
                return Ok(Some(content));
            }
            let Some(stream) = &mut self.stream else {
                self.end()?;
                return Ok(None);
            };
            match tokio::time::timeout(PIECE_TIME, stream.next()).await {
                Err(_) => return Err(Fault::Timeout.into()),
                Ok(Some(Ok(piece))) => self.pending = piece,
                Ok(Some(Err(error))) => {
                    tracing::debug!("a body broke off: {error}");
                    return Err(Fault::Incomplete.into());
                }
                Ok(None) => {
                    self.end()?;
                    return Ok(None);
                }
            }
        }
    }

    /// Content from what has arrived.
    fn content(&mut self) -> Result<Option<Bytes>, Failure> {
        let Some(decoder) = &mut self.framing else {
            let piece = std::mem::take(&mut self.pending);
            return Ok((!piece.is_empty()).then_some(piece));
        };
        let mut rest: &[u8] = &self.pending;
        let content = decoder.next(&mut rest).map_err(chunk_failure)?;
        let content = content.map(|content| self.pending.slice_ref(content));
        self.pending = self.pending.slice_ref(rest);
        Ok(content)
    }

    fn end(&mut self) -> Result<(), Failure> {
        if let Some(decoder) = self.framing.take() {
            self.fields = decoder.finish().map_err(chunk_failure)?;
        }
        if self.length.is_some_and(|length| length != self.read) {
            return Err(Fault::Incomplete.into());
        }
        if let Some((least, _)) = self.allowed.filter(|(least, _)| self.read < *least) {
            let bytes = self.read;
            return Err(Fault::FormTooShort { bytes, least }.into());
        }
        if let Some((hasher, declared)) = self.sha256.take() {
            let computed = hasher.bytes();
            if computed != declared {
                return Err(Failure::Auth(AuthFailure::BodyMismatch {
                    declared: hex::encode(declared),
                    computed: hex::encode(computed),
                }));
            }
        }
        Ok(())
    }

    /// Reads what is left, within limits, so that its sender reads the answer instead of a reset connection.
    pub async fn drain(&mut self) {
        let Some(stream) = &mut self.stream else {
            return;
        };
        let mut left = UNWANTED_BYTES;
        let drained = async {
            while let Some(Ok(piece)) = stream.next().await {
                left = left.saturating_sub(piece.len());
                if left == 0 {
                    break;
                }
            }
        };
        // Not more than an attempt.
        let _ = tokio::time::timeout(UNWANTED_TIME, drained).await;
    }
}

const EMPTY_SHA256: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// A length that a header states, bytes.
pub fn length(headers: &Headers<'_>, name: &'static str) -> Result<Option<u64>, Failure> {
    match headers.text(name) {
        Some(text) => match text.parse() {
            Ok(length) => Ok(Some(length)),
            Err(_) => Err(argument(name, text, "must be a number of bytes")),
        },
        None => Ok(None),
    }
}

fn too_large(bytes: u64, most: u64) -> Failure {
    Failure::App(Refusal::TooLarge { bytes, most }.into())
}

fn chunk_failure(fault: ChunkFault) -> Failure {
    match fault {
        ChunkFault::Signature => Fault::ChunkSignature.into(),
        ChunkFault::Malformed | ChunkFault::Truncated => Fault::Incomplete.into(),
    }
}

/// What a client says of a body, to be compared with what comes.
pub struct Checks {
    md5: Option<(String, Vec<u8>)>,
    checksum: Option<(Algorithm, Expected, Hasher)>,
}

/// Where the expected value stands.
enum Expected {
    Header(String),
    Trailer,
    /// Nowhere: it is computed to be kept.
    Nowhere,
}

impl Checks {
    /// Reads the headers; `planned` is computed also where they say nothing.
    pub fn read(headers: &Headers<'_>, planned: Option<Algorithm>) -> Result<Self, Failure> {
        let md5 = match headers.text("content-md5") {
            Some(text) => match STANDARD.decode(text.as_bytes()) {
                Ok(bytes) if bytes.len() == 16 => Some((text.into_owned(), bytes)),
                _ => return Err(Fault::ContentMd5.into()),
            },
            None => None,
        };
        let mut stated = headers
            .iter()
            .filter_map(|(name, value)| Some((Algorithm::of_header(name)?, value)));
        let checksum = match (stated.next(), stated.next()) {
            (Some(_), Some(_)) => return Err(Fault::ManyChecksums.into()),
            (Some((algorithm, value)), None) => {
                let value = String::from_utf8_lossy(value.trim_ascii()).into_owned();
                let length = algorithm.hasher().bytes().len();
                if STANDARD.decode(&value).map(|bytes| bytes.len()) != Ok(length) {
                    let header = algorithm.header();
                    return Err(Fault::ChecksumValue { header }.into());
                }
                Some((algorithm, Expected::Header(value)))
            }
            (None, _) => headers
                .text("x-amz-trailer")
                .and_then(|name| Algorithm::of_header(&name))
                .map(|algorithm| (algorithm, Expected::Trailer))
                .or_else(|| planned.map(|algorithm| (algorithm, Expected::Nowhere))),
        };
        Ok(Self {
            md5,
            checksum: checksum
                .map(|(algorithm, expected)| (algorithm, expected, algorithm.hasher())),
        })
    }

    /// The algorithm of the checksum.
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.checksum.as_ref().map(|(algorithm, ..)| *algorithm)
    }

    fn update(&mut self, bytes: &[u8]) {
        if let Some((_, _, hasher)) = &mut self.checksum {
            hasher.update(bytes);
        }
    }

    fn checksum(
        &mut self,
        fields: &[(String, String)],
    ) -> Result<Option<(Algorithm, String)>, Failure> {
        let Some((algorithm, expected, hasher)) = self.checksum.take() else {
            return Ok(None);
        };
        let header = algorithm.header();
        let computed = hasher.base64();
        let expected = match expected {
            Expected::Header(value) => value,
            Expected::Trailer => match fields.iter().find(|(name, _)| name == header) {
                Some((_, value)) => value.clone(),
                None => return Err(Fault::Trailer { header }.into()),
            },
            Expected::Nowhere => computed.clone(),
        };
        compare(header, expected, &computed)?;
        Ok(Some((algorithm, computed)))
    }

    fn check_md5(&self, computed: &[u8]) -> Result<(), Failure> {
        match &self.md5 {
            Some((text, bytes)) if bytes != computed => {
                compare("content-md5", text.clone(), &STANDARD.encode(computed))
            }
            _ => Ok(()),
        }
    }

    /// Compares a body that was read as a whole.
    pub fn check(mut self, body: &[u8]) -> Result<(), Failure> {
        self.update(body);
        if matches!(self.checksum, Some((_, Expected::Trailer, _))) {
            // Its trailer was read with it.
            self.checksum = None;
        }
        self.checksum(&[])?;
        let mut md5 = Algorithm::Md5.hasher();
        md5.update(body);
        self.check_md5(&md5.bytes())
    }
}

fn compare(header: &'static str, expected: String, computed: &str) -> Result<(), Failure> {
    if expected == computed {
        return Ok(());
    }
    let refusal = Refusal::Digest {
        header,
        expected,
        computed: computed.to_owned(),
    };
    Err(Failure::App(refusal.into()))
}
