//! Arguments of every command but `serve`, whose flags are settings.

mod audit;
mod backup;
mod ca;
mod function;
mod manual;
mod rehearse;
mod revocation;
mod status;

pub use audit::AuditArgs;
pub use backup::{BackupArgs, RestoreArgs};
pub use function::{
    DeployArgs, FunctionArgs, FunctionCommand, InvokeArgs, Language, LogsArgs, RuntimeCommand,
    variable,
};

pub use ca::{CaArgs, CaCommand};
pub use manual::{CompletionsArgs, ManArgs};
pub use rehearse::RehearseArgs;
pub use revocation::{RevocationArgs, RevocationCommand};
pub use status::{CertificatesArgs, StatusArgs, span};

use clap::{Args, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// Where a command finds the server.
#[derive(Debug, Clone, Default, Args)]
pub struct Where {
    /// The server's data directory [default: nameplate-data, or what NAMEPLATE_DATA_DIR or nameplate.toml says]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// What `nameplate env` writes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Shell {
    /// sh, bash, zsh: eval "$(nameplate env)"
    #[value(name = "sh", aliases = ["bash", "zsh", "posix"])]
    Posix,
    /// fish: nameplate env --shell fish | source
    Fish,
    /// PowerShell: nameplate env --shell powershell | Out-String | Invoke-Expression
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
}

/// Print `export` lines that point AWS's tools at the server: eval "$(nameplate env)"
#[derive(Debug, Clone, Args)]
pub struct EnvArgs {
    /// Wait until the server is ready, at most so many seconds, 30 unless given
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "30")]
    pub wait: Option<u16>,
    /// Print the variables as one JSON object
    #[arg(long, conflicts_with = "shell")]
    pub json: bool,
    /// The shell that reads them
    #[arg(long, value_enum, value_name = "SHELL", default_value = "sh")]
    pub shell: Shell,
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

/// What `nameplate demo` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Flow {
    /// Just-in-time provisioning: the first connection with a certificate of the owner's CA
    Jitp,
    /// Just-in-time registration: a function behind a topic rule decides about a new certificate
    Jitr,
    /// Fleet provisioning: a claim certificate that many devices share is traded for one of the device's own
    Claim,
    /// Pre-provisioning hook: a function decides about each device of a claim before it is provisioned
    Hook,
    /// Certificate vending: a device without a certificate asks for one
    Vending,
}

/// Show the main job on real sockets: a CA, a template, a device's first connection
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Which flow to show
    #[arg(long, value_enum, value_name = "FLOW", default_value = "jitp")]
    pub flow: Flow,
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

/// Try topic rules
#[derive(Debug, Clone, Args)]
pub struct RuleArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RuleCommand,
}

/// What `nameplate rule` can do.
#[derive(Debug, Clone, Subcommand)]
pub enum RuleCommand {
    /// Print what a rule would do with a message; asks no server and does nothing of it
    Test(RuleTestArgs),
}

/// A rule and a message.
#[derive(Debug, Clone, Args)]
pub struct RuleTestArgs {
    /// The statement
    #[arg(
        long,
        value_name = "SQL",
        conflicts_with = "rule",
        required_unless_present = "rule"
    )]
    pub sql: Option<String>,
    /// A rule's document, with its actions: as create-topic-rule takes it, or as get-topic-rule answers it
    #[arg(long, value_name = "FILE")]
    pub rule: Option<PathBuf>,
    /// The version of the language that --sql is in: 2015-10-08, 2016-03-23 or beta
    #[arg(
        long,
        value_name = "VERSION",
        default_value = "2016-03-23",
        conflicts_with = "rule"
    )]
    pub version: String,
    /// The message's topic
    #[arg(long, value_name = "TOPIC")]
    pub topic: String,
    /// The message's payload
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with = "payload_file"
    )]
    pub payload: Option<String>,
    /// A file that holds the payload
    #[arg(long, value_name = "FILE")]
    pub payload_file: Option<PathBuf>,
    /// The client that publishes it over MQTT
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
}

