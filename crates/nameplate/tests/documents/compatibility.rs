//! `docs/compatibility.md` says what is built, and which real client's test proves it. It is made here, from the
//! service tables, the dispatcher's own lists and the end-to-end tests, so that it cannot say anything else.

use super::root;
use nameplate::api;
use nameplate_aws::model::{Model, Service, models};
use std::fmt::Write as _;

/// Names of the services for people, and what each is there for.
fn about(service: Service) -> (&'static str, &'static str) {
    match service {
        Service::Iot => ("iot", "the registry, policies, provisioning templates"),
        Service::IotData => ("iot-data", "publish, shadows, retained messages"),
        Service::IotJobsData => ("iot-jobs-data", "jobs, as a device sees them"),
        Service::Lambda => ("lambda", "functions behind hooks and rules"),
        Service::DynamoDb => ("dynamodb", "tables for functions and rules"),
        Service::S3 => ("s3", "buckets for bulk registration and rules"),
        Service::Iam => ("iam", "users, keys, roles and their policies"),
        Service::ApiGateway => ("apigateway", "REST APIs before functions"),
        Service::ApiGatewayV2 => ("apigatewayv2", "HTTP APIs before functions"),
        Service::Logs => (
            "logs",
            "what functions printed, and log groups of one's own",
        ),
        Service::Sts => ("sts", "who a caller is, and assumed roles"),
        Service::Acm => ("acm", "certificates for names of one's own"),
    }
}

fn built(model: &Model) -> Vec<&'static str> {
    api::built()
        .into_iter()
        .find(|(service, _)| *service == model.service)
        .map_or_else(Vec::new, |(_, names)| names)
}

/// The test that says of many operations that they are not built.
const NOT_BUILT: &str = "test_unimplemented.py";

/// The end-to-end tests: file name and text, in the order of names.
struct Tests(Vec<(String, String)>);

impl Tests {
    fn read() -> Self {
        let directory = root().join("tests/e2e");
        let mut found: Vec<_> = std::fs::read_dir(&directory)
            .expect("the end-to-end tests are there")
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let name = path.file_name()?.to_str()?.to_owned();
                let is_test = name.starts_with("test_") && name.ends_with(".py");
                (is_test && name != NOT_BUILT).then(|| {
                    let text = std::fs::read_to_string(&path).expect("a test can be read");
                    (name, text)
                })
            })
            .collect();
        found.sort();
        Tests(found)
    }

    /// The file in which the words stand most often; the first of several.
    fn most(&self, count: impl Fn(&str) -> usize) -> Option<&str> {
        let counts = self.0.iter().map(|(name, text)| (count(text), name));
        let (times, name) = counts.rev().max_by_key(|(times, _)| *times)?;
        (times > 0).then_some(name)
    }

    /// The file that calls the operation by boto3: `iot.create_thing(…)`, or a paginator of that name.
    ///
    /// Several services have a method of this name: then the client's variable must be named after the service.
    fn boto3(&self, service: Service, operation: &str) -> Option<&str> {
        let method = words(operation, '_');
        let shared = api::built()
            .iter()
            .filter(|(_, names)| names.contains(&operation))
            .count()
            > 1;
        let name = about(service).0.replace('-', "_");
        // A longer name that begins so is another service's.
        let longer: Vec<String> = models()
            .map(|model| about(model.service).0.replace('-', "_"))
            .filter(|other| *other != name && other.starts_with(&name))
            .collect();
        let named = |before: &str| {
            let word = last_word(before);
            word.contains(&name) && !longer.iter().any(|other| word.contains(other))
        };
        self.most(|text| {
            whole(text, &method)
                .filter(|at| match text[..*at].strip_suffix('.') {
                    Some(before) => !shared || named(before),
                    None => text[..*at].ends_with("get_paginator(\"") && !shared,
                })
                .count()
        })
    }

    /// The file that calls the operation by the AWS CLI: `aws iot create-thing` in a script, or the words of a call.
    fn cli(&self, service: Service, operation: &str) -> Option<&str> {
        let command = words(operation, '-');
        // The CLI names the operations of S3 apart from its own commands.
        let name = match service {
            Service::S3 => "s3api",
            other => about(other).0,
        };
        self.most(|text| {
            whole(text, &command)
                .filter(|at| {
                    let before = &text[..*at];
                    let quoted = before.strip_suffix("\", \"").or(before.strip_suffix(' '));
                    quoted.is_some_and(|before| last_word(before) == name)
                })
                .count()
        })
    }
}

/// `CreateThing` as `create_thing` or `create-thing`, by the rules that boto3 and the AWS CLI share.
fn words(operation: &str, separator: char) -> String {
    let letters: Vec<char> = operation.chars().collect();
    let mut text = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let begins = letter.is_ascii_uppercase()
            && at > 0
            && (letters[at - 1].is_ascii_lowercase()
                || letters[at - 1].is_ascii_digit()
                || letters.get(at + 1).is_some_and(char::is_ascii_lowercase));
        if begins {
            text.push(separator);
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Where `word` stands and no longer word that begins or ends with it.
fn whole<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let bytes = text.as_bytes();
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let after = bytes.get(at + word.len());
            !before.is_some_and(|byte| is_of_word(*byte))
                && !after.is_some_and(|byte| is_of_word(*byte))
        })
}

