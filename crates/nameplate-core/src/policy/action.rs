//! Which action, and on which resource, an API operation is checked as.
//!
//! Owns the places where the action's name is not simply the operation's, and which operations of the
//! `iot` service name a resource. Must not know requests: the caller brings the names.

use crate::arn::Realm;
use std::borrow::Cow;

/// The IAM action of an operation. `service` is the name in the SigV4 scope, `operation` the operation's
/// name in the service model.
pub fn iam_action(service: &str, operation: &str) -> Cow<'static, str> {
    let special = match (service, operation) {
        ("lambda", "Invoke" | "InvokeAsync") => Some("lambda:InvokeFunction"),
        // These take the same permission as the plain operation (S3 user guide: required permissions).
        ("s3", "HeadObject") => Some("s3:GetObject"),
        ("s3", "HeadBucket" | "ListObjects" | "ListObjectsV2") => Some("s3:ListBucket"),
        ("s3", "ListBuckets") => Some("s3:ListAllMyBuckets"),
        ("s3", "DeleteObjects") => Some("s3:DeleteObject"),
        ("s3", "CopyObject" | "CreateMultipartUpload" | "UploadPart") => Some("s3:PutObject"),
        ("s3", "CompleteMultipartUpload" | "UploadPartCopy") => Some("s3:PutObject"),
        ("s3", "ListObjectVersions") => Some("s3:ListBucketVersions"),
        ("s3", "GetBucketAccelerateConfiguration") => Some("s3:GetAccelerateConfiguration"),
        ("s3", "GetBucketCors") => Some("s3:GetBucketCORS"),
        ("s3", "GetBucketEncryption") => Some("s3:GetEncryptionConfiguration"),
        ("s3", "GetBucketLifecycleConfiguration") => Some("s3:GetLifecycleConfiguration"),
        ("s3", "GetBucketNotificationConfiguration") => Some("s3:GetBucketNotification"),
        ("s3", "GetBucketReplication") => Some("s3:GetReplicationConfiguration"),
        ("s3", "GetObjectLockConfiguration") => Some("s3:GetBucketObjectLockConfiguration"),
        ("s3", "GetPublicAccessBlock") => Some("s3:GetBucketPublicAccessBlock"),
        ("s3", "DeleteBucketTagging") => Some("s3:PutBucketTagging"),
        ("s3", "ListMultipartUploads") => Some("s3:ListBucketMultipartUploads"),
        ("s3", "ListParts") => Some("s3:ListMultipartUploadParts"),
        _ => None,
    };
    if let Some(action) = special {
        return Cow::Borrowed(action);
    }
    let prefix = match service {
        "iotdata" | "iotdevicegateway" => "iot",
        "iot-jobs-data" => "iotjobsdata",
        "monitoring" => "cloudwatch",
        other => other,
    };
    Cow::Owned(format!("{prefix}:{operation}"))
}

/// Whether the operation is allowed to anyone whose signature is right: IAM never refuses these.
pub fn needs_no_permission(service: &str, operation: &str) -> bool {
    service == "sts" && matches!(operation, "GetCallerIdentity" | "GetSessionToken")
}

/// The kind of resource an operation of `iot` or `iotdata` is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// No particular one; the resource is `*`.
    Any,
    /// A thing, by name.
    Thing,
    /// A thing type, by name.
    ThingType,
    /// A static or dynamic thing group, by name.
    ThingGroup,
    /// A billing group, by name.
    BillingGroup,
    /// A device certificate, by id.
    Certificate,
    /// A CA certificate, by id.
    CaCertificate,
    /// An IoT policy, by name.
    Policy,
    /// A provisioning template, by name.
    ProvisioningTemplate,
    /// A topic rule, by name.
    Rule,
    /// A role alias, by name.
    RoleAlias,
    /// A custom authorizer, by name.
    Authorizer,
    /// A domain configuration, by name.
    DomainConfiguration,
    /// A certificate provider, by name.
    CertificateProvider,
    /// A job, by id.
    Job,
    /// A job template, by id.
    JobTemplate,
    /// A search index, by name.
    Index,
    /// A topic, by name.
    Topic,
    /// A connected client, by client identifier.
    Client,
    /// Whatever the request names by its full ARN, for example a policy's target.
    Arn,
}

