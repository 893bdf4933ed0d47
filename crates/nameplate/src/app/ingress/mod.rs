//! The one entrance for messages: from clients, as wills, over HTTP, from our services and from registry events.
//!
//! Owns the order in which a message meets the table of reserved topics, policies, rates, what is retained, its
//! subscribers and the service that it asks. It cannot be called without a permit: that of a connection, that of a caller
//! whom IAM's policies allow, or that of a service of ours. Must not know: sockets, how a refusal looks to whoever sent
//! the message.

mod answer;
mod http;
#[cfg(test)]
mod tests;

pub use http::TOPIC_LIMITS;

use super::admission::Permit;
use super::error::{Error, Kind, Result};
use super::fleet_provisioning::FleetProvisioning;
use super::iam::PublishPermit;
use super::jobs::Jobs;
use super::kernel::Kernel;
use super::messaging::Messaging;
use super::patience::Patience;
use super::peers::Peers;
use super::quota::{Exceeded, Quota};
use super::rules::{Arrival, Rules};
use super::streams::Streams;
use crate::router::journal::Ticket;
use crate::router::{Client, Message, Routed, Router, Shares};
use nameplate_core::ctx::Millis;
use nameplate_core::policy::MqttAction;
use nameplate_core::topic::{self, Asked, Entry, Publishing, Unbuilt, Unpublishable};
use nameplate_mqtt::{QoS, Text};
use std::net::IpAddr;
use std::sync::Arc;

/// Who sends a message, with the proof that it may.
pub enum Sender<'a> {
    /// The client of an open connection; its policies are asked about the message. Answers of services reach it at its
    /// place in the router.
    Client(&'a Permit, &'a Arc<Client>),
    /// A client that is gone, by its will, which its policies allowed when it connected. Subscribers see a will on a
    /// reserved topic, its service does not (AWS guide: device-shadow-comms-app).
    Will(&'a FormerClient),
    /// A caller of the API.
    Caller(&'a PublishPermit),
    /// A rule, as the role of its action: what it does to a message that so many rules have republished.
    Rule(&'a PublishPermit, u8),
    /// A service of ours, whose answers and announcements go to subscribers and ask nobody anything: also on topics that
    /// no client may publish to.
    Service(ServicePermit),
}

impl Sender<'_> {
    /// Client id of the connection that it came over, or was to be sent after.
    fn client_id(&self) -> Option<&str> {
        match self {
            Sender::Client(permit, _) => Some(permit.client_id()),
            Sender::Will(client) => Some(&client.client_id),
            Sender::Caller(_) | Sender::Rule(..) | Sender::Service(_) => None,
        }
    }

    /// The message as rules see it.
    fn arrival<'m>(&'m self, message: &'m Message) -> Arrival<'m> {
        let plain = Arrival {
            properties: message.properties.as_deref(),
            ..Arrival::of_service(message.topic.as_str(), &message.payload)
        };
        match self {
            Sender::Client(permit, client) => Arrival {
                client_id: Some(permit.client_id()),
                principal: Some(client.principal()),
                source_ip: permit.source_ip(),
                ..plain
            },
            Sender::Will(client) => Arrival {
                client_id: Some(&client.client_id),
                principal: Some(&client.principal),
                source_ip: client.source_ip,
                ..plain
            },
            Sender::Caller(permit) => Arrival {
                principal: Some(permit.principal()),
                source_ip: permit.source_ip(),
                ..plain
            },
            Sender::Rule(permit, hops) => Arrival {
                principal: Some(permit.principal()),
                hops: *hops,
                ..plain
            },
            Sender::Service(permit) => Arrival {
                event: permit.event,
                ..plain
            },
        }
    }
}

/// A client that is gone, whose will its policies allowed when it connected. Only use cases can say so of one that no
/// permit is left of.
#[derive(Debug, Clone)]
pub struct FormerClient {
    client_id: Box<str>,
    principal: Box<str>,
    source_ip: Option<IpAddr>,
}

impl FormerClient {
    pub(in crate::app) fn new(client_id: &str, principal: &str, source_ip: Option<IpAddr>) -> Self {
        Self {
            client_id: client_id.into(),
            principal: principal.into(),
            source_ip,
        }
    }

    /// Who it was.
    pub(in crate::app) fn principal(&self) -> &str {
        &self.principal
    }

    /// Where it connected from.
    pub(in crate::app) fn source_ip(&self) -> Option<IpAddr> {
        self.source_ip
    }
}

impl From<&Permit> for FormerClient {
    fn from(permit: &Permit) -> Self {
        Self::new(permit.client_id(), permit.principal(), permit.source_ip())
    }
}

/// That a message is from a service of ours. Only use cases can make one.
#[derive(Debug, Clone, Copy)]
pub struct ServicePermit {
    event: Option<i64>,
}

impl ServicePermit {
    /// For the service that calls this.
    pub(in crate::app) const fn own() -> Self {
        Self { event: None }
    }

    /// For the registry event of this key, which is owed until rules are done with it.
    pub(in crate::app) const fn of_event(key: i64) -> Self {
        Self { event: Some(key) }
    }
}

/// Why a message was not taken. Nothing of it has happened then, except that a retained one may have been kept.
#[derive(Debug)]
pub enum Refusal {
    /// Nobody may publish this, whatever the policies say.
    Reserved(Unpublishable),
    /// Policies do not allow it, for this reason.
    Denied(String),
    /// More than a rate allows.
    Throttled(Exceeded),
    /// There is no room to keep it, as it is to be.
    Full(Error),
    /// It asks a service that is not built, and its sender hears so at once.
    NotBuilt(String),
    /// It could not be carried out, for our reasons.
    Failed(Error),
}

/// What became of a message that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accepted {
    /// The topic is reserved and in no table; it was passed on as any other.
    pub unknown: bool,
    /// Some subscriber's outbox is more than half full: whoever publishes more should let others run first.
    pub crowded: bool,
    /// Sessions keep it once this is written ([`Ingress::kept`]); whoever sent it must not be told before.
    pub stored: Option<Ticket>,
    /// It is to be retained, and the store was away: of a will alone, which nobody is left to send again.
    pub unretained: bool,
    /// Nobody has got it yet, since too many messages wait for another node that is to keep it: of a will alone as well.
    pub unrouted: bool,
}

