//! What functions print, kept within a bound: a group of log streams for each function, as CloudWatch Logs has them.
//!
//! A group is a ring of files of JSON lines. The oldest file goes when the group is above its bound, so that a function
//! that prints without end costs its own older lines and nothing else. Reading looks through the files: they are few
//! megabytes. Knows neither functions nor the API that shows this.

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::broadcast;

/// The longest message, in bytes; what is longer is cut into several (CloudWatch Logs: 256 KB for an event).
pub const MAX_MESSAGE: usize = 256 << 10;

/// How many files a group's bound is divided into.
const SEGMENTS: u64 = 8;

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
}

/// A log stream, of which something is still kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogStream {
    /// Its name.
    pub name: String,
    /// Of its first line that is still kept, in milliseconds since 1970.
    pub first: i64,
    /// Of its last line.
    pub last: i64,
    /// Bytes of its messages that are still kept.
    pub bytes: u64,
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

/// All groups.
#[derive(Debug)]
pub struct Logs {
    directory: PathBuf,
    bound: u64,
    groups: Mutex<HashMap<String, Arc<Group>>>,
}

#[derive(Debug)]
struct Group {
    state: Mutex<State>,
    live: broadcast::Sender<LogEvent>,
}

#[derive(Debug)]
struct State {
    folder: PathBuf,
    /// First sequence number of each file, oldest first.
    segments: VecDeque<u64>,
    writer: Option<(File, u64)>,
    next: u64,
}

