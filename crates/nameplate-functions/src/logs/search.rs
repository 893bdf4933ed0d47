//! Pages of a group's lines in the order of their time, which may be another than that in which they came.

use super::{LogEvent, LogQuery, Logs};
use std::collections::BTreeMap;
use std::io;

/// Bytes that each line counts beside its text (CloudWatch Logs API: PutLogEvents).
pub const LINE_BYTES: usize = 26;

/// Where a line stands: its time, in milliseconds since 1970, and its sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub i64, pub u64);

/// A page that is looked for.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Streams and times.
    pub query: LogQuery,
    /// Only beyond this place, in the direction of the search.
    pub beyond: Option<Place>,
    /// From the last line to the first.
    pub backward: bool,
    /// At most so many lines.
    pub limit: usize,
    /// At most so many bytes, but one line in any case.
    pub bytes: usize,
}

/// A page.
#[derive(Debug)]
pub struct Found {
    /// Its lines, the earliest first in either direction.
    pub events: Vec<LogEvent>,
    /// Whether there are more in the direction of the search.
    pub more: bool,
}

impl LogEvent {
    /// Where it stands in the order of time.
    pub fn place(&self) -> Place {
        Place(self.timestamp, self.sequence)
    }
}

impl Logs {
    /// Finds a page of the lines that `wanted` wants. A group that is not there has none.
    pub fn search(
        &self,
        group: &str,
        search: &Search,
        wanted: impl Fn(&LogEvent) -> bool,
    ) -> io::Result<Found> {
        let limit = search.limit.max(1);
        let mut kept: BTreeMap<Place, LogEvent> = BTreeMap::new();
        let mut more = false;
        self.each(group, 0, |event| {
            let place = event.place();
            let beyond = search.beyond.is_none_or(|than| match search.backward {
                true => place < than,
                false => place > than,
            });
            if beyond && search.query.wants(&event) && wanted(&event) {
                kept.insert(place, event);
            }
            if kept.len() > limit {
                more = true;
                match search.backward {
                    true => kept.pop_first(),
                    false => kept.pop_last(),
                };
            }
            true
        })?;
        let mut events: Vec<LogEvent> = kept.into_values().collect();
        if search.backward {
            events.reverse();
        }
        let mut bytes = 0;
        let fit = events.iter().take_while(|event| {
            bytes += event.message.len() + LINE_BYTES;
            bytes <= search.bytes
        });
        let fit = fit.count().max(1);
        if fit < events.len() {
            more = true;
            events.truncate(fit);
        }
        if search.backward {
            events.reverse();
        }
        Ok(Found { events, more })
    }
}
