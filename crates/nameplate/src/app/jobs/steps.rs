//! What follows a change of a job or of an execution, in the same transaction: counts, retries, criteria, what things and
//! rules are told, and the next page of whatever a job does to many things.

use super::document::Work;
use super::tell::{Later, Sent};
use crate::app::error::Result;
use crate::app::events::Announcer;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::job::{
    EndBehavior, Execution, ExecutionStatus, JobStatus, Phase, Settings, aborts, retries,
};
use nameplate_store::{Conn, ExecutionRow, JobRow, JobTargetRow, Tx};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Executions that one transaction makes, changes or deletes at the most.
pub(super) const PAGE: usize = 100;
/// Things that one step may tell something at the most.
pub(super) const OF_STEP: usize = PAGE;
/// Things and groups that one transaction looks at at the most to find things that were not told.
const LOOKED_AT: usize = 1000;

/// One transaction's worth of steps.
pub(super) struct Steps {
    pub(super) ctx: Ctx,
    pub(super) announcer: Announcer,
    pub(super) later: Vec<Later>,
    /// By the job's key.
    pub(super) sent: BTreeMap<i64, Arc<Sent>>,
}

/// Key of the execution that is a thing's next one.
pub(super) fn first(conn: &Conn<'_>, thing: i64, namespace: &str) -> Result<Option<i64>> {
    let found = conn.pending_job_executions(thing, namespace, 1)?;
    Ok(found.first().map(|row| row.key))
}

impl Steps {
    pub(super) fn new(ctx: Ctx, announcer: Announcer) -> Self {
        Self {
            ctx,
            announcer,
            later: Vec::new(),
            sent: BTreeMap::new(),
        }
    }

    /// What cannot be sent in the transaction.
    pub(super) fn into_later(self) -> Vec<Later> {
        self.later
    }

    /// Writes an execution that was in the state `from`. `first` is the key of its thing's next one before the change.
    pub(super) fn changed(
        &mut self,
        tx: &mut Tx<'_>,
        row: &ExecutionRow,
        from: ExecutionStatus,
        first: Option<i64>,
    ) -> Result<()> {
        tx.update_job_execution(row)?;
        let to = row.execution.status;
        let ended = to.is_terminal() && !from.is_terminal();
        if from != to {
            tx.count_job(row.job, from, -1)?;
            if !(ended && self.tried_again(tx, row)?) {
                tx.count_job(row.job, to, 1)?;
            }
        }
        if ended {
            let word = to.as_str().to_ascii_lowercase();
            self.execution_event(tx, row, &word)?;
        }
        self.tell(tx, row, first, from != to)?;
        if ended {
            self.judge(tx, row.job)?;
        }
        Ok(())
    }

    /// Writes a thing's next execution, which was in the state `from` and which it has asked to begin. Nothing came to
    /// its list or left it, and the answer has what changed: AWS tells only of other changes (the test of jobs in
    /// aws-iot-device-sdk-python-v2 counts the notifications).
    pub(super) fn begun(
        &mut self,
        tx: &mut Tx<'_>,
        row: &ExecutionRow,
        from: ExecutionStatus,
    ) -> Result<()> {
        tx.update_job_execution(row)?;
        let to = row.execution.status;
        if from != to {
            tx.count_job(row.job, from, -1)?;
            tx.count_job(row.job, to, 1)?;
        }
        Ok(())
    }

    /// Queues another execution where the job's criteria say so.
    fn tried_again(&mut self, tx: &mut Tx<'_>, row: &ExecutionRow) -> Result<bool> {
        let Some(job) = tx
            .job_by_key(row.job)?
            .filter(|job| !job.status.has_ended())
        else {
            return Ok(false);
        };
        let settings = Work::parsed(&job)?;
        let ended = &row.execution;
        if !retries(&settings.retry, ended.status, ended.attempt) {
            return Ok(false);
        }
        let (number, attempt) = (ended.number + 1, ended.attempt + 1);
        let next = Execution::new(&job.name, number, attempt, self.ctx.now);
        tx.insert_job_execution(&ExecutionRow {
            execution: next,
            ..row.clone()
        })?;
        tx.count_job(job.key, ExecutionStatus::Queued, 1)?;
        Ok(true)
    }

