//! What the request and its caller bring, and the tags of what is asked about.

use super::super::trial::{BODY, ROLE, registered, role, user};
use super::*;
use crate::testing::{ARN, Ca};
use serde_json::json;

#[tokio::test]
async fn tags_of_a_resource_deny_and_allow() {
    let (test, key) = with_user().await;
    for (name, value) in [("a", "prod"), ("b", "dev")] {
        let tags = json!({"tags": [{"Key": "env", "Value": value}]});
        test.iot(&format!("POST /thing-groups/{name}"), tags)
            .await
            .ok();
    }
    test.iot("POST /thing-groups/none", json!({})).await.ok();
    test.iot("POST /things/t", json!({})).await.ok();
    let prod = equals("aws:ResourceTag/env", "prod");
    let check = async |statements: &str, line: &str, body: Value, allowed: bool| {
        grant(&test, "user/carol", statements).await;
        let found = may(&test, &key, line, body).await;
        assert_eq!(found, allowed, "{statements} {line}");
    };
    let null = Value::Null;
    // A Deny, and none where the tag differs or is absent.
    let denied = deny("iot:*", &prod);
    check(&denied, "DELETE /thing-groups/a", null.clone(), false).await;
    check(&denied, "GET /thing-groups/a", null.clone(), false).await;
    check(
        &denied,
        "PATCH /thing-groups/a",
        json!({"thingGroupProperties": {}}),
        false,
    )
    .await;
    check(&denied, "GET /thing-groups/a/things", null.clone(), false).await;
    check(&denied, "GET /thing-groups/b", null.clone(), true).await;
    check(&denied, "GET /thing-groups/none", null.clone(), true).await;
    check(&denied, "GET /things/t", null.clone(), true).await;
    check(&denied, "GET /thing-groups", null.clone(), true).await;
    let other = deny(
        "iot:DescribeThingGroup",
        &equals("AWS:resourcetag/ENV", "prod"),
    );
    check(&other, "GET /thing-groups/a", null.clone(), false).await;
    // The group is the second resource of these.
    let add = |group: &str| json!({"thingGroupName": group, "thingName": "t"});
    let line = "PUT /thing-groups/addThingToThingGroup";
    check(&denied, line, add("a"), false).await;
    check(&denied, line, add("b"), true).await;
    let arns =
        json!({"thingGroupArn": format!("{ARN}thinggroup/a"), "thingArn": format!("{ARN}thing/t")});
    check(&denied, line, arns, false).await;
    let update = |group: &str| json!({"thingName": "t", "thingGroupsToAdd": [group]});
    let line = "PUT /thing-groups/updateThingGroupsForThing";
    check(&denied, line, update("a"), false).await;
    check(&denied, line, update("none"), true).await;
    // An Allow.
    let allowed = allow("iot:*", &prod);
    check(&allowed, "GET /thing-groups/a", null.clone(), true).await;
    check(&allowed, "GET /thing-groups/b", null.clone(), false).await;
    check(&allowed, "GET /thing-groups/none", null.clone(), false).await;
    check(&allowed, "GET /things/t", null.clone(), false).await;
    // Whoever must not touch production must not take its mark off, either.
    let arn = format!("{ARN}thinggroup/a");
    let untag = json!({"resourceArn": arn, "tagKeys": ["env"]});
    check(&denied, "POST /untag", untag.clone(), false).await;
    check(
        &denied,
        "POST /tags",
        json!({"resourceArn": arn, "tags": [{"Key": "env", "Value": "x"}]}),
        false,
    )
    .await;
    // Untagged resources by Null, and a variable in the resource.
    let untagged = deny("iot:*", r#"{"Null":{"aws:ResourceTag/env":"true"}}"#);
    check(&untagged, "GET /thing-groups/none", null.clone(), false).await;
    check(&untagged, "GET /thing-groups/a", null.clone(), true).await;
    let filled = format!(
        r#"{{"Effect":"Allow","Action":"iot:*","Resource":"{ARN}thinggroup/${{aws:ResourceTag/name}}"}}"#
    );
    check(&filled, "GET /thing-groups/a", null.clone(), false).await;
    tag(&test, &arn, "name", "a").await;
    check(&filled, "GET /thing-groups/a", null.clone(), true).await;
    // With the tag goes the Deny.
    check(ALL, "POST /untag", untag, true).await;
    check(&denied, "DELETE /thing-groups/a", null, true).await;
}

#[tokio::test]
async fn tags_of_a_request_deny_and_allow() {
    let (test, key) = with_user().await;
    let number = std::cell::Cell::new(0);
    let create = async |statements: &str, tags: Value, allowed: bool| {
        grant(&test, "user/carol", statements).await;
        number.set(number.get() + 1);
        for kind in ["thing-groups", "billing-groups", "thing-types"] {
            let line = format!("POST /{kind}/x{}", number.get());
            let found = may(&test, &key, &line, json!({"tags": tags.clone()})).await;
            assert_eq!(found, allowed, "{statements} {line} {tags}");
        }
        let body = json!({"tags": tags, "policyDocument": r#"{"Version":"2012-10-17","Statement":[]}"#
            .replace("[]", r#"[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]"#)});
        let line = format!("POST /policies/x{}", number.get());
        assert_eq!(
            may(&test, &key, &line, body).await,
            allowed,
            "{statements} {line}"
        );
    };
    let one = |name: &str, value: &str| json!([{"Key": name, "Value": value}]);
    let prod = deny("iot:Create*", &equals("aws:RequestTag/env", "prod"));
    create(&prod, one("env", "prod"), false).await;
    create(&prod, one("ENV", "prod"), false).await;
    create(
        &prod,
        json!([{"Key": "a", "Value": "b"}, {"Key": "env", "Value": "prod"}]),
        false,
    )
    .await;
    create(&prod, one("env", "dev"), true).await;
    create(&prod, json!([]), true).await;
    let owned = allow("iot:*", r#"{"Null":{"aws:RequestTag/owner":"false"}}"#);
    create(&owned, one("owner", "ann"), true).await;
    create(&owned, one("env", "dev"), false).await;
    create(&owned, json!([]), false).await;
    let only = allow(
        "iot:*",
        r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["env","owner"]}}"#,
    );
    create(&only, one("env", "dev"), true).await;
    create(
        &only,
        json!([{"Key": "env", "Value": "a"}, {"Key": "x", "Value": "a"}]),
        false,
    )
    .await;
    let none = deny(
        "iot:*",
        r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":["secret"]}}"#,
    );
    create(&none, one("secret", "1"), false).await;
    create(&none, one("open", "1"), true).await;

    test.iot("POST /thing-groups/g", json!({})).await.ok();
    let arn = format!("{ARN}thinggroup/g");
    let check = async |statements: &str, line: &str, body: Value, allowed: bool| {
        grant(&test, "user/carol", statements).await;
        let found = may(&test, &key, line, body).await;
        assert_eq!(found, allowed, "{statements} {line}");
    };
    let tags = |name: &str, value: &str| json!({"resourceArn": arn, "tags": one(name, value)});
    let any = deny("iot:*", &equals("aws:RequestTag/env", "prod"));
    check(&any, "POST /tags", tags("env", "prod"), false).await;
    check(&any, "POST /tags", tags("env", "dev"), true).await;
    check(&none, "POST /tags", tags("secret", "1"), false).await;
    let untag = |name: &str| json!({"resourceArn": arn, "tagKeys": [name]});
    check(&none, "POST /untag", untag("secret"), false).await;
    check(&none, "POST /untag", untag("env"), true).await;
}

#[tokio::test]
async fn every_kind_that_has_tags_is_judged_by_them() {
    let (test, key) = with_user().await;
    role(&test).await;
    let ca = registered(&test, &Ca::new("owner"), "").await;
    let tags = json!([{"Key": "env", "Value": "prod"}]);
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}"#;
    let dynamic = json!({"tags": tags, "queryString": "attributes.a:1"});
    let template = json!({"templateName": "x", "templateBody": BODY, "type": "JITP",
        "provisioningRoleArn": ROLE, "tags": tags});
    let create = async |line: &str, body: Value| {
        test.iot(line, body).await.ok();
    };
    create("POST /thing-types/x", json!({"tags": tags})).await;
    create("POST /billing-groups/x", json!({"tags": tags})).await;
    create(
        "POST /policies/x",
        json!({"tags": tags, "policyDocument": policy}),
    )
    .await;
    create(
        "POST /role-aliases/x",
        json!({"tags": tags, "roleArn": ROLE}),
    )
    .await;
    create("POST /provisioning-templates", template).await;
    create("POST /thing-groups/x", json!({"tags": tags})).await;
    test.iot(
        "POST /indexing/config",
        json!({"thingIndexingConfiguration": {"thingIndexingMode": "REGISTRY"}}),
    )
    .await
    .ok();
    create("POST /dynamic-thing-groups/y", dynamic).await;
    tag(&test, &format!("{ARN}cacert/{ca}"), "env", "prod").await;
    let lines = [
        "GET /thing-types/x".to_owned(),
        "GET /billing-groups/x".into(),
        "GET /billing-groups/x/things".into(),
        "GET /policies/x".into(),
        "GET /policies/x/version".into(),
        "GET /role-aliases/x".into(),
        "GET /provisioning-templates/x".into(),
        "GET /provisioning-templates/x/versions".into(),
        "GET /thing-groups/y".into(),
        format!("GET /cacertificate/{ca}"),
        format!("GET /tags?resourceArn={ARN}policy/x"),
    ];
    let denied = deny("iot:*", &equals("aws:ResourceTag/env", "prod"));
    let passed = deny("iot:*", &equals("aws:ResourceTag/env", "dev"));
    for line in lines {
        grant(&test, "user/carol", &denied).await;
        assert!(!may(&test, &key, &line, Value::Null).await, "{line}");
        grant(&test, "user/carol", &passed).await;
        assert!(may(&test, &key, &line, Value::Null).await, "{line}");
    }
}

#[tokio::test]
async fn keys_of_the_caller_and_the_request() {
    let (test, key) = with_user().await;
    tag(
        &test,
        &format!("arn:aws:iam::{ACCOUNT}:user/carol"),
        "team",
        "red",
    )
    .await;
    let headers = [
        ("user-agent", "aws-cli/2.35"),
        ("referer", "https://console"),
    ];
    let check = async |statements: &str, allowed: bool| {
        grant(&test, "user/carol", statements).await;
        let answer = test
            .call_as(&key, "iot", "GET /things", &headers, Value::Null)
            .await;
        assert_eq!(answer.status == 200, allowed, "{statements}");
    };
    for (key, right, wrong) in [
        ("aws:RequestedRegion", "us-east-1", "eu-west-1"),
        ("aws:PrincipalAccount", ACCOUNT, "210987654321"),
        ("aws:ResourceAccount", ACCOUNT, "210987654321"),
        ("aws:PrincipalType", "User", "AssumedRole"),
        ("aws:PrincipalTag/TEAM", "red", "blue"),
        ("aws:PrincipalIsAWSService", "false", "true"),
        ("aws:ViaAWSService", "false", "true"),
        ("aws:SecureTransport", "false", "true"),
        ("aws:username", "carol", "dave"),
        ("aws:UserAgent", "aws-cli/2.35", "boto3"),
        ("aws:Referer", "https://console", "https://other"),
    ] {
        check(&deny("*", &differs(key, right)), true).await;
        check(&deny("*", &differs(key, wrong)), false).await;
        check(&allow("*", &equals(key, right)), true).await;
        check(&allow("*", &equals(key, wrong)), false).await;
        check(&deny("*", &equals(key, right)), false).await;
    }
    for absent in [
        "aws:TokenIssueTime",
        "aws:MultiFactorAuthPresent",
        "aws:CalledVia",
        "aws:SourceArn",
    ] {
        check(
            &deny("*", &format!(r#"{{"Null":{{"{absent}":"false"}}}}"#)),
            true,
        )
        .await;
        check(
            &deny("*", &format!(r#"{{"Null":{{"{absent}":"true"}}}}"#)),
            false,
        )
        .await;
    }
    let cli = r#"{"StringLike":{"aws:UserAgent":"aws-cli/*"}}"#;
    check(&allow("*", cli), true).await;
}

#[tokio::test]
async fn a_lock_to_the_region_is_no_lock_within_it() {
    let test = TestApp::with(|settings| {
        settings.realm = std::sync::Arc::new(nameplate_core::arn::Realm {
            account: ACCOUNT.into(),
            region: "eu-west-1".into(),
        });
    })
    .await;
    let key = user(&test, ALL)
        .await
        .identity()
        .expect("signed")
        .access_key()
        .clone();
    grant(
        &test,
        "user/carol",
        &deny("*", &differs("aws:RequestedRegion", "eu-west-1")),
    )
    .await;
    assert!(may(&test, &key, "GET /things", Value::Null).await);
    // IAM's endpoint is in us-east-1, as the user guide says.
    assert_eq!(
        form(&test, &key, "iam", "ListUsers").await,
        Err("AccessDenied".into())
    );
    grant(
        &test,
        "user/carol",
        &deny("iot:*", &differs("aws:RequestedRegion", "us-east-1")),
    )
    .await;
    assert!(!may(&test, &key, "GET /things", Value::Null).await);
    assert!(form(&test, &key, "iam", "ListUsers").await.is_ok());
}

#[tokio::test]
async fn what_the_commands_own_door_removes_is_judged_by_its_tags() {
    let (test, key) = with_user().await;
    let ca = registered(&test, &Ca::new("owner"), "").await;
    let remove = json!({"kind": "ca", "name": ca, "cascade": true});
    let call = async |statements: &str| {
        grant(&test, "user/carol", statements).await;
        let line = "POST /nameplate/remove";
        let answer = test
            .call_as(&key, "nameplate", line, &[], remove.clone())
            .await;
        answer.status
    };
    let arn = format!("{ARN}cacert/{ca}");
    tag(&test, &arn, "env", "prod").await;
    let denied = deny("iot:*", &equals("aws:ResourceTag/env", "prod"));
    assert_eq!(call(&denied).await, 403);
    assert_eq!(
        call(&deny("iot:*", &equals("aws:ResourceTag/env", "dev"))).await,
        200
    );
}

/// Keys of the service's own that no table knows.
#[tokio::test]
async fn a_topic_and_a_domain_name_deny_and_allow() {
    let (test, key) = with_user().await;
    let check = async |service: &str, statements: &str, line: &str, body: Value, allowed: bool| {
        grant(&test, "user/carol", statements).await;
        let answer = test.call_as(&key, service, line, &[], body).await;
        assert_eq!(answer.status != 403, allowed, "{statements} {line}");
    };
    // Nobody is connected, which is for those to hear who may send.
    let send = async |statements: &str, topic: &str, allowed: bool| {
        let line = format!("POST /connections/c/messages?topic={topic}");
        check("iotdata", statements, &line, Value::Null, allowed).await;
    };
    let reboot = equals("iot:Topic", "cmd/reboot");
    for (statements, reboots, others) in [
        (deny("iot:SendDirectMessage", &reboot), false, true),
        (allow("iot:SendDirectMessage", &reboot), true, false),
    ] {
        send(&statements, "cmd%2Freboot", reboots).await;
        send(&statements, "cmd%2Fx", others).await;
    }
    let create = async |statements: &str, domain: &str, allowed: bool| {
        let body = json!({"domainName": domain});
        let line = "POST /domainConfigurations/d";
        check("iot", statements, line, body, allowed).await;
    };
    let ours = equals("iot:DomainName", "iot.example.com");
    for (statements, of_ours, others) in [
        (deny("iot:CreateDomainConfiguration", &ours), false, true),
        (allow("iot:CreateDomainConfiguration", &ours), true, false),
    ] {
        create(&statements, "iot.example.com", of_ours).await;
        create(&statements, "iot.example.org", others).await;
    }
}
