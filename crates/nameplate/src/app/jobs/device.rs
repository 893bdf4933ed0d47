//! What devices ask: over MQTT, and by the API `iot-jobs-data`. AWS guide: jobs-devices.

use super::Jobs;
use super::execution::absent;
use super::job::find;
use super::refusal::Refusal as Refused;
use super::steps::first;
use crate::app::error::{Error, Kind, Result, log_failure};
use nameplate_core::job::{
    Details, Execution, Operation, PENDING, Refusal, Request, Update, data, pending, rejection,
    state, token,
};
use nameplate_store::{Conn, ExecutionRow, JobRow};
use serde_json::{Map, Value, json};

/// The job that stands for a thing's next one.
pub const NEXT: &str = "$next";

/// An execution that was found or changed, with its job.
#[derive(Debug, Clone)]
pub struct Found {
    /// The execution.
    pub row: ExecutionRow,
    /// Its job.
    pub job: JobRow,
}

/// What whoever asked is answered.
pub(crate) struct Answer {
    pub(crate) topic: String,
    pub(crate) payload: Vec<u8>,
}

fn of_thing(conn: &Conn<'_>, thing: &str) -> Result<i64> {
    let found = conn.thing_key(thing)?;
    found.ok_or_else(|| Refusal::Absent(format!("Thing {thing} cannot be found.")).into())
}

fn next(conn: &Conn<'_>, thing: &str, namespace: &str) -> Result<Option<Found>> {
    let key = of_thing(conn, thing)?;
    let row = conn
        .pending_job_executions(key, namespace, 1)?
        .into_iter()
        .next();
    let Some(row) = row else { return Ok(None) };
    Ok(conn.job_by_key(row.job)?.map(|job| Found { row, job }))
}

fn of_job(
    conn: &Conn<'_>,
    thing: &str,
    namespace: &str,
    job: &str,
    number: Option<i64>,
) -> Result<Found> {
    let key = of_thing(conn, thing)?;
    let refused = || Error::from(Refusal::Absent(absent(thing, job, number)));
    let found = find(conn, job).map_err(|error| match error.kind {
        Kind::NotFound => refused(),
        _ => error,
    })?;
    if found.namespace != namespace {
        return Err(refused());
    }
    let row = conn
        .job_execution(found.key, key, number)?
        .ok_or_else(refused)?;
    Ok(Found { row, job: found })
}

impl Jobs {
    /// Executions of a thing that have not ended, of jobs without a namespace.
    pub async fn pending(&self, thing: &str) -> Result<Vec<Execution>> {
        self.kernel
            .store
            .read(|conn| {
                let key = of_thing(conn, thing)?;
                let rows = conn.pending_job_executions(key, "", PENDING)?;
                Ok(rows.into_iter().map(|row| row.execution).collect())
            })
            .await
    }

    /// A thing's execution of a job, or its next one where the job is `$next`.
    ///
    /// # Errors
    /// There is none, or it has ended.
    pub async fn described(
        &self,
        thing: &str,
        namespace: &str,
        job: &str,
        number: Option<i64>,
    ) -> Result<Option<Found>> {
        self.kernel
            .store
            .read(|conn| {
                if job == NEXT {
                    return next(conn, thing, namespace);
                }
                let found = of_job(conn, thing, namespace, job, number)?;
                let status = found.row.execution.status;
                match status.is_terminal() {
                    true => Err(Refusal::Terminal(status.as_str()).into()),
                    false => Ok(Some(found)),
                }
            })
            .await
    }

    /// A thing begins its next execution; that, if there is one. One that it has begun stays as it is.
    pub async fn start_next(
        &self,
        thing: &str,
        namespace: &str,
        details: Option<Details>,
        step: Option<i64>,
    ) -> Result<Option<Found>> {
        let ctx = self.kernel.ctx();
        let (thing, namespace, now) = (thing.to_owned(), namespace.to_owned(), ctx.now);
        let found = self
            .change(&ctx, "start-next-job", 1, move |tx, steps| {
                let Some(mut found) = next(tx, &thing, &namespace)? else {
                    return Ok(None);
                };
                let timeout = super::document::Work::parsed(&found.job)?.timeout;
                let row = &mut found.row;
                let from = row.execution.status;
                if row.execution.start(details.clone(), step, timeout, now)? {
                    steps.begun(tx, row, from)?;
                }
                Ok(Some(found))
            })
            .await?;
        self.timed(found.as_ref());
        Ok(found)
    }

