//! The input of a bulk registration: lines of a file, in chunks, and a device's parameters from a line.
//!
//! Owns what a line is and every reason for which a line is no device. Reads forward only and holds one chunk.
//! Must not know: templates, tasks, where the file came from.

use nameplate_core::template::Parameters;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Read as _, Seek, SeekFrom};

/// Longest line, bytes, its end not counted (General Reference, IoT Core quotas).
pub(crate) const LINE_BYTES: usize = 256_000;
/// Most lines of a chunk. A chunk is one commit: longer ones make others wait, shorter ones cost flushes.
pub(super) const CHUNK_LINES: usize = 512;
/// A chunk ends once it has this many bytes.
const CHUNK_BYTES: usize = 1024 * 1024;

/// Some consecutive lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Position of the first byte.
    pub(crate) start: u64,
    /// Position after the last byte.
    pub(crate) end: u64,
    /// Lines before its first.
    pub(crate) lines_before: u64,
    /// Lines in it, blank ones included.
    pub(crate) lines: u64,
    /// The lines that are not blank.
    pub(crate) filled: Vec<Line>,
}

/// A line that is not blank.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number in the file, from 1.
    pub(crate) number: u64,
    /// Position of its first byte in the file.
    pub(crate) offset: u64,
    /// What stands there.
    pub(crate) content: Content,
}

/// What stands in a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Bytes without the line's end.
    Bytes(Vec<u8>),
    /// More bytes than a line may have; this many.
    TooLong(u64),
}

impl Default for Content {
    /// An empty line.
    fn default() -> Self {
        Content::Bytes(Vec::new())
    }
}

/// Reads a file chunk by chunk.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    input: R,
    position: u64,
    line: u64,
    /// The file is a JSON array.
    array: bool,
    /// Most lines of a chunk that are not blank.
    most: usize,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl<R: BufRead + Seek> Lines<R> {
    /// Goes on from a position at which a chunk ended, after so many lines.
    pub(crate) fn open(mut input: R, position: u64, lines: u64) -> io::Result<Self> {
        let array = is_array(&mut input)?;
        input.seek(SeekFrom::Start(position))?;
        Ok(Self {
            input,
            position,
            line: lines,
            array,
            most: CHUNK_LINES,
        })
    }

    /// The same with shorter chunks.
    pub(super) fn with_chunks_of(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// Whether the file as a whole is a JSON array, so that no line of it can be a device.
    pub(crate) fn is_array(&self) -> bool {
        self.array
    }

    /// The next lines; `None` at the end.
    pub(crate) fn next_chunk(&mut self) -> io::Result<Option<Chunk>> {
        let mut chunk = Chunk {
            start: self.position,
            end: self.position,
            lines_before: self.line,
            ..Chunk::default()
        };
        while chunk.filled.len() < self.most && chunk.end - chunk.start < CHUNK_BYTES as u64 {
            let offset = self.position;
            let Some(content) = self.next_line()? else {
                break;
            };
            self.line += 1;
            chunk.lines += 1;
            chunk.end = self.position;
            if !matches!(&content, Content::Bytes(bytes) if bytes.trim_ascii().is_empty()) {
                chunk.filled.push(Line {
                    number: self.line,
                    offset,
                    content,
                });
            }
        }
        Ok((chunk.lines > 0).then_some(chunk))
    }

    fn next_line(&mut self) -> io::Result<Option<Content>> {
        // Beside the line there may be a byte order mark and the line's end.
        const MOST: usize = LINE_BYTES + BYTE_ORDER_MARK.len() + 2;
        let mut bytes = Vec::new();
        let mut read = (&mut self.input)
            .take(MOST as u64)
            .read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        let mut ended = bytes.last() == Some(&b'\n');
        if read == MOST && !ended {
            bytes.clear();
            read += self.input.skip_until(b'\n')?;
            // Whether the file ended instead makes a byte's difference to a count that is only told.
            ended = true;
        }
        self.position += read as u64;
        let length = read as u64 - u64::from(ended);
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        Ok(Some(self.content(bytes, length)))
    }

    fn content(&self, mut bytes: Vec<u8>, length: u64) -> Content {
        if bytes.len() as u64 == length {
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
            if self.line == 0 && bytes.starts_with(BYTE_ORDER_MARK) {
                bytes.drain(..BYTE_ORDER_MARK.len());
            }
            if bytes.len() <= LINE_BYTES {
                return Content::Bytes(bytes);
            }
        }
        Content::TooLong(length)
    }
}

/// Whether the first thing in a file is `[`.
fn is_array<R: BufRead + Seek>(input: &mut R) -> io::Result<bool> {
    input.seek(SeekFrom::Start(0))?;
    let mut first = true;
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            return Ok(false);
        }
        let rest = match first {
            true => available.strip_prefix(BYTE_ORDER_MARK).unwrap_or(available),
            false => available,
        };
        if let Some(byte) = rest.trim_ascii_start().first() {
            return Ok(*byte == b'[');
        }
        first = false;
        let used = available.len();
        input.consume(used);
    }
}

