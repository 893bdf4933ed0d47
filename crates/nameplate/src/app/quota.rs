//! `--quotas aws`: AWS's default rates, held against what comes in through every door.
//!
//! Owns the buckets of this process. Figures and arithmetic are `core::quota`'s; what becomes of what is too much is
//! decided where it came in. Without the setting there is none of this, and each door asks one question more.

use super::error::{Error, Kind, Result};
use super::kernel::Kernel;
use super::spent::{Spend, Spent};
use crate::config;
use nameplate_core::ctx::Millis;
use nameplate_core::quota::{
    Bucket, Keyed, Limit, OPERATIONS, Rate, STS_SHARED, calls_of, is_small, operations,
};
use nameplate_core::shadow::ShadowName;
use nameplate_core::template::Desired;
use parking_lot::Mutex;
use std::fmt;
use std::sync::Arc;

/// More than a rate allows came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// The limit's name, the label of its counter.
    pub limit: &'static str,
    what: What,
    rate: Rate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Limit(Limit),
    Operation,
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.rate.get();
        match self.what {
            What::Limit(limit) => {
                let counts = limit.published().counts;
                write!(f, "more than {most} {counts} a second ({})", self.limit)
            }
            What::Operation => write!(f, "more than {most} calls of {} a second", self.limit),
        }
    }
}

impl From<Exceeded> for Error {
    /// AWS says the first two words; the rest is for whoever rehearses.
    fn from(exceeded: Exceeded) -> Self {
        Error::new(Kind::Throttled(None), format!("Rate exceeded: {exceeded}"))
    }
}

/// The buckets.
pub struct Quotas {
    region: String,
    account: Vec<Mutex<Bucket>>,
    clients: Mutex<Keyed>,
    topics: Mutex<Keyed>,
    shadows: Mutex<Keyed>,
    groups: Mutex<Keyed>,
    operations: Vec<(Rate, Mutex<Bucket>)>,
    // They are the fleet's, whichever node something comes in at; a connection's own are with it (`broker/throttle.rs`).
    spent: Arc<Spent>,
}

impl Quotas {
    /// Full buckets, with a region's figures.
    pub(crate) fn new(region: &str, spent: Arc<Spent>) -> Self {
        let small = is_small(region);
        let bucket = || Mutex::new(Bucket::default());
        Self {
            region: region.to_owned(),
            account: std::iter::repeat_with(bucket)
                .take(nameplate_core::quota::LIMITS.len())
                .collect(),
            clients: Mutex::default(),
            topics: Mutex::default(),
            shadows: Mutex::default(),
            groups: Mutex::default(),
            operations: OPERATIONS
                .iter()
                .map(|operation| (operation.rate(small), bucket()))
                .collect(),
            spent,
        }
    }

    /// A limit's rate here.
    pub(crate) fn rate(&self, limit: Limit) -> Rate {
        limit.rate(&self.region)
    }

    /// That a limit is exceeded.
    pub(crate) fn exceeded(&self, limit: Limit) -> Exceeded {
        Exceeded {
            limit: limit.published().name,
            what: What::Limit(limit),
            rate: self.rate(limit),
        }
    }

    fn take(&self, limit: Limit, count: u32, now: Millis) -> Result<(), Exceeded> {
        let taken = self.account[limit as usize]
            .lock()
            .take(self.rate(limit), count, now);
        if taken {
            self.note(limit, count);
            Ok(())
        } else {
            Err(self.exceeded(limit))
        }
    }

    fn note(&self, limit: Limit, count: u32) {
        self.spent.note_many(count, || Spend::Rate {
            limit: limit.published().name.to_owned(),
        });
    }

    fn note_call(&self, at: usize) {
        self.spent.note(|| Spend::Call {
            service: OPERATIONS[at].service.to_owned(),
            operation: OPERATIONS[at].name.to_owned(),
        });
    }

    fn take_of(
        &self,
        limit: Limit,
        of: &Mutex<Keyed>,
        key: &str,
        now: Millis,
    ) -> Result<(), Exceeded> {
        let taken = of.lock().take(key, self.rate(limit), now);
        if taken {
            self.note_of(limit, key);
            Ok(())
        } else {
            Err(self.exceeded(limit))
        }
    }

    fn note_of(&self, limit: Limit, key: &str) {
        self.spent.note(|| Spend::Of {
            limit: limit.published().name.to_owned(),
            key: key.to_owned(),
        });
    }

