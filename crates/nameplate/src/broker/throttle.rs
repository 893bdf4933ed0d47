//! The rates of one connection under `--quotas aws`, and what is over them.
//!
//! Owns the connection's own buckets and what it has been told of in the log: each limit once. The account's buckets
//! are `app`'s. Without quotas a connection has none of this.

use crate::app::App;
use crate::app::quota::Exceeded;
use nameplate_core::quota::{Bucket, Limit, Rate};
use std::time::Duration;

/// What a connection has used of its rates.
pub(super) struct Meter {
    messages: (Rate, Bucket),
    bytes: (Rate, Bucket),
    told: Vec<&'static str>,
}

impl Meter {
    /// A meter for a new connection, if rates are held to.
    pub(super) fn new(app: &App) -> Option<Box<Self>> {
        let quotas = app.quotas()?;
        let bucket = |limit| (quotas.rate(limit), Bucket::default());
        Some(Box::new(Self {
            messages: bucket(Limit::PublishesOfConnection),
            bytes: bucket(Limit::BytesOfConnection),
            told: Vec::new(),
        }))
    }

    /// Whether one more message may go over this connection now, in or out.
    pub(super) fn message(&mut self, app: &App) -> Result<(), Exceeded> {
        let (rate, bucket) = &mut self.messages;
        if bucket.take(*rate, 1, app.now()) {
            return Ok(());
        }
        let limit = Limit::PublishesOfConnection;
        app.metrics().throttled(limit.published().name);
        match app.quotas() {
            Some(quotas) => Err(quotas.exceeded(limit)),
            None => Ok(()),
        }
    }

    /// So many bytes went over it.
    pub(super) fn bytes(&mut self, app: &App, count: usize) {
        let (rate, bucket) = &mut self.bytes;
        let (now, count) = (app.now(), count as u64);
        let before = bucket.debt(now);
        bucket.charge(*rate, count, now);
        if before == 0 && bucket.debt(now) > 0 {
            app.metrics()
                .throttled(Limit::BytesOfConnection.published().name);
        }
    }

    /// How long nothing more may go over it; `None` where it may.
    pub(super) fn pause(&self, app: &App) -> Option<Duration> {
        match self.bytes.1.debt(app.now()) {
            0 => None,
            wait => Some(Duration::from_millis(wait)),
        }
    }

    /// Says in the log that a limit is exceeded, once for each limit.
    pub(super) fn tell(&mut self, client_id: &str, exceeded: Exceeded, then: &str) {
        if !self.told.contains(&exceeded.limit) {
            self.told.push(exceeded.limit);
            tracing::warn!(
                client.id = client_id,
                limit = exceeded.limit,
                "{exceeded}: {then}, now and as often as it happens again"
            );
        }
    }
}
