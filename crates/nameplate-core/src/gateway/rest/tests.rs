use super::*;

fn api(paths: &[(&str, &str)]) -> Rest {
    let mut rest = Rest::new(Map::new(), "root".into());
    for (path, method) in paths {
        let mut at = "root".to_owned();
        let mut walked = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            walked = format!("{walked}/{part}");
            if !rest.resources.contains_key(&walked) {
                rest.add_resource(walked.clone(), &at, part)
                    .expect("it fits");
            }
            at.clone_from(&walked);
        }
        let method_value = Map::from_iter([("httpMethod".to_owned(), json!(method))]);
        rest.add_method(&at, method, method_value)
            .expect("it is new");
    }
    rest
}

#[test]
fn a_path_finds_the_most_literal_resource() {
    let rest = api(&[
        ("/", "GET"),
        ("/getcert", "GET"),
        ("/things/{name}", "ANY"),
        ("/things/{name}/shadow", "POST"),
        ("/things/all", "GET"),
        ("/{proxy+}", "ANY"),
    ]);
    let check = |method: &str, path: &str, expected: Option<(&str, &str)>| {
        let segments: Vec<Segment<'_>> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|sent| Segment {
                decoded: if sent == "%67etcert" { "getcert" } else { sent },
                sent,
            })
            .collect();
        let found = find(&rest.resources, method, &segments);
        let found = found.map(|found| {
            let parameters = found
                .parameters
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            (found.path.clone(), parameters.collect::<Vec<_>>().join(" "))
        });
        let expected = expected.map(|(path, parameters)| (path.to_owned(), parameters.to_owned()));
        assert_eq!(found, expected, "{method} {path}");
    };
    check("GET", "/", Some(("/", "")));
    check("POST", "/", None);
    check("GET", "/getcert", Some(("/getcert", "")));
    check("POST", "/getcert", Some(("/{proxy+}", "proxy=getcert")));
    check("GET", "/%67etcert", Some(("/getcert", "")));
    check("POST", "/%67etcert", Some(("/{proxy+}", "proxy=%67etcert")));
    check("GET", "/things/all", Some(("/things/all", "")));
    check("PUT", "/things/all", Some(("/things/{name}", "name=all")));
    check("GET", "/things/lamp", Some(("/things/{name}", "name=lamp")));
    check(
        "POST",
        "/things/lamp/shadow",
        Some(("/things/{name}/shadow", "name=lamp")),
    );
    check(
        "GET",
        "/things/lamp/shadow",
        Some(("/{proxy+}", "proxy=things/lamp/shadow")),
    );
}

#[test]
fn resources_do_not_hide_one_another() {
    let mut rest = api(&[("/a/{b}", "GET"), ("/p/{proxy+}", "GET")]);
    let mut check = |parent: &str, part: &str, expected: &str| {
        let refused = rest
            .add_resource("new".into(), parent, part)
            .expect_err("refused");
        assert!(refused.to_string().contains(expected), "{refused}");
    };
    check(
        "/a",
        "{c}",
        "A sibling ({b}) of this resource already has a variable path part -- only one is allowed",
    );
    check("/a", "{c+}", "A sibling ({b})");
    check("root", "a", "already has this name: a");
    check(
        "/p/{proxy+}",
        "x",
        "Cannot create a child of a resource with a greedy path variable: {proxy+}",
    );
    check("root", "a b", "path part only allow");
    check("root", "{}", "path part only allow");
    check("root", "", "path part only allow");
    check("none", "x", "Invalid Resource identifier specified");
    let mut moving = |id: &str, parent: &str, part: &str| {
        let moved = rest.move_resource(id, parent, part);
        moved.err().map(|why| why.to_string())
    };
    assert_eq!(moving("/a/{b}", "/a", "{c}"), None);
    assert_eq!(moving("/a/{b}", "root", "b"), None);
    assert_eq!(moving("/a/{b}", "/a", "{b}"), None);
    for (id, parent, part, expected) in [
        (
            "root",
            "/a",
            "x",
            "Root resource cannot update its pathPart.",
        ),
        (
            "root",
            "/a",
            "",
            "Root resource cannot update its parentId.",
        ),
        ("/a", "/a/{b}", "x", "Resources cannot be cyclical."),
        ("/a", "root", "p", "already has this name"),
        ("/a", "root", "{x+}", "children"),
        ("/a", "none", "x", "Invalid Resource"),
    ] {
        let refused = moving(id, parent, part).expect("refused");
        assert!(refused.contains(expected), "{refused}");
    }
    assert_eq!(path_of(&rest.resources, "/a/{b}"), "/a/{b}");
    assert_eq!(rest.resources["/a/{b}"].methods.len(), 1);
    assert!(rest.remove_resource("root").is_err());
    rest.remove_resource("/a").expect("it goes");
    assert_eq!(rest.resources.len(), 3);
}

