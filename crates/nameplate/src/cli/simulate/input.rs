//! Devices to simulate, read from files of certificates or of parameters.
//!
//! One device that cannot be read does not stop the others: it is a device that fails, with the reason. What cannot
//! be read as a whole is an error.

use crate::app::admission::simulate::{Device, Source};
pub use crate::cli::records::InputError;
use crate::cli::records::{Record, Records};
use nameplate_core::pki::Certificate;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A device, or what is called that and why it is none.
pub type Entry = Result<Device, Unreadable>;

/// A device that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What reports call it.
    pub label: String,
    /// Why it cannot be read.
    pub reason: String,
}

/// What a run begins with.
#[derive(Debug, Default)]
pub struct Input {
    /// In the order of files and lines.
    pub entries: Vec<Entry>,
    /// What was left out, for people.
    pub notes: Vec<String>,
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const BEGIN_OLD: &str = "-----BEGIN X509 CERTIFICATE-----";

/// Certificates of a file, or of all `*.pem`, `*.crt` and `*.cer` files below a directory.
pub fn certificates(path: &Path) -> Result<Input, InputError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| InputError::File { path, source }
    };
    let metadata = std::fs::metadata(path).map_err(failed(path))?;
    let mut input = Input::default();
    if !metadata.is_dir() {
        let bytes = std::fs::read(path).map_err(failed(path))?;
        input.add_file(&path.display().to_string(), &bytes);
        return input.some(path, "it holds no certificate");
    }
    let mut files = Vec::new();
    certificate_files(path, &mut files)?;
    for file in files {
        let label = file.strip_prefix(path).unwrap_or(&file);
        let label = label.display().to_string();
        match std::fs::read(&file) {
            // Keys are often kept beside their certificates, with the same ending.
            Ok(bytes) if is_only_a_key(&bytes) => {}
            Ok(bytes) => input.add_file(&label, &bytes),
            Err(error) => input.entries.push(Err(Unreadable {
                label,
                reason: format!("the file cannot be read: {error}"),
            })),
        }
    }
    input.some(
        path,
        "no file below it is named *.pem, *.crt or *.cer and holds a certificate",
    )
}

/// Parameters of devices, record by record.
pub fn parameters(path: &Path) -> Result<Input, InputError> {
    let mut records = Records::open(path)?;
    let mut input = Input::default();
    while let Some(Record { line, values }) = records.next_record()? {
        let label = format!("line {line}");
        input.entries.push(match values {
            Ok(values) => Ok(Device {
                label,
                source: Source::Parameters(values),
            }),
            Err(reason) => Err(Unreadable { label, reason }),
        });
    }
    input.some(path, "it holds no device")
}

impl Input {
    fn some(self, path: &Path, reason: &str) -> Result<Self, InputError> {
        match self.entries.is_empty() {
            false => Ok(self),
            true => Err(InputError::Content {
                path: path.to_owned(),
                reason: reason.to_owned(),
            }),
        }
    }

    fn add_file(&mut self, label: &str, bytes: &[u8]) {
        let mut found: Vec<(String, Result<Certificate, String>)> = Vec::new();
        if bytes.first() == Some(&0x30) {
            let certificate = Certificate::parse_der(bytes).map_err(|error| error.to_string());
            found.push((label.to_owned(), certificate));
        } else {
            let text = String::from_utf8_lossy(bytes);
            let blocks = blocks(&text);
            let many = blocks.len() > 1;
            for (at, block) in blocks.into_iter().enumerate() {
                let label = match many {
                    true => format!("{label}#{}", at + 1),
                    false => label.to_owned(),
                };
                let certificate = Certificate::parse_pem(block).map_err(|error| error.to_string());
                found.push((label, certificate));
            }
        }
        if found.is_empty() {
            let missing = Certificate::parse_pem(&String::from_utf8_lossy(bytes));
            found.push((label.to_owned(), missing.map_err(|error| error.to_string())));
        }
        // Chains hold the CA as well, which is not a device. A CA on its own is somebody's mistake to be shown.
        let is_ca = |result: &Result<Certificate, String>| {
            result.as_ref().is_ok_and(|c| c.ca_flag() == Some(true))
        };
        let authorities = found.iter().filter(|(_, result)| is_ca(result)).count();
        let skip = authorities > 0 && authorities < found.len();
        if skip {
            self.notes.push(format!(
                "{label}: {authorities} of {} certificates are those of CAs, and count as sent along",
                found.len()
            ));
        }
        // A device sends them with its own.
        let chain: Arc<[Certificate]> = match skip {
            true => found
                .iter()
                .filter(|(_, result)| is_ca(result))
                .filter_map(|(_, result)| result.as_ref().ok().cloned())
                .collect(),
            false => Arc::default(),
        };
        for (label, result) in found {
            if skip && is_ca(&result) {
                continue;
            }
            self.entries.push(match result {
                Ok(certificate) => Ok(Device {
                    label,
                    source: Source::Certificate(Box::new(certificate), Arc::clone(&chain)),
                }),
                Err(reason) => Err(Unreadable { label, reason }),
            });
        }
    }
}

/// The certificate blocks of a text, each up to where the next begins.
fn blocks(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = [BEGIN, BEGIN_OLD]
        .iter()
        .flat_map(|begin| text.match_indices(begin).map(|(at, _)| at))
        .collect();
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| &text[*start..end])
        .collect()
}

fn is_only_a_key(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains("PRIVATE KEY-----") && !text.contains(BEGIN) && !text.contains(BEGIN_OLD)
}

fn certificate_files(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), InputError> {
    let failed = |source| InputError::File {
        path: directory.to_owned(),
        source,
    };
    let mut entries = std::fs::read_dir(directory)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(failed)?;
        // Links to directories are not followed, so that the way has an end.
        if kind.is_dir() {
            certificate_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| {
            ["pem", "crt", "cer"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        }) {
            files.push(path);
        }
    }
    Ok(())
}
