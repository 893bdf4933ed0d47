//! Functions of Lambda: kept in the registry's store, run by [`nameplate_functions`] on this machine.
//!
//! Owns who may do what with a function, which version a name means, the credentials that a function gets, and the
//! calls that were taken for later. Code lies in the data directory, named by its digest.
//!
//! Must not know: how a process is confined, the shapes of AWS's answers, topic rules.

mod alias;
mod ask;
mod definition;
mod elsewhere;
mod event;
mod folders;
mod invoke;
mod layer;
mod logs;
mod manifest;
mod permission;
mod ready;
mod refusal;
mod request;
mod shared;
mod sweep;
mod url;
mod version;

pub use alias::AliasChange;
pub use ask::{Silence, Unanswered};
pub use definition::{CONCURRENCY, Change, NewCode, NewFunction, Shown, Usage};
pub use elsewhere::Remote;
pub use invoke::{Answered, Call, How, Source, depth_of};
pub use layer::{NewLayer, layer_arn};
pub use manifest::{MANIFEST, Manifest};
pub use permission::FunctionPolicy;
pub use refusal::Refusal;
pub use request::{ANSWERED, CameOf, FromOutside, VENDED, root_of};
pub(crate) use shared::SharedLeft;
pub use url::INVOKE_URL;
pub(super) use url::{URL, key_of_url};

use super::cached::Keyed;
use super::caller::Caller;
use super::error::{Error, Kind, Result};
use super::iam::Iam;
use super::kernel::Kernel;
use super::objects::Objects;
use crate::outbound::http::tls;
use crate::outbound::s3::KeysFile;
use nameplate_core::ctx::Millis;
use nameplate_core::function::Reference;
use nameplate_functions::{CodeStore, Host, LOG_BYTES, Logs, Toolchain};
use nameplate_store::Tx;
use parking_lot::Mutex;
use ready::{Sessions, Target};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The principal under which Lambda assumes a function's role.
const LAMBDA_SERVICE: &str = "lambda.amazonaws.com";

/// The use cases of functions.
pub struct Functions {
    kernel: Arc<Kernel>,
    iam: Arc<Iam>,
    objects: Arc<Objects>,
    code: CodeStore,
    logs: Arc<Logs>,
    host: OnceLock<Arc<Host>>,
    targets: Keyed<Reference, Target>,
    sessions: Arc<Sessions>,
    queue: event::Queue,
    failures: Failures,
    /// Digests of certificates that are made for requests from outside, by the roots of their traces.
    made: Mutex<HashMap<String, Vec<[u8; 32]>>>,
    /// Held for writing while code is removed, for reading from when code is added until a row names it.
    sweeping: tokio::sync::RwLock<()>,
    #[cfg(test)]
    pretended: Mutex<HashMap<String, Pretended>>,
}

/// What answers in the place of a function's process.
#[cfg(test)]
type Pretended = Arc<dyn Fn(serde_json::Value) -> Result<Answered> + Send + Sync>;

/// The last failure of each function, for who looks for the reason that a device waits.
#[derive(Default)]
struct Failures(Mutex<HashMap<String, (String, Millis)>>);

/// Functions whose last failure is remembered. When there are more, all are forgotten.
const FAILURES: usize = 1000;

impl Failures {
    fn note(&self, function: &str, why: &str, at: Millis) {
        let mut all = self.0.lock();
        if all.len() >= FAILURES {
            all.clear();
        }
        all.insert(function.to_owned(), (why.to_owned(), at));
    }
}

/// What the host needs to know of the server, once its listeners are there.
#[derive(Clone)]
pub struct HostSettings {
    /// The program that becomes a function: this one.
    pub program: PathBuf,
    /// Python's interpreter.
    pub python: PathBuf,
    /// Node's.
    pub node: PathBuf,
    /// Where functions reach this server's APIs.
    pub endpoint_url: String,
    /// The name that devices dial.
    pub device_host: String,
    /// PEM of the authority that functions trust.
    pub authority: String,
    /// What no function may read.
    pub data_dir: PathBuf,
    /// Keys that calls of another Lambda are signed with.
    pub keys: Option<KeysFile>,
    /// What functions are given to read, the same through resets.
    pub files: Arc<nameplate_functions::Files>,
}

