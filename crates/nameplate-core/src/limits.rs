//! Sizes, counts and lengths that always hold, each with the AWS quota or API constraint it follows.

/// Provisioning template body, characters (API: `templateBody`).
pub const TEMPLATE_BODY_CHARS: usize = 10_240;
/// Versions of a provisioning template (General Reference, IoT Core quotas).
pub const TEMPLATE_VERSIONS: usize = 5;
/// Provisioning templates in an account (General Reference, IoT Core quotas).
pub const TEMPLATES: usize = 256;
/// Policy document, characters without white space (General Reference, IoT Core quotas).
pub const POLICY_DOCUMENT_CHARS: usize = 2048;
/// Bytes of a policy document's text that are looked at in any dialect (API: `policyDocument`, 404,600 characters).
pub const POLICY_TEXT_BYTES: usize = 404_600;
/// Versions of an IoT policy.
pub const POLICY_VERSIONS: usize = 5;
/// Policies attached to one certificate.
pub const POLICIES_PER_CERTIFICATE: usize = 10;
/// Policies attached to one static thing group.
pub const POLICIES_PER_GROUP: usize = 2;
/// Attributes of a thing that has no thing type.
pub const ATTRIBUTES_WITHOUT_TYPE: usize = 3;
/// Attributes of a thing that has a thing type.
pub const ATTRIBUTES_WITH_TYPE: usize = 50;
/// All attributes of one thing together, bytes.
pub const ATTRIBUTES_BYTES: usize = 47 * 1024;
/// Groups that one thing may be in, static and dynamic together.
pub const GROUPS_PER_THING: usize = 10;
/// Requests for credentials of a role by one certificate, a second: ours, so that a device that asks without end is no
/// flood.
pub const CREDENTIALS_PER_SECOND: u32 = 10;
/// Children that a template makes with their gateway: ours, so that a parameter of a device is no flood.
pub const CHILDREN_OF_TEMPLATE: usize = 100;
/// Billing groups in an account (General Reference, IoT Core quotas).
pub const BILLING_GROUPS: usize = 20_000;
/// Tags of one resource (General Reference, IoT Core quotas).
pub const TAGS: usize = 50;
/// Dynamic thing groups in an account (General Reference, AWS IoT Device Management quotas).
pub const DYNAMIC_GROUPS: usize = 100;
/// Levels of a thing group hierarchy.
pub const GROUP_DEPTH: usize = 7;
/// Direct children of a thing group.
pub const GROUP_CHILDREN: usize = 100;
/// Registered CA certificates that may share one subject.
pub const CAS_PER_SUBJECT: usize = 10;
/// MQTT client identifier, bytes.
pub const CLIENT_ID_BYTES: usize = 128;
/// MQTT topic name or filter, bytes.
pub const TOPIC_BYTES: usize = 256;
/// Slashes in an MQTT topic name or filter.
pub const TOPIC_SLASHES: usize = 7;
/// Name in `$share/NAME/FILTER`, characters.
pub const SHARE_NAME_CHARS: usize = 128;
/// MQTT payload, bytes.
pub const PAYLOAD_BYTES: usize = 128 * 1024;
/// Keys and values of the user properties of a message together, bytes.
pub const USER_PROPERTIES_BYTES: usize = 8 * 1024;
/// Correlation data of a message, bytes.
pub const CORRELATION_DATA_BYTES: usize = 8 * 1024;
/// Content type of a message, bytes.
pub const CONTENT_TYPE_BYTES: usize = 256;
/// Variable header and payload of a PUBLISH, bytes.
pub const PACKET_BYTES: usize = 146 * 1024;
/// Maximum Packet Size that a client of MQTT 5 may ask for at the least, bytes (General Reference, IoT Core quotas).
pub const MAXIMUM_PACKET_SIZE_MIN: u32 = 512;
/// Message Expiry Interval, seconds: longer ones are taken as this (General Reference, IoT Core quotas).
pub const MESSAGE_EXPIRY_MAX_SECONDS: u32 = 604_800;

/// Seconds that a message is kept of which somebody asked for so many: at least one, at most the most (AWS General
/// Reference: message expiry interval).
pub fn message_expiry(seconds: u64) -> u32 {
    u32::try_from(seconds)
        .unwrap_or(u32::MAX)
        .clamp(1, MESSAGE_EXPIRY_MAX_SECONDS)
}
/// Topic aliases of a connection in one direction.
pub const TOPIC_ALIASES: u16 = 8;
/// Filters in one SUBSCRIBE or UNSUBSCRIBE.
pub const FILTERS_PER_SUBSCRIBE: usize = 8;
/// Subscriptions of one connection.
pub const SUBSCRIPTIONS_PER_CONNECTION: usize = 50;
/// How long a connection over WebSocket lasts, seconds.
pub const WEBSOCKET_SECONDS: u64 = 24 * 60 * 60;
/// Bytes of a message of WebSocket, which may hold several packets. Our own: AWS says none.
pub const WEBSOCKET_MESSAGE_BYTES: usize = 256 * 1024;
/// Unacknowledged QoS 1 messages in one direction.
pub const IN_FLIGHT: usize = 100;
/// Keep alive, seconds: shorter ones are raised to this.
pub const KEEP_ALIVE_MIN_SECONDS: u16 = 30;
/// Keep alive, seconds: longer ones and 0 are taken as this.
pub const KEEP_ALIVE_MAX_SECONDS: u16 = 1200;
/// Topics that have a retained message (General Reference, IoT Core quotas).
pub const RETAINED_MESSAGES: u64 = 500_000;
/// Named shadows of a thing: ours, so that a device that makes them without end is no flood. AWS names no number.
pub const NAMED_SHADOWS: i64 = 10_000;
/// Shadows of all things: ours. A thing need not be in the registry to have a shadow, so nothing else bounds them. AWS
/// names no number.
pub const SHADOWS: u64 = 5_000_000;
/// Deleted shadows whose version is remembered, the last ones: ours.
pub const DELETED_SHADOWS: i64 = 100_000;
/// Certificate providers in an account (API: CreateCertificateProvider).
pub const CERTIFICATE_PROVIDERS: usize = 1;
/// Role aliases in an account (General Reference, IoT Core quotas).
pub const ROLE_ALIASES: i64 = 100;
/// Topic rules in an account.
pub const TOPIC_RULES: i64 = 1000;
/// Destinations of topic rules in an account (General Reference, IoT Core quotas).
pub const RULE_DESTINATIONS: usize = 1000;
/// Custom authorizers in an account.
pub const AUTHORIZERS: i64 = 100;
/// Custom authorizers in an account that may be active.
pub const ACTIVE_AUTHORIZERS: i64 = 32;
/// Domain configurations in an account, besides those that are there from the start.
pub const DOMAIN_CONFIGURATIONS: i64 = 10;
/// Log levels of their own for groups, clients, addresses and principals. AWS names no number.
pub const LOG_TARGETS: usize = 1000;
