//! Bulk registration: a file of devices, registered line by line by one template. AWS guide: bulk-provisioning.
//!
//! A task is a row; a worker (`work.rs`) brings it on, chunk of lines by chunk of lines, each in one commit with the
//! row's progress. So a server that dies goes on where the last commit was, and no line is applied twice. This file
//! owns what a caller may do with tasks. Provisioning itself is `provision`'s.

pub(crate) mod csv;
pub(crate) mod lines;
mod outcome;
mod reports;
mod spool;
mod work;

pub use spool::ReportType;

use super::error::{Error, Kind, Result};
use super::iam::Iam;
use super::kernel::Kernel;
use super::provisioning::Provisioning;
use super::quota::Quota;
use super::registry::Registry;
use crate::app::caller::Caller;
use crate::app::cluster::work::CLEAN_UP;
use crate::app::ids;
use crate::app::objects::{Expected, Objects};
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::registry::registration::{Progress, RegistrationTask, TaskStatus};
use nameplate_core::template::{Template, TemplateKind};
use parking_lot::Mutex;
use spool::Place;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// Tasks that are worked on at once; more wait. Each holds some chunks of lines in memory.
const WORKERS: usize = 4;
/// How long tasks and their reports are kept, and how long a task may take (General Reference, IoT Core quotas).
const KEPT_MILLIS: i64 = 30 * 24 * 3600 * 1000;
/// How long a report's link is good: as long as a presigned link may be.
const LINK_SECONDS: u32 = 7 * 24 * 3600;

/// Where tasks have their files, and which are worked on in this process.
#[derive(Debug)]
pub(crate) struct Tasks {
    data_dir: PathBuf,
    slots: Semaphore,
    running: Mutex<HashMap<String, watch::Sender<bool>>>,
}

impl Tasks {
    /// Nothing is worked on yet.
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            slots: Semaphore::new(WORKERS),
            running: Mutex::default(),
        }
    }

    async fn ids_with_files(&self) -> Result<Vec<String>> {
        if !spool::is_there(&self.data_dir) {
            return Ok(Vec::new());
        }
        let directory = self.data_dir.clone();
        blocking(move || spool::tasks(&directory)).await
    }

    fn place(&self, id: &str) -> Place {
        Place::of(&self.data_dir, id)
    }
}

/// What a task is started from.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// The template.
    pub template_body: String,
    /// Bucket of the input.
    pub bucket: String,
    /// Key of the input in its bucket.
    pub object_key: String,
    /// Role to run as; without one it runs as whoever starts it.
    pub role_arn: Option<String>,
    /// Whether a line that was registered before keeps its certificate: one of its thing's that is not REVOKED and has
    /// the key of the line's signing request.
    pub keep_certificates: bool,
}

/// The use cases of bulk registration.
pub struct Bulk {
    kernel: Arc<Kernel>,
    quota: Arc<Quota>,
    iam: Arc<Iam>,
    objects: Arc<Objects>,
    registry: Arc<Registry>,
    provisioning: Arc<Provisioning>,
    tasks: Tasks,
}

impl Bulk {
    pub(crate) fn new(
        kernel: Arc<Kernel>,
        quota: Arc<Quota>,
        iam: Arc<Iam>,
        objects: Arc<Objects>,
        registry: Arc<Registry>,
        provisioning: Arc<Provisioning>,
        data_dir: &Path,
    ) -> Self {
        Self {
            kernel,
            quota,
            iam,
            objects,
            registry,
            provisioning,
            tasks: Tasks::new(data_dir),
        }
    }

    /// Starts a task; its id. Whether the role can be assumed and the input exists turns out when it is worked on.
    pub async fn start_registration_task(
        self: &Arc<Self>,
        caller: &Caller,
        new: NewTask,
    ) -> Result<String> {
        let ctx = &caller.ctx;
        let identity = caller.identity()?;
        Template::parse(&new.template_body, TemplateKind::Bulk)
            .map_err(|why| Error::invalid(why.to_string()))?;
        let id = ids::uuid();
        if let Some(role) = &new.role_arn {
            self.iam.pass_role(caller, role, &source(ctx, &id)).await?;
        }
        let task = RegistrationTask {
            key: 0,
            id: id.clone(),
            template_body: new.template_body,
            bucket: new.bucket,
            object_key: new.object_key,
            role_arn: new.role_arn,
            keep_certificates: new.keep_certificates,
            starter: identity.access_key().id.clone(),
            status: TaskStatus::InProgress,
            message: None,
            created: ctx.now,
            modified: ctx.now,
            size: 0,
            progress: Progress::default(),
        };
        let alone = self.quota.quotas().is_some();
        self.kernel.change(caller, "start-registration-task", move |tx| {
                // General Reference, IoT Core quotas: allowed registration tasks.
                for status in [TaskStatus::InProgress, TaskStatus::Cancelling] {
                    if alone
                        && let Some(other) = tx.registration_tasks(Some(status), 0, 1)?.first()
                    {
                        return Err(Error::invalid(format!(
                            "The thing registration task {} is {}; --quotas aws allows one at a time",
                            other.id,
                            other.status.as_str()
                        )));
                    }
                }
                Ok(tx.insert_registration_task(&task)?)
            })
            .await?;
        self.work_on(id.clone());
        Ok(id)
    }

