//! Calls that were taken for later (`X-Amz-Invocation-Type: Event`): rows until they have been made.
//!
//! One task dispatches what is due, oldest first, and as many calls run at once as the host takes. A call that fails is
//! made again, twice unless the owner set otherwise; one that fails for the last time, or grows too old, goes to where
//! its owner sends such calls. So nothing that was taken is lost: a server that dies makes it once more after its start.
//! Where the store is away, what became of a call waits for it, and not the call to be made again.

use super::invoke::DEPTH;
use super::{Call, Functions};
use crate::app::error::{Error, Kind, Result, log_failure};
use crate::app::patience::Patience;
use bytes::Bytes;
use nameplate_core::ctx::Millis;
use nameplate_core::function::{Event, EventSettings, LATEST, Reference, payload};
use nameplate_store::{EventsByQualifier, Tx};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

/// Calls that are made at once; the host bounds them further.
const AT_ONCE: usize = 64;
/// Rows that are read at once.
const ROWS: usize = 128;
/// How long the first and the second retry wait. AWS waits one minute and two, which a rehearsal would notice.
const RETRY_MILLIS: [i64; 2] = [1000, 2000];
/// How long a call waits that found no room.
const THROTTLED_MILLIS: i64 = 500;
/// How often rows are looked at that wait for their time.
const TICK: Duration = Duration::from_millis(250);

/// What is under way.
pub(super) struct Queue {
    wake: Notify,
    stopped: AtomicBool,
    running: Mutex<HashSet<i64>>,
    places: Arc<Semaphore>,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            wake: Notify::new(),
            stopped: AtomicBool::new(false),
            running: Mutex::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Queue {
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }
}

/// Starts the task. It ends when the functions are stopped or gone.
pub(super) fn start(functions: &Arc<Functions>) {
    let weak = Arc::downgrade(functions);
    tokio::spawn(async move {
        loop {
            let Some(functions) = weak.upgrade() else {
                return;
            };
            if functions.queue.is_stopped() {
                return;
            }
            let wait = match functions.dispatch().await {
                Ok(wait) => wait,
                Err(error) => {
                    log_failure!(error, error = ?error, "calls of functions wait: {error:?}");
                    Some(Duration::from_secs(1))
                }
            };
            let woken = functions.queue.wake.notified();
            match wait {
                Some(wait) => {
                    functions.kernel.time().at_most(wait, woken).await;
                }
                None => woken.await,
            }
        }
    });
}

impl Functions {
    /// Keeps a call durably and has it made.
    pub(super) async fn enqueue(&self, event: Event) -> Result<()> {
        let kept = self.kernel.store.tx("take-function-call", move |tx| {
            Ok::<_, Error>(tx.insert_function_call(&event)?)
        });
        let kept = kept.await;
        // Also one of which it is not known that it was taken.
        self.queue.wake.notify_one();
        kept.map(drop)
    }

