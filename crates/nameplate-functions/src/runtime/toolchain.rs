//! The interpreters of this machine, and where AWS's runtime clients and SDKs are: installed once, or the machine's own.

use super::Family;
use crate::function::Failure;
use parking_lot::Mutex;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use tokio::process::Command;

/// Which programs to use.
#[derive(Debug)]
pub struct Toolchain {
    /// Where runtime clients and SDKs are installed.
    pub(super) directory: PathBuf,
    pub(super) python: PathBuf,
    pub(super) node: PathBuf,
    node_modules: Vec<PathBuf>,
    found_python: Mutex<Option<Arc<Python>>>,
    found_node: Mutex<Option<Arc<Node>>>,
}

/// What there is for one language, for `nameplate function runtime`.
#[derive(Debug, Clone)]
pub struct RuntimeReport {
    /// `python`, `nodejs` or `provided`.
    pub family: Family,
    /// The interpreter and its version; absent if there is none, or none is needed.
    pub interpreter: Option<(PathBuf, String)>,
    /// The packages that functions expect, each with the place where it is.
    pub packages: Vec<(String, Option<PathBuf>)>,
    /// Why functions of this language cannot run, and what to do.
    pub missing: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Python {
    pub executable: PathBuf,
    pub version: String,
    prefixes: Vec<PathBuf>,
    path: Vec<PathBuf>,
    packages: BTreeMap<String, Option<PathBuf>>,
}

impl Python {
    pub(super) fn folders(&self) -> impl Iterator<Item = &PathBuf> {
        self.prefixes.iter().chain(&self.path)
    }

    /// `3.11` of `3.11.7`.
    pub(super) fn minor(&self) -> String {
        self.version
            .split('.')
            .take(2)
            .collect::<Vec<_>>()
            .join(".")
    }
}

#[derive(Debug)]
pub(super) struct Node {
    pub executable: PathBuf,
    pub version: String,
    /// The entry of AWS's runtime client.
    pub client: PathBuf,
    /// Folders of packages, the first being the one with the SDKs.
    pub modules: Vec<PathBuf>,
    prefix: PathBuf,
}

impl Node {
    pub(super) fn folders(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.prefix).chain(&self.modules)
    }

    pub(super) fn major(&self) -> &str {
        self.version.split('.').next().unwrap_or_default()
    }
}

/// Asks Python about itself. What it prints is JSON.
const ASK_PYTHON: &str = "
import importlib.util as u, json, os, sys, sysconfig
def place(name):
    spec = u.find_spec(name)
    return spec and (spec.origin or list(spec.submodule_search_locations)[0])
print(json.dumps({
    'executable': sys.executable,
    'version': '.'.join(map(str, sys.version_info[:3])),
    'prefixes': sorted({sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.path.dirname(os.path.realpath(sys.executable)))}),
    'path': [p for p in sys.path if os.path.isdir(p)],
    'packages': {name: place(name) for name in ('awslambdaric', 'boto3')},
}))";

impl Toolchain {
    /// `directory` is where runtimes are installed; `python` and `node` are programs, found on the `PATH` if they have no
    /// slash; `node_modules` are folders of the machine's own packages for Node, looked at besides the usual ones.
    pub fn new(directory: &Path, python: &Path, node: &Path, node_modules: Vec<PathBuf>) -> Self {
        Self {
            directory: directory.to_owned(),
            python: python.to_owned(),
            node: node.to_owned(),
            node_modules,
            found_python: Mutex::default(),
            found_node: Mutex::default(),
        }
    }

    pub(super) fn python_packages(&self) -> PathBuf {
        self.directory.join("python")
    }

    pub(super) fn forget(&self) {
        *self.found_python.lock() = None;
        *self.found_node.lock() = None;
    }

    pub(super) async fn python(&self) -> Result<Arc<Python>, Failure> {
        if let Some(found) = self.found_python.lock().clone() {
            return Ok(found);
        }
        let python = Arc::new(self.ask_python().await.map_err(Failure::RuntimeMissing)?);
        if python
            .packages
            .get("awslambdaric")
            .is_none_or(Option::is_none)
        {
            return Err(Failure::RuntimeMissing(format!(
                "Python's runtime client, the package awslambdaric, is neither in {} nor known to {} (Python {}): install \
                 it with `nameplate function runtime install python`",
                self.python_packages().display(),
                python.executable.display(),
                python.version
            )));
        }
        *self.found_python.lock() = Some(Arc::clone(&python));
        Ok(python)
    }

    async fn ask_python(&self) -> Result<Python, String> {
        let python = self.ask_python_at(&self.python).await?;
        // Folders that are links, or steps up, on the way to it are not there inside.
        match direct(&python.executable) {
            Some(direct) if direct != python.executable => self.ask_python_at(&direct).await,
            _ => Ok(python),
        }
    }

