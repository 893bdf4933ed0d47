//! `nameplate restore`: a data directory, and a registry, made of a backup.
//!
//! All of it is made below the directory under another name, read again, compared, and only then given its place: the keys
//! first and the database last, without which no server starts. What is cut short, altered or of a newer release leaves
//! nothing behind.

use crate::app::backup::{self, BackupError, End, Header, Part, UNFINISHED};
use crate::app::directory::Kept;
use crate::app::objects::place_of;
use crate::cli::args::RestoreArgs;
use crate::cli::copy::{location, named};
use crate::cli::out::{complain, json, say, tell};
use crate::cli::progress::{Progress, Unit};
use crate::config;
use anyhow::{Context as _, bail};
use nameplate_store::{DirectoryLock, Location, Restoration};
use serde_json::json;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The database, which comes last.
const DATABASE: &str = "nameplate.db";
const LOCK: &str = "lock";

/// Runs the command; the exit status.
pub fn run(args: &RestoreArgs) -> anyhow::Result<u8> {
    let path = &args.file;
    let open = || -> anyhow::Result<BufReader<File>> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(BufReader::with_capacity(1 << 20, file))
    };
    let mut progress = Progress::new();
    if args.check {
        let checked = super::check(open()?.into_inner(), &mut progress);
        progress.clear();
        let (header, end) = checked.with_context(|| path.display().to_string())?;
        report(args, &header, &end, None)?;
        return Ok(0);
    }
    let directory = std::path::absolute(config::data_dir(args.place.data_dir.as_deref())?)?;
    let database = match args.store.as_deref() {
        Some("sqlite") => None,
        Some(url) => Some(named("store", url)?),
        None if config::store()? == "sqlite" => None,
        None => Some(location("store")?),
    };
    if let Some(Location::Directory(_)) = database {
        bail!("--store takes sqlite or postgres://USER:PASSWORD@HOST[:PORT]/DATABASE");
    }
    let file = open()?;
    let held = Empty::take(&directory)?;
    let restored = held.restore(file, path, database.as_ref(), &mut progress);
    progress.clear();
    let (header, end) = restored.with_context(|| format!("{} was not restored", path.display()))?;
    held.settle()?;
    report(args, &header, &end, Some((&directory, database.as_ref())))?;
    Ok(0)
}

fn report(
    args: &RestoreArgs,
    header: &Header,
    end: &End,
    to: Option<(&Path, Option<&Location>)>,
) -> io::Result<()> {
    if args.json {
        let value = json!({
            "file": args.file.display().to_string(), "directory": to.map(|(directory, _)| directory.display().to_string()), "tables": end.tables.len(),
            "rows": end.rows(), "files": end.files, "objects": end.bodies, "schema": header.schema,
            "program": header.program, "created": header.created, "sha256": end.sha256,
        });
        return say(&format!("{}\n", json(&value)));
    }
    let counts = format!(
        "{} rows of {} tables, {} files and {} bodies of objects",
        end.rows(),
        end.tables.len(),
        end.files,
        end.bodies
    );
    let Some((directory, database)) = to else {
        return tell(&format!(
            "{} is whole: {counts}, of release {}, SHA-256 {}\n",
            args.file.display(),
            header.program,
            end.sha256
        ));
    };
    let place = directory.display();
    let (registry, flag) = match database {
        Some(database) => (format!(" and {database}"), " --store postgres://…"),
        None => (String::new(), ""),
    };
    tell(&format!(
        "restored {counts} to {place}{registry}\n\
         checked: the registry is what was backed up, SHA-256 {}\n\
         Serve it with:\n  nameplate serve --data-dir {place}{flag}\n\
         Two servers of one registry are two registries from then on: end the one that was backed up first.\n",
        end.sha256
    ))
}

/// A data directory that is empty, and held.
struct Empty {
    directory: PathBuf,
    unfinished: PathBuf,
    _lock: DirectoryLock,
}

