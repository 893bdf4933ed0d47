//! What the documents list is what the program has: settings, commands, reason codes, files.
//!
//! `UPDATE=1` rewrites the lists that are made from the program alone; the others are prose and are only compared.

mod compatibility;

use nameplate::config::{LIKE_AWS, SETTINGS};
use nameplate_core::quota;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The part of a document between `<!-- NAME -->` and `<!-- /NAME -->`.
fn part<'t>(text: &'t str, name: &str) -> &'t str {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let inside = text
        .split_once(&begin)
        .and_then(|(_, rest)| rest.split_once(&end));
    inside
        .unwrap_or_else(|| panic!("the document has no part {name}"))
        .0
}

/// Cells of the first columns of a Markdown table's rows, without head and backquotes.
fn cells(table: &str, columns: usize) -> Vec<Vec<String>> {
    table
        .lines()
        .filter(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| {
            line.trim_matches('|')
                .split('|')
                .take(columns)
                .map(|cell| cell.trim().replace('`', ""))
                .collect()
        })
        .collect()
}

fn settings_table() -> String {
    let mut table = String::from("| flag | default | what it does |\n| --- | --- | --- |\n");
    for setting in SETTINGS {
        let many = if setting.many {
            "; may be given several times"
        } else {
            ""
        };
        let flag = format!("--{} {}", setting.name, setting.value);
        let _ = writeln!(
            table,
            "| `{}` | `{}` | {}{many} |",
            flag.trim_end(),
            setting.default,
            setting.help
        );
    }
    let same: Vec<String> = LIKE_AWS
        .iter()
        .map(|(name, value)| format!("--{name} {value}"))
        .collect();
    let _ = writeln!(
        table,
        "| `--like-aws` | off | Same as `{}` |",
        same.join(" ")
    );
    table
}

#[test]
fn every_setting_is_listed() {
    let wanted = settings_table();
    let text = read("docs/settings.md");
    if std::env::var_os("UPDATE").is_some() {
        let old = format!(
            "<!-- settings -->\n{}<!-- /settings -->",
            part(&text, "settings")
        );
        let new = format!("<!-- settings -->\n{wanted}<!-- /settings -->");
        let fresh = text.replace(&old, &new);
        fs::write(root().join("docs/settings.md"), fresh).expect("docs/settings.md can be written");
    }
    assert_eq!(
        part(&read("docs/settings.md"), "settings"),
        wanted,
        "docs/settings.md: run `UPDATE=1 cargo test -p nameplate --test documents`"
    );
    // The translation is by hand; flags and defaults are not prose.
    assert_eq!(
        cells(part(&read("docs/settings.zh-CN.md"), "settings"), 2),
        cells(&wanted, 2),
        "docs/settings.zh-CN.md"
    );
}

#[test]
fn readme_lists_every_command() {
    let command = nameplate::cli::command();
    let known: BTreeSet<&str> = command
        .get_subcommands()
        .map(|sub| sub.get_name())
        .collect();
    for path in ["README.md", "README.zh-CN.md"] {
        let text = read(path);
        let listed: BTreeSet<String> = cells(part(&text, "commands"), 1)
            .into_iter()
            .filter_map(|row| row[0].split(' ').nth(1).map(str::to_owned))
            .collect();
        let listed: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
        assert_eq!(listed, known, "{path}");
    }
}

/// A count a second, and the lower one of some regions where it differs.
fn figures((most, small): (u32, u32), unit: &str) -> String {
    match most == small {
        true => format!("{most}{unit}"),
        false => format!("{most}{unit}; {small}{unit} in smaller regions"),
    }
}

fn limits_table() -> String {
    let mut table = String::from(
        "| what | limit | AWS's quota | beyond it | `limit` |\n| --- | --- | --- | --- | --- |\n",
    );
    for entry in quota::LIMITS {
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | `{}` |",
            entry.counts,
            figures(entry.rates, ""),
            entry.quota,
            entry.beyond,
            entry.name
        );
    }
    let list = |regions: &[&str]| regions.join(", ");
    let _ = writeln!(
        table,
        "\nSmaller regions: {}; for all but shadows also {}.",
        list(quota::SMALL),
        list(quota::SMALL_BROKER)
    );
    table
}

/// Operations that are built, by their rates.
fn operations_table() -> String {
    let mut by_rate: BTreeMap<(u32, u32), Vec<&str>> = BTreeMap::new();
    let mut free = Vec::new();
    for (service, names) in nameplate::api::built() {
        if !matches!(service.scope(), "iot" | "iotdata") {
            continue;
        }
        for name in names {
            match quota::operations::position(service.scope(), name) {
                Some(at) => by_rate
                    .entry(quota::OPERATIONS[at].rates())
                    .or_default()
                    .push(name),
                None => free.push(name),
            }
        }
    }
    let mut table = String::from("| a second | operations |\n| --- | --- |\n");
    for (rates, names) in by_rate {
        let _ = writeln!(table, "| {} | {} |", figures(rates, ""), names.join(", "));
    }
    let _ = writeln!(
        table,
        "\nAWS publishes none of their own for {}. Publish and the operations on shadows have the limits above.",
        free.join(", ")
    );
    table
}

