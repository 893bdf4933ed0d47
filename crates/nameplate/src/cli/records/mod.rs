//! Devices from a file, one record after the other: JSON lines, or CSV under a header.
//!
//! The one reader of `bulk`, of its dry run and of `simulate --params`: what a line is, and why one is no device, is
//! said by the server's own reader of lines (`app/bulk/lines.rs`), which CSV is turned into JSON lines for. The line
//! numbers stay those of the file.

use crate::app::bulk::csv::{Csv, CsvError};
use crate::app::bulk::lines::{self, Content, Lines};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes read at a time.
const BUFFER: usize = 256 * 1024;

/// Why nothing can be read from a file or directory.
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

/// A record of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// Its parameters, or why it has none.
    pub values: Result<BTreeMap<String, String>, String>,
}

/// A file of records.
#[derive(Debug)]
pub struct Records {
    path: PathBuf,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Lines {
        lines: Lines<BufReader<File>>,
        chunk: std::vec::IntoIter<lines::Line>,
    },
    Csv(Csv<BufReader<File>>),
}

impl Records {
    /// Opens a file, reads what tells its form, and the header where it has one. CSV is what is named `.csv` or `.tsv`;
    /// without a name that tells, what begins with a row of names.
    pub fn open(path: &Path) -> Result<Self, InputError> {
        let failed = |source| InputError::File {
            path: path.to_owned(),
            source,
        };
        let wrong = |reason: String| InputError::Content {
            path: path.to_owned(),
            reason,
        };
        let mut file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.is_dir() {
            return Err(wrong("it is a directory; a file is expected".to_owned()));
        }
        let mut head = Vec::new();
        (&mut file)
            .take(4096)
            .read_to_end(&mut head)
            .map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(wrong("it is UTF-16; save it as UTF-8".to_owned()));
        }
        if head.get(..4) == Some(b"PK\x03\x04") {
            return Err(wrong(
                "it is a workbook or another archive; save the table as CSV in UTF-8".to_owned(),
            ));
        }
        let input = BufReader::with_capacity(BUFFER, file);
        let source = match form(path, &head) {
            Form::Csv => Source::Csv(Csv::open(input).map_err(|error| of_csv(path, error))?),
            Form::Lines => {
                let lines = Lines::open(input, 0, 0).map_err(failed)?;
                if lines.is_array() {
                    return Err(wrong(
                        "it is a JSON array; one object of strings a line is expected, without brackets around all of them or commas between them"
                            .to_owned(),
                    ));
                }
                Source::Lines {
                    lines,
                    chunk: Vec::new().into_iter(),
                }
            }
        };
        Ok(Self {
            path: path.to_owned(),
            source,
        })
    }

    /// Whether the file is what the server's tasks read, as it is.
    pub fn is_lines(&self) -> bool {
        matches!(self.source, Source::Lines { .. })
    }

    /// The next record.
    pub fn next_record(&mut self) -> Result<Option<Record>, InputError> {
        Ok(self.next_line()?.map(|(line, content)| Record {
            line,
            values: lines::values(&content, false),
        }))
    }

    /// Writes the records that `wanted` names by their lines, all where it is `None`, as the server's tasks read them,
    /// each on the line it has in the file; how many. A line that was wanted and holds no record is an error.
    pub fn copy(
        &mut self,
        to: &mut impl Write,
        wanted: Option<&BTreeSet<u64>>,
    ) -> Result<u64, CopyError> {
        let (mut at, mut copied) = (1, 0);
        while let Some((line, content)) = self.next_line()? {
            if wanted.is_some_and(|wanted| !wanted.contains(&line)) {
                continue;
            }
            while at < line {
                to.write_all(b"\n")?;
                at += 1;
            }
            match content {
                Content::Bytes(bytes) => to.write_all(&bytes)?,
                Content::TooLong(_) => {
                    let why = lines::values(&content, false).err().unwrap_or_default();
                    to.write_all(&lines::unreadable(&why))?;
                }
            }
            to.write_all(b"\n")?;
            at += 1;
            copied += 1;
        }
        if let Some(wanted) = wanted
            && copied < wanted.len() as u64
        {
            return Err(CopyError::Missing {
                path: self.path.clone(),
                found: copied,
                wanted: wanted.len() as u64,
            });
        }
        Ok(copied)
    }

    /// The next line that is not blank, as JSON.
    fn next_line(&mut self) -> Result<Option<(u64, Content)>, InputError> {
        match &mut self.source {
            Source::Lines { lines, chunk } => loop {
                if let Some(line) = chunk.next() {
                    return Ok(Some((line.number, line.content)));
                }
                let next = lines.next_chunk().map_err(|source| InputError::File {
                    path: self.path.clone(),
                    source,
                })?;
                match next {
                    Some(next) => *chunk = next.filled.into_iter(),
                    None => return Ok(None),
                }
            },
            Source::Csv(csv) => {
                let row = csv.next_row().map_err(|error| of_csv(&self.path, error))?;
                Ok(row.map(|row| (row.line, as_json(&row.values))))
            }
        }
    }
}

