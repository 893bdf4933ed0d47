//! Statuses, registration and exclusive things.

use super::*;

fn status(
    template_says: Option<&str>,
    setting: Option<&str>,
    is: Status,
) -> Result<Vec<String>, String> {
    let body = certificate(
        template_says.map_or(json!({}), |s| json!({"Status": s})),
        setting.map_or(json!({}), |s| json!({"Status": s})),
    );
    let existing = Existing {
        certificate: Some(existing_certificate(is)),
        ..registry()
    };
    match planned(&body, &existing) {
        Ok(plan) => Ok(plan
            .steps
            .iter()
            .map(|s| s.to_string().replace(ID, "ID"))
            .collect()),
        Err(refusal) => {
            assert_eq!(refusal.class(), FailureClass::Conflict);
            Err(refusal.code().to_owned())
        }
    }
}

#[test]
fn the_status_follows_its_setting() {
    use Status::*;
    let none = || Ok(Vec::new());
    let set = |from: &str, to: &str| Ok(vec![format!("set certificate ID from {from} to {to}")]);
    let err = |code: &str| Err(code.to_owned());
    let cases = [
        (None, None, Active, none()),
        (None, None, Inactive, set("INACTIVE", "ACTIVE")),
        (None, None, Revoked, err("status-differs")),
        (None, None, PendingTransfer, err("certificate-in-transfer")),
        (None, Some("DO_NOTHING"), Inactive, none()),
        (None, Some("DO_NOTHING"), Revoked, none()),
        (None, Some("FAIL"), Inactive, err("status-exists")),
        (None, Some("REPLACE"), Revoked, err("certificate-revoked")),
        (Some("ACTIVE"), None, Active, none()),
        // Made by its owner, and switched on by the template.
        (Some("ACTIVE"), None, Inactive, set("INACTIVE", "ACTIVE")),
        (Some("INACTIVE"), None, Active, err("status-differs")),
        (
            Some("ACTIVE"),
            Some("REPLACE"),
            Inactive,
            set("INACTIVE", "ACTIVE"),
        ),
        (None, Some("REPLACE"), Inactive, set("INACTIVE", "ACTIVE")),
        (
            Some("Inactive"),
            Some("REPLACE"),
            Active,
            set("ACTIVE", "INACTIVE"),
        ),
        (Some("ACTIVE"), Some("DO_NOTHING"), Inactive, none()),
        (Some("ACTIVE"), Some("FAIL"), Inactive, err("status-exists")),
        (Some("ACTIVE"), Some("FAIL"), Active, err("status-exists")),
        // No setting protects a certificate that waits for activation.
        (
            Some("ACTIVE"),
            Some("DO_NOTHING"),
            PendingActivation,
            set("PENDING_ACTIVATION", "ACTIVE"),
        ),
        (
            Some("ACTIVE"),
            Some("FAIL"),
            PendingActivation,
            set("PENDING_ACTIVATION", "ACTIVE"),
        ),
        (
            None,
            None,
            PendingActivation,
            set("PENDING_ACTIVATION", "ACTIVE"),
        ),
        (
            Some("INACTIVE"),
            None,
            PendingActivation,
            set("PENDING_ACTIVATION", "INACTIVE"),
        ),
        // Nothing changes a revoked one.
        (
            Some("ACTIVE"),
            Some("REPLACE"),
            Revoked,
            err("certificate-revoked"),
        ),
        (Some("ACTIVE"), Some("DO_NOTHING"), Revoked, none()),
        (Some("ACTIVE"), None, Revoked, err("status-differs")),
        (
            Some("ACTIVE"),
            Some("DO_NOTHING"),
            PendingTransfer,
            err("certificate-in-transfer"),
        ),
    ];
    for (says, setting, is, expected) in cases {
        assert_eq!(
            status(says, setting, is),
            expected,
            "{says:?} {setting:?} {is:?}"
        );
    }
}

#[test]
fn a_conflict_names_both_values() {
    let body = certificate(json!({"Status": "INACTIVE"}), json!({}));
    let existing = Existing {
        certificate: Some(existing_certificate(Status::Active)),
        ..registry()
    };
    refused(
        &body,
        &existing,
        FailureClass::Conflict,
        "status-differs",
        "certificate, property Status: the certificate \"ID\" is ACTIVE and the template says INACTIVE; without an override setting for Status they must be equal",
    );
}