    /// Whether a job has come to its end, by its criteria or because nothing is left.
    pub(super) fn judge(&mut self, tx: &mut Tx<'_>, job: i64) -> Result<()> {
        let Some(mut job) = tx.job_by_key(job)?.filter(|job| !job.status.has_ended()) else {
            return Ok(());
        };
        let settings = Work::parsed(&job)?;
        let counts = tx.job_counts(job.key)?;
        if aborts(&settings.abort, &counts) {
            let mut members = Work::settings_of(&job)?;
            let why = "The job was canceled because a criterion of its abortConfig was met.";
            members.insert("comment".into(), why.into());
            return self.cancel(tx, &mut job, members, false);
        }
        if counts.pending() > 0 {
            return Ok(());
        }
        let over = settings.schedule.phase(self.ctx.now) == Phase::Ended;
        let told = !job.continuous && tx.job_targets(job.key)?.iter().all(|target| target.done);
        if over || told {
            job.status = JobStatus::Completed;
            job.completed = Some(self.ctx.now);
            job.due = None;
            job.modified = self.ctx.now;
            tx.update_job(&job)?;
            self.job_event(tx, &job, "completed", "COMPLETED")?;
        }
        Ok(())
    }

    /// Cancels a job; its executions follow page by page. `members` are what it was created with, and why it is canceled.
    pub(super) fn cancel(
        &mut self,
        tx: &mut Tx<'_>,
        job: &mut JobRow,
        mut members: Map<String, Value>,
        force: bool,
    ) -> Result<()> {
        if force {
            members.insert("forceCanceled".into(), true.into());
        }
        job.settings = Value::Object(members).to_string();
        job.status = JobStatus::Canceled;
        job.modified = self.ctx.now;
        job.due = Some(self.ctx.now);
        tx.update_job(job)?;
        self.job_event(tx, job, "cancellation_in_progress", "CANCELED")
    }

    /// Takes the next step of a job; whether there is more to do at once.
    pub(super) fn advance(&mut self, tx: &mut Tx<'_>, key: i64) -> Result<bool> {
        let Some(job) = tx.job_by_key(key)? else {
            return Ok(false);
        };
        match job.status {
            JobStatus::InProgress | JobStatus::Scheduled => self.roll_on(tx, job),
            JobStatus::Canceled => self.cancel_page(tx, job),
            JobStatus::DeletionInProgress => self.delete_page(tx, job),
            JobStatus::Completed => {
                self.wait(tx, job, None)?;
                Ok(false)
            }
        }
    }

    /// Nothing more until `due`.
    fn wait(&self, tx: &mut Tx<'_>, mut job: JobRow, due: Option<Millis>) -> Result<()> {
        job.due = due;
        Ok(tx.update_job(&job)?)
    }

    fn roll_on(&mut self, tx: &mut Tx<'_>, mut job: JobRow) -> Result<bool> {
        let settings = Work::parsed(&job)?;
        match settings.schedule.phase(self.ctx.now) {
            Phase::Ended => self.end(tx, job, &settings),
            Phase::Waiting(until) => {
                self.turn(tx, &mut job, JobStatus::Scheduled)?;
                if self.sweep(tx, &job)? {
                    return Ok(true);
                }
                self.wait(tx, job, until)?;
                Ok(false)
            }
            Phase::Open(until) => {
                self.turn(tx, &mut job, JobStatus::InProgress)?;
                if self.sweep(tx, &job)? {
                    return Ok(true);
                }
                self.roll_out(tx, job, &settings, until)
            }
        }
    }

