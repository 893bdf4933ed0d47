//! The pump: carries out what commits made necessary, at open connections and for subscribers.
//!
//! Looking at connections again and publishing are two loops, so that neither waits for what the other asks the store.

use super::App;
use super::admission::is_caller;
use super::cluster;
use super::effects::{Due, Effect};
use super::ingress::ServicePermit;
use super::takeover;
use crate::app::error::log_failure;
use crate::router::Control;
use crate::router::journal::Ticket;
use nameplate_store::Event;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Published events are settled together: each settling is a commit of its own.
const SETTLE_AFTER: Duration = Duration::from_millis(500);
/// … or after this many.
const SETTLE_COUNT: usize = 1024;
/// How long after a failure they are settled: the store may be away, and what is to be sent waits for each attempt.
const SETTLE_AGAIN: Duration = Duration::from_secs(10);
/// How long events wait for sessions to keep them before others go on.
const KEPT_LIMIT: Duration = Duration::from_millis(200);
/// Events read from the store at once.
const PAGE: usize = 1024;
/// How long the store is left alone after it failed.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Works until the server drains and nothing is left.
pub async fn pump(app: Arc<App>, draining: watch::Receiver<bool>) {
    let notices = async {
        let mut draining = draining.clone();
        loop {
            let notice = tokio::select! {
                biased;
                notice = app.kernel.effects.next_notice() => notice,
                () = drained(&mut draining) => return,
            };
            look_again(&app, notice).await;
        }
    };
    let mut publisher = Publisher {
        app: &app,
        published: None,
        newest: 0,
        read: BTreeSet::new(),
        stored: Vec::new(),
    };
    let all = async {
        app.wills.resume(app.sessions.take_wills()).await;
        publisher.run(draining.clone()).await;
    };
    tokio::join!(
        notices,
        all,
        app.fleet_provisioning.expire_in_time(draining.clone()),
        app.revocation.keep(draining.clone()),
        app.expiry.keep(draining.clone()),
        app.jobs.work(draining.clone()),
        app.gateway.keep_usage(draining.clone()),
        cluster::keep(&app, draining.clone()),
        cluster::follow_secrets(&app, draining.clone()),
        cluster::sweep(&app, draining.clone()),
        takeover::follow(&app, draining.clone())
    );
}

async fn drained(draining: &mut watch::Receiver<bool>) {
    let _ = draining.wait_for(|draining| *draining).await;
}

async fn look_again(app: &App, notice: Effect) {
    let router = &app.router;
    match notice {
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
                log_failure!(
                    error,
                    "the connections of a thing could not be found: {error:?}"
                );
                router.signal_all(Control::Reauthorize);
            }
        },
        Effect::Callers => {
            if app.admission.has_callers() {
                router.signal_where(is_caller, Control::Reauthorize);
            }
        }
        _ => {
            router.signal_all(Control::Reauthorize);
        }
    }
}

/// Publishes events and services' messages.
struct Publisher<'a> {
    app: &'a App,
    /// The last event that was published and not yet settled, how many are not, and since when.
    published: Option<(i64, usize, Instant)>,
    /// The key of the newest event that was published: it may still be owed, to rules.
    newest: i64,
    /// Keys of events that were read from the store and may be in the queue as well.
    read: BTreeSet<i64>,
    /// What sessions are to keep of the events, here and at other nodes.
    stored: Vec<Ticket>,
}

