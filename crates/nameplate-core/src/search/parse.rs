//! From text to [`Query`]. AWS guide: query-syntax.
//!
//! `NOT` and `-` bind closest, then `AND`, which also stands between terms that nothing joins, then `OR`.

use super::field::{Subject, decimal, holds_numbers, indexed_name, number};
use super::pattern::Pattern;
use super::query::{
    Bound, LEADING_WILDCARD_CHARS, QUERY_CHARS, QUERY_TERMS, Query, QueryError, Term, Test,
    WILDCARDS_PER_TERM,
};

/// Parentheses and negations within each other; deeper ones would only waste the stack.
const DEPTH: usize = 100;

pub(super) fn parse(subject: Subject, text: &str) -> Result<Query, QueryError> {
    let mut parser = Parser {
        subject,
        text,
        chars: text.char_indices().collect(),
        at: 0,
        depth: 0,
        terms: 0,
        leading_wildcards: 0,
    };
    let length = parser.chars.len();
    if length > QUERY_CHARS {
        return Err(parser.malformed(format!(
            "it is {length} characters long and may be {QUERY_CHARS}"
        )));
    }
    let query = parser.any(None)?;
    if let Some(c) = parser.peek() {
        return Err(parser.malformed(format!("{c:?} closes nothing")));
    }
    if parser.leading_wildcards > 1 {
        return Err(parser.malformed("only one term may begin with a wildcard"));
    }
    if parser.leading_wildcards > 0 && length > LEADING_WILDCARD_CHARS {
        return Err(parser.malformed(format!(
            "it is {length} characters long, and with a term that begins with a wildcard it may be \
             {LEADING_WILDCARD_CHARS}"
        )));
    }
    Ok(query)
}

struct Parser<'q> {
    subject: Subject,
    text: &'q str,
    chars: Vec<(usize, char)>,
    at: usize,
    depth: usize,
    terms: usize,
    leading_wildcards: usize,
}

/// A word as it stands: its characters, and which of them are wildcards.
struct Word {
    chars: Vec<(char, bool)>,
    // No character was escaped, so it may be a keyword.
    plain: bool,
}

impl Word {
    fn text(&self) -> String {
        self.chars.iter().map(|(c, _)| *c).collect()
    }

    fn has_wildcards(&self) -> bool {
        self.chars.iter().any(|(_, wild)| *wild)
    }
}

/// What stands between a field and a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Is,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// One end of a range as written.
enum End {
    Open,
    Bare(String),
    Quoted(String),
}

