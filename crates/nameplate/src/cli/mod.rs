//! The command line: `nameplate serve` and its companions.

pub mod args;
pub mod bulk;
pub mod client;
pub mod demo;
pub mod device;
pub mod env;
pub mod explain;
pub mod place;
pub mod rm;
pub mod run;
pub mod serve;
pub mod simulate;
pub mod trust;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use std::future::Future;

/// The command line's shape. Flags of `serve` come from the settings' one list.
pub fn command() -> Command {
    Command::new("nameplate")
        .about("AWS IoT Core compatible device provisioning, in one binary")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(serve::command())
        .subcommand(args::BulkArgs::augment_args(Command::new("bulk")))
        .subcommand(args::EnvArgs::augment_args(Command::new("env")))
        .subcommand(args::DemoArgs::augment_args(Command::new("demo")))
        .subcommand(args::SimulateArgs::augment_args(Command::new("simulate")))
        .subcommand(args::ExplainArgs::augment_args(Command::new("explain")))
        .subcommand(args::RmArgs::augment_args(Command::new("rm")))
        .subcommand(args::RunArgs::augment_args(Command::new("run")))
        .subcommand(args::TrustArgs::augment_args(Command::new("trust")))
}

/// Runs what was asked for; the exit status.
pub fn run(matches: &ArgMatches) -> u8 {
    match matches.subcommand() {
        Some(("serve", matches)) => serve::run(matches),
        Some(("env", matches)) => report("env", read(matches).and_then(|args| env::run(&args))),
        Some(("run", matches)) => report("run", read(matches).and_then(|args| run::run(&args))),
        Some(("trust", matches)) => {
            report("trust", read(matches).and_then(|args| trust::run(&args)))
        }
        Some(("demo", matches)) => report(
            "demo",
            read(matches).and_then(|args| wait(async move { demo::run(&args).await })),
        ),
        Some(("simulate", matches)) => report(
            "simulate",
            read(matches).and_then(|args| wait(async move { simulate::run(&args).await })),
        ),
        Some(("explain", matches)) => report(
            "explain",
            read(matches).and_then(|args| wait(async move { explain::run(&args).await })),
        ),
        Some(("bulk", matches)) => report(
            "bulk",
            read(matches).and_then(|args| wait(async move { bulk::run(&args).await })),
        ),
        Some(("rm", matches)) => report(
            "rm",
            read(matches).and_then(|args| wait(async move { rm::run(&args).await })),
        ),
        _ => 2,
    }
}

fn read<A: FromArgMatches>(matches: &ArgMatches) -> anyhow::Result<A> {
    Ok(A::from_arg_matches(matches)?)
}

fn wait(command: impl Future<Output = anyhow::Result<u8>>) -> anyhow::Result<u8> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(command)
}

/// The exit status; an error goes to the user first, unless it is that nobody reads on.
fn report(command: &str, result: anyhow::Result<u8>) -> u8 {
    match result {
        Ok(status) => status,
        Err(error) if is_broken_pipe(&error) => 0,
        Err(error) => {
            eprintln!("nameplate {command}: {error:#}");
            1
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
