//! API keys, and the usage plans that let them call stages.

use super::{given, listed, now, patched, patches, with_tags};
use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::gateway::{Gateway, KEY, PLAN};
use nameplate_core::gateway::key_file;
use nameplate_core::gateway::usage::{EXTENDED, day_of};
use nameplate_core::gateway::{Allowed, Patch, Refusal, Type};
use serde_json::{Map, Value, json};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::{date, format_description};

const KEY_CHANGES: &[Allowed] = &[
    ("/name", Type::Text),
    ("/description", Type::Text),
    ("/enabled", Type::Flag),
    ("/customerId", Type::Text),
];
const PLAN_CHANGES: &[Allowed] = &[
    ("/name", Type::Text),
    ("/description", Type::Text),
    ("/throttle", Type::Group),
    ("/throttle/rateLimit", Type::Number),
    ("/throttle/burstLimit", Type::Whole),
    ("/quota", Type::Group),
    ("/quota/limit", Type::Whole),
    ("/quota/offset", Type::Whole),
    ("/quota/period", Type::Text),
];
const THROTTLE_CHANGES: &[Allowed] = &[("/rateLimit", Type::Number), ("/burstLimit", Type::Whole)];
const NO_KEY: &str = "Invalid API Key identifier specified";
const NO_PLAN: &str = "Invalid Usage Plan ID specified";

/// Days of usage that are told at once: as many as are kept.
const USAGE_DAYS: i64 = 366;
const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const EPOCH: Date = date!(1970 - 01 - 01);

/// Without its value, unless it is asked for.
fn shown_key(mut key: Value, value: bool) -> Value {
    if !value && let Some(members) = key.as_object_mut() {
        members.remove("value");
    }
    key
}

/// Without the keys that it is for, which have a list of their own, and what is left of their quotas.
fn shown_plan(mut plan: Value) -> Value {
    if let Some(members) = plan.as_object_mut() {
        members.remove("keys");
        members.remove(EXTENDED);
    }
    plan
}

fn check_plan(plan: &Value) -> Result<(), Error> {
    let stages = plan["apiStages"].as_array().into_iter().flatten();
    let of_methods = stages.filter_map(|stage| stage["throttle"].as_object());
    let of_methods = of_methods.flat_map(Map::values);
    for throttle in plan.get("throttle").into_iter().chain(of_methods) {
        let fine = |name: &str| throttle[name].as_f64().is_none_or(|number| number >= 0.0);
        if !fine("rateLimit") || !fine("burstLimit") {
            return Err(Error::invalid(
                "Usage Plan throttle limits must not be negative",
            ));
        }
    }
    if let Some(quota) = plan.get("quota") {
        let period = matches!(quota["period"].as_str(), Some("DAY" | "WEEK" | "MONTH"));
        if !period || quota["limit"].as_u64().is_none() {
            return Err(Error::invalid(
                "Usage Plan quota limit and period must be set",
            ));
        }
        let (last, rule) = match quota["period"].as_str() {
            Some("DAY") => (0, "zero in the DAY period"),
            Some("WEEK") => (6, "between zero and six inclusive in the WEEK period"),
            _ => (27, "between zero and 27 inclusive in the MONTH period"),
        };
        if !(0..=last).contains(&quota["offset"].as_i64().unwrap_or(0)) {
            return Err(Error::invalid(format!(
                "Usage Plan quota offset must be {rule}"
            )));
        }
    }
    Ok(())
}

