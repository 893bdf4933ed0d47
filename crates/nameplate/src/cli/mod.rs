//! The command line: `nameplate serve` and its companions.

pub mod args;
mod audit;
pub mod backup;
pub mod bulk;
mod ca;
mod certificate;
mod certificates;
pub mod client;
mod cluster;
pub mod copy;
pub mod demo;
pub mod device;
pub mod env;
pub mod explain;
pub mod function;
mod generation;
pub mod log;
pub mod logs;
mod manual;
pub mod out;
pub mod place;
mod progress;
mod records;
mod rehearse;
mod revocation;
pub mod rm;
mod rule;
pub mod run;
pub mod serve;
pub mod simulate;
mod status;
mod tickets;
pub mod trust;
pub mod vending;

use crate::config::secret;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use client::ClientError;
use out::{complain, is_broken_pipe};
use std::future::Future;
use std::io::{ErrorKind, Write as _};

/// Exit status where some of what was asked for failed.
const FAILED: u8 = 1;
/// Exit status where the call was wrong or could not be made.
const UNABLE: u8 = 2;

/// The command line's shape. Flags of `serve` come from the settings' one list.
pub fn command() -> Command {
    Command::new("nameplate")
        .about("AWS IoT Core compatible device provisioning, in one binary")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(serve::command())
        .subcommand(args::BulkArgs::augment_args(Command::new("bulk")))
        .subcommand(args::CaArgs::augment_args(Command::new("ca")))
        .subcommand(args::EnvArgs::augment_args(Command::new("env")))
        .subcommand(args::DemoArgs::augment_args(Command::new("demo")))
        .subcommand(args::SimulateArgs::augment_args(Command::new("simulate")))
        .subcommand(args::ExplainArgs::augment_args(Command::new("explain")))
        .subcommand(args::RehearseArgs::augment_args(Command::new("rehearse")))
        .subcommand(args::RevocationArgs::augment_args(Command::new(
            "revocation",
        )))
        .subcommand(args::RmArgs::augment_args(Command::new("rm")))
        .subcommand(args::RuleArgs::augment_args(Command::new("rule")))
        .subcommand(args::RunArgs::augment_args(Command::new("run")))
        .subcommand(args::StatusArgs::augment_args(Command::new("status")))
        .subcommand(args::CertificatesArgs::augment_args(Command::new(
            "certificates",
        )))
        .subcommand(args::TrustArgs::augment_args(Command::new("trust")))
        .subcommand(args::ClusterArgs::augment_args(Command::new("cluster")))
        .subcommand(args::CopyArgs::augment_args(Command::new("copy")))
        .subcommand(args::AuditArgs::augment_args(Command::new("audit")))
        .subcommand(args::BackupArgs::augment_args(Command::new("backup")))
        .subcommand(args::RestoreArgs::augment_args(Command::new("restore")))
        .subcommand(args::FunctionArgs::augment_args(Command::new("function")))
        .subcommand(args::LogsArgs::augment_args(Command::new("logs")))
        .subcommand(args::VendingArgs::augment_args(Command::new("vending")))
        .subcommand(args::CompletionsArgs::augment_args(Command::new(
            "completions",
        )))
        .subcommand(args::ManArgs::augment_args(Command::new("man")))
}

/// Reads the command line and runs what it asks for; the exit status.
pub fn main() -> u8 {
    let status = match command().try_get_matches() {
        Ok(matches) => run(&matches),
        Err(other) => return not_run(&other),
    };
    // What is still on its way counts, too.
    match std::io::stdout().lock().flush() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(format_args!(
                "nameplate: cannot write to standard output: {error}"
            ));
            UNABLE
        }
        _ => status,
    }
}

/// A call that asks for help, or is wrong.
fn not_run(other: &clap::Error) -> u8 {
    if other.use_stderr() {
        let text = other.render().to_string();
        let shown = secret::hidden_in(&text);
        match shown == text {
            // With its colours.
            true => drop(other.print()),
            false => complain(shown.trim_end()),
        }
        return UNABLE;
    }
    match other.print() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(format_args!(
                "nameplate: cannot write to standard output: {error}"
            ));
            UNABLE
        }
        _ => 0,
    }
}

