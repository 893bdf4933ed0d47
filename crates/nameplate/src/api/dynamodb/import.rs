//! Tables out of files. API: ImportTable, DescribeImport, ListImports.

use super::answer::{reply, seconds};
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::objects::{Item, Selection};
use crate::app::tables::{AskedImport, IMPORT_LOG_GROUP, Import, ImportStatus};
use crate::app::{Error, Kind};
use nameplate_core::ctx::Millis;
use serde_json::{Map, Value, json};

/// Objects of one import. Developer guide: import quotas.
const OBJECTS: usize = 50_000;
/// Objects that are listed at a time.
const PAGE: usize = 1000;
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
    let newest = may_read(call, asked.bucket(), asked.prefix()).await?;
    let token = call.input.text("ClientToken").map(str::to_owned);
    let tables = &call.app.tables;
    let begun = tables
        .import_table(&call.caller, (asked, newest), token)
        .await?;
    Ok(reply(
        &json!({"ImportTableDescription": described(call, &begun)}),
    ))
}

/// Refuses unless the caller may list and read the files, each of them: they are read for the caller, who is not asked again.
/// When the newest of them was written.
async fn may_read(call: &Call<'_>, bucket: &str, prefix: &str) -> Result<Millis, Error> {
    let (iam, realm) = (&call.app.iam, call.app.realm());
    let prefix_key = [("s3:prefix".to_owned(), prefix.to_owned())];
    let list = ("s3:ListBucket", realm.s3(bucket));
    iam.may(&call.caller, list.0, &list.1, &prefix_key).await?;
    let mut selection = Selection {
        prefix: prefix.to_owned(),
        delimiter: String::new(),
        after: String::new(),
        limit: PAGE,
    };
    let (mut count, mut newest) = (0, Millis(0));
    loop {
        let listed = match call.app.objects.list_objects(bucket, &selection).await {
            Ok(listed) => listed,
            // The import will say so.
            Err(error) if matches!(error.kind, Kind::Object(_)) => return Ok(newest),
            Err(error) => return Err(error),
        };
        for item in &listed.items {
            if let Item::Object { info, .. } = item {
                newest = newest.max(info.modified);
            }
            let object = realm.s3(format!("{bucket}/{}", item.position()));
            iam.may(&call.caller, "s3:GetObject", &object, &[]).await?;
        }
        count += listed.items.len();
        if count > OBJECTS {
            return Err(Error::new(
                Kind::Limit,
                format!("Subscriber limit exceeded: An import reads {OBJECTS} objects at most"),
            ));
        }
        match listed.items.last() {
            Some(last) if listed.more => last.position().clone_into(&mut selection.after),
            _ => return Ok(newest),
        }
    }
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
