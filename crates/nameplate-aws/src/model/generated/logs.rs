//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: logs 2014-03-28.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::Logs, api_version: "2014-03-28", xml_namespace: "", target: "Logs_20140328", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::Logs, "AssociateKmsKey", "POST", "/", 200).input(&AssociateKmsKeyRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "AssociateSourceToS3TableIntegration", "POST", "/", 200).input(&AssociateSourceToS3TableIntegrationRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "CancelExportTask", "POST", "/", 200).input(&CancelExportTaskRequest).errors(&["InvalidOperationException", "InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "CancelImportTask", "POST", "/", 200).input(&CancelImportTaskRequest).output().errors(&["AccessDeniedException", "InvalidOperationException", "InvalidParameterException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Logs, "CreateDelivery", "POST", "/", 200).input(&CreateDeliveryRequest).output().errors(&["AccessDeniedException", "ConflictException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "CreateExportTask", "POST", "/", 200).input(&CreateExportTaskRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceAlreadyExistsException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "CreateImportTask", "POST", "/", 200).input(&CreateImportTaskRequest).output().errors(&["AccessDeniedException", "ConflictException", "InvalidOperationException", "InvalidParameterException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "CreateLogAnomalyDetector", "POST", "/", 200).input(&CreateLogAnomalyDetectorRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "CreateLogGroup", "POST", "/", 200).input(&CreateLogGroupRequest).errors(&["InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceAlreadyExistsException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "CreateLogStream", "POST", "/", 200).input(&CreateLogStreamRequest).errors(&["InvalidParameterException", "ResourceAlreadyExistsException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "CreateLookupTable", "POST", "/", 200).input(&CreateLookupTableRequest).output().errors(&["AccessDeniedException", "InvalidParameterException", "LimitExceededException", "ResourceAlreadyExistsException", "ServiceUnavailableException", "ValidationException"]),
    Operation::new(Service::Logs, "CreateScheduledQuery", "POST", "/", 200).input(&CreateScheduledQueryRequest).output().errors(&["AccessDeniedException", "ConflictException", "InternalServerException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "DeleteAccountPolicy", "POST", "/", 200).input(&DeleteAccountPolicyRequest).output().errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DeleteDataProtectionPolicy", "POST", "/", 200).input(&DeleteDataProtectionPolicyRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DeleteDelivery", "POST", "/", 200).input(&DeleteDeliveryRequest).errors(&["ConflictException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "DeleteDeliveryDestination", "POST", "/", 200).input(&DeleteDeliveryDestinationRequest).errors(&["ConflictException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "DeleteDeliveryDestinationPolicy", "POST", "/", 200).input(&DeleteDeliveryDestinationPolicyRequest).errors(&["ConflictException", "ResourceNotFoundException", "ServiceUnavailableException", "ValidationException"]),
    Operation::new(Service::Logs, "DeleteDeliverySource", "POST", "/", 200).input(&DeleteDeliverySourceRequest).errors(&["ConflictException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "DeleteDestination", "POST", "/", 200).input(&DeleteDestinationRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DeleteIndexPolicy", "POST", "/", 200).input(&DeleteIndexPolicyRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DeleteIntegration", "POST", "/", 200).input(&DeleteIntegrationRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException", "ValidationException"]),
    Operation::new(Service::Logs, "DeleteLogAnomalyDetector", "POST", "/", 200).input(&DeleteLogAnomalyDetectorRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DeleteLogGroup", "POST", "/", 200).input(&DeleteLogGroupRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException", "ValidationException"]),
    Operation::new(Service::Logs, "DeleteLogStream", "POST", "/", 200).input(&DeleteLogStreamRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException", "ValidationException"]),
    Operation::new(Service::Logs, "DeleteLookupTable", "POST", "/", 200).input(&DeleteLookupTableRequest).errors(&["AccessDeniedException", "InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DeleteMetricFilter", "POST", "/", 200).input(&DeleteMetricFilterRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DeleteQueryDefinition", "POST", "/", 200).input(&DeleteQueryDefinitionRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DeleteResourcePolicy", "POST", "/", 200).input(&DeleteResourcePolicyRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DeleteRetentionPolicy", "POST", "/", 200).input(&DeleteRetentionPolicyRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DeleteScheduledQuery", "POST", "/", 200).input(&DeleteScheduledQueryRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "DeleteSubscriptionFilter", "POST", "/", 200).input(&DeleteSubscriptionFilterRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DeleteSyslogConfiguration", "POST", "/", 200).input(&DeleteSyslogConfigurationRequest).errors(&["AccessDeniedException", "InvalidOperationException", "InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Logs, "DeleteTransformer", "POST", "/", 200).input(&DeleteTransformerRequest).errors(&["InvalidOperationException", "InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeAccountPolicies", "POST", "/", 200).input(&DescribeAccountPoliciesRequest).output().errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeConfigurationTemplates", "POST", "/", 200).input(&DescribeConfigurationTemplatesRequest).output().errors(&["ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "DescribeDeliveries", "POST", "/", 200).input(&DescribeDeliveriesRequest).output().errors(&["ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "DescribeDeliveryDestinations", "POST", "/", 200).input(&DescribeDeliveryDestinationsRequest).output().errors(&["ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "DescribeDeliverySources", "POST", "/", 200).input(&DescribeDeliverySourcesRequest).output().errors(&["ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "DescribeDestinations", "POST", "/", 200).input(&DescribeDestinationsRequest).output().errors(&["InvalidParameterException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeExportTasks", "POST", "/", 200).input(&DescribeExportTasksRequest).output().errors(&["InvalidParameterException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeFieldIndexes", "POST", "/", 200).input(&DescribeFieldIndexesRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeImportTaskBatches", "POST", "/", 200).input(&DescribeImportTaskBatchesRequest).output().errors(&["AccessDeniedException", "InvalidOperationException", "InvalidParameterException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Logs, "DescribeImportTasks", "POST", "/", 200).input(&DescribeImportTasksRequest).output().errors(&["AccessDeniedException", "InvalidOperationException", "InvalidParameterException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::Logs, "DescribeIndexPolicies", "POST", "/", 200).input(&DescribeIndexPoliciesRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeLogGroups", "POST", "/", 200).input(&DescribeLogGroupsRequest).output().errors(&["InvalidParameterException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeLogStreams", "POST", "/", 200).input(&DescribeLogStreamsRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeLookupTables", "POST", "/", 200).input(&DescribeLookupTablesRequest).output().errors(&["AccessDeniedException", "InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeMetricFilters", "POST", "/", 200).input(&DescribeMetricFiltersRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeQueries", "POST", "/", 200).input(&DescribeQueriesRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeQueryDefinitions", "POST", "/", 200).input(&DescribeQueryDefinitionsRequest).output().errors(&["InvalidParameterException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeResourcePolicies", "POST", "/", 200).input(&DescribeResourcePoliciesRequest).output().errors(&["InvalidParameterException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DescribeSubscriptionFilters", "POST", "/", 200).input(&DescribeSubscriptionFiltersRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DisassociateKmsKey", "POST", "/", 200).input(&DisassociateKmsKeyRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "DisassociateSourceFromS3TableIntegration", "POST", "/", 200).input(&DisassociateSourceFromS3TableIntegrationRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "FilterLogEvents", "POST", "/", 200).input(&FilterLogEventsRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "GetDataProtectionPolicy", "POST", "/", 200).input(&GetDataProtectionPolicyRequest).output().errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "GetDelivery", "POST", "/", 200).input(&GetDeliveryRequest).output().errors(&["ResourceNotFoundException", "ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "GetDeliveryDestination", "POST", "/", 200).input(&GetDeliveryDestinationRequest).output().errors(&["ResourceNotFoundException", "ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "GetDeliveryDestinationPolicy", "POST", "/", 200).input(&GetDeliveryDestinationPolicyRequest).output().errors(&["ResourceNotFoundException", "ServiceUnavailableException", "ValidationException"]),
    Operation::new(Service::Logs, "GetDeliverySource", "POST", "/", 200).input(&GetDeliverySourceRequest).output().errors(&["ResourceNotFoundException", "ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "GetIntegration", "POST", "/", 200).input(&GetIntegrationRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "GetLogAnomalyDetector", "POST", "/", 200).input(&GetLogAnomalyDetectorRequest).output().errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "GetLogEvents", "POST", "/", 200).input(&GetLogEventsRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "GetLogFields", "POST", "/", 200).input(&GetLogFieldsRequest).output().errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "GetLogGroupFields", "POST", "/", 200).input(&GetLogGroupFieldsRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "GetLogObject", "POST", "/", 200).input(&GetLogObjectRequest).output().errors(&["AccessDeniedException", "InvalidOperationException", "InvalidParameterException", "LimitExceededException", "ResourceNotFoundException"]),
    Operation::new(Service::Logs, "GetLogRecord", "POST", "/", 200).input(&GetLogRecordRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "GetLookupTable", "POST", "/", 200).input(&GetLookupTableRequest).output().errors(&["AccessDeniedException", "InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "GetQueryResults", "POST", "/", 200).input(&GetQueryResultsRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "GetScheduledQuery", "POST", "/", 200).input(&GetScheduledQueryRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "GetScheduledQueryHistory", "POST", "/", 200).input(&GetScheduledQueryHistoryRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "GetStorageTierPolicy", "POST", "/", 200).input(&GetStorageTierPolicyRequest).output().errors(&["AccessDeniedException", "InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "GetTransformer", "POST", "/", 200).input(&GetTransformerRequest).output().errors(&["InvalidOperationException", "InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "ListAggregateLogGroupSummaries", "POST", "/", 200).input(&ListAggregateLogGroupSummariesRequest).output().errors(&["InvalidParameterException", "ServiceUnavailableException", "ValidationException"]),
    Operation::new(Service::Logs, "ListAnomalies", "POST", "/", 200).input(&ListAnomaliesRequest).output().errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "ListIntegrations", "POST", "/", 200).input(&ListIntegrationsRequest).output().errors(&["InvalidParameterException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "ListLogAnomalyDetectors", "POST", "/", 200).input(&ListLogAnomalyDetectorsRequest).output().errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "ListLogGroups", "POST", "/", 200).input(&ListLogGroupsRequest).output().errors(&["InvalidParameterException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "ListLogGroupsForQuery", "POST", "/", 200).input(&ListLogGroupsForQueryRequest).output().errors(&["AccessDeniedException", "InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "ListScheduledQueries", "POST", "/", 200).input(&ListScheduledQueriesRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "ListSourcesForS3TableIntegration", "POST", "/", 200).input(&ListSourcesForS3TableIntegrationRequest).output().errors(&["AccessDeniedException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "ListSyslogConfigurations", "POST", "/", 200).input(&ListSyslogConfigurationsRequest).output().errors(&["AccessDeniedException", "InvalidOperationException", "InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Logs, "ListTagsForResource", "POST", "/", 200).input(&ListTagsForResourceRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "ListTagsLogGroup", "POST", "/", 200).input(&ListTagsLogGroupRequest).output().deprecated().errors(&["ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutAccountPolicy", "POST", "/", 200).input(&PutAccountPolicyRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutBearerTokenAuthentication", "POST", "/", 200).input(&PutBearerTokenAuthenticationRequest).errors(&["AccessDeniedException", "InvalidOperationException", "InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutDataProtectionPolicy", "POST", "/", 200).input(&PutDataProtectionPolicyRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutDeliveryDestination", "POST", "/", 200).input(&PutDeliveryDestinationRequest).output().errors(&["ConflictException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "PutDeliveryDestinationPolicy", "POST", "/", 200).input(&PutDeliveryDestinationPolicyRequest).output().errors(&["ConflictException", "ResourceNotFoundException", "ServiceUnavailableException", "ValidationException"]),
    Operation::new(Service::Logs, "PutDeliverySource", "POST", "/", 200).input(&PutDeliverySourceRequest).output().errors(&["ConflictException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "PutDestination", "POST", "/", 200).input(&PutDestinationRequest).output().errors(&["InvalidParameterException", "OperationAbortedException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutDestinationPolicy", "POST", "/", 200).input(&PutDestinationPolicyRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutIndexPolicy", "POST", "/", 200).input(&PutIndexPolicyRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutIntegration", "POST", "/", 200).input(&PutIntegrationRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "ServiceUnavailableException", "ValidationException"]),
    Operation::new(Service::Logs, "PutLogEvents", "POST", "/", 200).input(&PutLogEventsRequest).output().errors(&["DataAlreadyAcceptedException", "InvalidParameterException", "InvalidSequenceTokenException", "ResourceNotFoundException", "ServiceUnavailableException", "UnrecognizedClientException"]),
    Operation::new(Service::Logs, "PutLogGroupDeletionProtection", "POST", "/", 200).input(&PutLogGroupDeletionProtectionRequest).errors(&["AccessDeniedException", "InvalidOperationException", "InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutMetricFilter", "POST", "/", 200).input(&PutMetricFilterRequest).errors(&["InvalidOperationException", "InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutQueryDefinition", "POST", "/", 200).input(&PutQueryDefinitionRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutResourcePolicy", "POST", "/", 200).input(&PutResourcePolicyRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutRetentionPolicy", "POST", "/", 200).input(&PutRetentionPolicyRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutStorageTierPolicy", "POST", "/", 200).input(&PutStorageTierPolicyRequest).output().errors(&["AccessDeniedException", "InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutSubscriptionFilter", "POST", "/", 200).input(&PutSubscriptionFilterRequest).errors(&["InvalidOperationException", "InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "PutSyslogConfiguration", "POST", "/", 200).input(&PutSyslogConfigurationRequest).errors(&["AccessDeniedException", "InvalidOperationException", "InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::Logs, "PutTransformer", "POST", "/", 200).input(&PutTransformerRequest).errors(&["InvalidOperationException", "InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "StartLiveTail", "POST", "/", 200).input(&StartLiveTailRequest).output().errors(&["AccessDeniedException", "InvalidOperationException", "InvalidParameterException", "LimitExceededException", "ResourceNotFoundException"]),
    Operation::new(Service::Logs, "StartQuery", "POST", "/", 200).input(&StartQueryRequest).output().errors(&["InvalidParameterException", "LimitExceededException", "MalformedQueryException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "StopQuery", "POST", "/", 200).input(&StopQueryRequest).output().errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "TagLogGroup", "POST", "/", 200).input(&TagLogGroupRequest).deprecated().errors(&["InvalidParameterException", "ResourceNotFoundException"]),
    Operation::new(Service::Logs, "TagResource", "POST", "/", 200).input(&TagResourceRequest).errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException", "TooManyTagsException"]),
    Operation::new(Service::Logs, "TestMetricFilter", "POST", "/", 200).input(&TestMetricFilterRequest).output().errors(&["InvalidParameterException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "TestTransformer", "POST", "/", 200).input(&TestTransformerRequest).output().errors(&["InvalidOperationException", "InvalidParameterException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "UntagLogGroup", "POST", "/", 200).input(&UntagLogGroupRequest).deprecated().errors(&["ResourceNotFoundException"]),
    Operation::new(Service::Logs, "UntagResource", "POST", "/", 200).input(&UntagResourceRequest).errors(&["InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "UpdateAnomaly", "POST", "/", 200).input(&UpdateAnomalyRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "UpdateDeliveryConfiguration", "POST", "/", 200).input(&UpdateDeliveryConfigurationRequest).output().errors(&["AccessDeniedException", "ConflictException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::Logs, "UpdateLogAnomalyDetector", "POST", "/", 200).input(&UpdateLogAnomalyDetectorRequest).errors(&["InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"]),
    Operation::new(Service::Logs, "UpdateLookupTable", "POST", "/", 200).input(&UpdateLookupTableRequest).output().errors(&["AccessDeniedException", "InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException", "ValidationException"]),
    Operation::new(Service::Logs, "UpdateScheduledQuery", "POST", "/", 200).input(&UpdateScheduledQueryRequest).output().errors(&["AccessDeniedException", "ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"]),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "AccessDeniedException", status: 400 },
    ErrorName { code: "ConflictException", status: 400 },
    ErrorName { code: "DataAlreadyAcceptedException", status: 400 },
    ErrorName { code: "InternalServerException", status: 500 },
    ErrorName { code: "InternalStreamingException", status: 400 },
    ErrorName { code: "InvalidOperationException", status: 400 },
    ErrorName { code: "InvalidParameterException", status: 400 },
    ErrorName { code: "InvalidSequenceTokenException", status: 400 },
    ErrorName { code: "LimitExceededException", status: 400 },
    ErrorName { code: "MalformedQueryException", status: 400 },
    ErrorName { code: "OperationAbortedException", status: 400 },
    ErrorName { code: "ResourceAlreadyExistsException", status: 400 },
    ErrorName { code: "ResourceNotFoundException", status: 400 },
    ErrorName { code: "ServiceQuotaExceededException", status: 400 },
    ErrorName { code: "ServiceUnavailableException", status: 500 },
    ErrorName { code: "SessionStreamingException", status: 400 },
    ErrorName { code: "SessionTimeoutException", status: 400 },
    ErrorName { code: "ThrottlingException", status: 400 },
    ErrorName { code: "TooManyTagsException", status: 400 },
    ErrorName { code: "UnrecognizedClientException", status: 400 },
    ErrorName { code: "ValidationException", status: 400 },
];

static AccessPolicy: Shape = Shape::string().min(1.0);
static AccountId: Shape = Shape::string().min(12.0).max(12.0).pattern("^\\d{12}$");
static AccountIds: Shape = Shape::list(&AccountId).min(0.0).max(20.0);
static AccountPolicyDocument: Shape = Shape::string();
static AddKeyEntries: Shape = Shape::list(&AddKeyEntry).min(1.0).max(5.0);
static AddKeyEntry: Shape = Shape::structure(&[
    Member::body("key", "key", &Key).required(),
    Member::body("value", "value", &AddKeyValue).required(),
    Member::body("overwriteIfExists", "overwriteIfExists", &OverwriteIfExists),
]);
static AddKeyValue: Shape = Shape::string().min(1.0).max(256.0);
static AddKeys: Shape = Shape::structure(&[
    Member::body("entries", "entries", &AddKeyEntries).required(),
]);
static AmazonResourceName: Shape = Shape::string().min(1.0).max(1011.0).pattern("[\\w+=/:,.@-]*");
static AnomalyDetectorArn: Shape = Shape::string().min(1.0).pattern("[\\w#+=/:,.@-]*");
static AnomalyId: Shape = Shape::string().min(36.0).max(36.0);
static AnomalyVisibilityTime: Shape = Shape::long().min(7.0).max(90.0);
static ApplyOnTransformedLogs: Shape = Shape::boolean();
static Arn: Shape = Shape::string();
static AssociateKmsKeyRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName),
    Member::body("kmsKeyId", "kmsKeyId", &KmsKeyId).required(),
    Member::body("resourceIdentifier", "resourceIdentifier", &ResourceIdentifier),
]);
static AssociateSourceToS3TableIntegrationRequest: Shape = Shape::structure(&[
    Member::body("integrationArn", "integrationArn", &Arn).required(),
    Member::body("dataSource", "dataSource", &DataSource).required(),
]);
static Baseline: Shape = Shape::boolean();
static BearerTokenAuthenticationEnabled: Shape = Shape::boolean();
static Boolean: Shape = Shape::boolean();
static CSV: Shape = Shape::structure(&[
    Member::body("quoteCharacter", "quoteCharacter", &QuoteCharacter),
    Member::body("delimiter", "delimiter", &Delimiter),
    Member::body("columns", "columns", &Columns),
    Member::body("source", "source", &Source),
    Member::body("destination", "destination", &DestinationField),
]);
static CancelExportTaskRequest: Shape = Shape::structure(&[
    Member::body("taskId", "taskId", &ExportTaskId).required(),
]);
static CancelImportTaskRequest: Shape = Shape::structure(&[
    Member::body("importId", "importId", &ImportId).required(),
]);
static ClientToken: Shape = Shape::string().min(36.0).max(128.0).pattern("\\S{36,128}");
static CollectionRetentionDays: Shape = Shape::integer().min(1.0).max(30.0);
static Column: Shape = Shape::string().min(1.0).max(128.0);
static Columns: Shape = Shape::list(&Column).max(100.0);
static CopyValue: Shape = Shape::structure(&[
    Member::body("entries", "entries", &CopyValueEntries).required(),
]);
static CopyValueEntries: Shape = Shape::list(&CopyValueEntry).min(1.0).max(5.0);
static CopyValueEntry: Shape = Shape::structure(&[
    Member::body("source", "source", &Source).required(),
    Member::body("target", "target", &Target).required(),
    Member::body("overwriteIfExists", "overwriteIfExists", &OverwriteIfExists),
]);
static CreateDeliveryRequest: Shape = Shape::structure(&[
    Member::body("deliverySourceName", "deliverySourceName", &DeliverySourceName).required(),
    Member::body("deliveryDestinationArn", "deliveryDestinationArn", &Arn).required(),
    Member::body("recordFields", "recordFields", &RecordFields),
    Member::body("fieldDelimiter", "fieldDelimiter", &FieldDelimiter),
    Member::body("s3DeliveryConfiguration", "s3DeliveryConfiguration", &S3DeliveryConfiguration),
    Member::body("tags", "tags", &Tags),
]);
static CreateExportTaskRequest: Shape = Shape::structure(&[
    Member::body("taskName", "taskName", &ExportTaskName),
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("logStreamNamePrefix", "logStreamNamePrefix", &LogStreamName),
    Member::body("from", "from", &Timestamp).required(),
    Member::body("to", "to", &Timestamp).required(),
    Member::body("destination", "destination", &ExportDestinationBucket).required(),
    Member::body("destinationPrefix", "destinationPrefix", &ExportDestinationPrefix),
]);
static CreateImportTaskRequest: Shape = Shape::structure(&[
    Member::body("importSourceArn", "importSourceArn", &Arn).required(),
    Member::body("importRoleArn", "importRoleArn", &RoleArn).required(),
    Member::body("importFilter", "importFilter", &ImportFilter),
]);
static CreateLogAnomalyDetectorRequest: Shape = Shape::structure(&[
    Member::body("logGroupArnList", "logGroupArnList", &LogGroupArnList).required(),
    Member::body("detectorName", "detectorName", &DetectorName),
    Member::body("evaluationFrequency", "evaluationFrequency", &EvaluationFrequency),
    Member::body("filterPattern", "filterPattern", &FilterPattern),
    Member::body("kmsKeyId", "kmsKeyId", &DetectorKmsKeyArn),
    Member::body("anomalyVisibilityTime", "anomalyVisibilityTime", &AnomalyVisibilityTime),
    Member::body("tags", "tags", &Tags),
]);
static CreateLogGroupRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("kmsKeyId", "kmsKeyId", &KmsKeyId),
    Member::body("tags", "tags", &Tags),
    Member::body("logGroupClass", "logGroupClass", &LogGroupClass),
    Member::body("deletionProtectionEnabled", "deletionProtectionEnabled", &DeletionProtectionEnabled),
]);
static CreateLogStreamRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("logStreamName", "logStreamName", &LogStreamName).required(),
]);
static CreateLookupTableRequest: Shape = Shape::structure(&[
    Member::body("lookupTableName", "lookupTableName", &LookupTableName).required(),
    Member::body("description", "description", &LookupTableDescription),
    Member::body("tableBody", "tableBody", &TableBody),
    Member::body("queryId", "queryId", &QueryId),
    Member::body("kmsKeyId", "kmsKeyId", &KmsKeyId),
    Member::body("tags", "tags", &Tags),
]);
static CreateScheduledQueryRequest: Shape = Shape::structure(&[
    Member::body("name", "name", &ScheduledQueryName).required(),
    Member::body("description", "description", &ScheduledQueryDescription),
    Member::body("queryLanguage", "queryLanguage", &QueryLanguage).required(),
    Member::body("queryString", "queryString", &QueryString).required(),
    Member::body("logGroupIdentifiers", "logGroupIdentifiers", &ScheduledQueryLogGroupIdentifiers),
    Member::body("scheduleExpression", "scheduleExpression", &ScheduleExpression).required(),
    Member::body("timezone", "timezone", &ScheduleTimezone),
    Member::body("startTimeOffset", "startTimeOffset", &StartTimeOffset),
    Member::body("endTimeOffset", "endTimeOffset", &EndTimeOffset),
    Member::body("destinationConfiguration", "destinationConfiguration", &DestinationConfiguration),
    Member::body("scheduleStartTime", "scheduleStartTime", &Timestamp),
    Member::body("scheduleEndTime", "scheduleEndTime", &Timestamp),
    Member::body("executionRoleArn", "executionRoleArn", &RoleArn).required(),
    Member::body("state", "state", &ScheduledQueryState),
    Member::body("tags", "tags", &Tags),
]);
static DashboardViewerPrincipals: Shape = Shape::list(&Arn);
static DataProtectionPolicyDocument: Shape = Shape::string();
static DataSource: Shape = Shape::structure(&[
    Member::body("name", "name", &DataSourceName).required(),
    Member::body("type", "type", &DataSourceType),
]);
static DataSourceFilter: Shape = Shape::structure(&[
    Member::body("name", "name", &DataSourceName).required(),
    Member::body("type", "type", &DataSourceType),
]);
static DataSourceFilters: Shape = Shape::list(&DataSourceFilter).min(1.0).max(5.0);
static DataSourceName: Shape = Shape::string();
static DataSourceType: Shape = Shape::string();
static DateTimeConverter: Shape = Shape::structure(&[
    Member::body("source", "source", &Source).required(),
    Member::body("target", "target", &Target).required(),
    Member::body("targetFormat", "targetFormat", &TargetFormat),
    Member::body("matchPatterns", "matchPatterns", &MatchPatterns).required(),
    Member::body("sourceTimezone", "sourceTimezone", &SourceTimezone),
    Member::body("targetTimezone", "targetTimezone", &TargetTimezone),
    Member::body("locale", "locale", &Locale),
]);
static Days: Shape = Shape::integer();
static DefaultValue: Shape = Shape::double();
static DeleteAccountPolicyRequest: Shape = Shape::structure(&[
    Member::body("policyName", "policyName", &PolicyName).required(),
    Member::body("policyType", "policyType", &PolicyType).required(),
    Member::body("dryRun", "dryRun", &DryRun),
]);
static DeleteDataProtectionPolicyRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
]);
static DeleteDeliveryDestinationPolicyRequest: Shape = Shape::structure(&[
    Member::body("deliveryDestinationName", "deliveryDestinationName", &DeliveryDestinationName).required(),
]);
static DeleteDeliveryDestinationRequest: Shape = Shape::structure(&[
    Member::body("name", "name", &DeliveryDestinationName).required(),
]);
static DeleteDeliveryRequest: Shape = Shape::structure(&[
    Member::body("id", "id", &DeliveryId).required(),
]);
static DeleteDeliverySourceRequest: Shape = Shape::structure(&[
    Member::body("name", "name", &DeliverySourceName).required(),
]);
static DeleteDestinationRequest: Shape = Shape::structure(&[
    Member::body("destinationName", "destinationName", &DestinationName).required(),
]);
static DeleteIndexPolicyRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
]);
static DeleteIntegrationRequest: Shape = Shape::structure(&[
    Member::body("integrationName", "integrationName", &IntegrationName).required(),
    Member::body("force", "force", &Force),
]);
static DeleteKeys: Shape = Shape::structure(&[
    Member::body("withKeys", "withKeys", &DeleteWithKeys).required(),
]);
static DeleteLogAnomalyDetectorRequest: Shape = Shape::structure(&[
    Member::body("anomalyDetectorArn", "anomalyDetectorArn", &AnomalyDetectorArn).required(),
]);
static DeleteLogGroupRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
]);
static DeleteLogStreamRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("logStreamName", "logStreamName", &LogStreamName).required(),
]);
static DeleteLookupTableRequest: Shape = Shape::structure(&[
    Member::body("lookupTableArn", "lookupTableArn", &Arn).required(),
]);
static DeleteMetricFilterRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("filterName", "filterName", &FilterName).required(),
]);
static DeleteQueryDefinitionRequest: Shape = Shape::structure(&[
    Member::body("queryDefinitionId", "queryDefinitionId", &QueryId).required(),
]);
static DeleteResourcePolicyRequest: Shape = Shape::structure(&[
    Member::body("policyName", "policyName", &PolicyName),
    Member::body("resourceArn", "resourceArn", &Arn),
    Member::body("expectedRevisionId", "expectedRevisionId", &ExpectedRevisionId),
]);
static DeleteRetentionPolicyRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
]);
static DeleteScheduledQueryRequest: Shape = Shape::structure(&[
    Member::body("identifier", "identifier", &ScheduledQueryIdentifier).required(),
]);
static DeleteSubscriptionFilterRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("filterName", "filterName", &FilterName).required(),
]);
static DeleteSyslogConfigurationRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
    Member::body("vpcEndpointId", "vpcEndpointId", &VpcEndpointId),
]);
static DeleteTransformerRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
]);
static DeleteWithKeys: Shape = Shape::list(&WithKey).min(1.0).max(5.0);
static DeletionProtectionEnabled: Shape = Shape::boolean();
static Delimiter: Shape = Shape::string().min(1.0).max(2.0);
static DeliveryDestinationConfiguration: Shape = Shape::structure(&[
    Member::body("destinationResourceArn", "destinationResourceArn", &Arn).required(),
]);
static DeliveryDestinationName: Shape = Shape::string().min(1.0).max(60.0).pattern("[\\w-]*");
static DeliveryDestinationNames: Shape = Shape::list(&DeliveryDestinationName).min(1.0).max(20.0);
static DeliveryDestinationPolicy: Shape = Shape::string().min(1.0).max(51200.0);
static DeliveryDestinationType: Shape = Shape::string().one_of(&["S3", "CWL", "FH", "XRAY"]);
static DeliveryDestinationTypes: Shape = Shape::list(&DeliveryDestinationType).min(1.0).max(4.0);
static DeliveryId: Shape = Shape::string().min(1.0).max(64.0).pattern("^[0-9A-Za-z]+$");
static DeliverySourceConfiguration: Shape = Shape::map(&DeliverySourceConfigurationKey, &DeliverySourceConfigurationValue);
static DeliverySourceConfigurationKey: Shape = Shape::string().min(1.0).max(255.0);
static DeliverySourceConfigurationValue: Shape = Shape::string().min(1.0).max(255.0);
static DeliverySourceName: Shape = Shape::string().min(1.0).max(60.0).pattern("[\\w-]*");
static DeliverySourceNames: Shape = Shape::list(&DeliverySourceName).min(1.0).max(20.0);
static DeliverySuffixPath: Shape = Shape::string().min(1.0).max(256.0);
static Descending: Shape = Shape::boolean();
static DescribeAccountPoliciesRequest: Shape = Shape::structure(&[
    Member::body("policyType", "policyType", &PolicyType).required(),
    Member::body("policyName", "policyName", &PolicyName),
    Member::body("accountIdentifiers", "accountIdentifiers", &AccountIds),
    Member::body("nextToken", "nextToken", &NextToken),
]);
static DescribeConfigurationTemplatesRequest: Shape = Shape::structure(&[
    Member::body("service", "service", &Service),
    Member::body("logTypes", "logTypes", &LogTypes),
    Member::body("resourceTypes", "resourceTypes", &ResourceTypes),
    Member::body("deliveryDestinationTypes", "deliveryDestinationTypes", &DeliveryDestinationTypes),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &DescribeLimit),
]);
static DescribeDeliveriesRequest: Shape = Shape::structure(&[
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &DescribeLimit),
    Member::body("deliverySourceNames", "deliverySourceNames", &DeliverySourceNames),
]);
static DescribeDeliveryDestinationsRequest: Shape = Shape::structure(&[
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &DescribeLimit),
    Member::body("names", "names", &DeliveryDestinationNames),
]);
static DescribeDeliverySourcesRequest: Shape = Shape::structure(&[
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &DescribeLimit),
    Member::body("resourceArns", "resourceArns", &FilterResourceArns),
]);
static DescribeDestinationsRequest: Shape = Shape::structure(&[
    Member::body("DestinationNamePrefix", "DestinationNamePrefix", &DestinationName),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &DescribeLimit),
]);
static DescribeExportTasksRequest: Shape = Shape::structure(&[
    Member::body("taskId", "taskId", &ExportTaskId),
    Member::body("statusCode", "statusCode", &ExportTaskStatusCode),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &DescribeLimit),
]);
static DescribeFieldIndexesLogGroupIdentifiers: Shape = Shape::list(&LogGroupIdentifier).min(1.0).max(100.0);
static DescribeFieldIndexesRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifiers", "logGroupIdentifiers", &DescribeFieldIndexesLogGroupIdentifiers).required(),
    Member::body("indexCategories", "indexCategories", &IndexCategories),
    Member::body("nextToken", "nextToken", &NextToken),
]);
static DescribeImportTaskBatchesRequest: Shape = Shape::structure(&[
    Member::body("importId", "importId", &ImportId).required(),
    Member::body("batchImportStatus", "batchImportStatus", &ImportStatusList),
    Member::body("limit", "limit", &DescribeLimit),
    Member::body("nextToken", "nextToken", &NextToken),
]);
static DescribeImportTasksRequest: Shape = Shape::structure(&[
    Member::body("importId", "importId", &ImportId),
    Member::body("importStatus", "importStatus", &ImportStatus),
    Member::body("importSourceArn", "importSourceArn", &Arn),
    Member::body("limit", "limit", &DescribeLimit),
    Member::body("nextToken", "nextToken", &NextToken),
]);
static DescribeIndexPoliciesLogGroupIdentifiers: Shape = Shape::list(&LogGroupIdentifier).min(1.0).max(1.0);
static DescribeIndexPoliciesRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifiers", "logGroupIdentifiers", &DescribeIndexPoliciesLogGroupIdentifiers).required(),
    Member::body("nextToken", "nextToken", &NextToken),
]);
static DescribeLimit: Shape = Shape::integer().min(1.0).max(50.0);
static DescribeLogGroupsLogGroupIdentifiers: Shape = Shape::list(&LogGroupIdentifier).min(1.0).max(50.0);
static DescribeLogGroupsRequest: Shape = Shape::structure(&[
    Member::body("accountIdentifiers", "accountIdentifiers", &AccountIds),
    Member::body("logGroupNamePrefix", "logGroupNamePrefix", &LogGroupName),
    Member::body("logGroupNamePattern", "logGroupNamePattern", &LogGroupNamePattern),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &DescribeLimit),
    Member::body("includeLinkedAccounts", "includeLinkedAccounts", &IncludeLinkedAccounts),
    Member::body("logGroupClass", "logGroupClass", &LogGroupClass),
    Member::body("logGroupIdentifiers", "logGroupIdentifiers", &DescribeLogGroupsLogGroupIdentifiers),
]);
static DescribeLogStreamsRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName),
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier),
    Member::body("logStreamNamePrefix", "logStreamNamePrefix", &LogStreamName),
    Member::body("orderBy", "orderBy", &OrderBy),
    Member::body("descending", "descending", &Descending),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &DescribeLimit),
]);
static DescribeLookupTablesMaxResults: Shape = Shape::integer().max(100.0);
static DescribeLookupTablesRequest: Shape = Shape::structure(&[
    Member::body("lookupTableNamePrefix", "lookupTableNamePrefix", &LookupTableName),
    Member::body("maxResults", "maxResults", &DescribeLookupTablesMaxResults),
    Member::body("nextToken", "nextToken", &NextToken),
]);
static DescribeMetricFiltersRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName),
    Member::body("filterNamePrefix", "filterNamePrefix", &FilterName),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &DescribeLimit),
    Member::body("metricName", "metricName", &MetricName),
    Member::body("metricNamespace", "metricNamespace", &MetricNamespace),
]);
static DescribeQueriesMaxResults: Shape = Shape::integer().min(1.0).max(1000.0);
static DescribeQueriesRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName),
    Member::body("status", "status", &QueryStatus),
    Member::body("maxResults", "maxResults", &DescribeQueriesMaxResults),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("queryLanguage", "queryLanguage", &QueryLanguage),
]);
static DescribeQueryDefinitionsRequest: Shape = Shape::structure(&[
    Member::body("queryLanguage", "queryLanguage", &QueryLanguage),
    Member::body("queryDefinitionNamePrefix", "queryDefinitionNamePrefix", &QueryDefinitionName),
    Member::body("maxResults", "maxResults", &QueryListMaxResults),
    Member::body("nextToken", "nextToken", &NextToken),
]);
static DescribeResourcePoliciesRequest: Shape = Shape::structure(&[
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &DescribeLimit),
    Member::body("resourceArn", "resourceArn", &Arn),
    Member::body("policyScope", "policyScope", &PolicyScope),
]);
static DescribeSubscriptionFiltersRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("filterNamePrefix", "filterNamePrefix", &FilterName),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &DescribeLimit),
]);
static DestinationArn: Shape = Shape::string().min(1.0);
static DestinationConfiguration: Shape = Shape::structure(&[
    Member::body("s3Configuration", "s3Configuration", &S3Configuration),
    Member::body("lookupTableConfiguration", "lookupTableConfiguration", &LookupTableConfiguration),
]);
static DestinationField: Shape = Shape::string().min(1.0).max(128.0);
static DestinationName: Shape = Shape::string().min(1.0).max(512.0).pattern("[^:*]*");
static DetectorKmsKeyArn: Shape = Shape::string().max(256.0).pattern("^arn:aws[a-z\\-]*:kms:[-a-z0-9]*:[0-9]*:key/[-a-z0-9]*$");
static DetectorName: Shape = Shape::string().min(1.0);
static Dimensions: Shape = Shape::map(&DimensionsKey, &DimensionsValue);
static DimensionsKey: Shape = Shape::string().max(255.0);
static DimensionsValue: Shape = Shape::string().max(255.0);
static DisassociateKmsKeyRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName),
    Member::body("resourceIdentifier", "resourceIdentifier", &ResourceIdentifier),
]);
static DisassociateSourceFromS3TableIntegrationRequest: Shape = Shape::structure(&[
    Member::body("identifier", "identifier", &S3TableIntegrationSourceIdentifier).required(),
]);
static Distribution: Shape = Shape::string().one_of(&["Random", "ByLogStream"]);
static DryRun: Shape = Shape::boolean();
static EmitSystemFields: Shape = Shape::list(&SystemField);
static EndTimeOffset: Shape = Shape::long();
static Entity: Shape = Shape::structure(&[
    Member::body("keyAttributes", "keyAttributes", &EntityKeyAttributes),
    Member::body("attributes", "attributes", &EntityAttributes),
]);
static EntityAttributes: Shape = Shape::map(&EntityAttributesKey, &EntityAttributesValue).min(0.0).max(10.0);
static EntityAttributesKey: Shape = Shape::string().min(1.0).max(256.0);
static EntityAttributesValue: Shape = Shape::string().min(1.0).max(512.0);
static EntityKeyAttributes: Shape = Shape::map(&EntityKeyAttributesKey, &EntityKeyAttributesValue).min(2.0).max(4.0);
static EntityKeyAttributesKey: Shape = Shape::string().min(1.0).max(32.0);
static EntityKeyAttributesValue: Shape = Shape::string().min(1.0).max(512.0);
static EvaluationFrequency: Shape = Shape::string().one_of(&["ONE_MIN", "FIVE_MIN", "TEN_MIN", "FIFTEEN_MIN", "THIRTY_MIN", "ONE_HOUR"]);
static EventMessage: Shape = Shape::string().min(1.0);
static EventSource: Shape = Shape::string().one_of(&["CloudTrail", "Route53Resolver", "VPCFlow", "EKSAudit", "AWSWAF"]);
static EventsLimit: Shape = Shape::integer().min(1.0).max(10000.0);
static EventsLimitStartQuery: Shape = Shape::integer().min(1.0).max(100000.0);
static ExecutionStatus: Shape = Shape::string().one_of(&["Running", "InvalidQuery", "Complete", "Failed", "Timeout"]);
static ExecutionStatusList: Shape = Shape::list(&ExecutionStatus);
static ExpectedRevisionId: Shape = Shape::string().min(1.0);
static ExportDestinationBucket: Shape = Shape::string().min(1.0).max(512.0);
static ExportDestinationPrefix: Shape = Shape::string();
static ExportTaskId: Shape = Shape::string().min(1.0).max(512.0);
static ExportTaskName: Shape = Shape::string().min(1.0).max(512.0);
static ExportTaskStatusCode: Shape = Shape::string().one_of(&["CANCELLED", "COMPLETED", "FAILED", "PENDING", "PENDING_CANCEL", "RUNNING"]);
static FieldDelimiter: Shape = Shape::string().min(0.0).max(5.0);
static FieldHeader: Shape = Shape::string().min(1.0).max(64.0);
static FieldIndexName: Shape = Shape::string().min(1.0).max(512.0).pattern("[\\.\\-_/#A-Za-z0-9]+");
static FieldIndexNames: Shape = Shape::list(&FieldIndexName).min(1.0).max(20.0);
static FieldSelectionCriteria: Shape = Shape::string().min(0.0).max(2000.0);
static FilterLogEventsRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName),
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier),
    Member::body("logStreamNames", "logStreamNames", &InputLogStreamNames),
    Member::body("logStreamNamePrefix", "logStreamNamePrefix", &LogStreamName),
    Member::body("startTime", "startTime", &Timestamp),
    Member::body("endTime", "endTime", &Timestamp),
    Member::body("filterPattern", "filterPattern", &FilterPattern),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &EventsLimit),
    Member::body("startFromHead", "startFromHead", &StartFromHead),
    Member::body("interleaved", "interleaved", &Interleaved),
    Member::body("unmask", "unmask", &Unmask),
]);
static FilterName: Shape = Shape::string().min(1.0).max(512.0).pattern("[^:*]*");
static FilterPattern: Shape = Shape::string().min(0.0).max(1024.0);
static FilterResourceArns: Shape = Shape::list(&Arn).min(1.0).max(20.0);
static Flatten: Shape = Shape::boolean();
static FlattenedElement: Shape = Shape::string().one_of(&["first", "last"]);
static Force: Shape = Shape::boolean();
static ForceUpdate: Shape = Shape::boolean();
static FromKey: Shape = Shape::string().min(1.0).max(128.0);
static GetDataProtectionPolicyRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
]);
static GetDeliveryDestinationPolicyRequest: Shape = Shape::structure(&[
    Member::body("deliveryDestinationName", "deliveryDestinationName", &DeliveryDestinationName).required(),
]);
static GetDeliveryDestinationRequest: Shape = Shape::structure(&[
    Member::body("name", "name", &DeliveryDestinationName).required(),
]);
static GetDeliveryRequest: Shape = Shape::structure(&[
    Member::body("id", "id", &DeliveryId).required(),
]);
static GetDeliverySourceRequest: Shape = Shape::structure(&[
    Member::body("name", "name", &DeliverySourceName).required(),
]);
static GetIntegrationRequest: Shape = Shape::structure(&[
    Member::body("integrationName", "integrationName", &IntegrationName).required(),
]);
static GetLogAnomalyDetectorRequest: Shape = Shape::structure(&[
    Member::body("anomalyDetectorArn", "anomalyDetectorArn", &AnomalyDetectorArn).required(),
]);
static GetLogEventsRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName),
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier),
    Member::body("logStreamName", "logStreamName", &LogStreamName).required(),
    Member::body("startTime", "startTime", &Timestamp),
    Member::body("endTime", "endTime", &Timestamp),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &EventsLimit),
    Member::body("startFromHead", "startFromHead", &StartFromHead),
    Member::body("unmask", "unmask", &Unmask),
]);
static GetLogFieldsRequest: Shape = Shape::structure(&[
    Member::body("dataSourceName", "dataSourceName", &DataSourceName).required(),
    Member::body("dataSourceType", "dataSourceType", &DataSourceType).required(),
]);
static GetLogGroupFieldsRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName),
    Member::body("time", "time", &Timestamp),
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier),
]);
static GetLogObjectRequest: Shape = Shape::structure(&[
    Member::body("unmask", "unmask", &Unmask),
    Member::body("logObjectPointer", "logObjectPointer", &LogObjectPointer).required(),
]);
static GetLogRecordRequest: Shape = Shape::structure(&[
    Member::body("logRecordPointer", "logRecordPointer", &LogRecordPointer).required(),
    Member::body("unmask", "unmask", &Unmask),
]);
static GetLookupTableRequest: Shape = Shape::structure(&[
    Member::body("lookupTableArn", "lookupTableArn", &Arn).required(),
]);
static GetQueryResultsMaxItems: Shape = Shape::integer().min(0.0).max(10000.0);
static GetQueryResultsNextToken: Shape = Shape::string().max(1024.0);
static GetQueryResultsRequest: Shape = Shape::structure(&[
    Member::body("queryId", "queryId", &QueryId).required(),
    Member::body("nextToken", "nextToken", &GetQueryResultsNextToken),
    Member::body("maxItems", "maxItems", &GetQueryResultsMaxItems),
]);
static GetScheduledQueryHistoryMaxResults: Shape = Shape::integer().min(1.0).max(1000.0);
static GetScheduledQueryHistoryRequest: Shape = Shape::structure(&[
    Member::body("identifier", "identifier", &ScheduledQueryIdentifier).required(),
    Member::body("startTime", "startTime", &Timestamp).required(),
    Member::body("endTime", "endTime", &Timestamp).required(),
    Member::body("executionStatuses", "executionStatuses", &ExecutionStatusList),
    Member::body("maxResults", "maxResults", &GetScheduledQueryHistoryMaxResults),
    Member::body("nextToken", "nextToken", &NextToken),
]);
static GetScheduledQueryRequest: Shape = Shape::structure(&[
    Member::body("identifier", "identifier", &ScheduledQueryIdentifier).required(),
]);
static GetStorageTierPolicyRequest: Shape = Shape::structure(&[]);
static GetTransformerRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
]);
static Grok: Shape = Shape::structure(&[
    Member::body("source", "source", &Source),
    Member::body("match", "match", &GrokMatch).required(),
]);
static GrokMatch: Shape = Shape::string().min(1.0).max(512.0);
static ImportFilter: Shape = Shape::structure(&[
    Member::body("startEventTime", "startEventTime", &Timestamp),
    Member::body("endEventTime", "endEventTime", &Timestamp),
]);
static ImportId: Shape = Shape::string().min(1.0).max(256.0).pattern("[\\-a-zA-Z0-9]+");
static ImportStatus: Shape = Shape::string().one_of(&["IN_PROGRESS", "CANCELLED", "COMPLETED", "FAILED"]);
static ImportStatusList: Shape = Shape::list(&ImportStatus);
static IncludeLinkedAccounts: Shape = Shape::boolean();
static IndexCategories: Shape = Shape::list(&IndexCategory).max(4.0);
static IndexCategory: Shape = Shape::string().one_of(&["DEFAULT", "CUSTOM", "AUTO", "INACTIVE"]);
static InputLogEvent: Shape = Shape::structure(&[
    Member::body("timestamp", "timestamp", &Timestamp).required(),
    Member::body("message", "message", &EventMessage).required(),
]);
static InputLogEvents: Shape = Shape::list(&InputLogEvent).min(1.0).max(10000.0);
static InputLogStreamNames: Shape = Shape::list(&LogStreamName).min(1.0).max(100.0);
static Integer: Shape = Shape::integer();
static IntegrationName: Shape = Shape::string().min(1.0).max(50.0).pattern("[\\.\\-_/#A-Za-z0-9]+");
static IntegrationNamePrefix: Shape = Shape::string().min(1.0).max(50.0).pattern("[\\.\\-_/#A-Za-z0-9]+");
static IntegrationStatus: Shape = Shape::string().one_of(&["PROVISIONING", "ACTIVE", "FAILED"]);
static IntegrationType: Shape = Shape::string().one_of(&["OPENSEARCH"]);
static Interleaved: Shape = Shape::boolean();
static Key: Shape = Shape::string().min(1.0).max(128.0);
static KeyPrefix: Shape = Shape::string().min(1.0).max(128.0);
static KeyValueDelimiter: Shape = Shape::string().min(1.0).max(128.0);
static KmsKeyId: Shape = Shape::string().max(256.0);
static ListAggregateLogGroupSummariesGroupBy: Shape = Shape::string().one_of(&["DATA_SOURCE_NAME_TYPE_AND_FORMAT", "DATA_SOURCE_NAME_AND_TYPE"]);
static ListAggregateLogGroupSummariesRequest: Shape = Shape::structure(&[
    Member::body("accountIdentifiers", "accountIdentifiers", &AccountIds),
    Member::body("includeLinkedAccounts", "includeLinkedAccounts", &IncludeLinkedAccounts),
    Member::body("logGroupClass", "logGroupClass", &LogGroupClass),
    Member::body("logGroupNamePattern", "logGroupNamePattern", &LogGroupNameRegexPattern),
    Member::body("dataSources", "dataSources", &DataSourceFilters),
    Member::body("groupBy", "groupBy", &ListAggregateLogGroupSummariesGroupBy).required(),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &ListLogGroupsRequestLimit),
]);
static ListAnomaliesLimit: Shape = Shape::integer().min(1.0).max(50.0);
static ListAnomaliesRequest: Shape = Shape::structure(&[
    Member::body("anomalyDetectorArn", "anomalyDetectorArn", &AnomalyDetectorArn),
    Member::body("suppressionState", "suppressionState", &SuppressionState),
    Member::body("limit", "limit", &ListAnomaliesLimit),
    Member::body("nextToken", "nextToken", &NextToken),
]);
static ListIntegrationsRequest: Shape = Shape::structure(&[
    Member::body("integrationNamePrefix", "integrationNamePrefix", &IntegrationNamePrefix),
    Member::body("integrationType", "integrationType", &IntegrationType),
    Member::body("integrationStatus", "integrationStatus", &IntegrationStatus),
]);
static ListLimit: Shape = Shape::integer().min(1.0).max(1000.0);
static ListLogAnomalyDetectorsLimit: Shape = Shape::integer().min(1.0).max(50.0);
static ListLogAnomalyDetectorsRequest: Shape = Shape::structure(&[
    Member::body("filterLogGroupArn", "filterLogGroupArn", &LogGroupArn),
    Member::body("limit", "limit", &ListLogAnomalyDetectorsLimit),
    Member::body("nextToken", "nextToken", &NextToken),
]);
static ListLogGroupsForQueryMaxResults: Shape = Shape::integer().min(50.0).max(500.0);
static ListLogGroupsForQueryRequest: Shape = Shape::structure(&[
    Member::body("queryId", "queryId", &QueryId).required(),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("maxResults", "maxResults", &ListLogGroupsForQueryMaxResults),
]);
static ListLogGroupsRequest: Shape = Shape::structure(&[
    Member::body("logGroupNamePattern", "logGroupNamePattern", &LogGroupNameRegexPattern),
    Member::body("logGroupClass", "logGroupClass", &LogGroupClass),
    Member::body("includeLinkedAccounts", "includeLinkedAccounts", &IncludeLinkedAccounts),
    Member::body("accountIdentifiers", "accountIdentifiers", &AccountIds),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("limit", "limit", &ListLimit),
    Member::body("dataSources", "dataSources", &DataSourceFilters),
    Member::body("fieldIndexNames", "fieldIndexNames", &FieldIndexNames),
    Member::body("logGroupTags", "logGroupTags", &TagFilters),
]);
static ListLogGroupsRequestLimit: Shape = Shape::integer().min(1.0).max(50.0);
static ListScheduledQueriesMaxResults: Shape = Shape::integer().min(1.0).max(1000.0);
static ListScheduledQueriesRequest: Shape = Shape::structure(&[
    Member::body("maxResults", "maxResults", &ListScheduledQueriesMaxResults),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("state", "state", &ScheduledQueryState),
    Member::body("scheduleType", "scheduleType", &ScheduleType),
]);
static ListSourcesForS3TableIntegrationMaxResults: Shape = Shape::integer().min(1.0).max(100.0);
static ListSourcesForS3TableIntegrationRequest: Shape = Shape::structure(&[
    Member::body("integrationArn", "integrationArn", &Arn).required(),
    Member::body("maxResults", "maxResults", &ListSourcesForS3TableIntegrationMaxResults),
    Member::body("nextToken", "nextToken", &NextToken),
]);
static ListSyslogConfigurationsMaxResults: Shape = Shape::integer().min(0.0).max(50.0);
static ListSyslogConfigurationsRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier),
    Member::body("vpcEndpointId", "vpcEndpointId", &VpcEndpointId),
    Member::body("nextToken", "nextToken", &NextToken),
    Member::body("maxResults", "maxResults", &ListSyslogConfigurationsMaxResults),
]);
static ListTagsForResourceRequest: Shape = Shape::structure(&[
    Member::body("resourceArn", "resourceArn", &AmazonResourceName).required(),
]);
static ListTagsLogGroupRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
]);
static ListToMap: Shape = Shape::structure(&[
    Member::body("source", "source", &Source).required(),
    Member::body("key", "key", &Key).required(),
    Member::body("valueKey", "valueKey", &ValueKey),
    Member::body("target", "target", &Target),
    Member::body("flatten", "flatten", &Flatten),
    Member::body("flattenedElement", "flattenedElement", &FlattenedElement),
]);
static Locale: Shape = Shape::string().min(1.0);
static LogGroupArn: Shape = Shape::string().min(1.0).max(2048.0).pattern("[\\w#+=/:,.@-]*");
static LogGroupArnList: Shape = Shape::list(&LogGroupArn);
static LogGroupClass: Shape = Shape::string().one_of(&["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"]);
static LogGroupIdentifier: Shape = Shape::string().min(1.0).max(2048.0).pattern("[\\w#+=/:,.@-]*");
static LogGroupIdentifiers: Shape = Shape::list(&LogGroupIdentifier);
static LogGroupName: Shape = Shape::string().min(1.0).max(512.0).pattern("[\\.\\-_/#A-Za-z0-9]+");
static LogGroupNamePattern: Shape = Shape::string().min(0.0).max(512.0).pattern("[\\.\\-_/#A-Za-z0-9]*");
static LogGroupNameRegexPattern: Shape = Shape::string().min(3.0).max(129.0).pattern("(\\^?[\\.\\-_\\/#A-Za-z0-9]{3,24})(\\|\\^?[\\.\\-_\\/#A-Za-z0-9]{3,24}){0,4}");
static LogGroupNames: Shape = Shape::list(&LogGroupName);
static LogObjectPointer: Shape = Shape::string().min(1.0).max(512.0);
static LogRecordPointer: Shape = Shape::string();
static LogStreamName: Shape = Shape::string().min(1.0).max(512.0).pattern("[^:*]*");
static LogType: Shape = Shape::string().min(1.0).max(255.0).pattern("[\\w]*");
static LogTypes: Shape = Shape::list(&LogType).min(1.0).max(10.0);
static LookupTableConfiguration: Shape = Shape::structure(&[
    Member::body("tableName", "tableName", &LookupTableName).required(),
    Member::body("roleArn", "roleArn", &RoleArn).required(),
    Member::body("description", "description", &LookupTableDescription),
    Member::body("kmsKeyId", "kmsKeyId", &KmsKeyId),
    Member::body("tags", "tags", &Tags),
]);
static LookupTableDescription: Shape = Shape::string().min(0.0).max(1024.0);
static LookupTableName: Shape = Shape::string().min(1.0).max(256.0).pattern("^[a-zA-Z0-9_]+$");
static LowerCaseString: Shape = Shape::structure(&[
    Member::body("withKeys", "withKeys", &LowerCaseStringWithKeys).required(),
]);
static LowerCaseStringWithKeys: Shape = Shape::list(&WithKey).min(1.0).max(10.0);
static MappingVersion: Shape = Shape::string().min(1.0).max(10.0).pattern("^\\d+\\.\\d+(\\.\\d+)?$");
static MatchPattern: Shape = Shape::string().min(1.0);
static MatchPatterns: Shape = Shape::list(&MatchPattern).min(1.0).max(5.0);
static MetricName: Shape = Shape::string().max(255.0).pattern("[^:*$]*");
static MetricNamespace: Shape = Shape::string().max(255.0).pattern("[^:*$]*");
static MetricTransformation: Shape = Shape::structure(&[
    Member::body("metricName", "metricName", &MetricName).required(),
    Member::body("metricNamespace", "metricNamespace", &MetricNamespace).required(),
    Member::body("metricValue", "metricValue", &MetricValue).required(),
    Member::body("defaultValue", "defaultValue", &DefaultValue),
    Member::body("dimensions", "dimensions", &Dimensions),
    Member::body("unit", "unit", &StandardUnit),
]);
static MetricTransformations: Shape = Shape::list(&MetricTransformation).min(1.0).max(1.0);
static MetricValue: Shape = Shape::string().max(100.0);
static MoveKeyEntries: Shape = Shape::list(&MoveKeyEntry).min(1.0).max(5.0);
static MoveKeyEntry: Shape = Shape::structure(&[
    Member::body("source", "source", &Source).required(),
    Member::body("target", "target", &Target).required(),
    Member::body("overwriteIfExists", "overwriteIfExists", &OverwriteIfExists),
]);
static MoveKeys: Shape = Shape::structure(&[
    Member::body("entries", "entries", &MoveKeyEntries).required(),
]);
static NextToken: Shape = Shape::string().min(1.0);
static NonMatchValue: Shape = Shape::string().min(1.0).max(128.0);
static OCSFVersion: Shape = Shape::string().one_of(&["V1.1", "V1.5"]);
static OpenSearchResourceConfig: Shape = Shape::structure(&[
    Member::body("kmsKeyArn", "kmsKeyArn", &Arn),
    Member::body("dataSourceRoleArn", "dataSourceRoleArn", &Arn).required(),
    Member::body("dashboardViewerPrincipals", "dashboardViewerPrincipals", &DashboardViewerPrincipals).required(),
    Member::body("applicationArn", "applicationArn", &Arn),
    Member::body("retentionDays", "retentionDays", &CollectionRetentionDays).required(),
]);
static OrderBy: Shape = Shape::string().one_of(&["LogStreamName", "LastEventTime"]);
static OutputFormat: Shape = Shape::string().one_of(&["json", "plain", "w3c", "raw", "parquet"]);
static OverwriteIfExists: Shape = Shape::boolean();
static ParseCloudfront: Shape = Shape::structure(&[
    Member::body("source", "source", &Source),
]);
static ParseJSON: Shape = Shape::structure(&[
    Member::body("source", "source", &Source),
    Member::body("destination", "destination", &DestinationField),
]);
static ParseKeyValue: Shape = Shape::structure(&[
    Member::body("source", "source", &Source),
    Member::body("destination", "destination", &DestinationField),
    Member::body("fieldDelimiter", "fieldDelimiter", &ParserFieldDelimiter),
    Member::body("keyValueDelimiter", "keyValueDelimiter", &KeyValueDelimiter),
    Member::body("keyPrefix", "keyPrefix", &KeyPrefix),
    Member::body("nonMatchValue", "nonMatchValue", &NonMatchValue),
    Member::body("overwriteIfExists", "overwriteIfExists", &OverwriteIfExists),
]);
static ParsePostgres: Shape = Shape::structure(&[
    Member::body("source", "source", &Source),
]);
static ParseRoute53: Shape = Shape::structure(&[
    Member::body("source", "source", &Source),
]);
static ParseToOCSF: Shape = Shape::structure(&[
    Member::body("source", "source", &Source),
    Member::body("eventSource", "eventSource", &EventSource).required(),
    Member::body("ocsfVersion", "ocsfVersion", &OCSFVersion).required(),
    Member::body("mappingVersion", "mappingVersion", &MappingVersion),
]);
static ParseVPC: Shape = Shape::structure(&[
    Member::body("source", "source", &Source),
]);
static ParseWAF: Shape = Shape::structure(&[
    Member::body("source", "source", &Source),
]);
static ParserFieldDelimiter: Shape = Shape::string().min(1.0).max(128.0);
static PatternId: Shape = Shape::string().min(32.0).max(32.0);
static PolicyDocument: Shape = Shape::string().min(1.0).max(51200.0);
static PolicyName: Shape = Shape::string();
static PolicyScope: Shape = Shape::string().one_of(&["ACCOUNT", "RESOURCE"]);
static PolicyType: Shape = Shape::string().one_of(&["DATA_PROTECTION_POLICY", "SUBSCRIPTION_FILTER_POLICY", "FIELD_INDEX_POLICY", "TRANSFORMER_POLICY", "METRIC_EXTRACTION_POLICY", "RETENTION_POLICY"]);
static Processor: Shape = Shape::structure(&[
    Member::body("addKeys", "addKeys", &AddKeys),
    Member::body("copyValue", "copyValue", &CopyValue),
    Member::body("csv", "csv", &CSV),
    Member::body("dateTimeConverter", "dateTimeConverter", &DateTimeConverter),
    Member::body("deleteKeys", "deleteKeys", &DeleteKeys),
    Member::body("grok", "grok", &Grok),
    Member::body("listToMap", "listToMap", &ListToMap),
    Member::body("lowerCaseString", "lowerCaseString", &LowerCaseString),
    Member::body("moveKeys", "moveKeys", &MoveKeys),
    Member::body("parseCloudfront", "parseCloudfront", &ParseCloudfront),
    Member::body("parseJSON", "parseJSON", &ParseJSON),
    Member::body("parseKeyValue", "parseKeyValue", &ParseKeyValue),
    Member::body("parseRoute53", "parseRoute53", &ParseRoute53),
    Member::body("parseToOCSF", "parseToOCSF", &ParseToOCSF),
    Member::body("parsePostgres", "parsePostgres", &ParsePostgres),
    Member::body("parseVPC", "parseVPC", &ParseVPC),
    Member::body("parseWAF", "parseWAF", &ParseWAF),
    Member::body("renameKeys", "renameKeys", &RenameKeys),
    Member::body("splitString", "splitString", &SplitString),
    Member::body("substituteString", "substituteString", &SubstituteString),
    Member::body("trimString", "trimString", &TrimString),
    Member::body("typeConverter", "typeConverter", &TypeConverter),
    Member::body("upperCaseString", "upperCaseString", &UpperCaseString),
]);
static Processors: Shape = Shape::list(&Processor).min(1.0).max(20.0);
static PutAccountPolicyRequest: Shape = Shape::structure(&[
    Member::body("policyName", "policyName", &PolicyName).required(),
    Member::body("policyDocument", "policyDocument", &AccountPolicyDocument).required(),
    Member::body("policyType", "policyType", &PolicyType).required(),
    Member::body("scope", "scope", &Scope),
    Member::body("selectionCriteria", "selectionCriteria", &SelectionCriteria),
    Member::body("dryRun", "dryRun", &DryRun),
]);
static PutBearerTokenAuthenticationRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
    Member::body("bearerTokenAuthenticationEnabled", "bearerTokenAuthenticationEnabled", &BearerTokenAuthenticationEnabled).required(),
]);
static PutDataProtectionPolicyRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
    Member::body("policyDocument", "policyDocument", &DataProtectionPolicyDocument).required(),
]);
static PutDeliveryDestinationPolicyRequest: Shape = Shape::structure(&[
    Member::body("deliveryDestinationName", "deliveryDestinationName", &DeliveryDestinationName).required(),
    Member::body("deliveryDestinationPolicy", "deliveryDestinationPolicy", &DeliveryDestinationPolicy).required(),
]);
static PutDeliveryDestinationRequest: Shape = Shape::structure(&[
    Member::body("name", "name", &DeliveryDestinationName).required(),
    Member::body("outputFormat", "outputFormat", &OutputFormat),
    Member::body("deliveryDestinationConfiguration", "deliveryDestinationConfiguration", &DeliveryDestinationConfiguration),
    Member::body("deliveryDestinationType", "deliveryDestinationType", &DeliveryDestinationType),
    Member::body("roleArn", "roleArn", &Arn),
    Member::body("tags", "tags", &Tags),
]);
static PutDeliverySourceRequest: Shape = Shape::structure(&[
    Member::body("name", "name", &DeliverySourceName).required(),
    Member::body("resourceArn", "resourceArn", &Arn).required(),
    Member::body("logType", "logType", &LogType).required(),
    Member::body("tags", "tags", &Tags),
    Member::body("deliverySourceConfiguration", "deliverySourceConfiguration", &DeliverySourceConfiguration),
]);
static PutDestinationPolicyRequest: Shape = Shape::structure(&[
    Member::body("destinationName", "destinationName", &DestinationName).required(),
    Member::body("accessPolicy", "accessPolicy", &AccessPolicy).required(),
    Member::body("forceUpdate", "forceUpdate", &ForceUpdate),
]);
static PutDestinationRequest: Shape = Shape::structure(&[
    Member::body("destinationName", "destinationName", &DestinationName).required(),
    Member::body("targetArn", "targetArn", &TargetArn).required(),
    Member::body("roleArn", "roleArn", &RoleArn).required(),
    Member::body("tags", "tags", &Tags),
]);
static PutIndexPolicyRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
    Member::body("policyDocument", "policyDocument", &PolicyDocument).required(),
]);
static PutIntegrationRequest: Shape = Shape::structure(&[
    Member::body("integrationName", "integrationName", &IntegrationName).required(),
    Member::body("resourceConfig", "resourceConfig", &ResourceConfig).required(),
    Member::body("integrationType", "integrationType", &IntegrationType).required(),
]);
static PutLogEventsRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("logStreamName", "logStreamName", &LogStreamName).required(),
    Member::body("logEvents", "logEvents", &InputLogEvents).required(),
    Member::body("sequenceToken", "sequenceToken", &SequenceToken),
    Member::body("entity", "entity", &Entity),
]);
static PutLogGroupDeletionProtectionRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
    Member::body("deletionProtectionEnabled", "deletionProtectionEnabled", &DeletionProtectionEnabled).required(),
]);
static PutMetricFilterRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("filterName", "filterName", &FilterName).required(),
    Member::body("filterPattern", "filterPattern", &FilterPattern).required(),
    Member::body("metricTransformations", "metricTransformations", &MetricTransformations).required(),
    Member::body("applyOnTransformedLogs", "applyOnTransformedLogs", &ApplyOnTransformedLogs),
    Member::body("fieldSelectionCriteria", "fieldSelectionCriteria", &FieldSelectionCriteria),
    Member::body("emitSystemFieldDimensions", "emitSystemFieldDimensions", &EmitSystemFields),
]);
static PutQueryDefinitionRequest: Shape = Shape::structure(&[
    Member::body("queryLanguage", "queryLanguage", &QueryLanguage),
    Member::body("name", "name", &QueryDefinitionName).required(),
    Member::body("queryDefinitionId", "queryDefinitionId", &QueryId),
    Member::body("logGroupNames", "logGroupNames", &LogGroupNames),
    Member::body("queryString", "queryString", &QueryDefinitionString).required(),
    Member::body("clientToken", "clientToken", &ClientToken),
    Member::body("parameters", "parameters", &QueryParameterList),
]);
static PutResourcePolicyRequest: Shape = Shape::structure(&[
    Member::body("policyName", "policyName", &PolicyName),
    Member::body("policyDocument", "policyDocument", &PolicyDocument),
    Member::body("resourceArn", "resourceArn", &Arn),
    Member::body("expectedRevisionId", "expectedRevisionId", &ExpectedRevisionId),
]);
static PutRetentionPolicyRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("retentionInDays", "retentionInDays", &Days).required(),
]);
static PutStorageTierPolicyRequest: Shape = Shape::structure(&[
    Member::body("storageTier", "storageTier", &StorageTier).required(),
]);
static PutSubscriptionFilterRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("filterName", "filterName", &FilterName).required(),
    Member::body("filterPattern", "filterPattern", &FilterPattern).required(),
    Member::body("destinationArn", "destinationArn", &DestinationArn).required(),
    Member::body("roleArn", "roleArn", &RoleArn),
    Member::body("distribution", "distribution", &Distribution),
    Member::body("applyOnTransformedLogs", "applyOnTransformedLogs", &ApplyOnTransformedLogs),
    Member::body("fieldSelectionCriteria", "fieldSelectionCriteria", &FieldSelectionCriteria),
    Member::body("emitSystemFields", "emitSystemFields", &EmitSystemFields),
]);
static PutSyslogConfigurationRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
    Member::body("vpcEndpointId", "vpcEndpointId", &VpcEndpointId),
]);
static PutTransformerRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifier", "logGroupIdentifier", &LogGroupIdentifier).required(),
    Member::body("transformerConfig", "transformerConfig", &Processors).required(),
]);
static QueryDefinitionName: Shape = Shape::string().min(1.0).max(255.0);
static QueryDefinitionString: Shape = Shape::string().min(1.0).max(10000.0);
static QueryId: Shape = Shape::string().min(1.0).max(256.0);
static QueryLanguage: Shape = Shape::string().one_of(&["CWLI", "SQL", "PPL"]);
static QueryListMaxResults: Shape = Shape::integer().min(1.0).max(1000.0);
static QueryParameter: Shape = Shape::structure(&[
    Member::body("name", "name", &QueryParameterName).required(),
    Member::body("defaultValue", "defaultValue", &QueryParameterDefaultValue),
    Member::body("description", "description", &QueryParameterDescription),
]);
static QueryParameterDefaultValue: Shape = Shape::string().max(1024.0);
static QueryParameterDescription: Shape = Shape::string().max(512.0);
static QueryParameterList: Shape = Shape::list(&QueryParameter).max(20.0);
static QueryParameterName: Shape = Shape::string().min(1.0).max(128.0).pattern("^[a-zA-Z_][a-zA-Z0-9_]*");
static QueryStatus: Shape = Shape::string().one_of(&["Scheduled", "Running", "Complete", "Failed", "Cancelled", "Timeout", "Unknown"]);
static QueryString: Shape = Shape::string().min(0.0).max(10000.0);
static QuoteCharacter: Shape = Shape::string().min(1.0).max(1.0);
static RecordFields: Shape = Shape::list(&FieldHeader).min(0.0).max(128.0);
static RenameKeyEntries: Shape = Shape::list(&RenameKeyEntry).min(1.0).max(5.0);
static RenameKeyEntry: Shape = Shape::structure(&[
    Member::body("key", "key", &Key).required(),
    Member::body("renameTo", "renameTo", &RenameTo).required(),
    Member::body("overwriteIfExists", "overwriteIfExists", &OverwriteIfExists),
]);
static RenameKeys: Shape = Shape::structure(&[
    Member::body("entries", "entries", &RenameKeyEntries).required(),
]);
static RenameTo: Shape = Shape::string().min(1.0).max(128.0);
static ResourceConfig: Shape = Shape::structure(&[
    Member::body("openSearchResourceConfig", "openSearchResourceConfig", &OpenSearchResourceConfig),
]);
static ResourceIdentifier: Shape = Shape::string().min(1.0).max(2048.0).pattern("[\\w+=/:,.@\\-\\*]*");
static ResourceType: Shape = Shape::string().min(1.0).max(255.0).pattern("[\\w-_]*");
static ResourceTypes: Shape = Shape::list(&ResourceType).min(1.0).max(10.0);
static RoleArn: Shape = Shape::string().min(1.0);
static S3Configuration: Shape = Shape::structure(&[
    Member::body("destinationIdentifier", "destinationIdentifier", &S3Uri).required(),
    Member::body("roleArn", "roleArn", &RoleArn).required(),
    Member::body("ownerAccountId", "ownerAccountId", &AccountId),
    Member::body("kmsKeyId", "kmsKeyId", &KmsKeyId),
]);
static S3DeliveryConfiguration: Shape = Shape::structure(&[
    Member::body("suffixPath", "suffixPath", &DeliverySuffixPath),
    Member::body("enableHiveCompatiblePath", "enableHiveCompatiblePath", &Boolean),
]);
static S3TableIntegrationSourceIdentifier: Shape = Shape::string().min(1.0).max(2048.0);
static S3Uri: Shape = Shape::string().max(1024.0).pattern("s3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?");
static ScheduleExpression: Shape = Shape::string().max(256.0);
static ScheduleTimezone: Shape = Shape::string().min(1.0);
static ScheduleType: Shape = Shape::string().one_of(&["CUSTOMER_MANAGED", "AWS_MANAGED"]);
static ScheduledQueryDescription: Shape = Shape::string().max(1024.0);
static ScheduledQueryIdentifier: Shape = Shape::string().min(1.0).max(300.0);
static ScheduledQueryLogGroupIdentifiers: Shape = Shape::list(&LogGroupIdentifier).min(1.0).max(50.0);
static ScheduledQueryName: Shape = Shape::string().min(1.0).max(300.0);
static ScheduledQueryState: Shape = Shape::string().one_of(&["ENABLED", "DISABLED"]);
static Scope: Shape = Shape::string().one_of(&["ALL"]);
static SelectionCriteria: Shape = Shape::string();
static SequenceToken: Shape = Shape::string().min(1.0);
static Service: Shape = Shape::string().min(1.0).max(255.0).pattern("[\\w_-]*");
static Source: Shape = Shape::string().min(1.0).max(128.0);
static SourceTimezone: Shape = Shape::string().min(1.0);
static SplitString: Shape = Shape::structure(&[
    Member::body("entries", "entries", &SplitStringEntries).required(),
]);
static SplitStringDelimiter: Shape = Shape::string().min(1.0).max(128.0);
static SplitStringEntries: Shape = Shape::list(&SplitStringEntry).min(1.0).max(10.0);
static SplitStringEntry: Shape = Shape::structure(&[
    Member::body("source", "source", &Source).required(),
    Member::body("delimiter", "delimiter", &SplitStringDelimiter).required(),
]);
static StandardUnit: Shape = Shape::string().one_of(&["Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second", "Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None"]);
static StartFromHead: Shape = Shape::boolean();
static StartLiveTailLogGroupIdentifiers: Shape = Shape::list(&LogGroupIdentifier).min(1.0).max(10.0);
static StartLiveTailRequest: Shape = Shape::structure(&[
    Member::body("logGroupIdentifiers", "logGroupIdentifiers", &StartLiveTailLogGroupIdentifiers).required(),
    Member::body("logStreamNames", "logStreamNames", &InputLogStreamNames),
    Member::body("logStreamNamePrefixes", "logStreamNamePrefixes", &InputLogStreamNames),
    Member::body("logEventFilterPattern", "logEventFilterPattern", &FilterPattern),
]);
static StartQueryRequest: Shape = Shape::structure(&[
    Member::body("queryLanguage", "queryLanguage", &QueryLanguage),
    Member::body("logGroupName", "logGroupName", &LogGroupName),
    Member::body("logGroupNames", "logGroupNames", &LogGroupNames),
    Member::body("logGroupIdentifiers", "logGroupIdentifiers", &LogGroupIdentifiers),
    Member::body("startTime", "startTime", &Timestamp).required(),
    Member::body("endTime", "endTime", &Timestamp).required(),
    Member::body("queryString", "queryString", &QueryString).required(),
    Member::body("limit", "limit", &EventsLimitStartQuery),
]);
static StartTimeOffset: Shape = Shape::long();
static StopQueryRequest: Shape = Shape::structure(&[
    Member::body("queryId", "queryId", &QueryId).required(),
]);
static StorageTier: Shape = Shape::string().one_of(&["STANDARD", "INTELLIGENT_TIERING"]);
static SubstituteString: Shape = Shape::structure(&[
    Member::body("entries", "entries", &SubstituteStringEntries).required(),
]);
static SubstituteStringEntries: Shape = Shape::list(&SubstituteStringEntry).min(1.0).max(10.0);
static SubstituteStringEntry: Shape = Shape::structure(&[
    Member::body("source", "source", &Source).required(),
    Member::body("from", "from", &FromKey).required(),
    Member::body("to", "to", &ToKey).required(),
]);
static SuppressionPeriod: Shape = Shape::structure(&[
    Member::body("value", "value", &Integer),
    Member::body("suppressionUnit", "suppressionUnit", &SuppressionUnit),
]);
static SuppressionState: Shape = Shape::string().one_of(&["SUPPRESSED", "UNSUPPRESSED"]);
static SuppressionType: Shape = Shape::string().one_of(&["LIMITED", "INFINITE"]);
static SuppressionUnit: Shape = Shape::string().one_of(&["SECONDS", "MINUTES", "HOURS"]);
static SystemField: Shape = Shape::string();
static TableBody: Shape = Shape::string().min(1.0).max(10485760.0);
static TagFilter: Shape = Shape::structure(&[
    Member::body("key", "key", &TagFilterKey).required(),
    Member::body("values", "values", &TagFilterValues),
]);
static TagFilterKey: Shape = Shape::string().min(1.0).max(128.0).pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$");
static TagFilterValue: Shape = Shape::string().min(0.0).max(259.0).pattern("^!?\\*?([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)\\*?$");
static TagFilterValues: Shape = Shape::list(&TagFilterValue).min(0.0).max(5.0);
static TagFilters: Shape = Shape::list(&TagFilter).min(1.0).max(5.0);
static TagKey: Shape = Shape::string().min(1.0).max(128.0).pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$");
static TagKeyList: Shape = Shape::list(&TagKey).min(0.0).max(50.0);
static TagList: Shape = Shape::list(&TagKey).min(1.0);
static TagLogGroupRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("tags", "tags", &Tags).required(),
]);
static TagResourceRequest: Shape = Shape::structure(&[
    Member::body("resourceArn", "resourceArn", &AmazonResourceName).required(),
    Member::body("tags", "tags", &Tags).required(),
]);
static TagValue: Shape = Shape::string().max(256.0).pattern("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$");
static Tags: Shape = Shape::map(&TagKey, &TagValue).min(1.0).max(50.0);
static Target: Shape = Shape::string().min(1.0).max(128.0);
static TargetArn: Shape = Shape::string().min(1.0);
static TargetFormat: Shape = Shape::string().min(1.0).max(64.0);
static TargetTimezone: Shape = Shape::string().min(1.0);
static TestEventMessages: Shape = Shape::list(&EventMessage).min(1.0).max(50.0);
static TestMetricFilterRequest: Shape = Shape::structure(&[
    Member::body("filterPattern", "filterPattern", &FilterPattern).required(),
    Member::body("logEventMessages", "logEventMessages", &TestEventMessages).required(),
]);
static TestTransformerRequest: Shape = Shape::structure(&[
    Member::body("transformerConfig", "transformerConfig", &Processors).required(),
    Member::body("logEventMessages", "logEventMessages", &TestEventMessages).required(),
]);
static Timestamp: Shape = Shape::long().min(0.0);
static ToKey: Shape = Shape::string().min(1.0).max(128.0);
static TrimString: Shape = Shape::structure(&[
    Member::body("withKeys", "withKeys", &TrimStringWithKeys).required(),
]);
static TrimStringWithKeys: Shape = Shape::list(&WithKey).min(1.0).max(10.0);
static Type: Shape = Shape::string().one_of(&["boolean", "integer", "double", "string"]);
static TypeConverter: Shape = Shape::structure(&[
    Member::body("entries", "entries", &TypeConverterEntries).required(),
]);
static TypeConverterEntries: Shape = Shape::list(&TypeConverterEntry).min(1.0).max(5.0);
static TypeConverterEntry: Shape = Shape::structure(&[
    Member::body("key", "key", &Key).required(),
    Member::body("type", "type", &Type).required(),
]);
static Unmask: Shape = Shape::boolean();
static UntagLogGroupRequest: Shape = Shape::structure(&[
    Member::body("logGroupName", "logGroupName", &LogGroupName).required(),
    Member::body("tags", "tags", &TagList).required(),
]);
static UntagResourceRequest: Shape = Shape::structure(&[
    Member::body("resourceArn", "resourceArn", &AmazonResourceName).required(),
    Member::body("tagKeys", "tagKeys", &TagKeyList).required(),
]);
static UpdateAnomalyRequest: Shape = Shape::structure(&[
    Member::body("anomalyId", "anomalyId", &AnomalyId),
    Member::body("patternId", "patternId", &PatternId),
    Member::body("anomalyDetectorArn", "anomalyDetectorArn", &AnomalyDetectorArn).required(),
    Member::body("suppressionType", "suppressionType", &SuppressionType),
    Member::body("suppressionPeriod", "suppressionPeriod", &SuppressionPeriod),
    Member::body("baseline", "baseline", &Baseline),
]);
static UpdateDeliveryConfigurationRequest: Shape = Shape::structure(&[
    Member::body("id", "id", &DeliveryId).required(),
    Member::body("recordFields", "recordFields", &RecordFields),
    Member::body("fieldDelimiter", "fieldDelimiter", &FieldDelimiter),
    Member::body("s3DeliveryConfiguration", "s3DeliveryConfiguration", &S3DeliveryConfiguration),
]);
static UpdateLogAnomalyDetectorRequest: Shape = Shape::structure(&[
    Member::body("anomalyDetectorArn", "anomalyDetectorArn", &AnomalyDetectorArn).required(),
    Member::body("evaluationFrequency", "evaluationFrequency", &EvaluationFrequency),
    Member::body("filterPattern", "filterPattern", &FilterPattern),
    Member::body("anomalyVisibilityTime", "anomalyVisibilityTime", &AnomalyVisibilityTime),
    Member::body("enabled", "enabled", &Boolean).required(),
]);
static UpdateLookupTableRequest: Shape = Shape::structure(&[
    Member::body("lookupTableArn", "lookupTableArn", &Arn).required(),
    Member::body("description", "description", &LookupTableDescription),
    Member::body("tableBody", "tableBody", &TableBody),
    Member::body("queryId", "queryId", &QueryId),
    Member::body("kmsKeyId", "kmsKeyId", &KmsKeyId),
]);
static UpdateScheduledQueryRequest: Shape = Shape::structure(&[
    Member::body("identifier", "identifier", &ScheduledQueryIdentifier).required(),
    Member::body("description", "description", &ScheduledQueryDescription),
    Member::body("queryLanguage", "queryLanguage", &QueryLanguage).required(),
    Member::body("queryString", "queryString", &QueryString).required(),
    Member::body("logGroupIdentifiers", "logGroupIdentifiers", &ScheduledQueryLogGroupIdentifiers),
    Member::body("scheduleExpression", "scheduleExpression", &ScheduleExpression).required(),
    Member::body("timezone", "timezone", &ScheduleTimezone),
    Member::body("startTimeOffset", "startTimeOffset", &StartTimeOffset),
    Member::body("endTimeOffset", "endTimeOffset", &EndTimeOffset),
    Member::body("destinationConfiguration", "destinationConfiguration", &DestinationConfiguration),
    Member::body("scheduleStartTime", "scheduleStartTime", &Timestamp),
    Member::body("scheduleEndTime", "scheduleEndTime", &Timestamp),
    Member::body("executionRoleArn", "executionRoleArn", &RoleArn).required(),
    Member::body("state", "state", &ScheduledQueryState),
]);
static UpperCaseString: Shape = Shape::structure(&[
    Member::body("withKeys", "withKeys", &UpperCaseStringWithKeys).required(),
]);
static UpperCaseStringWithKeys: Shape = Shape::list(&WithKey).min(1.0).max(10.0);
static ValueKey: Shape = Shape::string().min(1.0).max(128.0);
static VpcEndpointId: Shape = Shape::string().pattern("^vpce-[0-9a-f]{1,64}$");
static WithKey: Shape = Shape::string().min(1.0);
