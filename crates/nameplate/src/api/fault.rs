//! From what the use cases refuse to the names AWS's SDKs raise. The only place that knows those names.

use super::Unserved;
use super::s3::{Fault, Setting};
use crate::app::objects::{KEY_BYTES, Refusal};
use crate::app::{Error, Kind};
use nameplate_aws::model::{Operation, Protocol, Service};
use nameplate_aws::respond::ApiError;

/// A refusal of the control plane. `operation` narrows names that only some operations declare.
pub fn iot(error: &Error, operation: Option<&'static Operation>) -> ApiError {
    let answer = answer(Service::Iot, iot_name(&error.kind, operation), error);
    match &error.kind {
        Kind::Exists { id, arn } => {
            let answer = match id {
                Some(id) => answer.with("resourceId", id.clone()),
                None => answer,
            };
            match arn {
                Some(arn) => answer.with("resourceArn", arn.clone()),
                None => answer,
            }
        }
        _ => answer,
    }
}

/// A refusal of the data plane.
pub fn iot_data(error: &Error, operation: Option<&'static Operation>) -> ApiError {
    let code = match &error.kind {
        // The data plane has a name of its own for it.
        Kind::Denied => "ForbiddenException",
        kind => iot_name(kind, operation),
    };
    answer(Service::IotData, code, error)
}

/// A refusal of the jobs data plane.
pub fn iot_jobs_data(error: &Error, operation: Option<&'static Operation>) -> ApiError {
    answer(
        Service::IotJobsData,
        iot_name(&error.kind, operation),
        error,
    )
}

fn answer(service: Service, code: &'static str, error: &Error) -> ApiError {
    let answer = ApiError::new(service, code, error.message.clone());
    match error.kind {
        Kind::NotBuilt => answer.with_status(501),
        _ => answer,
    }
}