/// The services that messages ask by more than a document.
pub(crate) struct Services {
    pub(crate) fleet_provisioning: Arc<FleetProvisioning>,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) streams: Arc<Streams>,
}

/// The entrance.
pub struct Ingress {
    kernel: Arc<Kernel>,
    quota: Arc<Quota>,
    messaging: Arc<Messaging>,
    router: Arc<Router>,
    peers: Option<Arc<Peers>>,
    rules: Arc<Rules>,
    fleet_provisioning: Arc<FleetProvisioning>,
    jobs: Arc<Jobs>,
    streams: Arc<Streams>,
}

impl Ingress {
    pub(crate) fn new(
        kernel: Arc<Kernel>,
        quota: Arc<Quota>,
        messaging: Arc<Messaging>,
        (router, peers): (Arc<Router>, Option<Arc<Peers>>),
        rules: Arc<Rules>,
        asked: Services,
    ) -> Self {
        let Services {
            fleet_provisioning,
            jobs,
            streams,
        } = asked;
        Self {
            kernel,
            quota,
            messaging,
            router,
            peers,
            rules,
            fleet_provisioning,
            jobs,
            streams,
        }
    }

    /// Takes a message. When this returns, what is retained of it is durable, and so is what it asked a service for; what
    /// sessions keep of it soon is.
    pub async fn accept(
        &self,
        from: Sender<'_>,
        message: &Arc<Message>,
    ) -> Result<Accepted, Refusal> {
        let name = message.topic.as_str();
        // 1. The table of reserved topics, policies, rates.
        let entry = self.admit(&from, message)?;
        // 2. Durable before anybody hears of it.
        let mut unretained = false;
        if message.retain
            && let Err(error) = self.messaging.retain(message).await
        {
            match from {
                // Nobody is left who could send it again, so its subscribers get it now.
                Sender::Will(_) if error.kind == Kind::Unavailable => unretained = true,
                Sender::Will(_) => {
                    tracing::error!(topic = name, "a retained will could not be kept: {error:?}")
                }
                _ if matches!(error.kind, Kind::Throttled(_)) => return Err(Refusal::Full(error)),
                _ => return Err(Refusal::Failed(error)),
            }
        }
        // 3. Rules: what they may see is decided and durable, and is not yet under way. Of a message to `Asked::Rule`
        //    they are the only ones to see it. A request for a certificate or with the token that owns one is nobody's
        //    but the device's.
        if !matches!(entry.asks, Some(Asked::FleetProvisioning(_))) {
            self.rules.offer(from.arrival(message)).await;
        }
        // 4. Its subscribers.
        let mut accepted = Accepted {
            unknown: entry.goes == Publishing::Unknown,
            crowded: false,
            stored: None,
            unretained,
            unrouted: false,
        };
        if entry.goes != Publishing::Service {
            match (self.route(message, from.client_id()), &from) {
                (Ok(routed), _) => {
                    accepted.crowded = routed.crowded;
                    accepted.stored = routed.stored;
                }
                (Err(error), Sender::Will(_)) if error.kind == Kind::Unavailable => {
                    accepted.unrouted = true;
                }
                (Err(error), _) => return Err(Refusal::Failed(error)),
            }
        }
        // 5. The service that it asks.
        if let Some(asked) = entry.asks {
            // On the heap for as long as it takes: what services need must not lie idle in every open connection.
            Box::pin(self.ask(&from, asked, message)).await?;
        }
        Ok(accepted)
    }

