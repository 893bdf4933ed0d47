//! The `lambda` service: what scripts and tools ask before they create a function. There are no functions yet, so
//! every list is empty and whatever is named does not exist.

use super::Call;
use crate::app::Error;
use serde_json::{Value, json};

super::operations! {
    "GetAlias" => named_function,
    "GetFunction" => named_function,
    "GetFunctionCodeSigningConfig" => named_function,
    "GetFunctionConcurrency" => named_function,
    "GetFunctionConfiguration" => named_function,
    "GetPolicy" => named_function,
    "ListFunctions" => list_functions,
    "ListTags" => list_tags,
    "ListVersionsByFunction" => named_function,
}

fn absent(arn: &str) -> Error {
    Error::not_found(format!("Function not found: {arn}"))
}

/// `ListFunctions`.
async fn list_functions(_: &Call<'_>) -> Result<Value, Error> {
    Ok(json!({"Functions": []}))
}

/// `ListTags`, of a function's ARN.
async fn list_tags(call: &Call<'_>) -> Result<Value, Error> {
    Err(absent(call.required("Resource")?))
}

/// Any operation about one function.
async fn named_function(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("FunctionName")?;
    let qualifier = call.input.text("Qualifier");
    Err(absent(&function_arn(call, name, qualifier)))
}

fn function_arn(call: &Call<'_>, name: &str, qualifier: Option<&str>) -> String {
    let arn = call.ctx.realm.function(name);
    match qualifier {
        Some(qualifier) => format!("{arn}:{qualifier}"),
        None => arn,
    }
}
