//! Confining a function: what our own binary does to itself before it becomes one.
//!
//! The host starts `nameplate __function`, which is [`main`], and hands it a plan on standard input. The outer process
//! makes namespaces, where the kernel lets it, and then only waits: its standard input is the line on which it lives, so
//! that a host that ends, however it ends, takes its functions along. The inner process builds what the function sees as
//! file system, gives up what a function needs not, reports what could be enforced as one line of JSON, and starts it.
//!
//! Every call here is safe Rust over the kernel's interfaces: nothing runs between `fork` and `exec`. Environment
//! variables of the function's owner are set only for the function: `LD_PRELOAD` among them must not reach this code.

mod root;
mod rules;

use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

/// The exit status by which the helper says that the program could not be started.
pub(crate) const NOT_STARTED: i32 = 213;
/// The exit status by which the helper says that it could not confine.
pub(crate) const NOT_CONFINED: i32 = 214;
/// What the helper adds to the number of a signal that ended the function. Not the 128 that shells add: programs exit with
/// such numbers themselves, as AWS's runtime client for Node does after an exception that nobody caught (129). A program that
/// exits with one of the 31 numbers from here on is taken for one that a signal ended.
pub(crate) const SIGNALLED: i32 = 160;

/// What the helper is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// The arguments by which the helper starts itself again, without the program.
    pub again: Vec<String>,
    /// Make namespaces. Decided by the host, because paths in the environment depend on it.
    pub namespaces: bool,
    /// An empty folder over which the function's root is mounted.
    pub root: PathBuf,
    /// What the function may read and execute.
    pub readable: Vec<Bind>,
    /// Where it may write, where namespaces give it no `/tmp` of its own.
    pub writable: Vec<PathBuf>,
    /// The size of its `/tmp`, in bytes.
    pub tmp_bytes: u64,
    /// `RLIMIT_DATA`, in bytes: what a process may allocate.
    pub data_bytes: u64,
    /// `RLIMIT_FSIZE`, in bytes: the largest file it may write.
    pub file_bytes: u64,
    /// The TCP ports it may connect to; absent, all.
    pub connect: Option<Vec<u16>>,
    /// What to start; absent, only report.
    pub program: Option<Program>,
}

/// A path of this machine, and where the function finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bind {
    pub source: PathBuf,
    pub target: PathBuf,
}

/// What becomes of the helper.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Program {
    pub path: PathBuf,
    pub arguments: Vec<String>,
    pub environment: Vec<(String, String)>,
    pub folder: PathBuf,
}

/// What this kernel enforces on a function. Said in the log and by `nameplate function`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// A file system of its own, in which nothing else exists: `/tmp` of bounded size, `/opt`, `/var/task`; and processes
    /// of its own, all of which end with it.
    pub namespaces: bool,
    /// Landlock: `full`, `partial` or `none`.
    pub landlock: String,
    /// Landlock's interface version here; 0 without.
    pub landlock_abi: i32,
    /// The filter of system calls.
    pub seccomp: bool,
    /// What a function could do that it could not with everything in place, in sentences.
    pub gaps: Vec<String>,
}

impl Confinement {
    /// Whether files outside the function's own are out of its reach.
    pub fn files(&self) -> bool {
        self.namespaces || self.landlock != "none"
    }

    /// Whether nothing is missing.
    pub fn full(&self) -> bool {
        self.gaps.is_empty()
    }
}

/// The helper. `arguments` are those after the product's hidden command. Must be called before any thread is started.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let inner = arguments.into_iter().any(|argument| argument == "inner");
    let mut input = BufReader::new(io::stdin());
    let mut line = String::new();
    // A plan is some kilobytes, most of it environment variables (AWS: 4 KB); an end that is missing must not fill memory.
    let read = input.by_ref().take(1 << 20).read_line(&mut line);
    let plan: Plan = match read
        .map_err(|e| e.to_string())
        .and_then(|_| serde_json::from_str(&line).map_err(|e| e.to_string()))
    {
        Ok(plan) => plan,
        Err(e) => {
            say(&format!(
                "this command is the server's own: it reads a plan on standard input ({e})"
            ));
            return ExitCode::from(2);
        }
    };
    let code = if inner {
        inside(&plan)
    } else {
        outside(&plan, &line, input)
    };
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// A line for the function's log.
fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

