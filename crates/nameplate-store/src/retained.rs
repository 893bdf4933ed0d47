//! Retained messages.

use crate::sql::Value;
use crate::writer::Tx;
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

impl Conn<'_> {
    /// Payload and QoS kept for a topic.
    pub fn retained(&self, topic: &str) -> Result<Option<(Vec<u8>, i64)>> {
        self.one(
            "SELECT payload, qos FROM retained WHERE topic = $1",
            &[topic.into()],
            |row| Ok((row.blob(0)?, row.int(1)?)),
        )
    }
}

impl Tx<'_> {
    /// Keeps a message for its topic; an empty payload forgets it.
    pub fn set_retained(
        &mut self,
        topic: &str,
        payload: &[u8],
        qos: i64,
        now: Millis,
    ) -> Result<()> {
        if payload.is_empty() {
            self.write("DELETE FROM retained WHERE topic = $1", &[topic.into()])?;
        } else {
            self.write(
                "INSERT INTO retained (topic, payload, qos, modified) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (topic) DO UPDATE SET payload = excluded.payload, qos = excluded.qos,
                 modified = excluded.modified",
                &[topic.into(), Value::Blob(payload), qos.into(), now.0.into()],
            )?;
        }
        Ok(())
    }
}
