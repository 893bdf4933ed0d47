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
}

#[derive(Debug)]
struct Sent {
    /// How many messages were sent before this one; gives the identifier.
    number: u64,
    at: Duration,
}

const IDS: u64 = u16::MAX as u64;

fn id(number: u64) -> PacketId {
    PacketId::MIN.saturating_add((number % IDS) as u16)
}

impl Outbound {
    pub(super) fn len(&self) -> usize {
        self.sent.len()
    }

    /// When the oldest unacknowledged message was sent.
    pub(super) fn oldest(&self) -> Option<Duration> {
        self.sent.front().map(|sent| sent.at)
    }

    /// Takes the next free number and its identifier for a message sent now. The window must hold fewer than 65,535.
    pub(super) fn allocate(&mut self, now: Duration) -> (u64, PacketId) {
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
        self.sent.push_back(Sent { number, at: now });
        (number, id(number))
    }

    /// Takes out the message acknowledged; its number, if there is one of that identifier.
    pub(super) fn acknowledge(&mut self, packet_id: PacketId) -> Option<u64> {
        let at = self
            .sent
            .iter()
            .position(|sent| id(sent.number) == packet_id)?;
        self.sent.remove(at).map(|sent| sent.number)
    }

    /// Gives up messages sent at or before `before`.
    pub(super) fn expire(&mut self, before: Duration) {
        while self.sent.front().is_some_and(|sent| sent.at <= before) {
            self.sent.pop_front();
        }
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
        let (_, stuck) = window.allocate(Duration::ZERO);
        assert_eq!(stuck.get(), 1);
        for expected in (2..=u16::MAX).chain(2..=7) {
            let (number, id) = window.allocate(Duration::ZERO);
            assert_eq!(id.get(), expected);
            assert_eq!(window.acknowledge(id), Some(number));
        }
        assert_eq!(window.acknowledge(stuck), Some(0));
        assert_eq!(window.acknowledge(stuck), None);
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
