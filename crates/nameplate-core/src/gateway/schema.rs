//! JSON Schema, draft 4, as far as models of REST APIs use it, and what of a body does not fit one.
//! [json-schema.org: draft-fge-json-schema-validation-00; API Gateway developer guide: data models]
//!
//! Must not know where models are kept: who asks brings them.

use super::Refusal;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How deep a body or a schema is looked into.
const DEPTH: usize = 64;
/// Comparisons for one body. Schemas that refer to themselves could ask for any number.
const STEPS: usize = 200_000;
/// What a model of an API is named by in other models; its name follows behind the API's id.
const MODELS: &str = "https://apigateway.amazonaws.com/restapis/";
/// Errors that are told of one body.
const TOLD: usize = 16;

/// Schemas of an API's models by their names.
pub type Schemas = BTreeMap<String, Value>;

/// The name of the model that a `$ref` outside of its document means.
fn model_of(reference: &str) -> Option<&str> {
    let (_, name) = reference.strip_prefix(MODELS)?.split_once("/models/")?;
    Some(name)
}

/// The names of the other models that a schema refers to.
pub fn references(schema: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut left = vec![schema];
    while let Some(value) = left.pop() {
        match value {
            Value::Object(members) => {
                let named = members.get("$ref").and_then(Value::as_str);
                found.extend(named.and_then(model_of));
                left.extend(members.values());
            }
            Value::Array(items) => left.extend(items),
            _ => {}
        }
    }
    found
}

/// Whether a schema can be kept: a document whose patterns can be tried.
///
/// # Errors
/// AWS's, or that a pattern is one which this server cannot try.
pub fn check(text: &str) -> Result<Value, Refusal> {
    let none = || {
        Refusal::Invalid("Model schema must have at least 1 property or array items defined".into())
    };
    if text.trim().is_empty() {
        return Err(none());
    }
    let wrong = |why: String| {
        Refusal::Invalid(format!(
            "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified. {why}]"
        ))
    };
    let schema: Value = serde_json::from_str(text).map_err(|why| wrong(why.to_string()))?;
    let Value::Object(_) = &schema else {
        return Err(wrong("It is no object".into()));
    };
    let mut left = vec![(&schema, 0)];
    while let Some((value, depth)) = left.pop() {
        if depth > DEPTH {
            return Err(wrong("It is nested too deep".into()));
        }
        let Value::Object(members) = value else {
            if let Value::Array(items) = value {
                left.extend(items.iter().map(|item| (item, depth + 1)));
            }
            continue;
        };
        if let Some(pattern) = members.get("pattern").and_then(Value::as_str) {
            regular(pattern)
                .ok_or_else(|| Refusal::NotBuilt(format!("the pattern {pattern} in models")))?;
        }
        if let Some(kind) = members.get("type") {
            check_type(kind).map_err(wrong)?;
        }
        // Values that are named there are no schemas.
        let schemas = members
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "enum" | "default" | "example"));
        left.extend(schemas.map(|(_, value)| (value, depth + 1)));
    }
    Ok(schema)
}

const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// Whether a member called `type` could be a schema's. A property may have that name too.
fn check_type(kind: &Value) -> Result<(), String> {
    match kind {
        Value::String(name) if !TYPES.contains(&name.as_str()) => {
            Err(format!("Unsupported type: {name}"))
        }
        _ => Ok(()),
    }
}

fn regular(pattern: &str) -> Option<regex::Regex> {
    regex::RegexBuilder::new(pattern)
        .size_limit(256 << 10)
        .build()
        .ok()
}

/// What does not fit, in the order in which it is found; nothing where the body is valid.
pub fn errors(schemas: &Schemas, name: &str, body: &Value) -> Vec<String> {
    let Some(root) = schemas.get(name) else {
        return vec![format!("the model {name} is not there")];
    };
    let mut look = Look {
        schemas,
        found: Vec::new(),
        steps: STEPS,
    };
    look.at(root, root, body, 0);
    look.found
}

struct Look<'s> {
    schemas: &'s Schemas,
    found: Vec<String>,
    steps: usize,
}

impl<'s> Look<'s> {
    fn say(&mut self, text: String) {
        if self.found.len() < TOLD {
            self.found.push(text);
        }
    }

