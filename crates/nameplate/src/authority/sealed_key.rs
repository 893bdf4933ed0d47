//! A private key as it may leave the house: PKCS#8, encrypted with a passphrase (RFC 5958, RFC 8018: PBES2 with
//! PBKDF2-HMAC-SHA256 and AES-256-CBC, which every OpenSSL since 1.0 reads).

use super::AuthorityError;
use super::der::{octets, oid, sequence, unsigned};
use super::key::random;
use aws_lc_rs::cipher::{AES_256, AES_256_KEY_LEN, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::pbkdf2;
use nameplate_core::pki::to_pem;
use std::num::NonZeroU32;

/// Rounds of PBKDF2: OWASP's figure for HMAC-SHA256.
const ROUNDS: u32 = 600_000;
/// Shortest passphrase, bytes.
pub const PASSPHRASE: usize = 12;

const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];
const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c];
const HMAC_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09];
const AES_256_CBC: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a];
const NULL: &[u8] = &[0x05, 0x00];

/// `-----BEGIN ENCRYPTED PRIVATE KEY-----` of a key in PKCS#8. Takes a tenth of a second of a processor.
pub(super) fn encrypted(pkcs8: &[u8], passphrase: &[u8]) -> Result<String, AuthorityError> {
    let failed = |_| AuthorityError::Crypto {
        action: "encrypt a key",
    };
    let salt: [u8; 16] = random()?;
    let mut key = [0; AES_256_KEY_LEN];
    let rounds = NonZeroU32::new(ROUNDS).unwrap_or(NonZeroU32::MAX);
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA256,
        rounds,
        &salt,
        passphrase,
        &mut key,
    );
    let key = UnboundCipherKey::new(&AES_256, &key).map_err(failed)?;
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).map_err(failed)?;
    let mut content = pkcs8.to_vec();
    let context = key.encrypt(&mut content).map_err(failed)?;
    let iv: &[u8] = (&context).try_into().map_err(failed)?;
    let derivation = sequence(&[
        &oid(PBKDF2),
        &sequence(&[
            &octets(&salt),
            &unsigned(&ROUNDS.to_be_bytes()),
            &sequence(&[&oid(HMAC_SHA256), NULL]),
        ]),
    ]);
    let scheme = sequence(&[&oid(AES_256_CBC), &octets(iv)]);
    let algorithm = sequence(&[&oid(PBES2), &sequence(&[&derivation, &scheme])]);
    let der = sequence(&[&algorithm, &octets(&content)]);
    Ok(to_pem("ENCRYPTED PRIVATE KEY", &der))
}
