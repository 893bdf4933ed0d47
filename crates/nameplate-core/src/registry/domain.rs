//! Domain configurations: other names of the endpoint, and how devices may speak to it under them.
//!
//! Owns what each member means for a connection. Must not know sockets or where the name's certificate comes from.

use crate::ctx::Millis;

/// The configurations that are there from the start and go by themselves, with the service each is for.
pub const RESERVED: &[(&str, Service)] = &[
    ("iot:CredentialProvider", Service::CredentialProvider),
    ("iot:Data-ATS", Service::Data),
    ("iot:Jobs", Service::Jobs),
];

/// A closed list of words: AWS's spellings, and back.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// AWS's spelling.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// From AWS's spelling.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($word => Some($name::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// What is served under the name. API: `ServiceType`.
    Service {
        /// MQTT, HTTPS publish, shadows.
        Data = "DATA",
        /// Credentials for certificates.
        CredentialProvider = "CREDENTIAL_PROVIDER",
        /// The jobs API.
        Jobs = "JOBS",
    }
}

words! {
    /// How clients prove who they are. API: `AuthenticationType`.
    Authentication {
        /// As the protocol has it.
        Default = "DEFAULT",
        /// A client certificate.
        X509 = "AWS_X509",
        /// A signed request.
        SigV4 = "AWS_SIGV4",
        /// A custom authorizer.
        Custom = "CUSTOM_AUTH",
        /// A client certificate, and then a custom authorizer.
        CustomX509 = "CUSTOM_AUTH_X509",
    }
}

words! {
    /// What clients speak. API: `ApplicationProtocol`.
    Protocol {
        /// By port and ALPN.
        Default = "DEFAULT",
        /// MQTT over TLS.
        Mqtt = "SECURE_MQTT",
        /// MQTT over secure WebSocket.
        WebSocket = "MQTT_WSS",
        /// HTTPS.
        Https = "HTTPS",
    }
}

words! {
    /// Which versions of TLS are spoken (AWS guide: transport-security). There are no cipher suites older than these
    /// policies allow.
    SecurityPolicy {
        /// 1.2 and 1.3.
        Tls12And13 = "IoTSecurityPolicy_TLS13_1_2_2022_10",
        /// 1.3 alone.
        Tls13 = "IoTSecurityPolicy_TLS13_1_3_2022_10",
        /// 1.2 alone.
        Tls12 = "IoTSecurityPolicy_TLS12_1_2_2022_10",
        /// 1.2 alone, under an older name.
        Tls12Of2016 = "IoTSecurityPolicy_TLS12_1_0_2016_01",
        /// 1.2 alone, under an older name.
        Tls12Of2015 = "IoTSecurityPolicy_TLS12_1_0_2015_01",
    }
}

/// A domain configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// The store's own growing key.
    pub key: i64,
    /// Name of the configuration, unique in the account.
    pub name: String,
    /// The host name that devices dial, lower case.
    pub host: String,
    /// The caller gave no host name, and this server made one.
    pub managed: bool,
    /// What is served under it.
    pub service: Service,
    /// In force.
    pub enabled: bool,
    /// The certificate that AWS would send to devices, an ARN of ACM.
    pub server_certificate: Option<String>,
    /// The certificate that proves ownership of the name at AWS, an ARN of ACM.
    pub validation_certificate: Option<String>,
    /// The authorizer for those who name none.
    pub authorizer: Option<String>,
    /// Whether devices may name another; absent where it was never said.
    pub authorizer_override: Option<bool>,
    /// ARN of the function that validates client certificates.
    pub certificate_callback: Option<String>,
    /// Which versions of TLS.
    pub security: SecurityPolicy,
    /// How clients prove who they are.
    pub authentication: Authentication,
    /// What they speak.
    pub protocol: Protocol,
    /// When it was last enabled or disabled.
    pub status_changed: Millis,
}

/// A protocol, as the listener finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    /// MQTT by client certificate.
    Mqtt,
    /// HTTP: each request shows for itself who asks.
    Http,
}

/// A request over HTTP, by what configurations distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// MQTT over WebSocket, signed.
    WebSocket,
    /// An operation, signed.
    Signed,
    /// An operation, by the client certificate of the handshake.
    ByCertificate,
    /// MQTT over WebSocket, for a custom authorizer to decide. Where a certificate is asked for beside it, that is seen
    /// with each.
    WebSocketByAuthorizer,
    /// An operation, likewise.
    ByAuthorizer,
}

