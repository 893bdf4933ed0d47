//! The rates of one connection under `--quotas aws`, and what is over them.
//!
//! Owns the connection's own buckets, what the log has been told of (each limit once) and what is to go on record. The
//! account's buckets are `app`'s. Without quotas a connection has none of this.

use crate::app::App;
use crate::app::admission::attempt::Seat;
use crate::app::admission::{Permit, Refusal};
use crate::app::quota::Exceeded;
use nameplate_core::quota::{Bucket, Limit, Rate};
use std::time::Duration;

/// What a connection has used of its rates.
pub(super) struct Meter {
    messages: (Rate, Bucket),
    bytes: (Rate, Bucket),
    told: Vec<Told>,
}

/// A limit that was exceeded, and what then happens.
struct Told {
    over: Over,
    exceeded: Exceeded,
    /// How often, and how often of that is not yet on record.
    times: u64,
    unrecorded: u64,
}

/// What a client does too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// It publishes.
    Publish,
    /// It subscribes.
    Subscribe,
    /// It gets messages.
    Receive,
}

impl Over {
    /// The code of the record.
    fn code(self) -> &'static str {
        match self {
            Over::Publish => "throttled-publish",
            Over::Subscribe => "throttled-subscribe",
            Over::Receive => "throttled-receive",
        }
    }

    fn then(self) -> &'static str {
        match self {
            Over::Publish => "what it publishes is discarded",
            Over::Subscribe => "what it subscribes to is refused",
            Over::Receive => "messages for it are discarded",
        }
    }
}

/// After how many more of the same a record's count is brought up to date.
const RECORDED_EVERY: u64 = 100;

impl Meter {
    /// A meter for a new connection, if rates are held to.
    pub(super) fn new(app: &App) -> Option<Box<Self>> {
        let quotas = app.quota.quotas()?;
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
        match app.quota.quotas() {
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

    /// Says in the log that a limit is exceeded, once for each limit, and puts it on record.
    pub(super) fn tell(
        &mut self,
        app: &App,
        permit: &Permit,
        seat: Seat,
        (over, exceeded): (Over, Exceeded),
    ) {
        let same = |told: &Told| told.over == over && told.exceeded.limit == exceeded.limit;
        let at = match self.told.iter().position(same) {
            Some(at) => at,
            None => {
                tracing::warn!(
                    client.id = permit.client_id(),
                    limit = exceeded.limit,
                    "{exceeded}: {}, now and as often as it happens again",
                    over.then()
                );
                self.told.push(Told {
                    over,
                    exceeded,
                    times: 0,
                    unrecorded: 0,
                });
                self.told.len() - 1
            }
        };
        let told = &mut self.told[at];
        told.times += 1;
        told.unrecorded += 1;
        if told.times == 1 || told.unrecorded >= RECORDED_EVERY {
            told.record(app, permit, seat);
        }
    }

    /// Puts on record what is not there yet.
    pub(super) fn record_rest(&mut self, app: &App, permit: &Permit, seat: Seat) {
        for told in &mut self.told {
            told.record(app, permit, seat);
        }
    }
}

impl Told {
    fn record(&mut self, app: &App, permit: &Permit, seat: Seat) {
        let times = std::mem::take(&mut self.unrecorded);
        if times == 0 {
            return;
        }
        let refusal = Refusal {
            code: self.over.code(),
            reason: &format!("{}: {}", self.exceeded, self.over.then()),
            kind: self.exceeded.limit,
            times,
        };
        app.admission.record_refusal(permit, seat, &refusal);
    }
}
