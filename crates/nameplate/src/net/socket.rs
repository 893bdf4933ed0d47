//! The socket under a client's TLS, which sends in one segment what would be two: on a short connection each segment
//! costs as much as a signature.
//!
//! Must not know what TLS or the protocol above it says; only who spoke last.

use socket2::SockRef;
use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// Bytes that wait for those behind them, at most: a ticket with the longest chain that gets one.
const HELD: usize = 64 * 1024;
/// How long what no client waits for is held back for the first answer. The first request comes right behind the client's
/// last message; a client without one gets its ticket all the same.
const HELD_FOR: Duration = Duration::from_millis(100);

/// How far the handshake is, seen from the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The client speaks first.
    Hello,
    /// It was answered, and has its word again.
    Answered,
    /// What is written now ends the handshake. In TLS 1.3 that is the session ticket, for which no client waits, while
    /// its CONNECT or request has often come along with its own last message.
    Ending,
    /// Over.
    Done,
}

/// A TCP connection under TLS.
///
/// What ends the handshake is held back until more is written, or until nothing more can be read, which is when a
/// client may be waiting for it. One that is not, as in TLS 1.3, gets it with the first answer: a ticket that comes alone
/// costs a segment, and clients that read in one thread while they write in another, over one connection of OpenSSL's or
/// Python's, now and then lose what they write while they read a ticket.
#[derive(Debug)]
pub struct Socket {
    tcp: TcpStream,
    stage: Stage,
    held: Vec<u8>,
    /// How long what is held waits for an answer.
    patience: Option<Pin<Box<Sleep>>>,
    heard: bool,
    closes: bool,
}

impl Socket {
    /// Over a connection that was just accepted.
    pub fn new(tcp: TcpStream) -> Self {
        Self {
            tcp,
            stage: Stage::Hello,
            held: Vec::new(),
            patience: None,
            heard: false,
            closes: false,
        }
    }

    /// The connection itself.
    pub fn tcp(&self) -> &TcpStream {
        &self.tcp
    }

    /// Whether the client has said anything.
    pub fn has_heard(&self) -> bool {
        self.heard
    }

    /// The handshake is over: nothing more is held back, and what is goes soon, or at once where the client `waits` for it.
    pub fn handshake_done(&mut self, waits: bool) {
        self.stage = Stage::Done;
        if !waits && !self.held.is_empty() {
            self.patience = Some(Box::pin(sleep(HELD_FOR)));
        }
    }

    /// What is written from here on goes out together with the end of the stream.
    pub fn closes_soon(&mut self) {
        self.closes = true;
    }

    fn poll_held(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.held.is_empty() {
            let written = ready!(Pin::new(&mut self.tcp).poll_write(cx, &self.held))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.held.drain(..written);
        }
        // Its memory is not kept for as long as the connection lasts.
        self.held = Vec::new();
        self.patience = None;
        Poll::Ready(Ok(()))
    }

    /// Whether what is held is to wait for an answer still. Where it is, the task is woken when it has waited long enough.
    fn is_patient(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.patience {
            Some(patience) => patience.as_mut().poll(cx).is_pending(),
            None => false,
        }
    }

    /// Whether what is written now waits for more, or goes out behind what waits.
    fn gathers(&self) -> bool {
        self.stage == Stage::Ending || !self.held.is_empty()
    }

    /// Takes all of it, if there is room.
    fn poll_gather(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.held.len() >= HELD {
            ready!(self.poll_held(cx))?;
        }
        let before = self.held.len();
        for slice in slices {
            self.held.extend_from_slice(slice);
        }
        let taken = self.held.len() - before;
        if self.stage == Stage::Done {
            self.patience = None;
            if let Poll::Ready(Err(error)) = self.poll_held(cx) {
                return Poll::Ready(Err(error));
            }
        }
        Poll::Ready(Ok(taken))
    }

    /// Writes what the end of the connection is to go out with.
    fn poll_write_last(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.tcp.poll_write_ready(cx))?;
            let write = || SockRef::from(&self.tcp).send_with_flags(bytes, MORE);
            match self.tcp.try_io(Interest::WRITABLE, write) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }

    fn answered(&mut self) {
        if self.stage == Stage::Hello {
            self.stage = Stage::Answered;
        }
    }
}

