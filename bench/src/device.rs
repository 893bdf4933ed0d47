//! What a device does on the wire: a mutual handshake, MQTT 3.1.1, and an orderly end.
//!
//! Knows no server and measures nothing.

use crate::fleet::Device;
use anyhow::{Context as _, bail};
use bytes::BytesMut;
use nameplate_mqtt::codec;
use nameplate_mqtt::packet::{
    ConnAck, Connect, PacketId, Publish, Subscribe, SubscribeOptions, Version,
};
use nameplate_mqtt::{Packet, QoS, ReasonCode, Text};
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, HandshakeKind, RootCertStore, SupportedProtocolVersion};
use rustls_pki_types::ServerName;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The largest packet taken, bytes; servers answer with a few.
const LARGEST: usize = 128 * 1024;
/// Payload of a publish, bytes.
const PAYLOAD: usize = 64;

/// A device ready to connect: everything that is not the connection has been done.
pub struct Client {
    name: String,
    connector: TlsConnector,
    /// Its next handshake is to be a short one.
    resumes: AtomicBool,
    keeps_sessions: bool,
}

impl Client {
    /// Prepares a device for one version of TLS. Where it resumes, every connection after the first must be resumed.
    pub fn new(
        device: &Device,
        provider: &Arc<CryptoProvider>,
        roots: &Arc<RootCertStore>,
        version: &'static SupportedProtocolVersion,
        resumes: bool,
    ) -> anyhow::Result<Self> {
        let mut config = ClientConfig::builder_with_provider(Arc::clone(provider))
            .with_protocol_versions(&[version])?
            .with_root_certificates(Arc::clone(roots))
            .with_client_auth_cert(device.chain.clone(), device.key.clone_key())?;
        config.resumption = match resumes {
            true => Resumption::in_memory_sessions(1),
            false => Resumption::disabled(),
        };
        Ok(Self {
            name: device.name.clone(),
            connector: TlsConnector::from(Arc::new(config)),
            resumes: AtomicBool::new(false),
            keeps_sessions: resumes,
        })
    }

    /// Connects until the CONNACK says that the device is in. No session is kept.
    pub async fn connect(&self, to: SocketAddr) -> anyhow::Result<Connection> {
        self.connect_with(to, true).await
    }

    /// The same with a session that outlives the connection.
    pub async fn connect_keeping(&self, to: SocketAddr) -> anyhow::Result<Connection> {
        self.connect_with(to, false).await
    }

    async fn connect_with(&self, to: SocketAddr, clean: bool) -> anyhow::Result<Connection> {
        let connecting = async {
            let tcp = TcpStream::connect(to).await.context("connect")?;
            tcp.set_nodelay(true)?;
            let name = ServerName::try_from("localhost")?;
            let stream = self
                .connector
                .connect(name, tcp)
                .await
                .context("TLS handshake")?;
            let resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
            if self.resumes.swap(self.keeps_sessions, Ordering::Relaxed) != resumed {
                bail!("the session was not resumed as it should have been");
            }
            let mut connection = Connection {
                name: self.name.clone(),
                stream,
                received: BytesMut::with_capacity(512),
            };
            connection
                .send(&Packet::Connect(Box::new(Connect {
                    client_id: Text::try_from(self.name.as_str())?,
                    clean_session: clean,
                    keep_alive_seconds: 300,
                    ..Connect::default()
                })))
                .await
                .context("send CONNECT")?;
            match connection.receive().await.context("wait for CONNACK")? {
                Packet::ConnAck(ConnAck {
                    code: ReasonCode::Success,
                    ..
                }) => Ok(connection),
                other => bail!("the answer to CONNECT is {other:?}"),
            }
        };
        connecting
            .await
            .with_context(|| format!("device {}", self.name))
    }

    /// Its client identifier, which is its certificate's id.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Topic that the device publishes to.
    pub fn topic(&self) -> String {
        format!("dt/{}/temperature", self.name)
    }

    /// Topic at which it is sent commands.
    pub fn commands(&self) -> String {
        format!("cmd/{}/on", self.name)
    }

    /// Filter of all its commands.
    pub fn inbox(&self) -> String {
        format!("cmd/{}/#", self.name)
    }
}

/// An open connection.
pub struct Connection {
    name: String,
    stream: TlsStream<TcpStream>,
    received: BytesMut,
}

impl Connection {
    /// Publishes one message with QoS 1 and waits for its PUBACK.
    pub async fn publish(&mut self, topic: &str) -> anyhow::Result<()> {
        let id = PacketId::MIN;
        self.send(&Packet::Publish(Publish {
            topic: Text::try_from(topic)?,
            payload: bytes::Bytes::from_static(&[b'x'; PAYLOAD]),
            qos: QoS::AtLeastOnce,
            packet_id: Some(id),
            ..Publish::default()
        }))
        .await
        .context("send PUBLISH")?;
        match self.receive().await.context("wait for PUBACK")? {
            Packet::PubAck(answer) if answer.packet_id == id => Ok(()),
            other => bail!("the answer to PUBLISH is {other:?}"),
        }
    }

