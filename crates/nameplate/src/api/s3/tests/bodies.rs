use super::with_bucket;
use crate::testing::NOW;
use nameplate_aws::sigv4::Signer;

const HELLO_CRC32: (&str, &str) = ("x-amz-checksum-crc32", "NhCmhg==");
const HELLO_MD5: (&str, &str) = ("content-md5", "XUFAKrxLKna5cZ2REBfFkg==");

#[tokio::test]
async fn checksums_are_compared_kept_and_answered() {
    let app = with_bucket().await;
    let check = async |name: &str, value: &str| {
        let sent = [(name, value)];
        let put = app.s3("PUT /bucket/key", &sent, "hello").await.ok();
        assert_eq!(put.header(name), Some(value));
        assert_eq!(put.header("x-amz-checksum-type"), Some("FULL_OBJECT"));
        let enabled = ("x-amz-checksum-mode", "ENABLED");
        let got = app.s3("GET /bucket/key", &[enabled], "").await.ok();
        assert_eq!(got.header(name), Some(value));
        let part = app
            .s3("GET /bucket/key", &[enabled, ("range", "bytes=0-1")], "")
            .await
            .ok();
        assert_eq!(part.header(name), None);
        assert_eq!(
            app.s3("GET /bucket/key", &[], "").await.ok().header(name),
            None
        );
        let wrong = app.s3("PUT /bucket/other", &sent, "other").await;
        assert_eq!(
            (wrong.status, wrong.one("Code").as_str()),
            (400, "BadDigest"),
            "{name}"
        );
    };
    check(HELLO_CRC32.0, HELLO_CRC32.1).await;
    check("x-amz-checksum-crc32c", "mnG7TA==").await;
    check("x-amz-checksum-crc64nvme", "M3eFcAZSQlc=").await;
    check("x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00=").await;
    check(
        "x-amz-checksum-sha256",
        "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    )
    .await;
    app.s3("PUT /bucket/key", &[HELLO_MD5], "hello").await.ok();
    app.s3_refused(&[
        ("PUT /bucket/x", &[HELLO_MD5], "other", 400, "BadDigest"),
        (
            "PUT /bucket/x",
            &[("content-md5", "no")],
            "hello",
            400,
            "InvalidDigest",
        ),
        (
            "PUT /bucket/x",
            &[(HELLO_CRC32.0, "no")],
            "hello",
            400,
            "InvalidRequest",
        ),
        (
            "PUT /bucket/x",
            &[
                HELLO_CRC32,
                ("x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00="),
            ],
            "hello",
            400,
            "InvalidRequest",
        ),
        ("GET /bucket/x", &[], "", 404, "NoSuchKey"),
    ])
    .await;
    assert_eq!(app.bodies().len(), 1, "what was refused is gone");
}

#[tokio::test]
async fn what_a_body_may_not_be() {
    let app = with_bucket().await;
    let long = "k".repeat(1025);
    let large = "m".repeat(2048);
    app.s3_refused(&[
        (
            &format!("PUT /bucket/{long}"),
            &[],
            "x",
            400,
            "KeyTooLongError",
        ),
        (
            "PUT /bucket/x",
            &[("x-amz-meta-a", &large)],
            "x",
            400,
            "MetadataTooLarge",
        ),
        (
            "PUT /bucket/x",
            &[("x-amz-storage-class", "COLD")],
            "x",
            400,
            "InvalidStorageClass",
        ),
        (
            "PUT /bucket/x",
            &[("x-amz-server-side-encryption", "aws:kms")],
            "x",
            501,
            "NotImplemented",
        ),
        (
            "PUT /bucket/x",
            &[("x-amz-object-lock-mode", "COMPLIANCE")],
            "x",
            501,
            "NotImplemented",
        ),
        (
            "PUT /bucket/x",
            &[("x-amz-object-lock-event-hold", "ON")],
            "x",
            501,
            "NotImplemented",
        ),
        ("PUT /absent/x", &[], "x", 404, "NoSuchBucket"),
    ])
    .await;
    app.s3(&format!("PUT /bucket/{}", &long[1..]), &[], "x")
        .await
        .ok();

    // Lengths and hashes that are not those of the body.
    let key = app.app.iam.root_access_key().clone();
    let signer = Signer {
        access_key: &key.id,
        secret: &key.secret,
        region: "us-east-1",
        service: "s3",
    };
    let check = async |length: &str, sent: &str, status: u16, code: &str| {
        let mut headers = vec![("host".to_owned(), "localhost".to_owned())];
        if !length.is_empty() {
            headers.push(("content-length".to_owned(), length.to_owned()));
        }
        let added = signer.sign("PUT", "/bucket/x", &headers, b"hello", NOW.0);
        headers.extend(
            added
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        let got = app
            .send("PUT", "/bucket/x", &headers, sent.as_bytes())
            .await;
        assert_eq!(
            (got.status, got.one("Code").as_str()),
            (status, code),
            "{length} {sent}"
        );
    };
    check("5", "hello", 200, "").await;
    check("5", "jello", 400, "XAmzContentSHA256Mismatch").await;
    check("6", "hello", 400, "IncompleteBody").await;
    check("", "hello", 411, "MissingContentLength").await;
    check("5368709121", "hello", 400, "EntityTooLarge").await;
    check("five", "hello", 400, "InvalidArgument").await;
    assert_eq!(app.bodies().len(), 2);
}

/// The framing itself is tested where it is decoded; here, that it is taken off.
#[tokio::test]
async fn chunked_bodies() {
    let app = with_bucket().await;
    let key = app.app.iam.root_access_key().clone();
    let signer = Signer {
        access_key: &key.id,
        secret: &key.secret,
        region: "us-east-1",
        service: "s3",
    };
    // A link may say that its body is chunked.
    let word = "x-amz-content-sha256=STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    let query = signer.presign("PUT", "localhost", "/bucket/key", word, 60, NOW.0);
    let target = format!("/bucket/key?{query}");
    let check = async |length: &str, encoding: &str, body: &str, status: u16, code: &str| {
        let headers = [
            ("host", "localhost"),
            ("content-encoding", encoding),
            ("x-amz-trailer", "x-amz-checksum-crc32"),
            ("x-amz-decoded-content-length", length),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let got = app.send("PUT", &target, &headers, body.as_bytes()).await;
        assert_eq!(
            (got.status, got.one("Code").as_str()),
            (status, code),
            "{body} {}",
            got.text()
        );
    };
    let body = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    check("5", "aws-chunked,gzip", body, 200, "").await;
    let got = app
        .s3("GET /bucket/key", &[("x-amz-checksum-mode", "ENABLED")], "")
        .await
        .ok();
    assert_eq!(got.text(), "hello");
    assert_eq!(got.header("content-encoding"), Some("gzip"));
    assert_eq!(got.header(HELLO_CRC32.0), Some(HELLO_CRC32.1));
    check("5", "aws-chunked", body, 200, "").await;
    let got = app.s3("GET /bucket/key", &[], "").await.ok();
    assert_eq!(got.header("content-encoding"), None);
    check(
        "5",
        "aws-chunked",
        &body.replace("hello", "jello"),
        400,
        "BadDigest",
    )
    .await;
    check("4", "aws-chunked", body, 400, "IncompleteBody").await;
    check("5", "aws-chunked", "5\r\nhel", 400, "IncompleteBody").await;
    check(
        "5",
        "aws-chunked",
        "5\r\nhello\r\n0\r\n\r\n",
        400,
        "MalformedTrailerError",
    )
    .await;
    check("5", "aws-chunked", "hello", 400, "IncompleteBody").await;
    assert_eq!(app.bodies().len(), 1);
}
