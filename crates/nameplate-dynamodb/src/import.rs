//! Records of the files that ImportTable reads: lines of DynamoDB's JSON, and CSV.
//!
//! Owns where a record begins and ends, and the item in it. Bytes are given as they come; what is held of them is one record.
//! API reference: ImportTable; developer guide: DynamoDB import formats.

use crate::key::KeyAttribute;
use serde_json::{Map, Value, json};

/// Bytes of a record that are looked at: an item of the greatest size, written as wastefully as JSON can.
const RECORD_BYTES: usize = 4 * 1024 * 1024;

/// An item as PutItem takes it, or why a record is none.
pub type Record = Result<Map<String, Value>, &'static str>;

const TOO_LONG: &str = "the record is longer than any item";

/// Reads the records of one file.
#[derive(Debug)]
pub enum Records {
    /// `DYNAMODB_JSON`
    Json(JsonRecords),
    /// `CSV`
    Csv(CsvRecords),
}

impl Records {
    /// Takes the next bytes, and gives what records they complete.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Record>) {
        for byte in bytes {
            match self {
                Self::Json(records) => records.take(*byte, out),
                Self::Csv(records) => records.take(*byte, out),
            }
        }
    }

    /// Gives the record that the end of the file completes.
    pub fn end(&mut self, out: &mut Vec<Record>) {
        match self {
            Self::Json(records) => records.line_ends(out),
            Self::Csv(records) => records.row_ends(out),
        }
    }
}

/// `{"Item":{…}}`, one to a line or several; a line's end always ends a record, so that a broken one spoils no other line.
#[derive(Debug, Default)]
pub struct JsonRecords {
    held: Vec<u8>,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// What is no record, up to the line's end.
    broken: Option<&'static str>,
}

impl JsonRecords {
    fn take(&mut self, byte: u8, out: &mut Vec<Record>) {
        if byte == b'\n' {
            return self.line_ends(out);
        }
        if self.broken.is_some() || (self.depth == 0 && byte.is_ascii_whitespace()) {
            return;
        }
        if self.depth == 0 && byte != b'{' {
            self.broken = Some("the record is not JSON");
            return;
        }
        if self.held.len() >= RECORD_BYTES {
            self.broken = Some(TOO_LONG);
            self.held.clear();
            return;
        }
        self.held.push(byte);
        match (self.in_string, byte) {
            (true, _) if self.escaped => self.escaped = false,
            (true, b'\\') => self.escaped = true,
            (_, b'"') => self.in_string = !self.in_string,
            (false, b'{') => self.depth += 1,
            (false, b'}') => {
                self.depth -= 1;
                if self.depth == 0 {
                    out.push(item(&self.held));
                    self.held.clear();
                }
            }
            _ => {}
        }
    }

    fn line_ends(&mut self, out: &mut Vec<Record>) {
        if let Some(why) = self.broken {
            out.push(Err(why));
        } else if !self.held.is_empty() {
            out.push(Err("the record is not JSON"));
        }
        *self = Self::default();
    }
}

fn item(record: &[u8]) -> Record {
    match serde_json::from_slice(record) {
        Ok(Value::Object(mut members)) => match members.remove("Item") {
            Some(Value::Object(item)) => Ok(item),
            _ => Err("the record has no Item"),
        },
        _ => Err("the record is not JSON"),
    }
}

/// Rows; the first names the attributes, unless names were given. All but keys are strings.
#[derive(Debug)]
pub struct CsvRecords {
    delimiter: u8,
    names: Option<Vec<String>>,
    keys: Vec<KeyAttribute>,
    fields: Vec<Vec<u8>>,
    field: Vec<u8>,
    held: usize,
    quoted: bool,
    /// Within a quoted field, that the byte before was a quote, which ends the field or stands for itself.
    quote: bool,
    /// Whether the row has begun.
    begun: bool,
}

impl CsvRecords {
    /// Of a file with this delimiter, the names that were given, and attributes that are keys of a table or its indexes.
    pub fn new(delimiter: u8, names: Option<Vec<String>>, keys: Vec<KeyAttribute>) -> Self {
        Self {
            delimiter,
            names,
            keys,
            fields: Vec::new(),
            field: Vec::new(),
            held: 0,
            quoted: false,
            quote: false,
            begun: false,
        }
    }

    fn take(&mut self, byte: u8, out: &mut Vec<Record>) {
        if self.quoted && !self.quote {
            self.begun = true;
            match byte {
                b'"' => self.quote = true,
                byte => self.push(byte),
            }
            return;
        }
        if self.quote {
            self.quote = false;
            if byte == b'"' {
                self.push(byte);
                return;
            }
            self.quoted = false;
        }
        match byte {
            b'\n' => self.row_ends(out),
            b'\r' => {}
            byte if byte == self.delimiter => {
                self.begun = true;
                self.fields.push(std::mem::take(&mut self.field));
            }
            b'"' if self.field.is_empty() => {
                self.begun = true;
                self.quoted = true;
            }
            byte => {
                self.begun = true;
                self.push(byte);
            }
        }
    }