impl Functions {
    /// Code is kept in `directory`; nothing can run before [`Functions::start`].
    pub(crate) fn open(
        kernel: Arc<Kernel>,
        iam: Arc<Iam>,
        objects: Arc<Objects>,
        directory: &Path,
    ) -> Result<Self> {
        let folder = folder(directory);
        let code = CodeStore::open(&folder).map_err(Error::internal)?;
        let logs = Logs::open(&folder.join("logs"), LOG_BYTES).map_err(Error::internal)?;
        Ok(Self {
            kernel,
            iam,
            objects,
            code,
            logs: Arc::new(logs),
            host: OnceLock::new(),
            targets: Keyed::default(),
            sessions: Arc::default(),
            queue: event::Queue::default(),
            failures: Failures::default(),
            made: Mutex::default(),
            sweeping: tokio::sync::RwLock::default(),
            #[cfg(test)]
            pretended: Mutex::default(),
        })
    }

    /// Begins to run functions, those first whose calls were taken before the last end.
    pub fn start(self: &Arc<Self>, settings: HostSettings) -> Result<()> {
        let directory = folder(&settings.data_dir);
        let toolchain = toolchain(&settings.data_dir, &settings.python, &settings.node);
        let helper = vec![
            settings.program.display().to_string(),
            crate::FUNCTION_COMMAND.to_owned(),
        ];
        let sessions = Arc::clone(&self.sessions);
        let mut host = nameplate_functions::Settings::new(directory, helper, Arc::new(toolchain));
        host.logs = Some(Arc::clone(&self.logs));
        host.region.clone_from(&self.kernel.realm().region);
        host.endpoint_url = Some(settings.endpoint_url);
        host.device_host = Some(settings.device_host);
        host.authority = Some(settings.authority);
        host.protected = vec![settings.data_dir];
        let tls = tls().map_err(|broken| Error::internal(broken.0))?;
        host.tls = Some(Arc::new(tls));
        let (region, clock) = (self.kernel.realm().region.clone(), self.kernel.clock);
        host.sign = settings
            .keys
            .map(|keys| elsewhere::signer(keys, region, clock));
        host.credentials = Arc::new(move |function| sessions.of(function));
        host.files = settings.files;
        let host = Host::start(host).map_err(Error::internal)?;
        if self.host.set(host).is_err() {
            return Err(Error::internal("the function host was started twice"));
        }
        sweep::start(self);
        event::start(self);
        Ok(())
    }

    fn host(&self) -> Result<&Arc<Host>> {
        self.host.get().ok_or_else(|| {
            Error::new(
                Kind::Unavailable,
                "functions cannot be run yet: the server is still starting",
            )
        })
    }

    /// From now on `answer` answers in the place of this function's process.
    #[cfg(test)]
    pub(crate) fn pretend(&self, function: &str, answer: Pretended) {
        self.pretended.lock().insert(function.to_owned(), answer);
    }

    /// What functions printed.
    pub fn logs(&self) -> &Arc<Logs> {
        &self.logs
    }

    /// What this machine enforces on functions: what is missing, in words; none where nothing is.
    pub async fn confinement(&self) -> Result<Vec<String>> {
        match self.host()?.confinement().await {
            Ok(found) => Ok(found.gaps.clone()),
            Err(failure) => Err(refusal::failed(failure)),
        }
    }

    /// How the function's last call for later failed since `since`: the error, and the last line that it printed.
    pub fn last_failure(&self, function: &str, since: Millis) -> Option<String> {
        let all = self.failures.0.lock();
        let (why, at) = all.get(function)?;
        (*at >= since).then(|| why.clone())
    }

    /// Ends what runs.
    pub(crate) fn stop(&self) {
        self.queue.stop();
        if let Some(host) = self.host.get() {
            host.close();
        }
    }

    fn reference(&self, name: &str, qualifier: Option<&str>) -> Result<Reference> {
        Reference::parse(self.kernel.realm(), name, qualifier).map_err(Error::from)
    }

    /// Runs a transaction about a function that must exist; the closure gets its key and ARN.
    async fn alter<T, F>(
        &self,
        caller: &Caller,
        what: &'static str,
        function: &str,
        mut body: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>, i64, &str) -> Result<T> + Send + 'static,
    {
        let reference = self.reference(function, None)?;
        let absent = self.absent(&reference).message;
        let arn = self.kernel.realm().function(&reference.name);
        self.kernel
            .change(caller, what, move |tx| {
                let function = tx
                    .function(&reference.name)?
                    .ok_or_else(|| Error::not_found(absent.clone()))?;
                body(tx, function.key, &arn)
            })
            .await
    }

    fn absent(&self, reference: &Reference) -> Error {
        let arn = reference.arn(self.kernel.realm());
        Error::not_found(format!("Function not found: {arn}"))
    }
}

/// Where the host keeps what it owns, below the data directory.
fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("functions")
}

/// The interpreters and the runtime clients that are installed in a data directory.
pub fn toolchain(data_dir: &Path, python: &Path, node: &Path) -> Toolchain {
    Toolchain::new(&folder(data_dir).join("runtime"), python, node, Vec::new())
}