    /// A thing changes its execution of a job.
    pub async fn update_execution(
        &self,
        thing: &str,
        namespace: &str,
        job: &str,
        number: Option<i64>,
        update: Update,
    ) -> Result<Found> {
        let ctx = self.kernel.ctx();
        let owned = |text: &str| text.to_owned();
        let (thing, namespace, job) = (owned(thing), owned(namespace), owned(job));
        let now = ctx.now;
        let found = self
            .change(&ctx, "update-job-execution", 1, move |tx, steps| {
                let mut found = of_job(tx, &thing, &namespace, &job, number)?;
                let timeout = super::document::Work::parsed(&found.job)?.timeout;
                let row = &mut found.row;
                let from = row.execution.status;
                let before = first(tx, row.thing, &row.namespace)?;
                row.execution.update(&update, timeout, now)?;
                steps.changed(tx, row, from, before)?;
                Ok(found)
            })
            .await?;
        self.timed(Some(&found));
        Ok(found)
    }

    /// The worker sleeps until the next timeout that it knows of.
    fn timed(&self, found: Option<&Found>) {
        let ended = |found: &Found| found.row.execution.status.is_terminal();
        if found.is_some_and(|found| found.row.execution.times_out().is_some() || ended(found)) {
            self.wake();
        }
    }

    /// The document of an execution's job, as its thing gets it.
    pub async fn text_for(&self, found: &Found) -> Result<String> {
        self.document_of(&found.job).await
    }

    /// Carries out what a message to a topic of jobs asks for. What it answers is on disk.
    pub(crate) async fn answer(&self, topic: &str, payload: &[u8]) -> Answer {
        let now = self.kernel.now();
        let token = token(payload);
        let done = match Operation::of_topic(topic) {
            Some((thing, operation, namespace)) => {
                self.carry_out(thing, operation, namespace, payload).await
            }
            None => Err(Refusal::Topic.into()),
        };
        let (word, document) = match done {
            Ok(mut members) => {
                members.insert("timestamp".into(), json!(now.as_seconds()));
                if let Some(token) = &token {
                    members.insert("clientToken".into(), json!(token));
                }
                ("accepted", Value::Object(members))
            }
            Err(error) => ("rejected", self.rejected(&error, token.as_deref())),
        };
        Answer {
            topic: format!("{topic}/{word}"),
            payload: document.to_string().into_bytes(),
        }
    }

    fn rejected(&self, error: &Error, token: Option<&str>) -> Value {
        let now = self.kernel.now();
        if let Kind::Job(Refused::Execution(refusal)) = &error.kind {
            return rejection(refusal, token, now);
        }
        let code = match error.kind {
            Kind::Throttled(_) => "RequestThrottled",
            Kind::NotFound => "ResourceNotFound",
            Kind::Invalid => "InvalidRequest",
            _ => {
                log_failure!(error, "a request to jobs failed: {error:?}");
                "InternalError"
            }
        };
        let mut document =
            json!({"code": code, "message": error.message, "timestamp": now.as_seconds()});
        if let Some(token) = token {
            document["clientToken"] = token.into();
        }
        document
    }

    async fn carry_out(
        &self,
        thing: &str,
        operation: Operation<'_>,
        namespace: &str,
        payload: &[u8],
    ) -> Result<Map<String, Value>> {
        match (Request::read(operation, payload)?, operation) {
            (Request::StartNext { details, step }, _) => {
                let found = self.start_next(thing, namespace, details, step).await?;
                self.execution_member(found, true).await
            }
            (Request::Describe { number, document }, Operation::Describe(job)) => {
                let found = self.described(thing, namespace, job, number).await?;
                self.execution_member(found, document).await
            }
            (
                Request::Update {
                    update,
                    number,
                    state: with_state,
                    document,
                },
                Operation::Update(job),
            ) => {
                let found = self
                    .update_execution(thing, namespace, job, number, update)
                    .await?;
                let mut members = Map::new();
                if with_state {
                    members.insert("executionState".into(), state(&found.row.execution));
                }
                if document {
                    let document = self.parsed_document(&found).await?;
                    members.insert("jobDocument".into(), document);
                }
                Ok(members)
            }
            _ => Ok(pending(&self.pending(thing).await?)),
        }
    }

    async fn execution_member(
        &self,
        found: Option<Found>,
        document: bool,
    ) -> Result<Map<String, Value>> {
        let mut members = Map::new();
        if let Some(found) = found {
            let document = match document {
                true => Some(self.parsed_document(&found).await?),
                false => None,
            };
            let row = &found.row;
            let now = self.kernel.now();
            let told = data(&row.execution, &row.thing_name, document, now);
            members.insert("execution".into(), told);
        }
        Ok(members)
    }

    /// Over MQTT the document is no text but a part of the answer.
    async fn parsed_document(&self, found: &Found) -> Result<Value> {
        serde_json::from_str(&self.text_for(found).await?).map_err(Error::internal)
    }
}
