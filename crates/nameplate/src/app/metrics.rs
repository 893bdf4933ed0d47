//! Counters, and their text for Prometheus. One list; labels are only words from closed sets, never names or
//! ids: but for names of rules, and of API Gateway's methods that are to be counted, which are few and their owner's.

use super::App;
use super::admission::attempt;
use super::audit;
use super::expiry;
use super::history::History;
use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::borrow::Cow;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// What the answer to a scrape is (`Content-Type`).
pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;
/// How long a scrape or a question of health waits for the store.
const STORE_LIMIT: Duration = Duration::from_secs(3);

/// Upper bounds of buckets, seconds: of answers, from a lookup to a call that waits for others, ...
const ANSWER_SECONDS: [f64; 12] = [
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0, 60.0,
];
/// ... and of connections, from a resumed handshake nearby to one that was held for an operator's word.
const CONNECT_SECONDS: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0,
];

/// Times by what was done.
type Times<L> = Family<L, Histogram, fn() -> Histogram>;

/// All counters of the process.
pub struct Metrics {
    attempts: Family<Reason, Counter>,
    provisions: Family<Run, Counter>,
    refusals: Family<Reason, Counter>,
    disconnects: Family<Reason, Counter>,
    api: Family<Answer, Counter>,
    throttled: Family<Limit, Counter>,
    queue_full: Family<Queue, Counter>,
    vending: Family<Asked, Counter>,
    fleet: Family<Asked, Counter>,
    revocation_fetches: Family<Outcome, Counter>,
    connect_seconds: Times<Kind>,
    provision_seconds: Times<Flow>,
    api_seconds: Times<Called>,
    /// Entries of the audit log.
    pub audit: audit::Counters,
    peer_messages: Family<Outcome, Counter>,
    /// The last day, minute by minute.
    pub history: History,
    /// MQTT connections that are open.
    pub connections: Gauge,
    /// PUBLISH packets taken from devices.
    pub received: Counter,
    /// Messages written to devices.
    pub sent: Counter,
    /// Messages withheld since a policy does not allow iot:Receive.
    pub withheld: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            attempts: Family::default(),
            provisions: Family::default(),
            refusals: Family::default(),
            disconnects: Family::default(),
            api: Family::default(),
            throttled: Family::default(),
            queue_full: Family::default(),
            vending: Family::default(),
            fleet: Family::default(),
            revocation_fetches: Family::default(),
            peer_messages: Family::default(),
            connect_seconds: Family::new_with_constructor(|| Histogram::new(CONNECT_SECONDS)),
            provision_seconds: Family::new_with_constructor(|| Histogram::new(CONNECT_SECONDS)),
            api_seconds: Family::new_with_constructor(|| Histogram::new(ANSWER_SECONDS)),
            audit: audit::Counters::default(),
            history: History::default(),
            connections: Gauge::default(),
            received: Counter::default(),
            sent: Counter::default(),
            withheld: Counter::default(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Flow {
    flow: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Called {
    service: &'static str,
    operation: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: Cow<'static, str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Run {
    flow: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    service: &'static str,
    operation: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    request: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CaWithin {
    of: &'static str,
    within: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Within {
    within: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Limit {
    limit: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Rule {
    rule: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfMethod {
    api: String,
    stage: String,
    resource: String,
    method: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RuleAction {
    rule: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Queue {
    queue: &'static str,
}

impl Metrics {
    /// All at zero, but for the audit log, which goes on.
    pub(super) fn counting(audit: audit::Counters) -> Self {
        Self {
            audit,
            ..Self::default()
        }
    }

    /// A connection attempt ended with this code.
    pub fn attempt(&self, code: &str) {
        self.attempts.get_or_create(&reason(code)).inc();
    }

    /// The client of an open connection was refused something, or sent away, so many times.
    pub fn refusal(&self, code: &str, times: u64) {
        self.refusals.get_or_create(&reason(code)).inc_by(times);
    }

    /// An open connection ended, for a reason as lifecycle events name it.
    pub fn disconnect(&self, reason: &'static str) {
        let reason = Reason {
            reason: reason.into(),
        };
        self.disconnects.get_or_create(&reason).inc();
    }

    /// A provisioning run ended; `outcome` is success, client_error, server_error or denied.
    pub fn provision(&self, flow: &'static str, outcome: &'static str) {
        self.provisions(flow, outcome, 1);
    }

    /// So many provisioning runs ended.
    pub fn provisions(&self, flow: &'static str, outcome: &'static str, runs: u64) {
        if runs > 0 {
            let run = Run { flow, outcome };
            self.provisions.get_or_create(&run).inc_by(runs);
        }
    }

    /// An API request was answered.
    pub fn api(&self, service: &'static str, operation: &'static str, status: u16) {
        let answer = Answer {
            service,
            operation,
            status,
        };
        self.api.get_or_create(&answer).inc();
    }

    /// An API request took so long until its answer began.
    pub fn api_took(&self, service: &'static str, operation: &'static str, took: Duration) {
        let called = Called { service, operation };
        let histogram = self.api_seconds.get_or_create(&called);
        histogram.observe(took.as_secs_f64());
    }

    /// A device connected so many milliseconds after its first byte; `first` where it was provisioned on the way.
    pub fn connect_took(&self, first: bool, millis: i64) {
        let kind = if first { "first" } else { "known" };
        let histogram = self.connect_seconds.get_or_create(&Kind { kind });
        histogram.observe(seconds(millis));
    }

    /// A device was provisioned so many milliseconds after it had begun to ask for it.
    pub fn provision_took(&self, flow: &'static str, millis: i64) {
        let histogram = self.provision_seconds.get_or_create(&Flow { flow });
        histogram.observe(seconds(millis));
    }

    /// A device's request for a certificate was answered; `request` is its shape, and the outcome vended, pending,
    /// already_vended, refused, malformed, too_often or unavailable. A request to a function of the owner's is `function`,
    /// and answered where it went through.
    pub fn vending(&self, request: &'static str, outcome: &'static str) {
        self.vending
            .get_or_create(&Asked { request, outcome })
            .inc();
    }

    /// A request of fleet provisioning was answered; `request` is the operation, and the outcome success, client_error,
    /// server_error or denied.
    pub fn fleet_request(&self, request: &'static str, outcome: &'static str) {
        self.fleet.get_or_create(&Asked { request, outcome }).inc();
    }

    /// A revocation list was fetched; the outcome is success or failure.
    pub fn revocation_fetch(&self, outcome: &'static str) {
        self.revocation_fetches
            .get_or_create(&Outcome { outcome })
            .inc();
    }

    /// Counts messages between nodes: `sent` to another, `received` from one, `lost` since they were not to be kept and the
    /// bus was away or no room was left, `refused` since they were.
    pub(crate) fn peer_messages(&self, outcome: &'static str) -> Counter {
        self.peer_messages
            .get_or_create(&Outcome { outcome })
            .clone()
    }

    /// Something was over a rate.
    pub fn throttled(&self, limit: &'static str) {
        self.throttled.get_or_create(&Limit { limit }).inc();
    }

    /// Counts how often a queue of the process had no room.
    pub(crate) fn queue_full(&self, queue: &'static str) -> Counter {
        self.queue_full.get_or_create(&Queue { queue }).clone()
    }

    /// So many messages were dropped, since their subscriber's outbox was full.
    pub(crate) fn outbox_full(&self, messages: u64) {
        self.queue_full("outbox").inc_by(messages);
    }

    /// The Prometheus text, version 0.0.4.
    pub fn render(&self, things: usize, certificates: usize) -> String {
        let mut registry = self.registry();
        counts(&mut registry, things, certificates);
        text(&registry)
    }

    /// What a scrape is told, without what is in the store. A counter's name is followed by `_total` there.
    fn registry(&self) -> Registry {
        // A family without a sample is not written at all, and these are watched from the start.
        drop(self.attempts.get_or_create(&reason(attempt::CONNECTED)));
        drop(
            self.disconnects
                .get_or_create(&reason("CLIENT_INITIATED_DISCONNECT")),
        );
        for outcome in ["success", "client_error", "server_error", "denied"] {
            drop(self.provisions.get_or_create(&Run {
                flow: "jitp",
                outcome,
            }));
        }
        for outcome in ["success", "failure"] {
            drop(self.revocation_fetches.get_or_create(&Outcome { outcome }));
        }
        for kind in ["first", "known"] {
            drop(self.connect_seconds.get_or_create(&Kind { kind }));
        }
        drop(self.provision_seconds.get_or_create(&Flow { flow: "jitp" }));
        drop(self.throttled.get_or_create(&Limit {
            limit: "CreateThing",
        }));
        self.outbox_full(0);
        let mut all = Registry::with_prefix("nameplate");
        all.register(
            "connection_attempts",
            "Connection attempts by how they ended",
            self.attempts.clone(),
        );
        all.register(
            "refusals",
            "What clients of open connections were refused or sent away for",
            self.refusals.clone(),
        );
        all.register(
            "disconnects",
            "Ends of open connections by reason",
            self.disconnects.clone(),
        );
        all.register(
            "vending_requests",
            "Requests of devices for a certificate, by request shape and outcome",
            self.vending.clone(),
        );
        all.register(
            "fleet_requests",
            "Requests of fleet provisioning over MQTT, by operation and outcome",
            self.fleet.clone(),
        );
        all.register(
            "revocation_list_fetches",
            "Revocation lists that were fetched, by outcome",
            self.revocation_fetches.clone(),
        );
        all.register(
            "provision",
            "Provisioning runs by flow and outcome",
            self.provisions.clone(),
        );
        all.register(
            "api_requests",
            "API requests by service, operation and status",
            self.api.clone(),
        );
        all.register(
            "api_seconds",
            "Time from an API request to its answer, by service and operation",
            self.api_seconds.clone(),
        );
        all.register(
            "connect_seconds",
            "Time from a connection's first byte to its CONNACK, of first connections and of known devices",
            self.connect_seconds.clone(),
        );
        all.register(
            "provision_seconds",
            "Time from a device's first byte or request to the end of a provisioning that went well, by flow",
            self.provision_seconds.clone(),
        );
        all.register(
            "throttled",
            "What was over a rate of --quotas aws, by limit",
            self.throttled.clone(),
        );
        all.register(
            "queue_full",
            "How often a queue had no room, by queue",
            self.queue_full.clone(),
        );
        all.register(
            "connections",
            "MQTT connections that are open",
            self.connections.clone(),
        );
        all.register(
            "audit_entries",
            "Entries of the audit log that were written",
            self.audit.written.clone(),
        );
        all.register(
            "audit_lost",
            "Entries of the audit log that could not be written",
            self.audit.lost.clone(),
        );
        all.register(
            "messages_received",
            "PUBLISH packets taken from devices",
            self.received.clone(),
        );
        all.register(
            "messages_sent",
            "Messages written to devices",
            self.sent.clone(),
        );
        all.register(
            "messages_withheld",
            "Messages withheld by iot:Receive",
            self.withheld.clone(),
        );
        all
    }
}

impl App {
    /// What a scrape is answered: the counters of the process, the store's transactions and, where the store answers in
    /// time, how much is registered.
    pub async fn exposition(&self) -> String {
        let mut registry = self.kernel.metrics.registry();
        self.kernel.store.transactions().register(&mut registry);
        let store = self.kernel.store.clone();
        let counted = in_time(async move { store.counts().await }).await;
        let up = Gauge::<i64>::default();
        up.set(i64::from(counted.is_some()));
        registry.register("store_up", "Whether the database answers", up);
        if let Some((things, certificates)) = counted {
            counts(&mut registry, things, certificates);
        }
        self.register_expiring(&mut registry).await;
        self.register_rules(&mut registry).await;
        self.register_gateway(&mut registry).await;
        self.register_servers(&mut registry).await;
        self.register_peers(&mut registry);
        text(&registry)
    }

    /// The servers over the registry, where there are several: who is there, and how far this one is behind them.
    async fn register_servers(&self, registry: &mut Registry) {
        if !self.kernel.store.is_clustered() {
            return;
        }
        let store = self.kernel.store.clone();
        let own = store.incarnation();
        let found = in_time(async move { Ok((store.members().await?, store.leases().await?)) });
        let Some((members, leases)) = found.await else {
            return;
        };
        let live = members.iter().filter(|member| member.live).count();
        let behind: i64 = members
            .iter()
            .map(|member| (member.newest - member.followed).max(0))
            .sum();
        let held = leases.iter().filter(|(_, holder)| *holder == own).count();
        for (name, help, value) in [
            (
                "servers",
                "Servers that serve the registry",
                i64::try_from(live).unwrap_or(i64::MAX),
            ),
            (
                "notices_behind",
                "Commits of other servers that this one has not followed yet",
                behind,
            ),
            (
                "leases",
                "What this server alone does of all that serve the registry",
                i64::try_from(held).unwrap_or(i64::MAX),
            ),
        ] {
            let gauge = Gauge::<i64>::default();
            gauge.set(value);
            registry.register(name, help, gauge);
        }
    }

    /// Messages between nodes, and who is heard of them.
    fn register_peers(&self, registry: &mut Registry) {
        let Some(peers) = &self.peers else { return };
        registry.register(
            "peer_messages",
            "Messages between nodes, by what became of them",
            self.kernel.metrics.peer_messages.clone(),
        );
        let nodes = peers.view();
        let gauge = |value: u64| {
            let gauge = Gauge::<i64>::default();
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
            gauge
        };
        let near = nodes.iter().filter(|peer| peer.near).count() as u64;
        let waiting = nodes.iter().map(|peer| peer.waiting).sum();
        let filters = peers.filters() as u64;
        registry.register(
            "bus_up",
            "Whether the bus between nodes brings what it is given",
            gauge(u64::from(peers.is_up())),
        );
        registry.register("peers_heard", "Other nodes that are heard", gauge(near));
        registry.register(
            "peer_frames_waiting",
            "What waits for other nodes, or for their acknowledgement",
            gauge(waiting),
        );
        registry.register(
            "peer_filters",
            "Topic filters that clients of other nodes have",
            gauge(filters),
        );
        registry.register(
            "peer_messages_unsettled",
            "Messages that other nodes have not yet said to keep",
            gauge(self.router.journal().open_elsewhere() as u64),
        );
    }

    /// How many ACTIVE certificates end soon.
    async fn register_expiring(&self, registry: &mut Registry) {
        let (store, now) = (self.kernel.store.clone(), self.now());
        let counted = in_time(async move {
            store
                .read(|conn| {
                    let counts = expiry::METRIC_DAYS.map(|days| {
                        let ends = conn.certificates_that_end(now, expiry::in_days(now, days));
                        ends.map(|count| (days, count))
                    });
                    counts
                        .into_iter()
                        .collect::<nameplate_store::Result<Vec<_>>>()
                })
                .await
        });
        let family = Family::<Within, Gauge>::default();
        for (days, count) in counted.await.unwrap_or_default() {
            let within = format!("{days}d");
            family.get_or_create(&Within { within }).set(count);
        }
        registry.register(
            "certificates_expiring",
            "ACTIVE certificates that end within so many days",
            family,
        );
        let store = self.kernel.store.clone();
        let cas = in_time(async move { store.read(|conn| conn.cas()).await }).await;
        let family = Family::<CaWithin, Gauge>::default();
        if let Some(cas) = cas {
            for days in expiry::CA_METRIC_DAYS {
                let counts = self.expiry.cas_that_end(&cas, days);
                for (of, count) in ["own", "registered"].into_iter().zip(counts) {
                    let within = format!("{days}d");
                    family.get_or_create(&CaWithin { of, within }).set(count);
                }
            }
        }
        registry.register(
            "ca_certificates_expiring",
            "CAs that end within so many days: this server's own, and those registered that are ACTIVE",
            family,
        );
    }

    /// What has become of requests to API Gateway's methods and routes whose stage has them counted: CloudWatch's `Count`,
    /// `4XXError`, `5XXError` and `Latency`.
    async fn register_gateway(&self, registry: &mut Registry) {
        let requests = Family::<OfMethod, Counter>::default();
        let client_errors = Family::<OfMethod, Counter>::default();
        let server_errors = Family::<OfMethod, Counter>::default();
        let seconds = Family::<OfMethod, Counter<f64, AtomicU64>>::default();
        let figures = self.gateway.figures();
        // A store that is away must not hold up a scrape.
        let figures = tokio::time::timeout(STORE_LIMIT, figures).await;
        for (of, figures) in figures.unwrap_or_default() {
            let of = OfMethod {
                api: of.api,
                stage: of.stage,
                resource: of.resource,
                method: of.method,
            };
            requests.get_or_create(&of).inc_by(figures.count);
            client_errors
                .get_or_create(&of)
                .inc_by(figures.client_errors);
            server_errors
                .get_or_create(&of)
                .inc_by(figures.server_errors);
            let took = Duration::from_millis(figures.latency).as_secs_f64();
            seconds.get_or_create(&of).inc_by(took);
        }
        registry.register(
            "gateway_requests",
            "Requests to methods and routes of API Gateway whose stage has them counted",
            requests,
        );
        registry.register(
            "gateway_client_errors",
            "Those of them that were answered with a status of 4xx",
            client_errors,
        );
        registry.register(
            "gateway_server_errors",
            "Those of them that were answered with a status of 5xx",
            server_errors,
        );
        registry.register("gateway_seconds", "Time that they took together", seconds);
    }

    /// What has become of messages, by rule: whoever may make rules decides how many series there are, which are as many
    /// as rules that run.
    async fn register_rules(&self, registry: &mut Registry) {
        let matched = Family::<Rule, Counter>::default();
        let selected = Family::<Rule, Counter>::default();
        let actions = Family::<RuleAction, Counter>::default();
        let dropped = Family::<Rule, Counter>::default();
        let rules = self.rules.figures();
        // A store that is away must not hold up a scrape.
        let rules = tokio::time::timeout(STORE_LIMIT, rules).await;
        for (rule, figures) in rules.unwrap_or_default() {
            let rule = Rule { rule };
            matched.get_or_create(&rule).inc_by(figures.matched);
            selected.get_or_create(&rule).inc_by(figures.selected);
            dropped.get_or_create(&rule).inc_by(figures.dropped);
            let ends = [("success", figures.succeeded), ("failure", figures.failed)];
            for (outcome, count) in ends {
                let rule = rule.rule.clone();
                let end = RuleAction { rule, outcome };
                actions.get_or_create(&end).inc_by(count);
            }
        }
        registry.register(
            "rule_messages_matched",
            "Messages that a rule's FROM matched, by rule",
            matched,
        );
        registry.register(
            "rule_messages_selected",
            "Messages that a rule's WHERE let through, by rule",
            selected,
        );
        registry.register(
            "rule_actions",
            "Ends of rule actions, and evaluations that failed, by rule and outcome",
            actions,
        );
        registry.register(
            "rule_messages_dropped",
            "Messages left out since too many waited, by rule",
            dropped,
        );
        let (_, not_found) = self.rules.lost();
        let unknown = Counter::<u64>::default();
        unknown.inc_by(not_found);
        registry.register(
            "rule_not_found",
            "Messages of Basic Ingest that name no rule that runs",
            unknown,
        );
    }

    /// Whether the store can be read and written now.
    pub async fn store_answers(&self) -> bool {
        let store = self.kernel.store.clone();
        in_time(async move { store.check().await }).await.is_some()
    }
}

/// What the store answers within the limit. An engine behind a network keeps the thread that asks until then and longer,
/// so it is none of the runtime's.
pub(super) async fn in_time<T: Send + 'static>(
    asked: impl Future<Output = nameplate_store::Result<T>> + Send + 'static,
) -> Option<T> {
    let runtime = tokio::runtime::Handle::current();
    let answer = tokio::task::spawn_blocking(move || runtime.block_on(asked));
    match tokio::time::timeout(STORE_LIMIT, answer).await {
        Ok(Ok(Ok(answer))) => Some(answer),
        _ => None,
    }
}

#[allow(clippy::cast_precision_loss)]
fn seconds(millis: i64) -> f64 {
    millis.max(0) as f64 / 1000.0
}

fn reason(code: &str) -> Reason {
    Reason {
        reason: code.to_owned().into(),
    }
}

fn counts(registry: &mut Registry, things: usize, certificates: usize) {
    for (name, help, count) in [
        ("things", "Registered things", things),
        (
            "certificates",
            "Registered device certificates",
            certificates,
        ),
    ] {
        let gauge = Gauge::<i64>::default();
        gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    }
}

fn text(registry: &Registry) -> String {
    let mut text = String::new();
    // A string takes all that is written to it.
    let _ = prometheus_text::encode(&mut text, registry);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_are_what_dashboards_ask_for() {
        let metrics = Metrics::default();
        metrics.attempt("connected");
        metrics.refusal("publish-denied", 3);
        metrics.disconnect("CLIENT_INITIATED_DISCONNECT");
        metrics.provision("jitp", "success");
        metrics.provisions("bulk", "client_error", 0);
        metrics.connect_took(true, 30);
        metrics.provision_took("vending", -5);
        metrics.api_took("iot", "CreateThing", Duration::from_millis(3));
        metrics.api("iot", "CreateThing", 200);
        metrics.throttled("CreateThing");
        metrics.connections.inc();
        metrics.received.inc_by(2);
        metrics.sent.inc_by(5);
        metrics.withheld.inc();
        let text = metrics.render(7, 8);
        for line in [
            "# HELP nameplate_connection_attempts_total Connection attempts by how they ended.",
            "# TYPE nameplate_connection_attempts_total counter",
            "nameplate_connection_attempts_total{reason=\"connected\"} 1",
            "nameplate_refusals_total{reason=\"publish-denied\"} 3",
            "nameplate_disconnects_total{reason=\"CLIENT_INITIATED_DISCONNECT\"} 1",
            "nameplate_provision_total{flow=\"jitp\",outcome=\"success\"} 1",
            "nameplate_api_requests_total{service=\"iot\",operation=\"CreateThing\",status=\"200\"} 1",
            "nameplate_throttled_total{limit=\"CreateThing\"} 1",
            "# TYPE nameplate_connections gauge",
            "nameplate_connections 1",
            "nameplate_messages_received_total 2",
            "nameplate_messages_sent_total 5",
            "nameplate_messages_withheld_total 1",
            "nameplate_connect_seconds_bucket{kind=\"first\",le=\"0.05\"} 1",
            "nameplate_connect_seconds_count{kind=\"known\"} 0",
            "nameplate_provision_seconds_bucket{flow=\"vending\",le=\"0.005\"} 1",
            "nameplate_api_seconds_count{service=\"iot\",operation=\"CreateThing\"} 1",
            "nameplate_things 7",
            "nameplate_certificates 8",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(!text.contains("flow=\"bulk\""), "{text}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn transactions_are_told_by_name_and_outcome() {
        let test = crate::testing::TestApp::new().await;
        let store = &test.app.kernel.store;
        let _ = store.tx("told", |tx| tx.set_meta("one", Some("1"))).await;
        let _ = store
            .tx("told", |_| Err::<(), _>(nameplate_store::Error::Closed))
            .await;
        let text = test.app.exposition().await;
        for line in [
            "nameplate_transactions_total{transaction=\"told\",outcome=\"committed\"} 1",
            "nameplate_transactions_total{transaction=\"told\",outcome=\"refused\"} 1",
            "# TYPE nameplate_transaction_seconds histogram",
            "nameplate_transaction_seconds_bucket{transaction=\"told\",le=\"+Inf\"} 2",
            "nameplate_transaction_seconds_count{transaction=\"told\"} 2",
            "nameplate_store_up 1",
            "nameplate_things 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(test.app.store_answers().await);
    }
}
