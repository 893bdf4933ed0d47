//! What a backup is: a tar archive whose parts are listed with their digests as they come, so that neither who writes it
//! nor who reads it needs more memory for a larger registry.
//!
//! `nameplate-backup.json` comes first; `registry/TABLE/NUMBER` has rows; `files/…` are files of the data directory and
//! `objects/NAME` bodies of objects. After some parts each `digests/NUMBER` names them with size and SHA-256, and `end.json`
//! is last: what is cut short has none. The digests tell damage. They are no signature: who can write the file can make
//! another.

use super::BackupError;
use aws_lc_rs::digest::{Context, SHA256};
use nameplate_store::TableDigest;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;

/// The version of all this.
pub const FORMAT: u64 = 1;
pub(super) const HEADER: &str = "nameplate-backup.json";
pub(super) const REGISTRY: &str = "registry/";
pub(super) const FILES: &str = "files/";
pub(super) const OBJECTS: &str = "objects/";
pub(super) const DIGESTS: &str = "digests/";
pub(super) const END: &str = "end.json";
/// Parts that one list names.
pub(super) const LISTED: usize = 512;
/// Bytes of a document or of rows that a reader takes.
pub(super) const DOCUMENT_BYTES: u64 = 256 << 20;

/// What is known of a registry before its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The release that wrote it.
    pub program: String,
    /// The version of its tables.
    pub schema: usize,
    /// When it was asked for, milliseconds since the epoch.
    pub created: i64,
    /// `sqlite` or `postgres`: where it was kept.
    pub engine: String,
    /// How many rows are to come.
    pub rows: u64,
    /// What it is known by.
    pub identity: BTreeMap<String, String>,
}

impl Header {
    fn to_json(&self) -> Value {
        json!({
            "nameplateBackup": FORMAT, "program": self.program, "schema": self.schema, "created": self.created,
            "engine": self.engine, "rows": self.rows, "identity": self.identity,
        })
    }

    pub(super) fn parse(text: &[u8]) -> Result<Self, BackupError> {
        let foreign = || BackupError::Foreign;
        let value: Value = serde_json::from_slice(text).map_err(|_| foreign())?;
        let format = value["nameplateBackup"].as_u64().ok_or_else(foreign)?;
        if format > FORMAT {
            return Err(BackupError::Newer(format!(
                "format {format}; this release reads {FORMAT}"
            )));
        }
        let text = |name: &str| value[name].as_str().map(str::to_owned).ok_or_else(foreign);
        let identity = value["identity"].as_object().ok_or_else(foreign)?;
        let identity = identity
            .iter()
            .map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect::<Option<_>>();
        Ok(Self {
            program: text("program")?,
            schema: value["schema"]
                .as_u64()
                .and_then(|schema| usize::try_from(schema).ok())
                .ok_or_else(foreign)?,
            created: value["created"].as_i64().ok_or_else(foreign)?,
            engine: text("engine")?,
            rows: value["rows"].as_u64().ok_or_else(foreign)?,
            identity: identity.ok_or_else(foreign)?,
        })
    }
}

/// What came before the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct End {
    /// Every table, with the digest of its rows.
    pub tables: Vec<TableDigest>,
    /// Files of the data directory.
    pub files: u64,
    /// Bodies of objects.
    pub bodies: u64,
    /// Parts in all.
    pub parts: u64,
    /// Their bytes.
    pub bytes: u64,
    /// SHA-256 over the lists of digests and all of the above, in hex.
    pub sha256: String,
}

impl End {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// What `sha256` is where the lists have this digest.
    pub(super) fn digest(&self, lists: &Context) -> String {
        let told = Self {
            sha256: String::new(),
            ..self.clone()
        };
        let mut digest = lists.clone();
        digest.update(told.to_json().to_string().as_bytes());
        hex::encode(digest.finish().as_ref())
    }

    fn to_json(&self) -> Value {
        let tables = self.tables.iter();
        let tables: Vec<Value> = tables
            .map(|t| json!({"table": t.table, "rows": t.rows, "sha256": t.digest}))
            .collect();
        json!({
            "tables": tables, "files": self.files, "bodies": self.bodies, "parts": self.parts, "bytes": self.bytes,
            "sha256": self.sha256,
        })
    }

    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(text).ok()?;
        let tables = value["tables"].as_array()?.iter().map(|table| {
            Some(TableDigest {
                table: table["table"].as_str()?.to_owned(),
                rows: table["rows"].as_u64()?,
                digest: table["sha256"].as_str()?.to_owned(),
            })
        });
        Some(Self {
            tables: tables.collect::<Option<_>>()?,
            files: value["files"].as_u64()?,
            bodies: value["bodies"].as_u64()?,
            parts: value["parts"].as_u64()?,
            bytes: value["bytes"].as_u64()?,
            sha256: value["sha256"].as_str()?.to_owned(),
        })
    }
}

/// A part as it is listed: its name, bytes, and SHA-256 in hex.
pub(super) type Listed = (String, u64, String);

/// The text of a list, of which the end has a digest.
fn list(parts: &[Listed]) -> Vec<u8> {
    json!({"parts": parts}).to_string().into_bytes()
}

/// The parts that a list names.
pub(super) fn listed(text: &[u8]) -> Option<Vec<Listed>> {
    let value: Value = serde_json::from_slice(text).ok()?;
    let parts = value["parts"].as_array()?.iter();
    parts
        .map(|part| {
            Some((
                part[0].as_str()?.to_owned(),
                part[1].as_u64()?,
                part[2].as_str()?.to_owned(),
            ))
        })
        .collect()
}

