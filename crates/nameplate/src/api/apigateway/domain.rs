//! Names of owners' own, and what of them leads to which API.

use super::{check_endpoint, given, listed, now, only, patched, patches};
use crate::api::Call;
use crate::app::Error;
use crate::app::gateway::Gateway;
use crate::app::gateway::domain::has_stage;
use nameplate_core::gateway::domain::{Domain, Mapping, check_key, check_name};
use nameplate_core::gateway::{Allowed, Refusal, Type};
use serde_json::{Map, Value, json};

/// That there is no such name.
pub(super) const ABSENT: &str = "Invalid domain name identifier specified";
/// That there is one already.
const TAKEN: &str = "The domain name you provided already exists.";
/// That a path is taken.
const PATH_TAKEN: &str = "Base path already exists for this domain name";
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

/// The policies of TLS that are this server's own: 1.2 and 1.3. [Developer guide: choose a security policy]
pub(in crate::api) fn check_security_policy(policy: Option<&str>) -> Result<(), Error> {
    match policy {
        None | Some("TLS_1_2") => Ok(()),
        Some(other) => Err(Refusal::NotBuilt(format!("the security policy {other}")).into()),
    }
}

/// The name as AWS's DNS would have it, which leads nowhere here: made of the name, so that it stays.
pub(in crate::api) fn target_name(call: &Call<'_>, domain: &Domain) -> String {
    let id = domain.about["id"].as_str().unwrap_or_default();
    format!(
        "d-{id}.execute-api.{}.amazonaws.com",
        call.app.realm().region
    )
}

/// The ARN of a name.
pub(in crate::api) fn arn_of(call: &Call<'_>, name: &str) -> String {
    let realm = call.app.realm();
    format!(
        "arn:{}:apigateway:{}::/domainnames/{name}",
        realm.partition(),
        realm.region
    )
}

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

/// The name whose ARN this is; `None` where it is another thing's.
pub(in crate::api) fn named_by<'a>(call: &Call<'_>, arn: &'a str) -> Option<&'a str> {
    let name = arn.strip_prefix(&arn_of(call, ""))?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

/// The tags of a name.
pub(in crate::api) async fn tags(
    call: &Call<'_>,
    name: &str,
    absent: &'static str,
) -> Result<Map<String, Value>, Error> {
    let domain = call.app.gateway.domain(name, absent).await?;
    let tags = domain.about.get("tags").and_then(Value::as_object);
    Ok(tags.cloned().unwrap_or_default())
}

/// Changes the tags of a name.
pub(in crate::api) async fn change_tags<F>(
    call: &Call<'_>,
    name: &str,
    absent: &'static str,
    mut body: F,
) -> Result<(), Error>
where
    F: FnMut(&mut Map<String, Value>) -> Result<(), Error> + Send + 'static,
{
    let gateway = &call.app.gateway;
    let done = gateway.change_domain(&call.caller, name, absent, move |domain, _| {
        let tags = domain.about.get("tags").and_then(Value::as_object);
        let mut tags = tags.cloned().unwrap_or_default();
        body(&mut tags)?;
        domain.about.insert("tags".into(), Value::Object(tags));
        Ok(())
    });
    done.await
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
    check_name(name)?;
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
        ("id".to_owned(), json!(Gateway::id())),
        ("endpointConfiguration".to_owned(), endpoint),
        ("securityPolicy".to_owned(), json!("TLS_1_2")),
        ("certificateUploadDate".to_owned(), now(call)),
    ]);
    let domain = Domain {
        about,
        ..Domain::default()
    };
    let gateway = &call.app.gateway;
    gateway
        .add_domain(&call.caller, name, &domain, TAKEN)
        .await?;
    Ok(shown(call, &domain))
}

async fn domain(call: &Call<'_>) -> Result<Domain, Error> {
    let name = call.required("domainName")?;
    call.app.gateway.domain(name, ABSENT).await
}

/// `GetDomainName`.
pub async fn get_domain_name(call: &Call<'_>) -> Result<Value, Error> {
    Ok(shown(call, &domain(call).await?))
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
    let name = call.required("domainName")?;
    let changed = call
        .app
        .gateway
        .change_domain(&call.caller, name, ABSENT, move |domain, _| {
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
    let name = call.required("domainName")?;
    let gateway = &call.app.gateway;
    gateway.remove_domain(&call.caller, name, ABSENT).await?;
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

fn no_mapping() -> Error {
    Error::not_found("Invalid base path mapping identifier specified")
}

fn check_target(has: Option<bool>) -> Result<(), Error> {
    match has {
        None => Err(Error::invalid("Invalid REST API identifier specified")),
        Some(false) => Err(Error::invalid("Invalid stage identifier specified")),
        Some(true) => Ok(()),
    }
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
    let id = Gateway::id()[..6].to_owned();
    let name = call.required("domainName")?;
    let made = call
        .app
        .gateway
        .change_domain(&call.caller, name, ABSENT, move |domain, tx| {
            check_target(has_stage(tx, &mapping.api, mapping.stage.as_deref())?)?;
            domain.map(id.clone(), mapping.clone(), PATH_TAKEN)?;
            Ok(shown_mapping(&mapping))
        });
    made.await
}

/// `GetBasePathMapping`.
pub async fn get_base_path_mapping(call: &Call<'_>) -> Result<Value, Error> {
    let domain = domain(call).await?;
    let id = id_of(&domain, call.required("basePath")?)?;
    Ok(shown_mapping(&domain.mappings[&id]))
}

/// `GetBasePathMappings`.
pub async fn get_base_path_mappings(call: &Call<'_>) -> Result<Value, Error> {
    let domain = domain(call).await?;
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
    found.map(|(id, _)| id.clone()).ok_or_else(no_mapping)
}

/// `UpdateBasePathMapping`.
pub async fn update_base_path_mapping(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    let path = call.required("basePath")?.to_owned();
    let name = call.required("domainName")?;
    let changed = call
        .app
        .gateway
        .change_domain(&call.caller, name, ABSENT, move |domain, tx| {
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
            check_target(has_stage(tx, &mapping.api, mapping.stage.as_deref())?)?;
            domain.map(id, mapping.clone(), PATH_TAKEN)?;
            Ok(shown_mapping(&mapping))
        });
    changed.await
}

/// `DeleteBasePathMapping`.
pub async fn delete_base_path_mapping(call: &Call<'_>) -> Result<Value, Error> {
    let path = call.required("basePath")?.to_owned();
    let name = call.required("domainName")?;
    let gone = call
        .app
        .gateway
        .change_domain(&call.caller, name, ABSENT, move |domain, _| {
            let id = id_of(domain, &path)?;
            domain.mappings.remove(&id);
            Ok(())
        });
    gone.await?;
    Ok(json!({}))
}
