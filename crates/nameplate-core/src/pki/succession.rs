//! Which of several CAs of one owner issues at a moment, where each takes over from the one before.

use super::validity::Validity;
use crate::ctx::Millis;

/// A CA's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// From when on it is to issue.
    pub from: Millis,
    /// Of its certificate.
    pub validity: Validity,
}

/// Which one issues at `now`: the one whose turn came last; of two that came together, the later in the list. Where its
/// certificate is not valid, none does: its owner chose it, and an earlier one is none that they would expect.
pub fn issuing(turns: &[Turn], now: Millis) -> Option<usize> {
    let come = turns.iter().enumerate();
    let come = come.filter(|(_, turn)| turn.from <= now);
    let (at, turn) = come.max_by_key(|(_, turn)| turn.from)?;
    turn.validity.contains(now).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_follow_each_other() {
        let turn = |from: i64, until: i64| Turn {
            from: Millis(from * 1000),
            validity: Validity {
                not_before: Millis(0),
                not_after: Millis(until * 1000),
            },
        };
        let turns = [turn(-1000, 100), turn(50, 80), turn(50, 90), turn(95, 300)];
        for (now, expected) in [
            (10, Some(0)),
            (49, Some(0)),
            (50, Some(2)),
            (90, Some(2)),
            // The first is still valid, and its turn is over.
            (91, None),
            (95, Some(3)),
            (300, Some(3)),
            (301, None),
        ] {
            assert_eq!(issuing(&turns, Millis(now * 1000)), expected, "{now}");
        }
        let early = Turn {
            validity: Validity {
                not_before: Millis(20_000),
                not_after: Millis(30_000),
            },
            ..turn(0, 0)
        };
        assert_eq!(issuing(&[early], Millis(10_000)), None);
        assert_eq!(issuing(&[early], Millis(20_000)), Some(0));
    }
}
