//! AWS's default rates, and how they are kept: token buckets with the time as argument.
//!
//! Owns the published figures, one list of them, and the arithmetic. A bucket holds one second's worth; who takes more
//! than has come back is over the rate. Must not know: who counts, the clock, what happens to what is too much.

mod bucket;
mod keyed;
pub mod operations;
mod run;
#[cfg(test)]
mod tests;

pub use bucket::{Bucket, Rate};
pub use keyed::Keyed;
pub use operations::OPERATIONS;
pub use run::calls_of;

/// Regions in which the rates of the registry's API and of shadows are lower (General Reference, IoT Core quotas).
pub const SMALL: &[&str] = &[
    "ap-east-1",
    "ap-southeast-5",
    "ca-central-1",
    "cn-northwest-1",
    "eu-north-1",
    "eu-south-2",
    "eu-west-3",
    "me-central-1",
    "me-south-1",
    "sa-east-1",
    "us-gov-east-1",
    "us-gov-west-1",
];

/// Further regions in which the message broker's rates are lower, beside [`SMALL`].
pub const SMALL_BROKER: &[&str] = &["eu-south-1", "il-central-1", "us-west-1"];

/// A rate that is not one operation's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// CONNECT packets of the account.
    Connects,
    /// CONNECT packets of one client id.
    ConnectsOfClient,
    /// Device certificates that first connections register.
    Registrations,
    /// Messages that come in, those of services included.
    PublishesIn,
    /// Messages that go out.
    PublishesOut,
    /// Messages in and out over one connection.
    PublishesOfConnection,
    /// Bytes in and out over one connection.
    BytesOfConnection,
    /// Filters that are subscribed to.
    Subscriptions,
    /// SUBSCRIBE and UNSUBSCRIBE for one share group.
    SubscriptionsOfGroup,
    /// Messages with RETAIN that come in.
    Retained,
    /// The same for one topic.
    RetainedOfTopic,
    /// Reads, updates and deletions of all shadows together.
    ShadowRequests,
    /// Requests to one shadow.
    ShadowRequestsOfShadow,
    /// CreateKeysAndCertificate of fleet provisioning.
    FleetKeys,
    /// CreateCertificateFromCsr of fleet provisioning.
    FleetCsrs,
    /// RegisterThing of fleet provisioning.
    FleetRegistrations,
    /// Calls of STS that share one rate.
    Sts,
}

/// A limit as AWS publishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The limit whose figures these are.
    pub limit: Limit,
    /// One word for logs, counters and answers.
    pub name: &'static str,
    /// AWS's name of the quota.
    pub quota: &'static str,
    /// A second, and the same in the regions where it is lower.
    pub rates: (u32, u32),
    /// What it counts, for texts: `CONNECT packets of one client id`.
    pub counts: &'static str,
    /// What becomes of what is too much.
    pub beyond: &'static str,
}

const fn published(
    limit: Limit,
    name: &'static str,
    quota: &'static str,
    rates: (u32, u32),
    counts: &'static str,
    beyond: &'static str,
) -> Published {
    Published {
        limit,
        name,
        quota,
        rates,
        counts,
        beyond,
    }
}

