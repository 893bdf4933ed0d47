//! Calling a function. API: Invoke, InvokeAsync.

use super::empty;
use super::function::names;
use crate::api::call::{Failure, Reply};
use crate::api::{Call, Content};
use crate::app::Error;
use crate::app::functions::{Call as Invocation, depth_of, root_of};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use std::borrow::Cow;

/// `Invoke`.
pub async fn invoke(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let payload = Bytes::from(call.input.payload.take().unwrap_or_default());
    call.not_built(&["DurableExecutionName", "TenantId"])?;
    let (name, qualifier) = names(call)?;
    let functions = &call.app.functions;
    let trace = call.request.headers.text("x-amzn-trace-id");
    let depth = depth_of(trace.as_deref());
    let header = |name: &'static str, value: String| (Cow::Borrowed(name), value);
    match call
        .input
        .text("InvocationType")
        .unwrap_or("RequestResponse")
    {
        "DryRun" => {
            functions.could_invoke(name, qualifier).await?;
            Ok(empty(204, Vec::new()))
        }
        "Event" => {
            functions
                .invoke_later(&call.caller, name, qualifier, payload, depth)
                .await?;
            Ok(empty(202, Vec::new()))
        }
        _ => {
            let client_context = match call.input.text("ClientContext") {
                Some(text) => Some(super::bytes("ClientContext", text)?),
                None => None,
            };
            let client_context = client_context
                .map(|bytes| {
                    String::from_utf8(bytes)
                        .map_err(|_| Error::invalid("ClientContext is not UTF-8"))
                })
                .transpose()?;
            let invocation = Invocation {
                payload,
                depth,
                client_context,
                patience: None,
                root: root_of(trace.as_deref()).map(str::to_owned),
                request_id: Some(call.caller.ctx.request_id.clone()),
            };
            let answer = functions
                .invoke(&call.caller, name, qualifier, invocation)
                .await?;
            let mut headers = vec![
                header("content-type", "application/json".into()),
                header("x-amz-executed-version", answer.version),
            ];
            if let Some(error) = answer.function_error {
                headers.push(header("x-amz-function-error", error.to_owned()));
            }
            if call.input.text("LogType") == Some("Tail") {
                headers.push(header(
                    "x-amz-log-result",
                    STANDARD.encode(&answer.log_tail),
                ));
            }
            Ok(Reply {
                status: Some(200),
                headers,
                content: Content::Bytes(answer.payload.to_vec()),
            })
        }
    }
}

/// `InvokeAsync`, the way before `Invoke`.
pub async fn invoke_async(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let payload = Bytes::from(call.input.payload.take().unwrap_or_default());
    let name = call.required("FunctionName")?;
    let depth = depth_of(call.request.headers.text("x-amzn-trace-id").as_deref());
    call.app
        .functions
        .invoke_later(&call.caller, name, None, payload, depth)
        .await?;
    Ok(empty(202, Vec::new()))
}
