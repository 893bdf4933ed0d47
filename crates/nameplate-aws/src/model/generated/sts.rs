//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: sts 2011-06-15.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::Sts, api_version: "2011-06-15", xml_namespace: "https://sts.amazonaws.com/doc/2011-06-15/", target: "", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::Sts, "AssumeRole", "POST", "/", 200).input(&AssumeRoleRequest).output().errors(&["ExpiredTokenException", "InvalidContextAssertion", "MalformedPolicyDocument", "PackedPolicyTooLarge", "RegionDisabledException"]),
    Operation::new(Service::Sts, "AssumeRoleWithSAML", "POST", "/", 200).input(&AssumeRoleWithSAMLRequest).output().unsigned().errors(&["ExpiredTokenException", "IDPRejectedClaim", "InvalidIdentityToken", "MalformedPolicyDocument", "PackedPolicyTooLarge", "RegionDisabledException"]),
    Operation::new(Service::Sts, "AssumeRoleWithWebIdentity", "POST", "/", 200).input(&AssumeRoleWithWebIdentityRequest).output().unsigned().errors(&["ExpiredTokenException", "IDPCommunicationError", "IDPRejectedClaim", "InvalidIdentityToken", "MalformedPolicyDocument", "PackedPolicyTooLarge", "RegionDisabledException"]),
    Operation::new(Service::Sts, "AssumeRoot", "POST", "/", 200).input(&AssumeRootRequest).output().errors(&["ExpiredTokenException", "RegionDisabledException"]),
    Operation::new(Service::Sts, "DecodeAuthorizationMessage", "POST", "/", 200).input(&DecodeAuthorizationMessageRequest).output().errors(&["InvalidAuthorizationMessageException"]),
    Operation::new(Service::Sts, "GetAccessKeyInfo", "POST", "/", 200).input(&GetAccessKeyInfoRequest).output(),
    Operation::new(Service::Sts, "GetCallerIdentity", "POST", "/", 200).input(&GetCallerIdentityRequest).output(),
    Operation::new(Service::Sts, "GetDelegatedAccessToken", "POST", "/", 200).input(&GetDelegatedAccessTokenRequest).output().errors(&["ExpiredTradeInTokenException", "PackedPolicyTooLarge", "RegionDisabledException"]),
    Operation::new(Service::Sts, "GetFederationToken", "POST", "/", 200).input(&GetFederationTokenRequest).output().errors(&["MalformedPolicyDocument", "PackedPolicyTooLarge", "RegionDisabledException"]),
    Operation::new(Service::Sts, "GetScopedCredentials", "POST", "/", 200).input(&GetScopedCredentialsRequest).output().errors(&["InsufficientSessionLifetime", "InvalidSubjectCredentials", "MalformedPolicyDocument", "PackedPolicyTooLarge"]),
    Operation::new(Service::Sts, "GetSessionToken", "POST", "/", 200).input(&GetSessionTokenRequest).output().errors(&["RegionDisabledException"]),
    Operation::new(Service::Sts, "GetWebIdentityToken", "POST", "/", 200).input(&GetWebIdentityTokenRequest).output().errors(&["JWTPayloadSizeExceededException", "OutboundWebIdentityFederationDisabledException", "SessionDurationEscalationException"]),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "ExpiredTokenException", status: 400 },
    ErrorName { code: "ExpiredTradeInTokenException", status: 400 },
    ErrorName { code: "IDPCommunicationError", status: 400 },
    ErrorName { code: "IDPRejectedClaim", status: 403 },
    ErrorName { code: "InsufficientSessionLifetime", status: 400 },
    ErrorName { code: "InvalidAuthorizationMessageException", status: 400 },
    ErrorName { code: "InvalidContextAssertion", status: 400 },
    ErrorName { code: "InvalidIdentityToken", status: 400 },
    ErrorName { code: "InvalidSubjectCredentials", status: 400 },
    ErrorName { code: "JWTPayloadSizeExceededException", status: 400 },
    ErrorName { code: "MalformedPolicyDocument", status: 400 },
    ErrorName { code: "OutboundWebIdentityFederationDisabledException", status: 403 },
    ErrorName { code: "PackedPolicyTooLarge", status: 400 },
    ErrorName { code: "RegionDisabledException", status: 403 },
    ErrorName { code: "SessionDurationEscalationException", status: 403 },
];

