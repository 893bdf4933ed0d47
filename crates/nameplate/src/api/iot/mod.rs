//! The `iot` control plane.

mod authorization;
mod ca;
mod certificate;
mod endpoint;
mod policy;
mod principal;
mod tag;
mod template;
mod thing;
mod thing_type;

#[cfg(test)]
mod tests;

super::operations! {
    "AttachPolicy" => policy::attach_policy,
    "AttachPrincipalPolicy" => policy::attach_principal_policy,
    "AttachThingPrincipal" => principal::attach_thing_principal,
    "CreateCertificateFromCsr" => certificate::create_certificate_from_csr,
    "CreateKeysAndCertificate" => certificate::create_keys_and_certificate,
    "CreatePolicy" => policy::create_policy,
    "CreatePolicyVersion" => policy::create_policy_version,
    "CreateProvisioningTemplate" => template::create_provisioning_template,
    "CreateProvisioningTemplateVersion" => template::create_provisioning_template_version,
    "CreateThing" => thing::create_thing,
    "CreateThingType" => thing_type::create_thing_type,
    "DeleteCACertificate" => ca::delete_ca_certificate,
    "DeleteCertificate" => certificate::delete_certificate,
    "DeletePolicy" => policy::delete_policy,
    "DeletePolicyVersion" => policy::delete_policy_version,
    "DeleteProvisioningTemplate" => template::delete_provisioning_template,
    "DeleteProvisioningTemplateVersion" => template::delete_provisioning_template_version,
    "DeleteRegistrationCode" => ca::delete_registration_code,
    "DeleteThing" => thing::delete_thing,
    "DeleteThingType" => thing_type::delete_thing_type,
    "DeprecateThingType" => thing_type::deprecate_thing_type,
    "DescribeCACertificate" => ca::describe_ca_certificate,
    "DescribeCertificate" => certificate::describe_certificate,
    "DescribeEndpoint" => endpoint::describe_endpoint,
    "DescribeProvisioningTemplate" => template::describe_provisioning_template,
    "DescribeProvisioningTemplateVersion" => template::describe_provisioning_template_version,
    "DescribeThing" => thing::describe_thing,
    "DescribeThingType" => thing_type::describe_thing_type,
    "DetachPolicy" => policy::detach_policy,
    "DetachPrincipalPolicy" => policy::detach_principal_policy,
    "DetachThingPrincipal" => principal::detach_thing_principal,
    "GetEffectivePolicies" => authorization::get_effective_policies,
    "GetPolicy" => policy::get_policy,
    "GetPolicyVersion" => policy::get_policy_version,
    "GetRegistrationCode" => ca::get_registration_code,
    "ListAttachedPolicies" => policy::list_attached_policies,
    "ListCACertificates" => ca::list_ca_certificates,
    "ListCertificates" => certificate::list_certificates,
    "ListCertificatesByCA" => certificate::list_certificates_by_ca,
    "ListPolicies" => policy::list_policies,
    "ListPolicyPrincipals" => policy::list_policy_principals,
    "ListPolicyVersions" => policy::list_policy_versions,
    "ListPrincipalPolicies" => policy::list_principal_policies,
    "ListPrincipalThings" => principal::list_principal_things,
    "ListPrincipalThingsV2" => principal::list_principal_things_v2,
    "ListProvisioningTemplateVersions" => template::list_provisioning_template_versions,
    "ListProvisioningTemplates" => template::list_provisioning_templates,
    "ListTargetsForPolicy" => policy::list_targets_for_policy,
    "ListThingPrincipals" => principal::list_thing_principals,
    "ListThingPrincipalsV2" => principal::list_thing_principals_v2,
    "ListThingTypes" => thing_type::list_thing_types,
    "ListThings" => thing::list_things,
    "RegisterCACertificate" => ca::register_ca_certificate,
    "RegisterCertificate" => certificate::register_certificate,
    "RegisterCertificateWithoutCA" => certificate::register_certificate_without_ca,
    "SetDefaultPolicyVersion" => policy::set_default_policy_version,
    "TestAuthorization" => authorization::test_authorization,
    "UpdateCACertificate" => ca::update_ca_certificate,
    "UpdateCertificate" => certificate::update_certificate,
    "UpdateProvisioningTemplate" => template::update_provisioning_template,
    "UpdateThing" => thing::update_thing,
    "UpdateThingType" => thing_type::update_thing_type,
}
