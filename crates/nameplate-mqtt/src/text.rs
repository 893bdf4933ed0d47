//! Strings as MQTT carries them: UTF-8 without U+0000, kept as a slice of the buffer they arrived in.

use bytes::Bytes;
use bytestring::ByteString;
use std::fmt;

/// Why bytes are not an MQTT string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Ill-formed UTF-8, surrogates included `[MQTT-1.5.3-1]`.
    #[error("is not UTF-8")]
    NotUtf8,
    /// Holds U+0000 `[MQTT-1.5.3-2]`.
    #[error("holds the character U+0000")]
    Nul,
}

/// An MQTT string. Cloning shares the bytes; keeping one keeps the buffer it was cut from, so what
/// outlives a message (client id, will, subscription) is copied out with [`Text::detached`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Text(ByteString);

impl Text {
    /// Checks the bytes and takes them as they are, without copying.
    pub fn new(bytes: Bytes) -> Result<Self, TextError> {
        if memchr::memchr(0, &bytes).is_some() {
            return Err(TextError::Nul);
        }
        match ByteString::try_from(bytes) {
            Ok(text) => Ok(Self(text)),
            Err(_) => Err(TextError::NotUtf8),
        }
    }

    /// The string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The bytes of the string.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True for the empty string.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A copy that holds its own bytes and nothing else of the buffer it came in.
    pub fn detached(&self) -> Self {
        Self(ByteString::from(self.as_str()))
    }
}

impl TryFrom<&str> for Text {
    type Error = TextError;

    fn try_from(text: &str) -> Result<Self, TextError> {
        Self::new(Bytes::copy_from_slice(text.as_bytes()))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
