//! Values of expressions.

use super::{Document, Evaluation, Scope, VARIABLE_BYTES, Variable, math, operator};
use crate::lookup::Stop;
use crate::syntax::ast::{Constant, Expr, Type};
use crate::value::{Object, Value};
use std::borrow::Cow;

impl<'a> Evaluation<'a> {
    pub(super) fn value(
        &mut self,
        expression: &'a Expr,
        scope: Scope<'a, '_>,
    ) -> Result<Value<'a>, Stop> {
        self.spend(1)?;
        Ok(match expression {
            Expr::Constant(constant) => match constant {
                Constant::Null => Value::Null,
                Constant::Boolean(value) => Value::Boolean(*value),
                Constant::Number(number) => Value::Number(*number),
                Constant::Text(text) => Value::Text(Cow::Borrowed(text)),
            },
            Expr::All => {
                let all = self.all(scope);
                self.spend(all.weight())?;
                all
            }
            Expr::Path(names) => self.path(names, scope)?,
            Expr::Member(of, names) => {
                let mut value = self.value(of, scope)?;
                for name in names {
                    self.spend_member(&value)?;
                    value = value.into_member(name, self.version);
                }
                value
            }
            Expr::Variable(at) => self.variable(*at)?,
            Expr::Array(elements) => {
                let mut array = Vec::with_capacity(elements.len());
                for element in elements {
                    array.push(self.value(element, scope)?);
                }
                Value::Array(array)
            }
            Expr::Object(members) => {
                let mut object = Object::default();
                for (key, value) in members {
                    let value = self.value(value, scope)?;
                    object.put(Cow::Borrowed(key), value);
                }
                Value::Object(object.into_members())
            }
            Expr::Not(operand) => {
                let operand = self.value(operand, scope)?;
                Value::boolean(operand.to_boolean().map(|value| !value))
            }
            Expr::Negate(operand) => {
                let operand = self.value(operand, scope)?;
                Value::number(operator::number(&operand).map(|number| number.negated()))
            }
            Expr::And(operands) => self.logic(operands, scope, true)?,
            Expr::Or(operands) => self.logic(operands, scope, false)?,
            Expr::Compare(comparison, sides) => {
                let left = self.value(&sides.0, scope)?;
                let right = self.value(&sides.1, scope)?;
                self.spend(left.weight() + right.weight())?;
                operator::compare(*comparison, &left, &right, self.version)
            }
            Expr::In {
                value,
                among,
                negated,
            } => self.membership(value, among, *negated, scope)?,
            Expr::Arithmetic(first, rest) => {
                let mut result = self.value(first, scope)?;
                for (operator, operand) in rest {
                    let operand = self.value(operand, scope)?;
                    result = operator::apply(*operator, result, operand, self.version);
                    if let Value::Text(text) = &result {
                        self.spend_text(text.len())?;
                    }
                }
                result
            }
            Expr::Case {
                value,
                branches,
                otherwise,
            } => self.case(value, branches, otherwise.as_deref(), scope)?,
            Expr::Cast(value, kind) => {
                let value = self.value(value, scope)?;
                self.cast(value, *kind)?
            }
            Expr::Call(call) => self.call(call, scope)?,
            Expr::Query(query) => self.query(query, scope)?,
        })
    }

    /// `*`. A payload that is no JSON has no value.
    pub(super) fn all(&self, scope: Scope<'a, '_>) -> Value<'a> {
        match (scope, &self.document) {
            (Scope::Element(element), _) => element.clone(),
            (Scope::Payload, Document::Object(text, _) | Document::Other(text)) => {
                Value::read(text, self.version)
            }
            (Scope::Payload, Document::Bytes) => Value::Undefined,
        }
    }

    fn path(&mut self, names: &[Box<str>], scope: Scope<'a, '_>) -> Result<Value<'a>, Stop> {
        let (first, rest) = names.split_first().expect("a path has a name");
        let mut value = match scope {
            Scope::Element(element) => {
                self.spend_member(element)?;
                let member = element.member(first, self.version);
                self.spend(member.weight())?;
                member
            }
            Scope::Payload => {
                let Document::Object(_, members) = &self.document else {
                    return Ok(Value::Undefined);
                };
                // Of equal keys the last.
                match members.iter().rev().find(|member| member.is(first)) {
                    Some(member) => Value::read(member.value, self.version),
                    None => Value::Undefined,
                }
            }
        };
        for name in rest {
            self.spend_member(&value)?;
            value = value.into_member(name, self.version);
        }
        Ok(value)
    }

    /// Finding a member means reading the text before it, too.
    pub(super) fn spend_member(&mut self, value: &Value<'a>) -> Result<(), Stop> {
        match value {
            Value::Json(text) => self.spend(text.len() as u64 / 64),
            Value::Object(members) => self.spend(members.len() as u64 / 8),
            _ => Ok(()),
        }
    }

    fn variable(&mut self, at: usize) -> Result<Value<'a>, Stop> {
        if let Variable::Set(value, bytes) = &self.variables[at] {
            let (value, bytes) = (value.clone(), *bytes);
            self.spend(bytes as u64 / 16)?;
            return Ok(value);
        }
        let statement = self.statement;
        let value = self.value(&statement.variables[at], Scope::Payload)?;
        let bytes = value.to_json(self.version).len();
        self.variable_bytes += bytes;
        if self.variable_bytes > VARIABLE_BYTES {
            return Err(Stop::Failed(format!(
                "the variables of SET have more than {VARIABLE_BYTES} bytes together"
            )));
        }
        self.variables[at] = Variable::Set(value.clone(), bytes);
        Ok(value)
    }

    /// All operands must be Booleans or texts that say so (AWS guide: iot-sql-operators); none is left out.
    fn logic(
        &mut self,
        operands: &'a [Expr],
        scope: Scope<'a, '_>,
        and: bool,
    ) -> Result<Value<'a>, Stop> {
        let mut result = Some(and);
        for operand in operands {
            let value = self.value(operand, scope)?.to_boolean();
            result = match (result, value) {
                (Some(left), Some(right)) => Some(if and { left && right } else { left || right }),
                _ => None,
            };
        }
        Ok(Value::boolean(result))
    }

    fn membership(
        &mut self,
        value: &'a Expr,
        among: &'a [Expr],
        negated: bool,
        scope: Scope<'a, '_>,
    ) -> Result<Value<'a>, Stop> {
        let value = self.value(value, scope)?;
        let mut found = false;
        let alone = among.len() == 1;
        for candidate in among {
            let candidate = self.value(candidate, scope)?;
            let candidates = match alone && candidate.is_array() {
                true => candidate.into_elements(self.version).unwrap_or_default(),
                false => vec![candidate],
            };
            self.spend(candidates.len() as u64)?;
            found |= candidates
                .iter()
                .any(|candidate| value.equals(candidate, self.version) == Some(true));
        }
        Ok(match value {
            Value::Undefined => Value::Undefined,
            _ => Value::Boolean(found != negated),
        })
    }

    fn case(
        &mut self,
        value: &'a Expr,
        branches: &'a [(Expr, Expr)],
        otherwise: Option<&'a Expr>,
        scope: Scope<'a, '_>,
    ) -> Result<Value<'a>, Stop> {
        let value = self.value(value, scope)?;
        if value.is_undefined() {
            return Ok(Value::Undefined);
        }
        for (when, then) in branches {
            let when = self.value(when, scope)?;
            if value.equals(&when, self.version) == Some(true) {
                return self.value(then, scope);
            }
        }
        match otherwise {
            Some(otherwise) => self.value(otherwise, scope),
            None => Ok(Value::Undefined),
        }
    }

    fn cast(&mut self, value: Value<'a>, kind: Type) -> Result<Value<'a>, Stop> {
        let version = self.version;
        if kind == Type::Text {
            let text = value.into_text(version);
            self.spend_text(text.as_ref().map_or(0, |text| text.len()))?;
            return Ok(text.map_or(Value::Undefined, Value::Text));
        }
        Ok(math::cast(&value, kind, version))
    }
}
