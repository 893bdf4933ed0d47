//! Ways from a device's certificate to registered CAs.

use super::made::{Making, ca_extension, extension, key, name, sequence, tlv};
use super::*;

/// Ids of the CAs found and how many intermediates lead to each, or why there is none.
fn find(
    leaf: &Certificate,
    presented: &[Certificate],
    registered: &[&Certificate],
) -> Result<Vec<(CertificateId, usize)>, NoIssuer> {
    let found = find_issuers(leaf, presented, Bridging::Allowed, NOW, |subject| {
        registered
            .iter()
            .copied()
            .filter(|ca| ca.subject().matches(subject))
            .collect()
    })?;
    Ok(found
        .iter()
        .map(|issuer| (issuer.ca.id(), issuer.through.len()))
        .collect())
}

#[test]
fn any_of_several_intermediates_of_one_name_and_key_may_lead() {
    let [old, new, middle, device] = [key(), key(), key(), key()];
    let root = Making::ca("New Root", "New Root").certificate(&new, &new);
    let leaf = Making::new("device", "Middle").certificate(&device, &middle);
    let by_old = Making::ca("Middle", "Old Root").certificate(&middle, &old);
    let by_new = Making::ca("Middle", "New Root").certificate(&middle, &new);
    let mut expired = Making::ca("Middle", "New Root");
    expired.times[1] = tlv(super::made::UTC, b"210101000000Z");
    let expired = expired.certificate(&middle, &new);
    let way = Ok(vec![(root.id(), 1)]);
    for presented in [
        vec![by_old.clone(), by_new.clone()],
        vec![by_new.clone(), by_old.clone()],
        vec![expired.clone(), by_new.clone()],
        vec![
            root.clone(),
            expired.clone(),
            by_old.clone(),
            by_new.clone(),
        ],
    ] {
        assert_eq!(find(&leaf, &presented, &[&root]), way);
    }
    match find(&leaf, &[by_old.clone(), expired], &[&root]) {
        Err(NoIssuer::UnfitIntermediate { reason, .. }) => {
            assert!(matches!(reason, Unfit::Rule(RuleError::Expired { .. })));
        }
        other => panic!("{other:?}"),
    }
    // Both lead somewhere, and whoever asks decides.
    let old_root = Making::ca("Old Root", "Old Root").certificate(&old, &old);
    assert_eq!(
        find(&leaf, &[by_old, by_new], &[&root, &old_root]),
        Ok(vec![(old_root.id(), 1), (root.id(), 1)])
    );
}

#[test]
fn a_renewed_ca_is_found_beside_the_old_one() {
    let [ca, device] = [key(), key()];
    let leaf = Making::new("device", "CA").certificate(&device, &ca);
    let mut old = Making::ca("CA", "CA");
    old.times[1] = tlv(super::made::UTC, b"210101000000Z");
    let [old, new] = [old, Making::ca("CA", "CA")].map(|making| making.certificate(&ca, &ca));
    assert_eq!(
        find(&leaf, &[], &[&old, &new]),
        Ok(vec![(old.id(), 0), (new.id(), 0)])
    );
}

#[test]
fn no_way_leads_past_a_registered_ca() {
    let [root_key, middle_key, device] = [key(), key(), key()];
    let root = Making::ca("Root", "Root").certificate(&root_key, &root_key);
    let registered = Making::ca("Middle", "Middle").certificate(&middle_key, &middle_key);
    let bridge = Making::ca("Middle", "Root").certificate(&middle_key, &root_key);
    let leaf = Making::new("device", "Middle").certificate(&device, &middle_key);
    assert_eq!(
        find(&leaf, std::slice::from_ref(&bridge), &[&root, &registered]),
        Ok(vec![(registered.id(), 0)])
    );
    let low_key = key();
    let low = Making::ca("Low", "Middle").certificate(&low_key, &middle_key);
    let under_low = Making::new("device", "Low").certificate(&device, &low_key);
    assert_eq!(
        find(&under_low, &[low, bridge], &[&root, &registered]),
        Ok(vec![(registered.id(), 1)])
    );
}

#[test]
fn circles_and_crowds_come_to_an_end() {
    let [a, b, device] = [key(), key(), key()];
    let leaf = Making::new("device", "A").certificate(&device, &a);
    let circle = [
        Making::ca("A", "B").certificate(&a, &b),
        Making::ca("B", "A").certificate(&b, &a),
        Making::ca("A", "A").certificate(&a, &a),
        Making::ca("B", "B").certificate(&b, &b),
    ];
    assert!(matches!(
        find(&leaf, &circle, &[]),
        Err(NoIssuer::Unknown { .. })
    ));
    // Everybody signed everybody of one name: more ways than anyone could walk.
    let keys: Vec<_> = (0..12).map(|_| key()).collect();
    let crowd: Vec<Certificate> = keys
        .iter()
        .map(|subject| Making::ca("Crowd", "Crowd").certificate(subject, &keys[0]))
        .collect();
    let leaf = Making::new("device", "Crowd").certificate(&device, &keys[0]);
    assert!(matches!(
        find(&leaf, &crowd, &[]),
        Err(NoIssuer::Unknown { .. })
    ));
    // A chain of eight is walked, one of nine is not.
    let keys: Vec<_> = (0..10).map(|_| key()).collect();
    let root = Making::ca("0", "0").certificate(&keys[0], &keys[0]);
    let chain: Vec<Certificate> = (1..10)
        .map(|at| {
            Making::ca(&at.to_string(), &(at - 1).to_string()).certificate(&keys[at], &keys[at - 1])
        })
        .collect();
    let under = |at: usize| Making::new("device", &at.to_string()).certificate(&device, &keys[at]);
    assert_eq!(find(&under(8), &chain, &[&root]), Ok(vec![(root.id(), 8)]));
    assert!(find(&under(9), &chain, &[&root]).is_err());
}

