//! Reads a backup from its beginning to its end, and says what is wrong with it.

use super::BackupError;
use super::format::{
    DIGESTS, DOCUMENT_BYTES, Digested, END, End, FILES, HEADER, Header, LISTED, Listed, OBJECTS,
    REGISTRY, link_digest, listed,
};
use aws_lc_rs::digest::{Context, SHA256};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// A part of a backup, as it comes. Whether it is what was backed up is known only at the end.
pub enum Part<'p> {
    /// What is known of the registry; the first.
    Header(&'p Header),
    /// Some rows of a table, in the order of their keys.
    Rows {
        /// The table.
        table: &'p str,
        /// As [`nameplate_store::Restoration::append`] takes them.
        lines: Vec<u8>,
    },
    /// A directory of the data directory.
    Directory {
        /// Below it; has no `..` and no beginning.
        path: PathBuf,
        /// Permissions.
        mode: u32,
    },
    /// A file of it.
    File {
        /// As above.
        path: PathBuf,
        /// Permissions.
        mode: u32,
        /// Its bytes.
        content: &'p mut dyn Read,
    },
    /// A symbolic link of it.
    Link {
        /// As above.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// The body of an object.
    Body {
        /// Its name, letters and digits.
        name: &'p str,
        /// Its bytes.
        content: &'p mut dyn Read,
    },
}

/// Reads all of it. What `each` leaves of a content is read past.
///
/// # Errors
/// What is wrong with the file, and what `each` answers.
pub fn read<E: From<BackupError>>(
    from: impl Read,
    each: &mut dyn FnMut(Part<'_>) -> Result<(), E>,
) -> Result<(Header, End), E> {
    let mut archive = tar::Archive::new(from);
    let mut entries = archive.entries().map_err(broken)?;
    let mut reading = Reading {
        header: None,
        unlisted: Vec::new(),
        lists: Context::new(&SHA256),
        found: End::default(),
    };
    loop {
        let entry = match entries.next() {
            None if reading.header.is_none() => return Err(BackupError::Foreign.into()),
            None => return Err(BackupError::Cut.into()),
            Some(entry) => entry.map_err(broken),
        };
        // A file that is no archive at all fails at its first entry.
        let mut entry = match entry {
            Err(BackupError::Damaged(_)) if reading.header.is_none() => {
                return Err(BackupError::Foreign.into());
            }
            entry => entry?,
        };
        if let Some(end) = reading.take(&mut entry, each)? {
            drop(entry);
            if let Some(more) = entries.next() {
                drop(more.map_err(broken)?);
                return Err(BackupError::Altered("what comes after the end".into()).into());
            }
            let header = reading.header.ok_or(BackupError::Foreign)?;
            return Ok((header, end));
        }
    }
}

/// What an error of the archive's reader means.
fn broken(error: io::Error) -> BackupError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => BackupError::Cut,
        _ if error.raw_os_error().is_some() => BackupError::Io(error),
        // The reader of archives has no kind for fewer bytes than a header has, or says.
        _ if ["failed to read entire block", "unexpected EOF"]
            .iter()
            .any(|words| error.to_string().contains(words)) =>
        {
            BackupError::Cut
        }
        _ => BackupError::Damaged(error.to_string()),
    }
}

struct Reading {
    header: Option<Header>,
    unlisted: Vec<Listed>,
    lists: Context,
    found: End,
}