    /// Whether a schema lets a value through, without telling why not.
    fn fits(&mut self, root: &'s Value, schema: &'s Value, value: &Value, depth: usize) -> bool {
        let kept = std::mem::take(&mut self.found);
        self.at(root, schema, value, depth);
        let fits = self.found.is_empty();
        self.found = kept;
        fits
    }

    /// The schema that a reference means, with the document that it stands in.
    fn referred(&self, root: &'s Value, reference: &str) -> Option<(&'s Value, &'s Value)> {
        if let Some(pointer) = reference.strip_prefix('#') {
            return Some((root, root.pointer(pointer)?));
        }
        let found = self.schemas.get(model_of(reference)?)?;
        Some((found, found))
    }

    fn at(&mut self, root: &'s Value, schema: &'s Value, value: &Value, depth: usize) {
        let Some(steps) = self.steps.checked_sub(1).filter(|_| depth <= DEPTH) else {
            return self.say("the body or its schema is nested too deep".into());
        };
        self.steps = steps;
        let Value::Object(members) = schema else {
            return;
        };
        // What stands beside a reference does not count. [draft-pbryan-zyp-json-ref-03]
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            return match self.referred(root, reference) {
                Some((root, schema)) => self.at(root, schema, value, depth + 1),
                None => self.say(format!("the reference {reference} leads nowhere")),
            };
        }
        self.kind(members, value);
        if let Some(allowed) = members.get("enum").and_then(Value::as_array)
            && !allowed.iter().any(|one| same(one, value))
        {
            let allowed = Value::from(allowed.clone());
            self.say(format!(
                "instance value ({value}) not found in enum (possible values: {allowed})"
            ));
        }
        match value {
            Value::Number(number) => self.number(members, number),
            Value::String(text) => self.text(members, text),
            Value::Array(items) => self.list(root, members, items, depth),
            Value::Object(of) => self.object(root, members, of, depth),
            _ => {}
        }
        self.combined(root, members, value, depth);
    }

    fn kind(&mut self, schema: &Map<String, Value>, value: &Value) {
        let Some(kind) = schema.get("type") else {
            return;
        };
        let allowed: Vec<&str> = match kind {
            Value::String(name) => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        let is = kind_of(value);
        let fits = |name: &&str| *name == is || *name == "number" && is == "integer";
        if !allowed.iter().any(fits) {
            let mut allowed = allowed;
            // An integer is a number, and is named beside it.
            if allowed.contains(&"number") && !allowed.contains(&"integer") {
                allowed.push("integer");
            }
            allowed.sort_unstable();
            let allowed = Value::from(allowed);
            self.say(format!("instance type ({is}) does not match any allowed primitive type (allowed: {allowed})"));
        }
    }

    fn number(&mut self, schema: &Map<String, Value>, number: &serde_json::Number) {
        let Some(found) = number.as_f64() else { return };
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        let excludes = |name: &str| schema.get(name) == Some(&Value::Bool(true));
        if let Some(least) = bound("minimum") {
            let shown = &schema["minimum"];
            if found < least {
                self.say(format!("numeric instance is lower than the required minimum (minimum: {shown}, found: {number})"));
            } else if found == least && excludes("exclusiveMinimum") {
                self.say(format!(
                    "numeric instance is not strictly greater than the required minimum {shown}"
                ));
            }
        }
        if let Some(most) = bound("maximum") {
            let shown = &schema["maximum"];
            if found > most {
                self.say(format!("numeric instance is greater than the required maximum (maximum: {shown}, found: {number})"));
            } else if found == most && excludes("exclusiveMaximum") {
                self.say(format!(
                    "numeric instance is not strictly lower than the required maximum {shown}"
                ));
            }
        }
        if let Some(step) = bound("multipleOf").filter(|step| *step > 0.0) {
            let times = found / step;
            if (times - times.round()).abs() > 1e-9 {
                let shown = &schema["multipleOf"];
                self.say(format!(
                    "remainder of division is not zero ({number} / {shown})"
                ));
            }
        }
    }

    fn text(&mut self, schema: &Map<String, Value>, text: &str) {
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
        let length = text.chars().count() as u64;
        let shown = || Value::from(text);
        if let Some(least) = bound("minLength").filter(|least| length < *least) {
            let shown = shown();
            self.say(format!(
                "string {shown} is too short (length: {length}, required minimum: {least})"
            ));
        }
        if let Some(most) = bound("maxLength").filter(|most| length > *most) {
            let shown = shown();
            self.say(format!(
                "string {shown} is too long (length: {length}, maximum allowed: {most})"
            ));
        }
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
            && !regular(pattern).is_some_and(|pattern| pattern.is_match(text))
        {
            let (pattern, shown) = (Value::from(pattern), shown());
            self.say(format!(
                "ECMA 262 regex {pattern} does not match input string {shown}"
            ));
        }
        if let Some(format) = schema.get("format").and_then(Value::as_str)
            && !formatted(format, text)
        {
            let shown = shown();
            self.say(format!("string {shown} is invalid against format {format}"));
        }
    }

    fn list(
        &mut self,
        root: &'s Value,
        schema: &'s Map<String, Value>,
        items: &[Value],
        depth: usize,
    ) {
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
        let length = items.len() as u64;
        if let Some(least) = bound("minItems").filter(|least| length < *least) {
            self.say(format!("array is too short: must have at least {least} elements but instance has {length} elements"));
        }
        if let Some(most) = bound("maxItems").filter(|most| length > *most) {
            self.say(format!("array is too long: must have at most {most} elements but instance has {length} elements"));
        }
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            let mut texts: Vec<String> = items.iter().map(Value::to_string).collect();
            texts.sort_unstable();
            texts.dedup();
            if texts.len() < items.len() {
                self.say("array must not contain duplicate elements".into());
            }
        }
        match schema.get("items") {
            Some(of @ Value::Object(_)) => {
                for item in items {
                    self.at(root, of, item, depth + 1);
                }
            }
            Some(Value::Array(each)) => {
                for (of, item) in each.iter().zip(items) {
                    self.at(root, of, item, depth + 1);
                }
                let more = items.get(each.len()..).unwrap_or_default();
                match schema.get("additionalItems") {
                    Some(Value::Bool(false)) if !more.is_empty() => self.say(format!(
                        "array is too long: must have at most {} elements but instance has {length} elements",
                        each.len()
                    )),
                    Some(of @ Value::Object(_)) => {
                        for item in more {
                            self.at(root, of, item, depth + 1);
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn object(
        &mut self,
        root: &'s Value,
        schema: &'s Map<String, Value>,
        of: &Map<String, Value>,
        depth: usize,
    ) {
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
        let count = of.len() as u64;
        if let Some(least) = bound("minProperties").filter(|least| count < *least) {
            self.say(format!(
                "object has too few properties (found {count} but schema requires at least {least})"
            ));
        }
        if let Some(most) = bound("maxProperties").filter(|most| count > *most) {
            self.say(format!(
                "object has too many properties (found {count} but schema requires at most {most})"
            ));
        }
        let required = schema.get("required").and_then(Value::as_array);
        let names = required.into_iter().flatten().filter_map(Value::as_str);
        let missing: Vec<&str> = names.filter(|name| !of.contains_key(*name)).collect();
        if !missing.is_empty() {
            let missing = Value::from(missing);
            self.say(format!(
                "object has missing required properties ({missing})"
            ));
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let patterns: Vec<_> = patterns
            .into_iter()
            .flatten()
            .filter_map(|(pattern, of)| Some((regular(pattern)?, of)))
            .collect();
        let mut others = Vec::new();
        for (name, value) in of {
            let mut known = false;
            if let Some(schema) = properties.and_then(|all| all.get(name)) {
                known = true;
                self.at(root, schema, value, depth + 1);
            }
            for (pattern, schema) in &patterns {
                if pattern.is_match(name) {
                    known = true;
                    self.at(root, schema, value, depth + 1);
                }
            }
            match schema.get("additionalProperties") {
                Some(Value::Bool(false)) if !known => others.push(name.as_str()),
                Some(schema @ Value::Object(_)) if !known => {
                    self.at(root, schema, value, depth + 1);
                }
                _ => {}
            }
        }
        if !others.is_empty() {
            let others = Value::from(others);
            self.say(format!(
                "object instance has properties which are not allowed by the schema: {others}"
            ));
        }
        let dependencies = schema.get("dependencies").and_then(Value::as_object);
        for (name, needs) in dependencies.into_iter().flatten() {
            if !of.contains_key(name) {
                continue;
            }
            match needs {
                Value::Array(names) => {
                    let names = names.iter().filter_map(Value::as_str);
                    let missing: Vec<&str> = names.filter(|name| !of.contains_key(*name)).collect();
                    if !missing.is_empty() {
                        let missing = Value::from(missing);
                        self.say(format!("property \"{name}\" of object has missing property dependencies (missing: {missing})"));
                    }
                }
                schema => self.at(root, schema, &Value::Object(of.clone()), depth + 1),
            }
        }
    }

    fn combined(
        &mut self,
        root: &'s Value,
        schema: &'s Map<String, Value>,
        value: &Value,
        depth: usize,
    ) {
        let list = |name: &str| schema.get(name).and_then(Value::as_array);
        let mut count = |all: &'s Vec<Value>| {
            let mut fitting = 0;
            for one in all {
                fitting += usize::from(self.fits(root, one, value, depth + 1));
            }
            (fitting, all.len())
        };
        let all = list("allOf").map(&mut count);
        let any = list("anyOf").map(&mut count);
        let one = list("oneOf").map(&mut count);
        if let Some((fitting, of)) = all.filter(|(fitting, of)| fitting < of) {
            self.say(format!(
                "instance failed to match all required schemas (matched only {fitting} out of {of})"
            ));
        }
        if let Some((_, of)) = any.filter(|(fitting, _)| *fitting == 0) {
            self.say(format!(
                "instance failed to match at least one required schema among {of}"
            ));
        }
        if let Some((fitting, of)) = one.filter(|(fitting, _)| *fitting != 1) {
            self.say(format!(
                "instance failed to match exactly one schema (matched {fitting} out of {of})"
            ));
        }
        if let Some(not) = schema.get("not")
            && self.fits(root, not, value, depth + 1)
        {
            self.say("instance matched a schema which it should not have".into());
        }
    }
}

/// Equal as JSON Schema has it: `1` and `1.0` are one number.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Formats that are not known fit.
fn formatted(format: &str, text: &str) -> bool {
    let label = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    match format {
        "date-time" => {
            time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339)
                .is_ok()
        }
        "email" => text.split_once('@').is_some_and(|(name, host)| {
            let plain = |byte: u8| byte > b' ' && byte != b'@' && byte != 0x7f;
            !name.is_empty() && name.bytes().all(plain) && host.split('.').all(label)
        }),
        "hostname" => text.len() <= 255 && text.split('.').all(label),
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "uri" => text.split_once(':').is_some_and(|(scheme, rest)| {
            let plain = |byte: u8| byte > b' ' && byte < 0x7f && !b"<>\"{}|\\^`".contains(&byte);
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
                && rest.bytes().all(plain)
        }),
        "regex" => regular(text).is_some(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn told(schema: Value, body: Value) -> String {
        let schemas = Schemas::from([("M".to_owned(), schema)]);
        errors(&schemas, "M", &body).join("; ")
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let numbers = json!({"type": "object", "required": ["a", "b"],
            "properties": {"a": {"type": "number"}, "b": {"type": "number"}}});
        let check = |schema: &Value, body: Value, expected: &str| {
            assert_eq!(
                told(schema.clone(), body.clone()),
                expected,
                "{schema} {body}"
            );
        };
        check(&numbers, json!({"a": 1, "b": 2.5, "c": null}), "");
        check(
            &numbers,
            json!({"a": 1}),
            r#"object has missing required properties (["b"])"#,
        );
        check(
            &numbers,
            json!({"a": "1", "b": 2}),
            r#"instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])"#,
        );
        check(
            &numbers,
            json!([]),
            r#"instance type (array) does not match any allowed primitive type (allowed: ["object"])"#,
        );
        let whole = json!({"type": "integer", "minimum": 1, "maximum": 5, "exclusiveMaximum": true, "multipleOf": 2});
        check(&whole, json!(4), "");
        check(
            &whole,
            json!(0),
            "numeric instance is lower than the required minimum (minimum: 1, found: 0)",
        );
        check(
            &json!({"maximum": 5, "exclusiveMaximum": true}),
            json!(5),
            "numeric instance is not strictly lower than the required maximum 5",
        );
        check(
            &whole,
            json!(3),
            "remainder of division is not zero (3 / 2)",
        );
        let text = json!({"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^a"});
        check(&text, json!("ab"), "");
        check(
            &text,
            json!("a"),
            r#"string "a" is too short (length: 1, required minimum: 2)"#,
        );
        check(
            &text,
            json!("bcde"),
            concat!(
                r#"string "bcde" is too long (length: 4, maximum allowed: 3); "#,
                r#"ECMA 262 regex "^a" does not match input string "bcde""#
            ),
        );
        check(
            &json!({"enum": ["cat", 1]}),
            json!("dog"),
            r#"instance value ("dog") not found in enum (possible values: ["cat",1])"#,
        );
        check(&json!({"enum": ["cat", 1]}), json!(1.0), "");
        let closed = json!({"properties": {"a": {}}, "patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": false});
        check(&closed, json!({"a": 1, "x-b": "c"}), "");
        check(
            &closed,
            json!({"z": 1}),
            r#"object instance has properties which are not allowed by the schema: ["z"]"#,
        );
        let list = json!({"type": "array", "items": {"type": "integer"}, "minItems": 1, "uniqueItems": true});
        check(&list, json!([1, 2]), "");
        check(
            &list,
            json!([]),
            "array is too short: must have at least 1 elements but instance has 0 elements",
        );
        check(
            &list,
            json!([1, 1]),
            "array must not contain duplicate elements",
        );
        let either = json!({"oneOf": [{"type": "integer"}, {"minimum": 2}]});
        check(&either, json!(1), "");
        check(
            &either,
            json!(3),
            "instance failed to match exactly one schema (matched 2 out of 2)",
        );
        check(
            &json!({"not": {"type": "null"}}),
            Value::Null,
            "instance matched a schema which it should not have",
        );
        check(
            &json!({"format": "date-time"}),
            json!("2026-01-02T03:04:05Z"),
            "",
        );
        check(
            &json!({"format": "email"}),
            json!("x"),
            r#"string "x" is invalid against format email"#,
        );
    }

    #[test]
    fn references_are_followed() {
        let pet = json!({"type": "object", "properties": {"name": {"$ref": "#/definitions/name"}},
            "definitions": {"name": {"type": "string"}}});
        let pets = json!({"type": "array", "items": {"$ref": "https://apigateway.amazonaws.com/restapis/a1/models/Pet"}});
        assert_eq!(references(&pets), ["Pet"]);
        let schemas = Schemas::from([("Pet".to_owned(), pet), ("Pets".to_owned(), pets)]);
        assert!(errors(&schemas, "Pets", &json!([{"name": "rex"}])).is_empty());
        assert_eq!(errors(&schemas, "Pets", &json!([{"name": 1}])).len(), 1);
        // One that only refers to itself ends.
        let schemas = Schemas::from([("M".to_owned(), json!({"$ref": "#"}))]);
        assert_eq!(errors(&schemas, "M", &json!(1)).len(), 1);
        let wide = json!({"allOf": [{"$ref": "#"}, {"$ref": "#"}, {"$ref": "#"}]});
        assert!(!errors(&Schemas::from([("M".to_owned(), wide)]), "M", &json!(1)).is_empty());
    }

    #[test]
    fn schemas_that_cannot_be_kept() {
        let check = |text: &str, part: &str| {
            let why = check(text).expect_err(text).to_string();
            assert!(why.contains(part), "{text}: {why}");
        };
        check(
            "",
            "Model schema must have at least 1 property or array items defined",
        );
        check("{", "Invalid model schema specified");
        check("[]", "It is no object");
        check(r#"{"type": "file"}"#, "Unsupported type: file");
        check(r#"{"pattern": "(?=x)"}"#, "the pattern (?=x) in models");
    }

    proptest! {
        #[test]
        fn any_schema_has_an_answer(schema in r##"\{("(type|items|[$]ref|not|enum|pattern)": ("string"|"#"|\{\}|\[1\]|"a+"))?\}"##, body in "[0-9\\[\\]]{0,4}") {
            if let (Ok(schema), Ok(body)) = (check(&schema), serde_json::from_str(&body)) {
                let _ = told(schema, body);
            }
        }
    }
}
