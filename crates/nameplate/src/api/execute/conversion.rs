//! `contentHandling` of integrations and of their responses: bodies turned from bytes to base64 and back.
//!
//! Owns the two tables of AWS's guide. Which media types are bytes is the API's to say, and what a template makes of a
//! text is not looked at here. [API Gateway developer guide: content type conversions]

use super::{Failed, Found, header, is_binary};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use nameplate_core::vending::gateway::Asked;
use serde_json::Value;
use std::borrow::Cow;

/// Base64 as it is sent: with padding or without.
const SENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is to become of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Handling {
    /// It goes on as it is.
    Kept,
    /// Base64 becomes bytes.
    ToBinary,
    /// Bytes become base64.
    ToText,
}

impl Handling {
    /// As it is set.
    fn of(document: &Value) -> Self {
        match document["contentHandling"].as_str() {
            Some("CONVERT_TO_BINARY") => Self::ToBinary,
            Some("CONVERT_TO_TEXT") => Self::ToText,
            _ => Self::Kept,
        }
    }
}

/// A request's body before its template: bytes that are wanted as text are base64.
pub(super) fn to_text<'b>(asked: &Asked<'b>, integration: &Value) -> Cow<'b, [u8]> {
    match Handling::of(integration) {
        Handling::ToText if asked.via.binary => STANDARD.encode(asked.body).into_bytes().into(),
        _ => asked.body.into(),
    }
}

/// A request's body behind its template: base64 that is wanted as bytes.
///
/// # Errors
/// It is none.
pub(super) fn to_binary(
    asked: &Asked<'_>,
    integration: &Value,
    body: Vec<u8>,
) -> Result<Vec<u8>, Failed> {
    match Handling::of(integration) {
        Handling::ToBinary if !asked.via.binary => decoded(&body)
            .ok_or_else(|| Failed::told(400, "Unable to base64 decode the body").because(NONE)),
        _ => Ok(body),
    }
}

const NONE: &str = "the body is to become bytes, and is no base64";

/// What becomes of an answer.
pub(super) struct Answer {
    handling: Handling,
    /// What came is bytes, and who asked takes them.
    bytes: bool,
    /// What came is text, and who asked takes bytes.
    wanted: bool,
}

impl Answer {
    /// Of an answer, by what its integration response says. `kind` is its media type; functions and mocks, which have
    /// none, answer text.
    pub(super) fn of(
        found: &Found<'_>,
        asked: &Asked<'_>,
        response: &Value,
        kind: Option<&str>,
    ) -> Self {
        let accept = header(asked.headers, "accept").unwrap_or_default();
        let accepts = is_binary(found, accept);
        let binary = kind.is_some_and(|kind| is_binary(found, kind));
        Self {
            handling: Handling::of(response),
            bytes: accepts && binary,
            // Who takes anything has not asked for bytes.
            wanted: accepts && !binary && accept.trim() != "*/*",
        }
    }

    /// The body before its template.
    pub(super) fn to_text<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]> {
        match self.handling {
            Handling::ToText if self.bytes => STANDARD.encode(body).into_bytes().into(),
            _ => body.into(),
        }
    }

    /// The body behind its template.
    ///
    /// # Errors
    /// It is to become bytes, and is no base64.
    pub(super) fn to_binary(&self, body: Vec<u8>) -> Result<Vec<u8>, Failed> {
        match self.handling {
            Handling::ToBinary if !self.bytes => decoded(&body)
                .ok_or_else(|| Failed::told(500, "Internal server error").because(NONE)),
            // AWS fails where it is none; a text that is meant as such goes on here.
            Handling::Kept if self.wanted => Ok(decoded(&body).unwrap_or(body)),
            _ => Ok(body),
        }
    }
}

/// The bytes of base64, which functions that answer it put in quotes, and programs break into lines.
fn decoded(body: &[u8]) -> Option<Vec<u8>> {
    let quoted: Option<String> = match body.first() {
        Some(b'"') => Some(serde_json::from_slice(body).ok()?),
        _ => None,
    };
    let text = quoted.as_deref().map_or(body, str::as_bytes).iter();
    let text: Vec<u8> = text
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    SENT.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_it_is_sent() {
        let bytes = Some(vec![0xfb, 0xff, 0x00, 0x41]);
        for sent in [
            "+/8AQQ==",
            "+/8AQQ",
            "+/8A\r\nQQ==\n",
            r#""+/8AQQ==""#,
            r#""\u002b\/8AQQ==""#,
        ] {
            assert_eq!(decoded(sent.as_bytes()), bytes, "{sent}");
        }
        assert_eq!(decoded(b""), Some(Vec::new()));
        for sent in ["{}", "a", "\"AAAA", "-_8AQQ==", "null!"] {
            assert_eq!(decoded(sent.as_bytes()), None, "{sent}");
        }
    }
}
