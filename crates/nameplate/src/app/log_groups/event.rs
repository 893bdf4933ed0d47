//! Lines of log groups: what is put, and pages of what is read.

use super::fleet::{self, Wanted};
use super::{DAY, Error, Kind, LogGroups, Result, no_group, no_stream};
use aws_lc_rs::digest::{SHA256, digest};
use nameplate_core::log_filter::Pattern;
use nameplate_functions::{LINE_BYTES, LogEvent, LogQuery, Place, Search};

/// Most bytes of what is put at once, and of a page (CloudWatch Logs API: PutLogEvents, FilterLogEvents).
const BATCH_BYTES: usize = 1_048_576;
/// How much later than now a line may be, and how much earlier, milliseconds.
const LATER: i64 = 2 * 3_600_000;
const EARLIER: i64 = 14 * DAY;

/// A line to put: milliseconds since 1970, and its text.
pub type Line = (i64, String);

/// What of a batch was not kept, by index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Put {
    /// The first line that is too far in the future.
    pub too_new_from: Option<usize>,
    /// The line behind the last that is too old.
    pub too_old_until: Option<usize>,
    /// The line behind the last that is older than the group's retention.
    pub expired_until: Option<usize>,
}

/// A page to read.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// Only these streams, or only those that begin so.
    pub streams: Vec<String>,
    /// As `streams`.
    pub prefix: Option<String>,
    /// Not before, milliseconds since 1970.
    pub from: Option<i64>,
    /// Not at or behind, milliseconds since 1970.
    pub until: Option<i64>,
    /// Beyond this place in the direction of reading.
    pub beyond: Option<Place>,
    /// The last lines instead of the first.
    pub backward: bool,
    /// Most lines.
    pub limit: usize,
    /// A filter pattern.
    pub pattern: Option<String>,
    /// Whether the streams must be there.
    pub must_exist: bool,
}

/// A page that was read: lines in the order of their time, and whether there are more.
pub type Page = nameplate_functions::Found;

impl LogGroups {
    /// Puts lines, which are on disk when this is done. Those that are too old or too new are left out, as in AWS.
    ///
    /// # Errors
    /// `Invalid` for a batch that is too large, out of order or longer than a day; `NotFound`.
    pub async fn put(&self, group: &str, stream: &str, lines: Vec<Line>) -> Result<Put> {
        check_batch(&lines)?;
        self.mirror(group).await?;
        let now = self.kernel.now().0;
        let about = self.about_here(group).await?.ok_or_else(no_group)?;
        if !about.streams.contains_key(stream) {
            let there = self.streams(group).await?;
            if !there.iter().any(|found| found.name == stream) {
                return Err(no_stream());
            }
        }
        let (group, stream) = (group.to_owned(), stream.to_owned());
        self.within(move |logs| {
            let retention = about.retention_days.map(|days| now - i64::from(days) * DAY);
            let put = sort_out(&lines, now, retention);
            let from = put.too_old_until.max(put.expired_until).unwrap_or(0);
            let until = put.too_new_from.unwrap_or(lines.len());
            if from < until {
                let kept = lines.into_iter().take(until).skip(from);
                logs.put(&group, &stream, now, kept)?;
            }
            Ok(Ok(put))
        })
        .await
    }

