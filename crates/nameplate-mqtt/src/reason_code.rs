//! Reason codes of MQTT 5 (section 2.4), and what of them MQTT 3.1.1 has.

use crate::packet::PacketType::{
    self, Auth, ConnAck, Disconnect, PubAck, PubComp, PubRec, PubRel, SubAck, UnsubAck,
};
use std::fmt;

/// One row for each code: its value, its words, the packets that may carry it.
macro_rules! codes {
    ($($name:ident $value:literal $words:literal [$($packet:ident)*];)*) => {
        /// Why something was, or was not, done. Codes below 0x80 say that it was.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the names and words are those of the specification")]
        pub enum ReasonCode {
            $($name = $value,)*
        }

        impl ReasonCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// From its byte on the wire, where a packet of this kind may carry it.
            pub fn from_byte(packet: PacketType, byte: u8) -> Option<Self> {
                let code = match byte {
                    $($value => Self::$name,)*
                    _ => return None,
                };
                code.may_be_in(packet).then_some(code)
            }

            /// Whether a packet of this kind may carry the code.
            pub fn may_be_in(self, packet: PacketType) -> bool {
                match self {
                    $(Self::$name => matches!(packet, $($packet)|*),)*
                }
            }

            fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

codes! {
    Success 0x00 "Success" [ConnAck PubAck PubRec PubRel PubComp SubAck UnsubAck Disconnect Auth];
    GrantedQoS1 0x01 "Granted QoS 1" [SubAck];
    GrantedQoS2 0x02 "Granted QoS 2" [SubAck];
    DisconnectWithWill 0x04 "Disconnect with Will Message" [Disconnect];
    NoMatchingSubscribers 0x10 "No matching subscribers" [PubAck PubRec];
    NoSubscriptionExisted 0x11 "No subscription existed" [UnsubAck];
    ContinueAuthentication 0x18 "Continue authentication" [Auth];
    ReAuthenticate 0x19 "Re-authenticate" [Auth];
    UnspecifiedError 0x80 "Unspecified error" [ConnAck PubAck PubRec SubAck UnsubAck Disconnect];
    MalformedPacket 0x81 "Malformed Packet" [ConnAck Disconnect];
    ProtocolError 0x82 "Protocol Error" [ConnAck Disconnect];
    ImplementationSpecificError 0x83 "Implementation specific error" [ConnAck PubAck PubRec SubAck UnsubAck Disconnect];
    UnsupportedProtocolVersion 0x84 "Unsupported Protocol Version" [ConnAck];
    ClientIdentifierNotValid 0x85 "Client Identifier not valid" [ConnAck];
    BadUserNameOrPassword 0x86 "Bad User Name or Password" [ConnAck];
    NotAuthorized 0x87 "Not authorized" [ConnAck PubAck PubRec SubAck UnsubAck Disconnect];
    ServerUnavailable 0x88 "Server unavailable" [ConnAck];
    ServerBusy 0x89 "Server busy" [ConnAck Disconnect];
    Banned 0x8a "Banned" [ConnAck];
    ServerShuttingDown 0x8b "Server shutting down" [Disconnect];
    BadAuthenticationMethod 0x8c "Bad authentication method" [ConnAck Disconnect];
    KeepAliveTimeout 0x8d "Keep Alive timeout" [Disconnect];
    SessionTakenOver 0x8e "Session taken over" [Disconnect];
    TopicFilterInvalid 0x8f "Topic Filter invalid" [SubAck UnsubAck Disconnect];
    TopicNameInvalid 0x90 "Topic Name invalid" [ConnAck PubAck PubRec Disconnect];
    PacketIdentifierInUse 0x91 "Packet Identifier in use" [PubAck PubRec SubAck UnsubAck];
    PacketIdentifierNotFound 0x92 "Packet Identifier not found" [PubRel PubComp];
    ReceiveMaximumExceeded 0x93 "Receive Maximum exceeded" [Disconnect];
    TopicAliasInvalid 0x94 "Topic Alias invalid" [Disconnect];
    PacketTooLarge 0x95 "Packet too large" [ConnAck Disconnect];
    MessageRateTooHigh 0x96 "Message rate too high" [Disconnect];
    QuotaExceeded 0x97 "Quota exceeded" [ConnAck PubAck PubRec SubAck Disconnect];
    AdministrativeAction 0x98 "Administrative action" [Disconnect];
    PayloadFormatInvalid 0x99 "Payload format invalid" [ConnAck PubAck PubRec Disconnect];
    RetainNotSupported 0x9a "Retain not supported" [ConnAck Disconnect];
    QoSNotSupported 0x9b "QoS not supported" [ConnAck Disconnect];
    UseAnotherServer 0x9c "Use another server" [ConnAck Disconnect];
    ServerMoved 0x9d "Server moved" [ConnAck Disconnect];
    SharedSubscriptionsNotSupported 0x9e "Shared Subscriptions not supported" [SubAck Disconnect];
    ConnectionRateExceeded 0x9f "Connection rate exceeded" [ConnAck Disconnect];
    MaximumConnectTime 0xa0 "Maximum connect time" [Disconnect];
    SubscriptionIdentifiersNotSupported 0xa1 "Subscription Identifiers not supported" [SubAck Disconnect];
    WildcardSubscriptionsNotSupported 0xa2 "Wildcard Subscriptions not supported" [SubAck Disconnect];
}

impl ReasonCode {
    /// The byte on the wire of MQTT 5.
    pub fn byte(self) -> u8 {
        self as u8
    }

    /// Whether what was asked for was not done.
    pub fn is_failure(self) -> bool {
        self.byte() >= 0x80
    }

    /// Whether a packet of this kind that carries the code is a server's: DISCONNECT, as table 3-10 of MQTT 5 has it.
    pub fn is_server_only(self, packet: PacketType) -> bool {
        match packet {
            Disconnect => matches!(
                self,
                Self::NotAuthorized
                    | Self::ServerBusy
                    | Self::ServerShuttingDown
                    | Self::BadAuthenticationMethod
                    | Self::KeepAliveTimeout
                    | Self::SessionTakenOver
                    | Self::TopicFilterInvalid
                    | Self::RetainNotSupported
                    | Self::QoSNotSupported
                    | Self::UseAnotherServer
                    | Self::ServerMoved
                    | Self::SharedSubscriptionsNotSupported
                    | Self::ConnectionRateExceeded
                    | Self::MaximumConnectTime
                    | Self::SubscriptionIdentifiersNotSupported
                    | Self::WildcardSubscriptionsNotSupported
            ),
            _ => false,
        }
    }

    /// Return code of a CONNACK of MQTT 3.1.1 (table 3.1). What that version has no code for is 5, not authorized, or, where
    /// trying again may help, 3, unavailable.
    pub fn connack_v311(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::UnsupportedProtocolVersion => 1,
            Self::ClientIdentifierNotValid => 2,
            Self::ServerUnavailable
            | Self::ServerBusy
            | Self::QuotaExceeded
            | Self::ConnectionRateExceeded => 3,
            Self::BadUserNameOrPassword => 4,
            _ => 5,
        }
    }

    /// The code that a CONNACK of MQTT 3.1.1 means; `None` for bytes that it does not define.
    pub fn from_connack_v311(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::Success,
            1 => Self::UnsupportedProtocolVersion,
            2 => Self::ClientIdentifierNotValid,
            3 => Self::ServerUnavailable,
            4 => Self::BadUserNameOrPassword,
            5 => Self::NotAuthorized,
            _ => return None,
        })
    }
}

