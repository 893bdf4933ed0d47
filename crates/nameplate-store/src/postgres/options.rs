//! Where the database is, who asks, and how safely: the URL and what it may say.

use super::failure::{Failure, with_causes};
use crate::Error;
use crate::node::Node;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the kernel may wait for an acknowledgement before it gives a connection up.
const UNACKNOWLEDGED: Duration = Duration::from_secs(15);
/// How long the server works on one statement before it gives it up.
const STATEMENT: Duration = Duration::from_secs(10);
/// Connections for reading, unless the URL says how many in all.
const READERS: usize = 8;
/// Connections besides those: the writer's, the one that reserves keys, and the lease's.
const OTHERS: usize = 3;

/// A database of PostgreSQL, as `postgres://USER:PASSWORD@HOST:PORT/DATABASE?…` names it. Shown without the password.
#[derive(Clone)]
pub struct PostgresOptions {
    config: tokio_postgres::Config,
    tls: Tls,
    readers: usize,
    statement: Duration,
    conflicts: Option<Arc<Conflicts>>,
    node: Node,
    together: bool,
}

#[derive(Clone)]
enum Tls {
    Off,
    On(MakeRustlsConnect),
}

/// Commits that are to fail for a test.
struct Conflicts {
    one_in: u32,
    // Stepped by a generator of its own, so that a run can be repeated.
    state: AtomicU32,
}

impl std::fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PostgresOptions")
            .field(&self.place())
            .finish()
    }
}

/// Whether a host is this machine.
fn is_local(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
    }
}

impl PostgresOptions {
    /// Reads a URL. What is wrong with it is said without it, since it may hold a password.
    ///
    /// Besides libpq's own parameters: `sslmode` is `disable` or `verify-full`, which is the default for every host
    /// but this machine; `sslrootcert` names a PEM file of the authorities to verify by instead of the system's;
    /// `connections` is how many connections are made at most, 4 to 100.
    pub fn parse(url: &str) -> Result<Self, String> {
        if url.contains(char::is_control) {
            return Err(
                "it holds the end of a line or another control character; inside a password that is written %0A and so on"
                    .into(),
            );
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        // The client reads the host from the first `@` on, so half a password would be a host, and be shown as one.
        let address = if base.contains('@') { base } else { url };
        if address.matches('@').count() > 1 {
            return Err("more than one @; inside a user or a password it is written %40".into());
        }
        let mut passed = Vec::new();
        let (mut mode, mut roots, mut readers) = (None, None, READERS);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "sslmode" => mode = Some(value),
                "sslrootcert" => roots = Some(decoded(value)?),
                "connections" => {
                    readers = value
                        .parse::<usize>()
                        .ok()
                        .filter(|n| (4..=100).contains(n))
                        .ok_or("connections must be a number from 4 to 100")?
                        - OTHERS;
                }
                _ => passed.push(pair),
            }
        }
        let rest = if passed.is_empty() {
            base.to_owned()
        } else {
            format!("{base}?{}", passed.join("&"))
        };
        let mut config: tokio_postgres::Config = rest
            .parse()
            .map_err(|failed: tokio_postgres::Error| with_causes(&failed))?;
        if config.get_hosts().is_empty() {
            return Err("it names no host".into());
        }
        if config.get_user().is_none_or(str::is_empty) {
            return Err("it names no user".into());
        }
        let Some(database) = config.get_dbname().filter(|name| !name.is_empty()) else {
            return Err("it names no database".into());
        };
        // It stands in messages, each of one line.
        if database.contains(char::is_control) {
            return Err("the database's name holds a control character".into());
        }
        let local = config.get_hosts().iter().all(is_local);
        let on = match mode {
            Some("disable") => false,
            Some("verify-full") => true,
            None => !local || roots.is_some(),
            Some("allow" | "prefer" | "require" | "verify-ca") => {
                return Err(
                    "sslmode is disable or verify-full; what lies between does not say whom it talks to"
                        .into(),
                );
            }
            Some(_) => return Err("sslmode is disable or verify-full".into()),
        };
        config.ssl_mode(if on {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        config.application_name("nameplate");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        config.tcp_user_timeout(UNACKNOWLEDGED);
        Ok(Self {
            config,
            tls: if on { tls(roots.as_deref())? } else { Tls::Off },
            readers,
            statement: STATEMENT,
            conflicts: None,
            node: Node::FIRST,
            together: false,
        })
    }

    /// The same, of which one commit in so many fails as if another transaction had been in the way, at random by a
    /// seed: for tests of whoever must be able to run again.
    #[must_use]
    pub fn with_conflicts(mut self, one_in: u32, seed: u32) -> Self {
        self.conflicts = Some(Arc::new(Conflicts {
            one_in: one_in.max(1),
            state: AtomicU32::new(seed | 1),
        }));
        self
    }

    /// The same, as another of several servers over the database has it.
    #[must_use]
    pub fn with_node(mut self, node: Node) -> Self {
        self.node = node;
        self
    }

    /// The same, for one of several servers: tables that a newer release has made are used where it says that this one can.
    #[must_use]
    pub fn with_others(mut self) -> Self {
        self.together = true;
        self
    }

    pub(super) fn has_others(&self) -> bool {
        self.together
    }

    pub(crate) fn node(&self) -> Node {
        self.node
    }

    /// Host, port and database, without user and password.
    pub fn place(&self) -> String {
        let ports = self.config.get_ports();
        let hosts = self
            .config
            .get_hosts()
            .iter()
            .enumerate()
            .map(|(at, host)| {
                let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
                match host {
                    Host::Tcp(name) if name.contains(':') => format!("[{name}]:{port}"),
                    Host::Tcp(name) => format!("{name}:{port}"),
                    Host::Unix(path) => format!("{}:{port}", path.display()),
                }
            });
        format!(
            "{}/{}",
            hosts.collect::<Vec<_>>().join(","),
            self.config.get_dbname().unwrap_or_default()
        )
    }

    pub(super) fn readers(&self) -> usize {
        // One of several servers has another that follows the others.
        let others = usize::from(self.together);
        self.readers.saturating_sub(others).max(1)
    }

    pub(super) fn statement_limit(&self) -> Duration {
        self.statement
    }

    /// The same for work that reads whole tables, which may take so long for one statement.
    pub(super) fn with_statement_limit(mut self, limit: Duration) -> Self {
        self.statement = limit;
        self
    }

    /// Whether the commit that is about to be made is one of those that a test wants to fail.
    pub(super) fn is_to_fail(&self) -> bool {
        let Some(conflicts) = &self.conflicts else {
            return false;
        };
        // Xorshift: any sequence will do that is spread evenly.
        let step = |mut x: u32| {
            x ^= x << 13;
            x ^= x >> 17;
            x ^ (x << 5)
        };
        let before = conflicts
            .state
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |x| Some(step(x)));
        before.is_ok_and(|x| step(x) % conflicts.one_in == 0)
    }

