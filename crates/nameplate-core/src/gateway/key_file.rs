//! Files of API keys: comma-separated values under a header. [Developer guide: API Gateway API key file format]

/// Most keys of a file: as many as an account may have (API Gateway quotas).
const KEYS: usize = 10_000;
/// Characters of a key's value.
pub const VALUE: std::ops::RangeInclusive<usize> = 20..=128;
/// Most characters of a key's name.
const NAME: usize = 1024;

/// A key of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Line on which its row begins, from 1.
    pub line: usize,
    /// What clients send.
    pub value: String,
    /// Its name.
    pub name: String,
    /// What it is for; empty where the file says nothing.
    pub description: String,
    /// Whether it lets anybody in.
    pub enabled: bool,
    /// Ids of the usage plans that it is for.
    pub plans: Vec<String>,
}

/// The keys of a file, in its order; of a row that is none, why.
///
/// # Errors
/// What keeps the file from being read: it has no columns `Key` and `Name`, too many rows, or a quote that does not close.
pub fn read(text: &str) -> Result<Vec<Result<Entry, String>>, String> {
    let mut rows = rows(text.strip_prefix('\u{feff}').unwrap_or(text))?.into_iter();
    let (_, header) = rows
        .next()
        .ok_or("the file has no header with the columns Key and Name")?;
    let column = |name: &str| {
        header
            .iter()
            .position(|of| of.trim().eq_ignore_ascii_case(name))
    };
    let (Some(value), Some(name)) = (column("key"), column("name")) else {
        return Err("the file must have the columns Key and Name".into());
    };
    if rows.len() > KEYS {
        return Err(format!("the file has more than {KEYS} keys"));
    }
    let others = ["description", "enabled", "usageplanids"].map(column);
    let read = |(line, fields): (usize, Vec<String>)| {
        let at = |column: Option<usize>| {
            let field = column.and_then(|column| fields.get(column));
            field.map_or("", |field| field.trim())
        };
        let (value, name) = (at(Some(value)), at(Some(name)));
        if !VALUE.contains(&value.chars().count()) {
            let (least, most) = (VALUE.start(), VALUE.end());
            return Err(format!(
                "line {line}: a key must have between {least} and {most} characters"
            ));
        }
        if name.chars().count() > NAME {
            return Err(format!(
                "line {line}: a name may have at most {NAME} characters"
            ));
        }
        let [description, enabled, plans] = others.map(at);
        let enabled = match enabled.to_ascii_lowercase().as_str() {
            "" | "true" => true,
            "false" => false,
            _ => {
                return Err(format!("line {line}: Enabled must be true or false"));
            }
        };
        let plans = plans.split(',').map(str::trim);
        Ok(Entry {
            line,
            value: value.to_owned(),
            name: name.to_owned(),
            description: description.to_owned(),
            enabled,
            plans: plans
                .filter(|plan| !plan.is_empty())
                .map(str::to_owned)
                .collect(),
        })
    };
    Ok(rows.map(read).collect())
}

/// The rows that are not blank, with the lines on which they begin. A field may stand in double or in single quotes, with
/// commas and ends of lines in it, and with the quote twice for one.
fn rows(text: &str) -> Result<Vec<(usize, Vec<String>)>, String> {
    let mut rows = Vec::new();
    let (mut line, mut begins) = (1, 1);
    let (mut fields, mut field) = (Vec::new(), String::new());
    // The quote that is open, and whether the field had one.
    let (mut quote, mut was_quoted) = (None, false);
    let mut characters = text.chars().peekable();
    loop {
        let next = characters.next();
        if next == Some('\n') {
            line += 1;
        }
        match (next, quote) {
            (None, Some(_)) => return Err(format!("line {begins}: a quote does not close")),
            (Some(character), Some(open)) if character == open => {
                if characters.peek() == Some(&open) {
                    characters.next();
                    field.push(open);
                } else {
                    quote = None;
                }
            }
            (Some(character), Some(_)) => field.push(character),
            (Some(character @ ('"' | '\'')), None) if field.trim().is_empty() && !was_quoted => {
                (quote, was_quoted) = (Some(character), true);
                field.clear();
            }
            (Some(','), None) => {
                fields.push(std::mem::take(&mut field));
                was_quoted = false;
            }
            (Some('\n') | None, None) => {
                let blank = fields.is_empty() && !was_quoted && field.trim().is_empty();
                fields.push(std::mem::take(&mut field));
                let row = std::mem::take(&mut fields);
                if !blank {
                    rows.push((begins, row));
                }
                (begins, was_quoted) = (line, false);
            }
            (Some(character), None) => field.push(character),
        }
        if next.is_none() {
            return Ok(rows);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "apikey1234abcdefghij0123456789";

    fn entry(line: usize, name: &str, description: &str, enabled: bool, plans: &[&str]) -> Entry {
        Entry {
            line,
            value: VALUE.into(),
            name: name.into(),
            description: description.into(),
            enabled,
            plans: plans.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn the_files_of_the_guide_are_read() {
        let one = |text: &str| read(text).expect("it is a file").remove(0);
        assert_eq!(
            one(&format!("Key,name\n{VALUE},MyFirstApiKey")),
            Ok(entry(2, "MyFirstApiKey", "", true, &[]))
        );
        assert_eq!(
            one(&format!(
                "Name,key,description,Enabled,usageplanIds\r\nMyFirstApiKey,{VALUE},An imported key,TRUE,c7y23b\r\n"
            )),
            Ok(entry(
                2,
                "MyFirstApiKey",
                "An imported key",
                true,
                &["c7y23b"]
            ))
        );
        for quote in ['"', '\''] {
            assert_eq!(
                one(&format!(
                    "Enabled,Name,other,key,UsageplanIds\nfalse,A,x,{VALUE},{quote}c7y23b,glvrsr{quote}\n"
                )),
                Ok(entry(2, "A", "", false, &["c7y23b", "glvrsr"]))
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said_by_line() {
        let text = format!(
            "\u{feff}key,name,enabled,description\n\n{VALUE},a,,\"two\nlines, \"\"quoted\"\"\"\nshort,b\n{VALUE},c,maybe\n{VALUE},{}\n",
            "n".repeat(1025)
        );
        let read_back = read(&text).expect("it is a file");
        assert_eq!(
            read_back,
            [
                Ok(entry(3, "a", "two\nlines, \"quoted\"", true, &[])),
                Err("line 5: a key must have between 20 and 128 characters".into()),
                Err("line 6: Enabled must be true or false".into()),
                Err("line 7: a name may have at most 1024 characters".into()),
            ]
        );
        for (text, wrong) in [
            ("", "no header"),
            ("key,description\n", "the columns Key and Name"),
            ("key,name\n\"a,b\n", "line 2: a quote does not close"),
        ] {
            let refused = read(text).expect_err("it is no such file");
            assert!(refused.contains(wrong), "{refused}");
        }
        let many = format!("key,name\n{}", format!("{VALUE},n\n").repeat(KEYS + 1));
        assert!(read(&many).is_err());
    }
}
