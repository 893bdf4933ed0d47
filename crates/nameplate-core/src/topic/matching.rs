//! Which topics a filter matches.

/// Whether `filter`, without a `$share/…/` prefix, matches the topic name `topic`. Both must be legal.
///
/// `a/#` matches `a/` and `a/b` but not `a` itself, unlike in the specification (AWS guide: mqtt,
/// differences). A filter that begins with a wildcard does not match topics that begin with `$`
/// [MQTT-4.7.2-1].
pub fn matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let (filter, topic) = (filter.as_bytes(), topic.as_bytes());
    let (mut place, mut at) = (0, 0);
    loop {
        match (filter.get(place), topic.get(at)) {
            // In a legal filter these stand for a whole level, so what went before ended a level.
            (Some(b'#'), _) => return true,
            (Some(b'+'), _) => {
                place += 1;
                at += topic[at..]
                    .iter()
                    .position(|byte| *byte == b'/')
                    .unwrap_or(topic.len() - at);
            }
            (Some(wanted), Some(found)) if wanted == found => {
                place += 1;
                at += 1;
            }
            (None, None) => return true,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(filter: &str, yes: &[&str], no: &[&str]) {
        for topic in yes {
            assert!(matches(filter, topic), "{filter} should match {topic}");
        }
        for topic in no {
            assert!(!matches(filter, topic), "{filter} should not match {topic}");
        }
    }

    #[test]
    fn filters() {
        check("a/b", &["a/b"], &["a", "a/b/", "/a/b", "A/b"]);
        check(
            "sport/#",
            &["sport/", "sport/x", "sport/x/y"],
            &["sport", "sports/x"],
        );
        check("#", &["a", "a/b", "/"], &["$aws/things/t/shadow/get"]);
        check("+", &["a"], &["a/b", "/a", "$x"]);
        check("+/+", &["a/b", "/a", "/", "a/"], &["a", "$aws/x"]);
        check("/+", &["/a", "/"], &["a", "/a/b"]);
        check("a/+/c", &["a/b/c", "a//c"], &["a/c", "a/b/d", "a/b/b/c"]);
        check("a/+/#", &["a/b/", "a/b/c/d", "a//"], &["a/b", "a/"]);
        check("$aws/#", &["$aws/things/t"], &["$aws", "aws/things"]);
        check("$aws/+/t", &["$aws/things/t"], &["$aws/things/u"]);
        check("é/+", &["é/漢"], &["e/漢"]);
    }

    /// Level by level, as the text of the rule has it.
    fn naive(filter: &[&str], topic: &[&str]) -> bool {
        match (filter, topic) {
            ([], []) => true,
            (["#"], [_, ..]) => true,
            (["+", filter @ ..], [_, topic @ ..]) => naive(filter, topic),
            ([wanted, filter @ ..], [found, topic @ ..]) => wanted == found && naive(filter, topic),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_naive_matcher(
            filter in prop::collection::vec("[ab$+é]|a\\$|", 1..5),
            tail in any::<bool>(),
            topic in prop::collection::vec("[ab$é]|a\\$|", 1..5),
        ) {
            let mut filter: Vec<&str> = filter.iter().map(String::as_str).collect();
            if tail {
                filter.push("#");
            }
            let topic: Vec<&str> = topic.iter().map(String::as_str).collect();
            let hidden = topic[0].starts_with('$') && matches!(filter[0], "+" | "#");
            prop_assert_eq!(
                matches(&filter.join("/"), &topic.join("/")),
                !hidden && naive(&filter, &topic)
            );
        }
    }
}
