//! Condition keys of callers: which have which value, and what policies of the guides make of them.

use super::*;
use crate::policy::caller::{
    Asked, CallerFacts, Origin, ask_for_context, ask_for_resource_tags, request_tags,
    service_context,
};

const USER: &str = "arn:aws:iam::123456789012:user/ann";
const GROUP: &str = "arn:aws:iot:us-east-1:123456789012:thinggroup/g";

fn user() -> CallerFacts {
    CallerFacts {
        arn: USER.into(),
        role_arn: None,
        user_id: "AIDAEXAMPLE".into(),
        user_name: Some("ann".into()),
        tags: vec![("Team".into(), "red".into())],
        issued: None,
        given: Vec::new(),
        origin: Origin {
            source_ip: Some([192, 0, 2, 7].into()),
            secure_transport: Some(false),
            user_agent: Some("aws-cli/2".into()),
            referer: None,
            via: None,
        },
    }
}

fn session() -> CallerFacts {
    CallerFacts {
        issued: Some(NOW),
        ..user()
    }
}

/// A role that the service runs as.
fn service_role() -> CallerFacts {
    CallerFacts {
        arn: "arn:aws:sts::123456789012:assumed-role/JITPRole/iot".into(),
        role_arn: Some("arn:aws:iam::123456789012:role/path/JITPRole".into()),
        user_id: "AROAEXAMPLE:iot".into(),
        user_name: None,
        tags: vec![("Team".into(), "blue".into())],
        issued: Some(NOW),
        given: Vec::new(),
        origin: Origin::of_service("iot.amazonaws.com"),
    }
}

fn about<'a>(resource: &'a str, tags: &'a [(String, String)]) -> Asked<'a> {
    Asked {
        action: "iot:DeleteThingGroup",
        resource,
        tags,
        keys: &[],
    }
}

/// The values of a key, read as a policy reads them.
fn values(context: &Context, key: &str) -> Vec<String> {
    use crate::policy::variable::{Key, Values, View};
    match View::whole(context).values(&Key::parse(key)) {
        None => Vec::new(),
        Some(Values::One(value)) => vec![value.into_owned()],
        Some(Values::Set(values)) => values.into_iter().map(Into::into).collect(),
    }
}

#[test]
fn which_key_has_a_value_for_whom() {
    let realm = realm();
    let tags = [("env".to_owned(), "prod".to_owned())];
    let asked = about(GROUP, &tags);
    let of = |caller: &CallerFacts| asked.complete(caller.context(NOW), &realm);
    let role_arn = "arn:aws:iam::123456789012:role/path/JITPRole";
    let assume = Asked {
        action: "sts:AssumeRole",
        resource: role_arn,
        tags: &tags,
        keys: &[],
    };
    let template = "arn:aws:iot:us-east-1:123456789012:provisioningtemplate/t";
    let service = service_context(&realm, "iot.amazonaws.com", template, NOW);
    let contexts = [
        of(&user()),
        of(&session()),
        of(&service_role()),
        assume.complete(service, &realm),
    ];
    let (iot, account, time) = (
        "iot.amazonaws.com",
        "123456789012",
        "2023-11-14T22:13:20.000Z",
    );
    // A user, a user's session, a role that the service runs as, the service itself; `-` is absent.
    let table = [
        ("aws:CurrentTime", [time; 4]),
        ("aws:EpochTime", ["1700000000"; 4]),
        ("aws:RequestedRegion", ["us-east-1"; 4]),
        ("aws:ResourceAccount", [account; 4]),
        ("aws:ResourceTag/env", ["prod"; 4]),
        ("iam:ResourceTag/env", ["-", "-", "-", "prod"]),
        ("aws:TokenIssueTime", ["-", time, time, "-"]),
        ("aws:MultiFactorAuthPresent", ["-", "false", "false", "-"]),
        ("aws:MultiFactorAuthAge", ["-"; 4]),
        ("aws:PrincipalAccount", [account, account, account, "-"]),
        ("aws:PrincipalArn", [USER, USER, role_arn, "-"]),
        ("aws:PrincipalTag/team", ["red", "red", "blue", "-"]),
        ("aws:PrincipalType", ["User", "User", "AssumedRole", "-"]),
        (
            "aws:userid",
            ["AIDAEXAMPLE", "AIDAEXAMPLE", "AROAEXAMPLE:iot", "-"],
        ),
        ("aws:username", ["ann", "ann", "-", "-"]),
        (
            "aws:PrincipalIsAWSService",
            ["false", "false", "false", "true"],
        ),
        ("aws:PrincipalServiceName", ["-", "-", "-", iot]),
        ("aws:PrincipalServiceNamesList", ["-", "-", "-", iot]),
        ("aws:ViaAWSService", ["false"; 4]),
        ("aws:CalledVia", ["-"; 4]),
        ("aws:SourceIp", ["192.0.2.7", "192.0.2.7", "-", "-"]),
        ("aws:SecureTransport", ["false", "false", "true", "true"]),
        ("aws:UserAgent", ["aws-cli/2", "aws-cli/2", iot, iot]),
        ("aws:Referer", ["-"; 4]),
        ("aws:SourceAccount", ["-", "-", "-", account]),
        ("aws:SourceArn", ["-", "-", "-", template]),
        ("aws:PrincipalOrgID", ["-"; 4]),
        ("aws:SourceVpc", ["-"; 4]),
        ("aws:TagKeys", ["-"; 4]),
    ];
    for (key, wanted) in table {
        let found = contexts.each_ref().map(|context| {
            let found = values(context, key);
            assert!(found.len() < 2, "{key}: {found:?}");
            found.into_iter().next().unwrap_or_else(|| "-".into())
        });
        assert_eq!(found, wanted, "{key}");
    }
}

