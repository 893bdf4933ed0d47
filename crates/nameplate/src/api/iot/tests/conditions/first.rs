//! First connections, which run as a role.

use super::super::trial::{ROLE, registered, role};
use super::*;
use crate::app::admission::attempt::Attempt;
use crate::app::admission::{Admit, Dialled, Entrance, Peer};
use crate::testing::{ARN, Ca};
use nameplate_core::admission::ServerName;
use nameplate_core::pki::Certificate;
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// A server whose first connections are provisioned by a role that may do everything, into a tagged group.
pub struct Jitp {
    /// The server.
    pub test: TestApp,
    ca: Ca,
    ca_id: String,
}

const TEMPLATE: &str = r#"{
    "Parameters": {"AWS::IoT::Certificate::Id": {"Type": "String"},
                   "AWS::IoT::Certificate::CommonName": {"Type": "String"}},
    "Resources": {
        "thing": {"Type": "AWS::IoT::Thing", "Properties": {
            "ThingName": {"Ref": "AWS::IoT::Certificate::CommonName"}, "ThingGroups": ["fleet"]}},
        "certificate": {"Type": "AWS::IoT::Certificate",
            "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"}},
        "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "device"}}
    }
}"#;

impl Jitp {
    /// By the template T, or by a body in the CA.
    pub async fn new(named: bool) -> Self {
        let test = TestApp::new().await;
        role(&test).await;
        grant(&test, "role/JITPRole", ALL).await;
        tag(&test, ROLE, "team", "red").await;
        let group = json!({"tags": [{"Key": "env", "Value": "prod"}]});
        test.iot("POST /thing-groups/fleet", group).await.ok();
        let policy = json!({"policyDocument":
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}"#});
        test.iot("POST /policies/device", policy).await.ok();
        if named {
            let template = json!({"templateName": "T", "templateBody": TEMPLATE, "type": "JITP",
                "enabled": true, "provisioningRoleArn": ROLE});
            test.iot("POST /provisioning-templates", template)
                .await
                .ok();
        }
        let ca = Ca::new("owner");
        let ca_id = Self::register(&test, &ca, named).await;
        Self { test, ca, ca_id }
    }

    async fn register(test: &TestApp, ca: &Ca, named: bool) -> String {
        let config = match named {
            true => json!({"templateName": "T"}),
            false => json!({"templateBody": TEMPLATE, "roleArn": ROLE}),
        };
        let id = registered(test, ca, "?setAsActive=true&allowAutoRegistration=true").await;
        let line = format!("PUT /cacertificate/{id}");
        test.iot(&line, json!({"registrationConfig": config}))
            .await
            .ok();
        id
    }

    /// A new device's first connection: `Ok`, or the code and the reason of the refusal.
    async fn connect(&self) -> Result<(), (String, String)> {
        connect(&self.test, &self.ca).await
    }

    /// A first connection while the role has these statements.
    async fn check(&self, statements: &str, allowed: bool) {
        grant(&self.test, "role/JITPRole", statements).await;
        let found = self.connect().await;
        assert_eq!(found.is_ok(), allowed, "{statements}: {found:?}");
        if let Err((code, _)) = found {
            assert_eq!(code, "provisioning-denied", "{statements}");
        }
    }

    /// A first connection while the role trusts the service under this condition.
    async fn check_trust(&self, condition: &str, allowed: bool) {
        trust(&self.test, r#"{"Service":"iot.amazonaws.com"}"#, condition).await;
        let found = self.connect().await;
        assert_eq!(found.is_ok(), allowed, "{condition}: {found:?}");
        if let Err((code, _)) = found {
            assert_eq!(code, "provisioning-no-role", "{condition}");
        }
    }
}

async fn connect(test: &TestApp, ca: &Ca) -> Result<(), (String, String)> {
    let name = format!("d{}", uuid::Uuid::new_v4().simple());
    let certificate = Certificate::parse_pem(&ca.sign(&name)).expect("a certificate");
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 50_000);
    let peer = Peer {
        address,
        chain: vec![certificate.der().to_vec()],
        server_name: ServerName {
            sent: Some("localhost".into()),
            ours: true,
        },
        dialled: Dialled::default(),
    };
    let mut attempt = Attempt::new("mqtt", address, NOW);
    let refused = match test.app.admission.admit(peer, &mut attempt).await {
        Admit::First(newcomer) => {
            let gone = std::future::pending();
            match test
                .app
                .admission
                .enter(*newcomer, &mut attempt, gone)
                .await
            {
                Entrance::Enter(_) => return Ok(()),
                Entrance::Refuse(refused) => refused,
                Entrance::ComeBack => panic!("held until it is provisioned"),
            }
        }
        Admit::Refuse(refused) => refused,
        Admit::Enter(_) | Admit::Ask(_) => panic!("the device is new"),
    };
    Err((refused.code, refused.reason))
}

fn arn_like(key: &str, pattern: &str) -> String {
    format!(r#"{{"ArnLike":{{"{key}":"{pattern}"}}}}"#)
}

#[tokio::test]
async fn a_first_connection_meets_the_conditions_of_its_role() {
    let jitp = Jitp::new(false).await;
    for (key, right, wrong) in [
        ("aws:RequestedRegion", "us-east-1", "eu-west-1"),
        ("aws:PrincipalAccount", ACCOUNT, "210987654321"),
        ("aws:ResourceAccount", ACCOUNT, "210987654321"),
        ("aws:PrincipalType", "AssumedRole", "User"),
        (
            "aws:PrincipalArn",
            ROLE,
            "arn:aws:iam::123456789012:role/other",
        ),
        ("aws:PrincipalTag/team", "red", "blue"),
        ("aws:PrincipalIsAWSService", "false", "true"),
        ("aws:ViaAWSService", "false", "true"),
        ("aws:SecureTransport", "true", "false"),
    ] {
        jitp.check(&deny("*", &differs(key, right)), true).await;
        jitp.check(&deny("*", &differs(key, wrong)), false).await;
        jitp.check(&allow("*", &equals(key, right)), true).await;
        jitp.check(&allow("*", &equals(key, wrong)), false).await;
    }
    // The role is assumed anew for each device, so older sessions of it are not this one.
    let revoke = |at: &str| {
        deny(
            "*",
            &format!(r#"{{"DateLessThan":{{"aws:TokenIssueTime":"{at}"}}}}"#),
        )
    };
    jitp.check(&revoke("2026-11-23T15:42:12.345Z"), true).await;
    jitp.check(&revoke("2026-11-23T15:42:13Z"), false).await;
    let prod = equals("aws:ResourceTag/env", "prod");
    jitp.check(&deny("iot:AddThingToThingGroup", &prod), false)
        .await;
    jitp.check(&deny("iot:*", &equals("aws:ResourceTag/env", "dev")), true)
        .await;
    let but_groups = r#"{"Effect":"Allow","NotAction":"iot:AddThingToThingGroup","Resource":"*"}"#;
    let things = format!(
        r#"{{"Effect":"Allow","Action":"iot:AddThingToThingGroup","Resource":"{ARN}thing/*"}}"#
    );
    jitp.check(&format!("{but_groups},{things}"), false).await;
    let tagged = allow("iot:AddThingToThingGroup", &prod);
    jitp.check(&format!("{but_groups},{things},{tagged}"), true)
        .await;
}

#[tokio::test]
async fn a_denied_action_is_not_made_up_for_by_another() {
    let jitp = Jitp::new(false).await;
    let but =
        |actions: &str| format!(r#"{{"Effect":"Allow","NotAction":{actions},"Resource":"*"}}"#);
    let denied =
        |action: &str| format!(r#"{ALL},{{"Effect":"Deny","Action":"{action}","Resource":"*"}}"#);
    jitp.check(&denied("iot:AttachPolicy"), false).await;
    jitp.check(&denied("iot:AttachPrincipalPolicy"), true).await;
    jitp.check(&but(r#"["iot:AttachPolicy"]"#), true).await;
    jitp.check(&but(r#"["iot:AttachPrincipalPolicy"]"#), true)
        .await;
    jitp.check(
        &but(r#"["iot:AttachPolicy","iot:AttachPrincipalPolicy"]"#),
        false,
    )
    .await;
    let without = but(r#"["iot:AttachPolicy"]"#);
    let both = format!(
        r#"{without},{{"Effect":"Deny","Action":"iot:AttachPrincipalPolicy","Resource":"*"}}"#
    );
    jitp.check(&both, false).await;
    let by_hour = format!(
        r#"{ALL},{{"Effect":"Deny","Action":"iot:AttachPolicy","Resource":"*","Condition":{}}}"#,
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-11-23T00:00:00Z"}}"#
    );
    jitp.check(&by_hour, false).await;
}

#[tokio::test]
async fn a_run_names_its_source() {
    let account = equals("aws:SourceAccount", ACCOUNT);
    for named in [false, true] {
        let jitp = Jitp::new(named).await;
        let cacert = format!("{ARN}cacert/{}", jitp.ca_id);
        for (pattern, by_ca, by_template) in [
            (format!("{ARN}*"), true, true),
            (format!("{ARN}cacert/*"), true, false),
            (cacert.clone(), true, false),
            (format!("{ARN}cacert/{}", "0".repeat(64)), false, false),
            (format!("{ARN}provisioningtemplate/*"), false, true),
            (format!("{ARN}provisioningtemplate/T"), false, true),
            (format!("{ARN}provisioningtemplate/U"), false, false),
            ("arn:aws:iot:eu-west-1:123456789012:*".into(), false, false),
            ("arn:aws:iot:us-east-1:210987654321:*".into(), false, false),
        ] {
            let allowed = if named { by_template } else { by_ca };
            jitp.check_trust(&arn_like("aws:SourceArn", &pattern), allowed)
                .await;
        }
        let exact = if named {
            format!("{ARN}provisioningtemplate/T")
        } else {
            cacert
        };
        jitp.check_trust(&equals("aws:SourceArn", &exact), true)
            .await;
        jitp.check_trust(&account, true).await;
        jitp.check_trust(&equals("aws:SourceAccount", "210987654321"), false)
            .await;
        jitp.check_trust(
            &equals("aws:PrincipalServiceName", "iot.amazonaws.com"),
            true,
        )
        .await;
        jitp.check_trust(r#"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#, true)
            .await;
        jitp.check_trust(&equals("aws:RequestedRegion", "us-east-1"), true)
            .await;
        jitp.check_trust(&equals("iam:ResourceTag/team", "red"), true)
            .await;
        // Whether it is trusted is asked each time.
        jitp.check_trust(
            r#"{"DateLessThan":{"aws:CurrentTime":"2026-11-23T15:42:12Z"}}"#,
            false,
        )
        .await;
        jitp.check_trust(
            r#"{"DateLessThan":{"aws:CurrentTime":"2026-11-23T15:42:13Z"}}"#,
            true,
        )
        .await;
    }
}

#[tokio::test]
async fn two_sources_share_no_decision() {
    let jitp = Jitp::new(true).await;
    let other = Ca::new("other");
    let other_id = Jitp::register(&jitp.test, &other, false).await;
    let service = r#"{"Service":"iot.amazonaws.com"}"#;
    let template = arn_like("aws:SourceArn", &format!("{ARN}provisioningtemplate/T"));
    trust(&jitp.test, service, &template).await;
    for _ in 0..2 {
        assert_eq!(jitp.connect().await, Ok(()));
        let refused = connect(&jitp.test, &other).await.expect_err("no trust");
        assert_eq!(refused.0, "provisioning-no-role");
        let source = format!("assume it for {ARN}cacert/{other_id}");
        assert!(refused.1.contains(&source), "{}", refused.1);
    }
    let cacert = arn_like("aws:SourceArn", &format!("{ARN}cacert/*"));
    trust(&jitp.test, service, &cacert).await;
    for _ in 0..2 {
        assert_eq!(connect(&jitp.test, &other).await, Ok(()));
        assert!(jitp.connect().await.is_err());
    }
}