    /// Subscribes with QoS 1 and waits until all of it is granted.
    pub async fn subscribe(&mut self, filters: &[String]) -> anyhow::Result<()> {
        let options = SubscribeOptions {
            qos: QoS::AtLeastOnce,
            ..SubscribeOptions::default()
        };
        let filters = filters
            .iter()
            .map(|filter| Ok((Text::try_from(filter.as_str())?, options)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let wanted = filters.len();
        self.send(&Packet::Subscribe(Subscribe {
            packet_id: PacketId::MIN,
            filters,
            properties: None,
        }))
        .await
        .context("send SUBSCRIBE")?;
        match self.receive().await.context("wait for SUBACK")? {
            Packet::SubAck(answer) if answer.codes == vec![ReasonCode::GrantedQoS1; wanted] => {
                Ok(())
            }
            other => bail!("the answer to SUBSCRIBE is {other:?}"),
        }
    }

    /// Publishes a request of one of the reserved topics that answer on `…/accepted` and `…/rejected`, both of which
    /// are subscribed to; what it is answered.
    pub async fn ask(&mut self, topic: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(&Packet::Publish(Publish {
            topic: Text::try_from(topic)?,
            payload: body.to_string().into(),
            ..Publish::default()
        }))
        .await
        .with_context(|| format!("send to {topic}"))?;
        match self.receive().await.context("wait for the answer")? {
            Packet::Publish(answer) if answer.topic.as_str().ends_with("/accepted") => {
                Ok(serde_json::from_slice(&answer.payload)?)
            }
            other => bail!("{topic} is answered {other:?}"),
        }
    }

    /// The client identifier of the device whose it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Waits until the server has ended it, whatever it still says before.
    pub async fn ended(&mut self) {
        while matches!(self.stream.read_buf(&mut self.received).await, Ok(read) if read > 0) {
            self.received.clear();
        }
    }

    /// Its two directions.
    pub fn split(self) -> (Incoming, Outgoing) {
        let (reader, writer) = tokio::io::split(self.stream);
        let incoming = Incoming {
            reader,
            received: self.received,
        };
        let outgoing = Outgoing {
            writer,
            bytes: BytesMut::with_capacity(16 * 1024),
            next: PacketId::MIN,
        };
        (incoming, outgoing)
    }

    /// Takes leave, and waits until the server has closed too: its share of the ending belongs to what is measured.
    pub async fn disconnect(mut self) -> anyhow::Result<()> {
        self.send(&Packet::Disconnect(ReasonCode::Success.into()))
            .await
            .context("send DISCONNECT")?;
        // The server may be quicker and close first, which is no mistake.
        let _ = self.stream.shutdown().await;
        while matches!(self.stream.read_buf(&mut self.received).await, Ok(read) if read > 0) {}
        Ok(())
    }

    async fn send(&mut self, packet: &Packet) -> anyhow::Result<()> {
        let mut bytes = BytesMut::with_capacity(256);
        codec::encode(packet, Version::V311, &mut bytes);
        self.stream.write_all(&bytes).await?;
        self.stream.flush().await?;
        Ok(())
    }

    async fn receive(&mut self) -> anyhow::Result<Packet> {
        loop {
            if let Some(packet) =
                codec::decode(&mut self.received, LARGEST, &mut Version::V311.clone())?
            {
                return Ok(packet);
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the server closed the connection");
            }
        }
    }
}

/// What a connection is sent.
pub struct Incoming {
    reader: ReadHalf<TlsStream<TcpStream>>,
    received: BytesMut,
}

/// Messages that came together.
#[derive(Default)]
pub struct Came {
    /// How many.
    pub count: usize,
    /// Those of QoS 1.
    pub to_acknowledge: Vec<PacketId>,
}

impl Incoming {
    /// The next packet.
    pub async fn receive(&mut self) -> anyhow::Result<Packet> {
        loop {
            if let Some(packet) = self.decode()? {
                return Ok(packet);
            }
            self.read().await?;
        }
    }

    /// Waits for messages and takes all that are there then.
    pub async fn messages(&mut self) -> anyhow::Result<Came> {
        let mut came = Came::default();
        loop {
            while let Some(packet) = self.decode()? {
                let Packet::Publish(message) = packet else {
                    bail!("{packet:?} came instead of a message");
                };
                came.count += 1;
                came.to_acknowledge.extend(message.packet_id);
            }
            if came.count > 0 {
                return Ok(came);
            }
            self.read().await?;
        }
    }

    fn decode(&mut self) -> anyhow::Result<Option<Packet>> {
        Ok(codec::decode(
            &mut self.received,
            LARGEST,
            &mut Version::V311.clone(),
        )?)
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        self.received.reserve(16 * 1024);
        if self.reader.read_buf(&mut self.received).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

/// What a connection sends.
pub struct Outgoing {
    writer: WriteHalf<TlsStream<TcpStream>>,
    bytes: BytesMut,
    next: PacketId,
}

impl Outgoing {
    /// Publishes `count` messages in one write.
    pub async fn publish(&mut self, topic: &str, qos: QoS, count: usize) -> anyhow::Result<()> {
        for _ in 0..count {
            let packet_id = (qos == QoS::AtLeastOnce).then_some(self.next);
            self.next = self.next.checked_add(1).unwrap_or(PacketId::MIN);
            let message = Packet::Publish(Publish {
                topic: Text::try_from(topic)?,
                payload: bytes::Bytes::from_static(&[b'x'; PAYLOAD]),
                qos,
                packet_id,
                ..Publish::default()
            });
            codec::encode(&message, Version::V311, &mut self.bytes);
        }
        self.write().await
    }

    /// Acknowledges messages in one write.
    pub async fn acknowledge(&mut self, received: &[PacketId]) -> anyhow::Result<()> {
        for &packet_id in received {
            let answer = Packet::PubAck(packet_id.into());
            codec::encode(&answer, Version::V311, &mut self.bytes);
        }
        self.write().await
    }

    async fn write(&mut self) -> anyhow::Result<()> {
        if !self.bytes.is_empty() {
            self.writer.write_all_buf(&mut self.bytes).await?;
            self.writer.flush().await?;
        }
        Ok(())
    }
}
