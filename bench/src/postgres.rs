//! PostgreSQL under nameplate: Debian's, with its defaults, so with fsync, on a port of its own and for this run alone.

use crate::server;
use anyhow::{Context as _, bail, ensure};
use nameplate_store::{Copy, Location, PostgresOptions};
use std::io::{BufRead as _, BufReader};
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ends the server, and its files, when standard input ends: whoever holds that is this run.
const SCRIPT: &str = r#"
set -eu
as_user() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    chown postgres "$DIRECTORY"
    as_user() { runuser -u postgres -- "$@"; }
fi
cd "$DIRECTORY"
as_user "$BIN/initdb" -D "$DIRECTORY/data" -U nameplate -A trust -E UTF8 >/dev/null
as_user $PIN "$BIN/pg_ctl" -D "$DIRECTORY/data" -l "$DIRECTORY/data/log" -w -o "$OPTIONS" start >/dev/null </dev/null
echo ready
cat >/dev/null
as_user "$BIN/pg_ctl" -D "$DIRECTORY/data" stop -m immediate >/dev/null
rm -rf "$DIRECTORY"
"#;

/// A server that runs until this is dropped.
pub struct Postgres {
    keeper: Child,
    bin: PathBuf,
    port: u16,
    /// The process that all its others are children of.
    postmaster: u32,
}

impl Postgres {
    /// Starts it; `pinned` on the core that servers have.
    pub fn start(pinned: bool) -> anyhow::Result<Self> {
        let bin = programs()?;
        let port = server::free_address()?.port();
        let directory =
            std::env::temp_dir().join(format!("nameplate-bench-{}-{port}", std::process::id()));
        std::fs::create_dir(&directory).with_context(|| format!("make {}", directory.display()))?;
        let pin = match pinned {
            true => server::pin_words(),
            false => String::new(),
        };
        let mut keeper = Command::new("sh")
            .args(["-c", SCRIPT])
            .env("DIRECTORY", &directory)
            .env("BIN", &bin)
            .env("PIN", pin)
            .env(
                "OPTIONS",
                format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("run sh")?;
        let mut line = String::new();
        let output = keeper.stdout.take().context("its output")?;
        BufReader::new(output).read_line(&mut line)?;
        ensure!(line == "ready\n", "PostgreSQL did not start");
        let pid = directory.join("data").join("postmaster.pid");
        let pid =
            std::fs::read_to_string(&pid).with_context(|| format!("read {}", pid.display()))?;
        let postmaster = pid
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok())
            .context("postmaster.pid has no process in it")?;
        Ok(Self {
            keeper,
            bin,
            port,
            postmaster,
        })
    }

    /// URL of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://nameplate@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database anew; its URL.
    pub fn empty(&self, database: &str) -> anyhow::Result<String> {
        for statement in [
            format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"),
            format!("CREATE DATABASE {database} ENCODING UTF8 TEMPLATE template0"),
        ] {
            let done = Command::new(self.bin.join("psql"))
                .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d"])
                .arg(self.url("postgres"))
                .args(["-c", &statement])
                .stderr(Stdio::null())
                .status()
                .context("run psql")?;
            ensure!(done.success(), "{statement}: {done}");
        }
        Ok(self.url(database))
    }

    /// A database with a copy of the registry of a data directory; its URL.
    pub fn copy_of(&self, home: &Path, database: &str) -> anyhow::Result<String> {
        let url = self.empty(database)?;
        let options = PostgresOptions::parse(&url).map_err(anyhow::Error::msg)?;
        let (from, to) = (
            Location::Directory(home.to_owned()),
            Location::Database(Box::new(options)),
        );
        let started = Instant::now();
        // It waits for the network, which a runtime's thread may not.
        let copied = std::thread::spawn(move || {
            Copy::open(&from, &to, &[], &mut |_| {})?.run(&mut |_| ControlFlow::Continue(()))
        });
        let Ok(copied) = copied.join() else {
            bail!("the copy panicked");
        };
        let copied = copied?;
        let took = started.elapsed().as_secs_f64();
        eprintln!(
            "{} rows copied to PostgreSQL and compared in {took:.1} s: {:.0}/s",
            copied.rows,
            copied.rows as f64 / took
        );
        Ok(url)
    }

    /// CPU time used so far by all its processes, those that have ended included.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        server::cpu_of(|stat| stat.pid == self.postmaster || stat.parent == self.postmaster)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Where Debian keeps the programs of the newest version.
fn programs() -> anyhow::Result<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .context("PostgreSQL is not installed (Debian: postgresql)")?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| {
            bin.join("initdb")
                .metadata()
                .is_ok_and(|file| file.mode() & 0o111 != 0)
        })
        .collect();
    found.sort();
    found
        .pop()
        .context("PostgreSQL is not installed (Debian: postgresql)")
}
