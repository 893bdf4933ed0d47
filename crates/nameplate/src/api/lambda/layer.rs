//! Layers. API: PublishLayerVersion.

use super::{last_modified, list, markers, text_list};
use crate::api::Call;
use crate::api::lambda::function::{code, link};
use crate::app::Error;
use crate::app::functions::{NewLayer, layer_arn};
use nameplate_core::function::LayerVersion;
use serde_json::{Value, json};

/// Layers of a page where the caller does not say (API: `MaxItems`).
const PAGE: usize = 50;

/// `PublishLayerVersion`.
pub async fn publish_layer_version(call: &Call<'_>) -> Result<Value, Error> {
    let content = code(call, call.input.object("Content"))?
        .ok_or_else(|| Error::invalid("Please provide a source for the layer's content."))?;
    let new = NewLayer {
        name: call.required("LayerName")?.to_owned(),
        description: call
            .input
            .text("Description")
            .unwrap_or_default()
            .to_owned(),
        license: call.input.text("LicenseInfo").map(str::to_owned),
        runtimes: text_list(call, "CompatibleRuntimes").unwrap_or_default(),
        architectures: text_list(call, "CompatibleArchitectures").unwrap_or_default(),
        content,
    };
    let made = call.app.functions.publish_layer(&call.caller, new).await?;
    Ok(with_content(call, &made))
}

/// `GetLayerVersion`.
pub async fn get_layer_version(call: &Call<'_>) -> Result<Value, Error> {
    let (name, number) = named(call)?;
    let found = call.app.functions.layer_version(name, number).await?;
    Ok(with_content(call, &found))
}

/// `GetLayerVersionByArn`.
pub async fn get_layer_version_by_arn(call: &Call<'_>) -> Result<Value, Error> {
    let arn = call.required("Arn")?;
    let parts = arn
        .split_once(":layer:")
        .and_then(|(_, rest)| rest.split_once(':'));
    let named = parts.and_then(|(name, number)| Some((name, number.parse().ok()?)));
    let (name, number) =
        named.ok_or_else(|| Error::invalid(format!("{arn} is no ARN of a layer's version")))?;
    let found = call.app.functions.layer_version(name, number).await?;
    Ok(with_content(call, &found))
}

/// `ListLayerVersions`, newest first.
pub async fn list_layer_versions(call: &Call<'_>) -> Result<Value, Error> {
    let (after, limit) = markers(call, PAGE)?;
    let below = after.parse().unwrap_or(i64::MAX);
    let name = call.required("LayerName")?;
    let mut found = call.app.functions.layer_versions(name).await?;
    found.retain(|version| version.number < below && fits(call, version));
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|last| last.number.to_string());
    let items = found.iter().map(|version| listed(call, version)).collect();
    Ok(list("LayerVersions", items, next.filter(|_| more)))
}

/// `ListLayers`, each with its newest version.
pub async fn list_layers(call: &Call<'_>) -> Result<Value, Error> {
    let (after, limit) = markers(call, PAGE)?;
    let mut found = call.app.functions.layers().await?;
    found.retain(|version| version.layer > after && fits(call, version));
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|last| last.layer.clone());
    let items = found
        .iter()
        .map(|version| {
            json!({
                "LayerName": version.layer,
                "LayerArn": layer_arn(&call.caller.ctx.realm, &version.layer),
                "LatestMatchingVersion": listed(call, version),
            })
        })
        .collect();
    Ok(list("Layers", items, next.filter(|_| more)))
}

/// `DeleteLayerVersion`.
pub async fn delete_layer_version(call: &Call<'_>) -> Result<Value, Error> {
    let (name, number) = named(call)?;
    call.app
        .functions
        .delete_layer(&call.caller, name, number)
        .await?;
    Ok(json!({}))
}

fn named<'c>(call: &'c Call<'_>) -> Result<(&'c str, i64), Error> {
    let number = call.input.integer("VersionNumber").unwrap_or(0);
    if number < 1 {
        return Err(Error::invalid("Layer Version Cannot be less than 1"));
    }
    Ok((call.required("LayerName")?, number))
}

fn fits(call: &Call<'_>, version: &LayerVersion) -> bool {
    let among = |wanted: Option<&str>, there: &[String]| {
        wanted.is_none_or(|wanted| there.iter().any(|one| one == wanted))
    };
    among(call.input.text("CompatibleRuntime"), &version.runtimes)
        && among(
            call.input.text("CompatibleArchitecture"),
            &version.architectures,
        )
}

fn members(call: &Call<'_>, version: &LayerVersion) -> Value {
    let arn = layer_arn(&call.caller.ctx.realm, &version.layer);
    let mut members = json!({
        "LayerVersionArn": format!("{arn}:{}", version.number),
        "Version": version.number,
        "Description": version.description,
        "CreatedDate": last_modified(version.created),
        "CompatibleRuntimes": version.runtimes,
        "CompatibleArchitectures": version.architectures,
    });
    if let Some(license) = &version.license {
        members["LicenseInfo"] = json!(license);
    }
    members
}

/// As lists show it: what was not given when it was published is left out. [moto's `test_list_lambda_layers`, which is also
/// run against AWS]
fn listed(call: &Call<'_>, version: &LayerVersion) -> Value {
    let mut members = members(call, version);
    if let Some(members) = members.as_object_mut() {
        members.retain(|_, value| *value != json!("") && *value != json!([]));
    }
    members
}

fn with_content(call: &Call<'_>, version: &LayerVersion) -> Value {
    let mut members = members(call, version);
    members["LayerArn"] = json!(layer_arn(&call.caller.ctx.realm, &version.layer));
    let path = format!("layers/{}/code/{}", version.layer, version.number);
    members["Content"] = json!({
        "Location": link(call, &path),
        "CodeSha256": version.code_sha256,
        "CodeSize": version.code_size,
    });
    members
}