impl Publisher<'_> {
    async fn run(&mut self, mut draining: watch::Receiver<bool>) {
        loop {
            let settle_at = self
                .published
                .map_or_else(Instant::now, |(_, _, since)| since + SETTLE_AFTER);
            let due = tokio::select! {
                biased;
                due = self.app.kernel.effects.next_due() => due,
                () = tokio::time::sleep_until(settle_at), if self.published.is_some() => {
                    self.settle().await;
                    continue;
                }
                () = drained(&mut draining) => {
                    self.settle().await;
                    return;
                }
            };
            match due {
                Due::Message(message) => {
                    let own = ServicePermit::own();
                    self.send(own, &message.topic, message.payload).await;
                }
                Due::Event(event) => {
                    if self.read.last().is_some_and(|last| *last < event.key) {
                        self.read.clear();
                    }
                    if !self.read.remove(&event.key) {
                        self.publish(event).await;
                    }
                }
                Due::Owed => {
                    if *draining.borrow() {
                        // They are in the store, and the next start begins with them.
                        self.settle().await;
                        return;
                    }
                    if let Err(error) = self.catch_up().await {
                        log_failure!(error, "events that are owed could not be read: {error:?}");
                        tokio::time::sleep(RETRY_AFTER).await;
                    }
                }
            }
            if let Some((_, SETTLE_COUNT.., _)) = self.published {
                self.settle().await;
            }
        }
    }

    /// Publishes what the store owes, a page at a time, and has events kept in memory again once that is little.
    async fn catch_up(&mut self) -> super::Result<()> {
        let effects = &self.app.kernel.effects;
        // What is still owed by then has not been published.
        self.try_settle().await?;
        let page = self.app.messaging.owed_events(PAGE).await?;
        let is_last = page.len() < PAGE;
        if is_last {
            effects.keep_events();
        }
        let newest = self.newest;
        if !is_last && page.iter().all(|event| event.key <= newest) {
            // Rules are at all of them.
            tokio::time::sleep(RETRY_AFTER).await;
        }
        for event in page.into_iter().filter(|event| event.key > newest) {
            // Its commit may be about to tell us.
            if is_last {
                self.read.insert(event.key);
            }
            self.publish(event).await;
        }
        if !is_last {
            return Ok(());
        }
        // What was committed while the page was read is in the store alone; what came after, in the queue as well.
        let rest = async {
            self.try_settle().await?;
            self.app.messaging.owed_events(PAGE).await
        };
        let rest = match rest.await {
            Ok(rest) => rest,
            Err(error) => {
                effects.leave_events();
                return Err(error);
            }
        };
        if rest.len() == PAGE {
            effects.leave_events();
        }
        let newest = self.newest;
        for event in rest.into_iter().filter(|event| event.key > newest) {
            self.read.insert(event.key);
            self.publish(event).await;
        }
        Ok(())
    }

    async fn publish(&mut self, event: Event) {
        self.newest = self.newest.max(event.key);
        let own = ServicePermit::of_event(event.key);
        self.send(own, &event.topic, event.payload).await;
        let (count, since) = self
            .published
            .map_or_else(|| (0, Instant::now()), |(_, count, since)| (count, since));
        self.published = Some((event.key, count + 1, since));
    }

    async fn send(&mut self, own: ServicePermit, topic: &str, payload: Vec<u8>) {
        let Some(accepted) = self.app.ingress.announce(own, topic, payload).await else {
            return;
        };
        self.stored.extend(accepted.stored);
        if accepted.crowded {
            tokio::task::yield_now().await;
        }
    }

    /// Forgets the events that were published. Where that fails it is tried again; they are published once more if the
    /// server ends before.
    async fn settle(&mut self) {
        if let Err(error) = self.try_settle().await {
            tracing::debug!("events were published and not settled: {error:?}");
            let again = Instant::now() + SETTLE_AGAIN;
            self.published = self.published.map(|(key, ..)| (key, 0, again));
        }
    }

    async fn try_settle(&mut self) -> super::Result<()> {
        let Some((key, ..)) = self.published else {
            return Ok(());
        };
        let journal = self.app.router.journal();
        let mut stored = std::mem::take(&mut self.stored).into_iter();
        while let Some(ticket) = stored.next() {
            let written = journal.written(ticket);
            if tokio::time::timeout(KEPT_LIMIT, written).await.is_err() {
                // Another node does not say so, or the store. Nothing else waits for that; what is owed is settled when it
                // does.
                self.stored.push(ticket);
                self.stored.extend(stored);
                self.published = Some((key, 0, Instant::now()));
                return Ok(());
            }
        }
        // What rules are still at is owed, should the server end now.
        let unfinished = self.app.rules.oldest_event();
        let done = unfinished.map_or(key, |oldest| key.min(oldest - 1));
        self.app.messaging.settle_events(done).await?;
        self.published = (done < key).then(|| (key, 0, Instant::now()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;
    use nameplate_store::Failing;

    #[tokio::test]
    async fn events_are_owed_until_all_of_them_is_kept_and_that_is_noted() {
        let test = TestApp::new().await;
        let journal = test.app.router.journal();
        let numbers = [journal.begin_elsewhere(1), journal.begin_elsewhere(1)];
        let mut publisher = Publisher {
            app: &test.app,
            published: Some((1, 1, Instant::now())),
            newest: 1,
            read: BTreeSet::new(),
            stored: numbers.map(Ticket::elsewhere).to_vec(),
        };
        for number in numbers {
            publisher.settle().await;
            assert!(
                publisher.published.is_some(),
                "another node has not said so"
            );
            journal.kept_elsewhere(number);
        }
        test.app
            .kernel
            .store
            .fail_next("settle-events", Failing::Away);
        publisher.settle().await;
        assert!(publisher.published.is_some(), "the store was away");
        publisher.settle().await;
        assert!(publisher.published.is_none());
    }
}
