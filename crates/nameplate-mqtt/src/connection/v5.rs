//! What only a connection of MQTT 5 has: the client's limits, and topic aliases in both directions.

use super::reason::{Cause, Close};
use super::{Limits, check_name};
use crate::packet::{Connect, Publish};
use crate::properties::{ConnectProperties, MessageProperties, user_bytes};
use crate::text::Text;
use crate::topic;

/// State of a connection of MQTT 5 beside what every connection has.
#[derive(Debug)]
pub(super) struct V5 {
    /// Reason strings are wanted.
    pub(super) problem_information: bool,
    /// Largest packet that the client takes, bytes.
    pub(super) maximum_packet_size: usize,
    /// QoS 1 messages that the client takes before it acknowledges some.
    pub(super) receive_maximum: usize,
    /// Keep alive that the client asked for, seconds.
    pub(super) asked_keep_alive_seconds: u16,
    /// Session Expiry Interval that the client asked for, seconds.
    pub(super) asked_session_expiry_seconds: u32,
    /// PUBACKs that are due and not yet written.
    pub(super) unwritten_acks: usize,
    /// Topics by the aliases that the client gave them, from 1.
    inbound: Vec<Option<Text>>,
    /// Topics by the aliases that they were sent with, from 1.
    outbound: Vec<Text>,
    /// Most aliases that the client takes.
    outbound_max: usize,
}

/// How a topic is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aliased {
    /// In full, without an alias.
    Plain,
    /// In full, with an alias that stands for it from now on.
    New(u16),
    /// By its alias alone.
    Known(u16),
}

impl V5 {
    pub(super) fn new(connect: &Connect, limits: &Limits) -> Self {
        let none = ConnectProperties::default();
        let asked = connect.properties.as_deref().unwrap_or(&none);
        let aliases = asked.topic_alias_maximum.unwrap_or(0);
        Self {
            problem_information: asked.request_problem_information.unwrap_or(true),
            maximum_packet_size: asked
                .maximum_packet_size
                .map_or(usize::MAX, |size| size as usize),
            receive_maximum: usize::from(asked.receive_maximum.unwrap_or(u16::MAX)),
            asked_keep_alive_seconds: connect.keep_alive_seconds,
            asked_session_expiry_seconds: asked.session_expiry_seconds.unwrap_or(0),
            unwritten_acks: 0,
            inbound: Vec::new(),
            outbound: Vec::new(),
            outbound_max: usize::from(aliases.min(limits.topic_aliases)),
        }
    }

    /// Puts the topic that an alias stands for into a PUBLISH, or learns the alias. The topic of the PUBLISH is a right
    /// one when this returns.
    pub(super) fn resolve(&mut self, publish: &mut Publish, limits: &Limits) -> Result<(), Close> {
        let Some(alias) = publish.topic_alias else {
            if publish.topic.is_empty() {
                return Err(Close::client_error(Cause::NoTopic));
            }
            return check_name(&publish.topic, limits);
        };
        let limit = limits.topic_aliases;
        if alias == 0 || alias > limit {
            return Err(Close::client_error(Cause::TopicAlias { alias, limit }));
        }
        let at = usize::from(alias - 1);
        if publish.topic.is_empty() {
            match self.inbound.get(at) {
                Some(Some(topic)) => publish.topic = topic.clone(),
                _ => return Err(Close::client_error(Cause::TopicAliasUnknown { alias })),
            }
            return Ok(());
        }
        check_name(&publish.topic, limits)?;
        if self.inbound.len() <= at {
            self.inbound.resize(at + 1, None);
        }
        self.inbound[at] = Some(publish.topic.detached());
        Ok(())
    }

    /// How a topic is sent now. The first topics get the aliases and keep them.
    pub(super) fn alias(&self, topic: &Text) -> Aliased {
        if self.outbound_max == 0 {
            return Aliased::Plain;
        }
        let number = |at: usize| u16::try_from(at + 1).unwrap_or(0);
        match self.outbound.iter().position(|known| known == topic) {
            Some(at) => Aliased::Known(number(at)),
            None if self.outbound.len() < self.outbound_max => {
                Aliased::New(number(self.outbound.len()))
            }
            None => Aliased::Plain,
        }
    }

    /// A topic has been sent as [`Aliased::New`].
    pub(super) fn aliased(&mut self, topic: &Text) {
        self.outbound.push(topic.detached());
    }
}

/// Holds a message's properties to the limits, and its expiry within them.
pub(super) fn check_message(
    properties: &mut MessageProperties,
    limits: &Limits,
) -> Result<(), Close> {
    check_user(&properties.user, limits)?;
    let sizes = [
        (
            "Content Type",
            properties.content_type.as_ref().map_or(0, Text::len),
            limits.content_type_bytes,
        ),
        (
            "Correlation Data",
            properties
                .correlation_data
                .as_ref()
                .map_or(0, bytes::Bytes::len),
            limits.correlation_data_bytes,
        ),
    ];
    for (property, size, limit) in sizes {
        if size > limit {
            return Err(too_large(property, size, limit));
        }
    }
    if let Some(response) = &properties.response_topic {
        topic::check_name(response.as_str(), &limits.topic).map_err(|why| {
            Close::client_error(Cause::ResponseTopic {
                topic: response.clone(),
                why,
            })
        })?;
    }
    if let Some(seconds) = &mut properties.expiry_seconds {
        *seconds = (*seconds).clamp(1, limits.message_expiry_max_seconds);
    }
    Ok(())
}

/// Holds user properties to the limit.
pub(super) fn check_user(user: &[(Text, Text)], limits: &Limits) -> Result<(), Close> {
    let (size, limit) = (user_bytes(user), limits.user_properties_bytes);
    if size > limit {
        return Err(too_large("User Property", size, limit));
    }
    Ok(())
}

fn too_large(property: &'static str, size: usize, limit: usize) -> Close {
    Close::client_error(Cause::PropertyTooLarge {
        property,
        size,
        limit,
    })
}
