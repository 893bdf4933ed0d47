//! The worked cases this engine was specified by, and what a decision says of itself.

use super::*;

// The numbers are those of the worked cases this engine was specified by.

#[test]
fn cases_1_to_10_connecting() {
    let dev1 = &client("dev1");
    check(&[], dev1, &[("Connect dev1", 'D')]);
    let only = ["+Connect client/dev1"];
    check(
        &only,
        dev1,
        &[
            ("Connect dev1", 'A'),
            ("Connect dev2", 'D'),
            ("Connect Dev1", 'D'),
        ],
    );
    check(&["+Connect *"], dev1, &[("Connect anything", 'A')]);
    check(&["+* *"], dev1, &[("Publish a/b", 'A')]);
    check(
        &["+Pub* topic/*"],
        dev1,
        &[("Publish a", 'A'), ("RetainPublish a", 'D')],
    );
    check(
        &["+Connect client/*", "-Connect client/dev1"],
        dev1,
        &[("Connect dev1", 'X'), ("Connect dev2", 'A')],
    );
    for id in ["dev1", "anything", "a*b"] {
        let request = format!("Connect {id}");
        check(
            &["+Connect client/${iot:ClientId}"],
            &client(id),
            &[(&request, 'A'), ("Connect another", 'D')],
        );
    }
}

#[test]
fn cases_11_to_19_patterns() {
    let dev1 = &client("dev1");
    check(
        &["+Publish topic/a/*"],
        dev1,
        &[
            ("Publish a/b/c/d", 'A'),
            ("Publish a/", 'A'),
            ("Publish a", 'D'),
        ],
    );
    check(
        &["+Publish topic/a/?/c"],
        dev1,
        &[("Publish a/b/c", 'A'), ("Publish a/bb/c", 'D')],
    );
    check(&["+Publish topic/a/+/c"], dev1, &[("Publish a/x/c", 'D')]);
    check(
        &["+Subscribe topicfilter/some/+/topic"],
        dev1,
        &[
            ("Subscribe some/+/topic", 'A'),
            ("Subscribe some/x/topic", 'D'),
        ],
    );
    check(
        &["+Subscribe topicfilter/some/*/topic"],
        dev1,
        &[
            ("Subscribe some/+/topic", 'A'),
            ("Subscribe some/x/topic", 'A'),
            ("Subscribe some/a/b/topic", 'A'),
        ],
    );
}

#[test]
fn cases_20_to_27_receiving() {
    let dev1 = &client("dev1");
    check(
        &["+Subscribe topicfilter/location/#", "+Receive topic/*"],
        dev1,
        &[
            ("Subscribe location/#", 'A'),
            ("Receive location/Seattle", 'A'),
        ],
    );
    let subscribe = "+Subscribe topicfilter/a/*";
    let deny = "-Subscribe topicfilter/a/restricted/*";
    check(&[subscribe, deny], dev1, &[("Subscribe a/#", 'A')]);
    check(
        &[subscribe, deny, "+Receive topic/*"],
        dev1,
        &[("Receive a/restricted/x", 'A')],
    );
    check(
        &[subscribe, deny, "+Receive !topic/a/restricted/*"],
        dev1,
        &[
            ("Receive a/x", 'A'),
            ("Receive a/restricted/x", 'D'),
            ("Receive a/restricted", 'A'),
        ],
    );
    check(&["+Subscribe topic/foo"], dev1, &[("Subscribe foo", 'D')]);
    check(&["+Publish topicfilter/foo"], dev1, &[("Publish foo", 'D')]);
    check(
        &["+Subscribe topicfilter/foo"],
        dev1,
        &[("Receive foo", 'D')],
    );
    check(
        &["+Subscribe topicfilter/foo", "-Receive topic/foo"],
        dev1,
        &[("Receive foo", 'X')],
    );
}

#[test]
fn cases_28_to_32_retained_messages_and_wills() {
    // Each needs two answers; both must be yes.
    let dev1 = &client("dev1");
    let retained = |short: &[&str], publish, retain| {
        check(
            short,
            dev1,
            &[("Publish foo", publish), ("RetainPublish foo", retain)],
        );
    };
    retained(&["+Publish topic/foo"], 'A', 'D');
    retained(
        &["+Publish topic/foo", "+RetainPublish topic/foo"],
        'A',
        'A',
    );
    retained(&["+RetainPublish topic/foo"], 'D', 'A');
    check(
        &["+Connect client/dev1", "+Publish topic/will"],
        dev1,
        &[("Connect dev1", 'A'), ("Publish will", 'A')],
    );
    check(
        &["+Connect client/dev1"],
        dev1,
        &[("Connect dev1", 'A'), ("Publish will", 'D')],
    );
}

