//! Signatures of requests.

use crate::kept::Kept;
use crate::{ITERATIONS, TIME};
use bolero::check;
use nameplate_aws::headers::Headers;
use nameplate_aws::sigv4::{Body, SignedRequest};

/// 2026-11-23T00:00:00Z, milliseconds.
const NOW: i64 = 1_795_392_000_000;

/// Lines: method, target, header fields. Nothing that a fuzzer makes is signed with the secret.
#[test]
fn signatures() {
    let kept = Kept::of("requests__signatures");
    assert!(kept.inputs().all(refused), "those kept are read");
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| {
            kept.each(bytes, |bytes| {
                refused(bytes);
            });
        });
}

/// Whether it is a signed request at all.
fn refused(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let method = lines.next().unwrap_or_default();
    let target = lines.next().unwrap_or_default();
    let fields = lines.filter_map(|line| line.split_once(": "));
    let headers: Headers<'_> = fields
        .map(|(name, value)| (name, value.as_bytes()))
        .collect();
    let Ok(parsed) = SignedRequest::parse(method, target, &headers) else {
        return false;
    };
    for body in [Body::Unread, Body::Bytes(b"")] {
        assert!(parsed.verify("a secret", body, NOW).is_err());
    }
    true
}
