//! How long fleet indexing takes on a large registry: building the index, following changes, pages of searches and
//! lists, aggregates; and the memory it costs. Times of queries are of the processor, not of the clock. The figures in
//! `docs/adr/0011-fleet-index.md` are from here.

use crate::server::own_cpu;
use nameplate::app::iam::root_access_key;
use nameplate::app::registry::thing::{Narrowed, ThingChange};
use nameplate::app::search::IndexStatus;
use nameplate::app::search::configuration::ThingSettings;
use nameplate::app::search::dynamic::NewDynamicGroup;
use nameplate::app::{App, AppSettings};
use nameplate::authority::{CaKey, DeviceAuthority};
use nameplate::config::{FirstConnect, Objects, Quotas, Refusals};
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Millis;
use nameplate_core::registry::thing::Attributes;
use nameplate_core::search::{Field, FieldType};
use nameplate_store::{EngineOptions, Error, Store, StoreOptions};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const BATCH: u64 = 5_000;

/// Measures on a data directory, which is filled with so many things where it has fewer.
pub async fn run(directory: &Path, count: u64) -> anyhow::Result<()> {
    fill(directory, count).await?;

    let settings = AppSettings {
        realm: Arc::new(Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        }),
        engine: EngineOptions::Sqlite,
        cluster: None,
        endpoint_host: "localhost".into(),
        further_hosts: Vec::new(),
        objects: Objects::DataDir,
        rule_places: Default::default(),
        first_connect: FirstConnect::Inline,
        refusals: Refusals::Clear,
        jitr_wait_seconds: 10,
        renew_expired_days: 0,
        attempts: 100,
        audit_megabytes: 0,
        thing_type_deletion_wait_seconds: 0,
        quotas: Quotas::Off,
        allow_reset: false,
        bus: nameplate::bus::Setting::None,
        traces: Arc::new(nameplate::app::traces::Traces::none()),
    };
    let now = || Millis(1_795_448_532_345);
    let authority = DeviceAuthority::open(directory, CaKey::Rsa2048, now())?;
    let root = root_access_key("AKIAIOSFODNN7EXAMPLE".into(), "secret".into());
    let app = App::open(directory, settings, authority, root, now).await?;
    println!(
        "things {}, resident {} MiB",
        app.counts().await?.0,
        resident()
    );

    let (began, busy_before) = (Instant::now(), own_cpu()?);
    let things = ThingSettings {
        shadows: false,
        named_shadows: Vec::new(),
        registry: true,
        connectivity: true,
        fields: vec![
            Field {
                name: "attributes.model".into(),
                kind: FieldType::String,
            },
            Field {
                name: "attributes.lot".into(),
                kind: FieldType::Number,
            },
        ],
        managed: Vec::new(),
    };
    app.search
        .configure_indexing(&app.iam.root(), Some(things), None)
        .await?;
    wait(async || {
        let status = app.search.index_status("AWS_Things").await;
        matches!(status, Ok((_, IndexStatus::Active)))
    })
    .await;
    println!(
        "built in {:?}, processor {:?}, resident {} MiB",
        began.elapsed(),
        own_cpu()? - busy_before,
        resident()
    );

    let third = count / 3;
    let serial = format!("attributes.serial:sn-{third:08x}");
    let narrow = format!("thingName:device-{:05}*", third / 100);
    for query in [
        "*",
        &serial,
        "attributes.model:m-7",
        "attributes.model:m-7 AND attributes.lot:[100 TO 200]",
        "attributes.model:m-7 NOT attributes.lot<900",
        "thingName:device-*",
        &narrow,
        "thingName:device-*77",
        "attributes.lot>500 OR attributes.model:m-3",
        "NOT attributes.model:m-1",
        "attributes.serial:*00ff",
        "sn-000012*",
        "none",
        "thingName:device-* attributes.serial:*zz",
    ] {
        let (mut pages, mut found, mut after) = (0, 0, 0);
        let (mut longest, mut total) = (Duration::ZERO, Duration::ZERO);
        loop {
            let began = busy();
            let (page, next) = app
                .search
                .search_index("AWS_Things", query, after, 100)
                .await?;
            let took = busy() - began;
            longest = longest.max(took);
            total += took;
            pages += 1;
            if let nameplate::app::search::queries::Found::Things(things) = page {
                found += things.len();
            }
            match next {
                Some(next) if pages < 50 => after = next,
                _ => break,
            }
        }
        println!(
            "search {query:<52} {pages:>3} pages, mean {:>9.3?}, longest {longest:>9.3?}, {found} things",
            total / pages
        );
    }
    for (what, field) in [
        ("statistics", "attributes.lot"),
        ("statistics", "registry.version"),
        ("cardinality", "thingName"),
        ("buckets", "attributes.model"),
    ] {
        let began = busy();
        match what {
            "statistics" => drop(
                app.search
                    .fleet_statistics("AWS_Things", "*", Some(field))
                    .await?,
            ),
            "cardinality" => drop(
                app.search
                    .fleet_cardinality("AWS_Things", "*", Some(field))
                    .await?,
            ),
            _ => drop(
                app.search
                    .fleet_buckets("AWS_Things", "*", field, 10)
                    .await?,
            ),
        }
        println!("{what} of {field}: {:?}", busy() - began);
    }
    let (mut after, mut longest, mut pages) = (0, Duration::ZERO, 0);
    let began = busy();
    loop {
        let page = busy();
        let (_, next) = app.registry.things(&Narrowed::All, after, 100).await?;
        longest = longest.max(busy() - page);
        pages += 1;
        match next {
            Some(next) => after = next,
            None => break,
        }
    }
    println!(
        "list: {pages} pages, mean {:?}, longest {longest:?}",
        (busy() - began) / pages
    );

    let (began, busy_before) = (Instant::now(), own_cpu()?);
    let group = app
        .search
        .create_dynamic_group(
            &app.iam.root(),
            NewDynamicGroup {
                name: format!("group-{}", std::process::id()),
                query: "attributes.model:m-7".into(),
                ..NewDynamicGroup::default()
            },
        )
        .await?;
    wait(async || app.search.dynamic_group_status(&group) == Some("ACTIVE")).await;
    println!(
        "dynamic group of a hundredth found in {:?}, processor {:?}",
        began.elapsed(),
        own_cpu()? - busy_before
    );

    tokio::time::sleep(Duration::from_secs(5)).await;
    let began = Instant::now();
    let change = ThingChange {
        attributes: Some(Attributes::from([("mark".into(), "changed".into())])),
        merge: true,
        ..ThingChange::default()
    };
    app.registry
        .update_thing(&app.iam.root(), &format!("device-{third:07}"), change)
        .await?;
    let updated = began.elapsed();
    loop {
        let (page, _) = app
            .search
            .search_index("AWS_Things", "attributes.mark:changed", 0, 1)
            .await?;
        if !matches!(page, nameplate::app::search::queries::Found::Things(things) if things.is_empty())
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    println!(
        "an update took {updated:?} and was found after {:?}",
        began.elapsed()
    );
    println!("resident {} MiB", resident());
    app.close();
    Ok(())
}

