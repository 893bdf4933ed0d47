//! Statements of owners with named parameters: where the parameters are, and that there is one statement.
//!
//! Owns no more of SQL than where texts, names and comments begin and end. Values are bound by the database's own
//! protocol and never become part of a text.

use super::TableKind;

/// A parameter of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// `:serialNumber`.
    SerialNumber,
    /// `:certificateId`.
    CertificateId,
    /// `:certificateArn`.
    CertificateArn,
    /// `:thingName`.
    ThingName,
    /// `:time`, milliseconds since the epoch.
    Time,
}

/// What a query may use: nothing else is known when it runs.
pub(super) const TIME_OF_QUERY: &[Bound] = &[Bound::SerialNumber, Bound::Time];

impl Bound {
    pub(super) const ALL: &[Self] = &[
        Self::SerialNumber,
        Self::CertificateId,
        Self::CertificateArn,
        Self::ThingName,
        Self::Time,
    ];

    /// Its name, without the colon.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SerialNumber => "serialNumber",
            Self::CertificateId => "certificateId",
            Self::CertificateArn => "certificateArn",
            Self::ThingName => "thingName",
            Self::Time => "time",
        }
    }
}

/// Why a text is no statement that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// It does not say which device.
    #[error("it does not use :serialNumber, so it would be about every device")]
    NoSerial,
    /// A parameter that is not there.
    #[error(":{name} is no parameter here; there are {}", .known.join(", "))]
    Unknown {
        /// Its name.
        name: String,
        /// Those that are.
        known: Vec<String>,
    },
    /// The database's own form.
    #[error("{0:?} is a parameter without a name; write :serialNumber")]
    Nameless(String),
    /// More than one.
    #[error("there is more than one statement in it")]
    Several,
    /// A text, name or comment has no end.
    #[error("{0} is not closed")]
    Open(&'static str),
    /// Characters that end a text early in some clients.
    #[error("it has a NUL character in it")]
    Nul,
}

/// One statement with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    text: String,
    native: String,
    bound: Vec<Bound>,
}

impl Statement {
    /// Finds the parameters of a statement. Only those in `allowed` may be used, and `:serialNumber` must be.
    pub fn parse(text: &str, kind: TableKind, allowed: &[Bound]) -> Result<Self, StatementError> {
        let mut scan = Scan {
            kind,
            rest: text,
            native: String::with_capacity(text.len()),
            bound: Vec::new(),
            ended: false,
            word: false,
        };
        while !scan.rest.is_empty() {
            scan.step(allowed)?;
        }
        if !scan.bound.contains(&Bound::SerialNumber) {
            return Err(StatementError::NoSerial);
        }
        Ok(Self {
            text: text.to_owned(),
            native: scan.native,
            bound: scan.bound,
        })
    }

    /// As the owner wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// With the database's own parameters: `?`, or `$1`, `$2` and so on, one for each place, without a final `;`.
    pub fn native(&self) -> &str {
        &self.native
    }

    /// What is bound to those, in order.
    pub fn bound(&self) -> &[Bound] {
        &self.bound
    }
}

struct Scan<'t> {
    kind: TableKind,
    rest: &'t str,
    native: String,
    bound: Vec<Bound>,
    /// Behind a semicolon.
    ended: bool,
    /// Behind a character of a name or number.
    word: bool,
}

