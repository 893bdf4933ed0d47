//! The `apigateway` service: REST APIs. Answers have API Gateway's own shapes, in which the documents are kept.

mod account;
mod authorizer;
mod documentation;
mod domain;
mod export;
mod fault;
pub(super) mod import;
mod key;
mod method;
mod model;
mod response;
mod rest;
mod stage;
mod test_invoke;
#[cfg(test)]
pub(super) mod tests;
mod unused;
mod update;

use super::Call;
use super::page::Page;
use super::service::{Bodies, Permission, Row};
use crate::app::Error;
use nameplate_aws::model::Service;
use nameplate_core::arn::Arn;
use nameplate_core::gateway::rest::check_credentials;
use nameplate_core::gateway::{Allowed, Patch, Refusal, Words, apply};
use nameplate_core::vending::gateway::SERVICE;
use serde_json::{Map, Value, json};

/// The service.
pub static ROW: Row = Row {
    bodies: Bodies::Whole(|_| DEFINITION_BYTES),
    ..Row::new(
        Service::ApiGateway,
        &["apigateway"],
        OPERATIONS,
        Permission::Asked(|call| Box::pin(permitted(call))),
        fault::of,
    )
};

/// Bytes of a document that an API is made from (API Gateway quotas: 6 MB).
pub(super) const DEFINITION_BYTES: usize = 6 * 1024 * 1024;

