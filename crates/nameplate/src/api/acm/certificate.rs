//! Certificates.

use super::tag;
use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::acm::{Found, Import};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// Certificates of one page (ACM API: ListCertificates).
const PAGE: usize = 100;
/// Names that a list shows of each certificate (ACM API: CertificateSummary).
const NAMES: usize = 100;
/// Where the keys of imported certificates come from (ACM API: CertificateKeyPairOrigin).
const OURS: &str = "CUSTOMER_PROVIDED";
/// The keys that a list has where it is not asked for others (ACM API: Filters).
const USUAL: [&str; 2] = ["RSA_1024", "RSA_2048"];

/// Bytes in Base64.
fn bytes(call: &Call<'_>, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let text = call.input.text(name);
    text.map(|text| {
        let bytes = STANDARD.decode(text);
        bytes.map_err(|_| Error::invalid(format!("{name} is not Base64.")))
    })
    .transpose()
}

/// `ImportCertificate`.
pub async fn import_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let new = Import {
        arn: call.input.text("CertificateArn").map(str::to_owned),
        certificate: bytes(call, "Certificate")?.unwrap_or_default(),
        private_key: bytes(call, "PrivateKey")?.unwrap_or_default(),
        chain: bytes(call, "CertificateChain")?,
        tags: tag::tags(&call.input),
    };
    let arn = call.app.acm.import(&call.caller, new).await?;
    Ok(json!({"CertificateArn": arn}))
}

/// `DescribeCertificate`.
pub async fn describe_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let found = call.app.acm.get(call.required("CertificateArn")?).await?;
    let imported = &found.imported;
    let names = imported.names();
    let mut members = shared(call, &found);
    let mut put = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    let validated = names.iter().map(|name| json!({"DomainName": name}));
    put("DomainValidationOptions", validated.collect());
    let usages = imported.key_usages().into_iter();
    put(
        "KeyUsages",
        usages.map(|name| json!({"Name": name})).collect(),
    );
    let extended = imported.extended_key_usages();
    let extended = extended.map(|(name, oid)| json!({"Name": name, "OID": oid}));
    put("ExtendedKeyUsages", extended.collect());
    put("InUseBy", json!(found.in_use_by));
    put("Issuer", imported.issuer().into());
    let options = json!({"CertificateTransparencyLoggingPreference": "DISABLED"});
    put("Options", options);
    put("Serial", imported.serial().into());
    put("SignatureAlgorithm", imported.signature_algorithm().into());
    put("Subject", imported.leaf.subject().joined(",").into());
    put("SubjectAlternativeNames", json!(names));
    Ok(json!({"Certificate": members}))
}

/// `GetCertificate`.
pub async fn get_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let found = call.app.acm.get(call.required("CertificateArn")?).await?;
    let mut members = json!({"Certificate": found.row.certificate});
    if let Some(chain) = found.row.chain {
        members["CertificateChain"] = chain.into();
    }
    Ok(members)
}

/// `DeleteCertificate`.
pub async fn delete_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let arn = call.required("CertificateArn")?;
    call.app.acm.delete(&call.caller, arn).await?;
    Ok(json!({}))
}

