//! Retained messages.

use crate::sql::Value;
use crate::tx::Tx;
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

/// A retained message without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetainedSummary {
    /// The topic it was published on; it is the only one of that topic.
    pub topic: String,
    /// Bytes of its payload.
    pub bytes: i64,
    /// The QoS it was published with.
    pub qos: i64,
    /// When it was kept.
    pub modified: Millis,
}

impl Conn<'_> {
    /// Payload, QoS and time of what is kept for a topic.
    pub fn retained(&self, topic: &str) -> Result<Option<(Vec<u8>, i64, Millis)>> {
        self.one(
            "SELECT payload, qos, modified FROM retained WHERE topic = $1",
            &[topic.into()],
            |row| Ok((row.blob(0)?, row.int(1)?, Millis(row.int(2)?))),
        )
    }

    /// What is kept, for topics after `after` in their order.
    pub fn retained_messages(&self, after: &str, limit: usize) -> Result<Vec<RetainedSummary>> {
        self.all(
            "SELECT topic, LENGTH(payload), qos, modified FROM retained WHERE topic > $1 ORDER BY topic LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            |row| {
                Ok(RetainedSummary {
                    topic: row.text(0)?,
                    bytes: row.int(1)?,
                    qos: row.int(2)?,
                    modified: Millis(row.int(3)?),
                })
            },
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
