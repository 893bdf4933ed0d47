//! Certificates, CAs, things, policies and templates: what is written is read back, from every side.

use crate::fixture::{Done, NOW, TestStore, ca, certificate, digest, thing};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::ca::RegistrationConfig;
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_core::registry::template::{NamedTemplate, TemplateType};
use nameplate_core::registry::thing::PrincipalType;
use nameplate_store::{
    Attached, Change, Error, Few, NewCertificate, Notice, RetainedMessage, ShadowRow, ThingFilter,
};

const LATER: Millis = Millis(NOW.0 + 1);

#[tokio::test]
async fn a_certificate_from_registration_to_deletion() -> Done {
    let test = TestStore::open()?;
    let key = test.certificate(1, Some(7)).await?;
    let read = || test.store.read(|conn| conn.certificate(&digest(1)));
    let found = read().await?.ok_or("it is gone")?;
    assert_eq!((found.key, found.hash, found.ca), (key, digest(1), Some(7)));
    assert_eq!(
        (found.status, found.mode),
        (Status::PendingActivation, Mode::SniOnly)
    );
    assert_eq!(
        (found.created, found.modified, found.version),
        (NOW, NOW, 1)
    );
    assert_eq!((found.not_before, found.not_after), (Millis(1), Millis(2)));

    test.commits();
    test.tx(|tx| tx.set_certificate_status(&digest(1), Status::Active, LATER))
        .await?;
    let found = read().await?.ok_or("it is gone")?;
    assert_eq!((found.status, found.version), (Status::Active, 2));
    assert_eq!((found.created, found.modified), (NOW, LATER));
    assert_eq!(
        test.changes(),
        [Change::Notice(Notice::Certificate(digest(1)))]
    );

    test.tx(|tx| tx.delete_certificate(&digest(1))).await?;
    assert_eq!(read().await?, None);
    assert_eq!(test.store.certificate_entry(&digest(1)).await?, None);
    assert_eq!(
        test.store.read(|conn| conn.certificate_der(key)).await?,
        None
    );
    assert_eq!(
        test.changes(),
        [Change::Notice(Notice::Certificate(digest(1)))]
    );

    // What is not registered is no error and no change.
    test.tx(|tx| tx.set_certificate_status(&digest(1), Status::Active, NOW))
        .await?;
    test.tx(|tx| tx.delete_certificate(&digest(1))).await?;
    assert_eq!(test.changes(), []);
    Ok(())
}

/// A certificate that is replaced while somebody reads: the row that names it and its status are of one moment.
#[tokio::test]
async fn what_a_reader_learns_of_a_certificate_is_of_the_moment_of_its_other_answers() -> Done {
    let test = TestStore::open()?;
    test.certificate(1, None).await?;
    let change = |store: &nameplate_store::Store| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let tx = |tx: &mut nameplate_store::Tx<'_>| {
            tx.set_certificate_status(&digest(1), Status::Revoked, LATER)
        };
        runtime.expect("a runtime").block_on(store.tx("test", tx))
    };
    let store = &test.store;
    let read = store.read(|conn| {
        let row = conn.certificate(&digest(1))?;
        std::thread::scope(|scope| scope.spawn(|| change(store)).join())
            .map_err(|_| Error::Closed)??;
        let entry = conn.certificate_entry(&digest(1))?;
        Ok::<_, Error>((row.map(|row| row.status), entry.map(|entry| entry.status)))
    });
    let before = Some(Status::PendingActivation);
    assert_eq!(read.await?, (before, before));
    let after = store.certificate_entry(&digest(1)).await?;
    assert_eq!(after.map(|entry| entry.status), Some(Status::Revoked));
    Ok(())
}

#[tokio::test]
async fn certificates_are_listed_in_pages() -> Done {
    let test = TestStore::open()?;
    let mut keys = Vec::new();
    for number in 0..6 {
        keys.push(
            test.certificate(number, Some((number % 2) as i64 + 1))
                .await?,
        );
    }
    let list = |ca, ascending, from, limit| {
        let store = test.store.clone();
        async move {
            let page = store
                .read(|conn| conn.certificates(ca, ascending, from, limit))
                .await?;
            Ok::<Vec<i64>, Error>(page.iter().map(|c| c.key).collect())
        }
    };
    assert_eq!(list(None, true, None, 4).await?, keys[..4]);
    assert_eq!(list(None, true, Some(keys[3]), 4).await?, keys[4..]);
    assert_eq!(list(None, false, None, 2).await?, [keys[5], keys[4]]);
    assert_eq!(list(None, false, Some(keys[1]), 2).await?, [keys[0]]);
    assert_eq!(
        list(Some(2), true, None, 9).await?,
        [keys[1], keys[3], keys[5]]
    );
    assert_eq!(
        list(Some(2), false, Some(keys[5]), 9).await?,
        [keys[3], keys[1]]
    );
    assert_eq!(list(Some(3), true, None, 9).await?, [0i64; 0]);
    Ok(())
}

