//! The files of a task: its input, and the reports as they grow.
//!
//! Owns where they are and how long they are known to be. After a crash a report is cut to the length that was
//! committed, and what was committed since is written again. Must not know: templates, the store. Everything blocks.

use super::outcome::Reports;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A report's name. API: `ReportType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportType {
    /// Devices that were registered.
    Results,
    /// Lines that failed.
    Errors,
}

impl ReportType {
    /// From AWS's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "RESULTS" => Some(Self::Results),
            "ERRORS" => Some(Self::Errors),
            _ => None,
        }
    }

    /// Its file's name.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Results => "results.json",
            Self::Errors => "errors.json",
        }
    }
}

/// Below the data directory; one directory a task is in it.
const DIRECTORY: &str = "registration";

/// Whether any task has ever had files here.
pub(super) fn is_there(data_dir: &Path) -> bool {
    data_dir.join(DIRECTORY).exists()
}

/// Ids of the tasks that have files.
pub(super) fn tasks(data_dir: &Path) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(data_dir.join(DIRECTORY)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}

/// Where the files of one task are.
#[derive(Debug, Clone)]
pub(super) struct Place {
    directory: PathBuf,
}

impl Place {
    /// The place of a task below the data directory.
    pub(super) fn of(data_dir: &Path, task: &str) -> Self {
        Self {
            directory: data_dir.join(DIRECTORY).join(task),
        }
    }

    /// Makes the directory.
    pub(super) fn create(&self) -> io::Result<()> {
        std::fs::create_dir_all(&self.directory)?;
        // Inputs and reports tell whole fleets: no other user of the machine may read them.
        std::fs::set_permissions(&self.directory, PermissionsExt::from_mode(0o700))
    }

    /// The input, once it is whole.
    pub(super) fn input(&self) -> PathBuf {
        self.directory.join("input")
    }

    /// The input while it arrives.
    pub(super) fn arriving(&self) -> PathBuf {
        self.directory.join("input.part")
    }

    /// Removes what has arrived so far, which may be part of it.
    pub(super) fn clear(&self) -> io::Result<()> {
        remove_file(&self.arriving())
    }

    /// A report.
    pub(super) fn report(&self, report: ReportType) -> PathBuf {
        self.directory.join(report.file())
    }

    /// The input that has arrived is whole.
    pub(super) fn arrived(&self) -> io::Result<()> {
        std::fs::rename(self.arriving(), self.input())?;
        File::open(&self.directory)?.sync_all()
    }

    /// Removes everything.
    pub(super) fn remove(&self) -> io::Result<()> {
        match std::fs::remove_dir_all(&self.directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Removes a file, if it is there.
pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The two reports, open at their ends.
#[derive(Debug)]
pub(super) struct Spool {
    results: Report,
    errors: Report,
}

#[derive(Debug)]
struct Report {
    file: File,
    length: u64,
    flushed: bool,
}

impl Spool {
    /// Opens the reports and cuts them to these lengths.
    pub(super) fn open(place: &Place, results: u64, errors: u64) -> io::Result<Self> {
        Ok(Self {
            results: Report::open(&place.report(ReportType::Results), results)?,
            errors: Report::open(&place.report(ReportType::Errors), errors)?,
        })
    }

    /// Adds lines, which a power cut may take until they are flushed.
    pub(super) fn append(&mut self, reports: &Reports) -> io::Result<()> {
        self.results.append(&reports.results)?;
        self.errors.append(&reports.errors)
    }

    /// Waits until all lines are on disk.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.results.flush()?;
        self.errors.flush()
    }

    /// Bytes of RESULTS and of ERRORS.
    pub(super) fn lengths(&self) -> (u64, u64) {
        (self.results.length, self.errors.length)
    }
}

impl Report {
    fn open(path: &Path, length: u64) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)?;
        let found = file.metadata()?.len();
        if found < length {
            return Err(io::Error::other(format!(
                "{} has {found} bytes, and {length} were written",
                path.display()
            )));
        }
        file.set_len(length)?;
        Ok(Self {
            file,
            length,
            flushed: true,
        })
    }

    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        self.file.write_all(lines)?;
        self.flushed = false;
        self.length += lines.len() as u64;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.flushed {
            self.file.sync_data()?;
            self.flushed = true;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_cut_to_what_was_committed() {
        let directory = tempfile::tempdir().expect("a directory");
        let place = Place::of(directory.path(), "task");
        place.create().expect("a place");
        let reports = |results: &str, errors: &str| Reports {
            results: results.into(),
            errors: errors.into(),
        };
        let mut spool = Spool::open(&place, 0, 0).expect("a spool");
        spool.append(&reports("one\n", "")).expect("space");
        spool.append(&reports("two\n", "bad\n")).expect("space");
        spool.flush().expect("a disk");
        assert_eq!(spool.lengths(), (8, 4));
        let mut spool = Spool::open(&place, 4, 0).expect("a spool");
        spool.append(&reports("2\n", "")).expect("space");
        let text = std::fs::read_to_string(place.report(ReportType::Results));
        assert_eq!(text.expect("a report"), "one\n2\n");
        assert!(Spool::open(&place, 100, 0).is_err());
        place.remove().expect("nothing in the way");
        place.remove().expect("nothing in the way");
    }
}