impl Reading {
    /// Takes the next entry; the end, if it is that.
    fn take<E: From<BackupError>>(
        &mut self,
        entry: &mut tar::Entry<'_, impl Read>,
        each: &mut dyn FnMut(Part<'_>) -> Result<(), E>,
    ) -> Result<Option<End>, E> {
        let path = entry.path().map_err(broken)?.into_owned();
        let name = path.to_string_lossy().into_owned();
        if self.header.is_none() != (name == HEADER) {
            return Err(match self.header {
                None => BackupError::Foreign,
                Some(_) => BackupError::Altered(name),
            }
            .into());
        }
        if name == END {
            return Ok(Some(self.end(&document(entry)?)?));
        }
        if name.starts_with(DIGESTS) {
            let text = document(entry)?;
            self.lists.update(&text);
            self.compare(&text)?;
            return Ok(None);
        }
        if self.unlisted.len() >= LISTED {
            return Err(BackupError::Altered(name).into());
        }
        let mode = entry.header().mode().map_err(broken)? & 0o777;
        let kind = entry.header().entry_type();
        let listed = match kind {
            tar::EntryType::Directory => {
                let path = below(&path, FILES)?;
                each(Part::Directory { path, mode })?;
                (0, "directory".to_owned())
            }
            tar::EntryType::Symlink => {
                let target = entry.link_name().map_err(broken)?.unwrap_or_default();
                let (path, target) = (below(&path, FILES)?, target.into_owned());
                let digest = link_digest(&target);
                self.found.files += 1;
                each(Part::Link { path, target })?;
                (0, digest)
            }
            tar::EntryType::Regular => {
                let size = entry.size();
                let mut content = Digested::new(entry);
                self.content(&path, &name, mode, size, &mut content, each)?;
                io::copy(&mut content, &mut io::sink()).map_err(broken)?;
                if content.bytes != size {
                    return Err(BackupError::Cut.into());
                }
                (size, content.sha256())
            }
            _ => return Err(BackupError::Altered(name).into()),
        };
        self.found.parts += 1;
        self.found.bytes += listed.0;
        self.unlisted.push((name, listed.0, listed.1));
        Ok(None)
    }

    fn content<E: From<BackupError>>(
        &mut self,
        path: &Path,
        name: &str,
        mode: u32,
        size: u64,
        mut content: &mut dyn Read,
        each: &mut dyn FnMut(Part<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let altered = || BackupError::Altered(name.to_owned());
        let whole = |content: &mut dyn Read| -> Result<Vec<u8>, BackupError> {
            if size > DOCUMENT_BYTES {
                return Err(altered());
            }
            let mut text = Vec::new();
            content.read_to_end(&mut text).map_err(broken)?;
            // What a cut has left says nothing.
            match text.len() as u64 == size {
                true => Ok(text),
                false => Err(BackupError::Cut),
            }
        };
        if name == HEADER {
            let header = Header::parse(&whole(content)?)?;
            each(Part::Header(&header))?;
            self.header = Some(header);
        } else if let Some(rest) = name.strip_prefix(REGISTRY) {
            let (table, _) = rest.split_once('/').ok_or_else(altered)?;
            let lines = whole(content)?;
            each(Part::Rows { table, lines })?;
        } else if let Some(body) = name.strip_prefix(OBJECTS) {
            let named = !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !named {
                return Err(altered().into());
            }
            self.found.bodies += 1;
            each(Part::Body {
                name: body,
                content: &mut content,
            })?;
        } else {
            let path = below(path, FILES)?;
            self.found.files += 1;
            each(Part::File {
                path,
                mode,
                content: &mut content,
            })?;
        }
        Ok(())
    }

    /// Holds the parts that have come against a list of them.
    fn compare(&mut self, text: &[u8]) -> Result<(), BackupError> {
        let wanted =
            listed(text).ok_or_else(|| BackupError::Altered("a list of digests".into()))?;
        let found = std::mem::take(&mut self.unlisted);
        let mut pairs = wanted.iter().zip(&found);
        if let Some((_, other)) = pairs.find(|(one, other)| one != other) {
            return Err(BackupError::Altered(other.0.clone()));
        }
        match wanted.len() == found.len() {
            true => Ok(()),
            false => Err(BackupError::Altered("the order of its parts".into())),
        }
    }

    fn end(&mut self, text: &[u8]) -> Result<End, BackupError> {
        let altered = || BackupError::Altered(END.into());
        let end = End::parse(text).ok_or_else(altered)?;
        let sha256 = end.digest(&self.lists);
        let found = &self.found;
        let same = end.sha256 == sha256
            && self.unlisted.is_empty()
            && (end.parts, end.bytes) == (found.parts, found.bytes)
            && (end.files, end.bodies) == (found.files, found.bodies);
        match same {
            true => Ok(end),
            false => Err(altered()),
        }
    }
}

fn document(entry: &mut tar::Entry<'_, impl Read>) -> Result<Vec<u8>, BackupError> {
    let size = entry.size();
    if size > DOCUMENT_BYTES {
        return Err(BackupError::Damaged("a document is too long".into()));
    }
    let mut text = Vec::new();
    entry.read_to_end(&mut text).map_err(broken)?;
    match text.len() as u64 == size {
        true => Ok(text),
        false => Err(BackupError::Cut),
    }
}

/// A path below a prefix, if it leads nowhere else.
fn below(path: &Path, prefix: &str) -> Result<PathBuf, BackupError> {
    let altered = || BackupError::Altered(path.to_string_lossy().into_owned());
    let rest = path.strip_prefix(prefix).map_err(|_| altered())?;
    let normal = rest
        .components()
        .all(|component| matches!(component, Component::Normal(_)));
    match normal && !rest.as_os_str().is_empty() {
        true => Ok(rest.to_owned()),
        false => Err(altered()),
    }
}