    fn push(&mut self, byte: u8) {
        self.held += 1;
        if self.held <= RECORD_BYTES {
            self.field.push(byte);
        }
    }

    fn row_ends(&mut self, out: &mut Vec<Record>) {
        self.fields.push(std::mem::take(&mut self.field));
        let (fields, held) = (std::mem::take(&mut self.fields), self.held);
        let begun = std::mem::take(&mut self.begun);
        (self.held, self.quoted, self.quote) = (0, false, false);
        if !begun {
            return;
        }
        let texts: Result<Vec<String>, _> = fields.into_iter().map(String::from_utf8).collect();
        let Ok(texts) = texts else {
            out.push(Err("the row is not UTF-8"));
            return;
        };
        if held > RECORD_BYTES {
            out.push(Err(TOO_LONG));
            return;
        }
        match &self.names {
            None => self.names = Some(texts),
            Some(names) => out.push(row(names, texts, &self.keys)),
        }
    }
}

fn row(names: &[String], texts: Vec<String>, keys: &[KeyAttribute]) -> Record {
    if texts.len() != names.len() {
        return Err("the row has not as many fields as there are names");
    }
    let mut item = Map::new();
    for (name, text) in names.iter().zip(texts) {
        match keys.iter().find(|key| key.name == *name) {
            // An index has nothing of an item without its key.
            Some(_) if text.is_empty() => {}
            Some(key) => {
                item.insert(name.clone(), json!({key.kind.name(): text}));
            }
            None => {
                item.insert(name.clone(), json!({"S": text}));
            }
        }
    }
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyKind;

    fn read(mut records: Records, bytes: &[u8]) -> Vec<Record> {
        let mut out = Vec::new();
        records.feed(bytes, &mut out);
        records.end(&mut out);
        out
    }

    #[test]
    fn lines_of_json_hold_items() {
        let check = |text: &str, wanted: &[Option<&str>]| {
            let found = read(Records::Json(JsonRecords::default()), text.as_bytes());
            let found: Vec<Option<String>> = found
                .into_iter()
                .map(|record| Some(Value::Object(record.ok()?).to_string()))
                .collect();
            let found: Vec<Option<&str>> = found.iter().map(Option::as_deref).collect();
            assert_eq!(found, wanted, "{text}");
        };
        let (a, item_a) = (r#"{"k":{"S":"a"}}"#, r#"{"Item":{"k":{"S":"a"}}}"#);
        let (b, item_b) = (r#"{"k":{"S":"}\"{"}}"#, r#"{"Item":{"k":{"S":"}\"{"}}}"#);
        check("", &[]);
        check("\n \r\n", &[]);
        check(&format!("{item_a}\n{item_b}\n"), &[Some(a), Some(b)]);
        check(
            &format!("{item_a}{item_b} {item_a}"),
            &[Some(a), Some(b), Some(a)],
        );
        check(&format!("nonsense {{}}\n{item_a}"), &[None, Some(a)]);
        check(&format!("{{\"Item\":{{\"k\n{item_a}"), &[None, Some(a)]);
        check(&format!("{a}\n{{}}\n{item_a}\r\n"), &[None, None, Some(a)]);
        check(r#"{"Item":1}"#, &[None]);
    }

    #[test]
    fn rows_become_items() {
        let keys = || {
            vec![KeyAttribute {
                name: "id".into(),
                kind: KeyKind::N,
            }]
        };
        let check = |names: Option<Vec<String>>, text: &str, wanted: Value| {
            let records = Records::Csv(CsvRecords::new(b',', names, keys()));
            let found: Vec<Value> = read(records, text.as_bytes())
                .into_iter()
                .map(|record| record.map_or(Value::Null, Value::Object))
                .collect();
            assert_eq!(json!(found), wanted, "{text}");
        };
        let one = json!({"id": {"N": "1"}, "name": {"S": "a, \"b\"\nc"}});
        check(
            None,
            "id,name\r\n1,\"a, \"\"b\"\"\nc\"\r\n\n2\n",
            json!([one, null]),
        );
        let names = Some(vec!["id".to_owned(), "x".to_owned()]);
        check(
            names,
            "3,\n,4",
            json!([
            {"id": {"N": "3"}, "x": {"S": ""}}, {"x": {"S": "4"}}]),
        );
    }

    #[test]
    fn what_is_too_long_is_no_item_and_is_not_held() {
        let mut records = Records::Json(JsonRecords::default());
        let mut out = Vec::new();
        records.feed(b"{\"Item\":\"", &mut out);
        for _ in 0..80 {
            records.feed(&[b'x'; 100_000], &mut out);
        }
        records.feed(b"\n{\"Item\":{}}", &mut out);
        assert_eq!(out, [Err(TOO_LONG), Ok(Map::new())]);
    }
}
