//! Backups: everything that a server needs to be the same server elsewhere, keys included, of one moment.
//!
//! Owns what is held back while one is made and how it is sent. What is in it and in which form is in [`format`](Header),
//! how it is read in `read`. Must not know: HTTP, how it is restored.

mod format;
mod hold;
mod make;
mod read;
#[cfg(test)]
mod tests;

pub use format::{End, FORMAT, Header};
pub(crate) use hold::Hold;
pub use make::{Source, make};
pub use read::{Part, read};

use super::caller::Caller;
use super::objects::{Extent, Reading};
use super::{App, Error, Kind, Result};
use bytes::{Buf, Bytes};
use futures_util::stream::BoxStream;
use nameplate_store::EngineOptions;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

/// Below a data directory: what is being restored.
pub const UNFINISHED: &str = ".restoring";

/// How long whoever asked for a backup may take none of it. The journal grows meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes that are sent at a time, and how many of these may wait.
const PIECE: usize = 256 * 1024;
const WAITING: usize = 4;

/// Why there is no backup, or none that can be used.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It is something else.
    #[error("it is no backup of Nameplate's")]
    Foreign,
    /// The end is missing.
    #[error("it is cut short")]
    Cut,
    /// The archive cannot be read.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// A part is not what was written.
    #[error("it is damaged or altered: {0} is not what was backed up")]
    Altered(String),
    /// Of a newer release.
    #[error("it was written by a newer release: {0}")]
    Newer(String),
    /// Reading or writing.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The registry.
    #[error(transparent)]
    Store(#[from] nameplate_store::Error),
}

/// A backup as it is made.
pub struct Made(pub BoxStream<'static, io::Result<Bytes>>);

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Made")
    }
}

impl App {
    /// Begins a backup of the last commit; its bytes are made as they are taken, and break off where that fails. Whoever
    /// has them has the account's keys.
    ///
    /// # Errors
    /// [`Kind::Throttled`] where one is being made.
    pub async fn back_up(self: &Arc<Self>, caller: &Caller) -> Result<Made> {
        self.iam.may(caller, "nameplate:Backup", "*", &[]).await?;
        let Some(held) = self.kernel.hold().begin() else {
            return Err(Error::new(
                Kind::Throttled(None),
                "a backup is being made; ask again when it is done",
            ));
        };
        // Connection attempts are written now and then.
        self.kernel.store.flush().await;
        let (begun, begins) = oneshot::channel();
        let (pieces, taken) = mpsc::channel(WAITING);
        let (app, handle) = (Arc::clone(self), Handle::current());
        let work = move || {
            // What was held back is removed when nothing more is read, however that comes.
            let _until_done = Release {
                app: Arc::clone(&app),
                handle: handle.clone(),
                held,
            };
            let mut snapshot = match app.kernel.store.snapshot() {
                Ok(snapshot) => snapshot,
                Err(error) => return drop(begun.send(Err(error))),
            };
            if begun.send(Ok(())).is_err() {
                return;
            }
            let mut to = Pieces {
                handle,
                pieces,
                piece: Vec::with_capacity(PIECE),
            };
            let made = app.make_backup(&mut snapshot, &mut to);
            snapshot.release();
            match made {
                Ok(end) => tracing::info!(
                    "a backup was made: {} rows, {} files, {} bodies of objects, {} bytes",
                    end.rows(),
                    end.files,
                    end.bodies,
                    end.bytes
                ),
                Err(error) => {
                    tracing::error!(error = %error, "a backup breaks off: {error}");
                    to.break_off(error);
                }
            }
        };
        std::thread::Builder::new()
            .name("backup".into())
            .spawn(work)
            .map_err(Error::internal)?;
        begins.await.map_err(Error::internal)??;
        let stream = futures_util::stream::unfold(taken, async |mut taken| {
            let piece = taken.recv().await?;
            Some((piece, taken))
        });
        Ok(Made(Box::pin(stream)))
    }

    /// Writes the backup from a thread that may wait.
    fn make_backup(
        &self,
        snapshot: &mut nameplate_store::Snapshot,
        to: &mut Pieces,
    ) -> std::result::Result<End, BackupError> {
        let handle = to.handle.clone();
        let mut body = |name: &str, size: u64| -> io::Result<Box<dyn Read>> {
            let extent = Extent { offset: 0, size };
            let reading = handle
                .block_on(self.objects.body(name, extent))
                .map_err(io::Error::other)?
                .ok_or(io::ErrorKind::NotFound)?;
            Ok(Box::new(Body {
                handle: handle.clone(),
                reading,
                piece: Bytes::new(),
            }))
        };
        let source = Source {
            snapshot,
            directory: self.kernel.directory(),
            engine: match self.kernel.settings.engine {
                EngineOptions::Sqlite => "sqlite",
                EngineOptions::Postgres(_) => "postgres",
            },
            now: self.now(),
            body: &mut body,
        };
        let (end, _) = make(source, to, &mut |_, _| {})?;
        Ok(end)
    }
}

/// Removes what was held back when it goes.
struct Release {
    app: Arc<App>,
    handle: Handle,
    held: hold::Held,
}

impl Drop for Release {
    fn drop(&mut self) {
        let names = self.held.end();
        if !names.is_empty() {
            let app = Arc::clone(&self.app);
            self.handle.spawn(async move {
                app.objects.remove_bodies(names).await;
            });
        }
    }
}

/// The body of an object, read by a thread that may wait.
struct Body {
    handle: Handle,
    reading: Reading,
    piece: Bytes,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            let next = self.handle.block_on(self.reading.next());
            match next.map_err(io::Error::other)? {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..count]);
        Ok(count)
    }
}

/// Bytes on their way to whoever asked.
struct Pieces {
    handle: Handle,
    pieces: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

impl Pieces {
    fn send(&self, piece: io::Result<Bytes>) -> io::Result<()> {
        let sent = async { tokio::time::timeout(PATIENCE, self.pieces.send(piece)).await };
        match self.handle.block_on(sent) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "nobody takes it any more",
            )),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("nothing of it was taken for {} s", PATIENCE.as_secs()),
            )),
        }
    }

    fn break_off(&self, error: BackupError) {
        let _ = self.pieces.try_send(Err(io::Error::other(error)));
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.send(Ok(piece.into()))
    }
}
