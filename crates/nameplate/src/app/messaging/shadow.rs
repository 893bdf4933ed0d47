//! Device shadows: asked over MQTT or HTTP, kept durably before the answer, announced after.
//!
//! Owns what is read, written and sent for each request; what the documents say is `core::shadow`'s. Answers and
//! announcements leave in the order of commits, as [`Effect::Message`]s; there is room for them before anything changes.
//! Must not know: who asks, or how.

use super::Messaging;
use super::room::{Done, Known};
use crate::app::effects::{Effect, ServiceMessage};
use crate::app::error::{Error, Kind, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::limits;
use nameplate_core::shadow::{
    self, Content, Current, Operation, Refusal, Rejected, ShadowName, Update,
};
use nameplate_store::{Conn, Tx};
use serde_json::Value;
use std::sync::atomic::Ordering;

/// Messages that an update may cause: accepted, delta, documents.
const TOLD_OF_UPDATE: usize = 3;
/// One deletion of so many looks whether too many are remembered.
const SWEPT: u64 = 1000;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(Kind::Shadow(refusal.clone()), refusal.to_string())
    }
}

impl Messaging {
    /// The document of a shadow.
    pub async fn shadow(&self, of: &ShadowName, token: Option<&str>) -> Result<Value> {
        self.within_rate(of)?;
        let current = self
            .kernel
            .store
            .read(|conn| current(conn, of, self.kernel.now()))
            .await?;
        Ok(shadow::get(
            of,
            &current,
            token,
            seconds(self.kernel.now()),
        )?)
    }

    /// Changes a shadow; what was accepted. Its subscribers hear of it after the commit.
    pub async fn update_shadow(&self, of: &ShadowName, update: Update) -> Result<Value> {
        self.within_rate(of)?;
        let full = self.is_full_of_shadows().await?;
        let _room = self.kernel.effects.room(TOLD_OF_UPDATE).await;
        let (of, now) = (of.clone(), self.kernel.now());
        let updated: Result<_> = self
            .kernel
            .store
            .tx("update-shadow", move |tx| {
                let current = current(tx, &of, now)?;
                let updated = shadow::update(&current, &update, seconds(now))?;
                // One that is there already takes no room.
                let added = current.content.is_none();
                if added && full {
                    return Err(Refusal::Full.into());
                }
                if added
                    && of.name().is_some()
                    && tx.count_named_shadows(of.thing())? >= limits::NAMED_SHADOWS
                {
                    return Err(Refusal::TooMany.into());
                }
                let (name, content) = (of.name().unwrap_or_default(), updated.content.encode());
                tx.set_shadow(of.thing(), name, updated.version, &content, now)?;
                let prefix = of.topic_prefix();
                say(tx, &prefix, "update/accepted", &updated.accepted);
                if let Some(delta) = &updated.delta {
                    say(tx, &prefix, "update/delta", delta);
                }
                say(tx, &prefix, "update/documents", &updated.documents);
                Ok((updated.accepted, added))
            })
            .await;
        let (accepted, added) = updated?;
        let done = Done {
            added,
            ..Done::default()
        };
        self.shadows.note(done, now);
        Ok(accepted)
    }

