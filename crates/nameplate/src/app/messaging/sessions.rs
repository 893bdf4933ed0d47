//! Sessions that outlive their connection, as the store has them: read at the start, written as they go on, and ended
//! when their time is over. AWS guide: mqtt, persistent sessions.
//!
//! What a session is and where its messages are is the router's (`router/session.rs`), which leaves what is to be written
//! in its journal. Must not know connections.

use super::groups::Groups;
use crate::app::error::log_failure;
use crate::app::ingress::TOPIC_LIMITS;
use crate::app::kernel::Kernel;
use crate::app::peers::Peers;
use crate::app::{Error, Result};
use crate::router::journal::{Batch, WillRecord, Write};
use crate::router::session::{Chunk, Restored, SessionRecord};
use crate::router::{Router, is_group};
use bytes::Bytes;
use nameplate_mqtt::QoS;
use nameplate_mqtt::packet::SubscribeOptions;
use nameplate_mqtt::topic::Filter;
use nameplate_store::{ChunkRow, SessionRow, SubscriptionRow, Tx, WillRow};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{AbortHandle, JoinHandle};

/// How often sessions are looked for whose time is over.
const EXPIRE_EVERY: Duration = Duration::from_secs(30);
/// How long the store is left alone after it failed.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How long a client's request may wait for the store.
pub const WRITE_LIMIT: Duration = Duration::from_secs(30);

/// The sessions, at work.
pub struct Sessions {
    pub(super) kernel: Arc<Kernel>,
    pub(super) router: Arc<Router>,
    tasks: [AbortHandle; 4],
    wills: Mutex<Vec<WillRecord>>,
}

impl Sessions {
    /// Puts back what the store has, and writes down what follows until [`Self::stop`].
    pub(crate) async fn open(
        kernel: Arc<Kernel>,
        router: &Arc<Router>,
        peers: Option<Arc<Peers>>,
    ) -> Result<Self> {
        // Where several nodes share the store, each session is somebody's; those of nodes that are no more are adopted.
        let wills = match kernel.incarnation() {
            0 => restore(&kernel, router).await?,
            own => {
                router.journal().keys_of(own);
                Vec::new()
            }
        };
        let writing = tokio::spawn(write(Arc::clone(&kernel), Arc::clone(router)));
        let expiring = tokio::spawn(expire(Arc::clone(&kernel), Arc::clone(router)));
        let groups = Groups::new(&kernel, router, peers);
        let emptying = tokio::spawn(Arc::clone(&groups).empty());
        let ending = tokio::spawn(groups.end_left());
        let sessions = Self {
            kernel,
            router: Arc::clone(router),
            tasks: [&writing, &expiring, &emptying, &ending].map(JoinHandle::abort_handle),
            wills: Mutex::new(wills),
        };
        // Of another database, where a node had this incarnation.
        let own = sessions.kernel.incarnation();
        sessions.adopt_groups(own, own).await?;
        Ok(sessions)
    }

    /// The wills that the last run of the server has left, once.
    pub(crate) fn take_wills(&self) -> Vec<WillRecord> {
        std::mem::take(&mut self.wills.lock())
    }

    /// The content of a row of messages; `None` where it is gone.
    pub async fn row(&self, key: i64) -> Result<Option<Bytes>> {
        read_row(&self.kernel, key).await
    }

