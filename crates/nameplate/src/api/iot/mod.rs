//! The `iot` control plane.

mod authorization;
mod endpoint;
mod policy;
mod principal;
mod tag;
mod thing;
mod thing_type;

super::operations! {
    "AttachPolicy" => policy::attach_policy,
    "AttachPrincipalPolicy" => policy::attach_principal_policy,
    "AttachThingPrincipal" => principal::attach_thing_principal,
    "CreatePolicy" => policy::create_policy,
    "CreatePolicyVersion" => policy::create_policy_version,
    "CreateThing" => thing::create_thing,
    "CreateThingType" => thing_type::create_thing_type,
    "DeletePolicy" => policy::delete_policy,
    "DeletePolicyVersion" => policy::delete_policy_version,
    "DeleteThing" => thing::delete_thing,
    "DeleteThingType" => thing_type::delete_thing_type,
    "DeprecateThingType" => thing_type::deprecate_thing_type,
    "DescribeEndpoint" => endpoint::describe_endpoint,
    "DescribeThing" => thing::describe_thing,
    "DescribeThingType" => thing_type::describe_thing_type,
    "DetachPolicy" => policy::detach_policy,
    "DetachPrincipalPolicy" => policy::detach_principal_policy,
    "DetachThingPrincipal" => principal::detach_thing_principal,
    "GetEffectivePolicies" => authorization::get_effective_policies,
    "GetPolicy" => policy::get_policy,
    "GetPolicyVersion" => policy::get_policy_version,
    "ListAttachedPolicies" => policy::list_attached_policies,
    "ListPolicies" => policy::list_policies,
    "ListPolicyPrincipals" => policy::list_policy_principals,
    "ListPolicyVersions" => policy::list_policy_versions,
    "ListPrincipalPolicies" => policy::list_principal_policies,
    "ListPrincipalThings" => principal::list_principal_things,
    "ListPrincipalThingsV2" => principal::list_principal_things_v2,
    "ListTargetsForPolicy" => policy::list_targets_for_policy,
    "ListThingPrincipals" => principal::list_thing_principals,
    "ListThingPrincipalsV2" => principal::list_thing_principals_v2,
    "ListThingTypes" => thing_type::list_thing_types,
    "ListThings" => thing::list_things,
    "SetDefaultPolicyVersion" => policy::set_default_policy_version,
    "TestAuthorization" => authorization::test_authorization,
    "UpdateThing" => thing::update_thing,
    "UpdateThingType" => thing_type::update_thing_type,
}