#[test]
fn an_absent_certificate_is_refused_by_id_and_registered_by_pem() {
    let existing = Existing {
        certificate: None,
        ..registry()
    };
    refused(
        &certificate(json!({}), json!({})),
        &existing,
        FailureClass::Absent,
        "certificate-absent",
        "certificate, property CertificateId: there is no certificate \"ID\"",
    );
    let pem = rcgen::KeyPair::generate()
        .and_then(|key| rcgen::CertificateParams::default().self_signed(&key))
        .expect("a certificate")
        .pem();
    let by_pem = certificate(
        json!({"CertificateId": null, "CertificatePem": pem, "Status": "INACTIVE"}),
        json!({}),
    );
    steps(
        &by_pem,
        &existing,
        &[
            "register certificate NEW as INACTIVE",
            "attach policy Fleet to certificate NEW",
            "attach certificate NEW to thing lamp as NON_EXCLUSIVE_THING",
        ],
    );
    // Registered already: the repeat keeps everything.
    let again = certificate(
        json!({"CertificateId": null, "CertificatePem": pem}),
        json!({}),
    );
    steps(&again, &registry(), &[]);
    let by_csr = certificate(
        json!({"CertificateId": null, "CertificateSigningRequest": "x"}),
        json!({}),
    );
    steps(
        &by_csr,
        &registry(),
        &[
            "issue certificate NEW as ACTIVE",
            "attach policy Fleet to certificate NEW",
            "attach certificate NEW to thing lamp as NON_EXCLUSIVE_THING",
        ],
    );
}

#[test]
fn an_exclusive_thing_is_the_only_one() {
    let body = |kind: Option<&str>| {
        certificate(
            kind.map_or(json!({}), |k| json!({"ThingPrincipalType": k})),
            json!({}),
        )
    };
    let attached = |things: &[(&str, PrincipalType)]| {
        let mut existing = registry();
        existing.certificate.as_mut().expect("one").things =
            things.iter().map(|(n, k)| ((*n).to_owned(), *k)).collect();
        existing
    };
    use PrincipalType::{Exclusive, NonExclusive};
    let attach = |kind: &str| vec![format!("attach certificate ID to thing lamp as {kind}")];
    type Case<'a> = (
        Option<&'a str>,
        &'a [(&'a str, PrincipalType)],
        Result<Vec<String>, &'a str>,
    );
    let cases: &[Case<'_>] = &[
        (None, &[], Ok(attach("NON_EXCLUSIVE_THING"))),
        (Some("EXCLUSIVE_THING"), &[], Ok(attach("EXCLUSIVE_THING"))),
        (
            None,
            &[("fan", NonExclusive)],
            Ok(attach("NON_EXCLUSIVE_THING")),
        ),
        (
            Some("EXCLUSIVE_THING"),
            &[("fan", NonExclusive)],
            Err("certificate-has-other-thing"),
        ),
        (
            None,
            &[("fan", Exclusive)],
            Err("certificate-has-exclusive-thing"),
        ),
        (None, &[("lamp", Exclusive)], Ok(vec![])),
        (Some("EXCLUSIVE_THING"), &[("lamp", Exclusive)], Ok(vec![])),
        (
            Some("NON_EXCLUSIVE_THING"),
            &[("lamp", Exclusive)],
            Err("attachment-differs"),
        ),
        (
            Some("EXCLUSIVE_THING"),
            &[("lamp", NonExclusive)],
            Err("attachment-differs"),
        ),
    ];
    for (kind, things, expected) in cases {
        let got = planned(&body(*kind), &attached(things));
        let got = got.map(|p| {
            p.steps
                .iter()
                .map(|s| s.to_string().replace(ID, "ID"))
                .collect::<Vec<_>>()
        });
        let got = got.map_err(|r| r.code());
        assert_eq!(got, *expected, "{kind:?} {things:?}");
    }
    refused(
        &body(Some("EXCLUSIVE_THING")),
        &attached(&[("fan", NonExclusive)]),
        FailureClass::Conflict,
        "certificate-has-other-thing",
        "certificate, property ThingPrincipalType: the certificate \"ID\" is attached to the thing \"fan\", and the template wants \"lamp\" as its only thing; detach it first",
    );
}