static AssumeRoleRequest: Shape = Shape::structure(&[
    Member::body("RoleArn", "RoleArn", &arnType).required(),
    Member::body("RoleSessionName", "RoleSessionName", &roleSessionNameType).required(),
    Member::body("PolicyArns", "PolicyArns", &policyDescriptorListType),
    Member::body("Policy", "Policy", &unrestrictedSessionPolicyDocumentType),
    Member::body("DurationSeconds", "DurationSeconds", &roleDurationSecondsType),
    Member::body("Tags", "Tags", &tagListType),
    Member::body("TransitiveTagKeys", "TransitiveTagKeys", &tagKeyListType),
    Member::body("ExternalId", "ExternalId", &externalIdType),
    Member::body("SerialNumber", "SerialNumber", &serialNumberType),
    Member::body("TokenCode", "TokenCode", &tokenCodeType),
    Member::body("SourceIdentity", "SourceIdentity", &sourceIdentityType),
    Member::body("ProvidedContexts", "ProvidedContexts", &ProvidedContextsListType),
    Member::body("MinimumSessionTokenSize", "MinimumSessionTokenSize", &minimumSessionTokenSizeType),
]);
static AssumeRoleWithSAMLRequest: Shape = Shape::structure(&[
    Member::body("RoleArn", "RoleArn", &arnType).required(),
    Member::body("PrincipalArn", "PrincipalArn", &arnType).required(),
    Member::body("SAMLAssertion", "SAMLAssertion", &SAMLAssertionType).required(),
    Member::body("PolicyArns", "PolicyArns", &policyDescriptorListType),
    Member::body("Policy", "Policy", &sessionPolicyDocumentType),
    Member::body("DurationSeconds", "DurationSeconds", &roleDurationSecondsType),
    Member::body("MinimumSessionTokenSize", "MinimumSessionTokenSize", &minimumSessionTokenSizeType),
]);
static AssumeRoleWithWebIdentityRequest: Shape = Shape::structure(&[
    Member::body("RoleArn", "RoleArn", &arnType).required(),
    Member::body("RoleSessionName", "RoleSessionName", &roleSessionNameType).required(),
    Member::body("WebIdentityToken", "WebIdentityToken", &clientTokenType).required(),
    Member::body("ProviderId", "ProviderId", &urlType),
    Member::body("PolicyArns", "PolicyArns", &policyDescriptorListType),
    Member::body("Policy", "Policy", &sessionPolicyDocumentType),
    Member::body("DurationSeconds", "DurationSeconds", &roleDurationSecondsType),
    Member::body("MinimumSessionTokenSize", "MinimumSessionTokenSize", &minimumSessionTokenSizeType),
]);
static AssumeRootRequest: Shape = Shape::structure(&[
    Member::body("TargetPrincipal", "TargetPrincipal", &TargetPrincipalType).required(),
    Member::body("TaskPolicyArn", "TaskPolicyArn", &PolicyDescriptorType).required(),
    Member::body("DurationSeconds", "DurationSeconds", &RootDurationSecondsType),
    Member::body("MinimumSessionTokenSize", "MinimumSessionTokenSize", &minimumSessionTokenSizeType),
]);
static DecodeAuthorizationMessageRequest: Shape = Shape::structure(&[
    Member::body("EncodedMessage", "EncodedMessage", &encodedMessageType).required(),
]);
static GetAccessKeyInfoRequest: Shape = Shape::structure(&[
    Member::body("AccessKeyId", "AccessKeyId", &accessKeyIdType).required(),
]);
static GetCallerIdentityRequest: Shape = Shape::structure(&[]);
static GetDelegatedAccessTokenRequest: Shape = Shape::structure(&[
    Member::body("TradeInToken", "TradeInToken", &tradeInTokenType).required(),
]);
static GetFederationTokenRequest: Shape = Shape::structure(&[
    Member::body("Name", "Name", &userNameType).required(),
    Member::body("Policy", "Policy", &sessionPolicyDocumentType),
    Member::body("PolicyArns", "PolicyArns", &policyDescriptorListType),
    Member::body("DurationSeconds", "DurationSeconds", &durationSecondsType),
    Member::body("Tags", "Tags", &tagListType),
    Member::body("MinimumSessionTokenSize", "MinimumSessionTokenSize", &minimumSessionTokenSizeType),
]);
static GetScopedCredentialsRequest: Shape = Shape::structure(&[
    Member::body("Policy", "Policy", &sessionPolicyDocumentType),
    Member::body("DurationSeconds", "DurationSeconds", &scopedCredentialDurationSecondsType),
    Member::body("MinimumSessionTokenSize", "MinimumSessionTokenSize", &minimumSessionTokenSizeType),
    Member::body("ScopedSessionDescription", "ScopedSessionDescription", &scopedSessionDescriptionType),
]);
static GetSessionTokenRequest: Shape = Shape::structure(&[
    Member::body("DurationSeconds", "DurationSeconds", &durationSecondsType),
    Member::body("SerialNumber", "SerialNumber", &serialNumberType),
    Member::body("TokenCode", "TokenCode", &tokenCodeType),
    Member::body("MinimumSessionTokenSize", "MinimumSessionTokenSize", &minimumSessionTokenSizeType),
]);
static GetWebIdentityTokenRequest: Shape = Shape::structure(&[
    Member::body("Audience", "Audience", &webIdentityTokenAudienceListType).required(),
    Member::body("DurationSeconds", "DurationSeconds", &webIdentityTokenDurationSecondsType),
    Member::body("SigningAlgorithm", "SigningAlgorithm", &jwtAlgorithmType).required(),
    Member::body("Scope", "Scope", &webIdentityTokenScopeType),
    Member::body("SubjectMode", "SubjectMode", &webIdentityTokenSubjectModeType),
    Member::body("Tags", "Tags", &tagListType),
]);
static PolicyDescriptorType: Shape = Shape::structure(&[
    Member::body("arn", "arn", &arnType),
]);
static ProvidedContext: Shape = Shape::structure(&[
    Member::body("ProviderArn", "ProviderArn", &arnType),
    Member::body("ContextAssertion", "ContextAssertion", &contextAssertionType),
]);
static ProvidedContextsListType: Shape = Shape::list(&ProvidedContext).min(1.0).max(5.0);
static RootDurationSecondsType: Shape = Shape::integer().min(0.0).max(900.0);
static SAMLAssertionType: Shape = Shape::string().min(4.0).max(100000.0).secret();
static Tag: Shape = Shape::structure(&[
    Member::body("Key", "Key", &tagKeyType).required(),
    Member::body("Value", "Value", &tagValueType).required(),
]);
static TargetPrincipalType: Shape = Shape::string().min(12.0).max(2048.0);
static accessKeyIdType: Shape = Shape::string().min(16.0).max(128.0).pattern("[\\w]*");
static arnType: Shape = Shape::string().min(20.0).max(2048.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+");
static clientTokenType: Shape = Shape::string().min(4.0).max(20000.0).secret();
static contextAssertionType: Shape = Shape::string().min(4.0).max(3072.0);
static durationSecondsType: Shape = Shape::integer().min(900.0).max(129600.0);
static encodedMessageType: Shape = Shape::string().min(1.0).max(10240.0);
static externalIdType: Shape = Shape::string().min(2.0).max(1224.0).pattern("[\\w+=,.@:\\/-]*");
static jwtAlgorithmType: Shape = Shape::string().min(5.0).max(5.0);
static minimumSessionTokenSizeType: Shape = Shape::integer().min(0.0).max(4096.0);
static policyDescriptorListType: Shape = Shape::list(&PolicyDescriptorType);
static roleDurationSecondsType: Shape = Shape::integer().min(900.0).max(43200.0);
static roleSessionNameType: Shape = Shape::string().min(2.0).max(64.0).pattern("[\\w+=,.@-]*");
static scopedCredentialDurationSecondsType: Shape = Shape::integer().min(1.0).max(129600.0);
static scopedSessionDescriptionType: Shape = Shape::string().min(2.0).max(256.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*");
static serialNumberType: Shape = Shape::string().min(9.0).max(256.0).pattern("[\\w+=/:,.@-]*");
static sessionPolicyDocumentType: Shape = Shape::string().min(1.0).max(2048.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+");
static sourceIdentityType: Shape = Shape::string().min(2.0).max(256.0).pattern("[\\w+=,.@-]*");
static tagKeyListType: Shape = Shape::list(&tagKeyType).max(50.0);
static tagKeyType: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+");
static tagListType: Shape = Shape::list(&Tag).max(50.0);
static tagValueType: Shape = Shape::string().min(0.0).max(256.0).pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
static tokenCodeType: Shape = Shape::string().min(6.0).max(6.0).pattern("[\\d]*");
static tradeInTokenType: Shape = Shape::string().secret();
static unrestrictedSessionPolicyDocumentType: Shape = Shape::string().min(1.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+");
static urlType: Shape = Shape::string().min(4.0).max(2048.0);
static userNameType: Shape = Shape::string().min(2.0).max(32.0).pattern("[\\w+=,.@-]*");
static webIdentityTokenAudienceListType: Shape = Shape::list(&webIdentityTokenAudienceStringType).min(1.0).max(10.0);
static webIdentityTokenAudienceStringType: Shape = Shape::string().min(1.0).max(1000.0);
static webIdentityTokenDurationSecondsType: Shape = Shape::integer().min(60.0).max(3600.0);
static webIdentityTokenScopeType: Shape = Shape::string().min(1.0).max(256.0).pattern("[\\x21\\x23-\\x2B\\x2D-\\x5B\\x5D-\\x7E]+( [\\x21\\x23-\\x2B\\x2D-\\x5B\\x5D-\\x7E]+)*");
static webIdentityTokenSubjectModeType: Shape = Shape::string().one_of(&["AWSIdentity", "OriginIdentity"]);
