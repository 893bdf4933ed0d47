//! Frames and packets as bytes.
//!
//! A [`Packet`] is what one node gives the bus at a time. Numbers are big-endian; a text or blob has its length before it.
//! Kinds of frames that this release does not know are passed over, so that a later release may send new ones to an earlier;
//! a packet of another version is not read at all.

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// The version of packets that this release writes and reads.
pub const VERSION: u8 = 1;

/// Something that one node says to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Which filters its clients have from now on; an absent interest means none.
    Interests(Vec<(Box<str>, Option<crate::Interest>)>),
    /// A message for subscribers.
    Message {
        /// With another number than 0 the sender hears by [`Frame::Done`] when the message is kept by all who are to keep it.
        id: u64,
        /// Client id of who published it over a connection.
        publisher: Option<Box<str>>,
        /// Shared subscriptions (`$share/NAME/FILTER`) of which one member here is to get it.
        groups: Vec<Box<str>>,
        /// The message, as the caller encodes it.
        body: Bytes,
    },
    /// The message of this number is kept.
    Done(u64),
    /// A question, answered by [`Frame::Reply`] with its number.
    Request {
        /// The asker's number.
        id: u64,
        /// As the caller encodes it.
        body: Bytes,
    },
    /// The answer to a question.
    Reply {
        /// The asker's number.
        id: u64,
        /// As the caller encodes it.
        body: Bytes,
    },
    /// What has become of the clients of the node that sends it, as the caller encodes it: for the one that tells of their
    /// end when that node dies.
    Presence(Bytes),
    /// What was taken of limits that all nodes have together, as the caller encodes it.
    Spent(Bytes),
    /// Of a kind that this release does not know.
    Unknown,
}

/// What one node gives the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// To all: this node is there.
    Hello {
        /// Its highest stamp.
        stamp: u64,
    },
    /// To all: this node has committed something that others are to look at.
    Bell,
    /// To one: frames of its link.
    Frames {
        /// Number of the first numbered frame in it.
        first: u64,
        /// Encoded frames, and whether each is numbered.
        frames: Vec<(bool, Bytes)>,
    },
    /// To one: which of its numbered frames have been carried out.
    Ack {
        /// All before this number.
        next: u64,
        /// Something was missing: send again from there.
        gap: bool,
    },
    /// To all: this node is taken for dead, and is still heard. It is to end.
    Dead {
        /// Its incarnation.
        node: i64,
    },
}

/// Bytes that no release up to this one writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a packet as this release reads it")]
pub struct Unreadable;

impl Frame {
    /// Appends the frame.
    pub fn write(&self, out: &mut BytesMut) {
        match self {
            Frame::Interests(changes) => {
                out.put_u8(1);
                out.put_u32(length(changes.len()));
                for (filter, interest) in changes {
                    put(out, filter.as_bytes());
                    match interest {
                        None => out.put_u8(0),
                        Some(interest) => {
                            out.put_u8(1 | u8::from(interest.durable) << 1);
                            out.put_u32(interest.connected);
                        }
                    }
                }
            }
            Frame::Message {
                id,
                publisher,
                groups,
                body,
            } => {
                out.put_u8(2);
                out.put_u64(*id);
                out.put_u8(u8::from(publisher.is_some()));
                if let Some(publisher) = publisher {
                    put(out, publisher.as_bytes());
                }
                out.put_u32(length(groups.len()));
                groups.iter().for_each(|group| put(out, group.as_bytes()));
                put(out, body);
            }
            Frame::Done(id) => {
                out.put_u8(3);
                out.put_u64(*id);
            }
            Frame::Request { id, body } => {
                out.put_u8(4);
                out.put_u64(*id);
                put(out, body);
            }
            Frame::Reply { id, body } => {
                out.put_u8(5);
                out.put_u64(*id);
                put(out, body);
            }
            Frame::Presence(body) => {
                out.put_u8(6);
                put(out, body);
            }
            Frame::Spent(body) => {
                out.put_u8(7);
                put(out, body);
            }
            Frame::Unknown => out.put_u8(0),
        }
    }

