//! Streams of file delivery.

use crate::api::Call;
use crate::api::iot::job::owned;
use crate::api::iot::tag;
use crate::api::page::Page;
use crate::app::streams::{StreamChange, StreamFile, StreamRow, files_of};
use crate::app::{Error, Kind};
use serde_json::{Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 25;

fn arn(call: &Call<'_>, id: &str) -> String {
    call.caller.ctx.realm.iot(format_args!("stream/{id}"))
}

fn change(call: &Call<'_>) -> Result<StreamChange, Error> {
    let given = call
        .input
        .get("files")
        .is_some_and(|files| !files.is_null());
    let files = call.input.items("files").iter().map(|file| {
        let location = &file["s3Location"];
        if location
            .get("version")
            .is_some_and(|version| !version.is_null())
        {
            let text = "Nameplate does not implement versions of objects of S3 yet.";
            return Err(Error::new(Kind::NotBuilt, text));
        }
        let text = |name: &str| location[name].as_str().map(str::to_owned);
        let (Some(id), Some(bucket), Some(key)) =
            (file["fileId"].as_i64(), text("bucket"), text("key"))
        else {
            return Err(Error::invalid(
                "A file of a stream needs fileId, and bucket and key of its s3Location",
            ));
        };
        Ok(StreamFile { id, bucket, key })
    });
    let files: Vec<StreamFile> = files.collect::<Result<_, _>>()?;
    Ok(StreamChange {
        description: owned(call, "description"),
        files: given.then_some(files),
        role_arn: owned(call, "roleArn"),
    })
}

fn summary(call: &Call<'_>, row: &StreamRow) -> Value {
    let mut item = json!({
        "streamId": row.name,
        "streamArn": arn(call, &row.name),
        "streamVersion": row.version,
    });
    if let Some(description) = &row.description {
        item["description"] = description.as_str().into();
    }
    item
}

/// `CreateStream`.
pub async fn create_stream(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("streamId")?;
    let streams = &call.app.streams;
    let made = streams
        .create_stream(&call.caller, id, change(call)?, tag::given(call))
        .await?;
    Ok(summary(call, &made))
}

/// `DescribeStream`.
pub async fn describe_stream(call: &Call<'_>) -> Result<Value, Error> {
    let row = call.app.streams.stream(call.required("streamId")?).await?;
    let files: Vec<Value> = files_of(&row)?
        .into_iter()
        .map(|file| {
            json!({"fileId": file.id, "s3Location": {"bucket": file.bucket, "key": file.key}})
        })
        .collect();
    let mut info = summary(call, &row);
    info["files"] = files.into();
    info["createdAt"] = row.created.as_seconds_f64().into();
    info["lastUpdatedAt"] = row.modified.as_seconds_f64().into();
    info["roleArn"] = row.role_arn.into();
    Ok(json!({"streamInfo": info}))
}

/// `UpdateStream`.
pub async fn update_stream(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("streamId")?;
    let streams = &call.app.streams;
    let row = streams
        .update_stream(&call.caller, id, change(call)?)
        .await?;
    Ok(summary(call, &row))
}

/// `DeleteStream`.
pub async fn delete_stream(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("streamId")?;
    call.app.streams.delete_stream(&call.caller, id).await?;
    Ok(json!({}))
}

/// `ListStreams`: the newest first, unless asked otherwise.
pub async fn list_streams(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let ascending = call.input.get("ascendingOrder").and_then(Value::as_bool) == Some(true);
    let streams = &call.app.streams;
    let mut found = streams
        .streams(ascending, page.key()?, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |row| row.key.to_string());
    let items = found.iter().map(|row| summary(call, row)).collect();
    Ok(page.answer("streams", items, next))
}
