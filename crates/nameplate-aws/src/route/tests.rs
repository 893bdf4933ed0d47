use proptest::prelude::*;

use super::*;
use crate::model::Protocol;

/// Routes and writes down what was found: `Name label=value …`.
fn found(service: Service, method: &str, target: &str) -> String {
    let (path, query) = uri::split_target(target);
    written(route(service, method, path, query))
}

fn written(route: Route) -> String {
    match route {
        Route::UnknownOperation => "unknown".to_owned(),
        Route::MethodNotAllowed { methods } => format!("with {}", methods.join(", ")),
        Route::EmptyLabel { operation, name } => format!("{} without {name}", operation.name),
        Route::Operation { operation, labels } => {
            let mut text = operation.name.to_owned();
            for (label, value) in labels {
                text.push_str(&format!(" {label}={value}"));
            }
            text
        }
    }
}

#[test]
fn iot_paths() {
    let check = |method: &str, target: &str, expected: &str| {
        assert_eq!(
            found(Service::Iot, method, target),
            expected,
            "{method} {target}"
        );
    };
    check("POST", "/things/lamp", "CreateThing thingName=lamp");
    check("GET", "/things", "ListThings");
    check("GET", "/things/", "ListThings");
    check("GET", "/things//", "ListThings");
    check(
        "GET",
        "/things//lamp/./x/..",
        "DescribeThing thingName=lamp",
    );
    check(
        "GET",
        "/things/lamp%2F..",
        "DescribeThing thingName=lamp/..",
    );
    check("PUT", "/things", "unknown");
    check("GET", "/things/a%3Ab", "DescribeThing thingName=a:b");
    check("GET", "/things/a%2Fb", "DescribeThing thingName=a/b");
    check("GET", "/things/%C3%A9", "DescribeThing thingName=é");
    check(
        "GET",
        "/things/t/jobs/j",
        "DescribeJobExecution thingName=t jobId=j",
    );
    check(
        "GET",
        "/things/t/jobs",
        "ListJobExecutionsForThing thingName=t",
    );
    check(
        "GET",
        "/cacertificate/abc",
        "DescribeCACertificate caCertificateId=abc",
    );
    check(
        "POST",
        "/keys-and-certificate?setAsActive=true",
        "CreateKeysAndCertificate",
    );
    check(
        "POST",
        "/provisioning-templates/t/versions",
        "CreateProvisioningTemplateVersion templateName=t",
    );
    check(
        "POST",
        "/attached-policies/arn%3Aaws%3Aiot%3Aus-east-1%3A1%3Acert%2Fabc",
        "ListAttachedPolicies target=arn:aws:iot:us-east-1:1:cert/abc",
    );
    check(
        "POST",
        "/attached-policies/arn:aws:iot:us-east-1:1:cert/abc?recursive=true",
        "ListAttachedPolicies target=arn:aws:iot:us-east-1:1:cert/abc",
    );
    check(
        "GET",
        "/destinations/arn%3Aaws%3Aiot%3A%3Aruledestination/http/x",
        "GetTopicRuleDestination arn=arn:aws:iot::ruledestination/http/x",
    );
    // A literal beats a label.
    check(
        "PUT",
        "/thing-groups/addThingToThingGroup",
        "AddThingToThingGroup",
    );
    check("GET", "/mqtt", "unknown");
    check("GET", "", "unknown");
}

