//! Properties and methods of values, as handlers of Java's texts, lists and maps know them, and `$util`.

use super::Broken;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// Bytes of a text that a method makes.
const BYTES: usize = 10 * 1024 * 1024;

/// How deep values may be nested: a little more than documents are.
const DEPTH: usize = 200;

/// A step with its arguments' values.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Property(String),
    Call(String, Vec<Value>),
    Index(Value),
}

/// How a value is shown: maps as Java has them, lists as documents.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let value = match value {
                    Value::Null => "null".to_owned(),
                    value => text_of(value),
                };
                format!("{name}={value}")
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// What a value costs to be copied: its members, and what its texts take; more than there is where it is nested too deep.
pub(super) fn weight(value: &Value) -> usize {
    let mut weight: usize = 0;
    let mut left = vec![(value, 0)];
    while let Some((value, depth)) = left.pop() {
        if depth > DEPTH {
            return usize::MAX;
        }
        weight += 1;
        match value {
            Value::String(text) => weight += text.len() / 64,
            Value::Array(items) => left.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(members) => left.extend(members.values().map(|item| (item, depth + 1))),
            _ => {}
        }
    }
    weight
}

fn place(items: &[Value], index: &Value) -> Option<usize> {
    let at = index.as_i64()?;
    let at = if at < 0 { at + items.len() as i64 } else { at };
    usize::try_from(at).ok().filter(|at| *at < items.len())
}

/// What a way from a value leads to.
pub(super) fn walk(value: &mut Value, steps: &[Step]) -> Result<Value, Broken> {
    let Some((first, rest)) = steps.split_first() else {
        return Ok(value.clone());
    };
    match first {
        Step::Property(name) => match value {
            Value::Object(members) if members.contains_key(name) => {
                walk(&mut members[name.as_str()], rest)
            }
            value => match property(value, name) {
                Some(mut found) => walk(&mut found, rest),
                None => Ok(Value::Null),
            },
        },
        Step::Index(index) => {
            let found = match value {
                Value::Array(items) => place(items, index).and_then(|at| items.get_mut(at)),
                Value::Object(members) => members.get_mut(&text_of(index)),
                _ => None,
            };
            found.map_or(Ok(Value::Null), |found| walk(found, rest))
        }
        Step::Call(name, arguments) => {
            // `get` leads on to the value itself, which a method behind may change.
            if let ("get", [key]) = (name.as_str(), arguments.as_slice()) {
                return walk_on(value, key, rest);
            }
            let mut found = call(value, name, arguments)?;
            walk(&mut found, rest)
        }
    }
}

fn walk_on(value: &mut Value, key: &Value, rest: &[Step]) -> Result<Value, Broken> {
    let found = match value {
        Value::Array(items) => place(items, key).and_then(|at| items.get_mut(at)),
        Value::Object(members) => members.get_mut(&text_of(key)),
        _ => None,
    };
    found.map_or(Ok(Value::Null), |found| walk(found, rest))
}

/// Puts a value where a way from another leads; maps on the way are made.
pub(super) fn set(at: &mut Value, steps: &[Step], value: Value) -> Result<(), Broken> {
    let Some((first, rest)) = steps.split_first() else {
        *at = value;
        return Ok(());
    };
    let name = match first {
        Step::Property(name) => name.clone(),
        Step::Index(index) => {
            if let Value::Array(items) = at {
                let at = place(items, index);
                let at =
                    at.ok_or_else(|| Broken("an index that a list does not have is set".into()))?;
                return set(&mut items[at], rest, value);
            }
            text_of(index)
        }
        Step::Call(name, _) => return Err(Broken(format!("the method {name} cannot be set"))),
    };
    if at.is_null() {
        *at = json!({});
    }
    match at {
        Value::Object(members) => set(members.entry(name).or_insert(Value::Null), rest, value),
        _ => Err(Broken(format!("{name} of what is no map is set"))),
    }
}

/// Properties that values have beside a map's members, and entries of maps.
fn property(value: &Value, name: &str) -> Option<Value> {
    match (value, name) {
        (Value::Array(items), "size" | "length") => Some(json!(items.len())),
        (Value::Array(items), "empty") => Some(json!(items.is_empty())),
        (Value::Object(members), "empty") => Some(json!(members.is_empty())),
        (Value::String(text), "empty") => Some(json!(text.is_empty())),
        _ => None,
    }
}

fn nothing_like(kind: &str, name: &str) -> Broken {
    Broken(format!("{kind} has no method {name} of such arguments"))
}

fn call(value: &mut Value, name: &str, arguments: &[Value]) -> Result<Value, Broken> {
    match (name, arguments) {
        ("toString", []) => return Ok(Value::from(text_of(value))),
        ("equals", [other]) => return Ok(json!(value == other)),
        _ => {}
    }
    match value {
        // As Velocity: a method of nothing is nothing.
        Value::Null => Ok(Value::Null),
        Value::String(text) => of_text(text, name, arguments),
        Value::Array(items) => of_list(items, name, arguments),
        Value::Object(members) => of_map(members, name, arguments),
        Value::Number(number) => match (name, arguments) {
            ("intValue" | "longValue", []) => {
                let about = number.as_f64().unwrap_or_default() as i64;
                Ok(json!(number.as_i64().unwrap_or(about)))
            }
            ("doubleValue" | "floatValue", []) => Ok(json!(number.as_f64())),
            _ => Err(nothing_like("a number", name)),
        },
        Value::Bool(_) => Err(nothing_like("a flag", name)),
    }
}

