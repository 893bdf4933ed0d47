//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: s3 2006-03-01.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::S3, api_version: "2006-03-01", xml_namespace: "", target: "", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::S3, "AbortMultipartUpload", "DELETE", "/{Bucket}/{Key+}", 204).input(&AbortMultipartUploadRequest).output().errors(&["NoSuchUpload"]),
    Operation::new(Service::S3, "CompleteMultipartUpload", "POST", "/{Bucket}/{Key+}", 200).input(&CompleteMultipartUploadRequest).output(),
    Operation::new(Service::S3, "CopyObject", "PUT", "/{Bucket}/{Key+}", 200).input(&CopyObjectRequest).output().errors(&["ObjectNotInActiveTierError"]),
    Operation::new(Service::S3, "CreateBucket", "PUT", "/{Bucket}", 200).input(&CreateBucketRequest).output().errors(&["BucketAlreadyExists", "BucketAlreadyOwnedByYou"]),
    Operation::new(Service::S3, "CreateBucketMetadataConfiguration", "POST", "/{Bucket}?metadataConfiguration", 200).input(&CreateBucketMetadataConfigurationRequest),
    Operation::new(Service::S3, "CreateBucketMetadataTableConfiguration", "POST", "/{Bucket}?metadataTable", 200).input(&CreateBucketMetadataTableConfigurationRequest),
    Operation::new(Service::S3, "CreateMultipartUpload", "POST", "/{Bucket}/{Key+}?uploads", 200).input(&CreateMultipartUploadRequest).output(),
    Operation::new(Service::S3, "CreateSession", "GET", "/{Bucket}?session", 200).input(&CreateSessionRequest).output().errors(&["NoSuchBucket"]),
    Operation::new(Service::S3, "DeleteBucket", "DELETE", "/{Bucket}", 204).input(&DeleteBucketRequest),
    Operation::new(Service::S3, "DeleteBucketAnalyticsConfiguration", "DELETE", "/{Bucket}?analytics", 204).input(&DeleteBucketAnalyticsConfigurationRequest),
    Operation::new(Service::S3, "DeleteBucketCors", "DELETE", "/{Bucket}?cors", 204).input(&DeleteBucketCorsRequest),
    Operation::new(Service::S3, "DeleteBucketEncryption", "DELETE", "/{Bucket}?encryption", 204).input(&DeleteBucketEncryptionRequest),
    Operation::new(Service::S3, "DeleteBucketIntelligentTieringConfiguration", "DELETE", "/{Bucket}?intelligent-tiering", 204).input(&DeleteBucketIntelligentTieringConfigurationRequest),
    Operation::new(Service::S3, "DeleteBucketInventoryConfiguration", "DELETE", "/{Bucket}?inventory", 204).input(&DeleteBucketInventoryConfigurationRequest),
    Operation::new(Service::S3, "DeleteBucketLifecycle", "DELETE", "/{Bucket}?lifecycle", 204).input(&DeleteBucketLifecycleRequest),
    Operation::new(Service::S3, "DeleteBucketMetadataConfiguration", "DELETE", "/{Bucket}?metadataConfiguration", 204).input(&DeleteBucketMetadataConfigurationRequest),
    Operation::new(Service::S3, "DeleteBucketMetadataTableConfiguration", "DELETE", "/{Bucket}?metadataTable", 204).input(&DeleteBucketMetadataTableConfigurationRequest),
    Operation::new(Service::S3, "DeleteBucketMetricsConfiguration", "DELETE", "/{Bucket}?metrics", 204).input(&DeleteBucketMetricsConfigurationRequest),
    Operation::new(Service::S3, "DeleteBucketOwnershipControls", "DELETE", "/{Bucket}?ownershipControls", 204).input(&DeleteBucketOwnershipControlsRequest),
    Operation::new(Service::S3, "DeleteBucketPolicy", "DELETE", "/{Bucket}?policy", 204).input(&DeleteBucketPolicyRequest),
    Operation::new(Service::S3, "DeleteBucketReplication", "DELETE", "/{Bucket}?replication", 204).input(&DeleteBucketReplicationRequest),
    Operation::new(Service::S3, "DeleteBucketTagging", "DELETE", "/{Bucket}?tagging", 204).input(&DeleteBucketTaggingRequest),
    Operation::new(Service::S3, "DeleteBucketWebsite", "DELETE", "/{Bucket}?website", 204).input(&DeleteBucketWebsiteRequest),
    Operation::new(Service::S3, "DeleteObject", "DELETE", "/{Bucket}/{Key+}", 204).input(&DeleteObjectRequest).output(),
    Operation::new(Service::S3, "DeleteObjectAnnotation", "DELETE", "/{Bucket}/{Key+}?annotation", 204).input(&DeleteObjectAnnotationRequest).output().errors(&["NoSuchBucket", "NoSuchKey"]),
    Operation::new(Service::S3, "DeleteObjectTagging", "DELETE", "/{Bucket}/{Key+}?tagging", 204).input(&DeleteObjectTaggingRequest).output(),
    Operation::new(Service::S3, "DeleteObjects", "POST", "/{Bucket}?delete", 200).input(&DeleteObjectsRequest).output(),
    Operation::new(Service::S3, "DeletePublicAccessBlock", "DELETE", "/{Bucket}?publicAccessBlock", 204).input(&DeletePublicAccessBlockRequest),
    Operation::new(Service::S3, "GetBucketAbac", "GET", "/{Bucket}?abac", 200).input(&GetBucketAbacRequest).output(),
    Operation::new(Service::S3, "GetBucketAccelerateConfiguration", "GET", "/{Bucket}?accelerate", 200).input(&GetBucketAccelerateConfigurationRequest).output(),
    Operation::new(Service::S3, "GetBucketAcl", "GET", "/{Bucket}?acl", 200).input(&GetBucketAclRequest).output(),
    Operation::new(Service::S3, "GetBucketAnalyticsConfiguration", "GET", "/{Bucket}?analytics", 200).input(&GetBucketAnalyticsConfigurationRequest).output(),
    Operation::new(Service::S3, "GetBucketCors", "GET", "/{Bucket}?cors", 200).input(&GetBucketCorsRequest).output(),
    Operation::new(Service::S3, "GetBucketEncryption", "GET", "/{Bucket}?encryption", 200).input(&GetBucketEncryptionRequest).output(),
    Operation::new(Service::S3, "GetBucketIntelligentTieringConfiguration", "GET", "/{Bucket}?intelligent-tiering", 200).input(&GetBucketIntelligentTieringConfigurationRequest).output(),
    Operation::new(Service::S3, "GetBucketInventoryConfiguration", "GET", "/{Bucket}?inventory", 200).input(&GetBucketInventoryConfigurationRequest).output(),
    Operation::new(Service::S3, "GetBucketLifecycle", "GET", "/{Bucket}?lifecycle", 200).input(&GetBucketLifecycleRequest).output().deprecated(),
    Operation::new(Service::S3, "GetBucketLifecycleConfiguration", "GET", "/{Bucket}?lifecycle", 200).input(&GetBucketLifecycleConfigurationRequest).output(),
    Operation::new(Service::S3, "GetBucketLocation", "GET", "/{Bucket}?location", 200).input(&GetBucketLocationRequest).output(),
    Operation::new(Service::S3, "GetBucketLogging", "GET", "/{Bucket}?logging", 200).input(&GetBucketLoggingRequest).output(),
    Operation::new(Service::S3, "GetBucketMetadataConfiguration", "GET", "/{Bucket}?metadataConfiguration", 200).input(&GetBucketMetadataConfigurationRequest).output(),
    Operation::new(Service::S3, "GetBucketMetadataTableConfiguration", "GET", "/{Bucket}?metadataTable", 200).input(&GetBucketMetadataTableConfigurationRequest).output(),
    Operation::new(Service::S3, "GetBucketMetricsConfiguration", "GET", "/{Bucket}?metrics", 200).input(&GetBucketMetricsConfigurationRequest).output(),
    Operation::new(Service::S3, "GetBucketNotification", "GET", "/{Bucket}?notification", 200).input(&GetBucketNotificationConfigurationRequest).output().deprecated(),
    Operation::new(Service::S3, "GetBucketNotificationConfiguration", "GET", "/{Bucket}?notification", 200).input(&GetBucketNotificationConfigurationRequest).output(),
    Operation::new(Service::S3, "GetBucketOwnershipControls", "GET", "/{Bucket}?ownershipControls", 200).input(&GetBucketOwnershipControlsRequest).output(),
    Operation::new(Service::S3, "GetBucketPolicy", "GET", "/{Bucket}?policy", 200).input(&GetBucketPolicyRequest).output(),
    Operation::new(Service::S3, "GetBucketPolicyStatus", "GET", "/{Bucket}?policyStatus", 200).input(&GetBucketPolicyStatusRequest).output(),
    Operation::new(Service::S3, "GetBucketReplication", "GET", "/{Bucket}?replication", 200).input(&GetBucketReplicationRequest).output(),
    Operation::new(Service::S3, "GetBucketRequestPayment", "GET", "/{Bucket}?requestPayment", 200).input(&GetBucketRequestPaymentRequest).output(),
    Operation::new(Service::S3, "GetBucketTagging", "GET", "/{Bucket}?tagging", 200).input(&GetBucketTaggingRequest).output(),
    Operation::new(Service::S3, "GetBucketVersioning", "GET", "/{Bucket}?versioning", 200).input(&GetBucketVersioningRequest).output(),
    Operation::new(Service::S3, "GetBucketWebsite", "GET", "/{Bucket}?website", 200).input(&GetBucketWebsiteRequest).output(),
    Operation::new(Service::S3, "GetObject", "GET", "/{Bucket}/{Key+}", 200).input(&GetObjectRequest).output().errors(&["InvalidObjectState", "NoSuchKey"]),
    Operation::new(Service::S3, "GetObjectAcl", "GET", "/{Bucket}/{Key+}?acl", 200).input(&GetObjectAclRequest).output().errors(&["NoSuchKey"]),
    Operation::new(Service::S3, "GetObjectAnnotation", "GET", "/{Bucket}/{Key+}?annotation", 200).input(&GetObjectAnnotationRequest).output().errors(&["NoSuchAnnotation", "NoSuchBucket", "NoSuchKey"]),
    Operation::new(Service::S3, "GetObjectAttributes", "GET", "/{Bucket}/{Key+}?attributes", 200).input(&GetObjectAttributesRequest).output().errors(&["NoSuchKey"]),
    Operation::new(Service::S3, "GetObjectLegalHold", "GET", "/{Bucket}/{Key+}?legal-hold", 200).input(&GetObjectLegalHoldRequest).output(),
    Operation::new(Service::S3, "GetObjectLockConfiguration", "GET", "/{Bucket}?object-lock", 200).input(&GetObjectLockConfigurationRequest).output(),
    Operation::new(Service::S3, "GetObjectRetention", "GET", "/{Bucket}/{Key+}?retention", 200).input(&GetObjectRetentionRequest).output(),
    Operation::new(Service::S3, "GetObjectTagging", "GET", "/{Bucket}/{Key+}?tagging", 200).input(&GetObjectTaggingRequest).output(),
    Operation::new(Service::S3, "GetObjectTorrent", "GET", "/{Bucket}/{Key+}?torrent", 200).input(&GetObjectTorrentRequest).output(),
    Operation::new(Service::S3, "GetPublicAccessBlock", "GET", "/{Bucket}?publicAccessBlock", 200).input(&GetPublicAccessBlockRequest).output(),
    Operation::new(Service::S3, "HeadBucket", "HEAD", "/{Bucket}", 200).input(&HeadBucketRequest).output().errors(&["NoSuchBucket"]),
    Operation::new(Service::S3, "HeadObject", "HEAD", "/{Bucket}/{Key+}", 200).input(&HeadObjectRequest).output().errors(&["NoSuchKey"]),
    Operation::new(Service::S3, "ListBucketAnalyticsConfigurations", "GET", "/{Bucket}?analytics", 200).input(&ListBucketAnalyticsConfigurationsRequest).output(),
    Operation::new(Service::S3, "ListBucketIntelligentTieringConfigurations", "GET", "/{Bucket}?intelligent-tiering", 200).input(&ListBucketIntelligentTieringConfigurationsRequest).output(),
    Operation::new(Service::S3, "ListBucketInventoryConfigurations", "GET", "/{Bucket}?inventory", 200).input(&ListBucketInventoryConfigurationsRequest).output(),
    Operation::new(Service::S3, "ListBucketMetricsConfigurations", "GET", "/{Bucket}?metrics", 200).input(&ListBucketMetricsConfigurationsRequest).output(),
    Operation::new(Service::S3, "ListBuckets", "GET", "/", 200).input(&ListBucketsRequest).output(),
    Operation::new(Service::S3, "ListDirectoryBuckets", "GET", "/", 200).input(&ListDirectoryBucketsRequest).output(),
    Operation::new(Service::S3, "ListMultipartUploads", "GET", "/{Bucket}?uploads", 200).input(&ListMultipartUploadsRequest).output(),
    Operation::new(Service::S3, "ListObjectAnnotations", "GET", "/{Bucket}/{Key+}?annotation", 200).input(&ListObjectAnnotationsRequest).output().errors(&["InvalidPrefix", "NoSuchBucket", "NoSuchKey"]),
    Operation::new(Service::S3, "ListObjectVersions", "GET", "/{Bucket}?versions", 200).input(&ListObjectVersionsRequest).output(),
    Operation::new(Service::S3, "ListObjects", "GET", "/{Bucket}", 200).input(&ListObjectsRequest).output().errors(&["NoSuchBucket"]),
    Operation::new(Service::S3, "ListObjectsV2", "GET", "/{Bucket}?list-type=2", 200).input(&ListObjectsV2Request).output().errors(&["NoSuchBucket"]),
    Operation::new(Service::S3, "ListParts", "GET", "/{Bucket}/{Key+}", 200).input(&ListPartsRequest).output(),
    Operation::new(Service::S3, "PutBucketAbac", "PUT", "/{Bucket}?abac", 200).input(&PutBucketAbacRequest),
    Operation::new(Service::S3, "PutBucketAccelerateConfiguration", "PUT", "/{Bucket}?accelerate", 200).input(&PutBucketAccelerateConfigurationRequest),
    Operation::new(Service::S3, "PutBucketAcl", "PUT", "/{Bucket}?acl", 200).input(&PutBucketAclRequest),
    Operation::new(Service::S3, "PutBucketAnalyticsConfiguration", "PUT", "/{Bucket}?analytics", 200).input(&PutBucketAnalyticsConfigurationRequest),
    Operation::new(Service::S3, "PutBucketCors", "PUT", "/{Bucket}?cors", 200).input(&PutBucketCorsRequest),
    Operation::new(Service::S3, "PutBucketEncryption", "PUT", "/{Bucket}?encryption", 200).input(&PutBucketEncryptionRequest),
    Operation::new(Service::S3, "PutBucketIntelligentTieringConfiguration", "PUT", "/{Bucket}?intelligent-tiering", 200).input(&PutBucketIntelligentTieringConfigurationRequest),
    Operation::new(Service::S3, "PutBucketInventoryConfiguration", "PUT", "/{Bucket}?inventory", 200).input(&PutBucketInventoryConfigurationRequest),
    Operation::new(Service::S3, "PutBucketLifecycle", "PUT", "/{Bucket}?lifecycle", 200).input(&PutBucketLifecycleRequest).deprecated(),
    Operation::new(Service::S3, "PutBucketLifecycleConfiguration", "PUT", "/{Bucket}?lifecycle", 200).input(&PutBucketLifecycleConfigurationRequest).output(),
    Operation::new(Service::S3, "PutBucketLogging", "PUT", "/{Bucket}?logging", 200).input(&PutBucketLoggingRequest),
    Operation::new(Service::S3, "PutBucketMetricsConfiguration", "PUT", "/{Bucket}?metrics", 200).input(&PutBucketMetricsConfigurationRequest),
    Operation::new(Service::S3, "PutBucketNotification", "PUT", "/{Bucket}?notification", 200).input(&PutBucketNotificationRequest).deprecated(),
    Operation::new(Service::S3, "PutBucketNotificationConfiguration", "PUT", "/{Bucket}?notification", 200).input(&PutBucketNotificationConfigurationRequest),
    Operation::new(Service::S3, "PutBucketOwnershipControls", "PUT", "/{Bucket}?ownershipControls", 200).input(&PutBucketOwnershipControlsRequest),
    Operation::new(Service::S3, "PutBucketPolicy", "PUT", "/{Bucket}?policy", 200).input(&PutBucketPolicyRequest),
    Operation::new(Service::S3, "PutBucketReplication", "PUT", "/{Bucket}?replication", 200).input(&PutBucketReplicationRequest),
    Operation::new(Service::S3, "PutBucketRequestPayment", "PUT", "/{Bucket}?requestPayment", 200).input(&PutBucketRequestPaymentRequest),
    Operation::new(Service::S3, "PutBucketTagging", "PUT", "/{Bucket}?tagging", 200).input(&PutBucketTaggingRequest),
    Operation::new(Service::S3, "PutBucketVersioning", "PUT", "/{Bucket}?versioning", 200).input(&PutBucketVersioningRequest),
    Operation::new(Service::S3, "PutBucketWebsite", "PUT", "/{Bucket}?website", 200).input(&PutBucketWebsiteRequest),
    Operation::new(Service::S3, "PutObject", "PUT", "/{Bucket}/{Key+}", 200).input(&PutObjectRequest).output().errors(&["EncryptionTypeMismatch", "InvalidRequest", "InvalidWriteOffset", "TooManyParts"]),
    Operation::new(Service::S3, "PutObjectAcl", "PUT", "/{Bucket}/{Key+}?acl", 200).input(&PutObjectAclRequest).output().errors(&["NoSuchKey"]),
    Operation::new(Service::S3, "PutObjectAnnotation", "PUT", "/{Bucket}/{Key+}?annotation", 200).input(&PutObjectAnnotationRequest).output().errors(&["AnnotationLimitExceeded", "AnnotationNameTooLong", "InvalidAnnotationName", "InvalidRequest", "NoSuchBucket", "NoSuchKey", "UnsupportedMediaType"]),
    Operation::new(Service::S3, "PutObjectLegalHold", "PUT", "/{Bucket}/{Key+}?legal-hold", 200).input(&PutObjectLegalHoldRequest).output(),
    Operation::new(Service::S3, "PutObjectLockConfiguration", "PUT", "/{Bucket}?object-lock", 200).input(&PutObjectLockConfigurationRequest).output(),
    Operation::new(Service::S3, "PutObjectRetention", "PUT", "/{Bucket}/{Key+}?retention", 200).input(&PutObjectRetentionRequest).output(),
    Operation::new(Service::S3, "PutObjectTagging", "PUT", "/{Bucket}/{Key+}?tagging", 200).input(&PutObjectTaggingRequest).output(),
    Operation::new(Service::S3, "PutPublicAccessBlock", "PUT", "/{Bucket}?publicAccessBlock", 200).input(&PutPublicAccessBlockRequest),
    Operation::new(Service::S3, "RenameObject", "PUT", "/{Bucket}/{Key+}?renameObject", 200).input(&RenameObjectRequest).output().errors(&["IdempotencyParameterMismatch"]),
    Operation::new(Service::S3, "RestoreObject", "POST", "/{Bucket}/{Key+}?restore", 200).input(&RestoreObjectRequest).output().errors(&["ObjectAlreadyInActiveTierError"]),
    Operation::new(Service::S3, "SelectObjectContent", "POST", "/{Bucket}/{Key+}?select&select-type=2", 200).input(&SelectObjectContentRequest).output(),
    Operation::new(Service::S3, "UpdateBucketMetadataAnnotationTableConfiguration", "PUT", "/{Bucket}?metadataAnnotationTable", 200).input(&UpdateBucketMetadataAnnotationTableConfigurationRequest),
    Operation::new(Service::S3, "UpdateBucketMetadataInventoryTableConfiguration", "PUT", "/{Bucket}?metadataInventoryTable", 200).input(&UpdateBucketMetadataInventoryTableConfigurationRequest),
    Operation::new(Service::S3, "UpdateBucketMetadataJournalTableConfiguration", "PUT", "/{Bucket}?metadataJournalTable", 200).input(&UpdateBucketMetadataJournalTableConfigurationRequest),
    Operation::new(Service::S3, "UpdateObjectEncryption", "PUT", "/{Bucket}/{Key+}?encryption", 200).input(&UpdateObjectEncryptionRequest).output().errors(&["AccessDenied", "InvalidRequest", "NoSuchKey"]),
    Operation::new(Service::S3, "UploadPart", "PUT", "/{Bucket}/{Key+}", 200).input(&UploadPartRequest).output(),
    Operation::new(Service::S3, "UploadPartCopy", "PUT", "/{Bucket}/{Key+}", 200).input(&UploadPartCopyRequest).output(),
    Operation::new(Service::S3, "WriteGetObjectResponse", "POST", "/WriteGetObjectResponse", 200).input(&WriteGetObjectResponseRequest),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "AccessDenied", status: 403 },
    ErrorName { code: "AnnotationLimitExceeded", status: 400 },
    ErrorName { code: "AnnotationNameTooLong", status: 400 },
    ErrorName { code: "BucketAlreadyExists", status: 409 },
    ErrorName { code: "BucketAlreadyOwnedByYou", status: 409 },
    ErrorName { code: "EncryptionTypeMismatch", status: 400 },
    ErrorName { code: "IdempotencyParameterMismatch", status: 400 },
    ErrorName { code: "InvalidAnnotationName", status: 400 },
    ErrorName { code: "InvalidObjectState", status: 403 },
    ErrorName { code: "InvalidPrefix", status: 400 },
    ErrorName { code: "InvalidRequest", status: 400 },
    ErrorName { code: "InvalidWriteOffset", status: 400 },
    ErrorName { code: "NoSuchAnnotation", status: 404 },
    ErrorName { code: "NoSuchBucket", status: 404 },
    ErrorName { code: "NoSuchKey", status: 404 },
    ErrorName { code: "NoSuchUpload", status: 404 },
    ErrorName { code: "ObjectAlreadyInActiveTierError", status: 403 },
    ErrorName { code: "ObjectNotInActiveTierError", status: 403 },
    ErrorName { code: "TooManyParts", status: 400 },
    ErrorName { code: "UnsupportedMediaType", status: 415 },
];

static AbortMultipartUploadRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("UploadId", "uploadId", &MultipartUploadId).required(),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("IfMatchInitiatedTime", "x-amz-if-match-initiated-time", &IfMatchInitiatedTime),
]);
static AcceptRanges: Shape = Shape::string();
static AccountId: Shape = Shape::string();
static AnalyticsId: Shape = Shape::string();
static AnnotationDirective: Shape = Shape::string().one_of(&["COPY", "EXCLUDE"]);
static AnnotationName: Shape = Shape::string();
static AnnotationPrefix: Shape = Shape::string();
static BucketCannedACL: Shape = Shape::string().one_of(&["private", "public-read", "public-read-write", "authenticated-read"]);
static BucketKeyEnabled: Shape = Shape::boolean();
static BucketName: Shape = Shape::string();
static BucketNamespace: Shape = Shape::string().one_of(&["account-regional", "global"]);
static BucketRegion: Shape = Shape::string();
static BypassGovernanceRetention: Shape = Shape::boolean();
static CacheControl: Shape = Shape::string();
static ChecksumAlgorithm: Shape = Shape::string().one_of(&["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME", "SHA512", "MD5", "XXHASH64", "XXHASH3", "XXHASH128"]);
static ChecksumCRC32: Shape = Shape::string();
static ChecksumCRC32C: Shape = Shape::string();
static ChecksumCRC64NVME: Shape = Shape::string();
static ChecksumMD5: Shape = Shape::string();
static ChecksumMode: Shape = Shape::string().one_of(&["ENABLED"]);
static ChecksumSHA1: Shape = Shape::string();
static ChecksumSHA256: Shape = Shape::string();
static ChecksumSHA512: Shape = Shape::string();
static ChecksumType: Shape = Shape::string().one_of(&["COMPOSITE", "FULL_OBJECT"]);
static ChecksumXXHASH128: Shape = Shape::string();
static ChecksumXXHASH3: Shape = Shape::string();
static ChecksumXXHASH64: Shape = Shape::string();
static ClientToken: Shape = Shape::string();
static CompleteMultipartUploadRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("UploadId", "uploadId", &MultipartUploadId).required(),
    Member::header("ChecksumCRC32", "x-amz-checksum-crc32", &ChecksumCRC32),
    Member::header("ChecksumCRC32C", "x-amz-checksum-crc32c", &ChecksumCRC32C),
    Member::header("ChecksumCRC64NVME", "x-amz-checksum-crc64nvme", &ChecksumCRC64NVME),
    Member::header("ChecksumSHA1", "x-amz-checksum-sha1", &ChecksumSHA1),
    Member::header("ChecksumSHA256", "x-amz-checksum-sha256", &ChecksumSHA256),
    Member::header("ChecksumSHA512", "x-amz-checksum-sha512", &ChecksumSHA512),
    Member::header("ChecksumMD5", "x-amz-checksum-md5", &ChecksumMD5),
    Member::header("ChecksumXXHASH64", "x-amz-checksum-xxhash64", &ChecksumXXHASH64),
    Member::header("ChecksumXXHASH3", "x-amz-checksum-xxhash3", &ChecksumXXHASH3),
    Member::header("ChecksumXXHASH128", "x-amz-checksum-xxhash128", &ChecksumXXHASH128),
    Member::header("ChecksumType", "x-amz-checksum-type", &ChecksumType),
    Member::header("MpuObjectSize", "x-amz-mp-object-size", &MpuObjectSize),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("IfMatch", "If-Match", &IfMatch),
    Member::header("IfNoneMatch", "If-None-Match", &IfNoneMatch),
    Member::header("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSECustomerKey", "x-amz-server-side-encryption-customer-key", &SSECustomerKey),
    Member::header("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
]);
static ConfirmRemoveSelfBucketAccess: Shape = Shape::boolean();
static ContentDisposition: Shape = Shape::string();
static ContentEncoding: Shape = Shape::string();
static ContentLanguage: Shape = Shape::string();
static ContentLength: Shape = Shape::long();
static ContentMD5: Shape = Shape::string();
static ContentRange: Shape = Shape::string();
static ContentType: Shape = Shape::string();
static CopyObjectRequest: Shape = Shape::structure(&[
    Member::header("ACL", "x-amz-acl", &ObjectCannedACL),
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("CacheControl", "Cache-Control", &CacheControl),
    Member::header("ChecksumAlgorithm", "x-amz-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ContentDisposition", "Content-Disposition", &ContentDisposition),
    Member::header("ContentEncoding", "Content-Encoding", &ContentEncoding),
    Member::header("ContentLanguage", "Content-Language", &ContentLanguage),
    Member::header("ContentType", "Content-Type", &ContentType),
    Member::header("CopySource", "x-amz-copy-source", &CopySource).required(),
    Member::header("CopySourceIfMatch", "x-amz-copy-source-if-match", &CopySourceIfMatch),
    Member::header("CopySourceIfModifiedSince", "x-amz-copy-source-if-modified-since", &CopySourceIfModifiedSince),
    Member::header("CopySourceIfNoneMatch", "x-amz-copy-source-if-none-match", &CopySourceIfNoneMatch),
    Member::header("CopySourceIfUnmodifiedSince", "x-amz-copy-source-if-unmodified-since", &CopySourceIfUnmodifiedSince),
    Member::header("Expires", "Expires", &Expires),
    Member::header("GrantFullControl", "x-amz-grant-full-control", &GrantFullControl),
    Member::header("GrantRead", "x-amz-grant-read", &GrantRead),
    Member::header("GrantReadACP", "x-amz-grant-read-acp", &GrantReadACP),
    Member::header("GrantWriteACP", "x-amz-grant-write-acp", &GrantWriteACP),
    Member::header("IfMatch", "If-Match", &IfMatch),
    Member::header("IfNoneMatch", "If-None-Match", &IfNoneMatch),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header_prefix("Metadata", "x-amz-meta-", &Metadata),
    Member::header("MetadataDirective", "x-amz-metadata-directive", &MetadataDirective),
    Member::header("TaggingDirective", "x-amz-tagging-directive", &TaggingDirective),
    Member::header("AnnotationDirective", "x-amz-object-annotation-directive", &AnnotationDirective),
    Member::header("ServerSideEncryption", "x-amz-server-side-encryption", &ServerSideEncryption),
    Member::header("StorageClass", "x-amz-storage-class", &StorageClass),
    Member::header("WebsiteRedirectLocation", "x-amz-website-redirect-location", &WebsiteRedirectLocation),
    Member::header("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSECustomerKey", "x-amz-server-side-encryption-customer-key", &SSECustomerKey),
    Member::header("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
    Member::header("SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id", &SSEKMSKeyId),
    Member::header("SSEKMSEncryptionContext", "x-amz-server-side-encryption-context", &SSEKMSEncryptionContext),
    Member::header("BucketKeyEnabled", "x-amz-server-side-encryption-bucket-key-enabled", &BucketKeyEnabled),
    Member::header("CopySourceSSECustomerAlgorithm", "x-amz-copy-source-server-side-encryption-customer-algorithm", &CopySourceSSECustomerAlgorithm),
    Member::header("CopySourceSSECustomerKey", "x-amz-copy-source-server-side-encryption-customer-key", &CopySourceSSECustomerKey),
    Member::header("CopySourceSSECustomerKeyMD5", "x-amz-copy-source-server-side-encryption-customer-key-MD5", &CopySourceSSECustomerKeyMD5),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("Tagging", "x-amz-tagging", &TaggingHeader),
    Member::header("ObjectLockMode", "x-amz-object-lock-mode", &ObjectLockMode),
    Member::header("ObjectLockRetainUntilDate", "x-amz-object-lock-retain-until-date", &ObjectLockRetainUntilDate),
    Member::header("ObjectLockLegalHoldStatus", "x-amz-object-lock-legal-hold", &ObjectLockLegalHoldStatus),
    Member::header("ObjectLockEventHold", "x-amz-object-lock-event-hold", &ObjectLockEventHold),
    Member::header("ObjectLockEventHoldDurationDays", "x-amz-object-lock-event-hold-duration-days", &ObjectLockEventHoldDurationDays),
    Member::header("ObjectLockEventHoldDurationYears", "x-amz-object-lock-event-hold-duration-years", &ObjectLockEventHoldDurationYears),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ExpectedSourceBucketOwner", "x-amz-source-expected-bucket-owner", &AccountId),
]);
static CopySource: Shape = Shape::string().pattern("\\/?.+\\/.+");
static CopySourceIfMatch: Shape = Shape::string();
static CopySourceIfModifiedSince: Shape = Shape::timestamp();
static CopySourceIfNoneMatch: Shape = Shape::string();
static CopySourceIfUnmodifiedSince: Shape = Shape::timestamp();
static CopySourceRange: Shape = Shape::string();
static CopySourceSSECustomerAlgorithm: Shape = Shape::string();
static CopySourceSSECustomerKey: Shape = Shape::string().secret();
static CopySourceSSECustomerKeyMD5: Shape = Shape::string();
static CreateBucketMetadataConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static CreateBucketMetadataTableConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static CreateBucketRequest: Shape = Shape::structure(&[
    Member::header("ACL", "x-amz-acl", &BucketCannedACL),
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("GrantFullControl", "x-amz-grant-full-control", &GrantFullControl),
    Member::header("GrantRead", "x-amz-grant-read", &GrantRead),
    Member::header("GrantReadACP", "x-amz-grant-read-acp", &GrantReadACP),
    Member::header("GrantWrite", "x-amz-grant-write", &GrantWrite),
    Member::header("GrantWriteACP", "x-amz-grant-write-acp", &GrantWriteACP),
    Member::header("ObjectLockEnabledForBucket", "x-amz-bucket-object-lock-enabled", &ObjectLockEnabledForBucket),
    Member::header("ObjectOwnership", "x-amz-object-ownership", &ObjectOwnership),
    Member::header("BucketNamespace", "x-amz-bucket-namespace", &BucketNamespace),
]);
static CreateMultipartUploadRequest: Shape = Shape::structure(&[
    Member::header("ACL", "x-amz-acl", &ObjectCannedACL),
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("CacheControl", "Cache-Control", &CacheControl),
    Member::header("ContentDisposition", "Content-Disposition", &ContentDisposition),
    Member::header("ContentEncoding", "Content-Encoding", &ContentEncoding),
    Member::header("ContentLanguage", "Content-Language", &ContentLanguage),
    Member::header("ContentType", "Content-Type", &ContentType),
    Member::header("Expires", "Expires", &Expires),
    Member::header("GrantFullControl", "x-amz-grant-full-control", &GrantFullControl),
    Member::header("GrantRead", "x-amz-grant-read", &GrantRead),
    Member::header("GrantReadACP", "x-amz-grant-read-acp", &GrantReadACP),
    Member::header("GrantWriteACP", "x-amz-grant-write-acp", &GrantWriteACP),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header_prefix("Metadata", "x-amz-meta-", &Metadata),
    Member::header("ServerSideEncryption", "x-amz-server-side-encryption", &ServerSideEncryption),
    Member::header("StorageClass", "x-amz-storage-class", &StorageClass),
    Member::header("WebsiteRedirectLocation", "x-amz-website-redirect-location", &WebsiteRedirectLocation),
    Member::header("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSECustomerKey", "x-amz-server-side-encryption-customer-key", &SSECustomerKey),
    Member::header("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
    Member::header("SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id", &SSEKMSKeyId),
    Member::header("SSEKMSEncryptionContext", "x-amz-server-side-encryption-context", &SSEKMSEncryptionContext),
    Member::header("BucketKeyEnabled", "x-amz-server-side-encryption-bucket-key-enabled", &BucketKeyEnabled),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("Tagging", "x-amz-tagging", &TaggingHeader),
    Member::header("ObjectLockMode", "x-amz-object-lock-mode", &ObjectLockMode),
    Member::header("ObjectLockRetainUntilDate", "x-amz-object-lock-retain-until-date", &ObjectLockRetainUntilDate),
    Member::header("ObjectLockLegalHoldStatus", "x-amz-object-lock-legal-hold", &ObjectLockLegalHoldStatus),
    Member::header("ObjectLockEventHold", "x-amz-object-lock-event-hold", &ObjectLockEventHold),
    Member::header("ObjectLockEventHoldDurationDays", "x-amz-object-lock-event-hold-duration-days", &ObjectLockEventHoldDurationDays),
    Member::header("ObjectLockEventHoldDurationYears", "x-amz-object-lock-event-hold-duration-years", &ObjectLockEventHoldDurationYears),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ChecksumAlgorithm", "x-amz-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ChecksumType", "x-amz-checksum-type", &ChecksumType),
]);
static CreateSessionRequest: Shape = Shape::structure(&[
    Member::header("SessionMode", "x-amz-create-session-mode", &SessionMode),
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ServerSideEncryption", "x-amz-server-side-encryption", &ServerSideEncryption),
    Member::header("SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id", &SSEKMSKeyId),
    Member::header("SSEKMSEncryptionContext", "x-amz-server-side-encryption-context", &SSEKMSEncryptionContext),
    Member::header("BucketKeyEnabled", "x-amz-server-side-encryption-bucket-key-enabled", &BucketKeyEnabled),
]);
static DeleteBucketAnalyticsConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &AnalyticsId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketCorsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketEncryptionRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketIntelligentTieringConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &IntelligentTieringId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketInventoryConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &InventoryId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketLifecycleRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketMetadataConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketMetadataTableConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketMetricsConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &MetricsId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketOwnershipControlsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketPolicyRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketReplicationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketTaggingRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteBucketWebsiteRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteMarker: Shape = Shape::boolean();
static DeleteObjectAnnotationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("AnnotationName", "annotationName", &AnnotationName).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ObjectIfMatch", "x-amz-object-if-match", &ObjectIfMatch),
]);
static DeleteObjectRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header("MFA", "x-amz-mfa", &MFA),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("BypassGovernanceRetention", "x-amz-bypass-governance-retention", &BypassGovernanceRetention),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("IfMatch", "If-Match", &IfMatch),
    Member::header("IfMatchLastModifiedTime", "x-amz-if-match-last-modified-time", &IfMatchLastModifiedTime),
    Member::header("IfMatchSize", "x-amz-if-match-size", &IfMatchSize),
]);
static DeleteObjectTaggingRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static DeleteObjectsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("MFA", "x-amz-mfa", &MFA),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("BypassGovernanceRetention", "x-amz-bypass-governance-retention", &BypassGovernanceRetention),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
]);
static DeletePublicAccessBlockRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static Delimiter: Shape = Shape::string();
static DirectoryBucketToken: Shape = Shape::string().min(0.0).max(1024.0);
static ETag: Shape = Shape::string();
static EncodingType: Shape = Shape::string().one_of(&["url"]);
static ErrorCode: Shape = Shape::string();
static ErrorMessage: Shape = Shape::string();
static Expiration: Shape = Shape::string();
static Expires: Shape = Shape::string();
static FetchOwner: Shape = Shape::boolean();
static GetBucketAbacRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketAccelerateConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
]);
static GetBucketAclRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketAnalyticsConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &AnalyticsId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketCorsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketEncryptionRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketIntelligentTieringConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &IntelligentTieringId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketInventoryConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &InventoryId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketLifecycleConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketLifecycleRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketLocationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketLoggingRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketMetadataConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketMetadataTableConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketMetricsConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &MetricsId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketNotificationConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketOwnershipControlsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketPolicyRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketPolicyStatusRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketReplicationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketRequestPaymentRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketTaggingRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketVersioningRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetBucketWebsiteRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetObjectAclRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetObjectAnnotationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("AnnotationName", "annotationName", &AnnotationName).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ChecksumMode", "x-amz-checksum-mode", &ChecksumMode),
]);
static GetObjectAttributesRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("MaxParts", "x-amz-max-parts", &MaxParts),
    Member::header("PartNumberMarker", "x-amz-part-number-marker", &PartNumberMarker),
    Member::header("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSECustomerKey", "x-amz-server-side-encryption-customer-key", &SSECustomerKey),
    Member::header("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ObjectAttributes", "x-amz-object-attributes", &ObjectAttributesList).required(),
]);
static GetObjectLegalHoldRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetObjectLockConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetObjectRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("IfMatch", "If-Match", &IfMatch),
    Member::header("IfModifiedSince", "If-Modified-Since", &IfModifiedSince),
    Member::header("IfNoneMatch", "If-None-Match", &IfNoneMatch),
    Member::header("IfUnmodifiedSince", "If-Unmodified-Since", &IfUnmodifiedSince),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header("Range", "Range", &Range),
    Member::query("ResponseCacheControl", "response-cache-control", &ResponseCacheControl),
    Member::query("ResponseContentDisposition", "response-content-disposition", &ResponseContentDisposition),
    Member::query("ResponseContentEncoding", "response-content-encoding", &ResponseContentEncoding),
    Member::query("ResponseContentLanguage", "response-content-language", &ResponseContentLanguage),
    Member::query("ResponseContentType", "response-content-type", &ResponseContentType),
    Member::query("ResponseExpires", "response-expires", &ResponseExpires),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSECustomerKey", "x-amz-server-side-encryption-customer-key", &SSECustomerKey),
    Member::header("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::query("PartNumber", "partNumber", &PartNumber),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ChecksumMode", "x-amz-checksum-mode", &ChecksumMode),
]);
static GetObjectResponseStatusCode: Shape = Shape::integer();
static GetObjectRetentionRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetObjectTaggingRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
]);
static GetObjectTorrentRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GetPublicAccessBlockRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static GrantFullControl: Shape = Shape::string();
static GrantRead: Shape = Shape::string();
static GrantReadACP: Shape = Shape::string();
static GrantWrite: Shape = Shape::string();
static GrantWriteACP: Shape = Shape::string();
static HeadBucketRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static HeadObjectRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("IfMatch", "If-Match", &IfMatch),
    Member::header("IfModifiedSince", "If-Modified-Since", &IfModifiedSince),
    Member::header("IfNoneMatch", "If-None-Match", &IfNoneMatch),
    Member::header("IfUnmodifiedSince", "If-Unmodified-Since", &IfUnmodifiedSince),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header("Range", "Range", &Range),
    Member::query("ResponseCacheControl", "response-cache-control", &ResponseCacheControl),
    Member::query("ResponseContentDisposition", "response-content-disposition", &ResponseContentDisposition),
    Member::query("ResponseContentEncoding", "response-content-encoding", &ResponseContentEncoding),
    Member::query("ResponseContentLanguage", "response-content-language", &ResponseContentLanguage),
    Member::query("ResponseContentType", "response-content-type", &ResponseContentType),
    Member::query("ResponseExpires", "response-expires", &ResponseExpires),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSECustomerKey", "x-amz-server-side-encryption-customer-key", &SSECustomerKey),
    Member::header("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::query("PartNumber", "partNumber", &PartNumber),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ChecksumMode", "x-amz-checksum-mode", &ChecksumMode),
]);
static IfMatch: Shape = Shape::string();
static IfMatchInitiatedTime: Shape = Shape::timestamp();
static IfMatchLastModifiedTime: Shape = Shape::timestamp();
static IfMatchSize: Shape = Shape::long();
static IfModifiedSince: Shape = Shape::timestamp();
static IfNoneMatch: Shape = Shape::string();
static IfUnmodifiedSince: Shape = Shape::timestamp();
static IntelligentTieringId: Shape = Shape::string();
static InventoryId: Shape = Shape::string();
static KeyMarker: Shape = Shape::string();
static LastModified: Shape = Shape::timestamp();
static ListBucketAnalyticsConfigurationsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("ContinuationToken", "continuation-token", &Token),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static ListBucketIntelligentTieringConfigurationsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("ContinuationToken", "continuation-token", &Token),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static ListBucketInventoryConfigurationsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("ContinuationToken", "continuation-token", &Token),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static ListBucketMetricsConfigurationsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("ContinuationToken", "continuation-token", &Token),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static ListBucketsRequest: Shape = Shape::structure(&[
    Member::query("MaxBuckets", "max-buckets", &MaxBuckets),
    Member::query("ContinuationToken", "continuation-token", &Token),
    Member::query("Prefix", "prefix", &Prefix),
    Member::query("BucketRegion", "bucket-region", &BucketRegion),
]);
static ListDirectoryBucketsRequest: Shape = Shape::structure(&[
    Member::query("ContinuationToken", "continuation-token", &DirectoryBucketToken),
    Member::query("MaxDirectoryBuckets", "max-directory-buckets", &MaxDirectoryBuckets),
]);
static ListMultipartUploadsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Delimiter", "delimiter", &Delimiter),
    Member::query("EncodingType", "encoding-type", &EncodingType),
    Member::query("KeyMarker", "key-marker", &KeyMarker),
    Member::query("MaxUploads", "max-uploads", &MaxUploads),
    Member::query("Prefix", "prefix", &Prefix),
    Member::query("UploadIdMarker", "upload-id-marker", &UploadIdMarker),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
]);
static ListObjectAnnotationsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::query("MaxAnnotationResults", "max-annotation-results", &MaxAnnotationResults),
    Member::query("AnnotationPrefix", "annotation-prefix", &AnnotationPrefix),
    Member::query("ContinuationToken", "continuation-token", &Token),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static ListObjectVersionsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Delimiter", "delimiter", &Delimiter),
    Member::query("EncodingType", "encoding-type", &EncodingType),
    Member::query("KeyMarker", "key-marker", &KeyMarker),
    Member::query("MaxKeys", "max-keys", &MaxKeys),
    Member::query("Prefix", "prefix", &Prefix),
    Member::query("VersionIdMarker", "version-id-marker", &VersionIdMarker),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("OptionalObjectAttributes", "x-amz-optional-object-attributes", &OptionalObjectAttributesList),
]);
static ListObjectsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Delimiter", "delimiter", &Delimiter),
    Member::query("EncodingType", "encoding-type", &EncodingType),
    Member::query("Marker", "marker", &Marker),
    Member::query("MaxKeys", "max-keys", &MaxKeys),
    Member::query("Prefix", "prefix", &Prefix),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("OptionalObjectAttributes", "x-amz-optional-object-attributes", &OptionalObjectAttributesList),
]);
static ListObjectsV2Request: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Delimiter", "delimiter", &Delimiter),
    Member::query("EncodingType", "encoding-type", &EncodingType),
    Member::query("MaxKeys", "max-keys", &MaxKeys),
    Member::query("Prefix", "prefix", &Prefix),
    Member::query("ContinuationToken", "continuation-token", &Token),
    Member::query("FetchOwner", "fetch-owner", &FetchOwner),
    Member::query("StartAfter", "start-after", &StartAfter),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("OptionalObjectAttributes", "x-amz-optional-object-attributes", &OptionalObjectAttributesList),
]);
static ListPartsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("MaxParts", "max-parts", &MaxParts),
    Member::query("PartNumberMarker", "part-number-marker", &PartNumberMarker),
    Member::query("UploadId", "uploadId", &MultipartUploadId).required(),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSECustomerKey", "x-amz-server-side-encryption-customer-key", &SSECustomerKey),
    Member::header("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
]);
static MFA: Shape = Shape::string();
static Marker: Shape = Shape::string();
static MaxAnnotationResults: Shape = Shape::integer().min(1.0).max(1000.0);
static MaxBuckets: Shape = Shape::integer().min(1.0).max(10000.0);
static MaxDirectoryBuckets: Shape = Shape::integer().min(0.0).max(1000.0);
static MaxKeys: Shape = Shape::integer();
static MaxParts: Shape = Shape::integer();
static MaxUploads: Shape = Shape::integer();
static Metadata: Shape = Shape::map(&MetadataKey, &MetadataValue);
static MetadataDirective: Shape = Shape::string().one_of(&["COPY", "REPLACE"]);
static MetadataKey: Shape = Shape::string();
static MetadataValue: Shape = Shape::string();
static MetricsId: Shape = Shape::string();
static MissingMeta: Shape = Shape::integer();
static MpuObjectSize: Shape = Shape::long();
static MultipartUploadId: Shape = Shape::string();
static ObjectAttributes: Shape = Shape::string().one_of(&["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]);
static ObjectAttributesList: Shape = Shape::list(&ObjectAttributes);
static ObjectCannedACL: Shape = Shape::string().one_of(&["private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control"]);
static ObjectIfMatch: Shape = Shape::string();
static ObjectKey: Shape = Shape::string().min(1.0);
static ObjectLockEnabledForBucket: Shape = Shape::boolean();
static ObjectLockEventHold: Shape = Shape::string().one_of(&["ON", "OFF"]);
static ObjectLockEventHoldDurationDays: Shape = Shape::integer();
static ObjectLockEventHoldDurationYears: Shape = Shape::integer();
static ObjectLockLegalHoldStatus: Shape = Shape::string().one_of(&["ON", "OFF"]);
static ObjectLockMode: Shape = Shape::string().one_of(&["GOVERNANCE", "COMPLIANCE"]);
static ObjectLockRetainUntilDate: Shape = Shape::timestamp();
static ObjectLockToken: Shape = Shape::string();
static ObjectOwnership: Shape = Shape::string().one_of(&["BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"]);
static ObjectVersionId: Shape = Shape::string();
static OptionalObjectAttributes: Shape = Shape::string().one_of(&["RestoreStatus"]);
static OptionalObjectAttributesList: Shape = Shape::list(&OptionalObjectAttributes);
static PartNumber: Shape = Shape::integer();
static PartNumberMarker: Shape = Shape::integer();
static PartsCount: Shape = Shape::integer();
static Prefix: Shape = Shape::string();
static PutBucketAbacRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketAccelerateConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
]);
static PutBucketAclRequest: Shape = Shape::structure(&[
    Member::header("ACL", "x-amz-acl", &BucketCannedACL),
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("GrantFullControl", "x-amz-grant-full-control", &GrantFullControl),
    Member::header("GrantRead", "x-amz-grant-read", &GrantRead),
    Member::header("GrantReadACP", "x-amz-grant-read-acp", &GrantReadACP),
    Member::header("GrantWrite", "x-amz-grant-write", &GrantWrite),
    Member::header("GrantWriteACP", "x-amz-grant-write-acp", &GrantWriteACP),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketAnalyticsConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &AnalyticsId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketCorsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketEncryptionRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketIntelligentTieringConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &IntelligentTieringId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketInventoryConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &InventoryId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketLifecycleConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("TransitionDefaultMinimumObjectSize", "x-amz-transition-default-minimum-object-size", &TransitionDefaultMinimumObjectSize),
]);
static PutBucketLifecycleRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketLoggingRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketMetricsConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::query("Id", "id", &MetricsId).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketNotificationConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("SkipDestinationValidation", "x-amz-skip-destination-validation", &SkipValidation),
]);
static PutBucketNotificationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketOwnershipControlsRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
]);
static PutBucketPolicyRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ConfirmRemoveSelfBucketAccess", "x-amz-confirm-remove-self-bucket-access", &ConfirmRemoveSelfBucketAccess),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketReplicationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("Token", "x-amz-bucket-object-lock-token", &ObjectLockToken),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketRequestPaymentRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketTaggingRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketVersioningRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("MFA", "x-amz-mfa", &MFA),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutBucketWebsiteRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutObjectAclRequest: Shape = Shape::structure(&[
    Member::header("ACL", "x-amz-acl", &ObjectCannedACL),
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("GrantFullControl", "x-amz-grant-full-control", &GrantFullControl),
    Member::header("GrantRead", "x-amz-grant-read", &GrantRead),
    Member::header("GrantReadACP", "x-amz-grant-read-acp", &GrantReadACP),
    Member::header("GrantWrite", "x-amz-grant-write", &GrantWrite),
    Member::header("GrantWriteACP", "x-amz-grant-write-acp", &GrantWriteACP),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutObjectAnnotationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::query("AnnotationName", "annotationName", &AnnotationName).required(),
    Member::header("ObjectIfMatch", "x-amz-object-if-match", &ObjectIfMatch),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ChecksumCRC32", "x-amz-checksum-crc32", &ChecksumCRC32),
    Member::header("ChecksumCRC32C", "x-amz-checksum-crc32c", &ChecksumCRC32C),
    Member::header("ChecksumCRC64NVME", "x-amz-checksum-crc64nvme", &ChecksumCRC64NVME),
    Member::header("ChecksumSHA1", "x-amz-checksum-sha1", &ChecksumSHA1),
    Member::header("ChecksumSHA256", "x-amz-checksum-sha256", &ChecksumSHA256),
    Member::header("ChecksumSHA512", "x-amz-checksum-sha512", &ChecksumSHA512),
    Member::header("ChecksumMD5", "x-amz-checksum-md5", &ChecksumMD5),
    Member::header("ChecksumXXHASH64", "x-amz-checksum-xxhash64", &ChecksumXXHASH64),
    Member::header("ChecksumXXHASH3", "x-amz-checksum-xxhash3", &ChecksumXXHASH3),
    Member::header("ChecksumXXHASH128", "x-amz-checksum-xxhash128", &ChecksumXXHASH128),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutObjectLegalHoldRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutObjectLockConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("Token", "x-amz-bucket-object-lock-token", &ObjectLockToken),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutObjectRequest: Shape = Shape::structure(&[
    Member::header("ACL", "x-amz-acl", &ObjectCannedACL),
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("CacheControl", "Cache-Control", &CacheControl),
    Member::header("ContentDisposition", "Content-Disposition", &ContentDisposition),
    Member::header("ContentEncoding", "Content-Encoding", &ContentEncoding),
    Member::header("ContentLanguage", "Content-Language", &ContentLanguage),
    Member::header("ContentLength", "Content-Length", &ContentLength),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ContentType", "Content-Type", &ContentType),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ChecksumCRC32", "x-amz-checksum-crc32", &ChecksumCRC32),
    Member::header("ChecksumCRC32C", "x-amz-checksum-crc32c", &ChecksumCRC32C),
    Member::header("ChecksumCRC64NVME", "x-amz-checksum-crc64nvme", &ChecksumCRC64NVME),
    Member::header("ChecksumSHA1", "x-amz-checksum-sha1", &ChecksumSHA1),
    Member::header("ChecksumSHA256", "x-amz-checksum-sha256", &ChecksumSHA256),
    Member::header("ChecksumSHA512", "x-amz-checksum-sha512", &ChecksumSHA512),
    Member::header("ChecksumMD5", "x-amz-checksum-md5", &ChecksumMD5),
    Member::header("ChecksumXXHASH64", "x-amz-checksum-xxhash64", &ChecksumXXHASH64),
    Member::header("ChecksumXXHASH3", "x-amz-checksum-xxhash3", &ChecksumXXHASH3),
    Member::header("ChecksumXXHASH128", "x-amz-checksum-xxhash128", &ChecksumXXHASH128),
    Member::header("Expires", "Expires", &Expires),
    Member::header("IfMatch", "If-Match", &IfMatch),
    Member::header("IfNoneMatch", "If-None-Match", &IfNoneMatch),
    Member::header("GrantFullControl", "x-amz-grant-full-control", &GrantFullControl),
    Member::header("GrantRead", "x-amz-grant-read", &GrantRead),
    Member::header("GrantReadACP", "x-amz-grant-read-acp", &GrantReadACP),
    Member::header("GrantWriteACP", "x-amz-grant-write-acp", &GrantWriteACP),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header("WriteOffsetBytes", "x-amz-write-offset-bytes", &WriteOffsetBytes),
    Member::header_prefix("Metadata", "x-amz-meta-", &Metadata),
    Member::header("ServerSideEncryption", "x-amz-server-side-encryption", &ServerSideEncryption),
    Member::header("StorageClass", "x-amz-storage-class", &StorageClass),
    Member::header("WebsiteRedirectLocation", "x-amz-website-redirect-location", &WebsiteRedirectLocation),
    Member::header("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSECustomerKey", "x-amz-server-side-encryption-customer-key", &SSECustomerKey),
    Member::header("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
    Member::header("SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id", &SSEKMSKeyId),
    Member::header("SSEKMSEncryptionContext", "x-amz-server-side-encryption-context", &SSEKMSEncryptionContext),
    Member::header("BucketKeyEnabled", "x-amz-server-side-encryption-bucket-key-enabled", &BucketKeyEnabled),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("Tagging", "x-amz-tagging", &TaggingHeader),
    Member::header("ObjectLockMode", "x-amz-object-lock-mode", &ObjectLockMode),
    Member::header("ObjectLockRetainUntilDate", "x-amz-object-lock-retain-until-date", &ObjectLockRetainUntilDate),
    Member::header("ObjectLockLegalHoldStatus", "x-amz-object-lock-legal-hold", &ObjectLockLegalHoldStatus),
    Member::header("ObjectLockEventHold", "x-amz-object-lock-event-hold", &ObjectLockEventHold),
    Member::header("ObjectLockEventHoldDurationDays", "x-amz-object-lock-event-hold-duration-days", &ObjectLockEventHoldDurationDays),
    Member::header("ObjectLockEventHoldDurationYears", "x-amz-object-lock-event-hold-duration-years", &ObjectLockEventHoldDurationYears),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutObjectRetentionRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("BypassGovernanceRetention", "x-amz-bypass-governance-retention", &BypassGovernanceRetention),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static PutObjectTaggingRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
]);
static PutPublicAccessBlockRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static Range: Shape = Shape::string();
static RenameObjectRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header("RenameSource", "x-amz-rename-source", &RenameSource).required(),
    Member::header("DestinationIfMatch", "If-Match", &IfMatch),
    Member::header("DestinationIfNoneMatch", "If-None-Match", &IfNoneMatch),
    Member::header("DestinationIfModifiedSince", "If-Modified-Since", &IfModifiedSince),
    Member::header("DestinationIfUnmodifiedSince", "If-Unmodified-Since", &IfUnmodifiedSince),
    Member::header("SourceIfMatch", "x-amz-rename-source-if-match", &RenameSourceIfMatch),
    Member::header("SourceIfNoneMatch", "x-amz-rename-source-if-none-match", &RenameSourceIfNoneMatch),
    Member::header("SourceIfModifiedSince", "x-amz-rename-source-if-modified-since", &RenameSourceIfModifiedSince),
    Member::header("SourceIfUnmodifiedSince", "x-amz-rename-source-if-unmodified-since", &RenameSourceIfUnmodifiedSince),
    Member::header("ClientToken", "x-amz-client-token", &ClientToken),
]);
static RenameSource: Shape = Shape::string().pattern("\\/?.+\\/.+");
static RenameSourceIfMatch: Shape = Shape::string();
static RenameSourceIfModifiedSince: Shape = Shape::timestamp();
static RenameSourceIfNoneMatch: Shape = Shape::string();
static RenameSourceIfUnmodifiedSince: Shape = Shape::timestamp();
static ReplicationStatus: Shape = Shape::string().one_of(&["COMPLETE", "PENDING", "FAILED", "REPLICA", "COMPLETED"]);
static RequestCharged: Shape = Shape::string().one_of(&["requester"]);
static RequestPayer: Shape = Shape::string().one_of(&["requester"]);
static RequestRoute: Shape = Shape::string();
static RequestToken: Shape = Shape::string();
static ResponseCacheControl: Shape = Shape::string();
static ResponseContentDisposition: Shape = Shape::string();
static ResponseContentEncoding: Shape = Shape::string();
static ResponseContentLanguage: Shape = Shape::string();
static ResponseContentType: Shape = Shape::string();
static ResponseExpires: Shape = Shape::timestamp();
static Restore: Shape = Shape::string();
static RestoreObjectRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static SSECustomerAlgorithm: Shape = Shape::string();
static SSECustomerKey: Shape = Shape::string().secret();
static SSECustomerKeyMD5: Shape = Shape::string();
static SSEKMSEncryptionContext: Shape = Shape::string().secret();
static SSEKMSKeyId: Shape = Shape::string().secret();
static SelectObjectContentRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::header("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSECustomerKey", "x-amz-server-side-encryption-customer-key", &SSECustomerKey),
    Member::header("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static ServerSideEncryption: Shape = Shape::string().one_of(&["AES256", "aws:fsx", "aws:backup", "aws:kms", "aws:kms:dsse"]);
static SessionMode: Shape = Shape::string().one_of(&["ReadOnly", "ReadWrite"]);
static SkipValidation: Shape = Shape::boolean();
static StartAfter: Shape = Shape::string();
static StorageClass: Shape = Shape::string().one_of(&["STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "OUTPOSTS", "GLACIER_IR", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FSX_ONTAP", "AWS_BACKUP_WARM", "AWS_BACKUP_LOW_COST_WARM"]);
static TagCount: Shape = Shape::integer();
static TaggingDirective: Shape = Shape::string().one_of(&["COPY", "REPLACE"]);
static TaggingHeader: Shape = Shape::string();
static Token: Shape = Shape::string();
static TransitionDefaultMinimumObjectSize: Shape = Shape::string().one_of(&["varies_by_storage_class", "all_storage_classes_128K"]);
static UpdateBucketMetadataAnnotationTableConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static UpdateBucketMetadataInventoryTableConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static UpdateBucketMetadataJournalTableConfigurationRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static UpdateObjectEncryptionRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("VersionId", "versionId", &ObjectVersionId),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
]);
static UploadIdMarker: Shape = Shape::string();
static UploadPartCopyRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("CopySource", "x-amz-copy-source", &CopySource).required(),
    Member::header("CopySourceIfMatch", "x-amz-copy-source-if-match", &CopySourceIfMatch),
    Member::header("CopySourceIfModifiedSince", "x-amz-copy-source-if-modified-since", &CopySourceIfModifiedSince),
    Member::header("CopySourceIfNoneMatch", "x-amz-copy-source-if-none-match", &CopySourceIfNoneMatch),
    Member::header("CopySourceIfUnmodifiedSince", "x-amz-copy-source-if-unmodified-since", &CopySourceIfUnmodifiedSince),
    Member::header("CopySourceRange", "x-amz-copy-source-range", &CopySourceRange),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("PartNumber", "partNumber", &PartNumber).required(),
    Member::query("UploadId", "uploadId", &MultipartUploadId).required(),
    Member::header("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSECustomerKey", "x-amz-server-side-encryption-customer-key", &SSECustomerKey),
    Member::header("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
    Member::header("CopySourceSSECustomerAlgorithm", "x-amz-copy-source-server-side-encryption-customer-algorithm", &CopySourceSSECustomerAlgorithm),
    Member::header("CopySourceSSECustomerKey", "x-amz-copy-source-server-side-encryption-customer-key", &CopySourceSSECustomerKey),
    Member::header("CopySourceSSECustomerKeyMD5", "x-amz-copy-source-server-side-encryption-customer-key-MD5", &CopySourceSSECustomerKeyMD5),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
    Member::header("ExpectedSourceBucketOwner", "x-amz-source-expected-bucket-owner", &AccountId),
]);
static UploadPartRequest: Shape = Shape::structure(&[
    Member::path("Bucket", "Bucket", &BucketName).required(),
    Member::header("ContentLength", "Content-Length", &ContentLength),
    Member::header("ContentMD5", "Content-MD5", &ContentMD5),
    Member::header("ChecksumAlgorithm", "x-amz-sdk-checksum-algorithm", &ChecksumAlgorithm),
    Member::header("ChecksumCRC32", "x-amz-checksum-crc32", &ChecksumCRC32),
    Member::header("ChecksumCRC32C", "x-amz-checksum-crc32c", &ChecksumCRC32C),
    Member::header("ChecksumCRC64NVME", "x-amz-checksum-crc64nvme", &ChecksumCRC64NVME),
    Member::header("ChecksumSHA1", "x-amz-checksum-sha1", &ChecksumSHA1),
    Member::header("ChecksumSHA256", "x-amz-checksum-sha256", &ChecksumSHA256),
    Member::header("ChecksumSHA512", "x-amz-checksum-sha512", &ChecksumSHA512),
    Member::header("ChecksumMD5", "x-amz-checksum-md5", &ChecksumMD5),
    Member::header("ChecksumXXHASH64", "x-amz-checksum-xxhash64", &ChecksumXXHASH64),
    Member::header("ChecksumXXHASH3", "x-amz-checksum-xxhash3", &ChecksumXXHASH3),
    Member::header("ChecksumXXHASH128", "x-amz-checksum-xxhash128", &ChecksumXXHASH128),
    Member::path("Key", "Key", &ObjectKey).required(),
    Member::query("PartNumber", "partNumber", &PartNumber).required(),
    Member::query("UploadId", "uploadId", &MultipartUploadId).required(),
    Member::header("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSECustomerKey", "x-amz-server-side-encryption-customer-key", &SSECustomerKey),
    Member::header("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
    Member::header("RequestPayer", "x-amz-request-payer", &RequestPayer),
    Member::header("ExpectedBucketOwner", "x-amz-expected-bucket-owner", &AccountId),
]);
static VersionIdMarker: Shape = Shape::string();
static WebsiteRedirectLocation: Shape = Shape::string();
static WriteGetObjectResponseRequest: Shape = Shape::structure(&[
    Member::header("RequestRoute", "x-amz-request-route", &RequestRoute).required(),
    Member::header("RequestToken", "x-amz-request-token", &RequestToken).required(),
    Member::header("StatusCode", "x-amz-fwd-status", &GetObjectResponseStatusCode),
    Member::header("ErrorCode", "x-amz-fwd-error-code", &ErrorCode),
    Member::header("ErrorMessage", "x-amz-fwd-error-message", &ErrorMessage),
    Member::header("AcceptRanges", "x-amz-fwd-header-accept-ranges", &AcceptRanges),
    Member::header("CacheControl", "x-amz-fwd-header-Cache-Control", &CacheControl),
    Member::header("ContentDisposition", "x-amz-fwd-header-Content-Disposition", &ContentDisposition),
    Member::header("ContentEncoding", "x-amz-fwd-header-Content-Encoding", &ContentEncoding),
    Member::header("ContentLanguage", "x-amz-fwd-header-Content-Language", &ContentLanguage),
    Member::header("ContentLength", "Content-Length", &ContentLength),
    Member::header("ContentRange", "x-amz-fwd-header-Content-Range", &ContentRange),
    Member::header("ContentType", "x-amz-fwd-header-Content-Type", &ContentType),
    Member::header("ChecksumCRC32", "x-amz-fwd-header-x-amz-checksum-crc32", &ChecksumCRC32),
    Member::header("ChecksumCRC32C", "x-amz-fwd-header-x-amz-checksum-crc32c", &ChecksumCRC32C),
    Member::header("ChecksumCRC64NVME", "x-amz-fwd-header-x-amz-checksum-crc64nvme", &ChecksumCRC64NVME),
    Member::header("ChecksumSHA1", "x-amz-fwd-header-x-amz-checksum-sha1", &ChecksumSHA1),
    Member::header("ChecksumSHA256", "x-amz-fwd-header-x-amz-checksum-sha256", &ChecksumSHA256),
    Member::header("ChecksumSHA512", "x-amz-fwd-header-x-amz-checksum-sha512", &ChecksumSHA512),
    Member::header("ChecksumMD5", "x-amz-fwd-header-x-amz-checksum-md5", &ChecksumMD5),
    Member::header("ChecksumXXHASH64", "x-amz-fwd-header-x-amz-checksum-xxhash64", &ChecksumXXHASH64),
    Member::header("ChecksumXXHASH3", "x-amz-fwd-header-x-amz-checksum-xxhash3", &ChecksumXXHASH3),
    Member::header("ChecksumXXHASH128", "x-amz-fwd-header-x-amz-checksum-xxhash128", &ChecksumXXHASH128),
    Member::header("DeleteMarker", "x-amz-fwd-header-x-amz-delete-marker", &DeleteMarker),
    Member::header("ETag", "x-amz-fwd-header-ETag", &ETag),
    Member::header("Expires", "x-amz-fwd-header-Expires", &Expires),
    Member::header("Expiration", "x-amz-fwd-header-x-amz-expiration", &Expiration),
    Member::header("LastModified", "x-amz-fwd-header-Last-Modified", &LastModified),
    Member::header("MissingMeta", "x-amz-fwd-header-x-amz-missing-meta", &MissingMeta),
    Member::header_prefix("Metadata", "x-amz-meta-", &Metadata),
    Member::header("ObjectLockMode", "x-amz-fwd-header-x-amz-object-lock-mode", &ObjectLockMode),
    Member::header("ObjectLockLegalHoldStatus", "x-amz-fwd-header-x-amz-object-lock-legal-hold", &ObjectLockLegalHoldStatus),
    Member::header("ObjectLockRetainUntilDate", "x-amz-fwd-header-x-amz-object-lock-retain-until-date", &ObjectLockRetainUntilDate),
    Member::header("PartsCount", "x-amz-fwd-header-x-amz-mp-parts-count", &PartsCount),
    Member::header("ReplicationStatus", "x-amz-fwd-header-x-amz-replication-status", &ReplicationStatus),
    Member::header("RequestCharged", "x-amz-fwd-header-x-amz-request-charged", &RequestCharged),
    Member::header("Restore", "x-amz-fwd-header-x-amz-restore", &Restore),
    Member::header("ServerSideEncryption", "x-amz-fwd-header-x-amz-server-side-encryption", &ServerSideEncryption),
    Member::header("SSECustomerAlgorithm", "x-amz-fwd-header-x-amz-server-side-encryption-customer-algorithm", &SSECustomerAlgorithm),
    Member::header("SSEKMSKeyId", "x-amz-fwd-header-x-amz-server-side-encryption-aws-kms-key-id", &SSEKMSKeyId),
    Member::header("SSECustomerKeyMD5", "x-amz-fwd-header-x-amz-server-side-encryption-customer-key-MD5", &SSECustomerKeyMD5),
    Member::header("StorageClass", "x-amz-fwd-header-x-amz-storage-class", &StorageClass),
    Member::header("TagCount", "x-amz-fwd-header-x-amz-tagging-count", &TagCount),
    Member::header("VersionId", "x-amz-fwd-header-x-amz-version-id", &ObjectVersionId),
    Member::header("BucketKeyEnabled", "x-amz-fwd-header-x-amz-server-side-encryption-bucket-key-enabled", &BucketKeyEnabled),
]);
static WriteOffsetBytes: Shape = Shape::long();