/// Register devices from a file: CSV with a header, or one JSON object of parameters a line
#[derive(Debug, Clone, Args)]
pub struct BulkArgs {
    /// CSV whose header names the parameters, or one JSON object of strings a line
    #[arg(value_name = "FILE", required_unless_present = "resume")]
    pub file: Option<PathBuf>,
    /// A template body, or a registration config that holds one
    #[arg(long, value_name = "FILE", required_unless_present = "resume")]
    pub template: Option<PathBuf>,
    /// ARN of the role to run as; without it the devices are registered with the caller's permissions
    #[arg(long, value_name = "ARN")]
    pub role: Option<String>,
    /// Where to write what was registered [default: FILE with the ending results.json]
    #[arg(long, value_name = "FILE")]
    pub results: Option<PathBuf>,
    /// Where to write what was not, and why [default: FILE with the ending errors.json]
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
    /// Take up a task that was left: watch it to its end and write what became of its lines
    #[arg(
        long,
        value_name = "TASK",
        conflicts_with_all = ["template", "role", "retry_failed", "reissue", "dry_run"]
    )]
    pub resume: Option<String>,
    /// Register only the lines of FILE that failed in this task, by their numbers; what was wrong with them may have
    /// been mended
    #[arg(long, value_name = "TASK", conflicts_with = "dry_run")]
    pub retry_failed: Option<String>,
    /// Issue another certificate for a signing request whose thing has one already
    #[arg(long, conflicts_with = "dry_run")]
    pub reissue: bool,
    /// Only say what would be registered
    #[arg(long, conflicts_with_all = ["role", "results", "errors"])]
    pub dry_run: bool,
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}

/// What `nameplate rm` removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Things, by name
    Thing,
    /// Device certificates, by id or ARN
    Certificate,
    /// Registered CAs, by the id or ARN of their certificate
    Ca,
}

/// Remove things, certificates or CAs, with all they own if asked to
#[derive(Debug, Clone, Args)]
pub struct RmArgs {
    /// What the names are names of
    #[arg(value_enum, value_name = "KIND")]
    pub kind: Kind,
    /// What to remove
    #[arg(required = true, value_name = "NAME")]
    pub names: Vec<String>,
    /// With all it owns: a thing's certificates that no other thing has, a certificate's policies that nothing else
    /// has, a CA's certificates and the things that have no others
    #[arg(long)]
    pub cascade: bool,
    /// Only say what would be removed
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON, one object for each name
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

/// Move a registry between the embedded database and PostgreSQL, while no server serves it
#[derive(Debug, Clone, Args)]
pub struct CopyArgs {
    /// Where the registry is: a data directory, `postgres://USER:PASSWORD@HOST[:PORT]/DATABASE`, or `store` for what
    /// NAMEPLATE_STORE or nameplate.toml says
    #[arg(long, value_name = "DIR|URL")]
    pub from: String,
    /// Where it is to be, the same; nothing may be there but an unfinished copy of the same registry, which goes on
    #[arg(long, value_name = "DIR|URL")]
    pub to: String,
}

/// What concerns several servers over one registry
#[derive(Debug, Clone, Args)]
pub struct ClusterArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: ClusterCommand,
}

/// What of it.
#[derive(Debug, Clone, Subcommand)]
pub enum ClusterCommand {
    /// Seal the secrets that the servers share with the first key of --secrets-key FILE, which all servers have by then
    RotateKey(RotateKeyArgs),
}

