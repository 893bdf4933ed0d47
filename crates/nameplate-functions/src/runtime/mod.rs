//! What runs a function's code: which interpreter, under which of AWS's runtime clients, seeing which folders.
//!
//! Names of old and new runtimes of a language all run on the one interpreter that is configured: the code of a handler
//! seldom minds, and the log says so. Knows nothing of processes: it answers what to start.

mod install;
mod shims;
mod toolchain;

pub use install::{InstallError, Installed};
pub use toolchain::{RuntimeReport, Toolchain};

pub(crate) use shims::Shims;

use crate::confine::Bind;
use crate::function::{Failure, Function};
use std::fmt;
use std::path::{Path, PathBuf};

/// A language that functions may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// `python2.7` and every `python3.N`.
    Python,
    /// `nodejs` and every `nodejsN.x`.
    Node,
    /// `provided`, `provided.al2`, `provided.al2023`: an executable `bootstrap`.
    Provided,
}

impl Family {
    /// As `nameplate function runtime` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "nodejs",
            Self::Provided => "provided",
        }
    }

    /// What a process of it needs before it holds anything of the function's, in bytes of private writable memory. Most of
    /// it is only reserved: stacks of threads, and V8's heap.
    fn base_bytes(self) -> u64 {
        match self {
            Self::Python => 256 << 20,
            Self::Node => 512 << 20,
            Self::Provided => 128 << 20,
        }
    }
}

/// A runtime by its name in AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runtime {
    name: String,
    family: Family,
}

impl Runtime {
    /// `None` for a language that is not run here (`java…`, `dotnet…`, `ruby…`, `go1.x`).
    pub fn parse(name: &str) -> Option<Self> {
        let number = |text: &str| {
            let (major, minor) = text.split_once('.')?;
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            (digits(major) && (digits(minor) || minor == "x")).then_some(())
        };
        let family = if let Some(rest) = name.strip_prefix("python") {
            number(rest)?;
            Family::Python
        } else if let Some(rest) = name.strip_prefix("nodejs") {
            if !rest.is_empty() {
                number(rest)?;
            }
            Family::Node
        } else if matches!(name, "provided" | "provided.al2" | "provided.al2023") {
            Family::Provided
        } else {
            return None;
        };
        Some(Self {
            name: name.to_owned(),
            family,
        })
    }

    /// The name that it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its language.
    pub fn family(&self) -> Family {
        self.family
    }

