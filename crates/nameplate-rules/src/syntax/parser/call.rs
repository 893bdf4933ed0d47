//! Calls of functions, and what is known of their arguments when the rule is saved.

use super::Parser;
use crate::error::{SqlError, quoted};
use crate::syntax::ast::{Call, Constant, Expr, Type};
use crate::syntax::function::Function;
use crate::syntax::lexer::Token;
use crate::syntax::pattern::Pattern;

impl Parser<'_> {
    /// `cast(` is taken.
    pub(super) fn cast(&mut self) -> Result<Expr, SqlError> {
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
    pub(super) fn call(&mut self, function: Function, begin: usize) -> Result<Expr, SqlError> {
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
        if function == Function::Decode
            && matches!(arguments.get(1), Some(Expr::Constant(Constant::Text(scheme))) if **scheme == *"proto")
        {
            return Err("decode with the scheme 'proto' is not supported".into());
        }
        // Key and value of a sort key come together.
        let odd = function == Function::GetDynamoDb && count == 5;
        if count < least || count > most || odd {
            let wanted: String = match (least, most) {
                _ if function == Function::GetDynamoDb => "4 or 6".into(),
                (least, most) if least == most => least.to_string(),
                (least, most) => format!("{least} to {most}"),
            };
            let noun = if wanted == "1" {
                "argument"
            } else {
                "arguments"
            };
            return Err(format!(
                "{name} takes {wanted} {noun} and was given {count}"
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
