//! Which permission an operation needs, and on what, before it runs.

use crate::app::iam::Identity;
use crate::app::{App, Error};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::request::Input;
use nameplate_core::ctx::Ctx;
use nameplate_core::policy::action::{ResourceKind, iam_action, needs_no_permission};

/// Members that name what an operation is about, in the order they are looked for.
const NAMES: &[(ResourceKind, &[&str])] = &[
    (ResourceKind::Thing, &["thingName"]),
    (ResourceKind::ThingType, &["thingTypeName"]),
    (ResourceKind::ThingGroup, &["thingGroupName"]),
    (ResourceKind::BillingGroup, &["billingGroupName"]),
    (ResourceKind::Certificate, &["certificateId"]),
    (
        ResourceKind::CaCertificate,
        &["certificateId", "caCertificateId"],
    ),
    (ResourceKind::Policy, &["policyName"]),
    (ResourceKind::ProvisioningTemplate, &["templateName"]),
    (ResourceKind::Arn, &["target", "principal", "resourceArn"]),
];

/// Refuses unless the caller's policies allow the operation on its resource.
pub fn check(
    app: &App,
    identity: &Identity,
    operation: &'static Operation,
    input: &Input,
    ctx: &Ctx,
) -> Result<(), Error> {
    if identity.is_root() {
        return Ok(());
    }
    let scope = operation.service.scope();
    if needs_no_permission(scope, operation.name) {
        return Ok(());
    }
    let action = iam_action(scope, operation.name);
    let resource = match operation.service {
        Service::Iot | Service::IotData => {
            let kind = ResourceKind::of(operation.name);
            let names = NAMES
                .iter()
                .find(|(of, _)| *of == kind)
                .map_or(&[][..], |(_, names)| names);
            let name = names
                .iter()
                .find_map(|name| input.text(name))
                .unwrap_or_default();
            kind.arn(app.realm(), name)
        }
        Service::Iam => iam_resource(app, identity, operation, input),
        Service::Sts => input.text("RoleArn").unwrap_or("*").to_owned(),
        _ => "*".to_owned(),
    };
    identity.may(&action, &resource, ctx.now)
}

fn iam_resource(app: &App, identity: &Identity, operation: &Operation, input: &Input) -> String {
    let realm = app.realm();
    let of = |kind: &str, name: &str| realm.iam(format_args!("{kind}/{name}"));
    if let Some(name) = input.text("RoleName") {
        return of("role", name);
    }
    if let Some(name) = input.text("UserName") {
        return of("user", name);
    }
    if let Some(arn) = input.text("PolicyArn") {
        return arn.to_owned();
    }
    match (
        operation.name,
        input.text("PolicyName"),
        identity.user_name(),
    ) {
        ("CreatePolicy", Some(name), _) => of("policy", name),
        // Without a user name the caller means itself.
        (
            "GetUser" | "CreateAccessKey" | "ListAccessKeys" | "DeleteAccessKey"
            | "UpdateAccessKey",
            _,
            Some(own),
        ) => of("user", own),
        _ => "*".to_owned(),
    }
}
