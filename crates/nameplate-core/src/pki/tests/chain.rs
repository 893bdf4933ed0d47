//! Chains that an owner hands in for a key of ours.

use super::made::{Making, ca_extension, extension, key, tlv};
use super::*;

/// keyUsage with these bits in its one byte.
fn usage(bits: u8) -> Vec<u8> {
    extension(&[0x55, 0x1d, 0x0f], true, &tlv(3, &[0, bits]))
}

#[test]
fn a_chain_is_taken_whole_and_in_order_or_not_at_all() {
    let [root_key, middle_key, own_key, other_key] = [key(), key(), key(), key()];
    let root = Making::ca("Root", "Root").certificate(&root_key, &root_key);
    let middle = Making::ca("Middle", "Root").certificate(&middle_key, &root_key);
    let making = || Making::ca("Own", "Middle");
    let own = making()
        .with(usage(0b0000_0110))
        .certificate(&own_key, &middle_key);
    let check = |chain: &[&Certificate], expected: Result<(), &str>| {
        let text: String = chain.iter().map(|one| one.to_pem()).collect();
        let found = CaChain::read(&text).and_then(|chain| chain.check(own.spki(), NOW));
        match (&found, expected) {
            (Ok(()), Ok(())) => {}
            (Err(why), Err(part)) if why.to_string().contains(part) => {
                assert!(!why.to_string().contains('\n'), "{why}");
            }
            _ => panic!("{found:?}, expected {expected:?}"),
        }
    };
    check(&[&own, &middle, &root], Ok(()));
    check(&[&own, &middle], Ok(()));
    check(&[&own], Ok(()));
    check(&[&middle, &root], Err("does not fit the key"));
    let order = "wrong order: certificate 3 is the one of the key";
    check(&[&root, &middle, &own], Err(order));
    check(
        &[&own, &root, &middle],
        Err("certificate 2 is about CN=Root"),
    );
    check(
        &[&own, &middle, &own],
        Err("certificate 3 of the chain stands there twice"),
    );
    check(&[&own, &middle, &root, &middle], Err("stands there twice"));
    let stranger = Making::ca("Stranger", "Stranger").certificate(&other_key, &other_key);
    check(
        &[&own, &middle, &root, &stranger],
        Err("certificate 3 of the chain is a root"),
    );
    let forged = making().certificate(&own_key, &other_key);
    check(
        &[&forged, &middle],
        Err("certificate 1 of the chain was not signed by"),
    );
    let not_ca = Making::new("Own", "Middle").certificate(&own_key, &middle_key);
    check(
        &[&not_ca, &middle],
        Err("lacks the extension basicConstraints"),
    );
    let no_sign = making()
        .with(usage(0b1000_0000))
        .certificate(&own_key, &middle_key);
    check(&[&no_sign, &middle], Err("keyCertSign"));
    let no_lists = making()
        .with(usage(0b0000_0100))
        .certificate(&own_key, &middle_key);
    check(&[&no_lists, &middle], Err("cRLSign"));
    let mut expired = making();
    expired.times[1] = tlv(super::made::UTC, b"210101000000Z");
    let expired = expired.certificate(&own_key, &middle_key);
    check(
        &[&expired, &middle],
        Err("certificate 1 of the chain (CN=Own) cannot be used: it was valid until"),
    );
    let tight = |length| {
        Making::new("Middle", "Root")
            .with(ca_extension(Some(length)))
            .certificate(&middle_key, &root_key)
    };
    let path =
        "certificate 2 of the chain (CN=Middle) has the path length 0, and 1 CAs stand below it";
    check(&[&own, &tight(0)], Err(path));
    check(&[&own, &tight(1)], Ok(()));
}

#[test]
fn a_chain_is_certificates_and_nothing_else() {
    let key = key();
    let own = Making::ca("Own", "Own").certificate(&key, &key);
    let pem = own.to_pem();
    let check = |text: &str, expected: Result<(), &str>| {
        let found = CaChain::read(text).map(drop).map_err(|why| why.to_string());
        match (&found, expected) {
            (Ok(()), Ok(())) => {}
            (Err(why), Err(part)) if why.contains(part) => {}
            _ => panic!("{found:?}, expected {expected:?}"),
        }
    };
    check(&pem, Ok(()));
    check(
        &format!("subject=CN = Own\nissuer=CN = Own\n{pem}\n\n"),
        Ok(()),
    );
    check(&pem.replace('\n', "\r\n"), Ok(()));
    check(
        &format!("{pem}garbage\n"),
        Err("something follows the last certificate"),
    );
    check(
        &format!("{pem}{}", &pem[..pem.len() - 30]),
        Err("has no -----END CERTIFICATE-----"),
    );
    let private = to_pem("PRIVATE KEY", b"secret");
    check(
        &format!("{private}{pem}"),
        Err("holds a PEM block \"PRIVATE KEY\""),
    );
    check(
        &format!("{pem}{private}"),
        Err("holds a PEM block \"PRIVATE KEY\""),
    );
    check("", Err("no PEM block"));
    check("not a chain at all", Err("no PEM block"));
    check(
        &to_pem("CERTIFICATE", b"not DER"),
        Err("not an X.509 certificate"),
    );
    check(
        &to_pem("CERTIFICATE", &[own.der(), b"more"].concat()),
        Err("not an X.509 certificate"),
    );
    check(&"x".repeat(300_000), Err("300000 bytes"));
}
