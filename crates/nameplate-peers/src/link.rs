//! One direction between two nodes: what the sender keeps until it is acknowledged, and what the receiver expects next.
//!
//! Go-back-N: the bus keeps the order of what one node sends to another, so anything missing means that all behind it may
//! be sent again. Numbers begin with 1 for each pair of incarnations.

use bytes::Bytes;
use std::collections::VecDeque;

/// How much may wait for one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkLimits {
    /// Numbered frames.
    pub frames: usize,
    /// Bytes of all frames.
    pub bytes: usize,
}

/// What is to be sent to one node.
#[derive(Debug)]
pub struct Outgoing {
    limits: LinkLimits,
    /// Number of the oldest frame that is not acknowledged.
    base: u64,
    /// Numbered frames from `base` on.
    kept: VecDeque<Bytes>,
    /// How many of those have been sent.
    sent: usize,
    /// Loose frames, each to go before the numbered frame of this number.
    loose: VecDeque<(u64, Bytes)>,
    bytes: usize,
}

/// There is no room for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too much waits for another node")]
pub struct Full;

impl Outgoing {
    /// Nothing waits.
    pub fn new(limits: LinkLimits) -> Self {
        Self {
            limits,
            base: 1,
            kept: VecDeque::new(),
            sent: 0,
            loose: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Whether more than half of the room is taken.
    pub fn is_crowded(&self) -> bool {
        self.kept.len() + self.loose.len() > self.limits.frames / 2
            || self.bytes > self.limits.bytes / 2
    }

    /// Whether a further frame of this size has room.
    pub fn has_room(&self, size: usize) -> bool {
        self.kept.len() + self.loose.len() < self.limits.frames
            && (self.bytes + size <= self.limits.bytes || self.bytes == 0)
    }

    /// Adds a frame that arrives for certain; its number.
    pub fn push(&mut self, frame: Bytes) -> Result<u64, Full> {
        if !self.has_room(frame.len()) {
            return Err(Full);
        }
        Ok(self.push_always(frame))
    }

    /// The same, however much waits: for what no message is, and comes seldom.
    pub fn push_always(&mut self, frame: Bytes) -> u64 {
        self.bytes += frame.len();
        self.kept.push_back(frame);
        self.last()
    }

    /// Adds a frame that may get lost.
    pub fn push_loose(&mut self, frame: Bytes) -> Result<(), Full> {
        if !self.has_room(frame.len()) {
            return Err(Full);
        }
        self.bytes += frame.len();
        self.loose.push_back((self.last() + 1, frame));
        Ok(())
    }

    /// Number of the last numbered frame, sent or not; 0 where there was none.
    pub fn last(&self) -> u64 {
        self.base + self.kept.len() as u64 - 1
    }

    /// Numbers before this one are acknowledged.
    pub fn acknowledged(&self) -> u64 {
        self.base
    }

    /// Whether something waits to be sent.
    pub fn is_due(&self) -> bool {
        self.sent < self.kept.len() || !self.loose.is_empty()
    }

    /// Whether something was sent and is not acknowledged.
    pub fn is_waiting(&self) -> bool {
        self.sent > 0
    }

    /// The next frames to send, of about `bytes` together and one at least: number of the first numbered one, and all.
    pub fn take(&mut self, bytes: usize) -> Option<(u64, Vec<(bool, Bytes)>)> {
        let first = self.base + self.sent as u64;
        let (mut size, mut taken) = (0, Vec::new());
        while size < bytes {
            let next = self.base + self.sent as u64;
            let is_loose = self
                .loose
                .front()
                .is_some_and(|(before, _)| *before <= next);
            let frame = if is_loose || self.sent == self.kept.len() {
                let Some((_, frame)) = self.loose.pop_front() else {
                    break;
                };
                self.bytes -= frame.len();
                (false, frame)
            } else {
                let frame = self.kept[self.sent].clone();
                self.sent += 1;
                (true, frame)
            };
            size += frame.1.len();
            taken.push(frame);
        }
        (!taken.is_empty()).then_some((first, taken))
    }

    /// The other side has everything before `next`; whether that is news. With `gap` what comes then is to be sent again.
    pub fn acknowledge(&mut self, next: u64, gap: bool) -> bool {
        let mut progressed = false;
        while self.base < next && self.sent > 0 {
            if let Some(frame) = self.kept.pop_front() {
                self.bytes -= frame.len();
            }
            self.base += 1;
            self.sent -= 1;
            progressed = true;
        }
        if gap && next == self.base {
            self.rewind();
        }
        progressed
    }

    /// Everything that is not acknowledged is to be sent again.
    pub fn rewind(&mut self) {
        self.sent = 0;
    }

    /// Forgets loose frames; how many.
    pub fn drop_loose(&mut self) -> usize {
        let dropped = self.loose.len();
        self.bytes -= self
            .loose
            .iter()
            .map(|(_, frame)| frame.len())
            .sum::<usize>();
        self.loose.clear();
        dropped
    }
}

/// What is expected from one node.
#[derive(Debug, PartialEq, Eq)]
pub struct Incoming {
    next: u64,
}

impl Default for Incoming {
    fn default() -> Self {
        Self { next: 1 }
    }
}

impl Incoming {
    /// Number of the next frame.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Frames have come; `numbered` says of each whether it is. Which of them are to be carried out, by their place, and
    /// whether something before them is missing.
    pub fn accept(
        &mut self,
        first: u64,
        numbered: impl Iterator<Item = bool>,
    ) -> (Vec<usize>, bool) {
        let (mut number, mut gap) = (first, false);
        let mut due = Vec::new();
        for (place, is_numbered) in numbered.enumerate() {
            if !is_numbered {
                due.push(place);
                continue;
            }
            if number == self.next {
                self.next += 1;
                due.push(place);
            } else if number > self.next {
                gap = true;
            }
            number += 1;
        }
        (due, gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: LinkLimits = LinkLimits {
        frames: 8,
        bytes: 100,
    };

    fn frame(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    #[test]
    fn order_of_numbered_and_loose_frames() {
        let mut out = Outgoing::new(LIMITS);
        assert_eq!(out.push(frame("1")), Ok(1));
        out.push_loose(frame("a")).expect("room");
        assert_eq!(out.push(frame("2")), Ok(2));
        out.push_loose(frame("b")).expect("room");
        let all = vec![
            (true, frame("1")),
            (false, frame("a")),
            (true, frame("2")),
            (false, frame("b")),
        ];
        assert_eq!(out.take(100), Some((1, all)));
        assert!(!out.is_due() && out.is_waiting());
        out.rewind();
        let again = vec![(true, frame("1")), (true, frame("2"))];
        assert_eq!(
            out.take(100),
            Some((1, again)),
            "loose ones are not sent again"
        );
        assert!(out.acknowledge(3, false));
        assert!(!out.is_waiting() && !out.is_due());
        assert_eq!((out.last(), out.acknowledged()), (2, 3));
    }

    #[test]
    fn bounds() {
        let mut out = Outgoing::new(LIMITS);
        for _ in 0..8 {
            assert!(out.push(frame("x")).is_ok());
        }
        assert_eq!(out.push(frame("x")), Err(Full));
        assert_eq!(out.push_loose(frame("x")), Err(Full));
        assert_eq!(out.push_always(frame("x")), 9);
        let mut large = Outgoing::new(LIMITS);
        assert!(
            large.push(Bytes::from(vec![0; 1000])).is_ok(),
            "one always has room"
        );
        assert_eq!(large.push(frame("x")), Err(Full));
    }

    #[test]
    fn an_acknowledgement_of_what_was_not_sent_is_none() {
        let mut out = Outgoing::new(LIMITS);
        let _ = out.push(frame("1"));
        assert!(!out.acknowledge(2, false));
        assert_eq!(out.acknowledged(), 1);
    }

    proptest! {
        /// Whatever the bus loses, numbered frames arrive once and in order, loose ones at most once and in order.
        #[test]
        fn nothing_is_lost_or_doubled(lost in proptest::collection::vec(any::<bool>(), 1..200), kinds in proptest::collection::vec(any::<bool>(), 1..60)) {
            let mut out = Outgoing::new(LinkLimits { frames: 1000, bytes: 100_000 });
            let mut incoming = Incoming::default();
            let mut got = Vec::new();
            let mut lost = lost.into_iter().chain(std::iter::repeat(false));
            for (value, numbered) in kinds.iter().enumerate() {
                let bytes = Bytes::copy_from_slice(&(value as u32).to_be_bytes());
                if *numbered { out.push(bytes).expect("room"); } else { out.push_loose(bytes).expect("room"); }
                if value % 3 == 0 { exchange(&mut out, &mut incoming, &mut got, &mut lost); }
            }
            while out.is_due() || out.is_waiting() {
                out.rewind();
                exchange(&mut out, &mut incoming, &mut got, &mut lost);
            }
            let numbered: Vec<u32> = got.iter().filter(|(n, _)| *n).map(|(_, v)| *v).collect();
            let sent: Vec<u32> = kinds.iter().enumerate().filter(|(_, n)| **n).map(|(v, _)| v as u32).collect();
            prop_assert_eq!(numbered, sent);
            let loose: Vec<u32> = got.iter().filter(|(n, _)| !*n).map(|(_, v)| *v).collect();
            prop_assert!(loose.is_sorted() && loose.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }

    fn exchange(
        out: &mut Outgoing,
        incoming: &mut Incoming,
        got: &mut Vec<(bool, u32)>,
        lost: &mut impl Iterator<Item = bool>,
    ) {
        while let Some((first, frames)) = out.take(12) {
            if lost.next() == Some(true) {
                continue;
            }
            let (due, gap) = incoming.accept(first, frames.iter().map(|(numbered, _)| *numbered));
            for place in due {
                let (numbered, bytes) = &frames[place];
                let value = u32::from_be_bytes(bytes[..].try_into().expect("four bytes"));
                got.push((*numbered, value));
            }
            if lost.next() != Some(true) {
                out.acknowledge(incoming.next(), gap);
            }
            if gap && lost.next() == Some(true) {
                return;
            }
        }
    }
}
