//! Whether a caller of the API may publish, and the proof that it may.

use super::{Iam, NoRole};
use crate::app::caller::Caller;
use crate::app::error::Result;
use nameplate_core::ctx::Ctx;
use nameplate_core::policy::iam;
use nameplate_core::policy::resource::ResourceKind;
use std::net::IpAddr;

/// That policies allow someone who has no connection to publish to a topic: a caller of the API, or a device over HTTPS.
/// Only [`Iam`] and admission make one.
#[derive(Debug)]
pub struct PublishPermit {
    topic: String,
    retain: bool,
    principal: String,
    source_ip: Option<IpAddr>,
}

impl PublishPermit {
    /// For a device whose policies have been asked.
    pub(in crate::app) fn of_device(
        topic: &str,
        retain: bool,
        principal: &str,
        source_ip: IpAddr,
    ) -> Self {
        Self {
            topic: topic.to_owned(),
            retain,
            principal: principal.to_owned(),
            source_ip: Some(source_ip),
        }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Whether with RETAIN.
    pub fn retains(&self) -> bool {
        self.retain
    }

    /// `id:session` or id of whom it was given to, or the id of a certificate.
    pub(crate) fn principal(&self) -> &str {
        &self.principal
    }

    /// Address that its owner asked from.
    pub(crate) fn source_ip(&self) -> Option<IpAddr> {
        self.source_ip
    }

    /// Whether it is for such a message.
    pub(crate) fn covers(&self, topic: &str, retain: bool) -> bool {
        self.topic == topic && self.retain == retain
    }
}

impl Iam {
    /// Whether the caller may publish to the topic, with RETAIN or without; the refusal is IAM's own text.
    pub async fn may_publish(
        &self,
        caller: &Caller,
        topic: &str,
        retain: bool,
    ) -> Result<PublishPermit> {
        let arn = ResourceKind::Topic.arn(&caller.ctx.realm, topic);
        self.may(caller, "iot:Publish", &arn, &[]).await?;
        if retain {
            self.may(caller, "iot:RetainPublish", &arn, &[]).await?;
        }
        let identity = caller.identity()?;
        Ok(PublishPermit {
            topic: topic.to_owned(),
            retain,
            principal: identity.user_id().to_owned(),
            source_ip: identity.source_ip(),
        })
    }

    /// Whether the role of a rule's action may publish to the topic, without RETAIN; why not, where it may not. `by` are the
    /// ARNs of the role and of the rule.
    pub(crate) async fn may_republish(
        &self,
        (role_arn, rule_arn): (&str, &str),
        topic: &str,
        ctx: &Ctx,
    ) -> Result<std::result::Result<PublishPermit, String>> {
        let arn = ResourceKind::Topic.arn(&ctx.realm, topic);
        let asked = [("iot:Publish", arn.as_str())];
        let role = self.service_role_may(role_arn, rule_arn, &asked, ctx);
        Ok(match role.await? {
            Ok(role) => Ok(PublishPermit {
                topic: topic.to_owned(),
                retain: false,
                principal: role.user_id().to_owned(),
                source_ip: None,
            }),
            Err(NoRole::Unassumed(why)) => Err(why),
            Err(NoRole::Denied(decision)) => Err(iam::refusal(role_arn, &decision)),
        })
    }
}
