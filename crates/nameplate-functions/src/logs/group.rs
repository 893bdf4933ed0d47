//! One group's files: a ring of JSON lines, and beside it what is known of the group.

use super::LogEvent;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How many files a group's bound is divided into.
pub(super) const SEGMENTS: u64 = 8;

/// The file of [`About`] in a group's folder.
pub(super) const ABOUT: &str = "group.json";

/// What is kept of a group beside its lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name: a long one is no name of a file.
    pub name: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// Days for which lines are kept; none, as long as they fit the bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// When each stream was made that somebody made, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub streams: BTreeMap<String, i64>,
    /// Streams that were deleted, and the last sequence number of the group at that time: their lines up to it are gone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub deleted: BTreeMap<String, u64>,
}

impl About {
    /// Whether a line is still there to be read.
    pub(super) fn shows(&self, event: &LogEvent) -> bool {
        let deleted = self.deleted.get(&event.stream);
        deleted.is_none_or(|until| event.sequence > *until)
    }
}

#[derive(Debug)]
pub(super) struct State {
    folder: PathBuf,
    /// First sequence number of each file, oldest first.
    pub(super) segments: VecDeque<u64>,
    writer: Option<(File, u64)>,
    pub(super) next: u64,
    pub(super) about: About,
    /// Whether `about` is on disk.
    kept: bool,
}

impl State {
    pub(super) fn open(folder: PathBuf, name: &str) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut segments: Vec<u64> = fs::read_dir(&folder)?
            .filter_map(|entry| segment(&entry.ok()?.path()))
            .collect();
        segments.sort_unstable();
        let found = read_about(&folder)?;
        let kept = found.is_some();
        let about = match found {
            Some(about) => about,
            None => About {
                name: name.to_owned(),
                created: modified(&folder)?,
                ..About::default()
            },
        };
        let mut state = Self {
            folder,
            segments: segments.into(),
            writer: None,
            next: 1,
            about,
            kept,
        };
        if let Some(last) = state.segments.back() {
            state.next = *last;
            for line in BufReader::new(File::open(state.path(*last))?).split(b'\n') {
                if let Ok(event) = serde_json::from_slice::<LogEvent>(&line?) {
                    state.next = event.sequence + 1;
                }
            }
        }
        // What was deleted had these numbers, even where the lines themselves have gone.
        if let Some(deleted) = state.about.deleted.values().max() {
            state.next = state.next.max(deleted + 1);
        }
        Ok(state)
    }

    /// Whether somebody made the group, or changed it: one that a function's first line made is not written down.
    pub(super) fn is_kept(&self) -> bool {
        self.kept || self.next > 1
    }

    pub(super) fn path(&self, first: u64) -> PathBuf {
        self.folder.join(format!("{first:020}.jsonl"))
    }

    /// Appends lines. `durable`: they are on disk when this is done.
    pub(super) fn write(
        &mut self,
        first: u64,
        text: &[u8],
        bound: u64,
        durable: bool,
    ) -> io::Result<()> {
        let begins = self.writer.is_none();
        if begins {
            // A new file after a start: the last one may end in half a line.
            let path = self.path(first);
            let file = OpenOptions::new().append(true).create(true).open(path)?;
            let size = file.metadata()?.len();
            if self.segments.back() != Some(&first) {
                self.segments.push_back(first);
            }
            self.writer = Some((file, size));
            self.trim(bound)?;
        }
        if let Some((file, size)) = &mut self.writer {
            file.write_all(text)?;
            *size += text.len() as u64;
            if durable {
                file.sync_data()?;
                if begins {
                    File::open(&self.folder)?.sync_all()?;
                }
            }
            if *size >= bound / SEGMENTS {
                self.writer = None;
            }
        }
        Ok(())
    }

    /// Removes the oldest files until the rest and one more fit the bound.
    fn trim(&mut self, bound: u64) -> io::Result<()> {
        let mut sizes: VecDeque<u64> = self.sizes().collect();
        let mut sum: u64 = sizes.iter().sum();
        while sum + bound / SEGMENTS > bound && self.segments.len() > 1 {
            sum -= sizes.pop_front().unwrap_or(0);
            self.drop_oldest()?;
        }
        Ok(())
    }

    /// Removes files to which nothing was written since `before`, milliseconds since 1970.
    pub(super) fn expire(&mut self, before: i64) -> io::Result<()> {
        while let Some(oldest) = self.segments.front() {
            if modified(&self.path(*oldest)).is_ok_and(|at| at >= before) {
                break;
            }
            if self.segments.len() == 1 {
                self.writer = None;
            }
            self.drop_oldest()?;
        }
        Ok(())
    }

    fn drop_oldest(&mut self) -> io::Result<()> {
        let Some(oldest) = self.segments.pop_front() else {
            return Ok(());
        };
        match fs::remove_file(self.path(oldest)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        // What has gone altogether need not be remembered as deleted.
        let first = self.segments.front().copied().unwrap_or(self.next);
        self.about.deleted.retain(|_, until| *until >= first);
        Ok(())
    }

    fn sizes(&self) -> impl Iterator<Item = u64> {
        let segments = self.segments.iter();
        segments.map(|first| fs::metadata(self.path(*first)).map_or(0, |about| about.len()))
    }

    /// Bytes of all its files of lines.
    pub(super) fn bytes(&self) -> u64 {
        self.sizes().sum()
    }

    /// Keeps what is known of the group, on disk before this is done.
    pub(super) fn keep(&mut self, about: About) -> io::Result<()> {
        let path = self.folder.join(ABOUT);
        let new = path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(&about)?)?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        File::open(&self.folder)?.sync_all()?;
        self.about = about;
        self.kept = true;
        Ok(())
    }
}

/// What a folder says of its group.
pub(super) fn read_about(folder: &Path) -> io::Result<Option<About>> {
    match fs::read(folder.join(ABOUT)) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

fn segment(path: &Path) -> Option<u64> {
    let lines = path.extension().is_some_and(|end| end == "jsonl");
    lines.then(|| path.file_stem()?.to_str()?.parse().ok())?
}

/// When a file was written to last, in milliseconds since 1970.
fn modified(path: &Path) -> io::Result<i64> {
    let at = fs::metadata(path)?.modified()?;
    let since = at.duration_since(SystemTime::UNIX_EPOCH);
    Ok(since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }))
}
