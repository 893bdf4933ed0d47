//! The grammar. AWS guide: iot-sql-reference and the pages under it.
//!
//! ```text
//! statement := ['SET' '@'name '=' expr {',' …}] query
//! query     := 'SELECT' ('VALUE' expr | item {',' item}) ['FROM' source] ['WHERE' expr]
//! item      := expr ['AS' name {'.' name}]
//! expr      := and {'OR' and} ; and := not {'AND' not} ; not := 'NOT' not | compare
//! compare   := sum [('='|'<>'|'!='|'<'|'<='|'>'|'>=') sum | ['NOT'] 'IN' ('(' expr {',' expr} ')' | sum)]
//! sum       := product {('+'|'-') product} ; product := unary {('*'|'/'|'%') unary} ; unary := '-' unary | member
//! member    := primary {'.' name}
//! primary   := number | text | 'TRUE' | 'FALSE' | 'NULL' | '*' | '@'name | name | name '(' … ')' | '(' expr ')'
//!            | '(' query ')' | 'CASE' … 'END' | 'CAST' '(' expr 'AS' type ')' | '[' … ']' | '{' … '}'
//! ```
//!
//! `!=` and IN are not in AWS's guide, and rules that people write have them.

mod call;
mod expression;

use super::ast::{Expr, Item, Query, Selection};
use super::function::Function;
use super::lexer::{Lexer, Token};
use crate::error::{SqlError, quoted};
use crate::version::SqlVersion;

/// Brackets, signs and negations within each other; more would only use up the stack.
const DEPTH: usize = 60;
/// Variables of a SET clause (AWS guide: iot-sql-set).
const VARIABLES: usize = 10;
/// Characters of a variable's name (AWS guide: iot-sql-set).
const VARIABLE_CHARS: usize = 64;

/// What the text says, and what it asks for.
#[derive(Debug, Clone)]
pub(crate) struct Parsed<T> {
    pub(crate) tree: T,
    /// Roles of functions that call another service, each once.
    pub(crate) roles: Vec<Box<str>>,
    /// Functions that call another service, each once.
    pub(crate) external: Vec<Function>,
}

/// Names and expressions of the SET clause.
pub(crate) type Variables = Vec<(Box<str>, Expr)>;

/// Reads a whole statement: variables, query, topic filter.
pub(crate) fn statement(
    text: &str,
    version: SqlVersion,
) -> Result<Parsed<(Variables, Query, Option<String>)>, SqlError> {
    let mut parser = Parser::new(text, 0, version, &[])?;
    let variables = parser.variables()?;
    parser.expect_word("SELECT", "a statement begins with SELECT")?;
    let selection = parser.selection()?;
    let filter = parser.filter()?;
    let condition = parser.condition()?;
    if parser.token != Token::End {
        return Err(parser.unexpected("WHERE, FROM or the end of the statement"));
    }
    let query = Query {
        selection,
        source: None,
        condition,
    };
    Ok(parser.parsed((variables, query, filter)))
}

/// Reads the expression of a template, from a byte of its text on. Also gives the byte behind the closing brace.
pub(crate) fn expression_within(
    text: &str,
    at: usize,
    version: SqlVersion,
    variables: &[Box<str>],
) -> Result<(Parsed<Expr>, usize), SqlError> {
    let mut parser = Parser::new(text, at, version, variables)?;
    let expression = parser.expression()?;
    if !parser.token.is_sign("}") {
        return Err(parser.unexpected("an operator, or } where the template ends"));
    }
    let end = parser.end;
    Ok((parser.parsed(expression), end))
}

struct Parser<'t> {
    text: &'t str,
    version: SqlVersion,
    lexer: Lexer<'t>,
    token: Token<'t>,
    /// Where the token begins and ends.
    begin: usize,
    end: usize,
    /// Where the one before it ended.
    before: usize,
    depth: usize,
    variables: Vec<Box<str>>,
    roles: Vec<Box<str>>,
    external: Vec<Function>,
}

