//! Answers and refusals, as bytes and header fields.

use super::call::{Output, Reply};
use super::service::Row;
use super::{Content, Request, Response};
use nameplate_aws::model::{Operation, Protocol};
use nameplate_aws::respond::{ApiError, query_response, render_error};
use std::borrow::Cow;

/// Header fields of an answer.
type Fields = Vec<(Cow<'static, str>, String)>;

/// The answer of an operation.
pub fn answer(
    row: &Row,
    operation: &'static Operation,
    output: Output,
    request_id: &str,
) -> Response {
    let (kind, body) = match output {
        Output::Json(value) => {
            let kind = match row.service.protocol() {
                Protocol::Json10 => "application/x-amz-json-1.0",
                Protocol::Json11 => "application/x-amz-json-1.1",
                _ => "application/json",
            };
            (kind, value.to_string().into_bytes())
        }
        Output::Xml(node) => (
            "text/xml",
            query_response(operation, node.as_ref(), request_id),
        ),
        Output::Reply(reply) => return replied(row, operation, reply, request_id),
    };
    Response {
        status: operation.status,
        headers: vec![
            ("content-type".into(), kind.to_owned()),
            ("x-amzn-requestid".into(), request_id.to_owned()),
        ],
        body: Content::Bytes(body),
    }
}

fn replied(row: &Row, operation: &'static Operation, reply: Reply, request_id: &str) -> Response {
    let ids: &[&str] = match row.service.protocol() {
        Protocol::RestXml => &["x-amz-request-id", "x-amz-id-2"],
        _ => &["x-amzn-requestid"],
    };
    let mut headers = reply.headers;
    headers.extend(
        ids.iter()
            .map(|name| ((*name).into(), request_id.to_owned())),
    );
    Response {
        status: reply.status.unwrap_or(operation.status),
        headers,
        body: reply.content,
    }
}

/// A refusal in the form of a service's protocol.
pub fn refusal(row: &'static Row, _: &Request<'_>, error: ApiError, request_id: &str) -> Response {
    let rendered = render_error(row.service, &error, request_id);
    Response {
        status: rendered.status,
        headers: named(rendered.headers),
        body: Content::Bytes(rendered.body),
    }
}

/// Header fields as an answer has them.
pub fn named(headers: Vec<(&'static str, String)>) -> Fields {
    headers
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect()
}