/// Why a copy could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The input.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Where it goes.
    #[error("the copy of the input cannot be written: {0}")]
    Output(#[from] io::Error),
    /// Lines that failed are not there any more.
    #[error(
        "{}: {wanted} lines failed, and {found} of them hold a device here; give the file of that task, its lines where they were",
        path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
        /// Lines that are there.
        found: u64,
        /// Lines that should be.
        wanted: u64,
    },
}

enum Form {
    Lines,
    Csv,
}

fn form(path: &Path, head: &[u8]) -> Form {
    let named = |endings: &[&str]| {
        path.extension()
            .is_some_and(|found| endings.iter().any(|e| found.eq_ignore_ascii_case(e)))
    };
    if named(&["csv", "tsv"]) {
        return Form::Csv;
    }
    if named(&["json", "jsonl", "ndjson"]) {
        return Form::Lines;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = text.trim_ascii_start();
    let row = first
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    match first.first() {
        Some(b'{' | b'[') | None => Form::Lines,
        Some(_) if row.iter().any(|byte| b",;\t".contains(byte)) => Form::Csv,
        Some(_) => Form::Lines,
    }
}

fn of_csv(path: &Path, error: CsvError) -> InputError {
    let path = path.to_owned();
    match error {
        CsvError::Io(source) => InputError::File { path, source },
        CsvError::Content(reason) => InputError::Content { path, reason },
    }
}

/// A row as the server reads it.
fn as_json(values: &Result<BTreeMap<String, String>, String>) -> Content {
    let line = match values {
        Ok(values) => serde_json::json!(values).to_string().into_bytes(),
        Err(why) => lines::unreadable(why),
    };
    match line.len() {
        0..=lines::LINE_BYTES => Content::Bytes(line),
        length => Content::TooLong(length as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        (directory, path)
    }

    fn read(name: &str, bytes: &[u8]) -> Result<Vec<Record>, String> {
        let (_directory, path) = file(name, bytes);
        let mut records = Records::open(&path).map_err(|error| error.to_string())?;
        let mut found = Vec::new();
        while let Some(record) = records.next_record().map_err(|error| error.to_string())? {
            found.push(record);
        }
        Ok(found)
    }

    /// What the server's reader makes of a copy.
    fn copied(name: &str, bytes: &[u8], wanted: Option<&BTreeSet<u64>>) -> Vec<Record> {
        let (_directory, path) = file(name, bytes);
        let mut copy = Vec::new();
        let mut records = Records::open(&path).expect("readable");
        records.copy(&mut copy, wanted).expect("it can be copied");
        let mut lines = Lines::open(io::Cursor::new(copy), 0, 0).expect("a copy");
        let mut found = Vec::new();
        while let Some(chunk) = lines.next_chunk().expect("a chunk") {
            found.extend(chunk.filled.into_iter().map(|line| Record {
                line: line.number,
                values: lines::values(&line.content, false),
            }));
        }
        found
    }

    const CSV: &[u8] = b"\xef\xbb\xbfSerial,Note\r\nlamp-1,\"two\nlines\"\r\n\r\nlamp-2\r\nlamp-3,\xff\r\nlamp-4,\"say \"\"x\"\"\"\r\n";

    #[test]
    fn a_table_and_its_copy_say_the_same() {
        let records = read("fleet.csv", CSV).expect("readable");
        assert_eq!(copied("fleet.csv", CSV, None), records);
        let lines: Vec<u64> = records.iter().map(|record| record.line).collect();
        assert_eq!(lines, [2, 5, 6, 7]);
        let value = |at: usize| records[at].values.clone().map(|v| v["Note"].clone());
        assert_eq!(value(0).as_deref(), Ok("two\nlines"));
        assert_eq!(value(3).as_deref(), Ok("say \"x\""));
        assert_eq!(
            records[1].values.as_ref().expect_err("short"),
            "the row has 1 of the header's 2 fields"
        );
        assert!(
            records[2]
                .values
                .as_ref()
                .expect_err("no text")
                .contains("not UTF-8")
        );
    }

    #[test]
    fn lines_are_copied_where_they_were() {
        let text = format!(
            "{{\"a\": \"1\"}}\n\nnonsense\n{{\"a\": \"{}\"}}\n{{\"a\": \"5\"}}",
            "x".repeat(300_000)
        );
        let records = read("fleet.ndjson", text.as_bytes()).expect("readable");
        assert_eq!(records.len(), 4);
        assert!(
            records[2]
                .values
                .as_ref()
                .expect_err("long")
                .contains("at most 256000")
        );
        assert_eq!(copied("fleet.ndjson", text.as_bytes(), None), records);
        let wanted = BTreeSet::from([3, 5]);
        let some = copied("fleet.ndjson", text.as_bytes(), Some(&wanted));
        assert_eq!(some, [records[1].clone(), records[3].clone()]);
        let (_directory, path) = file("fleet.ndjson", text.as_bytes());
        let mut records = Records::open(&path).expect("readable");
        let wanted = BTreeSet::from([2, 5]);
        let error = records
            .copy(&mut Vec::new(), Some(&wanted))
            .expect_err("line 2 is blank");
        assert!(
            error.to_string().contains("2 lines failed, and 1 of them"),
            "{error}"
        );
    }

    #[test]
    fn forms_by_name_and_content() {
        let check = |name: &str, bytes: &[u8], expected: usize| {
            let records = read(name, bytes).expect("readable");
            let good = records
                .iter()
                .filter(|record| record.values.is_ok())
                .count();
            assert_eq!(good, expected, "{name}: {records:?}");
        };
        check("fleet.CSV", b"a\n1\n2\n", 2);
        check("fleet.tsv", b"a\tb\n1\t2\n", 1);
        check("fleet.txt", b"a,b\n1,2\n", 1);
        check("fleet.txt", b"{\"a\": \"1,2\"}\n", 1);
        check("fleet", b"\xef\xbb\xbf{\"a\": \"1\"}\n", 1);
        check("fleet.json", b"a,b\n1,2\n", 0);
        check("fleet", b"", 0);
    }

    #[test]
    fn what_no_record_can_be_read_from() {
        let check = |name: &str, bytes: &[u8], expected: &str| {
            let error = read(name, bytes).expect_err("it cannot be read");
            assert!(error.contains(expected), "{error}");
        };
        check("a.csv", b"\xff\xfea\0,\0b\0\n\0", "UTF-16");
        check("a.json", b"\xfe\xff\0{\0}", "UTF-16");
        check("a.csv", b"PK\x03\x04rest", "workbook");
        check("a.json", b"[\n{\"a\": \"1\"}\n]", "JSON array");
        check("a.csv", b"a,a\n", "two columns");
        check("a.csv", b"a,b\n1,2\n\"3,4\n", "line 3: a quote opens");
    }
}
