//! Jobs, what they are for, how far they have come, and templates of them.

use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::job::{Counts, ExecutionStatus, JobStatus, Minute};

/// A job as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Key; no other job ever gets it.
    pub key: i64,
    /// Its id, unique.
    pub name: String,
    /// What it is doing.
    pub status: JobStatus,
    /// Whether things that become targets later get it too.
    pub continuous: bool,
    /// Its namespace; empty where it has none.
    pub namespace: String,
    /// What it was created with, JSON.
    pub settings: String,
    /// Its document, JSON.
    pub document: String,
    /// When it was created.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
    /// When it ended.
    pub completed: Option<Millis>,
    /// When its rollout began.
    pub started: Option<Millis>,
    /// The minute of the rollout in which things were told last, and how many.
    pub minute: Minute,
    /// When there is something to do for it.
    pub due: Option<Millis>,
}

/// A thing or group that a job is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobTargetRow {
    /// Its place among the targets.
    pub position: i64,
    /// Its ARN.
    pub arn: String,
    /// Key of the group, where it is one.
    pub group: Option<i64>,
    /// Key of the thing, where it is one.
    pub thing: Option<i64>,
    /// How far it has come on its way through this group and those below it: the group that it is at, 0 before the first,
    /// and the thing in it that was told last.
    pub at: (i64, i64),
    /// All things that were in it have been told.
    pub done: bool,
}

/// A template of jobs as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobTemplateRow {
    /// Key; no other template ever gets it.
    pub key: i64,
    /// Its id, unique.
    pub name: String,
    /// What it was created with, JSON.
    pub settings: String,
    /// Its document, JSON.
    pub document: String,
    /// When it was created.
    pub created: Millis,
}

/// Which jobs a list has.
#[derive(Debug, Clone, Default)]
pub struct JobFilter<'a> {
    /// Those in this state.
    pub status: Option<JobStatus>,
    /// Those that are continuous, or those that are not.
    pub continuous: Option<bool>,
    /// Those of this namespace.
    pub namespace: Option<&'a str>,
    /// Those that have this group among their targets.
    pub group: Option<i64>,
}

/// A query for rows that [`job`] reads: its columns, and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, status, continuous, namespace, settings, document, created, modified, completed, started, \
             minute, told, due FROM job ",
            $rest
        )
    };
}

fn job(row: &Row<'_>) -> Result<JobRow> {
    Ok(JobRow {
        key: row.int(0)?,
        name: row.text(1)?,
        status: JobStatus::of_code(row.int(2)?).ok_or_else(damaged)?,
        continuous: row.flag(3)?,
        namespace: row.text(4)?,
        settings: row.text(5)?,
        document: row.text(6)?,
        created: Millis(row.int(7)?),
        modified: Millis(row.int(8)?),
        completed: row.opt_int(9)?.map(Millis),
        started: row.opt_int(10)?.map(Millis),
        minute: Minute {
            number: row.int(11)?,
            told: row.int(12)?,
        },
        due: row.opt_int(13)?.map(Millis),
    })
}

pub(crate) fn damaged() -> Error {
    Error::Damaged {
        what: "status of a job",
        detail: "a number that is none".into(),
    }
}

fn template(row: &Row<'_>) -> Result<JobTemplateRow> {
    Ok(JobTemplateRow {
        key: row.int(0)?,
        name: row.text(1)?,
        settings: row.text(2)?,
        document: row.text(3)?,
        created: Millis(row.int(4)?),
    })
}

fn moment(at: Option<Millis>) -> Value<'static> {
    at.map(|at| at.0).into()
}

