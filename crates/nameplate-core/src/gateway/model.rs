//! Models and request validators of REST APIs, and what of a request they let through.
//! [API Gateway developer guide: request validation, data models]

use super::Refusal;
use super::rest::Rest;
use super::schema::{self, Schemas};
use serde_json::{Map, Value, json};

/// The models that every API begins with.
pub fn first_models() -> Vec<Value> {
    let model = |id: &str, name: &str, description: &str, schema: Value| {
        json!({
            "id": id,
            "name": name,
            "description": description,
            "schema": schema.to_string(),
            "contentType": "application/json",
        })
    };
    let draft = "http://json-schema.org/draft-04/schema#";
    let error = json!({"$schema": draft, "title": "Error Schema", "type": "object",
        "properties": {"message": {"type": "string"}}});
    let empty = json!({"$schema": draft, "title": "Empty Schema", "type": "object"});
    vec![
        model(
            "empty0",
            "Empty",
            "This is a default empty schema model",
            empty,
        ),
        model(
            "error0",
            "Error",
            "This is a default error schema model",
            error,
        ),
    ]
}

impl Rest {
    /// All models: the two that it began with, unless they are gone, and its own.
    pub fn all_models(&self) -> Vec<Value> {
        let own = self.models.values().filter(|model| !model.is_null());
        let first = first_models().into_iter();
        let first = first.filter(|model| {
            let name = model["name"].as_str().unwrap_or_default();
            !self.models.contains_key(name)
        });
        first.chain(own.cloned()).collect()
    }

    /// A model.
    ///
    /// # Errors
    /// That there is none.
    pub fn model(&self, name: &str) -> Result<Value, Refusal> {
        let mut all = self.all_models().into_iter();
        all.find(|model| model["name"] == name)
            .ok_or_else(|| Refusal::NotFound(format!("Invalid model name specified: {name}")))
    }

    /// Adds a model.
    ///
    /// # Errors
    /// A name that is none or taken, or a schema that is none.
    pub fn add_model(&mut self, model: &Map<String, Value>) -> Result<(), Refusal> {
        let text = |name: &str| model.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = text("name");
        if name.is_empty() {
            return Err(Refusal::Invalid("Model name must be non-empty".into()));
        }
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Refusal::Invalid(format!(
                "Model name must be alphanumeric: {name}"
            )));
        }
        if self.model(name).is_ok() {
            return Err(Refusal::Exists(
                "Model name already exists for this REST API".into(),
            ));
        }
        self.check_schema(text("schema"))?;
        self.models
            .insert(name.to_owned(), Value::Object(model.clone()));
        Ok(())
    }

    /// Whether a schema can be one of a model: it is one, and the models that it names are there.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check_schema(&self, text: &str) -> Result<(), Refusal> {
        let schema = schema::check(text)?;
        for name in schema::references(&schema) {
            self.model(name).map_err(|_| {
                Refusal::Invalid(format!("Invalid model specified: Validation Result: warnings : [], errors : [Invalid model name specified in $ref: {name}]"))
            })?;
        }
        Ok(())
    }

    /// Removes a model.
    ///
    /// # Errors
    /// There is none, or something still names it.
    pub fn remove_model(&mut self, name: &str) -> Result<(), Refusal> {
        self.model(name)?;
        let used = |text: String| {
            Err(Refusal::Exists(format!(
                "Cannot delete model '{name}', is referenced in {text}"
            )))
        };
        for (id, resource) in &self.resources {
            for (method, document) in &resource.methods {
                let names = |models: &Value| {
                    models
                        .as_object()
                        .is_some_and(|models| models.values().any(|one| one == name))
                };
                let path = || super::rest::path_of(&self.resources, id);
                if names(&document["requestModels"]) {
                    return used(format!("method request: {}/{method}", path()));
                }
                let responses = document["methodResponses"].as_object();
                let mut responses = responses.into_iter().flatten();
                if responses.any(|(_, one)| names(&one["responseModels"])) {
                    return used(format!("method response: {}/{method}", path()));
                }
            }
        }
        for model in self.models.values().filter(|model| model["name"] != name) {
            let schema = model["schema"].as_str().unwrap_or_default();
            let schema = serde_json::from_str(schema).unwrap_or_default();
            if schema::references(&schema).contains(&name) {
                let other = model["name"].as_str().unwrap_or_default();
                return used(format!("model: {other}"));
            }
        }
        match first_models().iter().any(|model| model["name"] == name) {
            true => self.models.insert(name.to_owned(), Value::Null),
            false => self.models.remove(name),
        };
        Ok(())
    }

    /// The schemas of all models.
    pub fn schemas(&self) -> Schemas {
        let all = self.all_models().into_iter();
        let all = all.filter_map(|model| {
            let schema = serde_json::from_str(model["schema"].as_str()?).ok()?;
            Some((model["name"].as_str()?.to_owned(), schema))
        });
        all.collect()
    }

    /// A request validator.
    ///
    /// # Errors
    /// That there is none.
    pub fn validator(&self, id: &str) -> Result<&Value, Refusal> {
        let found = self.validators.get(id);
        found.ok_or_else(|| Refusal::unknown("Request Validator"))
    }

    /// Removes a request validator.
    ///
    /// # Errors
    /// There is none, or a method still asks for it.
    pub fn remove_validator(&mut self, id: &str) -> Result<(), Refusal> {
        self.validator(id)?;
        for (resource, of) in &self.resources {
            for (method, document) in &of.methods {
                if document["requestValidatorId"] == id {
                    let path = super::rest::path_of(&self.resources, resource);
                    return Err(Refusal::Exists(format!(
                        "Cannot delete request validator '{id}', is referenced in method: {method} {path}"
                    )));
                }
            }
        }
        self.validators.remove(id);
        Ok(())
    }
}

