use serde_json::json;

use super::*;
use crate::model::{Protocol, Service, operation};

fn check_error(service: Service, error: ApiError, expected: &str) {
    let rendered = render_error(service, &error, "id-1");
    let mut text = rendered.status.to_string();
    for (name, value) in &rendered.headers {
        text.push_str(&format!("\n{name}: {value}"));
    }
    text.push_str(&format!("\n\n{}", String::from_utf8_lossy(&rendered.body)));
    assert_eq!(text, expected);
}

#[test]
fn errors_of_services_without_a_table() {
    let check = |protocol, namespace, expected: &str| {
        let error = ApiError {
            code: "NotImplemented".into(),
            status: 501,
            message: "<no>".to_owned(),
            extra: Vec::new(),
            headers: Vec::new(),
        };
        let rendered = render_foreign_error(
            Answering {
                protocol,
                namespace,
            },
            &error,
            "id-1",
        );
        let (_, kind) = &rendered.headers[0];
        let body = rendered.body.escape_ascii().to_string();
        assert_eq!(format!("{} {kind}\n{body}", rendered.status), expected);
    };
    let json = r#"{\"__type\":\"NotImplemented\",\"message\":\"<no>\"}"#;
    check(
        Protocol::RestJson,
        "",
        &format!("501 application/json\n{json}"),
    );
    check(
        Protocol::Json10,
        "",
        &format!("501 application/x-amz-json-1.0\n{json}"),
    );
    check(
        Protocol::Json11,
        "",
        &format!("501 application/x-amz-json-1.1\n{json}"),
    );
    let xml = "501 text/xml\n<ErrorResponse xmlns=\\\"urn:x\\\"><Error><Type>Receiver</Type>\
               <Code>NotImplemented</Code><Message>&lt;no&gt;</Message></Error>\
               <RequestId>id-1</RequestId></ErrorResponse>";
    check(Protocol::Query, "urn:x", xml);
    check(Protocol::RestXml, "urn:x", xml);
    check(
        Protocol::Ec2,
        "urn:x",
        "501 text/xml;charset=UTF-8\n<?xml version=\\\"1.0\\\" encoding=\\\"UTF-8\\\"?>\\n\
         <Response><Errors><Error><Code>NotImplemented</Code><Message>&lt;no&gt;</Message></Error>\
         </Errors><RequestID>id-1</RequestID></Response>",
    );
    check(
        Protocol::RpcV2Cbor,
        "",
        "501 application/cbor\n\\xa2f__typenNotImplementedgmessaged<no>",
    );
}

#[test]
fn errors_of_every_protocol() {
    check_error(
        Service::Iot,
        ApiError::new(
            Service::Iot,
            "ResourceAlreadyExistsException",
            "Thing lamp exists",
        )
        .with("resourceId", "lamp"),
        "409\n\
         content-type: application/json\n\
         x-amzn-requestid: id-1\n\
         x-amzn-errortype: ResourceAlreadyExistsException\n\n\
         {\"message\":\"Thing lamp exists\",\"__type\":\"ResourceAlreadyExistsException\",\
         \"resourceId\":\"lamp\"}",
    );
    check_error(
        Service::IotData,
        ApiError::new(Service::IotData, "ForbiddenException", "Forbidden"),
        "403\n\
         content-type: application/json\n\
         x-amzn-requestid: id-1\n\
         x-amzn-errortype: ForbiddenException\n\n\
         {\"message\":\"Forbidden\",\"__type\":\"ForbiddenException\",\"traceId\":\"id-1\"}",
    );
    check_error(
        Service::Lambda,
        ApiError::new(
            Service::Lambda,
            "ResourceNotFoundException",
            "Function not found: f",
        ),
        "404\n\
         content-type: application/json\n\
         x-amzn-requestid: id-1\n\
         x-amzn-errortype: ResourceNotFoundException\n\n\
         {\"Type\":\"User\",\"Message\":\"Function not found: f\"}",
    );
    check_error(
        Service::Iam,
        ApiError::new(Service::Iam, "EntityAlreadyExists", "Role <x> exists"),
        "409\n\
         content-type: text/xml\n\
         x-amzn-requestid: id-1\n\n\
         <ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error>\
         <Type>Sender</Type><Code>EntityAlreadyExists</Code>\
         <Message>Role &lt;x&gt; exists</Message></Error>\
         <RequestId>id-1</RequestId></ErrorResponse>",
    );
    check_error(
        Service::S3,
        ApiError::new(Service::S3, "NoSuchKey", "a\u{0}b\r").with("Key", "k"),
        "404\n\
         content-type: application/xml\n\
         x-amz-request-id: id-1\n\
         x-amz-id-2: id-1\n\n\
         <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Error><Code>NoSuchKey</Code><Message>a\u{fffd}b&#13;</Message><Key>k</Key>\
         <RequestId>id-1</RequestId><HostId>id-1</HostId></Error>",
    );
}

