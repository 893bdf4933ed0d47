//! Log lines: where they go, and how they look.

use crate::config::{LogFormat, Settings};
use std::fmt::{self, Debug, Write as _};
use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;

/// Logs from now on, as the settings say. A second call in one process, which is a test's, changes nothing.
pub fn start(settings: &Settings) {
    use tracing_subscriber::filter::Targets;
    use tracing_subscriber::prelude::*;
    // The text was checked with the other settings.
    let filter: Targets = settings.log.parse().unwrap_or_default();
    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(tracing_subscriber::filter::filter_fn(holds_no_secret));
    // Without a word where standard error takes none: telling so would panic.
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .log_internal_errors(false);
    let _ = match settings.log_format {
        LogFormat::Text => registry
            .with(layer.with_target(false).with_ansi(false).fmt_fields(Once))
            .try_init(),
        LogFormat::Json => registry.with(layer.json()).try_init(),
    };
}

/// The client of PostgreSQL writes statements and their parameters into its debug lines, keys and passwords among them.
fn holds_no_secret(line: &tracing::Metadata<'_>) -> bool {
    *line.level() <= tracing::Level::WARN || !line.target().starts_with("tokio_postgres")
}

/// The message for people, and behind it what it does not say itself.
struct Once;

impl<'writer> FormatFields<'writer> for Once {
    fn format_fields<R: RecordFields>(
        &self,
        mut writer: Writer<'writer>,
        fields: R,
    ) -> fmt::Result {
        let mut seen = Seen::default();
        fields.record(&mut seen);
        writer.write_str(&seen.line())
    }
}

#[derive(Default)]
struct Seen {
    message: String,
    others: Vec<(&'static str, String)>,
}

impl Seen {
    fn line(self) -> String {
        let mut line = self.message;
        let said = line.len();
        for (name, value) in self.others {
            if value.is_empty() || line[..said].contains(&value) {
                continue;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            // Writing to a String cannot fail.
            let _ = match value.bytes().all(|byte| byte.is_ascii_graphic()) {
                true => write!(line, "{name}={value}"),
                false => write!(line, "{name}={value:?}"),
            };
        }
        line
    }
}

impl Visit for Seen {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            name => self.others.push((name, value.to_owned())),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_twice() {
        let check = |message: &str, others: &[(&'static str, &str)], expected: &str| {
            let seen = Seen {
                message: message.to_owned(),
                others: others
                    .iter()
                    .map(|(name, value)| (*name, (*value).to_owned()))
                    .collect(),
            };
            assert_eq!(seen.line(), expected);
        };
        check(
            "127.0.0.1:5 not connected (ca-unknown): no CA",
            &[
                ("client.id", "a b"),
                ("peer", "127.0.0.1:5"),
                ("reason", "ca-unknown"),
                ("certificate.id", "0a"),
            ],
            "127.0.0.1:5 not connected (ca-unknown): no CA client.id=\"a b\" certificate.id=0a",
        );
        check("well", &[], "well");
        check("", &[("topic", "a/b")], "topic=a/b");
        check("x", &[("flow", "")], "x");
    }
}