/// The database and the keys.
#[derive(Debug, Clone, Args)]
pub struct RotateKeyArgs {
    /// The database, `postgres://USER:PASSWORD@HOST[:PORT]/DATABASE`, or `store` for what NAMEPLATE_STORE or
    /// nameplate.toml says
    #[arg(long, value_name = "URL", default_value = "store")]
    pub store: String,
    /// The owner's keys, one a line: the new one first, then the one before; what NAMEPLATE_SECRETS_KEY or nameplate.toml
    /// says where it is not named
    #[arg(long, value_name = "FILE")]
    pub secrets_key: Option<PathBuf>,
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
        Rm(RmArgs),
        Ca(CaArgs),
        Rehearse(RehearseArgs),
        Revocation(RevocationArgs),
        Bulk(BulkArgs),
        Copy(CopyArgs),
        Backup(BackupArgs),
        Restore(RestoreArgs),
        Status(StatusArgs),
        Audit(AuditArgs),
        Certificates(CertificatesArgs),
        Rule(RuleArgs),
        Logs(LogsArgs),
        Function(FunctionArgs),
        Completions(CompletionsArgs),
        Man(ManArgs),
    }

    fn check(line: &str, accepted: bool) {
        let result = All::try_parse_from(format!("nameplate {line}").split(' '));
        assert_eq!(result.is_ok(), accepted, "{line}: {result:?}");
    }

    #[test]
    fn what_is_accepted() {
        check("backup fleet.tar", true);
        check("backup --data-dir here fleet.tar --force --json", true);
        check("backup", false);
        check("audit --since 1h --follow --json", true);
        check("audit --since yesterday", false);
        check("status --json", true);
        check("certificates", true);
        check("certificates --expiring 30d --json", true);
        check("certificates --expiring soon", false);
        check("certificates --expired", true);
        check("certificates --expired --expiring 30d", false);
        check("restore fleet.tar", true);
        check("restore fleet.tar --check", true);
        check("restore fleet.tar --store postgres://u@h/d", true);
        check("restore fleet.tar --check --store sqlite", false);
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
        check("rule", false);
        check("rule test --sql S --topic t --payload {}", true);
        check("rule test --rule f --topic t --payload-file p", true);
        check("rule test --rule f --sql S --topic t", false);
        check("rule test --sql S", false);
        check("bulk devices.json --template t.json --role arn", true);
        check("bulk devices.json --template t.json --dry-run", true);
        check(
            "bulk devices.json --template t.json --dry-run --role arn",
            false,
        );
        check("bulk devices.json", false);
        check("bulk --template t.json", false);
        check("bulk --resume 1234", true);
        check("bulk devices.csv --resume 1234 --results r.json", true);
        check("bulk devices.csv --template t.json --resume 1234", false);
        check(
            "bulk devices.csv --template t.json --retry-failed 1234",
            true,
        );
        check("bulk devices.csv --template t.json --reissue", true);
        check("bulk --retry-failed 1234", false);
        check("rm thing lamp-1 lamp-2 --cascade --dry-run", true);
        check("rm ca abc", true);
        check("rm thing", false);
        check("rm group hall", false);
        check("copy --from here --to postgres://u:p@db/fleet", true);
        check("copy --from here", false);
        check("logs f -f --since 10m -n 5", true);
        check("logs", false);
        check("logs f -n 0", false);
        check("function list --json --data-dir here", true);
        check("function runtime", true);
        check("function runtime install nodejs", true);
        check("function runtime install provided", false);
        check("function runtime --json", true);
        check("function confinement --json", true);
        check("function", false);
        check("rehearse --years 3", true);
        check(
            "rehearse --fleet 10000 --years 3 --ca ab --no-renewal",
            true,
        );
        check("rehearse --years 3 --away 5 --away-days 90 --json", true);
        check("rehearse --years 3 --away 5", false);
        check("rehearse --fleet 10", false);
        check("rehearse --years 0", false);
        check("ca list --json", true);
        check("ca csr --subject CN=D --key ecdsa", true);
        check("ca csr --of ab --key rsa", false);
        check("ca csr --key dsa", false);
        check("ca install chain.pem --key key.pem --from 2027-01-31", true);
        check("ca new --until 2030-01-01", true);
        check("ca issue ab --never", true);
        check("ca issue ab --never --from 2027-01-31", false);
        check("ca export ab --with-key", false);
        check("ca export ab --with-key --passphrase-file p", true);
        check("ca rm", false);
        check("revocation put ab list.crl", true);
        check("revocation fetch ab http://pki/ca.crl", true);
        check("revocation stale ab refuse --data-dir here", true);
        check("revocation stale ab perhaps", false);
        check("revocation list --json", true);
        check("revocation rm", false);
        check("completions zsh", true);
        check("completions", false);
        check("completions tcsh", false);
        check("man", true);
        check("man pages", true);
    }
}