#[test]
fn a_service_that_acts_for_a_caller_says_so() {
    let caller = CallerFacts {
        origin: Origin {
            via: Some("iot.amazonaws.com"),
            ..Origin::of_service("iot.amazonaws.com")
        },
        ..user()
    };
    let context = caller.context(NOW);
    assert_eq!(values(&context, "aws:ViaAWSService"), ["true"]);
    for key in ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"] {
        assert_eq!(values(&context, key), ["iot.amazonaws.com"]);
    }
}

#[test]
fn the_type_follows_from_the_arn() {
    for (resource, kind) in [
        ("user/path/ann", "User"),
        ("assumed-role/ops/s1", "AssumedRole"),
        // As SimulatePrincipalPolicy names a role.
        ("role/path/ops", "AssumedRole"),
        ("federated-user/ann", "FederatedUser"),
        ("root", "Account"),
    ] {
        let caller = CallerFacts {
            arn: format!("arn:aws:iam::123456789012:{resource}"),
            ..user()
        };
        let context = caller.context(NOW);
        assert_eq!(values(&context, "aws:PrincipalType"), [kind], "{resource}");
    }
}

#[test]
fn the_region_is_where_the_endpoint_is() {
    let check = |region: &str, action: &str, wanted: &str| {
        let realm = Realm {
            region: region.into(),
            ..realm()
        };
        let asked = Asked {
            action,
            ..about("*", &[])
        };
        let context = asked.complete(user().context(NOW), &realm);
        assert_eq!(
            values(&context, "aws:RequestedRegion"),
            [wanted],
            "{action}"
        );
    };
    check("eu-west-1", "iot:CreateThing", "eu-west-1");
    check("eu-west-1", "sts:AssumeRole", "eu-west-1");
    check("eu-west-1", "iam:CreateUser", "us-east-1");
    check("eu-west-1", "IAM:createuser", "us-east-1");
    check("eu-west-1", "iam:PassRole", "eu-west-1");
    check("cn-northwest-1", "iam:CreateUser", "cn-north-1");
    check("us-gov-east-1", "iam:CreateUser", "us-gov-west-1");
}

#[test]
fn the_resource_belongs_to_the_account_in_its_arn() {
    let check = |resource: &str, wanted: &[&str]| {
        let context = about(resource, &[]).complete(user().context(NOW), &realm());
        assert_eq!(
            values(&context, "aws:ResourceAccount"),
            wanted,
            "{resource}"
        );
    };
    check("*", &["123456789012"]);
    check("arn:aws:s3:::bucket/key", &["123456789012"]);
    check("arn:aws:iam::210987654321:role/r", &["210987654321"]);
    check("arn:aws:iam::aws:policy/AWSIoTFullAccess", &[]);
}

#[test]
fn tags_of_objects_have_keys_of_s3s_own() {
    let tags = [("class".to_owned(), "secret".to_owned())];
    let check = |action: &str, wanted: &[&str]| {
        let asked = Asked {
            action,
            ..about("arn:aws:s3:::bucket/key", &tags)
        };
        let context = asked.complete(user().context(NOW), &realm());
        assert_eq!(values(&context, "s3:ExistingObjectTag/class"), wanted);
        assert_eq!(values(&context, "aws:ResourceTag/class").len(), 0);
    };
    check("s3:GetObject", &["secret"]);
    check("s3:PutObjectTagging", &["secret"]);
    check("s3:DeleteObject", &[]);
}