    async fn ask_python_at(&self, program: &Path) -> Result<Python, String> {
        let mut command = Command::new(program);
        command.args(["-c", ASK_PYTHON]);
        command.env("PYTHONPATH", self.python_packages());
        let text = run(command).await.map_err(|e| {
            format!(
                "there is no Python to run the function: {}: {e}",
                self.python.display()
            )
        })?;
        serde_json::from_str(&text).map_err(|e| {
            format!(
                "{} answers what is not understood: {e}",
                self.python.display()
            )
        })
    }

    pub(super) async fn node(&self) -> Result<Arc<Node>, Failure> {
        if let Some(found) = self.found_node.lock().clone() {
            return Ok(found);
        }
        let node = Arc::new(self.ask_node().await.map_err(Failure::RuntimeMissing)?);
        *self.found_node.lock() = Some(Arc::clone(&node));
        Ok(node)
    }

    async fn ask_node(&self) -> Result<Node, String> {
        let mut command = Command::new(&self.node);
        command.args(["-p", "process.execPath + '\\n' + process.versions.node"]);
        let text = run(command).await.map_err(|e| {
            format!(
                "there is no Node.js to run the function: {}: {e}",
                self.node.display()
            )
        })?;
        let (executable, version) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
        let executable = PathBuf::from(executable);
        let executable = executable.canonicalize().unwrap_or(executable);
        let prefix = executable
            .ancestors()
            .nth(2)
            .unwrap_or(Path::new("/usr"))
            .to_owned();
        let modules = self.module_folders(&prefix);
        let client = modules
            .iter()
            .flat_map(|folder| {
                // The first is of releases that still know callbacks, which AWS's older runtimes do.
                ["aws-lambda-ric/dist/index.mjs", "aws-lambda-ric/index.mjs"]
                    .map(|entry| folder.join(entry))
            })
            .find(|entry| entry.is_file())
            .ok_or_else(|| {
                format!(
                    "Node's runtime client, the package aws-lambda-ric, is in none of {}: install it with `nameplate \
                     function runtime install nodejs`",
                    modules.iter().map(|m| m.display().to_string()).collect::<Vec<_>>().join(", ")
                )
            })?;
        Ok(Node {
            client,
            version: version.to_owned(),
            modules: modules
                .into_iter()
                .filter(|folder| folder.is_dir())
                .collect(),
            prefix,
            executable,
        })
    }

    fn module_folders(&self, prefix: &Path) -> Vec<PathBuf> {
        let mut folders = vec![self.directory.join("nodejs/node_modules")];
        folders.extend(self.node_modules.iter().cloned());
        folders.push(prefix.join("lib/node_modules"));
        folders.push(PathBuf::from("/usr/lib/node_modules"));
        folders.push(PathBuf::from("/usr/local/lib/node_modules"));
        // As the kernel has them: what is not there yet keeps its name.
        folders
            .into_iter()
            .map(|folder| folder.canonicalize().unwrap_or(folder))
            .collect()
    }

    /// What there is of each language.
    pub async fn report(&self) -> Vec<RuntimeReport> {
        self.forget();
        let python = self.ask_python().await;
        let missing = self.python().await.err().map(|e| e.to_string());
        let python = RuntimeReport {
            family: Family::Python,
            interpreter: python
                .as_ref()
                .ok()
                .map(|python| (python.executable.clone(), python.version.clone())),
            packages: python
                .map(|python| python.packages.into_iter().collect())
                .unwrap_or_default(),
            missing,
        };
        let node = match self.node().await {
            Err(e) => RuntimeReport {
                family: Family::Node,
                interpreter: None,
                packages: Vec::new(),
                missing: Some(e.to_string()),
            },
            Ok(node) => RuntimeReport {
                family: Family::Node,
                interpreter: Some((node.executable.clone(), node.version.clone())),
                packages: ["aws-lambda-ric", "aws-sdk", "@aws-sdk/client-iot"]
                    .map(|name| {
                        let place = node.modules.iter().map(|folder| folder.join(name));
                        (
                            name.to_owned(),
                            place.into_iter().find(|place| place.is_dir()),
                        )
                    })
                    .into(),
                missing: None,
            },
        };
        let provided = RuntimeReport {
            family: Family::Provided,
            interpreter: None,
            packages: Vec::new(),
            missing: None,
        };
        vec![python, node, provided]
    }
}

/// The same program by a path whose folders are no links. The program itself may be one: a virtual environment's is.
fn direct(program: &Path) -> Option<PathBuf> {
    Some(
        program
            .parent()?
            .canonicalize()
            .ok()?
            .join(program.file_name()?),
    )
}

async fn run(mut command: Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|e| e.to_string())?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let last = text.trim().lines().next_back().unwrap_or_default();
        return Err(format!(
            "{}: {}",
            output.status,
            nameplate_core::escape::line(last)
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