#[test]
fn rates_are_listed() {
    for (name, wanted) in [
        ("limits", limits_table()),
        ("operations", operations_table()),
    ] {
        let text = read("docs/quotas.md");
        if std::env::var_os("UPDATE").is_some() {
            let framed = |inside: &str| format!("<!-- {name} -->\n{inside}<!-- /{name} -->");
            let fresh = text.replace(&framed(part(&text, name)), &framed(&wanted));
            fs::write(root().join("docs/quotas.md"), fresh).expect("docs/quotas.md can be written");
        }
        assert_eq!(
            part(&read("docs/quotas.md"), name),
            wanted,
            "docs/quotas.md: run `UPDATE=1 cargo test -p nameplate --test documents`"
        );
    }
}

/// Every text in lower-case words joined by hyphens, and every one-word text of `words`, that stands in quotes in the
/// code of a file, tests left out.
fn codes(path: &str, words: &[&str]) -> BTreeSet<String> {
    let text = read(path);
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .filter(|quoted| {
            words.contains(quoted)
                || quoted.contains('-')
                    && quoted.split('-').all(|word| {
                        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase())
                    })
        })
        .map(str::to_owned)
        .collect()
}

/// Quoted words of those files that are no reason codes.
const NO_CODES: &[&str] = &[
    "first-connection",
    "create-certificate-provider",
    "delete-certificate-provider",
    "fleet-create",
    "fleet-register",
    "provisioning-claim",
    "update-certificate-provider",
    "certificate-renew",
    "register-child",
    "put-revocation-source",
    "put-revocation-list",
    "delete-revocation-list",
    "revocation-failure",
    "certificate-retire",
    "connects-of-client",
    "register-first",
    "written-back",
    "x-amzn-http-ca",
    "x-amzn-mqtt-ca",
];

#[test]
fn every_reason_code_is_explained() {
    let mut known = BTreeSet::new();
    for path in [
        "crates/nameplate-core/src/admission.rs",
        "crates/nameplate/src/app/admission/mod.rs",
        "crates/nameplate/src/app/admission/admit.rs",
        "crates/nameplate/src/app/admission/callback.rs",
        "crates/nameplate/src/app/admission/credentials.rs",
        "crates/nameplate/src/app/admission/custom.rs",
        "crates/nameplate/src/app/admission/guest.rs",
        "crates/nameplate/src/app/admission/first.rs",
        "crates/nameplate/src/app/admission/jitp.rs",
        "crates/nameplate/src/app/admission/jitr.rs",
        "crates/nameplate/src/app/admission/throttle.rs",
        "crates/nameplate/src/app/admission/who.rs",
        "crates/nameplate/src/net/listen.rs",
        "crates/nameplate/src/broker/connection/deliver.rs",
        "crates/nameplate/src/broker/connection/open.rs",
        "crates/nameplate/src/broker/connection/opening.rs",
        "crates/nameplate/src/broker/connection/publish.rs",
        "crates/nameplate/src/broker/connection/record.rs",
        "crates/nameplate/src/broker/connection/session.rs",
        "crates/nameplate/src/broker/connection/subscribe.rs",
        "crates/nameplate/src/broker/throttle.rs",
        "crates/nameplate-mqtt/src/connection/reason.rs",
        "crates/nameplate/src/app/provisioning/hook.rs",
        "crates/nameplate/src/app/admission/claim.rs",
        "crates/nameplate/src/app/fleet_provisioning/child.rs",
        "crates/nameplate/src/app/fleet_provisioning/create.rs",
        "crates/nameplate/src/app/fleet_provisioning/provider.rs",
        "crates/nameplate/src/app/fleet_provisioning/record.rs",
        "crates/nameplate/src/app/fleet_provisioning/refused.rs",
        "crates/nameplate/src/app/fleet_provisioning/register.rs",
        "crates/nameplate/src/app/fleet_provisioning/renew.rs",
        "crates/nameplate-core/src/vending/decide.rs",
        "crates/nameplate/src/app/vending/ask.rs",
        "crates/nameplate/src/app/vending/make.rs",
        "crates/nameplate/src/app/vending/record.rs",
        "crates/nameplate/src/app/functions/request.rs",
    ] {
        known.extend(codes(path, &["internal"]));
    }
    known.insert(nameplate::app::vending::VENDED.to_owned());
    known.insert(nameplate::app::admission::attempt::CONNECTED.to_owned());
    known.insert(nameplate::app::admission::attempt::PROVISIONED.to_owned());
    known.insert(nameplate::app::admission::attempt::REGISTERED.to_owned());
    for folder in ["template", "provisioning"] {
        let folder = format!("crates/nameplate-core/src/{folder}");
        for entry in fs::read_dir(root().join(&folder)).expect("the folder is there") {
            let name = entry.expect("the folder can be listed").file_name();
            let name = name.to_string_lossy();
            // What `simulate` prints of a plan is no refusal, and classes of refusals are no codes.
            if name.ends_with(".rs") && refuses(&format!("{folder}/{name}")) {
                let found = codes(&format!("{folder}/{name}"), &["denied"]);
                known.extend(found.into_iter().map(|code| format!("provisioning-{code}")));
            }
        }
    }
    for word in NO_CODES.iter().chain(CLASSES) {
        known.remove(*word);
    }
    let explained: BTreeSet<String> = read("docs/explain.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(code, _)| code.to_owned())
        .collect();
    let missing: Vec<_> = known.difference(&explained).collect();
    let gone: Vec<_> = explained.difference(&known).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "docs/explain.md does not explain {missing:?}, and explains what no code gives: {gone:?}"
    );
}

