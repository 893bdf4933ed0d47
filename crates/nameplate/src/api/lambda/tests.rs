//! Functions through the API, without a host that runs them.

use crate::testing::{TestApp, zip};
use serde_json::{Value, json};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";
const ROLE: &str = "arn:aws:iam::123456789012:role/lambda";
const CREATE: &str = "POST /2015-03-31/functions";
const ONE: &str = "/2015-03-31/functions/f";

async fn call(app: &TestApp, line: &str, body: Value) -> crate::testing::Answer {
    app.call("lambda", line, &[], body).await
}

fn encoded(zip: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(zip)
}

fn new(name: &str) -> Value {
    json!({
        "FunctionName": name, "Runtime": "python3.12", "Role": ROLE, "Handler": "app.handler",
        "Code": {"ZipFile": encoded(&zip("app.py", b"def handler(event, context): return event\n"))},
    })
}

#[tokio::test]
async fn a_function_is_created_shown_changed_and_deleted() {
    let app = TestApp::new().await;
    let refused = call(&app, CREATE, new("f")).await;
    assert_eq!(
        refused.refused("InvalidParameterValueException"),
        "The role defined for the function cannot be assumed by Lambda."
    );
    app.lambda_role().await;
    let made = call(&app, CREATE, new("f")).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.body["FunctionArn"], FUNCTION);
    assert_eq!(made.body["Version"], "$LATEST");
    assert_eq!(made.body["Timeout"], 3);
    assert_eq!(made.body["MemorySize"], 128);
    assert_eq!(made.body["State"], "Active");
    assert_eq!(made.body["LastModified"], "2026-11-23T15:42:12.345+0000");
    let again = call(&app, CREATE, new("f")).await;
    assert_eq!(
        again.refused("ResourceConflictException"),
        "Function already exist: f"
    );
    let shown = call(&app, &format!("GET {ONE}"), Value::Null).await.ok();
    assert_eq!(
        shown["Configuration"]["CodeSha256"],
        made.body["CodeSha256"]
    );
    let listed = call(&app, "GET /2015-03-31/functions", Value::Null)
        .await
        .ok();
    assert_eq!(listed["Functions"][0]["FunctionName"], "f");
    let changed = call(
        &app,
        &format!("PUT {ONE}/configuration"),
        json!({"Timeout": 30, "Environment": {"Variables": {"LEVEL": "b"}}}),
    )
    .await
    .ok();
    assert_eq!(changed["Timeout"], 30);
    assert_eq!(changed["Environment"]["Variables"], json!({"LEVEL": "b"}));
    let stale = json!({"Timeout": 31, "RevisionId": made.body["RevisionId"]});
    let stale = call(&app, &format!("PUT {ONE}/configuration"), stale).await;
    assert_eq!(stale.error.as_deref(), Some("PreconditionFailedException"));
    let published = call(&app, &format!("POST {ONE}/versions"), json!({})).await;
    assert_eq!(
        (published.status, &published.body["Version"]),
        (201, &json!("1"))
    );
    let same = call(&app, &format!("POST {ONE}/versions"), json!({})).await;
    assert_eq!(same.body["Version"], "1", "nothing has changed since");
    let deleted = call(&app, &format!("DELETE {ONE}"), Value::Null).await;
    assert!(deleted.status < 300, "{deleted:?}");
    let gone = call(&app, &format!("GET {ONE}"), Value::Null).await;
    let wanted = json!({"Type": "User", "Message": format!("Function not found: {FUNCTION}")});
    assert_eq!((gone.status, gone.body), (404, wanted));
}

