//! Log groups.

use super::tag::given;
use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::log_groups::Listed;
use serde_json::{Value, json};

/// Groups of one page (CloudWatch Logs API: DescribeLogGroups).
const PAGE: usize = 50;

/// The class of groups of which nothing is special; there is no other here.
const STANDARD: &str = "STANDARD";

/// `CreateLogGroup`.
pub async fn create_log_group(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["kmsKeyId"])?;
    if call.input.flag("deletionProtectionEnabled") == Some(true) {
        call.not_built(&["deletionProtectionEnabled"])?;
    }
    if call
        .input
        .text("logGroupClass")
        .is_some_and(|class| class != STANDARD)
    {
        call.not_built(&["logGroupClass"])?;
    }
    let name = call.required("logGroupName")?;
    call.app.log_groups.create(name, given(call)).await?;
    Ok(json!({}))
}

/// `DeleteLogGroup`.
pub async fn delete_log_group(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("logGroupName")?;
    call.app.log_groups.delete(name).await?;
    Ok(json!({}))
}

/// `PutRetentionPolicy`.
pub async fn put_retention_policy(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("logGroupName")?;
    let days = call.input.integer("retentionInDays").unwrap_or_default();
    call.app.log_groups.set_retention(name, Some(days)).await?;
    Ok(json!({}))
}

/// `DeleteRetentionPolicy`.
pub async fn delete_retention_policy(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("logGroupName")?;
    call.app.log_groups.set_retention(name, None).await?;
    Ok(json!({}))
}

/// `DescribeLogGroups`: by name, those that begin with a text, contain one, or are named.
pub async fn describe_log_groups(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["accountIdentifiers"])?;
    if call.input.flag("includeLinkedAccounts") == Some(true) {
        call.not_built(&["includeLinkedAccounts"])?;
    }
    let prefix = call.input.text("logGroupNamePrefix");
    let part = call.input.text("logGroupNamePattern");
    if prefix.is_some() && part.is_some() {
        return Err(Error::invalid(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ));
    }
    let named = call.input.items("logGroupIdentifiers").iter();
    let named: Vec<String> = named
        .filter_map(Value::as_str)
        .map(|identifier| call.app.log_groups.name(identifier))
        .collect::<Result<_, _>>()?;
    let class = call.input.text("logGroupClass");
    let page = Page::limited_tokens(call, PAGE)?;
    let mut groups = call.app.log_groups.list().await?;
    groups.retain(|group| {
        let name = &group.about.name;
        prefix.is_none_or(|prefix| name.starts_with(prefix))
            && part.is_none_or(|part| name.contains(part))
            && (named.is_empty() || named.contains(name))
            && class.is_none_or(|class| class == STANDARD)
    });
    let (groups, next) = page.alphabetical(groups, true, |group| &group.about.name);
    let groups = groups.iter().map(|group| {
        let mut members = shown(call, group);
        // AWS leaves them out where it looks for a part of the name.
        if part.is_none() {
            members["storedBytes"] = json!(group.bytes);
            members["deletionProtectionEnabled"] = json!(false);
        }
        members
    });
    Ok(page.answer("logGroups", groups.collect(), next))
}

/// `ListLogGroups`: by a pattern of parts of names, of which one is enough.
pub async fn list_log_groups(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&[
        "accountIdentifiers",
        "dataSources",
        "fieldIndexNames",
        "logGroupTags",
    ])?;
    if call.input.flag("includeLinkedAccounts") == Some(true) {
        call.not_built(&["includeLinkedAccounts"])?;
    }
    let pattern = call.input.text("logGroupNamePattern");
    let class = call.input.text("logGroupClass");
    let page = Page::limited_tokens(call, PAGE)?;
    let mut groups = call.app.log_groups.list().await?;
    groups.retain(|group| {
        pattern.is_none_or(|pattern| has_part(&group.about.name, pattern))
            && class.is_none_or(|class| class == STANDARD)
    });
    let (groups, next) = page.alphabetical(groups, true, |group| &group.about.name);
    let groups = groups.iter().map(|group| {
        let shown = shown(call, group);
        json!({
            "logGroupName": shown["logGroupName"],
            "logGroupArn": shown["logGroupArn"],
            "logGroupClass": shown["logGroupClass"],
        })
    });
    Ok(page.answer("logGroups", groups.collect(), next))
}

/// Whether a name has one of the parts between `|`; behind `^` it must begin with it (CloudWatch Logs API: ListLogGroups).
fn has_part(name: &str, pattern: &str) -> bool {
    pattern.split('|').any(|part| match part.strip_prefix('^') {
        Some(begin) => name.starts_with(begin),
        None => name.contains(part),
    })
}

fn shown(call: &Call<'_>, group: &Listed) -> Value {
    let arn = call.app.realm().log_group(&group.about.name);
    let mut members = json!({
        "logGroupName": group.about.name,
        "creationTime": group.about.created,
        "metricFilterCount": 0,
        "arn": arn,
        "logGroupClass": STANDARD,
        "logGroupArn": arn.strip_suffix(":*").unwrap_or(&arn),
    });
    if let Some(days) = group.about.retention_days {
        members["retentionInDays"] = json!(days);
    }
    members
}
