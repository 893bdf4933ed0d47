//! What S3 calls refusals, its use cases' and its own of requests.

use super::{Fault, Setting};
use crate::app::objects::{KEY_BYTES, Refusal};
use crate::app::{Error, Kind};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::post_form::PostRefused;
use nameplate_aws::respond::ApiError;

/// A refusal of S3.
pub fn of(error: &Error, _: Option<&'static Operation>) -> ApiError {
    let named = |code: &'static str| ApiError::new(Service::S3, code, error.message.clone());
    let refusal = match &error.kind {
        Kind::Object(refusal) => refusal,
        Kind::Denied => return named("AccessDenied"),
        Kind::NotBuilt => return named("NotImplemented"),
        Kind::Throttled(_) => return named("SlowDown"),
        Kind::Unavailable => return named("ServiceUnavailable"),
        Kind::Internal => {
            let text = "We encountered an internal error. Please try again.";
            return ApiError::new(Service::S3, "InternalError", text);
        }
        _ => return named("InvalidArgument"),
    };
    match refusal {
        Refusal::NoBucket { bucket } => named("NoSuchBucket").with("BucketName", bucket.as_str()),
        Refusal::NoObject { key } => named("NoSuchKey").with("Key", key.as_str()),
        Refusal::NoUpload { upload } => named("NoSuchUpload").with("UploadId", upload.as_str()),
        Refusal::BucketOwned { bucket } => {
            named("BucketAlreadyOwnedByYou").with("BucketName", bucket.as_str())
        }
        Refusal::BucketNotEmpty { bucket } => {
            named("BucketNotEmpty").with("BucketName", bucket.as_str())
        }
        Refusal::BucketName { bucket } => {
            named("InvalidBucketName").with("BucketName", bucket.as_str())
        }
        Refusal::KeyTooLong { bytes } => named("KeyTooLongError")
            .with("Size", *bytes)
            .with("MaxSizeAllowed", KEY_BYTES),
        Refusal::Tag { key, value, .. } => {
            let named = named("InvalidTag").with("TagKey", &**key);
            match value {
                Some(value) => named.with("TagValue", &**value),
                None => named,
            }
        }
        Refusal::TooManyTags { .. } => named("BadRequest").with_status(400),
        Refusal::MetadataTooLarge { bytes } => named("MetadataTooLarge").with("Size", *bytes),
        Refusal::TooLarge { bytes, most } => named("EntityTooLarge")
            .with("ProposedSize", *bytes)
            .with("MaxSizeAllowed", *most),
        Refusal::PartTooSmall { part, bytes, etag } => named("EntityTooSmall")
            .with("ProposedSize", *bytes)
            .with("PartNumber", *part)
            .with("ETag", etag.as_str()),
        Refusal::NoPart { part, etag, upload } => named("InvalidPart")
            .with("UploadId", upload.as_str())
            .with("PartNumber", *part)
            .with("ETag", etag.as_str()),
        Refusal::PartOrder { upload } => {
            named("InvalidPartOrder").with("UploadId", upload.as_str())
        }
        Refusal::Precondition { condition } => {
            named("PreconditionFailed").with("Condition", *condition)
        }
        Refusal::Conflict { condition, key } => named("ConditionalRequestConflict")
            .with_status(409)
            .with("Condition", *condition)
            .with("Key", key.as_str()),
        Refusal::NotModified { etag } => named("NotModified").with("ETag", format!("\"{etag}\"")),
        Refusal::Policy(_) => named("MalformedPolicy"),
        Refusal::Size { .. } => named("InvalidRequest"),
        Refusal::Range { range, bytes } => named("InvalidRange")
            .with("RangeRequested", range.as_str())
            .with("ActualObjectSize", *bytes),
        Refusal::Digest {
            expected, computed, ..
        } => named("BadDigest")
            .with("ExpectedDigest", expected.as_str())
            .with("CalculatedDigest", computed.as_str()),
    }
}

