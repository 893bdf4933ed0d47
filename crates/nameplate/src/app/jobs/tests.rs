//! Jobs from their creation to their end, through the API and over the topics of devices.

mod groups;
mod operators;

use crate::app::effects::Effect;
use crate::testing::{ARN, NOW, TestApp};
use nameplate_core::registry::event::EventKind;
use serde_json::{Value, json};

struct World {
    test: TestApp,
}

impl World {
    /// Things `a`, `b` and `c`, of which a group has the first two.
    async fn new() -> Self {
        let test = TestApp::new().await;
        for thing in ["a", "b", "c"] {
            test.iot(&format!("POST /things/{thing}"), json!({}))
                .await
                .ok();
        }
        test.group("g", None, None).await;
        test.join("a", "g").await;
        test.join("b", "g").await;
        Self { test }
    }

    async fn create(&self, id: &str, target: &str, more: Value) -> Value {
        let mut body = json!({"targets": [format!("{ARN}{target}")], "document": r#"{"do":"it"}"#});
        let members = more.as_object().expect("an object").clone();
        for (name, value) in members {
            body[&name] = value;
        }
        self.test.iot(&format!("PUT /jobs/{id}"), body).await.ok()
    }

    async fn get(&self, path: &str) -> Value {
        self.test
            .iot(&format!("GET {path}"), Value::Null)
            .await
            .ok()
    }

    async fn status(&self, id: &str) -> Value {
        self.get(&format!("/jobs/{id}")).await["job"]["status"].take()
    }

    /// Statuses of the executions of a job, by thing, in the order of their numbers.
    async fn executions(&self, id: &str) -> Vec<String> {
        let answer = self.get(&format!("/jobs/{id}/things")).await;
        let items = answer["executionSummaries"].as_array().expect("a list");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let of = items.iter().map(|item| {
            let arn = text(&item["thingArn"]);
            let name = arn.rsplit('/').next().expect("a name");
            format!("{name} {}", text(&item["jobExecutionSummary"]["status"]))
        });
        of.collect()
    }

    /// What a device is answered: the last level of the topic, and the document.
    async fn ask(&self, topic: &str, payload: Value) -> (String, Value) {
        let topic = format!("$aws/things/{topic}");
        let payload = payload.to_string();
        let answer = self.test.app.jobs.answer(&topic, payload.as_bytes()).await;
        let word = answer
            .topic
            .strip_prefix(&format!("{topic}/"))
            .expect("below it");
        let document = serde_json::from_slice(&answer.payload).expect("JSON");
        (word.to_owned(), document)
    }

    async fn update(&self, thing: &str, job: &str, status: &str) -> (String, Value) {
        let topic = format!("{thing}/jobs/{job}/update");
        self.ask(&topic, json!({"status": status})).await
    }

    /// Topics of what was said since the last call, and the documents.
    fn told(&self) -> Vec<(String, Value)> {
        let mut told = Vec::new();
        while let Some(effect) = self.test.effect() {
            let (topic, payload) = match effect {
                Effect::Message(message) => (message.topic, message.payload),
                Effect::Publish(event) => (event.topic, event.payload),
                _ => continue,
            };
            let document = serde_json::from_slice(&payload).expect("JSON");
            told.push((topic, document));
        }
        told
    }

    fn topics(&self) -> Vec<String> {
        let told = self.told().into_iter();
        told.map(|(topic, _)| topic.trim_start_matches("$aws/").to_owned())
            .collect()
    }

    async fn pass(&self) {
        while self.test.app.jobs.pass().await.expect("the store works") {}
    }
}

#[tokio::test]
async fn a_snapshot_is_done_when_its_things_are() {
    let world = World::new().await;
    let made = world
        .create("j", "thinggroup/g", json!({"description": "d"}))
        .await;
    assert_eq!(
        made,
        json!({"jobArn": format!("{ARN}job/j"), "jobId": "j", "description": "d"})
    );
    assert_eq!(world.executions("j").await, ["a QUEUED", "b QUEUED"]);
    assert_eq!(
        world.topics(),
        [
            "things/a/jobs/notify",
            "things/a/jobs/notify-next",
            "things/b/jobs/notify",
            "things/b/jobs/notify-next"
        ]
    );
    let (word, next) = world
        .ask("a/jobs/start-next", json!({"clientToken": "x"}))
        .await;
    assert_eq!(word, "accepted");
    assert_eq!(next["clientToken"], "x");
    let execution = &next["execution"];
    assert_eq!(execution["jobDocument"], json!({"do": "it"}));
    assert_eq!(
        (&execution["status"], &execution["versionNumber"]),
        (&json!("IN_PROGRESS"), &json!(2))
    );
    assert_eq!(execution["startedAt"], NOW.as_seconds());
    assert_eq!(world.topics(), [""; 0], "the answer has it");
    world.ask("a/jobs/start-next", json!({})).await;
    let details = json!({"status": "IN_PROGRESS", "statusDetails": {"step": "1"}});
    world.ask("a/jobs/j/update", details).await;
    assert_eq!(world.topics(), [""; 0], "it is where it was");
    assert_eq!(world.update("a", "j", "SUCCEEDED").await.0, "accepted");
    let told = world.told();
    assert_eq!(
        told[0].1,
        json!({"timestamp": NOW.as_seconds(), "jobs": {}})
    );
    assert_eq!(told[1].1, json!({"timestamp": NOW.as_seconds()}));
    assert_eq!(world.status("j").await, "IN_PROGRESS");
    // One that a thing begins itself stands in the other list.
    assert_eq!(world.update("b", "j", "IN_PROGRESS").await.0, "accepted");
    let [(topic, lists)] = &world.told()[..] else {
        panic!("one message")
    };
    assert!(topic.ends_with("b/jobs/notify"), "{topic}");
    assert_eq!(lists["jobs"]["IN_PROGRESS"][0]["jobId"], "j");
    assert_eq!(world.update("b", "j", "FAILED").await.0, "accepted");
    let job = world.get("/jobs/j").await["job"].take();
    assert_eq!(job["status"], "COMPLETED");
    assert_eq!(job["completedAt"], NOW.as_seconds_f64());
    let details = &job["jobProcessDetails"];
    assert_eq!(details["numberOfSucceededThings"], 1);
    assert_eq!(details["numberOfFailedThings"], 1);
    // Who joins later is none of its targets.
    world.test.join("c", "g").await;
    world.pass().await;
    assert_eq!(world.executions("j").await.len(), 2);
}

#[tokio::test]
async fn an_update_is_held_against_the_execution() {
    let world = World::new().await;
    world.create("j", "thing/a", json!({})).await;
    let update = async |payload| world.ask("a/jobs/j/update", payload).await;
    let (word, told) =
        update(json!({"status": "IN_PROGRESS", "expectedVersion": 7, "clientToken": "t"})).await;
    assert_eq!(
        (word.as_str(), &told["code"]),
        ("rejected", &json!("VersionMismatch"))
    );
    assert_eq!(
        told["executionState"],
        json!({"status": "QUEUED", "statusDetails": {}, "versionNumber": 1})
    );
    assert_eq!(told["clientToken"], "t");
    let (_, told) = update(
        json!({"status": "IN_PROGRESS", "expectedVersion": 1, "statusDetails": {"step": "1"},
        "includeJobExecutionState": true, "includeJobDocument": true}),
    )
    .await;
    assert_eq!(told["executionState"]["versionNumber"], 2);
    assert_eq!(
        told["executionState"]["statusDetails"],
        json!({"step": "1"})
    );
    assert_eq!(told["jobDocument"], json!({"do": "it"}));
    update(json!({"status": "SUCCEEDED"})).await;
    let (word, told) = update(json!({"status": "IN_PROGRESS"})).await;
    assert_eq!(
        (word.as_str(), &told["code"]),
        ("rejected", &json!("InvalidStateTransition"))
    );
    assert_eq!(told["executionState"]["status"], "SUCCEEDED");
    assert_eq!(
        told["executionState"]["statusDetails"],
        json!({"step": "1"})
    );
    for (topic, payload, code) in [
        ("a/jobs/j/get", json!({}), "TerminalStateReached"),
        ("a/jobs/none/get", json!({}), "ResourceNotFound"),
        ("b/jobs/j/get", json!({}), "ResourceNotFound"),
        (
            "b/jobs/j/update",
            json!({"status": "FAILED"}),
            "ResourceNotFound",
        ),
        (
            "a/jobs/j/get",
            json!({"executionNumber": 2}),
            "ResourceNotFound",
        ),
        ("none/jobs/get", json!({}), "ResourceNotFound"),
        ("a/jobs/j/update", json!({}), "InvalidRequest"),
        ("a/jobs/j/namespace-n/get", json!({}), "ResourceNotFound"),
        (
            "a/jobs/$next/update",
            json!({"status": "FAILED"}),
            "ResourceNotFound",
        ),
        ("a/jobs/gets", json!({}), "InvalidTopic"),
        ("a/jobs/j/begin", json!({}), "InvalidTopic"),
    ] {
        let (word, told) = world.ask(topic, payload).await;
        assert_eq!(
            (word.as_str(), &told["code"]),
            ("rejected", &json!(code)),
            "{topic}"
        );
    }
    let (_, next) = world.ask("a/jobs/$next/get", json!({})).await;
    assert_eq!(next, json!({"timestamp": NOW.as_seconds()}));
    let (_, lists) = world.ask("a/jobs/get", json!({})).await;
    assert_eq!(lists["queuedJobs"], json!([]));
}

#[tokio::test]
async fn the_api_of_devices_says_the_same() {
    let world = World::new().await;
    world.create("j", "thing/a", json!({})).await;
    let call =
        async |line: &str, body: Value| world.test.call("iot-jobs-data", line, &[], body).await;
    let lists = call("GET /things/a/jobs", Value::Null).await.ok();
    assert_eq!(lists["queuedJobs"][0]["jobId"], "j");
    let next = call("GET /things/a/jobs/%24next", Value::Null).await.ok();
    assert_eq!(next["execution"].get("jobDocument"), None);
    let started = call(
        "PUT /things/a/jobs/$next",
        json!({"statusDetails": {"a": "b"}}),
    )
    .await
    .ok();
    assert_eq!(started["execution"]["jobDocument"], r#"{"do":"it"}"#);
    assert_eq!(started["execution"]["statusDetails"], json!({"a": "b"}));
    let version = json!({"status": "FAILED", "expectedVersion": 9});
    call("POST /things/a/jobs/j", version)
        .await
        .refused("InvalidStateTransitionException");
    let done = json!({"status": "SUCCEEDED", "includeJobExecutionState": true});
    let done = call("POST /things/a/jobs/j", done).await.ok();
    assert_eq!(done["executionState"]["versionNumber"], 3);
    call("GET /things/a/jobs/j", Value::Null)
        .await
        .refused("TerminalStateException");
    call("GET /things/b/jobs/j", Value::Null)
        .await
        .refused("ResourceNotFoundException");
    let empty = call("PUT /things/a/jobs/$next", json!({})).await.ok();
    assert_eq!(empty, json!({}));
}

#[tokio::test]
async fn canceling_takes_back_what_is_queued_and_by_force_what_is_begun() {
    let world = World::new().await;
    for (id, force) in [("mild", ""), ("hard", "?force=true")] {
        world.create(id, "thinggroup/g", json!({})).await;
        world.update("a", id, "IN_PROGRESS").await;
        let body = json!({"reasonCode": "WRONG", "comment": "c"});
        world
            .test
            .iot(&format!("PUT /jobs/{id}/cancel{force}"), body)
            .await
            .ok();
        let begun = if force.is_empty() {
            "IN_PROGRESS"
        } else {
            "CANCELED"
        };
        assert_eq!(
            world.executions(id).await,
            [format!("a {begun}"), "b CANCELED".into()]
        );
        let job = world.get(&format!("/jobs/{id}")).await["job"].take();
        assert_eq!(
            (&job["status"], &job["reasonCode"]),
            (&json!("CANCELED"), &json!("WRONG"))
        );
        let twice = world
            .test
            .iot(&format!("PUT /jobs/{id}/cancel{force}"), Value::Null)
            .await;
        twice.refused("InvalidRequestException");
    }
    let forced = world.get("/things/a/jobs/hard").await["execution"].take();
    assert_eq!(forced["forceCanceled"], true);
    assert_eq!(world.update("a", "mild", "SUCCEEDED").await.0, "accepted");
    assert_eq!(world.update("a", "hard", "SUCCEEDED").await.0, "rejected");
}

#[tokio::test]
async fn deleting_a_job_needs_its_end_or_force() {
    let world = World::new().await;
    let tags = json!({"tags": [{"Key": "k", "Value": "v"}]});
    world.create("j", "thinggroup/g", tags).await;
    let arn = format!("{ARN}job/j")
        .replace(':', "%3A")
        .replace('/', "%2F");
    let tags = world.get(&format!("/tags?resourceArn={arn}")).await;
    assert_eq!(tags["tags"], json!([{"Key": "k", "Value": "v"}]));
    let delete = async |line: &str| {
        world
            .test
            .iot(&format!("DELETE /jobs/j{line}"), Value::Null)
            .await
    };
    delete("").await.refused("InvalidStateTransitionException");
    world.told();
    delete("?force=true").await.ok();
    assert_eq!(
        world.told()[0].1,
        json!({"timestamp": NOW.as_seconds(), "jobs": {}})
    );
    delete("").await.refused("ResourceNotFoundException");
    world.create("j", "thing/a", json!({})).await;
    let again = json!({"targets": [format!("{ARN}thing/a")], "document": "{}"});
    let twice = world.test.iot("PUT /jobs/j", again).await;
    twice.refused("ResourceAlreadyExistsException");
}

#[tokio::test]
async fn operators_cancel_and_delete_executions() {
    let world = World::new().await;
    world.create("j", "thinggroup/g", json!({})).await;
    let call = async |line: &str, body: Value| world.test.iot(line, body).await;
    let version = json!({"expectedVersion": 3});
    call("PUT /things/a/jobs/j/cancel", version)
        .await
        .refused("VersionConflictException");
    call(
        "PUT /things/a/jobs/j/cancel",
        json!({"statusDetails": {"why": "x"}}),
    )
    .await
    .ok();
    let described = world.get("/things/a/jobs/j").await["execution"].take();
    assert_eq!(described["status"], "CANCELED");
    assert_eq!(
        described["statusDetails"],
        json!({"detailsMap": {"why": "x"}})
    );
    assert_eq!(described["thingArn"], format!("{ARN}thing/a"));
    let described = world.get("/things/b/jobs/j").await["execution"].take();
    assert_eq!(described["statusDetails"], json!({}));
    world.update("b", "j", "IN_PROGRESS").await;
    call("PUT /things/b/jobs/j/cancel", json!({}))
        .await
        .refused("InvalidStateTransitionException");
    let delete = "DELETE /things/b/jobs/j/executionNumber/1";
    call(delete, Value::Null)
        .await
        .refused("InvalidStateTransitionException");
    call(&format!("{delete}?force=true&namespaceId=n"), Value::Null)
        .await
        .refused("ResourceNotFoundException");
    call(&format!("{delete}?force=true"), Value::Null)
        .await
        .ok();
    call("GET /things/b/jobs/j", Value::Null)
        .await
        .refused("ResourceNotFoundException");
    assert_eq!(world.status("j").await, "COMPLETED");
    let of_thing = world.get("/things/a/jobs?status=CANCELED").await;
    assert_eq!(of_thing["executionSummaries"][0]["jobId"], "j");
    assert_eq!(
        of_thing["executionSummaries"][0]["jobExecutionSummary"]["retryAttempt"],
        0
    );
}

#[tokio::test]
async fn a_continuous_job_follows_its_groups() {
    let world = World::new().await;
    let continuous = json!({"targetSelection": "CONTINUOUS"});
    world.create("j", "thinggroup/g", continuous).await;
    world.test.group("below", Some("g"), None).await;
    world.test.join("c", "below").await;
    world.pass().await;
    assert_eq!(
        world.executions("j").await,
        ["a QUEUED", "b QUEUED", "c QUEUED"]
    );
    let leave = json!({"thingName": "b", "thingGroupName": "g"});
    world
        .test
        .iot("PUT /thing-groups/removeThingFromThingGroup", leave)
        .await
        .ok();
    world.pass().await;
    assert_eq!(
        world.executions("j").await,
        ["a QUEUED", "b REMOVED", "c QUEUED"]
    );
    world.test.join("b", "g").await;
    world.pass().await;
    assert_eq!(
        world.executions("j").await,
        ["a QUEUED", "b REMOVED", "b QUEUED", "c QUEUED"]
    );
    world.test.iot("DELETE /things/c", Value::Null).await.ok();
    world.pass().await;
    assert_eq!(world.executions("j").await[3], "c REMOVED");
    for thing in ["a", "b"] {
        world.update(thing, "j", "SUCCEEDED").await;
    }
    let job = world.get("/jobs/j").await["job"].take();
    assert_eq!(job["status"], "IN_PROGRESS");
    assert_eq!(job["jobProcessDetails"]["numberOfRemovedThings"], 1);
    world.test.iot("POST /things/d", json!({})).await.ok();
    let more = json!({"targets": [format!("{ARN}thing/d")]});
    world
        .test
        .iot("POST /jobs/j/targets", more.clone())
        .await
        .ok();
    assert!(world.executions("j").await.contains(&"d QUEUED".to_owned()));
    world.create("snapshot", "thing/a", json!({})).await;
    world
        .test
        .iot("POST /jobs/snapshot/targets", more)
        .await
        .refused("InvalidRequestException");
    let listed = world.get("/jobs?thingGroupName=g").await;
    assert_eq!(listed["jobs"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_rate_holds_a_rollout_back_and_an_update_lets_it_go() {
    let world = World::new().await;
    let slow = json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 1}});
    world.create("j", "thinggroup/g", slow).await;
    world.pass().await;
    assert_eq!(world.executions("j").await, ["a QUEUED"]);
    let job = world.get("/jobs/j").await["job"].take();
    assert_eq!(job["isConcurrent"], true);
    assert_eq!(world.get("/jobs").await["jobs"][0]["isConcurrent"], true);
    assert_eq!(
        job["jobProcessDetails"]["processingTargets"],
        json!([format!("{ARN}thinggroup/g")])
    );
    world.update("a", "j", "SUCCEEDED").await;
    assert_eq!(world.status("j").await, "IN_PROGRESS", "not all were told");
    let fast = json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 2}});
    world.test.iot("PATCH /jobs/j", fast).await.ok();
    world.pass().await;
    assert_eq!(world.executions("j").await, ["a SUCCEEDED", "b QUEUED"]);
}

