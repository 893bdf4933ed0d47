//! Mapping templates, as far as they pass values on: text with references into the request or the function's answer.
//! [API Gateway developer guide: mapping template reference]
//!
//! Directives of the template language (`#set`, `#if`, `#foreach`) are refused when the template is saved.

use super::Refusal;
use serde_json::Value;

/// What a template may refer to.
pub trait Source {
    /// The body, as text: the request's, or what the function answered.
    fn body(&self) -> &str;
    /// A parameter of the path, the query or a header field, in this order; or of one of them alone.
    fn parameter(&self, place: Option<&str>, name: &str) -> Option<String>;
    /// `$context.name`
    fn context(&self, name: &str) -> Option<String>;
    /// `$stageVariables.name`
    fn variable(&self, name: &str) -> Option<String>;
}

/// A template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Body,
    /// `$input.json('$.a')`: JSON.
    Json(Vec<String>),
    /// `$input.path('$.a')`: a text without quotation marks.
    Path(Vec<String>),
    Parameter(Option<String>, String),
    Context(String),
    Variable(String),
    /// `$util.escapeJavaScript(…)`
    Escaped(Box<Part>),
}

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// [`Refusal::NotBuilt`] where it does more than refer to values.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['$', '#']) {
            parts.push(Part::Text(rest[..at].to_owned()));
            rest = &rest[at..];
            if rest.starts_with('#') {
                let directive =
                    rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "#{*".contains(c));
                if directive {
                    return Err(not_built("directives"));
                }
                parts.push(Part::Text("#".to_owned()));
                rest = &rest[1..];
                continue;
            }
            let (part, after) = reference(rest)?;
            parts.push(part);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| *part != Part::Text(String::new()));
        Ok(Self(parts))
    }

    /// The text that the template gives.
    pub fn fill(&self, source: &dyn Source) -> String {
        let document = serde_json::from_str(source.body()).ok();
        self.0
            .iter()
            .map(|part| part.fill(source, document.as_ref()))
            .collect()
    }
}

impl Part {
    fn fill(&self, source: &dyn Source, document: Option<&Value>) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Body => source.body().to_owned(),
            Self::Json(path) => match (path.as_slice(), document) {
                ([], None) if source.body().is_empty() => "{}".to_owned(),
                // What is no JSON is a text.
                ([], None) => Value::from(source.body()).to_string(),
                (_, None) => "\"\"".to_owned(),
                (path, Some(document)) => match at(document, path) {
                    Some(found) => found.to_string(),
                    None => "\"\"".to_owned(),
                },
            },
            Self::Path(path) => match document.and_then(|document| at(document, path)) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(found) => found.to_string(),
            },
            Self::Parameter(place, name) => {
                source.parameter(place.as_deref(), name).unwrap_or_default()
            }
            Self::Context(name) => source.context(name).unwrap_or_default(),
            Self::Variable(name) => source.variable(name).unwrap_or_default(),
            Self::Escaped(part) => {
                let text = Value::from(part.fill(source, document)).to_string();
                // As Java's escapes for JavaScript, which take the single quotation mark too.
                text[1..text.len() - 1].replace('\'', "\\'")
            }
        }
    }
}

fn at<'v>(document: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(document, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        Value::Object(members) => members.get(step),
        _ => None,
    })
}

fn not_built(what: &str) -> Refusal {
    Refusal::NotBuilt(format!("{what} in mapping templates"))
}

/// A reference at the beginning of a text, and what follows it.
fn reference(text: &str) -> Result<(Part, &str), Refusal> {
    // `${a.b}` and `$!{a.b}` are `$a.b`.
    let body = text[1..].trim_start_matches('!');
    let (body, braced) = match body.strip_prefix('{') {
        Some(inner) => (inner, true),
        None => (body, false),
    };
    let (part, rest) = expression(body)?;
    match (braced, rest.strip_prefix('}')) {
        (false, _) => Ok((part, rest)),
        (true, Some(rest)) => Ok((part, rest)),
        (true, None) => Err(not_built("such references")),
    }
}

