//! What serves between two resets: the services, what works for them in the background, and the devices they have. The
//! listeners stay, and take whoever serves now.

use crate::app::functions::HostSettings;
use crate::app::ground::{Asked, Wanted};
use crate::app::{self, App};
use crate::broker::connection::Shared;
use crate::net::current::{Current, Serving};
use nameplate_mqtt::connection::Config;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;

/// How often bulk registrations that ended long ago are looked for.
const FORGET_INTERVAL: Duration = Duration::from_secs(24 * 3600);
/// How long devices may take to go before a reset.
const LEAVE_LIMIT: Duration = Duration::from_millis(500);

/// What is the same for all of them.
pub(super) struct Plan {
    /// Rules of connections.
    pub(super) config: Arc<Config>,
    /// What functions need to know of the server; known once it listens.
    pub(super) host: HostSettings,
    /// A folder of functions that is followed.
    pub(super) function_dir: Option<PathBuf>,
}

/// Those that serve.
pub(super) struct Generation {
    serving: Arc<Serving>,
    drain: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Generation {
    /// Devices may come from now on.
    pub(super) fn begin(app: Arc<App>, config: &Arc<Config>) -> Self {
        let (drain, draining) = watch::channel(false);
        let mut tasks = vec![
            tokio::spawn(app::pump(Arc::clone(&app), draining.clone())),
            tokio::spawn(forget_registration_tasks(Arc::clone(&app))),
        ];
        if let Some(peers) = &app.peers {
            tasks.push(tokio::spawn(Arc::clone(peers).run(Arc::clone(&app))));
        }
        let shared = Arc::new(Shared {
            app,
            config: Arc::clone(config),
            epoch: Instant::now(),
            stranger: crate::net::http::on_mqtt_listener,
            draining,
            #[cfg(test)]
            ahead: parking_lot::Mutex::default(),
        });
        Self {
            serving: Serving::new(shared),
            drain,
            tasks,
        }
    }

    /// What listeners hand connections and requests to.
    pub(super) fn serving(&self) -> &Arc<Serving> {
        &self.serving
    }

    /// The services.
    pub(super) fn app(&self) -> &Arc<App> {
        &self.serving.mqtt.app
    }

    /// Goes on with what a registry has under way, and begins to run functions.
    pub(super) async fn set_going(&self, plan: &Plan) -> app::Result<()> {
        let app = self.app();
        app.bulk.resume_registration_tasks().await?;
        app.functions.start(plan.host.clone())?;
        if let Some(directory) = &plan.function_dir {
            app.functions.follow(directory.clone()).await?;
        }
        Ok(())
    }

    /// Sends devices away, and waits for them so long.
    pub(super) async fn send_away(&self, limit: Duration) {
        let _ = self.drain.send(true);
        let app = self.app();
        let gone = async {
            while !app.router.is_empty() || !app.wills.are_idle() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let _ = tokio::time::timeout(limit, gone).await;
    }

    /// Ends what works in the background.
    pub(super) fn end(&self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Who serves now, and how the next begin.
pub(super) struct Generations {
    /// Whom listeners take.
    pub(super) current: Arc<Current>,
    /// Held while one follows another.
    pub(super) serving: Mutex<Generation>,
    pub(super) plan: Plan,
}

impl Generations {
    /// Puts other registries in place, as they are asked for.
    pub(super) async fn follow(self: Arc<Self>, mut asks: mpsc::Receiver<Asked>) {
        while let Some((wanted, answer)) = asks.recv().await {
            let begun = Instant::now();
            let replaced = self.replace(&wanted).await;
            match &replaced {
                Ok(()) => tracing::info!(
                    "the registry was replaced in {} µs: {wanted:?}",
                    begun.elapsed().as_micros()
                ),
                Err(error) => {
                    tracing::error!(error = ?error, "the registry was not replaced: {error:?}");
                }
            }
            // Who no longer waits has lost interest.
            let _ = answer.send(replaced);
        }
    }

    async fn replace(&self, wanted: &Wanted) -> app::Result<()> {
        let mut serving = self.serving.lock().await;
        serving.send_away(LEAVE_LIMIT).await;
        let old = Arc::clone(serving.app());
        let given = old.give_way(wanted).await;
        serving.end();
        // Over what there is now, whether or not that is what was asked for.
        let app = App::over(old.ground()).await?;
        let next = Generation::begin(app, &self.plan.config);
        self.current.store(Arc::clone(next.serving()));
        *serving = next;
        serving.set_going(&self.plan).await?;
        given
    }
}

async fn forget_registration_tasks(app: Arc<App>) {
    loop {
        app.time().sleep(FORGET_INTERVAL).await;
        if let Err(error) = app.bulk.forget_registration_tasks().await {
            tracing::error!(error = ?error, "old registration tasks were not removed: {error:?}");
        }
    }
}