#[tokio::test]
async fn criteria_abort_and_retry() {
    let world = World::new().await;
    let criterion = json!({"failureType": "FAILED", "action": "CANCEL", "thresholdPercentage": 50,
        "minNumberOfExecutedThings": 2});
    world
        .create(
            "abort",
            "thinggroup/g",
            json!({"abortConfig": {"criteriaList": [criterion]}}),
        )
        .await;
    world.update("a", "abort", "FAILED").await;
    world.pass().await;
    assert_eq!(world.status("abort").await, "CANCELED");
    assert_eq!(world.executions("abort").await, ["a FAILED", "b CANCELED"]);
    let retry = json!({"criteriaList": [{"failureType": "FAILED", "numberOfRetries": 1}]});
    world
        .create(
            "again",
            "thing/a",
            json!({"jobExecutionsRetryConfig": retry}),
        )
        .await;
    world.update("a", "again", "FAILED").await;
    assert_eq!(world.executions("again").await, ["a FAILED", "a QUEUED"]);
    assert_eq!(world.status("again").await, "IN_PROGRESS");
    let described = world.get("/things/a/jobs/again").await["execution"].take();
    assert_eq!(described["executionNumber"], 2);
    world.update("a", "again", "FAILED").await;
    assert_eq!(world.status("again").await, "COMPLETED");
    let job = world.get("/jobs/again").await["job"].take();
    assert_eq!(job["jobProcessDetails"]["numberOfFailedThings"], 1);
}

