//! The `iot` control plane.

mod authorization;
mod authorizer;
mod billing_group;
mod ca;
mod certificate;
mod certificate_provider;
mod domain;
mod dynamic_group;
mod endpoint;
mod event;
pub(super) mod fault;
mod group;
mod index;
mod logging;
pub(super) mod permission;
mod policy;
mod principal;
mod register_thing;
mod registration_task;
mod role_alias;
pub(super) mod rule;
mod tag;
mod template;
mod thing;
mod thing_type;
mod transfer;

#[cfg(test)]
mod tests;

use super::service::Row;
use nameplate_aws::model::Service;

/// The service.
pub static ROW: Row = Row::new(
    Service::Iot,
    &["iot"],
    OPERATIONS,
    permission::CONTROL,
    fault::control,
);

super::service::operations! {
    "AcceptCertificateTransfer" => transfer::accept_certificate_transfer,
    "AddThingToBillingGroup" => billing_group::add_thing_to_billing_group,
    "AddThingToThingGroup" => group::add_thing_to_thing_group,
    "AttachPolicy" => policy::attach_policy,
    "AttachPrincipalPolicy" => policy::attach_principal_policy,
    "AttachThingPrincipal" => principal::attach_thing_principal,
    "CancelCertificateTransfer" => transfer::cancel_certificate_transfer,
    "ClearDefaultAuthorizer" => authorizer::clear_default_authorizer,
    "ConfirmTopicRuleDestination" => rule::confirm_topic_rule_destination,
    "CreateAuthorizer" => authorizer::create_authorizer,
    "CreateBillingGroup" => billing_group::create_billing_group,
    "CreateCertificateFromCsr" => certificate::create_certificate_from_csr,
    "CreateCertificateProvider" => certificate_provider::create_certificate_provider,
    "CreateDomainConfiguration" => domain::create_domain_configuration,
    "CreateDynamicThingGroup" => dynamic_group::create_dynamic_thing_group,
    "CreateKeysAndCertificate" => certificate::create_keys_and_certificate,
    "CreatePolicy" => policy::create_policy,
    "CreatePolicyVersion" => policy::create_policy_version,
    "CreateProvisioningClaim" => template::create_provisioning_claim,
    "CreateProvisioningTemplate" => template::create_provisioning_template,
    "CreateProvisioningTemplateVersion" => template::create_provisioning_template_version,
    "CreateRoleAlias" => role_alias::create_role_alias,
    "CreateThing" => thing::create_thing,
    "CreateThingGroup" => group::create_thing_group,
    "CreateThingType" => thing_type::create_thing_type,
    "CreateTopicRule" => rule::create_topic_rule,
    "CreateTopicRuleDestination" => rule::create_topic_rule_destination,
    "DeleteAuthorizer" => authorizer::delete_authorizer,
    "DeleteBillingGroup" => billing_group::delete_billing_group,
    "DeleteCACertificate" => ca::delete_ca_certificate,
    "DeleteCertificate" => certificate::delete_certificate,
    "DeleteCertificateProvider" => certificate_provider::delete_certificate_provider,
    "DeleteDomainConfiguration" => domain::delete_domain_configuration,
    "DeleteDynamicThingGroup" => dynamic_group::delete_dynamic_thing_group,
    "DeletePolicy" => policy::delete_policy,
    "DeletePolicyVersion" => policy::delete_policy_version,
    "DeleteProvisioningTemplate" => template::delete_provisioning_template,
    "DeleteProvisioningTemplateVersion" => template::delete_provisioning_template_version,
    "DeleteRegistrationCode" => ca::delete_registration_code,
    "DeleteRoleAlias" => role_alias::delete_role_alias,
    "DeleteThing" => thing::delete_thing,
    "DeleteThingGroup" => group::delete_thing_group,
    "DeleteThingType" => thing_type::delete_thing_type,
    "DeleteTopicRule" => rule::delete_topic_rule,
    "DeleteTopicRuleDestination" => rule::delete_topic_rule_destination,
    "DeleteV2LoggingLevel" => logging::delete_v2_logging_level,
    "DeprecateThingType" => thing_type::deprecate_thing_type,
    "DescribeAuthorizer" => authorizer::describe_authorizer,
    "DescribeBillingGroup" => billing_group::describe_billing_group,
    "DescribeCACertificate" => ca::describe_ca_certificate,
    "DescribeCertificate" => certificate::describe_certificate,
    "DescribeCertificateProvider" => certificate_provider::describe_certificate_provider,
    "DescribeDefaultAuthorizer" => authorizer::describe_default_authorizer,
    "DescribeDomainConfiguration" => domain::describe_domain_configuration,
    "DescribeEndpoint" => endpoint::describe_endpoint,
    "DescribeEventConfigurations" => event::describe_event_configurations,
    "DescribeIndex" => index::describe_index,
    "DescribeProvisioningTemplate" => template::describe_provisioning_template,
    "DescribeProvisioningTemplateVersion" => template::describe_provisioning_template_version,
    "DescribeRoleAlias" => role_alias::describe_role_alias,
    "DescribeThing" => thing::describe_thing,
    "DescribeThingGroup" => group::describe_thing_group,
    "DescribeThingRegistrationTask" => registration_task::describe_thing_registration_task,
    "DescribeThingType" => thing_type::describe_thing_type,
    "DetachPolicy" => policy::detach_policy,
    "DetachPrincipalPolicy" => policy::detach_principal_policy,
    "DetachThingPrincipal" => principal::detach_thing_principal,
    "DisableTopicRule" => rule::disable_topic_rule,
    "EnableTopicRule" => rule::enable_topic_rule,
    "GetBucketsAggregation" => index::get_buckets_aggregation,
    "GetCardinality" => index::get_cardinality,
    "GetEffectivePolicies" => authorization::get_effective_policies,
    "GetIndexingConfiguration" => index::get_indexing_configuration,
    "GetLoggingOptions" => logging::get_logging_options,
    "GetPercentiles" => index::get_percentiles,
    "GetPolicy" => policy::get_policy,
    "GetPolicyVersion" => policy::get_policy_version,
    "GetRegistrationCode" => ca::get_registration_code,
    "GetStatistics" => index::get_statistics,
    "GetTopicRule" => rule::get_topic_rule,
    "GetTopicRuleDestination" => rule::get_topic_rule_destination,
    "GetV2LoggingOptions" => logging::get_v2_logging_options,
    "ListAttachedPolicies" => policy::list_attached_policies,
    "ListAuthorizers" => authorizer::list_authorizers,
    "ListBillingGroups" => billing_group::list_billing_groups,
    "ListCACertificates" => ca::list_ca_certificates,
    "ListCertificateProviders" => certificate_provider::list_certificate_providers,
    "ListCertificates" => certificate::list_certificates,
    "ListCertificatesByCA" => certificate::list_certificates_by_ca,
    "ListDomainConfigurations" => domain::list_domain_configurations,
    "ListIndices" => index::list_indices,
    "ListOutgoingCertificates" => transfer::list_outgoing_certificates,
    "ListPolicies" => policy::list_policies,
    "ListPolicyPrincipals" => policy::list_policy_principals,
    "ListPolicyVersions" => policy::list_policy_versions,
    "ListPrincipalPolicies" => policy::list_principal_policies,
    "ListPrincipalThings" => principal::list_principal_things,
    "ListPrincipalThingsV2" => principal::list_principal_things_v2,
    "ListProvisioningTemplateVersions" => template::list_provisioning_template_versions,
    "ListProvisioningTemplates" => template::list_provisioning_templates,
    "ListRoleAliases" => role_alias::list_role_aliases,
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
    "ListTopicRuleDestinations" => rule::list_topic_rule_destinations,
    "ListTopicRules" => rule::list_topic_rules,
    "ListV2LoggingLevels" => logging::list_v2_logging_levels,
    "RegisterCACertificate" => ca::register_ca_certificate,
    "RegisterCertificate" => certificate::register_certificate,
    "RegisterCertificateWithoutCA" => certificate::register_certificate_without_ca,
    "RegisterThing" => register_thing::register_thing,
    "RejectCertificateTransfer" => transfer::reject_certificate_transfer,
    "RemoveThingFromBillingGroup" => billing_group::remove_thing_from_billing_group,
    "RemoveThingFromThingGroup" => group::remove_thing_from_thing_group,
    "ReplaceTopicRule" => rule::replace_topic_rule,
    "SearchIndex" => index::search_index,
    "SetDefaultAuthorizer" => authorizer::set_default_authorizer,
    "SetDefaultPolicyVersion" => policy::set_default_policy_version,
    "SetLoggingOptions" => logging::set_logging_options,
    "SetV2LoggingLevel" => logging::set_v2_logging_level,
    "SetV2LoggingOptions" => logging::set_v2_logging_options,
    "StartThingRegistrationTask" => registration_task::start_thing_registration_task,
    "StopThingRegistrationTask" => registration_task::stop_thing_registration_task,
    "TagResource" => tag::tag_resource,
    "TestAuthorization" => authorization::test_authorization,
    "TestInvokeAuthorizer" => authorizer::test_invoke_authorizer,
    "TransferCertificate" => transfer::transfer_certificate,
    "UntagResource" => tag::untag_resource,
    "UpdateAuthorizer" => authorizer::update_authorizer,
    "UpdateBillingGroup" => billing_group::update_billing_group,
    "UpdateCACertificate" => ca::update_ca_certificate,
    "UpdateCertificate" => certificate::update_certificate,
    "UpdateCertificateProvider" => certificate_provider::update_certificate_provider,
    "UpdateDomainConfiguration" => domain::update_domain_configuration,
    "UpdateDynamicThingGroup" => dynamic_group::update_dynamic_thing_group,
    "UpdateEventConfigurations" => event::update_event_configurations,
    "UpdateIndexingConfiguration" => index::update_indexing_configuration,
    "UpdateProvisioningTemplate" => template::update_provisioning_template,
    "UpdateRoleAlias" => role_alias::update_role_alias,
    "UpdateThing" => thing::update_thing,
    "UpdateThingGroup" => group::update_thing_group,
    "UpdateThingGroupsForThing" => group::update_thing_groups_for_thing,
    "UpdateThingType" => thing_type::update_thing_type,
    "UpdateTopicRuleDestination" => rule::update_topic_rule_destination,
}
