//! Calls of functions: which group answers, and those about the message and other services.
//! AWS guide: iot-sql-functions.

use super::{Evaluation, Scope, hash, math, text};
use crate::json;
use crate::lookup::{Lookup, Stop};
use crate::syntax::ast::{Call, Constant, Expr};
use crate::syntax::function::Function;
use crate::value::Value;
use std::borrow::Cow;

impl<'a> Evaluation<'a> {
    pub(super) fn call(&mut self, call: &'a Call, scope: Scope<'a, '_>) -> Result<Value<'a>, Stop> {
        use Function as F;
        let version = self.version;
        Ok(match call.function {
            F::AccountId => Value::text(self.message.account_id),
            F::ClientId => Value::text(self.message.client_id.unwrap_or("n/a")),
            F::Principal => self.message.principal.map_or(Value::Undefined, Value::text),
            F::SourceIp => self.message.source_ip.map_or(Value::Undefined, Value::text),
            F::TraceId => self.message.trace_id.map_or(Value::Undefined, Value::text),
            F::SqlVersion => Value::text(version.name()),
            F::Timestamp => Value::int(self.message.now_ms),
            F::NewUuid => {
                let mut bytes = [0; 16];
                bytes.copy_from_slice(&self.draw()[..16]);
                Value::text(
                    uuid::Builder::from_random_bytes(bytes)
                        .into_uuid()
                        .to_string(),
                )
            }
            F::Rand => {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&self.draw()[..8]);
                // The 53 bits that a double of [0, 1) has.
                math::double((u64::from_be_bytes(bytes) >> 11) as f64 / (1u64 << 53) as f64)
            }
            F::Topic => self.topic(call, scope)?,
            F::GetMqttProperty => {
                let name = self.argument(call, 0, scope)?;
                self.property(name.to_text(version).as_deref())
            }
            F::GetUserProperties => self.user_properties(call, scope)?,

            F::IsNull => Value::Boolean(matches!(self.argument(call, 0, scope)?, Value::Null)),
            F::IsUndefined => Value::Boolean(self.argument(call, 0, scope)?.is_undefined()),
            F::Nanvl => match self.argument(call, 0, scope)? {
                Value::Undefined | Value::Null => self.argument(call, 1, scope)?,
                value => value,
            },
            F::GetOrDefault => self.get_or_default(call, scope)?,

            F::Encode | F::Decode | F::Concat | F::Get | F::Transform => {
                self.collection(call, scope)?
            }
            F::ParseTime | F::TimeToEpoch => self.time(call, scope)?,
            F::RegexpMatches | F::RegexpReplace | F::RegexpSubstr => self.regexp(call, scope)?,
            F::Md2 | F::Md5 | F::Sha1 | F::Sha224 | F::Sha256 | F::Sha384 | F::Sha512 => {
                let value = self.argument(call, 0, scope)?;
                match value.to_text(version) {
                    Some(text) => {
                        self.spend_text(text.len())?;
                        Value::text(hash::hex_digest(call.function, text.as_bytes()))
                    }
                    None => Value::Undefined,
                }
            }
            F::AwsLambda
            | F::GetDynamoDb
            | F::GetRegistryData
            | F::GetSecret
            | F::GetThingShadow => self.external(call, scope)?,

            F::Chr
            | F::EndsWith
            | F::IndexOf
            | F::Length
            | F::Lower
            | F::Lpad
            | F::Ltrim
            | F::NumBytes
            | F::Replace
            | F::Rpad
            | F::Rtrim
            | F::StartsWith
            | F::Substring
            | F::Trim
            | F::Upper => {
                let arguments = self.arguments(call, scope)?;
                self.spend_text(text::size(call.function, &arguments))?;
                text::call(call.function, &arguments, version)
            }
            function => {
                let arguments = self.arguments(call, scope)?;
                math::call(function, &arguments)
            }
        })
    }

