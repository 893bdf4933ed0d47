//! What waits to be sent to one client, and what is to be done about its connection.
//!
//! Publishers push from any thread; the connection task alone takes. A push wakes the task only when the outbox
//! turns from empty, so a burst costs one wake-up. Must not know MQTT's window, bytes on the wire, or routing.

use super::journal::Ticket;
use super::message::{Delivery, Message};
use nameplate_mqtt::DisconnectReason;
use parking_lot::Mutex;
use std::collections::VecDeque;
use tokio::sync::{Notify, oneshot};

/// How much may wait for one client. The task holds at most as much again in hand (see [`Outbox::take`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxLimits {
    /// Messages.
    pub messages: usize,
    /// Bytes of topics, payloads and properties, each counted in full though they are shared.
    pub bytes: usize,
}

/// Deliveries (24 bytes each) that an empty outbox may keep room for.
const ROOM_KEPT: usize = 256;

/// Direct messages that may wait for one client.
const DIRECT: usize = 256;

/// A message that is for one client whether it subscribes or not.
#[derive(Debug)]
pub struct Direct {
    /// The message; with QoS 1 its end is the client's acknowledgement.
    pub message: Message,
    /// Hears how it ended; dropped where the connection ends first.
    pub end: oneshot::Sender<DirectEnd>,
}

/// How a direct message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectEnd {
    /// It was written, and with QoS 1 acknowledged.
    Delivered,
    /// The client's policies do not let it have the message, or it takes no packets of that size.
    Withheld,
}

/// What a connection task is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Certificate or policies changed: decide anew whether the client may stay and what it may receive.
    Reauthorize,
    /// End the connection.
    Disconnect(DisconnectReason),
    /// End the connection because the API was asked to (`DeleteConnection`), with its will or without.
    Delete {
        /// Whether the will is published.
        will: bool,
    },
    /// Messages for this client alone wait: [`Outbox::take_direct`].
    Direct,
}

/// What became of a pushed delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It waits. `crowded` when the outbox is more than half full: whoever publishes more should let others run.
    Queued {
        /// More than half full.
        crowded: bool,
    },
    /// A session keeps it, once the ticket's batch is written. `crowded` as above.
    Stored {
        /// What to wait for.
        ticket: Ticket,
        /// More than half full.
        crowded: bool,
    },
    /// Dropped, because the outbox or the session is full. What waits already is kept.
    Full,
    /// Dropped, because the connection is over.
    Closed,
}

/// Deliveries and instructions that wait for one connection task.
#[derive(Debug)]
pub struct Outbox {
    limits: OutboxLimits,
    waiting: Mutex<Waiting>,
    wake: Notify,
    /// For a task that waits for its client to read, and is to hear of nothing but instructions.
    instructed: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    deliveries: VecDeque<Delivery>,
    bytes: usize,
    control: Option<Control>,
    direct: Vec<Direct>,
    closed: bool,
    dropped: u64,
}

impl Outbox {
    /// An empty outbox.
    pub fn new(limits: OutboxLimits) -> Self {
        Self {
            limits,
            waiting: Mutex::default(),
            wake: Notify::new(),
            instructed: Notify::new(),
        }
    }

