//! What the servers over one registry do for each other: one does what only one may, and one takes over what another left
//! that died.
//!
//! Must not know how a server is found to be dead, or how notices travel: the store does.

use super::App;
use super::error::{Error, Result, log_failure};
use super::functions::SharedLeft;
use super::kernel::Kernel;
use super::objects::Leftovers;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How often it is looked for what nobody does, where nothing is heard.
const EVERY: Duration = Duration::from_secs(5);
/// How often shared secrets are looked at where nothing is heard of them: who changed them may have died before it said so.
const SECRETS_EVERY: Duration = Duration::from_secs(60);
/// How often it is looked for bodies and code that nothing names.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);
/// Events taken over in one commit.
const PAGE: usize = 500;

/// What only one of several servers does at a time. The names are seen by operators.
pub(crate) mod work {
    /// Moving things between dynamic groups.
    pub(crate) const DYNAMIC_GROUPS: &str = "dynamic-groups";
    /// Moving jobs on.
    pub(crate) const JOBS: &str = "jobs";
    /// Telling the ends of certificates ahead.
    pub(crate) const EXPIRY: &str = "certificate-ends";
    /// Fetching revocation lists.
    pub(crate) const REVOCATION: &str = "revocation-lists";
    /// Removing certificates and claims of fleet provisioning that nobody used.
    pub(crate) const FLEET_PROVISIONING: &str = "fleet-provisioning";
    /// Removing bodies and code that nothing names.
    pub(crate) const LEFTOVERS: &str = "leftovers";
    /// Removing what is over.
    pub(crate) const CLEAN_UP: &str = "clean-up";
}

impl Kernel {
    /// Whether this server does what only one does, taking it where nobody does. Where the store cannot tell, nobody does.
    pub(crate) async fn leads(&self, work: &str) -> bool {
        match self.store.lease(work).await {
            Ok(held) => held,
            Err(error) => {
                tracing::debug!("whether this server does {work} cannot be told: {error}");
                false
            }
        }
    }

    /// Waits until a server has come or gone.
    pub(crate) async fn servers_changed(&self) {
        self.nodes.notified().await;
    }
}

/// Takes over what the dead left, until the server drains.
pub(crate) async fn keep(app: &Arc<App>, mut draining: watch::Receiver<bool>) {
    if !app.kernel.store.is_clustered() {
        return;
    }
    loop {
        if let Err(error) = adopt_first(app).await
            && !*draining.borrow()
        {
            log_failure!(
                error,
                "sessions of the time with one server could not be taken on: {error:?}"
            );
        }
        if let Err(error) = look(app).await
            && !*draining.borrow()
        {
            log_failure!(
                error,
                "what a dead server left could not be taken over: {error:?}"
            );
        }
        tokio::select! {
            biased;
            _ = draining.wait_for(|draining| *draining) => return,
            () = tokio::time::sleep(EVERY) => {}
            () = app.kernel.servers_changed() => {}
        }
    }
}

