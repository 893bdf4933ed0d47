//! `nameplate vending codes`: what a device shows, as a QR code to print on it or to scan from the screen.

use super::{call, encoded};
use crate::cli::client::Client;
use crate::cli::out::{json as printed, say, tell};
use anyhow::{Context, anyhow};
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::{QRBuilder, QRCode};
use nameplate_core::escape;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Prints codes, or writes them as files; the exit status.
pub async fn run(
    client: &Client,
    batch: &str,
    svg: Option<&Path>,
    replace: bool,
    json: bool,
) -> anyhow::Result<u8> {
    if let Some(directory) = svg {
        std::fs::create_dir_all(directory)
            .with_context(|| format!("cannot make {}", directory.display()))?;
    }
    let (mut next, mut count, mut names) = (String::new(), 0, BTreeSet::new());
    loop {
        let batch = encoded(batch);
        let path = format!("batches/{batch}/codes?maxResults=500&replace={replace}{next}");
        let answer = call(client, "POST", &path, &Value::Null).await?;
        for code in answer["codes"].as_array().into_iter().flatten() {
            let member = |name: &str| code.get(name).and_then(Value::as_str).unwrap_or_default();
            let (serial, text) = (member("serialNumber"), member("code"));
            count += 1;
            if json {
                say(&format!("{}\n", printed(code)))?;
                continue;
            }
            let picture = QRBuilder::new(text)
                .build()
                .map_err(|why| anyhow!("{serial:?} fits no QR code: {why}"))?;
            match svg {
                Some(directory) => write(directory, &file_name(serial, &mut names), &picture)?,
                None => say(&format!("{}\n{}\n", escape::line(serial), picture.to_str()))?,
            }
        }
        match answer["nextToken"].as_str() {
            Some(token) => next = format!("&nextToken={token}"),
            None => break,
        }
    }
    if let Some(directory) = svg {
        tell(&format!("{count} codes in {}\n", directory.display()))?;
    } else if count == 0 && !json {
        tell(
            "There is no code to print: the batch has no devices, or they have tokens that are nowhere but with them; --replace makes new ones.\n",
        )?;
    }
    Ok(0)
}

/// What a device proves itself by is for its owner's eyes alone.
fn write(directory: &Path, name: &str, picture: &QRCode) -> anyhow::Result<()> {
    let path = directory.join(name);
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(SvgBuilder::default().to_str(picture).as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// A name that stays in its directory, and that no other serial number has.
fn file_name(serial: &str, names: &mut BTreeSet<String>) -> String {
    let plain: String = serial
        .chars()
        .map(|c| match c {
            c if c.is_alphanumeric() || "-_.:+".contains(c) => c,
            _ => '_',
        })
        .collect();
    let plain = match plain.trim_start_matches('.') {
        "" => "_",
        plain => plain,
    };
    let mut name = format!("{plain}.svg");
    let mut number = 2;
    while !names.insert(name.to_lowercase()) {
        name = format!("{plain}~{number}.svg");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::ensure;

    #[test]
    fn names_of_files() {
        let mut names = BTreeSet::new();
        for (serial, name) in [
            ("SN-1", "SN-1.svg"),
            ("sn-1", "sn-1~2.svg"),
            ("../../etc/passwd", "_.._etc_passwd.svg"),
            ("a/b", "a_b.svg"),
            ("a\\b", "a_b~2.svg"),
            ("...", "_.svg"),
        ] {
            assert_eq!(file_name(serial, &mut names), name);
        }
    }

    #[test]
    fn a_code_is_a_picture() -> anyhow::Result<()> {
        let text = r#"{"serialNumber":"SN-1","batch":"b","token":"t"}"#;
        let picture = QRBuilder::new(text)
            .build()
            .map_err(|why| anyhow!("{why}"))?;
        ensure!(SvgBuilder::default().to_str(&picture).contains("<svg"));
        ensure!(picture.to_str().lines().count() > 10);
        Ok(())
    }
}