impl ResourceKind {
    /// What the operation is checked on; [`ResourceKind::Any`] for those that no table names.
    ///
    /// An operation that names two resources is listed under the one IAM's reference puts first.
    pub fn of(operation: &str) -> ResourceKind {
        use ResourceKind::*;
        match operation {
            "CreateThing"
            | "UpdateThing"
            | "DeleteThing"
            | "DescribeThing"
            | "AttachThingPrincipal"
            | "DetachThingPrincipal"
            | "ListThingPrincipals"
            | "ListThingPrincipalsV2"
            | "ListThingGroupsForThing"
            | "UpdateThingGroupsForThing"
            | "AddThingToThingGroup"
            | "RemoveThingFromThingGroup"
            | "AddThingToBillingGroup"
            | "RemoveThingFromBillingGroup"
            | "GetThingConnectivityData"
            | "GetThingShadow"
            | "UpdateThingShadow"
            | "DeleteThingShadow"
            | "ListNamedShadowsForThing"
            | "CancelJobExecution"
            | "DeleteJobExecution"
            | "DescribeJobExecution"
            | "ListJobExecutionsForThing"
            | "GetPendingJobExecutions"
            | "StartNextPendingJobExecution"
            | "UpdateJobExecution" => Thing,
            "CreateThingType" | "UpdateThingType" | "DeleteThingType" | "DescribeThingType"
            | "DeprecateThingType" => ThingType,
            "CreateThingGroup"
            | "UpdateThingGroup"
            | "DeleteThingGroup"
            | "DescribeThingGroup"
            | "ListThingsInThingGroup"
            | "CreateDynamicThingGroup"
            | "UpdateDynamicThingGroup"
            | "DeleteDynamicThingGroup" => ThingGroup,
            "CreateBillingGroup"
            | "UpdateBillingGroup"
            | "DeleteBillingGroup"
            | "DescribeBillingGroup"
            | "ListThingsInBillingGroup" => BillingGroup,
            "UpdateCertificate"
            | "DeleteCertificate"
            | "DescribeCertificate"
            | "TransferCertificate"
            | "AcceptCertificateTransfer"
            | "RejectCertificateTransfer"
            | "CancelCertificateTransfer" => Certificate,
            "UpdateCACertificate" | "DeleteCACertificate" | "DescribeCACertificate" => {
                CaCertificate
            }
            "CreatePolicy"
            | "GetPolicy"
            | "DeletePolicy"
            | "CreatePolicyVersion"
            | "GetPolicyVersion"
            | "DeletePolicyVersion"
            | "ListPolicyVersions"
            | "SetDefaultPolicyVersion"
            | "ListTargetsForPolicy"
            | "ListPolicyPrincipals" => Policy,
            "CreateProvisioningTemplate"
            | "UpdateProvisioningTemplate"
            | "DeleteProvisioningTemplate"
            | "DescribeProvisioningTemplate"
            | "CreateProvisioningTemplateVersion"
            | "DeleteProvisioningTemplateVersion"
            | "DescribeProvisioningTemplateVersion"
            | "ListProvisioningTemplateVersions"
            | "CreateProvisioningClaim" => ProvisioningTemplate,
            "CreateTopicRule" | "ReplaceTopicRule" | "GetTopicRule" | "DeleteTopicRule"
            | "EnableTopicRule" | "DisableTopicRule" => Rule,
            "CreateRoleAlias"
            | "UpdateRoleAlias"
            | "DeleteRoleAlias"
            | "DescribeRoleAlias"
            | "AssumeRoleWithCertificate" => RoleAlias,
            "CreateAuthorizer"
            | "UpdateAuthorizer"
            | "DeleteAuthorizer"
            | "DescribeAuthorizer"
            | "SetDefaultAuthorizer"
            | "TestInvokeAuthorizer" => Authorizer,
            "CreateDomainConfiguration"
            | "UpdateDomainConfiguration"
            | "DeleteDomainConfiguration"
            | "DescribeDomainConfiguration" => DomainConfiguration,
            "CreateCertificateProvider"
            | "UpdateCertificateProvider"
            | "DeleteCertificateProvider"
            | "DescribeCertificateProvider" => CertificateProvider,
            "CreateJob"
            | "UpdateJob"
            | "DeleteJob"
            | "DescribeJob"
            | "CancelJob"
            | "GetJobDocument"
            | "AssociateTargetsWithJob"
            | "ListJobExecutionsForJob" => Job,
            "CreateJobTemplate" | "DeleteJobTemplate" | "DescribeJobTemplate" => JobTemplate,
            "SearchIndex"
            | "DescribeIndex"
            | "GetStatistics"
            | "GetCardinality"
            | "GetPercentiles"
            | "GetBucketsAggregation" => Index,
            "Publish" | "RetainPublish" | "GetRetainedMessage" => Topic,
            "GetConnection" | "ListSubscriptions" | "DeleteConnection" | "SendDirectMessage" => {
                Client
            }
            "AttachPolicy"
            | "DetachPolicy"
            | "ListAttachedPolicies"
            | "AttachPrincipalPolicy"
            | "DetachPrincipalPolicy"
            | "ListPrincipalPolicies"
            | "TagResource"
            | "UntagResource"
            | "ListTagsForResource" => Arn,
            _ => Any,
        }
    }

