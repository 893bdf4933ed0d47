//! A revocation list with many serial numbers: how long it takes to read, and what holding a certificate against it costs
//! an admission.

use crate::figures::grouped;
use anyhow::{Context as _, ensure};
use nameplate_core::pki::{Certificate, RevocationList};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason, RevokedCertParams, SerialNumber,
};
use std::hint::black_box;
use std::time::Instant;
use time::{Duration, OffsetDateTime};

/// Flags of `revocation`.
#[derive(clap::Args)]
pub struct Options {
    /// Serial numbers on the list.
    #[arg(long, default_value_t = 1_000_000)]
    serials: u64,
    /// Look-ups that are measured.
    #[arg(long, default_value_t = 5_000_000)]
    lookups: u64,
}

/// Well spread bytes of a number, as a CA's random serial numbers are.
fn serial(number: u64) -> [u8; 20] {
    let mut bytes = [0; 20];
    let mut mixed = number;
    for part in bytes.chunks_mut(8) {
        mixed = mixed
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(0x1234_5678_9abc_def1);
        mixed ^= mixed >> 29;
        part.copy_from_slice(&mixed.to_be_bytes()[..part.len()]);
    }
    bytes[0] = bytes[0] & 0x3f | 0x40;
    bytes
}

/// Runs the bench and prints its lines.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "Fleet CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let ca = Certificate::parse_der(issuer.der()).context("the CA")?;
    let now = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
    let revoked = (0..options.serials).map(|number| RevokedCertParams {
        serial_number: SerialNumber::from_slice(&serial(number)),
        revocation_time: now,
        reason_code: Some(RevocationReason::KeyCompromise),
        invalidity_date: None,
    });
    let list = CertificateRevocationListParams {
        this_update: now,
        next_update: now + Duration::days(30),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let der = list.signed_by(&issuer)?.der().to_vec();
    let began = Instant::now();
    let list = RevocationList::read(&der, &ca).context("the list")?;
    println!(
        "{} serial numbers in {} MB: verified and read in {} ms",
        grouped(options.serials as f64),
        der.len() / 1_000_000,
        began.elapsed().as_millis()
    );
    for (what, offset) in [("on the list", 0), ("not on the list", options.serials)] {
        let began = Instant::now();
        let mut found = 0u64;
        for number in 0..options.lookups {
            // In no order that a cache could know.
            let of = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % options.serials.max(1) + offset;
            found += u64::from(list.revoked(black_box(&serial(of))).is_some());
        }
        let each = began.elapsed().as_nanos() as f64 / options.lookups as f64;
        let expected = if offset == 0 { options.lookups } else { 0 };
        ensure!(found == expected, "{found} found of {expected}");
        println!("  a certificate that is {what:<16} {each:>6.0} ns");
    }
    Ok(())
}