/// Why a connection under the name is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DomainRefusal {
    /// Another version of TLS.
    #[error(
        "the domain configuration {name} has the security policy {policy}, which does not allow {version}"
    )]
    Tls {
        /// The configuration.
        name: String,
        /// The security policy that it has.
        policy: &'static str,
        /// What was spoken.
        version: &'static str,
    },
    /// Another protocol.
    #[error("the domain configuration {name} is for {protocol}")]
    Protocol {
        /// The configuration.
        name: String,
        /// The application protocol that it is for.
        protocol: &'static str,
    },
    /// Another proof of identity.
    #[error(
        "the domain configuration {name} asks for {authentication}, and this connection cannot give it"
    )]
    Authentication {
        /// The configuration.
        name: String,
        /// What it asks for.
        authentication: &'static str,
    },
}

impl Domain {
    /// Refuses a version of TLS that the security policy leaves out.
    pub fn check_tls(&self, is_13: bool) -> Result<(), DomainRefusal> {
        let allowed = match self.security {
            SecurityPolicy::Tls12And13 => true,
            SecurityPolicy::Tls13 => is_13,
            SecurityPolicy::Tls12 | SecurityPolicy::Tls12Of2016 | SecurityPolicy::Tls12Of2015 => {
                !is_13
            }
        };
        if allowed {
            return Ok(());
        }
        Err(DomainRefusal::Tls {
            name: self.name.clone(),
            policy: self.security.as_str(),
            version: if is_13 { "TLS 1.3" } else { "TLS 1.2" },
        })
    }

    /// The protocol that the configuration pins, whatever ALPN says (AWS guide: protocols).
    pub fn pinned(&self) -> Option<Spoken> {
        match self.protocol {
            Protocol::Default => None,
            Protocol::Mqtt => Some(Spoken::Mqtt),
            Protocol::WebSocket | Protocol::Https => Some(Spoken::Http),
        }
    }

    /// Refuses a protocol or a proof of identity that the configuration leaves out.
    pub fn check_spoken(&self, spoken: Spoken) -> Result<(), DomainRefusal> {
        if self.pinned().is_some_and(|pinned| pinned != spoken) {
            return Err(DomainRefusal::Protocol {
                name: self.name.clone(),
                protocol: self.protocol.as_str(),
            });
        }
        let enough = match self.authentication {
            Authentication::Default => true,
            // Which of its requests show one is seen with each: `check_requested`.
            Authentication::X509 => true,
            Authentication::SigV4 => spoken == Spoken::Http,
            Authentication::Custom | Authentication::CustomX509 => true,
        };
        match enough {
            true => Ok(()),
            false => Err(self.not_proved()),
        }
    }

    /// Refuses a request over HTTP whose protocol or proof of identity the configuration leaves out.
    pub fn check_requested(&self, requested: Requested) -> Result<(), DomainRefusal> {
        use Requested::{ByAuthorizer, ByCertificate, Signed, WebSocket, WebSocketByAuthorizer};
        let over_websocket = matches!(requested, WebSocket | WebSocketByAuthorizer);
        let right = match self.protocol {
            Protocol::Default => true,
            Protocol::Mqtt => false,
            Protocol::WebSocket => over_websocket,
            Protocol::Https => !over_websocket,
        };
        if !right {
            return Err(DomainRefusal::Protocol {
                name: self.name.clone(),
                protocol: self.protocol.as_str(),
            });
        }
        let enough = match self.authentication {
            Authentication::Default => true,
            Authentication::X509 => requested == ByCertificate,
            Authentication::SigV4 => matches!(requested, Signed | WebSocket),
            Authentication::Custom | Authentication::CustomX509 => {
                matches!(requested, ByAuthorizer | WebSocketByAuthorizer)
            }
        };
        match enough {
            true => Ok(()),
            false => Err(self.not_proved()),
        }
    }

    fn not_proved(&self) -> DomainRefusal {
        DomainRefusal::Authentication {
            name: self.name.clone(),
            authentication: self.authentication.as_str(),
        }
    }
}

