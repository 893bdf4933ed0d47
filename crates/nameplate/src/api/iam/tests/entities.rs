//! Roles and policies: what they hold, what keeps them from going, how they are listed.

use super::*;

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
        "<Description>for &lt; devices</Description><Tags><member><Key>team</Key><Value>red</Value></member></Tags>",
    ] {
        assert!(made.contains(expected), "{expected} in {made}");
    }
    assert_eq!(element(&made, "RoleId").map(|id| id.len()), Some(21));
    let strip = |body: &str| element(body, "Role");
    let got = root.ok("GetRole", &[("RoleName", "JITPRole")]).await;
    let got = strip(&got).map(|role| {
        let role = role.replace("<RoleLastUsed></RoleLastUsed>", "");
        // Whoever creates it without one is not told.
        role.replace("<MaxSessionDuration>3600</MaxSessionDuration>", "")
    });
    assert_eq!(got, strip(&made));
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
    let named = [("RoleName", "r"), ("PolicyArn", "longpolicynamebutnoarn")];
    assert_eq!(
        root.refused("AttachRolePolicy", &named).await,
        pair("InvalidInput", "ARN longpolicynamebutnoarn is not valid.")
    );
    let elsewhere = "arn:aws-cn:iam::aws:policy/AWSIoTFullAccess";
    for (operation, begins) in [
        ("AttachRolePolicy", "does not exist or is not attachable."),
        ("DetachRolePolicy", "was not found."),
    ] {
        let attach = [("RoleName", "r"), ("PolicyArn", elsewhere)];
        let hint = "It is of the partition aws-cn, and in us-east-1 ARNs are of aws: arn:aws:…";
        assert_eq!(
            root.refused(operation, &attach).await,
            pair(
                "NoSuchEntity",
                &format!("Policy {elsewhere} {begins} {hint}")
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
    let tags = root.ok("ListPolicyTags", &by_arn).await;
    assert!(elements(&tags, "Key").is_empty());
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