#[tokio::test]
async fn a_ca_comes_back_to_its_certificates() -> Done {
    let test = TestStore::open()?;
    let (key, twin) = test
        .tx(|tx| Ok((tx.insert_ca(&ca(1))?, tx.insert_ca(&ca(2))?)))
        .await?;
    test.certificate(10, Some(key)).await?;
    let cas = || test.store.read(|conn| conn.cas());
    assert_eq!(
        cas().await?.iter().map(|ca| ca.key).collect::<Vec<_>>(),
        [key, twin]
    );
    test.tx(move |tx| {
        let mut ca = tx.ca(&digest(1))?.ok_or(Error::Closed)?;
        ca.registration_config = Some(RegistrationConfig {
            template_name: Some("fleet".into()),
            ..Default::default()
        });
        tx.update_ca(&ca, LATER)
    })
    .await?;
    let found = test.store.read(|conn| conn.ca_of_template("fleet")).await?;
    assert_eq!(
        found.map(|ca| (ca.key, ca.version, ca.modified)),
        Some((key, 2, LATER))
    );

    test.commits();
    test.tx(move |tx| tx.delete_ca(key, LATER)).await?;
    assert_eq!(test.changes(), [Change::Notice(Notice::Authorities)]);
    test.store
        .read(|conn| {
            assert_eq!(conn.ca(&digest(1))?, None);
            assert_eq!(conn.ca_of_template("fleet")?, None);
            assert_eq!(conn.ca_by_key(key)?.map(|ca| ca.deleted), Some(true));
            assert_eq!(conn.certificate(&digest(10))?.and_then(|c| c.ca), Some(key));
            Ok::<_, Error>(())
        })
        .await?;

    // Registered anew it is the same row, as new.
    let again = test.tx(|tx| tx.insert_ca(&ca(1))).await?;
    assert_eq!(again, key);
    let found = test
        .store
        .read(|conn| conn.ca(&digest(1)))
        .await?
        .ok_or("it is gone")?;
    assert_eq!(
        (found.version, found.deleted, found.registration_config),
        (1, false, None)
    );
    assert_eq!(
        test.store
            .certificate_entry(&digest(10))
            .await?
            .and_then(|e| e.ca),
        Some(key)
    );
    Ok(())
}

