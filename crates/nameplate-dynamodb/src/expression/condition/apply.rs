//! Functions with their operands.

use super::{Condition, Operand, Reader, Term};
use crate::error::{Invalid, Result};
use crate::expression::parser::Class;
use crate::value::AttributeValue;

impl Reader<'_, '_> {
    /// A function whose operands are as many as they should be.
    pub(super) fn applied(
        &mut self,
        name: &'static str,
        mut operands: Vec<Operand>,
        nothing: Condition,
    ) -> Term {
        let last = operands.pop();
        let (first, second) = match operands.pop() {
            Some(first) => (Some(first), last),
            None => (last, None),
        };
        let (Some(first), second) = (first, second) else {
            return Term::Call(name, nothing);
        };
        if let Some(second) = &second {
            self.distinct(name, &first, std::slice::from_ref(second));
        }
        let condition = match (name, first, second) {
            ("size", first, _) => {
                if let Operand::Value(value) = &first
                    && matches!(
                        value,
                        AttributeValue::N(_) | AttributeValue::Bool(_) | AttributeValue::Null
                    )
                {
                    self.wrong_type(name, value.kind());
                }
                if let Operand::Size(_) = &first {
                    self.wrong_type(name, "N");
                }
                return Term::Operand(Operand::Size(Box::new(first)));
            }
            ("attribute_exists", Operand::Path(path), _) => Condition::Exists(path),
            ("attribute_not_exists", Operand::Path(path), _) => Condition::NotExists(path),
            ("attribute_type", of, Some(kind)) => {
                self.known_type(&kind);
                Condition::Type(of, kind)
            }
            ("attribute_exists" | "attribute_not_exists", ..) => {
                self.parser.mistake(
                    Class::Operands,
                    format!(
                        "Operator or function requires a document path; operator or function: {name}"
                    ),
                );
                nothing
            }
            ("begins_with", first, Some(prefix)) => {
                for operand in [&first, &prefix] {
                    if let Operand::Value(value) = operand
                        && !matches!(value, AttributeValue::S(_) | AttributeValue::B(_))
                    {
                        self.wrong_type(name, value.kind());
                    }
                    if let Operand::Size(_) = operand {
                        self.wrong_type(name, "N");
                    }
                }
                Condition::BeginsWith(first, prefix)
            }
            (_, first, Some(second)) => Condition::Contains(first, second),
            _ => nothing,
        };
        Term::Call(name, condition)
    }

    fn known_type(&mut self, kind: &Operand) {
        let Operand::Value(value) = kind else {
            // The service takes the type from the request alone.
            return self.parser.mistake(
                Class::Operands,
                "Operator or function requires an expression attribute value; operator or function: attribute_type",
            );
        };
        if let Err(why) = is_type(value) {
            self.parser.mistake(Class::Meaning, why);
        }
    }
}

/// Refuses what is not the name of a type.
pub(crate) fn is_type(value: &AttributeValue) -> Result<()> {
    const TYPES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"];
    match value {
        AttributeValue::S(text) if TYPES.contains(&text.as_str()) => Ok(()),
        AttributeValue::S(text) => Err(Invalid::new(format!(
            "Invalid attribute type name found; type: {text}, valid types: {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}"
        ))),
        other => Err(Invalid::new(format!(
            "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {}",
            other.kind()
        ))),
    }
}
