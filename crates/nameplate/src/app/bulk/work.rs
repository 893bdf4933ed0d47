//! Working on a task: fetch the input, prepare chunks of lines on all cores, apply them in order, write the reports.
//!
//! Three things go on at once, each in the order of the input: chunks are prepared ahead, one is applied, and the
//! reports of those before it are written. What was committed and is not yet in a report is kept in the store, so
//! that the reports are whole after a crash. The queues between them are short: memory does not grow with the file.

use super::lines::{self, Chunk, Lines};
use super::outcome::{self, Outcome, Outcomes};
use super::reports::Written;
use super::spool::{Place, ReportType};
use super::{Bulk, blocking, signed, source, unsigned};
use crate::app::audit;
use crate::app::error::{Error, Kind, Result, log_failure};
use crate::app::events::Announcer;
use crate::app::iam::IOT_SERVICE;
use crate::app::objects::Reading;
use crate::app::provisioning::{Actor, Prepared, Resolved, Run, Stop};
use crate::app::registry::authorities::Authorities;
use nameplate_core::ctx::Ctx;
use nameplate_core::policy::caller::Origin;
use nameplate_core::registry::registration::{Progress, RegistrationTask, TaskStatus};
use nameplate_core::template::{Template, TemplateKind};
use parking_lot::Mutex;
use std::fs::File;
use std::io::BufReader;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// Bytes read from the input at a time.
const BUFFER: usize = 256 * 1024;
/// Lines of a chunk where AWS's rates are kept: so that a task goes on each second, not in leaps.
const PACED_LINES: usize = 10;
/// Chunks whose reports may wait to be written.
const UNWRITTEN: usize = 4;

/// Why a task ends early.
enum Ended {
    /// It cannot run; its owner reads why.
    Unable(String),
    /// Its owner, or the server, wants it to stop.
    Stopped,
    /// Ours.
    Error(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Ended::Error(error)
    }
}

/// A chunk that can be applied.
struct Ready {
    chunk: Chunk,
    prepared: Vec<std::result::Result<Prepared, String>>,
    ctx: Ctx,
}

/// How long a task waits for a store, of its registry or of bodies, that cannot be used at the moment; longer each time.
struct Pauses<'a> {
    task: &'a str,
    next: Duration,
}

impl<'a> Pauses<'a> {
    const MOST: Duration = Duration::from_secs(16);

    fn new(task: &'a str) -> Self {
        Self {
            task,
            next: Duration::from_secs(1),
        }
    }

    async fn next(&mut self, error: &Error) {
        tracing::warn!(
            task.id = self.task,
            error = ?error,
            "the registration task {} tries again in {} s: {error:?}",
            self.task,
            self.next.as_secs()
        );
        tokio::time::sleep(self.next).await;
        self.next = (self.next * 2).min(Self::MOST);
    }
}

impl Bulk {
    /// Works on a task in the background, as soon as there is room.
    pub(super) fn work_on(self: &Arc<Self>, id: String) {
        let (stop, mut stopped) = watch::channel(false);
        self.tasks.running.lock().insert(id.clone(), stop);
        let bulk = Arc::clone(self);
        tokio::spawn(async move {
            let lease = super::lease(&id);
            if !bulk.kernel.leads(&lease).await {
                // Another server was faster, or this one has lost the registry: somebody will see to it.
                bulk.tasks.running.lock().remove(&id);
                return;
            }
            // A stopped task needs no room: it only ends.
            let _slot = tokio::select! {
                slot = bulk.tasks.slots.acquire() => slot.ok(),
                _ = stopped.wait_for(|stopped| *stopped) => None,
            };
            bulk.work(&id, &stopped).await;
            bulk.tasks.running.lock().remove(&id);
            if let Err(error) = bulk.kernel.store.give_back(&lease).await {
                tracing::debug!("the lease of a registration task ends with the server: {error}");
            }
        });
    }

    /// Brings a task to its end. Where the store is away it waits, and goes on from the last commit, of which it need not
    /// have heard.
    async fn work(self: &Arc<Self>, id: &str, stopped: &watch::Receiver<bool>) {
        let mut pauses = Pauses::new(id);
        while let Err(error) = self.work_from_last_commit(id, stopped).await {
            if error.kind == Kind::Unavailable {
                pauses.next(&error).await;
                continue;
            }
            // As when the server is shutting down. Nothing is lost: its next start goes on from the last commit.
            tracing::warn!(
                task.id = id,
                error = ?error,
                "the registration task {id} goes on when the server is started again: {error:?}"
            );
            return;
        }
    }

