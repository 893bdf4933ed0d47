//! `nameplate bulk`: registers devices from a file, without S3 at hand and with the progress in sight.
//!
//! The file becomes an object of the server's own S3 for as long as the task runs, and the task is one like any other:
//! who stops watching can take it up again, here or with the AWS CLI. Owns the order of things and the exit status.

mod output;
mod watch;

use super::args::{BulkArgs, SimulateArgs};
use super::client::{Client, ClientError};
use super::records::Records;
use super::{out, simulate};
use crate::app::admission::simulate::template_text;
use crate::app::ids;
use anyhow::Context;
use output::{Output, Outputs};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use watch::{Watch, Watched};

/// Prints a line. That it cannot be printed must not keep the reports from being written.
macro_rules! print_line {
    ($($what:tt)*) => {
        let _ = out::tell(&format!("{}\n", format_args!($($what)*)));
    };
}

/// Exit status where a line failed.
const SOME_FAILED: u8 = 1;
/// Exit status where the task could not run.
const UNABLE: u8 = 2;
/// Exit status of who was interrupted, as shells have it.
const INTERRUPTED: u8 = 130;
/// Bucket that inputs are put into.
const BUCKET: &str = "nameplate-registration-input";
/// Largest file that one request may bring (S3 user guide: object size limits).
const MOST_BYTES: u64 = 5 * 1024 * 1024 * 1024;

/// Runs the command; the exit status.
pub async fn run(args: &BulkArgs) -> anyhow::Result<u8> {
    if args.dry_run {
        return simulate::run(&SimulateArgs {
            template: args.template.clone().unwrap_or_default(),
            certs: None,
            params: args.file.clone(),
            offline: false,
            json: false,
            place: args.place.clone(),
        })
        .await;
    }
    match &args.resume {
        Some(task) => take_up(args, task).await,
        None => register(args).await,
    }
}

/// Starts a task for a file and watches it.
async fn register(args: &BulkArgs) -> anyhow::Result<u8> {
    // The argument parser asks for both.
    let (Some(file), Some(template)) = (&args.file, &args.template) else {
        anyhow::bail!("FILE and --template are required");
    };
    let template = std::fs::read_to_string(template)
        .with_context(|| format!("{} cannot be read", template.display()))?;
    let records = Records::open(file)?;
    let client = Client::find(args.place.data_dir.as_deref())?;
    let wanted = match &args.retry_failed {
        Some(task) => Some(failed_lines(&client, task).await?),
        None => None,
    };
    if wanted.as_ref().is_some_and(BTreeSet::is_empty) {
        print_line!("no line of that task failed");
        return Ok(0);
    }
    // Before anything is registered: what cannot be written down must not happen.
    let outputs = Outputs::open(args, file)?;
    let input = Input::of(file, records, wanted.as_ref())?;
    let size = std::fs::metadata(input.path())
        .with_context(|| format!("{} cannot be read", input.path().display()))?
        .len();
    anyhow::ensure!(
        size <= MOST_BYTES,
        "{} has {size} bytes, and at most {MOST_BYTES} fit into one request; aws s3 cp brings larger files in parts, \
         and aws iot start-thing-registration-task starts the task",
        file.display()
    );
    let key = ids::uuid();
    create_bucket(&client).await?;
    client.put_file(BUCKET, &key, input.path()).await?;
    drop(input);
    let id = match start(&client, args, template_text(&template), &key).await {
        Ok(id) => id,
        Err(error) => {
            // Nobody will read it.
            let _ = remove_input(&client, BUCKET, &key).await;
            return Err(error.into());
        }
    };
    print_line!("task: {id}");
    watch_and_report(client, args, &id, outputs).await
}

/// Watches a task that was started before.
async fn take_up(args: &BulkArgs, task: &str) -> anyhow::Result<u8> {
    let client = Client::find(args.place.data_dir.as_deref())?;
    let described = describe(&client, task).await?;
    let beside = match &args.file {
        Some(file) => file.clone(),
        None => PathBuf::from(task),
    };
    let outputs = Outputs::open(args, &beside)?;
    print_line!(
        "task: {task}, {}",
        described["status"].as_str().unwrap_or_default()
    );
    watch_and_report(client, args, task, outputs).await
}

async fn watch_and_report(
    client: Client,
    args: &BulkArgs,
    id: &str,
    outputs: Outputs,
) -> anyhow::Result<u8> {
    let began = Instant::now();
    let watch = Watch::new(client, args.place.data_dir.clone(), id);
    match watch.until_over().await {
        Ok(Watched::Over(client, task)) => {
            report(&client, &task, id, outputs, began.elapsed()).await
        }
        Ok(Watched::Interrupted) => {
            out::complain(format_args!("Interrupted. {}", take_up_again(args, id)));
            Ok(INTERRUPTED)
        }
        Err(error) => Err(error.context(take_up_again(args, id))),
    }
}

fn take_up_again(args: &BulkArgs, id: &str) -> String {
    let mut line = format!("nameplate bulk --resume {id}");
    for (flag, path) in [
        ("", &args.file),
        ("--results ", &args.results),
        ("--errors ", &args.errors),
        ("--data-dir ", &args.place.data_dir),
    ] {
        if let Some(path) = path {
            line.push_str(&format!(" {flag}{}", path.display()));
        }
    }
    format!("The server goes on with task {id}. Take it up again:\n  {line}")
}

/// Lines that failed in a task.
async fn failed_lines(client: &Client, task: &str) -> anyhow::Result<BTreeSet<u64>> {
    let described = describe(client, task).await?;
    let status = described["status"].as_str().unwrap_or_default();
    anyhow::ensure!(
        !watch::is_under_way(&described),
        "task {task} is {status}; it can be retried when it is over"
    );
    let Some(link) = report_link(client, task, "ERRORS").await? else {
        return Ok(BTreeSet::new());
    };
    let loaded = Temporary::new()?;
    client.get_file(&link, &loaded.path).await?;
    let lines = output::numbers(&loaded.path)
        .with_context(|| format!("the errors of task {task} cannot be read"))?;
    Ok(lines)
}

