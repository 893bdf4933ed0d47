//! IAM and STS as their callers see them, from signed requests to XML.

use crate::app::iam::AccessKey;
use crate::testing::{Answer, NOW, TestApp};
use nameplate_core::ctx::Millis;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

const A: &str = "arn:aws:iam::123456789012:";
const TRUST_IOT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const REGISTRATION: &str = "arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration";

/// Someone who calls.
struct Who<'t> {
    test: &'t TestApp,
    key: Option<AccessKey>,
}

impl Who<'_> {
    async fn call(&self, service: &str, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let version = match service {
            "sts" => "2011-06-15",
            _ => "2010-05-08",
        };
        let mut form = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            form.push_str(&format!("&{name}={value}"));
        }
        let (line, body) = ("POST /", Value::String(form));
        match &self.key {
            Some(key) => self.test.call_as(key, service, line, &[], body).await,
            None => self.test.call(service, line, &[], body).await,
        }
    }

    async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.call("iam", action, parameters).await
    }

    /// The body of a success.
    async fn ok(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        let body = self.iam(action, parameters).await.ok();
        body.as_str().unwrap_or_default().to_owned()
    }

    /// Name and message of a refusal.
    async fn refused(&self, action: &str, parameters: &[(&str, &str)]) -> (String, String) {
        named(self.iam(action, parameters).await)
    }

    /// A session of the role, or why there is none.
    async fn assume(&self, parameters: &[(&str, &str)]) -> Result<AccessKey, (String, String)> {
        let answer = self.call("sts", "AssumeRole", parameters).await;
        if answer.status != 200 {
            return Err(named(answer));
        }
        let body = text(answer);
        Ok(key(&body))
    }
}

fn text(answer: Answer) -> String {
    answer.body.as_str().unwrap_or_default().to_owned()
}

fn named(answer: Answer) -> (String, String) {
    let name = answer.error.clone().unwrap_or_default();
    let body = text(answer);
    (name, element(&body, "Message").unwrap_or(body))
}

/// The text of the first element of this name.
fn element(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
}

fn elements(body: &str, name: &str) -> Vec<String> {
    let open = format!("<{name}>");
    body.split(&open)
        .skip(1)
        .filter_map(|part| Some(part.split_once(&format!("</{name}>"))?.0.to_owned()))
        .collect()
}

/// The credentials in an answer.
fn key(body: &str) -> AccessKey {
    AccessKey {
        id: element(body, "AccessKeyId").expect("the answer has a key"),
        secret: element(body, "SecretAccessKey").expect("the answer has a secret"),
        active: true,
        created: NOW,
        user: None,
        session_token: element(body, "SessionToken"),
        expires: None,
        role: None,
        session_name: None,
        session_policy: None,
    }
}

fn root(test: &TestApp) -> Who<'_> {
    Who { test, key: None }
}

fn as_key(test: &TestApp, key: AccessKey) -> Who<'_> {
    Who {
        test,
        key: Some(key),
    }
}

/// A user with this inline policy statement, if any.
async fn user<'t>(test: &'t TestApp, name: &str, statement: &str) -> Who<'t> {
    let root = root(test);
    root.ok("CreateUser", &[("UserName", name)]).await;
    if !statement.is_empty() {
        let document = policy(statement);
        let parameters = [
            ("UserName", name),
            ("PolicyName", "own"),
            ("PolicyDocument", document.as_str()),
        ];
        root.ok("PutUserPolicy", &parameters).await;
    }
    let body = root.ok("CreateAccessKey", &[("UserName", name)]).await;
    as_key(test, key(&body))
}

async fn role(test: &TestApp, name: &str, principal: &str) {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}}}"#
    );
    let parameters = [
        ("RoleName", name),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    root(test).ok("CreateRole", &parameters).await;
}

fn policy(statement: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#)
}

fn allow(actions: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":{actions},"Resource":"*"}}"#)
}

fn pair(name: &str, message: &str) -> (String, String) {
    (name.to_owned(), message.to_owned())
}

