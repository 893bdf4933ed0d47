//! What SELECT makes of an element, and SELECT within another. AWS guide: iot-sql-nested-queries.

use super::{Evaluation, Scope};
use crate::json;
use crate::lookup::Stop;
use crate::syntax::ast::{Expr, Item, Query, Selection};
use crate::value::{Object, Value};

impl<'a> Evaluation<'a> {
    /// Writes an object whose members are known to differ.
    pub(super) fn write_flat(&mut self, items: &'a [Item], out: &mut Vec<u8>) -> Result<(), Stop> {
        out.push(b'{');
        for item in items {
            let Item::Named(expression, path) = item else {
                continue;
            };
            let value = self.value(expression, Scope::Payload)?;
            if value.is_undefined() {
                continue;
            }
            if out.len() > 1 {
                out.push(b',');
            }
            json::write_text(out, &path[0]);
            out.push(b':');
            value.write(out, self.version);
        }
        out.push(b'}');
        Ok(())
    }

    pub(super) fn selected(
        &mut self,
        selection: &'a Selection,
        scope: Scope<'a, '_>,
    ) -> Result<Value<'a>, Stop> {
        let items = match selection {
            Selection::Value(expression) => return self.value(expression, scope),
            Selection::Items(items) => items,
        };
        if let [Item::All] = items[..] {
            return Ok(self.all(scope));
        }
        let mut object = Object::default();
        for item in items {
            match item {
                Item::All => {
                    let all = self.all(scope);
                    self.spend_member(&all)?;
                    for (key, value) in all.into_members(self.version).unwrap_or_default() {
                        object.put(key, value);
                    }
                }
                Item::Named(expression, path) => {
                    let value = self.value(expression, scope)?;
                    if !value.is_undefined() {
                        object.put_below(path, value, self.version);
                    }
                }
            }
        }
        Ok(Value::Object(object.into_members()))
    }

    /// Over an array: an array of what its WHERE lets through. Over an object: one result. `FROM *` gives an array, as
    /// AWS does for a payload that is an object.
    pub(super) fn query(
        &mut self,
        query: &'a Query,
        scope: Scope<'a, '_>,
    ) -> Result<Value<'a>, Stop> {
        let source = match &query.source {
            Some(source) => self.value(source, scope)?,
            None => self.all(scope),
        };
        let elements = match (&query.source, source) {
            (_, source) if source.is_array() => {
                source.into_elements(self.version).unwrap_or_default()
            }
            (Some(Expr::All), source) if source.is_object() => vec![source],
            (_, source) if source.is_object() => {
                let passes = self.passes_element(query, &source)?;
                return match passes {
                    true => self.selected(&query.selection, Scope::Element(&source)),
                    false => Ok(Value::Undefined),
                };
            }
            _ => return Ok(Value::Undefined),
        };
        let mut results = Vec::new();
        for element in &elements {
            self.spend(1)?;
            if self.passes_element(query, element)? {
                let result = self.selected(&query.selection, Scope::Element(element))?;
                if !result.is_undefined() {
                    results.push(result);
                }
            }
        }
        Ok(Value::Array(results))
    }

    fn passes_element(&mut self, query: &'a Query, element: &Value<'a>) -> Result<bool, Stop> {
        match &query.condition {
            None => Ok(true),
            Some(condition) => {
                Ok(self.value(condition, Scope::Element(element))?.to_boolean() == Some(true))
            }
        }
    }
}

/// Whether `*` is selected, alone or beside others, other than as a function's argument.
pub(super) fn names_all(selection: &Selection) -> bool {
    match selection {
        Selection::Value(Expr::All) => true,
        Selection::Value(_) => false,
        Selection::Items(items) => items
            .iter()
            .any(|item| matches!(item, Item::All | Item::Named(Expr::All, _))),
    }
}