fn regular(pattern: &str) -> Result<regex::Regex, Broken> {
    regex::RegexBuilder::new(pattern)
        .size_limit(256 << 10)
        .build()
        .map_err(|_| {
            Broken(format!(
                "{pattern} is no regular expression that can be tried"
            ))
        })
}

/// A replacement in Java's words (`$1`, `\$`) in those of the crate (`${1}`, `$$`).
fn replacement(text: &str) -> String {
    let mut made = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('$') => made.push_str("$$"),
                Some(letter) => made.push(letter),
                None => {}
            },
            '$' => {
                let mut digits = String::new();
                while let Some(digit) = letters.next_if(char::is_ascii_digit) {
                    digits.push(digit);
                }
                match digits.is_empty() {
                    true => made.push_str("$$"),
                    false => made.push_str(&format!("${{{digits}}}")),
                }
            }
            letter => made.push(letter),
        }
    }
    made
}

/// The place in bytes of the letter at `index`.
fn byte_of(text: &str, index: &Value) -> Option<usize> {
    let index = usize::try_from(index.as_i64()?).ok()?;
    let mut places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    places.nth(index)
}

fn letter_of(text: &str, byte: Option<usize>) -> Value {
    byte.map_or(json!(-1), |byte| json!(text[..byte].chars().count()))
}

fn fits(bytes: usize) -> Result<(), Broken> {
    match bytes > BYTES {
        true => Err(Broken("a text that is too long".into())),
        false => Ok(()),
    }
}

/// Bytes that a text has at most after so many replacements. What a group brings is a part of the text each time.
fn replaced(text: &str, by: &str, count: usize) -> usize {
    let groups = text.len().saturating_mul(1 + by.matches('$').count());
    groups.saturating_add(count.saturating_mul(by.len()))
}

fn of_text(text: &str, name: &str, arguments: &[Value]) -> Result<Value, Broken> {
    let texts: Vec<String> = arguments.iter().map(text_of).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let outside = || Broken("a place that a text does not have".into());
    Ok(match (name, texts.as_slice()) {
        ("length" | "size", []) => json!(text.chars().count()),
        ("isEmpty", []) => json!(text.is_empty()),
        ("contains", [part]) => json!(text.contains(part)),
        ("startsWith", [part]) => json!(text.starts_with(part)),
        ("endsWith", [part]) => json!(text.ends_with(*part)),
        ("equalsIgnoreCase", [other]) => json!(text.to_lowercase() == other.to_lowercase()),
        ("compareTo", [other]) => json!(text.cmp(other) as i8),
        ("toUpperCase", []) => json!(text.to_uppercase()),
        ("toLowerCase", []) => json!(text.to_lowercase()),
        ("trim", []) => json!(text.trim()),
        ("concat", [other]) => json!(format!("{text}{other}")),
        ("indexOf", [part]) => letter_of(text, text.find(*part)),
        ("lastIndexOf", [part]) => letter_of(text, text.rfind(*part)),
        ("charAt", [_]) => {
            let at = byte_of(text, &arguments[0]).ok_or_else(outside)?;
            json!(text[at..].chars().next().ok_or_else(outside)?.to_string())
        }
        ("substring", [_]) => {
            let from = byte_of(text, &arguments[0]).ok_or_else(outside)?;
            json!(&text[from..])
        }
        ("substring", [_, _]) => {
            let from = byte_of(text, &arguments[0]).ok_or_else(outside)?;
            let to = byte_of(text, &arguments[1]).ok_or_else(outside)?;
            json!(text.get(from..to).ok_or_else(outside)?)
        }
        ("replace", [part, by]) => {
            fits(text.len() + text.matches(*part).count().saturating_mul(by.len()))?;
            json!(text.replace(*part, by))
        }
        ("replaceAll", [pattern, by]) => {
            let pattern = regular(pattern)?;
            fits(replaced(text, by, pattern.find_iter(text).count()))?;
            json!(pattern.replace_all(text, replacement(by)))
        }
        ("replaceFirst", [pattern, by]) => {
            fits(replaced(text, by, 1))?;
            json!(regular(pattern)?.replace(text, replacement(by)))
        }
        ("matches", [pattern]) => json!(regular(&format!("^(?:{pattern})$"))?.is_match(text)),
        ("split", [pattern]) => {
            let pattern = regular(pattern)?;
            let mut parts: Vec<&str> = pattern.split(text).collect();
            // As Java: without the empty ones at the end.
            while parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
                parts.pop();
            }
            json!(parts)
        }
        _ => return Err(nothing_like("a text", name)),
    })
}

