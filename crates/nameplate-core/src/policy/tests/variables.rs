//! What takes a variable's place, and what does not.

use super::*;

#[test]
fn values_are_literals_and_escapes_are_characters() {
    let odd = of_thing("dev1", thing("dev1", None, &[("a", "x/#"), ("b", "*")]));
    check(
        &["+Publish topic/${iot:Connection.Thing.Attributes[b]}/up"],
        &odd,
        &[("Publish */up", 'A'), ("Publish any/up", 'D')],
    );
    check(
        &["+Subscribe topicfilter/${iot:Connection.Thing.Attributes[a]}"],
        &odd,
        &[("Subscribe x/#", 'A'), ("Subscribe x/y", 'D')],
    );
    check(
        &["+Subscribe topicfilter/my/${iot:ClientId}/x"],
        &client("+"),
        &[("Subscribe my/+/x", 'A')],
    );
    check(
        &["+Publish topic/a${*}${?}${$}"],
        &client("dev1"),
        &[("Publish a*?$", 'A'), ("Publish axy$", 'D')],
    );
    // An unknown variable, or one without end, is text.
    check(
        &["+Publish topic/${iot:Nothing}"],
        &client("dev1"),
        &[("Publish ${iot:Nothing}", 'A'), ("Publish x", 'D')],
    );
    check(
        &["+Publish topic/${iot:ClientId"],
        &client("dev1"),
        &[("Publish ${iot:ClientId", 'A'), ("Publish dev1", 'D')],
    );
}

#[test]
fn certificate_values_have_limits() {
    let publish = |key: &str| format!("+Publish topic/${{iot:Certificate.{key}}}");
    let ask = |key: &str, value: &str, topic: &str, wanted| {
        let field = key.strip_prefix("Subject.").unwrap_or("CommonName");
        let field = CertificateFacts::NAME_FIELDS
            .into_iter()
            .find(|name| *name == field)
            .expect("a field");
        let context = with_subject(&[(field, value)]);
        let request = format!("Publish {topic}");
        check(&[&publish(key)], &context, &[(&request, wanted)]);
    };
    ask(
        "Subject.Organization",
        "Widgets, Inc",
        "Widgets\\, Inc",
        'A',
    );
    ask("Subject.Organization", "Widgets, Inc", "Widgets, Inc", 'D');
    ask("Subject.Title", "a=b", "a\\=b", 'A');
    for value in ["a$b", "a?b", "a#b"] {
        ask("Subject.CommonName", value, value, 'D');
    }
    let long = "x".repeat(1024);
    ask("Subject.CommonName", &long, &long, 'A');
    let longer = "x".repeat(1025);
    ask("Subject.CommonName", &longer, &longer, 'D');

    let six = ["a", "b", "c", "d", "e", "f"].map(|name| ("CommonName", name));
    let context = with_subject(&six);
    let key = |index: &str| publish(&format!("Subject.CommonName{index}"));
    check(&[&key(".4")], &context, &[("Publish e", 'A')]);
    check(&[&key(".5")], &context, &[("Publish f", 'D')]);
    check(&[&key(".List")], &context, &[("Publish a", 'D')]);
    check(
        &[&publish("SerialNumber")],
        &context,
        &[("Publish 0a1b", 'A')],
    );

    let available = [
        "+Connect * [\"ForAnyValue:StringEquals\":{\"iot:Certificate.AvailableKeys\":\"iot:Certificate.Subject.CommonName\"}]",
    ];
    check(&available, &context, &[("Connect dev1", 'A')]);
    check(&available, &client("dev1"), &[("Connect dev1", 'D')]);
    let san = Context {
        certificate: Some(Arc::new(CertificateFacts {
            subject_alternative: vec![("DNSName", "dev1.example.com".into())],
            ..certificate(&[])
        })),
        ..client("dev1")
    };
    check(
        &[&publish("Subject.AlternativeName.DNSName")],
        &san,
        &[("Publish dev1.example.com", 'A')],
    );
}

#[test]
fn old_documents_have_no_variables() {
    let text = |version: &str| {
        format!(
            r#"{{{version}"Statement":{{"Effect":"Allow","Action":"iot:Publish","Resource":"A:topic/${{iot:ClientId}}"}}}}"#
        )
    };
    for version in ["", r#""Version":"2008-10-17","#] {
        let policies = [policy("old", &text(version))];
        check_all(
            &policies,
            &client("dev1"),
            &[("Publish dev1", 'D'), ("Publish ${iot:ClientId}", 'A')],
        );
    }
}
