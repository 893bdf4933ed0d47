//! Events that a commit owes to subscribers: rows that stay until they have been published.

use crate::node::Node;
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

impl Tx<'_> {
    /// Takes over what a server that was declared dead still owes, so many events at most; how many. They are sent after
    /// this commit as if they were this server's own. None where that server is not dead, or others have seen to it.
    pub fn adopt_events(&mut self, incarnation: i64, limit: usize) -> Result<usize> {
        let Some(dead) = self.dead_node(incarnation)? else {
            return Ok(0);
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (lowest, highest) = dead.keys();
        let owed = self.events_between(lowest, highest, limit)?;
        let count = owed.len();
        if let Some(last) = owed.last() {
            self.write(
                "DELETE FROM outbox WHERE id BETWEEN $1 AND $2",
                &[Value::Int(lowest), Value::Int(last.key)],
            )?;
        }
        for event in owed {
            self.owe_event(event.topic, event.payload)?;
        }
        Ok(count)
    }

    /// Whether the server of this incarnation was declared dead and nobody has taken care of all that it left.
    pub fn is_dead(&self, incarnation: i64) -> Result<bool> {
        Ok(self.dead_node(incarnation)?.is_some())
    }

    /// All that a server that was declared dead left has been taken over.
    pub fn forget_node(&mut self, incarnation: i64) -> Result<()> {
        match self.has_others() {
            true => crate::postgres::forget(self, incarnation),
            false => Ok(()),
        }
    }

    fn dead_node(&self, incarnation: i64) -> Result<Option<Node>> {
        match self.has_others() {
            true => crate::postgres::number_of_dead(self, incarnation),
            false => Ok(None),
        }
    }
}

impl Conn<'_> {
    /// Events that this node still owes, so many at most, oldest first.
    pub fn owed_events(&self, limit: usize) -> Result<Vec<Event>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (lowest, highest) = self.node().keys();
        self.events_between(lowest, highest, limit)
    }

    fn events_between(&self, lowest: i64, highest: i64, limit: i64) -> Result<Vec<Event>> {
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
