//! Temporary keys, users and roles.

use super::super::trial::{ROLE, role};
use super::*;
use serde_json::json;

#[tokio::test]
async fn older_sessions_can_be_revoked() {
    let (test, key) = with_user().await;
    role(&test).await;
    trust(&test, &format!(r#"{{"AWS":"{ACCOUNT}"}}"#), "{}").await;
    grant(&test, "role/JITPRole", ALL).await;
    let own = session(
        &form(&test, &key, "sts", "GetSessionToken")
            .await
            .expect("a session"),
    );
    let assume = format!("AssumeRole&RoleArn={ROLE}&RoleSessionName=s1");
    let taken = session(&form(&test, &key, "sts", &assume).await.expect("a session"));
    let of_own = session(&form(&test, &own, "sts", &assume).await.expect("a session"));
    let revoke = |at: &str| {
        deny(
            "*",
            &format!(r#"{{"DateLessThan":{{"aws:TokenIssueTime":["{at}"]}}}}"#),
        )
    };
    // The clock stands at 15:42:12.345.
    for (at, allowed) in [
        ("2026-11-23T15:42:12.346Z", false),
        ("2026-11-23T16:42:12Z", false),
        ("2026-11-23T15:42:12.345Z", true),
        ("2026-11-23T15:42:12Z", true),
    ] {
        grant(&test, "user/carol", &revoke(at)).await;
        grant(&test, "role/JITPRole", &revoke(at)).await;
        for session in [&own, &taken, &of_own] {
            let found = may(&test, session, "GET /things", Value::Null).await;
            assert_eq!(found, allowed, "{at}");
        }
        // Long-lived keys were never issued for a time.
        assert!(may(&test, &key, "GET /things", Value::Null).await);
    }
    let mfa = deny("*", r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#);
    grant(&test, "user/carol", &mfa).await;
    assert!(!may(&test, &own, "GET /things", Value::Null).await);
    assert!(may(&test, &key, "GET /things", Value::Null).await);
}

#[tokio::test]
async fn what_kinds_of_sessions_are_kept_from() {
    let (test, key) = with_user().await;
    role(&test).await;
    trust(&test, &format!(r#"{{"AWS":"{ACCOUNT}"}}"#), "{}").await;
    grant(&test, "role/JITPRole", ALL).await;
    let root = test.app.iam.root_access_key().clone();
    let known = format!("GetAccessKeyInfo&AccessKeyId={}", key.id);
    let assume = format!("AssumeRole&RoleArn={ROLE}&RoleSessionName=s1");
    for owner in [&key, &root] {
        let own = session(
            &form(&test, owner, "sts", "GetSessionToken")
                .await
                .expect("a session"),
        );
        for action in [
            "ListUsers",
            "CreateAccessKey&UserName=carol",
            "GetUser&UserName=carol",
        ] {
            let found = form(&test, &own, "iam", action).await;
            assert_eq!(found, Err("InvalidClientTokenId".into()), "{action}");
        }
        for action in ["GetSessionToken", known.as_str()] {
            let found = form(&test, &own, "sts", action).await;
            assert_eq!(found, Err("AccessDenied".into()), "{action}");
        }
        for action in ["GetCallerIdentity", assume.as_str()] {
            assert!(form(&test, &own, "sts", action).await.is_ok(), "{action}");
        }
        assert!(may(&test, &own, "GET /things", Value::Null).await);
    }
    // A role's session may all of IAM that the role may, and has no session of itself.
    let taken = session(&form(&test, &key, "sts", &assume).await.expect("a session"));
    assert!(form(&test, &taken, "iam", "ListUsers").await.is_ok());
    assert!(form(&test, &taken, "sts", &known).await.is_ok());
    for action in ["GetSessionToken", "GetFederationToken&Name=x"] {
        let found = form(&test, &taken, "sts", action).await;
        assert_eq!(found, Err("AccessDenied".into()), "{action}");
    }
}

#[tokio::test]
async fn tags_of_users_and_roles() {
    let (test, key) = with_user().await;
    role(&test).await;
    tag(&test, ROLE, "stage", "prod").await;
    trust(&test, &format!(r#"{{"AWS":"{ACCOUNT}"}}"#), "{}").await;
    let assume = format!("AssumeRole&RoleArn={ROLE}&RoleSessionName=s1");
    let alias = json!({"roleArn": ROLE});
    for prefix in ["aws", "iam"] {
        let prod = equals(&format!("{prefix}:ResourceTag/stage"), "prod");
        grant(&test, "user/carol", &deny("*", &prod)).await;
        for action in [
            "GetRole&RoleName=JITPRole",
            "ListRolePolicies&RoleName=JITPRole",
        ] {
            assert_eq!(
                form(&test, &key, "iam", action).await,
                Err("AccessDenied".into())
            );
        }
        assert_eq!(
            form(&test, &key, "sts", &assume).await,
            Err("AccessDenied".into())
        );
        assert!(
            !may(
                &test,
                &key,
                &format!("POST /role-aliases/{prefix}"),
                alias.clone()
            )
            .await
        );
        assert!(form(&test, &key, "iam", "GetUser").await.is_ok());
        grant(&test, "user/carol", &allow("*", &prod)).await;
        assert!(
            form(&test, &key, "iam", "GetRole&RoleName=JITPRole")
                .await
                .is_ok()
        );
        assert!(form(&test, &key, "sts", &assume).await.is_ok());
        assert_eq!(
            form(&test, &key, "iam", "GetUser").await,
            Err("AccessDenied".into())
        );
    }
    grant(&test, "user/carol", ALL).await;
    // A trust policy may ask for the caller's tags, and for the role's.
    let matching = r#"{"StringEquals":{"aws:PrincipalTag/stage":"${aws:ResourceTag/stage}"}}"#;
    trust(&test, &format!(r#"{{"AWS":"{ACCOUNT}"}}"#), matching).await;
    assert_eq!(
        form(&test, &key, "sts", &assume).await,
        Err("AccessDenied".into())
    );
    tag(
        &test,
        &format!("arn:aws:iam::{ACCOUNT}:user/carol"),
        "stage",
        "prod",
    )
    .await;
    assert!(form(&test, &key, "sts", &assume).await.is_ok());
}