    /// Stops a task. The devices it has registered stay.
    pub async fn stop_registration_task(&self, caller: &Caller, id: &str) -> Result<()> {
        let ctx = &caller.ctx;
        let (owned, now) = (id.to_owned(), ctx.now);
        self.kernel
            .change(caller, "stop-registration-task", move |tx| {
                let task = tx
                    .registration_task(&owned)?
                    .ok_or_else(|| absent(&owned))?;
                if task.status.is_over() {
                    return Err(Error::invalid(format!(
                        "The thing registration task {owned} cannot be stopped: it is {}",
                        task.status.as_str()
                    )));
                }
                Ok(tx.set_registration_status(task.key, TaskStatus::Cancelling, None, now)?)
            })
            .await?;
        if let Some(running) = self.tasks.running.lock().get(id) {
            running.send_replace(true);
        }
        Ok(())
    }

    /// The task of this id.
    pub async fn registration_task(&self, id: &str) -> Result<RegistrationTask> {
        let found = self
            .kernel
            .store
            .read(|conn| conn.registration_task(id))
            .await?;
        found.ok_or_else(|| absent(id))
    }

    /// Tasks beyond the key `after`, in the order they were started.
    pub async fn registration_tasks(
        &self,
        status: Option<TaskStatus>,
        after: i64,
        limit: usize,
    ) -> Result<Vec<RegistrationTask>> {
        self.kernel
            .store
            .read(|conn| Ok(conn.registration_tasks(status, after, limit)?))
            .await
    }

    /// Links from which anyone who has them may load a report, where there is one. `host` is the name and port under
    /// which they will be asked for. There is none before the task is over, and none of a report without lines.
    pub async fn registration_reports(
        &self,
        id: &str,
        report: ReportType,
        host: &str,
    ) -> Result<Vec<String>> {
        // AWS: this operation declares no ResourceNotFoundException.
        let task = self.registration_task(id).await.map_err(|error| {
            let kind = match error.kind {
                Kind::NotFound => Kind::Invalid,
                other => other,
            };
            Error { kind, ..error }
        })?;
        let bytes = match report {
            ReportType::Results => task.progress.results_bytes,
            ReportType::Errors => task.progress.errors_bytes,
        };
        if !task.status.is_over() || bytes == 0 {
            return Ok(Vec::new());
        }
        let (bucket, key) = (self.reports_bucket(), report_key(id, report));
        Ok(vec![self.objects.presigned_get(
            &bucket,
            &key,
            LINK_SECONDS,
            host,
        )])
    }

    /// Goes on with tasks that were not over when the server ended, and forgets old ones. At every start.
    pub async fn resume_registration_tasks(self: &Arc<Self>) -> Result<()> {
        self.forget_registration_tasks().await?;
        self.remove_leftovers().await?;
        if self.kernel.store.is_clustered() {
            return self.take_on_registration_tasks().await;
        }
        for status in [TaskStatus::InProgress, TaskStatus::Cancelling] {
            let tasks = self.all_registration_tasks(Some(status)).await?;
            for task in tasks {
                self.go_on_with(task);
            }
        }
        Ok(())
    }

    /// Ends what is worked on.
    pub(crate) fn stop(&self) {
        for running in self.tasks.running.lock().values() {
            running.send_replace(true);
        }
    }

    fn go_on_with(self: &Arc<Self>, task: RegistrationTask) {
        tracing::info!(
            task.id,
            "the registration task {} goes on after {} lines",
            task.id,
            task.progress.lines
        );
        self.work_on(task.id);
    }

