//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: iot 2015-05-28.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::Iot, api_version: "2015-05-28", xml_namespace: "", target: "", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::Iot, "AcceptCertificateTransfer", "PATCH", "/accept-certificate-transfer/{certificateId}", 200).input(&AcceptCertificateTransferRequest).errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "TransferAlreadyCompletedException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "AddThingToBillingGroup", "PUT", "/billing-groups/addThingToBillingGroup", 200).input(&AddThingToBillingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "AddThingToThingGroup", "PUT", "/thing-groups/addThingToThingGroup", 200).input(&AddThingToThingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "AssociateSbomWithPackageVersion", "PUT", "/packages/{packageName}/versions/{versionName}/sbom", 200).input(&AssociateSbomWithPackageVersionRequest).output().errors(&["ConflictException", "InternalServerException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "AssociateTargetsWithJob", "POST", "/jobs/{jobId}/targets", 200).input(&AssociateTargetsWithJobRequest).output().errors(&["InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "AttachPolicy", "PUT", "/target-policies/{policyName}", 200).input(&AttachPolicyRequest).errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "AttachPrincipalPolicy", "PUT", "/principal-policies/{policyName}", 200).input(&AttachPrincipalPolicyRequest).deprecated().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "AttachSecurityProfile", "PUT", "/security-profiles/{securityProfileName}/targets", 200).input(&AttachSecurityProfileRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ThrottlingException", "VersionConflictException"]),
    Operation::new(Service::Iot, "AttachThingPrincipal", "PUT", "/things/{thingName}/principals", 200).input(&AttachThingPrincipalRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CancelAuditMitigationActionsTask", "PUT", "/audit/mitigationactions/tasks/{taskId}/cancel", 200).input(&CancelAuditMitigationActionsTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CancelAuditTask", "PUT", "/audit/tasks/{taskId}/cancel", 200).input(&CancelAuditTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CancelCertificateTransfer", "PATCH", "/cancel-certificate-transfer/{certificateId}", 200).input(&CancelCertificateTransferRequest).errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "TransferAlreadyCompletedException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CancelDetectMitigationActionsTask", "PUT", "/detect/mitigationactions/tasks/{taskId}/cancel", 200).input(&CancelDetectMitigationActionsTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CancelJob", "PUT", "/jobs/{jobId}/cancel", 200).input(&CancelJobRequest).output().errors(&["InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CancelJobExecution", "PUT", "/things/{thingName}/jobs/{jobId}/cancel", 200).input(&CancelJobExecutionRequest).errors(&["InvalidRequestException", "InvalidStateTransitionException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "VersionConflictException"]),
    Operation::new(Service::Iot, "ClearDefaultAuthorizer", "DELETE", "/default-authorizer", 200).input(&ClearDefaultAuthorizerRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ConfirmTopicRuleDestination", "GET", "/confirmdestination/{confirmationToken+}", 200).input(&ConfirmTopicRuleDestinationRequest).output().errors(&["ConflictingResourceUpdateException", "InternalException", "InvalidRequestException", "ServiceUnavailableException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateAuditSuppression", "POST", "/audit/suppressions/create", 200).input(&CreateAuditSuppressionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CreateAuthorizer", "POST", "/authorizer/{authorizerName}", 200).input(&CreateAuthorizerRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateBillingGroup", "POST", "/billing-groups/{billingGroupName}", 200).input(&CreateBillingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceAlreadyExistsException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CreateCertificateFromCsr", "POST", "/certificates", 200).input(&CreateCertificateFromCsrRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateCertificateProvider", "POST", "/certificate-providers/{certificateProviderName}", 200).input(&CreateCertificateProviderRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateCommand", "PUT", "/commands/{commandId}", 200).input(&CreateCommandRequest).output().errors(&["ConflictException", "InternalServerException", "ServiceQuotaExceededException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "CreateCustomMetric", "POST", "/custom-metric/{metricName}", 200).input(&CreateCustomMetricRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CreateDimension", "POST", "/dimensions/{name}", 200).input(&CreateDimensionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CreateDomainConfiguration", "POST", "/domainConfigurations/{domainConfigurationName}", 200).input(&CreateDomainConfigurationRequest).output().errors(&["CertificateValidationException", "InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateDynamicThingGroup", "POST", "/dynamic-thing-groups/{thingGroupName}", 200).input(&CreateDynamicThingGroupRequest).output().errors(&["InternalFailureException", "InvalidQueryException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CreateFleetMetric", "PUT", "/fleet-metric/{metricName}", 200).input(&CreateFleetMetricRequest).output().errors(&["IndexNotReadyException", "InternalFailureException", "InvalidAggregationException", "InvalidQueryException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateJob", "PUT", "/jobs/{jobId}", 200).input(&CreateJobRequest).output().errors(&["InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CreateJobTemplate", "PUT", "/job-templates/{jobTemplateId}", 200).input(&CreateJobTemplateRequest).output().errors(&["ConflictException", "InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CreateKeysAndCertificate", "POST", "/keys-and-certificate", 200).input(&CreateKeysAndCertificateRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateMitigationAction", "POST", "/mitigationactions/actions/{actionName}", 200).input(&CreateMitigationActionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CreateOTAUpdate", "POST", "/otaUpdates/{otaUpdateId}", 200).input(&CreateOTAUpdateRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreatePackage", "PUT", "/packages/{packageName}", 200).input(&CreatePackageRequest).output().errors(&["ConflictException", "InternalServerException", "ServiceQuotaExceededException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "CreatePackageVersion", "PUT", "/packages/{packageName}/versions/{versionName}", 200).input(&CreatePackageVersionRequest).output().errors(&["ConflictException", "InternalServerException", "ServiceQuotaExceededException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "CreatePolicy", "POST", "/policies/{policyName}", 200).input(&CreatePolicyRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "MalformedPolicyException", "ResourceAlreadyExistsException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreatePolicyVersion", "POST", "/policies/{policyName}/version", 200).input(&CreatePolicyVersionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "MalformedPolicyException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException", "VersionsLimitExceededException"]),
    Operation::new(Service::Iot, "CreateProvisioningClaim", "POST", "/provisioning-templates/{templateName}/provisioning-claim", 200).input(&CreateProvisioningClaimRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateProvisioningTemplate", "POST", "/provisioning-templates", 200).input(&CreateProvisioningTemplateRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateProvisioningTemplateVersion", "POST", "/provisioning-templates/{templateName}/versions", 200).input(&CreateProvisioningTemplateVersionRequest).output().errors(&["ConflictingResourceUpdateException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "UnauthorizedException", "VersionsLimitExceededException"]),
    Operation::new(Service::Iot, "CreateRoleAlias", "POST", "/role-aliases/{roleAlias}", 200).input(&CreateRoleAliasRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateScheduledAudit", "POST", "/audit/scheduledaudits/{scheduledAuditName}", 200).input(&CreateScheduledAuditRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CreateSecurityProfile", "POST", "/security-profiles/{securityProfileName}", 200).input(&CreateSecurityProfileRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceAlreadyExistsException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CreateStream", "POST", "/streams/{streamId}", 200).input(&CreateStreamRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceAlreadyExistsException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateThing", "POST", "/things/{thingName}", 200).input(&CreateThingRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceAlreadyExistsException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateThingGroup", "POST", "/thing-groups/{thingGroupName}", 200).input(&CreateThingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceAlreadyExistsException", "ThrottlingException"]),
    Operation::new(Service::Iot, "CreateThingType", "POST", "/thing-types/{thingTypeName}", 200).input(&CreateThingTypeRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceAlreadyExistsException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateTopicRule", "POST", "/rules/{ruleName}", 200).input(&CreateTopicRuleRequest).errors(&["ConflictingResourceUpdateException", "InternalException", "InvalidRequestException", "ResourceAlreadyExistsException", "ServiceUnavailableException", "SqlParseException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "CreateTopicRuleDestination", "POST", "/destinations", 200).input(&CreateTopicRuleDestinationRequest).output().errors(&["ConflictingResourceUpdateException", "InternalException", "InvalidRequestException", "ResourceAlreadyExistsException", "ServiceUnavailableException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteAccountAuditConfiguration", "DELETE", "/audit/configuration", 200).input(&DeleteAccountAuditConfigurationRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DeleteAuditSuppression", "POST", "/audit/suppressions/delete", 200).input(&DeleteAuditSuppressionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DeleteAuthorizer", "DELETE", "/authorizer/{authorizerName}", 200).input(&DeleteAuthorizerRequest).output().errors(&["DeleteConflictException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteBillingGroup", "DELETE", "/billing-groups/{billingGroupName}", 200).input(&DeleteBillingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException", "VersionConflictException"]),
    Operation::new(Service::Iot, "DeleteCACertificate", "DELETE", "/cacertificate/{caCertificateId}", 200).input(&DeleteCACertificateRequest).output().errors(&["CertificateStateException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteCertificate", "DELETE", "/certificates/{certificateId}", 200).input(&DeleteCertificateRequest).errors(&["CertificateStateException", "DeleteConflictException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteCertificateProvider", "DELETE", "/certificate-providers/{certificateProviderName}", 200).input(&DeleteCertificateProviderRequest).output().errors(&["DeleteConflictException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteCommand", "DELETE", "/commands/{commandId}", 200).input(&DeleteCommandRequest).output().errors(&["ConflictException", "InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "DeleteCommandExecution", "DELETE", "/command-executions/{executionId}", 200).input(&DeleteCommandExecutionRequest).output().errors(&["ConflictException", "InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "DeleteCustomMetric", "DELETE", "/custom-metric/{metricName}", 200).input(&DeleteCustomMetricRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DeleteDimension", "DELETE", "/dimensions/{name}", 200).input(&DeleteDimensionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DeleteDomainConfiguration", "DELETE", "/domainConfigurations/{domainConfigurationName}", 200).input(&DeleteDomainConfigurationRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteDynamicThingGroup", "DELETE", "/dynamic-thing-groups/{thingGroupName}", 200).input(&DeleteDynamicThingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException", "VersionConflictException"]),
    Operation::new(Service::Iot, "DeleteFleetMetric", "DELETE", "/fleet-metric/{metricName}", 200).input(&DeleteFleetMetricRequest).errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException", "VersionConflictException"]),
    Operation::new(Service::Iot, "DeleteJob", "DELETE", "/jobs/{jobId}", 200).input(&DeleteJobRequest).errors(&["InvalidRequestException", "InvalidStateTransitionException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DeleteJobExecution", "DELETE", "/things/{thingName}/jobs/{jobId}/executionNumber/{executionNumber}", 200).input(&DeleteJobExecutionRequest).errors(&["InvalidRequestException", "InvalidStateTransitionException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DeleteJobTemplate", "DELETE", "/job-templates/{jobTemplateId}", 200).input(&DeleteJobTemplateRequest).errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DeleteMitigationAction", "DELETE", "/mitigationactions/actions/{actionName}", 200).input(&DeleteMitigationActionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DeleteOTAUpdate", "DELETE", "/otaUpdates/{otaUpdateId}", 200).input(&DeleteOTAUpdateRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException", "VersionConflictException"]),
    Operation::new(Service::Iot, "DeletePackage", "DELETE", "/packages/{packageName}", 200).input(&DeletePackageRequest).output().errors(&["InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "DeletePackageVersion", "DELETE", "/packages/{packageName}/versions/{versionName}", 200).input(&DeletePackageVersionRequest).output().errors(&["InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "DeletePolicy", "DELETE", "/policies/{policyName}", 200).input(&DeletePolicyRequest).errors(&["DeleteConflictException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeletePolicyVersion", "DELETE", "/policies/{policyName}/version/{policyVersionId}", 200).input(&DeletePolicyVersionRequest).errors(&["DeleteConflictException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteProvisioningTemplate", "DELETE", "/provisioning-templates/{templateName}", 200).input(&DeleteProvisioningTemplateRequest).output().errors(&["ConflictingResourceUpdateException", "DeleteConflictException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteProvisioningTemplateVersion", "DELETE", "/provisioning-templates/{templateName}/versions/{versionId}", 200).input(&DeleteProvisioningTemplateVersionRequest).output().errors(&["ConflictingResourceUpdateException", "DeleteConflictException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteRegistrationCode", "DELETE", "/registrationcode", 200).input(&DeleteRegistrationCodeRequest).output().errors(&["InternalFailureException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteRoleAlias", "DELETE", "/role-aliases/{roleAlias}", 200).input(&DeleteRoleAliasRequest).output().errors(&["DeleteConflictException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteScheduledAudit", "DELETE", "/audit/scheduledaudits/{scheduledAuditName}", 200).input(&DeleteScheduledAuditRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DeleteSecurityProfile", "DELETE", "/security-profiles/{securityProfileName}", 200).input(&DeleteSecurityProfileRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException", "VersionConflictException"]),
    Operation::new(Service::Iot, "DeleteStream", "DELETE", "/streams/{streamId}", 200).input(&DeleteStreamRequest).output().errors(&["DeleteConflictException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteThing", "DELETE", "/things/{thingName}", 200).input(&DeleteThingRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException", "VersionConflictException"]),
    Operation::new(Service::Iot, "DeleteThingGroup", "DELETE", "/thing-groups/{thingGroupName}", 200).input(&DeleteThingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException", "VersionConflictException"]),
    Operation::new(Service::Iot, "DeleteThingType", "DELETE", "/thing-types/{thingTypeName}", 200).input(&DeleteThingTypeRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteTopicRule", "DELETE", "/rules/{ruleName}", 200).input(&DeleteTopicRuleRequest).errors(&["ConflictingResourceUpdateException", "InternalException", "InvalidRequestException", "ServiceUnavailableException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteTopicRuleDestination", "DELETE", "/destinations/{arn+}", 200).input(&DeleteTopicRuleDestinationRequest).output().errors(&["ConflictingResourceUpdateException", "InternalException", "InvalidRequestException", "ServiceUnavailableException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DeleteV2LoggingLevel", "DELETE", "/v2LoggingLevel", 200).input(&DeleteV2LoggingLevelRequest).errors(&["InternalException", "InvalidRequestException", "ServiceUnavailableException"]),
    Operation::new(Service::Iot, "DeprecateThingType", "POST", "/thing-types/{thingTypeName}/deprecate", 200).input(&DeprecateThingTypeRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeAccountAuditConfiguration", "GET", "/audit/configuration", 200).input(&DescribeAccountAuditConfigurationRequest).output().errors(&["InternalFailureException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeAuditFinding", "GET", "/audit/findings/{findingId}", 200).input(&DescribeAuditFindingRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeAuditMitigationActionsTask", "GET", "/audit/mitigationactions/tasks/{taskId}", 200).input(&DescribeAuditMitigationActionsTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeAuditSuppression", "POST", "/audit/suppressions/describe", 200).input(&DescribeAuditSuppressionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeAuditTask", "GET", "/audit/tasks/{taskId}", 200).input(&DescribeAuditTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeAuthorizer", "GET", "/authorizer/{authorizerName}", 200).input(&DescribeAuthorizerRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeBillingGroup", "GET", "/billing-groups/{billingGroupName}", 200).input(&DescribeBillingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeCACertificate", "GET", "/cacertificate/{caCertificateId}", 200).input(&DescribeCACertificateRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeCertificate", "GET", "/certificates/{certificateId}", 200).input(&DescribeCertificateRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeCertificateProvider", "GET", "/certificate-providers/{certificateProviderName}", 200).input(&DescribeCertificateProviderRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeCustomMetric", "GET", "/custom-metric/{metricName}", 200).input(&DescribeCustomMetricRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeDefaultAuthorizer", "GET", "/default-authorizer", 200).input(&DescribeDefaultAuthorizerRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeDetectMitigationActionsTask", "GET", "/detect/mitigationactions/tasks/{taskId}", 200).input(&DescribeDetectMitigationActionsTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeDimension", "GET", "/dimensions/{name}", 200).input(&DescribeDimensionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeDomainConfiguration", "GET", "/domainConfigurations/{domainConfigurationName}", 200).input(&DescribeDomainConfigurationRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeEncryptionConfiguration", "GET", "/encryption-configuration", 200).input(&DescribeEncryptionConfigurationRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeEndpoint", "GET", "/endpoint", 200).input(&DescribeEndpointRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeEventConfigurations", "GET", "/event-configurations", 200).input(&DescribeEventConfigurationsRequest).output().errors(&["InternalFailureException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeFleetMetric", "GET", "/fleet-metric/{metricName}", 200).input(&DescribeFleetMetricRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeIndex", "GET", "/indices/{indexName}", 200).input(&DescribeIndexRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeJob", "GET", "/jobs/{jobId}", 200).input(&DescribeJobRequest).output().errors(&["InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeJobExecution", "GET", "/things/{thingName}/jobs/{jobId}", 200).input(&DescribeJobExecutionRequest).output().errors(&["InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeJobTemplate", "GET", "/job-templates/{jobTemplateId}", 200).input(&DescribeJobTemplateRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeManagedJobTemplate", "GET", "/managed-job-templates/{templateName}", 200).input(&DescribeManagedJobTemplateRequest).output().errors(&["InternalServerException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeMitigationAction", "GET", "/mitigationactions/actions/{actionName}", 200).input(&DescribeMitigationActionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeProvisioningTemplate", "GET", "/provisioning-templates/{templateName}", 200).input(&DescribeProvisioningTemplateRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeProvisioningTemplateVersion", "GET", "/provisioning-templates/{templateName}/versions/{versionId}", 200).input(&DescribeProvisioningTemplateVersionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeRoleAlias", "GET", "/role-aliases/{roleAlias}", 200).input(&DescribeRoleAliasRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeScheduledAudit", "GET", "/audit/scheduledaudits/{scheduledAuditName}", 200).input(&DescribeScheduledAuditRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeSecurityProfile", "GET", "/security-profiles/{securityProfileName}", 200).input(&DescribeSecurityProfileRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeStream", "GET", "/streams/{streamId}", 200).input(&DescribeStreamRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeThing", "GET", "/things/{thingName}", 200).input(&DescribeThingRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeThingGroup", "GET", "/thing-groups/{thingGroupName}", 200).input(&DescribeThingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DescribeThingRegistrationTask", "GET", "/thing-registration-tasks/{taskId}", 200).input(&DescribeThingRegistrationTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DescribeThingType", "GET", "/thing-types/{thingTypeName}", 200).input(&DescribeThingTypeRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DetachPolicy", "POST", "/target-policies/{policyName}", 200).input(&DetachPolicyRequest).errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DetachPrincipalPolicy", "DELETE", "/principal-policies/{policyName}", 200).input(&DetachPrincipalPolicyRequest).deprecated().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DetachSecurityProfile", "DELETE", "/security-profiles/{securityProfileName}/targets", 200).input(&DetachSecurityProfileRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "DetachThingPrincipal", "DELETE", "/things/{thingName}/principals", 200).input(&DetachThingPrincipalRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DisableTopicRule", "POST", "/rules/{ruleName}/disable", 200).input(&DisableTopicRuleRequest).errors(&["ConflictingResourceUpdateException", "InternalException", "InvalidRequestException", "ServiceUnavailableException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "DisassociateSbomFromPackageVersion", "DELETE", "/packages/{packageName}/versions/{versionName}/sbom", 200).input(&DisassociateSbomFromPackageVersionRequest).output().errors(&["ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "EnableTopicRule", "POST", "/rules/{ruleName}/enable", 200).input(&EnableTopicRuleRequest).errors(&["ConflictingResourceUpdateException", "InternalException", "InvalidRequestException", "ServiceUnavailableException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetBehaviorModelTrainingSummaries", "GET", "/behavior-model-training/summaries", 200).input(&GetBehaviorModelTrainingSummariesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "GetBucketsAggregation", "POST", "/indices/buckets", 200).input(&GetBucketsAggregationRequest).output().errors(&["IndexNotReadyException", "InternalFailureException", "InvalidAggregationException", "InvalidQueryException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetCardinality", "POST", "/indices/cardinality", 200).input(&GetCardinalityRequest).output().errors(&["IndexNotReadyException", "InternalFailureException", "InvalidAggregationException", "InvalidQueryException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetCommand", "GET", "/commands/{commandId}", 200).input(&GetCommandRequest).output().errors(&["InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "GetCommandExecution", "GET", "/command-executions/{executionId}", 200).input(&GetCommandExecutionRequest).output().errors(&["InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "GetEffectivePolicies", "POST", "/effective-policies", 200).input(&GetEffectivePoliciesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetIndexingConfiguration", "GET", "/indexing/config", 200).input(&GetIndexingConfigurationRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetJobDocument", "GET", "/jobs/{jobId}/job-document", 200).input(&GetJobDocumentRequest).output().errors(&["InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "GetLoggingOptions", "GET", "/loggingOptions", 200).input(&GetLoggingOptionsRequest).output().errors(&["InternalException", "InvalidRequestException", "ServiceUnavailableException"]),
    Operation::new(Service::Iot, "GetOTAUpdate", "GET", "/otaUpdates/{otaUpdateId}", 200).input(&GetOTAUpdateRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetPackage", "GET", "/packages/{packageName}", 200).input(&GetPackageRequest).output().errors(&["InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "GetPackageConfiguration", "GET", "/package-configuration", 200).input(&GetPackageConfigurationRequest).output().errors(&["InternalServerException", "ThrottlingException"]),
    Operation::new(Service::Iot, "GetPackageVersion", "GET", "/packages/{packageName}/versions/{versionName}", 200).input(&GetPackageVersionRequest).output().errors(&["InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "GetPercentiles", "POST", "/indices/percentiles", 200).input(&GetPercentilesRequest).output().errors(&["IndexNotReadyException", "InternalFailureException", "InvalidAggregationException", "InvalidQueryException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetPolicy", "GET", "/policies/{policyName}", 200).input(&GetPolicyRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetPolicyVersion", "GET", "/policies/{policyName}/version/{policyVersionId}", 200).input(&GetPolicyVersionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetRegistrationCode", "GET", "/registrationcode", 200).input(&GetRegistrationCodeRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetStatistics", "POST", "/indices/statistics", 200).input(&GetStatisticsRequest).output().errors(&["IndexNotReadyException", "InternalFailureException", "InvalidAggregationException", "InvalidQueryException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetThingConnectivityData", "POST", "/things/{thingName}/connectivity-data", 200).input(&GetThingConnectivityDataRequest).output().errors(&["IndexNotReadyException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetTopicRule", "GET", "/rules/{ruleName}", 200).input(&GetTopicRuleRequest).output().errors(&["InternalException", "InvalidRequestException", "ServiceUnavailableException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetTopicRuleDestination", "GET", "/destinations/{arn+}", 200).input(&GetTopicRuleDestinationRequest).output().errors(&["InternalException", "InvalidRequestException", "ServiceUnavailableException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "GetV2LoggingOptions", "GET", "/v2LoggingOptions", 200).input(&GetV2LoggingOptionsRequest).output().errors(&["InternalException", "NotConfiguredException", "ServiceUnavailableException"]),
    Operation::new(Service::Iot, "ListActiveViolations", "GET", "/active-violations", 200).input(&ListActiveViolationsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListAttachedPolicies", "POST", "/attached-policies/{target}", 200).input(&ListAttachedPoliciesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListAuditFindings", "POST", "/audit/findings", 200).input(&ListAuditFindingsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListAuditMitigationActionsExecutions", "GET", "/audit/mitigationactions/executions", 200).input(&ListAuditMitigationActionsExecutionsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListAuditMitigationActionsTasks", "GET", "/audit/mitigationactions/tasks", 200).input(&ListAuditMitigationActionsTasksRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListAuditSuppressions", "POST", "/audit/suppressions/list", 200).input(&ListAuditSuppressionsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListAuditTasks", "GET", "/audit/tasks", 200).input(&ListAuditTasksRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListAuthorizers", "GET", "/authorizers/", 200).input(&ListAuthorizersRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListBillingGroups", "GET", "/billing-groups", 200).input(&ListBillingGroupsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListCACertificates", "GET", "/cacertificates", 200).input(&ListCACertificatesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListCertificateProviders", "GET", "/certificate-providers/", 200).input(&ListCertificateProvidersRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListCertificates", "GET", "/certificates", 200).input(&ListCertificatesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListCertificatesByCA", "GET", "/certificates-by-ca/{caCertificateId}", 200).input(&ListCertificatesByCARequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListCommandExecutions", "POST", "/command-executions", 200).input(&ListCommandExecutionsRequest).output().errors(&["InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "ListCommands", "GET", "/commands", 200).input(&ListCommandsRequest).output().errors(&["InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "ListCustomMetrics", "GET", "/custom-metrics", 200).input(&ListCustomMetricsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListDetectMitigationActionsExecutions", "GET", "/detect/mitigationactions/executions", 200).input(&ListDetectMitigationActionsExecutionsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListDetectMitigationActionsTasks", "GET", "/detect/mitigationactions/tasks", 200).input(&ListDetectMitigationActionsTasksRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListDimensions", "GET", "/dimensions", 200).input(&ListDimensionsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListDomainConfigurations", "GET", "/domainConfigurations", 200).input(&ListDomainConfigurationsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListFleetMetrics", "GET", "/fleet-metrics", 200).input(&ListFleetMetricsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListIndices", "GET", "/indices", 200).input(&ListIndicesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListJobExecutionsForJob", "GET", "/jobs/{jobId}/things", 200).input(&ListJobExecutionsForJobRequest).output().errors(&["InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListJobExecutionsForThing", "GET", "/things/{thingName}/jobs", 200).input(&ListJobExecutionsForThingRequest).output().errors(&["InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListJobTemplates", "GET", "/job-templates", 200).input(&ListJobTemplatesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListJobs", "GET", "/jobs", 200).input(&ListJobsRequest).output().errors(&["InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListManagedJobTemplates", "GET", "/managed-job-templates", 200).input(&ListManagedJobTemplatesRequest).output().errors(&["InternalServerException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListMetricValues", "GET", "/metric-values", 200).input(&ListMetricValuesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListMitigationActions", "GET", "/mitigationactions/actions", 200).input(&ListMitigationActionsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListOTAUpdates", "GET", "/otaUpdates", 200).input(&ListOTAUpdatesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListOutgoingCertificates", "GET", "/certificates-out-going", 200).input(&ListOutgoingCertificatesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListPackageVersions", "GET", "/packages/{packageName}/versions", 200).input(&ListPackageVersionsRequest).output().errors(&["InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "ListPackages", "GET", "/packages", 200).input(&ListPackagesRequest).output().errors(&["InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "ListPolicies", "GET", "/policies", 200).input(&ListPoliciesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListPolicyPrincipals", "GET", "/policy-principals", 200).input(&ListPolicyPrincipalsRequest).output().deprecated().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListPolicyVersions", "GET", "/policies/{policyName}/version", 200).input(&ListPolicyVersionsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListPrincipalPolicies", "GET", "/principal-policies", 200).input(&ListPrincipalPoliciesRequest).output().deprecated().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListPrincipalThings", "GET", "/principals/things", 200).input(&ListPrincipalThingsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListPrincipalThingsV2", "GET", "/principals/things-v2", 200).input(&ListPrincipalThingsV2Request).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListProvisioningTemplateVersions", "GET", "/provisioning-templates/{templateName}/versions", 200).input(&ListProvisioningTemplateVersionsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListProvisioningTemplates", "GET", "/provisioning-templates", 200).input(&ListProvisioningTemplatesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListRelatedResourcesForAuditFinding", "GET", "/audit/relatedResources", 200).input(&ListRelatedResourcesForAuditFindingRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListRoleAliases", "GET", "/role-aliases", 200).input(&ListRoleAliasesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListSbomValidationResults", "GET", "/packages/{packageName}/versions/{versionName}/sbom-validation-results", 200).input(&ListSbomValidationResultsRequest).output().errors(&["InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "ListScheduledAudits", "GET", "/audit/scheduledaudits", 200).input(&ListScheduledAuditsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListSecurityProfiles", "GET", "/security-profiles", 200).input(&ListSecurityProfilesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListSecurityProfilesForTarget", "GET", "/security-profiles-for-target", 200).input(&ListSecurityProfilesForTargetRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListStreams", "GET", "/streams", 200).input(&ListStreamsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListTagsForResource", "GET", "/tags", 200).input(&ListTagsForResourceRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListTargetsForPolicy", "POST", "/policy-targets/{policyName}", 200).input(&ListTargetsForPolicyRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListTargetsForSecurityProfile", "GET", "/security-profiles/{securityProfileName}/targets", 200).input(&ListTargetsForSecurityProfileRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListThingGroups", "GET", "/thing-groups", 200).input(&ListThingGroupsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListThingGroupsForThing", "GET", "/things/{thingName}/thing-groups", 200).input(&ListThingGroupsForThingRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListThingPrincipals", "GET", "/things/{thingName}/principals", 200).input(&ListThingPrincipalsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListThingPrincipalsV2", "GET", "/things/{thingName}/principals-v2", 200).input(&ListThingPrincipalsV2Request).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListThingRegistrationTaskReports", "GET", "/thing-registration-tasks/{taskId}/reports", 200).input(&ListThingRegistrationTaskReportsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListThingRegistrationTasks", "GET", "/thing-registration-tasks", 200).input(&ListThingRegistrationTasksRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListThingTypes", "GET", "/thing-types", 200).input(&ListThingTypesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListThings", "GET", "/things", 200).input(&ListThingsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListThingsInBillingGroup", "GET", "/billing-groups/{billingGroupName}/things", 200).input(&ListThingsInBillingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListThingsInThingGroup", "GET", "/thing-groups/{thingGroupName}/things", 200).input(&ListThingsInThingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ListTopicRuleDestinations", "GET", "/destinations", 200).input(&ListTopicRuleDestinationsRequest).output().errors(&["InternalException", "InvalidRequestException", "ServiceUnavailableException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListTopicRules", "GET", "/rules", 200).input(&ListTopicRulesRequest).output().errors(&["InternalException", "InvalidRequestException", "ServiceUnavailableException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ListV2LoggingLevels", "GET", "/v2LoggingLevel", 200).input(&ListV2LoggingLevelsRequest).output().errors(&["InternalException", "InvalidRequestException", "NotConfiguredException", "ServiceUnavailableException"]),
    Operation::new(Service::Iot, "ListViolationEvents", "GET", "/violation-events", 200).input(&ListViolationEventsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "PutVerificationStateOnViolation", "POST", "/violations/verification-state/{violationId}", 200).input(&PutVerificationStateOnViolationRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "RegisterCACertificate", "POST", "/cacertificate", 200).input(&RegisterCACertificateRequest).output().errors(&["CertificateValidationException", "InternalFailureException", "InvalidRequestException", "LimitExceededException", "RegistrationCodeValidationException", "ResourceAlreadyExistsException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "RegisterCertificate", "POST", "/certificate/register", 200).input(&RegisterCertificateRequest).output().errors(&["CertificateConflictException", "CertificateStateException", "CertificateValidationException", "InternalFailureException", "InvalidRequestException", "ResourceAlreadyExistsException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "RegisterCertificateWithoutCA", "POST", "/certificate/register-no-ca", 200).input(&RegisterCertificateWithoutCARequest).output().errors(&["CertificateStateException", "CertificateValidationException", "InternalFailureException", "InvalidRequestException", "ResourceAlreadyExistsException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "RegisterThing", "POST", "/things", 200).input(&RegisterThingRequest).output().errors(&["ConflictingResourceUpdateException", "InternalFailureException", "InvalidRequestException", "ResourceRegistrationFailureException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "RejectCertificateTransfer", "PATCH", "/reject-certificate-transfer/{certificateId}", 200).input(&RejectCertificateTransferRequest).errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "TransferAlreadyCompletedException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "RemoveThingFromBillingGroup", "PUT", "/billing-groups/removeThingFromBillingGroup", 200).input(&RemoveThingFromBillingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "RemoveThingFromThingGroup", "PUT", "/thing-groups/removeThingFromThingGroup", 200).input(&RemoveThingFromThingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "ReplaceTopicRule", "PATCH", "/rules/{ruleName}", 200).input(&ReplaceTopicRuleRequest).errors(&["ConflictingResourceUpdateException", "InternalException", "InvalidRequestException", "ServiceUnavailableException", "SqlParseException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "SearchIndex", "POST", "/indices/search", 200).input(&SearchIndexRequest).output().errors(&["IndexNotReadyException", "InternalFailureException", "InvalidQueryException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "SetDefaultAuthorizer", "POST", "/default-authorizer", 200).input(&SetDefaultAuthorizerRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceAlreadyExistsException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "SetDefaultPolicyVersion", "PATCH", "/policies/{policyName}/version/{policyVersionId}", 200).input(&SetDefaultPolicyVersionRequest).errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "SetLoggingOptions", "POST", "/loggingOptions", 200).input(&SetLoggingOptionsRequest).errors(&["InternalException", "InvalidRequestException", "ServiceUnavailableException"]),
    Operation::new(Service::Iot, "SetV2LoggingLevel", "POST", "/v2LoggingLevel", 200).input(&SetV2LoggingLevelRequest).errors(&["InternalException", "InvalidRequestException", "LimitExceededException", "NotConfiguredException", "ServiceUnavailableException"]),
    Operation::new(Service::Iot, "SetV2LoggingOptions", "POST", "/v2LoggingOptions", 200).input(&SetV2LoggingOptionsRequest).errors(&["InternalException", "InvalidRequestException", "ServiceUnavailableException"]),
    Operation::new(Service::Iot, "StartAuditMitigationActionsTask", "POST", "/audit/mitigationactions/tasks/{taskId}", 200).input(&StartAuditMitigationActionsTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "TaskAlreadyExistsException", "ThrottlingException"]),
    Operation::new(Service::Iot, "StartDetectMitigationActionsTask", "PUT", "/detect/mitigationactions/tasks/{taskId}", 200).input(&StartDetectMitigationActionsTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "TaskAlreadyExistsException", "ThrottlingException"]),
    Operation::new(Service::Iot, "StartOnDemandAuditTask", "POST", "/audit/tasks", 200).input(&StartOnDemandAuditTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ThrottlingException"]),
    Operation::new(Service::Iot, "StartThingRegistrationTask", "POST", "/thing-registration-tasks", 200).input(&StartThingRegistrationTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "StopThingRegistrationTask", "PUT", "/thing-registration-tasks/{taskId}/cancel", 200).input(&StopThingRegistrationTaskRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "TagResource", "POST", "/tags", 200).input(&TagResourceRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "TestAuthorization", "POST", "/test-authorization", 200).input(&TestAuthorizationRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "TestInvokeAuthorizer", "POST", "/authorizer/{authorizerName}/test", 200).input(&TestInvokeAuthorizerRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "InvalidResponseException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "TransferCertificate", "PATCH", "/transfer-certificate/{certificateId}", 200).input(&TransferCertificateRequest).output().errors(&["CertificateStateException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "TransferConflictException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UntagResource", "POST", "/untag", 200).input(&UntagResourceRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "UpdateAccountAuditConfiguration", "PATCH", "/audit/configuration", 200).input(&UpdateAccountAuditConfigurationRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "UpdateAuditSuppression", "PATCH", "/audit/suppressions/update", 200).input(&UpdateAuditSuppressionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "UpdateAuthorizer", "PUT", "/authorizer/{authorizerName}", 200).input(&UpdateAuthorizerRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UpdateBillingGroup", "PATCH", "/billing-groups/{billingGroupName}", 200).input(&UpdateBillingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "VersionConflictException"]),
    Operation::new(Service::Iot, "UpdateCACertificate", "PUT", "/cacertificate/{caCertificateId}", 200).input(&UpdateCACertificateRequest).errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UpdateCertificate", "PUT", "/certificates/{certificateId}", 200).input(&UpdateCertificateRequest).errors(&["CertificateStateException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UpdateCertificateProvider", "PUT", "/certificate-providers/{certificateProviderName}", 200).input(&UpdateCertificateProviderRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UpdateCommand", "PATCH", "/commands/{commandId}", 200).input(&UpdateCommandRequest).output().errors(&["ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "UpdateCustomMetric", "PATCH", "/custom-metric/{metricName}", 200).input(&UpdateCustomMetricRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "UpdateDimension", "PATCH", "/dimensions/{name}", 200).input(&UpdateDimensionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "UpdateDomainConfiguration", "PUT", "/domainConfigurations/{domainConfigurationName}", 200).input(&UpdateDomainConfigurationRequest).output().errors(&["CertificateValidationException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UpdateDynamicThingGroup", "PATCH", "/dynamic-thing-groups/{thingGroupName}", 200).input(&UpdateDynamicThingGroupRequest).output().errors(&["InternalFailureException", "InvalidQueryException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "VersionConflictException"]),
    Operation::new(Service::Iot, "UpdateEncryptionConfiguration", "PATCH", "/encryption-configuration", 200).input(&UpdateEncryptionConfigurationRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UpdateEventConfigurations", "PATCH", "/event-configurations", 200).input(&UpdateEventConfigurationsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
    Operation::new(Service::Iot, "UpdateFleetMetric", "PATCH", "/fleet-metric/{metricName}", 200).input(&UpdateFleetMetricRequest).errors(&["IndexNotReadyException", "InternalFailureException", "InvalidAggregationException", "InvalidQueryException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException", "VersionConflictException"]),
    Operation::new(Service::Iot, "UpdateIndexingConfiguration", "POST", "/indexing/config", 200).input(&UpdateIndexingConfigurationRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UpdateJob", "PATCH", "/jobs/{jobId}", 200).input(&UpdateJobRequest).errors(&["InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Iot, "UpdateMitigationAction", "PATCH", "/mitigationactions/actions/{actionName}", 200).input(&UpdateMitigationActionRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "UpdatePackage", "PATCH", "/packages/{packageName}", 200).input(&UpdatePackageRequest).output().errors(&["ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "UpdatePackageConfiguration", "PATCH", "/package-configuration", 200).input(&UpdatePackageConfigurationRequest).output().errors(&["ConflictException", "InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "UpdatePackageVersion", "PATCH", "/packages/{packageName}/versions/{versionName}", 200).input(&UpdatePackageVersionRequest).output().errors(&["ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Iot, "UpdateProvisioningTemplate", "PATCH", "/provisioning-templates/{templateName}", 200).input(&UpdateProvisioningTemplateRequest).output().errors(&["ConflictingResourceUpdateException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UpdateRoleAlias", "PUT", "/role-aliases/{roleAlias}", 200).input(&UpdateRoleAliasRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UpdateScheduledAudit", "PATCH", "/audit/scheduledaudits/{scheduledAuditName}", 200).input(&UpdateScheduledAuditRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "UpdateSecurityProfile", "PATCH", "/security-profiles/{securityProfileName}", 200).input(&UpdateSecurityProfileRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "VersionConflictException"]),
    Operation::new(Service::Iot, "UpdateStream", "PUT", "/streams/{streamId}", 200).input(&UpdateStreamRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UpdateThing", "PATCH", "/things/{thingName}", 200).input(&UpdateThingRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException", "VersionConflictException"]),
    Operation::new(Service::Iot, "UpdateThingGroup", "PATCH", "/thing-groups/{thingGroupName}", 200).input(&UpdateThingGroupRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException", "VersionConflictException"]),
    Operation::new(Service::Iot, "UpdateThingGroupsForThing", "PUT", "/thing-groups/updateThingGroupsForThing", 200).input(&UpdateThingGroupsForThingRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Iot, "UpdateThingType", "PATCH", "/thing-types/{thingTypeName}", 200).input(&UpdateThingTypeRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "UpdateTopicRuleDestination", "PATCH", "/destinations", 200).input(&UpdateTopicRuleDestinationRequest).output().errors(&["ConflictingResourceUpdateException", "InternalException", "InvalidRequestException", "ServiceUnavailableException", "UnauthorizedException"]),
    Operation::new(Service::Iot, "ValidateSecurityProfileBehaviors", "POST", "/security-profile-behaviors/validate", 200).input(&ValidateSecurityProfileBehaviorsRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "ThrottlingException"]),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "CertificateConflictException", status: 409 },
    ErrorName { code: "CertificateStateException", status: 406 },
    ErrorName { code: "CertificateValidationException", status: 400 },
    ErrorName { code: "ConflictException", status: 409 },
    ErrorName { code: "ConflictingResourceUpdateException", status: 409 },
    ErrorName { code: "DeleteConflictException", status: 409 },
    ErrorName { code: "IndexNotReadyException", status: 400 },
    ErrorName { code: "InternalException", status: 500 },
    ErrorName { code: "InternalFailureException", status: 500 },
    ErrorName { code: "InternalServerException", status: 500 },
    ErrorName { code: "InvalidAggregationException", status: 400 },
    ErrorName { code: "InvalidQueryException", status: 400 },
    ErrorName { code: "InvalidRequestException", status: 400 },
    ErrorName { code: "InvalidResponseException", status: 400 },
    ErrorName { code: "InvalidStateTransitionException", status: 409 },
    ErrorName { code: "LimitExceededException", status: 410 },
    ErrorName { code: "MalformedPolicyException", status: 400 },
    ErrorName { code: "NotConfiguredException", status: 404 },
    ErrorName { code: "RegistrationCodeValidationException", status: 400 },
    ErrorName { code: "ResourceAlreadyExistsException", status: 409 },
    ErrorName { code: "ResourceNotFoundException", status: 404 },
    ErrorName { code: "ResourceRegistrationFailureException", status: 400 },
    ErrorName { code: "ServiceQuotaExceededException", status: 402 },
    ErrorName { code: "ServiceUnavailableException", status: 503 },
    ErrorName { code: "SqlParseException", status: 400 },
    ErrorName { code: "TaskAlreadyExistsException", status: 400 },
    ErrorName { code: "ThrottlingException", status: 400 },
    ErrorName { code: "TransferAlreadyCompletedException", status: 410 },
    ErrorName { code: "TransferConflictException", status: 409 },
    ErrorName { code: "UnauthorizedException", status: 401 },
    ErrorName { code: "ValidationException", status: 400 },
    ErrorName { code: "VersionConflictException", status: 409 },
    ErrorName { code: "VersionsLimitExceededException", status: 409 },
];

static AbortAction: Shape = Shape::string().one_of(&["CANCEL"]);
static AbortConfig: Shape = Shape::structure(&[
    Member::body("criteriaList", "criteriaList", &AbortCriteriaList).required(),
]);
static AbortCriteria: Shape = Shape::structure(&[
    Member::body("failureType", "failureType", &JobExecutionFailureType).required(),
    Member::body("action", "action", &AbortAction).required(),
    Member::body("thresholdPercentage", "thresholdPercentage", &AbortThresholdPercentage).required(),
    Member::body("minNumberOfExecutedThings", "minNumberOfExecutedThings", &MinimumNumberOfExecutedThings).required(),
]);
static AbortCriteriaList: Shape = Shape::list(&AbortCriteria).min(1.0);
static AbortThresholdPercentage: Shape = Shape::double().max(100.0);
static AcceptCertificateTransferRequest: Shape = Shape::structure(&[
    Member::path("certificateId", "certificateId", &CertificateId).required(),
    Member::query("setAsActive", "setAsActive", &SetAsActive),
]);
static AcmCertificateArn: Shape = Shape::string().min(1.0).max(2048.0).pattern("arn:aws(-cn|-us-gov|-iso-b|-iso)?:acm:[a-z]{2}-(gov-|iso-|isob-)?[a-z]{4,9}-\\d{1}:\\d{12}:certificate/[a-zA-Z0-9/-]+");
static Action: Shape = Shape::structure(&[
    Member::body("dynamoDB", "dynamoDB", &DynamoDBAction),
    Member::body("dynamoDBv2", "dynamoDBv2", &DynamoDBv2Action),
    Member::body("lambda", "lambda", &LambdaAction),
    Member::body("sns", "sns", &SnsAction),
    Member::body("sqs", "sqs", &SqsAction),
    Member::body("kinesis", "kinesis", &KinesisAction),
    Member::body("republish", "republish", &RepublishAction),
    Member::body("s3", "s3", &S3Action),
    Member::body("firehose", "firehose", &FirehoseAction),
    Member::body("cloudwatchMetric", "cloudwatchMetric", &CloudwatchMetricAction),
    Member::body("cloudwatchAlarm", "cloudwatchAlarm", &CloudwatchAlarmAction),
    Member::body("cloudwatchLogs", "cloudwatchLogs", &CloudwatchLogsAction),
    Member::body("elasticsearch", "elasticsearch", &ElasticsearchAction),
    Member::body("salesforce", "salesforce", &SalesforceAction),
    Member::body("iotAnalytics", "iotAnalytics", &IotAnalyticsAction),
    Member::body("iotEvents", "iotEvents", &IotEventsAction),
    Member::body("iotSiteWise", "iotSiteWise", &IotSiteWiseAction),
    Member::body("stepFunctions", "stepFunctions", &StepFunctionsAction),
    Member::body("timestream", "timestream", &TimestreamAction),
    Member::body("http", "http", &HttpAction),
    Member::body("kafka", "kafka", &KafkaAction),
    Member::body("openSearch", "openSearch", &OpenSearchAction),
    Member::body("location", "location", &LocationAction),
    Member::body("influxDB", "influxDB", &InfluxDBAction),
]);
static ActionList: Shape = Shape::list(&Action).min(0.0).max(10.0);
static ActionType: Shape = Shape::string().one_of(&["PUBLISH", "SUBSCRIBE", "RECEIVE", "CONNECT"]);
static AddThingToBillingGroupRequest: Shape = Shape::structure(&[
    Member::body("billingGroupName", "billingGroupName", &BillingGroupName),
    Member::body("billingGroupArn", "billingGroupArn", &BillingGroupArn),
    Member::body("thingName", "thingName", &ThingName),
    Member::body("thingArn", "thingArn", &ThingArn),
]);
static AddThingToThingGroupRequest: Shape = Shape::structure(&[
    Member::body("thingGroupName", "thingGroupName", &ThingGroupName),
    Member::body("thingGroupArn", "thingGroupArn", &ThingGroupArn),
    Member::body("thingName", "thingName", &ThingName),
    Member::body("thingArn", "thingArn", &ThingArn),
    Member::body("overrideDynamicGroups", "overrideDynamicGroups", &OverrideDynamicGroups),
]);
static AddThingsToThingGroupParams: Shape = Shape::structure(&[
    Member::body("thingGroupNames", "thingGroupNames", &ThingGroupNames).required(),
    Member::body("overrideDynamicGroups", "overrideDynamicGroups", &NullableBoolean),
]);
static AdditionalMetricsToRetainList: Shape = Shape::list(&BehaviorMetric);
static AdditionalMetricsToRetainV2List: Shape = Shape::list(&MetricToRetain);
static AdditionalParameterMap: Shape = Shape::map(&AttributeKey, &Value);
static AggregationField: Shape = Shape::string().min(1.0);
static AggregationType: Shape = Shape::structure(&[
    Member::body("name", "name", &AggregationTypeName).required(),
    Member::body("values", "values", &AggregationTypeValues),
]);
static AggregationTypeName: Shape = Shape::string().one_of(&["Statistics", "Percentiles", "Cardinality"]);
static AggregationTypeValue: Shape = Shape::string().min(1.0).max(12.0).pattern("[a-zA-Z0-9]+");
static AggregationTypeValues: Shape = Shape::list(&AggregationTypeValue);
static AlarmName: Shape = Shape::string();
static AlertTarget: Shape = Shape::structure(&[
    Member::body("alertTargetArn", "alertTargetArn", &AlertTargetArn).required(),
    Member::body("roleArn", "roleArn", &RoleArn).required(),
]);
static AlertTargetArn: Shape = Shape::string();
static AlertTargetType: Shape = Shape::string().one_of(&["SNS"]);
static AlertTargets: Shape = Shape::map(&AlertTargetType, &AlertTarget);
static AllowAuthorizerOverride: Shape = Shape::boolean();
static AllowAutoRegistration: Shape = Shape::boolean();
static ApplicationProtocol: Shape = Shape::string().one_of(&["SECURE_MQTT", "MQTT_WSS", "HTTPS", "DEFAULT"]);
static AscendingOrder: Shape = Shape::boolean();
static AssetId: Shape = Shape::string();
static AssetPropertyAlias: Shape = Shape::string().min(1.0);
static AssetPropertyBooleanValue: Shape = Shape::string();
static AssetPropertyDoubleValue: Shape = Shape::string();
static AssetPropertyEntryId: Shape = Shape::string();
static AssetPropertyId: Shape = Shape::string();
static AssetPropertyIntegerValue: Shape = Shape::string();
static AssetPropertyOffsetInNanos: Shape = Shape::string();
static AssetPropertyQuality: Shape = Shape::string();
static AssetPropertyStringValue: Shape = Shape::string().min(1.0).max(1024.0);
static AssetPropertyTimeInSeconds: Shape = Shape::string();
static AssetPropertyTimestamp: Shape = Shape::structure(&[
    Member::body("timeInSeconds", "timeInSeconds", &AssetPropertyTimeInSeconds).required(),
    Member::body("offsetInNanos", "offsetInNanos", &AssetPropertyOffsetInNanos),
]);
static AssetPropertyValue: Shape = Shape::structure(&[
    Member::body("value", "value", &AssetPropertyVariant).required(),
    Member::body("timestamp", "timestamp", &AssetPropertyTimestamp).required(),
    Member::body("quality", "quality", &AssetPropertyQuality),
]);
static AssetPropertyValueList: Shape = Shape::list(&AssetPropertyValue).min(1.0);
static AssetPropertyVariant: Shape = Shape::structure(&[
    Member::body("stringValue", "stringValue", &AssetPropertyStringValue),
    Member::body("integerValue", "integerValue", &AssetPropertyIntegerValue),
    Member::body("doubleValue", "doubleValue", &AssetPropertyDoubleValue),
    Member::body("booleanValue", "booleanValue", &AssetPropertyBooleanValue),
]);
static AssociateSbomWithPackageVersionRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
    Member::path("versionName", "versionName", &VersionName).required(),
    Member::body("sbom", "sbom", &Sbom).required(),
    Member::query("clientToken", "clientToken", &ClientToken),
]);
static AssociateTargetsWithJobRequest: Shape = Shape::structure(&[
    Member::body("targets", "targets", &JobTargets).required(),
    Member::path("jobId", "jobId", &JobId).required(),
    Member::body("comment", "comment", &Comment),
    Member::query("namespaceId", "namespaceId", &NamespaceId),
]);
static AttachPolicyRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
    Member::body("target", "target", &PolicyTarget).required(),
]);
static AttachPrincipalPolicyRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
    Member::header("principal", "x-amzn-iot-principal", &Principal).required(),
]);
static AttachSecurityProfileRequest: Shape = Shape::structure(&[
    Member::path("securityProfileName", "securityProfileName", &SecurityProfileName).required(),
    Member::query("securityProfileTargetArn", "securityProfileTargetArn", &SecurityProfileTargetArn).required(),
]);
static AttachThingPrincipalRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::header("principal", "x-amzn-principal", &Principal).required(),
    Member::query("thingPrincipalType", "thingPrincipalType", &ThingPrincipalType),
]);
static AttributeKey: Shape = Shape::string();
static AttributeName: Shape = Shape::string().max(128.0).pattern("[a-zA-Z0-9_.,@/:#-]+");
static AttributePayload: Shape = Shape::structure(&[
    Member::body("attributes", "attributes", &Attributes),
    Member::body("merge", "merge", &Flag),
]);
static AttributeValue: Shape = Shape::string().max(800.0).pattern("[a-zA-Z0-9_.,@/:#=\\[\\]-]*");
static Attributes: Shape = Shape::map(&AttributeName, &AttributeValue);
static AttributesMap: Shape = Shape::map(&AttributeKey, &Value);
static AuditCheckConfiguration: Shape = Shape::structure(&[
    Member::body("enabled", "enabled", &Enabled),
    Member::body("configuration", "configuration", &CheckCustomConfiguration),
]);
static AuditCheckConfigurations: Shape = Shape::map(&AuditCheckName, &AuditCheckConfiguration);
static AuditCheckName: Shape = Shape::string();
static AuditCheckToActionsMapping: Shape = Shape::map(&AuditCheckName, &MitigationActionNameList);
static AuditCheckToReasonCodeFilter: Shape = Shape::map(&AuditCheckName, &ReasonForNonComplianceCodes);
static AuditDescription: Shape = Shape::string().max(1000.0).pattern("[\\p{Graph}\\x20]*");
static AuditFrequency: Shape = Shape::string().one_of(&["DAILY", "WEEKLY", "BIWEEKLY", "MONTHLY"]);
static AuditMitigationActionsExecutionStatus: Shape = Shape::string().one_of(&["IN_PROGRESS", "COMPLETED", "FAILED", "CANCELED", "SKIPPED", "PENDING"]);
static AuditMitigationActionsTaskStatus: Shape = Shape::string().one_of(&["IN_PROGRESS", "COMPLETED", "FAILED", "CANCELED"]);
static AuditMitigationActionsTaskTarget: Shape = Shape::structure(&[
    Member::body("auditTaskId", "auditTaskId", &AuditTaskId),
    Member::body("findingIds", "findingIds", &FindingIds),
    Member::body("auditCheckToReasonCodeFilter", "auditCheckToReasonCodeFilter", &AuditCheckToReasonCodeFilter),
]);
static AuditNotificationTarget: Shape = Shape::structure(&[
    Member::body("targetArn", "targetArn", &TargetArn),
    Member::body("roleArn", "roleArn", &RoleArn),
    Member::body("enabled", "enabled", &Enabled),
]);
static AuditNotificationTargetConfigurations: Shape = Shape::map(&AuditNotificationType, &AuditNotificationTarget);
static AuditNotificationType: Shape = Shape::string().one_of(&["SNS"]);
static AuditTaskId: Shape = Shape::string().min(1.0).max(40.0).pattern("[a-zA-Z0-9\\-]+");
static AuditTaskStatus: Shape = Shape::string().one_of(&["IN_PROGRESS", "COMPLETED", "FAILED", "CANCELED"]);
static AuditTaskType: Shape = Shape::string().one_of(&["ON_DEMAND_AUDIT_TASK", "SCHEDULED_AUDIT_TASK"]);
static AuthInfo: Shape = Shape::structure(&[
    Member::body("actionType", "actionType", &ActionType),
    Member::body("resources", "resources", &Resources).required(),
]);
static AuthInfos: Shape = Shape::list(&AuthInfo).min(1.0).max(10.0);
static AuthenticationType: Shape = Shape::string().one_of(&["CUSTOM_AUTH_X509", "CUSTOM_AUTH", "AWS_X509", "AWS_SIGV4", "DEFAULT"]);
static AuthorizerConfig: Shape = Shape::structure(&[
    Member::body("defaultAuthorizerName", "defaultAuthorizerName", &AuthorizerName),
    Member::body("allowAuthorizerOverride", "allowAuthorizerOverride", &AllowAuthorizerOverride),
]);
static AuthorizerFunctionArn: Shape = Shape::string().max(2048.0).pattern("[\\s\\S]*");
static AuthorizerName: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w=,@-]+");
static AuthorizerStatus: Shape = Shape::string().one_of(&["ACTIVE", "INACTIVE"]);
static AutoRegistrationStatus: Shape = Shape::string().one_of(&["ENABLE", "DISABLE"]);
static AwsAccountId: Shape = Shape::string().min(12.0).max(12.0).pattern("[0-9]+");
static AwsArn: Shape = Shape::string();
static AwsIotSqlVersion: Shape = Shape::string();
static AwsJobAbortConfig: Shape = Shape::structure(&[
    Member::body("abortCriteriaList", "abortCriteriaList", &AwsJobAbortCriteriaList).required(),
]);
static AwsJobAbortCriteria: Shape = Shape::structure(&[
    Member::body("failureType", "failureType", &AwsJobAbortCriteriaFailureType).required(),
    Member::body("action", "action", &AwsJobAbortCriteriaAbortAction).required(),
    Member::body("thresholdPercentage", "thresholdPercentage", &AwsJobAbortCriteriaAbortThresholdPercentage).required(),
    Member::body("minNumberOfExecutedThings", "minNumberOfExecutedThings", &AwsJobAbortCriteriaMinimumNumberOfExecutedThings).required(),
]);
static AwsJobAbortCriteriaAbortAction: Shape = Shape::string().one_of(&["CANCEL"]);
static AwsJobAbortCriteriaAbortThresholdPercentage: Shape = Shape::double().max(100.0);
static AwsJobAbortCriteriaFailureType: Shape = Shape::string().one_of(&["FAILED", "REJECTED", "TIMED_OUT", "ALL"]);
static AwsJobAbortCriteriaList: Shape = Shape::list(&AwsJobAbortCriteria).min(1.0);
static AwsJobAbortCriteriaMinimumNumberOfExecutedThings: Shape = Shape::integer().min(1.0);
static AwsJobExecutionsRolloutConfig: Shape = Shape::structure(&[
    Member::body("maximumPerMinute", "maximumPerMinute", &MaximumPerMinute),
    Member::body("exponentialRate", "exponentialRate", &AwsJobExponentialRolloutRate),
]);
static AwsJobExponentialRolloutRate: Shape = Shape::structure(&[
    Member::body("baseRatePerMinute", "baseRatePerMinute", &AwsJobRolloutRatePerMinute).required(),
    Member::body("incrementFactor", "incrementFactor", &AwsJobRolloutIncrementFactor).required(),
    Member::body("rateIncreaseCriteria", "rateIncreaseCriteria", &AwsJobRateIncreaseCriteria).required(),
]);
static AwsJobPresignedUrlConfig: Shape = Shape::structure(&[
    Member::body("expiresInSec", "expiresInSec", &ExpiresInSeconds),
]);
static AwsJobRateIncreaseCriteria: Shape = Shape::structure(&[
    Member::body("numberOfNotifiedThings", "numberOfNotifiedThings", &AwsJobRateIncreaseCriteriaNumberOfThings),
    Member::body("numberOfSucceededThings", "numberOfSucceededThings", &AwsJobRateIncreaseCriteriaNumberOfThings),
]);
static AwsJobRateIncreaseCriteriaNumberOfThings: Shape = Shape::integer().min(1.0);
static AwsJobRolloutIncrementFactor: Shape = Shape::double();
static AwsJobRolloutRatePerMinute: Shape = Shape::integer().min(1.0).max(1000.0);
static AwsJobTimeoutConfig: Shape = Shape::structure(&[
    Member::body("inProgressTimeoutInMinutes", "inProgressTimeoutInMinutes", &AwsJobTimeoutInProgressTimeoutInMinutes),
]);
static AwsJobTimeoutInProgressTimeoutInMinutes: Shape = Shape::long();
static AwsJsonSubstitutionCommandPreprocessorConfig: Shape = Shape::structure(&[
    Member::body("outputFormat", "outputFormat", &OutputFormat).required(),
]);
static BatchAcrossTopics: Shape = Shape::boolean();
static BatchConfig: Shape = Shape::structure(&[
    Member::body("maxBatchOpenMs", "maxBatchOpenMs", &MaxBatchOpenMs),
    Member::body("maxBatchSize", "maxBatchSize", &MaxBatchSize),
    Member::body("maxBatchSizeBytes", "maxBatchSizeBytes", &MaxBatchSizeBytes),
    Member::body("batchAcrossTopics", "batchAcrossTopics", &BatchAcrossTopics),
]);
static BatchMode: Shape = Shape::boolean();
static BeforeSubstitutionFlag: Shape = Shape::boolean();
static Behavior: Shape = Shape::structure(&[
    Member::body("name", "name", &BehaviorName).required(),
    Member::body("metric", "metric", &BehaviorMetric),
    Member::body("metricDimension", "metricDimension", &MetricDimension),
    Member::body("criteria", "criteria", &BehaviorCriteria),
    Member::body("suppressAlerts", "suppressAlerts", &SuppressAlerts),
    Member::body("exportMetric", "exportMetric", &ExportMetric),
]);
static BehaviorCriteria: Shape = Shape::structure(&[
    Member::body("comparisonOperator", "comparisonOperator", &ComparisonOperator),
    Member::body("value", "value", &MetricValue),
    Member::body("durationSeconds", "durationSeconds", &DurationSeconds),
    Member::body("consecutiveDatapointsToAlarm", "consecutiveDatapointsToAlarm", &ConsecutiveDatapointsToAlarm),
    Member::body("consecutiveDatapointsToClear", "consecutiveDatapointsToClear", &ConsecutiveDatapointsToClear),
    Member::body("statisticalThreshold", "statisticalThreshold", &StatisticalThreshold),
    Member::body("mlDetectionConfig", "mlDetectionConfig", &MachineLearningDetectionConfig),
]);
static BehaviorCriteriaType: Shape = Shape::string().one_of(&["STATIC", "STATISTICAL", "MACHINE_LEARNING"]);
static BehaviorMetric: Shape = Shape::string();
static BehaviorName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static Behaviors: Shape = Shape::list(&Behavior).max(100.0);
static BillingGroupArn: Shape = Shape::string();
static BillingGroupDescription: Shape = Shape::string().max(2028.0).pattern("[\\p{Graph}\\x20]*");
static BillingGroupName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static BillingGroupProperties: Shape = Shape::structure(&[
    Member::body("billingGroupDescription", "billingGroupDescription", &BillingGroupDescription),
]);
static BinaryParameterValue: Shape = Shape::blob().min(1.0);
static Boolean: Shape = Shape::boolean();
static BooleanKey: Shape = Shape::boolean();
static BooleanParameterValue: Shape = Shape::boolean();
static BooleanWrapperObject: Shape = Shape::boolean();
static BucketName: Shape = Shape::string();
static BucketsAggregationType: Shape = Shape::structure(&[
    Member::body("termsAggregation", "termsAggregation", &TermsAggregation),
]);
static CACertificateStatus: Shape = Shape::string().one_of(&["ACTIVE", "INACTIVE"]);
static CACertificateUpdateAction: Shape = Shape::string().one_of(&["DEACTIVATE"]);
static CancelAuditMitigationActionsTaskRequest: Shape = Shape::structure(&[
    Member::path("taskId", "taskId", &MitigationActionsTaskId).required(),
]);
static CancelAuditTaskRequest: Shape = Shape::structure(&[
    Member::path("taskId", "taskId", &AuditTaskId).required(),
]);
static CancelCertificateTransferRequest: Shape = Shape::structure(&[
    Member::path("certificateId", "certificateId", &CertificateId).required(),
]);
static CancelDetectMitigationActionsTaskRequest: Shape = Shape::structure(&[
    Member::path("taskId", "taskId", &MitigationActionsTaskId).required(),
]);
static CancelJobExecutionRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &JobId).required(),
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::query("force", "force", &ForceFlag),
    Member::body("expectedVersion", "expectedVersion", &ExpectedVersion),
    Member::body("statusDetails", "statusDetails", &DetailsMap),
]);
static CancelJobRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &JobId).required(),
    Member::body("reasonCode", "reasonCode", &ReasonCode),
    Member::body("comment", "comment", &Comment),
    Member::query("force", "force", &ForceFlag),
]);
static CannedAccessControlList: Shape = Shape::string().one_of(&["private", "public-read", "public-read-write", "aws-exec-read", "authenticated-read", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write"]);
static CertificateArn: Shape = Shape::string();
static CertificateId: Shape = Shape::string().min(64.0).max(64.0).pattern("(0x)?[a-fA-F0-9]+");
static CertificateMode: Shape = Shape::string().one_of(&["DEFAULT", "SNI_ONLY"]);
static CertificateName: Shape = Shape::string();
static CertificatePathOnDevice: Shape = Shape::string();
static CertificatePem: Shape = Shape::string().min(1.0).max(65536.0).pattern("[\\s\\S]*");
static CertificateProviderAccountDefaultForOperations: Shape = Shape::list(&CertificateProviderOperation).min(1.0).max(1.0);
static CertificateProviderFunctionArn: Shape = Shape::string().max(2048.0).pattern("[\\s\\S]*");
static CertificateProviderName: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w=,@-]+");
static CertificateProviderOperation: Shape = Shape::string().one_of(&["CreateCertificateFromCsr"]);
static CertificateSigningRequest: Shape = Shape::string().min(1.0).max(4096.0).pattern("[\\s\\S]*");
static CertificateStatus: Shape = Shape::string().one_of(&["ACTIVE", "INACTIVE", "REVOKED", "PENDING_TRANSFER", "REGISTER_INACTIVE", "PENDING_ACTIVATION"]);
static ChannelName: Shape = Shape::string();
static CheckCustomConfiguration: Shape = Shape::map(&ConfigName, &ConfigValue);
static Cidr: Shape = Shape::string().min(2.0).max(43.0).pattern("[a-fA-F0-9:\\.\\/]+");
static Cidrs: Shape = Shape::list(&Cidr);
static ClearDefaultAuthorizerRequest: Shape = Shape::structure(&[]);
static ClientCertificateCallbackArn: Shape = Shape::string().max(2048.0).pattern("[\\s\\S]*");
static ClientCertificateConfig: Shape = Shape::structure(&[
    Member::body("clientCertificateCallbackArn", "clientCertificateCallbackArn", &ClientCertificateCallbackArn),
]);
static ClientId: Shape = Shape::string();
static ClientProperties: Shape = Shape::map(&String, &String);
static ClientRequestToken: Shape = Shape::string().min(1.0).max(64.0).pattern("^[a-zA-Z0-9-_]+$");
static ClientToken: Shape = Shape::string().min(36.0).max(64.0).pattern("\\S{36,64}");
static CloudwatchAlarmAction: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("alarmName", "alarmName", &AlarmName).required(),
    Member::body("stateReason", "stateReason", &StateReason).required(),
    Member::body("stateValue", "stateValue", &StateValue).required(),
]);
static CloudwatchLogsAction: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("batchMode", "batchMode", &BatchMode),
]);
static CloudwatchMetricAction: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("metricNamespace", "metricNamespace", &String).required(),
    Member::body("metricName", "metricName", &String).required(),
    Member::body("metricValue", "metricValue", &String).required(),
    Member::body("metricUnit", "metricUnit", &String).required(),
    Member::body("metricTimestamp", "metricTimestamp", &String),
]);
static CodeSigning: Shape = Shape::structure(&[
    Member::body("awsSignerJobId", "awsSignerJobId", &SigningJobId),
    Member::body("startSigningJobParameter", "startSigningJobParameter", &StartSigningJobParameter),
    Member::body("customCodeSigning", "customCodeSigning", &CustomCodeSigning),
]);
static CodeSigningCertificateChain: Shape = Shape::structure(&[
    Member::body("certificateName", "certificateName", &CertificateName),
    Member::body("inlineDocument", "inlineDocument", &InlineDocument),
]);
static CodeSigningSignature: Shape = Shape::structure(&[
    Member::body("inlineDocument", "inlineDocument", &Signature),
]);
static CognitoIdentityPoolId: Shape = Shape::string();
static CommandArn: Shape = Shape::string();
static CommandDescription: Shape = Shape::string().max(2028.0).pattern("[^\\p{C}]*");
static CommandExecutionId: Shape = Shape::string().min(1.0).max(64.0).pattern("[a-zA-Z0-9_-]+");
static CommandExecutionStatus: Shape = Shape::string().one_of(&["CREATED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "REJECTED", "TIMED_OUT"]);
static CommandId: Shape = Shape::string().min(1.0).max(64.0).pattern("[a-zA-Z0-9_-]+");
static CommandMaxResults: Shape = Shape::integer().min(1.0).max(100.0);
static CommandNamespace: Shape = Shape::string().one_of(&["AWS-IoT", "AWS-IoT-FleetWise"]);
static CommandParameter: Shape = Shape::structure(&[
    Member::body("name", "name", &CommandParameterName).required(),
    Member::body("type", "type", &CommandParameterType),
    Member::body("value", "value", &CommandParameterValue),
    Member::body("defaultValue", "defaultValue", &CommandParameterValue),
    Member::body("valueConditions", "valueConditions", &CommandParameterValueConditionList),
    Member::body("description", "description", &CommandParameterDescription),
]);
static CommandParameterDescription: Shape = Shape::string().max(2028.0).pattern("[^\\p{C}]*");
static CommandParameterList: Shape = Shape::list(&CommandParameter).min(1.0);
static CommandParameterName: Shape = Shape::string().min(1.0).max(192.0).pattern("^[.$a-zA-Z0-9_-]+$");
static CommandParameterType: Shape = Shape::string().one_of(&["STRING", "INTEGER", "DOUBLE", "LONG", "UNSIGNEDLONG", "BOOLEAN", "BINARY"]);
static CommandParameterValue: Shape = Shape::structure(&[
    Member::body("S", "S", &StringParameterValue),
    Member::body("B", "B", &BooleanParameterValue),
    Member::body("I", "I", &IntegerParameterValue),
    Member::body("L", "L", &LongParameterValue),
    Member::body("D", "D", &DoubleParameterValue),
    Member::body("BIN", "BIN", &BinaryParameterValue),
    Member::body("UL", "UL", &UnsignedLongParameterValue),
]);
static CommandParameterValueComparisonOperand: Shape = Shape::structure(&[
    Member::body("number", "number", &StringParameterValue),
    Member::body("numbers", "numbers", &CommandParameterValueStringList),
    Member::body("string", "string", &StringParameterValue),
    Member::body("strings", "strings", &CommandParameterValueStringList),
    Member::body("numberRange", "numberRange", &CommandParameterValueNumberRange),
]);
static CommandParameterValueComparisonOperator: Shape = Shape::string().one_of(&["EQUALS", "NOT_EQUALS", "LESS_THAN", "LESS_THAN_EQUALS", "GREATER_THAN", "GREATER_THAN_EQUALS", "IN_SET", "NOT_IN_SET", "IN_RANGE", "NOT_IN_RANGE"]);
static CommandParameterValueCondition: Shape = Shape::structure(&[
    Member::body("comparisonOperator", "comparisonOperator", &CommandParameterValueComparisonOperator).required(),
    Member::body("operand", "operand", &CommandParameterValueComparisonOperand).required(),
]);
static CommandParameterValueConditionList: Shape = Shape::list(&CommandParameterValueCondition).min(1.0);
static CommandParameterValueNumberRange: Shape = Shape::structure(&[
    Member::body("min", "min", &StringParameterValue).required(),
    Member::body("max", "max", &StringParameterValue).required(),
]);
static CommandParameterValueStringList: Shape = Shape::list(&StringParameterValue).min(1.0).max(10.0);
static CommandPayload: Shape = Shape::structure(&[
    Member::body("content", "content", &CommandPayloadBlob),
    Member::body("contentType", "contentType", &MimeType),
]);
static CommandPayloadBlob: Shape = Shape::blob();
static CommandPayloadTemplateString: Shape = Shape::string().max(32768.0);
static CommandPreprocessor: Shape = Shape::structure(&[
    Member::body("awsJsonSubstitution", "awsJsonSubstitution", &AwsJsonSubstitutionCommandPreprocessorConfig),
]);
static Comment: Shape = Shape::string().max(2028.0).pattern("[^\\p{C}]+");
static ComparisonOperator: Shape = Shape::string().one_of(&["less-than", "less-than-equals", "greater-than", "greater-than-equals", "in-cidr-set", "not-in-cidr-set", "in-port-set", "not-in-port-set", "in-set", "not-in-set"]);
static ConfidenceLevel: Shape = Shape::string().one_of(&["LOW", "MEDIUM", "HIGH"]);
static ConfigName: Shape = Shape::string().one_of(&["CERT_AGE_THRESHOLD_IN_DAYS", "CERT_EXPIRATION_THRESHOLD_IN_DAYS"]);
static ConfigValue: Shape = Shape::string().min(1.0).max(64.0);
static Configuration: Shape = Shape::structure(&[
    Member::body("Enabled", "Enabled", &Enabled),
]);
static ConfirmTopicRuleDestinationRequest: Shape = Shape::structure(&[
    Member::path("confirmationToken", "confirmationToken", &ConfirmationToken).required(),
]);
static ConfirmationToken: Shape = Shape::string().min(1.0).max(2048.0);
static ConnectionAttributeName: Shape = Shape::string().max(128.0).pattern("[a-zA-Z0-9:.]+");
static ConnectivityApiThingName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+").secret();
static ConnectivityFilter: Shape = Shape::structure(&[
    Member::body("includeSocketInformation", "includeSocketInformation", &FleetIndexingApiList),
]);
static ConsecutiveDatapointsToAlarm: Shape = Shape::integer().min(1.0).max(10.0);
static ConsecutiveDatapointsToClear: Shape = Shape::integer().min(1.0).max(10.0);
static ContentType: Shape = Shape::string().min(0.0).max(1024.0);
static CorrelationData: Shape = Shape::string().min(0.0).max(1024.0);
static CreateAuditSuppressionRequest: Shape = Shape::structure(&[
    Member::body("checkName", "checkName", &AuditCheckName).required(),
    Member::body("resourceIdentifier", "resourceIdentifier", &ResourceIdentifier).required(),
    Member::body("expirationDate", "expirationDate", &Timestamp),
    Member::body("suppressIndefinitely", "suppressIndefinitely", &SuppressIndefinitely),
    Member::body("description", "description", &AuditDescription),
    Member::body("clientRequestToken", "clientRequestToken", &ClientRequestToken).required(),
]);
static CreateAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("authorizerName", "authorizerName", &AuthorizerName).required(),
    Member::body("authorizerFunctionArn", "authorizerFunctionArn", &AuthorizerFunctionArn).required(),
    Member::body("tokenKeyName", "tokenKeyName", &TokenKeyName),
    Member::body("tokenSigningPublicKeys", "tokenSigningPublicKeys", &PublicKeyMap),
    Member::body("status", "status", &AuthorizerStatus),
    Member::body("tags", "tags", &TagList),
    Member::body("signingDisabled", "signingDisabled", &BooleanKey),
    Member::body("enableCachingForHttp", "enableCachingForHttp", &EnableCachingForHttp),
]);
static CreateBillingGroupRequest: Shape = Shape::structure(&[
    Member::path("billingGroupName", "billingGroupName", &BillingGroupName).required(),
    Member::body("billingGroupProperties", "billingGroupProperties", &BillingGroupProperties),
    Member::body("tags", "tags", &TagList),
]);
static CreateCertificateFromCsrRequest: Shape = Shape::structure(&[
    Member::body("certificateSigningRequest", "certificateSigningRequest", &CertificateSigningRequest).required(),
    Member::query("setAsActive", "setAsActive", &SetAsActive),
]);
static CreateCertificateProviderRequest: Shape = Shape::structure(&[
    Member::path("certificateProviderName", "certificateProviderName", &CertificateProviderName).required(),
    Member::body("lambdaFunctionArn", "lambdaFunctionArn", &CertificateProviderFunctionArn).required(),
    Member::body("accountDefaultForOperations", "accountDefaultForOperations", &CertificateProviderAccountDefaultForOperations).required(),
    Member::body("clientToken", "clientToken", &ClientToken),
    Member::body("tags", "tags", &TagList),
]);
static CreateCommandRequest: Shape = Shape::structure(&[
    Member::path("commandId", "commandId", &CommandId).required(),
    Member::body("namespace", "namespace", &CommandNamespace),
    Member::body("displayName", "displayName", &DisplayName),
    Member::body("description", "description", &CommandDescription),
    Member::body("payload", "payload", &CommandPayload),
    Member::body("payloadTemplate", "payloadTemplate", &CommandPayloadTemplateString),
    Member::body("preprocessor", "preprocessor", &CommandPreprocessor),
    Member::body("mandatoryParameters", "mandatoryParameters", &CommandParameterList),
    Member::body("roleArn", "roleArn", &RoleArn),
    Member::body("tags", "tags", &TagList),
]);
static CreateCustomMetricRequest: Shape = Shape::structure(&[
    Member::path("metricName", "metricName", &MetricName).required(),
    Member::body("displayName", "displayName", &CustomMetricDisplayName),
    Member::body("metricType", "metricType", &CustomMetricType).required(),
    Member::body("tags", "tags", &TagList),
    Member::body("clientRequestToken", "clientRequestToken", &ClientRequestToken).required(),
]);
static CreateDimensionRequest: Shape = Shape::structure(&[
    Member::path("name", "name", &DimensionName).required(),
    Member::body("type", "type", &DimensionType).required(),
    Member::body("stringValues", "stringValues", &DimensionStringValues).required(),
    Member::body("tags", "tags", &TagList),
    Member::body("clientRequestToken", "clientRequestToken", &ClientRequestToken).required(),
]);
static CreateDomainConfigurationRequest: Shape = Shape::structure(&[
    Member::path("domainConfigurationName", "domainConfigurationName", &DomainConfigurationName).required(),
    Member::body("domainName", "domainName", &DomainName),
    Member::body("serverCertificateArns", "serverCertificateArns", &ServerCertificateArns),
    Member::body("validationCertificateArn", "validationCertificateArn", &AcmCertificateArn),
    Member::body("authorizerConfig", "authorizerConfig", &AuthorizerConfig),
    Member::body("serviceType", "serviceType", &ServiceType),
    Member::body("tags", "tags", &TagList),
    Member::body("tlsConfig", "tlsConfig", &TlsConfig),
    Member::body("serverCertificateConfig", "serverCertificateConfig", &ServerCertificateConfig),
    Member::body("authenticationType", "authenticationType", &AuthenticationType),
    Member::body("applicationProtocol", "applicationProtocol", &ApplicationProtocol),
    Member::body("clientCertificateConfig", "clientCertificateConfig", &ClientCertificateConfig),
]);
static CreateDynamicThingGroupRequest: Shape = Shape::structure(&[
    Member::path("thingGroupName", "thingGroupName", &ThingGroupName).required(),
    Member::body("thingGroupProperties", "thingGroupProperties", &ThingGroupProperties),
    Member::body("indexName", "indexName", &IndexName),
    Member::body("queryString", "queryString", &QueryString).required(),
    Member::body("queryVersion", "queryVersion", &QueryVersion),
    Member::body("tags", "tags", &TagList),
]);
static CreateFleetMetricRequest: Shape = Shape::structure(&[
    Member::path("metricName", "metricName", &FleetMetricName).required(),
    Member::body("queryString", "queryString", &QueryString).required(),
    Member::body("aggregationType", "aggregationType", &AggregationType).required(),
    Member::body("period", "period", &FleetMetricPeriod).required(),
    Member::body("aggregationField", "aggregationField", &AggregationField).required(),
    Member::body("description", "description", &FleetMetricDescription),
    Member::body("queryVersion", "queryVersion", &QueryVersion),
    Member::body("indexName", "indexName", &IndexName),
    Member::body("unit", "unit", &FleetMetricUnit),
    Member::body("tags", "tags", &TagList),
]);
static CreateJobRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &JobId).required(),
    Member::body("targets", "targets", &JobTargets).required(),
    Member::body("documentSource", "documentSource", &JobDocumentSource),
    Member::body("document", "document", &JobDocument),
    Member::body("description", "description", &JobDescription),
    Member::body("presignedUrlConfig", "presignedUrlConfig", &PresignedUrlConfig),
    Member::body("targetSelection", "targetSelection", &TargetSelection),
    Member::body("jobExecutionsRolloutConfig", "jobExecutionsRolloutConfig", &JobExecutionsRolloutConfig),
    Member::body("abortConfig", "abortConfig", &AbortConfig),
    Member::body("timeoutConfig", "timeoutConfig", &TimeoutConfig),
    Member::body("tags", "tags", &TagList),
    Member::body("namespaceId", "namespaceId", &NamespaceId),
    Member::body("jobTemplateArn", "jobTemplateArn", &JobTemplateArn),
    Member::body("jobExecutionsRetryConfig", "jobExecutionsRetryConfig", &JobExecutionsRetryConfig),
    Member::body("documentParameters", "documentParameters", &ParameterMap),
    Member::body("schedulingConfig", "schedulingConfig", &SchedulingConfig),
    Member::body("destinationPackageVersions", "destinationPackageVersions", &DestinationPackageVersions),
]);
static CreateJobTemplateRequest: Shape = Shape::structure(&[
    Member::path("jobTemplateId", "jobTemplateId", &JobTemplateId).required(),
    Member::body("jobArn", "jobArn", &JobArn),
    Member::body("documentSource", "documentSource", &JobDocumentSource),
    Member::body("document", "document", &JobDocument),
    Member::body("description", "description", &JobDescription).required(),
    Member::body("presignedUrlConfig", "presignedUrlConfig", &PresignedUrlConfig),
    Member::body("jobExecutionsRolloutConfig", "jobExecutionsRolloutConfig", &JobExecutionsRolloutConfig),
    Member::body("abortConfig", "abortConfig", &AbortConfig),
    Member::body("timeoutConfig", "timeoutConfig", &TimeoutConfig),
    Member::body("tags", "tags", &TagList),
    Member::body("jobExecutionsRetryConfig", "jobExecutionsRetryConfig", &JobExecutionsRetryConfig),
    Member::body("maintenanceWindows", "maintenanceWindows", &MaintenanceWindows),
    Member::body("destinationPackageVersions", "destinationPackageVersions", &DestinationPackageVersions),
]);
static CreateKeysAndCertificateRequest: Shape = Shape::structure(&[
    Member::query("setAsActive", "setAsActive", &SetAsActive),
]);
static CreateMitigationActionRequest: Shape = Shape::structure(&[
    Member::path("actionName", "actionName", &MitigationActionName).required(),
    Member::body("roleArn", "roleArn", &RoleArn).required(),
    Member::body("actionParams", "actionParams", &MitigationActionParams).required(),
    Member::body("tags", "tags", &TagList),
]);
static CreateOTAUpdateRequest: Shape = Shape::structure(&[
    Member::path("otaUpdateId", "otaUpdateId", &OTAUpdateId).required(),
    Member::body("description", "description", &OTAUpdateDescription),
    Member::body("targets", "targets", &Targets).required(),
    Member::body("protocols", "protocols", &Protocols),
    Member::body("targetSelection", "targetSelection", &TargetSelection),
    Member::body("awsJobExecutionsRolloutConfig", "awsJobExecutionsRolloutConfig", &AwsJobExecutionsRolloutConfig),
    Member::body("awsJobPresignedUrlConfig", "awsJobPresignedUrlConfig", &AwsJobPresignedUrlConfig),
    Member::body("awsJobAbortConfig", "awsJobAbortConfig", &AwsJobAbortConfig),
    Member::body("awsJobTimeoutConfig", "awsJobTimeoutConfig", &AwsJobTimeoutConfig),
    Member::body("files", "files", &OTAUpdateFiles).required(),
    Member::body("roleArn", "roleArn", &RoleArn).required(),
    Member::body("additionalParameters", "additionalParameters", &AdditionalParameterMap),
    Member::body("tags", "tags", &TagList),
]);
static CreatePackageRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
    Member::body("description", "description", &ResourceDescription),
    Member::body("tags", "tags", &TagMap),
    Member::query("clientToken", "clientToken", &ClientToken),
]);
static CreatePackageVersionRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
    Member::path("versionName", "versionName", &VersionName).required(),
    Member::body("description", "description", &ResourceDescription),
    Member::body("attributes", "attributes", &ResourceAttributes),
    Member::body("artifact", "artifact", &PackageVersionArtifact),
    Member::body("recipe", "recipe", &PackageVersionRecipe),
    Member::body("tags", "tags", &TagMap),
    Member::query("clientToken", "clientToken", &ClientToken),
]);
static CreatePolicyRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
    Member::body("policyDocument", "policyDocument", &PolicyDocument).required(),
    Member::body("tags", "tags", &TagList),
]);
static CreatePolicyVersionRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
    Member::body("policyDocument", "policyDocument", &PolicyDocument).required(),
    Member::query("setAsDefault", "setAsDefault", &SetAsDefault),
]);
static CreateProvisioningClaimRequest: Shape = Shape::structure(&[
    Member::path("templateName", "templateName", &TemplateName).required(),
]);
static CreateProvisioningTemplateRequest: Shape = Shape::structure(&[
    Member::body("templateName", "templateName", &TemplateName).required(),
    Member::body("description", "description", &TemplateDescription),
    Member::body("templateBody", "templateBody", &TemplateBody).required(),
    Member::body("enabled", "enabled", &Enabled),
    Member::body("provisioningRoleArn", "provisioningRoleArn", &RoleArn).required(),
    Member::body("preProvisioningHook", "preProvisioningHook", &ProvisioningHook),
    Member::body("tags", "tags", &TagList),
    Member::body("type", "type", &TemplateType),
]);
static CreateProvisioningTemplateVersionRequest: Shape = Shape::structure(&[
    Member::path("templateName", "templateName", &TemplateName).required(),
    Member::body("templateBody", "templateBody", &TemplateBody).required(),
    Member::query("setAsDefault", "setAsDefault", &SetAsDefault),
]);
static CreateRoleAliasRequest: Shape = Shape::structure(&[
    Member::path("roleAlias", "roleAlias", &RoleAlias).required(),
    Member::body("roleArn", "roleArn", &RoleArn).required(),
    Member::body("credentialDurationSeconds", "credentialDurationSeconds", &CredentialDurationSeconds),
    Member::body("tags", "tags", &TagList),
]);
static CreateScheduledAuditRequest: Shape = Shape::structure(&[
    Member::body("frequency", "frequency", &AuditFrequency).required(),
    Member::body("dayOfMonth", "dayOfMonth", &DayOfMonth),
    Member::body("dayOfWeek", "dayOfWeek", &DayOfWeek),
    Member::body("targetCheckNames", "targetCheckNames", &TargetAuditCheckNames).required(),
    Member::path("scheduledAuditName", "scheduledAuditName", &ScheduledAuditName).required(),
    Member::body("tags", "tags", &TagList),
]);
static CreateSecurityProfileRequest: Shape = Shape::structure(&[
    Member::path("securityProfileName", "securityProfileName", &SecurityProfileName).required(),
    Member::body("securityProfileDescription", "securityProfileDescription", &SecurityProfileDescription),
    Member::body("behaviors", "behaviors", &Behaviors),
    Member::body("alertTargets", "alertTargets", &AlertTargets),
    Member::body("additionalMetricsToRetain", "additionalMetricsToRetain", &AdditionalMetricsToRetainList),
    Member::body("additionalMetricsToRetainV2", "additionalMetricsToRetainV2", &AdditionalMetricsToRetainV2List),
    Member::body("tags", "tags", &TagList),
    Member::body("metricsExportConfig", "metricsExportConfig", &MetricsExportConfig),
]);
static CreateStreamRequest: Shape = Shape::structure(&[
    Member::path("streamId", "streamId", &StreamId).required(),
    Member::body("description", "description", &StreamDescription),
    Member::body("files", "files", &StreamFiles).required(),
    Member::body("roleArn", "roleArn", &RoleArn).required(),
    Member::body("tags", "tags", &TagList),
]);
static CreateThingGroupRequest: Shape = Shape::structure(&[
    Member::path("thingGroupName", "thingGroupName", &ThingGroupName).required(),
    Member::body("parentGroupName", "parentGroupName", &ThingGroupName),
    Member::body("thingGroupProperties", "thingGroupProperties", &ThingGroupProperties),
    Member::body("tags", "tags", &TagList),
]);
static CreateThingRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::body("thingTypeName", "thingTypeName", &ThingTypeName),
    Member::body("attributePayload", "attributePayload", &AttributePayload),
    Member::body("billingGroupName", "billingGroupName", &BillingGroupName),
]);
static CreateThingTypeRequest: Shape = Shape::structure(&[
    Member::path("thingTypeName", "thingTypeName", &ThingTypeName).required(),
    Member::body("thingTypeProperties", "thingTypeProperties", &ThingTypeProperties),
    Member::body("tags", "tags", &TagList),
]);
static CreateTopicRuleDestinationRequest: Shape = Shape::structure(&[
    Member::body("destinationConfiguration", "destinationConfiguration", &TopicRuleDestinationConfiguration).required(),
]);
static CreateTopicRuleRequest: Shape = Shape::structure(&[
    Member::path("ruleName", "ruleName", &RuleName).required(),
    Member::payload("topicRulePayload", "topicRulePayload", &TopicRulePayload).required(),
    Member::header("tags", "x-amz-tagging", &String),
]);
static CredentialDurationSeconds: Shape = Shape::integer().min(900.0).max(43200.0);
static CronExpression: Shape = Shape::string().min(1.0).max(256.0);
static CustomCodeSigning: Shape = Shape::structure(&[
    Member::body("signature", "signature", &CodeSigningSignature),
    Member::body("certificateChain", "certificateChain", &CodeSigningCertificateChain),
    Member::body("hashAlgorithm", "hashAlgorithm", &HashAlgorithm),
    Member::body("signatureAlgorithm", "signatureAlgorithm", &SignatureAlgorithm),
]);
static CustomMetricDisplayName: Shape = Shape::string().max(128.0).pattern("[\\p{Graph}\\x20]*");
static CustomMetricType: Shape = Shape::string().one_of(&["string-list", "ip-address-list", "number-list", "number"]);
static DayOfMonth: Shape = Shape::string().pattern("^([1-9]|[12][0-9]|3[01])$|^LAST$");
static DayOfWeek: Shape = Shape::string().one_of(&["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]);
static DeleteAccountAuditConfigurationRequest: Shape = Shape::structure(&[
    Member::query("deleteScheduledAudits", "deleteScheduledAudits", &DeleteScheduledAudits),
]);
static DeleteAdditionalMetricsToRetain: Shape = Shape::boolean();
static DeleteAlertTargets: Shape = Shape::boolean();
static DeleteAuditSuppressionRequest: Shape = Shape::structure(&[
    Member::body("checkName", "checkName", &AuditCheckName).required(),
    Member::body("resourceIdentifier", "resourceIdentifier", &ResourceIdentifier).required(),
]);
static DeleteAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("authorizerName", "authorizerName", &AuthorizerName).required(),
]);
static DeleteBehaviors: Shape = Shape::boolean();
static DeleteBillingGroupRequest: Shape = Shape::structure(&[
    Member::path("billingGroupName", "billingGroupName", &BillingGroupName).required(),
    Member::query("expectedVersion", "expectedVersion", &OptionalVersion),
]);
static DeleteCACertificateRequest: Shape = Shape::structure(&[
    Member::path("certificateId", "caCertificateId", &CertificateId).required(),
]);
static DeleteCertificateProviderRequest: Shape = Shape::structure(&[
    Member::path("certificateProviderName", "certificateProviderName", &CertificateProviderName).required(),
]);
static DeleteCertificateRequest: Shape = Shape::structure(&[
    Member::path("certificateId", "certificateId", &CertificateId).required(),
    Member::query("forceDelete", "forceDelete", &ForceDelete),
]);
static DeleteCommandExecutionRequest: Shape = Shape::structure(&[
    Member::path("executionId", "executionId", &CommandExecutionId).required(),
    Member::query("targetArn", "targetArn", &TargetArn).required(),
]);
static DeleteCommandRequest: Shape = Shape::structure(&[
    Member::path("commandId", "commandId", &CommandId).required(),
]);
static DeleteCustomMetricRequest: Shape = Shape::structure(&[
    Member::path("metricName", "metricName", &MetricName).required(),
]);
static DeleteDimensionRequest: Shape = Shape::structure(&[
    Member::path("name", "name", &DimensionName).required(),
]);
static DeleteDomainConfigurationRequest: Shape = Shape::structure(&[
    Member::path("domainConfigurationName", "domainConfigurationName", &DomainConfigurationName).required(),
]);
static DeleteDynamicThingGroupRequest: Shape = Shape::structure(&[
    Member::path("thingGroupName", "thingGroupName", &ThingGroupName).required(),
    Member::query("expectedVersion", "expectedVersion", &OptionalVersion),
]);
static DeleteFleetMetricRequest: Shape = Shape::structure(&[
    Member::path("metricName", "metricName", &FleetMetricName).required(),
    Member::query("expectedVersion", "expectedVersion", &OptionalVersion),
]);
static DeleteJobExecutionRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &JobId).required(),
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::path("executionNumber", "executionNumber", &ExecutionNumber).required(),
    Member::query("force", "force", &ForceFlag),
    Member::query("namespaceId", "namespaceId", &NamespaceId),
]);
static DeleteJobRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &JobId).required(),
    Member::query("force", "force", &ForceFlag),
    Member::query("namespaceId", "namespaceId", &NamespaceId),
]);
static DeleteJobTemplateRequest: Shape = Shape::structure(&[
    Member::path("jobTemplateId", "jobTemplateId", &JobTemplateId).required(),
]);
static DeleteMetricsExportConfig: Shape = Shape::boolean();
static DeleteMitigationActionRequest: Shape = Shape::structure(&[
    Member::path("actionName", "actionName", &MitigationActionName).required(),
]);
static DeleteOTAUpdateRequest: Shape = Shape::structure(&[
    Member::path("otaUpdateId", "otaUpdateId", &OTAUpdateId).required(),
    Member::query("deleteStream", "deleteStream", &DeleteStream),
    Member::query("forceDeleteAWSJob", "forceDeleteAWSJob", &ForceDeleteAWSJob),
]);
static DeletePackageRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
    Member::query("clientToken", "clientToken", &ClientToken),
]);
static DeletePackageVersionRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
    Member::path("versionName", "versionName", &VersionName).required(),
    Member::query("clientToken", "clientToken", &ClientToken),
]);
static DeletePolicyRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
]);
static DeletePolicyVersionRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
    Member::path("policyVersionId", "policyVersionId", &PolicyVersionId).required(),
]);
static DeleteProvisioningTemplateRequest: Shape = Shape::structure(&[
    Member::path("templateName", "templateName", &TemplateName).required(),
]);
static DeleteProvisioningTemplateVersionRequest: Shape = Shape::structure(&[
    Member::path("templateName", "templateName", &TemplateName).required(),
    Member::path("versionId", "versionId", &TemplateVersionId).required(),
]);
static DeleteRegistrationCodeRequest: Shape = Shape::structure(&[]);
static DeleteRoleAliasRequest: Shape = Shape::structure(&[
    Member::path("roleAlias", "roleAlias", &RoleAlias).required(),
]);
static DeleteScheduledAuditRequest: Shape = Shape::structure(&[
    Member::path("scheduledAuditName", "scheduledAuditName", &ScheduledAuditName).required(),
]);
static DeleteScheduledAudits: Shape = Shape::boolean();
static DeleteSecurityProfileRequest: Shape = Shape::structure(&[
    Member::path("securityProfileName", "securityProfileName", &SecurityProfileName).required(),
    Member::query("expectedVersion", "expectedVersion", &OptionalVersion),
]);
static DeleteStream: Shape = Shape::boolean();
static DeleteStreamRequest: Shape = Shape::structure(&[
    Member::path("streamId", "streamId", &StreamId).required(),
]);
static DeleteThingGroupRequest: Shape = Shape::structure(&[
    Member::path("thingGroupName", "thingGroupName", &ThingGroupName).required(),
    Member::query("expectedVersion", "expectedVersion", &OptionalVersion),
]);
static DeleteThingRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::query("expectedVersion", "expectedVersion", &OptionalVersion),
]);
static DeleteThingTypeRequest: Shape = Shape::structure(&[
    Member::path("thingTypeName", "thingTypeName", &ThingTypeName).required(),
]);
static DeleteTopicRuleDestinationRequest: Shape = Shape::structure(&[
    Member::path("arn", "arn", &AwsArn).required(),
]);
static DeleteTopicRuleRequest: Shape = Shape::structure(&[
    Member::path("ruleName", "ruleName", &RuleName).required(),
]);
static DeleteV2LoggingLevelRequest: Shape = Shape::structure(&[
    Member::query("targetType", "targetType", &LogTargetType).required(),
    Member::query("targetName", "targetName", &LogTargetName).required(),
]);
static DeliveryStreamName: Shape = Shape::string();
static DeprecateThingTypeRequest: Shape = Shape::structure(&[
    Member::path("thingTypeName", "thingTypeName", &ThingTypeName).required(),
    Member::body("undoDeprecate", "undoDeprecate", &UndoDeprecate),
]);
static DeprecationFlag: Shape = Shape::boolean();
static DescribeAccountAuditConfigurationRequest: Shape = Shape::structure(&[]);
static DescribeAuditFindingRequest: Shape = Shape::structure(&[
    Member::path("findingId", "findingId", &FindingId).required(),
]);
static DescribeAuditMitigationActionsTaskRequest: Shape = Shape::structure(&[
    Member::path("taskId", "taskId", &MitigationActionsTaskId).required(),
]);
static DescribeAuditSuppressionRequest: Shape = Shape::structure(&[
    Member::body("checkName", "checkName", &AuditCheckName).required(),
    Member::body("resourceIdentifier", "resourceIdentifier", &ResourceIdentifier).required(),
]);
static DescribeAuditTaskRequest: Shape = Shape::structure(&[
    Member::path("taskId", "taskId", &AuditTaskId).required(),
]);
static DescribeAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("authorizerName", "authorizerName", &AuthorizerName).required(),
]);
static DescribeBillingGroupRequest: Shape = Shape::structure(&[
    Member::path("billingGroupName", "billingGroupName", &BillingGroupName).required(),
]);
static DescribeCACertificateRequest: Shape = Shape::structure(&[
    Member::path("certificateId", "caCertificateId", &CertificateId).required(),
]);
static DescribeCertificateProviderRequest: Shape = Shape::structure(&[
    Member::path("certificateProviderName", "certificateProviderName", &CertificateProviderName).required(),
]);
static DescribeCertificateRequest: Shape = Shape::structure(&[
    Member::path("certificateId", "certificateId", &CertificateId).required(),
]);
static DescribeCustomMetricRequest: Shape = Shape::structure(&[
    Member::path("metricName", "metricName", &MetricName).required(),
]);
static DescribeDefaultAuthorizerRequest: Shape = Shape::structure(&[]);
static DescribeDetectMitigationActionsTaskRequest: Shape = Shape::structure(&[
    Member::path("taskId", "taskId", &MitigationActionsTaskId).required(),
]);
static DescribeDimensionRequest: Shape = Shape::structure(&[
    Member::path("name", "name", &DimensionName).required(),
]);
static DescribeDomainConfigurationRequest: Shape = Shape::structure(&[
    Member::path("domainConfigurationName", "domainConfigurationName", &ReservedDomainConfigurationName).required(),
]);
static DescribeEncryptionConfigurationRequest: Shape = Shape::structure(&[]);
static DescribeEndpointRequest: Shape = Shape::structure(&[
    Member::query("endpointType", "endpointType", &EndpointType),
]);
static DescribeEventConfigurationsRequest: Shape = Shape::structure(&[]);
static DescribeFleetMetricRequest: Shape = Shape::structure(&[
    Member::path("metricName", "metricName", &FleetMetricName).required(),
]);
static DescribeIndexRequest: Shape = Shape::structure(&[
    Member::path("indexName", "indexName", &IndexName).required(),
]);
static DescribeJobExecutionRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &JobId).required(),
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::query("executionNumber", "executionNumber", &ExecutionNumber),
]);
static DescribeJobRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &JobId).required(),
    Member::query("beforeSubstitution", "beforeSubstitution", &BeforeSubstitutionFlag),
]);
static DescribeJobTemplateRequest: Shape = Shape::structure(&[
    Member::path("jobTemplateId", "jobTemplateId", &JobTemplateId).required(),
]);
static DescribeManagedJobTemplateRequest: Shape = Shape::structure(&[
    Member::path("templateName", "templateName", &ManagedJobTemplateName).required(),
    Member::query("templateVersion", "templateVersion", &ManagedTemplateVersion),
]);
static DescribeMitigationActionRequest: Shape = Shape::structure(&[
    Member::path("actionName", "actionName", &MitigationActionName).required(),
]);
static DescribeProvisioningTemplateRequest: Shape = Shape::structure(&[
    Member::path("templateName", "templateName", &TemplateName).required(),
]);
static DescribeProvisioningTemplateVersionRequest: Shape = Shape::structure(&[
    Member::path("templateName", "templateName", &TemplateName).required(),
    Member::path("versionId", "versionId", &TemplateVersionId).required(),
]);
static DescribeRoleAliasRequest: Shape = Shape::structure(&[
    Member::path("roleAlias", "roleAlias", &RoleAlias).required(),
]);
static DescribeScheduledAuditRequest: Shape = Shape::structure(&[
    Member::path("scheduledAuditName", "scheduledAuditName", &ScheduledAuditName).required(),
]);
static DescribeSecurityProfileRequest: Shape = Shape::structure(&[
    Member::path("securityProfileName", "securityProfileName", &SecurityProfileName).required(),
]);
static DescribeStreamRequest: Shape = Shape::structure(&[
    Member::path("streamId", "streamId", &StreamId).required(),
]);
static DescribeThingGroupRequest: Shape = Shape::structure(&[
    Member::path("thingGroupName", "thingGroupName", &ThingGroupName).required(),
]);
static DescribeThingRegistrationTaskRequest: Shape = Shape::structure(&[
    Member::path("taskId", "taskId", &TaskId).required(),
]);
static DescribeThingRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
]);
static DescribeThingTypeRequest: Shape = Shape::structure(&[
    Member::path("thingTypeName", "thingTypeName", &ThingTypeName).required(),
]);
static Description: Shape = Shape::string();
static Destination: Shape = Shape::structure(&[
    Member::body("s3Destination", "s3Destination", &S3Destination),
]);
static DestinationPackageVersions: Shape = Shape::list(&PackageVersionArn);
static DetachPolicyRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
    Member::body("target", "target", &PolicyTarget).required(),
]);
static DetachPrincipalPolicyRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
    Member::header("principal", "x-amzn-iot-principal", &Principal).required(),
]);
static DetachSecurityProfileRequest: Shape = Shape::structure(&[
    Member::path("securityProfileName", "securityProfileName", &SecurityProfileName).required(),
    Member::query("securityProfileTargetArn", "securityProfileTargetArn", &SecurityProfileTargetArn).required(),
]);
static DetachThingPrincipalRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::header("principal", "x-amzn-principal", &Principal).required(),
]);
static DetailsKey: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static DetailsMap: Shape = Shape::map(&DetailsKey, &DetailsValue);
static DetailsValue: Shape = Shape::string().min(1.0).pattern("[^\\p{C}]+");
static DetectMitigationActionsTaskTarget: Shape = Shape::structure(&[
    Member::body("violationIds", "violationIds", &TargetViolationIdsForDetectMitigationActions),
    Member::body("securityProfileName", "securityProfileName", &SecurityProfileName),
    Member::body("behaviorName", "behaviorName", &BehaviorName),
]);
static DetectMitigationActionsToExecuteList: Shape = Shape::list(&MitigationActionName).min(1.0).max(5.0);
static DeviceCertificateUpdateAction: Shape = Shape::string().one_of(&["DEACTIVATE"]);
static DeviceDefenderIndexingMode: Shape = Shape::string().one_of(&["OFF", "VIOLATIONS"]);
static DeviceDefenderThingName: Shape = Shape::string().min(1.0).max(128.0);
static DimensionName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static DimensionStringValue: Shape = Shape::string().min(1.0).max(256.0);
static DimensionStringValues: Shape = Shape::list(&DimensionStringValue).min(1.0).max(100.0);
static DimensionType: Shape = Shape::string().one_of(&["TOPIC_FILTER"]);
static DimensionValueOperator: Shape = Shape::string().one_of(&["IN", "NOT_IN"]);
static DisableAllLogs: Shape = Shape::boolean();
static DisableTopicRuleRequest: Shape = Shape::structure(&[
    Member::path("ruleName", "ruleName", &RuleName).required(),
]);
static DisassociateSbomFromPackageVersionRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
    Member::path("versionName", "versionName", &VersionName).required(),
    Member::query("clientToken", "clientToken", &ClientToken),
]);
static DisplayName: Shape = Shape::string().max(64.0).pattern("[^\\p{C}]*");
static DomainConfigurationName: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w.-]+");
static DomainConfigurationStatus: Shape = Shape::string().one_of(&["ENABLED", "DISABLED"]);
static DomainName: Shape = Shape::string().min(1.0).max(253.0).pattern("[\\s\\S]*");
static DoubleParameterValue: Shape = Shape::double();
static DurationInMinutes: Shape = Shape::integer().min(1.0).max(1430.0);
static DurationSeconds: Shape = Shape::integer();
static DynamoDBAction: Shape = Shape::structure(&[
    Member::body("tableName", "tableName", &TableName).required(),
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("operation", "operation", &DynamoOperation),
    Member::body("hashKeyField", "hashKeyField", &HashKeyField).required(),
    Member::body("hashKeyValue", "hashKeyValue", &HashKeyValue).required(),
    Member::body("hashKeyType", "hashKeyType", &DynamoKeyType),
    Member::body("rangeKeyField", "rangeKeyField", &RangeKeyField),
    Member::body("rangeKeyValue", "rangeKeyValue", &RangeKeyValue),
    Member::body("rangeKeyType", "rangeKeyType", &DynamoKeyType),
    Member::body("payloadField", "payloadField", &PayloadField),
]);
static DynamoDBv2Action: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("putItem", "putItem", &PutItemInput).required(),
]);
static DynamoKeyType: Shape = Shape::string().one_of(&["STRING", "NUMBER"]);
static DynamoOperation: Shape = Shape::string();
static ElasticsearchAction: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("endpoint", "endpoint", &ElasticsearchEndpoint).required(),
    Member::body("index", "index", &ElasticsearchIndex).required(),
    Member::body("type", "type", &ElasticsearchType).required(),
    Member::body("id", "id", &ElasticsearchId).required(),
]);
static ElasticsearchEndpoint: Shape = Shape::string().pattern("https?://.*");
static ElasticsearchId: Shape = Shape::string();
static ElasticsearchIndex: Shape = Shape::string();
static ElasticsearchType: Shape = Shape::string();
static EnableBatching: Shape = Shape::boolean();
static EnableCachingForHttp: Shape = Shape::boolean();
static EnableIoTLoggingParams: Shape = Shape::structure(&[
    Member::body("roleArnForLogging", "roleArnForLogging", &RoleArn).required(),
    Member::body("logLevel", "logLevel", &LogLevel).required(),
]);
static EnableOCSPCheck: Shape = Shape::boolean();
static EnableTopicRuleRequest: Shape = Shape::structure(&[
    Member::path("ruleName", "ruleName", &RuleName).required(),
]);
static Enabled: Shape = Shape::boolean();
static EnabledBoolean: Shape = Shape::boolean();
static EncryptionType: Shape = Shape::string().one_of(&["CUSTOMER_MANAGED_KMS_KEY", "AWS_OWNED_KMS_KEY"]);
static EndpointType: Shape = Shape::string().max(128.0).pattern("[\\s\\S]*");
static EvaluationStatistic: Shape = Shape::string().pattern("(p0|p0\\.1|p0\\.01|p1|p10|p50|p90|p99|p99\\.9|p99\\.99|p100)");
static EventConfigurations: Shape = Shape::map(&EventType, &Configuration);
static EventType: Shape = Shape::string().one_of(&["THING", "THING_GROUP", "THING_TYPE", "THING_GROUP_MEMBERSHIP", "THING_GROUP_HIERARCHY", "THING_TYPE_ASSOCIATION", "JOB", "JOB_EXECUTION", "POLICY", "CERTIFICATE", "CA_CERTIFICATE"]);
static ExecutionNamePrefix: Shape = Shape::string();
static ExecutionNumber: Shape = Shape::long();
static ExpectedVersion: Shape = Shape::long();
static ExpiresInSec: Shape = Shape::long().min(60.0).max(3600.0);
static ExpiresInSeconds: Shape = Shape::long();
static ExponentialRolloutRate: Shape = Shape::structure(&[
    Member::body("baseRatePerMinute", "baseRatePerMinute", &RolloutRatePerMinute).required(),
    Member::body("incrementFactor", "incrementFactor", &IncrementFactor).required(),
    Member::body("rateIncreaseCriteria", "rateIncreaseCriteria", &RateIncreaseCriteria).required(),
]);
static ExportMetric: Shape = Shape::boolean();
static Field: Shape = Shape::structure(&[
    Member::body("name", "name", &FieldName),
    Member::body("type", "type", &FieldType),
]);
static FieldName: Shape = Shape::string();
static FieldType: Shape = Shape::string().one_of(&["Number", "String", "Boolean"]);
static Fields: Shape = Shape::list(&Field);
static FileId: Shape = Shape::integer().min(0.0).max(255.0);
static FileLocation: Shape = Shape::structure(&[
    Member::body("stream", "stream", &Stream),
    Member::body("s3Location", "s3Location", &S3Location),
]);
static FileName: Shape = Shape::string();
static FileType: Shape = Shape::integer().min(0.0).max(255.0);
static FindingId: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9_-]+");
static FindingIds: Shape = Shape::list(&FindingId).min(1.0).max(25.0);
static FirehoseAction: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("deliveryStreamName", "deliveryStreamName", &DeliveryStreamName).required(),
    Member::body("separator", "separator", &FirehoseSeparator),
    Member::body("batchMode", "batchMode", &BatchMode),
]);
static FirehoseSeparator: Shape = Shape::string().pattern("([\\n\\t])|(\\r\\n)|(,)");
static Flag: Shape = Shape::boolean();
static FleetIndexingApi: Shape = Shape::string().one_of(&["GET_THING_CONNECTIVITY_DATA"]);
static FleetIndexingApiList: Shape = Shape::list(&FleetIndexingApi);
static FleetMetricDescription: Shape = Shape::string().max(1024.0).pattern("[\\p{Graph}\\x20]*");
static FleetMetricName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9_\\-\\.]+");
static FleetMetricPeriod: Shape = Shape::integer().min(60.0).max(86400.0);
static FleetMetricUnit: Shape = Shape::string().one_of(&["Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second", "Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None"]);
static ForceDelete: Shape = Shape::boolean();
static ForceDeleteAWSJob: Shape = Shape::boolean();
static ForceFlag: Shape = Shape::boolean();
static FunctionArn: Shape = Shape::string();
static GeoLocationTarget: Shape = Shape::structure(&[
    Member::body("name", "name", &TargetFieldName),
    Member::body("order", "order", &TargetFieldOrder),
]);
static GeoLocationsFilter: Shape = Shape::list(&GeoLocationTarget);
static GetBehaviorModelTrainingSummariesRequest: Shape = Shape::structure(&[
    Member::query("securityProfileName", "securityProfileName", &SecurityProfileName),
    Member::query("maxResults", "maxResults", &TinyMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static GetBucketsAggregationRequest: Shape = Shape::structure(&[
    Member::body("indexName", "indexName", &IndexName),
    Member::body("queryString", "queryString", &QueryString).required(),
    Member::body("aggregationField", "aggregationField", &AggregationField).required(),
    Member::body("queryVersion", "queryVersion", &QueryVersion),
    Member::body("bucketsAggregationType", "bucketsAggregationType", &BucketsAggregationType).required(),
]);
static GetCardinalityRequest: Shape = Shape::structure(&[
    Member::body("indexName", "indexName", &IndexName),
    Member::body("queryString", "queryString", &QueryString).required(),
    Member::body("aggregationField", "aggregationField", &AggregationField),
    Member::body("queryVersion", "queryVersion", &QueryVersion),
]);
static GetCommandExecutionRequest: Shape = Shape::structure(&[
    Member::path("executionId", "executionId", &CommandExecutionId).required(),
    Member::query("targetArn", "targetArn", &TargetArn).required(),
    Member::query("includeResult", "includeResult", &BooleanWrapperObject),
]);
static GetCommandRequest: Shape = Shape::structure(&[
    Member::path("commandId", "commandId", &CommandId).required(),
]);
static GetEffectivePoliciesRequest: Shape = Shape::structure(&[
    Member::body("principal", "principal", &Principal),
    Member::body("cognitoIdentityPoolId", "cognitoIdentityPoolId", &CognitoIdentityPoolId),
    Member::query("thingName", "thingName", &ThingName),
]);
static GetIndexingConfigurationRequest: Shape = Shape::structure(&[]);
static GetJobDocumentRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &JobId).required(),
    Member::query("beforeSubstitution", "beforeSubstitution", &BeforeSubstitutionFlag),
]);
static GetLoggingOptionsRequest: Shape = Shape::structure(&[]);
static GetOTAUpdateRequest: Shape = Shape::structure(&[
    Member::path("otaUpdateId", "otaUpdateId", &OTAUpdateId).required(),
]);
static GetPackageConfigurationRequest: Shape = Shape::structure(&[]);
static GetPackageRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
]);
static GetPackageVersionRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
    Member::path("versionName", "versionName", &VersionName).required(),
]);
static GetPercentilesRequest: Shape = Shape::structure(&[
    Member::body("indexName", "indexName", &IndexName),
    Member::body("queryString", "queryString", &QueryString).required(),
    Member::body("aggregationField", "aggregationField", &AggregationField),
    Member::body("queryVersion", "queryVersion", &QueryVersion),
    Member::body("percents", "percents", &PercentList),
]);
static GetPolicyRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
]);
static GetPolicyVersionRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
    Member::path("policyVersionId", "policyVersionId", &PolicyVersionId).required(),
]);
static GetRegistrationCodeRequest: Shape = Shape::structure(&[]);
static GetStatisticsRequest: Shape = Shape::structure(&[
    Member::body("indexName", "indexName", &IndexName),
    Member::body("queryString", "queryString", &QueryString).required(),
    Member::body("aggregationField", "aggregationField", &AggregationField),
    Member::body("queryVersion", "queryVersion", &QueryVersion),
]);
static GetThingConnectivityDataRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ConnectivityApiThingName).required(),
    Member::body("includeSocketInformation", "includeSocketInformation", &Boolean),
]);
static GetTopicRuleDestinationRequest: Shape = Shape::structure(&[
    Member::path("arn", "arn", &AwsArn).required(),
]);
static GetTopicRuleRequest: Shape = Shape::structure(&[
    Member::path("ruleName", "ruleName", &RuleName).required(),
]);
static GetV2LoggingOptionsRequest: Shape = Shape::structure(&[
    Member::query("verbose", "verbose", &VerboseFlag),
]);
static HashAlgorithm: Shape = Shape::string();
static HashKeyField: Shape = Shape::string();
static HashKeyValue: Shape = Shape::string();
static HeaderKey: Shape = Shape::string().min(1.0).max(256.0);
static HeaderList: Shape = Shape::list(&HttpActionHeader).min(0.0).max(100.0);
static HeaderValue: Shape = Shape::string();
static HttpAction: Shape = Shape::structure(&[
    Member::body("url", "url", &Url).required(),
    Member::body("confirmationUrl", "confirmationUrl", &Url),
    Member::body("headers", "headers", &HeaderList),
    Member::body("auth", "auth", &HttpAuthorization),
    Member::body("enableBatching", "enableBatching", &EnableBatching),
    Member::body("batchConfig", "batchConfig", &BatchConfig),
]);
static HttpActionHeader: Shape = Shape::structure(&[
    Member::body("key", "key", &HeaderKey).required(),
    Member::body("value", "value", &HeaderValue).required(),
]);
static HttpAuthorization: Shape = Shape::structure(&[
    Member::body("sigv4", "sigv4", &SigV4Authorization),
]);
static HttpContext: Shape = Shape::structure(&[
    Member::body("headers", "headers", &HttpHeaders),
    Member::body("queryString", "queryString", &HttpQueryString),
]);
static HttpHeaderName: Shape = Shape::string().min(1.0).max(8192.0).pattern("[\\s\\S]*");
static HttpHeaderValue: Shape = Shape::string().min(1.0).max(8192.0).pattern("[\\s\\S]*");
static HttpHeaders: Shape = Shape::map(&HttpHeaderName, &HttpHeaderValue);
static HttpQueryString: Shape = Shape::string().min(1.0).max(4096.0).pattern("[\\s\\S]*");
static HttpUrlDestinationConfiguration: Shape = Shape::structure(&[
    Member::body("confirmationUrl", "confirmationUrl", &Url).required(),
]);
static InProgressTimeoutInMinutes: Shape = Shape::long();
static IncrementFactor: Shape = Shape::double().min(1.1).max(5.0);
static IndexName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static IndexingFilter: Shape = Shape::structure(&[
    Member::body("namedShadowNames", "namedShadowNames", &NamedShadowNamesFilter),
    Member::body("geoLocations", "geoLocations", &GeoLocationsFilter),
    Member::body("connectivity", "connectivity", &ConnectivityFilter),
]);
static InfluxDBAction: Shape = Shape::structure(&[
    Member::body("destinationArn", "destinationArn", &AwsArn).required(),
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("databaseName", "databaseName", &InfluxDBDatabaseName).required(),
    Member::body("tableName", "tableName", &InfluxDBTableName).required(),
    Member::body("organization", "organization", &InfluxDBOrganization),
    Member::body("tags", "tags", &InfluxDBTagMap),
    Member::body("timestampUnit", "timestampUnit", &InfluxDBTimestampUnit),
    Member::body("batchConfig", "batchConfig", &InfluxDBBatchConfig),
]);
static InfluxDBBatchAcrossTopics: Shape = Shape::boolean();
static InfluxDBBatchConfig: Shape = Shape::structure(&[
    Member::body("maxBatchSize", "maxBatchSize", &InfluxDBMaxBatchSize),
    Member::body("maxBatchOpenMs", "maxBatchOpenMs", &InfluxDBMaxBatchOpenMs),
    Member::body("maxBatchSizeBytes", "maxBatchSizeBytes", &InfluxDBMaxBatchSizeBytes),
    Member::body("batchAcrossTopics", "batchAcrossTopics", &InfluxDBBatchAcrossTopics),
]);
static InfluxDBDatabaseName: Shape = Shape::string().min(2.0).max(64.0).pattern("^[^_\\\"][^\\\"]+$");
static InfluxDBDestinationConfiguration: Shape = Shape::structure(&[
    Member::body("endpoint", "endpoint", &Url).required(),
    Member::body("influxDBVersion", "influxDBVersion", &InfluxDBVersion).required(),
    Member::body("secretId", "secretId", &InfluxDBSecretId).required(),
    Member::body("secretType", "secretType", &InfluxDBSecretType),
    Member::body("secretKey", "secretKey", &InfluxDBSecretKey),
]);
static InfluxDBMaxBatchOpenMs: Shape = Shape::integer().min(5.0).max(1000.0);
static InfluxDBMaxBatchSize: Shape = Shape::integer().min(1.0).max(500.0);
static InfluxDBMaxBatchSizeBytes: Shape = Shape::integer().min(100.0).max(131072.0);
static InfluxDBOrganization: Shape = Shape::string().min(1.0).max(64.0);
static InfluxDBSecretId: Shape = Shape::string().min(1.0).max(512.0);
static InfluxDBSecretKey: Shape = Shape::string().min(1.0).max(128.0);
static InfluxDBSecretType: Shape = Shape::string().one_of(&["SecretString", "SecretBinary"]);
static InfluxDBTableName: Shape = Shape::string().min(1.0).max(1024.0).pattern("^[^_].*$");
static InfluxDBTagMap: Shape = Shape::map(&InfluxDBTagName, &InfluxDBTagValue).min(0.0).max(498.0);
static InfluxDBTagName: Shape = Shape::string().min(1.0).max(256.0).pattern("^[^_].*$");
static InfluxDBTagValue: Shape = Shape::string().min(1.0).max(1024.0);
static InfluxDBTimestampUnit: Shape = Shape::string().one_of(&["s", "ms", "us", "ns"]);
static InfluxDBVersion: Shape = Shape::string().one_of(&["V2", "V3"]);
static InlineDocument: Shape = Shape::string();
static InputName: Shape = Shape::string().min(1.0).max(128.0);
static IntegerParameterValue: Shape = Shape::integer();
static IotAnalyticsAction: Shape = Shape::structure(&[
    Member::body("channelArn", "channelArn", &AwsArn),
    Member::body("channelName", "channelName", &ChannelName),
    Member::body("batchMode", "batchMode", &BatchMode),
    Member::body("roleArn", "roleArn", &AwsArn),
]);
static IotEventsAction: Shape = Shape::structure(&[
    Member::body("inputName", "inputName", &InputName).required(),
    Member::body("messageId", "messageId", &MessageId),
    Member::body("batchMode", "batchMode", &BatchMode),
    Member::body("roleArn", "roleArn", &AwsArn).required(),
]);
static IotSiteWiseAction: Shape = Shape::structure(&[
    Member::body("putAssetPropertyValueEntries", "putAssetPropertyValueEntries", &PutAssetPropertyValueEntryList).required(),
    Member::body("roleArn", "roleArn", &AwsArn).required(),
]);
static IsDisabled: Shape = Shape::boolean();
static IssuerCertificateIdentifier: Shape = Shape::structure(&[
    Member::body("issuerCertificateSubject", "issuerCertificateSubject", &IssuerCertificateSubject),
    Member::body("issuerId", "issuerId", &IssuerId),
    Member::body("issuerCertificateSerialNumber", "issuerCertificateSerialNumber", &IssuerCertificateSerialNumber),
]);
static IssuerCertificateSerialNumber: Shape = Shape::string().max(20.0).pattern("[a-fA-F0-9:]+");
static IssuerCertificateSubject: Shape = Shape::string().max(1000.0).pattern("[\\p{Graph}\\x20]*");
static IssuerId: Shape = Shape::string().max(64.0).pattern("(0x)?[a-fA-F0-9]+");
static JobArn: Shape = Shape::string();
static JobDescription: Shape = Shape::string().max(2028.0).pattern("[^\\p{C}]+");
static JobDocument: Shape = Shape::string().max(32768.0);
static JobDocumentSource: Shape = Shape::string().min(1.0).max(1350.0);
static JobEndBehavior: Shape = Shape::string().one_of(&["STOP_ROLLOUT", "CANCEL", "FORCE_CANCEL"]);
static JobExecutionFailureType: Shape = Shape::string().one_of(&["FAILED", "REJECTED", "TIMED_OUT", "ALL"]);
static JobExecutionStatus: Shape = Shape::string().one_of(&["QUEUED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "TIMED_OUT", "REJECTED", "REMOVED", "CANCELED"]);
static JobExecutionsRetryConfig: Shape = Shape::structure(&[
    Member::body("criteriaList", "criteriaList", &RetryCriteriaList).required(),
]);
static JobExecutionsRolloutConfig: Shape = Shape::structure(&[
    Member::body("maximumPerMinute", "maximumPerMinute", &MaxJobExecutionsPerMin),
    Member::body("exponentialRate", "exponentialRate", &ExponentialRolloutRate),
]);
static JobId: Shape = Shape::string().min(1.0).max(64.0).pattern("[a-zA-Z0-9_-]+");
static JobStatus: Shape = Shape::string().one_of(&["IN_PROGRESS", "CANCELED", "COMPLETED", "DELETION_IN_PROGRESS", "SCHEDULED"]);
static JobTargets: Shape = Shape::list(&TargetArn).min(1.0);
static JobTemplateArn: Shape = Shape::string().min(1.0).max(1600.0).pattern("^arn:[!-~]+$");
static JobTemplateId: Shape = Shape::string().min(1.0).max(64.0).pattern("[a-zA-Z0-9_-]+");
static KafkaAction: Shape = Shape::structure(&[
    Member::body("destinationArn", "destinationArn", &AwsArn).required(),
    Member::body("topic", "topic", &String).required(),
    Member::body("key", "key", &String),
    Member::body("partition", "partition", &String),
    Member::body("clientProperties", "clientProperties", &ClientProperties).required(),
    Member::body("headers", "headers", &KafkaHeaders),
]);
static KafkaActionHeader: Shape = Shape::structure(&[
    Member::body("key", "key", &KafkaHeaderKey).required(),
    Member::body("value", "value", &KafkaHeaderValue).required(),
]);
static KafkaHeaderKey: Shape = Shape::string().min(0.0).max(16384.0);
static KafkaHeaderValue: Shape = Shape::string().min(0.0).max(16384.0);
static KafkaHeaders: Shape = Shape::list(&KafkaActionHeader).min(1.0).max(100.0);
static Key: Shape = Shape::string();
static KeyName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static KeyValue: Shape = Shape::string().max(5120.0).pattern("[\\s\\S]*");
static KinesisAction: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("streamName", "streamName", &StreamName).required(),
    Member::body("partitionKey", "partitionKey", &PartitionKey),
]);
static KmsAccessRoleArn: Shape = Shape::string().max(2048.0);
static KmsKeyArn: Shape = Shape::string().max(2048.0);
static LambdaAction: Shape = Shape::structure(&[
    Member::body("functionArn", "functionArn", &FunctionArn).required(),
]);
static LaserMaxResults: Shape = Shape::integer().min(1.0).max(250.0);
static ListActiveViolationsRequest: Shape = Shape::structure(&[
    Member::query("thingName", "thingName", &DeviceDefenderThingName),
    Member::query("securityProfileName", "securityProfileName", &SecurityProfileName),
    Member::query("behaviorCriteriaType", "behaviorCriteriaType", &BehaviorCriteriaType),
    Member::query("listSuppressedAlerts", "listSuppressedAlerts", &ListSuppressedAlerts),
    Member::query("verificationState", "verificationState", &VerificationState),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
]);
static ListAttachedPoliciesRequest: Shape = Shape::structure(&[
    Member::path("target", "target", &PolicyTarget).required(),
    Member::query("recursive", "recursive", &Recursive),
    Member::query("marker", "marker", &Marker),
    Member::query("pageSize", "pageSize", &PageSize),
]);
static ListAuditFindingsRequest: Shape = Shape::structure(&[
    Member::body("taskId", "taskId", &AuditTaskId),
    Member::body("checkName", "checkName", &AuditCheckName),
    Member::body("resourceIdentifier", "resourceIdentifier", &ResourceIdentifier),
    Member::body("maxResults", "maxResults", &MaxResults),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("startTime", "startTime", &Timestamp),
    Member::body("endTime", "endTime", &Timestamp),
    Member::body("listSuppressedFindings", "listSuppressedFindings", &ListSuppressedFindings),
]);
static ListAuditMitigationActionsExecutionsRequest: Shape = Shape::structure(&[
    Member::query("taskId", "taskId", &MitigationActionsTaskId).required(),
    Member::query("actionStatus", "actionStatus", &AuditMitigationActionsExecutionStatus),
    Member::query("findingId", "findingId", &FindingId).required(),
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListAuditMitigationActionsTasksRequest: Shape = Shape::structure(&[
    Member::query("auditTaskId", "auditTaskId", &AuditTaskId),
    Member::query("findingId", "findingId", &FindingId),
    Member::query("taskStatus", "taskStatus", &AuditMitigationActionsTaskStatus),
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("startTime", "startTime", &Timestamp).required(),
    Member::query("endTime", "endTime", &Timestamp).required(),
]);
static ListAuditSuppressionsRequest: Shape = Shape::structure(&[
    Member::body("checkName", "checkName", &AuditCheckName),
    Member::body("resourceIdentifier", "resourceIdentifier", &ResourceIdentifier),
    Member::body("ascendingOrder", "ascendingOrder", &AscendingOrder),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("maxResults", "maxResults", &MaxResults),
]);
static ListAuditTasksRequest: Shape = Shape::structure(&[
    Member::query("startTime", "startTime", &Timestamp).required(),
    Member::query("endTime", "endTime", &Timestamp).required(),
    Member::query("taskType", "taskType", &AuditTaskType),
    Member::query("taskStatus", "taskStatus", &AuditTaskStatus),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
]);
static ListAuthorizersRequest: Shape = Shape::structure(&[
    Member::query("pageSize", "pageSize", &PageSize),
    Member::query("marker", "marker", &Marker),
    Member::query("ascendingOrder", "isAscendingOrder", &AscendingOrder),
    Member::query("status", "status", &AuthorizerStatus),
]);
static ListBillingGroupsRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
    Member::query("namePrefixFilter", "namePrefixFilter", &BillingGroupName),
]);
static ListCACertificatesRequest: Shape = Shape::structure(&[
    Member::query("pageSize", "pageSize", &PageSize),
    Member::query("marker", "marker", &Marker),
    Member::query("ascendingOrder", "isAscendingOrder", &AscendingOrder),
    Member::query("templateName", "templateName", &TemplateName),
]);
static ListCertificateProvidersRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &Marker),
    Member::query("ascendingOrder", "isAscendingOrder", &AscendingOrder),
]);
static ListCertificatesByCARequest: Shape = Shape::structure(&[
    Member::path("caCertificateId", "caCertificateId", &CertificateId).required(),
    Member::query("pageSize", "pageSize", &PageSize),
    Member::query("marker", "marker", &Marker),
    Member::query("ascendingOrder", "isAscendingOrder", &AscendingOrder),
]);
static ListCertificatesRequest: Shape = Shape::structure(&[
    Member::query("pageSize", "pageSize", &PageSize),
    Member::query("marker", "marker", &Marker),
    Member::query("ascendingOrder", "isAscendingOrder", &AscendingOrder),
]);
static ListCommandExecutionsRequest: Shape = Shape::structure(&[
    Member::query("maxResults", "maxResults", &CommandMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::body("namespace", "namespace", &CommandNamespace),
    Member::body("status", "status", &CommandExecutionStatus),
    Member::body("sortOrder", "sortOrder", &SortOrder),
    Member::body("startedTimeFilter", "startedTimeFilter", &TimeFilter),
    Member::body("completedTimeFilter", "completedTimeFilter", &TimeFilter),
    Member::body("targetArn", "targetArn", &TargetArn),
    Member::body("commandArn", "commandArn", &CommandArn),
]);
static ListCommandsRequest: Shape = Shape::structure(&[
    Member::query("maxResults", "maxResults", &CommandMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("namespace", "namespace", &CommandNamespace),
    Member::query("commandParameterName", "commandParameterName", &CommandParameterName),
    Member::query("sortOrder", "sortOrder", &SortOrder),
]);
static ListCustomMetricsRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
]);
static ListDetectMitigationActionsExecutionsRequest: Shape = Shape::structure(&[
    Member::query("taskId", "taskId", &MitigationActionsTaskId),
    Member::query("violationId", "violationId", &ViolationId),
    Member::query("thingName", "thingName", &DeviceDefenderThingName),
    Member::query("startTime", "startTime", &Timestamp),
    Member::query("endTime", "endTime", &Timestamp),
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListDetectMitigationActionsTasksRequest: Shape = Shape::structure(&[
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("startTime", "startTime", &Timestamp).required(),
    Member::query("endTime", "endTime", &Timestamp).required(),
]);
static ListDimensionsRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
]);
static ListDomainConfigurationsRequest: Shape = Shape::structure(&[
    Member::query("marker", "marker", &Marker),
    Member::query("pageSize", "pageSize", &PageSize),
    Member::query("serviceType", "serviceType", &ServiceType),
]);
static ListFleetMetricsRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
]);
static ListIndicesRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &QueryMaxResults),
]);
static ListJobExecutionsForJobRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &JobId).required(),
    Member::query("status", "status", &JobExecutionStatus),
    Member::query("maxResults", "maxResults", &LaserMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListJobExecutionsForThingRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::query("status", "status", &JobExecutionStatus),
    Member::query("namespaceId", "namespaceId", &NamespaceId),
    Member::query("maxResults", "maxResults", &LaserMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("jobId", "jobId", &JobId),
]);
static ListJobTemplatesRequest: Shape = Shape::structure(&[
    Member::query("maxResults", "maxResults", &LaserMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListJobsRequest: Shape = Shape::structure(&[
    Member::query("status", "status", &JobStatus),
    Member::query("targetSelection", "targetSelection", &TargetSelection),
    Member::query("maxResults", "maxResults", &LaserMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("thingGroupName", "thingGroupName", &ThingGroupName),
    Member::query("thingGroupId", "thingGroupId", &ThingGroupId),
    Member::query("namespaceId", "namespaceId", &NamespaceId),
]);
static ListManagedJobTemplatesRequest: Shape = Shape::structure(&[
    Member::query("templateName", "templateName", &ManagedJobTemplateName),
    Member::query("maxResults", "maxResults", &LaserMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListMetricValuesRequest: Shape = Shape::structure(&[
    Member::query("thingName", "thingName", &DeviceDefenderThingName).required(),
    Member::query("metricName", "metricName", &BehaviorMetric).required(),
    Member::query("dimensionName", "dimensionName", &DimensionName),
    Member::query("dimensionValueOperator", "dimensionValueOperator", &DimensionValueOperator),
    Member::query("startTime", "startTime", &Timestamp).required(),
    Member::query("endTime", "endTime", &Timestamp).required(),
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListMitigationActionsRequest: Shape = Shape::structure(&[
    Member::query("actionType", "actionType", &MitigationActionType),
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListOTAUpdatesRequest: Shape = Shape::structure(&[
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("otaUpdateStatus", "otaUpdateStatus", &OTAUpdateStatus),
]);
static ListOutgoingCertificatesRequest: Shape = Shape::structure(&[
    Member::query("pageSize", "pageSize", &PageSize),
    Member::query("marker", "marker", &Marker),
    Member::query("ascendingOrder", "isAscendingOrder", &AscendingOrder),
]);
static ListPackageVersionsRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
    Member::query("status", "status", &PackageVersionStatus),
    Member::query("maxResults", "maxResults", &PackageCatalogMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListPackagesRequest: Shape = Shape::structure(&[
    Member::query("maxResults", "maxResults", &PackageCatalogMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListPoliciesRequest: Shape = Shape::structure(&[
    Member::query("marker", "marker", &Marker),
    Member::query("pageSize", "pageSize", &PageSize),
    Member::query("ascendingOrder", "isAscendingOrder", &AscendingOrder),
]);
static ListPolicyPrincipalsRequest: Shape = Shape::structure(&[
    Member::header("policyName", "x-amzn-iot-policy", &PolicyName).required(),
    Member::query("marker", "marker", &Marker),
    Member::query("pageSize", "pageSize", &PageSize),
    Member::query("ascendingOrder", "isAscendingOrder", &AscendingOrder),
]);
static ListPolicyVersionsRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
]);
static ListPrincipalPoliciesRequest: Shape = Shape::structure(&[
    Member::header("principal", "x-amzn-iot-principal", &Principal).required(),
    Member::query("marker", "marker", &Marker),
    Member::query("pageSize", "pageSize", &PageSize),
    Member::query("ascendingOrder", "isAscendingOrder", &AscendingOrder),
]);
static ListPrincipalThingsRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
    Member::header("principal", "x-amzn-principal", &Principal).required(),
]);
static ListPrincipalThingsV2Request: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
    Member::header("principal", "x-amzn-principal", &Principal).required(),
    Member::query("thingPrincipalType", "thingPrincipalType", &ThingPrincipalType),
]);
static ListProvisioningTemplateVersionsRequest: Shape = Shape::structure(&[
    Member::path("templateName", "templateName", &TemplateName).required(),
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListProvisioningTemplatesRequest: Shape = Shape::structure(&[
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListRelatedResourcesForAuditFindingRequest: Shape = Shape::structure(&[
    Member::query("findingId", "findingId", &FindingId).required(),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
]);
static ListRoleAliasesRequest: Shape = Shape::structure(&[
    Member::query("pageSize", "pageSize", &PageSize),
    Member::query("marker", "marker", &Marker),
    Member::query("ascendingOrder", "isAscendingOrder", &AscendingOrder),
]);
static ListSbomValidationResultsRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
    Member::path("versionName", "versionName", &VersionName).required(),
    Member::query("validationResult", "validationResult", &SbomValidationResult),
    Member::query("maxResults", "maxResults", &PackageCatalogMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListScheduledAuditsRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
]);
static ListSecurityProfilesForTargetRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("recursive", "recursive", &Recursive),
    Member::query("securityProfileTargetArn", "securityProfileTargetArn", &SecurityProfileTargetArn).required(),
]);
static ListSecurityProfilesRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("dimensionName", "dimensionName", &DimensionName),
    Member::query("metricName", "metricName", &MetricName),
]);
static ListStreamsRequest: Shape = Shape::structure(&[
    Member::query("maxResults", "maxResults", &MaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("ascendingOrder", "isAscendingOrder", &AscendingOrder),
]);
static ListSuppressedAlerts: Shape = Shape::boolean();
static ListSuppressedFindings: Shape = Shape::boolean();
static ListTagsForResourceRequest: Shape = Shape::structure(&[
    Member::query("resourceArn", "resourceArn", &ResourceArn).required(),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListTargetsForPolicyRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
    Member::query("marker", "marker", &Marker),
    Member::query("pageSize", "pageSize", &PageSize),
]);
static ListTargetsForSecurityProfileRequest: Shape = Shape::structure(&[
    Member::path("securityProfileName", "securityProfileName", &SecurityProfileName).required(),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
]);
static ListThingGroupsForThingRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
]);
static ListThingGroupsRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
    Member::query("parentGroup", "parentGroup", &ThingGroupName),
    Member::query("namePrefixFilter", "namePrefixFilter", &ThingGroupName),
    Member::query("recursive", "recursive", &RecursiveWithoutDefault),
]);
static ListThingPrincipalsRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
    Member::path("thingName", "thingName", &ThingName).required(),
]);
static ListThingPrincipalsV2Request: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::query("thingPrincipalType", "thingPrincipalType", &ThingPrincipalType),
]);
static ListThingRegistrationTaskReportsRequest: Shape = Shape::structure(&[
    Member::path("taskId", "taskId", &TaskId).required(),
    Member::query("reportType", "reportType", &ReportType).required(),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
]);
static ListThingRegistrationTasksRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
    Member::query("status", "status", &Status),
]);
static ListThingTypesRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
    Member::query("thingTypeName", "thingTypeName", &ThingTypeName),
]);
static ListThingsInBillingGroupRequest: Shape = Shape::structure(&[
    Member::path("billingGroupName", "billingGroupName", &BillingGroupName).required(),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
]);
static ListThingsInThingGroupRequest: Shape = Shape::structure(&[
    Member::path("thingGroupName", "thingGroupName", &ThingGroupName).required(),
    Member::query("recursive", "recursive", &Recursive),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
]);
static ListThingsRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &RegistryMaxResults),
    Member::query("attributeName", "attributeName", &AttributeName),
    Member::query("attributeValue", "attributeValue", &AttributeValue),
    Member::query("thingTypeName", "thingTypeName", &ThingTypeName),
    Member::query("usePrefixAttributeValue", "usePrefixAttributeValue", &usePrefixAttributeValue),
]);
static ListTopicRuleDestinationsRequest: Shape = Shape::structure(&[
    Member::query("maxResults", "maxResults", &TopicRuleDestinationMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
]);
static ListTopicRulesRequest: Shape = Shape::structure(&[
    Member::query("topic", "topic", &Topic),
    Member::query("maxResults", "maxResults", &TopicRuleMaxResults),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("ruleDisabled", "ruleDisabled", &IsDisabled),
]);
static ListV2LoggingLevelsRequest: Shape = Shape::structure(&[
    Member::query("targetType", "targetType", &LogTargetType),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &SkyfallMaxResults),
]);
static ListViolationEventsRequest: Shape = Shape::structure(&[
    Member::query("startTime", "startTime", &Timestamp).required(),
    Member::query("endTime", "endTime", &Timestamp).required(),
    Member::query("thingName", "thingName", &DeviceDefenderThingName),
    Member::query("securityProfileName", "securityProfileName", &SecurityProfileName),
    Member::query("behaviorCriteriaType", "behaviorCriteriaType", &BehaviorCriteriaType),
    Member::query("listSuppressedAlerts", "listSuppressedAlerts", &ListSuppressedAlerts),
    Member::query("verificationState", "verificationState", &VerificationState),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
]);
static LocationAction: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("trackerName", "trackerName", &String).required(),
    Member::body("deviceId", "deviceId", &String).required(),
    Member::body("timestamp", "timestamp", &LocationTimestamp),
    Member::body("latitude", "latitude", &String).required(),
    Member::body("longitude", "longitude", &String).required(),
]);
static LocationTimestamp: Shape = Shape::structure(&[
    Member::body("value", "value", &String).required(),
    Member::body("unit", "unit", &String),
]);
static LogDestination: Shape = Shape::string().min(1.0).max(512.0).pattern("^[.\\-_/#A-Za-z0-9]+$");
static LogEventConfiguration: Shape = Shape::structure(&[
    Member::body("eventType", "eventType", &LogEventType).required(),
    Member::body("logLevel", "logLevel", &LogLevel),
    Member::body("logDestination", "logDestination", &LogDestination),
]);
static LogEventConfigurations: Shape = Shape::list(&LogEventConfiguration);
static LogEventType: Shape = Shape::string().min(1.0).max(512.0);
static LogGroupName: Shape = Shape::string();
static LogLevel: Shape = Shape::string().one_of(&["DEBUG", "INFO", "ERROR", "WARN", "DISABLED"]);
static LogTarget: Shape = Shape::structure(&[
    Member::body("targetType", "targetType", &LogTargetType).required(),
    Member::body("targetName", "targetName", &LogTargetName),
]);
static LogTargetName: Shape = Shape::string();
static LogTargetType: Shape = Shape::string().one_of(&["DEFAULT", "THING_GROUP", "CLIENT_ID", "SOURCE_IP", "PRINCIPAL_ID"]);
static LoggingOptionsPayload: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("logLevel", "logLevel", &LogLevel),
]);
static LongParameterValue: Shape = Shape::long();
static MachineLearningDetectionConfig: Shape = Shape::structure(&[
    Member::body("confidenceLevel", "confidenceLevel", &ConfidenceLevel).required(),
]);
static MaintenanceWindow: Shape = Shape::structure(&[
    Member::body("startTime", "startTime", &CronExpression).required(),
    Member::body("durationInMinutes", "durationInMinutes", &DurationInMinutes).required(),
]);
static MaintenanceWindows: Shape = Shape::list(&MaintenanceWindow);
static ManagedJobTemplateName: Shape = Shape::string().min(1.0).max(64.0);
static ManagedTemplateVersion: Shape = Shape::string().pattern("^[1-9]+.[0-9]+");
static Marker: Shape = Shape::string().max(1024.0).pattern("[A-Za-z0-9+/]+={0,2}");
static MaxBatchOpenMs: Shape = Shape::integer().min(5.0).max(200.0);
static MaxBatchSize: Shape = Shape::integer().min(2.0).max(10.0);
static MaxBatchSizeBytes: Shape = Shape::integer().min(100.0).max(131072.0);
static MaxBuckets: Shape = Shape::integer().min(1.0).max(10000.0);
static MaxJobExecutionsPerMin: Shape = Shape::integer().min(1.0);
static MaxResults: Shape = Shape::integer().min(1.0).max(250.0);
static MaximumPerMinute: Shape = Shape::integer().min(1.0).max(1000.0);
static Message: Shape = Shape::string().max(128.0).pattern("[\\s\\S]*");
static MessageExpiry: Shape = Shape::string().min(0.0).max(1024.0);
static MessageFormat: Shape = Shape::string().one_of(&["RAW", "JSON"]);
static MessageId: Shape = Shape::string().max(128.0);
static MetricDimension: Shape = Shape::structure(&[
    Member::body("dimensionName", "dimensionName", &DimensionName).required(),
    Member::body("operator", "operator", &DimensionValueOperator),
]);
static MetricName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static MetricToRetain: Shape = Shape::structure(&[
    Member::body("metric", "metric", &BehaviorMetric).required(),
    Member::body("metricDimension", "metricDimension", &MetricDimension),
    Member::body("exportMetric", "exportMetric", &ExportMetric),
]);
static MetricValue: Shape = Shape::structure(&[
    Member::body("count", "count", &UnsignedLong),
    Member::body("cidrs", "cidrs", &Cidrs),
    Member::body("ports", "ports", &Ports),
    Member::body("number", "number", &Number),
    Member::body("numbers", "numbers", &NumberList),
    Member::body("strings", "strings", &StringList),
]);
static MetricsExportConfig: Shape = Shape::structure(&[
    Member::body("mqttTopic", "mqttTopic", &MqttTopic).required(),
    Member::body("roleArn", "roleArn", &RoleArn).required(),
]);
static MimeType: Shape = Shape::string().min(1.0);
static MinimumNumberOfExecutedThings: Shape = Shape::integer().min(1.0);
static MitigationActionName: Shape = Shape::string().max(128.0).pattern("[a-zA-Z0-9_-]+");
static MitigationActionNameList: Shape = Shape::list(&MitigationActionName).min(1.0).max(5.0);
static MitigationActionParams: Shape = Shape::structure(&[
    Member::body("updateDeviceCertificateParams", "updateDeviceCertificateParams", &UpdateDeviceCertificateParams),
    Member::body("updateCACertificateParams", "updateCACertificateParams", &UpdateCACertificateParams),
    Member::body("addThingsToThingGroupParams", "addThingsToThingGroupParams", &AddThingsToThingGroupParams),
    Member::body("replaceDefaultPolicyVersionParams", "replaceDefaultPolicyVersionParams", &ReplaceDefaultPolicyVersionParams),
    Member::body("enableIoTLoggingParams", "enableIoTLoggingParams", &EnableIoTLoggingParams),
    Member::body("publishFindingToSnsParams", "publishFindingToSnsParams", &PublishFindingToSnsParams),
]);
static MitigationActionType: Shape = Shape::string().one_of(&["UPDATE_DEVICE_CERTIFICATE", "UPDATE_CA_CERTIFICATE", "ADD_THINGS_TO_THING_GROUP", "REPLACE_DEFAULT_POLICY_VERSION", "ENABLE_IOT_LOGGING", "PUBLISH_FINDING_TO_SNS"]);
static MitigationActionsTaskId: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9_-]+");
static Mqtt5Configuration: Shape = Shape::structure(&[
    Member::body("propagatingAttributes", "propagatingAttributes", &PropagatingAttributeList),
]);
static MqttClientId: Shape = Shape::string().min(1.0).max(65535.0).pattern("[\\s\\S]*");
static MqttContext: Shape = Shape::structure(&[
    Member::body("username", "username", &MqttUsername),
    Member::body("password", "password", &MqttPassword),
    Member::body("clientId", "clientId", &MqttClientId),
]);
static MqttHeaders: Shape = Shape::structure(&[
    Member::body("payloadFormatIndicator", "payloadFormatIndicator", &PayloadFormatIndicator),
    Member::body("contentType", "contentType", &ContentType),
    Member::body("responseTopic", "responseTopic", &ResponseTopic),
    Member::body("correlationData", "correlationData", &CorrelationData),
    Member::body("messageExpiry", "messageExpiry", &MessageExpiry),
    Member::body("userProperties", "userProperties", &UserProperties),
]);
static MqttPassword: Shape = Shape::blob().min(1.0).max(65535.0);
static MqttTopic: Shape = Shape::string().min(1.0).max(512.0);
static MqttUsername: Shape = Shape::string().min(1.0).max(65535.0).pattern("[\\s\\S]*");
static NamedShadowIndexingMode: Shape = Shape::string().one_of(&["OFF", "ON"]);
static NamedShadowNamesFilter: Shape = Shape::list(&ShadowName);
static NamespaceId: Shape = Shape::string().pattern("[a-zA-Z0-9_-]+");
static NextToken: Shape = Shape::string();
static NullableBoolean: Shape = Shape::boolean();
static Number: Shape = Shape::double();
static NumberList: Shape = Shape::list(&Number);
static NumberOfRetries: Shape = Shape::integer().min(0.0).max(10.0);
static NumberOfThings: Shape = Shape::integer().min(1.0);
static OCSPLambdaArn: Shape = Shape::string().max(140.0);
static OTAUpdateDescription: Shape = Shape::string().max(2028.0).pattern("[^\\p{C}]+");
static OTAUpdateFile: Shape = Shape::structure(&[
    Member::body("fileName", "fileName", &FileName),
    Member::body("fileType", "fileType", &FileType),
    Member::body("fileVersion", "fileVersion", &OTAUpdateFileVersion),
    Member::body("fileLocation", "fileLocation", &FileLocation),
    Member::body("codeSigning", "codeSigning", &CodeSigning),
    Member::body("attributes", "attributes", &AttributesMap),
]);
static OTAUpdateFileVersion: Shape = Shape::string();
static OTAUpdateFiles: Shape = Shape::list(&OTAUpdateFile).min(1.0);
static OTAUpdateId: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9_-]+");
static OTAUpdateStatus: Shape = Shape::string().one_of(&["CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_FAILED", "DELETE_IN_PROGRESS", "DELETE_FAILED"]);
static OpenSearchAction: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("endpoint", "endpoint", &ElasticsearchEndpoint).required(),
    Member::body("index", "index", &ElasticsearchIndex).required(),
    Member::body("type", "type", &ElasticsearchType).required(),
    Member::body("id", "id", &ElasticsearchId).required(),
]);
static OptionalVersion: Shape = Shape::long();
static OutputFormat: Shape = Shape::string().one_of(&["JSON", "CBOR"]);
static OverrideDynamicGroups: Shape = Shape::boolean();
static PackageCatalogMaxResults: Shape = Shape::integer().min(1.0).max(100.0);
static PackageName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9-_.]+");
static PackageVersionAction: Shape = Shape::string().one_of(&["PUBLISH", "DEPRECATE"]);
static PackageVersionArn: Shape = Shape::string().min(1.0).max(1600.0).pattern("^arn:[!-~]+$");
static PackageVersionArtifact: Shape = Shape::structure(&[
    Member::body("s3Location", "s3Location", &S3Location),
]);
static PackageVersionRecipe: Shape = Shape::string().max(3072.0).secret();
static PackageVersionStatus: Shape = Shape::string().one_of(&["DRAFT", "PUBLISHED", "DEPRECATED"]);
static PageSize: Shape = Shape::integer().min(1.0).max(250.0);
static Parameter: Shape = Shape::string().min(0.0).max(2048.0).pattern("[\\s\\S]*");
static ParameterKey: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9_-]+");
static ParameterMap: Shape = Shape::map(&ParameterKey, &ParameterValue);
static ParameterValue: Shape = Shape::string().min(1.0).max(30720.0).pattern("[^\\p{C}]+");
static Parameters: Shape = Shape::map(&Parameter, &Value);
static PartitionKey: Shape = Shape::string();
static PayloadField: Shape = Shape::string();
static PayloadFormatIndicator: Shape = Shape::string().min(0.0).max(1024.0);
static PayloadVersion: Shape = Shape::string().min(10.0).max(32.0).pattern("^[0-9-]+$");
static Percent: Shape = Shape::double().min(0.0).max(100.0);
static PercentList: Shape = Shape::list(&Percent);
static Platform: Shape = Shape::string();
static PolicyDocument: Shape = Shape::string().min(0.0).max(404600.0).pattern("[\\s\\S]*");
static PolicyName: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w+=,.@-]+");
static PolicyNames: Shape = Shape::list(&PolicyName);
static PolicyTarget: Shape = Shape::string();
static PolicyTemplateName: Shape = Shape::string().one_of(&["BLANK_POLICY"]);
static PolicyVersionId: Shape = Shape::string().pattern("[0-9]+");
static PolicyVersionIdentifier: Shape = Shape::structure(&[
    Member::body("policyName", "policyName", &PolicyName),
    Member::body("policyVersionId", "policyVersionId", &PolicyVersionId),
]);
static Port: Shape = Shape::integer().min(0.0).max(65535.0);
static Ports: Shape = Shape::list(&Port);
static Prefix: Shape = Shape::string();
static PresignedUrlConfig: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &RoleArn),
    Member::body("expiresInSec", "expiresInSec", &ExpiresInSec),
]);
static Principal: Shape = Shape::string();
static PropagatingAttribute: Shape = Shape::structure(&[
    Member::body("userPropertyKey", "userPropertyKey", &UserPropertyKeyName),
    Member::body("thingAttribute", "thingAttribute", &AttributeName),
    Member::body("connectionAttribute", "connectionAttribute", &ConnectionAttributeName),
]);
static PropagatingAttributeList: Shape = Shape::list(&PropagatingAttribute);
static Protocol: Shape = Shape::string().one_of(&["MQTT", "HTTP"]);
static Protocols: Shape = Shape::list(&Protocol).min(1.0).max(2.0);
static ProvisioningHook: Shape = Shape::structure(&[
    Member::body("payloadVersion", "payloadVersion", &PayloadVersion),
    Member::body("targetArn", "targetArn", &TargetArn).required(),
]);
static PublicKeyMap: Shape = Shape::map(&KeyName, &KeyValue);
static PublishFindingToSnsParams: Shape = Shape::structure(&[
    Member::body("topicArn", "topicArn", &SnsTopicArn).required(),
]);
static PutAssetPropertyValueEntry: Shape = Shape::structure(&[
    Member::body("entryId", "entryId", &AssetPropertyEntryId),
    Member::body("assetId", "assetId", &AssetId),
    Member::body("propertyId", "propertyId", &AssetPropertyId),
    Member::body("propertyAlias", "propertyAlias", &AssetPropertyAlias),
    Member::body("propertyValues", "propertyValues", &AssetPropertyValueList).required(),
]);
static PutAssetPropertyValueEntryList: Shape = Shape::list(&PutAssetPropertyValueEntry).min(1.0);
static PutItemInput: Shape = Shape::structure(&[
    Member::body("tableName", "tableName", &TableName).required(),
]);
static PutVerificationStateOnViolationRequest: Shape = Shape::structure(&[
    Member::path("violationId", "violationId", &ViolationId).required(),
    Member::body("verificationState", "verificationState", &VerificationState).required(),
    Member::body("verificationStateDescription", "verificationStateDescription", &VerificationStateDescription),
]);
static Qos: Shape = Shape::integer().min(0.0).max(1.0);
static QueryMaxResults: Shape = Shape::integer().min(1.0).max(500.0);
static QueryString: Shape = Shape::string().min(1.0);
static QueryVersion: Shape = Shape::string();
static QueueUrl: Shape = Shape::string();
static RangeKeyField: Shape = Shape::string();
static RangeKeyValue: Shape = Shape::string();
static RateIncreaseCriteria: Shape = Shape::structure(&[
    Member::body("numberOfNotifiedThings", "numberOfNotifiedThings", &NumberOfThings),
    Member::body("numberOfSucceededThings", "numberOfSucceededThings", &NumberOfThings),
]);
static ReasonCode: Shape = Shape::string().max(128.0).pattern("[\\p{Upper}\\p{Digit}_]+");
static ReasonForNonComplianceCode: Shape = Shape::string();
static ReasonForNonComplianceCodes: Shape = Shape::list(&ReasonForNonComplianceCode).min(1.0).max(25.0);
static Recursive: Shape = Shape::boolean();
static RecursiveWithoutDefault: Shape = Shape::boolean();
static RegisterCACertificateRequest: Shape = Shape::structure(&[
    Member::body("caCertificate", "caCertificate", &CertificatePem).required(),
    Member::body("verificationCertificate", "verificationCertificate", &CertificatePem),
    Member::query("setAsActive", "setAsActive", &SetAsActive),
    Member::query("allowAutoRegistration", "allowAutoRegistration", &AllowAutoRegistration),
    Member::body("registrationConfig", "registrationConfig", &RegistrationConfig),
    Member::body("tags", "tags", &TagList),
    Member::body("certificateMode", "certificateMode", &CertificateMode),
]);
static RegisterCertificateRequest: Shape = Shape::structure(&[
    Member::body("certificatePem", "certificatePem", &CertificatePem).required(),
    Member::body("caCertificatePem", "caCertificatePem", &CertificatePem),
    Member::query("setAsActive", "setAsActive", &SetAsActiveFlag),
    Member::body("status", "status", &CertificateStatus),
]);
static RegisterCertificateWithoutCARequest: Shape = Shape::structure(&[
    Member::body("certificatePem", "certificatePem", &CertificatePem).required(),
    Member::body("status", "status", &CertificateStatus),
]);
static RegisterThingRequest: Shape = Shape::structure(&[
    Member::body("templateBody", "templateBody", &TemplateBody).required(),
    Member::body("parameters", "parameters", &Parameters),
]);
static RegistrationConfig: Shape = Shape::structure(&[
    Member::body("templateBody", "templateBody", &TemplateBody),
    Member::body("roleArn", "roleArn", &RoleArn),
    Member::body("templateName", "templateName", &TemplateName),
]);
static RegistryMaxResults: Shape = Shape::integer().min(1.0).max(250.0);
static RegistryS3BucketName: Shape = Shape::string().min(3.0).max(256.0).pattern("[a-zA-Z0-9._-]+");
static RegistryS3KeyName: Shape = Shape::string().min(1.0).max(1024.0).pattern("[a-zA-Z0-9!_.*'()-\\/]+");
static RejectCertificateTransferRequest: Shape = Shape::structure(&[
    Member::path("certificateId", "certificateId", &CertificateId).required(),
    Member::body("rejectReason", "rejectReason", &Message),
]);
static RemoveAuthorizerConfig: Shape = Shape::boolean();
static RemoveAutoRegistration: Shape = Shape::boolean();
static RemoveHook: Shape = Shape::boolean();
static RemoveThingFromBillingGroupRequest: Shape = Shape::structure(&[
    Member::body("billingGroupName", "billingGroupName", &BillingGroupName),
    Member::body("billingGroupArn", "billingGroupArn", &BillingGroupArn),
    Member::body("thingName", "thingName", &ThingName),
    Member::body("thingArn", "thingArn", &ThingArn),
]);
static RemoveThingFromThingGroupRequest: Shape = Shape::structure(&[
    Member::body("thingGroupName", "thingGroupName", &ThingGroupName),
    Member::body("thingGroupArn", "thingGroupArn", &ThingGroupArn),
    Member::body("thingName", "thingName", &ThingName),
    Member::body("thingArn", "thingArn", &ThingArn),
]);
static RemoveThingType: Shape = Shape::boolean();
static ReplaceDefaultPolicyVersionParams: Shape = Shape::structure(&[
    Member::body("templateName", "templateName", &PolicyTemplateName).required(),
]);
static ReplaceTopicRuleRequest: Shape = Shape::structure(&[
    Member::path("ruleName", "ruleName", &RuleName).required(),
    Member::payload("topicRulePayload", "topicRulePayload", &TopicRulePayload).required(),
]);
static ReportType: Shape = Shape::string().one_of(&["ERRORS", "RESULTS"]);
static RepublishAction: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("topic", "topic", &TopicPattern).required(),
    Member::body("qos", "qos", &Qos),
    Member::body("headers", "headers", &MqttHeaders),
]);
static ReservedDomainConfigurationName: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w.:-]+");
static Resource: Shape = Shape::string().max(2048.0).pattern("[\\s\\S]*");
static ResourceArn: Shape = Shape::string();
static ResourceAttributeKey: Shape = Shape::string().min(1.0).pattern("[a-zA-Z0-9:_-]+");
static ResourceAttributeValue: Shape = Shape::string().min(1.0).pattern("[^\\p{C}]+");
static ResourceAttributes: Shape = Shape::map(&ResourceAttributeKey, &ResourceAttributeValue).secret();
static ResourceDescription: Shape = Shape::string().min(0.0).max(1024.0).pattern("[^\\p{C}]+").secret();
static ResourceIdentifier: Shape = Shape::structure(&[
    Member::body("deviceCertificateId", "deviceCertificateId", &CertificateId),
    Member::body("caCertificateId", "caCertificateId", &CertificateId),
    Member::body("cognitoIdentityPoolId", "cognitoIdentityPoolId", &CognitoIdentityPoolId),
    Member::body("clientId", "clientId", &ClientId),
    Member::body("policyVersionIdentifier", "policyVersionIdentifier", &PolicyVersionIdentifier),
    Member::body("account", "account", &AwsAccountId),
    Member::body("iamRoleArn", "iamRoleArn", &RoleArn),
    Member::body("roleAliasArn", "roleAliasArn", &RoleAliasArn),
    Member::body("issuerCertificateIdentifier", "issuerCertificateIdentifier", &IssuerCertificateIdentifier),
    Member::body("deviceCertificateArn", "deviceCertificateArn", &CertificateArn),
]);
static Resources: Shape = Shape::list(&Resource);
static ResponseTopic: Shape = Shape::string().min(0.0).max(1024.0);
static RetryCriteria: Shape = Shape::structure(&[
    Member::body("failureType", "failureType", &RetryableFailureType).required(),
    Member::body("numberOfRetries", "numberOfRetries", &NumberOfRetries).required(),
]);
static RetryCriteriaList: Shape = Shape::list(&RetryCriteria).min(1.0).max(2.0);
static RetryableFailureType: Shape = Shape::string().one_of(&["FAILED", "TIMED_OUT", "ALL"]);
static RoleAlias: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w=,@-]+");
static RoleAliasArn: Shape = Shape::string().min(1.0).max(2048.0);
static RoleArn: Shape = Shape::string().min(20.0).max(2048.0);
static RolloutRatePerMinute: Shape = Shape::integer().min(1.0).max(1000.0);
static RuleName: Shape = Shape::string().min(1.0).max(128.0).pattern("^[a-zA-Z0-9_]+$");
static S3Action: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("bucketName", "bucketName", &BucketName).required(),
    Member::body("key", "key", &Key).required(),
    Member::body("cannedAcl", "cannedAcl", &CannedAccessControlList),
]);
static S3Bucket: Shape = Shape::string().min(1.0);
static S3Destination: Shape = Shape::structure(&[
    Member::body("bucket", "bucket", &S3Bucket),
    Member::body("prefix", "prefix", &Prefix),
]);
static S3Key: Shape = Shape::string().min(1.0);
static S3Location: Shape = Shape::structure(&[
    Member::body("bucket", "bucket", &S3Bucket),
    Member::body("key", "key", &S3Key),
    Member::body("version", "version", &S3Version),
]);
static S3Version: Shape = Shape::string();
static SQL: Shape = Shape::string();
static SalesforceAction: Shape = Shape::structure(&[
    Member::body("token", "token", &SalesforceToken).required(),
    Member::body("url", "url", &SalesforceEndpoint).required(),
]);
static SalesforceEndpoint: Shape = Shape::string().max(2000.0).pattern("https://ingestion-[a-zA-Z0-9]{1,12}\\.[a-zA-Z0-9]+\\.((sfdc-matrix\\.net)|(sfdcnow\\.com))/streams/\\w{1,20}/\\w{1,20}/event");
static SalesforceToken: Shape = Shape::string().min(40.0);
static Sbom: Shape = Shape::structure(&[
    Member::body("s3Location", "s3Location", &S3Location),
]);
static SbomValidationResult: Shape = Shape::string().one_of(&["FAILED", "SUCCEEDED"]);
static ScheduledAuditName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9_-]+");
static SchedulingConfig: Shape = Shape::structure(&[
    Member::body("startTime", "startTime", &StringDateTime),
    Member::body("endTime", "endTime", &StringDateTime),
    Member::body("endBehavior", "endBehavior", &JobEndBehavior),
    Member::body("maintenanceWindows", "maintenanceWindows", &MaintenanceWindows),
]);
static SearchIndexRequest: Shape = Shape::structure(&[
    Member::body("indexName", "indexName", &IndexName),
    Member::body("queryString", "queryString", &QueryString).required(),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("maxResults", "maxResults", &SearchQueryMaxResults),
    Member::body("queryVersion", "queryVersion", &QueryVersion),
]);
static SearchQueryMaxResults: Shape = Shape::integer().min(1.0);
static SearchableAttributes: Shape = Shape::list(&AttributeName);
static SecurityGroupId: Shape = Shape::string();
static SecurityGroupList: Shape = Shape::list(&SecurityGroupId);
static SecurityPolicy: Shape = Shape::string().max(128.0).pattern("[\\s\\S]*");
static SecurityProfileDescription: Shape = Shape::string().max(1000.0).pattern("[\\p{Graph}\\x20]*");
static SecurityProfileName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static SecurityProfileTargetArn: Shape = Shape::string();
static ServerCertificateArns: Shape = Shape::list(&AcmCertificateArn).min(0.0).max(1.0);
static ServerCertificateConfig: Shape = Shape::structure(&[
    Member::body("enableOCSPCheck", "enableOCSPCheck", &EnableOCSPCheck),
    Member::body("ocspLambdaArn", "ocspLambdaArn", &OCSPLambdaArn),
    Member::body("ocspAuthorizedResponderArn", "ocspAuthorizedResponderArn", &AcmCertificateArn),
]);
static ServerName: Shape = Shape::string().min(1.0).max(253.0).pattern("[\\s\\S]*");
static ServiceName: Shape = Shape::string();
static ServiceType: Shape = Shape::string().one_of(&["DATA", "CREDENTIAL_PROVIDER", "JOBS"]);
static SetAsActive: Shape = Shape::boolean();
static SetAsActiveFlag: Shape = Shape::boolean();
static SetAsDefault: Shape = Shape::boolean();
static SetDefaultAuthorizerRequest: Shape = Shape::structure(&[
    Member::body("authorizerName", "authorizerName", &AuthorizerName).required(),
]);
static SetDefaultPolicyVersionRequest: Shape = Shape::structure(&[
    Member::path("policyName", "policyName", &PolicyName).required(),
    Member::path("policyVersionId", "policyVersionId", &PolicyVersionId).required(),
]);
static SetLoggingOptionsRequest: Shape = Shape::structure(&[
    Member::payload("loggingOptionsPayload", "loggingOptionsPayload", &LoggingOptionsPayload).required(),
]);
static SetV2LoggingLevelRequest: Shape = Shape::structure(&[
    Member::body("logTarget", "logTarget", &LogTarget).required(),
    Member::body("logLevel", "logLevel", &LogLevel).required(),
]);
static SetV2LoggingOptionsRequest: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn),
    Member::body("defaultLogLevel", "defaultLogLevel", &LogLevel),
    Member::body("disableAllLogs", "disableAllLogs", &DisableAllLogs),
    Member::body("eventConfigurations", "eventConfigurations", &LogEventConfigurations),
]);
static ShadowName: Shape = Shape::string().min(1.0).max(64.0).pattern("[$a-zA-Z0-9:_-]+");
static SigV4Authorization: Shape = Shape::structure(&[
    Member::body("signingRegion", "signingRegion", &SigningRegion).required(),
    Member::body("serviceName", "serviceName", &ServiceName).required(),
    Member::body("roleArn", "roleArn", &AwsArn).required(),
]);
static Signature: Shape = Shape::blob();
static SignatureAlgorithm: Shape = Shape::string();
static SigningJobId: Shape = Shape::string();
static SigningProfileName: Shape = Shape::string();
static SigningProfileParameter: Shape = Shape::structure(&[
    Member::body("certificateArn", "certificateArn", &CertificateArn),
    Member::body("platform", "platform", &Platform),
    Member::body("certificatePathOnDevice", "certificatePathOnDevice", &CertificatePathOnDevice),
]);
static SigningRegion: Shape = Shape::string();
static SkyfallMaxResults: Shape = Shape::integer().min(1.0).max(250.0);
static SnsAction: Shape = Shape::structure(&[
    Member::body("targetArn", "targetArn", &AwsArn).required(),
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("messageFormat", "messageFormat", &MessageFormat),
]);
static SnsTopicArn: Shape = Shape::string().max(350.0);
static SortOrder: Shape = Shape::string().one_of(&["ASCENDING", "DESCENDING"]);
static SqsAction: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("queueUrl", "queueUrl", &QueueUrl).required(),
    Member::body("useBase64", "useBase64", &UseBase64),
]);
static StartAuditMitigationActionsTaskRequest: Shape = Shape::structure(&[
    Member::path("taskId", "taskId", &MitigationActionsTaskId).required(),
    Member::body("target", "target", &AuditMitigationActionsTaskTarget).required(),
    Member::body("auditCheckToActionsMapping", "auditCheckToActionsMapping", &AuditCheckToActionsMapping).required(),
    Member::body("clientRequestToken", "clientRequestToken", &ClientRequestToken).required(),
]);
static StartDetectMitigationActionsTaskRequest: Shape = Shape::structure(&[
    Member::path("taskId", "taskId", &MitigationActionsTaskId).required(),
    Member::body("target", "target", &DetectMitigationActionsTaskTarget).required(),
    Member::body("actions", "actions", &DetectMitigationActionsToExecuteList).required(),
    Member::body("violationEventOccurrenceRange", "violationEventOccurrenceRange", &ViolationEventOccurrenceRange),
    Member::body("includeOnlyActiveViolations", "includeOnlyActiveViolations", &NullableBoolean),
    Member::body("includeSuppressedAlerts", "includeSuppressedAlerts", &NullableBoolean),
    Member::body("clientRequestToken", "clientRequestToken", &ClientRequestToken).required(),
]);
static StartOnDemandAuditTaskRequest: Shape = Shape::structure(&[
    Member::body("targetCheckNames", "targetCheckNames", &TargetAuditCheckNames).required(),
]);
static StartSigningJobParameter: Shape = Shape::structure(&[
    Member::body("signingProfileParameter", "signingProfileParameter", &SigningProfileParameter),
    Member::body("signingProfileName", "signingProfileName", &SigningProfileName),
    Member::body("destination", "destination", &Destination),
]);
static StartThingRegistrationTaskRequest: Shape = Shape::structure(&[
    Member::body("templateBody", "templateBody", &TemplateBody).required(),
    Member::body("inputFileBucket", "inputFileBucket", &RegistryS3BucketName).required(),
    Member::body("inputFileKey", "inputFileKey", &RegistryS3KeyName).required(),
    Member::body("roleArn", "roleArn", &RoleArn).required(),
]);
static StateMachineName: Shape = Shape::string();
static StateReason: Shape = Shape::string();
static StateValue: Shape = Shape::string();
static StatisticalThreshold: Shape = Shape::structure(&[
    Member::body("statistic", "statistic", &EvaluationStatistic),
]);
static Status: Shape = Shape::string().one_of(&["InProgress", "Completed", "Failed", "Cancelled", "Cancelling"]);
static StepFunctionsAction: Shape = Shape::structure(&[
    Member::body("executionNamePrefix", "executionNamePrefix", &ExecutionNamePrefix),
    Member::body("stateMachineName", "stateMachineName", &StateMachineName).required(),
    Member::body("roleArn", "roleArn", &AwsArn).required(),
]);
static StopThingRegistrationTaskRequest: Shape = Shape::structure(&[
    Member::path("taskId", "taskId", &TaskId).required(),
]);
static Stream: Shape = Shape::structure(&[
    Member::body("streamId", "streamId", &StreamId),
    Member::body("fileId", "fileId", &FileId),
]);
static StreamDescription: Shape = Shape::string().max(2028.0).pattern("[^\\p{C}]+");
static StreamFile: Shape = Shape::structure(&[
    Member::body("fileId", "fileId", &FileId),
    Member::body("s3Location", "s3Location", &S3Location),
]);
static StreamFiles: Shape = Shape::list(&StreamFile).min(1.0).max(50.0);
static StreamId: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9_-]+");
static StreamName: Shape = Shape::string();
static String: Shape = Shape::string();
static StringDateTime: Shape = Shape::string().min(1.0).max(64.0);
static StringList: Shape = Shape::list(&stringValue);
static StringParameterValue: Shape = Shape::string().min(1.0);
static SubnetId: Shape = Shape::string();
static SubnetIdList: Shape = Shape::list(&SubnetId);
static SuppressAlerts: Shape = Shape::boolean();
static SuppressIndefinitely: Shape = Shape::boolean();
static TableName: Shape = Shape::string();
static Tag: Shape = Shape::structure(&[
    Member::body("Key", "Key", &TagKey).required(),
    Member::body("Value", "Value", &TagValue),
]);
static TagKey: Shape = Shape::string().min(1.0).max(128.0).pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$");
static TagKeyList: Shape = Shape::list(&TagKey);
static TagList: Shape = Shape::list(&Tag);
static TagMap: Shape = Shape::map(&TagKey, &TagValue).min(1.0).max(50.0);
static TagResourceRequest: Shape = Shape::structure(&[
    Member::body("resourceArn", "resourceArn", &ResourceArn).required(),
    Member::body("tags", "tags", &TagList).required(),
]);
static TagValue: Shape = Shape::string().min(0.0).max(256.0);
static Target: Shape = Shape::string();
static TargetArn: Shape = Shape::string().max(2048.0);
static TargetAuditCheckNames: Shape = Shape::list(&AuditCheckName);
static TargetFieldName: Shape = Shape::string();
static TargetFieldOrder: Shape = Shape::string().one_of(&["LatLon", "LonLat"]);
static TargetSelection: Shape = Shape::string().one_of(&["CONTINUOUS", "SNAPSHOT"]);
static TargetViolationIdsForDetectMitigationActions: Shape = Shape::list(&ViolationId).min(1.0).max(25.0);
static Targets: Shape = Shape::list(&Target).min(1.0);
static TaskId: Shape = Shape::string().max(40.0);
static TemplateBody: Shape = Shape::string().min(0.0).max(10240.0).pattern("[\\s\\S]*");
static TemplateDescription: Shape = Shape::string().min(0.0).max(500.0).pattern("[^\\p{C}]*");
static TemplateName: Shape = Shape::string().min(1.0).max(36.0).pattern("^[0-9A-Za-z_-]+$");
static TemplateType: Shape = Shape::string().one_of(&["FLEET_PROVISIONING", "JITP"]);
static TemplateVersionId: Shape = Shape::integer();
static TermsAggregation: Shape = Shape::structure(&[
    Member::body("maxBuckets", "maxBuckets", &MaxBuckets),
]);
static TestAuthorizationRequest: Shape = Shape::structure(&[
    Member::body("principal", "principal", &Principal),
    Member::body("cognitoIdentityPoolId", "cognitoIdentityPoolId", &CognitoIdentityPoolId),
    Member::body("authInfos", "authInfos", &AuthInfos).required(),
    Member::query("clientId", "clientId", &ClientId),
    Member::body("policyNamesToAdd", "policyNamesToAdd", &PolicyNames),
    Member::body("policyNamesToSkip", "policyNamesToSkip", &PolicyNames),
]);
static TestInvokeAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("authorizerName", "authorizerName", &AuthorizerName).required(),
    Member::body("token", "token", &Token),
    Member::body("tokenSignature", "tokenSignature", &TokenSignature),
    Member::body("httpContext", "httpContext", &HttpContext),
    Member::body("mqttContext", "mqttContext", &MqttContext),
    Member::body("tlsContext", "tlsContext", &TlsContext),
]);
static ThingArn: Shape = Shape::string();
static ThingConnectivityIndexingMode: Shape = Shape::string().one_of(&["OFF", "STATUS"]);
static ThingGroupArn: Shape = Shape::string();
static ThingGroupDescription: Shape = Shape::string().max(2028.0).pattern("[\\p{Graph}\\x20]*");
static ThingGroupId: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9\\-]+");
static ThingGroupIndexingConfiguration: Shape = Shape::structure(&[
    Member::body("thingGroupIndexingMode", "thingGroupIndexingMode", &ThingGroupIndexingMode).required(),
    Member::body("managedFields", "managedFields", &Fields),
    Member::body("customFields", "customFields", &Fields),
]);
static ThingGroupIndexingMode: Shape = Shape::string().one_of(&["OFF", "ON"]);
static ThingGroupList: Shape = Shape::list(&ThingGroupName);
static ThingGroupName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static ThingGroupNames: Shape = Shape::list(&ThingGroupName).min(1.0).max(10.0);
static ThingGroupProperties: Shape = Shape::structure(&[
    Member::body("thingGroupDescription", "thingGroupDescription", &ThingGroupDescription),
    Member::body("attributePayload", "attributePayload", &AttributePayload),
]);
static ThingIndexingConfiguration: Shape = Shape::structure(&[
    Member::body("thingIndexingMode", "thingIndexingMode", &ThingIndexingMode).required(),
    Member::body("thingConnectivityIndexingMode", "thingConnectivityIndexingMode", &ThingConnectivityIndexingMode),
    Member::body("deviceDefenderIndexingMode", "deviceDefenderIndexingMode", &DeviceDefenderIndexingMode),
    Member::body("namedShadowIndexingMode", "namedShadowIndexingMode", &NamedShadowIndexingMode),
    Member::body("managedFields", "managedFields", &Fields),
    Member::body("customFields", "customFields", &Fields),
    Member::body("filter", "filter", &IndexingFilter),
]);
static ThingIndexingMode: Shape = Shape::string().one_of(&["OFF", "REGISTRY", "REGISTRY_AND_SHADOW"]);
static ThingName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static ThingPrincipalType: Shape = Shape::string().one_of(&["EXCLUSIVE_THING", "NON_EXCLUSIVE_THING"]);
static ThingTypeDescription: Shape = Shape::string().max(2028.0).pattern("[\\p{Graph}\\x20]*");
static ThingTypeName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static ThingTypeProperties: Shape = Shape::structure(&[
    Member::body("thingTypeDescription", "thingTypeDescription", &ThingTypeDescription),
    Member::body("searchableAttributes", "searchableAttributes", &SearchableAttributes),
    Member::body("mqtt5Configuration", "mqtt5Configuration", &Mqtt5Configuration),
]);
static TimeFilter: Shape = Shape::structure(&[
    Member::body("after", "after", &StringDateTime),
    Member::body("before", "before", &StringDateTime),
]);
static TimeoutConfig: Shape = Shape::structure(&[
    Member::body("inProgressTimeoutInMinutes", "inProgressTimeoutInMinutes", &InProgressTimeoutInMinutes),
]);
static Timestamp: Shape = Shape::timestamp();
static TimestreamAction: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &AwsArn).required(),
    Member::body("databaseName", "databaseName", &TimestreamDatabaseName).required(),
    Member::body("tableName", "tableName", &TimestreamTableName).required(),
    Member::body("dimensions", "dimensions", &TimestreamDimensionList).required(),
    Member::body("timestamp", "timestamp", &TimestreamTimestamp),
]);
static TimestreamDatabaseName: Shape = Shape::string();
static TimestreamDimension: Shape = Shape::structure(&[
    Member::body("name", "name", &TimestreamDimensionName).required(),
    Member::body("value", "value", &TimestreamDimensionValue).required(),
]);
static TimestreamDimensionList: Shape = Shape::list(&TimestreamDimension).min(1.0).max(128.0);
static TimestreamDimensionName: Shape = Shape::string();
static TimestreamDimensionValue: Shape = Shape::string();
static TimestreamTableName: Shape = Shape::string();
static TimestreamTimestamp: Shape = Shape::structure(&[
    Member::body("value", "value", &TimestreamTimestampValue).required(),
    Member::body("unit", "unit", &TimestreamTimestampUnit).required(),
]);
static TimestreamTimestampUnit: Shape = Shape::string();
static TimestreamTimestampValue: Shape = Shape::string();
static TinyMaxResults: Shape = Shape::integer().min(1.0).max(10.0);
static TlsConfig: Shape = Shape::structure(&[
    Member::body("securityPolicy", "securityPolicy", &SecurityPolicy),
]);
static TlsContext: Shape = Shape::structure(&[
    Member::body("serverName", "serverName", &ServerName),
]);
static Token: Shape = Shape::string().min(1.0).max(6144.0).pattern("[\\s\\S]*");
static TokenKeyName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9_-]+");
static TokenSignature: Shape = Shape::string().min(1.0).max(2560.0).pattern("[A-Za-z0-9+/]+={0,2}");
static Topic: Shape = Shape::string();
static TopicPattern: Shape = Shape::string();
static TopicRuleDestinationConfiguration: Shape = Shape::structure(&[
    Member::body("httpUrlConfiguration", "httpUrlConfiguration", &HttpUrlDestinationConfiguration),
    Member::body("vpcConfiguration", "vpcConfiguration", &VpcDestinationConfiguration),
    Member::body("influxDBConfiguration", "influxDBConfiguration", &InfluxDBDestinationConfiguration),
]);
static TopicRuleDestinationMaxResults: Shape = Shape::integer().min(1.0).max(1000.0);
static TopicRuleDestinationStatus: Shape = Shape::string().one_of(&["ENABLED", "IN_PROGRESS", "DISABLED", "ERROR", "DELETING"]);
static TopicRuleMaxResults: Shape = Shape::integer().min(1.0).max(10000.0);
static TopicRulePayload: Shape = Shape::structure(&[
    Member::body("sql", "sql", &SQL).required(),
    Member::body("description", "description", &Description),
    Member::body("actions", "actions", &ActionList).required(),
    Member::body("ruleDisabled", "ruleDisabled", &IsDisabled),
    Member::body("awsIotSqlVersion", "awsIotSqlVersion", &AwsIotSqlVersion),
    Member::body("errorAction", "errorAction", &Action),
]);
static TransferCertificateRequest: Shape = Shape::structure(&[
    Member::path("certificateId", "certificateId", &CertificateId).required(),
    Member::query("targetAwsAccount", "targetAwsAccount", &AwsAccountId).required(),
    Member::body("transferMessage", "transferMessage", &Message),
]);
static UndoDeprecate: Shape = Shape::boolean();
static UnsetDefaultVersion: Shape = Shape::boolean();
static UnsignedLong: Shape = Shape::long().min(0.0);
static UnsignedLongParameterValue: Shape = Shape::string().min(1.0).max(20.0).pattern("^[0-9]*$");
static UntagResourceRequest: Shape = Shape::structure(&[
    Member::body("resourceArn", "resourceArn", &ResourceArn).required(),
    Member::body("tagKeys", "tagKeys", &TagKeyList).required(),
]);
static UpdateAccountAuditConfigurationRequest: Shape = Shape::structure(&[
    Member::body("roleArn", "roleArn", &RoleArn),
    Member::body("auditNotificationTargetConfigurations", "auditNotificationTargetConfigurations", &AuditNotificationTargetConfigurations),
    Member::body("auditCheckConfigurations", "auditCheckConfigurations", &AuditCheckConfigurations),
]);
static UpdateAuditSuppressionRequest: Shape = Shape::structure(&[
    Member::body("checkName", "checkName", &AuditCheckName).required(),
    Member::body("resourceIdentifier", "resourceIdentifier", &ResourceIdentifier).required(),
    Member::body("expirationDate", "expirationDate", &Timestamp),
    Member::body("suppressIndefinitely", "suppressIndefinitely", &SuppressIndefinitely),
    Member::body("description", "description", &AuditDescription),
]);
static UpdateAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("authorizerName", "authorizerName", &AuthorizerName).required(),
    Member::body("authorizerFunctionArn", "authorizerFunctionArn", &AuthorizerFunctionArn),
    Member::body("tokenKeyName", "tokenKeyName", &TokenKeyName),
    Member::body("tokenSigningPublicKeys", "tokenSigningPublicKeys", &PublicKeyMap),
    Member::body("status", "status", &AuthorizerStatus),
    Member::body("enableCachingForHttp", "enableCachingForHttp", &EnableCachingForHttp),
]);
static UpdateBillingGroupRequest: Shape = Shape::structure(&[
    Member::path("billingGroupName", "billingGroupName", &BillingGroupName).required(),
    Member::body("billingGroupProperties", "billingGroupProperties", &BillingGroupProperties).required(),
    Member::body("expectedVersion", "expectedVersion", &OptionalVersion),
]);
static UpdateCACertificateParams: Shape = Shape::structure(&[
    Member::body("action", "action", &CACertificateUpdateAction).required(),
]);
static UpdateCACertificateRequest: Shape = Shape::structure(&[
    Member::path("certificateId", "caCertificateId", &CertificateId).required(),
    Member::query("newStatus", "newStatus", &CACertificateStatus),
    Member::query("newAutoRegistrationStatus", "newAutoRegistrationStatus", &AutoRegistrationStatus),
    Member::body("registrationConfig", "registrationConfig", &RegistrationConfig),
    Member::body("removeAutoRegistration", "removeAutoRegistration", &RemoveAutoRegistration),
]);
static UpdateCertificateProviderRequest: Shape = Shape::structure(&[
    Member::path("certificateProviderName", "certificateProviderName", &CertificateProviderName).required(),
    Member::body("lambdaFunctionArn", "lambdaFunctionArn", &CertificateProviderFunctionArn),
    Member::body("accountDefaultForOperations", "accountDefaultForOperations", &CertificateProviderAccountDefaultForOperations),
]);
static UpdateCertificateRequest: Shape = Shape::structure(&[
    Member::path("certificateId", "certificateId", &CertificateId).required(),
    Member::query("newStatus", "newStatus", &CertificateStatus).required(),
]);
static UpdateCommandRequest: Shape = Shape::structure(&[
    Member::path("commandId", "commandId", &CommandId).required(),
    Member::body("displayName", "displayName", &DisplayName),
    Member::body("description", "description", &CommandDescription),
    Member::body("deprecated", "deprecated", &DeprecationFlag),
]);
static UpdateCustomMetricRequest: Shape = Shape::structure(&[
    Member::path("metricName", "metricName", &MetricName).required(),
    Member::body("displayName", "displayName", &CustomMetricDisplayName).required(),
]);
static UpdateDeviceCertificateParams: Shape = Shape::structure(&[
    Member::body("action", "action", &DeviceCertificateUpdateAction).required(),
]);
static UpdateDimensionRequest: Shape = Shape::structure(&[
    Member::path("name", "name", &DimensionName).required(),
    Member::body("stringValues", "stringValues", &DimensionStringValues).required(),
]);
static UpdateDomainConfigurationRequest: Shape = Shape::structure(&[
    Member::path("domainConfigurationName", "domainConfigurationName", &ReservedDomainConfigurationName).required(),
    Member::body("authorizerConfig", "authorizerConfig", &AuthorizerConfig),
    Member::body("domainConfigurationStatus", "domainConfigurationStatus", &DomainConfigurationStatus),
    Member::body("removeAuthorizerConfig", "removeAuthorizerConfig", &RemoveAuthorizerConfig),
    Member::body("tlsConfig", "tlsConfig", &TlsConfig),
    Member::body("serverCertificateConfig", "serverCertificateConfig", &ServerCertificateConfig),
    Member::body("authenticationType", "authenticationType", &AuthenticationType),
    Member::body("applicationProtocol", "applicationProtocol", &ApplicationProtocol),
    Member::body("clientCertificateConfig", "clientCertificateConfig", &ClientCertificateConfig),
]);
static UpdateDynamicThingGroupRequest: Shape = Shape::structure(&[
    Member::path("thingGroupName", "thingGroupName", &ThingGroupName).required(),
    Member::body("thingGroupProperties", "thingGroupProperties", &ThingGroupProperties).required(),
    Member::body("expectedVersion", "expectedVersion", &OptionalVersion),
    Member::body("indexName", "indexName", &IndexName),
    Member::body("queryString", "queryString", &QueryString),
    Member::body("queryVersion", "queryVersion", &QueryVersion),
]);
static UpdateEncryptionConfigurationRequest: Shape = Shape::structure(&[
    Member::body("encryptionType", "encryptionType", &EncryptionType).required(),
    Member::body("kmsKeyArn", "kmsKeyArn", &KmsKeyArn),
    Member::body("kmsAccessRoleArn", "kmsAccessRoleArn", &KmsAccessRoleArn),
]);
static UpdateEventConfigurationsRequest: Shape = Shape::structure(&[
    Member::body("eventConfigurations", "eventConfigurations", &EventConfigurations),
]);
static UpdateFleetMetricRequest: Shape = Shape::structure(&[
    Member::path("metricName", "metricName", &FleetMetricName).required(),
    Member::body("queryString", "queryString", &QueryString),
    Member::body("aggregationType", "aggregationType", &AggregationType),
    Member::body("period", "period", &FleetMetricPeriod),
    Member::body("aggregationField", "aggregationField", &AggregationField),
    Member::body("description", "description", &FleetMetricDescription),
    Member::body("queryVersion", "queryVersion", &QueryVersion),
    Member::body("indexName", "indexName", &IndexName).required(),
    Member::body("unit", "unit", &FleetMetricUnit),
    Member::body("expectedVersion", "expectedVersion", &OptionalVersion),
]);
static UpdateIndexingConfigurationRequest: Shape = Shape::structure(&[
    Member::body("thingIndexingConfiguration", "thingIndexingConfiguration", &ThingIndexingConfiguration),
    Member::body("thingGroupIndexingConfiguration", "thingGroupIndexingConfiguration", &ThingGroupIndexingConfiguration),
]);
static UpdateJobRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &JobId).required(),
    Member::body("description", "description", &JobDescription),
    Member::body("presignedUrlConfig", "presignedUrlConfig", &PresignedUrlConfig),
    Member::body("jobExecutionsRolloutConfig", "jobExecutionsRolloutConfig", &JobExecutionsRolloutConfig),
    Member::body("abortConfig", "abortConfig", &AbortConfig),
    Member::body("timeoutConfig", "timeoutConfig", &TimeoutConfig),
    Member::query("namespaceId", "namespaceId", &NamespaceId),
    Member::body("jobExecutionsRetryConfig", "jobExecutionsRetryConfig", &JobExecutionsRetryConfig),
]);
static UpdateMitigationActionRequest: Shape = Shape::structure(&[
    Member::path("actionName", "actionName", &MitigationActionName).required(),
    Member::body("roleArn", "roleArn", &RoleArn),
    Member::body("actionParams", "actionParams", &MitigationActionParams),
]);
static UpdatePackageConfigurationRequest: Shape = Shape::structure(&[
    Member::body("versionUpdateByJobsConfig", "versionUpdateByJobsConfig", &VersionUpdateByJobsConfig),
    Member::query("clientToken", "clientToken", &ClientToken),
]);
static UpdatePackageRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
    Member::body("description", "description", &ResourceDescription),
    Member::body("defaultVersionName", "defaultVersionName", &VersionName),
    Member::body("unsetDefaultVersion", "unsetDefaultVersion", &UnsetDefaultVersion),
    Member::query("clientToken", "clientToken", &ClientToken),
]);
static UpdatePackageVersionRequest: Shape = Shape::structure(&[
    Member::path("packageName", "packageName", &PackageName).required(),
    Member::path("versionName", "versionName", &VersionName).required(),
    Member::body("description", "description", &ResourceDescription),
    Member::body("attributes", "attributes", &ResourceAttributes),
    Member::body("artifact", "artifact", &PackageVersionArtifact),
    Member::body("action", "action", &PackageVersionAction),
    Member::body("recipe", "recipe", &PackageVersionRecipe),
    Member::query("clientToken", "clientToken", &ClientToken),
]);
static UpdateProvisioningTemplateRequest: Shape = Shape::structure(&[
    Member::path("templateName", "templateName", &TemplateName).required(),
    Member::body("description", "description", &TemplateDescription),
    Member::body("enabled", "enabled", &Enabled),
    Member::body("defaultVersionId", "defaultVersionId", &TemplateVersionId),
    Member::body("provisioningRoleArn", "provisioningRoleArn", &RoleArn),
    Member::body("preProvisioningHook", "preProvisioningHook", &ProvisioningHook),
    Member::body("removePreProvisioningHook", "removePreProvisioningHook", &RemoveHook),
]);
static UpdateRoleAliasRequest: Shape = Shape::structure(&[
    Member::path("roleAlias", "roleAlias", &RoleAlias).required(),
    Member::body("roleArn", "roleArn", &RoleArn),
    Member::body("credentialDurationSeconds", "credentialDurationSeconds", &CredentialDurationSeconds),
]);
static UpdateScheduledAuditRequest: Shape = Shape::structure(&[
    Member::body("frequency", "frequency", &AuditFrequency),
    Member::body("dayOfMonth", "dayOfMonth", &DayOfMonth),
    Member::body("dayOfWeek", "dayOfWeek", &DayOfWeek),
    Member::body("targetCheckNames", "targetCheckNames", &TargetAuditCheckNames),
    Member::path("scheduledAuditName", "scheduledAuditName", &ScheduledAuditName).required(),
]);
static UpdateSecurityProfileRequest: Shape = Shape::structure(&[
    Member::path("securityProfileName", "securityProfileName", &SecurityProfileName).required(),
    Member::body("securityProfileDescription", "securityProfileDescription", &SecurityProfileDescription),
    Member::body("behaviors", "behaviors", &Behaviors),
    Member::body("alertTargets", "alertTargets", &AlertTargets),
    Member::body("additionalMetricsToRetain", "additionalMetricsToRetain", &AdditionalMetricsToRetainList),
    Member::body("additionalMetricsToRetainV2", "additionalMetricsToRetainV2", &AdditionalMetricsToRetainV2List),
    Member::body("deleteBehaviors", "deleteBehaviors", &DeleteBehaviors),
    Member::body("deleteAlertTargets", "deleteAlertTargets", &DeleteAlertTargets),
    Member::body("deleteAdditionalMetricsToRetain", "deleteAdditionalMetricsToRetain", &DeleteAdditionalMetricsToRetain),
    Member::query("expectedVersion", "expectedVersion", &OptionalVersion),
    Member::body("metricsExportConfig", "metricsExportConfig", &MetricsExportConfig),
    Member::body("deleteMetricsExportConfig", "deleteMetricsExportConfig", &DeleteMetricsExportConfig),
]);
static UpdateStreamRequest: Shape = Shape::structure(&[
    Member::path("streamId", "streamId", &StreamId).required(),
    Member::body("description", "description", &StreamDescription),
    Member::body("files", "files", &StreamFiles),
    Member::body("roleArn", "roleArn", &RoleArn),
]);
static UpdateThingGroupRequest: Shape = Shape::structure(&[
    Member::path("thingGroupName", "thingGroupName", &ThingGroupName).required(),
    Member::body("thingGroupProperties", "thingGroupProperties", &ThingGroupProperties).required(),
    Member::body("expectedVersion", "expectedVersion", &OptionalVersion),
]);
static UpdateThingGroupsForThingRequest: Shape = Shape::structure(&[
    Member::body("thingName", "thingName", &ThingName),
    Member::body("thingGroupsToAdd", "thingGroupsToAdd", &ThingGroupList),
    Member::body("thingGroupsToRemove", "thingGroupsToRemove", &ThingGroupList),
    Member::body("overrideDynamicGroups", "overrideDynamicGroups", &OverrideDynamicGroups),
]);
static UpdateThingRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::body("thingTypeName", "thingTypeName", &ThingTypeName),
    Member::body("attributePayload", "attributePayload", &AttributePayload),
    Member::body("expectedVersion", "expectedVersion", &OptionalVersion),
    Member::body("removeThingType", "removeThingType", &RemoveThingType),
]);
static UpdateThingTypeRequest: Shape = Shape::structure(&[
    Member::path("thingTypeName", "thingTypeName", &ThingTypeName).required(),
    Member::body("thingTypeProperties", "thingTypeProperties", &ThingTypeProperties),
]);
static UpdateTopicRuleDestinationRequest: Shape = Shape::structure(&[
    Member::body("arn", "arn", &AwsArn).required(),
    Member::body("status", "status", &TopicRuleDestinationStatus).required(),
]);
static Url: Shape = Shape::string().max(2000.0);
static UseBase64: Shape = Shape::boolean();
static UserProperties: Shape = Shape::list(&UserProperty).min(1.0).max(100.0);
static UserProperty: Shape = Shape::structure(&[
    Member::body("key", "key", &UserPropertyKey).required(),
    Member::body("value", "value", &UserPropertyValue).required(),
]);
static UserPropertyKey: Shape = Shape::string().min(0.0).max(1024.0);
static UserPropertyKeyName: Shape = Shape::string().max(128.0).pattern("[a-zA-Z0-9:$.]+");
static UserPropertyValue: Shape = Shape::string().min(0.0).max(1024.0);
static ValidateSecurityProfileBehaviorsRequest: Shape = Shape::structure(&[
    Member::body("behaviors", "behaviors", &Behaviors).required(),
]);
static Value: Shape = Shape::string().min(0.0).max(4096.0).pattern("[\\s\\S]*");
static VerboseFlag: Shape = Shape::boolean();
static VerificationState: Shape = Shape::string().one_of(&["FALSE_POSITIVE", "BENIGN_POSITIVE", "TRUE_POSITIVE", "UNKNOWN"]);
static VerificationStateDescription: Shape = Shape::string().max(1000.0).pattern("[^\\p{Cntrl}]*");
static VersionName: Shape = Shape::string().min(1.0).max(64.0).pattern("[a-zA-Z0-9-_.]+");
static VersionUpdateByJobsConfig: Shape = Shape::structure(&[
    Member::body("enabled", "enabled", &EnabledBoolean),
    Member::body("roleArn", "roleArn", &RoleArn),
]);
static ViolationEventOccurrenceRange: Shape = Shape::structure(&[
    Member::body("startTime", "startTime", &Timestamp).required(),
    Member::body("endTime", "endTime", &Timestamp).required(),
]);
static ViolationId: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9\\-]+");
static VpcDestinationConfiguration: Shape = Shape::structure(&[
    Member::body("subnetIds", "subnetIds", &SubnetIdList).required(),
    Member::body("securityGroups", "securityGroups", &SecurityGroupList),
    Member::body("vpcId", "vpcId", &VpcId).required(),
    Member::body("roleArn", "roleArn", &AwsArn).required(),
]);
static VpcId: Shape = Shape::string();
static stringValue: Shape = Shape::string();
static usePrefixAttributeValue: Shape = Shape::boolean();
