//! The services without a table of their own, as one table: how each is called, what it speaks, and, where the
//! request does not say it, which operation a method and a path mean.
//!
//! Everything is ordered by the name in the credential scope, so that the same models always give the same text.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{SERVICES, emit, unpacked};

/// The table of all services in the package that have none of their own.
pub fn table(package: &Path, botocore: &str) -> Result<String> {
    let mut rows = Vec::new();
    for service in directories(&package.join("data"))? {
        let name = file_name(&service);
        if SERVICES.iter().any(|source| source.dir == name) {
            continue;
        }
        // Clients of older versions are told the same, without the operation's name where a path names it.
        let Some(newest) = directories(&service)?.pop() else {
            continue;
        };
        let model = unpacked(&newest.join("service-2.json"))?;
        let row = row(&model).with_context(|| format!("reading the model of {name}"))?;
        rows.push((row.scope.clone(), name, row.text));
    }
    rows.sort();
    let mut out = emit::header(botocore, "services without a table of their own");
    out.push_str("use crate::model::*;\n\npub(in crate::model) static FOREIGN: &[Foreign] = &[\n");
    for (_, _, text) in rows {
        out.push_str(&text);
    }
    out.push_str("];\n");
    Ok(out)
}

struct Row {
    scope: String,
    text: String,
}

fn row(model: &Value) -> Result<Row> {
    let metadata = &model["metadata"];
    let text = |name: &str| metadata[name].as_str().unwrap_or_default();
    let scope = match text("signingName") {
        "" => text("endpointPrefix"),
        name => name,
    };
    let (protocol, by_path) = match text("protocol") {
        "rest-json" => ("RestJson", true),
        "rest-xml" => ("RestXml", true),
        "query" => ("Query", false),
        "ec2" => ("Ec2", false),
        "json" if text("jsonVersion") == "1.1" => ("Json11", false),
        "json" => ("Json10", false),
        "smithy-rpc-v2-cbor" => ("RpcV2Cbor", false),
        other => bail!("unknown protocol {other}"),
    };
    let operations = model["operations"].as_object().context("no operations")?;
    let mut names: Vec<&String> = operations.keys().collect();
    names.sort();
    let unsigned: Vec<&str> = names
        .iter()
        .filter(|name| emit::is_unsigned(&operations[name.as_str()]))
        .map(|name| name.as_str())
        .collect();
    let mut paths = String::new();
    if by_path {
        for name in names {
            let http = &operations[name]["http"];
            let method = http["method"].as_str().context("no method")?;
            let uri = http["requestUri"].as_str().context("no path")?;
            write!(paths, "\n{method} {uri} {name}")?;
        }
    }
    let (target, namespace) = (text("targetPrefix"), text("xmlNamespace"));
    let text = format!(
        "    Foreign {{ scope: {scope:?}, id: {:?}, protocol: Protocol::{protocol}, target: {target:?}, \
         namespace: {namespace:?}, unsigned: &{unsigned:?}, paths: \"{paths}\" }},\n",
        text("serviceId"),
    );
    Ok(Row {
        scope: scope.to_owned(),
        text,
    })
}

/// The directories in one, by name.
fn directories(of: &Path) -> Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(of).with_context(|| format!("reading {}", of.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
