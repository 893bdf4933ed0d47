//! Thing groups and who is in them.

use crate::api::Call;
use crate::api::iot::{tag, thing};
use crate::api::page::Page;
use crate::app::Error;
use crate::app::registry::group::{GroupChange, GroupFilter, NewThingGroup, named};
use nameplate_core::registry::thing::ThingGroup;
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say; AWS does not document it.
const PAGE: usize = 50;

/// `CreateThingGroup`. `attributePayload.merge` means nothing here, as for things.
pub async fn create_thing_group(call: &Call<'_>) -> Result<Value, Error> {
    let new = NewThingGroup {
        name: call.required("thingGroupName")?.to_owned(),
        parent: call.input.text("parentGroupName").map(str::to_owned),
        description: description(call),
        attributes: thing::attributes(payload(call)).unwrap_or_default(),
        tags: tag::given(call),
    };
    let group = call
        .app
        .registry
        .create_thing_group(&call.caller, new)
        .await?;
    Ok(json!({
        "thingGroupName": group.name,
        "thingGroupArn": call.app.realm().thing_group(&group.name),
        "thingGroupId": group.group_id,
    }))
}

/// `UpdateThingGroup`.
pub async fn update_thing_group(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("thingGroupName")?;
    let version = call
        .app
        .registry
        .update_thing_group(&call.caller, name, change(call))
        .await?;
    Ok(json!({"version": version}))
}

/// `DeleteThingGroup`.
pub async fn delete_thing_group(call: &Call<'_>) -> Result<Value, Error> {
    let expected_version = call.input.integer("expectedVersion");
    let name = call.required("thingGroupName")?;
    call.app
        .registry
        .delete_thing_group(&call.caller, name, expected_version)
        .await?;
    Ok(json!({}))
}

/// `DescribeThingGroup`.
pub async fn describe_thing_group(call: &Call<'_>) -> Result<Value, Error> {
    let found = call
        .app
        .registry
        .thing_group(call.required("thingGroupName")?)
        .await?;
    let group = found.group;
    let mut properties = Map::new();
    if let Some(text) = &group.description {
        properties.insert("thingGroupDescription".into(), json!(text));
    }
    if !group.attributes.is_empty() {
        properties.insert(
            "attributePayload".into(),
            json!({"attributes": group.attributes}),
        );
    }
    let mut metadata = Map::new();
    if let Some(parent) = found.ancestors.last() {
        metadata.insert("parentGroupName".into(), json!(parent.name));
        metadata.insert(
            "rootToParentThingGroups".into(),
            found
                .ancestors
                .iter()
                .map(|above| entry(call, above))
                .collect(),
        );
    }
    metadata.insert("creationDate".into(), json!(group.created.as_seconds_f64()));
    let mut answer = json!({
        "thingGroupName": group.name,
        "thingGroupId": group.group_id,
        "thingGroupArn": call.app.realm().thing_group(&group.name),
        "version": group.version,
        "thingGroupProperties": properties,
        "thingGroupMetadata": metadata,
    });
    if let Some(query) = &group.query {
        answer["indexName"] = json!("AWS_Things");
        answer["queryString"] = json!(query);
        answer["queryVersion"] = json!("2017-09-30");
        answer["status"] = json!(call.app.search.dynamic_group_status(&group));
    }
    Ok(answer)
}

/// `ListThingGroups`: all levels unless asked otherwise.
pub async fn list_thing_groups(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let text = |name: &str| call.input.text(name).map(str::to_owned);
    let filter = GroupFilter {
        parent: text("parentGroup"),
        prefix: text("namePrefixFilter").unwrap_or_default(),
        recursive: call.input.flag("recursive").unwrap_or(true),
    };
    let after = page.key()?.unwrap_or_default();
    let mut found = call
        .app
        .registry
        .thing_groups(&filter, after, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |last| last.key.to_string());
    let items = found.iter().map(|group| entry(call, group)).collect();
    Ok(page.answer("thingGroups", items, next))
}

/// `AddThingToThingGroup`.
pub async fn add_thing_to_thing_group(call: &Call<'_>) -> Result<Value, Error> {
    let (thing, group) = ends(call)?;
    let override_dynamic = call.input.flag("overrideDynamicGroups").unwrap_or_default();
    call.app
        .registry
        .add_thing_to_group(&call.caller, &thing, &group, override_dynamic)
        .await?;
    Ok(json!({}))
}

