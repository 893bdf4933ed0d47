//! Records of the files that ImportTable reads: lines of DynamoDB's JSON, and CSV.
//!
//! Owns where a record begins and ends, and the item in it. Bytes are given as they come; what is held of them is one record.
//! API reference: ImportTable; developer guide: DynamoDB import formats.

use crate::key::KeyAttribute;
use csv_core::ReadFieldResult;
use serde_json::{Map, Value, json};

/// Bytes of a line of JSON that are looked at: an item of the greatest size, written as wastefully as JSON can.
const LINE_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a row's fields, a byte more for each, that are looked at, and with them the names: no item is greater.
const ROW_BYTES: usize = 512 * 1024;

/// A record of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// An item as PutItem takes it, or why the record is none.
    pub item: Result<Map<String, Value>, &'static str>,
    /// Bytes of its text, and of the names that a row does not bring itself.
    pub bytes: usize,
}

impl Record {
    /// One that is no item.
    pub fn broken(why: &'static str) -> Self {
        Self {
            item: Err(why),
            bytes: 0,
        }
    }
}

const TOO_LONG: &str = "the record is longer than any item";

/// Reads the records of one file.
#[derive(Debug)]
pub enum Records {
    /// `DYNAMODB_JSON`
    Json(JsonRecords),
    /// `CSV`
    Csv(Box<CsvRecords>),
}

impl Records {
    /// Takes bytes up to where they complete a record, or all: how many it took, and the record.
    pub fn take(&mut self, bytes: &[u8]) -> (usize, Option<Record>) {
        match self {
            Self::Json(records) => records.take(bytes),
            Self::Csv(records) => records.take(bytes),
        }
    }

    /// Gives the record that the end of the file completes.
    pub fn end(&mut self) -> Option<Record> {
        match self {
            Self::Json(records) => records.line_ends(),
            Self::Csv(records) => records.end(),
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
    fn take(&mut self, bytes: &[u8]) -> (usize, Option<Record>) {
        for (at, byte) in bytes.iter().enumerate() {
            if let Some(record) = self.take_one(*byte) {
                return (at + 1, Some(record));
            }
        }
        (bytes.len(), None)
    }

    fn take_one(&mut self, byte: u8) -> Option<Record> {
        if byte == b'\n' {
            return self.line_ends();
        }
        if self.broken.is_some() || (self.depth == 0 && byte.is_ascii_whitespace()) {
            return None;
        }
        if self.depth == 0 && byte != b'{' {
            self.broken = Some("the record is not JSON");
            return None;
        }
        if self.held.len() >= LINE_BYTES {
            self.broken = Some(TOO_LONG);
            self.held = Vec::new();
            return None;
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
                    let record = Record {
                        item: item(&self.held),
                        bytes: self.held.len(),
                    };
                    self.held.clear();
                    return Some(record);
                }
            }
            _ => {}
        }
        None
    }

    fn line_ends(&mut self) -> Option<Record> {
        let before = std::mem::take(self);
        match before.broken {
            Some(why) => Some(Record::broken(why)),
            None if before.held.is_empty() => None,
            None => Some(Record::broken("the record is not JSON")),
        }
    }
}

fn item(record: &[u8]) -> Result<Map<String, Value>, &'static str> {
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
    reader: csv_core::Reader,
    names: Names,
    keys: Vec<KeyAttribute>,
    held: Vec<u8>,
    /// Where in what is held the fields of the row end.
    ends: Vec<usize>,
    too_long: bool,
}

#[derive(Debug)]
enum Names {
    /// The first row has them.
    Awaited,
    /// They are these, of so many bytes.
    Known(Vec<String>, usize),
    /// The first row is none: no row of the file can be read.
    Broken,
}

impl CsvRecords {
    /// Of a file with this delimiter, the names that were given, and attributes that are keys of a table or its indexes.
    pub fn new(delimiter: u8, names: Option<Vec<String>>, keys: Vec<KeyAttribute>) -> Self {
        Self {
            reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            names: names.map_or(Names::Awaited, Names::of),
            keys,
            held: Vec::new(),
            ends: Vec::new(),
            too_long: false,
        }
    }

    fn take(&mut self, bytes: &[u8]) -> (usize, Option<Record>) {
        let mut taken = 0;
        // The reader takes no bytes for the file's end.
        while taken < bytes.len() {
            let (some, record) = self.step(&bytes[taken..]);
            taken += some;
            if record.is_some() {
                return (taken, record);
            }
        }
        (taken, None)
    }

    fn end(&mut self) -> Option<Record> {
        self.step(&[]).1
    }

    /// Goes on to where a field ends at most.
    fn step(&mut self, bytes: &[u8]) -> (usize, Option<Record>) {
        let mut part = [0; 1024];
        let (found, taken, written) = self.reader.read_field(bytes, &mut part);
        self.hold(&part[..written]);
        let ReadFieldResult::Field { record_end } = found else {
            return (taken, None);
        };
        if self.held.len() + self.ends.len() < ROW_BYTES {
            self.ends.push(self.held.len());
        } else {
            self.too_long = true;
        }
        (taken, record_end.then(|| self.row_ends()).flatten())
    }

    fn hold(&mut self, part: &[u8]) {
        if self.held.len() + self.ends.len() + part.len() <= ROW_BYTES {
            self.held.extend_from_slice(part);
        } else {
            self.too_long = true;
        }
    }

