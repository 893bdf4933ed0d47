//! IoT policies, their versions and what they are attached to.

use crate::api::Call;
use crate::api::iot::tag;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::registry::policy::TargetKey;
use crate::app::registry::principal::{Target, certificate_of};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::policy::Policy;
use serde_json::{Value, json};

/// Items of a page where the caller does not say (API: `pageSize`, default 25).
const PAGE: usize = 25;

/// `CreatePolicy`.
pub async fn create_policy(call: &Call<'_>) -> Result<Value, Error> {
    let (name, document) = (call.required("policyName")?, document(call)?);
    call.app
        .registry
        .create_policy(&call.caller, name, document, tag::given(call))
        .await?;
    Ok(json!({
        "policyName": name,
        "policyArn": call.app.realm().policy(name),
        "policyDocument": document,
        "policyVersionId": "1",
    }))
}

/// `GetPolicy`.
pub async fn get_policy(call: &Call<'_>) -> Result<Value, Error> {
    let (policy, version) = call
        .app
        .registry
        .policy(call.required("policyName")?)
        .await?;
    Ok(json!({
        "policyName": policy.name,
        "policyArn": call.app.realm().policy(&policy.name),
        "policyDocument": version.document,
        "defaultVersionId": policy.default_version.to_string(),
        "creationDate": policy.created.as_seconds_f64(),
        "lastModifiedDate": policy.modified.as_seconds_f64(),
        "generationId": generation_id(&policy, policy.default_version, policy.modified),
    }))
}

/// `DeletePolicy`.
pub async fn delete_policy(call: &Call<'_>) -> Result<Value, Error> {
    call.app
        .registry
        .delete_policy(&call.caller, call.required("policyName")?)
        .await?;
    Ok(json!({}))
}

/// `ListPolicies`, newest first unless asked otherwise.
pub async fn list_policies(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::markers(call, PAGE)?;
    let mut found = call
        .app
        .registry
        .policies(ascending(call), page.key()?, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |last| last.key.to_string());
    let items = found.iter().map(|policy| entry(call, policy)).collect();
    Ok(page.answer("policies", items, next))
}

/// `CreatePolicyVersion`.
pub async fn create_policy_version(call: &Call<'_>) -> Result<Value, Error> {
    let (name, document) = (call.required("policyName")?, document(call)?);
    let in_force = call.input.flag("setAsDefault").unwrap_or_default();
    let number = call
        .app
        .registry
        .create_policy_version(&call.caller, name, document, in_force)
        .await?;
    Ok(json!({
        "policyArn": call.app.realm().policy(name),
        "policyDocument": document,
        "policyVersionId": number.to_string(),
        "isDefaultVersion": in_force,
    }))
}

/// `GetPolicyVersion`.
pub async fn get_policy_version(call: &Call<'_>) -> Result<Value, Error> {
    let (policy, version) = call
        .app
        .registry
        .policy_version(call.required("policyName")?, number(call)?)
        .await?;
    // A version's content never changes after its creation.
    let modified = version.created;
    Ok(json!({
        "policyArn": call.app.realm().policy(&policy.name),
        "policyName": policy.name,
        "policyDocument": version.document,
        "policyVersionId": version.version.to_string(),
        "isDefaultVersion": version.version == policy.default_version,
        "creationDate": version.created.as_seconds_f64(),
        "lastModifiedDate": modified.as_seconds_f64(),
        "generationId": generation_id(&policy, version.version, modified),
    }))
}

/// `ListPolicyVersions`.
pub async fn list_policy_versions(call: &Call<'_>) -> Result<Value, Error> {
    let (policy, versions) = call
        .app
        .registry
        .policy_versions(call.required("policyName")?)
        .await?;
    let items: Vec<Value> = versions
        .iter()
        .map(|version| {
            json!({
                "versionId": version.version.to_string(),
                "isDefaultVersion": version.version == policy.default_version,
                "createDate": version.created.as_seconds_f64(),
            })
        })
        .collect();
    Ok(json!({"policyVersions": items}))
}

/// `DeletePolicyVersion`.
pub async fn delete_policy_version(call: &Call<'_>) -> Result<Value, Error> {
    call.app
        .registry
        .delete_policy_version(&call.caller, call.required("policyName")?, number(call)?)
        .await?;
    Ok(json!({}))
}

/// `SetDefaultPolicyVersion`.
pub async fn set_default_policy_version(call: &Call<'_>) -> Result<Value, Error> {
    call.app
        .registry
        .set_default_policy_version(&call.caller, call.required("policyName")?, number(call)?)
        .await?;
    Ok(json!({}))
}

/// `AttachPolicy`.
pub async fn attach_policy(call: &Call<'_>) -> Result<Value, Error> {
    let target = target(call)?;
    let policy = call.required("policyName")?;
    call.app
        .registry
        .attach_policy(&call.caller, policy, target)
        .await?;
    Ok(json!({}))
}

/// `DetachPolicy`.
pub async fn detach_policy(call: &Call<'_>) -> Result<Value, Error> {
    let target = target(call)?;
    let policy = call.required("policyName")?;
    call.app
        .registry
        .detach_policy(&call.caller, policy, target)
        .await?;
    Ok(json!({}))
}

