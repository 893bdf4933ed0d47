//! Arguments of `nameplate ca`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The server's own CAs, which issue device certificates: make them, have them signed by yours, let one follow another
#[derive(Debug, Clone, Args)]
pub struct CaArgs {
    /// What is to be done.
    #[command(subcommand)]
    pub command: CaCommand,
    /// The server's data directory [default: nameplate-data, or what NAMEPLATE_DATA_DIR or nameplate.toml says]
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
}

/// What `nameplate ca` does.
#[derive(Debug, Clone, Subcommand)]
pub enum CaCommand {
    /// List the CAs, and the keys that wait for a certificate
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a key, and print the signing request for its certificate, which your CA answers
    Csr {
        /// Whom the certificate is about [default: CN=Nameplate device CA]
        #[arg(long, value_name = "NAME")]
        subject: Option<String>,
        /// Kind of the key [default: as --device-ca-key of the server]
        #[arg(long, value_name = "KIND", value_parser = ["rsa", "ecdsa"])]
        key: Option<String>,
        /// Print the request of a key that waits already
        #[arg(long, value_name = "CA", conflicts_with_all = ["subject", "key"])]
        of: Option<String>,
    },
    /// Take the certificate that your CA has made, with those above it
    Install {
        /// PEM: the CA's own certificate first, after each the one that issued it; - is standard input
        #[arg(value_name = "CHAIN")]
        chain: PathBuf,
        /// The private key, in PEM and not encrypted, where it was not made here
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// From when on it issues, such as 2027-01-31 or 2027-01-31T08:00:00Z [default: at once; one that is renewed keeps
        /// its turn]
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
    },
    /// Make a successor that signs itself
    New {
        /// Kind of the key [default: as --device-ca-key of the server]
        #[arg(long, value_name = "KIND", value_parser = ["rsa", "ecdsa"])]
        key: Option<String>,
        /// From when on it issues [default: at once]
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Until when it is valid [default: the end of 2049]
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Say from when on a CA issues, until the turn of the next
    Issue {
        /// Id of its certificate or key, or at least eight digits of it
        #[arg(value_name = "CA")]
        ca: String,
        /// From when on [default: at once]
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Never again
        #[arg(long, conflicts_with = "from")]
        never: bool,
    },
    /// Print a CA's certificate and those above it
    Export {
        /// Id of its certificate or key, or at least eight digits of it
        #[arg(value_name = "CA")]
        ca: String,
        /// And its private key, encrypted (PKCS#8) with the first line of --passphrase-file
        #[arg(long, requires = "passphrase_file")]
        with_key: bool,
        /// A file with at least twelve characters in its first line; - is standard input
        #[arg(long, value_name = "FILE", requires = "with_key")]
        passphrase_file: Option<PathBuf>,
    },
    /// Forget keys that wait, and CAs of which no certificate is in force any more
    Rm {
        /// Ids of their certificates or keys, or at least eight digits of them
        #[arg(required = true, value_name = "CA")]
        cas: Vec<String>,
    },
}
