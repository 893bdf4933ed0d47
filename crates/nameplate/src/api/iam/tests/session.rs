//! Sessions: who may take on a role, what a session may, and how it ends.

use super::*;
use nameplate_core::ctx::Millis;

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
        .kernel
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
    // A token's least length is not kept, so it is not promised.
    let size = [("MinimumSessionTokenSize", "4000")];
    let answer = ann.call("sts", "GetSessionToken", &size).await;
    assert_eq!(answer.status, 501);
    answer.refused("NotImplemented");
}
