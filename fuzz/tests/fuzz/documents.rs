//! Documents that devices and owners write.

use crate::kept::Kept;
use crate::{ITERATIONS, TIME};
use bolero::check;
use nameplate_core::cbor;
use nameplate_core::custom_auth::Answer;
use nameplate_core::gateway::document;
use nameplate_core::policy::{Dialect, PolicyDocument};
use nameplate_core::shadow::{Content, Current, Update, update};
use nameplate_core::template::{Template, TemplateKind};

/// What a shadow takes it can keep, and take again.
#[test]
fn shadows() {
    let kept = Kept::of("documents__shadows");
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| kept.each(bytes, updated));
}

fn updated(body: &[u8]) {
    let Ok(request) = Update::parse(body) else {
        return;
    };
    let first = Current {
        version: 1,
        content: None,
    };
    if let Ok(updated) = update(&first, &request, 1_700_000_000) {
        let kept = updated.content.encode();
        assert_eq!(Content::decode(&kept).as_ref(), Some(&updated.content));
    }
}

/// A policy is read or refused in words; what is read comes out the same when it is read again.
#[test]
fn policies() {
    let kept = Kept::of("documents__policies");
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| kept.each(bytes, policy));
}

fn policy(body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    for dialect in [Dialect::Iot, Dialect::IamIdentity, Dialect::IamTrust] {
        let once = PolicyDocument::parse(&text, dialect);
        match &once {
            Ok(_) => assert_eq!(once, PolicyDocument::parse(&text, dialect)),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// A provisioning template is read or refused in words.
#[test]
fn templates() {
    let kept = Kept::of("documents__templates");
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| kept.each(bytes, template));
}

fn template(body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    for kind in [
        TemplateKind::RegisterThing,
        TemplateKind::Jitp,
        TemplateKind::Fleet,
    ] {
        if let Err(error) = Template::parse(&text, kind) {
            assert!(!error.to_string().is_empty());
        }
    }
}

/// A document that is read from CBOR is written, and read the same.
#[test]
fn cbor() {
    let kept = Kept::of("documents__cbor");
    assert!(kept.inputs().all(|bytes| cbor::decode(bytes).is_ok()));
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| kept.each(bytes, cbor_comes_back));
}

fn cbor_comes_back(bytes: &[u8]) {
    let _ = cbor::text_member(bytes, "clientToken");
    if let Ok(document) = cbor::decode(bytes) {
        let mut out = Vec::new();
        cbor::encode(&document, &mut out);
        assert_eq!(cbor::decode(&out), Ok(document));
    }
}

/// What a custom authorizer's function answers is taken or refused in words.
#[test]
fn authorizer_answers() {
    let kept = Kept::of("documents__authorizer_answers");
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| {
            kept.each(bytes, |bytes| {
                if let Err(error) = Answer::parse(bytes) {
                    assert!(!error.to_string().is_empty());
                }
            });
        });
}

/// A document of OpenAPI is read or refused in words; what is read can be written as YAML and is the same then.
#[test]
fn definitions() {
    let kept = Kept::of("documents__definitions");
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| kept.each(bytes, definition));
}

fn definition(body: &[u8]) {
    match document::read(body) {
        Ok(value) if value.is_object() => {
            let written = document::write_yaml(&value);
            let again = document::read(written.as_bytes());
            assert_eq!(again.map(|again| again == value), Ok(true));
        }
        Ok(_) => {}
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