    /// The end of a schedule.
    fn end(&mut self, tx: &mut Tx<'_>, mut job: JobRow, settings: &Settings) -> Result<bool> {
        match settings.schedule.behavior {
            EndBehavior::StopRollout => {
                self.turn(tx, &mut job, JobStatus::InProgress)?;
                if self.sweep(tx, &job)? {
                    return Ok(true);
                }
                self.wait(tx, job.clone(), None)?;
                self.judge(tx, job.key)?;
                Ok(false)
            }
            behavior => {
                let mut members = Work::settings_of(&job)?;
                let why = "The job was canceled at the end of its schedule.";
                members.insert("comment".into(), why.into());
                self.cancel(tx, &mut job, members, behavior == EndBehavior::ForceCancel)?;
                Ok(true)
            }
        }
    }

    /// Tells the next things of a job, as many as its rate allows.
    fn roll_out(
        &mut self,
        tx: &mut Tx<'_>,
        mut job: JobRow,
        settings: &Settings,
        until: Option<Millis>,
    ) -> Result<bool> {
        let now = self.ctx.now;
        let counts = tx.job_counts(job.key)?;
        let since = job.started.unwrap_or(now);
        let allowed = settings.rollout.allowance(&counts, job.minute, since, now);
        let most = usize::try_from(allowed.things).unwrap_or(0).min(PAGE);
        let (mut told, mut looked, mut all) = (0, 0, true);
        for mut target in tx.job_targets(job.key)? {
            if target.done {
                continue;
            }
            if told < most && looked < LOOKED_AT {
                let before = (target.at, target.done);
                self.tell_target(tx, &job, &mut target, most, &mut told, &mut looked)?;
                if (target.at, target.done) != before {
                    tx.put_job_target(job.key, &target)?;
                }
            }
            all &= target.done;
        }
        job.minute = allowed.minute;
        job.minute.told += i64::try_from(told).unwrap_or(0);
        // As one thing may have been told and be done with it by its next connection, so may the job.
        let spent = allowed.things <= i64::try_from(told).unwrap_or(0);
        let sooner = |at: Option<Millis>| match (at, until) {
            (Some(at), Some(until)) => Some(at.min(until)),
            (at, until) => at.or(until),
        };
        let more = !all && !spent;
        let due = match (all, more) {
            (true, _) => until,
            (false, true) => Some(now),
            (false, false) => sooner(allowed.next),
        };
        self.wait(tx, job.clone(), due)?;
        if all {
            self.judge(tx, job.key)?;
        }
        Ok(more)
    }

    /// Tells things of one target.
    fn tell_target(
        &mut self,
        tx: &mut Tx<'_>,
        job: &JobRow,
        target: &mut JobTargetRow,
        most: usize,
        told: &mut usize,
        looked: &mut usize,
    ) -> Result<()> {
        if let Some(thing) = target.thing {
            *looked += 1;
            if let Some(name) = tx.thing_name(thing)? {
                *told += usize::from(self.queue(tx, job, thing, &name)?);
            }
            target.done = true;
            return Ok(());
        }
        let Some(top) = target.group else {
            target.done = true;
            return Ok(());
        };
        if target.at.0 == 0 {
            target.at = (top, 0);
        }
        loop {
            let (group, after) = target.at;
            let room = (most - *told).min(LOOKED_AT.saturating_sub(*looked));
            if room == 0 {
                return Ok(());
            }
            let things = tx.things_of_group(group, after, room)?;
            for (thing, name) in &things {
                *looked += 1;
                *told += usize::from(self.queue(tx, job, *thing, name)?);
                target.at.1 = *thing;
            }
            if things.len() == room {
                continue;
            }
            *looked += 1;
            match next_group(tx, top, group)? {
                Some(next) => target.at = (next, 0),
                None => break,
            }
        }
        target.done = true;
        Ok(())
    }