impl<'t> Scan<'t> {
    fn step(&mut self, allowed: &[Bound]) -> Result<(), StatementError> {
        let mysql = self.kind == TableKind::Mysql;
        let rest = self.rest;
        let Some(first) = rest.chars().next() else {
            return Ok(());
        };
        // MySQL takes two dashes for a comment only before a space.
        let dashes = rest.strip_prefix("--").is_some_and(|after| {
            !mysql
                || after
                    .chars()
                    .next()
                    .is_none_or(|c| c.is_whitespace() || c.is_control())
        });
        let comment = dashes || mysql && first == '#';
        if comment {
            let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
            // What follows a comment must not be drawn into it where line ends are lost.
            self.rest = &rest[end..];
            self.native.push('\n');
            return Ok(());
        }
        if rest.starts_with("/*") {
            let length = block_comment(rest, !mysql).ok_or(StatementError::Open("a comment"))?;
            return self.copy(length);
        }
        if first.is_whitespace() {
            self.word = false;
            return self.copy(first.len_utf8());
        }
        if self.ended {
            return Err(StatementError::Several);
        }
        match first {
            '\0' => Err(StatementError::Nul),
            '\'' => {
                let escapes = mysql || self.native.ends_with(['E', 'e']);
                self.quoted('\'', escapes, "a text")
            }
            '"' => self.quoted('"', mysql, "a name or text in double quotes"),
            '`' if mysql => self.quoted('`', false, "a name in backquotes"),
            '$' if !mysql && !self.word => match dollar_tag(rest) {
                Some(tag) => {
                    let body = &rest[tag.len()..];
                    let end = body.find(tag).ok_or(StatementError::Open("a text"))?;
                    self.copy(tag.len() * 2 + end)
                }
                None => Err(StatementError::Nameless(rest.chars().take(3).collect())),
            },
            '?' if mysql => Err(StatementError::Nameless("?".into())),
            ';' => {
                self.ended = true;
                self.rest = &rest[1..];
                Ok(())
            }
            ':' => self.colon(allowed),
            _ => {
                self.word = first.is_alphanumeric() || first == '_' || first == '$';
                self.copy(first.len_utf8())
            }
        }
    }

    fn colon(&mut self, allowed: &[Bound]) -> Result<(), StatementError> {
        let rest = &self.rest[1..];
        // A cast, or an assignment.
        if rest.starts_with([':', '=']) {
            return self.copy(2);
        }
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let name = &rest[..length];
        // A slice of an array, such as a[1:2].
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return self.copy(1);
        }
        let found = allowed.iter().find(|bound| bound.as_str() == name);
        let Some(found) = found else {
            return Err(StatementError::Unknown {
                name: name.to_owned(),
                known: allowed.iter().map(|b| format!(":{}", b.as_str())).collect(),
            });
        };
        self.bound.push(*found);
        match self.kind {
            TableKind::Mysql => self.native.push('?'),
            TableKind::Postgres => self.native.push_str(&format!("${}", self.bound.len())),
        }
        self.word = true;
        self.rest = &rest[length..];
        Ok(())
    }

    /// A text or name that ends with the quote it begins with; a doubled one stands for itself.
    fn quoted(
        &mut self,
        quote: char,
        escapes: bool,
        what: &'static str,
    ) -> Result<(), StatementError> {
        let mut characters = self.rest.char_indices().skip(1).peekable();
        while let Some((at, c)) = characters.next() {
            if c == '\\' && escapes {
                characters.next();
            } else if c == quote {
                if characters.peek().is_some_and(|(_, next)| *next == quote) {
                    characters.next();
                } else {
                    return self.copy(at + 1);
                }
            }
        }
        Err(StatementError::Open(what))
    }

    fn copy(&mut self, length: usize) -> Result<(), StatementError> {
        let (copied, rest) = self.rest.split_at(length);
        if copied.contains('\0') {
            return Err(StatementError::Nul);
        }
        self.native.push_str(copied);
        self.rest = rest;
        Ok(())
    }
}

/// Length of the comment that a text begins with.
fn block_comment(text: &str, nested: bool) -> Option<usize> {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 {
        let rest = text.get(at..)?;
        let end = rest.find("*/")?;
        let inner = nested.then(|| rest.find("/*")).flatten();
        match inner.filter(|inner| *inner < end) {
            Some(inner) => {
                depth += 1;
                at += inner + 2;
            }
            None => {
                depth -= 1;
                at += end + 2;
            }
        }
    }
    Some(at)
}

