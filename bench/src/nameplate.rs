//! How the benches start nameplate, and its account's key.

use crate::fill;
use crate::server::{self, Cores, Program, Server};
use anyhow::Context as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Which of its listeners is measured; the others get ports that nobody asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// MQTT over mutual TLS.
    Mqtt,
    /// The AWS APIs over plain HTTP.
    Api,
}

/// The program: the one given, or the one beside this program.
pub fn program(given: Option<&Path>) -> anyhow::Result<PathBuf> {
    match given {
        Some(path) => Ok(path.to_owned()),
        None => Ok(std::env::current_exe()?.with_file_name("nameplate")),
    }
}

/// Clears the data directory `home` and fills it ([`fill::fill`]). The server makes its keys there first: a database
/// without them is refused.
pub async fn filled(
    program: &Path,
    home: &Path,
    log: &Path,
    ca: Option<&[u8]>,
    sample: &[u8],
    count: u64,
) -> anyhow::Result<()> {
    fill::clear(home)?;
    let (first, _) = serve(program, home, log, Ipv4Addr::LOCALHOST).await?;
    first.stop().await?;
    fill::fill(home, ca, sample, count).await
}

/// Starts `program` over the data directory `home`, as it ships but for its log and these flags.
pub async fn start(
    program: &Path,
    home: &Path,
    measured: Listener,
    log: PathBuf,
    cores: Cores,
    flags: &[&str],
) -> anyhow::Result<Server> {
    let address = server::free_address()?;
    let mut arguments = vec![
        "serve".to_owned(),
        "--data-dir".to_owned(),
        home.display().to_string(),
    ];
    for (flag, listener) in [
        ("--mqtt", Some(Listener::Mqtt)),
        ("--api", Some(Listener::Api)),
        ("--https", None),
    ] {
        arguments.push(flag.to_owned());
        arguments.push(if listener == Some(measured) {
            address.to_string()
        } else {
            "127.0.0.1:0".to_owned()
        });
    }
    arguments.extend(["--log", "error"].map(str::to_owned));
    arguments.extend(flags.iter().map(|flag| (*flag).to_owned()));
    Server::start(Program {
        path: program.to_owned(),
        arguments,
        environment: Vec::new(),
        address,
        log,
        cores,
    })
    .await
}

/// Starts the server over `home`, listening for devices on `address`, and says where its API is.
pub async fn serve(
    program: &Path,
    home: &Path,
    log: &Path,
    address: Ipv4Addr,
) -> anyhow::Result<(Server, SocketAddr)> {
    let api = server::free_address()?;
    let mqtt = server::free_address()?;
    let listens = SocketAddr::from((address, mqtt.port()));
    let words = [
        ("--data-dir", home.display().to_string()),
        ("--mqtt", listens.to_string()),
        ("--api", api.to_string()),
        ("--https", "127.0.0.1:0".to_owned()),
        ("--log", "error".to_owned()),
    ];
    let server = Server::start(Program {
        path: program.to_owned(),
        arguments: std::iter::once("serve".to_owned())
            .chain(
                words
                    .into_iter()
                    .flat_map(|(name, value)| [name.to_owned(), value]),
            )
            .collect(),
        environment: Vec::new(),
        address: mqtt,
        log: log.to_owned(),
        cores: Cores::One,
    })
    .await?;
    Ok((server, api))
}

/// Id and secret of the account's key, which a server writes into its data directory before it listens.
pub fn access_key(home: &Path) -> anyhow::Result<(String, String)> {
    let path = home.join("credentials");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let value = |wanted: &str| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find(|(name, _)| name.trim() == wanted)
            .map(|(_, value)| value.trim().to_owned())
            .with_context(|| format!("{} has no {wanted}", path.display()))
    };
    Ok((value("aws_access_key_id")?, value("aws_secret_access_key")?))
}
