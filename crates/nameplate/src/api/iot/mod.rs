//! The `iot` control plane.

mod authorization;
mod billing_group;
mod ca;
mod certificate;
mod dynamic_group;
mod endpoint;
mod event;
mod group;
mod index;
mod policy;
mod principal;
mod register_thing;
mod registration_task;
mod tag;
mod template;
mod thing;
mod thing_type;

#[cfg(test)]
mod tests;

super::operations! {
    "AddThingToBillingGroup" => billing_group::add_thing_to_billing_group,
    "AddThingToThingGroup" => group::add_thing_to_thing_group,
    "AttachPolicy" => policy::attach_policy,
    "AttachPrincipalPolicy" => policy::attach_principal_policy,
    "AttachThingPrincipal" => principal::attach_thing_principal,
    "CreateBillingGroup" => billing_group::create_billing_group,
    "CreateCertificateFromCsr" => certificate::create_certificate_from_csr,
    "CreateDynamicThingGroup" => dynamic_group::create_dynamic_thing_group,
    "CreateKeysAndCertificate" => certificate::create_keys_and_certificate,
    "CreatePolicy" => policy::create_policy,
    "CreatePolicyVersion" => policy::create_policy_version,
    "CreateProvisioningTemplate" => template::create_provisioning_template,
    "CreateProvisioningTemplateVersion" => template::create_provisioning_template_version,
    "CreateThing" => thing::create_thing,
    "CreateThingGroup" => group::create_thing_group,
    "CreateThingType" => thing_type::create_thing_type,
    "DeleteBillingGroup" => billing_group::delete_billing_group,
    "DeleteCACertificate" => ca::delete_ca_certificate,
    "DeleteCertificate" => certificate::delete_certificate,
    "DeleteDynamicThingGroup" => dynamic_group::delete_dynamic_thing_group,
    "DeletePolicy" => policy::delete_policy,
    "DeletePolicyVersion" => policy::delete_policy_version,
    "DeleteProvisioningTemplate" => template::delete_provisioning_template,
    "DeleteProvisioningTemplateVersion" => template::delete_provisioning_template_version,
    "DeleteRegistrationCode" => ca::delete_registration_code,
    "DeleteThing" => thing::delete_thing,
    "DeleteThingGroup" => group::delete_thing_group,
    "DeleteThingType" => thing_type::delete_thing_type,
    "DeprecateThingType" => thing_type::deprecate_thing_type,
    "DescribeBillingGroup" => billing_group::describe_billing_group,
    "DescribeCACertificate" => ca::describe_ca_certificate,
    "DescribeCertificate" => certificate::describe_certificate,
    "DescribeEndpoint" => endpoint::describe_endpoint,
    "DescribeEventConfigurations" => event::describe_event_configurations,
    "DescribeIndex" => index::describe_index,
    "DescribeProvisioningTemplate" => template::describe_provisioning_template,
    "DescribeProvisioningTemplateVersion" => template::describe_provisioning_template_version,
    "DescribeThing" => thing::describe_thing,
    "DescribeThingGroup" => group::describe_thing_group,
    "DescribeThingRegistrationTask" => registration_task::describe_thing_registration_task,
    "DescribeThingType" => thing_type::describe_thing_type,
    "DetachPolicy" => policy::detach_policy,
    "DetachPrincipalPolicy" => policy::detach_principal_policy,
    "DetachThingPrincipal" => principal::detach_thing_principal,
    "GetBucketsAggregation" => index::get_buckets_aggregation,
    "GetCardinality" => index::get_cardinality,
    "GetEffectivePolicies" => authorization::get_effective_policies,
    "GetIndexingConfiguration" => index::get_indexing_configuration,
    "GetPercentiles" => index::get_percentiles,
    "GetPolicy" => policy::get_policy,
    "GetPolicyVersion" => policy::get_policy_version,
    "GetRegistrationCode" => ca::get_registration_code,
    "GetStatistics" => index::get_statistics,
    "ListAttachedPolicies" => policy::list_attached_policies,
    "ListBillingGroups" => billing_group::list_billing_groups,
    "ListCACertificates" => ca::list_ca_certificates,
    "ListCertificates" => certificate::list_certificates,
    "ListCertificatesByCA" => certificate::list_certificates_by_ca,
    "ListIndices" => index::list_indices,
    "ListPolicies" => policy::list_policies,
    "ListPolicyPrincipals" => policy::list_policy_principals,
    "ListPolicyVersions" => policy::list_policy_versions,
    "ListPrincipalPolicies" => policy::list_principal_policies,
    "ListPrincipalThings" => principal::list_principal_things,
    "ListPrincipalThingsV2" => principal::list_principal_things_v2,
    "ListProvisioningTemplateVersions" => template::list_provisioning_template_versions,
    "ListProvisioningTemplates" => template::list_provisioning_templates,
    "ListTagsForResource" => tag::list_tags_for_resource,
    "ListTargetsForPolicy" => policy::list_targets_for_policy,
    "ListThingGroups" => group::list_thing_groups,
    "ListThingGroupsForThing" => group::list_thing_groups_for_thing,
    "ListThingPrincipals" => principal::list_thing_principals,
    "ListThingPrincipalsV2" => principal::list_thing_principals_v2,
    "ListThingRegistrationTaskReports" => registration_task::list_thing_registration_task_reports,
    "ListThingRegistrationTasks" => registration_task::list_thing_registration_tasks,
    "ListThingTypes" => thing_type::list_thing_types,
    "ListThings" => thing::list_things,
    "ListThingsInBillingGroup" => billing_group::list_things_in_billing_group,
    "ListThingsInThingGroup" => group::list_things_in_thing_group,
    "RegisterCACertificate" => ca::register_ca_certificate,
    "RegisterCertificate" => certificate::register_certificate,
    "RegisterCertificateWithoutCA" => certificate::register_certificate_without_ca,
    "RegisterThing" => register_thing::register_thing,
    "RemoveThingFromBillingGroup" => billing_group::remove_thing_from_billing_group,
    "RemoveThingFromThingGroup" => group::remove_thing_from_thing_group,
    "SearchIndex" => index::search_index,
    "SetDefaultPolicyVersion" => policy::set_default_policy_version,
    "StartThingRegistrationTask" => registration_task::start_thing_registration_task,
    "StopThingRegistrationTask" => registration_task::stop_thing_registration_task,
    "TagResource" => tag::tag_resource,
    "TestAuthorization" => authorization::test_authorization,
    "UntagResource" => tag::untag_resource,
    "UpdateBillingGroup" => billing_group::update_billing_group,
    "UpdateCACertificate" => ca::update_ca_certificate,
    "UpdateCertificate" => certificate::update_certificate,
    "UpdateDynamicThingGroup" => dynamic_group::update_dynamic_thing_group,
    "UpdateEventConfigurations" => event::update_event_configurations,
    "UpdateIndexingConfiguration" => index::update_indexing_configuration,
    "UpdateProvisioningTemplate" => template::update_provisioning_template,
    "UpdateThing" => thing::update_thing,
    "UpdateThingGroup" => group::update_thing_group,
    "UpdateThingGroupsForThing" => group::update_thing_groups_for_thing,
    "UpdateThingType" => thing_type::update_thing_type,
}
