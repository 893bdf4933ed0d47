//! The pump: what commits owe to open connections and subscribers.

use super::{Control, Message, Router};
use crate::app::{App, Effect};
use nameplate_core::topic;
use nameplate_mqtt::{QoS, Text};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

/// Published events are settled together: each settling is a commit of its own.
const SETTLE_AFTER: Duration = Duration::from_millis(500);
/// … or after this many.
const SETTLE_COUNT: usize = 1024;

/// Passes on effects until the server drains and none is left.
pub async fn pump(
    app: Arc<App>,
    router: Arc<Router>,
    mut effects: UnboundedReceiver<Effect>,
    mut draining: tokio::sync::watch::Receiver<bool>,
) {
    let mut published: Option<(i64, usize, Instant)> = None;
    loop {
        let due = published.map_or_else(Instant::now, |(_, _, since)| since + SETTLE_AFTER);
        let effect = tokio::select! {
            biased;
            effect = effects.recv() => effect,
            () = tokio::time::sleep_until(due), if published.is_some() => {
                settle(&app, &mut published).await;
                continue;
            }
            () = drained(&mut draining) => None,
        };
        let Some(effect) = effect else {
            settle(&app, &mut published).await;
            return;
        };
        match effect {
            Effect::Certificate(hash) => {
                router.signal_principal(&hex::encode(hash), Control::Reauthorize);
            }
            Effect::Thing(key) => match app.registry.certificates_of_thing(key).await {
                Ok(certificates) => {
                    for hash in certificates {
                        router.signal_principal(&hex::encode(hash), Control::Reauthorize);
                    }
                }
                Err(error) => {
                    tracing::error!("the connections of a thing could not be found: {error:?}");
                    router.signal_all(Control::Reauthorize);
                }
            },
            Effect::Everyone => {
                router.signal_all(Control::Reauthorize);
            }
            Effect::Message(message) => {
                let qos = if message.at_least_once {
                    QoS::AtLeastOnce
                } else {
                    QoS::AtMostOnce
                };
                // What a client may not publish is an answer of a service, which AWS counts as a message in.
                if app.quota.quotas().is_some() && topic::publishing(&message.topic, false).is_err()
                {
                    app.quota.service_published();
                }
                send(&app, &router, &message.topic, message.payload, qos);
            }
            Effect::Publish(event) => {
                app.quota.service_published();
                send(&app, &router, &event.topic, event.payload, QoS::AtLeastOnce);
                let count = published.map_or(0, |(_, count, _)| count) + 1;
                let since = published.map_or_else(Instant::now, |(_, _, since)| since);
                published = Some((event.key, count, since));
                if count >= SETTLE_COUNT {
                    settle(&app, &mut published).await;
                }
            }
        }
    }
}

fn send(app: &App, router: &Router, topic: &str, payload: Vec<u8>, qos: QoS) {
    match Text::try_from(topic) {
        Ok(topic) => {
            let routed = router.publish(&Arc::new(Message {
                topic,
                payload: payload.into(),
                qos,
                retain: false,
            }));
            app.quota.delivered(routed.queued);
        }
        Err(error) => tracing::error!(topic, "a message has no right topic: {error}"),
    }
}

async fn drained(draining: &mut tokio::sync::watch::Receiver<bool>) {
    let _ = draining.wait_for(|draining| *draining).await;
}

async fn settle(app: &App, published: &mut Option<(i64, usize, Instant)>) {
    if let Some((key, ..)) = published.take()
        && let Err(error) = app.messaging.settle_events(key).await
    {
        tracing::debug!(
            "events were published and not settled; they will be published again: {error:?}"
        );
    }
}