#[test]
fn integrations_that_can_be_carried_out() {
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations";
    let check = |value: Value, expected: Option<&str>| {
        let integration = value.as_object().expect("an object");
        let found = check_integration(integration)
            .err()
            .map(|why| why.to_string());
        assert_eq!(found.is_some(), expected.is_some(), "{value} {found:?}");
        if let Some(part) = expected {
            assert!(found.unwrap_or_default().contains(part), "{value}");
        }
    };
    check(
        json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri}),
        None,
    );
    check(
        json!({"type": "AWS", "httpMethod": "POST", "uri": uri, "requestTemplates": {"application/json": "$input.json('$')"}}),
        None,
    );
    check(
        json!({"type": "MOCK", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}}),
        None,
    );
    check(
        json!({"type": "AWS_PROXY", "uri": uri}),
        Some("HttpMethod must be non-empty"),
    );
    check(
        json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": "f"}),
        Some("Invalid ARN specified in the request"),
    );
    check(
        json!({"type": "AWS", "httpMethod": "POST", "uri": "arn:aws:iam::123456789012:role/r"}),
        Some("must contain path or action"),
    );
    check(
        json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:s3:path/b/k"}),
        Some("currently only supports Lambda function and Firehose stream invocations."),
    );
    check(
        json!({"type": "AWS", "httpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:sqs:path/1/q"}),
        Some("other than Lambda"),
    );
    check(
        json!({"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "http://x/{y}", "requestParameters": {
            "integration.request.path.y": "method.request.path.y", "integration.request.header.z": "'z'"}}),
        None,
    );
    check(
        json!({"type": "HTTP", "httpMethod": "GET", "uri": "ftp://x"}),
        Some("Invalid HTTP endpoint"),
    );
    check(
        json!({"type": "HTTP", "httpMethod": "GET", "uri": "http://x", "requestParameters": {
            "integration.request.header.z": "context.requestId"}}),
        Some("the request parameter"),
    );
    check(
        json!({"type": "AWS", "httpMethod": "POST", "uri": uri, "requestTemplates": {"application/json": "#macro(a)#end"}}),
        Some("#macro in mapping templates"),
    );
    check(
        json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri, "credentials": "arn:aws:iam::123456789012:role/r"}),
        None,
    );
    check(
        json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri, "credentials": "r"}),
        Some("Invalid ARN specified"),
    );
    check(
        json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri, "credentials": "arn:aws:iam::*:user/*"}),
        Some("credentials of the caller"),
    );
    check(
        json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri, "timeoutInMillis": 30_000}),
        Some("between 50 ms"),
    );
    check(json!({"type": "X"}), Some("Invalid integration type"));
    let alias = "x:lambda:path/2015-03-31/functions/arn:f:${stageVariables.alias}/invocations";
    let named = |name: &str| (name == "alias").then(|| "live".to_owned());
    assert_eq!(function_of(alias, named).as_deref(), Some("arn:f:live"));
    assert_eq!(function_of(alias, |_| None), None);
}

#[test]
fn methods_take_what_there_is() {
    let rest = api(&[]);
    let check = |method: Value, expected: &str| {
        let method = method.as_object().expect("an object");
        let found = rest.check_method(method);
        let found = found.map_or_else(|why| why.to_string(), |()| String::new());
        assert!(found.starts_with(expected), "{found}");
        assert_eq!(found.is_empty(), expected.is_empty(), "{found}");
    };
    check(
        json!({"requestParameters": {"method.request.header.a": true, "method.request.querystring.b": false}}),
        "",
    );
    check(
        json!({"requestParameters": {"method.request.header.a": true, "method.request.querystring.a": false}}),
        "Parameter names must be unique across querystring, header and path",
    );
    check(
        json!({"requestParameters": {"header.a": true}}),
        "Invalid mapping expression specified",
    );
    check(json!({"requestModels": {"application/json": "Empty"}}), "");
    check(
        json!({"requestModels": {"application/json": "petModel"}}),
        "Invalid model identifier specified: petModel",
    );
    check(
        json!({"requestValidatorId": "abc"}),
        "Invalid Request Validator identifier specified",
    );
    check(
        json!({"authorizationType": "CUSTOM", "authorizerId": "none"}),
        "Invalid authorizer ID specified",
    );
}
