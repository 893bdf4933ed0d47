//! Forms by which browsers upload.

use super::{Got, with_bucket};
use crate::testing::TestApp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_store::iam::AccessKey;
use serde_json::{Value, json};

const UNTIL: &str = "2099-01-01T00:00:00.000Z";

/// Signed by version 2, whose key needs no day.
fn signature(secret: &str, policy: &str) -> String {
    use aws_lc_rs::hmac;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, policy.as_bytes()))
}

/// Posts a form of these fields, signed by `key`, and then its file.
async fn post(
    app: &TestApp,
    key: &AccessKey,
    conditions: Value,
    fields: &[(&str, &str)],
    file: &[u8],
) -> Got {
    let policy = json!({"expiration": UNTIL, "conditions": conditions}).to_string();
    let policy = STANDARD.encode(policy);
    let signature = signature(&key.secret, &policy);
    let signed = [
        ("AWSAccessKeyId", key.id.as_str()),
        ("policy", &policy),
        ("signature", &signature),
    ];
    let mut body = Vec::new();
    for (name, value) in fields.iter().chain(&signed) {
        let part = format!(
            "--the-mark\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(
        b"--the-mark\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\a b.txt\"\r\nContent-Type: text/x-own\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--the-mark--\r\n");
    let headers = [
        ("host".to_owned(), "localhost:4566".to_owned()),
        (
            "content-type".to_owned(),
            "multipart/form-data; boundary=the-mark".to_owned(),
        ),
    ];
    app.send("POST", "/bucket", &headers, &body).await
}

#[tokio::test]
async fn a_form_puts_its_file() {
    let app = with_bucket().await;
    let root = app.app.iam.root_access_key().clone();
    let any = json!([
        ["starts-with", "$key", ""],
        ["starts-with", "$x-amz-meta-a", ""],
        ["eq", "$tagging", TAGS],
        ["starts-with", "$success_action_status", ""],
        ["content-length-range", 1, 100_000]
    ]);
    const TAGS: &str =
        "<Tagging><TagSet><Tag><Key>a b</Key><Value>c&#43;d</Value></Tag></TagSet></Tagging>";
    // Longer than what a piece of the body has, with what looks like the begin of a boundary.
    let file = b"\r\n--the-mar".repeat(900);
    let fields = [
        ("key", "up/${filename}"),
        ("x-amz-meta-a", "b"),
        ("tagging", TAGS),
        ("success_action_status", "201"),
    ];
    let got = post(&app, &root, any, &fields, &file).await;
    assert_eq!(got.status, 201, "{}", got.text());
    assert_eq!(got.one("Key"), "up/a b.txt");
    assert_eq!(
        got.header("location"),
        Some("http://localhost:4566/bucket/up/a%20b.txt")
    );
    let kept = app.s3("GET /bucket/up/a%20b.txt", &[], "").await.ok();
    assert_eq!(kept.body, file);
    assert_eq!(kept.header("x-amz-meta-a"), Some("b"));
    assert_eq!(kept.header("content-type"), Some("text/x-own"));
    assert_eq!(kept.header("x-amz-tagging-count"), Some("1"));
    assert_eq!(got.header("etag"), kept.header("etag"));
    let key = json!([{"key": "k"}, ["starts-with", "$success_action_redirect", "http"]]);
    let plain = post(&app, &root, json!([{"key": "k"}]), &[("key", "k")], b"x").await;
    assert_eq!((plain.status, plain.text().as_str()), (204, ""));
    let to = [
        ("key", "k"),
        ("success_action_redirect", "http://here/?a=b"),
    ];
    let sent = post(&app, &root, key, &to, b"x").await;
    assert_eq!(sent.status, 303);
    let location = sent.header("location").unwrap_or_default();
    assert!(
        location.starts_with("http://here/?a=b&bucket=bucket&key=k&etag=%22"),
        "{location}"
    );
}

#[tokio::test]
async fn a_form_is_refused_for_its_policy_its_signer_and_its_file() {
    let app = with_bucket().await;
    let root = app.app.iam.root_access_key().clone();
    let stranger = AccessKey {
        secret: "another".into(),
        ..root.clone()
    };
    let check = async |key: &AccessKey,
                       conditions: Value,
                       fields: &[(&str, &str)],
                       file: &[u8],
                       expected: (u16, &str)| {
        let got = post(&app, key, conditions, fields, file).await;
        let found = got.one("Code");
        assert_eq!((got.status, found.as_str()), expected, "{}", got.text());
    };
    let key = json!([{"key": "k"}]);
    let ranged = json!([{"key": "k"}, ["content-length-range", 3, 5]]);
    let denied = (403, "AccessDenied");
    check(
        &stranger,
        key.clone(),
        &[("key", "k")],
        b"x",
        (403, "SignatureDoesNotMatch"),
    )
    .await;
    check(&root, key.clone(), &[("key", "l")], b"x", denied).await;
    check(
        &root,
        key.clone(),
        &[("key", "k"), ("acl", "private")],
        b"x",
        denied,
    )
    .await;
    check(
        &root,
        ranged.clone(),
        &[("key", "k")],
        b"xx",
        (400, "EntityTooSmall"),
    )
    .await;
    check(
        &root,
        ranged.clone(),
        &[("key", "k")],
        b"xxxxxx",
        (400, "EntityTooLarge"),
    )
    .await;
    check(&root, json!([]), &[], b"x", (400, "InvalidArgument")).await;
    let long = "v".repeat(21 * 1024);
    check(
        &root,
        key,
        &[("key", &long)],
        b"x",
        (400, "MaxPostPreDataLengthExceededError"),
    )
    .await;
    // Nothing came of any.
    assert_eq!(app.s3("HEAD /bucket/k", &[], "").await.status, 404);
    let headers = [(
        "content-type".to_owned(),
        "multipart/form-data; boundary=b".to_owned(),
    )];
    let cut = b"--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk";
    let got = app.send("POST", "/bucket", &headers, cut).await;
    assert_eq!(
        (got.status, got.one("Code").as_str()),
        (400, "IncompleteBody")
    );
    let bare = b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nk\r\n--b--";
    let got = app.send("POST", "/bucket", &headers, bare).await;
    assert_eq!((got.status, got.one("Code").as_str()), denied);
}
