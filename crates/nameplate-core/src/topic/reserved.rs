//! Topics that begin with `$`: the service's own (AWS guide: reserved-topics).
//!
//! Owns one table of what a client may publish to and subscribe to there, and which service is asked by a message to a
//! topic. All other topics are free.

/// What a client may do with a reserved topic.
#[derive(Clone, Copy, PartialEq, Eq)]
enum May {
    Publish,
    Subscribe,
    Both,
}

/// The service that a message to a reserved topic asks for something, and for what by the name of its API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A shadow: [`crate::shadow::of_topic`] says which, and for what.
    Shadow,
    /// The rule that the topic names, with what is behind the name as the topic (Basic Ingest).
    Rule,
    /// AWS IoT Jobs.
    Jobs(&'static str),
    /// Fleet provisioning.
    FleetProvisioning(&'static str),
    /// MQTT-based file delivery.
    Streams(&'static str),
    /// Device Defender, to take metrics.
    Defender,
    /// Device location.
    Location,
    /// Commands, to take a response.
    Commands,
}

/// One row: who may, the topics, and whom a message asks.
type Row = (May, &'static str, Option<Asked>);

const GET_PENDING: Asked = Asked::Jobs("GetPendingJobExecutions");
const START_NEXT: Asked = Asked::Jobs("StartNextPendingJobExecution");
const DESCRIBE: Asked = Asked::Jobs("DescribeJobExecution");
const UPDATE: Asked = Asked::Jobs("UpdateJobExecution");
/// What a message to any other topic of jobs asks for: nothing, and that it is told (AWS guide: jobs-mqtt-error-response).
const NO_JOBS_OPERATION: Asked = Asked::Jobs("InvalidTopic");
const CREATE_KEYS: Asked = Asked::FleetProvisioning("CreateKeysAndCertificate");
const CREATE_FROM_CSR: Asked = Asked::FleetProvisioning("CreateCertificateFromCsr");
const REGISTER_THING: Asked = Asked::FleetProvisioning("RegisterThing");
const RENEW: Asked = Asked::FleetProvisioning("RenewCertificate");
const REGISTER_CHILD: Asked = Asked::FleetProvisioning("RegisterChild");
const GET_STREAM: Asked = Asked::Streams("GetStream");
const DESCRIBE_STREAM: Asked = Asked::Streams("DescribeStream");

/// Rights, topics and responders. A level is a text, alternatives `a|b`, one that ends in `*` for all that begin so, `+`
/// for any level that is not empty, or `#` for one level or more up to the end. Where rows of one right overlap, the
/// first counts.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    // Shadows.
    (May::Both, "$aws/things/+/shadow/get|update|delete", Some(Asked::Shadow)),
    (May::Both, "$aws/things/+/shadow/name/+/get|update|delete", Some(Asked::Shadow)),
    (May::Subscribe, "$aws/things/+/shadow/get|update|delete/accepted|rejected", None),
    (May::Subscribe, "$aws/things/+/shadow/update/delta|documents", None),
    (May::Subscribe, "$aws/things/+/shadow/name/+/get|update|delete/accepted|rejected", None),
    (May::Subscribe, "$aws/things/+/shadow/name/+/update/delta|documents", None),
    // Jobs.
    (May::Publish, "$aws/things/+/jobs/get", Some(GET_PENDING)),
    (May::Publish, "$aws/things/+/jobs/start-next", Some(START_NEXT)),
    (May::Publish, "$aws/things/+/jobs/+/get", Some(DESCRIBE)),
    (May::Publish, "$aws/things/+/jobs/+/update", Some(UPDATE)),
    (May::Publish, "$aws/things/+/jobs/+/namespace-*/get", Some(DESCRIBE)),
    (May::Publish, "$aws/things/+/jobs/+/namespace-*/update", Some(UPDATE)),
    (May::Subscribe, "$aws/things/+/jobs/get|start-next/accepted|rejected", None),
    (May::Subscribe, "$aws/things/+/jobs/+/get|update/accepted|rejected", None),
    (May::Subscribe, "$aws/things/+/jobs/+/namespace-*/get|update/accepted|rejected", None),
    (
        May::Subscribe,
        "$aws/things/+/jobs/notify|notify-next|notify-namespace-*|notify-next-namespace-*",
        None,
    ),
    // Greengrass. A core publishes `greengrassv2/health/json` whenever it has connected.
    (May::Both, "$aws/things/+/greengrass|greengrassv2/#", None),
    // Fleet provisioning.
    (May::Publish, "$aws/certificates/create/json|cbor", Some(CREATE_KEYS)),
    (May::Publish, "$aws/certificates/create-from-csr/json|cbor", Some(CREATE_FROM_CSR)),
    (
        May::Subscribe,
        "$aws/certificates/create|create-from-csr/json|cbor/accepted|rejected",
        None,
    ),
    (May::Publish, "$aws/provisioning-templates/+/provision/json|cbor", Some(REGISTER_THING)),
    (
        May::Subscribe,
        "$aws/provisioning-templates/+/provision/json|cbor/accepted|rejected",
        None,
    ),
    // Renewal: ours, so not under `$aws/`, where AWS may come to mean something else.
    (May::Publish, "$nameplate/certificates/renew/json|cbor", Some(RENEW)),
    (May::Subscribe, "$nameplate/certificates/renew/json|cbor/accepted|rejected", None),
    // A gateway registers a thing that it speaks for: ours.
    (May::Publish, "$nameplate/things/+/register-child/json|cbor", Some(REGISTER_CHILD)),
    (May::Subscribe, "$nameplate/things/+/register-child/json|cbor/accepted|rejected", None),
    // Events of ours: the service's alone to tell.
    (May::Subscribe, "$nameplate/events/#", None),
    // Basic Ingest, with or without a topic behind the rule.
    (May::Publish, "$aws/rules/#", Some(Asked::Rule)),
    // File delivery.
    (May::Publish, "$aws/things/+/streams/+/get/json|cbor", Some(GET_STREAM)),
    (May::Publish, "$aws/things/+/streams/+/describe/json|cbor", Some(DESCRIBE_STREAM)),
    (May::Subscribe, "$aws/things/+/streams/+/data|description|rejected/json|cbor", None),
    // Secure tunneling.
    (May::Subscribe, "$aws/things/+/tunnels/notify", None),
    // Device Defender.
    (May::Publish, "$aws/things/+/defender/metrics/json|cbor", Some(Asked::Defender)),
    (May::Subscribe, "$aws/things/+/defender/metrics/json|cbor/accepted|rejected", None),
    // Device location.
    (May::Publish, "$aws/device_location/+/get_position_estimate", Some(Asked::Location)),
    (
        May::Subscribe,
        "$aws/device_location/+/get_position_estimate/accepted|rejected",
        None,
    ),
    // Commands and SiteWise.
    (
        May::Both,
        "$aws/commands/things|clients/+/executions/+/response/json|cbor",
        Some(Asked::Commands),
    ),
    (May::Both, "$aws/commands/#", None),
    (May::Subscribe, "$aws/sitewise/asset-models/#", None),
    // Lifecycle and registry events: the service's alone to tell, whichever kinds come to be.
    (May::Subscribe, "$aws/events/#", None),
];

/// The topics of jobs. Those that the table does not have map to no operation.
const JOBS: &str = "$aws/things/+/jobs/#";

/// Where a mosquitto bridge tells, retained and by its will, whether it is connected (`notifications`, its default). AWS
/// refuses it, and with it the bridge's connection.
const BRIDGE_STATE: &str = "$SYS/broker/connection/+/state";

/// Where a message goes that a client may publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publishing {
    /// To the topic's subscribers; what it asks for, to its service too.
    Subscribers,
    /// To the service alone: nobody may subscribe to the topic.
    Service,
    /// To the topic's subscribers, though it is a topic under `$aws/` that the table does not know. AWS adds
    /// services faster than a table can follow; refusing would cost a device its connection.
    Unknown,
}

/// What the table says of a message that a client may publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Where it goes.
    pub goes: Publishing,
    /// Whom it asks for something.
    pub asks: Option<Asked>,
}

