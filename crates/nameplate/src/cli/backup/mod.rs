//! `nameplate backup`: a file that a server can be made anew of; `nameplate restore` ([`restore`]) does that.
//!
//! The server that runs makes it, since its database is its process's alone; of one that does not run, the directory is
//! read here. The file has another name until it is whole.

pub mod restore;

use super::args::BackupArgs;
use super::client::{Client, ClientError};
use super::copy::location;
use super::out::{json, say, tell};
use super::place::{self, PlaceError};
use super::progress::{Progress, Unit, bytes};
use super::serve::clock;
use crate::app::backup::{self, BackupError, End, Header, Part, Source};
use crate::app::objects::{elsewhere, place_of};
use crate::config;
use anyhow::{Context as _, bail};
use nameplate_store::{DirectoryLock, Location, Snapshot};
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt as _;

/// Runs the command; the exit status.
pub async fn run(args: &BackupArgs) -> anyhow::Result<u8> {
    let file = &args.file;
    if !args.force && file.symlink_metadata().is_ok() {
        bail!(
            "{} is there already; name another file, or replace it with --force",
            file.display()
        );
    }
    let unfinished = Unfinished::create(file)?;
    let mut progress = Progress::new();
    let made = match place::find(args.place.data_dir.as_deref()) {
        Ok(place) => from_server(&Client::of(&place), &unfinished, &mut progress).await,
        // It waits, for a database elsewhere among others.
        Err(PlaceError::NotServed { path }) => {
            tokio::task::block_in_place(|| from_directory(&path, &unfinished, &mut progress))
        }
        Err(error) => Err(error.into()),
    };
    progress.clear();
    made?;
    let checked = check(unfinished.file.try_clone()?, &mut progress);
    progress.clear();
    let (header, end) =
        checked.with_context(|| format!("what was written to {}", file.display()))?;
    let size = unfinished.file.metadata()?.len();
    unfinished.become_whole(file)?;
    report(args, &header, &end, size)?;
    Ok(0)
}

fn report(args: &BackupArgs, header: &Header, end: &End, size: u64) -> io::Result<()> {
    if args.json {
        let value = json!({
            "file": args.file.display().to_string(), "bytes": size, "tables": end.tables.len(), "rows": end.rows(), "files": end.files,
            "objects": end.bodies, "schema": header.schema, "created": header.created, "sha256": end.sha256,
        });
        return say(&format!("{}\n", json(&value)));
    }
    tell(&format!(
        "backed up {} rows of {} tables, {} files and {} bodies of objects to {}: {}\n\
         checked: it is whole, SHA-256 {}\n\
         It holds the server's private keys and credentials: whoever can read it can be this server. Its mode is 0600.\n",
        end.rows(),
        end.tables.len(),
        end.files,
        end.bodies,
        args.file.display(),
        bytes(size),
        end.sha256,
    ))
}

/// Has the server make it.
async fn from_server(
    client: &Client,
    to: &Unfinished,
    progress: &mut Progress,
) -> anyhow::Result<()> {
    let mut file = tokio::fs::File::from_std(to.file.try_clone()?);
    let mut tell = |size| progress.tell("backing up", Unit::Bytes, size, None);
    let taken = client.stream(
        "nameplate",
        "POST",
        "/nameplate/backup",
        &mut file,
        &mut tell,
    );
    taken.await.map_err(|error| match error {
        ClientError::File { reason, .. } => ClientError::File {
            path: to.path.display().to_string(),
            reason,
        },
        other => other,
    })?;
    file.flush().await?;
    Ok(())
}

/// Makes it of a directory that no server holds.
fn from_directory(
    directory: &Path,
    to: &Unfinished,
    progress: &mut Progress,
) -> anyhow::Result<()> {
    let (from, engine, held) = match config::store()?.as_str() {
        "sqlite" => (Location::Directory(directory.to_owned()), "sqlite", None),
        _ => (
            location("store")?,
            "postgres",
            // A server that is given the directory would serve what is being read.
            Some(DirectoryLock::take(directory)?),
        ),
    };
    if let Some(place) = elsewhere(directory)? {
        bail!(
            "bodies of objects are in {place}, where only the server reaches them: start it, and ask again"
        );
    }
    let mut snapshot = Snapshot::open(&from, Some(directory), &mut |why| {
        super::out::complain(why);
    })?;
    let mut body = |name: &str, _: u64| -> io::Result<Box<dyn Read>> {
        Ok(Box::new(File::open(place_of(directory, name))?))
    };
    let source = Source {
        snapshot: &mut snapshot,
        directory,
        engine,
        now: clock(),
        body: &mut body,
    };
    let made = backup::make(
        source,
        BufWriter::new(to.file.try_clone()?),
        &mut |rows, of| progress.tell("backing up", Unit::Rows, rows, Some(of)),
    );
    snapshot.release();
    drop(held);
    made?;
    Ok(())
}

/// Reads a backup to its end.
fn check(file: File, progress: &mut Progress) -> Result<(Header, End), BackupError> {
    use std::io::Seek as _;
    let mut file = file;
    file.rewind()?;
    let (mut rows, mut of) = (0, None);
    backup::read(BufReader::with_capacity(1 << 20, file), &mut |part| {
        match part {
            Part::Header(header) => of = Some(header.rows),
            Part::Rows { lines, .. } => {
                rows += lines.iter().filter(|byte| **byte == b'\n').count() as u64;
                progress.tell("checking", Unit::Rows, rows, of);
            }
            _ => {}
        }
        Ok::<(), BackupError>(())
    })
}

/// A file under another name, which goes with this value unless it becomes whole.
struct Unfinished {
    path: PathBuf,
    file: File,
}

impl Unfinished {
    fn create(whole: &Path) -> anyhow::Result<Self> {
        let mut path = whole.as_os_str().to_owned();
        path.push(".unfinished");
        let path = PathBuf::from(path);
        // What a backup that was killed has left.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", path.display()));
            }
            _ => {}
        }
        let file = OpenOptions::new()
            .create_new(true)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path, file })
    }

    fn become_whole(self, whole: &Path) -> anyhow::Result<()> {
        let directory = match whole.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        self.file
            .sync_all()
            .and_then(|()| std::fs::rename(&self.path, whole))
            .and_then(|()| File::open(directory)?.sync_all())
            .with_context(|| format!("cannot write {}", whole.display()))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It has its final name, or nobody wants it.
        let _ = std::fs::remove_file(&self.path);
    }
}
