//! The CAs of our own: what each consists of, how it is kept, and which of them issues.
//!
//! Owns the files `device-ca.pem`, `device-ca-ecdsa.pem` (the CA of the first start, by its kind of key) and
//! `device-ca-KEY.pem` (those that came later, by their keys' names) among the keys, and `device-ca.pem` of the data
//! directory. A CA is one file, so that no crash leaves half of it: when it is to issue, its key, the request for its
//! certificate while there is none, and its certificate with those above it.

use super::AuthorityError;
use super::device::CaKey;
use super::files::{self, Readers};
use super::issue::key_id;
use super::key::PrivateKey;
use super::shared;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{Certificate, CertificateError, PemError, Turn, to_pem};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;
use std::fmt;
use std::path::{Path, PathBuf};

/// What the line begins with that says when a CA issues.
const FROM: &str = "Issues-From: ";
const NEVER: &str = "never";
const REQUEST: &str = "-----BEGIN CERTIFICATE REQUEST-----";
/// How much of a key's name is in the name of its file, and enough to name a CA, digits.
const FILE_DIGITS: usize = 16;

/// A CA of our own, or a key that is to become one.
pub struct OwnCa {
    pub(super) file: String,
    pub(super) key: PrivateKey,
    pub(super) request: Option<String>,
    // Its own certificate first; none while the key waits for it.
    pub(super) chain: Vec<Certificate>,
    pub(super) from: Option<Millis>,
}

impl fmt::Debug for OwnCa {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnCa")
            .field("key", &self.key_id())
            .field("certificate", &self.certificate().map(Certificate::id))
            .finish_non_exhaustive()
    }
}

impl OwnCa {
    /// One whose key is to be kept by the key's name.
    pub(super) fn new(key: PrivateKey) -> Self {
        let name = hex::encode(key_id(key.spki()));
        Self {
            file: format!("device-ca-{}", &name[..FILE_DIGITS]),
            key,
            request: None,
            chain: Vec::new(),
            from: None,
        }
    }

    /// The name of its key, 40 hex digits.
    pub fn key_id(&self) -> String {
        hex::encode(key_id(self.key.spki()))
    }

    /// Name of its file.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// By what name servers share it, see [`super::shared`].
    pub(crate) fn secret(&self) -> String {
        shared::name_of(&self.path(Path::new("")))
    }

