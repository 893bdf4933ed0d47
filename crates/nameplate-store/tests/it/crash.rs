//! A process that is killed, and a disk that is full: what was answered is kept, what was not is not there.
//!
//! Each test runs this binary again as the process that suffers.

use crate::fixture::{
    Done, TestStore, attempt, certificate, digest, is_sqlite, open_quietly, thing,
};
use crate::server;
use crate::writes::futures_of;
use nameplate_store::{AttemptFilter, Error};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const DIRECTORY: &str = "NAMEPLATE_STORE_TEST_DIRECTORY";

/// The directory that a parent gave to this process.
fn given() -> Option<PathBuf> {
    std::env::var_os(DIRECTORY).map(PathBuf::from)
}

fn again(test: &str, directory: &Path, before: &str) -> std::io::Result<Command> {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("{before} exec \"$0\" \"$@\""))
        .arg(std::env::current_exe()?)
        .args(["--exact", test, "--nocapture"])
        .env(DIRECTORY, directory)
        .env(server::URL, server::url())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .stdout(Stdio::piped());
    Ok(command)
}

#[tokio::test]
async fn whatever_was_answered_survives_a_kill() -> Done {
    if let Some(directory) = given() {
        return write_for_ever(&directory).await;
    }
    let directory = tempfile::tempdir()?;
    let mut known: Vec<(u64, i64)> = Vec::new();
    for round in 0..3 {
        let mut child = again(
            "crash::whatever_was_answered_survives_a_kill",
            directory.path(),
            "",
        )?
        .spawn()?;
        let lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        // Killed in the middle of writing, the rest of what it said is read afterwards.
        let mut heard = 0;
        let mut killed = false;
        for line in lines {
            let line = line?;
            let Some((number, key)) = line
                .strip_prefix("kept ")
                .and_then(|rest| rest.split_once(' '))
            else {
                continue;
            };
            // The last line may be cut off.
            if let (Ok(number), Ok(key)) = (number.parse(), key.trim_end_matches('.').parse())
                && line.ends_with('.')
            {
                known.push((number, key));
                heard += 1;
            }
            if heard >= 200 + round * 37 && !killed {
                child.kill()?;
                killed = true;
            }
        }
        assert!(
            killed,
            "the other process ended by itself: {:?}",
            child.wait()?
        );
        child.wait()?;

        let store = open_quietly(directory.path())?;
        for (number, key) in &known {
            let entry = store.certificate_entry(&digest(*number)).await?;
            assert_eq!(
                entry.map(|e| e.key),
                Some(*key),
                "{number} was answered and is gone"
            );
        }
        let (things, certificates) = store.counts().await?;
        // All of a write or nothing of it.
        assert_eq!(things, certificates);
        for (_, key) in &known {
            let der = store.read(|conn| conn.certificate_der(*key)).await?;
            assert!(der.is_some());
        }
        store.close();
    }
    Ok(())
}

