//! The servers under measurement as child processes: start, stop, CPU time, memory, and which core they run on.

use anyhow::{Context as _, bail};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to listen: it reads a registry of a million things first.
const START: Duration = Duration::from_secs(120);
/// How long it may take to end.
const STOP: Duration = Duration::from_secs(20);
/// `/proc/PID/stat` counts CPU time in ticks of this length on every Linux there is (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

const CLIENT_CORE: &str = "0";
const SERVER_CORE: &str = "1";

/// A running server.
pub struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// Starts a program and waits until it listens at `address`. Its output goes to `log`.
    pub async fn start(
        program: &Path,
        arguments: &[String],
        address: SocketAddr,
        log: &Path,
    ) -> anyhow::Result<Self> {
        let output = File::create(log).with_context(|| format!("make {}", log.display()))?;
        let mut command = if can_pin() {
            let mut command = Command::new("taskset");
            command.args(["-c", SERVER_CORE]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("start {}", program.display()))?;
        let mut server = Self {
            child,
            address,
            log: log.to_owned(),
        };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("{} ended: {status}\n{}", program.display(), server.said());
            }
            if started.elapsed() > START {
                bail!(
                    "{} does not listen at {address} after {} s\n{}",
                    program.display(),
                    START.as_secs(),
                    server.said()
                );
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(server)
    }

    /// Where devices connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// CPU time used so far, user and system, all threads, those that have ended included.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let stat = self.proc("stat")?;
        // The second field is the program's name in parentheses and may hold anything.
        let ticks = stat
            .rsplit_once(')')
            .map(|(_, rest)| rest.split_whitespace().skip(11).take(2))
            .context("/proc/PID/stat has no name")?
            .map(str::parse::<u32>)
            .sum::<Result<u32, _>>()
            .context("the CPU time in /proc/PID/stat")?;
        Ok(TICK * ticks)
    }

    /// Resident memory, KiB.
    pub fn resident_kib(&self) -> anyhow::Result<f64> {
        self.proc("status")?
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|number| number.parse().ok())
            .context("/proc/PID/status has no VmRSS")
    }

    /// The end of what it has written, for error messages.
    pub fn said(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Asks it to end and waits.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        // The standard library sends no signal but SIGKILL, and the servers shall end as their users end them.
        Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .context("run kill")?;
        let asked = Instant::now();
        while self.child.try_wait()?.is_none() {
            if asked.elapsed() > STOP {
                bail!(
                    "the server has not ended {} s after SIGTERM",
                    STOP.as_secs()
                );
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    fn proc(&self, file: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        std::fs::read_to_string(&path).with_context(|| format!("read {path}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `stop` there is nothing left to kill; after an error there may be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keeps this process to the client's core, where there are two.
pub fn pin_client() -> anyhow::Result<()> {
    if can_pin() {
        let pid = std::process::id().to_string();
        let status = Command::new("taskset")
            .args(["-c", "-p", CLIENT_CORE, &pid])
            .stdout(Stdio::null())
            .status()
            .context("run taskset")?;
        if !status.success() {
            bail!("taskset cannot keep the client to core {CLIENT_CORE}: {status}");
        }
    }
    Ok(())
}

/// Whether server and client each get a core of their own.
pub fn can_pin() -> bool {
    Command::new("taskset")
        .args(["-c", SERVER_CORE, "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// An address on the loopback interface that is free now.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("find a free port")?;
    Ok(listener.local_addr()?)
}
