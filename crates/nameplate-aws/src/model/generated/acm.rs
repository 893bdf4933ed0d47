//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: acm 2015-12-08.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::Acm, api_version: "2015-12-08", xml_namespace: "", target: "CertificateManager", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::Acm, "AddTagsToCertificate", "POST", "/", 200).input(&AddTagsToCertificateRequest).errors(&["InvalidArnException", "InvalidParameterException", "InvalidTagException", "ResourceNotFoundException", "TagPolicyException", "ThrottlingException", "TooManyTagsException", "ValidationException"]),
    Operation::new(Service::Acm, "CreateAcmeDomainValidation", "POST", "/", 200).input(&CreateAcmeDomainValidationRequest).output().errors(&["AccessDeniedException", "ConflictException", "InternalServerException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "CreateAcmeEndpoint", "POST", "/", 200).input(&CreateAcmeEndpointRequest).output().errors(&["AccessDeniedException", "ConflictException", "InternalServerException", "ServiceQuotaExceededException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "CreateAcmeExternalAccountBinding", "POST", "/", 200).input(&CreateAcmeExternalAccountBindingRequest).output().errors(&["AccessDeniedException", "ConflictException", "InternalServerException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "DeleteAcmeDomainValidation", "POST", "/", 200).input(&DeleteAcmeDomainValidationRequest).errors(&["AccessDeniedException", "ConflictException", "InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "DeleteAcmeEndpoint", "POST", "/", 200).input(&DeleteAcmeEndpointRequest).errors(&["AccessDeniedException", "ConflictException", "InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "DeleteAcmeExternalAccountBinding", "POST", "/", 200).input(&DeleteAcmeExternalAccountBindingRequest).errors(&["AccessDeniedException", "InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "DeleteCertificate", "POST", "/", 200).input(&DeleteCertificateRequest).errors(&["AccessDeniedException", "ConflictException", "InvalidArnException", "ResourceInUseException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "DescribeAcmeAccount", "POST", "/", 200).input(&DescribeAcmeAccountRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "DescribeAcmeDomainValidation", "POST", "/", 200).input(&DescribeAcmeDomainValidationRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "DescribeAcmeEndpoint", "POST", "/", 200).input(&DescribeAcmeEndpointRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "DescribeAcmeExternalAccountBinding", "POST", "/", 200).input(&DescribeAcmeExternalAccountBindingRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "DescribeCertificate", "POST", "/", 200).input(&DescribeCertificateRequest).output().errors(&["InvalidArnException", "ResourceNotFoundException", "ValidationException"]),
    Operation::new(Service::Acm, "ExportCertificate", "POST", "/", 200).input(&ExportCertificateRequest).output().errors(&["InvalidArnException", "RequestInProgressException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "GetAccountConfiguration", "POST", "/", 200).output().errors(&["AccessDeniedException", "ThrottlingException"]),
    Operation::new(Service::Acm, "GetAcmeExternalAccountBindingCredentials", "POST", "/", 200).input(&GetAcmeExternalAccountBindingCredentialsRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "GetCertificate", "POST", "/", 200).input(&GetCertificateRequest).output().errors(&["InvalidArnException", "RequestInProgressException", "ResourceNotFoundException", "ValidationException"]),
    Operation::new(Service::Acm, "ImportCertificate", "POST", "/", 200).input(&ImportCertificateRequest).output().errors(&["ConflictException", "InvalidArnException", "InvalidParameterException", "InvalidTagException", "LimitExceededException", "ResourceNotFoundException", "TagPolicyException", "TooManyTagsException", "ValidationException"]),
    Operation::new(Service::Acm, "ListAcmeAccounts", "POST", "/", 200).input(&ListAcmeAccountsRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "ListAcmeDomainValidations", "POST", "/", 200).input(&ListAcmeDomainValidationsRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "ListAcmeEndpoints", "POST", "/", 200).input(&ListAcmeEndpointsRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "ListAcmeExternalAccountBindings", "POST", "/", 200).input(&ListAcmeExternalAccountBindingsRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "ListCertificateDomainValidations", "POST", "/", 200).input(&ListCertificateDomainValidationsRequest).output().errors(&["AccessDeniedException", "InvalidArgsException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Acm, "ListCertificates", "POST", "/", 200).input(&ListCertificatesRequest).output().errors(&["InvalidArgsException", "ValidationException"]),
    Operation::new(Service::Acm, "ListTagsForCertificate", "POST", "/", 200).input(&ListTagsForCertificateRequest).output().errors(&["InvalidArnException", "ResourceNotFoundException", "ValidationException"]),
    Operation::new(Service::Acm, "ListTagsForResource", "POST", "/", 200).input(&ListTagsForResourceRequest).output().errors(&["ResourceNotFoundException", "ValidationException"]),
    Operation::new(Service::Acm, "PutAccountConfiguration", "POST", "/", 200).input(&PutAccountConfigurationRequest).errors(&["AccessDeniedException", "ConflictException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "RemoveTagsFromCertificate", "POST", "/", 200).input(&RemoveTagsFromCertificateRequest).errors(&["InvalidArnException", "InvalidParameterException", "InvalidTagException", "ResourceNotFoundException", "TagPolicyException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "RenewCertificate", "POST", "/", 200).input(&RenewCertificateRequest).errors(&["InvalidArnException", "RequestInProgressException", "ResourceNotFoundException", "ValidationException"]),
    Operation::new(Service::Acm, "RequestCertificate", "POST", "/", 200).input(&RequestCertificateRequest).output().errors(&["InvalidArnException", "InvalidDomainValidationOptionsException", "InvalidParameterException", "InvalidTagException", "LimitExceededException", "TagPolicyException", "TooManyTagsException"]),
    Operation::new(Service::Acm, "ResendValidationEmail", "POST", "/", 200).input(&ResendValidationEmailRequest).errors(&["InvalidArnException", "InvalidDomainValidationOptionsException", "InvalidStateException", "ResourceNotFoundException", "ValidationException"]),
    Operation::new(Service::Acm, "RevokeAcmeAccount", "POST", "/", 200).input(&RevokeAcmeAccountRequest).errors(&["AccessDeniedException", "ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "RevokeAcmeExternalAccountBinding", "POST", "/", 200).input(&RevokeAcmeExternalAccountBindingRequest).errors(&["AccessDeniedException", "ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "RevokeCertificate", "POST", "/", 200).input(&RevokeCertificateRequest).output().errors(&["AccessDeniedException", "ConflictException", "InvalidArnException", "ResourceInUseException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "SearchCertificates", "POST", "/", 200).input(&SearchCertificatesRequest).output().errors(&["AccessDeniedException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "TagResource", "POST", "/", 200).input(&TagResourceRequest).errors(&["ResourceNotFoundException", "ServiceQuotaExceededException", "ValidationException"]),
    Operation::new(Service::Acm, "UntagResource", "POST", "/", 200).input(&UntagResourceRequest).errors(&["ResourceNotFoundException", "ValidationException"]),
    Operation::new(Service::Acm, "UpdateAcmeDomainValidation", "POST", "/", 200).input(&UpdateAcmeDomainValidationRequest).errors(&["AccessDeniedException", "ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "UpdateAcmeEndpoint", "POST", "/", 200).input(&UpdateAcmeEndpointRequest).errors(&["AccessDeniedException", "ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Acm, "UpdateCertificateOptions", "POST", "/", 200).input(&UpdateCertificateOptionsRequest).errors(&["ConflictException", "InvalidArnException", "InvalidStateException", "LimitExceededException", "ResourceNotFoundException", "ValidationException"]),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "AccessDeniedException", status: 400 },
    ErrorName { code: "ConflictException", status: 400 },
    ErrorName { code: "InternalServerException", status: 500 },
    ErrorName { code: "InvalidArgsException", status: 400 },
    ErrorName { code: "InvalidArnException", status: 400 },
    ErrorName { code: "InvalidDomainValidationOptionsException", status: 400 },
    ErrorName { code: "InvalidParameterException", status: 400 },
    ErrorName { code: "InvalidStateException", status: 400 },
    ErrorName { code: "InvalidTagException", status: 400 },
    ErrorName { code: "LimitExceededException", status: 400 },
    ErrorName { code: "RequestInProgressException", status: 400 },
    ErrorName { code: "ResourceInUseException", status: 400 },
    ErrorName { code: "ResourceNotFoundException", status: 400 },
    ErrorName { code: "ServiceQuotaExceededException", status: 400 },
    ErrorName { code: "TagPolicyException", status: 400 },
    ErrorName { code: "ThrottlingException", status: 400 },
    ErrorName { code: "TooManyTagsException", status: 400 },
    ErrorName { code: "ValidationException", status: 400 },
];

static AcmCertificateMetadataFilter: Shape = Shape::structure(&[
    Member::body("Status", "Status", &CertificateStatus),
    Member::body("RenewalStatus", "RenewalStatus", &RenewalStatus),
    Member::body("Type", "Type", &CertificateType),
    Member::body("InUse", "InUse", &NullableBoolean),
    Member::body("Exported", "Exported", &NullableBoolean),
    Member::body("ExportOption", "ExportOption", &CertificateExport),
    Member::body("ManagedBy", "ManagedBy", &CertificateManagedBy),
    Member::body("ValidationMethod", "ValidationMethod", &ValidationMethod),
    Member::body("CertificateKeyPairOrigin", "CertificateKeyPairOrigin", &CertificateKeyPairOrigin),
    Member::body("AcmeEndpointArn", "AcmeEndpointArn", &Arn),
    Member::body("AcmeAccountId", "AcmeAccountId", &AcmeAccountId),
    Member::body("RootHierarchyType", "RootHierarchyType", &RootHierarchyType),
]);
static AcmeAccountId: Shape = Shape::string().min(36.0).max(36.0);
static AcmeAuthorizationBehavior: Shape = Shape::string().one_of(&["PRE_APPROVED"]);
static AcmeContact: Shape = Shape::string().one_of(&["REQUIRED", "NOT_REQUIRED"]);
static AcmeDomainValidationArn: Shape = Shape::string().min(1.0).max(200.0).pattern("arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:acme-endpoint/[a-zA-Z0-9-]+/acme-domain-validation/[a-zA-Z0-9-]+");
static AcmeEndpointArn: Shape = Shape::string().min(1.0).max(200.0).pattern("arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:acme-endpoint/[a-zA-Z0-9-]+");
static AcmeExternalAccountBindingArn: Shape = Shape::string().min(1.0).max(200.0).pattern("arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:acme-endpoint/[a-zA-Z0-9-]+/acme-external-account-binding/[a-zA-Z0-9-]+");
static AddTagsToCertificateRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn).required(),
    Member::body("Tags", "Tags", &TagList).required(),
]);
static Arn: Shape = Shape::string().min(20.0).max(2048.0).pattern("arn:[\\w+=/,.@-]+:acm:[\\w+=/,.@-]*:[0-9]+:[\\w+=,.@-]+(/[\\w+=,.@-]+)*");
static CertificateArn: Shape = Shape::string().min(20.0).max(2048.0).pattern("arn:[\\w+=/,.@-]+:acm:[\\w+=/,.@-]*:[0-9]+:certificate/[\\w+=,.@-]+.*");
static CertificateAuthority: Shape = Shape::structure(&[
    Member::body("PublicCertificateAuthority", "PublicCertificateAuthority", &PublicCertificateAuthority),
]);
static CertificateBodyBlob: Shape = Shape::blob().min(1.0).max(32768.0);
static CertificateChainBlob: Shape = Shape::blob().min(1.0).max(2097152.0);
static CertificateExport: Shape = Shape::string().one_of(&["ENABLED", "DISABLED"]);
static CertificateFilter: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn),
    Member::body("X509AttributeFilter", "X509AttributeFilter", &X509AttributeFilter),
    Member::body("AcmCertificateMetadataFilter", "AcmCertificateMetadataFilter", &AcmCertificateMetadataFilter),
]);
static CertificateFilterStatement: Shape = Shape::structure(&[
    Member::body("And", "And", &CertificateFilterStatementList),
    Member::body("Or", "Or", &CertificateFilterStatementList),
    Member::body("Not", "Not", &CertificateFilterStatement),
    Member::body("Filter", "Filter", &CertificateFilter),
]);
static CertificateFilterStatementList: Shape = Shape::list(&CertificateFilterStatement).min(1.0).max(15.0);
static CertificateKeyPairOrigin: Shape = Shape::string().one_of(&["AWS_MANAGED", "ACME", "CUSTOMER_PROVIDED"]);
static CertificateKeyPairOrigins: Shape = Shape::list(&CertificateKeyPairOrigin).min(1.0).max(3.0);
static CertificateManagedBy: Shape = Shape::string().one_of(&["CLOUDFRONT"]);
static CertificateOptions: Shape = Shape::structure(&[
    Member::body("CertificateTransparencyLoggingPreference", "CertificateTransparencyLoggingPreference", &CertificateTransparencyLoggingPreference),
    Member::body("Export", "Export", &CertificateExport),
    Member::body("ValidationMethod", "ValidationMethod", &ValidationMethod),
]);
static CertificateStatus: Shape = Shape::string().one_of(&["PENDING_VALIDATION", "ISSUED", "INACTIVE", "EXPIRED", "VALIDATION_TIMED_OUT", "REVOKED", "FAILED"]);
static CertificateStatuses: Shape = Shape::list(&CertificateStatus);
static CertificateTransparencyLoggingPreference: Shape = Shape::string().one_of(&["ENABLED", "DISABLED"]);
static CertificateType: Shape = Shape::string().one_of(&["IMPORTED", "AMAZON_ISSUED", "PRIVATE"]);
static CertificateUsage: Shape = Shape::string().one_of(&["CLIENT_AND_SERVER_AUTH", "CLIENT_AUTH_ONLY"]);
static CommonNameFilter: Shape = Shape::structure(&[
    Member::body("Value", "Value", &FilterString).required(),
    Member::body("ComparisonOperator", "ComparisonOperator", &ComparisonOperator).required(),
]);
static ComparisonOperator: Shape = Shape::string().one_of(&["CONTAINS", "EQUALS"]);
static CreateAcmeDomainValidationRequest: Shape = Shape::structure(&[
    Member::body("IdempotencyToken", "IdempotencyToken", &String),
    Member::body("AcmeEndpointArn", "AcmeEndpointArn", &AcmeEndpointArn).required(),
    Member::body("DomainName", "DomainName", &DomainName).required(),
    Member::body("PrevalidationOptions", "PrevalidationOptions", &PrevalidationOptions).required(),
    Member::body("Tags", "Tags", &TagList),
]);
static CreateAcmeEndpointRequest: Shape = Shape::structure(&[
    Member::body("IdempotencyToken", "IdempotencyToken", &String),
    Member::body("AuthorizationBehavior", "AuthorizationBehavior", &AcmeAuthorizationBehavior).required(),
    Member::body("Contact", "Contact", &AcmeContact),
    Member::body("CertificateAuthority", "CertificateAuthority", &CertificateAuthority).required(),
    Member::body("Tags", "Tags", &TagList),
    Member::body("CertificateTags", "CertificateTags", &TagList),
]);
static CreateAcmeExternalAccountBindingRequest: Shape = Shape::structure(&[
    Member::body("IdempotencyToken", "IdempotencyToken", &String),
    Member::body("AcmeEndpointArn", "AcmeEndpointArn", &AcmeEndpointArn).required(),
    Member::body("RoleArn", "RoleArn", &RoleArn).required(),
    Member::body("Expiration", "Expiration", &Expiration),
    Member::body("Tags", "Tags", &TagList),
]);
static DeleteAcmeDomainValidationRequest: Shape = Shape::structure(&[
    Member::body("AcmeDomainValidationArn", "AcmeDomainValidationArn", &AcmeDomainValidationArn).required(),
]);
static DeleteAcmeEndpointRequest: Shape = Shape::structure(&[
    Member::body("AcmeEndpointArn", "AcmeEndpointArn", &AcmeEndpointArn).required(),
]);
static DeleteAcmeExternalAccountBindingRequest: Shape = Shape::structure(&[
    Member::body("AcmeExternalAccountBindingArn", "AcmeExternalAccountBindingArn", &AcmeExternalAccountBindingArn).required(),
]);
static DeleteCertificateRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn).required(),
]);
static DescribeAcmeAccountRequest: Shape = Shape::structure(&[
    Member::body("AcmeEndpointArn", "AcmeEndpointArn", &AcmeEndpointArn).required(),
    Member::body("AccountUrl", "AccountUrl", &String).required(),
]);
static DescribeAcmeDomainValidationRequest: Shape = Shape::structure(&[
    Member::body("AcmeDomainValidationArn", "AcmeDomainValidationArn", &AcmeDomainValidationArn).required(),
]);
static DescribeAcmeEndpointRequest: Shape = Shape::structure(&[
    Member::body("AcmeEndpointArn", "AcmeEndpointArn", &AcmeEndpointArn).required(),
]);
static DescribeAcmeExternalAccountBindingRequest: Shape = Shape::structure(&[
    Member::body("AcmeExternalAccountBindingArn", "AcmeExternalAccountBindingArn", &AcmeExternalAccountBindingArn).required(),
]);
static DescribeCertificateRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn).required(),
]);
static DnsNameFilter: Shape = Shape::structure(&[
    Member::body("Value", "Value", &FilterString).required(),
    Member::body("ComparisonOperator", "ComparisonOperator", &ComparisonOperator).required(),
]);
static DnsPrevalidationOptions: Shape = Shape::structure(&[
    Member::body("DomainScope", "DomainScope", &DomainScope),
    Member::body("HostedZoneId", "HostedZoneId", &HostedZoneId),
]);
static DomainList: Shape = Shape::list(&DomainNameString).min(1.0).max(100.0);
static DomainName: Shape = Shape::string().min(1.0).max(253.0).pattern("([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?");
static DomainNameString: Shape = Shape::string().min(1.0).max(253.0).pattern("(\\*\\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])");
static DomainScope: Shape = Shape::structure(&[
    Member::body("ExactDomain", "ExactDomain", &DomainScopeOption),
    Member::body("Subdomains", "Subdomains", &DomainScopeOption),
    Member::body("Wildcards", "Wildcards", &DomainScopeOption),
]);
static DomainScopeOption: Shape = Shape::string().one_of(&["ENABLED", "DISABLED"]);
static DomainValidationOption: Shape = Shape::structure(&[
    Member::body("DomainName", "DomainName", &DomainNameString).required(),
    Member::body("ValidationDomain", "ValidationDomain", &DomainNameString).required(),
]);
static DomainValidationOptionList: Shape = Shape::list(&DomainValidationOption).min(1.0).max(100.0);
static Expiration: Shape = Shape::structure(&[
    Member::body("Value", "Value", &ExpirationValueLong).required(),
    Member::body("Type", "Type", &TimeType).required(),
]);
static ExpirationValueLong: Shape = Shape::long().min(1.0);
static ExpiryEventsConfiguration: Shape = Shape::structure(&[
    Member::body("DaysBeforeExpiry", "DaysBeforeExpiry", &PositiveInteger),
]);
static ExportCertificateRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn).required(),
    Member::body("Passphrase", "Passphrase", &PassphraseBlob).required(),
]);
static ExtendedKeyUsageFilterList: Shape = Shape::list(&ExtendedKeyUsageName);
static ExtendedKeyUsageName: Shape = Shape::string().one_of(&["TLS_WEB_SERVER_AUTHENTICATION", "TLS_WEB_CLIENT_AUTHENTICATION", "CODE_SIGNING", "EMAIL_PROTECTION", "TIME_STAMPING", "OCSP_SIGNING", "IPSEC_END_SYSTEM", "IPSEC_TUNNEL", "IPSEC_USER", "ANY", "NONE", "CUSTOM"]);
static FilterString: Shape = Shape::string().min(1.0).max(256.0);
static Filters: Shape = Shape::structure(&[
    Member::body("extendedKeyUsage", "extendedKeyUsage", &ExtendedKeyUsageFilterList),
    Member::body("keyUsage", "keyUsage", &KeyUsageFilterList),
    Member::body("keyTypes", "keyTypes", &KeyAlgorithmList),
    Member::body("exportOption", "exportOption", &CertificateExport),
    Member::body("managedBy", "managedBy", &CertificateManagedBy),
]);
static GetAcmeExternalAccountBindingCredentialsRequest: Shape = Shape::structure(&[
    Member::body("AcmeExternalAccountBindingArn", "AcmeExternalAccountBindingArn", &AcmeExternalAccountBindingArn).required(),
]);
static GetCertificateRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn).required(),
]);
static HostedZoneId: Shape = Shape::string().min(1.0).max(32.0).pattern("Z[A-Z0-9]+");
static IdempotencyToken: Shape = Shape::string().min(1.0).max(32.0).pattern("\\w+");
static ImportCertificateRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn),
    Member::body("Certificate", "Certificate", &CertificateBodyBlob).required(),
    Member::body("PrivateKey", "PrivateKey", &PrivateKeyBlob).required(),
    Member::body("CertificateChain", "CertificateChain", &CertificateChainBlob),
    Member::body("Tags", "Tags", &TagList),
]);
static KeyAlgorithm: Shape = Shape::string().one_of(&["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]);
static KeyAlgorithmList: Shape = Shape::list(&KeyAlgorithm);
static KeyUsageFilterList: Shape = Shape::list(&KeyUsageName);
static KeyUsageName: Shape = Shape::string().one_of(&["DIGITAL_SIGNATURE", "NON_REPUDIATION", "KEY_ENCIPHERMENT", "DATA_ENCIPHERMENT", "KEY_AGREEMENT", "CERTIFICATE_SIGNING", "CRL_SIGNING", "ENCIPHER_ONLY", "DECIPHER_ONLY", "ANY", "CUSTOM"]);
static ListAcmeAccountsRequest: Shape = Shape::structure(&[
    Member::body("NextToken", "NextToken", &String),
    Member::body("MaxResults", "MaxResults", &ListAcmeAccountsRequestMaxResultsInteger),
    Member::body("AcmeEndpointArn", "AcmeEndpointArn", &AcmeEndpointArn).required(),
]);
static ListAcmeAccountsRequestMaxResultsInteger: Shape = Shape::integer().min(1.0).max(100.0);
static ListAcmeDomainValidationsRequest: Shape = Shape::structure(&[
    Member::body("NextToken", "NextToken", &String),
    Member::body("MaxResults", "MaxResults", &ListAcmeDomainValidationsRequestMaxResultsInteger),
    Member::body("AcmeEndpointArn", "AcmeEndpointArn", &AcmeEndpointArn).required(),
]);
static ListAcmeDomainValidationsRequestMaxResultsInteger: Shape = Shape::integer().min(1.0).max(100.0);
static ListAcmeEndpointsRequest: Shape = Shape::structure(&[
    Member::body("NextToken", "NextToken", &String),
    Member::body("MaxResults", "MaxResults", &ListAcmeEndpointsRequestMaxResultsInteger),
]);
static ListAcmeEndpointsRequestMaxResultsInteger: Shape = Shape::integer().min(1.0).max(100.0);
static ListAcmeExternalAccountBindingsRequest: Shape = Shape::structure(&[
    Member::body("NextToken", "NextToken", &String),
    Member::body("MaxResults", "MaxResults", &ListAcmeExternalAccountBindingsRequestMaxResultsInteger),
    Member::body("AcmeEndpointArn", "AcmeEndpointArn", &AcmeEndpointArn).required(),
]);
static ListAcmeExternalAccountBindingsRequestMaxResultsInteger: Shape = Shape::integer().min(1.0).max(100.0);
static ListCertificateDomainValidationsRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &CertificateArn).required(),
    Member::body("NextToken", "NextToken", &NextToken),
    Member::body("MaxItems", "MaxItems", &MaxItems),
]);
static ListCertificatesRequest: Shape = Shape::structure(&[
    Member::body("CertificateStatuses", "CertificateStatuses", &CertificateStatuses),
    Member::body("CertificateKeyPairOrigins", "CertificateKeyPairOrigins", &CertificateKeyPairOrigins),
    Member::body("RootHierarchyTypes", "RootHierarchyTypes", &RootHierarchyTypes),
    Member::body("Includes", "Includes", &Filters),
    Member::body("NextToken", "NextToken", &NextToken),
    Member::body("MaxItems", "MaxItems", &MaxItems),
    Member::body("SortBy", "SortBy", &SortBy),
    Member::body("SortOrder", "SortOrder", &SortOrder),
]);
static ListTagsForCertificateRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn).required(),
]);
static ListTagsForResourceRequest: Shape = Shape::structure(&[
    Member::body("ResourceArn", "ResourceArn", &Arn).required(),
]);
static MaxItems: Shape = Shape::integer().min(1.0).max(1000.0);
static NextToken: Shape = Shape::string().min(1.0).max(10000.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]*");
static NullableBoolean: Shape = Shape::boolean();
static PassphraseBlob: Shape = Shape::blob().min(4.0).max(128.0).secret();
static PcaArn: Shape = Shape::string().min(20.0).max(2048.0).pattern("arn:[\\w+=/,.@-]+:acm-pca:[\\w+=/,.@-]*:[0-9]+:[\\w+=,.@-]+(/[\\w+=,.@-]+)*");
static PositiveInteger: Shape = Shape::integer().min(1.0);
static PrevalidationOptions: Shape = Shape::structure(&[
    Member::body("DnsPrevalidation", "DnsPrevalidation", &DnsPrevalidationOptions),
]);
static PrivateKeyBlob: Shape = Shape::blob().min(1.0).max(8192.0).secret();
static PublicCertificateAuthority: Shape = Shape::structure(&[
    Member::body("AllowedKeyAlgorithms", "AllowedKeyAlgorithms", &PublicKeyAlgorithmList),
]);
static PublicKeyAlgorithm: Shape = Shape::string().one_of(&["RSA_2048", "EC_prime256v1", "EC_secp384r1"]);
static PublicKeyAlgorithmList: Shape = Shape::list(&PublicKeyAlgorithm);
static PutAccountConfigurationRequest: Shape = Shape::structure(&[
    Member::body("ExpiryEvents", "ExpiryEvents", &ExpiryEventsConfiguration),
    Member::body("IdempotencyToken", "IdempotencyToken", &IdempotencyToken).required(),
]);
static RemoveTagsFromCertificateRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn).required(),
    Member::body("Tags", "Tags", &TagList).required(),
]);
static RenewCertificateRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn).required(),
]);
static RenewalStatus: Shape = Shape::string().one_of(&["PENDING_AUTO_RENEWAL", "PENDING_VALIDATION", "SUCCESS", "FAILED"]);
static RequestCertificateRequest: Shape = Shape::structure(&[
    Member::body("DomainName", "DomainName", &DomainNameString).required(),
    Member::body("ValidationMethod", "ValidationMethod", &ValidationMethod),
    Member::body("SubjectAlternativeNames", "SubjectAlternativeNames", &DomainList),
    Member::body("IdempotencyToken", "IdempotencyToken", &IdempotencyToken),
    Member::body("DomainValidationOptions", "DomainValidationOptions", &DomainValidationOptionList),
    Member::body("Options", "Options", &CertificateOptions),
    Member::body("CertificateAuthorityArn", "CertificateAuthorityArn", &PcaArn),
    Member::body("Tags", "Tags", &TagList),
    Member::body("KeyAlgorithm", "KeyAlgorithm", &KeyAlgorithm),
    Member::body("ManagedBy", "ManagedBy", &CertificateManagedBy),
    Member::body("CertificateUsage", "CertificateUsage", &CertificateUsage),
    Member::body("RootHierarchyType", "RootHierarchyType", &RootHierarchyType),
]);
static ResendValidationEmailRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn).required(),
    Member::body("Domain", "Domain", &DomainNameString).required(),
    Member::body("ValidationDomain", "ValidationDomain", &DomainNameString).required(),
]);
static RevocationReason: Shape = Shape::string().one_of(&["UNSPECIFIED", "KEY_COMPROMISE", "CA_COMPROMISE", "AFFILIATION_CHANGED", "SUPERCEDED", "SUPERSEDED", "CESSATION_OF_OPERATION", "CERTIFICATE_HOLD", "REMOVE_FROM_CRL", "PRIVILEGE_WITHDRAWN", "A_A_COMPROMISE"]);
static RevokeAcmeAccountRequest: Shape = Shape::structure(&[
    Member::body("AcmeEndpointArn", "AcmeEndpointArn", &AcmeEndpointArn).required(),
    Member::body("AccountUrl", "AccountUrl", &String).required(),
]);
static RevokeAcmeExternalAccountBindingRequest: Shape = Shape::structure(&[
    Member::body("AcmeExternalAccountBindingArn", "AcmeExternalAccountBindingArn", &AcmeExternalAccountBindingArn).required(),
]);
static RevokeCertificateRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn).required(),
    Member::body("RevocationReason", "RevocationReason", &RevocationReason).required(),
]);
static RoleArn: Shape = Shape::string().min(1.0).max(2048.0).pattern("arn:aws[a-z-]*:iam::[0-9]{12}:role/.+");
static RootHierarchyType: Shape = Shape::string().one_of(&["N2_AMAZON_MANAGED", "N2_SFG2_AMAZON_MANAGED"]);
static RootHierarchyTypes: Shape = Shape::list(&RootHierarchyType).min(1.0).max(5.0);
static SearchCertificatesRequest: Shape = Shape::structure(&[
    Member::body("FilterStatement", "FilterStatement", &CertificateFilterStatement),
    Member::body("MaxResults", "MaxResults", &SearchMaxResults),
    Member::body("NextToken", "NextToken", &NextToken),
    Member::body("SortBy", "SortBy", &SearchCertificatesSortBy),
    Member::body("SortOrder", "SortOrder", &SearchCertificatesSortOrder),
]);
static SearchCertificatesSortBy: Shape = Shape::string().one_of(&["CREATED_AT", "NOT_AFTER", "STATUS", "RENEWAL_STATUS", "EXPORTED", "IN_USE", "NOT_BEFORE", "KEY_ALGORITHM", "TYPE", "CERTIFICATE_ARN", "COMMON_NAME", "REVOKED_AT", "RENEWAL_ELIGIBILITY", "ISSUED_AT", "MANAGED_BY", "EXPORT_OPTION", "VALIDATION_METHOD", "IMPORTED_AT", "ACME_ENDPOINT_ARN", "ACME_ACCOUNT_ID", "CERTIFICATE_KEY_PAIR_ORIGIN"]);
static SearchCertificatesSortOrder: Shape = Shape::string().one_of(&["ASCENDING", "DESCENDING"]);
static SearchMaxResults: Shape = Shape::integer().min(1.0).max(500.0);
static SerialNumber: Shape = Shape::string().min(2.0).max(59.0).pattern("[0-9a-f]{2}(:[0-9a-f]{2}){1,19}");
static SortBy: Shape = Shape::string().one_of(&["CREATED_AT"]);
static SortOrder: Shape = Shape::string().one_of(&["ASCENDING", "DESCENDING"]);
static String: Shape = Shape::string();
static SubjectAlternativeNameFilter: Shape = Shape::structure(&[
    Member::body("DnsName", "DnsName", &DnsNameFilter),
]);
static SubjectFilter: Shape = Shape::structure(&[
    Member::body("CommonName", "CommonName", &CommonNameFilter),
]);
static TStamp: Shape = Shape::timestamp();
static Tag: Shape = Shape::structure(&[
    Member::body("Key", "Key", &TagKey).required(),
    Member::body("Value", "Value", &TagValue),
]);
static TagKey: Shape = Shape::string().min(1.0).max(128.0).pattern("([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)");
static TagKeyList: Shape = Shape::list(&TagKey).min(1.0).max(50.0);
static TagList: Shape = Shape::list(&Tag).min(1.0).max(50.0);
static TagResourceRequest: Shape = Shape::structure(&[
    Member::body("ResourceArn", "ResourceArn", &Arn).required(),
    Member::body("Tags", "Tags", &TagList).required(),
]);
static TagValue: Shape = Shape::string().min(0.0).max(256.0).pattern("([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)");
static TimeType: Shape = Shape::string().one_of(&["MINUTES", "HOURS", "DAYS"]);
static TimestampRange: Shape = Shape::structure(&[
    Member::body("Start", "Start", &TStamp),
    Member::body("End", "End", &TStamp),
]);
static UntagResourceRequest: Shape = Shape::structure(&[
    Member::body("ResourceArn", "ResourceArn", &Arn).required(),
    Member::body("TagKeys", "TagKeys", &TagKeyList).required(),
]);
static UpdateAcmeDomainValidationRequest: Shape = Shape::structure(&[
    Member::body("AcmeDomainValidationArn", "AcmeDomainValidationArn", &AcmeDomainValidationArn).required(),
    Member::body("PrevalidationOptions", "PrevalidationOptions", &PrevalidationOptions),
]);
static UpdateAcmeEndpointRequest: Shape = Shape::structure(&[
    Member::body("AcmeEndpointArn", "AcmeEndpointArn", &AcmeEndpointArn).required(),
    Member::body("AuthorizationBehavior", "AuthorizationBehavior", &AcmeAuthorizationBehavior),
    Member::body("Contact", "Contact", &AcmeContact),
    Member::body("CertificateAuthority", "CertificateAuthority", &CertificateAuthority),
]);
static UpdateCertificateOptionsRequest: Shape = Shape::structure(&[
    Member::body("CertificateArn", "CertificateArn", &Arn).required(),
    Member::body("Options", "Options", &CertificateOptions).required(),
]);
static ValidationMethod: Shape = Shape::string().one_of(&["EMAIL", "DNS", "HTTP"]);
static X509AttributeFilter: Shape = Shape::structure(&[
    Member::body("Subject", "Subject", &SubjectFilter),
    Member::body("SubjectAlternativeName", "SubjectAlternativeName", &SubjectAlternativeNameFilter),
    Member::body("ExtendedKeyUsage", "ExtendedKeyUsage", &ExtendedKeyUsageName),
    Member::body("KeyUsage", "KeyUsage", &KeyUsageName),
    Member::body("KeyAlgorithm", "KeyAlgorithm", &KeyAlgorithm),
    Member::body("SerialNumber", "SerialNumber", &SerialNumber),
    Member::body("NotAfter", "NotAfter", &TimestampRange),
    Member::body("NotBefore", "NotBefore", &TimestampRange),
]);
