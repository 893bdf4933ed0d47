//! Names of owners' own, and what of them leads to which API: the same names as those of REST APIs.

use super::{gone, listed, structure};
use crate::api::Call;
use crate::api::call::Reply;
use crate::api::domain_names::{Words, arn_of, check_security_policy, mapping_id, target_name};
use crate::app::Error;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::domain::{Domain, Mapping, check_key};
use serde_json::{Map, Value, json};

/// What this service calls them.
pub(super) static WORDS: Words = Words {
    member: "DomainName",
    absent: "The domain name resource specified in the request was not found.",
    taken: "The domain name resource already exists.",
    path_taken: "ApiMapping key already exists for this domain name",
    no_mapping: "The api mapping resource specified in the request was not found.",
    no_api: || {
        Error::not_found(
            "Invalid API identifier specified The resource specified in the request was not found.",
        )
    },
};

fn shown(call: &Call<'_>, domain: &Domain) -> Value {
    let about = &domain.about;
    let text = |name: &str| about.get(name).and_then(Value::as_str);
    let name = text("domainName").unwrap_or_default();
    let mut configuration = json!({
        "apiGatewayDomainName": target_name(call, domain),
        "domainNameStatus": "AVAILABLE",
        "endpointType": about.get("endpointConfiguration").map_or(&Value::Null, |of| &of["types"][0]),
        "hostedZoneId": "Z1UJRXOUMOOFQ8",
        "ipAddressType": about.get("endpointConfiguration").map_or(&Value::Null, |of| &of["ipAddressType"]),
        "securityPolicy": text("securityPolicy"),
    });
    let certificate = text("regionalCertificateArn").or_else(|| text("certificateArn"));
    if let Some(arn) = certificate {
        configuration["certificateArn"] = json!(arn);
    }
    if let Some(name) = text("regionalCertificateName").or_else(|| text("certificateName")) {
        configuration["certificateName"] = json!(name);
    }
    json!({
        "apiMappingSelectionExpression": "$request.basepath",
        "domainName": name,
        "domainNameArn": arn_of(call, name),
        "domainNameConfigurations": [configuration],
        "routingMode": "API_MAPPING_ONLY",
        "tags": about.get("tags").cloned().unwrap_or_else(|| json!({})),
    })
}

/// What a configuration says, under names of REST APIs'.
fn configured(call: &Call<'_>) -> Result<Map<String, Value>, Error> {
    call.not_built(&["MutualTlsAuthentication"])?;
    if call
        .input
        .text("RoutingMode")
        .is_some_and(|mode| mode != "API_MAPPING_ONLY")
    {
        return Err(Refusal::NotBuilt("routing rules of domain names".into()).into());
    }
    let all = call.input.items("DomainNameConfigurations");
    if all.len() > 1 {
        return Err(Refusal::NotBuilt("several configurations of one domain name".into()).into());
    }
    let given = all.first().map_or_else(|| json!({}), structure);
    check_security_policy(given["securityPolicy"].as_str())?;
    if given.get("ownershipVerificationCertificateArn").is_some() {
        return Err(Refusal::NotBuilt("ownershipVerificationCertificateArn".into()).into());
    }
    let mut members = Map::new();
    for (from, to) in [
        ("certificateArn", "regionalCertificateArn"),
        ("certificateName", "regionalCertificateName"),
        ("securityPolicy", "securityPolicy"),
    ] {
        if let Some(value) = given.get(from) {
            members.insert(to.to_owned(), value.clone());
        }
    }
    if given.get("endpointType").is_some() || given.get("ipAddressType").is_some() {
        let kind = given["endpointType"].as_str().unwrap_or("REGIONAL");
        if !matches!(kind, "REGIONAL" | "EDGE") {
            return Err(Refusal::NotBuilt(format!("domain names of the type {kind}")).into());
        }
        let address = given["ipAddressType"].as_str().unwrap_or("ipv4");
        let endpoint = json!({"types": [kind], "ipAddressType": address});
        members.insert("endpointConfiguration".into(), endpoint);
    }
    Ok(members)
}

