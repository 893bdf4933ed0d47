use super::{Got, with_bucket};
use crate::testing::{NOW, TestApp};
use nameplate_aws::sigv4::Signer;
use nameplate_store::iam::AccessKey;
use serde_json::Value;

/// A user with one policy.
async fn user(app: &TestApp, statements: &str) -> AccessKey {
    let iam = async |form: &str| {
        let form = Value::String(format!("{form}&Version=2010-05-08"));
        app.call("iam", "POST /", &[], form).await.ok()
    };
    let document = format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{statements}]}}");
    let document = nameplate_aws::uri::encode(document.as_bytes());
    iam("Action=CreateUser&UserName=u").await;
    iam(&format!(
        "Action=PutUserPolicy&UserName=u&PolicyName=p&PolicyDocument={document}"
    ))
    .await;
    let made = iam("Action=CreateAccessKey&UserName=u").await;
    let text = made.as_str().expect("XML").to_owned();
    let value = |name: &str| {
        let rest = text.split_once(&format!("<{name}>")).expect("an element").1;
        rest.split_once('<').expect("an end").0.to_owned()
    };
    AccessKey {
        id: value("AccessKeyId"),
        secret: value("SecretAccessKey"),
        ..app.app.iam.root_access_key().clone()
    }
}

#[tokio::test]
async fn permissions_are_asked_for() {
    let app = with_bucket().await;
    for key in ["open/a", "open/b", "shut/a"] {
        app.s3(&format!("PUT /bucket/{key}"), &[], "x").await.ok();
    }
    let statements = r#"
        {"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject"],"Resource":"arn:aws:s3:::bucket/open/*"},
        {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket","Condition":{"StringLike":{"s3:prefix":"open/*"}}}"#;
    let user = user(&app, statements).await;
    let check = async |line: &str, headers: &[(&str, &str)], status: u16| {
        let got = app.s3_as(&user, line, headers, "").await;
        assert_eq!(got.status, status, "{line}: {}", got.text());
    };
    check("GET /bucket/open/a", &[], 200).await;
    check("HEAD /bucket/open/a", &[], 200).await;
    check("GET /bucket/shut/a", &[], 403).await;
    check("PUT /bucket/open/c", &[], 200).await;
    check("PUT /bucket/shut/c", &[], 403).await;
    check(
        "PUT /bucket/open/d",
        &[("x-amz-copy-source", "bucket/open/a")],
        200,
    )
    .await;
    check(
        "PUT /bucket/open/d",
        &[("x-amz-copy-source", "bucket/shut/a")],
        403,
    )
    .await;
    check("GET /bucket?list-type=2&prefix=open/", &[], 200).await;
    check("GET /bucket?list-type=2", &[], 403).await;
    check("GET /", &[], 403).await;
    check("PUT /another", &[], 403).await;
    // Who may not list may not learn what is not there.
    check("GET /bucket/open/none", &[], 403).await;
    check(
        "GET /bucket/open/a",
        &[("x-amz-expected-bucket-owner", "210987654321")],
        403,
    )
    .await;
    let body =
        "<Delete><Object><Key>open/a</Key></Object><Object><Key>shut/a</Key></Object></Delete>";
    let got = app
        .s3_as(&user, "POST /bucket?delete", &[], body)
        .await
        .ok();
    assert_eq!(got.all("Code"), ["AccessDenied"]);
    assert_eq!(app.s3("GET /bucket/open/a", &[], "").await.status, 404);
    app.s3("GET /bucket/shut/a", &[], "").await.ok();
}

#[tokio::test]
async fn tags_of_objects_deny() {
    let app = with_bucket().await;
    let secret = [("x-amz-tagging", "class=secret")];
    app.s3("PUT /bucket/open", &[], "x").await.ok();
    app.s3("PUT /bucket/shut", &secret, "x").await.ok();
    let statements = r#"
        {"Effect":"Allow","Action":"s3:*","Resource":"*"},
        {"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/class":"secret"}}},
        {"Effect":"Deny","Action":"s3:DeleteObjectTagging","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/class":"secret"}}},
        {"Effect":"Deny","Action":"s3:Put*","Resource":"*","Condition":{"StringEquals":{"s3:RequestObjectTag/class":"secret"}}},
        {"Effect":"Deny","Action":"s3:Put*","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"s3:RequestObjectTagKeys":"hidden"}}},
        {"Effect":"Deny","Action":"s3:PutObjectTagging","Resource":"arn:aws:s3:::bucket/bare/*"}"#;
    let user = user(&app, statements).await;
    let check = async |line: &str, headers: &[(&str, &str)], body: &str, allowed: bool| {
        let got = app.s3_as(&user, line, headers, body).await;
        let status = got.status;
        assert_eq!(status < 300, allowed, "{line} {headers:?}: {}", got.text());
        assert!(allowed || status == 403, "{line}: {status}");
    };
    let tags = |key: &str, value: &str| {
        format!(
            "<Tagging><TagSet><Tag><Key>{key}</Key><Value>{value}</Value></Tag></TagSet></Tagging>"
        )
    };
    check("GET /bucket/open", &[], "", true).await;
    check("GET /bucket/shut", &[], "", false).await;
    check("HEAD /bucket/shut", &[], "", false).await;
    check("GET /bucket/shut?tagging", &[], "", true).await;
    check("DELETE /bucket/shut?tagging", &[], "", false).await;
    let from = [("x-amz-copy-source", "bucket/shut")];
    check("PUT /bucket/copy", &from, "", false).await;
    check("PUT /bucket/new", &secret, "x", false).await;
    check("POST /bucket/new?uploads", &secret, "", false).await;
    check(
        "PUT /bucket/new",
        &[("x-amz-tagging", "class=open")],
        "x",
        true,
    )
    .await;
    check(
        "PUT /bucket/new",
        &[("x-amz-tagging", "hidden=1")],
        "x",
        false,
    )
    .await;
    check(
        "PUT /bucket/new?tagging",
        &[],
        &tags("class", "secret"),
        false,
    )
    .await;
    check("PUT /bucket/new?tagging", &[], &tags("hidden", ""), false).await;
    check("PUT /bucket/new?tagging", &[], &tags("class", "open"), true).await;
    // Tags that come with an object are put like others.
    check("PUT /bucket/bare/a", &[], "x", true).await;
    check(
        "PUT /bucket/bare/a",
        &[("x-amz-tagging", "a=b")],
        "x",
        false,
    )
    .await;
    check(
        "POST /bucket/bare/a?uploads",
        &[("x-amz-tagging", "a=b")],
        "",
        false,
    )
    .await;
    check("PUT /bucket/bare/a?tagging", &[], &tags("a", "b"), false).await;
}

async fn plain(app: &TestApp, line: &str, body: &str) -> Got {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let headers = [
        ("host", "localhost:4566"),
        ("content-length", &body.len().to_string()),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    app.send(method, target, &headers, body.as_bytes()).await
}

#[tokio::test]
async fn links() {
    let app = with_bucket().await;
    let key = app.app.iam.root_access_key().clone();
    let signer = Signer {
        access_key: &key.id,
        secret: &key.secret,
        region: "us-east-1",
        service: "s3",
    };
    let link = |method: &str, path: &str, extra: &str| {
        let query = signer.presign(method, "localhost:4566", path, extra, 60, NOW.0);
        format!("{method} {path}?{query}")
    };
    // Some SDKs move headers into the link.
    let put = link(
        "PUT",
        "/bucket/a%20b",
        "x-amz-meta-a=1&x-amz-checksum-crc32=AAAAAA%3D%3D",
    );
    plain(&app, &put, "hello").await.ok();
    let got = plain(&app, &link("GET", "/bucket/a%20b", ""), "")
        .await
        .ok();
    assert_eq!(
        (got.text().as_str(), got.header("x-amz-meta-a")),
        ("hello", Some("1"))
    );
    let url = app
        .app
        .objects
        .presigned_get("bucket", "a b", 60, "localhost:4566");
    let target = url.strip_prefix("http://localhost:4566").expect("the host");
    plain(&app, &format!("GET {target}"), "").await.ok();

    let get = link("GET", "/bucket/a%20b", "");
    let old = signer.presign(
        "GET",
        "localhost:4566",
        "/bucket/a%20b",
        "",
        60,
        NOW.0 - 61_000,
    );
    for (line, code) in [
        (get.replace("a%20b", "b"), "SignatureDoesNotMatch"),
        (
            get.replace("Expires=60", "Expires=600"),
            "SignatureDoesNotMatch",
        ),
        (get.replace("GET", "PUT"), "SignatureDoesNotMatch"),
        (
            get.replace(&key.id, "AKIAIOSFODNN7UNKNOWN"),
            "InvalidAccessKeyId",
        ),
        (
            get.replace("X-Amz-Date=2026", "X-Amz-Date=x"),
            "AuthorizationQueryParametersError",
        ),
        (format!("GET /bucket/a%20b?{old}"), "AccessDenied"),
        (
            "GET /bucket/key?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=x&Expires=1795452132"
                .into(),
            "SignatureDoesNotMatch",
        ),
        (
            "GET /bucket/key?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=x&Expires=1".into(),
            "AccessDenied",
        ),
        (
            "GET /bucket/key?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE".into(),
            "AuthorizationQueryParametersError",
        ),
    ] {
        let got = plain(&app, &line, "").await;
        assert_eq!(got.one("Code"), code, "{line}");
        assert!(!got.one("RequestId").is_empty() && !got.one("HostId").is_empty());
    }
}
