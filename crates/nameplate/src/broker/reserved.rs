//! Which topics that begin with `$` exist, and which of them a client may publish or subscribe to.
//!
//! A table after the messaging reference, section 5.1. Anything else that begins with `$` ends the connection
//! (section 1.7, row 19). Whether this client may is a policy's business; what a topic does is its service's.

/// What a client wants with a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Publish to a topic name.
    Publish,
    /// Subscribe to a topic filter, without its `$share/NAME/`.
    Subscribe,
}

/// Whether a topic name or filter is open to clients at all: every one that does not begin with `$` is, and of the
/// others those of the table. A filter is, if it could match a topic that may be subscribed to.
pub fn is_open(topic: &str, to: Use) -> bool {
    if !topic.starts_with('$') {
        return true;
    }
    let table = match to {
        Use::Publish => PUBLISH,
        Use::Subscribe => SUBSCRIBE,
    };
    // Shadow requests are in both lists.
    table
        .iter()
        .chain(SHADOW_REQUESTS)
        .any(|pattern| overlap(pattern, topic))
}

/// Whether some topic name is matched by both filters.
fn overlap(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.split('/'), other.split('/'));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some("#"), Some(_)) | (Some(_), Some("#")) => return true,
            (Some(a), Some(b)) if a == b || a == "+" || b == "+" => {}
            _ => return false,
        }
    }
}

/// May be published and subscribed to.
const SHADOW_REQUESTS: &[&str] = &[
    "$aws/things/+/shadow/get",
    "$aws/things/+/shadow/update",
    "$aws/things/+/shadow/delete",
    "$aws/things/+/shadow/name/+/get",
    "$aws/things/+/shadow/name/+/update",
    "$aws/things/+/shadow/name/+/delete",
    "$aws/commands/#",
];

const PUBLISH: &[&str] = &[
    "$aws/things/+/jobs/get",
    "$aws/things/+/jobs/start-next",
    "$aws/things/+/jobs/+/get",
    "$aws/things/+/jobs/+/update",
    "$aws/certificates/create/json",
    "$aws/certificates/create/cbor",
    "$aws/certificates/create-from-csr/json",
    "$aws/certificates/create-from-csr/cbor",
    "$aws/provisioning-templates/+/provision/json",
    "$aws/provisioning-templates/+/provision/cbor",
    "$aws/rules/+/#",
    "$aws/things/+/streams/+/get/json",
    "$aws/things/+/streams/+/get/cbor",
    "$aws/things/+/streams/+/describe/json",
    "$aws/things/+/streams/+/describe/cbor",
    "$aws/things/+/defender/metrics/json",
    "$aws/things/+/defender/metrics/cbor",
    "$aws/device_location/+/get_position_estimate",
];

