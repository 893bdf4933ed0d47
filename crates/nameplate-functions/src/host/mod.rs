//! The host: takes calls, keeps environments warm, and ends what misbehaves.
//!
//! An environment belongs to the task that uses it, and to the pool between calls. A call's task goes on when its caller
//! has gone: a function is not stopped in the middle because nobody waits any more.

mod desk;
mod environment;
mod output;
mod peer;
mod pool;
mod process;
mod remote;
mod variables;

pub use variables::is_reserved;

use crate::confine::Confinement;
use crate::function::{Answer, Code, Failure, Function, Invocation, MAX_REQUEST};
use crate::logs::Logs;
use crate::runtime::{Shims, Toolchain};
use environment::Environment;
use nameplate_core::function::payload;
use pool::Pool;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::{Duration, SystemTime};
use tokio::sync::OnceCell;

/// How much confinement the owner insists on. What is missing is said in the log either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// Everything: a machine whose kernel lacks a part runs no functions.
    Full,
    /// That files outside the function's own are out of its reach, by namespaces or by Landlock.
    Files,
    /// Nothing: functions are trusted as the server is.
    Nothing,
}

/// Credentials of a function's role.
#[derive(Clone)]
pub struct Credentials {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`.
    pub session_token: Option<String>,
    /// Until when they are good. An environment is not used again in the minute before.
    pub expires: Option<SystemTime>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({}, …)", self.access_key_id)
    }
}

/// Gives the credentials of a function's role, once for each environment; `None` leaves the function without.
pub type CredentialsOf = dyn Fn(&Function) -> Option<Credentials> + Send + Sync;

/// Signs a request to another Lambda: its URL, headers and body go in, further headers come out.
pub type Sign =
    dyn Fn(&http::Uri, &[(String, String)], &[u8]) -> Vec<(String, String)> + Send + Sync;

/// Bytes of log that are kept for each function, unless something else is said.
pub const LOG_BYTES: u64 = 8 << 20;

/// What the host is told once.
pub struct Settings {
    /// The host's folder: `shims`, `runtime`, `logs`, `tmp` are made below it.
    pub directory: PathBuf,
    /// The program and arguments that lead to [`crate::confine::main`].
    pub helper: Vec<String>,
    /// The interpreters.
    pub toolchain: Arc<Toolchain>,
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ENDPOINT_URL`: where functions reach AWS's services. Absent, they reach AWS's own.
    pub endpoint_url: Option<String>,
    /// The host name that DescribeEndpoint answers for devices: a function that calls it on port 443 gets the endpoint.
    pub device_host: Option<String>,
    /// PEM of the authority that signed the server's certificate. Functions trust it, and get it for Amazon's root.
    pub authority: Option<String>,
    /// What no function may read, whatever else is in the same folder: the data directory. Functions are refused if an
    /// interpreter or a function's folder contains it.
    pub protected: Vec<PathBuf>,
    /// How much confinement is insisted on.
    pub demand: Demand,
    /// Namespaces may be used. Off, functions are confined by Landlock alone, and see `/opt` elsewhere.
    pub namespaces: bool,
    /// The TCP ports that functions may connect to, besides their own Runtime API; absent, all, and UDP too, as in AWS.
    pub connect: Option<Vec<u16>>,
    /// How many environments there are at most, and so how many calls run at once.
    pub max_environments: usize,
    /// How many calls may wait for one of them, and for how long.
    pub queue: (usize, Duration),
    /// How long an environment stays without a call.
    pub idle: Duration,
    /// How long a start may take (AWS: 10 s).
    pub init: Duration,
    /// Bytes of log kept for each function, where the host opens the logs itself.
    pub log_bytes: u64,
    /// Logs that are open already; absent, those below the folder are opened.
    pub logs: Option<Arc<Logs>>,
    /// For functions behind an `https` URL; absent, those fail.
    pub tls: Option<Arc<rustls::ClientConfig>>,
    /// Signs calls of Lambda's Invoke, for functions behind a URL that is one; absent, they are not signed.
    pub sign: Option<Arc<Sign>>,
    /// Credentials of a function's role.
    pub credentials: Arc<CredentialsOf>,
    /// What hosts that follow each other in one process share, so that it is written once.
    pub files: Arc<Files>,
}

