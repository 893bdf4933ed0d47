//! Writing what became of lines into the reports, behind the commits, and handing the reports over.
//!
//! Owns that they are whole: what was committed and is not yet in a report is kept in the store, and is written when
//! the task goes on. Must not know: templates, how lines are registered.

use super::outcome::{self, Outcome, Reports};
use super::spool::{self, Place, ReportType, Spool};
use super::{Bulk, blocking, report_key, signed, unsigned};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::objects::Extent;
use crate::app::registry::certificate::PEM_LABEL;
use nameplate_core::pki::to_pem;
use nameplate_core::registry::registration::{Progress, RegistrationTask};
use parking_lot::Mutex;
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Chunks whose reports are flushed together, and how soon those of fewer are when no more come.
const FLUSHED_CHUNKS: usize = 8;
const FLUSHED_WITHIN: Duration = Duration::from_millis(300);
/// Bytes of a report that are looked through for lines to show.
const SHOWN_BYTES: u64 = 256 * 1024;

/// How much of the reports is on disk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    /// Chunks of which all is there.
    pub(super) chunks: i64,
    /// Bytes of RESULTS.
    pub(super) results_bytes: i64,
    /// Bytes of ERRORS.
    pub(super) errors_bytes: i64,
}

impl Written {
    fn of(chunks: i64, spool: &Spool) -> Self {
        let (results, errors) = spool.lengths();
        Self {
            chunks,
            results_bytes: signed(results),
            errors_bytes: signed(errors),
        }
    }

    /// Says so in a task's progress.
    pub(super) fn note_in(&self, progress: &mut Progress) {
        progress.reported = self.chunks;
        progress.results_bytes = self.results_bytes;
        progress.errors_bytes = self.errors_bytes;
    }
}

impl Bulk {
    /// Opens the reports, cut to what is known to be in them, and adds what was committed since; how much of them is
    /// on disk now, which is more than `task` says. `anew`: this server has none of them, and the store has it all.
    pub(super) async fn open_spool(
        &self,
        task: &RegistrationTask,
        place: &Place,
        anew: bool,
    ) -> Result<(Spool, Written)> {
        let (reported, results_bytes, errors_bytes) = match (anew, task.progress) {
            (true, _) => (0, 0, 0),
            (false, progress) => (
                progress.reported,
                progress.results_bytes,
                progress.errors_bytes,
            ),
        };
        let place = place.clone();
        let mut spool =
            blocking(move || Spool::open(&place, unsigned(results_bytes), unsigned(errors_bytes)))
                .await?;
        let kept = self
            .kernel
            .store
            .read(|conn| conn.registration_outcomes(task.key, reported))
            .await?;
        let mut last = reported;
        for (chunk, text) in kept {
            let reports = self.reports(&outcome::decode(&text)?).await?;
            spool = blocking(move || {
                spool.append(&reports)?;
                Ok(spool)
            })
            .await?;
            last = chunk;
        }
        spool = blocking(move || {
            spool.flush()?;
            Ok(spool)
        })
        .await?;
        let written = Written::of(last, &spool);
        if last != reported {
            self.note_written(task.key, written).await?;
        }
        Ok((spool, written))
    }

    async fn note_written(&self, key: i64, written: Written) -> Result<()> {
        let keeps = self.kernel.store.is_clustered();
        self.kernel
            .store
            .tx("registration-reports", move |tx| {
                let Some(task) = tx.registration_task_by_key(key)? else {
                    return Ok::<_, Error>(());
                };
                let mut progress = task.progress;
                written.note_in(&mut progress);
                tx.set_registration_progress(key, &progress, task.modified)?;
                if !keeps {
                    tx.delete_registration_outcomes(key, written.chunks)?;
                }
                Ok(())
            })
            .await
    }

    /// Writes the reports of chunks as they come. Flushed are several at a time: a disk that flushes a report cannot flush
    /// a commit, and what is not flushed yet is in the store.
    pub(super) async fn write_reports(
        &self,
        mut spool: Spool,
        mut unwritten: mpsc::Receiver<(i64, Vec<Outcome>)>,
        written: &Mutex<Written>,
    ) -> Result<()> {
        let (mut last, mut behind) = (None, 0);
        loop {
            let next = tokio::time::timeout(FLUSHED_WITHIN, unwritten.recv()).await;
            let reports = match &next {
                Ok(Some((_, outcomes))) => Some(self.reports(outcomes).await?),
                _ => None,
            };
            if let Ok(Some((chunk, _))) = &next {
                last = Some(*chunk);
                behind += 1;
            }
            let ends = matches!(next, Ok(None));
            let flushes = behind > 0 && (behind == FLUSHED_CHUNKS || reports.is_none());
            if reports.is_some() || flushes {
                spool = blocking(move || {
                    if let Some(reports) = reports {
                        spool.append(&reports)?;
                    }
                    if flushes {
                        spool.flush()?;
                    }
                    Ok(spool)
                })
                .await?;
            }
            if let (true, Some(chunk)) = (flushes, last) {
                behind = 0;
                *written.lock() = Written::of(chunk, &spool);
            }
            if ends {
                return Ok(());
            }
        }
    }

