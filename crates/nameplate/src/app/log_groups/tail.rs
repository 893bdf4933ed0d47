//! Lines of a group at all nodes, for who reads on as they come.
//!
//! A node whose clock is behind, or that says late what was printed, is missed by nobody: each node counts its own lines,
//! and a reader has a place at each. Pages are put together in the order of time as far as they reach.

use super::{LogGroups, Result};
use crate::app::peers::{Ask, Told};
use nameplate_functions::{LINE_BYTES, LogEvent, LogQuery};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::fleet::{ANSWER_LIMIT, LINES, Line, LogAsk, LogTold};

/// Where a reader is: the number of the last line that it has of each node, by what tells nodes' directories apart.
pub type Places = BTreeMap<String, u64>;

/// What is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tail {
    /// The group.
    pub group: String,
    /// Lines behind these.
    pub after: Places,
    /// Not before, milliseconds since 1970.
    pub from: Option<i64>,
    /// At most so many.
    pub limit: usize,
    /// The last ones instead of the first.
    pub last: bool,
}

/// What one node has of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// By what its directory is told from others.
    pub of: String,
    /// The number of its last line.
    pub newest: u64,
    /// In the order of their numbers.
    pub lines: Vec<LogEvent>,
    /// There are more.
    pub more: bool,
}

/// A page of all nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// Lines, in the order of time as far as their nodes have it.
    pub lines: Vec<LogEvent>,
    /// Where the reader is behind them.
    pub places: Places,
    /// There are more.
    pub more: bool,
    /// How many nodes did not say.
    pub missing: usize,
    /// The number of the last line of the node that was asked.
    pub newest: u64,
}

impl LogGroups {
    /// Lines of a group that come behind a reader's places, at all nodes, or with `alone` at this one.
    ///
    /// # Errors
    /// That the files cannot be read.
    pub async fn tail(&self, tail: Tail, alone: bool) -> Result<Read> {
        let mut pages = vec![self.tail_here(&tail).await?];
        let newest = pages[0].newest;
        let mut missing = 0;
        if let (false, Some(peers)) = (alone, self.peers.as_deref()) {
            let ask = Ask::Logs(LogAsk::Tail(Box::new(tail.clone())));
            let (answers, absent) = peers.ask_all(&ask, ANSWER_LIMIT).await;
            missing = absent;
            for told in answers {
                match told {
                    Told::Logs(LogTold::Tail(of, newest, lines, more)) => pages.push(Page {
                        of,
                        newest,
                        lines: lines.into_iter().map(LogEvent::from).collect(),
                        more,
                    }),
                    // Of an earlier release, or it cannot read its files.
                    _ => missing += 1,
                }
            }
        }
        Ok(Read {
            missing,
            newest,
            ..together(pages, &tail)
        })
    }

    /// What is told of a node to one that puts pages together.
    pub(super) async fn told_of_tail(&self, tail: &Tail) -> Result<LogTold> {
        let page = self.tail_here(tail).await?;
        let lines: Vec<Line> = page.lines.into_iter().map(Line::from).collect();
        Ok(LogTold::Tail(page.of, page.newest, lines, page.more))
    }

    /// By what this node is told from others in a reader's places.
    pub fn place(&self) -> &str {
        self.kernel.store.name()
    }

    async fn tail_here(&self, tail: &Tail) -> Result<Page> {
        let of = self.place().to_owned();
        let bytes = match self.peers {
            // What each says goes over the bus.
            Some(_) => LINES,
            None => usize::MAX,
        };
        let (group, limit, last) = (tail.group.clone(), tail.limit, tail.last);
        let query = LogQuery {
            from: tail.from,
            after: tail.after.get(&of).copied().unwrap_or_default(),
            limit: if last { limit } else { limit + 1 },
            tail: last,
            ..LogQuery::default()
        };
        self.within(move |logs| {
            // Before the lines: who asks for what comes after it misses none.
            let newest = logs.last(&group)?;
            let mut lines = logs.read(&group, &query)?;
            let mut more = !last && lines.len() > limit;
            lines.truncate(limit);
            let fit = fitting(&lines, last, bytes);
            if fit < lines.len() {
                match last {
                    true => drop(lines.drain(..lines.len() - fit)),
                    false => {
                        more = true;
                        lines.truncate(fit);
                    }
                }
            }
            Ok(Ok(Page {
                of,
                newest,
                lines,
                more,
            }))
        })
        .await
    }
}

/// How many lines of one end have room, one at least.
fn fitting(lines: &[LogEvent], last: bool, bytes: usize) -> usize {
    let mut taken = 0_usize;
    let mut fits = |line: &&LogEvent| {
        taken = taken.saturating_add(line.message.len() + LINE_BYTES);
        taken <= bytes
    };
    let count = match last {
        true => lines.iter().rev().take_while(&mut fits).count(),
        false => lines.iter().take_while(&mut fits).count(),
    };
    count.max(1).min(lines.len())
}

