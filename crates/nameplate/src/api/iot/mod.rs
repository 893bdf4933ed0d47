//! The `iot` control plane.

mod ca;
mod certificate;
mod endpoint;
mod template;
#[cfg(test)]
mod trial;

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
