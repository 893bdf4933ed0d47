//! Condition keys of a request to an API: who asks, from where, and about what.
//!
//! Owns which global condition keys have a value (IAM user guide: global condition context keys). A key that cannot be
//! known is absent, never guessed. Must not know how a caller was authenticated or where tags are kept.
//!
//! | key | user | session | role that a service runs as | service |
//! | --- | --- | --- | --- | --- |
//! | `aws:CurrentTime`, `aws:EpochTime`, `aws:RequestedRegion`, `aws:ResourceAccount` | yes | yes | yes | yes |
//! | `aws:SecureTransport`, `aws:ViaAWSService`, `aws:PrincipalIsAWSService`, `aws:UserAgent` | yes | yes | yes | yes |
//! | `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:userid`, `aws:PrincipalTag/…` | yes | yes | yes | – |
//! | `aws:username` | yes | of a user | – | – |
//! | `aws:TokenIssueTime`, `aws:MultiFactorAuthPresent` | – | yes | yes | – |
//! | `aws:SourceIp`, `aws:Referer` (where it is sent) | yes | yes | – | – |
//! | `credentials-iot:…` | – | of a device that asked by its certificate | – | – |
//! | `aws:CalledVia`, `aws:CalledViaFirst`, `aws:CalledViaLast` | where a service acts for the caller | the same | – | – |
//! | `aws:SourceArn`, `aws:SourceAccount`, `aws:PrincipalServiceName`, `aws:PrincipalServiceNamesList` | – | – | – | yes |
//! | `aws:ResourceTag/…`, `aws:RequestTag/…`, `aws:TagKeys` | yes | yes | yes | yes |
//!
//! Organizations, VPCs, identity federation and MFA devices do not exist here, nor do their keys.

use super::context::Context;
use super::document::PolicyDocument;
use crate::arn::{Arn, Realm};
use crate::ctx::Millis;
use std::net::IpAddr;

/// Who calls an API, as far as policies may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerFacts {
    /// For example `arn:aws:iam::123456789012:user/ann`, or an assumed role's session under `sts`.
    pub arn: String,
    /// ARN of the role with its path, for a role's session (`aws:PrincipalArn`).
    pub role_arn: Option<String>,
    /// Unique id, `AIDA…`, for a session `AROA…:name` (`aws:userid`).
    pub user_id: String,
    /// Name of an IAM user; absent for roles and root (`aws:username`).
    pub user_name: Option<String>,
    /// Tags of the user or role (`aws:PrincipalTag/…`).
    pub tags: Vec<(String, String)>,
    /// When the temporary credentials were issued; absent for long-lived keys (`aws:TokenIssueTime`).
    pub issued: Option<Millis>,
    /// Keys that the session was given when it began, with their values (`credentials-iot:…`).
    pub given: Vec<(String, String)>,
    /// Where the call came from.
    pub origin: Origin,
}

/// Where a call came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Address of the peer; absent where a service makes the call (`aws:SourceIp`).
    pub source_ip: Option<IpAddr>,
    /// Whether it came over TLS; absent where nothing was sent (`aws:SecureTransport`).
    pub secure_transport: Option<bool>,
    /// The client's own description (`aws:UserAgent`).
    pub user_agent: Option<String>,
    /// The page that it was called from (`aws:Referer`).
    pub referer: Option<String>,
    /// The service that makes the call with the caller's own permissions (`aws:CalledVia`).
    pub via: Option<&'static str>,
}

impl Origin {
    /// The call of a service that runs as a role.
    pub fn of_service(service: &str) -> Self {
        Origin {
            secure_transport: Some(true),
            user_agent: Some(service.to_owned()),
            ..Self::default()
        }
    }

    /// The keys that a request has whoever makes it.
    pub fn context(&self, now: Millis) -> Context {
        let mut context = Context {
            source_ip: self.source_ip,
            secure_transport: self.secure_transport,
            now: Some(now),
            ..Context::default()
        };
        for (key, value) in [
            ("aws:UserAgent", &self.user_agent),
            ("aws:Referer", &self.referer),
        ] {
            if let Some(value) = value {
                context = context.with(key, value);
            }
        }
        let via = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];
        for (key, service) in via.into_iter().filter_map(|key| Some((key, self.via?))) {
            context = context.with(key, service);
        }
        context.with("aws:ViaAWSService", truth(self.via.is_some()))
    }
}

impl CallerFacts {
    /// The caller's context keys. What is asked about is added by [`Asked::complete`].
    pub fn context(&self, now: Millis) -> Context {
        let mut context = self
            .origin
            .context(now)
            .with("aws:PrincipalIsAWSService", truth(false))
            .with("aws:userid", &self.user_id);
        if let Some(name) = &self.user_name {
            context = context.with("aws:username", name);
        }
        for (key, value) in &self.tags {
            context = context.with(&format!("aws:PrincipalTag/{key}"), value);
        }
        if let Some(issued) = self.issued {
            context = context
                .with("aws:TokenIssueTime", issued.to_string())
                .with("aws:MultiFactorAuthPresent", truth(false));
        }
        for (key, value) in &self.given {
            context = context.with(key, value);
        }
        if let Some(arn) = Arn::parse(&self.arn) {
            let kind = match arn.resource.split('/').next() {
                Some("user") => "User",
                Some("assumed-role" | "role") => "AssumedRole",
                Some("federated-user") => "FederatedUser",
                _ => "Account",
            };
            context = context
                .with("aws:PrincipalAccount", arn.account)
                .with("aws:PrincipalType", kind);
        }
        context.with(
            "aws:PrincipalArn",
            self.role_arn.as_ref().unwrap_or(&self.arn),
        )
    }
}