/// Removes what servers left that were killed: bodies and code that nothing names. One does it in the bucket, each in its
/// own directory, until the server drains.
pub(crate) async fn sweep(app: &Arc<App>, mut draining: watch::Receiver<bool>) {
    if !app.kernel.store.is_clustered() {
        return;
    }
    let (mut bodies, mut code) = (Leftovers::default(), SharedLeft::default());
    loop {
        let swept = async {
            app.functions.loosen_unused().await?;
            if app.kernel.leads(work::LEFTOVERS).await {
                let now = Instant::now();
                app.objects.sweep(&mut bodies, now).await?;
                app.functions.sweep_shared(&mut code, now).await?;
            }
            Ok::<_, Error>(())
        };
        if let Err(error) = swept.await
            && !*draining.borrow()
        {
            tracing::warn!("what is left of bodies and code stays for now: {error:?}");
        }
        tokio::select! {
            biased;
            _ = draining.wait_for(|draining| *draining) => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
    }
}

/// Follows what is changed of the device CAs, here and by other servers that have the same, until the server drains.
pub(crate) async fn follow_secrets(app: &Arc<App>, mut draining: watch::Receiver<bool>) {
    loop {
        let is_told = tokio::select! {
            biased;
            _ = draining.wait_for(|draining| *draining) => return,
            () = app.kernel.secrets.notified() => true,
            () = tokio::time::sleep(SECRETS_EVERY), if app.kernel.store.is_clustered() => false,
        };
        match app.device_cas.refresh().await {
            Ok(is_another) if is_another || is_told => {
                if is_another {
                    tracing::info!("device CAs were changed by another server");
                }
                app.revocation.cas_changed().await;
            }
            Ok(_) => {}
            Err(_) if *draining.borrow() => return,
            Err(error) => {
                log_failure!(
                    error,
                    "what another server changed of the secrets is not known here: {error:?}"
                );
            }
        }
    }
}

/// Takes on what the registry has of a time when one server held it alone.
async fn adopt_first(app: &Arc<App>) -> Result<()> {
    let read = |conn: &nameplate_store::Conn<'_>| {
        let sessions = conn.mqtt_sessions_of_owner(0)?;
        let wills = conn.mqtt_wills_of_owner(0)?;
        Ok::<_, Error>(sessions.is_empty() && wills.is_empty())
    };
    if !app.kernel.store.read(read).await? && app.kernel.leads("node/0").await {
        app.adopt(0).await?;
    }
    Ok(())
}

/// Takes over what nobody does at this moment.
pub(crate) async fn look(app: &Arc<App>) -> Result<()> {
    let store = &app.kernel.store;
    // Before it is asked who there is: whoever keeps something then is there, or was.
    let keepers = |conn: &nameplate_store::Conn<'_>| Ok::<_, Error>(conn.mqtt_group_keepers()?);
    let mut keepers: Vec<i64> = store.read(keepers).await?;
    let members = store.members().await?;
    keepers.retain(|node| members.iter().all(|member| member.incarnation != *node));
    for node in keepers {
        // Who took over what it left was of a release that does not look for it.
        let own = app.kernel.incarnation();
        app.sessions.adopt_groups(node, own).await?;
    }
    if let Some(peers) = &app.peers {
        let all = members
            .iter()
            .map(|member| (member.incarnation, member.live));
        let all: HashMap<i64, bool> = all.collect();
        for node in peers.reconcile(&all) {
            app.adopted(node).await?;
        }
        let app = Arc::clone(app);
        // There may be many.
        tokio::spawn(async move {
            let lives =
                |node| all.get(&node) == Some(&true) || !all.contains_key(&node) && app.hears(node);
            app.presence.inherit(lives).await;
        });
    }
    for member in members {
        if member.live {
            continue;
        }
        let lease = format!("node/{}", member.incarnation);
        if !app.kernel.leads(&lease).await {
            continue;
        }
        let taken = take_over(app, member.incarnation).await;
        store.give_back(&lease).await?;
        if taken? {
            tracing::info!(
                "what the server {} left that is gone has been taken over",
                member.addresses
            );
        }
    }
    app.bulk.take_on_registration_tasks().await
}

/// Takes over what the server of this incarnation left; false where others have done so. Each step may be made again.
async fn take_over(app: &Arc<App>, incarnation: i64) -> Result<bool> {
    let store = &app.kernel.store;
    let is_dead = store
        .tx("is-dead", move |tx| {
            Ok::<_, Error>(tx.is_dead(incarnation)?)
        })
        .await?;
    if !is_dead {
        return Ok(false);
    }
    loop {
        let adopted = store.tx("adopt-events", move |tx| {
            Ok::<_, Error>(tx.adopt_events(incarnation, PAGE)?)
        });
        if adopted.await? < PAGE {
            break;
        }
    }
    app.search.forget_connections_of(incarnation).await?;
    app.adopt(incarnation).await?;
    store
        .tx("forget-node", move |tx| {
            Ok::<_, Error>(tx.forget_node(incarnation)?)
        })
        .await?;
    Ok(true)
}
