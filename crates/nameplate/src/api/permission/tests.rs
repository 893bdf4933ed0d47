//! Permissions: what is asked about, held against AWS's table, and that no spelling passes a Deny.

use super::*;
use crate::api::service;
use crate::app::caller::Caller;
use crate::app::iam::AccessKey;
use crate::testing::{ARN, TestApp};
use nameplate_aws::model::{Operation, Service, operation};
use nameplate_core::policy::caller::Origin;
use serde_json::json;
use std::collections::BTreeSet;

const TABLE: &str = include_str!("service-authorization.txt");

/// Where we knowingly differ: the operation, what it is checked on here, and why.
const DIFFERENT: &[(&str, &[&str], &str)] = &[
    (
        "iot:ConfirmTopicRuleDestination",
        &[],
        "the token is the proof, and needs no signature either",
    ),
    (
        "iot:CreateTopicRuleDestination",
        &[],
        "the destination's ARN is not known before it is made",
    ),
    (
        "iam:ListRoles",
        &["role"],
        "IAM itself refuses with the path's ARN",
    ),
    (
        "iam:ListGroups",
        &["group"],
        "IAM itself refuses with the path's ARN",
    ),
    (
        "iam:ListUsers",
        &["user"],
        "IAM itself refuses with the path's ARN",
    ),
];

/// A value for a member that names something, such that all names are different.
fn sample(member: &str) -> Option<Value> {
    let id = "ab".repeat(32);
    Some(match member {
        "thingName" => json!("t"),
        "thingArn" => json!(format!("{ARN}thing/t")),
        "thingGroupName" => json!("g"),
        "thingGroupArn" => json!(format!("{ARN}thinggroup/g")),
        "thingGroupsToAdd" => json!(["g1"]),
        "thingGroupsToRemove" => json!(["g2"]),
        "billingGroupArn" => json!(format!("{ARN}billinggroup/b")),
        "certificateId" | "caCertificateId" => json!(id),
        "targets" => json!([format!("{ARN}thing/t"), format!("{ARN}thinggroup/g")]),
        "jobArn" => json!(format!("{ARN}job/j")),
        "jobTemplateArn" => json!(format!("{ARN}jobtemplate/j")),
        "jobTemplateId" | "streamId" => json!("x"),
        "principal" | "target" => json!(format!("{ARN}cert/{id}")),
        "arn" => json!(format!("{ARN}ruledestination/http/u")),
        "resourceArn" => json!(format!("{ARN}thinggroup/g")),
        "PolicyArn" => json!("arn:aws:iam::123456789012:policy/p"),
        "PolicySourceArn" => json!("arn:aws:iam::123456789012:user/user"),
        "RoleName" => json!("role"),
        "UserName" => json!("user"),
        "FunctionName" => json!("f"),
        "CertificateArn" | "ResourceArn" => {
            json!("arn:aws:acm:us-east-1:123456789012:certificate/c")
        }
        "Principal" => json!("iot.amazonaws.com"),
        "Layers" => json!(["arn:aws:lambda:us-east-1:123456789012:layer:l:1"]),
        "Arn" => json!("arn:aws:lambda:us-east-1:123456789012:layer:l:1"),
        "Resource" => json!("arn:aws:lambda:us-east-1:123456789012:function:f"),
        "domainName" => json!("iot.example.com"),
        name if name.ends_with("Name") => json!("x"),
        "indexName" | "roleAlias" | "topic" | "jobId" | "shadowName" | "clientId" => json!("x"),
        _ => return None,
    })
}

/// A user with this policy.
async fn caller(test: &TestApp, policy: Value) -> AccessKey {
    test.user_with(&policy).await
}

/// The resource type of an ARN, as AWS's table calls it; none for `*`.
fn kind(arn: &str) -> Option<&str> {
    let resource = arn.splitn(6, ':').nth(5)?;
    if let Some((_, stream)) = resource.split_once(":log-stream:")
        && !stream.is_empty()
    {
        return Some("log-stream");
    }
    resource.split(['/', ':']).next()
}

