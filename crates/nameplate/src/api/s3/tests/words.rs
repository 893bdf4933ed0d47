//! Refusals in S3's own words, as moto's tests that run against AWS and public recordings of AWS's answers have them.

use super::with_bucket;

#[tokio::test]
async fn refusals_have_the_service_s_words() {
    let app = with_bucket().await;
    app.s3("PUT /bucket/key", &[], "0123456789").await.ok();
    let begun = app.s3("POST /bucket/big?uploads", &[], "").await.ok();
    let upload = begun.one("UploadId");
    let check = async |line: &str, headers: &[(&str, &str)], body: &str, told: (&str, &str)| {
        let line = line.replace("ID", &upload);
        let got = app.s3(&line, headers, body).await;
        assert_eq!(got.status, 400, "{line}");
        assert_eq!((&*got.one("Code"), &*got.one("Message")), told, "{line}");
    };
    let tags = |tags: &[(&str, &str)]| {
        let tag = |(key, value): &(&str, &str)| {
            format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>")
        };
        let tags: String = tags.iter().map(tag).collect();
        format!("<Tagging><TagSet>{tags}</TagSet></Tagging>")
    };
    let twice = "Cannot provide multiple Tags with the same key";
    let (objects, buckets) = (
        "Your TagKey cannot be prefixed with aws:",
        "System tags cannot be added/updated by requester",
    );
    for (line, of_the_system) in [
        ("PUT /bucket/key?tagging", objects),
        ("PUT /bucket?tagging", buckets),
    ] {
        let two = tags(&[("a", "1"), ("a", "2")]);
        check(line, &[], &two, ("InvalidTag", twice)).await;
        let own = tags(&[("aws:a", "1")]);
        check(line, &[], &own, ("InvalidTag", of_the_system)).await;
        let name = ("InvalidTag", "The TagKey you have provided is invalid");
        check(line, &[], &tags(&[("", "1")]), name).await;
        check(line, &[], &tags(&[("a{b}", "1")]), name).await;
        let value = ("InvalidTag", "The TagValue you have provided is invalid");
        check(line, &[], &tags(&[("a", "b;c")]), value).await;
    }
    let names: Vec<String> = (0..51).map(|at| format!("k{at}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "")).collect();
    let of_object = ("BadRequest", "Object tags cannot be greater than 10");
    check(
        "PUT /bucket/key?tagging",
        &[],
        &tags(&many[..11]),
        of_object,
    )
    .await;
    let of_bucket = ("BadRequest", "Bucket tag count cannot be greater than 50");
    check("PUT /bucket?tagging", &[], &tags(&many), of_bucket).await;
    let of_header = [("x-amz-tagging", "aws:a=b")];
    check("PUT /bucket/new", &of_header, "x", ("InvalidTag", objects)).await;
    // What other scripts write, and what a name may hold, is taken.
    let fine = tags(&[("Größe +-=._:/@1", "mittel groß"), ("a:aws:b", "")]);
    app.s3("PUT /bucket/key?tagging", &[], &fine).await.ok();

    fn argument(text: &str) -> (&str, &str) {
        ("InvalidArgument", text)
    }
    let part = argument("Part number must be an integer between 1 and 10000, inclusive");
    check(
        "PUT /bucket/big?partNumber=10001&uploadId=ID",
        &[],
        "x",
        part,
    )
    .await;
    let copy = "PUT /bucket/big?partNumber=1&uploadId=ID";
    let source = ("x-amz-copy-source", "/bucket/key");
    let beyond = argument("Range specified is not valid for source object of size: 10");
    let range = [source, ("x-amz-copy-source-range", "bytes=2-10")];
    check(copy, &range, "", beyond).await;
    let form = argument(
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the \
         zero-based offsets of the first and last bytes to copy",
    );
    let range = [source, ("x-amz-copy-source-range", "bytes=2-")];
    check(copy, &range, "", form).await;
    for (line, name) in [
        ("GET /bucket?max-keys=", "maxKeys"),
        ("GET /bucket/big?uploadId=ID&max-parts=", "max-parts"),
        (
            "GET /bucket/big?uploadId=ID&part-number-marker=",
            "part-number-marker",
        ),
    ] {
        let text = format!("Argument {name} must be an integer between 0 and 2147483647");
        check(&format!("{line}-1"), &[], "", argument(&text)).await;
        let name = name.replace("maxKeys", "max-keys");
        let text = format!("Provided {name} not an integer or within integer range");
        check(&format!("{line}2147483648"), &[], "", argument(&text)).await;
    }
    let line = "GET /bucket?list-type=2&continuation-token=x";
    let token = argument("The continuation token provided is incorrect");
    check(line, &[], "", token).await;

    let first = "<CreateBucketConfiguration><LocationConstraint>us-east-1</LocationConstraint></CreateBucketConfiguration>";
    let location = (
        "InvalidLocationConstraint",
        "The specified location-constraint is not valid",
    );
    check("PUT /in-the-first", &[], first, location).await;

    let none = (
        "InvalidRequest",
        "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
    );
    check("GET /bucket/key?attributes", &[], "", none).await;
    let empty = [("x-amz-object-attributes", "")];
    check("GET /bucket/key?attributes", &empty, "", none).await;
}
