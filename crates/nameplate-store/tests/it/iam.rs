//! Users, keys, sessions, roles and IAM policies.

use crate::fixture::{Done, NOW, TestStore};
use nameplate_core::ctx::Millis;
use nameplate_store::iam::{AccessKey, ManagedPolicy, Role, User};
use nameplate_store::iam_group::{Group, InstanceProfile};
use nameplate_store::{Change, Error, Notice};

fn user(name: &str) -> User {
    User {
        key: 0,
        name: name.to_owned(),
        user_id: "AIDA".to_owned(),
        path: "/".to_owned(),
        created: NOW,
    }
}

fn key(id: &str, user: Option<&str>) -> AccessKey {
    AccessKey {
        id: id.to_owned(),
        secret: "do not print".to_owned(),
        active: true,
        created: NOW,
        user: user.map(str::to_owned),
        session_token: None,
        expires: None,
        role: None,
        session_name: None,
        session_policy: None,
        session_keys: None,
    }
}

fn session(id: &str, user: Option<&str>, role: Option<&str>, expires: i64) -> AccessKey {
    AccessKey {
        session_token: Some("token".to_owned()),
        expires: Some(Millis(expires)),
        role: role.map(str::to_owned),
        ..key(id, user)
    }
}

#[tokio::test]
async fn a_user_that_moves_takes_all_along_and_goes_with_its_sessions() -> Done {
    let test = TestStore::open()?;
    test.tx(|tx| {
        tx.insert_iam_user(&user("ann"))?;
        tx.insert_access_key(&key("AKIA1", Some("ann")))?;
        tx.insert_access_key(&session("ASIA1", Some("ann"), None, 100))?;
        tx.attach_iam_policy("user/ann", "arn:p")?;
        tx.put_inline_policy("user/ann", "inline", "{}")
    })
    .await?;
    assert!(test.changes().contains(&Change::Notice(Notice::Iam)));
    test.tx(|tx| tx.move_iam_user("ann", "eve", "/x/")).await?;
    test.store
        .read(|conn| {
            assert_eq!(conn.iam_user("ann")?, None);
            assert_eq!(
                conn.iam_user("eve")?.map(|u| u.path).as_deref(),
                Some("/x/")
            );
            // Sessions are not the user's access keys.
            assert_eq!(conn.access_keys_of("eve")?, [key("AKIA1", Some("eve"))]);
            assert_eq!(conn.access_keys_of("ann")?, []);
            assert_eq!(conn.attached_policies_of("user/eve")?, ["arn:p"]);
            assert_eq!(conn.owners_of_policy("arn:p")?, ["user/eve"]);
            assert_eq!(
                conn.inline_policies_of("user/eve")?,
                [("inline".to_owned(), "{}".to_owned())]
            );
            Ok::<_, Error>(())
        })
        .await?;
    test.tx(|tx| {
        tx.delete_access_key("AKIA1")?;
        tx.delete_iam_user("eve")
    })
    .await?;
    assert_eq!(
        test.store.read(|conn| conn.access_key("ASIA1")).await?,
        None
    );
    Ok(())
}

#[tokio::test]
async fn keys_are_switched_and_sessions_expire() -> Done {
    let test = TestStore::open()?;
    test.tx(|tx| {
        tx.insert_access_key(&key("AKIA1", Some("ann")))?;
        tx.insert_access_key(&session("ASIA1", Some("ann"), None, 100))?;
        tx.insert_access_key(&session("ASIA2", None, Some("admin"), 200))?;
        tx.set_access_key_active("AKIA1", false)
    })
    .await?;
    let removed = test
        .tx(|tx| tx.delete_expired_sessions(Millis(200)))
        .await?;
    assert_eq!(removed, 1);
    test.store
        .read(|conn| {
            assert_eq!(conn.access_key("AKIA1")?.map(|k| k.active), Some(false));
            assert_eq!(conn.access_key("ASIA1")?, None);
            assert_eq!(
                conn.access_key("ASIA2")?,
                Some(session("ASIA2", None, Some("admin"), 200))
            );
            Ok::<_, Error>(())
        })
        .await?;
    let printed = format!("{:?}", key("AKIA1", None));
    assert!(printed.contains("AKIA1") && !printed.contains("do not print"));
    Ok(())
}

