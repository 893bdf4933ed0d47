//! Just-in-time registration: a first connection is registered, an event says so, and somebody else decides.
//! AWS guide: auto-register-device-cert.

use super::attempt::{Attempt, Stage};
use super::authorize::policies_of_groups;
use super::first::{FirstLeaf, refuse, refuse_status};
use super::{Admission, Entrance};
use crate::app::error::{Error, Result};
use crate::app::patience::Patience;
use crate::config::FirstConnect;
use nameplate_core::ctx::Millis;
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::event::EventKind;
use nameplate_store::Conn;
use std::time::Duration;
use tokio::sync::broadcast;

impl Admission {
    /// Registers a first connection and, unless it is to come back, holds it until it is activated.
    pub(super) async fn register_only(
        &self,
        leaf: &FirstLeaf,
        attempt: &mut Attempt,
        gone: impl Future<Output = ()>,
    ) -> Result<Entrance> {
        attempt.flow = Some("jitr");
        let hash = leaf.hash;
        if let Err(refused) = self.admit_registration(&hash).await {
            return Ok(Entrance::Refuse(refused));
        }
        let ctx = self.kernel.ctx();
        let event = leaf.registered_event(&ctx);
        let announcer = self.kernel.announcer(&ctx).await?;
        let new = leaf.row();
        // Listen before the event can be heard, so that no answer to it is missed.
        let changed = self.kernel.certificate_changed.subscribe();
        let now = ctx.now;
        let (key, status, registered) = self
            .kernel
            .store
            .tx("register-first", move |tx| {
                let (entry, registered) = match tx.certificate_entry(&hash)? {
                    Some(entry) if entry.status != Status::PendingActivation => {
                        return Ok::<_, Error>((entry.key, entry.status, false));
                    }
                    Some(entry) => (entry.key, false),
                    None => (new.insert(tx, None, now)?, true),
                };
                if announcer.on(EventKind::CaCertificate) {
                    tx.owe_event(event.0.clone(), event.1.clone())?;
                }
                Ok((entry, Status::PendingActivation, registered))
            })
            .await?;
        if registered {
            attempt.passed(Stage::AutoRegistered, self.kernel.now());
        }
        match status {
            Status::Active => return Ok(Entrance::Enter(leaf.admitted(key))),
            Status::PendingActivation => {}
            _ => return Ok(refuse_status(Stage::AutoRegistered, status)),
        }
        self.kernel.metrics.provision("jitr", "success");
        if self.kernel.settings.first_connect == FirstConnect::Aws {
            return Ok(Entrance::ComeBack);
        }
        if let Some(refused) = self.hold(leaf, now, changed, gone).await? {
            return Ok(refused);
        }
        match self.kernel.store.certificate_entry(&hash).await? {
            Some(entry) if entry.status == Status::Active => {
                attempt.passed(Stage::Activated, self.kernel.now());
                attempt.thing = self.only_thing(key).await?;
                Ok(Entrance::Enter(leaf.admitted(key)))
            }
            Some(entry) => Ok(refuse_status(Stage::Activated, entry.status)),
            None => Ok(refuse(
                Stage::Activated,
                "certificate-deleted",
                "the certificate was deleted while its first connection was held",
            )),
        }
    }

    /// Waits until somebody has decided about the certificate; a refusal where the client leaves or nobody decides.
    async fn hold(
        &self,
        leaf: &FirstLeaf,
        since: Millis,
        mut changed: broadcast::Receiver<[u8; 32]>,
        gone: impl Future<Output = ()>,
    ) -> Result<Option<Entrance>> {
        let limit = Duration::from_secs(self.kernel.settings.jitr_wait_seconds);
        let ready = async {
            let mut patience = Patience::new("a first connection that is held waits");
            loop {
                match self.is_ready(&leaf.hash).await {
                    Ok(true) => return Ok::<_, Error>(()),
                    Ok(false) => {}
                    Err(error) => {
                        patience.wait(error).await?;
                        continue;
                    }
                }
                // A lagging receiver has missed some changes; looking again is right in every case.
                if let Err(broadcast::error::RecvError::Closed) = changed.recv().await {
                    return Ok(());
                }
            }
        };
        let ready = tokio::select! {
            ready = self.kernel.time().at_most(limit, ready) => ready,
            () = gone => {
                return Ok(Some(refuse(
                    Stage::Activated,
                    "activation-abandoned",
                    "the certificate was registered as PENDING_ACTIVATION, and the client closed the connection before \
                     anybody made it ACTIVE with a policy",
                )));
            }
        };
        if let Some(ready) = ready {
            return ready.map(|()| None);
        }
        let told = if self
            .kernel
            .event_kinds()
            .await?
            .contains(EventKind::CaCertificate)
        {
            let topic = leaf.event_topic();
            let heard = self.who_heard(&topic, since).await?;
            format!("{topic} was published{heard}")
        } else {
            "nobody was told, because CA_CERTIFICATE events are switched off".to_owned()
        };
        Ok(Some(refuse(
            Stage::Activated,
            "activation-timeout",
            format!(
                "the certificate was registered as PENDING_ACTIVATION and {told}; \
                 nobody made it ACTIVE with a policy within {} s",
                limit.as_secs()
            ),
        )))
    }

    /// Which rules heard of an event, what they called, and how that failed: as a text that goes on from another.
    async fn who_heard(&self, topic: &str, since: Millis) -> Result<String> {
        let told = self.rules.told(topic, since).await?;
        if told.is_empty() {
            return Ok(", and no topic rule is for it".to_owned());
        }
        let mut text = String::new();
        for told in told {
            text.push_str(&format!("; the rule {} heard of it", told.rule));
            for arn in &told.functions {
                let name = arn
                    .split_once(":function:")
                    .map_or(arn.as_str(), |(_, name)| name);
                let name = name.split(':').next().unwrap_or_default();
                text.push_str(&format!(" and calls the function {name}"));
                if let Some(why) = self.functions.last_failure(name, since) {
                    text.push_str(&format!(", which failed: {why}"));
                }
            }
            if let Some(why) = told.failure {
                text.push_str(&format!(", and failed: {why}"));
            }
        }
        Ok(text)
    }

    /// Name of the thing that a certificate is attached to, where it is one.
    async fn only_thing(&self, certificate: i64) -> Result<Option<String>> {
        let read = |conn: &Conn<'_>| conn.things_of_certificate(certificate, 0, 2);
        let mut things = self.kernel.store.read(read).await?;
        let only = things.pop().filter(|_| things.is_empty());
        Ok(only.map(|only| only.name))
    }

    /// ACTIVE with a policy, or decided otherwise.
    async fn is_ready(&self, hash: &[u8; 32]) -> Result<bool> {
        let Some(entry) = self.kernel.store.certificate_entry(hash).await? else {
            return Ok(true);
        };
        match entry.status {
            Status::PendingActivation => Ok(false),
            Status::Active => {
                self.kernel
                    .store
                    .read(|conn| {
                        if !conn.policies_of_certificate(entry.key)?.is_empty() {
                            return Ok(true);
                        }
                        // A policy may also come through a group of a thing.
                        for attachment in conn.things_of_certificate(entry.key, 0, 10)? {
                            if !policies_of_groups(conn, attachment.thing)?.is_empty() {
                                return Ok(true);
                            }
                        }
                        Ok(false)
                    })
                    .await
            }
            _ => Ok(true),
        }
    }
}
