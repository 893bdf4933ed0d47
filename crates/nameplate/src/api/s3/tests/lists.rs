use super::with_bucket;
use crate::testing::TestApp;

async fn filled() -> TestApp {
    let app = with_bucket().await;
    for key in ["a", "b/1", "b/2", "b/c/3", "d%20e", "f%01", "%C3%A4"] {
        app.s3(&format!("PUT /bucket/{key}"), &[], "x").await.ok();
    }
    app
}

fn token(text: &str) -> String {
    text.replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D")
}

#[tokio::test]
async fn pages_and_prefixes() {
    let app = filled().await;
    let check = async |query: &str, keys: &[&str], prefixes: &[&str]| {
        let got = app.s3(&format!("GET /bucket?{query}"), &[], "").await.ok();
        assert_eq!(got.all("Key"), keys, "{query}");
        let found: Vec<_> = got
            .all("CommonPrefixes")
            .iter()
            .map(|text| text.replace("<Prefix>", "").replace("</Prefix>", ""))
            .collect();
        assert_eq!(found, prefixes, "{query}");
    };
    for list in ["list-type=2", "x-id=ListObjects", "versions"] {
        check(
            &format!("{list}&encoding-type=url"),
            &["a", "b/1", "b/2", "b/c/3", "d%20e", "f%01", "%C3%A4"],
            &[],
        )
        .await;
        check(
            &format!("{list}&delimiter=%2F&prefix=b%2F"),
            &["b/1", "b/2"],
            &["b/c/"],
        )
        .await;
        check(&format!("{list}&prefix=x"), &[], &[]).await;
        check(&format!("{list}&max-keys=0"), &[], &[]).await;
    }
    check("list-type=2&start-after=b/2&prefix=b", &["b/c/3"], &[]).await;
    check("marker=b/2&prefix=b", &["b/c/3"], &[]).await;

    let mut found = Vec::new();
    let mut next = String::new();
    loop {
        let got = app
            .s3(
                &format!("GET /bucket?list-type=2&max-keys=2&delimiter=%2F{next}"),
                &[],
                "",
            )
            .await
            .ok();
        assert_eq!(
            got.one("KeyCount").parse::<usize>().expect("a number"),
            got.all("Key").len() + got.all("CommonPrefixes").len()
        );
        found.extend(got.all("Key"));
        found.extend(got.all("CommonPrefixes"));
        if got.one("IsTruncated") == "false" {
            assert_eq!(got.one("NextContinuationToken"), "");
            break;
        }
        next = format!(
            "&continuation-token={}",
            token(&got.one("NextContinuationToken"))
        );
    }
    assert_eq!(found, ["a", "<Prefix>b/</Prefix>", "d e", "f\u{fffd}", "ä"]);
    let first = app
        .s3("GET /bucket?max-keys=2&delimiter=%2F", &[], "")
        .await
        .ok();
    assert_eq!(first.one("NextMarker"), "b/");
    let got = app
        .s3("GET /bucket?list-type=2&max-keys=1", &[], "")
        .await
        .ok();
    let own = token(&got.one("NextContinuationToken"));
    let stranger = format!("GET /bucket?list-type=2&prefix=b&continuation-token={own}");
    app.s3_refused(&[
        (&stranger, &[], "", 400, "InvalidArgument"),
        (
            "GET /bucket?list-type=2&continuation-token=x",
            &[],
            "",
            400,
            "InvalidArgument",
        ),
        (
            "GET /bucket?list-type=2&max-keys=-1",
            &[],
            "",
            400,
            "InvalidArgument",
        ),
        (
            "GET /bucket?list-type=2&max-keys=x",
            &[],
            "",
            400,
            "InvalidArgument",
        ),
        (
            "GET /bucket?list-type=2&encoding-type=base64",
            &[],
            "",
            400,
            "InvalidArgument",
        ),
        ("GET /absent?list-type=2", &[], "", 404, "NoSuchBucket"),
        ("GET /absent", &[], "", 404, "NoSuchBucket"),
    ])
    .await;
}
