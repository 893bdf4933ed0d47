//! Devices to simulate, read from files of certificates or of parameters.
//!
//! One device that cannot be read does not stop the others: it is a device that fails, with the reason. What cannot
//! be read as a whole is an error.

use super::csv;
use crate::app::simulate::{Device, Source};
use nameplate_core::pki::Certificate;
use nameplate_core::template::Parameters;
use serde_json::Value;
use std::collections::BTreeMap;
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

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// A file or directory.
    #[error("{} cannot be read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is readable and holds nothing of use.
    #[error("{}: {reason}", path.display())]
    Content {
        /// Which file or directory.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
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

/// Parameters, one JSON object of strings a line; CSV with a header where the name ends in `.csv`.
pub fn parameters(path: &Path) -> Result<Input, InputError> {
    let bytes = std::fs::read(path).map_err(|source| InputError::File {
        path: path.to_owned(),
        source,
    })?;
    let content = |reason: String| InputError::Content {
        path: path.to_owned(),
        reason,
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        content(format!("it is not UTF-8 at byte {at}"))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let is_csv = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let entries = match is_csv {
        true => from_csv(text).map_err(content)?,
        false => from_lines(text),
    };
    Input {
        entries,
        notes: Vec::new(),
    }
    .some(path, "it holds no device")
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

fn from_lines(text: &str) -> Vec<Entry> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            let label = format!("line {}", at + 1);
            match values(line) {
                Ok(values) => Ok(Device {
                    label,
                    source: Source::Parameters(values),
                }),
                Err(reason) => Err(Unreadable { label, reason }),
            }
        })
        .collect()
}

fn values(line: &str) -> Result<BTreeMap<String, String>, String> {
    let value: Value =
        serde_json::from_str(line).map_err(|error| format!("the line is not JSON: {error}"))?;
    let Value::Object(members) = value else {
        return Err("the line is not a JSON object of strings".to_owned());
    };
    members
        .into_iter()
        .map(|(name, value)| match Parameters::text_of(&value) {
            Some(text) => Ok((name, text)),
            None => Err(format!(
                "the value of {name:?} is {value}; a string is expected"
            )),
        })
        .collect()
}

fn from_csv(text: &str) -> Result<Vec<Entry>, String> {
    let first = text.lines().next().unwrap_or_default();
    let mut records = csv::parse(text, csv::separator(first))?.into_iter();
    let header = records
        .next()
        .ok_or("it has no header with the parameters' names")?;
    let names: Vec<String> = header
        .fields
        .into_iter()
        .map(|name| name.unwrap_or_default().trim().to_owned())
        .collect();
    if let Some(at) = names.iter().position(String::is_empty) {
        return Err(format!("column {} has no name in the header", at + 1));
    }
    if let Some(name) = names
        .iter()
        .enumerate()
        .find_map(|(at, name)| names[..at].contains(name).then_some(name))
    {
        return Err(format!("two columns are named {name:?}"));
    }
    Ok(records
        .map(|record| {
            let label = format!("line {}", record.line);
            if record.fields.len() != names.len() {
                return Err(Unreadable {
                    label,
                    reason: format!(
                        "the row has {} of the header's {} fields",
                        record.fields.len(),
                        names.len()
                    ),
                });
            }
            // An empty field is a parameter that is not given, so that its default counts.
            let values = names
                .iter()
                .cloned()
                .zip(record.fields)
                .filter_map(|(name, value)| Some((name, value?)))
                .collect();
            Ok(Device {
                label,
                source: Source::Parameters(values),
            })
        })
        .collect())
}