    /// `3.9` of `python3.9`, `22` of `nodejs22.x`.
    fn number(&self) -> &str {
        self.name
            .trim_start_matches(|c: char| !c.is_ascii_digit())
            .trim_end_matches(".x")
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Where a function finds its own folders.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// `LAMBDA_TASK_ROOT`.
    pub task: PathBuf,
    /// The layers.
    pub opt: Option<PathBuf>,
    /// Whether the function has a file system of its own.
    pub own_root: bool,
}

/// The variable of a function's own that names a program to start its runtime with.
/// [AWS Lambda guide: modifying the runtime environment, wrapper scripts]
pub(crate) const WRAPPER: &str = "AWS_LAMBDA_EXEC_WRAPPER";

/// What to start, and what it must see.
#[derive(Debug)]
pub(crate) struct Launch {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub environment: Vec<(String, String)>,
    pub readable: Vec<Bind>,
    /// `RLIMIT_DATA` in bytes.
    pub data_bytes: u64,
    /// What the first line of the log says.
    pub banner: String,
    /// Whether the function's own wrapper may start it.
    pub wrappable: bool,
}

impl Launch {
    /// The program and its arguments. A shell starts the function's wrapper, as at AWS: with one that is not there it ends
    /// with 127.
    pub(crate) fn command(&self, wrapper: Option<&str>) -> (PathBuf, Vec<String>) {
        let Some(wrapper) = wrapper.filter(|wrapper| self.wrappable && !wrapper.is_empty()) else {
            return (self.program.clone(), self.arguments.clone());
        };
        let program = self.program.to_string_lossy().into_owned();
        let before = ["-c", "exec \"$@\"", "sh", wrapper].map(str::to_owned);
        let arguments = before
            .into_iter()
            .chain([program])
            .chain(self.arguments.iter().cloned());
        ("/bin/sh".into(), arguments.collect())
    }
}

impl Bind {
    /// A path that is at the same place inside; what links it leads over outside is gone inside.
    pub(crate) fn same(path: &Path) -> Self {
        Self {
            source: path.canonicalize().unwrap_or_else(|_| path.to_owned()),
            target: path.to_owned(),
        }
    }
}

/// Decides how to start `function`.
pub(crate) async fn launch(
    toolchain: &Toolchain,
    shims: &Shims,
    function: &Function,
    places: &Places,
) -> Result<Launch, Failure> {
    let family = function.runtime.family();
    let mut launch = match family {
        Family::Python => python(toolchain, shims, function, places).await?,
        Family::Node => node(toolchain, shims, function, places).await?,
        Family::Provided => provided(function, places)?,
    };
    launch.data_bytes = (u64::from(function.memory_mb) << 20) + family.base_bytes();
    Ok(launch)
}

/// Joins what exists, or what is only there inside.
fn search_path(paths: impl IntoIterator<Item = PathBuf>) -> String {
    let paths: Vec<String> = paths
        .into_iter()
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    paths.join(":")
}

async fn python(
    toolchain: &Toolchain,
    shims: &Shims,
    function: &Function,
    places: &Places,
) -> Result<Launch, Failure> {
    let python = toolchain.python().await?;
    let mut path = vec![places.task.clone()];
    if let Some(opt) = &places.opt {
        let mut versions = vec![python.minor(), function.runtime.number().to_owned()];
        versions.dedup();
        for version in versions {
            path.push(opt.join(format!("python/lib/python{version}/site-packages")));
        }
        path.push(opt.join("python"));
    }
    path.push(toolchain.python_packages());
    let mut readable: Vec<Bind> = python.folders().map(|path| Bind::same(path)).collect();
    readable.push(Bind::same(&shims.folder));
    if toolchain.python_packages().is_dir() {
        readable.push(Bind::same(&toolchain.python_packages()));
    }
    let shim = shims.folder.join("python_runtime.py");
    Ok(Launch {
        program: python.executable.clone(),
        arguments: vec![shim.to_string_lossy().into_owned()],
        environment: vec![("PYTHONPATH".into(), search_path(path))],
        readable,
        data_bytes: 0,
        wrappable: true,
        banner: format!("{} (on Python {})", function.runtime, python.version),
    })
}

async fn node(
    toolchain: &Toolchain,
    shims: &Shims,
    function: &Function,
    places: &Places,
) -> Result<Launch, Failure> {
    let node = toolchain.node().await?;
    let mut path = Vec::new();
    if let Some(opt) = &places.opt {
        path.push(opt.join("nodejs/node_modules"));
        let mut numbers = vec![node.major(), function.runtime.number()];
        numbers.dedup();
        for number in numbers {
            path.push(opt.join(format!("nodejs/node{number}/node_modules")));
        }
    }
    let mut readable: Vec<Bind> = node.folders().map(|path| Bind::same(path)).collect();
    readable.push(Bind::same(&shims.folder));
    if let Some(modules) = node.modules.first().filter(|_| places.own_root) {
        // Modules of the new kind look for packages only upwards of themselves, and end there.
        readable.push(Bind {
            target: PathBuf::from("/node_modules"),
            ..Bind::same(modules)
        });
    }
    path.extend(node.modules.iter().cloned());
    let path = search_path(path);
    let shim = |name: &str| shims.folder.join(name).to_string_lossy().into_owned();
    Ok(Launch {
        program: node.executable.clone(),
        arguments: vec![
            // The heap follows the function's size, as in AWS, so that it collects garbage before it meets the limit.
            format!(
                "--max-old-space-size={}",
                function.memory_mb.max(128) * 9 / 10
            ),
            "--require".into(),
            shim("preload.cjs"),
            shim("node_runtime.mjs"),
            node.client.to_string_lossy().into_owned(),
        ],
        environment: vec![("NODE_PATH".into(), path)],
        readable,
        data_bytes: 0,
        wrappable: true,
        banner: format!("{} (on Node.js {})", function.runtime, node.version),
    })
}

fn provided(function: &Function, places: &Places) -> Result<Launch, Failure> {
    // Looked for in AWS's order. Outside, because inside they may have other names.
    let code = match &function.code {
        crate::Code::Folder(path) | crate::Code::Live(path) => path.clone(),
        crate::Code::Url(_) => PathBuf::new(),
    };
    let in_layer = function
        .layers
        .as_ref()
        .is_some_and(|layers| layers.join("bootstrap").is_file());
    let program = match &places.opt {
        Some(opt) if !code.join("bootstrap").exists() && in_layer => opt.join("bootstrap"),
        _ => places.task.join("bootstrap"),
    };
    Ok(Launch {
        program,
        arguments: Vec::new(),
        environment: Vec::new(),
        readable: Vec::new(),
        data_bytes: 0,
        wrappable: false,
        banner: function.runtime.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_runtimes() {
        let cases = [
            ("python2.7", Some((Family::Python, "2.7"))),
            ("python3.13", Some((Family::Python, "3.13"))),
            ("nodejs", Some((Family::Node, ""))),
            ("nodejs6.10", Some((Family::Node, "6.10"))),
            ("nodejs22.x", Some((Family::Node, "22"))),
            ("provided", Some((Family::Provided, ""))),
            ("provided.al2023", Some((Family::Provided, "2023"))),
            ("python", None),
            ("python3", None),
            ("python3.x.1", None),
            ("nodejs22", None),
            ("java21", None),
            ("go1.x", None),
            ("", None),
        ];
        for (name, expected) in cases {
            let runtime = Runtime::parse(name);
            let found = runtime.as_ref().map(|r| (r.family(), r.number()));
            assert_eq!(found, expected, "{name:?}");
        }
    }
}
