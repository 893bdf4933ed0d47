//! Documents, templates, lists, and what is no job.

use super::World;
use crate::testing::ARN;
use serde_json::{Value, json};

const TRUST: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal\
    %22%3A%7B%22Service%22%3A%22iot.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D";

#[tokio::test]
async fn documents_come_from_s3_and_have_links_to_it() {
    let world = World::new().await;
    let form =
        format!("Version=2010-05-08&Action=CreateRole&RoleName=r&AssumeRolePolicyDocument={TRUST}");
    world
        .test
        .call("iam", "POST /", &[], json!(form))
        .await
        .ok();
    let link = "${aws:iot:s3-presigned-url:https://s3.amazonaws.com/bucket/firm%20ware}";
    let document = json!({"url": link}).to_string();
    world
        .test
        .object("bucket", "job.json", document.as_bytes())
        .await;
    let role = "arn:aws:iam::123456789012:role/r";
    let source = "https://bucket.s3.us-east-1.amazonaws.com/job.json";
    let mut body = json!({"targets": [format!("{ARN}thing/a")], "documentSource": source});
    let no_role = world.test.iot("PUT /jobs/j", body.clone()).await;
    assert!(
        no_role
            .refused("InvalidRequestException")
            .contains("presignedUrlConfig")
    );
    body["presignedUrlConfig"] = json!({"roleArn": role, "expiresInSec": 120});
    world.test.iot("PUT /jobs/j", body.clone()).await.ok();
    let described = world.get("/jobs/j").await;
    assert_eq!(described["documentSource"], source);
    assert_eq!(
        world.get("/jobs/j/job-document").await["document"],
        document
    );
    let (_, next) = world.ask("a/jobs/$next/get", json!({})).await;
    let url = next["execution"]["jobDocument"]["url"]
        .as_str()
        .expect("text")
        .to_owned();
    assert!(
        url.starts_with("http://localhost:4566/bucket/firm%20ware?"),
        "{url}"
    );
    assert!(
        url.contains("X-Amz-Expires=120") && url.contains("X-Amz-Security-Token="),
        "{url}"
    );
    let told = world.told();
    let (_, said) = told
        .iter()
        .find(|(topic, _)| topic.ends_with("notify-next"))
        .expect("one");
    let said = said["execution"]["jobDocument"]["url"]
        .as_str()
        .expect("text");
    assert!(said.contains("X-Amz-Signature="), "{said}");
    for (source, name) in [
        (
            "https://bucket.s3.amazonaws.com/none",
            "ResourceNotFoundException",
        ),
        ("https://example.com", "InvalidRequestException"),
    ] {
        body["documentSource"] = json!(source);
        let refused = world.test.iot("PUT /jobs/k", body.clone()).await;
        assert!(refused.status >= 400, "{name}");
    }
    // Whoever may not read the object makes no job of it.
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["iot:*", "iam:PassRole"], "Resource": "*"}]});
    let key = world.test.user_with(&policy).await;
    body["documentSource"] = json!("https://bucket.s3.amazonaws.com/job.json");
    let denied = world
        .test
        .call_as(&key, "iot", "PUT /jobs/k", &[], body)
        .await;
    denied.refused("AccessDeniedException");
}

