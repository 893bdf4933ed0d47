//! Comma-separated values (RFC 4180), as spreadsheets write them, row by row.
//!
//! Holds one row at a time. What spoils one row is that row's failure; what leaves open where a row ends is an error.
//! The crate `csv` is of no use here: it takes a quote that never closes without a word, and gives a row after blank
//! lines the number of the first of those.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _};

/// Longest row, bytes. A device's line may have fewer; this is where reading on makes no sense.
const ROW_BYTES: usize = 1024 * 1024;

/// Why a file cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// The file itself.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// What stands in it.
    #[error("{0}")]
    Content(String),
}

fn content<T>(reason: impl Into<String>) -> Result<T, CsvError> {
    Err(CsvError::Content(reason.into()))
}

/// A device's row: the line it begins on, counted from 1, and its values by column, or why it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line of the file.
    pub line: u64,
    /// Values of the columns that are not empty.
    pub values: Result<BTreeMap<String, String>, String>,
}

/// A file of rows under a header.
#[derive(Debug)]
pub struct Csv<R> {
    input: R,
    separator: char,
    names: Vec<String>,
    // Lines that have been read.
    lines: u64,
}

impl<R: BufRead> Csv<R> {
    /// Reads the header: the parameters' names.
    pub fn open(input: R) -> Result<Self, CsvError> {
        let mut csv = Self {
            input,
            separator: ',',
            names: Vec::new(),
            lines: 0,
        };
        let header = loop {
            match csv.record()? {
                None => return content("it has no header with the parameters' names"),
                Some(Raw::TooLong { .. }) => {
                    return content(format!("its header has more than {ROW_BYTES} bytes"));
                }
                Some(Raw::Whole { bytes, .. }) if is_blank(&bytes) => {}
                Some(Raw::Whole { bytes, .. }) => break bytes,
            }
        };
        let Ok(header) = String::from_utf8(header) else {
            return content("its header is not UTF-8; save the file as CSV in UTF-8");
        };
        let header = header.strip_prefix('\u{feff}').unwrap_or(&header);
        if header.contains('\0') {
            return content("its header holds a NUL character; save the file as CSV in UTF-8");
        }
        let line = header.strip_suffix('\n').unwrap_or(header);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.replace("\r\n", "").contains('\r') {
            return content("its lines end in a carriage return alone; end them in LF or CR LF");
        }
        csv.separator = separator(header);
        let names = match fields(header, csv.separator) {
            Ok(fields) => fields,
            Err(why) => return content(format!("its header cannot be read: {why}")),
        };
        csv.names = names
            .into_iter()
            .map(|name| name.unwrap_or_default().trim().to_owned())
            .collect();
        if let Some(at) = csv.names.iter().position(String::is_empty) {
            return content(format!("column {} has no name in the header", at + 1));
        }
        for (at, name) in csv.names.iter().enumerate() {
            if let Some(first) = csv.names[..at].iter().position(|other| other == name) {
                return content(format!(
                    "two columns are named {name:?}: {} and {}",
                    first + 1,
                    at + 1
                ));
            }
        }
        Ok(csv)
    }

    /// The next row that is not blank.
    pub fn next_row(&mut self) -> Result<Option<Row>, CsvError> {
        loop {
            let Some(raw) = self.record()? else {
                return Ok(None);
            };
            let (line, bytes) = match raw {
                Raw::TooLong { line } => {
                    let values = Err(format!("the row has more than {ROW_BYTES} bytes"));
                    return Ok(Some(Row { line, values }));
                }
                Raw::Whole { line, bytes } => (line, bytes),
            };
            if is_blank(&bytes) {
                continue;
            }
            match self.values(&bytes) {
                // Spreadsheets end tables with rows of separators alone.
                Ok(values) if values.is_empty() => {}
                values => return Ok(Some(Row { line, values })),
            }
        }
    }