#[tokio::test]
async fn what_cannot_be_a_function_is_refused() {
    let app = TestApp::new().await;
    app.lambda_role().await;
    let with = |member: &str, value: Value| {
        let mut body = new("f");
        body[member] = value;
        body
    };
    let cases = [
        (
            with("Runtime", json!("java21")),
            "NotImplementedException",
            501,
        ),
        (
            with("PackageType", json!("Image")),
            "NotImplementedException",
            501,
        ),
        (
            with(
                "KMSKeyArn",
                json!("arn:aws:kms:us-east-1:123456789012:key/k"),
            ),
            "NotImplementedException",
            501,
        ),
        (
            with("LoggingConfig", json!({"LogFormat": "JSON"})),
            "NotImplementedException",
            501,
        ),
        (
            with("VpcConfig", json!({"SubnetIds": ["subnet-1"]})),
            "NotImplementedException",
            501,
        ),
        (
            with("Code", json!({"ZipFile": encoded(b"no zip")})),
            "InvalidParameterValueException",
            400,
        ),
        (
            with("Code", json!({"ZipFile": encoded(&zip("../app.py", b""))})),
            "InvalidParameterValueException",
            400,
        ),
        (
            with("Environment", json!({"Variables": {"AWS_REGION": "x"}})),
            "InvalidParameterValueException",
            400,
        ),
        (
            with(
                "Layers",
                json!(["arn:aws:lambda:us-east-1:123456789012:layer:l:1"]),
            ),
            "InvalidParameterValueException",
            400,
        ),
        (
            with("Code", json!({})),
            "InvalidParameterValueException",
            400,
        ),
    ];
    for (body, name, status) in cases {
        let answer = call(&app, CREATE, body.clone()).await;
        assert_eq!(
            (answer.error.as_deref(), answer.status),
            (Some(name), status),
            "{answer:?}"
        );
    }
    // As S3 refuses it.
    let object = json!({"S3Bucket": "no-such-bucket", "S3Key": "code.zip"});
    let answer = call(&app, CREATE, with("Code", object)).await;
    assert_eq!(
        answer.refused("InvalidParameterValueException"),
        "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist"
    );
    let listed = call(&app, "GET /2015-03-31/functions", Value::Null)
        .await
        .ok();
    assert_eq!(listed, json!({"Functions": []}));
}