#[test]
fn cases_33_to_43_things() {
    let attached = ["+Connect * [\"Bool\":{\"iot:Connection.Thing.IsAttached\":\"true\"}]"];
    let dev1 = || thing("dev1", None, &[]);
    check(&attached, &client("dev1"), &[("Connect dev1", 'D')]);
    check(
        &attached,
        &of_thing("dev1", dev1()),
        &[("Connect dev1", 'A')],
    );
    // Real policies also have a list with a JSON boolean.
    let list = ["+Connect * [\"Bool\":{\"iot:Connection.Thing.IsAttached\":[true]}]"];
    check(&list, &of_thing("dev1", dev1()), &[("Connect dev1", 'A')]);

    let named = ["+Connect client/${iot:Connection.Thing.ThingName}"];
    check(&named, &of_thing("dev1", dev1()), &[("Connect dev1", 'A')]);
    check(&named, &client("other"), &[("Connect other", 'D')]);
    check(
        &named,
        &of_thing("other", dev1()),
        &[("Connect other", 'D')],
    );

    let up = [
        "+Connect *",
        "+Publish topic/${iot:Connection.Thing.ThingName}/up",
    ];
    check(&up, &of_thing("other", dev1()), &[("Publish dev1/up", 'A')]);
    check(&up, &client("dev1"), &[("Publish dev1/up", 'D')]);

    let site = ["+Publish topic/${iot:Connection.Thing.Attributes[site]}/*"];
    let with_site = of_thing("dev1", thing("dev1", None, &[("site", "b1")]));
    check(
        &site,
        &with_site,
        &[("Publish b1/x", 'A'), ("Publish b2/x", 'D')],
    );
    check(&site, &of_thing("dev1", dev1()), &[("Publish b1/x", 'D')]);

    let typed = [
        "+Publish topic/device/stats [\"StringEquals\":{\"iot:Connection.Thing.ThingTypeName\":\"T\",\
         \"iot:Connection.Thing.Attributes[a]\":\"v\"}]",
    ];
    let of = |value| of_thing("dev1", thing("dev1", Some("T"), &[("a", value)]));
    check(&typed, &of("v"), &[("Publish device/stats", 'A')]);
    check(&typed, &of("w"), &[("Publish device/stats", 'D')]);

    let env = [
        "+Connect client/* [\"StringLike\":{\"iot:ClientId\":\"*${iot:Connection.Thing.Attributes[env]}\"}]",
    ];
    let prod = |id| of_thing(id, thing("dev1", None, &[("env", "prod")]));
    check(&env, &prod("x-prod"), &[("Connect x-prod", 'A')]);
    check(&env, &prod("x-dev"), &[("Connect x-dev", 'D')]);
}

/// Ours: things that a gateway speaks for.
#[test]
fn a_gateways_children() {
    let child = "${nameplate:Connection.Thing.ChildThingName}";
    let up = format!("+Publish topic/{child}/up");
    let two = gateway("gw", &["lamp", "do*r"]);
    check(
        &[up.as_str()],
        &two,
        &[
            ("Publish lamp/up", 'A'),
            ("Publish do*r/up", 'A'),
            // A name is text, whatever it holds.
            ("Publish door/up", 'D'),
            ("Publish other/up", 'D'),
            ("Publish gw/up", 'D'),
            (
                "Publish ${nameplate:Connection.Thing.ChildThingName}/up",
                'D',
            ),
        ],
    );
    check(
        &[up.as_str()],
        &gateway("gw", &[]),
        &[("Publish lamp/up", 'D')],
    );
    check(&[up.as_str()], &client("gw"), &[("Publish lamp/up", 'D')]);
    let both = format!("+Publish topic/${{iot:Connection.Thing.ThingName}}/{child}/*");
    check(
        &[both.as_str()],
        &two,
        &[("Publish gw/lamp/x", 'A'), ("Publish lamp/lamp/x", 'D')],
    );
    let not = format!("-Publish !topic/{child}/up");
    check(
        &["+Publish *", not.as_str()],
        &two,
        &[("Publish lamp/up", 'A'), ("Publish other/up", 'X')],
    );
}

