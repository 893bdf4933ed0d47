//! The registry bench: rounds of nameplate, MiniStack and moto in turn under the same signed requests, then nameplate
//! with few and with many things.

mod flatness;
pub mod http;
mod load;
mod peer;
mod table;

use crate::server::{self, Server};
use anyhow::{Context as _, bail};
use http::{Caller, Request};
use load::{Again, Sample};
use peer::Which;
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;
use table::{Operation, Table};

/// Most requests prepared for one measurement of `DescribeThing`; then they are sent again.
const DESCRIBES: u64 = 20_000;
/// How long registering the things of a round may take.
const REGISTER: Duration = Duration::from_secs(60);

/// Flags of `registry`.
#[derive(clap::Args)]
pub struct Options {
    /// Keep-alive connections, one request outstanding on each.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Rounds; medians are printed.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long an operation is measured on a server in a round, seconds.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Things registered through the API before a server is measured.
    #[arg(long, default_value_t = 1_000)]
    things: u64,
    /// Which servers, in the order of a round.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "nameplate,ministack,moto"
    )]
    servers: Vec<Which>,
    /// Leaves out how cost grows with the registry.
    #[arg(long)]
    skip_flatness: bool,
    /// Leaves out the comparison with the peers.
    #[arg(long)]
    skip_peers: bool,
    /// Things registered beforehand where cost is compared over the registry's size, the smallest first.
    #[arg(long, value_delimiter = ',', default_value = "1000,1000000")]
    registered: Vec<u64>,
    /// How long pages of one kind are read in a round, seconds.
    #[arg(long, default_value_t = 1.0)]
    page_seconds: f64,
    /// The program nameplate; the one beside this program when not given.
    #[arg(long)]
    nameplate: Option<PathBuf>,
    /// The Python environment with MiniStack and moto in it.
    #[arg(long, default_value = "target/bench-venv")]
    venv: PathBuf,
    /// Where data directories and logs are kept.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

impl Options {
    fn window(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.max(0.1))
    }
}

/// Runs the bench and prints its tables.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    std::fs::create_dir_all(&options.dir)
        .with_context(|| format!("make {}", options.dir.display()))?;
    let mut table = Table::default();
    println!(
        "{} keep-alive connections with one request outstanding on each, every request signed and every answer checked;\n\
         {} rounds in turn, {} s for each operation, medians; {}.\n\
         Nameplate checks each signature, and a thing it says it has created is on disk; the peers check no signature\n\
         and keep things in memory only. moto closes the connection after each answer.\n",
        options.connections,
        options.rounds,
        options.seconds,
        server::pinned(),
    );
    if !options.skip_peers {
        beside(options, &mut table).await?;
        println!(
            "Servers side by side, DescribeThing with {} things, CreateThing from there:\n",
            options.things
        );
        print!("{}", table.beside());
    }
    if !options.skip_flatness {
        flatness::measure(options, &mut table).await?;
        println!("Nameplate with few and with many things:\n");
        print!("{}", table.flatness());
    }
    Ok(())
}

/// All servers in turn, each anew in each round.
async fn beside(options: &Options, table: &mut Table) -> anyhow::Result<()> {
    let mut servers = Vec::new();
    for which in &options.servers {
        match which.program(options)? {
            Some(program) => servers.push((*which, program)),
            None => eprintln!(
                "{} is not installed in {}: left out",
                which.name(),
                options.venv.display()
            ),
        }
    }
    if servers.is_empty() {
        bail!("none of the servers is installed");
    }
    for round in 0..options.rounds {
        for (which, program) in &servers {
            let (server, caller) = which.start(program.clone(), &options.dir).await?;
            let registered = register(options, &server, &caller).await?;
            let names: Vec<String> = (0..options.things).map(thing_name).collect();
            let sample = describe(options, &server, &caller, &names).await?;
            table.add(Operation::Describe, *which, sample);
            let sample = create(options, &server, &caller, options.things, registered.rate).await?;
            table.add(Operation::Create, *which, sample);
            server.stop().await?;
        }
        eprintln!("round {} of {} done", round + 1, options.rounds);
    }
    Ok(())
}

/// Registers the things of a round; this warms the server up and tells how fast it is.
async fn register(options: &Options, server: &Server, caller: &Caller) -> anyhow::Result<Sample> {
    let requests = creations(caller, 0, options.things.max(1))?;
    load::run(server, requests, options.connections, REGISTER, Again::No).await
}

/// `DescribeThing` of these things, in turn.
async fn describe(
    options: &Options,
    server: &Server,
    caller: &Caller,
    names: &[String],
) -> anyhow::Result<Sample> {
    let requests = names
        .iter()
        .map(|name| caller.request("GET", &format!("/things/{name}"), "", format!("\"{name}\"")))
        .collect::<anyhow::Result<_>>()?;
    let window = options.window();
    load::run(server, requests, options.connections, window, Again::Yes).await
}

/// `CreateThing` of new things, numbered from `first`, for a server that so far made `rate` a second.
async fn create(
    options: &Options,
    server: &Server,
    caller: &Caller,
    first: u64,
    rate: f64,
) -> anyhow::Result<Sample> {
    // Enough for a server that is warmer than it was; should it be faster still, the window is shorter.
    let count = (rate * options.seconds * 2.0) as u64 + 1_000;
    let requests = creations(caller, first, count)?;
    let window = options.window();
    load::run(server, requests, options.connections, window, Again::No).await
}

fn creations(caller: &Caller, first: u64, count: u64) -> anyhow::Result<Vec<Request>> {
    (first..first + count)
        .map(|number| {
            let name = thing_name(number);
            let attributes = json!({"serial": format!("made-{number:07}")});
            let body = json!({"attributePayload": {"attributes": attributes}}).to_string();
            caller.request(
                "POST",
                &format!("/things/{name}"),
                &body,
                format!("\"{name}\""),
            )
        })
        .collect()
}

fn thing_name(number: u64) -> String {
    format!("bench-{number:07}")
}