#[test]
fn tags_that_differ_by_case_only_are_all_met() {
    let tags = [("env", "dev"), ("ENV", "prod")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    let context = about(GROUP, &tags).complete(user().context(NOW), &realm());
    assert_eq!(values(&context, "aws:resourcetag/Env"), ["dev", "prod"]);
    let keys = request_tags([("a", "1"), ("b", "2")], ["c"]);
    let asked = Asked {
        keys: &keys,
        ..about(GROUP, &[])
    };
    let context = asked.complete(user().context(NOW), &realm());
    assert_eq!(values(&context, "aws:TagKeys"), ["a", "b", "c"]);
    assert_eq!(values(&context, "aws:RequestTag/A"), ["1"]);
    assert_eq!(values(&context, "aws:RequestTag/c").len(), 0);
}

/// Asks with an Allow of everything beside the statement.
#[track_caller]
fn check(condition: &str, caller: &CallerFacts, asked: &Asked<'_>, allowed: bool) {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Action":"*","Resource":"*"}},
            {{"Effect":"Deny","Action":"*","Resource":"*","Condition":{condition}}}]}}"#
    );
    let document = PolicyDocument::parse(&text, Dialect::IamIdentity).expect("a policy");
    let policies = [NamedPolicy {
        name: "p".into(),
        document: Arc::new(document),
    }];
    let request = Request {
        action: asked.action,
        resource: asked.resource,
    };
    let context = asked.complete(caller.context(NOW), &realm());
    let decision = decide(&policies, request, &context);
    assert_eq!(decision.is_allowed(), allowed, "{condition}: {decision}");
}

#[test]
fn denials_of_the_guides() {
    let group = about(GROUP, &[]);
    // What the console's button writes to revoke older sessions.
    let revoked = |at: &str| format!(r#"{{"DateLessThan":{{"aws:TokenIssueTime":"{at}"}}}}"#);
    let (before, after) = (
        revoked("2023-11-14T22:13:19.999Z"),
        revoked("2023-11-14T22:13:21.000Z"),
    );
    check(&before, &session(), &group, true);
    check(&after, &session(), &group, false);
    check(&after, &service_role(), &group, false);
    check(&after, &user(), &group, true);
    // Regions.
    let lock =
        |region: &str| format!(r#"{{"StringNotEquals":{{"aws:RequestedRegion":"{region}"}}}}"#);
    for caller in [user(), session(), service_role()] {
        check(&lock("us-east-1"), &caller, &group, true);
        check(&lock("eu-west-1"), &caller, &group, false);
    }
    // Tags.
    let tagged = [("env".to_owned(), "prod".to_owned())];
    let prod = r#"{"StringEquals":{"aws:ResourceTag/env":"prod"}}"#;
    check(prod, &user(), &about(GROUP, &tagged), false);
    check(prod, &user(), &group, true);
    let untagged = r#"{"Null":{"aws:ResourceTag/env":"true"}}"#;
    check(untagged, &user(), &about(GROUP, &tagged), true);
    check(untagged, &user(), &group, false);
    // Networks, transport, MFA.
    let network =
        r#"{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"},"Bool":{"aws:ViaAWSService":"false"}}"#;
    check(network, &user(), &group, true);
    check(network, &service_role(), &group, false);
    let plain = r#"{"Bool":{"aws:SecureTransport":"false"}}"#;
    check(plain, &user(), &group, false);
    check(plain, &service_role(), &group, true);
    let mfa = r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#;
    check(mfa, &user(), &group, false);
    let mfa = r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#;
    check(mfa, &user(), &group, true);
    check(mfa, &session(), &group, false);
    let strangers = r#"{"StringNotEquals":{"aws:PrincipalAccount":"123456789012"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}"#;
    check(strangers, &service_role(), &group, true);
}

#[test]
fn what_a_document_asks_for() {
    let asks = |statement: &str| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*",{statement}}}}}"#
        );
        let document = PolicyDocument::parse(&text, Dialect::IamIdentity).expect("a policy");
        (
            ask_for_context([&document]),
            ask_for_resource_tags([&document]),
        )
    };
    assert_eq!(asks(r#""Resource":"*""#), (false, false));
    assert_eq!(
        asks(r#""Resource":"arn:aws:s3:::${aws:username}/*""#),
        (true, false)
    );
    assert_eq!(
        asks(r#""Resource":"*","Condition":{"Null":{"AWS:resourceTag/Env":"true"}}"#),
        (true, true)
    );
    assert_eq!(
        asks(r#""Resource":"arn:aws:s3:::${iam:ResourceTag/home}/*""#),
        (true, true)
    );
    assert_eq!(
        asks(
            r#""Resource":"*","Condition":{"StringEquals":{"aws:username":"${aws:ResourceTag/owner}"}}"#
        ),
        (true, true)
    );
}
