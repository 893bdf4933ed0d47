//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: iot-data 2015-05-28.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::IotData, api_version: "2015-05-28", xml_namespace: "", target: "", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::IotData, "DeleteConnection", "DELETE", "/connections/{clientId}", 200).input(&DeleteConnectionRequest).errors(&["ForbiddenException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::IotData, "DeleteThingShadow", "DELETE", "/things/{thingName}/shadow", 200).input(&DeleteThingShadowRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "MethodNotAllowedException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException", "UnsupportedDocumentEncodingException"]),
    Operation::new(Service::IotData, "GetConnection", "GET", "/connections/{clientId}", 200).input(&GetConnectionRequest).output().errors(&["ForbiddenException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::IotData, "GetRetainedMessage", "GET", "/retainedMessage/{topic}", 200).input(&GetRetainedMessageRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "MethodNotAllowedException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::IotData, "GetThingShadow", "GET", "/things/{thingName}/shadow", 200).input(&GetThingShadowRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "MethodNotAllowedException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException", "UnsupportedDocumentEncodingException"]),
    Operation::new(Service::IotData, "ListNamedShadowsForThing", "GET", "/api/things/shadow/ListNamedShadowsForThing/{thingName}", 200).input(&ListNamedShadowsForThingRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "MethodNotAllowedException", "ResourceNotFoundException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::IotData, "ListRetainedMessages", "GET", "/retainedMessage", 200).input(&ListRetainedMessagesRequest).output().errors(&["InternalFailureException", "InvalidRequestException", "MethodNotAllowedException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::IotData, "ListSubscriptions", "GET", "/connections/{clientId}/subscriptions", 200).input(&ListSubscriptionsRequest).output().errors(&["ForbiddenException", "InternalFailureException", "InvalidRequestException", "ResourceNotFoundException", "ThrottlingException"]),
    Operation::new(Service::IotData, "Publish", "POST", "/topics/{topic}", 200).input(&PublishRequest).errors(&["InternalFailureException", "InvalidRequestException", "MethodNotAllowedException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::IotData, "SendDirectMessage", "POST", "/connections/{clientId}/messages", 200).input(&SendDirectMessageRequest).output().errors(&["ForbiddenException", "GatewayTimeoutException", "InternalFailureException", "InvalidRequestException", "RequestEntityTooLargeException", "ResourceNotFoundException", "ThrottlingException", "UnauthorizedException"]),
    Operation::new(Service::IotData, "UpdateThingShadow", "POST", "/things/{thingName}/shadow", 200).input(&UpdateThingShadowRequest).output().errors(&["ConflictException", "InternalFailureException", "InvalidRequestException", "MethodNotAllowedException", "RequestEntityTooLargeException", "ServiceUnavailableException", "ThrottlingException", "UnauthorizedException", "UnsupportedDocumentEncodingException"]),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "ConflictException", status: 409 },
    ErrorName { code: "ForbiddenException", status: 403 },
    ErrorName { code: "GatewayTimeoutException", status: 504 },
    ErrorName { code: "InternalFailureException", status: 500 },
    ErrorName { code: "InvalidRequestException", status: 400 },
    ErrorName { code: "MethodNotAllowedException", status: 405 },
    ErrorName { code: "RequestEntityTooLargeException", status: 413 },
    ErrorName { code: "ResourceNotFoundException", status: 404 },
    ErrorName { code: "ServiceUnavailableException", status: 503 },
    ErrorName { code: "ThrottlingException", status: 429 },
    ErrorName { code: "UnauthorizedException", status: 401 },
    ErrorName { code: "UnsupportedDocumentEncodingException", status: 415 },
];