/// What a line begins with that says why there is no device, as a JSON text: `nameplate bulk` could not read it.
const UNREADABLE: u8 = b'!';

/// Such a line.
pub(crate) fn unreadable(why: &str) -> Vec<u8> {
    let mut line = vec![UNREADABLE];
    line.extend(serde_json::Value::from(why).to_string().into_bytes());
    line
}

/// A device's parameters from a line, or why there are none.
pub(super) fn parameters(content: &Content, array: bool) -> Result<Parameters, String> {
    values(content, array).map(Parameters::from_caller)
}

/// Names and values of a line, or why there are none.
pub(crate) fn values(content: &Content, array: bool) -> Result<BTreeMap<String, String>, String> {
    if array {
        return Err(
            "the file is a JSON array; newline-delimited JSON is expected: one object of strings a line, without brackets around all of them or commas between them"
                .to_owned(),
        );
    }
    let bytes = match content {
        Content::Bytes(bytes) => bytes,
        Content::TooLong(length) => {
            return Err(format!(
                "the line has {length} bytes, and may have at most {LINE_BYTES}"
            ));
        }
    };
    let text = std::str::from_utf8(bytes).map_err(|why| {
        format!(
            "the line is not UTF-8: byte {} of it belongs to no character",
            why.valid_up_to() + 1
        )
    })?;
    if text.contains('\0') {
        return Err("the line holds a NUL character".to_owned());
    }
    if let Some(why) = text.strip_prefix(char::from(UNREADABLE))
        && let Ok(why) = serde_json::from_str(why)
    {
        return Err(why);
    }
    match serde_json::from_str::<Values>(text) {
        Ok(Values(values)) => Ok(values),
        Err(why) if why.is_eof() => Err(format!(
            "the line is not a complete JSON object: it ends in the middle, after {} bytes; a line break inside a value, as in a certificate or signing request, must be written \\n",
            bytes.len()
        )),
        Err(why) if why.is_data() => Err(without_position(&why)),
        Err(why) => Err(format!(
            "the line is not JSON: {} at column {}",
            without_position(&why),
            why.column()
        )),
    }
}

