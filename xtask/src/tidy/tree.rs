//! Rules about dependencies: which crate may use which, what may not be in the binary, licences, compilers.

use super::{Breach, licence};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// How many rules [`check`] keeps.
pub const RULES: usize = 6;

/// The platform whose tree is looked at.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The newest compiler that a dependency may ask for: the toolchain we build with.
const RUST: (u32, u32) = (1, 95);

/// Which crates of ours each of our crates may use directly.
const DIRECTION: &[(&str, &[&str])] = &[
    ("nameplate-core", &[]),
    ("nameplate-mqtt", &[]),
    ("nameplate-aws", &[]),
    ("nameplate-dynamodb", &[]),
    ("nameplate-rules", &[]),
    ("nameplate-peers", &["nameplate-mqtt"]),
    ("nameplate-store", &["nameplate-core"]),
    ("nameplate-functions", &["nameplate-core"]),
    ("nameplate-traces", &[]),
    (
        "nameplate",
        &[
            "nameplate-aws",
            "nameplate-core",
            "nameplate-dynamodb",
            "nameplate-functions",
            "nameplate-mqtt",
            "nameplate-peers",
            "nameplate-rules",
            "nameplate-store",
            "nameplate-traces",
        ],
    ),
];

/// Tools beside the product: they may use what they build or measure, and nothing may use them.
const TOOLS: &[&str] = &["xtask", "nameplate-bench", "nameplate-fuzz"];

/// Crates that take values and return values, so nothing that runs, listens, reads or writes may be under them.
const PURE: &[&str] = &[
    "nameplate-core",
    "nameplate-mqtt",
    "nameplate-aws",
    "nameplate-dynamodb",
    "nameplate-peers",
    "nameplate-rules",
];
const IMPURE: &[&str] = &[
    "async-std",
    "hyper",
    "mio",
    "rand",
    "reqwest",
    "rusqlite",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "tempfile",
    "tokio",
    "tokio-rustls",
    "tracing-subscriber",
];

/// What may be nowhere in the binary, with the reason.
const BANNED: &[(&str, &str)] = &[
    (
        "ring",
        "two crypto providers make rustls panic when it starts; ours is aws-lc-rs",
    ),
    ("openssl", "TLS is rustls"),
    (
        "openssl-sys",
        "TLS is rustls, and the binary needs no system library",
    ),
    ("native-tls", "TLS is rustls"),
    ("atty", "std has IsTerminal"),
];

/// Looks at the trees that cargo resolves.
pub fn check(root: &Path) -> Result<Vec<Breach>> {
    let metadata: Value = serde_json::from_slice(&cargo(
        root,
        &[
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            TARGET,
        ],
    )?)
    .context("cargo metadata answers JSON")?;
    let mut breaches = direction(&direct(&metadata));
    for name in PURE {
        breaches.extend(purity(name, &tree(root, name, "normal")?));
    }
    let binary = tree(root, "nameplate", "normal,build")?;
    breaches.extend(banned(&binary));
    breaches.extend(one_version("rustls", &binary));
    breaches.extend(packages(&metadata));
    Ok(breaches)
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(root)
        .output()
        .context("running cargo")?;
    ensure!(
        output.status.success(),
        "cargo {} failed: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}

/// All crates under `package`, as (name, version). Metadata does not do: it lists options nobody switched on.
fn tree(root: &Path, package: &str, edges: &str) -> Result<BTreeSet<(String, String)>> {
    let text = cargo(
        root,
        &[
            "tree",
            "--package",
            package,
            "--edges",
            edges,
            "--target",
            TARGET,
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--locked",
        ],
    )?;
    Ok(String::from_utf8_lossy(&text)
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((
                words.next()?.to_owned(),
                words.next()?.trim_start_matches('v').to_owned(),
            ))
        })
        .collect())
}

/// Direct dependencies of each crate of ours, those for tests left out.
fn direct(metadata: &Value) -> BTreeMap<String, Vec<String>> {
    members(metadata)
        .map(|package| {
            let uses = list(&package["dependencies"])
                .filter(|dependency| dependency["kind"] != "dev")
                .map(|dependency| text(&dependency["name"]))
                .collect();
            (text(&package["name"]), uses)
        })
        .collect()
}

