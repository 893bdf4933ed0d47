//! `nameplate vending import`: a file goes to the server in parts, and what it refuses is told by the file's own lines.

use super::encoded;
use crate::cli::client::Client;
use crate::cli::out::{complain, tell};
use crate::cli::records::Records;
use nameplate_core::escape;
use std::io::IsTerminal as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes of one part.
const PART: usize = 1024 * 1024;
/// Lines that were refused and are printed.
const TOLD: usize = 20;
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// Lines that go to the server together.
#[derive(Default)]
struct Part {
    text: String,
    // Numbers in the file.
    lines: Vec<u64>,
}

/// What became of the file so far.
#[derive(Default)]
struct Sum {
    added: u64,
    updated: u64,
    refused: u64,
    told: usize,
}

/// Lists the devices of a file; the exit status.
pub async fn run(client: &Client, file: &Path, batch: &str) -> anyhow::Result<u8> {
    let mut records = Records::open(file)?;
    let (mut part, mut sum) = (Part::default(), Sum::default());
    let mut told_at = Instant::now();
    loop {
        let record = records.next_record()?;
        let ended = record.is_none();
        if let Some(record) = record {
            match record.values {
                Ok(values) => {
                    part.lines.push(record.line);
                    part.text.push_str(&serde_json::to_string(&values)?);
                    part.text.push('\n');
                }
                Err(why) => sum.refuse(record.line, &why),
            }
        }
        if part.text.len() >= PART || ended && !part.lines.is_empty() {
            send(client, batch, std::mem::take(&mut part), &mut sum).await?;
            if std::io::stderr().is_terminal() && told_at.elapsed() >= TELL_EVERY {
                told_at = Instant::now();
                complain(format_args!("{} devices", sum.added + sum.updated));
            }
        }
        if ended {
            break;
        }
    }
    let Sum {
        added,
        updated,
        refused,
        ..
    } = sum;
    tell(&format!(
        "{batch}: {added} added, {updated} updated, {refused} refused\n"
    ))?;
    Ok(u8::from(refused > 0))
}

async fn send(client: &Client, batch: &str, part: Part, sum: &mut Sum) -> anyhow::Result<()> {
    let target = format!("/nameplate/vending/batches/{}/entries", encoded(batch));
    let answer = client
        .lines("nameplate", "POST", &target, part.text.into_bytes())
        .await?;
    let count = |name: &str| answer[name].as_u64().unwrap_or_default();
    sum.added += count("added");
    sum.updated += count("updated");
    let lines = answer["refusedLines"].as_array().into_iter().flatten();
    let mut told = 0;
    for line in lines {
        let number = line["line"]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok());
        let number = number.and_then(|number| part.lines.get(number.checked_sub(1)?));
        sum.refuse(
            number.copied().unwrap_or_default(),
            line["reason"].as_str().unwrap_or_default(),
        );
        told += 1;
    }
    // Those of which the server says no more than that there are.
    sum.refused += count("refused").saturating_sub(told);
    Ok(())
}

impl Sum {
    fn refuse(&mut self, line: u64, why: &str) {
        self.refused += 1;
        self.told += 1;
        if self.told <= TOLD {
            complain(format_args!("line {line}: {}", escape::line(why)));
        } else if self.told == TOLD + 1 {
            complain("further lines that are refused are only counted");
        }
    }
}
