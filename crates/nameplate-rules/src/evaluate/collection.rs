//! Functions of arrays, objects and whole payloads. AWS guide: iot-sql-functions.

use super::{Evaluation, Scope, hash};
use crate::json;
use crate::lookup::Stop;
use crate::syntax::ast::{Call, Expr};
use crate::syntax::function::Function;
use crate::value::{Object, Value};
use std::borrow::Cow;

/// Bytes of the array that `transform` gives (AWS guide: transform).
const TRANSFORMED_BYTES: usize = 128 * 1024;

impl<'a> Evaluation<'a> {
    pub(super) fn collection(
        &mut self,
        call: &'a Call,
        scope: Scope<'a, '_>,
    ) -> Result<Value<'a>, Stop> {
        match call.function {
            Function::Encode => self.encode(call, scope),
            Function::Decode => self.decode(call, scope),
            Function::Concat => {
                let arguments = self.arguments(call, scope)?;
                self.concat(arguments)
            }
            Function::Transform => {
                let arguments = self.arguments(call, scope)?;
                self.transform(arguments)
            }
            _ => self.get(call, scope),
        }
    }

    /// `*` is the payload's bytes, whatever they are.
    fn encode(&mut self, call: &'a Call, scope: Scope<'a, '_>) -> Result<Value<'a>, Stop> {
        if let (Some(Expr::All), Scope::Payload) = (call.arguments.first(), scope) {
            let payload = self.message.payload;
            self.spend_text(payload.len())?;
            return Ok(Value::text(hash::base64(payload)));
        }
        let value = self.argument(call, 0, scope)?;
        let Some(text) = value.to_text(self.version) else {
            return Ok(Value::Undefined);
        };
        self.spend_text(text.len())?;
        Ok(Value::text(hash::base64(text.as_bytes())))
    }

    /// JSON where it is JSON, else a text; Null where it cannot be decoded.
    fn decode(&mut self, call: &'a Call, scope: Scope<'a, '_>) -> Result<Value<'a>, Stop> {
        let value = self.argument(call, 0, scope)?;
        let Some(text) = value.to_text(self.version) else {
            return Ok(Value::Undefined);
        };
        self.spend_text(text.len() * 4)?;
        let decoded = hash::from_base64(&text).and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(decoded) = decoded else {
            return Ok(Value::Null);
        };
        Ok(match json::document(&decoded) {
            Some((text, _)) => Value::read_owned(text, self.version),
            None => Value::text(decoded),
        })
    }

    /// With an array among them one array of all, else with a text among them one text.
    fn concat(&mut self, mut arguments: Vec<Value<'a>>) -> Result<Value<'a>, Stop> {
        let version = self.version;
        if arguments.len() < 2 {
            return Ok(arguments.pop().unwrap_or(Value::Undefined));
        }
        if arguments.iter().any(Value::is_array) {
            let mut all = Vec::new();
            for argument in arguments {
                self.spend(argument.weight())?;
                match argument.is_array() {
                    true => all.extend(argument.into_elements(version).unwrap_or_default()),
                    false => all.push(argument),
                }
            }
            return Ok(Value::Array(all));
        }
        if !arguments
            .iter()
            .any(|argument| matches!(argument, Value::Text(_)))
        {
            return Ok(Value::Undefined);
        }
        let mut text = String::new();
        for argument in &arguments {
            let Some(part) = argument.to_text(version) else {
                return Ok(Value::Undefined);
            };
            text.push_str(&part);
            self.spend_text(text.len())?;
        }
        Ok(Value::text(text))
    }

    fn get(&mut self, call: &'a Call, scope: Scope<'a, '_>) -> Result<Value<'a>, Stop> {
        let collection = self.argument(call, 0, scope)?;
        let key = self.argument(call, 1, scope)?;
        let version = self.version;
        self.spend_member(&collection)?;
        if collection.is_object() {
            return Ok(match key {
                Value::Text(key) => collection.into_member(&key, version),
                _ => Value::Undefined,
            });
        }
        let Some(index) = key.to_index().and_then(|index| usize::try_from(index).ok()) else {
            return Ok(Value::Undefined);
        };
        Ok(match collection {
            Value::Json(text) => json::elements(text)
                .nth(index)
                .map_or(Value::Undefined, |element| Value::read(element, version)),
            Value::Array(elements) => elements.into_iter().nth(index).unwrap_or(Value::Undefined),
            Value::Text(text) => match text.chars().nth(index) {
                Some(c) => Value::text(c.to_string()),
                None => Value::Undefined,
            },
            _ => Value::Undefined,
        })
    }

    fn transform(&mut self, arguments: Vec<Value<'a>>) -> Result<Value<'a>, Stop> {
        let version = self.version;
        let Ok([mode, attributes, array]) = <[Value<'a>; 3]>::try_from(arguments) else {
            return Ok(Value::Undefined);
        };
        let weight = attributes.weight() + 1;
        let (true, Some(attributes), Some(elements)) = (
            matches!(&mode, Value::Text(mode) if mode == "enrichArray"),
            attributes.into_members(version),
            array.into_elements(version),
        ) else {
            return Ok(Value::Undefined);
        };
        let mut results = Vec::with_capacity(elements.len());
        let mut bytes = 0;
        for element in elements {
            self.spend(weight + element.weight())?;
            let Some(members) = element.into_members(version) else {
                return Ok(Value::Undefined);
            };
            let mut object = Object::default();
            for (key, value) in members {
                object.put(key, value);
            }
            for (key, value) in &attributes {
                object.put(Cow::clone(key), value.clone());
            }
            let result = Value::Object(object.into_members());
            bytes += result.to_json(version).len() + 1;
            if bytes > TRANSFORMED_BYTES {
                return Err(Stop::Failed(format!(
                    "transform would give more than {TRANSFORMED_BYTES} bytes"
                )));
            }
            results.push(result);
        }
        Ok(Value::Array(results))
    }
}