/// `ListCertificates`: in the order of their creation, those with RSA keys unless others are asked for.
pub async fn list_certificates(call: &Call<'_>) -> Result<Value, Error> {
    let texts = |value: Option<&Value>| -> Vec<String> {
        let all = value.and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let includes = call.input.object("Includes");
    let asked = |name: &str| texts(includes.and_then(|includes| includes.get(name)));
    let statuses = texts(call.input.get("CertificateStatuses"));
    let (usages, extended) = (asked("keyUsage"), asked("extendedKeyUsage"));
    let mut keys = asked("keyTypes");
    if keys.is_empty() {
        keys = USUAL.map(str::to_owned).to_vec();
    }
    // Nothing here is managed by another service, made by ACM, or can be exported.
    let none = [
        includes.is_some_and(|includes| includes.contains_key("managedBy")),
        asked_for_other(includes, "exportOption", "DISABLED"),
        asked_for_others(call.input.get("CertificateKeyPairOrigins"), OURS),
        call.input.get("RootHierarchyTypes").is_some(),
    ];
    let none = none.contains(&true);
    let has_all = |asked: &[String], has: &[&str]| {
        asked
            .iter()
            .all(|one| one == "ANY" || has.contains(&one.as_str()))
    };
    let descending = match (call.input.text("SortBy"), call.input.text("SortOrder")) {
        (Some(_), Some(order)) => order == "DESCENDING",
        (None, None) => false,
        (Some(_), None) => {
            return Err(Error::invalid(
                "SortOrder is required where SortBy is given.",
            ));
        }
        (None, Some(_)) => {
            return Err(Error::invalid(
                "SortBy is required where SortOrder is given.",
            ));
        }
    };
    let page = Page::capital_tokens(call, PAGE)?;
    let mut all = call.app.acm.list().await?;
    all.retain(|found| {
        let names: Vec<&str> = found
            .imported
            .extended_key_usages()
            .map(|(name, _)| name)
            .collect();
        let key = found.imported.key_algorithm().replace('-', "_");
        !none
            && keys.contains(&key)
            && (statuses.is_empty() || statuses.iter().any(|one| one == status(call, found)))
            && has_all(&usages, &found.imported.key_usages())
            && has_all(&extended, &names)
    });
    if descending {
        all.reverse();
    }
    let (all, next) = page.of_whole(all, |found| found.arn.clone());
    let all = all.iter().map(|found| Value::Object(summary(call, found)));
    Ok(page.answer("CertificateSummaryList", all.collect(), next))
}

fn asked_for_other(includes: Option<&Map<String, Value>>, name: &str, ours: &str) -> bool {
    let asked = includes
        .and_then(|includes| includes.get(name))
        .and_then(Value::as_str);
    asked.is_some_and(|asked| asked != ours)
}

fn asked_for_others(asked: Option<&Value>, ours: &str) -> bool {
    let asked = asked.and_then(Value::as_array);
    asked.is_some_and(|asked| !asked.is_empty() && !asked.iter().any(|one| one == ours))
}

fn status(call: &Call<'_>, found: &Found) -> &'static str {
    match found.has_expired(call.caller.ctx.now) {
        true => "EXPIRED",
        false => "ISSUED",
    }
}

/// What a list shows and DescribeCertificate says, too.
fn shared(call: &Call<'_>, found: &Found) -> Map<String, Value> {
    let imported = &found.imported;
    let validity = imported.leaf.validity();
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    put("CertificateArn", found.arn.as_str().into());
    put("CertificateKeyPairOrigin", OURS.into());
    put("CreatedAt", found.row.created.as_seconds_f64().into());
    put("DomainName", imported.domain_name().into());
    put("ImportedAt", found.row.imported.as_seconds_f64().into());
    put("KeyAlgorithm", imported.key_algorithm().into());
    put("NotAfter", validity.not_after.as_seconds_f64().into());
    put("NotBefore", validity.not_before.as_seconds_f64().into());
    put("RenewalEligibility", "INELIGIBLE".into());
    put("Status", status(call, found).into());
    put("Type", "IMPORTED".into());
    members
}

fn summary(call: &Call<'_>, found: &Found) -> Map<String, Value> {
    let imported = &found.imported;
    let names = imported.names();
    let shown = &names[..names.len().min(NAMES)];
    let extended: Vec<&str> = imported
        .extended_key_usages()
        .map(|(name, _)| name)
        .collect();
    let mut members = shared(call, found);
    let mut put = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    put("ExtendedKeyUsages", json!(extended));
    put(
        "HasAdditionalSubjectAlternativeNames",
        (names.len() > NAMES).into(),
    );
    put("InUse", (!found.in_use_by.is_empty()).into());
    put("KeyUsages", json!(imported.key_usages()));
    put("SubjectAlternativeNameSummaries", json!(shown));
    members
}
