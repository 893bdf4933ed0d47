//! One service model as the text of a Rust table.
//!
//! The table is written in the vocabulary of `nameplate-aws`'s `model` module: one line an
//! operation, one static a shape that some operation's input reaches. Everything is ordered by
//! name, so that the same model always gives the same text.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

/// How much of an operation's input a table holds.
#[derive(Clone, Copy, PartialEq)]
pub enum Depth {
    /// All members, with all shapes below them.
    Full,
    /// Members in the path, the query and the headers.
    Located,
}

/// A service that gets a table.
pub struct Source {
    /// botocore's directory, also the table's name.
    pub dir: &'static str,
    /// The API version, a directory below.
    pub version: &'static str,
    /// The variant of `Service` it belongs to.
    pub variant: &'static str,
    /// What is kept of the inputs.
    pub depth: Depth,
}

/// The head comment of a generated file.
pub fn header(botocore: &str, what: &str) -> String {
    format!(
        "//! Generated from botocore {botocore} by `cargo run -p xtask -- models`: {what}.\n\
         //! Do not edit.\n\n"
    )
}

/// The table of one service.
pub fn table(source: &Source, model: &Value, botocore: &str) -> Result<String> {
    let shapes = object(&model["shapes"])?;
    let mut writer = Writer {
        source,
        shapes,
        reached: BTreeSet::new(),
    };
    let operations = writer.operations(object(&model["operations"])?)?;
    let errors = writer.errors();
    let shape_table = writer.shape_table()?;

    let metadata = &model["metadata"];
    let namespace = metadata["xmlNamespace"].as_str().unwrap_or_default();
    let target = metadata["targetPrefix"].as_str().unwrap_or_default();
    let mut out = header(botocore, &format!("{} {}", source.dir, source.version));
    out.push_str("use crate::model::*;\n\n");
    writeln!(
        out,
        "pub(in crate::model) static MODEL: Model = Model {{ service: Service::{}, \
         api_version: {:?}, xml_namespace: {namespace:?}, target: {target:?}, operations: OPERATIONS, errors: ERRORS }};\n",
        source.variant, source.version
    )?;
    writeln!(
        out,
        "static OPERATIONS: &[Operation] = &[\n{operations}];\n"
    )?;
    writeln!(out, "static ERRORS: &[ErrorName] = &[\n{errors}];\n")?;
    out.push_str(&shape_table);
    Ok(out)
}

struct Writer<'a> {
    source: &'a Source,
    shapes: &'a Map<String, Value>,
    /// Shapes some line refers to.
    reached: BTreeSet<String>,
}