fn members(metadata: &Value) -> impl Iterator<Item = &Value> {
    // A package of the workspace has no source.
    list(&metadata["packages"]).filter(|package| package["source"].is_null())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn direction(direct: &BTreeMap<String, Vec<String>>) -> Vec<Breach> {
    let ours =
        |name: &str| name == "nameplate" || name.starts_with("nameplate-") || TOOLS.contains(&name);
    let mut breaches = Vec::new();
    for (name, uses) in direct
        .iter()
        .filter(|(name, _)| !TOOLS.contains(&name.as_str()))
    {
        let may = DIRECTION
            .iter()
            .find(|(of, _)| of == name)
            .map_or(&[][..], |(_, may)| may);
        if ours(name) && !DIRECTION.iter().any(|(of, _)| of == name) {
            breaches.push(Breach {
                place: name.clone(),
                text: "is a new crate: say in xtask tidy which of our crates it may use, and in an ADR why it exists"
                    .into(),
            });
        }
        for used in uses.iter().filter(|used| ours(used)) {
            if !may.contains(&used.as_str()) {
                breaches.push(Breach {
                    place: name.clone(),
                    text: format!(
                        "may not use {used}: calls go down (nameplate, store, core), data comes up (ARCHITECTURE.md)"
                    ),
                });
            }
        }
    }
    breaches
}

fn purity(name: &str, tree: &BTreeSet<(String, String)>) -> Vec<Breach> {
    tree.iter()
        .filter(|(used, _)| IMPURE.contains(&used.as_str()))
        .map(|(used, version)| Breach {
            place: name.into(),
            text: format!(
                "has {used} {version} under it (`cargo tree -p {name} -i {used}`): it takes values and returns values, \
                 so it needs no runtime, socket, file or SQL"
            ),
        })
        .collect()
}

fn banned(tree: &BTreeSet<(String, String)>) -> Vec<Breach> {
    tree.iter()
        .filter_map(|(used, version)| {
            let (_, reason) = BANNED.iter().find(|(name, _)| name == used)?;
            Some(Breach {
                place: format!("{used} {version}"),
                text: format!("is in the binary (`cargo tree -p nameplate -i {used}`): {reason}"),
            })
        })
        .collect()
}

fn one_version(name: &str, tree: &BTreeSet<(String, String)>) -> Option<Breach> {
    let versions: Vec<&str> = tree
        .iter()
        .filter(|(used, _)| used == name)
        .map(|(_, version)| version.as_str())
        .collect();
    (versions.len() != 1).then(|| Breach {
        place: name.into(),
        text: format!("must be in the binary exactly once; found: {versions:?}"),
    })
}

/// Licence and compiler of everything that is built here, tests included.
fn packages(metadata: &Value) -> Vec<Breach> {
    let built: BTreeSet<String> = list(&metadata["resolve"]["nodes"])
        .map(|node| text(&node["id"]))
        .collect();
    let mut breaches = Vec::new();
    for package in
        list(&metadata["packages"]).filter(|package| built.contains(&text(&package["id"])))
    {
        let place = format!("{} {}", text(&package["name"]), text(&package["version"]));
        let licence = text(&package["license"]);
        if !licence::acceptable(&licence) {
            breaches.push(Breach {
                place: place.clone(),
                text: format!(
                    "has the licence {licence:?}, which is not on the list in xtask/src/tidy/licence.rs"
                ),
            });
        }
        let wanted = text(&package["rust_version"]);
        if newer(&wanted) {
            breaches.push(Breach {
                place,
                text: format!(
                    "asks for Rust {wanted}; the toolchain here is {}.{}",
                    RUST.0, RUST.1
                ),
            });
        }
    }
    breaches
}

/// Whether `version` is above the compiler we have; an absent one is not.
fn newer(version: &str) -> bool {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    let wanted = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    wanted > RUST
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn crates(names: &[(&str, &str)]) -> BTreeSet<(String, String)> {
        names
            .iter()
            .map(|(name, version)| ((*name).to_owned(), (*version).to_owned()))
            .collect()
    }

    fn places(breaches: &[Breach]) -> Vec<&str> {
        breaches
            .iter()
            .map(|breach| breach.place.as_str())
            .collect()
    }

    #[test]
    fn nothing_points_up() {
        let metadata = json!({"packages": [
            {"name": "nameplate-core", "source": null, "dependencies": [{"name": "nameplate-store", "kind": null}]},
            {"name": "nameplate-store", "source": null, "dependencies": [
                {"name": "nameplate-core", "kind": null},
                {"name": "nameplate-aws", "kind": "dev"}]},
            {"name": "nameplate-new", "source": null, "dependencies": []},
            {"name": "nameplate-of-someone-else", "source": "registry", "dependencies": []},
            {"name": "xtask", "source": null, "dependencies": [{"name": "nameplate-store", "kind": null}]},
        ]});
        let breaches = direction(&direct(&metadata));
        assert_eq!(places(&breaches), ["nameplate-core", "nameplate-new"]);
        assert!(breaches[0].text.contains("may not use nameplate-store"));
    }

    #[test]
    fn what_is_under_a_crate_is_seen() {
        let tree = crates(&[
            ("ring", "0.17.14"),
            ("rustls", "0.21.0"),
            ("rustls", "0.23.46"),
            ("tokio", "1.54.0"),
        ]);
        assert_eq!(purity("nameplate-core", &tree).len(), 3);
        assert_eq!(places(&banned(&tree)), ["ring 0.17.14"]);
        assert!(one_version("rustls", &tree).is_some());
        assert!(one_version("tokio", &tree).is_none());
        assert!(one_version("absent", &tree).is_some());
    }

    #[test]
    fn licences_and_compilers() {
        let metadata = json!({
            "packages": [
                {"id": "a", "name": "good", "version": "1.0.0", "license": "MIT", "rust_version": "1.95.0"},
                {"id": "b", "name": "copyleft", "version": "1.0.0", "license": "GPL-3.0", "rust_version": null},
                {"id": "c", "name": "new", "version": "1.0.0", "license": "MIT", "rust_version": "1.96"},
                {"id": "d", "name": "elsewhere", "version": "1.0.0", "license": null},
            ],
            "resolve": {"nodes": [{"id": "a"}, {"id": "b"}, {"id": "c"}]},
        });
        assert_eq!(
            places(&packages(&metadata)),
            ["copyleft 1.0.0", "new 1.0.0"]
        );
        assert!(!newer("") && !newer("1.9") && newer("1.95.1") == newer("1.95"));
    }
}
