use crate::testing::{NOW, TestApp};
use serde_json::{Value, json};

const ACM: &str =
    "arn:aws:acm:us-east-1:123456789012:certificate/0f0e0d0c-0b0a-4900-8807-060504030201";
const DEFAULT_POLICY: &str = "IoTSecurityPolicy_TLS13_1_2_2022_10";

fn custom(host: &str) -> Value {
    json!({"domainName": host, "serverCertificateArns": [ACM]})
}

#[tokio::test]
async fn a_domain_configuration_lives_and_goes() {
    let app = TestApp::new().await;
    let line = "POST /domainConfigurations/fleet";
    let names = app.iot(line, custom("IoT.example.com")).await.ok();
    let arn = names["domainConfigurationArn"].as_str().expect("a text");
    let end = arn
        .strip_prefix("arn:aws:iot:us-east-1:123456789012:domainconfiguration/fleet/")
        .expect("an ARN");
    assert_eq!(
        (names["domainConfigurationName"].as_str(), end.len()),
        (Some("fleet"), 5)
    );
    let describe = async || {
        let line = "GET /domainConfigurations/fleet";
        app.iot(line, Value::Null).await.ok()
    };
    let mut expected = json!({
        "domainConfigurationName": "fleet", "domainConfigurationArn": arn, "domainName": "iot.example.com",
        "serverCertificates": [{
            "serverCertificateArn": ACM, "serverCertificateStatus": "INVALID",
            "serverCertificateStatusDetail":
                "No certificate with this ARN was imported here; devices see the server's own",
        }],
        "domainConfigurationStatus": "ENABLED", "serviceType": "DATA", "domainType": "CUSTOMER_MANAGED",
        "lastStatusChangeDate": NOW.as_seconds_f64(), "tlsConfig": {"securityPolicy": DEFAULT_POLICY},
        "authenticationType": "DEFAULT", "applicationProtocol": "DEFAULT",
    });
    assert_eq!(describe().await, expected);
    let found = app
        .app
        .registry
        .domain_of_host("IOT.example.com")
        .await
        .expect("readable");
    assert_eq!(found.map(|domain| domain.name).as_deref(), Some("fleet"));

    let authorizer = json!({
        "authorizerFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f", "signingDisabled": true,
    });
    app.iot("POST /authorizer/auth", authorizer).await.ok();
    let config = json!({"defaultAuthorizerName": "auth", "allowAuthorizerOverride": false});
    let update = async |body| {
        let line = "PUT /domainConfigurations/fleet";
        app.iot(line, body).await.ok()
    };
    let change = json!({
        "domainConfigurationStatus": "DISABLED", "authorizerConfig": config,
        "tlsConfig": {"securityPolicy": "IoTSecurityPolicy_TLS13_1_3_2022_10"},
        "authenticationType": "AWS_X509", "applicationProtocol": "SECURE_MQTT",
    });
    assert_eq!(update(change).await, names);
    expected["authorizerConfig"] = config;
    for (member, value) in [
        ("domainConfigurationStatus", json!("DISABLED")),
        (
            "tlsConfig",
            json!({"securityPolicy": "IoTSecurityPolicy_TLS13_1_3_2022_10"}),
        ),
        ("authenticationType", json!("AWS_X509")),
        ("applicationProtocol", json!("SECURE_MQTT")),
    ] {
        expected[member] = value;
    }
    assert_eq!(describe().await, expected);
    assert_eq!(
        app.app
            .registry
            .domain_of_host("iot.example.com")
            .await
            .expect("readable"),
        None
    );
    let text = app
        .iot("DELETE /authorizer/auth", Value::Null)
        .await
        .refused("DeleteConflictException");
    assert_eq!(
        text,
        "Authorizer auth is the default of domain configuration fleet"
    );
    update(json!({"removeAuthorizerConfig": true})).await;
    assert_eq!(describe().await.get("authorizerConfig"), None);
    app.iot("DELETE /domainConfigurations/fleet", Value::Null)
        .await
        .ok();
    app.iot("GET /domainConfigurations/fleet", Value::Null)
        .await
        .refused("ResourceNotFoundException");
}