super::service::operations! {
    "CreateApiKey" => key::create_api_key,
    "CreateAuthorizer" => authorizer::create_authorizer,
    "CreateBasePathMapping" => domain::create_base_path_mapping,
    "CreateDeployment" => stage::create_deployment,
    "CreateDocumentationPart" => documentation::create_documentation_part,
    "CreateDocumentationVersion" => documentation::create_documentation_version,
    "CreateDomainName" => domain::create_domain_name,
    "CreateModel" => model::create_model,
    "CreateRequestValidator" => model::create_request_validator,
    "CreateResource" => rest::create_resource,
    "CreateRestApi" => rest::create_rest_api,
    "CreateStage" => stage::create_stage,
    "CreateUsagePlan" => key::create_usage_plan,
    "CreateUsagePlanKey" => key::create_usage_plan_key,
    "DeleteApiKey" => key::delete_api_key,
    "DeleteAuthorizer" => authorizer::delete_authorizer,
    "DeleteBasePathMapping" => domain::delete_base_path_mapping,
    "DeleteDeployment" => stage::delete_deployment,
    "DeleteDocumentationPart" => documentation::delete_documentation_part,
    "DeleteDocumentationVersion" => documentation::delete_documentation_version,
    "DeleteDomainName" => domain::delete_domain_name,
    "DeleteGatewayResponse" => response::delete_gateway_response,
    "DeleteIntegration" => method::delete_integration,
    "DeleteIntegrationResponse" => method::delete_integration_response,
    "DeleteMethod" => method::delete_method,
    "DeleteMethodResponse" => method::delete_method_response,
    "DeleteModel" => model::delete_model,
    "DeleteRequestValidator" => model::delete_request_validator,
    "DeleteResource" => rest::delete_resource,
    "DeleteRestApi" => rest::delete_rest_api,
    "DeleteStage" => stage::delete_stage,
    "DeleteUsagePlan" => key::delete_usage_plan,
    "DeleteUsagePlanKey" => key::delete_usage_plan_key,
    "DeleteVpcLink" => unused::no_vpc_link,
    "FlushStageAuthorizersCache" => update::flush_stage_authorizers_cache,
    "GetAccount" => account::get_account,
    "GetApiKey" => key::get_api_key,
    "GetApiKeys" => key::get_api_keys,
    "GetAuthorizer" => authorizer::get_authorizer,
    "GetAuthorizers" => authorizer::get_authorizers,
    "GetBasePathMapping" => domain::get_base_path_mapping,
    "GetBasePathMappings" => domain::get_base_path_mappings,
    "GetClientCertificates" => unused::get_client_certificates,
    "GetDeployment" => stage::get_deployment,
    "GetDeployments" => stage::get_deployments,
    "GetDocumentationPart" => documentation::get_documentation_part,
    "GetDocumentationParts" => documentation::get_documentation_parts,
    "GetDocumentationVersion" => documentation::get_documentation_version,
    "GetDocumentationVersions" => documentation::get_documentation_versions,
    "GetDomainName" => domain::get_domain_name,
    "GetDomainNames" => domain::get_domain_names,
    "GetExport" => export::get_export,
    "GetGatewayResponse" => response::get_gateway_response,
    "GetGatewayResponses" => response::get_gateway_responses,
    "GetIntegration" => method::get_integration,
    "GetIntegrationResponse" => method::get_integration_response,
    "GetMethod" => method::get_method,
    "GetMethodResponse" => method::get_method_response,
    "GetModel" => model::get_model,
    "GetModels" => model::get_models,
    "GetRequestValidator" => model::get_request_validator,
    "GetRequestValidators" => model::get_request_validators,
    "GetResource" => rest::get_resource,
    "GetResources" => rest::get_resources,
    "GetRestApi" => rest::get_rest_api,
    "GetRestApis" => rest::get_rest_apis,
    "GetStage" => stage::get_stage,
    "GetStages" => stage::get_stages,
    "GetTags" => update::get_tags,
    "GetUsage" => key::get_usage,
    "GetUsagePlan" => key::get_usage_plan,
    "GetUsagePlanKey" => key::get_usage_plan_key,
    "GetUsagePlanKeys" => key::get_usage_plan_keys,
    "GetUsagePlans" => key::get_usage_plans,
    "GetVpcLink" => unused::no_vpc_link,
    "GetVpcLinks" => unused::get_vpc_links,
    "ImportApiKeys" => key::import_api_keys,
    "ImportDocumentationParts" => documentation::import_documentation_parts,
    "ImportRestApi" => import::import_rest_api,
    "PutGatewayResponse" => response::put_gateway_response,
    "PutIntegration" => method::put_integration,
    "PutIntegrationResponse" => method::put_integration_response,
    "PutMethod" => method::put_method,
    "PutMethodResponse" => method::put_method_response,
    "PutRestApi" => import::put_rest_api,
    "TagResource" => update::tag_resource,
    "TestInvokeAuthorizer" => test_invoke::test_invoke_authorizer,
    "TestInvokeMethod" => test_invoke::test_invoke_method,
    "UntagResource" => update::untag_resource,
    "UpdateAccount" => account::update_account,
    "UpdateApiKey" => key::update_api_key,
    "UpdateAuthorizer" => update::update_authorizer,
    "UpdateBasePathMapping" => domain::update_base_path_mapping,
    "UpdateDeployment" => update::update_deployment,
    "UpdateDocumentationPart" => documentation::update_documentation_part,
    "UpdateDocumentationVersion" => documentation::update_documentation_version,
    "UpdateDomainName" => domain::update_domain_name,
    "UpdateGatewayResponse" => response::update_gateway_response,
    "UpdateIntegration" => update::update_integration,
    "UpdateIntegrationResponse" => update::update_integration_response,
    "UpdateMethod" => update::update_method,
    "UpdateMethodResponse" => update::update_method_response,
    "UpdateModel" => model::update_model,
    "UpdateRequestValidator" => model::update_request_validator,
    "UpdateResource" => update::update_resource,
    "UpdateRestApi" => rest::update_rest_api,
    "UpdateStage" => stage::update_stage,
    "UpdateUsage" => key::update_usage,
    "UpdateUsagePlan" => key::update_usage_plan,
    "UpdateVpcLink" => unused::no_vpc_link,
}

/// The action is the HTTP method, the resource the path, without the version of HTTP APIs'. [Service authorization reference: Amazon API Gateway Management]
pub(super) async fn permitted(call: &Call<'_>) -> Result<(), Error> {
    let realm = call.app.realm();
    let (path, _) = nameplate_aws::uri::split_target(call.operation.uri);
    let path = path.strip_prefix("/v2").unwrap_or(path);
    let segments = path.split('/').map(|segment| {
        let label = segment
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        let member = label.and_then(|label| {
            let members = call.operation.members().iter();
            members.clone().find(|member| member.wire == label)
        });
        match member {
            Some(member) => call.input.text(member.name).unwrap_or_default(),
            None => segment,
        }
    });
    let path = segments.collect::<Vec<_>>().join("/");
    let resource = format!(
        "arn:{}:apigateway:{}::{path}",
        realm.partition(),
        realm.region
    );
    let action = format!("apigateway:{}", call.operation.method);
    call.require(&action, &resource).await
}