#[tokio::test]
async fn every_operation_is_checked_on_what_the_service_authorization_reference_says() {
    let test = TestApp::new().await;
    let key = caller(
        &test,
        json!({"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": "*", "Resource": "*"}}),
    )
    .await;
    let role = "Version=2010-05-08&Action=CreateRole&RoleName=role&AssumeRolePolicyDocument=%7B%22Version%22%3A%22\
        2012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%22*%22%2C%22Action%22\
        %3A%22sts%3AAssumeRole%22%7D%7D";
    test.call("iam", "POST /", &[], json!(role)).await.ok();
    let credential = test
        .app
        .iam
        .credential(&key.id)
        .await
        .expect("the store reads");
    let identity = test
        .app
        .iam
        .identity(credential.expect("the key is known"), Origin::default());
    let caller = Caller::new(test.app.ctx(), identity);
    let mut seen = BTreeSet::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split_whitespace();
        let name = columns.next().unwrap_or_default();
        seen.insert(name.to_owned());
        let operation = operation_named(name);
        let mut input = Input::default();
        for member in operation.members() {
            if let Some(value) = sample(member.name) {
                input.members.insert(member.name.to_owned(), value);
            }
        }
        let row = service::ROWS
            .iter()
            .find(|row| row.service == operation.service)
            .expect("a service has a row");
        let Permission::Action { resources, .. } = &row.permission else {
            panic!("{name} is not asked for by its name");
        };
        let arns = resources(&test.app, &caller, operation, &input)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let ours: BTreeSet<&str> = arns.iter().filter_map(|arn| kind(arn)).collect();
        let theirs: Vec<&str> = match columns.next() {
            Some("-") | None => Vec::new(),
            Some(kinds) => kinds.split(',').collect(),
        };
        let always: BTreeSet<&str> = theirs
            .iter()
            .filter_map(|kind| kind.strip_suffix('*'))
            .collect();
        let all: BTreeSet<&str> = theirs
            .iter()
            .map(|kind| kind.trim_end_matches('*'))
            .collect();
        let expected = DIFFERENT.iter().find(|(of, _, _)| *of == name);
        if let Some((_, kinds, why)) = expected {
            assert_eq!(ours, kinds.iter().copied().collect(), "{name}: {why}");
        } else if all.contains("any") || (all.len() > 1 && always.is_empty()) {
            // One member that may name any of several.
            assert_eq!(ours.len(), 1, "{name} is checked on {arns:?}");
            assert!(all.contains("any") || ours.is_subset(&all), "{name}");
        } else {
            assert_eq!(ours, all, "{name} is checked on {arns:?}");
        }
        let keys: BTreeSet<String> = row
            .keys(&test.app, operation, &input)
            .into_iter()
            .map(|(key, _)| key)
            .filter(|key| !key.starts_with("aws:"))
            .collect();
        let named: BTreeSet<String> = columns
            .flat_map(|keys| keys.split(','))
            .map(str::to_owned)
            .collect();
        assert_eq!(keys, named, "condition keys of {name}");
    }
    for (service, names) in crate::api::built() {
        let prefix = match service {
            Service::Iot | Service::IotData => "iot",
            Service::IotJobsData => "iotjobsdata",
            Service::Iam => "iam",
            Service::Lambda => "lambda",
            Service::Logs => "logs",
            Service::Acm => "acm",
            // They ask for themselves.
            _ => continue,
        };
        for name in names {
            assert!(seen.contains(&format!("{prefix}:{name}")), "{name}");
        }
    }
}

fn operation_named(name: &str) -> &'static Operation {
    let (prefix, name) = name.split_once(':').expect("a service and a name");
    let services: &[Service] = match prefix {
        "iot" => &[Service::Iot, Service::IotData],
        "iotjobsdata" => &[Service::IotJobsData],
        "iam" => &[Service::Iam],
        "logs" => &[Service::Logs],
        "acm" => &[Service::Acm],
        _ => &[Service::Lambda],
    };
    services
        .iter()
        .find_map(|service| operation(*service, name))
        .unwrap_or_else(|| panic!("no operation {name}"))
}

/// Method and path, headers, and body of a call.
type Case<'a> = (String, &'a [(&'a str, &'a str)], Value);

