//! How long peers of HTTP are borne with, and a stream that is given up once its peer has taken nothing for a while.
//!
//! Whoever asks and never reads the answer would otherwise keep it, and a place among connections, for as long as it
//! likes: TCP alone asks such a peer again and again. Reading is bounded elsewhere, by whoever knows what is read. Must not
//! know what the bytes mean.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// How long peers are borne with who take a place and give nothing for it.
pub struct Patience {
    /// A peer may take nothing of an answer for so long.
    pub taking: Duration,
    /// A connection none of whose requests has shown whose it is takes no more of them after this.
    pub unknown: Duration,
}

/// Long, since the kernel keeps much for a slow peer and lets more be written only once a good part of it has gone.
pub const PATIENCE: Patience = Patience {
    taking: Duration::from_secs(300),
    unknown: Duration::from_secs(300),
};

/// A stream whose writes fail with [`io::ErrorKind::TimedOut`] where the peer takes none of it in time.
pub struct Patient<S> {
    stream: S,
    patience: Duration,
    /// Counts while something waits to be taken. On the heap, and most of the time not there.
    until: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    /// With so much patience for each piece that is taken.
    pub fn new(stream: S, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            until: None,
        }
    }

    /// The stream itself.
    pub fn into_inner(self) -> S {
        self.stream
    }

    fn bounded<T>(
        &mut self,
        polled: Poll<io::Result<T>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.until = None;
            return polled;
        }
        let patience = self.patience;
        let until = self
            .until
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(until.as_mut().poll(cx));
        let why = format!("the peer took nothing for {} s", patience.as_secs());
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, why)))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.bounded(polled, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write_vectored(cx, pieces);
        this.bounded(polled, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_flush(cx);
        this.bounded(polled, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_shutdown(cx);
        this.bounded(polled, cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn a_peer_that_takes_nothing_is_given_up_and_a_slow_one_is_not() {
        let patience = Duration::from_millis(200);
        let (near, mut far) = tokio::io::duplex(4);
        let mut near = Patient::new(near, patience);
        let taking = tokio::spawn(async move {
            let mut taken = 0;
            // In all it takes longer than anybody would wait for a piece.
            while taken < 40 {
                tokio::time::sleep(Duration::from_millis(30)).await;
                taken += far.read(&mut [0; 4]).await.expect("it comes");
            }
            far
        });
        near.write_all(&[1; 40]).await.expect("it is taken");
        let far = taking.await.expect("no panic");
        let error = near.write_all(&[1; 40]).await.expect_err("nobody reads");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop((far, near.into_inner()));
    }
}