async fn write_for_ever(directory: &Path) -> Done {
    let store = open_quietly(directory)?;
    let begin = store.counts().await?.0 as u64 * 2 + 1_000_000 * (std::process::id() as u64);
    for round in 0.. {
        let writes = (0..16u64).map(|at| {
            let (store, number) = (store.clone(), begin + round * 16 + at);
            async move {
                let key = store
                    .tx("both", move |tx| {
                        thing(tx, &format!("thing-{number}"))?;
                        certificate(tx, number, None)
                    })
                    .await?;
                let mut out = std::io::stdout().lock();
                let _ = writeln!(out, "kept {number} {key}.").and_then(|()| out.flush());
                Ok::<_, Error>(())
            }
        });
        for written in futures_of(writes).await {
            written?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_full_disk_fails_writes_and_keeps_the_rest() -> Done {
    if !is_sqlite() {
        // The disk is the server's.
        return Ok(());
    }
    if let Some(directory) = given() {
        return fill(&directory).await;
    }
    let directory = tempfile::tempdir()?;
    // For now no file may grow beyond 2048 blocks; the signal that would tell of it is ignored.
    let before = "trap '' XFSZ; ulimit -S -f 2048;";
    let output = again(
        "crash::a_full_disk_fails_writes_and_keeps_the_rest",
        directory.path(),
        before,
    )?
    .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    // "end KEPT": another server finds all of it.
    let kept: usize = said
        .lines()
        .find_map(|line| line.strip_prefix("end "))
        .ok_or("the other process did not come to its end")?
        .parse()?;
    let store = open_quietly(directory.path())?;
    assert_eq!(store.counts().await?.1, kept);
    store
        .tx("more", |tx| certificate(tx, 1_000_000, None))
        .await?;
    assert_eq!(store.counts().await?.1, kept + 1);
    Ok(())
}

async fn fill(directory: &Path) -> Done {
    let store = open_quietly(directory)?;
    let padding = "x".repeat(2000);
    let write = |number: u64| {
        let padding = padding.clone();
        store.tx("fill", move |tx| {
            tx.insert_policy(&format!("policy-{number}"), &padding, crate::fixture::NOW)?;
            certificate(tx, number, None)
        })
    };
    let (mut kept, mut number, mut failures) = (0, 0, 0);
    while failures < 3 {
        let numbers: Vec<u64> = (number..number + 8).collect();
        number += 8;
        store.record_attempt(attempt("192.0.2.1:1"));
        let answers = futures_of(numbers.iter().map(|number| write(*number))).await;
        for (number, answer) in numbers.into_iter().zip(answers) {
            let entry = store.certificate_entry(&digest(number)).await?;
            let policy = store
                .read(|conn| conn.policy(&format!("policy-{number}")))
                .await?;
            match answer {
                Ok(key) => {
                    assert_eq!(entry.map(|e| e.key), Some(key));
                    assert!(policy.is_some());
                    kept += 1;
                }
                Err(Error::Commit(_) | Error::Engine(_)) => {
                    assert_eq!(
                        (entry, policy),
                        (None, None),
                        "{number} failed and is there"
                    );
                    failures += 1;
                }
                Err(other) => return Err(other.into()),
            }
        }
        assert!(number < 100_000, "the disk does not fill");
    }
    // A note that could not be written is still there to be read.
    let notes = usize::try_from(number / 8)?;
    let all = AttemptFilter::default();
    assert_eq!(store.attempts(&all, usize::MAX).await?.len(), notes);
    assert_eq!(store.counts().await?.1, kept);

    // With room again, the same server goes on, and what failed is as if it had never been tried.
    let room = Command::new("prlimit")
        .args([
            "--fsize=unlimited:",
            "--pid",
            &std::process::id().to_string(),
        ])
        .status()?;
    assert!(room.success());
    for number in 0..number {
        let known = store.certificate_entry(&digest(number)).await?.is_some();
        let seen = store
            .tx("look", move |tx| {
                Ok::<_, Error>(tx.certificate_entry(&digest(number))?.is_some())
            })
            .await?;
        assert_eq!(
            seen, known,
            "{number} is one thing to writers and another to readers"
        );
        if !known {
            write(number).await?;
            kept += 1;
        }
    }
    assert_eq!(store.counts().await?.1, kept);
    store.flush().await;
    assert_eq!(store.attempts(&all, usize::MAX).await?.len(), notes);
    store.close();
    println!("\nend {kept}");
    Ok(())
}

/// The fixture's own promise, on which the others rest.
#[tokio::test]
async fn a_reopened_store_is_another_process_as_far_as_one_can_tell() -> Done {
    let test = TestStore::open()?;
    let key = test.thing("lamp").await?;
    let test = test.reopened(None)?;
    assert_eq!(test.store.thing_key("lamp").await?, Some(key));
    Ok(())
}
