//! Certificate signing requests for CAs of our own (RFC 2986), and the names that they ask for.

use super::AuthorityError;
use super::der::{self, bits, octets, oid, sequence, tlv, unsigned};
use super::issue::{
    COMMON_NAME, COUNTRY_NAME, ORGANIZATION, ORGANIZATIONAL_UNIT, extension, key_id,
    signs_certificates,
};
use super::key::PrivateKey;
use nameplate_core::pki::to_pem;

/// id-extensionRequest, PKCS#9.
const EXTENSION_REQUEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e];
const STATE: &[u8] = &[0x55, 0x04, 0x08];
const LOCALITY: &[u8] = &[0x55, 0x04, 0x07];
/// Longest value of a name's attribute, characters (RFC 5280, A.1: ub-common-name and its like).
const VALUE: usize = 64;

/// DER of a Name from text such as `CN=Device CA,O=Example` or, as OpenSSL's `-subj` has it, `/O=Example/CN=Device CA`.
/// A backslash takes the next character as it is.
pub fn subject(text: &str) -> Result<Vec<u8>, String> {
    let (text, separator) = match text.strip_prefix('/') {
        Some(rest) => (rest, '/'),
        None => (text, ','),
    };
    let (mut parts, mut part) = (Vec::new(), String::new());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => part.extend(characters.next()),
            other if other == separator => parts.push(std::mem::take(&mut part)),
            other => part.push(other),
        }
    }
    parts.push(part);
    let mut attributes = Vec::new();
    for part in &parts {
        let (name, value) = part.split_once('=').ok_or_else(|| {
            format!(
                "the subject must be attributes such as CN=Device CA,O=Example; {part:?} is none"
            )
        })?;
        let value = value.trim();
        let kind = match name.trim().to_ascii_uppercase().as_str() {
            "CN" => COMMON_NAME,
            "O" => ORGANIZATION,
            "OU" => ORGANIZATIONAL_UNIT,
            "L" => LOCALITY,
            "ST" => STATE,
            "C" if value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                COUNTRY_NAME
            }
            "C" => return Err("the subject's C must be a country's two letters".into()),
            _ => {
                return Err(format!(
                    "the subject has the attribute {:?}; known are CN, O, OU, L, ST, C",
                    name.trim()
                ));
            }
        };
        if value.is_empty() || value.chars().count() > VALUE || value.chars().any(char::is_control)
        {
            return Err(format!(
                "the subject's {} must have 1 to {VALUE} characters, none of them a control character",
                name.trim()
            ));
        }
        attributes.push((kind, value));
    }
    Ok(der::name(&attributes))
}

/// PEM of a request for a CA that issues for devices alone: `CA:TRUE` with path length 0, keyCertSign and cRLSign.
pub(super) fn request(subject: &[u8], key: &PrivateKey) -> Result<String, AuthorityError> {
    let constraints = sequence(&[&tlv(0x01, &[0xff]), &unsigned(&[0])]);
    let extensions = sequence(&[
        &extension(14, false, &octets(&key_id(key.spki()))),
        &extension(19, true, &constraints),
        &signs_certificates(),
    ]);
    let attribute = sequence(&[&oid(EXTENSION_REQUEST), &tlv(0x31, &extensions)]);
    let content = sequence(&[&unsigned(&[0]), subject, key.spki(), &tlv(0xa0, &attribute)]);
    let signature = key.sign(&content)?;
    let der = sequence(&[&content, key.signature_algorithm(), &bits(&signature)]);
    Ok(to_pem("CERTIFICATE REQUEST", &der))
}