/// Changes the limits of methods of a stage that a plan covers: `THROTTLE/RESOURCE/METHOD/LIMIT` below the stage, all of a
/// method, or all of the stage. A resource's path may stand there with its slashes, or with `~1` for each.
fn change_throttle(stage: &mut Value, below: &str, patch: &Patch) -> Result<(), Error> {
    let no_path = || {
        Error::invalid(format!(
            "Invalid patch path  '{}' specified for op '{}'. Please choose supported operations",
            patch.path, patch.op
        ))
    };
    let members = stage.as_object_mut().ok_or_else(no_path)?;
    let (below, removes) = match (below.strip_prefix("throttle"), patch.op.as_str()) {
        (Some(below), "remove") => (below, true),
        (Some(below), "add" | "replace") => (below, false),
        _ => return Err(no_path()),
    };
    if below.is_empty() {
        members.remove("throttle");
        if !removes {
            let text = patch.value.as_deref().unwrap_or_default();
            let all: Map<String, Value> = serde_json::from_str(text).map_err(|_| {
                Error::invalid(format!("Invalid value '{text}' for {}", patch.path))
            })?;
            members.insert("throttle".into(), Value::Object(all));
        }
        return Ok(());
    }
    let below = below.strip_prefix('/').ok_or_else(no_path)?;
    let method = |text: &str| text.replace("~1", "/").replace("~0", "~");
    let all = members.entry("throttle").or_insert_with(|| json!({}));
    let all = all.as_object_mut().ok_or_else(no_path)?;
    if removes {
        all.remove(&method(below)).ok_or_else(no_path)?;
        if all.is_empty() {
            members.remove("throttle");
        }
        return Ok(());
    }
    let (named, limit) = below.rsplit_once('/').ok_or_else(no_path)?;
    let own = Patch {
        op: "replace".into(),
        path: format!("/{limit}"),
        value: patch.value.clone(),
    };
    if !THROTTLE_CHANGES.iter().any(|(path, _)| *path == own.path) {
        return Err(no_path());
    }
    let of = all.entry(method(named)).or_insert_with(|| json!({}));
    *of = patched(of, &[own], THROTTLE_CHANGES)?;
    Ok(())
}

/// Changes which stages a plan covers, or how one of them is covered.
fn change_stages(list: &mut Vec<Value>, patch: &Patch) -> Result<(), Error> {
    let stage_of = |text: &str| {
        let (api, stage) = text.split_once(':').unwrap_or((text, ""));
        json!({"apiId": api, "stage": stage})
    };
    let is = |one: &Value, stage: &Value| {
        one["apiId"] == stage["apiId"] && one["stage"] == stage["stage"]
    };
    let Some(below) = patch.path.strip_prefix("/apiStages/") else {
        let stage = stage_of(patch.value.as_deref().unwrap_or_default());
        list.retain(|one| !is(one, &stage));
        match patch.op.as_str() {
            "add" => list.push(stage),
            "remove" => {}
            _ => return Err(Error::invalid("Invalid patch operation for /apiStages")),
        }
        return Ok(());
    };
    let (of, below) = below.split_once('/').unwrap_or((below, ""));
    let stage = stage_of(of);
    match list.iter_mut().find(|one| is(one, &stage)) {
        Some(one) => change_throttle(one, below, patch),
        None => Err(Error::not_found(format!("API Stage not found: {of}"))),
    }
}

/// A quota has an offset: none, where it is not given.
fn from_the_first(plan: &mut Value) {
    if let Some(quota) = plan.get_mut("quota").and_then(Value::as_object_mut) {
        quota.entry("offset").or_insert(json!(0));
    }
}

/// `CreateApiKey`.
pub async fn create_api_key(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["stageKeys"])?;
    let value = match call.input.text("value") {
        Some(value) if !key_file::VALUE.contains(&value.chars().count()) => {
            return Err(Error::invalid(
                "API Key value should be at least 20 characters",
            ));
        }
        Some(value) => value.to_owned(),
        None => format!(
            "{}{}{}{}",
            Gateway::id(),
            Gateway::id(),
            Gateway::id(),
            Gateway::id()
        ),
    };
    let mut members = given(call, &["name", "description", "customerId", "tags"]);
    members.insert("id".into(), json!(Gateway::id()));
    members.insert("value".into(), json!(value));
    members.insert(
        "enabled".into(),
        json!(call.input.flag("enabled").unwrap_or(false)),
    );
    members.insert("stageKeys".into(), json!([]));
    members.insert("createdDate".into(), now(call));
    members.insert("lastUpdatedDate".into(), now(call));
    let key = Value::Object(members);
    call.app
        .gateway
        .add_document(&call.caller, KEY, key.clone())
        .await?;
    Ok(key)
}

/// `ImportApiKeys`.
pub async fn import_api_keys(call: &Call<'_>) -> Result<Value, Error> {
    let file = call.input.payload.as_deref().unwrap_or_default();
    let wrong = |why: String| Error::invalid(format!("Failed to parse the API keys file: {why}"));
    let file = std::str::from_utf8(file).map_err(|_| wrong("it is not UTF-8".into()))?;
    let entries = key_file::read(file).map_err(wrong)?;
    let strict = call.input.flag("failOnWarnings") == Some(true);
    let gateway = &call.app.gateway;
    let imported = gateway.import_keys(&call.caller, entries, strict).await?;
    Ok(json!({"ids": imported.ids, "warnings": imported.warnings}))
}

