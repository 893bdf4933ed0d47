//! APIs, and their CORS configuration.

use super::{given, gone, listed, merge, now, structure};
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::Error;
use crate::app::gateway::Gateway;
use nameplate_core::gateway::http::{
    DEFAULT, Http, RouteKey, check_cors, check_integration, function_at,
};
use serde_json::{Map, Value, json};

/// What an API has beside its id, and requests may say.
const MEMBERS: [&str; 4] = [
    "Name",
    "Description",
    "Version",
    "DisableExecuteApiEndpoint",
];

/// What would change how requests are answered, and is not here.
fn check(call: &Call<'_>) -> Result<(), Error> {
    call.not_built(&["CredentialsArn"])?;
    for (name, fine) in [
        ("DisableSchemaValidation", json!(false)),
        ("IpAddressType", json!("ipv4")),
        (
            "RouteSelectionExpression",
            json!("$request.method $request.path"),
        ),
        (
            "ApiKeySelectionExpression",
            json!("$request.header.x-api-key"),
        ),
    ] {
        if call.input.get(name).is_some_and(|value| *value != fine) {
            call.not_built(&[name])?;
        }
    }
    Ok(())
}

fn cors(call: &Call<'_>) -> Result<Option<Value>, Error> {
    let cors = call.input.get("CorsConfiguration").map(structure);
    if let Some(cors) = &cors {
        check_cors(cors)?;
    }
    Ok(cors)
}

fn members(call: &Call<'_>) -> Result<Map<String, Value>, Error> {
    let mut members = given(call, &MEMBERS);
    if members.get("name").is_some_and(|name| name == "") {
        return Err(Error::invalid("API name must not be empty"));
    }
    if let Some(cors) = cors(call)? {
        members.insert("corsConfiguration".into(), cors);
    }
    Ok(members)
}

/// Route, integration and stage of the quick form.
fn quick(http: &mut Http, target: &str, key: Option<&str>, at: &Value) -> Result<(), Error> {
    let endpoint = target.starts_with("http");
    if !endpoint && function_at(target, |_| Some("x".into())).is_none() {
        return Err(Error::invalid(
            "Invalid target: it must be the ARN of a Lambda function or a URL",
        ));
    }
    let (route, integration) = (Gateway::id()[..7].to_owned(), Gateway::id()[..7].to_owned());
    let (kind, method, version) = match endpoint {
        true => ("HTTP_PROXY", "ANY", "1.0"),
        false => ("AWS_PROXY", "POST", "2.0"),
    };
    let document = json!({
        "apiGatewayManaged": true, "connectionType": "INTERNET", "integrationId": integration,
        "integrationMethod": method, "integrationType": kind, "integrationUri": target,
        "payloadFormatVersion": version, "timeoutInMillis": 30_000,
    });
    check_integration(&document)?;
    http.parts
        .integrations
        .insert(integration.clone(), document);
    let key = key.unwrap_or(DEFAULT);
    RouteKey::parse(key)?;
    let document = json!({
        "apiGatewayManaged": true, "apiKeyRequired": false, "authorizationType": "NONE", "routeId": route,
        "routeKey": key, "target": format!("integrations/{integration}"),
    });
    http.parts.routes.insert(route, document);
    let stage = json!({
        "apiGatewayManaged": true, "autoDeploy": true, "createdDate": at, "lastUpdatedDate": at,
        "defaultRouteSettings": {"detailedMetricsEnabled": false}, "routeSettings": {}, "stageName": DEFAULT,
        "stageVariables": {}, "tags": {},
    });
    http.stages.insert(DEFAULT.to_owned(), stage);
    Ok(())
}

/// What the service itself says of a new API.
pub(super) fn own(call: &Call<'_>, id: &str, about: &mut Map<String, Value>) {
    let host = call.app.realm().execute_api_host(id);
    for (name, value) in [
        ("apiId", json!(id)),
        ("apiEndpoint", json!(format!("https://{host}"))),
        ("protocolType", json!("HTTP")),
        ("createdDate", now(call)),
        ("ipAddressType", json!("ipv4")),
        ("tags", json!({})),
        (
            "apiKeySelectionExpression",
            json!("$request.header.x-api-key"),
        ),
        (
            "routeSelectionExpression",
            json!("$request.method $request.path"),
        ),
    ] {
        about.insert(name.into(), value);
    }
    about
        .entry("disableExecuteApiEndpoint")
        .or_insert(json!(false));
}

/// `CreateApi`.
pub async fn create_api(call: &Call<'_>) -> Result<Value, Error> {
    check(call)?;
    if call.required("ProtocolType")? != "HTTP" {
        return Err(Error::new(
            crate::app::Kind::NotBuilt,
            "Nameplate does not implement WebSocket APIs yet.",
        ));
    }
    let mut about = members(call)?;
    let id = Gateway::id();
    own(call, &id, &mut about);
    about.extend(given(call, &["Tags"]));
    let mut http = Http {
        about,
        ..Http::default()
    };
    http.set_closed();
    let key = call.input.text("RouteKey");
    match call.input.text("Target") {
        Some(target) => quick(&mut http, target, key, &now(call))?,
        None if key.is_some() => {
            return Err(Error::invalid("A routeKey needs a target"));
        }
        None => {}
    }
    let shown = Value::Object(http.about.clone());
    call.app.gateway.add_http(&call.caller, &id, http).await?;
    Ok(shown)
}

/// `GetApi`.
pub async fn get_api(call: &Call<'_>) -> Result<Value, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    Ok(Value::Object(http.about))
}

/// `GetApis`.
pub async fn get_apis(call: &Call<'_>) -> Result<Value, Error> {
    let all = call.app.gateway.http_apis().await?.into_iter();
    listed(
        call,
        all.map(|http| Value::Object(http.about)).collect(),
        "apiId",
    )
}

/// `UpdateApi`.
pub async fn update_api(call: &Call<'_>) -> Result<Value, Error> {
    check(call)?;
    let members = members(call)?;
    let (target, key) = (call.input.text("Target"), call.input.text("RouteKey"));
    if let Some(key) = key {
        RouteKey::parse(key)?;
    }
    let (target, key) = (target.map(str::to_owned), key.map(str::to_owned));
    let changed =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, _| {
                let mut about = Value::Object(http.about.clone());
                merge(&mut about, &members);
                http.about = about.as_object().cloned().unwrap_or_default();
                http.set_closed();
                // The quick form's own integration and route.
                let own = |of: &&mut Value| of["apiGatewayManaged"] == true;
                for (value, of, name) in [
                    (&target, &mut http.parts.integrations, "integrationUri"),
                    (&key, &mut http.parts.routes, "routeKey"),
                ] {
                    if let Some(value) = value {
                        let found = of.values_mut().find(own).ok_or_else(|| {
                            Error::invalid("The API was not made by the quick form")
                        })?;
                        found[name] = json!(value);
                        if name == "integrationUri" {
                            check_integration(found)?;
                        }
                    }
                }
                Ok(about)
            });
    changed.await
}

/// `DeleteApi`.
pub async fn delete_api(call: &Call<'_>) -> Result<Reply, Error> {
    call.app
        .gateway
        .remove_http(&call.caller, call.required("ApiId")?)
        .await?;
    Ok(gone())
}

/// `DeleteCorsConfiguration`.
pub async fn delete_cors_configuration(call: &Call<'_>) -> Result<Reply, Error> {
    let done = call
        .app
        .gateway
        .change_http(&call.caller, call.required("ApiId")?, |http, _| {
            http.about.remove("corsConfiguration");
            Ok(())
        });
    done.await?;
    Ok(gone())
}
