//! What functions print, kept within a bound: a group of log streams for each function, as CloudWatch Logs has them, and
//! groups that owners make beside them.
//!
//! A group is a ring of files of JSON lines. The oldest file goes when the group is above its bound, so that a function
//! that prints without end costs its own older lines and nothing else. What an owner puts is on disk before it is
//! acknowledged; what a function prints is written as it comes. Reading looks through the files: they are few
//! megabytes. Knows neither functions nor the API that shows this.

mod group;
mod name;
mod saved;
mod search;

pub use group::About;
pub use saved::SavedLogs;
pub use search::{Found, LINE_BYTES, Place, Search};

use group::{State, read_about};
use name::{LONG, decode, encode};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The longest message, in bytes; what is longer is cut into several (CloudWatch Logs: 256 KB for an event).
pub const MAX_MESSAGE: usize = 256 << 10;

/// One line that a function or the host wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEvent {
    /// Counts up within the group, from 1; says what comes after what, and makes tokens and event ids.
    pub sequence: u64,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// `YYYY/MM/DD/[VERSION]<32 hex digits>`.
    pub stream: String,
    /// The text, without its line end. It is whatever the function printed: escape it before a terminal.
    pub message: String,
    /// When an owner put it, in milliseconds since 1970; what a function printed came when it was printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingested: Option<i64>,
}

impl LogEvent {
    /// When it came in, in milliseconds since 1970.
    pub fn ingested(&self) -> i64 {
        self.ingested.unwrap_or(self.timestamp)
    }
}

/// A log stream: one that somebody made, or of which something is still kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogStream {
    /// Its name.
    pub name: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// Of its earliest and its latest line that is still kept, in milliseconds since 1970.
    pub range: Option<(i64, i64)>,
    /// When its last line came in.
    pub ingested: Option<i64>,
}

/// Which lines to read, in the order in which they were written.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    /// Only these streams; empty, all.
    pub streams: Vec<String>,
    /// Only streams whose name begins so.
    pub prefix: Option<String>,
    /// Not before, in milliseconds since 1970.
    pub from: Option<i64>,
    /// Before this, in milliseconds since 1970.
    pub until: Option<i64>,
    /// Only lines with a greater sequence number.
    pub after: u64,
    /// Only lines with a smaller one.
    pub before: Option<u64>,
    /// At most so many; 0, all.
    pub limit: usize,
    /// The last ones instead of the first, still in their order.
    pub tail: bool,
}

impl LogQuery {
    fn wants(&self, event: &LogEvent) -> bool {
        event.sequence > self.after
            && self.before.is_none_or(|before| event.sequence < before)
            && self.from.is_none_or(|from| event.timestamp >= from)
            && self.until.is_none_or(|until| event.timestamp < until)
            && (self.streams.is_empty() || self.streams.contains(&event.stream))
            && self
                .prefix
                .as_ref()
                .is_none_or(|prefix| event.stream.starts_with(prefix))
    }
}

/// All groups.
#[derive(Debug)]
pub struct Logs {
    directory: PathBuf,
    bound: u64,
    groups: Mutex<HashMap<String, Arc<Group>>>,
    /// Nothing is kept any more. Set under the lock of `groups`.
    ended: AtomicBool,
}

#[derive(Debug)]
struct Group {
    state: Mutex<State>,
}

/// What begins the name of a group's folder that is being removed; no group's own begins so.
const GOING: &str = "%going-";

