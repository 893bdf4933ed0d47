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

/// Rights and topics. A level is a text, alternatives `a|b`, `+` for any level that is not empty, or `#`
/// for one level or more up to the end.
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
    (
        May::Subscribe,
        "$aws/things/+/jobs/get|start-next/accepted|rejected",
    ),
    (
        May::Subscribe,
        "$aws/things/+/jobs/+/get|update/accepted|rejected",
    ),
    (May::Subscribe, "$aws/things/+/jobs/notify|notify-next"),
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
    // Basic Ingest.
    (May::Publish, "$aws/rules/+/#"),
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
    // Lifecycle and registry events.
    (
        May::Subscribe,
        "$aws/events/presence/connected|disconnected|connect_failed/#",
    ),
    (
        May::Subscribe,
        "$aws/events/subscriptions/subscribed|unsubscribed/#",
    ),
    (May::Subscribe, "$aws/events/certificates/registered/+"),
    (
        May::Subscribe,
        "$aws/events/thing|thingGroup|thingType/+/created|updated|deleted",
    ),
    (
        May::Subscribe,
        "$aws/events/thingTypeAssociation/thing/+/thingType/+/added|removed",
    ),
    (
        May::Subscribe,
        "$aws/events/thingGroupMembership/thingGroup/+/thing/+/added|removed",
    ),
    (
        May::Subscribe,
        "$aws/events/thingGroupHierarchy/thingGroup/+/childThingGroup/+/added|removed",
    ),
    (
        May::Subscribe,
        "$aws/events/job/+/completed|canceled|deleted|cancellation_in_progress|deletion_in_progress",
    ),
    (
        May::Subscribe,
        "$aws/events/jobExecution/+/succeeded|failed|rejected|canceled|timed_out|removed|deleted",
    ),
];

/// Whether the topic belongs to the service.
pub fn is_reserved(topic: &str) -> bool {
    topic.starts_with('$')
}

/// Whether clients may publish to this topic name at all; policies still apply.
pub fn may_publish(topic: &str) -> bool {
    !is_reserved(topic) || any(May::Publish, topic, false)
}

/// Whether a publish to this topic may set RETAIN (AWS guide: mqtt, retained messages).
pub fn may_retain(topic: &str) -> bool {
    !is_reserved(topic)
}

/// Whether clients may subscribe with this filter, taken without its `$share` prefix; policies still
/// apply. A filter with wildcards is legal where a topic that clients may subscribe to could match it.
pub fn may_subscribe(filter: &str) -> bool {
    !is_reserved(filter) || any(May::Subscribe, filter, true)
}

/// The rule's name and the topic behind it, of `$aws/rules/RULE/TOPIC` (AWS guide: iot-basic-ingest).
pub fn basic_ingest(topic: &str) -> Option<(&str, &str)> {
    let (rule, rest) = topic.strip_prefix("$aws/rules/")?.split_once('/')?;
    (!rule.is_empty()).then_some((rule, rest))
}

fn any(wanted: May, topic: &str, wildcards: bool) -> bool {
    TABLE
        .iter()
        .filter(|(may, _)| *may == wanted || *may == May::Both)
        .any(|(_, pattern)| meets(pattern, topic, wildcards))
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
            // A trailing empty level is no rest: `$aws/rules/r/` names no topic.
            (Some("#"), Some(level)) => return !level.is_empty() || levels.next().is_some(),
            (Some(part), Some(level)) => {
                let fits = (wildcards && level == "+")
                    || (part == "+" && !level.is_empty())
                    || part.split('|').any(|text| text == level);
                if !fits {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing() {
        let yes = [
            "a/b",
            "$aws/things/t/shadow/get",
            "$aws/things/a:b/shadow/name/n/update",
            "$aws/things/t/jobs/get",
            "$aws/things/t/jobs/start-next",
            "$aws/things/t/jobs/$next/get",
            "$aws/things/t/jobs/j1/update",
            "$aws/certificates/create/json",
            "$aws/certificates/create-from-csr/cbor",
            "$aws/provisioning-templates/tpl/provision/json",
            "$aws/rules/r/any/topic",
            "$aws/things/t/streams/s/get/cbor",
            "$aws/things/t/defender/metrics/json",
            "$aws/device_location/d/get_position_estimate",
            "$aws/commands/things/t/executions/e/response/json",
        ];
        for topic in yes {
            assert!(may_publish(topic), "{topic}");
        }
        let no = [
            "$SYS/broker",
            "$aws",
            "$aws/",
            "$aws/things/t/shadow/get/accepted",
            "$aws/things//shadow/get",
            "$aws/things/t/shadow/update/delta",
            "$aws/things/t/jobs/notify",
            "$aws/certificates/create/json/accepted",
            "$aws/certificates/create/xml",
            "$aws/events/presence/connected/c",
            "$aws/rules/r",
            "$aws/rules/r/",
            "$share/g/a",
            "$other",
        ];
        for topic in no {
            assert!(!may_publish(topic), "{topic}");
        }
        assert!(may_retain("a"));
        assert!(!may_retain("$aws/things/t/shadow/update"));
    }

    #[test]
    fn subscribing() {
        let yes = [
            "#",
            "+/x",
            "a/b",
            "$aws/things/t/shadow/get",
            "$aws/things/t/shadow/get/+",
            "$aws/things/t/shadow/#",
            "$aws/things/+/shadow/update/accepted",
            "$aws/things/t/shadow/name/n/update/delta",
            "$aws/things/t/jobs/notify-next",
            "$aws/things/t/jobs/$next/get/accepted",
            "$aws/things/t/jobs/#",
            "$aws/things/#",
            "$aws/certificates/create/json/accepted",
            "$aws/certificates/create/+/rejected",
            "$aws/provisioning-templates/tpl/provision/json/+",
            "$aws/events/#",
            "$aws/events/presence/+/+",
            "$aws/events/presence/connected/site/7",
            "$aws/events/certificates/registered/#",
            "$aws/events/thing/t/created",
            "$aws/events/thingGroupMembership/thingGroup/g/thing/t/added",
            "$aws/things/t/tunnels/notify",
        ];
        for filter in yes {
            assert!(may_subscribe(filter), "{filter}");
        }
        let no = [
            "$SYS/#",
            "$aws/certificates/create/json",
            "$aws/provisioning-templates/tpl/provision/json",
            "$aws/rules/r/x",
            "$aws/rules/#",
            "$aws/things/t/jobs/get",
            "$aws/things/t/shadow",
            "$aws/events",
            "$aws/events/unknown/x",
            "$aws/nothing/+",
        ];
        for filter in no {
            assert!(!may_subscribe(filter), "{filter}");
        }
    }

    #[test]
    fn basic_ingest_takes_the_rule_off() {
        assert_eq!(basic_ingest("$aws/rules/r/a/b"), Some(("r", "a/b")));
        assert_eq!(basic_ingest("$aws/rules/r"), None);
        assert_eq!(basic_ingest("$aws/rules//a"), None);
        assert_eq!(basic_ingest("a/rules/r/a"), None);
    }
}
