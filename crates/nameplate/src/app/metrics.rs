//! Counters, and their text for Prometheus. One list; labels are only words from closed sets, never names or ids.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// All counters of the process.
#[derive(Default)]
pub struct Metrics {
    attempts: Mutex<BTreeMap<String, u64>>,
    provisions: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    refusals: Mutex<BTreeMap<String, u64>>,
    disconnects: Mutex<BTreeMap<&'static str, u64>>,
    api: Mutex<BTreeMap<(&'static str, &'static str, u16), u64>>,
    throttled: Mutex<BTreeMap<&'static str, u64>>,
    /// MQTT connections that are open.
    pub connections: AtomicI64,
    /// PUBLISH packets taken from devices.
    pub received: AtomicU64,
    /// Messages written to devices.
    pub sent: AtomicU64,
    /// Messages withheld since a policy does not allow iot:Receive.
    pub withheld: AtomicU64,
}

impl Metrics {
    /// A connection attempt ended with this code.
    pub fn attempt(&self, code: &str) {
        add(&self.attempts, code, 1);
    }

    /// The client of an open connection was refused something, or sent away, so many times.
    pub fn refusal(&self, code: &str, times: u64) {
        add(&self.refusals, code, times);
    }

    /// An open connection ended, for a reason as lifecycle events name it.
    pub fn disconnect(&self, reason: &'static str) {
        *self.disconnects.lock().entry(reason).or_default() += 1;
    }

    /// A provisioning run ended; `outcome` is success, client_error, server_error or denied.
    pub fn provision(&self, flow: &'static str, outcome: &'static str) {
        self.provisions(flow, outcome, 1);
    }

    /// So many provisioning runs ended.
    pub fn provisions(&self, flow: &'static str, outcome: &'static str, runs: u64) {
        if runs > 0 {
            *self.provisions.lock().entry((flow, outcome)).or_default() += runs;
        }
    }

    /// An API request was answered.
    pub fn api(&self, service: &'static str, operation: &'static str, status: u16) {
        *self
            .api
            .lock()
            .entry((service, operation, status))
            .or_default() += 1;
    }

    /// Something was over a rate.
    pub fn throttled(&self, limit: &'static str) {
        *self.throttled.lock().entry(limit).or_default() += 1;
    }

    /// The Prometheus text, version 0.0.4.
    pub fn render(&self, things: usize, certificates: usize) -> String {
        let mut out = String::new();
        let head = |out: &mut String, name: &str, kind: &str, help: &str| {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
        };
        head(
            &mut out,
            "nameplate_connection_attempts_total",
            "counter",
            "Connection attempts by how they ended.",
        );
        for (code, count) in self.attempts.lock().iter() {
            let _ = writeln!(
                out,
                "nameplate_connection_attempts_total{{reason=\"{code}\"}} {count}"
            );
        }
        head(
            &mut out,
            "nameplate_refusals_total",
            "counter",
            "What clients of open connections were refused or sent away for.",
        );
        for (code, count) in self.refusals.lock().iter() {
            let _ = writeln!(out, "nameplate_refusals_total{{reason=\"{code}\"}} {count}");
        }
        head(
            &mut out,
            "nameplate_disconnects_total",
            "counter",
            "Ends of open connections by reason.",
        );
        for (reason, count) in self.disconnects.lock().iter() {
            let _ = writeln!(
                out,
                "nameplate_disconnects_total{{reason=\"{reason}\"}} {count}"
            );
        }
        head(
            &mut out,
            "nameplate_provision_total",
            "counter",
            "Provisioning runs by flow and outcome.",
        );
        for ((flow, outcome), count) in self.provisions.lock().iter() {
            let _ = writeln!(
                out,
                "nameplate_provision_total{{flow=\"{flow}\",outcome=\"{outcome}\"}} {count}"
            );
        }
        head(
            &mut out,
            "nameplate_api_requests_total",
            "counter",
            "API requests by service, operation and status.",
        );
        for ((service, operation, status), count) in self.api.lock().iter() {
            let _ = writeln!(
                out,
                "nameplate_api_requests_total{{service=\"{service}\",operation=\"{operation}\",status=\"{status}\"}} {count}"
            );
        }
        head(
            &mut out,
            "nameplate_throttled_total",
            "counter",
            "What was over a rate of --quotas aws, by limit.",
        );
        for (limit, count) in self.throttled.lock().iter() {
            let _ = writeln!(
                out,
                "nameplate_throttled_total{{limit=\"{limit}\"}} {count}"
            );
        }
        let mut single = |name: &str, kind: &str, help: &str, value: i128| {
            let _ = writeln!(
                out,
                "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}"
            );
        };
        single(
            "nameplate_connections",
            "gauge",
            "MQTT connections that are open.",
            i128::from(self.connections.load(Ordering::Relaxed)),
        );
        single(
            "nameplate_messages_received_total",
            "counter",
            "PUBLISH packets taken from devices.",
            i128::from(self.received.load(Ordering::Relaxed)),
        );
        single(
            "nameplate_messages_sent_total",
            "counter",
            "Messages written to devices.",
            i128::from(self.sent.load(Ordering::Relaxed)),
        );
        single(
            "nameplate_messages_withheld_total",
            "counter",
            "Messages withheld by iot:Receive.",
            i128::from(self.withheld.load(Ordering::Relaxed)),
        );
        single(
            "nameplate_things",
            "gauge",
            "Registered things.",
            things as i128,
        );
        single(
            "nameplate_certificates",
            "gauge",
            "Registered device certificates.",
            certificates as i128,
        );
        out
    }
}

fn add(counters: &Mutex<BTreeMap<String, u64>>, code: &str, times: u64) {
    let mut counters = counters.lock();
    match counters.get_mut(code) {
        Some(count) => *count += times,
        None => {
            counters.insert(code.to_owned(), times);
        }
    }
}