async fn describe(client: &Client, task: &str) -> Result<Value, ClientError> {
    let task = nameplate_aws::uri::encode(task.as_bytes());
    let line = format!("/thing-registration-tasks/{task}");
    client.json("iot", "GET", &line, &Value::Null).await
}

async fn report_link(
    client: &Client,
    task: &str,
    name: &str,
) -> Result<Option<String>, ClientError> {
    let task = nameplate_aws::uri::encode(task.as_bytes());
    let line = format!("/thing-registration-tasks/{task}/reports?reportType={name}");
    let answer = client.json("iot", "GET", &line, &Value::Null).await?;
    Ok(answer["resourceLinks"][0].as_str().map(str::to_owned))
}

async fn create_bucket(client: &Client) -> Result<(), ClientError> {
    let made = client
        .json("s3", "PUT", &format!("/{BUCKET}"), &Value::Null)
        .await;
    match made {
        Err(error) if !error.is("BucketAlreadyOwnedByYou") => Err(error),
        _ => Ok(()),
    }
}

async fn remove_input(client: &Client, bucket: &str, key: &str) -> Result<(), ClientError> {
    let object = format!("/{bucket}/{key}");
    client.json("s3", "DELETE", &object, &Value::Null).await?;
    Ok(())
}

/// Starts the task; its id.
async fn start(
    client: &Client,
    args: &BulkArgs,
    template: String,
    key: &str,
) -> Result<String, ClientError> {
    let mut body = json!({
        "templateBody": template,
        "bucket": BUCKET,
        "key": key,
        "reissue": args.reissue,
    });
    if let Some(role) = &args.role {
        body["roleArn"] = role.as_str().into();
    }
    let started = client
        .json("nameplate", "POST", "/nameplate/bulk", &body)
        .await?;
    Ok(started["taskId"].as_str().unwrap_or_default().to_owned())
}

/// Writes the reports, each line with its own parameters, and says what came of the task.
async fn report(
    client: &Client,
    task: &Value,
    id: &str,
    outputs: Outputs,
    took: Duration,
) -> anyhow::Result<u8> {
    let count = |name: &str| task[name].as_i64().unwrap_or_default();
    let (succeeded, failed) = (count("successCount"), count("failureCount"));
    let status = task["status"].as_str().unwrap_or_default();
    print_line!(
        "{status}: {succeeded} registered, {failed} failed, in {:.1} s ({:.0} a second)",
        took.as_secs_f64(),
        (succeeded + failed) as f64 / took.as_secs_f64().max(0.001)
    );
    if let Some(message) = task["message"].as_str() {
        print_line!("{}", nameplate_core::escape::line(message));
    }
    let text = |name: &str| task[name].as_str().unwrap_or_default();
    let (bucket, key) = (text("inputFileBucket"), text("inputFileKey"));
    let input = Temporary::new()?;
    let has_input = match client.get_object(bucket, key, &input.path).await {
        Ok(_) => true,
        Err(error) if error.is("NoSuchKey") || error.is("NoSuchBucket") => {
            out::complain(
                "The input is no longer there, so the reports name lines without their parameters.",
            );
            false
        }
        Err(error) => return Err(error.into()),
    };
    for (name, output) in outputs.into_iter() {
        let path = output.path().to_owned();
        if fill(client, id, name, output, has_input.then_some(&input.path)).await? {
            print_line!("{name:>7}: {}", path.display());
        }
    }
    if bucket == BUCKET && has_input {
        remove_input(client, bucket, key).await?;
    }
    Ok(match status {
        "Completed" if failed == 0 => 0,
        "Completed" => SOME_FAILED,
        _ => UNABLE,
    })
}

/// Fills one output; whether there was anything to say.
async fn fill(
    client: &Client,
    id: &str,
    name: &str,
    output: Output,
    input: Option<&PathBuf>,
) -> anyhow::Result<bool> {
    let Some(link) = report_link(client, id, name).await? else {
        output.leave_empty()?;
        return Ok(false);
    };
    let loaded = Temporary::new()?;
    client.get_file(&link, &loaded.path).await?;
    output.fill(&loaded.path, input.map(PathBuf::as_path))?;
    Ok(true)
}

/// What is sent: the file itself, or a copy that goes when it has been sent.
enum Input {
    File(PathBuf),
    Copy(Temporary),
}

impl Input {
    fn of(
        file: &Path,
        mut records: Records,
        wanted: Option<&BTreeSet<u64>>,
    ) -> anyhow::Result<Self> {
        if records.is_lines() && wanted.is_none() {
            return Ok(Self::File(file.to_owned()));
        }
        let copy = Temporary::new()?;
        let mut to = BufWriter::new(&copy.file);
        let count = records.copy(&mut to, wanted)?;
        to.flush()
            .context("the copy of the input cannot be written")?;
        drop(to);
        anyhow::ensure!(count > 0, "{}: it holds no device", file.display());
        Ok(Self::Copy(copy))
    }

    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Copy(copy) => &copy.path,
        }
    }
}

/// A file that only its owner may read and that goes with this value.
struct Temporary {
    path: PathBuf,
    file: File,
}

impl Temporary {
    fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("nameplate-bulk-{}", ids::uuid()));
        let file = File::options()
            .create_new(true)
            .write(true)
            .read(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self { path, file })
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // It is in the directory of what nobody needs.
        let _ = std::fs::remove_file(&self.path);
    }
}
