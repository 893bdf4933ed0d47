//! Mapping templates: what `$input`, `$context` and `$stageVariables` are in them.
//! [API Gateway developer guide: mapping template reference]

use super::Refusal;
use super::json_path::Path;
use super::vtl;
use serde_json::{Map, Value, json};

pub use super::vtl::{Broken, Filled};

/// What a template may refer to.
pub trait Source {
    /// The body, as text: the request's, or what the integration answered.
    fn body(&self) -> &str;
    /// A parameter of the path, the query or the header fields, in this order.
    fn parameter(&self, name: &str) -> Option<String>;
    /// All of them: `path`, `querystring` and `header`, by names.
    fn parameters(&self) -> Value;
    /// `$context`
    fn context(&self) -> Value;
    /// `$stageVariables`
    fn variables(&self) -> Value;
}

/// A template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template(vtl::Template);

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// It is none, or does what this server cannot.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        vtl::Template::parse(text).map(Self)
    }

    /// What the template gives.
    ///
    /// # Errors
    /// It does what cannot be done with this request.
    pub fn fill(&self, source: &dyn Source) -> Result<Filled, Broken> {
        let body = source.body();
        let document = match body.trim().is_empty() {
            true => Some(json!({})),
            false => serde_json::from_str(body).ok(),
        };
        let input = Seen { source, document };
        vtl::run(&self.0, &input, source.context(), source.variables())
    }
}

/// Whether templates are named by media types, or are the one for all others.
pub(super) fn check_kinds(templates: &Map<String, Value>) -> Result<(), Refusal> {
    let is_kind = |kind: &&String| kind.contains('/') || *kind == "$default";
    match templates.keys().find(|kind| !is_kind(kind)) {
        None => Ok(()),
        Some(kind) => Err(Refusal::Invalid(format!(
            "Validation Result: warnings : [], errors : [Invalid content type specified: {kind}]"
        ))),
    }
}

/// Whether a request parameter of an integration, and what it is to be, are expressions at all.
pub(super) fn check_mapping(name: &str, value: &Value) -> Result<(), Refusal> {
    let value = value.as_str().unwrap_or_default();
    let fixed = value.len() >= 2 && value.starts_with('\'') && value.ends_with('\'');
    let places = ["method.request.", "context.", "stageVariables."];
    let wrong = match name.starts_with("integration.request.") {
        false => name,
        true if fixed || places.iter().any(|place| value.starts_with(place)) => return Ok(()),
        true => value,
    };
    Err(Refusal::Invalid(format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: {wrong}]"
    )))
}

struct Seen<'s> {
    source: &'s dyn Source,
    /// The body, where it is a document.
    document: Option<Value>,
}

impl vtl::Input for Seen<'_> {
    fn body(&self) -> &str {
        self.source.body()
    }

    fn parameters(&self) -> Value {
        self.source.parameters()
    }

    fn parameter(&self, name: &str) -> Option<String> {
        self.source.parameter(name)
    }

    fn at(&self, path: &str) -> Result<Option<Value>, Broken> {
        let path = Path::parse(path).map_err(|why| Broken(why.to_string()))?;
        Ok(match &self.document {
            Some(document) => path.find(document),
            // What is no document is a text.
            None => path.find(&Value::from(self.source.body())),
        })
    }
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

        fn parameter(&self, name: &str) -> Option<String> {
            Some(format!("any:{name}"))
        }

        fn parameters(&self) -> Value {
            json!({"path": {}, "querystring": {"q": "querystring:q"}, "header": {"Content-Type": "a/b"}})
        }

        fn context(&self) -> Value {
            json!({"stage": "prod", "identity": {"sourceIp": "127.0.0.1"}})
        }

        fn variables(&self) -> Value {
            json!({"table": "t"})
        }
    }

    #[test]
    fn templates_pass_values_on() {
        let body = r#"{"a": {"b": [1, "it's"]}, "t": "x\"y"}"#;
        let check = |template: &str, expected: &str| {
            let parsed =
                Template::parse(template).unwrap_or_else(|why| panic!("{template}: {why}"));
            let filled = parsed.fill(&Example(body));
            let filled = filled.unwrap_or_else(|why| panic!("{template}: {why}"));
            assert_eq!(filled.text, expected, "{template}");
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
        check(
            "$context.identity.sourceIp $input.params().header.Content-Type",
            "127.0.0.1 a/b",
        );
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for template in [
            "#if($x)a",
            "#end",
            "#set($x)",
            "#macro(m)a#end",
            "$input.json($x",
            "${input.body",
        ] {
            assert!(Template::parse(template).is_err(), "{template}");
        }
        for template in [
            "$input.path('$..[')",
            "$util.base64Decode('%')",
            "$util.none('x')",
            "#set($stageVariables.table = 1)",
        ] {
            let parsed = Template::parse(template).expect(template);
            assert!(parsed.fill(&Example("{}")).is_err(), "{template}");
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