const SUBSCRIBE: &[&str] = &[
    "$aws/things/+/shadow/get/accepted",
    "$aws/things/+/shadow/get/rejected",
    "$aws/things/+/shadow/update/accepted",
    "$aws/things/+/shadow/update/rejected",
    "$aws/things/+/shadow/update/delta",
    "$aws/things/+/shadow/update/documents",
    "$aws/things/+/shadow/delete/accepted",
    "$aws/things/+/shadow/delete/rejected",
    "$aws/things/+/shadow/name/+/get/accepted",
    "$aws/things/+/shadow/name/+/get/rejected",
    "$aws/things/+/shadow/name/+/update/accepted",
    "$aws/things/+/shadow/name/+/update/rejected",
    "$aws/things/+/shadow/name/+/update/delta",
    "$aws/things/+/shadow/name/+/update/documents",
    "$aws/things/+/shadow/name/+/delete/accepted",
    "$aws/things/+/shadow/name/+/delete/rejected",
    "$aws/things/+/jobs/get/accepted",
    "$aws/things/+/jobs/get/rejected",
    "$aws/things/+/jobs/start-next/accepted",
    "$aws/things/+/jobs/start-next/rejected",
    "$aws/things/+/jobs/+/get/accepted",
    "$aws/things/+/jobs/+/get/rejected",
    "$aws/things/+/jobs/+/update/accepted",
    "$aws/things/+/jobs/+/update/rejected",
    "$aws/things/+/jobs/notify",
    "$aws/things/+/jobs/notify-next",
    "$aws/certificates/create/+/accepted",
    "$aws/certificates/create/+/rejected",
    "$aws/certificates/create-from-csr/+/accepted",
    "$aws/certificates/create-from-csr/+/rejected",
    "$aws/provisioning-templates/+/provision/+/accepted",
    "$aws/provisioning-templates/+/provision/+/rejected",
    "$aws/things/+/streams/+/data/+",
    "$aws/things/+/streams/+/description/+",
    "$aws/things/+/streams/+/rejected/+",
    "$aws/things/+/tunnels/notify",
    "$aws/things/+/defender/metrics/+/accepted",
    "$aws/things/+/defender/metrics/+/rejected",
    "$aws/device_location/+/get_position_estimate/accepted",
    "$aws/device_location/+/get_position_estimate/rejected",
    "$aws/sitewise/asset-models/#",
    // Client ids may hold slashes.
    "$aws/events/presence/connected/#",
    "$aws/events/presence/disconnected/#",
    "$aws/events/presence/connect_failed/#",
    "$aws/events/subscriptions/subscribed/#",
    "$aws/events/subscriptions/unsubscribed/#",
    "$aws/events/certificates/registered/+",
    "$aws/events/thing/+/created",
    "$aws/events/thing/+/updated",
    "$aws/events/thing/+/deleted",
    "$aws/events/thingGroup/+/created",
    "$aws/events/thingGroup/+/updated",
    "$aws/events/thingGroup/+/deleted",
    "$aws/events/thingType/+/created",
    "$aws/events/thingType/+/updated",
    "$aws/events/thingType/+/deleted",
    "$aws/events/thingTypeAssociation/thing/+/thingType/+/added",
    "$aws/events/thingTypeAssociation/thing/+/thingType/+/removed",
    "$aws/events/thingGroupMembership/thingGroup/+/thing/+/added",
    "$aws/events/thingGroupMembership/thingGroup/+/thing/+/removed",
    "$aws/events/thingGroupHierarchy/thingGroup/+/childThingGroup/+/added",
    "$aws/events/thingGroupHierarchy/thingGroup/+/childThingGroup/+/removed",
    "$aws/events/job/+/completed",
    "$aws/events/job/+/canceled",
    "$aws/events/job/+/deleted",
    "$aws/events/job/+/cancellation_in_progress",
    "$aws/events/job/+/deletion_in_progress",
    "$aws/events/jobExecution/+/succeeded",
    "$aws/events/jobExecution/+/failed",
    "$aws/events/jobExecution/+/rejected",
    "$aws/events/jobExecution/+/canceled",
    "$aws/events/jobExecution/+/timed_out",
    "$aws/events/jobExecution/+/removed",
    "$aws/events/jobExecution/+/deleted",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(topic: &str, publish: bool, subscribe: bool) {
        let open = (is_open(topic, Use::Publish), is_open(topic, Use::Subscribe));
        assert_eq!(open, (publish, subscribe), "{topic}");
    }

    fn check_filter(filter: &str, subscribe: bool) {
        assert_eq!(is_open(filter, Use::Subscribe), subscribe, "{filter}");
    }

    #[test]
    fn reserved_topics_are_those_of_the_table() {
        check("any/topic", true, true);
        check("$aws/things/t/shadow/update", true, true);
        check("$aws/things/t/shadow/name/n/update", true, true);
        check("$aws/things/t/shadow/update/accepted", false, true);
        check_filter("$aws/things/t/shadow/#", true);
        check_filter("$aws/things/t/shadow/get/+", true);
        check("$aws/things/t/jobs/$next/get", true, false);
        check_filter("$aws/things/t/jobs/#", true);
        check("$aws/certificates/create/json", true, false);
        check("$aws/certificates/create/json/accepted", false, true);
        check("$aws/certificates/create/xml", false, false);
        check("$aws/provisioning-templates/p/provision/cbor", true, false);
        check("$aws/rules/r/a/b", true, false);
        check("$aws/rules/r", false, false);
        check_filter("$aws/events/#", true);
        check("$aws/events/presence/connected/fleet/dev1", false, true);
        check_filter("$aws/#", true);
        check("$SYS/broker/connection/b/state", false, false);
        check("$aws", false, false);
        check_filter("$aws/rules/#", false);
        check_filter("$other/#", false);
    }
}