    /// The buckets of a limit that each client id, topic, shadow or share group has.
    fn keyed(&self, limit: Limit) -> Option<&Mutex<Keyed>> {
        match limit {
            Limit::ConnectsOfClient => Some(&self.clients),
            Limit::RetainedOfTopic => Some(&self.topics),
            Limit::ShadowRequestsOfShadow => Some(&self.shadows),
            Limit::SubscriptionsOfGroup => Some(&self.groups),
            _ => None,
        }
    }

    fn charge(&self, limit: Limit, count: u64, now: Millis) {
        self.note(limit, u32::try_from(count).unwrap_or(u32::MAX));
        self.charge_here(limit, count, now);
    }

    fn charge_here(&self, limit: Limit, count: u64, now: Millis) {
        self.account[limit as usize]
            .lock()
            .charge(self.rate(limit), count, now);
    }

    /// A CONNECT. The account's rate comes first, so that what is held for client ids has a bound.
    fn connect(&self, client_id: &str, now: Millis) -> Result<(), Exceeded> {
        self.take(Limit::Connects, 1, now)?;
        self.take_of(Limit::ConnectsOfClient, &self.clients, client_id, now)
    }

    fn publish(&self, topic: &str, retain: bool, now: Millis) -> Result<(), Exceeded> {
        // AWS: what is beyond the outbound rate is held against messages in, which it originates from.
        if self.account[Limit::PublishesOut as usize].lock().debt(now) > 0 {
            return Err(self.exceeded(Limit::PublishesOut));
        }
        self.take(Limit::PublishesIn, 1, now)?;
        if retain {
            self.take(Limit::Retained, 1, now)?;
            self.take_of(Limit::RetainedOfTopic, &self.topics, topic, now)?;
        }
        Ok(())
    }

    fn shadow(&self, of: &ShadowName, now: Millis) -> Result<(), Exceeded> {
        self.take(Limit::ShadowRequests, 1, now)?;
        self.take_of(
            Limit::ShadowRequestsOfShadow,
            &self.shadows,
            &of.topic_prefix(),
            now,
        )
    }

    fn call(&self, service: &str, name: &str, now: Millis) -> Result<(), Exceeded> {
        if service == "sts" && STS_SHARED.contains(&name) {
            return self.take(Limit::Sts, 1, now);
        }
        let Some(at) = operations::position(service, name) else {
            return Ok(());
        };
        let (rate, bucket) = &self.operations[at];
        if bucket.lock().take(*rate, 1, now) {
            self.note_call(at);
            return Ok(());
        }
        Err(Exceeded {
            limit: OPERATIONS[at].name,
            what: What::Operation,
            rate: *rate,
        })
    }

    /// Calls what a device's provisioning calls; those before one that is too much have been made.
    fn provision(&self, desired: &Desired, now: Millis) -> Result<(), Exceeded> {
        calls_of(desired)
            .into_iter()
            .try_for_each(|name| self.call("iot", name, now))
    }

    /// The same though it be too much; milliseconds until it no longer is.
    fn provision_in_time(&self, desired: &Desired, now: Millis) -> u64 {
        let mut wait = 0;
        for name in calls_of(desired) {
            if let Some(at) = operations::position("iot", name) {
                let (rate, bucket) = &self.operations[at];
                self.note_call(at);
                let mut bucket = bucket.lock();
                bucket.charge(*rate, 1, now);
                wait = wait.max(bucket.debt(now));
            }
        }
        wait
    }
}

/// The rates that are held to, where any are.
pub struct Quota {
    kernel: Arc<Kernel>,
    quotas: Option<Box<Quotas>>,
}

impl Quota {
    pub(crate) fn new(kernel: Arc<Kernel>) -> Self {
        let settings = &kernel.settings;
        let quotas = (settings.quotas == config::Quotas::Aws).then(|| {
            Box::new(Quotas::new(
                &settings.realm.region,
                Arc::clone(&kernel.spent),
            ))
        });
        Self { kernel, quotas }
    }

    /// The rates that are held to, where any are.
    pub fn quotas(&self) -> Option<&Quotas> {
        self.quotas.as_deref()
    }

    /// Asks, and counts what is too much.
    fn within(
        &self,
        ask: impl FnOnce(&Quotas, Millis) -> Result<(), Exceeded>,
    ) -> Result<(), Exceeded> {
        let Some(quotas) = &self.quotas else {
            return Ok(());
        };
        ask(quotas, self.kernel.now())
            .inspect_err(|exceeded| self.kernel.metrics.throttled(exceeded.limit))
    }

    /// So much was taken at another node of a rate that the account has.
    pub(crate) fn taken_elsewhere(&self, limit: &str, count: u32) {
        if let (Some(quotas), Some(limit)) = (&self.quotas, limit_named(limit)) {
            quotas.charge_here(limit, count.into(), self.kernel.now());
        }
    }

