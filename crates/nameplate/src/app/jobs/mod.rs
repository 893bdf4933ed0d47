//! AWS IoT Jobs: an operation that is sent to many things and that each reports back on. AWS guide: iot-jobs.
//!
//! States, rates, criteria and schedules are `core::job`'s. Owned here: jobs and templates for operators (`job.rs`,
//! `template.rs`), executions for operators and devices (`execution.rs`, `device.rs`), what follows a change, in its
//! transaction (`steps.rs`), what changes of things mean (`follow.rs`), what goes through all of a job's executions
//! (`sweep.rs`), what is told of it (`tell.rs`), and the one task that moves jobs on as time passes and the
//! fleet changes (`worker.rs`). What a job does to many things is done a page at a time, so that it holds nobody up.
//!
//! Must not know: connections, the protocol over which a device asks.

mod device;
mod document;
mod execution;
mod follow;
mod job;
mod refusal;
mod steps;
mod sweep;
mod tell;
mod template;
#[cfg(test)]
mod tests;
mod watch;
mod worker;

pub use device::Found;
pub use job::{JobDescription, JobList, NewJob};
pub use nameplate_store::{ExecutionRow, JobRow};
pub use refusal::Refusal;
pub use template::{NewTemplate, Template};
pub(crate) use watch::Watch;

use crate::app::Result;
use crate::app::error::Error;
use crate::app::iam::Iam;
use crate::app::kernel::Kernel;
use crate::app::objects::Objects;
use nameplate_core::ctx::Ctx;
use nameplate_store::Tx;
use std::sync::Arc;
use steps::Steps;

/// The use cases of jobs.
pub struct Jobs {
    kernel: Arc<Kernel>,
    iam: Arc<Iam>,
    objects: Arc<Objects>,
    watch: Arc<Watch>,
    sessions: document::Sessions,
}

impl Jobs {
    /// Over a kernel that `watch` follows.
    pub(crate) fn new(
        kernel: Arc<Kernel>,
        iam: Arc<Iam>,
        objects: Arc<Objects>,
        watch: Arc<Watch>,
    ) -> Self {
        Self {
            kernel,
            iam,
            objects,
            watch,
            sessions: document::Sessions::default(),
        }
    }

    /// Changes jobs or executions in one transaction, with all that follows; then sends what could not be sent in it.
    /// `things` is how many things may be told at the most.
    async fn change<T, F>(
        &self,
        ctx: &Ctx,
        name: &'static str,
        things: usize,
        mut body: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>, &mut Steps) -> Result<T> + Send + 'static,
    {
        let announcer = self.kernel.announcer(ctx).await?;
        let _room = self.kernel.effects.room(things * tell::MESSAGES).await;
        let ctx = ctx.clone();
        let (answer, later) = self
            .kernel
            .store
            .tx(name, move |tx| {
                let mut steps = Steps::new(ctx.clone(), announcer.clone());
                let answer = body(tx, &mut steps)?;
                Ok::<_, Error>((answer, steps.into_later()))
            })
            .await?;
        for next in later {
            self.tell_later(next).await;
        }
        Ok(answer)
    }

    /// As if more things had changed than are noted.
    #[cfg(test)]
    fn forget_things(&self) {
        self.watch.take();
        self.watch.note_all();
    }
}