/// What is wrong with a request to S3 before a use case sees it.
pub fn request(fault: &Fault) -> ApiError {
    let error = |code: &'static str, text: &str| ApiError::new(Service::S3, code, text);
    match fault {
        Fault::Uri => error("InvalidURI", "Couldn't parse the specified URI."),
        Fault::Xml => error(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        ),
        Fault::Incomplete => error(
            "IncompleteBody",
            "The request body terminated unexpectedly or is not as long as the request states.",
        ),
        Fault::Timeout => error(
            "RequestTimeout",
            "Your socket connection to the server was not read from or written to within the timeout period. Idle \
             connections will be closed.",
        ),
        Fault::Length => error(
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        ),
        Fault::ChunkSignature => error(
            "SignatureDoesNotMatch",
            "The signature of a chunk of the body does not match the signature you provided.",
        ),
        Fault::ContentMd5 => error(
            "InvalidDigest",
            "The Content-MD5 you specified was invalid.",
        ),
        Fault::ChecksumValue { header } => error(
            "InvalidRequest",
            &format!("Value for {header} header is invalid."),
        ),
        Fault::ManyChecksums => error(
            "InvalidRequest",
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        ),
        Fault::Trailer { header } => error(
            "MalformedTrailerError",
            &format!("The request announces the trailer {header} and does not have it."),
        )
        .with_status(400),
        Fault::Header { header } => not_implemented(header),
        Fault::HeaderValue { header, why } => {
            not_implemented(header).with("additionalMessage", why.as_str())
        }
        Fault::Argument {
            name,
            value,
            message,
        } => {
            let error = error("InvalidArgument", message).with("ArgumentName", *name);
            match value.as_str() {
                "" => error,
                value => error.with("ArgumentValue", value),
            }
        }
        Fault::FormTooLong => error(
            "MaxPostPreDataLengthExceededError",
            "Your POST request fields preceeding the upload file was too large.",
        )
        .with_status(400),
        Fault::FormTooShort { bytes, least } => error(
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
        )
        .with("ProposedSize", *bytes)
        .with("MinSizeAllowed", *least),
        Fault::Form(refused) => {
            let text = refused.to_string();
            match refused {
                PostRefused::Unsigned | PostRefused::NotAllowed(_) => error("AccessDenied", &text),
                PostRefused::Field(name, _) => {
                    error("InvalidArgument", &text).with("ArgumentName", *name)
                }
                PostRefused::Policy(_) => error("InvalidPolicyDocument", &text).with_status(400),
            }
        }
        Fault::NoVersion => error("NoSuchVersion", "The specified version does not exist."),
        Fault::BucketAcl => error(
            "InvalidBucketAclWithObjectOwnership",
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        ),
        Fault::Acl => error(
            "AccessControlListNotSupported",
            "The bucket does not allow ACLs",
        ),
        Fault::StorageClass => error(
            "InvalidStorageClass",
            "The storage class you specified is not valid",
        ),
        Fault::Location(region) => error(
            "InvalidLocationConstraint",
            "The specified location-constraint is not valid",
        )
        .with("LocationConstraint", region.as_str())
        .with_status(400),
        Fault::Request(text) => error("InvalidRequest", text),
        Fault::Refused(text) => error("InvalidRequest", text),
        Fault::NoOrigin => error(
            "BadRequest",
            "Insufficient information. Origin request header needed.",
        )
        .with_status(400),
        Fault::CorsMethod(method) => error(
            "BadRequest",
            &format!("Invalid Access-Control-Request-Method: {method}"),
        )
        .with_status(400),
        Fault::CorsOff => error(
            "AccessForbidden",
            "CORSResponse: CORS is not enabled for this bucket.",
        )
        .with_status(403),
        // S3's own spelling.
        Fault::CorsRefused => error(
            "AccessForbidden",
            "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, \
             request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted \
             by the resource's CORS spec.",
        )
        .with_status(403),
        Fault::NotConfigured(setting, bucket) => {
            not_configured(*setting).with("BucketName", bucket.as_str())
        }
    }
}

fn not_implemented(header: &'static str) -> ApiError {
    let text = "A header you provided implies functionality that is not implemented";
    ApiError::new(Service::S3, "NotImplemented", text).with("Header", header)
}

fn not_configured(setting: Setting) -> ApiError {
    let (code, text) = match setting {
        Setting::Cors => (
            "NoSuchCORSConfiguration",
            "The CORS configuration does not exist",
        ),
        Setting::Encryption => (
            "ServerSideEncryptionConfigurationNotFoundError",
            "The server side encryption configuration was not found",
        ),
        Setting::Lifecycle => (
            "NoSuchLifecycleConfiguration",
            "The lifecycle configuration does not exist",
        ),
        Setting::ObjectLock => (
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        ),
        Setting::OwnershipControls => (
            "OwnershipControlsNotFoundError",
            "The bucket ownership controls were not found",
        ),
        Setting::Policy => ("NoSuchBucketPolicy", "The bucket policy does not exist"),
        Setting::PublicAccessBlock => (
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        ),
        Setting::Replication => (
            "ReplicationConfigurationNotFoundError",
            "The replication configuration was not found",
        ),
        Setting::Tags => ("NoSuchTagSet", "The TagSet does not exist"),
        Setting::Website => (
            "NoSuchWebsiteConfiguration",
            "The specified bucket does not have a website configuration",
        ),
    };
    ApiError::new(Service::S3, code, text).with_status(404)
}
