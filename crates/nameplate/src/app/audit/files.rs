//! The files of the log: numbered, the newest is written to, and there are so many of such a size.

use serde_json::json;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A place in the log: the number of a file, and bytes from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// The file.
    pub file: u64,
    /// Where in it a line begins.
    pub offset: u64,
}

impl Position {
    /// As it is told, and given back.
    pub fn parse(text: &str) -> Option<Self> {
        let (file, offset) = text.split_once('.')?;
        Some(Self {
            file: file.parse().ok()?,
            offset: offset.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.file, self.offset)
    }
}

/// The files, for the one who writes.
pub(super) struct Files {
    directory: PathBuf,
    each: u64,
    most: u64,
    // Of which number, and how much of it are whole lines.
    open: Option<(File, u64, u64)>,
    lost: u64,
}

impl Files {
    /// So many files of about so many bytes.
    pub(super) fn new(directory: &Path, each: u64, most: u64) -> Self {
        Self {
            directory: directory.to_owned(),
            each,
            most,
            open: None,
            lost: 0,
        }
    }

    /// Adds lines; how many they are is noted where they cannot be written, and told by the next that can.
    pub(super) fn write(&mut self, lines: &str, count: u64) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let missing = match self.lost {
            0 => String::new(),
            lost => format!("{}\n", json!({"event": "lost", "count": lost})),
        };
        match self.append(&format!("{missing}{lines}")) {
            Ok(()) => {
                self.lost = 0;
                Ok(())
            }
            Err(error) => {
                self.lost += count;
                // Half a line is none.
                if let Some((file, _, size)) = self.open.take() {
                    let _ = file.set_len(size);
                }
                Err(error)
            }
        }
    }

    fn append(&mut self, text: &str) -> io::Result<()> {
        let full = self
            .open
            .as_ref()
            .is_some_and(|(_, _, size)| *size >= self.each);
        if full && let Some((_, number, _)) = self.open.take() {
            self.open = Some(self.begin(number + 1)?);
        }
        if self.open.is_none() {
            let last = numbers(&self.directory)?.pop();
            self.open = Some(self.begin(last.unwrap_or(1))?);
        }
        let Some((file, _, size)) = &mut self.open else {
            return Ok(());
        };
        file.write_all(text.as_bytes())?;
        *size += text.len() as u64;
        Ok(())
    }

    /// Opens a file, behind its last whole line, and removes the oldest.
    fn begin(&self, number: u64) -> io::Result<(File, u64, u64)> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.directory)?;
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(path(&self.directory, number))?;
        let size = whole_lines(&mut file)?;
        file.set_len(size).or_else(|error| match size {
            0 => Ok(()),
            _ => Err(error),
        })?;
        file.seek(SeekFrom::Start(size))?;
        for old in numbers(&self.directory)? {
            if old + self.most <= number {
                std::fs::remove_file(path(&self.directory, old))?;
            }
        }
        Ok((file, number, size))
    }
}

/// How many bytes of a file are whole lines.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let mut end = file.metadata()?.len();
    let mut buffer = [0; 4096];
    while end > 0 {
        let from = end.saturating_sub(buffer.len() as u64);
        let piece = &mut buffer[..usize::try_from(end - from).unwrap_or(0)];
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(piece)?;
        if let Some(at) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(from + at as u64 + 1);
        }
        end = from;
    }
    Ok(0)
}

fn path(directory: &Path, number: u64) -> PathBuf {
    directory.join(format!("{number:08}.jsonl"))
}

/// Numbers of the files that are there, the oldest first.
fn numbers(directory: &Path) -> io::Result<Vec<u64>> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        found.extend(
            name.strip_suffix(".jsonl")
                .and_then(|number| number.parse::<u64>().ok()),
        );
    }
    found.sort_unstable();
    Ok(found)
}

/// About so many bytes of whole lines from a position, and the position behind them.
pub(super) fn read(
    directory: &Path,
    from: Position,
    bytes: usize,
) -> io::Result<(String, Position)> {
    let numbers = numbers(directory)?;
    let mut left = numbers
        .iter()
        .copied()
        .filter(|number| *number >= from.file)
        .peekable();
    while let Some(number) = left.next() {
        let offset = if number == from.file { from.offset } else { 0 };
        let mut file = match File::open(path(directory, number)) {
            Ok(file) => file,
            // It has just given way.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        file.seek(SeekFrom::Start(offset))?;
        let mut text = Vec::new();
        file.take(bytes as u64).read_to_end(&mut text)?;
        let end = text
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        text.truncate(end);
        let next = Position {
            file: number,
            offset: offset + end as u64,
        };
        if end > 0 || left.peek().is_none() {
            return Ok((String::from_utf8_lossy(&text).into_owned(), next));
        }
    }
    Ok((String::new(), from))
}
