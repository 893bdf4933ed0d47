use super::with_bucket;
use crate::testing::TestApp;

#[tokio::test]
async fn buckets_come_and_go() {
    let app = TestApp::new().await;
    let made = app.s3("PUT /my-bucket", &[], "").await.ok();
    assert_eq!(made.header("location"), Some("/my-bucket"));
    // In the first region it may be made again.
    app.s3("PUT /my-bucket", &[], "").await.ok();
    let elsewhere = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    app.s3("PUT /other.bucket", &[], elsewhere).await.ok();
    let list = app.s3("GET /", &[], "").await.ok();
    assert_eq!(list.all("Name"), ["my-bucket", "other.bucket"]);
    assert_eq!(list.all("CreationDate")[0], "2026-11-23T15:42:12.345Z");
    let page = app.s3("GET /?max-buckets=1", &[], "").await.ok();
    assert_eq!(page.all("Name"), ["my-bucket"]);
    let token = page
        .one("ContinuationToken")
        .replace('+', "%2B")
        .replace('=', "%3D");
    let next = format!("GET /?max-buckets=1&continuation-token={token}").replace("/", "%2F");
    let next = next.replacen("%2F", "/", 1);
    let page = app.s3(&next, &[], "").await.ok();
    assert_eq!(page.all("Name"), ["other.bucket"]);
    assert_eq!(page.one("ContinuationToken"), "");

    let head = app.s3("HEAD /other.bucket", &[], "").await.ok();
    assert_eq!(head.header("x-amz-bucket-region"), Some("eu-west-1"));
    let location = app.s3("GET /other.bucket?location", &[], "").await.ok();
    assert!(location.text().contains(">eu-west-1</LocationConstraint>"));
    let location = app.s3("GET /my-bucket?location", &[], "").await.ok();
    assert!(location.text().contains("></LocationConstraint>"));

    app.s3("PUT /my-bucket/key", &[], "x").await.ok();
    app.s3_refused(&[
        (
            "PUT /other.bucket",
            &[],
            elsewhere,
            409,
            "BucketAlreadyOwnedByYou",
        ),
        ("PUT /No_Bucket", &[], "", 400, "InvalidBucketName"),
        ("PUT /new-bucket", &[], "<Create", 400, "MalformedXML"),
        ("DELETE /my-bucket", &[], "", 409, "BucketNotEmpty"),
        ("DELETE /absent", &[], "", 404, "NoSuchBucket"),
        ("GET /absent?location", &[], "", 404, "NoSuchBucket"),
        (
            "GET /?continuation-token=AAAA",
            &[],
            "",
            400,
            "InvalidArgument",
        ),
        ("GET /?max-buckets=0", &[], "", 400, "InvalidArgument"),
        ("PATCH /my-bucket", &[], "", 405, "MethodNotAllowed"),
        (
            "GET /my-bucket?analytics&id=1",
            &[],
            "",
            501,
            "NotImplemented",
        ),
    ])
    .await;
    // [RFC 9110, 15.5.6]
    for (line, allowed) in [
        ("PATCH /my-bucket/key", "DELETE, GET, HEAD, POST, PUT"),
        ("DELETE /", "GET"),
    ] {
        let refused = app.s3(line, &[], "").await;
        assert_eq!(refused.header("allow"), Some(allowed), "{line}");
    }
    let head = app.s3("HEAD /absent", &[], "").await;
    assert_eq!((head.status, head.body.len()), (404, 0));
    app.s3("DELETE /my-bucket/key", &[], "").await.ok();
    app.s3("DELETE /my-bucket", &[], "").await.ok();
    assert_eq!(app.s3("HEAD /my-bucket", &[], "").await.status, 404);
}

#[tokio::test]
async fn the_host_may_name_the_bucket() {
    let app = with_bucket().await;
    let host = [("host", "bucket.localhost:4566")];
    app.s3("PUT /a/key", &host, "data").await.ok();
    let got = app.s3("GET /bucket/a/key", &[], "").await.ok();
    assert_eq!(got.text(), "data");
    let list = app.s3("GET /?list-type=2", &host, "").await.ok();
    assert_eq!(list.all("Key"), ["a/key"]);
    let path_style = [("host", "s3.localhost")];
    app.s3("GET /bucket/a/key", &path_style, "").await.ok();
}

