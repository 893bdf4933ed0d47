//! What the store costs: CPU per first connection at several group sizes, and the start with many devices.
//!
//! A device here is what just-in-time provisioning writes: certificate and its DER, thing, attachment, policy
//! attachment, an event, a connection attempt. The figures in `docs/adr/0002-store.md` are from here.

use nameplate_core::ctx::Millis;
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_core::registry::thing::PrincipalType;
use nameplate_store::{AttemptRow, EngineOptions, Error, NewCertificate, Store, StoreOptions};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Measures with a store of its own, which ends with so many devices. The directory must be empty and on the disk in
/// question.
pub async fn run(directory: &Path, devices: u64) -> anyhow::Result<()> {
    let commits = Arc::new(AtomicU64::new(0));
    let (store, policy) = open(directory, &commits).await?;
    let mut next = 0u64;
    println!("group  devices/s  commits  store CPU us/device  all CPU us/device  longest ms");
    let mut groups = vec![(64, 20_000)];
    for _ in 0..3 {
        groups.extend([(1, 3_000), (8, 16_000), (64, 32_000)]);
    }
    for (group, count) in groups {
        store.flush().await;
        let (begin, before, all) = (Instant::now(), cpu("store-writer"), cpu(""));
        let commits_before = commits.load(Ordering::Relaxed);
        let mut longest = 0u128;
        for _ in 0..count / group {
            let began = Instant::now();
            let mut waiting = Vec::new();
            for _ in 0..group {
                next += 1;
                waiting.push(tokio::spawn(device(store.clone(), next, policy)));
            }
            for one in waiting {
                one.await??;
            }
            longest = longest.max(began.elapsed().as_millis());
        }
        store.flush().await;
        println!(
            "{group:5}  {:9.0}  {:7}  {:19.0}  {:17.0}  {longest:10}",
            count as f64 / begin.elapsed().as_secs_f64(),
            commits.load(Ordering::Relaxed) - commits_before,
            (cpu("store-writer") - before) / count as f64,
            (cpu("") - all) / count as f64,
        );
    }
    // Devices that come by chance, about a thousand a second, as after a power cut.
    for _ in 0..3 {
        store.flush().await;
        let (before, all) = (cpu("store-writer"), cpu(""));
        let commits_before = commits.load(Ordering::Relaxed);
        let mut waiting = Vec::new();
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(1));
        let first = next;
        for at in 0..3_000 {
            tick.tick().await;
            let come = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3][(mix(at + 7) % 11) as usize];
            for _ in 0..come {
                next += 1;
                waiting.push(tokio::spawn(device(store.clone(), next, policy)));
            }
        }
        for one in waiting {
            one.await??;
        }
        let count = (next - first) as f64;
        println!(
            "paced  {:9.0}  {:7}  {:19.0}  {:17.0}",
            count / 3.0,
            commits.load(Ordering::Relaxed) - commits_before,
            (cpu("store-writer") - before) / count,
            (cpu("") - all) / count,
        );
    }
    while next < devices {
        let mut waiting = Vec::new();
        for _ in 0..256.min(devices - next) {
            next += 1;
            waiting.push(tokio::spawn(device(store.clone(), next, policy)));
        }
        for one in waiting {
            one.await??;
        }
    }
    store.close();
    drop(store);
    let size = std::fs::metadata(directory.join("nameplate.db"))?.len();
    println!("{next} devices: {} bytes of file a device", size / next);
    let before = resident();
    let (began, all) = (Instant::now(), cpu(""));
    let (store, _) = open(directory, &commits).await?;
    println!(
        "opened in {:.2} s ({:.2} s of CPU), {} bytes resident a device",
        began.elapsed().as_secs_f64(),
        (cpu("") - all) / 1e6,
        (resident() - before) / next
    );
    assert_eq!(store.counts().await?.1 as u64, next);
    store.close();
    Ok(())
}

async fn open(directory: &Path, commits: &Arc<AtomicU64>) -> Result<(Store, i64), Error> {
    let commits = Arc::clone(commits);
    let store = Store::open(
        &StoreOptions {
            directory: directory.to_owned(),
            engine: EngineOptions::Sqlite,
            attempts: 10_000,
            cluster: None,
        },
        move |_| {
            commits.fetch_add(1, Ordering::Relaxed);
        },
    )?;
    let policy = store
        .tx("policy", |tx| match tx.policy("fleet")? {
            Some(policy) => Ok::<_, Error>(policy.key),
            None => tx.insert_policy("fleet", "{}", Millis(0)),
        })
        .await?;
    Ok((store, policy))
}

async fn device(store: Store, number: u64, policy: i64) -> Result<(), Error> {
    let hash = digest(number);
    let mut der = vec![0u8; 700];
    for (at, chunk) in der.chunks_mut(8).enumerate() {
        chunk.copy_from_slice(&mix(number * 1000 + at as u64).to_le_bytes()[..chunk.len()]);
    }
    let name = format!("sensor-{number:012}");
    let attributes = [("model".to_owned(), "m1".to_owned())].into();
    let record = format!("{{\"stages\":\"{}\"}}", "x".repeat(700));
    let thing_id = format!("00000000-0000-4000-8000-{number:012}");
    store
        .tx("first-connection", move |tx| {
            if tx.certificate_entry(&hash)?.is_some() || tx.thing(&name)?.is_some() {
                return Err(Error::Closed);
            }
            tx.policy("fleet")?;
            tx.policy_in_force(policy)?;
            let now = Millis(1_700_000_000_000);
            let certificate = tx.insert_certificate(&NewCertificate {
                hash,
                der: &der,
                status: Status::PendingActivation,
                mode: Mode::Default,
                ca: Some(1),
                created: now,
                not_before: now,
                not_after: now,
            })?;
            tx.owe_event(
                format!("$aws/events/certificates/registered/{number}"),
                vec![b'x'; 300],
            )?;
            let thing = tx.insert_thing(&name, &thing_id, None, None, &attributes)?;
            tx.attach_thing(certificate, &hash, thing, PrincipalType::NonExclusive)?;
            tx.attach_policy(policy, certificate, &hash)?;
            tx.set_certificate_status(&hash, Status::Active, now)?;
            Ok::<_, Error>(())
        })
        .await?;
    store.record_attempt(AttemptRow {
        seq: 0,
        at: 0,
        certificate: Some(hash),
        serial: Some("0badcafe".into()),
        client_id: Some(format!("sensor-{number:012}")),
        address: "192.0.2.1:40000".into(),
        code: "connected".into(),
        record,
        count: 1,
        first_at: 0,
    });
    Ok(())
}

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn digest(number: u64) -> [u8; 32] {
    let mut hash = [0; 32];
    for (at, chunk) in hash.chunks_mut(8).enumerate() {
        chunk.copy_from_slice(&mix(number * 4 + at as u64 + 1).to_le_bytes());
    }
    hash
}

/// CPU time of the threads with this name, or of all, microseconds.
fn cpu(name: &str) -> f64 {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return 0.0;
    };
    tasks
        .flatten()
        .filter(|task| {
            name.is_empty()
                || std::fs::read_to_string(task.path().join("comm"))
                    .is_ok_and(|comm| comm.trim() == name)
        })
        .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|text| text.split(' ').next()?.parse::<f64>().ok())
        .sum::<f64>()
        / 1000.0
}

/// Memory that the process holds, bytes.
fn resident() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("RssAnon:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .unwrap_or(0)
        * 1024
}
