//! What the commands print, on standard output and standard error, where either may be full or closed.
//!
//! `println!` and `eprintln!` panic there. What cannot be printed on standard error has nobody to read it; what cannot
//! be printed on standard output is a failure of the command, except that nobody reads on.

use nameplate_core::escape;
use serde_json::Value;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use terminal_size::{Width, terminal_size_of};

/// Prints a line on standard error, if it takes one; nothing in it but line breaks does more than to be read.
pub fn complain(line: impl fmt::Display) {
    let mut text = wrapped(&escape::lines(&line.to_string()), columns_of(&io::stderr()));
    text.push('\n');
    // There is nowhere to tell of a failure.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// A value as JSON in one line, which is the same value and does nothing on a terminal but to be read.
pub fn json(value: &Value) -> String {
    escape::json(&value.to_string()).into_owned()
}

/// Prints for programs on standard output, at once and as it is.
pub fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints for people on standard output, at once: lines stay lines, on a terminal none breaks inside a word, and nothing
/// else in the text moves a cursor.
pub fn tell(text: &str) -> io::Result<()> {
    let text = wrapped(&escape::lines(text), columns_of(&io::stdout()));
    match has_colours(&io::stdout()) {
        true => say(&coloured(&text)),
        false => say(&text),
    }
}

/// The columns of a terminal, 80 where it does not know; `None` where it is none.
fn columns_of(output: &(impl IsTerminal + AsFd)) -> Option<usize> {
    output
        .is_terminal()
        .then(|| match terminal_size_of(output) {
            Some((Width(columns), _)) => columns.into(),
            None => 80,
        })
}

/// Fewest columns that are broken for; below, the terminal does as well.
const NARROWEST: usize = 40;

/// The text with lines of at most that many columns. What goes on in the next line stands below where it began: behind
/// the last gap of two spaces in the front of the line, or a little behind the line's own beginning. A word that is too
/// long by itself stays whole, so that it can be copied.
fn wrapped(text: &str, columns: Option<usize>) -> String {
    let Some(columns) = columns.filter(|columns| *columns >= NARROWEST) else {
        return text.to_owned();
    };
    let mut broken = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (line, ""),
        };
        break_line(line, columns, &mut broken);
        broken.push_str(end);
    }
    broken
}

fn break_line(line: &str, columns: usize, broken: &mut String) {
    if line.chars().count() <= columns {
        broken.push_str(line);
        return;
    }
    let front = line.char_indices().nth(columns / 2).map_or(0, |(at, _)| at);
    let start = line.len() - line.trim_start().len();
    let (head, hang) = match line[..front].rfind("  ") {
        Some(at) if at + 2 > start => (at + 2, line[..at + 2].chars().count()),
        _ => (start, line[..start].chars().count() + 2),
    };
    broken.push_str(&line[..head]);
    let mut column = line[..head].chars().count();
    let mut first = true;
    for word in line[head..].split(' ') {
        let length = word.chars().count();
        if !first && column + 1 + length > columns {
            broken.push('\n');
            broken.extend(std::iter::repeat_n(' ', hang));
            column = hang;
        } else if !first {
            broken.push(' ');
            column += 1;
        }
        broken.push_str(word);
        column += length;
        first = false;
    }
}

/// Whether the terminal knows no more than lines (`TERM=dumb`).
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|kind| kind == "dumb")
}

/// A line that fits a terminal of standard error, to be written over: cut where it is longer.
pub fn fitting(line: &str) -> String {
    let line = escape::line(line);
    match columns_of(&io::stderr()) {
        Some(columns) => line.chars().take(columns.saturating_sub(1)).collect(),
        None => line.into_owned(),
    }
}

/// Whether what goes to a terminal may have colours: unless `NO_COLOR` says otherwise, or the terminal has none.
fn has_colours(output: &impl IsTerminal) -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    output.is_terminal() && !unwanted && !is_dumb()
}

/// Words that are looked for, and their colours: red and green.
const COLOURED: [(&str, &str); 5] = [
    ("FAILED", "31"),
    ("REFUSED", "31"),
    ("REVOKED", "31"),
    ("passed", "32"),
    ("connected", "32"),
];

/// The text with words coloured that stand first in their line or by themselves in capitals.
fn coloured(text: &str) -> String {
    let mut painted = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut first = true;
        for word in line.split_inclusive([' ', '\n']) {
            let bare = word.trim_end_matches([' ', '\n', ',', ':']);
            let colour = COLOURED.iter().find(|(known, _)| {
                *known == bare && (first || known.starts_with(char::is_uppercase))
            });
            match colour {
                Some((known, colour)) => {
                    painted.push_str(&format!(
                        "\x1b[{colour}m{known}\x1b[0m{}",
                        &word[known.len()..]
                    ));
                }
                None => painted.push_str(word),
            }
            first &= bare.is_empty();
        }
    }
    painted
}

/// Whether the error is that nobody reads on, which ends a command without fault.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_looked_for_have_colours() {
        for (text, expected) in [
            (
                "  passed   +1 ms  tls\n",
                "  \x1b[32mpassed\x1b[0m   +1 ms  tls\n",
            ),
            (
                "  FAILED   +1 ms  template\n",
                "  \x1b[31mFAILED\x1b[0m   +1 ms  template\n",
            ),
            (
                "it has passed\nand FAILED: so",
                "it has passed\nand \x1b[31mFAILED\x1b[0m: so",
            ),
            ("PREFAILED FAILEDLY", "PREFAILED FAILEDLY"),
            ("", ""),
        ] {
            assert_eq!(coloured(text), expected);
        }
    }

    #[test]
    fn lines_break_between_words() {
        let check = |text: &str, columns: usize, expected: &str| {
            assert_eq!(wrapped(text, Some(columns)), expected);
        };
        check("short\n\nlines\n", 40, "short\n\nlines\n");
        check(
            "the role of this template does not exist here any more\nand so on",
            40,
            "the role of this template does not exist\n  here any more\nand so on",
        );
        check(
            "  passed   +1 ms  issuer  of the CA certificate of the owner's plant\n",
            50,
            "  passed   +1 ms  issuer  of the CA certificate of\n                  the owner's plant\n",
        );
        let id = "0".repeat(64);
        check(
            &format!("  id  {id} of it"),
            40,
            &format!("  id  {id}\n      of it"),
        );
        let long = "word ".repeat(40);
        assert_eq!(wrapped(&long, None), long);
        assert_eq!(wrapped(&long, Some(10)), long);
    }
}
