//! Rows as lines of JSON, the same for every engine: an array a row, whole numbers and texts as they are, bytes in base64.

use super::{Kind, Table};
use crate::sql::Datum;
use crate::{Error, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

/// Writes a row behind others.
pub(super) fn write(row: &[Datum], to: &mut Vec<u8>) {
    to.push(b'[');
    for (at, datum) in row.iter().enumerate() {
        if at > 0 {
            to.push(b',');
        }
        match datum {
            Datum::Null => to.extend_from_slice(b"null"),
            Datum::Int(number) => to.extend_from_slice(number.to_string().as_bytes()),
            Datum::Text(text) => {
                to.extend_from_slice(Value::from(text.as_str()).to_string().as_bytes());
            }
            Datum::Blob(bytes) => {
                to.push(b'"');
                to.extend_from_slice(STANDARD.encode(bytes).as_bytes());
                to.push(b'"');
            }
        }
    }
    to.extend_from_slice(b"]\n");
}

/// Reads the rows of a table.
pub(super) fn read(table: &Table, lines: &[u8]) -> Result<Vec<Vec<Datum>>> {
    lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            row(table, line).ok_or_else(|| {
                Error::Refused(format!("a row of the table {} cannot be read", table.name))
            })
        })
        .collect()
}

fn row(table: &Table, line: &[u8]) -> Option<Vec<Datum>> {
    let values: Vec<Value> = serde_json::from_slice(line).ok()?;
    if values.len() != table.columns.len() {
        return None;
    }
    let columns = table.columns.iter();
    let datum = |(value, kind): (Value, Kind)| match (value, kind) {
        (Value::Null, _) => Some(Datum::Null),
        (Value::Number(number), Kind::Int) => number.as_i64().map(Datum::Int),
        (Value::String(text), Kind::Text) => Some(Datum::Text(text)),
        (Value::String(text), Kind::Blob) => STANDARD.decode(text).ok().map(Datum::Blob),
        _ => None,
    };
    values
        .into_iter()
        .zip(columns.map(|column| column.kind))
        .map(datum)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::copy::Column;

    fn table() -> Table {
        let column = |name: &str, kind| Column {
            name: name.to_owned(),
            kind,
        };
        Table {
            name: "t".to_owned(),
            columns: vec![
                column("id", Kind::Int),
                column("name", Kind::Text),
                column("der", Kind::Blob),
            ],
            key: vec![0],
        }
    }

    #[test]
    fn rows_come_back_as_they_were() {
        let rows = vec![
            vec![Datum::Int(i64::MIN), Datum::Null, Datum::Blob(vec![])],
            vec![
                Datum::Int(i64::MAX),
                Datum::Text("a \"\\\n\u{0}\u{1F426}".to_owned()),
                Datum::Blob((0..=255).collect()),
            ],
        ];
        let mut lines = Vec::new();
        rows.iter().for_each(|row| write(row, &mut lines));
        assert_eq!(lines.iter().filter(|byte| **byte == b'\n').count(), 2);
        let back = read(&table(), &lines).expect("the same");
        assert_eq!(format!("{back:?}"), format!("{rows:?}"));
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for line in [
            "[1]",
            "{}",
            "[1,2,\"\"]",
            "[1.5,\"\",\"\"]",
            "[1,\"\",\"?\"]",
            "[1,\"\",\"\"",
        ] {
            assert!(read(&table(), line.as_bytes()).is_err(), "{line}");
        }
    }
}
