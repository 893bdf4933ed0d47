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

use super::ast::{Call, Comparison, Constant, Expr, Item, Operator, Query, Selection, Type};
use super::function::Function;
use super::lexer::{Lexer, Token};
use super::pattern::Pattern;
use crate::error::{SqlError, quoted};
use crate::number::Number;
use crate::version::SqlVersion;

/// Brackets, signs and negations within each other; more would only use up the stack.
const DEPTH: usize = 60;
/// Variables of a SET clause (AWS guide: iot-sql-set).
const VARIABLES: usize = 10;
/// Characters of a variable's name (AWS guide: iot-sql-set).
const VARIABLE_CHARS: usize = 64;
/// Words that are no key unless they follow a dot.
const RESERVED: &[&str] = &[
    "select", "from", "where", "as", "and", "or", "not", "in", "case", "when", "then", "else",
    "end", "set",
];

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

    fn expression(&mut self) -> Result<Expr, SqlError> {
        self.deeper(|parser| {
            let first = parser.conjunction()?;
            if !parser.token.is_word("OR") {
                return Ok(first);
            }
            let mut operands = vec![first];
            while parser.takes_word("OR")? {
                operands.push(parser.conjunction()?);
            }
            Ok(Expr::Or(operands))
        })
    }

    fn conjunction(&mut self) -> Result<Expr, SqlError> {
        let first = self.negation()?;
        if !self.token.is_word("AND") {
            return Ok(first);
        }
        let mut operands = vec![first];
        while self.takes_word("AND")? {
            operands.push(self.negation()?);
        }
        Ok(Expr::And(operands))
    }

    fn negation(&mut self) -> Result<Expr, SqlError> {
        if !self.takes_word("NOT")? {
            return self.comparison();
        }
        self.deeper(|parser| Ok(Expr::Not(Box::new(parser.negation()?))))
    }

    fn comparison(&mut self) -> Result<Expr, SqlError> {
        let left = self.sum()?;
        let comparison = match &self.token {
            Token::Sign("=") => Comparison::Equal,
            Token::Sign("<>" | "!=") => Comparison::Unequal,
            Token::Sign("<") => Comparison::Less,
            Token::Sign("<=") => Comparison::LessOrEqual,
            Token::Sign(">") => Comparison::Greater,
            Token::Sign(">=") => Comparison::GreaterOrEqual,
            token if token.is_word("IN") => {
                self.advance()?;
                return self.membership(left, false);
            }
            token if token.is_word("NOT") => {
                self.advance()?;
                self.expect_word("IN", "behind a value NOT is followed by IN")?;
                return self.membership(left, true);
            }
            _ => return Ok(left),
        };
        self.advance()?;
        if comparison == Comparison::Equal && self.token.is_sign("=") {
            return Err(self.error("equality is written with one ="));
        }
        let right = self.sum()?;
        if let Token::Sign("=" | "<>" | "!=" | "<" | "<=" | ">" | ">=") = self.token {
            return Err(self.error("a comparison's result is compared only in parentheses"));
        }
        Ok(Expr::Compare(comparison, Box::new((left, right))))
    }

    fn membership(&mut self, value: Expr, negated: bool) -> Result<Expr, SqlError> {
        let value = Box::new(value);
        let among = if self.token.is_sign("(") {
            self.advance()?;
            if self.takes_word("SELECT")? {
                vec![self.inner_query()?]
            } else {
                self.list(")")?
            }
        } else {
            vec![self.sum()?]
        };
        Ok(Expr::In {
            value,
            among,
            negated,
        })
    }

    fn sum(&mut self) -> Result<Expr, SqlError> {
        self.chain(Self::product, |token| match token {
            Token::Sign("+") => Some(Operator::Add),
            Token::Sign("-") => Some(Operator::Subtract),
            _ => None,
        })
    }

    fn product(&mut self) -> Result<Expr, SqlError> {
        self.chain(Self::unary, |token| match token {
            Token::Sign("*") => Some(Operator::Multiply),
            Token::Sign("/") => Some(Operator::Divide),
            Token::Sign("%") => Some(Operator::Modulo),
            _ => None,
        })
    }

    fn chain(
        &mut self,
        operand: fn(&mut Self) -> Result<Expr, SqlError>,
        operator: fn(&Token<'t>) -> Option<Operator>,
    ) -> Result<Expr, SqlError> {
        let first = operand(self)?;
        let mut rest = Vec::new();
        while let Some(operator) = operator(&self.token) {
            self.advance()?;
            rest.push((operator, operand(self)?));
        }
        Ok(match rest.is_empty() {
            true => first,
            false => Expr::Arithmetic(Box::new(first), rest),
        })
    }

    fn unary(&mut self) -> Result<Expr, SqlError> {
        if !self.takes_sign("-")? {
            return self.member();
        }
        self.deeper(|parser| {
            Ok(match parser.unary()? {
                Expr::Constant(Constant::Number(number)) => {
                    Expr::Constant(Constant::Number(number.negated()))
                }
                operand => Expr::Negate(Box::new(operand)),
            })
        })
    }

    fn member(&mut self) -> Result<Expr, SqlError> {
        let primary = self.primary()?;
        let mut names = Vec::new();
        while self.takes_sign(".")? {
            let Token::Word(name) = self.token else {
                return Err(self
                    .unexpected("a key after the dot; others are read with get(object, \"key\")"));
            };
            names.push(name.into());
            self.advance()?;
        }
        if names.is_empty() {
            return Ok(primary);
        }
        Ok(match primary {
            Expr::Path(mut path) => {
                path.append(&mut names);
                Expr::Path(path)
            }
            primary => Expr::Member(Box::new(primary), names),
        })
    }

    fn primary(&mut self) -> Result<Expr, SqlError> {
        match &self.token {
            Token::Number(text) => {
                let number = Number::parse(text, false)
                    .ok_or_else(|| self.error("the number is larger than 9.999E999"))?;
                self.advance()?;
                Ok(Expr::Constant(Constant::Number(number)))
            }
            Token::Text(_) => match self.advance()? {
                Token::Text(text) => Ok(Expr::Constant(Constant::Text(text.into()))),
                _ => unreachable!("the token was a text"),
            },
            Token::Variable(name) => {
                let Some(at) = self.variables.iter().position(|known| **known == **name) else {
                    return Err(
                        self.error(format!("@{name} is not set by a SET before this place"))
                    );
                };
                self.advance()?;
                Ok(Expr::Variable(at))
            }
            Token::Sign("*") => {
                self.advance()?;
                Ok(Expr::All)
            }
            Token::Sign("(") => {
                self.advance()?;
                if self.takes_word("SELECT")? {
                    return self.inner_query();
                }
                let inner = self.expression()?;
                self.expect_sign(")")?;
                Ok(inner)
            }
            Token::Sign("[") => {
                self.needs_2016("literal arrays exist")?;
                self.advance()?;
                Ok(Expr::Array(self.list("]")?))
            }
            Token::Sign("{") => {
                self.needs_2016("literal objects exist")?;
                self.advance()?;
                self.object()
            }
            Token::Word(word) => self.word(word),
            _ => Err(self.unexpected("an expression")),
        }
    }

    /// `SELECT` is taken; reads up to and with the closing parenthesis.
    fn inner_query(&mut self) -> Result<Expr, SqlError> {
        self.needs_2016("a SELECT within another exists")?;
        let query = self.deeper(Self::query)?;
        self.expect_sign(")")?;
        Ok(Expr::Query(Box::new(query)))
    }

    /// Expressions up to and with the closing sign.
    fn list(&mut self, close: &'static str) -> Result<Vec<Expr>, SqlError> {
        let mut list = Vec::new();
        if self.takes_sign(close)? {
            return Ok(list);
        }
        loop {
            list.push(self.expression()?);
            if !self.takes_sign(",")? {
                break;
            }
        }
        self.expect_sign(close)?;
        Ok(list)
    }

    fn object(&mut self) -> Result<Expr, SqlError> {
        let mut members = Vec::new();
        if self.takes_sign("}")? {
            return Ok(Expr::Object(members));
        }
        loop {
            let Token::Text(key) = &self.token else {
                return Err(self.unexpected("a key in quotes"));
            };
            let key = key.as_str().into();
            self.advance()?;
            self.expect_sign(":")?;
            members.push((key, self.expression()?));
            if !self.takes_sign(",")? {
                break;
            }
        }
        self.expect_sign("}")?;
        Ok(Expr::Object(members))
    }

    /// A keyword's expression, a call, or the first name of a path.
    fn word(&mut self, word: &'t str) -> Result<Expr, SqlError> {
        let lower = word.to_ascii_lowercase();
        let begin = self.begin;
        let constant = match lower.as_str() {
            "true" => Some(Constant::Boolean(true)),
            "false" => Some(Constant::Boolean(false)),
            "null" => Some(Constant::Null),
            "case" => {
                self.advance()?;
                return self.case();
            }
            reserved if RESERVED.contains(&reserved) => {
                return Err(self.unexpected("an expression"));
            }
            _ => None,
        };
        self.advance()?;
        if let Some(constant) = constant {
            return Ok(Expr::Constant(constant));
        }
        if !self.token.is_sign("(") {
            return Ok(Expr::Path(vec![word.into()]));
        }
        self.advance()?;
        if lower == "cast" {
            return self.cast();
        }
        let Some(function) = Function::named(&lower) else {
            let reason = match Function::unsupported(&lower) {
                Some(reason) => format!("the function {lower} is not supported: {reason}"),
                None => format!("there is no function {}", quoted(word)),
            };
            return Err(SqlError::at(self.text, begin, reason));
        };
        self.call(function, begin)
    }

    fn case(&mut self) -> Result<Expr, SqlError> {
        if self.token.is_word("WHEN") {
            return Err(self.error(
                "CASE is followed by the expression that the values after WHEN are compared with",
            ));
        }
        let value = Box::new(self.expression()?);
        let mut branches = Vec::new();
        while self.takes_word("WHEN")? {
            let when = self.expression()?;
            self.expect_word("THEN", "WHEN value is followed by THEN result")?;
            branches.push((when, self.expression()?));
        }
        if branches.is_empty() {
            return Err(self.unexpected("WHEN, which a CASE has at least once,"));
        }
        let otherwise = match self.takes_word("ELSE")? {
            true => Some(Box::new(self.expression()?)),
            false => None,
        };
        self.expect_word("END", "a CASE is closed by END")?;
        Ok(Expr::Case {
            value,
            branches,
            otherwise,
        })
    }

    /// `cast(` is taken.
    fn cast(&mut self) -> Result<Expr, SqlError> {
        let value = self.expression()?;
        self.expect_word("AS", "cast is written cast(value AS type)")?;
        let Token::Word(name) = self.token else {
            return Err(self.unexpected("a type"));
        };
        let kind = match name.to_ascii_lowercase().as_str() {
            "string" | "nvarchar" | "text" | "ntext" | "varchar" => Type::Text,
            "int" | "integer" => Type::Int,
            "double" => Type::Double,
            "decimal" | "bool" | "boolean" => {
                self.needs_2016(&format!("the type {name} exists"))?;
                match name.to_ascii_lowercase().as_str() {
                    "decimal" => Type::Decimal,
                    _ => Type::Boolean,
                }
            }
            _ => {
                return Err(self.error(format!(
                    "there is no type {}; types are String, Nvarchar, Text, Ntext, Varchar, Int, Integer, Double, \
                     Decimal, Bool and Boolean",
                    quoted(name)
                )));
            }
        };
        self.advance()?;
        self.expect_sign(")")?;
        Ok(Expr::Cast(Box::new(value), kind))
    }

    /// Name and opening parenthesis are taken.
    fn call(&mut self, function: Function, begin: usize) -> Result<Expr, SqlError> {
        let at = |reason: String| SqlError::at(self.text, begin, reason);
        let name = function.name();
        if function.since() > self.version {
            return Err(at(format!(
                "the function {name} exists in SQL version {} and later; this rule's awsIotSqlVersion is {}",
                function.since(),
                self.version
            )));
        }
        if function.is_external() {
            if self.external.contains(&function) {
                if function.is_once() {
                    return Err(at(format!("a statement may call {name} once")));
                }
            } else {
                self.external.push(function);
            }
        }
        let arguments = self.list(")")?;
        self.check_arguments(function, &arguments)
            .map_err(|reason| SqlError::at(self.text, begin, reason))?;
        let pattern = match arguments.get(1) {
            Some(Expr::Constant(Constant::Text(text))) if function.takes_pattern() => {
                Some(Pattern::literal(text).map_err(|reason| {
                    SqlError::at(
                        self.text,
                        begin,
                        format!("the regular expression {} {reason}", quoted(text)),
                    )
                })?)
            }
            _ => None,
        };
        Ok(Expr::Call(Box::new(Call {
            function,
            arguments,
            pattern,
        })))
    }

    fn check_arguments(&mut self, function: Function, arguments: &[Expr]) -> Result<(), String> {
        let name = function.name();
        let (least, most) = function.arguments();
        let count = arguments.len();
        // Key and value of a sort key come together.
        let odd = function == Function::GetDynamoDb && count == 5;
        if count < least || count > most || odd {
            let wanted = match (least, most) {
                _ if function == Function::GetDynamoDb => "4 or 6".into(),
                (least, most) if least == most => least.to_string(),
                (least, most) => format!("{least} to {most}"),
            };
            return Err(format!(
                "{name} takes {wanted} arguments and was given {count}"
            ));
        }
        let literal = |at: usize| match &arguments[at] {
            Expr::Constant(Constant::Text(text)) => Some(&**text),
            _ => None,
        };
        match function {
            Function::Encode | Function::Decode => match literal(1) {
                Some("base64") => {}
                Some(other) => {
                    return Err(format!(
                        "{name} knows the scheme 'base64', not {}",
                        quoted(other)
                    ));
                }
                None => {
                    return Err(format!(
                        "{name}'s second argument is the literal text 'base64'"
                    ));
                }
            },
            Function::GetRegistryData => match literal(0) {
                Some("DescribeThing" | "ListThingGroupsForThing") => {}
                _ => {
                    return Err(format!(
                        "{name}'s first argument is the literal text DescribeThing or ListThingGroupsForThing"
                    ));
                }
            },
            Function::GetSecret => match literal(1) {
                Some("SecretString" | "SecretBinary") => {}
                _ => {
                    return Err(format!(
                        "{name}'s second argument is the literal text SecretString or SecretBinary"
                    ));
                }
            },
            _ => {}
        }
        if function.takes_role() {
            // The caller's right to pass the role is asked for when the rule is saved, so it must be known then.
            match literal(count - 1) {
                Some(role) if role.starts_with("arn:") => {
                    if !self.roles.iter().any(|known| **known == *role) {
                        self.roles.push(role.into());
                    }
                }
                _ => {
                    return Err(format!(
                        "{name}'s last argument is the ARN of a role as a literal text"
                    ));
                }
            }
        }
        Ok(())
    }
}
