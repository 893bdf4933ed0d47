//! The `lambda` service: what scripts and tools ask before they create a function. There are no functions yet, so
//! every list is empty and whatever is named does not exist.

mod fault;

use super::Call;
use super::service::{Permission, Row};
use crate::app::Error;
use nameplate_aws::model::Service;
use serde_json::{Value, json};

/// The service.
pub static ROW: Row = Row::new(
    Service::Lambda,
    &["lambda"],
    OPERATIONS,
    Permission::Action {
        resources: |app, _, _, input| {
            let one = match input.text("FunctionName") {
                Some(name) => app.realm().function(name),
                None => input.text("Resource").unwrap_or("*").to_owned(),
            };
            Box::pin(std::future::ready(Ok(vec![one])))
        },
        keys: |_, _, _| Vec::new(),
    },
    fault::of,
);

super::service::operations! {
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
    let arn = call.caller.ctx.realm.function(name);
    match qualifier {
        Some(qualifier) => format!("{arn}:{qualifier}"),
        None => arn,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestApp;
    use serde_json::{Value, json};

    const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";

    #[tokio::test]
    async fn there_are_no_functions() {
        let app = TestApp::new().await;
        let call = async |line: &str| app.call("lambda", line, &[], Value::Null).await;
        let found = call("GET /2015-03-31/functions").await.ok();
        assert_eq!(found, json!({"Functions": []}));
        let encoded = "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af";
        for (line, arn) in [
            ("GET /2015-03-31/functions/f", FUNCTION.to_owned()),
            (
                "GET /2015-03-31/functions/f?Qualifier=live",
                format!("{FUNCTION}:live"),
            ),
            (
                &format!("GET /2015-03-31/functions/{encoded}"),
                FUNCTION.to_owned(),
            ),
            (
                "GET /2015-03-31/functions/f/configuration",
                FUNCTION.to_owned(),
            ),
            ("GET /2015-03-31/functions/f/policy", FUNCTION.to_owned()),
            (
                "GET /2019-09-30/functions/f/concurrency",
                FUNCTION.to_owned(),
            ),
            (
                "GET /2020-06-30/functions/f/code-signing-config",
                FUNCTION.to_owned(),
            ),
            ("GET /2015-03-31/functions/f/versions", FUNCTION.to_owned()),
            (
                "GET /2015-03-31/functions/f/aliases/live",
                FUNCTION.to_owned(),
            ),
            (
                &format!("GET /2017-03-31/tags/{encoded}"),
                FUNCTION.to_owned(),
            ),
        ] {
            let answer = call(line).await;
            assert_eq!(answer.status, 404, "{line}: {answer:?}");
            assert_eq!(answer.error.as_deref(), Some("ResourceNotFoundException"));
            let wanted = json!({"Type": "User", "Message": format!("Function not found: {arn}")});
            assert_eq!(answer.body, wanted, "{line}");
        }
        let answer = app
            .call(
                "lambda",
                "POST /2015-03-31/functions",
                &[],
                json!({"FunctionName": "f"}),
            )
            .await;
        assert_eq!(answer.status, 501, "{answer:?}");
    }
}
