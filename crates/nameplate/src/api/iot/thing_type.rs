//! Thing types.

use crate::api::Call;
use crate::api::iot::tag;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::registry::thing_type::Properties;
use nameplate_core::registry::thing::ThingType;
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say; AWS does not document it.
const PAGE: usize = 50;

/// `CreateThingType`.
pub async fn create_thing_type(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("thingTypeName")?;
    let created = call
        .app
        .registry
        .create_thing_type(&call.caller, name, properties(call)?, tag::given(call))
        .await?;
    Ok(json!({
        "thingTypeName": created.name,
        "thingTypeArn": call.app.realm().thing_type(&created.name),
        "thingTypeId": created.thing_type_id,
    }))
}

/// `DescribeThingType`.
pub async fn describe_thing_type(call: &Call<'_>) -> Result<Value, Error> {
    let found = call
        .app
        .registry
        .thing_type(call.required("thingTypeName")?)
        .await?;
    let mut members = members(call, &found)?;
    members.insert("thingTypeId".into(), json!(found.thing_type_id));
    Ok(Value::Object(members))
}

/// `ListThingTypes`; `thingTypeName` is the beginning of the names.
pub async fn list_thing_types(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let prefix = call.input.text("thingTypeName").unwrap_or_default();
    let after = page.key()?.unwrap_or_default();
    let mut found = call
        .app
        .registry
        .thing_types(prefix, after, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |last| last.key.to_string());
    let items = found
        .iter()
        .map(|found| members(call, found).map(Value::Object))
        .collect::<Result<_, _>>()?;
    Ok(page.answer("thingTypes", items, next))
}

/// `UpdateThingType`.
pub async fn update_thing_type(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("thingTypeName")?;
    call.app
        .registry
        .update_thing_type(&call.caller, name, properties(call)?)
        .await?;
    Ok(json!({}))
}

/// `DeprecateThingType`.
pub async fn deprecate_thing_type(call: &Call<'_>) -> Result<Value, Error> {
    let undo = call.input.flag("undoDeprecate").unwrap_or_default();
    let name = call.required("thingTypeName")?;
    call.app
        .registry
        .deprecate_thing_type(&call.caller, name, undo)
        .await?;
    Ok(json!({}))
}

/// `DeleteThingType`.
pub async fn delete_thing_type(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("thingTypeName")?;
    call.app
        .registry
        .delete_thing_type(&call.caller, name)
        .await?;
    Ok(json!({}))
}

fn properties(call: &Call<'_>) -> Result<Properties, Error> {
    let given = call.input.object("thingTypeProperties").cloned();
    Properties::new(given.unwrap_or_default())
}

fn members(call: &Call<'_>, found: &ThingType) -> Result<Map<String, Value>, Error> {
    let mut metadata = Map::new();
    metadata.insert("deprecated".into(), json!(found.deprecated.is_some()));
    if let Some(at) = found.deprecated {
        metadata.insert("deprecationDate".into(), json!(at.as_seconds_f64()));
    }
    metadata.insert("creationDate".into(), json!(found.created.as_seconds_f64()));
    let mut members = Map::new();
    members.insert("thingTypeName".into(), json!(found.name));
    members.insert(
        "thingTypeArn".into(),
        json!(call.app.realm().thing_type(&found.name)),
    );
    members.insert(
        "thingTypeProperties".into(),
        Value::Object(Properties::of(found)?.into_members()),
    );
    members.insert("thingTypeMetadata".into(), Value::Object(metadata));
    Ok(members)
}