fn of_list(items: &mut Vec<Value>, name: &str, arguments: &[Value]) -> Result<Value, Broken> {
    let outside = || Broken("an index that a list does not have".into());
    Ok(match (name, arguments) {
        ("size" | "length", []) => json!(items.len()),
        ("isEmpty", []) => json!(items.is_empty()),
        ("contains", [item]) => json!(items.contains(item)),
        ("containsAll", [Value::Array(all)]) => json!(all.iter().all(|item| items.contains(item))),
        ("indexOf", [item]) => {
            let found = items.iter().position(|one| one == item);
            found.map_or(json!(-1), |at| json!(at))
        }
        ("add", [item]) => {
            items.push(item.clone());
            json!(true)
        }
        ("add", [index, item]) => {
            let at = index.as_u64().and_then(|at| usize::try_from(at).ok());
            let at = at.filter(|at| *at <= items.len()).ok_or_else(outside)?;
            items.insert(at, item.clone());
            Value::Null
        }
        ("addAll", [Value::Array(all)]) => {
            items.extend(all.iter().cloned());
            json!(!all.is_empty())
        }
        ("set", [index, item]) => {
            let at = place(items, index).ok_or_else(outside)?;
            std::mem::replace(&mut items[at], item.clone())
        }
        ("remove", [index @ Value::Number(_)]) => {
            let at = place(items, index).ok_or_else(outside)?;
            items.remove(at)
        }
        ("remove", [item]) => {
            let found = items.iter().position(|one| one == item);
            found.map(|at| items.remove(at));
            json!(found.is_some())
        }
        ("clear", []) => {
            items.clear();
            Value::Null
        }
        ("subList", [from, to]) => {
            let at = |index: &Value| index.as_u64().and_then(|at| usize::try_from(at).ok());
            let range = at(from).zip(at(to)).map(|(from, to)| from..to);
            let part = range
                .and_then(|range| items.get(range))
                .ok_or_else(outside)?;
            json!(part)
        }
        _ => return Err(nothing_like("a list", name)),
    })
}

fn entry((key, value): (&String, &Value)) -> Value {
    json!({"key": key, "value": value})
}

fn of_map(
    members: &mut Map<String, Value>,
    name: &str,
    arguments: &[Value],
) -> Result<Value, Broken> {
    Ok(match (name, arguments) {
        ("size", []) => json!(members.len()),
        ("isEmpty", []) => json!(members.is_empty()),
        ("containsKey", [key]) => json!(members.contains_key(&text_of(key))),
        ("containsValue", [value]) => json!(members.values().any(|one| one == value)),
        ("getOrDefault", [key, otherwise]) => {
            let found = members.get(&text_of(key));
            found.unwrap_or(otherwise).clone()
        }
        ("put", [key, value]) => members
            .insert(text_of(key), value.clone())
            .unwrap_or_default(),
        ("putAll", [Value::Object(others)]) => {
            members.extend(others.clone());
            Value::Null
        }
        ("remove", [key]) => members.remove(&text_of(key)).unwrap_or_default(),
        ("clear", []) => {
            members.clear();
            Value::Null
        }
        ("keySet", []) => json!(members.keys().collect::<Vec<_>>()),
        ("values", []) => json!(members.values().collect::<Vec<_>>()),
        ("entrySet", []) => members.iter().map(entry).collect(),
        // Of an entry.
        ("getKey", []) if members.contains_key("key") => members["key"].clone(),
        ("getValue", []) if members.contains_key("value") => members["value"].clone(),
        _ => return Err(nothing_like("a map", name)),
    })
}

/// `$util`
pub(super) fn util(steps: &[Step]) -> Result<Value, Broken> {
    let Some((Step::Call(name, arguments), rest)) = steps.split_first() else {
        return Ok(Value::Null);
    };
    let [argument] = arguments.as_slice() else {
        return Err(nothing_like("$util", name));
    };
    let text = text_of(argument);
    let mut made = match name.as_str() {
        "escapeJavaScript" => Value::from(escaped(&text)),
        "parseJson" => serde_json::from_str(&text)
            .map_err(|why| Broken(format!("$util.parseJson has no JSON: {why}")))?,
        "urlEncode" => Value::from(url_encoded(&text)),
        "urlDecode" => {
            let text = text.replace('+', " ");
            let decoded = percent_encoding::percent_decode_str(&text).decode_utf8_lossy();
            Value::from(decoded.into_owned())
        }
        "base64Encode" => Value::from(STANDARD.encode(&text)),
        "base64Decode" => {
            let decoded = STANDARD.decode(text.trim());
            let decoded = decoded.map_err(|_| Broken("$util.base64Decode has no base64".into()))?;
            Value::from(String::from_utf8_lossy(&decoded).into_owned())
        }
        name => return Err(nothing_like("$util", name)),
    };
    walk(&mut made, rest)
}

/// As Java's escapes for JavaScript, which take the single quotation mark too.
fn escaped(text: &str) -> String {
    let text = Value::from(text).to_string();
    text[1..text.len() - 1].replace('\'', "\\'")
}

/// As Java's URLEncoder, but with `%20` for a blank.
fn url_encoded(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'*');
    utf8_percent_encode(text, PLAIN).to_string()
}