fn expression(text: &str) -> Result<(Part, &str), Refusal> {
    let named = |rest: &str| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)));
        let name = &rest[..end.unwrap_or(rest.len())];
        // A point behind a name is the end of a sentence.
        let name = name.trim_end_matches('.');
        (name.to_owned(), name.len())
    };
    if let Some(rest) = text.strip_prefix("context.") {
        let (name, length) = named(rest);
        return Ok((Part::Context(name), &rest[length..]));
    }
    if let Some(rest) = text.strip_prefix("stageVariables.") {
        let (name, length) = named(rest);
        return Ok((Part::Variable(name), &rest[length..]));
    }
    if let Some(rest) = text.strip_prefix("util.escapeJavaScript(") {
        let rest = rest
            .trim_start()
            .strip_prefix('$')
            .ok_or_else(|| not_built("such arguments"))?;
        let (part, rest) = expression(rest)?;
        let rest = rest
            .trim_start()
            .strip_prefix(')')
            .ok_or_else(|| not_built("such arguments"))?;
        return Ok((Part::Escaped(Box::new(part)), rest));
    }
    if let Some(rest) = text.strip_prefix("input.json(") {
        let (path, rest) = argument(rest)?;
        return Ok((Part::Json(steps(&path)?), rest));
    }
    if let Some(rest) = text.strip_prefix("input.path(") {
        let (path, rest) = argument(rest)?;
        return Ok((Part::Path(steps(&path)?), rest));
    }
    for (member, place) in [
        ("path", "path"),
        ("querystring", "querystring"),
        ("header", "header"),
    ] {
        if let Some(rest) = text.strip_prefix(&format!("input.params().{member}.")) {
            let (name, length) = named(rest);
            return Ok((
                Part::Parameter(Some(place.to_owned()), name),
                &rest[length..],
            ));
        }
    }
    if let Some(rest) = text.strip_prefix("input.params(") {
        let (name, rest) = argument(rest)?;
        return Ok((Part::Parameter(None, name), rest));
    }
    if let Some(rest) = text.strip_prefix("input.body") {
        return Ok((Part::Body, rest));
    }
    Err(not_built(
        "references other than $input, $context and $stageVariables",
    ))
}

/// `'text')` or `"text")`
fn argument(text: &str) -> Result<(String, &str), Refusal> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let quote = quote.ok_or_else(|| not_built("such arguments"))?;
    let inner = &text[1..];
    let end = inner
        .find(quote)
        .ok_or_else(|| not_built("such arguments"))?;
    let rest = inner[end + 1..].trim_start().strip_prefix(')');
    Ok((
        inner[..end].to_owned(),
        rest.ok_or_else(|| not_built("such arguments"))?,
    ))
}

/// `$.a.b[0]` or `$['a']`
fn steps(path: &str) -> Result<Vec<String>, Refusal> {
    let mut rest = path
        .trim()
        .strip_prefix('$')
        .ok_or_else(|| not_built("such paths"))?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = if let Some(inner) = rest.strip_prefix('[') {
            let (step, after) = inner
                .split_once(']')
                .ok_or_else(|| not_built("such paths"))?;
            (step.trim_matches(['\'', '"']), after)
        } else if let Some(inner) = rest.strip_prefix('.') {
            let end = inner.find(['.', '[']).unwrap_or(inner.len());
            (&inner[..end], &inner[end..])
        } else {
            return Err(not_built("such paths"));
        };
        if step.is_empty() || step.contains(['*', '?', ':', '(']) {
            return Err(not_built("such paths"));
        }
        steps.push(step.to_owned());
        rest = after;
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Example(&'static str);

    impl Source for Example {
        fn body(&self) -> &str {
            self.0
        }

        fn parameter(&self, place: Option<&str>, name: &str) -> Option<String> {
            Some(format!("{}:{name}", place.unwrap_or("any")))
        }

        fn context(&self, name: &str) -> Option<String> {
            (name == "stage").then(|| "prod".to_owned())
        }

        fn variable(&self, name: &str) -> Option<String> {
            (name == "table").then(|| "t".to_owned())
        }
    }

    #[test]
    fn templates_pass_values_on() {
        let body = r#"{"a": {"b": [1, "it's"]}, "t": "x\"y"}"#;
        let check = |template: &str, expected: &str| {
            let parsed =
                Template::parse(template).unwrap_or_else(|why| panic!("{template}: {why}"));
            assert_eq!(parsed.fill(&Example(body)), expected, "{template}");
        };
        check("", "");
        check("{\"statusCode\": 200}", "{\"statusCode\": 200}");
        check("$input.json('$.a.b')", r#"[1,"it's"]"#);
        check("$input.json('$.a.b[1]')", r#""it's""#);
        check("$input.json(\"$['a']['b'][0]\")", "1");
        check("$input.json('$.none')", "\"\"");
        check("$input.path('$.t')", "x\"y");
        check("$input.body", body);
        check(
            r#"{"id": "$input.params('id')", "q": "$input.params().querystring.q", "s": "$context.stage", "t": "${stageVariables.table}!"}"#,
            r#"{"id": "any:id", "q": "querystring:q", "s": "prod", "t": "t!"}"#,
        );
        check("$util.escapeJavaScript($input.path('$.a.b[1]'))", "it\\'s");
        check("$context.none. # 5", ". # 5");
    }

    #[test]
    fn what_is_more_than_a_reference_is_refused() {
        for template in [
            "#set($x = 1)",
            "#if($x)a#end",
            "## note",
            "$x",
            "$input.path('$..a')",
            "$input.path('$.a[*]')",
            "$input.json($x)",
            "$util.base64Encode('x')",
            "${input.body",
        ] {
            assert!(Template::parse(template).is_err(), "{template}");
        }
    }

    proptest! {
        #[test]
        fn any_template_has_an_answer(template in r#"[$#{}!().'\[\]a-z]{0,40}|(\$input\.(json|path|params)\(.{0,8})"#) {
            if let Ok(template) = Template::parse(&template) {
                let _ = template.fill(&Example("{}"));
            }
        }
    }
}