    /// The same of a rate that a client id, topic, shadow or share group has.
    pub(crate) fn taken_of_elsewhere(&self, limit: &str, key: &str, count: u32) {
        if let (Some(quotas), Some(limit)) = (&self.quotas, limit_named(limit))
            && let Some(of) = quotas.keyed(limit)
        {
            of.lock()
                .charge(key, quotas.rate(limit), count.into(), self.kernel.now());
        }
    }

    /// So often an operation was called at another node.
    pub(crate) fn called_elsewhere(&self, service: &str, operation: &str, count: u32) {
        if let (Some(quotas), Some(at)) = (&self.quotas, operations::position(service, operation)) {
            let (rate, bucket) = &quotas.operations[at];
            bucket.lock().charge(*rate, count.into(), self.kernel.now());
        }
    }

    /// Whether one more CONNECT of this client id may be answered now.
    pub(crate) fn may_connect(&self, client_id: &str) -> Result<(), Exceeded> {
        self.within(|quotas, now| quotas.connect(client_id, now))
    }

    /// Whether a first connection may register one more certificate now.
    pub(crate) fn may_register_first(&self) -> Result<(), Exceeded> {
        self.within(|quotas, now| quotas.take(Limit::Registrations, 1, now))
    }

    /// Whether one more message may come in now.
    pub(crate) fn may_publish(&self, topic: &str, retain: bool) -> Result<(), Exceeded> {
        self.within(|quotas, now| quotas.publish(topic, retain, now))
    }

    /// Whether so many filters may be subscribed to now.
    pub(crate) fn may_subscribe(&self, filters: usize) -> Result<(), Exceeded> {
        let filters = u32::try_from(filters).unwrap_or(u32::MAX);
        self.within(|quotas, now| quotas.take(Limit::Subscriptions, filters, now))
    }

    /// Whether one more may subscribe with this share group now.
    pub(crate) fn may_subscribe_group(&self, group: &str) -> Result<(), Exceeded> {
        self.within(|quotas, now| {
            quotas.take_of(Limit::SubscriptionsOfGroup, &quotas.groups, group, now)
        })
    }

    /// A member of this share group unsubscribes.
    pub(crate) fn unsubscribed_group(&self, group: &str) {
        if let Some(quotas) = &self.quotas {
            let rate = quotas.rate(Limit::SubscriptionsOfGroup);
            (quotas.groups.lock()).charge(group, rate, 1, self.kernel.now());
            quotas.note_of(Limit::SubscriptionsOfGroup, group);
        }
    }

    /// A message went to so many subscribers.
    pub(crate) fn delivered(&self, subscribers: usize) {
        if let Some(quotas) = &self.quotas {
            quotas.charge(Limit::PublishesOut, subscribers as u64, self.kernel.now());
        }
    }

    /// A service of ours published a message.
    pub(crate) fn service_published(&self) {
        if let Some(quotas) = &self.quotas {
            quotas.charge(Limit::PublishesIn, 1, self.kernel.now());
        }
    }

    /// Whether one more request to this shadow may be carried out now.
    pub(crate) fn may_ask_shadow(&self, of: &ShadowName) -> Result<(), Exceeded> {
        self.within(|quotas, now| quotas.shadow(of, now))
    }

    /// Whether an operation may be called once more now.
    pub(crate) fn may_call(&self, service: &str, operation: &str) -> Result<(), Exceeded> {
        self.within(|quotas, now| quotas.call(service, operation, now))
    }

    /// Whether one more device may be provisioned so now.
    pub(crate) fn may_provision(&self, desired: &Desired) -> Result<(), Exceeded> {
        self.within(|quotas, now| quotas.provision(desired, now))
    }

    /// Whether one more request of fleet provisioning may be carried out now.
    pub(crate) fn may_provision_fleet(&self, request: Limit) -> Result<(), Exceeded> {
        self.within(|quotas, now| quotas.take(request, 1, now))
    }

    /// Provisions one more device in any case; milliseconds that the caller must let pass before.
    pub(crate) fn provision_in_time(&self, desired: &Desired) -> u64 {
        match &self.quotas {
            Some(quotas) => quotas.provision_in_time(desired, self.kernel.now()),
            None => 0,
        }
    }
}

/// The limit of this name; `None` for one of a later release.
fn limit_named(name: &str) -> Option<Limit> {
    let mut known = nameplate_core::quota::LIMITS.iter();
    known
        .find(|published| published.name == name)
        .map(|published| published.limit)
}
