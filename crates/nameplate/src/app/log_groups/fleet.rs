//! Log groups of several nodes as one. Lines are files of the node where they came in; what is known of a group is at all
//! nodes that were there when it was said, and at others as soon as they need it.
//!
//! Whoever is asked asks the others and puts together what they say, so each node answers the same. A node that is not
//! there has its lines with it until it comes back. Without a bus each node has its own.

use super::tail::Tail;
use super::{Error, LogGroups, Result, no_group};
use crate::app::error::Kind;
use crate::app::peers::{Ask, Peers, Told};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_functions::{Found, LINE_BYTES, LogEvent, LogGroup, LogStream, Place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a node may take to say something of its logs.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// Groups or streams that a node names at a time, and bytes of lines: a packet of the bus takes a megabyte.
pub(super) const NAMED: usize = 500;
pub(super) const LINES: usize = 96 * 1024;
/// Bits of a line's number that say whose it is.
const NODE: u32 = 16;

/// What one node asks another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogAsk {
    /// Its groups, by name beyond this.
    Groups {
        /// The name.
        after: String,
    },
    /// What it knows of a group.
    Group {
        /// Its name.
        group: String,
    },
    /// Its streams of a group, by name beyond this.
    Streams {
        /// The group.
        group: String,
        /// The name.
        after: String,
    },
    /// A page of lines.
    Lines(Box<Wanted>),
    /// Lines behind a reader's places.
    Tail(Box<Tail>),
    /// Do this, too.
    Change {
        /// To which group.
        group: String,
        /// What.
        change: Change,
    },
}

/// Lines that are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub(super) group: String,
    pub(super) streams: Vec<String>,
    pub(super) prefix: Option<String>,
    pub(super) from: Option<i64>,
    pub(super) until: Option<i64>,
    pub(super) beyond: Option<(i64, u64)>,
    pub(super) backward: bool,
    pub(super) limit: usize,
    pub(super) bytes: usize,
    pub(super) pattern: Option<String>,
}

/// A change of what is known of a group. Made again it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is there, as this says.
    Create(Box<LogGroup>),
    /// It is gone.
    Delete,
    /// For how many days lines are shown.
    Retention(Option<u32>),
    /// Tags.
    Tags(BTreeMap<String, String>),
    /// A stream is there, made then.
    Stream(String, i64),
    /// A stream is gone.
    NoStream(String),
}

/// What a node answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogTold {
    /// Some groups, with the bytes of their files, and whether there are more.
    Groups(Vec<(LogGroup, u64)>, bool),
    /// Some streams, and whether there are more.
    Streams(Vec<Stream>, bool),
    /// Lines, and whether there are more.
    Lines(Vec<Line>, bool),
    /// By what its directory is told from others, the number of its last line, lines, and whether there are more.
    Tail(String, u64, Vec<Line>, bool),
    /// It has no such group.
    Nothing,
    /// It is done.
    Done,
    /// It could not be done.
    Failed,
}

/// A stream, for another node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    name: String,
    created: i64,
    range: Option<(i64, i64)>,
    ingested: Option<i64>,
}

/// A line, for another node: its text in Base64, which has a bound whatever it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    sequence: u64,
    timestamp: i64,
    stream: String,
    text: String,
    ingested: Option<i64>,
}

impl From<LogStream> for Stream {
    fn from(of: LogStream) -> Self {
        Self {
            name: of.name,
            created: of.created,
            range: of.range,
            ingested: of.ingested,
        }
    }
}

impl From<LogEvent> for Line {
    fn from(of: LogEvent) -> Self {
        Self {
            sequence: of.sequence,
            timestamp: of.timestamp,
            stream: of.stream,
            text: STANDARD.encode(of.message),
            ingested: of.ingested,
        }
    }
}

impl From<Line> for LogEvent {
    fn from(of: Line) -> Self {
        let text = STANDARD.decode(of.text).unwrap_or_default();
        Self {
            sequence: of.sequence,
            timestamp: of.timestamp,
            stream: of.stream,
            message: String::from_utf8_lossy(&text).into_owned(),
            ingested: of.ingested,
        }
    }
}

/// The number of a line among those of all nodes, of its own and its node's.
pub(super) fn number_of(sequence: u64, node: u16) -> u64 {
    sequence << NODE | u64::from(node)
}

