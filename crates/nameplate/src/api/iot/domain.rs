//! Domain configurations.

use crate::api::Call;
use crate::api::iot::tag;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::acm::Standing;
use crate::app::registry::domain::{Changes, NewDomain, Shown};
use nameplate_core::endpoint::EndpointType;
use nameplate_core::registry::domain::{Authentication, Protocol, SecurityPolicy, Service};
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 25;

/// A word that the model has checked.
fn word<T>(call: &Call<'_>, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    call.input.text(name).and_then(parse)
}

fn names(call: &Call<'_>, name: &str) -> Value {
    json!({
        "domainConfigurationName": name,
        "domainConfigurationArn": arn(call, name),
    })
}

fn arn(call: &Call<'_>, name: &str) -> String {
    call.caller.ctx.realm.domain_configuration(name)
}

fn settings(call: &Call<'_>) -> Result<Changes, Error> {
    // OCSP responses are nothing we have.
    let staple = call.input.object("serverCertificateConfig");
    if staple.is_some_and(|config| config.values().any(|value| *value != Value::Bool(false))) {
        call.not_built(&["serverCertificateConfig"])?;
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let enabled = call.input.text("domainConfigurationStatus");
    Ok(Changes {
        enabled: enabled.map(|status| status == "ENABLED"),
        authorizer: call.input.object("authorizerConfig").map(|config| {
            (
                config.get("defaultAuthorizerName").and_then(text),
                config
                    .get("allowAuthorizerOverride")
                    .and_then(Value::as_bool),
            )
        }),
        remove_authorizer: call
            .input
            .flag("removeAuthorizerConfig")
            .unwrap_or_default(),
        certificate_callback: call.input.object("clientCertificateConfig").map(|config| {
            let arn = config.get("clientCertificateCallbackArn").and_then(text);
            arn.filter(|arn| !arn.is_empty())
        }),
        security: call
            .input
            .object("tlsConfig")
            .and_then(|config| config.get("securityPolicy"))
            .and_then(text),
        authentication: word(call, "authenticationType", Authentication::parse),
        protocol: word(call, "applicationProtocol", Protocol::parse),
    })
}

/// `CreateDomainConfiguration`.
pub async fn create_domain_configuration(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("domainConfigurationName")?;
    let text = |member| call.input.text(member).map(str::to_owned);
    let certificate = call.input.items("serverCertificateArns").first();
    let new = NewDomain {
        name: name.to_owned(),
        host: text("domainName"),
        service: word(call, "serviceType", Service::parse).unwrap_or(Service::Data),
        server_certificate: certificate.and_then(Value::as_str).map(str::to_owned),
        validation_certificate: text("validationCertificateArn"),
        settings: settings(call)?,
    };
    call.app
        .registry
        .create_domain(&call.caller, new, tag::given(call))
        .await?;
    Ok(names(call, name))
}

/// `DescribeDomainConfiguration`.
pub async fn describe_domain_configuration(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("domainConfigurationName")?;
    let shown = call.app.registry.domain(name).await?;
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    put("domainConfigurationName", name.into());
    put("domainConfigurationArn", arn(call, name).into());
    let found = match shown {
        Shown::Reserved(_, service) => {
            let kind = match service {
                Service::Data => EndpointType::DataAts,
                Service::CredentialProvider => EndpointType::CredentialProvider,
                Service::Jobs => EndpointType::Jobs,
            };
            put("domainName", call.app.endpoint_host_of(kind).into());
            put("serverCertificates", json!([]));
            put("domainConfigurationStatus", "ENABLED".into());
            put("serviceType", service.as_str().into());
            put("domainType", "ENDPOINT".into());
            let policy = SecurityPolicy::Tls12And13.as_str();
            put("tlsConfig", json!({"securityPolicy": policy}));
            put(
                "authenticationType",
                Authentication::Default.as_str().into(),
            );
            put("applicationProtocol", Protocol::Default.as_str().into());
            return Ok(Value::Object(members));
        }
        Shown::Own(found) => found,
    };
    let mut certificates = Vec::new();
    if let Some(arn) = &found.server_certificate {
        certificates.push(match call.app.acm.standing(arn, &found.host).await? {
            Standing::Valid => json!({
                "serverCertificateArn": arn,
                "serverCertificateStatus": "VALID",
            }),
            Standing::Invalid(why) => json!({
                "serverCertificateArn": arn,
                "serverCertificateStatus": "INVALID",
                "serverCertificateStatusDetail": why,
            }),
        });
    }
    put("domainName", found.host.into());
    put("serverCertificates", certificates.into());
    if found.authorizer.is_some() || found.authorizer_override.is_some() {
        let mut config = Map::new();
        if let Some(name) = found.authorizer {
            config.insert("defaultAuthorizerName".into(), name.into());
        }
        if let Some(allowed) = found.authorizer_override {
            config.insert("allowAuthorizerOverride".into(), allowed.into());
        }
        put("authorizerConfig", config.into());
    }
    let status = if found.enabled { "ENABLED" } else { "DISABLED" };
    put("domainConfigurationStatus", status.into());
    put("serviceType", found.service.as_str().into());
    let kind = if found.managed {
        "AWS_MANAGED"
    } else {
        "CUSTOMER_MANAGED"
    };
    put("domainType", kind.into());
    put(
        "lastStatusChangeDate",
        found.status_changed.as_seconds_f64().into(),
    );
    let policy = found.security.as_str();
    put("tlsConfig", json!({"securityPolicy": policy}));
    put("authenticationType", found.authentication.as_str().into());
    put("applicationProtocol", found.protocol.as_str().into());
    if let Some(arn) = found.certificate_callback {
        let config = json!({"clientCertificateCallbackArn": arn});
        put("clientCertificateConfig", config);
    }
    Ok(Value::Object(members))
}

/// `ListDomainConfigurations`.
pub async fn list_domain_configurations(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::markers(call, PAGE)?;
    let wanted = word(call, "serviceType", Service::parse);
    let found: Vec<(String, Service)> = call
        .app
        .registry
        .domains()
        .await?
        .into_iter()
        .map(|shown| match shown {
            Shown::Reserved(name, service) => (name.to_owned(), service),
            Shown::Own(found) => (found.name, found.service),
        })
        .filter(|(_, service)| wanted.is_none_or(|wanted| *service == wanted))
        .collect();
    let (found, next) = page.alphabetical(found, true, |(name, _)| name);
    let items = found
        .iter()
        .map(|(name, service)| {
            let mut item = names(call, name);
            item["serviceType"] = service.as_str().into();
            item
        })
        .collect();
    Ok(page.answer("domainConfigurations", items, next))
}

/// `UpdateDomainConfiguration`.
pub async fn update_domain_configuration(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("domainConfigurationName")?;
    call.app
        .registry
        .update_domain(&call.caller, name, settings(call)?)
        .await?;
    Ok(names(call, name))
}

/// `DeleteDomainConfiguration`.
pub async fn delete_domain_configuration(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("domainConfigurationName")?;
    call.app.registry.delete_domain(&call.caller, name).await?;
    Ok(json!({}))
}
