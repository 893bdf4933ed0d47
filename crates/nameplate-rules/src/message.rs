//! What a rule can know of the message that it is evaluated for. The host brings clock, chance and identity.

use std::fmt;

/// A published message, its publisher, and the moment of its evaluation.
///
/// Everything is borrowed, and nothing is asked for again: evaluating twice with the same message and answers gives the
/// same result, `timestamp()`, `newuuid()` and `rand()` included.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// Topic as it was published, with `$aws/rules/RULE/` where it came by Basic Ingest.
    pub topic: &'a str,
    /// Payload as it was published.
    pub payload: &'a [u8],
    /// MQTT client id of the publisher; none for HTTP and the service's own messages.
    pub client_id: Option<&'a str>,
    /// Certificate id, or the IAM caller's id; none for the service's own messages.
    pub principal: Option<&'a str>,
    /// Address that the publisher connected from.
    pub source_ip: Option<&'a str>,
    /// UUID of the message in logs; none if it did not come by MQTT.
    pub trace_id: Option<&'a str>,
    /// Account of the rule.
    pub account_id: &'a str,
    /// Milliseconds since 1970 at which the rule is evaluated.
    pub now_ms: i64,
    /// Chance for `newuuid()` and `rand()`: 16 bytes that nobody can foretell, new for each message and rule.
    pub seed: [u8; 16],
    /// MQTT 5 properties of the message.
    pub properties: Properties<'a>,
}

/// MQTT 5 properties that `get_mqtt_property` and `get_user_properties` read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Properties<'a> {
    /// Payload Format Indicator: true where the payload is said to be UTF-8.
    pub utf8: Option<bool>,
    /// Content Type.
    pub content_type: Option<&'a str>,
    /// Response Topic.
    pub response_topic: Option<&'a str>,
    /// Correlation Data.
    pub correlation_data: Option<&'a [u8]>,
    /// User Properties in the order they came.
    pub user: &'a [(String, String)],
}

impl Message<'_> {
    /// Topic as `topic()` answers it: without what Basic Ingest puts in front.
    pub fn own_topic(&self) -> &str {
        crate::index::ingest(self.topic).map_or(self.topic, |ingest| ingest.topic)
    }
}

/// Neither payload nor seed.
impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("topic", &self.topic)
            .field("client_id", &self.client_id)
            .field("principal", &self.principal)
            .field("trace_id", &self.trace_id)
            .finish_non_exhaustive()
    }
}
