//! Billing groups and who is in them.

use crate::api::Call;
use crate::api::iot::tag;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::registry::group::named;
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say; AWS does not document it.
const PAGE: usize = 50;

/// `CreateBillingGroup`.
pub async fn create_billing_group(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("billingGroupName")?;
    let group = call
        .app
        .registry
        .create_billing_group(&call.caller, name, description(call), tag::given(call))
        .await?;
    Ok(json!({
        "billingGroupName": group.name,
        "billingGroupArn": call.app.realm().billing_group(&group.name),
        "billingGroupId": group.billing_group_id,
    }))
}

/// `UpdateBillingGroup`.
pub async fn update_billing_group(call: &Call<'_>) -> Result<Value, Error> {
    let expected_version = call.input.integer("expectedVersion");
    let name = call.required("billingGroupName")?;
    let version = call
        .app
        .registry
        .update_billing_group(&call.caller, name, description(call), expected_version)
        .await?;
    Ok(json!({"version": version}))
}

/// `DeleteBillingGroup`.
pub async fn delete_billing_group(call: &Call<'_>) -> Result<Value, Error> {
    let expected_version = call.input.integer("expectedVersion");
    let name = call.required("billingGroupName")?;
    call.app
        .registry
        .delete_billing_group(&call.caller, name, expected_version)
        .await?;
    Ok(json!({}))
}

/// `DescribeBillingGroup`.
pub async fn describe_billing_group(call: &Call<'_>) -> Result<Value, Error> {
    let group = call
        .app
        .registry
        .billing_group(call.required("billingGroupName")?)
        .await?;
    let mut properties = Map::new();
    if let Some(text) = &group.description {
        properties.insert("billingGroupDescription".into(), json!(text));
    }
    Ok(json!({
        "billingGroupName": group.name,
        "billingGroupId": group.billing_group_id,
        "billingGroupArn": call.app.realm().billing_group(&group.name),
        "version": group.version,
        "billingGroupProperties": properties,
        "billingGroupMetadata": {"creationDate": group.created.as_seconds_f64()},
    }))
}

/// `ListBillingGroups`.
pub async fn list_billing_groups(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let prefix = call.input.text("namePrefixFilter").unwrap_or_default();
    let after = page.key()?.unwrap_or_default();
    let mut found = call
        .app
        .registry
        .billing_groups(prefix, after, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |last| last.key.to_string());
    let items = found
        .iter()
        .map(|group| {
            json!({
                "groupName": group.name,
                "groupArn": call.app.realm().billing_group(&group.name),
            })
        })
        .collect();
    Ok(page.answer("billingGroups", items, next))
}

/// `AddThingToBillingGroup`.
pub async fn add_thing_to_billing_group(call: &Call<'_>) -> Result<Value, Error> {
    let (thing, group) = ends(call)?;
    call.app
        .registry
        .add_thing_to_billing_group(&call.caller, &thing, &group)
        .await?;
    Ok(json!({}))
}

/// `RemoveThingFromBillingGroup`.
pub async fn remove_thing_from_billing_group(call: &Call<'_>) -> Result<Value, Error> {
    let (thing, group) = ends(call)?;
    call.app
        .registry
        .remove_thing_from_billing_group(&call.caller, &thing, &group)
        .await?;
    Ok(json!({}))
}

/// `ListThingsInBillingGroup`.
pub async fn list_things_in_billing_group(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let after = page.key()?.unwrap_or_default();
    let mut found = call
        .app
        .registry
        .things_in_billing_group(call.required("billingGroupName")?, after, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |(last, _)| last.to_string());
    let items = found.into_iter().map(|(_, name)| json!(name)).collect();
    Ok(page.answer("things", items, next))
}

/// The thing and the billing group that a request names, each by name or ARN.
fn ends(call: &Call<'_>) -> Result<(String, String), Error> {
    let neither =
        |member: &str| Error::invalid(format!("Both {member}Name and {member}Arn cannot be null"));
    let (realm, text) = (call.app.realm(), |name: &str| call.input.text(name));
    let group = named(
        realm,
        "billinggroup",
        text("billingGroupName"),
        text("billingGroupArn"),
    )?
    .ok_or_else(|| neither("billingGroup"))?;
    let thing = named(realm, "thing", text("thingName"), text("thingArn"))?
        .ok_or_else(|| neither("thing"))?;
    Ok((thing, group))
}

fn description(call: &Call<'_>) -> Option<String> {
    let properties = call.input.object("billingGroupProperties")?;
    let text = properties.get("billingGroupDescription")?.as_str()?;
    Some(text.to_owned())
}
