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
    /// An item of a list of texts that always has as many: the last segment is the item or its place, from 0, and all that
    /// can be done is to replace it.
    Place,
    /// Members that are changed one by one and can be taken away together.
    Group,
}

/// In which words a path or an operation is refused: the service has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// Of most of what an API consists of: with the paths that there are.
    Listed,
    /// Of APIs and methods: the path alone, and that a member without others beside it can only be replaced.
    Plain,
    /// Of methods' responses: the same, and only what is there is replaced and removed.
    Named,
    /// Of stages: with a text of its own.
    Stage,
}

/// A member that may be changed: its path, in which `*` stands for any name.
pub type Allowed = (&'static str, Type);

/// First names of paths that the service takes and that change what is not built. [API Gateway REST API reference: patch
/// operations]
const NOT_BUILT: &[&str] = &[
    "authorizationScopes",
    "cacheClusterEnabled",
    "cacheClusterSize",
    "cacheKeyParameters",
    "canarySettings",
    "clientCertificateId",
    "connectionId",
    "connectionType",
    "customerId",
    "endpointConfiguration",
    "labels",
    "minimumCompressionSize",
    "providerARNs",
    "stages",
    "tlsConfig",
    "tracingEnabled",
];

impl Patch {
    /// Whether it is one of the service's that is not built. `None` where it leaves such a thing off, as it is.
    fn not_built(&self, segments: &[String]) -> Option<bool> {
        let first = segments.first().map(String::as_str).unwrap_or_default();
        let known = NOT_BUILT.contains(&first);
        let off = self.op == "remove" || matches!(self.value.as_deref(), None | Some("" | "false"));
        (!known || !off).then_some(known)
    }

    fn segments(&self) -> Vec<String> {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        path.split('/')
            .map(|name| name.replace("~1", "/").replace("~0", "~"))
            .collect()
    }
}

/// What an UpdateStage may change, as the service has it.
const OF_STAGES: &str = "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled";

impl Words {
    /// That there is no such path.
    fn no_path(self, patch: &Patch, allowed: &[Allowed]) -> Refusal {
        let Patch { op, path, .. } = patch;
        let listed = || allowed.iter().map(|(path, _)| *path).collect::<Vec<_>>();
        Refusal::Invalid(match self {
            Self::Plain | Self::Named => format!("Invalid patch path {path}"),
            Self::Stage => {
                format!("Invalid method setting path: {path}. Must be one of: [{OF_STAGES}]")
            }
            Self::Listed if op != "replace" && !allowed.iter().any(|(path, _)| several(path)) => {
                format!(
                    "Invalid patch path  '{path}' specified for op '{op}'. Please choose supported operations"
                )
            }
            Self::Listed => format!(
                "Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [{}]",
                listed().join(", ")
            ),
        })
    }

    /// Refuses what can only be replaced and is to be added or removed.
    fn check_op(
        self,
        patch: &Patch,
        (path, kind): Allowed,
        allowed: &[Allowed],
    ) -> Result<(), Refusal> {
        let single = !several(path) && !matches!(kind, Type::Item | Type::Group);
        let described = matches!(path, "/description" | "/policy") && patch.op == "remove";
        match self {
            Self::Plain if single && patch.op != "replace" && !described => Err(only_replaced()),
            Self::Listed
                if patch.op != "replace"
                    && !allowed
                        .iter()
                        .any(|(path, kind)| several(path) || *kind == Type::Group) =>
            {
                Err(self.no_path(patch, allowed))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a path stands for several members.
fn several(path: &str) -> bool {
    path.contains('*')
}

/// Applies changes to a document, all or none.
///
/// # Errors
/// A path that may not be changed so, or a value that is none of its member.
pub fn apply(
    document: &Value,
    patches: &[Patch],
    allowed: &[Allowed],
    words: Words,
) -> Result<Value, Refusal> {
    let mut changed = document.clone();
    for patch in patches {
        one(&mut changed, patch, allowed, words)?;
    }
    Ok(changed)
}

fn one(
    document: &mut Value,
    patch: &Patch,
    allowed: &[Allowed],
    words: Words,
) -> Result<(), Refusal> {
    let segments = patch.segments();
    let found = allowed.iter().find(|(path, _)| {
        let names: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        names.len() == segments.len()
            && names
                .iter()
                .zip(&segments)
                .all(|(name, segment)| *name == "*" || name == segment)
    });
    let Some(found) = found else {
        return match patch.not_built(&segments) {
            None => Ok(()),
            Some(true) => Err(Refusal::NotBuilt(format!("the patch path {}", patch.path))),
            Some(false) => Err(words.no_path(patch, allowed)),
        };
    };
    if !matches!(patch.op.as_str(), "add" | "replace" | "remove") {
        return Err(match (words, found.1) {
            (Words::Plain, Type::Place) => Refusal::Invalid(
                "Invalid patch operation specified. Must be 'add'|'remove'|'replace'".into(),
            ),
            (Words::Plain, _) if !several(found.0) => only_replaced(),
            _ => no_op(&patch.op),
        });
    }
    words.check_op(patch, *found, allowed)?;
    let kind = found.1;
    let (last, parents) = segments.split_last().unwrap_or((&patch.path, &[]));
    let mut place = &mut *document;
    for name in parents {
        let members = object(place, &patch.path)?;
        place = members.entry(name.clone()).or_insert_with(|| match kind {
            Type::Item => json!([]),
            _ => json!({}),
        });
    }
    let no_place = || Refusal::Invalid(format!("Invalid patch path {}", patch.path));
    if kind == Type::Place {
        let items = place.as_array_mut().ok_or_else(no_place)?;
        let at = items
            .iter()
            .position(|item| item == last.as_str())
            .or_else(|| last.parse().ok());
        let item = at.and_then(|at| items.get_mut(at)).ok_or_else(no_place)?;
        let value = patch.value.as_ref().filter(|_| patch.op == "replace");
        *item = json!(value.ok_or_else(only_replaced)?);
    } else if kind == Type::Item {
        let items = place.as_array_mut().ok_or_else(no_place)?;
        // An item is added by its path, whatever the value.
        let named = patch.value.as_ref().filter(|_| patch.op == "replace");
        items.retain(|item| item != last.as_str());
        if patch.op != "remove" {
            items.push(json!(named.unwrap_or(last)));
        }
    } else {
        let members = object(place, &patch.path)?;
        if words == Words::Named && patch.op != "add" && !members.contains_key(last) {
            let models = parents.iter().any(|name| name == "responseModels");
            return Err(Refusal::NotFound(match models {
                true => "Content-Type specified was not found".into(),
                false => "Invalid parameter name specified".into(),
            }));
        }
        match (patch.op.as_str(), kind) {
            ("remove", _) => drop(members.remove(last)),
            (_, Type::Group) => return Err(words.no_path(patch, allowed)),
            _ => {
                let text = patch.value.as_deref().unwrap_or_default();
                members.insert(last.clone(), value(text, kind, &patch.path)?);
            }
        }
    }
    without_empty(document, parents);
    Ok(())
}

/// What has lost its last member is not there any more.
fn without_empty(document: &mut Value, parents: &[String]) {
    let [name] = parents else { return };
    let empty = match &document[name.as_str()] {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if empty && let Some(members) = document.as_object_mut() {
        members.remove(name);
    }
}

fn only_replaced() -> Refusal {
    Refusal::Invalid("Invalid patch operation specified. Must be one of: [replace]".into())
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
        Type::Text | Type::Item | Type::Place | Type::Group => json!(text),
        // As the service reads it: what is not true is false.
        Type::Flag => json!(text.eq_ignore_ascii_case("true")),
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
    fn a_place_of_a_list_is_replaced() {
        let document = json!({"endpointConfiguration": {"types": ["EDGE"]}});
        let allowed: &[Allowed] = &[("/endpointConfiguration/types/*", Type::Place)];
        let check = |op: &str, of: &str, value: Option<&str>, expected: Result<&str, &str>| {
            let patch = Patch {
                op: op.into(),
                path: format!("/endpointConfiguration/types/{of}"),
                value: value.map(str::to_owned),
            };
            let found = apply(&document, &[patch], allowed, Words::Plain);
            match (found, expected) {
                (Ok(found), Ok(expected)) => assert_eq!(
                    found,
                    json!({"endpointConfiguration": {"types": [expected]}})
                ),
                (Err(why), Err(expected)) => assert_eq!(why.to_string(), expected),
                (found, expected) => panic!("{found:?} {expected:?}"),
            }
        };
        check("replace", "EDGE", Some("REGIONAL"), Ok("REGIONAL"));
        check("replace", "EDGE", Some("EDGE"), Ok("EDGE"));
        check("replace", "0", Some("REGIONAL"), Ok("REGIONAL"));
        for of in ["1", "REGIONAL", "-1", ""] {
            let path = format!("Invalid patch path /endpointConfiguration/types/{of}");
            check("replace", of, Some("EDGE"), Err(&path));
        }
        let words = "Invalid patch operation specified. Must be one of: [replace]";
        check("remove", "EDGE", None, Err(words));
        check("add", "0", Some("EDGE"), Err(words));
        check("replace", "0", None, Err(words));
    }

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
            let document = json!({"name": "a", "enabled": true});
            let found = apply(&document, &patches, allowed, Words::Listed);
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
            ("/canarySettings/deploymentId", "arn"),
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
                ("remove", "/canarySettings", ""),
            ],
            Ok(json!({"name": "a", "enabled": true})),
        );
        check(
            &[("replace", "/enabled", "x")],
            Ok(json!({"name": "a", "enabled": false})),
        );
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

    #[test]
    fn items_are_added_by_their_path_and_replaced_by_the_value() {
        let allowed: &[Allowed] = &[("/types/*", Type::Item), ("/parameters/*", Type::Flag)];
        let mut document = json!({});
        for (op, path, value, expected) in [
            (
                "add",
                "/types/image~1png",
                None,
                json!({"types": ["image/png"]}),
            ),
            (
                "add",
                "/types/-",
                Some("image/gif"),
                json!({"types": ["image/png", "-"]}),
            ),
            (
                "replace",
                "/types/-",
                Some("a/b"),
                json!({"types": ["image/png", "a/b"]}),
            ),
            (
                "remove",
                "/types/a~1b",
                None,
                json!({"types": ["image/png"]}),
            ),
            ("remove", "/types/image~1png", None, json!({})),
            (
                "add",
                "/parameters/q",
                Some("TRUE"),
                json!({"parameters": {"q": true}}),
            ),
            (
                "replace",
                "/parameters/q",
                None,
                json!({"parameters": {"q": false}}),
            ),
            ("remove", "/parameters/q", None, json!({})),
        ] {
            let patch = Patch {
                op: op.into(),
                path: path.into(),
                value: value.map(str::to_owned),
            };
            document = apply(&document, &[patch], allowed, Words::Plain).expect("it fits");
            assert_eq!(document, expected, "{op} {path}");
        }
    }

    #[test]
    fn each_kind_refuses_in_its_own_words() {
        let resource: &[Allowed] = &[("/parentId", Type::Text), ("/pathPart", Type::Text)];
        let method: &[Allowed] = &[
            ("/authorizationType", Type::Text),
            ("/requestModels/*", Type::Text),
            ("/description", Type::Text),
            ("/throttle", Type::Group),
        ];
        let check = |allowed: &[Allowed], words: Words, op: &str, path: &str, expected: &str| {
            let patch = Patch {
                op: op.into(),
                path: path.into(),
                value: Some("x".into()),
            };
            let found = apply(&json!({}), &[patch], allowed, words);
            let found = found.map_or_else(|why| why.to_string(), |_| String::new());
            assert!(found.starts_with(expected), "{op} {path}: {found}");
            assert_eq!(
                found.is_empty(),
                expected.is_empty(),
                "{op} {path}: {found}"
            );
        };
        let (listed, plain, stage) = (Words::Listed, Words::Plain, Words::Stage);
        check(
            resource,
            listed,
            "replace",
            "/invalid",
            "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
        );
        for op in ["add", "remove"] {
            let expected = format!(
                "Invalid patch path  '/pathPart' specified for op '{op}'. Please choose supported operations"
            );
            check(resource, listed, op, "/pathPart", &expected);
        }
        let only = "Invalid patch operation specified. Must be one of: [replace]";
        check(method, plain, "add", "/authorizationType", only);
        check(method, plain, "remove", "/authorizationType", only);
        check(method, plain, "remove", "/description", "");
        check(
            method,
            plain,
            "replace",
            "/httpMethod",
            "Invalid patch path /httpMethod",
        );
        check(
            method,
            plain,
            "add",
            "/requestModels",
            "Invalid patch path /requestModels",
        );
        check(
            method,
            plain,
            "add",
            "/requestModels/a/b",
            "Invalid patch path /requestModels/a/b",
        );
        check(method, listed, "remove", "/throttle", "");
        check(
            method,
            listed,
            "replace",
            "/throttle",
            "Invalid patch path  '/throttle'",
        );
        check(
            method,
            stage,
            "replace",
            "/tags/a",
            "Invalid method setting path: /tags/a. Must be one of: [/deploymentId, ",
        );
    }
}