/// Parameters that a method requires and a request does not have, in the method's order.
pub fn missing(method: &Value, has: impl Fn(&str, &str) -> bool) -> Vec<&str> {
    let all = method["requestParameters"].as_object();
    let required = all
        .into_iter()
        .flatten()
        .filter(|(_, required)| **required == true);
    let parts = required.filter_map(|(name, _)| {
        let rest = name.strip_prefix("method.request.")?;
        rest.split_once('.')
    });
    let mut missing: Vec<(&str, &str)> = parts.filter(|(place, name)| !has(place, name)).collect();
    // As recorded of AWS: first of the header, then of the path, then of the query.
    missing.sort_by_key(|(place, _)| *place);
    missing.into_iter().map(|(_, name)| name).collect()
}

/// What of a body does not fit the model that a method has for its media type; nothing where it fits, or there is none.
pub fn body_errors(schemas: &Schemas, method: &Value, kind: &str, body: &[u8]) -> Vec<String> {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let models = &method["requestModels"];
    let name = models.get(kind).or_else(|| models.get("$default"));
    let Some(name) = name.and_then(Value::as_str) else {
        return Vec::new();
    };
    match serde_json::from_slice(body) {
        Ok(body) => schema::errors(schemas, name, &body),
        Err(_) => vec!["Unable to parse request body".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::rest::Resources;

    fn api() -> Rest {
        let mut rest = Rest::new(Map::new(), "root".into());
        let schema = json!({"type": "object", "required": ["a"]}).to_string();
        let model =
            json!({"name": "M", "id": "m", "schema": schema, "contentType": "application/json"});
        rest.add_model(model.as_object().expect("members"))
            .expect("a model");
        rest
    }

    #[test]
    fn models_are_kept_and_gone() {
        let mut rest = api();
        assert_eq!(rest.all_models().len(), 3);
        let other = json!({"name": "N", "schema": json!({"$ref": "https://apigateway.amazonaws.com/restapis/x/models/M"}).to_string()});
        rest.add_model(other.as_object().expect("members"))
            .expect("a model");
        let why =
            |rest: &mut Rest, name: &str| rest.remove_model(name).expect_err(name).to_string();
        assert_eq!(
            why(&mut rest, "M"),
            "Cannot delete model 'M', is referenced in model: N"
        );
        rest.remove_model("N").expect("it goes");
        rest.remove_model("Empty").expect("it goes");
        assert_eq!(
            why(&mut rest, "Empty"),
            "Invalid model name specified: Empty"
        );
        assert_eq!(rest.all_models().len(), 2);
        let check = |model: Value, text: &str| {
            let mut rest = api();
            let why = rest
                .add_model(model.as_object().expect("members"))
                .expect_err(text);
            assert!(why.to_string().contains(text), "{why}");
        };
        check(json!({"name": ""}), "Model name must be non-empty");
        check(
            json!({"name": "M"}),
            "Model name already exists for this REST API",
        );
        check(
            json!({"name": "X", "schema": ""}),
            "Model schema must have at least 1 property",
        );
        check(
            json!({"name": "X", "schema": "{\"$ref\": \"https://apigateway.amazonaws.com/restapis/x/models/Z\"}"}),
            "in $ref: Z",
        );
    }

    #[test]
    fn what_requests_lack() {
        let method = json!({"requestParameters": {"method.request.querystring.q": true, "method.request.header.X-A": true,
            "method.request.path.id": false}, "requestModels": {"application/json": "M"}});
        assert_eq!(missing(&method, |place, _| place == "header"), ["q"]);
        let schemas = api().schemas();
        let errors = |kind: &str, body: &[u8]| body_errors(&schemas, &method, kind, body);
        assert!(errors("application/json; charset=utf-8", b"{\"a\": 1}").is_empty());
        assert_eq!(
            errors("application/json", b"{}"),
            ["object has missing required properties ([\"a\"])"]
        );
        assert_eq!(errors("application/json", b"").len(), 1);
        assert!(errors("text/plain", b"x").is_empty());
        assert_eq!(Resources::new().len(), 0);
    }
}
