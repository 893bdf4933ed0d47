//! Tags: which a resource may have, and the resources that have them.
//!
//! AWS guide: tagging-iot.

use super::Registry;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use nameplate_core::arn::{Arn, Realm};
use nameplate_core::limits::TAGS;
use nameplate_core::pki::CertificateId;
use nameplate_core::registry::lifetime::{check_tag, days_of};
use nameplate_store::Conn;
use std::collections::BTreeSet;

/// A tag: key and value.
pub type Tag = (String, String);

/// Days that a tag of a resource says: a name of `core::registry::lifetime`.
pub(crate) fn tagged_days(conn: &Conn<'_>, arn: &str, name: &str) -> Result<Option<u32>> {
    Ok(days_of(&conn.tags(arn, "", TAGS)?, name))
}

/// Refuses tags that a new resource may not have: too many, a key twice, or one of AWS's own. Lengths and characters
/// were the model's.
pub(crate) fn check(tags: &[Tag]) -> Result<()> {
    if tags.len() > TAGS {
        return Err(Error::invalid(format!(
            "A resource can have at most {TAGS} tags, and these are {}",
            tags.len()
        )));
    }
    let mut seen = BTreeSet::new();
    for (key, value) in tags {
        check_tag(key, value).map_err(Error::invalid)?;
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Error::invalid(format!(
                "Tags cannot begin with \"aws:\", offending tag: {key}"
            )));
        }
        if !seen.insert(key) {
            return Err(Error::invalid(format!(
                "Duplicate tag keys found, offending tag: {key}"
            )));
        }
    }
    Ok(())
}

/// What of the registry can have tags, and the ARN it has them by.
fn taggable(conn: &Conn<'_>, realm: &Realm, arn: &str) -> Result<String> {
    let invalid = |why: &str| Error::invalid(format!("Invalid resourceArn {arn}: {why}"));
    let parsed = Arn::parse(arn)
        .filter(|parsed| parsed.service == "iot" && parsed.partition == realm.partition())
        .ok_or_else(|| {
            let why = match realm.partition_hint(arn) {
                hint if hint.is_empty() => "it is not the ARN of an IoT resource".to_owned(),
                hint => format!("it is not the ARN of an IoT resource.{hint}"),
            };
            invalid(&why)
        })?;
    if parsed.account != realm.account {
        return Err(Error::invalid(
            "ResourceArn doesn't belong in requester's account",
        ));
    }
    if parsed.region != realm.region {
        return Err(invalid(&format!(
            "it is in another region than {}",
            realm.region
        )));
    }
    let (kind, name) = parsed
        .resource
        .split_once('/')
        .ok_or_else(|| invalid("it names no resource"))?;
    let (exists, arn) = match kind {
        "thinggroup" => (conn.group(name)?.is_some(), realm.thing_group(name)),
        "billinggroup" => (
            conn.billing_group(name)?.is_some(),
            realm.billing_group(name),
        ),
        "thingtype" => (conn.thing_type(name)?.is_some(), realm.thing_type(name)),
        "policy" => (conn.policy(name)?.is_some(), realm.policy(name)),
        "provisioningtemplate" => (
            conn.template(name)?.is_some(),
            realm.provisioning_template(name),
        ),
        "rule" => (conn.topic_rule(name)?.is_some(), realm.topic_rule(name)),
        "rolealias" => (conn.role_alias(name)?.is_some(), realm.role_alias(name)),
        "certificateprovider" => {
            let found = conn.certificate_provider()?;
            let exists = found.is_some_and(|found| found.name == name);
            (
                exists,
                realm.iot(format_args!("certificateprovider/{name}")),
            )
        }
        "job" => (
            conn.job(name)?.is_some(),
            realm.iot(format_args!("job/{name}")),
        ),
        "jobtemplate" => (
            conn.job_template(name)?.is_some(),
            realm.iot(format_args!("jobtemplate/{name}")),
        ),
        "stream" => (
            conn.stream(name)?.is_some(),
            realm.iot(format_args!("stream/{name}")),
        ),
        "authorizer" => (conn.authorizer(name)?.is_some(), realm.authorizer(name)),
        "domainconfiguration" => {
            let name = name.split_once('/').map_or(name, |(name, _)| name);
            let known = realm.domain_configuration(name);
            (known == arn && conn.domain(name)?.is_some(), arn.to_owned())
        }
        "cacert" => {
            let id: CertificateId = name
                .parse()
                .map_err(|_| invalid("it names no certificate"))?;
            let exists = conn.ca(&id.0)?.is_some();
            (exists, realm.ca_certificate(&id.to_string()))
        }
        // AWS guide: tagging-iot: things have attributes, and certificates have things.
        "thing" | "cert" => return Err(invalid("things and device certificates cannot be tagged")),
        other => {
            return Err(invalid(&format!(
                "{other} is not a kind that can be tagged"
            )));
        }
    };
    if exists {
        Ok(arn)
    } else {
        Err(Error::not_found(format!("Resource {arn} not found.")))
    }
}

impl Registry {
    /// Sets tags of a resource; those of other keys stay.
    pub async fn tag_resource(&self, caller: &Caller, arn: &str, tags: Vec<Tag>) -> Result<()> {
        check(&tags)?;
        let realm = self.kernel.realm().clone();
        let arn = arn.to_owned();
        self.kernel
            .change(caller, "tag-resource", move |tx| {
                let arn = taggable(tx, &realm, &arn)?;
                let mut keys: BTreeSet<String> = tx
                    .tags(&arn, "", TAGS)?
                    .into_iter()
                    .map(|(key, _)| key)
                    .collect();
                keys.extend(tags.iter().map(|(key, _)| key.clone()));
                if keys.len() > TAGS {
                    return Err(Error::new(
                        Kind::Limit,
                        format!(
                            "A resource can have at most {TAGS} tags, and {arn} would have {}",
                            keys.len()
                        ),
                    ));
                }
                tx.put_tags(&arn, &tags)?;
                Ok(())
            })
            .await
    }

    /// Removes tags of a resource by key; a key that it does not have is no error.
    pub async fn untag_resource(
        &self,
        caller: &Caller,
        arn: &str,
        keys: Vec<String>,
    ) -> Result<()> {
        let realm = self.kernel.realm().clone();
        let arn = arn.to_owned();
        self.kernel
            .change(caller, "untag-resource", move |tx| {
                let arn = taggable(tx, &realm, &arn)?;
                tx.delete_tags(&arn, &keys)?;
                Ok(())
            })
            .await
    }

    /// Tags of a resource in the order of their keys, beyond `after`.
    pub async fn tags_of_resource(&self, arn: &str, after: &str, limit: usize) -> Result<Vec<Tag>> {
        self.kernel
            .store
            .read(|conn| {
                let arn = taggable(conn, self.kernel.realm(), arn)?;
                Ok(conn.tags(&arn, after, limit)?)
            })
            .await
    }
}