    fn values(&self, row: &[u8]) -> Result<BTreeMap<String, String>, String> {
        let text = std::str::from_utf8(row).map_err(|why| {
            let at = why.valid_up_to() + 1;
            format!("the row is not UTF-8: byte {at} of it belongs to no character")
        })?;
        if text.contains('\0') {
            return Err("the row holds a NUL character".to_owned());
        }
        let fields = fields(text, self.separator)?;
        if fields.iter().all(Option::is_none) {
            return Ok(BTreeMap::new());
        }
        if fields.len() != self.names.len() {
            return Err(format!(
                "the row has {} of the header's {} fields",
                fields.len(),
                self.names.len()
            ));
        }
        // An empty field is a parameter that is not given, so that its default counts.
        let named = self.names.iter().cloned().zip(fields);
        Ok(named
            .filter_map(|(name, value)| Some((name, value?)))
            .collect())
    }

    /// The next record, its line's end included: as many lines as its quotes span.
    fn record(&mut self) -> Result<Option<Raw>, CsvError> {
        let line = self.lines + 1;
        let mut bytes = Vec::new();
        let mut quotes = 0;
        loop {
            let before = bytes.len();
            let room = (ROW_BYTES + 2 - before.min(ROW_BYTES + 2)) as u64;
            let read = (&mut self.input).take(room).read_until(b'\n', &mut bytes)?;
            quotes += bytes[before..].iter().filter(|byte| **byte == b'"').count();
            let ended = bytes.last() == Some(&b'\n') && read > 0;
            if read > 0 && (ended || bytes.len() < ROW_BYTES + 2) {
                self.lines += 1;
            }
            let open = quotes % 2 == 1;
            if bytes.len() >= ROW_BYTES + 2 && !ended || open && read == 0 {
                if open {
                    return content(format!(
                        "line {line}: a quote opens and never closes{}",
                        if read == 0 { "" } else { " within 1 MiB" }
                    ));
                }
                self.input.skip_until(b'\n')?;
                self.lines += 1;
                return Ok(Some(Raw::TooLong { line }));
            }
            if read == 0 {
                return Ok((!bytes.is_empty()).then_some(Raw::Whole { line, bytes }));
            }
            if !open {
                return Ok(Some(Raw::Whole { line, bytes }));
            }
        }
    }
}

enum Raw {
    Whole { line: u64, bytes: Vec<u8> },
    TooLong { line: u64 },
}

fn is_blank(row: &[u8]) -> bool {
    row.trim_ascii().is_empty()
}

/// The separator of a header: the one of comma, semicolon (spreadsheets of some languages) and tab that it has.
fn separator(header: &str) -> char {
    [',', ';', '\t']
        .into_iter()
        .find(|separator| header.contains(*separator))
        .unwrap_or(',')
}

/// Fields of one record; `None` is an empty one without quotes.
fn fields(record: &str, separator: char) -> Result<Vec<Option<String>>, String> {
    let record = record.strip_suffix('\n').unwrap_or(record);
    let mut rest = record.strip_suffix('\r').unwrap_or(record);
    let mut fields = Vec::new();
    loop {
        let (field, after) = field(rest, separator)?;
        fields.push(field);
        match after.strip_prefix(separator) {
            Some(after) => rest = after,
            None => return Ok(fields),
        }
    }
}