#[tokio::test]
async fn schedules_hold_a_job_back() {
    let world = World::new().await;
    let later = json!({"schedulingConfig": {"startTime": "2026-11-24T00:00", "endTime": "2026-11-25T00:00",
        "endBehavior": "FORCE_CANCEL"}});
    world.create("later", "thing/a", later).await;
    world.pass().await;
    assert_eq!(world.status("later").await, "SCHEDULED");
    assert_eq!(world.executions("later").await, [""; 0]);
    let window = json!([{"startTime": "cron(30 15 * * ? *)", "durationInMinutes": 60}]);
    let open = json!({"targetSelection": "CONTINUOUS", "schedulingConfig": {"maintenanceWindows": window}});
    world.create("open", "thing/a", open).await;
    assert_eq!(world.status("open").await, "IN_PROGRESS");
    assert_eq!(world.executions("open").await, ["a QUEUED"]);
    let job = world.get("/jobs/open").await["job"].take();
    assert_eq!(
        job["scheduledJobRollouts"][0]["startTime"],
        "2026-11-24T15:30:00.000Z"
    );
    let soon = json!({"targets": [format!("{ARN}thing/a")], "document": "{}",
        "schedulingConfig": {"startTime": "2026-11-23T15:50"}});
    world
        .test
        .iot("PUT /jobs/soon", soon)
        .await
        .refused("InvalidRequestException");
}

