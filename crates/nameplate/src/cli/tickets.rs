//! What the listeners resume TLS sessions by: tickets with keys of this process, or of all servers of the registry.

use crate::authority::shared::SharedSecrets;
use crate::config::FirstConnect;
use crate::net::tickets::SharedTickets;
use crate::net::tls::{self, Tickets};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often the keys that servers share are looked at: several times before a new one seals.
const EVERY: Duration = Duration::from_secs(5 * 60);

/// Tickets, and the task that keeps their keys current, which joins `tasks`.
pub(super) async fn open(
    first_connect: FirstConnect,
    shared: Option<Arc<SharedSecrets>>,
    tasks: &mut Vec<JoinHandle<()>>,
) -> anyhow::Result<Option<Tickets>> {
    if first_connect == FirstConnect::Aws {
        // AWS resumes nothing, and a device that is closed to come back is to show its key again.
        return Ok(None);
    }
    let Some(shared) = shared else {
        return Ok(Some(tls::tickets()?));
    };
    let keys = Arc::new(SharedTickets::default());
    read(&shared, &keys).await?;
    let tickets = tls::shared_tickets(&keys);
    tasks.push(tokio::spawn(async move {
        loop {
            tokio::time::sleep(EVERY).await;
            if let Err(error) = read(&shared, &keys).await {
                tracing::warn!("the keys of TLS tickets stay as they were: {error:#}");
            }
        }
    }));
    Ok(Some(tickets))
}

async fn read(shared: &Arc<SharedSecrets>, keys: &SharedTickets) -> anyhow::Result<()> {
    let shared = Arc::clone(shared);
    let read = tokio::task::spawn_blocking(move || shared.ticket_keys());
    keys.set(&read.await??);
    Ok(())
}