/// `CreateDomainName`.
pub async fn create_domain_name(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("DomainName")?;
    let mut about = configured(call)?;
    for (member, default) in [
        ("domainName", json!(name)),
        (
            "endpointConfiguration",
            json!({"types": ["REGIONAL"], "ipAddressType": "ipv4"}),
        ),
        ("securityPolicy", json!("TLS_1_2")),
        (
            "certificateUploadDate",
            json!(call.caller.ctx.now.as_seconds()),
        ),
        (
            "tags",
            call.input.get("Tags").cloned().unwrap_or_else(|| json!({})),
        ),
    ] {
        about.entry(member).or_insert(default);
    }
    let domain = WORDS.add(call, about).await?;
    Ok(shown(call, &domain))
}

/// `GetDomainName`.
pub async fn get_domain_name(call: &Call<'_>) -> Result<Value, Error> {
    Ok(shown(call, &WORDS.domain(call).await?))
}

/// `GetDomainNames`.
pub async fn get_domain_names(call: &Call<'_>) -> Result<Value, Error> {
    let all = call.app.gateway.domains().await?;
    listed(
        call,
        all.iter().map(|one| shown(call, one)).collect(),
        "domainName",
    )
}

/// `UpdateDomainName`.
pub async fn update_domain_name(call: &Call<'_>) -> Result<Value, Error> {
    let members = configured(call)?;
    let changed = WORDS.change(call, move |domain| {
        domain.about.extend(members.clone());
        Ok(domain.clone())
    });
    Ok(shown(call, &changed.await?))
}

/// `DeleteDomainName`, with its mappings.
pub async fn delete_domain_name(call: &Call<'_>) -> Result<Reply, Error> {
    WORDS.remove(call).await?;
    Ok(gone())
}

fn shown_mapping(id: &str, mapping: &Mapping) -> Value {
    json!({
        "apiId": mapping.api,
        "apiMappingId": id,
        "apiMappingKey": mapping.key,
        "stage": mapping.stage.as_deref().unwrap_or_default(),
    })
}

fn no_mapping() -> Error {
    Error::not_found(WORDS.no_mapping)
}

/// `CreateApiMapping`.
pub async fn create_api_mapping(call: &Call<'_>) -> Result<Value, Error> {
    let key = call.input.text("ApiMappingKey").unwrap_or_default();
    check_key(key)?;
    let mapping = Mapping {
        api: call.required("ApiId")?.to_owned(),
        stage: Some(call.required("Stage")?.to_owned()),
        key: key.to_owned(),
    };
    let made = WORDS.map(call, move |_| Ok((mapping_id(), mapping.clone())));
    let (id, mapping) = made.await?;
    Ok(shown_mapping(&id, &mapping))
}

/// `GetApiMapping`.
pub async fn get_api_mapping(call: &Call<'_>) -> Result<Value, Error> {
    let domain = WORDS.domain(call).await?;
    let id = call.required("ApiMappingId")?;
    let found = domain.mappings.get(id).ok_or_else(no_mapping)?;
    Ok(shown_mapping(id, found))
}

/// `GetApiMappings`.
pub async fn get_api_mappings(call: &Call<'_>) -> Result<Value, Error> {
    let domain = WORDS.domain(call).await?;
    let all = domain.mappings.iter();
    listed(
        call,
        all.map(|(id, one)| shown_mapping(id, one)).collect(),
        "apiMappingId",
    )
}

/// `UpdateApiMapping`.
pub async fn update_api_mapping(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("ApiMappingId")?.to_owned();
    let api = call.required("ApiId")?.to_owned();
    let text = |name: &str| call.input.text(name).map(str::to_owned);
    let (key, stage) = (text("ApiMappingKey"), text("Stage"));
    key.as_deref().map_or(Ok(()), check_key)?;
    let changed = WORDS.map(call, move |domain| {
        let mut mapping = domain.mappings.get(&id).cloned().ok_or_else(no_mapping)?;
        mapping.api.clone_from(&api);
        mapping.key = key.clone().unwrap_or(mapping.key);
        mapping.stage = stage.clone().or(mapping.stage);
        Ok((id.clone(), mapping))
    });
    let (id, mapping) = changed.await?;
    Ok(shown_mapping(&id, &mapping))
}

/// `DeleteApiMapping`.
pub async fn delete_api_mapping(call: &Call<'_>) -> Result<Reply, Error> {
    let id = call.required("ApiMappingId")?.to_owned();
    let done = WORDS.unmap(call, move |_| Ok(id.clone()));
    done.await?;
    Ok(gone())
}
