//! Certificates for names of owners' own, as ACM has them: which may be imported, what is told of them, and which names
//! they are for.
//!
//! ACM user guide: import-certificate-prerequisites, import-certificate-format, import-reimport. Must not know private keys:
//! whoever reads one brings the public key that belongs to it.

use crate::ctx::Millis;
use crate::pki::{
    Certificate, CertificateError, Field, KeyKind, SignatureAlgorithm, is_name_of, verify_signed_by,
};
use std::collections::BTreeSet;

/// Most certificates of an account.
pub const CERTIFICATES: i64 = 2500;

/// Most certificates of a chain.
const CHAIN: usize = 10;

/// Why a certificate cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A text is not PEM, or what it holds is no certificate. Names the member.
    #[error("The {member} is not valid: {why}.")]
    Unreadable {
        /// `certificate` or `certificate chain`.
        member: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The member for the certificate has its chain, too.
    #[error(
        "The certificate field contains more than one certificate. You can specify only one certificate in this field."
    )]
    Several,
    /// It is of a version of X.509 before 3.
    #[error("The certificate is not an X.509 version 3 certificate.")]
    Version,
    /// Its key, or a key of that size, is none that ACM has.
    #[error("The certificate has a key that is not supported: {0}.")]
    Key(String),
    /// It is signed in a way that no client takes.
    #[error("The certificate is signed in a way that is not supported: {0}.")]
    Signature(String),
    /// It is over.
    #[error("The certificate has expired: it was valid until {0}.")]
    Expired(Millis),
    /// It has not begun.
    #[error("The certificate is not in effect yet: it is valid from {0} on.")]
    Early(Millis),
    /// It is for no name.
    #[error(
        "The certificate has no domain name: neither an alternative name of the kind DNS nor a common name."
    )]
    Nameless,
    /// The private key is of another certificate.
    #[error("The private key does not belong to the certificate.")]
    OtherKey,
    /// A certificate of the chain did not sign the one before it.
    #[error("Could not validate the certificate with the certificate chain. {0}")]
    Chain(String),
    /// What takes the place of an imported certificate has a key of another kind or size.
    #[error(
        "The certificate has a key of the kind {new}, and the one that it is to replace has {old}: the kind and size stay."
    )]
    OtherKind {
        /// The kind of key of the one that is there.
        old: String,
        /// That of the one that is to replace it.
        new: String,
    },
    /// What takes the place of an imported certificate may be used for less.
    #[error(
        "The certificate lacks the {extension} {usage}, which the one has that it is to replace."
    )]
    LessUsage {
        /// `key usage` or `extended key usage`.
        extension: &'static str,
        /// ACM's name of it.
        usage: String,
    },
}

/// A certificate that may be imported, and the certificates that lead to its root, each of which signed the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The server's own.
    pub leaf: Certificate,
    /// The others, without the leaf; may be none.
    pub chain: Vec<Certificate>,
}

impl Imported {
    /// Reads what an import brings: PEM of the certificate, PEM of its chain, and the DER of the public key
    /// (SubjectPublicKeyInfo) that belongs to the private key.
    ///
    /// # Errors
    /// A rule of ACM's that it breaks.
    pub fn read(
        certificate: &[u8],
        chain: Option<&[u8]>,
        spki: &[u8],
        now: Millis,
    ) -> Result<Self, Refusal> {
        let imported = Self::kept(certificate, chain)?;
        let leaf = &imported.leaf;
        if leaf.version() != 3 {
            return Err(Refusal::Version);
        }
        if leaf.spki() != spki {
            return Err(Refusal::OtherKey);
        }
        let key = key_algorithm(leaf.key());
        key.ok_or_else(|| Refusal::Key(leaf.key().to_string()))?;
        let signature = signature_algorithm(leaf.signature_algorithm());
        signature.ok_or_else(|| Refusal::Signature(leaf.signature_algorithm().to_string()))?;
        let validity = leaf.validity();
        if now > validity.not_after {
            return Err(Refusal::Expired(validity.not_after));
        }
        if now < validity.not_before {
            return Err(Refusal::Early(validity.not_before));
        }
        if imported.domain_name().is_none() {
            return Err(Refusal::Nameless);
        }
        let all: Vec<&Certificate> = [leaf].into_iter().chain(&imported.chain).collect();
        for (at, pair) in all.windows(2).enumerate() {
            let [below, above] = pair else { continue };
            let which = at + 1;
            if !below.issuer().matches(above.subject()) {
                return Err(Refusal::Chain(format!(
                    "Certificate {which} of the chain is that of {}; that of {} must stand there.",
                    above.subject(),
                    below.issuer()
                )));
            }
            verify_signed_by(below, above.spki()).map_err(|why| {
                Refusal::Chain(format!(
                    "Certificate {which} of the chain did not sign the one before it: {why}."
                ))
            })?;
        }
        Ok(imported)
    }