impl Conn<'_> {
    /// The job of this id.
    pub fn job(&self, name: &str) -> Result<Option<JobRow>> {
        self.one(select!("WHERE name = $1"), &[name.into()], job)
    }

    /// The job in this row.
    pub fn job_by_key(&self, key: i64) -> Result<Option<JobRow>> {
        self.one(select!("WHERE id = $1"), &[key.into()], job)
    }

    /// Jobs before `before`, the newest first.
    pub fn jobs(&self, filter: &JobFilter<'_>, before: i64, limit: usize) -> Result<Vec<JobRow>> {
        let any = -1;
        let group = [
            Value::Int(before),
            filter.status.map_or(any, JobStatus::code).into(),
            filter.continuous.map_or(any, i64::from).into(),
            filter.namespace.is_some().into(),
            filter.namespace.unwrap_or_default().into(),
            filter.group.unwrap_or(any).into(),
            Value::Int(limit as i64),
        ];
        self.all(
            select!(
                "WHERE id < $1 AND ($2 < 0 OR status = $2) AND ($3 < 0 OR continuous = $3)
                 AND ($4 = 0 OR namespace = $5)
                 AND ($6 < 0 OR EXISTS (SELECT 1 FROM job_target t WHERE t.job_id = job.id AND t.group_id = $6))
                 ORDER BY id DESC LIMIT $7"
            ),
            &group,
            job,
        )
    }

    /// Keys of jobs for which there is something to do now, those that wait longest first.
    pub fn due_jobs(&self, now: Millis, limit: usize) -> Result<Vec<i64>> {
        self.all(
            "SELECT id FROM job WHERE due <= $1 ORDER BY due LIMIT $2",
            &[now.0.into(), Value::Int(limit as i64)],
            |row| row.int(0),
        )
    }

    /// When there is something to do for a job next.
    pub fn next_due_job(&self) -> Result<Option<Millis>> {
        self.one(
            "SELECT due FROM job WHERE due IS NOT NULL ORDER BY due LIMIT 1",
            &[],
            |row| Ok(Millis(row.int(0)?)),
        )
    }

    /// What a job is for, in the order in which it was said.
    pub fn job_targets(&self, job: i64) -> Result<Vec<JobTargetRow>> {
        self.all(
            "SELECT position, arn, group_id, thing_id, at_group, at_thing, done FROM job_target
             WHERE job_id = $1 ORDER BY position",
            &[job.into()],
            |row| {
                Ok(JobTargetRow {
                    position: row.int(0)?,
                    arn: row.text(1)?,
                    group: row.opt_int(2)?,
                    thing: row.opt_int(3)?,
                    at: (row.int(4)?, row.int(5)?),
                    done: row.flag(6)?,
                })
            },
        )
    }

    /// Keys of continuous jobs that have this group among their targets and have not ended.
    pub fn continuous_jobs_of_group(&self, group: i64) -> Result<Vec<i64>> {
        self.all(
            "SELECT t.job_id FROM job_target t JOIN job j ON j.id = t.job_id
             WHERE t.group_id = $1 AND j.continuous = 1 AND j.status < 2 ORDER BY t.job_id",
            &[group.into()],
            |row| row.int(0),
        )
    }

    /// Whether a continuous job has not ended: things that join groups then concern it.
    pub fn has_continuous_jobs(&self) -> Result<bool> {
        let found = self.one(
            "SELECT 1 FROM job WHERE continuous = 1 AND status < 2 LIMIT 1",
            &[],
            |row| row.int(0),
        )?;
        Ok(found.is_some())
    }

    /// Things of a job by the status of their last execution.
    pub fn job_counts(&self, job: i64) -> Result<Counts> {
        let rows = self.all(
            "SELECT status, things FROM job_count WHERE job_id = $1",
            &[job.into()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )?;
        let mut counts = Counts::default();
        for (status, things) in rows {
            counts.add(
                ExecutionStatus::of_code(status).ok_or_else(damaged)?,
                things,
            );
        }
        Ok(counts)
    }

    /// The job template of this id.
    pub fn job_template(&self, name: &str) -> Result<Option<JobTemplateRow>> {
        self.one(
            "SELECT id, name, settings, document, created FROM job_template WHERE name = $1",
            &[name.into()],
            template,
        )
    }

    /// Job templates after `after`, in the order they were created.
    pub fn job_templates(&self, after: i64, limit: usize) -> Result<Vec<JobTemplateRow>> {
        self.all(
            "SELECT id, name, settings, document, created FROM job_template WHERE id > $1 ORDER BY id LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            template,
        )
    }
}