/// `GetApiKey`.
pub async fn get_api_key(call: &Call<'_>) -> Result<Value, Error> {
    let key = call
        .app
        .gateway
        .document(KEY, call.required("apiKey")?, NO_KEY)
        .await?;
    Ok(shown_key(
        key,
        call.input.flag("includeValue") == Some(true),
    ))
}

/// `GetApiKeys`.
pub async fn get_api_keys(call: &Call<'_>) -> Result<Value, Error> {
    let value = call.input.flag("includeValues") == Some(true);
    let (name, customer) = (call.input.text("nameQuery"), call.input.text("customerId"));
    let all = call
        .app
        .gateway
        .documents(KEY)
        .await?
        .into_iter()
        .filter(|key| {
            name.is_none_or(|name| {
                key["name"]
                    .as_str()
                    .is_some_and(|found| found.starts_with(name))
            }) && customer.is_none_or(|customer| key["customerId"] == customer)
        });
    listed(call, all.map(|key| shown_key(key, value)).collect(), "id")
}

/// `UpdateApiKey`.
pub async fn update_api_key(call: &Call<'_>) -> Result<Value, Error> {
    let (patches, at) = (patches(call), now(call));
    let what = (KEY, call.required("apiKey")?, NO_KEY);
    let changed = call
        .app
        .gateway
        .change_document(&call.caller, what, move |key| {
            *key = patched(key, &patches, KEY_CHANGES)?;
            key["lastUpdatedDate"] = at.clone();
            Ok(())
        });
    Ok(with_tags(shown_key(changed.await?, false)))
}

/// `DeleteApiKey`.
pub async fn delete_api_key(call: &Call<'_>) -> Result<Value, Error> {
    let what = (KEY, call.required("apiKey")?, NO_KEY);
    call.app.gateway.remove_document(&call.caller, what).await?;
    Ok(json!({}))
}

/// `CreateUsagePlan`.
pub async fn create_usage_plan(call: &Call<'_>) -> Result<Value, Error> {
    let mut members = given(
        call,
        &[
            "name",
            "description",
            "apiStages",
            "throttle",
            "quota",
            "tags",
        ],
    );
    members.insert("id".into(), json!(Gateway::id()[..6]));
    members.entry("apiStages").or_insert(json!([]));
    members.insert("keys".into(), json!([]));
    let mut plan = Value::Object(members);
    from_the_first(&mut plan);
    check_plan(&plan)?;
    for stage in plan["apiStages"].as_array().into_iter().flatten() {
        check_stage(call, stage).await?;
    }
    call.app
        .gateway
        .add_document(&call.caller, PLAN, plan.clone())
        .await?;
    Ok(shown_plan(plan))
}

async fn check_stage(call: &Call<'_>, stage: &Value) -> Result<(), Error> {
    let text = |name: &str| stage[name].as_str().unwrap_or_default();
    let rest = call.app.gateway.rest(text("apiId")).await?;
    match rest.stages.contains_key(text("stage")) {
        true => Ok(()),
        false => Err(Error::not_found(format!(
            "API Stage not found: {}:{}",
            text("apiId"),
            text("stage")
        ))),
    }
}

/// `GetUsagePlan`.
pub async fn get_usage_plan(call: &Call<'_>) -> Result<Value, Error> {
    let plan = call
        .app
        .gateway
        .document(PLAN, call.required("usagePlanId")?, NO_PLAN)
        .await?;
    Ok(with_tags(shown_plan(plan)))
}

/// `GetUsagePlans`.
pub async fn get_usage_plans(call: &Call<'_>) -> Result<Value, Error> {
    let key = call.input.text("keyId");
    let all = call
        .app
        .gateway
        .documents(PLAN)
        .await?
        .into_iter()
        .filter(|plan| {
            key.is_none_or(|key| {
                plan["keys"]
                    .as_array()
                    .is_some_and(|keys| keys.iter().any(|one| one == key))
            })
        });
    listed(call, all.map(shown_plan).collect(), "id")
}

