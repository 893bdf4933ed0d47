//! `nameplate function`: which functions there are, what they run on, how they are confined; creating, invoking and
//! removing them without AWS's tools.

mod deploy;
mod invoke;
pub mod role;

pub use deploy::FUNCTIONS;

use super::args::{FunctionArgs, FunctionCommand, Language, RuntimeCommand};
use super::client::{Client, ClientError};
use super::out::{complain, json as printed, say, tell};
use crate::app::functions::toolchain;
use crate::config;
use anyhow::Context as _;
use nameplate_core::escape;
use nameplate_functions::{Family, RuntimeReport, Toolchain};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// Exit status where functions are not confined as they should be, or a language is missing.
const LACKING: u8 = 1;
/// Exit status where a function was not removed.
const REFUSED: u8 = 1;

/// Runs the command; the exit status.
pub async fn run(args: &FunctionArgs) -> anyhow::Result<u8> {
    let data_dir = args.data_dir.as_deref();
    match &args.command {
        FunctionCommand::List { json } => list(data_dir, *json).await,
        FunctionCommand::Deploy(args) => deploy::run(data_dir, args).await,
        FunctionCommand::Invoke(args) => invoke::run(data_dir, args).await,
        FunctionCommand::Rm { names } => remove(data_dir, names).await,
        FunctionCommand::Confinement { json } => confinement(data_dir, *json).await,
        FunctionCommand::Runtime {
            command: None,
            json,
        } => {
            let reports = interpreters(data_dir)?.report().await;
            match json {
                true => say(&reports.iter().map(report_json).collect::<String>())?,
                false => tell(&reports.iter().map(report).collect::<String>())?,
            }
            Ok(0)
        }
        FunctionCommand::Runtime {
            command: Some(RuntimeCommand::Install { language }),
            ..
        } => install(data_dir, *language).await,
    }
}

async fn list(data_dir: Option<&Path>, json: bool) -> anyhow::Result<u8> {
    let client = Client::find(data_dir)?;
    let (mut marker, mut any) = (String::new(), false);
    loop {
        let target = format!("/2015-03-31/functions?MaxItems=50{marker}");
        let page = client.json("lambda", "GET", &target, &Value::Null).await?;
        let mut text = String::new();
        for function in page["Functions"].as_array().into_iter().flatten() {
            match json {
                true => text.push_str(&(printed(function) + "\n")),
                false => text.push_str(&one(function)),
            }
        }
        any |= !text.is_empty();
        say(&text)?;
        match page["NextMarker"].as_str() {
            Some(next) => {
                marker = format!("&Marker={}", nameplate_aws::uri::encode(next.as_bytes()));
            }
            None => break,
        }
    }
    if !any && !json {
        tell("There is no function; `nameplate function deploy FOLDER` makes one.\n")?;
    }
    Ok(0)
}

