//! The two files that say what became of each line. Opened before anything is registered, filled at the end.

use crate::app::bulk::lines::{self, Lines};
use crate::cli::args::BulkArgs;
use anyhow::Context;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

/// RESULTS and ERRORS.
pub(super) struct Outputs {
    results: Output,
    errors: Output,
}

impl Outputs {
    /// Opens both for writing, beside `file` where the arguments name no others. What they hold stays until they are
    /// filled.
    pub(super) fn open(args: &BulkArgs, file: &Path) -> anyhow::Result<Self> {
        // A retry must not take the place of what was registered before it.
        let retry = args
            .retry_failed
            .as_ref()
            .map_or_else(String::new, |task| format!("retry-{}.", short(task)));
        let path = |given: &Option<PathBuf>, ending: &str| {
            given
                .clone()
                .unwrap_or_else(|| beside(file, &format!("{retry}{ending}")))
        };
        let outputs = Self {
            results: Output::open(path(&args.results, "results.json"))?,
            errors: Output::open(path(&args.errors, "errors.json"))?,
        };
        let real = |path: &Path| std::fs::canonicalize(path).ok();
        let (results, errors) = (real(&outputs.results.path), real(&outputs.errors.path));
        anyhow::ensure!(
            results.is_none() || results != errors,
            "{}: results and errors need a file each",
            outputs.results.path.display()
        );
        let input = args.file.as_deref().and_then(real);
        for output in [&outputs.results, &outputs.errors] {
            anyhow::ensure!(
                input.is_none() || real(&output.path) != input,
                "{}: it is the input; name another file for the report",
                output.path.display()
            );
        }
        Ok(outputs)
    }

    /// Both, with their names at the server.
    pub(super) fn into_iter(self) -> impl Iterator<Item = (&'static str, Output)> {
        [("RESULTS", self.results), ("ERRORS", self.errors)].into_iter()
    }
}

/// The first characters of a task's id, as part of a file's name.
fn short(task: &str) -> String {
    task.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .take(8)
        .collect()
}

/// A file beside another, with another ending.
fn beside(file: &Path, ending: &str) -> PathBuf {
    file.with_extension(ending)
}

/// A file that is open and not yet filled.
pub(super) struct Output {
    path: PathBuf,
    file: File,
    // It was not there before, and goes again unless it is filled.
    made: bool,
}

