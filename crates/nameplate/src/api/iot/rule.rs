//! Topic rules and their destinations. AWS guide: iot-rules, rule-destination.

use crate::api::Call;
use crate::api::Request;
use crate::api::iot::tag;
use crate::api::page::Page;
use crate::app::rules::{Destination, DestinationStatus};
use crate::app::{App, Error, Kind};
use nameplate_aws::model::{Operation, Service, operation};
use nameplate_aws::uri;
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 100;
/// Characters of a tag's key and value (API: Tag).
const TAG_KEY: usize = 128;
const TAG_VALUE: usize = 256;
/// What the URL that enables a destination begins with; the token follows.
const CONFIRMATION: &str = "/confirmdestination/";

fn payload<'a>(call: &'a Call<'_>) -> Result<&'a Value, Error> {
    call.input
        .get("topicRulePayload")
        .ok_or_else(|| Error::invalid("topicRulePayload is required"))
}

/// `CreateTopicRule`. Tags come in a header, as a query string.
pub async fn create_topic_rule(call: &Call<'_>) -> Result<Value, Error> {
    let mut tags = tag::given(call);
    if let Some(text) = call.input.text("tags") {
        tags.extend(uri::form_pairs(text));
    }
    // The table knows lengths of tags in a list only.
    for (key, value) in &tags {
        let (key, value) = (key.chars().count(), value.chars().count());
        if !(1..=TAG_KEY).contains(&key) || value > TAG_VALUE {
            return Err(Error::invalid(format!(
                "A tag has a key of 1 to {TAG_KEY} characters and a value of {TAG_VALUE} at most"
            )));
        }
    }
    let name = call.required("ruleName")?;
    call.app
        .rules
        .create_topic_rule(&call.caller, name, payload(call)?, tags, &call.host())
        .await?;
    Ok(json!({}))
}

/// `ReplaceTopicRule`.
pub async fn replace_topic_rule(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("ruleName")?;
    call.app
        .rules
        .replace_topic_rule(&call.caller, name, payload(call)?, &call.host())
        .await?;
    Ok(json!({}))
}

/// `GetTopicRule`: what was sent, with what is known beside it.
pub async fn get_topic_rule(call: &Call<'_>) -> Result<Value, Error> {
    let found = call
        .app
        .rules
        .topic_rule(call.required("ruleName")?)
        .await?;
    let info = found.info;
    let mut rule = Map::new();
    rule.insert("ruleName".into(), json!(info.name));
    for name in ["sql", "description", "actions", "errorAction"] {
        if let Some(value) = found.document.get(name).filter(|value| !value.is_null()) {
            rule.insert(name.into(), value.clone());
        }
    }
    rule.insert("createdAt".into(), json!(info.created.as_seconds_f64()));
    rule.insert("ruleDisabled".into(), json!(info.disabled));
    let version = found.document.get("awsIotSqlVersion");
    let version = version.and_then(Value::as_str).unwrap_or("2015-10-08");
    rule.insert("awsIotSqlVersion".into(), json!(version));
    Ok(json!({
        "ruleArn": call.caller.ctx.realm.topic_rule(&info.name),
        "rule": rule,
    }))
}

/// `ListTopicRules`, narrowed to a topic that FROM matches, and to those that run or do not.
pub async fn list_topic_rules(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let topic = call.input.text("topic");
    let disabled = call.input.flag("ruleDisabled");
    let mut found = call.app.rules.topic_rules().await?;
    found.retain(|rule| {
        let filter = rule.filter.as_deref();
        topic.is_none_or(|topic| filter.is_some_and(|filter| matches(filter, topic)))
            && disabled.is_none_or(|disabled| rule.disabled == disabled)
    });
    let (found, next) = page.alphabetical(found, true, |rule| &rule.name);
    let items = found
        .into_iter()
        .map(|rule| {
            let mut item = json!({
                "ruleArn": call.caller.ctx.realm.topic_rule(&rule.name),
                "ruleName": rule.name,
                "createdAt": rule.created.as_seconds_f64(),
                "ruleDisabled": rule.disabled,
            });
            if let Some(filter) = rule.filter {
                item["topicPattern"] = filter.into();
            }
            item
        })
        .collect();
    Ok(page.answer("rules", items, next))
}

/// Whether a filter is a topic, or matches it.
fn matches(filter: &str, topic: &str) -> bool {
    let mut index = nameplate_rules::RuleIndex::new();
    index.insert("", Some(filter), ());
    let mut found = filter == topic;
    index.matching(topic, |()| found = true);
    found
}

/// `EnableTopicRule`.
pub async fn enable_topic_rule(call: &Call<'_>) -> Result<Value, Error> {
    switch(call, true).await
}

