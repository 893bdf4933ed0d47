//! What the commands print, on standard output and standard error, where either may be full or closed.
//!
//! `println!` and `eprintln!` panic there. What cannot be printed on standard error has nobody to read it; what cannot
//! be printed on standard output is a failure of the command, except that nobody reads on.

use nameplate_core::escape;
use serde_json::Value;
use std::fmt;
use std::io::{self, Write};

/// Prints a line on standard error, if it takes one; nothing in it but line breaks does more than to be read.
pub fn complain(line: impl fmt::Display) {
    let mut text = escape::lines(&line.to_string()).into_owned();
    text.push('\n');
    // There is nowhere to tell of a failure.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// A value as JSON in one line, which is the same value and does nothing on a terminal but to be read.
pub fn json(value: &Value) -> String {
    escape::json(&value.to_string()).into_owned()
}

/// Prints for people on standard output, at once: lines stay lines, and nothing else in the text moves a cursor.
pub fn tell(text: &str) -> io::Result<()> {
    say(&escape::lines(text))
}

/// Prints for programs on standard output, at once and as it is.
pub fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Whether the error is that nobody reads on, which ends a command without fault.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
