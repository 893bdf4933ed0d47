//! The `acm` service, AWS Certificate Manager: certificates that owners import for names of their own.

mod certificate;
mod fault;
mod tag;
#[cfg(test)]
mod tests;

use super::service::{Permission, Row};
use nameplate_aws::model::Service;

/// The service.
pub static ROW: Row = Row::new(
    Service::Acm,
    &["acm"],
    OPERATIONS,
    Permission::Action {
        resources: |app, _, operation, input| {
            let named = input
                .text("CertificateArn")
                .or_else(|| input.text("ResourceArn"));
            let one = match (named, operation.name) {
                (Some(arn), _) => arn.to_owned(),
                (None, "ImportCertificate") => app.realm().acm_certificate("*"),
                (None, _) => "*".to_owned(),
            };
            Box::pin(std::future::ready(Ok(vec![one])))
        },
        keys: |_, operation, input| tag::condition_keys(operation.name, input),
    },
    fault::of,
);

super::service::operations! {
    "AddTagsToCertificate" => tag::add_tags_to_certificate,
    "DeleteCertificate" => certificate::delete_certificate,
    "DescribeCertificate" => certificate::describe_certificate,
    "GetCertificate" => certificate::get_certificate,
    "ImportCertificate" => certificate::import_certificate,
    "ListCertificates" => certificate::list_certificates,
    "ListTagsForCertificate" => tag::list_tags_for_certificate,
    "ListTagsForResource" => tag::list_tags_for_resource,
    "RemoveTagsFromCertificate" => tag::remove_tags_from_certificate,
    "TagResource" => tag::tag_resource,
    "UntagResource" => tag::untag_resource,
}