/// A thing that was told of a job hears when the job's window closes and opens again.
#[tokio::test]
async fn things_hear_of_windows() {
    let world = World::new().await;
    let window = json!([{"startTime": "cron(30 15 * * ? *)", "durationInMinutes": 60}]);
    let open = json!({"targetSelection": "CONTINUOUS", "schedulingConfig": {"maintenanceWindows": window}});
    world.create("open", "thinggroup/g", open).await;
    world.create("always", "thing/a", json!({})).await;
    world.update("b", "open", "IN_PROGRESS").await;
    world.told();
    let forward = |minutes: i64| {
        world.test.app.kernel.time().set_ahead(minutes * 60_000);
    };
    let next = |told: &[(String, Value)], thing: &str| {
        let topic = format!("$aws/things/{thing}/jobs/notify-next");
        let mut of = told.iter().filter(|(found, _)| *found == topic);
        let (_, document) = of.next().expect("it is told");
        assert!(of.next().is_none(), "once");
        document["execution"]["jobId"].clone()
    };
    for round in 0..2 {
        // 15:42, and an hour later.
        forward(60 + round * 24 * 60);
        world.pass().await;
        assert_eq!(world.status("open").await, "SCHEDULED");
        let told = world.told();
        assert_eq!(told.len(), 4, "{told:?}");
        assert_eq!(next(&told, "a"), "always");
        assert_eq!(next(&told, "b"), Value::Null);
        let (_, pending) = world.ask("b/jobs/get", json!({})).await;
        assert_eq!(pending["inProgressJobs"], json!([]));
        forward((round + 1) * 24 * 60);
        world.pass().await;
        assert_eq!(world.status("open").await, "IN_PROGRESS");
        let told = world.told();
        assert_eq!(told.len(), 4, "{told:?}");
        assert_eq!(next(&told, "a"), "open");
        assert_eq!(next(&told, "b"), "open");
    }
    let job = world.get("/jobs/open").await["job"].take();
    assert_eq!(job.get("windowTold"), None);
    // What begins after what was queued later stays first when a window opens.
    world.update("a", "always", "IN_PROGRESS").await;
    forward(2 * 24 * 60 + 60);
    world.pass().await;
    world.told();
    forward(3 * 24 * 60);
    world.pass().await;
    assert_eq!(
        world.topics(),
        [
            "things/b/jobs/notify",
            "things/b/jobs/notify-next",
            "things/a/jobs/notify"
        ]
    );
}