fn field(text: &str, separator: char) -> Result<(Option<String>, &str), String> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find(separator).unwrap_or(text.len());
        let raw = &text[..end];
        if raw.contains('"') {
            return Err("a quote stands within a field that has none around it".to_owned());
        }
        return Ok(((!raw.is_empty()).then(|| raw.to_owned()), &text[end..]));
    };
    let mut value = String::new();
    loop {
        let Some(at) = rest.find('"') else {
            return Err("a quote opens and never closes".to_owned());
        };
        value.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                value.push('"');
                rest = after;
            }
            None => break,
        }
    }
    if !rest.is_empty() && !rest.starts_with(separator) {
        return Err("text follows a closing quote".to_owned());
    }
    Ok((Some(value), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a file: line, and `name=value` of its values or the reason.
    fn rows(file: &[u8]) -> Result<Vec<(u64, String)>, String> {
        let input = io::BufReader::with_capacity(7, file);
        let mut csv = Csv::open(input).map_err(|error| error.to_string())?;
        let mut found = Vec::new();
        while let Some(row) = csv.next_row().map_err(|error| error.to_string())? {
            let text = match row.values {
                Ok(values) => values
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect::<Vec<_>>()
                    .join(" "),
                Err(why) => format!("!{why}"),
            };
            found.push((row.line, text));
        }
        Ok(found)
    }

    #[test]
    fn rows_and_the_lines_they_begin_on() {
        let check = |file: &str, expected: &[(u64, &str)]| {
            let found = rows(file.as_bytes()).expect("a file");
            let found: Vec<_> = found
                .iter()
                .map(|(line, text)| (*line, text.as_str()))
                .collect();
            assert_eq!(found, expected, "{file:?}");
        };
        check("a,b\n", &[]);
        check("a,b\n1,2\n", &[(2, "a=1 b=2")]);
        check("a,b\r\n1,2", &[(2, "a=1 b=2")]);
        check(
            "\u{feff}a;b\r\n1;\r\n\r\n;2\r\n;\r\n",
            &[(2, "a=1"), (4, "b=2")],
        );
        check("a\tb\n1,2\t3\n", &[(2, "a=1,2 b=3")]);
        check(
            "a,b\n\"1\n2\",3\n4,5\n",
            &[(2, "a=1\n2 b=3"), (4, "a=4 b=5")],
        );
        check("a,b\n\"x \"\"y\"\",z\",3\n", &[(2, "a=x \"y\",z b=3")]);
        check("\"a\",\" b \"\n1,2\n", &[(2, "a=1 b=2")]);
        check("\n\na\n\n1\n", &[(5, "a=1")]);
        check(
            "a,b\n1\n1,2,3\n\"1\"x,2\n1,2\n",
            &[
                (2, "!the row has 1 of the header's 2 fields"),
                (3, "!the row has 3 of the header's 2 fields"),
                (4, "!text follows a closing quote"),
                (5, "a=1 b=2"),
            ],
        );
        check("a,b\n\"\",2\n", &[(2, "a= b=2")]);
    }

    #[test]
    fn bytes_that_are_no_text() {
        let found = rows(b"a,b\n1,\xff\n2,3\n4,\0\n").expect("a file");
        assert_eq!(
            found,
            [
                (
                    2,
                    "!the row is not UTF-8: byte 3 of it belongs to no character".to_owned()
                ),
                (3, "a=2 b=3".to_owned()),
                (4, "!the row holds a NUL character".to_owned()),
            ]
        );
    }

    #[test]
    fn rows_without_end_are_not_held() {
        let file = format!("a\n{}\n1\n", "x".repeat(3_000_000));
        let found = rows(file.as_bytes()).expect("a file");
        assert_eq!(
            found,
            [
                (2, "!the row has more than 1048576 bytes".to_owned()),
                (3, "a=1".to_owned())
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_as_a_whole() {
        let check = |file: &[u8], expected: &str| {
            let error = rows(file).expect_err("it cannot be read");
            assert!(error.contains(expected), "{error}");
        };
        check(b"", "no header");
        check(b"\n \r\n", "no header");
        check(b"a,,b\n1,2,3\n", "column 2 has no name");
        check(b"a,b,a\n", "two columns are named \"a\": 1 and 3");
        check(b"a\xff,b\n", "header is not UTF-8");
        check(b"a\rb\r", "carriage return");
        check(
            b"a,b\n1,2\n3,\"4\n5,6\n",
            "line 3: a quote opens and never closes",
        );
        let long = format!("a,b\n1,\"{}", "x\n".repeat(1_000_000));
        check(
            long.as_bytes(),
            "line 2: a quote opens and never closes within 1 MiB",
        );
    }
}
