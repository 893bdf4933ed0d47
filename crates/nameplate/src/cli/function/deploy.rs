//! `nameplate function deploy`: a folder or a zip becomes a function, or its new code and settings.
//!
//! What the owner does not say is guessed from the files at first, and stays as it is later. Each decision is told with
//! its reason, and so is what was changed.

use super::{encode, role};
use crate::app::functions::{MANIFEST, Manifest};
use crate::cli::args::{DeployArgs, variable};
use crate::cli::client::{Client, ClientError};
use crate::cli::out::{json as printed, say, tell};
use anyhow::{Context as _, bail, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_core::arn::Arn;
use nameplate_functions::{Guess, Runtime, Sources, pack};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where functions are.
pub const FUNCTIONS: &str = "/2015-03-31/functions";
/// Bytes of a zip that is sent at once (AWS Lambda quotas).
const ZIP_BYTES: usize = 52_428_800;

/// Runs the command.
pub async fn run(data_dir: Option<&Path>, args: &DeployArgs) -> anyhow::Result<u8> {
    if let (Some(url), Some(name)) = (&args.url, &args.name) {
        return elsewhere(data_dir, args, url, name).await;
    }
    let wanted = Wanted::read(args)?;
    let client = Client::find(data_dir)?;
    let target = format!("{FUNCTIONS}/{}", encode(&wanted.name));
    let there = match client
        .json(
            "lambda",
            "GET",
            &format!("{target}/configuration"),
            &Value::Null,
        )
        .await
    {
        Ok(there) => Some(there),
        Err(ClientError::Refused { status: 404, .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let mut lines = Vec::new();
    let settings = wanted.settings(there.as_ref(), &mut lines)?;
    let has_role = there
        .as_ref()
        .is_some_and(|there| there["Role"].is_string());
    let role = wanted.role(&client, has_role, &mut lines).await?;
    let done = match &there {
        None => {
            let mut body = settings;
            body.insert("FunctionName".into(), json!(wanted.name));
            body.insert("Role".into(), json!(role));
            body.insert(
                "Code".into(),
                json!({"ZipFile": STANDARD.encode(&wanted.zip)}),
            );
            client
                .json("lambda", "POST", FUNCTIONS, &Value::Object(body))
                .await?;
            "created".to_owned()
        }
        Some(there) => update(&client, &target, &wanted.zip, settings, role, there).await?,
    };
    let found = client
        .json(
            "lambda",
            "GET",
            &format!("{target}/configuration"),
            &Value::Null,
        )
        .await?;
    let arn = found["FunctionArn"].as_str().unwrap_or_default();
    for service in &wanted.manifest.invoked_by {
        allow(&client, &target, arn, service).await?;
        lines.push(("invoked by", service.clone()));
    }
    if args.json {
        say(&(printed(&found) + "\n"))?;
        return Ok(0);
    }
    let mut text = String::new();
    for (name, line) in lines {
        text.push_str(&format!("{name:<10}  {line}\n"));
    }
    tell(&format!("{text}{arn}: {done}\n"))?;
    Ok(0)
}

/// Says where a function is that is not here.
async fn elsewhere(
    data_dir: Option<&Path>,
    args: &DeployArgs,
    url: &str,
    name: &str,
) -> anyhow::Result<u8> {
    let client = Client::find(data_dir)?;
    let mut body = json!({"url": url});
    if let Some(seconds) = args.timeout {
        body["timeout"] = json!(seconds);
    }
    let target = format!("/nameplate/functions/{}", encode(name));
    let answer = client.json("nameplate", "PUT", &target, &body).await?;
    let arn = answer["functionArn"].as_str().unwrap_or_default();
    let target = format!("{FUNCTIONS}/{}", encode(name));
    let mut text = format!("{:<10}  {url}\n", "url");
    for service in &args.invoked_by {
        allow(&client, &target, arn, service).await?;
        text.push_str(&format!("{:<10}  {service}\n", "invoked by"));
    }
    if args.json {
        let target = format!("{target}/configuration");
        let found = client.json("lambda", "GET", &target, &Value::Null).await?;
        say(&(printed(&found) + "\n"))?;
        return Ok(0);
    }
    let done = match answer["created"].as_bool() {
        Some(true) => "created",
        _ => "changed",
    };
    tell(&format!("{text}{arn}: {done}\n"))?;
    Ok(0)
}

/// Most bytes of a file of variables: Lambda takes 4 KB of them.
const VARIABLES_BYTES: u64 = 64 << 10;

/// The variables of a file, or of standard input; what a line says is in no error.
fn variables_of(file: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let text = match file == Path::new("-") {
        true => read_whole(std::io::stdin()).context("standard input cannot be read")?,
        false => std::fs::File::open(file)
            .and_then(read_whole)
            .with_context(|| format!("{} cannot be read", file.display()))?,
    };
    let all = variables_in(&text);
    all.map_err(|line| anyhow::anyhow!("{}, line {line}: it must be NAME=VALUE", file.display()))
}

fn read_whole(from: impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    from.take(VARIABLES_BYTES + 1).read_to_string(&mut text)?;
    match text.len() as u64 > VARIABLES_BYTES {
        true => Err(std::io::Error::other(format!(
            "there are more than {VARIABLES_BYTES} bytes of it"
        ))),
        false => Ok(text),
    }
}

/// What lines say, without those that are empty or begin with `#`; the number of one that says nothing.
fn variables_in(text: &str) -> Result<BTreeMap<String, String>, usize> {
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(at, line)| variable(line).map_err(|_| at + 1))
        .collect()
}

/// What the owner gives and says; flags stand above the manifest.
struct Wanted {
    name: String,
    manifest: Manifest,
    added: BTreeMap<String, String>,
    sources: Sources,
    zip: Vec<u8>,
}

impl Wanted {
    fn read(args: &DeployArgs) -> anyhow::Result<Self> {
        let path = args.path.as_ref().context("a folder or a zip is needed")?;
        let about = std::fs::metadata(path)
            .with_context(|| format!("{} is neither a folder nor a zip", path.display()))?;
        let (mut manifest, sources, zip) = match about.is_dir() {
            true => {
                let manifest =
                    Manifest::read(path).map_err(|e| anyhow::anyhow!("{}", e.message))?;
                let zip = pack(path, &[MANIFEST]).context("the folder cannot be made a zip")?;
                let sources = Sources::of_folder(path)
                    .with_context(|| format!("{} cannot be read", path.display()))?;
                (manifest, sources, zip)
            }
            false => {
                let zip = std::fs::read(path)
                    .with_context(|| format!("{} cannot be read", path.display()))?;
                let sources = Sources::of_zip(&zip)
                    .with_context(|| format!("{} is neither a folder nor a zip", path.display()))?;
                (Manifest::default(), sources, zip)
            }
        };
        ensure!(
            manifest.url.is_none(),
            "{MANIFEST} has a url: a function that is elsewhere is not uploaded; --url deploys it"
        );
        ensure!(
            zip.len() <= ZIP_BYTES,
            "the zip is {} bytes long, and {ZIP_BYTES} may be sent at once: put it into a bucket (aws s3 cp) and name it \
             with aws lambda create-function --code S3Bucket=…,S3Key=…",
            zip.len()
        );
        fn set<T: Clone>(place: &mut Option<T>, value: &Option<T>) {
            if value.is_some() {
                place.clone_from(value);
            }
        }
        set(&mut manifest.runtime, &args.runtime);
        set(&mut manifest.handler, &args.handler);
        set(&mut manifest.timeout, &args.timeout);
        set(&mut manifest.memory, &args.memory);
        if args.role.is_some() {
            manifest.policies.clear();
        }
        if !args.policy.is_empty() {
            manifest.role = None;
        }
        set(&mut manifest.role, &args.role);
        manifest.policies.extend(args.policy.iter().cloned());
        manifest.invoked_by.extend(args.invoked_by.iter().cloned());
        Ok(Self {
            name: match &args.name {
                Some(name) => name.clone(),
                None => name_of(path)?,
            },
            manifest,
            added: {
                let mut added = match &args.env_file {
                    Some(file) => variables_of(file)?,
                    None => BTreeMap::new(),
                };
                added.extend(args.env.iter().cloned());
                added
            },
            sources,
            zip,
        })
    }

    /// Members of CreateFunction and UpdateFunctionConfiguration, besides the role.
    fn settings(
        &self,
        there: Option<&Value>,
        lines: &mut Vec<(&'static str, String)>,
    ) -> anyhow::Result<Map<String, Value>> {
        let manifest = &self.manifest;
        let mut settings = Map::new();
        let guess = self.guess(there)?;
        for (name, value, reason) in [
            ("runtime", &guess.runtime, &guess.runtime_reason),
            ("handler", &guess.handler, &guess.handler_reason),
        ] {
            let reason = match reason.is_empty() {
                true => String::new(),
                false => format!(" ({reason})"),
            };
            lines.push((name, format!("{value}{reason}")));
        }
        settings.insert("Runtime".into(), json!(guess.runtime));
        settings.insert("Handler".into(), json!(guess.handler));
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                settings.insert(name.into(), value);
            }
        };
        set(
            "Description",
            manifest.description.as_ref().map(|text| json!(text)),
        );
        set("Timeout", manifest.timeout.map(|n| json!(n)));
        set("MemorySize", manifest.memory.map(|n| json!(n)));
        set(
            "EphemeralStorage",
            manifest.ephemeral.map(|n| json!({"Size": n})),
        );
        set("Layers", manifest.layers.as_ref().map(|arns| json!(arns)));
        // The manifest has all variables; flags come on top of them, or of those that are there.
        if manifest.environment.is_some() || !self.added.is_empty() {
            let mut variables = match &manifest.environment {
                Some(variables) => json!(variables),
                None => there.map_or(json!({}), |there| there["Environment"]["Variables"].clone()),
            };
            for (name, value) in &self.added {
                variables[name] = json!(value);
            }
            set("Environment", Some(json!({"Variables": variables})));
        }
        Ok(settings)
    }

    /// Runtime and handler: as said, else as they are, else as the files say.
    fn guess(&self, there: Option<&Value>) -> anyhow::Result<Guess> {
        let text = |name: &str| there.and_then(|there| there[name].as_str());
        let said = (
            self.manifest.runtime.as_deref(),
            self.manifest.handler.as_deref(),
        );
        let found = self.sources.guess(said.0, said.1);
        let (Some(runtime), Some(handler)) = (text("Runtime"), text("Handler")) else {
            return found.map_err(unclear);
        };
        let family = |name: &str| Runtime::parse(name).map(|runtime| runtime.family());
        match found {
            // Another language is another function by the same name.
            Ok(found) if family(&found.runtime) != family(runtime) => Ok(found),
            _ => Ok(Guess {
                runtime: said.0.unwrap_or(runtime).to_owned(),
                handler: said.1.unwrap_or(handler).to_owned(),
                runtime_reason: said.0.map_or("as it is".into(), |_| String::new()),
                handler_reason: said.1.map_or("as it is".into(), |_| String::new()),
            }),
        }
    }

    /// The role's ARN where one is to be set.
    async fn role(
        &self,
        client: &Client,
        has_role: bool,
        lines: &mut Vec<(&'static str, String)>,
    ) -> anyhow::Result<Option<String>> {
        let Manifest { role, policies, .. } = &self.manifest;
        if let Some(role) = role {
            let arn = role::named(client, role).await?;
            lines.push(("role", arn.clone()));
            return Ok(Some(arn));
        }
        if has_role && policies.is_empty() {
            return Ok(None);
        }
        let (name, arn) = role::own(client, &self.name, policies).await?;
        let may = match policies.is_empty() {
            true => "it may write its log, and --policy lets it do more".to_owned(),
            false => format!("with {}", policies.join(", ")),
        };
        lines.push(("role", format!("{name} ({may})")));
        Ok(Some(arn))
    }
}

fn unclear(unclear: nameplate_functions::Unclear) -> anyhow::Error {
    anyhow::anyhow!("{unclear}: --runtime and --handler do, and {MANIFEST} in the folder")
}

/// The name of a folder or zip, which must be one that a function may have.
fn name_of(path: &Path) -> anyhow::Result<String> {
    let path: PathBuf = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = match path.is_dir() {
        true => path.file_name(),
        false => path.file_stem(),
    };
    let name = name
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        bail!(
            "{name:?} cannot be a function's name, which has letters, digits, - and _: give one with --name"
        );
    }
    Ok(name)
}

/// Changes what is different; what that was.
async fn update(
    client: &Client,
    target: &str,
    zip: &[u8],
    settings: Map<String, Value>,
    role: Option<String>,
    there: &Value,
) -> anyhow::Result<String> {
    let mut changed = Vec::new();
    let mut different = Map::new();
    let role = role.map(|arn| ("Role".to_owned(), json!(arn)));
    for (name, value) in settings.into_iter().chain(role) {
        let is = match name.as_str() {
            "Layers" => {
                let layers = there["Layers"].as_array().into_iter().flatten();
                Value::Array(layers.map(|layer| layer["Arn"].clone()).collect())
            }
            name => there[name].clone(),
        };
        if is != value {
            changed.push(name.clone());
            different.insert(name, value);
        }
    }
    // First, since a function that was elsewhere has neither runtime nor role that its code could be run by.
    if !different.is_empty() {
        let target = format!("{target}/configuration");
        let body = Value::Object(different);
        client.json("lambda", "PUT", &target, &body).await?;
    }
    let sha256 = STANDARD.encode(digest(&SHA256, zip).as_ref());
    if there["CodeSha256"].as_str() != Some(&sha256) {
        let body = json!({"ZipFile": STANDARD.encode(zip)});
        let target = format!("{target}/code");
        client.json("lambda", "PUT", &target, &body).await?;
        changed.push("code".into());
    }
    Ok(match changed.is_empty() {
        true => "unchanged".into(),
        false => format!("changed {}", changed.join(", ")),
    })
}

/// Lets a service invoke the function for what its account owns.
async fn allow(client: &Client, target: &str, arn: &str, service: &str) -> anyhow::Result<()> {
    let account = Arn::parse(arn).map(|arn| arn.account.to_owned());
    let body = json!({
        "StatementId": service.replace('.', "-"),
        "Action": "lambda:InvokeFunction",
        "Principal": service,
        "SourceAccount": account.context("the function's ARN is none")?,
    });
    match client
        .json("lambda", "POST", &format!("{target}/policy"), &body)
        .await
    {
        // It is there from the last time.
        Err(ClientError::Refused { status: 409, .. }) => Ok(()),
        Err(error) => Err(error).context(format!("{service} is not allowed to invoke it")),
        Ok(_) => Ok(()),
    }
}