impl Parser<'_> {
    fn malformed(&self, why: impl Into<String>) -> QueryError {
        QueryError::Malformed {
            why: why.into(),
            query: self.text.to_owned(),
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).map(|(_, c)| *c)
    }

    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    /// Takes a keyword that stands alone.
    fn keyword(&mut self, word: &str) -> bool {
        let from = self
            .chars
            .get(self.at)
            .map_or(self.text.len(), |(at, _)| *at);
        let Some(rest) = self.text[from..].strip_prefix(word) else {
            return false;
        };
        let alone = rest
            .chars()
            .next()
            .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '"'));
        if alone {
            self.at += word.chars().count();
        }
        alone
    }

    fn any(&mut self, field: Option<&str>) -> Result<Query, QueryError> {
        let mut some = vec![self.all(field)?];
        loop {
            self.space();
            if !self.keyword("OR") {
                break;
            }
            some.push(self.all(field)?);
        }
        Ok(one_or(some, Query::Or))
    }

    fn all(&mut self, field: Option<&str>) -> Result<Query, QueryError> {
        let mut some = vec![self.one(field)?];
        loop {
            self.space();
            if self.keyword("AND") {
                some.push(self.one(field)?);
                continue;
            }
            let before = self.at;
            if self.peek().is_none_or(|c| c == ')') || self.keyword("OR") {
                self.at = before;
                break;
            }
            some.push(self.one(field)?);
        }
        Ok(one_or(some, Query::And))
    }

    fn one(&mut self, field: Option<&str>) -> Result<Query, QueryError> {
        self.space();
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.malformed("it is nested too deeply"));
        }
        let query = match self.peek() {
            None => Err(self.malformed("it ends where a term is expected")),
            Some('-') => {
                self.at += 1;
                if self.peek().is_none_or(char::is_whitespace) {
                    Err(self.malformed("nothing follows \"-\""))
                } else {
                    Ok(Query::Not(Box::new(self.one(field)?)))
                }
            }
            Some('(') => {
                self.at += 1;
                let inner = self.any(field)?;
                self.space();
                if self.take(')') {
                    Ok(inner)
                } else {
                    Err(self.malformed("\"(\" is not closed"))
                }
            }
            Some(_) if self.keyword("NOT") => Ok(Query::Not(Box::new(self.one(field)?))),
            Some(_) => self.term(field),
        };
        self.depth -= 1;
        query
    }

    fn term(&mut self, group: Option<&str>) -> Result<Query, QueryError> {
        if matches!(self.peek(), Some('"' | '[' | '{')) {
            return self.value(group, Operator::Is);
        }
        let word = self.word()?;
        let after = self.at;
        self.space();
        let operator = if self.take(':') {
            Operator::Is
        } else if self.take('<') {
            if self.take('=') {
                Operator::AtMost
            } else {
                Operator::Less
            }
        } else if self.take('>') {
            if self.take('=') {
                Operator::AtLeast
            } else {
                Operator::Greater
            }
        } else {
            self.at = after;
            return self.word_term(group, &word);
        };
        let field = word.text();
        if word.has_wildcards() || !self.subject.knows(&field) {
            return Err(QueryError::UnknownField {
                field,
                query: self.text.to_owned(),
            });
        }
        self.space();
        if operator == Operator::Is && self.take('(') {
            let inner = self.any(Some(&field))?;
            self.space();
            return if self.take(')') {
                Ok(inner)
            } else {
                Err(self.malformed("\"(\" is not closed"))
            };
        }
        self.value(Some(&field), operator)
    }

    /// What follows a field and its operator, or stands without a field.
    fn value(&mut self, field: Option<&str>, operator: Operator) -> Result<Query, QueryError> {
        if operator != Operator::Is {
            let end = self.end()?;
            let test = match operator {
                Operator::Less => range(End::Open, end, false, false),
                Operator::AtMost => range(End::Open, end, false, true),
                Operator::Greater => range(end, End::Open, false, false),
                Operator::AtLeast | Operator::Is => range(end, End::Open, true, false),
            };
            return self.counted(field, test);
        }
        match self.peek() {
            None => Err(self.malformed("it ends where a value is expected")),
            Some('"') => {
                let text = self.quoted()?.to_lowercase();
                let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
                let test = match words.len() {
                    0 => return Err(self.malformed("a quoted text is empty")),
                    1 => Test::Word(words.remove(0)),
                    _ => Test::Phrase(words),
                };
                self.counted(field, test)
            }
            Some(open @ ('[' | '{')) => {
                if field.is_none() {
                    return Err(self.malformed("a range needs a field"));
                }
                self.at += 1;
                let low = self.end()?;
                self.space();
                if !self.keyword("TO") {
                    return Err(self.malformed("a range is written [LOW TO HIGH]"));
                }
                let high = self.end()?;
                self.space();
                let close = self.peek();
                if !matches!(close, Some(']' | '}')) {
                    return Err(self.malformed("a range is not closed"));
                }
                self.at += 1;
                self.counted(field, range(low, high, open == '[', close == Some(']')))
            }
            Some(_) => {
                let word = self.word()?;
                self.word_term(field, &word)
            }
        }
    }

    fn word_term(&mut self, field: Option<&str>, word: &Word) -> Result<Query, QueryError> {
        let text = word.text();
        if word.plain && matches!(text.as_str(), "AND" | "OR" | "NOT") {
            return Err(self.malformed(format!("{text} stands where a term is expected")));
        }
        if !word.has_wildcards() {
            let word = self.counted(field, Test::Word(text.to_lowercase()))?;
            // A number is found however it is written. Quoted it is a text.
            return Ok(match decimal(&text) {
                Some(number) if field.is_none_or(|name| holds_numbers(indexed_name(name))) => {
                    let number = Query::Term(Term::new(field, Test::Number(number)));
                    Query::Or(vec![word, number])
                }
                _ => word,
            });
        }
        if text == "*" {
            return match field {
                None => {
                    self.count()?;
                    Ok(Query::All)
                }
                Some(_) => self.counted(field, Test::Exists),
            };
        }
        let pattern = Pattern::new(&word.chars);
        if pattern.wildcards() > WILDCARDS_PER_TERM {
            return Err(self.malformed(format!(
                "the term {text} has {} wildcards and may have {WILDCARDS_PER_TERM}",
                pattern.wildcards()
            )));
        }
        self.leading_wildcards += usize::from(pattern.prefix().is_empty());
        self.counted(field, Test::Like(pattern))
    }

    fn counted(&mut self, field: Option<&str>, test: Test) -> Result<Query, QueryError> {
        self.count()?;
        Ok(Query::Term(Term::new(field, test)))
    }

    fn count(&mut self) -> Result<(), QueryError> {
        self.terms += 1;
        if self.terms > QUERY_TERMS {
            return Err(self.malformed(format!("it has more than {QUERY_TERMS} terms")));
        }
        Ok(())
    }

    /// One end of a range or comparison.
    fn end(&mut self) -> Result<End, QueryError> {
        self.space();
        if self.peek() == Some('"') {
            return Ok(End::Quoted(self.quoted()?.to_lowercase()));
        }
        let word = self.word()?;
        let text = word.text();
        if !word.has_wildcards() {
            return Ok(End::Bare(text.to_lowercase()));
        }
        if text == "*" {
            return Ok(End::Open);
        }
        Err(self.malformed(format!("{text} is no end of a range")))
    }

    fn quoted(&mut self) -> Result<String, QueryError> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(c) = self.peek() else {
                return Err(self.malformed("a quoted text is not closed"));
            };
            self.at += 1;
            match c {
                '"' => return Ok(text),
                '\\' => text.push(self.escaped()?),
                c => text.push(c),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, QueryError> {
        let c = self
            .peek()
            .ok_or_else(|| self.malformed("nothing follows \"\\\""))?;
        self.at += 1;
        Ok(c)
    }

    fn word(&mut self) -> Result<Word, QueryError> {
        let mut word = Word {
            chars: Vec::new(),
            plain: true,
        };
        while let Some(c) = self.peek() {
            match c {
                c if c.is_whitespace() => break,
                '(' | ')' | '[' | ']' | '{' | '}' | '"' | ':' | '<' | '>' => break,
                '\\' => {
                    self.at += 1;
                    word.plain = false;
                    word.chars.push((self.escaped()?, false));
                    continue;
                }
                // AWS guide: query-syntax, unsupported features.
                '`' | '@' | '#' | '%' | '/' | '\'' | ';' | ',' | '^' | '~' => {
                    return Err(self.malformed(format!(
                        "{c:?} is not supported in a term; quote the term, or write a \\ before it"
                    )));
                }
                '+' | '!' | '&' | '|' if word.chars.is_empty() => {
                    return Err(self.malformed(format!(
                        "a term cannot begin with {c:?}; the operators are AND, OR, NOT and -"
                    )));
                }
                c => word.chars.push((c, matches!(c, '*' | '?'))),
            }
            self.at += 1;
        }
        if word.chars.is_empty() {
            let why = match self.peek() {
                Some(c) => format!("{c:?} stands where a term is expected"),
                None => "it ends where a term is expected".to_owned(),
            };
            return Err(self.malformed(why));
        }
        Ok(word)
    }
}

