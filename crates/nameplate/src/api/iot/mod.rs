//! The `iot` control plane.

mod authorization;
mod authorizer;
mod ca;
mod certificate;
mod domain;
mod endpoint;
mod logging;
mod policy;
mod principal;
mod role_alias;
mod tag;
mod template;
mod thing;
mod thing_type;
mod transfer;

#[cfg(test)]
mod tests;

super::operations! {
    "AcceptCertificateTransfer" => transfer::accept_certificate_transfer,
    "AttachPolicy" => policy::attach_policy,
    "AttachPrincipalPolicy" => policy::attach_principal_policy,
    "AttachThingPrincipal" => principal::attach_thing_principal,
    "CancelCertificateTransfer" => transfer::cancel_certificate_transfer,
    "ClearDefaultAuthorizer" => authorizer::clear_default_authorizer,
    "CreateAuthorizer" => authorizer::create_authorizer,
    "CreateCertificateFromCsr" => certificate::create_certificate_from_csr,
    "CreateDomainConfiguration" => domain::create_domain_configuration,
    "CreateKeysAndCertificate" => certificate::create_keys_and_certificate,
    "CreatePolicy" => policy::create_policy,
    "CreatePolicyVersion" => policy::create_policy_version,
    "CreateProvisioningTemplate" => template::create_provisioning_template,
    "CreateProvisioningTemplateVersion" => template::create_provisioning_template_version,
    "CreateRoleAlias" => role_alias::create_role_alias,
    "CreateThing" => thing::create_thing,
    "CreateThingType" => thing_type::create_thing_type,
    "DeleteAuthorizer" => authorizer::delete_authorizer,
    "DeleteCACertificate" => ca::delete_ca_certificate,
    "DeleteCertificate" => certificate::delete_certificate,
    "DeleteDomainConfiguration" => domain::delete_domain_configuration,
    "DeletePolicy" => policy::delete_policy,
    "DeletePolicyVersion" => policy::delete_policy_version,
    "DeleteProvisioningTemplate" => template::delete_provisioning_template,
    "DeleteProvisioningTemplateVersion" => template::delete_provisioning_template_version,
    "DeleteRegistrationCode" => ca::delete_registration_code,
    "DeleteRoleAlias" => role_alias::delete_role_alias,
    "DeleteThing" => thing::delete_thing,
    "DeleteThingType" => thing_type::delete_thing_type,
    "DeleteV2LoggingLevel" => logging::delete_v2_logging_level,
    "DeprecateThingType" => thing_type::deprecate_thing_type,
    "DescribeAuthorizer" => authorizer::describe_authorizer,
    "DescribeCACertificate" => ca::describe_ca_certificate,
    "DescribeCertificate" => certificate::describe_certificate,
    "DescribeDefaultAuthorizer" => authorizer::describe_default_authorizer,
    "DescribeDomainConfiguration" => domain::describe_domain_configuration,
    "DescribeEndpoint" => endpoint::describe_endpoint,
    "DescribeProvisioningTemplate" => template::describe_provisioning_template,
    "DescribeProvisioningTemplateVersion" => template::describe_provisioning_template_version,
    "DescribeRoleAlias" => role_alias::describe_role_alias,
    "DescribeThing" => thing::describe_thing,
    "DescribeThingType" => thing_type::describe_thing_type,
    "DetachPolicy" => policy::detach_policy,
    "DetachPrincipalPolicy" => policy::detach_principal_policy,
    "DetachThingPrincipal" => principal::detach_thing_principal,
    "GetEffectivePolicies" => authorization::get_effective_policies,
    "GetLoggingOptions" => logging::get_logging_options,
    "GetPolicy" => policy::get_policy,
    "GetPolicyVersion" => policy::get_policy_version,
    "GetRegistrationCode" => ca::get_registration_code,
    "GetV2LoggingOptions" => logging::get_v2_logging_options,
    "ListAttachedPolicies" => policy::list_attached_policies,
    "ListAuthorizers" => authorizer::list_authorizers,
    "ListCACertificates" => ca::list_ca_certificates,
    "ListCertificates" => certificate::list_certificates,
    "ListCertificatesByCA" => certificate::list_certificates_by_ca,
    "ListDomainConfigurations" => domain::list_domain_configurations,
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
    "ListTargetsForPolicy" => policy::list_targets_for_policy,
    "ListThingPrincipals" => principal::list_thing_principals,
    "ListThingPrincipalsV2" => principal::list_thing_principals_v2,
    "ListThingTypes" => thing_type::list_thing_types,
    "ListThings" => thing::list_things,
    "ListV2LoggingLevels" => logging::list_v2_logging_levels,
    "RegisterCACertificate" => ca::register_ca_certificate,
    "RegisterCertificate" => certificate::register_certificate,
    "RegisterCertificateWithoutCA" => certificate::register_certificate_without_ca,
    "RejectCertificateTransfer" => transfer::reject_certificate_transfer,
    "SetDefaultAuthorizer" => authorizer::set_default_authorizer,
    "SetDefaultPolicyVersion" => policy::set_default_policy_version,
    "SetLoggingOptions" => logging::set_logging_options,
    "SetV2LoggingLevel" => logging::set_v2_logging_level,
    "SetV2LoggingOptions" => logging::set_v2_logging_options,
    "TestAuthorization" => authorization::test_authorization,
    "TransferCertificate" => transfer::transfer_certificate,
    "UpdateAuthorizer" => authorizer::update_authorizer,
    "UpdateCACertificate" => ca::update_ca_certificate,
    "UpdateCertificate" => certificate::update_certificate,
    "UpdateDomainConfiguration" => domain::update_domain_configuration,
    "UpdateProvisioningTemplate" => template::update_provisioning_template,
    "UpdateRoleAlias" => role_alias::update_role_alias,
    "UpdateThing" => thing::update_thing,
    "UpdateThingType" => thing_type::update_thing_type,
}
