//! Arguments of `nameplate rehearse`.

use super::Where;
use clap::Args;

/// Play the fleet's years on a clock of its own, and say when devices would be locked out, how many, and why; changes
/// nothing
#[derive(Debug, Clone, Args)]
pub struct RehearseArgs {
    /// How many years
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=30))]
    pub years: u32,
    /// Devices that are made meanwhile, beside those of the registry
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub fleet: u64,
    /// These devices come with certificates of this registered CA, by its id, and of its successors of the same name;
    /// without it and --template they get certificates of the server's own CA
    #[arg(long, value_name = "CA", conflicts_with = "template")]
    pub ca: Option<String>,
    /// These devices are provisioned by this template
    #[arg(long, value_name = "NAME")]
    pub template: Option<String>,
    /// Over how many days they are made
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    pub over: u32,
    /// How long their first certificates are valid [default: as the server's own CA issues; from another CA, 3650]
    #[arg(long, value_name = "DAYS")]
    pub validity: Option<u32>,
    /// How often a device connects
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    pub connect_every: u32,
    /// A device renews its certificate when less than this is left
    #[arg(
        long,
        value_name = "DAYS",
        default_value_t = 30,
        conflicts_with = "no_renewal"
    )]
    pub renew_before: u32,
    /// Devices never renew their certificates
    #[arg(long)]
    pub no_renewal: bool,
    /// How long renewed certificates are valid [default: as long as the one before]
    #[arg(long, value_name = "DAYS")]
    pub lifetime: Option<u32>,
    /// So many devices of a hundred stay away once a year, for --away-days
    #[arg(long, value_name = "PERCENT", default_value_t = 0, requires = "away_days",
          value_parser = clap::value_parser!(u32).range(0..=100))]
    pub away: u32,
    /// For how long
    #[arg(long, value_name = "DAYS")]
    pub away_days: Option<u32>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}
