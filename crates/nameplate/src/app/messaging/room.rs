//! How much more of something there is room for in the store, without counting it each time.
//!
//! A change says beforehand what is known of the room, and counts in its own transaction only where nothing is. Nodes that
//! share a store count each for itself: together they may go over the limit by what each adds between two counts.

use nameplate_core::ctx::Millis;
use parking_lot::Mutex;

/// How often is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// So many are added at most before they are counted again.
    step: u64,
    /// How long it is taken that there is no room after it has been counted, milliseconds.
    full: i64,
}

/// For what is counted within milliseconds.
pub(crate) const OFTEN: Pace = Pace {
    step: 10_000,
    full: 1000,
};
/// For what is counted within seconds.
pub(crate) const RARELY: Pace = Pace {
    step: 100_000,
    full: 60_000,
};

/// The room for one kind of thing.
#[derive(Debug)]
pub(crate) struct Room {
    most: u64,
    pace: Pace,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// So many may be added before they are counted again.
    left: u64,
    full_until: Millis,
    /// There was none when it was last counted.
    was_full: bool,
}

/// What a change knows of the room before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// There is some.
    Room,
    /// There is none.
    Full,
    /// It has to count.
    Nothing,
}

/// What a change has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Done {
    /// One more is there.
    pub(crate) added: bool,
    /// Some may be gone.
    pub(crate) freed: bool,
    /// So many were there before, where it had to count.
    pub(crate) counted: Option<u64>,
}

impl Room {
    /// For so many.
    pub(crate) fn new(most: u64, pace: Pace) -> Self {
        Self {
            most,
            pace,
            state: Mutex::default(),
        }
    }

    /// How many there may be.
    pub(crate) fn most(&self) -> u64 {
        self.most
    }

    /// What is known of the room.
    pub(crate) fn known(&self, now: Millis) -> Known {
        let state = self.state.lock();
        match state.left {
            0 if now < state.full_until => Known::Full,
            0 => Known::Nothing,
            _ => Known::Room,
        }
    }

    /// Whether there was none when it was last counted, for whoever does not wait until it is counted again.
    pub(crate) fn was_full(&self) -> bool {
        self.state.lock().was_full
    }

    /// One is gone.
    pub(crate) fn give_back(&self) {
        let mut state = self.state.lock();
        state.left += 1;
        state.was_full = false;
    }

    /// A change was made, or refused for what it counted.
    pub(crate) fn note(&self, done: Done, now: Millis) {
        let mut state = self.state.lock();
        if let Some(counted) = done.counted {
            state.left = self.most.saturating_sub(counted).min(self.pace.step);
            state.was_full = state.left == 0;
            if state.was_full {
                state.full_until = Millis(now.0 + self.pace.full);
            }
        }
        if done.freed {
            state.full_until = Millis(0);
        }
        if done.added {
            state.left = state.left.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Tries to add one where there are `there`: whether it was counted, and whether it fits.
    fn add(room: &Room, there: &mut u64, now: i64) -> (bool, bool) {
        let known = room.known(Millis(now));
        let counted = (known == Known::Nothing).then_some(*there);
        let added = match known {
            Known::Room => true,
            Known::Full => false,
            Known::Nothing => *there < room.most(),
        };
        *there += u64::from(added);
        room.note(
            Done {
                added,
                counted,
                ..Done::default()
            },
            Millis(now),
        );
        (counted.is_some(), added)
    }

    #[test]
    fn it_is_counted_once_in_a_while() {
        let room = Room::new(OFTEN.step + 3, OFTEN);
        let mut there = 1;
        assert_eq!(add(&room, &mut there, 0), (true, true));
        for _ in 1..OFTEN.step {
            assert_eq!(add(&room, &mut there, 0), (false, true));
        }
        assert_eq!(add(&room, &mut there, 0), (true, true));
        assert_eq!(add(&room, &mut there, 0), (false, true));
        assert_eq!(there, OFTEN.step + 3);
        assert_eq!(add(&room, &mut there, 0), (true, false));
        // A flood of what does not fit is not counted each time.
        assert_eq!(add(&room, &mut there, OFTEN.full - 1), (false, false));
        there -= 1;
        assert_eq!(add(&room, &mut there, OFTEN.full), (true, true));
        assert_eq!(add(&room, &mut there, OFTEN.full), (true, false));
    }

    #[test]
    fn what_replaces_another_takes_no_room() {
        let room = Room::new(5, OFTEN);
        room.note(
            Done {
                counted: Some(4),
                ..Done::default()
            },
            Millis(0),
        );
        room.note(Done::default(), Millis(0));
        assert_eq!(room.known(Millis(0)), Known::Room);
        room.note(
            Done {
                added: true,
                ..Done::default()
            },
            Millis(0),
        );
        assert_eq!(room.known(Millis(0)), Known::Nothing);
    }
}
