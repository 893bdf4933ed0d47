//! Installing runtime clients and SDKs, by pip and npm as they are configured on this machine.

use super::{Family, Toolchain};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// How long pip or npm may take.
const MINUTES: u64 = 15;

/// What a Python function finds in AWS without bringing it.
const PYTHON: [&str; 2] = ["awslambdaric", "boto3"];

/// What a Node function finds. The runtime client is of the last release that calls handlers with a callback, as AWS's
/// runtimes before Node 24 do. Of the SDK's some four hundred clients these are the ones for what is on this server and
/// what usually stands beside it. The compiler's front end that the runtime client asks for, a hundred packages, is
/// replaced by one that is there anyway: nothing is compiled.
const NODE: &str = r#"{
  "name": "nameplate-function-runtime",
  "private": true,
  "dependencies": {
    "aws-lambda-ric": "3.3.0",
    "aws-sdk": "^2.1693.0",
    "@aws-sdk/client-cloudwatch": "^3.0.0",
    "@aws-sdk/client-cloudwatch-logs": "^3.0.0",
    "@aws-sdk/client-dynamodb": "^3.0.0",
    "@aws-sdk/client-eventbridge": "^3.0.0",
    "@aws-sdk/client-iam": "^3.0.0",
    "@aws-sdk/client-iot": "^3.0.0",
    "@aws-sdk/client-iot-data-plane": "^3.0.0",
    "@aws-sdk/client-kinesis": "^3.0.0",
    "@aws-sdk/client-lambda": "^3.0.0",
    "@aws-sdk/client-s3": "^3.0.0",
    "@aws-sdk/client-secrets-manager": "^3.0.0",
    "@aws-sdk/client-sns": "^3.0.0",
    "@aws-sdk/client-sqs": "^3.0.0",
    "@aws-sdk/client-ssm": "^3.0.0",
    "@aws-sdk/client-sts": "^3.0.0",
    "@aws-sdk/lib-dynamodb": "^3.0.0",
    "@aws-sdk/util-dynamodb": "^3.0.0"
  },
  "overrides": {
    "aws-lambda-ric": {
      "node-addon-api": "npm:tslib@2.8.1",
      "node-gyp": "npm:tslib@2.8.1"
    }
  }
}
"#;

/// npm's own patience, some minutes for each of a hundred packages, would look like a standstill.
const NPM_NETWORK: [&str; 4] = [
    "--fetch-retries=2",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
    "--fetch-timeout=60000",
];

/// Node trusts authorities of its own list, which lacks what a site's proxy or index signs with; these come beside them.
const NODE_AUTHORITIES: &str = "NODE_EXTRA_CA_CERTS";

/// The file with the authorities that this machine trusts, where distributions put it: Debian's and Alpine's, Fedora's,
/// SUSE's.
fn authorities() -> Option<&'static Path> {
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
    ]
    .map(Path::new)
    .into_iter()
    .find(|file| file.is_file())
}

/// What was installed.
#[derive(Debug)]
pub struct Installed {
    /// Where it is.
    pub directory: PathBuf,
}

/// Why nothing was installed. What was there before still is.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// `provided` needs nothing.
    #[error("functions of provided runtimes bring everything themselves")]
    Nothing,
    /// pip or npm could not be started, or a folder not be made.
    #[error("{0}: {1}")]
    Io(String, io::Error),
    /// pip or npm is not there.
    #[error("{0} is not here: {1}")]
    NoTool(&'static str, &'static str),
    /// pip or npm did not end, as where an index does not answer.
    #[error(
        "{0} has not ended within {1} minutes: is the index that it is set up for within reach?"
    )]
    Late(&'static str, u64),
    /// pip or npm failed; the text is the end of what it said.
    #[error("{0} failed:\n{1}")]
    Failed(String, String),
}

impl Toolchain {
    /// Installs what functions of `family` need, in place of what was installed before. Functions that run keep what they
    /// have loaded. Takes as long as the downloads do.
    pub async fn install(&self, family: Family) -> Result<Installed, InstallError> {
        let name = family.name();
        let directory = self.directory.join(name);
        let scratch = self.directory.join(format!(".{name}"));
        let wrong = |e| InstallError::Io(scratch.display().to_string(), e);
        let _ = fs::remove_dir_all(&scratch);
        fs::create_dir_all(&scratch).map_err(wrong)?;
        let (program, mut command) = match family {
            Family::Provided => return Err(InstallError::Nothing),
            Family::Python => {
                let mut command = Command::new(&self.python);
                command
                    .args([
                        "-m",
                        "pip",
                        "install",
                        "--disable-pip-version-check",
                        "--no-input",
                    ])
                    .args(["--no-compile", "--quiet", "--target"])
                    .arg(&scratch)
                    .args(PYTHON);
                ("pip", command)
            }
            Family::Node => {
                fs::write(scratch.join("package.json"), NODE).map_err(wrong)?;
                // npm is beside node, and runs on the node that it finds first.
                let beside = self
                    .node
                    .parent()
                    .filter(|parent| parent.join("npm").exists());
                let mut command = match beside {
                    Some(beside) => {
                        let mut command = Command::new(beside.join("npm"));
                        let path = std::env::var("PATH").unwrap_or_default();
                        command.env("PATH", format!("{}:{path}", beside.display()));
                        command
                    }
                    None => Command::new("npm"),
                };
                // The runtime client's own script would compile its native part, which is not used.
                command
                    .args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
                    .args(NPM_NETWORK)
                    .args(["--loglevel=error", "--prefix"])
                    .arg(&scratch);
                if std::env::var_os(NODE_AUTHORITIES).is_none()
                    && let Some(file) = authorities()
                {
                    command.env(NODE_AUTHORITIES, file);
                }
                ("npm", command)
            }
        };
        let running = command.stdin(Stdio::null()).kill_on_drop(true).output();
        let output = match tokio::time::timeout(Duration::from_secs(60 * MINUTES), running).await {
            Err(_) => {
                let _ = fs::remove_dir_all(&scratch);
                return Err(InstallError::Late(program, MINUTES));
            }
            Ok(Err(e)) if e.kind() == io::ErrorKind::NotFound => {
                let _ = fs::remove_dir_all(&scratch);
                return Err(match family {
                    Family::Python => InstallError::NoTool(
                        "Python",
                        "install it, or name one that is elsewhere (NAMEPLATE_PYTHON, or python in nameplate.toml)",
                    ),
                    _ => InstallError::NoTool(
                        "npm",
                        "it comes with Node.js, which is looked for beside the configured one and on the path",
                    ),
                });
            }
            Ok(output) => output.map_err(|e| InstallError::Io(program.into(), e))?,
        };
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            if said.contains("No module named pip") {
                let _ = fs::remove_dir_all(&scratch);
                return Err(InstallError::NoTool(
                    "pip",
                    "install it for this Python (python3-pip on Debian), or name a Python that has it",
                ));
            }
            let lines: Vec<&str> = said.trim().lines().collect();
            let end = lines[lines.len().saturating_sub(10)..].join("\n");
            let _ = fs::remove_dir_all(&scratch);
            return Err(InstallError::Failed(
                program.into(),
                nameplate_core::escape::lines(&end).into_owned(),
            ));
        }
        let old = self.directory.join(format!(".{name}-old"));
        let _ = fs::remove_dir_all(&old);
        if directory.exists() {
            fs::rename(&directory, &old).map_err(wrong)?;
        }
        fs::rename(&scratch, &directory).map_err(wrong)?;
        let _ = fs::remove_dir_all(&old);
        self.forget();
        Ok(Installed { directory })
    }
}
