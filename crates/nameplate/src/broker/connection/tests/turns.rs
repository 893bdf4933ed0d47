//! A client that is always ready takes turns with the others. One thread serves them all, as it may on a busy machine.

use super::*;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A client that sends pings as fast as it is read, and takes every answer.
struct Flood {
    ahead: Bytes,
    left: usize,
}

impl AsyncRead for Flood {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() && self.left > 0 {
            self.left -= 1;
            self.ahead = Bytes::from(b"\xc0\x00".repeat(1000));
        }
        let piece = self.ahead.len().min(into.remaining());
        into.put_slice(&self.ahead.split_to(piece));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Flood {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_client_that_never_waits_lets_others_have_a_turn() {
    let world = World::new().await;
    let mut other = world.connected("other").await;
    let mut ahead = BytesMut::new();
    codec::encode(&connect("flood", None), Version::V311, &mut ahead);
    let flood = Flood {
        ahead: ahead.freeze(),
        left: 100,
    };
    let visitor = Visitor::Peer(world.peer(&world.certificate));
    let mut attempt = Attempt::new("mqtt", SocketAddr::from(([127, 0, 0, 1], 40_000)), NOW);
    attempt.passed(Stage::Tls, NOW);
    let places = Arc::new(tokio::sync::Semaphore::new(1));
    let place = places.try_acquire_owned().expect("there is a place");
    let shared = Arc::clone(&world.shared);
    let flooding = tokio::spawn(serve(shared, flood, visitor, attempt, place));
    while world.app.app.router.client("flood").is_none() {
        tokio::task::yield_now().await;
    }
    for _ in 0..5 {
        other.send(Packet::PingReq).await;
        assert_eq!(other.receive().await, Some(Packet::PingResp));
    }
    assert!(!flooding.is_finished(), "it is still at its pings");
    flooding.abort();
}
