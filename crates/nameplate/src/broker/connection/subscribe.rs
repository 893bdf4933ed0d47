//! SUBSCRIBE and UNSUBSCRIBE of an open connection, and the retained message that a new subscription gets.

use super::end::End;
use super::link::Transport;
use super::open::Open;
use crate::app::admission::Refusal;
use crate::app::error::log_failure;
use crate::app::faults::Fault;
use crate::app::messaging::retained::Retained;
use crate::app::{App, Kind};
use crate::broker::throttle::Over;
use crate::router::{Client, Message, Pushed};
use bytes::BytesMut;
use nameplate_core::policy::MqttAction;
use nameplate_core::topic::{self, Subscribing};
use nameplate_mqtt::connection::{SubscribeAnswer, SubscribeEntry, SubscribeRequest};
use nameplate_mqtt::packet::RetainHandling;
use nameplate_mqtt::topic::Filter;
use nameplate_mqtt::{DisconnectReason, QoS, Text, Version};
use std::sync::Arc;

impl<S: Transport> Open<'_, '_, S> {
    pub(super) async fn subscribe(&mut self, mut request: SubscribeRequest) -> Result<(), End> {
        let v5 = self.link.protocol.version() == Version::V5;
        let mut denied = self.decide_filters(&mut request);
        let is_denied = |entry: &SubscribeEntry| entry.answer == Some(SubscribeAnswer::Denied);
        if request.entries.iter().any(is_denied) && self.was_behind(true).await? {
            for entry in &mut request.entries {
                entry.answer = entry
                    .answer
                    .filter(|answer| *answer == SubscribeAnswer::Failed);
            }
            denied = self.decide_filters(&mut request);
        }
        let mut granted = Vec::new();
        let mut ticket = None;
        let ends = request.entries.iter().any(|entry| match entry.answer {
            Some(SubscribeAnswer::Denied) => !v5,
            Some(SubscribeAnswer::Reserved) => true,
            _ => false,
        });
        if !ends {
            self.throttle_filters(&mut request);
            for entry in &mut request.entries {
                if entry.answer == Some(SubscribeAnswer::Granted) {
                    let router = &self.link.shared.app.router;
                    match router.subscribe(&self.registration, &entry.filter, entry.options) {
                        Ok(noted) => {
                            ticket = ticket.max(noted);
                            granted.push((entry.filter.clone(), entry.options, entry.is_new));
                        }
                        Err(_) => entry.answer = Some(SubscribeAnswer::Failed),
                    }
                }
            }
        }
        self.noted(ticket).await?;
        if let (Some(peers), false) = (&self.link.shared.app.peers, granted.is_empty()) {
            // Who publishes at another node after SUBACK reaches the client.
            let told = peers.heard().await;
            if ticket.is_some() {
                self.told_by_the_store(&told).await?;
            }
        }
        let failed = request
            .entries
            .iter()
            .find(|entry| entry.answer == Some(SubscribeAnswer::Failed))
            .map(|entry| {
                let filter = entry.filter.as_str();
                format!(
                    "no subscription to {filter}: the connection or its share group has as many as it may"
                )
            });
        let link = &mut *self.link;
        let client = self.registration.client_id();
        let mut nowhere = BytesMut::new();
        let out = match link.shared.app.faults().due(Fault::LoseSuback, client) {
            Some(_) => &mut nowhere,
            None => &mut link.output,
        };
        link.protocol
            .subscribed(request, out)
            .map_err(|close| End {
                text: denied.clone().unwrap_or_else(|| close.cause.to_string()),
                ..End::of(close)
            })?;
        if let Some(reason) = denied {
            self.record_denied("subscribe-denied", &reason);
        }
        if let Some(reason) = failed {
            let refusal = Refusal {
                code: "subscription-limit",
                reason: &reason,
                kind: "",
                times: 1,
            };
            self.link
                .shared
                .app
                .admission
                .record_refusal(&self.permit, self.seat, &refusal);
        }
        let names: Vec<&str> = granted.iter().map(|(filter, ..)| filter.as_str()).collect();
        let presence = &self.link.shared.app.presence;
        presence.subscribed(&self.present, &names).await;
        for (filter, options, is_new) in granted {
            let wanted = match options.retain_handling {
                RetainHandling::Send => true,
                RetainHandling::SendIfNew => is_new,
                RetainHandling::Never => false,
            };
            if wanted {
                self.push_retained(&filter, options.qos).await;
            }
        }
        Ok(())
    }

    /// What the session subscribes to is told by the store to nodes that do not hear this one.
    async fn told_by_the_store(&self, told: &[i64]) -> Result<(), End> {
        let client_id = self.registration.client_id();
        let subscribed = self.link.shared.app.session_subscribed(client_id, told);
        subscribed.await.map_err(|error| {
            log_failure!(
                error,
                "other nodes cannot be told of a subscription: {error:?}"
            );
            End::of_server(
                DisconnectReason::ServerError,
                "other nodes could not be told of the session's subscriptions",
            )
        })
    }