    /// Whether the message may come in; where it then goes.
    fn admit(&self, from: &Sender<'_>, message: &Message) -> Result<Entry, Refusal> {
        let (name, retain) = (message.topic.as_str(), message.retain);
        if let Sender::Service(_) = from {
            self.quota.service_published();
            return Ok(Entry {
                goes: Publishing::Subscribers,
                asks: None,
            });
        }
        let entry = topic::publishing(name, retain).map_err(Refusal::Reserved)?;
        match from {
            Sender::Client(permit, _) => self.check_policies(permit, name, retain)?,
            Sender::Caller(permit) | Sender::Rule(permit, _) => {
                if !permit.covers(name, retain) {
                    let why = "the permit is for another message";
                    return Err(Refusal::Failed(Error::internal(why)));
                }
                if let Some(
                    Asked::FleetProvisioning(operation)
                    | Asked::Jobs(operation)
                    | Asked::Streams(operation),
                ) = entry.asks
                {
                    let why = format!(
                        "{operation} is answered to the connection that asks, so it is asked over MQTT"
                    );
                    return Err(Refusal::Failed(Error::invalid(why)));
                }
                let unbuilt = entry.asks.and_then(|asked| Unbuilt::of(name, asked));
                if let Some(unbuilt) = unbuilt {
                    return Err(Refusal::NotBuilt(unbuilt.message()));
                }
            }
            Sender::Will(_) | Sender::Service(_) => {}
        }
        self.quota
            .may_publish(name, retain)
            .map_err(Refusal::Throttled)?;
        if let Sender::Client(..) = from {
            self.kernel.metrics.received.inc();
        }
        Ok(entry)
    }

    fn check_policies(&self, permit: &Permit, name: &str, retain: bool) -> Result<(), Refusal> {
        let now = || self.kernel.now();
        let authorizer = &permit.authorizer;
        let may = |action| authorizer.check(action, name, now).is_allowed();
        if may(MqttAction::Publish) && (!retain || may(MqttAction::RetainPublish)) {
            return Ok(());
        }
        let mut decision = authorizer.decide(MqttAction::Publish, name, now());
        if decision.is_allowed() {
            decision = authorizer.decide(MqttAction::RetainPublish, name, now());
        }
        Err(Refusal::Denied(decision.to_string()))
    }

    /// Has the subscribers of a will get it that was taken while too many messages waited for another node, once there is
    /// room; returns when those keep it that are to.
    pub(in crate::app) async fn route_late(&self, from: &FormerClient, message: &Arc<Message>) {
        let routed = Patience::new("a will waits for room")
            .until_done(async || self.route(message, Some(&from.client_id)));
        match routed.await {
            Ok(Routed {
                stored: Some(ticket),
                ..
            }) => self.router.journal().written(ticket).await,
            Ok(_) => {}
            Err(error) => {
                let topic = message.topic.as_str();
                tracing::error!(topic, "a will is discarded: {error:?}");
            }
        }
    }

