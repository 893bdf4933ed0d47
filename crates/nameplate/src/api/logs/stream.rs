//! Log streams.

use super::group_of;
use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use nameplate_functions::LogStream;
use serde_json::{Value, json};

/// Streams of one page (CloudWatch Logs API: DescribeLogStreams).
const PAGE: usize = 50;

/// `CreateLogStream`.
pub async fn create_log_stream(call: &Call<'_>) -> Result<Value, Error> {
    let (group, stream) = (
        call.required("logGroupName")?,
        call.required("logStreamName")?,
    );
    call.app.log_groups.create_stream(group, stream).await?;
    Ok(json!({}))
}

/// `DeleteLogStream`.
pub async fn delete_log_stream(call: &Call<'_>) -> Result<Value, Error> {
    let (group, stream) = (
        call.required("logGroupName")?,
        call.required("logStreamName")?,
    );
    call.app.log_groups.delete_stream(group, stream).await?;
    Ok(json!({}))
}

/// `DescribeLogStreams`, by name or by the time of the last event.
pub async fn describe_log_streams(call: &Call<'_>) -> Result<Value, Error> {
    let group = group_of(call)?;
    let prefix = call.input.text("logStreamNamePrefix");
    let by_time = call.input.text("orderBy") == Some("LastEventTime");
    if by_time && prefix.is_some() {
        return Err(Error::invalid(
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
        ));
    }
    let descending = call.input.flag("descending") == Some(true);
    let page = Page::limited_tokens(call, PAGE)?;
    let mut streams = call.app.log_groups.streams(&group).await?;
    streams.retain(|stream| prefix.is_none_or(|prefix| stream.name.starts_with(prefix)));
    let key = |stream: &LogStream| position(stream, by_time);
    streams.sort_by_key(key);
    if descending {
        streams.reverse();
    }
    if let Some(from) = &page.from {
        streams.retain(|stream| match descending {
            true => key(stream) < *from,
            false => key(stream) > *from,
        });
    }
    let next = page.cut(&mut streams, key);
    let arn = call.app.realm().log_group(&group);
    let arn = arn.strip_suffix(":*").unwrap_or(&arn);
    let streams = streams.iter().map(|stream| shown(arn, stream));
    Ok(page.answer("logStreams", streams.collect(), next))
}

/// What streams are ordered by; a name is part of it, so that no two are the same.
fn position(stream: &LogStream, by_time: bool) -> String {
    match by_time {
        true => {
            let last = stream.range.map_or(0, |(_, last)| last);
            format!("{last:020} {}", stream.name)
        }
        false => stream.name.clone(),
    }
}

fn shown(group: &str, stream: &LogStream) -> Value {
    let mut members = json!({
        "logStreamName": stream.name,
        "creationTime": stream.created,
        "arn": format!("{group}:log-stream:{}", stream.name),
        // AWS has not kept count of a stream's bytes since 2019.
        "storedBytes": 0,
    });
    if let Some((first, last)) = stream.range {
        members["firstEventTimestamp"] = json!(first);
        members["lastEventTimestamp"] = json!(last);
    }
    if let Some(at) = stream.ingested {
        members["lastIngestionTime"] = json!(at);
    }
    members
}
