//! Things.

use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::registry::thing::{Narrowed, NewThing, ThingChange, TypeChange};
use nameplate_core::registry::thing::{Attributes, Thing};
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say; AWS does not document it.
const PAGE: usize = 50;

/// `CreateThing`. `attributePayload.merge` is accepted and means nothing here: scripts written for UpdateThing send it.
pub async fn create_thing(call: &Call<'_>) -> Result<Value, Error> {
    let new = NewThing {
        name: call.required("thingName")?.to_owned(),
        thing_type: call.input.text("thingTypeName").map(str::to_owned),
        attributes: attributes(call.input.object("attributePayload")).unwrap_or_default(),
        billing_group: call.input.text("billingGroupName").map(str::to_owned),
    };
    let thing = call.app.registry.create_thing(&call.caller, new).await?;
    Ok(json!({
        "thingName": thing.name,
        "thingArn": call.app.realm().thing(&thing.name),
        "thingId": thing.thing_id,
    }))
}

/// `UpdateThing`.
pub async fn update_thing(call: &Call<'_>) -> Result<Value, Error> {
    let remove = call.input.flag("removeThingType").unwrap_or_default();
    let thing_type = match (call.input.text("thingTypeName"), remove) {
        (Some(_), true) => {
            return Err(Error::invalid(
                "thingTypeName and removeThingType cannot be specified together",
            ));
        }
        (Some(name), false) => TypeChange::Set(name.to_owned()),
        (None, true) => TypeChange::Remove,
        (None, false) => TypeChange::Keep,
    };
    let change = ThingChange {
        thing_type,
        attributes: attributes(call.input.object("attributePayload")),
        merge: merge(call.input.object("attributePayload")),
        expected_version: call.input.integer("expectedVersion"),
    };
    let name = call.required("thingName")?;
    call.app
        .registry
        .update_thing(&call.caller, name, change)
        .await?;
    Ok(json!({}))
}

/// `DeleteThing`.
pub async fn delete_thing(call: &Call<'_>) -> Result<Value, Error> {
    let expected_version = call.input.integer("expectedVersion");
    let name = call.required("thingName")?;
    call.app
        .registry
        .delete_thing(&call.caller, name, expected_version)
        .await?;
    Ok(json!({}))
}

/// `DescribeThing`.
pub async fn describe_thing(call: &Call<'_>) -> Result<Value, Error> {
    let thing = call.app.registry.thing(call.required("thingName")?).await?;
    let billing_group = thing.billing_group.clone();
    let mut members = common_members(call, &thing);
    members.insert("defaultClientId".into(), json!(thing.name));
    members.insert("thingId".into(), json!(thing.thing_id));
    if let Some(name) = billing_group {
        members.insert("billingGroupName".into(), json!(name));
    }
    Ok(Value::Object(members))
}

/// `ListThings`.
pub async fn list_things(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let text = |name: &str| call.input.text(name).map(str::to_owned);
    let narrowed = match (
        text("attributeName"),
        text("attributeValue"),
        text("thingTypeName"),
    ) {
        (None, None, None) => Narrowed::All,
        (None, None, Some(name)) => Narrowed::Type(name),
        (Some(name), Some(value), None) => Narrowed::Attribute {
            name,
            value,
            prefix: call
                .input
                .flag("usePrefixAttributeValue")
                .unwrap_or_default(),
        },
        // Whatever its value is.
        (Some(name), None, None) => Narrowed::Attribute {
            name,
            value: String::new(),
            prefix: true,
        },
        (_, _, Some(_)) => {
            return Err(Error::invalid(
                "Listing things by the combination of attribute and thing type is not supported",
            ));
        }
        _ => {
            return Err(Error::invalid(
                "attributeName must be specified where attributeValue is",
            ));
        }
    };
    let after = page.key()?.unwrap_or_default();
    let (things, next) = call
        .app
        .registry
        .things(&narrowed, after, page.size)
        .await?;
    let items = things
        .iter()
        .map(|thing| Value::Object(common_members(call, thing)))
        .collect();
    Ok(page.answer("things", items, next.map(|key| key.to_string())))
}

/// What `DescribeThing` and `ListThings` both tell.
fn common_members(call: &Call<'_>, thing: &Thing) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("thingName".into(), json!(thing.name));
    members.insert(
        "thingArn".into(),
        json!(call.app.realm().thing(&thing.name)),
    );
    if let Some(name) = &thing.thing_type {
        members.insert("thingTypeName".into(), json!(name));
    }
    members.insert("attributes".into(), json!(thing.attributes));
    members.insert("version".into(), json!(thing.version));
    members
}

/// The attributes of an `attributePayload`, where it has them.
pub fn attributes(payload: Option<&Map<String, Value>>) -> Option<Attributes> {
    let given = payload?.get("attributes")?.as_object()?;
    Some(
        given
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
    )
}

/// Whether an `attributePayload` is to be merged.
pub fn merge(payload: Option<&Map<String, Value>>) -> bool {
    payload
        .and_then(|payload| payload.get("merge")?.as_bool())
        .unwrap_or_default()
}
