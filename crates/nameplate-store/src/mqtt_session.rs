//! MQTT sessions that outlive their connection: what they subscribe to, and the messages that wait for them.
//!
//! Keys are given by the caller, who has all sessions in memory and lets them grow; rows of messages therefore append.
//! Where several nodes share a database each session is one node's, and goes to another by its epoch.

use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Key of its row.
    pub key: i64,
    /// Whose it is: an incarnation of a node, 0 where there is one server. What waits for a shared subscription is that of a
    /// node which has the negative of this, where releases that know nothing of it do not look.
    pub owner: i64,
    /// How often it has gone from one node to another.
    pub epoch: i64,
    /// The client id that it belongs to.
    pub client_id: String,
    /// Who connected last.
    pub principal: String,
    /// MQTT's major version, 3 or 5; a session is not resumed over the other one.
    pub protocol: i64,
    /// How long it is kept after its connection has ended, seconds.
    pub expiry_seconds: i64,
    /// Keep alive of the last connection, seconds.
    pub keep_alive_seconds: i64,
    /// When its client connected last.
    pub connected: Millis,
    /// When that connection ended; `None` while it is open.
    pub disconnected: Option<Millis>,
    /// What was to be published if the connection was lost, as the caller encodes it: of earlier releases, which knew
    /// no [`WillRow`].
    pub will: Option<Vec<u8>>,
}

/// A will of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WillRow {
    /// Key of its row.
    pub key: i64,
    /// Whose it is: an incarnation of a node, 0 where there is one server.
    pub owner: i64,
    /// Client id of the connection.
    pub client_id: String,
    /// Who connected.
    pub principal: String,
    /// Where from.
    pub source_ip: Option<String>,
    /// Key of the session that outlives the connection.
    pub session: Option<i64>,
    /// Will Delay Interval, seconds.
    pub delay_seconds: i64,
    /// When it is to be published; `None` while the connection is open.
    pub due: Option<Millis>,
    /// The message, as the caller encodes it.
    pub content: Vec<u8>,
}

/// A filter that a session subscribes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRow {
    /// Key of the session.
    pub session: i64,
    /// The filter as sent.
    pub filter: String,
    /// The QoS granted, 0 or 1.
    pub qos: i64,
    /// What else was asked for, as the caller encodes it.
    pub options: i64,
}

/// Messages that wait for a session, without themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkRow {
    /// Key of its row.
    pub key: i64,
    /// Key of the session.
    pub session: i64,
    /// How many there are, 64 at most.
    pub messages: i64,
    /// Bit n: the n-th is done with.
    pub acknowledged: u64,
    /// Size of its content, bytes.
    pub bytes: i64,
}

fn session(row: &Row<'_>) -> Result<SessionRow> {
    Ok(SessionRow {
        key: row.int(0)?,
        client_id: row.text(1)?,
        principal: row.text(2)?,
        protocol: row.int(3)?,
        expiry_seconds: row.int(4)?,
        keep_alive_seconds: row.int(5)?,
        connected: Millis(row.int(6)?),
        disconnected: row.opt_int(7)?.map(Millis),
        will: row.opt_blob(8)?,
        owner: row.int(9)?,
        epoch: row.int(10)?,
    })
}

fn subscription(row: &Row<'_>) -> Result<SubscriptionRow> {
    Ok(SubscriptionRow {
        session: row.int(0)?,
        filter: row.text(1)?,
        qos: row.int(2)?,
        options: row.int(3)?,
    })
}

fn chunk(row: &Row<'_>) -> Result<ChunkRow> {
    Ok(ChunkRow {
        key: row.int(0)?,
        session: row.int(1)?,
        messages: row.int(2)?,
        acknowledged: row.int(3)?.cast_unsigned(),
        bytes: row.int(4)?,
    })
}