/// How many processors there are. Who asks the system has it read a dozen files.
static PROCESSORS: LazyLock<usize> =
    LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));

/// What functions are given to read: what of ours runs in them, and whom they trust.
#[derive(Debug, Default)]
pub struct Files(OnceLock<Written>);

#[derive(Debug, Clone)]
struct Written {
    shims: Shims,
    /// All authorities: the machine's and ours.
    bundle: Option<PathBuf>,
    /// Ours alone.
    authority: Option<PathBuf>,
}

impl Files {
    /// Where they are, below the host's folder; written by the first that asks.
    fn below(&self, directory: &Path, authority: Option<&str>) -> io::Result<Written> {
        if let Some(written) = self.0.get() {
            return Ok(written.clone());
        }
        let shims = Shims::write(directory)?;
        let mut written = Written {
            shims,
            bundle: None,
            authority: None,
        };
        if let Some(pem) = authority {
            let own = written.shims.folder.join("authority.pem");
            fs::write(&own, pem)?;
            let machine = BUNDLES
                .iter()
                .find_map(|path| fs::read_to_string(path).ok());
            let all = written.shims.folder.join("authorities.pem");
            fs::write(&all, format!("{}\n{pem}", machine.unwrap_or_default()))?;
            (written.bundle, written.authority) = (Some(all), Some(own));
        }
        Ok(self.0.get_or_init(|| written).clone())
    }
}

impl Settings {
    /// Settings with AWS's figures, and this machine's number of processors for the rest.
    pub fn new(directory: PathBuf, helper: Vec<String>, toolchain: Arc<Toolchain>) -> Self {
        Self {
            protected: vec![directory.clone()],
            directory,
            helper,
            toolchain,
            region: "us-east-1".into(),
            endpoint_url: None,
            device_host: None,
            authority: None,
            demand: Demand::Files,
            namespaces: true,
            connect: None,
            max_environments: (4 * *PROCESSORS).max(8),
            queue: (10_000, Duration::from_secs(30)),
            idle: Duration::from_secs(600),
            init: Duration::from_secs(10),
            log_bytes: LOG_BYTES,
            logs: None,
            tls: None,
            sign: None,
            credentials: Arc::new(|_| None),
            files: Arc::default(),
        }
    }
}

/// Runs functions.
pub struct Host {
    settings: Settings,
    logs: Arc<Logs>,
    shims: Shims,
    pool: Pool,
    bundle: Option<PathBuf>,
    authority: Option<PathBuf>,
    confinement: OnceCell<Confinement>,
}

/// Where distributions keep the authorities that they trust.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

