//! No traces: what is called in their place, and compiles to nothing.

use super::Called;
use crate::app::{Error, Result};
use nameplate_aws::headers::Headers;
use nameplate_store::AttemptRow;

/// None.
#[derive(Debug)]
pub struct Traces;

/// A call of which nothing is told.
pub(crate) struct Begun;

impl Traces {
    /// Nothing is sent anywhere.
    pub fn none() -> Self {
        Self
    }

    /// Refuses a collector.
    ///
    /// # Errors
    /// Always: the program was built without them.
    pub fn start(collector: &str, _: crate::app::Clock) -> Result<Self> {
        Err(Error::invalid(format!(
            "--traces {collector}: this program was built without traces, which are behind cargo's feature `otel`"
        )))
    }

    /// Nothing waits.
    pub fn stop(&self) {}

    pub(crate) fn attempt(&self, _: &AttemptRow) {}

    pub(crate) fn begin(&self) -> Begun {
        Begun
    }
}

impl Begun {
    /// The work as it is.
    pub(crate) fn within<F: Future>(&self, work: F) -> F {
        work
    }

    pub(crate) fn ended(self, _: &Headers<'_>, _: &Called<'_>) {}
}

/// The work as it is.
pub(crate) fn step<F: Future>(_: &'static str, work: F) -> F {
    work
}
