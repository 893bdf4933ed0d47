//! Arguments of the commands that describe the command line itself, for packages.

use clap::Args;
use clap_complete::Shell;
use std::path::PathBuf;

/// Print what a shell completes this command's names and flags by
#[derive(Debug, Clone, Args)]
pub struct CompletionsArgs {
    /// The shell that reads it
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// Print the manual page nameplate(1), or write the pages of all commands into a directory
#[derive(Debug, Clone, Args)]
pub struct ManArgs {
    /// Where the pages go, made if it is not there: nameplate.1, nameplate-serve.1 and so on
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
}
