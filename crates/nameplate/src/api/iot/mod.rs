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
mod ca;
mod certificate;
mod endpoint;
mod template;

super::operations! {
    "CreateCertificateFromCsr" => certificate::create_certificate_from_csr,
    "CreateKeysAndCertificate" => certificate::create_keys_and_certificate,
    "CreateProvisioningTemplate" => template::create_provisioning_template,
    "CreateProvisioningTemplateVersion" => template::create_provisioning_template_version,
    "DeleteCACertificate" => ca::delete_ca_certificate,
    "DeleteCertificate" => certificate::delete_certificate,
    "DeleteProvisioningTemplate" => template::delete_provisioning_template,
    "DeleteProvisioningTemplateVersion" => template::delete_provisioning_template_version,
    "DeleteRegistrationCode" => ca::delete_registration_code,
    "DescribeCACertificate" => ca::describe_ca_certificate,
    "DescribeCertificate" => certificate::describe_certificate,
    "DescribeEndpoint" => endpoint::describe_endpoint,
    "DescribeProvisioningTemplate" => template::describe_provisioning_template,
    "DescribeProvisioningTemplateVersion" => template::describe_provisioning_template_version,
    "GetRegistrationCode" => ca::get_registration_code,
    "ListCACertificates" => ca::list_ca_certificates,
    "ListCertificates" => certificate::list_certificates,
    "ListCertificatesByCA" => certificate::list_certificates_by_ca,
    "ListProvisioningTemplateVersions" => template::list_provisioning_template_versions,
    "ListProvisioningTemplates" => template::list_provisioning_templates,
    "RegisterCACertificate" => ca::register_ca_certificate,
    "RegisterCertificate" => certificate::register_certificate,
    "RegisterCertificateWithoutCA" => certificate::register_certificate_without_ca,
    "UpdateCACertificate" => ca::update_ca_certificate,
    "UpdateCertificate" => certificate::update_certificate,
    "UpdateProvisioningTemplate" => template::update_provisioning_template,
}

/// `tags`: names and values.
fn tags(call: &super::Call<'_>) -> Vec<(String, String)> {
    let text =
        |tag: &serde_json::Value, name: &str| tag[name].as_str().unwrap_or_default().to_owned();
    call.input
        .items("tags")
        .iter()
        .map(|tag| (text(tag, "Key"), text(tag, "Value")))
        .collect()
}
