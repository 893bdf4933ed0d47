//! What a device does on the wire: a mutual handshake, MQTT 3.1.1, and an orderly end.
//!
//! Knows no server and measures nothing.

use crate::fleet::Device;
use anyhow::{Context as _, bail};
use bytes::BytesMut;
use nameplate_mqtt::codec;
use nameplate_mqtt::packet::{ConnAck, Connect, PacketId, Publish, Version};
use nameplate_mqtt::{Packet, QoS, ReasonCode, Text};
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, HandshakeKind, RootCertStore, SupportedProtocolVersion};
use rustls_pki_types::ServerName;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
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

    /// Connects until the CONNACK says that the device is in.
    pub async fn connect(&self, to: SocketAddr) -> anyhow::Result<Connection> {
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
                stream,
                received: BytesMut::with_capacity(512),
            };
            connection
                .send(&Packet::Connect(Box::new(Connect {
                    client_id: Text::try_from(self.name.as_str())?,
                    clean_session: true,
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

    /// Topic that the device publishes to.
    pub fn topic(&self) -> String {
        format!("dt/{}/temperature", self.name)
    }
}

/// An open connection.
pub struct Connection {
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
