//! What Node programs load first, so that `aws-sdk` v2, which knows no `AWS_ENDPOINT_URL`, calls this server too.
//!
//! Must not know how a program is started.

use crate::cli::place::Place;
use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The file in the data directory. It outlives the call, since the program takes the place of this process.
const FILE: &str = "node-preload.cjs";
const SCRIPT: &str = include_str!("node.cjs");
/// What the script has in place of a value.
const PLACE: &str = "__PLACE__";

/// Writes the file and names it; only its owner can read it.
///
/// # Errors
/// The data directory cannot be written.
pub fn write(place: &Place) -> std::io::Result<PathBuf> {
    let values = serde_json::json!({
        "hosts": [place.endpoint_host],
        "rootCa": place.root_ca().to_string_lossy(),
    });
    let script = SCRIPT.replacen(PLACE, &values.to_string(), 1);
    let path = place.directory.join(FILE);
    if fs::read_to_string(&path).is_ok_and(|found| found == script) {
        return Ok(path);
    }
    // Two calls at once write files of their own, and programs that run never see half of one.
    let own = path.with_extension(format!("{}.tmp", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&own)
        .and_then(|mut file| file.write_all(script.as_bytes()))
        .and_then(|()| fs::rename(&own, &path));
    if written.is_err() {
        // What is left hurts nobody, and the error is the one that counts.
        let _ = fs::remove_file(&own);
    }
    written.map(|()| path)
}

/// `NODE_OPTIONS` with the file in front of what the user has there.
pub fn options(preload: &Path, own: Option<&OsStr>) -> OsString {
    let mut options = OsString::from("--require=");
    // Node takes words in double quotes, with backslashes before what would end them.
    match preload.to_str() {
        Some(path) if path.contains([' ', '"', '\\']) => {
            let escaped = path.replace('\\', r"\\").replace('"', r#"\""#);
            options.push(format!("\"{escaped}\""));
        }
        _ => options.push(preload),
    }
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        options.push(" ");
        options.push(own);
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_keep_the_users_own() {
        let check = |path: &str, own: Option<&str>, expected: &str| {
            let options = options(Path::new(path), own.map(OsStr::new));
            assert_eq!(options, OsStr::new(expected));
        };
        check("/d/node-preload.cjs", None, "--require=/d/node-preload.cjs");
        check("/d/n.cjs", Some(""), "--require=/d/n.cjs");
        let own = "--max-old-space-size=512 --require ./mine.js";
        check("/d/n.cjs", Some(own), &format!("--require=/d/n.cjs {own}"));
        check("/my data/n.cjs", None, r#"--require="/my data/n.cjs""#);
        check(r#"/a"b\c"#, None, r#"--require="/a\"b\\c""#);
    }

    #[test]
    fn the_script_has_one_place_for_values() {
        assert_eq!(SCRIPT.matches(PLACE).count(), 1);
    }
}
