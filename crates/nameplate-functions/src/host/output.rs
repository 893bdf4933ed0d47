//! What an environment prints: read from its pipe, cut into events, kept in its log stream.

use crate::confine::Confinement;
use crate::function::LOG_TAIL;
use crate::logs::{Logs, MAX_MESSAGE};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use time::OffsetDateTime;
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot};

pub(super) struct Output {
    logs: Arc<Logs>,
    group: String,
    pub stream: String,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// A line that has no end yet.
    partial: Vec<u8>,
    pending: Vec<(i64, String)>,
    /// The last bytes of the invocation's log.
    tail: VecDeque<u8>,
}

impl Inner {
    fn event(&mut self, text: String) {
        self.tail.extend(text.as_bytes());
        self.tail.push_back(b'\n');
        let above = self.tail.len().saturating_sub(LOG_TAIL);
        self.tail.drain(..above);
        self.aside(text);
    }

    fn aside(&mut self, text: String) {
        self.pending.push((now(), text));
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.partial);
        // AWS's runtime clients write a message of several lines with `\r` between them, where no descriptor is for logs.
        let text = String::from_utf8_lossy(&line).replace('\r', "\n");
        let text = text.trim_end_matches('\n');
        if !text.is_empty() {
            self.event(text.to_owned());
        }
    }
}

/// Milliseconds since 1970.
pub(super) fn now() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

impl Output {
    pub(super) fn new(logs: &Arc<Logs>, group: &str, version: &str) -> Self {
        let own = uuid::Uuid::new_v4().simple().to_string();
        Self::named(logs, group, version, &own)
    }

    /// With a stream that others of the same name share.
    pub(super) fn named(logs: &Arc<Logs>, group: &str, version: &str, name: &str) -> Self {
        let date = OffsetDateTime::now_utc().date();
        let stream = format!(
            "{:04}/{:02}/{:02}/[{version}]{name}",
            date.year(),
            u8::from(date.month()),
            date.day(),
        );
        Self {
            logs: Arc::clone(logs),
            group: group.to_owned(),
            stream,
            inner: Mutex::default(),
        }
    }

    /// A line of the host's own. Written with what comes next, or by [`Self::write`].
    pub(super) fn line(&self, text: String) {
        let mut inner = self.inner.lock();
        inner.end_line();
        inner.event(text);
    }

    /// The same, of the environment and of no invocation: whoever calls is not told it (LogResult, as recorded of AWS).
    pub(super) fn aside(&self, text: String) {
        self.inner.lock().aside(text);
    }

    /// Begins an invocation: its tail holds nothing of the one before.
    pub(super) fn begin(&self) {
        self.inner.lock().tail.clear();
    }

    pub(super) fn tail(&self) -> Vec<u8> {
        self.inner.lock().tail.iter().copied().collect()
    }

    fn bytes(&self, bytes: &[u8]) {
        let mut inner = self.inner.lock();
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
            inner.partial.extend(&rest[..at]);
            inner.end_line();
            rest = &rest[at + 1..];
        }
        inner.partial.extend(rest);
        if inner.partial.len() >= MAX_MESSAGE {
            inner.end_line();
        }
    }

    /// Writes whole lines; with `all`, also one that has no end.
    pub(super) fn write(&self, all: bool) {
        let pending = {
            let mut inner = self.inner.lock();
            if all && !inner.partial.is_empty() {
                inner.end_line();
            }
            std::mem::take(&mut inner.pending)
        };
        if pending.is_empty() {
            return;
        }
        if let Err(e) = self.logs.append(&self.group, &self.stream, pending) {
            tracing::warn!(target: "nameplate::functions", "a function's log could not be written: {e}");
        }
    }
}

/// What the first line of an environment says: how it is confined, or why it could not be.
pub(super) type Report = Result<Confinement, String>;

/// Reads the pipe until its last writer is gone. Who sends on `flushes` is answered when everything that was in the pipe by
/// then has been written.
pub(super) async fn read(
    pipe: pipe::Receiver,
    output: Arc<Output>,
    mut flushes: mpsc::Receiver<oneshot::Sender<()>>,
    report: oneshot::Sender<Report>,
) {
    let mut first = Some((Vec::new(), report));
    let mut buffer = vec![0; 64 << 10];
    loop {
        let asked = tokio::select! {
            biased;
            Some(asked) = flushes.recv() => Some(asked),
            ready = pipe.readable() => {
                if ready.is_err() {
                    break;
                }
                None
            }
        };
        // What a function wrote before it answered was in the pipe before its answer was on the socket, and the runtime
        // learns of both in that order: the pipe counts as readable by now.
        let open = loop {
            match pipe.try_read(&mut buffer) {
                Ok(0) => break false,
                Ok(n) => {
                    take(&buffer[..n], &mut first, &output);
                    if asked.is_none() {
                        break true;
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break true,
                Err(_) => break false,
            }
        };
        output.write(asked.is_some() || !open);
        if let Some(asked) = asked {
            let _ = asked.send(());
        }
        if !open {
            break;
        }
    }
    if let Some((line, report)) = first {
        let _ = report.send(Err(String::from_utf8_lossy(&line).into_owned()));
    }
    output.write(true);
}

fn take(mut bytes: &[u8], first: &mut Option<(Vec<u8>, oneshot::Sender<Report>)>, output: &Output) {
    if let Some((mut line, report)) = first.take() {
        match bytes.iter().position(|byte| *byte == b'\n') {
            None => {
                line.extend(bytes);
                *first = Some((line, report));
                return;
            }
            Some(at) => {
                line.extend(&bytes[..at]);
                bytes = &bytes[at + 1..];
                let text = String::from_utf8_lossy(&line).into_owned();
                let _ = report.send(serde_json::from_slice(&line).map_err(|_| text));
            }
        }
    }
    output.bytes(bytes);
}