    /// Connects, and starts the task that drives the connection on the current runtime.
    pub(super) async fn connect(&self) -> Result<tokio_postgres::Client, Failure> {
        let limit = CONNECT * 2;
        let connecting = async {
            let client = match &self.tls {
                Tls::Off => {
                    let (client, connection) = self.config.connect(tokio_postgres::NoTls).await?;
                    tokio::spawn(connection);
                    client
                }
                Tls::On(tls) => {
                    let (client, connection) = self.config.connect(tls.clone()).await?;
                    tokio::spawn(connection);
                    client
                }
            };
            client
                .batch_execute(&format!(
                    "SET statement_timeout = {limit}; SET lock_timeout = {limit};
                     SET idle_in_transaction_session_timeout = {idle}; SET client_min_messages = warning",
                    limit = self.statement.as_millis(),
                    idle = (self.statement * 2).as_millis(),
                ))
                .await?;
            Ok(client)
        };
        match tokio::time::timeout(limit, connecting).await {
            Ok(connected) => {
                connected.map_err(|failed: tokio_postgres::Error| Failure::of(&failed))
            }
            Err(_) => Err(Failure::stuck(format!(
                "no connection within {} s",
                limit.as_secs()
            ))),
        }
    }

    /// A connection for whoever has a database of this kind to ask, driven by the current runtime; why there is none,
    /// without the password. The server gives up a statement after ten seconds.
    pub async fn client(&self) -> Result<tokio_postgres::Client, String> {
        self.connect().await.map_err(|failed| failed.text)
    }

    /// Why a start over this database is refused, and what to do.
    pub(super) fn refusal(&self, failed: &Failure) -> Error {
        let place = self.place();
        let user = self.config.get_user().unwrap_or_default();
        let database = self.config.get_dbname().unwrap_or_default();
        let Failure { text, .. } = failed;
        let words = match failed.state.as_deref() {
            Some("28P01" | "28000") => format!(
                "PostgreSQL at {place} does not let {user:?} in: {text}; correct user and password of --store, or pg_hba.conf"
            ),
            Some("3D000") => format!(
                "PostgreSQL at {place} has no database {database:?}; make it, for instance with: createdb {database}"
            ),
            Some("53300") => format!(
                "PostgreSQL at {place} has no connection left: {text}; raise max_connections or the user's CONNECTION LIMIT \
                 to {} at least, which ?connections=N in --store lowers to no less than 4",
                self.readers + OTHERS
            ),
            Some("42501") => format!(
                "PostgreSQL at {place}: {user:?} has not the rights it needs: {text}; make it the owner of the database"
            ),
            Some("25006") => {
                format!("PostgreSQL at {place} takes no writes ({text}); name the primary server")
            }
            // How a transaction begins, a replica refuses before it is asked to write.
            Some("0A000") if text.contains("standby") => {
                format!("PostgreSQL at {place} takes no writes ({text}); name the primary server")
            }
            Some(_) => format!("PostgreSQL at {place}: {text}"),
            None if text.contains("TLS") || text.contains("certificate") => format!(
                "PostgreSQL at {place} is not to be trusted: {text}; name its authority with ?sslrootcert=FILE, or give TLS up with ?sslmode=disable"
            ),
            None => format!(
                "PostgreSQL at {place} cannot be reached: {text}; look whether it runs there and listens"
            ),
        };
        Error::Refused(words)
    }
}

fn tls(roots: Option<&str>) -> Result<Tls, String> {
    let mut known = rustls::RootCertStore::empty();
    match roots {
        Some(path) => {
            let unreadable =
                |failed: &dyn std::fmt::Display| format!("sslrootcert {path:?}: {failed}");
            for certificate in
                CertificateDer::pem_file_iter(path).map_err(|failed| unreadable(&failed))?
            {
                let certificate = certificate.map_err(|failed| unreadable(&failed))?;
                known
                    .add(certificate)
                    .map_err(|failed| unreadable(&failed))?;
            }
            if known.is_empty() {
                return Err(unreadable(&"there is no certificate in it"));
            }
        }
        None => {
            let system = rustls_native_certs::load_native_certs();
            known.add_parsable_certificates(system.certs);
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|failed| failed.to_string())?
        .with_root_certificates(known)
        .with_no_client_auth();
    Ok(Tls::On(MakeRustlsConnect::new(config)))
}

/// `%41` and its like, read.
fn decoded(text: &str) -> Result<String, String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).map_err(|_| "a parameter is not UTF-8".into())
}