static CleanSession: Shape = Shape::boolean();
static ClientId: Shape = Shape::string().min(1.0).max(128.0).pattern("^[^$].*");
static Confirmation: Shape = Shape::boolean();
static ContentType: Shape = Shape::string();
static CorrelationData: Shape = Shape::string();
static DeleteConnectionRequest: Shape = Shape::structure(&[
    Member::path("clientId", "clientId", &ClientId).required(),
    Member::query("cleanSession", "cleanSession", &CleanSession),
    Member::query("preventWillMessage", "preventWillMessage", &PreventWillMessage),
]);
static DeleteThingShadowRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::query("shadowName", "name", &ShadowName),
]);
static GetConnectionRequest: Shape = Shape::structure(&[
    Member::path("clientId", "clientId", &ClientId).required(),
    Member::query("includeSocketInformation", "includeSocketInformation", &IncludeSocketInformation),
]);
static GetRetainedMessageRequest: Shape = Shape::structure(&[
    Member::path("topic", "topic", &Topic).required(),
]);
static GetThingShadowRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::query("shadowName", "name", &ShadowName),
]);
static IncludeSocketInformation: Shape = Shape::boolean();
static JsonDocument: Shape = Shape::blob();
static ListNamedShadowsForThingRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("pageSize", "pageSize", &PageSize),
]);
static ListRetainedMessagesRequest: Shape = Shape::structure(&[
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
]);
static ListSubscriptionsRequest: Shape = Shape::structure(&[
    Member::path("clientId", "clientId", &ClientId).required(),
    Member::query("nextToken", "nextToken", &NextToken),
    Member::query("maxResults", "maxResults", &MaxResults),
]);
static MaxResults: Shape = Shape::integer().min(1.0).max(200.0);
static MessageExpiry: Shape = Shape::long();
static NextToken: Shape = Shape::string();
static PageSize: Shape = Shape::integer().min(1.0).max(100.0);
static Payload: Shape = Shape::blob();
static PayloadFormatIndicator: Shape = Shape::string().one_of(&["UNSPECIFIED_BYTES", "UTF8_DATA"]);
static PreventWillMessage: Shape = Shape::boolean();
static PublishRequest: Shape = Shape::structure(&[
    Member::path("topic", "topic", &Topic).required(),
    Member::query("qos", "qos", &Qos),
    Member::query("retain", "retain", &Retain),
    Member::payload("payload", "payload", &Payload),
    Member::header("userProperties", "x-amz-mqtt5-user-properties", &UserProperties),
    Member::header("payloadFormatIndicator", "x-amz-mqtt5-payload-format-indicator", &PayloadFormatIndicator),
    Member::query("contentType", "contentType", &ContentType),
    Member::query("responseTopic", "responseTopic", &ResponseTopic),
    Member::header("correlationData", "x-amz-mqtt5-correlation-data", &CorrelationData),
    Member::query("messageExpiry", "messageExpiry", &MessageExpiry),
]);
static Qos: Shape = Shape::integer().min(0.0).max(1.0);
static ResponseTopic: Shape = Shape::string();
static Retain: Shape = Shape::boolean();
static SendDirectMessageRequest: Shape = Shape::structure(&[
    Member::path("clientId", "clientId", &ClientId).required(),
    Member::query("topic", "topic", &Topic).required(),
    Member::query("contentType", "contentType", &ContentType),
    Member::query("responseTopic", "responseTopic", &ResponseTopic),
    Member::query("confirmation", "confirmation", &Confirmation),
    Member::query("timeout", "timeout", &TimeoutInSeconds),
    Member::payload("payload", "payload", &Payload),
    Member::header("userProperties", "x-amz-mqtt5-user-properties", &UserProperties),
    Member::header("payloadFormatIndicator", "x-amz-mqtt5-payload-format-indicator", &PayloadFormatIndicator),
    Member::header("correlationData", "x-amz-mqtt5-correlation-data", &CorrelationData),
]);
static ShadowName: Shape = Shape::string().min(1.0).max(64.0).pattern("[$a-zA-Z0-9:_-]+");
static ThingName: Shape = Shape::string().min(1.0).max(128.0).pattern("[a-zA-Z0-9:_-]+");
static TimeoutInSeconds: Shape = Shape::integer();
static Topic: Shape = Shape::string();
static UpdateThingShadowRequest: Shape = Shape::structure(&[
    Member::path("thingName", "thingName", &ThingName).required(),
    Member::query("shadowName", "name", &ShadowName),
    Member::payload("payload", "payload", &JsonDocument).required(),
]);
static UserProperties: Shape = Shape::string();