#[tokio::test]
async fn a_name_of_our_own_lies_below_the_endpoint() {
    let app = TestApp::new().await;
    app.iot("POST /domainConfigurations/m", json!({}))
        .await
        .ok();
    let found = app
        .iot("GET /domainConfigurations/m", Value::Null)
        .await
        .ok();
    let host = found["domainName"].as_str().expect("a text");
    assert!(host.ends_with(".localhost"), "{host}");
    assert_eq!(found["domainType"], "AWS_MANAGED");
    assert_eq!(found["serverCertificates"], json!([]));
    assert!(
        app.app
            .registry
            .domain_of_host(host)
            .await
            .expect("readable")
            .is_some()
    );
}

#[tokio::test]
async fn the_configurations_that_are_always_there() {
    let app = TestApp::new().await;
    let found = app
        .iot("GET /domainConfigurations/iot%3AData-ATS", Value::Null)
        .await
        .ok();
    assert_eq!(found["domainName"], "localhost");
    assert_eq!(found["domainType"], "ENDPOINT");
    for (name, service) in [("two", "JOBS"), ("a", "DATA"), ("one", "DATA")] {
        let line = format!("POST /domainConfigurations/{name}");
        app.iot(&line, json!({"serviceType": service})).await.ok();
    }
    let check = async |query: &str, wanted: &[&str]| {
        let line = format!("GET /domainConfigurations?pageSize=1{query}");
        let found = app.pages(&line, &[], "domainConfigurations").await;
        let names: Vec<_> = found
            .iter()
            .map(|item| &item["domainConfigurationName"])
            .collect();
        assert_eq!(names, wanted, "{query}");
    };
    let all = [
        "a",
        "iot:CredentialProvider",
        "iot:Data-ATS",
        "iot:Jobs",
        "one",
        "two",
    ];
    check("", &all).await;
    check("&serviceType=DATA", &["a", "iot:Data-ATS", "one"]).await;
    check("&serviceType=JOBS", &["iot:Jobs", "two"]).await;
    let change = json!({"authenticationType": "AWS_X509"});
    let answer = app
        .iot("PUT /domainConfigurations/iot%3AData-ATS", change)
        .await;
    assert_eq!(answer.status, 501, "{answer:?}");
}

#[tokio::test]
async fn what_domain_configurations_refuse() {
    let app = TestApp::new().await;
    app.iot("POST /domainConfigurations/d", custom("d.example.com"))
        .await
        .ok();
    let (invalid, absent) = ("InvalidRequestException", "ResourceNotFoundException");
    let exists = "ResourceAlreadyExistsException";
    let none = "Domain configuration none does not exist";
    let line = "POST /domainConfigurations/e";
    let update = "PUT /domainConfigurations/d";
    app.refused(&[
        (
            "POST /domainConfigurations/d",
            custom("other.example.com"),
            exists,
            "Domain configuration d already exists",
        ),
        (
            line,
            custom("D.example.com"),
            exists,
            "The domain name d.example.com belongs to domain configuration d already",
        ),
        (
            line,
            custom("*.example.com"),
            invalid,
            "domainName \"*.example.com\" is not a fully qualified domain name",
        ),
        (
            line,
            json!({"domainName": "e.example.com"}),
            invalid,
            "serverCertificateArns is required where domainName is given, and e.example.com has none",
        ),
        (
            line,
            json!({"serverCertificateArns": [ACM]}),
            invalid,
            "serverCertificateArns cannot be given without domainName",
        ),
        (
            line,
            json!({"tlsConfig": {"securityPolicy": "TLS13"}}),
            invalid,
            "\"TLS13\" is not a security policy of AWS IoT",
        ),
        (
            line,
            json!({"authorizerConfig": {"defaultAuthorizerName": "none"}}),
            invalid,
            "authorizerConfig names the authorizer none, which does not exist",
        ),
        (
            line,
            json!({"authenticationType": "AWS_X509", "applicationProtocol": "MQTT_WSS"}),
            invalid,
            "authenticationType AWS_X509 cannot be had with applicationProtocol MQTT_WSS",
        ),
        (update, json!({}), invalid, "No arguments supplied to update"),
        ("PUT /domainConfigurations/none", json!({"authenticationType": "DEFAULT"}), absent, none),
        ("GET /domainConfigurations/none", Value::Null, absent, none),
        ("DELETE /domainConfigurations/none", Value::Null, absent, none),
        (
            "DELETE /domainConfigurations/d",
            Value::Null,
            invalid,
            "Cannot delete a domain configuration that is not disabled",
        ),
    ])
    .await;
    for body in [
        json!({"serverCertificateArns": ["arn:aws:iam::123456789012:server-certificate/x"], "domainName": "e.f"}),
        json!({"serverCertificateArns": [ACM, ACM], "domainName": "e.f"}),
        json!({"serviceType": "OTHER"}),
    ] {
        app.iot(line, body).await.refused(invalid);
    }
    app.iot("DELETE /domainConfigurations/iot%3AJobs", Value::Null)
        .await
        .refused(invalid);
    app.iot("POST /domainConfigurations/a%20b", json!({}))
        .await
        .refused(invalid);
    // What would restrict or promise something that is not there.
    for body in [json!({"serverCertificateConfig": {"enableOCSPCheck": true}})] {
        let answer = app.iot(line, body).await;
        assert_eq!(answer.status, 501, "{answer:?}");
    }
    for n in 1..10 {
        app.iot(&format!("POST /domainConfigurations/n{n}"), json!({}))
            .await
            .ok();
    }
    let text = app
        .iot(line, json!({}))
        .await
        .refused("LimitExceededException");
    assert_eq!(text, "An account has at most 10 domain configurations");
}

