//! The task that moves jobs on: rollouts, cancellations and deletions page by page, schedules, timeouts, and things that
//! join or leave groups.

use super::Jobs;
use super::follow::FOLLOWED;
use super::steps::{OF_STEP, PAGE};
use super::watch::Changed;
use crate::app::cluster::work;
use crate::app::error::{Error, Result, log_failure};
use nameplate_core::job::JobStatus;
use nameplate_store::JobFilter;
use std::time::Duration;
use tokio::sync::watch;

/// Jobs that take a step before others are looked for.
const JOBS: usize = 16;
/// How long it sleeps at the most: a machine's clock that was put forward is noticed by then.
const LONGEST: Duration = Duration::from_secs(60);
/// How often a server that does not move jobs on asks whether another still does.
const LEAD: Duration = Duration::from_secs(2);
/// How long the store is left alone after it failed.
const RETRY_AFTER: Duration = Duration::from_secs(1);

impl Jobs {
    /// Works until the server drains.
    pub(crate) async fn work(&self, mut draining: watch::Receiver<bool>) {
        let mut leads = false;
        loop {
            if !self.kernel.leads(work::JOBS).await {
                leads = false;
                // Another server does; what changed here it hears too.
                self.watch.take();
                tokio::select! {
                    biased;
                    _ = draining.wait_for(|draining| *draining) => return,
                    () = tokio::time::sleep(LEAD) => continue,
                }
            }
            if !std::mem::replace(&mut leads, true) {
                // What the one before, or this one before it ended, had heard and not seen to.
                self.watch.note_all();
            }
            let pause = match self.pass().await {
                Ok(true) => Duration::ZERO,
                Ok(false) => self.pause().await,
                // The store closes under what is under way.
                Err(_) if *draining.borrow() => return,
                Err(error) => {
                    log_failure!(error, "jobs could not be moved on: {error:?}");
                    RETRY_AFTER
                }
            };
            tokio::select! {
                biased;
                _ = draining.wait_for(|draining| *draining) => return,
                () = self.kernel.time().sleep(pause) => {}
                () = self.watch.wake.notified(), if !pause.is_zero() => {}
            }
        }
    }

    /// How long nothing is due.
    async fn pause(&self) -> Duration {
        let next = self.kernel.store.read(|conn| {
            let (job, timeout) = (conn.next_due_job()?, conn.next_job_timeout()?);
            Ok::<_, Error>(match (job, timeout) {
                (Some(job), Some(timeout)) => Some(job.min(timeout)),
                (job, timeout) => job.or(timeout),
            })
        });
        match next.await {
            Ok(Some(at)) => {
                let left = u64::try_from(at.0 - self.kernel.now().0).unwrap_or(0);
                // A moment that has come is not slept for, and one that is missed by a hair does not spin.
                Duration::from_millis(left.max(1)).min(LONGEST)
            }
            Ok(None) => LONGEST,
            Err(_) => RETRY_AFTER,
        }
    }

    /// Does what is due now, one page of each; whether more is.
    pub(crate) async fn pass(&self) -> Result<bool> {
        self.follow_things().await?;
        let mut more = self.time_out_page().await?;
        let now = self.kernel.now();
        let due = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.due_jobs(now, JOBS)?))
            .await?;
        for job in due {
            more |= self.step(job).await?;
        }
        Ok(more)
    }

    /// Takes one step of a job; whether there is more to do at once.
    pub(super) async fn step(&self, job: i64) -> Result<bool> {
        let ctx = self.kernel.ctx();
        self.change(&ctx, "job-step", OF_STEP, move |tx, steps| {
            steps.advance(tx, job)
        })
        .await
    }

    async fn time_out_page(&self) -> Result<bool> {
        let now = self.kernel.now();
        let due = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.next_job_timeout()?))
            .await?;
        if due.is_none_or(|due| due > now) {
            return Ok(false);
        }
        let ctx = self.kernel.ctx();
        let count = self
            .change(&ctx, "job-timeouts", OF_STEP, |tx, steps| {
                steps.time_out(tx)
            })
            .await?;
        Ok(count == PAGE)
    }

    async fn follow_things(&self) -> Result<()> {
        // First, so that what commits meanwhile is not lost.
        let changed = self.watch.take();
        let followed = self.follow_all(&changed).await;
        if followed.is_err() {
            self.watch.put_back(&changed);
        }
        followed
    }

    async fn follow_all(&self, changed: &Changed) -> Result<()> {
        let (jobs, continuous) = self
            .kernel
            .store
            .read(|conn| {
                let any = conn.jobs(&JobFilter::default(), i64::MAX, 1)?;
                Ok::<_, Error>((!any.is_empty(), conn.has_continuous_jobs()?))
            })
            .await?;
        self.watch.set(jobs);
        if changed.many {
            self.look_through_all().await?;
        }
        let keys: Vec<i64> = changed.keys.iter().copied().collect();
        for page in keys.chunks(FOLLOWED) {
            let concerned = match continuous {
                true => page.to_vec(),
                false => self.with_executions(page).await?,
            };
            if concerned.is_empty() {
                continue;
            }
            let ctx = self.kernel.ctx();
            let again = self
                .change(&ctx, "job-things", OF_STEP, move |tx, steps| {
                    let mut again = Vec::new();
                    for thing in &concerned {
                        if steps.follow(tx, *thing)? {
                            again.push(*thing);
                        }
                    }
                    Ok(again)
                })
                .await?;
            for thing in again {
                self.watch.note(thing);
            }
        }
        Ok(())
    }

    /// Those of these things that have executions which have not ended.
    async fn with_executions(&self, things: &[i64]) -> Result<Vec<i64>> {
        self.kernel
            .store
            .read(|conn| {
                let mut found = Vec::new();
                for thing in things {
                    if !conn.open_job_executions(*thing, 1)?.is_empty() {
                        found.push(*thing);
                    }
                }
                Ok(found)
            })
            .await
    }

    /// More things changed than were noted: all that is open is held against the registry, and all groups are looked through.
    async fn look_through_all(&self) -> Result<()> {
        for status in [JobStatus::InProgress, JobStatus::Scheduled] {
            let mut before = i64::MAX;
            loop {
                let filter = JobFilter {
                    status: Some(status),
                    ..JobFilter::default()
                };
                let ctx = self.kernel.ctx();
                let last = self
                    .change(&ctx, "job-groups", 0, move |tx, steps| {
                        let page = tx.jobs(&filter, before, PAGE)?;
                        let last = page.last().map(|job| job.key);
                        for job in page {
                            let job = steps.look_at_things(tx, job)?;
                            if job.continuous {
                                steps.look_again(tx, job)?;
                            }
                        }
                        Ok(last)
                    })
                    .await?;
                match last {
                    Some(last) => before = last,
                    None => break,
                }
            }
        }
        Ok(())
    }

    /// Has the worker look for what is due.
    pub(super) fn wake(&self) {
        self.watch.set(true);
        self.watch.wake.notify_one();
    }
}
