//! Arguments of `nameplate audit`.

use super::{Where, span};
use clap::Args;
use std::time::Duration;

/// Print the audit log: who changed what, from where, and how provisioning ended
#[derive(Debug, Clone, Args)]
pub struct AuditArgs {
    /// Only what is no older than this, such as 1h, 45m or 7d
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub since: Option<Duration>,
    /// Go on with what comes, until interrupted
    #[arg(long, short)]
    pub follow: bool,
    /// Print the entries as they are kept, JSON, one a line
    #[arg(long)]
    pub json: bool,
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}