/// The word that the text ends with.
fn last_word(text: &str) -> &str {
    let length = text
        .bytes()
        .rev()
        .take_while(|byte| is_of_word(*byte))
        .count();
    &text[text.len() - length..]
}

fn link(file: Option<&str>) -> String {
    match file {
        Some(file) => {
            let short = file.trim_start_matches("test_").trim_end_matches(".py");
            format!("[{short}](../tests/e2e/{file})")
        }
        None => "–".to_owned(),
    }
}

fn document(tests: &Tests) -> String {
    let mut text = String::from(
        "# Compatibility\n\n\
         <!-- Written by `UPDATE=1 cargo test -p nameplate --test documents`. Do not edit. -->\n\n\
         Every operation of the services that Nameplate has a table for. *Built* means: with AWS's parameters, limits, \
         errors and answers, as far as we know them; what we know to differ is in [divergences.md](divergences.md). An \
         operation that is not built answers HTTP 501 with its name, in its service's error shape, once the request's \
         signature and permission are right.\n\n\
         For each operation that is built, the columns name the end-to-end test that calls it with boto3 or with the AWS \
         CLI, unmodified, against the real binary. No operation counts as built without one.\n\n\
         Requests for `monitoring`, `sqs` and others, which have no table, are answered 501 too.\n\n\
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
            text.push_str("| built | boto3 | AWS CLI |\n| --- | --- | --- |\n");
            for name in &names {
                let boto3 = link(tests.boto3(model.service, name));
                let cli = link(tests.cli(model.service, name));
                let _ = writeln!(text, "| `{name}` | {boto3} | {cli} |");
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
    let path = root().join("docs/compatibility.md");
    let wanted = document(&Tests::read());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &wanted).expect("docs/compatibility.md can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/compatibility.md is stale; run `UPDATE=1 cargo test -p nameplate --test documents`"
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

#[test]
fn what_is_built_is_called_by_a_real_client() {
    let tests = Tests::read();
    let missing: Vec<_> = api::built()
        .into_iter()
        .flat_map(|(service, names)| names.into_iter().map(move |name| (service, name)))
        .filter(|(service, name)| {
            tests.boto3(*service, name).is_none() && tests.cli(*service, name).is_none()
        })
        .map(|(service, name)| format!("{} {name}", about(service).0))
        .collect();
    assert!(
        missing.is_empty(),
        "no test in tests/e2e calls these with boto3 or the AWS CLI: {missing:#?}"
    );
}

/// What is built must not stand among what is not.
#[test]
fn nothing_that_is_built_is_tested_to_be_missing() {
    let text = std::fs::read_to_string(root().join("tests/e2e").join(NOT_BUILT))
        .expect("the test can be read");
    for (service, names) in api::built() {
        let client = about(service).0;
        for name in names {
            let entry = format!("    \"{name}\": ");
            let stale = text.split_once(&entry).is_some_and(|(_, rest)| {
                // The client is the next text in quotes.
                rest.split('"').nth(1) == Some(client)
            });
            assert!(
                !stale,
                "{client} {name} is built; take it out of {NOT_BUILT}"
            );
        }
    }
}

#[test]
fn operations_are_found_as_clients_name_them() {
    let check = |operation, boto3: &str, cli: &str| {
        assert_eq!(words(operation, '_'), boto3);
        assert_eq!(words(operation, '-'), cli);
    };
    check("CreateThing", "create_thing", "create-thing");
    check(
        "RegisterCACertificate",
        "register_ca_certificate",
        "register-ca-certificate",
    );
    check(
        "RegisterCertificateWithoutCA",
        "register_certificate_without_ca",
        "register-certificate-without-ca",
    );
    check(
        "ListPrincipalThingsV2",
        "list_principal_things_v2",
        "list-principal-things-v2",
    );
    check(
        "SetV2LoggingLevel",
        "set_v2_logging_level",
        "set-v2-logging-level",
    );
    let tests = |text: &str| Tests(vec![("test_x.py".to_owned(), text.to_owned())]);
    let boto3 = |service, text: &str, operation| tests(text).boto3(service, operation).is_some();
    assert!(boto3(Service::Iot, "iot.create_thing(x)", "CreateThing"));
    assert!(boto3(Service::Iot, "pages(c.list_things, 1)", "ListThings"));
    assert!(boto3(
        Service::Iot,
        "c.get_paginator(\"list_things\")",
        "ListThings"
    ));
    assert!(!boto3(
        Service::Iot,
        "iot.create_thing_type(x)",
        "CreateThing"
    ));
    assert!(!boto3(Service::Iot, "# create_thing", "CreateThing"));
    assert!(boto3(Service::Iam, "iam.get_policy(x)", "GetPolicy"));
    assert!(!boto3(Service::Iot, "iam.get_policy(x)", "GetPolicy"));
    let cli = |text: &str| tests(text).cli(Service::Iot, "CreateThing").is_some();
    assert!(cli("aws iot create-thing --thing-name x"));
    assert!(cli(
        "server.aws(\"iot\", \"create-thing\", \"--thing-name\")"
    ));
    assert!(!cli("aws iot create-thing-type"));
    assert!(!cli("aws iam create-thing"));
}
