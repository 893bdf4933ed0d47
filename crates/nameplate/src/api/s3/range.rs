//! Which bytes of an object a reader gets, and whether it gets any.

use super::Fault;
use super::headers::unquoted;
use crate::app::objects::{Extent, ObjectInfo, Refusal};
use nameplate_aws::request::Input;
use nameplate_core::ctx::Millis;

/// What a `Range` header means for an object of this size: `None` for all of it, as for a header that is no range or
/// names several, which S3 passes over.
///
/// # Errors
/// [`Refusal::Range`] where no byte is in it.
pub(super) fn parse(range: &str, size: u64) -> Result<Option<Extent>, Refusal> {
    let Some((first, last)) = range
        .trim()
        .strip_prefix("bytes=")
        .filter(|ranges| !ranges.contains(','))
        .and_then(|range| range.split_once('-'))
    else {
        return Ok(None);
    };
    let (first, last) = (number(first), number(last));
    let refused = Err(Refusal::Range {
        range: range.to_owned(),
        bytes: size,
    });
    match (first, last) {
        (Ok(Some(first)), Ok(Some(last))) if last < first => Ok(None),
        (Ok(Some(first)), Ok(_)) if first >= size => refused,
        (Ok(Some(first)), Ok(last)) => {
            let last = last.unwrap_or(u64::MAX).min(size - 1);
            Ok(Some(Extent {
                offset: first,
                size: last - first + 1,
            }))
        }
        (Ok(None), Ok(Some(0))) => refused,
        (Ok(None), Ok(Some(_))) if size == 0 => refused,
        (Ok(None), Ok(Some(suffix))) => Ok(Some(Extent {
            offset: size.saturating_sub(suffix),
            size: suffix.min(size),
        })),
        _ => Ok(None),
    }
}

/// The header that says which bytes of a source are copied.
const SOURCE_RANGE: &str = "x-amz-copy-source-range";

/// The bytes of a source of this size that an `x-amz-copy-source-range` names: `bytes=first-last` within it.
///
/// # Errors
/// S3's sentences.
pub(super) fn of_source(range: &str, size: u64) -> Result<Extent, Fault> {
    let wrong = |message: String| Fault::Argument {
        name: SOURCE_RANGE,
        value: range.to_owned(),
        message,
    };
    let bounds = range
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
        .map(|(first, last)| (number(first), number(last)));
    let (first, last) = match bounds {
        Some((Ok(Some(first)), Ok(Some(last)))) if first <= last => (first, last),
        _ => {
            let text = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last \
                        are the zero-based offsets of the first and last bytes to copy";
            return Err(wrong(text.to_owned()));
        }
    };
    if first >= size {
        return Err(Fault::Request(
            "The specified copy range is invalid for the source object size",
        ));
    }
    if last >= size {
        return Err(wrong(format!(
            "Range specified is not valid for source object of size: {size}"
        )));
    }
    Ok(Extent {
        offset: first,
        size: last - first + 1,
    })
}

/// A number, or nothing at all.
fn number(text: &str) -> Result<Option<u64>, ()> {
    if text.is_empty() {
        return Ok(None);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(());
    }
    // More than there can be is as good as all there is.
    Ok(Some(text.parse().unwrap_or(u64::MAX)))
}

/// The bytes of the part with this number.
pub(super) fn part(info: &ObjectInfo, number: i64) -> Result<Extent, Refusal> {
    let whole = [info.size];
    let parts = match info.details.parts.as_slice() {
        [] => &whole[..],
        parts => parts,
    };
    let found = usize::try_from(number).ok().and_then(|number| {
        parts
            .get(number.checked_sub(1)?)
            .map(|size| (number, *size))
    });
    match found {
        Some((number, size)) => Ok(Extent {
            offset: parts[..number - 1].iter().sum(),
            size,
        }),
        None => Err(Refusal::Range {
            range: format!("part {number}"),
            bytes: info.size,
        }),
    }
}