/// Puts pages together. Of a node that has more, nothing is known behind its last line, so what others have that is later
/// waits for the next page.
fn together(pages: Vec<Page>, tail: &Tail) -> Read {
    let (mut all, mut end) = (Vec::new(), None::<i64>);
    let mut places = tail.after.clone();
    let mut more = false;
    for (number, page) in pages.into_iter().enumerate() {
        let before = places.get(&page.of).copied().unwrap_or_default();
        let here = match (tail.last, page.lines.last()) {
            (true, found) => found.map_or(page.newest, |line| page.newest.max(line.sequence)),
            // The group was deleted, and begins anew.
            (false, None) => before.min(page.newest),
            (false, Some(_)) => before,
        };
        places.insert(page.of.clone(), here);
        // A node's own order stays, whatever its lines say of time.
        let mut at = i64::MIN;
        for line in page.lines {
            at = at.max(line.timestamp);
            all.push((at, number, page.of.clone(), line));
        }
        if page.more && !tail.last {
            more = true;
            end = Some(end.map_or(at, |end| end.min(at)));
        }
    }
    all.sort_by_key(|(at, number, _, line)| (*at, *number, line.sequence));
    if let Some(end) = end {
        all.retain(|(at, ..)| *at <= end);
    }
    if all.len() > tail.limit {
        match tail.last {
            true => drop(all.drain(..all.len() - tail.limit)),
            false => {
                more = true;
                all.truncate(tail.limit);
            }
        }
    }
    let mut lines = Vec::with_capacity(all.len());
    for (_, _, of, line) in all {
        let place = places.entry(of).or_default();
        *place = (*place).max(line.sequence);
        lines.push(line);
    }
    Read {
        lines,
        places,
        more,
        ..Read::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(of: &str, lines: &[(u64, i64)], more: bool) -> Page {
        let line = |(sequence, timestamp): &(u64, i64)| LogEvent {
            sequence: *sequence,
            timestamp: *timestamp,
            stream: "s".into(),
            message: format!("{of}{sequence}"),
            ingested: None,
        };
        Page {
            of: of.into(),
            newest: lines.last().map_or(9, |(sequence, _)| *sequence),
            lines: lines.iter().map(line).collect(),
            more,
        }
    }

    fn check(pages: Vec<Page>, tail: &Tail, lines: &[&str], places: &[(&str, u64)], more: bool) {
        let read = together(pages, tail);
        let shown: Vec<&str> = read
            .lines
            .iter()
            .map(|line| line.message.as_str())
            .collect();
        assert_eq!(shown, lines);
        let expected: Places = places
            .iter()
            .map(|(of, at)| ((*of).to_owned(), *at))
            .collect();
        assert_eq!((read.places, read.more), (expected, more));
    }

    fn tail(after: &[(&str, u64)], limit: usize, last: bool) -> Tail {
        Tail {
            after: after
                .iter()
                .map(|(of, at)| ((*of).to_owned(), *at))
                .collect(),
            limit,
            last,
            ..Tail::default()
        }
    }

    #[test]
    fn lines_of_several_nodes_are_in_the_order_of_time() {
        let pages = || {
            vec![
                page("a", &[(1, 10), (2, 40)], false),
                page("b", &[(1, 20), (2, 30)], false),
            ]
        };
        let all = tail(&[], 10, false);
        check(
            pages(),
            &all,
            &["a1", "b1", "b2", "a2"],
            &[("a", 2), ("b", 2)],
            false,
        );
        // Who has read three is behind a node's first and another's both.
        let some = tail(&[], 3, false);
        check(
            pages(),
            &some,
            &["a1", "b1", "b2"],
            &[("a", 1), ("b", 2)],
            true,
        );
        let last = tail(&[], 2, true);
        check(pages(), &last, &["b2", "a2"], &[("a", 2), ("b", 2)], false);
    }

    #[test]
    fn what_a_node_may_yet_say_is_waited_for() {
        let pages = vec![
            page("a", &[(1, 10), (2, 40)], false),
            page("b", &[(1, 20), (2, 30)], true),
        ];
        check(
            pages,
            &tail(&[], 10, false),
            &["a1", "b1", "b2"],
            &[("a", 1), ("b", 2)],
            true,
        );
    }

    #[test]
    fn a_clock_that_is_behind_hides_nothing() {
        let after = tail(&[("a", 7), ("b", 3)], 10, false);
        let pages = vec![page("a", &[], false), page("b", &[(4, -5)], false)];
        check(pages, &after, &["b4"], &[("a", 7), ("b", 4)], false);
        // A node's lines stay in the order in which it has them.
        let pages = vec![
            page("a", &[(8, 50), (9, 20)], true),
            page("b", &[(4, 30)], false),
        ];
        check(
            pages,
            &after,
            &["b4", "a8", "a9"],
            &[("a", 9), ("b", 4)],
            true,
        );
    }

    #[test]
    fn a_group_that_was_deleted_begins_anew() {
        let mut empty = page("a", &[], false);
        empty.newest = 0;
        check(
            vec![empty],
            &tail(&[("a", 7)], 10, false),
            &[],
            &[("a", 0)],
            false,
        );
        // A node that is away keeps its place.
        let here = page("a", &[(8, 1)], false);
        let after = tail(&[("a", 7), ("b", 3)], 10, false);
        check(vec![here], &after, &["a8"], &[("a", 8), ("b", 3)], false);
    }

    #[test]
    fn a_page_has_one_line_at_least() {
        let lines = page("a", &[(1, 1), (2, 2)], false).lines;
        assert_eq!(fitting(&lines, false, 1), 1);
        assert_eq!(fitting(&lines, true, 2 * LINE_BYTES + 4), 2);
        assert_eq!(fitting(&[], true, 1), 0);
    }
}