/// Runs what was asked for; the exit status.
pub fn run(matches: &ArgMatches) -> u8 {
    let (command, result) = match matches.subcommand() {
        Some(("serve", matches)) => return serve::run(matches),
        Some(("env", matches)) => ("env", read(matches).and_then(|args| env::run(&args))),
        Some(("run", matches)) => ("run", read(matches).and_then(|args| run::run(&args))),
        Some(("trust", matches)) => ("trust", read(matches).and_then(|args| trust::run(&args))),
        Some(("cluster", matches)) => (
            "cluster",
            read(matches).and_then(|args| cluster::run(&args)),
        ),
        Some(("copy", matches)) => ("copy", read(matches).and_then(|args| copy::run(&args))),
        Some(("backup", matches)) => (
            "backup",
            read(matches).and_then(|args| wait(async move { backup::run(&args).await })),
        ),
        Some(("audit", matches)) => (
            "audit",
            read(matches).and_then(|args| wait(async move { audit::run(&args).await })),
        ),
        Some(("status", matches)) => (
            "status",
            read(matches).and_then(|args| wait(async move { status::run(&args).await })),
        ),
        Some(("certificates", matches)) => (
            "certificates",
            read(matches).and_then(|args| wait(async move { certificates::run(&args).await })),
        ),
        Some(("restore", matches)) => (
            "restore",
            read(matches).and_then(|args| backup::restore::run(&args)),
        ),
        Some(("demo", matches)) => (
            "demo",
            read(matches).and_then(|args| wait(async move { demo::run(&args).await })),
        ),
        Some(("simulate", matches)) => (
            "simulate",
            read(matches).and_then(|args| wait(async move { simulate::run(&args).await })),
        ),
        Some(("explain", matches)) => (
            "explain",
            read(matches).and_then(|args| wait(async move { explain::run(&args).await })),
        ),
        Some(("completions", matches)) => (
            "completions",
            read(matches).and_then(|args| manual::completions(&args)),
        ),
        Some(("man", matches)) => ("man", read(matches).and_then(|args| manual::manual(&args))),
        Some(("rule", matches)) => ("rule", read(matches).and_then(|args| rule::run(&args))),
        Some(("bulk", matches)) => (
            "bulk",
            read(matches).and_then(|args| wait(async move { bulk::run(&args).await })),
        ),
        Some(("rm", matches)) => (
            "rm",
            read(matches).and_then(|args| wait(async move { rm::run(&args).await })),
        ),
        Some(("function", matches)) => (
            "function",
            read(matches).and_then(|args| wait(async move { function::run(&args).await })),
        ),
        Some(("logs", matches)) => (
            "logs",
            read(matches).and_then(|args| wait(async move { logs::run(&args).await })),
        ),
        Some(("ca", matches)) => (
            "ca",
            read(matches).and_then(|args| wait(async move { ca::run(&args).await })),
        ),
        Some(("revocation", matches)) => (
            "revocation",
            read(matches).and_then(|args| wait(async move { revocation::run(&args).await })),
        ),
        Some(("rehearse", matches)) => (
            "rehearse",
            read(matches).and_then(|args| wait(async move { rehearse::run(&args).await })),
        ),
        Some(("vending", matches)) => (
            "vending",
            read(matches).and_then(|args| wait(async move { vending::run(&args).await })),
        ),
        _ => return UNABLE,
    };
    report(command, result)
}

/// Reads a command's arguments, and tells of variables that look like settings and are none.
fn read<A: FromArgMatches>(matches: &ArgMatches) -> anyhow::Result<A> {
    if let Some(warning) = crate::config::strangers_in_the_environment() {
        complain(format_args!("nameplate: {warning}"));
    }
    Ok(A::from_arg_matches(matches)?)
}

fn wait<T>(command: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
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
            complain(format_args!("nameplate {command}: {error:#}"));
            status_of(&error)
        }
    }
}

/// A call that the server refused has failed; all else could not be made.
fn status_of(error: &anyhow::Error) -> u8 {
    let refused = error.chain().any(|cause| {
        matches!(
            cause.downcast_ref::<ClientError>(),
            Some(ClientError::Refused { .. })
        )
    });
    match refused {
        true => FAILED,
        false => UNABLE,
    }
}