#[tokio::test]
async fn attachments_are_seen_from_both_sides() -> Done {
    let test = TestStore::open()?;
    let keys = test
        .tx(|tx| {
            Ok((
                [certificate(tx, 1, None)?, certificate(tx, 2, None)?],
                [thing(tx, "lamp")?, thing(tx, "door")?],
            ))
        })
        .await?;
    let ([one, two], [lamp, door]) = keys;
    let attach = |certificate: i64, number: u64, thing: i64, kind| {
        test.tx(move |tx| tx.attach_thing(certificate, &digest(number), thing, kind))
    };
    let things = |certificate: i64| {
        let store = test.store.clone();
        async move {
            let found = store
                .read(|conn| conn.things_of_certificate(certificate, 0, 10))
                .await?;
            Ok::<Vec<_>, Error>(found.into_iter().map(|t| (t.name, t.kind)).collect())
        }
    };
    let principals = |thing: i64, after: i64, limit: usize| {
        let store = test.store.clone();
        async move {
            let found = store
                .read(|conn| conn.principals_of_thing(thing, after, limit))
                .await?;
            Ok::<Vec<_>, Error>(found.into_iter().map(|p| p.hash).collect())
        }
    };
    let held = async |number: u64| {
        let entry = test.store.certificate_entry(&digest(number)).await?;
        Ok::<_, Error>(entry.map(|e| e.things))
    };

    use PrincipalType::{Exclusive, NonExclusive};
    attach(one, 1, lamp, Exclusive).await?;
    assert_eq!(
        held(1).await?,
        Some(Attached::One {
            thing: lamp,
            exclusive: true
        })
    );
    attach(one, 1, lamp, NonExclusive).await?;
    assert_eq!(
        held(1).await?,
        Some(Attached::One {
            thing: lamp,
            exclusive: false
        })
    );
    attach(one, 1, door, NonExclusive).await?;
    attach(two, 2, lamp, NonExclusive).await?;
    assert_eq!(held(1).await?, Some(Attached::Many));
    assert_eq!(
        things(one).await?,
        [
            ("lamp".to_owned(), NonExclusive),
            ("door".to_owned(), NonExclusive)
        ]
    );
    assert_eq!(things(two).await?, [("lamp".to_owned(), NonExclusive)]);
    assert_eq!(principals(lamp, 0, 10).await?, [digest(1), digest(2)]);
    assert_eq!(principals(lamp, 0, 1).await?, [digest(1)]);
    assert_eq!(principals(lamp, one, 10).await?, [digest(2)]);
    assert_eq!(principals(door, 0, 10).await?, [digest(1)]);
    let kind = test.store.read(|conn| conn.attachment(two, door)).await?;
    assert_eq!(kind, None);

    test.commits();
    assert!(
        test.tx(move |tx| tx.detach_thing(one, &digest(1), lamp))
            .await?
    );
    assert!(
        !test
            .tx(move |tx| tx.detach_thing(one, &digest(1), lamp))
            .await?
    );
    assert_eq!(
        held(1).await?,
        Some(Attached::One {
            thing: door,
            exclusive: false
        })
    );
    assert_eq!(principals(lamp, 0, 10).await?, [digest(2)]);
    assert_eq!(
        test.changes()[0],
        Change::Notice(Notice::Certificate(digest(1)))
    );

    // A certificate that goes takes its attachments along.
    test.tx(|tx| tx.delete_certificate(&digest(2))).await?;
    assert_eq!(principals(lamp, 0, 10).await?, [[0u8; 32]; 0]);
    Ok(())
}

#[tokio::test]
async fn things_change_and_go() -> Done {
    let test = TestStore::open()?;
    let attributes = [("model".to_owned(), "m\"1\u{1f4a1}".to_owned())].into();
    let key = test
        .tx(move |tx| {
            let lamp = tx.insert_thing_type("lamp", "type-id", "{\"a\":1}", NOW)?;
            let bill = tx.insert_billing_group("paid", "bill-id", None, NOW)?;
            tx.insert_thing("one", "thing-id", Some(lamp), Some(bill), &attributes)
        })
        .await?;
    let read = || test.store.read(|conn| conn.thing("one"));
    let found = read().await?.ok_or("it is gone")?;
    assert_eq!((found.thing_id.as_str(), found.version), ("thing-id", 1));
    assert_eq!(found.thing_type.as_deref(), Some("lamp"));
    assert_eq!(found.billing_group.as_deref(), Some("paid"));
    assert_eq!(found.attributes["model"], "m\"1\u{1f4a1}");
    test.store
        .read(|conn| {
            let lamp = conn.thing_type("lamp")?.ok_or(Error::Closed)?;
            assert_eq!(
                (lamp.properties.as_str(), lamp.deprecated),
                ("{\"a\":1}", None)
            );
            assert!(conn.type_in_use(lamp.key)?);
            assert_eq!(conn.thing_types("la", 0, 10)?.len(), 1);
            assert_eq!(conn.thing_types("La", 0, 10)?.len(), 0);
            Ok::<_, Error>(())
        })
        .await?;

    test.commits();
    test.tx(move |tx| tx.update_thing(key, None, &Default::default()))
        .await?;
    let found = read().await?.ok_or("it is gone")?;
    assert_eq!(
        (found.thing_type, found.attributes.len(), found.version),
        (None, 0, 2)
    );
    test.tx(move |tx| tx.delete_thing(key, "one")).await?;
    assert_eq!(
        test.changes(),
        [
            Change::Notice(Notice::Thing(key)),
            Change::Notice(Notice::Thing(key))
        ]
    );
    assert_eq!(read().await?, None);
    // The name is free again, for another thing.
    assert_ne!(test.thing("one").await?, key);
    Ok(())
}