    /// Writes no more.
    pub(crate) fn stop(&self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

pub(super) async fn read_row(kernel: &Kernel, key: i64) -> Result<Option<Bytes>> {
    let read = kernel
        .store
        .read(|conn| Ok::<_, Error>(conn.mqtt_chunk(key)?));
    Ok(read.await?.map(Bytes::from))
}

/// Puts every session of the store into the router; the wills that are to be published.
async fn restore(kernel: &Kernel, router: &Router) -> Result<Vec<WillRecord>> {
    let read = |conn: &nameplate_store::Conn<'_>| {
        Ok::<_, Error>((
            conn.mqtt_sessions()?,
            conn.mqtt_subscriptions()?,
            conn.mqtt_chunks()?,
            conn.mqtt_wills()?,
        ))
    };
    let (rows, subscriptions, chunks, wills) = kernel.store.read(read).await?;
    let mut filters: HashMap<i64, Vec<(Filter, SubscribeOptions)>> = HashMap::new();
    for row in subscriptions {
        let options = options(&row);
        match Filter::parse(&row.filter, &TOPIC_LIMITS) {
            Ok(filter) => filters
                .entry(row.session)
                .or_default()
                .push((filter, options)),
            Err(error) => tracing::error!("a session's subscription cannot be read: it {error}"),
        }
    }
    let mut waiting: HashMap<i64, Vec<Chunk>> = HashMap::new();
    for row in chunks {
        waiting.entry(row.session).or_default().push(chunk(&row));
    }
    let mut wills: Vec<WillRecord> = wills.into_iter().map(will).collect();
    if let Some(last) = wills.last() {
        router.journal().keys_behind(last.key);
    }
    for mut row in rows {
        let content = row.will.take().filter(|_| row.disconnected.is_none());
        let record = record(row);
        // Of a release that kept wills with sessions.
        wills.extend(content.map(|content| WillRecord {
            key: router.journal().next_key(),
            client_id: Arc::clone(&record.client_id),
            principal: Arc::clone(&record.principal),
            source_ip: None,
            session: Some(record.key),
            delay_seconds: 0,
            due: None,
            content,
        }));
        let key = record.key;
        router.restore(Restored {
            record,
            filters: filters.remove(&key).unwrap_or_default(),
            chunks: waiting.remove(&key).unwrap_or_default(),
        });
    }
    router.all_restored();
    Ok(wills)
}

pub(super) fn chunk(row: &ChunkRow) -> Chunk {
    Chunk {
        key: row.key,
        messages: usize::try_from(row.messages).unwrap_or_default(),
        acknowledged: row.acknowledged,
        bytes: row.bytes.unsigned_abs(),
    }
}

/// In `options` of a subscription's row: No Local, and Retain As Published, as in the byte of MQTT 5. Retain Handling says
/// only what a SUBSCRIBE itself brings.
const NO_LOCAL: i64 = 4;
const RETAIN_AS_PUBLISHED: i64 = 8;

pub(super) fn options(row: &SubscriptionRow) -> SubscribeOptions {
    let qos = match row.qos {
        0 => QoS::AtMostOnce,
        _ => QoS::AtLeastOnce,
    };
    SubscribeOptions {
        no_local: row.options & NO_LOCAL != 0,
        retain_as_published: row.options & RETAIN_AS_PUBLISHED != 0,
        ..qos.into()
    }
}

fn subscription(session: i64, filter: &str, options: SubscribeOptions) -> SubscriptionRow {
    let flag = |set: bool, bit| if set { bit } else { 0 };
    SubscriptionRow {
        session,
        filter: filter.to_owned(),
        qos: i64::from(options.qos as u8),
        options: flag(options.no_local, NO_LOCAL)
            | flag(options.retain_as_published, RETAIN_AS_PUBLISHED),
    }
}

pub(super) fn record(row: SessionRow) -> SessionRecord {
    SessionRecord {
        key: row.key,
        epoch: row.epoch,
        client_id: row.client_id.into(),
        principal: row.principal.into(),
        protocol: u8::try_from(row.protocol).unwrap_or_default(),
        expiry: Duration::from_secs(row.expiry_seconds.unsigned_abs()),
        keep_alive_seconds: u16::try_from(row.keep_alive_seconds).unwrap_or_default(),
        connected: row.connected,
        disconnected: row.disconnected,
    }
}

pub(super) fn will(row: WillRow) -> WillRecord {
    WillRecord {
        key: row.key,
        client_id: row.client_id.into(),
        principal: row.principal.into(),
        source_ip: row.source_ip.and_then(|address| address.parse().ok()),
        session: row.session,
        delay_seconds: u32::try_from(row.delay_seconds).unwrap_or_default(),
        due: row.due,
        content: row.content,
    }
}

fn will_row(will: &WillRecord, owner: i64) -> WillRow {
    WillRow {
        key: will.key,
        owner,
        client_id: will.client_id.to_string(),
        principal: will.principal.to_string(),
        source_ip: will.source_ip.map(|address| address.to_string()),
        session: will.session,
        delay_seconds: i64::from(will.delay_seconds),
        due: will.due,
        content: will.content.clone(),
    }
}

/// Whose the row of what waits for a group is, at a node of this incarnation. Releases that know nothing of it take a row of
/// that node for a session, which is over at once.
pub(super) fn keeper(own: i64) -> i64 {
    -own
}

fn row(record: &SessionRecord, own: i64) -> SessionRow {
    SessionRow {
        key: record.key,
        owner: match is_group(&record.client_id) {
            true => keeper(own),
            false => own,
        },
        epoch: record.epoch,
        client_id: record.client_id.to_string(),
        principal: record.principal.to_string(),
        protocol: i64::from(record.protocol),
        expiry_seconds: i64::try_from(record.expiry.as_secs()).unwrap_or(i64::MAX),
        keep_alive_seconds: i64::from(record.keep_alive_seconds),
        connected: record.connected,
        disconnected: record.disconnected,
        will: None,
    }
}

/// Makes one batch after another durable. What cannot be written now is written later, and nobody hears before.
async fn write(kernel: Arc<Kernel>, router: Arc<Router>) {
    let (journal, owner) = (router.journal(), kernel.incarnation());
    loop {
        let mut batch: Batch = journal.next().await;
        let writes = Arc::new(journal.writes(&mut batch, kernel.now()));
        while !writes.is_empty() {
            let writes = Arc::clone(&writes);
            let written = kernel
                .store
                .tx("sessions", move |tx| apply(tx, &writes, owner));
            match written.await {
                Ok(()) => break,
                Err(error) => {
                    log_failure!(
                        error,
                        "what waits for sessions could not be written: {error:?}"
                    );
                    tokio::time::sleep(RETRY_AFTER).await;
                }
            }
        }
        journal.committed(&batch);
    }
}

fn apply(tx: &mut Tx<'_>, writes: &[Write], owner: i64) -> Result<()> {
    for write in writes {
        match write {
            Write::Session(record) => tx.put_mqtt_session(&row(record, owner))?,
            Write::EndSession { key, epoch } => tx.delete_mqtt_session(*key, *epoch)?,
            Write::Subscription {
                session,
                filter,
                options,
            } => tx.put_mqtt_subscription(&subscription(*session, filter, *options))?,
            Write::Unsubscription { session, filter } => {
                tx.delete_mqtt_subscription(*session, filter)?;
            }
            Write::Chunk {
                key,
                session,
                epoch,
                messages,
                acknowledged,
                content,
            } => {
                let messages = i64::try_from(*messages).unwrap_or_default();
                tx.insert_mqtt_chunk(*key, (*session, *epoch), messages, *acknowledged, content)?;
            }
            Write::Mark { key, acknowledged } => tx.mark_mqtt_chunk(*key, *acknowledged)?,
            Write::Forget(key) => tx.delete_mqtt_chunk(*key)?,
            Write::Will(record) => tx.insert_mqtt_will(&will_row(record, owner))?,
            Write::WillDue { key, due } => tx.set_mqtt_will_due(*key, *due)?,
            Write::ForgetWill(key) => tx.delete_mqtt_will(*key)?,
        }
    }
    Ok(())
}

async fn expire(kernel: Arc<Kernel>, router: Arc<Router>) {
    loop {
        let over = router.expire_sessions(kernel.now());
        if over > 0 {
            tracing::debug!("{over} sessions whose clients did not come back are over");
        }
        kernel.time().sleep(EXPIRE_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_a_subscription_asks_for() {
        for (no_local, retain_as_published, number) in [
            (false, false, 0),
            (true, false, 4),
            (false, true, 8),
            (true, true, 12),
        ] {
            for qos in [QoS::AtMostOnce, QoS::AtLeastOnce] {
                let asked = SubscribeOptions {
                    no_local,
                    retain_as_published,
                    ..qos.into()
                };
                let row = subscription(1, "a/+", asked);
                assert_eq!((row.options, options(&row)), (number, asked));
            }
        }
    }
}
