//! What documents for REST and HTTP APIs say in the same way: base paths, tags, endpoints, roles.
//! [API Gateway developer guide: set the OpenAPI basePath property; x-amazon-apigateway-endpoint-configuration,
//! x-amazon-apigateway-tag-value]

use serde_json::{Map, Value};

/// Where integrations are that several operations of an HTTP API share.
pub(super) const INTEGRATIONS: &str = "x-amazon-apigateway-integrations";

/// What becomes of the path that a document puts before all others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Base {
    /// Nothing.
    #[default]
    Ignore,
    /// It stands before all paths.
    Prepend,
    /// The same without its first segment.
    Split,
}

impl Base {
    /// By the parameter's value.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "ignore" => Some(Self::Ignore),
            "prepend" => Some(Self::Prepend),
            "split" => Some(Self::Split),
            _ => None,
        }
    }

    /// What stands before all paths of a document: empty, or with a slash at its begin and none at its end.
    pub(super) fn prefix(self, document: &Value) -> String {
        let dropped = match self {
            Self::Ignore => return String::new(),
            Self::Prepend => 0,
            Self::Split => 1,
        };
        let path = match document["basePath"].as_str() {
            Some(path) => path.to_owned(),
            None => path_of_server(&document["servers"][0]),
        };
        let parts = path.split('/').filter(|part| !part.is_empty());
        parts.skip(dropped).map(|part| format!("/{part}")).collect()
    }
}

/// The path of a server's URL, with what its variables are by default.
fn path_of_server(server: &Value) -> String {
    let url = server["url"].as_str().unwrap_or_default();
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => url,
    };
    let mut path = path.to_owned();
    for (name, of) in super::members(server, "variables") {
        let default = of["default"].as_str().unwrap_or_default();
        path = path.replace(&format!("{{{name}}}"), default);
    }
    path
}

/// The tags of an API that a document brings; `None` where it brings none.
pub fn tags(document: &Value) -> Option<Map<String, Value>> {
    let all = document["tags"].as_array()?.iter();
    let tags: Map<String, Value> = all
        .filter_map(|tag| {
            let value = tag.get("x-amazon-apigateway-tag-value")?;
            Some((
                tag["name"].as_str()?.to_owned(),
                Value::String(super::text_of(value)),
            ))
        })
        .collect();
    (!tags.is_empty()).then_some(tags)
}

/// Whether an API answers under names of the owner's only, where a document says so.
pub(super) fn closed(document: &Value) -> Option<bool> {
    const NAME: &str = "x-amazon-apigateway-endpoint-configuration";
    let servers = document["servers"].as_array().into_iter().flatten();
    let mut all = servers
        .filter_map(|server| server.get(NAME))
        .chain(document.get(NAME));
    all.find_map(|of| of["disableExecuteApiEndpoint"].as_bool())
}

/// The roles that a document has functions called as, which whoever brings it must be allowed to hand on.
pub fn roles(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut of = |of: &Value| {
        for member in ["credentials", "authorizerCredentials"] {
            let role = of[member].as_str().filter(|role| !role.is_empty());
            found.extend(role.map(str::to_owned));
        }
    };
    let mut left = vec![document];
    while let Some(value) = left.pop() {
        match value {
            Value::Object(all) => {
                for name in [
                    "x-amazon-apigateway-integration",
                    "x-amazon-apigateway-authorizer",
                ] {
                    all.get(name).into_iter().for_each(&mut of);
                }
                super::members(value, INTEGRATIONS).for_each(|(_, one)| of(one));
                left.extend(all.values());
            }
            Value::Array(items) => left.extend(items),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn base_paths() {
        let check = |document: Value, prepended: &str, split: &str| {
            assert_eq!(Base::Ignore.prefix(&document), "");
            assert_eq!(Base::Prepend.prefix(&document), prepended, "{document}");
            assert_eq!(Base::Split.prefix(&document), split, "{document}");
        };
        // The guide's own.
        check(json!({"basePath": "/a/b/c"}), "/a/b/c", "/b/c");
        check(json!({"basePath": "/"}), "", "");
        check(json!({}), "", "");
        check(json!({"servers": [{"url": "/v1/x/"}]}), "/v1/x", "/x");
        check(json!({"servers": [{"url": "https://host"}]}), "", "");
        let server = json!({"url": "https://h.example/{basePath}", "variables": {"basePath": {"default": "/prod"}}});
        check(json!({"servers": [server]}), "/prod", "");
    }

    #[test]
    fn what_else_is_common() {
        let document = json!({
            "tags": [{"name": "pets"}, {"name": "owner", "x-amazon-apigateway-tag-value": "me"}],
            "servers": [{"x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": true}}],
            "components": {"x-amazon-apigateway-integrations": {"one": {"credentials": "r1"}}},
            "paths": {"/": {"get": {"x-amazon-apigateway-integration": {"credentials": "r2"}, "credentials": "no"}}},
            "s": [{"x-amazon-apigateway-authorizer": {"authorizerCredentials": "r3"}}],
        });
        assert_eq!(
            Value::Object(tags(&document).expect("tags")),
            json!({"owner": "me"})
        );
        assert_eq!(tags(&json!({"tags": [{"name": "pets"}]})), None);
        assert_eq!((closed(&document), closed(&json!({}))), (Some(true), None));
        let mut roles = roles(&document);
        roles.sort();
        assert_eq!(roles, ["r1", "r2", "r3"]);
    }
}