/// More things than are noted: all that is open is held against the registry.
#[tokio::test]
async fn many_things_that_are_gone_or_have_left() {
    let world = World::new().await;
    world.create("snapshot", "thinggroup/g", json!({})).await;
    let continuous = json!({"targetSelection": "CONTINUOUS"});
    world.create("continuous", "thinggroup/g", continuous).await;
    world.pass().await;
    world.test.iot("DELETE /things/a", Value::Null).await.ok();
    let leave = json!({"thingName": "b", "thingGroupName": "g"});
    world
        .test
        .iot("PUT /thing-groups/removeThingFromThingGroup", leave)
        .await
        .ok();
    world.test.join("c", "g").await;
    world.test.app.jobs.forget_things();
    world.pass().await;
    assert_eq!(
        world.executions("snapshot").await,
        ["a REMOVED", "b QUEUED"]
    );
    assert_eq!(
        world.executions("continuous").await,
        ["a REMOVED", "b REMOVED", "c QUEUED"]
    );
    let job = world.get("/jobs/continuous").await["job"].take();
    assert_eq!(job.get("thingsLookedAt"), None);
    // The last of a job ends it, while it is looked through.
    world.test.iot("DELETE /things/b", Value::Null).await.ok();
    world.test.app.jobs.forget_things();
    world.pass().await;
    assert_eq!(world.status("snapshot").await, "COMPLETED");
}