/// The keys of a service that asks for itself, as it does to assume a role. `source_arn` is the resource on whose
/// behalf it does so (IoT guide: cross-service confused deputy prevention).
pub fn service_context(realm: &Realm, service: &str, source_arn: &str, now: Millis) -> Context {
    Origin::of_service(service)
        .context(now)
        .with("aws:PrincipalIsAWSService", truth(true))
        .with("aws:PrincipalServiceName", service)
        .with("aws:PrincipalServiceNamesList", service)
        .with("aws:SourceAccount", &realm.account)
        .with("aws:SourceArn", source_arn)
}

/// What is asked about: one action on one resource.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// For example `iot:CreateThing`.
    pub action: &'a str,
    /// ARN, or `*`.
    pub resource: &'a str,
    /// Tags that the resource has.
    pub tags: &'a [(String, String)],
    /// Keys that the request itself brings, such as [`request_tags`] and `iam:PolicyARN`.
    pub keys: &'a [(String, String)],
}

impl Asked<'_> {
    /// Adds what is asked about to the keys of whoever asks.
    pub fn complete(&self, mut context: Context, realm: &Realm) -> Context {
        context = context.with("aws:RequestedRegion", requested_region(realm, self.action));
        let parsed = Arn::parse(self.resource);
        let account = match parsed.map_or("", |arn| arn.account) {
            "" => Some(realm.account.as_str()),
            // A policy of AWS's own belongs to no account that has a number.
            "aws" => None,
            account => Some(account),
        };
        if let Some(account) = account {
            context = context.with("aws:ResourceAccount", account);
        }
        for prefix in self.tag_prefixes(parsed.map_or("", |arn| arn.service)) {
            for (key, value) in self.tags {
                context = context.with(&format!("{prefix}{key}"), value);
            }
        }
        for (key, value) in self.keys {
            context = context.with(key, value);
        }
        context
    }

    /// What policies call the resource's tags. Service authorization reference: only IAM's users and roles have keys of
    /// two names; S3 knows tags of objects, and these for few actions. Tags of buckets count at AWS once the bucket's
    /// owner has switched that on, which cannot be done here.
    fn tag_prefixes(&self, service: &str) -> &'static [&'static str] {
        const OF_OBJECTS: [&str; 4] = [
            "s3:GetObject",
            "s3:GetObjectTagging",
            "s3:PutObjectTagging",
            "s3:DeleteObjectTagging",
        ];
        match service {
            "iam" if ["user", "role"].iter().any(|kind| self.is_of(kind)) => {
                &["aws:ResourceTag/", "iam:ResourceTag/"]
            }
            "s3" if OF_OBJECTS.contains(&self.action) => &["s3:ExistingObjectTag/"],
            "s3" => &[],
            _ => &["aws:ResourceTag/"],
        }
    }

    fn is_of(&self, kind: &str) -> bool {
        Arn::parse(self.resource).is_some_and(|arn| arn.name_of(kind).is_some())
    }
}

/// `aws:RequestTag/…` and `aws:TagKeys` of a request that sets some tags and removes others by key.
pub fn request_tags<'a>(
    set: impl IntoIterator<Item = (&'a str, &'a str)>,
    removed: impl IntoIterator<Item = &'a str>,
) -> Vec<(String, String)> {
    let mut keys = Vec::new();
    let tag_key = |key: &str| ("aws:TagKeys".to_owned(), key.to_owned());
    for (key, value) in set {
        keys.push((format!("aws:RequestTag/{key}"), value.to_owned()));
        keys.push(tag_key(key));
    }
    keys.extend(removed.into_iter().map(tag_key));
    keys
}

/// Whether a decision by one of these documents may depend on tags that the resource has.
pub fn ask_for_resource_tags<'a>(documents: impl IntoIterator<Item = &'a PolicyDocument>) -> bool {
    documents
        .into_iter()
        .any(|document| document.reads(super::variable::Key::is_resource_tag))
}

/// Whether a decision by one of these documents may depend on anything but action and resource.
pub fn ask_for_context<'a>(documents: impl IntoIterator<Item = &'a PolicyDocument>) -> bool {
    documents
        .into_iter()
        .any(|document| document.reads(|_| true))
}

/// IAM has one endpoint for each partition, in the region that is named here (IAM user guide: aws:RequestedRegion). To
/// pass a role is no call of its own: it is judged within the call of another service.
fn requested_region<'a>(realm: &'a Realm, action: &str) -> &'a str {
    let is = |name: &str| action.eq_ignore_ascii_case(name);
    let of_iam = action
        .split_once(':')
        .is_some_and(|(service, _)| service.eq_ignore_ascii_case("iam"));
    if !of_iam || is("iam:PassRole") {
        return &realm.region;
    }
    match realm.partition() {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