    /// Whether there are as many shadows as there may be. Where nothing is known of that, one caller counts, beside the
    /// writer, and others go by what was counted before.
    async fn is_full_of_shadows(&self) -> Result<bool> {
        let now = self.kernel.now();
        match self.shadows.known(now) {
            Known::Room => return Ok(false),
            Known::Full => return Ok(true),
            Known::Nothing => {}
        }
        let Ok(_counting) = self.counting.try_lock() else {
            return Ok(self.shadows.was_full());
        };
        let counted = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.count_shadows()?))
            .await?;
        let done = Done {
            counted: Some(counted),
            ..Done::default()
        };
        self.shadows.note(done, now);
        Ok(counted >= self.shadows.most())
    }

    /// Deletes a shadow; what is answered. Its version is remembered for a while.
    pub async fn delete_shadow(&self, of: &ShadowName, token: Option<&str>) -> Result<Value> {
        self.within_rate(of)?;
        let _room = self.kernel.effects.room(1).await;
        let (of, now) = (of.clone(), self.kernel.now());
        let token = token.map(str::to_owned);
        let swept = self
            .deleted
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(SWEPT);
        let deleted: Result<_> = self
            .kernel
            .store
            .tx("delete-shadow", move |tx| {
                let current = current(tx, &of, now)?;
                if current.content.is_none() {
                    return Err(Refusal::not_found(&of).into());
                }
                delete(tx, of.thing(), of.name().unwrap_or_default(), now)?;
                if swept {
                    tx.forget_deleted_shadows_but(limits::DELETED_SHADOWS)?;
                }
                let told = shadow::deleted(current.version, token.as_deref(), seconds(now));
                say(tx, &of.topic_prefix(), "delete/accepted", &told);
                Ok(told)
            })
            .await;
        let told = deleted?;
        self.shadows.give_back();
        Ok(told)
    }

    /// Names of a thing's named shadows after `after`, in their order.
    pub async fn named_shadows(
        &self,
        thing: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<String>> {
        // AWS: this counts as a request to the classic shadow.
        if let Ok(classic) = ShadowName::new(thing, None) {
            self.within_rate(&classic)?;
        }
        self.kernel
            .store
            .read(|conn| Ok(conn.named_shadows(thing, after, limit)?))
            .await
    }

    /// Carries out what a message asks of a shadow, if its topic is one of those: the answer goes to `accepted` or
    /// `rejected` below it. Fails only for our reasons; then nothing was changed that anybody knows of, and `tells` says
    /// whether the answer is that: whoever else sent the message hears of it otherwise, and may send it again.
    pub async fn shadow_request(&self, topic: &str, payload: &[u8], tells: bool) -> Result<()> {
        let Some((thing, name, operation)) = shadow::of_topic(topic) else {
            return Ok(());
        };
        let mut token = None;
        let answered = match ShadowName::new(thing, name) {
            Ok(of) => self.carry_out(&of, operation, payload, &mut token).await,
            Err(refusal) => Err(refusal.into()),
        };
        let (level, document) = match answered {
            // The commit has sent the answer to these.
            Ok(_) if operation != Operation::Get => return Ok(()),
            Ok(document) => ("accepted", document),
            Err(Error {
                kind: Kind::Shadow(refusal),
                ..
            }) => {
                let now = seconds(self.kernel.now());
                (
                    "rejected",
                    shadow::rejection(&refusal, token.as_deref(), now),
                )
            }
            Err(failed) => {
                if tells {
                    let now = seconds(self.kernel.now());
                    let why = shadow::rejection(&Refusal::Internal, token.as_deref(), now);
                    self.say_below(topic, "rejected", &why).await;
                }
                return Err(failed);
            }
        };
        self.say_below(topic, level, &document).await;
        Ok(())
    }

    /// An answer, behind what commits before this have said of the shadow.
    async fn say_below(&self, topic: &str, level: &str, document: &Value) {
        let effects = &self.kernel.effects;
        let _room = effects.room(1).await;
        effects.push(Effect::Message(ServiceMessage {
            topic: format!("{topic}/{level}"),
            payload: document.to_string().into_bytes(),
        }));
    }

    async fn carry_out(
        &self,
        of: &ShadowName,
        operation: Operation,
        payload: &[u8],
        token: &mut Option<String>,
    ) -> Result<Value> {
        if operation == Operation::Update {
            let update = Update::parse(payload).map_err(|rejected: Rejected| {
                token.clone_from(&rejected.client_token);
                Error::from(rejected.refusal)
            })?;
            *token = update.client_token().map(str::to_owned);
            return self.update_shadow(of, update).await;
        }
        *token = shadow::client_token(payload);
        match operation {
            Operation::Get => self.shadow(of, token.as_deref()).await,
            _ => self.delete_shadow(of, token.as_deref()).await,
        }
    }

    fn within_rate(&self, of: &ShadowName) -> Result<(), Refusal> {
        self.quota.may_ask_shadow(of).map_err(|exceeded| {
            tracing::debug!("a request to {} was refused: {exceeded}", of.topic_prefix());
            Refusal::TooManyRequests
        })
    }
}

/// A shadow as it is now; nothing is remembered of one that was deleted too long ago.
fn current(conn: &Conn<'_>, of: &ShadowName, now: Millis) -> Result<Current> {
    let Some(row) = conn.shadow(of.thing(), of.name().unwrap_or_default())? else {
        return Ok(Current::default());
    };
    let content = row.content.as_deref().map(decode).transpose()?;
    if content.is_none() && row.modified < forgotten(now) {
        return Ok(Current::default());
    }
    Ok(Current {
        version: row.version,
        content,
    })
}