#[test]
fn statuses_differ_between_services() {
    assert_eq!(error_status(Service::Iot, "ThrottlingException"), Some(400));
    assert_eq!(
        error_status(Service::IotData, "ThrottlingException"),
        Some(429)
    );
    assert_eq!(
        error_status(Service::Iot, "LimitExceededException"),
        Some(410)
    );
    assert_eq!(
        error_status(Service::Iot, "SerializationException"),
        Some(400)
    );
    assert_eq!(error_status(Service::Iam, "NoSuchEntity"), Some(404));
    assert_eq!(
        error_status(Service::Iam, "SignatureDoesNotMatch"),
        Some(403)
    );
    assert_eq!(error_status(Service::Iot, "NoSuchThing"), None);
}

#[test]
fn errors_that_every_service_has() {
    let check = |error: ApiError, status: u16, code: &str| {
        assert_eq!((error.status, error.code.as_ref()), (status, code));
    };
    check(
        ApiError::not_implemented(Service::Iot, "CreateStream"),
        501,
        "NotImplementedException",
    );
    check(
        ApiError::not_implemented(Service::S3, "GetBucketAcl"),
        501,
        "NotImplemented",
    );
    check(
        ApiError::not_implemented(Service::Iam, "CreateUser"),
        501,
        "NotImplemented",
    );
    check(
        ApiError::unknown_operation(Service::Iot, "GET /x"),
        404,
        "UnknownOperationException",
    );
    check(
        ApiError::unknown_operation(Service::Sts, "X for version Y"),
        400,
        "InvalidAction",
    );
    check(
        ApiError::unknown_operation(Service::S3, "POST /"),
        405,
        "MethodNotAllowed",
    );
    check(
        ApiError::access_denied(Service::Iot, "no"),
        403,
        "AccessDeniedException",
    );
    check(
        ApiError::access_denied(Service::Sts, "no"),
        403,
        "AccessDenied",
    );
}

fn check_response(name: &str, result: Option<Node>, expected: &str) {
    let service = if name == "GetCallerIdentity" {
        Service::Sts
    } else {
        Service::Iam
    };
    let operation = operation(service, name).expect("the table has it");
    let body = query_response(operation, result.as_ref(), "id-1");
    assert_eq!(String::from_utf8_lossy(&body), expected);
}

#[test]
fn query_protocol_answers() {
    check_response(
        "GetCallerIdentity",
        Some(Node::structure([("Account", Node::text("123456789012"))])),
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>",
    );
    check_response(
        "ListRoles",
        Some(Node::from(
            &json!({"Roles": [{"RoleName": "a&b", "Path": null}], "IsTruncated": false}),
        )),
        "<ListRolesResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <ListRolesResult><Roles><member><RoleName>a&amp;b</RoleName></member></Roles>\
         <IsTruncated>false</IsTruncated></ListRolesResult>\
         <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></ListRolesResponse>",
    );
    // No output shape, no result element.
    check_response(
        "AttachRolePolicy",
        None,
        "<AttachRolePolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>\
         </AttachRolePolicyResponse>",
    );
}
