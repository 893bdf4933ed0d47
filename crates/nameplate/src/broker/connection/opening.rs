//! The beginning of a connection: everything up to its CONNECT.

use super::*;

impl<S> Connection<'_, S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    /// Reads until the CONNECT is there; otherwise the code of the attempt's failure, and the end.
    pub(super) async fn first_packet(
        &mut self,
        attempt: &mut Attempt,
    ) -> Result<Box<ConnectRequest>, (&'static str, End)> {
        let lost = |text: String| ("connect-missing", End::lost(text));
        loop {
            let first = self.input.first().copied();
            if let Some(stranger) = first.and_then(self.shared.stranger) {
                self.output.extend_from_slice(&stranger.answer);
                return Err((
                    "connect-malformed",
                    End::client_error("connect-malformed", stranger.why),
                ));
            }
            match codec::decode(&mut self.input, limits::PACKET_BYTES) {
                Ok(Some(packet)) => {
                    if let Packet::Connect(connect) = &packet {
                        attempt.client_id = Some(bounded(&connect.client_id));
                    }
                    let now = self.now();
                    return match self.protocol.receive(packet, now, &mut self.output) {
                        Step::Connect(request) => Ok(request),
                        Step::Close(close) => Err(("connect-malformed", End::of(close))),
                        _ => Err((
                            "connect-malformed",
                            End::client_error("", "the first packet is not CONNECT"),
                        )),
                    };
                }
                Ok(None) => {}
                Err(malformed) => {
                    if let DecodeError::ProtocolLevel {
                        client_id: Some(client_id),
                        ..
                    } = &malformed
                    {
                        attempt.client_id = Some(bounded(client_id));
                    }
                    let close = self.protocol.malformed(malformed, &mut self.output);
                    return Err(("connect-malformed", End::of(close)));
                }
            }
            let deadline = self.deadline();
            match tokio::time::timeout_at(deadline, self.stream.read_buf(&mut self.input)).await {
                Ok(Ok(0)) => {
                    return Err(lost(
                        "the client closed the connection before CONNECT".into(),
                    ));
                }
                Ok(Ok(_)) => {}
                Ok(Err(error)) => {
                    return Err(("connect-missing", End::broken(" before CONNECT", &error)));
                }
                Err(_) => {
                    if let Some(close) = self.protocol.on_timer(self.now()) {
                        return Err(("connect-timeout", End::of(close)));
                    }
                }
            }
        }
    }
}

/// Ends when the client has closed the connection. What it sends until then is kept for later, as far as there is room.
pub(super) async fn hung_up<S: AsyncRead + Unpin>(stream: &mut S, input: &mut BytesMut) {
    while input.len() < WRITE_AT {
        match stream.read_buf(input).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
    std::future::pending().await
}

/// A client id for a record: one that is too long to be taken is too long to be kept.
fn bounded(client_id: &Text) -> String {
    let shown = client_id.as_str().chars();
    shown.take(limits::CLIENT_ID_BYTES).collect()
}