/// Why nobody may publish a message, whatever the policies say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unpublishable {
    /// The service publishes there, or the topic begins with `$` and is none of the service's.
    #[error("a client may not publish to {0}")]
    Topic(String),
    /// RETAIN is set (AWS guide: mqtt, retained messages).
    #[error("a client may not publish with retain to {0}")]
    Retained(String),
}

/// What becomes of a message, of a PUBLISH, a will or a publish over HTTP; policies still apply.
pub fn publishing(topic: &str, retain: bool) -> Result<Entry, Unpublishable> {
    if !is_reserved(topic) || meets(BRIDGE_STATE, topic, false) {
        return Ok(Entry {
            goes: Publishing::Subscribers,
            asks: None,
        });
    }
    let found = |wanted| {
        TABLE
            .iter()
            .find(|(may, pattern, _)| *may == wanted && meets(pattern, topic, false))
    };
    let (goes, asks) = if let Some((.., asks)) = found(May::Both) {
        (Publishing::Subscribers, *asks)
    } else if let Some((.., asks)) = found(May::Publish) {
        (Publishing::Service, *asks)
    } else if found(May::Subscribe).is_some() || !is_of_service(topic) {
        return Err(Unpublishable::Topic(topic.to_owned()));
    } else if meets(JOBS, topic, false) {
        (Publishing::Service, Some(NO_JOBS_OPERATION))
    } else {
        (Publishing::Unknown, None)
    };
    match retain {
        true => Err(Unpublishable::Retained(topic.to_owned())),
        false => Ok(Entry { goes, asks }),
    }
}

