//! QoS 1 messages on their way: sent and not yet acknowledged, and received and not yet acknowledged.

use crate::packet::PacketId;
use crate::reason_code::ReasonCode;
use std::collections::VecDeque;
use std::time::Duration;

/// Messages sent to the client that it has not acknowledged, oldest first.
///
/// Identifiers are handed out in turn, 1 to 65535 and round again. An acknowledged message leaves at once, so
/// normally the oldest entry is the one asked for and nothing is searched.
#[derive(Debug, Default)]
pub(super) struct Outbound {
    sent: VecDeque<Sent>,
    next: u64,
    /// Nothing is overdue before this; it is looked for again then.
    due: Option<Duration>,
}

#[derive(Debug)]
struct Sent {
    /// How many messages were sent before this one; gives the identifier.
    number: u64,
    /// When it was sent for the first time.
    at: Duration,
    /// How often it was sent again.
    again: u8,
}

/// When a message that is not acknowledged is sent again, and given up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// It is sent again after this; then after twice the time, and so on.
    pub(super) resend_after: Duration,
    /// It is given up so long after it was first sent.
    pub(super) give_up_after: Duration,
}

impl Sent {
    fn due(&self, patience: &Patience) -> Duration {
        // One, three, seven times.
        let times = 2u32.saturating_pow(u32::from(self.again) + 1) - 1;
        let wait = patience.resend_after.saturating_mul(times);
        self.at + wait.min(patience.give_up_after)
    }
}

/// What is to become of a message that was not acknowledged in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdue {
    /// The message of this number is to be sent again: [`super::Connection::resend`].
    Resend(u64),
    /// The message of this number is given up: its place is free, and an acknowledgement would be nothing to anyone.
    GivenUp(u64),
}

/// Places for messages that an empty window keeps.
const ROOM_KEPT: usize = 8;

const IDS: u64 = u16::MAX as u64;

pub(super) fn id(number: u64) -> PacketId {
    PacketId::MIN.saturating_add((number % IDS) as u16)
}

impl Outbound {
    pub(super) fn len(&self) -> usize {
        self.sent.len()
    }

    /// Before this nothing is overdue.
    pub(super) fn due(&self) -> Option<Duration> {
        self.due
    }

    /// Whether the message of this number was sent and is not acknowledged.
    pub(super) fn has(&self, number: u64) -> bool {
        self.sent
            .binary_search_by_key(&number, |sent| sent.number)
            .is_ok()
    }

    /// Takes the next free number and its identifier for a message sent now. The window must hold fewer than 65,535.
    pub(super) fn allocate(&mut self, now: Duration, patience: &Patience) -> (u64, PacketId) {
        // Numbers less than one round apart have different identifiers. Only where an entry has outlived a whole
        // round can the next identifier be taken.
        while self
            .sent
            .front()
            .is_some_and(|oldest| self.next - oldest.number >= IDS)
            && self
                .sent
                .iter()
                .any(|sent| id(sent.number) == id(self.next))
        {
            self.next += 1;
        }
        let number = self.next;
        self.next += 1;
        let sent = Sent {
            number,
            at: now,
            again: 0,
        };
        // Where something was sent before, that is overdue before this one, or has been acknowledged since.
        self.due.get_or_insert_with(|| sent.due(patience));
        self.sent.push_back(sent);
        (number, id(number))
    }

    /// Takes out the message acknowledged; its number, if there is one of that identifier.
    pub(super) fn acknowledge(&mut self, packet_id: PacketId) -> Option<u64> {
        let at = self
            .sent
            .iter()
            .position(|sent| id(sent.number) == packet_id)?;
        let number = self.sent.remove(at).map(|sent| sent.number);
        if self.sent.is_empty() && self.sent.capacity() > ROOM_KEPT {
            self.sent = VecDeque::new();
        }
        number
    }

    /// What is overdue by now, oldest first. What is to be sent again counts as sent again.
    pub(super) fn overdue(&mut self, now: Duration, patience: &Patience) -> Vec<Overdue> {
        let mut found = Vec::new();
        if self.due.is_none_or(|due| now < due) {
            return found;
        }
        let mut next: Option<Duration> = None;
        self.sent.retain_mut(|sent| {
            if now >= sent.at + patience.give_up_after {
                found.push(Overdue::GivenUp(sent.number));
                return false;
            }
            if now >= sent.due(patience) {
                found.push(Overdue::Resend(sent.number));
                while now >= sent.due(patience) {
                    sent.again += 1;
                }
            }
            let due = sent.due(patience);
            next = Some(next.map_or(due, |other| other.min(due)));
            true
        });
        self.due = next;
        found
    }
}

