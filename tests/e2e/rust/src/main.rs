//! Just-in-time registration in Rust: gives a device a thing and a policy, and makes its certificate ACTIVE. AWS IoT
//! developer guide: "Just-in-time registration".

mod iot;

use iot::Iot;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let iot = Iot::from_env()?;
    lambda_runtime::run(service_fn(|event| register(&iot, event))).await
}

async fn register(iot: &Iot, event: LambdaEvent<Value>) -> Result<Value, Error> {
    let member = |name: &str| event.payload[name].as_str().unwrap_or_default().to_owned();
    let (id, account) = (member("certificateId"), member("awsAccountId"));
    if id.is_empty() {
        return Err("the event names no certificate".into());
    }
    let (thing, policy) = (format!("rust-{}", &id[..16]), format!("Policy_{id}"));
    let principal = format!("arn:aws:iot:{}:{account}:cert/{id}", iot.region());
    let none = Value::Null;
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}],
    });
    let attributes = json!({"attributePayload": {"attributes": {"by": "rust"}}});
    iot.call("POST", &format!("/things/{thing}"), "", &[], &attributes)
        .await?;
    let named = [("x-amzn-principal", principal.as_str())];
    iot.call(
        "PUT",
        &format!("/things/{thing}/principals"),
        "",
        &named,
        &none,
    )
    .await?;
    let body = json!({"policyDocument": document.to_string()});
    iot.call("POST", &format!("/policies/{policy}"), "", &[], &body)
        .await?;
    let body = json!({"target": principal});
    iot.call("PUT", &format!("/target-policies/{policy}"), "", &[], &body)
        .await?;
    let target = format!("/certificates/{id}");
    iot.call("PUT", &target, "newStatus=ACTIVE", &[], &none)
        .await?;
    println!("activated {id} for request {}", event.context.request_id);
    Ok(json!({"thing": thing, "function": event.context.invoked_function_arn}))
}