/// `FailureClass::as_str`, beside the codes.
const CLASSES: &[&str] = &["provisioning-missing-value"];

/// Whether a file makes refusals, which carry a class.
fn refuses(path: &str) -> bool {
    read(path).contains("FailureClass::")
}

#[test]
fn links_lead_somewhere() {
    let mut documents = vec![
        "README.md".to_owned(),
        "README.zh-CN.md".to_owned(),
        "ARCHITECTURE.md".to_owned(),
        "CONTRIBUTING.md".to_owned(),
    ];
    for folder in ["docs", "docs/adr"] {
        for entry in fs::read_dir(root().join(folder)).expect("the folder is there") {
            let name = entry.expect("the folder can be listed").file_name();
            let path = format!("{folder}/{}", name.to_string_lossy());
            if path.ends_with(".md") {
                documents.push(path);
            }
        }
    }
    for path in documents {
        let text = read(&path);
        let folder = root()
            .join(&path)
            .parent()
            .map(Path::to_owned)
            .unwrap_or_default();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            assert!(
                folder.join(file).exists(),
                "{path} links to {target}, which is not there"
            );
        }
        for named in text.split('`').skip(1).step_by(2) {
            if let Some(file) = place(named, path == "ARCHITECTURE.md") {
                assert!(
                    root().join(&file).exists(),
                    "{path} names {named}, which is not there"
                );
            }
        }
    }
}

/// The file or folder that a document names in backquotes, if it does. The map has short names for the crates.
fn place(named: &str, short: bool) -> Option<String> {
    if named.contains([' ', '{', '*', '…', '<']) {
        return None;
    }
    let (first, rest) = named.split_once('/')?;
    match first {
        "crates" | "docs" | "xtask" => Some(named.to_owned()),
        "core" | "mqtt" | "aws" | "store" if short => {
            Some(format!("crates/nameplate-{first}/src/{rest}"))
        }
        "api" | "app" | "authority" | "broker" | "cli" | "net" if short => {
            Some(format!("crates/nameplate/src/{named}"))
        }
        _ => None,
    }
}

/// Every test that the tables of MQTT's statements and of paho's suite name is there.
#[test]
fn tests_of_mqtt_statements_are_there() {
    let text = read("docs/mqtt-conformance.md");
    let mut names = BTreeSet::new();
    let statements = part(&text, "statements").lines().skip(2);
    let interoperability = part(&text, "interoperability").lines().skip(2);
    for row in statements.chain(interoperability) {
        let held = row.rsplit('|').nth(1).expect("a row has cells");
        let quoted = held.split('`').skip(1).step_by(2);
        names.extend(quoted.filter(|name| name.contains('_') && !name.contains(['/', '#', '$'])));
    }
    assert!(names.len() > 50, "the table was read");
    let mut sources = String::new();
    for folder in [
        "crates/nameplate-mqtt/src",
        "crates/nameplate/src",
        "tests/e2e",
    ] {
        gather(&root().join(folder), &mut sources);
    }
    let missing: Vec<&&str> = names
        .iter()
        .filter(|name| {
            !sources.contains(&format!("fn {name}(")) && !sources.contains(&format!("def {name}("))
        })
        .collect();
    assert!(missing.is_empty(), "no tests of these names: {missing:?}");
}

/// Appends all tests in Rust and Python below a folder.
fn gather(folder: &Path, sources: &mut String) {
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        let name = path.to_string_lossy();
        if path.is_dir() && !name.ends_with("node") {
            gather(&path, sources);
        } else if name.ends_with(".rs") || name.ends_with(".py") {
            sources.push_str(&fs::read_to_string(&path).unwrap_or_default());
        }
    }
}