/// The place of this node's own that is as far as this one of all nodes', in the direction of reading.
pub(super) fn own_place(of: Place, node: u16, backward: bool) -> Place {
    let (sequence, whose) = (of.1 >> NODE, of.1 & ((1 << NODE) - 1));
    let node = u64::from(node);
    let sequence = match backward {
        // Before that place is what has a smaller number, or the same and a smaller node.
        true => sequence + u64::from(node < whose),
        // Beyond it likewise.
        false => sequence.saturating_sub(u64::from(node > whose)),
    };
    Place(of.0, sequence)
}

/// Puts pages of several nodes together: what of them is certain to be next, and whether there is more.
pub(super) fn together(pages: Vec<Found>, backward: bool, limit: usize, bytes: usize) -> Found {
    // A node that has more may have lines right behind its last.
    let ends = pages.iter().filter(|page| page.more);
    let end = match backward {
        true => ends
            .filter_map(|page| page.events.first().map(LogEvent::place))
            .max(),
        false => ends
            .filter_map(|page| page.events.last().map(LogEvent::place))
            .min(),
    };
    let mut more = pages.iter().any(|page| page.more);
    let mut events: Vec<LogEvent> = pages.into_iter().flat_map(|page| page.events).collect();
    events.sort_by_key(LogEvent::place);
    if let Some(end) = end {
        events.retain(|event| match backward {
            true => event.place() >= end,
            false => event.place() <= end,
        });
    }
    if backward {
        events.reverse();
    }
    let mut taken = 0;
    let fit = events.iter().take(limit.max(1)).take_while(|event| {
        taken += event.message.len() + LINE_BYTES;
        taken <= bytes
    });
    let fit = fit.count().max(1);
    if fit < events.len() {
        more = true;
        events.truncate(fit);
    }
    if backward {
        events.reverse();
    }
    Found { events, more }
}

impl LogGroups {
    fn others(&self) -> Option<(&Peers, Vec<i64>)> {
        let peers = self.peers.as_deref()?;
        let (near, _) = peers.nodes();
        Some((peers, near))
    }

    /// Groups of other nodes.
    pub(super) async fn groups_elsewhere(&self) -> Vec<(LogGroup, u64)> {
        let Some((peers, nodes)) = self.others() else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for node in nodes {
            let mut after = String::new();
            while let Some(LogTold::Groups(some, more)) =
                ask(peers, node, LogAsk::Groups { after }).await
            {
                after = some
                    .last()
                    .map(|(about, _)| about.name.clone())
                    .unwrap_or_default();
                let is_end = !more || some.is_empty();
                all.extend(some);
                if is_end {
                    break;
                }
            }
        }
        all
    }

    /// What other nodes know of a group.
    pub(super) async fn group_elsewhere(&self, group: &str) -> Option<LogGroup> {
        let (peers, nodes) = self.others()?;
        for node in nodes {
            let group = group.to_owned();
            if let Some(LogTold::Groups(some, _)) = ask(peers, node, LogAsk::Group { group }).await
                && let Some((about, _)) = some.into_iter().next()
            {
                return Some(about);
            }
        }
        None
    }

    /// Streams that other nodes have of a group; whether one of them has the group.
    pub(super) async fn streams_elsewhere(&self, group: &str) -> (Vec<LogStream>, bool) {
        let Some((peers, nodes)) = self.others() else {
            return (Vec::new(), false);
        };
        let (mut all, mut is_there) = (Vec::new(), false);
        for node in nodes {
            let mut after = String::new();
            loop {
                let group = group.to_owned();
                let told = ask(peers, node, LogAsk::Streams { group, after }).await;
                let Some(LogTold::Streams(some, more)) = told else {
                    break;
                };
                is_there = true;
                after = some.last().map(|one| one.name.clone()).unwrap_or_default();
                let is_end = !more || some.is_empty();
                all.extend(some.into_iter().map(|one| LogStream {
                    name: one.name,
                    created: one.created,
                    range: one.range,
                    ingested: one.ingested,
                }));
                if is_end {
                    break;
                }
            }
        }
        (all, is_there)
    }

    /// Pages of other nodes.
    pub(super) async fn lines_elsewhere(&self, wanted: &Wanted) -> Vec<Found> {
        let Some((peers, nodes)) = self.others() else {
            return Vec::new();
        };
        let asked = nodes.into_iter().map(|node| async move {
            match ask(peers, node, LogAsk::Lines(Box::new(wanted.clone()))).await {
                Some(LogTold::Lines(lines, more)) => Some(Found {
                    events: lines.into_iter().map(LogEvent::from).collect(),
                    more,
                }),
                _ => None,
            }
        });
        let answers = futures_util::future::join_all(asked).await;
        answers.into_iter().flatten().collect()
    }