fn one_or(mut some: Vec<Query>, many: fn(Vec<Query>) -> Query) -> Query {
    match (some.len(), some.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            some.push(last);
            many(some)
        }
        (_, None) => many(some),
    }
}

/// Numbers are compared as such where each end is one and none is quoted; anything else as text.
fn range(low: End, high: End, with_low: bool, with_high: bool) -> Test {
    fn bound<T>(value: Option<T>, included: bool) -> Bound<T> {
        match value {
            None => Bound::Open,
            Some(value) if included => Bound::Included(value),
            Some(value) => Bound::Excluded(value),
        }
    }
    let as_number = |end: &End| match end {
        End::Open => Some(None),
        End::Bare(text) => number(text).map(Some),
        End::Quoted(_) => None,
    };
    if let (Some(low), Some(high)) = (as_number(&low), as_number(&high))
        && (low.is_some() || high.is_some())
    {
        return Test::Numbers(bound(low, with_low), bound(high, with_high));
    }
    let as_text = |end: End| match end {
        End::Open => None,
        End::Bare(text) | End::Quoted(text) => Some(text),
    };
    match (as_text(low), as_text(high)) {
        (None, None) => Test::Exists,
        (low, high) => Test::Texts(bound(low, with_low), bound(high, with_high)),
    }
}
