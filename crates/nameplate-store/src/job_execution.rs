//! Executions of jobs.

use crate::job::damaged;
use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::job::{Details, Execution, ExecutionStatus};

/// An execution as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionRow {
    /// Key; those of a thing grow in the order in which they were queued.
    pub key: i64,
    /// Key of its job.
    pub job: i64,
    /// Key of its thing, which may be gone.
    pub thing: i64,
    /// Name that the thing has or had.
    pub thing_name: String,
    /// Namespace of its job; empty where it has none.
    pub namespace: String,
    /// The execution.
    pub execution: Execution,
}

/// A query for rows that [`execution`] reads: its columns, and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.job_id, e.thing_id, e.thing, e.namespace, j.name, e.number, e.status, e.version, e.forced, \
             e.attempt, e.queued, e.started, e.updated, e.details, e.deadline, e.step_deadline \
             FROM job_execution e JOIN job j ON j.id = e.job_id ",
            $rest
        )
    };
}

fn execution(row: &Row<'_>) -> Result<ExecutionRow> {
    let details = match row.opt_text(14)? {
        None => Details::new(),
        Some(text) => serde_json::from_str(&text).map_err(|why| Error::Damaged {
            what: "details of a job execution",
            detail: why.to_string(),
        })?,
    };
    Ok(ExecutionRow {
        key: row.int(0)?,
        job: row.int(1)?,
        thing: row.int(2)?,
        thing_name: row.text(3)?,
        namespace: row.text(4)?,
        execution: Execution {
            job: row.text(5)?,
            number: row.int(6)?,
            status: ExecutionStatus::of_code(row.int(7)?).ok_or_else(damaged)?,
            version: row.int(8)?,
            forced: row.flag(9)?,
            attempt: row.int(10)?,
            queued: Millis(row.int(11)?),
            started: row.opt_int(12)?.map(Millis),
            updated: Millis(row.int(13)?),
            details,
            deadline: row.opt_int(15)?.map(Millis),
            step_deadline: row.opt_int(16)?.map(Millis),
        },
    })
}

fn moment(at: Option<Millis>) -> Value<'static> {
    at.map(|at| at.0).into()
}

fn details(execution: &Execution) -> Option<String> {
    (!execution.details.is_empty())
        .then(|| serde_json::to_string(&execution.details).unwrap_or_default())
}

