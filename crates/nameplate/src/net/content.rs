//! Bodies of HTTP messages that are read as they are sent: an object's, and a file's.

use crate::app::objects::Reading;
use bytes::{Bytes, BytesMut};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _};
use http_body_util::{Either, Full};
use hyper::body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead as _, ReadBuf};

/// The body of any answer.
pub type ResponseBody = Either<Full<Bytes>, Either<ObjectBody, LiveBody>>;

/// How much of a file is in memory at a time.
const PIECE: usize = 256 * 1024;

/// Bytes of an object. Where they cannot be read, the body breaks off: its length has been promised.
pub struct ObjectBody {
    pieces: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>,
    left: u64,
}

impl ObjectBody {
    /// Sends what is still to be read.
    pub fn new(reading: Reading) -> Self {
        let left = reading.left();
        let pieces = futures_util::stream::try_unfold(reading, async |mut reading| {
            let piece = match reading.next().await {
                Ok(piece) => piece,
                Err(error) => {
                    tracing::error!("an object breaks off as it is sent: {error:?}");
                    return Err(io::Error::other(error));
                }
            };
            Ok(piece.map(|piece| (piece, reading)))
        });
        Self {
            pieces: Box::pin(pieces),
            left,
        }
    }
}

impl Body for ObjectBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = ready!(self.pieces.as_mut().poll_next(context));
        if let Some(Ok(piece)) = &piece {
            self.left -= piece.len() as u64;
        }
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// What is sent as it comes to be.
pub struct LiveBody {
    events: BoxStream<'static, io::Result<Bytes>>,
}

impl LiveBody {
    /// Sends these.
    pub fn new(events: BoxStream<'static, Bytes>) -> Self {
        Self {
            events: events.map(Ok).boxed(),
        }
    }

    /// Sends these, and breaks off at the first failure, so that what came is not taken for the whole.
    pub fn breaking_off(events: BoxStream<'static, io::Result<Bytes>>) -> Self {
        Self { events }
    }
}

impl Body for LiveBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let event = ready!(self.events.as_mut().poll_next(context));
        Poll::Ready(event.map(|event| event.map(Frame::data)))
    }
}

/// So many bytes of a file from where it stands.
pub struct FileBody {
    file: tokio::fs::File,
    left: u64,
    piece: Vec<u8>,
}

impl FileBody {
    /// Sends `size` bytes of `file`.
    pub fn new(file: tokio::fs::File, size: u64) -> Self {
        let piece = usize::try_from(size).unwrap_or(PIECE).min(PIECE);
        Self {
            file,
            left: size,
            piece: vec![0; piece],
        }
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let this = &mut *self;
        let most = usize::try_from(this.left)
            .unwrap_or(PIECE)
            .min(this.piece.len());
        let mut buffer = ReadBuf::new(&mut this.piece[..most]);
        ready!(Pin::new(&mut this.file).poll_read(context, &mut buffer))?;
        let read = buffer.filled();
        if read.is_empty() {
            // The length has been promised: only breaking off tells the client.
            return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
        }
        this.left -= read.len() as u64;
        let piece = BytesMut::from(read).freeze();
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