impl Tx<'_> {
    /// Creates a job; its key. The caller has seen that the id is free.
    pub fn insert_job(&mut self, new: &JobRow) -> Result<i64> {
        let key = self.next_key("job")?;
        self.write(
            "INSERT INTO job (id, name, status, continuous, namespace, settings, document, created, modified, completed,
             started, minute, told, due) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            &[
                key.into(),
                (&new.name).into(),
                new.status.code().into(),
                new.continuous.into(),
                (&new.namespace).into(),
                (&new.settings).into(),
                (&new.document).into(),
                new.created.0.into(),
                new.modified.0.into(),
                moment(new.completed),
                moment(new.started),
                new.minute.number.into(),
                new.minute.told.into(),
                moment(new.due),
            ],
        )?;
        Ok(key)
    }

    /// Writes what of a job changes: status, settings, times, and when it is due.
    pub fn update_job(&mut self, job: &JobRow) -> Result<()> {
        self.write(
            "UPDATE job SET status = $1, settings = $2, modified = $3, completed = $4, started = $5, minute = $6,
             told = $7, due = $8 WHERE id = $9",
            &[
                job.status.code().into(),
                (&job.settings).into(),
                job.modified.0.into(),
                moment(job.completed),
                moment(job.started),
                job.minute.number.into(),
                job.minute.told.into(),
                moment(job.due),
                job.key.into(),
            ],
        )
    }

    /// Removes a job with its targets and counts. Its executions are gone.
    pub fn delete_job(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM job_target WHERE job_id = $1", &[key.into()])?;
        self.write("DELETE FROM job_count WHERE job_id = $1", &[key.into()])?;
        self.write("DELETE FROM job WHERE id = $1", &[key.into()])
    }

    /// Adds a target, or writes how far it has come.
    pub fn put_job_target(&mut self, job: i64, target: &JobTargetRow) -> Result<()> {
        self.write(
            "INSERT INTO job_target (job_id, position, arn, group_id, thing_id, at_group, at_thing, done)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (job_id, position) DO UPDATE SET at_group = excluded.at_group,
             at_thing = excluded.at_thing, done = excluded.done",
            &[
                job.into(),
                target.position.into(),
                (&target.arn).into(),
                target.group.into(),
                target.thing.into(),
                target.at.0.into(),
                target.at.1.into(),
                target.done.into(),
            ],
        )
    }

    /// Adds to the number of a job's things in a state; `by` may be negative.
    pub fn count_job(&mut self, job: i64, status: ExecutionStatus, by: i64) -> Result<()> {
        self.write(
            "INSERT INTO job_count (job_id, status, things) VALUES ($1, $2, $3)
             ON CONFLICT (job_id, status) DO UPDATE SET things = job_count.things + excluded.things",
            &[job.into(), status.code().into(), by.into()],
        )
    }

    /// Creates a job template. Its key is not read. The caller has seen that the id is free.
    pub fn insert_job_template(&mut self, new: &JobTemplateRow) -> Result<()> {
        let key = self.next_key("job_template")?;
        self.write(
            "INSERT INTO job_template (id, name, settings, document, created) VALUES ($1, $2, $3, $4, $5)",
            &[
                key.into(),
                (&new.name).into(),
                (&new.settings).into(),
                (&new.document).into(),
                new.created.0.into(),
            ],
        )
    }

    /// Removes a job template.
    pub fn delete_job_template(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM job_template WHERE id = $1", &[key.into()])
    }
}
