//! The servers that answer the registry's API, as their users start them.

use super::Options;
use super::http::Caller;
use crate::nameplate::{self, Listener};
use crate::postgres::Postgres;
use crate::server::{self, Cores, Program, Server};
use anyhow::Context as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A server that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Which {
    /// Ours.
    Nameplate,
    /// Ours with its registry in PostgreSQL, which is started for it.
    Postgres,
    /// MiniStack.
    Ministack,
    /// moto's server mode.
    Moto,
}

impl Which {
    /// As its users call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nameplate => "nameplate",
            Self::Postgres => "nameplate on PostgreSQL",
            Self::Ministack => "MiniStack",
            Self::Moto => "moto",
        }
    }

    /// The program, if it is installed.
    pub fn program(self, options: &Options) -> anyhow::Result<Option<PathBuf>> {
        let path = match self {
            Self::Nameplate | Self::Postgres => nameplate::program(options.nameplate.as_deref())?,
            Self::Ministack => options.venv.join("bin").join("ministack"),
            Self::Moto => options.venv.join("bin").join("moto_server"),
        };
        Ok(path.is_file().then_some(path))
    }

    /// Starts it with an empty registry.
    pub async fn start(self, program: PathBuf, dir: &Path) -> anyhow::Result<(Server, Caller)> {
        if matches!(self, Self::Nameplate | Self::Postgres) {
            let home = dir.join("registry-empty");
            if home.exists() {
                std::fs::remove_dir_all(&home)
                    .with_context(|| format!("clear {}", home.display()))?;
            }
            let postgres = match self {
                Self::Postgres => Some(Arc::new(Postgres::start(true)?)),
                _ => None,
            };
            return start_nameplate(&program, &home, dir.join("nameplate.log"), postgres).await;
        }
        let address = server::free_address()?;
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let temporary = std::path::absolute(dir)?.display().to_string();
        let (arguments, environment) = match self {
            // Its log of requests is switched off as ours is. It leaves a file with its pid in TMPDIR.
            Self::Ministack => (
                Vec::new(),
                vec![
                    ("BIND_HOST", host),
                    ("GATEWAY_PORT", port),
                    ("IOT_MTLS_PORT", server::free_address()?.port().to_string()),
                    ("LOG_LEVEL", "ERROR".to_owned()),
                    ("TMPDIR", temporary),
                ],
            ),
            // It has no flag for its log.
            _ => (
                ["-H", &host, "-p", &port].map(str::to_owned).to_vec(),
                Vec::new(),
            ),
        };
        let server = Server::start(Program {
            path: program,
            arguments,
            environment,
            address,
            log: dir.join(format!("{}.log", self.name().to_lowercase())),
            cores: Cores::One,
        })
        .await?;
        let caller = Caller {
            address,
            access_key: "test".to_owned(),
            secret: "test".to_owned(),
        };
        Ok((server, caller))
    }
}

/// Starts nameplate over a data directory, and who may call it.
pub async fn start_nameplate(
    program: &Path,
    home: &Path,
    log: PathBuf,
    postgres: Option<Arc<Postgres>>,
) -> anyhow::Result<(Server, Caller)> {
    let url = postgres
        .as_ref()
        .map(|server| server.empty("registry"))
        .transpose()?;
    let flags: Vec<&str> = url.iter().flat_map(|url| ["--store", url]).collect();
    let server = nameplate::start(program, home, Listener::Api, log, Cores::One, &flags)
        .await?
        .over(postgres);
    let (access_key, secret) = nameplate::access_key(home)?;
    let caller = Caller {
        address: server.address(),
        access_key,
        secret,
    };
    Ok((server, caller))
}