/// Refuses where a condition of a reader does not hold. `of` is what the names of the members begin with: nothing, or
/// `CopySource`. A time that is still to come means nothing. [RFC 7232, 6: an entity tag goes before a time]
pub(super) fn check(
    input: &Input,
    of: &str,
    info: &ObjectInfo,
    now: Millis,
) -> Result<(), Refusal> {
    let text = |name: &str| input.text(&format!("{of}{name}"));
    let time = |name: &str| {
        let seconds = input.get(&format!("{of}{name}"))?.as_f64()? as i64;
        (seconds <= now.as_seconds()).then_some(seconds)
    };
    let modified = info.modified.as_seconds();
    let refused = |condition| {
        let condition = match (of, condition) {
            ("", condition) => condition,
            (_, "If-Match") => "x-amz-copy-source-If-Match",
            (_, "If-Unmodified-Since") => "x-amz-copy-source-If-Unmodified-Since",
            (_, "If-None-Match") => "x-amz-copy-source-If-None-Match",
            _ => "x-amz-copy-source-If-Modified-Since",
        };
        Err(Refusal::Precondition { condition })
    };
    match (text("IfMatch"), time("IfUnmodifiedSince")) {
        (Some(tags), _) if !names(tags, &info.etag) => return refused("If-Match"),
        (None, Some(since)) if modified > since => return refused("If-Unmodified-Since"),
        _ => {}
    }
    let unchanged = match (text("IfNoneMatch"), time("IfModifiedSince")) {
        (Some(tags), _) => names(tags, &info.etag).then_some("If-None-Match"),
        (None, Some(since)) => (modified <= since).then_some("If-Modified-Since"),
        (None, None) => None,
    };
    match unchanged {
        None => Ok(()),
        Some(_) if of.is_empty() => Err(Refusal::NotModified {
            etag: info.etag.clone(),
        }),
        Some(condition) => refused(condition),
    }
}

/// Whether an entity tag is among those of a header.
fn names(tags: &str, etag: &str) -> bool {
    tags.split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || unquoted(tag.strip_prefix("W/").unwrap_or(tag)) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let check = |range: &str, size: u64, expected: Option<(u64, u64)>| {
            let expected = expected.map(|(offset, size)| Extent { offset, size });
            assert_eq!(parse(range, size), Ok(expected), "{range} of {size}");
        };
        check("bytes=0-4", 10, Some((0, 5)));
        check("bytes=5-", 10, Some((5, 5)));
        check("bytes=-3", 10, Some((7, 3)));
        check("bytes=-30", 10, Some((0, 10)));
        check("bytes=8-100", 10, Some((8, 2)));
        check("bytes=0-99999999999999999999999", 10, Some((0, 10)));
        check("bytes=4-2", 10, None);
        check("bytes=0-1,4-5", 10, None);
        check("bytes=a-b", 10, None);
        check("bytes=-", 10, None);
        check("lines=0-1", 10, None);
        let refused = |range: &str, size: u64| {
            assert!(parse(range, size).is_err(), "{range} of {size}");
        };
        refused("bytes=10-", 10);
        refused("bytes=-0", 10);
        refused("bytes=0-", 0);
        refused("bytes=-1", 0);
    }

    #[test]
    fn ranges_of_sources() {
        let check = |range: &str, expected: Result<(u64, u64), &str>| {
            let found = of_source(range, 10).map(|extent| (extent.offset, extent.size));
            let found = found.map_err(|fault| match fault {
                Fault::Argument { message, .. } => message,
                Fault::Request(text) => text.to_owned(),
                _ => String::new(),
            });
            match expected {
                Ok(extent) => assert_eq!(found, Ok(extent), "{range}"),
                Err(text) => assert!(found.is_err_and(|found| found.contains(text)), "{range}"),
            }
        };
        check("bytes=0-9", Ok((0, 10)));
        check("bytes=4-4", Ok((4, 1)));
        // LocalStack's recordings: test_upload_part_copy_range.
        check(
            "bytes=0-100",
            Err("Range specified is not valid for source object of size: 10"),
        );
        for range in ["bytes=10-10", "bytes=100-200"] {
            let text = "The specified copy range is invalid for the source object size";
            check(range, Err(text));
        }
        for range in [
            "0-9",
            "bytes=0-",
            "bytes=-9",
            "bytes=a-9",
            "bytes=0",
            "bytes=0-1,4-5",
            "bytes=4-2",
        ] {
            check(range, Err("must be of the form bytes=first-last"));
        }
    }
}
