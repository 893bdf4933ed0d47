//! Which action an API operation is checked as.
//!
//! Owns the places where the action's name is not simply the operation's. On which resources is [`super::resource`]'s
//! business.

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
        ("s3", "DeleteBucketCors" | "PutBucketCors") => Some("s3:PutBucketCORS"),
        ("s3", "GetBucketEncryption") => Some("s3:GetEncryptionConfiguration"),
        ("s3", "GetBucketLifecycleConfiguration") => Some("s3:GetLifecycleConfiguration"),
        ("s3", "GetBucketNotificationConfiguration") => Some("s3:GetBucketNotification"),
        ("s3", "GetBucketReplication") => Some("s3:GetReplicationConfiguration"),
        ("s3", "GetObjectLockConfiguration") => Some("s3:GetBucketObjectLockConfiguration"),
        ("s3", "GetPublicAccessBlock") => Some("s3:GetBucketPublicAccessBlock"),
        ("s3", "DeletePublicAccessBlock" | "PutPublicAccessBlock") => {
            Some("s3:PutBucketPublicAccessBlock")
        }
        ("s3", "DeleteBucketOwnershipControls") => Some("s3:PutBucketOwnershipControls"),
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
}