/// Give devices that shipped without a certificate an identity: batches, their allow-lists, claim codes
#[derive(Debug, Clone, Args)]
pub struct VendingArgs {
    /// What is to be done.
    #[command(subcommand)]
    pub command: VendingCommand,
    /// The server's data directory [default: nameplate-data, or what NAMEPLATE_DATA_DIR or nameplate.toml says]
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
}

/// What `nameplate vending` does.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum VendingCommand {
    /// Batches: what devices show, what they get, and when
    Batch {
        /// What is to be done.
        #[command(subcommand)]
        command: BatchCommand,
    },
    /// List the devices of a file in a batch: CSV with a header, or one JSON object a line
    Import {
        /// Columns serialNumber, token or publicKey; all others are parameters of the template
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The batch
        #[arg(long, value_name = "NAME")]
        batch: String,
    },
    /// Say where a device stands
    Show {
        /// Its serial number
        #[arg(value_name = "SERIAL")]
        serial: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Let devices have what they have asked for
    Approve(Serials),
    /// Give devices nothing more; what they have stays
    Block(Serials),
    /// Let devices ask once more; the certificate that they have is revoked
    Release(Serials),
    /// Revoke the certificates of devices, and give them nothing more
    Revoke(Serials),
    /// Print claim codes of a batch's devices; for a batch with tokens, make tokens for those that have none
    Codes {
        /// The batch
        #[arg(long, value_name = "NAME")]
        batch: String,
        /// Write each code as SERIAL.svg there instead of onto the terminal
        #[arg(long, value_name = "DIR")]
        svg: Option<PathBuf>,
        /// Make new tokens also for devices that have one
        #[arg(long)]
        replace: bool,
        /// Print JSON, one object for each device
        #[arg(long, conflicts_with = "svg")]
        json: bool,
    },
}

/// Devices of a command.
#[derive(Debug, Clone, Args)]
pub struct Serials {
    /// Their serial numbers
    #[arg(required = true, value_name = "SERIAL")]
    pub serials: Vec<String>,
}

/// What `nameplate vending batch` does.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum BatchCommand {
    /// Make a batch, or change the one of this name
    Create(Box<BatchArgs>),
    /// List the batches
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a batch, and how many of its devices stand where
    Show {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// Print it as JSON in one line, not in many
        #[arg(long)]
        json: bool,
    },
    /// Remove a batch and its list; things and certificates stay
    Rm {
        /// Their names
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
}

/// What a batch is made of.
#[derive(Debug, Clone, Args)]
pub struct BatchArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// A JSON document of the batch; the place for a secret or for a database's URL, which others could see among
    /// arguments. Flags beat its members
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// What a device shows: token, hmac, key or none
    #[arg(long, value_name = "PROOF")]
    pub proof: Option<String>,
    /// A template body, which runs as --role
    #[arg(long, value_name = "FILE", requires = "role")]
    pub template: Option<PathBuf>,
    /// A named template, which runs as its own role
    #[arg(long, value_name = "NAME", conflicts_with_all = ["template", "role"])]
    pub template_name: Option<String>,
    /// ARN of the role
    #[arg(long, value_name = "ARN")]
    pub role: Option<String>,
    /// An operator decides on each device
    #[arg(long)]
    pub approval: bool,
    /// What a device gets that asks again: once (nothing) or reissue
    #[arg(long, value_name = "REPEAT")]
    pub repeat: Option<String>,
    /// When the certificate before goes: at-once or when-connected
    #[arg(long, value_name = "WHEN")]
    pub retire_old: Option<String>,
    /// From when on devices may ask, such as 2027-01-31T08:00:00Z
    #[arg(long, value_name = "TIME")]
    pub opens: Option<String>,
    /// From when on they may not
    #[arg(long, value_name = "TIME")]
    pub closes: Option<String>,
    /// How long certificates are valid
    #[arg(long, value_name = "DAYS")]
    pub validity_days: Option<u32>,
    /// How many certificates a second
    #[arg(long, value_name = "COUNT")]
    pub rate: Option<u32>,
}
