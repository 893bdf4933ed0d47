//! Arguments of `nameplate status` and `nameplate certificates`.

use super::Where;
use clap::Args;
use std::time::Duration;

/// Say what the server has, who is connected, how first connections go, and what ends soon
#[derive(Debug, Clone, Args)]
pub struct StatusArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}

/// List certificates by the end of their validity, with their things
#[derive(Debug, Clone, Args)]
pub struct CertificatesArgs {
    /// Those that end within this time, such as 30d, 12h or 2w; without it, all, the first to end first
    #[arg(long, value_name = "TIME", value_parser = span, conflicts_with = "expired")]
    pub expiring: Option<Duration>,
    /// Those that have ended
    #[arg(long)]
    pub expired: bool,
    /// Print JSON, with whole ids
    #[arg(long)]
    pub json: bool,
    /// Where the server is.
    #[command(flatten)]
    pub place: Where,
}

/// A span of time as people write it: a number and `s`, `m`, `h`, `d` or `w`.
pub fn span(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no span of time; 30d, 12h, 45m, 2w are");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(wrong()),
    };
    let count: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    // Further than any certificate is valid.
    if count > 10_000 * 86_400 / seconds.min(86_400) {
        return Err(format!("{text} is further ahead than is looked"));
    }
    Ok(Duration::from_secs(count * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_numbers_with_a_unit() {
        for (text, seconds) in [
            ("30d", 30 * 86_400),
            ("12h", 43_200),
            ("1m", 60),
            ("0s", 0),
            ("2w", 14 * 86_400),
        ] {
            assert_eq!(span(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "d",
            "30",
            "-1d",
            "1.5d",
            "30 d",
            "30x",
            "1\u{e9}",
            "99999999999999999999d",
            "99999999w",
        ] {
            assert!(span(text).is_err(), "{text}");
        }
    }
}
