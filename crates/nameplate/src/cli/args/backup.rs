//! Arguments of `nameplate backup` and `nameplate restore`.

use super::Where;
use clap::Args;
use std::path::PathBuf;

/// Write everything that a server needs to be this one elsewhere into a file, keys included, also while it runs
#[derive(Debug, Clone, Args)]
pub struct BackupArgs {
    /// The file, which only its owner may read; there must be none yet
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Replace the file, once the new one is whole
    #[arg(long)]
    pub force: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}

/// Make a data directory of a backup; it must not be there yet, or be empty
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Read the backup to its end and say whether it is whole; restores nothing
    #[arg(long)]
    pub check: bool,
    /// Where the registry is to be: sqlite, or `postgres://USER:PASSWORD@HOST[:PORT]/DATABASE` of an empty database
    /// [default: what NAMEPLATE_STORE or nameplate.toml says, or sqlite]
    #[arg(long, value_name = "URL", conflicts_with = "check")]
    pub store: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}