    /// Its certificate; `None` while the key waits for one.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.chain.first()
    }

    /// The certificates above its own, the one that issued it first; none of a CA that signed itself.
    pub fn above(&self) -> &[Certificate] {
        self.chain.get(1..).unwrap_or_default()
    }

    /// The request that its key waits with, PEM.
    pub fn request(&self) -> Option<&str> {
        self.request.as_deref()
    }

    /// From when on it issues, if it shall; what came first issues from the beginning of time.
    pub fn issues_from(&self) -> Option<Millis> {
        self.from
    }

    /// Kind of its key.
    pub fn key_kind(&self) -> Option<CaKey> {
        self.key.kind().map(CaKey::of)
    }

    pub(super) fn turn(&self) -> Option<Turn> {
        Some(Turn {
            from: self.from?,
            validity: self.certificate()?.validity(),
        })
    }

    /// Whether it is the one of this id: of its certificate or its key, in full or at least eight digits of it.
    pub(super) fn is_called(&self, id: &str) -> bool {
        let certificate = self.certificate().map(|ca| ca.id().to_string());
        let names = [certificate, Some(self.key_id())];
        id.len() >= 8 && names.iter().flatten().any(|name| name.starts_with(id))
    }

    pub(super) fn path(&self, data_dir: &Path) -> PathBuf {
        files::pair_path(data_dir, &self.file)
    }

    pub(super) fn write(&self, data_dir: &Path) -> Result<(), AuthorityError> {
        files::directory(&data_dir.join("keys"))?;
        files::write(&self.path(data_dir), self.text().as_bytes(), Readers::Owner)
    }

    /// What its file holds.
    pub(super) fn text(&self) -> String {
        let mut text = match self.from {
            Some(Millis(i64::MIN)) => String::new(),
            Some(from) => format!("{FROM}{}\n", from.0),
            None => format!("{FROM}{NEVER}\n"),
        };
        text.push_str(&to_pem("PRIVATE KEY", self.key.pkcs8()));
        text.extend(self.request.as_deref());
        text.extend(self.chain.iter().map(Certificate::to_pem));
        text
    }

    /// Reads a file; `None` when there is none of the name. `usual` is when it issues where the file does not say.
    fn read(
        data_dir: &Path,
        file: &str,
        usual: Option<Millis>,
    ) -> Result<Option<Self>, AuthorityError> {
        let path = files::pair_path(data_dir, file);
        let Some(text) = files::read(&path)? else {
            return Ok(None);
        };
        let unusable = |reason: String| AuthorityError::Content {
            path: path.clone(),
            reason,
        };
        let from = match text.lines().next().and_then(|line| line.strip_prefix(FROM)) {
            None => usual,
            Some(NEVER) => None,
            Some(number) => {
                let number = number
                    .parse()
                    .map_err(|_| unusable(format!("it says \"{FROM}\" and no moment")));
                Some(Millis(number?))
            }
        };
        let key = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).ok();
        let key = key.and_then(|pkcs8| PrivateKey::from_pkcs8(pkcs8.secret_pkcs8_der()));
        let key = key.ok_or_else(|| unusable("it holds no readable PRIVATE KEY".into()))?;
        let chain = match Certificate::parse_pem_many(&text) {
            Ok(chain) => chain,
            Err(CertificateError::Pem(PemError::Missing { .. })) => Vec::new(),
            Err(error) => return Err(unusable(error.to_string())),
        };
        if chain.first().is_some_and(|own| own.spki() != key.spki()) {
            return Err(unusable("its certificate is not of its key".into()));
        }
        let request = text.split_once(REQUEST).and_then(|(_, rest)| {
            let end = "-----END CERTIFICATE REQUEST-----\n";
            let (body, _) = rest.split_once(end)?;
            Some(format!("{REQUEST}{body}{end}"))
        });
        Ok(Some(Self {
            file: file.to_owned(),
            key,
            request,
            chain,
            from,
        }))
    }
}

/// All CAs that a data directory has, in the order of their turns. Of those of a first start, the one whose key is of this
/// kind issues until another's turn comes.
pub(super) fn read_all(data_dir: &Path, ca_key: CaKey) -> Result<Vec<OwnCa>, AuthorityError> {
    let mut all = Vec::new();
    for kind in CaKey::ALL {
        let usual = (kind == ca_key).then_some(Millis(i64::MIN));
        all.extend(OwnCa::read(data_dir, kind.file(), usual)?);
    }
    for name in files::keys(data_dir)? {
        let file = name.strip_suffix(".pem").filter(|file| is_later(file));
        if let Some(file) = file {
            all.extend(OwnCa::read(data_dir, file, None)?);
        }
    }
    all.sort_by_key(|ca| ca.from);
    Ok(all)
}

fn is_later(file: &str) -> bool {
    let name = file.strip_prefix("device-ca-").unwrap_or_default();
    name.len() == FILE_DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What device certificates chain to: the certificates of these CAs and those above them, each once, the one first that is
/// named.
pub(super) fn trust<'a>(all: impl Iterator<Item = &'a OwnCa>) -> Vec<&'a Certificate> {
    let mut found: Vec<&Certificate> = Vec::new();
    for certificate in all.flat_map(|ca| &ca.chain) {
        if !found.contains(&certificate) {
            found.push(certificate);
        }
    }
    found
}

/// Writes the data directory's `device-ca.pem`, unless it says that already.
pub(super) fn hand_out(data_dir: &Path, trust: &[&Certificate]) -> Result<(), AuthorityError> {
    let path = data_dir.join("device-ca.pem");
    let text: String = trust.iter().map(|ca| ca.to_pem()).collect();
    if files::read(&path)?.as_deref() != Some(&text) {
        files::write(&path, text.as_bytes(), Readers::Everyone)?;
    }
    Ok(())
}