/// `DisableTopicRule`.
pub async fn disable_topic_rule(call: &Call<'_>) -> Result<Value, Error> {
    switch(call, false).await
}

async fn switch(call: &Call<'_>, enabled: bool) -> Result<Value, Error> {
    let name = call.required("ruleName")?;
    call.app
        .rules
        .set_topic_rule_enabled(&call.caller, name, enabled)
        .await?;
    Ok(json!({}))
}

/// `DeleteTopicRule`.
pub async fn delete_topic_rule(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("ruleName")?;
    call.app.rules.delete_topic_rule(&call.caller, name).await?;
    Ok(json!({}))
}

fn destination_json(found: &Destination) -> Value {
    let mut members = json!({
        "arn": found.arn,
        "status": found.status,
        "createdAt": found.created.as_seconds_f64(),
        "lastUpdatedAt": found.modified.as_seconds_f64(),
        "httpUrlProperties": {"confirmationUrl": found.url},
    });
    if !found.reason.is_empty() {
        members["statusReason"] = found.reason.as_str().into();
    }
    members
}

/// `CreateTopicRuleDestination`, of the kind that is reached by HTTP.
pub async fn create_topic_rule_destination(call: &Call<'_>) -> Result<Value, Error> {
    let kinds = call.input.get("destinationConfiguration");
    let kinds = kinds.and_then(Value::as_object);
    let given: Vec<&String> = kinds
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, _)| name)
        .collect();
    match given.as_slice() {
        [name] if *name == "httpUrlConfiguration" => {}
        [name] => {
            return Err(Error::new(
                Kind::NotBuilt,
                format!("Nameplate does not implement the destinations of {name} yet."),
            ));
        }
        _ => {
            return Err(Error::invalid(
                "destinationConfiguration must have exactly one member",
            ));
        }
    }
    let url = kinds
        .and_then(|kinds| kinds["httpUrlConfiguration"]["confirmationUrl"].as_str())
        .ok_or_else(|| Error::invalid("confirmationUrl is required"))?;
    let made = call
        .app
        .rules
        .create_destination(&call.caller, url, &call.host())
        .await?;
    Ok(json!({"topicRuleDestination": destination_json(&made)}))
}

/// `GetTopicRuleDestination`.
pub async fn get_topic_rule_destination(call: &Call<'_>) -> Result<Value, Error> {
    let arn = call.required("arn")?;
    let found = call.app.rules.rule_destination(arn).await?;
    Ok(json!({"topicRuleDestination": destination_json(&found)}))
}

/// `ListTopicRuleDestinations`.
pub async fn list_topic_rule_destinations(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let found = call.app.rules.rule_destinations().await?;
    let (found, next) = page.alphabetical(found, true, |destination| &destination.arn);
    let items = found
        .iter()
        .map(|found| {
            let mut item = destination_json(found);
            if let Some(members) = item.as_object_mut()
                && let Some(properties) = members.remove("httpUrlProperties")
            {
                members.insert("httpUrlSummary".into(), properties);
            }
            item
        })
        .collect();
    Ok(page.answer("destinationSummaries", items, next))
}

/// `UpdateTopicRuleDestination`.
pub async fn update_topic_rule_destination(call: &Call<'_>) -> Result<Value, Error> {
    let status = DestinationStatus::parse(call.required("status")?)
        .ok_or_else(|| Error::invalid("status must be ENABLED, DISABLED or IN_PROGRESS"))?;
    let arn = call.required("arn")?;
    call.app
        .rules
        .update_destination(&call.caller, arn, status, &call.host())
        .await?;
    Ok(json!({}))
}

/// `DeleteTopicRuleDestination`.
pub async fn delete_topic_rule_destination(call: &Call<'_>) -> Result<Value, Error> {
    let arn = call.required("arn")?;
    call.app.rules.delete_destination(&call.caller, arn).await?;
    Ok(json!({}))
}

/// `ConfirmTopicRuleDestination`.
pub async fn confirm_topic_rule_destination(call: &Call<'_>) -> Result<Value, Error> {
    let token = call.required("confirmationToken")?;
    call.app.rules.confirm_destination(token).await?;
    Ok(json!({}))
}

/// The same by whoever was sent the URL, who signs nothing: the token is the proof. `None` for another request.
pub async fn confirm_by_url(
    app: &App,
    request: &Request<'_>,
) -> Option<(&'static Operation, Result<(), Error>)> {
    let (path, _) = uri::split_target(request.target);
    let token = path
        .strip_prefix(CONFIRMATION)
        .filter(|_| request.method == "GET")?;
    let operation = operation(Service::Iot, "ConfirmTopicRuleDestination")?;
    Some((operation, app.rules.confirm_destination(token).await))
}
