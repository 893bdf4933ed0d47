use super::input::{self, InputError};
use super::*;
use std::path::Path;

const TEMPLATE: &str = r#"{
  "Parameters": {"Serial": {"Type": "String"}, "Site": {"Type": "String", "Default": "lab"}},
  "Resources": {"thing": {"Type": "AWS::IoT::Thing", "Properties": {
    "ThingName": {"Ref": "Serial"}, "AttributePayload": {"site": {"Ref": "Site"}}}}}
}"#;

fn file(name: &str, content: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join(name);
    std::fs::write(&path, content).expect("written");
    (directory, path)
}

fn realm() -> Realm {
    Realm {
        account: "123456789012".to_owned(),
        region: "us-east-1".to_owned(),
    }
}

fn simulate(path: &Path, all: bool) -> Report {
    let template = template_of(TEMPLATE, TemplateKind::Bulk).expect("a good template");
    let input = input::parameters(path).expect("readable");
    let (mut report, unreadable) = plan_here(template, input.entries, realm(), all);
    report.add_unreadable(&unreadable);
    report
}

fn certificate(name: &str, is_ca: bool) -> String {
    let mut params = rcgen::CertificateParams::new(Vec::new()).expect("no names");
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    if is_ca {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    }
    let key = rcgen::KeyPair::generate().expect("a key");
    params.self_signed(&key).expect("signed").pem()
}

#[test]
fn lines_of_json() {
    let lines =
        "{\"Serial\":\"a1\"}\n\n{\"Serial\":\"a 2\"}\nnonsense\n{\"Serial\":[\"a3\"]}\n[]\n";
    let (_directory, path) = file("devices.json", lines);
    let report = simulate(&path, true);
    assert_eq!(report.count("devices"), 5);
    assert_eq!(report.count("refused"), 4);
    assert_eq!(report.devices.len(), 5);
    let text = report.to_text("an empty registry");
    for part in [
        "5 devices, against an empty registry: 1 would be provisioned, 4 would fail",
        "1 × CreateThing",
        "line 3: ",
        "the line is not JSON",
        "a string is expected",
        "The first plan, line 1:",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
}

#[test]
fn one_device_is_printed_whole() {
    let (_directory, path) = file("one.ndjson", "{\"Serial\":\"lamp\"}\n");
    let report = simulate(&path, false);
    assert!(report.is_good());
    let text = report.to_text("an empty registry");
    assert!(
        text.starts_with("line 1, against an empty registry: would be provisioned\n"),
        "{text}"
    );
    let (_directory, path) = file("one.ndjson", "{\"Site\":\"lamp\"}\n");
    let text = simulate(&path, false).to_text("an empty registry");
    assert!(
        text.contains("would fail\n") && text.contains("Serial"),
        "{text}"
    );
}

#[test]
fn devices_meet_each_other() {
    let lines = "{\"Serial\":\"lamp\"}\n{\"Serial\":\"lamp\",\"Site\":\"roof\"}\n";
    let (_directory, path) = file("two.ndjson", lines);
    let report = simulate(&path, false);
    assert_eq!(report.count("devices"), 2);
    assert_eq!(report.devices.len(), 1, "only the first plan was asked for");
}

#[test]
fn csv_with_defaults() {
    let (_directory, path) = file(
        "fleet.CSV",
        "\u{feff}Serial;Site\r\nlamp1;roof\r\nlamp2;\r\nlamp3\r\n",
    );
    let report = simulate(&path, true);
    assert_eq!(report.count("devices"), 3);
    assert_eq!(report.count("refused"), 1);
    let text = serde_json::to_string(&report.devices).expect("JSON");
    assert!(text.contains("roof") && text.contains("lab"), "{text}");
    assert!(
        text.contains("the row has 1 of the header's 2 fields"),
        "{text}"
    );

    let check = |content: &str, reason: &str| {
        let (_directory, path) = file("fleet.csv", content);
        let error = input::parameters(&path).expect_err(content).to_string();
        assert!(error.contains(reason), "{error}");
    };
    check("", "no header");
    check("a,,b\n", "column 2 has no name");
    check("a,a\n1,2\n", "two columns are named \"a\"");
    check("a,b\n", "it holds no device");
}

#[test]
fn certificates_of_a_directory() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, content: &str| {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, content).expect("written");
    };
    let pair = certificate("one", false) + &certificate("two", false);
    write("a/both.pem", &pair);
    write(
        "chain.crt",
        &(certificate("three", false) + &certificate("ca", true)),
    );
    write(
        "key.pem",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    );
    write(
        "broken.cer",
        "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n",
    );
    write("readme.txt", "no certificate");
    let input = input::certificates(directory.path()).expect("readable");
    let labels: Vec<String> = input
        .entries
        .iter()
        .map(|entry| match entry {
            Ok(device) => device.label.clone(),
            Err(unreadable) => format!("{} is unreadable", unreadable.label),
        })
        .collect();
    assert_eq!(
        labels,
        [
            "a/both.pem#1",
            "a/both.pem#2",
            "broken.cer is unreadable",
            "chain.crt#1"
        ]
    );
    assert_eq!(input.notes.len(), 1, "{:?}", input.notes);
}

