//! Things that change while jobs are at work: one that is gone, that left a group, that joined one.

use super::document::Work;
use super::steps::{PAGE, Steps, first};
use crate::app::error::Result;
use crate::app::events::ancestors;
use nameplate_core::job::{ExecutionStatus, JobStatus, Phase};
use nameplate_store::{Conn, ExecutionRow, JobRow, Tx};
use std::collections::BTreeSet;

/// Executions of one thing that are looked at at once when it changed.
const OF_THING: usize = PAGE;
/// Things that changed and are looked at in one transaction.
pub(super) const FOLLOWED: usize = 50;

impl Steps {
    /// Holds a thing that changed against jobs: one that is gone has no executions to come, one that left a group is no
    /// target any more, one that joined a group may have become one. Whether it is to be looked at once more.
    pub(super) fn follow(&mut self, tx: &mut Tx<'_>, thing: i64) -> Result<bool> {
        let page = tx.open_job_executions(thing, OF_THING)?;
        let (full, mut left) = (page.len() == OF_THING, 0);
        for row in page {
            left += usize::from(self.leave(tx, row)?);
        }
        if let Some(name) = tx.thing_name(thing)? {
            let mut jobs = BTreeSet::new();
            for group in groups_above(tx, thing)? {
                jobs.extend(tx.continuous_jobs_of_group(group)?);
            }
            for job in jobs {
                self.join(tx, job, thing, &name)?;
            }
        }
        Ok(full && left > 0)
    }

    /// Ends an execution whose thing is gone, or is no target any more before it has begun; whether it did.
    pub(super) fn leave(&mut self, tx: &mut Tx<'_>, mut row: ExecutionRow) -> Result<bool> {
        let from = row.execution.status;
        let begun = from == ExecutionStatus::InProgress;
        if tx.thing_name(row.thing)?.is_some() && (begun || is_target(tx, &row)?) {
            return Ok(false);
        }
        let before = first(tx, row.thing, &row.namespace)?;
        row.execution.end(ExecutionStatus::Removed, self.ctx.now);
        self.changed(tx, &row, from, before)?;
        Ok(true)
    }

    /// A thing has become a target of a continuous job.
    fn join(&mut self, tx: &mut Tx<'_>, job: i64, thing: i64, name: &str) -> Result<()> {
        let Some(mut job) = tx.job_by_key(job)? else {
            return Ok(());
        };
        let known = tx.job_execution(job.key, thing, None)?;
        if known.is_some_and(|row| row.execution.status != ExecutionStatus::Removed) {
            return Ok(());
        }
        let settings = Work::parsed(&job)?;
        let open = matches!(settings.schedule.phase(self.ctx.now), Phase::Open(_));
        let since = job.started.unwrap_or(self.ctx.now);
        let counts = tx.job_counts(job.key)?;
        let rate = &settings.rollout;
        let allowed = rate.allowance(&counts, job.minute, since, self.ctx.now);
        if open && job.status == JobStatus::InProgress && allowed.things > 0 {
            if self.queue(tx, &job, thing, name)? {
                job.minute = allowed.minute;
                job.minute.told += 1;
                tx.update_job(&job)?;
            }
            return Ok(());
        }
        self.look_again(tx, job)
    }

    /// Has all groups of a job looked through once more, when its rate and its schedule allow.
    pub(super) fn look_again(&mut self, tx: &mut Tx<'_>, mut job: JobRow) -> Result<()> {
        for mut target in tx.job_targets(job.key)? {
            if target.group.is_some() && (target.done || target.at != (0, 0)) {
                target.at = (0, 0);
                target.done = false;
                tx.put_job_target(job.key, &target)?;
            }
        }
        let now = self.ctx.now;
        job.due = Some(job.due.map_or(now, |due| due.min(now)));
        Ok(tx.update_job(&job)?)
    }
}

/// The groups that a thing is in, and all above them.
fn groups_above(conn: &Conn<'_>, thing: i64) -> Result<BTreeSet<i64>> {
    let mut found = BTreeSet::new();
    for group in conn.groups_of_thing(thing)? {
        found.insert(group.key);
        found.extend(ancestors(conn, &group)?.iter().map(|above| above.key));
    }
    Ok(found)
}

/// Whether a thing that is queued in a job is still one of its targets. Those of a snapshot stay what they were.
fn is_target(conn: &Conn<'_>, row: &ExecutionRow) -> Result<bool> {
    if !conn.job_by_key(row.job)?.is_some_and(|job| job.continuous) {
        return Ok(true);
    }
    let targets = conn.job_targets(row.job)?;
    if targets.iter().any(|target| target.thing == Some(row.thing)) {
        return Ok(true);
    }
    let groups = groups_above(conn, row.thing)?;
    let mut of = targets.iter().filter_map(|target| target.group);
    Ok(of.any(|group| groups.contains(&group)))
}
