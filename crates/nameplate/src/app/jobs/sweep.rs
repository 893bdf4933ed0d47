//! What goes through all executions of a job that have not ended, a page in each step: things are told that a maintenance
//! window has opened or closed, or are held against the registry when more of them changed than could be noted.
//!
//! How far a sweep is stands among the job's settings, so that it goes on where a server that was killed left it.

use super::document::Work;
use super::steps::{PAGE, Steps};
use crate::app::error::Result;
use nameplate_core::job::{ExecutionStatus, JobStatus};
use nameplate_store::{JobRow, Tx};
use serde_json::{Value, json};

/// Executions that one step looks at at the most to find some that have to end.
const LOOKED_AT: usize = 1000;

/// Why executions are looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sweep {
    /// A window has opened or closed: things are told.
    Window,
    /// Things may be gone, or have left groups.
    Things,
}

impl Sweep {
    const ALL: [Self; 2] = [Self::Window, Self::Things];

    /// The member of the settings that says how far it is: the status of the executions that it is at, and the key of the
    /// last one.
    pub(super) const fn member(self) -> &'static str {
        match self {
            Self::Window => "windowTold",
            Self::Things => "thingsLookedAt",
        }
    }
}

/// Takes from the settings what only this module reads.
pub(super) fn without_sweeps(members: &mut serde_json::Map<String, Value>) {
    for sweep in Sweep::ALL {
        members.remove(sweep.member());
    }
}

fn put(job: &mut JobRow, sweep: Sweep, at: Option<(ExecutionStatus, i64)>) -> Result<()> {
    let mut members = Work::settings_of(job)?;
    match at {
        Some((status, key)) => members.insert(sweep.member().into(), json!([status.code(), key])),
        None => members.remove(sweep.member()),
    };
    job.settings = Value::Object(members).to_string();
    Ok(())
}

impl Steps {
    /// A window of the schedule has opened, or closed, if it has. Things that were told of the job before hear of it.
    pub(super) fn turn(&self, tx: &mut Tx<'_>, job: &mut JobRow, status: JobStatus) -> Result<()> {
        let now = self.ctx.now;
        let opens = status == JobStatus::InProgress;
        if job.status == status && (job.started.is_some() || !opens) {
            return Ok(());
        }
        if job.status != status && job.started.is_some() {
            put(job, Sweep::Window, Some((ExecutionStatus::InProgress, 0)))?;
        }
        job.status = status;
        job.modified = now;
        if opens {
            job.started = job.started.or(Some(now));
        }
        // Whoever is told reads the job's state.
        Ok(tx.update_job(job)?)
    }

    /// Has the executions of a job held against the registry.
    pub(super) fn look_at_things(&self, tx: &mut Tx<'_>, mut job: JobRow) -> Result<JobRow> {
        put(
            &mut job,
            Sweep::Things,
            Some((ExecutionStatus::InProgress, 0)),
        )?;
        job.due = Some(self.ctx.now);
        tx.update_job(&job)?;
        Ok(job)
    }

    /// Goes on with what is under way; whether anything was.
    pub(super) fn sweep(&mut self, tx: &mut Tx<'_>, job: &JobRow) -> Result<bool> {
        let members = Work::settings_of(job)?;
        for sweep in Sweep::ALL {
            let Some(at) = members.get(sweep.member()) else {
                continue;
            };
            let status = at[0].as_i64().and_then(ExecutionStatus::of_code);
            let status = status.unwrap_or(ExecutionStatus::Queued);
            let after = at[1].as_i64().unwrap_or_default();
            let next = self.page(tx, job, sweep, status, after)?;
            // With its last execution the job may have ended.
            let left = tx.job_by_key(job.key)?;
            if let Some(mut left) = left.filter(|left| !left.status.has_ended()) {
                put(&mut left, sweep, next)?;
                left.due = Some(self.ctx.now);
                tx.update_job(&left)?;
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// One page, and where the next one begins.
    fn page(
        &mut self,
        tx: &mut Tx<'_>,
        job: &JobRow,
        sweep: Sweep,
        status: ExecutionStatus,
        after: i64,
    ) -> Result<Option<(ExecutionStatus, i64)>> {
        let size = match sweep {
            Sweep::Window => PAGE,
            Sweep::Things => LOOKED_AT,
        };
        let rows = tx.executions_of_status(job.key, status, after, size)?;
        let (all, mut changed, mut last) = (rows.len() < size, 0, after);
        for row in rows {
            if changed == PAGE {
                return Ok(Some((status, last)));
            }
            last = row.key;
            changed += match sweep {
                Sweep::Window => {
                    self.tell_turn(tx, &row, job.status == JobStatus::InProgress)?;
                    0
                }
                Sweep::Things => usize::from(self.leave(tx, row)?),
            };
        }
        Ok(match (all, status) {
            (false, _) => Some((status, last)),
            (true, ExecutionStatus::InProgress) => Some((ExecutionStatus::Queued, 0)),
            (true, _) => None,
        })
    }
}
