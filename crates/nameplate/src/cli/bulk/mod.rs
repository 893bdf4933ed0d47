//! `nameplate bulk`: registers devices from a file, without S3 at hand and with the progress in sight.
//!
//! The file becomes an object of the server's own S3 for as long as the task runs, and the task is one like any other:
//! who stops watching can look after it with the AWS CLI. Owns what is printed and the exit status.

use super::args::{BulkArgs, SimulateArgs};
use super::client::{Client, ClientError};
use super::simulate;
use crate::app::simulate::template_text;
use anyhow::Context;
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Exit status where a line failed.
const SOME_FAILED: u8 = 1;
/// Exit status where the task could not run.
const UNABLE: u8 = 2;
/// Bucket that inputs are put into.
const BUCKET: &str = "nameplate-registration-input";
/// How often the server is asked how far it is.
const LOOK: Duration = Duration::from_millis(200);
/// Largest file that one request may bring (S3 user guide: object size limits).
const MOST_BYTES: u64 = 5 * 1024 * 1024 * 1024;

/// Runs the command; the exit status.
pub async fn run(args: &BulkArgs) -> anyhow::Result<u8> {
    if args.dry_run {
        return simulate::run(&SimulateArgs {
            template: args.template.clone(),
            certs: None,
            params: Some(args.file.clone()),
            offline: false,
            json: false,
            place: args.place.clone(),
        })
        .await;
    }
    let template = std::fs::read_to_string(&args.template)
        .with_context(|| format!("{} cannot be read", args.template.display()))?;
    let size = std::fs::metadata(&args.file)
        .with_context(|| format!("{} cannot be read", args.file.display()))?
        .len();
    anyhow::ensure!(
        size <= MOST_BYTES,
        "{} has {size} bytes, and at most {MOST_BYTES} fit into one request; aws s3 cp brings larger files in parts, \
         and aws iot start-thing-registration-task starts the task",
        args.file.display()
    );
    let client = Client::find(args.place.data_dir.as_deref())?;
    let began = Instant::now();
    let key = uuid::Uuid::new_v4().to_string();
    let object = format!("/{BUCKET}/{key}");
    create_bucket(&client).await?;
    client.put_file(BUCKET, &key, &args.file).await?;
    let ended = work(&client, args, template_text(&template), &key).await;
    // Whatever came of it, the file is no longer needed there.
    let removed = client.json("s3", "DELETE", &object, &Value::Null).await;
    let (task, id) = ended?;
    removed?;
    report(&client, args, &task, &id, began.elapsed()).await
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

/// Starts the task and watches it; its last description and its id.
async fn work(
    client: &Client,
    args: &BulkArgs,
    template: String,
    key: &str,
) -> anyhow::Result<(Value, String)> {
    let mut body = json!({"templateBody": template, "bucket": BUCKET, "key": key});
    if let Some(role) = &args.role {
        body["roleArn"] = role.as_str().into();
    }
    let started = client
        .json("nameplate", "POST", "/nameplate/bulk", &body)
        .await?;
    let id = started["taskId"].as_str().unwrap_or_default().to_owned();
    let line = format!("/thing-registration-tasks/{id}");
    let mut bar = Bar::new();
    loop {
        let task = client.json("iot", "GET", &line, &Value::Null).await?;
        bar.show(&task);
        let status = task["status"].as_str().unwrap_or_default();
        if !matches!(status, "InProgress" | "Cancelling") {
            bar.end();
            return Ok((task, id));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Writes the reports and says what came of the task.
async fn report(
    client: &Client,
    args: &BulkArgs,
    task: &Value,
    id: &str,
    took: Duration,
) -> anyhow::Result<u8> {
    let count = |name: &str| task[name].as_i64().unwrap_or_default();
    let (succeeded, failed) = (count("successCount"), count("failureCount"));
    let status = task["status"].as_str().unwrap_or_default();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{status}: {succeeded} registered, {failed} failed, in {:.1} s ({:.0} a second)",
        took.as_secs_f64(),
        (succeeded + failed) as f64 / took.as_secs_f64().max(0.001)
    )?;
    if let Some(message) = task["message"].as_str() {
        writeln!(out, "{message}")?;
    }
    let reports = [
        ("RESULTS", "results.json", &args.results),
        ("ERRORS", "errors.json", &args.errors),
    ];
    for (name, ending, given) in reports {
        let line = format!("/thing-registration-tasks/{id}/reports?reportType={name}");
        let answer = client.json("iot", "GET", &line, &Value::Null).await?;
        for link in answer["resourceLinks"].as_array().into_iter().flatten() {
            let path = match given {
                Some(path) => path.clone(),
                None => beside(&args.file, ending),
            };
            client
                .get_file(link.as_str().unwrap_or_default(), &path)
                .await?;
            writeln!(out, "{name:>7}: {}", path.display())?;
        }
    }
    Ok(match status {
        "Completed" if failed == 0 => 0,
        "Completed" => SOME_FAILED,
        _ => UNABLE,
    })
}

/// A file beside another, with another ending.
fn beside(file: &Path, ending: &str) -> PathBuf {
    file.with_extension(ending)
}

/// A line on the terminal that says how far the task is. Nothing where there is none.
struct Bar {
    shown: bool,
}

impl Bar {
    fn new() -> Self {
        Self {
            shown: std::io::stderr().is_terminal(),
        }
    }

    fn show(&mut self, task: &Value) {
        if self.shown {
            // Who cannot see it misses nothing that is not printed at the end.
            let _ = write!(std::io::stderr(), "\r\x1b[K{}", bar(task));
        }
    }

    fn end(&mut self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn bar(task: &Value) -> String {
    const WIDTH: usize = 30;
    let count = |name: &str| task[name].as_u64().unwrap_or_default();
    let percent = count("percentageProgress").min(100) as usize;
    let full = percent * WIDTH / 100;
    format!(
        "[{}{}] {percent:>3} %  {} registered, {} failed",
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        count("successCount"),
        count("failureCount")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_lie_beside_their_input() {
        let check = |file: &str, expected: &str| {
            assert_eq!(beside(Path::new(file), "errors.json"), Path::new(expected));
        };
        check("devices.json", "devices.errors.json");
        check("there/devices", "there/devices.errors.json");
        check("devices.2026.ndjson", "devices.2026.errors.json");
    }

    #[test]
    fn a_bar_fills() {
        let check = |percent: u64, expected: &str| {
            let task = json!({"percentageProgress": percent, "successCount": 7, "failureCount": 1});
            assert_eq!(bar(&task), expected);
        };
        check(
            0,
            "[------------------------------]   0 %  7 registered, 1 failed",
        );
        check(
            50,
            "[###############---------------]  50 %  7 registered, 1 failed",
        );
        check(
            100,
            "[##############################] 100 %  7 registered, 1 failed",
        );
    }
}