/// That more follows at once.
#[cfg(target_os = "linux")]
const MORE: libc::c_int = libc::MSG_MORE;
/// Others have no such flag.
#[cfg(not(target_os = "linux"))]
const MORE: libc::c_int = 0;

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        match Pin::new(&mut this.tcp).poll_read(cx, buffer) {
            Poll::Ready(read) => {
                if buffer.filled().len() > before {
                    this.heard = true;
                    if this.stage == Stage::Answered {
                        this.stage = Stage::Ending;
                    }
                }
                Poll::Ready(read)
            }
            Poll::Pending => {
                // The client may be waiting, too.
                if !this.held.is_empty()
                    && !this.is_patient(cx)
                    && let Poll::Ready(Err(error)) = this.poll_held(cx)
                {
                    return Poll::Ready(Err(error));
                }
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.answered();
        if this.gathers() {
            return this.poll_gather(cx, &[IoSlice::new(bytes)]);
        }
        match this.closes {
            true => this.poll_write_last(cx, bytes),
            false => Pin::new(&mut this.tcp).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.answered();
        if this.gathers() {
            return this.poll_gather(cx, slices);
        }
        match slices {
            [last] if this.closes => this.poll_write_last(cx, last),
            _ => Pin::new(&mut this.tcp).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.stage {
            // TCP itself has nothing to flush.
            Stage::Ending => Poll::Ready(Ok(())),
            Stage::Done if this.patience.is_some() => Poll::Ready(Ok(())),
            _ => this.poll_held(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_held(cx))?;
        Pin::new(&mut this.tcp).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    async fn pair() -> (TcpStream, Socket) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it has one");
        let client = TcpStream::connect(address).await.expect("it listens");
        let (server, _) = listener.accept().await.expect("it comes");
        (client, Socket::new(server))
    }

    async fn next(client: &mut TcpStream) -> Vec<u8> {
        let mut bytes = vec![0; 64];
        let read = client.read(&mut bytes).await.expect("it is open");
        bytes.truncate(read);
        bytes
    }

    // As far as the client's last message, with what the server says to it.
    async fn shaken() -> (TcpStream, Socket) {
        let (mut client, mut socket) = pair().await;
        assert!(!socket.has_heard());
        let mut bytes = [0; 16];
        client.write_all(b"hello").await.expect("sent");
        let read = socket.read(&mut bytes).await.expect("it comes");
        assert_eq!(&bytes[..read], b"hello");
        assert!(socket.has_heard());
        socket.write_all(b"flight").await.expect("sent");
        socket.flush().await.expect("sent");
        assert_eq!(
            next(&mut client).await,
            b"flight",
            "a client waits for this"
        );
        client.write_all(b"finished").await.expect("sent");
        let read = socket.read(&mut bytes).await.expect("it comes");
        assert_eq!(&bytes[..read], b"finished");
        socket.write_all(b"ticket,").await.expect("taken");
        socket.flush().await.expect("nothing is to be done");
        (client, socket)
    }

    #[tokio::test]
    async fn the_end_of_a_handshake_goes_out_with_the_first_answer() {
        for waits in [true, false] {
            let (mut client, mut socket) = shaken().await;
            socket.handshake_done(waits);
            socket.write_all(b"answer").await.expect("sent");
            socket.flush().await.expect("sent");
            assert_eq!(next(&mut client).await, b"ticket,answer");
            assert!(socket.held.capacity() == 0, "idle connections keep nothing");
            assert!(socket.patience.is_none(), "nor a timer");
            socket.write_all(b"more").await.expect("sent");
            assert_eq!(next(&mut client).await, b"more");
        }
    }

    /// Who waits for nothing has its first word before the ticket comes.
    #[tokio::test]
    async fn a_ticket_does_not_come_alone_before_the_first_request() {
        let (mut client, mut socket) = shaken().await;
        socket.handshake_done(false);
        let mut bytes = [0; 16];
        let mut buffer = ReadBuf::new(&mut bytes);
        let polled =
            poll_fn(|cx| Poll::Ready(Pin::new(&mut socket).poll_read(cx, &mut buffer))).await;
        assert!(polled.is_pending());
        socket.flush().await.expect("nothing is to be done");
        assert_eq!(socket.held, b"ticket,");
        client.write_all(b"request").await.expect("sent");
        let read = socket.read(&mut bytes).await.expect("it comes");
        assert_eq!(&bytes[..read], b"request");
        socket.write_all(b"answer").await.expect("sent");
        assert_eq!(next(&mut client).await, b"ticket,answer");
    }

    #[tokio::test]
    async fn but_it_comes_where_there_is_none() {
        let (mut client, mut socket) = shaken().await;
        socket.handshake_done(false);
        let mut bytes = [0; 16];
        tokio::select! {
            read = socket.read(&mut bytes) => panic!("nothing was sent: {read:?}"),
            came = next(&mut client) => assert_eq!(came, b"ticket,"),
        }
        assert!(socket.patience.is_none());
    }

    #[tokio::test]
    async fn or_when_nothing_more_can_be_read() {
        for done in [false, true] {
            let (mut client, mut socket) = shaken().await;
            if done {
                socket.handshake_done(true);
            }
            let mut bytes = [0; 16];
            let mut buffer = ReadBuf::new(&mut bytes);
            let polled =
                poll_fn(|cx| Poll::Ready(Pin::new(&mut socket).poll_read(cx, &mut buffer))).await;
            assert!(polled.is_pending());
            assert_eq!(next(&mut client).await, b"ticket,");
        }
    }

    #[tokio::test]
    async fn and_before_the_connection_ends() {
        let (mut client, mut socket) = shaken().await;
        socket.handshake_done(false);
        socket.closes = true;
        socket.shutdown().await.expect("sent");
        assert_eq!(next(&mut client).await, b"ticket,");
        assert_eq!(next(&mut client).await, b"", "the end");
    }

    #[tokio::test]
    async fn last_words_arrive_before_the_end() {
        let (mut client, mut socket) = shaken().await;
        socket.handshake_done(true);
        socket.write_all(b"answer").await.expect("sent");
        socket.closes = true;
        socket.write_all(b", bye").await.expect("sent");
        socket.shutdown().await.expect("sent");
        let mut all = Vec::new();
        client.read_to_end(&mut all).await.expect("it ends");
        assert_eq!(all, b"ticket,answer, bye");
    }
}