/// Every limit but those of single operations, in the order of [`Limit`] (General Reference, IoT Core quotas; of STS,
/// IAM user guide: quotas).
pub const LIMITS: &[Published] = &[
    published(
        Limit::Connects,
        "connects",
        "Connect requests per second per account",
        (3000, 100),
        "CONNECT packets",
        "CONNACK 3, then the end; the attempt's code is `throttled-account`",
    ),
    published(
        Limit::ConnectsOfClient,
        "connects-of-client",
        "Connect requests per second per client ID",
        (1, 1),
        "CONNECT packets of one client id",
        "CONNACK 3, then the end; the attempt's code is `throttled-client-id`. Who is connected stays",
    ),
    published(
        Limit::Registrations,
        "registrations",
        "Maximum number of device certificates that can be registered per second",
        (15, 15),
        "device certificates registered by first connections",
        "CONNACK 3, then the end, and nothing is registered; the attempt's code is `throttled-registration`",
    ),
    published(
        Limit::PublishesIn,
        "publishes-in",
        "Inbound publish requests per second per account",
        (20_000, 2000),
        "messages in, those of shadows and events included",
        "discarded: QoS 1 without a PUBACK; over HTTP ThrottlingException",
    ),
    published(
        Limit::PublishesOut,
        "publishes-out",
        "Outbound publish requests per second per account",
        (20_000, 2000),
        "messages out, one for each subscriber",
        "further messages in are discarded, as above",
    ),
    published(
        Limit::PublishesOfConnection,
        "publishes-of-connection",
        "Publish requests per second per connection",
        (100, 100),
        "messages in and out over one connection",
        "discarded: QoS 1 from the client without a PUBACK",
    ),
    published(
        Limit::BytesOfConnection,
        "bytes-of-connection",
        "Throughput per second per connection",
        (512 * 1024, 512 * 1024),
        "bytes in and out over one connection",
        "delayed: nothing more is read or delivered until it is made up for",
    ),
    published(
        Limit::Subscriptions,
        "subscriptions",
        "Subscriptions per second per account",
        (3000, 200),
        "filters subscribed to",
        "SUBACK with 0x80 for each filter of the packet",
    ),
    published(
        Limit::SubscriptionsOfGroup,
        "subscriptions-of-group",
        "Subscribe and unsubscribe requests per second per group",
        (100, 100),
        "SUBSCRIBE and UNSUBSCRIBE for one `$share` group",
        "SUBACK with 0x80 for that filter; unsubscribing counts and is always done",
    ),
    published(
        Limit::Retained,
        "retained",
        "Retained message inbound publish requests per second per account",
        (500, 50),
        "messages in with RETAIN",
        "discarded, as above",
    ),
    published(
        Limit::RetainedOfTopic,
        "retained-of-topic",
        "Retained message inbound publish requests per second per topic",
        (1, 1),
        "messages in with RETAIN for one topic",
        "discarded, as above",
    ),
    published(
        Limit::ShadowRequests,
        "shadow-requests",
        "Device Shadow API requests/second per account",
        (4000, 400),
        "requests to shadows",
        "429 on `rejected`; over HTTP ThrottlingException",
    ),
    published(
        Limit::ShadowRequestsOfShadow,
        "shadow-requests-of-shadow",
        "Requests per second per thing",
        (20, 20),
        "requests to one shadow",
        "the same",
    ),
    published(
        Limit::FleetKeys,
        "fleet-create-keys-and-certificate",
        "Fleet Provisioning CreateKeysAndCertificate MQTT API TPS",
        (10, 10),
        "CreateKeysAndCertificate over MQTT",
        "429 on `rejected`",
    ),
    published(
        Limit::FleetCsrs,
        "fleet-create-certificate-from-csr",
        "Fleet Provisioning CreateCertificateFromCsr MQTT API TPS",
        (20, 20),
        "CreateCertificateFromCsr over MQTT",
        "the same",
    ),
    published(
        Limit::FleetRegistrations,
        "fleet-register-thing",
        "Fleet Provisioning RegisterThing MQTT API TPS",
        (10, 10),
        "RegisterThing over MQTT",
        "the same",
    ),
    published(
        Limit::Sts,
        "sts",
        "Request rate per account per Region of AssumeRole, DecodeAuthorizationMessage, GetAccessKeyInfo, \
         GetCallerIdentity, GetFederationToken and GetSessionToken",
        (600, 600),
        "calls of STS together",
        "Throttling",
    ),
];

impl Limit {
    /// What AWS publishes of it.
    pub fn published(self) -> &'static Published {
        &LIMITS[self as usize]
    }

    /// Its rate in a region.
    pub fn rate(self, region: &str) -> Rate {
        let (most, small) = self.published().rates;
        let broker = !matches!(self, Limit::ShadowRequests | Limit::ShadowRequestsOfShadow);
        let lower = is_small(region) || broker && SMALL_BROKER.contains(&region);
        Rate::per_second(if lower { small } else { most })
    }
}

/// Whether a region is one in which the registry's API has its lower rates.
pub fn is_small(region: &str) -> bool {
    SMALL.contains(&region)
}

/// The operations of STS that share [`Limit::Sts`].
pub const STS_SHARED: &[&str] = &[
    "AssumeRole",
    "DecodeAuthorizationMessage",
    "GetAccessKeyInfo",
    "GetCallerIdentity",
    "GetFederationToken",
    "GetSessionToken",
];