impl Logs {
    /// Opens the logs under `directory`, of which each group may take `bound` bytes.
    pub fn open(directory: &Path, bound: u64) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            // A removal that a crash cut short.
            if entry.file_name().to_string_lossy().starts_with(GOING) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(Self {
            directory: directory.to_owned(),
            bound: bound.max(64 << 10),
            groups: Mutex::default(),
            ended: AtomicBool::new(false),
        })
    }

    /// The groups of which something is kept, by name.
    pub fn groups(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(GOING) {
                continue;
            }
            names.extend(match decode(&name) {
                Some(name) => Some(name),
                None => read_about(&entry.path())?.map(|about| about.name),
            });
        }
        names.sort();
        Ok(names)
    }

    /// Writes lines of one stream, in their order: timestamps in milliseconds since 1970, and texts.
    pub fn append(
        &self,
        group: &str,
        stream: &str,
        lines: impl IntoIterator<Item = (i64, String)>,
    ) -> io::Result<()> {
        let name = group;
        let group = self.group(name, true)?.ok_or(io::ErrorKind::NotFound)?;
        let mut state = group.state.lock();
        if encode(name).starts_with(LONG) && !state.is_kept() {
            let about = state.about.clone();
            state.keep(about)?;
        }
        self.write(&mut state, stream, None, lines)
    }

    /// As [`Self::append`], on disk when it is done, to a group that is there.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] without the group.
    pub fn put(
        &self,
        group: &str,
        stream: &str,
        now: i64,
        lines: impl IntoIterator<Item = (i64, String)>,
    ) -> io::Result<()> {
        let group = self.group(group, false)?.ok_or(io::ErrorKind::NotFound)?;
        self.write(&mut group.state.lock(), stream, Some(now), lines)
    }

    fn write(
        &self,
        state: &mut State,
        stream: &str,
        ingested: Option<i64>,
        lines: impl IntoIterator<Item = (i64, String)>,
    ) -> io::Result<()> {
        let first = state.next;
        let mut text = Vec::new();
        for (timestamp, message) in lines {
            let event = LogEvent {
                sequence: state.next,
                timestamp,
                stream: stream.to_owned(),
                message,
                ingested,
            };
            state.next += 1;
            serde_json::to_writer(&mut text, &event)?;
            text.push(b'\n');
        }
        match text.is_empty() {
            true => Ok(()),
            false => state.write(first, &text, self.bound, ingested.is_some()),
        }
    }

    /// Makes a group; false where there is one of this name.
    pub fn create(&self, name: &str, about: About) -> io::Result<bool> {
        if self.group(name, false)?.is_some() {
            return Ok(false);
        }
        let group = self.group(name, true)?.ok_or(io::ErrorKind::NotFound)?;
        let mut state = group.state.lock();
        // Two may make it at once: the second finds what the first has kept.
        if state.is_kept() {
            return Ok(false);
        }
        let name = name.to_owned();
        state.keep(About { name, ..about })?;
        File::open(&self.directory)?.sync_all()?;
        Ok(true)
    }

    /// What is known of a group, and the bytes of its files.
    pub fn about(&self, name: &str) -> io::Result<Option<(About, u64)>> {
        Ok(self.group(name, false)?.map(|group| {
            let state = group.state.lock();
            (state.about.clone(), state.bytes())
        }))
    }

    /// Changes what is known of a group, on disk when this is done; `None` without the group. The closure may refuse.
    pub fn change<T, E>(
        &self,
        name: &str,
        change: impl FnOnce(&mut About, u64) -> Result<T, E>,
    ) -> io::Result<Option<Result<T, E>>> {
        let Some(group) = self.group(name, false)? else {
            return Ok(None);
        };
        let mut state = group.state.lock();
        let mut about = state.about.clone();
        let last = state.next - 1;
        let done = change(&mut about, last);
        if done.is_ok() && about != state.about {
            state.keep(about)?;
        }
        Ok(Some(done))
    }

    /// Removes files of a group to which nothing was written since `before`, in milliseconds since 1970.
    pub fn expire(&self, name: &str, before: i64) -> io::Result<()> {
        match self.group(name, false)? {
            Some(group) => group.state.lock().expire(before),
            None => Ok(()),
        }
    }

    /// Reads lines. A group of which nothing is kept has none.
    pub fn read(&self, group: &str, query: &LogQuery) -> io::Result<Vec<LogEvent>> {
        let mut found = VecDeque::new();
        self.each(group, query.after, |event| {
            let wanted = query.wants(&event);
            if wanted {
                found.push_back(event);
            }
            if query.limit > 0 && found.len() > query.limit {
                found.pop_front();
            }
            query.tail || query.limit == 0 || found.len() < query.limit
        })?;
        Ok(found.into())
    }

    /// The sequence number of the last line that was written; 0 where there is none. It begins anew when a group was
    /// deleted.
    pub fn last(&self, group: &str) -> io::Result<u64> {
        Ok(match self.group(group, false)? {
            Some(group) => group.state.lock().next - 1,
            None => 0,
        })
    }

    /// The streams of a group, by name.
    pub fn streams(&self, group: &str) -> io::Result<Vec<LogStream>> {
        let made = self
            .about(group)?
            .map(|(about, _)| about.streams)
            .unwrap_or_default();
        let mut streams: BTreeMap<String, LogStream> = BTreeMap::new();
        for (name, created) in made {
            let stream = LogStream {
                name: name.clone(),
                created,
                ..LogStream::default()
            };
            streams.insert(name, stream);
        }
        self.each(group, 0, |event| {
            let ingested = event.ingested();
            let stream = streams
                .entry(event.stream)
                .or_insert_with_key(|name| LogStream {
                    name: name.clone(),
                    created: event.timestamp,
                    ..LogStream::default()
                });
            let (first, last) = stream.range.unwrap_or((event.timestamp, event.timestamp));
            stream.range = Some((first.min(event.timestamp), last.max(event.timestamp)));
            stream.ingested = Some(ingested);
            true
        })?;
        Ok(streams.into_values().collect())
    }

    /// Forgets a group.
    pub fn delete(&self, group: &str) -> io::Result<()> {
        let mut groups = self.groups.lock();
        groups.remove(group);
        let folder = encode(group);
        let going = self
            .directory
            .join(format!("{GOING}{}", uuid::Uuid::new_v4()));
        // It is gone at once, however long its files take.
        match fs::rename(self.directory.join(folder), &going) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            done => done?,
        }
        File::open(&self.directory)?.sync_all()?;
        drop(groups);
        fs::remove_dir_all(going)
    }

    /// Whether there is no group.
    pub fn is_empty(&self) -> bool {
        fs::read_dir(&self.directory).is_ok_and(|mut entries| entries.next().is_none())
    }

    /// Forgets all groups, and keeps nothing from then on: functions that are on their way out may still print. Whoever
    /// opens the folder next finds the groups of `with`.
    pub fn end(&self, with: Option<&SavedLogs>) -> io::Result<()> {
        {
            let mut groups = self.groups.lock();
            self.ended.store(true, Ordering::Release);
            groups.clear();
        }
        let groups = self.groups()?;
        groups.iter().try_for_each(|group| self.delete(group))?;
        with.map_or(Ok(()), |with| with.put_back(&self.directory))
    }

    fn group(&self, name: &str, make: bool) -> io::Result<Option<Arc<Group>>> {
        let mut groups = self.groups.lock();
        if self.ended.load(Ordering::Acquire) {
            return Ok(None);
        }
        if let Some(group) = groups.get(name) {
            return Ok(Some(Arc::clone(group)));
        }
        let folder = self.directory.join(encode(name));
        if !make && !folder.is_dir() {
            return Ok(None);
        }
        let state = State::open(folder, name)?;
        let group = Arc::new(Group {
            state: Mutex::new(state),
        });
        groups.insert(name.to_owned(), Arc::clone(&group));
        Ok(Some(group))
    }

    /// Calls `f` with all lines from `after` on, until it answers false. A line that was cut by a power cut is passed over.
    fn each(&self, group: &str, after: u64, mut f: impl FnMut(LogEvent) -> bool) -> io::Result<()> {
        let Some(group) = self.group(group, false)? else {
            return Ok(());
        };
        let (about, files): (About, Vec<PathBuf>) = {
            let state = group.state.lock();
            let segments = &state.segments;
            let files = (0..segments.len())
                // A file is of no interest if the next one begins at or before what is asked for.
                .filter(|at| segments.get(at + 1).is_none_or(|next| *next > after + 1))
                .map(|at| state.path(segments[at]))
                .collect();
            (state.about.clone(), files)
        };
        for path in files {
            let file = match File::open(&path) {
                Ok(file) => file,
                // It was the oldest, and has gone meanwhile.
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => return Err(e),
            };
            for line in BufReader::new(file).split(b'\n') {
                if let Ok(event) = serde_json::from_slice(&line?)
                    && about.shows(&event)
                    && !f(event)
                {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
