//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: lambda 2015-03-31.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::Lambda, api_version: "2015-03-31", xml_namespace: "", target: "", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::Lambda, "AddLayerVersionPermission", "POST", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", 201).input(&AddLayerVersionPermissionRequest).output().errors(&["InvalidParameterValueException", "PolicyLengthExceededException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "AddPermission", "POST", "/2015-03-31/functions/{FunctionName}/policy", 201).input(&AddPermissionRequest).output().errors(&["InvalidParameterValueException", "PolicyLengthExceededException", "PreconditionFailedException", "PublicPolicyException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "CheckpointDurableExecution", "POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint", 200).input(&CheckpointDurableExecutionRequest).output().errors(&["InvalidParameterValueException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "CreateAlias", "POST", "/2015-03-31/functions/{FunctionName}/aliases", 201).input(&CreateAliasRequest).output().errors(&["AliasLimitExceededException", "InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "CreateCapacityProvider", "POST", "/2025-11-30/capacity-providers", 202).input(&CreateCapacityProviderRequest).output().errors(&["CapacityProviderLimitExceededException", "InvalidParameterValueException", "ResourceConflictException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "CreateCodeSigningConfig", "POST", "/2020-04-22/code-signing-configs", 201).input(&CreateCodeSigningConfigRequest).output().errors(&["InvalidParameterValueException", "ServiceException"]),
    Operation::new(Service::Lambda, "CreateEventSourceMapping", "POST", "/2015-03-31/event-source-mappings", 202).input(&CreateEventSourceMappingRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "CreateFunction", "POST", "/2015-03-31/functions", 201).input(&CreateFunctionRequest).output().errors(&["CodeSigningConfigNotFoundException", "CodeStorageExceededException", "CodeVerificationFailedException", "FunctionVersionsPerCapacityProviderLimitExceededException", "InvalidCodeSignatureException", "InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "CreateFunctionUrlConfig", "POST", "/2021-10-31/functions/{FunctionName}/url", 201).input(&CreateFunctionUrlConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteAlias", "DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 204).input(&DeleteAliasRequest).errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteCapacityProvider", "DELETE", "/2025-11-30/capacity-providers/{CapacityProviderName}", 202).input(&DeleteCapacityProviderRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteCodeSigningConfig", "DELETE", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", 204).input(&DeleteCodeSigningConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException"]),
    Operation::new(Service::Lambda, "DeleteDurableExecution", "DELETE", "/2025-12-01/durable-executions/{DurableExecutionArn}", 202).input(&DeleteDurableExecutionRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteEventSourceMapping", "DELETE", "/2015-03-31/event-source-mappings/{UUID}", 202).input(&DeleteEventSourceMappingRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceInUseException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteFunction", "DELETE", "/2015-03-31/functions/{FunctionName}", 200).input(&DeleteFunctionRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteFunctionCodeSigningConfig", "DELETE", "/2020-06-30/functions/{FunctionName}/code-signing-config", 204).input(&DeleteFunctionCodeSigningConfigRequest).errors(&["CodeSigningConfigNotFoundException", "InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteFunctionConcurrency", "DELETE", "/2017-10-31/functions/{FunctionName}/concurrency", 204).input(&DeleteFunctionConcurrencyRequest).errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteFunctionEventInvokeConfig", "DELETE", "/2019-09-25/functions/{FunctionName}/event-invoke-config", 204).input(&DeleteFunctionEventInvokeConfigRequest).errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteFunctionUrlConfig", "DELETE", "/2021-10-31/functions/{FunctionName}/url", 204).input(&DeleteFunctionUrlConfigRequest).errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteLayerVersion", "DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", 204).input(&DeleteLayerVersionRequest).errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteProvisionedConcurrencyConfig", "DELETE", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 204).input(&DeleteProvisionedConcurrencyConfigRequest).errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "DeleteResourcePolicy", "DELETE", "/2026-07-09/resource-policy/{ResourceArn}", 204).input(&DeleteResourcePolicyRequest).errors(&["InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetAccountSettings", "GET", "/2016-08-19/account-settings", 200).input(&GetAccountSettingsRequest).output().errors(&["ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetAlias", "GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 200).input(&GetAliasRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetCapacityProvider", "GET", "/2025-11-30/capacity-providers/{CapacityProviderName}", 200).input(&GetCapacityProviderRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetCodeSigningConfig", "GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", 200).input(&GetCodeSigningConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException"]),
    Operation::new(Service::Lambda, "GetDurableExecution", "GET", "/2025-12-01/durable-executions/{DurableExecutionArn}", 200).input(&GetDurableExecutionRequest).output().errors(&["InvalidParameterValueException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetDurableExecutionHistory", "GET", "/2025-12-01/durable-executions/{DurableExecutionArn}/history", 200).input(&GetDurableExecutionHistoryRequest).output().errors(&["InvalidParameterValueException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetDurableExecutionState", "GET", "/2025-12-01/durable-executions/{DurableExecutionArn}/state", 200).input(&GetDurableExecutionStateRequest).output().errors(&["InvalidParameterValueException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetEventSourceMapping", "GET", "/2015-03-31/event-source-mappings/{UUID}", 200).input(&GetEventSourceMappingRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetFunction", "GET", "/2015-03-31/functions/{FunctionName}", 200).input(&GetFunctionRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetFunctionCodeSigningConfig", "GET", "/2020-06-30/functions/{FunctionName}/code-signing-config", 200).input(&GetFunctionCodeSigningConfigRequest).output().errors(&["CodeSigningConfigNotFoundException", "InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetFunctionConcurrency", "GET", "/2019-09-30/functions/{FunctionName}/concurrency", 200).input(&GetFunctionConcurrencyRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetFunctionConfiguration", "GET", "/2015-03-31/functions/{FunctionName}/configuration", 200).input(&GetFunctionConfigurationRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetFunctionEventInvokeConfig", "GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200).input(&GetFunctionEventInvokeConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetFunctionRecursionConfig", "GET", "/2024-08-31/functions/{FunctionName}/recursion-config", 200).input(&GetFunctionRecursionConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetFunctionScalingConfig", "GET", "/2025-11-30/functions/{FunctionName}/function-scaling-config", 200).input(&GetFunctionScalingConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetFunctionUrlConfig", "GET", "/2021-10-31/functions/{FunctionName}/url", 200).input(&GetFunctionUrlConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetLayerVersion", "GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", 200).input(&GetLayerVersionRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetLayerVersionByArn", "GET", "/2018-10-31/layers?find=LayerVersion", 200).input(&GetLayerVersionByArnRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetLayerVersionPolicy", "GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", 200).input(&GetLayerVersionPolicyRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetPolicy", "GET", "/2015-03-31/functions/{FunctionName}/policy", 200).input(&GetPolicyRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetProvisionedConcurrencyConfig", "GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 200).input(&GetProvisionedConcurrencyConfigRequest).output().errors(&["InvalidParameterValueException", "ProvisionedConcurrencyConfigNotFoundException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetResourcePolicy", "GET", "/2026-07-09/resource-policy/{ResourceArn}", 200).input(&GetResourcePolicyRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "GetRuntimeManagementConfig", "GET", "/2021-07-20/functions/{FunctionName}/runtime-management-config", 200).input(&GetRuntimeManagementConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "Invoke", "POST", "/2015-03-31/functions/{FunctionName}/invocations", 200).input(&InvocationRequest).output().errors(&["CodeArtifactUserDeletedException", "CodeArtifactUserFailedException", "CodeArtifactUserPendingException", "DurableExecutionAlreadyStartedException", "EC2AccessDeniedException", "EC2ThrottledException", "EC2UnexpectedException", "EFSIOException", "EFSMountConnectivityException", "EFSMountFailureException", "EFSMountTimeoutException", "ENILimitReachedException", "ENINotReadyException", "InvalidParameterValueException", "InvalidRequestContentException", "InvalidRuntimeException", "InvalidSecurityGroupIDException", "InvalidSubnetIDException", "InvalidZipFileException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "ModeNotSupportedException", "NoPublishedVersionException", "RecursiveInvocationException", "RequestTooLargeException", "ResourceConflictException", "ResourceNotFoundException", "ResourceNotReadyException", "RuntimeAliasDeletedException", "RuntimeVersionDeletedException", "S3FilesMountConnectivityException", "S3FilesMountFailureException", "S3FilesMountTimeoutException", "SerializedRequestEntityTooLargeException", "ServiceException", "ServiceQuotaExceededException", "SnapStartException", "SnapStartNotReadyException", "SnapStartRegenerationFailureException", "SnapStartTimeoutException", "SubnetIPAddressLimitReachedException", "TooManyRequestsException", "UnsupportedMediaTypeException"]),
    Operation::new(Service::Lambda, "InvokeAsync", "POST", "/2014-11-13/functions/{FunctionName}/invoke-async", 202).input(&InvokeAsyncRequest).output().deprecated().errors(&["EC2AccessDeniedException", "EC2ThrottledException", "EC2UnexpectedException", "EFSIOException", "EFSMountConnectivityException", "EFSMountFailureException", "EFSMountTimeoutException", "ENILimitReachedException", "InvalidRequestContentException", "InvalidRuntimeException", "InvalidSecurityGroupIDException", "InvalidSubnetIDException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "ModeNotSupportedException", "ResourceConflictException", "ResourceNotFoundException", "S3FilesMountConnectivityException", "S3FilesMountFailureException", "S3FilesMountTimeoutException", "ServiceException", "ServiceQuotaExceededException", "SnapStartException", "SnapStartNotReadyException", "SnapStartRegenerationFailureException", "SnapStartTimeoutException", "SubnetIPAddressLimitReachedException"]),
    Operation::new(Service::Lambda, "InvokeWithResponseStream", "POST", "/2021-11-15/functions/{FunctionName}/response-streaming-invocations", 200).input(&InvokeWithResponseStreamRequest).output().errors(&["CodeArtifactUserDeletedException", "CodeArtifactUserFailedException", "CodeArtifactUserPendingException", "EC2AccessDeniedException", "EC2ThrottledException", "EC2UnexpectedException", "EFSIOException", "EFSMountConnectivityException", "EFSMountFailureException", "EFSMountTimeoutException", "ENILimitReachedException", "InvalidParameterValueException", "InvalidRequestContentException", "InvalidRuntimeException", "InvalidSecurityGroupIDException", "InvalidSubnetIDException", "InvalidZipFileException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "NoPublishedVersionException", "RecursiveInvocationException", "RequestTooLargeException", "ResourceConflictException", "ResourceNotFoundException", "ResourceNotReadyException", "RuntimeAliasDeletedException", "RuntimeVersionDeletedException", "S3FilesMountConnectivityException", "S3FilesMountFailureException", "S3FilesMountTimeoutException", "SerializedRequestEntityTooLargeException", "ServiceException", "ServiceQuotaExceededException", "SnapStartException", "SnapStartNotReadyException", "SnapStartRegenerationFailureException", "SnapStartTimeoutException", "SubnetIPAddressLimitReachedException", "TooManyRequestsException", "UnsupportedMediaTypeException"]),
    Operation::new(Service::Lambda, "ListAliases", "GET", "/2015-03-31/functions/{FunctionName}/aliases", 200).input(&ListAliasesRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListCapacityProviders", "GET", "/2025-11-30/capacity-providers", 200).input(&ListCapacityProvidersRequest).output().errors(&["InvalidParameterValueException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListCodeSigningConfigs", "GET", "/2020-04-22/code-signing-configs", 200).input(&ListCodeSigningConfigsRequest).output().errors(&["InvalidParameterValueException", "ServiceException"]),
    Operation::new(Service::Lambda, "ListDurableExecutionsByFunction", "GET", "/2025-12-01/functions/{FunctionName}/durable-executions", 200).input(&ListDurableExecutionsByFunctionRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings", 200).input(&ListEventSourceMappingsRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListFunctionEventInvokeConfigs", "GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list", 200).input(&ListFunctionEventInvokeConfigsRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListFunctionUrlConfigs", "GET", "/2021-10-31/functions/{FunctionName}/urls", 200).input(&ListFunctionUrlConfigsRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListFunctionVersionsByCapacityProvider", "GET", "/2025-11-30/capacity-providers/{CapacityProviderName}/function-versions", 200).input(&ListFunctionVersionsByCapacityProviderRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListFunctions", "GET", "/2015-03-31/functions", 200).input(&ListFunctionsRequest).output().errors(&["InvalidParameterValueException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListFunctionsByCodeSigningConfig", "GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions", 200).input(&ListFunctionsByCodeSigningConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException"]),
    Operation::new(Service::Lambda, "ListLayerVersions", "GET", "/2018-10-31/layers/{LayerName}/versions", 200).input(&ListLayerVersionsRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListLayers", "GET", "/2018-10-31/layers", 200).input(&ListLayersRequest).output().errors(&["InvalidParameterValueException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListProvisionedConcurrencyConfigs", "GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL", 200).input(&ListProvisionedConcurrencyConfigsRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListTags", "GET", "/2017-03-31/tags/{Resource}", 200).input(&ListTagsRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ListVersionsByFunction", "GET", "/2015-03-31/functions/{FunctionName}/versions", 200).input(&ListVersionsByFunctionRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "PauseDurableExecution", "POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/pause", 202).input(&PauseDurableExecutionRequest).output().errors(&["InvalidParameterValueException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "PublishLayerVersion", "POST", "/2018-10-31/layers/{LayerName}/versions", 201).input(&PublishLayerVersionRequest).output().errors(&["CodeStorageExceededException", "InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "PublishVersion", "POST", "/2015-03-31/functions/{FunctionName}/versions", 201).input(&PublishVersionRequest).output().errors(&["CodeStorageExceededException", "FunctionVersionsPerCapacityProviderLimitExceededException", "InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "PutFunctionCodeSigningConfig", "PUT", "/2020-06-30/functions/{FunctionName}/code-signing-config", 200).input(&PutFunctionCodeSigningConfigRequest).output().errors(&["CodeSigningConfigNotFoundException", "InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "PutFunctionConcurrency", "PUT", "/2017-10-31/functions/{FunctionName}/concurrency", 200).input(&PutFunctionConcurrencyRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "PutFunctionEventInvokeConfig", "PUT", "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200).input(&PutFunctionEventInvokeConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "PutFunctionRecursionConfig", "PUT", "/2024-08-31/functions/{FunctionName}/recursion-config", 200).input(&PutFunctionRecursionConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "PutFunctionScalingConfig", "PUT", "/2025-11-30/functions/{FunctionName}/function-scaling-config", 202).input(&PutFunctionScalingConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "PutProvisionedConcurrencyConfig", "PUT", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 202).input(&PutProvisionedConcurrencyConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "PutResourcePolicy", "PUT", "/2026-07-09/resource-policy/{ResourceArn}", 200).input(&PutResourcePolicyRequest).output().errors(&["InvalidParameterValueException", "PolicyLengthExceededException", "PreconditionFailedException", "PublicPolicyException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "PutRuntimeManagementConfig", "PUT", "/2021-07-20/functions/{FunctionName}/runtime-management-config", 200).input(&PutRuntimeManagementConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "RemoveLayerVersionPermission", "DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}", 204).input(&RemoveLayerVersionPermissionRequest).errors(&["InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "RemovePermission", "DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}", 204).input(&RemovePermissionRequest).errors(&["InvalidParameterValueException", "PreconditionFailedException", "PublicPolicyException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "ResumeDurableExecution", "POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/resume", 202).input(&ResumeDurableExecutionRequest).output().errors(&["InvalidParameterValueException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "SendDurableExecutionCallbackFailure", "POST", "/2025-12-01/durable-execution-callbacks/{CallbackId}/fail", 200).input(&SendDurableExecutionCallbackFailureRequest).output().errors(&["CallbackTimeoutException", "InvalidParameterValueException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "SendDurableExecutionCallbackHeartbeat", "POST", "/2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat", 200).input(&SendDurableExecutionCallbackHeartbeatRequest).output().errors(&["CallbackTimeoutException", "InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "SendDurableExecutionCallbackSuccess", "POST", "/2025-12-01/durable-execution-callbacks/{CallbackId}/succeed", 200).input(&SendDurableExecutionCallbackSuccessRequest).output().errors(&["CallbackTimeoutException", "InvalidParameterValueException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "StopDurableExecution", "POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/stop", 200).input(&StopDurableExecutionRequest).output().errors(&["InvalidParameterValueException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "TagResource", "POST", "/2017-03-31/tags/{Resource}", 204).input(&TagResourceRequest).errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "UntagResource", "DELETE", "/2017-03-31/tags/{Resource}", 204).input(&UntagResourceRequest).errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "UpdateAlias", "PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 200).input(&UpdateAliasRequest).output().errors(&["InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "UpdateCapacityProvider", "PUT", "/2025-11-30/capacity-providers/{CapacityProviderName}", 202).input(&UpdateCapacityProviderRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "UpdateCodeSigningConfig", "PUT", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", 200).input(&UpdateCodeSigningConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceNotFoundException", "ServiceException"]),
    Operation::new(Service::Lambda, "UpdateEventSourceMapping", "PUT", "/2015-03-31/event-source-mappings/{UUID}", 202).input(&UpdateEventSourceMappingRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceInUseException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "UpdateFunctionCode", "PUT", "/2015-03-31/functions/{FunctionName}/code", 200).input(&UpdateFunctionCodeRequest).output().errors(&["CodeSigningConfigNotFoundException", "CodeStorageExceededException", "CodeVerificationFailedException", "InvalidCodeSignatureException", "InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "UpdateFunctionConfiguration", "PUT", "/2015-03-31/functions/{FunctionName}/configuration", 200).input(&UpdateFunctionConfigurationRequest).output().errors(&["CodeSigningConfigNotFoundException", "CodeVerificationFailedException", "InvalidCodeSignatureException", "InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "UpdateFunctionEventInvokeConfig", "POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200).input(&UpdateFunctionEventInvokeConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
    Operation::new(Service::Lambda, "UpdateFunctionUrlConfig", "PUT", "/2021-10-31/functions/{FunctionName}/url", 200).input(&UpdateFunctionUrlConfigRequest).output().errors(&["InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"]),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "AliasLimitExceededException", status: 400 },
    ErrorName { code: "CallbackTimeoutException", status: 400 },
    ErrorName { code: "CapacityProviderLimitExceededException", status: 400 },
    ErrorName { code: "CodeArtifactUserDeletedException", status: 409 },
    ErrorName { code: "CodeArtifactUserFailedException", status: 409 },
    ErrorName { code: "CodeArtifactUserPendingException", status: 409 },
    ErrorName { code: "CodeSigningConfigNotFoundException", status: 404 },
    ErrorName { code: "CodeStorageExceededException", status: 400 },
    ErrorName { code: "CodeVerificationFailedException", status: 400 },
    ErrorName { code: "DurableExecutionAlreadyStartedException", status: 409 },
    ErrorName { code: "EC2AccessDeniedException", status: 502 },
    ErrorName { code: "EC2ThrottledException", status: 502 },
    ErrorName { code: "EC2UnexpectedException", status: 502 },
    ErrorName { code: "EFSIOException", status: 410 },
    ErrorName { code: "EFSMountConnectivityException", status: 408 },
    ErrorName { code: "EFSMountFailureException", status: 403 },
    ErrorName { code: "EFSMountTimeoutException", status: 408 },
    ErrorName { code: "ENILimitReachedException", status: 502 },
    ErrorName { code: "ENINotReadyException", status: 502 },
    ErrorName { code: "FunctionVersionsPerCapacityProviderLimitExceededException", status: 400 },
    ErrorName { code: "InvalidCodeSignatureException", status: 400 },
    ErrorName { code: "InvalidParameterValueException", status: 400 },
    ErrorName { code: "InvalidRequestContentException", status: 400 },
    ErrorName { code: "InvalidRuntimeException", status: 502 },
    ErrorName { code: "InvalidSecurityGroupIDException", status: 502 },
    ErrorName { code: "InvalidSubnetIDException", status: 502 },
    ErrorName { code: "InvalidZipFileException", status: 502 },
    ErrorName { code: "KMSAccessDeniedException", status: 502 },
    ErrorName { code: "KMSDisabledException", status: 502 },
    ErrorName { code: "KMSInvalidStateException", status: 502 },
    ErrorName { code: "KMSNotFoundException", status: 502 },
    ErrorName { code: "ModeNotSupportedException", status: 400 },
    ErrorName { code: "NoPublishedVersionException", status: 400 },
    ErrorName { code: "PolicyLengthExceededException", status: 400 },
    ErrorName { code: "PreconditionFailedException", status: 412 },
    ErrorName { code: "ProvisionedConcurrencyConfigNotFoundException", status: 404 },
    ErrorName { code: "PublicPolicyException", status: 400 },
    ErrorName { code: "RecursiveInvocationException", status: 400 },
    ErrorName { code: "RequestTooLargeException", status: 413 },
    ErrorName { code: "ResourceConflictException", status: 409 },
    ErrorName { code: "ResourceInUseException", status: 400 },
    ErrorName { code: "ResourceNotFoundException", status: 404 },
    ErrorName { code: "ResourceNotReadyException", status: 502 },
    ErrorName { code: "RuntimeAliasDeletedException", status: 409 },
    ErrorName { code: "RuntimeVersionDeletedException", status: 409 },
    ErrorName { code: "S3FilesMountConnectivityException", status: 408 },
    ErrorName { code: "S3FilesMountFailureException", status: 403 },
    ErrorName { code: "S3FilesMountTimeoutException", status: 408 },
    ErrorName { code: "SerializedRequestEntityTooLargeException", status: 413 },
    ErrorName { code: "ServiceException", status: 500 },
    ErrorName { code: "ServiceQuotaExceededException", status: 402 },
    ErrorName { code: "SnapStartException", status: 400 },
    ErrorName { code: "SnapStartNotReadyException", status: 409 },
    ErrorName { code: "SnapStartRegenerationFailureException", status: 409 },
    ErrorName { code: "SnapStartTimeoutException", status: 408 },
    ErrorName { code: "SubnetIPAddressLimitReachedException", status: 502 },
    ErrorName { code: "TooManyRequestsException", status: 429 },
    ErrorName { code: "UnsupportedMediaTypeException", status: 415 },
];

static AcceleratorConfig: Shape = Shape::structure(&[
    Member::body("AcceleratorMemorySize", "AcceleratorMemorySize", &AcceleratorMemoryGB).required(),
]);
static AcceleratorMemoryGB: Shape = Shape::integer();
static Action: Shape = Shape::string().min(0.0).max(10000.0).pattern("(lambda:[*]|lambda:[a-zA-Z]+|[*])");
static AddLayerVersionPermissionRequest: Shape = Shape::structure(&[
    Member::path("LayerName", "LayerName", &LayerNameOrArn).required(),
    Member::path("VersionNumber", "VersionNumber", &LayerVersionNumber).required(),
    Member::body("StatementId", "StatementId", &StatementId).required(),
    Member::body("Action", "Action", &LayerPermissionAllowedAction).required(),
    Member::body("Principal", "Principal", &LayerPermissionAllowedPrincipal).required(),
    Member::body("OrganizationId", "OrganizationId", &OrganizationId),
    Member::query("RevisionId", "RevisionId", &String),
]);
static AddPermissionRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::body("StatementId", "StatementId", &StatementId).required(),
    Member::body("Action", "Action", &Action).required(),
    Member::body("Principal", "Principal", &Principal).required(),
    Member::body("SourceArn", "SourceArn", &Arn),
    Member::body("FunctionUrlAuthType", "FunctionUrlAuthType", &FunctionUrlAuthType),
    Member::body("InvokedViaFunctionUrl", "InvokedViaFunctionUrl", &InvokedViaFunctionUrl),
    Member::body("SourceAccount", "SourceAccount", &SourceOwner),
    Member::body("EventSourceToken", "EventSourceToken", &EventSourceToken),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
    Member::body("RevisionId", "RevisionId", &String),
    Member::body("PrincipalOrgID", "PrincipalOrgID", &PrincipalOrgID),
]);
static AdditionalVersion: Shape = Shape::string().min(1.0).max(1024.0).pattern("[0-9]+");
static AdditionalVersionWeights: Shape = Shape::map(&AdditionalVersion, &Weight);
static Alias: Shape = Shape::string().min(1.0).max(128.0).pattern("(?!^[0-9]+$)([a-zA-Z0-9-_]+)");
static AliasRoutingConfiguration: Shape = Shape::structure(&[
    Member::body("AdditionalVersionWeights", "AdditionalVersionWeights", &AdditionalVersionWeights),
]);
static AllowCredentials: Shape = Shape::boolean();
static AllowMethodsList: Shape = Shape::list(&Method).min(0.0).max(6.0);
static AllowOriginsList: Shape = Shape::list(&Origin).min(0.0).max(100.0);
static AllowedPublishers: Shape = Shape::structure(&[
    Member::body("SigningProfileVersionArns", "SigningProfileVersionArns", &SigningProfileVersionArns).required(),
]);
static AmazonManagedKafkaEventSourceConfig: Shape = Shape::structure(&[
    Member::body("ConsumerGroupId", "ConsumerGroupId", &URI),
    Member::body("SchemaRegistryConfig", "SchemaRegistryConfig", &KafkaSchemaRegistryConfig),
]);
static ApplicationLogLevel: Shape = Shape::string().one_of(&["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]);
static Architecture: Shape = Shape::string().one_of(&["x86_64", "arm64"]);
static ArchitecturesList: Shape = Shape::list(&Architecture).min(1.0).max(1.0);
static Arn: Shape = Shape::string().min(0.0).max(10000.0).pattern("arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)");
static BatchSize: Shape = Shape::integer().min(1.0).max(10000.0);
static BinaryOperationPayload: Shape = Shape::blob().min(0.0).max(1048576.0).secret();
static BisectBatchOnFunctionError: Shape = Shape::boolean();
static Blob: Shape = Shape::blob().secret();
static BlobStream: Shape = Shape::blob();
static Boolean: Shape = Shape::boolean();
static CallbackId: Shape = Shape::string().min(1.0).max(1024.0).pattern("[A-Za-z0-9+/]+={0,2}");
static CallbackOptions: Shape = Shape::structure(&[
    Member::body("TimeoutSeconds", "TimeoutSeconds", &CallbackOptionsTimeoutSecondsInteger),
    Member::body("HeartbeatTimeoutSeconds", "HeartbeatTimeoutSeconds", &CallbackOptionsHeartbeatTimeoutSecondsInteger),
]);
static CallbackOptionsHeartbeatTimeoutSecondsInteger: Shape = Shape::integer().min(0.0).max(99999999.0);
static CallbackOptionsTimeoutSecondsInteger: Shape = Shape::integer().min(0.0).max(99999999.0);
static CapacityProviderArn: Shape = Shape::string().min(1.0).max(140.0).pattern("arn:aws[a-zA-Z-]*:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:capacity-provider:[a-zA-Z0-9-_]+");
static CapacityProviderConfig: Shape = Shape::structure(&[
    Member::body("LambdaManagedInstancesCapacityProviderConfig", "LambdaManagedInstancesCapacityProviderConfig", &LambdaManagedInstancesCapacityProviderConfig).required(),
]);
static CapacityProviderLoggingConfig: Shape = Shape::structure(&[
    Member::body("SystemLogLevel", "SystemLogLevel", &SystemLogLevel),
    Member::body("LogGroup", "LogGroup", &LogGroup),
]);
static CapacityProviderMaxVCpuCount: Shape = Shape::integer().min(2.0).max(15000.0);
static CapacityProviderName: Shape = Shape::string().min(1.0).max(140.0).pattern("(arn:aws[a-zA-Z-]*:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:capacity-provider:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+");
static CapacityProviderPermissionsConfig: Shape = Shape::structure(&[
    Member::body("CapacityProviderOperatorRoleArn", "CapacityProviderOperatorRoleArn", &RoleArn).required(),
]);
static CapacityProviderPredefinedMetricType: Shape = Shape::string().one_of(&["LambdaCapacityProviderAverageCPUUtilization", "LambdaCapacityProviderAverageGPUUtilization"]);
static CapacityProviderScalingConfig: Shape = Shape::structure(&[
    Member::body("MaxVCpuCount", "MaxVCpuCount", &CapacityProviderMaxVCpuCount),
    Member::body("ScalingMode", "ScalingMode", &CapacityProviderScalingMode),
    Member::body("ScalingPolicies", "ScalingPolicies", &CapacityProviderScalingPoliciesList),
]);
static CapacityProviderScalingMode: Shape = Shape::string().one_of(&["Auto", "Manual"]);
static CapacityProviderScalingPoliciesList: Shape = Shape::list(&TargetTrackingScalingPolicy).min(1.0).max(10.0);
static CapacityProviderSecurityGroupIds: Shape = Shape::list(&SecurityGroupId).min(0.0).max(5.0);
static CapacityProviderState: Shape = Shape::string().one_of(&["Pending", "Active", "Failed", "Deleting"]);
static CapacityProviderSubnetIds: Shape = Shape::list(&SubnetId).min(1.0).max(16.0);
static CapacityProviderTelemetryConfig: Shape = Shape::structure(&[
    Member::body("LoggingConfig", "LoggingConfig", &CapacityProviderLoggingConfig),
]);
static CapacityProviderVpcConfig: Shape = Shape::structure(&[
    Member::body("SubnetIds", "SubnetIds", &CapacityProviderSubnetIds).required(),
    Member::body("SecurityGroupIds", "SecurityGroupIds", &CapacityProviderSecurityGroupIds).required(),
]);
static ChainedInvokeOptions: Shape = Shape::structure(&[
    Member::body("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::body("TenantId", "TenantId", &TenantId),
    Member::body("XAmznTraceId", "XAmznTraceId", &XAmznTraceId),
]);
static CheckpointDurableExecutionRequest: Shape = Shape::structure(&[
    Member::path("DurableExecutionArn", "DurableExecutionArn", &DurableExecutionArn).required(),
    Member::body("CheckpointToken", "CheckpointToken", &CheckpointToken).required(),
    Member::body("Updates", "Updates", &OperationUpdates),
    Member::body("ClientToken", "ClientToken", &ClientToken),
]);
static CheckpointToken: Shape = Shape::string().min(1.0).max(2048.0).pattern("[A-Za-z0-9+/]+={0,2}");
static ClientToken: Shape = Shape::string().min(1.0).max(64.0).pattern("[\\x21-\\x7E]+");
static CodeSigningConfigArn: Shape = Shape::string().min(0.0).max(200.0).pattern("arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:code-signing-config:csc-[a-z0-9]{17}");
static CodeSigningPolicies: Shape = Shape::structure(&[
    Member::body("UntrustedArtifactOnDeployment", "UntrustedArtifactOnDeployment", &CodeSigningPolicy),
]);
static CodeSigningPolicy: Shape = Shape::string().one_of(&["Warn", "Enforce"]);
static CollectionName: Shape = Shape::string().min(1.0).max(57.0).pattern("(^(?!(system\\x2e)))(^[_a-zA-Z0-9])([^$]*)");
static CompatibleArchitectures: Shape = Shape::list(&Architecture).min(0.0).max(2.0);
static CompatibleRuntimes: Shape = Shape::list(&Runtime).min(0.0).max(15.0);
static ContextOptions: Shape = Shape::structure(&[
    Member::body("ReplayChildren", "ReplayChildren", &ReplayChildren),
]);
static Cors: Shape = Shape::structure(&[
    Member::body("AllowCredentials", "AllowCredentials", &AllowCredentials),
    Member::body("AllowHeaders", "AllowHeaders", &HeadersList),
    Member::body("AllowMethods", "AllowMethods", &AllowMethodsList),
    Member::body("AllowOrigins", "AllowOrigins", &AllowOriginsList),
    Member::body("ExposeHeaders", "ExposeHeaders", &HeadersList),
    Member::body("MaxAge", "MaxAge", &MaxAge),
]);
static CreateAliasRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::body("Name", "Name", &Alias).required(),
    Member::body("FunctionVersion", "FunctionVersion", &VersionWithLatestPublished).required(),
    Member::body("Description", "Description", &Description),
    Member::body("RoutingConfig", "RoutingConfig", &AliasRoutingConfiguration),
]);
static CreateCapacityProviderRequest: Shape = Shape::structure(&[
    Member::body("CapacityProviderName", "CapacityProviderName", &CapacityProviderName).required(),
    Member::body("VpcConfig", "VpcConfig", &CapacityProviderVpcConfig).required(),
    Member::body("PermissionsConfig", "PermissionsConfig", &CapacityProviderPermissionsConfig).required(),
    Member::body("InstanceRequirements", "InstanceRequirements", &InstanceRequirements),
    Member::body("CapacityProviderScalingConfig", "CapacityProviderScalingConfig", &CapacityProviderScalingConfig),
    Member::body("KmsKeyArn", "KmsKeyArn", &KMSKeyArnNonEmpty),
    Member::body("Tags", "Tags", &Tags),
    Member::body("PropagateTags", "PropagateTags", &PropagateTags),
    Member::body("TelemetryConfig", "TelemetryConfig", &CapacityProviderTelemetryConfig),
]);
static CreateCodeSigningConfigRequest: Shape = Shape::structure(&[
    Member::body("Description", "Description", &Description),
    Member::body("AllowedPublishers", "AllowedPublishers", &AllowedPublishers).required(),
    Member::body("CodeSigningPolicies", "CodeSigningPolicies", &CodeSigningPolicies),
    Member::body("Tags", "Tags", &Tags),
]);
static CreateEventSourceMappingRequest: Shape = Shape::structure(&[
    Member::body("EventSourceArn", "EventSourceArn", &Arn),
    Member::body("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::body("Enabled", "Enabled", &Enabled),
    Member::body("BatchSize", "BatchSize", &BatchSize),
    Member::body("FilterCriteria", "FilterCriteria", &FilterCriteria),
    Member::body("KMSKeyArn", "KMSKeyArn", &KMSKeyArn),
    Member::body("MetricsConfig", "MetricsConfig", &EventSourceMappingMetricsConfig),
    Member::body("LoggingConfig", "LoggingConfig", &EventSourceMappingLoggingConfig),
    Member::body("ScalingConfig", "ScalingConfig", &ScalingConfig),
    Member::body("MaximumBatchingWindowInSeconds", "MaximumBatchingWindowInSeconds", &MaximumBatchingWindowInSeconds),
    Member::body("ParallelizationFactor", "ParallelizationFactor", &ParallelizationFactor),
    Member::body("StartingPosition", "StartingPosition", &EventSourcePosition),
    Member::body("StartingPositionTimestamp", "StartingPositionTimestamp", &Date),
    Member::body("DestinationConfig", "DestinationConfig", &DestinationConfig),
    Member::body("MaximumRecordAgeInSeconds", "MaximumRecordAgeInSeconds", &MaximumRecordAgeInSeconds),
    Member::body("BisectBatchOnFunctionError", "BisectBatchOnFunctionError", &BisectBatchOnFunctionError),
    Member::body("MaximumRetryAttempts", "MaximumRetryAttempts", &MaximumRetryAttemptsEventSourceMapping),
    Member::body("Tags", "Tags", &Tags),
    Member::body("TumblingWindowInSeconds", "TumblingWindowInSeconds", &TumblingWindowInSeconds),
    Member::body("Topics", "Topics", &Topics),
    Member::body("Queues", "Queues", &Queues),
    Member::body("SourceAccessConfigurations", "SourceAccessConfigurations", &SourceAccessConfigurations),
    Member::body("SelfManagedEventSource", "SelfManagedEventSource", &SelfManagedEventSource),
    Member::body("FunctionResponseTypes", "FunctionResponseTypes", &FunctionResponseTypeList),
    Member::body("AmazonManagedKafkaEventSourceConfig", "AmazonManagedKafkaEventSourceConfig", &AmazonManagedKafkaEventSourceConfig),
    Member::body("SelfManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig", &SelfManagedKafkaEventSourceConfig),
    Member::body("DocumentDBEventSourceConfig", "DocumentDBEventSourceConfig", &DocumentDBEventSourceConfig),
    Member::body("ProvisionedPollerConfig", "ProvisionedPollerConfig", &ProvisionedPollerConfig),
]);
static CreateFunctionRequest: Shape = Shape::structure(&[
    Member::body("FunctionName", "FunctionName", &FunctionName).required(),
    Member::body("Runtime", "Runtime", &Runtime),
    Member::body("Role", "Role", &RoleArn).required(),
    Member::body("Handler", "Handler", &Handler),
    Member::body("Code", "Code", &FunctionCode).required(),
    Member::body("Description", "Description", &Description),
    Member::body("Timeout", "Timeout", &Timeout),
    Member::body("MemorySize", "MemorySize", &MemorySize),
    Member::body("Publish", "Publish", &Boolean),
    Member::body("PublishTo", "PublishTo", &FunctionVersionLatestPublished),
    Member::body("VpcConfig", "VpcConfig", &VpcConfig),
    Member::body("PackageType", "PackageType", &PackageType),
    Member::body("DeadLetterConfig", "DeadLetterConfig", &DeadLetterConfig),
    Member::body("Environment", "Environment", &Environment),
    Member::body("KMSKeyArn", "KMSKeyArn", &KMSKeyArn),
    Member::body("TracingConfig", "TracingConfig", &TracingConfig),
    Member::body("Tags", "Tags", &Tags),
    Member::body("Layers", "Layers", &LayerList),
    Member::body("FileSystemConfigs", "FileSystemConfigs", &FileSystemConfigList),
    Member::body("CodeSigningConfigArn", "CodeSigningConfigArn", &CodeSigningConfigArn),
    Member::body("ImageConfig", "ImageConfig", &ImageConfig),
    Member::body("Architectures", "Architectures", &ArchitecturesList),
    Member::body("EphemeralStorage", "EphemeralStorage", &EphemeralStorage),
    Member::body("SnapStart", "SnapStart", &SnapStart),
    Member::body("LoggingConfig", "LoggingConfig", &LoggingConfig),
    Member::body("TenancyConfig", "TenancyConfig", &TenancyConfig),
    Member::body("CapacityProviderConfig", "CapacityProviderConfig", &CapacityProviderConfig),
    Member::body("DurableConfig", "DurableConfig", &DurableConfig),
    Member::body("RuntimeConfig", "RuntimeConfig", &FunctionRuntimeConfig),
    Member::body("AcceleratorConfig", "AcceleratorConfig", &AcceleratorConfig),
]);
static CreateFunctionUrlConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionUrlFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &FunctionUrlQualifier),
    Member::body("AuthType", "AuthType", &FunctionUrlAuthType).required(),
    Member::body("Cors", "Cors", &Cors),
    Member::body("InvokeMode", "InvokeMode", &InvokeMode),
]);
static DatabaseName: Shape = Shape::string().min(1.0).max(63.0).pattern("[^ /\\.$\\x22]*");
static Date: Shape = Shape::timestamp();
static DeadLetterConfig: Shape = Shape::structure(&[
    Member::body("TargetArn", "TargetArn", &ResourceArn),
]);
static DeleteAliasRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::path("Name", "Name", &Alias).required(),
]);
static DeleteCapacityProviderRequest: Shape = Shape::structure(&[
    Member::path("CapacityProviderName", "CapacityProviderName", &CapacityProviderName).required(),
]);
static DeleteCodeSigningConfigRequest: Shape = Shape::structure(&[
    Member::path("CodeSigningConfigArn", "CodeSigningConfigArn", &CodeSigningConfigArn).required(),
]);
static DeleteDurableExecutionRequest: Shape = Shape::structure(&[
    Member::path("DurableExecutionArn", "DurableExecutionArn", &DurableExecutionArn).required(),
]);
static DeleteEventSourceMappingRequest: Shape = Shape::structure(&[
    Member::path("UUID", "UUID", &UUIDString).required(),
]);
static DeleteFunctionCodeSigningConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
]);
static DeleteFunctionConcurrencyRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
]);
static DeleteFunctionEventInvokeConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
]);
static DeleteFunctionRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
]);
static DeleteFunctionUrlConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionUrlFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &FunctionUrlQualifier),
]);
static DeleteLayerVersionRequest: Shape = Shape::structure(&[
    Member::path("LayerName", "LayerName", &LayerNameOrArn).required(),
    Member::path("VersionNumber", "VersionNumber", &LayerVersionNumber).required(),
]);
static DeleteProvisionedConcurrencyConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::query("Qualifier", "Qualifier", &Qualifier).required(),
]);
static DeleteResourcePolicyRequest: Shape = Shape::structure(&[
    Member::path("ResourceArn", "ResourceArn", &PolicyResourceArn).required(),
    Member::query("RevisionId", "RevisionId", &RevisionId),
]);
static Description: Shape = Shape::string().min(0.0).max(256.0);
static DestinationArn: Shape = Shape::string().min(0.0).max(350.0).pattern("$|kafka://([^.]([a-zA-Z0-9\\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)");
static DestinationConfig: Shape = Shape::structure(&[
    Member::body("OnSuccess", "OnSuccess", &OnSuccess),
    Member::body("OnFailure", "OnFailure", &OnFailure),
]);
static DirectS3Read: Shape = Shape::string().one_of(&["ENABLED", "DISABLED", "AUTO"]);
static DocumentDBEventSourceConfig: Shape = Shape::structure(&[
    Member::body("DatabaseName", "DatabaseName", &DatabaseName),
    Member::body("CollectionName", "CollectionName", &CollectionName),
    Member::body("FullDocument", "FullDocument", &FullDocument),
]);
static DurableConfig: Shape = Shape::structure(&[
    Member::body("KMSKeyArn", "KMSKeyArn", &KMSKeyArn),
    Member::body("RetentionPeriodInDays", "RetentionPeriodInDays", &RetentionPeriodInDays),
    Member::body("ExecutionTimeout", "ExecutionTimeout", &ExecutionTimeout),
]);
static DurableExecutionArn: Shape = Shape::string().min(1.0).max(1024.0).pattern("arn:([a-zA-Z0-9-]+):lambda:([a-zA-Z0-9-]+):(\\d{12}):function:([a-zA-Z0-9_-]+):(\\$LATEST(?:\\.PUBLISHED)?|[0-9]+)/durable-execution/([a-zA-Z0-9_-]+)/([a-zA-Z0-9_-]+)");
static DurableExecutionName: Shape = Shape::string().min(1.0).max(64.0).pattern("[a-zA-Z0-9-_]+");
static Enabled: Shape = Shape::boolean();
static EndPointType: Shape = Shape::string().one_of(&["KAFKA_BOOTSTRAP_SERVERS"]);
static Endpoint: Shape = Shape::string().min(1.0).max(300.0).pattern("(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9])\\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\\-]*[A-Za-z0-9]):[0-9]{1,5}");
static EndpointLists: Shape = Shape::list(&Endpoint).min(1.0).max(10.0);
static Endpoints: Shape = Shape::map(&EndPointType, &EndpointLists).min(1.0).max(2.0);
static Environment: Shape = Shape::structure(&[
    Member::body("Variables", "Variables", &EnvironmentVariables),
]);
static EnvironmentVariableName: Shape = Shape::string().pattern("[a-zA-Z]([a-zA-Z0-9_])+").secret();
static EnvironmentVariableValue: Shape = Shape::string().secret();
static EnvironmentVariables: Shape = Shape::map(&EnvironmentVariableName, &EnvironmentVariableValue).secret();
static EphemeralStorage: Shape = Shape::structure(&[
    Member::body("Size", "Size", &EphemeralStorageSize).required(),
]);
static EphemeralStorageSize: Shape = Shape::integer().min(512.0).max(32768.0);
static ErrorData: Shape = Shape::string().secret();
static ErrorMessage: Shape = Shape::string().secret();
static ErrorObject: Shape = Shape::structure(&[
    Member::body("ErrorMessage", "ErrorMessage", &ErrorMessage),
    Member::body("ErrorType", "ErrorType", &ErrorType),
    Member::body("ErrorData", "ErrorData", &ErrorData),
    Member::body("StackTrace", "StackTrace", &StackTraceEntries),
]);
static ErrorType: Shape = Shape::string().secret();
static EventSourceMappingLoggingConfig: Shape = Shape::structure(&[
    Member::body("SystemLogLevel", "SystemLogLevel", &EventSourceMappingSystemLogLevel),
]);
static EventSourceMappingMetric: Shape = Shape::string().one_of(&["EventCount", "ErrorCount", "KafkaMetrics"]);
static EventSourceMappingMetricList: Shape = Shape::list(&EventSourceMappingMetric).min(0.0).max(3.0);
static EventSourceMappingMetricsConfig: Shape = Shape::structure(&[
    Member::body("Metrics", "Metrics", &EventSourceMappingMetricList),
]);
static EventSourceMappingSystemLogLevel: Shape = Shape::string().one_of(&["DEBUG", "INFO", "WARN"]);
static EventSourcePosition: Shape = Shape::string().one_of(&["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"]);
static EventSourceToken: Shape = Shape::string().min(0.0).max(256.0).pattern("[a-zA-Z0-9._\\-]+");
static ExecutionEnvironmentMemoryGiBPerVCpu: Shape = Shape::double().min(2.0).max(8.0);
static ExecutionStatus: Shape = Shape::string().one_of(&["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "DELETING", "PAUSING", "PAUSED"]);
static ExecutionStatusList: Shape = Shape::list(&ExecutionStatus).min(1.0).max(10.0);
static ExecutionTimeout: Shape = Shape::integer().min(1.0).max(31622400.0);
static ExecutionTimeoutPaused: Shape = Shape::boolean();
static ExecutionTimestamp: Shape = Shape::timestamp();
static FileSystemArn: Shape = Shape::string().min(0.0).max(256.0).pattern("arn:aws[a-zA-Z-]*:elasticfilesystem:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:access-point/fsap-[a-f0-9]{17}$|^arn:aws[-a-z]*:s3files:[0-9a-z-:]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}");
static FileSystemConfig: Shape = Shape::structure(&[
    Member::body("Arn", "Arn", &FileSystemArn).required(),
    Member::body("LocalMountPath", "LocalMountPath", &LocalMountPath).required(),
    Member::body("S3FilesConfig", "S3FilesConfig", &S3FilesConfig),
]);
static FileSystemConfigList: Shape = Shape::list(&FileSystemConfig).min(0.0).max(1.0);
static Filter: Shape = Shape::structure(&[
    Member::body("Pattern", "Pattern", &Pattern),
]);
static FilterCriteria: Shape = Shape::structure(&[
    Member::body("Filters", "Filters", &FilterList),
]);
static FilterList: Shape = Shape::list(&Filter);
static FullDocument: Shape = Shape::string().one_of(&["UpdateLookup", "Default"]);
static FunctionCode: Shape = Shape::structure(&[
    Member::body("ZipFile", "ZipFile", &Blob),
    Member::body("S3Bucket", "S3Bucket", &S3Bucket),
    Member::body("S3Key", "S3Key", &S3Key),
    Member::body("S3ObjectVersion", "S3ObjectVersion", &S3ObjectVersion),
    Member::body("S3ObjectStorageMode", "S3ObjectStorageMode", &S3ObjectStorageMode),
    Member::body("ImageUri", "ImageUri", &String),
    Member::body("SourceKMSKeyArn", "SourceKMSKeyArn", &KMSKeyArn),
]);
static FunctionName: Shape = Shape::string().min(1.0).max(140.0).pattern("(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?");
static FunctionResponseType: Shape = Shape::string().one_of(&["ReportBatchItemFailures"]);
static FunctionResponseTypeList: Shape = Shape::list(&FunctionResponseType).min(0.0).max(1.0);
static FunctionRuntimeAlias: Shape = Shape::string().min(1.0).max(128.0);
static FunctionRuntimeArn: Shape = Shape::string().min(48.0).max(2048.0).pattern("arn:[a-z-]+:lambda:[a-z0-9-]+:\\d{12}:runtime/.+");
static FunctionRuntimeConfig: Shape = Shape::structure(&[
    Member::body("RuntimeArn", "RuntimeArn", &FunctionRuntimeArn).required(),
    Member::body("RuntimeAlias", "RuntimeAlias", &FunctionRuntimeAlias).required(),
]);
static FunctionScalingConfig: Shape = Shape::structure(&[
    Member::body("MinExecutionEnvironments", "MinExecutionEnvironments", &FunctionScalingConfigExecutionEnvironments),
    Member::body("MaxExecutionEnvironments", "MaxExecutionEnvironments", &FunctionScalingConfigExecutionEnvironments),
]);
static FunctionScalingConfigExecutionEnvironments: Shape = Shape::integer().min(0.0).max(15000.0);
static FunctionUrlAuthType: Shape = Shape::string().one_of(&["NONE", "AWS_IAM"]);
static FunctionUrlFunctionName: Shape = Shape::string().min(1.0).max(140.0).pattern("(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]{1,64})(:((?!\\d+$)[0-9a-zA-Z-_]+))?");
static FunctionUrlQualifier: Shape = Shape::string().min(1.0).max(128.0).pattern("((?!^\\d+$)^[0-9a-zA-Z-_]+$)");
static FunctionVersion: Shape = Shape::string().one_of(&["ALL"]);
static FunctionVersionLatestPublished: Shape = Shape::string().one_of(&["LATEST_PUBLISHED"]);
static GetAccountSettingsRequest: Shape = Shape::structure(&[]);
static GetAliasRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::path("Name", "Name", &Alias).required(),
]);
static GetCapacityProviderRequest: Shape = Shape::structure(&[
    Member::path("CapacityProviderName", "CapacityProviderName", &CapacityProviderName).required(),
]);
static GetCodeSigningConfigRequest: Shape = Shape::structure(&[
    Member::path("CodeSigningConfigArn", "CodeSigningConfigArn", &CodeSigningConfigArn).required(),
]);
static GetDurableExecutionHistoryRequest: Shape = Shape::structure(&[
    Member::path("DurableExecutionArn", "DurableExecutionArn", &DurableExecutionArn).required(),
    Member::query("IncludeExecutionData", "IncludeExecutionData", &IncludeExecutionData),
    Member::query("MaxItems", "MaxItems", &ItemCount),
    Member::query("Marker", "Marker", &String),
    Member::query("ReverseOrder", "ReverseOrder", &ReverseOrder),
]);
static GetDurableExecutionRequest: Shape = Shape::structure(&[
    Member::path("DurableExecutionArn", "DurableExecutionArn", &DurableExecutionArn).required(),
    Member::query("IncludeExecutionData", "IncludeExecutionData", &IncludeExecutionData),
]);
static GetDurableExecutionStateRequest: Shape = Shape::structure(&[
    Member::path("DurableExecutionArn", "DurableExecutionArn", &DurableExecutionArn).required(),
    Member::query("CheckpointToken", "CheckpointToken", &CheckpointToken).required(),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &ItemCount),
]);
static GetEventSourceMappingRequest: Shape = Shape::structure(&[
    Member::path("UUID", "UUID", &UUIDString).required(),
]);
static GetFunctionCodeSigningConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
]);
static GetFunctionConcurrencyRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
]);
static GetFunctionConfigurationRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
]);
static GetFunctionEventInvokeConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
]);
static GetFunctionRecursionConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &UnqualifiedFunctionName).required(),
]);
static GetFunctionRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
]);
static GetFunctionScalingConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &UnqualifiedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &PublishedFunctionQualifier).required(),
]);
static GetFunctionUrlConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionUrlFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &FunctionUrlQualifier),
]);
static GetLayerVersionByArnRequest: Shape = Shape::structure(&[
    Member::query("Arn", "Arn", &LayerVersionArn).required(),
]);
static GetLayerVersionPolicyRequest: Shape = Shape::structure(&[
    Member::path("LayerName", "LayerName", &LayerNameOrArn).required(),
    Member::path("VersionNumber", "VersionNumber", &LayerVersionNumber).required(),
]);
static GetLayerVersionRequest: Shape = Shape::structure(&[
    Member::path("LayerName", "LayerName", &LayerNameOrArn).required(),
    Member::path("VersionNumber", "VersionNumber", &LayerVersionNumber).required(),
]);
static GetPolicyRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
]);
static GetProvisionedConcurrencyConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::query("Qualifier", "Qualifier", &Qualifier).required(),
]);
static GetResourcePolicyRequest: Shape = Shape::structure(&[
    Member::path("ResourceArn", "ResourceArn", &PolicyResourceArn).required(),
]);
static GetRuntimeManagementConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
]);
static Handler: Shape = Shape::string().min(0.0).max(128.0).pattern("[^\\s]+");
static Header: Shape = Shape::string().min(0.0).max(1024.0).pattern(".*");
static HeadersList: Shape = Shape::list(&Header).min(0.0).max(100.0);
static ImageConfig: Shape = Shape::structure(&[
    Member::body("EntryPoint", "EntryPoint", &StringList),
    Member::body("Command", "Command", &StringList),
    Member::body("WorkingDirectory", "WorkingDirectory", &WorkingDirectory),
]);
static IncludeExecutionData: Shape = Shape::boolean();
static InstanceRequirements: Shape = Shape::structure(&[
    Member::body("Architectures", "Architectures", &ArchitecturesList),
    Member::body("AllowedInstanceTypes", "AllowedInstanceTypes", &InstanceTypeSet),
    Member::body("ExcludedInstanceTypes", "ExcludedInstanceTypes", &InstanceTypeSet),
]);
static InstanceType: Shape = Shape::string().min(1.0).max(30.0).pattern("[a-zA-Z0-9\\.\\*\\-]+");
static InstanceTypeSet: Shape = Shape::list(&InstanceType).min(0.0).max(400.0);
static InvocationRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::header("InvocationType", "X-Amz-Invocation-Type", &InvocationType),
    Member::header("LogType", "X-Amz-Log-Type", &LogType),
    Member::header("ClientContext", "X-Amz-Client-Context", &String),
    Member::header("DurableExecutionName", "X-Amz-Durable-Execution-Name", &DurableExecutionName),
    Member::payload("Payload", "Payload", &Blob),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
    Member::header("TenantId", "X-Amz-Tenant-Id", &TenantId),
]);
static InvocationType: Shape = Shape::string().one_of(&["Event", "RequestResponse", "DryRun"]);
static InvokeAsyncRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::payload("InvokeArgs", "InvokeArgs", &BlobStream).required(),
]);
static InvokeMode: Shape = Shape::string().one_of(&["BUFFERED", "RESPONSE_STREAM"]);
static InvokeWithResponseStreamRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::header("LogType", "X-Amz-Log-Type", &LogType),
    Member::header("ClientContext", "X-Amz-Client-Context", &String),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
    Member::payload("Payload", "Payload", &Blob),
    Member::header("TenantId", "X-Amz-Tenant-Id", &TenantId),
    Member::header("InvocationType", "X-Amz-Invocation-Type", &ResponseStreamingInvocationType),
]);
static InvokedViaFunctionUrl: Shape = Shape::boolean();
static ItemCount: Shape = Shape::integer().min(0.0).max(1000.0);
static KMSKeyArn: Shape = Shape::string().min(0.0).max(10000.0).pattern("(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
static KMSKeyArnNonEmpty: Shape = Shape::string().min(0.0).max(10000.0).pattern("arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*");
static KafkaEventSourceMappingConsumptionMode: Shape = Shape::string().one_of(&["Stream", "Queue"]);
static KafkaSchemaRegistryAccessConfig: Shape = Shape::structure(&[
    Member::body("Type", "Type", &KafkaSchemaRegistryAuthType),
    Member::body("URI", "URI", &Arn),
]);
static KafkaSchemaRegistryAccessConfigList: Shape = Shape::list(&KafkaSchemaRegistryAccessConfig);
static KafkaSchemaRegistryAuthType: Shape = Shape::string().one_of(&["BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "SERVER_ROOT_CA_CERTIFICATE", "OAUTHBEARER_AUTH"]);
static KafkaSchemaRegistryConfig: Shape = Shape::structure(&[
    Member::body("SchemaRegistryURI", "SchemaRegistryURI", &SchemaRegistryUri),
    Member::body("EventRecordFormat", "EventRecordFormat", &SchemaRegistryEventRecordFormat),
    Member::body("AccessConfigs", "AccessConfigs", &KafkaSchemaRegistryAccessConfigList),
    Member::body("SchemaValidationConfigs", "SchemaValidationConfigs", &KafkaSchemaValidationConfigList),
]);
static KafkaSchemaValidationAttribute: Shape = Shape::string().one_of(&["KEY", "VALUE"]);
static KafkaSchemaValidationConfig: Shape = Shape::structure(&[
    Member::body("Attribute", "Attribute", &KafkaSchemaValidationAttribute),
]);
static KafkaSchemaValidationConfigList: Shape = Shape::list(&KafkaSchemaValidationConfig);
static LambdaManagedInstancesCapacityProviderConfig: Shape = Shape::structure(&[
    Member::body("CapacityProviderArn", "CapacityProviderArn", &CapacityProviderArn).required(),
    Member::body("PerExecutionEnvironmentMaxConcurrency", "PerExecutionEnvironmentMaxConcurrency", &PerExecutionEnvironmentMaxConcurrency),
    Member::body("ExecutionEnvironmentMemoryGiBPerVCpu", "ExecutionEnvironmentMemoryGiBPerVCpu", &ExecutionEnvironmentMemoryGiBPerVCpu),
]);
static LayerList: Shape = Shape::list(&LayerVersionArn);
static LayerNameOrArn: Shape = Shape::string().min(1.0).max(2048.0).pattern("(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})");
static LayerPermissionAllowedAction: Shape = Shape::string().min(0.0).max(22.0).pattern("lambda:GetLayerVersion");
static LayerPermissionAllowedPrincipal: Shape = Shape::string().min(0.0).max(10000.0).pattern("\\d{12}|\\*|arn:(aws[a-zA-Z-]*):iam::\\d{12}:root");
static LayerVersionArn: Shape = Shape::string().min(1.0).max(2048.0).pattern("((arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+))");
static LayerVersionContentInput: Shape = Shape::structure(&[
    Member::body("S3Bucket", "S3Bucket", &S3Bucket),
    Member::body("S3Key", "S3Key", &S3Key),
    Member::body("S3ObjectVersion", "S3ObjectVersion", &S3ObjectVersion),
    Member::body("S3ObjectStorageMode", "S3ObjectStorageMode", &S3ObjectStorageMode),
    Member::body("ZipFile", "ZipFile", &Blob),
]);
static LayerVersionNumber: Shape = Shape::long();
static LicenseInfo: Shape = Shape::string().min(0.0).max(512.0).pattern(".*");
static ListAliasesRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::query("FunctionVersion", "FunctionVersion", &VersionWithLatestPublished),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxListItems),
]);
static ListCapacityProvidersRequest: Shape = Shape::structure(&[
    Member::query("State", "State", &CapacityProviderState),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxFiftyListItems),
]);
static ListCodeSigningConfigsRequest: Shape = Shape::structure(&[
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxListItems),
]);
static ListDurableExecutionsByFunctionRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
    Member::query("DurableExecutionName", "DurableExecutionName", &DurableExecutionName),
    Member::query("Statuses", "Statuses", &ExecutionStatusList),
    Member::query("StartedAfter", "StartedAfter", &ExecutionTimestamp),
    Member::query("StartedBefore", "StartedBefore", &ExecutionTimestamp),
    Member::query("ReverseOrder", "ReverseOrder", &ReverseOrder),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &ItemCount),
]);
static ListEventSourceMappingsRequest: Shape = Shape::structure(&[
    Member::query("EventSourceArn", "EventSourceArn", &Arn),
    Member::query("FunctionName", "FunctionName", &NamespacedFunctionName),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxListItems),
]);
static ListFunctionEventInvokeConfigsRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxFunctionEventInvokeConfigListItems),
]);
static ListFunctionUrlConfigsRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionUrlFunctionName).required(),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxItems),
]);
static ListFunctionVersionsByCapacityProviderRequest: Shape = Shape::structure(&[
    Member::path("CapacityProviderName", "CapacityProviderName", &CapacityProviderName).required(),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxFiftyListItems),
]);
static ListFunctionsByCodeSigningConfigRequest: Shape = Shape::structure(&[
    Member::path("CodeSigningConfigArn", "CodeSigningConfigArn", &CodeSigningConfigArn).required(),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxListItems),
]);
static ListFunctionsRequest: Shape = Shape::structure(&[
    Member::query("MasterRegion", "MasterRegion", &MasterRegion),
    Member::query("FunctionVersion", "FunctionVersion", &FunctionVersion),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxListItems),
]);
static ListLayerVersionsRequest: Shape = Shape::structure(&[
    Member::query("CompatibleArchitecture", "CompatibleArchitecture", &Architecture),
    Member::query("CompatibleRuntime", "CompatibleRuntime", &Runtime),
    Member::path("LayerName", "LayerName", &LayerNameOrArn).required(),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxLayerListItems),
]);
static ListLayersRequest: Shape = Shape::structure(&[
    Member::query("CompatibleArchitecture", "CompatibleArchitecture", &Architecture),
    Member::query("CompatibleRuntime", "CompatibleRuntime", &Runtime),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxLayerListItems),
]);
static ListProvisionedConcurrencyConfigsRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxProvisionedConcurrencyConfigListItems),
]);
static ListTagsRequest: Shape = Shape::structure(&[
    Member::path("Resource", "Resource", &TaggableResource).required(),
]);
static ListVersionsByFunctionRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Marker", "Marker", &String),
    Member::query("MaxItems", "MaxItems", &MaxListItems),
]);
static LocalMountPath: Shape = Shape::string().min(0.0).max(160.0).pattern("/mnt/[a-zA-Z0-9-_.]+");
static LogFormat: Shape = Shape::string().one_of(&["JSON", "Text"]);
static LogGroup: Shape = Shape::string().min(1.0).max(512.0).pattern("[\\.\\-_/#A-Za-z0-9]+");
static LogType: Shape = Shape::string().one_of(&["None", "Tail"]);
static LoggingConfig: Shape = Shape::structure(&[
    Member::body("LogFormat", "LogFormat", &LogFormat),
    Member::body("ApplicationLogLevel", "ApplicationLogLevel", &ApplicationLogLevel),
    Member::body("SystemLogLevel", "SystemLogLevel", &SystemLogLevel),
    Member::body("LogGroup", "LogGroup", &LogGroup),
]);
static MasterRegion: Shape = Shape::string().min(1.0).max(50.0).pattern("ALL|(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}");
static MaxAge: Shape = Shape::integer().min(0.0).max(86400.0);
static MaxFiftyListItems: Shape = Shape::integer().min(1.0).max(50.0);
static MaxFunctionEventInvokeConfigListItems: Shape = Shape::integer().min(1.0).max(50.0);
static MaxItems: Shape = Shape::integer().min(1.0).max(50.0);
static MaxLayerListItems: Shape = Shape::integer().min(1.0).max(50.0);
static MaxListItems: Shape = Shape::integer().min(1.0).max(10000.0);
static MaxProvisionedConcurrencyConfigListItems: Shape = Shape::integer().min(1.0).max(50.0);
static MaximumBatchingWindowInSeconds: Shape = Shape::integer().min(0.0).max(300.0);
static MaximumConcurrency: Shape = Shape::integer().min(2.0).max(1000.0);
static MaximumEventAgeInSeconds: Shape = Shape::integer().min(60.0).max(21600.0);
static MaximumNumberOfPollers: Shape = Shape::integer().min(1.0).max(10000.0);
static MaximumRecordAgeInSeconds: Shape = Shape::integer().min(-1.0).max(604800.0);
static MaximumRetryAttempts: Shape = Shape::integer().min(0.0).max(2.0);
static MaximumRetryAttemptsEventSourceMapping: Shape = Shape::integer().min(-1.0).max(10000.0);
static MemorySize: Shape = Shape::integer().min(128.0).max(32768.0);
static Method: Shape = Shape::string().min(0.0).max(6.0).pattern(".*");
static MetricTargetValue: Shape = Shape::double().min(0.0).max(100.0);
static MinimumNumberOfPollers: Shape = Shape::integer().min(1.0).max(200.0);
static NamespacedFunctionName: Shape = Shape::string().min(1.0).max(256.0).pattern("(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?");
static NamespacedStatementId: Shape = Shape::string().min(1.0).max(100.0).pattern("([a-zA-Z0-9-_.]+)");
static NullableBoolean: Shape = Shape::boolean();
static NumericLatestPublishedOrAliasQualifier: Shape = Shape::string().min(1.0).max(128.0).pattern("\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+");
static OnFailure: Shape = Shape::structure(&[
    Member::body("Destination", "Destination", &DestinationArn),
]);
static OnSuccess: Shape = Shape::structure(&[
    Member::body("Destination", "Destination", &DestinationArn),
]);
static OperationAction: Shape = Shape::string().one_of(&["START", "SUCCEED", "FAIL", "RETRY", "CANCEL"]);
static OperationId: Shape = Shape::string().min(1.0).max(64.0).pattern("[a-zA-Z0-9-_]+");
static OperationName: Shape = Shape::string().min(1.0).max(256.0).pattern("[\\x20-\\x7E]+");
static OperationPayload: Shape = Shape::string().min(0.0).max(6291456.0).secret();
static OperationSubType: Shape = Shape::string().min(1.0).max(32.0).pattern("[a-zA-Z0-9-_]+");
static OperationType: Shape = Shape::string().one_of(&["EXECUTION", "CONTEXT", "STEP", "WAIT", "CALLBACK", "CHAINED_INVOKE"]);
static OperationUpdate: Shape = Shape::structure(&[
    Member::body("Id", "Id", &OperationId).required(),
    Member::body("ParentId", "ParentId", &OperationId),
    Member::body("Name", "Name", &OperationName),
    Member::body("Type", "Type", &OperationType).required(),
    Member::body("SubType", "SubType", &OperationSubType),
    Member::body("Action", "Action", &OperationAction).required(),
    Member::body("Payload", "Payload", &OperationPayload),
    Member::body("Error", "Error", &ErrorObject),
    Member::body("ContextOptions", "ContextOptions", &ContextOptions),
    Member::body("StepOptions", "StepOptions", &StepOptions),
    Member::body("WaitOptions", "WaitOptions", &WaitOptions),
    Member::body("CallbackOptions", "CallbackOptions", &CallbackOptions),
    Member::body("ChainedInvokeOptions", "ChainedInvokeOptions", &ChainedInvokeOptions),
]);
static OperationUpdates: Shape = Shape::list(&OperationUpdate);
static OrganizationId: Shape = Shape::string().min(0.0).max(34.0).pattern("o-[a-z0-9]{10,32}");
static Origin: Shape = Shape::string().min(1.0).max(253.0).pattern(".*");
static PackageType: Shape = Shape::string().one_of(&["Zip", "Image"]);
static ParallelizationFactor: Shape = Shape::integer().min(1.0).max(10.0);
static Pattern: Shape = Shape::string().min(0.0).max(4096.0).pattern("[\\s\\S]*");
static PauseDurableExecutionRequest: Shape = Shape::structure(&[
    Member::path("DurableExecutionArn", "DurableExecutionArn", &DurableExecutionArn).required(),
    Member::body("ClientToken", "ClientToken", &ClientToken),
    Member::body("Reason", "Reason", &PauseReason),
    Member::body("ExecutionTimeoutPaused", "ExecutionTimeoutPaused", &ExecutionTimeoutPaused),
]);
static PauseReason: Shape = Shape::string().min(0.0).max(1024.0).secret();
static PerExecutionEnvironmentMaxConcurrency: Shape = Shape::integer().min(1.0).max(1600.0);
static PolicyResourceArn: Shape = Shape::string().min(0.0).max(512.0).pattern("arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_])+)?|runtime/[a-zA-Z0-9-_./]+)");
static PositiveInteger: Shape = Shape::integer().min(1.0);
static Principal: Shape = Shape::string().min(0.0).max(2048.0).pattern("[^\\s]+");
static PrincipalOrgID: Shape = Shape::string().min(12.0).max(34.0).pattern("o-[a-z0-9]{10,32}");
static PropagateTags: Shape = Shape::structure(&[
    Member::body("Mode", "Mode", &PropagateTagsMode),
    Member::body("ExplicitTags", "ExplicitTags", &PropagateTagsExplicitTagsMap),
]);
static PropagateTagsExplicitTagsMap: Shape = Shape::map(&TagKey, &TagValue).min(0.0).max(40.0);
static PropagateTagsMode: Shape = Shape::string().one_of(&["None", "Explicit"]);
static ProvisionedPollerConfig: Shape = Shape::structure(&[
    Member::body("MinimumPollers", "MinimumPollers", &MinimumNumberOfPollers),
    Member::body("MaximumPollers", "MaximumPollers", &MaximumNumberOfPollers),
    Member::body("PollerGroupName", "PollerGroupName", &ProvisionedPollerGroupName),
]);
static ProvisionedPollerGroupName: Shape = Shape::string().min(0.0).max(128.0).pattern("[a-zA-Z0-9-_]*");
static PublishLayerVersionRequest: Shape = Shape::structure(&[
    Member::path("LayerName", "LayerName", &LayerNameOrArn).required(),
    Member::body("Description", "Description", &Description),
    Member::body("Content", "Content", &LayerVersionContentInput).required(),
    Member::body("CompatibleArchitectures", "CompatibleArchitectures", &CompatibleArchitectures),
    Member::body("CompatibleRuntimes", "CompatibleRuntimes", &CompatibleRuntimes),
    Member::body("LicenseInfo", "LicenseInfo", &LicenseInfo),
]);
static PublishVersionRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::body("CodeSha256", "CodeSha256", &String),
    Member::body("Description", "Description", &Description),
    Member::body("RevisionId", "RevisionId", &String),
    Member::body("PublishTo", "PublishTo", &FunctionVersionLatestPublished),
]);
static PublishedFunctionQualifier: Shape = Shape::string().min(1.0).max(128.0).pattern("(\\$LATEST\\.PUBLISHED|[0-9]+)");
static PutFunctionCodeSigningConfigRequest: Shape = Shape::structure(&[
    Member::body("CodeSigningConfigArn", "CodeSigningConfigArn", &CodeSigningConfigArn).required(),
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
]);
static PutFunctionConcurrencyRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::body("ReservedConcurrentExecutions", "ReservedConcurrentExecutions", &ReservedConcurrentExecutions).required(),
]);
static PutFunctionEventInvokeConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
    Member::body("MaximumRetryAttempts", "MaximumRetryAttempts", &MaximumRetryAttempts),
    Member::body("MaximumEventAgeInSeconds", "MaximumEventAgeInSeconds", &MaximumEventAgeInSeconds),
    Member::body("DestinationConfig", "DestinationConfig", &DestinationConfig),
]);
static PutFunctionRecursionConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &UnqualifiedFunctionName).required(),
    Member::body("RecursiveLoop", "RecursiveLoop", &RecursiveLoop).required(),
]);
static PutFunctionScalingConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &UnqualifiedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &PublishedFunctionQualifier).required(),
    Member::body("FunctionScalingConfig", "FunctionScalingConfig", &FunctionScalingConfig),
]);
static PutProvisionedConcurrencyConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::query("Qualifier", "Qualifier", &Qualifier).required(),
    Member::body("ProvisionedConcurrentExecutions", "ProvisionedConcurrentExecutions", &PositiveInteger).required(),
]);
static PutResourcePolicyRequest: Shape = Shape::structure(&[
    Member::path("ResourceArn", "ResourceArn", &PolicyResourceArn).required(),
    Member::body("Policy", "Policy", &ResourcePolicy).required(),
    Member::body("RevisionId", "RevisionId", &RevisionId),
]);
static PutRuntimeManagementConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
    Member::body("UpdateRuntimeOn", "UpdateRuntimeOn", &UpdateRuntimeOn).required(),
    Member::body("RuntimeVersionArn", "RuntimeVersionArn", &RuntimeVersionArn),
]);
static Qualifier: Shape = Shape::string().min(1.0).max(128.0).pattern("(|[a-zA-Z0-9$_-]+)");
static Queue: Shape = Shape::string().min(1.0).max(1000.0).pattern("[\\s\\S]*");
static Queues: Shape = Shape::list(&Queue).min(1.0).max(1.0);
static RecursiveLoop: Shape = Shape::string().one_of(&["Allow", "Terminate"]);
static RemoveLayerVersionPermissionRequest: Shape = Shape::structure(&[
    Member::path("LayerName", "LayerName", &LayerNameOrArn).required(),
    Member::path("VersionNumber", "VersionNumber", &LayerVersionNumber).required(),
    Member::path("StatementId", "StatementId", &StatementId).required(),
    Member::query("RevisionId", "RevisionId", &String),
]);
static RemovePermissionRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::path("StatementId", "StatementId", &NamespacedStatementId).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
    Member::query("RevisionId", "RevisionId", &String),
]);
static ReplayChildren: Shape = Shape::boolean();
static ReservedConcurrentExecutions: Shape = Shape::integer().min(0.0);
static ResourceArn: Shape = Shape::string().min(0.0).max(10000.0).pattern("(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
static ResourcePolicy: Shape = Shape::string().min(1.0).max(20480.0).pattern("[\\s\\S]+");
static ResponseStreamingInvocationType: Shape = Shape::string().one_of(&["RequestResponse", "DryRun"]);
static ResumeDurableExecutionRequest: Shape = Shape::structure(&[
    Member::path("DurableExecutionArn", "DurableExecutionArn", &DurableExecutionArn).required(),
    Member::body("ClientToken", "ClientToken", &ClientToken),
    Member::body("Reason", "Reason", &ResumeReason),
]);
static ResumeReason: Shape = Shape::string().min(0.0).max(1024.0).secret();
static RetentionPeriodInDays: Shape = Shape::integer().min(1.0).max(90.0);
static ReverseOrder: Shape = Shape::boolean();
static RevisionId: Shape = Shape::string().min(36.0).max(36.0).pattern("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
static RoleArn: Shape = Shape::string().min(0.0).max(10000.0).pattern("arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+");
static Runtime: Shape = Shape::string().one_of(&["nodejs", "nodejs4.3", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x", "nodejs16.x", "nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x", "java8", "java8.al2", "java11", "java17", "java21", "java25", "python2.7", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet6", "dotnet8", "dotnet10", "nodejs4.3-edge", "go1.x", "ruby2.5", "ruby2.7", "ruby3.2", "ruby3.3", "ruby3.4", "ruby4.0", "provided", "provided.al2", "provided.al2023", "nodejs26.x", "python3.15", "java8.al2023", "java11.al2023", "java17.al2023", "custom"]);
static RuntimeVersionArn: Shape = Shape::string().min(26.0).max(2048.0).pattern("((arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}::runtime:.+)|(arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:runtime/[A-Za-z0-9_.-]{1,128}/version/[A-Za-z0-9_.-]{1,128}))");
static S3Bucket: Shape = Shape::string().min(3.0).max(63.0).pattern("[0-9A-Za-z\\.\\-_]*(?<!\\.)");
static S3FilesConfig: Shape = Shape::structure(&[
    Member::body("DirectS3Read", "DirectS3Read", &DirectS3Read),
]);
static S3Key: Shape = Shape::string().min(1.0).max(1024.0).pattern(".*");
static S3ObjectStorageMode: Shape = Shape::string().one_of(&["COPY", "REFERENCE"]);
static S3ObjectVersion: Shape = Shape::string().min(1.0).max(1024.0).pattern(".*");
static ScalingConfig: Shape = Shape::structure(&[
    Member::body("MaximumConcurrency", "MaximumConcurrency", &MaximumConcurrency),
]);
static SchemaRegistryEventRecordFormat: Shape = Shape::string().one_of(&["JSON", "SOURCE"]);
static SchemaRegistryUri: Shape = Shape::string().min(1.0).max(10000.0).pattern("[a-zA-Z0-9-\\/*:_+=.@-]*");
static SecurityGroupId: Shape = Shape::string().min(0.0).max(1024.0).pattern("sg-[0-9a-zA-Z]*");
static SecurityGroupIds: Shape = Shape::list(&SecurityGroupId).min(0.0).max(5.0);
static SelfManagedEventSource: Shape = Shape::structure(&[
    Member::body("Endpoints", "Endpoints", &Endpoints),
]);
static SelfManagedKafkaEventSourceConfig: Shape = Shape::structure(&[
    Member::body("ConsumerGroupId", "ConsumerGroupId", &URI),
    Member::body("SchemaRegistryConfig", "SchemaRegistryConfig", &KafkaSchemaRegistryConfig),
    Member::body("ConsumptionMode", "ConsumptionMode", &KafkaEventSourceMappingConsumptionMode),
]);
static SendDurableExecutionCallbackFailureRequest: Shape = Shape::structure(&[
    Member::path("CallbackId", "CallbackId", &CallbackId).required(),
    Member::payload("Error", "Error", &ErrorObject),
]);
static SendDurableExecutionCallbackHeartbeatRequest: Shape = Shape::structure(&[
    Member::path("CallbackId", "CallbackId", &CallbackId).required(),
]);
static SendDurableExecutionCallbackSuccessRequest: Shape = Shape::structure(&[
    Member::path("CallbackId", "CallbackId", &CallbackId).required(),
    Member::payload("Result", "Result", &BinaryOperationPayload),
]);
static SigningProfileVersionArns: Shape = Shape::list(&Arn).min(1.0).max(20.0);
static SnapStart: Shape = Shape::structure(&[
    Member::body("ApplyOn", "ApplyOn", &SnapStartApplyOn),
]);
static SnapStartApplyOn: Shape = Shape::string().one_of(&["PublishedVersions", "None"]);
static SourceAccessConfiguration: Shape = Shape::structure(&[
    Member::body("Type", "Type", &SourceAccessType),
    Member::body("URI", "URI", &URI),
]);
static SourceAccessConfigurations: Shape = Shape::list(&SourceAccessConfiguration).min(0.0).max(23.0);
static SourceAccessType: Shape = Shape::string().one_of(&["BASIC_AUTH", "VPC_SUBNET", "VPC_SECURITY_GROUP", "SASL_SCRAM_512_AUTH", "SASL_SCRAM_256_AUTH", "VIRTUAL_HOST", "CLIENT_CERTIFICATE_TLS_AUTH", "SERVER_ROOT_CA_CERTIFICATE", "OAUTHBEARER_AUTH", "OAUTHBEARER_SCOPE", "OAUTHBEARER_AUDIENCE", "OAUTHBEARER_LOGICAL_CLUSTER", "OAUTHBEARER_IDENTITY_POOL", "IAM_AUTH", "IAM_OAUTHBEARER_AUTH"]);
static SourceOwner: Shape = Shape::string().min(0.0).max(12.0).pattern("\\d{12}");
static StackTraceEntries: Shape = Shape::list(&StackTraceEntry);
static StackTraceEntry: Shape = Shape::string().secret();
static StatementId: Shape = Shape::string().min(1.0).max(100.0).pattern("([a-zA-Z0-9-_]+)");
static StepOptions: Shape = Shape::structure(&[
    Member::body("NextAttemptDelaySeconds", "NextAttemptDelaySeconds", &StepOptionsNextAttemptDelaySecondsInteger),
]);
static StepOptionsNextAttemptDelaySecondsInteger: Shape = Shape::integer().min(1.0).max(31622400.0);
static StopDurableExecutionRequest: Shape = Shape::structure(&[
    Member::path("DurableExecutionArn", "DurableExecutionArn", &DurableExecutionArn).required(),
    Member::payload("Error", "Error", &ErrorObject),
]);
static String: Shape = Shape::string();
static StringList: Shape = Shape::list(&String).min(0.0).max(1500.0);
static SubnetId: Shape = Shape::string().min(0.0).max(1024.0).pattern("subnet-[0-9a-z]*");
static SubnetIds: Shape = Shape::list(&SubnetId).min(0.0).max(16.0);
static SystemLogLevel: Shape = Shape::string().one_of(&["DEBUG", "INFO", "WARN"]);
static TagKey: Shape = Shape::string().min(1.0).max(128.0).pattern("([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)");
static TagKeyList: Shape = Shape::list(&TagKey);
static TagResourceRequest: Shape = Shape::structure(&[
    Member::path("Resource", "Resource", &TaggableResource).required(),
    Member::body("Tags", "Tags", &Tags).required(),
]);
static TagValue: Shape = Shape::string().min(0.0).max(256.0).pattern("([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)");
static TaggableResource: Shape = Shape::string().min(1.0).max(10000.0).pattern("arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})");
static Tags: Shape = Shape::map(&TagKey, &TagValue);
static TargetTrackingScalingPolicy: Shape = Shape::structure(&[
    Member::body("PredefinedMetricType", "PredefinedMetricType", &CapacityProviderPredefinedMetricType).required(),
    Member::body("TargetValue", "TargetValue", &MetricTargetValue).required(),
]);
static TenancyConfig: Shape = Shape::structure(&[
    Member::body("TenantIsolationMode", "TenantIsolationMode", &TenantIsolationMode).required(),
]);
static TenantId: Shape = Shape::string().min(1.0).max(256.0).pattern("[a-zA-Z0-9\\._:\\/=+\\-@ ]+");
static TenantIsolationMode: Shape = Shape::string().one_of(&["PER_TENANT"]);
static Timeout: Shape = Shape::integer().min(1.0).max(5400.0);
static Topic: Shape = Shape::string().min(1.0).max(249.0).pattern("[^.]([a-zA-Z0-9\\-_.]+)");
static Topics: Shape = Shape::list(&Topic).min(1.0).max(1.0);
static TracingConfig: Shape = Shape::structure(&[
    Member::body("Mode", "Mode", &TracingMode),
]);
static TracingMode: Shape = Shape::string().one_of(&["Active", "PassThrough"]);
static TumblingWindowInSeconds: Shape = Shape::integer().min(0.0).max(900.0);
static URI: Shape = Shape::string().min(1.0).max(200.0).pattern("[ a-zA-Z0-9-\\/*:_+=.@-]*");
static UUIDString: Shape = Shape::string().min(36.0).max(36.0);
static UnqualifiedFunctionName: Shape = Shape::string().min(1.0).max(140.0).pattern("(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)");
static UntagResourceRequest: Shape = Shape::structure(&[
    Member::path("Resource", "Resource", &TaggableResource).required(),
    Member::query("TagKeys", "tagKeys", &TagKeyList).required(),
]);
static UpdateAliasRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::path("Name", "Name", &Alias).required(),
    Member::body("FunctionVersion", "FunctionVersion", &VersionWithLatestPublished),
    Member::body("Description", "Description", &Description),
    Member::body("RoutingConfig", "RoutingConfig", &AliasRoutingConfiguration),
    Member::body("RevisionId", "RevisionId", &String),
]);
static UpdateCapacityProviderRequest: Shape = Shape::structure(&[
    Member::path("CapacityProviderName", "CapacityProviderName", &CapacityProviderName).required(),
    Member::body("CapacityProviderScalingConfig", "CapacityProviderScalingConfig", &CapacityProviderScalingConfig),
    Member::body("PropagateTags", "PropagateTags", &PropagateTags),
    Member::body("TelemetryConfig", "TelemetryConfig", &CapacityProviderTelemetryConfig),
]);
static UpdateCodeSigningConfigRequest: Shape = Shape::structure(&[
    Member::path("CodeSigningConfigArn", "CodeSigningConfigArn", &CodeSigningConfigArn).required(),
    Member::body("Description", "Description", &Description),
    Member::body("AllowedPublishers", "AllowedPublishers", &AllowedPublishers),
    Member::body("CodeSigningPolicies", "CodeSigningPolicies", &CodeSigningPolicies),
]);
static UpdateEventSourceMappingRequest: Shape = Shape::structure(&[
    Member::path("UUID", "UUID", &UUIDString).required(),
    Member::body("FunctionName", "FunctionName", &NamespacedFunctionName),
    Member::body("Enabled", "Enabled", &Enabled),
    Member::body("BatchSize", "BatchSize", &BatchSize),
    Member::body("FilterCriteria", "FilterCriteria", &FilterCriteria),
    Member::body("KMSKeyArn", "KMSKeyArn", &KMSKeyArn),
    Member::body("MetricsConfig", "MetricsConfig", &EventSourceMappingMetricsConfig),
    Member::body("LoggingConfig", "LoggingConfig", &EventSourceMappingLoggingConfig),
    Member::body("ScalingConfig", "ScalingConfig", &ScalingConfig),
    Member::body("MaximumBatchingWindowInSeconds", "MaximumBatchingWindowInSeconds", &MaximumBatchingWindowInSeconds),
    Member::body("ParallelizationFactor", "ParallelizationFactor", &ParallelizationFactor),
    Member::body("DestinationConfig", "DestinationConfig", &DestinationConfig),
    Member::body("MaximumRecordAgeInSeconds", "MaximumRecordAgeInSeconds", &MaximumRecordAgeInSeconds),
    Member::body("BisectBatchOnFunctionError", "BisectBatchOnFunctionError", &BisectBatchOnFunctionError),
    Member::body("MaximumRetryAttempts", "MaximumRetryAttempts", &MaximumRetryAttemptsEventSourceMapping),
    Member::body("TumblingWindowInSeconds", "TumblingWindowInSeconds", &TumblingWindowInSeconds),
    Member::body("SourceAccessConfigurations", "SourceAccessConfigurations", &SourceAccessConfigurations),
    Member::body("FunctionResponseTypes", "FunctionResponseTypes", &FunctionResponseTypeList),
    Member::body("AmazonManagedKafkaEventSourceConfig", "AmazonManagedKafkaEventSourceConfig", &AmazonManagedKafkaEventSourceConfig),
    Member::body("SelfManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig", &SelfManagedKafkaEventSourceConfig),
    Member::body("DocumentDBEventSourceConfig", "DocumentDBEventSourceConfig", &DocumentDBEventSourceConfig),
    Member::body("ProvisionedPollerConfig", "ProvisionedPollerConfig", &ProvisionedPollerConfig),
]);
static UpdateFunctionCodeRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::body("ZipFile", "ZipFile", &Blob),
    Member::body("S3Bucket", "S3Bucket", &S3Bucket),
    Member::body("S3Key", "S3Key", &S3Key),
    Member::body("S3ObjectVersion", "S3ObjectVersion", &S3ObjectVersion),
    Member::body("S3ObjectStorageMode", "S3ObjectStorageMode", &S3ObjectStorageMode),
    Member::body("ImageUri", "ImageUri", &String),
    Member::body("Architectures", "Architectures", &ArchitecturesList),
    Member::body("Publish", "Publish", &Boolean),
    Member::body("PublishTo", "PublishTo", &FunctionVersionLatestPublished),
    Member::body("DryRun", "DryRun", &Boolean),
    Member::body("RevisionId", "RevisionId", &String),
    Member::body("SourceKMSKeyArn", "SourceKMSKeyArn", &KMSKeyArn),
]);
static UpdateFunctionConfigurationRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionName).required(),
    Member::body("Role", "Role", &RoleArn),
    Member::body("Handler", "Handler", &Handler),
    Member::body("Description", "Description", &Description),
    Member::body("Timeout", "Timeout", &Timeout),
    Member::body("MemorySize", "MemorySize", &MemorySize),
    Member::body("VpcConfig", "VpcConfig", &VpcConfig),
    Member::body("Environment", "Environment", &Environment),
    Member::body("Runtime", "Runtime", &Runtime),
    Member::body("DeadLetterConfig", "DeadLetterConfig", &DeadLetterConfig),
    Member::body("KMSKeyArn", "KMSKeyArn", &KMSKeyArn),
    Member::body("TracingConfig", "TracingConfig", &TracingConfig),
    Member::body("RevisionId", "RevisionId", &String),
    Member::body("Layers", "Layers", &LayerList),
    Member::body("FileSystemConfigs", "FileSystemConfigs", &FileSystemConfigList),
    Member::body("ImageConfig", "ImageConfig", &ImageConfig),
    Member::body("EphemeralStorage", "EphemeralStorage", &EphemeralStorage),
    Member::body("SnapStart", "SnapStart", &SnapStart),
    Member::body("LoggingConfig", "LoggingConfig", &LoggingConfig),
    Member::body("CapacityProviderConfig", "CapacityProviderConfig", &CapacityProviderConfig),
    Member::body("DurableConfig", "DurableConfig", &DurableConfig),
    Member::body("RuntimeConfig", "RuntimeConfig", &FunctionRuntimeConfig),
    Member::body("AcceleratorConfig", "AcceleratorConfig", &AcceleratorConfig),
]);
static UpdateFunctionEventInvokeConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &NamespacedFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &NumericLatestPublishedOrAliasQualifier),
    Member::body("MaximumRetryAttempts", "MaximumRetryAttempts", &MaximumRetryAttempts),
    Member::body("MaximumEventAgeInSeconds", "MaximumEventAgeInSeconds", &MaximumEventAgeInSeconds),
    Member::body("DestinationConfig", "DestinationConfig", &DestinationConfig),
]);
static UpdateFunctionUrlConfigRequest: Shape = Shape::structure(&[
    Member::path("FunctionName", "FunctionName", &FunctionUrlFunctionName).required(),
    Member::query("Qualifier", "Qualifier", &FunctionUrlQualifier),
    Member::body("AuthType", "AuthType", &FunctionUrlAuthType),
    Member::body("Cors", "Cors", &Cors),
    Member::body("InvokeMode", "InvokeMode", &InvokeMode),
]);
static UpdateRuntimeOn: Shape = Shape::string().one_of(&["Auto", "Manual", "FunctionUpdate"]);
static VersionWithLatestPublished: Shape = Shape::string().min(1.0).max(1024.0).pattern("(\\$LATEST(\\.PUBLISHED)?|[0-9]+)");
static VpcConfig: Shape = Shape::structure(&[
    Member::body("SubnetIds", "SubnetIds", &SubnetIds),
    Member::body("SecurityGroupIds", "SecurityGroupIds", &SecurityGroupIds),
    Member::body("Ipv6AllowedForDualStack", "Ipv6AllowedForDualStack", &NullableBoolean),
]);
static WaitOptions: Shape = Shape::structure(&[
    Member::body("WaitSeconds", "WaitSeconds", &WaitOptionsWaitSecondsInteger),
]);
static WaitOptionsWaitSecondsInteger: Shape = Shape::integer().min(1.0).max(31622400.0);
static Weight: Shape = Shape::double().min(0.0).max(1.0);
static WorkingDirectory: Shape = Shape::string().min(0.0).max(1000.0);
static XAmznTraceId: Shape = Shape::string().min(0.0).max(8192.0);