impl Empty {
    /// Takes a directory that is not there, or in which nothing is but what a restore that was killed has left.
    fn take(directory: &Path) -> anyhow::Result<Self> {
        let refuse_what_is_there = || -> anyhow::Result<()> {
            let entries = match std::fs::read_dir(directory) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) => {
                    return Err(error)
                        .with_context(|| format!("cannot read {}", directory.display()));
                }
            };
            for entry in entries {
                let name = entry?.file_name();
                if name != LOCK && name != UNFINISHED && name != "lost+found" {
                    bail!(
                        "{} is not empty: it has {:?}; a backup is restored only to where nothing is",
                        directory.display(),
                        name.to_string_lossy()
                    );
                }
            }
            Ok(())
        };
        refuse_what_is_there()?;
        let lock = DirectoryLock::take(directory)?;
        // A server may have come in between.
        refuse_what_is_there()?;
        let unfinished = directory.join(UNFINISHED);
        match std::fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error)
                    .with_context(|| format!("cannot remove {}", unfinished.display()));
            }
            _ => {}
        }
        DirBuilder::new()
            .mode(0o700)
            .create(&unfinished)
            .with_context(|| format!("cannot make {}", unfinished.display()))?;
        Ok(Self {
            directory: directory.to_owned(),
            unfinished,
            _lock: lock,
        })
    }

    fn restore(
        &self,
        file: impl Read,
        path: &Path,
        database: Option<&Location>,
        progress: &mut Progress,
    ) -> anyhow::Result<(Header, End)> {
        let to = match database {
            Some(database) => database.clone(),
            None => Location::Directory(self.unfinished.clone()),
        };
        let mut making: Option<Restoration> = None;
        let (mut rows, mut of) = (0, None);
        let (header, end) = backup::read(file, &mut |part| -> Result<(), Stopped> {
            match part {
                Part::Header(header) => {
                    of = Some(header.rows);
                    making = Some(Restoration::begin(
                        &to,
                        database.map(|_| self.directory.as_path()),
                        header.schema,
                        &header.identity,
                        &path.display().to_string(),
                        &mut |why| complain(why),
                    )?);
                }
                Part::Rows { table, lines } => {
                    let making = making.as_mut().ok_or(BackupError::Foreign)?;
                    rows += making.append(table, &lines)?;
                    progress.tell("restoring", Unit::Rows, rows, of);
                }
                Part::Directory { path, mode } => self.directory(&path, mode)?,
                Part::File {
                    path,
                    mode,
                    content,
                } => self.file(&self.place(&path)?, mode, content)?,
                Part::Link { path, target } => {
                    let place = self.place(&path)?;
                    std::os::unix::fs::symlink(target, &place).map_err(io_of(&place))?;
                }
                Part::Body { name, content } => {
                    let place = place_of(&self.unfinished, name);
                    let shelf = place.parent().unwrap_or(&self.unfinished);
                    DirBuilder::new()
                        .recursive(true)
                        .mode(0o700)
                        .create(shelf)
                        .map_err(io_of(shelf))?;
                    self.file(&place, 0o600, content)?;
                }
            }
            Ok(())
        })
        .map_err(|stopped| stopped.0)?;
        let mut making = making.ok_or(BackupError::Foreign)?;
        progress.tell("comparing", Unit::Rows, rows, of);
        making.check(&end.tables)?;
        self.check_keys(&header)?;
        sync(&self.unfinished)?;
        making.finish()?;
        Ok((header, end))
    }

    /// Where a file is made. Nothing is made through a link that came before.
    fn place(&self, path: &Path) -> Result<PathBuf, Stopped> {
        let mut place = self.unfinished.clone();
        let parents = path.parent().into_iter().flat_map(Path::components);
        for component in parents {
            place.push(component);
            let is_directory = std::fs::symlink_metadata(&place).is_ok_and(|about| about.is_dir());
            if !is_directory {
                return Err(BackupError::Altered(path.display().to_string()).into());
            }
        }
        let first = path.components().next().map(|first| first.as_os_str());
        let taken = first.is_some_and(|first| {
            let first = first.to_string_lossy();
            first.starts_with(DATABASE) || [LOCK, "objects", UNFINISHED].contains(&&*first)
        });
        match taken {
            true => Err(BackupError::Altered(path.display().to_string()).into()),
            false => Ok(self.unfinished.join(path)),
        }
    }

    fn directory(&self, path: &Path, mode: u32) -> Result<(), Stopped> {
        let place = self.place(path)?;
        DirBuilder::new()
            .mode(0o700)
            .create(&place)
            .map_err(io_of(&place))?;
        // What is made in it must be makable.
        std::fs::set_permissions(&place, Permissions::from_mode(mode | 0o700))
            .map_err(io_of(&place))
    }

    fn file(&self, place: &Path, mode: u32, content: &mut dyn Read) -> Result<(), Stopped> {
        // A link of this name, too, is in the way.
        let mut file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(place)
            .map_err(io_of(place))?;
        io::copy(content, &mut file).map_err(io_of(place))?;
        file.set_permissions(Permissions::from_mode(mode))
            .map_err(io_of(place))
    }

    /// The keys are those of the registry: a part that is no file of it would show only at the start.
    fn check_keys(&self, header: &Header) -> anyhow::Result<()> {
        let missing = ["keys", "credentials", "root-ca.pem", "device-ca.pem"]
            .into_iter()
            .find(|name| !self.unfinished.join(name).exists());
        if let Some(missing) = missing {
            bail!("the backup has no `{missing}`, without which no server starts");
        }
        let known = Kept::NAMES
            .iter()
            .any(|name| header.identity.contains_key(*name));
        if !known {
            bail!("the backup does not say whose registry it is");
        }
        Ok(())
    }

    /// Gives everything its place.
    fn settle(&self) -> anyhow::Result<()> {
        let mut names = std::fs::read_dir(&self.unfinished)?
            .map(|entry| Ok(entry?.file_name()))
            .collect::<io::Result<Vec<_>>>()?;
        names.retain(|name| name != LOCK);
        // No server starts on keys that belong to a database which is not there.
        names.sort_by_key(|name| (name == DATABASE, name != "keys"));
        for name in names {
            let (from, to) = (self.unfinished.join(&name), self.directory.join(&name));
            std::fs::rename(&from, &to)
                .with_context(|| format!("cannot move {} to {}", from.display(), to.display()))?;
        }
        File::open(&self.directory)?.sync_all()?;
        Ok(())
    }
}

impl Drop for Empty {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.unfinished);
    }
}

/// Everything that was written is on disk.
fn sync(directory: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            sync(&entry.path())?;
        } else if kind.is_file() {
            File::open(entry.path())?.sync_all()?;
        }
    }
    File::open(directory)?.sync_all()?;
    Ok(())
}

/// A restore that goes no further.
struct Stopped(anyhow::Error);

impl From<BackupError> for Stopped {
    fn from(error: BackupError) -> Self {
        Self(error.into())
    }
}

impl From<nameplate_store::Error> for Stopped {
    fn from(error: nameplate_store::Error) -> Self {
        Self(error.into())
    }
}

fn io_of(path: &Path) -> impl FnOnce(io::Error) -> Stopped {
    move |error| {
        Stopped(anyhow::Error::new(error).context(format!("cannot write {}", path.display())))
    }
}
