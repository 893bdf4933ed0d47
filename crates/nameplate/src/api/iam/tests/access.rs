//! Users and keys: who may do what, and from when on.

use super::*;
use crate::app::caller::Caller;
use nameplate_core::policy::caller::Origin;
use serde_json::json;

#[tokio::test]
async fn the_root_is_no_user() {
    let test = TestApp::new().await;
    let root = root(&test);
    let got = root.ok("GetUser", &[]).await;
    assert!(got.contains(
        "<User><UserId>123456789012</UserId><Arn>arn:aws:iam::123456789012:root</Arn><CreateDate>"
    ));
    let keys = root.ok("ListAccessKeys", &[]).await;
    assert_eq!(elements(&keys, "AccessKeyId"), ["AKIAIOSFODNN7EXAMPLE"]);
    assert_eq!(
        root.refused("CreateAccessKey", &[]).await,
        pair(
            "ValidationError",
            "Must specify userName when calling with non-User credentials"
        )
    );
}

#[tokio::test]
async fn a_user_may_what_the_policies_say_at_once() {
    let test = TestApp::new().await;
    let ann = user(&test, "ann", &allow(r#"["iam:GetUser","iot:ListThings"]"#)).await;
    let me = ann.ok("GetUser", &[]).await;
    assert_eq!(element(&me, "UserName"), Some("ann".into()));
    let key = ann.key.clone().expect("ann has a key");
    let things = || test.call_as(&key, "iot", "GET /things", &[], Value::Null);
    things().await.ok();
    let created = test
        .call_as(&key, "iot", "POST /things/lamp", &[], json!({}))
        .await;
    assert_eq!(
        created.refused("AccessDeniedException"),
        "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iot:CreateThing on resource: \
         arn:aws:iot:us-east-1:123456789012:thing/lamp because no identity-based policy allows the iot:CreateThing \
         action"
    );
    let list = ann.refused("ListRoles", &[]).await;
    assert_eq!(
        list,
        pair(
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:ListRoles on resource: \
             arn:aws:iam::123456789012:role/ because no identity-based policy allows the iam:ListRoles action"
        )
    );
    let attach = [
        ("UserName", "ann"),
        ("PolicyArn", "arn:aws:iam::aws:policy/AWSIoTFullAccess"),
    ];
    root(&test).ok("AttachUserPolicy", &attach).await;
    let line = "POST /things/lamp";
    test.call_as(&key, "iot", line, &[], json!({})).await.ok();
    root(&test).ok("DetachUserPolicy", &attach).await;
    let again = test.call_as(&key, "iot", line, &[], json!({})).await;
    again.refused("AccessDeniedException");
}

#[tokio::test]
async fn permission_is_asked_on_the_arn_with_its_path() {
    let test = TestApp::new().await;
    let statement = format!(
        r#"[{{"Effect":"Allow","Action":["iam:CreateRole","iam:GetRole","iam:CreatePolicy"],"Resource":["{A}role/iot/*","{A}policy/iot/*"]}},
            {{"Effect":"Allow","Action":"iam:AttachRolePolicy","Resource":"*","Condition":{{"ArnEquals":{{"iam:PolicyARN":"{REGISTRATION}"}}}}}}]"#
    );
    let ann = user(&test, "ann", &statement).await;
    let mut create = vec![("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST_IOT)];
    assert_eq!(ann.refused("CreateRole", &create).await.0, "AccessDenied");
    create.push(("Path", "/iot/"));
    ann.ok("CreateRole", &create).await;
    ann.ok("GetRole", &[("RoleName", "r")]).await;
    let document = policy(&allow(r#""iot:ListThings""#));
    let mut create = vec![("PolicyName", "p"), ("PolicyDocument", document.as_str())];
    assert_eq!(ann.refused("CreatePolicy", &create).await.0, "AccessDenied");
    create.push(("Path", "/iot/"));
    ann.ok("CreatePolicy", &create).await;
    let attach = |arn| [("RoleName", "r"), ("PolicyArn", arn)];
    ann.ok("AttachRolePolicy", &attach(REGISTRATION)).await;
    let full = "arn:aws:iam::aws:policy/AWSIoTFullAccess";
    assert_eq!(
        ann.refused("AttachRolePolicy", &attach(full)).await.0,
        "AccessDenied"
    );
}

#[tokio::test]
async fn a_key_that_is_switched_off_or_deleted_is_refused_at_once() {
    let test = TestApp::new().await;
    let root = root(&test);
    let ann = user(&test, "ann", "").await;
    let who = || ann.call("sts", "GetCallerIdentity", &[]);
    assert!(text(who().await).contains("<Arn>arn:aws:iam::123456789012:user/ann</Arn>"));
    let id = ann.key.as_ref().map_or("", |key| &key.id);
    let set = |status| [("UserName", "ann"), ("AccessKeyId", id), ("Status", status)];
    root.ok("UpdateAccessKey", &set("Inactive")).await;
    assert_eq!(named(who().await).0, "InvalidClientTokenId");
    root.ok("UpdateAccessKey", &set("Active")).await;
    assert_eq!(who().await.status, 200);

    let of = [("UserName", "ann")];
    root.ok("CreateAccessKey", &of).await;
    assert_eq!(
        root.refused("CreateAccessKey", &of).await,
        pair(
            "LimitExceeded",
            "Cannot exceed quota for AccessKeysPerUser: 2"
        )
    );
    assert_eq!(
        root.refused("DeleteUser", &of).await,
        pair(
            "DeleteConflict",
            "Cannot delete entity, must delete access keys first."
        )
    );
    let delete = [("UserName", "ann"), ("AccessKeyId", id)];
    root.ok("DeleteAccessKey", &delete).await;
    assert_eq!(named(who().await).0, "InvalidClientTokenId");
    assert_eq!(
        root.refused("DeleteAccessKey", &delete).await,
        pair(
            "NoSuchEntity",
            &format!("The Access Key with id {id} cannot be found.")
        )
    );
}

#[tokio::test]
async fn a_renamed_user_keeps_keys_and_policies() {
    let test = TestApp::new().await;
    let ann = user(&test, "ann", &allow(r#""iam:GetUser""#)).await;
    let rename = [
        ("UserName", "ann"),
        ("NewUserName", "eve"),
        ("NewPath", "/p/"),
    ];
    root(&test).ok("UpdateUser", &rename).await;
    let me = ann.ok("GetUser", &[]).await;
    assert_eq!(element(&me, "Arn"), Some(format!("{A}user/p/eve")));
}

#[tokio::test]
async fn tags_can_be_put_and_taken() {
    let test = TestApp::new().await;
    let root = root(&test);
    let statement = r#"{"Effect":"Allow","Action":"iam:GetUser","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}}"#;
    let ann = user(&test, "ann", statement).await;
    assert_eq!(ann.refused("GetUser", &[]).await.0, "AccessDenied");
    let tag = [
        ("UserName", "ann"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ];
    root.ok("TagUser", &tag).await;
    ann.ok("GetUser", &[]).await;
    let listed = root.ok("ListUserTags", &tag[..1]).await;
    assert!(listed.contains("<Tags><member><Key>team</Key><Value>red</Value></member></Tags>"));
    let untag = [("UserName", "ann"), ("TagKeys.member.1", "team")];
    root.ok("UntagUser", &untag).await;
    assert_eq!(ann.refused("GetUser", &[]).await.0, "AccessDenied");
}

#[tokio::test]
async fn a_role_is_passed_only_by_who_may() {
    let test = TestApp::new().await;
    let statement = format!(
        r#"{{"Effect":"Allow","Action":"iam:PassRole","Resource":"{A}role/JITP*","Condition":{{"StringEquals":{{"iam:PassedToService":"iot.amazonaws.com"}}}}}}"#
    );
    let ann = user(&test, "ann", &statement).await;
    let id = ann.key.as_ref().map_or("", |key| &key.id);
    let credential = test.app.iam.credential(id).await.ok().flatten();
    let identity = test
        .app
        .iam
        .identity(credential.expect("the key exists"), Origin::default());
    let caller = &Caller::new(test.app.ctx(), identity);
    let pass = async |role: &str, service| {
        let role = format!("{A}role/{role}");
        let answer = test.app.iam.may_pass(caller, &role, service).await;
        answer.map_err(|error| error.message)
    };
    assert_eq!(pass("JITPRole", "iot.amazonaws.com").await, Ok(()));
    assert!(pass("JITPRole", "lambda.amazonaws.com").await.is_err());
    assert_eq!(
        pass("other", "iot.amazonaws.com").await,
        Err(format!(
            "User: {A}user/ann is not authorized to perform: iam:PassRole on resource: {A}role/other because no \
             identity-based policy allows the iam:PassRole action"
        ))
    );
}

#[tokio::test]
async fn a_simulation_says_what_would_be_decided() {
    let test = TestApp::new().await;
    let root = root(&test);
    let statement = r#"[{"Effect":"Allow","Action":"iot:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}},{"Effect":"Deny","Action":"iot:Delete*","Resource":"*"}]"#;
    user(&test, "ann", statement).await;
    let source = format!("{A}user/ann");
    let mut parameters = vec![
        ("PolicySourceArn", source.as_str()),
        ("ActionNames.member.1", "iot:ListThings"),
        ("ActionNames.member.2", "iot:DeleteThing"),
        ("ActionNames.member.3", "s3:GetObject"),
    ];
    let body = root.ok("SimulatePrincipalPolicy", &parameters).await;
    assert_eq!(
        elements(&body, "EvalDecision"),
        ["implicitDeny", "explicitDeny", "implicitDeny"]
    );
    parameters.extend([
        ("ContextEntries.member.1.ContextKeyName", "aws:SourceIp"),
        ("ContextEntries.member.1.ContextKeyType", "ip"),
        (
            "ContextEntries.member.1.ContextKeyValues.member.1",
            "192.0.2.9",
        ),
    ]);
    let body = root.ok("SimulatePrincipalPolicy", &parameters).await;
    assert_eq!(
        elements(&body, "EvalDecision"),
        ["allowed", "explicitDeny", "implicitDeny"]
    );
    assert_eq!(
        elements(&body, "SourcePolicyId"),
        ["user_ann_own", "user_ann_own"]
    );
}

/// IAM user guide: simulate-custom-policy, with the examples of the command line's own pages.
#[tokio::test]
async fn policies_of_nobody_are_simulated() {
    let test = TestApp::new().await;
    let root = root(&test);
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}"#;
    let asked = [
        ("PolicyInputList.member.1", policy),
        ("ActionNames.member.1", "dynamodb:CreateBackup"),
    ];
    let at = |time: &'static str, of: &'static str| {
        let mut asked = asked.to_vec();
        asked.extend([
            ("ContextEntries.member.1.ContextKeyName", "aws:CurrentTime"),
            ("ContextEntries.member.1.ContextKeyType", of),
            ("ContextEntries.member.1.ContextKeyValues.member.1", time),
        ]);
        asked
    };
    let body = root
        .ok("SimulateCustomPolicy", &at("2019-04-25T11:00:00Z", "date"))
        .await;
    assert_eq!(elements(&body, "EvalDecision"), ["allowed"]);
    assert_eq!(elements(&body, "SourcePolicyId"), ["PolicyInputList.1"]);
    assert_eq!(elements(&body, "Line"), ["1", "1"]);
    assert_eq!(elements(&body, "Column"), ["38", "167"]);
    assert_eq!(elements(&body, "MissingContextValues"), [""]);
    let body = root
        .ok("SimulateCustomPolicy", &at("2014-04-25T11:00:00Z", "date"))
        .await;
    assert_eq!(elements(&body, "EvalDecision"), ["implicitDeny"]);
    let body = root.ok("SimulateCustomPolicy", &asked).await;
    assert_eq!(elements(&body, "EvalDecision"), ["implicitDeny"]);
    let missing = "<MissingContextValues><member>aws:CurrentTime</member></MissingContextValues>";
    assert!(body.contains(missing), "{body}");
    let refused = root
        .refused("SimulateCustomPolicy", &at("yesterday", "date"))
        .await;
    assert_eq!(refused.0, "InvalidInput");
    let keys = root.ok("GetContextKeysForCustomPolicy", &asked[..1]).await;
    assert!(
        keys.contains("<ContextKeyNames><member>aws:CurrentTime</member></ContextKeyNames>"),
        "{keys}"
    );
    let boundary =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    let mut bounded = at("2019-04-25T11:00:00Z", "date");
    bounded.push(("PermissionsBoundaryPolicyInputList.member.1", boundary));
    let body = root.ok("SimulateCustomPolicy", &bounded).await;
    assert_eq!(elements(&body, "EvalDecision"), ["implicitDeny"]);
    assert_eq!(elements(&body, "AllowedByPermissionsBoundary"), ["false"]);
    for bad in [
        ("PolicyInputList.member.1", "{}"),
        ("ActionNames.member.1", "s3:*"),
    ] {
        let mut asked = asked.to_vec();
        asked.retain(|(name, _)| *name != bad.0);
        asked.push(bad);
        assert_eq!(
            root.refused("SimulateCustomPolicy", &asked).await.0,
            "InvalidInput"
        );
    }
}

/// The one who is simulated is known, but not what an entry says otherwise, nor the moment.
#[tokio::test]
async fn entries_win_over_what_is_known_of_the_principal() {
    let test = TestApp::new().await;
    let root = root(&test);
    let statement = r#"{"Effect":"Allow","Action":"iot:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"ann"},"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}"#;
    user(&test, "ann", statement).await;
    user(&test, "bob", &allow(r#""iot:ListThings""#)).await;
    let (ann, bob) = (format!("{A}user/ann"), format!("{A}user/bob"));
    let source = [("PolicySourceArn", ann.as_str())];
    let keys = root.ok("GetContextKeysForPrincipalPolicy", &source).await;
    let names = "<ContextKeyNames><member>aws:username</member><member>aws:CurrentTime</member>";
    assert!(keys.contains(names), "{keys}");
    let asked = [
        source[0],
        ("ActionNames.member.1", "iot:ListThings"),
        ("ContextEntries.member.1.ContextKeyName", "aws:CurrentTime"),
        ("ContextEntries.member.1.ContextKeyType", "date"),
        (
            "ContextEntries.member.1.ContextKeyValues.member.1",
            "2019-04-25T11:00:00Z",
        ),
    ];
    let decision = async |more: &[(&str, &str)]| {
        let asked: Vec<_> = asked.iter().chain(more).copied().collect();
        let body = root.ok("SimulatePrincipalPolicy", &asked).await;
        elements(&body, "EvalDecision").concat()
    };
    assert_eq!(decision(&[]).await, "allowed");
    assert_eq!(decision(&[("CallerArn", &bob)]).await, "implicitDeny");
    let other = [
        ("ContextEntries.member.2.ContextKeyName", "aws:username"),
        ("ContextEntries.member.2.ContextKeyType", "string"),
        ("ContextEntries.member.2.ContextKeyValues.member.1", "bob"),
    ];
    assert_eq!(decision(&other).await, "implicitDeny");
    let body = root.ok("SimulatePrincipalPolicy", &asked[..2]).await;
    assert!(body.contains("<member>aws:CurrentTime</member>"), "{body}");
}

/// The order of keys is that of their creation, and so a page ends anywhere among their ids.
#[tokio::test]
async fn keys_come_in_pages() {
    let test = TestApp::new().await;
    let root = root(&test);
    for user in ["a", "b", "c", "d"] {
        root.ok("CreateUser", &[("UserName", user)]).await;
        for _ in 0..2 {
            root.ok("CreateAccessKey", &[("UserName", user)]).await;
        }
        let page = [("UserName", user), ("MaxItems", "1")];
        let first = root.ok("ListAccessKeys", &page).await;
        let marker = element(&first, "Marker").expect("there is more");
        let page = [
            ("UserName", user),
            ("MaxItems", "1"),
            ("Marker", marker.as_str()),
        ];
        let second = root.ok("ListAccessKeys", &page).await;
        let mut keys = elements(&first, "AccessKeyId");
        keys.extend(elements(&second, "AccessKeyId"));
        let all = root.ok("ListAccessKeys", &[("UserName", user)]).await;
        assert_eq!(keys, elements(&all, "AccessKeyId"));
    }
}
