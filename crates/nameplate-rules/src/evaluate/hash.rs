//! Hashes and Base64.

use crate::syntax::function::Function;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md2::{Digest as _, Md2};
use md5::Md5;

/// A hash in small hexadecimal digits.
pub(super) fn hex_digest(function: Function, bytes: &[u8]) -> String {
    let algorithm = match function {
        Function::Md2 => return hex::encode(Md2::digest(bytes)),
        Function::Md5 => return hex::encode(Md5::digest(bytes)),
        Function::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Function::Sha224 => &digest::SHA224,
        Function::Sha256 => &digest::SHA256,
        Function::Sha384 => &digest::SHA384,
        _ => &digest::SHA512,
    };
    hex::encode(digest::digest(algorithm, bytes))
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// `None` where the text is no Base64.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.trim()).ok()
}