#[tokio::test]
async fn a_role_comes_back_as_it_was_made() {
    let test = TestApp::new().await;
    let root = root(&test);
    let parameters = [
        ("RoleName", "JITPRole"),
        ("Path", "/iot/"),
        ("Description", "for < devices"),
        ("AssumeRolePolicyDocument", TRUST_IOT),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ];
    let made = root.ok("CreateRole", &parameters).await;
    for expected in [
        "<CreateRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><CreateRoleResult><Role>",
        "<Path>/iot/</Path><RoleName>JITPRole</RoleName><RoleId>AROA",
        "<Arn>arn:aws:iam::123456789012:role/iot/JITPRole</Arn><CreateDate>2026-11-23T15:42:12Z</CreateDate>",
        "<AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22",
        "<Description>for &lt; devices</Description><MaxSessionDuration>3600</MaxSessionDuration>",
        "<Tags><member><Key>team</Key><Value>red</Value></member></Tags>",
    ] {
        assert!(made.contains(expected), "{expected} in {made}");
    }
    assert_eq!(element(&made, "RoleId").map(|id| id.len()), Some(21));
    let strip = |body: &str| element(body, "Role");
    let got = root.ok("GetRole", &[("RoleName", "JITPRole")]).await;
    assert_eq!(strip(&got), strip(&made));
    assert_eq!(
        root.refused("CreateRole", &parameters).await,
        pair(
            "EntityAlreadyExists",
            "Role with name JITPRole already exists."
        )
    );
    assert_eq!(
        root.refused("GetRole", &[("RoleName", "x")]).await,
        pair("NoSuchEntity", "The role with name x cannot be found.")
    );
    let bad = [("RoleName", "y"), ("AssumeRolePolicyDocument", "{}")];
    assert_eq!(
        root.refused("CreateRole", &bad).await.0,
        "MalformedPolicyDocument"
    );
    let boundary = [
        ("RoleName", "y"),
        ("AssumeRolePolicyDocument", TRUST_IOT),
        ("PermissionsBoundary", REGISTRATION),
    ];
    assert_eq!(
        root.refused("CreateRole", &boundary).await.0,
        "NotImplemented"
    );

    let changes = [
        ("RoleName", "JITPRole"),
        ("Description", "other"),
        ("MaxSessionDuration", "7200"),
    ];
    let updated = root.ok("UpdateRole", &changes).await;
    assert!(
        updated.contains("<UpdateRoleResult></UpdateRoleResult>"),
        "{updated}"
    );
    let got = root.ok("GetRole", &[("RoleName", "JITPRole")]).await;
    assert!(got.contains("<Description>other</Description><MaxSessionDuration>7200<"));
    let profiles = [("RoleName", "JITPRole")];
    let body = root.ok("ListInstanceProfilesForRole", &profiles).await;
    assert!(body.contains("<InstanceProfiles></InstanceProfiles><IsTruncated>false</IsTruncated>"));
}