#[tokio::test]
async fn what_is_no_job_is_refused() {
    let world = World::new().await;
    let target = format!("{ARN}thing/a");
    let long = json!({"a": "x".repeat(32 * 1024)}).to_string();
    for (body, name) in [
        (json!({"targets": [target]}), "InvalidRequestException"),
        (
            json!({"targets": [], "document": "{}"}),
            "InvalidRequestException",
        ),
        (
            json!({"targets": [target], "document": "no"}),
            "InvalidRequestException",
        ),
        (
            json!({"targets": [target], "document": ""}),
            "InvalidRequestException",
        ),
        (
            json!({"targets": [target], "document": long}),
            "InvalidRequestException",
        ),
        (
            json!({"targets": [target], "document": "{}", "documentSource": "s3://b/k"}),
            "InvalidRequestException",
        ),
        (
            json!({"targets": [format!("{ARN}thing/none")], "document": "{}"}),
            "ResourceNotFoundException",
        ),
        (
            json!({"targets": [format!("{ARN}thinggroup/none")], "document": "{}"}),
            "ResourceNotFoundException",
        ),
        (
            json!({"targets": [format!("{ARN}policy/p")], "document": "{}"}),
            "InvalidRequestException",
        ),
        (
            json!({"targets": ["arn:aws:iot:us-east-1:999999999999:thing/a"], "document": "{}"}),
            "InvalidRequestException",
        ),
        (
            json!({"targets": ["a"], "document": "{}"}),
            "InvalidRequestException",
        ),
        (
            json!({"targets": [target], "document": "{}", "timeoutConfig": {"inProgressTimeoutInMinutes": 10081}}),
            "InvalidRequestException",
        ),
        (
            json!({"targets": [target], "document": "{}", "documentParameters": {"p": "v"}}),
            "InvalidRequestException",
        ),
        (
            json!({"targets": [target], "document": r#"{"p":"${aws:iot:parameter:p}"}"#}),
            "InvalidRequestException",
        ),
        (
            json!({"targets": [target], "document": "{}", "presignedUrlConfig": {"roleArn": "arn:aws:iam::123456789012:role/none"}}),
            "InvalidRequestException",
        ),
    ] {
        let answer = world.test.iot("PUT /jobs/j", body.clone()).await;
        assert_eq!(
            answer.error.as_deref(),
            Some(name),
            "{body} {}",
            answer.body
        );
    }
    assert_eq!(world.get("/jobs").await["jobs"], json!([]));
    for id in ["a.b", &"j".repeat(65)] {
        let body = json!({"targets": [target], "document": "{}"});
        let answer = world.test.iot(&format!("PUT /jobs/{id}"), body).await;
        answer.refused("InvalidRequestException");
    }
}

#[tokio::test]
async fn jobs_are_made_of_templates() {
    let world = World::new().await;
    let template = json!({"description": "t", "document": r#"{"p":"${aws:iot:parameter:p}"}"#,
        "timeoutConfig": {"inProgressTimeoutInMinutes": 7}});
    let made = world
        .test
        .iot("PUT /job-templates/tpl", template.clone())
        .await
        .ok();
    let arn = format!("{ARN}jobtemplate/tpl");
    assert_eq!(made, json!({"jobTemplateArn": arn, "jobTemplateId": "tpl"}));
    world
        .test
        .iot("PUT /job-templates/tpl", template)
        .await
        .refused("ConflictException");
    let of = json!({"targets": [format!("{ARN}thing/a")], "jobTemplateArn": arn, "documentParameters": {"p": "v"}});
    world.test.iot("PUT /jobs/j", of).await.ok();
    let job = world.get("/jobs/j").await["job"].take();
    assert_eq!(
        job["timeoutConfig"],
        json!({"inProgressTimeoutInMinutes": 7})
    );
    assert_eq!(job["jobTemplateArn"], arn);
    assert_eq!(
        world.get("/jobs/j/job-document").await["document"],
        r#"{"p":"v"}"#
    );
    let before = world
        .get("/jobs/j/job-document?beforeSubstitution=true")
        .await;
    assert_eq!(before["document"], r#"{"p":"${aws:iot:parameter:p}"}"#);
    let copied = json!({"description": "c", "jobArn": format!("{ARN}job/j")});
    world.test.iot("PUT /job-templates/copy", copied).await.ok();
    let copy = world.get("/job-templates/copy").await;
    assert_eq!(
        copy["timeoutConfig"],
        json!({"inProgressTimeoutInMinutes": 7})
    );
    let all = world
        .test
        .pages("GET /job-templates?maxResults=1", &[], "jobTemplates")
        .await;
    assert_eq!(all.len(), 2);
    world
        .test
        .iot("DELETE /job-templates/copy", Value::Null)
        .await
        .ok();
    world
        .test
        .iot("GET /job-templates/copy", Value::Null)
        .await
        .refused("ResourceNotFoundException");
    let managed = world.get("/managed-job-templates").await;
    assert_eq!(
        managed["managedJobTemplates"].as_array().map(Vec::len),
        Some(8)
    );
    let reboot = world.get("/managed-job-templates/AWS-Reboot").await;
    assert_eq!(
        reboot["templateArn"],
        "arn:aws:iot:us-east-1::jobtemplate/AWS-Reboot:1.0"
    );
    let of = json!({"targets": [format!("{ARN}thing/a")], "jobTemplateArn": reboot["templateArn"]});
    world.test.iot("PUT /jobs/reboot", of).await.ok();
    let document = world.get("/jobs/reboot/job-document").await["document"].take();
    assert!(
        document
            .as_str()
            .is_some_and(|text| text.contains("reboot.sh") && !text.contains("${"))
    );
}

#[tokio::test]
async fn lists_have_pages() {
    let world = World::new().await;
    for id in ["j1", "j2", "j3"] {
        world.create(id, "thinggroup/g", json!({})).await;
    }
    let names = |items: &[Value], name: &str| -> Vec<String> {
        let of = items
            .iter()
            .map(|item| item[name].as_str().expect("text").to_owned());
        of.collect()
    };
    let jobs = world
        .test
        .pages("GET /jobs?maxResults=1", &[], "jobs")
        .await;
    assert_eq!(names(&jobs, "jobId"), ["j3", "j2", "j1"]);
    let things = world
        .test
        .pages(
            "GET /jobs/j1/things?maxResults=1",
            &[],
            "executionSummaries",
        )
        .await;
    assert_eq!(things.len(), 2);
    let line = "GET /jobs/j1/things?maxResults=1&status=QUEUED";
    assert_eq!(
        world
            .test
            .pages(line, &[], "executionSummaries")
            .await
            .len(),
        2
    );
    let of_thing = world
        .test
        .pages("GET /things/a/jobs?maxResults=1", &[], "executionSummaries")
        .await;
    assert_eq!(names(&of_thing, "jobId"), ["j3", "j2", "j1"]);
    assert_eq!(world.get("/jobs?status=COMPLETED").await["jobs"], json!([]));
}
