//! Events that a commit owes to subscribers: rows that stay until they have been published.

use crate::sql::Value;
use crate::tx::{Change, Event, Tx};
use crate::{Conn, Result};

impl Tx<'_> {
    /// Owes an event: kept with this transaction, published after it.
    pub fn owe_event(&mut self, topic: String, payload: Vec<u8>) -> Result<()> {
        let number = self.next_key("outbox")?;
        let key = self.node().key(number);
        self.write(
            "INSERT INTO outbox (id, topic, payload) VALUES ($1, $2, $3)",
            &[key.into(), (&topic).into(), (&payload).into()],
        )?;
        self.send(Change::Event(Event {
            key,
            topic,
            payload,
        }));
        Ok(())
    }

    /// Forgets this node's events up to and including `key`, which have been published.
    pub fn settle_events(&mut self, key: i64) -> Result<()> {
        let (lowest, _) = self.node().keys();
        self.write(
            "DELETE FROM outbox WHERE id BETWEEN $1 AND $2",
            &[Value::Int(lowest), Value::Int(key)],
        )?;
        Ok(())
    }
}

impl Conn<'_> {
    /// Events that this node still owes, so many at most, oldest first.
    pub fn owed_events(&self, limit: usize) -> Result<Vec<Event>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (lowest, highest) = self.node().keys();
        self.all(
            "SELECT id, topic, payload FROM outbox WHERE id BETWEEN $1 AND $2 ORDER BY id LIMIT $3",
            &[Value::Int(lowest), Value::Int(highest), Value::Int(limit)],
            |row| {
                Ok(Event {
                    key: row.int(0)?,
                    topic: row.text(1)?,
                    payload: row.blob(2)?,
                })
            },
        )
    }
}
