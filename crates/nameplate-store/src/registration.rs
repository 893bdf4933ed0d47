//! Bulk registration tasks, and what became of lines that no report holds yet.

use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::registration::{Progress, RegistrationTask, TaskStatus};

/// A query for rows that [`task`] reads: its columns, and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, uuid, template_body, bucket, object_key, role_arn, starter, status, message, created, \
             modified, size, done_bytes, done_lines, done_chunks, succeeded, failed, reported_chunks, \
             results_bytes, errors_bytes, keep_certificates FROM registration_task ",
            $rest
        )
    };
}

fn task(row: &Row<'_>) -> Result<RegistrationTask> {
    Ok(RegistrationTask {
        key: row.int(0)?,
        id: row.text(1)?,
        template_body: row.text(2)?,
        bucket: row.text(3)?,
        object_key: row.text(4)?,
        role_arn: row.opt_text(5)?,
        starter: row.text(6)?,
        status: TaskStatus::from_code(row.int(7)?).ok_or_else(|| Error::Damaged {
            what: "status of a registration task",
            detail: "unknown number".into(),
        })?,
        message: row.opt_text(8)?,
        created: Millis(row.int(9)?),
        modified: Millis(row.int(10)?),
        size: row.int(11)?,
        progress: Progress {
            position: row.int(12)?,
            lines: row.int(13)?,
            chunks: row.int(14)?,
            succeeded: row.int(15)?,
            failed: row.int(16)?,
            reported: row.int(17)?,
            results_bytes: row.int(18)?,
            errors_bytes: row.int(19)?,
        },
        keep_certificates: row.flag(20)?,
    })
}

impl Conn<'_> {
    /// The task of this id.
    pub fn registration_task(&self, id: &str) -> Result<Option<RegistrationTask>> {
        self.one(select!("WHERE uuid = $1"), &[id.into()], task)
    }

    /// The task in this row.
    pub fn registration_task_by_key(&self, key: i64) -> Result<Option<RegistrationTask>> {
        self.one(select!("WHERE id = $1"), &[key.into()], task)
    }

    /// Tasks beyond `after` in the order they were started.
    pub fn registration_tasks(
        &self,
        status: Option<TaskStatus>,
        after: i64,
        limit: usize,
    ) -> Result<Vec<RegistrationTask>> {
        self.all(
            select!("WHERE id > $1 AND ($2 < 0 OR status = $2) ORDER BY id LIMIT $3"),
            &[
                after.into(),
                status.map_or(-1, TaskStatus::code).into(),
                Value::Int(limit as i64),
            ],
            task,
        )
    }

    /// What became of the lines of the chunks after `reported`: number of the chunk and the text that was kept.
    pub fn registration_outcomes(&self, task: i64, reported: i64) -> Result<Vec<(i64, String)>> {
        self.all(
            "SELECT chunk, outcomes FROM registration_outcome WHERE task_id = $1 AND chunk > $2 ORDER BY chunk",
            &[task.into(), reported.into()],
            |row| Ok((row.int(0)?, row.text(1)?)),
        )
    }
}

impl Tx<'_> {
    /// Adds a task; its key. The key in the argument does not count.
    pub fn insert_registration_task(&mut self, new: &RegistrationTask) -> Result<i64> {
        let key = self.next_key("registration_task")?;
        self.write(
            "INSERT INTO registration_task
             (id, uuid, template_body, bucket, object_key, role_arn, starter, status, message, created, modified, size,
             done_bytes, done_lines, done_chunks, succeeded, failed, reported_chunks, results_bytes, errors_bytes,
             keep_certificates)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, $10, 0, 0, 0, 0, 0, 0, 0, 0, 0, $11)",
            &[
                key.into(),
                (&new.id).into(),
                (&new.template_body).into(),
                (&new.bucket).into(),
                (&new.object_key).into(),
                new.role_arn.as_ref().into(),
                (&new.starter).into(),
                new.status.code().into(),
                new.created.0.into(),
                new.modified.0.into(),
                new.keep_certificates.into(),
            ],
        )?;
        Ok(key)
    }

    /// Moves a task on.
    pub fn set_registration_progress(
        &mut self,
        key: i64,
        progress: &Progress,
        now: Millis,
    ) -> Result<()> {
        self.write(
            "UPDATE registration_task SET done_bytes = $1, done_lines = $2, done_chunks = $3, succeeded = $4,
             failed = $5, reported_chunks = $6, results_bytes = $7, errors_bytes = $8, modified = $9 WHERE id = $10",
            &[
                progress.position.into(),
                progress.lines.into(),
                progress.chunks.into(),
                progress.succeeded.into(),
                progress.failed.into(),
                progress.reported.into(),
                progress.results_bytes.into(),
                progress.errors_bytes.into(),
                now.0.into(),
                key.into(),
            ],
        )?;
        Ok(())
    }

    /// Sets a task's status, and why.
    pub fn set_registration_status(
        &mut self,
        key: i64,
        status: TaskStatus,
        message: Option<&str>,
        now: Millis,
    ) -> Result<()> {
        self.write(
            "UPDATE registration_task SET status = $1, message = $2, modified = $3 WHERE id = $4",
            &[
                status.code().into(),
                message.into(),
                now.0.into(),
                key.into(),
            ],
        )?;
        Ok(())
    }

    /// Notes how long the input is.
    pub fn set_registration_size(&mut self, key: i64, size: i64) -> Result<()> {
        self.write(
            "UPDATE registration_task SET size = $1 WHERE id = $2",
            &[size.into(), key.into()],
        )?;
        Ok(())
    }

    /// Keeps what became of the lines of a chunk.
    pub fn insert_registration_outcomes(
        &mut self,
        task: i64,
        chunk: i64,
        outcomes: &str,
    ) -> Result<()> {
        self.write(
            "INSERT INTO registration_outcome (task_id, chunk, outcomes) VALUES ($1, $2, $3)",
            &[task.into(), chunk.into(), outcomes.into()],
        )?;
        Ok(())
    }

    /// Forgets what became of the lines of the chunks up to and including `chunk`.
    pub fn delete_registration_outcomes(&mut self, task: i64, chunk: i64) -> Result<()> {
        self.write(
            "DELETE FROM registration_outcome WHERE task_id = $1 AND chunk <= $2",
            &[task.into(), chunk.into()],
        )?;
        Ok(())
    }

    /// Removes a task.
    pub fn delete_registration_task(&mut self, key: i64) -> Result<()> {
        self.delete_registration_outcomes(key, i64::MAX)?;
        self.write("DELETE FROM registration_task WHERE id = $1", &[key.into()])?;
        Ok(())
    }
}