    /// Queues a thing's execution, unless it has one; whether it did.
    pub(super) fn queue(
        &mut self,
        tx: &mut Tx<'_>,
        job: &JobRow,
        thing: i64,
        name: &str,
    ) -> Result<bool> {
        let last = tx.job_execution(job.key, thing, None)?;
        let number = match &last {
            None => 1,
            Some(row) if row.execution.status == ExecutionStatus::Removed => {
                tx.count_job(job.key, ExecutionStatus::Removed, -1)?;
                row.execution.number + 1
            }
            Some(_) => return Ok(false),
        };
        let before = first(tx, thing, &job.namespace)?;
        let row = ExecutionRow {
            key: 0,
            job: job.key,
            thing,
            thing_name: name.to_owned(),
            namespace: job.namespace.clone(),
            execution: Execution::new(&job.name, number, 0, self.ctx.now),
        };
        tx.insert_job_execution(&row)?;
        tx.count_job(job.key, ExecutionStatus::Queued, 1)?;
        self.tell(tx, &row, before, true)?;
        Ok(true)
    }

    fn cancel_page(&mut self, tx: &mut Tx<'_>, mut job: JobRow) -> Result<bool> {
        let forced = Work::settings_of(&job)?.contains_key("forceCanceled");
        let mut page = tx.executions_of_status(job.key, ExecutionStatus::Queued, 0, PAGE)?;
        if forced && page.len() < PAGE {
            let room = PAGE - page.len();
            page.extend(tx.executions_of_status(job.key, ExecutionStatus::InProgress, 0, room)?);
        }
        if page.is_empty() {
            job.completed = job.completed.or(Some(self.ctx.now));
            self.wait(tx, job.clone(), None)?;
            self.job_event(tx, &job, "canceled", "CANCELED")?;
            return Ok(false);
        }
        for mut row in page {
            let from = row.execution.status;
            let before = first(tx, row.thing, &row.namespace)?;
            row.execution.forced = from == ExecutionStatus::InProgress;
            row.execution.end(ExecutionStatus::Canceled, self.ctx.now);
            self.changed(tx, &row, from, before)?;
        }
        Ok(true)
    }

    fn delete_page(&mut self, tx: &mut Tx<'_>, job: JobRow) -> Result<bool> {
        let page = tx.executions_of_job(job.key, (0, 0), PAGE)?;
        if page.is_empty() {
            self.job_event(tx, &job, "deleted", "DELETED")?;
            tx.delete_all_tags(&self.ctx.realm.iot(format_args!("job/{}", job.name)))?;
            tx.delete_job(job.key)?;
            return Ok(false);
        }
        for row in page {
            self.deleted(tx, &row)?;
        }
        Ok(true)
    }

    /// Deletes an execution, without counting it.
    pub(super) fn deleted(&mut self, tx: &mut Tx<'_>, row: &ExecutionRow) -> Result<()> {
        let open = !row.execution.status.is_terminal();
        let before = match open {
            true => first(tx, row.thing, &row.namespace)?,
            false => None,
        };
        tx.delete_job_execution(row.key)?;
        self.execution_event(tx, row, "deleted")?;
        match open {
            true => self.tell(tx, row, before, true),
            false => Ok(()),
        }
    }

    /// Ends executions whose time is over; how many.
    pub(super) fn time_out(&mut self, tx: &mut Tx<'_>) -> Result<usize> {
        let page = tx.overdue_job_executions(self.ctx.now, PAGE)?;
        let count = page.len();
        for mut row in page {
            let from = row.execution.status;
            let before = first(tx, row.thing, &row.namespace)?;
            row.execution.end(ExecutionStatus::TimedOut, self.ctx.now);
            self.changed(tx, &row, from, before)?;
        }
        Ok(count)
    }
}

/// The group that follows `group` where all below `top` are walked through, each before those below it and those of one
/// parent by age. Where `group` is gone meanwhile, `top` again: a thing that has been told is not told once more.
fn next_group(conn: &Conn<'_>, top: i64, group: i64) -> Result<Option<i64>> {
    if let Some(child) = conn.child_group_after(group, 0)? {
        return Ok(Some(child));
    }
    let mut below = group;
    while below != top {
        let Some(row) = conn.group_by_key(below)? else {
            return Ok(Some(top));
        };
        let Some(parent) = row.parent else { break };
        if let Some(sibling) = conn.child_group_after(parent, below)? {
            return Ok(Some(sibling));
        }
        below = parent;
    }
    Ok(None)
}
