use super::with_bucket;
use crate::testing::TestApp;

/// The least size of a part that is not the last.
const PART: usize = 5 * 1024 * 1024;

async fn begun(app: &TestApp, key: &str, headers: &[(&str, &str)]) -> String {
    let got = app
        .s3(&format!("POST /bucket/{key}?uploads"), headers, "")
        .await
        .ok();
    got.one("UploadId")
}

fn document(parts: &[(i64, &str)]) -> String {
    let part = |(number, etag): &(i64, &str)| {
        format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
    };
    let parts: String = parts.iter().map(part).collect();
    format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>")
}

#[tokio::test]
async fn parts_become_an_object() {
    let app = with_bucket().await;
    let first = vec![b'a'; PART];
    let check = async |algorithm: &str, kind: &str, expected: &str| {
        let headers = [
            ("x-amz-checksum-algorithm", algorithm),
            ("x-amz-checksum-type", kind),
            ("content-type", "text/plain"),
            ("x-amz-tagging", "a=1"),
        ];
        let id = begun(&app, "key", &headers).await;
        let put = async |number: i64, body: &[u8]| {
            let line = format!("PUT /bucket/key?partNumber={number}&uploadId={id}");
            let got = app.s3(&line, &[], body).await.ok();
            got.header("etag").expect("an entity tag").to_owned()
        };
        let none = app
            .s3(&format!("GET /bucket/key?uploadId={id}"), &[], "")
            .await;
        assert_eq!(none.ok().one("NextPartNumberMarker"), "0");
        put(1, b"replaced below").await;
        // In any order.
        let two = put(2, b"the end").await;
        let one = put(1, &first).await;
        put(7, b"not named below").await;
        let line = format!("GET /bucket/key?uploadId={id}&max-parts=2");
        let parts = app.s3(&line, &[], "").await.ok();
        assert_eq!(parts.all("PartNumber"), ["1", "2"]);
        assert_eq!(parts.all("Size"), ["5242880", "7"]);
        assert_eq!(
            (parts.one("IsTruncated"), parts.one("NextPartNumberMarker")),
            ("true".into(), "2".into())
        );
        let rest = app
            .s3(&format!("{line}&part-number-marker=2"), &[], "")
            .await
            .ok();
        assert_eq!(
            (rest.all("PartNumber"), rest.one("IsTruncated")),
            (vec!["7".into()], "false".into())
        );
        let line = format!("POST /bucket/key?uploadId={id}");
        let done = app
            .s3(&line, &[], document(&[(1, &one), (2, &two)]))
            .await
            .ok();
        assert_eq!(done.one("ETag"), format!("&quot;{ETAG}-2&quot;"));
        let element = format!("Checksum{algorithm}");
        assert_eq!(done.one(&element), expected);
        let got = app
            .s3("GET /bucket/key", &[("x-amz-checksum-mode", "ENABLED")], "")
            .await
            .ok();
        assert_eq!(got.body.len(), PART + 7);
        assert!(got.body.ends_with(b"athe end"));
        let header = format!("x-amz-checksum-{}", algorithm.to_lowercase());
        assert_eq!(
            got.header(&header),
            (!expected.is_empty()).then_some(expected)
        );
        assert_eq!(got.header("content-type"), Some("text/plain"));
        let tags = app.s3("GET /bucket/key?tagging", &[], "").await.ok();
        assert_eq!(tags.all("Key"), ["a"]);
        let part = app.s3("GET /bucket/key?partNumber=2", &[], "").await.ok();
        assert_eq!((part.status, part.text().as_str()), (206, "the end"));
        assert_eq!(part.header("x-amz-mp-parts-count"), Some("2"));
        assert_eq!(app.bodies().len(), 1);
        let again = app.s3(&line, &[], document(&[(1, &one)])).await;
        assert_eq!(
            (again.status, again.one("Code").as_str()),
            (404, "NoSuchUpload")
        );
    };
    check("CRC32", "COMPOSITE", COMPOSITE).await;
    check("CRC32", "FULL_OBJECT", WHOLE_CRC32).await;
    check("CRC64NVME", "FULL_OBJECT", WHOLE_CRC64).await;
}

// Computed with Python's hashlib and zlib, the last one bit by bit.
const ETAG: &str = "dc2bc882b07e1e67a48bed8997ce6caf";
const COMPOSITE: &str = "i3wNww==-2";
const WHOLE_CRC32: &str = "UDdeww==";
const WHOLE_CRC64: &str = "/sibae8xldY=";

