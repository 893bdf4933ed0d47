//! Connection attempts: readable at once, written with the next commit, the newest kept.

use crate::fixture::{Done, TestStore, attempt, digest};
use nameplate_store::{AttemptFilter, AttemptRow, Before, Error, SummaryOf};

async fn seqs(test: &TestStore, filter: &AttemptFilter, limit: usize) -> Result<Vec<i64>, Error> {
    let found = test.store.attempts(filter, limit).await?;
    Ok(found.iter().map(|row| row.seq).collect())
}

/// What is found while the rows wait in memory, when they are stored, and after a restart.
async fn check(rows: &[AttemptRow], cases: &[(AttemptFilter, &[i64])]) -> Done {
    let test = TestStore::open()?;
    for row in rows {
        test.store.record_attempt(row.clone());
    }
    for (filter, wanted) in cases {
        assert_eq!(
            seqs(&test, filter, 100).await?,
            *wanted,
            "waiting, {filter:?}"
        );
    }
    test.store.flush().await;
    for (filter, wanted) in cases {
        assert_eq!(
            seqs(&test, filter, 100).await?,
            *wanted,
            "stored, {filter:?}"
        );
    }
    let test = test.reopened(None)?;
    for (filter, wanted) in cases {
        assert_eq!(
            seqs(&test, filter, 100).await?,
            *wanted,
            "reopened, {filter:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn are_found_by_what_is_known_of_the_device() -> Done {
    let rows = [
        AttemptRow {
            certificate: Some(digest(1)),
            serial: Some("0a".into()),
            client_id: Some("lamp".into()),
            ..attempt("192.0.2.1:1000")
        },
        AttemptRow {
            certificate: Some(digest(2)),
            serial: Some("0a0b".into()),
            client_id: Some("LAMP".into()),
            code: "certificate-unknown".into(),
            ..attempt("192.0.2.1:1001")
        },
        AttemptRow {
            code: "tls-no-certificate".into(),
            ..attempt("192.0.2.11:1000")
        },
        AttemptRow {
            certificate: Some(digest(1)),
            client_id: Some("lamp_%".into()),
            code: "provisioned-and-closed".into(),
            ..attempt("[2001:db8::1]:8883")
        },
    ];
    let by = AttemptFilter::default;
    check(
        &rows,
        &[
            (by(), &[3, 2, 1, 0]),
            (
                AttemptFilter {
                    certificate: Some(digest(1)),
                    ..by()
                },
                &[3, 0],
            ),
            (
                AttemptFilter {
                    certificate: Some(digest(9)),
                    ..by()
                },
                &[],
            ),
            (
                AttemptFilter {
                    serial: Some("0a".into()),
                    ..by()
                },
                &[0],
            ),
            (
                AttemptFilter {
                    client_id: Some("lamp".into()),
                    ..by()
                },
                &[0],
            ),
            (
                AttemptFilter {
                    client_id: Some("lamp_%".into()),
                    ..by()
                },
                &[3],
            ),
            (
                AttemptFilter {
                    client_id: Some("lamp' OR '1'='1".into()),
                    ..by()
                },
                &[],
            ),
            (
                AttemptFilter {
                    only_failed: true,
                    ..by()
                },
                &[2, 1],
            ),
            (
                AttemptFilter {
                    certificate: Some(digest(2)),
                    only_failed: true,
                    ..by()
                },
                &[1],
            ),
        ],
    )
    .await
}

/// Codes that the reference of codes has under its heading for what ended well.
fn ended_well() -> Vec<String> {
    let reference = include_str!("../../../../docs/explain.md");
    let (_, section) = reference.split_once("## It ended well").unwrap_or_default();
    let (section, _) = section.split_once("\n## ").unwrap_or((section, ""));
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| Some(row.split_once('`')?.0.to_owned()))
        .collect()
}

#[tokio::test]
async fn what_ended_well_is_no_failure() -> Done {
    let well = ended_well();
    assert!(well.len() > 10, "{well:?}");
    let mut rows: Vec<AttemptRow> = well
        .into_iter()
        .map(|code| AttemptRow {
            code,
            ..attempt("192.0.2.1:1000")
        })
        .collect();
    rows.push(AttemptRow {
        code: "fleet-token".into(),
        ..attempt("192.0.2.1:1000")
    });
    let failed = AttemptFilter {
        only_failed: true,
        ..AttemptFilter::default()
    };
    let last = i64::try_from(rows.len())? - 1;
    check(&rows, &[(failed, &[last])]).await
}

#[tokio::test]
async fn are_found_by_address_with_and_without_port() -> Done {
    let rows = [
        attempt("192.0.2.1:1000"),
        attempt("192.0.2.1:1001"),
        attempt("192.0.2.11:1000"),
        attempt("[2001:db8::1]:8883"),
        attempt("[2001:db8::1]:1"),
        attempt("[2001:db8::11]:8883"),
    ];
    let at = |address: &str| AttemptFilter {
        address: Some(address.to_owned()),
        ..AttemptFilter::default()
    };
    check(
        &rows,
        &[
            (at("192.0.2.1"), &[1, 0]),
            (at("192.0.2.1:1000"), &[0]),
            (at("192.0.2.11"), &[2]),
            (at("192.0.2.1:100"), &[]),
            (at("192.0.2"), &[]),
            (at("192.0.2._"), &[]),
            (at("%"), &[]),
            (at("2001:db8::1"), &[4, 3]),
            (at("[2001:db8::1]"), &[4, 3]),
            (at("[2001:db8::1]:8883"), &[3]),
            (at("2001:DB8:0:0:0:0:0:1"), &[4, 3]),
            (at("2001:db8::11"), &[5]),
            (at("2001:db8:"), &[]),
        ],
    )
    .await
}

#[tokio::test]
async fn the_newest_are_kept() -> Done {
    let test = TestStore::keeping(10)?;
    let all = AttemptFilter::default();
    for round in 0..5i64 {
        for at in 0..7 {
            let seq = test.store.record_attempt(attempt("192.0.2.1:1"));
            assert_eq!(seq, round * 7 + at);
        }
        if round % 2 == 0 {
            test.store.flush().await;
        }
    }
    test.store.flush().await;
    let newest: Vec<i64> = (25..35).rev().collect();
    assert_eq!(seqs(&test, &all, 100).await?, newest);
    assert_eq!(seqs(&test, &all, 3).await?, newest[..3]);

    // Numbers go on after a restart, and a smaller number kept takes effect.
    let test = test.reopened(Some(4))?;
    assert_eq!(test.store.record_attempt(attempt("192.0.2.1:1")), 35);
    test.store.flush().await;
    assert_eq!(seqs(&test, &all, 100).await?, [35, 34, 33, 32]);
    Ok(())
}

#[tokio::test]
async fn a_limit_spans_what_waits_and_what_is_stored() -> Done {
    let test = TestStore::open()?;
    let all = AttemptFilter::default();
    for _ in 0..5 {
        test.store.record_attempt(attempt("192.0.2.1:1"));
    }
    test.store.flush().await;
    for _ in 0..3 {
        test.store.record_attempt(attempt("192.0.2.1:1"));
    }
    assert_eq!(seqs(&test, &all, 5).await?, [7, 6, 5, 4, 3]);
    assert_eq!(seqs(&test, &all, 2).await?, [7, 6]);
    assert_eq!(seqs(&test, &all, 0).await?, [0i64; 0]);
    Ok(())
}

#[tokio::test]
async fn many_at_once_are_seen_once_each() -> Done {
    let test = TestStore::open()?;
    for number in 0..500 {
        test.store.record_attempt(attempt("192.0.2.1:1"));
        if number % 50 == 0 {
            // Read while the writer may be at work.
            let found = seqs(&test, &AttemptFilter::default(), 1000).await?;
            let wanted: Vec<i64> = (0..=number).rev().collect();
            assert_eq!(found, wanted);
            test.tx(|tx| tx.set_meta("name", Some("value"))).await?;
        }
    }
    Ok(())
}

/// Sequence number, count and first time of what is found.
async fn counted(test: &TestStore) -> Result<Vec<(i64, i64, i64)>, Error> {
    let found = test.store.attempts(&AttemptFilter::default(), 5000).await?;
    Ok(found
        .iter()
        .map(|row| (row.seq, row.count, row.first_at))
        .collect())
}

fn at(moment: i64) -> AttemptRow {
    AttemptRow {
        at: moment,
        first_at: moment,
        ..attempt("192.0.2.1:1")
    }
}

#[tokio::test]
async fn what_repeats_is_one_row_with_a_count() -> Done {
    let test = TestStore::open()?;
    let note = |test: &TestStore, key: &str, moment: i64| {
        test.store
            .summarise_attempt(SummaryOf::Strangers, key, at(moment))
    };
    assert_eq!(note(&test, "a", 1), 1);
    test.store.record_attempt(at(2));
    assert_eq!(note(&test, "b", 3), 1);
    assert_eq!(note(&test, "a", 4), 2);
    assert_eq!(counted(&test).await?, [(3, 2, 1), (2, 1, 3), (1, 1, 2)]);
    test.store.flush().await;
    // What goes on is counted in memory, and written again after a while only.
    assert_eq!(note(&test, "a", 5), 3);
    assert_eq!(counted(&test).await?[0], (4, 3, 1));
    test.store.flush().await;
    let test = test.reopened(None)?;
    assert_eq!(counted(&test).await?, [(3, 2, 1), (2, 1, 3), (1, 1, 2)]);
    assert_eq!(note(&test, "a", 20_000), 3);
    test.store.flush().await;
    let test = test.reopened(None)?;
    assert_eq!(counted(&test).await?, [(4, 3, 1), (2, 1, 3), (1, 1, 2)]);
    assert_eq!(note(&test, "a", 20_001), 4);
    assert_eq!(counted(&test).await?[0], (5, 4, 1));
    Ok(())
}

#[tokio::test]
async fn summaries_are_bounded_and_push_nothing_out() -> Done {
    let test = TestStore::keeping(100)?;
    test.store.record_attempt(at(0));
    let device = |number| AttemptRow {
        certificate: Some(digest(number)),
        ..at(1)
    };
    let devices = SummaryOf::Devices;
    test.store.summarise_attempt(devices, "quiet", device(1));
    for number in 0..1000 {
        let stranger = SummaryOf::Strangers;
        test.store
            .summarise_attempt(stranger, &format!("s{number}"), at(2));
        test.store
            .summarise_attempt(devices, &format!("d{number}"), device(2));
    }
    // The single attempt, the quiet device, 16 of the loud one, 256 of strangers.
    assert_eq!(counted(&test).await?.len(), 274);
    test.store.flush().await;
    let test = test.reopened(None)?;
    let found = counted(&test).await?;
    assert_eq!(found.len(), 274);
    assert_eq!(found[272..], [(1, 1, 1), (0, 1, 0)]);
    Ok(())
}

#[tokio::test]
async fn are_found_by_a_range_of_digests_and_a_piece_of_the_record() -> Done {
    let rows = [
        AttemptRow {
            certificate: Some([0xab; 32]),
            record: r#"{"commonName":"lamp"}"#.into(),
            ..attempt("192.0.2.1:1")
        },
        AttemptRow {
            certificate: Some([0xac; 32]),
            record: r#"{"commonName":"lamp2"}"#.into(),
            ..attempt("192.0.2.1:2")
        },
        attempt("192.0.2.1:3"),
    ];
    let range = |from, to| AttemptFilter {
        certificates: Some(([from; 32], [to; 32])),
        ..AttemptFilter::default()
    };
    let holding = |piece: &str| AttemptFilter {
        holding: Some(piece.to_owned()),
        ..AttemptFilter::default()
    };
    let cases: [(AttemptFilter, &[i64]); 4] = [
        (range(0xab, 0xab), &[0]),
        (range(0xa0, 0xaf), &[1, 0]),
        (range(0xad, 0xff), &[]),
        (holding(r#""commonName":"lamp""#), &[0]),
    ];
    check(&rows, &cases).await
}

#[tokio::test]
async fn newcomers_are_told_from_the_known_and_a_list_is_read_on() -> Done {
    let with = |record: &str| AttemptRow {
        record: record.to_owned(),
        ..attempt("192.0.2.1:1000")
    };
    let rows = [
        with(r#"{"stages":[{"stage":"registered","at":1}],"code":"connected"}"#),
        with(r#"{"flow":"jitp","stages":[{"stage":"registered","at":1}],"code":"connected"}"#),
        with(
            r#"{"failedStage":"registered","stages":[{"stage":"tls","at":1}],"code":"certificate-inactive"}"#,
        ),
        with(
            r#"{"failedStage":"open","stages":[{"stage":"connected","at":1}],"code":"publish-denied"}"#,
        ),
        with(r#"{"stages":[{"stage":"authenticated","at":1}],"code":"connected"}"#),
        with(r#"{"stages":[{"stage":"provisioned","at":1}],"code":"provisioned-and-closed"}"#),
    ];
    let by = AttemptFilter::default;
    let before = |seq| Some(Before { seq, at: 0 });
    check(
        &rows,
        &[
            (
                AttemptFilter {
                    only_first: true,
                    ..by()
                },
                &[5, 2, 1],
            ),
            (
                AttemptFilter {
                    number: Some(3),
                    ..by()
                },
                &[3],
            ),
            (
                AttemptFilter {
                    number: Some(9),
                    ..by()
                },
                &[],
            ),
            (
                AttemptFilter {
                    before: before(3),
                    ..by()
                },
                &[2, 1, 0],
            ),
            (
                AttemptFilter {
                    before: before(0),
                    ..by()
                },
                &[],
            ),
            (
                AttemptFilter {
                    only_first: true,
                    before: before(5),
                    ..by()
                },
                &[2, 1],
            ),
        ],
    )
    .await
}
