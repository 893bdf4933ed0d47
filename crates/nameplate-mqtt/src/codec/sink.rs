//! Where fields are written: into a buffer, or nowhere, to learn how many bytes they take.
//!
//! Lengths come before what they count, so that a packet with properties is gone through once to count and once to write.

use bytes::{BufMut, BytesMut};

/// Takes the fields of a packet.
pub(super) enum Sink<'o> {
    /// Counts bytes.
    Count(usize),
    /// Appends them.
    Write(&'o mut BytesMut),
}

impl Sink<'_> {
    /// Bytes that `fields` writes.
    pub(super) fn count(fields: impl FnOnce(&mut Sink<'_>)) -> usize {
        let mut sink = Sink::Count(0);
        fields(&mut sink);
        match sink {
            Sink::Count(count) => count,
            Sink::Write(_) => 0,
        }
    }

    pub(super) fn slice(&mut self, bytes: &[u8]) {
        match self {
            Self::Count(count) => *count += bytes.len(),
            Self::Write(out) => out.put_slice(bytes),
        }
    }

    pub(super) fn byte(&mut self, value: u8) {
        self.slice(&[value]);
    }

    pub(super) fn u16(&mut self, value: u16) {
        self.slice(&value.to_be_bytes());
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.slice(&value.to_be_bytes());
    }

    /// A Variable Byte Integer.
    pub(super) fn variable(&mut self, mut value: u32) {
        while value > 0x7f {
            self.byte((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.byte(value as u8);
    }

    /// A length of two bytes and what it counts.
    pub(super) fn binary(&mut self, bytes: &[u8]) {
        let length = u16::try_from(bytes.len())
            .expect("MQTT strings and binary fields hold at most 65,535 bytes");
        self.u16(length);
        self.slice(bytes);
    }

    /// A length as a Variable Byte Integer and the fields that it counts.
    pub(super) fn section(&mut self, fields: impl Fn(&mut Sink<'_>)) {
        let length = Sink::count(&fields);
        self.variable(length as u32);
        match self {
            Self::Count(count) => *count += length,
            Self::Write(_) => fields(self),
        }
    }
}
