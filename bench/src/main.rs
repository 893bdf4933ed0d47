//! `nameplate-bench`: a load generator that runs nameplate and what its users had before side by side in one run.
//!
//! It stays outside the product: it starts all servers as their users do and talks to them over TLS and MQTT, or over
//! HTTP with signed requests. Only `fill` knows nameplate's store, because no API registers a million things in a few
//! seconds; `bulk` its signing, to measure that alone; `index`, `store` and `rules` measure those parts from within.
//!
//! What counts is the server's CPU time more than the rate: rates swing with whatever else the machine does.

mod ask;
mod bulk;
mod connect;
mod device;
mod figures;
mod fill;
mod fleet;
mod held;
mod index;
mod jobs;
mod messages;
mod nameplate;
mod postgres;
mod provision;
mod registry;
mod replay;
mod report;
mod revocation;
mod rules;
mod server;
mod store;

use clap::Parser;
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};

/// Measures nameplate beside other servers: the same work, interleaved rounds, what each piece costs the server.
#[derive(Parser)]
#[command(name = "nameplate-bench", disable_help_subcommand = true)]
enum Command {
    /// Connections: known devices, first connections, idle ones, and how cost grows with the registry.
    Connect(connect::Options),
    /// Many connections held open: memory, how soon a revoked one ends, what newcomers cost a connected pair.
    Held(held::Options),
    /// The registry's API beside MiniStack and moto, and how its cost grows with the registry.
    Registry(registry::Options),
    /// Bulk registration: devices a second and memory, with files of several lengths.
    Bulk(bulk::Options),
    /// A job for every thing of a large fleet: rollout, cancellation, deletion, and what devices that connect notice.
    Jobs(jobs::Options),
    /// How many signing requests all cores verify and grant in a second if they do nothing else; prints the number.
    Sign {
        /// Where the authority's key is kept.
        #[arg(long)]
        dir: PathBuf,
        /// A signing request for a P-256 key, PEM.
        #[arg(long)]
        request: PathBuf,
    },
    /// Sends a file's lines as bodies over connections that stay open; prints how many a second were answered with 200.
    Ask(ask::Options),
    /// Sends a file's requests as they are, for the benches in Python: how many there were, and the seconds they took.
    Replay(replay::Options),
    /// Devices that provision themselves by claim, for the benches in Python: how many a second.
    Provision(provision::Options),
    /// A revocation list with many serial numbers: reading it, and holding a certificate against it.
    Revocation(revocation::Options),
    /// The rule language: evaluations a second, and what finding a topic's rules costs.
    Rules(rules::Options),
    /// Fills a data directory with things, each with its certificate, attachments and one shared policy.
    Fill {
        /// The data directory; made where it is not there.
        #[arg(long)]
        data_dir: PathBuf,
        /// How many things.
        #[arg(long)]
        count: u64,
    },
    /// Fleet indexing on a large registry: building, following changes, searches, aggregates, memory.
    Index {
        /// The data directory; filled with things where it has fewer.
        #[arg(long)]
        data_dir: PathBuf,
        /// How many things.
        #[arg(long, default_value_t = 1_000_000)]
        count: u64,
    },
    /// The store alone: CPU per first connection at several group sizes, and the start with many devices.
    Store {
        /// An empty directory on the disk in question.
        #[arg(long)]
        data_dir: PathBuf,
        /// How many devices there are at the end.
        #[arg(long, default_value_t = 100_000)]
        count: u64,
    },
}

fn main() -> anyhow::Result<()> {
    let command = Command::parse();
    if matches!(
        command,
        Command::Connect(_) | Command::Held(_) | Command::Registry(_) | Command::Jobs(_)
    ) {
        // Before there is a second thread, so that all of them stay on the client's core.
        server::pin_client()?;
    }
    // What runs in this process has threads as it has in the server; the store's callers are one.
    let mut runtime = match command {
        Command::Index { .. } | Command::Store { .. } => {
            tokio::runtime::Builder::new_multi_thread()
        }
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    if matches!(command, Command::Store { .. }) {
        runtime.worker_threads(1);
    }
    runtime.enable_all().build()?.block_on(async {
        // What is dropped here ends the servers that run: they are in process groups of their own, where no
        // terminal's Ctrl-C reaches them.
        tokio::select! {
            result = run(command) => result,
            signal = interrupted() => Err(anyhow::anyhow!("ended by {}", signal?)),
        }
    })
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Connect(options) => connect::run(&options).await,
        Command::Held(options) => held::run(&options).await,
        Command::Registry(options) => registry::run(&options).await,
        Command::Bulk(options) => bulk::run(&options).await,
        Command::Jobs(options) => jobs::run(&options).await,
        Command::Sign { dir, request } => {
            println!(
                "{:.0}",
                bulk::alone(&dir, &std::fs::read_to_string(request)?)?
            );
            Ok(())
        }
        Command::Ask(options) => {
            println!("{:.0}", ask::run(&options).await?);
            Ok(())
        }
        Command::Replay(options) => replay::run(&options),
        Command::Provision(options) => {
            println!("{:.0}", provision::run(options).await?);
            Ok(())
        }
        Command::Revocation(options) => revocation::run(&options),
        Command::Rules(options) => rules::run(&options),
        Command::Fill { data_dir, count } => {
            let sample = fleet::Fleet::new()?.device(0)?;
            fill::fill(&data_dir, None, &sample.chain[0], count).await
        }
        Command::Index { data_dir, count } => index::run(&data_dir, count).await,
        Command::Store { data_dir, count } => store::run(&data_dir, count).await,
    }
}

async fn interrupted() -> anyhow::Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    })
}
