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
    /// Create a function from a folder or a zip, or give one that is there its new code and settings
    Deploy(DeployArgs),
    /// Invoke a function and print its answer
    Invoke(InvokeArgs),
    /// Remove functions, with their versions, aliases and permissions
    Rm {
        /// Names or ARNs
        #[arg(required = true, value_name = "FUNCTION")]
        names: Vec<String>,
    },
    /// Say what functions run on, or install what they find in AWS without bringing it; needs no server
    Runtime {
        /// What is to be done; without it, what is there is told
        #[command(subcommand)]
        command: Option<RuntimeCommand>,
        /// Print JSON, one object for each language
        #[arg(long)]
        json: bool,
    },
    /// Say what this machine does not enforce on functions
    Confinement {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
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

/// A function to create or change.
#[derive(Debug, Clone, Args)]
pub struct DeployArgs {
    /// A folder, whose function.toml may say what the flags say, or a zip
    #[arg(value_name = "FOLDER|ZIP", required_unless_present = "url")]
    pub path: Option<PathBuf>,
    /// Where the function is instead: a URL that takes the event as body and answers with the result, or that of another
    /// Lambda's Invoke, which is signed with the keys of --rule-credentials
    #[arg(
        long, value_name = "URL", requires = "name",
        conflicts_with_all = ["path", "runtime", "handler", "role", "policy", "env", "env_file", "memory"]
    )]
    pub url: Option<String>,
    /// The function's name [default: the folder's or zip's]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// What runs it, by AWS's name, such as python3.13 [default: what the files say]
    #[arg(long, value_name = "RUNTIME")]
    pub runtime: Option<String>,
    /// What in the code is called, such as app.handler [default: what the files say]
    #[arg(long, value_name = "FILE.FUNCTION")]
    pub handler: Option<String>,
    /// Name or ARN of the role it runs as [default: one of its own is made]
    #[arg(long, value_name = "ROLE", conflicts_with = "policy")]
    pub role: Option<String>,
    /// Attach a managed policy to its own role, by name or ARN, such as AWSIoTFullAccess; may be repeated
    #[arg(long, value_name = "POLICY")]
    pub policy: Vec<String>,
    /// Set a variable of its environment; may be repeated. Whoever may list processes sees it: --env-file is for secrets
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable)]
    pub env: Vec<(String, String)>,
    /// Set the variables that a file has, NAME=VALUE on a line of its own each; - is standard input. --env goes before it
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// How long a call may take, 1 to 900 seconds [default: 3]
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u32>,
    /// How much memory a call may use, 128 to 10240 MB [default: 128]
    #[arg(long, value_name = "MB")]
    pub memory: Option<u32>,
    /// Let a service invoke it for what this account owns, such as iot.amazonaws.com for topic rules; may be repeated
    #[arg(long, value_name = "SERVICE")]
    pub invoked_by: Vec<String>,
    /// Print the function as JSON, as GetFunctionConfiguration has it
    #[arg(long)]
    pub json: bool,
}

/// A variable of a function's environment.
pub fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it must be NAME=VALUE".into()),
    }
}

/// A call of a function.
#[derive(Debug, Clone, Args)]
pub struct InvokeArgs {
    /// Its name or ARN, or NAME:VERSION, or NAME:ALIAS
    #[arg(value_name = "FUNCTION")]
    pub function: String,
    /// The event, JSON [default: {}]
    #[arg(long, value_name = "JSON", conflicts_with = "payload_file")]
    pub payload: Option<String>,
    /// A file with the event; - is standard input
    #[arg(long, value_name = "FILE")]
    pub payload_file: Option<PathBuf>,
    /// Have it invoked later, with the retries that are set for it, and wait for nothing
    #[arg(long = "async", conflicts_with = "log")]
    pub later: bool,
    /// Print the end of its log too, on standard error
    #[arg(long)]
    pub log: bool,
}