    /// Has other nodes make a change, too. That all do is needed where it removes something: else that would be there again.
    pub(super) async fn change_elsewhere(&self, group: &str, change: Change) -> Result<()> {
        let Some(peers) = self.peers.as_deref() else {
            return Ok(());
        };
        let removes = matches!(change, Change::Delete | Change::NoStream(_));
        let group = group.to_owned();
        let asked = Ask::Logs(LogAsk::Change { group, change });
        let (answers, missing) = peers.ask_all(&asked, ANSWER_LIMIT).await;
        let done = answers
            .iter()
            .all(|told| *told == Told::Logs(LogTold::Done));
        match removes && (missing > 0 || !done) {
            true => Err(Error::new(
                Kind::Unavailable,
                "Not all nodes have removed it, as some do not answer. Please try again.",
            )),
            false => Ok(()),
        }
    }

    /// Has the group here where another node has it.
    pub(super) async fn mirror(&self, group: &str) -> Result<()> {
        if self.peers.is_none() || self.about_here(group).await?.is_some() {
            return Ok(());
        }
        match self.group_elsewhere(group).await {
            Some(about) => {
                self.change_here(group, Change::Create(Box::new(about)))
                    .await
            }
            None => Err(no_group()),
        }
    }
}

async fn ask(peers: &Peers, node: i64, what: LogAsk) -> Option<LogTold> {
    match peers.ask(node, &Ask::Logs(what), ANSWER_LIMIT).await {
        Some(Told::Logs(told)) => Some(told),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(timestamp: i64, sequence: u64, node: u16) -> LogEvent {
        LogEvent {
            sequence: number_of(sequence, node),
            timestamp,
            stream: "s".into(),
            message: "x".into(),
            ingested: None,
        }
    }

    #[test]
    fn a_place_of_all_is_one_of_each_node() {
        let all: Vec<LogEvent> = (1..4)
            .flat_map(|sequence| (0..3).map(move |node| event(5, sequence, node)))
            .collect();
        for at in &all {
            for node in 0..3 {
                for backward in [false, true] {
                    let own = own_place(at.place(), node, backward);
                    let expected: Vec<u64> = all
                        .iter()
                        .filter(|event| event.sequence & 0xffff == u64::from(node))
                        .filter(|event| match backward {
                            true => event.place() < at.place(),
                            false => event.place() > at.place(),
                        })
                        .map(|event| event.sequence >> NODE)
                        .collect();
                    let found: Vec<u64> = (1..4)
                        .filter(|sequence| match backward {
                            true => Place(5, *sequence) < own,
                            false => Place(5, *sequence) > own,
                        })
                        .collect();
                    assert_eq!(found, expected, "{at:?} {node} {backward}");
                }
            }
        }
    }

    #[test]
    fn pages_of_several_nodes_are_one() {
        let page = |times: &[i64], node, more| Found {
            events: times
                .iter()
                .map(|at| event(*at, at.unsigned_abs(), node))
                .collect(),
            more,
        };
        let times = |found: &Found| {
            found
                .events
                .iter()
                .map(|event| event.timestamp)
                .collect::<Vec<_>>()
        };
        let check = |pages: Vec<Found>, backward, limit, expected: &[i64], more| {
            let found = together(pages, backward, limit, 1 << 20);
            assert_eq!((times(&found).as_slice(), found.more), (expected, more));
        };
        check(
            vec![page(&[1, 4], 0, false), page(&[2, 3], 1, false)],
            false,
            10,
            &[1, 2, 3, 4],
            false,
        );
        // The second may have a line between 3 and 4.
        check(
            vec![page(&[1, 4], 0, false), page(&[2, 3], 1, true)],
            false,
            10,
            &[1, 2, 3],
            true,
        );
        check(
            vec![page(&[1, 4], 0, true), page(&[2, 3], 1, false)],
            true,
            10,
            &[1, 2, 3, 4],
            true,
        );
        check(
            vec![page(&[3, 4], 0, true), page(&[1, 2], 1, false)],
            true,
            10,
            &[3, 4],
            true,
        );
        check(
            vec![page(&[1, 4], 0, false), page(&[2, 3], 1, false)],
            false,
            2,
            &[1, 2],
            true,
        );
        check(
            vec![page(&[1, 4], 0, false), page(&[2, 3], 1, false)],
            true,
            2,
            &[3, 4],
            true,
        );
        check(vec![page(&[], 0, false)], false, 2, &[], false);
    }
}