/// `$$` or `$tag$` at the beginning of a text.
fn dollar_tag(text: &str) -> Option<&str> {
    let end = text[1..].find('$')? + 1;
    let tag = &text[1..end];
    let named = !tag.starts_with(|c: char| c.is_ascii_digit())
        && tag.chars().all(|c| c.is_alphanumeric() || c == '_');
    named.then(|| &text[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use TableKind::{Mysql, Postgres};

    #[test]
    fn parameters_are_found() {
        #[rustfmt::skip]
        let cases = [
            (Mysql, "SELECT token FROM d WHERE sn = :serialNumber", "SELECT token FROM d WHERE sn = ?"),
            (Postgres, "SELECT token FROM d WHERE sn = :serialNumber", "SELECT token FROM d WHERE sn = $1"),
            (Postgres, "SELECT :serialNumber::text, :serialNumber ;\n", "SELECT $1::text, $2 \n"),
            (Mysql, "SELECT ':serialNumber', `:a`, \":b\" WHERE :serialNumber", "SELECT ':serialNumber', `:a`, \":b\" WHERE ?"),
            (Mysql, r"SELECT 'it\':s' = :serialNumber", r"SELECT 'it\':s' = ?"),
            (Postgres, r"SELECT 'it\' = :serialNumber", r"SELECT 'it\' = $1"),
            (Postgres, r"SELECT E'it\':s' = :serialNumber", r"SELECT E'it\':s' = $1"),
            (Postgres, "SELECT 'it'':s' = :serialNumber", "SELECT 'it'':s' = $1"),
            (Postgres, "SELECT $a$ :x $$ $a$ = :serialNumber", "SELECT $a$ :x $$ $a$ = $1"),
            (Postgres, "SELECT a$1 = :serialNumber", "SELECT a$1 = $1"),
            (Postgres, "SELECT a[1:2] = :serialNumber", "SELECT a[1:2] = $1"),
            (Postgres, "SELECT 1 -- :x\n = :serialNumber", "SELECT 1 \n = $1"),
            (Mysql, "SELECT 1 # :x ?\n = :serialNumber", "SELECT 1 \n = ?"),
            (Postgres, "SELECT /* a /* :x */ b */ :serialNumber", "SELECT /* a /* :x */ b */ $1"),
            (Mysql, "SET @a := :serialNumber", "SET @a := ?"),
            (Mysql, "SELECT 5--:serialNumber", "SELECT 5--?"),
            (Postgres, "SELECT j ? 'a' AND s = :serialNumber", "SELECT j ? 'a' AND s = $1"),
        ];
        for (kind, text, wanted) in cases {
            match Statement::parse(text, kind, Bound::ALL) {
                Ok(statement) => assert_eq!(statement.native(), wanted, "{text}"),
                Err(why) => panic!("{text}: {why}"),
            }
        }
    }

    #[test]
    fn order_of_parameters() {
        let text = "UPDATE d SET c = :certificateId, a = :certificateArn, n = :thingName, t = :time WHERE s = :serialNumber";
        let statement = Statement::parse(text, Postgres, Bound::ALL).expect("a statement");
        use Bound::{CertificateArn, CertificateId, SerialNumber, ThingName, Time};
        assert_eq!(
            statement.bound(),
            [CertificateId, CertificateArn, ThingName, Time, SerialNumber]
        );
        assert!(statement.native().ends_with("t = $4 WHERE s = $5"));
    }

    #[test]
    fn statements_that_are_refused() {
        let serial = "SELECT :serialNumber";
        #[rustfmt::skip]
        let cases = [
            (Mysql, "SELECT 1".to_owned(), "does not use :serialNumber"),
            (Mysql, "SELECT ':serialNumber'".to_owned(), "does not use :serialNumber"),
            (Mysql, "SELECT 1 -- :serialNumber".to_owned(), "does not use :serialNumber"),
            (Mysql, format!("{serial}; DROP TABLE d"), "more than one statement"),
            (Mysql, format!("{serial}; -- and no more\n;"), "more than one statement"),
            (Mysql, format!("{serial}, ?"), "without a name"),
            (Postgres, format!("{serial}, $1"), "without a name"),
            (Postgres, format!("{serial}, :certificateId"), ":certificateId is no parameter here"),
            (Mysql, format!("{serial}, :SerialNumber"), ":SerialNumber is no parameter here; there are :serialNumber, :time"),
            (Mysql, format!("{serial}, 'open"), "a text is not closed"),
            (Mysql, format!("{serial}, `open"), "backquotes is not closed"),
            (Postgres, format!("{serial}, $$open"), "a text is not closed"),
            (Mysql, format!("{serial} /* open"), "a comment is not closed"),
            (Mysql, format!("{serial}\0"), "NUL"),
            (Mysql, format!("{serial}, 'a\0'"), "NUL"),
        ];
        for (kind, text, wanted) in cases {
            let refused = Statement::parse(&text, kind, TIME_OF_QUERY);
            let why = refused.expect_err("it was taken").to_string();
            assert!(why.contains(wanted), "{text}: {why}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_ends(text in "\\PC*") {
            let _ = Statement::parse(&text, Mysql, Bound::ALL);
            let _ = Statement::parse(&text, Postgres, Bound::ALL);
        }
    }
}
