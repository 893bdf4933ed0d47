use super::*;
use proptest::prelude::*;

#[test]
fn moments_are_written_by_joda_patterns() {
    let cases = [
        (
            "yyyy.MM.dd G 'at' HH:mm:ss z",
            100_000_000,
            "America/Belize",
            "1970.01.01 AD at 21:46:40 CST",
        ),
        (
            "yyyy.MM.dd G 'at' HH:mm:ss z",
            1_497_028_786_000,
            "UTC",
            "2017.06.09 AD at 17:19:46 UTC",
        ),
        ("yyyy", 0, "UTC", "1970"),
        ("yyyy/MM/dd/HH", 1_450_396_800_000, "UTC", "2015/12/18/00"),
        (
            "yyyy-MM-dd'T'HH:mm:ss.S'Z'",
            1_196_705_730_592,
            "UTC",
            "2007-12-03T18:15:30.5Z",
        ),
        (
            "yyyy-MM-dd'T'HH:mm:ss.SSSZ",
            1_196_705_730_592,
            "America/Los_Angeles",
            "2007-12-03T10:15:30.592-0800",
        ),
        (
            "yy M d h a K k",
            1_196_705_730_592,
            "UTC",
            "07 12 3 6 PM 6 18",
        ),
        (
            "EEE, EEEE, MMM, MMMM e D w xxxx",
            1_450_396_800_000,
            "UTC",
            "Fri, Friday, Dec, December 5 352 51 2015",
        ),
        ("ZZ ZZZ", 0, "Asia/Tokyo", "+09:00 Asia/Tokyo"),
        ("HH:mm z", 0, "+01:30", "01:30 +01:30"),
        ("''yyyy''", 0, "UTC", "'1970'"),
        ("SSSSSS", 123, "UTC", "123000"),
        ("C Y", 0, "UTC", "19 1970"),
    ];
    for (pattern, ms, zone, expected) in cases {
        assert_eq!(
            formatted(pattern, ms, zone).as_deref(),
            Some(expected),
            "{pattern}"
        );
    }
    assert_eq!(formatted("yyyy", 0, "Nowhere/At_All"), None);
    assert_eq!(formatted("yyyy 'open", 0, "UTC"), None);
    assert_eq!(formatted("b", 0, "UTC"), None);
    assert_eq!(formatted("yyyy", i64::MAX, "UTC"), None);
}

#[test]
fn times_are_read_by_javas_patterns() {
    let cases = [
        (
            "2020-04-03 09:45:18 UTC+01:00",
            "yyyy-MM-dd HH:mm:ss VV",
            Some(1_585_903_518_000),
        ),
        ("18 December 2015", "dd MMMM yyyy", Some(1_450_396_800_000)),
        (
            "2007-12-03 10:15:30.592 America/Los_Angeles",
            "yyyy-MM-dd HH:mm:ss.SSS z",
            Some(1_196_705_730_592),
        ),
        (
            "2007-12-03T10:15:30Z",
            "yyyy-MM-dd'T'HH:mm:ssX",
            Some(1_196_676_930_000),
        ),
        (
            "2007-12-03T10:15:30+0100",
            "yyyy-MM-dd'T'HH:mm:ssZ",
            Some(1_196_673_330_000),
        ),
        (
            "2007-12-03T10:15:30+01:00",
            "yyyy-MM-dd'T'HH:mm:ssxxx",
            Some(1_196_673_330_000),
        ),
        ("20071203101530", "yyyyMMddHHmmss", Some(1_196_676_930_000)),
        (
            "3 Dec 07 10:15 PM",
            "d MMM yy hh:mm a",
            Some(1_196_720_100_000),
        ),
        (
            "Fri 18 Dec 2015",
            "EEE dd MMM yyyy",
            Some(1_450_396_800_000),
        ),
        ("2015-352", "yyyy-DDD", Some(1_450_396_800_000)),
        ("2015-12-18", "yyyy-MM-dd[ HH:mm]", Some(1_450_396_800_000)),
        (
            "2015-12-18 01:00",
            "yyyy-MM-dd[ HH:mm]",
            Some(1_450_400_400_000),
        ),
        ("1969-12-31", "yyyy-MM-dd", Some(-86_400_000)),
        ("2015-02-29", "yyyy-MM-dd", None),
        ("2015-12-18x", "yyyy-MM-dd", None),
        ("2015-12", "yyyy-MM", None),
        ("18 Dezember 2015", "dd MMMM yyyy", None),
        ("2015-12-18 25:00", "yyyy-MM-dd HH:mm", None),
        ("2015-12-18 01", "yyyy-MM-dd hh", None),
        ("", "yyyy-MM-dd", None),
    ];
    for (text, pattern, expected) in cases {
        assert_eq!(epoch_ms(text, pattern), expected, "{text} by {pattern}");
    }
}

proptest! {
    #[test]
    fn any_pattern_and_text_end(pattern in r"[yYxwMdDEeHhKksSmaGzZXxVOnAN'\[\]:/ -]{0,20}", text in r"[0-9A-Za-z:+/ -]{0,20}", ms in any::<i64>()) {
        let _ = epoch_ms(&text, &pattern);
        let _ = formatted(&pattern, ms, "Europe/Berlin");
    }

    #[test]
    fn what_is_written_is_read(ms in -2_000_000_000_000i64..250_000_000_000_000) {
        // Since 1906: before, zones were off by seconds, which the pattern does not write.
        let pattern = "yyyy-MM-dd'T'HH:mm:ss.SSSxxx";
        let text = formatted("yyyy-MM-dd'T'HH:mm:ss.SSSZZ", ms, "Europe/Berlin");
        if let Some(text) = text.filter(|text| text.len() == 29) {
            prop_assert_eq!(epoch_ms(&text, pattern), Some(ms));
        }
    }
}
