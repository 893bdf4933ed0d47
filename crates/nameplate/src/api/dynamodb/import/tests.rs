//! Tables out of files.

use crate::testing::{Answer, TestApp};
use serde_json::{Value, json};
use std::io::Write as _;

const ARN: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/tab";

async fn call(app: &TestApp, operation: &str, body: Value) -> Answer {
    let target = format!("DynamoDB_20120810.{operation}");
    let headers = [("x-amz-target", target.as_str())];
    app.call("dynamodb", "POST /", &headers, body).await
}

fn asked(format: &str, compression: &str) -> Value {
    json!({
        "S3BucketSource": {"S3Bucket": "files", "S3KeyPrefix": "data/"}, "InputFormat": format,
        "InputCompressionType": compression, "TableCreationParameters": {
            "TableName": "tab", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": "k", "AttributeType": "S"}, {"AttributeName": "n", "AttributeType": "N"}],
            "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [{"IndexName": "by-n", "Projection": {"ProjectionType": "ALL"},
                "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}]}],
        },
    })
}

/// Waits for the end of an import; what it came to.
async fn ended(app: &TestApp, begun: &Value) -> Value {
    let arn = begun["ImportTableDescription"]["ImportArn"].clone();
    for _ in 0..2000 {
        let told = call(app, "DescribeImport", json!({"ImportArn": arn}))
            .await
            .ok();
        let told = told["ImportTableDescription"].clone();
        if told["ImportStatus"] != "IN_PROGRESS" {
            return told;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("the import does not end")
}

async fn import(app: &TestApp, asked: Value) -> Value {
    let begun = call(app, "ImportTable", asked).await.ok();
    let shown = &begun["ImportTableDescription"];
    assert_eq!(shown["ImportStatus"], "IN_PROGRESS");
    assert_eq!(shown["TableArn"], ARN);
    ended(app, &begun).await
}

fn counts(told: &Value) -> [i64; 3] {
    ["ProcessedItemCount", "ImportedItemCount", "ErrorCount"]
        .map(|name| told[name].as_i64().expect("a count"))
}

/// The lines of a log group.
async fn logged(app: &TestApp, group: &str) -> Vec<Value> {
    let headers = [("x-amz-target", "Logs_20140328.FilterLogEvents")];
    let body = json!({"logGroupName": group});
    let told = app.call("logs", "POST /", &headers, body).await.ok();
    let events = told["events"].as_array().expect("events").iter();
    let texts = events.map(|event| event["message"].as_str().expect("a text"));
    texts
        .map(|text| serde_json::from_str(text).expect("JSON"))
        .collect()
}

/// Which record a line is about, and why that is no item.
fn of_line(line: &Value) -> (Value, Value) {
    let index = line["itemS3Pointer"]["itemIndex"].clone();
    (index, line["errorMessages"][0].clone())
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).expect("it is in memory");
    packed.finish().expect("it is in memory")
}

/// As an export of AWS's lays them out, in two files of which one has two members.
#[tokio::test]
async fn packed_lines_of_items_become_a_table() {
    let app = TestApp::new().await;
    let lines = |from: usize, to: usize| -> String {
        (from..to)
            .map(|n| {
                format!(
                    "{{\"Item\":{{\"k\":{{\"S\":\"{n}\"}},\"n\":{{\"N\":\"{}\"}}}}}}\n",
                    n % 3
                )
            })
            .collect()
    };
    let both = [gzip(&lines(0, 700)), gzip(&lines(700, 900))].concat();
    app.object("files", "data/a.json.gz", &both).await;
    app.object("files", "data/b.json.gz", &gzip(&lines(900, 1000)))
        .await;
    app.object("files", "other/c.json.gz", b"not looked at")
        .await;
    let told = import(&app, asked("DYNAMODB_JSON", "GZIP")).await;
    assert_eq!(told["ImportStatus"], "COMPLETED", "{told}");
    assert_eq!(counts(&told), [1000, 1000, 0]);
    assert_eq!(told["ProcessedSizeBytes"], lines(0, 1000).len());
    let table = call(&app, "DescribeTable", json!({"TableName": "tab"}))
        .await
        .ok();
    assert_eq!(table["Table"]["TableStatus"], "ACTIVE");
    assert_eq!(table["Table"]["ItemCount"], 1000);
    let found = json!({"TableName": "tab", "IndexName": "by-n", "Select": "COUNT",
        "KeyConditionExpression": "n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}});
    assert_eq!(call(&app, "Query", found).await.ok()["Count"], 333);
    let listed = call(&app, "ListImports", json!({"TableArn": ARN}))
        .await
        .ok();
    assert_eq!(
        listed["ImportSummaryList"][0]["ImportArn"],
        told["ImportArn"]
    );
    assert_eq!(listed["NextToken"], Value::Null);
    let again = call(&app, "ImportTable", asked("DYNAMODB_JSON", "GZIP")).await;
    assert_eq!(
        again.refused("ResourceInUseException"),
        "Table already exists: tab"
    );
}

/// Records are written some at a time, and one is not overlooked that is among the same some.
#[tokio::test]
async fn an_item_that_is_there_twice_is_the_later_one() {
    let app = TestApp::new().await;
    let line = |key: &str, number: usize, more: &str| {
        format!("{{\"Item\":{{\"k\":{{\"S\":\"{key}\"}},\"n\":{{\"N\":\"{number}\"}}{more}}}}}\n")
    };
    let long = format!(",\"t\":{{\"S\":\"{}\"}}", "x".repeat(100));
    let mut text = line("twice", 1, &long) + &line("twice", 2, "") + &line("often", 0, "");
    text.extend((0..250).map(|number| line("often", number, "")));
    text += &line("once", 7, &long);
    app.object("files", "data/a", text.as_bytes()).await;
    let told = import(&app, asked("DYNAMODB_JSON", "NONE")).await;
    assert_eq!(counts(&told), [254, 254, 0]);
    let table = call(&app, "DescribeTable", json!({"TableName": "tab"})).await;
    let table = table.ok()["Table"].clone();
    // Of `k`, its value, `n` and one or two digits; and `t` with a hundred letters.
    let bytes = [1 + 5 + 1 + 2, 1 + 5 + 1 + 3, 1 + 4 + 1 + 2 + 1 + 100];
    for of in [&table, &table["GlobalSecondaryIndexes"][0]] {
        let size = of.get("TableSizeBytes").or(of.get("IndexSizeBytes"));
        assert_eq!(of["ItemCount"], 3, "{of}");
        assert_eq!(size, Some(&json!(bytes.iter().sum::<i32>())), "{of}");
    }
    for (number, found) in [(1, 0), (2, 1), (249, 1), (248, 0)] {
        let body = json!({"TableName": "tab", "IndexName": "by-n", "Select": "COUNT",
            "KeyConditionExpression": "n = :n", "ExpressionAttributeValues": {":n": {"N": number.to_string()}}});
        assert_eq!(
            call(&app, "Query", body).await.ok()["Count"],
            found,
            "{number}"
        );
    }
}

#[tokio::test]
async fn what_is_no_item_is_counted_and_left_out() {
    let app = TestApp::new().await;
    let text = "{\"Item\":{\"k\":{\"S\":\"a\"}}}\nnonsense\n{\"Item\":{\"n\":{\"N\":\"1\"}}}\n{\"Item\":{\"k\":{\"S\":\"b\"},\"n\":{\"S\":\"x\"}}}";
    app.object("files", "data/a", text.as_bytes()).await;
    let told = import(&app, asked("DYNAMODB_JSON", "NONE")).await;
    assert_eq!(told["ImportStatus"], "FAILED");
    assert_eq!(told["FailureCode"], "ItemValidationError");
    assert_eq!(counts(&told), [4, 1, 3]);
    let group = "/aws-dynamodb/imports";
    let arn = format!("arn:aws:logs:us-east-1:123456789012:log-group:{group}:*");
    assert_eq!(told["CloudWatchLogGroupArn"], json!(arn));
    let lines = logged(&app, group).await;
    let missing = "One or more parameter values were invalid: Missing the key k in the item";
    let told_of: Vec<(Value, Value)> = lines.iter().map(of_line).collect();
    assert_eq!(told_of.len(), 3);
    assert_eq!(told_of[0].0, json!(1));
    assert_eq!(told_of[1], (json!(2), json!(missing)));
    assert_eq!(told_of[2].0, json!(3));
    assert_eq!(lines[0]["importArn"], told["ImportArn"]);
    assert_eq!(lines[0]["itemS3Pointer"]["bucket"], json!("files"));
    assert_eq!(lines[0]["itemS3Pointer"]["key"], json!("data/a"));
    let kept = call(&app, "Scan", json!({"TableName": "tab"})).await.ok();
    assert_eq!(kept["Items"], json!([{"k": {"S": "a"}}]));
    call(&app, "DeleteTable", json!({"TableName": "tab"}))
        .await
        .ok();
    app.object("files", "data/a", b"not packed").await;
    let told = import(&app, asked("DYNAMODB_JSON", "GZIP")).await;
    assert_eq!(counts(&told), [1, 0, 1]);
}

/// What may not be read by who asks is not read for them; nor is what nobody has looked at.
#[tokio::test]
async fn each_object_is_one_that_the_caller_may_read() {
    let app = TestApp::new().await;
    let item = |key: &str| format!("{{\"Item\":{{\"k\":{{\"S\":\"{key}\"}}}}}}");
    app.object("files", "data/a", item("a").as_bytes()).await;
    app.object("files", "data/secret/b", item("b").as_bytes())
        .await;
    let policy = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/data/secret/*"}});
    let put = app
        .call("s3", "PUT /files?policy", &[], policy.clone())
        .await;
    assert_eq!(put.status, 204);
    call(&app, "ImportTable", asked("DYNAMODB_JSON", "NONE"))
        .await
        .refused("AccessDeniedException");
    let mut some = asked("DYNAMODB_JSON", "NONE");
    some["S3BucketSource"]["S3KeyPrefix"] = json!("data/a");
    assert_eq!(counts(&import(&app, some).await), [1, 1, 0]);
}

/// Their rights are CreateTable's to look at.
#[tokio::test]
async fn an_import_brings_no_policy_and_no_tags() {
    let app = TestApp::new().await;
    app.object("files", "data/a", b"{\"Item\":{\"k\":{\"S\":\"a\"}}}")
        .await;
    let mut asked = asked("DYNAMODB_JSON", "NONE");
    let creation = &mut asked["TableCreationParameters"];
    creation["ResourcePolicy"] = json!("{}");
    creation["Tags"] = json!([{"Key": "a", "Value": "b"}]);
    creation["DeletionProtectionEnabled"] = json!(true);
    assert_eq!(import(&app, asked).await["ImportStatus"], "COMPLETED");
    let policy = call(&app, "GetResourcePolicy", json!({"ResourceArn": ARN})).await;
    policy.refused("PolicyNotFoundException");
    let tags = call(&app, "ListTagsOfResource", json!({"ResourceArn": ARN})).await;
    assert_eq!(tags.ok()["Tags"], json!([]));
    call(&app, "DeleteTable", json!({"TableName": "tab"}))
        .await
        .ok();
}

#[tokio::test]
async fn rows_become_a_table() {
    let app = TestApp::new().await;
    app.object("files", "data/a.csv", b"k;n;note\na;1;\"x;y\"\nb;;\n")
        .await;
    let mut asked = asked("CSV", "NONE");
    asked["InputFormatOptions"] = json!({"Csv": {"Delimiter": ";"}});
    let told = import(&app, asked).await;
    assert_eq!(told["ImportStatus"], "COMPLETED", "{told}");
    let item = json!({"TableName": "tab", "Key": {"k": {"S": "a"}}});
    let item = call(&app, "GetItem", item).await.ok()["Item"].clone();
    assert_eq!(
        item,
        json!({"k": {"S": "a"}, "n": {"N": "1"}, "note": {"S": "x;y"}})
    );
}

#[tokio::test]
async fn without_a_bucket_there_is_no_table_and_until_the_end_it_is_being_made() {
    let app = TestApp::new().await;
    let begun = call(&app, "ImportTable", asked("DYNAMODB_JSON", "NONE"))
        .await
        .ok();
    let told = ended(&app, &begun).await;
    assert_eq!(told["FailureCode"], "S3NoSuchBucket");
    let gone = call(&app, "DescribeTable", json!({"TableName": "tab"})).await;
    gone.refused("ResourceNotFoundException");
    app.object("files", "data/a", b"").await;
    let mut tokened = asked("DYNAMODB_JSON", "NONE");
    tokened["ClientToken"] = json!("one");
    let begun = call(&app, "ImportTable", tokened.clone()).await.ok();
    let same = call(&app, "ImportTable", tokened.clone()).await.ok();
    let arn = |told: &Value| told["ImportTableDescription"]["ImportArn"].clone();
    assert_eq!(arn(&begun), arn(&same));
    tokened["InputFormat"] = json!("CSV");
    call(&app, "ImportTable", tokened)
        .await
        .refused("ImportConflictException");
    ended(&app, &begun).await;
    let absent = json!({"ImportArn": format!("{ARN}/import/01658528578619-c4d4e311")});
    call(&app, "DescribeImport", absent)
        .await
        .refused("ImportNotFoundException");
    for (format, compression) in [("ION", "NONE"), ("DYNAMODB_JSON", "ZSTD")] {
        let refused = call(&app, "ImportTable", asked(format, compression)).await;
        refused.refused("NotImplementedException");
    }
}

/// What was under way when the server ended goes on, and nothing is counted twice.
#[tokio::test]
async fn an_import_goes_on_after_a_start() {
    let app = TestApp::new().await;
    let lines: String = (0..3000)
        .map(|n| format!("{{\"Item\":{{\"k\":{{\"S\":\"{n}\"}}}}}}\n"))
        .collect();
    app.object("files", "data/a", lines.as_bytes()).await;
    app.object(
        "files",
        "data/b",
        lines.replace("\"S\":\"", "\"S\":\"b").as_bytes(),
    )
    .await;
    let begun = call(&app, "ImportTable", asked("DYNAMODB_JSON", "NONE"))
        .await
        .ok();
    let table = call(&app, "DescribeTable", json!({"TableName": "tab"}))
        .await
        .ok();
    assert_eq!(table["Table"]["TableStatus"], "CREATING");
    let get = json!({"TableName": "tab", "Key": {"k": {"S": "1"}}});
    call(&app, "GetItem", get)
        .await
        .refused("ResourceNotFoundException");
    let delete = call(&app, "DeleteTable", json!({"TableName": "tab"})).await;
    delete.refused("ResourceInUseException");
    let app = app.restarted().await;
    let told = ended(&app, &begun).await;
    assert_eq!(told["ImportStatus"], "COMPLETED", "{told}");
    assert_eq!(counts(&told), [6000, 6000, 0]);
}

/// What was read of an object that is gone after a start says nothing of the next one.
#[tokio::test]
async fn an_object_that_is_gone_after_a_start_takes_nothing_from_the_next() {
    let app = TestApp::new().await;
    let lines = |name: &str, count: usize| -> String {
        (0..count)
            .map(|n| format!("{{\"Item\":{{\"k\":{{\"S\":\"{name}{n}\"}}}}}}\n"))
            .collect()
    };
    app.object("files", "data/a", lines("a", 5000).as_bytes())
        .await;
    app.object("files", "data/b", lines("b", 300).as_bytes())
        .await;
    let begun = call(&app, "ImportTable", asked("DYNAMODB_JSON", "NONE"))
        .await
        .ok();
    let arn = json!({"ImportArn": begun["ImportTableDescription"]["ImportArn"]});
    loop {
        let told = call(&app, "DescribeImport", arn.clone()).await.ok();
        if counts(&told["ImportTableDescription"])[0] > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let gone = app
        .call("s3", "DELETE /files/data/a", &[], Value::Null)
        .await;
    assert_eq!(gone.status, 204);
    let app = app.restarted().await;
    let told = ended(&app, &begun).await;
    assert_eq!(told["ImportStatus"], "COMPLETED", "{told}");
    let table = call(&app, "DescribeTable", json!({"TableName": "tab"}))
        .await
        .ok();
    assert_eq!(told["ImportedItemCount"], table["Table"]["ItemCount"]);
    for key in ["b0", "b299"] {
        let get = json!({"TableName": "tab", "Key": {"k": {"S": key}}});
        let found = call(&app, "GetItem", get).await.ok();
        assert_eq!(found["Item"]["k"]["S"], key, "{told}");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told_and_keeps_no_other_import_from_its_end() {
    let app = TestApp::new().await;
    app.object("files", "data/a", b"{\"Item\":{\"k\":{\"S\":\"a\"}}}")
        .await;
    for shelf in std::fs::read_dir(app.directory().join("objects")).expect("shelves") {
        let shelf = shelf.expect("a shelf").path();
        for body in std::fs::read_dir(shelf).into_iter().flatten() {
            std::fs::remove_file(body.expect("a body").path()).expect("it can be removed");
        }
    }
    app.object("files", "data/b", b"{\"Item\":{\"k\":{\"S\":\"b\"}}}")
        .await;
    let told = import(&app, asked("DYNAMODB_JSON", "GZIP")).await;
    assert_eq!(told["ImportStatus"], "FAILED");
    let lines = logged(&app, "/aws-dynamodb/imports").await;
    let told_of: Vec<(Value, Value)> = lines.iter().map(of_line).collect();
    let unreadable = "the object cannot be read";
    let packed = "the object cannot be unpacked";
    assert_eq!(
        told_of,
        [(json!(0), json!(unreadable)), (json!(0), json!(packed))]
    );
    call(&app, "DeleteTable", json!({"TableName": "tab"}))
        .await
        .ok();
    let told = import(&app, asked("DYNAMODB_JSON", "NONE")).await;
    assert_eq!(counts(&told), [2, 1, 1]);
}

/// Nodes' clocks differ, and an object has the time of the one that it came to.
#[tokio::test]
async fn an_object_that_is_newer_than_the_request_by_another_clock_is_read() {
    let app = TestApp::new().await;
    let mut later = app.app.iam.root();
    later.ctx.now.0 += 60_000;
    let file = app.directory().join("body");
    std::fs::write(&file, b"{\"Item\":{\"k\":{\"S\":\"a\"}}}").expect("it can be written");
    app.object("files", "data/a", b"").await;
    let objects = &app.app.objects;
    objects
        .store_object(&later, "files", "data/b", "text/plain", file)
        .await
        .expect("it is stored");
    let told = import(&app, asked("DYNAMODB_JSON", "NONE")).await;
    assert_eq!(counts(&told), [1, 1, 0]);
}

#[tokio::test]
async fn a_bucket_that_is_said_to_be_somebody_elses_is_not_read() {
    let app = TestApp::new().await;
    app.object("files", "data/a", b"{\"Item\":{\"k\":{\"S\":\"a\"}}}")
        .await;
    let of = |owner: &str| {
        let mut asked = asked("DYNAMODB_JSON", "NONE");
        asked["S3BucketSource"]["S3BucketOwner"] = json!(owner);
        asked
    };
    let told = import(&app, of("999999999999")).await;
    assert_eq!(told["ImportStatus"], "FAILED");
    assert_eq!(told["FailureCode"], "S3AccessDenied");
    assert_eq!(counts(&told), [0, 0, 0]);
    let gone = call(&app, "DescribeTable", json!({"TableName": "tab"})).await;
    gone.refused("ResourceNotFoundException");
    let told = import(&app, of("123456789012")).await;
    assert_eq!(told["ImportStatus"], "COMPLETED");
    assert_eq!(told["S3BucketSource"]["S3BucketOwner"], "123456789012");
}
