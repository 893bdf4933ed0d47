//! The beginning of a request as its client wrote it: whoever parses a head keeps the names of its fields in small letters, and
//! functions of owners are shown them as they were written.
//!
//! Must not know what the bytes mean.

use parking_lot::Mutex;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are kept of a request; names behind them are not known.
const BYTES: usize = 16 * 1024;

/// What was read since a request has been awaited; `None` while one is answered, whose body is nobody's to keep.
#[derive(Clone)]
pub struct Heard(Arc<Mutex<Option<Vec<u8>>>>);

impl Heard {
    /// Takes what was read, and keeps no more.
    pub fn take(&self) -> Vec<u8> {
        self.0.lock().take().unwrap_or_default()
    }

    /// Keeps what comes next.
    pub fn await_next(&self) {
        *self.0.lock() = Some(Vec::new());
    }
}

/// A stream that keeps the beginning of what is read of it.
pub struct Hearing<S> {
    stream: S,
    heard: Heard,
}

impl<S> Hearing<S> {
    /// With what it will have kept.
    pub fn new(stream: S) -> (Self, Heard) {
        let heard = Heard(Arc::new(Mutex::new(Some(Vec::new()))));
        let hearing = Self {
            stream,
            heard: heard.clone(),
        };
        (hearing, heard)
    }

    /// The stream itself.
    pub fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Hearing<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = into.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(cx, into);
        if let Some(kept) = this.heard.0.lock().as_mut() {
            let came = into.filled().get(before..).unwrap_or_default();
            let piece = came.len().min(BYTES.saturating_sub(kept.len()));
            kept.extend_from_slice(&came[..piece]);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Hearing<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn the_beginning_is_kept_until_it_is_taken() {
        let (near, mut far) = tokio::io::duplex(BYTES * 2);
        let (mut near, heard) = Hearing::new(near);
        let mut read = vec![0; BYTES * 2];
        far.write_all(b"GET / HTTP/1.1\r\n").await.expect("taken");
        near.read_exact(&mut read[..16]).await.expect("it comes");
        assert_eq!(heard.take(), b"GET / HTTP/1.1\r\n");
        far.write_all(b"a body").await.expect("taken");
        near.read_exact(&mut read[..6]).await.expect("it comes");
        assert_eq!(heard.take(), b"");
        heard.await_next();
        far.write_all(&[b'x'; BYTES + 1]).await.expect("taken");
        near.read_exact(&mut read[..=BYTES])
            .await
            .expect("it comes");
        assert_eq!(heard.take(), [b'x'; BYTES]);
        drop(near.into_inner());
    }
}