    fn row_ends(&mut self) -> Option<Record> {
        let row = self.texts();
        let bytes = self.held.len() + self.ends.len();
        self.held.clear();
        self.ends.clear();
        self.too_long = false;
        match &self.names {
            Names::Known(names, of_names) => Some(Record {
                item: row.and_then(|texts| item_of(names, *of_names, texts, &self.keys)),
                bytes: bytes + of_names,
            }),
            Names::Awaited => {
                let broken = row.as_ref().err().copied().map(Record::broken);
                self.names = row.map_or(Names::Broken, Names::of);
                broken
            }
            Names::Broken => None,
        }
    }

    fn texts(&self) -> Result<Vec<String>, &'static str> {
        if self.too_long {
            return Err(TOO_LONG);
        }
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let fields = starts.zip(&self.ends);
        fields
            .map(|(start, end)| std::str::from_utf8(&self.held[start..*end]).map(str::to_owned))
            .collect::<Result<_, _>>()
            .map_err(|_| "the row is not UTF-8")
    }
}

impl Names {
    fn of(names: Vec<String>) -> Self {
        let bytes = names.iter().map(String::len).sum();
        Self::Known(names, bytes)
    }
}

fn item_of(
    names: &[String],
    of_names: usize,
    texts: Vec<String>,
    keys: &[KeyAttribute],
) -> Result<Map<String, Value>, &'static str> {
    if texts.len() != names.len() {
        return Err("the row has not as many fields as there are names");
    }
    let of_texts: usize = texts.iter().map(String::len).sum();
    if of_names + of_texts > ROW_BYTES {
        return Err(TOO_LONG);
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

    type Item = Result<Map<String, Value>, &'static str>;

    /// Items of a file that comes in pieces of so many bytes.
    fn read_in(mut records: Records, bytes: &[u8], size: usize) -> Vec<Item> {
        let mut found = Vec::new();
        for mut piece in bytes.chunks(size) {
            while !piece.is_empty() {
                let (taken, record) = records.take(piece);
                found.extend(record);
                piece = &piece[taken..];
            }
        }
        found.extend(records.end());
        assert_eq!(records.end(), None);
        found.into_iter().map(|record| record.item).collect()
    }

    fn read(records: impl Fn() -> Records, bytes: &[u8]) -> Vec<Item> {
        let found = read_in(records(), bytes, usize::MAX);
        assert_eq!(read_in(records(), bytes, 1), found);
        found
    }

    fn json_records() -> Records {
        Records::Json(JsonRecords::default())
    }

    #[test]
    fn lines_of_json_hold_items() {
        let check = |text: &str, wanted: &[Option<&str>]| {
            let found = read(json_records, text.as_bytes());
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
            let records = || Records::Csv(Box::new(CsvRecords::new(b',', names.clone(), keys())));
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
    fn what_programs_write_as_csv_is_read() {
        let check = |text: &[u8], wanted: Value| {
            let records = || Records::Csv(Box::new(CsvRecords::new(b',', None, Vec::new())));
            let found = read_in(records(), text, usize::MAX);
            let found = found
                .into_iter()
                .map(|item| item.map_or(Value::Null, Value::Object));
            assert_eq!(
                json!(found.collect::<Vec<_>>()),
                wanted,
                "{}",
                text.escape_ascii()
            );
        };
        let one = json!([{"a": {"S": "1"}, "b": {"S": "2"}}]);
        check(b"\xef\xbb\xbfa,b\r\n1,2\r\n", one.clone());
        check(b"a,b\n1,2", one.clone());
        check(b"a,b\r1,2\r", one);
        check(b"a,b\n1,", json!([{"a": {"S": "1"}, "b": {"S": ""}}]));
        check(
            b"a\n\"\"\nx\"y\n\"x\"y\n",
            json!([{"a": {"S": ""}}, {"a": {"S": "x\"y"}}, {"a": {"S": "xy"}}]),
        );
        check(
            b"a\n\"never ends\n1\n",
            json!([{"a": {"S": "never ends\n1\n"}}]),
        );
        check(b"a\n\xff\nb\n", json!([null, {"a": {"S": "b"}}]));
        // Without names nothing can be said of the rows.
        check(b"\xff\n1\n2\n", json!([null]));
        check(b"", json!([]));
    }

    /// Neither a row without an end nor names that all rows repeat take more room than an item may.
    #[test]
    fn rows_that_are_too_long_are_no_items_and_are_not_held() {
        let records = |names| CsvRecords::new(b',', names, Vec::new());
        let names = Some(vec!["a".to_owned()]);
        for endless in [&[b','; 1000][..], &[b'x'; 1000], &[b'"'; 1000]] {
            let mut records = records(names.clone());
            for _ in 0..5000 {
                assert_eq!(records.take(endless), (endless.len(), None));
            }
            assert!(records.held.capacity() <= 2 * ROW_BYTES);
            assert!(records.ends.capacity() <= 2 * ROW_BYTES);
            let found = records.take(b"\n1\n").1.map(|record| record.item);
            assert_eq!(found, Some(Err(TOO_LONG)));
            let found = records.take(b"2\n").1.map(|record| record.item.is_ok());
            assert_eq!(found, Some(true));
        }
        let mut wide = records(Some(vec!["n".repeat(ROW_BYTES)]));
        let found = wide.take(b"1\n").1.expect("a row");
        assert_eq!((found.item, found.bytes), (Err(TOO_LONG), ROW_BYTES + 2));
    }

    #[test]
    fn lines_that_are_too_long_are_no_items_and_are_not_held() {
        let mut text = b"{\"Item\":\"".to_vec();
        text.resize(8_000_000, b'x');
        text.extend(b"\n{\"Item\":{}}");
        assert_eq!(
            read_in(json_records(), &text, 100_000),
            [Err(TOO_LONG), Ok(Map::new())]
        );
    }
}
