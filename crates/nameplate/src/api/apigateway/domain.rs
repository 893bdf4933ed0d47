//! Names of owners' own, and what of them leads to which API.

use super::{check_endpoint, given, listed, now, only, patched, patches};
use crate::api::Call;
use crate::api::domain_names::{Words, arn_of, check_security_policy, mapping_id, target_name};
use crate::app::Error;
use nameplate_core::gateway::domain::{Domain, Mapping, check_key};
use nameplate_core::gateway::{Allowed, Type};
use serde_json::{Map, Value, json};

/// What this service calls them.
pub(super) static WORDS: Words = Words {
    member: "domainName",
    absent: "Invalid domain name identifier specified",
    taken: "The domain name you provided already exists.",
    path_taken: "Base path already exists for this domain name",
    no_mapping: "Invalid base path mapping identifier specified",
    no_api: || Error::invalid("Invalid REST API identifier specified"),
};
/// What stands for a base path that is nothing.
const NONE: &str = "(none)";

/// What UpdateDomainName may change.
const CHANGES: &[Allowed] = &[
    ("/certificateArn", Type::Text),
    ("/certificateName", Type::Text),
    ("/regionalCertificateArn", Type::Text),
    ("/regionalCertificateName", Type::Text),
    ("/securityPolicy", Type::Text),
    ("/endpointConfiguration/types/*", Type::Place),
    ("/endpointConfiguration/ipAddressType", Type::Text),
];

/// What UpdateBasePathMapping may change; `restapiId` is how the service writes it.
const MAPPING_CHANGES: &[Allowed] = &[
    ("/basePath", Type::Text),
    ("/restapiId", Type::Text),
    ("/restApiId", Type::Text),
    ("/stage", Type::Text),
];

fn shown(call: &Call<'_>, domain: &Domain) -> Value {
    let mut about = domain.about.clone();
    let id = about.remove("id").unwrap_or_default();
    let name = about["domainName"].as_str().unwrap_or_default().to_owned();
    let regional = about["endpointConfiguration"]["types"][0] != "EDGE";
    let mut more = vec![
        ("domainNameArn", json!(arn_of(call, &name))),
        ("domainNameStatus", json!("AVAILABLE")),
    ];
    match regional {
        true => more.extend([
            ("regionalDomainName", json!(target_name(call, domain))),
            ("regionalHostedZoneId", json!("Z1UJRXOUMOOFQ8")),
        ]),
        false => more.extend([
            (
                "distributionDomainName",
                json!(format!(
                    "d{}.cloudfront.net",
                    id.as_str().unwrap_or_default()
                )),
            ),
            ("distributionHostedZoneId", json!("Z2FDTNDATAQYW2")),
        ]),
    }
    about.extend(
        more.into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    Value::Object(about)
}

/// `CreateDomainName`.
pub async fn create_domain_name(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&[
        "certificateBody",
        "certificatePrivateKey",
        "certificateChain",
        "mutualTlsAuthentication",
        "ownershipVerificationCertificateArn",
        "policy",
        "endpointAccessMode",
    ])?;
    only(call, "routingMode", |mode| mode == "BASE_PATH_MAPPING_ONLY")?;
    only(call, "endpointConfiguration", |value| {
        let kinds = value["types"].as_array();
        kinds.is_none_or(|kinds| {
            kinds
                .iter()
                .all(|kind| kind == "EDGE" || kind == "REGIONAL")
        }) && value.get("vpcEndpointIds").is_none()
    })?;
    check_security_policy(call.input.text("securityPolicy"))?;
    let name = call.required("domainName")?;
    if name.is_empty() {
        return Err(Error::invalid("No Domain Name specified"));
    }
    let mut about = given(
        call,
        &[
            "domainName",
            "certificateName",
            "certificateArn",
            "regionalCertificateName",
            "regionalCertificateArn",
            "tags",
        ],
    );
    let endpoint = call.input.get("endpointConfiguration").cloned();
    let mut endpoint = endpoint.unwrap_or_else(|| json!({"types": ["EDGE"]}));
    if endpoint.get("ipAddressType").is_none() {
        endpoint["ipAddressType"] = json!("ipv4");
    }
    about.extend([
        ("endpointConfiguration".to_owned(), endpoint),
        ("securityPolicy".to_owned(), json!("TLS_1_2")),
        ("certificateUploadDate".to_owned(), now(call)),
    ]);
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
    let patches = patches(call);
    let changed = WORDS.change(call, move |domain| {
        let about = patched(&Value::Object(domain.about.clone()), &patches, CHANGES)?;
        check_security_policy(about["securityPolicy"].as_str())?;
        check_endpoint(&about["endpointConfiguration"])?;
        domain.about = about.as_object().cloned().unwrap_or_default();
        Ok(domain.clone())
    });
    Ok(shown(call, &changed.await?))
}

