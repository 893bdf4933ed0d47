//! The `apigatewayv2` service: HTTP APIs. Answers have API Gateway's own shapes, in which the documents are kept.

mod api;
mod authorizer;
mod document;
mod domain;
mod fault;
mod integration;
mod route;
mod stage;
mod tag;
#[cfg(test)]
mod tests;
mod unused;

use super::Call;
use super::call::Reply;
use super::page::Page;
use super::service::{Bodies, Permission, Row};
use super::{Content, apigateway};
use crate::app::Error;
use nameplate_aws::model::Service;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::http::Http;
use serde_json::{Map, Value};

/// The service.
pub static ROW: Row = Row {
    // Its requests are signed as those of REST APIs.
    beside: Some(("apigateway", "/v2/")),
    bodies: Bodies::Whole(|_| apigateway::DEFINITION_BYTES),
    ..Row::new(
        Service::ApiGatewayV2,
        &["apigatewayv2"],
        OPERATIONS,
        Permission::Asked(|call| Box::pin(apigateway::permitted(call))),
        fault::of,
    )
};

super::service::operations! {
    "CreateApi" => api::create_api,
    "CreateApiMapping" => domain::create_api_mapping,
    "CreateAuthorizer" => authorizer::create_authorizer,
    "CreateDeployment" => stage::create_deployment,
    "CreateDomainName" => domain::create_domain_name,
    "CreateIntegration" => integration::create_integration,
    "CreateRoute" => route::create_route,
    "CreateStage" => stage::create_stage,
    "DeleteAccessLogSettings" => stage::delete_access_log_settings,
    "DeleteApi" => api::delete_api,
    "DeleteApiMapping" => domain::delete_api_mapping,
    "DeleteAuthorizer" => authorizer::delete_authorizer,
    "DeleteCorsConfiguration" => api::delete_cors_configuration,
    "DeleteDeployment" => stage::delete_deployment,
    "DeleteDomainName" => domain::delete_domain_name,
    "DeleteIntegration" => integration::delete_integration,
    "DeleteRoute" => route::delete_route,
    "DeleteRouteSettings" => stage::delete_route_settings,
    "DeleteStage" => stage::delete_stage,
    "ExportApi" => document::export_api,
    "GetApi" => api::get_api,
    "GetApiMapping" => domain::get_api_mapping,
    "GetApiMappings" => domain::get_api_mappings,
    "GetApis" => api::get_apis,
    "GetAuthorizer" => authorizer::get_authorizer,
    "GetAuthorizers" => authorizer::get_authorizers,
    "GetDeployment" => stage::get_deployment,
    "GetDeployments" => stage::get_deployments,
    "GetDomainName" => domain::get_domain_name,
    "GetDomainNames" => domain::get_domain_names,
    "GetIntegration" => integration::get_integration,
    "GetIntegrationResponses" => unused::get_integration_responses,
    "GetIntegrations" => integration::get_integrations,
    "GetModels" => unused::get_models,
    "GetRoute" => route::get_route,
    "GetRouteResponses" => unused::get_route_responses,
    "GetRoutes" => route::get_routes,
    "GetStage" => stage::get_stage,
    "GetStages" => stage::get_stages,
    "GetTags" => tag::get_tags,
    "GetVpcLinks" => unused::get_vpc_links,
    "ImportApi" => document::import_api,
    "ReimportApi" => document::reimport_api,
    "ResetAuthorizersCache" => stage::reset_authorizers_cache,
    "TagResource" => tag::tag_resource,
    "UntagResource" => tag::untag_resource,
    "UpdateApi" => api::update_api,
    "UpdateApiMapping" => domain::update_api_mapping,
    "UpdateAuthorizer" => authorizer::update_authorizer,
    "UpdateDeployment" => stage::update_deployment,
    "UpdateDomainName" => domain::update_domain_name,
    "UpdateIntegration" => integration::update_integration,
    "UpdateRoute" => route::update_route,
    "UpdateStage" => stage::update_stage,
}

/// Refuses a role that the caller may not hand over, where a member names one.
async fn check_role(call: &Call<'_>, member: &str) -> Result<(), Error> {
    match call.input.text(member) {
        None | Some("") => Ok(()),
        Some(role) => apigateway::check_role(call, role).await,
    }
}

/// `apiId` of `ApiId`: names of documents as answers have them.
fn wire(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// The members of a request that have a value, by their names in answers.
fn given(call: &Call<'_>, names: &[&str]) -> Map<String, Value> {
    let members = names
        .iter()
        .filter_map(|name| Some((wire(name), call.input.get(name)?.clone())));
    members.collect()
}

/// The same of a structure within.
fn structure(value: &Value) -> Value {
    let members = value.as_object().into_iter().flatten();
    members
        .map(|(name, value)| (wire(name), value.clone()))
        .collect::<Map<_, _>>()
        .into()
}

/// Puts the given members over a document. An empty text takes a member away, as AWS has it for targets and authorizers.
fn merge(document: &mut Value, members: &Map<String, Value>) {
    let Some(kept) = document.as_object_mut() else {
        return;
    };
    for (name, value) in members {
        match value.as_str().is_some_and(str::is_empty) {
            true => drop(kept.remove(name)),
            false => drop(kept.insert(name.clone(), value.clone())),
        }
    }
}

fn found(
    all: &std::collections::BTreeMap<String, Value>,
    id: &str,
    what: &str,
) -> Result<Value, Error> {
    let unknown = || Refusal::NotFound(format!("Invalid {what} identifier specified {id}"));
    Ok(all.get(id).cloned().ok_or_else(unknown)?)
}

/// The same of a stage, which the service does not name.
fn found_stage(http: &Http, name: &str) -> Result<Value, Error> {
    let found = http.stages.get(name).cloned();
    Ok(found.ok_or_else(|| Refusal::unknown("stage"))?)
}

/// A list of AWS's: `items`, and a token to go on from.
fn listed(call: &Call<'_>, mut items: Vec<Value>, id: &str) -> Result<Value, Error> {
    let page = Page::texts(call, 100)?;
    let key = |item: &Value| item[id].as_str().unwrap_or_default().to_owned();
    items.sort_by_key(key);
    if let Some(from) = &page.from {
        items.retain(|item| key(item) > *from);
    }
    let next = page.cut(&mut items, key);
    Ok(page.answer("items", items, next))
}

/// The answer of what removes something: nothing.
fn gone() -> Reply {
    Reply {
        status: None,
        headers: Vec::new(),
        content: Content::Bytes(Vec::new()),
    }
}

/// The answer of what may be asked for many times; a clock's text as AWS has it.
fn now(call: &Call<'_>) -> Value {
    Value::from(call.caller.ctx.now.to_string())
}