impl<'t> Parser<'t> {
    fn new(
        text: &'t str,
        at: usize,
        version: SqlVersion,
        variables: &[Box<str>],
    ) -> Result<Self, SqlError> {
        let mut parser = Self {
            text,
            version,
            lexer: Lexer::new(text, at),
            token: Token::End,
            begin: at,
            end: at,
            before: at,
            depth: 0,
            variables: variables.to_vec(),
            roles: Vec::new(),
            external: Vec::new(),
        };
        parser.advance()?;
        Ok(parser)
    }

    fn parsed<T>(self, tree: T) -> Parsed<T> {
        Parsed {
            tree,
            roles: self.roles,
            external: self.external,
        }
    }

    /// Takes the token and reads the next.
    fn advance(&mut self) -> Result<Token<'t>, SqlError> {
        self.before = self.end;
        let (token, begin, end) = self.lexer.next()?;
        (self.begin, self.end) = (begin, end);
        Ok(std::mem::replace(&mut self.token, token))
    }

    fn error(&self, reason: impl Into<String>) -> SqlError {
        SqlError::at(self.text, self.begin, reason)
    }

    fn unexpected(&self, wanted: &str) -> SqlError {
        let found = self.token.describe();
        if self.token.is_word("like") {
            return self.error("LIKE does not exist; use regexp_matches, startswith or endswith");
        }
        if self.token.is_word("is") {
            return self.error("IS does not exist; use isNull or isUndefined");
        }
        if self.token.is_sign("[") {
            return self.error("elements of an array are read with get(array, index)");
        }
        self.error(format!("found {found} where {wanted} was expected"))
    }

    fn takes_word(&mut self, word: &str) -> Result<bool, SqlError> {
        let found = self.token.is_word(word);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn takes_sign(&mut self, sign: &str) -> Result<bool, SqlError> {
        let found = self.token.is_sign(sign);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect_word(&mut self, word: &str, reason: &str) -> Result<(), SqlError> {
        if self.takes_word(word)? {
            return Ok(());
        }
        Err(self.error(format!("found {}; {reason}", self.token.describe())))
    }

    fn expect_sign(&mut self, sign: &'static str) -> Result<(), SqlError> {
        if self.takes_sign(sign)? {
            return Ok(());
        }
        Err(self.unexpected(&format!("{sign:?}")))
    }

    /// Runs `inner` one level deeper.
    fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, SqlError>,
    ) -> Result<T, SqlError> {
        if self.depth == DEPTH {
            return Err(self.error(format!(
                "expressions within each other may be {DEPTH} levels deep"
            )));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn needs_2016(&self, what: &str) -> Result<(), SqlError> {
        if self.version >= SqlVersion::V2016 {
            return Ok(());
        }
        Err(self.error(format!(
            "{what} in SQL version 2016-03-23 and later; this rule's awsIotSqlVersion is {}",
            self.version
        )))
    }

    fn variables(&mut self) -> Result<Variables, SqlError> {
        let mut variables = Variables::new();
        if !self.takes_word("SET")? {
            return Ok(variables);
        }
        loop {
            let Token::Variable(name) = self.token else {
                return Err(self.unexpected("a variable's name that begins with @"));
            };
            if name.chars().count() > VARIABLE_CHARS {
                return Err(self.error(format!(
                    "a variable's name may have {VARIABLE_CHARS} characters"
                )));
            }
            if self.variables.iter().any(|known| **known == *name) {
                return Err(self.error(format!("@{name} is set already, and cannot be changed")));
            }
            if variables.len() == VARIABLES {
                return Err(self.error(format!("SET may have {VARIABLES} variables")));
            }
            self.advance()?;
            self.expect_sign("=")?;
            let value = self.expression()?;
            // Only now: a variable is not known in its own expression.
            self.variables.push(name.into());
            variables.push((name.into(), value));
            if !self.takes_sign(",")? {
                break;
            }
        }
        if self.token.is_word("SET") {
            return Err(self.error("SET may stand once; a comma separates variables"));
        }
        Ok(variables)
    }

    fn selection(&mut self) -> Result<Selection, SqlError> {
        if self.token.is_word("value") && self.value_is_keyword()? {
            self.advance()?;
            return Ok(Selection::Value(self.expression()?));
        }
        let mut items = vec![self.item()?];
        while self.takes_sign(",")? {
            items.push(self.item()?);
        }
        Ok(Selection::Items(items))
    }

    /// `value` is a keyword where an expression follows, and a key elsewhere.
    fn value_is_keyword(&self) -> Result<bool, SqlError> {
        let mut ahead = Lexer::new(self.text, self.end);
        Ok(match ahead.next()?.0 {
            Token::Word(word) => {
                let follows_key = ["as", "from", "where", "and", "or", "in", "is", "like"];
                let key = follows_key
                    .iter()
                    .any(|other| word.eq_ignore_ascii_case(other));
                // `value NOT IN …` compares a key.
                let not_in = word.eq_ignore_ascii_case("not") && ahead.next()?.0.is_word("in");
                !key && !not_in
            }
            Token::Variable(_) | Token::Number(_) | Token::Text(_) => true,
            Token::Sign("(" | "[" | "{") => true,
            // `VALUE *` or `VALUE *.key`; else a product.
            Token::Sign("*") => {
                let (token, _, _) = ahead.next()?;
                token == Token::End
                    || token.is_sign(".")
                    || token.is_sign(")")
                    || token.is_word("from")
                    || token.is_word("where")
            }
            _ => false,
        })
    }

    fn item(&mut self) -> Result<Item, SqlError> {
        let begin = self.begin;
        let expression = self.expression()?;
        let text = self.text[begin..self.before].trim();
        if self.takes_word("AS")? {
            return Ok(Item::Named(expression, self.alias()?));
        }
        if matches!(expression, Expr::All) {
            return Ok(Item::All);
        }
        let name = self.default_name(&expression, text);
        Ok(Item::Named(expression, vec![name]))
    }

    /// The last name of a path; of other expressions the guide does not say which: a function's name, else the text.
    fn default_name(&self, expression: &Expr, text: &str) -> Box<str> {
        match expression {
            Expr::Path(names) | Expr::Member(_, names) => {
                names.last().expect("a path has a name").clone()
            }
            Expr::Variable(at) => self.variables[*at].clone(),
            Expr::Call(call) => call.function.name().into(),
            Expr::Cast(..) => "cast".into(),
            _ => text.into(),
        }
    }

    fn alias(&mut self) -> Result<Vec<Box<str>>, SqlError> {
        let mut path = Vec::new();
        loop {
            match &self.token {
                Token::Word(word) => path.push((*word).into()),
                Token::Text(text) if !text.is_empty() => path.push(text.as_str().into()),
                _ => return Err(self.unexpected("a name after AS")),
            }
            self.advance()?;
            if !self.takes_sign(".")? {
                return Ok(path);
            }
        }
    }

    fn filter(&mut self) -> Result<Option<String>, SqlError> {
        if !self.takes_word("FROM")? {
            return Ok(None);
        }
        let Token::Text(filter) = &self.token else {
            return Err(self.error(format!(
                "found {} where FROM needs a topic filter in quotes, such as 'sensors/+/data'",
                self.token.describe()
            )));
        };
        let filter = filter.clone();
        if let Err(reason) = crate::index::check_filter(&filter) {
            return Err(self.error(format!("the topic filter {} {reason}", quoted(&filter))));
        }
        self.advance()?;
        Ok(Some(filter))
    }

    fn condition(&mut self) -> Result<Option<Expr>, SqlError> {
        if !self.takes_word("WHERE")? {
            return Ok(None);
        }
        Ok(Some(self.expression()?))
    }

    /// A SELECT within, its keyword taken.
    fn query(&mut self) -> Result<Query, SqlError> {
        let selection = self.selection()?;
        let source = match self.takes_word("FROM")? {
            true => Some(self.expression()?),
            false => None,
        };
        Ok(Query {
            selection,
            source,
            condition: self.condition()?,
        })
    }
}