/// Whether the text can be a host name: labels of letters, digits and hyphens (RFC 1123, 2.1), at least two of them,
/// and no address.
pub fn is_host_name(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(label)
        && text.parse::<std::net::IpAddr>().is_err()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A configuration that leaves everything as it is without one.
    pub(crate) fn domain() -> Domain {
        Domain {
            key: 0,
            name: "fleet".into(),
            host: "fleet.example".into(),
            managed: false,
            service: Service::Data,
            enabled: true,
            server_certificate: None,
            validation_certificate: None,
            authorizer: None,
            authorizer_override: None,
            certificate_callback: None,
            security: SecurityPolicy::Tls12And13,
            authentication: Authentication::Default,
            protocol: Protocol::Default,
            status_changed: Millis(0),
        }
    }

    #[test]
    fn what_is_spoken_under_a_name() {
        let check = |authentication, protocol, mqtt, http| {
            let domain = Domain {
                authentication,
                protocol,
                ..domain()
            };
            let found = |spoken| domain.check_spoken(spoken).is_ok();
            assert_eq!(
                (found(Spoken::Mqtt), found(Spoken::Http)),
                (mqtt, http),
                "{authentication:?} {protocol:?}"
            );
        };
        check(Authentication::Default, Protocol::Default, true, true);
        check(Authentication::X509, Protocol::Default, true, true);
        check(Authentication::SigV4, Protocol::Default, false, true);
        check(Authentication::Custom, Protocol::Default, true, true);
        check(Authentication::CustomX509, Protocol::Mqtt, true, false);
        check(Authentication::Default, Protocol::Mqtt, true, false);
        check(Authentication::Default, Protocol::Https, false, true);
        check(Authentication::X509, Protocol::WebSocket, false, true);
    }

    #[test]
    fn which_requests_are_taken_under_a_name() {
        use Requested::{ByAuthorizer, ByCertificate, Signed, WebSocket, WebSocketByAuthorizer};
        let every = [
            WebSocket,
            Signed,
            ByCertificate,
            WebSocketByAuthorizer,
            ByAuthorizer,
        ];
        let check = |authentication, protocol, taken: &[Requested]| {
            let domain = Domain {
                authentication,
                protocol,
                ..domain()
            };
            for requested in every {
                assert_eq!(
                    domain.check_requested(requested).is_ok(),
                    taken.contains(&requested),
                    "{authentication:?} {protocol:?} {requested:?}"
                );
            }
        };
        let sockets = [WebSocket, WebSocketByAuthorizer];
        let operations = [Signed, ByCertificate, ByAuthorizer];
        check(Authentication::Default, Protocol::Default, &every);
        check(Authentication::Default, Protocol::Mqtt, &[]);
        check(Authentication::Default, Protocol::WebSocket, &sockets);
        check(Authentication::Default, Protocol::Https, &operations);
        check(Authentication::X509, Protocol::Default, &[ByCertificate]);
        check(Authentication::X509, Protocol::WebSocket, &[]);
        let signed = [WebSocket, Signed];
        check(Authentication::SigV4, Protocol::Default, &signed);
        check(Authentication::SigV4, Protocol::Https, &[Signed]);
        for custom in [Authentication::Custom, Authentication::CustomX509] {
            let by_authorizer = [WebSocketByAuthorizer, ByAuthorizer];
            check(custom, Protocol::Default, &by_authorizer);
            check(custom, Protocol::WebSocket, &[WebSocketByAuthorizer]);
            check(custom, Protocol::Https, &[ByAuthorizer]);
            check(custom, Protocol::Mqtt, &[]);
        }
    }

    #[test]
    fn which_tls_is_spoken_under_a_name() {
        let check = |text, tls12, tls13| {
            let security = SecurityPolicy::parse(text).expect("a policy");
            assert_eq!(security.as_str(), text);
            let domain = Domain {
                security,
                ..domain()
            };
            let found = |is_13| domain.check_tls(is_13).is_ok();
            assert_eq!((found(false), found(true)), (tls12, tls13), "{text}");
        };
        check("IoTSecurityPolicy_TLS13_1_2_2022_10", true, true);
        check("IoTSecurityPolicy_TLS13_1_3_2022_10", false, true);
        check("IoTSecurityPolicy_TLS12_1_2_2022_10", true, false);
        assert_eq!(SecurityPolicy::parse("TLS13"), None);
    }

    #[test]
    fn host_names() {
        let check = |text, right| assert_eq!(is_host_name(text), right, "{text:?}");
        check("iot.example.com", true);
        check("a-1.b", true);
        check("localhost", false);
        check("127.0.0.1", false);
        check("a..b", false);
        check("-a.b", false);
        check("*.example.com", false);
        check("a b.c", false);
        check(&format!("{}.b", "a".repeat(64)), false);
    }
}
