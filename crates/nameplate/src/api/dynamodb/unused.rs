//! What is told of a table, and of the account, about what cannot be made here and so is not there: contributor insights,
//! streams of Kinesis, backups, exports and global tables.

use super::answer::reply;
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::Error;
use serde_json::{Value, json};

async fn table(call: &Call<'_>) -> Result<String, Error> {
    let table = call.required("TableName")?;
    let found = call.app.tables.describe_table(table).await?.table;
    if let Some(name) = call.input.text("IndexName") {
        let mut indexes = found.indexes.iter();
        if !indexes.any(|index| !index.local && index.name == name) {
            return Err(Error::not_found(format!(
                "Requested resource not found: Index: {name} not found for table: {}",
                found.name
            )));
        }
    }
    Ok(found.name)
}

/// `DescribeContributorInsights`
pub async fn describe_contributor_insights(call: &mut Call<'_>) -> Result<Reply, Error> {
    let mut answer =
        json!({"TableName": table(call).await?, "ContributorInsightsStatus": "DISABLED"});
    if let Some(index) = call.input.text("IndexName") {
        answer["IndexName"] = json!(index);
    }
    Ok(reply(&answer))
}

/// `DescribeKinesisStreamingDestination`
pub async fn describe_kinesis_streaming_destination(call: &mut Call<'_>) -> Result<Reply, Error> {
    let table = table(call).await?;
    let none: [Value; 0] = [];
    Ok(reply(
        &json!({"TableName": table, "KinesisDataStreamDestinations": none}),
    ))
}

fn empty(list: &str) -> Reply {
    let none: [Value; 0] = [];
    reply(&json!({list: none}))
}

/// `ListBackups`
pub async fn list_backups(_: &mut Call<'_>) -> Result<Reply, Error> {
    Ok(empty("BackupSummaries"))
}

/// `ListContributorInsights`
pub async fn list_contributor_insights(_: &mut Call<'_>) -> Result<Reply, Error> {
    Ok(empty("ContributorInsightsSummaries"))
}

/// `ListExports`
pub async fn list_exports(_: &mut Call<'_>) -> Result<Reply, Error> {
    Ok(empty("ExportSummaries"))
}

/// `ListGlobalTables`
pub async fn list_global_tables(_: &mut Call<'_>) -> Result<Reply, Error> {
    Ok(empty("GlobalTables"))
}
