use super::with_bucket;
use std::collections::HashSet;

#[tokio::test]
async fn an_object_comes_back_as_it_went() {
    let app = with_bucket().await;
    let headers = [
        ("content-type", "text/csv"),
        ("content-encoding", "gzip"),
        ("cache-control", "no-cache"),
        ("content-disposition", "attachment"),
        ("content-language", "de"),
        ("expires", "Thu, 01 Dec 2026 16:00:00 GMT"),
        ("x-amz-storage-class", "STANDARD_IA"),
        ("x-amz-meta-Owner", "me"),
    ];
    let put = app
        .s3("PUT /bucket/a%20b/%C3%BC%2B//.", &headers, "hello")
        .await
        .ok();
    let etag = "\"5d41402abc4b2a76b9719d911017c592\"";
    assert_eq!(put.header("etag"), Some(etag));
    for method in ["GET", "HEAD"] {
        let got = app
            .s3(&format!("{method} /bucket/a%20b/%C3%BC%2B//."), &[], "")
            .await
            .ok();
        assert_eq!(got.text(), if method == "GET" { "hello" } else { "" });
        for (name, value) in headers {
            assert_eq!(got.header(&name.to_lowercase()), Some(value), "{name}");
        }
        assert_eq!(got.header("etag"), Some(etag));
        assert_eq!(got.header("content-length"), Some("5"));
        assert_eq!(
            got.header("last-modified"),
            Some("Mon, 23 Nov 2026 15:42:12 GMT")
        );
        assert_eq!(got.header("accept-ranges"), Some("bytes"));
    }
    let wanted = "GET /bucket/a%20b/%C3%BC%2B//.?response-content-type=text%2Fplain&response-expires=2026-11-23T15:42:12Z";
    let got = app.s3(wanted, &[], "").await.ok();
    assert_eq!(got.header("content-type"), Some("text/plain"));
    assert_eq!(got.header("expires"), Some("Mon, 23 Nov 2026 15:42:12 GMT"));
    app.s3("PUT /bucket/plain", &[], "").await.ok();
    let got = app.s3("GET /bucket/plain", &[], "").await.ok();
    assert_eq!(got.header("content-type"), Some("binary/octet-stream"));
    assert_eq!(got.header("content-length"), Some("0"));
}

#[tokio::test]
async fn ranges_and_conditions() {
    let app = with_bucket().await;
    app.s3("PUT /bucket/key", &[], "0123456789").await.ok();
    let range = |got: &super::Got| got.header("content-range").map(str::to_owned);
    let check = async |header: &str, text: &str, content_range: Option<&str>| {
        let got = app
            .s3("GET /bucket/key", &[("range", header)], "")
            .await
            .ok();
        assert_eq!(got.text(), text, "{header}");
        assert_eq!(range(&got).as_deref(), content_range, "{header}");
        assert_eq!(got.status, if content_range.is_some() { 206 } else { 200 });
    };
    check("bytes=2-4", "234", Some("bytes 2-4/10")).await;
    check("bytes=-2", "89", Some("bytes 8-9/10")).await;
    check("bytes=7-", "789", Some("bytes 7-9/10")).await;
    check("bytes=0-1,3-4", "0123456789", None).await;
    let tag = "\"781e5e245d69b566979b86e28d23f2c7\"";
    let now = "Mon, 23 Nov 2026 15:42:12 GMT";
    let later = "Mon, 23 Nov 2026 15:42:13 GMT";
    let earlier = "Mon, 23 Nov 2026 15:42:11 GMT";
    let status = async |headers: &[(&str, &str)], expected: u16| {
        let got = app.s3("GET /bucket/key", headers, "").await;
        assert_eq!(got.status, expected, "{headers:?}");
        if expected == 304 {
            assert_eq!((got.header("etag"), got.body.len()), (Some(tag), 0));
        }
    };
    status(&[("if-match", tag)], 200).await;
    status(&[("if-match", "\"x\"")], 412).await;
    status(&[("if-match", "*")], 200).await;
    status(&[("if-none-match", tag)], 304).await;
    status(
        &[(
            "if-none-match",
            "\"x\", \"781e5e245d69b566979b86e28d23f2c7\"",
        )],
        304,
    )
    .await;
    status(&[("if-none-match", "\"x\"")], 200).await;
    status(&[("if-modified-since", now)], 304).await;
    status(&[("if-modified-since", later)], 200).await;
    status(&[("if-modified-since", earlier)], 200).await;
    status(&[("if-unmodified-since", earlier)], 412).await;
    status(&[("if-unmodified-since", later)], 200).await;
    status(&[("if-match", tag), ("if-unmodified-since", earlier)], 200).await;
    status(&[("range", "bytes=1-1"), ("if-range", tag)], 206).await;
    status(&[("range", "bytes=1-1"), ("if-range", "\"x\"")], 200).await;
    let refused = app
        .s3("GET /bucket/key", &[("range", "bytes=10-")], "")
        .await;
    assert_eq!(
        (refused.status, refused.one("Code").as_str()),
        (416, "InvalidRange")
    );
    assert_eq!(refused.one("ActualObjectSize"), "10");
    let part = app.s3("GET /bucket/key?partNumber=1", &[], "").await.ok();
    assert_eq!(
        (part.status, range(&part).as_deref()),
        (206, Some("bytes 0-9/10"))
    );
    app.s3_refused(&[
        ("GET /bucket/key?partNumber=2", &[], "", 416, "InvalidRange"),
        (
            "GET /bucket/key?partNumber=1",
            &[("range", "bytes=0-1")],
            "",
            400,
            "InvalidRequest",
        ),
        (
            "GET /bucket/key?versionId=abc",
            &[],
            "",
            400,
            "InvalidArgument",
        ),
        ("GET /bucket/absent", &[], "", 404, "NoSuchKey"),
        ("GET /absent/key", &[], "", 404, "NoSuchBucket"),
        ("GET /bucket/%FF", &[], "", 400, "InvalidURI"),
    ])
    .await;
}

