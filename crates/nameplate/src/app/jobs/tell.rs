//! What things are told of their jobs, and events about jobs. AWS guide: jobs-comm-notifications, events-jobs.

use super::Jobs;
use super::document::{Work, filled};
use super::steps::Steps;
use crate::app::effects::{Effect, ServiceMessage};
use crate::app::error::Result;
use crate::app::ids;
use nameplate_core::ctx::Millis;
use nameplate_core::job::{
    Counts, ExecutionStatus, NOTIFIED, data, links, list_notification, next_notification,
};
use nameplate_core::registry::event::EventKind;
use nameplate_store::{ExecutionRow, JobRow, Tx};
use serde_json::{Map, Value, json};
use std::cmp::Reverse;
use std::sync::Arc;

/// Messages to a thing that one change may cause.
pub(super) const MESSAGES: usize = 2;

/// That another execution is a thing's next one now, whose document has links that must be signed first.
pub(super) struct Later {
    topic: String,
    row: ExecutionRow,
    sent: Arc<Sent>,
    now: Millis,
}

/// What things are sent of a job.
pub(super) struct Sent {
    job: JobRow,
    /// As it goes out; `None` where it has links that must be signed first.
    document: Option<Value>,
}

/// `notify` or `notify-next`, and that with the namespace where there is one.
fn topic(thing: &str, word: &str, namespace: &str) -> String {
    match namespace {
        "" => format!("$aws/things/{thing}/jobs/{word}"),
        _ => format!("$aws/things/{thing}/jobs/{word}-namespace-{namespace}"),
    }
}

fn say(tx: &mut Tx<'_>, topic: String, document: &Value) {
    tx.say(topic, document.to_string().into_bytes());
}

impl Steps {
    /// Tells a thing what changed. `first` is the key of the execution that was its next one before; `listed` says that
    /// one came to those that have not ended, or left them.
    pub(super) fn tell(
        &mut self,
        tx: &mut Tx<'_>,
        of: &ExecutionRow,
        first: Option<i64>,
        listed: bool,
    ) -> Result<()> {
        let now = self.ctx.now;
        let pending = tx.pending_job_executions(of.thing, &of.namespace, NOTIFIED)?;
        if listed {
            let executions: Vec<_> = pending.iter().map(|row| row.execution.clone()).collect();
            let to = topic(&of.thing_name, "notify", &of.namespace);
            say(tx, to, &list_notification(&executions, now));
        }
        let next = pending.into_iter().next();
        if next.as_ref().map(|row| row.key) == first {
            return Ok(());
        }
        self.tell_next(tx, of, next)
    }

    /// Tells a thing that its lists have this execution again, since a maintenance window of its job has opened, or have
    /// it no longer.
    pub(super) fn tell_turn(
        &mut self,
        tx: &mut Tx<'_>,
        of: &ExecutionRow,
        opened: bool,
    ) -> Result<()> {
        let next = tx.pending_job_executions(of.thing, &of.namespace, 1)?;
        let next = next.into_iter().next();
        // Those in progress come first, then those that were queued first.
        let place = |row: &ExecutionRow| (Reverse(row.execution.status), row.key);
        let first = match (&next, opened) {
            (Some(next), true) => match next.key == of.key {
                true => None,
                false => Some(next.key),
            },
            (Some(next), false) => match place(of) < place(next) {
                true => Some(of.key),
                false => Some(next.key),
            },
            (None, _) => Some(of.key),
        };
        self.tell(tx, of, first, true)
    }

    /// Tells a thing which execution is its next one.
    fn tell_next(
        &mut self,
        tx: &mut Tx<'_>,
        of: &ExecutionRow,
        next: Option<ExecutionRow>,
    ) -> Result<()> {
        let now = self.ctx.now;
        let topic = topic(&of.thing_name, "notify-next", &of.namespace);
        let Some(row) = next else {
            say(tx, topic, &next_notification(None, now));
            return Ok(());
        };
        let Some(sent) = self.sent(tx, row.job)? else {
            return Ok(());
        };
        if let Some(document) = &sent.document {
            let told = data(&row.execution, &row.thing_name, Some(document.clone()), now);
            say(tx, topic, &next_notification(Some(told), now));
        } else {
            self.later.push(Later {
                topic,
                row,
                sent,
                now,
            });
        }
        Ok(())
    }

    /// What things are sent of a job; read once for all that one transaction tells.
    fn sent(&mut self, tx: &mut Tx<'_>, job: i64) -> Result<Option<Arc<Sent>>> {
        if let Some(sent) = self.sent.get(&job) {
            return Ok(Some(Arc::clone(sent)));
        }
        let Some(row) = tx.job_by_key(job)? else {
            return Ok(None);
        };
        let text = filled(&row)?;
        let ready = links(&text).is_ok_and(|links| links.is_empty());
        let sent = Arc::new(Sent {
            document: ready.then(|| serde_json::from_str(&text).unwrap_or_default()),
            job: row,
        });
        self.sent.insert(job, Arc::clone(&sent));
        Ok(Some(sent))
    }

