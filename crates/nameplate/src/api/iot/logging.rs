//! Logging options and levels. The two generations of AWS's operations are about the same options here.

use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::registry::logging::{Changes, Target};
use nameplate_core::registry::logging::{Level, TargetKind};
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 25;

/// A level that the model has checked.
fn level(text: Option<&str>) -> Option<Level> {
    text.and_then(Level::parse)
}

/// `SetLoggingOptions`, of the first generation: role and level.
pub async fn set_logging_options(call: &Call<'_>) -> Result<Value, Error> {
    let payload = call.input.object("loggingOptionsPayload");
    let text = |name: &str| payload.and_then(|payload| payload.get(name)?.as_str());
    let changes = Changes {
        role_arn: text("roleArn").map(str::to_owned),
        default_level: level(text("logLevel")),
        disabled: None,
    };
    call.app
        .registry
        .set_log_options(&call.caller, changes)
        .await?;
    Ok(json!({}))
}

/// `GetLoggingOptions`.
pub async fn get_logging_options(call: &Call<'_>) -> Result<Value, Error> {
    let levels = call.app.registry.log_levels().await?;
    let mut members = Map::new();
    if let Some(options) = &levels.options {
        if let Some(role_arn) = &options.role_arn {
            members.insert("roleArn".into(), role_arn.as_str().into());
        }
        members.insert("logLevel".into(), options.default_level.as_str().into());
    }
    Ok(Value::Object(members))
}

/// `SetV2LoggingOptions`.
pub async fn set_v2_logging_options(call: &Call<'_>) -> Result<Value, Error> {
    // Levels for kinds of events, and other places for them to go to.
    call.not_built(&["eventConfigurations"])?;
    let changes = Changes {
        role_arn: call.input.text("roleArn").map(str::to_owned),
        default_level: level(call.input.text("defaultLogLevel")),
        disabled: call.input.flag("disableAllLogs"),
    };
    call.app
        .registry
        .set_log_options(&call.caller, changes)
        .await?;
    Ok(json!({}))
}

/// `GetV2LoggingOptions`.
pub async fn get_v2_logging_options(call: &Call<'_>) -> Result<Value, Error> {
    let levels = call.app.registry.configured_log_levels().await?;
    let mut members = Map::new();
    if let Some(options) = &levels.options {
        if let Some(role_arn) = &options.role_arn {
            members.insert("roleArn".into(), role_arn.as_str().into());
        }
        let level = options.default_level.as_str();
        members.insert("defaultLogLevel".into(), level.into());
        members.insert("disableAllLogs".into(), options.disabled.into());
    }
    Ok(Value::Object(members))
}

/// `SetV2LoggingLevel`.
pub async fn set_v2_logging_level(call: &Call<'_>) -> Result<Value, Error> {
    let target = call.input.object("logTarget");
    let text = |name: &str| target.and_then(|target| target.get(name)?.as_str());
    let target = Target::parse(text("targetType").unwrap_or_default(), text("targetName"))?;
    let level =
        level(call.input.text("logLevel")).ok_or_else(|| Error::invalid("logLevel is required"))?;
    call.app
        .registry
        .set_log_level(&call.caller, target, level)
        .await?;
    Ok(json!({}))
}

/// `ListV2LoggingLevels`: the default first, then by type and name.
pub async fn list_v2_logging_levels(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let levels = call.app.registry.configured_log_levels().await?;
    let wanted = call.input.text("targetType");
    let item = |kind: &str, name: Option<&str>, level: Level| {
        let mut target = Map::new();
        target.insert("targetType".into(), kind.into());
        if let Some(name) = name {
            target.insert("targetName".into(), name.into());
        }
        json!({"logTarget": target, "logLevel": level.as_str()})
    };
    let default = levels.options.as_ref().map(|options| {
        let entry = item("DEFAULT", None, options.default_level);
        (String::new(), "DEFAULT", entry)
    });
    let own = levels.targets.iter().map(|((kind, name), level)| {
        let kind: &TargetKind = kind;
        let entry = item(kind.as_str(), Some(name), *level);
        (format!("{} {name}", kind.as_str()), kind.as_str(), entry)
    });
    let found = default
        .into_iter()
        .chain(own)
        .filter(|(_, kind, _)| wanted.is_none_or(|wanted| wanted == *kind))
        .collect();
    let (found, next) = page.of_whole(found, |(position, ..)| position.clone());
    let items = found.into_iter().map(|(.., entry)| entry).collect();
    Ok(page.answer("logTargetConfigurations", items, next))
}

/// `DeleteV2LoggingLevel`.
pub async fn delete_v2_logging_level(call: &Call<'_>) -> Result<Value, Error> {
    let kind = call.required("targetType")?;
    let target = Target::parse(kind, call.input.text("targetName"))?;
    call.app
        .registry
        .delete_log_level(&call.caller, target)
        .await?;
    Ok(json!({}))
}