#[test]
fn cases_44_to_51_certificates() {
    let common = ["+Publish topic/${iot:Certificate.Subject.CommonName}"];
    let named = |name| with_subject(&[("CommonName", name)]);
    check(&common, &named("dev1"), &[("Publish dev1", 'A')]);
    check(
        &common,
        &named("a*"),
        &[("Publish a1", 'D'), ("Publish a*", 'D')],
    );
    check(&common, &named("a+b"), &[("Publish a+b", 'D')]);

    let units = with_subject(&[("OrganizationalUnit", "p"), ("OrganizationalUnit", "q")]);
    check(
        &["+Publish topic/x/${iot:Certificate.Subject.OrganizationalUnit.1}"],
        &units,
        &[("Publish x/q", 'A'), ("Publish x/p", 'D')],
    );
    check(
        &["+Publish topic/x/${iot:Certificate.Subject.OrganizationalUnit.2}"],
        &units,
        &[("Publish x/q", 'D'), ("Publish x/", 'D')],
    );

    let admin = [
        "+Publish topic/admin [\"ForAnyValue:StringEquals\":{\"iot:Certificate.Subject.CommonName.List\":\"Administrator\"}]",
    ];
    let both = with_subject(&[("CommonName", "dev1"), ("CommonName", "Administrator")]);
    check(&admin, &both, &[("Publish admin", 'A')]);
    check(&admin, &named("dev1"), &[("Publish admin", 'D')]);

    let company = [
        "+Publish topic/x [\"ForAllValues:StringEquals\":{\"iot:Certificate.Subject.Organization.List\":[\"Example Corp\"]}]",
    ];
    check(&company, &named("dev1"), &[("Publish x", 'A')]);
    let other = with_subject(&[("Organization", "Other")]);
    check(&company, &other, &[("Publish x", 'D')]);

    check(
        &["+Publish topic/${iot:CertificateId}"],
        &client("dev1"),
        &[("Publish c1", 'A'), ("Publish c2", 'D')],
    );
}

#[test]
fn cases_52_to_54_addresses_and_not_action() {
    let near = ["+Connect * [\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}]"];
    let from = |address: &str| Context {
        source_ip: Some(address.parse().expect("an address")),
        ..client("dev1")
    };
    check(&near, &from("10.1.2.3"), &[("Connect dev1", 'A')]);
    check(&near, &from("::ffff:10.1.2.3"), &[("Connect dev1", 'A')]);
    check(&near, &from("192.0.2.1"), &[("Connect dev1", 'D')]);
    check(
        &["+Connect * [\"StringEquals\":{\"aws:SourceVpce\":\"vpce-1\"}]"],
        &from("10.1.2.3"),
        &[("Connect dev1", 'D')],
    );
    check(
        &["+Connect *", "+!Publish *"],
        &client("dev1"),
        &[("Subscribe x", 'A'), ("Publish x", 'D')],
    );
}

#[test]
fn cases_55_to_59_which_policies_apply_is_the_callers_choice() {
    // A group's policies are in the list exactly when the connection belongs to a thing in the group.
    let dev1 = &of_thing("dev1", thing("dev1", None, &[]));
    let group = statements(&["+* *"]);
    check_all(std::slice::from_ref(&group), dev1, &[("Connect dev1", 'A')]);
    check_all(&[], &client("other"), &[("Connect other", 'D')]);
    let own = statements(&["-Publish topic/secret"]);
    check_all(
        &[group, own],
        dev1,
        &[("Publish secret", 'X'), ("Publish open", 'A')],
    );
}

#[test]
fn cases_60_to_62_over_https() {
    let https = Context {
        client_id: None,
        association: Association::NotAsked,
        ..client("dev1")
    };
    check(&["+Publish topic/foo"], &https, &[("Publish foo", 'A')]);
    check(
        &["+Publish topic/${iot:ClientId}/x"],
        &https,
        &[("Publish dev1/x", 'D')],
    );
    let policies = [statements(&["+GetThingShadow thing/dev1"])];
    let resource = realm().thing("dev1");
    let request = Request {
        action: "iot:GetThingShadow",
        resource: &resource,
    };
    assert!(decide(&policies, request, &https).is_allowed());
    check_all(
        &policies,
        &client("dev1"),
        &[("Publish $aws/things/dev1/shadow/get", 'D')],
    );
}

#[test]
fn cases_63_to_66_filters_are_compared_as_sent() {
    let dev1 = &client("dev1");
    check(
        &[
            "+Publish topic/$aws/things/dev1/shadow/get",
            "+Subscribe topicfilter/$aws/things/dev1/shadow/get/*",
            "+Receive topic/$aws/things/dev1/shadow/get/*",
        ],
        dev1,
        &[
            ("Publish $aws/things/dev1/shadow/get", 'A'),
            ("Subscribe $aws/things/dev1/shadow/get/+", 'A'),
            ("Receive $aws/things/dev1/shadow/get/accepted", 'A'),
        ],
    );
    check(
        &[
            "+Subscribe topicfilter/$aws/things/dev1/shadow/get/accepted",
            "+Subscribe topicfilter/$aws/things/dev1/shadow/get/rejected",
        ],
        dev1,
        &[("Subscribe $aws/things/dev1/shadow/get/+", 'D')],
    );
    check(
        &["+Subscribe topicfilter/$share/g/a/b", "+Receive topic/a/b"],
        dev1,
        &[("Subscribe $share/g/a/b", 'A'), ("Receive a/b", 'A')],
    );
    check(
        &["+Subscribe topicfilter/a/b"],
        dev1,
        &[("Subscribe $share/g/a/b", 'D')],
    );
}

