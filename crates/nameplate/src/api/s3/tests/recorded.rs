//! What LocalStack's recordings of AWS's answers have beside names and statuses: members, and which of them there are.

use super::{Got, with_bucket};
use crate::testing::TestApp;

const NOT_IMPLEMENTED: &str = "A header you provided implies functionality that is not implemented";

/// Makes a call, and compares elements of its answer; an empty text is an element that is not there.
async fn check(
    app: &TestApp,
    (line, headers): (&str, &[(&str, &str)]),
    status: u16,
    elements: &[(&str, &str)],
) -> Got {
    let got = app.s3(line, headers, "").await;
    assert_eq!(got.status, status, "{line}: {}", got.text());
    for (name, wanted) in elements {
        let found = got.one(name).replace("&apos;", "'").replace("&amp;", "&");
        assert_eq!(found, *wanted, "{line}: {name} of {}", got.text());
    }
    got
}

#[tokio::test]
async fn conditions_of_writers() {
    let app = with_bucket().await;
    app.s3("PUT /bucket/key", &[], "data").await.ok();
    let refused = async |headers: &[(&str, &str)], header: &str, why: &str| {
        let told = [
            ("Code", "NotImplemented"),
            ("Message", NOT_IMPLEMENTED),
            ("Header", header),
            ("additionalMessage", why),
        ];
        check(&app, ("PUT /bucket/key", headers), 501, &told).await;
    };
    let value =
        |name: &str| format!("We don't accept the provided value of {name} header for this API");
    for any in ["*", "\"*\""] {
        refused(&[("if-match", any)], "If-Match", &value("If-Match")).await;
    }
    refused(
        &[("if-none-match", "\"x\"")],
        "If-None-Match",
        &value("If-None-Match"),
    )
    .await;
    refused(
        &[("if-match", "x"), ("if-none-match", "*")],
        "If-Match,If-None-Match",
        "Multiple conditional request headers present in the request",
    )
    .await;
    // Who deletes may ask that there is an object.
    let any = [("if-match", "*")];
    let gone = app.s3("DELETE /bucket/key", &any, "").await.ok();
    assert_eq!(gone.status, 204);
}

#[tokio::test]
async fn conditions_of_copies() {
    let app = with_bucket().await;
    let put = app.s3("PUT /bucket/key", &[], "data").await.ok();
    let etag = put.header("etag").expect("an entity tag").to_owned();
    let got = app.s3("HEAD /bucket/key", &[], "").await.ok();
    let modified = got.header("last-modified").expect("a time").to_owned();
    let (past, future) = (
        "Tue, 01 Jan 2019 00:00:00 GMT",
        "Tue, 01 Jan 2069 00:00:00 GMT",
    );
    let all = [
        ("x-amz-copy-source-if-match", "etag123", "If-Match"),
        (
            "x-amz-copy-source-if-unmodified-since",
            past,
            "If-Unmodified-Since",
        ),
        ("x-amz-copy-source-if-none-match", &etag, "If-None-Match"),
        (
            "x-amz-copy-source-if-modified-since",
            &modified,
            "If-Modified-Since",
        ),
    ];
    for first in 0..all.len() {
        let mut headers = vec![("x-amz-copy-source", "bucket/key")];
        headers.extend(all[first..].iter().map(|(name, value, _)| (*name, *value)));
        let condition = format!("x-amz-copy-source-{}", all[first].2);
        let told = [("Code", "PreconditionFailed"), ("Condition", &condition)];
        check(&app, ("PUT /bucket/copy", &headers), 412, &told).await;
    }
    let coming = [
        ("x-amz-copy-source", "bucket/key"),
        ("x-amz-copy-source-if-modified-since", future),
    ];
    check(&app, ("PUT /bucket/copy", &coming), 200, &[]).await;
    let coming = [("if-modified-since", future)];
    check(&app, ("GET /bucket/key", &coming), 200, &[]).await;
    let known = [("if-modified-since", modified.as_str())];
    check(&app, ("GET /bucket/key", &known), 304, &[]).await;
}