fn iot_name(kind: &Kind, operation: Option<&'static Operation>) -> &'static str {
    match kind {
        Kind::Invalid | Kind::Object(_) => "InvalidRequestException",
        Kind::NotFound => {
            // Some operations do not declare it; SDKs would raise a generic error for a name they do not know there.
            if operation.is_none_or(|operation| operation.may_answer("ResourceNotFoundException")) {
                "ResourceNotFoundException"
            } else {
                "InvalidRequestException"
            }
        }
        Kind::Exists { .. } => "ResourceAlreadyExistsException",
        Kind::VersionConflict => "VersionConflictException",
        Kind::InUse => "DeleteConflictException",
        Kind::CertificateState => "CertificateStateException",
        Kind::TransferConflict => "TransferConflictException",
        Kind::TransferCompleted => "TransferAlreadyCompletedException",
        Kind::NotConfigured => "NotConfiguredException",
        Kind::CertificateInvalid => "CertificateValidationException",
        Kind::RegistrationCode => "RegistrationCodeValidationException",
        Kind::AmbiguousCa => "CertificateConflictException",
        Kind::Limit => "LimitExceededException",
        Kind::VersionsLimit => "VersionsLimitExceededException",
        Kind::InvalidQuery => "InvalidQueryException",
        Kind::InvalidAggregation => "InvalidAggregationException",
        Kind::IndexNotReady => "IndexNotReadyException",
        Kind::MalformedPolicy => "MalformedPolicyException",
        Kind::ProvisioningConflict => "ConflictingResourceUpdateException",
        Kind::ProvisioningFailed => "ResourceRegistrationFailureException",
        Kind::Denied => "AccessDeniedException",
        Kind::Shadow(refusal) => match refusal.code() {
            404 => "ResourceNotFoundException",
            409 => "ConflictException",
            413 => "RequestEntityTooLargeException",
            415 => "UnsupportedDocumentEncodingException",
            429 => "ThrottlingException",
            500 => "InternalFailureException",
            _ => "InvalidRequestException",
        },
        Kind::Throttled => "ThrottlingException",
        Kind::NotBuilt => "NotImplementedException",
        Kind::Unavailable => "ServiceUnavailableException",
        Kind::Internal => "InternalFailureException",
    }
}

/// A refusal of IAM.
pub fn iam(error: &Error, _: Option<&'static Operation>) -> ApiError {
    let code = match error.kind {
        Kind::NotFound => "NoSuchEntity",
        Kind::Exists { .. } => "EntityAlreadyExists",
        Kind::InUse => "DeleteConflict",
        Kind::Limit | Kind::VersionsLimit => "LimitExceeded",
        Kind::MalformedPolicy => "MalformedPolicyDocument",
        Kind::Denied => "AccessDenied",
        Kind::NotBuilt => "NotImplemented",
        Kind::Throttled => "Throttling",
        Kind::Internal | Kind::Unavailable => "ServiceFailure",
        Kind::Invalid => "ValidationError",
        _ => "InvalidInput",
    };
    answer(Service::Iam, code, error)
}

/// A refusal of S3.
pub fn s3(error: &Error, _: Option<&'static Operation>) -> ApiError {
    let named = |code: &'static str| ApiError::new(Service::S3, code, error.message.clone());
    let refusal = match &error.kind {
        Kind::Object(refusal) => refusal,
        Kind::Denied => return named("AccessDenied"),
        Kind::NotBuilt => return named("NotImplemented"),
        Kind::Throttled => return named("SlowDown"),
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
        Refusal::Tag { .. } => named("InvalidTag"),
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
        Refusal::NotModified { etag } => named("NotModified").with("ETag", format!("\"{etag}\"")),
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
pub fn s3_request(fault: &Fault) -> ApiError {
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
        Fault::Header { header } => error(
            "NotImplemented",
            "A header you provided implies functionality that is not implemented.",
        )
        .with("Header", *header),
        Fault::Argument {
            name,
            value,
            message,
        } => error("InvalidArgument", message)
            .with("ArgumentName", *name)
            .with("ArgumentValue", value.as_str()),
        Fault::StorageClass => error(
            "InvalidStorageClass",
            "The storage class you specified is not valid",
        ),
        Fault::Request(text) => error("InvalidRequest", text),
        Fault::NotConfigured(setting) => not_configured(*setting),
    }
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

/// A refusal of STS.
pub fn sts(error: &Error, _: Option<&'static Operation>) -> ApiError {
    let code = match error.kind {
        Kind::Denied => "AccessDenied",
        Kind::MalformedPolicy => "MalformedPolicyDocument",
        Kind::NotBuilt => "NotImplemented",
        Kind::Throttled => "Throttling",
        Kind::Internal | Kind::Unavailable => "InternalFailure",
        _ => "ValidationError",
    };
    answer(Service::Sts, code, error)
}

/// A refusal of Lambda.
pub fn lambda(error: &Error, _: Option<&'static Operation>) -> ApiError {
    let code = match error.kind {
        Kind::NotFound => "ResourceNotFoundException",
        Kind::Denied => "AccessDeniedException",
        Kind::NotBuilt => "NotImplementedException",
        Kind::Throttled => "TooManyRequestsException",
        Kind::Internal | Kind::Unavailable => "ServiceException",
        _ => "InvalidParameterValueException",
    };
    answer(Service::Lambda, code, error)
}

/// An operation that exists at AWS and is not built here.
pub fn not_built(service: Service, operation: &str) -> ApiError {
    let code = match service.protocol() {
        Protocol::Query | Protocol::RestXml => "NotImplemented",
        _ => "NotImplementedException",
    };
    ApiError::new(
        service,
        code,
        format!(
            "Nameplate does not implement the {} operation {operation} yet.",
            service.scope()
        ),
    )
    .with_status(501)
}

/// An operation of a service that is not built at all.
pub fn foreign_not_built(protocol: Protocol, service: &str, operation: Option<&str>) -> ApiError {
    let code = match protocol {
        Protocol::Query | Protocol::RestXml | Protocol::Ec2 => "NotImplemented",
        _ => "NotImplementedException",
    };
    let message = match operation {
        Some(name) => format!(
            "Nameplate does not implement the {service} operation {name} yet, nor others of {service}."
        ),
        None => format!("Nameplate does not implement {service} yet."),
    };
    foreign(code, 501, message)
}

/// A failure of ours before a service that is not built could be told of.
pub fn foreign_failure(protocol: Protocol) -> ApiError {
    let code = match protocol {
        Protocol::Query | Protocol::RestXml | Protocol::RestJson => "InternalFailure",
        Protocol::Ec2 => "InternalError",
        _ => "InternalServerError",
    };
    foreign(code, 500, "An internal failure".to_owned())
}

fn foreign(code: &'static str, status: u16, message: String) -> ApiError {
    ApiError {
        code: code.into(),
        status,
        message,
        extra: Vec::new(),
    }
}

/// A request that the HTTP side does not bring before its service.
pub fn unserved(service: Service, what: &Unserved) -> ApiError {
    let query = matches!(service.protocol(), Protocol::Query | Protocol::RestXml);
    let (code, other, status, message) = match what {
        Unserved::NotBuilt(what) => (
            "NotImplementedException",
            "NotImplemented",
            501,
            format!("Nameplate does not implement {what} yet."),
        ),
        Unserved::TooLarge(limit) => (
            "RequestEntityTooLargeException",
            "RequestEntityTooLarge",
            413,
            format!("The request body is larger than {limit} bytes."),
        ),
        Unserved::TooSlow => (
            "RequestTimeoutException",
            "RequestTimeout",
            408,
            "The request body did not arrive in time.".to_owned(),
        ),
        Unserved::Unreadable(why) => (
            "InvalidRequestException",
            "ValidationError",
            400,
            format!("The request body cannot be read: {why}"),
        ),
        Unserved::NotMqtt => (
            "InvalidRequestException",
            "ValidationError",
            400,
            "This port speaks MQTT. HTTPS is served on another, 8443 unless it was set otherwise."
                .to_owned(),
        ),
    };
    ApiError::new(service, if query { other } else { code }, message).with_status(status)
}

/// A method and path that are no operation.
pub fn unknown_operation(service: Service, method: &str, path: &str) -> ApiError {
    ApiError::new(
        service,
        "UnknownOperationException",
        format!("{method} {path} is not an operation of {}", service.scope()),
    )
    .with_status(404)
}

/// An action of the query protocol that does not exist.
pub fn unknown_action(service: Service, action: &str, version: Option<&str>) -> ApiError {
    ApiError::new(
        service,
        "InvalidAction",
        format!(
            "Could not find operation {action} for version {}",
            version.unwrap_or("NO_VERSION_SPECIFIED")
        ),
    )
    .with_status(400)
}