    /// The same of one that was imported already.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn kept(certificate: &[u8], chain: Option<&[u8]>) -> Result<Self, Refusal> {
        let several = |bytes: &[u8], member: &'static str| {
            let unreadable = |why: String| Refusal::Unreadable { member, why };
            let text =
                std::str::from_utf8(bytes).map_err(|_| unreadable("it is not a text".into()))?;
            Certificate::parse_pem_many(text)
                .map_err(|error: CertificateError| unreadable(error.to_string()))
        };
        let mut leaves = several(certificate, "certificate")?;
        if leaves.len() > 1 {
            return Err(Refusal::Several);
        }
        let chain = match chain {
            Some(chain) => several(chain, "certificate chain")?,
            None => Vec::new(),
        };
        if chain.len() > CHAIN {
            return Err(Refusal::Chain(format!(
                "It has {} certificates; at most {CHAIN} may stand there.",
                chain.len()
            )));
        }
        Ok(Self {
            leaf: leaves.remove(0),
            chain,
        })
    }

    /// Whether this may take the place of one that was imported.
    ///
    /// # Errors
    /// What of the other it does not have. [ACM user guide: import-reimport]
    pub fn check_replaces(&self, old: &Self) -> Result<(), Refusal> {
        let (was, is) = (old.key_algorithm(), self.key_algorithm());
        if was != is {
            return Err(Refusal::OtherKind {
                old: was.to_owned(),
                new: is.to_owned(),
            });
        }
        let lacks = |extension, usage: Option<&str>| {
            let usage = usage.map(str::to_owned);
            usage.map_or(Ok(()), |usage| Err(Refusal::LessUsage { extension, usage }))
        };
        let has = self.key_usages();
        let all = old.key_usages();
        lacks(
            "key usage",
            all.iter().find(|usage| !has.contains(usage)).copied(),
        )?;
        let has = self.leaf.extended_key_usages();
        let all = old.leaf.extended_key_usages();
        let missing = all.iter().find(|oid| !has.contains(oid));
        lacks(
            "extended key usage",
            missing.map(|oid| extended_key_usage(oid)),
        )
    }

    /// The subject's common name, or else the first alternative name.
    pub fn domain_name(&self) -> Option<&str> {
        let common = self.leaf.subject().first(Field::CommonName);
        let first = || {
            self.leaf
                .alternative_names()
                .dns
                .first()
                .map(String::as_str)
        };
        common.filter(|name| !name.is_empty()).or_else(first)
    }

    /// All names that it is for, in order, that of the subject among them.
    pub fn names(&self) -> Vec<&str> {
        let alternative = self.leaf.alternative_names().dns.iter().map(String::as_str);
        let all: BTreeSet<&str> = alternative.chain(self.domain_name()).collect();
        all.into_iter().collect()
    }

    /// Whether a client that dials this host finds it in the certificate: among the alternative names, or where there are
    /// none in the common name. [RFC 6125, 6.4]
    pub fn is_for(&self, host: &str) -> bool {
        let alternative = &self.leaf.alternative_names().dns;
        match alternative.is_empty() {
            true => self
                .domain_name()
                .is_some_and(|name| is_name_of(name, host)),
            false => alternative.iter().any(|name| is_name_of(name, host)),
        }
    }

    /// ACM's name of the kind and size of its key, such as `RSA-2048`.
    pub fn key_algorithm(&self) -> &'static str {
        // One of another kind is not imported.
        key_algorithm(self.leaf.key()).unwrap_or_default()
    }

    /// ACM's name of how it is signed, such as `SHA256WITHRSA`.
    pub fn signature_algorithm(&self) -> &'static str {
        signature_algorithm(self.leaf.signature_algorithm()).unwrap_or_default()
    }

    /// ACM's names of what its key may be used for.
    pub fn key_usages(&self) -> Vec<&'static str> {
        let bits = self.leaf.key_usages().unwrap_or_default();
        let all = KEY_USAGES.iter().enumerate();
        all.filter(|(at, _)| bits >> at & 1 == 1)
            .map(|(_, name)| *name)
            .collect()
    }

    /// What it may be used for: ACM's names, and dotted object identifiers.
    pub fn extended_key_usages(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = self.leaf.extended_key_usages().iter();
        all.map(|oid| (extended_key_usage(oid), oid.as_str()))
    }

    /// Who issued it: the organization, or else the common name, or else the whole name.
    pub fn issuer(&self) -> String {
        let issuer = self.leaf.issuer();
        let named = issuer
            .first(Field::Organization)
            .or_else(|| issuer.first(Field::CommonName));
        named.map_or_else(|| issuer.joined(","), str::to_owned)
    }

    /// Its serial number, bytes in hexadecimal digits between colons.
    pub fn serial(&self) -> String {
        let bytes = self.leaf.serial().iter().map(|byte| format!("{byte:02x}"));
        bytes.collect::<Vec<_>>().join(":")
    }
}