/// A reason without `at line 1 column 7`: the line is another one here.
fn without_position(why: &serde_json::Error) -> String {
    let text = why.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// Names and values of one line.
struct Values(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Values;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one JSON object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values, A::Error> {
                let mut values = BTreeMap::new();
                while let Some(name) = map.next_key::<String>()? {
                    let value: serde_json::Value = map.next_value()?;
                    let text = match value {
                        serde_json::Value::String(text) => text,
                        other => Parameters::text_of(&other).ok_or_else(|| {
                            A::Error::custom(format_args!(
                                "the value of {name:?} is {}; a string is expected",
                                kind_of(&other)
                            ))
                        })?,
                    };
                    if values.contains_key(&name) {
                        return Err(A::Error::custom(format_args!(
                            "the parameter {name:?} stands there twice"
                        )));
                    }
                    values.insert(name, text);
                }
                Ok(Values(values))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

fn kind_of(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Array(_) => "an array",
        serde_json::Value::Object(_) => "an object",
        // The others are texts.
        _ => "a value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// Line numbers, offsets and contents of a file, read through a small buffer.
    fn lines(file: &[u8]) -> Vec<(u64, u64, String)> {
        let input = io::BufReader::with_capacity(7, Cursor::new(file));
        let mut lines = Lines::open(input, 0, 0).expect("a file");
        let mut found = Vec::new();
        let mut end = 0;
        while let Some(chunk) = lines.next_chunk().expect("a chunk") {
            assert_eq!(chunk.start, end);
            end = chunk.end;
            found.extend(chunk.filled.into_iter().map(|line| {
                let text = match line.content {
                    Content::Bytes(bytes) => String::from_utf8(bytes).expect("UTF-8"),
                    Content::TooLong(length) => format!("too long: {length}"),
                };
                (line.number, line.offset, text)
            }));
        }
        assert_eq!(end, file.len() as u64);
        found
    }

    #[test]
    fn what_a_line_is() {
        let check = |file: &str, expected: &[(u64, u64, &str)]| {
            let found = lines(file.as_bytes());
            let found: Vec<_> = found.iter().map(|(n, o, t)| (*n, *o, t.as_str())).collect();
            assert_eq!(found, expected, "{file:?}");
        };
        check("", &[]);
        check("\n\n", &[]);
        check("{}", &[(1, 0, "{}")]);
        check("{}\n", &[(1, 0, "{}")]);
        check("{}\r\n{1}\r\n", &[(1, 0, "{}"), (2, 4, "{1}")]);
        check("\u{feff}{}\n{1}", &[(1, 0, "{}"), (2, 6, "{1}")]);
        check("{}\n  \n\r\n{1}\n", &[(1, 0, "{}"), (4, 8, "{1}")]);
        check(" {}\n", &[(1, 0, " {}")]);
    }

    #[test]
    fn long_lines_are_counted_and_not_held() {
        let line = |length: usize| "x".repeat(length);
        let check = |file: String, expected: &[&str]| {
            let found = lines(file.as_bytes());
            let shown = |text: &String| match text.len() {
                0..50 => text.clone(),
                length => format!("{length} bytes"),
            };
            let found: Vec<String> = found.iter().map(|(.., text)| shown(text)).collect();
            assert_eq!(found, expected);
        };
        check(format!("{}\na", line(LINE_BYTES)), &["256000 bytes", "a"]);
        check(format!("{}\r\na", line(LINE_BYTES)), &["256000 bytes", "a"]);
        check(
            format!("{}\na", line(LINE_BYTES + 1)),
            &["too long: 256001", "a"],
        );
        check(line(3_000_000) + "\n", &["too long: 3000000"]);
    }

    #[test]
    fn a_file_is_read_on_from_the_end_of_any_chunk() {
        let file: String = (0..2000).map(|n| format!("{{\"n\":\"{n}\"}}\n")).collect();
        let read = |position, done| {
            let input = io::BufReader::new(Cursor::new(file.as_bytes()));
            Lines::open(input, position, done).expect("a file")
        };
        let mut whole = read(0, 0);
        let mut count = 0;
        while let Some(chunk) = whole.next_chunk().expect("a chunk") {
            assert!(chunk.filled.len() <= CHUNK_LINES);
            count += chunk.filled.len();
            let mut again = read(chunk.start, chunk.lines_before);
            assert_eq!(again.next_chunk().expect("a chunk"), Some(chunk));
        }
        assert_eq!(count, 2000);
    }

    #[test]
    fn why_a_line_is_no_device() {
        let check = |line: &[u8], expected: &str| {
            let found = parameters(&Content::Bytes(line.to_vec()), false);
            assert_eq!(found.err().as_deref(), Some(expected), "{line:?}");
        };
        check(
            b"nonsense",
            "the line is not JSON: expected ident at column 2",
        );
        check(
            b"{\"a\": \"b\"",
            "the line is not a complete JSON object: it ends in the middle, after 9 bytes; a line break inside a value, as in a certificate or signing request, must be written \\n",
        );
        check(
            b"{} {}",
            "the line is not JSON: trailing characters at column 4",
        );
        check(
            b"{\"a\": \"\tb\"}",
            "the line is not JSON: control character (\\u0000-\\u001F) found while parsing a string at column 8",
        );
        check(
            b"\"text\"",
            "invalid type: string \"text\", expected one JSON object of strings",
        );
        check(
            b"[\"a\"]",
            "invalid type: sequence, expected one JSON object of strings",
        );
        check(
            b"{\"a\": [1]}",
            "the value of \"a\" is an array; a string is expected",
        );
        check(
            b"{\"a\": null}",
            "the value of \"a\" is null; a string is expected",
        );
        check(
            b"{\"a\": {\"b\": \"c\"}}",
            "the value of \"a\" is an object; a string is expected",
        );
        check(
            b"{\"a\": \"1\", \"a\": \"2\"}",
            "the parameter \"a\" stands there twice",
        );
        check(
            b"{\"a\": \"\xff\"}",
            "the line is not UTF-8: byte 8 of it belongs to no character",
        );
        check(b"{\"a\": \"\0\"}", "the line holds a NUL character");
        check(b"!\"the row is short\"", "the row is short");
        check(b"!x", "the line is not JSON: expected value at column 1");
        let long = parameters(&Content::TooLong(300_000), false);
        assert_eq!(
            long.err().as_deref(),
            Some("the line has 300000 bytes, and may have at most 256000")
        );
    }

    #[test]
    fn numbers_and_truths_are_texts() {
        let content = Content::Bytes(br#"{"a": 1, "b": true, "c": "x"}"#.to_vec());
        let expected = [("a", "1"), ("b", "true"), ("c", "x")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            parameters(&content, false),
            Ok(Parameters::from_caller(expected))
        );
    }

    #[test]
    fn an_array_is_told_from_lines() {
        let check = |file: &str, expected: bool| {
            let input = io::BufReader::with_capacity(4, Cursor::new(file.as_bytes()));
            let lines = Lines::open(input, 0, 0).expect("a file");
            assert_eq!(lines.is_array(), expected, "{file:?}");
        };
        check("[{}, {}]", true);
        check("\n\n   \n  [\n{},\n{}\n]", true);
        check("\u{feff}[{}]", true);
        check("{}\n[1]", false);
        check("", false);
        let refused = parameters(&Content::Bytes(b"{}".to_vec()), true);
        assert!(refused.is_err_and(|why| why.contains("newline-delimited JSON is expected")));
    }
}