#[tokio::test]
async fn roles_and_managed_policies() -> Done {
    let test = TestStore::open()?;
    let role = Role {
        key: 0,
        name: "admin".to_owned(),
        role_id: "AROA".to_owned(),
        path: "/".to_owned(),
        trust: "{}".to_owned(),
        description: None,
        max_session_seconds: 3600,
        created: NOW,
    };
    let managed = ManagedPolicy {
        key: 0,
        arn: "arn:p".to_owned(),
        name: "p".to_owned(),
        policy_id: "ANPA".to_owned(),
        path: "/".to_owned(),
        description: None,
        default_version: 1,
        next_version: 2,
        created: NOW,
        modified: NOW,
    };
    test.tx({
        let (role, managed) = (role.clone(), managed.clone());
        move |tx| {
            tx.insert_iam_role(&role)?;
            tx.insert_access_key(&session("ASIA1", None, Some("admin"), 100))?;
            tx.update_iam_role(&Role {
                max_session_seconds: 7200,
                ..role.clone()
            })?;
            tx.insert_managed_policy(&managed, "v1")?;
            let found = tx.managed_policy("arn:p")?.ok_or(Error::Closed)?;
            tx.insert_managed_policy_version(&found, "v2", true, NOW)?;
            tx.delete_managed_policy_version(found.key, 1)?;
            tx.attach_iam_policy("role/admin", "arn:p")?;
            tx.attach_iam_policy("role/admin", "arn:p")
        }
    })
    .await?;
    let found = test
        .store
        .read(|conn| {
            let found = conn.iam_role("admin")?.ok_or(Error::Closed)?;
            assert_eq!(
                found,
                Role {
                    key: found.key,
                    max_session_seconds: 7200,
                    ..role.clone()
                }
            );
            assert!(conn.managed_policy_named("p")? && !conn.managed_policy_named("q")?);
            assert_eq!(conn.owners_of_policy("arn:p")?, ["role/admin"]);
            let found = conn.managed_policy("arn:p")?.ok_or(Error::Closed)?;
            assert_eq!((found.default_version, found.next_version), (2, 3));
            let versions = conn.managed_policy_versions(found.key)?;
            assert_eq!(
                versions
                    .iter()
                    .map(|v| v.document.as_str())
                    .collect::<Vec<_>>(),
                ["v2"]
            );
            Ok::<_, Error>(found.key)
        })
        .await?;
    let detached = test
        .tx(move |tx| {
            let first = tx.detach_iam_policy("role/admin", "arn:p")?;
            let again = tx.detach_iam_policy("role/admin", "arn:p")?;
            tx.delete_managed_policy(found)?;
            tx.delete_iam_role("admin")?;
            Ok((first, again))
        })
        .await?;
    assert_eq!(detached, (true, false));
    assert_eq!(
        test.store.read(|conn| conn.access_key("ASIA1")).await?,
        None
    );
    assert_eq!(
        test.store.read(|conn| conn.managed_policies(0, 10)).await?,
        []
    );
    Ok(())
}

#[tokio::test]
async fn a_session_keeps_what_it_was_given() -> Done {
    let test = TestStore::open()?;
    let given = AccessKey {
        session_policy: Some(r#"["{}"]"#.to_owned()),
        session_keys: Some(r#"{"credentials-iot:ThingName":"lamp"}"#.to_owned()),
        ..session("ASIA1", None, Some("device"), 100)
    };
    let inserted = given.clone();
    test.tx(move |tx| tx.insert_access_key(&inserted)).await?;
    let found = test.store.read(|conn| conn.access_key("ASIA1")).await?;
    assert_eq!(found, Some(given));
    Ok(())
}

#[tokio::test]
async fn members_and_policies_stay_with_a_group_and_a_user_that_move() -> Done {
    let test = TestStore::open()?;
    let group = Group {
        key: 0,
        name: "g".to_owned(),
        group_id: "AGPA".to_owned(),
        path: "/".to_owned(),
        created: NOW,
    };
    test.tx(move |tx| {
        tx.insert_iam_group(&group)?;
        tx.insert_iam_user(&user("ann"))?;
        tx.insert_iam_member("g", "ann")?;
        tx.insert_iam_member("g", "ann")?;
        tx.put_inline_policy("group/g", "inline", "{}")?;
        tx.move_iam_user("ann", "eve", "/")?;
        tx.move_iam_group("g", "h", "/x/")
    })
    .await?;
    assert!(test.changes().contains(&Change::Notice(Notice::Iam)));
    test.store
        .read(|conn| {
            assert_eq!(conn.iam_group("g")?, None);
            assert_eq!(conn.iam_group("h")?.map(|g| g.path).as_deref(), Some("/x/"));
            assert_eq!(conn.iam_groups_of("eve")?, ["h"]);
            assert_eq!(conn.iam_groups_of("ann")?, [] as [&str; 0]);
            assert_eq!(conn.iam_members("h", "", 9)?, ["eve"]);
            assert_eq!(conn.inline_policies_of("group/h")?.len(), 1);
            Ok::<_, Error>(())
        })
        .await?;
    test.tx(|tx| {
        assert!(tx.delete_iam_member("h", "eve")?);
        assert!(!tx.delete_iam_member("h", "eve")?);
        tx.delete_iam_group("h")
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn an_instance_profile_is_found_by_its_role() -> Done {
    let test = TestStore::open()?;
    let profile = InstanceProfile {
        key: 0,
        name: "p".to_owned(),
        profile_id: "AIPA".to_owned(),
        path: "/".to_owned(),
        role: None,
        created: NOW,
    };
    test.tx(move |tx| {
        tx.insert_iam_instance_profile(&profile)?;
        tx.set_iam_instance_profile_role("p", Some("r"))
    })
    .await?;
    test.store
        .read(|conn| {
            assert_eq!(conn.iam_instance_profiles_of("r", "", 9)?.len(), 1);
            assert_eq!(conn.iam_instance_profiles_of("r", "p", 9)?, []);
            assert_eq!(conn.iam_instance_profiles("", 9)?.len(), 1);
            Ok::<_, Error>(())
        })
        .await?;
    test.tx(|tx| {
        tx.set_iam_instance_profile_role("p", None)?;
        tx.delete_iam_instance_profile("p")
    })
    .await?;
    Ok(())
}
