//! The `iam` service.

mod fault;
mod group;
mod held;
mod instance_profile;
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
    "AddRoleToInstanceProfile" => instance_profile::add_role_to_instance_profile,
    "AddUserToGroup" => group::add_user_to_group,
    "AttachGroupPolicy" => held::attach_managed_policy,
    "AttachRolePolicy" => held::attach_managed_policy,
    "AttachUserPolicy" => held::attach_managed_policy,
    "CreateAccessKey" => user::create_access_key,
    "CreateGroup" => group::create_group,
    "CreateInstanceProfile" => instance_profile::create_instance_profile,
    "CreatePolicy" => policy::create_policy,
    "CreatePolicyVersion" => policy::create_policy_version,
    "CreateRole" => role::create_role,
    "CreateUser" => user::create_user,
    "DeleteAccessKey" => user::delete_access_key,
    "DeleteGroup" => group::delete_group,
    "DeleteGroupPolicy" => held::delete_policy,
    "DeleteInstanceProfile" => instance_profile::delete_instance_profile,
    "DeleteLoginProfile" => unused::login_profile,
    "DeletePolicy" => policy::delete_policy,
    "DeletePolicyVersion" => policy::delete_policy_version,
    "DeleteRole" => role::delete_role,
    "DeleteRolePolicy" => held::delete_policy,
    "DeleteUser" => user::delete_user,
    "DeleteUserPolicy" => held::delete_policy,
    "DetachGroupPolicy" => held::detach_managed_policy,
    "DetachRolePolicy" => held::detach_managed_policy,
    "DetachUserPolicy" => held::detach_managed_policy,
    "GetAccountPasswordPolicy" => unused::get_account_password_policy,
    "GetContextKeysForCustomPolicy" => simulate::get_context_keys,
    "GetContextKeysForPrincipalPolicy" => simulate::get_context_keys,
    "GetGroup" => group::get_group,
    "GetGroupPolicy" => held::get_policy,
    "GetInstanceProfile" => instance_profile::get_instance_profile,
    "GetLoginProfile" => unused::login_profile,
    "GetPolicy" => policy::get_policy,
    "GetPolicyVersion" => policy::get_policy_version,
    "GetRole" => role::get_role,
    "GetRolePolicy" => held::get_policy,
    "GetUser" => user::get_user,
    "GetUserPolicy" => held::get_policy,
    "ListAccessKeys" => user::list_access_keys,
    "ListAccountAliases" => unused::list_account_aliases,
    "ListAttachedGroupPolicies" => held::list_attached_policies,
    "ListAttachedRolePolicies" => held::list_attached_policies,
    "ListAttachedUserPolicies" => held::list_attached_policies,
    "ListEntitiesForPolicy" => policy::list_entities_for_policy,
    "ListGroupPolicies" => held::list_policies,
    "ListGroups" => group::list_groups,
    "ListGroupsForUser" => group::list_groups_for_user,
    "ListInstanceProfileTags" => held::list_tags,
    "ListInstanceProfiles" => instance_profile::list_instance_profiles,
    "ListInstanceProfilesForRole" => instance_profile::list_instance_profiles,
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
    "PutGroupPolicy" => held::put_policy,
    "PutRolePolicy" => held::put_policy,
    "PutUserPolicy" => held::put_policy,
    "RemoveRoleFromInstanceProfile" => instance_profile::remove_role_from_instance_profile,
    "RemoveUserFromGroup" => group::remove_user_from_group,
    "SetDefaultPolicyVersion" => policy::set_default_policy_version,
    "SimulateCustomPolicy" => simulate::simulate_custom_policy,
    "SimulatePrincipalPolicy" => simulate::simulate_principal_policy,
    "TagInstanceProfile" => held::tag,
    "TagPolicy" => held::tag,
    "TagRole" => held::tag,
    "TagUser" => held::tag,
    "UntagInstanceProfile" => held::untag,
    "UntagPolicy" => held::untag,
    "UntagRole" => held::untag,
    "UntagUser" => held::untag,
    "UpdateAccessKey" => user::update_access_key,
    "UpdateAssumeRolePolicy" => role::update_assume_role_policy,
    "UpdateGroup" => group::update_group,
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