    async fn work_from_last_commit(
        self: &Arc<Self>,
        id: &str,
        stopped: &watch::Receiver<bool>,
    ) -> Result<()> {
        let task = self.registration_task(id).await?;
        match self.bring_on(&task, stopped).await {
            Ok(()) => self.finish(&task, TaskStatus::Completed, None).await,
            Err(Ended::Stopped) => self.finish(&task, TaskStatus::Cancelled, None).await,
            Err(Ended::Unable(why)) => self.finish(&task, TaskStatus::Failed, Some(&why)).await,
            Err(Ended::Error(error)) if error.kind == Kind::Unavailable => Err(error),
            Err(Ended::Error(error)) => {
                log_failure!(error,
                    task.id,
                    error = ?error,
                    "the registration task {id} cannot go on: {error:?}"
                );
                let why = "Internal failure; the server's log says what went wrong";
                self.finish(&task, TaskStatus::Failed, Some(why)).await
            }
        }
    }

    async fn bring_on(
        self: &Arc<Self>,
        task: &RegistrationTask,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(), Ended> {
        let place = self.tasks.place(&task.id);
        let (create, anew) = (place.clone(), self.kernel.store.is_clustered());
        blocking(move || {
            if anew {
                // Another server may have gone on since these were written; all that they held is in the store.
                create.remove()?;
            }
            create.create()
        })
        .await?;
        let (spool, written) = self.open_spool(task, &place, anew).await?;
        if task.status == TaskStatus::Cancelling {
            return Err(Ended::Stopped);
        }
        // It was read when the task was started.
        let template = Template::parse(&task.template_body, TemplateKind::Bulk)
            .map_err(|why| Ended::Unable(why.to_string()))?;
        let mut pauses = Pauses::new(&task.id);
        loop {
            match self.fetch(task, &place, stopped).await {
                Err(Ended::Error(error)) if error.kind == Kind::Unavailable => {
                    let mut stopped = stopped.clone();
                    tokio::select! {
                        () = pauses.next(&error) => {}
                        _ = stopped.wait_for(|stopped| *stopped) => return Err(Ended::Stopped),
                    }
                }
                other => break other?,
            }
        }

        let (results, unwritten) = mpsc::channel(UNWRITTEN);
        let progress = task.progress;
        let written = Arc::new(Mutex::new(written));
        let writing = {
            let (bulk, written) = (Arc::clone(self), Arc::clone(&written));
            tokio::spawn(async move { bulk.write_reports(spool, unwritten, &written).await })
        };
        let (ready, mut chunks) = mpsc::channel(ahead());
        let preparing = {
            let (bulk, template, path) = (Arc::clone(self), Arc::new(template), place.input());
            tokio::spawn(async move { bulk.prepare_chunks(&template, path, progress, ready).await })
        };
        let applied = self
            .apply_chunks(task, &mut chunks, &written, results, stopped)
            .await;
        // A preparer that still has chunks to give ends when nobody takes them.
        drop(chunks);
        let prepared = preparing.await.map_err(Error::internal)?;
        writing.await.map_err(Error::internal)??;
        applied?;
        Ok(prepared?)
    }

    /// On whose behalf the task runs, as of now: it is asked again before each chunk, so that whoever takes the role,
    /// a permission or the key away stops what is under way.
    async fn actor(&self, task: &RegistrationTask) -> Result<Actor, Ended> {
        if let Some(role_arn) = &task.role_arn {
            let ctx = self.kernel.ctx();
            let source = source(&ctx, &task.id);
            return match self.iam.service_role(role_arn, &source, &ctx).await? {
                Ok(role) => Ok(Actor::Role(role)),
                Err(why) => Err(Ended::Unable(why)),
            };
        }
        match self.iam.credential(&task.starter).await? {
            Some(credential)
                if credential
                    .key
                    .expires
                    .is_none_or(|at| at > self.kernel.now()) =>
            {
                let origin = Origin {
                    via: Some(IOT_SERVICE),
                    ..Origin::of_service(IOT_SERVICE)
                };
                Ok(Actor::Caller(self.iam.identity(credential, origin)))
            }
            _ => Err(Ended::Unable(format!(
                "the access key {} that started the task is no longer good",
                task.starter
            ))),
        }
    }

    /// Brings the input into the task's own directory: it may be replaced or deleted while the task runs, and a task
    /// that goes on after a restart must find the same lines.
    async fn fetch(
        &self,
        task: &RegistrationTask,
        place: &Place,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(), Ended> {
        if !tokio::fs::try_exists(place.input())
            .await
            .map_err(Error::internal)?
        {
            let (bucket, key) = (&task.bucket, &task.object_key);
            let resource = self.kernel.realm().s3(format_args!("{bucket}/{key}"));
            let (actor, ctx) = (self.actor(task).await?, self.kernel.ctx());
            let may = self.kernel.store.read(|conn| {
                match actor.may(conn, "s3:GetObject", &resource, &ctx) {
                    Ok(()) => Ok(Ok(())),
                    Err(Stop::Refused(refusal)) => Ok(Err(refusal.to_string())),
                    Err(Stop::Failed(error)) => Err(error),
                }
            });
            may.await?.map_err(Ended::Unable)?;
            let (info, mut body) =
                self.objects
                    .open_whole_object(bucket, key)
                    .await
                    .map_err(|error| match error.kind {
                        Kind::Internal | Kind::Unavailable => Ended::Error(error),
                        _ => Ended::Unable(format!(
                            "the input {key:?} in the bucket {bucket:?} cannot be read: {}",
                            error.message
                        )),
                    })?;
            let arriving = place.clone();
            blocking(move || arriving.clear()).await?;
            if !body.link(place.arriving()).await? {
                copy(&mut body, place.arriving(), stopped).await?;
            }
            let arrived = place.clone();
            blocking(move || arrived.arrived()).await?;
            tracing::info!(
                task.id,
                "the registration task {} begins: {} bytes of {bucket}/{key}",
                task.id,
                info.size
            );
        }
        let size = tokio::fs::metadata(place.input())
            .await
            .map_err(Error::internal)?
            .len();
        let (key, size) = (task.key, i64::try_from(size).unwrap_or(i64::MAX));
        if task.size != 0 && task.size != size && task.progress.lines > 0 {
            return Err(Ended::Unable(format!(
                "the input {:?} in the bucket {:?} is another than the one that the task was begun with on a server that is \
                 gone",
                task.object_key, task.bucket
            )));
        }
        self.kernel
            .store
            .tx("registration-size", move |tx| {
                Ok::<_, Error>(tx.set_registration_size(key, size)?)
            })
            .await?;
        Ok(())
    }

    /// Reads chunks and has each prepared on a thread of its own; they leave in the order of the input.
    async fn prepare_chunks(
        self: &Arc<Self>,
        template: &Arc<Template>,
        path: std::path::PathBuf,
        progress: Progress,
        ready: mpsc::Sender<JoinHandle<Result<Ready>>>,
    ) -> Result<()> {
        let (position, done) = (unsigned(progress.position), unsigned(progress.lines));
        let paced = self.quota.quotas().is_some();
        let mut lines = blocking(move || {
            let input = BufReader::with_capacity(BUFFER, File::open(path)?);
            let lines = Lines::open(input, position, done)?;
            Ok(if paced {
                lines.with_chunks_of(PACED_LINES)
            } else {
                lines
            })
        })
        .await?;
        let array = lines.is_array();
        loop {
            let (rest, chunk) = blocking(move || {
                let chunk = lines.next_chunk()?;
                Ok((lines, chunk))
            })
            .await?;
            lines = rest;
            let Some(chunk) = chunk else { return Ok(()) };
            let authorities = self.registry.authorities().await?;
            let (bulk, template) = (Arc::clone(self), Arc::clone(template));
            let preparing = tokio::task::spawn_blocking(move || {
                bulk.prepare_chunk(&template, &authorities, chunk, array)
            });
            if ready.send(preparing).await.is_err() {
                return Ok(());
            }
        }
    }

    fn prepare_chunk(
        &self,
        template: &Template,
        authorities: &Authorities,
        mut chunk: Chunk,
        array: bool,
    ) -> Result<Ready> {
        let ctx = self.kernel.ctx();
        let mut resolved = Vec::with_capacity(chunk.filled.len());
        for line in &mut chunk.filled {
            // Dropped as soon as it is read: the next line's texts then take the same memory, which is still near.
            let content = std::mem::take(&mut line.content);
            resolved.push(match lines::parameters(&content, array) {
                Err(why) => Err(why),
                Ok(parameters) => match self.provisioning.resolve(template, &parameters, &ctx) {
                    Ok(resolved) => Ok(resolved),
                    Err(Stop::Refused(refusal)) => Err(refusal.to_string()),
                    Err(Stop::Failed(error)) => return Err(error),
                },
            });
        }
        let brought: Vec<[u8; 32]> = resolved
            .iter()
            .flatten()
            .filter_map(Resolved::brings)
            .collect();
        let registered = self.kernel.store.registered_now(&brought)?;
        let finish = |resolved: Resolved| {
            let is_registered = resolved
                .brings()
                .is_some_and(|hash| registered.contains(&hash));
            self.provisioning
                .finish(resolved, is_registered, authorities, &ctx)
        };
        let prepared = resolved
            .into_iter()
            .map(|resolved| resolved.map(finish))
            .collect();
        Ok(Ready {
            chunk,
            prepared,
            ctx,
        })
    }

    async fn apply_chunks(
        &self,
        task: &RegistrationTask,
        chunks: &mut mpsc::Receiver<JoinHandle<Result<Ready>>>,
        written: &Mutex<Written>,
        results: mpsc::Sender<(i64, Vec<Outcome>)>,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(), Ended> {
        while let Some(preparing) = chunks.recv().await {
            let ready = preparing.await.map_err(Error::internal)??;
            let mut stop = stopped.clone();
            tokio::select! {
                () = self.pace(&ready) => {}
                _ = stop.wait_for(|stopped| *stopped) => {}
            }
            if *stopped.borrow() {
                return Err(Ended::Stopped);
            }
            let actor = self.actor(task).await?;
            let (key, written) = (task.id.clone(), *written.lock());
            let keeps = self.kernel.store.is_clustered();
            let announcer = self.kernel.announcer(&ready.ctx).await?;
            let applied = self
                .kernel
                .store
                .tx("register-chunk", move |tx| {
                    let Some(task) = tx.registration_task(&key)? else {
                        return Ok(None);
                    };
                    if task.status != TaskStatus::InProgress {
                        return Ok(None);
                    }
                    apply_chunk(tx, &task, &ready, &actor, &announcer, (written, keeps)).map(Some)
                })
                .await?;
            let Some((number, outcomes)) = applied else {
                return Err(Ended::Stopped);
            };
            self.count(&outcomes);
            if results.send((number, outcomes)).await.is_err() {
                // The writer has failed, and says why.
                return Ok(());
            }
        }
        Ok(())
    }

    /// Waits until AWS's rates allow what a chunk's lines call: a task is not refused, it takes its time.
    async fn pace(&self, ready: &Ready) {
        if self.quota.quotas().is_none() {
            return;
        }
        let wait = ready
            .prepared
            .iter()
            .flatten()
            .map(|prepared| self.quota.provision_in_time(prepared.desired()))
            .max()
            .unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }

    fn count(&self, outcomes: &[Outcome]) {
        let succeeded = outcomes.iter().filter(|o| o.is_device()).count();
        self.kernel
            .metrics
            .provisions("bulk", "success", succeeded as u64);
        let failed = outcomes.len() - succeeded;
        self.kernel
            .metrics
            .provisions("bulk", "client_error", failed as u64);
    }

    /// Hands the reports over and ends the task. What has been done until then stays, whatever the status.
    async fn finish(
        &self,
        task: &RegistrationTask,
        status: TaskStatus,
        message: Option<&str>,
    ) -> Result<()> {
        // A backup whose registry has the task under way has its files, too.
        self.kernel.hold().ended().await;
        let place = self.tasks.place(&task.id);
        // Again from the store, so that the reports of a task that ended early are whole, too.
        let task = self.registration_task(&task.id).await?;
        // What this server has not begun it has no files of.
        let create = place.clone();
        blocking(move || create.create()).await?;
        let (_, written) = self.open_spool(&task, &place, false).await?;
        for (report, bytes) in [
            (ReportType::Results, written.results_bytes),
            (ReportType::Errors, written.errors_bytes),
        ] {
            if bytes == 0 {
                continue;
            }
            let mut pauses = Pauses::new(&task.id);
            loop {
                match self.hand_over(&task, &place, report).await {
                    Err(error) if error.kind == Kind::Unavailable => pauses.next(&error).await,
                    other => break other?,
                }
            }
        }
        let (key, message, now) = (task.key, message.map(str::to_owned), self.kernel.now());
        let ended = self
            .kernel
            .store
            .tx("end-registration-task", move |tx| {
                let Some(task) = tx.registration_task_by_key(key)? else {
                    return Ok(None);
                };
                let status = match (task.status, status) {
                    // Stopped after its last line.
                    (TaskStatus::Cancelling, TaskStatus::Completed) => TaskStatus::Cancelled,
                    (_, status) => status,
                };
                // Unless it was terminated while it was at work.
                if !task.status.is_over() {
                    tx.set_registration_status(key, status, message.as_deref(), now)?;
                }
                tx.delete_registration_outcomes(key, i64::MAX)?;
                Ok::<_, Error>(tx.registration_task_by_key(key)?)
            })
            .await?;
        if let Some(task) = ended {
            self.kernel.audit.add(&audit::task_ended(&task, now));
            tracing::info!(
                task.id,
                task.status = task.status.as_str(),
                "the registration task {} is {}: {} registered, {} failed{}",
                task.id,
                task.status.as_str(),
                task.progress.succeeded,
                task.progress.failed,
                task.message
                    .map_or_else(String::new, |why| format!("; {why}")),
            );
        }
        blocking(move || place.remove()).await
    }
}

/// Copies a body into a file, durably.
async fn copy(
    body: &mut Reading,
    to: std::path::PathBuf,
    stopped: &watch::Receiver<bool>,
) -> Result<(), Ended> {
    let mut copy = tokio::fs::File::from_std(
        std::fs::File::options()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(to)
            .map_err(Error::internal)?,
    );
    while let Some(piece) = body.next().await? {
        if *stopped.borrow() {
            return Err(Ended::Stopped);
        }
        copy.write_all(&piece).await.map_err(Error::internal)?;
    }
    copy.sync_all().await.map_err(Error::internal)?;
    Ok(())
}

/// Applies a chunk in one transaction with the task's progress. A line that fails has written nothing.
fn apply_chunk(
    tx: &mut nameplate_store::Tx<'_>,
    task: &RegistrationTask,
    ready: &Ready,
    actor: &Actor,
    announcer: &Announcer,
    (written, keeps): (Written, bool),
) -> Result<(i64, Vec<Outcome>)> {
    let chunk = &ready.chunk;
    if task.progress.position != signed(chunk.start) {
        return Err(Error::internal(format!(
            "a chunk begins at {} of the input, and {} bytes are done",
            chunk.start, task.progress.position
        )));
    }
    let mut run =
        Run::new(&ready.ctx, actor, announcer).keeping_certificates(task.keep_certificates);
    let mut outcomes = Vec::with_capacity(ready.prepared.len());
    run.read_ahead(tx, ready.prepared.iter().flatten())?;
    for (line, prepared) in chunk.filled.iter().zip(&ready.prepared) {
        let result = match prepared {
            Err(why) => Outcomes::Failed(why.clone()),
            Ok(prepared) => match run.provision(tx, prepared) {
                Ok(plan) => {
                    let pem = prepared.certificate_pem(&plan);
                    Outcomes::device(plan, pem)
                }
                Err(Stop::Refused(refusal)) => Outcomes::Failed(refusal.to_string()),
                Err(Stop::Failed(error)) => return Err(error),
            },
        };
        outcomes.push(Outcome {
            line: line.number,
            offset: line.offset,
            result,
        });
    }
    let succeeded = outcomes.iter().filter(|o| o.is_device()).count();
    let mut progress = Progress {
        position: signed(chunk.end),
        lines: signed(chunk.lines_before + chunk.lines),
        chunks: task.progress.chunks + 1,
        succeeded: task.progress.succeeded + succeeded as i64,
        failed: task.progress.failed + (outcomes.len() - succeeded) as i64,
        ..task.progress
    };
    written.note_in(&mut progress);
    tx.insert_registration_outcomes(task.key, progress.chunks, &outcome::encode(&outcomes)?)?;
    // Another server that goes on has none of the files that they are in by now.
    if !keeps {
        tx.delete_registration_outcomes(task.key, written.chunks)?;
    }
    tx.set_registration_progress(task.key, &progress, ready.ctx.now)?;
    Ok((progress.chunks, outcomes))
}

/// Chunks that are prepared ahead: one for each core, beside the one that is applied.
fn ahead() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from) + 2
}