/// What Terraform and consoles read of a bucket.
#[tokio::test]
async fn settings_that_no_bucket_has() {
    let app = with_bucket().await;
    app.s3_refused(&[
        ("GET /bucket?policy", &[], "", 404, "NoSuchBucketPolicy"),
        ("GET /bucket?cors", &[], "", 404, "NoSuchCORSConfiguration"),
        (
            "GET /bucket?website",
            &[],
            "",
            404,
            "NoSuchWebsiteConfiguration",
        ),
        (
            "GET /bucket?lifecycle",
            &[],
            "",
            404,
            "NoSuchLifecycleConfiguration",
        ),
        (
            "GET /bucket?replication",
            &[],
            "",
            404,
            "ReplicationConfigurationNotFoundError",
        ),
        (
            "GET /bucket?encryption",
            &[],
            "",
            404,
            "ServerSideEncryptionConfigurationNotFoundError",
        ),
        (
            "GET /bucket?object-lock",
            &[],
            "",
            404,
            "ObjectLockConfigurationNotFoundError",
        ),
        (
            "GET /bucket?policyStatus",
            &[],
            "",
            404,
            "NoSuchBucketPolicy",
        ),
        ("GET /bucket?tagging", &[], "", 404, "NoSuchTagSet"),
        ("GET /absent?policy", &[], "", 404, "NoSuchBucket"),
        ("GET /absent?versioning", &[], "", 404, "NoSuchBucket"),
    ])
    .await;
    let unset = app.s3("GET /bucket?policy", &[], "").await;
    assert_eq!(unset.one("BucketName"), "bucket");
    for (query, within) in [
        ("versioning", "<VersioningConfiguration"),
        ("acl", "<Permission>FULL_CONTROL</Permission>"),
        (
            "ownershipControls",
            "<Rule><ObjectOwnership>BucketOwnerEnforced<",
        ),
        (
            "publicAccessBlock",
            "<BlockPublicPolicy>true</BlockPublicPolicy>",
        ),
        ("logging", "<BucketLoggingStatus"),
        ("accelerate", "<AccelerateConfiguration"),
        ("notification", "<NotificationConfiguration"),
        ("requestPayment", "<Payer>BucketOwner</Payer>"),
    ] {
        let got = app.s3(&format!("GET /bucket?{query}"), &[], "").await.ok();
        assert!(got.text().contains(within), "{query}: {}", got.text());
    }
}

#[tokio::test]
async fn tags_of_buckets_and_objects() {
    let app = with_bucket().await;
    let tags = "<Tagging><TagSet><Tag><Key>b</Key><Value>2</Value></Tag><Tag><Key>a</Key><Value/></Tag></TagSet></Tagging>";
    for place in ["/bucket", "/bucket/key"] {
        if place != "/bucket" {
            app.s3(
                &format!("PUT {place}"),
                &[("x-amz-tagging", "c=d+e&f")],
                "x",
            )
            .await
            .ok();
            let got = app.s3(&format!("GET {place}?tagging"), &[], "").await.ok();
            assert_eq!(
                (got.all("Key"), got.all("Value")),
                (vec!["c".into(), "f".into()], vec!["d e".into(), "".into()])
            );
        }
        app.s3(&format!("PUT {place}?tagging"), &[], tags)
            .await
            .ok();
        let got = app.s3(&format!("GET {place}?tagging"), &[], "").await.ok();
        assert_eq!(got.all("Key"), ["a", "b"]);
        let gone = app
            .s3(&format!("DELETE {place}?tagging"), &[], "")
            .await
            .ok();
        assert_eq!(gone.status, 204);
    }
    let got = app.s3("GET /bucket/key?tagging", &[], "").await.ok();
    assert_eq!(got.all("Key"), [""; 0]);
    let own = tags.replace("<Key>b</Key>", "<Key>aws:b</Key>");
    let twice = tags.replace("<Key>b</Key>", "<Key>a</Key>");
    app.s3_refused(&[
        ("PUT /bucket/key?tagging", &[], &own, 400, "InvalidTag"),
        ("PUT /bucket/key?tagging", &[], &twice, 400, "InvalidTag"),
        (
            "PUT /bucket/key?tagging",
            &[],
            "<Tagging/>",
            400,
            "MalformedXML",
        ),
        ("PUT /bucket/absent?tagging", &[], tags, 404, "NoSuchKey"),
        (
            "PUT /bucket/key",
            &[("x-amz-tagging", "a=1&a=2")],
            "x",
            400,
            "InvalidArgument",
        ),
    ])
    .await;
}