#[tokio::test]
async fn permissions_and_aliases() {
    let app = TestApp::new().await;
    app.lambda_role().await;
    call(&app, CREATE, new("f")).await;
    let none = call(&app, &format!("GET {ONE}/policy"), Value::Null).await;
    assert_eq!(none.status, 404);
    let grant = json!({
        "StatementId": "rule", "Action": "lambda:InvokeFunction", "Principal": "iot.amazonaws.com",
        "SourceArn": "arn:aws:iot:us-east-1:123456789012:rule/r",
    });
    let added = call(&app, &format!("POST {ONE}/policy"), grant.clone()).await;
    assert_eq!(added.status, 201, "{added:?}");
    let twice = call(&app, &format!("POST {ONE}/policy"), grant).await;
    assert_eq!(
        twice.refused("ResourceConflictException"),
        "The statement id (rule) provided already exists. Please provide a new statement id, or remove the existing statement."
    );
    let policy = call(&app, &format!("GET {ONE}/policy"), Value::Null)
        .await
        .ok();
    let text = policy["Policy"].as_str().expect("text");
    assert!(
        text.contains(r#""ArnLike":{"AWS:SourceArn":"arn:aws:iot:us-east-1:123456789012:rule/r"}"#),
        "{text}"
    );
    let removed = call(&app, &format!("DELETE {ONE}/policy/rule"), Value::Null).await;
    assert_eq!(removed.status, 204, "{removed:?}");

    call(&app, &format!("POST {ONE}/versions"), json!({})).await;
    let alias = json!({"Name": "live", "FunctionVersion": "1"});
    let made = call(&app, &format!("POST {ONE}/aliases"), alias.clone()).await;
    assert_eq!(
        (made.status, &made.body["AliasArn"]),
        (201, &json!(format!("{FUNCTION}:live")))
    );
    let twice = call(&app, &format!("POST {ONE}/aliases"), alias).await;
    assert_eq!(twice.error.as_deref(), Some("ResourceConflictException"));
    let line = format!("GET {ONE}/configuration?Qualifier=live");
    let by_alias = call(&app, &line, Value::Null).await.ok();
    assert_eq!(by_alias["Version"], "1");
    let held = call(&app, &format!("DELETE {ONE}?Qualifier=1"), Value::Null).await;
    assert_eq!(held.error.as_deref(), Some("ResourceConflictException"));
}

#[tokio::test]
async fn what_does_not_exist_is_told_by_its_arn() {
    let app = TestApp::new().await;
    let encoded = "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af";
    for (line, arn) in [
        (format!("GET {ONE}"), FUNCTION.to_owned()),
        (
            format!("GET {ONE}?Qualifier=live"),
            format!("{FUNCTION}:live"),
        ),
        (
            format!("GET /2015-03-31/functions/{encoded}"),
            FUNCTION.to_owned(),
        ),
        (format!("GET {ONE}/configuration"), FUNCTION.to_owned()),
        (format!("GET {ONE}/policy"), FUNCTION.to_owned()),
        (
            "GET /2019-09-30/functions/f/concurrency".to_owned(),
            FUNCTION.to_owned(),
        ),
        (format!("GET {ONE}/versions"), FUNCTION.to_owned()),
        (
            format!("GET /2017-03-31/tags/{encoded}"),
            FUNCTION.to_owned(),
        ),
    ] {
        let answer = call(&app, &line, Value::Null).await;
        assert_eq!(answer.status, 404, "{line}: {answer:?}");
        let wanted = json!({"Type": "User", "Message": format!("Function not found: {arn}")});
        assert_eq!(answer.body, wanted, "{line}");
    }
}

#[tokio::test]
async fn what_becomes_of_calls_for_later_is_set_by_qualifier() {
    let app = TestApp::new().await;
    app.lambda_role().await;
    call(&app, CREATE, new("f")).await;
    call(&app, &format!("POST {ONE}/versions"), json!({})).await;
    let alias = json!({"Name": "live", "FunctionVersion": "1"});
    call(&app, &format!("POST {ONE}/aliases"), alias).await;
    let at = "/2019-09-25/functions/f/event-invoke-config";
    let absent = call(&app, &format!("GET {at}?Qualifier=live"), Value::Null).await;
    assert_eq!(
        absent.refused("ResourceNotFoundException"),
        format!("The function {FUNCTION}:live doesn't have an EventInvokeConfig")
    );
    let retries = json!({"MaximumRetryAttempts": 1});
    let nobody = call(&app, &format!("PUT {at}?Qualifier=none"), retries).await;
    assert_eq!(nobody.status, 404, "{nobody:?}");
    for (qualifier, retries) in [("", 0), ("?Qualifier=live", 1), ("?Qualifier=1", 2)] {
        let line = format!("PUT {at}{qualifier}");
        call(&app, &line, json!({"MaximumRetryAttempts": retries}))
            .await
            .ok();
    }
    let line = format!("POST {at}?Qualifier=live");
    let changed = call(&app, &line, json!({"MaximumEventAgeInSeconds": 60})).await;
    let changed = changed.ok();
    assert_eq!(
        (&changed["MaximumRetryAttempts"], &changed["FunctionArn"]),
        (&json!(1), &json!(format!("{FUNCTION}:live")))
    );
    let list = |query: String| format!("GET {at}/list{query}");
    let all = call(&app, &list(String::new()), Value::Null).await.ok();
    let named = |answer: &Value| -> Vec<(String, Value)> {
        let all = answer["FunctionEventInvokeConfigs"].as_array();
        all.into_iter()
            .flatten()
            .map(|one| {
                let arn = one["FunctionArn"].as_str().unwrap_or_default();
                let qualifier = arn.rsplit(':').next().unwrap_or_default();
                (qualifier.to_owned(), one["MaximumRetryAttempts"].clone())
            })
            .collect()
    };
    let wanted = [("$LATEST", 0), ("1", 2), ("live", 1)].map(|(q, n)| (q.to_owned(), json!(n)));
    assert_eq!(named(&all), wanted);
    let first = call(&app, &list("?MaxItems=2".into()), Value::Null)
        .await
        .ok();
    assert_eq!(named(&first), wanted[..2]);
    let next = first["NextMarker"].as_str().expect("there are more");
    let line = list(format!("?Marker={}", next.replace('=', "%3D")));
    let rest = call(&app, &line, Value::Null).await.ok();
    assert_eq!(
        (named(&rest), &rest["NextMarker"]),
        (wanted[2..].to_vec(), &Value::Null)
    );
    call(&app, &format!("DELETE {ONE}/aliases/live"), Value::Null).await;
    let all = call(&app, &list(String::new()), Value::Null).await.ok();
    assert_eq!(named(&all), wanted[..2], "with its alias it goes");
}

#[tokio::test]
async fn what_scripts_read_of_the_account_and_of_each_function() {
    let app = TestApp::new().await;
    app.lambda_role().await;
    let made = call(&app, CREATE, new("f")).await;
    call(&app, &format!("POST {ONE}/versions"), json!({})).await;
    let size = made.body["CodeSize"].as_i64().expect("a number");
    for (line, wanted) in [
        (
            "GET /2016-08-19/account-settings",
            json!({"TotalCodeSize": 2 * size, "FunctionCount": 1}),
        ),
        (
            "GET /2021-07-20/functions/f/runtime-management-config",
            json!({"UpdateRuntimeOn": "Auto", "FunctionArn": format!("{FUNCTION}:$LATEST")}),
        ),
        (
            "GET /2024-08-31/functions/f/recursion-config",
            json!({"RecursiveLoop": "Terminate"}),
        ),
        (
            "GET /2015-03-31/event-source-mappings?FunctionName=f",
            json!({"EventSourceMappings": []}),
        ),
        (
            "GET /2019-09-30/functions/f/provisioned-concurrency?List=ALL",
            json!({"ProvisionedConcurrencyConfigs": []}),
        ),
    ] {
        let answer = call(&app, line, Value::Null).await.ok();
        let answer = answer.get("AccountUsage").unwrap_or(&answer);
        assert_eq!(*answer, wanted, "{line}");
    }
    let line = "POST /2014-11-13/functions/g/invoke-async";
    assert_eq!(call(&app, line, json!({})).await.status, 404);
}

#[tokio::test]
async fn roles_elsewhere_layers_and_policies_are_told_as_lambda_tells_them() {
    let app = TestApp::new().await;
    app.lambda_role().await;
    let mut elsewhere = new("f");
    elsewhere["Role"] = json!("arn:aws:iam::999999999999:role/lambda");
    let refused = call(&app, CREATE, elsewhere).await;
    assert_eq!(
        refused.refused("AccessDeniedException"),
        "Cross-account pass role is not allowed."
    );
    let mut odd = new("f");
    odd["Architectures"] = json!(["x86"]);
    let refused = call(&app, CREATE, odd).await;
    assert_eq!(
        refused.refused("ValidationException"),
        "1 validation error detected: Value '[x86]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"
    );
    let content = encoded(&zip("python/one.py", b"ONE = 1\n"));
    let layer = call(
        &app,
        "POST /2018-10-31/layers/l/versions",
        json!({"Content": {"ZipFile": content}}),
    )
    .await;
    let layer = &layer.body;
    let mut with = new("f");
    with["Layers"] = json!([layer["LayerVersionArn"]]);
    let made = call(&app, CREATE, with).await;
    let size = &layer["Content"]["CodeSize"];
    assert!(size.as_i64().is_some_and(|size| size > 0), "{layer}");
    let expected = json!([{"Arn": layer["LayerVersionArn"], "CodeSize": size}]);
    assert_eq!(made.body["Layers"], expected);
    let shown = call(
        &app,
        "GET /2015-03-31/functions/f/configuration",
        Value::Null,
    )
    .await;
    assert_eq!(shown.body["Layers"], expected);
    let remove = "DELETE /2015-03-31/functions/f/policy/s";
    let refused = call(&app, remove, Value::Null).await;
    assert_eq!(
        refused.refused("ResourceNotFoundException"),
        "No policy is associated with the given resource."
    );
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_told_in_lambdas_words() {
    let app = TestApp::new().await;
    app.lambda_role().await;
    assert_eq!(call(&app, CREATE, new("f")).await.status, 201);
    let invalid = "InvalidParameterValueException";
    let grant = |principal: &str| json!({"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": principal});
    let policy = "POST /2015-03-31/functions/f/policy";
    let who = "The provided principal was invalid. Please check the principal and try again.";
    for (call_, body, name, message) in [
        (policy, grant("invalid.nonaws.com"), invalid, who),
        (policy, grant("123"), invalid, who),
        (
            "POST /2015-03-31/functions/f/policy?Qualifier=$LATEST",
            grant("iot.amazonaws.com"),
            invalid,
            "We currently do not support adding policies for $LATEST.",
        ),
        (
            "PUT /2019-09-25/functions/f/event-invoke-config",
            json!({}),
            invalid,
            "You must specify at least one of error handling or destination setting.",
        ),
        (
            "PUT /2015-03-31/functions/f/configuration",
            json!({"Timeout": 901}),
            "ValidationException",
            "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
        ),
        (
            "GET /2017-03-31/tags/arn:aws:lambda:us-east-1:123456789012:function:f:1",
            Value::Null,
            invalid,
            "Tags on function aliases and versions are not supported. Please specify a function ARN.",
        ),
        (
            "GET /2018-10-31/layers/l/versions/1",
            Value::Null,
            "ResourceNotFoundException",
            "The resource you requested does not exist.",
        ),
        (
            "GET /2018-10-31/layers/l/versions/0",
            Value::Null,
            invalid,
            "Layer Version Cannot be less than 1",
        ),
    ] {
        let refused = call(&app, call_, body).await;
        assert_eq!(refused.refused(name), message, "{call_}");
    }
    let mut without = new("g");
    without
        .as_object_mut()
        .expect("an object")
        .remove("Handler");
    let refused = call(&app, CREATE, without).await;
    assert_eq!(
        refused.refused(invalid),
        "Runtime and Handler are mandatory parameters for functions created with deployment packages."
    );
}

#[tokio::test]
async fn what_is_recorded_of_aws_about_code_and_calls_for_later() {
    let app = TestApp::new().await;
    app.lambda_role().await;
    call(&app, CREATE, new("f")).await;
    let code = encoded(&zip("app.py", b"def handler(event, context): return 2\n"));
    let body = json!({"ZipFile": code, "Publish": true});
    let made = call(&app, &format!("PUT {ONE}/code"), body).await;
    let told = (&made.body["Version"], &made.body["FunctionArn"]);
    assert_eq!(told, (&json!("1"), &json!(format!("{FUNCTION}:1"))));
    let mut versioned = new("g");
    versioned["Code"] = json!({"S3Bucket": "bucket", "S3Key": "k", "S3ObjectVersion": "1"});
    assert_eq!(call(&app, CREATE, versioned).await.status, 501);
    let line = "PUT /2019-09-25/functions/f/event-invoke-config";
    let kept = call(&app, line, json!({"MaximumRetryAttempts": 0})).await;
    assert_eq!(kept.body["MaximumRetryAttempts"], 0);
    assert_eq!(kept.body.get("MaximumEventAgeInSeconds"), None);
}

#[tokio::test]
async fn what_is_recorded_of_aws_about_functions() {
    let app = TestApp::new().await;
    app.lambda_role().await;
    let mut with_none = new("f");
    with_none["Environment"] = json!({"Variables": {}});
    let made = call(&app, CREATE, with_none).await;
    assert_eq!(made.body["Environment"], json!({"Variables": {}}));
    // A description for the version alone is no change.
    let publish = async |description: &str| {
        let body = json!({"Description": description});
        let made = call(&app, &format!("POST {ONE}/versions"), body).await;
        (
            made.body["Version"].clone(),
            made.body["Description"].clone(),
        )
    };
    let first = (json!("1"), json!("one"));
    assert_eq!(publish("one").await, first);
    assert_eq!(publish("again").await, first);
    let body = json!({"Description": "changed"});
    call(&app, &format!("PUT {ONE}/configuration"), body)
        .await
        .ok();
    assert_eq!(publish("two").await, (json!("2"), json!("two")));
    // Lists tell less than a function's own configuration.
    let versions = call(&app, &format!("GET {ONE}/versions"), Value::Null)
        .await
        .ok();
    let functions = call(&app, "GET /2015-03-31/functions", Value::Null)
        .await
        .ok();
    for one in [&versions["Versions"][1], &functions["Functions"][0]] {
        assert_eq!(one["FunctionName"], "f");
        assert_eq!(
            (one.get("State"), one.get("LastUpdateStatus")),
            (None, None)
        );
    }
    // What is not there need not be deleted.
    let gone = call(&app, &format!("DELETE {ONE}?Qualifier=1221"), Value::Null).await;
    assert_eq!(gone.status, 204, "{gone:?}");
    let none = call(
        &app,
        "DELETE /2015-03-31/functions/g?Qualifier=1",
        Value::Null,
    )
    .await;
    let told = none.refused("ResourceNotFoundException");
    assert!(told.ends_with(":function:g"), "{told}");
    let elsewhere = FUNCTION.replace("us-east-1", "eu-west-1");
    for line in [
        "GET /2015-03-31/functions/",
        "DELETE /2015-03-31/functions/",
    ] {
        let refused = call(&app, &format!("{line}{elsewhere}"), Value::Null).await;
        assert_eq!(
            refused.refused("ResourceNotFoundException"),
            "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
        );
    }
    let url = "/2021-10-31/functions/f/url";
    let made = call(&app, &format!("POST {url}"), json!({"AuthType": "NONE"})).await;
    assert_eq!((made.status, made.body.get("InvokeMode")), (201, None));
    let shown = call(&app, &format!("GET {url}"), Value::Null).await.ok();
    assert_eq!(shown["InvokeMode"], "BUFFERED");
    let body = json!({"AuthType": "NONE"});
    let refused = call(&app, &format!("PUT {url}?Qualifier=none"), body).await;
    assert_eq!(
        refused.refused("ResourceNotFoundException"),
        "Function does not exist"
    );
    // Which member the text is depends on the error.
    let again = call(&app, CREATE, new("f")).await;
    let wanted = json!({"Type": "User", "message": "Function already exist: f"});
    assert_eq!(again.body, wanted);
}

#[tokio::test]
async fn no_version_of_a_layer_has_the_number_of_another() {
    let app = TestApp::new().await;
    let content = encoded(&zip("python/one.py", b"ONE = 1\n"));
    let body = json!({"Content": {"ZipFile": content}});
    let publish = async || {
        let made = call(&app, "POST /2018-10-31/layers/l/versions", body.clone()).await;
        made.body["Version"].as_i64().expect("a number")
    };
    let delete = async |number: i64| {
        let one = format!("DELETE /2018-10-31/layers/l/versions/{number}");
        assert_eq!(call(&app, &one, Value::Null).await.status, 204);
    };
    assert_eq!((publish().await, publish().await), (1, 2));
    delete(2).await;
    let listed = call(&app, "GET /2018-10-31/layers", Value::Null).await;
    assert_eq!(
        listed.body["Layers"][0]["LatestMatchingVersion"]["Version"],
        1
    );
    delete(1).await;
    delete(7).await;
    let listed = call(&app, "GET /2018-10-31/layers", Value::Null).await;
    assert_eq!(listed.body["Layers"], json!([]));
    assert_eq!(publish().await, 3);
}

/// As moto's `test_list_lambda_layers` has it, which is also run against AWS.
#[tokio::test]
async fn lists_of_layers_leave_out_what_was_not_given() {
    let app = TestApp::new().await;
    let content = encoded(&zip("python/one.py", b"ONE = 1\n"));
    let publish = async |given: Value| {
        let mut body = json!({"Content": {"ZipFile": content}});
        for (name, value) in given.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let made = call(&app, "POST /2018-10-31/layers/l/versions", body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let layers = call(&app, "GET /2018-10-31/layers", Value::Null).await;
        let versions = call(&app, "GET /2018-10-31/layers/l/versions", Value::Null).await;
        let mut listed = [
            layers.body["Layers"][0]["LatestMatchingVersion"].clone(),
            versions.body["LayerVersions"][0].clone(),
        ];
        for one in &mut listed {
            let one = one.as_object_mut().expect("a version");
            for always in ["LayerVersionArn", "Version", "CreatedDate"] {
                assert!(one.remove(always).is_some(), "{always}");
            }
            assert_eq!(json!(one), given);
        }
    };
    publish(json!({"CompatibleRuntimes": ["python3.13"], "LicenseInfo": "MIT"})).await;
    publish(json!({"Description": "d", "CompatibleArchitectures": ["arm64"]})).await;
    publish(json!({})).await;
}

/// As answers of AWS's were recorded by a public suite.
#[tokio::test]
async fn what_there_is_not_is_said_in_the_services_words() {
    let app = TestApp::new().await;
    app.lambda_role().await;
    call(&app, CREATE, new("f")).await;
    call(&app, &format!("POST {ONE}/versions"), json!({})).await;
    let none = FUNCTION.replace("function:f", "function:none");
    let whole = "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.";
    let reserve = |most: u32| json!({"ReservedConcurrentExecutions": most});
    let alias = |version: &str, other: &str| json!({"Name": "live", "FunctionVersion": version, "RoutingConfig": {"AdditionalVersionWeights": {other: 0.5}}});
    let tags = |count: usize| {
        let tags = (0..count).map(|number| (number.to_string(), json!("v")));
        json!({"Tags": tags.collect::<serde_json::Map<_, _>>()})
    };
    let encoded = FUNCTION.replace(':', "%3A");
    let grant = json!({"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"});
    for (line, body, status, message) in [
        (
            "PUT /2017-10-31/functions/none/concurrency".to_owned(),
            reserve(1),
            404,
            format!("Function not found: {none}:$LATEST"),
        ),
        (
            "PUT /2017-10-31/functions/f:1/concurrency".into(),
            reserve(1),
            400,
            whole.into(),
        ),
        (
            "GET /2019-09-30/functions/f:1/concurrency".into(),
            Value::Null,
            400,
            whole.into(),
        ),
        (
            "PUT /2017-10-31/functions/f/concurrency".into(),
            reserve(901),
            400,
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].".into(),
        ),
        (
            "POST /2015-03-31/functions/none/aliases".into(),
            alias("1", "2"),
            404,
            format!("Function not found: {none}:1"),
        ),
        (
            format!("POST {ONE}/aliases"),
            alias("1", "1"),
            400,
            "Invalid function version 1. Function version 1 is already included in routing configuration.".into(),
        ),
        (
            "GET /2019-09-25/functions/none/event-invoke-config/list".into(),
            Value::Null,
            404,
            "The function doesn't exist.".into(),
        ),
        (
            "GET /2019-09-25/functions/none/event-invoke-config".into(),
            Value::Null,
            404,
            format!("The function {none}:$LATEST doesn't have an EventInvokeConfig"),
        ),
        (
            "PUT /2019-09-25/functions/f/event-invoke-config".into(),
            json!({"DestinationConfig": {"OnSuccess": {"Destination": FUNCTION}}}),
            400,
            "You can't specify the function as a destination for itself.".into(),
        ),
        (
            "GET /2019-09-30/functions/f/provisioned-concurrency?Qualifier=%24LATEST".into(),
            Value::Null,
            400,
            "The function resource provided must be an alias or a published version.".into(),
        ),
        (
            "GET /2019-09-30/functions/f/provisioned-concurrency?Qualifier=1".into(),
            Value::Null,
            404,
            "No Provisioned Concurrency Config found for this function".into(),
        ),
        (
            format!("POST {ONE}/policy?Qualifier=live"),
            grant.clone(),
            404,
            format!("Cannot find alias arn: {FUNCTION}:live"),
        ),
        (
            "DELETE /2015-03-31/functions/none/policy/s".into(),
            Value::Null,
            404,
            format!("No policy found for: {none}"),
        ),
        (
            format!("POST /2017-03-31/tags/{encoded}"),
            tags(0),
            400,
            "An error occurred and the request cannot be processed.".into(),
        ),
        (
            format!("POST /2017-03-31/tags/{encoded}"),
            tags(51),
            400,
            "Number of tags exceeds resource tag limit.".into(),
        ),
    ] {
        let answer = call(&app, &line, body).await;
        let said = answer.body.get("Message").or(answer.body.get("message"));
        assert_eq!((answer.status, said), (status, Some(&json!(message))), "{line}");
    }
    // A policy has a revision, which each of its changes makes another.
    let mut stale = grant.clone();
    stale["RevisionId"] = json!("stale");
    let line = format!("POST {ONE}/policy");
    assert_eq!(call(&app, &line, stale).await.status, 412);
    assert_eq!(call(&app, &line, grant.clone()).await.status, 201);
    let policy = call(&app, &format!("GET {ONE}/policy"), Value::Null).await;
    let first = policy.ok()["RevisionId"].clone();
    let mut second = grant;
    second["StatementId"] = json!("t");
    second["RevisionId"] = first.clone();
    assert_eq!(call(&app, &line, second.clone()).await.status, 201);
    second["StatementId"] = json!("u");
    assert_eq!(call(&app, &line, second).await.status, 412);
}

#[test]
fn which_limit_a_call_met_is_told() {
    use crate::app::{Error, Kind};
    use nameplate_functions::Concurrency;
    let check = |limit: Concurrency, reason: &str| {
        let error = Error::new(Kind::Throttled(Some(limit)), "8 functions are running");
        let told = super::fault::of(&error, None);
        assert_eq!(
            (&*told.code, told.status),
            ("TooManyRequestsException", 429)
        );
        assert_eq!(told.message, "Rate Exceeded.");
        assert_eq!(told.extra, [("Reason", json!(reason))]);
        assert_eq!(told.headers, [("retry-after", "1".to_owned())]);
    };
    check(
        Concurrency::Reserved,
        "ReservedFunctionConcurrentInvocationLimitExceeded",
    );
    check(Concurrency::Unreserved, "ConcurrentInvocationLimitExceeded");
}
