//! A server of PostgreSQL for the tests of one process: made when the first asks, gone with the process.

use crate::fixture::is_sqlite;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// Where the server is to be found, handed to processes that a test starts.
pub const URL: &str = "NAMEPLATE_TEST_POSTGRES";

/// URL of a database that belongs to this directory; made where it is not there.
pub fn database_of(directory: &Path) -> String {
    let server = server();
    let name: String = directory
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    let made = Command::new(tool("psql"))
        .args(["-X", "-q", "-d", server])
        .args([
            "-c",
            &format!("CREATE DATABASE t{name} ENCODING UTF8 TEMPLATE template0"),
        ])
        .stderr(Stdio::null())
        .status();
    // Where it was there already, the rest of the test is what tells.
    assert!(made.is_ok(), "psql cannot be run");
    server.replace("/postgres", &format!("/t{name}"))
}

/// URL of the server, for a process that is to use the same; empty over another engine.
pub fn url() -> &'static str {
    if is_sqlite() { "" } else { server() }
}

/// URL of the server's own database.
fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| std::env::var(URL).unwrap_or_else(|_| start().0))
}

/// A program of the newest version that Debian has installed, or that is on the path.
fn tool(name: &str) -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin").join(name)))
        .filter(|path| path.exists())
        .collect();
    versions.sort();
    versions.pop().unwrap_or_else(|| name.into())
}

/// Runs a statement over a server's database.
pub fn sql(url: &str, statement: &str) -> bool {
    Command::new(tool("psql"))
        .args([
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            url,
            "-c",
            statement,
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The same database behind a proxy by which what the server says comes byte by byte.
pub fn byte_by_byte(url: &str) -> String {
    let port = |url: &str| {
        let rest = url.rsplit(':').next().unwrap_or_default();
        rest.split('/').next().unwrap_or_default().to_owned()
    };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port can be had");
    let own = listener.local_addr().expect("it has an address").port();
    let server = format!("127.0.0.1:{}", port(url));
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let Ok(far) = TcpStream::connect(&server) else {
                continue;
            };
            for (from, to, piece) in [(&near, &far, 4096), (&far, &near, 1)] {
                if let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) {
                    std::thread::spawn(move || pass_on(from, to, piece));
                }
            }
        }
    });
    url.replace(&format!(":{}/", port(url)), &format!(":{own}/"))
}

/// Passes on what comes, so many bytes at a time, each by itself.
fn pass_on(mut from: TcpStream, mut to: TcpStream, piece: usize) {
    let mut bytes = [0; 4096];
    let _ = to.set_nodelay(true);
    while let Ok(some @ 1..) = from.read(&mut bytes) {
        for piece in bytes[..some].chunks(piece) {
            if to.write_all(piece).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_micros(20));
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// A server that one test has for itself, so that it may be stopped and started.
pub struct Own {
    pub url: String,
    directory: PathBuf,
}

impl Own {
    pub fn start() -> Self {
        let (url, directory) = start();
        Self { url, directory }
    }

    /// Has it be a replica from its next start on, until it is promoted.
    pub fn make_replica(&self) {
        let signal = self.directory.join("data/standby.signal");
        std::fs::write(signal, "").expect("its directory can be written to");
    }

    /// `stop -m fast`, `start`, `restart` and the like.
    pub fn control(&self, words: &[&str]) {
        let data = self.directory.join("data");
        let port = self
            .url
            .rsplit(':')
            .next()
            .and_then(|rest| rest.split('/').next());
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off",
            port.unwrap_or_default()
        );
        let log = self.directory.join("data/log");
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(tool("pg_ctl"));
            command
        } else {
            Command::new(tool("pg_ctl"))
        };
        let done = command
            .arg("-D")
            .arg(&data)
            .arg("-l")
            .arg(&log)
            .args(["-w", "-o", &options])
            .args(words)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(done.is_ok_and(|done| done.success()), "pg_ctl {words:?}");
    }
}

/// Whether this process is root's.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|of| of.uid() == 0)
}

/// Starts a server in a temporary directory. It ends when its standard input does, which this process holds.
fn start() -> (String, PathBuf) {
    let directory = tempfile::tempdir()
        .expect("a temporary directory can be made")
        .keep();
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port can be had")
        .port();
    // PostgreSQL does not run as root. Whoever may do everything becomes its user; others are themselves.
    let script = r#"
        set -eu
        as_user() { "$@"; }
        if [ "$(id -u)" = 0 ]; then
            chown postgres "$DIRECTORY"
            as_user() { runuser -u postgres -- "$@"; }
        fi
        cd "$DIRECTORY"
        as_user "$INITDB" -D "$DIRECTORY/data" -U nameplate -A trust -E UTF8 --no-sync >/dev/null
        as_user "$POSTGRES" -D "$DIRECTORY/data" -p "$PORT" -c listen_addresses=127.0.0.1 -c fsync=off \
            -c unix_socket_directories= -c max_connections=400 -c log_min_messages=fatal </dev/null >/dev/null 2>&1 &
        while ! "$PSQL" -X -q -d "$URL" -c "SELECT 1" >/dev/null 2>&1; do sleep 0.05; kill -0 $!; done
        echo ready
        # Held open by the tests; at their end the server goes, and its files with it.
        cat >/dev/null
        as_user "$PG_CTL" -D "$DIRECTORY/data" stop -m immediate >/dev/null
        rm -rf "$DIRECTORY"
    "#;
    let url = format!("postgres://nameplate@127.0.0.1:{port}/postgres");
    let mut child = Command::new("sh")
        .args(["-c", script])
        .env("DIRECTORY", &directory)
        .env("PORT", port.to_string())
        .env("URL", &url)
        .env("INITDB", tool("initdb"))
        .env("POSTGRES", tool("postgres"))
        .env("PG_CTL", tool("pg_ctl"))
        .env("PSQL", tool("psql"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell can be started");
    let stdout = child.stdout.take().expect("it was asked for");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line)
        .expect("the server says that it is ready");
    assert_eq!(
        line, "ready\n",
        "PostgreSQL did not start; is Debian's postgresql installed?"
    );
    // The pipe is closed when this process ends, however it does.
    std::mem::forget(child);
    (url, directory)
}