    /// Keeps lines of a service of AWS's, which makes the group and the stream where they are not there; `of` is what the
    /// stream is named after. They count as functions' lines do: kept, and not waited for until they are on disk.
    pub async fn deliver(&self, group: &str, of: (&str, &str), lines: Vec<Line>) -> Result<()> {
        if let Err(error) = self.mirror(group).await
            && error.kind != Kind::NotFound
        {
            return Err(error);
        }
        let name = format!("{}/{}", of.0, of.1);
        let digest = digest(&SHA256, name.as_bytes());
        let stream: String = digest.as_ref()[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let group = group.to_owned();
        self.within(move |logs| logs.append(&group, &stream, lines).map(Ok))
            .await
    }

    /// Reads a page.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` or `NotBuilt` for a filter pattern.
    pub async fn read(&self, group: &str, read: Read) -> Result<Page> {
        read.pattern.as_deref().map(Pattern::parse).transpose()?;
        if read.must_exist {
            let there = self.streams(group).await?;
            let is = |name: &String| there.iter().any(|found| found.name == *name);
            if !read.streams.iter().all(is) {
                return Err(no_stream());
            }
        }
        self.get(group).await?;
        let bytes = match self.peers {
            // What each says goes over the bus.
            Some(_) => fleet::LINES,
            None => BATCH_BYTES,
        };
        let wanted = Wanted {
            group: group.to_owned(),
            streams: read.streams,
            prefix: read.prefix,
            from: read.from,
            until: read.until,
            beyond: read.beyond.map(|place| (place.0, place.1)),
            backward: read.backward,
            limit: read.limit,
            bytes,
            pattern: read.pattern,
        };
        let elsewhere = self.lines_elsewhere(&wanted).await;
        let here = self.page_here(wanted).await?;
        if elsewhere.is_empty() {
            return Ok(here);
        }
        let pages = std::iter::once(here).chain(elsewhere).collect();
        Ok(fleet::together(
            pages,
            read.backward,
            read.limit,
            BATCH_BYTES,
        ))
    }

    /// A page of the lines of this node; none where it has no such group. Where there may be other nodes, each line's number
    /// is one among those of all.
    pub(super) async fn page_here(&self, wanted: Wanted) -> Result<Page> {
        let pattern = wanted.pattern.as_deref().map(Pattern::parse).transpose()?;
        let now = self.kernel.now().0;
        let node = self.peers.as_ref().map(|_| self.kernel.node_number());
        let page = self.within(move |logs| {
            let Some((about, _)) = logs.about(&wanted.group)? else {
                return Ok(Ok(Page {
                    events: Vec::new(),
                    more: false,
                }));
            };
            let kept_from = about.retention_days.map(|days| now - i64::from(days) * DAY);
            if let Some(before) = kept_from {
                logs.expire(&wanted.group, before)?;
            }
            let beyond = wanted.beyond.map(|(at, number)| {
                let place = Place(at, number);
                node.map_or(place, |node| fleet::own_place(place, node, wanted.backward))
            });
            let search = Search {
                query: LogQuery {
                    streams: wanted.streams,
                    prefix: wanted.prefix,
                    from: wanted.from.max(kept_from),
                    until: wanted.until,
                    ..LogQuery::default()
                },
                beyond,
                backward: wanted.backward,
                limit: wanted.limit,
                bytes: wanted.bytes,
            };
            let finds = |event: &LogEvent| match &pattern {
                Some(pattern) => pattern.finds(&event.message),
                None => true,
            };
            logs.search(&wanted.group, &search, finds).map(Ok)
        });
        let mut page = page.await?;
        if let Some(node) = node {
            for event in &mut page.events {
                event.sequence = fleet::number_of(event.sequence, node);
            }
        }
        Ok(page)
    }
}

/// CloudWatch Logs API: PutLogEvents.
fn check_batch(lines: &[Line]) -> Result<()> {
    let bytes: usize = lines.iter().map(|(_, text)| text.len() + LINE_BYTES).sum();
    if bytes > BATCH_BYTES {
        return Err(Error::invalid(format!(
            "Upload too large: {bytes} bytes exceeds limit of {BATCH_BYTES}"
        )));
    }
    if !lines.is_sorted_by_key(|(at, _)| *at) {
        return Err(Error::invalid(
            "Log events in a single PutLogEvents request must be in chronological order.",
        ));
    }
    let span = lines
        .last()
        .zip(lines.first())
        .and_then(|(last, first)| last.0.checked_sub(first.0));
    match span {
        Some(span) if span > DAY => Err(Error::invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        )),
        _ => Ok(()),
    }
}

fn sort_out(lines: &[Line], now: i64, retention: Option<i64>) -> Put {
    let before = |limit: i64| {
        let count = lines.partition_point(|(at, _)| *at < limit);
        (count > 0).then_some(count)
    };
    let in_time = lines.partition_point(|(at, _)| *at <= now + LATER);
    Put {
        too_new_from: (in_time < lines.len()).then_some(in_time),
        too_old_until: before(now - EARLIER),
        expired_until: retention.and_then(before),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(times: &[i64]) -> Vec<Line> {
        times.iter().map(|at| (*at, "x".to_owned())).collect()
    }

    #[test]
    fn what_is_too_old_or_too_new_is_left_out() {
        let now = 100 * DAY;
        let check = |times: &[i64], retention, expected: Put| {
            assert_eq!(sort_out(&at(times), now, retention), expected, "{times:?}");
        };
        check(&[now, now + LATER], None, Put::default());
        let put = Put {
            too_new_from: Some(1),
            ..Put::default()
        };
        check(&[now + LATER, now + LATER + 1], None, put);
        let put = Put {
            too_old_until: Some(1),
            ..Put::default()
        };
        check(&[now - EARLIER - 1, now - EARLIER], None, put);
        let put = Put {
            expired_until: Some(2),
            ..Put::default()
        };
        check(&[now - 3, now - 2, now - 1], Some(now - 1), put);
    }

    #[test]
    fn batches_have_bounds() {
        let refused = |lines: &[Line]| check_batch(lines).expect_err("refused").message;
        assert!(check_batch(&at(&[1, 1, DAY + 1])).is_ok());
        assert!(refused(&at(&[2, 1])).contains("chronological"));
        assert!(refused(&at(&[0, DAY + 1])).contains("24 hours"));
        let large = vec![(1, "x".repeat(BATCH_BYTES - LINE_BYTES))];
        assert!(check_batch(&large).is_ok());
        let larger = vec![(1, "x".repeat(BATCH_BYTES - LINE_BYTES + 1))];
        assert!(refused(&larger).contains("Upload too large: 1048577 bytes"));
    }
}
