//! Executions, for operators.

use super::Jobs;
use super::job::{find, find_in};
use super::steps::first;
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use nameplate_core::job::{Details, ExecutionStatus, Refusal};
use nameplate_store::{Conn, ExecutionRow};

/// A job's last execution of a thing, or the one of this number.
fn find_execution(
    conn: &Conn<'_>,
    thing: &str,
    job: &str,
    number: Option<i64>,
) -> Result<ExecutionRow> {
    let key = find(conn, job)?.key;
    let of_thing = thing_key(conn, thing)?;
    conn.job_execution(key, of_thing, number)?
        .ok_or_else(|| Error::not_found(absent(thing, job, number)))
}

pub(super) fn absent(thing: &str, job: &str, number: Option<i64>) -> String {
    match number {
        Some(number) => format!("Job {job} has no execution {number} for thing {thing}."),
        None => format!("Job {job} has no execution for thing {thing}."),
    }
}

fn thing_key(conn: &Conn<'_>, thing: &str) -> Result<i64> {
    conn.thing_key(thing)?
        .ok_or_else(|| Error::not_found(format!("Thing {thing} cannot be found.")))
}

impl Jobs {
    /// A thing's execution of a job: the last, or the one of this number.
    pub async fn execution(
        &self,
        thing: &str,
        job: &str,
        number: Option<i64>,
    ) -> Result<ExecutionRow> {
        self.kernel
            .store
            .read(|conn| find_execution(conn, thing, job, number))
            .await
    }

    /// Executions of a job beyond the thing's key and number `after`, those of one state where one is given.
    pub async fn executions_of_job(
        &self,
        job: &str,
        status: Option<ExecutionStatus>,
        after: (i64, i64),
        limit: usize,
    ) -> Result<Vec<ExecutionRow>> {
        self.kernel
            .store
            .read(|conn| {
                let key = find(conn, job)?.key;
                Ok(match status {
                    None => conn.executions_of_job(key, after, limit)?,
                    Some(status) => conn.executions_of_status(key, status, after.0, limit)?,
                })
            })
            .await
    }

    /// Executions of a thing before the key `before`, the newest first.
    pub async fn executions_of_thing(
        &self,
        thing: &str,
        status: Option<ExecutionStatus>,
        namespace: Option<&str>,
        job: Option<&str>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<ExecutionRow>> {
        self.kernel
            .store
            .read(|conn| {
                let key = thing_key(conn, thing)?;
                let job = match job {
                    Some(id) => Some(find(conn, id)?.key),
                    None => None,
                };
                Ok(conn.executions_of_thing(key, status, namespace, job, before, limit)?)
            })
            .await
    }

    /// Cancels a thing's execution of a job. One that is in progress needs `force`.
    pub async fn cancel_execution(
        &self,
        caller: &Caller,
        thing: &str,
        job: &str,
        force: bool,
        expected: Option<i64>,
        details: Option<Details>,
    ) -> Result<()> {
        let (thing, job, now) = (thing.to_owned(), job.to_owned(), caller.ctx.now);
        self.change(&caller.ctx, "cancel-job-execution", 1, move |tx, steps| {
            let mut row = find_execution(tx, &thing, &job, None)?;
            let from = row.execution.status;
            let before = first(tx, row.thing, &row.namespace)?;
            row.execution
                .cancel(force, expected, details.clone(), now)?;
            steps.changed(tx, &row, from, before)
        })
        .await
    }

    /// Deletes an execution, of a job in this namespace where one is given. One that is in progress needs `force`.
    pub async fn delete_execution(
        &self,
        caller: &Caller,
        thing: &str,
        job: &str,
        namespace: Option<&str>,
        number: i64,
        force: bool,
    ) -> Result<()> {
        let (thing, job) = (thing.to_owned(), job.to_owned());
        let namespace = namespace.map(str::to_owned);
        self.change(&caller.ctx, "delete-job-execution", 1, move |tx, steps| {
            find_in(tx, &job, namespace.as_deref())?;
            let row = find_execution(tx, &thing, &job, Some(number))?;
            let status = row.execution.status;
            if status == ExecutionStatus::InProgress && !force {
                return Err(Refusal::Transition {
                    execution: Box::new(row.execution),
                    wanted: "deleted without force".to_owned(),
                }
                .into());
            }
            let last = tx.job_execution(row.job, row.thing, None)?;
            if last.is_some_and(|last| last.key == row.key) {
                tx.count_job(row.job, status, -1)?;
            }
            steps.deleted(tx, &row)?;
            steps.judge(tx, row.job)
        })
        .await
    }
}
