//! Whether a caller of the API may publish, and the proof that it may.

use super::Iam;
use crate::app::caller::Caller;
use crate::app::error::Result;
use nameplate_core::policy::resource::ResourceKind;

/// That IAM's policies allow a caller to publish to a topic. Only [`Iam::may_publish`] makes one.
#[derive(Debug)]
pub struct PublishPermit {
    topic: String,
    retain: bool,
}

impl PublishPermit {
    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Whether with RETAIN.
    pub fn retains(&self) -> bool {
        self.retain
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
        Ok(PublishPermit {
            topic: topic.to_owned(),
            retain,
        })
    }
}