async fn remove(data_dir: Option<&Path>, names: &[String]) -> anyhow::Result<u8> {
    let client = Client::find(data_dir)?;
    let mut status = 0;
    for name in names {
        let target = format!("{}/{}", deploy::FUNCTIONS, encode(name));
        match client.json("lambda", "DELETE", &target, &Value::Null).await {
            Ok(_) => tell(&format!("removed {name}\n"))?,
            Err(refused @ ClientError::Refused { .. }) => {
                status = REFUSED;
                complain(format_args!("nameplate function rm: {name}: {refused}"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(status)
}

fn encode(name: &str) -> String {
    nameplate_aws::uri::encode(name.as_bytes())
}

/// A function in one line: name, runtime, handler, and when it was changed.
fn one(function: &Value) -> String {
    let text = |name: &str| escape::line(function[name].as_str().unwrap_or("-")).into_owned();
    format!(
        "{}  {}  {}  {}\n",
        text("FunctionName"),
        text("Runtime"),
        text("Handler"),
        text("LastModified")
    )
}

async fn confinement(data_dir: Option<&Path>, json: bool) -> anyhow::Result<u8> {
    let client = Client::find(data_dir)?;
    let answer = client
        .json("nameplate", "GET", "/nameplate/confinement", &Value::Null)
        .await?;
    let gaps: Vec<&str> = answer["gaps"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if json {
        say(&format!("{}\n", printed(&answer)))?;
        return Ok(if gaps.is_empty() { 0 } else { LACKING });
    }
    if gaps.is_empty() {
        tell(
            "Functions are confined by namespaces, Landlock, seccomp and limits: this machine enforces all of it.\n",
        )?;
        return Ok(0);
    }
    let lines: String = gaps.iter().map(|gap| format!("  - {gap}\n")).collect();
    tell(&format!(
        "This machine does not enforce on functions:\n{lines}"
    ))?;
    Ok(LACKING)
}

/// The interpreters that a server started here would use, and what is installed for them in its data directory.
fn interpreters(data_dir: Option<&Path>) -> anyhow::Result<Toolchain> {
    let directory = std::path::absolute(config::data_dir(data_dir)?)?;
    let [python, node] = config::interpreters()?;
    Ok(toolchain(&directory, &python, &node))
}

async fn install(data_dir: Option<&Path>, language: Language) -> anyhow::Result<u8> {
    let family = match language {
        Language::Python => Family::Python,
        Language::Nodejs => Family::Node,
    };
    let toolchain = interpreters(data_dir)?;
    complain(match family {
        Family::Node => "npm is asked; this takes as long as the downloads do",
        _ => "pip is asked; this takes as long as the downloads do",
    });
    let installed = toolchain
        .install(family)
        .await
        .context("nothing was installed")?;
    tell(&format!("installed: {}\n", installed.directory.display()))?;
    let found = toolchain.report().await;
    let found = found.iter().find(|report| report.family == family);
    tell(&found.map(report).unwrap_or_default())?;
    Ok(match found {
        Some(report) if report.missing.is_none() => 0,
        _ => LACKING,
    })
}

/// What there is of a language, for programs: a line.
fn report_json(found: &RuntimeReport) -> String {
    let (program, version) = found.interpreter.clone().unzip();
    let packages = found.packages.iter();
    let packages: Map<String, Value> = packages
        .map(|(name, place)| (name.to_string(), json!(place)))
        .collect();
    let line = json!({
        "language": found.family.name(), "interpreter": program, "version": version, "packages": packages,
        "missing": found.missing,
    });
    format!("{}\n", printed(&line))
}

/// What there is of a language, for people.
fn report(found: &RuntimeReport) -> String {
    // Writing to a String cannot fail, here and below.
    let mut text = format!("{}\n", found.family.name());
    if found.family == Family::Provided {
        text.push_str("  nothing is needed: functions bring everything themselves\n");
    }
    if let Some((program, version)) = &found.interpreter {
        let _ = writeln!(text, "  interpreter  {} ({version})", program.display());
    }
    for (name, place) in &found.packages {
        let _ = match place {
            Some(place) => writeln!(text, "  {name}  {}", place.display()),
            None => writeln!(text, "  {name}  missing"),
        };
    }
    if let Some(missing) = &found.missing {
        let _ = writeln!(text, "  cannot run: {missing}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_one_a_line() {
        let function =
            json!({"FunctionName": "f", "Runtime": "python3.12", "Handler": "a.b\n\u{1b}c"});
        assert_eq!(one(&function), "f  python3.12  a.b\\n\\u{1b}c  -\n");
    }

    #[test]
    fn what_is_missing_is_said() {
        let found = RuntimeReport {
            family: Family::Python,
            interpreter: Some(("/usr/bin/python3".into(), "3.13.1".into())),
            packages: vec![
                ("awslambdaric".into(), None),
                ("boto3".into(), Some("/x/boto3".into())),
            ],
            missing: Some("install it".into()),
        };
        assert_eq!(
            report(&found),
            "python\n  interpreter  /usr/bin/python3 (3.13.1)\n  awslambdaric  missing\n  boto3  /x/boto3\n  \
             cannot run: install it\n"
        );
        let line: Value = serde_json::from_str(&report_json(&found)).expect("JSON");
        assert_eq!(
            line,
            json!({"language": "python", "interpreter": "/usr/bin/python3", "version": "3.13.1", "missing": "install it",
                   "packages": {"awslambdaric": null, "boto3": "/x/boto3"}})
        );
    }
}