/// `ListAttachedPolicies`.
pub async fn list_attached_policies(call: &Call<'_>) -> Result<Value, Error> {
    let recursive = call.input.flag("recursive").unwrap_or_default();
    attached(call, &target(call)?, recursive, true).await
}

/// `ListTargetsForPolicy`: certificates, then thing groups.
pub async fn list_targets_for_policy(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::markers(call, PAGE)?;
    let from = page.from.as_deref().map(target_key).transpose()?;
    let mut found = call
        .app
        .registry
        .policy_targets(call.required("policyName")?, from, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |(key, _)| match key {
        TargetKey::Certificate(key) => format!("c{key}"),
        TargetKey::Group(key) => format!("g{key}"),
    });
    let items = found
        .iter()
        .map(|(_, target)| json!(target.arn(call.app.realm())))
        .collect();
    Ok(page.answer("targets", items, next))
}

/// `AttachPrincipalPolicy`, the older form of `AttachPolicy`.
pub async fn attach_principal_policy(call: &Call<'_>) -> Result<Value, Error> {
    let principal = certificate_of(call.app.realm(), call.required("principal")?)?;
    let policy = call.required("policyName")?;
    call.app
        .registry
        .attach_policy(&call.caller, policy, Target::Certificate(principal))
        .await?;
    Ok(json!({}))
}

/// `DetachPrincipalPolicy`, the older form of `DetachPolicy`.
pub async fn detach_principal_policy(call: &Call<'_>) -> Result<Value, Error> {
    let (policy, principal) = (call.required("policyName")?, call.required("principal")?);
    call.app
        .registry
        .detach_principal_policy(&call.caller, policy, principal)
        .await?;
    Ok(json!({}))
}

/// `ListPolicyPrincipals`, the older form of `ListTargetsForPolicy`: certificates only, newest first unless asked
/// otherwise.
pub async fn list_policy_principals(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::markers(call, PAGE)?;
    let policy = call.required("policyName")?;
    let mut found = call
        .app
        .registry
        .policy_principals(policy, ascending(call), page.key()?, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |(key, _)| key.to_string());
    let items = found
        .iter()
        .map(|(_, id)| json!(call.app.realm().certificate(&id.to_string())))
        .collect();
    Ok(page.answer("principals", items, next))
}

/// `ListPrincipalPolicies`, the older form of `ListAttachedPolicies`.
pub async fn list_principal_policies(call: &Call<'_>) -> Result<Value, Error> {
    let principal = certificate_of(call.app.realm(), call.required("principal")?)?;
    attached(
        call,
        &Target::Certificate(principal),
        false,
        ascending(call),
    )
    .await
}

/// A page of the policies attached to a target. There are few, so all are read and the page cut out.
async fn attached(
    call: &Call<'_>,
    target: &Target,
    ancestors: bool,
    ascending: bool,
) -> Result<Value, Error> {
    let page = Page::markers(call, PAGE)?;
    let mut found = call
        .app
        .registry
        .attached_policies(target, ancestors)
        .await?;
    if !ascending {
        found.reverse();
    }
    if let Some(from) = page.key()? {
        found.retain(|policy| {
            if ascending {
                policy.key > from
            } else {
                policy.key < from
            }
        });
    }
    let next = page.cut(&mut found, |last| last.key.to_string());
    let items = found.iter().map(|policy| entry(call, policy)).collect();
    Ok(page.answer("policies", items, next))
}

fn entry(call: &Call<'_>, policy: &Policy) -> Value {
    json!({
        "policyName": policy.name,
        "policyArn": call.app.realm().policy(&policy.name),
    })
}

fn ascending(call: &Call<'_>) -> bool {
    call.input.flag("ascendingOrder").unwrap_or_default()
}

/// The document as it was sent; an empty one is no policy, which its parser says.
fn document<'c>(call: &'c Call<'_>) -> Result<&'c str, Error> {
    call.required("policyDocument")
}

fn number(call: &Call<'_>) -> Result<i64, Error> {
    let text = call.required("policyVersionId")?;
    // Digits, says the model; those too many for a number are no version that exists.
    text.parse()
        .map_err(|_| Error::not_found(format!("Policy version not found (versionId={text})")))
}

fn target(call: &Call<'_>) -> Result<Target, Error> {
    let text = call.required("target")?;
    parse_target(call, text)
}

/// The certificate or thing group of an ARN.
pub fn parse_target(call: &Call<'_>, text: &str) -> Result<Target, Error> {
    Target::parse(call.app.realm(), text)?
        .ok_or_else(|| Error::invalid(format!("Invalid Target: {text}")))
}

fn target_key(position: &str) -> Result<TargetKey, Error> {
    let key = |digits: &str| digits.parse().ok();
    let found = match position.split_at_checked(1) {
        Some(("c", digits)) => key(digits).map(TargetKey::Certificate),
        Some(("g", digits)) => key(digits).map(TargetKey::Group),
        _ => None,
    };
    found.ok_or_else(|| Error::invalid("Invalid marker: it was not issued for this list"))
}

/// Another id for each content that a policy or version has had.
fn generation_id(policy: &Policy, version: i64, modified: Millis) -> String {
    let text = format!("{} {version} {}", policy.key, modified.0);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    hex::encode(digest)
}
