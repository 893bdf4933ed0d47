//! The roots that devices trust and the server certificates under them.
//!
//! There are two of each. A client that offers no ECDSA could not check an RSA certificate that an ECDSA root
//! signed, so the RSA server certificate has an RSA root; `root-ca.pem` holds both, P-256 first.

use super::files::{self, Pair, Readers};
use super::issue::{self, COMMON_NAME, Content, END_OF_2049, ORGANIZATION, Purpose};
use super::key::{Kind, PrivateKey, random};
use super::{AuthorityError, der};
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{Certificate, verify_signed_by};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

/// Names of the roots' files, P-256 first.
pub(super) const ROOTS: &[&str] = &["root-ecdsa", "root-rsa"];

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// Life of a server certificate; some clients refuse more than 398 days.
const SERVER_DAYS: i64 = 397;
/// A server certificate with less than this left is renewed.
const RENEWAL_DAYS: i64 = 30;
/// How far certificates reach back, for devices whose clock is slow.
const BACKDATED_DAYS: i64 = 1;
/// X.520 upper bound of a common name, characters.
const COMMON_NAME_CHARS: usize = 64;

/// The server's own CA: one root with a P-256 key and one with an RSA key.
pub struct ServerAuthority {
    data_dir: PathBuf,
    ecdsa: Pair,
    rsa: Pair,
}

/// What the server proves itself by.
pub struct ServerIdentity {
    /// P-256, for every client that can use it.
    pub ecdsa: KeyAndChain,
    /// RSA 2048, for clients that offer no ECDSA.
    pub rsa: KeyAndChain,
    /// When the first of the two certificates ends; ask for a new identity well before.
    pub not_after: Millis,
}

/// A private key and the certificates that a peer is shown, leaf first.
pub struct KeyAndChain {
    /// The leaf; the root above it is known to whoever can check it.
    pub chain: Vec<CertificateDer<'static>>,
    /// PKCS#8.
    pub key: PrivateKeyDer<'static>,
}

impl ServerAuthority {
    /// Reads the roots from the data directory, making directory and roots at the first start, and keeps
    /// `root-ca.pem` in step with them. Blocks: RSA keys are made, files are flushed.
    pub fn open(data_dir: &Path, now: Millis) -> Result<Self, AuthorityError> {
        files::directory(data_dir)?;
        let ecdsa = root(data_dir, ROOTS[0], Kind::EcP256, now)?;
        let rsa = root(data_dir, ROOTS[1], Kind::Rsa2048, now)?;
        let authority = ServerAuthority {
            data_dir: data_dir.to_owned(),
            ecdsa,
            rsa,
        };
        let path = authority.root_ca_path();
        let roots = authority.root_ca_pem();
        if files::read(&path)?.as_deref() != Some(&roots) {
            files::write(&path, roots.as_bytes(), Readers::Everyone)?;
        }
        Ok(authority)
    }

    /// Both root certificates as PEM, P-256 first: what `root-ca.pem` holds.
    pub fn root_ca_pem(&self) -> String {
        self.ecdsa.certificate.to_pem() + &self.rsa.certificate.to_pem()
    }

    /// Path of `root-ca.pem`, which `NAMEPLATE_ROOT_CA` names.
    pub fn root_ca_path(&self) -> PathBuf {
        self.data_dir.join("root-ca.pem")
    }

    /// Server certificates for `endpoint_host`, the loopback names and `more_names` (host names or
    /// addresses), in this order without repetition. The ones on disk are taken if they fit; they are
    /// renewed when the names changed, when under 30 days are left, or when a root is new. Blocks.
    pub fn identity(
        &self,
        endpoint_host: &str,
        more_names: &[String],
        now: Millis,
    ) -> Result<ServerIdentity, AuthorityError> {
        let names = Names::new(endpoint_host, more_names)?;
        let ecdsa = self.leaf("server-ecdsa", Kind::EcP256, &self.ecdsa, &names, now)?;
        let rsa = self.leaf("server-rsa", Kind::Rsa2048, &self.rsa, &names, now)?;
        Ok(ServerIdentity {
            not_after: ecdsa
                .certificate
                .validity()
                .not_after
                .min(rsa.certificate.validity().not_after),
            ecdsa: KeyAndChain::new(&ecdsa),
            rsa: KeyAndChain::new(&rsa),
        })
    }