fn outside(plan: &Plan, line: &str, mut input: impl Read + Send + 'static) -> i32 {
    if let Err(e) = if plan.namespaces {
        namespaces()
    } else {
        // What a function starts and forgets becomes a child of this process, which ends it.
        nix::sys::prctl::set_child_subreaper(true).map_err(io::Error::from)
    } {
        say(&format!("namespaces: {e}"));
        return NOT_CONFINED;
    }
    // Once there is a namespace for the processes to come, the kernel starts no more threads in this one.
    let (told, pid) = std::sync::mpsc::channel::<Pid>();
    std::thread::spawn(move || {
        // The host writes nothing more: what is read is the end, when it lets go or ends itself.
        let mut buffer = [0; 64];
        while matches!(input.read(&mut buffer), Ok(n) if n > 0) {}
        if let Ok(pid) = pid.recv() {
            let _ = kill(pid, Signal::SIGKILL);
        }
    });
    if plan.namespaces
        && let Err(e) = unshare(CloneFlags::CLONE_NEWPID)
    {
        say(&format!("a namespace for processes: {e}"));
        return NOT_CONFINED;
    }
    let started = std::env::current_exe().and_then(|program| {
        Command::new(program)
            .args(&plan.again)
            .arg("inner")
            // An allocator that sets much aside at its start would stand before the limit on memory, which begins to
            // hold before the runtime takes this process's place.
            .env("MIMALLOC_ARENA_EAGER_COMMIT", "0")
            .env("MIMALLOC_ARENA_RESERVE", "0")
            .stdin(Stdio::piped())
            .spawn()
    });
    let mut child = match started {
        Ok(child) => child,
        Err(e) => {
            say(&format!("starting the helper's second half: {e}"));
            return NOT_CONFINED;
        }
    };
    if let Some(mut pipe) = child.stdin.take() {
        // A child that is gone is found out below.
        let _ = pipe.write_all(line.as_bytes());
    }
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
    let _ = told.send(pid);
    let code = reap(pid);
    if !plan.namespaces {
        // With namespaces the kernel has done this already.
        sweep();
    }
    code
}

/// User, mount and IPC namespaces, in which the user is root until `own_number`: by any other number it would lose its
/// rights over them when the second half of the helper is started (capabilities(7), on execve).
fn namespaces() -> io::Result<()> {
    let user = nix::unistd::geteuid();
    let group = nix::unistd::getegid();
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWIPC)?;
    // user_namespaces(7): without privileges the group may be mapped only once groups cannot be dropped any more.
    std::fs::write("/proc/self/setgroups", "deny")?;
    std::fs::write("/proc/self/uid_map", format!("0 {user} 1"))?;
    std::fs::write("/proc/self/gid_map", format!("0 {group} 1"))
}

/// A user namespace below, in which the user has the number again that the server has. It owns none of the mounts.
fn own_number() -> io::Result<()> {
    let (user, group) = (outer("/proc/self/uid_map")?, outer("/proc/self/gid_map")?);
    if (user, group) == (0, 0) {
        return Ok(());
    }
    unshare(CloneFlags::CLONE_NEWUSER)?;
    std::fs::write("/proc/self/uid_map", format!("{user} 0 1"))?;
    std::fs::write("/proc/self/gid_map", format!("{group} 0 1"))
}

/// The number outside of the one that a map has: it holds the number inside, the number outside and how many there are.
fn outer(map: &str) -> io::Result<u32> {
    let text = std::fs::read_to_string(map)?;
    let number = text.split_whitespace().nth(1).and_then(|n| n.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("{map} maps nobody")))
}

/// Waits for a child, and meanwhile for whatever else became one; answers its exit status, or [`SIGNALLED`] and the signal.
fn reap(pid: Pid) -> i32 {
    loop {
        match waitpid(None, None) {
            Ok(WaitStatus::Exited(who, code)) if who == pid => return code,
            Ok(WaitStatus::Signaled(who, signal, _)) if who == pid => {
                return SIGNALLED + signal as i32;
            }
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(_) => return 1,
        }
    }
}

/// Ends whatever else became a child of this process, and their children, which then do.
fn sweep() {
    loop {
        let children = children();
        if children.is_empty() {
            return;
        }
        for child in children {
            let _ = kill(child, Signal::SIGKILL);
        }
        if waitpid(None, None).is_err() {
            return;
        }
    }
}

/// The children of this process, of all its threads.
fn children() -> Vec<Pid> {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return Vec::new();
    };
    tasks
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| {
            text.split_whitespace()
                .filter_map(|pid| pid.parse().ok().map(Pid::from_raw))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn inside(plan: &Plan) -> i32 {
    // Whoever kills the outer process kills the function.
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
    let mut gaps = Vec::new();
    let mut own_proc = false;
    if plan.namespaces {
        match root::build(plan, &mut gaps).and_then(|own| own_number().map(|()| own)) {
            Ok(own) => own_proc = own,
            Err(e) => {
                say(&format!("the function's file system: {e}"));
                return NOT_CONFINED;
            }
        }
    } else {
        gaps.push(
            "no namespaces: it shares /tmp or writes only where TMPDIR points, files are bounded one by one, and /opt and \
             /var/task are elsewhere"
                .to_owned(),
        );
    }
    let confinement = match rules::apply(plan, own_proc, gaps) {
        Ok(confinement) => confinement,
        Err(e) => {
            say(&format!("giving up rights: {e}"));
            return NOT_CONFINED;
        }
    };
    match serde_json::to_string(&confinement) {
        Ok(text) => say(&text),
        Err(e) => {
            say(&e.to_string());
            return NOT_CONFINED;
        }
    }
    let Some(program) = &plan.program else {
        return 0;
    };
    let mut command = Command::new(&program.path);
    command
        .args(&program.arguments)
        .env_clear()
        .envs(
            program
                .environment
                .iter()
                .map(|(name, value)| (name, value)),
        )
        .current_dir(&program.folder)
        .stdin(Stdio::null());
    let failed = |e: io::Error| {
        say(&format!("{}: {e}", program.path.display()));
        NOT_STARTED
    };
    if !plan.namespaces {
        return failed(command.exec());
    }
    // The first process of a namespace cannot be killed by what it does to itself, which a function may expect to be.
    match command.spawn() {
        Ok(child) => reap(Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX))),
        Err(e) => failed(e),
    }
}
