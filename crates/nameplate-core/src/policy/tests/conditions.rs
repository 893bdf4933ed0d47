//! Operators, absent keys, and keys that only some questions have.

use super::*;

#[test]
fn connect_attributes() {
    // Columns: clean, persistent, will, persistent with will.
    #[track_caller]
    fn row(extra: &[&str], condition: &str, wanted: &str) {
        let mut short = vec![format!("+Connect * [{condition}]")];
        short.extend(extra.iter().map(|line| (*line).to_owned()));
        let short: Vec<&str> = short.iter().map(String::as_str).collect();
        let columns = [(false, false), (true, false), (false, true), (true, true)];
        for ((persistent, will), wanted) in columns.into_iter().zip(wanted.chars()) {
            let will = will.then_some("my/will");
            let context = Context {
                connect: Some(ConnectFacts::new(&realm(), persistent, will)),
                ..client("dev1")
            };
            check(&short, &context, &[("Connect dev1", wanted)]);
        }
    }
    let all = |operator: &str, values: &str| {
        format!(r#""ForAllValues:{operator}":{{"iot:ConnectAttributes":[{values}]}}"#)
    };
    let (persistent, will) = (r#""PersistentConnect""#, r#""LastWill""#);
    row(&[], "", "AAAA");
    row(&[], &all("StringEquals", persistent), "AADD");
    row(&[], &all("StringNotEquals", persistent), "ADAD");
    row(
        &[],
        &all("StringEquals", &format!("{persistent},{will}")),
        "AAAA",
    );
    row(&[], &all("StringEquals", will), "ADAD");
    row(&[], &all("StringEquals", ""), "ADDD");
    let any = r#""ForAnyValue:StringEquals":{"iot:ConnectAttributes":["PersistentConnect"]}"#;
    row(&[], any, "DADA");
    row(&[&format!("-Connect * [{any}]")], "", "AXAX");
    let arn = r#""ArnEquals":{"iot:LastWillTopic":"A:topic/my/will"}"#;
    row(&[], arn, "DDAA");
}

#[test]
fn what_the_packet_said_counts_only_while_connecting() {
    let context = Context {
        connect: Some(ConnectFacts::new(&realm(), true, None)),
        ..client("dev1")
    };
    let condition =
        "[\"ForAnyValue:StringEquals\":{\"iot:ConnectAttributes\":\"PersistentConnect\"}]";
    let short = format!("+Connect,Publish * {condition}");
    check(
        &[&short],
        &context,
        &[("Connect dev1", 'A'), ("Publish a", 'D')],
    );
}

#[test]
fn operators() {
    let ask = |condition: &str, wanted: bool| {
        let context = Context {
            secure_transport: Some(true),
            ..client("dev1")
        }
        .with("my:number", "5")
        .with("my:word", "Straße")
        .with("my:arn", "arn:aws:iot:us-east-1:123456789012:rule/r")
        .with("my:bytes", "AAE=")
        .with("my:set", "a")
        .with("my:set", "b");
        let short = format!("+Connect * [{condition}]");
        let wanted = if wanted { 'A' } else { 'D' };
        check(&[&short], &context, &[("Connect dev1", wanted)]);
    };
    ask(r#""StringEquals":{"iot:ClientId":["x","dev1"]}"#, true);
    ask(r#""StringEquals":{"IOT:clientid":"dev1"}"#, true);
    ask(r#""StringEquals":{"iot:ClientId":"dev*"}"#, false);
    ask(r#""StringNotEquals":{"iot:ClientId":["x","dev1"]}"#, false);
    ask(r#""StringNotEquals":{"iot:ClientId":["x","y"]}"#, true);
    ask(r#""StringEqualsIgnoreCase":{"my:word":"STRAßE"}"#, true);
    ask(r#""StringNotEqualsIgnoreCase":{"my:word":"STRAßE"}"#, false);
    ask(r#""StringLike":{"iot:ClientId":"d?v*"}"#, true);
    ask(r#""StringNotLike":{"iot:ClientId":"d?v*"}"#, false);
    ask(r#""NumericEquals":{"my:number":5}"#, true);
    ask(r#""NumericNotEquals":{"my:number":"5.0"}"#, false);
    ask(r#""NumericLessThan":{"my:number":"5"}"#, false);
    ask(r#""NumericLessThanEquals":{"my:number":"5"}"#, true);
    ask(r#""NumericGreaterThan":{"my:number":"4.5"}"#, true);
    ask(r#""NumericGreaterThanEquals":{"my:word":"4"}"#, false);
    ask(
        r#""DateGreaterThan":{"aws:CurrentTime":"2023-11-14T00:00:00Z"}"#,
        true,
    );
    ask(r#""DateLessThan":{"aws:CurrentTime":"2023-11-14"}"#, false);
    ask(
        r#""DateEquals":{"aws:EpochTime":"2023-11-14T22:13:20Z"}"#,
        true,
    );
    ask(r#""NumericLessThan":{"aws:EpochTime":1700000001}"#, true);
    ask(r#""Bool":{"aws:SecureTransport":true}"#, true);
    ask(r#""Bool":{"aws:SecureTransport":"false"}"#, false);
    ask(r#""BinaryEquals":{"my:bytes":"AAE="}"#, true);
    ask(r#""ArnLike":{"my:arn":"arn:aws:iot:*:*:rule/*"}"#, true);
    ask(r#""ArnEquals":{"my:arn":"arn:*:rule/*"}"#, true);
    ask(
        r#""ArnLike":{"my:arn":"arn:aws:*:us-east-1:123456789012:rule/x"}"#,
        false,
    );
    ask(r#""ArnLike":{"my:arn":"arn:aws:iot:*:rule:r:*"}"#, false);
    ask(r#""ArnNotLike":{"my:arn":"arn:aws:iot:*:*:rule/*"}"#, false);
    ask(r#""Null":{"iot:ClientId":"false"}"#, true);
    ask(r#""Null":{"my:absent":true}"#, true);
    ask(r#""ForAnyValue:StringLike":{"my:set":"b*"}"#, true);
    ask(r#""ForAllValues:StringLike":{"my:set":["a","c"]}"#, false);
    ask(r#""ForAllValues:StringLike":{"my:set":["a","b"]}"#, true);
    ask(r#""ForAnyValue:StringNotEquals":{"my:set":"a"}"#, true);
    ask(r#""ForAllValues:StringNotEquals":{"my:set":"a"}"#, false);
    // Keys that are absent.
    ask(r#""StringEquals":{"my:absent":"x"}"#, false);
    ask(r#""StringEqualsIfExists":{"my:absent":"x"}"#, true);
    ask(r#""StringEqualsIfExists":{"iot:ClientId":"x"}"#, false);
    ask(r#""StringNotEquals":{"my:absent":"x"}"#, true);
    ask(r#""NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, true);
    ask(r#""ForAllValues:StringEquals":{"my:absent":"x"}"#, true);
    ask(r#""ForAnyValue:StringEquals":{"my:absent":"x"}"#, false);
    ask(r#""ForAnyValue:StringNotEquals":{"my:absent":"x"}"#, false);
    ask(
        r#""ForAnyValue:StringEqualsIfExists":{"my:absent":"x"}"#,
        true,
    );
    // Several keys and operators: all must hold.
    ask(
        r#""StringEquals":{"iot:ClientId":"dev1","my:number":"6"}"#,
        false,
    );
    ask(
        r#""StringEquals":{"iot:ClientId":"dev1"},"Null":{"my:number":true}"#,
        false,
    );
}

#[test]
fn time_is_looked_at_with_each_check() {
    let condition = r#"["DateLessThan":{"aws:CurrentTime":"2023-11-14T22:13:21Z"}]"#;
    let policies = vec![statements(&[&format!("+Publish topic/* {condition}")])];
    let set = Arc::new(PolicySet::new(&realm(), policies));
    let authorizer = Authorizer::build(set, Arc::new(client("dev1")));
    let check = |now| authorizer.check(MqttAction::Publish, "a", || now);
    assert_eq!(check(NOW), Verdict::Allowed);
    assert_eq!(check(Millis(NOW.0 + 1000)), Verdict::ImplicitDeny);
}

/// A simulation's own values stand for whatever else is known, of each kind of key.
#[test]
fn given_values_win() {
    let given = |key: &str, values: &[&str], condition: &str, wanted: char| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let context = Context {
            secure_transport: Some(true),
            source_ip: Some([192, 0, 2, 7].into()),
            ..of_thing("dev1", thing("dev1", Some("lamp"), &[("floor", "2")]))
        }
        .with("aws:username", "ann")
        .given(key, &values);
        check(
            &[&format!("+Connect * [{condition}]")],
            &context,
            &[("Connect dev1", wanted)],
        );
    };
    let time = r#""DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}"#;
    given("aws:CurrentTime", &["2010-04-25T11:00:00Z"], time, 'D');
    given("AWS:currenttime", &["2019-04-25T11:00:00Z"], time, 'A');
    let epoch = r#""NumericLessThan":{"aws:EpochTime":"1000"}"#;
    given("aws:EpochTime", &["999"], epoch, 'A');
    given("aws:EpochTime", &["1000"], epoch, 'D');
    let secure = r#""Bool":{"aws:SecureTransport":"false"}"#;
    given("aws:SecureTransport", &["false"], secure, 'A');
    given("aws:SecureTransport", &[], secure, 'D');
    let address = r#""IpAddress":{"aws:SourceIp":"198.51.100.0/24"}"#;
    given("aws:SourceIp", &["198.51.100.9"], address, 'A');
    given("aws:SourceIp", &["198.51.99.9"], address, 'D');
    let id = r#""StringEquals":{"iot:ClientId":"dev9"}"#;
    given("iot:ClientId", &["dev9"], id, 'A');
    let attached = r#""Bool":{"iot:Connection.Thing.IsAttached":"false"}"#;
    given("iot:Connection.Thing.IsAttached", &["false"], attached, 'A');
    let floor = r#""StringEquals":{"iot:Connection.Thing.Attributes[floor]":"9"}"#;
    given("iot:Connection.Thing.Attributes[floor]", &["9"], floor, 'A');
    let user = r#""StringEquals":{"aws:username":"bob"}"#;
    given("aws:username", &["bob"], user, 'A');
    let variable = r#""StringEquals":{"iot:ClientId":"${aws:username}"}"#;
    given("aws:username", &["dev1"], variable, 'A');
    let will = r#""ForAllValues:StringEquals":{"iot:ConnectAttributes":["LastWill"]}"#;
    given("iot:ConnectAttributes", &["LastWill"], will, 'A');
    given(
        "iot:ConnectAttributes",
        &["LastWill", "PersistentConnect"],
        will,
        'D',
    );
    let any = r#""ForAnyValue:StringEquals":{"iot:ConnectAttributes":["LastWill"]}"#;
    given(
        "iot:ConnectAttributes",
        &["PersistentConnect", "LastWill"],
        any,
        'A',
    );
    given("iot:ConnectAttributes", &["PersistentConnect"], any, 'D');
}

/// All that policies ask for, whether or not the decision came to depend on it.
#[test]
fn what_a_simulation_lacks() {
    use crate::policy::simulation::{ValueType, keys, missing};
    let text = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/${aws:username}/*","Condition":{
            "IpAddress":{"aws:SourceIp":"192.0.2.0/24"},
            "DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"},
            "StringEqualsIfExists":{"AWS:username":"${aws:PrincipalTag/team}"}}},
        {"Effect":"Deny","Action":"iot:*","Resource":"*","Condition":{"Null":{"iot:ClientId":"true"}}}]}"#;
    let document = PolicyDocument::parse(text, Dialect::IamIdentity).expect("it is a policy");
    assert_eq!(
        keys([&document]),
        [
            "aws:username",
            "aws:SourceIp",
            "aws:CurrentTime",
            "aws:PrincipalTag/team",
            "iot:ClientId"
        ]
    );
    let policies = [NamedPolicy {
        name: "p".into(),
        document: Arc::new(document),
    }];
    let context = Context::default().given("AWS:SOURCEIP", &["192.0.2.1".to_owned()]);
    assert_eq!(
        missing(&policies, "s3:GetObject", &context),
        ["aws:username", "aws:CurrentTime", "aws:PrincipalTag/team"]
    );
    assert_eq!(
        missing(&policies, "iot:Publish", &context),
        ["iot:ClientId"]
    );
    for (name, good, bad) in [
        ("numericList", "1.5", "one"),
        ("boolean", "TRUE", "yes"),
        ("ip", "2001:db8::1", "10.0.0"),
        ("binary", "AAE=", "?"),
        ("dateList", "2019-04-25T11:00:00Z", "today"),
    ] {
        let of = ValueType::parse(name).expect("AWS knows it");
        assert!(of.takes(good) && !of.takes(bad), "{name}");
    }
}
