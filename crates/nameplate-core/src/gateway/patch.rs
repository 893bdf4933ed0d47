//! Patch operations: changes of single members by JSON pointers. [API Gateway REST API reference: patch operations]

use super::Refusal;
use serde_json::{Map, Value, json};

/// One change.
#[derive(Debug, Clone)]
pub struct Patch {
    /// `add`, `replace` or `remove`.
    pub op: String,
    /// `/stageVariables/name`, with `~1` for `/` and `~0` for `~` within a name.
    pub path: String,
    /// The new value; always text.
    pub value: Option<String>,
}

/// What a member is, since values of patches are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// An item of a list of texts, named by the last segment.
    Item,
}

/// A member that may be changed: its path, in which `*` stands for any name.
pub type Allowed = (&'static str, Type);

/// First names of paths that the service takes and that change what is not built. [API Gateway REST API reference: patch
/// operations]
const NOT_BUILT: &[&str] = &[
    "accessLogSettings",
    "authorizationScopes",
    "authorizerCredentials",
    "cacheClusterEnabled",
    "cacheClusterSize",
    "cacheKeyParameters",
    "canarySettings",
    "clientCertificateId",
    "connectionId",
    "connectionType",
    "credentials",
    "customerId",
    "disableExecuteApiEndpoint",
    "documentationVersion",
    "endpointConfiguration",
    "labels",
    "minimumCompressionSize",
    "policy",
    "providerARNs",
    "requestValidatorId",
    "stages",
    "tlsConfig",
    "tracingEnabled",
];

/// What settings of a stage's methods are about: `/RESOURCE/METHOD/throttling/rateLimit`.
const OF_METHODS: [&str; 4] = ["caching", "logging", "metrics", "throttling"];

impl Patch {
    /// Whether it is one of the service's that is not built. `None` where it leaves such a thing off, as it is.
    fn not_built(&self, segments: &[String]) -> Option<bool> {
        let first = segments.first().map(String::as_str).unwrap_or_default();
        let known = NOT_BUILT.contains(&first)
            || segments.len() == 4 && OF_METHODS.contains(&segments[2].as_str())
            || segments.len() > 2 && first == "apiStages" && segments[2] == "throttle";
        let off = self.op == "remove" || self.value.as_deref() == Some("false");
        (!known || !off).then_some(known)
    }

    fn segments(&self) -> Vec<String> {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        path.split('/')
            .map(|name| name.replace("~1", "/").replace("~0", "~"))
            .collect()
    }
}

/// Applies changes to a document, all or none.
///
/// # Errors
/// A path that may not be changed so, or a value that is none of its member.
pub fn apply(document: &Value, patches: &[Patch], allowed: &[Allowed]) -> Result<Value, Refusal> {
    let mut changed = document.clone();
    for patch in patches {
        one(&mut changed, patch, allowed)?;
    }
    Ok(changed)
}

fn one(document: &mut Value, patch: &Patch, allowed: &[Allowed]) -> Result<(), Refusal> {
    let segments = patch.segments();
    let kind = allowed
        .iter()
        .find(|(path, _)| {
            let names: Vec<&str> = path.trim_start_matches('/').split('/').collect();
            names.len() == segments.len()
                && names
                    .iter()
                    .zip(&segments)
                    .all(|(name, segment)| *name == "*" || name == segment)
        })
        .map(|(_, kind)| *kind);
    let Some(kind) = kind else {
        match patch.not_built(&segments) {
            None => return Ok(()),
            Some(true) => {
                return Err(Refusal::NotBuilt(format!("the patch path {}", patch.path)));
            }
            Some(false) => {}
        }
        return Err(Refusal::Invalid(format!(
            "Invalid patch path  '{}' specified for op '{}'. Must be one of: [{}]",
            patch.path,
            patch.op,
            allowed
                .iter()
                .map(|(path, _)| *path)
                .collect::<Vec<_>>()
                .join(", ")
        )));
    };
    let (last, parents) = segments.split_last().unwrap_or((&patch.path, &[]));
    let mut place = document;
    for name in parents {
        let members = object(place, &patch.path)?;
        place = members.entry(name.clone()).or_insert_with(|| match kind {
            Type::Item => json!([]),
            _ => json!({}),
        });
    }
    if kind == Type::Item {
        let Value::Array(items) = place else {
            return Err(Refusal::Invalid(format!(
                "Invalid patch path {}",
                patch.path
            )));
        };
        items.retain(|item| item != last.as_str());
        match patch.op.as_str() {
            "add" | "replace" => items.push(json!(patch.value.as_ref().unwrap_or(last))),
            "remove" => {}
            op => return Err(no_op(op)),
        }
        return Ok(());
    }
    let members = object(place, &patch.path)?;
    match patch.op.as_str() {
        "add" | "replace" => {
            let text = patch.value.as_deref().unwrap_or_default();
            members.insert(last.clone(), value(text, kind, &patch.path)?);
        }
        "remove" => {
            members.remove(last);
        }
        op => return Err(no_op(op)),
    }
    Ok(())
}

fn no_op(op: &str) -> Refusal {
    match op {
        "move" | "copy" | "test" => Refusal::NotBuilt(format!("the patch operation {op}")),
        _ => Refusal::Invalid(format!("Invalid patch operation {op}")),
    }
}

fn object<'v>(place: &'v mut Value, path: &str) -> Result<&'v mut Map<String, Value>, Refusal> {
    place
        .as_object_mut()
        .ok_or_else(|| Refusal::Invalid(format!("Invalid patch path {path}")))
}