    /// An argument's value; Undefined where it was left out.
    pub(super) fn argument(
        &mut self,
        call: &'a Call,
        at: usize,
        scope: Scope<'a, '_>,
    ) -> Result<Value<'a>, Stop> {
        match call.arguments.get(at) {
            Some(argument) => self.value(argument, scope),
            None => Ok(Value::Undefined),
        }
    }

    pub(super) fn arguments(
        &mut self,
        call: &'a Call,
        scope: Scope<'a, '_>,
    ) -> Result<Vec<Value<'a>>, Stop> {
        call.arguments
            .iter()
            .map(|argument| self.value(argument, scope))
            .collect()
    }

    /// The topic without Basic Ingest's prefix, or one of its segments, counted from 1.
    fn topic(&mut self, call: &'a Call, scope: Scope<'a, '_>) -> Result<Value<'a>, Stop> {
        let message = self.message;
        let topic = message.own_topic();
        if call.arguments.is_empty() {
            return Ok(Value::text(topic));
        }
        let index = self.argument(call, 0, scope)?.to_index();
        let segment = index
            .and_then(|index| usize::try_from(index).ok()?.checked_sub(1))
            .and_then(|index| topic.split('/').nth(index));
        Ok(segment.map_or(Value::Undefined, Value::text))
    }

    fn property(&self, name: Option<&str>) -> Value<'a> {
        let properties = &self.message.properties;
        let text = match name {
            Some("content_type") => properties.content_type.map(Cow::Borrowed),
            Some("response_topic") => properties.response_topic.map(Cow::Borrowed),
            Some("correlation_data") => {
                properties
                    .correlation_data
                    .map(|data| match std::str::from_utf8(data) {
                        Ok(text) => Cow::Borrowed(text),
                        Err(_) => Cow::Owned(hash::base64(data)),
                    })
            }
            Some("format_indicator") => properties.utf8.map(|utf8| {
                Cow::Borrowed(match utf8 {
                    true => "UTF8_DATA",
                    false => "UNSPECIFIED_BYTES",
                })
            }),
            _ => None,
        };
        text.map_or(Value::Undefined, Value::Text)
    }

    /// All as objects of one pair, or with a key the values that have it.
    fn user_properties(&mut self, call: &'a Call, scope: Scope<'a, '_>) -> Result<Value<'a>, Stop> {
        let user = self.message.properties.user;
        self.spend(user.len() as u64)?;
        let found: Vec<Value<'a>> = if call.arguments.is_empty() {
            let pair = |(key, value): &'a (String, String)| {
                Value::Object(vec![(Cow::Borrowed(&**key), Value::text(&**value))])
            };
            user.iter().map(pair).collect()
        } else {
            let wanted = self.argument(call, 0, scope)?;
            let wanted = wanted.to_text(self.version);
            user.iter()
                .filter(|(key, _)| wanted.as_deref() == Some(key))
                .map(|(_, value)| Value::text(&**value))
                .collect()
        };
        Ok(match found.is_empty() {
            true => Value::Undefined,
            false => Value::Array(found),
        })
    }

    /// The only function that goes on where another could not ask its service.
    fn get_or_default(&mut self, call: &'a Call, scope: Scope<'a, '_>) -> Result<Value<'a>, Stop> {
        match self.argument(call, 0, scope) {
            Ok(Value::Undefined) | Err(Stop::External { .. }) => match call.arguments.get(1) {
                Some(default) => self.value(default, scope),
                None => Ok(Value::Null),
            },
            other => other,
        }
    }

    fn external(&mut self, call: &'a Call, scope: Scope<'a, '_>) -> Result<Value<'a>, Stop> {
        let Some(lookup) = self.question(call, scope)? else {
            return Ok(Value::Undefined);
        };
        let version = self.version;
        let failed = |reason: &str| Stop::External {
            function: call.function.name(),
            reason: reason.into(),
        };
        let secret_key = match &lookup {
            Lookup::Secret { binary, .. } if call.arguments.len() == 4 => {
                let key = self.argument(call, 2, scope)?;
                let key = key.to_text(version).map(Cow::into_owned);
                Some((*binary, key.ok_or_else(|| failed("the key is Undefined"))?))
            }
            _ => None,
        };
        let is_secret = matches!(lookup, Lookup::Secret { .. });
        let answer = self.ask(lookup)?;
        if let Some((binary, key)) = secret_key {
            if binary {
                return Err(failed("SecretBinary has no keys"));
            }
            let Some((text, Some(_))) = json::document(answer) else {
                return Err(failed("the secret is no JSON object, so it has no keys"));
            };
            return match json::member(text, &key) {
                Some(value) => Ok(Value::read(value, version)),
                None => Err(failed("the secret has no such key")),
            };
        }
        match json::document(answer) {
            Some((text, Some(_))) => Ok(Value::read(text, version)),
            _ if is_secret => Ok(Value::text(answer)),
            Some((text, None)) => Ok(Value::read(text, version)),
            None => Err(failed("the answer is no JSON")),
        }
    }

    /// What an external function asks. `None` where an argument is Undefined.
    fn question(&mut self, call: &'a Call, scope: Scope<'a, '_>) -> Result<Option<Lookup>, Stop> {
        let version = self.version;
        let last = call.arguments.len() - 1;
        let role_arn = match &call.arguments[last] {
            Expr::Constant(Constant::Text(role)) => role.to_string(),
            _ => String::new(),
        };
        let text = |evaluation: &mut Self, at: usize| -> Result<Option<String>, Stop> {
            let value = evaluation.argument(call, at, scope)?;
            Ok(value.to_text(version).map(Cow::into_owned))
        };
        let Some(first) = text(self, 0)? else {
            return Ok(None);
        };
        Ok(match call.function {
            Function::AwsLambda => {
                let input = self.argument(call, 1, scope)?;
                match input.is_undefined() {
                    true => None,
                    false => Some(Lookup::Lambda {
                        function_arn: first,
                        input: input.to_json(version),
                    }),
                }
            }
            Function::GetThingShadow => {
                let shadow = match last {
                    1 => None,
                    _ => match text(self, 1)? {
                        None => return Ok(None),
                        shadow => shadow,
                    },
                };
                Some(Lookup::ThingShadow {
                    thing: first,
                    shadow,
                    role_arn,
                })
            }
            Function::GetDynamoDb => {
                let mut key = Vec::new();
                for at in (1..last).step_by(2) {
                    let Some(name) = text(self, at)? else {
                        return Ok(None);
                    };
                    let value = self.argument(call, at + 1, scope)?;
                    if !matches!(value, Value::Text(_) | Value::Number(_)) {
                        return Ok(None);
                    }
                    key.push((name, value.to_json(version)));
                }
                Some(Lookup::DynamoDb {
                    table: first,
                    key,
                    role_arn,
                })
            }
            Function::GetRegistryData => text(self, 1)?.map(|thing| Lookup::Registry {
                operation: first,
                thing,
                role_arn,
            }),
            _ => Some(Lookup::Secret {
                id: first,
                binary: text(self, 1)?.as_deref() == Some("SecretBinary"),
                role_arn,
            }),
        })
    }
}