impl fmt::Display for ReasonCode {
    /// As the specification calls it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MQTT 5, table 2-6 and the tables of the packets.
    #[test]
    fn packets_have_codes_of_their_own() {
        let codes = |packet: PacketType| -> Vec<u8> {
            (0..=255)
                .filter(|&byte| ReasonCode::from_byte(packet, byte).is_some())
                .collect()
        };
        let check =
            |packet: PacketType, expected: &[u8]| assert_eq!(codes(packet), expected, "{packet}");
        check(
            ConnAck,
            &[
                0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90,
                0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9f,
            ],
        );
        check(
            PubAck,
            &[0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
        );
        check(
            PubRec,
            &[0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
        );
        check(PubRel, &[0x00, 0x92]);
        check(PubComp, &[0x00, 0x92]);
        check(
            SubAck,
            &[
                0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2,
            ],
        );
        check(UnsubAck, &[0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91]);
        check(
            Disconnect,
            &[
                0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90,
                0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0,
                0xa1, 0xa2,
            ],
        );
        check(Auth, &[0x00, 0x18, 0x19]);
        check(PacketType::Publish, &[]);
    }

    #[test]
    fn some_codes_are_a_servers_alone() {
        let check = |packet, expected: &[u8]| {
            let only: Vec<u8> = ReasonCode::ALL
                .iter()
                .filter(|code| code.is_server_only(packet))
                .map(|code| code.byte())
                .collect();
            assert_eq!(only, expected, "{packet}");
        };
        check(PubAck, &[]);
        check(
            Disconnect,
            &[
                0x87, 0x89, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0,
                0xa1, 0xa2,
            ],
        );
        check(PubRel, &[]);
    }

    #[test]
    fn codes_of_3_1_1_are_found_again() {
        for byte in 0..=5 {
            let code = ReasonCode::from_connack_v311(byte).expect("3.1.1 defines it");
            assert_eq!(code.connack_v311(), byte);
        }
        assert_eq!(ReasonCode::from_connack_v311(6), None);
    }
}