/// `RemoveThingFromThingGroup`.
pub async fn remove_thing_from_thing_group(call: &Call<'_>) -> Result<Value, Error> {
    let (thing, group) = ends(call)?;
    call.app
        .registry
        .remove_thing_from_group(&call.caller, &thing, &group)
        .await?;
    Ok(json!({}))
}

/// `UpdateThingGroupsForThing`.
pub async fn update_thing_groups_for_thing(call: &Call<'_>) -> Result<Value, Error> {
    let names = |member: &str| -> Vec<String> {
        call.input
            .items(member)
            .iter()
            .filter_map(|name| Some(name.as_str()?.to_owned()))
            .collect()
    };
    let (leave, join) = (names("thingGroupsToRemove"), names("thingGroupsToAdd"));
    let override_dynamic = call.input.flag("overrideDynamicGroups").unwrap_or_default();
    let thing = call.required("thingName")?;
    call.app
        .registry
        .update_groups_of_thing(&call.caller, thing, &leave, &join, override_dynamic)
        .await?;
    Ok(json!({}))
}

/// `ListThingGroupsForThing`.
pub async fn list_thing_groups_for_thing(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let after = page.key()?.unwrap_or_default();
    let mut found = call
        .app
        .registry
        .groups_of_thing(call.required("thingName")?)
        .await?;
    found.retain(|group| group.key > after);
    let next = page.cut(&mut found, |last| last.key.to_string());
    let items = found.iter().map(|group| entry(call, group)).collect();
    Ok(page.answer("thingGroups", items, next))
}

/// `ListThingsInThingGroup`: the group's own unless asked otherwise.
pub async fn list_things_in_thing_group(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let recursive = call.input.flag("recursive").unwrap_or_default();
    let after = match &page.from {
        Some(place) => place
            .split_once('.')
            .and_then(|(group, thing)| Some((group.parse().ok()?, thing.parse().ok()?)))
            .ok_or_else(|| Error::invalid("Invalid token: it was not issued for this list"))?,
        None => (0, 0),
    };
    let mut found = call
        .app
        .registry
        .things_in_group(
            call.required("thingGroupName")?,
            recursive,
            after,
            page.size + 1,
        )
        .await?;
    let next = page.cut(&mut found, |last| {
        format!("{}.{}", last.place.0, last.place.1)
    });
    let items = found
        .into_iter()
        .map(|member| json!(member.thing))
        .collect();
    Ok(page.answer("things", items, next))
}

/// The thing and the group that a request names, each by name or ARN.
fn ends(call: &Call<'_>) -> Result<(String, String), Error> {
    let neither = |member: &str| {
        Error::invalid(format!(
            "Both {member}Arn and {member}Name are empty. Need to specify at least one of them"
        ))
    };
    let (realm, text) = (call.app.realm(), |name: &str| call.input.text(name));
    let group = named(
        realm,
        "thinggroup",
        text("thingGroupName"),
        text("thingGroupArn"),
    )?
    .ok_or_else(|| neither("thingGroup"))?;
    let thing = named(realm, "thing", text("thingName"), text("thingArn"))?
        .ok_or_else(|| neither("thing"))?;
    Ok((thing, group))
}

/// `thingGroupProperties` and `expectedVersion` of a request.
pub fn change(call: &Call<'_>) -> GroupChange {
    GroupChange {
        description: description(call),
        attributes: thing::attributes(payload(call)),
        merge: thing::merge(payload(call)),
        expected_version: call.input.integer("expectedVersion"),
    }
}

fn properties<'a>(call: &'a Call<'_>) -> Option<&'a Map<String, Value>> {
    call.input.object("thingGroupProperties")
}

fn payload<'a>(call: &'a Call<'_>) -> Option<&'a Map<String, Value>> {
    properties(call)?.get("attributePayload")?.as_object()
}

fn description(call: &Call<'_>) -> Option<String> {
    let text = properties(call)?.get("thingGroupDescription")?.as_str()?;
    Some(text.to_owned())
}

fn entry(call: &Call<'_>, group: &ThingGroup) -> Value {
    json!({
        "groupName": group.name,
        "groupArn": call.app.realm().thing_group(&group.name),
    })
}