/// The members of a request that have a value, under AWS's names; those that are labels are left out.
fn given(call: &Call<'_>, names: &[&str]) -> Map<String, Value> {
    let members = names.iter().filter_map(|name| {
        let value = call.input.get(name)?;
        Some(((*name).to_owned(), value.clone()))
    });
    members.collect()
}

fn patches(call: &Call<'_>) -> Vec<Patch> {
    let text = |of: &Value, name: &str| of[name].as_str().map(str::to_owned);
    let operations = call.input.items("patchOperations").iter();
    operations
        .map(|of| Patch {
            op: text(of, "op").unwrap_or_default(),
            path: text(of, "path").unwrap_or_default(),
            value: text(of, "value"),
        })
        .collect()
}

fn patched(document: &Value, patches: &[Patch], allowed: &[Allowed]) -> Result<Value, Error> {
    patched_in(document, patches, allowed, Words::Listed)
}

fn patched_in(
    document: &Value,
    patches: &[Patch],
    allowed: &[Allowed],
    words: Words,
) -> Result<Value, Error> {
    Ok(apply(document, patches, allowed, words)?)
}

/// Refuses a role for functions' calls that is none of this account's, or that the caller may not hand to API Gateway.
/// [Developer guide: API Gateway permissions model for invoking an API]
pub(super) async fn check_role(call: &Call<'_>, role: &str) -> Result<(), Error> {
    check_credentials(role)?;
    let own = Arn::parse(role).is_some_and(|arn| arn.account == call.app.realm().account);
    if !own {
        return Err(Error::denied("Cross-account pass role is not allowed."));
    }
    call.app.iam.may_pass(&call.caller, role, SERVICE).await
}

/// The same of those that patches set.
async fn check_roles(call: &Call<'_>, patches: &[Patch], path: &str) -> Result<(), Error> {
    for patch in patches.iter().filter(|patch| patch.path == path) {
        if let Some(role) = patch.value.as_deref().filter(|role| !role.is_empty()) {
            check_role(call, role).await?;
        }
    }
    Ok(())
}

/// A document with its tags, also where it has none: as the service shows single ones.
fn with_tags(mut document: Value) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.entry("tags").or_insert_with(|| json!({}));
    }
    document
}

/// A list of AWS's: `item`, and a position to go on from.
fn listed(call: &Call<'_>, mut items: Vec<Value>, id: &str) -> Result<Value, Error> {
    let page = Page::positions(call, 25)?;
    let key = |item: &Value| item[id].as_str().unwrap_or_default().to_owned();
    items.sort_by_key(key);
    if let Some(from) = &page.from {
        items.retain(|item| key(item) > *from);
    }
    let next = page.cut(&mut items, key);
    Ok(page.answer("item", items, next))
}

/// Refuses what is set to something else than its default, since it would have no effect.
fn only(call: &Call<'_>, name: &str, fine: impl Fn(&Value) -> bool) -> Result<(), Error> {
    match call.input.get(name) {
        Some(value) if !fine(value) => call.not_built(&[name]),
        _ => Ok(()),
    }
}

/// Refuses endpoints of a kind that there is none of here, or that is none.
fn check_endpoint(endpoint: &Value) -> Result<(), Error> {
    let kind = endpoint["types"][0].as_str().unwrap_or_default();
    match (kind, endpoint["ipAddressType"].as_str()) {
        (_, Some(kind)) if !matches!(kind, "ipv4" | "dualstack") => Err(Error::invalid(
            "ipAddressType must be either ipv4 or dualstack.",
        )),
        ("EDGE" | "REGIONAL", _) => Ok(()),
        ("PRIVATE", Some("ipv4")) => Err(Error::invalid(
            "Only dualstack ipAddressType is supported for Private APIs.",
        )),
        ("PRIVATE", _) => Err(Refusal::NotBuilt("private endpoints".into()).into()),
        _ => Err(Error::invalid(
            "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
        )),
    }
}

fn now(call: &Call<'_>) -> Value {
    json!(call.caller.ctx.now.as_seconds())
}
