use super::*;

const START: Millis = Millis(1_795_392_000_000);

fn days(days: i64) -> Millis {
    Millis(START.0 + days * DAY)
}

fn life(from: i64, until: i64) -> Validity {
    Validity {
        not_before: days(from),
        not_after: days(until),
    }
}

fn turn(from: i64, until: i64) -> Turn {
    Turn {
        from: days(from),
        validity: life(-1000, until),
    }
}

fn conduct() -> Conduct {
    Conduct {
        connect_every: DAY,
        renew_before: Some(30 * DAY),
        lifetime: None,
        away_percent: 0,
        away: 0,
        grace: 0,
    }
}

fn play(conduct: Conduct) -> Play {
    Play {
        start: START,
        end: days(3 * 365),
        conduct,
        cas: Vec::new(),
        issuers: vec![turn(-1000, 10_000)],
        usual: None,
        trust_ends: None,
    }
}

/// Days from the start, reasons and counts.
fn found(report: &Report) -> Vec<(i64, &'static str, u64)> {
    let each = report.locked_out.iter();
    each.map(|((at, why), count)| ((at.0 - START.0).div_euclid(DAY), why.code(), *count))
        .collect()
}

fn registered(count: usize, until: i64) -> Vec<Device> {
    vec![
        Device::Registered {
            validity: life(-10, until),
            renewal: Renewal::default(),
        };
        count
    ]
}

#[test]
fn devices_that_renew_go_on() {
    let report = play(conduct()).run(registered(100, 90));
    assert_eq!(found(&report), []);
    assert_eq!(report.devices, 100);
    // Every 70 days: 30 of the 100 days are left.
    assert!((1400..=1500).contains(&report.renewals), "{report:?}");
    assert_eq!(report.connects, 100 * 3 * 365);
}

#[test]
fn devices_that_do_not_are_locked_out_on_a_day() {
    let never = Conduct {
        renew_before: None,
        ..conduct()
    };
    let mut fleet = registered(100, 90);
    fleet.extend(registered(7, 400));
    fleet.extend(registered(5, 5000));
    let report = play(never).run(fleet);
    assert_eq!(
        found(&report),
        [(90, "never-renews", 100), (400, "never-renews", 7)]
    );
    assert_eq!(report.locked(), 107);
}

#[test]
fn absences_longer_than_the_window_lock_out() {
    let away = |days: i64, grace: i64| Conduct {
        away_percent: 20,
        away: days * DAY,
        grace: grace * DAY,
        ..conduct()
    };
    let run = |conduct| play(conduct).run(registered(1000, 90));
    assert_eq!(run(away(20, 0)).locked(), 0, "they are back in time");
    let report = run(away(60, 0));
    assert!((50..=250).contains(&report.locked()), "{}", report.locked());
    assert!(report.locked_out.keys().all(|(_, why)| *why == Why::Away));
    let report = run(away(60, 60));
    assert_eq!(report.locked(), 0, "an expired certificate may renew");
    assert!(report.late_renewals > 0);
    assert_eq!(run(away(60, 60)), report, "the same again");
}

/// A certificate's CA may say for how long it is renewed late and how long its successor lasts; the successor is ours.
#[test]
fn what_a_ca_says_counts_for_its_own_certificates() {
    let run = |conduct: Conduct, renewal| {
        let device = Device::Registered {
            validity: life(-10, 90),
            renewal,
        };
        play(conduct).run([device])
    };
    let rare = Conduct {
        connect_every: 200 * DAY,
        renew_before: Some(DAY),
        ..conduct()
    };
    let usual = Renewal::default();
    assert_eq!(
        found(&run(rare.clone(), usual)),
        [(90, "between-connections", 1)]
    );
    let late = Renewal {
        grace: Some(300 * DAY),
        ..usual
    };
    let report = run(rare, late);
    assert_eq!(report.late_renewals, 1);
    assert_eq!(report.locked(), 1, "the successor has no such time");
    let short = Renewal {
        lifetime: Some(40 * DAY),
        ..usual
    };
    let (before, after) = (run(conduct(), usual), run(conduct(), short));
    assert_eq!((before.locked(), after.locked()), (0, 0));
    assert!(after.renewals > 3 * before.renewals);
    let alone = Renewal {
        possible: false,
        ..late
    };
    assert_eq!(found(&run(conduct(), alone)), [(90, "no-thing", 1)]);
}

#[test]
fn the_time_after_the_end_is_for_renewing_alone() {
    let never = |connect_every| Conduct {
        renew_before: None,
        grace: 100 * DAY,
        connect_every,
        ..conduct()
    };
    for every in [DAY, 400 * DAY] {
        let report = play(never(every)).run(registered(3, 90));
        assert_eq!(found(&report), [(90, "never-renews", 3)]);
        let report = play(never(every)).run(registered(3, -5));
        assert_eq!(found(&report), [(0, "never-renews", 3)], "long ago");
    }
}

#[test]
fn the_cas_end_counts() {
    let mut play = play(conduct());
    play.issuers = vec![turn(-1000, 200)];
    let report = play.run(registered(10, 90));
    assert_eq!(found(&report), [(200, "issuer-expired", 10)]);
    // A successor in time, and one that is late.
    play.issuers = vec![turn(-1000, 200), turn(150, 10_000)];
    assert_eq!(found(&play.run(registered(10, 90))), []);
    play.trust_ends = Some(days(300));
    let report = play.run(registered(10, 90));
    assert_eq!(found(&report), [(300, "server-trust-expired", 10)]);
}

#[test]
fn new_devices_meet_their_ca() {
    let ca = |until, auto_registration| CaFacts {
        id: "ab".into(),
        active: true,
        auto_registration,
        provisions: true,
        mode: Mode::Default,
        validity: life(-100, until),
    };
    let mut play = play(conduct());
    let fleet = |ca| {
        (0..100).map(move |number| Device::New {
            first: days(number),
            validity: life(0, 2000),
            ca,
            renewal: Renewal::default(),
        })
    };
    play.cas = vec![
        (ca(49, true), START),
        (ca(2000, false), START),
        (ca(2000, true), days(10)),
    ];
    let report = play.run(fleet(Some(0)));
    assert_eq!(report.firsts, 50);
    assert_eq!(found(&report).first(), Some(&(50, "ca-expired", 1)));
    assert_eq!(report.locked(), 50);
    let report = play.run(fleet(Some(1)));
    assert_eq!(found(&report)[0], (0, "auto-registration-disabled", 1));
    let report = play.run(fleet(Some(2)));
    assert_eq!(report.locked(), 10, "before it was registered");
    assert_eq!(play.run(fleet(None)).firsts, 100);
}

#[test]
fn a_window_smaller_than_the_pause_between_connections_is_missed() {
    let rare = Conduct {
        connect_every: 60 * DAY,
        renew_before: Some(7 * DAY),
        ..conduct()
    };
    let report = play(rare).run(registered(100, 90));
    assert!(report.locked() > 80, "{report:?}");
    assert!(
        report
            .locked_out
            .keys()
            .all(|(_, why)| *why == Why::BetweenConnections)
    );
}
