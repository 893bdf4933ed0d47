//! Expressions: operators by rank, then what they join.

use super::Parser;
use crate::error::{SqlError, quoted};
use crate::number::Number;
use crate::syntax::ast::{Comparison, Constant, Expr, Operator};
use crate::syntax::function::Function;
use crate::syntax::lexer::Token;

/// Words that are no key unless they follow a dot.
const RESERVED: &[&str] = &[
    "select", "from", "where", "as", "and", "or", "not", "in", "case", "when", "then", "else",
    "end", "set",
];

impl<'t> Parser<'t> {
    pub(super) fn expression(&mut self) -> Result<Expr, SqlError> {
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
    pub(super) fn list(&mut self, close: &'static str) -> Result<Vec<Expr>, SqlError> {
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
}