/// What a filter that clients may subscribe with can match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subscribing {
    /// Topics that are not reserved, or that the table has.
    Known,
    /// Only topics under `$aws/` that the table does not know.
    Unknown,
}

/// Whether clients may subscribe with this filter, taken without its `$share` prefix; policies still apply. A filter
/// with wildcards is refused only where nobody may subscribe to any topic it can match.
pub fn subscribing(filter: &str) -> Option<Subscribing> {
    if !is_reserved(filter) || meets(BRIDGE_STATE, filter, false) {
        return Some(Subscribing::Known);
    }
    let mut rows = TABLE.iter();
    if rows.any(|(may, pattern, _)| *may != May::Publish && meets(pattern, filter, true)) {
        return Some(Subscribing::Known);
    }
    let closed = |(may, pattern, _): &Row| *may == May::Publish && covers(pattern, filter);
    (is_of_service(filter) && !TABLE.iter().any(closed)).then_some(Subscribing::Unknown)
}

/// Whether the topic or filter begins with `$`.
pub fn is_reserved(topic: &str) -> bool {
    topic.starts_with('$')
}

/// Whether it stands under `$aws/`.
fn is_of_service(topic: &str) -> bool {
    topic
        .strip_prefix("$aws/")
        .is_some_and(|rest| !rest.is_empty())
}