/// `DeleteDomainName`, with its mappings.
pub async fn delete_domain_name(call: &Call<'_>) -> Result<Value, Error> {
    WORDS.remove(call).await?;
    Ok(json!({}))
}

fn shown_mapping(mapping: &Mapping) -> Value {
    let key = if mapping.key.is_empty() {
        NONE
    } else {
        &mapping.key
    };
    let mut shown = Map::new();
    shown.insert("basePath".into(), json!(key));
    shown.insert("restApiId".into(), json!(mapping.api));
    if let Some(stage) = &mapping.stage {
        shown.insert("stage".into(), json!(stage));
    }
    Value::Object(shown)
}

/// A base path as it is kept.
fn key_of(path: &str) -> Result<String, Error> {
    let path = if path == NONE { "" } else { path };
    if path.contains('/') {
        return Err(Error::invalid(
            "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level base \
             path mapping, use API Gateway V2.",
        ));
    }
    check_key(path)?;
    Ok(path.to_owned())
}

/// `CreateBasePathMapping`.
pub async fn create_base_path_mapping(call: &Call<'_>) -> Result<Value, Error> {
    let mapping = Mapping {
        api: call.required("restApiId")?.to_owned(),
        stage: call
            .input
            .text("stage")
            .filter(|stage| !stage.is_empty())
            .map(str::to_owned),
        key: key_of(call.input.text("basePath").unwrap_or_default())?,
    };
    let made = WORDS.map(call, move |_| Ok((mapping_id(), mapping.clone())));
    Ok(shown_mapping(&made.await?.1))
}

/// `GetBasePathMapping`.
pub async fn get_base_path_mapping(call: &Call<'_>) -> Result<Value, Error> {
    let domain = WORDS.domain(call).await?;
    let id = id_of(&domain, call.required("basePath")?)?;
    Ok(shown_mapping(&domain.mappings[&id]))
}

/// `GetBasePathMappings`.
pub async fn get_base_path_mappings(call: &Call<'_>) -> Result<Value, Error> {
    let domain = WORDS.domain(call).await?;
    listed(
        call,
        domain.mappings.values().map(shown_mapping).collect(),
        "basePath",
    )
}

/// The id of the mapping of a base path.
fn id_of(domain: &Domain, path: &str) -> Result<String, Error> {
    let path = if path == NONE { "" } else { path };
    let mut all = domain.mappings.iter();
    let found = all.find(|(_, one)| one.key == path);
    found
        .map(|(id, _)| id.clone())
        .ok_or_else(|| Error::not_found(WORDS.no_mapping))
}

/// `UpdateBasePathMapping`.
pub async fn update_base_path_mapping(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    let path = call.required("basePath")?.to_owned();
    let changed = WORDS.map(call, move |domain| {
        let id = id_of(domain, &path)?;
        let mut shown = shown_mapping(&domain.mappings[&id]);
        shown = patched(&shown, &patches, MAPPING_CHANGES)?;
        let text = |name: &str| shown[name].as_str().filter(|text| !text.is_empty());
        let api = text("restapiId").or_else(|| text("restApiId"));
        let mapping = Mapping {
            api: api.unwrap_or_default().to_owned(),
            stage: text("stage").map(str::to_owned),
            key: key_of(text("basePath").unwrap_or_default())?,
        };
        Ok((id, mapping))
    });
    Ok(shown_mapping(&changed.await?.1))
}

/// `DeleteBasePathMapping`.
pub async fn delete_base_path_mapping(call: &Call<'_>) -> Result<Value, Error> {
    let path = call.required("basePath")?.to_owned();
    let gone = WORDS.unmap(call, move |domain| id_of(domain, &path));
    gone.await?;
    Ok(json!({}))
}