#[tokio::test]
async fn timeouts_end_executions() {
    let world = World::new().await;
    world
        .create(
            "j",
            "thing/a",
            json!({"timeoutConfig": {"inProgressTimeoutInMinutes": 5}}),
        )
        .await;
    let (_, told) = world.ask("a/jobs/start-next", json!({})).await;
    assert_eq!(told["execution"]["approximateSecondsBeforeTimedOut"], 300);
    // The clock stands still, so the deadline comes to it.
    let store = &world.test.app.kernel.store;
    let moved = store.tx("test", |tx| {
        let job = tx.job("j")?.expect("it is there").key;
        let thing = tx.thing_key("a")?.expect("it is there");
        let mut row = tx.job_execution(job, thing, None)?.expect("it is there");
        row.execution.deadline = Some(NOW);
        tx.update_job_execution(&row)?;
        Ok::<_, crate::app::Error>(())
    });
    moved.await.expect("it commits");
    world.told();
    world.pass().await;
    assert_eq!(world.executions("j").await, ["a TIMED_OUT"]);
    assert_eq!(world.status("j").await, "COMPLETED");
    assert_eq!(
        world.topics(),
        ["things/a/jobs/notify", "things/a/jobs/notify-next"]
    );
}

#[tokio::test]
async fn a_namespace_has_topics_of_its_own() {
    let world = World::new().await;
    world
        .create("j", "thing/a", json!({"namespaceId": "n"}))
        .await;
    assert_eq!(
        world.topics(),
        [
            "things/a/jobs/notify-namespace-n",
            "things/a/jobs/notify-next-namespace-n"
        ]
    );
    let (_, plain) = world.ask("a/jobs/$next/get", json!({})).await;
    assert_eq!(plain.get("execution"), None);
    let (_, next) = world.ask("a/jobs/$next/namespace-n/get", json!({})).await;
    assert_eq!(next["execution"]["jobId"], "j");
    let (word, _) = world
        .ask(
            "a/jobs/j/namespace-n/update",
            json!({"status": "SUCCEEDED"}),
        )
        .await;
    assert_eq!(word, "accepted");
    assert_eq!(
        world.update("a", "j", "SUCCEEDED").await.1["code"],
        "ResourceNotFound"
    );
}