fn will(row: &Row<'_>) -> Result<WillRow> {
    Ok(WillRow {
        key: row.int(0)?,
        client_id: row.text(1)?,
        principal: row.text(2)?,
        source_ip: row.opt_text(3)?,
        session: row.opt_int(4)?,
        delay_seconds: row.int(5)?,
        due: row.opt_int(6)?.map(Millis),
        content: row.blob(7)?,
        owner: row.int(8)?,
    })
}

impl Conn<'_> {
    /// All sessions, in the order of their keys.
    pub fn mqtt_sessions(&self) -> Result<Vec<SessionRow>> {
        self.all(
            "SELECT id, client_id, principal, protocol, expiry, keep_alive, connected, disconnected, will, owner, epoch
             FROM mqtt_session ORDER BY id",
            &[],
            session,
        )
    }

    /// The session of a client id: the newest, where the one before it is about to go. For nodes that share a database.
    pub fn mqtt_session_of(&self, client_id: &str) -> Result<Option<SessionRow>> {
        self.one(
            "SELECT id, client_id, principal, protocol, expiry, keep_alive, connected, disconnected, will, owner, epoch
             FROM mqtt_session WHERE client_id = $1 ORDER BY id DESC LIMIT 1",
            &[client_id.into()],
            session,
        )
    }

    /// Whether there is a session of this key.
    pub fn mqtt_has_session(&self, key: i64) -> Result<bool> {
        let found = self.one(
            "SELECT COUNT(*) FROM mqtt_session WHERE id = $1",
            &[key.into()],
            |row| row.flag(0),
        )?;
        Ok(found == Some(true))
    }

    /// The sessions of a node, in the order of their keys.
    pub fn mqtt_sessions_of_owner(&self, owner: i64) -> Result<Vec<SessionRow>> {
        self.all(
            "SELECT id, client_id, principal, protocol, expiry, keep_alive, connected, disconnected, will, owner, epoch
             FROM mqtt_session WHERE owner = $1 ORDER BY id",
            &[owner.into()],
            session,
        )
    }

    /// The nodes, by their incarnation, that keep what waits for shared subscriptions.
    pub fn mqtt_group_keepers(&self) -> Result<Vec<i64>> {
        self.all(
            "SELECT DISTINCT -owner FROM mqtt_session WHERE owner < 0",
            &[],
            |row| row.int(0),
        )
    }

    /// Whether a session subscribes to a filter.
    pub fn mqtt_is_subscribed(&self, filter: &str) -> Result<bool> {
        let found = self.one(
            "SELECT mqtt_session.id FROM mqtt_subscription JOIN mqtt_session
             ON mqtt_session.id = mqtt_subscription.session_id WHERE filter = $1 LIMIT 1",
            &[filter.into()],
            |row| row.int(0),
        )?;
        Ok(found.is_some())
    }

    /// What the sessions of an owner subscribe to, each filter once.
    pub fn mqtt_filters_of_owner(&self, owner: i64) -> Result<Vec<String>> {
        self.all(
            "SELECT DISTINCT filter FROM mqtt_session
             JOIN mqtt_subscription ON mqtt_subscription.session_id = mqtt_session.id WHERE owner = $1",
            &[owner.into()],
            |row| row.text(0),
        )
    }

    /// What all sessions subscribe to.
    pub fn mqtt_subscriptions(&self) -> Result<Vec<SubscriptionRow>> {
        self.all(
            "SELECT session_id, filter, qos, options FROM mqtt_subscription ORDER BY session_id, filter",
            &[],
            subscription,
        )
    }

    /// What a session subscribes to.
    pub fn mqtt_subscriptions_of(&self, session: i64) -> Result<Vec<SubscriptionRow>> {
        self.all(
            "SELECT session_id, filter, qos, options FROM mqtt_subscription WHERE session_id = $1 ORDER BY filter",
            &[session.into()],
            subscription,
        )
    }

    /// All that waits for sessions, in the order it came.
    pub fn mqtt_chunks(&self) -> Result<Vec<ChunkRow>> {
        self.all(
            "SELECT id, session_id, messages, acknowledged, LENGTH(content) FROM mqtt_queue ORDER BY epoch, id",
            &[],
            chunk,
        )
    }

    /// What waits for a session, in the order it came.
    pub fn mqtt_chunks_of(&self, session: i64) -> Result<Vec<ChunkRow>> {
        self.all(
            "SELECT id, session_id, messages, acknowledged, LENGTH(content) FROM mqtt_queue
             WHERE session_id = $1 ORDER BY epoch, id",
            &[session.into()],
            chunk,
        )
    }

    /// All wills, in the order of their keys.
    pub fn mqtt_wills(&self) -> Result<Vec<WillRow>> {
        self.all(
            "SELECT id, client_id, principal, source_ip, session_id, delay, due, content, owner
             FROM mqtt_will ORDER BY id",
            &[],
            will,
        )
    }

    /// The wills of a node's connections, in the order of their keys.
    pub fn mqtt_wills_of_owner(&self, owner: i64) -> Result<Vec<WillRow>> {
        self.all(
            "SELECT id, client_id, principal, source_ip, session_id, delay, due, content, owner
             FROM mqtt_will WHERE owner = $1 ORDER BY id",
            &[owner.into()],
            will,
        )
    }

    /// The messages of one row.
    pub fn mqtt_chunk(&self, key: i64) -> Result<Option<Vec<u8>>> {
        self.one(
            "SELECT content FROM mqtt_queue WHERE id = $1",
            &[key.into()],
            |row| row.blob(0),
        )
    }
}