#[test]
fn data_plane_paths() {
    let check = |service, method: &str, target: &str, expected: &str| {
        assert_eq!(
            found(service, method, target),
            expected,
            "{method} {target}"
        );
    };
    let data = Service::IotData;
    check(data, "POST", "/topics/a/b?qos=1", "Publish topic=a/b");
    check(data, "POST", "/topics/a%2Fb?qos=1", "Publish topic=a/b");
    check(data, "POST", "/topics/a/b/", "Publish topic=a/b/");
    check(data, "POST", "/topics/a/../b//c", "Publish topic=b/c");
    check(
        data,
        "POST",
        "/topics/a%2F..%2F%2Fb",
        "Publish topic=a/..//b",
    );
    for path in ["/topics", "/topics/", "/topics//", "/topics/."] {
        check(data, "POST", path, "Publish without topic");
        check(data, "GET", path, "with POST");
    }
    check(
        data,
        "GET",
        "/connections/",
        "GetConnection without clientId",
    );
    check(data, "GET", "/topics/a/b", "with POST");
    check(data, "PUT", "/things/t/shadow", "with DELETE, GET, POST");
    check(data, "POST", "/retainedMessage", "with GET");
    check(data, "POST", "/retainedMessage/a", "with GET");
    check(data, "GET", "/retainedMessage/", "ListRetainedMessages");
    check(data, "POST", "/topic/a", "unknown");
    check(data, "POST", "/things/t", "unknown");
    check(data, "GET", "/", "unknown");
    check(
        data,
        "POST",
        "/topics/%24aws/rules/r",
        "Publish topic=$aws/rules/r",
    );
    check(
        data,
        "GET",
        "/retainedMessage/a/b",
        "GetRetainedMessage topic=a/b",
    );
    check(
        data,
        "GET",
        "/things/t/shadow?name=n",
        "GetThingShadow thingName=t",
    );
    check(
        data,
        "GET",
        "/api/things/shadow/ListNamedShadowsForThing/t",
        "ListNamedShadowsForThing thingName=t",
    );

    let jobs = Service::IotJobsData;
    check(
        jobs,
        "PUT",
        "/things/t/jobs/$next",
        "StartNextPendingJobExecution thingName=t",
    );
    check(
        jobs,
        "PUT",
        "/things/t/jobs/%24next",
        "StartNextPendingJobExecution thingName=t",
    );
    check(
        jobs,
        "GET",
        "/things/t/jobs/%24next",
        "DescribeJobExecution thingName=t jobId=$next",
    );
    check(
        jobs,
        "GET",
        "/things/t/jobs/$next",
        "DescribeJobExecution thingName=t jobId=$next",
    );
    check(
        jobs,
        "GET",
        "/things/t/jobs",
        "GetPendingJobExecutions thingName=t",
    );
}

#[test]
fn unsigned_paths_mean_what_they_say() {
    let check = |method: &str, path: &str, expected: &str| {
        let found = written(route_as_sent(Service::IotData, method, path, ""));
        assert_eq!(found, expected, "{method} {path}");
    };
    check("POST", "/topics/a/../b//c", "Publish topic=a/../b//c");
    check("POST", "/topics/.", "Publish topic=.");
    check("POST", "/topics/..", "Publish topic=..");
    check("POST", "/topics//a", "Publish topic=/a");
    check("POST", "/topics//", "Publish topic=/");
    check("POST", "/topics/", "Publish without topic");
    check(
        "GET",
        "/retainedMessage/a/./b",
        "GetRetainedMessage topic=a/./b",
    );
    check("GET", "/things//shadow", "GetThingShadow without thingName");
    check("POST", "//topics/a", "Publish topic=a");
    check("GET", "/topics/a", "with POST");
    check("GET", "/other", "unknown");
}

#[test]
fn methods_of_a_path() {
    let check = |path: &str, expected: &str| {
        assert_eq!(methods(Service::S3, path).join(" "), expected, "{path}");
    };
    check("/", "GET");
    check("/bucket", "DELETE GET HEAD POST PUT");
    check("/bucket/a/key", "DELETE GET HEAD POST PUT");
    assert!(methods(Service::Iot, "/no/such/path").is_empty());
}

#[test]
fn s3_paths() {
    let check = |method: &str, target: &str, expected: &str| {
        assert_eq!(
            found(Service::S3, method, target),
            expected,
            "{method} {target}"
        );
    };
    check("GET", "/", "ListBuckets");
    check("GET", "/b", "ListObjects Bucket=b");
    check("GET", "/b/", "ListObjects Bucket=b");
    check("GET", "/b?list-type=2&prefix=", "ListObjectsV2 Bucket=b");
    check("GET", "/b?list-type=1", "ListObjects Bucket=b");
    check("GET", "/b?location", "GetBucketLocation Bucket=b");
    check("GET", "/b?uploads", "ListMultipartUploads Bucket=b");
    check("PUT", "/b", "CreateBucket Bucket=b");
    check(
        "PUT",
        "/b?lifecycle",
        "PutBucketLifecycleConfiguration Bucket=b",
    );
    check(
        "GET",
        "/b?notification",
        "GetBucketNotificationConfiguration Bucket=b",
    );
    check(
        "GET",
        "/b?analytics",
        "ListBucketAnalyticsConfigurations Bucket=b",
    );
    check(
        "GET",
        "/b?analytics&id=1",
        "GetBucketAnalyticsConfiguration Bucket=b",
    );
    check("POST", "/b?delete", "DeleteObjects Bucket=b");
    check(
        "PUT",
        "/b/a/b%20c%2Bd.json",
        "PutObject Bucket=b Key=a/b c+d.json",
    );
    check("PUT", "/b/folder/", "PutObject Bucket=b Key=folder/");
    check("PUT", "/b//a/../k", "PutObject Bucket=b Key=/a/../k");
    check(
        "POST",
        "/b/k?uploads",
        "CreateMultipartUpload Bucket=b Key=k",
    );
    check(
        "PUT",
        "/b/k?partNumber=1&uploadId=u",
        "UploadPart Bucket=b Key=k",
    );
    check(
        "POST",
        "/b/k?uploadId=u",
        "CompleteMultipartUpload Bucket=b Key=k",
    );
    check(
        "DELETE",
        "/b/k?uploadId=u",
        "AbortMultipartUpload Bucket=b Key=k",
    );
    check("DELETE", "/b/k", "DeleteObject Bucket=b Key=k");
    check("GET", "/b/k?uploadId=u", "ListParts Bucket=b Key=k");
    check("GET", "/b/k?X-Amz-Signature=1", "GetObject Bucket=b Key=k");
    check("GET", "/b/k?tagging", "GetObjectTagging Bucket=b Key=k");

    let copy = route_with_headers(Service::S3, "PUT", "/b/k", "", |name| {
        name == "x-amz-copy-source"
    });
    assert_eq!(written(copy), "CopyObject Bucket=b Key=k");
}