    /// Owes an event about a job. AWS guide: events-jobs.
    pub(super) fn job_event(
        &self,
        tx: &mut Tx<'_>,
        job: &JobRow,
        word: &str,
        status: &str,
    ) -> Result<()> {
        if !self.announcer.on(EventKind::Job) {
            return Ok(());
        }
        let settings = Work::settings_of(job)?;
        let targets: Vec<String> = tx
            .job_targets(job.key)?
            .into_iter()
            .map(|target| target.arn)
            .collect();
        let selection = match job.continuous {
            true => "CONTINUOUS",
            false => "SNAPSHOT",
        };
        let mut members = Map::new();
        members.insert("jobId".into(), json!(job.name));
        members.insert("status".into(), json!(status));
        members.insert("targetSelection".into(), json!(selection));
        members.insert("targets".into(), json!(targets));
        for name in ["description", "comment", "reasonCode", "forceCanceled"] {
            if let Some(value) = settings.get(name) {
                members.insert(name.into(), value.clone());
            }
        }
        if let Some(completed) = job.completed {
            members.insert("completedAt".into(), json!(completed.0));
        }
        members.insert("createdAt".into(), json!(job.created.0));
        members.insert("lastUpdatedAt".into(), json!(job.modified.0));
        let counts = tx.job_counts(job.key)?;
        members.insert("jobProcessDetails".into(), process_details(&counts));
        self.owe(tx, "JOB", "job", &job.name, word, members)
    }

    /// Owes an event about an execution, named after its state or that it was deleted.
    pub(super) fn execution_event(
        &self,
        tx: &mut Tx<'_>,
        row: &ExecutionRow,
        word: &str,
    ) -> Result<()> {
        if !self.announcer.on(EventKind::JobExecution) {
            return Ok(());
        }
        let execution = &row.execution;
        let members = json!({
            "jobId": execution.job,
            "thingArn": self.ctx.realm.thing(&row.thing_name),
            "status": execution.status.as_str(),
            "executionNumber": execution.number,
            "statusDetails": execution.details,
        });
        let members = members.as_object().cloned().unwrap_or_default();
        self.owe(
            tx,
            "JOB_EXECUTION",
            "jobExecution",
            &execution.job,
            word,
            members,
        )
    }

    fn owe(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        level: &str,
        job: &str,
        word: &str,
        members: Map<String, Value>,
    ) -> Result<()> {
        let mut payload = Map::new();
        payload.insert("eventType".into(), json!(kind));
        payload.insert("eventId".into(), json!(ids::uuid()));
        payload.insert("timestamp".into(), json!(self.ctx.now.as_seconds()));
        payload.insert("operation".into(), json!(word));
        payload.extend(members);
        let topic = format!("$aws/events/{level}/{job}/{word}");
        tx.owe_event(topic, Value::Object(payload).to_string().into_bytes())?;
        Ok(())
    }
}

/// `jobProcessDetails`, without the targets that are at work.
pub(super) fn process_details(counts: &Counts) -> Value {
    json!({
        "numberOfCanceledThings": counts.of(ExecutionStatus::Canceled),
        "numberOfSucceededThings": counts.of(ExecutionStatus::Succeeded),
        "numberOfFailedThings": counts.of(ExecutionStatus::Failed),
        "numberOfRejectedThings": counts.of(ExecutionStatus::Rejected),
        "numberOfQueuedThings": counts.of(ExecutionStatus::Queued),
        "numberOfInProgressThings": counts.of(ExecutionStatus::InProgress),
        "numberOfRemovedThings": counts.of(ExecutionStatus::Removed),
        "numberOfTimedOutThings": counts.of(ExecutionStatus::TimedOut),
    })
}

impl Jobs {
    /// Says which execution is next, once the links of its document are signed.
    pub(super) async fn tell_later(&self, next: Later) {
        let job = &next.sent.job;
        let document = match self.document_of(job).await {
            Ok(text) => serde_json::from_str(&text).unwrap_or_default(),
            Err(error) => {
                // The thing asks for its next execution itself, and hears what is wrong then.
                tracing::warn!(job = job.name, "a job's document cannot be sent: {error:?}");
                return;
            }
        };
        let (row, now) = (&next.row, next.now);
        let told = data(&row.execution, &row.thing_name, Some(document), now);
        let payload = next_notification(Some(told), now).to_string().into_bytes();
        let _room = self.kernel.effects.room(1).await;
        self.kernel.effects.push(Effect::Message(ServiceMessage {
            topic: next.topic,
            payload,
        }));
    }
}