#[tokio::test]
async fn no_spelling_of_an_id_passes_a_deny() {
    let test = TestApp::new().await;
    let arn = test.certificate("lamp").await;
    let id = arn.rsplit('/').next().unwrap_or_default().to_owned();
    let deny = [format!("{ARN}cert/{id}"), format!("{ARN}cacert/{id}")];
    let key = caller(
        &test,
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "iot:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "iot:*", "Resource": deny},
        ]}),
    )
    .await;
    let upper = id.to_ascii_uppercase();
    let mixed = format!("{}{}", &upper[..32], &id[32..]);
    for id in [
        id.clone(),
        upper.clone(),
        mixed,
        format!("0x{id}"),
        format!("0x{upper}"),
    ] {
        let cert = format!("{ARN}cert/{id}");
        let cacert = format!("{ARN}cacert/{id}");
        let target = json!({"target": cert});
        let principal = [("x-amzn-principal", cert.as_str())];
        let older = [("x-amzn-iot-principal", cert.as_str())];
        let tags = json!({"resourceArn": cacert, "tags": [{"Key": "a", "Value": "b"}]});
        let untag = json!({"resourceArn": cacert, "tagKeys": ["a"]});
        let asked = json!({"principal": cert, "authInfos": [{"actionType": "CONNECT", "resources": ["x"]}]});
        let of = |line: &str| line.replace("ID", &id);
        let cases: &[Case<'_>] = &[
            (of("PUT /target-policies/p"), &[], target.clone()),
            (of("POST /target-policies/p"), &[], target),
            (of("PUT /principal-policies/p"), &older, Value::Null),
            (of("DELETE /principal-policies/p"), &older, Value::Null),
            (of("PUT /things/t/principals"), &principal, Value::Null),
            (of("DELETE /things/t/principals"), &principal, Value::Null),
            (of("GET /principals/things"), &principal, Value::Null),
            (of("GET /principals/things-v2"), &principal, Value::Null),
            (
                of("POST /effective-policies"),
                &[],
                json!({"principal": cert}),
            ),
            (of("POST /test-authorization"), &[], asked),
            (of("GET /certificates/ID"), &[], Value::Null),
            (
                of("PUT /certificates/ID?newStatus=INACTIVE"),
                &[],
                Value::Null,
            ),
            (of("DELETE /certificates/ID"), &[], Value::Null),
            (
                of("PATCH /transfer-certificate/ID?targetAwsAccount=123456789013"),
                &[],
                json!({}),
            ),
            (
                of("PATCH /cancel-certificate-transfer/ID"),
                &[],
                Value::Null,
            ),
            (
                of("PATCH /accept-certificate-transfer/ID"),
                &[],
                Value::Null,
            ),
            (of("PATCH /reject-certificate-transfer/ID"), &[], json!({})),
            (of("GET /cacertificate/ID"), &[], Value::Null),
            (
                of("PUT /cacertificate/ID?newStatus=INACTIVE"),
                &[],
                json!({}),
            ),
            (of("DELETE /cacertificate/ID"), &[], Value::Null),
            (of("POST /tags"), &[], tags),
            (of("POST /untag"), &[], untag),
            (
                format!("GET /tags?resourceArn={}", cacert.replace(':', "%3A")),
                &[],
                Value::Null,
            ),
        ];
        for (line, headers, body) in cases {
            if id.len() > 64 && line.contains(&id) && !line.contains("%3A") {
                // The model lets no prefix through where the id stands alone.
                continue;
            }
            let answer = test.call_as(&key, "iot", line, headers, body.clone()).await;
            assert_eq!(
                answer.error.as_deref(),
                Some("AccessDeniedException"),
                "{line}"
            );
        }
    }
    // What was judged is what is used.
    let line = format!("GET /certificates/{upper}");
    let described = test.iot(&line, Value::Null).await.ok();
    assert_eq!(
        described["certificateDescription"]["certificateId"],
        json!(id)
    );
}