/// A reader whose bytes are counted and digested.
pub(super) struct Digested<R> {
    of: R,
    digest: Context,
    pub(super) bytes: u64,
}

impl<R: Read> Digested<R> {
    pub(super) fn new(of: R) -> Self {
        Self {
            of,
            digest: Context::new(&SHA256),
            bytes: 0,
        }
    }

    pub(super) fn sha256(self) -> String {
        hex::encode(self.digest.finish().as_ref())
    }
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.of.read(buffer)?;
        self.digest.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Writes a backup.
pub(super) struct Writer<W: Write> {
    tar: tar::Builder<W>,
    seconds: u64,
    listed: Vec<Listed>,
    lists: u64,
    digest: Context,
    end: End,
}

impl<W: Write> Writer<W> {
    /// Begins with the header.
    pub(super) fn begin(to: W, header: &Header) -> io::Result<Self> {
        let mut this = Self {
            tar: tar::Builder::new(to),
            seconds: u64::try_from(header.created / 1000).unwrap_or(0),
            listed: Vec::new(),
            lists: 0,
            digest: Context::new(&SHA256),
            end: End::default(),
        };
        let text = header.to_json().to_string();
        this.part(HEADER, 0o600, text.len() as u64, text.as_bytes())?;
        Ok(this)
    }

    fn entry(&self, kind: tar::EntryType, mode: u32, size: u64) -> tar::Header {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_mtime(self.seconds);
        header.set_size(size);
        header
    }

    /// Adds a part of so many bytes.
    ///
    /// # Errors
    /// Where the content cannot be read or has fewer.
    pub(super) fn part(
        &mut self,
        name: impl AsRef<Path>,
        mode: u32,
        size: u64,
        content: impl Read,
    ) -> io::Result<()> {
        let name = name.as_ref();
        let mut header = self.entry(tar::EntryType::Regular, mode, size);
        let mut content = Digested::new(content.take(size));
        self.tar.append_data(&mut header, name, &mut content)?;
        if content.bytes != size {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("{} has become shorter while it was read", name.display()),
            ));
        }
        let bytes = content.bytes;
        self.note(name, bytes, content.sha256())
    }

    /// Adds rows of a table.
    pub(super) fn rows(&mut self, table: &str, number: u64, lines: &[u8]) -> io::Result<()> {
        let name = format!("{REGISTRY}{table}/{number:06}");
        self.part(name, 0o600, lines.len() as u64, lines)
    }

    /// Notes the digest of a table whose rows have come.
    pub(super) fn table(&mut self, table: TableDigest) {
        self.end.tables.push(table);
    }

    /// Adds a file of the data directory.
    pub(super) fn file(
        &mut self,
        path: &Path,
        mode: u32,
        size: u64,
        content: impl Read,
    ) -> io::Result<()> {
        self.end.files += 1;
        self.part(Path::new(FILES).join(path), mode, size, content)
    }

    /// Adds a directory of the data directory.
    pub(super) fn directory(&mut self, path: &Path, mode: u32) -> io::Result<()> {
        let name = Path::new(FILES).join(path);
        let mut header = self.entry(tar::EntryType::Directory, mode, 0);
        self.tar.append_data(&mut header, &name, io::empty())?;
        self.note(&name, 0, "directory".to_owned())
    }

    /// Adds a symbolic link of the data directory.
    pub(super) fn link(&mut self, path: &Path, target: &Path) -> io::Result<()> {
        self.end.files += 1;
        let name = Path::new(FILES).join(path);
        let mut header = self.entry(tar::EntryType::Symlink, 0o777, 0);
        self.tar.append_link(&mut header, &name, target)?;
        self.note(&name, 0, link_digest(target))
    }

    /// Adds the body of an object.
    pub(super) fn body(&mut self, name: &str, size: u64, content: impl Read) -> io::Result<()> {
        self.end.bodies += 1;
        self.part(format!("{OBJECTS}{name}"), 0o600, size, content)
    }

    fn note(&mut self, name: &Path, bytes: u64, sha256: String) -> io::Result<()> {
        self.end.parts += 1;
        self.end.bytes += bytes;
        let name = name.to_string_lossy().into_owned();
        self.listed.push((name, bytes, sha256));
        match self.listed.len() >= LISTED {
            true => self.list(),
            false => Ok(()),
        }
    }

    fn list(&mut self) -> io::Result<()> {
        let text = list(&std::mem::take(&mut self.listed));
        self.digest.update(&text);
        self.lists += 1;
        let name = format!("{DIGESTS}{:06}", self.lists);
        self.document(&name, &text)
    }

    fn document(&mut self, name: &str, text: &[u8]) -> io::Result<()> {
        let mut header = self.entry(tar::EntryType::Regular, 0o600, text.len() as u64);
        self.tar.append_data(&mut header, name, text)
    }

    /// Writes the end; what it says.
    pub(super) fn end(mut self) -> io::Result<(End, W)> {
        if !self.listed.is_empty() {
            self.list()?;
        }
        self.end.sha256 = self.end.digest(&self.digest);
        let text = self.end.to_json().to_string();
        self.document(END, text.as_bytes())?;
        let mut to = self.tar.into_inner()?;
        to.flush()?;
        Ok((self.end, to))
    }
}

/// What is listed as a link's digest.
pub(super) fn link_digest(target: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let digest = aws_lc_rs::digest::digest(&SHA256, target.as_os_str().as_bytes());
    hex::encode(digest.as_ref())
}
