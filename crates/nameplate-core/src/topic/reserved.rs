//! Topics that begin with `$`: the service's own (AWS guide: reserved-topics).
//!
//! Owns one table of what a client may publish to and subscribe to there. All other topics are free.

/// What a client may do with a reserved topic.
#[derive(Clone, Copy, PartialEq, Eq)]
enum May {
    Publish,
    Subscribe,
    Both,
}

/// Rights and topics. A level is a text, alternatives `a|b`, one that ends in `*` for all that begin so, `+` for any
/// level that is not empty, or `#` for one level or more up to the end.
const TABLE: &[(May, &str)] = &[
    // Shadows.
    (May::Both, "$aws/things/+/shadow/get|update|delete"),
    (May::Both, "$aws/things/+/shadow/name/+/get|update|delete"),
    (
        May::Subscribe,
        "$aws/things/+/shadow/get|update|delete/accepted|rejected",
    ),
    (
        May::Subscribe,
        "$aws/things/+/shadow/update/delta|documents",
    ),
    (
        May::Subscribe,
        "$aws/things/+/shadow/name/+/get|update|delete/accepted|rejected",
    ),
    (
        May::Subscribe,
        "$aws/things/+/shadow/name/+/update/delta|documents",
    ),
    // Jobs.
    (May::Publish, "$aws/things/+/jobs/get|start-next"),
    (May::Publish, "$aws/things/+/jobs/+/get|update"),
    (May::Publish, "$aws/things/+/jobs/+/namespace-*/get|update"),
    (
        May::Subscribe,
        "$aws/things/+/jobs/get|start-next/accepted|rejected",
    ),
    (
        May::Subscribe,
        "$aws/things/+/jobs/+/get|update/accepted|rejected",
    ),
    (
        May::Subscribe,
        "$aws/things/+/jobs/+/namespace-*/get|update/accepted|rejected",
    ),
    (
        May::Subscribe,
        "$aws/things/+/jobs/notify|notify-next|notify-namespace-*|notify-next-namespace-*",
    ),
    // Greengrass. A core publishes `greengrassv2/health/json` whenever it has connected.
    (May::Both, "$aws/things/+/greengrass|greengrassv2/#"),
    // Fleet provisioning.
    (
        May::Publish,
        "$aws/certificates/create|create-from-csr/json|cbor",
    ),
    (
        May::Subscribe,
        "$aws/certificates/create|create-from-csr/json|cbor/accepted|rejected",
    ),
    (
        May::Publish,
        "$aws/provisioning-templates/+/provision/json|cbor",
    ),
    (
        May::Subscribe,
        "$aws/provisioning-templates/+/provision/json|cbor/accepted|rejected",
    ),
    // Basic Ingest, with or without a topic behind the rule.
    (May::Publish, "$aws/rules/#"),
    // File delivery.
    (
        May::Publish,
        "$aws/things/+/streams/+/get|describe/json|cbor",
    ),
    (
        May::Subscribe,
        "$aws/things/+/streams/+/data|description|rejected/json|cbor",
    ),
    // Secure tunneling.
    (May::Subscribe, "$aws/things/+/tunnels/notify"),
    // Device Defender.
    (May::Publish, "$aws/things/+/defender/metrics/json|cbor"),
    (
        May::Subscribe,
        "$aws/things/+/defender/metrics/json|cbor/accepted|rejected",
    ),
    // Device location.
    (May::Publish, "$aws/device_location/+/get_position_estimate"),
    (
        May::Subscribe,
        "$aws/device_location/+/get_position_estimate/accepted|rejected",
    ),
    // Commands and SiteWise.
    (May::Both, "$aws/commands/#"),
    (May::Subscribe, "$aws/sitewise/asset-models/#"),
    // Lifecycle and registry events: the service's alone to tell, whichever kinds come to be.
    (May::Subscribe, "$aws/events/#"),
];

/// Where a message goes that a client may publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publishing {
    /// To the topic's subscribers; a request to a shadow to its service too.
    Subscribers,
    /// To the service alone: nobody may subscribe to the topic.
    Service,
    /// To the topic's subscribers, though it is a topic under `$aws/` that the table does not know. AWS adds
    /// services faster than a table can follow; refusing would cost a device its connection.
    Unknown,
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

/// Where a message goes, of a PUBLISH, a will or a publish over HTTP; policies still apply.
pub fn publishing(topic: &str, retain: bool) -> Result<Publishing, Unpublishable> {
    if !is_reserved(topic) {
        return Ok(Publishing::Subscribers);
    }
    let found = |wanted| {
        TABLE
            .iter()
            .any(|(may, pattern)| *may == wanted && meets(pattern, topic, false))
    };
    let goes = if found(May::Both) {
        Publishing::Subscribers
    } else if found(May::Publish) {
        Publishing::Service
    } else if found(May::Subscribe) || !is_of_service(topic) {
        return Err(Unpublishable::Topic(topic.to_owned()));
    } else {
        Publishing::Unknown
    };
    match retain {
        true => Err(Unpublishable::Retained(topic.to_owned())),
        false => Ok(goes),
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
    if !is_reserved(filter) {
        return Some(Subscribing::Known);
    }
    let mut rows = TABLE.iter();
    if rows.any(|(may, pattern)| *may != May::Publish && meets(pattern, filter, true)) {
        return Some(Subscribing::Known);
    }
    let closed = |(may, pattern): &(May, &str)| *may == May::Publish && covers(pattern, filter);
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
            ("$aws/certificates/create/json", Service),
            ("$aws/certificates/create-from-csr/cbor", Service),
            ("$aws/provisioning-templates/tpl/provision/json", Service),
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
            assert_eq!(publishing(topic, false), Ok(goes), "{topic}");
            let retained = publishing(topic, true);
            assert_eq!(retained.is_ok(), topic == "a/b", "retained {topic}");
        }
        for topic in [
            "$SYS/broker",
            "$aws",
            "$aws/",
            "$awsx/things/t/shadow/get",
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
        for filter in [
            "$SYS/#",
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