impl Conn<'_> {
    /// A thing's execution of a job: the one of this number, or the last.
    pub fn job_execution(
        &self,
        job: i64,
        thing: i64,
        number: Option<i64>,
    ) -> Result<Option<ExecutionRow>> {
        match number {
            Some(number) => self.one(
                select!("WHERE e.job_id = $1 AND e.thing_id = $2 AND e.number = $3"),
                &[job.into(), thing.into(), number.into()],
                execution,
            ),
            None => self.one(
                select!("WHERE e.job_id = $1 AND e.thing_id = $2 ORDER BY e.number DESC LIMIT 1"),
                &[job.into(), thing.into()],
                execution,
            ),
        }
    }

    /// Executions of a thing that have not ended, of one namespace: those in progress first, then in the order in which
    /// they were queued, at whichever server. Those of jobs that wait for their next maintenance window are left out.
    pub fn pending_job_executions(
        &self,
        thing: i64,
        namespace: &str,
        limit: usize,
    ) -> Result<Vec<ExecutionRow>> {
        self.all(
            select!(
                "WHERE e.thing_id = $1 AND e.namespace = $2 AND e.status < 2 AND j.status <> 1
                 ORDER BY e.status DESC, e.queued, e.id LIMIT $3"
            ),
            &[thing.into(), namespace.into(), Value::Int(limit as i64)],
            execution,
        )
    }

    /// All executions of a thing that have not ended, whatever their jobs do.
    pub fn open_job_executions(&self, thing: i64, limit: usize) -> Result<Vec<ExecutionRow>> {
        self.all(
            select!("WHERE e.thing_id = $1 AND e.status < 2 LIMIT $2"),
            &[thing.into(), Value::Int(limit as i64)],
            execution,
        )
    }

    /// Executions of a job beyond the thing and number `after`.
    pub fn executions_of_job(
        &self,
        job: i64,
        after: (i64, i64),
        limit: usize,
    ) -> Result<Vec<ExecutionRow>> {
        self.all(
            select!(
                "WHERE e.job_id = $1 AND (e.thing_id, e.number) > ($2, $3) ORDER BY e.thing_id, e.number LIMIT $4"
            ),
            &[
                job.into(),
                after.0.into(),
                after.1.into(),
                Value::Int(limit as i64),
            ],
            execution,
        )
    }

    /// Executions of a job in this state, beyond the key `after`.
    pub fn executions_of_status(
        &self,
        job: i64,
        status: ExecutionStatus,
        after: i64,
        limit: usize,
    ) -> Result<Vec<ExecutionRow>> {
        self.all(
            select!("WHERE e.job_id = $1 AND e.status = $2 AND e.id > $3 ORDER BY e.id LIMIT $4"),
            &[
                job.into(),
                status.code().into(),
                after.into(),
                Value::Int(limit as i64),
            ],
            execution,
        )
    }

    /// Executions of a thing before the key `before`, the newest first; of these only those in a state, of a namespace,
    /// of a job, where one is given.
    pub fn executions_of_thing(
        &self,
        thing: i64,
        status: Option<ExecutionStatus>,
        namespace: Option<&str>,
        job: Option<i64>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<ExecutionRow>> {
        self.all(
            select!(
                "WHERE e.thing_id = $1 AND e.id < $2 AND ($3 < 0 OR e.status = $3)
                 AND ($4 = 0 OR e.namespace = $5) AND ($6 < 0 OR e.job_id = $6)
                 ORDER BY e.id DESC LIMIT $7"
            ),
            &[
                thing.into(),
                before.into(),
                status.map_or(-1, ExecutionStatus::code).into(),
                namespace.is_some().into(),
                namespace.unwrap_or_default().into(),
                job.unwrap_or(-1).into(),
                Value::Int(limit as i64),
            ],
            execution,
        )
    }

    /// Executions whose time is over, the longest first.
    pub fn overdue_job_executions(&self, now: Millis, limit: usize) -> Result<Vec<ExecutionRow>> {
        self.all(
            select!("WHERE e.times_out <= $1 ORDER BY e.times_out LIMIT $2"),
            &[now.0.into(), Value::Int(limit as i64)],
            execution,
        )
    }

    /// When the time of an execution is over next.
    pub fn next_job_timeout(&self) -> Result<Option<Millis>> {
        self.one(
            "SELECT times_out FROM job_execution WHERE times_out IS NOT NULL ORDER BY times_out LIMIT 1",
            &[],
            |row| Ok(Millis(row.int(0)?)),
        )
    }
}

impl Tx<'_> {
    /// Creates an execution; its key, which is not read of `new`.
    pub fn insert_job_execution(&mut self, new: &ExecutionRow) -> Result<i64> {
        let key = self.next_key("job_execution")?;
        let execution = &new.execution;
        self.write(
            "INSERT INTO job_execution (id, job_id, thing_id, thing, namespace, number, status, version, forced, attempt,
             queued, started, updated, details, deadline, step_deadline, times_out)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
            &[
                key.into(),
                new.job.into(),
                new.thing.into(),
                (&new.thing_name).into(),
                (&new.namespace).into(),
                execution.number.into(),
                execution.status.code().into(),
                execution.version.into(),
                execution.forced.into(),
                execution.attempt.into(),
                execution.queued.0.into(),
                moment(execution.started),
                execution.updated.0.into(),
                details(execution).as_ref().into(),
                moment(execution.deadline),
                moment(execution.step_deadline),
                moment(execution.times_out()),
            ],
        )?;
        Ok(key)
    }

    /// Writes what of an execution changes.
    pub fn update_job_execution(&mut self, row: &ExecutionRow) -> Result<()> {
        let execution = &row.execution;
        self.write(
            "UPDATE job_execution SET status = $1, version = $2, forced = $3, started = $4, updated = $5, details = $6,
             deadline = $7, step_deadline = $8, times_out = $9 WHERE id = $10",
            &[
                execution.status.code().into(),
                execution.version.into(),
                execution.forced.into(),
                moment(execution.started),
                execution.updated.0.into(),
                details(execution).as_ref().into(),
                moment(execution.deadline),
                moment(execution.step_deadline),
                moment(execution.times_out()),
                row.key.into(),
            ],
        )
    }

    /// Removes an execution.
    pub fn delete_job_execution(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM job_execution WHERE id = $1", &[key.into()])
    }
}
