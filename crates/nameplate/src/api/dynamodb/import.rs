//! Tables out of files. API: ImportTable, DescribeImport, ListImports.

use super::answer::reply;
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::tables::{AskedImport, IMPORT_LOG_GROUP, Import, ImportStatus};
use crate::app::{Error, Kind};
use serde_json::{Map, Value, json};

/// Digits of a token of ListImports, by the service's model.
const TOKEN_DIGITS: usize = 112;

fn not_built(what: &str) -> Error {
    let why = format!("Nameplate does not implement {what} of ImportTable yet.");
    Error::new(Kind::NotBuilt, why)
}

/// `ImportTable`
pub async fn import_table(call: &mut Call<'_>) -> Result<Reply, Error> {
    let object = |name: &str| call.input.object(name).cloned().unwrap_or_default();
    let asked = AskedImport {
        source: object("S3BucketSource"),
        format: call.required("InputFormat")?.to_owned(),
        options: call.input.get("InputFormatOptions").cloned(),
        compression: call
            .input
            .text("InputCompressionType")
            .unwrap_or("NONE")
            .to_owned(),
        creation: object("TableCreationParameters"),
    };
    if asked.format == "ION" {
        return Err(not_built("the InputFormat ION"));
    }
    if asked.compression == "ZSTD" {
        return Err(not_built("the InputCompressionType ZSTD"));
    }
    if asked.creation.contains_key("OnDemandThroughput") {
        return Err(not_built("the parameter OnDemandThroughput"));
    }
    let encrypted = asked.creation.get("SSESpecification");
    if encrypted.is_some_and(|given| given["Enabled"] == Value::Bool(true)) {
        return Err(not_built("the parameter SSESpecification"));
    }
    if asked.format != "CSV" && asked.options.is_some() {
        return Err(Error::invalid(
            "One or more parameter values were invalid: InputFormatOptions can only be specified when InputFormat is CSV",
        ));
    }
    // The files are read for the caller, who must be allowed to.
    let realm = call.app.realm();
    let (bucket, prefix) = (asked.bucket(), asked.prefix());
    for (action, resource) in [
        ("s3:ListBucket", realm.s3(bucket)),
        ("s3:GetObject", realm.s3(format!("{bucket}/{prefix}*"))),
    ] {
        call.app
            .iam
            .may(&call.caller, action, &resource, &[])
            .await?;
    }
    let token = call.input.text("ClientToken").map(str::to_owned);
    let tables = &call.app.tables;
    let begun = tables.import_table(&call.caller, asked, token).await?;
    Ok(reply(
        &json!({"ImportTableDescription": described(call, &begun)}),
    ))
}

/// `DescribeImport`
pub async fn describe_import(call: &mut Call<'_>) -> Result<Reply, Error> {
    let found = call.app.tables.import(call.required("ImportArn")?).await?;
    Ok(reply(
        &json!({"ImportTableDescription": described(call, &found)}),
    ))
}

/// `ListImports`
pub async fn list_imports(call: &mut Call<'_>) -> Result<Reply, Error> {
    let limit = call.input.integer("PageSize").unwrap_or(25);
    let limit = usize::try_from(limit).unwrap_or(25);
    let before = match call.input.text("NextToken") {
        Some(token) => {
            let digits = token.get(TOKEN_DIGITS - 16..).unwrap_or_default();
            i64::from_str_radix(digits, 16).map_err(|_| Error::invalid("Invalid NextToken"))?
        }
        None => i64::MAX,
    };
    let table = match call.input.text("TableArn") {
        Some(given) => Some(call.app.realm().table(call.app.tables.name_of(given)?)),
        None => None,
    };
    let page = call.app.tables.imports(table.as_deref(), before, limit);
    let (found, more) = page.await?;
    let summaries: Vec<Value> = found
        .iter()
        .map(|one| Value::Object(summary(call, one)))
        .collect();
    let mut answer = json!({"ImportSummaryList": summaries});
    if let Some(at) = more {
        answer["NextToken"] = json!(format!("{at:0TOKEN_DIGITS$x}"));
    }
    Ok(reply(&answer))
}

fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

/// `ImportSummary`
fn summary(call: &Call<'_>, import: &Import) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut show = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    show("ImportArn", json!(import.arn));
    show("ImportStatus", json!(import.status));
    show("TableArn", json!(call.app.realm().table(&import.table)));
    show("S3BucketSource", json!(import.asked.source));
    show("InputFormat", json!(import.asked.format));
    show("StartTime", json!(seconds(import.started)));
    if let Some(ended) = import.ended {
        show("EndTime", json!(seconds(ended)));
    }
    shown
}

/// `ImportTableDescription`
fn described(call: &Call<'_>, import: &Import) -> Value {
    let mut shown = Value::Object(summary(call, import));
    shown["TableId"] = json!(import.table_id);
    shown["ClientToken"] = json!(import.token);
    shown["InputCompressionType"] = json!(import.asked.compression);
    shown["TableCreationParameters"] = json!(import.asked.creation);
    if import.errors > 0 {
        shown["CloudWatchLogGroupArn"] = json!(call.app.realm().log_group(IMPORT_LOG_GROUP));
    }
    if let Some(options) = &import.asked.options {
        shown["InputFormatOptions"] = options.clone();
    }
    shown["ErrorCount"] = json!(import.errors);
    shown["ProcessedItemCount"] = json!(import.processed);
    shown["ImportedItemCount"] = json!(import.imported);
    shown["ProcessedSizeBytes"] = json!(import.processed_bytes());
    if let (ImportStatus::Failed, Some((code, why))) = (import.status, &import.failure) {
        shown["FailureCode"] = json!(code);
        shown["FailureMessage"] = json!(why);
    }
    shown
}

#[cfg(test)]
mod tests;