    /// The lines of the reports that say what became of these lines of the input.
    async fn reports(&self, outcomes: &[Outcome]) -> Result<Reports> {
        let realm = Arc::clone(self.kernel.realm());
        self.kernel
            .store
            .read(|conn| {
                let mut reports = Reports::default();
                for outcome in outcomes {
                    reports.add(outcome, &realm, |id| {
                        let der = match conn.certificate_entry(&id.0)? {
                            Some(entry) => conn.certificate_der(entry.key)?,
                            None => None,
                        };
                        Ok(der.map(|der| to_pem(PEM_LABEL, &der)))
                    })?;
                }
                Ok(reports)
            })
            .await
    }

    /// The first lines that failed, at most so many, with their reasons; and whether there are more.
    pub async fn failed_lines(&self, id: &str, limit: usize) -> Result<(Vec<(u64, String)>, bool)> {
        let task = self.registration_task(id).await?;
        let size = unsigned(task.progress.errors_bytes);
        let bytes = self.first_errors(&task, size.min(SHOWN_BYTES)).await?;
        let (lines, more) = failed_in(&bytes, limit);
        Ok((lines, more || size > SHOWN_BYTES))
    }

    /// So many bytes of ERRORS: of the object that it has become, or of the file that it grows in.
    async fn first_errors(&self, task: &RegistrationTask, size: u64) -> Result<Vec<u8>> {
        if size == 0 {
            return Ok(Vec::new());
        }
        if !task.status.is_over() {
            let path = self.tasks.place(&task.id).report(ReportType::Errors);
            return blocking(move || match File::open(path) {
                Ok(file) => {
                    let mut bytes = Vec::new();
                    file.take(size).read_to_end(&mut bytes)?;
                    Ok(bytes)
                }
                // Another server is at work on it, and has the file.
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
                Err(error) => Err(error),
            })
            .await;
        }
        let (bucket, key) = (
            self.reports_bucket(),
            report_key(&task.id, ReportType::Errors),
        );
        let opened = self.objects.open_object(&bucket, &key, |info| {
            let size = size.min(info.size);
            Ok::<_, Error>(((), Extent { offset: 0, size }))
        });
        let (_, (), mut reading) = opened.await?;
        let mut bytes = Vec::new();
        while let Some(piece) = reading.next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    /// Makes a report an object. A link to the file is given away, so that this may happen twice.
    pub(super) async fn hand_over(
        &self,
        task: &RegistrationTask,
        place: &Place,
        report: ReportType,
    ) -> Result<()> {
        let bucket = self.reports_bucket();
        let caller = &Caller::server(self.kernel.ctx());
        self.objects.ensure_bucket(caller, &bucket).await?;
        let (own, given) = (
            place.report(report),
            place.report(report).with_extension("given"),
        );
        let link = given.clone();
        blocking(move || {
            spool::remove_file(&link)?;
            std::fs::hard_link(&own, &link)
        })
        .await?;
        let key = report_key(&task.id, report);
        self.objects
            .store_object(caller, &bucket, &key, "application/json", given)
            .await?;
        Ok(())
    }
}

/// The first lines of ERRORS, of which the last may be cut, with their reasons; and whether there are more.
fn failed_in(report: &[u8], limit: usize) -> (Vec<(u64, String)>, bool) {
    let end = report.iter().rposition(|byte| *byte == b'\n');
    let mut lines = report[..end.map_or(0, |end| end + 1)].split_inclusive(|byte| *byte == b'\n');
    let read = |line: &[u8]| {
        let line: Value = serde_json::from_slice(line).ok()?;
        let why = line["errorMessage"].as_str()?;
        Some((line["lineNumber"].as_u64()?, why.to_owned()))
    };
    let failed = lines.by_ref().take(limit).filter_map(read).collect();
    (failed, lines.next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_failed_are_read_from_a_report_that_is_cut() {
        let report = br#"{"lineNumber":2,"offset":9,"errorMessage":"no CSR","response":null}
{"lineNumber":7,"offset":99,"errorMessage":"\u001b[2J","response":null}
{"lineNumber":8,"offset":120,"errorMess"#;
        let all = vec![(2, "no CSR".to_owned()), (7, "\u{1b}[2J".to_owned())];
        assert_eq!(failed_in(report, 10), (all.clone(), false));
        assert_eq!(failed_in(report, 2), (all.clone(), false));
        assert_eq!(failed_in(report, 1), (all[..1].to_vec(), true));
        assert_eq!(failed_in(b"", 10), (Vec::new(), false));
        assert_eq!(failed_in(b"{\"lineNumber\":1", 10), (Vec::new(), false));
    }
}
