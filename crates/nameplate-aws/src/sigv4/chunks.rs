//! The signatures inside an `aws-chunked` body. [S3: sigv4-streaming, sigv4-streaming-trailers]

use super::key::{SigningKey, same, sha256_hex};

/// Verifies the chunks of one body in order: each signature covers the one before it.
pub struct ChunkSignatures {
    key: SigningKey,
    timestamp: String,
    scope: String,
    previous: String,
}

impl ChunkSignatures {
    pub(super) fn new(key: SigningKey, timestamp: String, scope: String, seed: String) -> Self {
        Self {
            key,
            timestamp,
            scope,
            previous: seed,
        }
    }

    /// Whether `signature` is that of the next chunk, `sha256` being that of its data (for the last, of nothing).
    pub fn accepts_chunk(&mut self, sha256: &[u8; 32], signature: &str) -> bool {
        let hashes = format!("{}\n{}", sha256_hex(&[]), hex::encode(sha256));
        self.accepts("AWS4-HMAC-SHA256-PAYLOAD", &hashes, signature)
    }

    /// Whether `signature` is that of the trailer, `trailer` being `name:value\n` of each of
    /// its fields.
    pub fn accepts_trailer(&mut self, trailer: &[u8], signature: &str) -> bool {
        self.accepts("AWS4-HMAC-SHA256-TRAILER", &sha256_hex(trailer), signature)
    }

    fn accepts(&mut self, algorithm: &str, hashes: &str, signature: &str) -> bool {
        let string_to_sign = format!(
            "{algorithm}\n{}\n{}\n{}\n{hashes}",
            self.timestamp, self.scope, self.previous
        );
        let ours = self.key.sign(string_to_sign.as_bytes());
        let accepted = same(&ours, signature);
        self.previous = ours;
        accepted
    }
}

impl std::fmt::Debug for ChunkSignatures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChunkSignatures")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
