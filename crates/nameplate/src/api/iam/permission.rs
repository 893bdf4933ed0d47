//! What operations of IAM are about, and the condition keys they bring.

use crate::api::service::Permission;
use crate::app::caller::Caller;
use crate::app::iam::holder::Holder;
use crate::app::{App, Error};
use nameplate_aws::model::Operation;
use nameplate_aws::request::Input;
use nameplate_core::policy::caller::request_tags;

/// How operations are permitted.
pub const PERMISSION: Permission = Permission::Action {
    resources: |app, caller, operation, input| {
        Box::pin(async move { Ok(vec![resource(app, caller, operation, input).await?]) })
    },
    keys,
};

/// Tags, and the policy that is attached or detached.
fn keys(_: &App, operation: &Operation, input: &Input) -> Vec<(String, String)> {
    let tags = input.items("Tags").iter().filter_map(|tag| {
        let key = tag["Key"].as_str()?;
        Some((key, tag["Value"].as_str().unwrap_or_default()))
    });
    let removed = input.items("TagKeys");
    let mut keys = request_tags(tags, removed.iter().filter_map(|key| key.as_str()));
    if let (
        "AttachGroupPolicy" | "AttachRolePolicy" | "AttachUserPolicy" | "DetachGroupPolicy"
        | "DetachRolePolicy" | "DetachUserPolicy",
        Some(arn),
    ) = (operation.name, input.text("PolicyArn"))
    {
        keys.push(("iam:PolicyARN".to_owned(), arn.to_owned()));
    }
    keys
}

/// The ARN with the path that the role or user has, or, when it is being created, will have.
async fn resource(
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
        "CreateGroup" => return Ok(of("group", path, text("GroupName"))),
        "CreateInstanceProfile" => {
            return Ok(of("instance-profile", path, text("InstanceProfileName")));
        }
        "CreatePolicy" => return Ok(of("policy", path, text("PolicyName"))),
        "ListRoles" => return Ok(of("role", prefix, "")),
        "ListGroups" => return Ok(of("group", prefix, "")),
        "ListUsers" => return Ok(of("user", prefix, "")),
        "ListInstanceProfiles" => return Ok(of("instance-profile", prefix, "")),
        _ => {}
    }
    // Before the role: who fills an instance profile needs a permission on it, and another to pass the role.
    if let Some(name) = input.text("InstanceProfileName") {
        return app.iam.instance_profile_arn(name).await;
    }
    // Before the user: memberships are the group's.
    if let Some(name) = input.text("GroupName") {
        let group = Holder::Group(name.to_owned());
        return app.iam.holder_arn(&group).await;
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
