use super::*;

/// `METHOD TARGET`, headers, body → `service PROTOCOL operation`.
fn check(scope: &str, line: &str, headers: &[(&str, &str)], body: &str, expected: &str) {
    let (method, target) = line.split_once(' ').expect("a method");
    let headers: Headers = headers
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let asked = Asked {
        method,
        target,
        headers: &headers,
        body: body.as_bytes(),
    };
    let found = called(scope, &asked);
    let operation = found.operation.as_deref().unwrap_or("-");
    let told = format!(
        "{} {:?} {operation}",
        found.service, found.answering.protocol
    );
    assert_eq!(told, expected, "{scope} {line}");
}

const FORM: (&str, &str) = (
    "content-type",
    "application/x-www-form-urlencoded; charset=utf-8",
);

#[test]
fn the_message_says_what_is_called_and_how() {
    let check_form = |scope, body, expected| check(scope, "POST /", &[FORM], body, expected);
    check_form("sns", "Action=ListTopics&Version=1", "sns Query ListTopics");
    check_form("ec2", "Action=DescribeVpcs", "ec2 Ec2 DescribeVpcs");
    check_form(
        "monitoring",
        "Action=ListMetrics",
        "monitoring Query ListMetrics",
    );
    check_form("sqs", "Version=1&Action=ListQueues", "sqs Query ListQueues");
    check(
        "sns",
        "GET /?Action=ListTopics",
        &[],
        "",
        "sns Query ListTopics",
    );
    let json = |scope, version, target, expected: &str| {
        let kind = format!("application/x-amz-json-{version}");
        let headers = [("content-type", kind.as_str()), ("x-amz-target", target)];
        check(scope, "POST /", &headers, "{}", expected);
    };
    json(
        "sqs",
        "1.0",
        "AmazonSQS.ListQueues",
        "sqs Json10 ListQueues",
    );
    json("kms", "1.1", "TrentService.ListKeys", "kms Json11 ListKeys");
    json(
        "dynamodb",
        "1.0",
        "DynamoDB_20120810.Scan",
        "dynamodb Json10 Scan",
    );
    json("acm-pca", "1.1", "ACMPrivateCA.X", "acm-pca Json11 X");
    // What is no name is not repeated.
    json("kms", "1.1", "T.<script>", "kms Json11 -");
    json("kms", "1.1", "ListKeys", "kms Json11 -");
    json("new-service", "1.1", "New.Do", "new-service Json11 Do");
    json(
        "new\nservice",
        "1.1",
        "New.Do",
        "an unnamed service Json11 Do",
    );
    let cbor = [
        ("smithy-protocol", "rpc-v2-cbor"),
        ("content-type", "application/cbor"),
    ];
    let line = "POST /service/GraniteServiceVersion20100801/operation/ListMetrics";
    check(
        "monitoring",
        line,
        &cbor,
        "",
        "monitoring RpcV2Cbor ListMetrics",
    );
}

#[test]
fn paths_name_operations() {
    let rest = |scope, line, expected| check(scope, line, &[], "", expected);
    rest(
        "route53",
        "GET /2013-04-01/hostedzone",
        "route53 RestXml ListHostedZones",
    );
    rest(
        "route53",
        "POST /2013-04-01/hostedzone/Z1/rrset/",
        "route53 RestXml ChangeResourceRecordSets",
    );
    rest(
        "cloudfront",
        "GET /2020-05-31/distribution",
        "cloudfront RestXml ListDistributions",
    );
    // Of two templates, the more literal; of two with one path, the one with the key of the query.
    rest("lambda", "GET /nowhere", "lambda RestJson -");
    rest("eks", "GET /clusters/c", "eks RestJson DescribeCluster");
    rest(
        "iotwireless",
        "GET /wireless-devices",
        "iotwireless RestJson ListWirelessDevices",
    );
    rest(
        "elasticfilesystem",
        "GET /nothing/of/it",
        "elasticfilesystem RestJson -",
    );
    rest("sns", "GET /", "sns Query -");
    rest("unheard-of", "GET /", "unheard-of RestJson -");
}

#[test]
fn what_nobody_signs_is_known() {
    let unsigned = |line: &str, headers: &[(&str, &str)]| {
        let (method, target) = line.split_once(' ').expect("a method");
        let headers: Headers = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        let asked = Asked {
            method,
            target,
            headers: &headers,
            body: b"",
        };
        called_unsigned(&asked).map(|called| {
            let operation = called.operation.unwrap_or_default();
            format!("{} {operation}", called.service)
        })
    };
    let some = |text: &str| Some(text.to_owned());
    let target = |target| [("x-amz-target", target)];
    assert_eq!(
        unsigned(
            "POST /",
            &target("AWSCognitoIdentityProviderService.InitiateAuth")
        ),
        some("cognito-idp InitiateAuth")
    );
    assert_eq!(
        unsigned("POST /", &target("AWSCognitoIdentityService.GetId")),
        some("cognito-identity GetId")
    );
    assert_eq!(
        unsigned("POST /client/register", &[]),
        some("sso-oauth RegisterClient")
    );
    // By a device's certificate.
    assert_eq!(
        unsigned("GET /greengrass/discover/thing/t", &[]),
        some("greengrass ")
    );
    assert_eq!(
        unsigned("POST /greengrass/v2/resolveComponentCandidates", &[]),
        some("greengrass ResolveComponentCandidates")
    );
    // Others of the same services, and all of others, are signed.
    let listing = target("AWSCognitoIdentityProviderService.ListUserPools");
    assert_eq!(unsigned("POST /", &listing), None);
    assert_eq!(
        unsigned("POST /", &target("DynamoDB_20120810.InitiateAuth")),
        None
    );
    assert_eq!(unsigned("GET /things", &[]), None);
    assert_eq!(unsigned("GET /greengrass/groups", &[]), None);
    assert_eq!(unsigned("GET /", &[]), None);
}
