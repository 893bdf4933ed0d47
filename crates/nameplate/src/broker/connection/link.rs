//! What a connection works on, whether it has a client yet or not: its stream, its buffers, and the protocol's state.

use super::Shared;
use super::end::End;
use crate::app::admission::Authenticated;
use crate::broker::throttle::Meter;
use bytes::BytesMut;
use nameplate_mqtt::{Connection, DisconnectReason};
use std::future::poll_fn;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

/// How much is read at once.
const READ_ROOM: usize = 16 * 1024;
/// Buffers larger than this are not kept while nothing happens.
const KEPT: usize = 1024;
/// Output is written before it grows beyond this, so that one client's backlog does not become one buffer.
pub(super) const WRITE_AT: usize = 64 * 1024;
/// How much a connection does before others have a turn, in messages: about a millisecond. Its reads and writes alone would
/// let it go on for 128 times [`READ_ROOM`], and while one thread is at that, nobody may be waiting for the sockets.
const TURN: usize = 1024;
/// How long a closed connection waits for the client to close its side, and how much it reads meanwhile.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 256 * 1024;
/// How long a client may take to accept the last words: its place and its rights last until then.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How long a client may take to accept what is written to it.
const WRITE_LIMIT: Duration = Duration::from_secs(30);

/// What MQTT runs over: a TLS stream, or a pipe in tests.
pub trait Transport: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Transport for S {}

/// Waits until something has come and puts it behind `input`; returns how many bytes, 0 at the end of the stream. While
/// nothing comes there is no room made for it: a connection that is idle has no buffer.
pub(super) async fn read<S: Transport>(
    stream: &mut S,
    input: &mut BytesMut,
) -> std::io::Result<usize> {
    poll_fn(|cx| {
        let mut room = [MaybeUninit::uninit(); READ_ROOM];
        let mut room = ReadBuf::uninit(&mut room);
        ready!(Pin::new(&mut *stream).poll_read(cx, &mut room))?;
        input.extend_from_slice(room.filled());
        Poll::Ready(Ok(room.filled().len()))
    })
    .await
}

/// One client's bytes, in and out, and the rules that they follow.
pub(super) struct Link<'s, S> {
    pub(super) shared: &'s Shared,
    pub(super) stream: S,
    pub(super) protocol: Connection,
    /// Read and not yet decoded.
    pub(super) input: BytesMut,
    /// Due and not yet written.
    pub(super) output: BytesMut,
    pub(super) meter: Option<Box<Meter>>,
    /// When it is over whatever happens, on the clock that the protocol counts by, and why.
    until: Option<(Duration, DisconnectReason)>,
    /// When its authorizer is to be asked again.
    pub(super) refresh_at: Option<Duration>,
    /// What it has done since others had a turn, in messages.
    done: usize,
}

impl<'s, S: Transport> Link<'s, S> {
    pub(super) fn new(shared: &'s Shared, stream: S, lifetime: Option<Duration>) -> Self {
        let now = shared.elapsed();
        Self {
            protocol: Connection::new(Arc::clone(&shared.config), now),
            until: lifetime
                .map(|lifetime| (now + lifetime, DisconnectReason::WebsocketTtlExpiration)),
            refresh_at: None,
            done: 0,
            shared,
            stream,
            input: BytesMut::new(),
            output: BytesMut::new(),
            meter: Meter::new(&shared.app),
        }
    }

    /// Now, on the clock that the protocol counts by.
    pub(super) fn now(&self) -> Duration {
        self.shared.elapsed()
    }

    /// The end of what has lasted as long as it may.
    pub(super) fn over(&self) -> Option<End> {
        let (_, reason) = self.until.filter(|(until, _)| *until <= self.now())?;
        let text = match reason {
            DisconnectReason::WebsocketTtlExpiration => "a WebSocket lasts 24 hours at most",
            _ => "it has lasted as long as its authorizer allows",
        };
        Some(End::of_server(reason, text))
    }