#[test]
fn lambda_paths() {
    let check = |method: &str, target: &str, expected: &str| {
        assert_eq!(
            found(Service::Lambda, method, target),
            expected,
            "{method} {target}"
        );
    };
    check("POST", "/2015-03-31/functions", "CreateFunction");
    check("POST", "/2015-03-31/functions/", "CreateFunction");
    check("GET", "/2015-03-31/functions", "ListFunctions");
    check(
        "POST",
        "/2015-03-31/functions/f/invocations",
        "Invoke FunctionName=f",
    );
    check(
        "GET",
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Af/policy",
        "GetPolicy FunctionName=arn:aws:lambda:us-east-1:1:function:f",
    );
}

#[test]
fn actions() {
    let name = |action, version| by_action(Service::Iam, action, version).map(|found| found.name);
    assert_eq!(name("CreateRole", Some("2010-05-08")), Some("CreateRole"));
    assert_eq!(name("CreateRole", None), Some("CreateRole"));
    assert_eq!(name("CreateRole", Some("2011-06-15")), None);
    assert_eq!(name("CreateRoles", None), None);
}

#[test]
fn targets() {
    let check = |service, target: &str, expected: Option<&str>| {
        let found = by_target(service, target).map(|found| found.name);
        assert_eq!(found, expected, "{target}");
    };
    let name = Some("PutLogEvents");
    check(Service::Logs, "Logs_20140328.PutLogEvents", name);
    check(Service::Logs, "Logs_20140328.putLogEvents", None);
    check(Service::Logs, "Logs_20140328.", None);
    check(Service::Logs, "Logs_20150101.PutLogEvents", None);
    check(Service::Logs, "x.Logs_20140328.PutLogEvents", None);
    check(Service::Logs, "PutLogEvents", None);
    check(Service::Logs, ".PutLogEvents", None);
    check(Service::Logs, "", None);
    // Services of other protocols have no targets.
    check(Service::Iam, ".CreateRole", None);
}

/// Every operation is found by a request made after its own template.
#[test]
fn every_operation_is_reachable() {
    // Method, path and query are the same as another's: the newer name is meant.
    let shadowed = [
        "GetBucketLifecycle",
        "GetBucketNotification",
        "ListDirectoryBuckets",
        "PutBucketLifecycle",
        "PutBucketNotification",
    ];
    for model in crate::model::models() {
        if !matches!(
            model.service.protocol(),
            Protocol::RestJson | Protocol::RestXml
        ) {
            continue;
        }
        for operation in model.operations {
            let (path, query) = uri::split_target(operation.uri);
            let path = path.split('/').map(|segment| {
                if segment.starts_with('{') {
                    "x"
                } else {
                    segment
                }
            });
            let path = path.collect::<Vec<_>>().join("/");
            let mut query = query.to_owned();
            for member in operation.members() {
                if member.required && member.location == Location::Query {
                    query.push_str(&format!("&{}=x", member.wire));
                }
            }
            let found =
                route_with_headers(model.service, operation.method, &path, &query, |name| {
                    operation
                        .members()
                        .iter()
                        .any(|member| member.required && member.wire == name)
                });
            let Route::Operation {
                operation: found, ..
            } = found
            else {
                panic!("{} {path}?{query} finds nothing", operation.name);
            };
            assert!(
                found == operation || shadowed.contains(&operation.name),
                "{} finds {}",
                operation.name,
                found.name
            );
        }
    }
}

proptest! {
    #[test]
    fn any_path_has_an_answer(path in ".*", query in ".*", service in 0..Service::ALL.len()) {
        for method in ["GET", "PUT", "POST", "DELETE", ""] {
            let _ = route(Service::ALL[service], method, &path, &query);
        }
    }
}
