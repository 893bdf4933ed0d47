//! The `iam` service.

mod fault;
mod held;
mod permission;
mod policy;
mod role;
mod simulate;
mod unused;
mod user;

#[cfg(test)]
mod tests;

use super::query::Members;
use super::service::Row;
use crate::api::Call;
use crate::app::Error;
use crate::app::iam::holder::Tags;
use nameplate_aws::model::Service;
use nameplate_aws::respond::Node;
use serde_json::Value;

/// The service.
pub static ROW: Row = Row::new(
    Service::Iam,
    &["iam"],
    OPERATIONS,
    permission::PERMISSION,
    fault::of,
);

super::service::operations! {
    "AttachRolePolicy" => held::attach_managed_policy,
    "AttachUserPolicy" => held::attach_managed_policy,
    "CreateAccessKey" => user::create_access_key,
    "CreatePolicy" => policy::create_policy,
    "CreatePolicyVersion" => policy::create_policy_version,
    "CreateRole" => role::create_role,
    "CreateUser" => user::create_user,
    "DeleteAccessKey" => user::delete_access_key,
    "DeleteLoginProfile" => unused::login_profile,
    "DeletePolicy" => policy::delete_policy,
    "DeletePolicyVersion" => policy::delete_policy_version,
    "DeleteRole" => role::delete_role,
    "DeleteRolePolicy" => held::delete_policy,
    "DeleteUser" => user::delete_user,
    "DeleteUserPolicy" => held::delete_policy,
    "DetachRolePolicy" => held::detach_managed_policy,
    "DetachUserPolicy" => held::detach_managed_policy,
    "GetAccountPasswordPolicy" => unused::get_account_password_policy,
    "GetLoginProfile" => unused::login_profile,
    "GetPolicy" => policy::get_policy,
    "GetPolicyVersion" => policy::get_policy_version,
    "GetRole" => role::get_role,
    "GetRolePolicy" => held::get_policy,
    "GetUser" => user::get_user,
    "GetUserPolicy" => held::get_policy,
    "ListAccessKeys" => user::list_access_keys,
    "ListAccountAliases" => unused::list_account_aliases,
    "ListAttachedRolePolicies" => held::list_attached_policies,
    "ListAttachedUserPolicies" => held::list_attached_policies,
    "ListEntitiesForPolicy" => policy::list_entities_for_policy,
    "ListGroups" => unused::list_groups,
    "ListGroupsForUser" => unused::list_groups_for_user,
    "ListInstanceProfiles" => unused::list_instance_profiles,
    "ListInstanceProfilesForRole" => role::list_instance_profiles_for_role,
    "ListMFADevices" => unused::list_mfa_devices,
    "ListOpenIDConnectProviders" => unused::list_open_id_connect_providers,
    "ListPolicies" => policy::list_policies,
    "ListPolicyTags" => policy::list_policy_tags,
    "ListPolicyVersions" => policy::list_policy_versions,
    "ListRolePolicies" => held::list_policies,
    "ListRoleTags" => held::list_tags,
    "ListRoles" => role::list_roles,
    "ListSAMLProviders" => unused::list_saml_providers,
    "ListSSHPublicKeys" => unused::list_ssh_public_keys,
    "ListServerCertificates" => unused::list_server_certificates,
    "ListServiceSpecificCredentials" => unused::list_service_specific_credentials,
    "ListSigningCertificates" => unused::list_signing_certificates,
    "ListUserPolicies" => held::list_policies,
    "ListUserTags" => held::list_tags,
    "ListUsers" => user::list_users,
    "ListVirtualMFADevices" => unused::list_virtual_mfa_devices,
    "PutRolePolicy" => held::put_policy,
    "PutUserPolicy" => held::put_policy,
    "SetDefaultPolicyVersion" => policy::set_default_policy_version,
    "SimulatePrincipalPolicy" => simulate::simulate_principal_policy,
    "TagRole" => held::tag,
    "TagUser" => held::tag,
    "UntagRole" => held::untag,
    "UntagUser" => held::untag,
    "UpdateAccessKey" => user::update_access_key,
    "UpdateAssumeRolePolicy" => role::update_assume_role_policy,
    "UpdateRole" => role::update_role,
    "UpdateRoleDescription" => role::update_role_description,
    "UpdateUser" => user::update_user,
}

fn owned(call: &Call<'_>, name: &str) -> Result<String, Error> {
    call.required(name).map(str::to_owned)
}

fn text(call: &Call<'_>, name: &str) -> Option<String> {
    call.input.text(name).map(str::to_owned)
}

fn path(call: &Call<'_>) -> String {
    call.input.text("Path").unwrap_or("/").to_owned()
}

fn prefix<'a>(call: &'a Call<'_>) -> &'a str {
    call.input.text("PathPrefix").unwrap_or("/")
}

fn tags(call: &Call<'_>) -> Tags {
    call.input
        .items("Tags")
        .iter()
        .filter_map(|tag| Some((tag["Key"].as_str()?.into(), tag["Value"].as_str()?.into())))
        .collect()
}

fn tag_node((name, value): &(String, String)) -> Node {
    Members::new()
        .text("Key", name)
        .text("Value", value)
        .build()
}

/// The tags as a member, which is there only when there are any.
fn with_tags(members: Members, tags: &Tags) -> Members {
    if tags.is_empty() {
        return members;
    }
    members.node("Tags", Node::List(tags.iter().map(tag_node).collect()))
}

fn strings(items: &[Value]) -> Vec<String> {
    items
        .iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}