    /// The frame by itself.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = BytesMut::new();
        self.write(&mut out);
        out.freeze()
    }

    /// Reads a frame; what it carries shares the bytes.
    pub fn read(mut from: Bytes) -> Result<Self, Unreadable> {
        Ok(match u8_of(&mut from)? {
            1 => {
                let count = u32_of(&mut from)?;
                // Each change takes five bytes at least.
                if u64::from(count) * 5 > from.len() as u64 {
                    return Err(Unreadable);
                }
                let mut changes = Vec::with_capacity(count as usize);
                for _ in 0..count {
                    let filter = text(&mut from)?;
                    let flags = u8_of(&mut from)?;
                    let interest = match flags & 1 {
                        0 => None,
                        _ => Some(crate::Interest {
                            durable: flags & 2 != 0,
                            connected: u32_of(&mut from)?,
                        }),
                    };
                    changes.push((filter, interest));
                }
                Frame::Interests(changes)
            }
            2 => {
                let id = u64_of(&mut from)?;
                let publisher = match u8_of(&mut from)? {
                    0 => None,
                    _ => Some(text(&mut from)?),
                };
                let count = u32_of(&mut from)?;
                let mut groups = Vec::new();
                for _ in 0..count {
                    groups.push(text(&mut from)?);
                }
                let body = blob(&mut from)?;
                Frame::Message {
                    id,
                    publisher,
                    groups,
                    body,
                }
            }
            3 => Frame::Done(u64_of(&mut from)?),
            kind @ (4 | 5) => {
                let id = u64_of(&mut from)?;
                let body = blob(&mut from)?;
                match kind {
                    4 => Frame::Request { id, body },
                    _ => Frame::Reply { id, body },
                }
            }
            6 => Frame::Presence(blob(&mut from)?),
            7 => Frame::Spent(blob(&mut from)?),
            _ => Frame::Unknown,
        })
    }
}

impl Packet {
    /// The packet as bytes.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = BytesMut::new();
        out.put_u8(VERSION);
        match self {
            Packet::Hello { stamp } => {
                out.put_u8(1);
                out.put_u64(*stamp);
            }
            Packet::Bell => out.put_u8(4),
            Packet::Frames { first, frames } => {
                out.put_u8(2);
                out.put_u64(*first);
                for (numbered, frame) in frames {
                    out.put_u8(u8::from(*numbered));
                    put(&mut out, frame);
                }
            }
            Packet::Ack { next, gap } => {
                out.put_u8(3);
                out.put_u64(*next);
                out.put_u8(u8::from(*gap));
            }
            Packet::Dead { node } => {
                out.put_u8(5);
                out.put_i64(*node);
            }
        }
        out.freeze()
    }

    /// Reads a packet; frames share the bytes.
    pub fn read(mut from: Bytes) -> Result<Self, Unreadable> {
        if u8_of(&mut from)? != VERSION {
            return Err(Unreadable);
        }
        match u8_of(&mut from)? {
            1 => Ok(Packet::Hello {
                stamp: u64_of(&mut from)?,
            }),
            2 => {
                let first = u64_of(&mut from)?;
                let mut frames = Vec::new();
                while from.has_remaining() {
                    let numbered = u8_of(&mut from)? != 0;
                    frames.push((numbered, blob(&mut from)?));
                }
                Ok(Packet::Frames { first, frames })
            }
            3 => Ok(Packet::Ack {
                next: u64_of(&mut from)?,
                gap: u8_of(&mut from)? != 0,
            }),
            4 => Ok(Packet::Bell),
            5 => Ok(Packet::Dead {
                node: from.try_get_i64().map_err(|_| Unreadable)?,
            }),
            _ => Err(Unreadable),
        }
    }
}

/// Filters, client ids and messages have limits far below what a length can say.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn put(out: &mut BytesMut, bytes: &[u8]) {
    out.put_u32(length(bytes.len()));
    out.put_slice(bytes);
}

fn u8_of(from: &mut Bytes) -> Result<u8, Unreadable> {
    from.try_get_u8().map_err(|_| Unreadable)
}

fn u32_of(from: &mut Bytes) -> Result<u32, Unreadable> {
    from.try_get_u32().map_err(|_| Unreadable)
}

fn u64_of(from: &mut Bytes) -> Result<u64, Unreadable> {
    from.try_get_u64().map_err(|_| Unreadable)
}

fn blob(from: &mut Bytes) -> Result<Bytes, Unreadable> {
    let length = usize::try_from(u32_of(from)?).map_err(|_| Unreadable)?;
    if from.len() < length {
        return Err(Unreadable);
    }
    Ok(from.split_to(length))
}