/// ACM's names of the bits of keyUsage, from the lowest one on.
const KEY_USAGES: [&str; 9] = [
    "DIGITAL_SIGNATURE",
    "NON_REPUDIATION",
    "KEY_ENCIPHERMENT",
    "DATA_ENCIPHERMENT",
    "KEY_AGREEMENT",
    "CERTIFICATE_SIGNING",
    "CRL_SIGNING",
    "ENCIPHER_ONLY",
    "DECIPHER_ONLY",
];

fn extended_key_usage(oid: &str) -> &'static str {
    match oid {
        "1.3.6.1.5.5.7.3.1" => "TLS_WEB_SERVER_AUTHENTICATION",
        "1.3.6.1.5.5.7.3.2" => "TLS_WEB_CLIENT_AUTHENTICATION",
        "1.3.6.1.5.5.7.3.3" => "CODE_SIGNING",
        "1.3.6.1.5.5.7.3.4" => "EMAIL_PROTECTION",
        "1.3.6.1.5.5.7.3.5" => "IPSEC_END_SYSTEM",
        "1.3.6.1.5.5.7.3.6" => "IPSEC_TUNNEL",
        "1.3.6.1.5.5.7.3.7" => "IPSEC_USER",
        "1.3.6.1.5.5.7.3.8" => "TIME_STAMPING",
        "1.3.6.1.5.5.7.3.9" => "OCSP_SIGNING",
        "2.5.29.37.0" => "ANY",
        _ => "CUSTOM",
    }
}

/// What ACM calls the keys that it has; RSA of 1024 bits, which it also takes, is refused by every client of today.
fn key_algorithm(key: &KeyKind) -> Option<&'static str> {
    Some(match key {
        KeyKind::Rsa { bits: 2048 } => "RSA-2048",
        KeyKind::Rsa { bits: 3072 } => "RSA-3072",
        KeyKind::Rsa { bits: 4096 } => "RSA-4096",
        KeyKind::EcP256 => "EC-prime256v1",
        KeyKind::EcP384 => "EC-secp384r1",
        KeyKind::EcP521 => "EC-secp521r1",
        _ => return None,
    })
}

