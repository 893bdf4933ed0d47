//! Makes a backup of one moment: rows of a snapshot, the bodies that they name, and the files of the data directory.
//!
//! Whoever calls it sees to it that nothing which the snapshot names is removed meanwhile. All of it blocks.

use super::BackupError;
use super::format::{End, Header, Writer};
use crate::app::directory::Kept;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use nameplate_core::ctx::Millis;
use nameplate_store::Snapshot;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What a directory has of its own, whatever it serves: who holds it, where its server listens, what is under way.
const OWN: &[&str] = &["lock", "node", "endpoints.json", super::UNFINISHED];
/// The database and what belongs to its file.
const DATABASE: &str = "nameplate.db";
/// Bodies of objects, which rows name.
const BODIES: &str = "objects";
/// What is made again of other files: layers laid out together, and interpreters that were installed.
const MADE: &[&str] = &["functions/opt", "functions/runtime"];
/// Where code of functions is, by digest.
const CODE: &str = "functions/code";
/// Files up to this are read at once, so that one which is written to meanwhile is what it was at some moment.
const AT_ONCE: u64 = 8 << 20;

/// Opens the body of this name and size.
pub type Bodies<'b> = dyn FnMut(&str, u64) -> io::Result<Box<dyn Read>> + 'b;

/// What is backed up.
pub struct Source<'s> {
    /// The registry.
    pub snapshot: &'s mut Snapshot,
    /// The data directory.
    pub directory: &'s Path,
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
    /// Now.
    pub now: Millis,
    /// Opens bodies of objects.
    pub body: &'s mut Bodies<'s>,
}

/// Writes it; what was written. `tell` is told how many rows are done, and of how many.
pub fn make<W: Write>(
    source: Source<'_>,
    to: W,
    tell: &mut dyn FnMut(u64, u64),
) -> Result<(End, W), BackupError> {
    let Source {
        snapshot,
        directory,
        engine,
        now,
        body,
    } = source;
    let tables = snapshot.tables();
    let mut rows = 0;
    for table in &tables {
        rows += snapshot.count(table)?;
    }
    let header = Header {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: snapshot.version(),
        created: now.0,
        engine: engine.to_owned(),
        rows,
        identity: snapshot.identity(Kept::NAMES)?,
    };
    let mut writer = Writer::begin(to, &header)?;
    let mut done = 0;
    for table in &tables {
        let mut number = 0;
        let digest = snapshot.rows(table, &mut |count, lines| {
            number += 1;
            done += count;
            tell(done, rows);
            Ok::<(), BackupError>(writer.rows(table, number, &lines)?)
        })?;
        writer.table(digest);
    }
    let codes = snapshot.codes()?;
    let codes = codes
        .iter()
        .filter_map(|code| STANDARD.decode(code).ok().map(hex::encode))
        .collect();
    files(&mut writer, directory, Path::new(""), &codes)?;
    snapshot.bodies(&mut |name, size| {
        let content = body(name, size).map_err(|error| {
            BackupError::Io(io::Error::new(
                error.kind(),
                format!("the body {name} of an object cannot be read: {error}"),
            ))
        })?;
        Ok::<(), BackupError>(writer.body(name, size, content)?)
    })?;
    Ok(writer.end()?)
}

/// Adds what is below a directory of the data directory.
fn files<W: Write>(
    writer: &mut Writer<W>,
    directory: &Path,
    below: &Path,
    codes: &BTreeSet<String>,
) -> Result<(), BackupError> {
    let place = directory.join(below);
    let mut entries = match std::fs::read_dir(&place) {
        Ok(entries) => entries.collect::<io::Result<Vec<_>>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = below.join(entry.file_name());
        if is_left_out(&path, codes) {
            continue;
        }
        let gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) if gone(&error) => continue,
            Err(error) => return Err(error.into()),
        };
        if kind.is_dir() {
            let mode = match entry.metadata() {
                Ok(about) => about.permissions().mode() & 0o777,
                Err(error) if gone(&error) => continue,
                Err(error) => return Err(error.into()),
            };
            writer.directory(&path, mode)?;
            files(writer, directory, &path, codes)?;
        } else if kind.is_symlink() {
            match std::fs::read_link(entry.path()) {
                Ok(target) => writer.link(&path, &target)?,
                Err(error) if gone(&error) => {}
                Err(error) => return Err(error.into()),
            }
        } else if kind.is_file() {
            match File::open(entry.path()) {
                Ok(file) => add(writer, &path, file)?,
                Err(error) if gone(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

fn add<W: Write>(writer: &mut Writer<W>, path: &Path, file: File) -> Result<(), BackupError> {
    let about = file.metadata()?;
    let (mode, size) = (about.permissions().mode() & 0o777, about.len());
    if size > AT_ONCE {
        return Ok(writer.file(path, mode, size, file)?);
    }
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes)?;
    let size = bytes.len() as u64;
    Ok(writer.file(path, mode, size, Cursor::new(bytes))?)
}

fn is_left_out(path: &Path, codes: &BTreeSet<String>) -> bool {
    let text = path.to_string_lossy();
    if path.parent() == Some(Path::new("")) {
        return OWN.contains(&&*text)
            || text == BODIES
            || text.starts_with(DATABASE)
            || text.ends_with(".new");
    }
    if MADE.contains(&&*text) {
        return true;
    }
    // Code that no row names is on its way in or out.
    path.parent() == Some(Path::new(CODE)) && {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !codes.contains(name.strip_suffix(".zip").unwrap_or(&name))
    }
}