#[test]
fn cases_67_to_69_iam_and_cognito() {
    // An IAM principal is decided by IAM policies alone, an authenticated Cognito identity by both kinds.
    let iam = statements(&["+Connect,Publish *"]);
    let dev1 = &client("dev1");
    check_all(
        std::slice::from_ref(&iam),
        dev1,
        &[("Connect dev1", 'A'), ("Publish a", 'A')],
    );
    let resource = realm().iot("client/dev1");
    let request = Request {
        action: "iot:Connect",
        resource: &resource,
    };
    let role = decide(&[iam], request, dev1);
    let iot = decide(&[], request, dev1);
    assert!(!iam::narrowed(role, iot).is_allowed());
}

#[test]
fn case_70_direct_messages() {
    let sender = [statements(&[
        "+SendDirectMessage client/dev2 [\"StringEquals\":{\"iot:Topic\":[\"cmd/reboot\"]}]",
    ])];
    let resource = realm().iot("client/dev2");
    let request = Request {
        action: "iot:SendDirectMessage",
        resource: &resource,
    };
    for (topic, wanted) in [("cmd/reboot", true), ("cmd/x", false)] {
        let context = Context::default().with("iot:Topic", topic);
        let decision = decide(&sender, request, &context);
        assert_eq!(decision.is_allowed(), wanted, "{decision}");
    }
    check(
        &["+Receive topic/cmd/*"],
        &client("dev2"),
        &[("Receive cmd/reboot", 'A'), ("Receive cmd/x", 'A')],
    );
}

/// IAM user guide: session policies. Both must allow, and either may deny.
#[test]
fn a_session_narrows_its_policies() {
    let authorizer = |short: &[&str]| {
        let set = Arc::new(PolicySet::new(&realm(), vec![statements(short)]));
        Authorizer::build(set, Arc::new(client("dev1")))
    };
    let narrowed = authorizer(&["+* topic/a/*", "-* topic/a/secret"]).narrowed_by(authorizer(&[
        "+* topic/a/b",
        "+* topic/a/secret",
        "+* topic/c",
        "-* topic/a/x",
        "-* topic/d",
    ]));
    for (topic, wanted) in [
        ("a/b", Verdict::Allowed),
        ("a/other", Verdict::ImplicitDeny),
        ("a/x", Verdict::ExplicitDeny),
        ("a/secret", Verdict::ExplicitDeny),
        ("c", Verdict::ImplicitDeny),
        ("d", Verdict::ExplicitDeny),
        ("e", Verdict::ImplicitDeny),
    ] {
        let verdict = narrowed.check(MqttAction::Publish, topic, || NOW);
        let decision = narrowed.decide(MqttAction::Publish, topic, NOW);
        assert_eq!((verdict, decision.verdict), (wanted, wanted), "{topic}");
    }
}

#[test]
fn a_decision_says_why() {
    let text = |policies: &[NamedPolicy], context: &Context, topic| {
        let set = Arc::new(PolicySet::new(&realm(), policies.to_vec()));
        let authorizer = Authorizer::build(set, Arc::new(context.clone()));
        let decision = authorizer.decide(MqttAction::Publish, topic, NOW);
        decision.to_string().replace(&realm().iot(""), "A:")
    };
    let named = policy(
        "Lamp",
        r#"{"Version":"2012-10-17","Statement":[
            {"Sid":"Own","Effect":"Allow","Action":"iot:Publish","Resource":"A:topic/${iot:Connection.Thing.ThingName}/*"},
            {"Effect":"Deny","Action":"iot:*","Resource":"A:topic/secret"},
            {"Effect":"Allow","Action":"iot:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":"v"}}}]}"#,
    );
    let policies = [named];
    let dev1 = client("dev1");
    assert_eq!(
        text(
            &policies,
            &of_thing("dev1", thing("dev1", None, &[])),
            "dev1/up"
        ),
        "iot:Publish on A:topic/dev1/up is allowed by statement 1 (Own) of policy Lamp"
    );
    assert_eq!(
        text(&policies, &dev1, "secret"),
        "iot:Publish on A:topic/secret is denied by statement 2 of policy Lamp"
    );
    assert_eq!(
        text(&policies, &dev1, "dev1/up"),
        "iot:Publish on A:topic/dev1/up is denied: no statement of policy Lamp allows it; \
         statement 1 (Own) of policy Lamp names the action but other resources; \
         the condition StringEquals on aws:SourceVpce of statement 3 of policy Lamp does not hold; \
         without a value: iot:Connection.Thing.ThingName and aws:SourceVpce"
    );
    assert_eq!(
        text(&[], &dev1, "a"),
        "iot:Publish on A:topic/a is denied: there is no policy"
    );
}