#[tokio::test]
async fn what_completes_nothing() {
    let app = with_bucket().await;
    let id = begun(&app, "key", &[("x-amz-checksum-algorithm", "CRC32")]).await;
    let upload = |line: &str| line.replace("ID", &id);
    let part = app
        .s3(
            &upload("PUT /bucket/key?partNumber=1&uploadId=ID"),
            &[],
            "small",
        )
        .await
        .ok();
    let one = part.header("etag").expect("an entity tag").to_owned();
    app.s3(
        &upload("PUT /bucket/key?partNumber=2&uploadId=ID"),
        &[],
        "small",
    )
    .await
    .ok();
    let complete = upload("POST /bucket/key?uploadId=ID");
    app.s3_refused(&[
        (
            &complete,
            &[],
            &document(&[(1, &one), (2, &one)]),
            400,
            "EntityTooSmall",
        ),
        (
            &complete,
            &[],
            &document(&[(2, &one), (1, &one)]),
            400,
            "InvalidPartOrder",
        ),
        (
            &complete,
            &[],
            &document(&[(1, &one), (1, &one)]),
            400,
            "InvalidPartOrder",
        ),
        (&complete, &[], &document(&[(1, "x")]), 400, "InvalidPart"),
        (&complete, &[], &document(&[(3, &one)]), 400, "InvalidPart"),
        (&complete, &[], &document(&[]), 400, "MalformedXML"),
        (&complete, &[], "", 400, "MalformedXML"),
        (
            &complete,
            &[("x-amz-mp-object-size", "6")],
            &document(&[(1, &one)]),
            400,
            "InvalidRequest",
        ),
        (
            &complete,
            &[("x-amz-checksum-crc32", "AAAAAA==")],
            &document(&[(1, &one)]),
            400,
            "BadDigest",
        ),
        (
            &upload("PUT /bucket/key?partNumber=0&uploadId=ID"),
            &[],
            "x",
            400,
            "InvalidArgument",
        ),
        (
            &upload("PUT /bucket/key?partNumber=10001&uploadId=ID"),
            &[],
            "x",
            400,
            "InvalidArgument",
        ),
        (
            &upload("PUT /bucket/key?partNumber=1&uploadId=ID"),
            &[("x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00=")],
            "hello",
            400,
            "InvalidRequest",
        ),
        (
            "PUT /bucket/key?partNumber=1&uploadId=none",
            &[],
            "x",
            404,
            "NoSuchUpload",
        ),
        (
            &upload("PUT /bucket/other?partNumber=1&uploadId=ID"),
            &[],
            "x",
            404,
            "NoSuchUpload",
        ),
        (
            "GET /bucket/key?uploadId=none",
            &[],
            "",
            404,
            "NoSuchUpload",
        ),
        (
            "POST /bucket/key?uploads",
            &[("x-amz-checksum-algorithm", "CRC16")],
            "",
            400,
            "InvalidArgument",
        ),
        (
            "POST /bucket/key?uploads",
            &[
                ("x-amz-checksum-algorithm", "SHA1"),
                ("x-amz-checksum-type", "FULL_OBJECT"),
            ],
            "",
            400,
            "InvalidRequest",
        ),
        ("POST /absent/key?uploads", &[], "", 404, "NoSuchBucket"),
        ("GET /bucket/key", &[], "", 404, "NoSuchKey"),
    ])
    .await;
    assert_eq!(app.bodies().len(), 2);
    app.s3(&upload("DELETE /bucket/key?uploadId=ID"), &[], "")
        .await
        .ok();
    assert_eq!(app.bodies().len(), 0);
    app.s3_refused(&[
        (
            &upload("DELETE /bucket/key?uploadId=ID"),
            &[],
            "",
            404,
            "NoSuchUpload",
        ),
        (&complete, &[], &document(&[(1, &one)]), 404, "NoSuchUpload"),
    ])
    .await;
}

#[tokio::test]
async fn uploads_are_listed_and_go_with_their_bucket() {
    let app = with_bucket().await;
    let mut ids = Vec::new();
    for key in ["a/1", "a/2", "a/2", "b"] {
        ids.push(begun(&app, key, &[]).await);
    }
    ids[1..3].sort();
    let mut found = Vec::new();
    let mut next = String::new();
    loop {
        let line = format!("GET /bucket?uploads&max-uploads=1&encoding-type=url{next}");
        let got = app.s3(&line, &[], "").await.ok();
        found.extend(got.all("UploadId"));
        if got.one("IsTruncated") == "false" {
            break;
        }
        next = format!(
            "&key-marker={}&upload-id-marker={}",
            got.one("NextKeyMarker"),
            got.one("NextUploadIdMarker")
        );
    }
    assert_eq!(found, ids);
    let check = async |query: &str, keys: &[&str]| {
        let got = app
            .s3(&format!("GET /bucket?uploads&{query}"), &[], "")
            .await
            .ok();
        assert_eq!(got.all("Key"), keys, "{query}");
    };
    check("prefix=a/", &["a/1", "a/2", "a/2"]).await;
    check("key-marker=a/2", &["b"]).await;
    check("prefix=a/&key-marker=a/1", &["a/2", "a/2"]).await;
    check("prefix=c", &[]).await;
    app.s3(
        &format!("PUT /bucket/b?partNumber=1&uploadId={}", ids[3]),
        &[],
        "x",
    )
    .await
    .ok();
    app.s3("DELETE /bucket", &[], "").await.ok();
    assert_eq!(app.bodies().len(), 0);
}

#[tokio::test]
async fn parts_may_be_copied() {
    let app = with_bucket().await;
    app.s3("PUT /bucket/from", &[], "0123456789").await.ok();
    let id = begun(&app, "key", &[("x-amz-checksum-algorithm", "CRC32")]).await;
    let line = format!("PUT /bucket/key?partNumber=1&uploadId={id}");
    let source = ("x-amz-copy-source", "/bucket/from");
    let range = ("x-amz-copy-source-range", "bytes=2-5");
    let part = app.s3(&line, &[source, range], "").await.ok();
    let etag = part.one("ETag");
    assert!(part.text().contains("<CopyPartResult") && !part.one("ChecksumCRC32").is_empty());
    app.s3_refused(&[
        (
            &line,
            &[source, ("x-amz-copy-source-range", "bytes=2-10")],
            "",
            400,
            "InvalidArgument",
        ),
        (
            &line,
            &[source, ("x-amz-copy-source-range", "2-5")],
            "",
            400,
            "InvalidArgument",
        ),
        (
            &line,
            &[("x-amz-copy-source", "/bucket/none")],
            "",
            404,
            "NoSuchKey",
        ),
    ])
    .await;
    let line = format!("POST /bucket/key?uploadId={id}");
    app.s3(&line, &[], document(&[(1, &etag)])).await.ok();
    assert_eq!(app.s3("GET /bucket/key", &[], "").await.ok().text(), "2345");
}
