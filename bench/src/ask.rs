//! Requests of many devices at once, for the benches that are written in Python: their own threads would be what is
//! measured.

use crate::registry::http::{Connection, Request};
use anyhow::Context as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;
use tokio::task::JoinSet;

/// Flags of `ask`.
#[derive(clap::Args)]
pub struct Options {
    /// Where the server listens for plain HTTP.
    #[arg(long)]
    address: SocketAddr,
    /// The path that is asked.
    #[arg(long)]
    path: String,
    /// A JSON body a line; each is sent once.
    #[arg(long)]
    bodies: PathBuf,
    /// Connections, each with one request under way.
    #[arg(long, default_value_t = 32)]
    at_once: usize,
}

/// Answers a second. An answer other than 200 ends it with an error.
pub async fn run(options: &Options) -> anyhow::Result<f64> {
    let text = std::fs::read_to_string(&options.bodies)
        .with_context(|| format!("read {}", options.bodies.display()))?;
    let mut shares: Vec<Vec<Request>> = (0..options.at_once).map(|_| Vec::new()).collect();
    let mut count = 0usize;
    for (number, body) in text.lines().enumerate() {
        let request = Request::unsigned(options.address, &options.path, body);
        shares[number % options.at_once].push(request);
        count += 1;
    }
    let began = Instant::now();
    let mut devices = JoinSet::new();
    for share in shares {
        let address = options.address;
        devices.spawn(async move {
            let mut connection = Connection::new(address);
            for request in &share {
                connection.ask(request).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(device) = devices.join_next().await {
        device??;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}
