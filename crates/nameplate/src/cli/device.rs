//! A device: a small MQTT 3.1.1 client over mutual TLS, for `nameplate demo`.

use crate::net::tls::provider;
use bytes::{Bytes, BytesMut};
use nameplate_mqtt::ReasonCode;
use nameplate_mqtt::codec::{DecodeError, decode, encode};
use nameplate_mqtt::packet::{Connect, Packet, PacketId, Publish, QoS, Subscribe, Version};
use nameplate_mqtt::text::{Text, TextError};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How long any answer may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(15);
/// Largest packet taken, bytes.
const PACKET_LIMIT: usize = 256 * 1024;
const KEEP_ALIVE_SECONDS: u16 = 60;

/// What a device proves itself and checks the server by.
pub struct DeviceIdentity {
    /// Its certificate, then those of intermediate CAs.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its private key.
    pub key: PrivateKeyDer<'static>,
    /// The server's roots.
    pub roots: Vec<CertificateDer<'static>>,
}

/// Why a device did not get what it wanted.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// TLS cannot be set up with what the device has.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The server's name is none.
    #[error("{0:?} is not a name that a server can have")]
    ServerName(String),
    /// The connection failed.
    #[error("the connection failed")]
    Io(#[from] io::Error),
    /// The server closed it.
    #[error("the server closed the connection instead of answering {0}")]
    Closed(&'static str),
    /// Nothing came.
    #[error("no answer to {0} within {seconds} s", seconds = ANSWER_LIMIT.as_secs())]
    Silent(&'static str),
    /// CONNACK with another code than 0.
    #[error("CONNECT was answered with {0:?}")]
    Refused(ReasonCode),
    /// SUBACK with 0x80.
    #[error("the subscription to {0:?} was refused")]
    SubscriptionRefused(String),
    /// Something else came.
    #[error("{answer} came where an answer to {question} was due")]
    Unexpected {
        /// What was asked.
        question: &'static str,
        /// Which packet came.
        answer: String,
    },
    /// What came is not MQTT.
    #[error("the server does not speak MQTT")]
    Decode(#[from] DecodeError),
    /// A topic or client id that MQTT cannot carry.
    #[error("MQTT cannot carry the text")]
    Text(#[from] TextError),
}

/// A message that was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Its topic.
    pub topic: String,
    /// Its payload.
    pub payload: Bytes,
}

/// A connected device.
pub struct Device {
    stream: TlsStream<TcpStream>,
    read: BytesMut,
    delivered: VecDeque<Delivered>,
    last_id: u16,
}

impl Device {
    /// Opens TLS to `address`, where the server is to prove that it is `server_name`, and CONNECTs.
    pub async fn connect(
        address: SocketAddr,
        server_name: &str,
        identity: DeviceIdentity,
        client_id: &str,
    ) -> Result<Self, DeviceError> {
        let mut roots = RootCertStore::empty();
        for root in identity.roots {
            roots.add(root)?;
        }
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_root_certificates(roots)
            .with_client_auth_cert(identity.chain, identity.key)?;
        let name = ServerName::try_from(server_name.to_owned())
            .map_err(|_| DeviceError::ServerName(server_name.to_owned()))?;
        let opening = async {
            let tcp = TcpStream::connect(address).await?;
            tcp.set_nodelay(true)?;
            TlsConnector::from(Arc::new(config))
                .connect(name, tcp)
                .await
        };
        let stream = tokio::time::timeout(ANSWER_LIMIT, opening)
            .await
            .map_err(|_| DeviceError::Silent("the TLS handshake"))??;
        let mut device = Device {
            stream,
            read: BytesMut::with_capacity(4096),
            delivered: VecDeque::new(),
            last_id: 0,
        };
        device
            .write(&Packet::Connect(Box::new(Connect {
                client_id: Text::try_from(client_id)?,
                clean_session: true,
                keep_alive_seconds: KEEP_ALIVE_SECONDS,
                ..Connect::default()
            })))
            .await?;
        match device.answer("CONNECT").await? {
            Packet::ConnAck(answer) if answer.code == ReasonCode::Success => Ok(device),
            Packet::ConnAck(answer) => Err(DeviceError::Refused(answer.code)),
            other => Err(unexpected("CONNECT", &other)),
        }
    }

    /// TLS version and cipher suite, as they are called.
    pub fn tls(&self) -> String {
        let (_, connection) = self.stream.get_ref();
        let version = match connection.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
            _ => "TLS",
        };
        match connection.negotiated_cipher_suite() {
            Some(suite) => format!("{version}, {:?}", suite.suite()),
            None => version.to_owned(),
        }
    }

    /// Subscribes with QoS 1.
    pub async fn subscribe(&mut self, filter: &str) -> Result<(), DeviceError> {
        let packet_id = self.next_id();
        self.write(&Packet::Subscribe(Subscribe {
            packet_id,
            filters: vec![(Text::try_from(filter)?, QoS::AtLeastOnce.into())],
            properties: None,
        }))
        .await?;
        match self.answer("SUBSCRIBE").await? {
            Packet::SubAck(answer) if !answer.codes.iter().any(|code| code.is_failure()) => Ok(()),
            Packet::SubAck(_) => Err(DeviceError::SubscriptionRefused(filter.to_owned())),
            other => Err(unexpected("SUBSCRIBE", &other)),
        }
    }

    /// Publishes with QoS 1 and waits until the server has taken it.
    pub async fn publish(&mut self, topic: &str, payload: Bytes) -> Result<(), DeviceError> {
        let packet_id = self.next_id();
        self.write(&Packet::Publish(Publish {
            topic: Text::try_from(topic)?,
            payload,
            qos: QoS::AtLeastOnce,
            packet_id: Some(packet_id),
            ..Publish::default()
        }))
        .await?;
        match self.answer("PUBLISH").await? {
            Packet::PubAck(answer) if answer.packet_id == packet_id => Ok(()),
            other => Err(unexpected("PUBLISH", &other)),
        }
    }

    /// The next message for this device.
    pub async fn receive(&mut self) -> Result<Delivered, DeviceError> {
        loop {
            if let Some(message) = self.delivered.pop_front() {
                return Ok(message);
            }
            let packet = self.packet("the subscription").await?;
            if let Some(other) = self.take_delivery(packet).await? {
                return Err(unexpected("the subscription", &other));
            }
        }
    }

    /// Ends the connection in order.
    pub async fn disconnect(mut self) -> Result<(), DeviceError> {
        self.write(&Packet::Disconnect(ReasonCode::Success.into()))
            .await?;
        self.stream.shutdown().await?;
        Ok(())
    }

    /// The next packet that is no delivery.
    async fn answer(&mut self, question: &'static str) -> Result<Packet, DeviceError> {
        loop {
            let packet = self.packet(question).await?;
            if let Some(answer) = self.take_delivery(packet).await? {
                return Ok(answer);
            }
        }
    }

    /// Keeps and acknowledges a PUBLISH; gives back anything else.
    async fn take_delivery(&mut self, packet: Packet) -> Result<Option<Packet>, DeviceError> {
        let Packet::Publish(message) = packet else {
            return Ok(Some(packet));
        };
        if let Some(id) = message.packet_id {
            self.write(&Packet::PubAck(id.into())).await?;
        }
        self.delivered.push_back(Delivered {
            topic: message.topic.as_str().to_owned(),
            payload: message.payload,
        });
        Ok(None)
    }

    async fn packet(&mut self, question: &'static str) -> Result<Packet, DeviceError> {
        loop {
            if let Some(packet) = decode(&mut self.read, PACKET_LIMIT, &mut Version::V311.clone())?
            {
                return Ok(packet);
            }
            let reading = self.stream.read_buf(&mut self.read);
            match tokio::time::timeout(ANSWER_LIMIT, reading).await {
                Err(_) => return Err(DeviceError::Silent(question)),
                Ok(Ok(0)) => return Err(DeviceError::Closed(question)),
                // A server that ends a connection without TLS's own goodbye has closed it all the same.
                Ok(Err(error))
                    if matches!(
                        error.kind(),
                        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset
                    ) =>
                {
                    return Err(DeviceError::Closed(question));
                }
                Ok(read) => read?,
            };
        }
    }

    async fn write(&mut self, packet: &Packet) -> Result<(), DeviceError> {
        let mut bytes = BytesMut::new();
        encode(packet, Version::V311, &mut bytes);
        self.stream.write_all(&bytes).await?;
        self.stream.flush().await?;
        Ok(())
    }

    fn next_id(&mut self) -> PacketId {
        self.last_id = self.last_id.wrapping_add(1);
        PacketId::new(self.last_id).unwrap_or(PacketId::MIN)
    }
}

fn unexpected(question: &'static str, answer: &Packet) -> DeviceError {
    DeviceError::Unexpected {
        question,
        answer: answer.packet_type().to_string(),
    }
}