/// Messages received that the server has not acknowledged, in order of arrival. PUBACKs leave in that order
/// `[MQTT-4.6.0-2]`, whatever the order in which the messages are settled.
#[derive(Debug, Default)]
pub(super) struct Inbound {
    received: VecDeque<(PacketId, Settled)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    NotYet,
    Acknowledge,
    Refuse(ReasonCode),
    Forget,
}

impl Inbound {
    pub(super) fn len(&self) -> usize {
        self.received.len()
    }

    pub(super) fn push(&mut self, packet_id: PacketId) {
        self.received.push_back((packet_id, Settled::NotYet));
    }

    /// Settles the oldest open message of that identifier, and hands every PUBACK now due to `puback`, with its code.
    pub(super) fn settle(
        &mut self,
        packet_id: PacketId,
        how: Settled,
        mut puback: impl FnMut(PacketId, ReasonCode),
    ) {
        let entry = self
            .received
            .iter_mut()
            .find(|(id, settled)| *id == packet_id && *settled == Settled::NotYet);
        assert!(
            entry.is_some(),
            "PUBLISH {packet_id} was settled twice, or was never handed out"
        );
        if let Some((_, settled)) = entry {
            *settled = how;
        }
        while let Some(&(id, settled)) = self.received.front() {
            match settled {
                Settled::NotYet => break,
                Settled::Acknowledge => puback(id, ReasonCode::Success),
                Settled::Refuse(code) => puback(id, code),
                Settled::Forget => {}
            }
            self.received.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_go_round_and_skip_those_in_use() {
        let mut window = Outbound::default();
        let (_, stuck) = window.allocate(Duration::ZERO, &PATIENCE);
        assert_eq!(stuck.get(), 1);
        for expected in (2..=u16::MAX).chain(2..=7) {
            let (number, id) = window.allocate(Duration::ZERO, &PATIENCE);
            assert_eq!(id.get(), expected);
            assert_eq!(window.acknowledge(id), Some(number));
        }
        assert_eq!(window.acknowledge(stuck), Some(0));
        assert_eq!(window.acknowledge(stuck), None);
    }

    const PATIENCE: Patience = Patience {
        resend_after: Duration::from_secs(30),
        give_up_after: Duration::from_secs(3600),
    };

    #[test]
    fn what_is_not_acknowledged_is_sent_again_and_given_up() {
        let mut window = Outbound::default();
        let at = Duration::from_secs;
        let (first, _) = window.allocate(at(100), &PATIENCE);
        let (second, id) = window.allocate(at(110), &PATIENCE);
        assert_eq!(window.due(), Some(at(130)));
        assert_eq!(window.overdue(at(129), &PATIENCE), []);
        assert_eq!(window.overdue(at(130), &PATIENCE), [Overdue::Resend(first)]);
        assert_eq!(window.overdue(at(131), &PATIENCE), []);
        assert_eq!(
            window.overdue(at(145), &PATIENCE),
            [Overdue::Resend(second)]
        );
        assert_eq!(window.acknowledge(id), Some(second));
        // Each time it waits twice as long.
        let mut again = Vec::new();
        let mut now = 0;
        while let Some(due) = window.due() {
            now = due.as_secs() - 100;
            for overdue in window.overdue(due, &PATIENCE) {
                again.push((now, overdue));
            }
        }
        let expected: Vec<(u64, Overdue)> = [90, 210, 450, 930, 1890]
            .map(|seconds| (seconds, Overdue::Resend(first)))
            .into_iter()
            .chain([(3600, Overdue::GivenUp(first))])
            .collect();
        assert_eq!((again, now), (expected, 3600));
        assert_eq!((window.len(), window.due()), (0, None));
    }

    #[test]
    fn a_clock_that_jumps_sends_once() {
        let mut window = Outbound::default();
        let at = Duration::from_secs;
        let (number, id) = window.allocate(at(0), &PATIENCE);
        assert_eq!(
            window.overdue(at(1000), &PATIENCE),
            [Overdue::Resend(number)]
        );
        assert_eq!(window.due(), Some(at(1890)));
        assert!(window.has(number) && !window.has(number + 1));
        window.acknowledge(id);
        assert_eq!(window.overdue(at(1890), &PATIENCE), []);
        assert_eq!(window.due(), None);
    }

    #[test]
    fn pubacks_leave_in_order_of_arrival() {
        let mut inbound = Inbound::default();
        let ids: Vec<PacketId> = [7, 8, 9].into_iter().filter_map(PacketId::new).collect();
        ids.iter().for_each(|&id| inbound.push(id));
        let mut sent = Vec::new();
        inbound.settle(ids[2], Settled::Acknowledge, |id, _| sent.push(id.get()));
        inbound.settle(ids[1], Settled::Forget, |id, _| sent.push(id.get()));
        assert_eq!(sent, []);
        inbound.settle(ids[0], Settled::Acknowledge, |id, _| sent.push(id.get()));
        assert_eq!((sent, inbound.len()), (vec![7, 9], 0));
    }
}