#[tokio::test]
async fn a_certificate_may_be_attached_to_some_things_only() {
    let test = TestApp::new().await;
    let principal = test.certificate("lamp").await;
    for thing in ["own", "other"] {
        let line = format!("POST /things/{thing}");
        test.iot(&line, json!({})).await.ok();
    }
    let key = caller(
        &test,
        json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow",
            "Action": ["iot:AttachThingPrincipal", "iot:DetachThingPrincipal"],
            "Resource": format!("{ARN}cert/*"),
            "Condition": {"ArnLike": {"iot:thingArn": format!("{ARN}thing/own")}},
        }}),
    )
    .await;
    let headers = [("x-amzn-principal", principal.as_str())];
    for method in ["PUT", "DELETE"] {
        let line = |thing| format!("{method} /things/{thing}/principals");
        let call = |line: String| {
            let (key, test) = (key.clone(), &test);
            async move {
                test.call_as(&key, "iot", &line, &headers, Value::Null)
                    .await
            }
        };
        call(line("own")).await.ok();
        call(line("other")).await.refused("AccessDeniedException");
    }
}

#[tokio::test]
async fn a_named_shadow_is_a_resource_of_its_own() {
    let test = TestApp::new().await;
    let key = caller(&test, json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iot:*ThingShadow", "Resource": format!("{ARN}thing/t/open*")},
        {"Effect": "Allow", "Action": "iot:*ThingShadow", "Resource": format!("{ARN}thing/plain")},
    ]})).await;
    let state = json!({"state": {"reported": {"on": true}}});
    let check = async |target: &str, allowed: bool| {
        for (method, body) in [
            ("POST", state.clone()),
            ("GET", Value::Null),
            ("DELETE", Value::Null),
        ] {
            let line = format!("{method} /things/{target}");
            let answer = test.call_as(&key, "iotdata", &line, &[], body).await;
            assert_eq!(answer.status, if allowed { 200 } else { 403 }, "{line}");
        }
    };
    check("t/shadow?name=open", true).await;
    check("t/shadow?name=op%65n", true).await;
    check("t/shadow?name=closed", false).await;
    check("t/shadow", false).await;
    check("plain/shadow", true).await;
    check("plain/shadow?name=open", false).await;
}

/// The dependent actions of the service authorization reference; those about a CA are beside its other tests.
#[tokio::test]
async fn who_stores_a_role_must_be_allowed_to_pass_it() {
    let test = TestApp::new().await;
    let create = "Version=2010-05-08&Action=CreateRole&RoleName=role&AssumeRolePolicyDocument=%7B%22Version%22%3A%22\
        2012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%5B%22\
        iot.amazonaws.com%22%2C%22credentials.iot.amazonaws.com%22%5D%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D";
    test.call("iam", "POST /", &[], json!(create)).await.ok();
    let role = "arn:aws:iam::123456789012:role/role";
    let body = json!({"Resources": {"thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": "t"}}}});
    let fleet = json!({
        "Parameters": {"AWS::IoT::Certificate::Id": {"Type": "String"}},
        "Resources": {"certificate": {
            "Type": "AWS::IoT::Certificate",
            "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"},
        }},
    });
    let template = |name: &str| json!({"templateName": name, "templateBody": fleet.to_string(), "provisioningRoleArn": role, "enabled": true});
    test.iot("POST /provisioning-templates", template("there"))
        .await
        .ok();
    let alias = json!({"roleArn": role});
    test.iot("POST /role-aliases/there", alias.clone())
        .await
        .ok();
    let key = caller(
        &test,
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}}),
    )
    .await;
    for (line, body) in [
        ("POST /provisioning-templates", template("new")),
        (
            "PATCH /provisioning-templates/there",
            json!({"provisioningRoleArn": role}),
        ),
        ("POST /role-aliases/new", alias.clone()),
        ("PUT /role-aliases/there", alias),
        (
            "POST /thing-registration-tasks",
            json!({"templateBody": body.to_string(), "inputFileBucket": "bucket", "inputFileKey": "key",
                "roleArn": role}),
        ),
    ] {
        let answer = test.call_as(&key, "iot", line, &[], body).await;
        let text = answer.refused("AccessDeniedException");
        let expected = format!("is not authorized to perform: iam:PassRole on resource: {role}");
        assert!(text.contains(&expected), "{line}: {text}");
    }
}
