//! `docs/compatibility.md` says what is built. It is made here, from the service tables and the dispatcher's own
//! lists, so that it cannot say anything else.

use nameplate::api;
use nameplate_aws::model::{Model, Service, models};
use std::fmt::Write as _;
use std::path::Path;

/// Names of the services for people, and what each is there for.
fn about(service: Service) -> (&'static str, &'static str) {
    match service {
        Service::Iot => ("iot", "the registry, policies, provisioning templates"),
        Service::IotData => ("iot-data", "publish, shadows, retained messages"),
        Service::IotJobsData => ("iot-jobs-data", "jobs, as a device sees them"),
        Service::Lambda => ("lambda", "functions behind hooks and rules"),
        Service::S3 => ("s3", "buckets for bulk registration and rules"),
        Service::Iam => ("iam", "users, keys, roles and their policies"),
        Service::Sts => ("sts", "who a caller is, and assumed roles"),
        Service::ExecuteApi | Service::Logs | Service::Monitoring | Service::DynamoDb => {
            (service.scope(), "no table")
        }
    }
}

fn built(model: &Model) -> &'static [&'static str] {
    api::built()
        .into_iter()
        .find(|(service, _)| *service == model.service)
        .map_or(&[], |(_, names)| names)
}

fn document() -> String {
    let mut text = String::from(
        "# Compatibility\n\n\
         <!-- Written by `UPDATE=1 cargo test -p nameplate --test compatibility`. Do not edit. -->\n\n\
         Every operation of the services that Nameplate has a table for. *Built* means: with AWS's parameters, limits, \
         errors and answers, as far as we know them; what we know to differ is in [divergences.md](divergences.md). An \
         operation that is not built answers HTTP 501 with its name, in its service's error shape, once the request's \
         signature and permission are right.\n\n\
         Requests for `logs`, `monitoring` and `dynamodb`, which have no table, are answered 501 too.\n\n\
         | service | for | built | of |\n| --- | --- | ---: | ---: |\n",
    );
    for model in models() {
        let (name, purpose) = about(model.service);
        let _ = writeln!(
            text,
            "| [`{name}`](#{name}) | {purpose} | {} | {} |",
            built(model).len(),
            model.operations.len()
        );
    }
    for model in models() {
        let (name, _) = about(model.service);
        let names = built(model);
        let _ = writeln!(text, "\n## {name}\n\nAPI version {}.\n", model.api_version);
        if names.is_empty() {
            text.push_str("Nothing is built yet.\n");
        } else {
            text.push_str("Built:\n\n");
            for name in names {
                let _ = writeln!(text, "- `{name}`");
            }
        }
        text.push_str("\n<details><summary>Not built: answers 501</summary>\n\n");
        for operation in model.operations {
            if !names.contains(&operation.name) {
                let _ = writeln!(text, "- `{}`", operation.name);
            }
        }
        text.push_str("\n</details>\n");
    }
    text
}

#[test]
fn the_table_is_what_is_built() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/compatibility.md");
    let wanted = document();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &wanted).expect("docs/compatibility.md can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/compatibility.md is stale; run `UPDATE=1 cargo test -p nameplate --test compatibility`"
    );
}

#[test]
fn what_is_built_is_in_the_tables_and_in_order() {
    for (service, names) in api::built() {
        assert!(names.is_sorted(), "{service:?}: keep the list in order");
        for name in names {
            assert!(
                nameplate_aws::model::operation(service, name).is_some(),
                "{service:?} has no operation {name}"
            );
        }
    }
}