impl Logs {
    /// Opens the logs under `directory`, of which each group may take `bound` bytes.
    pub fn open(directory: &Path, bound: u64) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        Ok(Self {
            directory: directory.to_owned(),
            bound: bound.max(64 << 10),
            groups: Mutex::default(),
        })
    }

    /// The groups of which something is kept, by name.
    pub fn groups(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            names.extend(decode(&entry?.file_name().to_string_lossy()));
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
        let group = self.group(group, true)?.ok_or(io::ErrorKind::NotFound)?;
        let mut state = group.state.lock();
        let mut text = Vec::new();
        let mut events = Vec::new();
        for (timestamp, message) in lines {
            let event = LogEvent {
                sequence: state.next,
                timestamp,
                stream: stream.to_owned(),
                message,
            };
            state.next += 1;
            serde_json::to_writer(&mut text, &event)?;
            text.push(b'\n');
            events.push(event);
        }
        if let Some(first) = events.first() {
            state.write(first.sequence, &text, self.bound)?;
        }
        // In the lock, so that who follows sees them in their order. Nobody may be following.
        for event in events {
            let _ = group.live.send(event);
        }
        Ok(())
    }

    /// Reads lines. A group of which nothing is kept has none.
    pub fn read(&self, group: &str, query: &LogQuery) -> io::Result<Vec<LogEvent>> {
        let mut found = VecDeque::new();
        self.each(group, query.after, |event| {
            let wanted = event.sequence > query.after
                && query.before.is_none_or(|before| event.sequence < before)
                && query.from.is_none_or(|from| event.timestamp >= from)
                && query.until.is_none_or(|until| event.timestamp < until)
                && (query.streams.is_empty() || query.streams.contains(&event.stream))
                && query
                    .prefix
                    .as_ref()
                    .is_none_or(|prefix| event.stream.starts_with(prefix));
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
        let mut streams: BTreeMap<String, LogStream> = BTreeMap::new();
        self.each(group, 0, |event| {
            let stream = streams
                .entry(event.stream)
                .or_insert_with_key(|name| LogStream {
                    name: name.clone(),
                    first: event.timestamp,
                    last: event.timestamp,
                    bytes: 0,
                });
            stream.last = event.timestamp;
            stream.bytes += event.message.len() as u64;
            true
        })?;
        Ok(streams.into_values().collect())
    }

    /// The lines that are written from now on. Who reads too slowly is told how many it missed, and can [`Self::read`] them.
    pub fn subscribe(&self, group: &str) -> io::Result<broadcast::Receiver<LogEvent>> {
        let group = self.group(group, true)?.ok_or(io::ErrorKind::NotFound)?;
        Ok(group.live.subscribe())
    }

    /// Forgets a group.
    pub fn delete(&self, group: &str) -> io::Result<()> {
        self.groups.lock().remove(group);
        match fs::remove_dir_all(self.directory.join(encode(group))) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    fn group(&self, name: &str, make: bool) -> io::Result<Option<Arc<Group>>> {
        let mut groups = self.groups.lock();
        if let Some(group) = groups.get(name) {
            return Ok(Some(Arc::clone(group)));
        }
        let folder = self.directory.join(encode(name));
        if !make && !folder.is_dir() {
            return Ok(None);
        }
        let group = Arc::new(Group {
            state: Mutex::new(State::open(folder)?),
            live: broadcast::Sender::new(1024),
        });
        groups.insert(name.to_owned(), Arc::clone(&group));
        Ok(Some(group))
    }

    /// Calls `f` with all lines from `after` on, until it answers false. A line that was cut by a power cut is passed over.
    fn each(&self, group: &str, after: u64, mut f: impl FnMut(LogEvent) -> bool) -> io::Result<()> {
        let Some(group) = self.group(group, false)? else {
            return Ok(());
        };
        let files: Vec<PathBuf> = {
            let state = group.state.lock();
            let segments = &state.segments;
            (0..segments.len())
                // A file is of no interest if the next one begins at or before what is asked for.
                .filter(|at| segments.get(at + 1).is_none_or(|next| *next > after + 1))
                .map(|at| state.path(segments[at]))
                .collect()
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
                    && !f(event)
                {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

impl State {
    fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut segments: Vec<u64> = fs::read_dir(&folder)?
            .filter_map(|entry| entry.ok()?.path().file_stem()?.to_str()?.parse().ok())
            .collect();
        segments.sort_unstable();
        let mut state = Self {
            folder,
            segments: segments.into(),
            writer: None,
            next: 1,
        };
        if let Some(last) = state.segments.back() {
            state.next = *last;
            for line in BufReader::new(File::open(state.path(*last))?).split(b'\n') {
                if let Ok(event) = serde_json::from_slice::<LogEvent>(&line?) {
                    state.next = event.sequence + 1;
                }
            }
        }
        Ok(state)
    }

    fn path(&self, first: u64) -> PathBuf {
        self.folder.join(format!("{first:020}.jsonl"))
    }

    fn write(&mut self, first: u64, text: &[u8], bound: u64) -> io::Result<()> {
        if self.writer.is_none() {
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
            if *size >= bound / SEGMENTS {
                self.writer = None;
            }
        }
        Ok(())
    }

    /// Removes the oldest files until the rest and one more fit the bound.
    fn trim(&mut self, bound: u64) -> io::Result<()> {
        let mut sizes: VecDeque<u64> = self
            .segments
            .iter()
            .map(|first| fs::metadata(self.path(*first)).map_or(0, |about| about.len()))
            .collect();
        let mut sum: u64 = sizes.iter().sum();
        while sum + bound / SEGMENTS > bound && self.segments.len() > 1 {
            if let Some(oldest) = self.segments.pop_front() {
                sum -= sizes.pop_front().unwrap_or(0);
                fs::remove_file(self.path(oldest))?;
            }
        }
        Ok(())
    }
}

/// A group's name as a file name: what is no letter, digit, `-` or `_` becomes `%` and two hex digits.
fn encode(name: &str) -> String {
    name.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02x}")),
        }
        text
    })
}

fn decode(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte == b'%' {
            bytes.extend(hex::decode(rest.get(..2)?).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(logs: &Logs, query: &LogQuery) -> Vec<String> {
        let events = logs.read("/aws/lambda/f", query).unwrap();
        events.into_iter().map(|event| event.message).collect()
    }

    fn line(at: i64, text: &str) -> (i64, String) {
        (at, text.to_owned())
    }

    #[test]
    fn lines_are_found_by_stream_and_time() {
        let directory = tempfile::tempdir().unwrap();
        let logs = Logs::open(directory.path(), 1 << 20).unwrap();
        let group = "/aws/lambda/f";
        assert!(logs.read(group, &LogQuery::default()).unwrap().is_empty());
        logs.append(group, "2026/11/27/[1]a", [line(10, "one"), line(20, "two")])
            .unwrap();
        logs.append(group, "2026/11/28/[1]b", [line(30, "three\n\"'\u{1b}")])
            .unwrap();
        let all = LogQuery::default();
        assert_eq!(texts(&logs, &all), ["one", "two", "three\n\"'\u{1b}"]);
        let cases = [
            (
                LogQuery {
                    streams: vec!["2026/11/27/[1]a".into()],
                    ..all.clone()
                },
                vec!["one", "two"],
            ),
            (
                LogQuery {
                    prefix: Some("2026/11/28".into()),
                    ..all.clone()
                },
                vec!["three\n\"'\u{1b}"],
            ),
            (
                LogQuery {
                    from: Some(20),
                    until: Some(30),
                    ..all.clone()
                },
                vec!["two"],
            ),
            (
                LogQuery {
                    after: 1,
                    limit: 1,
                    ..all.clone()
                },
                vec!["two"],
            ),
            (
                LogQuery {
                    limit: 2,
                    before: Some(3),
                    tail: true,
                    ..all.clone()
                },
                vec!["one", "two"],
            ),
            (
                LogQuery {
                    limit: 1,
                    before: Some(3),
                    tail: true,
                    ..all.clone()
                },
                vec!["two"],
            ),
        ];
        for (query, expected) in cases {
            assert_eq!(texts(&logs, &query), expected, "{query:?}");
        }
        // Another start goes on counting.
        let again = Logs::open(directory.path(), 1 << 20).unwrap();
        again.append(group, "c", [line(40, "four")]).unwrap();
        assert_eq!(texts(&again, &LogQuery { after: 3, ..all }), ["four"]);
        assert_eq!(again.groups().unwrap(), [group]);
        let streams = again.streams(group).unwrap();
        assert_eq!(streams.len(), 3);
        assert_eq!(
            (streams[0].first, streams[0].last, streams[0].bytes),
            (10, 20, 6)
        );
        again.delete(group).unwrap();
        assert!(again.groups().unwrap().is_empty());
    }

    #[test]
    fn a_group_keeps_to_its_bound() {
        let directory = tempfile::tempdir().unwrap();
        let logs = Logs::open(directory.path(), 64 << 10).unwrap();
        for at in 0..400 {
            logs.append("g", "s", [line(at, &"x".repeat(1000))])
                .unwrap();
        }
        let folder = directory.path().join("g");
        let sum: u64 = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum();
        assert!((48 << 10..=66 << 10).contains(&sum), "{sum}");
        let events = logs.read("g", &LogQuery::default()).unwrap();
        assert_eq!(events.last().unwrap().sequence, 400);
        assert!(
            events
                .windows(2)
                .all(|two| two[0].sequence + 1 == two[1].sequence)
        );
    }

    #[test]
    fn who_follows_sees_what_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let logs = Logs::open(directory.path(), 1 << 20).unwrap();
        let mut live = logs.subscribe("g").unwrap();
        logs.append("g", "s", [line(1, "a"), line(2, "b")]).unwrap();
        assert_eq!(live.try_recv().unwrap().message, "a");
        assert_eq!(live.try_recv().unwrap().message, "b");
    }

    #[test]
    fn names_become_files_and_back() {
        for name in ["/aws/lambda/f", "a.b#c%", "äö", "."] {
            assert_eq!(decode(&encode(name)).as_deref(), Some(name));
            assert!(!encode(name).contains(['/', '.']));
        }
    }
}