#[tokio::test]
async fn things_are_listed_by_what_they_have() -> Done {
    let test = TestStore::open()?;
    let lamp = test
        .tx(|tx| {
            let lamp = tx.insert_thing_type("lamp", "id", "{}", NOW)?;
            for number in 0..600 {
                let attributes = [("shelf".to_owned(), format!("{:03}", number % 300))].into();
                let kind = (number % 2 == 0).then_some(lamp);
                tx.insert_thing(&format!("thing-{number}"), "id", kind, None, &attributes)?;
            }
            Ok(lamp)
        })
        .await?;
    // All pages of a list, each of at most seven.
    let list = |type_key, attribute: Option<(&str, &str)>, prefix| {
        let store = test.store.clone();
        let filter = ThingFilter {
            type_key,
            attribute: attribute.map(|(name, value)| (name.to_owned(), value.to_owned())),
            prefix,
        };
        async move {
            let (mut names, mut after) = (Vec::new(), Some(0));
            while let Some(from) = after {
                let (page, next) = store.read(|conn| conn.things(&filter, from, 7)).await?;
                assert!(page.len() <= 7);
                names.extend(page.into_iter().map(|thing| thing.name));
                after = next;
            }
            Ok::<_, Error>(names)
        }
    };
    let all: Vec<String> = (0..600).map(|n| format!("thing-{n}")).collect();
    assert_eq!(list(None, None, false).await?, all);
    assert_eq!(list(Some(lamp), None, false).await?.len(), 300);
    assert_eq!(
        list(None, Some(("shelf", "007")), false).await?,
        ["thing-7", "thing-307"]
    );
    assert_eq!(
        list(Some(lamp), Some(("shelf", "007")), false).await?,
        [""; 0]
    );
    assert_eq!(list(None, Some(("shelf", "01")), true).await?.len(), 20);
    assert_eq!(list(None, Some(("shelf", "01")), false).await?.len(), 0);
    assert_eq!(list(None, Some(("row", "1")), false).await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn a_certificate_may_get_its_status_when_it_is_registered() -> Done {
    let test = TestStore::open()?;
    let (first, second) = (1, 2);
    test.commits();
    test.tx(move |tx| {
        certificate(tx, first, None)?;
        tx.set_certificate_status(&digest(first), Status::Active, NOW)?;
        let new = NewCertificate {
            hash: digest(second),
            der: b"DER",
            status: Status::PendingActivation,
            mode: Mode::SniOnly,
            ca: None,
            created: NOW,
            not_before: Millis(1),
            not_after: Millis(2),
        };
        tx.insert_certificate_and_set(&new, Status::Active)
    })
    .await?;
    // In one step as in two.
    let told = [first, second].map(|number| Change::Notice(Notice::Certificate(digest(number))));
    assert_eq!(test.changes(), told);
    let mut rows = Vec::new();
    for number in [first, second] {
        let read = test.store.read(|conn| conn.certificate(&digest(number)));
        let row = read.await?.ok_or("it is gone")?;
        rows.push((row.status, row.version, row.created, row.modified));
    }
    assert_eq!(rows, [(Status::Active, 2, NOW, NOW); 2]);
    let entry = test.store.certificate_entry(&digest(second)).await?;
    assert_eq!(entry.map(|entry| entry.status), Some(Status::Active));
    Ok(())
}

#[tokio::test]
async fn policies_their_versions_and_what_they_hang_on() -> Done {
    let test = TestStore::open()?;
    let one = test.certificate(1, None).await?;
    let key = test.tx(|tx| tx.insert_policy("fleet", "v1", NOW)).await?;
    let in_force = || test.store.read(|conn| conn.policy_in_force(key));
    assert_eq!(in_force().await?, Some(("fleet".into(), "v1".into())));
    test.commits();
    let numbers = test
        .tx(|tx| {
            let policy = tx.policy("fleet")?.ok_or(Error::Closed)?;
            let two = tx.insert_policy_version(&policy, "v2", false, LATER)?;
            let policy = tx.policy("fleet")?.ok_or(Error::Closed)?;
            let three = tx.insert_policy_version(&policy, "v3", true, LATER)?;
            Ok((two, three))
        })
        .await?;
    assert_eq!(numbers, (2, 3));
    assert_eq!(test.changes(), [Change::Notice(Notice::Policy(key))]);
    assert_eq!(in_force().await?, Some(("fleet".into(), "v3".into())));
    let named = |name: &'static str| {
        test.store
            .read(move |conn| conn.policy_in_force_named(name))
    };
    assert_eq!(named("fleet").await?, Some((key, Some("v3".into()))));
    assert_eq!(named("other").await?, None);
    test.tx(move |tx| tx.delete_policy_version(key, 2)).await?;
    let versions = test.store.read(|conn| conn.policy_versions(key)).await?;
    assert_eq!(
        versions.iter().map(|v| v.version).collect::<Vec<_>>(),
        [1, 3]
    );

    let held = async || {
        let entry = test.store.certificate_entry(&digest(1)).await?;
        Ok::<_, Error>(entry.map(|e| e.policies))
    };
    let mut others = Vec::new();
    for name in ["a", "b", "c"] {
        others.push(test.tx(move |tx| tx.insert_policy(name, "{}", NOW)).await?);
    }
    let attach = |policy: i64| test.tx(move |tx| tx.attach_policy(policy, one, &digest(1)));
    assert_eq!(held().await?, Some(Few::None));
    attach(others[0]).await?;
    attach(key).await?;
    attach(key).await?;
    assert_eq!(held().await?, Some(Few::Two(key, others[0])));
    attach(others[1]).await?;
    assert_eq!(held().await?, Some(Few::Many));
    let of_certificate = test
        .store
        .read(|conn| conn.policies_of_certificate(one))
        .await?;
    assert_eq!(of_certificate, [key, others[0], others[1]]);
    let of_policy = test
        .store
        .read(|conn| conn.certificates_of_policy(key, true, None, 9))
        .await?;
    assert_eq!(of_policy, [(one, digest(1))]);
    let (used, unused) = (key, others[2]);
    test.store
        .read(|conn| {
            assert!(conn.policy_attached(used, one)? && !conn.policy_attached(unused, one)?);
            assert!(conn.policy_in_use(used)? && !conn.policy_in_use(unused)?);
            Ok::<_, Error>(())
        })
        .await?;
    let dropped = others[0];
    test.tx(move |tx| tx.detach_policy(dropped, one, &digest(1)))
        .await?;
    assert_eq!(held().await?, Some(Few::Two(key, others[1])));

    test.tx(|tx| tx.delete_certificate(&digest(1))).await?;
    assert!(!test.store.read(|conn| conn.policy_in_use(key)).await?);
    test.tx(move |tx| tx.delete_policy(key)).await?;
    let gone = test
        .store
        .read(|conn| Ok::<_, Error>((conn.policy("fleet")?, conn.policy_versions(key)?)))
        .await?;
    assert_eq!(gone, (None, Vec::new()));
    Ok(())
}

#[tokio::test]
async fn templates_and_their_versions() -> Done {
    let test = TestStore::open()?;
    let new = NamedTemplate {
        key: 0,
        name: "fleet".into(),
        kind: TemplateType::Jitp,
        description: None,
        enabled: true,
        default_version: 1,
        next_version: 2,
        role_arn: "arn".into(),
        hook: Some("{}".into()),
        created: NOW,
        modified: NOW,
    };
    let key = test
        .tx({
            let new = new.clone();
            move |tx| tx.insert_template(&new, "body 1")
        })
        .await?;
    let read = || test.store.read(|conn| conn.template("fleet"));
    assert_eq!(read().await?, Some(NamedTemplate { key, ..new.clone() }));
    let number = test
        .tx(move |tx| {
            let template = tx.template("fleet")?.ok_or(Error::Closed)?;
            tx.insert_template_version(&template, "body 2", LATER)
        })
        .await?;
    assert_eq!(number, 2);
    let found = read().await?.ok_or("it is gone")?;
    assert_eq!(
        (found.default_version, found.next_version, found.modified),
        (1, 3, LATER)
    );
    test.tx(move |tx| tx.delete_template_version(key, 1))
        .await?;
    test.store
        .read(|conn| {
            assert_eq!(conn.template_count()?, 1);
            assert_eq!(conn.templates(0, 10)?.len(), 1);
            assert_eq!(conn.template_version(key, 1)?, None);
            assert_eq!(
                conn.template_version(key, 2)?.map(|v| v.body).as_deref(),
                Some("body 2")
            );
            Ok::<_, Error>(())
        })
        .await?;
    test.commits();
    test.tx(move |tx| tx.delete_template(key)).await?;
    assert_eq!(test.changes(), [Change::Notice(Notice::Authorities)]);
    assert_eq!(
        test.store.read(|conn| conn.template_versions(key)).await?,
        []
    );
    Ok(())
}

#[tokio::test]
async fn events_are_owed_until_they_are_settled() -> Done {
    let test = TestStore::open()?;
    test.tx(|tx| {
        for number in 0..5 {
            tx.owe_event(format!("topic/{number}"), vec![number])?;
        }
        Ok(())
    })
    .await?;
    let told: Vec<_> = test
        .changes()
        .into_iter()
        .filter_map(|change| match change {
            Change::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    let owed = || test.store.read(|conn| conn.owed_events(100));
    assert_eq!(owed().await?, told);
    assert!(told.is_sorted_by(|one, next| one.key < next.key));
    let third = told[2].key;
    test.tx(move |tx| tx.settle_events(third)).await?;
    assert_eq!(owed().await?, told[3..]);
    // A write that fails owes nothing.
    let failed = test
        .tx(|tx| {
            tx.owe_event("never".into(), Vec::new())?;
            Err::<(), _>(Error::Closed)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(owed().await?, told[3..]);
    assert_eq!(test.changes(), []);
    Ok(())
}

#[tokio::test]
async fn single_values_tags_and_retained_messages() -> Done {
    let test = TestStore::open()?;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    test.tx(move |tx| {
        tx.set_meta("code", Some("1"))?;
        tx.set_meta("code", Some("2"))?;
        tx.put_tags("arn:a", &[pair("b", "1"), pair("a", "2")])?;
        tx.put_tags("arn:a", &[pair("b", "3")])?;
        tx.put_tags("arn:b", &[pair("c", "4")])?;
        tx.delete_all_tags("arn:b")?;
        let kept = |payload: &[u8]| RetainedMessage {
            payload: payload.to_vec(),
            qos: 1,
            properties: Some(b"\x01\x01".to_vec()),
            expires: Some(Millis(NOW.0 + 1000)),
            modified: NOW,
        };
        let plain = |payload: &[u8]| RetainedMessage {
            qos: 0,
            properties: None,
            expires: None,
            ..kept(payload)
        };
        tx.set_retained("t/1", &kept(b"one"))?;
        tx.set_retained("t/1", &plain(b"two"))?;
        tx.set_retained("t/2", &plain(b"gone"))?;
        tx.set_retained("t/2", &plain(b""))?;
        tx.set_retained("t/3", &kept(b"for a while"))
    })
    .await?;
    test.store
        .read(|conn| {
            assert_eq!(conn.meta("code")?.as_deref(), Some("2"));
            assert_eq!(conn.meta("other")?, None);
            assert_eq!(
                conn.tags("arn:a", "", 10)?,
                [pair("a", "2"), pair("b", "3")]
            );
            assert_eq!(conn.tags("arn:a", "a", 10)?, [pair("b", "3")]);
            assert_eq!(conn.tags("arn:b", "", 10)?, []);
            let (later, over) = (Millis(NOW.0 + 999), Millis(NOW.0 + 1000));
            let found = conn.retained("t/1", over)?.expect("it is kept");
            assert_eq!((&found.payload[..], found.qos), (&b"two"[..], 0));
            assert_eq!((found.properties, found.expires), (None, None));
            assert_eq!(conn.retained("t/2", NOW)?, None);
            let found = conn.retained("t/3", later)?.expect("it is kept");
            assert_eq!(found.properties.as_deref(), Some(&b"\x01\x01"[..]));
            assert_eq!(found.expires, Some(over));
            assert_eq!(conn.retained("t/3", over)?, None);
            assert_eq!(conn.retained_messages("", 10, later)?.len(), 2);
            let list = conn.retained_messages("", 10, over)?;
            assert_eq!(list.len(), 1);
            assert_eq!((list[0].topic.as_str(), list[0].bytes), ("t/1", 3));
            assert_eq!(conn.retained_messages("t/1", 10, over)?, []);
            Ok::<_, Error>(())
        })
        .await?;
    test.tx(|tx| tx.set_meta("code", None)).await?;
    assert_eq!(test.store.read(|conn| conn.meta("code")).await?, None);
    Ok(())
}

#[tokio::test]
async fn shadows_keep_their_version_for_a_while() -> Done {
    let test = TestStore::open()?;
    let later = |hours: i64| Millis(NOW.0 + hours * 3_600_000);
    test.tx(move |tx| {
        tx.set_shadow("lamp", "", 1, "one", NOW)?;
        tx.set_shadow("lamp", "b", 1, "two", NOW)?;
        tx.set_shadow("lamp", "a", 7, "three", NOW)?;
        tx.set_shadow("other", "c", 1, "four", NOW)?;
        tx.set_shadow("lamp", "", 2, "five", later(1))?;
        tx.delete_shadow("lamp", "b", later(2), NOW)
    })
    .await?;
    test.store
        .read(|conn| {
            let row = |version, content: Option<&str>, modified| {
                Some(ShadowRow {
                    version,
                    content: content.map(str::to_owned),
                    modified,
                })
            };
            assert_eq!(conn.shadow("lamp", "")?, row(2, Some("five"), later(1)));
            assert_eq!(conn.shadow("lamp", "b")?, row(1, None, later(2)));
            assert_eq!(conn.shadow("lamp", "c")?, None);
            assert_eq!(conn.named_shadows("lamp", "", 10)?, ["a"]);
            assert_eq!(conn.named_shadows("lamp", "a", 10)?, [""; 0]);
            let all = conn.shadows_of("lamp")?;
            let all: Vec<_> = all
                .iter()
                .map(|(name, version, _)| (name.as_str(), *version))
                .collect();
            assert_eq!(all, [("", 2), ("a", 7)]);
            Ok::<_, Error>(())
        })
        .await?;
    test.tx(move |tx| tx.delete_shadow("lamp", "a", later(60), later(12)))
        .await?;
    test.store
        .read(|conn| {
            assert_eq!(conn.shadow("lamp", "b")?, None);
            assert!(conn.shadow("lamp", "a")?.is_some());
            assert_eq!(conn.count_shadows()?, 2);
            Ok::<_, Error>(())
        })
        .await?;
    test.tx(move |tx| {
        for at in 61..65 {
            tx.delete_shadow("other", "c", later(at), NOW)?;
            tx.set_shadow("other", "c", 1, "four", NOW)?;
            tx.delete_shadow("other", "c", later(at), NOW)?;
            let name = format!("d{at}");
            tx.set_shadow("other", &name, 1, "five", NOW)?;
            tx.delete_shadow("other", &name, later(at), NOW)?;
        }
        tx.forget_deleted_shadows_but(2)
    })
    .await?;
    test.store
        .read(|conn| {
            let kept = |name| Ok::<_, Error>(conn.shadow("other", name)?.is_some());
            assert!(!kept("d61")? && !kept("d62")? && kept("d63")?);
            assert!(kept("d64")? && kept("c")?);
            assert!(conn.shadow("lamp", "a")?.is_none());
            assert_eq!(conn.count_shadows()?, 1);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}

#[tokio::test]
async fn children_follow_the_attribute_of_their_things() -> Done {
    let test = TestStore::open()?;
    let parent = |name: &str| [("parent".to_owned(), name.to_owned())].into();
    let (one, two) = (test.thing("gw-1").await?, test.thing("gw-2").await?);
    let lamp = test.tx(move |tx| tx.insert_thing("lamp", "id", None, None, &parent("gw-1")));
    let lamp = lamp.await?;
    let door = test.tx(move |tx| tx.insert_thing("door", "id", None, None, &parent("gw-1")));
    let door = door.await?;
    let children = |name: &'static str| test.store.read(move |conn| conn.children(name, 10));
    assert_eq!(children("gw-1").await?, ["lamp", "door"]);
    assert_eq!(children("gw-2").await?, [""; 0]);
    test.changes();
    // Both gateways hear of a child that moves.
    test.tx(move |tx| tx.update_thing(lamp, None, &parent("gw-2")))
        .await?;
    let told = [lamp, one, two].map(|key| Change::Notice(Notice::Thing(key)));
    assert_eq!(test.changes(), told);
    assert_eq!(children("gw-1").await?, ["door"]);
    assert_eq!(children("gw-2").await?, ["lamp"]);
    test.tx(move |tx| tx.update_thing(lamp, None, &parent("gw-2")))
        .await?;
    assert_eq!(test.changes(), [Change::Notice(Notice::Thing(lamp))]);
    test.tx(move |tx| tx.update_thing(lamp, None, &Default::default()))
        .await?;
    test.tx(move |tx| tx.delete_thing(door, "door")).await?;
    assert_eq!(children("gw-1").await?, [""; 0]);
    assert_eq!(children("gw-2").await?, [""; 0]);
    Ok(())
}