fn text(from: &mut Bytes) -> Result<Box<str>, Unreadable> {
    let bytes = blob(from)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Unreadable)?;
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Interest;
    use proptest::prelude::*;

    fn frames() -> Vec<Frame> {
        let durable = Interest {
            durable: true,
            connected: 7,
        };
        vec![
            Frame::Interests(vec![
                ("a/+".into(), Some(durable)),
                ("b c/>*.".into(), None),
            ]),
            Frame::Message {
                id: 9,
                publisher: Some("device".into()),
                groups: vec!["$share/g/a/#".into()],
                body: Bytes::from_static(b"\x00\xff"),
            },
            Frame::Message {
                id: 0,
                publisher: None,
                groups: vec![],
                body: Bytes::new(),
            },
            Frame::Done(u64::MAX),
            Frame::Request {
                id: 1,
                body: Bytes::from_static(b"?"),
            },
            Frame::Reply {
                id: 1,
                body: Bytes::from_static(b"!"),
            },
            Frame::Presence(Bytes::from_static(b"[]")),
            Frame::Spent(Bytes::from_static(b"{}")),
        ]
    }

    #[test]
    fn what_is_written_is_read_back() {
        for frame in frames() {
            assert_eq!(Frame::read(frame.to_bytes()), Ok(frame));
        }
        let carried = frames().into_iter().map(|frame| (true, frame.to_bytes()));
        for packet in [
            Packet::Hello { stamp: 3 },
            Packet::Bell,
            Packet::Frames {
                first: 2,
                frames: carried.collect(),
            },
            Packet::Ack { next: 5, gap: true },
            Packet::Dead { node: 7 },
        ] {
            assert_eq!(Packet::read(packet.to_bytes()), Ok(packet));
        }
    }

    /// What releases that are about wrote: those that come after read it, and write it so.
    #[test]
    fn bytes_are_those_that_earlier_releases_know() {
        let recorded = [
            "010000000200000003612f2b0300000007000000076220632f3e2a2e00",
            "0200000000000000090100000006646576696365000000010000000c2473686172652f672f612f230000000200ff",
            "020000000000000000000000000000000000",
            "03ffffffffffffffff",
            "040000000000000001000000013f",
            "0500000000000000010000000121",
            "06000000025b5d",
            "07000000027b7d",
        ];
        let written: Vec<String> = frames()
            .iter()
            .map(|frame| hex(&frame.to_bytes()))
            .collect();
        assert_eq!(written, recorded);
        let carried = [3, 6].map(|at| (at == 3, frames()[at].to_bytes()));
        let packets = [
            Packet::Hello { stamp: 3 },
            Packet::Bell,
            Packet::Frames {
                first: 2,
                frames: carried.to_vec(),
            },
            Packet::Ack { next: 5, gap: true },
            Packet::Dead { node: 7 },
        ];
        let recorded = [
            "01010000000000000003",
            "0104",
            "01020000000000000002010000000903ffffffffffffffff000000000706000000025b5d",
            "0103000000000000000501",
            "01050000000000000007",
        ];
        assert_eq!(packets.map(|packet| hex(&packet.to_bytes())), recorded);
        // A later release may add to the end of a frame.
        let mut longer = Frame::Done(4).to_bytes().to_vec();
        longer.push(1);
        assert_eq!(Frame::read(longer.into()), Ok(Frame::Done(4)));
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_later_kind_is_passed_over_and_a_later_version_is_not_read() {
        assert_eq!(
            Frame::read(Bytes::from_static(&[99, 1, 2])),
            Ok(Frame::Unknown)
        );
        let mut packet = Packet::Hello { stamp: 1 }.to_bytes().to_vec();
        packet[0] = VERSION + 1;
        assert_eq!(Packet::read(packet.into()), Err(Unreadable));
    }

    #[test]
    fn what_is_cut_short_is_noticed() {
        for frame in frames() {
            let whole = frame.to_bytes();
            for end in 0..whole.len() {
                let read = Frame::read(whole.slice(..end));
                assert_eq!(read, Err(Unreadable), "{frame:?} cut at {end}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Frame::read(bytes.clone().into());
            let _ = Packet::read(bytes.into());
        }
    }
}