#[tokio::test]
async fn writers_may_expect() {
    let app = with_bucket().await;
    let new = [("if-none-match", "*")];
    app.s3("PUT /bucket/key", &new, "1").await.ok();
    let etag = "\"c4ca4238a0b923820dcc509a6f75849b\"";
    app.s3_refused(&[
        ("PUT /bucket/key", &new, "2", 412, "PreconditionFailed"),
        (
            "PUT /bucket/key",
            &[("if-match", "\"x\"")],
            "2",
            412,
            "PreconditionFailed",
        ),
        (
            "PUT /bucket/absent",
            &[("if-match", "\"x\"")],
            "2",
            404,
            "NoSuchKey",
        ),
        (
            "PUT /bucket/key",
            &[("if-none-match", etag)],
            "2",
            501,
            "NotImplemented",
        ),
        (
            "DELETE /bucket/key",
            &[("if-match", "\"x\"")],
            "",
            412,
            "PreconditionFailed",
        ),
        (
            "DELETE /bucket/absent",
            &[("if-match", "\"x\"")],
            "",
            404,
            "NoSuchKey",
        ),
        (
            "DELETE /bucket/absent",
            &[("if-match", "*")],
            "",
            404,
            "NoSuchKey",
        ),
    ])
    .await;
    assert_eq!(app.bodies().len(), 1, "what was refused is gone");
    for etag in [etag, etag.trim_matches('"'), &etag[1..]] {
        app.s3("PUT /bucket/key", &[("if-match", etag)], "1")
            .await
            .ok();
    }
    app.s3("PUT /bucket/key", &[("if-match", etag)], "2")
        .await
        .ok();
    assert_eq!(app.bodies().len(), 1, "what was replaced is gone");
    app.s3(
        "DELETE /bucket/key",
        &[("if-match", "\"c81e728d9d4c2f636f067f89cc14862c\"")],
        "",
    )
    .await
    .ok();
    assert_eq!(app.s3("DELETE /bucket/key", &[], "").await.ok().status, 204);
    assert_eq!(app.bodies().len(), 0);
}

#[tokio::test]
async fn many_are_deleted_at_once() {
    let app = with_bucket().await;
    for key in ["a", "b", "c&d"] {
        app.s3(
            &format!("PUT /bucket/{}", key.replace('&', "%26")),
            &[],
            "x",
        )
        .await
        .ok();
    }
    let body = "<Delete><Object><Key>a</Key></Object><Object><Key>c&amp;d</Key></Object><Object><Key>none</Key></Object></Delete>";
    let got = app.s3("POST /bucket?delete", &[], body).await.ok();
    assert_eq!(got.all("Key"), ["a", "c&amp;d", "none"]);
    let quiet = "<Delete><Quiet>true</Quiet><Object><Key>b</Key><ETag>x</ETag></Object></Delete>";
    let got = app.s3("POST /bucket?delete", &[], quiet).await.ok();
    assert_eq!(
        (got.all("Deleted").len(), got.all("Code")),
        (0, vec!["PreconditionFailed".to_owned()])
    );
    let absent = "<Delete><Object><Key>none</Key><ETag>x</ETag></Object></Delete>";
    let got = app.s3("POST /bucket?delete", &[], absent).await.ok();
    assert_eq!(got.all("Code"), ["NoSuchKey"]);
    let many: String = (0..1001)
        .map(|n| format!("<Object><Key>{n}</Key></Object>"))
        .collect();
    app.s3_refused(&[
        ("POST /bucket?delete", &[], "<Delete/>", 400, "MalformedXML"),
        ("POST /bucket?delete", &[], "{}", 400, "MalformedXML"),
        (
            "POST /bucket?delete",
            &[],
            &format!("<Delete>{many}</Delete>"),
            400,
            "MalformedXML",
        ),
        (
            "POST /bucket?delete",
            &[("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==")],
            body,
            400,
            "BadDigest",
        ),
        ("POST /absent?delete", &[], body, 404, "NoSuchBucket"),
    ])
    .await;
    assert_eq!(app.bodies().len(), 1);
}

