//! The command line: `nameplate serve` and its companions.

pub mod serve;

use clap::{ArgMatches, Command};

/// The command line's shape. Flags of `serve` come from the settings' one list.
pub fn command() -> Command {
    Command::new("nameplate")
        .about("AWS IoT Core compatible device provisioning, in one binary")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(serve::command())
}

/// Runs what was asked for; the exit status.
pub fn run(matches: &ArgMatches) -> u8 {
    match matches.subcommand() {
        Some(("serve", matches)) => serve::run(matches),
        _ => 2,
    }
}