impl Tx<'_> {
    /// Keeps a session as it is now, unless it has gone to another node since this epoch.
    pub fn put_mqtt_session(&mut self, row: &SessionRow) -> Result<()> {
        self.write(
            "INSERT INTO mqtt_session (id, client_id, principal, protocol, expiry, keep_alive, connected, disconnected, will,
             owner, epoch)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (id) DO UPDATE SET principal = excluded.principal, protocol = excluded.protocol,
             expiry = excluded.expiry, keep_alive = excluded.keep_alive, connected = excluded.connected,
             disconnected = excluded.disconnected, will = excluded.will, owner = excluded.owner
             WHERE mqtt_session.epoch = excluded.epoch",
            &[
                row.key.into(),
                (&row.client_id).into(),
                (&row.principal).into(),
                row.protocol.into(),
                row.expiry_seconds.into(),
                row.keep_alive_seconds.into(),
                row.connected.0.into(),
                row.disconnected.map(|at| at.0).into(),
                row.will.as_deref().into(),
                row.owner.into(),
                row.epoch.into(),
            ],
        )
    }

    /// A session of this epoch is `owner`'s from now on, and of the next epoch; false where it has gone elsewhere. True also
    /// where a commit before this one, which was not answered, has made it so.
    pub fn take_mqtt_session(&mut self, key: i64, epoch: i64, owner: i64) -> Result<bool> {
        let taken = self.count(
            "UPDATE mqtt_session SET owner = $1, epoch = epoch + 1 WHERE id = $2 AND epoch = $3",
            &[owner.into(), key.into(), epoch.into()],
        )?;
        if taken > 0 {
            return Ok(true);
        }
        let has = self.one(
            "SELECT COUNT(*) FROM mqtt_session WHERE id = $1 AND epoch = $2 AND owner = $3",
            &[key.into(), (epoch + 1).into(), owner.into()],
            |row| row.flag(0),
        )?;
        Ok(has == Some(true))
    }

    /// A will of a node that is no more is `owner`'s from now on; false where it is another's, or was published.
    pub fn take_mqtt_will(&mut self, key: i64, of: i64, owner: i64) -> Result<bool> {
        let taken = self.count(
            "UPDATE mqtt_will SET owner = $1 WHERE id = $2 AND owner = $3",
            &[owner.into(), key.into(), of.into()],
        )?;
        if taken > 0 {
            return Ok(true);
        }
        let has = self.one(
            "SELECT COUNT(*) FROM mqtt_will WHERE id = $1 AND owner = $2",
            &[key.into(), owner.into()],
            |row| row.flag(0),
        )?;
        Ok(has == Some(true))
    }

    /// Forgets a session and what it subscribes to, unless it has gone to another node since this epoch; its messages are
    /// forgotten one row at a time.
    pub fn delete_mqtt_session(&mut self, key: i64, epoch: i64) -> Result<()> {
        self.write(
            "DELETE FROM mqtt_subscription WHERE session_id = $1
             AND EXISTS (SELECT 1 FROM mqtt_session WHERE id = $1 AND epoch = $2)",
            &[key.into(), epoch.into()],
        )?;
        self.write(
            "DELETE FROM mqtt_session WHERE id = $1 AND epoch = $2",
            &[key.into(), epoch.into()],
        )
    }

    /// Keeps a subscription as it is now.
    pub fn put_mqtt_subscription(&mut self, row: &SubscriptionRow) -> Result<()> {
        self.write(
            "INSERT INTO mqtt_subscription (session_id, filter, qos, options) VALUES ($1, $2, $3, $4)
             ON CONFLICT (session_id, filter) DO UPDATE SET qos = excluded.qos, options = excluded.options",
            &[
                row.session.into(),
                (&row.filter).into(),
                row.qos.into(),
                row.options.into(),
            ],
        )
    }

    /// Forgets a subscription.
    pub fn delete_mqtt_subscription(&mut self, session: i64, filter: &str) -> Result<()> {
        self.write(
            "DELETE FROM mqtt_subscription WHERE session_id = $1 AND filter = $2",
            &[session.into(), filter.into()],
        )
    }

    /// Keeps the will of a connection. Once more it changes nothing: whoever was not told that it is kept says it again.
    pub fn insert_mqtt_will(&mut self, row: &WillRow) -> Result<()> {
        self.write(
            "INSERT INTO mqtt_will (id, client_id, principal, source_ip, session_id, delay, due, content, owner)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
            &[
                row.key.into(),
                (&row.client_id).into(),
                (&row.principal).into(),
                row.source_ip.as_deref().into(),
                row.session.into(),
                row.delay_seconds.into(),
                row.due.map(|at| at.0).into(),
                Value::Blob(&row.content),
                row.owner.into(),
            ],
        )
    }

    /// Notes when a will is to be published.
    pub fn set_mqtt_will_due(&mut self, key: i64, due: Millis) -> Result<()> {
        self.write(
            "UPDATE mqtt_will SET due = $1 WHERE id = $2",
            &[due.0.into(), key.into()],
        )
    }

    /// Forgets a will.
    pub fn delete_mqtt_will(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM mqtt_will WHERE id = $1", &[key.into()])
    }

    /// Keeps messages for a session, in its epoch. Once more it changes nothing, as with a will.
    pub fn insert_mqtt_chunk(
        &mut self,
        key: i64,
        (session, epoch): (i64, i64),
        messages: i64,
        acknowledged: u64,
        content: &[u8],
    ) -> Result<()> {
        self.write(
            "INSERT INTO mqtt_queue (id, session_id, epoch, messages, acknowledged, content)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
            &[
                key.into(),
                session.into(),
                epoch.into(),
                messages.into(),
                acknowledged.cast_signed().into(),
                Value::Blob(content),
            ],
        )
    }

    /// Notes which messages of a row are done with.
    pub fn mark_mqtt_chunk(&mut self, key: i64, acknowledged: u64) -> Result<()> {
        self.write(
            "UPDATE mqtt_queue SET acknowledged = $1 WHERE id = $2",
            &[acknowledged.cast_signed().into(), key.into()],
        )
    }

    /// Forgets the messages of a row.
    pub fn delete_mqtt_chunk(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM mqtt_queue WHERE id = $1", &[key.into()])
    }
}