fn value(text: &str, kind: Type, path: &str) -> Result<Value, Refusal> {
    let wrong = || Refusal::Invalid(format!("Invalid value '{text}' for {path}"));
    Ok(match kind {
        Type::Text | Type::Item => json!(text),
        Type::Flag => json!(
            text.to_ascii_lowercase()
                .parse::<bool>()
                .map_err(|_| wrong())?
        ),
        Type::Whole => json!(text.parse::<i64>().map_err(|_| wrong())?),
        Type::Number => {
            let number: f64 = text.parse().map_err(|_| wrong())?;
            serde_json::Number::from_f64(number)
                .map(Value::Number)
                .ok_or_else(wrong)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_change_as_their_types_say() {
        let allowed: &[Allowed] = &[
            ("/name", Type::Text),
            ("/enabled", Type::Flag),
            ("/variables/*", Type::Text),
            ("/throttle/rateLimit", Type::Number),
            ("/binaryMediaTypes/*", Type::Item),
        ];
        let check = |ops: &[(&str, &str, &str)], expected: Result<Value, &str>| {
            let patches: Vec<Patch> = ops
                .iter()
                .map(|(op, path, value)| Patch {
                    op: (*op).into(),
                    path: (*path).into(),
                    value: (!value.is_empty()).then(|| (*value).into()),
                })
                .collect();
            let found = apply(&json!({"name": "a", "enabled": true}), &patches, allowed);
            match (found, expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(why), Err(part)) => assert!(why.to_string().contains(part), "{why}"),
                (found, expected) => panic!("{found:?} {expected:?}"),
            }
        };
        check(
            &[("replace", "/name", "b")],
            Ok(json!({"name": "b", "enabled": true})),
        );
        check(
            &[("replace", "/enabled", "false")],
            Ok(json!({"name": "a", "enabled": false})),
        );
        check(&[("remove", "/name", "")], Ok(json!({"enabled": true})));
        check(
            &[
                ("replace", "/variables/x~1y", "1"),
                ("add", "/variables/z", "2"),
                ("remove", "/variables/z", ""),
            ],
            Ok(json!({"name": "a", "enabled": true, "variables": {"x/y": "1"}})),
        );
        check(
            &[("add", "/binaryMediaTypes/image~1png", "")],
            Ok(json!({"name": "a", "enabled": true, "binaryMediaTypes": ["image/png"]})),
        );
        check(
            &[("replace", "/throttle/rateLimit", "1.5")],
            Ok(json!({"name": "a", "enabled": true, "throttle": {"rateLimit": 1.5}})),
        );
        check(
            &[("replace", "/other", "b")],
            Err("Invalid patch path  '/other'"),
        );
        for (path, value) in [
            ("/tracingEnabled", "true"),
            ("/accessLogSettings/destinationArn", "arn"),
            ("/*/*/throttling/rateLimit", "1"),
            ("/~1items/GET/logging/loglevel", "INFO"),
            ("/apiStages/a:prod/throttle/~1/GET/rateLimit", "1"),
        ] {
            check(
                &[("replace", path, value)],
                Err("does not implement the patch path"),
            );
        }
        // What is off stays off.
        check(
            &[
                ("replace", "/tracingEnabled", "false"),
                ("remove", "/accessLogSettings", ""),
            ],
            Ok(json!({"name": "a", "enabled": true})),
        );
        check(&[("replace", "/enabled", "x")], Err("Invalid value 'x'"));
        check(
            &[("replace", "/throttle/rateLimit", "inf")],
            Err("Invalid value"),
        );
        check(
            &[("copy", "/name", "b")],
            Err("does not implement the patch operation copy"),
        );
        check(&[("eat", "/name", "b")], Err("Invalid patch operation"));
    }
}