impl Host {
    /// Makes the host's folders and starts ending idle environments. Must be called within a runtime.
    pub fn start(settings: Settings) -> io::Result<Arc<Self>> {
        let directory = &settings.directory;
        for name in ["runtime", "logs", "tmp", "root"] {
            fs::create_dir_all(directory.join(name))?;
        }
        let scratch = directory.join("tmp");
        // A folder that is removed and made for nothing is a change of the file system that resets would wait for.
        if fs::read_dir(&scratch)?.next().is_some() {
            let _ = fs::remove_dir_all(&scratch);
            fs::create_dir_all(&scratch)?;
        }
        let files = Arc::clone(&settings.files);
        let written = files.below(directory, settings.authority.as_deref())?;
        let host = Arc::new(Self {
            logs: match &settings.logs {
                Some(logs) => Arc::clone(logs),
                None => Arc::new(Logs::open(&directory.join("logs"), settings.log_bytes)?),
            },
            shims: written.shims,
            pool: Pool::new(settings.max_environments),
            bundle: written.bundle,
            authority: written.authority,
            confinement: OnceCell::new(),
            settings,
        });
        let weak = Arc::downgrade(&host);
        let idle = host.settings.idle;
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval((idle / 4).max(Duration::from_millis(50)));
            loop {
                ticks.tick().await;
                match weak.upgrade() {
                    Some(host) => host.pool.expire(idle),
                    None => return,
                }
            }
        });
        Ok(host)
    }

    /// What functions printed.
    pub fn logs(&self) -> &Arc<Logs> {
        &self.logs
    }

    /// The interpreters.
    pub fn toolchain(&self) -> &Toolchain {
        &self.settings.toolchain
    }

    /// What this machine enforces on functions; found out once, by confining nothing.
    pub async fn confinement(&self) -> Result<&Confinement, Failure> {
        self.confinement
            .get_or_try_init(|| async {
                let found = process::probe(self).await?;
                for gap in &found.gaps {
                    tracing::warn!(target: "nameplate::functions", "functions are confined with a gap: {gap}");
                }
                Ok(found)
            })
            .await
    }

    /// Ends what is idle of a function, whose code or configuration has changed or which is gone. What runs goes on.
    pub fn retire(&self, name: &str) {
        self.pool.retire(name);
    }

    /// Ends all environments that are idle. What runs ends with the process.
    pub fn close(&self) {
        self.pool.expire(Duration::ZERO);
    }

    /// Whether a call or an environment has this folder of code.
    pub fn uses(&self, folder: &Path) -> bool {
        self.pool.holds(folder)
    }

    /// How many environments there are, running and idle.
    pub fn environments(&self) -> usize {
        self.pool.environments()
    }

    /// Runs a function once. The call counts against its reserved concurrency until the function has ended, also when
    /// nobody waits any more.
    pub async fn invoke(
        self: &Arc<Self>,
        function: Arc<Function>,
        invocation: Invocation,
    ) -> Result<Answer, Failure> {
        let mut invocation = invocation;
        if invocation.payload.len() > MAX_REQUEST {
            return Err(Failure::PayloadTooLarge(invocation.payload.len()));
        }
        if invocation.payload.is_empty() {
            invocation.payload = "{}".into();
        }
        payload::check(&invocation.payload)
            .map_err(|why| Failure::PayloadNotJson(why.to_string()))?;
        let id = invocation
            .request_id
            .take()
            .unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        let patience = invocation.patience;
        let host = Arc::clone(self);
        let task = tokio::spawn(async move { host.run(&function, invocation, id).await });
        let joined = match patience {
            Some(patience) => tokio::time::timeout(patience, task)
                .await
                .map_err(|_| Failure::Patience(patience))?,
            None => task.await,
        };
        joined.map_err(|e| {
            Failure::Io(
                "the invocation's task".into(),
                io::Error::other(e.to_string()),
            )
        })?
    }

    async fn run(
        &self,
        function: &Function,
        invocation: Invocation,
        id: String,
    ) -> Result<Answer, Failure> {
        let counted = self.pool.count(function)?;
        let held = self.pool.hold(function);
        if let Code::Url(url) = &function.code {
            return remote::invoke(self, function, url, invocation, id).await;
        }
        let revision = match &function.code {
            Code::Live(folder) => {
                let folder = folder.clone();
                let found = tokio::task::spawn_blocking(move || {
                    crate::code::fingerprint(&folder).map_err(|e| {
                        Failure::RuntimeMissing(format!(
                            "the function's folder {} cannot be read: {e}",
                            folder.display()
                        ))
                    })
                })
                .await
                .map_err(|e| Failure::Io("looking at the folder".into(), io::Error::other(e)))??;
                format!("{} {found:x}", function.revision)
            }
            _ => function.revision.clone(),
        };
        let slot = self
            .pool
            .slot(self.settings.queue, invocation.depth)
            .await?;
        let idle = self.pool.take(function, &revision);
        let (environment, answer) =
            environment::invoke(self, function, &revision, invocation, id, idle).await;
        if let Some(environment) = environment {
            self.pool.put(function, environment);
        }
        drop((slot, counted, held));
        answer
    }
}
