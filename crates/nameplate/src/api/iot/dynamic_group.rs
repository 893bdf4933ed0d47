//! Dynamic thing groups. Describing and listing them is as for static ones.

use crate::api::Call;
use crate::api::iot::{group, index, tag};
use crate::app::Error;
use crate::app::search::dynamic::NewDynamicGroup;
use nameplate_core::search::{QUERY_VERSION, Subject};
use serde_json::{Value, json};

/// `CreateDynamicThingGroup`.
pub async fn create_dynamic_thing_group(call: &Call<'_>) -> Result<Value, Error> {
    check_index(call)?;
    let properties = group::change(call);
    let new = NewDynamicGroup {
        name: call.required("thingGroupName")?.to_owned(),
        query: call.required("queryString")?.to_owned(),
        description: properties.description,
        attributes: properties.attributes.unwrap_or_default(),
        tags: tag::given(call),
    };
    let created = call
        .app
        .search
        .create_dynamic_group(&call.caller, new)
        .await?;
    Ok(json!({
        "thingGroupName": created.name,
        "thingGroupArn": call.app.realm().thing_group(&created.name),
        "thingGroupId": created.group_id,
        "indexName": Subject::Things.index_name(),
        "queryString": created.query,
        "queryVersion": QUERY_VERSION,
    }))
}

/// `UpdateDynamicThingGroup`.
pub async fn update_dynamic_thing_group(call: &Call<'_>) -> Result<Value, Error> {
    check_index(call)?;
    let name = call.required("thingGroupName")?;
    let query = call.input.text("queryString");
    let version = call
        .app
        .search
        .update_dynamic_group(&call.caller, name, query, group::change(call))
        .await?;
    Ok(json!({"version": version}))
}

/// `DeleteDynamicThingGroup`.
pub async fn delete_dynamic_thing_group(call: &Call<'_>) -> Result<Value, Error> {
    let expected_version = call.input.integer("expectedVersion");
    let name = call.required("thingGroupName")?;
    call.app
        .search
        .delete_dynamic_group(&call.caller, name, expected_version)
        .await?;
    Ok(json!({}))
}

fn check_index(call: &Call<'_>) -> Result<(), Error> {
    index::check_version(call)?;
    match call.input.text("indexName") {
        Some(name) if Subject::of_index(name) != Some(Subject::Things) => {
            Err(Error::invalid(format!(
                "indexName {name} cannot hold the things of a dynamic thing group; {} does",
                Subject::Things.index_name()
            )))
        }
        _ => Ok(()),
    }
}
