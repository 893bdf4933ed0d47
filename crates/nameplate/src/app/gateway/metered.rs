//! What is counted of methods and routes whose stage says so: requests, errors, time.
//!
//! Owns the figures, which begin anew with the server, as all counters do.
//! [API Gateway developer guide: Amazon API Gateway dimensions and metrics]

use super::{Gateway, Served};
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// So many methods and routes are counted; beyond that no others are.
const METERED: usize = 10_000;

/// A method of a resource, or a route, of a stage.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Method {
    /// Id of the API.
    pub api: String,
    /// Name of the stage.
    pub stage: String,
    /// Path of the resource, or of the route; `$default`.
    pub resource: String,
    /// HTTP method; `ANY` where a route is for all.
    pub method: String,
}

/// What came of its requests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// Requests.
    pub count: u64,
    /// Those that were answered with a status of 4xx.
    pub client_errors: u64,
    /// Those that were answered with a status of 5xx.
    pub server_errors: u64,
    /// Milliseconds that they took together.
    pub latency: u64,
}

pub(super) type Metered = Mutex<BTreeMap<Method, Figures>>;

impl Gateway {
    /// Counts a request that was answered.
    pub fn meter(&self, of: Method, status: u16, latency: i64) {
        let mut all = self.metered.lock();
        if all.len() >= METERED && !all.contains_key(&of) {
            return;
        }
        let figures = all.entry(of).or_default();
        figures.count += 1;
        match status {
            500.. => figures.server_errors += 1,
            400.. => figures.client_errors += 1,
            _ => {}
        }
        figures.latency += u64::try_from(latency).unwrap_or(0);
    }

    /// What has been counted, without that of stages that are no more.
    pub async fn figures(&self) -> Vec<(Method, Figures)> {
        let there = |served: &Served, of: &Method| {
            let rest = served.apis.get(&of.api);
            let http = served.http.get(&of.api);
            rest.is_some_and(|api| api.rest.stages.contains_key(&of.stage))
                || http.is_some_and(|api| api.http.stages.contains_key(&of.stage))
        };
        let served = self.kernel.cached(&self.served).await;
        let mut all = self.metered.lock();
        if let Ok(served) = served {
            all.retain(|of, _| there(&served, of));
        }
        let figures = all.iter();
        figures
            .map(|(of, figures)| (of.clone(), *figures))
            .collect()
    }
}
