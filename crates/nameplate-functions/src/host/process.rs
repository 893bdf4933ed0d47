//! The process of an environment: what it may see, and the helper that becomes it.

use super::output::{self, Output, Report};
use super::{Demand, Host};
use crate::confine::{Bind, Confinement, Plan};
use crate::function::Failure;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{mpsc, oneshot};

/// Finds out what this machine enforces.
pub(super) async fn probe(host: &Host) -> Result<Confinement, Failure> {
    let mut said = String::new();
    for namespaces in [true, false] {
        if namespaces && !host.settings.namespaces {
            continue;
        }
        let plan = plan(
            host,
            namespaces,
            Path::new("/nonexistent"),
            1 << 20,
            Vec::new(),
        )?;
        let (mut process, report, _) = Process::start(host, &plan, None).await?;
        let report = report.await.unwrap_or_else(|_| Err(String::new()));
        let _ = process.child.wait().await;
        match report {
            Ok(mut found) => {
                if !said.is_empty() {
                    found.gaps.push(format!("why there are none: {said}"));
                }
                return demanded(host.settings.demand, found);
            }
            Err(line) => said = nameplate_core::escape::line(&line).into_owned(),
        }
    }
    Err(Failure::NotConfined(format!(
        "functions cannot be confined on this machine: {said}"
    )))
}

fn demanded(demand: Demand, found: Confinement) -> Result<Confinement, Failure> {
    let enough = match demand {
        Demand::Full => found.full(),
        Demand::Files => found.files(),
        Demand::Nothing => true,
    };
    if enough {
        return Ok(found);
    }
    Err(Failure::NotConfined(format!(
        "this machine does not confine functions as the settings ask: {}",
        found.gaps.join("; ")
    )))
}

/// Folders and files of the system that programs need to run, none of which holds a secret.
const SYSTEM: [&str; 33] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
    "/gnu/store",
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/openssl.cnf",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
];

/// The plan without a program. `own` is what this function may read besides the system; `tmp` is its folder for temporary
/// files, where it has no `/tmp` of its own.
pub(super) fn plan(
    host: &Host,
    namespaces: bool,
    tmp: &Path,
    tmp_bytes: u64,
    own: Vec<Bind>,
) -> Result<Plan, Failure> {
    let settings = &host.settings;
    let system = SYSTEM.iter().map(Path::new).filter(|path| path.exists());
    let mut readable: Vec<Bind> = system
        .map(|path| match path.parent() == Some(Path::new("/")) {
            true => Bind {
                source: path.to_owned(),
                target: path.to_owned(),
            },
            false => Bind::same(path),
        })
        .chain(own)
        .collect();
    readable.sort_by_key(|bind| bind.target.components().count());
    let mut kept: Vec<Bind> = Vec::new();
    for bind in readable {
        let covered = kept.iter().any(|above| {
            bind == *above
                || (above.source == above.target
                    && bind.source == bind.target
                    && bind.target.starts_with(&above.target))
        });
        if !covered {
            kept.push(bind);
        }
    }
    let protected: Vec<PathBuf> = settings
        .protected
        .iter()
        .map(|path| path.canonicalize().unwrap_or_else(|_| path.clone()))
        .collect();
    for bind in &kept {
        if protected.iter().any(|path| path.starts_with(&bind.source)) {
            return Err(Failure::NotConfined(format!(
                "functions would read {}, which holds the server's own files: keep the data directory, or what the \
                 functions need, elsewhere",
                bind.source.display()
            )));
        }
    }
    let mut writable = vec![tmp.to_owned()];
    if !protected.iter().any(|path| path.starts_with("/tmp")) {
        writable.push("/tmp".into());
    }
    Ok(Plan {
        again: settings.helper.iter().skip(1).cloned().collect(),
        namespaces,
        root: settings.directory.join("root"),
        readable: kept,
        writable,
        tmp_bytes,
        data_bytes: u64::MAX,
        file_bytes: tmp_bytes,
        connect: settings.connect.clone(),
        program: None,
    })
}

/// The helper's process.
pub(super) struct Process {
    pub child: Child,
    /// It lives as long as this is open.
    pub line: ChildStdin,
    pub helper: u32,
}

pub(super) type Flushes = mpsc::Sender<oneshot::Sender<()>>;

impl Process {
    pub(super) async fn start(
        host: &Host,
        plan: &Plan,
        output: Option<Arc<Output>>,
    ) -> Result<(Self, oneshot::Receiver<Report>, Flushes), Failure> {
        let wrong = |step: &'static str| move |e: io::Error| Failure::Io(step.into(), e);
        let (reader, writer) = io::pipe().map_err(wrong("making a pipe"))?;
        let both = writer.try_clone().map_err(wrong("making a pipe"))?;
        let Some((program, arguments)) = host.settings.helper.split_first() else {
            return Err(Failure::NotConfined("no helper is configured".into()));
        };
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(writer)
            .stderr(both)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(wrong("starting the helper"))?;
        let pipe = pipe::Receiver::from_owned_fd(reader.into()).map_err(wrong("reading a pipe"))?;
        let (report, reported) = oneshot::channel();
        let (flushes, asked) = mpsc::channel(1);
        let output = output.unwrap_or_else(|| Arc::new(Output::new(&host.logs, "probe", "-")));
        tokio::spawn(output::read(pipe, output, asked, report));
        let helper = child.id().unwrap_or(0);
        let gone = || Failure::NotConfined("the helper has no standard input".into());
        let mut line = child.stdin.take().ok_or_else(gone)?;
        let text =
            serde_json::to_vec(plan).map_err(|e| Failure::Io("writing a plan".into(), e.into()))?;
        let process = async {
            line.write_all(&text).await?;
            line.write_all(b"\n").await?;
            line.flush().await
        };
        process
            .await
            .map_err(wrong("telling the helper its plan"))?;
        let process = Self {
            child,
            line,
            helper,
        };
        Ok((process, reported, flushes))
    }
}