#[tokio::test]
async fn lists() {
    let app = with_bucket().await;
    let keys = ["folder/a/1", "folder/a/2", "folder/f1", "folder/f2"];
    for key in keys {
        app.s3(&format!("PUT /bucket/{key}"), &[], "x").await.ok();
        let line = format!("POST /bucket/{key}?uploads");
        app.s3(&line, &[], "").await.ok();
    }
    let page = "prefix=folder%2F&delimiter=%2F";
    let first = "folder%2Fa%2F1";
    for (list, told) in [
        (
            format!("{page}&max-keys=1&marker={first}"),
            [("NextMarker", "folder/f1"), ("CommonPrefixes", "")],
        ),
        (
            format!("versions&{page}&max-keys=1&key-marker={first}"),
            [("NextKeyMarker", "folder/f1"), ("CommonPrefixes", "")],
        ),
        (
            format!("uploads&{page}&max-uploads=1&key-marker={first}"),
            [("NextKeyMarker", "folder/f1"), ("CommonPrefixes", "")],
        ),
        (
            format!("uploads&{page}&max-uploads=1"),
            [("IsTruncated", "true"), ("NextUploadIdMarker", "")],
        ),
        (
            format!("uploads&{page}&max-uploads=1&key-marker=folder%2Fa%2F"),
            [("Key", "folder/f1"), ("IsTruncated", "true")],
        ),
        (
            "uploads&delimiter=%2F".to_owned(),
            [("IsTruncated", "false"), ("NextKeyMarker", "")],
        ),
    ] {
        check(&app, (&format!("GET /bucket?{list}"), &[]), 200, &told).await;
    }
    let line = format!("GET /bucket?uploads&{page}");
    let all = check(&app, (&line, &[]), 200, &[]).await;
    assert_eq!(all.all("Key"), ["folder/f1", "folder/f2"]);
    assert_eq!(all.all("Prefix"), ["folder/", "folder/a/"]);
    let versions = app.s3("GET /bucket?versions", &[], "").await.ok();
    assert!(
        versions
            .text()
            .contains("<VersionIdMarker></VersionIdMarker>")
    );
    check(
        &app,
        ("GET /bucket?versions&version-id-marker=null", &[]),
        400,
        &[
            (
                "Message",
                "A version-id marker cannot be specified without a key marker.",
            ),
            ("ArgumentValue", "null"),
        ],
    )
    .await;

    let v2 = "GET /bucket?list-type=2&max-keys=1";
    let begun = check(&app, (v2, &[]), 200, &[]).await;
    let after = format!("{v2}&start-after=folder%2Ff1");
    let told = [("Key", "folder/f2"), ("StartAfter", "folder/f1")];
    check(&app, (&after, &[]), 200, &told).await;
    let token = begun.one("NextContinuationToken");
    let token = token
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let line = format!("{after}&continuation-token={token}");
    let told = [("Key", "folder/a/2"), ("StartAfter", "")];
    check(&app, (&line, &[]), 200, &told).await;
    let empty = check(
        &app,
        ("GET /bucket?list-type=2&continuation-token=", &[]),
        400,
        &[("ArgumentName", "continuation-token")],
    )
    .await;
    assert!(!empty.text().contains("ArgumentValue"));

    let begun = app.s3("POST /bucket/p?uploads", &[], "").await.ok();
    let id = begun.one("UploadId");
    for parameter in ["part-number-marker", "max-parts"] {
        let line = format!("GET /bucket/p?uploadId={id}&{parameter}=");
        check(&app, (&line, &[]), 200, &[("MaxParts", "1000")]).await;
    }
    let here = check(&app, ("GET /?bucket-region=us-east-1", &[]), 200, &[]).await;
    assert_eq!(here.all("Name"), ["bucket"]);
    let line = "GET /?bucket-region=us-east-1&max-buckets=1&continuation-token=";
    check(&app, (line, &[]), 200, &[("Name", "bucket")]).await;
    check(
        &app,
        ("GET /?bucket-region=eu-west-1", &[]),
        200,
        &[("Name", "")],
    )
    .await;
}

#[tokio::test]
async fn headers_and_documents() {
    let app = with_bucket().await;
    app.s3("PUT /bucket/key", &[], "data").await.ok();
    for tags in ["key1=val1&key1=val2", "key1=val1,key2=val2"] {
        let told = [
            ("Code", "InvalidArgument"),
            ("ArgumentName", "x-amz-tagging"),
            ("ArgumentValue", tags),
            (
                "Message",
                "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without \
                 tag name duplicates.",
            ),
        ];
        let headers = [("x-amz-tagging", tags)];
        check(&app, ("PUT /bucket/key", &headers), 400, &told).await;
    }
    for (value, code, text) in [
        (
            "AAAAAA==",
            "BadDigest",
            "The CRC32 you specified did not match the calculated checksum.",
        ),
        (
            "AAAA",
            "InvalidRequest",
            "Value for x-amz-checksum-crc32 header is invalid.",
        ),
    ] {
        let headers = [("x-amz-checksum-crc32", value)];
        let got = app.s3("PUT /bucket/key", &headers, "data").await;
        assert_eq!((&*got.one("Code"), &*got.one("Message")), (code, text));
    }
    for (of, header) in [
        ("metadata", "x-amz-metadata-directive"),
        ("tagging", "x-amz-tagging-directive"),
    ] {
        let headers = [("x-amz-copy-source", "bucket/key"), (header, "BLA")];
        let text = format!("Unknown {of} directive.");
        let told = [("ArgumentName", header), ("Message", text.as_str())];
        check(&app, ("PUT /bucket/copy", &headers), 400, &told).await;
    }
    let bypass =
        "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.";
    for said in ["true", "false"] {
        let headers = [("x-amz-bypass-governance-retention", said)];
        let told = [("Code", "InvalidArgument"), ("Message", bypass)];
        check(&app, ("DELETE /bucket/key", &headers), 400, &told).await;
        check(&app, ("POST /bucket?delete", &headers), 400, &told).await;
    }
    for said in ["RandomValue", ""] {
        let headers = [("x-amz-object-ownership", said)];
        let text = format!("Invalid x-amz-object-ownership header: {said}");
        let told = [("Code", "InvalidArgument"), ("Message", text.as_str())];
        let got = check(&app, ("PUT /another", &headers), 400, &told).await;
        assert!(!got.text().contains("ArgumentValue"));
    }
    let rule = "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>";
    let two = format!("<OwnershipControls>{rule}{rule}</OwnershipControls>");
    let line = "PUT /bucket?ownershipControls";
    app.s3_refused(&[(line, &[], &two, 400, "MalformedXML")])
        .await;
}
