//! Comma-separated values (RFC 4180), as spreadsheets write them.

/// One record: the line it begins on, counted from 1, and its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Line of the file.
    pub line: usize,
    /// Fields; `None` is an empty one without quotes.
    pub fields: Vec<Option<String>>,
}

/// Reads all records; blank lines are none. A quote that never closes is an error with the line it opens on.
pub fn parse(text: &str, separator: char) -> Result<Vec<Record>, String> {
    let mut records = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while !rest.is_empty() {
        let began = line;
        let mut fields = Vec::new();
        loop {
            let (field, after) = field(rest, separator, &mut line)?;
            fields.push(field);
            rest = after;
            if let Some(after) = rest.strip_prefix(separator) {
                rest = after;
                continue;
            }
            rest = rest.strip_prefix('\r').unwrap_or(rest);
            if let Some(after) = rest.strip_prefix('\n') {
                rest = after;
                line += 1;
            }
            break;
        }
        if fields != [None] {
            records.push(Record {
                line: began,
                fields,
            });
        }
    }
    Ok(records)
}

/// The separator of a header line: the semicolon where there is no comma, as spreadsheets of some languages write.
pub fn separator(header: &str) -> char {
    match header.contains(';') && !header.contains(',') {
        true => ';',
        false => ',',
    }
}

type Field<'a> = (Option<String>, &'a str);

fn field<'a>(text: &'a str, separator: char, line: &mut usize) -> Result<Field<'a>, String> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([separator, '\n']).unwrap_or(text.len());
        let raw = &text[..end];
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        return Ok((
            (!raw.is_empty()).then(|| raw.to_owned()),
            &text[raw.len()..],
        ));
    };
    let opened = *line;
    let mut value = String::new();
    loop {
        let Some(at) = rest.find('"') else {
            return Err(format!("line {opened}: a quote opens and never closes"));
        };
        value.push_str(&rest[..at]);
        *line += rest[..at].matches('\n').count();
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                value.push('"');
                rest = after;
            }
            None => break,
        }
    }
    let ends_well = rest.is_empty() || rest.starts_with([separator, '\r', '\n']);
    if !ends_well {
        return Err(format!("line {line}: text follows a closing quote"));
    }
    Ok((Some(value), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&[Option<&str>]]) {
        let records = parse(text, ',').expect("well formed");
        let found: Vec<Vec<Option<&str>>> = records
            .iter()
            .map(|record| record.fields.iter().map(Option::as_deref).collect())
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn records() {
        check("", &[]);
        check(
            "a,b\n1,2\n",
            &[&[Some("a"), Some("b")], &[Some("1"), Some("2")]],
        );
        check(
            "a,b\r\n1,2",
            &[&[Some("a"), Some("b")], &[Some("1"), Some("2")]],
        );
        check("a,\n", &[&[Some("a"), None]]);
        check("\"\",b\n", &[&[Some(""), Some("b")]]);
        check("\n\nx\n", &[&[Some("x")]]);
        check("\"a,\"\"b\"\"\nc\",d", &[&[Some("a,\"b\"\nc"), Some("d")]]);
        check("a;b", &[&[Some("a;b")]]);
    }

    #[test]
    fn lines_are_counted_through_quotes() {
        let records = parse("\"a\nb\"\nx\n", ',').expect("well formed");
        assert_eq!(records[1].line, 3);
        let error = parse("a\n\"b\n", ',').expect_err("open quote");
        assert!(error.starts_with("line 2:"), "{error}");
        parse("\"a\"b\n", ',').expect_err("text after a quote");
    }

    #[test]
    fn separators() {
        assert_eq!(separator("a;b"), ';');
        assert_eq!(separator("a,b;c"), ',');
        assert_eq!(separator("a"), ',');
    }
}