#[tokio::test]
async fn events_tell_of_jobs_and_executions() {
    let world = World::new().await;
    let on = json!({"eventConfigurations": {"JOB": {"Enabled": true}, "JOB_EXECUTION": {"Enabled": true}}});
    world.test.iot("PATCH /event-configurations", on).await.ok();
    assert_eq!(EventKind::Job.as_str(), "JOB");
    world.create("j", "thing/a", json!({})).await;
    world.told();
    world.update("a", "j", "REJECTED").await;
    let told = world.told();
    let event = |word: &str| {
        let found = told.iter().find(|(topic, _)| topic.ends_with(word));
        &found.unwrap_or_else(|| panic!("{word} of {told:?}")).1
    };
    let execution = event("$aws/events/jobExecution/j/rejected");
    assert_eq!(execution["eventType"], "JOB_EXECUTION");
    assert_eq!(execution["thingArn"], format!("{ARN}thing/a"));
    let job = event("$aws/events/job/j/completed");
    assert_eq!(
        (&job["eventType"], &job["operation"]),
        (&json!("JOB"), &json!("completed"))
    );
    assert_eq!(job["jobProcessDetails"]["numberOfRejectedThings"], 1);
    world.create("k", "thing/a", json!({})).await;
    world.test.iot("PUT /jobs/k/cancel", Value::Null).await.ok();
    world.test.iot("DELETE /jobs/k", Value::Null).await.ok();
    let topics = world.topics();
    let of_jobs: Vec<&str> = topics
        .iter()
        .filter_map(|topic| topic.strip_prefix("events/"))
        .collect();
    assert_eq!(
        of_jobs,
        [
            "job/k/cancellation_in_progress",
            "jobExecution/k/canceled",
            "job/k/canceled",
            "job/k/deletion_in_progress",
            "jobExecution/k/deleted",
            "job/k/deleted"
        ]
    );
}