    /// Whether its authorizer is to be asked again: once for each time that comes.
    pub(super) fn is_refresh_due(&mut self) -> bool {
        let due = self.refresh_at.is_some_and(|due| due <= self.now());
        if due {
            self.refresh_at = None;
        }
        due
    }

    /// Bounds it by what its authorizer has answered.
    pub(super) fn last(&mut self, known: &Authenticated) {
        let now = self.now();
        let until = now + known.disconnect_after;
        if self.until.is_none_or(|(other, _)| until < other) {
            self.until = Some((until, DisconnectReason::CustomauthTtlExpiration));
        }
        self.refresh_at = known.refresh_after.map(|after| now + after);
    }

    /// When [`Connection::on_timer`] is to be called next, or the connection is over.
    pub(super) fn deadline(&self) -> tokio::time::Instant {
        let until = self.until.map(|(until, _)| until);
        let deadlines = [self.protocol.next_deadline(), until, self.refresh_at];
        let at = match deadlines.into_iter().flatten().min() {
            Some(at) => self.shared.epoch + at,
            None => Instant::now() + Duration::from_secs(3600),
        };
        tokio::time::Instant::from_std(at)
    }

    /// It has done what so many messages cost. One that never has to wait lets others have a turn now and then.
    pub(super) async fn worked(&mut self, messages: usize) {
        self.done += messages;
        if self.done >= TURN {
            self.done = 0;
            tokio::task::yield_now().await;
        }
    }

    /// How long nothing may be read or sent, because the client is over its throughput.
    pub(super) fn pause(&self) -> Option<Duration> {
        self.meter
            .as_ref()
            .and_then(|meter| meter.pause(&self.shared.app))
    }

    /// Gives back the room of what has been read and handled.
    pub(super) fn shrink(&mut self) {
        if self.input.is_empty() {
            self.input = BytesMut::new();
        }
    }

    /// Writes what is due.
    pub(super) async fn flush(&mut self) -> Result<(), End> {
        if self.output.is_empty() {
            return Ok(());
        }
        let stream = &mut self.stream;
        let output = &mut self.output;
        if let Some(meter) = &mut self.meter {
            meter.bytes(&self.shared.app, output.len());
        }
        let written = tokio::time::timeout(WRITE_LIMIT, async {
            stream.write_all_buf(output).await?;
            stream.flush().await
        })
        .await;
        if self.output.capacity() > KEPT {
            self.output = BytesMut::new();
        }
        match written {
            Ok(Ok(())) => {
                self.protocol.written();
                Ok(())
            }
            Ok(Err(error)) => Err(End::broken("", &error)),
            Err(_) => Err(End::lost(format!(
                "the client took nothing for {} s",
                WRITE_LIMIT.as_secs()
            ))),
        }
    }

    /// Writes the last words, if there is still somebody to read them soon.
    pub(super) async fn flush_at(&mut self, end: &End) {
        if end.reason != DisconnectReason::ConnectionLost {
            let _ = tokio::time::timeout(LAST_WORDS, self.flush()).await;
        }
    }

    /// Closes. A client that did not ask for it may still be sending, and what it sends would turn the close into a
    /// reset, which can lose it our last words; so it is read for a while.
    pub(super) async fn close(&mut self, reason: DisconnectReason) {
        let closed = tokio::time::timeout(LINGER, self.stream.shutdown()).await;
        let lost = !matches!(closed, Ok(Ok(())));
        if lost || reason == DisconnectReason::ClientInitiatedDisconnect {
            return;
        }
        let _ = tokio::time::timeout(LINGER, async {
            let mut left = LINGER_BYTES;
            self.input.clear();
            while let Ok(read @ 1..) = read(&mut self.stream, &mut self.input).await {
                self.input.clear();
                left = left.saturating_sub(read);
                if left == 0 {
                    break;
                }
            }
        })
        .await;
    }
}
