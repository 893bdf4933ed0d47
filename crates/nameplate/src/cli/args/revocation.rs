//! Arguments of `nameplate revocation`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Hold devices against the revocation lists of registered CAs
#[derive(Debug, Clone, Args)]
pub struct RevocationArgs {
    /// What is to be done.
    #[command(subcommand)]
    pub command: RevocationCommand,
    /// The server's data directory [default: nameplate-data, or what NAMEPLATE_DATA_DIR or nameplate.toml says]
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
}

/// What `nameplate revocation` does.
#[derive(Debug, Clone, Subcommand)]
pub enum RevocationCommand {
    /// Put a list in force that the CA has made
    Put {
        /// Id of the registered CA certificate
        #[arg(value_name = "CA")]
        ca: String,
        /// The list, in DER or PEM
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Fetch the CA's lists from where it publishes them: now, and every hour
    Fetch {
        /// Id of the registered CA certificate
        #[arg(value_name = "CA")]
        ca: String,
        /// Where; http:// or https://
        #[arg(value_name = "URL")]
        url: String,
    },
    /// Say what the CA's devices meet when there is no list that is fresh
    Stale {
        /// Id of the registered CA certificate
        #[arg(value_name = "CA")]
        ca: String,
        /// admit: those that the last list does not name. refuse: nobody
        #[arg(value_name = "WHAT", value_parser = ["admit", "refuse"])]
        what: String,
    },
    /// Say which lists are in force
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Hold a CA's devices against no list any more
    Rm {
        /// Ids of registered CA certificates
        #[arg(required = true, value_name = "CA")]
        cas: Vec<String>,
    },
}
