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

/// A retained message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetainedMessage {
    /// Its payload.
    pub payload: Vec<u8>,
    /// The QoS it was published with.
    pub qos: i64,
    /// Properties of MQTT 5, encoded as in a PUBLISH.
    pub properties: Option<Vec<u8>>,
    /// From when on it is no more.
    pub expires: Option<Millis>,
    /// When it was kept.
    pub modified: Millis,
}

impl Conn<'_> {
    /// Whether a message is kept for this topic.
    pub fn has_retained(&self, topic: &str) -> Result<bool> {
        let found = self.one(
            "SELECT 1 FROM retained WHERE topic = $1",
            &[topic.into()],
            |row| row.int(0),
        )?;
        Ok(found.is_some())
    }

    /// How many topics have one.
    pub fn count_retained(&self) -> Result<u64> {
        let count = self.one("SELECT COUNT(*) FROM retained", &[], |row| row.int(0))?;
        Ok(count.unwrap_or_default().unsigned_abs())
    }

    /// What is kept for a topic and has not expired.
    pub fn retained(&self, topic: &str, now: Millis) -> Result<Option<RetainedMessage>> {
        self.one(
            "SELECT payload, qos, properties, expires, modified FROM retained
             WHERE topic = $1 AND (expires IS NULL OR expires > $2)",
            &[topic.into(), now.0.into()],
            |row| {
                Ok(RetainedMessage {
                    payload: row.blob(0)?,
                    qos: row.int(1)?,
                    properties: row.opt_blob(2)?,
                    expires: row.opt_int(3)?.map(Millis),
                    modified: Millis(row.int(4)?),
                })
            },
        )
    }

    /// What is kept and has not expired, for topics after `after` in their order.
    pub fn retained_messages(
        &self,
        after: &str,
        limit: usize,
        now: Millis,
    ) -> Result<Vec<RetainedSummary>> {
        self.all(
            "SELECT topic, LENGTH(payload), qos, modified FROM retained
             WHERE topic > $1 AND (expires IS NULL OR expires > $2) ORDER BY topic LIMIT $3",
            &[after.into(), now.0.into(), Value::Int(limit as i64)],
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
    /// Forgets what has expired by now.
    pub fn forget_retained(&mut self, now: Millis) -> Result<()> {
        self.write("DELETE FROM retained WHERE expires <= $1", &[now.0.into()])?;
        Ok(())
    }

    /// Keeps a message for its topic; an empty payload forgets it. What has expired by then goes.
    pub fn set_retained(&mut self, topic: &str, message: &RetainedMessage) -> Result<()> {
        self.write(
            "DELETE FROM retained WHERE expires <= $1",
            &[message.modified.0.into()],
        )?;
        if message.payload.is_empty() {
            self.write("DELETE FROM retained WHERE topic = $1", &[topic.into()])?;
        } else {
            self.write(
                "INSERT INTO retained (topic, payload, qos, properties, expires, modified)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (topic) DO UPDATE SET payload = excluded.payload, qos = excluded.qos,
                 properties = excluded.properties, expires = excluded.expires,
                 modified = excluded.modified",
                &[
                    topic.into(),
                    Value::Blob(&message.payload),
                    message.qos.into(),
                    message
                        .properties
                        .as_deref()
                        .map_or(Value::Null, Value::Blob),
                    message.expires.map_or(Value::Null, |at| Value::Int(at.0)),
                    message.modified.0.into(),
                ],
            )?;
        }
        Ok(())
    }
}