#[tokio::test]
async fn a_function_that_validates_certificates() {
    let app = TestApp::new().await;
    let (line, one) = (
        "POST /domainConfigurations/fleet",
        "/domainConfigurations/fleet",
    );
    let function = "arn:aws:lambda:us-east-1:123456789012:function:f";
    let callback = |arn: &str| json!({"clientCertificateCallbackArn": arn});
    let invalid = "InvalidRequestException";
    for (body, wanted) in [
        (
            json!({"clientCertificateConfig": callback("f")}),
            "clientCertificateCallbackArn \"f\" is not the ARN of a Lambda function",
        ),
        (
            json!({"clientCertificateConfig": callback(function), "authenticationType": "CUSTOM_AUTH"}),
            "clientCertificateConfig cannot be had with authenticationType CUSTOM_AUTH, which asks for no client \
             certificate",
        ),
    ] {
        assert_eq!(app.iot(line, body).await.refused(invalid), wanted);
    }
    let body =
        json!({"clientCertificateConfig": callback(function), "authenticationType": "AWS_X509"});
    app.iot(line, body).await.ok();
    let described = async || app.iot(&format!("GET {one}"), Value::Null).await.ok();
    assert_eq!(
        described().await["clientCertificateConfig"],
        callback(function)
    );
    let update = async |body| app.iot(&format!("PUT {one}"), body).await.ok();
    update(json!({"domainConfigurationStatus": "DISABLED"})).await;
    assert_eq!(
        described().await["clientCertificateConfig"],
        callback(function)
    );
    update(json!({"clientCertificateConfig": {}})).await;
    assert_eq!(described().await.get("clientCertificateConfig"), None);
}

#[tokio::test]
async fn endpoints() {
    let check = async |host: &str, line: &str, expected: &str| {
        let host = host.to_owned();
        let app = TestApp::with(|settings| settings.endpoint_host = host).await;
        let answer = app.iot(line, Value::Null).await.ok();
        assert_eq!(answer, json!({"endpointAddress": expected}), "{line}");
    };
    check("localhost", "GET /endpoint", "localhost").await;
    check(
        "localhost",
        "GET /endpoint?endpointType=iot:Jobs",
        "localhost",
    )
    .await;
    let host = "a1-ats.iot.eu-west-1.plant.lan";
    let credentials = "a1.credentials.iot.eu-west-1.plant.lan";
    for (query, expected) in [
        ("", "a1.iot.eu-west-1.plant.lan"),
        ("?endpointType=iot:Data", "a1.iot.eu-west-1.plant.lan"),
        ("?endpointType=iot:Data-ATS", host),
        ("?endpointType=iot:CredentialProvider", credentials),
        ("?endpointType=iot:Jobs", "a1.jobs.iot.eu-west-1.plant.lan"),
    ] {
        check(host, &format!("GET /endpoint{query}"), expected).await;
    }
    let app = TestApp::with(|settings| settings.endpoint_host = host.to_owned()).await;
    let line = "GET /domainConfigurations/iot:CredentialProvider";
    let found = app.iot(line, Value::Null).await.ok();
    assert_eq!(found["domainName"], credentials);
    let line = "GET /endpoint?endpointType=iot:Nothing";
    let refused = app.iot(line, Value::Null).await;
    let message = refused.refused("InvalidRequestException");
    let types = "iot:Data-ATS, iot:Data, iot:CredentialProvider, iot:Jobs";
    assert!(message.contains(types), "{message}");
}
