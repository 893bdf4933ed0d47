//! Members that are in the answers of AWS's published examples (AWS CLI, examples of `iot` and `iam`), though the
//! resource has as little as it can have: what AWS sends empty is sent empty.

use crate::testing::{ARN, Answer, TestApp};
use serde_json::{Value, json};

/// Fails unless each path leads to a member; a list is looked into.
#[track_caller]
fn has(answer: &Value, at: &str, paths: &str) {
    for path in paths.split_whitespace() {
        let mut found = answer;
        for name in at
            .split('.')
            .chain(path.split('.'))
            .filter(|name| !name.is_empty())
        {
            if let Value::Array(items) = found {
                found = items
                    .first()
                    .unwrap_or_else(|| panic!("{path}: empty list"));
            }
            found = found
                .get(name)
                .unwrap_or_else(|| panic!("no {at}.{path} in {answer}"));
        }
    }
}

#[tokio::test]
async fn answers_have_the_members_of_the_published_examples() {
    let test = TestApp::new().await;
    let arn = test.certificate("lamp").await;
    let id = arn.rsplit('/').next().unwrap_or_default().to_owned();
    let group = json!({"parentGroupName": "top"});
    let function = "arn:aws:lambda:us-east-1:123456789012:function:f";
    let authorizer = json!({"authorizerFunctionArn": function, "signingDisabled": true});
    let policy = json!({"policyDocument": json!({"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}).to_string()});
    for (line, body) in [
        ("POST /things/t", json!({})),
        ("POST /thing-types/y", json!({})),
        ("POST /thing-groups/top", json!({})),
        ("POST /thing-groups/g", group),
        ("POST /billing-groups/b", json!({})),
        ("POST /domainConfigurations/d", json!({})),
        ("POST /authorizer/a", authorizer),
        ("POST /policies/p", policy),
    ] {
        test.iot(line, body).await.ok();
    }
    let get = async |line: String| test.iot(&line, Value::Null).await.ok();
    let certificate = get(format!("GET /certificates/{id}")).await;
    has(
        &certificate,
        "certificateDescription",
        "certificateArn certificateId status certificatePem ownedBy creationDate lastModifiedDate customerVersion
         transferData generationId validity.notBefore validity.notAfter",
    );
    assert_eq!(
        certificate["certificateDescription"]["transferData"],
        json!({})
    );
    for (line, at, paths) in [
        (
            "things/t",
            "",
            "defaultClientId thingName thingId thingArn attributes version",
        ),
        ("things", "things", "thingName thingArn attributes version"),
        (
            "thing-types/y",
            "",
            "thingTypeName thingTypeId thingTypeArn thingTypeProperties",
        ),
        (
            "thing-types/y",
            "thingTypeMetadata",
            "deprecated creationDate",
        ),
        (
            "thing-types",
            "thingTypes",
            "thingTypeName thingTypeArn thingTypeProperties thingTypeMetadata.deprecated",
        ),
        (
            "thing-groups/top",
            "",
            "thingGroupProperties version thingGroupMetadata.creationDate",
        ),
        (
            "thing-groups/g",
            "thingGroupMetadata",
            "parentGroupName rootToParentThingGroups.groupArn",
        ),
        (
            "billing-groups/b",
            "",
            "billingGroupProperties version billingGroupMetadata.creationDate",
        ),
        (
            "domainConfigurations/d",
            "",
            "domainName serverCertificates domainConfigurationStatus serviceType domainType
             lastStatusChangeDate",
        ),
        (
            "authorizer/a",
            "authorizerDescription",
            "authorizerName authorizerArn authorizerFunctionArn status
             creationDate lastModifiedDate",
        ),
        (
            "policies/p",
            "",
            "policyName policyArn policyDocument defaultVersionId creationDate lastModifiedDate
             generationId",
        ),
        (
            "policies/p/version/1",
            "",
            "policyVersionId isDefaultVersion creationDate lastModifiedDate generationId",
        ),
        (
            "indexing/config",
            "thingIndexingConfiguration",
            "thingIndexingMode thingConnectivityIndexingMode",
        ),
        (
            "indexing/config",
            "thingGroupIndexingConfiguration",
            "thingGroupIndexingMode",
        ),
        (
            "event-configurations",
            "eventConfigurations",
            "THING.Enabled JOB_EXECUTION.Enabled CERTIFICATE.Enabled",
        ),
        // Empty lists.
        ("things/t/principals", "", "principals"),
        ("things/t/thing-groups", "", "thingGroups"),
        ("thing-groups/top/things", "", "things"),
        ("billing-groups/b/things", "", "things"),
        ("provisioning-templates", "", "templates"),
        ("role-aliases", "", "roleAliases"),
        ("cacertificates", "", "certificates"),
        ("certificates-out-going", "", "outgoingCertificates"),
        ("indices", "", "indexNames"),
        ("thing-registration-tasks", "", "taskIds"),
    ] {
        has(&get(format!("GET /{line}")).await, at, paths);
    }
    let tags = get(format!("GET /tags?resourceArn={ARN}thinggroup/g").replace(':', "%3A")).await;
    has(&tags, "", "tags");
    let body =
        json!({"principal": arn, "authInfos": [{"actionType": "CONNECT", "resources": ["x"]}]});
    let tested = test.iot("POST /test-authorization", body).await.ok();
    has(
        &tested,
        "authResults",
        "allowed.policies denied.implicitDeny.policies denied.explicitDeny.policies missingContextValues authDecision",
    );
    let iam = async |rest: &str| -> String {
        let form = json!(format!("Version=2010-05-08&Action={rest}"));
        let answer: Answer = test.call("iam", "POST /", &[], form).await;
        answer.ok().as_str().unwrap_or_default().to_owned()
    };
    let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C\
        %22Principal%22%3A%7B%22Service%22%3A%22iot.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D";
    iam(&format!(
        "CreateRole&RoleName=r&AssumeRolePolicyDocument={trust}"
    ))
    .await;
    let role = iam("GetRole&RoleName=r").await;
    assert!(role.contains("<RoleLastUsed"), "{role}");
    let policy =
        iam("GetPolicy&PolicyArn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FAWSIoTFullAccess").await;
    assert!(policy.contains("<Tags"), "{policy}");
}
