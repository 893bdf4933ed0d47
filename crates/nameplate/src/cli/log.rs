//! The server's log on standard error: one event is one line, whatever it holds.
//!
//! Every event passes here after it has been formatted, so no call site can forget to escape what comes from outside.

use super::out::complain;
use super::serve::clock;
use crate::config::{LogFormat, Settings};
use nameplate_core::escape;
use serde_json::json;
use std::borrow::Cow;
use std::fmt::{self, Debug, Write as _};
use std::io::Write as _;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, MakeWriter};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;

/// Writes events from now on as the settings say.
pub fn start(settings: &Settings) {
    // The text was checked with the other settings.
    let filter: Targets = settings.log.parse().unwrap_or_default();
    // A second subscriber in one process is a test's, which keeps its own.
    let _ = subscriber(filter, settings.log_format, std::io::stderr).try_init();
    if settings.log_format == LogFormat::Json {
        // The program's own words about a panic are lines of text.
        std::panic::set_hook(Box::new(|panic| {
            complain_as(LogFormat::Json, format_args!("{panic}"));
        }));
    }
}

/// Tells why the server ends, or cannot begin, whatever the filter says: in the format of the log, one line where that is
/// JSON.
pub fn complain_as(format: LogFormat, words: fmt::Arguments<'_>) {
    match format {
        LogFormat::Text => complain(words),
        LogFormat::Json => {
            let line = json!({
                "timestamp": clock().to_string(), "level": "ERROR", "fields": {"message": words.to_string()},
                "target": "nameplate",
            });
            let line = format!("{}\n", escape::json(&line.to_string()));
            // There is nowhere to tell of a failure.
            let _ = std::io::stderr().lock().write_all(line.as_bytes());
        }
    }
}

/// What writes events of this format.
fn subscriber<W>(filter: Targets, format: LogFormat, to: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(tracing_subscriber::filter::filter_fn(holds_no_secret));
    // Without a word where standard error takes none: telling so would panic.
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(to)
        .log_internal_errors(false);
    let format_of = tracing_subscriber::fmt::format();
    match format {
        LogFormat::Text => Box::new(
            registry.with(
                layer
                    .with_ansi(false)
                    .fmt_fields(Once)
                    .event_format(OneLine {
                        format: format_of.with_target(false).with_ansi(false),
                        escape: escape::line,
                    }),
            ),
        ),
        LogFormat::Json => Box::new(registry.with(layer.json().event_format(OneLine {
            format: format_of.json(),
            escape: escape::json,
        }))),
    }
}

/// Formats an event, then escapes what would not stay in its line.
struct OneLine<F> {
    format: F,
    escape: fn(&str) -> Cow<'_, str>,
}

impl<S, N, F> FormatEvent<S, N> for OneLine<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut text = String::new();
        self.format
            .format_event(context, Writer::new(&mut text), event)?;
        writeln!(writer, "{}", (self.escape)(text.trim_end_matches('\n')))
    }
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
    use parking_lot::Mutex;
    use std::sync::Arc;

    /// What a forger would send: as client id, topic, common name, thing name, SNI, path or user agent.
    const FORGED: &str =
        "x\n2026-01-01T00:00:00Z  INFO forged line\r\u{1b}[2J\u{9b}1m\u{2028}\u{202e}y";

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat) -> String {
        let kept = Kept::default();
        let to = kept.clone();
        let filter = Targets::new().with_default(tracing::Level::TRACE);
        tracing::subscriber::with_default(subscriber(filter, format, move || to.clone()), || {
            let span = tracing::info_span!("connection", of = FORGED);
            let _entered = span.enter();
            tracing::info!(client.id = FORGED, "{FORGED} connected");
            tracing::warn!(topic = %FORGED, thing = ?FORGED, "denied: {FORGED:?}");
        });
        let bytes = kept.0.lock().clone();
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn an_event_is_one_line_of_harmless_text() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = logged(format);
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines.len(), 2, "{text}");
            for line in lines {
                assert_eq!(escape::line(line), line);
                assert!(
                    line.contains("forged line") && line.contains("202e"),
                    "{line}"
                );
            }
        }
        assert!(logged(LogFormat::Text).contains(r"x\n2026-01-01T00:00:00Z  INFO forged line\r"));
        let text = logged(LogFormat::Json);
        let first = text.lines().next().expect("a line");
        let event: serde_json::Value = serde_json::from_str(first).expect("JSON");
        assert_eq!(event["fields"]["client.id"], FORGED);
    }

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