fn signature_algorithm(algorithm: &SignatureAlgorithm) -> Option<&'static str> {
    Some(match algorithm {
        SignatureAlgorithm::RsaSha256 => "SHA256WITHRSA",
        SignatureAlgorithm::RsaSha384 => "SHA384WITHRSA",
        SignatureAlgorithm::RsaSha512 => "SHA512WITHRSA",
        SignatureAlgorithm::RsaPss(_) => "RSASSAPSS",
        SignatureAlgorithm::EcdsaSha256 => "SHA256WITHECDSA",
        SignatureAlgorithm::EcdsaSha384 => "SHA384WITHECDSA",
        SignatureAlgorithm::EcdsaSha512 => "SHA512WITHECDSA",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{
        BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType,
        ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PublicKeyData as _,
    };

    const NOW: Millis = Millis(1_790_000_000_000);

    /// What a certificate and its chain are made of.
    struct Made {
        pem: String,
        chain: String,
        spki: Vec<u8>,
    }

    fn params(common: Option<&str>, names: &[&str]) -> CertificateParams {
        let names = names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>();
        let mut params = CertificateParams::new(names).expect("names");
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CountryName, "DE");
        if let Some(common) = common {
            params.distinguished_name.push(DnType::CommonName, common);
        }
        params
    }

    fn ca(name: &str) -> CertificateParams {
        let mut params = params(Some(name), &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
    }

    fn made(params: &CertificateParams) -> Made {
        let key = || KeyPair::generate().expect("a key");
        let root = CertifiedIssuer::self_signed(ca("Root"), key()).expect("a root");
        let middle = CertifiedIssuer::signed_by(ca("Middle"), key(), &root).expect("a middle");
        let own = key();
        let leaf = params.signed_by(&own, &middle).expect("a leaf");
        Made {
            pem: leaf.pem(),
            chain: format!("{}{}", middle.pem(), root.pem()),
            spki: own.subject_public_key_info(),
        }
    }

    fn read(made: &Made) -> Result<Imported, Refusal> {
        Imported::read(
            made.pem.as_bytes(),
            Some(made.chain.as_bytes()),
            &made.spki,
            NOW,
        )
    }

    #[test]
    fn what_is_told_of_a_certificate() {
        let mut params = params(
            Some("iot.example.com"),
            &["b.example.com", "*.a.example.com"],
        );
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
        ];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::Other(vec![1, 2, 3]),
        ];
        params.serial_number = Some(vec![3, 0xe9].into());
        let found = read(&made(&params)).expect("it may be imported");
        assert_eq!(found.domain_name(), Some("iot.example.com"));
        assert_eq!(
            found.names(),
            ["*.a.example.com", "b.example.com", "iot.example.com"]
        );
        assert_eq!(found.key_algorithm(), "EC-prime256v1");
        assert_eq!(found.signature_algorithm(), "SHA256WITHECDSA");
        assert_eq!(
            found.key_usages(),
            ["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"]
        );
        let extended: Vec<_> = found.extended_key_usages().collect();
        let expected = [
            ("TLS_WEB_SERVER_AUTHENTICATION", "1.3.6.1.5.5.7.3.1"),
            ("CUSTOM", "1.2.3"),
        ];
        assert_eq!(extended, expected);
        assert_eq!(found.serial(), "03:e9");
        assert_eq!(found.issuer(), "Middle");
        assert_eq!(found.leaf.subject().joined(","), "C=DE,CN=iot.example.com");
        assert_eq!(found.chain.len(), 2);
    }

    #[test]
    fn which_hosts_it_is_for() {
        let check = |common: Option<&str>, names: &[&str], host: &str, is: bool| {
            let found = read(&made(&params(common, names))).expect("it may be imported");
            assert_eq!(found.is_for(host), is, "{common:?} {names:?} {host}");
        };
        check(Some("x"), &["iot.example.com"], "IOT.example.com", true);
        check(
            Some("iot.example.com"),
            &["other.example.com"],
            "iot.example.com",
            false,
        );
        check(Some("iot.example.com"), &[], "iot.example.com", true);
        check(None, &["*.example.com"], "iot.example.com", true);
        check(None, &["*.example.com"], "a.iot.example.com", false);
        check(None, &["*.example.com"], "example.com", false);
    }

    #[test]
    fn what_is_refused() {
        let good = made(&params(Some("a.example"), &[]));
        let other = made(&params(Some("a.example"), &[]));
        let check = |pem: &str, chain: Option<&str>, spki: &[u8], now: Millis, expected: &str| {
            let found = Imported::read(pem.as_bytes(), chain.map(str::as_bytes), spki, now);
            let text = found.map_or_else(|why| why.to_string(), |_| "taken".into());
            assert!(text.starts_with(expected), "{text}");
        };
        let (pem, chain, spki) = (good.pem.as_str(), good.chain.as_str(), good.spki.as_slice());
        check(pem, Some(chain), spki, NOW, "taken");
        check(pem, None, spki, NOW, "taken");
        check(
            "",
            None,
            spki,
            NOW,
            "The certificate is not valid: no PEM block",
        );
        check(
            &pem[..200],
            None,
            spki,
            NOW,
            "The certificate is not valid: the PEM block",
        );
        check(
            pem,
            Some("x"),
            spki,
            NOW,
            "The certificate chain is not valid: ",
        );
        let both = format!("{pem}{chain}");
        check(
            &both,
            None,
            spki,
            NOW,
            "The certificate field contains more than one",
        );
        check(
            pem,
            Some(chain),
            &other.spki,
            NOW,
            "The private key does not belong",
        );
        check(
            pem,
            Some(&other.chain),
            spki,
            NOW,
            "Could not validate the certificate with the",
        );
        check(
            pem,
            Some(&both),
            spki,
            NOW,
            "Could not validate the certificate with the",
        );
        let upside_down: Vec<&str> = chain
            .split_inclusive("-----END CERTIFICATE-----\n")
            .collect();
        let upside_down = format!("{}{}", upside_down[1], upside_down[0]);
        check(
            pem,
            Some(&upside_down),
            spki,
            NOW,
            "Could not validate the certificate with the",
        );
        let long = chain.repeat(6);
        check(
            pem,
            Some(&long),
            spki,
            NOW,
            "Could not validate the certificate with the",
        );
        check(
            pem,
            None,
            spki,
            Millis(0),
            "The certificate is not in effect yet",
        );
        let late = Millis(90_000_000_000_000);
        check(
            pem,
            None,
            spki,
            late,
            "The certificate has expired: it was valid until 4096-01-01",
        );
        let nameless = made(&params(None, &[]));
        check(
            &nameless.pem,
            None,
            &nameless.spki,
            NOW,
            "The certificate has no domain name",
        );
        let key = KeyPair::generate_for(&rcgen::PKCS_ED25519).expect("a key");
        let unfit = params(Some("a.example"), &[])
            .self_signed(&key)
            .expect("a certificate");
        let spki = key.subject_public_key_info();
        check(
            &unfit.pem(),
            None,
            &spki,
            NOW,
            "The certificate has a key that is not supported: Ed25519",
        );
    }

    #[test]
    fn what_may_replace_another() {
        let with = |usages: &[KeyUsagePurpose], extended: &[ExtendedKeyUsagePurpose]| {
            let mut params = params(Some("a.example"), &[]);
            params.key_usages = usages.to_vec();
            params.extended_key_usages = extended.to_vec();
            params
                .custom_extensions
                .push(CustomExtension::from_oid_content(&[1, 2, 4], vec![5, 0]));
            read(&made(&params)).expect("it may be imported")
        };
        use ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
        use KeyUsagePurpose::{DigitalSignature, KeyAgreement};
        let old = with(&[DigitalSignature], &[ServerAuth]);
        assert_eq!(
            with(&[DigitalSignature], &[ServerAuth]).check_replaces(&old),
            Ok(())
        );
        let more = with(&[DigitalSignature, KeyAgreement], &[ServerAuth, ClientAuth]);
        assert_eq!(more.check_replaces(&old), Ok(()));
        let less = |extension, usage: &str| {
            let usage = usage.to_owned();
            Err(Refusal::LessUsage { extension, usage })
        };
        assert_eq!(
            old.check_replaces(&more),
            less("key usage", "KEY_AGREEMENT")
        );
        let other = with(&[DigitalSignature, KeyAgreement], &[ClientAuth]);
        let expected = less("extended key usage", "TLS_WEB_SERVER_AUTHENTICATION");
        assert_eq!(other.check_replaces(&more), expected);
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).expect("a key");
        let unlike = params(Some("a.example"), &[])
            .self_signed(&key)
            .expect("a certificate");
        let unlike = Imported::kept(unlike.pem().as_bytes(), None).expect("it is read");
        let expected = "The certificate has a key of the kind EC-secp384r1, and the one that it is to replace has \
                        EC-prime256v1: the kind and size stay.";
        let found = unlike.check_replaces(&old).map_err(|why| why.to_string());
        assert_eq!(found, Err(expected.to_owned()));
    }
}