/// Whether a topic exists that both the table's pattern and the filter match; without `wildcards`, whether
/// the pattern matches the topic.
fn meets(pattern: &str, topic: &str, wildcards: bool) -> bool {
    let mut levels = topic.split('/');
    let mut parts = pattern.split('/');
    loop {
        match (parts.next(), levels.next()) {
            (None, None) => return true,
            // One level or more is left of the pattern, whatever it is.
            (Some(_), Some("#")) if wildcards => return true,
            // A trailing empty level is no rest: `$aws/rules/` names no rule.
            (Some("#"), Some(level)) => return !level.is_empty() || levels.next().is_some(),
            (Some(part), Some(level)) => {
                if !(wildcards && level == "+" || fits(part, level)) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Whether the table's pattern matches every topic that the filter matches.
fn covers(pattern: &str, filter: &str) -> bool {
    let mut levels = filter.split('/');
    let mut parts = pattern.split('/');
    loop {
        match (parts.next(), levels.next()) {
            (None, None) | (Some("#"), Some(_)) => return true,
            (Some(part), Some(level)) if level != "#" && fits(part, level) => {}
            _ => return false,
        }
    }
}

/// Whether a level, or the filter's level `+`, is one that this part of a pattern stands for.
fn fits(part: &str, level: &str) -> bool {
    match part {
        "+" => !level.is_empty(),
        _ => part.split('|').any(|text| match text.strip_suffix('*') {
            Some(beginning) => level.len() > beginning.len() && level.starts_with(beginning),
            None => text == level,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Publishing::{Service, Subscribers, Unknown};

    #[test]
    fn publishing_follows_the_table() {
        for (topic, goes) in [
            ("a/b", Subscribers),
            ("$aws/things/t/shadow/get", Subscribers),
            ("$aws/things/a:b/shadow/name/n/update", Subscribers),
            (
                "$aws/commands/things/t/executions/e/response/json",
                Subscribers,
            ),
            ("$aws/things/t/greengrassv2/health/json", Subscribers),
            ("$aws/things/t/greengrass/health/json", Subscribers),
            ("$aws/things/t/jobs/get", Service),
            ("$aws/things/t/jobs/start-next", Service),
            ("$aws/things/t/jobs/$next/get", Service),
            ("$aws/things/t/jobs/j1/update", Service),
            (
                "$aws/things/t/jobs/j1/namespace-aws-gg-deployment/get",
                Service,
            ),
            ("$aws/things/t/jobs/gets", Service),
            ("$aws/things/t/jobs/j1/other/x", Service),
            ("$aws/certificates/create/json", Service),
            ("$aws/certificates/create-from-csr/cbor", Service),
            ("$aws/provisioning-templates/tpl/provision/json", Service),
            ("$nameplate/certificates/renew/json", Service),
            ("$aws/rules/r", Service),
            ("$aws/rules/r/", Service),
            ("$aws/rules/r/any/topic", Service),
            ("$aws/things/t/streams/s/get/cbor", Service),
            ("$aws/things/t/defender/metrics/json", Service),
            ("$aws/device_location/d/get_position_estimate", Service),
            ("$aws/things/t/newservice/v1/report", Unknown),
            ("$aws/things/t/shadow/get/other", Unknown),
            ("$aws/certificates/create/xml", Unknown),
            ("$aws/another", Unknown),
        ] {
            let found = publishing(topic, false).map(|entry| entry.goes);
            assert_eq!(found, Ok(goes), "{topic}");
            let retained = publishing(topic, true);
            assert_eq!(retained.is_ok(), topic == "a/b", "retained {topic}");
        }
        let bridge = "$SYS/broker/connection/host.cloud/state";
        assert!(publishing(bridge, false).is_ok() && publishing(bridge, true).is_ok());
        for topic in [
            "$SYS/broker/connection/host.cloud/state/x",
            "$SYS/broker",
            "$aws",
            "$aws/",
            "$awsx/things/t/shadow/get",
            "$nameplate/certificates/renew/json/accepted",
            "$nameplate/certificates/renew",
            "$nameplate/other",
            "$aws/things/t/shadow/get/accepted",
            "$aws/things/t/shadow/update/delta",
            "$aws/things/t/shadow/name/n/update/documents",
            "$aws/things/t/jobs/notify",
            "$aws/things/t/jobs/notify-next-namespace-n",
            "$aws/things/t/jobs/j/namespace-n/get/accepted",
            "$aws/certificates/create/json/accepted",
            "$aws/events/presence/connected/c",
            "$aws/events/something/new",
            "$share/g/a",
            "$other",
        ] {
            let refused = Err(Unpublishable::Topic(topic.into()));
            assert_eq!(publishing(topic, false), refused, "{topic}");
            assert_eq!(publishing(topic, true), refused, "{topic}");
        }
    }

    #[test]
    fn requests_go_to_their_services() {
        use Asked::{Commands, Defender, Location, Rule, Shadow};
        for (topic, asks) in [
            ("a/b", None),
            ("$aws/things/t/shadow/get", Some(Shadow)),
            ("$aws/things/t/shadow/name/n/delete", Some(Shadow)),
            ("$aws/things/t/jobs/get", Some(GET_PENDING)),
            ("$aws/things/t/jobs/start-next", Some(START_NEXT)),
            ("$aws/things/t/jobs/$next/get", Some(DESCRIBE)),
            ("$aws/things/t/jobs/j/namespace-n/update", Some(UPDATE)),
            ("$aws/certificates/create/cbor", Some(CREATE_KEYS)),
            (
                "$aws/certificates/create-from-csr/json",
                Some(CREATE_FROM_CSR),
            ),
            (
                "$aws/provisioning-templates/T/provision/json",
                Some(REGISTER_THING),
            ),
            ("$aws/rules/r/a/b", Some(Rule)),
            ("$aws/things/t/streams/s/get/json", Some(GET_STREAM)),
            (
                "$aws/things/t/streams/s/describe/cbor",
                Some(DESCRIBE_STREAM),
            ),
            ("$aws/things/t/defender/metrics/json", Some(Defender)),
            (
                "$aws/device_location/d/get_position_estimate",
                Some(Location),
            ),
            (
                "$aws/commands/things/t/executions/e/response/json",
                Some(Commands),
            ),
            ("$aws/commands/things/t/executions/e/response", None),
            ("$aws/things/t/greengrassv2/health/json", None),
            ("$aws/things/t/newservice/v1/report", None),
        ] {
            let found = publishing(topic, false).expect("a client may");
            assert_eq!(found.asks, asks, "{topic}");
        }
        // Whoever may publish where nobody may subscribe asks somebody.
        for (may, pattern, asks) in TABLE {
            assert!(*may != May::Publish || asks.is_some(), "{pattern}");
            assert!(*may != May::Subscribe || asks.is_none(), "{pattern}");
        }
    }

    #[test]
    fn subscribing_follows_the_table() {
        let known = [
            "#",
            "+/x",
            "a/b",
            "$aws/#",
            "$aws/things/t/shadow/get",
            "$aws/things/t/shadow/get/+",
            "$aws/things/t/shadow/#",
            "$aws/things/+/shadow/update/accepted",
            "$aws/things/t/shadow/name/n/update/delta",
            "$aws/things/t/jobs/notify-next",
            "$aws/things/t/jobs/notify-namespace-aws-gg-deployment",
            "$aws/things/t/jobs/$next/get/accepted",
            "$aws/things/t/jobs/+/namespace-n/update/rejected",
            "$aws/things/t/jobs/#",
            "$aws/things/t/greengrassv2/health/json/accepted",
            "$aws/things/#",
            "$aws/things/t/+/get",
            "$aws/+/x",
            "$aws/certificates/create/json/accepted",
            "$aws/certificates/create/+/rejected",
            "$aws/provisioning-templates/tpl/provision/json/+",
            "$aws/events/#",
            "$aws/events/presence/+/+",
            "$aws/events/presence/connected/site/7",
            "$aws/events/certificates/registered/#",
            "$aws/events/thing/t/created",
            "$aws/events/something/new",
            "$aws/things/t/tunnels/notify",
        ];
        for filter in known {
            assert_eq!(subscribing(filter), Some(Subscribing::Known), "{filter}");
        }
        for filter in [
            "$aws/things/t/shadow",
            "$aws/nothing/+",
            "$aws/+",
            "$aws/events",
        ] {
            assert_eq!(subscribing(filter), Some(Subscribing::Unknown), "{filter}");
        }
        let bridges = "$SYS/broker/connection/+/state";
        assert_eq!(subscribing(bridges), Some(Subscribing::Known));
        for filter in [
            "$SYS/#",
            "$SYS/broker/connection/#",
            "$aws",
            "$aws/",
            "$aws/certificates/create/json",
            "$aws/provisioning-templates/tpl/provision/json",
            "$aws/provisioning-templates/+/provision/cbor",
            "$aws/rules/r",
            "$aws/rules/r/x",
            "$aws/rules/+",
            "$aws/rules/#",
            "$aws/things/t/jobs/get",
            "$aws/things/+/jobs/+/get",
        ] {
            assert_eq!(subscribing(filter), None, "{filter}");
        }
    }
}
