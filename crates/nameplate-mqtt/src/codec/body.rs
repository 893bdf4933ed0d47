//! What is left of a packet behind its fixed header, read field by field.

use super::error::DecodeError;
use crate::packet::{PacketId, PacketType};
use crate::text::Text;
use bytes::{Buf, Bytes};

/// Fields of one packet, or of its property section, that have not been read.
pub(super) struct Body {
    pub(super) packet: PacketType,
    pub(super) rest: Bytes,
}

impl Body {
    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn need(&self, bytes: usize, field: &'static str) -> Result<(), DecodeError> {
        if self.rest.len() < bytes {
            Err(DecodeError::Truncated {
                packet: self.packet,
                field,
            })
        } else {
            Ok(())
        }
    }

    pub(super) fn byte(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        self.need(1, field)?;
        Ok(self.rest.get_u8())
    }

    pub(super) fn u16(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        self.need(2, field)?;
        Ok(self.rest.get_u16())
    }

    pub(super) fn u32(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        self.need(4, field)?;
        Ok(self.rest.get_u32())
    }

    /// A Variable Byte Integer of MQTT 5, which must not be longer than it needs `[MQTT-1.5.5-1]`.
    pub(super) fn variable(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        let packet = self.packet;
        match variable(&self.rest) {
            Variable::Whole { value, size, short } => {
                if !short {
                    return Err(DecodeError::VariableByteInteger { packet, field });
                }
                self.rest.advance(size);
                Ok(value as u32)
            }
            Variable::Unfinished => Err(DecodeError::Truncated { packet, field }),
            Variable::TooLong => Err(DecodeError::VariableByteInteger { packet, field }),
        }
    }

    pub(super) fn packet_id(&mut self) -> Result<PacketId, DecodeError> {
        let value = self.u16("packet identifier")?;
        packet_id(self.packet, value)
    }

    pub(super) fn binary(&mut self, field: &'static str) -> Result<Bytes, DecodeError> {
        let length = usize::from(self.u16(field)?);
        self.take(length, field)
    }

    pub(super) fn take(
        &mut self,
        length: usize,
        field: &'static str,
    ) -> Result<Bytes, DecodeError> {
        self.need(length, field)?;
        Ok(self.rest.split_to(length))
    }

    pub(super) fn text(&mut self, field: &'static str) -> Result<Text, DecodeError> {
        let bytes = self.binary(field)?;
        Text::new(bytes).map_err(|why| DecodeError::Text {
            packet: self.packet,
            field,
            why,
        })
    }

    pub(super) fn end(&self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(DecodeError::TrailingBytes {
                packet: self.packet,
                count,
            }),
        }
    }
}

pub(super) fn packet_id(packet: PacketType, value: u16) -> Result<PacketId, DecodeError> {
    PacketId::new(value).ok_or(DecodeError::PacketIdZero { packet })
}

/// What the beginning of some bytes is, as a number of 7 bits in each byte.
pub(super) enum Variable {
    /// A number that takes `size` bytes; `short` where it could not take fewer.
    Whole {
        value: usize,
        size: usize,
        short: bool,
    },
    /// The beginning of one.
    Unfinished,
    /// More than four bytes.
    TooLong,
}

pub(super) fn variable(bytes: &[u8]) -> Variable {
    let mut value = 0;
    for (at, &byte) in bytes.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Variable::Whole {
                value,
                size: at + 1,
                short: at == 0 || byte != 0,
            };
        }
    }
    if bytes.len() < 4 {
        Variable::Unfinished
    } else {
        Variable::TooLong
    }
}