/// `UpdateUsagePlan`. Stages are added and removed as `API:STAGE`.
pub async fn update_usage_plan(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    let id = call.required("usagePlanId")?;
    call.app.gateway.document(PLAN, id, NO_PLAN).await?;
    for patch in patches.iter().filter(|patch| patch.path == "/apiStages") {
        let named = patch.value.as_deref().unwrap_or_default();
        let (api, stage) = named
            .split_once(':')
            .ok_or_else(|| Error::invalid("Invalid API Stage specified"))?;
        if patch.op == "add"
            && check_stage(call, &json!({"apiId": api, "stage": stage}))
                .await
                .is_err()
        {
            return Err(Error::not_found(format!(
                "Invalid API Stage {{api: {api}, stage: {stage}}} specified for usageplan {id}"
            )));
        }
    }
    let what = (PLAN, call.required("usagePlanId")?, NO_PLAN);
    let changed = call
        .app
        .gateway
        .change_document(&call.caller, what, move |plan| {
            let (stages, others): (Vec<_>, Vec<_>) = patches.iter().cloned().partition(|patch| {
                patch.path == "/apiStages" || patch.path.starts_with("/apiStages/")
            });
            let mut changed = patched(plan, &others, PLAN_CHANGES)?;
            if let Some(list) = changed["apiStages"].as_array_mut() {
                stages
                    .iter()
                    .try_for_each(|patch| change_stages(list, patch))?;
            }
            from_the_first(&mut changed);
            check_plan(&changed)?;
            *plan = changed;
            Ok(())
        });
    Ok(with_tags(shown_plan(changed.await?)))
}

/// `DeleteUsagePlan`.
pub async fn delete_usage_plan(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("usagePlanId")?;
    call.app
        .gateway
        .remove_plan(&call.caller, id, NO_PLAN)
        .await?;
    Ok(json!({}))
}

/// A day, in days since 1970.
fn date_of(call: &Call<'_>, name: &str) -> Result<i64, Error> {
    let text = call.required(name)?;
    let date = Date::parse(text, DATE).map_err(|_| {
        Error::invalid(format!(
            "Invalid {name} specified: it must be a day as YYYY-MM-DD"
        ))
    })?;
    Ok((date - EPOCH).whole_days())
}

/// What keys used of a plan in the days of a range, as the service shows it: for each the requests, and how many are left.
fn shown_usage(plan: &str, of: Vec<(String, Vec<[i64; 2]>)>, days: (i64, i64)) -> Value {
    let date = |day: i64| {
        let date = EPOCH.saturating_add(time::Duration::days(day));
        date.format(DATE).unwrap_or_default()
    };
    let of: Map<String, Value> = of.into_iter().map(|(id, log)| (id, json!(log))).collect();
    json!({"usagePlanId": plan, "startDate": date(days.0), "endDate": date(days.1), "values": of})
}

/// `GetUsage`.
pub async fn get_usage(call: &Call<'_>) -> Result<Value, Error> {
    let days = (date_of(call, "startDate")?, date_of(call, "endDate")?);
    if days.1 < days.0 {
        return Err(Error::invalid(
            "Invalid endDate specified: it is before startDate",
        ));
    }
    if days.1 - days.0 >= USAGE_DAYS {
        return Err(Error::invalid(format!(
            "Invalid endDate specified: usage is told for at most {USAGE_DAYS} days at once"
        )));
    }
    let page = Page::positions(call, 25)?;
    let id = call.required("usagePlanId")?;
    let gateway = &call.app.gateway;
    let plan = gateway.document(PLAN, id, NO_PLAN).await?;
    let keys = plan["keys"].as_array().into_iter().flatten();
    let mut keys: Vec<String> = keys
        .filter_map(Value::as_str)
        .filter(|key| call.input.text("keyId").is_none_or(|asked| asked == *key))
        .filter(|key| page.from.as_deref().is_none_or(|from| *key > from))
        .map(str::to_owned)
        .collect();
    keys.sort();
    let next = page.cut(&mut keys, String::clone);
    let of = gateway.usage(&plan, keys, days).await?;
    let mut answer = page.answer("values", Vec::new(), next);
    if let (Some(answer), Value::Object(shown)) =
        (answer.as_object_mut(), shown_usage(id, of, days))
    {
        answer.extend(shown);
    }
    Ok(answer)
}

