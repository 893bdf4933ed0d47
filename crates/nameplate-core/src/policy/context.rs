//! What is known about the asker and the request: the values behind policy variables and condition keys.
//!
//! Owns plain values only. Must not know how a policy names them (that is [`super::variable`]) or where
//! they were read.

use crate::arn::Realm;
use crate::ctx::Millis;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Values that a policy may ask for. A part that is absent makes its keys absent; nothing is guessed.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// MQTT client identifier; absent over HTTPS.
    pub client_id: Option<String>,
    /// Address the request came from.
    pub source_ip: Option<IpAddr>,
    /// Whether the request came over TLS.
    pub secure_transport: Option<bool>,
    /// When the question is asked.
    pub now: Option<Millis>,
    /// What the CONNECT packet asked for; only a question about `iot:Connect` sees it.
    pub connect: Option<ConnectFacts>,
    /// The thing the connection belongs to.
    pub association: Association,
    /// The client certificate, where the asker has one.
    pub certificate: Option<Arc<CertificateFacts>>,
    /// Every other key, by its name in lower case; set through [`Context::with`].
    pub more: BTreeMap<String, Vec<String>>,
    /// Keys of any kind that a simulation was given, by their names in lower case. They stand for whatever else is
    /// known; one without a value is absent. Set through [`Context::given()`].
    pub given: BTreeMap<String, Vec<String>>,
}

impl Context {
    /// Adds one value of a key that has no field here, for example `iam:PassedToService`, or `iot:Topic` of a direct
    /// message. Key names do not distinguish case. A second call with the same key adds a second value.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.more
            .entry(key.to_ascii_lowercase())
            .or_default()
            .push(value.into());
        self
    }

    /// Gives any key these values alone, whatever else is known of it.
    #[must_use]
    pub fn given(mut self, key: &str, values: &[String]) -> Self {
        self.given.insert(key.to_ascii_lowercase(), values.to_vec());
        self
    }
}

/// What a CONNECT packet asked for, as `iot:ConnectAttributes` and `iot:LastWillTopic` tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectFacts {
    /// Clean session off (3.1.1), or a session expiry above zero (5).
    pub persistent: bool,
    /// ARN of the will's topic, where there is a will.
    pub last_will_topic_arn: Option<String>,
}

impl ConnectFacts {
    /// Facts from the packet's fields; `will_topic` is the plain topic name.
    pub fn new(realm: &Realm, persistent: bool, will_topic: Option<&str>) -> Self {
        ConnectFacts {
            persistent,
            last_will_topic_arn: will_topic.map(|topic| realm.iot(format_args!("topic/{topic}"))),
        }
    }
}

/// Which thing a connection belongs to (AWS guide: thing policy variables, exclusive thing).
#[derive(Debug, Clone, Default)]
pub enum Association {
    /// The question has no connection to belong to anything: HTTPS and IAM. Even
    /// `iot:Connection.Thing.IsAttached` is absent.
    #[default]
    NotAsked,
    /// An MQTT connection that belongs to no thing: `IsAttached` is `false`.
    None,
    /// An MQTT connection of this thing: `IsAttached` is `true`.
    Thing(Arc<ThingFacts>),
}

/// What policies may ask of a thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThingFacts {
    /// `iot:Connection.Thing.ThingName`
    pub name: String,
    /// Its type, if it has one.
    pub type_name: Option<String>,
    /// `iot:Connection.Thing.Attributes[…]`, by name
    pub attributes: BTreeMap<String, String>,
    /// `nameplate:Connection.Thing.ChildThingName`: the things whose attribute `parent` has its name
    pub children: Vec<String>,
}

/// What policies may ask of a client certificate.
///
/// Fields of a name stand in the certificate's order, a field with several values several times. Field
/// names are AWS's, see [`CertificateFacts::NAME_FIELDS`] and [`CertificateFacts::ALTERNATIVE_FIELDS`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertificateFacts {
    /// SHA-256 of the DER, 64 hex digits.
    pub id: String,
    /// Serial number, lower-case hex without separators.
    pub serial_hex: String,
    /// Fields of the subject's distinguished name.
    pub subject: Vec<(&'static str, String)>,
    /// Fields of the issuer's distinguished name.
    pub issuer: Vec<(&'static str, String)>,
    /// Values of the subject alternative name extension.
    pub subject_alternative: Vec<(&'static str, String)>,
    /// Values of the issuer alternative name extension.
    pub issuer_alternative: Vec<(&'static str, String)>,
}

impl CertificateFacts {
    /// Fields of a distinguished name that policies can ask for (AWS guide: cert-policy-variables).
    pub const NAME_FIELDS: [&'static str; 13] = [
        "DistinguishedNameQualifier",
        "Country",
        "Organization",
        "OrganizationalUnit",
        "State",
        "CommonName",
        "SerialNumber",
        "Title",
        "Surname",
        "GivenName",
        "Initials",
        "Pseudonym",
        "GenerationQualifier",
    ];

    /// Kinds of alternative names that policies can ask for (AWS guide: cert-policy-variables).
    pub const ALTERNATIVE_FIELDS: [&'static str; 5] = [
        "RFC822Name",
        "DNSName",
        "DirectoryName",
        "UniformResourceIdentifier",
        "IPAddress",
    ];
}
