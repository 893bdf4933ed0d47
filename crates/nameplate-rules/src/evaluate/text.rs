//! Functions of texts, regular expressions among them. AWS guide: iot-sql-functions.
//!
//! Characters are Unicode's; AWS, written in Java, counts those beyond U+FFFF twice.

use super::{Evaluation, Scope};
use crate::lookup::Stop;
use crate::syntax::ast::Call;
use crate::syntax::function::Function;
use crate::syntax::pattern::{Pattern, replace_all};
use crate::value::Value;
use crate::version::SqlVersion;
use std::borrow::Cow;

/// Most spaces that `lpad` and `rpad` add.
const PADDING: i128 = 1000;

/// Bytes that the result may have, for what it costs.
pub(super) fn size(function: Function, arguments: &[Value<'_>]) -> usize {
    let bytes = |at: usize| match arguments.get(at) {
        Some(Value::Text(text)) => text.len(),
        Some(value) => value.weight() as usize * 16,
        None => 0,
    };
    match function {
        // Each place between two characters may take the third text.
        Function::Replace => match arguments.get(1) {
            Some(Value::Text(find)) => {
                let times = (bytes(0) + 1) / find.len().max(1) + 1;
                bytes(0) + times.saturating_mul(bytes(2)).min(super::TEXT_BYTES * 64)
            }
            _ => bytes(0),
        },
        Function::Lpad | Function::Rpad => bytes(0) + PADDING as usize,
        _ => bytes(0),
    }
}

pub(super) fn call<'a>(
    function: Function,
    arguments: &[Value<'a>],
    version: SqlVersion,
) -> Value<'a> {
    evaluate(function, arguments, version).unwrap_or(Value::Undefined)
}

fn evaluate<'a>(
    function: Function,
    arguments: &[Value<'a>],
    version: SqlVersion,
) -> Option<Value<'a>> {
    use Function as F;
    let text = |at: usize| arguments.get(at)?.to_text(version);
    let owned = |text: &str| Some(Value::text(text.to_owned()));
    if function == F::Chr {
        let code = u8::try_from(arguments.first()?.to_number()?.floor()?).ok()?;
        return owned(char::from(code.is_ascii().then_some(code)?).encode_utf8(&mut [0; 4]));
    }
    let first = text(0)?;
    match function {
        F::Length => Some(Value::int(first.chars().count() as i128)),
        F::NumBytes => Some(Value::int(first.len() as i128)),
        F::Lower => owned(&first.to_lowercase()),
        F::Upper => owned(&first.to_uppercase()),
        F::Trim => owned(first.trim()),
        F::Ltrim => owned(first.trim_start()),
        F::Rtrim => owned(first.trim_end()),
        F::StartsWith => Some(Value::Boolean(first.starts_with(&*text(1)?))),
        F::EndsWith => Some(Value::Boolean(first.ends_with(&*text(1)?))),
        F::IndexOf => {
            let at = first.find(&*text(1)?)?;
            Some(Value::int(first[..at].chars().count() as i128))
        }
        F::Replace => owned(&first.replace(&*text(1)?, &text(2)?)),
        F::Lpad | F::Rpad => {
            let spaces = arguments.get(1)?.to_index()?.clamp(0, PADDING) as usize;
            let spaces = " ".repeat(spaces);
            Some(Value::text(match function {
                F::Lpad => spaces + &first,
                _ => first.into_owned() + &spaces,
            }))
        }
        F::Substring => {
            let length = first.chars().count() as i128;
            let index = |at: usize| Some(arguments.get(at)?.to_index()?.clamp(0, length) as usize);
            let from = index(1)?;
            let to = match arguments.get(2) {
                Some(_) => index(2)?,
                None => length as usize,
            };
            let part: String = first
                .chars()
                .skip(from)
                .take(to.saturating_sub(from))
                .collect();
            Some(Value::text(part))
        }
        _ => None,
    }
}

impl<'a> Evaluation<'a> {
    pub(super) fn regexp(
        &mut self,
        call: &'a Call,
        scope: Scope<'a, '_>,
    ) -> Result<Value<'a>, Stop> {
        let version = self.version;
        let arguments = self.arguments(call, scope)?;
        let text = |at: usize| arguments.get(at).and_then(|value| value.to_text(version));
        let (Some(subject), Some(expression)) = (text(0), text(1)) else {
            return Ok(Value::Undefined);
        };
        self.spend_text(subject.len())?;
        let compiled;
        let pattern = match &call.pattern {
            Some(pattern) => pattern,
            None => {
                // Compiling costs far more than reading.
                self.spend(1000 + expression.len() as u64 * 100)?;
                compiled = Pattern::new(&expression);
                &compiled
            }
        };
        let Pattern::Valid(regex) = pattern else {
            return Ok(Value::Undefined);
        };
        Ok(match call.function {
            Function::RegexpMatches => Value::Boolean(regex.is_match(&subject)),
            Function::RegexpSubstr => match regex.find(&subject) {
                Some(found) => Value::text(found.as_str().to_owned()),
                None => Value::Undefined,
            },
            _ => {
                let Some(with) = text(2) else {
                    return Ok(Value::Undefined);
                };
                let most = (subject.len() + 1).saturating_mul(subject.len() + with.len());
                let matches = regex.find_iter(&subject).count();
                let most = most.min(subject.len() + matches * (subject.len() + with.len()));
                self.spend_text(most.min(super::TEXT_BYTES))?;
                let replaced = replace_all(regex, &subject, &with, super::TEXT_BYTES);
                if replaced
                    .as_ref()
                    .is_some_and(|text| text.len() > super::TEXT_BYTES)
                {
                    return Err(super::too_long());
                }
                replaced.map_or(Value::Undefined, |text| Value::Text(Cow::Owned(text)))
            }
        })
    }
}