/// `UpdateUsage`: what is left of a key's quota, for as long as its period lasts.
pub async fn update_usage(call: &Call<'_>) -> Result<Value, Error> {
    let (id, key) = (call.required("usagePlanId")?, call.required("keyId")?);
    let gateway = &call.app.gateway;
    let mut wanted = None;
    for patch in patches(call) {
        if (patch.op.as_str(), patch.path.as_str()) != ("replace", "/remaining") {
            return Err(Error::invalid(format!(
                "Invalid patch path  '{}' specified for op '{}'. Must be one of: [/remaining]",
                patch.path, patch.op
            )));
        }
        let value = patch.value.unwrap_or_default();
        let left = value.parse::<u64>().map_err(|_| {
            Error::invalid(format!(
                "Invalid value {value} for /remaining: it must be a number"
            ))
        })?;
        wanted = Some(left);
    }
    if let Some(left) = wanted {
        gateway
            .extend_usage(&call.caller, (id, NO_PLAN), key, left)
            .await?;
    }
    let today = day_of(call.caller.ctx.now);
    let days = (today, today);
    let plan = gateway.document(PLAN, id, NO_PLAN).await?;
    let keys = plan["keys"].as_array();
    if !keys.is_some_and(|keys| keys.iter().any(|one| one == key)) {
        return Err(Refusal::unknown("Usage Plan Key").into());
    }
    let of = gateway.usage(&plan, vec![key.to_owned()], days).await?;
    Ok(shown_usage(id, of, days))
}

fn plan_key(key: &Value) -> Value {
    json!({"id": key["id"], "type": "API_KEY", "value": key["value"], "name": key["name"]})
}

/// `CreateUsagePlanKey`.
pub async fn create_usage_plan_key(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("keyId")?.to_owned();
    let key = call.app.gateway.document(KEY, &id, NO_KEY).await?;
    let what = (PLAN, call.required("usagePlanId")?, NO_PLAN);
    let changed = call
        .app
        .gateway
        .change_document(&call.caller, what, move |plan| {
            let Some(keys) = plan["keys"].as_array_mut() else {
                return Ok(());
            };
            if keys.iter().any(|one| *one == id) {
                return Err(Refusal::Exists("Usage Plan Key already exists".into()).into());
            }
            keys.push(json!(id));
            Ok(())
        });
    changed.await?;
    Ok(plan_key(&key))
}

/// `GetUsagePlanKeys`.
pub async fn get_usage_plan_keys(call: &Call<'_>) -> Result<Value, Error> {
    let plan = call
        .app
        .gateway
        .document(PLAN, call.required("usagePlanId")?, NO_PLAN)
        .await?;
    let keys = plan["keys"].as_array().cloned().unwrap_or_default();
    let all = call.app.gateway.documents(KEY).await?.into_iter();
    let all = all.filter(|key| keys.contains(&key["id"]));
    listed(call, all.map(|key| plan_key(&key)).collect(), "id")
}

/// `GetUsagePlanKey`.
pub async fn get_usage_plan_key(call: &Call<'_>) -> Result<Value, Error> {
    let plan = call
        .app
        .gateway
        .document(PLAN, call.required("usagePlanId")?, NO_PLAN)
        .await?;
    let id = call.required("keyId")?;
    let keys = plan["keys"].as_array();
    if !keys.is_some_and(|keys| keys.iter().any(|key| key == id)) {
        return Err(Refusal::unknown("Usage Plan Key").into());
    }
    let key = call.app.gateway.document(KEY, id, NO_KEY).await?;
    Ok(plan_key(&key))
}

/// `DeleteUsagePlanKey`.
pub async fn delete_usage_plan_key(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("keyId")?.to_owned();
    let what = (PLAN, call.required("usagePlanId")?, NO_PLAN);
    let changed = call
        .app
        .gateway
        .change_document(&call.caller, what, move |plan| {
            let keys = plan["keys"].as_array_mut();
            let kept = keys.as_ref().map_or(0, |keys| keys.len());
            let left = keys.map_or(0, |keys| {
                keys.retain(|one| *one != id);
                keys.len()
            });
            match left < kept {
                true => Ok(()),
                false => Err(Refusal::unknown("Usage Plan Key").into()),
            }
        });
    changed.await?;
    Ok(json!({}))
}