    /// Begins what is due; how long to wait where something is not due yet.
    async fn dispatch(self: &Arc<Self>) -> Result<Option<Duration>> {
        let (mut after, mut wait) = (0, None);
        loop {
            // Before the rows: one that ends in between is still in what is read, as it was before.
            let under_way = self.queue.running.lock().clone();
            let rows = self
                .kernel
                .store
                .read(|conn| Ok::<_, Error>(conn.function_calls(after, ROWS)?))
                .await?;
            let Some(last) = rows.last() else {
                return Ok(wait);
            };
            after = last.key;
            let now = self.kernel.now();
            for event in rows {
                if event.due > now {
                    wait = Some(TICK);
                    continue;
                }
                if under_way.contains(&event.key) {
                    continue;
                }
                let Ok(place) = Arc::clone(&self.queue.places).try_acquire_owned() else {
                    // Who ends gives its place to what waits.
                    return Ok(wait);
                };
                self.queue.running.lock().insert(event.key);
                let functions = Arc::clone(self);
                tokio::spawn(async move {
                    let key = event.key;
                    if let Err(error) = functions.make(event).await {
                        log_failure!(error, error = ?error, "a call of a function stays where it is: {error:?}");
                        // Not at once again: what failed is the store.
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                    functions.queue.running.lock().remove(&key);
                    drop(place);
                    functions.queue.wake.notify_one();
                });
            }
        }
    }

    /// Makes one call, and notes what became of it.
    async fn make(&self, event: Event) -> Result<()> {
        let reference = Reference {
            name: event.function.clone(),
            qualifier: event.qualifier.clone(),
        };
        let (settings, reserved) = self.event_settings(&event).await?;
        let ctx = self.kernel.ctx();
        let too_old = |at: i64| at - event.created.0 > settings.age_millis();
        let never = match reserved {
            // Nobody may call it: it would wait for nothing.
            Some(0) => Some("ZeroReservedConcurrency"),
            _ => too_old(ctx.now.0).then_some("EventAgeExceeded"),
        };
        if let Some(condition) = never {
            let end = (condition, event.attempts);
            return self.give_up(&event, &settings, end, None).await;
        }
        let call = Call {
            payload: Bytes::from(event.payload.clone()),
            depth: event.depth,
            ..Call::default()
        };
        let made = self
            .run(&reference, call, Some(event.request_id.clone()), &ctx)
            .await;
        let (answer, why) = match made {
            Ok(answer) => match answer.failure() {
                None => return self.succeeded(&event, &settings, &answer).await,
                Some(why) => {
                    let last = answer
                        .last_line()
                        .map(|line| format!("; its last line: {line}"));
                    let why = format!("{why}{}", last.unwrap_or_default());
                    (Some(answer), why)
                }
            },
            Err(error) => match error.kind {
                Kind::Throttled(_) | Kind::Unavailable => {
                    let due = Millis(self.kernel.now().0 + THROTTLED_MILLIS);
                    return self.later(&event, event.attempts, due).await;
                }
                Kind::Internal => return Err(error),
                _ => (None, error.message),
            },
        };
        let attempts = event.attempts + 1;
        tracing::warn!(
            target: "nameplate::functions",
            function = event.function,
            "the function {} failed at attempt {attempts} of the call {}: {why}",
            event.function,
            event.request_id,
        );
        self.failures.note(&event.function, &why, ctx.now);
        // Who is gone will not be there later.
        let gone = answer.is_none();
        let wait = RETRY_MILLIS[usize::try_from(attempts - 1).unwrap_or(0).min(1)];
        let due = Millis(self.kernel.now().0 + wait);
        let condition = match gone || attempts > settings.attempts_after() {
            true => Some("RetriesExhausted"),
            // As recorded of AWS: one that would be too old by then is not waited for.
            false => too_old(due.0).then_some("EventAgeExceeded"),
        };
        match condition {
            Some(condition) => {
                let end = (condition, attempts);
                self.give_up(&event, &settings, end, answer.as_ref()).await
            }
            None => self.later(&event, attempts, due).await,
        }
    }

    async fn later(&self, event: &Event, attempts: i64, due: Millis) -> Result<()> {
        let key = event.key;
        self.note("retry-function-call", move |tx| {
            Ok(tx.retry_function_call(key, attempts, due)?)
        })
        .await
    }

    /// Notes what became of a call, once the store is there. `body` may be run again after it was committed.
    async fn note<F>(&self, name: &'static str, body: F) -> Result<()>
    where
        F: Fn(&mut Tx<'_>) -> Result<()> + Clone + Send + 'static,
    {
        let mut patience = Patience::new("what became of a call of a function waits");
        loop {
            match self.kernel.store.tx(name, body.clone()).await {
                Err(error) if !self.queue.is_stopped() => patience.wait(error).await?,
                noted => return noted,
            }
        }
    }

    async fn succeeded(
        &self,
        event: &Event,
        settings: &EventSettings,
        answer: &super::Answered,
    ) -> Result<()> {
        let mut next = None;
        if let Some(target) = &settings.on_success {
            let record = self.record(event, "Success", event.attempts + 1, Some(answer));
            next = self.sent_on(target, event, &record)?;
        }
        self.settle(event.key, next).await
    }

    async fn give_up(
        &self,
        event: &Event,
        settings: &EventSettings,
        (condition, attempts): (&str, i64),
        answer: Option<&super::Answered>,
    ) -> Result<()> {
        let dead_letter = self.dead_letter(&event.function).await?;
        let next = match (&settings.on_failure, dead_letter) {
            (Some(target), _) => {
                let record = self.record(event, condition, attempts, answer);
                self.sent_on(target, event, &record)?
            }
            // A dead-letter queue gets the event as it was.
            (None, Some(target)) => {
                let payload = payload_of(event);
                self.sent_on(&target, event, &payload)?
            }
            (None, None) => None,
        };
        tracing::error!(
            target: "nameplate::functions",
            function = event.function,
            "the call {} of the function {} is given up: {condition}",
            event.request_id,
            event.function,
        );
        self.settle(event.key, next).await
    }

    /// A call was made, or given up; another function is called with what became of it. Whoever made this one looks for
    /// others when it has ended.
    async fn settle(&self, key: i64, next: Option<Event>) -> Result<()> {
        self.note("settle-function-call", move |tx| {
            let is_first = tx.delete_function_call(key)?;
            if let Some(next) = next.as_ref().filter(|_| is_first) {
                tx.insert_function_call(next)?;
            }
            Ok(())
        })
        .await
    }

    /// What a destination gets. AWS Lambda guide: invocation-async-retain-records.
    fn record(
        &self,
        event: &Event,
        condition: &str,
        attempts: i64,
        answer: Option<&super::Answered>,
    ) -> Value {
        let json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
        let qualifier = event.qualifier.as_deref().unwrap_or(LATEST);
        let reference = Reference {
            name: event.function.clone(),
            qualifier: Some(qualifier.to_owned()),
        };
        let mut record = json!({
            "version": "1.0",
            "timestamp": self.kernel.now().to_string(),
            "requestContext": {
                "requestId": event.request_id,
                "functionArn": reference.arn(self.kernel.realm()),
                "condition": condition,
                "approximateInvokeCount": attempts,
            },
            "requestPayload": payload_of(event),
        });
        if let Some(answer) = answer {
            let mut context = json!({"statusCode": 200, "executedVersion": answer.version});
            if let Some(error) = answer.function_error {
                context["functionError"] = json!(error);
            }
            record["responseContext"] = context;
            record["responsePayload"] = json(&answer.payload);
        }
        record
    }

    /// The call by which a record is handed on. What cannot be reached from here is said and passed over: a call must not
    /// be made for ever because nobody hears of its end.
    fn sent_on(&self, target: &str, event: &Event, record: &Value) -> Result<Option<Event>> {
        let payload = record.to_string().into_bytes();
        if target.contains(":function:") {
            let reference = self.reference(target, None)?;
            if event.depth + 1 >= DEPTH {
                tracing::warn!(
                    target: "nameplate::functions",
                    function = event.function,
                    "{DEPTH} functions heard of one another's calls in a row, the last of them {}: the circle ends here",
                    reference.name
                );
                return Ok(None);
            }
            let now = self.kernel.now();
            return Ok(Some(Event {
                key: 0,
                request_id: crate::app::ids::uuid(),
                function: reference.name,
                qualifier: reference.qualifier,
                payload,
                depth: event.depth + 1,
                attempts: 0,
                created: now,
                due: now,
            }));
        }
        tracing::error!(
            target: "nameplate::functions",
            "the record of the call {} of the function {} cannot be sent to {target}: only functions are destinations here",
            event.request_id,
            event.function,
        );
        Ok(None)
    }

    /// What its owner says of such calls, and how many may run at once.
    async fn event_settings(&self, event: &Event) -> Result<(EventSettings, Option<u32>)> {
        self.kernel
            .store
            .read(|conn| {
                let Some(function) = conn.function(&event.function)? else {
                    return Ok::<_, Error>(Default::default());
                };
                let mut all = conn.function_events(function.key)?;
                let settings = all.remove(event.qualifier.as_deref().unwrap_or(LATEST));
                Ok((settings.unwrap_or_default(), function.concurrency))
            })
            .await
    }

    async fn dead_letter(&self, function: &str) -> Result<Option<String>> {
        let mut patience = Patience::new("the end of a call of a function waits");
        loop {
            let read = self.kernel.store.read(|conn| {
                let Some(function) = conn.function(function)? else {
                    return Ok::<_, Error>(None);
                };
                let latest = conn.function_version(function.key, 0)?;
                Ok(latest.and_then(|latest| latest.settings.dead_letter))
            });
            match read.await {
                Err(error) if !self.queue.is_stopped() => patience.wait(error).await?,
                found => return found,
            }
        }
    }

    /// What becomes of a function's calls that are taken for later, by the qualifiers for which it was set.
    pub async fn event_configurations(&self, name: &str) -> Result<EventsByQualifier> {
        let shown = self.function(name, None).await.map_err(no_function)?;
        self.kernel
            .store
            .read(|conn| Ok(conn.function_events(shown.function.key)?))
            .await
    }

    /// The same of one qualifier; the refusal where nothing was set, or there is no such qualifier.
    pub async fn event_configuration(
        &self,
        name: &str,
        qualifier: Option<&str>,
    ) -> Result<EventSettings> {
        let reference = self.reference(name, qualifier)?;
        let kept = self
            .kernel
            .store
            .read(|conn| {
                let Some(shown) = super::definition::find(conn, &reference)? else {
                    return Ok::<_, Error>(EventsByQualifier::default());
                };
                Ok(conn.function_events(shown.function.key)?)
            })
            .await?;
        let qualifier = reference.qualifier.as_deref().unwrap_or(LATEST);
        kept.get(qualifier).cloned().ok_or_else(|| {
            let arn = self.kernel.realm().function(&reference.name);
            Error::not_found(format!(
                "The function {arn}:{qualifier} doesn't have an EventInvokeConfig"
            ))
        })
    }

    /// Sets it for a qualifier, which must exist; `None` takes it away.
    pub async fn set_event_configuration(
        &self,
        caller: &crate::app::caller::Caller,
        name: &str,
        qualifier: Option<&str>,
        settings: Option<EventSettings>,
    ) -> Result<()> {
        let shown = self.function(name, qualifier).await.map_err(no_function)?;
        let qualifier = shown.qualifier.unwrap_or_else(|| LATEST.to_owned());
        let function = shown.function.name;
        let targets = settings.iter().flat_map(|settings| {
            let targets = [&settings.on_success, &settings.on_failure];
            targets.into_iter().flatten()
        });
        for target in targets {
            let named = self.reference(target, None);
            if named.is_ok_and(|named| named.name == function) {
                return Err(Error::invalid(
                    "You can't specify the function as a destination for itself.",
                ));
            }
        }
        self.alter(
            caller,
            "set-function-events",
            &function,
            move |tx, key, _| {
                let mut all = tx.function_events(key)?;
                match &settings {
                    Some(settings) => all.insert(qualifier.clone(), settings.clone()),
                    None => all.remove(&qualifier),
                };
                Ok(tx.set_function_events(key, &all)?)
            },
        )
        .await
    }
}

/// What the call was made with, JSON.
fn payload_of(event: &Event) -> Value {
    serde_json::from_slice(payload::event_of(&event.payload)).unwrap_or_default()
}

/// What is said where there is no such function or qualifier to set it for.
fn no_function(error: Error) -> Error {
    match error.kind {
        Kind::NotFound => Error::not_found("The function doesn't exist."),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, TestApp, answered, crashed};
    use nameplate_store::Failing;
    use std::sync::atomic::AtomicUsize;

    #[tokio::test]
    async fn a_call_is_made_once_whatever_the_store_answers() {
        let test = TestApp::new().await;
        let made = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&made);
        let answer = move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            answered("{}")
        };
        test.function("f", answer).await;
        let next = test.function("next", |_| answered("null")).await;
        let (functions, root) = (&test.app.functions, test.app.iam.root());
        let settings = EventSettings {
            on_success: Some(next),
            ..EventSettings::default()
        };
        let set = functions.set_event_configuration(&root, "f", None, Some(settings));
        set.await.expect("it can be set");
        let event = Event {
            key: 0,
            request_id: "r".into(),
            function: "f".into(),
            qualifier: None,
            payload: b"{}".to_vec(),
            depth: 0,
            attempts: 0,
            created: NOW,
            due: NOW,
        };
        let store = &test.app.kernel.store;
        let rows = async || {
            let read = store.read(|conn| Ok::<_, Error>(conn.function_calls(0, 10)?));
            read.await.expect("the store works")
        };
        store.fail_next("take-function-call", Failing::Unanswered);
        assert!(functions.enqueue(event).await.is_err());
        let taken = rows().await;
        let [event] = &taken[..] else {
            panic!("it was taken: {taken:?}");
        };
        // Away, then made and not told.
        store.fail_next("settle-function-call", Failing::Away);
        store.fail_next("settle-function-call", Failing::Unanswered);
        functions.make(event.clone()).await.expect("it is noted");
        assert_eq!(made.load(Ordering::Relaxed), 1);
        let left: Vec<String> = rows().await.into_iter().map(|row| row.function).collect();
        assert_eq!(left, ["next"], "whoever hears of it hears once");
    }

    #[tokio::test]
    async fn calls_that_are_given_up() {
        let test = TestApp::new().await;
        test.function("f", |_| crashed("no", "looking")).await;
        let heard = Arc::new(Mutex::new(Vec::<Value>::new()));
        let told = Arc::clone(&heard);
        let next = test.function("next", move |record| {
            told.lock().push(record);
            answered("null")
        });
        let settings = EventSettings {
            retries: Some(2),
            age: Some(60),
            on_failure: Some(next.await),
            ..EventSettings::default()
        };
        let (functions, root) = (&test.app.functions, test.app.iam.root());
        let set = functions.set_event_configuration(&root, "f", None, Some(settings));
        set.await.expect("it can be set");
        let ended = async |created: i64, attempts: i64| {
            let event = Event {
                key: 0,
                request_id: "r".into(),
                function: "f".into(),
                qualifier: None,
                payload: Vec::new(),
                depth: 0,
                attempts,
                created: Millis(NOW.0 - created),
                due: NOW,
            };
            functions.enqueue(event).await.expect("it is taken");
            let store = &test.app.kernel.store;
            // The call, and then the one that its end makes.
            for _ in 0..2 {
                let read = store.read(|conn| Ok::<_, Error>(conn.function_calls(0, 10)?));
                for waiting in read.await.expect("the store works") {
                    functions.make(waiting).await.expect("it is made");
                }
            }
            let record = heard.lock().pop().unwrap_or_default();
            let of = &record["requestContext"];
            let told = (
                of["condition"].as_str(),
                of["approximateInvokeCount"].as_i64(),
            );
            let told = (told.0.unwrap_or_default().to_owned(), told.1);
            (told, record)
        };
        // As recorded of AWS: it does not wait until it is too old.
        let (told, record) = ended(59_500, 0).await;
        assert_eq!(told, ("EventAgeExceeded".into(), Some(1)));
        assert_eq!(record["responsePayload"]["errorMessage"], "no");
        assert_eq!(record["requestPayload"], json!({}));
        let arn = record["requestContext"]["functionArn"].as_str();
        assert!(
            arn.is_some_and(|arn| arn.ends_with(":function:f:$LATEST")),
            "{arn:?}"
        );
        assert_eq!(ended(0, 2).await.0, ("RetriesExhausted".into(), Some(3)));
        let (told, record) = ended(61_000, 1).await;
        assert_eq!(told, ("EventAgeExceeded".into(), Some(1)));
        assert_eq!(record.get("responseContext"), None);
        let none = functions.set_concurrency(&root, "f", Some(0));
        none.await.expect("it can be set");
        let (told, _) = ended(0, 0).await;
        assert_eq!(told, ("ZeroReservedConcurrency".into(), Some(0)));
    }
}