impl Writer<'_> {
    fn operations(&mut self, operations: &Map<String, Value>) -> Result<String> {
        let mut names: Vec<_> = operations.keys().collect();
        names.sort();
        let mut out = String::new();
        for name in names {
            let operation = &operations[name];
            let http = &operation["http"];
            let method = text(&http["method"])?;
            let uri = text(&http["requestUri"])?;
            let status = http["responseCode"].as_u64().unwrap_or(200);
            write!(
                out,
                "    Operation::new(Service::{}, {name:?}, {method:?}, {uri:?}, {status})",
                self.source.variant
            )?;
            if let Some(input) = operation["input"]["shape"].as_str() {
                self.reach(input);
                write!(out, ".input(&{input})")?;
            }
            if operation.get("output").is_some() {
                out.push_str(".output()");
            }
            if operation["deprecated"] == true {
                out.push_str(".deprecated()");
            }
            if is_unsigned(operation) {
                out.push_str(".unsigned()");
            }
            let mut errors: Vec<String> = Vec::new();
            for error in operation["errors"].as_array().into_iter().flatten() {
                errors.push(self.error_code(text(&error["shape"])?));
            }
            errors.sort();
            if !errors.is_empty() {
                write!(out, ".errors(&{errors:?})")?;
            }
            out.push_str(",\n");
        }
        Ok(out)
    }

    /// The name an error has on the wire: the query protocol may rename it.
    fn error_code(&self, shape: &str) -> String {
        self.shapes[shape]["error"]["code"]
            .as_str()
            .unwrap_or(shape)
            .to_owned()
    }

    fn errors(&self) -> String {
        let mut lines = BTreeSet::new();
        for (name, shape) in self.shapes {
            if shape["exception"] == true {
                let status = shape["error"]["httpStatusCode"].as_u64();
                let status = status.unwrap_or(if shape["fault"] == true { 500 } else { 400 });
                let code = self.error_code(name);
                lines.insert(format!(
                    "    ErrorName {{ code: {code:?}, status: {status} }},\n"
                ));
            }
        }
        lines.into_iter().collect()
    }

    fn reach(&mut self, shape: &str) {
        if !self.reached.insert(shape.to_owned()) {
            return;
        }
        let Some(value) = self.shapes.get(shape).cloned() else {
            return;
        };
        for (_, member) in self.kept_members(&value) {
            if let Some(target) = member["shape"].as_str() {
                self.reach(target);
            }
        }
        for part in ["member", "key", "value"] {
            if let Some(target) = value[part]["shape"].as_str() {
                self.reach(target);
            }
        }
    }

    fn kept_members(&self, shape: &Value) -> Vec<(String, Value)> {
        let located = self.source.depth == Depth::Located;
        let Some(members) = shape["members"].as_object() else {
            return Vec::new();
        };
        members
            .iter()
            .filter(|(_, member)| !located || member.get("location").is_some())
            .map(|(name, member)| (name.clone(), member.clone()))
            .collect()
    }

    fn shape_table(&self) -> Result<String> {
        let mut out = String::new();
        for name in &self.reached {
            let shape = self
                .shapes
                .get(name)
                .with_context(|| format!("no shape {name}"))?;
            let mut shape = shape.clone();
            // Its bytes count, not its characters, and DynamoDB tells so in words of its own.
            if let ("dynamodb", "AttributeName", Some(of)) =
                (self.source.dir, name.as_str(), shape.as_object_mut())
            {
                of.remove("max");
            }
            writeln!(out, "static {name}: Shape = {};", self.shape(&shape)?)?;
        }
        Ok(out)
    }

    fn shape(&self, shape: &Value) -> Result<String> {
        let target = |part: &str| text(&shape[part]["shape"]);
        let mut out = match text(&shape["type"])? {
            "string" | "character" => "Shape::string()".to_owned(),
            "boolean" => "Shape::boolean()".to_owned(),
            "integer" => "Shape::integer()".to_owned(),
            "long" => "Shape::long()".to_owned(),
            "float" | "double" => "Shape::double()".to_owned(),
            "timestamp" => "Shape::timestamp()".to_owned(),
            "blob" => "Shape::blob()".to_owned(),
            "list" => format!("Shape::list(&{})", target("member")?),
            "map" => format!("Shape::map(&{}, &{})", target("key")?, target("value")?),
            "structure" => self.structure(shape)?,
            other => bail!("unknown type {other}"),
        };
        for limit in ["min", "max"] {
            if let Some(number) = shape[limit].as_f64() {
                // `{:?}` keeps the point that makes it a float.
                write!(out, ".{limit}({number:?})")?;
            }
        }
        if let Some(pattern) = shape["pattern"].as_str() {
            write!(out, ".pattern({pattern:?})")?;
        }
        if let Some(values) = shape["enum"].as_array() {
            let values: Result<Vec<&str>> = values.iter().map(text).collect();
            write!(out, ".one_of(&{:?})", values?)?;
        }
        if shape["sensitive"] == true {
            out.push_str(".secret()");
        }
        Ok(out)
    }

    fn structure(&self, shape: &Value) -> Result<String> {
        let payload = shape["payload"].as_str();
        let required: BTreeSet<&str> = shape["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let members = self.kept_members(shape);
        if members.is_empty() {
            return Ok("Shape::structure(&[])".to_owned());
        }
        let mut out = "Shape::structure(&[\n".to_owned();
        for (name, member) in members {
            let wire = member["locationName"].as_str().unwrap_or(&name);
            let target = text(&member["shape"])?;
            let place = match member["location"].as_str() {
                None if payload == Some(name.as_str()) => "payload",
                None => "body",
                Some("uri") => "path",
                Some("querystring") => "query",
                Some("header") => "header",
                Some("headers") => "header_prefix",
                // Only answers carry the status as a member.
                Some("statusCode") => continue,
                Some(other) => bail!("unknown location {other}"),
            };
            write!(out, "    Member::{place}({name:?}, {wire:?}, &{target})")?;
            if required.contains(name.as_str()) {
                out.push_str(".required()");
            }
            out.push_str(",\n");
        }
        out.push_str("])");
        Ok(out)
    }
}

/// Whether clients send it without a signature.
pub fn is_unsigned(operation: &Value) -> bool {
    operation["authtype"] == "none"
        || operation["auth"]
            .as_array()
            .is_some_and(|kinds| kinds.iter().any(|kind| kind == "smithy.api#noAuth"))
}

fn text(value: &Value) -> Result<&str> {
    value
        .as_str()
        .with_context(|| format!("expected a string, found {value}"))
}

fn object(value: &Value) -> Result<&Map<String, Value>> {
    value.as_object().context("expected an object")
}