#[test]
fn what_an_intermediate_demands_is_honoured_or_it_is_refused() {
    let [root_key, middle, device] = [key(), key(), key()];
    let root = Making::ca("Root", "Root").certificate(&root_key, &root_key);
    let leaf = Making::new("device", "Middle").certificate(&device, &middle);
    let check = |more: Vec<u8>, expected: Result<(), RuleError>| {
        let between = Making::ca("Middle", "Root").with(more);
        let found = find(&leaf, &[between.certificate(&middle, &root_key)], &[&root]);
        match (found, expected) {
            (Ok(_), Ok(())) => {}
            (Err(NoIssuer::UnfitIntermediate { reason, .. }), Err(rule)) => {
                assert_eq!(reason, Unfit::Rule(rule));
            }
            (found, expected) => panic!("{found:?}, expected {expected:?}"),
        }
    };
    let constraints = sequence(&[&tlv(0xa0, &sequence(&[&tlv(0x82, b"example.com")]))]);
    for critical in [true, false] {
        let names = extension(&[0x55, 0x1d, 0x1e], critical, &constraints);
        check(names, Err(RuleError::NameConstraints));
    }
    let unread = |oid: &str| {
        Err(RuleError::CriticalExtension {
            oid: oid.to_owned(),
        })
    };
    check(
        extension(&[0x55, 0x1d, 0x1e], false, &[5, 0]),
        unread("2.5.29.30"),
    );
    let usage = |last: u8| sequence(&[&[6, 8, 0x2b, 6, 1, 5, 5, 7, 3, last]]);
    let eku = |critical, last| extension(&[0x55, 0x1d, 0x25], critical, &usage(last));
    check(eku(true, 1), Err(RuleError::ExtendedKeyUsage));
    check(eku(true, 2), Ok(()));
    check(eku(false, 1), Ok(()));
    let private = [0x2b, 6, 1, 4, 1, 0x86, 0x8d, 0x1f, 1];
    check(extension(&private, false, &[5, 0]), Ok(()));
    check(
        extension(&private, true, &[5, 0]),
        unread("1.3.6.1.4.1.99999.1"),
    );
    // policyConstraints with requireExplicitPolicy 0.
    check(
        extension(&[0x55, 0x1d, 0x24], true, &sequence(&[&[0x80, 1, 0]])),
        unread("2.5.29.36"),
    );
    // keyUsage: digitalSignature alone, then keyCertSign.
    let key_usage = |bits: u8| extension(&[0x55, 0x1d, 0x0f], true, &[3, 2, 2, bits]);
    check(key_usage(0x80), Err(RuleError::NoKeyCertSign));
    check(key_usage(0x04), Ok(()));
}

#[test]
fn self_issued_intermediates_do_not_lengthen_a_path() {
    let [root_key, old, new, device] = [key(), key(), key(), key()];
    let mut root = Making::new("Root", "Root");
    root.extensions.push(ca_extension(Some(1)));
    let root = root.certificate(&root_key, &root_key);
    let middle = Making::ca("Middle", "Root").certificate(&old, &root_key);
    let rolled = Making::ca("Middle", "Middle").certificate(&new, &old);
    let leaf = Making::new("device", "Middle").certificate(&device, &new);
    assert_eq!(
        find(&leaf, &[rolled, middle], &[&root]),
        Ok(vec![(root.id(), 2)])
    );
}

#[test]
fn an_issuer_is_found_however_its_name_is_written() {
    let [root_key, middle_key, device] = [key(), key(), key()];
    let mut root = Making::ca("", "");
    root.subject = name(&[(6, 19, b"DE"), (3, 19, b"Root  CA")]);
    root.issuer = root.subject.clone();
    let root = root.certificate(&root_key, &root_key);
    let mut middle = Making::ca("Middle", "");
    middle.issuer = name(&[(6, 19, b"de"), (3, 12, b"root ca")]);
    let middle = middle.certificate(&middle_key, &root_key);
    let mut leaf = Making::new("device", "MIDDLE");
    let under_middle = leaf.certificate(&device, &middle_key);
    assert_eq!(
        find(&under_middle, &[middle], &[&root]),
        Ok(vec![(root.id(), 1)])
    );
    leaf.issuer = name(&[(6, 12, b"DE"), (3, 12, b"ROOT CA ")]);
    assert_eq!(
        find(&leaf.certificate(&device, &root_key), &[], &[&root]),
        Ok(vec![(root.id(), 0)])
    );
}