    fn leaf(
        &self,
        name: &str,
        kind: Kind,
        root: &Pair,
        names: &Names,
        now: Millis,
    ) -> Result<Pair, AuthorityError> {
        // A file that cannot be read is replaced: nothing but this server depends on it.
        if let Ok(Some(pair)) = files::read_pair(&self.data_dir, name)
            && pair.key.kind() == Some(kind)
            && still_good(&pair.certificate, &root.certificate, names, now)
        {
            return Ok(pair);
        }
        let key = PrivateKey::generate(kind)?;
        let common_name = match names.first() {
            host if host.chars().count() <= COMMON_NAME_CHARS => host,
            _ => "Nameplate".to_owned(),
        };
        let content = Content {
            subject: &der::name(&[(COMMON_NAME, &common_name)]),
            spki: key.spki(),
            not_before: days_from(now, -BACKDATED_DAYS),
            not_after: days_from(now, SERVER_DAYS - BACKDATED_DAYS),
            purpose: Purpose::Server {
                hosts: &names.hosts,
                addresses: &names.addresses,
            },
        };
        let issuer = root.certificate.subject().der();
        let certificate = issue::issue(&content, issuer, &root.key)?;
        let pair = Pair { key, certificate };
        files::write_pair(&self.data_dir, name, &pair)?;
        Ok(pair)
    }
}

impl KeyAndChain {
    fn new(pair: &Pair) -> Self {
        KeyAndChain {
            chain: vec![CertificateDer::from(pair.certificate.der().to_vec())],
            key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pair.key.pkcs8().to_vec())),
        }
    }
}

fn root(data_dir: &Path, name: &str, kind: Kind, now: Millis) -> Result<Pair, AuthorityError> {
    if let Some(pair) = files::read_pair(data_dir, name)? {
        return Ok(pair);
    }
    let key = PrivateKey::generate(kind)?;
    let algorithm = match kind {
        Kind::EcP256 => "ECDSA",
        Kind::Rsa2048 => "RSA",
    };
    // A name of its own for each server: trust stores with several roots of one name pick the wrong one.
    let common_name = format!(
        "Nameplate {algorithm} Root CA {}",
        hex::encode(random::<4>()?)
    );
    let subject = der::name(&[(ORGANIZATION, "Nameplate"), (COMMON_NAME, &common_name)]);
    let content = Content {
        subject: &subject,
        spki: key.spki(),
        not_before: days_from(now, -BACKDATED_DAYS),
        not_after: END_OF_2049,
        purpose: Purpose::Authority,
    };
    let certificate = issue::issue(&content, &subject, &key)?;
    let pair = Pair { key, certificate };
    files::write_pair(data_dir, name, &pair)?;
    Ok(pair)
}

fn still_good(leaf: &Certificate, root: &Certificate, names: &Names, now: Millis) -> bool {
    let addresses: Vec<String> = names.addresses.iter().map(IpAddr::to_string).collect();
    leaf.validity().contains(now)
        && leaf.validity().contains(days_from(now, RENEWAL_DAYS))
        && leaf.alternative_names().dns == names.hosts
        && leaf.alternative_names().ip == addresses
        && leaf.issuer().der() == root.subject().der()
        && verify_signed_by(leaf, root.spki()).is_ok()
}

fn days_from(now: Millis, days: i64) -> Millis {
    Millis(now.0 + days * DAY_MILLIS)
}

/// The names of a server certificate by kind, each once.
struct Names {
    hosts: Vec<String>,
    addresses: Vec<IpAddr>,
}

impl Names {
    fn new(endpoint_host: &str, more: &[String]) -> Result<Self, AuthorityError> {
        let mut names = Names {
            hosts: Vec::new(),
            addresses: Vec::new(),
        };
        names.add(endpoint_host)?;
        names.add("localhost")?;
        names.add_address(IpAddr::V4(Ipv4Addr::LOCALHOST));
        names.add_address(IpAddr::V6(Ipv6Addr::LOCALHOST));
        for name in more {
            names.add(name)?;
        }
        Ok(names)
    }

    fn add(&mut self, name: &str) -> Result<(), AuthorityError> {
        if let Ok(address) = name.parse() {
            self.add_address(address);
            return Ok(());
        }
        // Letters, digits, hyphen, underscore and dot, and the star of a wildcard.
        let host = name.to_ascii_lowercase();
        let sound = !host.is_empty()
            && host.len() <= 253
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte));
        if !sound {
            return Err(AuthorityError::Name {
                name: name.to_owned(),
            });
        }
        if !self.hosts.contains(&host) {
            self.hosts.push(host);
        }
        Ok(())
    }

    fn add_address(&mut self, address: IpAddr) {
        if !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
    }

    /// For the common name, which clients of today do not look at.
    fn first(&self) -> String {
        // `localhost` is always there.
        self.hosts[0].clone()
    }
}
