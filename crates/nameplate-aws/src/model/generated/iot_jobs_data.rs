//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: iot-jobs-data 2017-09-29.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::IotJobsData, api_version: "2017-09-29", xml_namespace: "", target: "", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::IotJobsData, "DescribeJobExecution", "GET", "/things/{thingName}/jobs/{jobId}", 200).input(&DescribeJobExecutionRequest).output().errors(&["CertificateValidationException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "TerminalStateException", "ThrottlingException"]),
    Operation::new(Service::IotJobsData, "GetPendingJobExecutions", "GET", "/things/{thingName}/jobs", 200).input(&GetPendingJobExecutionsRequest).output().errors(&["CertificateValidationException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::IotJobsData, "StartCommandExecution", "POST", "/command-executions", 200).input(&StartCommandExecutionRequest).output().errors(&["ConflictException", "InternalServerException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ThrottlingException", "ValidationException"]),
    Operation::new(Service::IotJobsData, "StartNextPendingJobExecution", "PUT", "/things/{thingName}/jobs/$next", 200).input(&StartNextPendingJobExecutionRequest).output().errors(&["CertificateValidationException", "InvalidRequestException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
    Operation::new(Service::IotJobsData, "UpdateJobExecution", "POST", "/things/{thingName}/jobs/{jobId}", 200).input(&UpdateJobExecutionRequest).output().errors(&["CertificateValidationException", "InvalidRequestException", "InvalidStateTransitionException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException"]),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "CertificateValidationException", status: 400 },
    ErrorName { code: "ConflictException", status: 409 },
    ErrorName { code: "InternalServerException", status: 500 },
    ErrorName { code: "InvalidRequestException", status: 400 },
    ErrorName { code: "InvalidStateTransitionException", status: 409 },
    ErrorName { code: "ResourceNotFoundException", status: 404 },
    ErrorName { code: "ServiceQuotaExceededException", status: 402 },
    ErrorName { code: "ServiceUnavailableException", status: 503 },
    ErrorName { code: "TerminalStateException", status: 410 },
    ErrorName { code: "ThrottlingException", status: 429 },
    ErrorName { code: "ValidationException", status: 400 },
];

static BinaryParameterValue: Shape = Shape::blob().min(1.0);
static BooleanParameterValue: Shape = Shape::boolean();
static ClientRequestTokenV2: Shape = Shape::string().min(1.0).max(64.0).pattern("^[\\x21-\\x7E]+$");
static CommandArn: Shape = Shape::string();
static CommandExecutionParameterMap: Shape = Shape::map(&CommandParameterName, &CommandParameterValue).min(1.0);
static CommandExecutionTimeoutInSeconds: Shape = Shape::long().min(1.0);
static CommandParameterName: Shape = Shape::string().min(1.0).max(192.0).pattern("^[.$a-zA-Z0-9_-]+$");
static CommandParameterValue: Shape = Shape::structure(&[
    Member::body("S", "S", &StringParameterValue),
    Member::body("B", "B", &BooleanParameterValue),
    Member::body("I", "I", &IntegerParameterValue),
    Member::body("L", "L", &LongParameterValue),
    Member::body("D", "D", &DoubleParameterValue),
    Member::body("BIN", "BIN", &BinaryParameterValue),
    Member::body("UL", "UL", &UnsignedLongParameterValue),
]);
static DescribeJobExecutionJobId: Shape = Shape::string().pattern("[a-zA-Z0-9_-]+|^\\$next");
static DescribeJobExecutionRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &DescribeJobExecutionJobId).required(),
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::query("includeJobDocument", "includeJobDocument", &IncludeJobDocument),
    Member::query("executionNumber", "executionNumber", &ExecutionNumber),
]);
static DetailsKey: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static DetailsMap: Shape = Shape::map(&DetailsKey, &DetailsValue);
static DetailsValue: Shape = Shape::string().min(1.0).pattern("[^\\p{C}]+");
static DoubleParameterValue: Shape = Shape::double();
static ExecutionNumber: Shape = Shape::long();
static ExpectedVersion: Shape = Shape::long();
static GetPendingJobExecutionsRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
]);
static IncludeExecutionState: Shape = Shape::boolean();
static IncludeJobDocument: Shape = Shape::boolean();
static IntegerParameterValue: Shape = Shape::integer();
static JobExecutionStatus: Shape = Shape::string().one_of(&["QUEUED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "TIMED_OUT", "REJECTED", "REMOVED", "CANCELED"]);
static JobId: Shape = Shape::string().min(1.0).max(64.0).pattern("[a-zA-Z0-9_-]+");
static LongParameterValue: Shape = Shape::long();
static StartCommandExecutionRequest: Shape = Shape::structure(&[
    Member::body("targetArn", "targetArn", &TargetArn).required(),
    Member::body("commandArn", "commandArn", &CommandArn).required(),
    Member::body("parameters", "parameters", &CommandExecutionParameterMap),
    Member::body("executionTimeoutSeconds", "executionTimeoutSeconds", &CommandExecutionTimeoutInSeconds),
    Member::body("clientToken", "clientToken", &ClientRequestTokenV2),
]);
static StartNextPendingJobExecutionRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::body("statusDetails", "statusDetails", &DetailsMap),
    Member::body("stepTimeoutInMinutes", "stepTimeoutInMinutes", &StepTimeoutInMinutes),
]);
static StepTimeoutInMinutes: Shape = Shape::long();
static StringParameterValue: Shape = Shape::string().min(1.0);
static TargetArn: Shape = Shape::string().max(2048.0);
static ThingName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static UnsignedLongParameterValue: Shape = Shape::string().min(1.0).max(20.0).pattern("^[0-9]*$");
static UpdateJobExecutionRequest: Shape = Shape::structure(&[
    Member::path("jobId", "jobId", &JobId).required(),
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::body("status", "status", &JobExecutionStatus).required(),
    Member::body("statusDetails", "statusDetails", &DetailsMap),
    Member::body("stepTimeoutInMinutes", "stepTimeoutInMinutes", &StepTimeoutInMinutes),
    Member::body("expectedVersion", "expectedVersion", &ExpectedVersion),
    Member::body("includeJobExecutionState", "includeJobExecutionState", &IncludeExecutionState),
    Member::body("includeJobDocument", "includeJobDocument", &IncludeJobDocument),
    Member::body("executionNumber", "executionNumber", &ExecutionNumber),
]);
