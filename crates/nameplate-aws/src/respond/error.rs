//! An error as the caller's SDK has to see it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::xml;
use crate::model::{Operation, Protocol, Service, model};

/// An error to answer with.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// The name SDKs raise, such as `ResourceNotFoundException`.
    pub code: Cow<'static, str>,
    /// The HTTP status.
    pub status: u16,
    /// The text for the caller.
    pub message: String,
    /// Members beside the message, such as `resourceArn`.
    pub extra: Vec<(&'static str, Value)>,
    /// Header fields beside those that every error has, names in lower case.
    pub headers: Vec<(&'static str, String)>,
}

impl ApiError {
    /// An error of `service` with the status its name has there; 400 where the name is unknown.
    pub fn new(
        service: Service,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        let code = code.into();
        let status = error_status(service, &code).unwrap_or(400);
        Self {
            code,
            status,
            message: message.into(),
            extra: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// 501: the service has the operation `name`, this server does not.
    pub fn not_implemented(service: Service, name: &str) -> Self {
        let code = match service.protocol() {
            Protocol::Query | Protocol::RestXml => "NotImplemented",
            _ => "NotImplementedException",
        };
        let message = format!("The operation {name} is not implemented by this server.");
        Self::new(service, code, message).with_status(501)
    }

    /// The service has no such operation. `what` is an action (with its version, where given),
    /// or a method and path.
    pub fn unknown_operation(service: Service, what: &str) -> Self {
        match service.protocol() {
            Protocol::Query => Self::new(
                service,
                "InvalidAction",
                format!("Could not find operation {what}"),
            ),
            Protocol::RestXml => Self::new(
                service,
                "MethodNotAllowed",
                "The specified method is not allowed against this resource.",
            ),
            _ => Self::new(
                service,
                "UnknownOperationException",
                format!(
                    "There is no operation {what} in the service '{}'.",
                    service.scope()
                ),
            ),
        }
    }

    /// 403: the caller may not do this. `message` says who, what and on which resource.
    pub fn access_denied(service: Service, message: impl Into<String>) -> Self {
        let code = match service.protocol() {
            Protocol::Query | Protocol::RestXml => "AccessDenied",
            _ => "AccessDeniedException",
        };
        Self::new(service, code, message)
    }

    /// A parameter's value is not allowed: InvalidRequestException in the IoT services, except for the operations
    /// (package catalog, commands) that declare only ValidationException; InvalidParameterException in CloudWatch Logs.
    pub fn invalid_parameter(operation: &Operation, message: impl Into<String>) -> Self {
        let code = match operation.service.protocol() {
            Protocol::Query => "ValidationError",
            Protocol::RestXml => "InvalidArgument",
            _ if operation.may_answer("InvalidRequestException") => "InvalidRequestException",
            _ if operation.service == Service::ApiGateway => "ValidationException",
            _ if operation.service == Service::ApiGatewayV2 => "BadRequestException",
            _ if operation.may_answer("InvalidParameterException") => "InvalidParameterException",
            _ => "ValidationException",
        };
        Self::new(operation.service, code, message)
    }

    /// The same error with another member beside the message.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// The same error with a header field of its own.
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same error with another status.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

/// The status of the error `code` in `service`: the service's own table first, then the errors
/// that any service of its protocol may answer.
pub fn error_status(service: Service, code: &str) -> Option<u16> {
    let own = model(service)
        .errors
        .iter()
        .find(|error| error.code == code)
        .map(|error| error.status);
    own.or_else(|| match service.protocol() {
        Protocol::RestXml => s3_status(code),
        Protocol::Query | Protocol::Ec2 => query_status(code),
        Protocol::RestJson => json_status(code),
        // The JSON protocols answer what is the caller's fault with 400, whatever it is.
        Protocol::Json10 | Protocol::Json11 | Protocol::RpcV2Cbor => {
            json_status(code).map(|status| if status < 500 { 400 } else { status })
        }
    })
}

/// Errors that the models do not declare, as AWS's front ends answer them.
fn json_status(code: &str) -> Option<u16> {
    Some(match code {
        "SerializationException" | "ValidationException" => 400,
        "AccessDeniedException"
        | "ExpiredTokenException"
        | "IncompleteSignatureException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "UnrecognizedClientException" => 403,
        "UnknownOperationException" => 404,
        "RequestEntityTooLargeException" => 413,
        "InternalFailure" | "InternalFailureException" => 500,
        "NotImplementedException" => 501,
        "ServiceUnavailableException" => 503,
        _ => return None,
    })
}

fn query_status(code: &str) -> Option<u16> {
    Some(match code {
        "IncompleteSignature"
        | "InvalidAction"
        | "MissingAction"
        | "Throttling"
        | "ValidationError"
        | "MalformedInput"
        | "MissingParameter"
        | "InvalidParameterValue" => 400,
        "AccessDenied"
        | "ExpiredToken"
        | "InvalidClientTokenId"
        | "MissingAuthenticationToken"
        | "SignatureDoesNotMatch" => 403,
        "InternalFailure" => 500,
        "NotImplemented" => 501,
        "ServiceUnavailable" => 503,
        _ => return None,
    })
}

/// S3's model declares few of its errors; the others are on the API reference's page of error
/// responses.
fn s3_status(code: &str) -> Option<u16> {
    Some(match code {
        "NotModified" => 304,
        "AuthorizationHeaderMalformed"
        | "AuthorizationQueryParametersError"
        | "BadDigest"
        | "EntityTooLarge"
        | "EntityTooSmall"
        | "ExpiredToken"
        | "IncompleteBody"
        | "InvalidArgument"
        | "InvalidBucketName"
        | "InvalidDigest"
        | "InvalidPart"
        | "InvalidPartOrder"
        | "InvalidRequest"
        | "InvalidToken"
        | "KeyTooLongError"
        | "MalformedXML"
        | "RequestTimeout"
        | "XAmzContentSHA256Mismatch" => 400,
        "AccessDenied"
        | "InvalidAccessKeyId"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch" => 403,
        "NoSuchBucketPolicy" | "NoSuchVersion" | "NoSuchTagSet" => 404,
        "MethodNotAllowed" => 405,
        "BucketNotEmpty" | "OperationAborted" => 409,
        "MissingContentLength" => 411,
        "PreconditionFailed" => 412,
        "InvalidRange" => 416,
        "InternalError" => 500,
        "NotImplemented" => 501,
        "SlowDown" | "ServiceUnavailable" => 503,
        _ => return None,
    })
}

/// An answer ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// The HTTP status.
    pub status: u16,
    /// Header fields, names in lower case. `date` and `content-length` are the HTTP library's.
    pub headers: Vec<(&'static str, String)>,
    /// In the form of the service's protocol, JSON, XML or CBOR.
    pub body: Vec<u8>,
}

/// The answer for `error` in the protocol of `service`. The request id goes into the headers,
/// and where the protocol has it, into the body.
pub fn render_error(service: Service, error: &ApiError, request_id: &str) -> Rendered {
    let (mut headers, body) = match service.protocol() {
        Protocol::RestJson => rest_json(service, error, request_id),
        Protocol::RestXml => s3(error, request_id),
        Protocol::Json10 if service == Service::DynamoDb => dynamodb(error, request_id),
        protocol => {
            let namespace = model(service).xml_namespace;
            of_protocol(
                Answering {
                    protocol,
                    namespace,
                },
                error,
                request_id,
            )
        }
    };
    headers.extend(error.headers.iter().cloned());
    Rendered {
        status: error.status,
        headers,
        body,
    }
}

/// How the clients of a service without a table read an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answering {
    /// The protocol of the request.
    pub protocol: Protocol,
    /// The namespace of XML; empty where there is none.
    pub namespace: &'static str,
}

/// As [`render_error`], for a service without a table.
pub fn render_foreign_error(answering: Answering, error: &ApiError, request_id: &str) -> Rendered {
    let (headers, body) = of_protocol(answering, error, request_id);
    Rendered {
        status: error.status,
        headers,
        body,
    }
}

fn of_protocol(answering: Answering, error: &ApiError, request_id: &str) -> Parts {
    match answering.protocol {
        Protocol::RestJson => json(error, request_id, "application/json"),
        Protocol::Json10 => json(error, request_id, "application/x-amz-json-1.0"),
        Protocol::Json11 => json(error, request_id, "application/x-amz-json-1.1"),
        // All of AWS's XML services but S3 and EC2 have the query protocol's form of an error.
        Protocol::Query | Protocol::RestXml => query(answering.namespace, error, request_id),
        Protocol::Ec2 => ec2(error, request_id),
        Protocol::RpcV2Cbor => cbor(error, request_id),
    }
}

type Parts = (Vec<(&'static str, String)>, Vec<u8>);

/// Whose fault it is, in the words of the query protocol.
fn fault(error: &ApiError) -> &'static str {
    if error.status < 500 {
        "Sender"
    } else {
        "Receiver"
    }
}

/// Lambda's errors whose text is their `message`.
const LOWERED_OF_LAMBDA: &[&str] = &[
    "CodeStorageExceededException",
    "InvalidParameterValueException",
    "InvalidRequestContentException",
    "PolicyLengthExceededException",
    "PreconditionFailedException",
    "ProvisionedConcurrencyConfigNotFoundException",
    "RequestTooLargeException",
    "ResourceConflictException",
    "ResourceNotReadyException",
    "TooManyRequestsException",
    "UnsupportedMediaTypeException",
    "ValidationException",
];

fn rest_json(service: Service, error: &ApiError, request_id: &str) -> Parts {
    let mut body = Map::new();
    if service == Service::Lambda {
        // Most of Lambda's error shapes have a capital Message, and all say whose fault it is.
        let fault = if error.status < 500 {
            "User"
        } else {
            "Service"
        };
        body.insert("Type".into(), fault.into());
        let message = match LOWERED_OF_LAMBDA.contains(&&*error.code) {
            true => "message",
            false => "Message",
        };
        body.insert(message.into(), error.message.clone().into());
    } else {
        body.insert("message".into(), error.message.clone().into());
        body.insert("__type".into(), error.code.clone().into());
    }
    if service == Service::IotData {
        body.insert("traceId".into(), request_id.into());
    }
    add_extra(&mut body, error);
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("x-amzn-requestid", request_id.to_owned()),
        ("x-amzn-errortype", header_safe(&error.code)),
    ];
    (headers, Value::Object(body).to_string().into_bytes())
}

fn json(error: &ApiError, request_id: &str, content_type: &str) -> Parts {
    let mut body = Map::new();
    body.insert("__type".into(), error.code.clone().into());
    body.insert("message".into(), error.message.clone().into());
    add_extra(&mut body, error);
    let headers = vec![
        ("content-type", content_type.to_owned()),
        ("x-amzn-requestid", request_id.to_owned()),
        ("x-amzn-errortype", header_safe(&error.code)),
    ];
    (headers, Value::Object(body).to_string().into_bytes())
}

/// DynamoDB says which of its layers refuses.
fn dynamodb(error: &ApiError, request_id: &str) -> Parts {
    let declared = model(Service::DynamoDb)
        .errors
        .iter()
        .any(|known| known.code == error.code);
    let layer = match &*error.code {
        "ValidationException" => "com.amazon.coral.validate",
        "ThrottlingException" => "com.amazon.coral.availability",
        _ if declared => "com.amazonaws.dynamodb.v20120810",
        _ => "com.amazon.coral.service",
    };
    let mut body = Map::new();
    body.insert("__type".into(), format!("{layer}#{}", error.code).into());
    // The one shape of DynamoDB's errors whose message has a capital.
    let message = match &*error.code {
        "TransactionCanceledException" => "Message",
        _ => "message",
    };
    body.insert(message.into(), error.message.clone().into());
    add_extra(&mut body, error);
    let headers = vec![
        ("content-type", "application/x-amz-json-1.0".to_owned()),
        ("x-amzn-requestid", request_id.to_owned()),
        ("x-amzn-errortype", header_safe(&error.code)),
    ];
    (headers, Value::Object(body).to_string().into_bytes())
}

fn add_extra(body: &mut Map<String, Value>, error: &ApiError) {
    for (name, value) in &error.extra {
        body.insert((*name).to_owned(), value.clone());
    }
}

fn query(namespace: &str, error: &ApiError, request_id: &str) -> Parts {
    let mut fields = xml::Writer::new();
    fields.open_in("ErrorResponse", namespace);
    fields.open("Error");
    fields.element("Type", fault(error));
    fields.element("Code", &error.code);
    fields.element("Message", &error.message);
    for (name, value) in &error.extra {
        fields.node(name, &value.into());
    }
    fields.close("Error");
    fields.element("RequestId", request_id);
    fields.close("ErrorResponse");
    let headers = vec![
        ("content-type", "text/xml".to_owned()),
        ("x-amzn-requestid", request_id.to_owned()),
    ];
    (headers, fields.finish())
}

/// [Smithy: AWS EC2 query protocol, operation error serialization]
fn ec2(error: &ApiError, request_id: &str) -> Parts {
    let mut fields = xml::Writer::with_declaration();
    fields.open("Response");
    fields.open("Errors");
    fields.open("Error");
    fields.element("Code", &error.code);
    fields.element("Message", &error.message);
    fields.close("Error");
    fields.close("Errors");
    fields.element("RequestID", request_id);
    fields.close("Response");
    let headers = vec![
        ("content-type", "text/xml;charset=UTF-8".to_owned()),
        ("x-amzn-requestid", request_id.to_owned()),
    ];
    (headers, fields.finish())
}

/// [Smithy: RPC v2 CBOR protocol, operation error serialization]
fn cbor(error: &ApiError, request_id: &str) -> Parts {
    // A map of two entries. [RFC 8949, 3.1]
    let mut body = vec![0xa2];
    for text in ["__type", &error.code, "message", &error.message] {
        cbor_text(&mut body, text);
    }
    let headers = vec![
        ("content-type", "application/cbor".to_owned()),
        ("smithy-protocol", "rpc-v2-cbor".to_owned()),
        ("x-amzn-requestid", request_id.to_owned()),
    ];
    (headers, body)
}

/// A text string, its length in as many bytes as it takes. [RFC 8949, 3]
fn cbor_text(body: &mut Vec<u8>, text: &str) {
    let length = text.len().to_be_bytes();
    match text.len() {
        0..24 => body.push(0x60 | length[7]),
        24..256 => body.extend([0x78, length[7]]),
        256..65_536 => body.extend([0x79, length[6], length[7]]),
        _ => {
            body.push(0x7b);
            body.extend(length);
        }
    }
    body.extend(text.as_bytes());
}

fn s3(error: &ApiError, request_id: &str) -> Parts {
    let mut fields = xml::Writer::with_declaration();
    fields.open("Error");
    fields.element("Code", &error.code);
    fields.element("Message", &error.message);
    for (name, value) in &error.extra {
        fields.node(name, &value.into());
    }
    fields.element("RequestId", request_id);
    // AWS's second id names the host that answered; ours has only the one.
    fields.element("HostId", request_id);
    fields.close("Error");
    let headers = vec![
        ("content-type", "application/xml".to_owned()),
        ("x-amz-request-id", request_id.to_owned()),
        ("x-amz-id-2", request_id.to_owned()),
    ];
    (headers, fields.finish())
}

/// A code comes from our tables or from a fixed list, but a header must never break.
fn header_safe(code: &str) -> String {
    code.chars().filter(char::is_ascii_graphic).collect()
}