    /// Publishes a message of ours, with QoS 1. One that is not taken is logged.
    pub(crate) async fn announce(
        &self,
        own: ServicePermit,
        topic: &str,
        payload: Vec<u8>,
    ) -> Option<Accepted> {
        let topic = match Text::try_from(topic) {
            Ok(topic) => topic,
            Err(error) => {
                tracing::error!(topic, "a message has no right topic: {error}");
                return None;
            }
        };
        let message = Arc::new(Message {
            topic,
            payload: payload.into(),
            qos: QoS::AtLeastOnce,
            ..Message::default()
        });
        match self.accept(Sender::Service(own), &message).await {
            Ok(accepted) => Some(accepted),
            Err(refused) => {
                let topic = message.topic.as_str();
                tracing::error!(topic, "a service's message was not taken: {refused:?}");
                None
            }
        }
    }

    /// The same of a message that most often nobody gets, and is made only where somebody would.
    pub(crate) async fn announce_if_heard(
        &self,
        own: ServicePermit,
        topic: &str,
        payload: impl FnOnce() -> Vec<u8> + Send,
    ) {
        if self.is_heard(topic).await {
            self.announce(own, topic, payload()).await;
        } else {
            self.quota.service_published();
        }
    }

    /// Whether a subscriber or a rule gets what is published on a topic. What other nodes have is not looked at.
    async fn is_heard(&self, topic: &str) -> bool {
        self.peers.is_some()
            || self.router.is_subscribed(topic)
            || self.rules.has_rule_for(topic).await
    }

    /// Retains a message that was taken while the store was away, once it is back, unless a newer one is by then.
    pub(in crate::app) async fn retain_late(&self, message: &Message, since: Millis) {
        let kept = Patience::new("a retained will waits")
            .until_done(|| self.messaging.retain_late(message, since));
        if let Err(error) = kept.await {
            let topic = message.topic.as_str();
            tracing::error!(topic, "a retained will could not be kept: {error:?}");
        }
    }

    /// Waits until sessions keep a message that was taken.
    pub async fn kept(&self, accepted: &Accepted) {
        if let Some(ticket) = accepted.stored {
            self.router.journal().written(ticket).await;
        }
    }

    /// Puts the message into the outboxes and sessions of its subscribers, here and at other nodes.
    fn route(&self, message: &Arc<Message>, publisher: Option<&str>) -> Result<Routed> {
        let routed = match &self.peers {
            None => self.router.publish(message, publisher),
            Some(peers) => {
                let full = |_| {
                    let why = "too many messages wait for another node that is to keep this one";
                    Error::new(Kind::Unavailable, why)
                };
                let forwarded = peers.forward(message, publisher).map_err(full)?;
                let shares = Shares::Except {
                    elsewhere: &forwarded.groups,
                    own: &forwarded.own,
                };
                let mut routed = self.router.publish_to(message, publisher, shares);
                let left = peers.keep_missed(message, &mut routed);
                // Sessions that went to another node in this moment, members of shared subscriptions among them.
                let mut later = Vec::new();
                if let Some(second) = peers.forward_after(&forwarded, message, publisher) {
                    later.push(second.map_err(full)?);
                }
                if !left.is_empty() {
                    let second = peers.forward_in_place(&left, message, publisher);
                    later.push(second.map_err(full)?);
                }
                let mut elsewhere = forwarded.ticket;
                for second in later {
                    routed.crowded |= second.crowded;
                    elsewhere = peers.both(elsewhere, second.ticket);
                }
                Routed {
                    crowded: routed.crowded || forwarded.crowded,
                    stored: Ticket::and(routed.stored, elsewhere),
                    ..routed
                }
            }
        };
        self.quota.delivered(routed.queued);
        if routed.dropped > 0 {
            self.kernel.metrics.outbox_full(routed.dropped as u64);
        }
        Ok(routed)
    }
}