#[test]
fn one_bad_certificate_does_not_spoil_its_file() {
    let bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let text = certificate("one", false) + bad + &certificate("two", false);
    let (_directory, path) = file("all.pem", &text);
    let input = input::certificates(&path).expect("readable");
    let good: Vec<bool> = input.entries.iter().map(Result::is_ok).collect();
    assert_eq!(good, [true, false, true]);
}

#[test]
fn nothing_to_read() {
    let missing = input::certificates(Path::new("/nowhere/at/all")).expect_err("missing");
    assert!(matches!(missing, InputError::File { .. }), "{missing}");
    let directory = tempfile::tempdir().expect("a directory");
    input::certificates(directory.path()).expect_err("empty");
}

fn plan_certificates(path: &Path) -> Report {
    const BODY: &str = r#"{"Resources": {"certificate": {"Type": "AWS::IoT::Certificate",
        "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}}}}}"#;
    let template = template_of(BODY, TemplateKind::Jitp).expect("a good template");
    let input = input::certificates(path).expect("readable");
    let (mut report, unreadable) = plan_here(template, input.entries, realm(), true);
    report.add_unreadable(&unreadable);
    report
}

#[test]
fn a_certificate_that_nobody_would_let_in_fails_offline_too() {
    let mut params = rcgen::CertificateParams::new(Vec::new()).expect("no names");
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    let key = rcgen::KeyPair::generate().expect("a key");
    let expired = params.self_signed(&key).expect("signed").pem();
    let (_directory, path) = file("all.pem", &(expired + &certificate("good", false)));
    let report = plan_certificates(&path);
    assert_eq!((report.count("devices"), report.count("refused")), (2, 1));
    let text = report.to_text("an empty registry");
    assert!(
        text.contains("a connection would be refused: certificate expired [certificate-expired]"),
        "{text}"
    );
    assert!(text.contains("it was valid until 2021-01-01"), "{text}");
}

#[test]
fn what_is_listed_twice_is_not_there_already() {
    let one = certificate("one", false);
    let (_directory, path) = file(
        "all.pem",
        &(one.clone() + &one + &certificate("two", false)),
    );
    let check = |report: Report| {
        let count = |name| report.count(name);
        assert_eq!(["devices", "unchanged", "repeated"].map(count), [3, 0, 1]);
        let text = report.to_text("an empty registry");
        assert!(text.contains("1 of them repeat one before them"), "{text}");
        assert!(!text.contains("already"), "{text}");
    };
    check(plan_certificates(&path));
    let lines = "{\"Serial\":\"a\"}\n{\"Serial\":\"a\"}\n{\"Serial\":\"b\"}\n";
    let (_directory, path) = file("devices.json", lines);
    check(simulate(&path, true));
}

#[test]
fn cas_beside_a_device_count_as_sent_along() {
    let text = certificate("device", false) + &certificate("ca", true);
    let (_directory, path) = file("chain.pem", &text);
    let input = input::certificates(&path).expect("readable");
    let [
        Ok(Device {
            source: Source::Certificate(leaf, chain),
            ..
        }),
    ] = input.entries.as_slice()
    else {
        panic!("{:?}", input.entries)
    };
    assert_eq!(leaf.subject().to_string(), "CN=device");
    assert_eq!(chain.len(), 1);
}
