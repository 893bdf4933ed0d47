//! The servers under measurement as child processes: start, stop, CPU time, memory, and which core they run on.
//!
//! Each server leads a process group of its own, so that what it starts is counted with it and ends with it.

use crate::postgres::Postgres;
use anyhow::{Context as _, bail};
use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a server may take to listen: it reads a registry of a million things first.
const START: Duration = Duration::from_secs(120);
/// How long it may take to end.
const STOP: Duration = Duration::from_secs(20);
/// `/proc/PID/stat` counts CPU time in ticks of this length on every Linux there is (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

const CLIENT_CORE: &str = "0";
const SERVER_CORE: &str = "1";

/// How a server is started.
pub struct Program {
    /// The program.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// What is set in its environment besides ours.
    pub environment: Vec<(&'static str, String)>,
    /// Where it will listen.
    pub address: SocketAddr,
    /// Where its output goes.
    pub log: PathBuf,
    /// Which cores it has.
    pub cores: Cores,
}

/// Which cores a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cores {
    /// One of its own, where there are two.
    One,
    /// All that there are.
    All,
}

/// A running server.
pub struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    database: Option<Arc<Postgres>>,
}

impl Server {
    /// Starts a program and waits until it listens.
    pub async fn start(program: Program) -> anyhow::Result<Self> {
        let Program {
            path,
            arguments,
            environment,
            address,
            log,
            cores,
        } = program;
        let output = File::create(&log).with_context(|| format!("make {}", log.display()))?;
        let mut command = if cores == Cores::One && can_pin() {
            let mut command = Command::new("taskset");
            command.args(["-c", SERVER_CORE]).arg(&path);
            command
        } else {
            Command::new(&path)
        };
        let child = command
            .args(arguments)
            .envs(environment)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("start {}", path.display()))?;
        let mut server = Self {
            child,
            address,
            log,
            database: None,
        };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("{} ended: {status}\n{}", path.display(), server.said());
            }
            if started.elapsed() > START {
                bail!(
                    "{} does not listen at {address} after {} s\n{}",
                    path.display(),
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

    /// CPU time used so far, user and system, of the server and of every process under it that is still in its group
    /// or has ended; all threads, those that have ended included.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let leader = self.child.id();
        let own = cpu_of(|stat| stat.group == leader)?;
        Ok(own + self.database_cpu()?.unwrap_or_default())
    }

    /// The part of it that is its database's, where that is a server of its own.
    pub fn database_cpu(&self) -> anyhow::Result<Option<Duration>> {
        self.database.as_ref().map(|of| of.cpu()).transpose()
    }

    /// Counts the database's work with the server's.
    pub fn over(mut self, database: Option<Arc<Postgres>>) -> Self {
        self.database = database;
        self
    }

    /// Resident memory, KiB.
    pub fn resident_kib(&self) -> anyhow::Result<f64> {
        self.status_kib("VmRSS:")
    }

    /// Resident memory that is its own, without mapped files, KiB.
    pub fn own_kib(&self) -> anyhow::Result<f64> {
        self.status_kib("RssAnon:")
    }

    fn status_kib(&self, field: &str) -> anyhow::Result<f64> {
        self.proc("status")?
            .lines()
            .find_map(|line| line.strip_prefix(field))
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|number| number.parse().ok())
            .with_context(|| format!("/proc/PID/status has no {field}"))
    }

    /// The end of what it has written, for error messages.
    pub fn said(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Asks it to end and waits.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        // As their users end them.
        self.signal("TERM", &self.child.id().to_string())?;
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

    /// Sends a signal; the standard library has none but SIGKILL, and that for one process only.
    fn signal(&self, signal: &str, to: &str) -> anyhow::Result<()> {
        Command::new("kill")
            .args(["-s", signal, "--", to])
            .stderr(Stdio::null())
            .status()
            .context("run kill")?;
        Ok(())
    }

    fn proc(&self, file: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        std::fs::read_to_string(&path).with_context(|| format!("read {path}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `stop` there is nothing left to kill but what the server forgot; after an error all of it.
        let _ = self.signal("KILL", &format!("-{}", self.child.id()));
        let _ = self.child.wait();
    }
}

/// CPU time of this process so far.
pub fn own_cpu() -> anyhow::Result<Duration> {
    let used = ClockId::CLOCK_PROCESS_CPUTIME_ID.now();
    Ok(used.context("read this process's clock")?.into())
}

/// CPU time used so far by those of all processes. Of a process itself to the nanosecond, which `/proc` does not say, and of its
/// children that have ended in ticks.
pub fn cpu_of(whose: impl Fn(&Stat) -> bool) -> anyhow::Result<Duration> {
    let mut used = Duration::ZERO;
    for entry in std::fs::read_dir("/proc").context("read /proc")? {
        let name = entry?.file_name();
        let is_process = name.to_string_lossy().parse::<u32>().is_ok();
        // A process may end between being listed and being read.
        let Some(stat) = is_process
            .then(|| std::fs::read_to_string(format!("/proc/{}/stat", name.display())).ok())
            .flatten()
        else {
            continue;
        };
        let stat = Stat::parse(&stat)?;
        if whose(&stat) {
            used += stat.own() + TICK * stat.of_children;
        }
    }
    Ok(used)
}

/// What `/proc/PID/stat` says.
pub struct Stat {
    /// The process.
    pub pid: u32,
    /// Its parent.
    pub parent: u32,
    /// The process group.
    group: u32,
    /// User and system time in ticks, its own.
    own: u32,
    /// That of its children that have ended.
    of_children: u32,
}

impl Stat {
    fn parse(text: &str) -> anyhow::Result<Self> {
        // The second field is the program's name in parentheses and may hold anything.
        let (front, rest) = text
            .rsplit_once(')')
            .context("/proc/PID/stat has no name")?;
        let pid = front.split(' ').next().and_then(|pid| pid.parse().ok());
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let field = |at: usize| -> anyhow::Result<i64> {
            let field = fields.get(at).context("/proc/PID/stat is short")?;
            field.parse().context("a number in /proc/PID/stat")
        };
        let ticks = |at: usize| -> anyhow::Result<u32> {
            let ticks = field(at)? + field(at + 1)?;
            u32::try_from(ticks).context("the CPU time in /proc/PID/stat")
        };
        Ok(Self {
            pid: pid.context("/proc/PID/stat has no process")?,
            parent: u32::try_from(field(1)?).unwrap_or_default(),
            group: u32::try_from(field(2)?).unwrap_or_default(),
            own: ticks(11)?,
            of_children: ticks(13)?,
        })
    }

    /// Its own CPU time; in ticks where it has ended since.
    fn own(&self) -> Duration {
        let clock = i32::try_from(self.pid).ok().map(Pid::from_raw);
        let used = clock.and_then(|pid| clock_getcpuclockid(pid).ok()?.now().ok());
        used.map_or(TICK * self.own, Duration::from)
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

/// The words before a command that keep it to the servers' core, where there are two.
pub fn pin_words() -> String {
    match can_pin() {
        true => format!("taskset -c {SERVER_CORE}"),
        false => String::new(),
    }
}

/// Which of the two it is, for a report.
pub fn pinned() -> &'static str {
    if can_pin() {
        "server and client on a core each"
    } else {
        "server and client NOT on cores of their own: taskset or a second core is missing"
    }
}

/// An address on the loopback interface that is free now.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("find a free port")?;
    Ok(listener.local_addr()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_line_is_read_whatever_the_name_is() {
        let line = "41 (a) b) S 40 39 38 0 -1 4194560 1 2 0 0 100 20 3 4 20 0 5 0 99";
        let stat = Stat::parse(line).expect("a stat line");
        assert_eq!((stat.pid, stat.parent), (41, 40));
        assert_eq!((stat.group, stat.own, stat.of_children), (39, 120, 7));
        assert!(Stat::parse("41 (a) S 40").is_err());
    }
}
