//! Which permission an operation needs, and on what, before it runs.

use crate::app::caller::Caller;
use crate::app::iam::holder::Holder;
use crate::app::{App, Error};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::request::Input;
use nameplate_core::policy::action::{iam_action, needs_no_permission};
use nameplate_core::policy::caller::request_tags;
use nameplate_core::policy::resource::{self, THING_ARN, canonical_arn, canonical_id};
use serde_json::Value;

/// Refuses unless the caller's policies allow the operation on its resource.
pub async fn check(
    app: &App,
    caller: &Caller,
    operation: &'static Operation,
    input: &Input,
) -> Result<(), Error> {
    if caller.identity()?.is_root() {
        return Ok(());
    }
    let scope = operation.service.scope();
    if needs_no_permission(scope, operation.name) {
        return Ok(());
    }
    if let (Service::Sts, "AssumeRole") = (operation.service, operation.name) {
        // The role's trust policy may be permission enough; the operation decides with both.
        return Ok(());
    }
    let action = iam_action(scope, operation.name);
    let keys = request_keys(app, operation, input);
    for resource in resources(app, caller, operation, input).await? {
        app.iam.may(caller, &action, &resource, &keys).await?;
    }
    Ok(())
}

/// Writes the names that have several spellings in their one form, before anything is asked about them: what is judged
/// is what is used. Policies and the registry compare names as they stand.
pub fn canonicalize(input: &mut Input) {
    for (name, value) in &mut input.members {
        let canonical: fn(&str) -> String = match name.as_str() {
            "certificateId" | "caCertificateId" => canonical_id,
            "principal" | "target" | "resourceArn" => canonical_arn,
            _ => continue,
        };
        if let Value::String(text) = value {
            *text = canonical(text);
        }
    }
}

/// The ARNs of what the operation is about, all of which must be allowed.
async fn resources(
    app: &App,
    caller: &Caller,
    operation: &Operation,
    input: &Input,
) -> Result<Vec<String>, Error> {
    let one = match operation.service {
        Service::Iot | Service::IotData => {
            let values = |member: &str| match input.get(member) {
                Some(Value::String(text)) => vec![text.clone()],
                _ => input
                    .items(member)
                    .iter()
                    .filter_map(|item| item.as_str().map(str::to_owned))
                    .collect(),
            };
            return Ok(resource::resources(operation.name, app.realm(), values));
        }
        Service::Lambda => match input.text("FunctionName") {
            Some(name) => app.realm().function(name),
            None => input.text("Resource").unwrap_or("*").to_owned(),
        },
        Service::Iam => iam_resource(app, caller, operation, input).await?,
        _ => "*".to_owned(),
    };
    Ok(vec![one])
}

/// Condition keys that the request brings: its tags, the thing, and the policy that is attached or detached.
pub(super) fn request_keys(
    app: &App,
    operation: &Operation,
    input: &Input,
) -> Vec<(String, String)> {
    let (tags, removed) = match operation.service {
        Service::Iam => (input.items("Tags"), input.items("TagKeys")),
        Service::Iot => (input.items("tags"), input.items("tagKeys")),
        _ => return Vec::new(),
    };
    let set = tags.iter().filter_map(|tag| {
        let key = tag["Key"].as_str()?;
        // IoT's tags may have no value, which is the empty one.
        Some((key, tag["Value"].as_str().unwrap_or_default()))
    });
    let mut keys = request_tags(set, removed.iter().filter_map(|key| key.as_str()));
    match (
        operation.name,
        input.text("thingName"),
        input.text("domainName"),
    ) {
        ("AttachThingPrincipal" | "DetachThingPrincipal", Some(thing), _) => {
            keys.push((THING_ARN.to_owned(), app.realm().thing(thing)));
        }
        ("CreateDomainConfiguration", _, Some(domain)) => {
            keys.push(("iot:DomainName".to_owned(), domain.to_owned()));
        }
        _ => {}
    }
    if let (
        "AttachRolePolicy" | "AttachUserPolicy" | "DetachRolePolicy" | "DetachUserPolicy",
        Some(arn),
    ) = (operation.name, input.text("PolicyArn"))
        && operation.service == Service::Iam
    {
        keys.push(("iam:PolicyARN".to_owned(), arn.to_owned()));
    }
    keys
}

/// The ARN with the path that the role or user has, or, when it is being created, will have.
async fn iam_resource(
    app: &App,
    caller: &Caller,
    operation: &Operation,
    input: &Input,
) -> Result<String, Error> {
    let path = input.text("Path").unwrap_or("/");
    let prefix = input.text("PathPrefix").unwrap_or("/");
    let of =
        |kind: &str, path: &str, name: &str| app.realm().iam(format_args!("{kind}{path}{name}"));
    let text = |name: &str| input.text(name).unwrap_or_default();
    match operation.name {
        "CreateRole" => return Ok(of("role", path, text("RoleName"))),
        "CreateUser" => return Ok(of("user", path, text("UserName"))),
        "CreatePolicy" => return Ok(of("policy", path, text("PolicyName"))),
        "ListRoles" => return Ok(of("role", prefix, "")),
        "ListUsers" => return Ok(of("user", prefix, "")),
        _ => {}
    }
    if let Some(name) = input.text("RoleName") {
        return app.iam.holder_arn(&Holder::Role(name.to_owned())).await;
    }
    if let Some(name) = input.text("UserName") {
        return app.iam.holder_arn(&Holder::User(name.to_owned())).await;
    }
    if let Some(arn) = input.text("PolicyArn").or(input.text("PolicySourceArn")) {
        return Ok(arn.to_owned());
    }
    match (operation.name, caller.identity()?.user_name()) {
        // Without a user name the caller means itself.
        (
            "GetUser" | "CreateAccessKey" | "ListAccessKeys" | "DeleteAccessKey"
            | "UpdateAccessKey",
            Some(own),
        ) => app.iam.holder_arn(&Holder::User(own.to_owned())).await,
        _ => Ok("*".to_owned()),
    }
}

#[cfg(test)]
mod tests;