#[tokio::test]
async fn copies() {
    let app = with_bucket().await;
    let meta = [
        ("x-amz-meta-a", "1"),
        ("content-type", "text/css"),
        ("x-amz-tagging", "t=1"),
    ];
    app.s3("PUT /bucket/from%20here", &meta, "data").await.ok();
    let source = ("x-amz-copy-source", "bucket/from%20here");
    let got = app.s3("PUT /bucket/copy", &[source], "").await.ok();
    assert_eq!(
        got.one("ETag"),
        "&quot;8d777f385d3dfec8815d20f7496026dc&quot;"
    );
    let copy = app.s3("GET /bucket/copy", &[], "").await.ok();
    assert_eq!(
        (copy.text().as_str(), copy.header("x-amz-meta-a")),
        ("data", Some("1"))
    );
    let tags = app.s3("GET /bucket/copy?tagging", &[], "").await.ok();
    assert_eq!(tags.all("Key"), ["t"]);
    let replace = ("x-amz-metadata-directive", "REPLACE");
    let itself = ("x-amz-copy-source", "/bucket/copy");
    app.s3(
        "PUT /bucket/copy",
        &[
            itself,
            replace,
            ("x-amz-meta-b", "2"),
            ("x-amz-checksum-algorithm", "SHA256"),
        ],
        "",
    )
    .await
    .ok();
    let copy = app
        .s3(
            "HEAD /bucket/copy",
            &[("x-amz-checksum-mode", "ENABLED")],
            "",
        )
        .await
        .ok();
    assert_eq!(
        (copy.header("x-amz-meta-a"), copy.header("x-amz-meta-b")),
        (None, Some("2"))
    );
    assert_eq!(
        copy.header("x-amz-checksum-sha256"),
        Some("Om6weQ85rIfJTzhWst0sXREOaBFgImGpqSPTuyOtyLc=")
    );
    app.s3_refused(&[
        ("PUT /bucket/copy", &[itself], "", 400, "InvalidRequest"),
        (
            "PUT /bucket/x",
            &[("x-amz-copy-source", "bucket")],
            "",
            400,
            "InvalidArgument",
        ),
        (
            "PUT /bucket/x",
            &[("x-amz-copy-source", "bucket/a?versionId=v")],
            "",
            400,
            "InvalidArgument",
        ),
        (
            "PUT /bucket/x",
            &[("x-amz-copy-source", "bucket/none")],
            "",
            404,
            "NoSuchKey",
        ),
        ("PUT /absent/x", &[source], "", 404, "NoSuchBucket"),
        (
            "PUT /bucket/x",
            &[source, ("x-amz-copy-source-if-none-match", "*")],
            "",
            412,
            "PreconditionFailed",
        ),
    ])
    .await;
    assert_eq!(app.bodies().len(), 2);
}

/// A crash between file and row leaves a file; the next start removes it, and nothing else.
#[tokio::test]
async fn what_no_row_names_is_removed_at_start() {
    let app = with_bucket().await;
    app.s3("PUT /bucket/key", &[], "data").await.ok();
    let kept: HashSet<String> = app.bodies().into_iter().collect();
    let objects = app.directory().join("objects");
    std::fs::create_dir_all(objects.join("zz")).expect("a directory can be made");
    for left in ["incoming/half", "zz/whole"] {
        std::fs::write(objects.join(left), "x").expect("a file can be written");
    }
    let app = app.restarted().await;
    assert_eq!(app.bodies().into_iter().collect::<HashSet<_>>(), kept);
    assert_eq!(app.s3("GET /bucket/key", &[], "").await.ok().text(), "data");
}