    /// Goes on with tasks that no server works on, as that of one that died. Where there are other servers only.
    pub(crate) async fn take_on_registration_tasks(self: &Arc<Self>) -> Result<()> {
        for status in [TaskStatus::InProgress, TaskStatus::Cancelling] {
            for task in self.all_registration_tasks(Some(status)).await? {
                let is_running = self.tasks.running.lock().contains_key(&task.id);
                if !is_running && self.kernel.leads(&lease(&task.id)).await {
                    self.go_on_with(task);
                }
            }
        }
        Ok(())
    }

    /// Removes the files of tasks that are over: a server may die between the end of a task and that.
    async fn remove_leftovers(&self) -> Result<()> {
        for id in self.tasks.ids_with_files().await? {
            let task = self
                .kernel
                .store
                .read(|conn| conn.registration_task(&id))
                .await?;
            if task.is_none_or(|task| task.status.is_over()) {
                let place = self.tasks.place(&id);
                blocking(move || place.remove()).await?;
            }
        }
        Ok(())
    }

    /// Forgets tasks that ended long ago, with their reports, and gives up those that take too long. At every start,
    /// and once a day.
    pub async fn forget_registration_tasks(&self) -> Result<()> {
        if !self.kernel.leads(CLEAN_UP).await {
            return Ok(());
        }
        let limit = Millis(self.kernel.now().0 - KEPT_MILLIS);
        for task in self.all_registration_tasks(None).await? {
            if task.status.is_over() && task.modified < limit {
                self.forget(task).await?;
            } else if !task.status.is_over() && task.created < limit {
                let why = "The task was terminated: it was not finished within 30 days";
                self.set_task_status(&task, TaskStatus::Failed, Some(why))
                    .await?;
                if let Some(running) = self.tasks.running.lock().get(&task.id) {
                    running.send_replace(true);
                }
            }
        }
        Ok(())
    }

    async fn forget(&self, task: RegistrationTask) -> Result<()> {
        let bucket = self.reports_bucket();
        let reports = [ReportType::Results, ReportType::Errors]
            .map(|report| (report_key(&task.id, report), Expected::default()));
        match self
            .objects
            .delete_objects(
                &Caller::server(self.kernel.ctx()),
                &bucket,
                reports.to_vec(),
            )
            .await
        {
            // Its owner may have removed the bucket.
            Err(error) if matches!(error.kind, Kind::Internal | Kind::Unavailable) => {
                return Err(error);
            }
            _ => {}
        }
        let place = self.tasks.place(&task.id);
        blocking(move || place.remove()).await?;
        self.kernel
            .store
            .tx("forget-registration-task", move |tx| {
                Ok::<_, Error>(tx.delete_registration_task(task.key)?)
            })
            .await
    }

    async fn all_registration_tasks(
        &self,
        status: Option<TaskStatus>,
    ) -> Result<Vec<RegistrationTask>> {
        let mut all: Vec<RegistrationTask> = Vec::new();
        loop {
            let after = all.last().map_or(0, |task| task.key);
            let page = self.registration_tasks(status, after, 250).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    async fn set_task_status(
        &self,
        task: &RegistrationTask,
        status: TaskStatus,
        message: Option<&str>,
    ) -> Result<()> {
        let (key, message, now) = (task.key, message.map(str::to_owned), self.kernel.now());
        self.kernel
            .store
            .tx("set-registration-status", move |tx| {
                Ok::<_, Error>(tx.set_registration_status(key, status, message.as_deref(), now)?)
            })
            .await
    }

    /// The bucket of this server that reports are put into.
    fn reports_bucket(&self) -> String {
        format!(
            "nameplate-registration-reports-{}",
            self.kernel.realm().account
        )
    }
}

/// What the one server holds that works on a task.
fn lease(id: &str) -> String {
    format!("registration-task/{id}")
}

fn report_key(id: &str, report: ReportType) -> String {
    format!("{id}/{}", report.file())
}

fn absent(id: &str) -> Error {
    Error::not_found(format!("The thing registration task {id} does not exist"))
}

/// The ARN under which a task assumes its role. AWS documents none; this one has the form that its guide asks of all
/// (IoT guide: cross-service confused deputy prevention).
fn source(ctx: &Ctx, id: &str) -> String {
    ctx.realm.iot(format_args!("thingregistrationtask/{id}"))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn unsigned(bytes: i64) -> u64 {
    u64::try_from(bytes).unwrap_or(0)
}