    /// Adds a delivery.
    pub fn push(&self, delivery: Delivery) -> Pushed {
        let size = delivery.message.size();
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return Pushed::Closed;
        }
        // A message that is alone over the byte limit is still taken, or it could never be sent.
        let too_many = waiting.deliveries.len() >= self.limits.messages;
        if too_many || (waiting.bytes + size > self.limits.bytes && !waiting.deliveries.is_empty())
        {
            waiting.dropped += 1;
            return Pushed::Full;
        }
        let was_empty = waiting.deliveries.is_empty() && waiting.control.is_none();
        waiting.deliveries.push_back(delivery);
        waiting.bytes += size;
        let crowded = waiting.deliveries.len() > self.limits.messages / 2
            || waiting.bytes > self.limits.bytes / 2;
        drop(waiting);
        if was_empty {
            self.wake.notify_one();
        }
        Pushed::Queued { crowded }
    }

    /// Leaves an instruction. A disconnect outweighs a reauthorization, and the first disconnect any later one.
    pub fn signal(&self, control: Control) {
        let mut waiting = self.waiting.lock();
        let stays = match waiting.control {
            Some(Control::Disconnect(_) | Control::Delete { .. }) => true,
            // Direct messages are looked for beside whatever else is to be done.
            Some(Control::Reauthorize) => control == Control::Direct,
            _ => false,
        };
        if !stays {
            waiting.control = Some(control);
        }
        drop(waiting);
        self.wake.notify_one();
        self.instructed.notify_one();
    }

    /// Leaves a message for this client alone. False where too many wait, or the connection is over.
    pub fn send_direct(&self, direct: Direct) -> bool {
        let mut waiting = self.waiting.lock();
        if waiting.closed || waiting.direct.len() >= DIRECT {
            return false;
        }
        waiting.direct.push(direct);
        drop(waiting);
        self.signal(Control::Direct);
        true
    }

    /// Takes what was left for this client alone.
    pub fn take_direct(&self) -> Vec<Direct> {
        std::mem::take(&mut self.waiting.lock().direct)
    }

    /// Takes all deliveries into `hand`, and the instruction if there is one.
    ///
    /// Deliveries are taken only while `hand` is empty, so that what waits stays bounded while the client's window is
    /// full. A task that has emptied its hand must therefore take once more before it waits.
    pub fn take(&self, hand: &mut VecDeque<Delivery>) -> Option<Control> {
        let mut waiting = self.waiting.lock();
        if hand.is_empty() {
            std::mem::swap(&mut waiting.deliveries, hand);
            waiting.bytes = 0;
            // Room made by a burst is given back, or each of many thousand idle clients would keep its own.
            if waiting.deliveries.capacity() > ROOM_KEPT {
                waiting.deliveries = VecDeque::new();
            }
        }
        waiting.control.take()
    }

    /// Takes the instruction alone.
    pub fn take_control(&self) -> Option<Control> {
        self.waiting.lock().control.take()
    }

    /// Waits until an instruction was left since the last time. May also return for nothing.
    pub async fn instructed(&self) {
        self.instructed.notified().await;
    }

    /// Waits until something was pushed or signalled since the last take. May also return for nothing.
    pub async fn changed(&self) {
        self.wake.notified().await;
    }

    /// Deliveries dropped so far because the outbox was full.
    pub fn dropped(&self) -> u64 {
        self.waiting.lock().dropped
    }

    /// Takes nothing more, and lets go of what waits.
    pub(super) fn close(&self) {
        let mut waiting = self.waiting.lock();
        waiting.closed = true;
        waiting.bytes = 0;
        waiting.deliveries = VecDeque::new();
        waiting.direct = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router::Message;
    use bytes::Bytes;
    use nameplate_mqtt::{QoS, Text};
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::time::timeout;

    fn delivery(payload: &'static str) -> Delivery {
        let topic = Text::try_from("t").expect("no U+0000 in it");
        let payload = Bytes::from_static(payload.as_bytes());
        let message = Message {
            topic,
            payload,
            ..Message::default()
        };
        Delivery {
            message: Arc::new(message),
            number: None,
            qos: QoS::AtMostOnce,
            retain: false,
        }
    }

    fn outbox(messages: usize, bytes: usize) -> Outbox {
        Outbox::new(OutboxLimits { messages, bytes })
    }

    #[test]
    fn the_newest_is_dropped_when_full() {
        let outbox = outbox(2, 100);
        assert_eq!(
            outbox.push(delivery("a")),
            Pushed::Queued { crowded: false }
        );
        assert_eq!(outbox.push(delivery("b")), Pushed::Queued { crowded: true });
        assert_eq!(outbox.push(delivery("c")), Pushed::Full);
        let mut hand = VecDeque::new();
        outbox.take(&mut hand);
        assert_eq!(hand, [delivery("a"), delivery("b")]);
        assert_eq!(outbox.dropped(), 1);
        assert_eq!(
            outbox.push(delivery("d")),
            Pushed::Queued { crowded: false }
        );
        outbox.take(&mut hand);
        assert_eq!(hand.len(), 2, "a full hand takes no more");
    }

    #[test]
    fn bytes_are_bounded_but_one_message_always_fits() {
        let outbox = outbox(100, 8);
        assert_eq!(
            outbox.push(delivery("twelve bytes")),
            Pushed::Queued { crowded: true }
        );
        assert_eq!(outbox.push(delivery("")), Pushed::Full);
    }

    #[test]
    fn the_first_disconnect_stays() {
        let outbox = outbox(1, 1);
        outbox.signal(Control::Reauthorize);
        outbox.signal(Control::Disconnect(DisconnectReason::DuplicateClientId));
        outbox.signal(Control::Disconnect(DisconnectReason::ServerError));
        outbox.signal(Control::Reauthorize);
        let taken = outbox.take(&mut VecDeque::new());
        assert_eq!(
            taken,
            Some(Control::Disconnect(DisconnectReason::DuplicateClientId))
        );
        assert_eq!(outbox.take(&mut VecDeque::new()), None);
    }

    #[tokio::test]
    async fn a_push_between_take_and_wait_is_not_missed() {
        let outbox = outbox(10, 100);
        let mut hand = VecDeque::new();
        outbox.take(&mut hand);
        outbox.push(delivery("a"));
        outbox.push(delivery("b"));
        timeout(Duration::from_secs(5), outbox.changed())
            .await
            .expect("the push left a wake-up");
        outbox.take(&mut hand);
        assert_eq!(hand.len(), 2);
    }
}
