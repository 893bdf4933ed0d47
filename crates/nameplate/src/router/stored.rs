//! Messages as bytes, as they wait in the store for a session or a will.
//!
//! A row has up to [`MESSAGES`] of them, one after the other:
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | flags: 1 nothing follows, the message was done with before it was written; 2 RETAIN is sent; 4 QoS 1; 8 kept as retained; 16, 32 see below |
//! | 2, n | topic |
//! | 4, n | payload |
//! | 8 | with flag 16: when it expires, milliseconds |
//! | 4, n | with flag 32: properties of MQTT 5, as a PUBLISH has them |
//!
//! Flags that this release does not know make a row unreadable rather than misread. Must not know the store.

use super::Message;
use bytes::{Buf, BufMut, Bytes};
use nameplate_core::ctx::Millis;
use nameplate_mqtt::{QoS, Text, codec};

/// Messages in a row at most: as many as a number has bits.
pub const MESSAGES: usize = 64;

const DONE: u8 = 1;
const RETAIN: u8 = 2;
const AT_LEAST_ONCE: u8 = 4;
const KEEP: u8 = 8;
const EXPIRES: u8 = 16;
const PROPERTIES: u8 = 32;
const KNOWN: u8 = RETAIN | AT_LEAST_ONCE | KEEP | EXPIRES | PROPERTIES;

/// A message that was read back, and whether it goes out with RETAIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The message.
    pub message: Message,
    /// RETAIN flag to send.
    pub retain: bool,
}

/// Bytes that are no messages of this release's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is stored is not a message as this release writes it")]
pub struct Unreadable;

/// About how many bytes a message takes.
pub fn size(message: &Message) -> usize {
    24 + message.size()
}

/// Appends a message.
pub fn write(message: &Message, retain: bool, out: &mut Vec<u8>) {
    let mut flags = 0;
    if retain {
        flags |= RETAIN;
    }
    if message.qos > QoS::AtMostOnce {
        flags |= AT_LEAST_ONCE;
    }
    if message.retain {
        flags |= KEEP;
    }
    if message.expires.is_some() {
        flags |= EXPIRES;
    }
    if message.properties.is_some() {
        flags |= PROPERTIES;
    }
    // Topics and payloads have limits far below what these lengths can say.
    let (topic, payload) = (message.topic.as_bytes(), &message.payload);
    out.put_u8(flags);
    out.put_u16(u16::try_from(topic.len()).unwrap_or(u16::MAX));
    out.put_slice(topic);
    out.put_u32(u32::try_from(payload.len()).unwrap_or(u32::MAX));
    out.put_slice(payload);
    if let Some(expires) = message.expires {
        out.put_i64(expires.0);
    }
    if let Some(properties) = &message.properties {
        let properties = codec::message_to_bytes(properties);
        out.put_u32(u32::try_from(properties.len()).unwrap_or(u32::MAX));
        out.put_slice(&properties);
    }
}

/// Appends the place of a message that is done with.
pub fn write_done(out: &mut Vec<u8>) {
    out.put_u8(DONE);
}

/// Reads all messages of a row; `None` in the place of one that was done with. They share the row's bytes.
pub fn read(mut content: Bytes) -> Result<Vec<Option<Stored>>, Unreadable> {
    let mut found = Vec::new();
    while let Some(flags) = take_u8(&mut content) {
        if flags == DONE {
            found.push(None);
            continue;
        }
        if flags & !KNOWN != 0 {
            return Err(Unreadable);
        }
        let length = content.try_get_u16().map_err(|_| Unreadable)?;
        let topic = Text::new(take(&mut content, usize::from(length))?).map_err(|_| Unreadable)?;
        let length = content.try_get_u32().map_err(|_| Unreadable)?;
        let payload = take(
            &mut content,
            usize::try_from(length).map_err(|_| Unreadable)?,
        )?;
        let expires = match flags & EXPIRES {
            0 => None,
            _ => Some(Millis(content.try_get_i64().map_err(|_| Unreadable)?)),
        };
        let properties = match flags & PROPERTIES {
            0 => None,
            _ => {
                let length = content.try_get_u32().map_err(|_| Unreadable)?;
                let length = usize::try_from(length).map_err(|_| Unreadable)?;
                let properties = codec::message_from_bytes(take(&mut content, length)?);
                Some(Box::new(properties.map_err(|_| Unreadable)?))
            }
        };
        found.push(Some(Stored {
            message: Message {
                topic,
                payload,
                qos: match flags & AT_LEAST_ONCE {
                    0 => QoS::AtMostOnce,
                    _ => QoS::AtLeastOnce,
                },
                retain: flags & KEEP != 0,
                properties,
                expires,
            },
            retain: flags & RETAIN != 0,
        }));
    }
    Ok(found)
}

fn take_u8(content: &mut Bytes) -> Option<u8> {
    content.try_get_u8().ok()
}

fn take(content: &mut Bytes, length: usize) -> Result<Bytes, Unreadable> {
    if content.len() < length {
        return Err(Unreadable);
    }
    Ok(content.split_to(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nameplate_mqtt::MessageProperties;

    fn message(topic: &str, payload: &[u8], qos: QoS, retain: bool) -> Message {
        Message {
            topic: Text::try_from(topic).expect("a right topic"),
            payload: Bytes::copy_from_slice(payload),
            qos,
            retain,
            ..Message::default()
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let first = message("a/ü", b"\x00\xff", QoS::AtLeastOnce, false);
        let properties = MessageProperties {
            expiry_seconds: Some(5),
            correlation_data: Some(Bytes::from_static(b"\x00\xff")),
            ..MessageProperties::default()
        };
        let second = message("b", b"", QoS::AtMostOnce, true).with(properties, Millis(1_000_000));
        assert_eq!(second.expires, Some(Millis(1_005_000)));
        let mut row = Vec::new();
        write(&first, true, &mut row);
        write_done(&mut row);
        write(&second, false, &mut row);
        let expected = [
            Some(Stored {
                message: first,
                retain: true,
            }),
            None,
            Some(Stored {
                message: second,
                retain: false,
            }),
        ];
        assert_eq!(read(row.into()).as_deref(), Ok(&expected[..]));
        assert_eq!(read(Bytes::new()), Ok(vec![]));
    }

    #[test]
    fn a_damaged_row_is_noticed() {
        let mut row = Vec::new();
        write(
            &message("topic", b"payload", QoS::AtLeastOnce, false),
            false,
            &mut row,
        );
        for end in 1..row.len() {
            assert_eq!(read(Bytes::copy_from_slice(&row[..end])), Err(Unreadable));
        }
        row[0] |= 0x80;
        assert_eq!(read(row.into()), Err(Unreadable), "from a later release");
        assert_eq!(
            read(Bytes::from_static(&[4, 0, 1, 0, 0, 0, 0, 0])),
            Err(Unreadable),
            "U+0000"
        );
    }
}
