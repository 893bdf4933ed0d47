//! Arguments of every command but `serve`, whose flags are settings.

use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

/// Where a command finds the server.
#[derive(Debug, Clone, Default, Args)]
pub struct Where {
    /// The server's data directory [default: nameplate-data, or what NAMEPLATE_DATA_DIR or nameplate.toml says]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// Print `export` lines that point AWS's tools at the server: eval "$(nameplate env)"
#[derive(Debug, Clone, Args)]
pub struct EnvArgs {
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}

/// Run a program with every AWS SDK in it pointed at the server
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
    /// The program and its arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "CMD"
    )]
    pub command: Vec<OsString>,
}

/// Show the main job on real sockets: a CA, a template, a device's first connection
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Use the running server of this data directory instead of one made for the demo
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Keep the demo's directory, with the CA and the device's key, and say how to go on
    #[arg(long)]
    pub keep: bool,
}

/// Say what a template would create, and why not where it would not; touches nothing
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// A template body, or a registration config that holds one
    #[arg(long, value_name = "FILE")]
    pub template: PathBuf,
    /// Device certificates: a PEM file with any number of them, or a directory of such files
    #[arg(
        long,
        value_name = "FILE|DIR",
        conflicts_with = "params",
        required_unless_present = "params"
    )]
    pub certs: Option<PathBuf>,
    /// Parameters of devices: one JSON object of strings a line, or CSV with a header where the name ends in .csv
    #[arg(long, value_name = "FILE")]
    pub params: Option<PathBuf>,
    /// Plan against an empty registry, without a server
    #[arg(long)]
    pub offline: bool,
    /// Print JSON, with the plan of every device
    #[arg(long)]
    pub json: bool,
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}

/// Say why a device's connection ended as it did
#[derive(Debug, Clone, Args)]
pub struct ExplainArgs {
    /// A certificate id or ARN, a serial number, a client id or an address; without it, the newest failures
    #[arg(value_name = "WHAT")]
    pub subject: Option<String>,
    /// How many attempts to look back
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub limit: u16,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}

/// Install the server's roots into the system's trust store
#[derive(Debug, Clone, Args)]
pub struct TrustArgs {
    /// Take the roots out again
    #[arg(long)]
    pub remove: bool,
    /// Only print what would be done
    #[arg(long)]
    pub print: bool,
    /// Work on the system below this directory, without running its commands
    #[arg(long, value_name = "DIR", hide = true)]
    pub system_root: Option<PathBuf>,
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    /// The commands as `clap` checks them.
    #[derive(Debug, Parser)]
    #[command(name = "nameplate")]
    enum All {
        Env(EnvArgs),
        Run(RunArgs),
        Demo(DemoArgs),
        Simulate(SimulateArgs),
        Explain(ExplainArgs),
        Trust(TrustArgs),
    }

    fn check(line: &str, accepted: bool) {
        let result = All::try_parse_from(format!("nameplate {line}").split(' '));
        assert_eq!(result.is_ok(), accepted, "{line}: {result:?}");
    }

    #[test]
    fn what_is_accepted() {
        check("env", true);
        check("env --data-dir here", true);
        check("run -- aws iot list-things --max-items 3", true);
        check("run aws --version", true);
        check("run", false);
        check("demo --keep", true);
        check("simulate --template t.json", false);
        check("simulate --template t.json --certs a --offline", true);
        check("simulate --template t.json --params a --json", true);
        check("simulate --template t.json --certs a --params b", false);
        check("simulate --certs a", false);
        check("explain", true);
        check("explain 127.0.0.1 --limit 5", true);
        check("explain lamp --limit 0", false);
        check("trust --remove --print", true);
    }
}