    /// The ARN that the check asks about. `name` is the entity's name or id, or the whole ARN for
    /// [`ResourceKind::Arn`]; an empty name gives `*`.
    pub fn arn(self, realm: &Realm, name: &str) -> String {
        if name.is_empty() || self == ResourceKind::Any {
            return "*".to_owned();
        }
        let prefix = match self {
            ResourceKind::Any | ResourceKind::Arn => return name.to_owned(),
            ResourceKind::Thing => return realm.thing(name),
            ResourceKind::ThingType => return realm.thing_type(name),
            ResourceKind::ThingGroup => return realm.thing_group(name),
            ResourceKind::BillingGroup => return realm.billing_group(name),
            // Ids may be sent in either case; a policy that denies one must meet both.
            ResourceKind::Certificate => return realm.certificate(&name.to_ascii_lowercase()),
            ResourceKind::CaCertificate => {
                return realm.ca_certificate(&name.to_ascii_lowercase());
            }
            ResourceKind::Policy => return realm.policy(name),
            ResourceKind::ProvisioningTemplate => return realm.provisioning_template(name),
            ResourceKind::RoleAlias => return realm.role_alias(name),
            ResourceKind::Authorizer => return realm.authorizer(name),
            ResourceKind::DomainConfiguration => return realm.domain_configuration(name),
            ResourceKind::Rule => "rule",
            ResourceKind::CertificateProvider => "certificateprovider",
            ResourceKind::Job => "job",
            ResourceKind::JobTemplate => "jobtemplate",
            ResourceKind::Index => "index",
            ResourceKind::Topic => "topic",
            ResourceKind::Client => "client",
        };
        realm.iot(format_args!("{prefix}/{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_follow_the_operation_with_few_exceptions() {
        let check = |service, operation, action: &str| {
            assert_eq!(iam_action(service, operation), action);
        };
        check("iot", "RegisterThing", "iot:RegisterThing");
        check("iotdata", "GetThingShadow", "iot:GetThingShadow");
        check(
            "iot-jobs-data",
            "UpdateJobExecution",
            "iotjobsdata:UpdateJobExecution",
        );
        check("lambda", "Invoke", "lambda:InvokeFunction");
        check("s3", "ListObjectsV2", "s3:ListBucket");
        check("s3", "HeadObject", "s3:GetObject");
        check("s3", "GetObjectTagging", "s3:GetObjectTagging");
        check(
            "s3",
            "GetPublicAccessBlock",
            "s3:GetBucketPublicAccessBlock",
        );
        check("iam", "CreateRole", "iam:CreateRole");
        assert!(needs_no_permission("sts", "GetCallerIdentity"));
        assert!(!needs_no_permission("sts", "AssumeRole"));
    }

    #[test]
    fn resources_are_arns_of_what_the_operation_names() {
        let realm = Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        };
        let check = |operation, name, arn: &str| {
            assert_eq!(ResourceKind::of(operation).arn(&realm, name), arn);
        };
        check(
            "CreateThing",
            "t",
            "arn:aws:iot:us-east-1:123456789012:thing/t",
        );
        check(
            "Publish",
            "a/b",
            "arn:aws:iot:us-east-1:123456789012:topic/a/b",
        );
        check(
            "DeleteCertificate",
            "AB",
            "arn:aws:iot:us-east-1:123456789012:cert/ab",
        );
        check("RegisterCACertificate", "", "*");
        check("ListThings", "ignored", "*");
        check("AttachPolicy", "arn:x", "arn:x");
    }
}
