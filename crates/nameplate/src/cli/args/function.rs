//! Arguments of the commands for functions.

use super::Where;
use clap::Args;
use std::path::PathBuf;

/// Print what a function printed
#[derive(Debug, Clone, Args)]
pub struct LogsArgs {
    /// The function's name or ARN; one that was deleted has its lines still
    #[arg(value_name = "FUNCTION")]
    pub function: String,
    /// Go on with what it prints from now on, until Ctrl-C
    #[arg(short, long)]
    pub follow: bool,
    /// Only lines since then: 30s, 10m, 2h, 1d, 1w ago, or a time such as 2027-01-31T08:00:00Z
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only the last lines
    #[arg(short = 'n', long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub lines: Option<u16>,
    /// Print JSON, one object for each line
    #[arg(long)]
    pub json: bool,
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}

/// Functions: which there are, what they run on, how they are confined
#[derive(Debug, Clone, Args)]
pub struct FunctionArgs {
    /// What is to be done.
    #[command(subcommand)]
    pub command: FunctionCommand,
    /// The server's data directory [default: nameplate-data, or what NAMEPLATE_DATA_DIR or nameplate.toml says]
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
}

/// What `nameplate function` does.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum FunctionCommand {
    /// List the functions
    List {
        /// Print JSON, one object for each function, as ListFunctions has it
        #[arg(long)]
        json: bool,
    },
    /// Say what functions run on, or install what they find in AWS without bringing it; needs no server
    Runtime {
        /// What is to be done; without it, what is there is told
        #[command(subcommand)]
        command: Option<RuntimeCommand>,
    },
    /// Say what this machine does not enforce on functions
    Confinement,
}

/// What `nameplate function runtime` does.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum RuntimeCommand {
    /// Install runtime client and AWS SDKs into the data directory, by pip or npm as they are set up here
    Install {
        /// For which language
        #[arg(value_enum, value_name = "LANGUAGE")]
        language: Language,
    },
}

/// Languages for which there is something to install.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// awslambdaric and boto3
    Python,
    /// aws-lambda-ric, aws-sdk and the clients of @aws-sdk
    Nodejs,
}