async fn fill(directory: &Path, count: u64) -> anyhow::Result<()> {
    let options = StoreOptions {
        directory: directory.to_owned(),
        engine: EngineOptions::Sqlite,
        attempts: 100,
        cluster: None,
    };
    let store = Store::open(&options, |_| {})?;
    let mut next = u64::try_from(store.counts().await?.0)?;
    let type_key = store
        .tx("type", |tx| match tx.thing_type("sensor")? {
            Some(found) => Ok(found.key),
            None => tx.insert_thing_type(
                "sensor",
                "0f0e0d0c-0b0a-4900-8807-060504030201",
                "{}",
                Millis(0),
            ),
        })
        .await?;
    while next < count {
        let batch = next..(next + BATCH).min(count);
        next = batch.end;
        store
            .tx("fill", move |tx| {
                for number in batch.clone() {
                    let attributes = Attributes::from([
                        ("serial".into(), format!("SN-{number:08x}")),
                        ("model".into(), format!("m-{}", number % 100)),
                        ("lot".into(), (number % 1000).to_string()),
                    ]);
                    let id = uuid::Uuid::new_v4().to_string();
                    tx.insert_thing(
                        &format!("device-{number:07}"),
                        &id,
                        Some(type_key),
                        None,
                        &attributes,
                    )?;
                }
                Ok::<_, Error>(())
            })
            .await?;
    }
    store.close();
    Ok(())
}

async fn wait(done: impl AsyncFn() -> bool) {
    while !done().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How long this thread has been on a processor: what a query takes, whatever else the machine does.
fn busy() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let word = told.split_whitespace().next();
    Duration::from_nanos(word.and_then(|text| text.parse().ok()).unwrap_or_default())
}

/// Resident memory, MiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}