#[tokio::test]
async fn what_hangs_on_a_role_must_go_before_it() {
    let test = TestApp::new().await;
    let root = root(&test);
    let create = [("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST_IOT)];
    root.ok("CreateRole", &create).await;
    let attach = [("RoleName", "r"), ("PolicyArn", REGISTRATION)];
    root.ok("AttachRolePolicy", &attach).await;
    root.ok("AttachRolePolicy", &attach).await;
    let document = policy(&allow(r#""s3:GetObject""#));
    let put = [
        ("RoleName", "r"),
        ("PolicyName", "read"),
        ("PolicyDocument", document.as_str()),
    ];
    root.ok("PutRolePolicy", &put).await;

    let role = [("RoleName", "r")];
    let attached = root.ok("ListAttachedRolePolicies", &role).await;
    assert!(attached.contains(&format!(
        "<AttachedPolicies><member><PolicyName>AWSIoTThingsRegistration</PolicyName><PolicyArn>{REGISTRATION}</PolicyArn></member></AttachedPolicies><IsTruncated>false</IsTruncated>"
    )));
    let names = root.ok("ListRolePolicies", &role).await;
    assert!(names.contains("<PolicyNames><member>read</member></PolicyNames>"));
    let got = root.ok("GetRolePolicy", &put[..2]).await;
    assert!(got.contains("<RoleName>r</RoleName><PolicyName>read</PolicyName><PolicyDocument>%7B"));

    let conflict = |message: &str| pair("DeleteConflict", message);
    assert_eq!(
        root.refused("DeleteRole", &role).await,
        conflict("Cannot delete entity, must detach all policies first.")
    );
    root.ok("DetachRolePolicy", &attach).await;
    assert_eq!(
        root.refused("DetachRolePolicy", &attach).await,
        pair(
            "NoSuchEntity",
            &format!("Policy {REGISTRATION} was not found.")
        )
    );
    assert_eq!(
        root.refused("DeleteRole", &role).await,
        conflict("Cannot delete entity, must delete policies first.")
    );
    root.ok("DeleteRolePolicy", &put[..2]).await;
    assert_eq!(
        root.refused("DeleteRolePolicy", &put[..2]).await,
        pair(
            "NoSuchEntity",
            "The role policy with name read cannot be found."
        )
    );
    root.ok("DeleteRole", &role).await;
    assert_eq!(root.refused("GetRole", &role).await.0, "NoSuchEntity");

    root.ok("CreateRole", &create).await;
    for arn in [
        "arn:aws:iam::aws:policy/NoSuchPolicy",
        "arn:aws-cn:iam::aws:policy/AWSIoTFullAccess",
        "arn:aws:iam::123456789012:policy/none",
    ] {
        let attach = [("RoleName", "r"), ("PolicyArn", arn)];
        assert_eq!(
            root.refused("AttachRolePolicy", &attach).await,
            pair(
                "NoSuchEntity",
                &format!("Policy {arn} does not exist or is not attachable.")
            )
        );
    }
    let large = policy(&allow(&format!("[\"s3:{}\"]", "x".repeat(10_240))));
    let put = [
        ("RoleName", "r"),
        ("PolicyName", "large"),
        ("PolicyDocument", large.as_str()),
    ];
    assert_eq!(
        root.refused("PutRolePolicy", &put).await,
        pair(
            "LimitExceeded",
            "Maximum policy size of 10240 bytes exceeded for role r"
        )
    );
}

#[tokio::test]
async fn a_managed_policy_has_versions() {
    let test = TestApp::new().await;
    let root = root(&test);
    let document = policy(&allow(r#""iot:ListThings""#));
    let create = [
        ("PolicyName", "p"),
        ("Path", "/team/"),
        ("PolicyDocument", document.as_str()),
    ];
    let made = root.ok("CreatePolicy", &create).await;
    let arn = format!("{A}policy/team/p");
    assert_eq!(element(&made, "Arn"), Some(arn.clone()));
    assert_eq!(element(&made, "DefaultVersionId"), Some("v1".into()));
    assert_eq!(
        root.refused("CreatePolicy", &create).await,
        pair(
            "EntityAlreadyExists",
            "A policy called p already exists. Duplicate names are not allowed."
        )
    );
    let by_arn = [("PolicyArn", arn.as_str())];
    let version = [
        ("PolicyArn", arn.as_str()),
        ("PolicyDocument", document.as_str()),
        ("SetAsDefault", "true"),
    ];
    for _ in 2..=5 {
        root.ok("CreatePolicyVersion", &version).await;
    }
    assert_eq!(
        root.refused("CreatePolicyVersion", &version).await.0,
        "LimitExceeded"
    );
    let listed = root.ok("ListPolicyVersions", &by_arn).await;
    assert_eq!(
        elements(&listed, "VersionId"),
        ["v1", "v2", "v3", "v4", "v5"]
    );
    let of = |id| [("PolicyArn", arn.as_str()), ("VersionId", id)];
    assert_eq!(
        root.refused("DeletePolicyVersion", &of("v5")).await,
        pair(
            "DeleteConflict",
            "Cannot delete the default version of a policy."
        )
    );
    root.ok("SetDefaultPolicyVersion", &of("v2")).await;
    root.ok("DeletePolicyVersion", &of("v5")).await;
    // Numbers are not used again.
    let again = root.ok("CreatePolicyVersion", &version).await;
    assert_eq!(element(&again, "VersionId"), Some("v6".into()));
    assert_eq!(
        root.refused("GetPolicyVersion", &of("v5")).await,
        pair(
            "NoSuchEntity",
            &format!("Policy {arn} version v5 does not exist or is not attachable.")
        )
    );
    assert_eq!(
        root.refused("DeletePolicy", &by_arn).await.0,
        "DeleteConflict"
    );
    for id in ["v1", "v2", "v3", "v4"] {
        root.ok("DeletePolicyVersion", &of(id)).await;
    }
    root.ok("CreateUser", &[("UserName", "ann")]).await;
    let attach = [("UserName", "ann"), ("PolicyArn", arn.as_str())];
    root.ok("AttachUserPolicy", &attach).await;
    let entities = root.ok("ListEntitiesForPolicy", &by_arn).await;
    assert!(entities.contains(
        "<PolicyGroups></PolicyGroups><PolicyUsers><member><UserName>ann</UserName><UserId>AIDA"
    ));
    assert_eq!(
        root.refused("DeletePolicy", &by_arn).await,
        pair(
            "DeleteConflict",
            "Cannot delete a policy attached to entities."
        )
    );
    let local = root
        .ok(
            "ListPolicies",
            &[("Scope", "Local"), ("OnlyAttached", "true")],
        )
        .await;
    assert_eq!(elements(&local, "PolicyName"), ["p"]);
    assert_eq!(elements(&local, "AttachmentCount"), ["1"]);
    root.ok("DetachUserPolicy", &attach).await;
    root.ok("DeletePolicy", &by_arn).await;
    assert_eq!(
        root.refused("GetPolicy", &by_arn).await,
        pair("NoSuchEntity", &format!("Policy {arn} was not found."))
    );
}

#[tokio::test]
async fn policies_of_aws_exist_and_stay() {
    let test = TestApp::new().await;
    let root = root(&test);
    let by_arn = [("PolicyArn", REGISTRATION)];
    let got = root.ok("GetPolicy", &by_arn).await;
    assert_eq!(element(&got, "Path"), Some("/service-role/".into()));
    let version = [("PolicyArn", REGISTRATION), ("VersionId", "v1")];
    let got = root.ok("GetPolicyVersion", &version).await;
    assert!(element(&got, "Document").is_some_and(|text| text.contains("iot%3ARegisterThing")));
    assert_eq!(
        root.refused("DeletePolicy", &by_arn).await.0,
        "AccessDenied"
    );
    let filter = [("Scope", "AWS"), ("PathPrefix", "/service-role/")];
    let listed = root.ok("ListPolicies", &filter).await;
    assert!(elements(&listed, "PolicyName").contains(&"AWSIoTThingsRegistration".to_owned()));

    // Page by page they are the same, the account's after AWS's.
    let document = policy(&allow(r#""iot:ListThings""#));
    let create = [
        ("PolicyName", "mine"),
        ("PolicyDocument", document.as_str()),
    ];
    root.ok("CreatePolicy", &create).await;
    let all = elements(&root.ok("ListPolicies", &[]).await, "Arn");
    let (mut pages, mut marker) = (Vec::new(), None::<String>);
    loop {
        let mut parameters = vec![("MaxItems", "2")];
        if let Some(marker) = &marker {
            parameters.push(("Marker", marker));
        }
        let page = root.ok("ListPolicies", &parameters).await;
        pages.extend(elements(&page, "Arn"));
        marker = element(&page, "Marker");
        assert_eq!(marker.is_some(), page.contains("<IsTruncated>true<"));
        if marker.is_none() {
            break;
        }
    }
    assert_eq!(pages, all);
    assert_eq!(pages.last(), Some(&format!("{A}policy/mine")));
    let forged = [("Marker", "AAAA")];
    assert_eq!(
        root.refused("ListPolicies", &forged).await.0,
        "ValidationError"
    );
}

#[tokio::test]
async fn lists_are_paged_by_name_and_filtered_by_path() {
    let test = TestApp::new().await;
    let root = root(&test);
    for (name, path) in [("b", "/x/"), ("a", "/x/y/"), ("c", "/"), ("d", "/x/")] {
        let parameters = [
            ("RoleName", name),
            ("Path", path),
            ("AssumeRolePolicyDocument", TRUST_IOT),
        ];
        root.ok("CreateRole", &parameters).await;
        let parameters = [("UserName", name), ("Path", path)];
        root.ok("CreateUser", &parameters).await;
    }
    for (action, element_name) in [("ListRoles", "RoleName"), ("ListUsers", "UserName")] {
        let prefix = ("PathPrefix", "/x/");
        let first = root.ok(action, &[prefix, ("MaxItems", "2")]).await;
        assert_eq!(elements(&first, element_name), ["a", "b"]);
        let marker = element(&first, "Marker").expect("there is more");
        let rest = root.ok(action, &[prefix, ("Marker", &marker)]).await;
        assert_eq!(elements(&rest, element_name), ["d"]);
        // A marker belongs to its list.
        let other = root.refused(action, &[("Marker", &marker)]).await;
        assert_eq!(other.0, "ValidationError");
    }
}

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
async fn a_session_of_a_role_may_what_the_role_may() {
    let test = TestApp::new().await;
    let ann = user(&test, "ann", "").await;
    role(&test, "ops", &format!("{A}user/ann")).await;
    let document = policy(&allow(r#"["iot:ListThings","iot:CreateThing"]"#));
    let put = [
        ("RoleName", "ops"),
        ("PolicyName", "own"),
        ("PolicyDocument", document.as_str()),
    ];
    root(&test).ok("PutRolePolicy", &put).await;
    let arn = format!("{A}role/ops");
    let plain = [("RoleArn", arn.as_str()), ("RoleSessionName", "s1")];

    let answer = text(ann.call("sts", "AssumeRole", &plain).await);
    let session = as_key(&test, key(&answer));
    assert_eq!(
        element(&answer, "Expiration"),
        Some("2026-11-23T16:42:12Z".into())
    );
    let arn_of_session = "arn:aws:sts::123456789012:assumed-role/ops/s1";
    assert!(answer.contains(&format!(":s1</AssumedRoleId><Arn>{arn_of_session}</Arn>")));
    let who = text(session.call("sts", "GetCallerIdentity", &[]).await);
    assert_eq!(element(&who, "Arn").as_deref(), Some(arn_of_session));
    let key = session.key.clone().expect("a session has a key");
    assert!(key.id.starts_with("ASIA"));
    let things = test.call_as(&key, "iot", "GET /things", &[], Value::Null);
    things.await.ok();
    let deleted = test
        .call_as(&key, "iot", "DELETE /things/x", &[], Value::Null)
        .await
        .refused("AccessDeniedException");
    assert!(deleted.starts_with(&format!(
        "User: {arn_of_session} is not authorized to perform: iot:DeleteThing"
    )));

    // The token belongs to the key.
    let without = as_key(
        &test,
        AccessKey {
            session_token: None,
            ..key.clone()
        },
    );
    let refused = without.call("sts", "GetCallerIdentity", &[]).await;
    assert_eq!(named(refused).0, "InvalidClientTokenId");

    // A session policy narrows, inline or managed.
    let only = policy(&allow(r#"["iot:ListThings","iot:DeleteThing"]"#));
    let narrowed = ann.assume(&[plain[0], plain[1], ("Policy", &only)]).await;
    let key = narrowed.expect("ann may assume the role");
    let call = |line| test.call_as(&key, "iot", line, &[], Value::Null);
    call("GET /things").await.ok();
    call("POST /things/y")
        .await
        .refused("AccessDeniedException");
    call("DELETE /things/y")
        .await
        .refused("AccessDeniedException");
    let managed = ("PolicyArns.member.1.arn", REGISTRATION);
    let narrowed = ann.assume(&[plain[0], plain[1], managed]).await;
    let key = narrowed.expect("ann may assume the role");
    let call = |line| test.call_as(&key, "iot", line, &[], Value::Null);
    call("GET /things").await.refused("AccessDeniedException");
    call("POST /things/y").await.ok();

    // Durations.
    let long = |seconds| [plain[0], plain[1], ("DurationSeconds", seconds)];
    assert_eq!(
        ann.assume(&long("3601")).await,
        Err(pair(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        ))
    );
    assert_eq!(
        ann.assume(&long("899")).await.map_err(|e| e.0),
        Err("ValidationError".into())
    );
    let mfa = [plain[0], plain[1], ("TokenCode", "123456")];
    assert_eq!(
        ann.assume(&mfa).await.map_err(|e| e.0),
        Err("NotImplemented".into())
    );

    // Sessions go with their role, also when another takes its name.
    root(&test).ok("DeleteRolePolicy", &put[..2]).await;
    root(&test).ok("DeleteRole", &put[..1]).await;
    role(&test, "ops", &format!("{A}user/ann")).await;
    let gone = session.call("sts", "GetCallerIdentity", &[]).await;
    assert_eq!(named(gone).0, "InvalidClientTokenId");
}

/// Whether a user with this statement may assume a role that trusts `principal`.
async fn check_trust(statement: &str, principal: &str, allowed: bool) {
    let test = TestApp::new().await;
    let ann = user(&test, "ann", statement).await;
    // Only who exists can be trusted, so that the name stands for the user.
    role(
        &test,
        "ops",
        &principal.replace("ANN", &format!("{A}user/ann")),
    )
    .await;
    let arn = format!("{A}role/ops");
    let parameters = [("RoleArn", arn.as_str()), ("RoleSessionName", "s1")];
    let answer = ann.assume(&parameters).await;
    assert_eq!(
        answer.is_ok(),
        allowed,
        "{statement} {principal}: {answer:?}"
    );
    if let Err(refusal) = answer {
        let message = format!(
            "User: {A}user/ann is not authorized to perform: sts:AssumeRole on resource: {arn}"
        );
        assert_eq!(refusal, pair("AccessDenied", &message));
    }
}

#[tokio::test]
async fn trust_by_account_leaves_it_to_the_users_policies() {
    let assume = allow(r#""sts:AssumeRole""#);
    let deny = r#"{"Effect":"Deny","Action":"sts:*","Resource":"*"}"#;
    check_trust("", "ANN", true).await;
    check_trust("", "123456789012", false).await;
    check_trust(&assume, "123456789012", true).await;
    check_trust(&assume, &format!("{A}root"), true).await;
    check_trust(&assume, "210987654321", false).await;
    check_trust(&assume, &format!("{A}user/eve"), false).await;
    check_trust(deny, "ANN", false).await;
}

#[tokio::test]
async fn who_may_not_assume_a_role_does_not_learn_whether_it_exists() {
    let test = TestApp::new().await;
    let ann = user(&test, "ann", &allow(r#""sts:AssumeRole""#)).await;
    role(&test, "ops", &format!("{A}user/ann")).await;
    for role in ["none", "path/ops"] {
        let arn = format!("{A}role/{role}");
        let parameters = [("RoleArn", arn.as_str()), ("RoleSessionName", "s1")];
        let refused = ann.assume(&parameters).await.map_err(|(name, _)| name);
        assert_eq!(refused, Err("AccessDenied".into()));
    }
}

#[tokio::test]
async fn sessions_end() {
    let test = TestApp::new().await;
    let root = root(&test);
    let ann = user(&test, "ann", &allow(r#""iot:ListThings""#)).await;
    let answer = text(ann.call("sts", "GetSessionToken", &[]).await);
    assert_eq!(
        element(&answer, "Expiration"),
        Some("2026-11-24T03:42:12Z".into())
    );
    let session = key(&answer);
    let list = async |key| {
        test.call_as(key, "iot", "GET /things", &[], Value::Null)
            .await
    };
    list(&session).await.ok();
    let again = as_key(&test, session.clone())
        .call("sts", "GetSessionToken", &[])
        .await;
    assert_eq!(named(again).0, "AccessDenied");

    let ended = |id: &str, millis_ago| AccessKey {
        id: id.into(),
        user: Some("ann".into()),
        expires: Some(Millis(NOW.0 - millis_ago)),
        ..session.clone()
    };
    let (just, long_ago) = (
        ended("ASIAAAAAAAAAAAAAAAAA", 1),
        ended("ASIABBBBBBBBBBBBBBBB", 3_600_001),
    );
    let both = [just.clone(), long_ago.clone()];
    test.app
        .store
        .tx("test-sessions", move |tx| {
            both.iter().try_for_each(|key| tx.insert_access_key(key))?;
            Ok::<_, crate::app::Error>(())
        })
        .await
        .expect("the store takes keys");
    list(&just).await.refused("ExpiredTokenException");
    list(&long_ago).await.refused("ExpiredTokenException");
    // The next session that begins clears away those that ended long ago.
    ann.call("sts", "GetSessionToken", &[]).await.ok();
    list(&just).await.refused("ExpiredTokenException");
    for (id, status) in [(&just.id, 200), (&long_ago.id, 400)] {
        let of = [("AccessKeyId", id.as_str())];
        let answer = root.call("sts", "GetAccessKeyInfo", &of).await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn a_role_is_passed_only_by_who_may() {
    let test = TestApp::new().await;
    let statement = format!(
        r#"{{"Effect":"Allow","Action":"iam:PassRole","Resource":"{A}role/JITP*","Condition":{{"StringEquals":{{"iam:PassedToService":"iot.amazonaws.com"}}}}}}"#
    );
    let ann = user(&test, "ann", &statement).await;
    let id = ann.key.as_ref().map_or("", |key| &key.id);
    let credential = test.app.credential(id).await.ok().flatten();
    let identity = test.app.identity(
        credential.expect("the key exists"),
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        true,
    );
    let pass = |role: &str, service| {
        identity
            .may_pass(&format!("{A}role/{role}"), service, NOW)
            .map_err(|error| error.message)
    };
    assert_eq!(pass("JITPRole", "iot.amazonaws.com"), Ok(()));
    assert!(pass("JITPRole", "lambda.amazonaws.com").is_err());
    assert_eq!(
        pass("other", "iot.amazonaws.com"),
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
    assert_eq!(elements(&body, "SourcePolicyId"), ["own", "own"]);
}