/// A content as the store keeps it.
pub(crate) fn decode(kept: &str) -> Result<Content> {
    Content::decode(kept).ok_or_else(|| Error::internal("a stored shadow cannot be read"))
}

/// Deletes one shadow; `name` is empty for the classic one.
pub(crate) fn delete(tx: &mut Tx<'_>, thing: &str, name: &str, now: Millis) -> Result<()> {
    Ok(tx.delete_shadow(thing, name, now, forgotten(now))?)
}

fn forgotten(now: Millis) -> Millis {
    Millis(now.0 - shadow::VERSION_KEPT.0)
}

fn say(tx: &mut Tx<'_>, prefix: &str, level: &str, document: &Value) {
    tx.say(
        format!("{prefix}/{level}"),
        document.to_string().into_bytes(),
    );
}

/// Shadows count in seconds.
fn seconds(now: Millis) -> i64 {
    now.0.div_euclid(1000)
}

#[cfg(test)]
mod tests {
    use super::super::room::{RARELY, Room};
    use super::*;
    use crate::testing::TestApp;
    use std::sync::Arc;

    #[tokio::test]
    async fn all_things_together_have_so_many_shadows_and_no_more() {
        let test = TestApp::new().await;
        let (kernel, quota) = (&test.app.messaging.kernel, &test.app.messaging.quota);
        let messaging = Messaging {
            shadows: Room::new(3, RARELY),
            ..Messaging::of(Arc::clone(kernel), Arc::clone(quota))
        };
        let of = |thing: &str, name| ShadowName::new(thing, name).expect("a right name");
        let update = async |of: ShadowName| {
            let update = Update::parse(br#"{"state":{"reported":{"on":true}}}"#);
            let updated = messaging
                .update_shadow(&of, update.expect("it is right"))
                .await;
            updated.map(drop).map_err(|error| error.kind)
        };
        assert_eq!(update(of("a", None)).await, Ok(()));
        assert_eq!(update(of("a", Some("n"))).await, Ok(()));
        assert_eq!(update(of("b", None)).await, Ok(()));
        for (thing, name) in [("c", None), ("b", Some("n"))] {
            let refused = update(of(thing, name)).await;
            assert_eq!(refused, Err(Kind::Shadow(Refusal::Full)));
        }
        assert!(messaging.delete_shadow(&of("b", None), None).await.is_ok());
        assert_eq!(update(of("c", None)).await, Ok(()));
        assert_eq!(
            update(of("b", None)).await,
            Err(Kind::Shadow(Refusal::Full))
        );
        // Those that are there are changed.
        assert_eq!(update(of("a", None)).await, Ok(()));
    }

    #[tokio::test]
    async fn a_thing_has_so_many_named_shadows_and_no_more() {
        let test = TestApp::new().await;
        let messaging = &test.app.messaging;
        let update = async |name: Option<&str>| {
            let of = ShadowName::new("lamp", name).expect("a right name");
            let update = Update::parse(br#"{"state":{"reported":{"on":true}}}"#);
            let updated = messaging
                .update_shadow(&of, update.expect("it is right"))
                .await;
            updated.map(drop).map_err(|error| error.kind)
        };
        assert_eq!(update(Some("first")).await, Ok(()));
        let now = messaging.kernel.now();
        let filled = messaging.kernel.store.tx("fill", move |tx| {
            let content = tx.shadow("lamp", "first")?.and_then(|row| row.content);
            for number in 1..limits::NAMED_SHADOWS {
                let content = content.as_deref().unwrap_or_default();
                tx.set_shadow("lamp", &format!("s{number}"), 1, content, now)?;
            }
            Ok::<_, Error>(())
        });
        filled.await.expect("they are kept");
        assert_eq!(
            update(Some("another")).await,
            Err(Kind::Shadow(Refusal::TooMany))
        );
        // Those that are there are changed, and the classic one is no named one.
        assert_eq!(update(Some("s1")).await, Ok(()));
        assert_eq!(update(None).await, Ok(()));
        let first = ShadowName::new("lamp", Some("first")).expect("a right name");
        assert!(messaging.delete_shadow(&first, None).await.is_ok());
        assert_eq!(update(Some("another")).await, Ok(()));
    }
}
