//! Transactions by name: how long their callers waited, and how they ended.
//!
//! Owns the clock of that, which nothing that is kept depends on.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Instant;

/// Upper bounds of the histogram's buckets, seconds: from a commit to a fast disk to a database that was waited for.
const SECONDS: [f64; 12] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0,
];

/// What is known of all transactions since the store was opened.
#[derive(Clone)]
pub struct Transactions {
    seconds: Family<Named, Histogram, fn() -> Histogram>,
    outcomes: Family<Ended, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Named {
    transaction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    transaction: &'static str,
    outcome: Outcome,
}

/// How a transaction ended, or what happened to it on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    /// What it wrote is durable.
    Committed,
    /// It would not write; nothing of it was kept.
    Refused,
    /// It was run once more, as others were in the way or the database was away for a moment.
    Retried,
    /// The database failed it, or it panicked.
    Failed,
}

impl EncodeLabelValue for Outcome {
    fn encode(
        &self,
        encoder: &mut prometheus_client::encoding::LabelValueEncoder<'_>,
    ) -> std::fmt::Result {
        let word = match self {
            Outcome::Committed => "committed",
            Outcome::Refused => "refused",
            Outcome::Retried => "retried",
            Outcome::Failed => "failed",
        };
        word.encode(encoder)
    }
}

impl Default for Transactions {
    fn default() -> Self {
        Self {
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            outcomes: Family::default(),
        }
    }
}

impl Transactions {
    /// Adds them to what a scrape is answered.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "transaction_seconds",
            "Time from asking for a write to its answer, by the transaction's name",
            self.seconds.clone(),
        );
        registry.register(
            "transactions",
            "Writes by the transaction's name and how they ended; retried is counted each time",
            self.outcomes.clone(),
        );
    }

    /// A transaction is asked for.
    pub(crate) fn asked(&self, name: &'static str) -> Asked {
        Asked {
            name,
            since: Instant::now(),
            of: self.clone(),
        }
    }
}

/// A transaction that is under way.
pub(crate) struct Asked {
    /// Its name.
    pub(crate) name: &'static str,
    since: Instant,
    of: Transactions,
}

impl Asked {
    /// Counts an outcome.
    pub(crate) fn ended(&self, outcome: Outcome) {
        let label = Ended {
            transaction: self.name,
            outcome,
        };
        self.of.outcomes.get_or_create(&label).inc();
    }

    /// It has ended, and its caller is answered.
    pub(crate) fn answered(&self, outcome: Outcome) {
        let label = Named {
            transaction: self.name,
        };
        let seconds = self.since.elapsed().as_secs_f64();
        self.of.seconds.get_or_create(&label).observe(seconds);
        self.ended(outcome);
    }
}
