//! Which dynamic thing groups a thing gets into. AWS guide: dynamic-thing-groups.

use crate::limits::GROUPS_PER_THING;

/// A group a thing is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The group's key; an older group has a lower one.
    pub group: i64,
    /// Its things are found by a query.
    pub dynamic: bool,
}

/// What happens when a thing meets the query of a dynamic group it is not in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It joins.
    Join,
    /// It leaves this group, its newest dynamic one, and joins.
    InsteadOf(i64),
    /// It is in as many groups as it can be and does not join.
    Full,
}

/// Whether a thing that is in these groups gets into a dynamic group that it meets the query of.
pub fn entry(held: &[Held], group: i64) -> Entry {
    if held.len() < GROUPS_PER_THING {
        return Entry::Join;
    }
    let newest = held
        .iter()
        .filter(|held| held.dynamic)
        .map(|held| held.group)
        .max();
    match newest {
        Some(newest) if group < newest => Entry::InsteadOf(newest),
        _ => Entry::Full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_thing_gets_into_older_groups_only() {
        let check = |fixed: usize, dynamic: &[i64], group, expected| {
            let mut held: Vec<Held> = (0..fixed)
                .map(|n| Held {
                    group: 1000 + n as i64,
                    dynamic: false,
                })
                .collect();
            held.extend(dynamic.iter().map(|&group| Held {
                group,
                dynamic: true,
            }));
            assert_eq!(entry(&held, group), expected, "{fixed} {dynamic:?} {group}");
        };
        check(0, &[], 5, Entry::Join);
        check(7, &[1, 2], 5, Entry::Join);
        check(10, &[], 5, Entry::Full);
        check(8, &[3, 4], 5, Entry::Full);
        check(8, &[7, 9], 5, Entry::InsteadOf(9));
        check(8, &[9, 3], 5, Entry::InsteadOf(9));
        check(9, &[2], 5, Entry::Full);
    }
}