impl Output {
    fn open(path: PathBuf) -> anyhow::Result<Self> {
        let opened = |made| {
            File::options()
                .write(true)
                .create_new(made)
                .open(&path)
                .map(|file| (file, made))
        };
        let (file, made) = opened(true)
            .or_else(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => opened(false),
                _ => Err(error),
            })
            .with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self { path, file, made })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// There is nothing to say; what an earlier run said there is no longer true.
    pub(super) fn leave_empty(self) -> anyhow::Result<()> {
        self.file
            .set_len(0)
            .with_context(|| format!("{} cannot be written", self.path.display()))
    }

    /// Writes a report's lines, each with the parameters of its line of `input`.
    pub(super) fn fill(mut self, report: &Path, input: Option<&Path>) -> anyhow::Result<()> {
        let written = || format!("{} cannot be written", self.path.display());
        self.file.set_len(0).with_context(written)?;
        let report = BufReader::new(File::open(report)?);
        let mut parameters = match input {
            Some(path) => Some(Parameters::open(path)?),
            None => None,
        };
        let mut to = BufWriter::new(&mut self.file);
        join(report, parameters.as_mut(), &mut to)
            .with_context(|| format!("{} cannot be written", self.path.display()))?;
        to.flush()?;
        drop(to);
        self.file.rewind()?;
        self.made = false;
        Ok(())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if self.made {
            // Nobody misses an empty file.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// What of a report's line its place is told by.
#[derive(Deserialize)]
struct Numbered {
    #[serde(rename = "lineNumber")]
    line: u64,
}

/// Numbers of the lines that a report tells of.
pub(super) fn numbers(report: &Path) -> anyhow::Result<BTreeSet<u64>> {
    let mut numbers = BTreeSet::new();
    for line in BufReader::new(File::open(report)?).lines() {
        let numbered: Numbered = serde_json::from_str(&line?)?;
        numbers.insert(numbered.line);
    }
    Ok(numbers)
}

/// The parameters of an input's lines, which are asked for in ascending order.
struct Parameters<R> {
    lines: Lines<R>,
    chunk: std::vec::IntoIter<lines::Line>,
}

impl Parameters<BufReader<File>> {
    fn open(path: &Path) -> std::io::Result<Self> {
        Self::of(BufReader::new(File::open(path)?))
    }
}

impl<R: BufRead + Seek> Parameters<R> {
    fn of(input: R) -> std::io::Result<Self> {
        Ok(Self {
            lines: Lines::open(input, 0, 0)?,
            chunk: Vec::new().into_iter(),
        })
    }

    /// Those of one line as a JSON object, if it has any.
    fn of_line(&mut self, number: u64) -> anyhow::Result<Option<String>> {
        loop {
            match self.chunk.next() {
                Some(line) if line.number < number => {}
                Some(line) if line.number == number => {
                    let values = lines::values(&line.content, false);
                    return Ok(match values {
                        Ok(values) => Some(serde_json::to_string(&values)?),
                        Err(_) => None,
                    });
                }
                Some(_) => return Ok(None),
                None => match self.lines.next_chunk()? {
                    Some(chunk) => self.chunk = chunk.filled.into_iter(),
                    None => return Ok(None),
                },
            }
        }
    }
}

fn join<R: BufRead + Seek>(
    report: impl BufRead,
    mut parameters: Option<&mut Parameters<R>>,
    to: &mut impl Write,
) -> anyhow::Result<()> {
    for line in report.lines() {
        let line = line?;
        let found = match &mut parameters {
            Some(parameters) => {
                let numbered: Numbered = serde_json::from_str(&line)?;
                parameters.of_line(numbered.line)?
            }
            None => None,
        };
        match (found, line.strip_suffix('}')) {
            (Some(found), Some(rest)) => writeln!(to, "{rest},\"parameters\":{found}}}")?,
            _ => writeln!(to, "{line}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn reports_lie_beside_their_input() {
        let check = |file: &str, expected: &str| {
            assert_eq!(beside(Path::new(file), "errors.json"), Path::new(expected));
        };
        check("devices.json", "devices.errors.json");
        check("there/devices", "there/devices.errors.json");
        check("devices.2026.ndjson", "devices.2026.errors.json");
    }

    #[test]
    fn a_report_s_lines_get_their_parameters() {
        let input = "{\"Serial\": \"1\", \"n\": 7}\n\nnonsense\n{\"Serial\": \"4\"}\n";
        let report = "{\"lineNumber\":1,\"response\":{}}\n{\"lineNumber\":3,\"errorMessage\":\"x\"}\n{\"lineNumber\":4}\n";
        let mut parameters = Parameters::of(Cursor::new(input.as_bytes())).expect("an input");
        let mut out = Vec::new();
        join(report.as_bytes(), Some(&mut parameters), &mut out).expect("joined");
        assert_eq!(
            String::from_utf8_lossy(&out),
            "{\"lineNumber\":1,\"response\":{},\"parameters\":{\"Serial\":\"1\",\"n\":\"7\"}}\n\
             {\"lineNumber\":3,\"errorMessage\":\"x\"}\n\
             {\"lineNumber\":4,\"parameters\":{\"Serial\":\"4\"}}\n"
        );
        let mut out = Vec::new();
        join(
            report.as_bytes(),
            None::<&mut Parameters<Cursor<&[u8]>>>,
            &mut out,
        )
        .expect("joined");
        assert_eq!(out, report.as_bytes());
    }

    #[test]
    fn an_output_is_there_before_and_gone_if_it_is_not_needed() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("x.json");
        let output = Output::open(path.clone()).expect("it can be made");
        assert!(path.exists());
        drop(output);
        assert!(!path.exists());
        std::fs::write(&path, "before").expect("written");
        drop(Output::open(path.clone()).expect("it can be opened"));
        assert_eq!(std::fs::read_to_string(&path).expect("it stays"), "before");
        let output = Output::open(path.clone()).expect("it can be opened");
        output.leave_empty().expect("emptied");
        assert_eq!(std::fs::read_to_string(&path).expect("it stays"), "");
        assert!(Output::open(directory.path().join("no/such/x.json")).is_err());
    }
}