    /// Answers each filter by the table of reserved topics and by the policies; why the first was denied.
    fn decide_filters(&mut self, request: &mut SubscribeRequest) -> Option<String> {
        let now = self.link.shared.app.now();
        let authorizer = &self.permit.authorizer;
        let (mut denied, mut unknown) = (None, None);
        for entry in &mut request.entries {
            if entry.answer.is_some() {
                continue;
            }
            let sent = entry.filter.as_str();
            let Some(can_match) = topic::subscribing(entry.filter.topic_filter()) else {
                entry.answer = Some(SubscribeAnswer::Reserved);
                denied.get_or_insert_with(|| format!("a client may not subscribe to {sent}"));
                continue;
            };
            if authorizer
                .check(MqttAction::Subscribe, sent, || now)
                .is_allowed()
            {
                entry.answer = Some(SubscribeAnswer::Granted);
                if can_match == Subscribing::Unknown {
                    unknown.get_or_insert_with(|| sent.to_owned());
                }
            } else {
                entry.answer = Some(SubscribeAnswer::Denied);
                denied.get_or_insert_with(|| {
                    let decision = authorizer.decide(MqttAction::Subscribe, sent, now);
                    decision.to_string()
                });
            }
        }
        if let Some(filter) = unknown {
            self.tell_unknown(&filter);
        }
        denied
    }

    /// Fails the filters that are too many by AWS's rates, where they are held to.
    fn throttle_filters(&mut self, request: &mut SubscribeRequest) {
        let Some(meter) = &mut self.link.meter else {
            return;
        };
        let app = &self.link.shared.app;
        let account = app.quota.may_subscribe(request.entries.len());
        let granted = |entry: &&mut SubscribeEntry| entry.answer == Some(SubscribeAnswer::Granted);
        for entry in request.entries.iter_mut().filter(granted) {
            let within = account.and_then(|()| match entry.filter.share_name() {
                Some(_) => app.quota.may_subscribe_group(entry.filter.as_str()),
                None => Ok(()),
            });
            if let Err(exceeded) = within {
                entry.answer = Some(SubscribeAnswer::Failed);
                meter.tell(app, &self.permit, self.seat, (Over::Subscribe, exceeded));
            }
        }
    }

    pub(super) async fn unsubscribe(&self, filters: &[Filter]) -> Result<(), End> {
        let shared = self.link.shared;
        if self.link.meter.is_some() {
            for group in filters.iter().filter(|f| f.share_name().is_some()) {
                shared.app.quota.unsubscribed_group(group.as_str());
            }
        }
        let router = &shared.app.router;
        self.noted(router.unsubscribe(&self.registration, filters))
            .await?;
        let names: Vec<&str> = filters.iter().map(Filter::as_str).collect();
        shared
            .app
            .presence
            .unsubscribed(&self.present, &names)
            .await;
        Ok(())
    }

    /// Has the client get the retained message of a new subscription; its session keeps it as any other. AWS delivers one
    /// only where the filter is the topic itself, never for a filter with wildcards or a shared one (AWS guide: mqtt).
    async fn push_retained(&self, filter: &Filter, qos: QoS) {
        if filter.has_wildcard() || filter.share_name().is_some() {
            return;
        }
        let name = filter.topic_filter();
        let Ok(topic) = Text::try_from(name) else {
            return;
        };
        let app = &self.link.shared.app;
        match app.messaging.retained(name).await {
            Ok(Some(kept)) => push(app, &self.registration, topic, kept, qos),
            Ok(None) => {}
            Err(error) if error.kind == Kind::Unavailable => {
                let (app, filter) = (Arc::clone(app), filter.clone());
                tokio::spawn(push_late(
                    app,
                    Arc::clone(&self.registration),
                    filter,
                    topic,
                ));
            }
            Err(error) => log_failure!(
                error,
                topic = name,
                "a retained message could not be read: {error:?}"
            ),
        }
    }
}

/// Sends the retained message of a subscription that was made while the store was away, once it is back, if the client still
/// has both.
async fn push_late(app: Arc<App>, client: Arc<Client>, filter: Filter, topic: Text) {
    let kept = app.messaging.retained_once_back(topic.as_str()).await;
    let subscribed = client.filters();
    let subscribed = subscribed.into_iter().find(|(own, _)| *own == filter);
    let latest = app.router.client(client.client_id());
    let is_there = latest.is_some_and(|latest| latest.number() == client.number());
    match (kept, subscribed.filter(|_| is_there)) {
        (Ok(Some(kept)), Some((_, options))) => push(&app, &client, topic, kept, options.qos),
        (Ok(_), _) => {}
        // It is told already that the store is away.
        (Err(error), _) if error.kind == Kind::Unavailable => {}
        (Err(error), _) => log_failure!(
            error,
            topic = topic.as_str(),
            "a retained message could not be read: {error:?}"
        ),
    }
}

fn push(app: &App, client: &Client, topic: Text, kept: Retained, qos: QoS) {
    let published = match kept.qos {
        0 => QoS::AtMostOnce,
        _ => QoS::AtLeastOnce,
    };
    let message = Arc::new(Message {
        topic,
        payload: kept.payload.into(),
        qos: published,
        retain: true,
        properties: kept.properties,
        expires: kept.expires,
    });
    if app.router.deliver(client, &message, qos, true) == Pushed::Full {
        app.metrics().outbox_full(1);
    }
}
