//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: dynamodb 2012-08-10.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::DynamoDb, api_version: "2012-08-10", xml_namespace: "", target: "DynamoDB_20120810", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::DynamoDb, "BatchExecuteStatement", "POST", "/", 200).input(&BatchExecuteStatementInput).output().errors(&["InternalServerError", "RequestLimitExceeded", "ThrottlingException"]),
    Operation::new(Service::DynamoDb, "BatchGetItem", "POST", "/", 200).input(&BatchGetItemInput).output().errors(&["InternalServerError", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::DynamoDb, "BatchWriteItem", "POST", "/", 200).input(&BatchWriteItemInput).output().errors(&["InternalServerError", "ItemCollectionSizeLimitExceededException", "ProvisionedThroughputExceededException", "ReplicatedWriteConflictException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::DynamoDb, "CancelBulkOperation", "POST", "/", 200).input(&CancelBulkOperationInput).output().errors(&["ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "CreateBackup", "POST", "/", 200).input(&CreateBackupInput).output().errors(&["BackupInUseException", "ContinuousBackupsUnavailableException", "InternalServerError", "LimitExceededException", "TableInUseException", "TableNotFoundException"]),
    Operation::new(Service::DynamoDb, "CreateGlobalTable", "POST", "/", 200).input(&CreateGlobalTableInput).output().errors(&["GlobalTableAlreadyExistsException", "InternalServerError", "LimitExceededException", "TableNotFoundException"]),
    Operation::new(Service::DynamoDb, "CreateTable", "POST", "/", 200).input(&CreateTableInput).output().errors(&["InternalServerError", "LimitExceededException", "ResourceInUseException"]),
    Operation::new(Service::DynamoDb, "DeleteBackup", "POST", "/", 200).input(&DeleteBackupInput).output().errors(&["BackupInUseException", "BackupNotFoundException", "InternalServerError", "LimitExceededException"]),
    Operation::new(Service::DynamoDb, "DeleteItem", "POST", "/", 200).input(&DeleteItemInput).output().errors(&["ConditionalCheckFailedException", "InternalServerError", "ItemCollectionSizeLimitExceededException", "ProvisionedThroughputExceededException", "ReplicatedWriteConflictException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException", "TransactionConflictException"]),
    Operation::new(Service::DynamoDb, "DeleteResourcePolicy", "POST", "/", 200).input(&DeleteResourcePolicyInput).output().errors(&["InternalServerError", "LimitExceededException", "PolicyNotFoundException", "ResourceInUseException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "DeleteTable", "POST", "/", 200).input(&DeleteTableInput).output().errors(&["InternalServerError", "LimitExceededException", "ResourceInUseException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "DescribeBackup", "POST", "/", 200).input(&DescribeBackupInput).output().errors(&["BackupNotFoundException", "InternalServerError"]),
    Operation::new(Service::DynamoDb, "DescribeBulkOperation", "POST", "/", 200).input(&DescribeBulkOperationInput).output().errors(&["ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "DescribeContinuousBackups", "POST", "/", 200).input(&DescribeContinuousBackupsInput).output().errors(&["InternalServerError", "TableNotFoundException"]),
    Operation::new(Service::DynamoDb, "DescribeContributorInsights", "POST", "/", 200).input(&DescribeContributorInsightsInput).output().errors(&["InternalServerError", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "DescribeEndpoints", "POST", "/", 200).input(&DescribeEndpointsRequest).output(),
    Operation::new(Service::DynamoDb, "DescribeExport", "POST", "/", 200).input(&DescribeExportInput).output().errors(&["ExportNotFoundException", "InternalServerError", "LimitExceededException"]),
    Operation::new(Service::DynamoDb, "DescribeGlobalTable", "POST", "/", 200).input(&DescribeGlobalTableInput).output().errors(&["GlobalTableNotFoundException", "InternalServerError"]),
    Operation::new(Service::DynamoDb, "DescribeGlobalTableSettings", "POST", "/", 200).input(&DescribeGlobalTableSettingsInput).output().errors(&["GlobalTableNotFoundException", "InternalServerError"]),
    Operation::new(Service::DynamoDb, "DescribeImport", "POST", "/", 200).input(&DescribeImportInput).output().errors(&["ImportNotFoundException"]),
    Operation::new(Service::DynamoDb, "DescribeKinesisStreamingDestination", "POST", "/", 200).input(&DescribeKinesisStreamingDestinationInput).output().errors(&["InternalServerError", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "DescribeLimits", "POST", "/", 200).input(&DescribeLimitsInput).output().errors(&["InternalServerError"]),
    Operation::new(Service::DynamoDb, "DescribeTable", "POST", "/", 200).input(&DescribeTableInput).output().errors(&["InternalServerError", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "DescribeTableReplicaAutoScaling", "POST", "/", 200).input(&DescribeTableReplicaAutoScalingInput).output().errors(&["InternalServerError", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "DescribeTimeToLive", "POST", "/", 200).input(&DescribeTimeToLiveInput).output().errors(&["InternalServerError", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "DisableKinesisStreamingDestination", "POST", "/", 200).input(&KinesisStreamingDestinationInput).output().errors(&["InternalServerError", "LimitExceededException", "ResourceInUseException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "EnableKinesisStreamingDestination", "POST", "/", 200).input(&KinesisStreamingDestinationInput).output().errors(&["InternalServerError", "LimitExceededException", "ResourceInUseException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "ExecuteStatement", "POST", "/", 200).input(&ExecuteStatementInput).output().errors(&["ConditionalCheckFailedException", "DuplicateItemException", "InternalServerError", "ItemCollectionSizeLimitExceededException", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException", "TransactionConflictException"]),
    Operation::new(Service::DynamoDb, "ExecuteTransaction", "POST", "/", 200).input(&ExecuteTransactionInput).output().errors(&["IdempotentParameterMismatchException", "InternalServerError", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException", "TransactionCanceledException", "TransactionInProgressException"]),
    Operation::new(Service::DynamoDb, "ExportTableToPointInTime", "POST", "/", 200).input(&ExportTableToPointInTimeInput).output().errors(&["ExportConflictException", "InternalServerError", "InvalidExportTimeException", "LimitExceededException", "PointInTimeRecoveryUnavailableException", "TableNotFoundException"]),
    Operation::new(Service::DynamoDb, "GetItem", "POST", "/", 200).input(&GetItemInput).output().errors(&["InternalServerError", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::DynamoDb, "GetResourcePolicy", "POST", "/", 200).input(&GetResourcePolicyInput).output().errors(&["InternalServerError", "PolicyNotFoundException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "ImportTable", "POST", "/", 200).input(&ImportTableInput).output().errors(&["ImportConflictException", "LimitExceededException", "ResourceInUseException"]),
    Operation::new(Service::DynamoDb, "ListBackups", "POST", "/", 200).input(&ListBackupsInput).output().errors(&["InternalServerError"]),
    Operation::new(Service::DynamoDb, "ListBulkOperations", "POST", "/", 200).input(&ListBulkOperationsInput).output(),
    Operation::new(Service::DynamoDb, "ListContributorInsights", "POST", "/", 200).input(&ListContributorInsightsInput).output().errors(&["InternalServerError", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "ListExports", "POST", "/", 200).input(&ListExportsInput).output().errors(&["InternalServerError", "LimitExceededException"]),
    Operation::new(Service::DynamoDb, "ListGlobalTables", "POST", "/", 200).input(&ListGlobalTablesInput).output().errors(&["InternalServerError"]),
    Operation::new(Service::DynamoDb, "ListImports", "POST", "/", 200).input(&ListImportsInput).output().errors(&["LimitExceededException"]),
    Operation::new(Service::DynamoDb, "ListTables", "POST", "/", 200).input(&ListTablesInput).output().errors(&["InternalServerError"]),
    Operation::new(Service::DynamoDb, "ListTagsOfResource", "POST", "/", 200).input(&ListTagsOfResourceInput).output().errors(&["InternalServerError", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "PutItem", "POST", "/", 200).input(&PutItemInput).output().errors(&["ConditionalCheckFailedException", "InternalServerError", "ItemCollectionSizeLimitExceededException", "ProvisionedThroughputExceededException", "ReplicatedWriteConflictException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException", "TransactionConflictException"]),
    Operation::new(Service::DynamoDb, "PutResourcePolicy", "POST", "/", 200).input(&PutResourcePolicyInput).output().errors(&["InternalServerError", "LimitExceededException", "PolicyNotFoundException", "ResourceInUseException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "Query", "POST", "/", 200).input(&QueryInput).output().errors(&["InternalServerError", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::DynamoDb, "RestoreTableFromBackup", "POST", "/", 200).input(&RestoreTableFromBackupInput).output().errors(&["BackupInUseException", "BackupNotFoundException", "InternalServerError", "LimitExceededException", "TableAlreadyExistsException", "TableInUseException"]),
    Operation::new(Service::DynamoDb, "RestoreTableToPointInTime", "POST", "/", 200).input(&RestoreTableToPointInTimeInput).output().errors(&["InternalServerError", "InvalidRestoreTimeException", "LimitExceededException", "PointInTimeRecoveryUnavailableException", "TableAlreadyExistsException", "TableInUseException", "TableNotFoundException"]),
    Operation::new(Service::DynamoDb, "Scan", "POST", "/", 200).input(&ScanInput).output().errors(&["InternalServerError", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::DynamoDb, "SearchVectors", "POST", "/", 200).input(&SearchVectorsInput).output().errors(&["InternalServerError", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::DynamoDb, "StartBulkPutItems", "POST", "/", 200).input(&StartBulkPutItemsInput).output().errors(&["IdempotentParameterMismatchException", "LimitExceededException", "ResourceInUseException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "TagResource", "POST", "/", 200).input(&TagResourceInput).errors(&["InternalServerError", "LimitExceededException", "ResourceInUseException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "TransactGetItems", "POST", "/", 200).input(&TransactGetItemsInput).output().errors(&["InternalServerError", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException", "TransactionCanceledException"]),
    Operation::new(Service::DynamoDb, "TransactWriteItems", "POST", "/", 200).input(&TransactWriteItemsInput).output().errors(&["IdempotentParameterMismatchException", "InternalServerError", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException", "TransactionCanceledException", "TransactionInProgressException"]),
    Operation::new(Service::DynamoDb, "UntagResource", "POST", "/", 200).input(&UntagResourceInput).errors(&["InternalServerError", "LimitExceededException", "ResourceInUseException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "UpdateContinuousBackups", "POST", "/", 200).input(&UpdateContinuousBackupsInput).output().errors(&["ContinuousBackupsUnavailableException", "InternalServerError", "TableNotFoundException"]),
    Operation::new(Service::DynamoDb, "UpdateContributorInsights", "POST", "/", 200).input(&UpdateContributorInsightsInput).output().errors(&["InternalServerError", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "UpdateGlobalTable", "POST", "/", 200).input(&UpdateGlobalTableInput).output().errors(&["GlobalTableNotFoundException", "InternalServerError", "ReplicaAlreadyExistsException", "ReplicaNotFoundException", "TableNotFoundException"]),
    Operation::new(Service::DynamoDb, "UpdateGlobalTableSettings", "POST", "/", 200).input(&UpdateGlobalTableSettingsInput).output().errors(&["GlobalTableNotFoundException", "IndexNotFoundException", "InternalServerError", "LimitExceededException", "ReplicaNotFoundException", "ResourceInUseException"]),
    Operation::new(Service::DynamoDb, "UpdateItem", "POST", "/", 200).input(&UpdateItemInput).output().errors(&["ConditionalCheckFailedException", "InternalServerError", "ItemCollectionSizeLimitExceededException", "ProvisionedThroughputExceededException", "ReplicatedWriteConflictException", "RequestLimitExceeded", "ResourceNotFoundException", "ThrottlingException", "TransactionConflictException"]),
    Operation::new(Service::DynamoDb, "UpdateKinesisStreamingDestination", "POST", "/", 200).input(&UpdateKinesisStreamingDestinationInput).output().errors(&["InternalServerError", "LimitExceededException", "ResourceInUseException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "UpdateTable", "POST", "/", 200).input(&UpdateTableInput).output().errors(&["InternalServerError", "LimitExceededException", "ResourceInUseException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "UpdateTableReplicaAutoScaling", "POST", "/", 200).input(&UpdateTableReplicaAutoScalingInput).output().errors(&["InternalServerError", "LimitExceededException", "ResourceInUseException", "ResourceNotFoundException"]),
    Operation::new(Service::DynamoDb, "UpdateTimeToLive", "POST", "/", 200).input(&UpdateTimeToLiveInput).output().errors(&["InternalServerError", "LimitExceededException", "ResourceInUseException", "ResourceNotFoundException"]),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "BackupInUseException", status: 400 },
    ErrorName { code: "BackupNotFoundException", status: 400 },
    ErrorName { code: "ConditionalCheckFailedException", status: 400 },
    ErrorName { code: "ContinuousBackupsUnavailableException", status: 400 },
    ErrorName { code: "DuplicateItemException", status: 400 },
    ErrorName { code: "ExportConflictException", status: 400 },
    ErrorName { code: "ExportNotFoundException", status: 400 },
    ErrorName { code: "GlobalTableAlreadyExistsException", status: 400 },
    ErrorName { code: "GlobalTableNotFoundException", status: 400 },
    ErrorName { code: "IdempotentParameterMismatchException", status: 400 },
    ErrorName { code: "ImportConflictException", status: 400 },
    ErrorName { code: "ImportNotFoundException", status: 400 },
    ErrorName { code: "IndexNotFoundException", status: 400 },
    ErrorName { code: "InternalServerError", status: 500 },
    ErrorName { code: "InvalidExportTimeException", status: 400 },
    ErrorName { code: "InvalidRestoreTimeException", status: 400 },
    ErrorName { code: "ItemCollectionSizeLimitExceededException", status: 400 },
    ErrorName { code: "LimitExceededException", status: 400 },
    ErrorName { code: "PointInTimeRecoveryUnavailableException", status: 400 },
    ErrorName { code: "PolicyNotFoundException", status: 400 },
    ErrorName { code: "ProvisionedThroughputExceededException", status: 400 },
    ErrorName { code: "ReplicaAlreadyExistsException", status: 400 },
    ErrorName { code: "ReplicaNotFoundException", status: 400 },
    ErrorName { code: "ReplicatedWriteConflictException", status: 400 },
    ErrorName { code: "RequestLimitExceeded", status: 400 },
    ErrorName { code: "ResourceInUseException", status: 400 },
    ErrorName { code: "ResourceNotFoundException", status: 400 },
    ErrorName { code: "TableAlreadyExistsException", status: 400 },
    ErrorName { code: "TableInUseException", status: 400 },
    ErrorName { code: "TableNotFoundException", status: 400 },
    ErrorName { code: "ThrottlingException", status: 400 },
    ErrorName { code: "TransactionCanceledException", status: 400 },
    ErrorName { code: "TransactionConflictException", status: 400 },
    ErrorName { code: "TransactionInProgressException", status: 400 },
];

static ApproximateCreationDateTimePrecision: Shape = Shape::string().one_of(&["MILLISECOND", "MICROSECOND"]);
static AttributeAction: Shape = Shape::string().one_of(&["ADD", "PUT", "DELETE"]);
static AttributeDefinition: Shape = Shape::structure(&[
    Member::body("AttributeName", "AttributeName", &KeySchemaAttributeName).required(),
    Member::body("AttributeType", "AttributeType", &ScalarAttributeType).required(),
]);
static AttributeDefinitions: Shape = Shape::list(&AttributeDefinition);
static AttributeName: Shape = Shape::string();
static AttributeNameList: Shape = Shape::list(&AttributeName).min(1.0);
static AttributeUpdates: Shape = Shape::map(&AttributeName, &AttributeValueUpdate);
static AttributeValue: Shape = Shape::structure(&[
    Member::body("S", "S", &StringAttributeValue),
    Member::body("N", "N", &NumberAttributeValue),
    Member::body("B", "B", &BinaryAttributeValue),
    Member::body("SS", "SS", &StringSetAttributeValue),
    Member::body("NS", "NS", &NumberSetAttributeValue),
    Member::body("BS", "BS", &BinarySetAttributeValue),
    Member::body("M", "M", &MapAttributeValue),
    Member::body("L", "L", &ListAttributeValue),
    Member::body("NULL", "NULL", &NullAttributeValue),
    Member::body("BOOL", "BOOL", &BooleanAttributeValue),
]);
static AttributeValueList: Shape = Shape::list(&AttributeValue);
static AttributeValueUpdate: Shape = Shape::structure(&[
    Member::body("Value", "Value", &AttributeValue),
    Member::body("Action", "Action", &AttributeAction),
]);
static AutoScalingPolicyName: Shape = Shape::string().min(1.0).max(256.0).pattern("\\p{Print}+");
static AutoScalingPolicyUpdate: Shape = Shape::structure(&[
    Member::body("PolicyName", "PolicyName", &AutoScalingPolicyName),
    Member::body("TargetTrackingScalingPolicyConfiguration", "TargetTrackingScalingPolicyConfiguration", &AutoScalingTargetTrackingScalingPolicyConfigurationUpdate).required(),
]);
static AutoScalingRoleArn: Shape = Shape::string().min(1.0).max(1600.0).pattern("[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\r\\n\\t]*");
static AutoScalingSettingsUpdate: Shape = Shape::structure(&[
    Member::body("MinimumUnits", "MinimumUnits", &PositiveLongObject),
    Member::body("MaximumUnits", "MaximumUnits", &PositiveLongObject),
    Member::body("AutoScalingDisabled", "AutoScalingDisabled", &BooleanObject),
    Member::body("AutoScalingRoleArn", "AutoScalingRoleArn", &AutoScalingRoleArn),
    Member::body("ScalingPolicyUpdate", "ScalingPolicyUpdate", &AutoScalingPolicyUpdate),
]);
static AutoScalingTargetTrackingScalingPolicyConfigurationUpdate: Shape = Shape::structure(&[
    Member::body("DisableScaleIn", "DisableScaleIn", &BooleanObject),
    Member::body("ScaleInCooldown", "ScaleInCooldown", &IntegerObject),
    Member::body("ScaleOutCooldown", "ScaleOutCooldown", &IntegerObject),
    Member::body("TargetValue", "TargetValue", &DoubleObject).required(),
]);
static BackupArn: Shape = Shape::string().min(37.0).max(1024.0);
static BackupName: Shape = Shape::string().min(3.0).max(255.0).pattern("[a-zA-Z0-9_.-]+");
static BackupTypeFilter: Shape = Shape::string().one_of(&["USER", "SYSTEM", "AWS_BACKUP", "ALL"]);
static BackupsInputLimit: Shape = Shape::integer().min(1.0).max(100.0);
static BatchExecuteStatementInput: Shape = Shape::structure(&[
    Member::body("Statements", "Statements", &PartiQLBatchRequest).required(),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
]);
static BatchGetItemInput: Shape = Shape::structure(&[
    Member::body("RequestItems", "RequestItems", &BatchGetRequestMap).required(),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
]);
static BatchGetRequestMap: Shape = Shape::map(&TableArn, &KeysAndAttributes).min(1.0).max(100.0);
static BatchStatementRequest: Shape = Shape::structure(&[
    Member::body("Statement", "Statement", &PartiQLStatement).required(),
    Member::body("Parameters", "Parameters", &PreparedStatementParameters),
    Member::body("ConsistentRead", "ConsistentRead", &ConsistentRead),
    Member::body("ReturnValuesOnConditionCheckFailure", "ReturnValuesOnConditionCheckFailure", &ReturnValuesOnConditionCheckFailure),
]);
static BatchWriteItemInput: Shape = Shape::structure(&[
    Member::body("RequestItems", "RequestItems", &BatchWriteItemRequestMap).required(),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
    Member::body("ReturnItemCollectionMetrics", "ReturnItemCollectionMetrics", &ReturnItemCollectionMetrics),
]);
static BatchWriteItemRequestMap: Shape = Shape::map(&TableArn, &WriteRequests).min(1.0).max(25.0);
static BillingMode: Shape = Shape::string().one_of(&["PROVISIONED", "PAY_PER_REQUEST"]);
static BinaryAttributeValue: Shape = Shape::blob();
static BinarySetAttributeValue: Shape = Shape::list(&BinaryAttributeValue);
static BooleanAttributeValue: Shape = Shape::boolean();
static BooleanObject: Shape = Shape::boolean();
static BulkOperationArn: Shape = Shape::string().min(37.0).max(1024.0);
static BulkOperationInputFormat: Shape = Shape::string().one_of(&["DYNAMODB_JSON", "ION"]);
static BulkOperationMaxWriteRequestUnits: Shape = Shape::long().min(1024.0);
static BulkOperationNextToken: Shape = Shape::string().min(1.0).max(1024.0).pattern("([0-9a-f]{16})+");
static BulkOperationPerformanceTier: Shape = Shape::string().one_of(&["STANDARD", "ACCELERATED"]);
static CancelBulkOperationInput: Shape = Shape::structure(&[
    Member::body("BulkOperationArn", "BulkOperationArn", &BulkOperationArn).required(),
]);
static ClientRequestToken: Shape = Shape::string().min(1.0).max(36.0);
static ClientToken: Shape = Shape::string().pattern("^[^\\$]+$");
static ComparisonOperator: Shape = Shape::string().one_of(&["EQ", "NE", "IN", "LE", "LT", "GE", "GT", "BETWEEN", "NOT_NULL", "NULL", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"]);
static Condition: Shape = Shape::structure(&[
    Member::body("AttributeValueList", "AttributeValueList", &AttributeValueList),
    Member::body("ComparisonOperator", "ComparisonOperator", &ComparisonOperator).required(),
]);
static ConditionCheck: Shape = Shape::structure(&[
    Member::body("Key", "Key", &Key).required(),
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("ConditionExpression", "ConditionExpression", &ConditionExpression).required(),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
    Member::body("ExpressionAttributeValues", "ExpressionAttributeValues", &ExpressionAttributeValueMap),
    Member::body("ReturnValuesOnConditionCheckFailure", "ReturnValuesOnConditionCheckFailure", &ReturnValuesOnConditionCheckFailure),
]);
static ConditionExpression: Shape = Shape::string();
static ConditionalOperator: Shape = Shape::string().one_of(&["AND", "OR"]);
static ConfirmRemoveSelfResourceAccess: Shape = Shape::boolean();
static ConsistentRead: Shape = Shape::boolean();
static ContributorInsightsAction: Shape = Shape::string().one_of(&["ENABLE", "DISABLE"]);
static ContributorInsightsMode: Shape = Shape::string().one_of(&["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"]);
static CreateBackupInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("BackupName", "BackupName", &BackupName).required(),
]);
static CreateGlobalSecondaryIndexAction: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName).required(),
    Member::body("KeySchema", "KeySchema", &KeySchema).required(),
    Member::body("Projection", "Projection", &Projection).required(),
    Member::body("ProvisionedThroughput", "ProvisionedThroughput", &ProvisionedThroughput),
    Member::body("OnDemandThroughput", "OnDemandThroughput", &OnDemandThroughput),
    Member::body("WarmThroughput", "WarmThroughput", &WarmThroughput),
]);
static CreateGlobalTableInput: Shape = Shape::structure(&[
    Member::body("GlobalTableName", "GlobalTableName", &TableName).required(),
    Member::body("ReplicationGroup", "ReplicationGroup", &ReplicaList).required(),
]);
static CreateGlobalTableWitnessGroupMemberAction: Shape = Shape::structure(&[
    Member::body("RegionName", "RegionName", &RegionName).required(),
]);
static CreateReplicaAction: Shape = Shape::structure(&[
    Member::body("RegionName", "RegionName", &RegionName).required(),
]);
static CreateReplicationGroupMemberAction: Shape = Shape::structure(&[
    Member::body("RegionName", "RegionName", &RegionName).required(),
    Member::body("KMSMasterKeyId", "KMSMasterKeyId", &KMSMasterKeyId),
    Member::body("ProvisionedThroughputOverride", "ProvisionedThroughputOverride", &ProvisionedThroughputOverride),
    Member::body("OnDemandThroughputOverride", "OnDemandThroughputOverride", &OnDemandThroughputOverride),
    Member::body("GlobalSecondaryIndexes", "GlobalSecondaryIndexes", &ReplicaGlobalSecondaryIndexList),
    Member::body("TableClassOverride", "TableClassOverride", &TableClass),
]);
static CreateTableInput: Shape = Shape::structure(&[
    Member::body("AttributeDefinitions", "AttributeDefinitions", &AttributeDefinitions),
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("KeySchema", "KeySchema", &KeySchema),
    Member::body("LocalSecondaryIndexes", "LocalSecondaryIndexes", &LocalSecondaryIndexList),
    Member::body("GlobalSecondaryIndexes", "GlobalSecondaryIndexes", &GlobalSecondaryIndexList),
    Member::body("BillingMode", "BillingMode", &BillingMode),
    Member::body("ProvisionedThroughput", "ProvisionedThroughput", &ProvisionedThroughput),
    Member::body("StreamSpecification", "StreamSpecification", &StreamSpecification),
    Member::body("SSESpecification", "SSESpecification", &SSESpecification),
    Member::body("Tags", "Tags", &TagList),
    Member::body("TableClass", "TableClass", &TableClass),
    Member::body("DeletionProtectionEnabled", "DeletionProtectionEnabled", &DeletionProtectionEnabled),
    Member::body("WarmThroughput", "WarmThroughput", &WarmThroughput),
    Member::body("ResourcePolicy", "ResourcePolicy", &ResourcePolicy),
    Member::body("OnDemandThroughput", "OnDemandThroughput", &OnDemandThroughput),
    Member::body("GlobalTableSourceArn", "GlobalTableSourceArn", &TableArn),
    Member::body("GlobalTableSettingsReplicationMode", "GlobalTableSettingsReplicationMode", &GlobalTableSettingsReplicationMode),
    Member::body("VectorIndexes", "VectorIndexes", &VectorIndexList),
]);
static CreateVectorIndexAction: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName).required(),
    Member::body("VectorAttribute", "VectorAttribute", &VectorAttributeDefinition).required(),
    Member::body("SearchSchema", "SearchSchema", &SearchSchema),
    Member::body("Projection", "Projection", &Projection).required(),
    Member::body("Dimensions", "Dimensions", &PositiveLongObject).required(),
    Member::body("DistanceFunction", "DistanceFunction", &VectorDistanceFunction).required(),
]);
static CsvDelimiter: Shape = Shape::string().min(1.0).max(1.0).pattern("[,;:|\\t ]");
static CsvHeader: Shape = Shape::string().min(1.0).max(65536.0).pattern("[\\x20-\\x21\\x23-\\x2B\\x2D-\\x7E]*");
static CsvHeaderList: Shape = Shape::list(&CsvHeader).min(1.0).max(255.0);
static CsvOptions: Shape = Shape::structure(&[
    Member::body("Delimiter", "Delimiter", &CsvDelimiter),
    Member::body("HeaderList", "HeaderList", &CsvHeaderList),
]);
static Date: Shape = Shape::timestamp();
static Delete: Shape = Shape::structure(&[
    Member::body("Key", "Key", &Key).required(),
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("ConditionExpression", "ConditionExpression", &ConditionExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
    Member::body("ExpressionAttributeValues", "ExpressionAttributeValues", &ExpressionAttributeValueMap),
    Member::body("ReturnValuesOnConditionCheckFailure", "ReturnValuesOnConditionCheckFailure", &ReturnValuesOnConditionCheckFailure),
]);
static DeleteBackupInput: Shape = Shape::structure(&[
    Member::body("BackupArn", "BackupArn", &BackupArn).required(),
]);
static DeleteGlobalSecondaryIndexAction: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName).required(),
]);
static DeleteGlobalTableWitnessGroupMemberAction: Shape = Shape::structure(&[
    Member::body("RegionName", "RegionName", &RegionName).required(),
]);
static DeleteItemInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("Key", "Key", &Key).required(),
    Member::body("Expected", "Expected", &ExpectedAttributeMap),
    Member::body("ConditionalOperator", "ConditionalOperator", &ConditionalOperator),
    Member::body("ReturnValues", "ReturnValues", &ReturnValue),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
    Member::body("ReturnItemCollectionMetrics", "ReturnItemCollectionMetrics", &ReturnItemCollectionMetrics),
    Member::body("ConditionExpression", "ConditionExpression", &ConditionExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
    Member::body("ExpressionAttributeValues", "ExpressionAttributeValues", &ExpressionAttributeValueMap),
    Member::body("ReturnValuesOnConditionCheckFailure", "ReturnValuesOnConditionCheckFailure", &ReturnValuesOnConditionCheckFailure),
]);
static DeleteReplicaAction: Shape = Shape::structure(&[
    Member::body("RegionName", "RegionName", &RegionName).required(),
]);
static DeleteReplicationGroupMemberAction: Shape = Shape::structure(&[
    Member::body("RegionName", "RegionName", &RegionName).required(),
]);
static DeleteRequest: Shape = Shape::structure(&[
    Member::body("Key", "Key", &Key).required(),
]);
static DeleteResourcePolicyInput: Shape = Shape::structure(&[
    Member::body("ResourceArn", "ResourceArn", &ResourceArnString).required(),
    Member::body("ExpectedRevisionId", "ExpectedRevisionId", &PolicyRevisionId),
]);
static DeleteTableInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
]);
static DeleteVectorIndexAction: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName).required(),
]);
static DeletionProtectionEnabled: Shape = Shape::boolean();
static DescribeBackupInput: Shape = Shape::structure(&[
    Member::body("BackupArn", "BackupArn", &BackupArn).required(),
]);
static DescribeBulkOperationInput: Shape = Shape::structure(&[
    Member::body("BulkOperationArn", "BulkOperationArn", &BulkOperationArn).required(),
]);
static DescribeContinuousBackupsInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
]);
static DescribeContributorInsightsInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("IndexName", "IndexName", &IndexName),
]);
static DescribeEndpointsRequest: Shape = Shape::structure(&[]);
static DescribeExportInput: Shape = Shape::structure(&[
    Member::body("ExportArn", "ExportArn", &ExportArn).required(),
]);
static DescribeGlobalTableInput: Shape = Shape::structure(&[
    Member::body("GlobalTableName", "GlobalTableName", &TableName).required(),
]);
static DescribeGlobalTableSettingsInput: Shape = Shape::structure(&[
    Member::body("GlobalTableName", "GlobalTableName", &TableName).required(),
]);
static DescribeImportInput: Shape = Shape::structure(&[
    Member::body("ImportArn", "ImportArn", &ImportArn).required(),
]);
static DescribeKinesisStreamingDestinationInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
]);
static DescribeLimitsInput: Shape = Shape::structure(&[]);
static DescribeTableInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
]);
static DescribeTableReplicaAutoScalingInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
]);
static DescribeTimeToLiveInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
]);
static DisassociateReplicationGroupMemberAction: Shape = Shape::structure(&[
    Member::body("RegionName", "RegionName", &RegionName).required(),
    Member::body("DisassociationMode", "DisassociationMode", &DisassociationMode).required(),
]);
static DisassociationMode: Shape = Shape::string().one_of(&["WAIT_FOR_REPLICATION"]);
static DisassociationProtectionEnabled: Shape = Shape::boolean();
static DoubleObject: Shape = Shape::double();
static EnableKinesisStreamingConfiguration: Shape = Shape::structure(&[
    Member::body("ApproximateCreationDateTimePrecision", "ApproximateCreationDateTimePrecision", &ApproximateCreationDateTimePrecision),
]);
static ExecuteStatementInput: Shape = Shape::structure(&[
    Member::body("Statement", "Statement", &PartiQLStatement).required(),
    Member::body("Parameters", "Parameters", &PreparedStatementParameters),
    Member::body("ConsistentRead", "ConsistentRead", &ConsistentRead),
    Member::body("NextToken", "NextToken", &PartiQLNextToken),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
    Member::body("Limit", "Limit", &PositiveIntegerObject),
    Member::body("ReturnValuesOnConditionCheckFailure", "ReturnValuesOnConditionCheckFailure", &ReturnValuesOnConditionCheckFailure),
]);
static ExecuteTransactionInput: Shape = Shape::structure(&[
    Member::body("TransactStatements", "TransactStatements", &ParameterizedStatements).required(),
    Member::body("ClientRequestToken", "ClientRequestToken", &ClientRequestToken),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
]);
static ExpectedAttributeMap: Shape = Shape::map(&AttributeName, &ExpectedAttributeValue);
static ExpectedAttributeValue: Shape = Shape::structure(&[
    Member::body("Value", "Value", &AttributeValue),
    Member::body("Exists", "Exists", &BooleanObject),
    Member::body("ComparisonOperator", "ComparisonOperator", &ComparisonOperator),
    Member::body("AttributeValueList", "AttributeValueList", &AttributeValueList),
]);
static ExportArn: Shape = Shape::string().min(37.0).max(1024.0);
static ExportFormat: Shape = Shape::string().one_of(&["DYNAMODB_JSON", "ION"]);
static ExportFromTime: Shape = Shape::timestamp();
static ExportNextToken: Shape = Shape::string();
static ExportTableToPointInTimeInput: Shape = Shape::structure(&[
    Member::body("TableArn", "TableArn", &TableArn).required(),
    Member::body("ExportTime", "ExportTime", &ExportTime),
    Member::body("ClientToken", "ClientToken", &ClientToken),
    Member::body("S3Bucket", "S3Bucket", &S3Bucket).required(),
    Member::body("S3BucketOwner", "S3BucketOwner", &S3BucketOwner),
    Member::body("S3Prefix", "S3Prefix", &S3Prefix),
    Member::body("S3SseAlgorithm", "S3SseAlgorithm", &S3SseAlgorithm),
    Member::body("S3SseKmsKeyId", "S3SseKmsKeyId", &S3SseKmsKeyId),
    Member::body("ExportFormat", "ExportFormat", &ExportFormat),
    Member::body("ExportType", "ExportType", &ExportType),
    Member::body("IncrementalExportSpecification", "IncrementalExportSpecification", &IncrementalExportSpecification),
    Member::body("FilterSpecification", "FilterSpecification", &FilterSpecification),
]);
static ExportTime: Shape = Shape::timestamp();
static ExportToTime: Shape = Shape::timestamp();
static ExportType: Shape = Shape::string().one_of(&["FULL_EXPORT", "INCREMENTAL_EXPORT"]);
static ExportViewType: Shape = Shape::string().one_of(&["NEW_IMAGE", "NEW_AND_OLD_IMAGES"]);
static ExpressionAttributeNameMap: Shape = Shape::map(&ExpressionAttributeNameVariable, &AttributeName);
static ExpressionAttributeNameVariable: Shape = Shape::string();
static ExpressionAttributeValueMap: Shape = Shape::map(&ExpressionAttributeValueVariable, &AttributeValue);
static ExpressionAttributeValueVariable: Shape = Shape::string();
static FilterConditionMap: Shape = Shape::map(&AttributeName, &Condition);
static FilterSpecification: Shape = Shape::structure(&[
    Member::body("FilterExpression", "FilterExpression", &ConditionExpression),
    Member::body("ProjectionExpression", "ProjectionExpression", &ProjectionExpression),
    Member::body("KeyConditionExpression", "KeyConditionExpression", &KeyExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
    Member::body("ExpressionAttributeValues", "ExpressionAttributeValues", &ExpressionAttributeValueMap),
]);
static Get: Shape = Shape::structure(&[
    Member::body("Key", "Key", &Key).required(),
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("ProjectionExpression", "ProjectionExpression", &ProjectionExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
]);
static GetItemInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("Key", "Key", &Key).required(),
    Member::body("AttributesToGet", "AttributesToGet", &AttributeNameList),
    Member::body("ConsistentRead", "ConsistentRead", &ConsistentRead),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
    Member::body("ProjectionExpression", "ProjectionExpression", &ProjectionExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
]);
static GetResourcePolicyInput: Shape = Shape::structure(&[
    Member::body("ResourceArn", "ResourceArn", &ResourceArnString).required(),
]);
static GlobalSecondaryIndex: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName).required(),
    Member::body("KeySchema", "KeySchema", &KeySchema).required(),
    Member::body("Projection", "Projection", &Projection).required(),
    Member::body("ProvisionedThroughput", "ProvisionedThroughput", &ProvisionedThroughput),
    Member::body("OnDemandThroughput", "OnDemandThroughput", &OnDemandThroughput),
    Member::body("WarmThroughput", "WarmThroughput", &WarmThroughput),
]);
static GlobalSecondaryIndexAutoScalingUpdate: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName),
    Member::body("ProvisionedWriteCapacityAutoScalingUpdate", "ProvisionedWriteCapacityAutoScalingUpdate", &AutoScalingSettingsUpdate),
]);
static GlobalSecondaryIndexAutoScalingUpdateList: Shape = Shape::list(&GlobalSecondaryIndexAutoScalingUpdate).min(1.0);
static GlobalSecondaryIndexList: Shape = Shape::list(&GlobalSecondaryIndex);
static GlobalSecondaryIndexUpdate: Shape = Shape::structure(&[
    Member::body("Update", "Update", &UpdateGlobalSecondaryIndexAction),
    Member::body("Create", "Create", &CreateGlobalSecondaryIndexAction),
    Member::body("Delete", "Delete", &DeleteGlobalSecondaryIndexAction),
]);
static GlobalSecondaryIndexUpdateList: Shape = Shape::list(&GlobalSecondaryIndexUpdate);
static GlobalTableGlobalSecondaryIndexSettingsUpdate: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName).required(),
    Member::body("ProvisionedWriteCapacityUnits", "ProvisionedWriteCapacityUnits", &PositiveLongObject),
    Member::body("ProvisionedWriteCapacityAutoScalingSettingsUpdate", "ProvisionedWriteCapacityAutoScalingSettingsUpdate", &AutoScalingSettingsUpdate),
]);
static GlobalTableGlobalSecondaryIndexSettingsUpdateList: Shape = Shape::list(&GlobalTableGlobalSecondaryIndexSettingsUpdate).min(1.0).max(20.0);
static GlobalTableSettingsReplicationMode: Shape = Shape::string().one_of(&["ENABLED", "DISABLED", "ENABLED_WITH_OVERRIDES"]);
static GlobalTableWitnessGroupUpdate: Shape = Shape::structure(&[
    Member::body("Create", "Create", &CreateGlobalTableWitnessGroupMemberAction),
    Member::body("Delete", "Delete", &DeleteGlobalTableWitnessGroupMemberAction),
]);
static GlobalTableWitnessGroupUpdateList: Shape = Shape::list(&GlobalTableWitnessGroupUpdate).min(1.0).max(1.0);
static ImportArn: Shape = Shape::string().min(37.0).max(1024.0);
static ImportNextToken: Shape = Shape::string().min(112.0).max(1024.0).pattern("([0-9a-f]{16})+");
static ImportTableInput: Shape = Shape::structure(&[
    Member::body("ClientToken", "ClientToken", &ClientToken),
    Member::body("S3BucketSource", "S3BucketSource", &S3BucketSource).required(),
    Member::body("InputFormat", "InputFormat", &InputFormat).required(),
    Member::body("InputFormatOptions", "InputFormatOptions", &InputFormatOptions),
    Member::body("InputCompressionType", "InputCompressionType", &InputCompressionType),
    Member::body("TableCreationParameters", "TableCreationParameters", &TableCreationParameters).required(),
]);
static IncrementalExportSpecification: Shape = Shape::structure(&[
    Member::body("ExportFromTime", "ExportFromTime", &ExportFromTime),
    Member::body("ExportToTime", "ExportToTime", &ExportToTime),
    Member::body("ExportViewType", "ExportViewType", &ExportViewType),
]);
static IndexName: Shape = Shape::string().min(3.0).max(255.0).pattern("[a-zA-Z0-9_.-]+");
static InputCompressionType: Shape = Shape::string().one_of(&["GZIP", "ZSTD", "NONE"]);
static InputFormat: Shape = Shape::string().one_of(&["DYNAMODB_JSON", "ION", "CSV"]);
static InputFormatOptions: Shape = Shape::structure(&[
    Member::body("Csv", "Csv", &CsvOptions),
]);
static InputS3Configuration: Shape = Shape::structure(&[
    Member::body("S3BucketOwner", "S3BucketOwner", &S3BucketOwner),
    Member::body("S3Bucket", "S3Bucket", &S3Bucket).required(),
    Member::body("S3KeyPrefix", "S3KeyPrefix", &S3Prefix),
    Member::body("InputFormat", "InputFormat", &BulkOperationInputFormat).required(),
    Member::body("InputCompressionType", "InputCompressionType", &InputCompressionType),
]);
static IntegerObject: Shape = Shape::integer();
static KMSMasterKeyId: Shape = Shape::string();
static Key: Shape = Shape::map(&AttributeName, &AttributeValue);
static KeyConditions: Shape = Shape::map(&AttributeName, &Condition);
static KeyExpression: Shape = Shape::string();
static KeyList: Shape = Shape::list(&Key).min(1.0).max(100.0);
static KeySchema: Shape = Shape::list(&KeySchemaElement).min(1.0);
static KeySchemaAttributeName: Shape = Shape::string().min(1.0).max(255.0);
static KeySchemaElement: Shape = Shape::structure(&[
    Member::body("AttributeName", "AttributeName", &KeySchemaAttributeName).required(),
    Member::body("KeyType", "KeyType", &KeyType).required(),
]);
static KeyType: Shape = Shape::string().one_of(&["HASH", "RANGE"]);
static KeysAndAttributes: Shape = Shape::structure(&[
    Member::body("Keys", "Keys", &KeyList).required(),
    Member::body("AttributesToGet", "AttributesToGet", &AttributeNameList),
    Member::body("ConsistentRead", "ConsistentRead", &ConsistentRead),
    Member::body("ProjectionExpression", "ProjectionExpression", &ProjectionExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
]);
static KinesisStreamingDestinationInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("StreamArn", "StreamArn", &StreamArn).required(),
    Member::body("EnableKinesisStreamingConfiguration", "EnableKinesisStreamingConfiguration", &EnableKinesisStreamingConfiguration),
]);
static ListAttributeValue: Shape = Shape::list(&AttributeValue);
static ListBackupsInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn),
    Member::body("Limit", "Limit", &BackupsInputLimit),
    Member::body("TimeRangeLowerBound", "TimeRangeLowerBound", &TimeRangeLowerBound),
    Member::body("TimeRangeUpperBound", "TimeRangeUpperBound", &TimeRangeUpperBound),
    Member::body("ExclusiveStartBackupArn", "ExclusiveStartBackupArn", &BackupArn),
    Member::body("BackupType", "BackupType", &BackupTypeFilter),
]);
static ListBulkOperationsInput: Shape = Shape::structure(&[
    Member::body("MaxResults", "MaxResults", &ListBulkOperationsMaxLimit),
    Member::body("NextToken", "NextToken", &BulkOperationNextToken),
]);
static ListBulkOperationsMaxLimit: Shape = Shape::integer().min(1.0).max(25.0);
static ListContributorInsightsInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn),
    Member::body("NextToken", "NextToken", &NextTokenString),
    Member::body("MaxResults", "MaxResults", &ListContributorInsightsLimit),
]);
static ListContributorInsightsLimit: Shape = Shape::integer().max(100.0);
static ListExportsInput: Shape = Shape::structure(&[
    Member::body("TableArn", "TableArn", &TableArn),
    Member::body("MaxResults", "MaxResults", &ListExportsMaxLimit),
    Member::body("NextToken", "NextToken", &ExportNextToken),
]);
static ListExportsMaxLimit: Shape = Shape::integer().min(1.0).max(25.0);
static ListGlobalTablesInput: Shape = Shape::structure(&[
    Member::body("ExclusiveStartGlobalTableName", "ExclusiveStartGlobalTableName", &TableName),
    Member::body("Limit", "Limit", &PositiveIntegerObject),
    Member::body("RegionName", "RegionName", &RegionName),
]);
static ListImportsInput: Shape = Shape::structure(&[
    Member::body("TableArn", "TableArn", &TableArn),
    Member::body("PageSize", "PageSize", &ListImportsMaxLimit),
    Member::body("NextToken", "NextToken", &ImportNextToken),
]);
static ListImportsMaxLimit: Shape = Shape::integer().min(1.0).max(25.0);
static ListTablesInput: Shape = Shape::structure(&[
    Member::body("ExclusiveStartTableName", "ExclusiveStartTableName", &TableName),
    Member::body("Limit", "Limit", &ListTablesInputLimit),
]);
static ListTablesInputLimit: Shape = Shape::integer().min(1.0).max(100.0);
static ListTagsOfResourceInput: Shape = Shape::structure(&[
    Member::body("ResourceArn", "ResourceArn", &ResourceArnString).required(),
    Member::body("NextToken", "NextToken", &NextTokenString),
]);
static LocalSecondaryIndex: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName).required(),
    Member::body("KeySchema", "KeySchema", &KeySchema).required(),
    Member::body("Projection", "Projection", &Projection).required(),
]);
static LocalSecondaryIndexList: Shape = Shape::list(&LocalSecondaryIndex);
static LongObject: Shape = Shape::long();
static MapAttributeValue: Shape = Shape::map(&AttributeName, &AttributeValue);
static MultiRegionConsistency: Shape = Shape::string().one_of(&["EVENTUAL", "STRONG"]);
static NextTokenString: Shape = Shape::string();
static NonKeyAttributeName: Shape = Shape::string().min(1.0).max(255.0);
static NonKeyAttributeNameList: Shape = Shape::list(&NonKeyAttributeName).min(1.0).max(20.0);
static NullAttributeValue: Shape = Shape::boolean();
static NumberAttributeValue: Shape = Shape::string();
static NumberSetAttributeValue: Shape = Shape::list(&NumberAttributeValue);
static OnDemandThroughput: Shape = Shape::structure(&[
    Member::body("MaxReadRequestUnits", "MaxReadRequestUnits", &LongObject),
    Member::body("MaxWriteRequestUnits", "MaxWriteRequestUnits", &LongObject),
]);
static OnDemandThroughputOverride: Shape = Shape::structure(&[
    Member::body("MaxReadRequestUnits", "MaxReadRequestUnits", &LongObject),
]);
static OutputS3Configuration: Shape = Shape::structure(&[
    Member::body("S3BucketOwner", "S3BucketOwner", &S3BucketOwner),
    Member::body("S3Bucket", "S3Bucket", &S3Bucket),
    Member::body("S3KeyPrefix", "S3KeyPrefix", &S3Prefix),
    Member::body("S3SseAlgorithm", "S3SseAlgorithm", &S3SseAlgorithm),
    Member::body("S3SseKmsKeyId", "S3SseKmsKeyId", &S3SseKmsKeyId),
    Member::body("OutputType", "OutputType", &OutputTypeList).required(),
]);
static OutputTypeEnum: Shape = Shape::string().one_of(&["ERROR", "CONDITION_CHECK_FAILURE"]);
static OutputTypeList: Shape = Shape::list(&OutputTypeEnum);
static ParameterizedStatement: Shape = Shape::structure(&[
    Member::body("Statement", "Statement", &PartiQLStatement).required(),
    Member::body("Parameters", "Parameters", &PreparedStatementParameters),
    Member::body("ReturnValuesOnConditionCheckFailure", "ReturnValuesOnConditionCheckFailure", &ReturnValuesOnConditionCheckFailure),
]);
static ParameterizedStatements: Shape = Shape::list(&ParameterizedStatement).min(1.0).max(100.0);
static PartiQLBatchRequest: Shape = Shape::list(&BatchStatementRequest).min(1.0).max(25.0);
static PartiQLNextToken: Shape = Shape::string().min(1.0).max(32768.0);
static PartiQLStatement: Shape = Shape::string().min(1.0).max(8192.0);
static PointInTimeRecoverySpecification: Shape = Shape::structure(&[
    Member::body("PointInTimeRecoveryEnabled", "PointInTimeRecoveryEnabled", &BooleanObject).required(),
    Member::body("RecoveryPeriodInDays", "RecoveryPeriodInDays", &RecoveryPeriodInDays),
]);
static PolicyRevisionId: Shape = Shape::string().min(1.0).max(255.0);
static PositiveIntegerObject: Shape = Shape::integer().min(1.0);
static PositiveLongObject: Shape = Shape::long().min(1.0);
static PreparedStatementParameters: Shape = Shape::list(&AttributeValue).min(1.0);
static Projection: Shape = Shape::structure(&[
    Member::body("ProjectionType", "ProjectionType", &ProjectionType),
    Member::body("NonKeyAttributes", "NonKeyAttributes", &NonKeyAttributeNameList),
]);
static ProjectionExpression: Shape = Shape::string();
static ProjectionType: Shape = Shape::string().one_of(&["ALL", "KEYS_ONLY", "INCLUDE"]);
static ProvisionedThroughput: Shape = Shape::structure(&[
    Member::body("ReadCapacityUnits", "ReadCapacityUnits", &PositiveLongObject).required(),
    Member::body("WriteCapacityUnits", "WriteCapacityUnits", &PositiveLongObject).required(),
]);
static ProvisionedThroughputOverride: Shape = Shape::structure(&[
    Member::body("ReadCapacityUnits", "ReadCapacityUnits", &PositiveLongObject),
]);
static Put: Shape = Shape::structure(&[
    Member::body("Item", "Item", &PutItemInputAttributeMap).required(),
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("ConditionExpression", "ConditionExpression", &ConditionExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
    Member::body("ExpressionAttributeValues", "ExpressionAttributeValues", &ExpressionAttributeValueMap),
    Member::body("ReturnValuesOnConditionCheckFailure", "ReturnValuesOnConditionCheckFailure", &ReturnValuesOnConditionCheckFailure),
]);
static PutItemInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("Item", "Item", &PutItemInputAttributeMap).required(),
    Member::body("Expected", "Expected", &ExpectedAttributeMap),
    Member::body("ReturnValues", "ReturnValues", &ReturnValue),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
    Member::body("ReturnItemCollectionMetrics", "ReturnItemCollectionMetrics", &ReturnItemCollectionMetrics),
    Member::body("ConditionalOperator", "ConditionalOperator", &ConditionalOperator),
    Member::body("ConditionExpression", "ConditionExpression", &ConditionExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
    Member::body("ExpressionAttributeValues", "ExpressionAttributeValues", &ExpressionAttributeValueMap),
    Member::body("ReturnValuesOnConditionCheckFailure", "ReturnValuesOnConditionCheckFailure", &ReturnValuesOnConditionCheckFailure),
]);
static PutItemInputAttributeMap: Shape = Shape::map(&AttributeName, &AttributeValue);
static PutRequest: Shape = Shape::structure(&[
    Member::body("Item", "Item", &PutItemInputAttributeMap).required(),
]);
static PutResourcePolicyInput: Shape = Shape::structure(&[
    Member::body("ResourceArn", "ResourceArn", &ResourceArnString).required(),
    Member::body("Policy", "Policy", &ResourcePolicy).required(),
    Member::body("ExpectedRevisionId", "ExpectedRevisionId", &PolicyRevisionId),
    Member::body("ConfirmRemoveSelfResourceAccess", "ConfirmRemoveSelfResourceAccess", &ConfirmRemoveSelfResourceAccess),
]);
static QueryInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("IndexName", "IndexName", &IndexName),
    Member::body("Select", "Select", &Select),
    Member::body("AttributesToGet", "AttributesToGet", &AttributeNameList),
    Member::body("Limit", "Limit", &PositiveIntegerObject),
    Member::body("ConsistentRead", "ConsistentRead", &ConsistentRead),
    Member::body("KeyConditions", "KeyConditions", &KeyConditions),
    Member::body("QueryFilter", "QueryFilter", &FilterConditionMap),
    Member::body("ConditionalOperator", "ConditionalOperator", &ConditionalOperator),
    Member::body("ScanIndexForward", "ScanIndexForward", &BooleanObject),
    Member::body("ExclusiveStartKey", "ExclusiveStartKey", &Key),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
    Member::body("ProjectionExpression", "ProjectionExpression", &ProjectionExpression),
    Member::body("FilterExpression", "FilterExpression", &ConditionExpression),
    Member::body("KeyConditionExpression", "KeyConditionExpression", &KeyExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
    Member::body("ExpressionAttributeValues", "ExpressionAttributeValues", &ExpressionAttributeValueMap),
]);
static RecoveryPeriodInDays: Shape = Shape::integer().min(1.0).max(35.0);
static RegionName: Shape = Shape::string();
static Replica: Shape = Shape::structure(&[
    Member::body("RegionName", "RegionName", &RegionName),
]);
static ReplicaAutoScalingUpdate: Shape = Shape::structure(&[
    Member::body("RegionName", "RegionName", &RegionName).required(),
    Member::body("ReplicaGlobalSecondaryIndexUpdates", "ReplicaGlobalSecondaryIndexUpdates", &ReplicaGlobalSecondaryIndexAutoScalingUpdateList),
    Member::body("ReplicaProvisionedReadCapacityAutoScalingUpdate", "ReplicaProvisionedReadCapacityAutoScalingUpdate", &AutoScalingSettingsUpdate),
]);
static ReplicaAutoScalingUpdateList: Shape = Shape::list(&ReplicaAutoScalingUpdate).min(1.0);
static ReplicaGlobalSecondaryIndex: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName).required(),
    Member::body("ProvisionedThroughputOverride", "ProvisionedThroughputOverride", &ProvisionedThroughputOverride),
    Member::body("OnDemandThroughputOverride", "OnDemandThroughputOverride", &OnDemandThroughputOverride),
]);
static ReplicaGlobalSecondaryIndexAutoScalingUpdate: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName),
    Member::body("ProvisionedReadCapacityAutoScalingUpdate", "ProvisionedReadCapacityAutoScalingUpdate", &AutoScalingSettingsUpdate),
]);
static ReplicaGlobalSecondaryIndexAutoScalingUpdateList: Shape = Shape::list(&ReplicaGlobalSecondaryIndexAutoScalingUpdate);
static ReplicaGlobalSecondaryIndexList: Shape = Shape::list(&ReplicaGlobalSecondaryIndex).min(1.0);
static ReplicaGlobalSecondaryIndexSettingsUpdate: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName).required(),
    Member::body("ProvisionedReadCapacityUnits", "ProvisionedReadCapacityUnits", &PositiveLongObject),
    Member::body("ProvisionedReadCapacityAutoScalingSettingsUpdate", "ProvisionedReadCapacityAutoScalingSettingsUpdate", &AutoScalingSettingsUpdate),
]);
static ReplicaGlobalSecondaryIndexSettingsUpdateList: Shape = Shape::list(&ReplicaGlobalSecondaryIndexSettingsUpdate).min(1.0).max(20.0);
static ReplicaList: Shape = Shape::list(&Replica);
static ReplicaSettingsUpdate: Shape = Shape::structure(&[
    Member::body("RegionName", "RegionName", &RegionName).required(),
    Member::body("ReplicaProvisionedReadCapacityUnits", "ReplicaProvisionedReadCapacityUnits", &PositiveLongObject),
    Member::body("ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate", "ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate", &AutoScalingSettingsUpdate),
    Member::body("ReplicaGlobalSecondaryIndexSettingsUpdate", "ReplicaGlobalSecondaryIndexSettingsUpdate", &ReplicaGlobalSecondaryIndexSettingsUpdateList),
    Member::body("ReplicaTableClass", "ReplicaTableClass", &TableClass),
]);
static ReplicaSettingsUpdateList: Shape = Shape::list(&ReplicaSettingsUpdate).min(1.0).max(50.0);
static ReplicaUpdate: Shape = Shape::structure(&[
    Member::body("Create", "Create", &CreateReplicaAction),
    Member::body("Delete", "Delete", &DeleteReplicaAction),
]);
static ReplicaUpdateList: Shape = Shape::list(&ReplicaUpdate);
static ReplicationGroupUpdate: Shape = Shape::structure(&[
    Member::body("Create", "Create", &CreateReplicationGroupMemberAction),
    Member::body("Update", "Update", &UpdateReplicationGroupMemberAction),
    Member::body("Delete", "Delete", &DeleteReplicationGroupMemberAction),
    Member::body("Disassociate", "Disassociate", &DisassociateReplicationGroupMemberAction),
]);
static ReplicationGroupUpdateList: Shape = Shape::list(&ReplicationGroupUpdate).min(1.0);
static ResourceArnString: Shape = Shape::string().min(1.0).max(1283.0);
static ResourcePolicy: Shape = Shape::string();
static RestoreTableFromBackupInput: Shape = Shape::structure(&[
    Member::body("TargetTableName", "TargetTableName", &TableName).required(),
    Member::body("BackupArn", "BackupArn", &BackupArn).required(),
    Member::body("BillingModeOverride", "BillingModeOverride", &BillingMode),
    Member::body("GlobalSecondaryIndexOverride", "GlobalSecondaryIndexOverride", &GlobalSecondaryIndexList),
    Member::body("LocalSecondaryIndexOverride", "LocalSecondaryIndexOverride", &LocalSecondaryIndexList),
    Member::body("ProvisionedThroughputOverride", "ProvisionedThroughputOverride", &ProvisionedThroughput),
    Member::body("OnDemandThroughputOverride", "OnDemandThroughputOverride", &OnDemandThroughput),
    Member::body("SSESpecificationOverride", "SSESpecificationOverride", &SSESpecification),
    Member::body("VectorIndexOverride", "VectorIndexOverride", &VectorIndexList),
]);
static RestoreTableToPointInTimeInput: Shape = Shape::structure(&[
    Member::body("SourceTableArn", "SourceTableArn", &TableArn),
    Member::body("SourceTableName", "SourceTableName", &TableName),
    Member::body("TargetTableName", "TargetTableName", &TableName).required(),
    Member::body("UseLatestRestorableTime", "UseLatestRestorableTime", &BooleanObject),
    Member::body("RestoreDateTime", "RestoreDateTime", &Date),
    Member::body("BillingModeOverride", "BillingModeOverride", &BillingMode),
    Member::body("GlobalSecondaryIndexOverride", "GlobalSecondaryIndexOverride", &GlobalSecondaryIndexList),
    Member::body("LocalSecondaryIndexOverride", "LocalSecondaryIndexOverride", &LocalSecondaryIndexList),
    Member::body("ProvisionedThroughputOverride", "ProvisionedThroughputOverride", &ProvisionedThroughput),
    Member::body("OnDemandThroughputOverride", "OnDemandThroughputOverride", &OnDemandThroughput),
    Member::body("SSESpecificationOverride", "SSESpecificationOverride", &SSESpecification),
    Member::body("VectorIndexOverride", "VectorIndexOverride", &VectorIndexList),
]);
static ReturnConsumedCapacity: Shape = Shape::string().one_of(&["INDEXES", "TOTAL", "NONE"]);
static ReturnItemCollectionMetrics: Shape = Shape::string().one_of(&["SIZE", "NONE"]);
static ReturnValue: Shape = Shape::string().one_of(&["NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"]);
static ReturnValuesOnConditionCheckFailure: Shape = Shape::string().one_of(&["ALL_OLD", "NONE"]);
static S3Bucket: Shape = Shape::string().max(255.0).pattern("^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$");
static S3BucketOwner: Shape = Shape::string().pattern("[0-9]{12}");
static S3BucketSource: Shape = Shape::structure(&[
    Member::body("S3BucketOwner", "S3BucketOwner", &S3BucketOwner),
    Member::body("S3Bucket", "S3Bucket", &S3Bucket).required(),
    Member::body("S3KeyPrefix", "S3KeyPrefix", &S3Prefix),
]);
static S3Prefix: Shape = Shape::string().max(1024.0);
static S3SseAlgorithm: Shape = Shape::string().one_of(&["AES256", "KMS"]);
static S3SseKmsKeyId: Shape = Shape::string().min(1.0).max(2048.0);
static SSEEnabled: Shape = Shape::boolean();
static SSESpecification: Shape = Shape::structure(&[
    Member::body("Enabled", "Enabled", &SSEEnabled),
    Member::body("SSEType", "SSEType", &SSEType),
    Member::body("KMSMasterKeyId", "KMSMasterKeyId", &KMSMasterKeyId),
]);
static SSEType: Shape = Shape::string().one_of(&["AES256", "KMS"]);
static ScalarAttributeType: Shape = Shape::string().one_of(&["S", "N", "B"]);
static ScanInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("IndexName", "IndexName", &IndexName),
    Member::body("AttributesToGet", "AttributesToGet", &AttributeNameList),
    Member::body("Limit", "Limit", &PositiveIntegerObject),
    Member::body("Select", "Select", &Select),
    Member::body("ScanFilter", "ScanFilter", &FilterConditionMap),
    Member::body("ConditionalOperator", "ConditionalOperator", &ConditionalOperator),
    Member::body("ExclusiveStartKey", "ExclusiveStartKey", &Key),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
    Member::body("TotalSegments", "TotalSegments", &ScanTotalSegments),
    Member::body("Segment", "Segment", &ScanSegment),
    Member::body("ProjectionExpression", "ProjectionExpression", &ProjectionExpression),
    Member::body("FilterExpression", "FilterExpression", &ConditionExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
    Member::body("ExpressionAttributeValues", "ExpressionAttributeValues", &ExpressionAttributeValueMap),
    Member::body("ConsistentRead", "ConsistentRead", &ConsistentRead),
]);
static ScanSegment: Shape = Shape::integer().min(0.0).max(999999.0);
static ScanTotalSegments: Shape = Shape::integer().min(1.0).max(1000000.0);
static SearchSchema: Shape = Shape::list(&SearchSchemaElement).min(1.0);
static SearchSchemaElement: Shape = Shape::structure(&[
    Member::body("AttributeName", "AttributeName", &AttributeName).required(),
    Member::body("SearchSchemaElementType", "SearchSchemaElementType", &SearchSchemaElementType).required(),
]);
static SearchSchemaElementType: Shape = Shape::string().one_of(&["HASH", "INLINE_FILTER"]);
static SearchVectorList: Shape = Shape::list(&AttributeValue).min(1.0).max(4096.0);
static SearchVectorsInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("IndexName", "IndexName", &IndexName).required(),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
    Member::body("ExpressionAttributeValues", "ExpressionAttributeValues", &ExpressionAttributeValueMap),
    Member::body("ProjectionExpression", "ProjectionExpression", &ProjectionExpression),
    Member::body("SearchVector", "SearchVector", &SearchVectorList).required(),
    Member::body("SearchConditionExpression", "SearchConditionExpression", &String),
    Member::body("TopK", "TopK", &TopKInteger).required(),
]);
static Select: Shape = Shape::string().one_of(&["ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"]);
static StartBulkPutItemsInput: Shape = Shape::structure(&[
    Member::body("ClientToken", "ClientToken", &ClientToken),
    Member::body("InputS3Configuration", "InputS3Configuration", &InputS3Configuration).required(),
    Member::body("OutputS3Configuration", "OutputS3Configuration", &OutputS3Configuration).required(),
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("MaxWriteRequestUnits", "MaxWriteRequestUnits", &BulkOperationMaxWriteRequestUnits),
    Member::body("PerformanceTier", "PerformanceTier", &BulkOperationPerformanceTier),
]);
static StreamArn: Shape = Shape::string().min(37.0).max(1024.0);
static StreamEnabled: Shape = Shape::boolean();
static StreamSpecification: Shape = Shape::structure(&[
    Member::body("StreamEnabled", "StreamEnabled", &StreamEnabled).required(),
    Member::body("StreamViewType", "StreamViewType", &StreamViewType),
]);
static StreamViewType: Shape = Shape::string().one_of(&["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"]);
static String: Shape = Shape::string();
static StringAttributeValue: Shape = Shape::string();
static StringSetAttributeValue: Shape = Shape::list(&StringAttributeValue);
static TableArn: Shape = Shape::string().min(1.0).max(1024.0);
static TableClass: Shape = Shape::string().one_of(&["STANDARD", "STANDARD_INFREQUENT_ACCESS"]);
static TableCreationParameters: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableName).required(),
    Member::body("AttributeDefinitions", "AttributeDefinitions", &AttributeDefinitions).required(),
    Member::body("KeySchema", "KeySchema", &KeySchema).required(),
    Member::body("BillingMode", "BillingMode", &BillingMode),
    Member::body("ProvisionedThroughput", "ProvisionedThroughput", &ProvisionedThroughput),
    Member::body("OnDemandThroughput", "OnDemandThroughput", &OnDemandThroughput),
    Member::body("SSESpecification", "SSESpecification", &SSESpecification),
    Member::body("GlobalSecondaryIndexes", "GlobalSecondaryIndexes", &GlobalSecondaryIndexList),
    Member::body("VectorIndexes", "VectorIndexes", &VectorIndexList),
]);
static TableName: Shape = Shape::string().min(3.0).max(255.0).pattern("[a-zA-Z0-9_.-]+");
static Tag: Shape = Shape::structure(&[
    Member::body("Key", "Key", &TagKeyString).required(),
    Member::body("Value", "Value", &TagValueString).required(),
]);
static TagKeyList: Shape = Shape::list(&TagKeyString);
static TagKeyString: Shape = Shape::string().min(1.0).max(128.0);
static TagList: Shape = Shape::list(&Tag);
static TagResourceInput: Shape = Shape::structure(&[
    Member::body("ResourceArn", "ResourceArn", &ResourceArnString).required(),
    Member::body("Tags", "Tags", &TagList).required(),
]);
static TagValueString: Shape = Shape::string().min(0.0).max(256.0);
static TimeRangeLowerBound: Shape = Shape::timestamp();
static TimeRangeUpperBound: Shape = Shape::timestamp();
static TimeToLiveAttributeName: Shape = Shape::string().min(1.0).max(255.0);
static TimeToLiveEnabled: Shape = Shape::boolean();
static TimeToLiveSpecification: Shape = Shape::structure(&[
    Member::body("Enabled", "Enabled", &TimeToLiveEnabled).required(),
    Member::body("AttributeName", "AttributeName", &TimeToLiveAttributeName).required(),
]);
static TopKInteger: Shape = Shape::integer().min(1.0);
static TransactGetItem: Shape = Shape::structure(&[
    Member::body("Get", "Get", &Get).required(),
]);
static TransactGetItemList: Shape = Shape::list(&TransactGetItem).min(1.0).max(100.0);
static TransactGetItemsInput: Shape = Shape::structure(&[
    Member::body("TransactItems", "TransactItems", &TransactGetItemList).required(),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
]);
static TransactWriteItem: Shape = Shape::structure(&[
    Member::body("ConditionCheck", "ConditionCheck", &ConditionCheck),
    Member::body("Put", "Put", &Put),
    Member::body("Delete", "Delete", &Delete),
    Member::body("Update", "Update", &Update),
]);
static TransactWriteItemList: Shape = Shape::list(&TransactWriteItem).min(1.0).max(100.0);
static TransactWriteItemsInput: Shape = Shape::structure(&[
    Member::body("TransactItems", "TransactItems", &TransactWriteItemList).required(),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
    Member::body("ReturnItemCollectionMetrics", "ReturnItemCollectionMetrics", &ReturnItemCollectionMetrics),
    Member::body("ClientRequestToken", "ClientRequestToken", &ClientRequestToken),
]);
static UntagResourceInput: Shape = Shape::structure(&[
    Member::body("ResourceArn", "ResourceArn", &ResourceArnString).required(),
    Member::body("TagKeys", "TagKeys", &TagKeyList).required(),
]);
static Update: Shape = Shape::structure(&[
    Member::body("Key", "Key", &Key).required(),
    Member::body("UpdateExpression", "UpdateExpression", &UpdateExpression).required(),
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("ConditionExpression", "ConditionExpression", &ConditionExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
    Member::body("ExpressionAttributeValues", "ExpressionAttributeValues", &ExpressionAttributeValueMap),
    Member::body("ReturnValuesOnConditionCheckFailure", "ReturnValuesOnConditionCheckFailure", &ReturnValuesOnConditionCheckFailure),
]);
static UpdateContinuousBackupsInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("PointInTimeRecoverySpecification", "PointInTimeRecoverySpecification", &PointInTimeRecoverySpecification).required(),
]);
static UpdateContributorInsightsInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("IndexName", "IndexName", &IndexName),
    Member::body("ContributorInsightsAction", "ContributorInsightsAction", &ContributorInsightsAction).required(),
    Member::body("ContributorInsightsMode", "ContributorInsightsMode", &ContributorInsightsMode),
]);
static UpdateExpression: Shape = Shape::string();
static UpdateGlobalSecondaryIndexAction: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName).required(),
    Member::body("ProvisionedThroughput", "ProvisionedThroughput", &ProvisionedThroughput),
    Member::body("OnDemandThroughput", "OnDemandThroughput", &OnDemandThroughput),
    Member::body("WarmThroughput", "WarmThroughput", &WarmThroughput),
]);
static UpdateGlobalTableInput: Shape = Shape::structure(&[
    Member::body("GlobalTableName", "GlobalTableName", &TableName).required(),
    Member::body("ReplicaUpdates", "ReplicaUpdates", &ReplicaUpdateList).required(),
]);
static UpdateGlobalTableSettingsInput: Shape = Shape::structure(&[
    Member::body("GlobalTableName", "GlobalTableName", &TableName).required(),
    Member::body("GlobalTableBillingMode", "GlobalTableBillingMode", &BillingMode),
    Member::body("GlobalTableProvisionedWriteCapacityUnits", "GlobalTableProvisionedWriteCapacityUnits", &PositiveLongObject),
    Member::body("GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate", "GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate", &AutoScalingSettingsUpdate),
    Member::body("GlobalTableGlobalSecondaryIndexSettingsUpdate", "GlobalTableGlobalSecondaryIndexSettingsUpdate", &GlobalTableGlobalSecondaryIndexSettingsUpdateList),
    Member::body("ReplicaSettingsUpdate", "ReplicaSettingsUpdate", &ReplicaSettingsUpdateList),
]);
static UpdateItemInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("Key", "Key", &Key).required(),
    Member::body("AttributeUpdates", "AttributeUpdates", &AttributeUpdates),
    Member::body("Expected", "Expected", &ExpectedAttributeMap),
    Member::body("ConditionalOperator", "ConditionalOperator", &ConditionalOperator),
    Member::body("ReturnValues", "ReturnValues", &ReturnValue),
    Member::body("ReturnConsumedCapacity", "ReturnConsumedCapacity", &ReturnConsumedCapacity),
    Member::body("ReturnItemCollectionMetrics", "ReturnItemCollectionMetrics", &ReturnItemCollectionMetrics),
    Member::body("UpdateExpression", "UpdateExpression", &UpdateExpression),
    Member::body("ConditionExpression", "ConditionExpression", &ConditionExpression),
    Member::body("ExpressionAttributeNames", "ExpressionAttributeNames", &ExpressionAttributeNameMap),
    Member::body("ExpressionAttributeValues", "ExpressionAttributeValues", &ExpressionAttributeValueMap),
    Member::body("ReturnValuesOnConditionCheckFailure", "ReturnValuesOnConditionCheckFailure", &ReturnValuesOnConditionCheckFailure),
]);
static UpdateKinesisStreamingConfiguration: Shape = Shape::structure(&[
    Member::body("ApproximateCreationDateTimePrecision", "ApproximateCreationDateTimePrecision", &ApproximateCreationDateTimePrecision),
]);
static UpdateKinesisStreamingDestinationInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("StreamArn", "StreamArn", &StreamArn).required(),
    Member::body("UpdateKinesisStreamingConfiguration", "UpdateKinesisStreamingConfiguration", &UpdateKinesisStreamingConfiguration),
]);
static UpdateReplicationGroupMemberAction: Shape = Shape::structure(&[
    Member::body("RegionName", "RegionName", &RegionName).required(),
    Member::body("KMSMasterKeyId", "KMSMasterKeyId", &KMSMasterKeyId),
    Member::body("ProvisionedThroughputOverride", "ProvisionedThroughputOverride", &ProvisionedThroughputOverride),
    Member::body("OnDemandThroughputOverride", "OnDemandThroughputOverride", &OnDemandThroughputOverride),
    Member::body("GlobalSecondaryIndexes", "GlobalSecondaryIndexes", &ReplicaGlobalSecondaryIndexList),
    Member::body("TableClassOverride", "TableClassOverride", &TableClass),
]);
static UpdateTableInput: Shape = Shape::structure(&[
    Member::body("AttributeDefinitions", "AttributeDefinitions", &AttributeDefinitions),
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("BillingMode", "BillingMode", &BillingMode),
    Member::body("ProvisionedThroughput", "ProvisionedThroughput", &ProvisionedThroughput),
    Member::body("GlobalSecondaryIndexUpdates", "GlobalSecondaryIndexUpdates", &GlobalSecondaryIndexUpdateList),
    Member::body("StreamSpecification", "StreamSpecification", &StreamSpecification),
    Member::body("SSESpecification", "SSESpecification", &SSESpecification),
    Member::body("ReplicaUpdates", "ReplicaUpdates", &ReplicationGroupUpdateList),
    Member::body("TableClass", "TableClass", &TableClass),
    Member::body("DeletionProtectionEnabled", "DeletionProtectionEnabled", &DeletionProtectionEnabled),
    Member::body("MultiRegionConsistency", "MultiRegionConsistency", &MultiRegionConsistency),
    Member::body("GlobalTableWitnessUpdates", "GlobalTableWitnessUpdates", &GlobalTableWitnessGroupUpdateList),
    Member::body("OnDemandThroughput", "OnDemandThroughput", &OnDemandThroughput),
    Member::body("WarmThroughput", "WarmThroughput", &WarmThroughput),
    Member::body("GlobalTableSettingsReplicationMode", "GlobalTableSettingsReplicationMode", &GlobalTableSettingsReplicationMode),
    Member::body("DisassociationProtectionEnabled", "DisassociationProtectionEnabled", &DisassociationProtectionEnabled),
    Member::body("VectorIndexUpdates", "VectorIndexUpdates", &VectorIndexUpdateList),
]);
static UpdateTableReplicaAutoScalingInput: Shape = Shape::structure(&[
    Member::body("GlobalSecondaryIndexUpdates", "GlobalSecondaryIndexUpdates", &GlobalSecondaryIndexAutoScalingUpdateList),
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("ProvisionedWriteCapacityAutoScalingUpdate", "ProvisionedWriteCapacityAutoScalingUpdate", &AutoScalingSettingsUpdate),
    Member::body("ReplicaUpdates", "ReplicaUpdates", &ReplicaAutoScalingUpdateList),
]);
static UpdateTimeToLiveInput: Shape = Shape::structure(&[
    Member::body("TableName", "TableName", &TableArn).required(),
    Member::body("TimeToLiveSpecification", "TimeToLiveSpecification", &TimeToLiveSpecification).required(),
]);
static VectorAttributeDefinition: Shape = Shape::structure(&[
    Member::body("AttributeName", "AttributeName", &VectorAttributeName).required(),
]);
static VectorAttributeName: Shape = Shape::string().min(1.0).max(255.0);
static VectorDistanceFunction: Shape = Shape::string().one_of(&["COSINE", "DOT_PRODUCT", "EUCLIDEAN"]);
static VectorIndex: Shape = Shape::structure(&[
    Member::body("IndexName", "IndexName", &IndexName).required(),
    Member::body("VectorAttribute", "VectorAttribute", &VectorAttributeDefinition).required(),
    Member::body("SearchSchema", "SearchSchema", &SearchSchema),
    Member::body("Projection", "Projection", &Projection).required(),
    Member::body("Dimensions", "Dimensions", &PositiveLongObject).required(),
    Member::body("DistanceFunction", "DistanceFunction", &VectorDistanceFunction).required(),
]);
static VectorIndexList: Shape = Shape::list(&VectorIndex);
static VectorIndexUpdate: Shape = Shape::structure(&[
    Member::body("Create", "Create", &CreateVectorIndexAction),
    Member::body("Delete", "Delete", &DeleteVectorIndexAction),
]);
static VectorIndexUpdateList: Shape = Shape::list(&VectorIndexUpdate);
static WarmThroughput: Shape = Shape::structure(&[
    Member::body("ReadUnitsPerSecond", "ReadUnitsPerSecond", &LongObject),
    Member::body("WriteUnitsPerSecond", "WriteUnitsPerSecond", &LongObject),
]);
static WriteRequest: Shape = Shape::structure(&[
    Member::body("PutRequest", "PutRequest", &PutRequest),
    Member::body("DeleteRequest", "DeleteRequest", &DeleteRequest),
]);
static WriteRequests: Shape = Shape::list(&WriteRequest).min(1.0).max(25.0);
